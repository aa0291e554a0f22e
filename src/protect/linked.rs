//! Counts that more than a total links: all parts of a group, relations over time, zonings that overlap. They go to the suppressor
//! for systems of equations ([`suppression`](super::suppression)) together.

use std::collections::{BTreeMap, BTreeSet};

use super::board::{Board, Column, Item};
use super::earlier::Earlier;
use super::suppression::{Count, Guard, System, Unit, close};
use super::{Opened, Reason};
use crate::measure::{Measure, Relation};
use crate::period::Period;
use crate::territory::Zones;

/// A count by quantity, period and code of the place.
type Name = (String, Period, String);

/// Counts that belong together: their names, and the boards they stand on.
#[derive(Debug, Default)]
pub(super) struct Family<'a> {
    names: BTreeSet<&'a str>,
    boards: BTreeSet<usize>,
    relations: Vec<&'a Relation>,
}

impl Family<'_> {
    /// How many of its cells are hidden.
    pub(super) fn hidden(&self, boards: &[Board<'_>]) -> usize {
        let of = self.boards.iter().flat_map(|b| boards[*b].columns.iter().filter(|column| is_of(self, &boards[*b], column)));
        of.flat_map(|column| &column.items).flatten().filter(|item| item.hidden.is_some()).count()
    }
}

/// The families of a release. Groups of which all parts are measured are one each; what relations or earlier releases link across
/// periods is put together. Cost: O(measures × boards).
pub(super) fn families<'a>(measures: &'a [Measure], boards: &[Board<'a>], earlier: &'a Earlier) -> Vec<Family<'a>> {
    let position = |period: Period| boards.iter().position(|board| board.period == period);
    let mut families: Vec<Family<'a>> = Vec::new();
    for (b, board) in boards.iter().enumerate() {
        for (group, _) in complete_groups(board) {
            let of = board.columns.iter().filter(|column| column.below == Some(group) || column.above == group);
            let names = of.map(|column| board.counts[column.above]).chain([board.counts[group]]).collect();
            families.push(Family { names, boards: BTreeSet::from([b]), relations: Vec::new() });
        }
    }
    for relation in measures.iter().flat_map(|measure| &measure.relations) {
        let names = relation.terms.iter().map(|(quantity, ..)| quantity.0.as_str()).collect();
        let boards = relation.terms.iter().filter_map(|(_, period, _)| position(*period)).collect();
        families.push(Family { names, boards, relations: vec![relation] });
    }
    for statement in &earlier.statements {
        let names = statement.terms.iter().map(|(quantity, ..)| quantity.0.as_str()).collect();
        let boards = statement.terms.iter().filter_map(|(_, period, ..)| position(*period)).collect();
        families.push(Family { names, boards, relations: Vec::new() });
    }
    // The groups and parts of what is linked are linked as well.
    for family in &mut families {
        for b in &family.boards {
            let board = &boards[*b];
            for column in board.columns.iter().filter(|column| column.adds_up()) {
                let (above, below) = (board.counts[column.above], column.below.map(|below| board.counts[below]));
                if family.names.contains(above) || below.is_some_and(|below| family.names.contains(below)) {
                    family.names.insert(above);
                    family.names.extend(below);
                }
            }
        }
    }
    merged(families)
}

