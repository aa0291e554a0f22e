//! Real outlines, where they are at hand; each test says when it skips.

use std::path::{Path, PathBuf};

use geo::Area;
use optima::error::Error;
use optima::territory::coverage_audit::Coverage;
use optima::territory::crs::LAMBERT_72;
use optima::territory::finding::{FindingKind, Severity};
use optima::territory::zone_file::{ZoneColumns, ZoneRead, read_zones};

/// The data beside the project, or beside the folder it lies in.
fn data(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).take(2).map(|folder| folder.join("shared/data").join(name));
    let found = beside.into_iter().find(|path| path.exists());
    if found.is_none() {
        println!("skipped: {name} is not at hand");
    }
    found
}

fn read(path: &Path, nis: Option<&str>) -> Result<ZoneRead, Error> {
    read_zones(path, None, &ZoneColumns::default(), nis, LAMBERT_72, None)
}

#[test]
fn the_sectors_of_liege_cover_the_town_once_from_either_file() {
    for (name, tolerance) in [("liege/liege_sectors2023_31370.gpkg", 1e-4), ("liege/liege_sectors2023_31370.geojson", 1e-4)] {
        let Some(path) = data(name) else { return };
        let read = read(&path, Some("62063")).unwrap();
        assert_eq!(read.zones.len(), 184);
        assert_eq!(read.transformation.operation, "none");
        let coverage = Coverage::measure(&read.zones);
        let told: Vec<String> = coverage.findings.iter().map(ToString::to_string).collect();
        assert!(coverage.findings.iter().all(|f| matches!(f.kind, FindingKind::EmptyName | FindingKind::RepeatedName)), "{told:#?}");
        assert!(told.contains(&"62063L0AP: the zone has no name".to_owned()), "{told:#?}");
        let sum: f64 = coverage.areas.iter().sum();
        assert!((sum - coverage.union_area).abs() < tolerance, "{sum} and {}", coverage.union_area);
        for (zone, area) in read.zones.iter().zip(&coverage.areas) {
            assert!((zone.shape().unsigned_area() - area).abs() < 1e-6, "{}", zone.code);
        }
    }
}

#[test]
fn a_commune_that_the_file_of_liege_does_not_have_is_told_with_the_one_it_has() {
    let Some(path) = data("liege/liege_sectors2023_31370.gpkg") else { return };
    let error = read(&path, Some("62096")).unwrap_err();
    assert!(error.to_string().contains("62063 (184 zones)"), "{error}");
}

#[test]
fn the_communes_around_liege_are_read() {
    let Some(path) = data("seraing/communes_arr_liege_2011_31370.gpkg") else { return };
    let all = read(&path, None).unwrap();
    assert_eq!(all.zones.len(), 28);
    let coverage = Coverage::measure(&all.zones);
    let told: Vec<String> = coverage.findings.iter().map(ToString::to_string).collect();
    assert!(coverage.findings.iter().all(|f| f.severity != Severity::Error), "{told:#?}");
    let seraing = read(&path, Some("62096")).unwrap();
    let area = seraing.zones[0].shape().unsigned_area() / 1e6;
    assert!((area - 35.24).abs() < 0.3, "{area} km²");
}

#[test]
fn the_approximate_sectors_of_seraing_are_read_and_what_is_wrong_with_them_is_told() {
    let Some(path) = data("seraing/APPROX_sectors_seraing_stnicolas_31370.gpkg") else { return };
    let both = read(&path, None).unwrap();
    assert_eq!(both.zones.len(), 86);
    let (seraing, saint_nicolas) = (read(&path, Some("62096")).unwrap(), read(&path, Some("62093")).unwrap());
    assert_eq!(seraing.zones.len() + saint_nicolas.zones.len(), 86);
    let coverage = Coverage::measure(&both.zones);
    for finding in coverage.findings.iter().take(20) {
        println!("{finding}");
    }
    assert!(coverage.union_area <= coverage.areas.iter().sum::<f64>() + 1e-3);
}

#[test]
fn malformed_geojson_gives_an_error_or_a_finding_and_never_a_panic() {
    let Some(folder) = data("malformed/geojsonhint") else { return };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "geojson"));
    files.sort();
    assert!(files.len() > 10);
    for path in files {
        let columns = ZoneColumns { code: Some("code".to_owned()), ..ZoneColumns::default() };
        for columns in [ZoneColumns::default(), columns] {
            let told = match read_zones(&path, None, &columns, None, LAMBERT_72, None) {
                Err(error) => error.to_string(),
                Ok(read) => Coverage::measure(&read.zones).findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            };
            assert!(!told.is_empty(), "{} passes for zones", path.display());
        }
    }
}
