//! Studies of groups: what is analyzed, cross-tabulated and explained, one file each in `layers/`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::texts::Localized;

/// Whose answers are analyzed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Units {
    /// Persons interviewed.
    Interviews,
    /// Sheets of the directory of services.
    Services,
    /// Quartiers, described by how many persons interviewed there gave each answer: the correspondence analysis of a table
    /// quartier × modality.
    Quartiers,
    /// Quartiers, described by measures of one period, each cut into classes of equal numbers of quartiers.
    Measures,
}

/// What becomes of an answer that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// It is left out of the active set, and the person stays (specific analysis).
    #[default]
    Passive,
    /// It is a modality of its own.
    Modality,
}

/// Questions, by their themes or one by one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Whole themes of the guide.
    #[serde(default)]
    pub themes: Vec<String>,
    /// Single questions; a question with boxes stands for all of them.
    #[serde(default)]
    pub questions: Vec<String>,
    /// Questions of those themes that are left out.
    #[serde(default)]
    pub except: Vec<String>,
}

/// Where the tree of classes is cut.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    /// This many groups; by the largest relative loss of inertia where absent.
    pub number: Option<usize>,
    /// The fewest groups that the largest loss may give.
    #[serde(default = "three")]
    pub fewest: usize,
    /// The most.
    #[serde(default = "ten")]
    pub most: usize,
    /// Whether k-means moves persons to the nearest center after the cut.
    #[serde(default)]
    pub consolidate: bool,
    /// Resamples for the stability of the groups; 0 for none.
    #[serde(default = "hundred")]
    pub resamples: u32,
    /// Groups whose mean Jaccard similarity over the resamples is lower are withheld.
    #[serde(default = "bar")]
    pub stable_from: f64,
}

impl Default for Groups {
    fn default() -> Self {
        Self { number: None, fewest: 3, most: 10, consolidate: false, resamples: 100, stable_from: 0.6 }
    }
}

fn three() -> usize {
    3
}
fn twenty() -> u64 {
    20
}
fn ten() -> usize {
    10
}
fn hundred() -> u32 {
    100
}
fn bar() -> f64 {
    0.6
}

/// An analysis: factors, then groups on the factors. A file of `layers/analyses`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalysisSpec {
    /// The name of its file, without extension.
    #[serde(skip)]
    pub id: String,
    /// What readers see.
    pub title: Localized,
    /// What its groups are called, such as "Profil".
    pub group: Localized,
    /// Whose answers.
    pub of: Units,
    /// The questions that make the factors.
    #[serde(default)]
    pub active: Selection,
    /// The questions that only describe.
    #[serde(default)]
    pub supplementary: Selection,
    /// For [`Units::Quartiers`]: quartiers where fewer persons were met are left out.
    #[serde(default = "twenty")]
    pub least_persons: u64,
    /// For [`Units::Measures`]: the measures, in place of questions.
    #[serde(default)]
    pub measures: Vec<String>,
    /// For [`Units::Measures`]: into how many classes each is cut.
    #[serde(default = "three")]
    pub classes: usize,
    /// What becomes of "no answer" and of refusals.
    #[serde(default)]
    pub missing: Missing,
    /// What becomes of questions that were not put to a person.
    #[serde(default)]
    pub not_asked: Missing,
    /// Modalities that fewer persons chose (as a share of those who answered) are merged, then left out of the active set.
    #[serde(default = "rare")]
    pub rare_below: f64,
    /// The axes kept for the groups; where absent, as many as explain 80 % of Benzécri's adjusted inertia (of the inertia,
    /// for a plain correspondence analysis), 2 to 10.
    #[serde(default)]
    pub axes: Option<usize>,
    /// How groups are cut.
    #[serde(default)]
    pub groups: Groups,
}

fn rare() -> f64 {
    0.02
}

/// Cross tables: every row question by every column question. A file of `layers/cross_tables`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossTablesSpec {
    /// The name of its file, without extension.
    #[serde(skip)]
    pub id: String,
    /// What readers see.
    pub title: Localized,
    /// The questions that columns are made of.
    pub by: Vec<String>,
}

/// A situation and what may determine it. A file of `layers/determining`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeterminingSpec {
    /// The name of its file, without extension.
    #[serde(skip)]
    pub id: String,
    /// What readers see.
    pub title: Localized,
    /// The question, and the modalities that are the situation.
    pub situation: BTreeMap<String, Vec<String>>,
    /// The candidate questions.
    pub candidates: Selection,
}

/// How a layer file stands for several layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// One layer a group of the analysis that `measure.params.analysis` names; `{number}` and `{name}` in its texts.
    Group,
}
