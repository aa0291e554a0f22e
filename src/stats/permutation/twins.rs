//! The tests by their definitions, in whole numbers, on every unit: slow, exact, and the same counts as the kernels.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::conditional::{Statistic, counts};
use super::draws::Draws;
use super::{Counts, Permutations, Tail, global, local};
use crate::stats::spatial_weights::SpatialWeights;

const ALL: [Tail; 5] = [Tail::Greater, Tail::Less, Tail::Directed, Tail::TwoSided, Tail::Folded];

fn permutations(count: u32, seed: u64, tail: Tail) -> Permutations {
    Permutations { count, seed, tail }
}

/// `n x_i − Σ x`, in the order of `x_i` less the mean and without rounding.
fn whole_centered(values: &[i64]) -> Vec<i64> {
    let sum: i64 = values.iter().sum();
    values.iter().map(|x| i64::try_from(values.len()).unwrap() * x - sum).collect()
}

/// The counts of every unit by definition: its others in a list, one statistic a row of draws. Weights must be whole numbers, or equal
/// in a row.
fn by_definition(z: &[i64], weights: &SpatialWeights, statistic: Statistic, count: u32, seed: u64) -> Vec<Option<Counts>> {
    let n = z.len();
    let most = (0..n).map(|unit| weights.row(unit).filter(|(j, _)| *j != unit).count()).max().unwrap_or(0);
    if most == 0 {
        return vec![None; n];
    }
    let draws = Draws::of(seed, 0, count as usize, most, u32::try_from(n - 1).unwrap());
    let of_unit = |unit: usize| {
        let row: Vec<(usize, f64)> = weights.row(unit).filter(|(j, _)| *j != unit).collect();
        let uniform = row.iter().all(|(_, w)| *w == row[0].1);
        #[expect(clippy::cast_possible_truncation, reason = "whole numbers")]
        let w: Vec<i128> = row.iter().map(|(_, w)| if uniform { 1 } else { *w as i128 }).collect();
        let others: Vec<i64> = (0..n).filter(|j| *j != unit).map(|j| z[j]).collect();
        let own = i128::from(z[unit]);
        let term = |z: i64| match statistic {
            Statistic::Lag => i128::from(z),
            Statistic::SquaredDifferences => (own - i128::from(z)).pow(2),
        };
        let of_values = |values: &mut dyn Iterator<Item = i64>| w.iter().zip(values).map(|(w, z)| w * term(z)).sum::<i128>();
        let observed = of_values(&mut row.iter().map(|(j, _)| z[*j]));
        // Times n − 1, so that the expectation is a whole number.
        let rest = i128::try_from(n - 1).unwrap();
        let expected = w.iter().sum::<i128>() * others.iter().map(|z| term(*z)).sum::<i128>();
        let mut counts = Counts::default();
        for permutation in 0..count as usize {
            let drawn = of_values(&mut draws.places.iter().skip(permutation).step_by(count as usize).map(|place| others[*place as usize]));
            counts.at_least += u32::from(drawn >= observed);
            counts.at_most += u32::from(drawn <= observed);
            counts.as_far += u32::from((rest * drawn - expected).abs() >= (rest * observed - expected).abs());
        }
        Some(counts)
    };
    (0..n).map(|unit| if weights.is_island(unit) { None } else { of_unit(unit) }).collect()
}

/// Compares kernel and definition on every unit, for all that counts as extreme.
fn agree(values: &[i64], weights: &SpatialWeights, count: u32, seed: u64) {
    #[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
    let z: Vec<f64> = values.iter().map(|x| *x as f64).collect();
    let z = super::centered(&z);
    for statistic in [Statistic::Lag, Statistic::SquaredDifferences] {
        let expected = by_definition(&whole_centered(values), weights, statistic, count, seed);
        for tail in ALL {
            let found = counts(&z, weights, statistic, &permutations(count, seed, tail));
            assert_eq!(found.len(), expected.len());
            for (unit, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let seen = |counts: &Counts| match tail {
                    Tail::Folded => (counts.as_far, 0),
                    _ => (counts.at_least, counts.at_most),
                };
                assert_eq!(found.as_ref().map(seen), expected.as_ref().map(seen), "unit {unit}, {statistic:?}, {tail:?}");
            }
        }
    }
}

