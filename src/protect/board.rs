//! All cells of one period side by side, with what each of them gives away.

use super::threshold::{Crowd, few, unsafe_for};
use super::{Opened, Reason};
use crate::catalog::DisclosureRules;
use crate::measure::{Cell, Measure, MeasureId};
use crate::period::Period;
use crate::territory::Zones;

/// A cell as far as hiding is concerned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Item {
    /// Counted above the line.
    pub(super) persons: f64,
    /// The group below the line and the others in it, where it is a group of persons observed here.
    pub(super) group: Option<(f64, f64)>,
    /// Whether there is exactly one person behind it.
    pub(super) lone: bool,
    /// Why it may not be shown for its own sake.
    pub(super) own: Option<Reason>,
    /// Why it is hidden.
    pub(super) hidden: Option<Reason>,
    /// Whether an earlier release shows its count: to hide it protects nobody.
    pub(super) known: bool,
}

/// A measure that has cells in the period.
#[derive(Debug)]
pub(super) struct Column<'a> {
    /// Its position among all measures, and that of the period in it.
    pub(super) measure: usize,
    pub(super) at: usize,
    pub(super) of: &'a Measure,
    /// The count above its line, and below it, by their numbers on the board.
    pub(super) above: usize,
    pub(super) below: Option<usize>,
    /// The columns it was computed from.
    pub(super) ingredients: Vec<usize>,
    /// Place by place, the territory last.
    pub(super) items: Vec<Option<Item>>,
}

impl Column<'_> {
    /// Whether its zones add up to its total: what was computed from other measures does not.
    pub(super) fn adds_up(&self) -> bool {
        self.of.ingredients.is_empty()
    }

    /// Whether readers know that a hidden cell is not empty: no rule hides an empty count without a group.
    pub(super) fn zeros_are_shown(&self) -> bool {
        self.below.is_none() && self.of.unit == crate::measure::Unit::Share
    }

    pub(super) fn is_hidden(&self, place: usize) -> bool {
        self.items[place].is_some_and(|item| item.hidden.is_some())
    }
}

/// The cells of one period.
#[derive(Debug)]
pub(super) struct Board<'a> {
    pub(super) period: Period,
    pub(super) columns: Vec<Column<'a>>,
    /// The names of the counts.
    pub(super) counts: Vec<&'a str>,
    /// Places: the zones, and the territory.
    pub(super) places: usize,
    /// Count by count and place by place: hidden by name, wherever it stands.
    gone: Vec<bool>,
    /// Hidden cells that nothing protects any more, for an earlier release shows what could be hidden beside them.
    open: Vec<(usize, usize)>,
    rules: &'a DisclosureRules,
}

impl<'a> Board<'a> {
    /// The cells of a period, with those hidden that may not be shown for their own sake. Cost: O(cells).
    pub(super) fn of(measures: &'a [Measure], period: Period, zones: usize, rules: &'a DisclosureRules) -> Self {
        let mut board =
            Self { period, columns: Vec::new(), counts: Vec::new(), places: zones + 1, gone: Vec::new(), open: Vec::new(), rules };
        for (m, measure) in measures.iter().enumerate() {
            let Some(at) = measure.position(period) else { continue };
            let above = board.count(&measure.quantities.numerator.0);
            let below = measure.quantities.denominator.as_ref().map(|below| board.count(&below.0));
            let position = |id: &MeasureId| board.columns.iter().position(|column| column.of.id == *id);
            let ingredients = measure.ingredients.iter().filter_map(position).collect();
            let item = |cell: Option<&Cell>| cell.map(|cell| item(measure, cell, rules));
            let total = measure.totals.get(at).and_then(Option::as_ref);
            let items = measure.cells[at].iter().map(Option::as_ref).chain([total]).map(item).collect();
            board.columns.push(Column { measure: m, at, of: measure, above, below, ingredients, items });
        }
        board.gone = vec![false; board.counts.len() * board.places];
        for column in 0..board.columns.len() {
            for place in 0..board.places {
                if let Some(reason) = board.columns[column].items[place].and_then(|item| item.own) {
                    board.hide(column, place, reason);
                }
            }
        }
        board
    }

