//! Zones that do not hold: crossed and overlapping outlines, a CRS that is absent, unknown or wrong, half a file.

use serde_json::{Value, json};

use crate::town::{Town, ZONES};

pub(crate) fn spoil(town: &Town, change: impl FnOnce(&mut Value)) {
    let mut zones: Value = serde_json::from_str(&town.text(ZONES)).unwrap();
    change(&mut zones);
    town.write(ZONES, zones.to_string());
}

pub(crate) fn zone<'z>(zones: &'z mut Value, code: &str) -> &'z mut Value {
    zones["features"].as_array_mut().unwrap().iter_mut().find(|zone| zone["properties"]["code"] == code).unwrap()
}

/// The outer ring of a zone in one part.
pub(crate) fn ring<'z>(zones: &'z mut Value, code: &str) -> &'z mut Vec<Value> {
    zone(zones, code)["geometry"]["coordinates"][0].as_array_mut().unwrap()
}

fn repaired(town: &Town, words: &[&str]) {
    town.check(&["--repair", "--lang", "en"]).exits(0).says(words);
    town.check(&["--repair", "--lang", "fr"]).exits(0).is_french();
    town.build(&["--repair", "--lang", "en"]).exits(0).says(words);
    town.leaves_nothing();
}

#[test]
fn an_outline_that_crosses_itself_is_refused_and_mended_only_on_request() {
    let town = Town::new();
    spoil(&town, |zones| ring(zones, "99001C010").swap(1, 2));
    town.refuses(1, &["zones.geojson", "99001C010: the ring crosses itself, at 202230.769 101676.923", "--repair"]);
    repaired(&town, &["99001C010: rings made valid, 25000.0000 m² before, 163461.5385 m² after"]);
}

#[test]
fn zones_that_overlap_are_refused_and_mended_only_on_request() {
    let town = Town::new();
    spoil(&town, |zones| ring(zones, "99001B0LA")[2] = json!([201_500, 100_650]));
    town.refuses(1, &["zones.geojson", "99001A00-, 99001B0LA: the zones overlap, 12500 m²", "at 201187.500 100675.000", "--repair"]);
    repaired(&town, &["99001B0LA: overlap left to 99001A00-, 987500.0000 m² before, 975000.0000 m² after"]);
}

#[test]
fn a_gap_between_zones_is_told_and_does_not_stop_the_run() {
    let town = Town::new();
    spoil(&town, |zones| ring(zones, "99001B0LA")[2] = json!([201_500, 100_550]));
    town.accepts(&["99001A00-", "ground between the zones belongs to none"]);
}

#[test]
fn what_no_repair_can_mend_is_refused_with_and_without_it() {
    let town = Town::new();
    let keep = town.text(ZONES);
    let refused = |words: &[&str]| {
        town.refuses(1, words);
        town.check(&["--repair", "--lang", "en"]).exits(1).says(words);
        town.write(ZONES, &keep);
    };
    spoil(&town, |zones| {
        let again = zone(zones, "99001C010").clone();
        zones["features"].as_array_mut().unwrap().push(again);
    });
    refused(&["99001C010: the code occurs more than once", "merge the parts of a zone into a multipolygon"]);
    spoil(&town, |zones| zone(zones, "99001C010")["geometry"] = Value::Null);
    refused(&["99001C010: the zone has no outline", "mend the outlines in a program"]);
    spoil(&town, |zones| zone(zones, "99001C010")["properties"]["code"] = json!(""));
    refused(&["the zone has no code", "mend the outlines in a program"]);
    town.write(ZONES, keep.replacen("202500, 102000", "NaN, 102000", 1));
    refused(&["99001C010: a coordinate is not a finite number", "mend the outlines in a program"]);
    spoil(&town, |zones| zone(zones, "99001C010")["geometry"] = json!({ "type": "Point", "coordinates": [202_000, 101_400] }));
    refused(&["feature 1 (99001C010): expected a polygon, found POINT"]);
}

#[test]
fn meters_in_a_geojson_file_without_a_crs_are_refused_and_read_once_declared() {
    let town = Town::new();
    spoil(&town, |zones| drop(zones.as_object_mut().unwrap().remove("crs")));
    let words =
        ["zones.geojson", "look like EPSG:31370 (Lambert 72)", "states no known CRS is in degrees", "help: declare zones_crs = 31370"];
    town.refuses(1, &words);
    let keep = town.text("valmont/territory.toml");
    town.edit("valmont/territory.toml", "crs = 31370\n", "crs = 31370\nzones_crs = 31370\n");
    town.accepts(&["All is ready"]);
    town.write("valmont/territory.toml", keep);
    town.write("observatory.toml", format!("zones_crs = 31370\n{}", town.text("observatory.toml")));
    town.accepts(&["All is ready"]);
    spoil(&town, |zones| zones["crs"] = json!({ "type": "name", "properties": { "name": "urn:ogc:def:crs:EPSG::99999" } }));
    town.accepts(&["All is ready"]);
    town.edit("observatory.toml", "zones_crs = 31370\n", "");
    town.refuses(1, &words);
}