fn merged(families: Vec<Family<'_>>) -> Vec<Family<'_>> {
    let mut result: Vec<Family<'_>> = Vec::new();
    for mut family in families {
        while let Some(at) =
            result.iter().position(|other| !other.names.is_disjoint(&family.names) && !other.boards.is_disjoint(&family.boards))
        {
            let other = result.swap_remove(at);
            family.names.extend(other.names);
            family.boards.extend(other.boards);
            family.relations.extend(other.relations);
        }
        result.push(family);
    }
    result
}

/// Groups of which every part has a column: the group's count, and the columns.
fn complete_groups(board: &Board<'_>) -> Vec<(usize, Vec<usize>)> {
    let mut groups: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (at, column) in board.columns.iter().enumerate() {
        if let (Some(group), Some(parts)) = (column.below, column.of.quantities.part_of) {
            let known = groups.entry((group, parts)).or_default();
            if known.iter().all(|other| board.columns[*other].above != column.above) {
                known.push(at);
            }
        }
    }
    groups.into_iter().filter(|((_, parts), members)| members.len() >= *parts).map(|((group, _), members)| (group, members)).collect()
}

/// Hides further cells of a family until none of its hidden counts opens; what the past has given away is returned.
///
/// Cost: that of the suppressor, about linear in the hidden counts.
pub(super) fn close_family(family: &Family<'_>, boards: &mut [Board<'_>], earlier: &Earlier, zones: &Zones) -> Vec<Opened> {
    let concerned = |b: usize| {
        boards[b]
            .columns
            .iter()
            .any(|column| is_of(family, &boards[b], column) && column.items.iter().flatten().any(|item| item.hidden.is_some()))
    };
    let from_before = earlier.counts.iter().any(|count| !count.shown && family.names.contains(count.quantity.0.as_str()));
    if !from_before && !family.boards.iter().any(|b| concerned(*b)) {
        return Vec::new();
    }
    let mut tables = Tables { system: System::default(), places: BTreeMap::new(), cells: Vec::new() };
    tables.fill(family, boards, earlier, zones);
    let minimum = family.boards.first().map_or(0.0, |b| boards[*b].minimum());
    let closed = close(&mut tables.system, Guard { width: minimum, every: true, lone: true });
    for (unit, (b, column, place)) in tables.cells.iter().enumerate() {
        if tables.system.is_hidden(unit) {
            boards[*b].hide(*column, *place, Reason::Complementary);
        }
    }
    if closed.open.is_empty() {
        return Vec::new();
    }
    if earlier.is_empty() {
        // Nothing but silence helps.
        for (b, column, place) in &tables.cells {
            boards[*b].hide(*column, *place, Reason::Complementary);
        }
        return Vec::new();
    }
    let names: BTreeMap<usize, &Name> =
        tables.places.iter().flat_map(|(name, counts)| counts.iter().map(move |(_, count)| (*count, name))).collect();
    let opened = closed.open.iter().filter_map(|count| names.get(count));
    opened.map(|(quantity, period, place)| Opened { quantity: quantity.clone(), period: *period, place: place.clone() }).collect()
}

fn is_of(family: &Family<'_>, board: &Board<'_>, column: &Column<'_>) -> bool {
    family.names.contains(board.counts[column.above]) || column.below.is_some_and(|below| family.names.contains(board.counts[below]))
}

/// The counts of a family as a system, and which cell each of its units is.
struct Tables {
    system: System,
    /// By quantity, period and place: the counts that go by this name, with their values. Where ages are not all known, the job
    /// seekers whose age is known are fewer than all of them.
    places: BTreeMap<Name, Vec<(f64, usize)>>,
    cells: Vec<(usize, usize, usize)>,
}

impl Tables {
    fn count(&mut self, name: Name, count: Count, known: bool) -> usize {
        let same = self.places.entry(name).or_default();
        if let Some((_, at)) = same.iter().find(|(value, _)| (value - count.value).abs() < 1e-9) {
            return *at;
        }
        let at = self.system.count(count, known);
        same.push((count.value, at));
        at
    }

