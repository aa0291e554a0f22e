//! Groups on the factors: Ward's tree, its cut, the consolidation, the stability of each group.

use super::analysis::{AnalysisGroup, Inertia, TreeNode};
use super::factors::refused;
use crate::catalog::studies::AnalysisSpec;
use crate::error::{Error, Result};
use crate::interrupt;
use crate::stats::k_means::{consolidate, inertia};
use crate::stats::matrix::Matrix;
use crate::stats::partition::Partition;
use crate::stats::refusal::Refusal;
use crate::stats::stability::{Resampling, ward_stability};
use crate::stats::ward::{Hierarchy, ward};

/// The passes of a consolidation, as `FactoMineR`'s HCPC makes them.
const PASSES: usize = 10;
/// The most leaves that a published tree has.
const MOST_LEAVES: usize = 25;
/// The fewest units at a leaf of a published tree.
const LEAST_AT_LEAF: u64 = 10;
/// The levels that are told of the tree.
const LEVELS: usize = 20;
/// Rows of a resample at most.
const RESAMPLED: usize = 5_000;

/// What became of the units.
pub(super) struct Grouped {
    pub(super) group_of: Vec<usize>,
    pub(super) groups: Vec<AnalysisGroup>,
    pub(super) tree: Vec<TreeNode>,
    pub(super) leaf_units: Vec<u64>,
    pub(super) leaf_group: Vec<usize>,
    pub(super) levels: Vec<f64>,
    pub(super) inertia: Inertia,
    pub(super) moved: Option<u64>,
}

/// Fewer units make no groups: a handful of quartiers is looked at one by one.
pub(super) const LEAST_UNITS: usize = 10;

/// Groups the units by their coordinates on the kept axes.
pub(super) fn group(spec: &AnalysisSpec, coordinates: &Matrix, weights: Option<&[f64]>, seed: u64) -> Result<Grouped> {
    let told = |e: Refusal| refused(&spec.id, &e);
    if coordinates.rows() < LEAST_UNITS {
        return Err(told(Refusal::new(format!("{} units; groups are made of {LEAST_UNITS} or more", coordinates.rows()))));
    }
    let hierarchy = ward(coordinates, weights, &mut |_, _| interrupt::check().is_ok()).map_err(|e| interrupted_or(told(e)))?;
    let number = match spec.groups.number {
        Some(number) => number,
        None => hierarchy.classes_by_relative_loss(Some((spec.groups.fewest, spec.groups.most))).map_err(told)?,
    };
    let cut = hierarchy.cut(number).map_err(told)?;
    let before = inertia(coordinates, weights, &cut).map_err(told)?;
    let (partition, after) = if spec.groups.consolidate {
        let done = consolidate(coordinates, weights, &cut, PASSES).map_err(told)?;
        (done.partition, done.after)
    } else {
        (cut.clone(), before)
    };
    let moved = spec
        .groups
        .consolidate
        .then(|| cut.class_of().iter().zip(partition.class_of()).filter(|(before, after)| before != after).count() as u64);
    let stability = stability(spec, coordinates, weights, &partition, seed).map_err(told)?;
    let order = by_weight(&partition, weights, stability.as_deref(), spec.groups.stable_from);
    let rank_of = |class: u32| order.iter().position(|c| *c == class as usize).unwrap_or(0);
    let group_of: Vec<usize> = partition.class_of().iter().map(|class| rank_of(*class)).collect();
    let groups =
        describe(coordinates, weights, &group_of, number, &|group| stability.as_ref().map(|s| s[order[group]]), spec.groups.stable_from);
    let upper = Upper::of(&hierarchy, number).map_err(told)?;
    let leaf_group = upper.leaf_rows.iter().map(|row| rank_of(cut.class_of()[*row])).collect();
    let mut levels: Vec<f64> = hierarchy.merges().iter().rev().take(LEVELS).map(|merge| merge.level).collect();
    levels.retain(|level| *level > 0.0);
    Ok(Grouped {
        group_of,
        groups,
        tree: upper.tree,
        leaf_units: upper.leaf_units,
        leaf_group,
        levels,
        inertia: Inertia { total: before.total, between_cut: before.between, between: after.between },
        moved,
    })
}

/// A run that was stopped says so, and not that the analysis cannot be made.
fn interrupted_or(error: Error) -> Error {
    interrupt::check().err().unwrap_or(error)
}

