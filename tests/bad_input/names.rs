//! Names that are programs elsewhere: formulas, HTML, SQL, marks of direction. They come out as the texts they are.

use std::path::Path;

use gdal::vector::LayerAccess;
use gdal::vector::sql::Dialect;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use serde_json::{Value, json};

use crate::outlines::{spoil, zone};
use crate::settings::with_own_layers;
use crate::town::{INTERVIEWS, Town};

const HTML: &str = "<script>alert(1)</script>\"'&]]>--><!--";
const SQL: &str = "a\"b'; DROP TABLE gpkg_contents; --";
const MARKS: &str = "A\u{2028}B\u{202e}C\u{2066}D";

/// The name of the quartier 02, in the release.
fn named(town: &Town, name: &str) {
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    town.write("valmont/crosswalk.csv", town.text("valmont/crosswalk.csv").replace("Rive gauche", &quoted));
}

fn text<'o>(outputs: &'o std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>, name: &str) -> &'o str {
    std::str::from_utf8(&outputs[Path::new(name)]).unwrap()
}

/// The name of the quartier 02 in a map, as a reader of JSON gets it.
fn in_geojson(town: &Town) -> String {
    let map: Value = serde_json::from_str(text(&town.outputs(), "geojson/job_seeker_count.geojson")).unwrap();
    let zone = map["features"].as_array().unwrap().iter().find(|zone| zone["id"] == "02").unwrap().clone();
    zone["properties"]["zone_name"].as_str().unwrap().to_owned()
}

/// The first column of a query's answer, as a reader of the GeoPackage gets it.
fn ask(town: &Town, query: &str) -> Vec<String> {
    let open_flags = GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY;
    let options = DatasetOptions { open_flags, open_options: Some(&["IMMUTABLE=YES"]), ..DatasetOptions::default() };
    let dataset = Dataset::open_ex(town.release().join("valmont.gpkg"), options).unwrap();
    let mut answer = dataset.execute_sql(query, None, Dialect::DEFAULT).unwrap().unwrap();
    answer.features().map(|row| row.field_as_string(0).unwrap().unwrap_or_default()).collect()
}

#[test]
fn names_that_a_spreadsheet_would_run_get_an_apostrophe_and_numbers_stay_numbers() {
    let starts = ["=", "+", "-", "@", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}", "\u{a0}=", "\u{3000}@"];
    for five in starts.chunks(5) {
        let town = Town::new();
        let names = ["Centre-ville", "Rive gauche", "Les Hauts", "Étangs et Île", "Grands Prés"];
        let mut crosswalk = town.text("valmont/crosswalk.csv");
        for (name, start) in names.iter().zip(five) {
            crosswalk = crosswalk.replace(name, &format!("\"{start}HYPERLINK(\"\"http://x\"\")\""));
        }
        town.write("valmont/crosswalk.csv", crosswalk);
        town.build(&[]).exits(0);
        let mut seen = std::collections::BTreeSet::new();
        for file in town.outputs().keys().filter(|name| name.extension().is_some_and(|e| e == "csv")) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(town.release().join(file)).unwrap();
            for cell in reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
                let runs = cell.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
                assert!(!runs || cell.parse::<f64>().is_ok(), "{} holds {cell:?}", file.display());
                seen.extend(Some(cell).filter(|cell| cell.contains("HYPERLINK") && cell.starts_with('\'')));
            }
        }
        assert_eq!(seen.len(), 5, "{seen:?}");
        // Only tables are for spreadsheets: a map keeps the name.
        assert!(in_geojson(&town).ends_with("HYPERLINK(\"http://x\")") && !in_geojson(&town).starts_with('\''));
    }
}

#[test]
fn an_answer_that_a_spreadsheet_would_run_gets_an_apostrophe() {
    let town = Town::new();
    town.cells(INTERVIEWS, 17, |_, cells| {
        if cells[17] == "other" {
            cells[17] = "=1+1".to_owned();
        }
    });
    town.build(&[]).exits(0);
    let outputs = town.outputs();
    let bilan = text(&outputs, "tables/bilan.csv");
    assert!(bilan.contains("'=1+1") && !bilan.contains(",=1+1"), "{bilan}");
}

#[test]
fn html_and_script_in_names_come_out_literally_in_every_format() {
    let town = Town::new();
    named(&town, HTML);
    town.edit("observatory.toml", "Observatoire de Valmont", "Observatoire <script>alert(2)</script> & ]]>");
    town.build(&[]).exits(0);
    assert_eq!(in_geojson(&town), HTML);
    for (name, bytes) in town.outputs() {
        let kind = name.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
        if ["qgs", "qml", "svg", "xml"].contains(&kind.as_str()) {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains("<script"), "{} holds a script", name.display());
            well_formed(&text, &name);
        } else if ["json", "geojson"].contains(&kind.as_str()) {
            let _: Value = serde_json::from_slice(&bytes).unwrap();
        }
    }
    assert_eq!(ask(&town, "SELECT DISTINCT name FROM quartiers WHERE code = '02'"), [HTML]);
}

