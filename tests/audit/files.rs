//! Leaks in files, planted into a release that the program built.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::released::{build, project};
use crate::written::{passes, refused};

fn valmont() -> (TempDir, PathBuf) {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("release");
    build(&project().join("examples/valmont/observatory.toml"), &folder);
    (place, folder)
}

fn change(path: &Path, with: impl FnOnce(String) -> String) {
    let text = std::fs::read_to_string(path).unwrap();
    let changed = with(text.clone());
    assert_ne!(text, changed);
    std::fs::write(path, changed).unwrap();
}

/// Changes the first feature of a map that has this status.
fn feature(path: &Path, status: &str, with: impl FnOnce(&mut serde_json::Value)) {
    let mut map: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let features = map["features"].as_array_mut().unwrap();
    with(features.iter_mut().find(|feature| feature["properties"]["status"] == status).unwrap());
    std::fs::write(path, map.to_string()).unwrap();
}

/// A map of the release with a hidden cell.
fn with_hidden(folder: &Path) -> PathBuf {
    let maps = std::fs::read_dir(folder.join("geojson")).unwrap().map(|entry| entry.unwrap().path());
    let mut maps: Vec<PathBuf> = maps.filter(|path| std::fs::read_to_string(path).unwrap().contains("\"status\":\"S\"")).collect();
    maps.sort();
    maps.remove(0)
}

#[test]
fn words_numbers_and_paths_in_the_bytes_are_found() {
    let (place, folder) = valmont();
    let canaries = place.path().join("canaries.txt");
    std::fs::write(&canaries, "Hippolyte Zwanenburg\n234567.891\n").unwrap();
    let list = ["--canaries".as_ref(), canaries.as_os_str()];
    passes(&folder, &list);
    let table = folder.join("tables/indicators.csv");
    let clean = std::fs::read_to_string(&table).unwrap();
    for (planted, reason) in [
        ("Hippolyte Zwanenburg", "canary number 1"),
        ("234567.9", "canary number 2"),
        ("85.07.30-033.28", "national register number"),
        ("/home/someone/records.csv", "a path of the machine"),
        ("jeanne.dupont@example.be", "mail address"),
    ] {
        std::fs::write(&table, clean.replacen("wilson_95", planted, 1)).unwrap();
        refused(&folder, &list, "S1", reason);
    }
}

#[test]
fn a_hidden_cell_that_one_format_tells_is_found() {
    let (_place, folder) = valmont();
    let map = with_hidden(&folder);
    let clean = std::fs::read(&map).unwrap();
    feature(&map, "S", |feature| feature["properties"]["value"] = serde_json::json!(12.5));
    refused(&folder, &[], "S2", "the cell is hidden, but column value tells it");
    std::fs::write(&map, &clean).unwrap();
    feature(&map, "S", |feature| {
        feature["properties"]["status"] = serde_json::json!("V");
        feature["properties"]["value"] = serde_json::json!(12.5);
    });
    refused(&folder, &[], "S8", "hidden in one place and shown in another");
}

#[test]
fn a_figure_that_two_files_tell_differently_is_found() {
    let (_place, folder) = valmont();
    let map = folder.join("geojson/job_seeker_rate.geojson");
    feature(&map, "V", |feature| {
        let value = feature["properties"]["value"].as_f64().unwrap();
        feature["properties"]["value"] = serde_json::json!(value + 0.3);
    });
    refused(&folder, &[], "S8", "another figure than in");
}

#[test]
fn too_few_persons_in_a_table_or_a_caption_are_found() {
    let (_place, folder) = valmont();
    let map = folder.join("geojson/job_seeker_count.geojson");
    let clean = std::fs::read(&map).unwrap();
    // Everywhere the same, or it would be a figure told twice.
    feature(&map, "V", |feature| feature["properties"]["period"] = serde_json::json!("2003-Q9"));
    feature(&map, "V", |feature| {
        feature["properties"]["period"] = serde_json::json!("2003-Q8");
        feature["properties"]["value"] = serde_json::json!(3);
    });
    refused(&folder, &[], "S2", "too few persons are behind it");
    std::fs::write(&map, clean).unwrap();
    change(&folder.join("tables/statistics.csv"), |text| text + "\"chômeurs (n = 3)\"\r\n");
    refused(&folder, &[], "S2", "tells of too few persons");
}

#[test]
fn records_columns_and_points_of_persons_are_found() {
    let (_place, folder) = valmont();
    let map = folder.join("geojson/job_seeker_rate.geojson");
    let clean = std::fs::read(&map).unwrap();
    feature(&map, "V", |feature| feature["properties"]["person_id"] = serde_json::json!("P-0001"));
    refused(&folder, &[], "S10", "column person_id is not one of those");
    std::fs::write(&map, &clean).unwrap();
    feature(&map, "V", |feature| feature["geometry"] = serde_json::json!({ "type": "Point", "coordinates": [5.5, 50.6] }));
    refused(&folder, &[], "S10", "geometries of kind Point");
    std::fs::write(&map, &clean).unwrap();
    change(&map, |text| {
        let mut map: serde_json::Value = serde_json::from_str(&text).unwrap();
        let features = map["features"].as_array_mut().unwrap();
        features.push(features[0].clone());
        map.to_string()
    });
    refused(&folder, &[], "S10", "these are records");
}

#[test]
fn files_that_nobody_listed_and_files_at_work_are_found() {
    let (_place, folder) = valmont();
    std::fs::write(folder.join("tables/people.csv"), "zone_code\n").unwrap();
    refused(&folder, &[], "S12", "not in the manifest");
    std::fs::remove_file(folder.join("tables/people.csv")).unwrap();
    std::fs::write(folder.join("valmont.gpkg-wal"), "").unwrap();
    refused(&folder, &[], "S12", "a work file was left");
}
