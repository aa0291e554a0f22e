//! Ranks with their intervals, in place of bare league tables: most quartiers in the middle could stand nearly anywhere.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use super::refusal::Refusal;
use super::sampling_law::SamplingLaw;

/// How ranks are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankDraws {
    /// Draws of all places together; 10,000 give a chance to about half a percent.
    pub draws: u32,
    /// Of the random numbers.
    pub seed: u64,
    /// Of the intervals, 0.95 say.
    pub level: f64,
    /// Which share of the places is "the top": 0.2 for the top fifth. Rounded up, so at least one place.
    pub top: f64,
}

impl Default for RankDraws {
    fn default() -> Self {
        Self { draws: 10_000, seed: 1, level: 0.95, top: 0.2 }
    }
}

/// The rank of a place; 1 is the highest value. Places that tie share the mean of their ranks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankInterval {
    /// Of the values as they are published.
    pub rank: f64,
    /// The mean over the draws.
    pub expected: f64,
    /// The ranks between which the place stands in at least `level` of the draws, leaving out as many on either side.
    pub interval: (f64, f64),
    /// The share of the draws in which it stands in the top.
    pub in_top: f64,
}

/// The rank of each place over draws from the laws of their values: `None` where there is no value.
///
/// The intervals say where a place stands given the data, one at a time; for a statement on all ranks at once, see [`joint_ranks`]. Each
/// draw has its own stream of random numbers, so threads change nothing; another order of places is another draw.
/// Cost: O(draws × places log places), memory O(draws × places).
/// Source: Goldstein & Spiegelhalter, League tables and their limitations, JRSS A 159 (1996).
///
/// # Errors
/// A refusal where there is no draw, or the level or the share of the top are not between 0 and 1.
///
/// ```
/// use optima::stats::{rank_interval::{RankDraws, rank_intervals}, sampling_law::SamplingLaw};
/// let laws = [SamplingLaw::proportion(90.0, 100.0), SamplingLaw::proportion(4.0, 10.0), SamplingLaw::proportion(5.0, 10.0), None];
/// let ranks = rank_intervals(&laws, RankDraws::default()).unwrap();
/// let (first, second) = (ranks[0].unwrap(), ranks[2].unwrap());
/// assert_eq!((first.rank, first.interval, second.rank, second.interval), (1.0, (1.0, 1.0), 2.0, (2.0, 3.0)));
/// assert_eq!(ranks[3], None);
/// ```
pub fn rank_intervals(laws: &[Option<SamplingLaw>], how: RankDraws) -> Result<Vec<Option<RankInterval>>, Refusal> {
    if how.draws == 0 || !(how.level > 0.0 && how.level < 1.0) || !(how.top > 0.0 && how.top < 1.0) {
        return Err(
            Refusal::new("ranks need draws, a level and a share of the top between 0 and 1").remedy("10000 draws, 0.95 and 0.2 are usual")
        );
    }
    let known: Vec<SamplingLaw> = laws.iter().flatten().copied().collect();
    let observed = doubled_ranks(&known.iter().map(SamplingLaw::estimate).collect::<Vec<_>>());
    let draws: Vec<Vec<u32>> = (0..how.draws)
        .into_par_iter()
        .map(|draw| {
            let mut chance = ChaCha8Rng::seed_from_u64(how.seed);
            chance.set_stream(draw.into());
            doubled_ranks(&known.iter().map(|law| law.draw(&mut chance)).collect::<Vec<_>>())
        })
        .collect();
    let top = 2.0 * (how.top * real(known.len()) - 1e-9).ceil();
    let mut found: Vec<RankInterval> = (0..known.len())
        .into_par_iter()
        .map(|place| {
            let mut ranks: Vec<u32> = draws.iter().map(|draw| draw[place]).collect();
            ranks.sort_unstable();
            summary(observed[place], &ranks, how.level, top)
        })
        .collect();
    found.reverse();
    Ok(laws.iter().map(|law| law.and_then(|_| found.pop())).collect())
}

