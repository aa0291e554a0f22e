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
