//! The GeoPackage read back: by GDAL, by `ogrinfo`, by QGIS.

// Published numbers are compared to the last digit; a test says aloud that it skipped.
#![allow(clippy::float_cmp, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::Command;

use gdal::Dataset;
use gdal::vector::LayerAccess;

use super::{write, write_project};
use crate::error::ErrorKind;
use crate::publish::sql::texts;
use crate::publish::{Release, town};
use crate::territory::Outlines;
use crate::texts::Language;

struct Written {
    folder: tempfile::TempDir,
    layers: Vec<super::LayerInfo>,
}

impl Written {
    fn gpkg(&self) -> PathBuf {
        self.folder.path().join("town.gpkg")
    }

    fn open(&self) -> Dataset {
        Dataset::open(self.gpkg()).unwrap()
    }
}

fn written_as(release: &Release, language: Language) -> Written {
    let catalog = town::catalog(language);
    let (shown, territory) = (town::shown(), town::territory());
    let folder = tempfile::tempdir().unwrap();
    let layers = write(&folder.path().join("town.gpkg"), &shown, &territory, &catalog, release).unwrap();
    write_project(&folder.path().join("town.qgz"), "town.gpkg", &shown, &territory, &catalog, release).unwrap();
    Written { folder, layers }
}

fn written() -> Written {
    written_as(&town::release(), Language::Fr)
}

#[test]
fn every_layer_of_the_catalog_becomes_a_table_of_all_zones() {
    let written = written();
    let rows = |name: &str| written.layers.iter().find(|l| l.name == name).unwrap_or_else(|| panic!("{name}")).rows;
    for layer in &town::catalog(Language::Fr).layers {
        assert_eq!(rows(&layer.id), 21, "{}", layer.id);
    }
    assert_eq!([rows("quartiers"), rows("series"), rows("territory_series"), rows("quartiers_series")], [21, 21 * 8, 8, 21 * 8]);
    let dataset = written.open();
    for layer in &written.layers {
        let found = dataset.layer_by_name(&layer.name).unwrap();
        assert_eq!(found.feature_count(), layer.rows as u64, "{}", layer.name);
        assert_eq!(found.spatial_ref().is_some(), layer.spatial, "{}", layer.name);
    }
}

#[test]
fn values_are_what_readers_see_and_hidden_ones_are_nowhere() {
    let dataset = written().open();
    let ask = |sql: &str| texts(&dataset, sql).unwrap();
    let one = |column: &str, zone: &str| {
        ask(&format!("SELECT coalesce({column}, 'nothing') FROM job_seeker_rate WHERE zone_code = '{zone}'")).concat()
    };
    let shown = town::shown();
    let measure = &shown.measures()[0];
    let territory = town::territory();
    let zone = territory.quartiers.by_code("99001A00-").unwrap();
    let cell = measure.cell(7, zone);
    let expected = cell.shown().unwrap();
    let number = |column: &str| one(column, "99001A00-").parse::<f64>().unwrap();
    assert_eq!(number("value"), (expected.value * 1e6).round() / 1e4);
    assert_eq!(number("numerator"), expected.numerator.unwrap());
    assert_eq!(number("change_year"), (expected.since_year.unwrap().difference * 1e6).round() / 1e4);
    assert_eq!(number("change_year_p"), 0.031_235);
    assert_eq!((one("status", "99001A00-").as_str(), one("change_year_signal", "99001A00-").as_str()), ("V", "up"));
    assert_eq!((one("period", "99001A00-").as_str(), one("value", "99001A10-").as_str()), ("2003-Q4", "0"));
    for (zone, status) in [("99001A03-", "S"), ("99001A16-", "S"), ("99001A07-", "N")] {
        assert_eq!(one("status", zone), status);
        for column in ["value", "numerator", "denominator", "low", "high", "change_quarter", "change_year_p", "change_year_signal"] {
            assert_eq!(one(column, zone), "nothing", "{zone} {column}");
        }
    }
    // A map of counts shows the count, and no interval or test of the rate.
    assert_eq!(
        ask("SELECT count(*) FROM job_seeker_count WHERE value IS NOT numerator OR low IS NOT NULL OR change_year_p IS NOT NULL"),
        ["0"]
    );
    let change = "SELECT count(*) FROM job_seeker_count c JOIN series now ON now.zone_code = c.zone_code AND now.period = '2003-Q4' \
                  JOIN series before ON before.zone_code = c.zone_code AND before.period = '2002-Q4' \
                  WHERE c.change_year IS NOT now.job_seekers_n - before.job_seekers_n";
    assert_eq!(ask(change), ["0"]);
    // The long table says the same as the map at its quarter.
    let same = "SELECT count(*) FROM job_seeker_rate m JOIN series s USING (zone_code, period) WHERE m.value IS NOT s.job_seekers \
                OR m.status <> s.job_seekers_status OR m.low IS NOT s.job_seekers_low OR m.change_year IS NOT s.job_seekers_change_year";
    assert_eq!(ask(same), ["0"]);
    assert_eq!(
        ask(
            "SELECT count(*) FROM series WHERE job_seekers_status IN ('S', 'N') AND (job_seekers IS NOT NULL OR job_seekers_n IS NOT NULL)"
        ),
        ["0"]
    );
    assert_eq!(ask("SELECT CAST(period_end AS TEXT) FROM territory_series WHERE period = '2003-Q1'"), ["2003-03-31"]);
}

