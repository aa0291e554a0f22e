//! What each column of the GeoPackage is called, holds and may hold: the names in the file, the words for readers.

use crate::catalog::{LayerSpec, Shows};
use crate::measure::Unit;
use crate::protect::ProtectedMeasure;
use crate::texts::Texts;

/// The type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text.
    Text,
    /// A number.
    Real,
    /// A day.
    Date,
}

/// A closed list of codes that a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codes {
    /// V, U, S, N.
    Status,
    /// up, down, noise, untested.
    Signal,
}

impl Codes {
    /// Both lists.
    pub(crate) const ALL: [Self; 2] = [Self::Status, Self::Signal];

    /// The name of the list in `gpkg_data_column_constraints` and in the catalog of texts.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Signal => "signal",
        }
    }

    /// The codes with their words.
    pub(crate) fn words(self, texts: &Texts) -> Vec<(&'static str, String)> {
        let codes: &[&str] = match self {
            Self::Status => &["V", "U", "S", "N"],
            Self::Signal => &["up", "down", "noise", "untested"],
        };
        codes.iter().map(|code| (*code, texts.get(&format!("{}.{code}", self.name())).to_owned())).collect()
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its name in the file.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) kind: Kind,
    /// Its title for readers.
    pub(crate) title: String,
    /// Its description, units included.
    pub(crate) note: String,
    /// The codes it may hold.
    pub(crate) codes: Option<Codes>,
}

impl Column {
    /// A column whose words are in the catalog under its own name.
    pub(crate) fn plain(name: &str, kind: Kind, texts: &Texts) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            title: texts.get(&format!("column.{name}")).to_owned(),
            note: texts.get(&format!("note.{name}")).to_owned(),
            codes: codes_of(name),
        }
    }
}

fn codes_of(name: &str) -> Option<Codes> {
    if name == "status" { Some(Codes::Status) } else { name.ends_with("_signal").then_some(Codes::Signal) }
}

/// The columns that say which zone and which period a row is about.
pub(crate) fn place_and_time(texts: &Texts) -> Vec<Column> {
    ["zone_code", "zone_name", "period"].iter().map(|name| Column::plain(name, Kind::Text, texts)).collect()
}

/// The columns of a map's table, after place and time.
///
/// A derived measure has its further numbers in place of changes, and no counts where its layer names none.
pub(crate) fn of_map(layer: &LayerSpec, measure: &ProtectedMeasure, texts: &Texts) -> Vec<Column> {
    let language = texts.language();
    let label = layer.label.get(language);
    let real = |name: &str| Column::plain(name, Kind::Real, texts);
    let value = Column {
        name: "value".to_owned(),
        kind: Kind::Real,
        title: label.to_owned(),
        note: texts.fill("note.value", &[("label", label)]),
        codes: None,
    };
    let mut numerator = real("numerator");
    if !layer.numerator.get(language).is_empty() {
        layer.numerator.get(language).clone_into(&mut numerator.title);
    }
    let mut denominator = real("denominator");
    if !layer.denominator.get(language).is_empty() {
        layer.denominator.get(language).clone_into(&mut denominator.title);
    }
    if measure.is_derived() {
        let mut columns = vec![value];
        columns.extend((measure.unit() == Unit::Group).then(|| Column::plain("category", Kind::Text, texts)));
        columns.extend(has_counts(layer).then_some([numerator, denominator]).into_iter().flatten());
        columns.extend([real("low"), real("high"), Column::plain("status", Kind::Text, texts)]);
        columns.extend(measure.details().iter().map(|detail| real(detail.name)));
        return columns;
    }
    let mut columns = vec![value, numerator, denominator, real("low"), real("high"), Column::plain("status", Kind::Text, texts)];
    for span in ["change_quarter", "change_year"] {
        columns.push(real(span));
        for part in ["low", "high", "p"] {
            columns.push(real(&format!("{span}_{part}")));
        }
        columns.push(Column::plain(&format!("{span}_signal"), Kind::Text, texts));
    }
    columns
}

/// Whether a layer's value has counts to show.
pub(crate) fn has_counts(layer: &LayerSpec) -> bool {
    !layer.numerator.fr.is_empty()
}

/// The columns of one measure in the series tables: `m`, `m_n`, `m_d`, `m_low`, `m_high`, `m_status`, `m_change_quarter` …; for a derived
/// measure without changes, and without counts where its layer names none.
pub(crate) fn of_series(measure: &ProtectedMeasure, layers: &[LayerSpec], texts: &Texts) -> Vec<Column> {
    let id = measure.id().as_str();
    let layer = best_layer(id, layers);
    let language = texts.language();
    let label = layer.map_or(id, |l| l.label.get(language));
    let of = |column: &str| texts.fill("column.of_measure", &[("label", label), ("column", column)]);
    let part = |suffix: &str, key: &str, kind: Kind| Column {
        name: format!("{id}_{suffix}"),
        title: of(texts.get(&format!("column.{key}"))),
        ..Column::plain(key, kind, texts)
    };
    let named = |suffix: &str, key: &str, title: Option<&str>| match title.filter(|t| !t.is_empty()) {
        Some(title) => Column { title: of(title), ..part(suffix, key, Kind::Real) },
        None => part(suffix, key, Kind::Real),
    };
    let counts = || {
        let numerator = Some(layer.map_or(id, |l| l.numerator.get(language)));
        [named("n", "numerator", numerator), named("d", "denominator", layer.map(|l| l.denominator.get(language)))]
    };
    let value = Column {
        name: id.to_owned(),
        kind: Kind::Real,
        title: label.to_owned(),
        note: texts.fill("note.value", &[("label", label)]),
        codes: None,
    };
    let mut columns = vec![value];
    columns.extend((!measure.is_derived() || layer.is_some_and(has_counts)).then(counts).into_iter().flatten());
    columns.extend([part("low", "low", Kind::Real), part("high", "high", Kind::Real), part("status", "status", Kind::Text)]);
    if !measure.is_derived() {
        for span in ["change_quarter", "change_year"] {
            let signal = format!("{span}_signal");
            columns.extend([part(span, span, Kind::Real), part(&signal, &signal, Kind::Text)]);
        }
    }
    columns
}

/// The layer whose words describe a measure: the one that shows its value, else any.
pub(crate) fn best_layer<'a>(measure: &str, layers: &'a [LayerSpec]) -> Option<&'a LayerSpec> {
    let mut of = layers.iter().filter(|layer| layer.measure.id == measure);
    let first = of.next();
    first.filter(|layer| layer.shows == Shows::Value).or_else(|| of.find(|layer| layer.shows == Shows::Value)).or(first)
}
