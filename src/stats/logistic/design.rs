//! What a model is fitted to: rows of numbers, or answers coded against a reference, gathered so that equal rows are one.

use std::collections::BTreeMap;

use super::collinear;
use crate::stats::matrix::Matrix;
use crate::stats::refusal::Refusal;

/// The most columns of a model: its cost grows with their cube.
const MOST_COLUMNS: usize = 1000;

/// A question of a model: its answers, each against a reference modality.
#[derive(Debug, Clone, Copy)]
pub struct Factor<'a> {
    /// The modality of each respondent, below `modalities`.
    pub codes: &'a [u16],
    /// How many modalities there are.
    pub modalities: usize,
    /// The modality that the others are compared with.
    pub reference: usize,
}

/// Rows with equal numbers: the numbers that are not 0, by column, and how many respondents and events there are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern {
    pub(super) entries: Vec<(usize, f64)>,
    pub(super) total: f64,
    pub(super) events: f64,
}

/// The rows of a model, the intercept as column 0, without collinear columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    columns: usize,
    kept: Vec<usize>,
    dropped: Vec<usize>,
    patterns: Vec<Pattern>,
}

impl Design {
    /// A design of numbers, one row a respondent; column 0 of the matrix is column 1 of the model.
    ///
    /// Weights count persons; without them each row is one. A row with weight 0 is left out. Columns that a sum of columns before them
    /// gives are dropped, as R does.
    ///
    /// # Errors
    /// Lengths that differ, numbers that are none, negative weights, more than 1000 columns; all in the situation, or nobody.
    pub fn new(rows: &Matrix, situation: &[bool], weights: Option<&[f64]>) -> Result<Self, Refusal> {
        if rows.rows() != situation.len() {
            return Err(Refusal::new(format!("{} rows for {} outcomes", rows.rows(), situation.len())));
        }
        if rows.as_slice().iter().any(|x| !x.is_finite()) {
            return Err(Refusal::new("a cell of the model's rows is no number").remedy("leave out rows with missing values"));
        }
        let entries = |row: usize| rows.row(row).iter().enumerate().filter(|(_, x)| **x != 0.0).map(|(at, x)| (at + 1, *x)).collect();
        Self::gather(rows.columns() + 1, situation, weights, entries)
    }

