//! The twin of every closed form: the mean and the variance over all permutations of a small field, asymmetric weights and an island
//! included.

use optima::stats::bivariate::{Bivariate, bivariate_moran};
use optima::stats::geary::geary;
use optima::stats::getis_ord::{general_g, gi, gi_star};
use optima::stats::join_count::join_counts;
use optima::stats::local_moran::{LocalQuestion, Moments, local_moran};
use optima::stats::moran::moran;
use optima::stats::partition::Partition;
use optima::stats::spatial_test::{Alternative, Divisor, Islands, Question};
use optima::stats::spatial_weights::SpatialWeights;

/// Seven units: links one way and both, unequal weights, unit 5 without a neighbor (and nobody's).
fn weights() -> SpatialWeights {
    SpatialWeights::new(&[
        vec![(1, 0.5), (2, 2.0)],
        vec![(0, 0.5), (3, 1.0), (6, 0.25)],
        vec![(0, 1.0)],
        vec![(1, 1.0), (4, 3.0)],
        vec![(3, 1.5), (2, 0.75)],
        vec![],
        vec![(4, 1.25)],
    ])
    .unwrap()
}

const X: [f64; 7] = [3.0, 1.0, 4.0, 1.5, 9.25, 2.0, 6.0];
const Y: [f64; 7] = [2.0, 7.0, 1.0, 8.0, 2.5, 0.5, 1.0];

/// All orders of `0..n` (Heap's algorithm).
fn permutations(n: usize) -> Vec<Vec<usize>> {
    fn visit(k: usize, order: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
        if k <= 1 {
            all.push(order.clone());
            return;
        }
        for i in 0..k {
            visit(k - 1, order, all);
            order.swap(if k.is_multiple_of(2) { i } else { 0 }, k - 1);
        }
    }
    let mut all = Vec::new();
    visit(n, &mut (0..n).collect(), &mut all);
    all
}

fn moments(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64)
}

fn same(what: &str, (mean, variance): (f64, f64), expectation: f64, found: f64) {
    assert!((mean - expectation).abs() < 1e-12 * (1.0 + mean.abs()), "{what}: expectation {expectation}, over all orders {mean}");
    assert!((variance - found).abs() < 1e-11 * (1.0 + variance), "{what}: variance {found}, over all orders {variance}");
    assert!(variance > 1e-6, "{what} does not vary: nothing is tested");
}

/// The statistic by its definition, from the full matrix, for each order of the values.
fn over_all_orders(values: &[f64], statistic: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let of = |order: &Vec<usize>| statistic(&order.iter().map(|unit| values[*unit]).collect::<Vec<_>>());
    moments(&permutations(values.len()).iter().map(of).collect::<Vec<_>>())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn squares(values: &[f64]) -> f64 {
    values.iter().map(|value| (value - mean(values)).powi(2)).sum()
}

fn double_sum(weights: &SpatialWeights, term: impl Fn(usize, usize) -> f64) -> f64 {
    let n = weights.len();
    (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| weights.weight(i, j) * term(i, j)).sum()
}

#[test]
fn there_are_as_many_permutations_as_there_are() {
    let mut all = permutations(5);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 120);
}

#[test]
fn global_moments_are_those_over_all_permutations() {
    let w = weights();
    assert!(!w.is_symmetric() && w.islands() == [5]);
    let (n, s0) = (7.0, w.s0());
    let i = |x: &[f64]| n / s0 * double_sum(&w, |i, j| (x[i] - mean(x)) * (x[j] - mean(x))) / squares(x);
    let c = |x: &[f64]| (n - 1.0) / (2.0 * s0) * double_sum(&w, |i, j| (x[i] - x[j]).powi(2)) / squares(x);
    let g = |x: &[f64]| double_sum(&w, |i, j| x[i] * x[j]) / (x.iter().sum::<f64>().powi(2) - x.iter().map(|x| x * x).sum::<f64>());
    let question = Question::default();
    let test = moran(&X, &w, &question).unwrap();
    same("I", over_all_orders(&X, i), test.expectation, test.variance);
    assert!((test.statistic - i(&X)).abs() < 1e-14);
    let test = geary(&X, &w, &question).unwrap();
    same("C", over_all_orders(&X, c), test.expectation, test.variance);
    assert!((test.statistic - c(&X)).abs() < 1e-14);
    let test = general_g(&X, &w, Alternative::Greater, Islands::Counted).unwrap();
    let (expectation, variance) = over_all_orders(&X, g);
    same("G", (expectation, 1e3 * variance), test.expectation, 1e3 * test.variance);
    assert!((test.statistic - g(&X)).abs() < 1e-14);
}

#[test]
fn the_variance_of_g_keeps_its_digits_far_from_0() {
    let w = weights();
    let far: Vec<f64> = X.iter().map(|x| x + 1e5).collect();
    let g = |x: &[f64]| double_sum(&w, |i, j| x[i] * x[j]) / (x.iter().sum::<f64>().powi(2) - x.iter().map(|x| x * x).sum::<f64>());
    let (_, variance) = over_all_orders(&far, g);
    let found = general_g(&far, &w, Alternative::Greater, Islands::Counted).unwrap().variance;
    assert!((found / variance - 1.0).abs() < 1e-5, "{found}, {variance}");
}

