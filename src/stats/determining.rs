//! Determining factors of a situation: which questions go with it, and what each says given the others.
//!
//! Association, not cause: who lives alone may answer differently for reasons that no question asked. The model's p-values come
//! after the same answers chose its questions, and are so somewhat too small.

mod choice;
mod model;

pub use model::{FactorModel, ModalityEffect, QuestionEffect};

use crate::stats::contingency::{Contingency, Independence};
use crate::stats::matrix::Matrix;
use crate::stats::multiplicity::benjamini_hochberg;
use crate::stats::refusal::Refusal;

/// The code of an answer that is missing.
pub const MISSING: u16 = u16::MAX;

/// A closed question that may have to do with the situation.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The modality of each respondent, or [`MISSING`].
    pub codes: &'a [u16],
    /// How many modalities there are.
    pub modalities: usize,
}

/// When a question enters the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Its p-value, adjusted over all candidates (Benjamini–Hochberg), must be below this.
    pub significance: f64,
    /// The model must keep as many events, or respondents out of the situation if they are fewer, for each of its parameters.
    /// Source: Peduzzi et al., J. of Clinical Epidemiology 49 (1996).
    pub events_per_parameter: f64,
    /// The model must keep at least this share of the respondents whose situation is known, in 0..=1.
    pub least_answered: f64,
    /// The level of intervals.
    pub level: f64,
    /// The seed of random tables, where Fisher's test needs them.
    pub seed: u64,
}

impl Default for Rule {
    /// Adjusted p below 5 %, ten events a parameter, half of the respondents, intervals at 95 %.
    fn default() -> Self {
        Self { significance: 0.05, events_per_parameter: 10.0, least_answered: 0.5, level: 0.95, seed: 1 }
    }
}

/// What became of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is in the model.
    Retained,
    /// Its association may be chance.
    NotAssociated,
    /// All answers, or all of one situation, are the same.
    NothingToCompare,
    /// The model would have too few events for each parameter.
    TooFewEvents,
    /// Too many respondents of the model would have to be left out.
    TooFewAnswers,
    /// Questions that rank higher already say it.
    SaidByOthers,
}

/// A candidate and its association with the situation, among those who answered both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Its place among the candidates given.
    pub question: usize,
    /// How many answered both.
    pub n: usize,
    /// How many of these are in the situation.
    pub events: usize,
    /// Cramér's V, corrected; absent where there is nothing to compare.
    pub cramers_v_corrected: Option<f64>,
    /// The test of independence: χ², or Fisher's where expected counts are small.
    pub independence: Option<Independence>,
    /// Its p-value, adjusted over all candidates.
    pub adjusted_p: Option<f64>,
    /// What became of it.
    pub standing: Standing,
}

/// The candidates by rank, and the model of those retained.
#[derive(Debug, Clone, PartialEq)]
pub struct Determining {
    /// Associated questions first, by corrected V from strong to weak; then the others in the same way; then those with nothing to
    /// compare. Equal ones by place.
    pub ranked: Vec<Ranked>,
    /// The logistic model of the retained questions, or why there is none.
    pub model: Result<FactorModel, Refusal>,
}

