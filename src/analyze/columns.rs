//! Which part each column has, and the cells of a question as codes.

use std::collections::HashMap;

use super::AnalyzeRequest;
use crate::error::{Error, Result};
use crate::read::Field;
use crate::stats::answers::MISSING;

/// Different values that a question may have: beyond, no analysis could hold them.
const MOST_MODALITIES: usize = crate::stats::eigen::LARGEST;

/// Labels that are compared one by one; with more of them, a map is faster.
const FEW: usize = 12;

/// The part of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Active,
    Supplementary,
    Number,
    Weight,
    None,
}

/// The part of each column, by what the request says and else active; columns without a name have none.
///
/// # Errors
/// A column that is not there, or that has two parts.
pub(super) fn parts(request: &AnalyzeRequest, columns: &[String]) -> Result<Vec<Part>> {
    let by_default = if request.active.is_empty() { Part::Active } else { Part::None };
    let mut parts: Vec<Part> = columns.iter().map(|name| if name.is_empty() { Part::None } else { by_default }).collect();
    let mut named: Vec<&str> = Vec::new();
    let weight: Vec<String> = request.weight.iter().cloned().collect();
    for (names, part) in [
        (&request.active, Part::Active),
        (&request.supplementary, Part::Supplementary),
        (&request.numeric, Part::Number),
        (&weight, Part::Weight),
        (&request.excluded, Part::None),
    ] {
        for name in names {
            let Some(at) = columns.iter().position(|column| column == name) else {
                return Err(Error::config("there is no such column").in_column(name).help("write it as the first row does"));
            };
            if named.contains(&name.as_str()) {
                return Err(Error::config("the column is named twice").in_column(name).help("a column has one part"));
            }
            named.push(name);
            parts[at] = part;
        }
    }
    Ok(parts)
}

/// The cells of a question as codes, in the order of first appearance until [`Coding::sorted`].
#[derive(Debug)]
pub(super) struct Coding {
    pub(super) name: String,
    pub(super) labels: Vec<String>,
    pub(super) codes: Vec<u16>,
    /// Looked up only, never iterated over.
    index: HashMap<String, u16>,
}

impl Coding {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), labels: Vec::new(), codes: Vec::new(), index: HashMap::new() }
    }

    /// Adds a cell; a broken one is absent.
    pub(super) fn push(&mut self, field: Field<'_>) -> Result<()> {
        let code = match field {
            Field::Absent | Field::Broken => MISSING,
            Field::Text(text) => self.code(text)?,
            Field::Number(number) => self.code(&number.to_string())?,
            Field::Date(date) => self.code(&date.to_string())?,
            Field::Flag(flag) => self.code(if flag { "true" } else { "false" })?,
        };
        self.codes.push(code);
        Ok(())
    }

    fn code(&mut self, label: &str) -> Result<u16> {
        let known = if self.labels.len() > FEW {
            self.index.get(label).copied()
        } else {
            self.labels.iter().position(|known| known == label).and_then(|at| u16::try_from(at).ok())
        };
        if let Some(code) = known {
            return Ok(code);
        }
        if self.labels.len() >= MOST_MODALITIES {
            return Err(Error::config(format!("more than {MOST_MODALITIES} different values"))
                .in_column(&self.name)
                .help("leave it out with --exclude, or take it as a number with --numeric"));
        }
        let code = u16::try_from(self.labels.len()).unwrap_or(MISSING);
        self.labels.push(label.to_owned());
        self.index.insert(label.to_owned(), code);
        Ok(code)
    }

    /// Numbers the labels in their own order, so that the order of rows decides nothing: as numbers where all are numbers.
    pub(super) fn sorted(mut self) -> Self {
        let numbers: Option<Vec<f64>> = self.labels.iter().map(|label| label.parse().ok()).collect();
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        order.sort_by(|a, b| {
            let by_number = numbers.as_ref().map_or(std::cmp::Ordering::Equal, |numbers| numbers[*a].total_cmp(&numbers[*b]));
            by_number.then_with(|| self.labels[*a].cmp(&self.labels[*b]))
        });
        let mut place = vec![MISSING; self.labels.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = u16::try_from(new).unwrap_or(MISSING);
        }
        for code in self.codes.iter_mut().filter(|code| **code != MISSING) {
            *code = place[usize::from(*code)];
        }
        self.labels = order.into_iter().map(|at| std::mem::take(&mut self.labels[at])).collect();
        self.index = HashMap::new();
        self
    }

    /// The number of modalities.
    pub(super) fn modalities(&self) -> u16 {
        u16::try_from(self.labels.len()).unwrap_or(MISSING)
    }

    /// What a code says; nothing for answers that are missing.
    pub(super) fn label(&self, code: u16) -> &str {
        self.labels.get(usize::from(code)).map_or("", String::as_str)
    }
}

/// A cell as a number: with a point or a comma, and nothing else between digits. `Err` where it is something else.
pub(super) fn number(field: Field<'_>) -> std::result::Result<Option<f64>, ()> {
    match field {
        Field::Absent => Ok(None),
        Field::Number(number) if number.is_finite() => Ok(Some(number)),
        Field::Text(text) => {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            let marks = digits.bytes().filter(|b| matches!(b, b'.' | b',')).count();
            let plain = marks <= 1 && digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
            if plain { text.replace(',', ".").parse().map(Some).map_err(|_| ()) } else { Err(()) }
        }
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_do_not_depend_on_the_order_of_rows() {
        let coded = |cells: &[&str]| {
            let mut coding = Coding::new("q");
            for cell in cells {
                coding.push(if cell.is_empty() { Field::Absent } else { Field::Text(cell) }).unwrap();
            }
            coding.sorted()
        };
        let one = coded(&["b", "a", "", "c"]);
        assert_eq!((one.labels.join(""), one.codes.clone()), ("abc".to_owned(), vec![1, 0, MISSING, 2]));
        assert_eq!(coded(&["c", "a", "b"]).labels, one.labels);
        assert_eq!(coded(&["10", "9", "1.5"]).labels, ["1.5", "9", "10"]);
        let many: Vec<String> = (0..40).rev().map(|i| i.to_string()).collect();
        let many = coded(&many.iter().chain(&many).map(String::as_str).collect::<Vec<_>>());
        assert_eq!((many.modalities(), many.codes[0], many.codes[79]), (40, 39, 0));
    }

    #[test]
    fn a_number_has_one_mark_at_most() {
        assert_eq!(number(Field::Text("-3,5")), Ok(Some(-3.5)));
        assert_eq!(number(Field::Text("4.25")), Ok(Some(4.25)));
        assert_eq!(number(Field::Absent), Ok(None));
        for text in ["1.234,5", "1 234", "NaN", "inf", "1e5", "abc", "."] {
            assert_eq!(number(Field::Text(text)), Err(()), "{text}");
        }
    }
}
