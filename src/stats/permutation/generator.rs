//! Random numbers for permutation tests: fast, small, and the same on every machine for a seed and an index.
//!
//! A test draws some hundred million numbers; a cipher would take most of its time. Not for secrets.

/// `SplitMix64`: turns seeds, however alike, into bits that are not.
///
/// Source: Steele, Lea & Flood, Fast splittable pseudorandom number generators, OOPSLA 2014; Vigna's `splitmix64.c`.
#[derive(Debug, Clone)]
pub(super) struct SplitMix64(pub(super) u64);

impl SplitMix64 {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// xoshiro256++ (period 2²⁵⁶ − 1).
///
/// Source: Blackman & Vigna, Scrambled linear pseudorandom number generators, ACM TOMS 47 (2021).
#[derive(Debug, Clone)]
pub(super) struct Xoshiro256PlusPlus([u64; 4]);

impl Xoshiro256PlusPlus {
    /// The stream with this number of this seed.
    pub(super) fn stream(seed: u64, index: u64) -> Self {
        let mut bits = SplitMix64(SplitMix64(seed).next() ^ SplitMix64(!index).next());
        Self([bits.next(), bits.next(), bits.next(), bits.next()])
    }

    #[inline]
    pub(super) fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A whole number below `bound`, all equally likely; `bound` at least 1.
    ///
    /// Source: Lemire, Fast random integer generation in an interval, ACM TOMACS 29 (2019).
    #[inline]
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let [drawn] = self.all_below([bound]);
        drawn
    }

    /// Whole numbers below each of the bounds, all combinations equally likely, from one word; the product of the bounds is at most 2⁶⁰.
    ///
    /// Source: Brackett-Rozinsky & Lemire, Batched ranged random integer generation, Software: Practice and Experience 55 (2025).
    #[inline]
    pub(super) fn all_below<const N: usize>(&mut self, bounds: [u32; N]) -> [u32; N] {
        let mut drawn = [0; N];
        let mut rest = multiply(self.next(), bounds, &mut drawn);
        let product = bounds.iter().fold(1_u64, |product, bound| product.wrapping_mul(u64::from(*bound)));
        if rest < product {
            let threshold = product.wrapping_neg() % product;
            while rest < threshold {
                rest = multiply(self.next(), bounds, &mut drawn);
            }
        }
        drawn
    }

    /// Puts the items into a random order, all orders equally likely (Fisher & Yates 1938; Durstenfeld 1964).
    #[inline]
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        let mut left = u32::try_from(items.len()).unwrap_or(u32::MAX);
        // One word for as many exchanges as its bits allow.
        while left > 1 << 30 {
            let [a] = self.all_below([left]);
            items.swap(a as usize, left as usize - 1);
            left -= 1;
        }
        while left > 1 << 15 {
            let [a, b] = self.all_below([left, left - 1]);
            items.swap(a as usize, left as usize - 1);
            items.swap(b as usize, left as usize - 2);
            left -= 2;
        }
        while left > 4 {
            let [a, b, c, d] = self.all_below([left, left - 1, left - 2, left - 3]);
            let end = left as usize;
            items.swap(a as usize, end - 1);
            items.swap(b as usize, end - 2);
            items.swap(c as usize, end - 3);
            items.swap(d as usize, end - 4);
            left -= 4;
        }
        while left > 1 {
            let a = self.below(left);
            items.swap(a as usize, left as usize - 1);
            left -= 1;
        }
    }
}

/// The high halves of one product after another; gives what is left of the word.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves of a product of 128 bits")]
fn multiply<const N: usize>(word: u64, bounds: [u32; N], drawn: &mut [u32; N]) -> u64 {
    let mut rest = word;
    for (drawn, bound) in drawn.iter_mut().zip(bounds) {
        let product = u128::from(rest) * u128::from(bound);
        *drawn = (product >> 64) as u32;
        rest = product as u64;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generators_give_the_published_numbers() {
        let mut bits = SplitMix64(1_234_567);
        let published = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431];
        assert_eq!([bits.next(), bits.next(), bits.next(), bits.next()], published);
        let mut generator = Xoshiro256PlusPlus([1, 2, 3, 4]);
        let published: [u64; 10] = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
            14_011_001_112_246_962_877,
            12_406_186_145_184_390_807,
            15_849_039_046_786_891_736,
            10_450_023_813_501_588_000,
        ];
        assert_eq!([0; 10].map(|_| generator.next()), published);
    }

    #[test]
    fn numbers_below_a_bound_are_equally_frequent_also_in_batches() {
        let mut generator = Xoshiro256PlusPlus::stream(1, 0);
        let mut counts = [[[0_i32; 5]; 3]; 4];
        for _ in 0..60_000 {
            let [a, b, c] = generator.all_below([4, 3, 5]);
            counts[a as usize][b as usize][c as usize] += 1;
        }
        // Binomial with mean 1000 and standard deviation 31.4: five of them.
        assert!(counts.iter().flatten().flatten().all(|count| (count - 1000).abs() < 157), "{counts:?}");
    }

    #[test]
    fn all_orders_of_five_are_equally_frequent() {
        let mut counts = std::collections::BTreeMap::new();
        for index in 0..120_000 {
            let mut items = [0_u8, 1, 2, 3, 4];
            Xoshiro256PlusPlus::stream(7, index).shuffle(&mut items);
            *counts.entry(items).or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 120);
        assert!(counts.values().all(|count| (count - 1000).abs() < 157), "{counts:?}");
    }

    #[test]
    fn long_and_short_lists_keep_their_items() {
        for length in [0, 1, 2, 3, 4, 5, 6, 7, 8, 40_000] {
            let mut items: Vec<usize> = (0..length).collect();
            Xoshiro256PlusPlus::stream(3, 9).shuffle(&mut items);
            let moved = items.iter().enumerate().filter(|(i, item)| i != *item).count();
            assert!(length < 8 || moved > 0);
            items.sort_unstable();
            assert!(items.into_iter().eq(0..length), "{length}");
        }
    }

    #[test]
    fn streams_of_one_seed_differ_and_so_do_seeds() {
        let first = |seed, index| Xoshiro256PlusPlus::stream(seed, index).next();
        let mut seen: Vec<u64> = (0..100).flat_map(|seed| (0..100).map(move |index| first(seed, index))).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 10_000);
    }
}
