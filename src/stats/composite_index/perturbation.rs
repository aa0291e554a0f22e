//! What becomes of the ranks where the weights, which nobody knows, are others.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::prepared::{Prepared, Weights};
use super::sensitivity::scores;
use super::{Declaration, Method, difficulty_ranks, part};
use crate::stats::refusal::Refusal;

/// How the weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// Each weight, of indicators and of domains, times an independent uniform draw of 1 − s to 1 + s, 0 < s < 1: 0.25 for ± 25 %.
    Uniform(f64),
    /// Every division of the whole equally likely (Dirichlet of ones), over the weights of indicators in each domain and of domains,
    /// whatever was declared; a weight of 0 stays 0. What the order owes to the weights at all.
    AnyWeights,
}

/// The draws to make.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Perturbation {
    /// How weights are drawn.
    pub spread: Spread,
    /// Draws; 1,000 is a start. Draws × units are 100 million at most.
    pub draws: u32,
    /// The seed; each draw has a stream of its own.
    pub seed: u64,
}

/// The ranks of a unit over the draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankRange {
    /// Its rank under the declared weights, 1 for the most difficult.
    pub rank: f64,
    /// The 5 % quantile of its ranks: the smallest that at least 5 % of the draws reach or stay below.
    pub low: f64,
    /// The 95 % quantile, in the same way.
    pub high: f64,
    /// The share of draws in which it stays in its decile; absent for fewer than ten units.
    pub same_decile: Option<f64>,
    /// The share of draws in which it stays in its fifth; absent for fewer than five units.
    pub same_fifth: Option<f64>,
}

/// An index under perturbed weights.
#[derive(Debug, Clone, PartialEq)]
pub struct PerturbedWeights {
    /// How the weights were drawn.
    pub perturbation: Perturbation,
    /// Each unit; absent where the index is.
    pub units: Vec<Option<RankRange>>,
    /// Draws whose weights gave no index (no first axis, all units equal); they are left out of the shares.
    pub without_index: u32,
}

/// The ranks of the units where weights are drawn at random around the declared ones.
///
/// Draws are made in parallel and do not depend on the number of threads. Cost: one index a draw; memory: 4 bytes a draw and unit.
///
/// Source: Saisana, Saltelli & Tarantola, JRSS A 168 (2005); OECD & JRC, Handbook on Constructing Composite Indicators (2008), 7.
///
/// # Errors
/// What the index itself refuses; no draw or too many; a spread outside ]0, 1[; no draw that gives an index.
///
/// ```
/// use optima::stats::composite_index::*;
/// let indicator = |values: [f64; 3]| Indicator { values: values.map(Some).to_vec(), direction: Direction::MoreIsWorse, weight: 1.0, domain: None };
/// let indicators = vec![indicator([0.1, 0.3, 0.2]), indicator([0.3, 0.2, 0.1])];
/// let declared = Declaration { indicators, domains: vec![], least_units: 3 };
/// let perturbation = Perturbation { spread: Spread::Uniform(0.25), draws: 200, seed: 1 };
/// let found = perturb_weights(&declared, Method::Ranks(Within::Ranks), &perturbation)?;
/// let (second, third) = (found.units[1].unwrap(), found.units[2].unwrap());
/// assert_eq!((second.rank, second.low, second.high), (1.0, 1.0, 2.0));
/// assert_eq!((third.low, third.high, third.same_decile), (3.0, 3.0, None));
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn perturb_weights(declared: &Declaration, method: Method, perturbation: &Perturbation) -> Result<PerturbedWeights, Refusal> {
    let Perturbation { spread, draws, seed } = *perturbation;
    if let Spread::Uniform(s) = spread
        && !(s > 0.0 && s < 1.0)
    {
        return Err(Refusal::new("the spread of weights is not between 0 and 1").remedy("0.25 draws within 25 % of each weight"));
    }
    let prepared = Prepared::of(declared)?;
    let n = prepared.complete.len();
    if draws == 0 || (draws as usize).saturating_mul(n) > 100_000_000 {
        return Err(Refusal::new(format!("{draws} draws over {n} units")).remedy("one draw at least, 100 million ranks at most"));
    }
    let base = difficulty_ranks(&scores(&prepared, &prepared.weights, method)?);
    let one = |draw: u32| {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        chance.set_stream(u64::from(draw));
        let weights = drawn_weights(&prepared, spread, &mut chance);
        scores(&prepared, &weights, method).ok().map(|scores| doubled(&difficulty_ranks(&scores)))
    };
    // In the order of the draws, whoever was ready first.
    let found: Vec<Vec<u32>> = (0..draws).into_par_iter().map(one).collect::<Vec<_>>().into_iter().flatten().collect();
    if found.is_empty() {
        return Err(Refusal::new("none of the drawn weights gives an index").remedy("check the directions of the indicators"));
    }
    let range = |at: usize| {
        let mut ranks: Vec<f64> = found.iter().map(|draw| f64::from(draw[at]) / 2.0).collect();
        ranks.sort_by(f64::total_cmp);
        RankRange {
            rank: base[at],
            low: quantile(&ranks, 5),
            high: quantile(&ranks, 95),
            same_decile: staying(&ranks, base[at], n, 10),
            same_fifth: staying(&ranks, base[at], n, 5),
        }
    };
    let ranges: Vec<RankRange> = (0..n).into_par_iter().map(range).collect();
    let mut units = vec![None; declared.indicators.first().map_or(0, |indicator| indicator.values.len())];
    prepared.complete.iter().zip(ranges).for_each(|(unit, range)| units[*unit] = Some(range));
    let without_index = draws - u32::try_from(found.len()).unwrap_or(draws);
    Ok(PerturbedWeights { perturbation: *perturbation, units, without_index })
}

