//! An analysis as it came out: axes, points, tree, groups and their marks.

use crate::catalog::studies::Units;
use crate::period::Period;
use crate::records::Modality;
use crate::stats::matrix::Matrix;
use crate::texts::Localized;

/// The fewest persons of a group that an answer in its name is given by.
const NAMED_FROM: u64 = 10;

/// A factor axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// Its eigenvalue.
    pub eigenvalue: f64,
    /// Its share of the inertia, 0..=1.
    pub share: f64,
    /// Its share of the adjusted inertia by Benzécri's formula; absent in a plain correspondence analysis and below 1/Q.
    pub benzecri: Option<f64>,
    /// Its share of the adjusted inertia by Greenacre's formula.
    pub greenacre: Option<f64>,
}

/// A modality among the factors.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Its question.
    pub question: String,
    /// What readers see of the question.
    pub label: Localized,
    /// A few words for it.
    pub short: Localized,
    /// The question's theme, by position in the guide.
    pub theme: Option<usize>,
    /// The modality.
    pub modality: Modality,
    /// Whether it made the factors, or only describes.
    pub active: bool,
    /// Persons (units) who have it.
    pub units: u64,
    /// Its mass; 0 for a supplementary modality.
    pub mass: f64,
    /// Coordinates on the kept axes.
    pub coordinates: Vec<f64>,
    /// Contributions to these axes, 0..=1; empty for a supplementary modality.
    pub contributions: Vec<f64>,
    /// Squared cosines.
    pub cos2: Vec<f64>,
    /// Test-values.
    pub test_values: Vec<f64>,
}

/// A node of the tree of classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreeNode {
    /// The elder of what it joins: leaves first, then nodes in order.
    pub elder: usize,
    /// The younger.
    pub younger: usize,
    /// The loss of inertia.
    pub level: f64,
    /// The weight below it, as a share of all.
    pub weight: f64,
    /// The units below it.
    pub units: u64,
}

/// How a modality stands in a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The question, by position in the analysis' list of described questions.
    pub question: usize,
    /// The modality, by position.
    pub modality: usize,
    /// Units of the group who have it.
    pub units: u64,
    /// Of those who have it, the share in the group.
    pub of_modality: f64,
    /// Of the group (those who answered), the share who have it.
    pub of_group: f64,
    /// Of all (those who answered), the share who have it.
    pub of_all: f64,
    /// The p-value (hypergeometric, two-sided).
    pub p_value: f64,
    /// The test-value.
    pub test_value: f64,
}

/// How a number stands in a group.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberMark {
    /// Its name.
    pub id: String,
    /// What readers see.
    pub label: Localized,
    /// Units of the group with a value.
    pub units: u64,
    /// The mean in the group.
    pub mean: f64,
    /// The mean of all.
    pub mean_of_all: f64,
    /// The standard deviation in the group.
    pub deviation: f64,
    /// The test-value.
    pub test_value: f64,
    /// The p-value.
    pub p_value: f64,
}

/// A group of units.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisGroup {
    /// Units.
    pub units: u64,
    /// The share of all weight.
    pub share: f64,
    /// The center on the kept axes.
    pub center: Vec<f64>,
    /// Mean Jaccard similarity over the resamples.
    pub stability: Option<f64>,
    /// Whether it is withheld because it is not stable enough.
    pub withheld: bool,
    /// Its marks, strongest first.
    pub marks: Vec<Mark>,
    /// Its numeric marks, strongest first.
    pub numbers: Vec<NumberMark>,
}

/// A question that describes the groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// Its name.
    pub id: String,
    /// What readers see.
    pub label: Localized,
    /// A few words for it.
    pub short: Localized,
    /// Its modalities.
    pub modalities: Vec<Modality>,
    /// Whether it made the factors.
    pub active: bool,
    /// Its p-value with the groups (χ²).
    pub p_value: Option<f64>,
}

/// Inertia around the groups' centers and between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inertia {
    /// All of it, on the kept axes.
    pub total: f64,
    /// Between the groups, after the cut.
    pub between_cut: f64,
    /// Between the groups, after the consolidation where there is one.
    pub between: f64,
}

