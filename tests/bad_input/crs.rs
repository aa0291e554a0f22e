//! What is done to coordinates is said, with its accuracy: in the report of `check`, in the log, in the release.

use std::path::Path;

use optima::territory::crs::{LAMBERT_72, LAMBERT_2008, Transformer};
use serde_json::{Value, json};

use crate::outlines::{spoil, turn};
use crate::town::{Town, ZONES};

/// The zones in Lambert 2008, said in the file.
fn in_lambert_2008(town: &Town) {
    let transformer = Transformer::new(LAMBERT_72, LAMBERT_2008).unwrap();
    spoil(town, |zones| {
        zones["crs"]["properties"]["name"] = json!("urn:ogc:def:crs:EPSG::3812");
        for zone in zones["features"].as_array_mut().unwrap() {
            turn(&mut zone["geometry"]["coordinates"], &transformer);
        }
    });
}

#[test]
fn a_change_of_datum_without_its_grid_is_told_with_its_accuracy_in_the_log_and_in_the_release() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    in_lambert_2008(&town);
    assert_eq!(town.tally("job_seekers"), expected, "nobody changes place");
    // The formula of seven parameters (Helmert), as far as the grid of the NGI is not installed: to 0.2 m, or to 1 m.
    let operation = Transformer::new(LAMBERT_2008, LAMBERT_72).unwrap().transformation().to_string();
    assert!(operation.contains("accurate to "), "{operation}");
    town.check(&["--lang", "en", "-v"]).exits(0).says(&["EPSG:3812 to EPSG:31370 by ", "accurate to ", &operation]);
    town.build(&[]).exits(0);
    let manifest: Value = serde_json::from_slice(&town.outputs()[Path::new("manifest.json")]).unwrap();
    let outlines = manifest["inputs"].as_array().unwrap().iter().find(|input| input["name"] == "territory/zones.geojson").unwrap();
    assert_eq!(outlines["transformation"], operation);
}

#[test]
fn what_is_done_for_readers_of_degrees_is_in_the_release_with_its_accuracy() {
    let town = Town::new();
    town.build(&[]).exits(0);
    let manifest: Value = serde_json::from_slice(&town.outputs()[Path::new("manifest.json")]).unwrap();
    let told = manifest["territory"]["to_wgs84"].as_str().unwrap();
    assert!(told.starts_with("EPSG:31370 to EPSG:4326 by ") && told.contains("accurate to "), "{told}");
}

#[test]
fn the_crs_of_a_geojson_file_is_believed_only_where_its_coordinates_fit() {
    let town = Town::new();
    let keep = town.text(ZONES);
    for (code, words) in [
        ("3812", "look like EPSG:31370 (Lambert 72), declared as EPSG:3812 (Lambert 2008)"),
        ("3857", "look like EPSG:31370 (Lambert 72), declared as EPSG:3857"),
        ("4326", "look like EPSG:31370 (Lambert 72), declared as EPSG:4326 (WGS 84, degrees)"),
    ] {
        town.write(ZONES, keep.replace("EPSG::31370", &format!("EPSG::{code}")));
        town.stops(1, &["zones.geojson", words, "help: declare zones_crs = 31370"]);
    }
}
