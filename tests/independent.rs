//! Every number of the shipped observatories against a second computation that shares no code with the program:
//! `tests/reference/quarterly_study.py`, in plain Python, from the same records.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may: a panic is how they fail, and they say when they skip"
)]

mod released;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use optima::catalog::Catalog;
use optima::derive::is_derived;
use optima::texts::Language;
use released::{Row, build, indicators, project};
use serde_json::Value;

/// What was compared.
#[derive(Debug, Default, PartialEq)]
struct Compared {
    cells: usize,
    numbers: usize,
    p_values: usize,
    signals: usize,
    hidden_for_few: usize,
    hidden: usize,
    empty: usize,
}

/// A number as released is the computed one, rounded: no further off than half of its last digit.
fn number(compared: &mut Compared, text: &str, computed: &Value, decimals: i32, what: &dyn Fn() -> String) {
    let Some(computed) = computed.as_f64() else {
        assert_eq!(text, "", "{}: nothing was computed", what());
        return;
    };
    let released: f64 = text.parse().unwrap_or_else(|_| panic!("{}: \"{text}\" for {computed}", what()));
    let half = 0.5 * 10f64.powi(-decimals);
    assert!((released - computed).abs() <= half * (1.0 + 1e-6) + 1e-9 * computed.abs(), "{}: {released} for {computed}", what());
    compared.numbers += 1;
}

fn limits(compared: &mut Compared, row: &Row, columns: [&str; 2], computed: &Value, decimals: i32, what: &str) {
    for (at, column) in columns.into_iter().enumerate() {
        number(compared, &row[column], &computed[at], decimals, &|| format!("{what} {column}"));
    }
}

/// Whether the cell tells of 1 to 4 persons or others, by persons or by the shares that are published, or of too small a group.
fn must_be_hidden(cell: &Value) -> bool {
    let few = |n: f64| n > 1e-9 && n < 5.0 - 1e-9;
    let of = |key: &str| cell[key].as_f64();
    let both = |a: Option<f64>, b: Option<f64>| a.zip(b).is_some_and(|(a, b)| few(a - b));
    let group = of("group").is_some_and(|n| n < 10.0) || (of("group").is_some() && of("denominator").is_some_and(|n| n < 10.0 - 1e-9));
    let others = both(of("group"), of("persons")) || (of("group").is_some() && both(of("denominator"), of("numerator")));
    let everybody = of("group").is_some() && of("group") == of("persons");
    of("smallest_class").is_some_and(few)
        || of("persons").is_some_and(few)
        || of("numerator").is_some_and(few)
        || others
        || group
        || everybody
}

fn compare(compared: &mut Compared, row: &Row, cell: &Value) {
    let what = format!("{} {} {}", row["measure"], row["zone_code"], row["period"]);
    let decimals = if row["unit"] == "percent" { 4 } else { 3 };
    compared.cells += 1;
    for (column, digits) in [("value", decimals), ("numerator", 4), ("denominator", 4)] {
        number(compared, &row[column], &cell[column], digits, &|| format!("{what} {column}"));
    }
    limits(compared, row, ["low", "high"], &cell["limits"], decimals, &what);
    assert_eq!(row["interval_method"], cell["method"], "{what}");
    assert_eq!(row["status"] == "V", cell["reliable"].as_bool().unwrap(), "{what}: {}", row["status"]);
    for span in ["quarter", "year"] {
        let change = &cell[span];
        let column = |name: &str| format!("change_{span}{name}");
        number(compared, &row[&column("")], &change["difference"], decimals, &|| format!("{what} {span}"));
        limits(compared, row, [&column("_low"), &column("_high")], &change["limits"], decimals, &what);
        number(compared, &row[&column("_p_adjusted")], &change["p"], 6, &|| format!("{what} {span} p"));
        compared.p_values += usize::from(!change["p"].is_null());
        let signal = match (change["difference"].as_f64(), change["p"].as_f64()) {
            (None, _) => "",
            (_, None) => "untested",
            (Some(difference), Some(p)) if p <= 0.05 && difference != 0.0 => ["down", "up"][usize::from(difference > 0.0)],
            _ => "noise",
        };
        assert_eq!(row[&column("_signal")], signal, "{what} {span}: {change}");
        compared.signals += usize::from(["up", "down"].contains(&signal));
    }
}

