//! Whether the map as a whole clusters: the global statistic beside each local one.

use super::{Field, Local};
use crate::protect::Statistic;
use crate::stats::bivariate::{Bivariate, bivariate_moran, lee};
use crate::stats::geary::geary;
use crate::stats::getis_ord::general_g;
use crate::stats::join_count::join_counts;
use crate::stats::moran::moran;
use crate::stats::partition::Partition;
use crate::stats::permutation::{Permutations, global};
use crate::stats::refusal::Refusal;
use crate::stats::spatial_test::{Alternative, Islands, Question, Test};

/// The global statistics of a field; what the values do not allow is left out.
pub(super) fn statistics(field: &Field, which: Local, how: &Permutations) -> Vec<Statistic> {
    let Field { values, second, binary, weights, .. } = field;
    let question = Question { alternative: Alternative::TwoSided, ..Question::default() };
    let zones = Some(values.len());
    let tested = |name: &'static str, test: Result<Test, Refusal>| {
        let test = test.ok()?;
        let (value, expected, z) = (test.statistic, Some(test.expectation), Some(test.z));
        Some(Statistic { name, value, expected, z, p: Some(test.p_value), zones, ..Statistic::default() })
    };
    let drawn = |name: &'static str, test: Result<global::GlobalTest, Refusal>| {
        let test = test.ok()?;
        Some(Statistic { name, value: test.statistic, p: Some(test.p), zones, ..Statistic::default() })
    };
    let found = match which {
        Local::Moran => vec![
            tested("moran_i", moran(values, weights, &question)),
            drawn("moran_i_permutations", global::moran(values, weights, how)),
            high_joins(field),
        ],
        Local::G | Local::GStar => vec![
            tested("general_g", general_g(values, binary, Alternative::TwoSided, Islands::default())),
            drawn("general_g_permutations", global::getis_ord(values, binary, how)),
        ],
        Local::Geary => {
            vec![tested("geary_c", geary(values, weights, &question)), drawn("geary_c_permutations", global::geary(values, weights, how))]
        }
        Local::BivariateMoran => vec![
            tested("bivariate_moran", bivariate_moran(values, second, weights, Bivariate::Slope, Alternative::TwoSided)),
            drawn("bivariate_moran_permutations", global::bivariate_moran(values, second, weights, how)),
            lee(values, second, weights).ok().map(|found| Statistic { name: "lee_l", value: found.l, zones, ..Statistic::default() }),
        ],
    };
    found.into_iter().flatten().collect()
}

/// Pairs of neighbors that are both above the mean.
fn high_joins(field: &Field) -> Option<Statistic> {
    let mean = field.values.iter().sum::<f64>() / super::number(field.values.len());
    let colors = Partition::new(field.values.iter().map(|value| u32::from(*value > mean)).collect()).ok()?;
    let joins = join_counts(&colors, &field.binary, Alternative::TwoSided, Islands::default()).ok()?;
    let high = joins.same.get(1)?;
    Some(Statistic {
        name: "high_joins",
        value: high.statistic,
        expected: Some(high.expectation),
        z: high.z,
        p: high.p_value,
        zones: Some(field.values.len()),
        ..Statistic::default()
    })
}
