//! A series as a forecast may use it: the values since the definition last changed and since the last gap, and on which scale.

use std::fmt;
use std::ops::Range;

use crate::stats::innovations::LONGEST_CYCLE;
use crate::stats::prediction_interval::FEWEST_VALUES;
use crate::stats::refusal::Refusal;

/// What values are possible; a forecast and its limits stay within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bounds {
    /// Any number.
    None,
    /// Numbers from 0 on, as counts: forecast as they are, and cut off at 0.
    NonNegative,
    /// Numbers above 0 that change by percentages: forecast on the scale of logarithms.
    Positive,
    /// Shares, 0..=1: forecast on the scale of `ln(p / (1 − p))`.
    Share,
}

/// What a reader has to know of how a series was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The definition changed at this value: the values before it, so many, were not used.
    Break {
        /// Place of the first value of the definition in force, from 0.
        at: usize,
        /// Values known before it, not used.
        left_out: usize,
    },
    /// Values are missing: those before the last gap, so many, were not used.
    Gap {
        /// Place of the first value used, from 0.
        before: usize,
        /// Values known before it, not used.
        left_out: usize,
    },
    /// So many of the latest values are missing: the forecast begins behind the last known value.
    LatestMissing(usize),
    /// All values are the same: intervals have no width, and say nothing about the future.
    Constant,
    /// All values lie on a line: intervals have no width, and say nothing about the future.
    OnALine,
    /// A value lies on a bound: the forecast is made on the values as they are, and cut off at the bounds.
    OnABound,
    /// Fewer than three whole cycles: seasons are not told from chance.
    SeasonsUnknown,
    /// Too few values to try methods out: the naive forecast is taken.
    NotTried,
    /// No method was better than the naive one in the tries.
    NothingBeatsNaive,
    /// The tries reach this many steps ahead only, fewer than are forecast.
    TriedAhead(usize),
}

/// The values that a forecast may use.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    working: Vec<f64>,
    cycle: usize,
    first: usize,
    bounds: Bounds,
    scale: Scale,
    notes: Vec<Note>,
}

/// The scale on which forecasts are made.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    Plain,
    Logarithm,
    Logit,
}

impl Series {
    /// The values of `observed` behind the last of the `breaks` and behind the last gap, on the scale that `bounds` asks for.
    ///
    /// `observed` is in order of time, one place a period, `None` where nothing is known; `cycle` is 4 for quarters and 1 for years.
    /// `breaks` are places (from 0) of the first value of a new definition: nothing before the last one is used, and no shift of
    /// level is estimated across it, for it cannot be told from a real change. Latest values that are missing are noted. Where a
    /// value lies on a bound of [`Bounds::Share`] or [`Bounds::Positive`] the scale is that of the values, cut off at the bounds.
    ///
    /// # Errors
    /// Fewer than [`FEWEST_VALUES`] values are left; a break beyond the series; a value that is not finite or out of bounds; a
    /// cycle outside 1..=12.
    ///
    /// ```
    /// use optima::stats::series::{Bounds, Note, Series};
    /// let observed = [9.0, 1.0, 2.0, 1.5, 2.5, 2.0, 3.0].map(Some);
    /// let series = Series::new(&observed, 1, &[1], Bounds::None)?;
    /// assert_eq!((series.values().len(), series.used()), (6, 1..7));
    /// assert_eq!(series.notes(), [Note::Break { at: 1, left_out: 1 }]);
    /// let refusal = Series::new(&observed, 1, &[3], Bounds::None).unwrap_err();
    /// assert!(refusal.reason.starts_with("4 values since the definition changed"));
    /// # Ok::<(), optima::stats::refusal::Refusal>(())
    /// ```
    pub fn new(observed: &[Option<f64>], cycle: usize, breaks: &[usize], bounds: Bounds) -> Result<Self, Refusal> {
        if !(1..=LONGEST_CYCLE).contains(&cycle) {
            return Err(Refusal::new(format!("a cycle of {cycle} values")).remedy("cycles have 1 to 12 values"));
        }
        let mut notes = Vec::new();
        let known = |range: Range<usize>| observed[range].iter().flatten().count();
        let start = breaks.iter().copied().max().unwrap_or(0);
        if start > 0 && start >= observed.len() {
            let reason = format!("a break at value {} of {}", start + 1, observed.len());
            return Err(Refusal::new(reason).remedy("no value has the definition in force: forecast when there are some"));
        }
        if start > 0 {
            notes.push(Note::Break { at: start, left_out: known(0..start) });
        }
        let end = observed.iter().rposition(Option::is_some).map_or(0, |last| last + 1).max(start);
        if end < observed.len() {
            notes.push(Note::LatestMissing(observed.len() - end));
        }
        let first = observed[start..end].iter().rposition(Option::is_none).map_or(start, |gap| start + gap + 1);
        if first > start {
            notes.push(Note::Gap { before: first, left_out: known(start..first) });
        }
        let values: Vec<f64> = observed[first..end].iter().flatten().copied().collect();
        if values.len() < FEWEST_VALUES {
            let since = match (start > 0, first > start) {
                (_, true) => " since the last gap",
                (true, false) => " since the definition changed",
                (false, false) => "",
            };
            let reason = format!("{} values{since}", values.len());
            return Err(
                Refusal::new(reason).remedy(format!("a forecast needs {FEWEST_VALUES} values one after the other, of one definition"))
            );
        }
        let possible = |value: f64| match bounds {
            Bounds::None => value.is_finite(),
            Bounds::NonNegative | Bounds::Positive => value.is_finite() && value >= 0.0,
            Bounds::Share => (0.0..=1.0).contains(&value),
        };
        if let Some(at) = values.iter().position(|value| !possible(*value)) {
            let reason = format!("value {} is not a finite number within its bounds", first + at + 1);
            return Err(Refusal::new(reason).remedy("correct it, or declare other bounds"));
        }
        let scale = match bounds {
            Bounds::None | Bounds::NonNegative => Scale::Plain,
            Bounds::Positive if values.iter().all(|value| *value > 0.0) => Scale::Logarithm,
            Bounds::Share if values.iter().all(|value| *value > 0.0 && *value < 1.0) => Scale::Logit,
            Bounds::Positive | Bounds::Share => {
                notes.push(Note::OnABound);
                Scale::Plain
            }
        };
        let working = values
            .iter()
            .map(|value| match scale {
                Scale::Plain => *value,
                Scale::Logarithm => value.ln(),
                Scale::Logit => (value / (1.0 - value)).ln(),
            })
            .collect();
        Ok(Self { working, cycle, first, bounds, scale, notes })
    }

