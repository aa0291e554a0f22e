//! What the `type` of a row says, with the spellings that pyxform tolerates.

/// The type of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    BeginGroup,
    BeginRepeat,
    /// A group repeated for each choice of a list.
    BeginLoop,
    EndGroup,
    EndRepeat,
    EndLoop,
    SelectOne(List),
    SelectMultiple(List),
    Number {
        whole: bool,
    },
    Range,
    Acknowledge,
    /// Known, and no closed question, for this reason.
    NotClosed(&'static str),
    /// A setting that old forms wrote among the questions.
    Setting,
}

/// A list of choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List {
    pub(super) name: String,
    pub(super) or_other: bool,
}

/// Why a type is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoKind {
    /// The command needs the name of a list.
    NoList,
    /// More words than a type has.
    TooMuch,
    /// Nobody knows it; perhaps this one was meant.
    Unknown(Option<&'static str>),
}

#[derive(Clone, Copy)]
enum Select {
    One,
    Multiple,
    Not(&'static str),
}

const FROM_FILE: &str = "its choices are in a file beside the form: put them on the sheet choices";

/// Longest first where one begins with another; blanks stand for underscores too.
const SELECTS: [(&str, Select); 19] = [
    ("add select multiple prompt using", Select::Multiple),
    ("add select one prompt using", Select::One),
    ("select all that apply from", Select::Multiple),
    ("select all that apply", Select::Multiple),
    ("select multiple from file", Select::Not(FROM_FILE)),
    ("select multiple external", Select::Not(FROM_FILE)),
    ("select multiple using", Select::Multiple),
    ("select multiple from", Select::Multiple),
    ("select multiple", Select::Multiple),
    ("select one from file", Select::Not(FROM_FILE)),
    ("select one external", Select::Not("its choices are on the sheet external_choices: put them on the sheet choices")),
    ("select one using", Select::One),
    ("select one from", Select::One),
    ("select one", Select::One),
    ("select1", Select::One),
    ("q select1", Select::One),
    ("q select", Select::Multiple),
    ("rank", Select::Not("an order of preference is no modality; ask for the first choice in a question of its own")),
    ("osm", Select::Not("a place on a map has no modalities")),
];

const OPEN: &str = "an open answer has no modalities";
const TIME: &str = "a date or time has no modalities";
const PLACE: &str = "a place on a map has no modalities";
const MEDIA: &str = "a picture, sound or file has no modalities";
const DEVICE: &str = "written by the device, not asked";
const COMPUTED: &str = "computed by the form, not asked";

/// The types that are no closed question, with the reason.
const NOT_CLOSED: [(&str, &str); 44] = [
    ("text", OPEN),
    ("string", OPEN),
    ("barcode", OPEN),
    ("phone number", OPEN),
    ("note", "a note asks nothing"),
    ("date", TIME),
    ("time", TIME),
    ("datetime", TIME),
    ("date time", TIME),
    ("geopoint", PLACE),
    ("geotrace", PLACE),
    ("geoshape", PLACE),
    ("gps", PLACE),
    ("location", PLACE),
    ("osm", PLACE),
    ("start-geopoint", PLACE),
    ("background-geopoint", PLACE),
    ("image", MEDIA),
    ("photo", MEDIA),
    ("picture", MEDIA),
    ("audio", MEDIA),
    ("background-audio", MEDIA),
    ("video", MEDIA),
    ("file", MEDIA),
    ("audit", DEVICE),
    ("start", DEVICE),
    ("start time", DEVICE),
    ("end", DEVICE),
    ("end time", DEVICE),
    ("today", DEVICE),
    ("deviceid", DEVICE),
    ("device id", DEVICE),
    ("imei", DEVICE),
    ("subscriberid", DEVICE),
    ("subscriber id", DEVICE),
    ("simserial", DEVICE),
    ("sim id", DEVICE),
    ("phonenumber", DEVICE),
    ("username", DEVICE),
    ("email", DEVICE),
    ("calculate", COMPUTED),
    ("hidden", COMPUTED),
    ("xml-external", COMPUTED),
    ("csv-external", COMPUTED),
];

const CONTROLS: [(&str, Kind, Kind); 5] = [
    ("looped group", Kind::BeginRepeat, Kind::EndRepeat),
    ("lgroup", Kind::BeginRepeat, Kind::EndRepeat),
    ("repeat", Kind::BeginRepeat, Kind::EndRepeat),
    ("group", Kind::BeginGroup, Kind::EndGroup),
    ("loop", Kind::BeginLoop, Kind::EndLoop),
];

/// Reads a type; lists keep their spelling, commands are known in any case and with blanks or underscores.
pub(super) fn kind(text: &str) -> Result<Kind, NoKind> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = text.to_ascii_lowercase().replace('_', " ");
    for (name, begin, end) in CONTROLS {
        if plain == format!("begin {name}") || plain.starts_with(&format!("begin {name} over ")) {
            return Ok(begin);
        }
        if plain == format!("end {name}") {
            return Ok(end);
        }
    }
    for (command, select) in SELECTS {
        let Some(rest) = plain.strip_prefix(command).filter(|rest| rest.is_empty() || rest.starts_with(' ')) else { continue };
        // The same bytes of the spelling with its case and underscores.
        let rest = &text[text.len() - rest.len()..];
        return match (list(rest.trim()), select) {
            (_, Select::Not(reason)) => Ok(Kind::NotClosed(reason)),
            (Ok(list), _) if list.name.contains("${") => {
                Ok(Kind::NotClosed("its choices are earlier answers, another list for each person"))
            }
            (Ok(list), Select::One) => Ok(Kind::SelectOne(list)),
            (Ok(list), Select::Multiple) => Ok(Kind::SelectMultiple(list)),
            (Err(no), _) => Err(no),
        };
    }
    one_word(&plain)
}

