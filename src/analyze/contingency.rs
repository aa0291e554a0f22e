//! A table of counts, with the names of its rows in the first column: correspondence analysis of a file.

use super::columns::{Part, number, parts};
use super::folder::Folder;
use super::tables::Table;
use super::{AnalyzeReport, AnalyzeRequest, AxisReport, refused, spec};
use crate::error::{Error, Result};
use crate::interrupt;
use crate::read::{Field, Row, RowSink, read_table};
use crate::stats::correspondence::{Correspondence, Point, SupplementaryPoint};
use crate::stats::matrix::Matrix;

/// A row of counts; those of columns without a part are not kept.
#[derive(Debug)]
struct Counts {
    name: String,
    number: u64,
    active: Vec<Option<f64>>,
    supplementary: Vec<Option<f64>>,
}

#[derive(Debug)]
struct Reader<'r> {
    request: &'r AnalyzeRequest,
    columns: Vec<String>,
    parts: Vec<Part>,
    rows: Vec<Counts>,
    read: u64,
    first_set_aside: Option<u64>,
}

impl RowSink for Reader<'_> {
    fn header(&mut self, columns: &[String]) -> Result<()> {
        self.parts = parts(self.request, columns)?;
        // The first column names the rows, whatever its own name is.
        if let Some(first) = self.parts.first_mut() {
            *first = Part::None;
        }
        self.columns = columns.to_vec();
        Ok(())
    }

    fn row(&mut self, line: u64, row: Row<'_>) -> Result<()> {
        interrupt::check()?;
        self.read += 1;
        let Ok(cells) = row else {
            self.first_set_aside.get_or_insert(line);
            return Ok(());
        };
        let name = match cells.first() {
            Some(Field::Text(text)) => (*text).to_owned(),
            Some(Field::Number(number)) => number.to_string(),
            Some(Field::Date(date)) => date.to_string(),
            _ => String::new(),
        };
        let mut counts = Counts { name, number: line, active: Vec::new(), supplementary: Vec::new() };
        for ((cell, part), column) in cells.iter().zip(&self.parts).zip(&self.columns) {
            let counts = match part {
                Part::Active => &mut counts.active,
                Part::Supplementary => &mut counts.supplementary,
                _ => continue,
            };
            let count = number(*cell).ok().filter(|count| count.is_none_or(|count| count >= 0.0));
            counts.push(count.ok_or_else(|| {
                Error::input("expected a count")
                    .in_file(&self.request.table)
                    .at_row(line)
                    .in_column(column)
                    .help("leave out columns of other kinds with --exclude; without --ca, a row is a person and a column a question")
            })?);
        }
        self.rows.push(counts);
        Ok(())
    }
}

