//! Series that say little or nothing: an answer that says so, or a clear refusal.

use optima::stats::exponential_smoothing::{Form, Search, Smoothing, Trend, fit};
use optima::stats::forecast::{Direction, Method, forecast};
use optima::stats::prediction_interval::{FEWEST_VALUES, Predictive};
use optima::stats::series::{Bounds, Note, Series};
use optima::stats::stl::{SeasonalWindow, stl};
use optima::stats::theta::theta;

fn known(y: &[f64]) -> Vec<Option<f64>> {
    y.iter().copied().map(Some).collect()
}

#[test]
fn a_constant_series_has_no_width_and_a_warning() {
    for (count, cycle) in [(6, 1), (12, 1), (24, 4)] {
        for bounds in [Bounds::None, Bounds::NonNegative, Bounds::Positive, Bounds::Share] {
            let series = Series::new(&vec![Some(0.25); count], cycle, &[], bounds).unwrap();
            let found = forecast(&series, 8).unwrap();
            assert!(found.notes.contains(&Note::Constant), "{found:?}");
            assert_eq!(found.direction(), Direction::Untold);
            for step in found.steps {
                for number in [step.point, step.interval_80.0, step.interval_80.1, step.interval_95.0, step.interval_95.1] {
                    assert!((number - 0.25).abs() < 1e-15, "{number}");
                }
            }
        }
    }
}

#[test]
fn a_line_goes_on_without_width_and_with_a_warning() {
    let y: Vec<f64> = (0..14).map(|t| 3.0 + 2.0 * f64::from(t)).collect();
    let found = forecast(&Series::new(&known(&y), 1, &[], Bounds::None).unwrap(), 4).unwrap();
    assert!(found.notes.contains(&Note::OnALine), "{found:?}");
    assert_eq!((found.method, found.direction()), (Method::Drift, Direction::Rising));
    let last = found.steps[3];
    assert!((last.point - 37.0).abs() < 1e-9 && (last.interval_95.1 - last.interval_95.0).abs() < 1e-6, "{last:?}");
}