/// Ranks are whole or half: doubled they are whole, in half the memory.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "twice a rank, of 100 million units at most")]
fn doubled(ranks: &[f64]) -> Vec<u32> {
    ranks.iter().map(|rank| (2.0 * rank) as u32).collect()
}

/// The smallest of ascending values that at least so many percent reach or stay below: R's type 1.
fn quantile(ascending: &[f64], percent: usize) -> f64 {
    let place = (ascending.len() * percent).div_ceil(100).max(1);
    ascending[place - 1]
}

/// The share of ranks in the same of so many parts as the base rank.
#[expect(clippy::cast_precision_loss, reason = "a number of draws")]
fn staying(ranks: &[f64], base: f64, units: usize, parts: u32) -> Option<f64> {
    let own = part(base, units, parts);
    let staying = || ranks.iter().filter(|rank| part(**rank, units, parts) == own).count();
    (units >= parts as usize).then(|| staying() as f64 / ranks.len() as f64)
}

fn drawn_weights(prepared: &Prepared, spread: Spread, chance: &mut ChaCha8Rng) -> Weights {
    // Without declared domains one draw stands for both: the domain is the indicator.
    let mut draw = |weight: f64| {
        // 53 random bits, in ]0, 1].
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let uniform = ((chance.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64;
        match spread {
            _ if weight == 0.0 => 0.0,
            Spread::Uniform(s) => weight * (1.0 - s + 2.0 * s * uniform),
            // Exponential draws over their sum are a Dirichlet of ones; 1e-300 keeps a positive weight positive.
            Spread::AnyWeights => (-uniform.ln()).max(1e-300),
        }
    };
    let declared = &prepared.weights;
    Weights {
        indicators: declared.indicators.iter().map(|w| draw(*w)).collect(),
        domains: declared.domains.iter().map(|w| draw(*w)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_ranks_that_occurred() {
        let ranks: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!((quantile(&ranks, 5), quantile(&ranks, 95)), (5.0, 95.0));
        assert_eq!((quantile(&[2.0, 3.0], 5), quantile(&[2.0, 3.0], 95)), (2.0, 3.0));
    }

    #[test]
    fn a_unit_stays_in_its_part_as_often_as_its_ranks_do() {
        assert_eq!(staying(&[1.0, 2.0, 2.0, 3.0], 2.0, 20, 10), Some(0.75));
        assert_eq!(staying(&[1.0], 1.0, 9, 10), None);
    }
}
