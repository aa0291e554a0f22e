//! The whole release of Valmont as text: what a change of the program changes in what readers get shows as a difference of
//! lines in tests/golden/. `BLESS=1 cargo test --test golden` renews them; read the difference before it is committed.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may: a panic is how they fail, and they say when they skip"
)]

mod released;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gdal::vector::{FieldValue, Geometry, LayerAccess, geometry_type_to_name};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use released::{build, files, project};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The release, built once.
fn release() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    static RELEASE: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        build(&project().join("examples/valmont/observatory.toml"), &folder.path().join("release"));
        folder
    });
    RELEASE.get_or_init(|| folder.path().join("release"))
}

/// Compares a text with the kept one, or keeps it where BLESS=1 asks for it.
fn golden(name: &str, text: &str) {
    let path = project().join("tests/golden").join(name);
    #[expect(clippy::disallowed_methods, reason = "a test is told by its environment to renew what it compares with")]
    let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    if bless {
        released::write(&path, text);
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != text {
        let difference = kept.lines().zip(text.lines()).enumerate().find(|(_, (kept, now))| kept != now);
        let lines = (kept.lines().count(), text.lines().count());
        panic!("{name} has changed ({lines:?} lines); first: {difference:#?}\nBLESS=1 cargo test --test golden renews it");
    }
}

#[test]
fn the_table_of_valmont_is_the_one_kept() {
    let table = std::fs::read_to_string(release().join("tables/indicators.csv")).unwrap();
    assert!(table.ends_with("\r\n") && !table.replace("\r\n", "").contains(['\r', '\n']), "lines end as RFC 4180 says");
    golden("valmont/indicators.csv", &table.replace("\r\n", "\n"));
}

/// Takes a hash out of an entry after seeing that it is that of the file.
fn settle(entry: &mut Value, path: &Path) {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let hash = Sha256::digest(&bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    assert_eq!(entry["sha256"], hash.as_str(), "{}", path.display());
    if let Some(size) = entry.get("bytes") {
        assert_eq!(size.as_u64(), Some(bytes.len() as u64), "{}", path.display());
    }
    entry["sha256"] = "as the file".into();
}

#[test]
fn the_manifest_of_valmont_is_the_one_kept_and_its_hashes_are_those_of_the_files() {
    let mut manifest: Value = serde_json::from_slice(&std::fs::read(release().join("manifest.json")).unwrap()).unwrap();
    let example = project().join("examples/valmont");
    let territory = project().join("layers/territories/valmont");
    for entry in manifest["inputs"].as_array_mut().unwrap() {
        let name = entry["name"].as_str().unwrap().to_owned();
        let path = name.strip_prefix("territory/").map_or_else(|| example.join(&name), |name| territory.join(name));
        settle(entry, &path);
    }
    for entry in manifest["catalog"].as_array_mut().unwrap() {
        let path = project().join("layers").join(entry["name"].as_str().unwrap());
        settle(entry, &path);
    }
    let mut named = Vec::new();
    for entry in manifest["outputs"].as_array_mut().unwrap() {
        let name = entry["name"].as_str().unwrap().to_owned();
        settle(entry, &release().join(&name));
        named.push(name);
    }
    let there: Vec<String> = files(release()).into_keys().filter(|name| name != "manifest.json").collect();
    assert_eq!(named, there, "every file of the release is in its manifest");
    // Made of everything before it; `optima verify` holds it against that.
    assert!(manifest.as_object_mut().unwrap().shift_remove("manifest_sha256").is_some());
    golden("valmont/manifest.json", &format!("{}\n", serde_json::to_string_pretty(&manifest).unwrap()));
}

fn value_text(value: Option<FieldValue>) -> String {
    match value {
        None => "–".to_owned(),
        Some(FieldValue::StringValue(text)) if text.len() > 160 => "(long text)".to_owned(),
        Some(FieldValue::StringValue(text)) => text.replace('\n', "⏎"),
        Some(FieldValue::RealValue(number)) => number.to_string(),
        Some(FieldValue::DateValue(date)) => date.to_string(),
        Some(FieldValue::DateTimeValue(instant)) => instant.to_string(),
        Some(other) => format!("{other:?}"),
    }
}

/// An outline in few words: its form, its extent, its area.
fn outline(geometry: Option<&Geometry>) -> String {
    let Some(geometry) = geometry else { return "–".to_owned() };
    let e = geometry.envelope();
    format!("{} x {}..{} y {}..{} area {:.3}", geometry.geometry_name(), e.MinX, e.MaxX, e.MinY, e.MaxY, geometry.area())
}

#[test]
fn the_geopackage_of_valmont_holds_what_is_kept() {
    let package = Dataset::open(release().join("valmont.gpkg")).unwrap();
    let mut text = String::new();
    for mut layer in package.layers() {
        let crs = layer.spatial_ref().map_or("no CRS".to_owned(), |srs| format!("EPSG:{}", srs.auth_code().unwrap()));
        let kind = geometry_type_to_name(layer.defn().geometry_type());
        writeln!(text, "## {} ({kind}, {crs}, {} rows)", layer.name(), layer.feature_count()).unwrap();
        let fields: Vec<String> = layer.defn().fields().map(|f| format!("{} {}", f.name(), field_kind(f.field_type()))).collect();
        writeln!(text, "columns: {}", fields.join(", ")).unwrap();
        let spatial = layer.defn().geometry_type() != gdal::vector::OGRwkbGeometryType::wkbNone;
        for feature in layer.features() {
            let values: Vec<String> = feature.fields().map(|(_, value)| value_text(value)).collect();
            let geometry = if spatial { format!(" | {}", outline(feature.geometry())) } else { String::new() };
            writeln!(text, "{}: {}{geometry}", feature.fid().unwrap(), values.join(" | ")).unwrap();
        }
        text.push('\n');
    }
    golden("valmont/geopackage.txt", &text);
}

fn field_kind(kind: gdal::vector::OGRFieldType::Type) -> &'static str {
    use gdal::vector::OGRFieldType as T;
    match kind {
        T::OFTString => "text",
        T::OFTReal => "real",
        T::OFTInteger | T::OFTInteger64 => "integer",
        T::OFTDate => "date",
        T::OFTDateTime => "instant",
        _ => "other",
    }
}

/// Twice the signed area of a ring: positive against the clock.
fn turn(ring: &Value) -> f64 {
    let at = |position: &Value, i: usize| position[i].as_f64().unwrap();
    let positions = ring.as_array().unwrap();
    assert_eq!(positions.first(), positions.last(), "a ring closes");
    positions.windows(2).map(|w| at(&w[0], 0) * at(&w[1], 1) - at(&w[1], 0) * at(&w[0], 1)).sum()
}

/// Checks every map of a release against RFC 7946 and with GDAL; gives the number of rings that are holes.
fn maps(release: &Path, expected: &[&str]) -> usize {
    let names: Vec<String> = files(&release.join("geojson")).into_keys().collect();
    assert_eq!(names.len(), 22);
    let mut holes = 0;
    for name in &names {
        let path = release.join("geojson").join(name);
        let collection: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert!(collection.get("crs").is_none() && collection["type"] == "FeatureCollection", "{name}");
        let mut codes = Vec::new();
        for feature in collection["features"].as_array().unwrap() {
            assert_eq!(feature["id"], feature["properties"]["zone_code"], "{name}");
            codes.push(feature["id"].as_str().unwrap());
            let geometry = &feature["geometry"];
            let parts = match geometry["type"].as_str().unwrap() {
                "Polygon" => vec![&geometry["coordinates"]],
                "MultiPolygon" => geometry["coordinates"].as_array().unwrap().iter().collect(),
                other => panic!("{name}: {other}"),
            };
            for (at, ring) in parts.iter().flat_map(|rings| rings.as_array().unwrap().iter().enumerate()) {
                assert_eq!(turn(ring) > 0.0, at == 0, "{name}: outer rings turn against the clock, holes with it");
                holes += usize::from(at > 0);
                for position in ring.as_array().unwrap() {
                    let (lon, lat) = (position[0].as_f64().unwrap(), position[1].as_f64().unwrap());
                    assert!((5.0..5.3).contains(&lon) && (50.1..50.4).contains(&lat), "{name}: {lon} {lat}");
                }
            }
        }
        assert_eq!(codes, expected, "{name}");
        let options = DatasetOptions { open_flags: GdalOpenFlags::GDAL_OF_VECTOR, ..DatasetOptions::default() };
        let dataset = Dataset::open_ex(&path, options).unwrap();
        let mut layer = dataset.layer(0).unwrap();
        let read = (dataset.layer_count(), layer.feature_count(), layer.spatial_ref().unwrap().auth_code().unwrap());
        assert_eq!(read, (1, expected.len() as u64, 4326), "{name}");
        assert!(layer.features().all(|feature| feature.geometry().is_some_and(Geometry::is_valid)), "{name}");
    }
    holes
}

#[test]
fn the_geojson_of_each_map_is_of_rfc_7946_and_gdal_reads_it() {
    assert_eq!(maps(release(), &["01", "02", "03", "04", "05"]), 0, "the quartier of the center fills its hole");

    // By sectors, one of which lies within another.
    let folder = tempfile::tempdir().unwrap();
    let (records, territory) = (project().join("examples/valmont/records/"), project().join("layers/territories/valmont"));
    let text = std::fs::read_to_string(project().join("examples/valmont/observatory.toml")).unwrap();
    let changes = [
        ("\"records/", format!("\"{}", records.display())),
        ("territory = \"valmont\"", format!("territory = {territory:?}")),
        ("zoning = \"quartiers\"", "zoning = \"sectors\"".to_owned()),
    ];
    let text = changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    released::write(&folder.path().join("observatory.toml"), &text);
    let by_sector = folder.path().join("release");
    build(&folder.path().join("observatory.toml"), &by_sector);
    let codes = ["99001A00-", "99001A01-", "99001A110", "99001A120", "99001B00-", "99001B0LA", "99001B100", "99001C010", "99002X00-"];
    assert_eq!(maps(&by_sector, &codes), 22, "one hole a map");
}
