//! When a value is precise enough to be read: its coefficient of variation is at most a third.
//!
//! Above a third, statistics offices ask to use a value with caution or not at all (Statistics Canada: 33.3 %). The value
//! stays published, with a sign of its own.

use crate::stats::mean::Moments;
use crate::stats::proportion::coefficient_of_variation;

/// The largest coefficient of variation of a reliable value.
pub const LARGEST_VARIATION: f64 = 1.0 / 3.0;

/// The smallest group of which "nobody" is a reliable answer: with 30, at most 11 % of the group can be hidden behind it (Wilson, 95 %).
pub const SMALLEST_GROUP_OF_ZERO: f64 = 30.0;

/// Whether x of n is reliable.
#[must_use]
pub fn of_share(x: f64, n: f64) -> bool {
    if x <= 0.0 { n >= SMALLEST_GROUP_OF_ZERO } else { coefficient_of_variation(x, n) <= LARGEST_VARIATION }
}

/// Whether a mean is reliable: its standard error is at most a third of it.
#[must_use]
pub fn of_mean(group: &Moments) -> bool {
    group.deviation.is_some_and(|deviation| deviation / group.n.sqrt() <= LARGEST_VARIATION * group.mean.abs())
}
