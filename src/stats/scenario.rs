//! Paths between two declared values: "from 22 % in 2001 to 26 % in 2009" is a scenario, not a forecast.
//!
//! The seed's projection names neither its path nor its interval nor the years it was fitted on. Here the path is named, both
//! ends are the caller's, and there is no interval, for nothing was estimated.

use std::fmt;

use crate::stats::refusal::Refusal;

/// How a scenario goes from one value to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScenarioPath {
    /// The same number of units each year.
    Linear,
    /// The same percentage each year.
    Geometric,
    /// The same step of `ln(p / (1 − p))` each year: slower near 0 and near the whole.
    LogitLinear,
}

/// A value that is declared for a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Declared {
    /// The year.
    pub year: i32,
    /// The value, in the unit of the scenario.
    pub value: f64,
}

/// A path between two declared values, year by year. Not a forecast: it has no interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The path.
    pub path: ScenarioPath,
    /// Where it begins, as declared.
    pub from: Declared,
    /// Where it ends, as declared.
    pub to: Declared,
    /// What stays the same each year: units a year; growth as a part of the value; or a step of the logit.
    pub step: f64,
    /// Each year and its value, both ends included.
    pub values: Vec<Declared>,
}

/// The path from one declared value to the other, year by year.
///
/// Linear: `a + (b − a) s`; geometric: `a (b/a)^s`; logit-linear: `logit p = logit a + (logit b − logit a) s`; `s` the part of
/// the years gone by. `whole` is what 100 % is in the unit of the values: 1 for shares, 100 for percentages; only the logit
/// path needs it. Cost: O(years).
///
/// # Errors
/// An end that is not after the beginning or more than 1,000 years off, values that are not finite, a geometric path from or
/// to a value that is not above 0, a logit path from or to 0, the whole, or beyond.
///
/// ```
/// use optima::stats::scenario::{Declared, ScenarioPath, scenario};
/// let (from, to) = (Declared { year: 2001, value: 22.0 }, Declared { year: 2009, value: 26.0 });
/// let path = scenario(ScenarioPath::Geometric, from, to, 100.0)?;
/// assert!((path.step - 0.0211013100758).abs() < 1e-12 && (path.values[4].value - 23.9165214862).abs() < 1e-10);
/// assert_eq!(path.to_string(), "scenario, geometric path from 22 (2001) to 26 (2009), both declared: not a forecast, no interval");
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn scenario(path: ScenarioPath, from: Declared, to: Declared, whole: f64) -> Result<Scenario, Refusal> {
    let years = i64::from(to.year) - i64::from(from.year);
    if !(1..=1000).contains(&years) {
        let reason = format!("a path from {} to {}", from.year, to.year);
        return Err(Refusal::new(reason).remedy("it ends after it begins, within 1,000 years"));
    }
    let possible = |value: f64| match path {
        ScenarioPath::Linear => value.is_finite(),
        ScenarioPath::Geometric => value.is_finite() && value > 0.0,
        ScenarioPath::LogitLinear => value > 0.0 && value < whole && whole.is_finite(),
    };
    if let Some(end) = [from, to].into_iter().find(|end| !possible(end.value)) {
        let reason = format!("a {path} path through {} in {}", end.value, end.year);
        return Err(Refusal::new(reason).remedy(match path {
            ScenarioPath::Linear => "declare numbers".to_owned(),
            ScenarioPath::Geometric => {
                "a percentage a year leads neither to nor from 0: declare values above 0, or take the linear path".to_owned()
            }
            ScenarioPath::LogitLinear => format!("declare values between 0 and {whole}, neither included, or take the linear path"),
        }));
    }
    let onto = |value: f64| match path {
        ScenarioPath::Linear => value,
        ScenarioPath::Geometric => value.ln(),
        ScenarioPath::LogitLinear => (value / (whole - value)).ln(),
    };
    let back = |x: f64| match path {
        ScenarioPath::Linear => x,
        ScenarioPath::Geometric => x.exp(),
        ScenarioPath::LogitLinear => whole / (1.0 + (-x).exp()),
    };
    #[expect(clippy::cast_precision_loss, reason = "at most 1,000 years")]
    let step = (onto(to.value) - onto(from.value)) / years as f64;
    let each = (from.year..=to.year).map(|year| {
        let gone = f64::from(year - from.year);
        // The declared ends are kept as they were declared.
        let value = if year == from.year {
            from.value
        } else if year == to.year {
            to.value
        } else {
            back(onto(from.value) + step * gone)
        };
        Declared { year, value }
    });
    let values = each.collect();
    let step = if path == ScenarioPath::Geometric { step.exp_m1() } else { step };
    Ok(Scenario { path, from, to, step, values })
}

impl fmt::Display for ScenarioPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linear => "linear",
            Self::Geometric => "geometric",
            Self::LogitLinear => "logit-linear",
        })
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, from, to, .. } = self;
        let ends = format!("from {} ({}) to {} ({})", from.value, from.year, to.value, to.year);
        write!(f, "scenario, {path} path {ends}, both declared: not a forecast, no interval")
    }
}
