//! Long inoccupation standardized by age: the share that a quartier would have with the ages of the territory's job seekers.

use serde::Deserialize;

use super::{
    Cell, Contributors, Definition, Evidence, Indicator, Interval, IntervalMethod, Measure, MeasureId, Quantities, Quantity, Unit, params,
    reliability,
};
use crate::error::{Error, Result};
use crate::locate::Placement;
use crate::period::{Period, Quarter};
use crate::stats::standardized_rate::{StandardizedRate, Stratum, standardize};
use crate::territory::PerZone;

/// `Σ w_i x_i / n_i`: of the `n_i` job seekers of age class i whose duration is known, `x_i` have been unoccupied for `months` or more.
///
/// `w_i` is the share of the class among the territory's job seekers of the same quarter. Interval: Fay and Feuer's, which keeps its level
/// also for few events; it takes these as Poisson's, which is on the wide side for a share. Absent where nobody's age and duration are known,
/// hidden where a class that the territory has is empty in the quartier: that would say of everybody there how old they are not. No value
/// for the territory: it is the standard, and its standardized share is the crude one.
/// Neither counts nor the standard are published, but strata are protected as if a reader could solve for them: each must have enough
/// persons on either side of the line, and one in which nobody or everybody counts hides the cell.
/// Source: Fay & Feuer, Statistics in Medicine 16 (1997).
#[derive(Debug)]
pub(super) struct StandardizedShare;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// The crude share: where it is hidden, so is this.
    of: [String; 1],
    months: f64,
    /// The lower bounds of the age classes in years, the first one 0.
    age_classes: Vec<u8>,
}

/// The persons of one age class.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Counted {
    long: f64,
    known: f64,
    persons_long: u64,
    persons_known: u64,
    /// Of the known, those under 25, whose number is published elsewhere.
    under_25: f64,
}

impl Counted {
    fn add(&mut self, long: bool, under_25: bool, share: f64) {
        self.known += share;
        self.persons_known += 1;
        if under_25 {
            self.under_25 += share;
        }
        if long {
            self.long += share;
            self.persons_long += 1;
        }
    }
}

impl Indicator for StandardizedShare {
    fn definition(&self) -> Definition {
        Definition { id: "standardized_share", unit: Unit::Share, reference: "direct standardization; Fay & Feuer 1997" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { of: [of], months, age_classes } = params(table)?;
        if age_classes.len() < 2 || age_classes[0] != 0 || age_classes.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(
                Error::config("expected two lower bounds of ages or more, ascending, the first one 0").in_column("params.age_classes")
            );
        }
        let crude = evidence.earlier.get(&of).ok_or_else(|| Error::config(format!("there is no measure \"{of}\"")))?;
        if !crude.method.contains(&("months".to_owned(), months.to_string())) {
            return Err(Error::config(format!("the measure \"{of}\" is no share of {months} months or more")).in_column("params.months"));
        }
        let stock = evidence.stock()?;
        let counts = count(evidence, stock.quarters(), months, &age_classes)?;
        let zones = &evidence.observed.territory.quartiers;
        let cells = counts.iter().map(|(zone, standard)| PerZone::from_fn(zones, |at| cell(&zone[at], standard))).collect();
        let ages: Vec<String> = age_classes.iter().map(u8::to_string).collect();
        let method = [
            ("months", months.to_string()),
            ("age classes", format!("from {} years", ages.join(", "))),
            ("standard", "the ages of the territory's job seekers of the same quarter whose age and duration are known".to_owned()),
        ];
        Ok(Measure {
            quantities: Quantities {
                numerator: Quantity(id.to_string()),
                denominator: Some(Quantity("job_seekers".to_owned())),
                part_of: None,
            },
            id,
            unit: Unit::Share,
            relations: Vec::new(),
            ingredients: vec![crude.id.clone()],
            periods: stock.quarters().iter().map(|quarter| Period::Quarter(*quarter)).collect(),
            cells,
            totals: vec![None; stock.quarters().len()],
            categories: Vec::new(),
            method: method.map(|(name, text)| (name.to_owned(), text)).to_vec(),
        })
    }
}

type ByAge = (PerZone<Vec<Counted>>, Vec<Counted>);

/// For each quarter the age classes of each quartier, and of the territory. Sums run in row order. Cost: O(records).
fn count(evidence: &Evidence<'_>, quarters: &[Quarter], months: f64, age_classes: &[u8]) -> Result<Vec<ByAge>> {
    let territory = evidence.observed.territory;
    let located = evidence.observed.job_seekers.as_ref().ok_or_else(|| {
        Error::config("counts by class do not tell the ages of those who have been unoccupied for long")
            .help("ask the partner for one row a person")
    })?;
    let nobody = vec![Counted::default(); age_classes.len()];
    let empty = || (PerZone::from_fn(&territory.quartiers, |_| nobody.clone()), nobody.clone());
    let mut counts: Vec<ByAge> = quarters.iter().map(|_| empty()).collect();
    for (record, placement) in located.records.as_slice().iter().zip(&located.placements) {
        let (Placement::Within(sector), Ok(at)) = (placement, quarters.binary_search(&record.quarter)) else { continue };
        let (Some(age), Some(duration)) = (record.age_years, record.months) else { continue };
        let class = age_classes.partition_point(|from| *from <= age).saturating_sub(1);
        let long = duration >= months;
        let shares = &territory.membership[*sector];
        for (quartier, share) in shares {
            counts[at].0[*quartier][class].add(long, age < 25, *share);
        }
        let kept: f64 = shares.iter().map(|(_, share)| share).sum();
        if kept > 0.0 {
            counts[at].1[class].add(long, age < 25, kept.min(1.0));
        }
    }
    Ok(counts)
}

