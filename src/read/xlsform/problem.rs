//! What is wrong with a form: all of it in one go, each with sheet, row and column.

use serde::Serialize;

use crate::error::Error;

/// At most this many problems are told; the rest is counted.
const TOLD: usize = 60;

/// Something about a form that a person should know, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// The sheet.
    pub sheet: String,
    /// The row; 1 is the header.
    pub row: u64,
    /// The column, or the question's name.
    pub column: String,
    /// What there is to know.
    pub text: String,
}

impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}: {}", self.sheet, self.row, self.column, self.text)
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Remark>);

impl Problems {
    pub(super) fn add(&mut self, sheet: &str, row: u64, column: &str, text: impl Into<String>) {
        self.0.push(Remark { sheet: sheet.to_owned(), row, column: column.to_owned(), text: text.into() });
    }

    /// The error that tells all of them; `None` where there is none.
    pub(super) fn into_error(self) -> Option<Error> {
        let n = self.0.len();
        let error = match n {
            0 => return None,
            1 => Error::input("the form does not hold"),
            n => Error::input(format!("the form does not hold: {n} problems")),
        };
        let error = self.0.iter().take(TOLD).fold(error, |error, problem| error.detail(problem.to_string()));
        let error = if n > TOLD { error.detail(format!("… and {} more", n - TOLD)) } else { error };
        Some(error.help("mend the form and deploy it again, or give the version that was deployed"))
    }
}
