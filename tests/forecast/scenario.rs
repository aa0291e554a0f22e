//! The projection from 22 % (2001) to 26 % (2009): three paths, each named, none a forecast.

use optima::stats::scenario::{Declared, ScenarioPath, scenario};

use crate::{case, numbers};

const FROM: Declared = Declared { year: 2001, value: 22.0 };
const TO: Declared = Declared { year: 2009, value: 26.0 };

#[test]
fn the_three_paths_are_those_of_the_reference() {
    let case = case("projection_22_26");
    assert_eq!(case["tolerance"]["all"], "abs 1e-10");
    let years = numbers(&case["settings"]["years"]);
    for (path, key) in
        [(ScenarioPath::Linear, "linear"), (ScenarioPath::Geometric, "geometric"), (ScenarioPath::LogitLinear, "logit_linear")]
    {
        let found = scenario(path, FROM, TO, 100.0).unwrap();
        let expected = numbers(&case["expected"][key]);
        assert_eq!(found.values.len(), expected.len());
        for ((found, expected), year) in found.values.iter().zip(&expected).zip(&years) {
            assert_eq!(f64::from(found.year), *year);
            assert!((found.value - expected).abs() <= 1e-10, "{key} {year}: {} {expected}", found.value);
        }
        // Shares instead of percentages: the same path.
        let share = |end: Declared| Declared { value: end.value / 100.0, ..end };
        let shares = scenario(path, share(FROM), share(TO), 1.0).unwrap();
        assert!(shares.values.iter().zip(&expected).all(|(found, expected)| (100.0 * found.value - expected).abs() <= 1e-10));
    }
    let step = |path| scenario(path, FROM, TO, 100.0).unwrap().step;
    assert!((step(ScenarioPath::Linear) - case["expected"]["linear_step"].as_f64().unwrap()).abs() <= 1e-10);
    let growth = case["expected"]["geometric_annual_growth_pct"].as_f64().unwrap();
    assert!((100.0 * step(ScenarioPath::Geometric) - growth).abs() <= 1e-10);
}

/// Trap 21.
#[test]
fn a_scenario_names_its_path_and_its_ends_and_says_that_it_has_no_interval() {
    let text = scenario(ScenarioPath::LogitLinear, FROM, TO, 100.0).unwrap().to_string();
    for part in ["scenario", "logit-linear", "22 (2001)", "26 (2009)", "declared", "not a forecast", "no interval"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn paths_that_cannot_be_are_refused() {
    let refused = |path, from: (i32, f64), to: (i32, f64)| {
        let end = |(year, value)| Declared { year, value };
        scenario(path, end(from), end(to), 100.0).unwrap_err()
    };
    assert!(refused(ScenarioPath::Geometric, (2001, 0.0), (2009, 26.0)).to_string().contains("geometric path through 0 in 2001"));
    refused(ScenarioPath::Geometric, (2001, -3.0), (2009, 26.0));
    refused(ScenarioPath::LogitLinear, (2001, 0.0), (2009, 26.0));
    refused(ScenarioPath::LogitLinear, (2001, 22.0), (2009, 100.0));
    refused(ScenarioPath::Linear, (2001, f64::NAN), (2009, 26.0));
    refused(ScenarioPath::Linear, (2009, 22.0), (2001, 26.0));
    refused(ScenarioPath::Linear, (2001, 22.0), (2001, 26.0));
    refused(ScenarioPath::Linear, (i32::MIN, 22.0), (i32::MAX, 26.0));
    assert!(scenario(ScenarioPath::Linear, Declared { year: 2001, value: 0.0 }, TO, 100.0).is_ok());
}