pub(super) fn analyze(request: &AnalyzeRequest, mut folder: Folder) -> Result<AnalyzeReport> {
    let mut reader = Reader { request, columns: Vec::new(), parts: Vec::new(), rows: Vec::new(), read: 0, first_set_aside: None };
    read_table(&request.table, &spec(), &mut reader)?;
    for name in &request.supplementary_rows {
        if !reader.rows.iter().any(|row| row.name == *name) {
            return Err(Error::config("no row has this name")
                .in_file(&request.table)
                .in_column(name)
                .help("write it as its first cell does"));
        }
    }
    let is_active = |row: &&Counts| !request.supplementary_rows.contains(&row.name);
    let (active, supplementary): (Vec<&Counts>, Vec<&Counts>) = reader.rows.iter().partition(is_active);
    let named = |part: Part| -> Vec<&str> {
        reader.columns.iter().zip(&reader.parts).filter(|(_, p)| **p == part).map(|(name, _)| name.as_str()).collect()
    };
    let (columns, placed_columns) = (named(Part::Active), named(Part::Supplementary));
    let table = Matrix::from_rows(columns.len(), complete(request, &active, &columns, |row| &row.active)?.concat());
    let stopped = |refusal| refused(refusal, &request.table);
    let analysis = Correspondence::of(&table, request.axes).map_err(stopped)?;
    let place_row = |row: &[f64]| analysis.supplementary_row(row).map_err(stopped);
    let place_column = |column: &[f64]| analysis.supplementary_column(column).map_err(stopped);
    let rows_placed = complete(request, &supplementary, &columns, |row| &row.active)?;
    let rows_placed = rows_placed.iter().map(|row| place_row(row)).collect::<Result<Vec<_>>>()?;
    let columns_placed = complete(request, &active, &placed_columns, |row| &row.supplementary)?;
    let columns_placed = (0..placed_columns.len())
        .map(|j| place_column(&columns_placed.iter().map(|row| row[j]).collect::<Vec<_>>()))
        .collect::<Result<Vec<_>>>()?;

    folder.write("eigenvalues.csv", |out| {
        let mut table = Table::new(out, &["axis", "eigenvalue", "share", "cumulative_share"], &[], 0)?;
        let mut sum = 0.0;
        for (axis, (eigenvalue, share)) in (1..).zip(analysis.eigenvalues.iter().zip(&analysis.shares)) {
            sum += share;
            table.cell(&i32::to_string(&axis));
            table.numbers(&[*eigenvalue, *share, sum]);
            table.end()?;
        }
        Ok(())
    })?;
    let names: Vec<&str> = active.iter().map(|row| row.name.as_str()).collect();
    let placed_names: Vec<&str> = supplementary.iter().map(|row| row.name.as_str()).collect();
    folder.write("rows.csv", |out| points(out, (&names, &analysis.rows), (&placed_names, &rows_placed), analysis.kept))?;
    folder.write("columns.csv", |out| points(out, (&columns, &analysis.columns), (&placed_columns, &columns_placed), analysis.kept))?;
    let used = reader.rows.len() as u64;
    let axis = |(eigenvalue, share): (&f64, &f64)| AxisReport {
        eigenvalue: *eigenvalue,
        raw_share: *share,
        benzecri_share: None,
        greenacre_share: None,
    };
    Ok(AnalyzeReport {
        method: "correspondence",
        read: reader.read,
        used,
        set_aside: reader.read - used,
        first_set_aside: reader.first_set_aside,
        not_numbers: 0,
        active: columns.len(),
        points: active.len(),
        constant: Vec::new(),
        total_inertia: analysis.total_inertia,
        axes: analysis.eigenvalues.iter().zip(&analysis.shares).take(analysis.kept).map(axis).collect(),
        groups: None,
        folder: request.output.clone(),
        files: folder.commit()?,
    })
}

/// The counts of rows, none of them absent.
fn complete(
    request: &AnalyzeRequest,
    rows: &[&Counts],
    columns: &[&str],
    counts: impl Fn(&Counts) -> &[Option<f64>],
) -> Result<Vec<Vec<f64>>> {
    let row = |row: &&Counts| {
        let counted = counts(row).iter().zip(columns).map(|(count, column)| {
            count.ok_or_else(|| {
                Error::input("nothing here; expected a count")
                    .in_file(&request.table)
                    .at_row(row.number)
                    .in_column(*column)
                    .help("write 0 where nobody was counted")
            })
        });
        counted.collect::<Result<Vec<f64>>>()
    };
    rows.iter().map(row).collect()
}

type Named<'a, T> = (&'a [&'a str], &'a [Option<T>]);

fn points(
    out: &mut dyn std::io::Write,
    (names, points): Named<'_, Point>,
    (placed_names, placed): Named<'_, SupplementaryPoint>,
    axes: usize,
) -> std::io::Result<()> {
    let columns = ["name", "part", "mass", "inertia", "quality"];
    let mut table = Table::new(out, &columns, &["coordinate", "contribution", "cos2"], axes)?;
    for (name, point) in names.iter().zip(points) {
        table.cell(name);
        if let Some(point) = point {
            table.cell("active");
            table.numbers(&[point.mass, point.inertia, point.quality]);
            table.numbers(&[&point.coordinates[..], &point.contributions, &point.cos2].concat());
        } else {
            table.cell("empty");
            table.nothing(3 + 3 * axes);
        }
        table.end()?;
    }
    for (name, point) in placed_names.iter().zip(placed) {
        table.cell(name);
        if let Some(point) = point {
            table.cell("supplementary");
            table.nothing(2);
            table.number(point.quality);
            table.numbers(&point.coordinates);
            table.nothing(axes);
            table.numbers(&point.cos2);
        } else {
            table.cell("empty");
            table.nothing(3 + 3 * axes);
        }
        table.end()?;
    }
    Ok(())
}
