//! From their columns to our names: which cell of a row is which, and what it says.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::table::{Field, looks_like_data, no_header};
use crate::error::{Error, Result};
use crate::observatory::SourceSpec;
use crate::period::Quarter;
use crate::records::{Address, Place};

/// Why a cell cannot be used: their column, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) column: String,
    pub(super) reason: String,
}

type Parsed<T> = std::result::Result<T, Bad>;

/// The names that a kind of record has.
#[derive(Default)]
pub(super) struct Names<'n> {
    /// All of them.
    pub(super) known: &'n [&'static str],
    /// Those that it cannot do without.
    pub(super) needed: &'n [&'static str],
    /// Columns of theirs that stand for a name of ours where that is neither declared nor in the file.
    pub(super) stand_ins: &'n [(&'static str, &'static [&'static str])],
    /// Columns of theirs that might be what is missing, and are not taken for it without being declared.
    pub(super) perhaps: &'n [(&'static str, &'static [&'static str])],
    /// The questions of the guide: their values may be mapped too.
    pub(super) questions: Vec<&'n str>,
    /// Names of ours that belong to a question of the guide unless they are declared.
    pub(super) taken: Vec<&'n str>,
    /// Names of ours that the guide has within a group, with the ways an export writes them.
    pub(super) grouped: BTreeMap<&'n str, Vec<String>>,
}

/// The columns of one file, bound to our names.
pub(super) struct Columns<'s> {
    spec: &'s SourceSpec,
    pub(super) decimal: char,
    /// Their names.
    pub(super) header: Vec<String>,
    at: BTreeMap<&'static str, (usize, String)>,
    /// Position, our name and theirs.
    questions: Vec<(usize, &'s str, String)>,
    classes: Vec<(usize, String)>,
    /// What was taken for what without being declared.
    pub(super) notes: Vec<String>,
}

