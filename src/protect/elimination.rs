//! Which unknowns of a system of linear equations have one value only.

/// A prime past which no determinant of such systems is expected to be a multiple: arithmetic modulo it tells ranks exactly.
const PRIME: u64 = (1 << 61) - 1;

/// A row: its unknowns in order, with their factors modulo [`PRIME`]; never a zero.
type Row = Vec<(usize, u64)>;

fn times(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b) % u128::from(PRIME);
    u64::try_from(product).unwrap_or_default()
}

fn plus(a: u64, b: u64) -> u64 {
    (a + b) % PRIME
}

fn minus(a: u64) -> u64 {
    (PRIME - a) % PRIME
}

/// `1/a`, by Fermat: a^(p−2).
fn inverse(a: u64) -> u64 {
    let (mut base, mut power, mut result) = (a, PRIME - 2, 1);
    while power > 0 {
        if power & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        power >>= 1;
    }
    result
}

/// The unknowns, by position, that every solution of the equations gives the same value. `rows` hold unknowns with factors; what
/// they add up to does not matter.
///
/// An unknown is determined where all solutions of the equations with zeros on the right have 0 for it; so one such solution with
/// arbitrary numbers for what is free tells all of them apart. Cost: a sparse elimination, once.
pub(super) fn determined(unknowns: usize, rows: Vec<Vec<(usize, i64)>>) -> Vec<usize> {
    let mut rows: Vec<Row> = rows.into_iter().map(tidy).filter(|row| !row.is_empty()).collect();
    rows.sort_by_key(Vec::len);
    let mut pivots: Vec<Option<Row>> = vec![None; unknowns];
    for mut row in rows {
        while let Some((lead, factor)) = row.first().copied() {
            if let Some(pivot) = &pivots[lead] {
                row = add(&row, pivot, minus(factor));
                continue;
            }
            let scale = inverse(factor);
            for (_, x) in &mut row {
                *x = times(*x, scale);
            }
            pivots[lead] = Some(row);
            break;
        }
    }
    let mut solution = vec![0u64; unknowns];
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    for at in (0..unknowns).rev() {
        solution[at] = match &pivots[at] {
            None => arbitrary(&mut state),
            Some(row) => minus(row.iter().skip(1).fold(0, |sum, (other, factor)| plus(sum, times(*factor, solution[*other])))),
        };
    }
    (0..unknowns).filter(|at| solution[*at] == 0).collect()
}

/// In order, terms of one unknown added up.
fn tidy(mut terms: Vec<(usize, i64)>) -> Row {
    terms.sort_unstable();
    let mut row: Row = Vec::with_capacity(terms.len());
    for (unknown, factor) in terms {
        let factor = if factor < 0 { minus(factor.unsigned_abs()) } else { factor.unsigned_abs() };
        match row.last_mut() {
            Some((last, sum)) if *last == unknown => *sum = plus(*sum, factor),
            _ => row.push((unknown, factor)),
        }
    }
    row.retain(|(_, factor)| *factor != 0);
    row
}

/// `row + scale · other`.
fn add(row: &Row, other: &Row, scale: u64) -> Row {
    let mut sum = Vec::with_capacity(row.len() + other.len());
    let (mut a, mut b) = (row.iter().peekable(), other.iter().peekable());
    loop {
        let (unknown, factor) = match (a.peek(), b.peek()) {
            (Some((i, x)), Some((j, y))) if i == j => {
                let both = (*i, plus(*x, times(*y, scale)));
                a.next();
                b.next();
                both
            }
            (Some((i, x)), other) if other.is_none_or(|(j, _)| i < j) => {
                a.next();
                (*i, *x)
            }
            (_, Some((j, y))) => {
                let term = (*j, times(*y, scale));
                b.next();
                term
            }
            _ => return sum,
        };
        if factor != 0 {
            sum.push((unknown, factor));
        }
    }
}

/// `SplitMix64`, and never 0.
fn arbitrary(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % (PRIME - 1) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_one_value_is_told_from_what_has_many() {
        // x + y + z = ., y + z = ., z + w = .: x is determined, the others are not.
        let rows = vec![vec![(0, 1), (1, 1), (2, 1)], vec![(1, 1), (2, 1)], vec![(2, 1), (3, 1)]];
        assert_eq!(determined(4, rows), [0]);
    }

    #[test]
    fn three_pairs_in_a_circle_are_determined_and_four_are_not() {
        let pair = |a, b| vec![(a, 1), (b, 1)];
        assert_eq!(determined(3, vec![pair(0, 1), pair(1, 2), pair(2, 0)]), [0, 1, 2]);
        assert!(determined(4, vec![pair(0, 1), pair(1, 2), pair(2, 3), pair(3, 0)]).is_empty());
    }

    #[test]
    fn equal_terms_on_both_sides_say_nothing() {
        assert!(determined(2, vec![vec![(0, 1), (0, -1)], vec![(0, 1), (1, -1)]]).is_empty());
        assert_eq!(determined(2, vec![vec![(0, 1), (0, 1), (1, 1)], vec![(1, 2)]]), [0, 1]);
    }
}
