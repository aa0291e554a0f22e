//! The tables of the GeoPackage as values: one polygon table a map, the quartiers, the series; nothing is written here.

use chrono::{Datelike, NaiveDate};
use geo::Area;

use crate::catalog::{Catalog, LayerSpec, Shows, StyleSpec};
use crate::measure::{Change, Unit};
use crate::period::{Period, Quarter};
use crate::protect::{Protected, ProtectedCell, ProtectedMeasure};
use crate::publish::Release;
use crate::publish::class_risk::{CLASS_RISK, ClassRisk};
use crate::publish::classify::{reader_value, round_to};
use crate::publish::figures::{Figures, detail_number, signal_name};
use crate::publish::geopackage::columns::{Column, Kind, best_layer, has_counts, of_map, of_series, place_and_time};
use crate::publish::legend::format_number;
use crate::territory::{Outlines, Territory, ZoneIdx};
use crate::texts::Texts;

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Field {
    /// A text.
    Text(String),
    /// A number.
    Real(f64),
    /// A day.
    Date(NaiveDate),
    /// Nothing.
    Null,
}

impl Field {
    fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn real(value: Option<f64>) -> Self {
        value.filter(|v| v.is_finite()).map_or(Self::Null, Self::Real)
    }
}

/// A row with the zone whose outline it carries.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// The zone, in tables with geometry.
    pub(crate) zone: Option<ZoneIdx>,
    /// Where it lies in the plane of a picture: one place for a point, several for a line.
    pub(crate) path: Vec<[f64; 3]>,
    /// A value a column.
    pub(crate) fields: Vec<Field>,
}

/// The geometries of a table that lies in the plane of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    /// Points in space: three axes.
    Points,
    /// Lines.
    Lines,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    /// Its name in the file.
    pub(crate) name: String,
    /// Its title for readers.
    pub(crate) title: String,
    /// What it is, for the metadata: a line a fact.
    pub(crate) abstract_lines: Vec<String>,
    /// Whether its rows are polygons.
    pub(crate) spatial: bool,
    /// What its rows are in the plane of a picture, which is no ground: a layer without a place on the map.
    pub(crate) picture: Option<Picture>,
    /// Its columns, without key and geometry.
    pub(crate) columns: Vec<Column>,
    /// Its rows, in zone and time order.
    pub(crate) rows: Vec<Row>,
}

/// The name of the table of outlines.
pub(crate) const QUARTIERS: &str = "quartiers";
/// The name of the table of series by quartier.
pub(crate) const SERIES: &str = "series";
/// The name of the table of the territory's series.
pub(crate) const TERRITORY_SERIES: &str = "territory_series";
/// The name of the view for the temporal controller.
pub(crate) const QUARTIERS_SERIES: &str = "quartiers_series";

/// Adds to a title what every title must say: schematic outlines, synthetic data.
pub(crate) fn marked(title: &str, territory: &Territory, release: &Release) -> String {
    let texts = &release.texts;
    let mut marks = Vec::new();
    if territory.outlines == Outlines::Schematic {
        marks.push(texts.get("map.schematic"));
    }
    if release.synthetic {
        marks.push(texts.get("map.synthetic"));
    }
    if marks.is_empty() { title.to_owned() } else { texts.fill("map.marked", &[("title", title), ("marks", &marks.join(", "))]) }
}

/// A period as readers say it: « 4e trimestre 2003 », « 1999–2002 ».
pub(crate) fn period_words(period: Period, texts: &Texts) -> String {
    match period {
        Period::Quarter(quarter) => {
            let key = if quarter.number() == 1 { "map.quarter_first" } else { "map.quarter" };
            texts.fill(key, &[("number", &quarter.number().to_string()), ("year", &quarter.year().to_string())])
        }
        Period::Span(first, last) if (first.month(), first.day(), last.month(), last.day()) == (1, 1, 12, 31) => {
            let key = if first.year() == last.year() { "map.year" } else { "map.years" };
            texts.fill(key, &[("first", &first.year().to_string()), ("last", &last.year().to_string())])
        }
        Period::Span(first, last) => {
            let day = |day: NaiveDate| day.format(texts.get("map.date_format")).to_string();
            texts.fill("map.span", &[("first", &day(first)), ("last", &day(last))])
        }
    }
}