/// Units with values in a narrow range, so that ties abound, and any links: rows of equal and of unequal weights, islands, asymmetry.
fn any_case() -> impl Strategy<Value = (Vec<i64>, SpatialWeights)> {
    (2_usize..24).prop_flat_map(|n| {
        let row = (proptest::collection::vec((0..u32::try_from(n).unwrap(), 1_u8..4), 0..n), 0_u8..3);
        (proptest::collection::vec(-3_i64..4, n), proptest::collection::vec(row, n), any::<bool>()).prop_map(|(values, rows, star)| {
            let rows: Vec<Vec<(u32, f64)>> = (0_u32..)
                .zip(rows)
                .map(|(unit, (mut row, kind))| {
                    row.sort_unstable();
                    row.dedup_by_key(|(j, _)| *j);
                    row.retain(|(j, _)| *j != unit);
                    let equal = 1.0 / f64::from(u32::try_from(row.len().max(1)).unwrap());
                    row.iter().map(|(j, w)| (*j, if kind == 0 { f64::from(*w) } else { equal })).collect()
                })
                .collect();
            let weights = SpatialWeights::new(&rows).unwrap();
            (values, if star { weights.with_self() } else { weights })
        })
    })
}

/// A lattice of `side` by `side` units, each next to its four neighbors.
fn lattice(side: u32) -> SpatialWeights {
    let next = |unit: u32| {
        let (x, y) = (unit % side, unit / side);
        let beside = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
        beside.into_iter().filter(|(x, y)| *x < side && *y < side).map(|(x, y)| y * side + x).collect()
    };
    SpatialWeights::binary(&(0..side * side).map(next).collect::<Vec<_>>()).unwrap()
}

/// Values without order: bits of a hash.
fn noise(units: u32, seed: u64) -> Vec<f64> {
    let mut bits = super::generator::SplitMix64(seed);
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    let uniform = |word: u64| (word >> 11) as f64 / (1_u64 << 53) as f64;
    (0..units).map(|_| uniform(bits.next()) + uniform(bits.next()) + uniform(bits.next())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn every_unit_has_the_counts_of_the_definition((values, weights) in any_case(), count in 1_u32..60, seed in any::<u64>()) {
        agree(&values, &weights, count, seed);
    }
}

#[test]
fn relabeling_the_units_relabels_the_answers() {
    let weights = lattice(5);
    let values = noise(25, 3);
    let moved = |unit: u32| (unit * 7 + 3) % 25;
    let mut rows = vec![vec![]; 25];
    let mut moved_values = vec![0.0; 25];
    for unit in 0..25 {
        rows[moved(unit) as usize] = weights.neighbors(unit as usize).iter().map(|j| moved(*j)).collect();
        moved_values[moved(unit) as usize] = values[unit as usize];
    }
    let moved_weights = SpatialWeights::binary(&rows).unwrap();
    let all = permutations(40_000, 3, Tail::Greater);
    let (one, other) = (global::moran(&values, &weights, &all).unwrap(), global::moran(&moved_values, &moved_weights, &all).unwrap());
    assert!((one.statistic - other.statistic).abs() < 1e-12);
    let near = |p: f64, q: f64| (p - q).abs() < 6.0 * (p * (1.0 - p) * 2.0 / 40_000.0).sqrt() + 1e-4;
    assert!(near(one.p, other.p));
    for test in [local::moran, local::geary, local::getis_ord] {
        let (one, other) = (test(&values, &weights, &all).unwrap(), test(&moved_values, &moved_weights, &all).unwrap());
        for unit in 0..25 {
            assert!(near(one[unit as usize].unwrap(), other[moved(unit) as usize].unwrap()), "{unit}");
        }
    }
}

#[test]
fn blocks_of_rows_and_chunks_of_units_make_no_difference() {
    // More rows than a block, more units than a chunk.
    let weights = lattice(65).row_standardized();
    #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
    let values: Vec<i64> = noise(65 * 65, 4).iter().map(|x| (x * 20.0) as i64).collect();
    agree(&values, &weights, 23, 8);
    let weights = lattice(6);
    agree(&values[..36], &weights, 2_345, 8);
}

#[test]
fn a_unit_next_to_all_others_does_not_make_the_table_wrong() {
    // Its sums are not kept, those of the others are.
    let n = 300_u32;
    let of_unit = |unit: u32| if unit == 7 { (0..n).filter(|j| *j != 7).collect() } else { BTreeSet::from([7, (unit + 8) % n]) };
    let others = |unit: u32| of_unit(unit).into_iter().filter(|j| *j != unit).collect();
    let rows: Vec<Vec<u32>> = (0..n).map(others).collect();
    #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
    let values: Vec<i64> = noise(n, 1).iter().map(|x| (x * 9.0) as i64).collect();
    agree(&values, &SpatialWeights::binary(&rows).unwrap(), 60, 2);
    agree(&values, &SpatialWeights::binary(&rows).unwrap().row_standardized().with_self(), 60, 2);
}

#[test]
fn all_threads_give_the_same_numbers() {
    let weights = lattice(70).row_standardized();
    let (x, y) = (noise(70 * 70, 4), noise(70 * 70, 5));
    let marked: Vec<bool> = x.iter().map(|x| *x > 1.6).collect();
    let all = permutations(99, 6, Tail::TwoSided);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let locals = [
                local::moran(&x, &weights, &all).unwrap(),
                local::bivariate_moran(&x, &y, &weights, &all).unwrap(),
                local::geary(&x, &weights, &all).unwrap(),
                local::join_count(&marked, &weights, &all).unwrap(),
            ];
            let globals = [
                global::moran(&x, &weights, &all).unwrap(),
                global::bivariate_moran(&x, &y, &weights, &all).unwrap(),
                global::lee(&x, &y, &weights, &all).unwrap(),
            ];
            (locals, globals)
        })
    };
    assert_eq!(run(1), run(3));
}

