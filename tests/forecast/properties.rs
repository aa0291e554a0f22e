//! What must hold for any series.

use optima::stats::exponential_smoothing::{Form, Parameters, Search, Smoothing, States, Trend, fit};
use optima::stats::forecast::{Forecast, Method, forecast};
use optima::stats::prediction_interval::Predictive;
use optima::stats::series::{Bounds, Note, Series};
use optima::stats::stl::{SeasonalWindow, stl};
use proptest::prelude::*;

use crate::worlds::{Seasons, WORLDS, chance, series};

fn ahead(y: &[f64], cycle: usize, bounds: Bounds) -> Forecast {
    let known: Vec<Option<f64>> = y.iter().copied().map(Some).collect();
    forecast(&Series::new(&known, cycle, &[], bounds).unwrap(), 8).unwrap()
}

fn numbers(forecast: &Forecast) -> Vec<f64> {
    let of =
        |step: &optima::stats::forecast::Step| [step.point, step.interval_80.0, step.interval_80.1, step.interval_95.0, step.interval_95.1];
    forecast.steps.iter().flat_map(of).collect()
}

/// A series of one of the worlds, by year or by quarter.
fn any_series() -> impl Strategy<Value = (Vec<f64>, usize)> {
    (0..WORLDS.len(), 6usize..45, any::<u64>(), any::<bool>()).prop_map(|(world, count, seed, quarterly)| {
        let seasons = if quarterly { Seasons::Evolving } else { Seasons::None };
        (series(WORLDS[world], count, seasons, &mut chance(seed, 0)), if quarterly { 4 } else { 1 })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_forecast_moves_with_its_series((y, cycle) in any_series(), shift in -1e3..1e3f64, scale in 0.01..100.0f64) {
        let moved: Vec<f64> = y.iter().map(|value| shift + scale * value).collect();
        let (plain, other) = (ahead(&y, cycle, Bounds::None), ahead(&moved, cycle, Bounds::None));
        prop_assert_eq!(plain.method, other.method);
        let spread = y.iter().copied().fold(f64::MIN, f64::max) - y.iter().copied().fold(f64::MAX, f64::min);
        for (plain, other) in numbers(&plain).into_iter().zip(numbers(&other)) {
            prop_assert!((shift + scale * plain - other).abs() <= 1e-4 * scale * spread, "{} {}", shift + scale * plain, other);
        }
        for (plain, other) in plain.trial.candidates.iter().zip(&other.trial.candidates) {
            prop_assert!((plain.skill - other.skill).abs() < 1e-3);
        }
    }

    #[test]
    fn intervals_widen_and_80_lies_inside_95((y, cycle) in any_series()) {
        let found = ahead(&y, cycle, Bounds::None);
        let mut last = (0.0, 0.0);
        for step in &found.steps {
            prop_assert!(step.interval_95.0 < step.interval_80.0 && step.interval_80.0 < step.point);
            prop_assert!(step.point < step.interval_80.1 && step.interval_80.1 < step.interval_95.1);
            let width = (step.interval_80.1 - step.interval_80.0, step.interval_95.1 - step.interval_95.0);
            prop_assert!(width.0 >= last.0 - 1e-9 && width.1 >= last.1 - 1e-9, "{width:?} after {last:?}");
            last = width;
        }
        prop_assert!(last.1 > found.steps[0].interval_95.1 - found.steps[0].interval_95.0);
    }

    #[test]
    fn the_method_chosen_is_the_best_that_was_tried((y, cycle) in any_series()) {
        let found = ahead(&y, cycle, Bounds::None);
        if let Some(naive) = found.trial.candidates.first() {
            let chosen = found.trial.candidates.iter().find(|candidate| candidate.method == found.method).unwrap();
            prop_assert!(found.trial.candidates.iter().all(|other| chosen.error <= other.error * (1.0 + 1e-6)));
            prop_assert!((chosen.skill - (1.0 - chosen.error / naive.error)).abs() < 1e-12);
            prop_assert_eq!(chosen.skill > 0.0, found.method != naive.method);
        } else {
            prop_assert!(found.notes.contains(&Note::NotTried));
        }
    }

    #[test]
    fn errors_are_those_of_a_plain_loop_over_the_past((y, cycle) in any_series(), as_shares in any::<bool>()) {
        let share = |value: f64| 1.0 / (1.0 + (-0.1 * (value - 24.0)).exp());
        let (values, bounds) = if as_shares {
            (y.iter().map(|value| share(*value)).collect(), Bounds::Share)
        } else {
            (y.clone(), Bounds::None)
        };
        let back = |value: f64| if as_shares { share(24.0 + 10.0 * value) } else { value };
        let working: Vec<f64> = if as_shares { y.iter().map(|value| 0.1 * (value - 24.0)).collect() } else { y.clone() };
        let trial = ahead(&values, cycle, bounds).trial;
        for candidate in trial.candidates.iter().filter(|candidate| [Method::Naive, Method::Drift].contains(&candidate.method)) {
            let (mut sum, mut weights) = (0.0, 0.0);
            for origin in y.len() - trial.origins..y.len() {
                let (first, last) = (working[0], working[origin - 1]);
                let slope = if candidate.method == Method::Drift { (last - first) / (origin as f64 - 1.0) } else { 0.0 };
                for h in 1..=8.min(y.len() - origin) {
                    sum += (values[origin + h - 1] - back(last + slope * h as f64)).abs() / (h as f64).sqrt();
                    weights += 1.0 / (h as f64).sqrt();
                }
            }
            prop_assert!((candidate.error - sum / weights).abs() < 1e-9 * (1.0 + candidate.error), "{} {}", candidate.error, sum / weights);
        }
    }

    #[test]
    fn a_forecast_is_the_same_each_time((y, cycle) in any_series()) {
        prop_assert_eq!(ahead(&y, cycle, Bounds::None), ahead(&y, cycle, Bounds::None));
    }

    #[test]
    fn shares_stay_shares_and_counts_do_not_fall_below_0((y, cycle) in any_series()) {
        let shares: Vec<f64> = y.iter().map(|value| 1.0 / (1.0 + (-0.3 * (value - 24.0)).exp())).collect();
        for number in numbers(&ahead(&shares, cycle, Bounds::Share)) {
            prop_assert!((0.0..=1.0).contains(&number));
        }
        let counts: Vec<f64> = y.iter().map(|value| (value - 18.0).max(0.0).round()).collect();
        for bounds in [Bounds::NonNegative, Bounds::Positive] {
            prop_assert!(numbers(&ahead(&counts, cycle, bounds)).iter().all(|number| *number >= 0.0));
        }
    }

    #[test]
    fn shares_may_be_counted_the_other_way_round((y, cycle) in any_series()) {
        let share = |value: f64| 1.0 / (1.0 + (-0.1 * (value - 24.0)).exp());
        let shares: Vec<f64> = y.iter().map(|value| share(*value)).collect();
        let others: Vec<f64> = shares.iter().map(|share| 1.0 - share).collect();
        let (found, other) = (ahead(&shares, cycle, Bounds::Share), ahead(&others, cycle, Bounds::Share));
        prop_assume!(found.method == other.method);
        for (step, other) in found.steps.iter().zip(&other.steps) {
            prop_assert!((step.interval_95.0 - (1.0 - other.interval_95.1)).abs() < 1e-4);
            prop_assert!((step.point - (1.0 - other.point)).abs() < 1e-4);
        }
    }

    #[test]
    fn what_lies_before_a_break_changes_nothing((y, cycle) in any_series(), before in prop::collection::vec(-1e4..1e4f64, 1..9)) {
        let known: Vec<Option<f64>> = before.iter().chain(&y).copied().map(Some).collect();
        let broken = forecast(&Series::new(&known, cycle, &[1, before.len()], Bounds::None).unwrap(), 8).unwrap();
        let alone = ahead(&y, cycle, Bounds::None);
        prop_assert_eq!(&broken.steps, &alone.steps);
        prop_assert_eq!(broken.used, before.len()..before.len() + y.len());
        let note = Note::Break { at: before.len(), left_out: before.len() };
        prop_assert!(broken.notes.contains(&note));
    }

    #[test]
    fn the_three_parts_of_stl_add_up_and_its_periodic_seasons_repeat((y, _) in any_series()) {
        prop_assume!(y.len() > 8);
        let parts = stl(&y, 4, SeasonalWindow::Periodic).unwrap();
        for (t, value) in y.iter().enumerate() {
            prop_assert!((parts.seasonal[t] + parts.trend[t] + parts.remainder[t] - value).abs() < 1e-9);
            prop_assert!(t < 4 || parts.seasonal[t] == parts.seasonal[t - 4]);
        }
        prop_assert_eq!(&parts.seasons_ahead(4)[..], &parts.seasonal[y.len() - 4..]);
    }

    #[test]
    fn a_point_off_the_middle_widens_the_interval((y, cycle) in any_series(), off in 0.5..5.0f64) {
        let predictive = Predictive::new(&y, cycle, 8).unwrap();
        let near = predictive.half_widths(&predictive.means(), 0.95);
        let points: Vec<f64> = predictive.means().iter().zip(&near).map(|(mean, half)| mean + off * half).collect();
        let far = predictive.half_widths(&points, 0.95);
        prop_assert!(near.iter().zip(&far).all(|(near, far)| far > near));
    }

    #[test]
    fn least_squares_states_leave_no_better_ones((y, _) in any_series(), at in 0usize..2, by in -0.2..0.2f64) {
        prop_assume!(y.len() > 7 && by.abs() > 1e-3);
        let found = fit(Form { trend: Trend::Additive, cycle: 1 }, &y, Search::Profiled).unwrap();
        let mut initial = found.initial.clone();
        if at == 0 { initial.level += by } else { initial.slope += by }
        let other = Smoothing::run(found.form, found.parameters, &initial, &y).unwrap();
        prop_assert!(other.squared_errors >= found.squared_errors);
    }
}

/// Trap 4. The effect of one error j steps on, found by making one, is `α + β (φ + … + φ^j)`: the sum begins at φ.
#[test]
fn the_variance_of_the_damped_trend_adds_up_what_one_error_does() {
    let form = Form { trend: Trend::Damped, cycle: 4 };
    let parameters = Parameters { alpha: 0.6, beta: 0.4, gamma: 0.2, phi: 0.85 };
    let initial = States { level: 5.0, slope: 0.3, seasons: vec![0.5, -1.0, 0.2, 0.3] };
    let y: Vec<f64> = (0..20).map(|t| 5.0 + 0.2 * f64::from(t) + (f64::from(t) * 1.3).sin()).collect();
    let mut moved = y.clone();
    moved[19] += 1.0;
    let run = Smoothing::run(form, parameters, &initial, &y).unwrap();
    let with_error = Smoothing::run(form, parameters, &initial, &moved).unwrap();
    let (plain, shaken) = (run.forecast(9), with_error.forecast(9));
    let mut sum = 1.0;
    for h in 0..9 {
        assert!((plain.standard_error[h].powi(2) - run.variance() * sum).abs() < 1e-12, "{h}");
        sum += (shaken.mean[h] - plain.mean[h]).powi(2);
    }
    // Beginning at 1 is the plausible mistake; without seasons, as the reference, it moves the bound by half a point.
    let Parameters { alpha, beta, phi, .. } = Parameters { alpha: 0.999_161, beta: 0.595_784, gamma: 0.0, phi: 0.8 };
    let sum = |first: i32| -> f64 {
        1.0 + (1..8).map(|j| (alpha + beta * (first..first + j).map(|i| phi.powi(i)).sum::<f64>()).powi(2)).sum::<f64>()
    };
    let bound = |first| 1.96 * 0.087_239f64.sqrt() * sum(first).sqrt();
    assert!(bound(0) - bound(1) > 0.5 && (bound(1) - (15.077_093_225_1 - 11.426_269_587_5)).abs() < 1e-3);
}
