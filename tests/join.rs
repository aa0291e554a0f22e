//! Points to zones, from file to file: counts, means, ties, bad rows, and what is left when it fails.

use std::fs;
use std::path::{Path, PathBuf};

use gdal::Dataset;
use gdal::vector::LayerAccess;
use optima::error::ErrorKind;
use optima::join::{JoinReport, JoinRequest, join};
use polars::prelude::{Column, DataFrame};
use polars_io::prelude::ParquetWriter;

/// Two squares that share the border x = 10, and a third with a hole, given in this order of codes.
fn zones(folder: &Path, codes: &[&str]) -> PathBuf {
    let shape = |code: &str| match code {
        "A" => "[[[0,0],[10,0],[10,10],[0,10],[0,0]]]",
        "B" => "[[[10,0],[20,0],[20,10],[10,10],[10,0]]]",
        _ => "[[[30,0],[40,0],[40,10],[30,10],[30,0]],[[33,3],[36,3],[36,6],[33,6],[33,3]]]",
    };
    let features: Vec<String> = codes
        .iter()
        .map(|code| {
            let geometry = format!("{{\"type\":\"Polygon\",\"coordinates\":{}}}", shape(code));
            format!("{{\"type\":\"Feature\",\"properties\":{{\"code\":\"{code}\",\"name\":\"zone {code}\"}},\"geometry\":{geometry}}}")
        })
        .collect();
    let path = folder.join(format!("zones_{}.geojson", codes.concat()));
    let text = format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","));
    fs::write(&path, text).unwrap();
    path
}

fn request(folder: &Path, points: &str, zones: PathBuf) -> JoinRequest {
    JoinRequest {
        points: folder.join(points),
        zones,
        zone_key: Some("code".into()),
        x: "x".into(),
        y: "y".into(),
        value: Some("income".into()),
        output: folder.join("joined.gpkg"),
    }
}

/// Code, count and mean of each zone, in the order of the file.
fn read(path: &Path) -> Vec<(String, i64, Option<f64>)> {
    let dataset = Dataset::open(path).unwrap();
    let mut layer = dataset.layer(0).unwrap();
    let [code, n, mean] = ["code", "n", "mean"].map(|name| layer.defn().field_index(name).unwrap());
    layer
        .features()
        .map(|row| {
            (row.field_as_string(code).unwrap().unwrap(), row.field_as_integer64(n).unwrap().unwrap(), row.field_as_double(mean).unwrap())
        })
        .collect()
}

fn row(code: &str, n: i64, mean: Option<f64>) -> (String, i64, Option<f64>) {
    (code.to_owned(), n, mean)
}

fn left_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const POINTS: &str =
    "id,x,income,y\n1,5,100,5\n2,5,,6\n3,10,400,5\n4,15,7,5\n5,34,9,4\n6,99,1,99\n7,,5,5\n8,abc,5,5\n9,5,abc,5\n10,31,-2.5,1\n";

#[test]
fn points_are_counted_and_averaged_by_zone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("points.csv"), POINTS).unwrap();
    let request = request(folder.path(), "points.csv", zones(folder.path(), &["C", "A", "B"]));
    let report = join(&request).unwrap();
    let expected = JoinReport { zones: 3, read: 10, within: 5, outside: 2, set_aside: 3, first_set_aside: Some(8) };
    assert_eq!(report, expected, "the hole and the far point are outside; rows 8, 9 and 10 hold no numbers");
    // Point 2 has no value: it counts, and leaves the mean alone. Point 3 lies on the border of A and B.
    assert_eq!(read(&request.output), [row("A", 3, Some(250.0)), row("B", 1, Some(7.0)), row("C", 1, Some(-2.5))]);
}

#[test]
fn a_zone_without_points_has_a_count_of_zero_and_no_mean() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("points.csv"), "x,y,income\n5,5,\n").unwrap();
    let request = request(folder.path(), "points.csv", zones(folder.path(), &["A", "B"]));
    join(&request).unwrap();
    assert_eq!(read(&request.output), [row("A", 1, None), row("B", 0, None)]);
}

#[test]
fn the_same_points_give_the_same_bytes_whatever_the_format_and_the_order_of_the_zones() {
    let folder = tempfile::tempdir().unwrap();
    // More rows than a batch holds, in one row group: both readers have to cut it.
    let count = 300_000;
    let x: Vec<f64> = (0..count).map(|i| f64::from(i % 4201) / 100.0).collect();
    let y: Vec<f64> = (0..count).map(|i| f64::from(i % 1013) / 100.0).collect();
    let income: Vec<f64> = (0..count).map(|i| f64::from(i % 977) / 10.0 + 0.1).collect();
    let mut text = String::from("x,y,income\n");
    for ((x, y), income) in x.iter().zip(&y).zip(&income) {
        text += &format!("{x},{y},{income}\n");
    }
    fs::write(folder.path().join("points.csv"), text).unwrap();
    let columns = vec![Column::new("income".into(), income), Column::new("x".into(), x), Column::new("y".into(), y)];
    let mut frame = DataFrame::new(columns[0].len(), columns).unwrap();
    let file = fs::File::create(folder.path().join("points.parquet")).unwrap();
    ParquetWriter::new(file).with_row_group_size(Some(1 << 20)).finish(&mut frame).unwrap();

    let mut outputs = Vec::new();
    for (points, order) in [("points.csv", ["A", "B", "C"]), ("points.parquet", ["A", "B", "C"]), ("points.parquet", ["C", "B", "A"])] {
        let request = request(folder.path(), points, zones(folder.path(), &order));
        let report = join(&request).unwrap();
        assert_eq!(report.read, 300_000);
        assert_eq!(report.within + report.outside, 300_000);
        outputs.push((report, fs::read(&request.output).unwrap()));
    }
    assert!(outputs[0].0.within > 100_000);
    assert!(outputs.iter().all(|output| output == &outputs[0]), "not the same bytes");
}

