//! Interviews: one row a person, closed questions as declared in the observatory's file.

use std::collections::BTreeSet;

use super::intake::{OTHER_PERIOD, intake};
use super::{Sourced, Sources};
use crate::error::{Error, Result};
use crate::observatory::{Observatory, SourceSpec};
use crate::records::{Answer, Grouping, Interview, Interviews, Modality, Mode, Question, QuestionKind, Questionnaire};
use crate::texts::Localized;

const KNOWN: &[&str] = &[
    "id", "date", "partner", "service", "public", "campaign", "mode", "weight", "zone", "x", "y", "street", "number", "postcode",
    "quartier",
];

pub(super) fn interviews(observatory: &Observatory, spec: &SourceSpec, sources: &mut Sources) -> Result<()> {
    if spec.questions.is_empty() {
        return Err(Error::config("no question is named")
            .in_column("sources.interviews.questions")
            .help("our question = \"their column\""));
    }
    let Some(campaign) = observatory.campaign else { return Err(Error::config("[campaign] is missing")) };
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut raw: Vec<Raw> = Vec::new();
    let crs = intake(observatory, "interviews", spec, (KNOWN, &["id", "date"]), sources, &mut |columns, row| {
        let date = columns.date(row, "date")?.ok_or_else(|| columns.bad("date", "nothing here; expected a date"))?;
        if !(campaign.first..=campaign.last).contains(&date) {
            return Err(columns.bad("date", OTHER_PERIOD));
        }
        let id = columns.needed_text(row, "id")?;
        let mode = match columns.text(row, "mode")?.as_deref() {
            None => None,
            Some("operator") => Some(Mode::Operator),
            Some("door_to_door") => Some(Mode::DoorToDoor),
            Some(_) => return Err(columns.bad("mode", "expected operator or door_to_door; map their values under values.mode")),
        };
        let mut groups: [Option<String>; 4] = [const { None }; 4];
        for (group, by) in groups.iter_mut().zip(Grouping::ALL) {
            *group = columns.text(row, by.name())?;
        }
        let answers = columns.answers(row)?;
        let place = columns.place(row)?;
        if !seen.insert(id.clone()) {
            return Err(columns.bad("id", "this interview was already read"));
        }
        let interview = Interview { id, date: Some(date), mode, weight: 1.0, answers: Vec::new(), place, groups: [None; 4] };
        raw.push((interview, groups, answers));
        Ok(())
    })?;
    sources.interviews = Some(Sourced { records: code(spec, &raw)?, crs });
    Ok(())
}

/// An interview before its answers are coded, with the names of its groups and the text of each answer.
type Raw = (Interview, [Option<String>; 4], Vec<Option<String>>);

/// Turns answers into positions among the modalities seen, in alphabetical order whatever the order of the rows.
fn code(spec: &SourceSpec, raw: &[Raw]) -> Result<Interviews> {
    let mut modalities: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); spec.questions.len()];
    for (_, _, answers) in raw {
        for (seen, answer) in modalities.iter_mut().zip(answers) {
            seen.extend(answer.as_deref());
        }
    }
    let plain = |text: &str| Localized { fr: text.to_owned(), en: text.to_owned() };
    let questions: Vec<Question> = spec
        .questions
        .keys()
        .zip(&modalities)
        .map(|(id, seen)| Question {
            id: id.clone(),
            label: plain(id),
            theme: None,
            kind: QuestionKind::One,
            modalities: seen.iter().map(|m| Modality { code: (*m).to_owned(), label: plain(m) }).collect(),
            indicators: Vec::new(),
        })
        .collect();
    if let Some(open) = questions.iter().find(|q| q.modalities.len() > 500) {
        return Err(Error::config(format!("the question \"{}\" has over 500 different answers", open.id))
            .help("only closed questions can be declared"));
    }
    let groups = std::array::from_fn(|by| {
        let names: BTreeSet<&str> = raw.iter().filter_map(|(_, groups, _)| groups[by].as_deref()).collect();
        names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>()
    });
    let position =
        |sorted: &[String], text: &str| sorted.binary_search_by(|m| m.as_str().cmp(text)).ok().and_then(|i| u16::try_from(i).ok());
    let records = raw
        .iter()
        .map(|(interview, names, answers)| Interview {
            groups: std::array::from_fn(|by| names[by].as_deref().and_then(|name| position(&groups[by], name))),
            answers: answers
                .iter()
                .zip(&questions)
                .map(|(answer, question)| answer.as_deref().and_then(|a| question.modality(a)).map_or(Answer::NoAnswer, Answer::Modality))
                .collect(),
            ..interview.clone()
        })
        .collect();
    Ok(Interviews { records, questionnaire: Questionnaire { questions, ..Questionnaire::default() }, groups, numbers: Vec::new() })
}
