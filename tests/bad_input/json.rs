//! GeoJSON that GDAL would take, or half take, without a word: names twice, texts cut at a NUL, numbers rounded.

use serde_json::Value;

use crate::outlines::spoil;
use crate::town::{JOB_SEEKERS, Town, ZONES};

/// The zones with one text in the place of another, and what is said of it.
fn stops_with(town: &Town, change: impl FnOnce(&str) -> String, words: &[&str]) {
    let keep = town.text(ZONES);
    town.write(ZONES, change(&keep));
    town.stops(3, words);
    town.write(ZONES, keep);
}

/// A message with the line on which this stands in the sound file.
fn said(town: &Town, text: &str, message: &str) -> String {
    let line = town.text(ZONES).lines().position(|line| line.contains(text)).unwrap() + 1;
    format!("zones.geojson:{line}: {message}")
}

#[test]
fn json_that_ends_too_early_or_goes_on_is_refused_with_its_line() {
    let town = Town::new();
    stops_with(
        &town,
        |zones| zones[..zones.len() - 20].to_owned(),
        &["zones.geojson:", "the JSON ends in the middle", "help: get the file again: the transfer may have failed"],
    );
    let lines = town.text(ZONES).lines().count();
    let last = format!("zones.geojson:{}: something follows the end of the JSON", lines + 1);
    stops_with(&town, |zones| format!("{}\n{{}}", zones.trim_end()), &[&last]);
    stops_with(&town, |zones| format!("{}\n<!-- saved -->", zones.trim_end()), &[&last]);
    stops_with(&town, |_| "[1, 2, 3]".to_owned(), &["the file is damaged or of no format that holds outlines"]);
}

#[test]
fn a_name_twice_in_one_object_is_refused_with_its_line() {
    let town = Town::new();
    let features = |zones: &str| zones.replacen("\"features\"", "\"features\": [], \"features\"", 1);
    stops_with(&town, features, &[&said(&town, "\"features\"", "the name occurs twice in one object"), "help: write the file again"]);
    let code = |zones: &str| zones.replacen("\"code\": \"99001C010\"", "\"code\": \"99001C999\", \"code\": \"99001C010\"", 1);
    stops_with(&town, code, &[&said(&town, "99001C010", "the name occurs twice in one object")]);
}

#[test]
fn nesting_a_hundred_thousand_deep_is_refused_and_costs_no_stack() {
    let town = Town::new();
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    for change in [
        |zones: &str, open: &str, close: &str| zones.replacen("\"nom\"", &format!("\"deep\": {open}{close}, \"nom\""), 1),
        |zones: &str, open: &str, _: &str| zones.replacen("[[[202000", &format!("{open}[[[202000"), 1),
        |_: &str, open: &str, _: &str| open.replace('[', "{\"a\":"),
    ] {
        stops_with(&town, |zones| change(zones, &open, &close), &["the JSON is nested more than 128 deep", "no outline needs that"]);
    }
}

#[test]
fn a_text_with_a_nul_and_a_whole_number_too_long_are_refused() {
    let town = Town::new();
    stops_with(&town, |zones| zones.replacen("Les ", "Les\\u0000 ", 1), &[&said(&town, "99001C010", "a text holds a NUL character")]);
    let long = |zones: &str| zones.replacen("\"99001C010\"", "123456789012345678901234567890", 1);
    stops_with(&town, long, &[&said(&town, "99001C010", "a whole number has more digits than can be kept"), "help: write codes as texts"]);
    stops_with(&town, |zones| zones.replacen("\"99001C010\"", "18446744073709551615", 1), &["more digits than can be kept"]);
}

#[test]
fn outlines_in_another_encoding_are_refused_with_what_to_do() {
    let town = Town::new();
    let keep = town.text(ZONES);
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(&keep);
    let told = said(&town, "Étangs", "the text is not UTF-8");
    town.write(ZONES, bytes);
    town.stops(3, &[&told, "help: save it again as UTF-8"]);
    let wide: Vec<u8> = format!("\u{feff}{keep}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    town.write(ZONES, wide);
    town.stops(3, &["zones.geojson", "no format that holds outlines"]);
    town.write(ZONES, format!("\u{feff}{keep}"));
    town.passes(&["Valmont: 9 sectors"]);
}

#[test]
fn persons_whose_long_numbers_differ_in_the_last_digit_stay_two_persons() {
    let town = Town::new();
    let mut reader = csv::Reader::from_path(town.path(JOB_SEEKERS)).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let features: Vec<Value> = reader
        .records()
        .map(Result::unwrap)
        .enumerate()
        .map(|(i, row)| {
            let mut properties: serde_json::Map<String, Value> =
                names.iter().zip(row.iter()).filter(|(_, cell)| !cell.is_empty()).map(|(name, cell)| (name.clone(), cell.into())).collect();
            // From 2^53 on a decimal number holds only every second of these.
            properties.insert("person".to_owned(), serde_json::json!(9_007_199_254_740_993_u64 + i as u64));
            serde_json::json!({ "type": "Feature", "geometry": null, "properties": properties })
        })
        .collect();
    let collection = serde_json::json!({ "type": "FeatureCollection", "features": features });
    town.write("records/job_seekers.geojson", collection.to_string());
    town.edit("observatory.toml", "records/job_seekers.csv", "records/job_seekers.geojson");
    assert_eq!(town.counts("job_seekers"), [1604, 1604, 0]);
    town.write("records/job_seekers.geojson", collection.to_string().replacen("\"age\"", "\"age\":\"1\",\"age\"", 1));
    town.stops(3, &["job_seekers.geojson:1: the name occurs twice in one object"]);
}

#[test]
fn members_that_nobody_asks_for_change_nothing() {
    let town = Town::new();
    spoil(&town, |zones| {
        zones["bbox"] = serde_json::json!([0, 0, 1, 1]);
        zones["$schema"] = serde_json::json!("https://example.invalid/schema.json");
    });
    town.passes(&["Valmont: 9 sectors"]);
}