#[test]
fn parquet_nulls_and_whole_numbers_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let columns = vec![
        Column::new("x".into(), [Some(5.0_f64), None, Some(15.0), Some(5.0)]),
        Column::new("y".into(), [5_i64, 5, 5, 5]),
        Column::new("income".into(), [Some(3_i32), Some(4), None, Some(5)]),
    ];
    let mut frame = DataFrame::new(4, columns).unwrap();
    ParquetWriter::new(fs::File::create(folder.path().join("points.parquet")).unwrap()).finish(&mut frame).unwrap();
    let request = request(folder.path(), "points.parquet", zones(folder.path(), &["A", "B"]));
    let report = join(&request).unwrap();
    assert_eq!((report.within, report.set_aside, report.first_set_aside), (3, 1, Some(2)));
    assert_eq!(read(&request.output), [row("A", 2, Some(4.0)), row("B", 1, None)]);
}

#[test]
fn semicolons_decimal_commas_quotes_and_a_byte_order_mark_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let text = "\u{feff}x;y;\"income\";note\r\n\"5,5\";5;1,5;\"a; b\"\r\n5;5,25;2,5;\"two\nlines\"\r\n";
    fs::write(folder.path().join("points.csv"), text).unwrap();
    let request = request(folder.path(), "points.csv", zones(folder.path(), &["A"]));
    join(&request).unwrap();
    assert_eq!(read(&request.output), [row("A", 2, Some(2.0))]);
}

#[test]
fn without_a_key_the_order_and_the_columns_of_the_file_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("points.csv"), POINTS).unwrap();
    let request = JoinRequest { zone_key: None, value: None, ..request(folder.path(), "points.csv", zones(folder.path(), &["B", "A"])) };
    join(&request).unwrap();
    let dataset = Dataset::open(&request.output).unwrap();
    let mut layer = dataset.layer(0).unwrap();
    let names: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
    assert_eq!(names, ["code", "name", "n"]);
    let counts: Vec<_> = layer.features().map(|row| row.field_as_integer64(2).unwrap()).collect();
    assert_eq!(counts, [Some(2), Some(3)], "the border point goes to B, which comes first; without a value row 10 is good");
}

#[test]
fn every_missing_column_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("points.csv"), "x,lat,value\n1,2,3\n").unwrap();
    let request = request(folder.path(), "points.csv", zones(folder.path(), &["A"]));
    let error = join(&request).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(
        error.to_string().ends_with("points.csv: the columns \"y\", \"income\" are missing\n  help: the file has x, lat, value"),
        "{error}"
    );
    let error = join(&JoinRequest { zone_key: Some("nis".into()), ..request }).unwrap_err();
    assert!(error.to_string().contains("there is no column \"nis\"\n  help: the columns are code, name"), "{error}");
}

#[test]
fn zones_whose_keys_occur_twice_are_refused_with_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("points.csv"), POINTS).unwrap();
    let error = join(&request(folder.path(), "points.csv", zones(folder.path(), &["A", "B", "A"]))).unwrap_err();
    assert!(error.to_string().contains("1 keys occur twice\n  - rows 3"), "{error}");
}

#[test]
fn a_join_that_fails_leaves_the_earlier_output_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("points.csv"), POINTS).unwrap();
    let good = request(folder.path(), "points.csv", zones(folder.path(), &["A"]));
    join(&good).unwrap();
    let before = fs::read(&good.output).unwrap();
    let names = left_in(folder.path());

    fs::write(folder.path().join("points.csv"), "x,y,income\n1,2,3\n4,5\n").unwrap();
    let error = join(&good).unwrap_err();
    assert!(error.to_string().contains("points.csv:3: the row has 2 fields, the header 3"), "{error}");
    let error = join(&JoinRequest { points: folder.path().join("none.csv"), ..good.clone() }).unwrap_err();
    assert!(error.to_string().contains("none.csv: there is no such file"), "{error}");
    fs::write(folder.path().join("broken.parquet"), "PAR1 and nothing more").unwrap();
    assert_eq!(join(&JoinRequest { points: folder.path().join("broken.parquet"), ..good.clone() }).unwrap_err().kind(), ErrorKind::Input);
    fs::remove_file(folder.path().join("broken.parquet")).unwrap();

    assert_eq!(left_in(folder.path()), names);
    assert_eq!(fs::read(&good.output).unwrap(), before);
}

#[test]
fn an_output_that_would_replace_an_input_or_a_column_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("points.csv"), POINTS).unwrap();
    let request = request(folder.path(), "points.csv", zones(folder.path(), &["A"]));
    let error = join(&JoinRequest { output: request.zones.clone(), ..request.clone() }).unwrap_err();
    assert!(error.to_string().contains("the output would replace an input"), "{error}");
    let text = fs::read_to_string(&request.zones).unwrap().replace("\"name\"", "\"N\"");
    fs::write(&request.zones, text).unwrap();
    let error = join(&JoinRequest { zone_key: None, ..request }).unwrap_err();
    assert!(error.to_string().contains("the zones already have a column \"n\""), "{error}");
}