fn summary(observed: u32, sorted: &[u32], level: f64, top: f64) -> RankInterval {
    let count = real(sorted.len());
    // As many draws are left out below as above: no more than half of what the level allows.
    let left_out = ((1.0 - level) / 2.0 * count + 1e-9).floor();
    let skip = (1..sorted.len()).take_while(|seen| real(*seen) <= left_out).count();
    let half = |rank: u32| f64::from(rank) / 2.0;
    RankInterval {
        rank: half(observed),
        expected: sorted.iter().map(|r| half(*r)).sum::<f64>() / count,
        interval: (half(sorted[skip]), half(sorted[sorted.len() - 1 - skip])),
        in_top: real(sorted.partition_point(|r| f64::from(*r) <= top)) / count,
    }
}

/// Twice the rank of each value, highest first, ties sharing the mean: whole numbers.
fn doubled_ranks(values: &[f64]) -> Vec<u32> {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut ranks = vec![0; values.len()];
    let mut before = 0_u32;
    for tied in order.chunk_by(|a, b| a.0 == b.0) {
        let size = u32::try_from(tied.len()).unwrap_or(u32::MAX);
        for (_, place) in tied {
            ranks[*place] = 2 * before + size + 1;
        }
        before += size;
    }
    ranks
}

/// Ranks of which all hold together, from intervals that all hold together: 1 + those wholly above, to all − those wholly below.
///
/// Give each place the interval of level `1 − α/k` (Bonferroni) or `(1 − α)^(1/k)` (independent places) for a joint level of `1 − α` over
/// `k` places. `None` where there is no interval. Cost: O(k log k).
/// Source: Klein, Wright & Wieczorek, A joint confidence region for an overall ranking of populations, JRSS C 69 (2020).
///
/// ```
/// use optima::stats::rank_interval::joint_ranks;
/// let ranks = joint_ranks(&[Some((0.1, 0.2)), Some((0.15, 0.4)), None, Some((0.5, 0.6))]);
/// assert_eq!(ranks, [Some((2, 3)), Some((2, 3)), None, Some((1, 1))]);
/// ```
#[must_use]
pub fn joint_ranks(intervals: &[Option<(f64, f64)>]) -> Vec<Option<(usize, usize)>> {
    let sorted = |side: fn(&(f64, f64)) -> f64| {
        let mut ends: Vec<f64> = intervals.iter().flatten().map(side).collect();
        ends.sort_by(f64::total_cmp);
        ends
    };
    let (lows, highs) = (sorted(|i| i.0), sorted(|i| i.1));
    let count = lows.len();
    let ranks = |(low, high): &(f64, f64)| {
        let (above, below) = (count - lows.partition_point(|l| l <= high), highs.partition_point(|h| h < low));
        (1 + above, count - below)
    };
    intervals.iter().map(|interval| interval.as_ref().map(ranks)).collect()
}

