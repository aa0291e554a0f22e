//! The same records as a workbook, as Parquet and as a GeoPackage: read alike, and refused alike where they are damaged.

use std::panic::AssertUnwindSafe;
use std::path::Path;

use gdal::DriverManager;
use gdal::vector::{Defn, Feature, FieldDefn, LayerOptions, OGRFieldType, OGRwkbGeometryType};
use optima::error::{ErrorKind, Result};
use optima::observatory::SourceSpec;
use optima::read::{Field, Row, RowSink, read_table};
use polars::prelude::{Column, DataFrame};
use polars_io::prelude::ParquetWriter;
use serde_json::Value;

use crate::town::{JOB_SEEKERS, Town};

/// Columns that hold numbers in a typed format.
const NUMBERS: [&str; 4] = ["x", "y", "age", "months"];

pub(crate) struct Table {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

pub(crate) fn table(town: &Town) -> Table {
    let mut reader = csv::Reader::from_path(town.path(JOB_SEEKERS)).unwrap();
    let names = reader.headers().unwrap().iter().map(str::to_owned).collect();
    Table { names, rows: reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect() }
}

/// Writes a table through GDAL; `None` where this GDAL lacks the driver.
fn write_gdal(table: &Table, driver: &str, path: &Path) -> Option<()> {
    let Ok(driver) = DriverManager::get_driver_by_name(driver) else {
        eprintln!("skipped: this GDAL has no driver {driver}");
        return None;
    };
    let mut dataset = driver.create_vector_only(path).unwrap();
    let options = LayerOptions { name: "table", ty: OGRwkbGeometryType::wkbNone, ..LayerOptions::default() };
    let layer = dataset.create_layer(options).unwrap();
    for name in &table.names {
        let kind = if NUMBERS.contains(&name.as_str()) { OGRFieldType::OFTReal } else { OGRFieldType::OFTString };
        FieldDefn::new(name, kind).unwrap().add_to_layer(&layer).unwrap();
    }
    let defn = Defn::from_layer(&layer);
    for row in &table.rows {
        let mut feature = Feature::new(&defn).unwrap();
        for (i, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            match cell.parse() {
                Ok(number) if NUMBERS.contains(&table.names[i].as_str()) => feature.set_field_double(i, number).unwrap(),
                _ => feature.set_field_string(i, cell).unwrap(),
            }
        }
        feature.create(&layer).unwrap();
    }
    dataset.close().unwrap();
    Some(())
}

pub(crate) fn write_parquet(table: &Table, path: &Path) {
    let columns = table.names.iter().enumerate().map(|(i, name)| {
        let cells = || table.rows.iter().map(|row| Some(row[i].as_str()).filter(|cell| !cell.is_empty()));
        if NUMBERS.contains(&name.as_str()) {
            Column::new(name.as_str().into(), cells().map(|cell| cell.map(|c| c.parse::<f64>().unwrap())).collect::<Vec<_>>())
        } else {
            Column::new(name.as_str().into(), cells().collect::<Vec<_>>())
        }
    });
    let mut frame = DataFrame::new(table.rows.len(), columns.collect()).unwrap();
    ParquetWriter::new(std::fs::File::create(path).unwrap()).finish(&mut frame).unwrap();
}

/// The records of the job seekers in another format, in place of the CSV file.
pub(crate) fn delivered_as(town: &Town, extension: &str, write: impl FnOnce(&Table, &Path) -> Option<()>) -> Option<String> {
    let name = format!("records/job_seekers.{extension}");
    write(&table(town), &town.path(&name))?;
    town.edit("observatory.toml", "records/job_seekers.csv", &name);
    Some(name)
}

pub(crate) fn delivered_by_gdal(town: &Town, extension: &str, driver: &str) -> Option<String> {
    delivered_as(town, extension, |table, path| write_gdal(table, driver, path))
}

pub(crate) fn delivered_as_parquet(town: &Town) -> String {
    let write = |table: &Table, path: &Path| {
        write_parquet(table, path);
        Some(())
    };
    delivered_as(town, "parquet", write).unwrap()
}

fn reads_alike(town: &Town, expected: &Value) {
    assert_eq!(&town.tally("job_seekers"), expected);
    town.accepts(&["1604 rows read = 1604 used + 0 set aside"]);
}

/// Every cut and every flipped byte gives an error or rows, never a panic.
fn survives_damage(path: &Path) {
    struct Count(u64);
    impl RowSink for Count {
        fn header(&mut self, _: &[String]) -> Result<()> {
            Ok(())
        }
        fn row(&mut self, _: u64, row: Row<'_>) -> Result<()> {
            self.0 += u64::from(row.is_ok_and(|fields| fields.iter().all(|field| *field != Field::Number(f64::INFINITY))));
            Ok(())
        }
    }
    let sound = std::fs::read(path).unwrap();
    let damaged = path.with_file_name(format!("damaged.{}", path.extension().unwrap().to_string_lossy()));
    let read = |bytes: &[u8]| {
        std::fs::write(&damaged, bytes).unwrap();
        let mut count = Count(0);
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| read_table(&damaged, &SourceSpec::default(), &mut count)));
        let outcome = outcome.unwrap_or_else(|_| panic!("reading {} panicked", path.display()));
        if let Err(error) = outcome {
            assert_eq!(error.kind(), ErrorKind::Input, "{error}");
            assert!(error.to_string().contains("damaged."), "{error}");
        }
    };
    for part in 1..20 {
        read(&sound[..sound.len() * part / 20]);
    }
    // Positions that do not depend on chance, spread over the file, its head and its tail.
    let spread = (0..120).map(|i| sound.len() * i / 120);
    for position in spread.chain(0..40).chain(sound.len().saturating_sub(80)..sound.len()) {
        let mut bytes = sound.clone();
        bytes[position] ^= 0x5A;
        read(&bytes);
    }
    std::fs::remove_file(&damaged).unwrap();
}