#[test]
fn the_same_release_gives_the_same_bytes() {
    let bytes = |written: &Written, name: &str| std::fs::read(written.folder.path().join(name)).unwrap();
    let (first, second) = (written(), written());
    for name in ["town.gpkg", "town.qgz"] {
        assert!(bytes(&first, name) == bytes(&second, name), "{name} differs from run to run");
    }
}

#[test]
fn no_place_of_this_machine_and_no_clock_is_inside() {
    let written = written();
    let file = std::fs::read(written.gpkg()).unwrap();
    let holds = |text: &str| file.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(holds("job_seeker_rate"), "the search works");
    assert!(!holds(&written.folder.path().display().to_string()) && !holds(env!("CARGO_MANIFEST_DIR")));
    let dataset = written.open();
    for sql in [
        "SELECT DISTINCT CAST(last_change AS TEXT) FROM gpkg_contents",
        "SELECT DISTINCT CAST(timestamp AS TEXT) FROM gpkg_metadata_reference",
        "SELECT DISTINCT CAST(update_time AS TEXT) FROM layer_styles",
    ] {
        assert_eq!(texts(&dataset, sql).unwrap(), ["2004-01-15T00:00:00.000Z"], "{sql}");
    }
}

#[test]
fn titles_say_schematic_and_synthetic_only_where_that_is_so() {
    let title = |written: &Written, layer: &str| written.layers.iter().find(|l| l.name == layer).unwrap().title.clone();
    let marked = written();
    assert_eq!(
        title(&marked, "job_seeker_rate"),
        "Taux de demande d'emploi, 4e trimestre 2003 (contours schématiques, données de synthèse)"
    );
    let about = texts(&marked.open(), "SELECT group_concat(description) FROM gpkg_contents WHERE data_type = 'features'").unwrap().concat();
    assert!(about.contains("ne décrivent aucune personne") && about.contains("Les contours sont schématiques"));
    let catalog = town::catalog(Language::En);
    let release = Release { synthetic: false, texts: catalog.texts.clone(), ..town::release() };
    let territory = crate::territory::Territory { outlines: Outlines::Official, ..town::territory() };
    let folder = tempfile::tempdir().unwrap();
    let layers = write(&folder.path().join("plain.gpkg"), &town::shown(), &territory, &catalog, &release).unwrap();
    let plain = Written { folder, layers };
    assert_eq!(title(&plain, "isolation"), "Isolation among persons interviewed, 1999–2002");
}

#[test]
fn an_existing_file_is_never_written_over() {
    let written = written();
    let before = std::fs::read(written.gpkg()).unwrap();
    let catalog = town::catalog(Language::Fr);
    let error = write(&written.gpkg(), &town::shown(), &town::territory(), &catalog, &town::release()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Output);
    assert!(std::fs::read(written.gpkg()).unwrap() == before);
    let nowhere = written.folder.path().join("no such folder/town.gpkg");
    let error = write(&nowhere, &town::shown(), &town::territory(), &catalog, &town::release()).unwrap_err();
    assert_eq!((error.kind(), error.file()), (ErrorKind::Output, Some(nowhere.as_path())));
}

#[test]
fn every_column_is_described_and_every_text_exists() {
    let written = written();
    let dataset = written.open();
    for layer in &written.layers {
        let undescribed = format!(
            "SELECT name FROM pragma_table_info('{0}') WHERE name NOT IN ('fid', 'geom', 'OGC_FID') AND name NOT IN \
             (SELECT column_name FROM gpkg_data_columns WHERE table_name = '{0}' AND length(title) > 0 AND length(description) > 0)",
            layer.name
        );
        assert_eq!(texts(&dataset, &undescribed).unwrap(), Vec::<String>::new(), "{}", layer.name);
    }
    // A key that the catalog lacks would stand for itself.
    for sql in [
        "SELECT title || ' ' || description FROM gpkg_data_columns",
        "SELECT description FROM gpkg_data_column_constraints",
        "SELECT identifier || ' ' || description FROM gpkg_contents",
        "SELECT styleQML FROM layer_styles",
    ] {
        for text in texts(&dataset, sql).unwrap() {
            for section in
                ["column.", "note.", "status.", "signal.", "legend.", "metadata.", "table.", "unit.", "map.", "project.", "interval."]
            {
                let key = text.split(section).skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
                assert!(!key, "{section} in {text:.200}");
            }
            assert!(!text.contains('{') || text.contains("{rule-"), "a placeholder is left in {text:.200}");
        }
    }
}

