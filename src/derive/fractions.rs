//! The shown counts of a share, x of n, quartier by quartier: what the statistics of small numbers start from.

use crate::measure::Unit;
use crate::protect::{DerivedCell, NotDerived, ProtectedMeasure, Seen, Shown};
use crate::stats::refusal::Refusal;
use crate::territory::{PerZone, Zones};

/// The measure of this name, which must be of x of n persons.
///
/// # Errors
/// A name that no layer measures; a refusal where it is no share, or a share without its counts.
pub(super) fn share<'a>(seen: &Seen<'a>, of: &str) -> Result<&'a ProtectedMeasure, NotDerived> {
    let measure = seen.measure(of)?;
    let counted = measure.shown_values().any(|shown| fraction(shown).is_some());
    // What is made of shown figures may bear counts that its value is not the fraction of.
    if measure.unit() != Unit::Share || measure.is_derived() || !counted {
        return Err(Refusal::new(format!("{of} shows no share of x of n")).remedy("name a measure of counted persons").into());
    }
    Ok(measure)
}

/// x and n of a shown cell; `None` without persons, or with more above the line than below it (vintages that do not match).
pub(super) fn fraction(shown: &Shown) -> Option<(f64, f64)> {
    shown.numerator.zip(shown.denominator).filter(|(x, n)| *n > 0.0 && (0.0..=*n).contains(x))
}

/// The quartiers of one period whose counts are shown, in zone order.
pub(super) struct Fractions {
    /// Their positions among all.
    pub(super) zones: Vec<usize>,
    /// The counts above the line.
    pub(super) events: Vec<f64>,
    /// The counts below it.
    pub(super) persons: Vec<f64>,
}

impl Fractions {
    pub(super) fn of(seen: &Seen<'_>, measure: &ProtectedMeasure, at: usize) -> Self {
        let mut found = Self { zones: Vec::new(), events: Vec::new(), persons: Vec::new() };
        for (zone, index) in seen.territory().quartiers.indexes().enumerate() {
            if let Some((x, n)) = measure.cell(at, index).shown().and_then(fraction) {
                found.zones.push(zone);
                found.events.push(x);
                found.persons.push(n);
            }
        }
        found
    }

    /// x and n of each, in zone order.
    pub(super) fn pairs(&self) -> Vec<(f64, f64)> {
        self.events.iter().copied().zip(self.persons.iter().copied()).collect()
    }
}

/// Cells on the map of all quartiers: each at its position, `None` elsewhere.
pub(super) fn placed(zones: &Zones, cells: impl IntoIterator<Item = (usize, DerivedCell)>) -> PerZone<Option<DerivedCell>> {
    let mut of_zone: Vec<Option<DerivedCell>> = vec![None; zones.count()];
    for (zone, cell) in cells {
        of_zone[zone] = Some(cell);
    }
    let mut of_zone = of_zone.into_iter();
    PerZone::from_fn(zones, |_| of_zone.next().flatten())
}

/// The periods of a measure, each answered or left empty; a refusal where none has an answer.
pub(super) fn each_period<T>(count: usize, mut answer: impl FnMut(usize) -> Result<T, Refusal>) -> Result<Vec<Option<T>>, Refusal> {
    let mut refused = Refusal::new("there is no period");
    let mut answers = Vec::with_capacity(count);
    for at in 0..count {
        answers.push(answer(at).map_err(|refusal| refused = refusal).ok());
    }
    if answers.iter().all(Option::is_none) { Err(refused) } else { Ok(answers) }
}
