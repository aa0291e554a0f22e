//! Where each series is heading if its past goes on, with an interval that means what it says.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Deserialize;

use crate::error::Error;
use crate::measure::{Definition, Interval, IntervalMethod, MeasureId, Unit, params};
use crate::period::{Period, Quarter};
use crate::protect::{Derivation, Derived, DerivedCell, NotDerived, ProtectedMeasure, Seen, Statistic};
use crate::stats::forecast::{Forecast, Method, forecast};
use crate::stats::refusal::Refusal;
use crate::stats::series::{Bounds, Note, Series};
use crate::territory::{PerZone, ZoneIdx};

/// The forecast of each quartier and of the territory, each by the method that was best when tried out on its own past.
///
/// Shares are forecast on the scale of logits, other values as they are and not below 0. The interval is not that of the method,
/// which holds too rarely from few values: see [`crate::stats::prediction_interval`]. Nothing before a declared break or before the last
/// hidden or missing quarter is used. Absent where too few quarters are shown.
#[derive(Debug)]
pub(super) struct QuarterlyForecast;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    of: [String; 1],
    #[serde(default = "two_years")]
    quarters: u8,
}

fn two_years() -> u8 {
    8
}

/// A standard error of more than this share of the value is no figure to read.
const MOST_ERROR: f64 = 1.0 / 3.0;

impl Derivation for QuarterlyForecast {
    fn definition(&self) -> Definition {
        Definition {
            id: "forecast",
            unit: Unit::Share,
            reference: "Hyndman & Athanasopoulos, Forecasting (2021); Assimakopoulos & Nikolopoulos 2000",
        }
    }

    fn derive(&self, seen: &Seen<'_>, _id: &MeasureId, table: &toml::Table) -> Result<Derived, NotDerived> {
        let Params { of: [of], quarters: ahead } = params(table)?;
        if !(1..=40).contains(&ahead) {
            return Err(Error::config("expected 1 to 40 quarters").in_column("params.quarters").into());
        }
        let measure = seen.measure(&of)?;
        let quarters = quarters(measure).ok_or_else(|| Refusal::new(format!("{of} is not known by quarter")))?;
        let span = Span::of(&quarters, seen, &of)?;
        let bounds = match measure.unit() {
            Unit::Share => Bounds::Share,
            Unit::Months | Unit::Index | Unit::Points => Bounds::NonNegative,
            Unit::Group | Unit::Rank => return Err(Refusal::new(format!("{of} is no quantity")).into()),
        };
        let zones = &seen.territory().quartiers;
        let places: Vec<Option<ZoneIdx>> = zones.indexes().map(Some).chain([None]).collect();
        let made: Vec<Result<(Forecast, usize), Refusal>> =
            places.par_iter().map(|zone| span.forecast(measure, *zone, bounds, usize::from(ahead))).collect();
        if let (true, Some(Err(refusal))) = (made.iter().all(Result::is_err), made.last()) {
            return Err(refusal.clone().into());
        }
        let last = span.last;
        let periods: Vec<Period> = (1..=i32::from(ahead)).map(|step| Period::Quarter(last.minus(-step))).collect();
        let cell = |place: usize, step: usize| made[place].as_ref().ok().and_then(|(made, late)| told(made, step + late, measure.unit()));
        let cells = (0..periods.len()).map(|step| {
            let mut place = 0..;
            PerZone::from_fn(zones, |_| place.next().and_then(|place| cell(place, step)))
        });
        let whole = made.last().and_then(|made| made.as_ref().ok());
        Ok(Derived {
            unit: measure.unit(),
            of: vec![measure.id().clone()],
            cells: cells.collect(),
            totals: (0..periods.len()).map(|step| cell(places.len() - 1, step)).collect(),
            periods,
            categories: Vec::new(),
            details: vec!["low_80", "high_80", "forecast_method", "forecast_skill", "quarters_used"],
            statistics: whole.map(|(made, _)| trial(made)).unwrap_or_default(),
            method: [method(whole.map(|(made, _)| made), bounds, span.broken), notes(&made)].concat(),
        })
    }
}

/// The quarters of a measure; `None` where it is not quarterly.
fn quarters(measure: &ProtectedMeasure) -> Option<Vec<Quarter>> {
    let quarter = |period: &Period| match period {
        Period::Quarter(quarter) => Some(*quarter),
        Period::Span(..) => None,
    };
    measure.periods().iter().map(quarter).collect()
}

/// The quarters from the first to the last, without a hole, and the places of breaks among them.
struct Span {
    /// For each quarter its position in the measure.
    positions: Vec<Option<usize>>,
    breaks: Vec<usize>,
    broken: Option<Quarter>,
    last: Quarter,
}

impl Span {
    fn of(known: &[Quarter], seen: &Seen<'_>, of: &str) -> Result<Self, Refusal> {
        let (Some(first), Some(last)) = (known.iter().min().copied(), known.iter().max().copied()) else {
            return Err(Refusal::new(format!("{of} has no quarter")));
        };
        let mut all = vec![first];
        while let Some(quarter) = all.last().copied().filter(|quarter| *quarter < last) {
            all.push(quarter.minus(-1));
        }
        let positions = all.iter().map(|quarter| known.iter().position(|one| one == quarter)).collect();
        let declared: Vec<Quarter> =
            seen.breaks_of(of).iter().map(|declared| declared.quarter).filter(|quarter| *quarter > first && *quarter <= last).collect();
        let breaks = declared.iter().filter_map(|quarter| all.binary_search(quarter).ok()).collect();
        Ok(Self { positions, breaks, broken: declared.into_iter().max(), last })
    }

