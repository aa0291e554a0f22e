//! What goes into a release's GeoPackage and project: tables, legends and styles, put together once for both.

use crate::catalog::{Catalog, Shows};
use crate::error::{Error, Result};
use crate::protect::Protected;
use crate::publish::geopackage::columns::Column;
use crate::publish::geopackage::tables::{
    QUARTIERS, QUARTIERS_SERIES, SERIES, TERRITORY_SERIES, Table, common_lines, map_table, marked, quarterly, quartiers_table,
    series_tables,
};
use crate::publish::legend::Legend;
use crate::publish::qgis::{Drawn, Group, Project, ProjectLayer, Style};
use crate::publish::{Release, derived, scenarios, studies};
use crate::territory::Territory;

/// A map: the table or view it is drawn from, and how.
#[derive(Debug, Clone)]
pub(crate) struct Map {
    /// The layer's name.
    pub(crate) layer: String,
    /// Its theme.
    theme: String,
    /// Its title without period and marks.
    title: String,
    /// How to read it.
    reading: String,
    /// Its legend, fixed over all periods.
    legend: Legend,
    /// The columns of the series that hold its number and its status, where it is quarterly.
    series: Option<(String, String)>,
}

/// Everything that is written, before any of it is.
#[derive(Debug)]
pub(crate) struct Contents {
    /// The maps, in catalog order; their tables come first in `tables`, in the same order.
    pub(crate) maps: Vec<Map>,
    /// All tables.
    pub(crate) tables: Vec<Table>,
    /// The title and the description of the view for the temporal controller, where there are series.
    pub(crate) view: Option<(String, Vec<String>)>,
}

