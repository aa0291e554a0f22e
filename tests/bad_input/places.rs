//! Records that lie where they should not: unknown codes, another CRS, swapped axes, borders.

use optima::territory::Epsg;
use optima::territory::crs::{LAMBERT_72, LAMBERT_2008, Transformer, WGS84};

use crate::town::{JOB_SEEKERS, SECRET, Town};

const FILE: &str = "records/job_seekers.csv";

/// Moves all coordinates of the job seekers.
fn moved(town: &Town, mut to: impl FnMut(usize, (f64, f64)) -> (f64, f64)) {
    town.cells(JOB_SEEKERS, 3, |i, cells| {
        let (x, y) = to(i, (cells[3].parse().unwrap(), cells[4].parse().unwrap()));
        (cells[3], cells[4]) = (x.to_string(), y.to_string());
    });
}

/// Adds persons at these points in one quarter, without a code. They differ, so that no group of them is all alike.
fn with_points(town: &Town, points: &[(f64, f64)]) {
    town.lines(JOB_SEEKERS, |lines| {
        for (i, (x, y)) in points.iter().enumerate() {
            let (age, months, ris) = (20 + i * 7 % 40, 3 + i * 11 % 60, if i % 2 == 0 { "no" } else { "yes" });
            lines.push(format!("{SECRET}-{},2003-Q1,,{x},{y},,,,{age},deda,{months},{ris}", lines.len()));
        }
    });
}

fn into(crs: Epsg) -> impl Fn(usize, (f64, f64)) -> (f64, f64) {
    let transformer = Transformer::new(LAMBERT_72, crs).unwrap();
    move |_, point| transformer.point(point).unwrap()
}

#[test]
fn unknown_codes_are_counted_as_outside_and_too_many_stop_the_run() {
    let town = Town::new();
    town.cells(JOB_SEEKERS, 2, |i, cells| {
        if i < 50 {
            cells[2] = "99001Z99-".to_owned();
        }
    });
    town.accepts(&["codes that the territory does not have: 99001Z99- (50)"]);
    assert_eq!(town.tally("job_seekers")["outside"], 62);
    town.cells(JOB_SEEKERS, 2, |i, cells| {
        if i < 500 {
            cells[2] = "99001Z99-".to_owned();
        }
    });
    town.refuses(
        1,
        &["more records without a place in the territory than max_unlocated = 0.1 allows", "512 outside", "raise max_unlocated"],
    );
    town.edit("observatory.toml", "max_unlocated = 0.10", "max_unlocated = 0.5");
    town.accepts(&["99001Z99- (500)"]);
}

#[test]
fn what_is_no_code_is_counted_and_not_told() {
    let town = Town::new();
    town.edit("observatory.toml", "zone = \"zone\"\nx = \"x\"", "zone = \"person\"\nx = \"x\"");
    town.refuses(1, &["1604 outside"]);
    town.check(&["--lang", "en"]).says(&["codes that the territory does not have: (no code) (1604)"]);
    let said = town.check(&["--format", "json"]).out;
    assert!(!said.contains("10254"), "a person's number is told:\n{said}");
}

#[test]
fn the_code_counts_where_coordinates_contradict_it() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| lines.push(format!("{SECRET}-2,2003-Q1,99001A00-,202300.0,100300.0,,,,22,deda,34,no")));
    town.accepts(&["1 records whose coordinates contradict their code; the code counts"]);
}

#[test]
fn swapped_axes_are_named() {
    let town = Town::new();
    moved(&town, |_, (x, y)| (y, x));
    town.refuses(1, &[FILE, "x, y: 207 of 207 points", "the axes look swapped", "help: exchange the x and the y column"]);
}

#[test]
fn degrees_declared_as_lambert_are_named_and_mended_by_the_declaration() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    let degrees = into(WGS84);
    moved(&town, &degrees);
    town.refuses(1, &[FILE, "look like degrees (longitude, latitude), declared as EPSG:31370", "help: declare crs = 4326"]);
    town.declare("job_seekers", "crs = 4326");
    assert_eq!(town.tally("job_seekers")["by_point"], expected["by_point"]);
    moved(&town, |_, (x, y)| (y, x));
    town.refuses(1, &[FILE, "the axes look swapped"]);
}

