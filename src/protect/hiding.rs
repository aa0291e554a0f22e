//! Which cells of all measures are hidden: the rules, applied until nothing more has to fall.

use std::collections::{BTreeMap, BTreeSet};

use super::Reason;
use super::complementary::{Need, Term, need};
use super::threshold::{Crowd, few, is_unsafe};
use crate::catalog::DisclosureRules;
use crate::error::Result;
use crate::interrupt;
use crate::measure::{Measure, MeasureId, Quantity};
use crate::period::Period;
use crate::territory::{ZoneIdx, Zones};

/// A count of one place at one time; `None` is the territory.
type Count = (Quantity, Period, Option<ZoneIdx>);
type Place = (usize, usize, Option<ZoneIdx>);

/// The cells that are hidden, with their reasons.
#[derive(Debug)]
pub(super) struct Hidden(BTreeMap<Place, Reason>);

impl Hidden {
    /// Why a cell is hidden; `None` where it may be shown.
    pub(super) fn reason(&self, measure: usize, at: usize, zone: Option<ZoneIdx>) -> Option<Reason> {
        self.0.get(&(measure, at, zone)).copied()
    }

    pub(super) fn decide(measures: &[Measure], rules: &DisclosureRules, zones: &Zones) -> Result<Self> {
        let mut work = Work { measures, rules, zones, hidden: BTreeMap::new(), counts: BTreeSet::new() };
        for place in work.places() {
            if work.cell(place).is_some_and(|cell| is_unsafe(&measures[place.0], cell, rules)) {
                work.hide(place, Reason::Frequency);
            }
        }
        // Each round hides at least one more cell, so it ends.
        loop {
            interrupt::check()?;
            let before = work.hidden.len();
            work.spread();
            work.close_totals();
            work.close_groups();
            if work.hidden.len() == before {
                return Ok(Self(work.hidden));
            }
        }
    }
}

struct Work<'a> {
    measures: &'a [Measure],
    rules: &'a DisclosureRules,
    zones: &'a Zones,
    hidden: BTreeMap<Place, Reason>,
    counts: BTreeSet<Count>,
}

impl Work<'_> {
    fn places(&self) -> Vec<Place> {
        let zones: Vec<Option<ZoneIdx>> = self.zones.indexes().map(Some).chain([None]).collect();
        let of = |m: usize, measure: &Measure| {
            (0..measure.periods.len()).flat_map(|at| zones.iter().map(move |zone| (m, at, *zone))).collect::<Vec<_>>()
        };
        self.measures.iter().enumerate().flat_map(|(m, measure)| of(m, measure)).collect()
    }

    fn cell(&self, (m, at, zone): Place) -> Option<&crate::measure::Cell> {
        match zone {
            Some(zone) => self.measures[m].cell(at, zone),
            None => self.measures[m].totals.get(at).and_then(Option::as_ref),
        }
    }

    fn is_hidden(&self, place: Place) -> bool {
        self.hidden.contains_key(&place)
    }

    /// Hides a cell, and with it the count above its line wherever else that count would be shown.
    fn hide(&mut self, place: Place, reason: Reason) {
        let (m, at, zone) = place;
        if self.hidden.insert(place, reason).is_none() {
            let measure = &self.measures[m];
            self.counts.insert((measure.quantities.numerator.clone(), measure.periods[at], zone));
            // A group too small to be shown is hidden as a count as well, under whatever share it stands.
            let small = self.cell(place).and_then(|c| Crowd::behind(c).group).is_some_and(|n| few(n, self.rules));
            if let (true, Some(below)) = (small, &measure.quantities.denominator) {
                self.counts.insert((below.clone(), measure.periods[at], zone));
            }
        }
    }

    /// Hides every cell that gives a hidden count away, or was computed from a hidden cell.
    fn spread(&mut self) {
        for place in self.places() {
            let (m, at, zone) = place;
            if self.is_hidden(place) || self.cell(place).is_none() {
                continue;
            }
            let measure = &self.measures[m];
            let period = measure.periods[at];
            let gives = |quantity: &Quantity| self.counts.contains(&(quantity.clone(), period, zone));
            let counted = gives(&measure.quantities.numerator) || measure.quantities.denominator.as_ref().is_some_and(gives);
            if counted || measure.ingredients.iter().any(|id| self.ingredient_hidden(id, period, zone)) {
                let own = self.cell(place).is_some_and(|cell| is_unsafe(measure, cell, self.rules));
                self.hide(place, if own { Reason::Frequency } else { Reason::Complementary });
            }
        }
    }

    fn ingredient_hidden(&self, id: &MeasureId, period: Period, zone: Option<ZoneIdx>) -> bool {
        let Some(m) = self.measures.iter().position(|measure| measure.id == *id) else { return false };
        self.measures[m].position(period).is_some_and(|at| self.is_hidden((m, at, zone)))
    }

    /// The territory's total minus the shown zones gives no hidden zone back.
    fn close_totals(&mut self) {
        for m in 0..self.measures.len() {
            // A derived measure has no total that its zones add up to.
            if !self.measures[m].ingredients.is_empty() {
                continue;
            }
            for at in 0..self.measures[m].periods.len() {
                let total = (m, at, None);
                if self.is_hidden(total) || self.cell(total).is_none() {
                    continue;
                }
                let zones = self.zones.indexes().map(|zone| (m, at, Some(zone)));
                let places: Vec<Place> = zones.filter(|place| self.cell(*place).is_some()).collect();
                self.close(&places, &[total], |crowd| crowd.others);
            }
        }
    }

    /// Where all parts of a group are shown as measures, the group minus the shown parts gives no hidden part back.
    fn close_groups(&mut self) {
        let mut groups: BTreeMap<(Quantity, usize), Vec<usize>> = BTreeMap::new();
        for (m, measure) in self.measures.iter().enumerate() {
            if let (Some(group), Some(parts)) = (&measure.quantities.denominator, measure.quantities.part_of) {
                let known = groups.entry((group.clone(), parts)).or_default();
                if known.iter().all(|other| self.measures[*other].quantities.numerator != measure.quantities.numerator) {
                    known.push(m);
                }
            }
        }
        for ((_, parts), members) in groups {
            if members.len() < parts {
                continue;
            }
            for place in self.places().into_iter().filter(|(m, ..)| *m == members[0]) {
                let (_, at, zone) = place;
                let places: Vec<Place> = members.iter().map(|m| (*m, at, zone)).filter(|p| self.cell(*p).is_some()).collect();
                // The group's size stands in every part's cell: to hide it, all parts fall.
                self.close(&places, &places, |_| None);
            }
        }
    }

    /// Hides terms of one sum until none can be subtracted; where no term is left that could help, the cells that give the
    /// sum away fall. `others` of the terms add up too, where their groups do.
    fn close(&mut self, terms: &[Place], givers: &[Place], others: fn(Crowd) -> Option<f64>) {
        loop {
            let of = |place: &Place| {
                let crowd = Crowd::behind(self.cell(*place)?);
                Some(Term { persons: crowd.persons, others: others(crowd), hidden: self.is_hidden(*place) })
            };
            match need(&terms.iter().filter_map(of).collect::<Vec<_>>(), self.rules) {
                Need::Nothing => return,
                Need::Term(term) => self.hide(terms[term], Reason::Complementary),
                Need::Sum => {
                    for place in givers {
                        self.hide(*place, Reason::Complementary);
                    }
                    return;
                }
            }
        }
    }
}
