//! From a cell to an answer: a choice by its name or its label, boxes ticked or not, a number.

use std::collections::{BTreeMap, BTreeSet};

use super::super::columns::{number, plain_number};
use super::super::table::Field;
use crate::read::relevance::Value;
use crate::read::xlsform::{Choice, FormKind, FormQuestion};

/// What a row says to a question of the guide.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    /// The file has no column for it.
    Missing,
    /// Nothing.
    Blank,
    /// A code of refusal.
    Refused(String),
    /// One choice, by position.
    Choice(usize),
    /// For each choice whether it was ticked; `None` where this form did not offer it.
    Boxes(Vec<Option<bool>>),
    /// A number.
    Number(f64),
    /// "OK".
    Acknowledged,
}

/// What is wrong with a cell; never quotes it.
pub(super) type Read = Result<Given, &'static str>;

const NO_MODALITY: &str = "not a modality of the guide";

/// How the cells of one question are read.
pub(super) struct Coding<'g> {
    question: &'g FormQuestion,
    /// Positions of choices by their names.
    codes: BTreeMap<&'g str, usize>,
    /// And by their labels, where only one choice has the label.
    labels: BTreeMap<&'g str, Option<usize>>,
    values: Option<&'g BTreeMap<String, String>>,
    refused: &'g [String],
}

impl<'g> Coding<'g> {
    pub(super) fn new(question: &'g FormQuestion, values: Option<&'g BTreeMap<String, String>>, refused: &'g [String]) -> Self {
        let choices = question.choices();
        let mut labels: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for (at, choice) in choices.iter().enumerate() {
            for label in &choice.labels {
                labels.entry(label.as_str()).and_modify(|known| *known = known.filter(|other| *other == at)).or_insert(Some(at));
            }
        }
        let codes = choices.iter().enumerate().map(|(at, choice)| (choice.code.as_str(), at)).collect();
        Self { question, codes, labels, values, refused }
    }

