//! Studies of groups as tables: the same rows go into the GeoPackage and into CSV files.

mod analysis;
mod bilan;
mod determining;
mod pictures;
mod words;

pub(crate) use pictures::pictures;

use crate::protect::ProtectedStudies;
use crate::publish::Release;
use crate::publish::classify::round_to;
use crate::publish::geopackage::{Column, Field, Kind, Picture, Row, Table};
use crate::texts::Texts;

/// All tables of the studies that have rows.
pub(crate) fn tables(studies: &ProtectedStudies, release: &Release) -> Vec<Table> {
    let texts = &release.texts;
    let sheets = [
        bilan::sheet(studies.bilans(), "bilan", ["table.bilan", "table.bilan_note"], texts),
        bilan::sheet(studies.services(), "services_bilan", ["table.services_bilan", "table.services_bilan_note"], texts),
        bilan::sheet(studies.territories(), "quartiers_bilan", ["table.quartiers_bilan", "table.quartiers_bilan_note"], texts),
        bilan::associations(studies, texts),
        analysis::axes(studies, texts),
        analysis::plane(studies, texts),
        analysis::groups(studies, texts),
        analysis::profiles(studies, texts),
        analysis::dendrogram(studies, texts),
        determining::candidates(studies, texts),
        determining::odds(studies, texts),
    ];
    sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()).map(|sheet| sheet.table(release)).collect()
}

/// A title that says what its data are; outlines have no part in what is not on a map.
fn of_data(title: &str, release: &Release) -> String {
    let texts = &release.texts;
    if release.synthetic { texts.fill("map.marked", &[("title", title), ("marks", texts.get("map.synthetic"))]) } else { title.to_owned() }
}

/// The lines that the metadata of every table of a study end with.
fn data_lines(release: &Release) -> Vec<String> {
    let texts = &release.texts;
    let fill = |key: &str, text: &str| texts.fill(key, &[("text", text)]);
    let mut lines = vec![
        texts.get("metadata.marks").to_owned(),
        fill("metadata.source", &release.source),
        fill("metadata.date", &release.date.to_string()),
        texts.get("metadata.lineage").to_owned(),
    ];
    if release.synthetic {
        lines.push(texts.get("metadata.synthetic").to_owned());
    }
    lines
}

/// A table before it is named: its columns by name and kind, its rows.
struct Sheet {
    name: &'static str,
    /// The keys of its title and of its note in the catalog of texts.
    words: [&'static str; 2],
    columns: Vec<Column>,
    rows: Vec<Vec<Field>>,
    /// Where rows lie in the plane of a picture, row for row.
    picture: Option<(Picture, Vec<Vec<[f64; 3]>>)>,
}

impl Sheet {
    fn new(name: &'static str, words: [&'static str; 2], columns: &[(&str, Kind)], texts: &Texts) -> Self {
        let columns = columns.iter().map(|(name, kind)| Column::plain(name, *kind, texts)).collect();
        Self { name, words, columns, rows: Vec::new(), picture: None }
    }

    fn table(self, release: &Release) -> Table {
        let texts = &release.texts;
        let paths = self.picture.iter().flat_map(|(_, paths)| paths.clone()).chain(std::iter::repeat(Vec::new()));
        let mut lines = vec![texts.get(self.words[1]).to_owned()];
        lines.extend(data_lines(release));
        Table {
            name: self.name.to_owned(),
            title: of_data(texts.get(self.words[0]), release),
            abstract_lines: lines,
            spatial: false,
            picture: self.picture.as_ref().map(|(picture, _)| *picture),
            columns: self.columns,
            rows: self.rows.into_iter().zip(paths).map(|(fields, path)| Row { zone: None, path, fields }).collect(),
        }
    }
}

fn number(value: f64, decimals: u32) -> Field {
    if value.is_finite() { Field::Real(round_to(value, decimals)) } else { Field::Null }
}

fn optional(value: Option<f64>, decimals: u32) -> Field {
    value.map_or(Field::Null, |value| number(value, decimals))
}

#[expect(clippy::cast_precision_loss, reason = "counts")]
fn count(value: u64) -> Field {
    Field::Real(value as f64)
}

fn text(value: impl Into<String>) -> Field {
    Field::Text(value.into())
}

/// A p-value with three significant digits; what is smaller than 1e-300 is 0.
fn p_value(p: f64) -> Field {
    if p <= 1e-300 {
        return Field::Real(0.0);
    }
    let shown = format!("{p:.2e}").parse().unwrap_or(p);
    Field::Real(shown)
}

/// Up to three axes; what an analysis has fewer of stays empty.
fn on_axes(values: &[f64], decimals: u32) -> [Field; 3] {
    std::array::from_fn(|axis| values.get(axis).map_or(Field::Null, |value| number(*value, decimals)))
}

/// The place in space of coordinates on up to three axes, rounded as they are published.
fn in_space(values: &[f64]) -> Vec<[f64; 3]> {
    vec![std::array::from_fn(|axis| values.get(axis).map_or(0.0, |value| round_to(*value, 4)))]
}
