//! The local statistics with their p-values and the category of each quartier, were it significant.

use super::{Field, Found, Local};
use crate::stats::bivariate::local_bivariate_moran;
use crate::stats::geary::local_geary;
use crate::stats::getis_ord::{LocalG, gi, gi_star};
use crate::stats::local_moran::{LocalQuestion, Quadrant, local_moran};
use crate::stats::permutation::{Permutations, local};
use crate::stats::refusal::Refusal;
use crate::stats::spatial_test::{Alternative, Divisor};

/// Tests every unit; `None` for one without a neighbor.
pub(super) fn test(field: &Field, which: Local, how: &Permutations) -> Result<Vec<Option<Found>>, Refusal> {
    let Field { values, second, binary, weights, .. } = field;
    match which {
        Local::Moran => {
            let found = local_moran(values, weights, &LocalQuestion::default())?;
            let p = local::moran(values, weights, how)?;
            let one = |found: crate::stats::local_moran::LocalMoran, p| Found {
                statistic: found.test.statistic,
                z: found.test.z,
                p,
                category: quadrant(found.quadrant),
            };
            Ok(found.into_iter().zip(p).map(|(found, p)| Some(one(found?, p?))).collect())
        }
        Local::G => {
            let p = local::getis_ord(values, binary, how)?;
            Ok(spots(&gi(values, binary, Alternative::TwoSided)?, &p))
        }
        Local::GStar => {
            let p = local::getis_ord(values, &binary.with_self(), how)?;
            Ok(spots(&gi_star(values, binary, Alternative::TwoSided)?, &p))
        }
        Local::Geary => {
            let found = local_geary(values, weights, Divisor::NMinusOne)?;
            let p = local::geary(values, weights, how)?;
            let surroundings = local_moran(values, weights, &LocalQuestion::default())?;
            // What differences of neighbors are on average where nothing clusters: 2 for standardized values.
            let one = |(c, (p, around)): (Option<f64>, (Option<f64>, Option<_>))| {
                let (statistic, p) = (c?, p?);
                let alike = statistic < 2.0;
                let category = match around.map(|around: crate::stats::local_moran::LocalMoran| around.quadrant) {
                    Some(Quadrant::HighHigh) if alike => 0,
                    Some(Quadrant::LowLow) if alike => 1,
                    _ if alike => 2,
                    _ => 3,
                };
                Some(Found { statistic, z: None, p, category })
            };
            Ok(found.into_iter().zip(p.into_iter().zip(surroundings)).map(one).collect())
        }
        Local::BivariateMoran => {
            let found = local_bivariate_moran(values, second, weights, Divisor::NMinusOne)?;
            let p = local::bivariate_moran(values, second, weights, how)?;
            let mean = |values: &[f64]| values.iter().sum::<f64>() / super::number(values.len());
            let (of_values, of_second) = (mean(values), mean(second));
            let lags = weights.lag(second);
            let category = |unit: usize| match (values[unit] > of_values, lags[unit] > of_second) {
                (true, true) => 0,
                (false, false) => 1,
                (false, true) => 2,
                (true, false) => 3,
            };
            let one = |(unit, (statistic, p)): (usize, (Option<f64>, Option<f64>))| {
                Some(Found { statistic: statistic?, z: None, p: p?, category: category(unit) })
            };
            Ok(found.into_iter().zip(p).enumerate().map(one).collect())
        }
    }
}

/// Hot above, cold below; the statistic of G is its deviate.
fn spots(found: &[Option<LocalG>], p: &[Option<f64>]) -> Vec<Option<Found>> {
    let one = |(found, p): (&Option<LocalG>, &Option<f64>)| {
        let (found, p) = ((*found)?, (*p)?);
        let z = found.z.unwrap_or(0.0);
        // A deviate that cannot be is no cluster.
        let p = if found.z.is_some() { p } else { 1.0 };
        Some(Found { statistic: z, z: found.z, p, category: usize::from(z < 0.0) })
    };
    found.iter().zip(p).map(one).collect()
}

fn quadrant(quadrant: Quadrant) -> usize {
    match quadrant {
        Quadrant::HighHigh => 0,
        Quadrant::LowLow => 1,
        Quadrant::LowHigh => 2,
        Quadrant::HighLow => 3,
    }
}