/// Ranks candidate questions by their association with a situation, and fits the logistic model of those that hold.
///
/// `situation` is 1 for those in it, 0 for the others, or [`MISSING`]. Questions enter by rank, each as a whole, if `rule` holds with
/// it; one that does not fit is passed over. The model takes those who answered all of its questions; the reference of a question
/// is its modality with the most respondents, the first of equals; the coefficients are Firth's
/// ([`logistic`](crate::stats::logistic)). Cost: O(respondents × candidates), and the model's.
///
/// # Errors
/// Lengths that differ, a code past its modalities, a situation that is neither 0 nor 1.
///
/// ```
/// use optima::stats::determining::{Candidate, Rule, Standing, determining_factors};
/// // 200 persons: the situation is frequent among those who live alone (1), and has nothing to do with the day of the interview.
/// let alone: Vec<u16> = (0..200).map(|i| u16::from(i % 2 == 0)).collect();
/// let day: Vec<u16> = (0..200).map(|i| (i / 2 % 5) as u16).collect();
/// let situation: Vec<u16> = (0..200).map(|i| u16::from(i % 2 == 0 && i % 3 > 0 || i % 7 == 0)).collect();
/// let candidates = [Candidate { codes: &day, modalities: 5 }, Candidate { codes: &alone, modalities: 2 }];
/// let found = determining_factors(&situation, &candidates, &Rule::default()).unwrap();
/// assert_eq!((found.ranked[0].question, found.ranked[0].standing), (1, Standing::Retained));
/// assert_eq!(found.ranked[1].standing, Standing::NotAssociated);
/// let (_, (low, _)) = found.model.unwrap().questions[0].modalities[1].odds_ratio.unwrap();
/// assert!(low > 1.0);
/// ```
pub fn determining_factors(situation: &[u16], candidates: &[Candidate<'_>], rule: &Rule) -> Result<Determining, Refusal> {
    if situation.iter().any(|code| *code > 1 && *code != MISSING) {
        return Err(Refusal::new("the situation is neither 0, 1 nor missing for a respondent"));
    }
    for (question, candidate) in candidates.iter().enumerate() {
        if candidate.codes.len() != situation.len() {
            return Err(Refusal::new(format!(
                "question {question} has {} answers for {} respondents",
                candidate.codes.len(),
                situation.len()
            )));
        }
        if candidate.codes.iter().any(|code| usize::from(*code) >= candidate.modalities && *code != MISSING) {
            return Err(Refusal::new(format!("question {question} has a code past its {} modalities", candidate.modalities)));
        }
    }
    let mut ranked = Vec::new();
    for (question, candidate) in candidates.iter().enumerate() {
        ranked.push(associate(question, candidate, situation, rule.seed)?);
    }
    adjust(&mut ranked, rule.significance);
    let associated = |r: &Ranked| r.standing != Standing::NotAssociated && r.standing != Standing::NothingToCompare;
    let key = |r: &Ranked| (!associated(r), r.standing == Standing::NothingToCompare);
    ranked.sort_by(|a, b| {
        let strength = |r: &Ranked| r.cramers_v_corrected.unwrap_or(-1.0);
        key(a).cmp(&key(b)).then(strength(b).total_cmp(&strength(a))).then(a.question.cmp(&b.question))
    });
    let chosen = choice::choose(situation, candidates, &mut ranked, rule);
    let model = model::fit_questions(situation, candidates, &chosen, rule, &ranked);
    Ok(Determining { ranked, model })
}

fn associate(question: usize, candidate: &Candidate<'_>, situation: &[u16], seed: u64) -> Result<Ranked, Refusal> {
    let mut counts = Matrix::zeros(candidate.modalities, 2);
    let (mut n, mut events) = (0, 0);
    for (code, outcome) in candidate.codes.iter().zip(situation).filter(|(code, outcome)| **code != MISSING && **outcome != MISSING) {
        counts[(usize::from(*code), usize::from(*outcome))] += 1.0;
        n += 1;
        events += usize::from(*outcome);
    }
    let table = Contingency::new(&counts).ok();
    let independence = table.as_ref().map(|table| table.independence(seed)).transpose()?;
    Ok(Ranked {
        question,
        n,
        events,
        cramers_v_corrected: table.as_ref().map(|table| table.association().cramers_v_corrected),
        independence,
        adjusted_p: None,
        standing: Standing::NothingToCompare,
    })
}

/// Adjusts over all candidates that were tested, and sets apart those that may be chance.
fn adjust(ranked: &mut [Ranked], significance: f64) {
    let tested: Vec<(usize, f64)> = ranked.iter().enumerate().filter_map(|(at, r)| Some((at, r.independence?.p))).collect();
    let adjusted = benjamini_hochberg(&tested.iter().map(|(_, p)| *p).collect::<Vec<_>>());
    for ((at, _), p) in tested.into_iter().zip(adjusted) {
        ranked[at].adjusted_p = Some(p);
        ranked[at].standing = if p < significance { Standing::Retained } else { Standing::NotAssociated };
    }
}
