//! One table of draws for all units: in each row, places of other units without replacement, in random order.
//!
//! The first `k` draws of a row are a random `k`-subset of the others in random order, so that one row serves every unit, whatever
//! its number of neighbors. Which row it is depends on the seed and the row's number alone.

use super::generator::Xoshiro256PlusPlus;

/// Rows longer than this are drawn by exchanging places in a list of all, shorter ones by drawing again what was drawn before.
const REDRAWN: usize = 64;

/// Some rows of the table, draw by draw: `places[draw * rows + row]` is below `others`.
#[derive(Debug)]
pub(super) struct Draws {
    pub(super) rows: usize,
    pub(super) places: Vec<u32>,
}

impl Draws {
    /// The rows from `first` on, of `draws` draws from `others` places; `draws` is at most `others`.
    pub(super) fn of(seed: u64, first: usize, rows: usize, draws: usize, others: u32) -> Self {
        let mut places = vec![0; rows * draws];
        let mut row_places = vec![0; draws];
        let exchanging = draws > REDRAWN || draws.saturating_mul(4) > others as usize;
        let mut all: Vec<u32> = if exchanging { (0..others).collect() } else { Vec::new() };
        for row in 0..rows {
            let mut generator = Xoshiro256PlusPlus::stream(seed, (first + row) as u64);
            if exchanging {
                by_exchange(&mut generator, &mut all, &mut row_places);
            } else {
                by_redrawing(&mut generator, others, &mut row_places);
            }
            for (draw, place) in row_places.iter().enumerate() {
                places[draw * rows + row] = *place;
            }
        }
        Self { rows, places }
    }
}

fn by_redrawing(generator: &mut Xoshiro256PlusPlus, others: u32, row: &mut [u32]) {
    for draw in 0..row.len() {
        row[draw] = loop {
            let place = generator.below(others);
            if !row[..draw].contains(&place) {
                break place;
            }
        };
    }
}

/// `all` comes and goes in ascending order.
fn by_exchange(generator: &mut Xoshiro256PlusPlus, all: &mut [u32], row: &mut [u32]) {
    let mut left = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let mut chosen = Vec::with_capacity(row.len());
    for (draw, place) in row.iter_mut().enumerate() {
        let other = draw + generator.below(left) as usize;
        all.swap(draw, other);
        chosen.push(other);
        *place = all[draw];
        left -= 1;
    }
    for (draw, other) in chosen.into_iter().enumerate().rev() {
        all.swap(draw, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(draws: &Draws, row: usize) -> Vec<u32> {
        draws.places.iter().skip(row).step_by(draws.rows).copied().collect()
    }

    #[test]
    fn no_place_is_drawn_twice_in_a_row_and_all_can_be_drawn() {
        for (draws, others) in [(3, 3), (3, 12), (3, 100), (70, 70), (70, 5000), (1, 1), (0, 4)] {
            let table = Draws::of(5, 0, 50, draws, others);
            for at in 0..50 {
                let mut places = row(&table, at);
                places.sort_unstable();
                places.dedup();
                assert!(places.len() == draws && places.iter().all(|place| *place < others), "{draws} of {others}");
            }
        }
    }

    #[test]
    fn a_row_is_the_same_wherever_the_table_is_cut() {
        for (draws, others) in [(5, 1000), (80, 200)] {
            let whole = Draws::of(11, 0, 40, draws, others);
            let part = Draws::of(11, 25, 15, draws, others);
            assert_eq!(row(&whole, 25), row(&part, 0));
            assert_eq!(row(&whole, 39), row(&part, 14));
        }
    }

    #[test]
    fn ordered_pairs_are_equally_frequent_by_both_ways_of_drawing() {
        // 2 of 8 are redrawn, 2 of 7 exchanged.
        for others in [8_u32, 7] {
            let rows = 1000 * (others * (others - 1)) as usize;
            let table = Draws::of(2, 0, rows, 2, others);
            let mut counts = vec![0_i32; (others * others) as usize];
            for at in 0..rows {
                let pair = row(&table, at);
                counts[(pair[0] * others + pair[1]) as usize] += 1;
            }
            for (pair, count) in (0..).zip(counts) {
                let possible = pair / others != pair % others;
                assert!(if possible { (count - 1000).abs() < 157 } else { count == 0 }, "{pair} of {others}: {count}");
            }
        }
    }
}