/// An analysis.
#[derive(Clone)]
pub struct Analysis {
    /// Its name.
    pub id: String,
    /// What readers see.
    pub title: Localized,
    /// What its groups are called.
    pub word: Localized,
    /// Whose answers.
    pub of: Units,
    /// The period of the measures, where the units are quartiers described by measures.
    pub period: Option<Period>,
    /// The positions of the units: records for interviews and services, quartiers otherwise.
    pub units: Vec<usize>,
    /// For quartiers, the persons met in each; empty otherwise.
    pub persons_of_unit: Vec<u64>,
    /// The active questions.
    pub active: Vec<String>,
    /// How each merged or left-out modality came to be so: question, merged, passive.
    pub recoded: Vec<(String, usize, usize)>,
    /// All axes with inertia.
    pub axes: Vec<Axis>,
    /// How many of them are kept.
    pub kept: usize,
    /// Whether their number was declared.
    pub kept_declared: bool,
    /// The modalities.
    pub points: Vec<Point>,
    /// η² of each question on the kept axes, and whether it is active.
    pub eta2: Vec<(String, bool, Vec<f64>)>,
    /// The upper nodes of the tree, the last is the root; leaves are the groups below them.
    pub tree: Vec<TreeNode>,
    /// The number of leaves of that tree.
    pub leaves: usize,
    /// The units below each leaf.
    pub leaf_units: Vec<u64>,
    /// Which group each leaf belongs to before the consolidation.
    pub leaf_group: Vec<usize>,
    /// The levels of the highest nodes, highest first.
    pub levels: Vec<f64>,
    /// Whether the number of groups was declared.
    pub cut_declared: bool,
    /// How many units the consolidation moved; `None` without one.
    pub moved: Option<u64>,
    /// Inertias.
    pub inertia: Inertia,
    /// The resamples.
    pub resamples: u32,
    /// The bar of stability.
    pub stable_from: f64,
    /// The groups, largest first; those that are withheld come last.
    pub groups: Vec<AnalysisGroup>,
    /// The questions that describe them.
    pub described: Vec<Described>,
    /// The group of each unit; never published for persons.
    pub group_of: Vec<usize>,
    /// The coordinates of the units; never published.
    pub coordinates: Matrix,
}

impl std::fmt::Debug for Analysis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Analysis({}, {} units, {} groups)", self.id, self.units.len(), self.groups.len())
    }
}

impl Analysis {
    /// The number of a record's group, from 0; `None` where the record is no unit.
    #[must_use]
    pub fn group_of_unit(&self, unit: usize) -> Option<usize> {
        self.units.binary_search(&unit).ok().map(|at| self.group_of[at])
    }

    /// A short name of a group from its strongest positive marks on active questions: at most three, in both languages.
    #[must_use]
    pub fn name(&self, group: usize) -> Localized {
        let Some(group) = self.groups.get(group) else { return Localized::default() };
        let strong =
            group.marks.iter().filter(|mark| mark.test_value > 0.0 && self.described[mark.question].active && mark.of_group >= 0.3);
        // A name is published before any rule was asked: it rests on no handful of persons.
        let public = matches!(self.of, Units::Services | Units::Measures);
        let strong = strong.filter(|mark| public || mark.units >= NAMED_FROM);
        // That a box is not ticked names nobody.
        let strong = strong.filter(|mark| self.described[mark.question].modalities[mark.modality].code != "not_ticked");
        let words: Vec<Localized> = strong.take(3).map(|mark| self.described[mark.question].named(mark.modality)).collect();
        let join = |part: fn(&Localized) -> &str, between: &str| words.iter().map(part).collect::<Vec<_>>().join(between);
        Localized { fr: join(|w| &w.fr, " ; "), en: join(|w| &w.en, "; ") }
    }
}

impl Point {
    /// What stands beside it on a plane: "Internet : non".
    #[must_use]
    pub fn named(&self) -> Localized {
        self.modality.under(&self.short)
    }
}

impl Described {
    /// A modality in a few words: "Internet : non". Nothing where there is no such modality.
    #[must_use]
    pub fn named(&self, modality: usize) -> Localized {
        self.modalities.get(modality).map(|m| m.under(&self.short)).unwrap_or_default()
    }
}