    pub(super) fn choices(&self) -> &'g [Choice] {
        self.question.choices()
    }

    /// The choice of this name, else of this label.
    pub(super) fn position(&self, text: &str) -> Option<usize> {
        self.codes.get(text).copied().or_else(|| self.labels.get(text).copied().flatten())
    }

    /// Their value in our words.
    fn ours<'t>(&'t self, text: &'t str) -> &'t str {
        self.values.and_then(|values| values.get(text)).map_or(text, String::as_str)
    }

    fn is_refusal(&self, text: &str) -> bool {
        self.refused.iter().any(|code| code == text)
    }

    /// The refusal that a choice stands for.
    fn refusal(&self, choice: usize) -> Option<String> {
        let code = &self.choices().get(choice)?.code;
        self.is_refusal(code).then(|| code.clone())
    }

    /// One cell that holds the whole answer.
    pub(super) fn cell(&self, field: Field<'_>, decimal: char) -> Read {
        let Some(text) = text(field)? else { return Ok(Given::Blank) };
        let text = self.ours(&text);
        if self.is_refusal(text) {
            return Ok(Given::Refused(text.to_owned()));
        }
        match &self.question.kind {
            FormKind::One(_) => {
                let spellings: &[&str] = match field {
                    Field::Flag(true) => &["TRUE", "True", "true", "yes", "oui", "1"],
                    Field::Flag(false) => &["FALSE", "False", "false", "no", "non", "0"],
                    _ => &[],
                };
                let found = self.position(text).or_else(|| spellings.iter().find_map(|spelling| self.position(spelling)));
                let choice = found.ok_or(NO_MODALITY)?;
                Ok(self.refusal(choice).map_or(Given::Choice(choice), Given::Refused))
            }
            FormKind::Several(_) => self.ticked(text),
            FormKind::Number { whole, low, high } => {
                let mapped = if self.values.is_some() { Field::Text(text) } else { field };
                let number =
                    number(mapped, decimal).map_err(|_| "expected a number with the declared decimal mark")?.ok_or("expected a number")?;
                if *whole && number.fract() != 0.0 {
                    return Err("expected a whole number");
                }
                if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
                    return Err("outside the bounds that the guide sets");
                }
                Ok(Given::Number(number))
            }
            FormKind::Acknowledge => match text.to_lowercase().as_str() {
                "ok" | "yes" | "oui" | "true" | "1" => Ok(Given::Acknowledged),
                _ => Err(NO_MODALITY),
            },
        }
    }

    /// A list of what was ticked: names with blanks between them, or labels where they can be cut in one way only.
    fn ticked(&self, text: &str) -> Read {
        let words: Vec<&str> = text.split_whitespace().map(|word| self.ours(word)).collect();
        let by_name: Option<BTreeSet<usize>> = words.iter().map(|word| self.codes.get(word).copied()).collect();
        let ticked = by_name.or_else(|| self.cut(text)).ok_or(NO_MODALITY)?;
        self.boxes((0..self.choices().len()).map(|at| Some(ticked.contains(&at))).collect())
    }

    /// Cuts a text into labels or names with blanks (or a comma) between them; `None` where none or several ways are right.
    fn cut(&self, text: &str) -> Option<BTreeSet<usize>> {
        /// Longer cells are not lists of labels, and cutting them would take its time.
        const LONGEST: usize = 4_000;
        if text.len() > LONGEST {
            return None;
        }
        // From each place of the text, the ways to its end: none, one, or too many.
        let mut ways: Vec<(u8, Option<(usize, usize)>)> = vec![(0, None); text.len() + 1];
        ways[text.len()].0 = 1;
        let names = self.codes.iter().map(|(name, at)| (*name, Some(*at))).chain(self.labels.iter().map(|(name, at)| (*name, *at)));
        let names: Vec<(&str, usize)> =
            names.filter_map(|(name, at)| at.map(|at| (name, at))).filter(|(name, _)| !name.is_empty()).collect();
        for start in (0..text.len()).rev().filter(|at| text.is_char_boundary(*at)) {
            let mut reached: BTreeSet<(usize, usize)> = BTreeSet::new();
            for (name, choice) in &names {
                let Some(rest) = text[start..].strip_prefix(name) else { continue };
                let gap =
                    if rest.is_empty() { Some(0) } else { [", ", " "].iter().find(|gap| rest.starts_with(**gap)).map(|gap| gap.len()) };
                reached.extend(gap.map(|gap| (*choice, start + name.len() + gap)));
            }
            for (choice, next) in reached {
                let (count, _) = ways[next];
                if count > 0 {
                    ways[start] = (ways[start].0.saturating_add(count).min(2), Some((choice, next)));
                }
            }
        }
        if ways[0].0 != 1 {
            return None;
        }
        let steps = std::iter::successors(ways[0].1, |(_, next)| ways[*next].1);
        Some(steps.map(|(choice, _)| choice).collect())
    }

    /// The cell of one box.
    pub(super) fn ticks(&self, choice: usize, field: Field<'_>) -> Result<Option<bool>, &'static str> {
        let Some(text) = text(field)? else { return Ok(None) };
        let text = self.ours(&text);
        match text.to_lowercase().as_str() {
            "1" | "true" | "yes" | "oui" => Ok(Some(true)),
            "0" | "false" | "no" | "non" => Ok(Some(false)),
            // Some exports write the choice itself.
            _ if self.position(text) == Some(choice) => Ok(Some(true)),
            _ => Err("expected 1 or 0, ticked or not"),
        }
    }

    /// An answer in boxes; a refusal may be one of them, and then stands alone.
    pub(super) fn boxes(&self, ticked: Vec<Option<bool>>) -> Read {
        let all: Vec<usize> = (0..ticked.len()).filter(|at| ticked[*at] == Some(true)).collect();
        match all.iter().find_map(|choice| self.refusal(*choice)) {
            Some(refusal) if all.len() == 1 => Ok(Given::Refused(refusal)),
            Some(_) => Err("a refusal and an answer at once"),
            None => Ok(Given::Boxes(ticked)),
        }
    }

    /// What a `relevant` sees of an answer; `None` where nobody knows.
    pub(super) fn value(&self, given: &Given) -> Option<Value> {
        let code = |at: usize| self.choices().get(at).map_or("", |choice| choice.code.as_str());
        Some(match given {
            Given::Missing => return None,
            Given::Blank => Value::Text(String::new()),
            Given::Refused(code) => Value::Text(code.clone()),
            Given::Choice(at) => Value::Text(code(*at).to_owned()),
            Given::Boxes(ticked) => {
                let codes: Vec<&str> = (0..ticked.len()).filter(|at| ticked[*at] == Some(true)).map(code).collect();
                Value::Text(codes.join(" "))
            }
            Given::Number(number) => Value::Number(*number),
            Given::Acknowledged => Value::Text("OK".to_owned()),
        })
    }
}

/// A cell as text; `None` where it is blank.
pub(super) fn text(field: Field<'_>) -> Result<Option<String>, &'static str> {
    Ok(Some(match field {
        Field::Absent => return Ok(None),
        Field::Text(text) => text.replace('\u{a0}', " "),
        Field::Number(n) => plain_number(n).unwrap_or_else(|| n.to_string()),
        Field::Flag(flag) => flag.to_string(),
        Field::Date(date) => date.to_string(),
        Field::Broken => return Err("the cell holds an error"),
    }))
}
