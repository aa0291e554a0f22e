//! The registers of the GeoPackage: the view, column descriptions, metadata, styles and the stored project.

use std::fmt::Write as _;

use gdal::Dataset;
use gdal::spatial_ref::SpatialRef;

use crate::error::Result;
use crate::publish::Release;
use crate::publish::geopackage::columns::{Codes, Column};
use crate::publish::geopackage::contents::Contents;
use crate::publish::geopackage::metadata::{self, ISO_URI, QGIS_URI};
use crate::publish::geopackage::tables::{QUARTIERS, QUARTIERS_SERIES, SERIES};
use crate::publish::qgis::{Drawn, Style};
use crate::publish::sql::{identifier, literal, run};
use crate::territory::Territory;

/// The release's date as a GeoPackage writes a moment.
pub(super) fn timestamp(release: &Release) -> String {
    format!("{}T00:00:00.000Z", release.date)
}

/// Fills all registers; `project` is the packed project.
pub(super) fn write(
    dataset: &Dataset,
    contents: &Contents,
    project: &[u8],
    srs: &SpatialRef,
    territory: &Territory,
    release: &Release,
) -> Result<()> {
    let writer = Writer { dataset, release, moment: literal(&timestamp(release)) };
    writer.view(contents)?;
    writer.descriptions(contents)?;
    writer.metadata(contents, territory, &srs.to_wkt().unwrap_or_default())?;
    writer.styles(contents)?;
    writer.project(&territory.id.0, project)
}

struct Writer<'a> {
    dataset: &'a Dataset,
    release: &'a Release,
    /// The release's date as a literal.
    moment: String,
}