#[test]
fn join_counts_have_the_moments_of_all_orders_of_three_colors() {
    let w = weights();
    let colors = [0.0, 1.0, 2.0, 0.0, 1.0, 1.0, 0.0];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "colors")]
    let partition = Partition::new(colors.iter().map(|color| *color as u32).collect()).unwrap();
    let joins = join_counts(&partition, &w, Alternative::Greater, Islands::Counted).unwrap();
    let of_pair = |r: f64, s: f64| {
        let w = &w;
        move |c: &[f64]| 0.5 * double_sum(w, |i, j| f64::from((c[i] == r && c[j] == s) || (c[i] == s && c[j] == r)))
    };
    for (color, test) in [0.0, 1.0].into_iter().zip(&joins.same) {
        same("same", over_all_orders(&colors, of_pair(color, color)), test.expectation, test.variance);
        assert_eq!(test.statistic, of_pair(color, color)(&colors));
    }
    // One unit has color 2: it has no join with itself wherever it lies.
    assert_eq!((joins.same[2].variance, joins.same[2].z, joins.same[2].p_value), (0.0, None, None));
    for ((r, s), test) in &joins.different {
        let pair = of_pair(f64::from(*r), f64::from(*s));
        same("different", over_all_orders(&colors, pair), test.expectation, test.variance);
        assert_eq!(test.statistic, pair(&colors));
    }
    let total = |c: &[f64]| 0.5 * double_sum(&w, |i, j| f64::from(c[i] != c[j]));
    same("total", over_all_orders(&colors, total), joins.total.expectation, joins.total.variance);
    assert_eq!(joins.total.statistic, total(&colors));
}

#[test]
fn bivariate_moments_are_those_of_shuffling_y_over_x() {
    let w = weights();
    for (which, scale) in [(Bivariate::Slope, 1.0), (Bivariate::PerWeight, 7.0 / w.s0())] {
        let test = bivariate_moran(&X, &Y, &w, which, Alternative::TwoSided).unwrap();
        let by_definition = |y: &[f64]| {
            let cross = double_sum(&w, |i, j| (X[i] - mean(&X)) * (y[j] - mean(y)));
            scale * cross / (squares(&X) * squares(y)).sqrt()
        };
        assert!((by_definition(&Y) - test.statistic).abs() < 1e-14);
        same("bivariate", over_all_orders(&Y, by_definition), test.expectation, test.variance);
    }
}

/// The values of the other units in all orders while `unit` keeps its own.
fn over_orders_of_others(unit: usize, statistic: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let others: Vec<f64> = (0..7).filter(|other| *other != unit).map(|other| X[other]).collect();
    over_all_orders(&others, |order| {
        let mut x = order.to_vec();
        x.insert(unit, X[unit]);
        statistic(&x)
    })
}

#[test]
fn local_moments_are_those_over_the_permutations_they_name() {
    let w = weights();
    let m2 = squares(&X) / 7.0;
    for divisor in [Divisor::N, Divisor::NMinusOne] {
        let m = if divisor == Divisor::N { m2 } else { squares(&X) / 6.0 };
        let units = |moments| local_moran(&X, &w, &LocalQuestion { moments, divisor, ..LocalQuestion::default() }).unwrap();
        let (conditional, total) = (units(Moments::Conditional), units(Moments::Total));
        for unit in [0, 1, 2, 3, 4, 6] {
            let by_definition = |x: &[f64]| (x[unit] - mean(x)) / m * (0..7).map(|j| w.weight(unit, j) * (x[j] - mean(x))).sum::<f64>();
            let (conditional, total) = (conditional[unit].unwrap().test, total[unit].unwrap().test);
            assert!((by_definition(&X) - conditional.statistic).abs() < 1e-14);
            same("conditional", over_orders_of_others(unit, by_definition), conditional.expectation, conditional.variance);
            same("total", over_all_orders(&X, by_definition), total.expectation, total.variance);
        }
        assert!(conditional[5].is_none() && total[5].is_none());
    }
}

#[test]
fn the_deviates_of_gi_and_gi_star_are_standardized_over_the_permutations_they_name() {
    let w = weights();
    let star = w.with_self();
    let (of_others, of_all) = (gi(&X, &w, Alternative::Less).unwrap(), gi_star(&X, &w, Alternative::Less).unwrap());
    for unit in [0, 1, 2, 3, 4, 6] {
        let lag = |w: &SpatialWeights, x: &[f64]| (0..7).map(|j| w.weight(unit, j) * x[j]).sum::<f64>();
        let (mean, variance) = over_orders_of_others(unit, |x| lag(&w, x));
        let z = of_others[unit].unwrap().z.unwrap();
        assert!((z - (lag(&w, &X) - mean) / variance.sqrt()).abs() < 1e-11, "Gi of {unit}: {z}");
        let (mean, variance) = over_all_orders(&X, |x| lag(&star, x));
        let z = of_all[unit].unwrap().z.unwrap();
        assert!((z - (lag(&star, &X) - mean) / variance.sqrt()).abs() < 1e-11, "Gi* of {unit}: {z}");
    }
    assert!(of_others[5].is_none() && of_all[5].is_none());
}