    /// A design of questions: a column for each modality but the reference, question after question, by modality.
    ///
    /// # Errors
    /// As [`Design::new`]; a code or a reference past the modalities.
    ///
    /// ```
    /// use optima::stats::logistic::{Design, Factor};
    /// let (age, sex) = ([0, 1, 2, 1], [0, 0, 1, 1]);
    /// let factors = [Factor { codes: &age, modalities: 3, reference: 1 }, Factor { codes: &sex, modalities: 2, reference: 0 }];
    /// let design = Design::of_factors(&factors, &[true, false, true, false], None).unwrap();
    /// assert_eq!((design.columns(), Design::column_of(&factors, 0, 2), Design::column_of(&factors, 1, 1)), (4, Some(2), Some(3)));
    /// assert_eq!(Design::column_of(&factors, 0, 1), None, "the reference has no column");
    /// ```
    pub fn of_factors(factors: &[Factor<'_>], situation: &[bool], weights: Option<&[f64]>) -> Result<Self, Refusal> {
        for (at, factor) in factors.iter().enumerate() {
            if factor.codes.len() != situation.len() {
                return Err(Refusal::new(format!("question {at} has {} answers for {} outcomes", factor.codes.len(), situation.len())));
            }
            let past = |code: &u16| usize::from(*code) >= factor.modalities;
            if factor.reference >= factor.modalities || factor.codes.iter().any(past) {
                return Err(Refusal::new(format!("question {at} has a code past its {} modalities", factor.modalities))
                    .remedy("leave out respondents without an answer"));
            }
        }
        let columns = 1 + factors.iter().map(|factor| factor.modalities - 1).sum::<usize>();
        let entries = |row: usize| {
            let column = |(at, factor): (usize, &Factor<'_>)| Self::column_of(factors, at, usize::from(factor.codes[row]));
            factors.iter().enumerate().filter_map(column).map(|column| (column, 1.0)).collect()
        };
        Self::gather(columns, situation, weights, entries)
    }

    /// The column of a question's modality in [`Design::of_factors`]; `None` for its reference.
    #[must_use]
    pub fn column_of(factors: &[Factor<'_>], question: usize, modality: usize) -> Option<usize> {
        let before: usize = factors[..question].iter().map(|factor| factor.modalities - 1).sum();
        let reference = factors[question].reference;
        (modality != reference).then(|| 1 + before + modality - usize::from(modality > reference))
    }

    fn gather(
        columns: usize,
        situation: &[bool],
        weights: Option<&[f64]>,
        entries: impl Fn(usize) -> Vec<(usize, f64)>,
    ) -> Result<Self, Refusal> {
        if columns > MOST_COLUMNS {
            return Err(
                Refusal::new(format!("a model of {columns} columns is too large")).remedy("merge modalities or choose fewer questions")
            );
        }
        if weights.is_some_and(|w| w.len() != situation.len() || w.iter().any(|w| !(w.is_finite() && *w >= 0.0))) {
            return Err(Refusal::new("weights are not one for each row, or one is negative or no number"));
        }
        // By the bits of the numbers: an order of its own, the same for any order of rows.
        let mut gathered: BTreeMap<Vec<(usize, u64)>, (f64, f64)> = BTreeMap::new();
        for (row, event) in situation.iter().enumerate() {
            let weight = weights.map_or(1.0, |w| w[row]);
            if weight > 0.0 {
                let key = entries(row).into_iter().map(|(column, x)| (column, x.to_bits())).collect();
                let counts = gathered.entry(key).or_default();
                counts.0 += weight;
                counts.1 += if *event { weight } else { 0.0 };
            }
        }
        let patterns: Vec<Pattern> = gathered
            .into_iter()
            .map(|(key, (total, events))| Pattern {
                entries: std::iter::once((0, 1.0)).chain(key.into_iter().map(|(column, bits)| (column, f64::from_bits(bits)))).collect(),
                total,
                events,
            })
            .collect();
        let (events, total) = patterns.iter().fold((0.0, 0.0), |(e, t), pattern| (e + pattern.events, t + pattern.total));
        if events <= 0.0 || events >= total {
            let who = if events <= 0.0 { "nobody is" } else { "all are" };
            return Err(Refusal::new(format!("{who} in the situation")).remedy("there is nothing to tell apart"));
        }
        let (kept, dropped) = collinear::split(&patterns, columns);
        let mut place = vec![None; columns];
        kept.iter().enumerate().for_each(|(at, column)| place[*column] = Some(at));
        let moved = |pattern: Pattern| {
            let entries = pattern.entries.into_iter().filter_map(|(column, x)| place[column].map(|at| (at, x))).collect();
            Pattern { entries, ..pattern }
        };
        Ok(Self { columns, kept, dropped, patterns: patterns.into_iter().map(moved).collect() })
    }

    /// The number of columns, the intercept and dropped ones included.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Columns that others before them already say.
    #[must_use]
    pub fn dropped(&self) -> &[usize] {
        &self.dropped
    }

    /// The sum of weights.
    #[must_use]
    pub fn respondents(&self) -> f64 {
        self.patterns.iter().map(|pattern| pattern.total).sum()
    }

    /// The sum of weights of those in the situation.
    #[must_use]
    pub fn events(&self) -> f64 {
        self.patterns.iter().map(|pattern| pattern.events).sum()
    }

    pub(super) fn kept(&self) -> &[usize] {
        &self.kept
    }

    pub(super) fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// `ℓ0` of the plain share: `events ln(share) + others ln(1 − share)`.
    pub(super) fn null_log_likelihood(&self) -> f64 {
        let (events, total) = (self.events(), self.respondents());
        events * (events / total).ln() + (total - events) * (1.0 - events / total).ln()
    }
}
