//! Another commune is data only: a territory that this test writes itself, from `optima init` to a release, no Rust touched.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may: a panic is how they fail, and they say when they skip"
)]

mod released;

use std::fmt::Write;
use std::path::Path;

use gdal::vector::{Feature, Geometry, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType};
use gdal::{Dataset, DriverManager, spatial_ref::SpatialRef};
use released::{build, indicators, optima, run, stage, write};

/// Code, name, commune, place in a grid of 1 km. Since communes merge, a code's prefix is not the commune: one of ours
/// begins like the neighbor's and one of the neighbor's begins like ours.
const SECTORS: [(&str, &str, &str, u8, u8); 8] = [
    ("64034A00-", "Centre", "64034", 0, 0),
    ("64034A01-", "Gare", "64034", 1, 0),
    ("64034A0LA", "Crehen", "64034", 2, 0),
    ("64015B00-", "Avernas", "64034", 0, 1),
    ("64034B10-", "Grand-Hallet", "64034", 1, 1),
    ("64034B11-", "Petit-Hallet", "64034", 2, 1),
    ("64034X00-", "Orp", "64074", 3, 0),
    ("64074A00-", "Maret", "64074", 3, 1),
];

/// The south-west corner of the grid in Lambert 2008.
const CORNER: (f64, f64) = (701_000.0, 649_000.0);

/// Writes the sectors of both communes into one file, with the column names of Statbel's older editions.
fn outlines(path: &Path, driver: &str) {
    let driver = DriverManager::get_driver_by_name(driver).unwrap();
    let mut dataset = driver.create_vector_only(path).unwrap();
    let srs = SpatialRef::from_epsg(3812).unwrap();
    let options = LayerOptions { name: "sectors", srs: Some(&srs), ty: OGRwkbGeometryType::wkbPolygon, options: None };
    let layer = dataset.create_layer(options).unwrap();
    let columns = ["OBJECTID", "CS01012019", "T_SEC_FR", "T_SEC_NL", "CNIS5_2019", "T_MUN_FR"];
    layer.create_defn_fields(&columns.map(|name| (name, OGRFieldType::OFTString))).unwrap();
    for (row, (code, name, commune, column, line)) in SECTORS.iter().rev().enumerate() {
        let (x, y) = (CORNER.0 + 1000.0 * f64::from(*column), CORNER.1 + 1000.0 * f64::from(*line));
        let (e, n) = (x + 1000.0, y + 1000.0);
        let mut feature = Feature::new(layer.defn()).unwrap();
        for (at, value) in [&row.to_string(), *code, *name, *name, *commune, "Hannut"].into_iter().enumerate() {
            feature.set_field_string(at, value).unwrap();
        }
        let wkt = format!("POLYGON (({x} {y}, {x} {n}, {e} {n}, {e} {y}, {x} {y}))");
        feature.set_geometry(Geometry::from_wkt(&wkt).unwrap()).unwrap();
        feature.create(&layer).unwrap();
    }
    dataset.close().unwrap();
}

/// Changes a file that `init` wrote as a person would: each passage must be there.
fn fill(path: &Path, changes: &[(&str, &str)]) {
    let mut text = std::fs::read_to_string(path).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{} has no {from}", path.display());
        text = text.replace(from, to);
    }
    write(path, &text);
}

/// How many are placed in the sector at this position in the quarter: by code, and by point.
fn planned(sector: usize, quarter: usize) -> (usize, usize) {
    (10 + sector + 3 * quarter, 5 + 2 * sector)
}

/// The partner's own table: its columns, its words, its Lambert 72.
fn records() -> String {
    let mut text = String::from("N° dossier;Trim.;Secteur;X72;Y72;Âge;Mois sans emploi;CPAS\n");
    let mut person = 0;
    let mut row = |quarter: usize, code: &str, point: Option<(f64, f64)>| {
        person += 1;
        let (x, y) = point.map(|(x, y)| (format!("{x:.1}").replace('.', ","), format!("{y:.1}").replace('.', ","))).unwrap_or_default();
        let ris = if person % 4 == 0 { "O" } else { "N" };
        writeln!(text, "D{person};T{} 2025;{code};{x};{y};{};{},5;{ris}", quarter + 1, 18 + person % 40, person % 50).unwrap();
    };
    for quarter in 0..2 {
        for (at, (code, _, commune, column, line)) in SECTORS.iter().enumerate() {
            // Near the middle of the sector: Lambert 72 is Lambert 2008 less 500 km, give or take some meters.
            let center =
                (CORNER.0 - 500_000.0 + 1000.0 * f64::from(*column) + 500.0, CORNER.1 - 500_000.0 + 1000.0 * f64::from(*line) + 500.0);
            if *commune == "64034" {
                let (by_code, by_point) = planned(at, quarter);
                (0..by_code).for_each(|_| row(quarter, code, None));
                (0..by_point).for_each(|_| row(quarter, "64034ZZZZ", Some(center)));
            } else {
                row(quarter, code, None);
                row(quarter, "", Some(center));
            }
        }
        row(quarter, "64034ZZZZ", None);
    }
    text
}

