//! Studies of groups as they may be shown: no person's coordinates, no modality of too few, no branch of a tree with a handful.

use std::collections::BTreeSet;

use super::frequencies::ProtectedBilans;
use super::threshold::few;
use crate::catalog::DisclosureRules;
use crate::catalog::studies::Units;
use crate::error::Result;
use crate::measure::studies::analysis::{Axis, Described, Inertia, Mark, NumberMark, Point, TreeNode};
use crate::measure::studies::{Analysis, Association, Determining, Studies};
use crate::texts::Localized;

/// A group as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownAnalysisGroup {
    /// Its number, from 1; the largest is the first.
    pub number: usize,
    /// A short name from its marks.
    pub name: Localized,
    /// Units.
    pub units: u64,
    /// The share of all weight.
    pub share: f64,
    /// The center on the kept axes.
    pub center: Vec<f64>,
    /// Mean Jaccard similarity over the resamples.
    pub stability: Option<f64>,
    /// Whether it is withheld because it is not stable enough; then it has neither name nor marks.
    pub withheld: bool,
    /// Its marks, strongest first; those whose counts are hidden are left out.
    pub marks: Vec<Mark>,
    /// Its numeric marks.
    pub numbers: Vec<NumberMark>,
}

/// The upper part of a tree; empty where it may not be shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ShownTree {
    /// The nodes; leaves are numbered first.
    pub nodes: Vec<TreeNode>,
    /// The group of each leaf before the consolidation.
    pub leaf_group: Vec<usize>,
    /// The units below each leaf.
    pub leaf_units: Vec<u64>,
}

/// An analysis as it may be shown: made by [`protect`](super::protect) alone.
#[derive(Debug, Clone, PartialEq)]
pub struct ProtectedAnalysis {
    id: String,
    title: Localized,
    word: Localized,
    of: Units,
    units: usize,
    axes: Vec<Axis>,
    kept: usize,
    points: Vec<Point>,
    eta2: Vec<(String, bool, Vec<f64>)>,
    tree: ShownTree,
    inertia: Inertia,
    groups: Vec<ShownAnalysisGroup>,
    described: Vec<Described>,
}

impl ProtectedAnalysis {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What readers see, and what its groups are called.
    #[must_use]
    pub fn words(&self) -> (&Localized, &Localized) {
        (&self.title, &self.word)
    }

    /// Whose answers.
    #[must_use]
    pub fn of(&self) -> Units {
        self.of
    }