/// Trap 21.
#[test]
fn a_forecast_names_its_method_its_interval_and_the_values_it_rests_on() {
    let y = crate::column("synthetic_rate_1990_2001");
    let text = forecast(&Series::new(&known(&y), 1, &[2], Bounds::None).unwrap(), 8).unwrap().to_string();
    for part in ["forecast by Holt on values 3 to 12", "chosen among 5 from 4 origins, skill 0.", "8 steps ahead 2", "95 % interval 2"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_quartier_seen_in_one_quarter_only_is_refused() {
    let mut observed = vec![None; 12];
    observed[5] = Some(0.3);
    let refusal = Series::new(&observed, 4, &[], Bounds::Share).unwrap_err();
    assert_eq!(refusal.to_string(), "1 values since the last gap; a forecast needs 6 values one after the other, of one definition");
    assert!(Series::new(&[], 4, &[], Bounds::None).unwrap_err().reason.starts_with("0 values"));
    assert!(Series::new(&[None, None], 4, &[], Bounds::None).unwrap_err().reason.starts_with("0 values"));
    assert!(Series::new(&known(&[1.0; FEWEST_VALUES - 1]), 1, &[], Bounds::None).unwrap_err().reason.starts_with("5 values"));
}

#[test]
fn the_definition_in_force_alone_counts() {
    // Quarters from 2019 on; the definition changed in January 2022, the 13th quarter.
    let rate = |t: usize| if t < 12 { 30.0 } else { 18.0 + 0.1 * t as f64 + if t % 2 == 0 { 0.3 } else { -0.3 } };
    let observed: Vec<Option<f64>> = (0..24).map(|t| Some(rate(t))).collect();
    let series = Series::new(&observed, 4, &[12], Bounds::None).unwrap();
    assert_eq!((series.used(), series.notes()), (12..24, &[Note::Break { at: 12, left_out: 12 }][..]));
    let found = forecast(&series, 4).unwrap();
    assert!(found.steps.iter().all(|step| (18.0..23.0).contains(&step.point)), "{found:?}");
    // Unbroken, the step of twelve points is part of what may happen again.
    let unbroken = forecast(&Series::new(&observed, 4, &[], Bounds::None).unwrap(), 4).unwrap();
    let width = |of: &[optima::stats::forecast::Step]| of[3].interval_95.1 - of[3].interval_95.0;
    assert!(width(&unbroken.steps) > 3.0 * width(&found.steps));
    // A year after the change there is too little to go by.
    let refusal = Series::new(&observed[..16], 4, &[12], Bounds::None).unwrap_err();
    assert_eq!(refusal.reason, "4 values since the definition changed");
    assert!(Series::new(&observed, 4, &[24], Bounds::None).unwrap_err().reason.contains("break at value 25 of 24"));
}

#[test]
fn the_longest_run_up_to_the_end_is_used_and_told() {
    let mut observed = known(&[5.0, 1.0, 2.0, 1.5, 2.5, 2.0, 3.0, 2.5, 3.5]);
    observed.insert(1, None);
    observed.extend([None, None]);
    let series = Series::new(&observed, 1, &[], Bounds::None).unwrap();
    assert_eq!(series.values(), [1.0, 2.0, 1.5, 2.5, 2.0, 3.0, 2.5, 3.5]);
    assert_eq!((series.used(), series.notes()), (2..10, &[Note::LatestMissing(2), Note::Gap { before: 2, left_out: 1 }][..]));
    let notes: Vec<String> = series.notes().iter().map(ToString::to_string).collect();
    assert!(notes[0].contains("latest 2 values are missing") && notes[1].contains("before value 3"), "{notes:?}");
}

#[test]
fn values_on_a_bound_or_beyond_are_told() {
    let shares = [0.0, 0.1, 0.05, 0.2, 0.15, 0.1, 0.1, 0.05];
    let found = forecast(&Series::new(&known(&shares), 1, &[], Bounds::Share).unwrap(), 8).unwrap();
    assert!(found.notes.contains(&Note::OnABound));
    assert_eq!(found.steps[7].interval_95.0, 0.0);
    for bad in [1.2, -0.1, f64::NAN, f64::INFINITY] {
        let mut wrong = known(&shares);
        wrong[3] = Some(bad);
        assert!(Series::new(&wrong, 1, &[], Bounds::Share).unwrap_err().reason.contains("value 4"));
    }
    let mut infinite = known(&shares);
    infinite[7] = Some(f64::NEG_INFINITY);
    assert!(Series::new(&infinite, 1, &[], Bounds::None).is_err());
}

#[test]
fn too_few_values_to_choose_from_are_told() {
    let few = [3.0, 4.0, 3.5, 4.5, 4.0, 5.0];
    let found = forecast(&Series::new(&known(&few), 4, &[], Bounds::None).unwrap(), 4).unwrap();
    assert_eq!(found.method, Method::Naive);
    assert!(found.notes.contains(&Note::NotTried) && found.notes.contains(&Note::SeasonsUnknown), "{:?}", found.notes);
    let series = Series::new(&known(&few), 1, &[], Bounds::None).unwrap();
    assert!(forecast(&series, 0).is_err() && forecast(&series, 13).is_err() && forecast(&series, 12).is_ok());
}

#[test]
fn extreme_numbers_give_numbers() {
    for scale in [1e-150, 1e-12, 1e12, 1e150] {
        let y: Vec<f64> = [3.0, 4.0, 3.5, 4.5, 4.0, 5.0, 4.5, 6.0, 5.0, 5.5, 6.0, 5.0].iter().map(|value| value * scale).collect();
        let found = forecast(&Series::new(&known(&y), 4, &[], Bounds::None).unwrap(), 8).unwrap();
        assert!(found.steps.iter().all(|step| step.interval_95.0 < step.point && step.point < step.interval_95.1), "{scale}");
        assert!(found.steps.iter().all(|step| step.interval_95.1.is_finite() && step.interval_95.0.is_finite()), "{scale}");
    }
    // All the change at once, at either end.
    for at in [1, 11] {
        let y: Vec<f64> = (0..12).map(|t| if t < at { 1.0 } else { 9.0 }).collect();
        let found = forecast(&Series::new(&known(&y), 4, &[], Bounds::None).unwrap(), 8).unwrap();
        assert!(found.steps.iter().all(|step| step.interval_95.0.is_finite() && step.interval_95.0 < step.point), "{found:?}");
    }
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let holt = Form { trend: Trend::Additive, cycle: 1 };
    let refused = |form, y: &[f64]| fit(form, y, Search::Profiled).unwrap_err();
    assert!(refused(holt, &[1.0, 2.0, 3.0]).remedy.contains("6 values"));
    assert!(refused(holt, &[2.0; 20]).reason.contains("the same"));
    assert!(refused(Form { cycle: 13, ..holt }, &[2.0; 60]).reason.contains("cycle of 13"));
    refused(Form { cycle: 0, ..holt }, &[1.0, 2.0, 4.0]);
    refused(holt, &[1.0, f64::NAN, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert!(fit(holt, &[1.0, 2.0, 4.0, 3.0, 5.0, 4.0, 6.0, 7.0], Search::Simplex).unwrap_err().remedy.contains("9 values"));
    let run = fit(holt, &[1.0, 2.0, 4.0, 3.0, 5.0, 4.0, 6.0, 7.0], Search::Profiled).unwrap();
    assert!(Smoothing::run(Form { cycle: 4, ..holt }, run.parameters, &run.initial, &[1.0, 2.0]).is_err());
    assert!(theta(&[1.0, 2.0], 1, 4, Search::Profiled).is_err() && theta(&[], 4, 4, Search::Simplex).is_err());
    assert!(stl(&[1.0; 8], 4, SeasonalWindow::Periodic).is_err() && stl(&[1.0; 20], 1, SeasonalWindow::Periodic).is_err());
    assert!(stl(&[1.0; 20], 4, SeasonalWindow::Years(4)).is_err());
    assert!(Predictive::new(&[1.0, 2.0, 3.0, 2.0, 1.0], 1, 4).is_err() && Predictive::new(&[], 1, 4).is_err());
    for method in Method::ALL {
        assert!(method.forecast(&[], 4, 4).is_err() && method.forecast(&[1.0], 4, 4).is_err(), "{method}");
    }
}
