//! The logistic model of the questions that were retained, question by question and modality by modality.

use super::{Candidate, MISSING, Ranked, Rule, Standing};
use crate::stats::logistic::{Design, Factor, Fit, Method, fit};
use crate::stats::refusal::Refusal;

/// The model of the retained questions.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorModel {
    /// Respondents who answered all of its questions and whose situation is known.
    pub n: usize,
    /// Of these, those in the situation.
    pub events: usize,
    /// Respondents left out because an answer, or the situation, is missing.
    pub left_out: usize,
    /// Parameters, the intercept not counted.
    pub parameters: usize,
    /// Events, or respondents out of the situation if they are fewer, for each parameter.
    pub events_per_parameter: f64,
    /// How it was estimated.
    pub method: Method,
    /// Whether some answers tell the situation without error, so that maximum likelihood would have no finite answer.
    pub separated: bool,
    /// The p-value that no question matters.
    pub p: f64,
    /// `McFadden`'s R².
    pub mcfadden_r2: f64,
    /// Tjur's R².
    pub tjur_r2: f64,
    /// The area under the ROC curve; 0.5 is chance. On the persons the model was made from, so somewhat too good.
    pub auc: f64,
    /// Its questions, by rank.
    pub questions: Vec<QuestionEffect>,
}

/// A question, given the others of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionEffect {
    /// Its place among the candidates given.
    pub question: usize,
    /// The modality that the others are compared with: that of the most respondents.
    pub reference: usize,
    /// The p-value that none of its modalities matters.
    pub p: f64,
    /// All its modalities, the reference too.
    pub modalities: Vec<ModalityEffect>,
}

/// A modality, against the reference of its question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModalityEffect {
    /// Its code.
    pub modality: usize,
    /// Respondents of the model who chose it.
    pub n: usize,
    /// Of these, those in the situation.
    pub events: usize,
    /// The odds ratio and its interval, finite; absent for the reference, for a modality that nobody of the model chose, and for one
    /// that other modalities of the model already say.
    pub odds_ratio: Option<(f64, (f64, f64))>,
    /// Its p-value; absent with the odds ratio.
    pub p: Option<f64>,
}

pub(super) fn fit_questions(
    situation: &[u16],
    candidates: &[Candidate<'_>],
    chosen: &[usize],
    rule: &Rule,
    ranked: &[Ranked],
) -> Result<FactorModel, Refusal> {
    if chosen.is_empty() {
        return Err(none(ranked));
    }
    let complete = |at: &usize| situation[*at] != MISSING && chosen.iter().all(|question| candidates[*question].codes[*at] != MISSING);
    let respondents: Vec<usize> = (0..situation.len()).filter(complete).collect();
    let outcomes: Vec<bool> = respondents.iter().map(|at| situation[*at] == 1).collect();
    let answers: Vec<Vec<u16>> =
        chosen.iter().map(|question| respondents.iter().map(|at| candidates[*question].codes[*at]).collect()).collect();
    let tallies: Vec<Vec<(usize, usize)>> =
        chosen.iter().zip(&answers).map(|(question, codes)| tally(codes, &outcomes, candidates[*question].modalities)).collect();
    let references: Vec<usize> = tallies.iter().map(|tally| most_frequent(tally)).collect();
    let factors: Vec<Factor<'_>> =
        (0..chosen.len()).map(|at| Factor { codes: &answers[at], modalities: tallies[at].len(), reference: references[at] }).collect();
    let design = Design::of_factors(&factors, &outcomes, None)?;
    let model = fit(&design, Method::Firth, rule.level)?;
    let mut questions = Vec::new();
    for (at, question) in chosen.iter().enumerate() {
        let columns: Vec<usize> = (0..tallies[at].len()).filter_map(|modality| Design::column_of(&factors, at, modality)).collect();
        let modalities =
            (0..tallies[at].len()).map(|modality| effect(&model, &tallies[at], modality, Design::column_of(&factors, at, modality)));
        let (reference, modalities) = (references[at], modalities.collect());
        questions.push(QuestionEffect { question: *question, reference, p: model.joint_test(&design, &columns)?.p, modalities });
    }
    let events = outcomes.iter().filter(|outcome| **outcome).count();
    let parameters = model.coefficients.iter().flatten().count() - 1;
    Ok(FactorModel {
        n: respondents.len(),
        events,
        left_out: situation.len() - respondents.len(),
        parameters,
        events_per_parameter: ratio(events.min(respondents.len() - events), parameters),
        method: model.method,
        separated: !model.separated.is_empty(),
        p: model.likelihood_ratio.p,
        mcfadden_r2: model.mcfadden_r2,
        tjur_r2: model.tjur_r2,
        auc: model.auc,
        questions,
    })
}

fn effect(model: &Fit, tally: &[(usize, usize)], modality: usize, column: Option<usize>) -> ModalityEffect {
    let (n, events) = tally[modality];
    let coefficient = column.and_then(|column| model.coefficients[column]);
    ModalityEffect { modality, n, events, odds_ratio: coefficient.map(|c| c.odds_ratio()), p: coefficient.map(|c| c.p) }
}

/// Respondents and events of each modality.
fn tally(codes: &[u16], outcomes: &[bool], modalities: usize) -> Vec<(usize, usize)> {
    let mut tally = vec![(0, 0); modalities];
    for (code, outcome) in codes.iter().zip(outcomes) {
        let slot = &mut tally[usize::from(*code)];
        slot.0 += 1;
        slot.1 += usize::from(*outcome);
    }
    tally
}

/// The modality with the most respondents, the first of equals.
fn most_frequent(tally: &[(usize, usize)]) -> usize {
    (0..tally.len()).rev().max_by_key(|modality| tally[*modality].0).unwrap_or(0)
}

/// Why no question was retained.
fn none(ranked: &[Ranked]) -> Refusal {
    let refusal = Refusal::new("no question enters the model");
    let any = |standing: Standing| ranked.iter().any(|r| r.standing == standing);
    if any(Standing::TooFewEvents) {
        refusal
            .remedy("too few respondents in the situation (or out of it) for the modalities of the associated questions: merge modalities")
    } else if any(Standing::TooFewAnswers) {
        refusal.remedy("the associated questions were answered by too few")
    } else {
        refusal.remedy("no candidate is associated with the situation")
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of respondents")]
fn ratio(events: usize, parameters: usize) -> f64 {
    events as f64 / parameters.max(1) as f64
}
