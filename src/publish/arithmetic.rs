//! What a reader of a release can add up, said in the manifest: who audits a release must write the same sums as an attacker.

use serde::Serialize;

use crate::catalog::{Catalog, Classification, LayerSpec, Shows};
use crate::measure::Unit;
use crate::protect::{Protected, ProtectedBilans, ProtectedMeasure};

/// A measure, how it was made, and which counts its cells tell.
#[derive(Debug, Clone, Serialize)]
pub struct MeasureEntry {
    /// Its name.
    pub id: String,
    /// The unit of its values.
    pub unit: Unit,
    /// The layers that show it.
    pub layers: Vec<LayerEntry>,
    /// The counts that its cells tell; absent for what is made of other measures.
    pub counts: Option<Counts>,
    /// The measures it is made of: a cell says something of each of theirs at the same place and time.
    pub made_of: Vec<String>,
    /// Its method, by keyword.
    pub method: Vec<(String, String)>,
}

/// A layer, and where its classes are cut.
#[derive(Debug, Clone, Serialize)]
pub struct LayerEntry {
    /// Its name.
    pub name: String,
    /// How its values are cut into classes: by the values themselves, or, if `manual` or `categories`, beforehand.
    pub classification: Option<Classification>,
    /// Whether its values are those of the measure or the counts above the line.
    pub shows: Shows,
}

/// The counts in a cell, by name: the same name under two measures is the same number. They add up over zones to the territory's.
#[derive(Debug, Clone, Serialize)]
pub struct Counts {
    /// What is counted above the line; for a mean, the sum that it divides.
    pub numerator: String,
    /// The group below the line, where it is counted here and no public figure.
    pub denominator: Option<String>,
    /// Of how many parts, each the numerator of a measure, the group is the sum, where it is.
    pub parts: Option<usize>,
}

/// A table of frequencies and its sums.
#[derive(Debug, Clone, Serialize)]
pub struct FrequencyTable {
    /// Its name.
    pub name: String,
    /// Whether what is counted are persons.
    pub persons: bool,
    /// Groups that are made of groups of another grouping.
    pub nested: Vec<Nested>,
    /// Answers that are those of the same persons as answers to another question.
    pub linked: Vec<Linked>,
}

/// A group that is the sum of groups of another grouping.
#[derive(Debug, Clone, Serialize)]
pub struct Nested {
    /// Its grouping.
    pub by: String,
    /// Its code.
    pub group: String,
    /// The other grouping.
    pub of: String,
    /// The codes of its parts.
    pub parts: Vec<String>,
}

/// An answer that is the sum of answers to another question, in every group.
#[derive(Debug, Clone, Serialize)]
pub struct Linked {
    /// Its question.
    pub question: String,
    /// Its code.
    pub modality: String,
    /// The other question.
    pub other: String,
    /// The codes of the answers to it.
    pub modalities: Vec<String>,
}

pub(super) fn measures(shown: &Protected, catalog: &Catalog) -> Vec<MeasureEntry> {
    let of_layer = |layer: &LayerSpec| LayerEntry {
        name: layer.id.clone(),
        classification: catalog.styles.get(&layer.style).map(|style| style.classification),
        shows: layer.shows,
    };
    let entry = |measure: &ProtectedMeasure| MeasureEntry {
        id: measure.id().to_string(),
        unit: measure.unit(),
        layers: catalog.layers.iter().filter(|layer| layer.measure.id == measure.id().as_str()).map(of_layer).collect(),
        counts: measure.counts().map(|counts| Counts {
            numerator: counts.numerator.0.clone(),
            denominator: counts.denominator.as_ref().map(|below| below.0.clone()),
            parts: counts.part_of,
        }),
        made_of: measure.made_of().iter().map(ToString::to_string).collect(),
        method: measure.method().to_vec(),
    };
    shown.measures().iter().map(entry).collect()
}

pub(super) fn frequency_tables(shown: &Protected) -> Vec<FrequencyTable> {
    let studies = shown.studies();
    let tables = [("bilan", studies.bilans()), ("services_bilan", studies.services()), ("quartiers_bilan", studies.territories())];
    let filled = tables.into_iter().filter(|(_, bilans)| !bilans.questions().is_empty());
    filled.map(|(name, bilans)| frequency_table(name, bilans)).collect()
}

fn frequency_table(name: &str, bilans: &ProtectedBilans) -> FrequencyTable {
    let group = |by: usize, at: usize| bilans.groupings()[by].groups[at].code.clone();
    let by = |by: usize| bilans.groupings()[by].id.clone();
    let nested = bilans.nested().iter().map(|(outer, at, inner, parts)| Nested {
        by: by(*outer),
        group: group(*outer, *at),
        of: by(*inner),
        parts: parts.iter().map(|part| group(*inner, *part)).collect(),
    });
    let question = |q: usize| &bilans.questions()[q].question;
    let state =
        |q: usize, at: usize| question(q).modalities.get(at).map_or_else(|| "not_asked".to_owned(), |modality| modality.code.clone());
    let linked = bilans.links().iter().map(|link| Linked {
        question: question(link.question).id.clone(),
        modality: state(link.question, link.state),
        other: question(link.other).id.clone(),
        modalities: (link.states.iter().map(|at| state(link.other, *at)))
            .chain(link.non_response.iter().map(|at| ["no_answer", "refused"][*at].to_owned()))
            .collect(),
    });
    FrequencyTable { name: name.to_owned(), persons: bilans.persons(), nested: nested.collect(), linked: linked.collect() }
}