impl Writer<'_> {
    fn run(&self, statement: &str) -> Result<()> {
        run(self.dataset, statement)
    }

    /// One feature a quartier and quarter. The key is called `OGC_FID`: that is how GDAL knows the key of a view.
    fn view(&self, contents: &Contents) -> Result<()> {
        let Some((title, lines)) = &contents.view else { return Ok(()) };
        let mut columns = String::new();
        for column in contents.series_columns() {
            let _ = write!(columns, ", s.{}", identifier(&column.name));
        }
        let view = identifier(QUARTIERS_SERIES);
        self.run(&format!(
            "CREATE VIEW {view} AS SELECT s.fid AS OGC_FID, q.geom AS geom{columns} FROM {} AS s JOIN {} AS q ON q.code = s.zone_code",
            identifier(SERIES),
            identifier(QUARTIERS)
        ))?;
        let (name, source) = (literal(QUARTIERS_SERIES), literal(QUARTIERS));
        self.run(&format!(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, min_x, min_y, max_x, max_y, srs_id) \
             SELECT {name}, 'features', {}, {}, {}, min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents WHERE table_name = {source}",
            literal(title),
            literal(&lines.join("\n")),
            self.moment
        ))?;
        self.run(&format!(
            "INSERT INTO gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m) \
             SELECT {name}, column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns WHERE table_name = {source}"
        ))
    }

    /// Titles, descriptions and closed lists of codes, by the schema extension.
    fn descriptions(&self, contents: &Contents) -> Result<()> {
        self.run(
            "CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, \
             mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), \
             CONSTRAINT gdc_tn UNIQUE (table_name, name))",
        )?;
        self.run(
            "CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, \
             min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT, \
             CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))",
        )?;
        for codes in Codes::ALL {
            for (code, words) in codes.words(&self.release.texts) {
                self.run(&format!(
                    "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) VALUES ({}, 'enum', {}, {})",
                    literal(codes.name()),
                    literal(code),
                    literal(&words)
                ))?;
            }
        }
        for table in &contents.tables {
            self.describe(&table.name, &table.columns)?;
        }
        if contents.view.is_some() {
            self.describe(QUARTIERS_SERIES, contents.series_columns())?;
        }
        self.extension("gpkg_data_columns", "gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema")?;
        self.extension("gpkg_data_column_constraints", "gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema")
    }

    fn describe(&self, table: &str, columns: &[Column]) -> Result<()> {
        for (i, column) in columns.iter().enumerate() {
            // GDAL 3.7 and later shows `name` as the alias; it must be unique in its table.
            let twice = columns.iter().enumerate().any(|(j, other)| i != j && other.title == column.title);
            let name = if twice { format!("{} [{}]", column.title, column.name) } else { column.title.clone() };
            self.run(&format!(
                "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description, constraint_name) VALUES ({}, {}, {}, {}, {}, {})",
                literal(table),
                literal(&column.name),
                literal(&name),
                literal(&column.title),
                literal(&column.note),
                column.codes.map_or("NULL".to_owned(), |codes| literal(codes.name()))
            ))?;
        }
        Ok(())
    }

    fn extension(&self, table: &str, name: &str, definition: &str) -> Result<()> {
        self.run(
            "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, \
             definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))",
        )?;
        self.run(&format!(
            "INSERT INTO gpkg_extensions (table_name, column_name, extension_name, definition, scope) VALUES ({}, NULL, {}, {}, 'read-write')",
            literal(table),
            literal(name),
            literal(definition)
        ))
    }

    /// For the file as a whole one ISO record, for each layer one of QGIS and one of ISO.
    fn metadata(&self, contents: &Contents, territory: &Territory, wkt: &str) -> Result<()> {
        self.run(
            "CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset', \
             md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '')",
        )?;
        self.run(
            "CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER, \
             timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL, md_parent_id INTEGER, \
             CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id), \
             CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))",
        )?;
        let release = self.release;
        let whole = metadata::iso("geopackage", &release.title, &super::tables::common_lines(territory, release), territory, release);
        self.record(1, None, ISO_URI, &whole)?;
        let mut id = 1;
        let tables = contents.tables.iter().map(|t| (t.name.as_str(), t.title.as_str(), t.abstract_lines.as_slice()));
        let view = contents.view.iter().map(|(title, lines)| (QUARTIERS_SERIES, title.as_str(), lines.as_slice()));
        for (name, title, lines) in tables.chain(view) {
            self.record(id + 1, Some(name), QGIS_URI, &metadata::qgis(name, title, lines, territory, wkt, release))?;
            self.record(id + 2, Some(name), ISO_URI, &metadata::iso(name, title, lines, territory, release))?;
            id += 2;
        }
        self.extension("gpkg_metadata", "gpkg_metadata", "http://www.geopackage.org/spec121/#extension_metadata")?;
        self.extension("gpkg_metadata_reference", "gpkg_metadata", "http://www.geopackage.org/spec121/#extension_metadata")
    }

    fn record(&self, id: u32, table: Option<&str>, standard: &str, text: &str) -> Result<()> {
        self.run(&format!(
            "INSERT INTO gpkg_metadata (id, md_scope, md_standard_uri, mime_type, metadata) VALUES ({id}, 'dataset', {}, 'text/xml', {})",
            literal(standard),
            literal(text)
        ))?;
        // Layer records name the record of the whole file as their parent.
        let (scope, parent) = if table.is_some() { ("table", "1") } else { ("geopackage", "NULL") };
        self.run(&format!(
            "INSERT INTO gpkg_metadata_reference (reference_scope, table_name, timestamp, md_file_id, md_parent_id) VALUES ('{scope}', {}, {}, {id}, {parent})",
            table.map_or("NULL".to_owned(), literal),
            self.moment
        ))
    }

    /// `layer_styles` as QGIS makes it. Catalog and schema are empty texts: with NULL QGIS does not find the row.
    fn styles(&self, contents: &Contents) -> Result<()> {
        self.run(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256), \
             f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, \
             description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))",
        )?;
        self.run(&format!(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) \
             VALUES ('layer_styles', 'attributes', 'layer_styles', '', {})",
            self.moment
        ))?;
        let mut before = "";
        for (table, title, style) in contents.styles() {
            self.style(table, title, &style, table != before)?;
            before = table;
        }
        Ok(())
    }

    fn style(&self, table: &str, title: &str, style: &Style<'_>, default: bool) -> Result<()> {
        let geometry = if matches!(style.drawn, Drawn::Nothing) { "" } else { "geom" };
        self.run(&format!(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, \
             useAsDefault, description, owner, update_time) VALUES ('', '', {}, '{geometry}', {}, {}, '', {}, {}, '', {})",
            literal(table),
            literal(&title.chars().take(120).collect::<String>()),
            literal(&style.qml(&self.release.texts)),
            u8::from(default),
            literal(title),
            self.moment
        ))
    }

    /// The project as QGIS stores it: the hexadecimal text of a zip.
    fn project(&self, name: &str, packed: &[u8]) -> Result<()> {
        self.run("CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)")?;
        let mut hex = String::with_capacity(packed.len() * 2);
        for byte in packed {
            let _ = write!(hex, "{byte:02x}");
        }
        let about = serde_json::json!({
            "last_modified_time": format!("{}T00:00:00", self.release.date),
            "last_modified_user": "",
        });
        self.run(&format!(
            "INSERT INTO qgis_projects (name, metadata, content) VALUES ({}, {}, {})",
            literal(name),
            literal(&about.to_string()),
            literal(&hex)
        ))
    }
}
