//! Forecasts against R's `forecast` 8.20, each quantity of each case at its tolerance.

use optima::stats::backtest::{mean_absolute_change, rolling_origin};
use optima::stats::exponential_smoothing::{Form, Parameters, Search, Smoothing, States, Trend, fit};
use optima::stats::naive::{drift, drift_means, naive, seasonal_naive};
use optima::stats::prediction_interval::NormalForecast;
use optima::stats::refusal::Refusal;
use optima::stats::stl::{SeasonalWindow, stl};
use optima::stats::theta::theta;
use serde_json::Value;

use crate::{case, column, numbers};

const CASES: [(&str, &str, usize); 2] =
    [("forecast_synthetic_2001", "synthetic_rate_1990_2001", 1), ("forecast_us_unemp", "us_unemp_quarterly", 4)];

fn same(found: &[f64], expected: &Value, relative: f64, what: &str) {
    let expected = numbers(expected);
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= relative * expected.abs(), "{what}: {found}, expected {expected}");
    }
}

/// Mean and both intervals.
fn same_forecast(found: &NormalForecast, expected: &Value, relative: f64, what: &str) {
    same(&found.mean, &expected["mean"], relative, what);
    for (level, low, high) in [(0.8, "lo80", "hi80"), (0.95, "lo95", "hi95")] {
        let (lows, highs): (Vec<f64>, Vec<f64>) = found.intervals(level).into_iter().unzip();
        same(&lows, &expected[low], relative, &format!("{what}, {low}"));
        same(&highs, &expected[high], relative, &format!("{what}, {high}"));
    }
}

fn forms(expected: &Value, cycle: usize) -> Vec<(&'static str, Form)> {
    let all = [("ANN", Trend::None, 1), ("AAN", Trend::Additive, 1), ("AAdN", Trend::Damped, 1), ("AAdA", Trend::Damped, cycle)];
    all.into_iter().filter(|(name, ..)| expected.get(name).is_some()).map(|(name, trend, cycle)| (name, Form { trend, cycle })).collect()
}

#[test]
fn naive_forecasts_and_the_drift_with_its_exact_interval_are_those_of_the_reference() {
    for (name, data, cycle) in CASES {
        let (case, y) = (case(name), column(data));
        assert_eq!(case["tolerance"]["naive_drift"], "rel 1e-9");
        let expected = &case["expected"];
        assert_eq!(expected["n"], y.len());
        same_forecast(&naive(&y, 8).unwrap(), &expected["naive"], 1e-9, "naive");
        same_forecast(&drift(&y, 8).unwrap(), &expected["drift"], 1e-9, "drift");
        if cycle > 1 {
            same_forecast(&seasonal_naive(&y, cycle, 8).unwrap(), &expected["snaive"], 1e-9, "seasonal naive");
        }
    }
}

#[test]
fn given_parameters_and_states_reproduce_the_smoothings_of_the_reference() {
    let mut compared = 0;
    for (name, data, cycle) in CASES {
        let (case, y) = (case(name), column(data));
        assert!(case["tolerance"]["given_par"].as_str().unwrap().starts_with("rel 1e-8"));
        for (model, form) in forms(&case["expected"], cycle) {
            let expected = &case["expected"][model];
            let par = |key: &str, otherwise: f64| expected["par"].get(key).map_or(otherwise, |value| value.as_f64().unwrap());
            let parameters =
                Parameters { alpha: par("alpha", 0.0), beta: par("beta", 0.0), gamma: par("gamma", 0.0), phi: par("phi", 1.0) };
            let mut seasons: Vec<f64> = if form.cycle > 1 { (0..3).map(|at| par(&format!("s{at}"), 0.0)).collect() } else { vec![] };
            if form.cycle > 1 {
                seasons.push(-seasons.iter().sum::<f64>());
            }
            let initial = States { level: par("l", 0.0), slope: par("b", 0.0), seasons };
            let run = Smoothing::run(form, parameters, &initial, &y).unwrap();
            same(&[run.squared_errors], &serde_json::json!([expected["sse"]]), 1e-8, model);
            same(&run.fitted[y.len() - 4..], &expected["fitted_last4"], 1e-8, model);
            same(&[run.log_likelihood()], &serde_json::json!([expected["loglik"]]), 1e-8, model);
            same(&[run.corrected_aic()], &serde_json::json!([expected["aicc"]]), 1e-8, model);
            same(&[run.variance()], &serde_json::json!([expected["sigma2"]]), 1e-8, model);
            same_forecast(&run.forecast(8), expected, 1e-8, model);
            compared += 1;
        }
    }
    assert_eq!(compared, 7);
}

#[test]
fn the_simplex_ends_where_that_of_the_reference_does() {
    for (name, data, cycle) in CASES {
        let (case, y) = (case(name), column(data));
        assert_eq!(case["tolerance"]["own_fit"], "loglik >= reference - 0.05 and mean forecast within 0.1 sigma");
        for (model, form) in forms(&case["expected"], cycle) {
            let expected = &case["expected"][model];
            let found = fit(form, &y, Search::Simplex).unwrap();
            let likelihood = expected["loglik"].as_f64().unwrap();
            assert!(found.log_likelihood() >= likelihood - 0.05, "{name} {model}: {} {likelihood}", found.log_likelihood());
            let sigma = expected["sigma2"].as_f64().unwrap().sqrt();
            for (found, expected) in found.forecast(8).mean.iter().zip(numbers(&expected["mean"])) {
                assert!((found - expected).abs() <= 0.1 * sigma, "{name} {model}: {found} {expected}, sigma {sigma}");
            }
        }
    }
}

