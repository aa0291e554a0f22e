//! Leave one out against R; perturbed weights against probabilities that are known.

use optima::stats::composite_index::*;

use crate::{DOMAIN_OF, DOMAINS, WEIGHTS, case, close, decathlon, indicator, known, numbers};

const BY_VALUES: Method = Method::Ranks(Within::StandardizedValues);

#[test]
fn the_index_without_each_indicator_is_that_of_r() {
    let expected = &case("composite")["decathlon"]["without"];
    let axis = leave_one_out(&decathlon([1.0; 10], None, &[]), Method::FirstAxis).unwrap();
    let values = leave_one_out(&decathlon(WEIGHTS, Some(DOMAIN_OF), &DOMAINS), BY_VALUES).unwrap();
    assert_eq!((axis.len(), values.len()), (10, 10));
    for (method, runs) in [("axis", axis), ("values", values)] {
        for (at, run) in runs.into_iter().enumerate() {
            let (run, expected) = (run.unwrap(), &expected[at][method]);
            close("rank changes", &known(&run.rank_changes), &expected["change"], 0.0);
            close("Spearman", &[run.spearman], &expected["spearman"], 1e-13);
            close("Kendall", &[run.kendall], &expected["kendall"], 1e-13);
            let greatest = numbers(&expected["change"]).into_iter().fold(0.0, |most: f64, change| most.max(change.abs()));
            assert_eq!(run.greatest_change, greatest);
        }
    }
}

#[test]
fn a_single_indicator_cannot_be_left_out_and_units_stay_those_of_the_index() {
    let mut declared = decathlon([1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], None, &[]);
    declared.indicators[2].values[5] = None;
    let runs = leave_one_out(&declared, BY_VALUES).unwrap();
    let unchanged = runs[7].as_ref().unwrap();
    assert_eq!((unchanged.greatest_change, unchanged.kendall), (0.0, 1.0));
    // The unit without the third indicator has no index, and gets none where the third is left out.
    assert!(runs.iter().all(|run| run.as_ref().unwrap().rank_changes[5].is_none()));
    declared.indicators[1].weight = 0.0;
    declared.indicators[2].weight = 0.0;
    assert!(leave_one_out(&declared, BY_VALUES).unwrap_err().reason.contains("one indicator"));
}

/// Of five units, the second is first where the first indicator weighs less than so many times the second.
fn rivals() -> (Declaration, f64) {
    let indicators = [[5.0, 4.0, 3.0, 2.0, 1.0], [3.0, 5.0, 4.0, 2.0, 1.0]];
    let indicators = indicators.iter().map(|values| indicator(values, Direction::MoreIsWorse, 1.0, None)).collect();
    let x = exponential_transformation;
    (Declaration { indicators, domains: Vec::new(), least_units: 5 }, (100.0 - x(0.6)) / (100.0 - x(0.8)))
}

fn stays_first(spread: Spread) -> f64 {
    let (declared, _) = rivals();
    let found = perturb_weights(&declared, Method::Ranks(Within::Ranks), &Perturbation { spread, draws: 20_000, seed: 5 }).unwrap();
    assert_eq!(found.without_index, 0);
    let second = found.units[1].unwrap();
    assert_eq!((second.rank, second.low, second.same_decile), (1.0, 1.0, None));
    let last = found.units[4].unwrap();
    assert_eq!((last.low, last.high, last.same_fifth), (5.0, 5.0, Some(1.0)));
    second.same_fifth.unwrap()
}

#[test]
fn any_weights_are_drawn_evenly() {
    let (_, ratio) = rivals();
    // The first indicator's share of the weights is uniform on 0..1.
    let probability = ratio / (1.0 + ratio);
    let error = (probability * (1.0 - probability) / 20_000.0).sqrt();
    assert!((stays_first(Spread::AnyWeights) - probability).abs() < 4.0 * error, "{probability}");
}

#[test]
fn uniform_weights_stay_within_their_spread() {
    let (_, ratio) = rivals();
    // About 1.24: out of reach of ± 1 %, within reach of ± 25 %.
    assert!(ratio > 1.01 / 0.99 && ratio < 1.25 / 0.75);
    assert_eq!(stays_first(Spread::Uniform(0.01)), 1.0);
    assert!(stays_first(Spread::Uniform(0.25)) < 1.0);
    // P(w1 < ratio w2) with both uniform on 1 − s..1 + s, summed over a fine grid of w2.
    let s = 0.9;
    let steps = 200_000;
    let below = |step: i32| {
        let second = 1.0 - s + 2.0 * s * (f64::from(step) + 0.5) / f64::from(steps);
        ((ratio * second - (1.0 - s)) / (2.0 * s)).clamp(0.0, 1.0)
    };
    let probability = (0..steps).map(below).sum::<f64>() / f64::from(steps);
    let error = (probability * (1.0 - probability) / 20_000.0).sqrt();
    assert!((stays_first(Spread::Uniform(s)) - probability).abs() < 4.0 * error, "{probability}");
}

#[test]
fn draws_depend_on_the_seed_and_not_on_the_number_of_threads() {
    let declared = decathlon(WEIGHTS, Some(DOMAIN_OF), &DOMAINS);
    for method in [Method::FirstAxis, BY_VALUES, Method::Ranks(Within::Ranks)] {
        let run = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let perturbation = Perturbation { spread: Spread::Uniform(0.25), draws: 150, seed };
            pool.install(|| perturb_weights(&declared, method, &perturbation).unwrap())
        };
        assert_eq!(run(1, 3), run(3, 3));
        assert_ne!(run(1, 3).units, run(1, 4).units);
        let found = run(2, 3);
        for range in found.units.iter().flatten() {
            assert!(range.low <= range.high && range.low >= 1.0 && range.high <= 41.0);
            assert!(range.same_fifth >= range.same_decile);
        }
    }
}

#[test]
fn perturbations_that_make_no_sense_are_refused() {
    let (declared, _) = rivals();
    let refused = |spread: Spread, draws: u32| {
        perturb_weights(&declared, Method::Ranks(Within::Ranks), &Perturbation { spread, draws, seed: 1 }).unwrap_err().reason
    };
    assert!(refused(Spread::Uniform(1.0), 10).contains("spread") && refused(Spread::Uniform(f64::NAN), 10).contains("spread"));
    assert!(refused(Spread::AnyWeights, 0).contains("0 draws") && refused(Spread::AnyWeights, u32::MAX).contains("draws over 5 units"));
}
