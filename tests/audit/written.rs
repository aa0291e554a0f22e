//! Releases written by hand: exactly what is told and what is hidden.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::released::optima;

/// A cell: measure, period, zone (`""` the territory), and `x/n`, or `S` for hidden.
pub(crate) type Cell<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Writes a release of these measures (name, what it counts, of which group, its parts) and cells.
pub(crate) fn release(folder: &Path, measures: &[(&str, &str, Option<&str>, Option<u8>)], cells: &[Cell<'_>]) -> PathBuf {
    let measures: Vec<serde_json::Value> = measures
        .iter()
        .map(|(id, numerator, denominator, parts)| {
            serde_json::json!({ "id": id, "unit": "share", "layers": [], "made_of": [],
                "counts": { "numerator": numerator, "denominator": denominator, "parts": parts } })
        })
        .collect();
    let manifest = serde_json::json!({
        "date": "2004-01-15", "territory": { "id": "town" }, "measures": measures, "frequencies": [],
        "disclosure": { "policy": "default", "minimum_count": 5, "minimum_denominator": 10, "zero_groups": "show", "full_groups": "hide" },
        "outputs": [{ "name": "tables/indicators.csv", "sha256": "" }, { "name": "geojson/zones.geojson", "sha256": "" }],
    });
    let mut rows = String::from("zone_code,measure,unit,period,value,numerator,denominator,status\r\n");
    for (measure, period, zone, told) in cells {
        let zone = if zone.is_empty() { "town" } else { zone };
        let figures = match told.split_once('/') {
            Some((x, n)) => format!("{},{x},{n},V", share(x, n)),
            None => format!(",,,{told}"),
        };
        let _ = write!(rows, "{zone},{measure},percent,{period},{figures}\r\n");
    }
    std::fs::create_dir_all(folder.join("tables")).unwrap();
    std::fs::write(folder.join("tables/indicators.csv"), rows).unwrap();
    std::fs::write(folder.join("manifest.json"), manifest.to_string()).unwrap();
    folder.to_path_buf()
}

fn share(x: &str, n: &str) -> String {
    match (x.parse::<f64>(), n.parse::<f64>()) {
        (Ok(x), Ok(n)) if n > 0.0 => format!("{:.4}", 100.0 * x / n),
        _ => String::new(),
    }
}

/// Outlines for a hand-written release: rectangles from x to x, of height 1.
pub(crate) fn outlines(folder: &Path, zones: &[(&str, f64, f64)]) {
    let feature = |(code, west, east): &(&str, f64, f64)| {
        serde_json::json!({ "type": "Feature", "properties": { "zone_code": code },
            "geometry": { "type": "Polygon", "coordinates": [[[west, 50.0], [east, 50.0], [east, 51.0], [west, 51.0], [west, 50.0]]] } })
    };
    let collection = serde_json::json!({ "type": "FeatureCollection", "features": zones.iter().map(feature).collect::<Vec<_>>() });
    std::fs::create_dir_all(folder.join("geojson")).unwrap();
    std::fs::write(folder.join("geojson/zones.geojson"), collection.to_string()).unwrap();
}

pub(crate) fn audit(release: &Path, further: &[&std::ffi::OsStr]) -> Output {
    optima().args(["--lang", "en", "audit"]).arg(release).args(further).output().unwrap()
}

/// The audit must refuse, with exit code 4, and say this of it.
pub(crate) fn refused(release: &Path, further: &[&std::ffi::OsStr], check: &str, reason: &str) {
    let output = audit(release, further);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{said}{}", String::from_utf8_lossy(&output.stdout));
    assert!(said.lines().any(|line| line.contains(&format!("- {check} ")) && line.contains(reason)), "{check} {reason}\n{said}");
}

pub(crate) fn passes(release: &Path, further: &[&std::ffi::OsStr]) {
    let output = audit(release, further);
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
}