/// A count as a number; exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "numbers of places and draws")]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_known_exactly_have_the_ranks_of_their_values_and_ties_share() {
        let laws: Vec<_> = [5.0, 9.0, 5.0, 1.0].iter().map(|v| SamplingLaw::normal(*v, 0.0)).collect();
        let ranks = rank_intervals(&laws, RankDraws { draws: 10, ..RankDraws::default() }).unwrap();
        let ranks: Vec<RankInterval> = ranks.into_iter().flatten().collect();
        assert_eq!(
            ranks.iter().map(|r| (r.rank, r.interval)).collect::<Vec<_>>(),
            [(2.5, (2.5, 2.5)), (1.0, (1.0, 1.0)), (2.5, (2.5, 2.5)), (4.0, (4.0, 4.0))]
        );
        assert_eq!(ranks.iter().map(|r| r.in_top).collect::<Vec<_>>(), [0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let laws: Vec<_> = (0..71_u32).map(|i| SamplingLaw::proportion(f64::from(i % 17), 20.0 + f64::from(i))).collect();
        let how = RankDraws { draws: 500, ..RankDraws::default() };
        let with =
            |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| rank_intervals(&laws, how).unwrap());
        assert_eq!(with(1), with(4));
        assert_ne!(with(1), rank_intervals(&laws, RankDraws { seed: 2, ..how }).unwrap());
    }

    #[test]
    fn two_places_stand_as_often_first_as_the_normal_law_says() {
        let laws = [SamplingLaw::normal(1.0, 3.0), SamplingLaw::normal(0.0, 4.0)];
        let ranks = rank_intervals(&laws, RankDraws { draws: 40_000, top: 0.5, ..RankDraws::default() }).unwrap();
        // P(N(1, 5²) > 0) = Φ(0.2); the standard error of the draws is 0.0025.
        let first = ranks[0].unwrap();
        assert!((first.in_top - 0.579_259_709_4).abs() < 0.01, "{first:?}");
        assert!((first.expected - (2.0 - first.in_top)).abs() < 1e-9);
        assert_eq!(first.interval, (1.0, 2.0));
    }

    #[test]
    fn true_ranks_lie_within_their_intervals_as_often_as_said() {
        use statrs::distribution::{ContinuousCDF, Normal};
        // 30 true values, observed 100 times with an error of half their spread, by quantiles in a shuffled order.
        let (mut held, mut joint, mut all) = (0.0, 0.0, 0.0);
        let mut chance = ChaCha8Rng::seed_from_u64(9);
        for seed in 0..100 {
            let truth: Vec<f64> = (0..30).map(|_| SamplingLaw::normal(0.0, 1.0).unwrap().draw(&mut chance)).collect();
            let ranks = doubled_ranks(&truth);
            let laws: Vec<_> =
                truth.iter().map(|t| SamplingLaw::normal(SamplingLaw::normal(*t, 0.1).unwrap().draw(&mut chance), 0.1)).collect();
            let found = rank_intervals(&laws, RankDraws { draws: 400, seed, ..RankDraws::default() }).unwrap();
            held += real(
                found
                    .iter()
                    .flatten()
                    .zip(&ranks)
                    .filter(|(r, t)| r.interval.0 <= f64::from(**t) / 2.0 && f64::from(**t) / 2.0 <= r.interval.1)
                    .count(),
            );
            let half = 0.1 * Normal::standard().inverse_cdf(1.0 - 0.025 / 30.0);
            let together =
                joint_ranks(&laws.iter().flatten().map(|l| Some((l.estimate() - half, l.estimate() + half))).collect::<Vec<_>>());
            let within = |(rank, (low, high)): (&u32, (usize, usize))| (2 * low..=2 * high).contains(&usize::try_from(*rank).unwrap());
            joint += f64::from(u8::from(ranks.iter().zip(together.into_iter().flatten()).all(within)));
            all += 30.0;
        }
        assert!((0.92..=1.0).contains(&(held / all)), "{}", held / all);
        assert!(joint >= 95.0, "{joint}");
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        for how in [
            RankDraws { draws: 0, ..RankDraws::default() },
            RankDraws { level: 1.0, ..RankDraws::default() },
            RankDraws { top: f64::NAN, ..RankDraws::default() },
        ] {
            assert!(rank_intervals(&[], how).unwrap_err().reason.starts_with("ranks need draws"));
        }
        assert_eq!(rank_intervals(&[], RankDraws::default()).unwrap(), []);
        assert_eq!(rank_intervals(&[None], RankDraws::default()).unwrap(), [None]);
    }

    proptest! {
        #[test]
        fn ranks_add_up_and_intervals_stay_among_them(counts in prop::collection::vec((0_u32..30, 1_u32..30), 1..12)) {
            let laws: Vec<_> = counts.iter().map(|&(x, more)| SamplingLaw::proportion(x.into(), (x + more).into())).collect();
            let ranks: Vec<RankInterval> = rank_intervals(&laws, RankDraws { draws: 200, ..RankDraws::default() }).unwrap().into_iter().flatten().collect();
            let k = real(counts.len());
            prop_assert!((ranks.iter().map(|r| r.rank).sum::<f64>() - k * (k + 1.0) / 2.0).abs() < 1e-9);
            prop_assert!((ranks.iter().map(|r| r.expected).sum::<f64>() - k * (k + 1.0) / 2.0).abs() < 1e-6);
            for r in &ranks {
                prop_assert!(1.0 <= r.interval.0 && r.interval.0 <= r.interval.1 && r.interval.1 <= k && (0.0..=1.0).contains(&r.in_top));
            }
        }
    }
}