fn cell(own: &[Counted], standard: &[Counted]) -> Option<Cell> {
    let strata: Vec<Stratum> =
        own.iter().zip(standard).map(|(own, all)| Stratum { events: own.long, population: own.known, standard: all.known }).collect();
    let persons = |of: fn(&Counted) -> u64| own.iter().map(of).sum::<u64>();
    let known = persons(|class| class.persons_known);
    let lacking = own.iter().zip(standard).any(|(own, all)| own.known <= 0.0 && all.known > 0.0);
    let share = if lacking { None } else { standardize(&strata).ok() };
    let smallest = own.iter().filter(|class| class.persons_known > 0).map(exposed).min_by(f64::total_cmp);
    let contributors = Contributors {
        persons: persons(|class| class.persons_long),
        group: Some(known),
        smallest_class: if lacking { Some(ONE_PERSON) } else { smallest },
        amount: None,
    };
    let limits = share.and_then(|share| share.fay_feuer(0.95));
    (known > 0).then(|| Cell {
        // Where a class is lacking, nothing is standardized, and nothing shown.
        value: share.map_or(0.0, |share| share.rate),
        numerator: None,
        denominator: None,
        interval: limits.map(|(low, high)| Interval { low, high: high.min(1.0), method: IntervalMethod::FayFeuer95 }),
        deviation: None,
        contributors,
        reliable: share.is_some_and(|share| is_reliable(&share, own)),
        since_quarter: None,
        since_year: None,
    })
}

/// A class that says something of one person is hidden under every policy.
const ONE_PERSON: f64 = 1.0;

/// The fewest persons that a class says something of. One in which all are alike says it of each of them: it counts as one person.
/// Less those under 25, who are published, a class gives away its older ones.
fn exposed(class: &Counted) -> f64 {
    let others = class.persons_known - class.persons_long;
    let older = class.known - class.under_25;
    let sides = class.long.min(class.known - class.long);
    if class.persons_long == 0 || others == 0 {
        ONE_PERSON
    } else if class.under_25 > 0.0 && older > 1e-9 {
        sides.min(older)
    } else {
        sides
    }
}

fn is_reliable(share: &StandardizedRate, own: &[Counted]) -> bool {
    if share.rate > 0.0 {
        share.variance.sqrt() <= reliability::LARGEST_VARIATION * share.rate
    } else {
        reliability::of_share(0.0, own.iter().map(|class| class.known).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(long: u64, known: u64) -> Counted {
        let real = |n: u64| f64::from(u32::try_from(n).unwrap());
        Counted { long: real(long), known: real(known), persons_long: long, persons_known: known, under_25: 0.0 }
    }

    #[test]
    fn each_class_counts_as_much_as_the_territory_has_of_it() {
        // 0.2 of the young, who are a quarter of the standard, and 0.6 of the others.
        let cell = cell(&[class(10, 50), class(12, 20)], &[class(0, 250), class(0, 750)]).unwrap();
        assert!((cell.value - (0.25 * 0.2 + 0.75 * 0.6)).abs() < 1e-15);
        let interval = cell.interval.unwrap();
        assert!(interval.low < cell.value && cell.value < interval.high && interval.method == IntervalMethod::FayFeuer95);
        assert_eq!((cell.contributors.persons, cell.contributors.group), (22, Some(70)));
        assert_eq!((cell.numerator, cell.denominator), (None, None));
    }

    #[test]
    fn a_class_that_the_quartier_lacks_hides_it_unless_nobody_has_it() {
        let lacking = cell(&[class(0, 0), class(12, 20)], &[class(0, 250), class(0, 750)]).unwrap();
        assert_eq!((lacking.contributors.smallest_class, lacking.interval), (Some(1.0), None));
        let without = cell(&[class(0, 0), class(12, 20)], &[class(0, 0), class(0, 750)]).unwrap();
        assert!((without.value - 0.6).abs() < 1e-15 && without.contributors.smallest_class == Some(8.0));
        assert!(cell(&[class(0, 0), class(0, 0)], &[class(0, 250), class(0, 750)]).is_none());
    }

    #[test]
    fn the_smallest_side_of_the_smallest_class_is_protected_and_a_class_of_one_mind_most() {
        let smallest = |own: &[Counted]| cell(own, &[class(1, 9), class(1, 9)]).unwrap().contributors.smallest_class;
        assert_eq!(smallest(&[class(10, 50), class(12, 20)]), Some(8.0));
        assert_eq!(smallest(&[class(4, 50), class(12, 20)]), Some(4.0));
        assert_eq!(smallest(&[class(0, 50), class(12, 20)]), Some(1.0));
        assert_eq!(smallest(&[class(10, 50), class(20, 20)]), Some(1.0));
        // Persons in shared sectors count by their shares.
        let shared = Counted { long: 2.5, known: 12.0, persons_long: 5, persons_known: 24, under_25: 0.0 };
        assert_eq!(smallest(&[shared, class(12, 20)]), Some(2.5));
        // 47 of the 50 are under 25, which is published: the other three would be known.
        let young = |n| Counted { under_25: n, ..class(10, 50) };
        assert_eq!(smallest(&[young(47.0), class(12, 20)]), Some(3.0));
        assert_eq!(smallest(&[young(50.0), class(12, 20)]), Some(8.0));
    }

    #[test]
    fn ages_fall_into_the_class_that_begins_at_or_below_them() {
        let bounds = [0_u8, 25, 45];
        let class = |age: u8| bounds.partition_point(|from| *from <= age).saturating_sub(1);
        assert_eq!([0, 24, 25, 44, 45, 99].map(class), [0, 0, 1, 1, 2, 2]);
    }
}