/// The greatest distance between the distribution of p-values and the uniform one on `1/(M + 1), 2/(M + 1), …, 1`.
fn distance_from_uniform(mut p: Vec<f64>, count: u32) -> f64 {
    p.sort_by(f64::total_cmp);
    let steps = f64::from(count) + 1.0;
    #[expect(clippy::cast_precision_loss, reason = "numbers of runs")]
    let share = |limit: f64| p.partition_point(|p| *p <= limit + 1e-9) as f64 / p.len() as f64;
    (1..=count).map(|step| f64::from(step) / steps).map(|limit| (share(limit) - limit).abs()).fold(0.0, f64::max)
}

#[test]
fn under_the_null_p_is_uniform() {
    // 500 fields without order; Kolmogorov's limit at 1 %: 1.63 / √500.
    let (runs, count) = (500, 199);
    let weights = lattice(7).row_standardized();
    let star = lattice(7).with_self().row_standardized();
    let mut p: Vec<(String, Vec<f64>)> = Vec::new();
    for tail in [Tail::Greater, Tail::Less, Tail::TwoSided, Tail::Folded] {
        let mut of_test: [Vec<f64>; 8] = Default::default();
        for run in 0..runs {
            let (x, y) = (noise(49, 1_000 + run), noise(49, 900_000 + run));
            let all = permutations(count, run, tail);
            let unit = usize::try_from(run % 49).unwrap();
            let found = [
                global::moran(&x, &weights, &all).unwrap().p,
                global::geary(&x, &weights, &all).unwrap().p,
                global::getis_ord(&x, &weights, &all).unwrap().p,
                global::bivariate_moran(&x, &y, &weights, &all).unwrap().p,
                global::lee(&x, &y, &weights, &all).unwrap().p,
                local::moran(&x, &weights, &all).unwrap()[unit].unwrap(),
                local::getis_ord(&x, &star, &all).unwrap()[unit].unwrap(),
                local::geary(&x, &weights, &all).unwrap()[unit].unwrap(),
            ];
            of_test.iter_mut().zip(found).for_each(|(all, p)| all.push(p));
        }
        p.extend(of_test.into_iter().enumerate().map(|(test, p)| (format!("{tail:?} {test}"), p)));
    }
    for (test, p) in p {
        let distance = distance_from_uniform(p, count);
        // Doubled p-values take every second step.
        assert!(distance < 1.63 / 500.0_f64.sqrt() + if test.starts_with("Two") { 0.005 } else { 0.0 }, "{test}: {distance}");
    }
}

