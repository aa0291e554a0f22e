//! What earlier releases have said: counts that stay known, and counts that must stay hidden.

use crate::measure::Quantity;
use crate::period::Period;

/// A count that an earlier release showed or hid.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierCount {
    /// What was counted.
    pub quantity: Quantity,
    /// When.
    pub period: Period,
    /// The code of the zone, also of one that is no longer published; empty for the territory.
    pub place: String,
    /// The count, as shown then; for a hidden one as the records have it, `None` where they no longer do. A hidden count that is
    /// measured again needs no value here.
    pub persons: Option<f64>,
    /// Whether it was shown.
    pub shown: bool,
}

/// Counts of places that overlap: Σ factor · count = a number that is known, as where a zone is made of others.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Counts by quantity, period and code of the place, with their whole factors.
    pub terms: Vec<(Quantity, Period, String, i32)>,
}

/// All that earlier releases have said. The default is a first release.
///
/// What was shown is known for good: to hide it now protects nobody. What was hidden stays hidden, and what is shown now must not
/// open it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Earlier {
    /// Their counts, each once: shown wins over hidden.
    pub counts: Vec<EarlierCount>,
    /// What links places of different zonings.
    pub statements: Vec<Statement>,
}

impl Earlier {
    /// Whether nothing was ever said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.statements.is_empty()
    }
}