/// The classes, heaviest first, those that are withheld last; of equals the lower number.
fn by_weight(partition: &Partition, weights: Option<&[f64]>, stability: Option<&[f64]>, stable_from: f64) -> Vec<usize> {
    let mut sums = vec![0.0; partition.classes()];
    for (row, class) in partition.class_of().iter().enumerate() {
        sums[*class as usize] += weights.map_or(1.0, |weights| weights[row]);
    }
    let mut order: Vec<usize> = (0..sums.len()).collect();
    let withheld = |class: usize| stability.is_some_and(|jaccard| jaccard[class] < stable_from);
    order.sort_by(|a, b| withheld(*a).cmp(&withheld(*b)).then(sums[*b].total_cmp(&sums[*a])).then(a.cmp(b)));
    order
}

fn stability(
    spec: &AnalysisSpec,
    coordinates: &Matrix,
    weights: Option<&[f64]>,
    original: &Partition,
    seed: u64,
) -> std::result::Result<Option<Vec<f64>>, Refusal> {
    if spec.groups.resamples == 0 {
        return Ok(None);
    }
    let resampling = Resampling { replicates: spec.groups.resamples, at_most: RESAMPLED, seed };
    let passes = if spec.groups.consolidate { PASSES } else { 0 };
    let goes_on = || interrupt::check().is_ok();
    Ok(Some(ward_stability(coordinates, weights, original, passes, &resampling, &goes_on)?.jaccard))
}

fn describe(
    coordinates: &Matrix,
    weights: Option<&[f64]>,
    group_of: &[usize],
    number: usize,
    stability: &dyn Fn(usize) -> Option<f64>,
    stable_from: f64,
) -> Vec<AnalysisGroup> {
    let mut units = vec![0u64; number];
    let mut sums = vec![0.0; number];
    let mut centers = Matrix::zeros(number, coordinates.columns());
    for (row, group) in group_of.iter().enumerate() {
        let weight = weights.map_or(1.0, |weights| weights[row]);
        units[*group] += 1;
        sums[*group] += weight;
        for (center, x) in centers.row_mut(*group).iter_mut().zip(coordinates.row(row)) {
            *center += weight * x;
        }
    }
    let all: f64 = sums.iter().sum();
    (0..number)
        .map(|group| AnalysisGroup {
            units: units[group],
            share: sums[group] / all,
            center: centers.row(group).iter().map(|x| x / sums[group]).collect(),
            stability: stability(group),
            withheld: stability(group).is_some_and(|jaccard| jaccard < stable_from),
            marks: Vec::new(),
            numbers: Vec::new(),
        })
        .collect()
}

/// The top of the tree.
struct Upper {
    tree: Vec<TreeNode>,
    leaf_units: Vec<u64>,
    /// A row below each leaf.
    leaf_rows: Vec<usize>,
}

impl Upper {
    /// The upper nodes with as many leaves as still have [`LEAST_AT_LEAF`] units each, but no fewer than there are groups.
    fn of(hierarchy: &Hierarchy, groups: usize) -> std::result::Result<Self, Refusal> {
        let mut leaves = MOST_LEAVES.min(hierarchy.points()).max(groups);
        let mut cut = hierarchy.cut(leaves)?;
        while leaves > groups && cut.sizes().iter().any(|size| u64::from(*size) < LEAST_AT_LEAF) {
            leaves -= 1;
            cut = hierarchy.cut(leaves)?;
        }
        let mut leaf_rows = vec![usize::MAX; leaves];
        for (row, class) in cut.class_of().iter().enumerate().rev() {
            leaf_rows[*class as usize] = row;
        }
        let kept_merges = hierarchy.points() - leaves;
        // The cluster that each leaf is: climb from one of its points while the merge is below the cut.
        let mut parent = vec![usize::MAX; hierarchy.points() + hierarchy.merges().len()];
        for (at, merge) in hierarchy.merges().iter().enumerate() {
            parent[merge.elder as usize] = hierarchy.points() + at;
            parent[merge.younger as usize] = hierarchy.points() + at;
        }
        let mut node_of = vec![usize::MAX; parent.len()];
        for (leaf, row) in leaf_rows.iter().enumerate() {
            let mut cluster = hierarchy.point_of_row()[*row] as usize;
            while parent[cluster] != usize::MAX && parent[cluster] < hierarchy.points() + kept_merges {
                cluster = parent[cluster];
            }
            node_of[cluster] = leaf;
        }
        let mut tree = Vec::new();
        for (at, merge) in hierarchy.merges().iter().enumerate().skip(kept_merges) {
            node_of[hierarchy.points() + at] = leaves + tree.len();
            tree.push(TreeNode {
                elder: node_of[merge.elder as usize],
                younger: node_of[merge.younger as usize],
                level: merge.level,
                weight: merge.weight,
                units: u64::from(merge.size),
            });
        }
        Ok(Self { tree, leaf_units: cut.sizes().iter().map(|size| u64::from(*size)).collect(), leaf_rows })
    }
}
