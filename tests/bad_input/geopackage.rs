//! GeoPackages that are damaged, busy or hostile, as outlines and as records: looked at before they are opened, never run,
//! never changed.

use std::path::Path;

use gdal::vector::sql::Dialect;
use gdal::vector::{Defn, Feature, FieldDefn, Geometry, LayerOptions, OGRFieldType, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};

use crate::formats::delivered_by_gdal;
use crate::town::{Town, ZONES, files, run};

const ENDLESS: &str = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT";

/// The zones of Valmont as a GeoPackage of this layer, which the territory names; gives its name.
fn zones_as(town: &Town, layer_name: &str) -> &'static str {
    let name = "valmont/zones.gpkg";
    let zones: serde_json::Value = serde_json::from_str(&town.text(ZONES)).unwrap();
    let mut dataset = DriverManager::get_driver_by_name("GPKG").unwrap().create_vector_only(town.path(name)).unwrap();
    let crs = gdal::spatial_ref::SpatialRef::from_epsg(31370).unwrap();
    let options = LayerOptions { name: layer_name, srs: Some(&crs), ty: OGRwkbGeometryType::wkbUnknown, ..LayerOptions::default() };
    let layer = dataset.create_layer(options).unwrap();
    let columns = ["code", "nom", "commune", "section"];
    for column in columns {
        FieldDefn::new(column, OGRFieldType::OFTString).unwrap().add_to_layer(&layer).unwrap();
    }
    let defn = Defn::from_layer(&layer);
    for zone in zones["features"].as_array().unwrap() {
        let mut feature = Feature::new(&defn).unwrap();
        for (i, column) in columns.iter().enumerate() {
            feature.set_field_string(i, zone["properties"][column].as_str().unwrap()).unwrap();
        }
        feature.set_geometry(Geometry::from_geojson(&zone["geometry"].to_string()).unwrap()).unwrap();
        feature.create(&layer).unwrap();
    }
    dataset.close().unwrap();
    town.edit("valmont/territory.toml", "zones = \"zones.geojson\"", "zones = \"zones.gpkg\"");
    name
}

/// Statements run in a file, as its author would.
fn sql(path: &Path, statements: &[&str]) {
    let open_flags = GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_UPDATE;
    let dataset = Dataset::open_ex(path, DatasetOptions { open_flags, ..DatasetOptions::default() }).unwrap();
    for statement in statements {
        drop(dataset.execute_sql(statement, None, Dialect::DEFAULT).unwrap());
    }
    dataset.close().unwrap();
}

/// Both uses of a GeoPackage: the records and the zones, each in a town of its own.
fn both() -> [(Town, String); 2] {
    let (records, zones) = (Town::new(), Town::new());
    let records_name = delivered_by_gdal(&records, "gpkg", "GPKG").unwrap();
    let zones_name = zones_as(&zones, "zones").to_owned();
    [(records, records_name), (zones, zones_name)]
}

#[test]
fn a_flipped_page_is_refused_for_records_and_for_zones() {
    for (town, name) in both() {
        let mut bytes = std::fs::read(town.path(&name)).unwrap();
        let page = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
        for start in (20 * page..bytes.len()).step_by(3 * page) {
            bytes[start] ^= 0xFF;
        }
        town.write(&name, bytes);
        town.stops(3, &[&name, "the database is damaged"]);
    }
}

#[test]
fn a_truncated_database_is_refused_for_records_and_for_zones() {
    for (town, name) in both() {
        let bytes = std::fs::read(town.path(&name)).unwrap();
        for part in [2, 3] {
            town.write(&name, &bytes[..bytes.len() * part / 4]);
            town.stops(3, &[&name]);
        }
    }
}

