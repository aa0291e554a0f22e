//! Which associated questions the model takes, in their order of rank.

use super::{Candidate, MISSING, Ranked, Rule, Standing};

/// The questions that the model takes; the standing of those it does not take is set.
pub(super) fn choose(situation: &[u16], candidates: &[Candidate<'_>], ranked: &mut [Ranked], rule: &Rule) -> Vec<usize> {
    let known: Vec<usize> = (0..situation.len()).filter(|at| situation[*at] != MISSING).collect();
    let least = rule.least_answered * count(known.len());
    // Those who answered all questions chosen so far.
    let mut answered = known;
    let mut chosen: Vec<usize> = Vec::new();
    for candidate in ranked.iter_mut().filter(|r| r.standing == Standing::Retained) {
        let codes = candidates[candidate.question].codes;
        let with: Vec<usize> = answered.iter().copied().filter(|at| codes[*at] != MISSING).collect();
        chosen.push(candidate.question);
        let parameters: usize = chosen.iter().map(|question| used(&candidates[*question], &with).saturating_sub(1)).sum();
        let events = with.iter().filter(|at| situation[**at] == 1).count();
        let smaller = events.min(with.len() - events);
        candidate.standing = if count(with.len()) < least || used(&candidates[candidate.question], &with) < 2 {
            Standing::TooFewAnswers
        } else if count(smaller) < rule.events_per_parameter * count(parameters) {
            Standing::TooFewEvents
        } else if said(&candidates[candidate.question], &chosen[..chosen.len() - 1], candidates, &with) {
            Standing::SaidByOthers
        } else {
            Standing::Retained
        };
        if candidate.standing == Standing::Retained {
            answered = with;
        } else {
            chosen.pop();
        }
    }
    chosen
}

/// How many modalities these respondents gave.
fn used(candidate: &Candidate<'_>, respondents: &[usize]) -> usize {
    let mut given = vec![false; candidate.modalities];
    for at in respondents {
        given[usize::from(candidate.codes[*at])] = true;
    }
    given.into_iter().filter(|given| *given).count()
}

/// Whether one of the questions chosen gives the answer to this one: the same question again, or a finer one.
fn said(candidate: &Candidate<'_>, chosen: &[usize], candidates: &[Candidate<'_>], respondents: &[usize]) -> bool {
    chosen.iter().any(|question| {
        let other = &candidates[*question];
        let mut given = vec![MISSING; other.modalities];
        respondents.iter().all(|at| {
            let slot = &mut given[usize::from(other.codes[*at])];
            let code = candidate.codes[*at];
            let same = *slot == MISSING || *slot == code;
            *slot = code;
            same
        })
    })
}

#[expect(clippy::cast_precision_loss, reason = "numbers of respondents")]
fn count(n: usize) -> f64 {
    n as f64
}