    /// The number of units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.units
    }

    /// All axes, and how many are kept.
    #[must_use]
    pub fn axes(&self) -> (&[Axis], usize) {
        (&self.axes, self.kept)
    }

    /// The modalities whose count may be shown.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// η² of the questions on the kept axes.
    #[must_use]
    pub fn eta2(&self) -> &[(String, bool, Vec<f64>)] {
        &self.eta2
    }

    /// The upper nodes of the tree.
    #[must_use]
    pub fn tree(&self) -> &ShownTree {
        &self.tree
    }

    /// Inertias.
    #[must_use]
    pub fn inertia(&self) -> Inertia {
        self.inertia
    }

    /// The groups.
    #[must_use]
    pub fn groups(&self) -> &[ShownAnalysisGroup] {
        &self.groups
    }

    /// The questions that [`Mark::question`] points to.
    #[must_use]
    pub fn described(&self) -> &[Described] {
        &self.described
    }

    fn of_analysis(analysis: &Analysis, bilans: &ProtectedBilans, rules: &DisclosureRules) -> Self {
        let persons = analysis.of == Units::Interviews;
        // Services and classes of published indicators are public.
        let public = matches!(analysis.of, Units::Services | Units::Measures);
        let shown = |point: &&Point| public || count_is_shown(analysis, bilans, point);
        let coarse = |point: &Point| if analysis.of == Units::Quartiers { coarse_point(point) } else { point.clone() };
        let points = analysis.points.iter().filter(shown).map(coarse).collect();
        let grouping = bilans.groupings().iter().position(|grouping| grouping.id == analysis.id);
        let group = |(number, group): (usize, &crate::measure::studies::analysis::AnalysisGroup)| {
            let seen = |mark: &&Mark| match analysis.of {
                Units::Interviews => grouping.is_some_and(|at| mark_is_shown(analysis, bilans, at, number, mark)),
                Units::Quartiers => type_mark_is_shown(analysis, bilans, mark, rules),
                Units::Services | Units::Measures => true,
            };
            let enough = |mark: &&NumberMark| public || !few(float(mark.units), rules);
            let coarse = |mark: &Mark| if analysis.of == Units::Quartiers { coarse_mark(mark) } else { mark.clone() };
            ShownAnalysisGroup {
                number: number + 1,
                name: if group.withheld { Localized::default() } else { analysis.name(number) },
                units: group.units,
                share: group.share,
                center: group.center.clone(),
                stability: group.stability,
                withheld: group.withheld,
                marks: if group.withheld { Vec::new() } else { group.marks.iter().filter(seen).map(coarse).collect() },
                numbers: if group.withheld { Vec::new() } else { group.numbers.iter().filter(enough).cloned().collect() },
            }
        };
        let tree = prune(analysis, if persons { rules.minimum_denominator } else { 1 });
        Self {
            id: analysis.id.clone(),
            title: analysis.title.clone(),
            word: analysis.word.clone(),
            of: analysis.of,
            units: analysis.units.len(),
            axes: analysis.axes.clone(),
            kept: analysis.kept,
            points,
            eta2: analysis.eta2.clone(),
            tree,
            inertia: analysis.inertia,
            groups: analysis.groups.iter().enumerate().map(group).collect(),
            described: analysis.described.clone(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of persons")]
fn float(persons: u64) -> f64 {
    persons as f64
}

/// Whether the count of a modality is shown for everyone. One that came about by merging rare ones may be shown where a reader
/// can subtract it anyway: all modalities that were not merged are shown.
fn count_is_shown(analysis: &Analysis, bilans: &ProtectedBilans, point: &Point) -> bool {
    let Some(question) = bilans.questions().iter().find(|q| q.question.id == point.question) else { return false };
    let Some(all) = question.counts[0].first() else { return false };
    let modalities = &question.question.modalities;
    match modalities.iter().position(|m| m.code == point.modality.code) {
        Some(modality) => all.modalities[modality].persons().is_some(),
        None if point.modality.code == "no_answer" => true,
        None if point.modality.code == "not_asked" => all.not_asked.persons().is_some(),
        None => {
            let stands_alone = |code: &str| analysis.points.iter().any(|p| p.question == point.question && p.modality.code == code);
            let mut alone = modalities.iter().zip(&all.modalities).filter(|(modality, _)| stands_alone(&modality.code));
            point.active && all.answered.is_some() && alone.all(|(_, count)| count.persons().is_some())
        }
    }
}

/// A point of an analysis of quartiers counts the persons of some quartiers: exact, it would be one equation more about those of
/// each. It keeps its place, and a mass in thousandths.
fn coarse_point(point: &Point) -> Point {
    let thousandth = |x: f64| (x * 1000.0).round() / 1000.0;
    Point {
        units: 0,
        mass: thousandth(point.mass),
        contributions: point.contributions.iter().map(|share| thousandth(*share)).collect(),
        ..point.clone()
    }
}

/// The same for what marks a type of quartiers: shares to five points, no count, a test-value with one decimal.
fn coarse_mark(mark: &Mark) -> Mark {
    let five_points = |share: f64| (share * 20.0).round() / 20.0;
    Mark {
        units: 0,
        of_modality: five_points(mark.of_modality),
        of_group: five_points(mark.of_group),
        of_all: five_points(mark.of_all),
        p_value: format!("{:.0e}", mark.p_value).parse().unwrap_or(mark.p_value),
        test_value: (mark.test_value * 10.0).round() / 10.0,
        ..mark.clone()
    }
}

/// A mark of a type of quartiers is told where neither who has the modality nor who has it not is a handful, in the type and among
/// the others who have it.
fn type_mark_is_shown(analysis: &Analysis, bilans: &ProtectedBilans, mark: &Mark, rules: &DisclosureRules) -> bool {
    let described = &analysis.described[mark.question];
    let Some(question) = bilans.questions().iter().find(|q| q.question.id == described.id) else { return false };
    let code = &described.modalities[mark.modality].code;
    let Some(modality) = question.question.modalities.iter().position(|m| m.code == *code) else { return false };
    let shown = question.counts[0].first().is_some_and(|all| all.modalities[modality].persons().is_some() && all.answered.is_some());
    let inside = float(mark.units);
    let others_of = |share: f64| if share > 0.0 { (inside / share).round() - inside } else { f64::INFINITY };
    shown && ![inside, others_of(mark.of_group), others_of(mark.of_modality)].iter().any(|n| few(*n, rules))
}

fn mark_is_shown(analysis: &Analysis, bilans: &ProtectedBilans, grouping: usize, group: usize, mark: &Mark) -> bool {
    let described = &analysis.described[mark.question];
    let Some(question) = bilans.questions().iter().find(|q| q.question.id == described.id) else { return false };
    let modality = question.question.modalities.iter().position(|m| m.code == described.modalities[mark.modality].code);
    let Some(modality) = modality else { return false };
    let shown = |grouping: usize, group: usize| {
        question.counts[grouping]
            .get(group)
            .is_some_and(|counts| counts.modalities[modality].persons().is_some() && counts.answered.is_some())
    };
    shown(0, 0) && shown(grouping, group)
}

/// The tree, where all of its leaves have as many units as may be shown. The analysis gives its upper nodes only, down to
/// leaves of ten units or its groups: a smaller leaf is a smaller group, and then there is no tree to show.
fn prune(analysis: &Analysis, least: u64) -> ShownTree {
    if analysis.leaf_units.iter().all(|units| *units >= least) {
        ShownTree { nodes: analysis.tree.clone(), leaf_group: analysis.leaf_group.clone(), leaf_units: analysis.leaf_units.clone() }
    } else {
        ShownTree::default()
    }
}

/// An association as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownAssociation {
    /// The association.
    pub association: Association,
    /// Whether cells of its table are hidden: then its χ² would be one equation more about them, and only the rounded strength
    /// and p-value are given.
    pub rounded: bool,
}

/// All studies as they may be shown: made by [`protect`](super::protect) alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProtectedStudies {
    bilans: ProtectedBilans,
    services: ProtectedBilans,
    territories: ProtectedBilans,
    associations: Vec<ShownAssociation>,
    analyses: Vec<ProtectedAnalysis>,
    determining: Vec<Determining>,
}

impl ProtectedStudies {
    /// The bilans of persons.
    #[must_use]
    pub fn bilans(&self) -> &ProtectedBilans {
        &self.bilans
    }

    /// The bilans of services, which are public.
    #[must_use]
    pub fn services(&self) -> &ProtectedBilans {
        &self.services
    }

    /// The bilans of quartiers by class of indicator.
    #[must_use]
    pub fn territories(&self) -> &ProtectedBilans {
        &self.territories
    }

    /// How questions and groupings go together.
    #[must_use]
    pub fn associations(&self) -> &[ShownAssociation] {
        &self.associations
    }

    /// The analyses.
    #[must_use]
    pub fn analyses(&self) -> &[ProtectedAnalysis] {
        &self.analyses
    }

    /// The situations with what goes together with them.
    #[must_use]
    pub fn determining(&self) -> &[Determining] {
        &self.determining
    }

    /// Decides what of the studies may be shown.
    pub(super) fn of(studies: &Studies, mapped: &BTreeSet<(String, String)>, rules: &DisclosureRules) -> Result<Self> {
        let bilans = ProtectedBilans::of(&studies.bilans, mapped, rules)?;
        let services = ProtectedBilans::of(&studies.services, &BTreeSet::new(), rules)?;
        let rounded = |association: &Association| {
            let question = &bilans.questions()[association.question];
            question.counts[association.grouping].iter().any(|group| group.modalities.iter().any(|count| count.persons().is_none()))
        };
        let associations = studies.associations.iter().map(|a| ShownAssociation { association: a.clone(), rounded: rounded(a) }).collect();
        let analyses = studies
            .analyses
            .iter()
            .map(|analysis| {
                let counts = if analysis.of == Units::Services { &services } else { &bilans };
                ProtectedAnalysis::of_analysis(analysis, counts, rules)
            })
            .collect();
        let determining = studies.determining.iter().map(|study| shown_determining(study, rules)).collect();
        let territories = ProtectedBilans::of(&studies.territories, &BTreeSet::new(), rules)?;
        Ok(Self { bilans, services, territories, associations, analyses, determining })
    }
}

/// Odds that rest on too few persons, in the situation or out of it, are left out.
fn shown_determining(study: &Determining, rules: &DisclosureRules) -> Determining {
    let safe = |(inside, outside): (u64, u64)| [inside, outside].iter().all(|n| *n > 0 && !few(float(*n), rules));
    Determining { odds: study.odds.iter().filter(|odds| safe(odds.persons)).cloned().collect(), ..study.clone() }
}
