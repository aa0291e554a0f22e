//! What holds for any field and any neighbors (correctness, section 4).

use optima::stats::bivariate::{Bivariate, bivariate_moran, lee};
use optima::stats::geary::{geary, local_geary};
use optima::stats::getis_ord::{general_g, gi, gi_star};
use optima::stats::join_count::join_counts;
use optima::stats::local_moran::{LocalQuestion, Moments, local_moran};
use optima::stats::moran::moran;
use optima::stats::partition::Partition;
use optima::stats::spatial_test::{Alternative, Divisor, Islands, Null, Question, Test};
use optima::stats::spatial_weights::SpatialWeights;
use proptest::prelude::*;
use proptest::sample::subsequence;

type Rows = Vec<Vec<(u32, f64)>>;

/// Directed links with weights; `least` neighbors a unit.
fn rows(n: usize, least: usize) -> impl Strategy<Value = Rows> {
    let unit = move |unit: usize| {
        let others: Vec<u32> = (0..u32::try_from(n).unwrap()).filter(|other| *other as usize != unit).collect();
        (subsequence(others, least..=4), prop::collection::vec(0.1..5.0, 4))
            .prop_map(|(row, weights)| row.into_iter().zip(weights).collect())
    };
    (0..n).map(unit).collect::<Vec<_>>()
}

fn field(least: usize) -> impl Strategy<Value = (Rows, Vec<f64>)> {
    (6..20_usize).prop_flat_map(move |n| (rows(n, least), prop::collection::vec(0.0..100.0, n)))
}

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
}

fn near_tests(a: &Test, b: &Test, tolerance: f64) -> bool {
    let numbers = |t: &Test| [t.statistic, t.expectation, t.variance, t.z, t.p_value];
    numbers(a).into_iter().zip(numbers(b)).all(|(a, b)| near(a, b, tolerance))
}

/// Every local number of a unit; absent ones in their place.
fn local_numbers(x: &[f64], weights: &SpatialWeights) -> Vec<Vec<Option<f64>>> {
    let mut columns: Vec<Vec<Option<f64>>> = Vec::new();
    for moments in [Moments::Conditional, Moments::Total] {
        let units = local_moran(x, weights, &LocalQuestion { moments, ..LocalQuestion::default() }).unwrap();
        columns.push(units.iter().map(|unit| unit.map(|unit| unit.test.statistic)).collect());
        columns.push(units.iter().map(|unit| unit.map(|unit| unit.test.expectation)).collect());
        columns.push(units.iter().map(|unit| unit.map(|unit| unit.test.variance)).collect());
        columns.push(units.iter().map(|unit| unit.and_then(|unit| unit.test.z)).collect());
        columns.push(units.iter().map(|unit| unit.map(|unit| f64::from(unit.quadrant as u8))).collect());
    }
    columns.push(local_geary(x, weights, Divisor::N).unwrap());
    columns.push(gi(x, weights, Alternative::TwoSided).unwrap().iter().map(|unit| unit.and_then(|unit| unit.z)).collect());
    columns.push(gi_star(x, weights, Alternative::TwoSided).unwrap().iter().map(|unit| unit.and_then(|unit| unit.p_value)).collect());
    columns.push(lee(x, &x.iter().map(|x| x * x).collect::<Vec<_>>(), weights).unwrap().local);
    columns
}

fn global_tests(x: &[f64], weights: &SpatialWeights) -> Vec<Test> {
    let usual = Question::default();
    let y: Vec<f64> = x.iter().map(|x| x * x).collect();
    [
        moran(x, weights, &usual),
        moran(x, weights, &Question { null: Null::Normality, ..usual }),
        geary(x, weights, &usual),
        geary(x, weights, &Question { null: Null::Normality, alternative: Alternative::TwoSided, ..usual }),
        general_g(x, weights, Alternative::Less, Islands::Counted),
        bivariate_moran(x, &y, weights, Bivariate::PerWeight, Alternative::TwoSided),
    ]
    .into_iter()
    .map(Result::unwrap)
    .collect()
}

