//! The one catalog of what readers see: aliases, titles, legends, reports, in French and in English.
//!
//! `layers/texts.toml` holds a table a key, with `fr` and `en`. Program code names keys only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The language of an observatory's readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French, the default.
    #[default]
    Fr,
    /// English.
    En,
}

impl Language {
    /// The two-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Localized {
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

impl Localized {
    /// The text in this language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Fr => &self.fr,
            Language::En => &self.en,
        }
    }
}

/// The catalog, bound to one language.
///
/// ```
/// use optima::texts::{Language, Texts};
/// let texts = Texts::from_toml("[legend.zero]\nfr = \"zéro\"\nen = \"zero\"\n[count]\nfr = \"{n} zones\"\nen = \"{n} zones\"", Language::Fr).unwrap();
/// assert_eq!(texts.get("legend.zero"), "zéro");
/// assert_eq!(texts.fill("count", &[("n", "71")]), "71 zones");
/// ```
#[derive(Debug, Clone)]
pub struct Texts {
    language: Language,
    texts: BTreeMap<String, Localized>,
}

impl Texts {
    /// Reads the catalog.
    ///
    /// # Errors
    /// Text that is not TOML, or a key that lacks one of the languages.
    pub fn from_toml(text: &str, language: Language) -> Result<Self> {
        let root: toml::Table = toml::from_str(text).map_err(|e| Error::config(e.to_string()))?;
        let mut texts = BTreeMap::new();
        collect(&root, "", &mut texts)?;
        Ok(Self { language, texts })
    }

    /// A text in both languages; the key itself where there is none.
    #[must_use]
    pub fn both(&self, key: &str) -> Localized {
        self.texts.get(key).cloned().unwrap_or_else(|| Localized { fr: key.to_owned(), en: key.to_owned() })
    }

    /// A catalog without a text.
    #[must_use]
    pub fn empty(language: Language) -> Self {
        Self { language, texts: BTreeMap::new() }
    }

    /// A message of the program in the readers' language. The program speaks English; a message that matches the English
    /// of a `message.` entry, its placeholders taken for any text, is given in the other language. What matches none stays.
    ///
    /// ```
    /// use optima::texts::{Language, Texts};
    /// let catalog = "[message.form]\nfr = \"attendu : une date de la forme {form}\"\nen = \"expected a date of the form {form}\"";
    /// let texts = Texts::from_toml(catalog, Language::Fr).unwrap();
    /// assert_eq!(texts.translate("expected a date of the form %d/%m/%Y"), "attendu : une date de la forme %d/%m/%Y");
    /// assert_eq!(texts.translate("no space left"), "no space left");
    /// ```
    #[must_use]
    pub fn translate(&self, message: &str) -> String {
        if self.language == Language::En {
            return message.to_owned();
        }
        let entries = self.texts.iter().filter(|(key, _)| key.starts_with("message."));
        let mut best: Option<(usize, String)> = None;
        for (_, text) in entries {
            let Some(values) = matches(&text.en, message) else { continue };
            let fixed = text.en.len();
            if best.as_ref().is_none_or(|(longest, _)| fixed > *longest) {
                let filled = values.iter().fold(text.fr.clone(), |fr, (name, value)| {
                    // What `{rest}` and `{reason}` stand for are messages too; all other values are names and numbers.
                    let value = if name == "rest" || name == "reason" { self.translate(value) } else { (*value).to_owned() };
                    fr.replace(&format!("{{{name}}}"), &value)
                });
                best = Some((fixed, filled));
            }
        }
        best.map_or_else(|| message.to_owned(), |(_, filled)| filled)
    }

    /// [`Texts::translate`] for each line; a place (`file:row: column:`) and a list mark before the message are kept.
    #[must_use]
    pub fn translate_lines(&self, text: &str) -> String {
        let lines: Vec<String> = text
            .split('\n')
            .map(|line| {
                // The longest tail that is a known message is translated, what stands before it is its place.
                let tails = std::iter::once(0)
                    .chain(line.match_indices(": ").map(|(i, _)| i + 2))
                    .chain(line.match_indices("- ").map(|(i, _)| i + 2));
                let mut starts: Vec<usize> = tails.collect();
                starts.sort_unstable();
                starts
                    .into_iter()
                    .find_map(|start| {
                        let translated = self.translate(&line[start..]);
                        (translated != line[start..]).then(|| format!("{}{translated}", &line[..start]))
                    })
                    .unwrap_or_else(|| line.to_owned())
            })
            .collect();
        lines.join("\n").replace("\n  help: ", &format!("\n  {} ", self.get("cli.help")))
    }

    /// The language in force.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The same catalog in another language.
    #[must_use]
    pub fn speaking(&self, language: Language) -> Self {
        Self { language, texts: self.texts.clone() }
    }

    /// The text of a key; the key itself where the catalog lacks it (a test proves that it never does).
    #[must_use]
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, |text| text.get(self.language))
    }

    /// The text of a key with its `{placeholders}` filled.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.get(key).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// Whether the catalog holds this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.texts.contains_key(key)
    }
}

fn collect(table: &toml::Table, prefix: &str, texts: &mut BTreeMap<String, Localized>) -> Result<()> {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        let toml::Value::Table(inner) = value else {
            return Err(Error::config("expected a table with fr and en").in_column(path));
        };
        if inner.values().all(toml::Value::is_str) {
            let text: Localized =
                inner.clone().try_into().map_err(|e: toml::de::Error| Error::config(e.to_string()).in_column(path.clone()))?;
            texts.insert(path, text);
        } else {
            collect(inner, &path, texts)?;
        }
    }
    Ok(())
}

/// The values of a template's placeholders in a text that has its form; `None` where it has not.
fn matches<'m>(template: &str, text: &'m str) -> Option<Vec<(String, &'m str)>> {
    let mut values = Vec::new();
    let mut template = template;
    let mut rest = text;
    while let Some(open) = template.find('{') {
        let close = open + template[open..].find('}')?;
        rest = rest.strip_prefix(&template[..open])?;
        let name = &template[open + 1..close];
        template = &template[close + 1..];
        let fixed = template.find('{').map_or(template, |next| &template[..next]);
        let end = if fixed.is_empty() {
            rest.len()
        } else if template == fixed {
            rest.len().checked_sub(fixed.len()).filter(|at| rest.is_char_boundary(*at) && rest[*at..] == *fixed)?
        } else {
            rest.find(fixed)?
        };
        values.push((name.to_owned(), &rest[..end]));
        rest = &rest[end..];
    }
    (rest == template).then_some(values)
}
