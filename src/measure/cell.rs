//! The value of one place at one time, with all that belongs to it.
//!
//! A count, its rate, the interval and the change are one [`Cell`], so that they can only be hidden together.

use serde::Serialize;

use crate::measure_id::MeasureId;
use crate::period::Period;
use crate::territory::{PerZone, ZoneIdx};
use crate::texts::Localized;

/// The unit of a measure's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share, 0..=1 until it is formatted as a percentage.
    Share,
    /// A duration in months.
    Months,
    /// An index without unit, 100 = the territory.
    Index,
    /// A score in points, such as WHO-5's 0 to 100.
    Points,
    /// The number of a group, from 1; its words are in [`Measure::categories`].
    Group,
    /// A place in an order, 1 the highest value; ties share the mean of their places.
    Rank,
}

impl Unit {
    /// Its name in texts and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Months => "months",
            Self::Index => "index",
            Self::Points => "points",
            Self::Group => "group",
            Self::Rank => "rank",
        }
    }
}

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalMethod {
    /// Wilson's score interval of a proportion, 95 %, without continuity correction.
    Wilson95,
    /// Student's t interval of a mean, 95 %.
    StudentT95,
    /// Bounds: all persons of each class at its lower, then at its upper limit. Not a probability.
    ClassBounds,
    /// Interval of a value to come, 95 %: a mixture of Student's t over processes ([`crate::stats::prediction_interval`]).
    Prediction95,
    /// Interval of a rank, 95 %, by drawing all values from what is known of each.
    Rank95,
    /// Credible interval of a smoothed rate, 95 %: a gamma distribution with the mean and variance that shrinkage gives.
    Smoothed95,
    /// Fay and Feuer's gamma interval of a directly standardized rate, 95 %.
    FayFeuer95,
}

impl IntervalMethod {
    /// Its name in texts and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wilson95 => "wilson_95",
            Self::StudentT95 => "student_t_95",
            Self::ClassBounds => "class_bounds",
            Self::Prediction95 => "prediction_95",
            Self::Rank95 => "rank_95",
            Self::Smoothed95 => "smoothed_95",
            Self::FayFeuer95 => "fay_feuer_95",
        }
    }
}

/// A lower and an upper limit, in the unit of the value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// How it was made.
    pub method: IntervalMethod,
}

/// Who stands behind a cell; what the disclosure rules look at.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Contributors {
    /// Persons behind the numerator (behind the mean, for a mean).
    pub persons: u64,
    /// Persons behind the denominator, where the denominator is a group of persons observed here.
    pub group: Option<u64>,
    /// The smallest class that is not empty, where the value is made of counts by class: what is published could be solved
    /// for them.
    pub smallest_class: Option<f64>,
    /// For amounts: all of it and its largest contributions, which rules of dominance look at.
    pub amount: Option<Amount>,
}

/// A sum of contributions by persons.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Amount {
    /// The sum, in the unit of the contributions.
    pub total: f64,
    /// The largest contribution and the second largest; 0 where there is none.
    pub largest: [f64; 2],
}

impl Amount {
    /// The sum of contributions that are none of them negative. Cost: O(contributions).
    ///
    /// ```
    /// let amount = optima::measure::Amount::of([5.0, 80.0, 100.0]);
    /// assert_eq!((amount.total, amount.largest), (185.0, [100.0, 80.0]));
    /// ```
    pub fn of(contributions: impl IntoIterator<Item = f64>) -> Self {
        contributions.into_iter().fold(Self::default(), |mut sum, x| {
            sum.total += x;
            if x > sum.largest[0] {
                sum.largest = [x, sum.largest[0]];
            } else if x > sum.largest[1] {
                sum.largest[1] = x;
            }
            sum
        })
    }
}