proptest! {
    #[test]
    fn shifting_and_stretching_a_field_changes_nothing((rows, x) in field(1), shift in -1e4..1e4_f64, scale in 0.01..1e3_f64, up in any::<bool>()) {
        let weights = SpatialWeights::new(&rows).unwrap();
        let scale = if up { scale } else { -scale };
        let moved: Vec<f64> = x.iter().map(|x| shift + scale * x).collect();
        for null in [Null::Randomization, Null::Normality] {
            let question = Question { null, ..Question::default() };
            // A shift of 1e4 costs a field of size 1 six of its digits.
            prop_assert!(near_tests(&moran(&x, &weights, &question).unwrap(), &moran(&moved, &weights, &question).unwrap(), 1e-7));
            prop_assert!(near_tests(&geary(&x, &weights, &question).unwrap(), &geary(&moved, &weights, &question).unwrap(), 1e-7));
        }
        let sign = scale.signum();
        for (one, other) in gi(&x, &weights, Alternative::Less).unwrap().iter().zip(gi(&moved, &weights, Alternative::Less).unwrap()) {
            prop_assert!(near(sign * one.unwrap().z.unwrap(), other.unwrap().z.unwrap(), 1e-6));
        }
    }

    #[test]
    fn a_stretch_by_a_power_of_two_changes_no_bit((rows, x) in field(0), power in -300..300_i32) {
        let weights = SpatialWeights::new(&rows).unwrap();
        prop_assume!(weights.links() > 0);
        let stretched: Vec<f64> = x.iter().map(|x| x * 2_f64.powi(power)).collect();
        prop_assert_eq!(local_moran(&x, &weights, &LocalQuestion::default()), local_moran(&stretched, &weights, &LocalQuestion::default()));
        prop_assert_eq!(moran(&x, &weights, &Question::default()), moran(&stretched, &weights, &Question::default()));
        let g = |x: &[f64]| general_g(x, &weights, Alternative::Greater, Islands::Counted);
        prop_assert_eq!(g(&x), g(&stretched));
    }

    #[test]
    fn local_values_add_up_to_the_global_ones((rows, x) in field(0), aside in any::<bool>()) {
        let weights = SpatialWeights::new(&rows).unwrap();
        prop_assume!((0..weights.len()).filter(|unit| !weights.is_island(*unit)).count() >= 4);
        let standardized = weights.row_standardized();
        let (n, s0) = (x.len() as f64, weights.s0());
        let sum = |weights| local_moran(&x, weights, &LocalQuestion::default()).unwrap().iter().flatten().map(|unit| unit.test.statistic).sum::<f64>();
        let islands = if aside { Islands::SetAside } else { Islands::Counted };
        let question = Question { islands, null: Null::Normality, ..Question::default() };
        // Units that are all linked to each other have no test.
        let global = |weights| moran(&x, weights, &question).map(|test| test.statistic);
        let (Ok(of_weights), Ok(of_standardized)) = (global(&weights), global(&standardized)) else { return Ok(()) };
        let linked = n - weights.islands().len() as f64;
        let counted = if aside { linked } else { n };
        // Σ I_i / S0 = I in general; Σ I_i / n = I with row-standardized weights, with islands where these are set aside.
        prop_assert!(near(sum(&weights) / s0 * counted / n, of_weights, 1e-12));
        if aside || linked == n {
            prop_assert!(near(sum(&standardized) / n, of_standardized, 1e-12));
        }
        let c: f64 = local_geary(&x, &weights, Divisor::NMinusOne).unwrap().iter().flatten().sum();
        let whole = geary(&x, &weights, &Question { null: Null::Normality, ..Question::default() }).unwrap().statistic;
        prop_assert!(near(c / (2.0 * s0), whole, 1e-12));
    }

    #[test]
    fn new_numbers_for_the_units_carry_their_results_along((rows, x, order) in field(0).prop_flat_map(|(rows, x)| {
        let order: Vec<usize> = (0..x.len()).collect();
        (Just(rows), Just(x), Just(order).prop_shuffle())
    })) {
        let weights = SpatialWeights::new(&rows).unwrap();
        prop_assume!(weights.links() > 0);
        // Unit `i` becomes unit `order[i]`.
        let mut renumbered = vec![Vec::new(); x.len()];
        let mut moved = vec![0.0; x.len()];
        for (unit, row) in rows.iter().enumerate() {
            moved[order[unit]] = x[unit];
            renumbered[order[unit]] = row.iter().map(|(j, w)| (u32::try_from(order[*j as usize]).unwrap(), *w)).collect();
        }
        let other = SpatialWeights::new(&renumbered).unwrap();
        for (one, other) in global_tests(&x, &weights).iter().zip(global_tests(&moved, &other)) {
            prop_assert!(near_tests(one, &other, 1e-11), "{:?} {:?}", one, other);
        }
        for (column, (one, other)) in local_numbers(&x, &weights).iter().zip(local_numbers(&moved, &other)).enumerate() {
            for (unit, one) in one.iter().enumerate() {
                let other = other[order[unit]];
                prop_assert_eq!(one.is_none(), other.is_none());
                prop_assert!(one.is_none_or(|one| near(one, other.unwrap(), 1e-11)), "column {}, unit {}: {:?} {:?}", column, unit, one, other);
            }
        }
        let colors = |x: &[f64]| Partition::new(x.iter().map(|x| u32::from(*x > x_middle(&moved))).collect());
        if let (Ok(one), Ok(two)) = (colors(&x), colors(&moved)) {
            let joins = |colors, weights| join_counts(colors, weights, Alternative::Greater, Islands::Counted).unwrap();
            prop_assert!(near(joins(&one, &weights).total.statistic, joins(&two, &other).total.statistic, 1e-12));
            prop_assert!(near(joins(&one, &weights).total.variance, joins(&two, &other).total.variance, 1e-11));
        }
    }

    #[test]
    fn islands_have_no_local_value_and_make_no_nan((rows, x) in field(0)) {
        let weights = SpatialWeights::new(&rows).unwrap();
        prop_assume!(weights.links() > 0);
        let islands = weights.islands();
        prop_assert!(!islands.iter().any(|unit| weights.cardinality(*unit) > 0));
        for column in local_numbers(&x, &weights) {
            for (unit, number) in column.iter().enumerate() {
                prop_assert!(number.is_none_or(f64::is_finite));
                prop_assert!(number.is_none() || !islands.contains(&unit));
            }
        }
        for test in global_tests(&x, &weights) {
            prop_assert!([test.statistic, test.expectation, test.z].iter().all(|number| number.is_finite()) && test.variance > 0.0);
            prop_assert!((0.0..=1.0).contains(&test.p_value));
        }
    }

    #[test]
    fn leaving_out_islands_beforehand_changes_nothing_for_those_that_set_them_aside((rows, x) in field(0)) {
        let weights = SpatialWeights::new(&rows).unwrap();
        let linked: Vec<bool> = (0..x.len()).map(|unit| !weights.is_island(unit)).collect();
        let (rest, units) = weights.restricted_to(&linked);
        prop_assume!(units.len() >= 4 && rest.islands().is_empty());
        let values: Vec<f64> = units.iter().map(|unit| x[*unit]).collect();
        let aside = general_g(&x, &weights, Alternative::Greater, Islands::SetAside);
        prop_assert_eq!(aside, general_g(&values, &rest, Alternative::Greater, Islands::Counted));
    }

    #[test]
    fn the_three_alternatives_share_one_deviate(z in -30.0..30.0_f64) {
        let (greater, less, both) = (Alternative::Greater.p_value(z), Alternative::Less.p_value(z), Alternative::TwoSided.p_value(z));
        prop_assert!(near(greater + less, 1.0, 1e-14) && near(both, 2.0 * greater.min(less), 1e-14) && (0.0..=1.0).contains(&both));
    }

    #[test]
    fn weights_survive_their_own_transformations((rows, _) in field(0), kept in prop::collection::vec(any::<bool>(), 20)) {
        let weights = SpatialWeights::new(&rows).unwrap();
        for (unit, row) in rows.iter().enumerate() {
            prop_assert_eq!(weights.cardinality(unit), row.len());
            prop_assert!(row.iter().all(|(j, w)| weights.weight(unit, *j as usize) == *w));
        }
        let standardized = weights.row_standardized();
        for unit in 0..weights.len() {
            let sum: f64 = standardized.weights(unit).iter().sum();
            prop_assert!(near(sum, f64::from(u8::from(!weights.is_island(unit))), 1e-14));
        }
        let star = weights.with_self();
        prop_assert_eq!(&star.with_self(), &star);
        prop_assert_eq!((star.links(), star.islands()), (weights.links() + weights.len(), weights.islands()));
        let (rest, units) = weights.restricted_to(&kept);
        for (i, unit) in units.iter().enumerate() {
            for (j, other) in units.iter().enumerate() {
                prop_assert_eq!(rest.weight(i, j), weights.weight(*unit, *other));
            }
        }
        let components = weights.components();
        prop_assert!((0..weights.len()).all(|i| weights.row(i).all(|(j, _)| components[i] == components[j])));
    }
}

fn x_middle(x: &[f64]) -> f64 {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[x.len() / 2 - 1]
}