#[test]
fn p_of_small_maps_is_that_of_all_their_orders() {
    // Six units on a line: all 720 orders can be listed.
    let x = [1.0, 4.0, 5.0, 2.0, 7.0, 7.0];
    let y = [3.0, 3.0, 8.0, 1.0, 6.0, 0.0];
    let line: Vec<Vec<u32>> = (0_u32..6).map(|i| [i.wrapping_sub(1), i + 1].into_iter().filter(|j| *j < 6).collect()).collect();
    let weights = SpatialWeights::binary(&line).unwrap().row_standardized();
    let mut orders = vec![vec![]];
    for _ in 0..6 {
        orders = orders
            .iter()
            .flat_map(|order: &Vec<usize>| (0..6).filter(|i| !order.contains(i)).map(|i| [&order[..], &[i]].concat()))
            .collect();
    }
    assert_eq!(orders.len(), 720);
    let many = permutations(40_000, 5, Tail::Greater);
    let one = permutations(1, 0, Tail::Greater);
    let put = |values: &[f64], order: &[usize]| -> Vec<f64> { order.iter().map(|i| values[*i]).collect() };
    type Test<'a> = (&'a str, Box<dyn Fn(&[f64], &[f64], &Permutations) -> global::GlobalTest + 'a>, bool);
    let tests: [Test<'_>; 5] = [
        ("moran", Box::new(|x, _, p| global::moran(x, &weights, p).unwrap()), true),
        ("geary", Box::new(|x, _, p| global::geary(x, &weights, p).unwrap()), true),
        ("g", Box::new(|x, _, p| global::getis_ord(x, &weights, p).unwrap()), true),
        ("bivariate", Box::new(|x, y, p| global::bivariate_moran(x, y, &weights, p).unwrap()), false),
        ("lee", Box::new(|x, y, p| global::lee(x, y, &weights, p).unwrap()), true),
    ];
    for (name, test, both) in tests {
        let observed = test(&x, &y, &many);
        let sign = if name == "geary" { -1.0 } else { 1.0 };
        let all: Vec<f64> =
            orders.iter().map(|order| test(&if both { put(&x, order) } else { x.to_vec() }, &put(&y, order), &one).statistic).collect();
        #[expect(clippy::cast_precision_loss, reason = "720 orders")]
        let share = |holds: &dyn Fn(f64) -> bool| all.iter().filter(|s| holds(**s)).count() as f64 / 720.0;
        let near = |p: f64, exact: f64| (p - exact).abs() < 4.5 * (exact * (1.0 - exact) / 40_000.0).sqrt() + 1.0 / 40_000.0;
        assert!(near(observed.p, share(&|s| sign * (s - observed.statistic) >= -1e-12)), "{name}: {}", observed.p);
        let less = test(&x, &y, &permutations(40_000, 5, Tail::Less)).p;
        assert!(near(less, share(&|s| sign * (s - observed.statistic) <= 1e-12)), "{name}: {less}");
        let mean = all.iter().sum::<f64>() / 720.0;
        let folded = test(&x, &y, &permutations(40_000, 5, Tail::Folded)).p;
        let exact = share(&|s| (s - mean).abs() >= (observed.statistic - mean).abs() - 1e-12);
        assert!(near(folded, exact), "{name}: {folded}, exactly {exact}");
        // What is drawn is what the definition gives for some order.
        assert!(observed.permuted.iter().all(|s| all.iter().any(|exact| (s - exact).abs() < 1e-12)), "{name}");
    }
}

