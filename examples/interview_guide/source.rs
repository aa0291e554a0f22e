//! The guide as people write it: a form, and one file of questions a theme.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Outcome;

/// A text in French and in English.
pub(crate) type Texts = [String; 2];

/// A choice: its name, French, English; where need be followed by what stands in names and legends, French and English.
pub(crate) type Choice = Vec<String>;

/// What `form.toml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) title: String,
    /// The answer of those who do not wish to answer, put at the end of every list that may be refused.
    pub(crate) refused: Option<Choice>,
    #[serde(rename = "field")]
    pub(crate) fields: Vec<Field>,
    #[serde(rename = "list")]
    pub(crate) lists: BTreeMap<String, List>,
    /// Name = French, English, who publishes it.
    #[serde(default)]
    pub(crate) indicators: BTreeMap<String, [String; 3]>,
}

/// Something noted about the interview itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) label: Texts,
    #[serde(default)]
    pub(crate) hint: Texts,
}

/// A list of choices.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    #[serde(default = "yes")]
    pub(crate) may_refuse: bool,
    pub(crate) choices: Vec<Choice>,
}

fn yes() -> bool {
    true
}

/// A theme with its questions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Theme {
    pub(crate) id: String,
    pub(crate) label: Texts,
    #[serde(rename = "question")]
    pub(crate) questions: Vec<Question>,
}

/// How a question is answered.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// One choice.
    #[default]
    One,
    /// Several choices.
    Several,
    /// A whole number.
    Integer,
}

/// What a question tells of: a person, a need, well-being (an item of WHO-5), or a service.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum About {
    Person,
    Need,
    WellBeing,
    Service,
}

impl About {
    /// Its name in the column `optima::about`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Need => "need",
            Self::WellBeing => "well_being",
            Self::Service => "service",
        }
    }
}

/// A closed question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    pub(crate) id: String,
    pub(crate) about: About,
    #[serde(rename = "type", default)]
    pub(crate) kind: Kind,
    pub(crate) fr: String,
    pub(crate) en: String,
    /// What stands in names of groups, on factor planes and in legends: one to four words, before " : " and a choice.
    pub(crate) short: Texts,
    #[serde(default)]
    pub(crate) hint: Texts,
    /// To whom the question is put; to everybody where empty.
    #[serde(default)]
    pub(crate) relevant: String,
    /// A list of `form.toml`, or
    pub(crate) list: Option<String>,
    /// choices of its own.
    #[serde(default)]
    pub(crate) choices: Vec<Choice>,
    /// Of several choices, the one that stands alone.
    pub(crate) none: Option<String>,
    /// The smallest and the largest number that is believed.
    pub(crate) range: Option<[u32; 2]>,
    #[serde(default)]
    pub(crate) indicators: Vec<String>,
}

impl Question {
    /// The name of its list.
    pub(crate) fn list_name(&self) -> &str {
        self.list.as_deref().unwrap_or(&self.id)
    }
}

/// The guide.
pub(crate) struct Guide {
    pub(crate) form: Form,
    pub(crate) themes: Vec<Theme>,
}

impl Guide {
    /// Reads and checks `form.toml` and the files of `themes/`, in the order of their names.
    pub(crate) fn of_folder(folder: &Path) -> Outcome<Self> {
        let form: Form = read(&folder.join("form.toml"))?;
        let mut files = std::fs::read_dir(folder.join("themes"))?.map(|entry| Ok(entry?.path())).collect::<Outcome<Vec<_>>>()?;
        files.sort();
        let themes = files.iter().map(|file| read(file)).collect::<Outcome<Vec<Theme>>>()?;
        let guide = Self { form, themes };
        guide.check()?;
        Ok(guide)
    }

    /// All lists by name, those of questions among them, each with the answer of those who refuse.
    pub(crate) fn lists(&self) -> BTreeMap<&str, Vec<&Choice>> {
        let shared = self.form.lists.iter().map(|(name, list)| (name.as_str(), &list.choices, list.may_refuse));
        let own = self.questions().filter(|q| !q.choices.is_empty()).map(|q| (q.list_name(), &q.choices, true));
        let refused = |may_refuse: bool| self.form.refused.as_ref().filter(|_| may_refuse);
        shared.chain(own).map(|(name, choices, may_refuse)| (name, choices.iter().chain(refused(may_refuse)).collect())).collect()
    }

    /// All questions, in the order of the themes.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &Question> {
        self.themes.iter().flat_map(|theme| &theme.questions)
    }

    fn check(&self) -> Outcome<()> {
        let mut before: BTreeSet<&str> = BTreeSet::new();
        let lists = self.lists();
        for question in self.questions() {
            let id = question.id.as_str();
            let bad = |why: &str| Err(format!("the question {id}: {why}").into());
            if !is_name(id) || id.starts_with(|c: char| c.is_ascii_digit()) {
                return bad("its id should be a short English name in small letters, with _ for blanks");
            }
            if question.short.iter().any(|short| short.is_empty() || short.split_whitespace().count() > 5) {
                return bad("its short labels should be a few words");
            }
            if question.kind == Kind::Integer {
                if question.list.is_some() || !question.choices.is_empty() || question.range.is_none() {
                    return bad("a number has a range and no choices");
                }
            } else {
                let Some(choices) = lists.get(question.list_name()) else { return bad("form.toml has no list of that name") };
                if question.list.is_some() != question.choices.is_empty() {
                    return bad("name a list of form.toml or give choices, one of both");
                }
                if choices.iter().any(|choice| !matches!(choice.len(), 3 | 5)) {
                    return bad("a choice is its name, French, English and, if need be, both in short");
                }
                let names: BTreeSet<&str> = choices.iter().map(|c| c[0].as_str()).collect();
                if names.len() != choices.len() || !names.iter().all(|name| is_name(name)) {
                    return bad("the names of choices should be different English names in small letters, without blanks");
                }
                if question.none.as_deref().is_some_and(|none| !names.contains(none)) {
                    return bad("the choice that stands alone is not among its choices");
                }
            }
            if let Some(other) = references(&question.relevant).find(|other| !before.contains(other)) {
                return bad(&format!("relevant names {other}, which does not come before it"));
            }
            if let Some(unknown) = question.indicators.iter().find(|name| !self.form.indicators.contains_key(*name)) {
                return bad(&format!("form.toml has no indicator {unknown}"));
            }
            if !before.insert(id) {
                return bad("there are two of that id");
            }
        }
        Ok(())
    }
}

/// The questions that an expression names as `${question}`.
fn references(expression: &str) -> impl Iterator<Item = &str> {
    expression.split("${").skip(1).filter_map(|rest| rest.split('}').next())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn read<T: DeserializeOwned>(path: &Path) -> Outcome<T> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()).into())
}
