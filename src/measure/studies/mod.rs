//! Studies of groups: bilans, associations, factors, groups of persons and what may determine a situation; before protection.

pub mod analysis;
mod associations;
mod determining;
mod factors;
mod groups;
mod made;
mod marks;
mod quartiers;
mod territories;

use std::collections::BTreeSet;

use super::Bilans;
use crate::catalog::studies::Each;
use crate::catalog::{Catalog, LayerSpec};
use crate::records::Modality;
use crate::texts::Localized;

pub use analysis::Analysis;
pub use made::study;
pub use territories::study_territories;

/// Everything of a run that is about groups rather than places.
#[derive(Debug, Default)]
pub struct Studies {
    /// The questions that the interviews have, by name.
    pub questions: BTreeSet<String>,
    /// The bilans of persons.
    pub bilans: Bilans,
    /// The bilans of the directory of services.
    pub services: Bilans,
    /// The bilans of quartiers by class of indicator.
    pub territories: Bilans,
    /// How questions and groupings of persons go together.
    pub associations: Vec<Association>,
    /// The analyses that could be made.
    pub analyses: Vec<Analysis>,
    /// The situations with what goes together with them.
    pub determining: Vec<Determining>,
    /// The studies whose questions the records do not have.
    pub absent: Vec<String>,
    /// The studies that could not be made although their questions are there, and why.
    pub left_out: Vec<(String, String)>,
}

impl Studies {
    /// The analysis of this name.
    #[must_use]
    pub fn analysis(&self, id: &str) -> Option<&Analysis> {
        self.analyses.iter().find(|analysis| analysis.id == id)
    }

    /// The catalog with each layer that stands for the groups of an analysis in as many layers as there are groups that are
    /// not withheld; a layer whose analysis was not made stays as it is, and cannot be made.
    #[must_use]
    pub fn expand(&self, catalog: &Catalog) -> Catalog {
        let layers = catalog.layers.iter().flat_map(|layer| self.one_a_group(layer).unwrap_or_else(|| vec![layer.clone()])).collect();
        Catalog { layers, ..catalog.clone() }
    }

    fn one_a_group(&self, layer: &LayerSpec) -> Option<Vec<LayerSpec>> {
        let Some(Each::Group) = layer.each else { return None };
        let analysis = self.analysis(analysis_of(layer)?)?;
        let of = |group: usize| {
            let number = group + 1;
            let name = analysis.name(group);
            let fill = |text: &Localized| Localized {
                fr: text.fr.replace("{number}", &number.to_string()).replace("{name}", &name.fr),
                en: text.en.replace("{number}", &number.to_string()).replace("{name}", &name.en),
            };
            let mut one = LayerSpec {
                id: format!("{}_{number}", layer.id),
                each: None,
                title: fill(&layer.title),
                label: fill(&layer.label),
                numerator: fill(&layer.numerator),
                denominator: fill(&layer.denominator),
                reading: fill(&layer.reading),
                ..layer.clone()
            };
            one.measure.id = format!("{}_{number}", layer.measure.id);
            one.measure.params.insert("group".to_owned(), toml::Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)));
            one
        };
        Some((0..analysis.groups.len()).filter(|group| !analysis.groups[*group].withheld).map(of).collect())
    }
}

/// The analysis that a layer is about.
pub(super) fn analysis_of(layer: &LayerSpec) -> Option<&str> {
    layer.measure.params.get("analysis").and_then(toml::Value::as_str)
}

/// A seed for each study, from the run's and the study's name: one study more changes no other.
pub(crate) fn seed_of(seed: u64, id: &str) -> u64 {
    // FNV-1a.
    id.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// How the p-value of a table was had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// Pearson's χ².
    ChiSquared,
    /// Fisher's exact test.
    Fisher,
    /// Fisher's test by seeded draws of tables with the same margins.
    FisherMonteCarlo,
}

/// A question and a grouping: whether they go together.
#[derive(Debug, Clone, PartialEq)]
pub struct Association {
    /// The question, by position in [`Bilans::questions`].
    pub question: usize,
    /// The grouping, by position in [`Bilans::groupings`].
    pub grouping: usize,
    /// Persons in the table: those who answered, in a stated group.
    pub persons: f64,
    /// Pearson's χ².
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// The p-value of `test`.
    pub p_value: f64,
    /// The same, adjusted over all tables of the run (Benjamini–Hochberg).
    pub p_adjusted: f64,
    /// Which test.
    pub test: Test,
    /// Cramér's V.
    pub cramers_v: f64,
    /// Cramér's V corrected for bias (Bergsma 2013).
    pub corrected_v: f64,
    /// The share of the maximum deviation (Cibois' PEM), 0..=1; absent where the table is too large for it.
    pub maximum_deviation: Option<f64>,
    /// The smallest expected count.
    pub least_expected: f64,
}

/// A situation and the questions that go together with it: association, not cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Determining {
    /// Its name.
    pub id: String,
    /// What readers see.
    pub title: Localized,
    /// Persons of the model, and those among them in the situation.
    pub persons: u64,
    /// Persons in the situation.
    pub cases: u64,
    /// Persons left out because an answer is missing.
    pub left_out: u64,
    /// The candidates, strongest first.
    pub candidates: Vec<Candidate>,
    /// The odds ratios of the model.
    pub odds: Vec<Odds>,
    /// How the model was fitted.
    pub method: String,
    /// The share of variation explained (Tjur's coefficient of discrimination).
    pub tjur: Option<f64>,
}

/// A candidate question.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its name.
    pub question: String,
    /// What readers see.
    pub label: Localized,
    /// Persons in its table.
    pub persons: u64,
    /// Cramér's V corrected for bias.
    pub corrected_v: f64,
    /// The p-value.
    pub p_value: f64,
    /// The same, adjusted over the candidates.
    pub p_adjusted: f64,
    /// Whether it is in the model.
    pub kept: bool,
}

/// The odds of the situation with one modality, against those with the reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    /// The question.
    pub question: String,
    /// What readers see of it.
    pub label: Localized,
    /// The modality.
    pub modality: Modality,
    /// The modality it is compared with.
    pub reference: Modality,
    /// The odds ratio, all other questions of the model being equal.
    pub ratio: f64,
    /// Its 95 % interval.
    pub low: f64,
    /// Its 95 % interval.
    pub high: f64,
    /// The p-value.
    pub p_value: f64,
    /// Persons with the modality, in the situation and not: what protection looks at.
    pub persons: (u64, u64),
}
