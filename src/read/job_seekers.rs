//! Job seekers: as one row a person and quarter, or as counts by zone and quarter.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::columns::{Bad, Columns};
use super::intake::{OTHER_PERIOD, intake};
use super::table::Field;
use super::{Sourced, Sources};
use crate::error::Result;
use crate::observatory::{Observatory, SourceSpec};
use crate::period::Quarter;
use crate::records::{Category, CountRow, JobSeeker, JobSeekerCounts, JobSeekers};

const PERSONS: &[&str] = &[
    "person",
    "quarter",
    "birth_date",
    "age",
    "category",
    "since",
    "months",
    "ris",
    "zone",
    "x",
    "y",
    "street",
    "number",
    "postcode",
    "quartier",
];
const COUNTS: &[&str] = &["quarter", "job_seekers", "under_25", "ris", "zone", "x", "y", "street", "number", "postcode", "quartier"];

/// The mean length of a month in the Julian year: what turns days into months.
const DAYS_A_MONTH: f64 = 30.4375;

pub(super) fn persons(observatory: &Observatory, spec: &SourceSpec, sources: &mut Sources) -> Result<()> {
    let asked: BTreeSet<Quarter> = observatory.quarters().into_iter().collect();
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    let mut seen: BTreeSet<(u32, Quarter)> = BTreeSet::new();
    let mut records = Vec::new();
    let crs = intake(observatory, "job_seekers", spec, (PERSONS, &["person", "quarter"]), sources, &mut |columns, row| {
        let quarter = columns.quarter(row, "quarter")?;
        if !asked.contains(&quarter) {
            return Err(columns.bad("quarter", OTHER_PERIOD));
        }
        let id = columns.needed_text(row, "person")?;
        let record = person(columns, row, quarter)?;
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let person = *numbers.entry(id).or_insert(next);
        if !seen.insert((person, quarter)) {
            return Err(columns.bad("person", "this person was already read for this quarter"));
        }
        records.push(JobSeeker { person, ..record });
        Ok(())
    })?;
    sources.job_seekers = Some(Sourced { records: JobSeekers(records), crs });
    Ok(())
}

fn person(columns: &Columns<'_>, row: &[Field<'_>], quarter: Quarter) -> std::result::Result<JobSeeker, Bad> {
    let day = quarter.end();
    let birth = columns.date(row, "birth_date")?;
    let age_years = match birth {
        Some(birth) => {
            Some(full_years(birth, day).ok_or_else(|| columns.bad("birth_date", "expected an age of 14 to 99 in this quarter"))?)
        }
        None => match columns.count(row, "age")? {
            Some(age) => Some(
                u8::try_from(age)
                    .ok()
                    .filter(|a| (14..=99).contains(a))
                    .ok_or_else(|| columns.bad("age", "expected an age of 14 to 99"))?,
            ),
            None => None,
        },
    };
    let months = match columns.date(row, "since")? {
        #[expect(clippy::cast_precision_loss, reason = "days of a life")]
        Some(since) if since <= day => Some((day - since).num_days() as f64 / DAYS_A_MONTH),
        Some(_) => return Err(columns.bad("since", "starts after the quarter ends")),
        None => columns.number(row, "months")?,
    };
    if months.is_some_and(|m| !(0.0..=720.0).contains(&m)) {
        let column = if columns.has("since") { "since" } else { "months" };
        return Err(columns.bad(column, "expected a duration of 0 to 720 months"));
    }
    let category = match columns.text(row, "category")?.as_deref() {
        None => None,
        Some("benefit") => Some(Category::Benefit),
        Some("insertion") => Some(Category::Insertion),
        Some("mandatory") => Some(Category::Mandatory),
        Some("voluntary") => Some(Category::Voluntary),
        Some(_) => {
            return Err(
                columns.bad("category", "expected benefit, insertion, mandatory or voluntary; map their values under values.category")
            );
        }
    };
    Ok(JobSeeker { person: 0, quarter, age_years, months, ris: columns.flag(row, "ris")?, category, place: columns.place(row)? })
}

/// Age in full years on a day; `None` outside 14 to 99.
fn full_years(birth: NaiveDate, day: NaiveDate) -> Option<u8> {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    let years = day.year() - birth.year() - i32::from(!had_birthday);
    u8::try_from(years).ok().filter(|years| (14..=99).contains(years))
}

pub(super) fn counts(observatory: &Observatory, spec: &SourceSpec, sources: &mut Sources) -> Result<()> {
    let asked: BTreeSet<Quarter> = observatory.quarters().into_iter().collect();
    let mut seen: BTreeSet<(Option<String>, Option<String>, Quarter)> = BTreeSet::new();
    let mut rows = Vec::new();
    let crs = intake(observatory, "job_seeker_counts", spec, (COUNTS, &["quarter", "job_seekers"]), sources, &mut |columns, row| {
        let quarter = columns.quarter(row, "quarter")?;
        if !asked.contains(&quarter) {
            return Err(columns.bad("quarter", OTHER_PERIOD));
        }
        let record = count(columns, row, quarter)?;
        if !seen.insert((record.place.code.clone(), record.place.quartier.clone(), quarter)) {
            return Err(columns.bad("zone", "this zone was already read for this quarter"));
        }
        rows.push(record);
        Ok(())
    })?;
    sources.job_seeker_counts = Some(Sourced { records: JobSeekerCounts { rows, classes: spec.duration_classes.clone() }, crs });
    Ok(())
}

fn count(columns: &Columns<'_>, row: &[Field<'_>], quarter: Quarter) -> std::result::Result<CountRow, Bad> {
    let job_seekers = columns.count(row, "job_seekers")?.ok_or_else(|| columns.bad("job_seekers", "nothing here; expected a count"))?;
    let part = |name: &str| {
        let count = columns.count(row, name)?;
        if count.is_some_and(|n| n > job_seekers) { Err(columns.bad(name, "more than all job seekers of the row")) } else { Ok(count) }
    };
    let (under_25, ris) = (part("under_25")?, part("ris")?);
    let durations = columns.durations(row)?;
    if !durations.is_empty() && durations.iter().sum::<u64>() != job_seekers {
        return Err(columns.bad("job_seekers", "the duration classes do not sum to the job seekers"));
    }
    Ok(CountRow { quarter, job_seekers, under_25, ris, durations, place: columns.place(row)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_counts_full_years_on_the_last_day_of_the_quarter() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        assert_eq!(full_years(day(1978, 12, 31), day(2003, 12, 31)), Some(25));
        assert_eq!(full_years(day(1979, 1, 1), day(2003, 12, 31)), Some(24));
        assert_eq!(full_years(day(1980, 2, 29), day(2004, 2, 28)), Some(23));
        assert_eq!(full_years(day(1995, 1, 1), day(2003, 12, 31)), None);
        assert_eq!(full_years(day(2010, 1, 1), day(2003, 12, 31)), None);
    }
}