#[test]
fn states_by_least_squares_are_never_less_likely_than_the_reference() {
    for (name, data, cycle) in CASES {
        let (case, y) = (case(name), column(data));
        for (model, form) in forms(&case["expected"], cycle) {
            let likelihood = case["expected"][model]["loglik"].as_f64().unwrap();
            let found = fit(form, &y, Search::Profiled).unwrap();
            assert!(found.log_likelihood() >= likelihood - 1e-3, "{name} {model}: {} {likelihood}", found.log_likelihood());
        }
    }
}

#[test]
fn theta_is_that_of_the_reference() {
    for (name, data, cycle) in CASES {
        let (case, y) = (case(name), column(data));
        assert_eq!(case["tolerance"]["theta"], "rel 1e-4");
        same_forecast(&theta(&y, cycle, 8, Search::Simplex).unwrap(), &case["expected"]["theta_method"], 1e-4, "theta");
    }
}

#[test]
fn thirty_made_series_are_fitted_as_by_r() {
    let case = case("forecast_many");
    let all = [
        ("ANN", Trend::None, false),
        ("AAN", Trend::Additive, false),
        ("AAdN", Trend::Damped, false),
        ("ANA", Trend::None, true),
        ("AAA", Trend::Additive, true),
        ("AAdA", Trend::Damped, true),
    ];
    let mut compared = 0;
    for (at, row) in case["expected"].as_array().unwrap().iter().enumerate() {
        let y = numbers(&row["y"]);
        let cycle = usize::try_from(row["cycle"].as_u64().unwrap()).unwrap();
        let found = theta(&y, cycle, 8, Search::Simplex).unwrap();
        same(&found.mean, &row["theta"]["mean"], 1e-4, "theta");
        let lows: Vec<f64> = found.intervals(0.95).into_iter().map(|(low, _)| low).collect();
        same(&lows, &row["theta"]["lo95"], 1e-4, "theta");
        for (model, trend, seasonal) in all {
            let Some(expected) = row.get(model) else { continue };
            let found = fit(Form { trend, cycle: if seasonal { cycle } else { 1 } }, &y, Search::Simplex).unwrap();
            let likelihood = expected["loglik"].as_f64().unwrap();
            let sigma = expected["sigma2"].as_f64().unwrap().sqrt();
            assert!(found.log_likelihood() >= likelihood - 0.05, "{at} {model}: {} {likelihood}", found.log_likelihood());
            for (found, expected) in found.forecast(8).mean.iter().zip(numbers(&expected["mean"])) {
                assert!((found - expected).abs() <= 0.1 * sigma, "{at} {model}: {found} {expected}, sigma {sigma}");
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 120);
}

#[test]
fn seasons_and_trend_by_stl_are_those_of_the_reference() {
    let first = case("forecast_us_unemp");
    assert_eq!(first["tolerance"]["stl"], "abs 1e-6");
    let near = |found: &[f64], expected: &Value| {
        let expected = numbers(expected);
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(&expected).all(|(found, expected)| (found - expected).abs() <= 1e-6), "{found:?} {expected:?}");
    };
    let parts = stl(&column("us_unemp_quarterly"), 4, SeasonalWindow::Periodic).unwrap();
    near(&parts.seasonal[..4], &first["expected"]["stl_periodic"]["seasonal_first_cycle"]);
    near(&parts.trend[199..], &first["expected"]["stl_periodic"]["trend_last4"]);
    let mut compared = 0;
    for row in case("forecast_many")["expected"].as_array().unwrap().iter().filter(|row| row["cycle"] == 4) {
        for (key, window) in [("stl", SeasonalWindow::Periodic), ("stl_7", SeasonalWindow::Years(7))] {
            let parts = stl(&numbers(&row["y"]), 4, window).unwrap();
            near(&parts.seasonal, &row[key]["seasonal"]);
            near(&parts.trend, &row[key]["trend"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 20);
}

#[test]
fn errors_from_rolling_origins_are_those_of_the_reference() {
    for (name, data, _) in CASES {
        let (case, y) = (case(name), column(data));
        let expected = &case["expected"];
        let roots = |first: usize, forecaster: &dyn Fn(&[f64], usize) -> Result<Vec<f64>, Refusal>| -> Vec<f64> {
            rolling_origin(&y, first, 4, forecaster).unwrap().root_mean_squares().into_iter().flatten().collect()
        };
        let last = roots(1, &|past, steps| Ok(vec![past[past.len() - 1]; steps]));
        same(&last, &expected["tscv_rmse_h1_4"]["naive"], 1e-9, name);
        let mean_change = roots(2, &drift_means);
        same(&mean_change, &expected["tscv_rmse_h1_4"]["drift"], 1e-9, name);
        same(&[mean_absolute_change(&y, 1).unwrap()], &serde_json::json!([expected["mase_scale_lag1"]]), 1e-9, name);
    }
}
