//! A row set aside: where it is and why, without a word of what it says.

use std::path::PathBuf;

use serde::Serialize;

/// Why a row cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Issue {
    /// The source it belongs to.
    pub source: String,
    /// The file, as the observatory names it.
    pub file: PathBuf,
    /// The row; 1 is the header.
    pub row: u64,
    /// The column, in their words.
    pub column: String,
    /// What was expected. Never quotes the value.
    pub reason: String,
}

impl std::fmt::Display for Issue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file.display(), self.row, self.column, self.reason)
    }
}