    /// The forecast of one place, and how many quarters its latest value is late.
    fn forecast(
        &self,
        measure: &ProtectedMeasure,
        zone: Option<ZoneIdx>,
        bounds: Bounds,
        ahead: usize,
    ) -> Result<(Forecast, usize), Refusal> {
        let value = |at: usize| zone.map_or_else(|| measure.total(at), |zone| measure.cell(at, zone)).shown().map(|shown| shown.value);
        let observed: Vec<Option<f64>> = self.positions.iter().map(|at| at.and_then(value)).collect();
        let series = Series::new(&observed, 4, &self.breaks, bounds)?;
        let late =
            series.notes().iter().find_map(|note| if let Note::LatestMissing(late) = note { Some(*late) } else { None }).unwrap_or(0);
        Ok((forecast(&series, ahead + late)?, late))
    }
}

/// The cell of one step.
fn told(made: &Forecast, step: usize, unit: Unit) -> Option<DerivedCell> {
    let step = made.steps.get(step)?;
    let (low, high) = step.interval_95;
    // Further numbers are in the unit of readers: shares in percent.
    let scale = if unit == Unit::Share { 100.0 } else { 1.0 };
    let error = (high - low) / (2.0 * 1.96);
    let skill = made.trial.candidates.iter().find(|tried| tried.method == made.method).map(|tried| tried.skill);
    let number = Method::ALL.iter().position(|method| *method == made.method).map(|at| at + 1);
    #[expect(clippy::cast_precision_loss, reason = "a method's number, a number of quarters")]
    let [number, used] = [number.map(|n| n as f64), Some(made.used.len() as f64)];
    Some(DerivedCell {
        value: step.point,
        interval: Some(Interval { low, high, method: IntervalMethod::Prediction95 }),
        unreliable: error > MOST_ERROR * step.point.abs(),
        details: vec![Some(scale * step.interval_80.0), Some(scale * step.interval_80.1), number, skill, used],
        ..DerivedCell::default()
    })
}

/// How the methods did on the past of the territory.
fn trial(made: &Forecast) -> Vec<Statistic> {
    let tried = made.trial.candidates.iter();
    let of = |name: &'static str, method: Method, value: f64| Statistic {
        name,
        about: name_of(method).to_owned(),
        value,
        ..Statistic::default()
    };
    tried.flat_map(|tried| [of("forecast_error", tried.method, tried.error), of("forecast_skill", tried.method, tried.skill)]).collect()
}

fn name_of(method: Method) -> &'static str {
    match method {
        Method::Naive => "naive",
        Method::SeasonalNaive => "seasonal_naive",
        Method::Drift => "drift",
        Method::Level => "level",
        Method::Theta => "theta",
        Method::Holt => "holt",
        Method::DampedHolt => "damped_holt",
        Method::SeasonalLevel => "seasonal_level",
        Method::StlTheta => "stl_theta",
        Method::SeasonalHolt => "seasonal_holt",
    }
}

/// What a reader has to know of some series, and of how many.
fn notes(made: &[Result<(Forecast, usize), Refusal>]) -> Vec<(String, String)> {
    let told = |note: &&Note| !matches!(note, Note::Break { .. } | Note::Gap { .. } | Note::LatestMissing(_) | Note::TriedAhead(_));
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for note in made.iter().flatten().flat_map(|(made, _)| made.notes.iter().filter(told)) {
        *counted.entry(note.to_string()).or_default() += 1;
    }
    counted.into_iter().map(|(note, series)| ("note".to_owned(), format!("{series} series: {note}"))).collect()
}

fn words_of(method: Method) -> &'static str {
    match method {
        Method::Naive => "the last value goes on",
        Method::SeasonalNaive => "the last year is repeated",
        Method::Drift => "the mean change goes on",
        Method::Level => "a smoothed level goes on",
        Method::Theta => "Theta",
        Method::Holt => "Holt",
        Method::DampedHolt => "damped Holt",
        Method::SeasonalLevel => "a smoothed level with seasons",
        Method::StlTheta => "seasons by STL, Theta without them",
        Method::SeasonalHolt => "Holt with seasons",
    }
}

fn method(whole: Option<&Forecast>, bounds: Bounds, broken: Option<Quarter>) -> Vec<(String, String)> {
    let scale = if bounds == Bounds::Share { "logits" } else { "the values, not below 0" };
    let mut lines = vec![
        (
            "choice".to_owned(),
            "the method with the least error from rolling origins, if better than the naive one; each quartier its own".to_owned(),
        ),
        ("scale".to_owned(), scale.to_owned()),
    ];
    if let Some(whole) = whole {
        let told = format!("tried from {} origins: {}", whole.trial.origins, words_of(whole.method));
        lines.push(("for the territory".to_owned(), told));
    }
    if let Some(quarter) = broken {
        lines.push(("break in the definition".to_owned(), format!("{quarter}: nothing before it is used")));
    }
    lines
}
