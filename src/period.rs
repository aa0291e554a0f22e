//! Periods of observation: the quarter of the study, and the span of a campaign.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// A quarter of a year, ordered in time.
///
/// ```
/// use optima::period::Quarter;
/// let quarter: Quarter = "2003T4".parse().unwrap();
/// assert_eq!(quarter.to_string(), "2003-Q4");
/// assert_eq!(quarter.previous().to_string(), "2003-Q3");
/// assert_eq!(quarter.minus(4).to_string(), "2002-Q4");
/// assert_eq!(quarter.end().to_string(), "2003-12-31");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    /// Quarters since year 0, so that differences are plain subtraction.
    index: i32,
}

impl Quarter {
    /// The quarter of this year and number (1 to 4).
    #[must_use]
    pub fn new(year: i32, number: u8) -> Option<Self> {
        ((1..=4).contains(&number) && (1800..=2200).contains(&year)).then(|| Self { index: year * 4 + i32::from(number) - 1 })
    }

    /// The quarter that holds this day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self { index: day.year() * 4 + i32::try_from(day.month0() / 3).unwrap_or(0) }
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.index.div_euclid(4)
    }

    /// The number in the year, 1 to 4.
    #[must_use]
    pub fn number(self) -> u32 {
        u32::try_from(self.index.rem_euclid(4)).unwrap_or(0) + 1
    }

    /// The quarter this many quarters earlier.
    #[must_use]
    pub fn minus(self, quarters: i32) -> Self {
        Self { index: self.index - quarters }
    }

    /// The quarter before.
    #[must_use]
    pub fn previous(self) -> Self {
        self.minus(1)
    }

    /// Its first day.
    #[must_use]
    pub fn start(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.number() * 3 - 2, 1).unwrap_or_default()
    }

    /// Its last day: the date at which a stock is counted.
    #[must_use]
    pub fn end(self) -> NaiveDate {
        self.minus(-1).start().checked_sub_days(Days::new(1)).unwrap_or_default()
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.year(), self.number())
    }
}

impl FromStr for Quarter {
    type Err = String;

    /// Reads `2003-Q4`, `2003Q4`, `2003-T4`, `2003T4` (French), and `T4 2003` / `Q4 2003`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = || "expected a quarter such as 2003-Q4 or 2003T4".to_owned();
        let upper = text.trim().to_ascii_uppercase();
        let (year, number) = match upper.split_once(['Q', 'T']) {
            Some((year, number)) if !year.is_empty() => (year.trim_end_matches(['-', ' ', '/']).to_owned(), number.to_owned()),
            Some((_, rest)) => {
                let (number, year) = rest.split_once([' ', '-', '/']).ok_or_else(expected)?;
                (year.to_owned(), number.to_owned())
            }
            None => return Err(expected()),
        };
        if year.len() != 4 || number.len() != 1 {
            return Err(expected());
        }
        Self::new(year.parse().map_err(|_| expected())?, number.parse().map_err(|_| expected())?).ok_or_else(expected)
    }
}

impl Serialize for Quarter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quarter {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The time a cell speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// The stock at the end of a quarter.
    Quarter(Quarter),
    /// Everything observed from the first to the last day of a campaign.
    Span(NaiveDate, NaiveDate),
}

impl Period {
    /// Its first day.
    #[must_use]
    pub fn start(self) -> NaiveDate {
        match self {
            Self::Quarter(quarter) => quarter.start(),
            Self::Span(first, _) => first,
        }
    }

    /// Its last day.
    #[must_use]
    pub fn end(self) -> NaiveDate {
        match self {
            Self::Quarter(quarter) => quarter.end(),
            Self::Span(_, last) => last,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quarter(quarter) => quarter.fmt(f),
            Self::Span(first, last) => write!(f, "{first}/{last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_read_in_both_languages() {
        for text in ["2001-Q4", "2001Q4", "2001T4", "2001-t4", "T4 2001", "Q4-2001"] {
            assert_eq!(text.parse::<Quarter>().unwrap(), Quarter::new(2001, 4).unwrap(), "{text}");
        }
        for text in ["2001", "2001Q5", "2001-Q0", "01Q4", "", "Q", "2001Q44"] {
            assert!(text.parse::<Quarter>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_quarter_ends_the_day_before_the_next_begins() {
        let quarter = Quarter::new(2004, 1).unwrap();
        assert_eq!(quarter.end(), NaiveDate::from_ymd_opt(2004, 3, 31).unwrap());
        assert_eq!(Quarter::of(quarter.end()), quarter);
        assert_eq!(Quarter::of(NaiveDate::from_ymd_opt(2004, 4, 1).unwrap()), quarter.minus(-1));
    }
}