    fn count(&mut self, name: &'a str) -> usize {
        self.counts.iter().position(|count| *count == name).unwrap_or_else(|| {
            self.counts.push(name);
            self.counts.len() - 1
        })
    }

    /// Hides a cell, and every other one at the place that gives its count away or was computed from it.
    pub(super) fn hide(&mut self, column: usize, place: usize, reason: Reason) {
        if !self.fall(column, place, reason) {
            return;
        }
        loop {
            let mut moved = false;
            for other in 0..self.columns.len() {
                let column = &self.columns[other];
                let Some(item) = column.items[place].filter(|item| item.hidden.is_none()) else { continue };
                let gives = |count: usize| self.gone[count * self.places + place];
                let ingredient = || column.ingredients.iter().any(|at| self.columns[*at].is_hidden(place));
                if gives(column.above) || column.below.is_some_and(gives) || ingredient() {
                    moved |= self.fall(other, place, item.own.unwrap_or(Reason::Complementary));
                }
            }
            if !moved {
                return;
            }
        }
    }

    fn fall(&mut self, column: usize, place: usize, reason: Reason) -> bool {
        let Column { above, below, items, .. } = &mut self.columns[column];
        let Some(item) = items[place].as_mut().filter(|item| item.hidden.is_none()) else { return false };
        item.hidden = Some(item.own.unwrap_or(reason));
        self.gone[*above * self.places + place] = true;
        // A group too small to be shown is hidden as a count as well, under whatever share it stands.
        if let (Some(below), true) = (below, item.group.is_some_and(|(n, _)| few(n, self.rules))) {
            self.gone[*below * self.places + place] = true;
        }
        true
    }

    /// Hides a count by name, and all that gives it away.
    pub(super) fn hide_count(&mut self, count: usize, place: usize) {
        self.gone[count * self.places + place] = true;
        for column in 0..self.columns.len() {
            if self.columns[column].above == count || self.columns[column].below == Some(count) {
                self.hide(column, place, Reason::Complementary);
            }
        }
    }

    /// Readers know a count from before.
    pub(super) fn know(&mut self, count: usize, place: usize) {
        for column in self.columns.iter_mut().filter(|column| column.above == count) {
            column.items[place].iter_mut().for_each(|item| item.known = true);
        }
    }

    /// Takes down that hidden cells of a column cannot be protected.
    pub(super) fn give_up(&mut self, column: usize) {
        let items = self.columns[column].items.iter().enumerate();
        let hidden = items.filter(|(_, item)| item.is_some_and(|item| item.hidden.is_some() && !item.known && item.persons > 0.0));
        let open: Vec<(usize, usize)> = hidden.map(|(place, _)| (column, place)).collect();
        self.open.extend(open.into_iter().filter(|cell| !self.open.contains(cell)).collect::<Vec<_>>());
    }

    /// The hidden cells that cannot be protected.
    pub(super) fn opened(&self, zones: &Zones) -> Vec<Opened> {
        let open = self.open.iter().map(|(column, place)| Opened {
            quantity: self.counts[self.columns[*column].above].to_owned(),
            period: self.period,
            place: zones.as_slice().get(*place).map(|zone| zone.code.0.clone()).unwrap_or_default(),
        });
        open.collect()
    }

    /// Whether a shown cell at the place gives a count.
    pub(super) fn is_given(&self, count: usize, place: usize) -> bool {
        let gives = |column: &Column<'_>| column.above == count || column.below == Some(count);
        self.columns.iter().any(|column| gives(column) && column.items[place].is_some_and(|item| item.hidden.is_none()))
    }

    /// How many cells are hidden.
    pub(super) fn hidden(&self) -> usize {
        self.columns.iter().flat_map(|column| &column.items).flatten().filter(|item| item.hidden.is_some()).count()
    }

    pub(super) fn minimum(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let minimum = self.rules.minimum_count as f64;
        minimum
    }
}

fn item(measure: &Measure, cell: &Cell, rules: &DisclosureRules) -> Item {
    let crowd = Crowd::behind(cell);
    let group = crowd.group.zip(crowd.others).filter(|_| measure.quantities.denominator.is_some());
    Item {
        persons: crowd.persons,
        group,
        lone: cell.contributors.persons == 1,
        own: unsafe_for(measure, cell, rules),
        hidden: None,
        known: false,
    }
}
