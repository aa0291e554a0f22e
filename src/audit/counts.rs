//! The counts that releases tell and hide, by name, period and zone; and which of them several releases have in common.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{Cell, Cells, Key};
use super::release::{Measure, Release};
use super::shown::Told;

/// A count: what is counted, when, where (empty: the territory).
pub(super) type Name = (String, String, String);

/// What a release says of a count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Said {
    /// So many.
    Known(f64),
    /// Hidden.
    Hidden,
    /// Nothing to be said: nobody, as far as a reader can tell.
    Nobody,
}

/// A part and its group in one cell.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) part: Name,
    pub(super) group: Name,
}

/// The counts of one release.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) said: BTreeMap<Name, Said>,
    /// For each count, a cell that tells or hides it.
    pub(super) cells: BTreeMap<Name, Key>,
    pub(super) parts: Vec<Part>,
    /// Groups with all their parts: the group's count, and those of its parts.
    pub(super) wholes: Vec<(Name, Vec<Name>)>,
    /// The codes of its zones.
    pub(super) zones: BTreeSet<String>,
}

impl Counts {
    pub(super) fn of(release: &Release, cells: &Cells) -> Self {
        let names = quantities(release, cells);
        let zones = cells.keys().map(|(.., zone)| zone.clone()).filter(|zone| !zone.is_empty()).collect();
        let mut counts = Self { zones, ..Self::default() };
        for (key, cell) in cells {
            let (measure, period, zone) = key;
            let described = &release.measures[*measure];
            let Some((part, group)) = names.get(measure) else { continue };
            let told = Told::of(described, cell);
            let name = |quantity: &String| (quantity.clone(), period.clone(), zone.clone());
            let of_persons = part.as_ref().map(|quantity| (name(quantity), told.persons));
            let of_group = group.as_ref().map(|quantity| (name(quantity), told.group));
            for (count, persons) in of_persons.iter().chain(&of_group) {
                counts.say(count, cell, *persons, key);
            }
            if let (Some((part, _)), Some((group, _))) = (of_persons, of_group) {
                counts.parts.push(Part { part, group });
            }
        }
        counts.wholes = wholes(release, &names, &counts);
        counts
    }

    /// A count that one measure shows is known, whatever others hide.
    fn say(&mut self, count: &Name, cell: &Cell, persons: Option<f64>, key: &Key) {
        let said = match persons {
            Some(persons) if !cell.hidden() => Said::Known(persons),
            _ if cell.hidden() => Said::Hidden,
            _ => Said::Nobody,
        };
        let known = self.said.entry(count.clone()).or_insert(said);
        match (*known, said) {
            (Said::Known(_), _) | (Said::Hidden, Said::Nobody) => {}
            _ => *known = said,
        }
        if said == Said::Hidden || !self.cells.contains_key(count) {
            self.cells.insert(count.clone(), key.clone());
        }
    }
}

/// What each measure counts: its part and its group. Two measures that give one name to numbers that differ somewhere have two counts.
fn quantities(release: &Release, cells: &Cells) -> BTreeMap<usize, (Option<String>, Option<String>)> {
    let mut first: BTreeMap<(String, String, String), f64> = BTreeMap::new();
    let mut named = BTreeMap::new();
    for (at, measure) in release.measures.iter().enumerate() {
        let Some(counts) = measure.counts.as_ref().filter(|_| counted(measure)) else { continue };
        let part = (measure.unit == "share").then(|| counts.numerator.clone());
        let own = cells.range((at, String::new(), String::new())..(at + 1, String::new(), String::new()));
        let told: Vec<(&Key, Told)> = own.map(|(key, cell)| (key, Told::of(measure, cell))).collect();
        let mut settle = |quantity: Option<String>, of: fn(&Told) -> Option<f64>| {
            let quantity = quantity?;
            let key = |(_, period, zone): &Key| (quantity.clone(), period.clone(), zone.clone());
            let figures: Vec<_> = told.iter().filter_map(|(cell, told)| Some((key(cell), of(told)?))).collect();
            if figures.iter().any(|(key, figure)| first.get(key).is_some_and(|known| (known - figure).abs() > 1e-6)) {
                return Some(format!("{quantity} of {}", measure.id));
            }
            for (key, figure) in figures {
                first.entry(key).or_insert(figure);
            }
            Some(quantity)
        };
        let group = settle(counts.denominator.clone(), |told| told.group);
        let part = settle(part, |told| told.persons);
        named.insert(at, (part, group));
    }
    named
}

/// Whether a measure counts persons: not where its values are numbers of groups or places in an order.
fn counted(measure: &Measure) -> bool {
    !matches!(measure.unit.as_str(), "group" | "rank")
}

/// Groups of which every part is the numerator of some measure.
fn wholes(release: &Release, names: &BTreeMap<usize, (Option<String>, Option<String>)>, counts: &Counts) -> Vec<(Name, Vec<Name>)> {
    let mut groups: BTreeMap<(&String, usize), BTreeSet<&String>> = BTreeMap::new();
    for (at, (part, group)) in names {
        let parts = release.measures[*at].counts.as_ref().and_then(|counts| counts.parts);
        if let (Some(part), Some(group), Some(parts)) = (part, group, parts) {
            groups.entry((group, parts)).or_default().insert(part);
        }
    }
    let mut wholes = Vec::new();
    for ((group, parts), members) in groups {
        if members.len() < parts {
            continue;
        }
        for (_, period, zone) in counts.said.keys().filter(|(quantity, ..)| quantity == group) {
            let name = |quantity: &String| (quantity.clone(), period.clone(), zone.clone());
            wholes.push((name(group), members.iter().map(|part| name(part)).collect()));
        }
    }
    wholes
}