/// Builds an example and compares all its cells; `None` where there is no Python.
fn example(name: &str) -> Option<Compared> {
    let folder = tempfile::tempdir().unwrap();
    let release = folder.path().join("release");
    build(&project().join("examples").join(name).join("observatory.toml"), &release);
    let table = indicators(&release);
    let script = project().join("tests/reference/quarterly_study.py");
    let python = Path::new("/usr/bin/python3");
    if !python.exists() || Command::new("ogr2ogr").arg("--version").output().is_err() {
        released::skip("python3 or gdal-bin is not installed");
        return None;
    }
    let output = released::run(Command::new(python).arg(script).arg(project()).arg(name).arg(release.join("tables/indicators.csv")));
    let mut computed: BTreeMap<[String; 3], Value> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let cell: Value = serde_json::from_str(line).unwrap();
        let key = ["measure", "zone", "period"].map(|key| cell[key].as_str().unwrap().to_owned());
        assert!(computed.insert(key, cell).is_none(), "a cell was computed twice");
    }
    let mut compared = Compared::default();
    // Groups of persons, their problems and WHO-5 are computed twice in tests/studies.
    let elsewhere = ["needs_", "quartier_types", "employment_types", "cumulated_problems", "well_being_"];
    // What is made of shown figures is computed again from the release: tests/small_numbers_layers.rs.
    let catalog = Catalog::load(Some(&project().join("layers")), Language::En).unwrap();
    let derived: BTreeSet<&str> =
        catalog.layers.iter().map(|layer| &layer.measure).filter(|m| is_derived(&m.indicator)).map(|m| m.id.as_str()).collect();
    let here = |row: &&Row| !derived.contains(row["measure"].as_str()) && !elsewhere.iter().any(|name| row["measure"].starts_with(name));
    for row in table.iter().filter(here) {
        let key = ["measure", "zone_code", "period"].map(|key| row[key].clone());
        let cell = computed.remove(&key);
        match (row["status"].as_str(), &cell) {
            ("N", None) => compared.empty += 1,
            ("S", Some(cell)) => {
                compared.hidden += 1;
                compared.hidden_for_few += usize::from(must_be_hidden(cell));
                let numbers = ["value", "numerator", "denominator", "low", "high"].map(|column| row[column].as_str());
                assert!(numbers.iter().chain([&row["change_quarter"].as_str()]).all(|text| text.is_empty()), "{key:?}");
            }
            ("V" | "U", Some(cell)) => {
                assert!(!must_be_hidden(cell), "{key:?} is shown: {cell}");
                compare(&mut compared, row, cell);
            }
            (status, cell) => panic!("{key:?} has the status {status}, and {cell:?} was computed"),
        }
    }
    assert!(computed.is_empty(), "computed and not released: {:?}", computed.keys().take(5).collect::<Vec<_>>());
    println!("{name}: {compared:?}");
    Some(compared)
}

#[test]
fn seraing_from_persons_is_the_same_computed_twice() {
    let Some(compared) = example("seraing") else { return };
    assert!(compared.cells > 6_000 && compared.numbers > 60_000, "{compared:?}");
    assert!(compared.p_values > 4_000 && compared.signals >= 5, "{compared:?}");
    assert!(compared.hidden_for_few > 1_000 && compared.hidden < 3_000, "{compared:?}");
}

#[test]
fn saint_nicolas_from_counts_is_the_same_computed_twice() {
    let Some(compared) = example("saint-nicolas") else { return };
    assert!(compared.cells > 900 && compared.numbers > 7_000 && compared.p_values > 400, "{compared:?}");
    assert!(compared.hidden_for_few > 80 && compared.hidden < 250, "{compared:?}");
}

#[test]
fn valmont_with_shared_sectors_is_the_same_computed_twice() {
    let Some(compared) = example("valmont") else { return };
    assert!(compared.cells > 120 && compared.numbers > 800 && compared.p_values > 50, "{compared:?}");
    assert!(compared.hidden_for_few > 2 && compared.hidden < 20, "{compared:?}");
}