    /// The values used, on the scale on which forecasts are made.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.working
    }

    /// Values in a cycle of seasons; 1 without.
    #[must_use]
    pub fn cycle(&self) -> usize {
        self.cycle
    }

    /// The places of the values used, among those observed.
    #[must_use]
    pub fn used(&self) -> Range<usize> {
        self.first..self.first + self.working.len()
    }

    /// What a reader has to know of how the values were chosen.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// A number of the working scale as a value, within its bounds.
    ///
    /// ```
    /// use optima::stats::series::{Bounds, Series};
    /// let shares = Series::new(&[0.2, 0.3, 0.25, 0.35, 0.3, 0.4].map(Some), 1, &[], Bounds::Share)?;
    /// assert!((shares.value_of(shares.values()[5]) - 0.4).abs() < 1e-12 && shares.value_of(40.0) <= 1.0);
    /// # Ok::<(), optima::stats::refusal::Refusal>(())
    /// ```
    #[must_use]
    pub fn value_of(&self, working: f64) -> f64 {
        match (self.scale, self.bounds) {
            (Scale::Logarithm, _) => working.exp(),
            (Scale::Logit, _) => 1.0 / (1.0 + (-working).exp()),
            (Scale::Plain, Bounds::None) => working,
            (Scale::Plain, Bounds::NonNegative | Bounds::Positive) => working.max(0.0),
            (Scale::Plain, Bounds::Share) => working.clamp(0.0, 1.0),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Break { at, left_out } => {
                write!(f, "the definition changed at value {}: {left_out} values before it are not used", at + 1)
            }
            Self::Gap { before, left_out } => {
                write!(f, "values are missing before value {}: {left_out} values before the gap are not used", before + 1)
            }
            Self::LatestMissing(count) => write!(f, "the latest {count} values are missing: the forecast begins behind the last known one"),
            Self::Constant => f.write_str("all values are the same: intervals without width say nothing about the future"),
            Self::OnALine => f.write_str("all values lie on a line: intervals without width say nothing about the future"),
            Self::OnABound => f.write_str("a value lies on a bound: the forecast is made on the values as they are, and cut off"),
            Self::SeasonsUnknown => f.write_str("fewer than three whole cycles: seasons are not told from chance"),
            Self::NotTried => f.write_str("too few values to try methods out: the naive forecast is taken"),
            Self::NothingBeatsNaive => f.write_str("no method was better than the naive one in the tries"),
            Self::TriedAhead(steps) => write!(f, "the tries reach {steps} steps ahead, fewer than are forecast"),
        }
    }
}
