//! What the statements of a book come to: a system that can be solved, and when an interval gives a count away.

use std::collections::{BTreeMap, BTreeSet};

use super::release::Rules;
use super::sums::Id;
use crate::error::{Error, ErrorKind, Result};
use crate::stats::disclosure_attack::{Attack, Effort, System};
use crate::stats::refusal::Refusal;

/// What adds up may be off by so much where counts are sums of shares.
pub(super) const SLACK: f64 = 1e-6;

/// What was tried, for the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tried {
    /// Hidden counts that an attacker would want.
    pub hidden: usize,
    /// Sums and bounds that could be written.
    pub statements: usize,
    /// Hidden counts of which it was not settled, within the limits, that they stay hidden.
    pub unsettled: usize,
    /// Sums left out because figures contradict them: they say of figures that they are no sums.
    pub contradicted: usize,
    /// Hidden counts whose lone contributor was given the knowledge of being alone.
    pub lone: usize,
}

impl Tried {
    pub(super) fn add(&mut self, more: Self) {
        self.hidden += more.hidden;
        self.statements += more.statements;
        self.unsettled += more.unsettled;
        self.contradicted += more.contradicted;
        self.lone += more.lone;
    }
}

/// low ≤ Σ terms ≤ high.
pub(super) struct Sum {
    pub(super) terms: Vec<(usize, f64)>,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Statements as rows, before they are stated: those that contradict others can be left out.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) unknowns: BTreeMap<Id, usize>,
    pub(super) whole: Vec<bool>,
    pub(super) bounds: Vec<(usize, f64, f64)>,
    pub(super) sums: Vec<Sum>,
    /// Sums in which one hidden count stands alone.
    pub(super) alone: BTreeSet<usize>,
    pub(super) atoms: BTreeMap<(String, String, usize, usize), usize>,
}

/// Why an interval of a hidden count gives it away; `None` where it does not.
///
/// It does where every whole number in it is one that may not be told, and where it is narrower than the threshold and holds
/// such a number: then an estimate would be nearly exact.
pub(super) fn opens(rules: &Rules, (low, high): (f64, f64), group: Option<f64>) -> Option<&'static str> {
    let width = high - low;
    if !width.is_finite() || width >= rules.minimum_count - SLACK {
        return None;
    }
    // All that the size of the group leaves: nothing is learned beyond it.
    if group.is_some_and(|group| group > 0.5 && low < 0.5 && high > group - 0.5) {
        return None;
    }
    let forbidden = |n: f64| rules.forbids(n, group);
    if width < 0.5 {
        return forbidden(low.midpoint(high)).then_some("opened");
    }
    let mut numbers = std::iter::successors(Some(low.ceil()), |n| Some(n + 1.0)).take_while(|n| *n <= high + SLACK).peekable();
    numbers.peek()?;
    let all: Vec<f64> = numbers.collect();
    if all.iter().all(|n| forbidden(*n)) {
        return Some("confined");
    }
    let close = |n: &f64| rules.few(*n) || group.is_some_and(|group| rules.few(group - n));
    all.iter().any(close).then_some("narrow")
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn fault(refusal: Refusal) -> Error {
    Error::new(ErrorKind::Internal, format!("the audit cannot state what is published: {refusal}"))
}

/// The system, without the sums that contradict others; `None` where nothing is hidden.
pub(super) fn solvable(rows: &Rows, tried: &mut Tried) -> Result<Option<Attack>> {
    if rows.whole.is_empty() {
        return Ok(None);
    }
    let mut left: Vec<usize> = (0..rows.sums.len()).collect();
    let mut bounded = true;
    loop {
        crate::interrupt::check()?;
        let mut system = System::new();
        for whole in &rows.whole {
            if *whole {
                system.count()
            } else {
                system.amount()
            };
        }
        for (unknown, low, high) in rows.bounds.iter().filter(|_| bounded) {
            system.bound(*unknown, *low, *high).map_err(fault)?;
        }
        for at in &left {
            let Sum { terms, low, high } = &rows.sums[*at];
            system.state(terms, *low, *high).map_err(fault)?;
        }
        match Attack::new(&system, Effort::default()) {
            Ok(attack) => return Ok(Some(attack)),
            Err(contradiction) => {
                let out: BTreeSet<usize> = contradiction.statements.iter().copied().collect();
                if out.is_empty() {
                    bounded = false;
                    continue;
                }
                tried.contradicted += out.len();
                let kept = left.iter().enumerate().filter(|(at, _)| !out.contains(at)).map(|(_, row)| *row).collect();
                left = kept;
            }
        }
    }
}
