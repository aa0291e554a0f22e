//! Mean duration of inoccupation, in months: from persons, or from classes with stated bounds.

use super::stock::{Durations, Group, Stock};
use super::{
    Amount, Cell, Contributors, Definition, Evidence, Indicator, Interval, IntervalMethod, Measure, MeasureId, Quantities, Quantity, Unit,
    change, params, reliability,
};
use crate::error::{Error, Result};
use crate::observatory::DurationClass;
use crate::period::Period;
use crate::stats::mean::student;
use crate::territory::PerZone;

/// The limits of a mean from classes are rounded outward to this many months.
const BOUNDS_MONTHS: f64 = 6.0;

/// The mean of the elapsed durations of those who are job seekers on the last day of the quarter.
///
/// From persons: `x̄` with Student's t interval. From classes: each person at the middle of the class; the limits put all
/// persons at the lower, then at the upper bound, rounded outward to 6 months, so that they do not give the classes away. The open class has an assumed upper bound, published with the method.
#[derive(Debug)]
pub(super) struct InoccupationDuration;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NoParams {}

impl Indicator for InoccupationDuration {
    fn definition(&self) -> Definition {
        Definition { id: "inoccupation_duration", unit: Unit::Months, reference: "Forem: durée d'inoccupation" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let NoParams {} = params(table)?;
        let stock = evidence.stock()?;
        let zones = &evidence.observed.territory.quartiers;
        let any = (0..stock.quarters().len()).any(|at| stock.total(at).with_duration > 0);
        // Of nobody, no duration is missing.
        let anybody = (0..stock.quarters().len()).any(|at| stock.total(at).job_seekers.persons > 0);
        if anybody && !any {
            return Err(Error::config("no duration is known").help("map since or months of the job seekers, or declare duration_classes"));
        }
        let periods: Vec<Period> = stock.quarters().iter().map(|q| Period::Quarter(*q)).collect();
        let cells = (0..periods.len()).map(|at| PerZone::from_fn(zones, |zone| cell(stock.group(at, zone), stock))).collect();
        let totals = (0..periods.len()).map(|at| cell(stock.total(at), stock)).collect();
        let quantities = Quantities {
            numerator: Quantity("months_of_inoccupation".to_owned()),
            denominator: Some(Quantity("job_seekers".to_owned())),
            part_of: None,
        };
        let mut measure = Measure {
            id,
            unit: Unit::Months,
            quantities,
            relations: Vec::new(),
            ingredients: Vec::new(),
            periods,
            cells,
            totals,
            categories: Vec::new(),
            method: method(stock),
        };
        change::fill(&mut measure, zones);
        Ok(measure)
    }
}

fn method(stock: &Stock) -> Vec<(String, String)> {
    let bounds: Vec<String> = stock.classes().iter().map(|c| format!("[{}, {}[", c.from_months, c.to_months)).collect();
    if bounds.is_empty() {
        vec![("durations".to_owned(), "by person, in months of 30.4375 days".to_owned())]
    } else {
        vec![("durations".to_owned(), format!("by class, in months: {}; the last upper bound is assumed", bounds.join(" ")))]
    }
}

fn cell(group: &Group, stock: &Stock) -> Option<Cell> {
    let contributors = Contributors {
        persons: group.with_duration,
        group: None,
        smallest_class: smallest_class(&group.durations),
        amount: amount(&group.durations),
    };
    let cell = match &group.durations {
        Durations::Persons(_) => {
            let moments = group.duration_moments()?;
            let interval =
                student(&moments, 0.95).map(|(low, high)| Interval { low: low.max(0.0), high, method: IntervalMethod::StudentT95 });
            let reliable = reliability::of_mean(&moments);
            Cell {
                value: moments.mean,
                numerator: Some(moments.n),
                deviation: moments.deviation,
                interval,
                reliable,
                ..blank(contributors)
            }
        }
        Durations::Classes(counts) => {
            let n: f64 = counts.iter().sum();
            if n <= 0.0 {
                return None;
            }
            let mean =
                |at: fn(&DurationClass) -> f64| counts.iter().zip(stock.classes()).map(|(count, class)| count * at(class)).sum::<f64>() / n;
            // Exact limits beside the mean and the long-term share would be as many equations as there are classes.
            let low = (mean(|c| c.from_months) / BOUNDS_MONTHS).floor() * BOUNDS_MONTHS;
            let high = (mean(|c| c.to_months) / BOUNDS_MONTHS).ceil() * BOUNDS_MONTHS;
            let interval = Interval { low, high, method: IntervalMethod::ClassBounds };
            let value = mean(|c| f64::midpoint(c.from_months, c.to_months));
            Cell { value, numerator: Some(n), interval: Some(interval), ..blank(contributors) }
        }
    };
    Some(cell)
}

fn smallest_class(durations: &Durations) -> Option<f64> {
    match durations {
        Durations::Persons(_) => None,
        Durations::Classes(counts) => counts.iter().copied().filter(|count| *count > 0.0).min_by(f64::total_cmp),
    }
}

/// The months of each person, as far as she belongs to the zone; classes know no persons.
fn amount(durations: &Durations) -> Option<Amount> {
    match durations {
        Durations::Persons(persons) => Some(Amount::of(persons.iter().map(|(months, share)| months * share))),
        Durations::Classes(_) => None,
    }
}

fn blank(contributors: Contributors) -> Cell {
    Cell {
        value: 0.0,
        numerator: None,
        denominator: None,
        interval: None,
        deviation: None,
        contributors,
        reliable: true,
        since_quarter: None,
        since_year: None,
    }
}
