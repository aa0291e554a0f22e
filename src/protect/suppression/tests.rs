//! Tables with margins, against references and against all other ways to hide.

use super::*;

/// A table of counts with its margins and their sum as cells of their own, row by row; `worth` of a cell with so many persons.
pub(super) struct Table {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) system: System,
}

impl Table {
    pub(super) fn of(inner: &[Vec<u32>], hidden: impl Fn(usize, usize, f64) -> bool) -> Self {
        let mut cells: Vec<Vec<f64>> = inner.iter().map(|row| row.iter().map(|n| f64::from(*n)).collect()).collect();
        cells.iter_mut().for_each(|row| row.push(row.iter().sum()));
        let (rows, columns) = (cells.len() + 1, cells[0].len());
        cells.push((0..columns).map(|c| cells.iter().map(|row| row[c]).sum()).collect());
        let mut system = System::default();
        for (r, row) in cells.iter().enumerate() {
            for (c, persons) in row.iter().enumerate() {
                let count = system.count(Count::of(*persons), false);
                system.unit(Unit { gives: vec![count], worth: worth(*persons), hidden: hidden(r, c, *persons) });
            }
        }
        let at = |r: usize, c: usize| r * columns + c;
        for r in 0..rows {
            system.equation((0..columns - 1).map(|c| (at(r, c), 1.0)).chain([(at(r, columns - 1), -1.0)]).collect());
        }
        for c in 0..columns {
            system.equation((0..rows - 1).map(|r| (at(r, c), 1.0)).chain([(at(rows - 1, c), -1.0)]).collect());
        }
        Self { rows, columns, system }
    }

    fn hidden(&self) -> Vec<(usize, usize)> {
        let places = (0..self.rows).flat_map(|r| (0..self.columns).map(move |c| (r, c)));
        places.filter(|(r, c)| self.system.is_hidden(r * self.columns + c)).collect()
    }
}

fn worth(persons: f64) -> f64 {
    (1.0 + persons).powf(0.6)
}

/// The rule of the reference.
const SMALL: Guard = Guard { width: 5.0, every: false };

fn few(n: f64) -> bool {
    n > 0.0 && n < 5.0
}

const SHARED: [[u32; 3]; 4] = [[12, 3, 20], [9, 14, 2], [30, 8, 17], [6, 11, 25]];

#[test]
fn the_shared_table_is_closed_by_a_rectangle_and_not_by_less() {
    let inner: Vec<Vec<u32>> = SHARED.iter().map(|row| row.to_vec()).collect();
    let mut table = Table::of(&inner, |_, _, n| few(n));
    assert!(table.system.prove(1, SMALL).is_none() && table.system.prove(6, SMALL).is_none(), "the first pattern is open");
    assert!(close(&mut table.system, SMALL).open.is_empty());
    assert_eq!(table.hidden(), [(0, 1), (0, 2), (1, 1), (1, 2)]);
    let interval = |r: usize, c: usize| table.system.interval(r * 4 + c);
    assert_eq!([interval(0, 1), interval(0, 2), interval(1, 1), interval(1, 2)], [(1.0, 17.0), (6.0, 22.0), (0.0, 16.0), (0.0, 16.0)]);
}

/// Tables for the scale of the optimum: `TABLES=file cargo test` writes them with what is hidden.
#[test]
fn tables_file() {
    let Ok(path) = std::env::var("TABLES") else { return };
    let text = std::fs::read_to_string(&path).unwrap();
    let tables: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut out = Vec::new();
    for table in tables {
        let inner: Vec<Vec<u32>> = serde_json::from_value(table["inner"].clone()).unwrap();
        let mut t = Table::of(&inner, |_, _, n| few(n));
        let start = std::time::Instant::now();
        let closed = close(&mut t.system, Guard { width: 5.0, every: std::env::var("ALL").is_ok() });
        out.push(serde_json::json!({"hidden": t.hidden(), "open": closed.open.len(), "ms": start.elapsed().as_secs_f64()*1e3}));
    }
    std::fs::write(format!("{path}.out"), serde_json::to_string(&out).unwrap()).unwrap();
}