/// Whether a name belongs to the format, to `SQLite`, to QGIS or to a table of every release.
fn is_taken(name: &str) -> bool {
    const PREFIXES: [&str; 3] = ["gpkg", "sqlite_", "rtree_"];
    const NAMES: [&str; 6] = [QUARTIERS, SERIES, TERRITORY_SERIES, QUARTIERS_SERIES, "layer_styles", "qgis_projects"];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn taken(name: &str) -> Error {
    Error::config(format!("a layer cannot be named \"{name}\": another table bears the name")).help("rename its file in layers/themes/")
}

impl Contents {
    /// Puts together what the catalog asks for and the release has; layers whose measure was not computed are left out.
    ///
    /// # Errors
    /// A layer whose style the catalog lacks, or whose name another table bears.
    pub(crate) fn of(shown: &Protected, territory: &Territory, catalog: &Catalog, release: &Release) -> Result<Self> {
        let texts = &release.texts;
        let (by_quarter, _) = quarterly(shown);
        let (mut maps, mut tables) = (Vec::new(), Vec::new());
        for layer in &catalog.layers {
            let Some(measure) = shown.measures().iter().find(|m| m.id().as_str() == layer.measure.id) else { continue };
            if is_taken(&layer.id) {
                return Err(taken(&layer.id));
            }
            let style = catalog.styles.get(&layer.style).ok_or_else(|| Error::config(format!("there is no style \"{}\"", layer.style)))?;
            let Some(table) = map_table(layer, style, measure, territory, release) else { continue };
            let id = measure.id().as_str();
            let column = match layer.shows {
                Shows::Value => id.to_owned(),
                Shows::Count => format!("{id}_n"),
            };
            maps.push(Map {
                layer: layer.id.clone(),
                theme: layer.theme.clone(),
                title: layer.title.get(texts.language()).to_owned(),
                reading: layer.reading.get(texts.language()).to_owned(),
                legend: Legend::of(layer, style, measure, texts),
                series: by_quarter.iter().any(|m| m.id() == measure.id()).then(|| (column, format!("{id}_status"))),
            });
            tables.push(table);
        }
        tables.push(quartiers_table(territory, release));
        let series = series_tables(shown, territory, catalog, release);
        let view = (!series.is_empty()).then(|| {
            let mut lines = vec![texts.get("table.quartiers_series_note").to_owned()];
            lines.extend(common_lines(territory, release));
            (marked(texts.get("table.quartiers_series"), territory, release), lines)
        });
        tables.extend(series);
        tables.extend(derived::tables(shown, territory, catalog, release));
        tables.extend(scenarios::table(release));
        tables.extend(studies::tables(shown.studies(), release));
        if let Some(at) = (0..tables.len()).find(|at| tables[..*at].iter().any(|other| other.name == tables[*at].name)) {
            return Err(taken(&tables[at].name));
        }
        // gpkg_contents wants titles to differ, and so does a list that a person chooses from.
        for i in 0..tables.len() {
            if tables[..i].iter().any(|other| other.title == tables[i].title) {
                tables[i].title = format!("{} [{}]", tables[i].title, tables[i].name);
            }
        }
        for i in 0..maps.len() {
            if maps[..i].iter().any(|other| other.title == maps[i].title) {
                maps[i].title = format!("{} [{}]", maps[i].title, maps[i].layer);
            }
        }
        Ok(Self { maps, tables, view })
    }

    /// The columns of the series, which are those of the view too.
    pub(crate) fn series_columns(&self) -> &[Column] {
        self.table(SERIES).map_or(&[], |table| table.columns.as_slice())
    }

    fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The default style of each table, and the styles of the view (the first is its default).
    pub(crate) fn styles(&self) -> Vec<(&str, &str, Style<'_>)> {
        let mut styles = Vec::new();
        for table in &self.tables {
            styles.push((table.name.as_str(), table.title.as_str(), self.style_of(table)));
        }
        for map in &self.maps {
            if let Some(style) = self.series_style(map) {
                styles.push((QUARTIERS_SERIES, map.title.as_str(), style));
            }
        }
        styles
    }

    fn style_of<'a>(&'a self, table: &'a Table) -> Style<'a> {
        let map = self.maps.iter().find(|map| map.layer == table.name);
        let drawn = match map {
            Some(map) => Drawn::Map { legend: &map.legend, value: "value", status: "status" },
            None if table.spatial => Drawn::Outlines,
            None if table.picture.is_some() => table.picture.map_or(Drawn::Nothing, Drawn::Picture),
            None => Drawn::Nothing,
        };
        let named = |name: &str| table.columns.iter().any(|column| column.name == name);
        let name = match table.name.as_str() {
            QUARTIERS => "name",
            _ if table.picture.is_none() => "zone_name",
            _ if named("modality_title") => "modality_title",
            _ => "group_title",
        };
        Style { drawn, name, columns: &table.columns }
    }

    fn series_style<'a>(&'a self, map: &'a Map) -> Option<Style<'a>> {
        let (value, status) = map.series.as_ref()?;
        Some(Style { drawn: Drawn::Map { legend: &map.legend, value, status }, name: "zone_name", columns: self.series_columns() })
    }

    /// The project beside a GeoPackage of this name.
    pub(crate) fn project<'a>(
        &'a self,
        geopackage: &str,
        territory: &Territory,
        catalog: &Catalog,
        release: &Release,
        wkt: String,
    ) -> Project<'a> {
        let texts = &release.texts;
        let mut groups = Vec::new();
        let mut layers = Vec::new();
        for theme in &catalog.themes {
            let maps: Vec<_> = self.maps.iter().filter(|map| map.theme == theme.id).collect();
            if maps.is_empty() {
                continue;
            }
            groups.push(Group { title: theme.title.get(texts.language()).to_owned(), exclusive: true });
            for map in maps {
                let Some(table) = self.table(&map.layer) else { continue };
                layers.push(ProjectLayer {
                    table: &table.name,
                    key: table.name.clone(),
                    title: table.title.clone(),
                    note: table.abstract_lines.join("\n"),
                    style: self.style_of(table),
                    group: groups.len() - 1,
                    temporal: false,
                    theme: Some(map.title.clone()),
                    visible: layers.is_empty(),
                });
            }
        }
        if let Some((_, lines)) = &self.view {
            groups.push(Group { title: texts.get("project.temporal_group").to_owned(), exclusive: true });
            for (map, style) in self.maps.iter().filter_map(|map| Some((map, self.series_style(map)?))) {
                let title = texts.fill("project.temporal_theme", &[("title", &map.title)]);
                layers.push(ProjectLayer {
                    table: QUARTIERS_SERIES,
                    key: format!("{QUARTIERS_SERIES}_{}", map.layer),
                    title: marked(&title, territory, release),
                    note: format!("{}\n{}", map.reading, lines.join("\n")),
                    style,
                    group: groups.len() - 1,
                    temporal: true,
                    theme: Some(title),
                    visible: false,
                });
            }
        }
        groups.push(Group { title: texts.get("project.tables_group").to_owned(), exclusive: false });
        for table in self.tables.iter().filter(|table| table.picture.is_none() && !self.maps.iter().any(|map| map.layer == table.name)) {
            layers.push(ProjectLayer {
                table: &table.name,
                key: table.name.clone(),
                title: table.title.clone(),
                note: table.abstract_lines.join("\n"),
                style: self.style_of(table),
                group: groups.len() - 1,
                temporal: false,
                theme: None,
                visible: self.maps.is_empty() && table.spatial,
            });
        }
        Project {
            title: marked(&release.title, territory, release),
            geopackage: geopackage.to_owned(),
            crs: territory.crs,
            wkt,
            extent: extent(territory),
            groups,
            layers,
            time: self.time(),
            relation: self.view.is_some().then(|| (SERIES.to_owned(), QUARTIERS.to_owned(), texts.get("project.relation").to_owned())),
        }
    }

    /// The first and the last day of the series.
    fn time(&self) -> Option<(chrono::NaiveDate, chrono::NaiveDate)> {
        use crate::publish::geopackage::tables::Field;
        let table = self.table(TERRITORY_SERIES)?;
        let day = |row: &crate::publish::geopackage::tables::Row, name: &str| {
            let at = table.columns.iter().position(|column| column.name == name)?;
            match row.fields.get(at)? {
                Field::Date(day) => Some(*day),
                Field::Text(_) | Field::Real(_) | Field::Null => None,
            }
        };
        Some((day(table.rows.first()?, "period_start")?, day(table.rows.last()?, "period_end")?))
    }
}

/// West, south, east, north of all quartiers, with a margin of 4 % to hold the labels.
fn extent(territory: &Territory) -> [f64; 4] {
    use geo::BoundingRect;
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for rect in territory.quartiers.iter().filter_map(|(_, zone)| zone.shape.bounding_rect()) {
        bounds[0] = bounds[0].min(rect.min().x);
        bounds[1] = bounds[1].min(rect.min().y);
        bounds[2] = bounds[2].max(rect.max().x);
        bounds[3] = bounds[3].max(rect.max().y);
    }
    if bounds[0] > bounds[2] {
        return [0.0; 4];
    }
    let margin = 0.04 * (bounds[2] - bounds[0]).max(bounds[3] - bounds[1]);
    [bounds[0] - margin, bounds[1] - margin, bounds[2] + margin, bounds[3] + margin]
}
