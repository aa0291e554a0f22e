//! What goes together with a situation, person by person: association, not cause.

use super::factors::refused;
use super::{Candidate, Determining, Odds};
use crate::catalog::studies::{DeterminingSpec, Missing};
use crate::error::{Error, Result};
use crate::measure::coding::{CodedQuestion, Coding};
use crate::stats::determining::{self, Rule, Standing, determining_factors};

/// The code of an answer that is missing.
const MISSING: u16 = determining::MISSING;

/// Ranks the candidates of a study and fits the model of those that hold.
pub(super) fn determine(spec: &DeterminingSpec, coding: &Coding, seed: u64) -> Result<Determining> {
    let situation = situation(spec, coding)?;
    let chosen: Vec<&CodedQuestion> = coding
        .select(&spec.candidates)?
        .into_iter()
        .map(|q| &coding.questions[q])
        .filter(|question| !spec.situation.contains_key(&question.id))
        .collect();
    let codes: Vec<Vec<u16>> = chosen.iter().map(|question| question.active(Missing::Passive, Missing::Passive).0).collect();
    let candidates: Vec<determining::Candidate<'_>> = chosen
        .iter()
        .zip(&codes)
        .map(|(question, codes)| determining::Candidate { codes, modalities: question.modalities.len() })
        .collect();
    let found =
        determining_factors(&situation, &candidates, &Rule { seed, ..Rule::default() }).map_err(|refusal| refused(&spec.id, &refusal))?;
    let ranked = found
        .ranked
        .iter()
        .filter_map(|ranked| {
            Some(Candidate {
                question: chosen[ranked.question].id.clone(),
                label: chosen[ranked.question].label.clone(),
                persons: ranked.n as u64,
                corrected_v: ranked.cramers_v_corrected?,
                p_value: ranked.independence?.p,
                p_adjusted: ranked.adjusted_p?,
                kept: ranked.standing == Standing::Retained,
            })
        })
        .collect();
    let model = found.model.map_err(|refusal| refused(&spec.id, &refusal))?;
    let mut odds = Vec::new();
    for effect in &model.questions {
        let question = chosen[effect.question];
        for modality in &effect.modalities {
            let (Some((ratio, (low, high))), Some(p_value)) = (modality.odds_ratio, modality.p) else { continue };
            odds.push(Odds {
                question: question.id.clone(),
                label: question.label.clone(),
                modality: question.modalities[modality.modality].clone(),
                reference: question.modalities[effect.reference].clone(),
                ratio,
                low,
                high,
                p_value,
                persons: (modality.events as u64, (modality.n - modality.events) as u64),
            });
        }
    }
    let method = if model.separated {
        "Firth's penalized likelihood, profile intervals at 95 %; some answers tell the situation without error"
    } else {
        "Firth's penalized likelihood, profile intervals at 95 %"
    };
    Ok(Determining {
        id: spec.id.clone(),
        title: spec.title.clone(),
        persons: model.n as u64,
        cases: model.events as u64,
        left_out: model.left_out as u64,
        candidates: ranked,
        odds,
        method: method.to_owned(),
        tjur: Some(model.tjur_r2),
    })
}

/// 1 for persons in the situation (any of its questions has one of its modalities), 0 for those who answered all of them
/// otherwise, missing for the others.
fn situation(spec: &DeterminingSpec, coding: &Coding) -> Result<Vec<u16>> {
    let mut signs = Vec::new();
    for (id, modalities) in &spec.situation {
        let question = coding.question(id).ok_or_else(|| Error::config(format!("the records have no {id}")))?;
        let codes: Vec<usize> = modalities.iter().filter_map(|code| question.modalities.iter().position(|m| m.code == *code)).collect();
        signs.push((question, codes));
    }
    let of = |unit: usize| {
        let answers: Vec<Option<usize>> = signs.iter().map(|(question, _)| question.states[unit].modality()).collect();
        let is_in = answers.iter().zip(&signs).any(|(answer, (_, codes))| answer.is_some_and(|modality| codes.contains(&modality)));
        if is_in {
            1
        } else if answers.iter().all(Option::is_some) {
            0
        } else {
            MISSING
        }
    };
    Ok((0..coding.units.len()).map(of).collect())
}
