//! Random tables with given margins, for tables that are too many to enumerate.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{Factorials, RANDOM_TABLES, Table};

/// Members dealt, or cells drawn, after which fewer tables have to do.
const WORK: u64 = 300_000_000;

/// Members that can be dealt in the time of drawing one cell.
const DEALT_PER_CELL: u64 = 10;

/// `(r + 1)/(tables + 1)`, with r of the random tables no more likely than the table seen, and how many tables were drawn.
pub(super) fn p_value(table: &Table, seed: u64) -> (f64, u32) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let seen = table.cells - 1e-7;
    let cells = (table.rows.len() * table.columns.len()) as u64 * DEALT_PER_CELL;
    let tables = u32::try_from(WORK / cells.min(table.total)).unwrap_or(RANDOM_TABLES).clamp(999, RANDOM_TABLES);
    let mut dealer = (table.total <= cells).then(|| Dealer::new(table));
    let mut reached = 0u32;
    for _ in 0..tables {
        let cells = match &mut dealer {
            Some(dealer) => dealer.deal(table, &mut random),
            None => draw(table, &mut random),
        };
        reached += u32::from(cells >= seen);
    }
    (f64::from(reached + 1) / f64::from(tables + 1), tables)
}

/// Each member's column, shuffled and dealt to the rows: for tables with more cells than members.
struct Dealer {
    columns: Vec<usize>,
    counts: Vec<u64>,
    logarithms: Vec<f64>,
}

impl Dealer {
    fn new(table: &Table) -> Self {
        let members = |(column, total): (usize, &u64)| (0..*total).map(move |_| column);
        let largest = table.columns.iter().copied().max().unwrap_or(0);
        Self {
            columns: table.columns.iter().enumerate().flat_map(members).collect(),
            counts: vec![0; table.columns.len()],
            logarithms: (0..=largest).map(|n| if n == 0 { 0.0 } else { table.factorials.ln(n) - table.factorials.ln(n - 1) }).collect(),
        }
    }

    /// `Σ ln n!` of a random table.
    #[expect(clippy::cast_possible_truncation, reason = "below the number of members")]
    fn deal(&mut self, table: &Table, random: &mut ChaCha8Rng) -> f64 {
        for at in (1..self.columns.len()).rev() {
            // The high half of a product is even enough for 2 million members.
            let other = ((u128::from(random.next_u64()) * (at as u128 + 1)) >> 64) as usize;
            self.columns.swap(at, other);
        }
        let (mut sum, mut from) = (0.0, 0);
        for row in &table.rows {
            let hand = &self.columns[from..from + *row as usize];
            for column in hand {
                self.counts[*column] += 1;
                sum += self.logarithms[self.counts[*column] as usize];
            }
            for column in hand {
                self.counts[*column] = 0;
            }
            from += hand.len();
        }
        sum
    }
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
