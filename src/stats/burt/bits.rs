//! Answers as sets of bits, 64 persons a word, and how many persons are in two sets at once.

/// Words that are added up together, so that the compiler takes vectors of them.
const LANES: usize = 4;

/// Words of one round of the counter: sixteen vectors.
pub(super) const ROUND: usize = 16 * LANES;

type Vector = [u64; LANES];

/// Sets the bits of the persons of `codes` who chose `code`; `words` has room for them and is zero beyond.
pub(super) fn choosers(codes: &[u16], code: u16, words: &mut [u64]) {
    let (whole, rest) = codes.as_chunks::<64>();
    for (word, codes) in words.iter_mut().zip(whole) {
        let mut bytes = [0u8; 64];
        for (byte, answer) in bytes.iter_mut().zip(codes) {
            *byte = u8::from(*answer == code);
        }
        *word = 0;
        for (position, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
            // The product gathers eight bytes of 0 or 1 as the eight bits of its highest byte.
            let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            *word |= gathered << (8 * position);
        }
    }
    if !rest.is_empty() {
        words[whole.len()] = rest.iter().enumerate().fold(0, |word, (i, answer)| word | (u64::from(*answer == code) << i));
    }
    words[codes.len().div_ceil(64)..].fill(0);
}

/// The number of bits set in both, of whole rounds.
///
/// Sixteen vectors are added bit by bit with carry-save adders, and only every sixteenth carry is counted.
/// Source: Muła, Kurz & Lemire, Faster population counts using AVX2 instructions, The Computer Journal 61 (2018).
pub(super) fn in_both(a: &[u64], b: &[u64]) -> u32 {
    let (mut ones, mut twos, mut fours, mut eights) = ([0; LANES], [0; LANES], [0; LANES], [0; LANES]);
    let mut sixteens_counted = 0;
    for (a, b) in a.as_chunks::<ROUND>().0.iter().zip(b.as_chunks::<ROUND>().0) {
        let both = |vector: usize| -> Vector { std::array::from_fn(|lane| a[vector * LANES + lane] & b[vector * LANES + lane]) };
        let mut carries_of_two = [[0; LANES]; 2];
        let mut carries_of_four = [[0; LANES]; 2];
        let mut carries_of_eight = [[0; LANES]; 2];
        for (e, eight) in carries_of_eight.iter_mut().enumerate() {
            for (f, four) in carries_of_four.iter_mut().enumerate() {
                for (t, two) in carries_of_two.iter_mut().enumerate() {
                    let at = 8 * e + 4 * f + 2 * t;
                    *two = add(&mut ones, both(at), both(at + 1));
                }
                *four = add(&mut twos, carries_of_two[0], carries_of_two[1]);
            }
            *eight = add(&mut fours, carries_of_four[0], carries_of_four[1]);
        }
        sixteens_counted += count(add(&mut eights, carries_of_eight[0], carries_of_eight[1]));
    }
    16 * sixteens_counted + 8 * count(eights) + 4 * count(fours) + 2 * count(twos) + count(ones)
}

/// Adds two vectors to a sum, bit by bit, and gives the carries.
#[inline]
fn add(sum: &mut Vector, a: Vector, b: Vector) -> Vector {
    let mut carry = [0; LANES];
    for lane in 0..LANES {
        let differ = a[lane] ^ b[lane];
        carry[lane] = (a[lane] & b[lane]) | (differ & sum[lane]);
        sum[lane] ^= differ;
    }
    carry
}

#[inline]
fn count(vector: Vector) -> u32 {
    vector.iter().map(|word| word.count_ones()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_in_two_sets_are_counted_as_one_by_one() {
        let mut state = 7u64;
        let codes: [Vec<u16>; 2] = std::array::from_fn(|_| {
            (0..ROUND * 64 * 2 + 37)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 62) as u16
                })
                .collect()
        });
        for (a, b) in [(0, 0), (1, 3), (2, 2)] {
            let mut words = [vec![u64::MAX; ROUND * 3], vec![u64::MAX; ROUND * 3]];
            choosers(&codes[0], a, &mut words[0]);
            choosers(&codes[1], b, &mut words[1]);
            let expected = codes[0].iter().zip(&codes[1]).filter(|(x, y)| (**x, **y) == (a, b)).count();
            assert_eq!(in_both(&words[0], &words[1]) as usize, expected);
        }
    }
}
