//! What all files say of each cell, put side by side: figures that are hidden here and shown there, or told twice differently.

use std::collections::BTreeMap;

use super::finding::{Check, Finding};
use super::release::Release;
use super::table::{Entry, Table};

/// A measure by its place in the manifest, a period, and a zone's code (empty: the territory).
pub(super) type Key = (usize, String, String);

/// What is told of a cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// `V`, `U`, `S` or `N`.
    pub(super) status: String,
    /// By name: value, numerator, denominator, low, high.
    pub(super) figures: BTreeMap<&'static str, f64>,
    /// The file that told it first.
    file: String,
}

impl Cell {
    pub(super) fn hidden(&self) -> bool {
        self.status == "S"
    }

    pub(super) fn shown(&self) -> bool {
        matches!(self.status.as_str(), "V" | "U")
    }

    pub(super) fn figure(&self, name: &str) -> Option<f64> {
        self.figures.get(name).copied()
    }
}

/// All cells of a release.
pub(super) type Cells = BTreeMap<Key, Cell>;

const FIGURES: [&str; 5] = ["value", "numerator", "denominator", "low", "high"];

/// What a row with a cell may say besides its figures, also where the cell is hidden.
const SAID_OF_ALL: [&str; 14] = [
    "zone_code",
    "zone_name",
    "measure",
    "measure_title",
    "unit",
    "period",
    "period_start",
    "period_end",
    "status",
    "interval_method",
    "fid",
    "ogc_fid",
    "OGC_FID",
    "id",
];

/// Reads the cells of all tables and says where they disagree or tell what they hide.
pub(super) fn gather(release: &Release) -> (Cells, Vec<Finding>) {
    let mut found = Gathered { release, cells: Cells::new(), findings: Vec::new() };
    let names = release.measure_named();
    for table in &release.tables {
        let layer = release.measure_of_layer(&table.name);
        if table.column("measure").is_some() && table.column("status").is_some() && table.column("value").is_some() {
            found.long(table, |row| names.get(row[table.column("measure").unwrap_or(0)].text().as_str()).copied());
        } else if let Some(measure) = layer {
            found.long(table, |_| Some(measure));
        } else if table.column("period").is_some() {
            found.wide(table);
        }
    }
    (found.cells, found.findings)
}

struct Gathered<'a> {
    release: &'a Release,
    cells: Cells,
    findings: Vec<Finding>,
}

fn field(row: &[Entry], at: Option<usize>) -> &Entry {
    at.and_then(|at| row.get(at)).unwrap_or(&Entry::Empty)
}

impl Gathered<'_> {
    /// One cell a row.
    fn long(&mut self, table: &Table, measure: impl Fn(&[Entry]) -> Option<usize>) {
        let at = |name: &str| table.column(name);
        let (zone, period, status) = (at("zone_code"), at("period"), at("status"));
        // The value of a layer of counts is what stands above the line.
        let counts = self.release.shows_counts(&table.name);
        let column = |name: &'static str| if counts && name == "numerator" { at("value").or(at(name)) } else { at(name) };
        let figures = FIGURES.iter().filter(|name| !(counts && **name == "value"));
        let figures: Vec<(&'static str, Option<usize>)> = figures.map(|name| (*name, column(name))).collect();
        for row in &table.rows {
            let Some(measure) = measure(row) else { continue };
            let key = (measure, field(row, period).text(), self.zone(&field(row, zone).text()));
            let told = figures.iter().filter_map(|(name, at)| Some((*name, field(row, *at).number()?))).collect();
            let status = field(row, status).text();
            if status == "S" {
                let more =
                    table.columns.iter().zip(row).find(|(name, entry)| {
                        !entry.is_empty() && !SAID_OF_ALL.contains(&name.as_str()) && !FIGURES.contains(&name.as_str())
                    });
                if let Some((column, _)) = more {
                    let subject = self.subject(&key);
                    self.findings.push(Finding::new(Check::S2, &table.file, subject, "hidden_row_tells").naming(column));
                }
            }
            self.add(key, Cell { status, figures: told, file: table.file.clone() });
        }
    }

    /// One row a place and period, the columns of each measure side by side: `name`, `name_n`, `name_d`, `name_low`, `name_high`, `name_status`.
    fn wide(&mut self, table: &Table) {
        let (zone, period) = (table.column("zone_code"), table.column("period"));
        for (measure, described) in self.release.measures.iter().enumerate() {
            let id = &described.id;
            let Some(status) = table.column(&format!("{id}_status")) else { continue };
            let columns = ["", "_n", "_d", "_low", "_high"].map(|suffix| table.column(&format!("{id}{suffix}")));
            let changes: Vec<usize> =
                (0..table.columns.len()).filter(|at| table.columns[*at].starts_with(&format!("{id}_change"))).collect();
            for row in &table.rows {
                let key = (measure, field(row, period).text(), self.zone(&field(row, zone).text()));
                let told = FIGURES.iter().zip(columns).filter_map(|(name, at)| Some((*name, field(row, at).number()?))).collect();
                let status = field(row, Some(status)).text();
                if status == "S"
                    && let Some(at) = changes.iter().find(|at| !field(row, Some(**at)).is_empty())
                {
                    let subject = self.subject(&key);
                    self.findings.push(Finding::new(Check::S2, &table.file, subject, "hidden_row_tells").naming(&table.columns[*at]));
                }
                self.add(key, Cell { status, figures: told, file: table.file.clone() });
            }
        }
    }

    fn zone(&self, code: &str) -> String {
        if code == self.release.territory { String::new() } else { code.to_owned() }
    }

    pub(super) fn subject(&self, key: &Key) -> String {
        subject(self.release, key)
    }

    fn add(&mut self, key: Key, told: Cell) {
        if told.hidden() && !told.figures.is_empty() {
            let column = told.figures.keys().next().copied().unwrap_or_default();
            let subject = self.subject(&key);
            self.findings.push(Finding::new(Check::S2, &told.file, subject, "hidden_row_tells").naming(column));
        }
        let Some(known) = self.cells.get_mut(&key) else {
            self.cells.insert(key, told);
            return;
        };
        let differs = |name: &&&str| match (known.figures.get(*name), told.figures.get(*name)) {
            // Formats round differently, by less than a ten-thousandth.
            (Some(a), Some(b)) => (a - b).abs() > 1e-4 * a.abs().max(b.abs()).max(1.0),
            _ => false,
        };
        let opened = (known.hidden() && told.shown()) || (known.shown() && told.hidden());
        let different = FIGURES.iter().find(|name| differs(name)).copied();
        let other = known.file.clone();
        for (name, figure) in &told.figures {
            known.figures.entry(name).or_insert(*figure);
        }
        if opened {
            let subject = subject(self.release, &key);
            self.findings.push(Finding::new(Check::S8, &told.file, subject, "hidden_elsewhere").naming(other));
        } else if different.is_some() {
            let subject = subject(self.release, &key);
            self.findings.push(Finding::new(Check::S8, &told.file, subject, "told_differently").naming(other));
        }
    }
}

/// A cell as messages name it.
pub(super) fn subject(release: &Release, (measure, period, zone): &Key) -> String {
    let id = release.measures.get(*measure).map_or("", |measure| measure.id.as_str());
    format!("{id}, {period}, {}", release.place(zone))
}