/// What a change over time is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Up, and more than noise after the Benjamini–Hochberg adjustment over the shown zones of the period (5 %).
    Up,
    /// Down, and more than noise.
    Down,
    /// Not told from noise.
    Noise,
    /// No test applies, or none was made yet: [`protect`](crate::protect) judges what it shows.
    Untested,
}

/// The difference to an earlier period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Value now minus value then, in the unit of the value.
    pub difference: f64,
    /// Its 95 % interval, where one exists (Newcombe's hybrid score for shares, Welch's t for means).
    pub interval: Option<(f64, f64)>,
    /// Two-sided p-value before adjustment.
    pub p_value: Option<f64>,
    /// p-value adjusted over the shown zones of the period (Benjamini–Hochberg); absent until [`protect`](crate::protect).
    pub p_adjusted: Option<f64>,
    /// The verdict at 5 % on the adjusted p-value.
    pub signal: Signal,
}

/// One place at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// The value, in the measure's unit.
    pub value: f64,
    /// The count above the line (job seekers of the zone); for a mean, the persons it is the mean of.
    pub numerator: Option<f64>,
    /// The count below the line (active population).
    pub denominator: Option<f64>,
    /// The interval of the value.
    pub interval: Option<Interval>,
    /// Standard deviation between persons, for means that a change is tested on; never published.
    pub deviation: Option<f64>,
    /// Who stands behind it.
    pub contributors: Contributors,
    /// Whether the value is precise enough to be read (see [`reliability`](crate::measure::reliability)).
    pub reliable: bool,
    /// Change since the quarter before.
    pub since_quarter: Option<Change>,
    /// Change since the same quarter of the year before.
    pub since_year: Option<Change>,
}

/// A count that equations can be written about: the same name in two measures is the same number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(pub String);

/// The counts that a cell of a measure gives away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantities {
    /// The numerator, or the sum behind a mean.
    pub numerator: Quantity,
    /// The denominator, unless it is public context (population).
    pub denominator: Option<Quantity>,
    /// Where the numerator is one of several parts that sum to the denominator: how many parts there are.
    pub part_of: Option<usize>,
}

/// A statement that every reader can make about counts of one place: Σ factor · count = a number that is known.
///
/// A stock that is the one before, with who came and without who left, is `stock(t) − stock(t−1) − entries(t) + exits(t) = 0`; a year
/// is the sum of its quarters. All counts are of places of their own: the statement holds for each zone and for the territory.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// Counts with their whole factors, by quantity and period.
    pub terms: Vec<(Quantity, Period, i32)>,
}

/// What one indicator says of all zones and periods.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Its name.
    pub id: MeasureId,
    /// The unit of the values.
    pub unit: Unit,
    /// The counts its cells give away.
    pub quantities: Quantities,
    /// What readers can state about its counts beside sums over zones and parts of groups; mostly nothing.
    pub relations: Vec<Relation>,
    /// The measures it was computed from; a derived cell is hidden with any of its ingredients.
    pub ingredients: Vec<MeasureId>,
    /// The periods, in time order.
    pub periods: Vec<Period>,
    /// For each period, a cell a zone; `None` where nothing can be said (no denominator, not observed).
    pub cells: Vec<PerZone<Option<Cell>>>,
    /// For each period, the territory as a whole.
    pub totals: Vec<Option<Cell>>,
    /// For [`Unit::Group`], the words of the groups; empty otherwise.
    pub categories: Vec<Localized>,
    /// What a reader of the methods page must know: which denominator, which bounds, which variant.
    pub method: Vec<(String, String)>,
}

impl Measure {
    /// The cell of this zone in the period at this position.
    #[must_use]
    pub fn cell(&self, period: usize, zone: ZoneIdx) -> Option<&Cell> {
        self.cells.get(period).and_then(|cells| cells[zone].as_ref())
    }

    /// The position of a period.
    #[must_use]
    pub fn position(&self, period: Period) -> Option<usize> {
        self.periods.iter().position(|p| *p == period)
    }
}
