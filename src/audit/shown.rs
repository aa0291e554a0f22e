//! Figures that are shown: of enough persons? made of nothing hidden? (S2, S9)

use super::cells::{Cell, Cells, Key, subject};
use super::finding::{Check, Finding};
use super::release::{Measure, Release};
use super::table::Entry;
use crate::stats::disclosure_attack::numerators;

/// The persons and their group in a shown cell, as a reader has them: from the counts, or from the share where counts are left out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told {
    /// Persons counted above the line; absent for a mean.
    pub(super) persons: Option<f64>,
    /// The group below the line, where it is counted here.
    pub(super) group: Option<f64>,
}

impl Told {
    pub(super) fn of(measure: &Measure, cell: &Cell) -> Self {
        let Some(counts) = &measure.counts else { return Self::default() };
        let numerator = cell.figure("numerator");
        if measure.unit != "share" {
            // A mean: what stands above the line in the table are the persons it is the mean of.
            return if measure.unit == "group" { Self::default() } else { Self { persons: None, group: numerator } };
        }
        let denominator = cell.figure("denominator");
        let persons = numerator.or_else(|| only_numerator(denominator?, cell.figure("value")?));
        Self { persons, group: denominator.filter(|_| counts.denominator.is_some()) }
    }
}

/// The one numerator that a percentage of so many leaves, where it leaves one: 8.7 % of 23 is 2.
fn only_numerator(denominator: f64, percent: f64) -> Option<f64> {
    if !(0.5..1e9).contains(&denominator) || (denominator - denominator.round()).abs() > 1e-9 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in the range above, and a whole number")]
    let whole = denominator.round() as u64;
    let decimals = (0..=6).find(|d| ((percent * 10f64.powi(*d)).round() / 10f64.powi(*d) - percent).abs() < 1e-9)?;
    let fit = numerators(whole, percent, decimals.unsigned_abs()).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "a count of persons")]
    (fit.len() == 1).then(|| fit[0] as f64)
}

/// Shown cells of too few persons, and shown cells that are made of hidden ones.
pub(super) fn check(release: &Release, cells: &Cells) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, cell) in cells.iter().filter(|(_, cell)| cell.shown() || cell.status.is_empty()) {
        let measure = &release.measures[key.0];
        let told = Told::of(measure, cell);
        let persons = told.persons.unwrap_or(told.group.unwrap_or(0.0));
        let forbidden = match (told.persons, told.group) {
            (Some(persons), group) => release.rules.forbids(persons, group),
            // A mean of so many: no part of them is counted.
            (None, Some(group)) => release.rules.few(group),
            (None, None) => false,
        };
        if forbidden && told.persons.is_some() && cell.figure("numerator").is_none() {
            findings.push(Finding::new(Check::S4, "", subject(release, key), "rate_tells"));
        } else if forbidden {
            let reason = if release.rules.few(persons) { "few_persons" } else { "small_group" };
            findings.push(Finding::new(Check::S2, "", subject(release, key), reason));
        }
        if let Some(base) = hidden_base(release, cells, key) {
            findings.push(Finding::new(Check::S2, "", subject(release, key), "made_of_hidden").naming(base));
        }
    }
    for table in &release.tables {
        let columns = ["measure", "zone_code", "period", "number"].map(|name| table.column(name));
        let [Some(measure), Some(zone), Some(period), Some(number)] = columns else { continue };
        let names = release.measure_named();
        for row in table.rows.iter().filter(|row| row.get(number).is_some_and(|entry| *entry != Entry::Empty)) {
            let Some(measure) = names.get(row[measure].text().as_str()) else { continue };
            let code = row[zone].text();
            let key = (*measure, row[period].text(), if code == release.territory { String::new() } else { code });
            let own = cells.get(&key).is_some_and(Cell::hidden);
            if own || hidden_base(release, cells, &key).is_some() {
                findings.push(Finding::new(Check::S2, &table.file, subject(release, &key), "detail_of_hidden"));
            }
        }
    }
    findings
}

/// The measure that a cell is made of and that is hidden at the same place: at the same time, or at its last where it has no such period.
fn hidden_base(release: &Release, cells: &Cells, (measure, period, zone): &Key) -> Option<String> {
    let names = release.measure_named();
    release.measures[*measure].made_of.iter().find_map(|id| {
        let base = *names.get(id.as_str())?;
        let at = |period: &str| cells.get(&(base, period.to_owned(), zone.clone()));
        let last = || {
            cells.range((base, String::new(), String::new())..(base + 1, String::new(), String::new())).next_back().map(|((_, p, _), _)| p)
        };
        let cell = at(period).or_else(|| at(last()?))?;
        cell.hidden().then(|| id.clone())
    })
}