#[test]
fn a_workbook_is_read_like_the_text_and_half_of_it_refused() {
    for (extension, driver) in [("xlsx", "XLSX"), ("ods", "ODS")] {
        let town = Town::new();
        let expected = town.tally("job_seekers");
        let Some(name) = delivered_by_gdal(&town, extension, driver) else { continue };
        reads_alike(&town, &expected);
        let sound = std::fs::read(town.path(&name)).unwrap();
        town.write(&name, &sound[..sound.len() / 2]);
        town.refuses(3, &[&name, "the workbook cannot be read", "help: open and save it again as .xlsx"]);
        town.write(&name, town.text(JOB_SEEKERS));
        town.refuses(3, &[&name, "the workbook cannot be read"]);
        town.write(&name, &sound);
        town.declare("job_seekers", "sheet = \"Feuille 9\"");
        town.refuses(2, &[&name, "sheet: there is no sheet \"Feuille 9\"; there are: table"]);
    }
}

#[test]
fn parquet_is_read_like_the_text_and_half_of_it_refused() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    let name = delivered_as_parquet(&town);
    reads_alike(&town, &expected);
    let sound = std::fs::read(town.path(&name)).unwrap();
    town.write(&name, &sound[..sound.len() - 100]);
    town.refuses(3, &[&name, "cannot be read as Parquet", "help: it may be truncated"]);
    town.write(&name, town.text(JOB_SEEKERS));
    town.refuses(3, &[&name, "cannot be read as Parquet"]);
}

#[test]
fn a_geopackage_is_read_like_the_text_and_half_of_it_refused() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    let name = delivered_by_gdal(&town, "gpkg", "GPKG").unwrap();
    reads_alike(&town, &expected);
    let sound = std::fs::read(town.path(&name)).unwrap();
    for part in [1, 2, 3] {
        town.write(&name, &sound[..sound.len() * part / 4]);
        town.refuses(3, &[&name]);
    }
    town.write(&name, town.text(JOB_SEEKERS));
    town.refuses(3, &[&name, "GDAL does not open it", "deliver it as CSV"]);
    town.write(
        &name,
        "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    );
    town.refuses(3, &[&name, "GDAL does not open it"]);
    town.write(&name, &sound);
    town.declare("job_seekers", "layer = \"autre\"");
    town.refuses(2, &[&name, "layer: there is no layer \"autre\"; there are: table"]);
}

#[test]
fn no_damage_to_a_file_makes_the_program_panic() {
    let town = Town::new();
    let mut table = table(&town);
    table.rows.truncate(120);
    let path = town.path("records/small.parquet");
    write_parquet(&table, &path);
    survives_damage(&path);
    for (extension, driver) in [("xlsx", "XLSX"), ("ods", "ODS"), ("gpkg", "GPKG")] {
        let path = town.path(&format!("records/small.{extension}"));
        if write_gdal(&table, driver, &path).is_some() {
            survives_damage(&path);
        }
    }
    let path = town.path("records/small.csv");
    let text: Vec<String> = town.text(JOB_SEEKERS).lines().take(120).map(str::to_owned).collect();
    std::fs::write(&path, text.join("\n")).unwrap();
    survives_damage(&path);
}

#[test]
fn awkward_csv_of_others_is_read_to_the_letter() {
    struct Rows(Vec<String>, Vec<Vec<String>>);
    impl RowSink for Rows {
        fn header(&mut self, columns: &[String]) -> Result<()> {
            columns.clone_into(&mut self.0);
            Ok(())
        }
        fn row(&mut self, _: u64, row: Row<'_>) -> Result<()> {
            let text = |field: &Field<'_>| match field {
                Field::Text(text) => (*text).to_owned(),
                _ => String::new(),
            };
            self.1.push(row.unwrap().iter().map(text).collect());
            Ok(())
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/malformed/csv-spectrum");
    let Ok(entries) = std::fs::read_dir(folder.join("csvs")) else {
        eprintln!("skipped: there is no {}", folder.display());
        return;
    };
    let mut files = 0;
    // The answer to one of them is damaged itself.
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| !path.ends_with("location_coordinates.csv"));
    for path in paths {
        let mut rows = Rows(Vec::new(), Vec::new());
        read_table(&path, &SourceSpec::default(), &mut rows).unwrap();
        let expected = folder.join("json").join(path.file_name().unwrap()).with_extension("json");
        // One of the answers is an object by itself, not a list of one.
        let expected: Vec<serde_json::Map<String, Value>> = match serde_json::from_slice(&std::fs::read(expected).unwrap()).unwrap() {
            Value::Object(row) => vec![row],
            list => serde_json::from_value(list).unwrap(),
        };
        assert_eq!(rows.1.len(), expected.len(), "{}", path.display());
        for (row, expected) in rows.1.iter().zip(&expected) {
            let values: Vec<&str> = rows.0.iter().map(|name| expected[name].as_str().unwrap()).collect();
            assert_eq!(row, &values, "{}", path.display());
        }
        files += 1;
    }
    assert!(files > 10);
}