/// The lines that the metadata of every table end with.
pub(crate) fn common_lines(territory: &Territory, release: &Release) -> Vec<String> {
    let texts = &release.texts;
    let fill = |key: &str, text: &str| texts.fill(key, &[("text", text)]);
    let mut lines = vec![
        texts.get("metadata.marks").to_owned(),
        fill("metadata.source", &release.source),
        fill("metadata.outlines", &territory.source),
        fill("metadata.crs", &territory.crs.to_string()),
        fill("metadata.date", &release.date.to_string()),
        texts.get("metadata.lineage").to_owned(),
    ];
    if territory.outlines == Outlines::Schematic {
        lines.push(texts.get("metadata.schematic").to_owned());
    }
    if release.synthetic {
        lines.push(texts.get("metadata.synthetic").to_owned());
    }
    lines
}

/// The table of a map at its measure's latest period; `None` where the measure has no period.
pub(crate) fn map_table(
    layer: &LayerSpec,
    style: &StyleSpec,
    measure: &ProtectedMeasure,
    territory: &Territory,
    release: &Release,
) -> Option<Table> {
    let texts = &release.texts;
    let latest = measure.periods().len().checked_sub(1)?;
    let period = measure.periods()[latest];
    let mut columns = place_and_time(texts);
    columns.extend(of_map(layer, measure, texts));
    let zones: Vec<ZoneIdx> = territory.quartiers.indexes().collect();
    let risk = ClassRisk::of(layer, style, measure, latest, &zones);
    columns.extend(risk.is_some().then(|| Column::plain(CLASS_RISK, Kind::Real, texts)));
    let rows = territory
        .quartiers
        .iter()
        .enumerate()
        .map(|(position, (index, zone))| {
            let mut fields = vec![Field::text(&zone.code.0), Field::text(&zone.name), Field::text(period.to_string())];
            fields.extend(map_fields(layer, measure, latest, index, texts));
            fields.extend(risk.as_ref().map(|risk| Field::real(risk.at(position))));
            Row { zone: Some(index), path: Vec::new(), fields }
        })
        .collect();
    let title = texts.fill("map.title_at", &[("title", layer.title.get(texts.language())), ("period", &period_words(period, texts))]);
    let mut lines = definition_lines(layer, measure, texts);
    lines.insert(1, texts.fill("metadata.period", &[("text", &period_words(period, texts))]));
    if let Some(risk) = &risk {
        let mean = format_number(risk.mean, 1, texts.language());
        lines.push(texts.fill("metadata.class_risk", &[("mean", &mean)]));
    }
    lines.extend(common_lines(territory, release));
    let title = marked(&title, territory, release);
    Some(Table { name: layer.id.clone(), title, abstract_lines: lines, spatial: true, picture: None, columns, rows })
}

fn definition_lines(layer: &LayerSpec, measure: &ProtectedMeasure, texts: &Texts) -> Vec<String> {
    let language = texts.language();
    let mut lines = vec![texts.fill("metadata.definition", &[("text", layer.label.get(language))])];
    let (numerator, denominator) = (layer.numerator.get(language), layer.denominator.get(language));
    if layer.shows == Shows::Value && !denominator.is_empty() {
        lines.push(texts.fill("metadata.fraction", &[("numerator", numerator), ("denominator", denominator)]));
    }
    lines.push(texts.fill("metadata.reading", &[("text", layer.reading.get(language))]));
    for (name, text) in measure.method() {
        lines.push(texts.fill("metadata.method", &[("name", &texts.translate(name)), ("text", &texts.translate(text))]));
    }
    if let Some(interval) = measure.shown_values().find_map(|shown| shown.interval).filter(|_| layer.shows == Shows::Value) {
        lines.push(texts.get(&format!("interval.{}", interval.method.name())).to_owned());
    }
    lines
}

