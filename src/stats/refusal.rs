//! Why a statistic cannot be given: in place of a number that is none.

/// A clear "no": what is wrong with the numbers, and what could be done.
///
/// ```
/// use optima::stats::refusal::Refusal;
/// let refusal = Refusal::new("one respondent").remedy("an analysis compares persons: two or more are needed");
/// assert_eq!(refusal.to_string(), "one respondent; an analysis compares persons: two or more are needed");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}{}{remedy}", if remedy.is_empty() { "" } else { "; " })]
pub struct Refusal {
    /// What is wrong.
    pub reason: String,
    /// What could be done; may be empty.
    pub remedy: String,
}

impl Refusal {
    /// A refusal with its reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: String::new() }
    }

    /// Adds what could be done.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }
}
