//! What each statement says of each unknown, given the bounds of the others, until nothing new is learned.

use std::collections::VecDeque;

use super::program::{Row, times, whole_above, whole_below};

/// How often a row is looked at, at most: bounds that creep up on a limit never arrive, and the solver finds the limit anyway.
const VISITS: u32 = 50;

/// Where bounds exclude each other: the statement that cannot hold, or the unknown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Conflict {
    Statement(usize),
    Unknown(usize),
}

/// Tightens the bounds by the rows, with whole unknowns rounded inwards if `tight`, to a fixpoint or for [`VISITS`] visits a row.
///
/// The order of the rows changes how far an unfinished propagation comes, never whether a bound holds. Cost: O(visits × terms).
pub(super) fn propagate(rows: &[Row], whole: &[bool], bounds: &mut [(f64, f64)], tight: bool) -> Result<(), Conflict> {
    for (unknown, bounds) in bounds.iter_mut().enumerate() {
        if tight && whole[unknown] {
            *bounds = (whole_above(bounds.0), whole_below(bounds.1));
        }
        *bounds = narrowed(*bounds, *bounds, tight && whole[unknown]).ok_or(Conflict::Unknown(unknown))?.0;
    }
    let mut of: Vec<Vec<usize>> = vec![Vec::new(); bounds.len()];
    for (at, row) in rows.iter().enumerate() {
        row.terms.iter().for_each(|(unknown, _)| of[*unknown].push(at));
    }
    let mut queue: VecDeque<usize> = (0..rows.len()).collect();
    let mut waiting = vec![true; rows.len()];
    let mut visits = vec![0; rows.len()];
    while let Some(at) = queue.pop_front() {
        waiting[at] = false;
        visits[at] += 1;
        for changed in narrow_by(&rows[at], whole, bounds, tight).ok_or(Conflict::Statement(rows[at].source))? {
            for other in &of[changed] {
                if !waiting[*other] && visits[*other] < VISITS {
                    waiting[*other] = true;
                    queue.push_back(*other);
                }
            }
        }
    }
    Ok(())
}

/// A sum of ends of which some may be infinite, so that one of them can be taken out again.
#[derive(Clone, Copy, Default)]
struct Activity {
    finite: f64,
    infinite: u32,
}

impl Activity {
    fn add(&mut self, end: f64) {
        if end.is_finite() { self.finite += end } else { self.infinite += 1 }
    }

    /// The sum of the other ends; `None` where one of those is infinite.
    fn without(self, end: f64) -> Option<f64> {
        match (self.infinite, end.is_finite()) {
            (0, _) => Some(self.finite - end),
            (1, false) => Some(self.finite),
            _ => None,
        }
    }
}

/// The unknowns whose bounds the row narrows; `None` where it cannot hold.
fn narrow_by(row: &Row, whole: &[bool], bounds: &mut [(f64, f64)], tight: bool) -> Option<Vec<usize>> {
    let stated = row.bounds(tight);
    let (mut low, mut high) = (Activity::default(), Activity::default());
    for (unknown, coefficient) in &row.terms {
        let ends = times(*coefficient, bounds[*unknown]);
        low.add(ends.0);
        high.add(ends.1);
    }
    let slack = 1e-7 * (1.0 + stated.0.abs().min(stated.1.abs())) + 1e-12 * (low.finite.abs() + high.finite.abs());
    if stated.0 > stated.1 || (low.infinite == 0 && low.finite > stated.1 + slack) || (high.infinite == 0 && high.finite < stated.0 - slack)
    {
        return None;
    }
    let mut changed = Vec::new();
    for (unknown, coefficient) in &row.terms {
        let known = bounds[*unknown];
        let ends = times(*coefficient, known);
        let from = high.without(ends.1).map_or(f64::NEG_INFINITY, |others| stated.0 - others);
        let to = low.without(ends.0).map_or(f64::INFINITY, |others| stated.1 - others);
        let said = if *coefficient > 0.0 { (from / coefficient, to / coefficient) } else { (to / coefficient, from / coefficient) };
        let (narrow, news) = narrowed(known, said, tight && whole[*unknown])?;
        if news {
            bounds[*unknown] = narrow;
            changed.push(*unknown);
            // The activities keep the wider ends for the rest of this visit: still true, and the row comes again.
        }
    }
    Some(changed)
}

/// The known bounds within those said: are they news? `None` where nothing is left.
fn narrowed(known: (f64, f64), said: (f64, f64), whole: bool) -> Option<((f64, f64), bool)> {
    let said = if whole { (whole_above(said.0), whole_below(said.1)) } else { said };
    let worth = |old: f64, new: f64| old.is_infinite() || (new - old).abs() > 1e-9 * old.abs().max(1.0);
    let low = if said.0 > known.0 && worth(known.0, said.0) { said.0 } else { known.0 };
    let high = if said.1 < known.1 && worth(known.1, said.1) { said.1 } else { known.1 };
    let news = low != known.0 || high != known.1;
    if low <= high {
        return Some(((low, high), news));
    }
    // Ends that pass each other by the noise of decimals are one value.
    (!whole && low - high <= 1e-6 * low.abs().max(1.0)).then_some(((high, high), news))
}
