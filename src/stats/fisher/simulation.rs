//! Random tables with given margins, for tables that are too many to enumerate.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{Factorials, Table};

/// `(r + 1)/(tables + 1)`, with r of the random tables no more likely than the table seen.
pub(super) fn p_value(table: &Table, tables: u32, seed: u64) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let seen = table.cells - 1e-7;
    let mut reached = 0u32;
    for _ in 0..tables {
        reached += u32::from(draw(table, &mut random) >= seen);
    }
    f64::from(reached + 1) / f64::from(tables + 1)
}

/// `Σ ln n!` of a random table: each row takes its members from what the columns still have.
fn draw(table: &Table, random: &mut ChaCha8Rng) -> f64 {
    let mut columns = table.columns.clone();
    let mut left = table.total;
    let mut sum = 0.0;
    for row in &table.rows {
        let (mut wanted, mut among) = (*row, left);
        left -= row;
        for column in &mut columns {
            let taken = hypergeometric(*column, among - *column, wanted, &table.factorials, uniform(random));
            among -= *column;
            *column -= taken;
            wanted -= taken;
            sum += table.factorials.ln(taken);
        }
    }
    sum
}

#[expect(clippy::cast_precision_loss, reason = "53 bits")]
fn uniform(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}

/// How many of `drawn` members are of the first kind: by inversion, from the likeliest number outward.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts below MOST_COUNTED")]
fn hypergeometric(first: u64, second: u64, drawn: u64, factorials: &Factorials, uniform: f64) -> u64 {
    let (low, high) = (drawn.saturating_sub(second), drawn.min(first));
    let ln = |n: u64| factorials.ln(n);
    let mode = (((drawn + 1) as f64 * (first + 1) as f64 / (first + second + 2) as f64) as u64).clamp(low, high);
    let probability = (ln(first) + ln(second) + ln(drawn) + ln(first + second - drawn)
        - ln(first + second)
        - ln(mode)
        - ln(first - mode)
        - ln(drawn - mode)
        - ln(second + mode - drawn))
    .exp();
    let (mut below, mut above) = ((mode, probability), (mode, probability));
    let mut left = uniform - probability;
    while left >= 0.0 && (below.0 > low || above.0 < high) {
        if above.0 < high {
            let n = above.0;
            let ratio = (first - n) as f64 * (drawn - n) as f64 / ((n + 1) as f64 * (second + n + 1 - drawn) as f64);
            above = (n + 1, above.1 * ratio);
            left -= above.1;
            if left < 0.0 {
                return above.0;
            }
        }
        if below.0 > low {
            let n = below.0;
            let ratio = n as f64 * (second + n - drawn) as f64 / ((first + 1 - n) as f64 * (drawn + 1 - n) as f64);
            below = (n - 1, below.1 * ratio);
            left -= below.1;
            if left < 0.0 {
                return below.0;
            }
        }
    }
    mode
}