#[test]
fn lambert_2008_declared_as_lambert_72_is_named_and_mended_by_the_declaration() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    moved(&town, into(LAMBERT_2008));
    town.refuses(1, &[FILE, "look like EPSG:3812 (Lambert 2008), declared as EPSG:31370", "help: declare crs = 3812"]);
    town.declare("job_seekers", "crs = 3812");
    assert_eq!(town.tally("job_seekers")["by_point"], expected["by_point"]);
}

#[test]
fn an_unknown_crs_of_a_source_is_named() {
    let town = Town::new();
    town.declare("job_seekers", "crs = 99999");
    town.refuses(2, &["observatory.toml", "sources.job_seekers.crs", "EPSG:99999 is not a CRS that PROJ knows", "crs = 31370"]);
}

#[test]
fn zeros_in_place_of_coordinates_are_named_be_they_all_or_a_few() {
    let town = Town::new();
    moved(&town, |i, point| if i < 9 { (0.0, 0.0) } else { point });
    town.accepts(&["9 points far from the territory", "their coordinates are 0, 0", "leave the coordinates empty"]);
    assert_eq!(town.tally("job_seekers")["far_away"]["points"], 9);
    moved(&town, |_, _| (0.0, 0.0));
    town.refuses(1, &[FILE, "207 of 207 points", "their coordinates are 0, 0", "leave the coordinates empty"]);
}

#[test]
fn points_elsewhere_for_no_usual_reason_stop_the_run_too() {
    let town = Town::new();
    moved(&town, |_, (x, y)| (x - 77_777.0, y + 55_555.0));
    town.refuses(1, &[FILE, "no usual mistake explains it", "check the coordinates and the declared crs"]);
}

#[test]
fn a_point_on_a_border_is_counted_once_in_the_lowest_code() {
    let town = Town::unreleased();
    town.edit("observatory.toml", "zoning = \"quartiers\"", "zoning = \"sectors\"");
    let count = |town: &Town, zone: &str| {
        let asked = ["explain", "job_seeker_count", zone, "2003-Q1", "--format", "json", "--file"];
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_optima"));
        let run = crate::town::run(command.args(asked).arg(town.path("observatory.toml")));
        let told: serde_json::Value = serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{e}: {run:?}"));
        told["cell"]["numerator"].as_f64()
    };
    let zones = ["99001A00-", "99001A01-", "99001A110", "valmont"];
    // Hidden before and after: counted as none.
    let before = zones.map(|zone| count(&town, zone).unwrap_or(0.0));
    // On the common edge of A00- and B0LA, on a corner of both, on the edge of the hole of A00- that A01- fills; and on the
    // outer border of B0LA, where nobody lives.
    with_points(&town, &[(201_250.0, 100_650.0), (201_500.0, 100_600.0), (201_300.0, 100_900.0), (200_000.0, 100_300.0)]);
    let after = zones.map(|zone| count(&town, zone).unwrap_or(0.0));
    let more: Vec<f64> = before.iter().zip(after).map(|(before, after)| after - before).collect();
    assert_eq!(more, [3.0, 0.0, 0.0, 4.0]);
}

#[test]
fn points_outside_are_counted() {
    let town = Town::new();
    with_points(&town, &[(199_999.999, 100_300.0), (205_000.0, 100_000.0)]);
    town.accepts(&["14 outside"]);
    assert_eq!(town.tally("job_seekers")["far_away"], serde_json::Value::Null);
}

#[test]
fn a_register_elsewhere_locates_nobody_and_is_told() {
    let town = Town::new();
    town.declare("addresses", "crs = 99999");
    town.refuses(2, &["observatory.toml", "sources.addresses.crs", "EPSG:99999"]);
}
