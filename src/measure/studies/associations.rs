//! Whether questions and groupings of persons go together: one test a table, adjusted over all of them.

use super::{Association, Test};
use crate::measure::bilan::{BilanQuestion, Bilans};
use crate::stats::contingency::{self, Contingency};
use crate::stats::fisher::Method;
use crate::stats::matrix::Matrix;
use crate::stats::multiplicity::benjamini_hochberg;

/// The association of each question with each grouping but everyone; tables with nothing to compare are left out.
pub(super) fn associations(bilans: &Bilans, seed: u64) -> Vec<Association> {
    let mut found = Vec::new();
    for (q, question) in bilans.questions.iter().enumerate() {
        for (g, grouping) in bilans.groupings.iter().enumerate().skip(1) {
            if grouping.id != question.id
                && let Some(association) = associate(question, q, g, stated(grouping), seed)
            {
                found.push(association);
            }
        }
    }
    let p_values: Vec<f64> = found.iter().map(|association| association.p_value).collect();
    for (association, adjusted) in found.iter_mut().zip(benjamini_hochberg(&p_values)) {
        association.p_adjusted = adjusted;
    }
    found
}

/// The number of groups that are stated.
fn stated(grouping: &crate::measure::BilanGrouping) -> usize {
    grouping.groups.iter().filter(|group| group.code != "not_stated").count()
}

fn associate(question: &BilanQuestion, q: usize, g: usize, groups: usize, seed: u64) -> Option<Association> {
    let mut table = Matrix::zeros(groups, question.modalities.len());
    for (row, group) in question.counts[g].iter().take(groups).enumerate() {
        for (column, tally) in group.modalities.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "counts of persons")]
            let n = tally.persons as f64;
            table[(row, column)] = n;
        }
    }
    let table = Contingency::new(&table).ok()?;
    let chi_square = table.chi_square();
    let tested = table.independence(seed).ok()?;
    let strength = table.association();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number")]
    let degrees = chi_square.freedom as usize;
    Some(Association {
        question: q,
        grouping: g,
        persons: table.total(),
        chi_squared: chi_square.statistic,
        degrees,
        p_value: tested.p,
        p_adjusted: tested.p,
        test: match tested.test {
            contingency::Test::ChiSquare | contingency::Test::ChiSquareOfFew => Test::ChiSquared,
            contingency::Test::Fisher(Method::Exact) => Test::Fisher,
            contingency::Test::Fisher(_) => Test::FisherMonteCarlo,
        },
        cramers_v: strength.cramers_v,
        corrected_v: strength.cramers_v_corrected,
        maximum_deviation: table.share_of_maximum_deviation(),
        least_expected: table.expected_counts().least,
    })
}