fn map_fields(layer: &LayerSpec, measure: &ProtectedMeasure, period: usize, zone: ZoneIdx, texts: &Texts) -> Vec<Field> {
    let figures = Figures::of(measure, layer.shows, period, Some(zone));
    if measure.is_derived() {
        let mut fields = vec![Field::real(figures.value)];
        if measure.unit() == Unit::Group {
            fields.push(category(measure, figures.value, texts));
        }
        if has_counts(layer) {
            fields.extend([figures.numerator, figures.denominator].map(Field::real));
        }
        fields.extend([figures.low, figures.high].map(Field::real));
        fields.push(Field::text(figures.status));
        fields.extend(measure.details().iter().map(|detail| Field::real(detail_number(detail, period, Some(zone)))));
        return fields;
    }
    let mut fields: Vec<Field> = [figures.value, figures.numerator, figures.denominator, figures.low, figures.high].map(Field::real).into();
    fields.push(Field::text(figures.status));
    for change in [figures.since_quarter, figures.since_year] {
        fields.extend([change.difference, change.low, change.high, change.p].map(Field::real));
        fields.push(change.signal.map_or(Field::Null, Field::text));
    }
    fields
}

/// The words of a group, by its number.
fn category(measure: &ProtectedMeasure, number: Option<f64>, texts: &Texts) -> Field {
    let words = measure.categories().iter().zip(1u32..).find(|(_, group)| Some(f64::from(*group)) == number);
    words.map_or(Field::Null, |(words, _)| Field::text(words.get(texts.language())))
}

fn count(value: Option<f64>) -> Field {
    Field::real(value.map(|v| round_to(v, 4)))
}

fn signal(change: Option<&Change>) -> Field {
    change.map_or(Field::Null, |change| Field::text(signal_name(change.signal)))
}

/// The outlines with names and planar areas.
pub(crate) fn quartiers_table(territory: &Territory, release: &Release) -> Table {
    let texts = &release.texts;
    let rows = territory
        .quartiers
        .iter()
        .map(|(index, zone)| Row {
            path: Vec::new(),
            zone: Some(index),
            fields: vec![Field::text(&zone.code.0), Field::text(&zone.name), Field::Real(round_to(zone.shape.unsigned_area() / 1e6, 4))],
        })
        .collect();
    let mut lines = vec![texts.fill("table.quartiers_note", &[("territory", &territory.name)]), texts.get("metadata.planar").to_owned()];
    lines.extend(common_lines(territory, release));
    Table {
        name: QUARTIERS.to_owned(),
        title: marked(texts.get("table.quartiers"), territory, release),
        abstract_lines: lines,
        spatial: true,
        picture: None,
        columns: vec![
            Column::plain("code", Kind::Text, texts),
            Column::plain("name", Kind::Text, texts),
            Column::plain("area_km2", Kind::Real, texts),
        ],
        rows,
    }
}

/// Whether a measure is about periods that no measured one has reached.
pub(crate) fn is_outlook(shown: &Protected, measure: &ProtectedMeasure) -> bool {
    let measured = shown.measures().iter().filter(|m| !m.is_derived()).flat_map(ProtectedMeasure::periods).map(|period| period.end()).max();
    measure.is_derived() && measure.periods().first().map(|period| period.start()) > measured
}

/// The measures that are known by quarter, and all their quarters.
pub(crate) fn quarterly(shown: &Protected) -> (Vec<&ProtectedMeasure>, Vec<Quarter>) {
    let is_quarter = |p: &Period| matches!(p, Period::Quarter(_));
    let measures: Vec<_> = shown
        .measures()
        .iter()
        // Types have no series, and what is yet to come stands in a table of its own.
        .filter(|m| m.unit() != Unit::Group && !m.periods().is_empty() && m.periods().iter().all(is_quarter) && !is_outlook(shown, m))
        .collect();
    let quarters: std::collections::BTreeSet<Quarter> = measures
        .iter()
        .flat_map(|m| m.periods())
        .filter_map(|p| match p {
            Period::Quarter(quarter) => Some(*quarter),
            Period::Span(..) => None,
        })
        .collect();
    (measures, quarters.into_iter().collect())
}