impl<'s> Columns<'s> {
    /// Binds a header.
    pub(super) fn bind(spec: &'s SourceSpec, decimal: char, source: &str, header: &[String], names: &Names<'_>) -> Result<Self> {
        let (mut problems, mut notes) = (Vec::new(), Vec::new());
        let mut at = BTreeMap::new();
        let listed = |list: &[(&str, &'static [&'static str])], name: &str| {
            let theirs = list.iter().filter(|(ours, _)| *ours == name).flat_map(|(_, theirs)| *theirs);
            theirs.copied().filter(|theirs| header.iter().any(|c| c == theirs)).collect::<Vec<_>>()
        };
        let find = |label: &str, theirs: &str, declared: bool, problems: &mut Vec<String>| {
            let found = header.iter().position(|c| c == theirs);
            if found.is_none() && declared {
                problems.push(format!("there is no column \"{theirs}\" (for {label})"));
            }
            found
        };
        for name in names.known {
            let declared = spec.columns.get(*name);
            if declared.is_none() && names.taken.contains(name) {
                if header.iter().any(|c| c == name) {
                    notes.push(format!("the column \"{name}\" is the guide's question; declare it under columns to use it otherwise too"));
                }
                continue;
            }
            let mut theirs = declared.map_or(*name, String::as_str);
            let mut position = find(name, theirs, declared.is_some(), &mut problems);
            let grouped = names.grouped.get(name).into_iter().flatten().find(|spelling| header.contains(spelling));
            if let (None, None, Some(spelling)) = (position, declared, grouped) {
                theirs = spelling;
                position = header.iter().position(|c| c == theirs);
            }
            if let (None, None, Some(stand_in)) = (position, declared, listed(names.stand_ins, name).first()) {
                theirs = stand_in;
                position = header.iter().position(|c| c == theirs);
                notes.push(format!("the column \"{theirs}\" is taken as {name}"));
            }
            if let Some(position) = position {
                at.insert(*name, (position, theirs.to_owned()));
            } else if names.needed.contains(name) && declared.is_none() {
                problems.push(format!("there is no column \"{name}\": name theirs under [sources.{source}.columns]"));
                let perhaps = listed(names.perhaps, name);
                if !perhaps.is_empty() {
                    problems.push(format!("{} may be meant by {name}, or not: only a declared column is taken", perhaps.join(", ")));
                }
            }
        }
        let mut questions = Vec::new();
        // With a guide, a question may be in one file and not in the other.
        for (question, theirs) in spec.questions.iter().filter(|_| spec.guide.is_none()) {
            if let Some(position) = find(question, theirs, true, &mut problems) {
                questions.push((position, question.as_str(), theirs.clone()));
            }
        }
        let mut classes = Vec::new();
        for class in &spec.duration_classes {
            if let Some(position) = find("a duration class", &class.column, true, &mut problems) {
                classes.push((position, class.column.clone()));
            }
        }
        if problems.is_empty() {
            return Ok(Self { spec, decimal, header: header.to_vec(), at, questions, classes, notes });
        }
        if looks_like_data(header) {
            return Err(no_header());
        }
        let error = Error::input("the columns are not those the observatory's file names").at_row(1);
        let error = problems.into_iter().fold(error, Error::detail);
        Err(error.help(format!("the file has: {}", super::plain_text::listed(header))))
    }

    /// Whether the file has this column.
    pub(super) fn has(&self, name: &str) -> bool {
        self.at.contains_key(name)
    }

    /// The positions that our names have.
    pub(super) fn bound(&self) -> impl Iterator<Item = usize> {
        self.at.values().map(|(position, _)| *position)
    }

    /// The first cell of a row that is used and cannot be, and why.
    pub(super) fn fault(&self, row: &[Field<'_>]) -> Option<Bad> {
        let named = self.at.values().map(|(position, theirs)| (*position, theirs));
        let asked = self.questions.iter().map(|(position, _, theirs)| (*position, theirs));
        let counted = self.classes.iter().map(|(position, theirs)| (*position, theirs));
        named.chain(asked).chain(counted).find_map(|(position, theirs)| {
            let reason = super::plain_text::fault(row.get(position)?)?;
            Some(Bad { column: super::plain_text::shortened(theirs), reason: reason.to_owned() })
        })
    }

    pub(super) fn bad(&self, name: &str, reason: impl Into<String>) -> Bad {
        let column = self.at.get(name).map_or_else(|| name.to_owned(), |(_, theirs)| theirs.clone());
        Bad { column, reason: reason.into() }
    }

    fn field<'r>(&self, row: &[Field<'r>], name: &str) -> Field<'r> {
        self.at.get(name).and_then(|(i, _)| row.get(*i)).copied().unwrap_or(Field::Absent)
    }

    /// Text, after their value was turned into ours; a whole number is text too (a postcode in a sheet).
    pub(super) fn text(&self, row: &[Field<'_>], name: &str) -> Parsed<Option<String>> {
        let text = match self.field(row, name) {
            Field::Absent => return Ok(None),
            Field::Text(text) => text.to_owned(),
            Field::Number(number) => plain_number(number).ok_or_else(|| self.bad(name, "expected text or a whole number"))?,
            Field::Date(date) => date.to_string(),
            Field::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
            Field::Broken => return Err(self.bad(name, "the cell holds an error")),
        };
        Ok(Some(self.spec.values.get(name).and_then(|values| values.get(&text)).cloned().unwrap_or(text)))
    }

    pub(super) fn needed_text(&self, row: &[Field<'_>], name: &str) -> Parsed<String> {
        self.text(row, name)?.ok_or_else(|| self.bad(name, "nothing here; expected a value"))
    }

    /// A finite number with the declared decimal mark and no grouping.
    pub(super) fn number(&self, row: &[Field<'_>], name: &str) -> Parsed<Option<f64>> {
        number(self.field(row, name), self.decimal).map_err(|reason| self.bad(name, reason))
    }

    /// A whole number of persons, 0 or more.
    pub(super) fn count(&self, row: &[Field<'_>], name: &str) -> Parsed<Option<u64>> {
        self.number(row, name)?.map(|n| whole(n).ok_or_else(|| self.bad(name, "expected a whole number, 0 or more"))).transpose()
    }

    /// A date, ISO 8601 or in the declared form.
    pub(super) fn date(&self, row: &[Field<'_>], name: &str) -> Parsed<Option<NaiveDate>> {
        match self.field(row, name) {
            Field::Absent => Ok(None),
            Field::Date(date) => Ok(Some(date)),
            Field::Text(text) => {
                let form = self.spec.date_format.as_deref().unwrap_or("%Y-%m-%d");
                let text = if self.spec.date_format.is_none() { day_of(text) } else { text };
                let parsed = NaiveDate::parse_from_str(text, form).ok().filter(|date| (1850..=2150).contains(&date.year()));
                parsed.map(Some).ok_or_else(|| {
                    let hint = if self.spec.date_format.is_none() { "; declare date_format for another form" } else { "" };
                    self.bad(name, format!("expected a date of the form {form}{hint}"))
                })
            }
            _ => Err(self.bad(name, "expected a date")),
        }
    }

    /// A quarter such as `2003-Q4` or `2003T4`, or any day of it.
    pub(super) fn quarter(&self, row: &[Field<'_>], name: &str) -> Parsed<Quarter> {
        match self.field(row, name) {
            Field::Text(text) => {
                let ours = self.spec.values.get(name).and_then(|values| values.get(text)).map_or(text, String::as_str);
                ours.parse().map_err(|reason: String| self.bad(name, reason))
            }
            Field::Date(date) => Ok(Quarter::of(date)),
            _ => Err(self.bad(name, "expected a quarter such as 2003-Q4 or 2003T4")),
        }
    }

    /// Yes or no, in our words after their values were turned into ours.
    pub(super) fn flag(&self, row: &[Field<'_>], name: &str) -> Parsed<Option<bool>> {
        match self.field(row, name) {
            Field::Flag(flag) => Ok(Some(flag)),
            Field::Number(0.0) => Ok(Some(false)),
            Field::Number(1.0) => Ok(Some(true)),
            _ => match self.text(row, name)?.as_deref() {
                None => Ok(None),
                Some("yes" | "oui" | "true" | "1") => Ok(Some(true)),
                Some("no" | "non" | "false" | "0") => Ok(Some(false)),
                Some(_) => Err(self.bad(name, format!("expected yes or no; map their values under values.{name}"))),
            },
        }
    }

    /// The counts of the duration classes, in the order declared; empty where none is declared.
    pub(super) fn durations(&self, row: &[Field<'_>]) -> Parsed<Vec<u64>> {
        self.classes
            .iter()
            .map(|(position, column)| {
                let bad = |reason: String| Bad { column: column.clone(), reason };
                let number = number(row.get(*position).copied().unwrap_or(Field::Absent), self.decimal).map_err(bad)?;
                number.and_then(whole).ok_or_else(|| bad("expected a whole number, 0 or more".to_owned()))
            })
            .collect()
    }

    /// Where the record says it is.
    pub(super) fn place(&self, row: &[Field<'_>]) -> Parsed<Place> {
        let (x, y) = (self.number(row, "x")?, self.number(row, "y")?);
        let point = match (x, y) {
            (Some(x), Some(y)) => Some((x, y)),
            (None, None) => None,
            _ => return Err(self.bad(if x.is_none() { "x" } else { "y" }, "one coordinate without the other")),
        };
        let address = match self.text(row, "street")? {
            Some(street) => Some(Address { street, number: self.text(row, "number")?, postcode: self.text(row, "postcode")? }),
            None => None,
        };
        Ok(Place { code: self.text(row, "zone")?, point, address, quartier: self.text(row, "quartier")? })
    }

    /// The text of each question's cell, in the order of the questions' names.
    pub(super) fn answers(&self, row: &[Field<'_>]) -> Parsed<Vec<Option<String>>> {
        self.questions
            .iter()
            .map(|(position, question, column)| match row.get(*position).copied().unwrap_or(Field::Absent) {
                Field::Absent => Ok(None),
                Field::Text(text) => {
                    Ok(Some(self.spec.values.get(*question).and_then(|v| v.get(text)).map_or(text, String::as_str).to_owned()))
                }
                Field::Flag(flag) => Ok(Some(if flag { "yes" } else { "no" }.to_owned())),
                Field::Number(n) => plain_number(n)
                    .map(Some)
                    .ok_or_else(|| Bad { column: column.clone(), reason: "expected a modality, not a measurement".to_owned() }),
                Field::Date(_) | Field::Broken => Err(Bad { column: column.clone(), reason: "expected a modality".to_owned() }),
            })
            .collect()
    }
}

/// The day of an ISO 8601 time stamp, as devices write it; any other text as it is.
fn day_of(text: &str) -> &str {
    match text.split_once(['T', ' ']) {
        Some((day, time)) if time.len() >= 5 && time.as_bytes()[2] == b':' && time.starts_with(|c: char| c.is_ascii_digit()) => day,
        _ => text,
    }
}

/// A whole number in text form, without decimals.
pub(super) fn plain_number(number: f64) -> Option<String> {
    (number.fract() == 0.0 && number.abs() < 9e15).then(|| format!("{number:.0}"))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the guard leaves whole numbers below 2^53")]
pub(super) fn whole(number: f64) -> Option<u64> {
    (number >= 0.0 && number.fract() == 0.0 && number < 9e15).then_some(number as u64)
}

/// Reads a number without guessing: grouped digits, two marks, and what is not finite are refused.
pub(super) fn number(field: Field<'_>, decimal: char) -> std::result::Result<Option<f64>, String> {
    let text = match field {
        Field::Absent => return Ok(None),
        Field::Number(number) if number.is_finite() => return Ok(Some(number)),
        Field::Text(text) => text,
        _ => return Err("expected a finite number".to_owned()),
    };
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let marks = digits.chars().filter(|c| *c == decimal).count();
    let plain = digits.chars().all(|c| c.is_ascii_digit() || c == decimal) && marks <= 1 && digits.chars().any(|c| c.is_ascii_digit());
    if plain {
        return text.replace(decimal, ".").parse().map(Some).map_err(|_| "expected a number".to_owned());
    }
    let other = if decimal == '.' { ',' } else { '.' };
    if digits.chars().all(|c| c.is_ascii_digit() || c == other) && digits.chars().filter(|c| *c == other).count() == 1 {
        return Err(format!(
            "expected a number with the decimal mark \"{decimal}\"; if theirs is \"{other}\", declare decimal = \"{other}\""
        ));
    }
    let parts: Vec<&str> = text.split(' ').collect();
    if (3..=4).contains(&parts.len()) && parts[0].contains('.') && parts.iter().all(|part| part.parse::<f64>().is_ok()) {
        return Err(
            "expected one number; this is a whole geopoint: name its parts, _…_longitude as x, _…_latitude as y, and crs = 4326".to_owned()
        );
    }
    if digits.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '.' | ',' | '\'' | '\u{2019}')) {
        return Err("expected a plain number, without marks between thousands".to_owned());
    }
    Err("expected a finite number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_with_the_declared_mark_only() {
        assert_eq!(number(Field::Text("12,5"), ','), Ok(Some(12.5)));
        assert_eq!(number(Field::Text("-12.5"), '.'), Ok(Some(-12.5)));
        assert_eq!(number(Field::Absent, '.'), Ok(None));
        for text in ["12,5", "1.900,40", "1 900", "1\u{202f}900", "NaN", "inf", "1e400", "1E5", "", "-", "."] {
            assert!(number(Field::Text(text), '.').is_err(), "{text}");
        }
        assert!(number(Field::Number(f64::NAN), '.').is_err());
    }

    #[test]
    fn an_undeclared_decimal_comma_says_how_to_declare_it() {
        assert!(number(Field::Text("12,5"), '.').unwrap_err().contains("declare decimal = \",\""));
    }

    #[test]
    fn a_postcode_that_a_sheet_turned_into_a_number_is_text_again() {
        assert_eq!(plain_number(4100.0).as_deref(), Some("4100"));
        assert_eq!(plain_number(41.5), None);
    }
}