#[test]
fn what_cannot_be_tested_is_refused_and_islands_are_left_out() {
    let all = permutations(99, 1, Tail::Directed);
    let weights = SpatialWeights::binary(&[vec![1], vec![0], vec![]]).unwrap();
    let reason = |found: Result<Vec<Option<f64>>, crate::stats::refusal::Refusal>| found.unwrap_err().reason;
    assert_eq!(reason(local::moran(&[1.0, 2.0], &weights, &all)), "2 values for 3 units");
    assert_eq!(reason(local::moran(&[1.0, 2.0, f64::NAN], &weights, &all)), "the value of unit 2 is not a number");
    assert_eq!(reason(local::geary(&[2.0; 3], &weights, &all)), "all units have the same value");
    assert_eq!(reason(local::moran(&[1.0, 2.0, 3.0], &weights, &permutations(0, 1, Tail::Less))), "0 permutations");
    assert_eq!(reason(local::join_count(&[false; 3], &weights, &all)), "all units have the same value");
    let p = local::moran(&[1.0, 2.0, 3.0], &weights, &all).unwrap();
    assert!(p[0].is_some() && p[1].is_some() && p[2].is_none());
    assert_eq!(local::join_count(&[true, false, true], &weights, &all).unwrap()[1..], [None, None]);

    let islands = SpatialWeights::binary(&[vec![], vec![]]).unwrap();
    assert_eq!(local::moran(&[1.0, 2.0], &islands, &all).unwrap(), [None, None]);
    assert_eq!(local::getis_ord(&[1.0, 2.0], &islands.with_self(), &all).unwrap(), [None, None]);
    assert_eq!(global::moran(&[1.0, 2.0], &islands, &all).unwrap_err().reason, "no unit has a neighbor");
    assert_eq!(global::getis_ord(&[1.0, -2.0, 3.0], &weights, &all).unwrap_err().reason, "a negative value");
    assert_eq!(global::getis_ord(&[1.0, 0.0, 0.0], &weights, &all).unwrap_err().reason, "fewer than two positive values");
    let (one, none) = (SpatialWeights::binary(&[vec![]]).unwrap(), SpatialWeights::binary(&[]).unwrap());
    assert_eq!((local::moran(&[1.0], &one, &all).unwrap(), local::moran(&[], &none, &all).unwrap()), (vec![None], vec![]));
}

#[test]
fn a_unit_at_the_mean_is_like_all_its_permutations() {
    let weights = lattice(3);
    let values = [1.0, 2.0, 3.0, 9.0, 5.0, 1.0, 7.0, 8.0, 9.0];
    for tail in ALL {
        assert_eq!(local::moran(&values, &weights, &permutations(99, 1, tail)).unwrap()[4], Some(1.0), "{tail:?}");
    }
}

#[test]
fn greater_means_more_similarity() {
    // A step: the middle of a side is like its surroundings.
    let weights = lattice(8).row_standardized();
    let step: Vec<f64> = (0..64_u32).map(|unit| f64::from(u8::from(unit % 8 > 3)) + 0.01 * f64::from(unit * 37 % 64)).collect();
    let (greater, less) = (permutations(999, 1, Tail::Greater), permutations(999, 1, Tail::Less));
    for test in [local::moran, local::geary] {
        assert!(test(&step, &weights, &greater).unwrap()[25].unwrap() < 0.1);
        assert!(test(&step, &weights, &less).unwrap()[25].unwrap() > 0.9);
    }
    for test in [global::moran, global::geary] {
        assert!(test(&step, &weights, &greater).unwrap().p < 0.01);
        assert!(test(&step, &weights, &less).unwrap().p > 0.99);
    }
}

#[test]
fn values_far_from_zero_are_tested_as_their_differences() {
    let weights = lattice(8).row_standardized();
    let (near, far): (Vec<f64>, Vec<f64>) = (0..64_u32).map(|i| (f64::from(i * 37 % 64), f64::from(i * 37 % 64) + 1e9)).unzip();
    let all = permutations(199, 1, Tail::TwoSided);
    assert_eq!(local::geary(&near, &weights, &all), local::geary(&far, &weights, &all));
    assert_eq!(local::getis_ord(&near, &weights, &all), local::getis_ord(&far, &weights, &all));
}
