//! The name of a measure: what layers, files and columns call it.

use serde::Serialize;

use crate::error::{Error, Result};

/// The name of a measure: unique in a run, lower-case ASCII, `_` between words (also used in column names).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct MeasureId(String);

impl MeasureId {
    /// Checks the spelling: `[a-z][a-z0-9_]*`, at most 40 bytes.
    ///
    /// # Errors
    /// Any other spelling.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let fits = text.len() <= 40
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if fits { Ok(Self(text)) } else { Err(Error::config(format!("\"{text}\" is not a measure's name: a-z, 0-9 and _, at most 40"))) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for MeasureId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