#[test]
fn a_hot_journal_and_a_log_beside_the_file_are_refused_and_left_alone() {
    for (town, name) in both() {
        for (suffix, start) in [("-journal", &b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"[..]), ("-wal", b"\x37\x7f\x06\x82")] {
            let beside = format!("{name}{suffix}");
            town.write(&beside, [start, &[0; 600]].concat());
            town.stops(3, &[&name, &format!("(there is a file that ends in {suffix})"), "close the program that has it open"]);
            std::fs::remove_file(town.path(&beside)).unwrap();
        }
    }
}

#[test]
fn a_file_in_wal_mode_is_read_without_a_byte_beside_it() {
    for (town, name) in both() {
        let mut bytes = std::fs::read(town.path(&name)).unwrap();
        // The versions of the file format for writing and for reading: 2 is the mode with a log.
        bytes[18..20].copy_from_slice(&[2, 2]);
        town.write(&name, bytes);
        town.passes(&["Valmont: 9 sectors", "1604 used + 0 set aside"]);
    }
}

#[test]
fn an_endless_view_is_never_run() {
    for (town, name) in both() {
        sql(
            &town.path(&name),
            &[
                &format!("CREATE VIEW endless AS {ENDLESS} count(*) AS person, 1 AS geom FROM r"),
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('endless', 'attributes', 'endless', 0)",
            ],
        );
        town.passes(&["Valmont: 9 sectors", "1604 used + 0 set aside"]);
    }
    let (town, name) = {
        let [records, _] = both();
        records
    };
    sql(
        &town.path(&name),
        &["ALTER TABLE gpkg_contents RENAME TO kept", &format!("CREATE VIEW gpkg_contents AS {ENDLESS} * FROM r, kept")],
    );
    town.stops(3, &[&name, "the database's registers are views: programs that would run when it is opened"]);
}

#[test]
fn a_view_is_no_layer_to_ask_for() {
    let [(town, name), _] = both();
    sql(
        &town.path(&name),
        &[
            &format!("CREATE VIEW endless AS {ENDLESS} count(*) AS person FROM r"),
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('endless', 'attributes', 'endless', 0)",
        ],
    );
    town.declare("job_seekers", "layer = \"endless\"");
    town.stops(2, &[&name, "layer: there is no layer \"endless\"; there are: table"]);
}

#[test]
fn triggers_and_hostile_names_of_tables_are_data() {
    let hostile = "z\"; DROP TABLE gpkg_contents; --";
    let town = Town::new();
    let name = zones_as(&town, hostile);
    sql(
        &town.path(name),
        &[
            "CREATE TABLE \"a'b\" (x)",
            "CREATE TRIGGER boom AFTER INSERT ON \"a'b\" BEGIN SELECT load_extension('/tmp/x'); DELETE FROM gpkg_contents; END",
        ],
    );
    town.passes(&["Valmont: 9 sectors"]);
    let out = town.parent().join("release2");
    run(town.command("build").arg("--out").arg(&out)).exits(0);
    assert!(files(&out).keys().any(|name| name.ends_with("valmont.gpkg")));
}

/// Where the outline of a zone begins in the file: the byte that says its order.
fn outline_at(bytes: &[u8]) -> usize {
    let start: Vec<u8> = [202_000.0_f64, 101_400.0, 202_500.0, 101_300.0].iter().flat_map(|number| number.to_le_bytes()).collect();
    let at = bytes.windows(start.len()).position(|part| part == start).unwrap();
    assert_eq!(bytes[at - 13], 1, "little-endian");
    at - 13
}

#[test]
fn an_outline_that_promises_two_billion_rings_is_refused_without_the_memory_for_them() {
    let town = Town::new();
    let name = zones_as(&town, "zones");
    let sound = std::fs::read(town.path(name)).unwrap();
    let at = outline_at(&sound);
    let damages: [(usize, &[u8]); 5] =
        [(5, &[0xFF, 0xFF, 0xFF, 0x7F]), (9, &[0xFF, 0xFF, 0xFF, 0x7F]), (1, &[99]), (0, &[7]), (1, &[0xFF, 0xFF, 0xFF, 0xFF])];
    for (offset, bytes) in damages {
        let mut spoiled = sound.clone();
        spoiled[at + offset..at + offset + bytes.len()].copy_from_slice(bytes);
        town.write(name, spoiled);
        // Under a limit of memory: what is not there cannot be promised.
        let limited = format!(
            "ulimit -v 3000000; exec '{}' check '{}' --lang en",
            env!("CARGO_BIN_EXE_optima"),
            town.path("observatory.toml").display()
        );
        run(std::process::Command::new("bash").args(["-c", &limited]))
            .exits(1)
            .says(&["99001C010", "the outline is damaged and cannot be read"]);
    }
    town.stops(1, &["feature 1 (99001C010): the outline is damaged and cannot be read"]);
}

#[test]
fn a_flipped_coordinate_is_found_by_the_audit() {
    let town = Town::new();
    let name = zones_as(&town, "zones");
    let mut bytes = std::fs::read(town.path(name)).unwrap();
    let at = outline_at(&bytes);
    bytes[at + 13 + 7] ^= 0x40;
    town.write(name, bytes);
    town.stops(1, &["99001C010: a ring is not closed"]);
}

#[test]
fn a_crs_that_no_register_knows_must_be_declared() {
    let town = Town::new();
    let name = zones_as(&town, "zones");
    sql(&town.path(name), &["PRAGMA foreign_keys = OFF", "DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = 31370"]);
    town.stops(3, &["zones.gpkg", "the file states no CRS", "help: declare it: zones_crs = 31370"]);
    town.edit("valmont/territory.toml", "crs = 31370\n", "crs = 31370\nzones_crs = 31370\n");
    town.passes(&["Valmont: 9 sectors"]);
}

#[test]
fn registers_that_contradict_each_other_or_the_outlines_must_be_decided() {
    let town = Town::new();
    let name = zones_as(&town, "zones");
    let sound = std::fs::read(town.path(name)).unwrap();
    let add =
        "INSERT INTO gpkg_spatial_ref_sys SELECT 'l08', 3812, 'EPSG', 3812, definition, '' FROM gpkg_spatial_ref_sys WHERE srs_id = 31370";
    sql(&town.path(name), &[add, "UPDATE gpkg_contents SET srs_id = 3812"]);
    town.stops(
        3,
        &["zones.gpkg", "the layer's CRS is 31370 in one register and 3812 in another", "help: declare the right one: zones_crs = 31370"],
    );
    // In the header of one outline: eight bytes and an envelope of 32 before it.
    let mut bytes = sound;
    let header = outline_at(&bytes) - 40;
    assert_eq!(&bytes[header..header + 2], b"GP");
    bytes[header + 4..header + 8].copy_from_slice(&4326_i32.to_le_bytes());
    town.write(name, bytes);
    town.stops(3, &["zones.gpkg", "the layer's CRS is 31370, and that of its outlines 4326"]);
    town.edit("valmont/territory.toml", "crs = 31370\n", "crs = 31370\nzones_crs = 31370\n");
    town.passes(&["Valmont: 9 sectors"]);
}

#[test]
fn zones_of_a_join_are_opened_with_the_same_care() {
    let town = Town::new();
    let name = zones_as(&town, "zones");
    let join = |zones: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_optima"));
        command.arg("join").arg(town.path("records/addresses.csv")).arg("--zones").arg(town.path(zones));
        run(command.arg("--out").arg(town.parent().join("joined.gpkg")).args(["--force", "--lang", "en"]))
    };
    join(name).exits(0);
    town.write(
        "zones.vrt",
        "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    );
    join("zones.vrt").exits(3).says(&["zones.vrt", "no format that holds outlines"]);
    town.write("valmont/zones.gpkg-journal", [&b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"[..], &[0; 600]].concat());
    join(name).exits(3).says(&["there is a file that ends in -journal"]);
}
