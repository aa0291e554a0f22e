//! Texts of a table as they are compared and kept: composed, whole, and of a length that a person can mean.
//!
//! `Ougrée` has two spellings in Unicode, with é as one sign or as e and an accent; both are the same name. U+FFFD stands
//! where an earlier program lost a letter: nobody can say which.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::table::Field;
use crate::error::{Error, Result};

/// Bytes that a text of a record may have: twice what a cell of a spreadsheet holds.
pub(super) const LONGEST: usize = 1 << 16;
/// Characters of a name that a message shows, and names that it lists.
const SHOWN: usize = 60;
const LISTED: usize = 60;

/// The names of columns, composed.
///
/// # Errors
/// A name with a lost letter.
pub(super) fn header(columns: &[String]) -> Result<Vec<String>> {
    let lost: Vec<String> = columns.iter().filter(|name| name.contains('\u{fffd}')).map(|name| name.replace('\u{fffd}', "?")).collect();
    if !lost.is_empty() {
        return Err(Error::input(format!("letters were lost in the names of columns: {}", listed(&lost)))
            .at_row(1)
            .help("export the file again as \"CSV UTF-8\" from the program that has it"));
    }
    Ok(columns.iter().map(|name| name.nfc().collect()).collect())
}

/// Why a cell cannot be used, where it cannot.
pub(super) fn fault(field: &Field<'_>) -> Option<&'static str> {
    match field {
        Field::Text(text) if text.len() > LONGEST => Some("the text is longer than any answer (65536 bytes)"),
        Field::Text(text) if text.contains('\u{fffd}') => Some("letters were lost before the file was written (U+FFFD)"),
        _ => None,
    }
}

/// The texts of a row that are not composed, composed; `None` where all are.
pub(super) fn composed(fields: &[Field<'_>]) -> Option<Vec<Option<String>>> {
    let spelled = |field: &Field<'_>| match field {
        Field::Text(text) if !text.is_ascii() && !is_nfc(text) => Some(text.nfc().collect::<String>()),
        _ => None,
    };
    let texts: Vec<Option<String>> = fields.iter().map(spelled).collect();
    texts.iter().any(Option::is_some).then_some(texts)
}

/// Names in a message: each shortened, and not more than a person reads.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<String> = names.iter().take(LISTED).map(|name| shortened(name.as_ref())).collect();
    let more = if names.len() > LISTED { format!(", … ({} in all)", names.len()) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// A name in a message; a line end in it would look like another message.
pub(super) fn shortened(name: &str) -> String {
    let plain = |c: char| if matches!(c, '\n' | '\r') { ' ' } else { c };
    let mut short: String = name.chars().take(SHOWN).map(plain).collect();
    if name.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_name_are_one() {
        assert_eq!(header(&["dure\u{301}e".to_owned()]).unwrap(), ["durée"]);
        let composed = composed(&[Field::Text("Ougre\u{301}e"), Field::Number(1.0)]).unwrap();
        assert_eq!(composed, [Some("Ougrée".to_owned()), None]);
        assert_eq!(super::composed(&[Field::Text("Ougrée"), Field::Absent]), None);
    }

    #[test]
    fn long_lists_of_long_names_stay_short() {
        let names: Vec<String> = (0..40_000).map(|i| format!("{i}{}", "x".repeat(100))).collect();
        let text = listed(&names);
        assert!(text.len() < 5_000 && text.ends_with("(40000 in all)"), "{text}");
        assert_eq!(listed(&["a", "b\nerror: c"]), "a, b error: c");
    }
}
