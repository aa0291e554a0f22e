//! From the ledger to what protection must respect: counts that were shown stay known, counts that were hidden stay hidden.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::audit::{ToldCount, told};
use crate::error::Result;
use crate::measure::{Measure, Measures, Quantity};
use crate::period::Period;
use crate::protect::{Earlier, EarlierCount};
use crate::territory::Zones;

/// What the entries of a ledger say of counts that are measured again.
///
/// Where a count that was shown is another now, its quantity and period were corrected: those figures are new, and what the old and
/// the new ones give away together is left to the audit.
///
/// # Errors
/// An entry that cannot be read.
pub(super) fn earlier(entries: &[PathBuf], measures: &Measures, zones: &Zones) -> Result<Earlier> {
    if entries.is_empty() {
        return Ok(Earlier::default());
    }
    let mut periods: BTreeMap<String, Period> = BTreeMap::new();
    let mut now: BTreeMap<(&str, String, String), f64> = BTreeMap::new();
    for measure in measures.as_slice() {
        for (at, period) in measure.periods.iter().enumerate() {
            periods.insert(period.to_string(), *period);
            counts(measure, at, zones, |quantity, place, persons| {
                now.insert((quantity, period.to_string(), place), persons);
            });
        }
    }
    let mut all: BTreeMap<(String, String, String), ToldCount> = BTreeMap::new();
    let mut corrected: BTreeSet<(String, String)> = BTreeSet::new();
    for entry in entries {
        for count in told(entry)? {
            let key = (count.quantity.clone(), count.period.clone(), count.place.clone());
            let differs = |other: Option<f64>| count.persons.zip(other).is_some_and(|(a, b)| (a - b).abs() > 1e-6);
            if differs(now.get(&(key.0.as_str(), key.1.clone(), key.2.clone())).copied()) {
                corrected.insert((key.0.clone(), key.1.clone()));
            }
            let known = all.entry(key).or_insert_with(|| count.clone());
            if known.persons.is_none() {
                *known = count;
            }
        }
    }
    let counts = all.into_iter().filter(|((quantity, period, _), _)| !corrected.contains(&(quantity.clone(), period.clone())));
    let counts = counts.filter_map(|((quantity, period, place), count)| {
        let shown = count.persons.is_some();
        Some(EarlierCount { quantity: Quantity(quantity), period: *periods.get(&period)?, place, persons: count.persons, shown })
    });
    Ok(Earlier { counts: counts.collect(), statements: Vec::new() })
}

/// The counts of one period of a measure, by quantity and code of the place.
fn counts<'m>(measure: &'m Measure, at: usize, zones: &Zones, mut say: impl FnMut(&'m str, String, f64)) {
    let places = zones.iter().map(|(zone, named)| (named.code.0.clone(), measure.cell(at, zone)));
    let total = measure.totals.get(at).and_then(Option::as_ref);
    for (place, cell) in places.chain([(String::new(), total)]) {
        let Some(cell) = cell else { continue };
        if let Some(persons) = cell.numerator {
            say(&measure.quantities.numerator.0, place.clone(), persons);
        }
        if let (Some(below), Some(persons)) = (&measure.quantities.denominator, cell.denominator) {
            say(&below.0, place, persons);
        }
    }
}