/// Runs a program on the written release; `None`, said aloud, where it is not installed.
fn ask(program: &str, arguments: &[&std::ffi::OsStr]) -> Option<std::process::Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) => {
            eprintln!("skipped: {program}: {error}");
            None
        }
    }
}

#[test]
fn ogrinfo_reads_all_layers_without_a_warning() {
    let written = written();
    let Some(output) = ask("ogrinfo", &["-al".as_ref(), "-so".as_ref(), written.gpkg().as_os_str()]) else { return };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && err.is_empty(), "{err}");
    assert!(!out.to_lowercase().contains("warning"), "{out}");
    for layer in &written.layers {
        assert!(out.contains(&format!("Layer name: {}\n", layer.name)), "{}", layer.name);
    }
}

#[test]
fn qgis_opens_layers_and_projects_styled() {
    let written = written();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/qgis_opens.py");
    let Some(output) = ask("/usr/bin/python3", &[script.as_os_str(), written.folder.path().as_os_str()]) else { return };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() == Some(77) {
        eprintln!("skipped: QGIS is not installed: {out}");
        return;
    }
    assert!(output.status.success(), "{out}\n{err}");
    let found: serde_json::Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(found["layers"]["job_seeker_rate"]["renderer"], "RuleRenderer");
    assert_eq!(found["layers"]["job_seeker_rate"]["rules"].as_array().unwrap().len(), 5 + 4);
    let (shown, catalog) = (town::shown(), town::catalog(Language::Fr));
    let (by_quarter, quarters) = super::tables::quarterly(&shown);
    let moving = catalog.layers.iter().filter(|layer| by_quarter.iter().any(|m| m.id().as_str() == layer.measure.id)).count();
    assert_eq!((found["stored"]["temporal"].as_u64(), found["stored"]["frames"].as_u64()), (Some(moving as u64), Some(8)));
    assert!(moving > 7 && quarters.len() == 8);
    assert_eq!(found["stored"]["themes"].as_array().unwrap().len(), catalog.layers.len() + moving);
}

#[test]
fn hostile_words_stay_words() {
    let mut catalog = town::catalog(Language::Fr);
    let hostile = "');DROP TABLE series;--\"]]></rule><b>&amp;{label}";
    for layer in &mut catalog.layers {
        for text in [&mut layer.title, &mut layer.label, &mut layer.numerator, &mut layer.reading] {
            hostile.clone_into(&mut text.fr);
        }
    }
    let mut territory = town::territory();
    let mut zones = territory.quartiers.as_slice().to_vec();
    hostile.clone_into(&mut zones[0].name);
    territory.quartiers = crate::territory::Zones::new(zones).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a'b \"c.gpkg");
    let layers = write(&path, &town::shown(), &territory, &catalog, &town::release()).unwrap();
    let besides: Vec<&str> = layers[catalog.layers.len()..].iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(besides, ["quartiers", "series", "territory_series", "statistics", "forecasts", "quartiers_series"]);
    let dataset = Dataset::open(&path).unwrap();
    let ask = |sql: &str| texts(&dataset, sql).unwrap();
    assert_eq!(ask("SELECT zone_name FROM series WHERE zone_code = '99001A00-' LIMIT 1"), [hostile]);
    assert_eq!(ask("SELECT count(*) FROM gpkg_contents"), [(layers.len() + 1).to_string()]);
    assert_eq!(ask("SELECT count(*) FROM (SELECT identifier FROM gpkg_contents GROUP BY identifier HAVING count(*) > 1)"), ["0"]);
    let titles: std::collections::BTreeSet<_> = layers.iter().map(|l| l.title.as_str()).collect();
    assert_eq!(titles.len(), layers.len());
}

#[test]
fn a_release_without_measures_still_has_its_outlines() {
    let catalog = town::catalog(Language::Fr);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.gpkg");
    let nothing = crate::protect::Protected::for_tests(Vec::new());
    let layers = write(&path, &nothing, &town::territory(), &catalog, &town::release()).unwrap();
    assert_eq!(layers.iter().map(|l| (l.name.as_str(), l.rows)).collect::<Vec<_>>(), [("quartiers", 21)]);
}