#[test]
fn a_wrong_or_unknown_crs_of_the_zones_is_named() {
    let town = Town::new();
    let keep = town.text("observatory.toml");
    town.write("observatory.toml", format!("zones_crs = 3812\n{keep}"));
    town.refuses(1, &["zones.geojson", "look like EPSG:31370", "declared as EPSG:3812", "declare zones_crs = 31370"]);
    town.write("observatory.toml", format!("zones_crs = 99999\n{keep}"));
    town.refuses(2, &["EPSG:99999 is not a CRS that PROJ knows", "zones_crs = 31370"]);
    town.write("observatory.toml", keep);
    spoil(&town, |zones| {
        for zone in zones["features"].as_array_mut().unwrap() {
            let swapped = zone["geometry"]["coordinates"].to_string();
            let mut swapped: Value = serde_json::from_str(&swapped).unwrap();
            swap(&mut swapped);
            zone["geometry"]["coordinates"] = swapped;
        }
    });
    // Inside Belgium either way: it is the records that lie elsewhere.
    town.refuses(1, &["records/job_seekers.csv: x, y: ", "the axes look swapped"]);
}

/// Coordinates in another CRS, however deep they lie.
pub(crate) fn turn(value: &mut Value, transformer: &optima::territory::crs::Transformer) {
    let values = value.as_array_mut().unwrap();
    if values[0].is_number() {
        let (x, y) = transformer.point((values[0].as_f64().unwrap(), values[1].as_f64().unwrap())).unwrap();
        *value = json!([x, y]);
        return;
    }
    for value in values {
        turn(value, transformer);
    }
}

fn swap(value: &mut Value) {
    let values = value.as_array_mut().unwrap();
    if values[0].is_number() { values.swap(0, 1) } else { values.iter_mut().for_each(swap) }
}

#[test]
fn a_working_crs_that_cannot_be_measured_in_is_refused() {
    let town = Town::new();
    let file = "valmont/territory.toml";
    let keep = town.text(file);
    for (crs, words) in [("99999", "EPSG:99999 is not a CRS that PROJ knows"), ("4326", "EPSG:4326 is no CRS to measure in")] {
        town.edit(file, "crs = 31370", &format!("crs = {crs}"));
        town.refuses(2, &["territory.toml: crs: ", words, "31370"]);
        town.write(file, &keep);
    }
    town.edit(file, "crs = 31370", "crs = 31370\nnom = \"x\"");
    town.refuses(2, &["territory.toml: ", "unknown field `nom`"]);
}

#[test]
fn half_a_file_of_zones_is_refused() {
    let town = Town::new();
    let keep = town.text(ZONES);
    town.write(ZONES, &keep[..keep.len() / 2]);
    town.refuses(3, &["zones.geojson", "help: get the file again"]);
    town.write(ZONES, "");
    town.refuses(3, &["zones.geojson", "the file is empty"]);
    spoil_features(&town, &keep);
    town.refuses(3, &["zones.geojson", "the layer holds no feature"]);
    std::fs::remove_file(town.path(ZONES)).unwrap();
    town.refuses(3, &["zones.geojson", "there is no such file"]);
    let whole = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("layers/territories/seraing/zones.gpkg")).unwrap();
    town.edit("valmont/territory.toml", "zones = \"zones.geojson\"", "zones = \"zones.gpkg\"");
    for cut in [100, 5_000, whole.len() / 2] {
        town.write("valmont/zones.gpkg", &whole[..cut]);
        town.refuses(3, &["zones.gpkg"]);
    }
}

fn spoil_features(town: &Town, keep: &str) {
    town.write(ZONES, keep);
    spoil(town, |zones| zones["features"] = json!([]));
}

#[test]
fn a_commune_that_the_zones_lack_is_named_with_those_that_are_there() {
    let town = Town::new();
    town.edit("valmont/territory.toml", "nis = \"99001\"", "nis = \"99009\"");
    town.refuses(2, &["the commune 99009 is not in the file; there are 99001 (9 zones), 99002 (1 zones)", "check nis in territory.toml"]);
}

#[test]
fn mistakes_of_the_crosswalk_are_named() {
    let town = Town::new();
    let file = "valmont/crosswalk.csv";
    let keep = town.text(file);
    let refused = |from: &str, to: &str, words: &[&str]| {
        town.edit(file, from, to);
        town.refuses(2, words);
        town.write(file, &keep);
    };
    refused("99001C010", "99001C011", &["crosswalk.csv", "sector 99001C011 is not among the zones"]);
    refused("99001B100,0.4", "99001B100,0.5", &["crosswalk.csv", "the weights of sector 99001B100 sum to 1.1"]);
    refused("sector,weight", "secteur,weight", &["crosswalk.csv", "the column \"sector\" is missing"]);
    refused("99001B100,0.4", "99001B100,NaN", &["crosswalk.csv", "weight: expected more than 0 and at most 1"]);
    refused(&keep, "", &["crosswalk.csv", "the column \"quartier\" is missing"]);
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(&keep);
    town.write(file, bytes);
    town.refuses(2, &["crosswalk.csv:8: the text is not UTF-8", "CSV UTF-8"]);
}
