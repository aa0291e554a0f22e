//! Chance with a fixed seed and integers only: no `exp` or `ln` whose last digit depends on the machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::tiling::Outcome;

/// A stream of draws; the same seed gives the same draws everywhere.
#[derive(Debug)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number from 0 to `end` − 1; 0 where `end` is 0.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        u32::try_from((u64::from(self.0.next_u32()) * u64::from(end)) >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::from(self.below(u32::try_from(high - low + 1).unwrap_or(0)))
    }

    /// Yes, this many times in a thousand.
    pub(crate) fn permille(&mut self, yes: u32) -> bool {
        self.below(1000) < yes
    }

    /// One of these; `None` where there is none.
    pub(crate) fn one_of<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(u32::try_from(from.len()).unwrap_or(u32::MAX)) as usize)
    }

    /// A position, drawn in proportion to the weights; 0 where all weights are 0.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (position, weight) in weights.iter().enumerate() {
            if left < *weight {
                return position;
            }
            left -= weight;
        }
        0
    }

    /// Puts a list into a random order (Fisher–Yates).
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.below(u32::try_from(last + 1).unwrap_or(u32::MAX)) as usize;
            list.swap(last, other);
        }
    }
}

/// Cuts a whole into whole parts in proportion to the weights: largest remainders, the earlier part where two are equal.
pub(crate) fn apportion(whole: u32, weights: &[u64]) -> Outcome<Vec<u32>> {
    let sum: u64 = weights.iter().sum();
    if sum == 0 {
        return Err("nothing to apportion to".into());
    }
    let exact = weights.iter().map(|w| u64::from(whole) * w);
    let mut parts = exact.clone().map(|e| u32::try_from(e / sum)).collect::<Result<Vec<u32>, _>>()?;
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let remainders: Vec<u64> = exact.map(|e| e % sum).collect();
    order.sort_by_key(|i| (std::cmp::Reverse(remainders[*i]), *i));
    let missing = whole - parts.iter().sum::<u32>();
    order.iter().take(missing as usize).for_each(|i| parts[*i] += 1);
    Ok(parts)
}