/// Whether each element that is opened is closed, in order: enough to see a name that broke out of its place.
fn well_formed(xml: &str, name: &Path) {
    let mut open: Vec<&str> = Vec::new();
    for element in xml.split('<').skip(1) {
        let inner = element.split('>').next().unwrap();
        assert!(element.contains('>'), "{}: an element that does not end", name.display());
        let tag = inner.trim_start_matches('/').split([' ', '/', '\n']).next().unwrap();
        if inner.starts_with('/') {
            assert_eq!(open.pop(), Some(tag), "{}", name.display());
        } else if !inner.starts_with(['?', '!']) && !inner.ends_with('/') {
            open.push(tag);
        }
    }
    assert!(open.is_empty(), "{}: {open:?} are open", name.display());
}

#[test]
fn marks_of_direction_and_line_separators_come_out_as_they_are_and_break_nothing() {
    let town = Town::new();
    named(&town, MARKS);
    town.build(&[]).exits(0);
    assert_eq!(in_geojson(&town), MARKS);
    assert_eq!(ask(&town, "SELECT DISTINCT name FROM quartiers WHERE code = '02'"), [MARKS]);
    let outputs = town.outputs();
    let mut reader = csv::Reader::from_path(town.release().join("tables/indicators.csv")).unwrap();
    assert!(reader.records().any(|row| &row.unwrap()[1] == MARKS));
    assert!(outputs.values().all(|bytes| !bytes.is_empty()));
}

#[test]
fn names_with_quotes_and_semicolons_are_no_sql() {
    let town = Town::new();
    let tables = "SELECT table_name FROM gpkg_contents ORDER BY table_name";
    town.build(&[]).exits(0);
    let before = ask(&town, tables);
    named(&town, SQL);
    town.edit("observatory.toml", "Observatoire de Valmont", &format!("Observatoire {}", SQL.replace('"', "\\\"")));
    spoil(&town, |zones| zone(zones, "99001C010")["properties"]["nom"] = json!(SQL));
    town.build(&[]).exits(0);
    assert_eq!(ask(&town, tables), before, "the registers are the same");
    assert_eq!(ask(&town, "SELECT DISTINCT name FROM quartiers WHERE code = '02'"), [SQL]);
    assert_eq!(ask(&town, "PRAGMA integrity_check"), ["ok"]);
}

#[test]
fn layers_called_as_sql_words_are_quoted_and_other_names_refused() {
    let town = Town::new();
    with_own_layers(&town);
    let layer = town.text("layers/themes/living/isolation.toml");
    let words = ["rowid", "select", "table", "order", "geom"];
    for name in words {
        town.write(&format!("layers/themes/living/{name}.toml"), &layer);
    }
    town.build(&["--lang", "en"]).exits(0);
    let tables = ask(&town, "SELECT table_name FROM gpkg_contents");
    for name in words {
        assert!(tables.iter().any(|table| table == name), "{name}");
        std::fs::remove_file(town.path(&format!("layers/themes/living/{name}.toml"))).unwrap();
    }
    for name in ["gpkg_contents", "sqlite_master", "rtree_x", "quartiers", "statistics", "qgis_projects"] {
        let path = format!("layers/themes/living/{name}.toml");
        town.write(&path, &layer);
        let words = format!("a layer cannot be named \"{name}\": another table bears the name");
        town.build(&["--lang", "en"]).exits(2).says(&[&words, "help: rename its file"]);
        std::fs::remove_file(town.path(&path)).unwrap();
    }
    for name in ["a b", "x;y\"", &"n".repeat(200)] {
        let path = format!("layers/themes/living/{name}.toml");
        town.write(&path, &layer);
        town.stops(2, &["is not a measure's name: a-z, 0-9 and _, at most 40"]);
        std::fs::remove_file(town.path(&path)).unwrap();
    }
}

#[test]
fn a_name_of_a_thousand_characters_is_kept_whole_and_breaks_nothing() {
    let town = Town::new();
    let long = "Très-long-".repeat(100);
    named(&town, &long);
    town.edit("observatory.toml", "Observatoire de Valmont", &long);
    town.build(&[]).exits(0);
    assert_eq!(in_geojson(&town), long);
    assert_eq!(ask(&town, "PRAGMA integrity_check"), ["ok"]);
}
