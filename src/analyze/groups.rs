//! Groups of the persons of an analysis: Ward's hierarchy on the axes, its cut, k-means after it, and what marks each group.

use std::borrow::Cow;

use super::persons::{Answers, coded};
use super::{GroupReport, GroupsReport, GroupsRequest, Missing, refused};
use crate::error::{Error, Result};
use crate::interrupt;
use crate::stats::answers::{MISSING, Question};
use crate::stats::class_profile::{ClassPlace, Description, Threshold, class_places, describe};
use crate::stats::k_means::{consolidate, inertia};
use crate::stats::matrix::Matrix;
use crate::stats::partition::Partition;
use crate::stats::refusal::Refusal;
use crate::stats::stability::{Resampling, ward_stability};
use crate::stats::ward::{Hierarchy, ward};

/// The passes of a consolidation, as `FactoMineR`'s HCPC makes them.
const PASSES: usize = 10;
/// Rows of a sample at most.
const RESAMPLED: usize = 5_000;

/// The persons in groups.
#[derive(Debug)]
pub(super) struct Grouped {
    members: Members,
    partition: Partition,
    pub(super) hierarchy: Hierarchy,
    pub(super) places: Vec<ClassPlace>,
    /// What marks the groups: active questions first, then supplementary ones; all modalities, whatever their p-value.
    pub(super) description: Description,
    pub(super) report: GroupsReport,
}

impl Grouped {
    /// The number of a person's group, from 1; nothing for those in no group.
    pub(super) fn group_of(&self, row: usize) -> Option<u32> {
        self.members.position(row).map(|at| self.partition.class_of()[at] + 1)
    }
}

/// Who can be grouped: who has an active answer and a weight. `None` is everybody.
#[derive(Debug)]
struct Members(Option<Vec<usize>>);

impl Members {
    fn of(answers: &Answers<'_>, missing: Missing) -> Self {
        let answered = |row: usize| missing == Missing::Modality || answers.questions.iter().any(|q| q.codes[row] != MISSING);
        let weighs = |row: usize| answers.weights.as_ref().is_none_or(|weights| weights[row] > 0.0);
        let rows = answers.rows.len();
        let members: Vec<usize> = (0..rows).filter(|row| answered(*row) && weighs(*row)).collect();
        Self((members.len() < rows).then_some(members))
    }

    fn position(&self, row: usize) -> Option<usize> {
        self.0.as_ref().map_or(Some(row), |members| members.binary_search(&row).ok())
    }

    fn pick<'a, T: Copy>(&self, all: &'a [T]) -> Cow<'a, [T]> {
        match &self.0 {
            None => Cow::Borrowed(all),
            Some(members) => members.iter().map(|row| all[*row]).collect(),
        }
    }

    fn points<'a>(&self, all: &'a Matrix) -> Cow<'a, Matrix> {
        match &self.0 {
            None => Cow::Borrowed(all),
            Some(members) => {
                let rows = members.iter().flat_map(|row| all.row(*row)).copied().collect();
                Cow::Owned(Matrix::from_rows(all.columns(), rows))
            }
        }
    }
}

/// Groups the persons by their coordinates.
pub(super) fn group(wanted: &GroupsRequest, answers: &Answers<'_>, missing: Missing, individuals: &Matrix) -> Result<Grouped> {
    // A run that was stopped says so, and not that it cannot be done.
    let told = |refusal: Refusal| -> Error { interrupt::check().err().unwrap_or_else(|| refused(refusal, &answers.request.table)) };
    let goes_on = || interrupt::check().is_ok();
    let members = Members::of(answers, missing);
    let points = members.points(individuals);
    let weights = answers.weights.as_ref().map(|weights| members.pick(weights));
    let weights = weights.as_deref();
    let hierarchy = ward(&points, weights, &mut |_, _| goes_on()).map_err(told)?;
    let number = match wanted.number {
        Some(number) => number,
        None => hierarchy.classes_by_relative_loss(None).map_err(told)?,
    };
    let cut = hierarchy.cut(number).map_err(told)?;
    let before = inertia(&points, weights, &cut).map_err(told)?;
    let moved = wanted.consolidate.then(|| consolidate(&points, weights, &cut, PASSES)).transpose().map_err(told)?;
    let partition = moved.as_ref().map_or_else(|| cut.clone(), |moved| moved.partition.clone());
    interrupt::check()?;
    let passes = if wanted.consolidate { PASSES } else { 0 };
    let resampling = Resampling { replicates: wanted.resamples, at_most: RESAMPLED, seed: wanted.seed };
    let stability = (wanted.resamples > 0)
        .then(|| ward_stability(&points, weights, &partition, passes, &resampling, &goes_on))
        .transpose()
        .map_err(told)?;
    let places = class_places(&points, weights, &partition, 0).map_err(told)?;
    let description = marks(answers, missing, &members, &partition, weights).map_err(told)?;
    let share = |part: f64| if before.total > 0.0 { part / before.total } else { 0.0 };
    let report = GroupsReport {
        number_given: wanted.number.is_some(),
        ungrouped: (answers.rows.len() - partition.class_of().len()) as u64,
        points: hierarchy.points(),
        inertia: before.total,
        between_cut: share(before.between),
        between_consolidated: moved.as_ref().map(|moved| share(moved.after.between)),
        moved: moved.map(|moved| cut.class_of().iter().zip(moved.partition.class_of()).filter(|(a, b)| a != b).count() as u64),
        groups: (places.iter().zip(partition.sizes()).enumerate())
            .map(|(class, (place, rows))| GroupReport {
                group: class + 1,
                rows: *rows,
                share: place.share,
                stability: stability.as_ref().map(|stability| stability.jaccard[class]),
            })
            .collect(),
    };
    Ok(Grouped { members, partition, hierarchy, places, description, report })
}

/// What marks the groups among all questions and numbers of the request.
fn marks(
    answers: &Answers<'_>,
    missing: Missing,
    members: &Members,
    partition: &Partition,
    weights: Option<&[f64]>,
) -> std::result::Result<Description, Refusal> {
    let codings = || answers.questions.iter().chain(&answers.supplementary);
    let codes: Vec<Cow<'_, [u16]>> = codings().map(|coding| members.pick(&coding.codes)).collect();
    let questions: Vec<Question<'_>> = codings().zip(&codes).map(|(coding, codes)| coded(coding, codes, missing)).collect();
    let present = |(_, values): &(String, Vec<f64>)| -> Vec<Option<f64>> {
        members.pick(values).iter().map(|value| Some(*value).filter(|value| !value.is_nan())).collect()
    };
    let numbers: Vec<Vec<Option<f64>>> = answers.numbers.iter().map(present).collect();
    let numbers: Vec<&[Option<f64>]> = numbers.iter().map(Vec::as_slice).collect();
    describe(partition, &questions, &numbers, weights, &Threshold { p: 1.0, ..Threshold::default() })
}