/// The long tables: a row a quartier and quarter, and a row a quarter for the territory; none where nothing is quarterly.
pub(crate) fn series_tables(shown: &Protected, territory: &Territory, catalog: &Catalog, release: &Release) -> Vec<Table> {
    let texts = &release.texts;
    let (measures, quarters) = quarterly(shown);
    if measures.is_empty() {
        return Vec::new();
    }
    let of_measures: Vec<Column> = measures.iter().flat_map(|m| of_series(m, &catalog.layers, texts)).collect();
    let times =
        || ["period_start", "period_end"].map(|name| Column::plain(name, Kind::Date, texts)).into_iter().chain(of_measures.iter().cloned());
    let row = |zone: Option<ZoneIdx>, quarter: Quarter, mut fields: Vec<Field>| {
        fields.extend([Field::text(quarter.to_string()), Field::Date(quarter.start()), Field::Date(quarter.end())]);
        for measure in &measures {
            let cell = measure
                .periods()
                .iter()
                .position(|p| *p == Period::Quarter(quarter))
                .map_or(ProtectedCell::Empty, |at| zone.map_or_else(|| measure.total(at), |zone| measure.cell(at, zone)));
            let counts = !measure.is_derived() || best_layer(measure.id().as_str(), &catalog.layers).is_some_and(has_counts);
            fields.extend(series_fields(measure, &cell, counts));
        }
        Row { zone: None, path: Vec::new(), fields }
    };
    let mut zone_rows = Vec::with_capacity(territory.quartiers.count() * quarters.len());
    for (index, zone) in territory.quartiers.iter() {
        for quarter in &quarters {
            zone_rows.push(row(Some(index), *quarter, vec![Field::text(&zone.code.0), Field::text(&zone.name)]));
        }
    }
    let note = |key: &str| {
        let mut lines = vec![texts.fill(key, &[("territory", &territory.name)])];
        lines.extend(common_lines(territory, release));
        lines
    };
    let place = place_and_time(texts);
    vec![
        Table {
            name: SERIES.to_owned(),
            title: marked(texts.get("table.series"), territory, release),
            abstract_lines: note("table.series_note"),
            spatial: false,
            picture: None,
            columns: place.iter().cloned().chain(times()).collect(),
            rows: zone_rows,
        },
        Table {
            name: TERRITORY_SERIES.to_owned(),
            title: marked(texts.get("table.territory_series"), territory, release),
            abstract_lines: note("table.territory_series_note"),
            spatial: false,
            picture: None,
            columns: place.iter().skip(2).cloned().chain(times()).collect(),
            rows: quarters.iter().map(|quarter| row(None, *quarter, Vec::new())).collect(),
        },
    ]
}

fn series_fields(measure: &ProtectedMeasure, cell: &ProtectedCell, counts: bool) -> Vec<Field> {
    let unit = measure.unit();
    let shown = cell.shown();
    let interval = shown.and_then(|s| s.interval);
    let scaled = |value: Option<f64>| Field::real(value.map(|v| reader_value(unit, v)));
    let mut fields = vec![scaled(shown.map(|s| s.value))];
    if counts {
        fields.extend([count(shown.and_then(|s| s.numerator)), count(shown.and_then(|s| s.denominator))]);
    }
    fields.extend([scaled(interval.map(|i| i.low)), scaled(interval.map(|i| i.high)), Field::text(cell.status())]);
    if !measure.is_derived() {
        for change in [shown.and_then(|s| s.since_quarter), shown.and_then(|s| s.since_year)] {
            fields.extend([scaled(change.map(|c| c.difference)), signal(change.as_ref())]);
        }
    }
    fields
}