fn list(text: &str) -> Result<List, NoKind> {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    if name.is_empty() {
        return Err(NoKind::NoList);
    }
    match rest.to_ascii_lowercase().replace('_', " ").as_str() {
        "" => Ok(List { name: name.to_owned(), or_other: false }),
        "or other" | "or specify other" => Ok(List { name: name.to_owned(), or_other: true }),
        _ => Err(NoKind::TooMuch),
    }
}

fn one_word(plain: &str) -> Result<Kind, NoKind> {
    // The oldest spellings say "add integer prompt", "q int", "get start time".
    let word = plain.strip_prefix("add ").and_then(|rest| rest.strip_suffix(" prompt")).unwrap_or(plain);
    let word = word.strip_prefix("q ").or_else(|| word.strip_prefix("get ")).or_else(|| word.strip_prefix("uri:")).unwrap_or(word);
    match word {
        "integer" | "int" | "percentage" => return Ok(Kind::Number { whole: true }),
        "decimal" => return Ok(Kind::Number { whole: false }),
        "range" => return Ok(Kind::Range),
        "acknowledge" | "trigger" => return Ok(Kind::Acknowledge),
        "form title" | "set form title" | "form id" | "set form id" | "prefix" => return Ok(Kind::Setting),
        _ if word.starts_with("number of days in last") => return Ok(Kind::Number { whole: true }),
        _ => {}
    }
    if let Some((_, reason)) = NOT_CLOSED.iter().find(|(known, _)| *known == word) {
        return Ok(Kind::NotClosed(reason));
    }
    let usual =
        ["select_one", "select_multiple", "integer", "decimal", "text", "note", "begin_group", "end_group", "begin_repeat", "end_repeat"];
    let near = usual.into_iter().map(|known| (strsim::levenshtein(word, &known.replace('_', " ")), known)).min();
    Err(NoKind::Unknown(near.filter(|(distance, _)| *distance <= 2).map(|(_, known)| known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, or_other: bool) -> Kind {
        Kind::SelectOne(List { name: name.to_owned(), or_other })
    }

    #[test]
    fn old_spellings_mean_what_the_new_ones_do() {
        for text in ["select_one Colors", "select one Colors", "SELECT_ONE  Colors", "select one from Colors", "select1 Colors"] {
            assert_eq!(kind(text), Ok(one("Colors", false)), "{text}");
        }
        for text in ["select_one c or_other", "select one from c or specify other", "select1 c or other"] {
            assert_eq!(kind(text), Ok(one("c", true)), "{text}");
        }
        let several = Ok(Kind::SelectMultiple(List { name: "c_d".to_owned(), or_other: false }));
        for text in ["select_multiple c_d", "select all that apply from c_d", "add select multiple prompt using c_d"] {
            assert_eq!(kind(text), several, "{text}");
        }
        for (text, expected) in
            [("begin_group", Kind::BeginGroup), ("begin looped group", Kind::BeginRepeat), ("end lgroup", Kind::EndRepeat)]
        {
            assert_eq!(kind(text), Ok(expected), "{text}");
        }
        assert_eq!(kind("begin loop over toilet_type"), Ok(Kind::BeginLoop));
        assert_eq!(kind("add integer prompt"), Ok(Kind::Number { whole: true }));
        assert_eq!(kind("dateTime"), Ok(Kind::NotClosed(TIME)));
        assert_eq!(kind("uri:deviceid"), Ok(Kind::NotClosed(DEVICE)));
        assert_eq!(kind("select_one_from_file cities.csv"), Ok(Kind::NotClosed(FROM_FILE)));
        assert!(matches!(kind("select_one ${earlier}"), Ok(Kind::NotClosed(_))));
    }

    #[test]
    fn what_is_no_type_says_what_may_be_meant() {
        assert_eq!(kind("select_one"), Err(NoKind::NoList));
        assert_eq!(kind("select_one my list"), Err(NoKind::TooMuch));
        assert_eq!(kind("interger"), Err(NoKind::Unknown(Some("integer"))));
        assert_eq!(kind("nonsense"), Err(NoKind::Unknown(None)));
    }
}