    fn fill(&mut self, family: &Family<'_>, boards: &[Board<'_>], earlier: &Earlier, zones: &Zones) {
        let name = |place: usize| zones.as_slice().get(place).map(|zone| zone.code.0.clone()).unwrap_or_default();
        let past: BTreeMap<(&str, Period, &str), bool> =
            earlier.counts.iter().map(|count| ((count.quantity.0.as_str(), count.period, count.place.as_str()), count.shown)).collect();
        for b in &family.boards {
            let board = &boards[*b];
            let complete: Vec<usize> = complete_groups(board).into_iter().map(|(group, _)| group).collect();
            let mut above: BTreeMap<(usize, usize), usize> = BTreeMap::new();
            let mut below: BTreeMap<(usize, usize), usize> = BTreeMap::new();
            for (c, column) in board.columns.iter().enumerate().filter(|(_, column)| column.adds_up() && is_of(family, board, column)) {
                for (place, item) in column.items.iter().enumerate() {
                    let Some(item) = item else { continue };
                    let key = |count: usize| (board.counts[count].to_owned(), board.period, name(place));
                    let known =
                        |count: usize| past.get(&(board.counts[count], board.period, name(place).as_str())).copied().unwrap_or_default();
                    let floor = if column.zeros_are_shown() { 1.0 } else { 0.0 };
                    let lone = item.lone;
                    let own =
                        self.count(key(column.above), Count { floor, lone, secret: true, ..Count::of(item.persons) }, known(column.above));
                    above.insert((c, place), own);
                    let mut gives = vec![own];
                    if let Some(group) = column.below {
                        let persons = item.group.map_or(item.persons, |(n, _)| n);
                        let at = self.count(key(group), Count::of(persons), known(group));
                        below.insert((c, place), at);
                        gives.push(at);
                        // Where all parts are there, they are the rest.
                        if let Some((_, others)) = item.group.filter(|_| !complete.contains(&group)) {
                            let rest = self
                                .system
                                .count(Count::rest(others, item.own.is_some() && others > 0.0 && others < board.minimum()), false);
                            self.system.equation(vec![(own, 1.0), (rest, 1.0), (at, -1.0)]);
                        }
                    }
                    self.system.unit(Unit { gives, worth: worth(board, c, place, item), hidden: item.hidden.is_some() });
                    self.cells.push((*b, c, place));
                }
            }
            self.add_sums(board, &above, &below);
        }
        self.add_past(family, earlier);
        self.add_statements(family, boards, earlier, zones);
    }

    /// Zones of a total, for what is counted and for its groups; parts of a group.
    fn add_sums(&mut self, board: &Board<'_>, above: &BTreeMap<(usize, usize), usize>, below: &BTreeMap<(usize, usize), usize>) {
        let territory = board.places - 1;
        let mut sums: BTreeSet<Vec<(usize, i8)>> = BTreeSet::new();
        for column in 0..board.columns.len() {
            for counts in [above, below] {
                let Some(total) = counts.get(&(column, territory)) else { continue };
                let zones = counts.range((column, 0)..(column, territory)).map(|(_, count)| (*count, 1));
                sums.insert(zones.chain([(*total, -1)]).collect());
            }
        }
        for (_, members) in complete_groups(board) {
            for place in 0..board.places {
                let parts: Vec<(usize, i8)> =
                    members.iter().filter_map(|column| above.get(&(*column, place))).map(|count| (*count, 1)).collect();
                if let Some(group) = members.iter().find_map(|column| below.get(&(*column, place))) {
                    sums.insert(parts.into_iter().chain([(*group, -1)]).collect());
                }
            }
        }
        for sum in sums {
            self.system.equation(sum.into_iter().map(|(count, sign)| (count, f64::from(sign))).collect());
        }
    }

    /// Counts of earlier releases that this one does not measure.
    fn add_past(&mut self, family: &Family<'_>, earlier: &Earlier) {
        for count in earlier.counts.iter().filter(|count| family.names.contains(count.quantity.0.as_str())) {
            let key = (count.quantity.0.clone(), count.period, count.place.clone());
            if self.places.contains_key(&key) {
                continue;
            }
            if let Some(persons) = count.persons {
                let rest = Count { secret: !count.shown && persons > 0.0, ..Count::of(persons) };
                self.count(key, rest, count.shown);
            }
        }
    }

    /// Relations hold at every place, statements where they say.
    fn add_statements(&mut self, family: &Family<'_>, boards: &[Board<'_>], earlier: &Earlier, zones: &Zones) {
        let codes: Vec<String> = zones.iter().map(|(_, zone)| zone.code.0.clone()).chain([String::new()]).collect();
        let mut statements: Vec<Vec<(Name, f64)>> = Vec::new();
        for relation in &family.relations {
            for code in &codes {
                let term = |(quantity, period, factor): &(crate::measure::Quantity, Period, i32)| {
                    ((quantity.0.clone(), *period, code.clone()), f64::from(*factor))
                };
                statements.push(relation.terms.iter().map(term).collect());
            }
        }
        for statement in &earlier.statements {
            let term = |(quantity, period, place, factor): &(crate::measure::Quantity, Period, String, i32)| {
                ((quantity.0.clone(), *period, place.clone()), f64::from(*factor))
            };
            if statement.terms.iter().any(|(quantity, period, ..)| {
                family.names.contains(quantity.0.as_str())
                    && (boards.iter().all(|b| b.period != *period) || family.boards.iter().any(|b| boards[*b].period == *period))
            }) {
                statements.push(statement.terms.iter().map(term).collect());
            }
        }
        for statement in statements {
            // A count that nobody has ever published is a number that readers do not have: the statement tells them nothing.
            let terms: Option<Vec<(usize, f64)>> =
                statement.iter().map(|(name, factor)| Some((self.places.get(name)?.first()?.1, *factor))).collect();
            if let Some(terms) = terms {
                self.system.equation(terms);
            }
        }
    }
}

/// What a cell is worth to readers: a total more than a zone, the first measures more than the later ones, many persons more than few,
/// and a late period more than an early one.
#[expect(clippy::cast_precision_loss, reason = "positions in short lists")]
fn worth(board: &Board<'_>, column: usize, place: usize, item: &Item) -> f64 {
    let total = if place + 1 == board.places { 3.0 } else { 1.0 };
    let later = 1.0 + 0.5 / (1.0 + column as f64);
    let age = match board.period {
        Period::Quarter(quarter) => 1.0 + 0.001 * f64::from(quarter.year() - 1900),
        Period::Span(..) => 1.1,
    };
    total * later * age * (1.0 + item.persons).powf(0.6)
}
