//! WHO-5 by quartier: the mean score, the mean raw sum, the share of reduced well-being.

use serde::Deserialize;

use super::residents::{count, each_resident, interviews};
use super::{
    Cell, Contributors, Definition, Evidence, Indicator, Interval, IntervalMethod, Measure, MeasureId, Quantities, Quantity, Unit, params,
    reliability, share_measure,
};
use crate::error::{Error, Result};
use crate::locate::Located;
use crate::observatory::{WellBeing, WellBeingCoding};
use crate::records::{Answer, Interviews};
use crate::stats::mean::{Moments, student};
use crate::stats::well_being::{Coding, Sheet};
use crate::territory::PerZone;

/// WHO-5 of the persons who answered all five items: nothing is imputed, and no coding is guessed or rescaled.
///
/// `score` is four times the raw sum, 0..=100; `raw` the sum itself; `reduced` the share of persons with a score of 50 or less.
/// Items coded 1 to 5 have a raw sum of 5 to 25 and neither score nor threshold.
#[derive(Debug)]
pub(super) struct WellBeingIndex;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    show: Show,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Show {
    Score,
    Raw,
    Reduced,
}

impl Indicator for WellBeingIndex {
    fn definition(&self) -> Definition {
        Definition { id: "well_being", unit: Unit::Points, reference: "WHO-5 (WHO Regional Office for Europe 1998; Topp et al. 2015)" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { show } = params(table)?;
        let (located, period) = interviews(evidence)?;
        let declared = evidence
            .well_being
            .as_ref()
            .ok_or_else(|| Error::config("the items and their coding are not declared").in_column("sources.interviews.well_being"))?;
        let sheets = sheets(located, declared)?;
        let zones = &evidence.observed.territory.quartiers;
        let (low, high) = declared.coding.bounds();
        let answered = sheets.iter().flatten().count();
        let method = vec![
            ("items".to_owned(), declared.items.join(", ")),
            ("coding".to_owned(), format!("{low} to {high}, as declared")),
            ("complete sheets".to_owned(), format!("{answered} of {}; a sheet that lacks an item has no score", sheets.len())),
        ];
        if show != Show::Raw && declared.coding == WellBeingCoding::OneToFive {
            return Err(Error::config("items coded 1 to 5 are another scale: it has neither a score of 100 nor a threshold")
                .help("show = \"raw\", or declare the official coding if that is what was asked"));
        }
        if show == Show::Reduced {
            let (counted, total) =
                count(evidence, located, |record| sheets[record].and_then(|sheet| sheet.official()).map(|official| official.reduced));
            let quantities = Quantities {
                numerator: Quantity("interviews.who5.reduced".to_owned()),
                denominator: Some(Quantity("interviews.who5".to_owned())),
                part_of: None,
            };
            return Ok(share_measure(id, zones, vec![period], quantities, method, |_, zone| {
                Some(zone.map_or(total, |zone| counted[zone]).fraction())
            }));
        }
        let value = |sheet: Sheet| match show {
            Show::Score => sheet.official().map(|official| f64::from(official.percentage)),
            Show::Raw | Show::Reduced => Some(f64::from(sheet.raw())),
        };
        let mut groups = PerZone::from_fn(zones, |_| Sums::default());
        let mut total = Sums::default();
        each_resident(evidence, located, |record, shares| {
            let Some(value) = sheets[record].and_then(value) else { return };
            for (zone, share) in shares {
                groups[*zone].add(value, *share);
            }
            total.add(value, shares.iter().map(|(_, share)| share).sum::<f64>().min(1.0));
        });
        let largest = if show == Show::Score { 100.0 } else { f64::from(high) * 5.0 };
        Ok(Measure {
            quantities: Quantities {
                numerator: Quantity(format!("interviews.who5.{}", if show == Show::Score { "score" } else { "raw" })),
                denominator: Some(Quantity("interviews.who5".to_owned())),
                part_of: None,
            },
            id,
            unit: Unit::Points,
            relations: Vec::new(),
            ingredients: Vec::new(),
            periods: vec![period],
            cells: vec![PerZone::from_fn(zones, |zone| groups[zone].cell(largest))],
            totals: vec![total.cell(largest)],
            categories: Vec::new(),
            method,
        })
    }
}

/// The sheet of each record; `None` where an item is missing, refused or was not put.
fn sheets(located: &Located<Interviews>, declared: &WellBeing) -> Result<Vec<Option<Sheet>>> {
    let guide = located.records.questionnaire();
    let coding = match declared.coding {
        WellBeingCoding::ZeroToFive => Coding::ZeroToFive,
        WellBeingCoding::OneToFive => Coding::OneToFive,
        WellBeingCoding::OneToSix => Coding::OneToSix,
    };
    let items: Vec<usize> = declared
        .items
        .iter()
        .map(|item| guide.position(item).ok_or_else(|| Error::config(format!("there is no question \"{item}\""))))
        .collect::<Result<_>>()
        .map_err(|e| e.in_column("sources.interviews.well_being.items"))?;
    let value = |record: usize, position: usize| match located.records.as_slice()[record].answers.get(position) {
        Some(Answer::Modality(code)) => {
            let modality = &guide.questions[position].modalities[usize::from(*code)];
            // A modality that is no number is not of the coding declared: it must not pass for a missing answer.
            Some(modality.code.parse::<f64>().unwrap_or(f64::NAN))
        }
        Some(Answer::Number) => located.records.numbers(position).and_then(|numbers| numbers[record]),
        _ => None,
    };
    (0..located.records.as_slice().len())
        .map(|record| {
            let answers: [Option<f64>; 5] = std::array::from_fn(|item| value(record, items[item]));
            Sheet::read(answers, coding)
                .map_err(|refusal| Error::config(refusal.reason).in_column("sources.interviews.well_being.coding").help(refusal.remedy))
        })
        .collect()
}

/// Sums for a weighted mean and its deviation.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    weight: f64,
    sum: f64,
    squares: f64,
    persons: u64,
}

impl Sums {
    fn add(&mut self, value: f64, weight: f64) {
        self.weight += weight;
        self.sum += weight * value;
        self.squares += weight * value * value;
        self.persons += 1;
    }

    /// The mean with Student's t interval, cut at the ends of the scale.
    fn cell(&self, largest: f64) -> Option<Cell> {
        if self.weight <= 0.0 {
            return None;
        }
        let mean = self.sum / self.weight;
        let variance = (self.squares - self.weight * mean * mean).max(0.0) / (self.weight - 1.0);
        let deviation = (self.weight > 1.0).then(|| variance.sqrt());
        let moments = Moments { n: self.weight, mean, deviation };
        let interval = student(&moments, 0.95).map(|(low, high)| Interval {
            low: low.max(0.0),
            high: high.min(largest),
            method: IntervalMethod::StudentT95,
        });
        Some(Cell {
            value: mean,
            numerator: Some(self.weight),
            denominator: None,
            interval,
            deviation,
            contributors: Contributors { persons: self.persons, group: None, smallest_class: None, amount: None },
            reliable: reliability::of_mean(&moments),
            since_quarter: None,
            since_year: None,
        })
    }
}
