//! What an audit found: which check, in which file, of what, and why it discloses. Never a value.

use std::fmt;

use serde::Serialize;

use crate::texts::Texts;

/// The checks, after the list of the disclosure-control literature that the audit follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Check {
    /// Traces of persons or machines in the bytes of a file: planted words, register numbers, paths, leftovers of a database.
    S1,
    /// A shown figure of too few persons, or of all but few, or of a group too small.
    S2,
    /// A hidden cell that sums and differences of shown ones give away.
    S3,
    /// A hidden cell that only counting in whole persons gives away.
    S4,
    /// A hidden cell that this release and earlier ones give away together.
    S5,
    /// A hidden count of a piece of ground that two zonings give away together.
    S6,
    /// A hidden cell that somebody can find who knows a person, or their own clients.
    S7,
    /// One figure, told differently in two places.
    S8,
    /// A shown amount that is nearly one contributor's.
    S9,
    /// Records instead of figures: rows, columns or points of persons.
    S10,
    /// A pattern of hidden cells that protects nothing: each hidden cell of a sum can be subtracted.
    S11,
    /// Files that do not belong to a release: temporary, unlisted, or of a database at work.
    S12,
}

impl Check {
    /// Its number in reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::S1 => "S1",
            Self::S2 => "S2",
            Self::S3 => "S3",
            Self::S4 => "S4",
            Self::S5 => "S5",
            Self::S6 => "S6",
            Self::S7 => "S7",
            Self::S8 => "S8",
            Self::S9 => "S9",
            Self::S10 => "S10",
            Self::S11 => "S11",
            Self::S12 => "S12",
        }
    }

    /// All of them, in order.
    pub const ALL: [Self; 12] =
        [Self::S1, Self::S2, Self::S3, Self::S4, Self::S5, Self::S6, Self::S7, Self::S8, Self::S9, Self::S10, Self::S11, Self::S12];
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One thing that must not be published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The check that found it.
    pub check: Check,
    /// The file, by its name in the release; empty where several tell it together.
    pub file: String,
    /// What of: measure, period and zone; a column; a layer. Names of places and figures, no values.
    pub subject: String,
    /// The key of the reason among the texts, under `finding`.
    pub reason: &'static str,
    /// What the reason names.
    pub detail: String,
}

impl Finding {
    /// A finding, in the order in which it is read.
    #[must_use]
    pub fn new(check: Check, file: &str, subject: impl Into<String>, reason: &'static str) -> Self {
        Self { check, file: file.to_owned(), subject: subject.into(), reason, detail: String::new() }
    }

    /// Adds what the reason names.
    #[must_use]
    pub fn naming(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The finding as a line in the readers' language.
    #[must_use]
    pub fn line(&self, texts: &Texts) -> String {
        let why = texts.fill(&format!("finding.{}", self.reason), &[("detail", &self.detail)]);
        let parts = [self.file.as_str(), self.subject.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        format!("{} {parts}: {why}", self.check)
    }
}
