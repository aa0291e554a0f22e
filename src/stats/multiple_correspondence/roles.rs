//! Which modalities make the axes, which are placed on them, and which nobody chose.

use super::space::Active;
use crate::stats::answers::{MISSING, Missing, Question, respondents};
use crate::stats::burt::Burt;
use crate::stats::refusal::Refusal;

/// The part each level of Burt's table has.
pub(super) struct Roles {
    pub(super) active: Vec<Active>,
    /// Question and level of passive modalities that anybody chose, of active questions and of wholly passive ones.
    pub(super) passive: Vec<(usize, usize)>,
    pub(super) unchosen: Vec<(usize, u16)>,
    /// Questions that have active modalities.
    pub(super) questions: Vec<usize>,
    pub(super) constant: Vec<usize>,
}

impl Roles {
    pub(super) fn of(questions: &[Question<'_>], burt: &Burt) -> Result<Self, Refusal> {
        let mut roles = Self { active: vec![], passive: vec![], unchosen: vec![], questions: vec![], constant: vec![] };
        let count = |level: usize| burt.counts[(level, level)];
        let mut answered = false;
        for (q, question) in questions.iter().enumerate() {
            let own_modality = question.missing == Missing::OwnModality;
            let is_modality = |level: &usize| own_modality || burt.code(q, *level) != MISSING;
            let is_passive = |level: &usize| !is_modality(level) || question.passive.contains(&burt.code(q, *level));
            let levels = burt.offsets[q]..burt.offsets[q + 1];
            roles.unchosen.extend(levels.clone().filter(|l| count(*l) <= 0.0 && is_modality(l)).map(|l| (q, burt.code(q, l))));
            let chosen: Vec<usize> = levels.filter(|level| count(*level) > 0.0).collect();
            answered |= chosen.iter().any(|level| burt.code(q, *level) != MISSING);
            // What everybody chose has no spread; what was never chosen against another one neither.
            let varies = chosen.iter().filter(|level| is_modality(level)).count() > 1;
            if !varies || chosen.iter().all(is_passive) {
                roles.constant.push(q);
            } else {
                let active = chosen.iter().filter(|level| !is_passive(level));
                roles.active.extend(active.map(|&level| Active { level, question: q, frequency: count(level) / burt.total }));
                roles.questions.push(q);
            }
            if varies {
                roles.passive.extend(chosen.iter().filter(|level| is_passive(level)).map(|level| (q, *level)));
            }
        }
        if !answered {
            return Err(Refusal::new("all answers are missing").remedy("check which columns hold the answers"));
        }
        if roles.questions.is_empty() {
            return Err(Refusal::new("no question has two modalities that anybody chose: all answers are alike")
                .remedy("take questions that respondents answer differently"));
        }
        Ok(roles)
    }
}

/// Checks that there are two persons at least, and that passive codes are codes.
pub(super) fn enough(questions: &[Question<'_>], weights: Option<&[f64]>) -> Result<(), Refusal> {
    let n = respondents(questions)?;
    let counted = weights.map_or(n, |weights| weights.iter().filter(|w| **w > 0.0).count());
    if counted < 2 {
        let whom = if counted == 0 { "no respondent" } else { "one respondent" };
        return Err(Refusal::new(whom).remedy("an analysis compares persons: two or more are needed"));
    }
    for (index, question) in questions.iter().enumerate() {
        if question.passive.iter().any(|code| *code != MISSING && *code >= question.modalities) {
            return Err(Refusal::new(format!("question {} has passive codes beyond its modalities", index + 1)));
        }
    }
    Ok(())
}
