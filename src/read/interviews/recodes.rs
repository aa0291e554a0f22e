//! Whether the declared recodes name questions and modalities that exist.

use super::super::Sources;
use crate::error::{Error, Result};
use crate::observatory::{Observatory, Recode};
use crate::records::{Interviews, Question, QuestionKind};

/// Checks `[recode]` against the questions read. Where no question can be read, nothing is said: other errors tell of it.
///
/// # Errors
/// Questions and modalities that neither the interviews nor the services have.
pub(in crate::read) fn check_recodes(observatory: &Observatory, sources: &Sources) -> Result<()> {
    let read: Vec<&Interviews> = [&sources.interviews, &sources.services].into_iter().flatten().map(|s| &s.records).collect();
    let mut problems = Vec::new();
    for (id, recode) in &observatory.recode {
        let found = read.iter().find_map(|forms| {
            let questionnaire = forms.questionnaire();
            questionnaire.position(id).map(|at| &questionnaire.questions[at])
        });
        let boxed = |of: &Question| matches!(&of.kind, QuestionKind::Box { of, .. } if of == id);
        match found {
            Some(question) => problems.extend(mistakes(id, question, recode)),
            None if read.iter().any(|forms| forms.questionnaire().questions.iter().any(boxed)) => {
                problems.push(format!("recode.{id}: several may be ticked; only questions with one answer are recoded"));
            }
            None => problems.push(format!("recode.{id}: there is no such question")),
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    let error = Error::config("the recodes are not those of the questions").in_file(&observatory.file);
    Err(problems.into_iter().fold(error, Error::detail).help("`optima guide` lists questions and modalities"))
}

fn mistakes(id: &str, question: &Question, recode: &Recode) -> Vec<String> {
    if question.kind == QuestionKind::Number {
        let classed = recode.merge.is_empty();
        return if classed { Vec::new() } else { vec![format!("recode.{id}: numbers are classed, not merged")] };
    }
    if !recode.classes.is_empty() {
        return vec![format!("recode.{id}: only numbers are classed")];
    }
    let unknown = recode.merge.values().flatten().filter(|code| question.modality(code).is_none());
    let mut mistakes: Vec<String> = unknown.map(|code| format!("recode.{id}: the question has no modality \"{code}\"")).collect();
    for (new, old) in &recode.merge {
        if question.modality(new).is_some() && !old.contains(new) {
            mistakes.push(format!("recode.{id}: \"{new}\" is a modality already; merge it too, or give the new one another name"));
        }
    }
    mistakes
}