fn transposed(driver: &str, file: &str) {
    let folder = tempfile::tempdir().unwrap();
    let town = folder.path().join("hannut");
    run(optima().arg("init").arg(&town).args(["--name", "Hannut", "--nis", "64034"]));
    outlines(&town.join("hannut").join(file), driver);
    fill(
        &town.join("hannut/territory.toml"),
        &[
            ("crs = 31370", "crs = 3812"),
            ("zones = \"sectors.gpkg\"", &format!("zones = \"{file}\"")),
            ("# quartiers = ", "quartiers = "),
            ("# unlocated_codes = [\"64034ZZZZ\"]", "unlocated_codes = [\"64034ZZZZ\"]"),
        ],
    );
    write(
        &town.join("hannut/crosswalk.csv"),
        "quartier;name;sector\nV;Ville;64034A00-\nV;Ville;64034A01-\nN;Nord;64015B00-\nN;Nord;64034B10-\nE;Est;64034A0LA\nE;Est;64034B11-\n",
    );
    let columns = "[sources.job_seekers.columns]\nperson = \"N° dossier\"\nquarter = \"Trim.\"\nzone = \"Secteur\"\nx = \"X72\"\ny = \"Y72\"\n\
                   age = \"Âge\"\nmonths = \"Mois sans emploi\"\nris = \"CPAS\"";
    fill(
        &town.join("observatory.toml"),
        &[
            ("last = \"2025-Q4\"", "last = \"2025-Q2\""),
            ("# crs = 31370 ", "crs = 31370 "),
            ("# [sources.job_seekers.columns]\n# person = \"id_demandeur\"", columns),
            (
                "# [sources.job_seekers.values.ris]\n# O = \"yes\"\n# N = \"no\"",
                "[sources.job_seekers.values.ris]\nO = \"yes\"\nN = \"no\"",
            ),
            (
                "files = [\"records/population.csv\"]",
                "files = [\"records/actifs.csv\"]\ncolumns = { zone = \"INS\", active = \"Actifs\", year = \"An\" }",
            ),
        ],
    );
    write(&town.join("records/job_seekers.csv"), &records());
    let mut active = String::from("INS;An;Actifs\n");
    for (code, ..) in SECTORS.iter().take(6) {
        writeln!(active, "{code};2024;400").unwrap();
    }
    write(&town.join("records/actifs.csv"), &active);

    let checked = run(optima().args(["--format", "json", "check"]).arg(town.join("observatory.toml")));
    let report: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(report["ok"], true, "{report:#}");

    let release = folder.path().join("release");
    let manifest = build(&town.join("observatory.toml"), &release);
    assert_eq!((&manifest["territory"]["sectors"], &manifest["territory"]["quartiers"]), (&6.into(), &3.into()));
    let placed: usize = (0..2).flat_map(|q| (0..6).map(move |s| planned(s, q).0 + planned(s, q).1)).sum();
    assert_eq!(stage(&manifest, "job_seekers"), [placed as u64 + 10, 0, placed as u64, 8, 2]);

    // What is published is right: each quartier counts what was planned in its sectors, the territory all of it.
    let table = indicators(&release);
    for (code, sectors) in [("V", &[0, 1][..]), ("N", &[3, 4]), ("E", &[2, 5]), ("hannut", &[0, 1, 2, 3, 4, 5])] {
        for quarter in 0..2 {
            let count: usize = sectors.iter().map(|s| planned(*s, quarter).0 + planned(*s, quarter).1).sum();
            let period = format!("2025-Q{}", quarter + 1);
            let found = table.iter().find(|r| r["measure"] == "job_seekers" && r["zone_code"] == code && r["period"] == period).unwrap();
            assert_eq!((&found["numerator"], &found["denominator"]), (&count.to_string(), &(400 * sectors.len()).to_string()), "{code}");
        }
    }
    let package = Dataset::open(release.join("hannut.gpkg")).unwrap();
    for name in ["job_seeker_rate", "job_seeker_count", "under_25_rate", "ris_rate", "mean_duration", "long_term_rate", "combined_index"] {
        let layer = package.layer_by_name(name).unwrap();
        assert_eq!((layer.feature_count(), layer.spatial_ref().unwrap().auth_code().unwrap()), (3, 3812), "{name}");
    }
    assert!(package.layer_by_name("isolation").is_err(), "nobody was interviewed");
}

#[test]
fn a_commune_from_a_shapefile_in_lambert_2008_needs_no_rust() {
    transposed("ESRI Shapefile", "sectors.shp");
}

#[test]
fn a_commune_from_a_flatgeobuf_in_lambert_2008_needs_no_rust() {
    transposed("FlatGeobuf", "sectors.fgb");
}
