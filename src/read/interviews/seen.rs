//! Without a guide: the questions are the declared columns, and their modalities whatever is seen in them.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::columns::{Bad, Columns};
use super::super::intake::{Take, intake_files};
use super::super::table::Field;
use super::super::{Sourced, Sources};
use super::Form;
use super::head::{self, Heads, Unsorted};
use crate::error::{Error, Result};
use crate::observatory::{Observatory, SourceSpec};
use crate::records::{Answer, Interviews, Modality, Question, QuestionKind, Questionnaire};
use crate::texts::Localized;

struct Seen<'s> {
    heads: Heads<'s>,
    rows: Vec<Unsorted>,
    /// The text of each answer, row by row.
    answers: Vec<Vec<Option<String>>>,
}

impl Take for Seen<'_> {
    fn file(&mut self, file: &Path, _: &Columns<'_>) -> Result<()> {
        self.heads.file(file);
        Ok(())
    }

    fn row(&mut self, columns: &Columns<'_>, row: &[Field<'_>]) -> std::result::Result<(), Bad> {
        let head = self.heads.read(columns, row)?;
        let answers = columns.answers(row)?;
        self.heads.keep(columns, &head.0.id)?;
        self.rows.push(head);
        self.answers.push(answers);
        Ok(())
    }

    fn notes(&mut self) -> Vec<String> {
        Vec::new()
    }
}

pub(super) fn read(observatory: &Observatory, spec: &SourceSpec, form: Form, sources: &mut Sources) -> Result<Sourced<Interviews>> {
    if spec.questions.is_empty() {
        return Err(Error::config("no question is named")
            .in_column(format!("sources.{}.questions", form.source()))
            .help("our question = \"their column\""));
    }
    let mut seen = Seen { heads: Heads::new(observatory, spec, form)?, rows: Vec::new(), answers: Vec::new() };
    let names = head::names(form, None);
    let crs = intake_files(observatory, form.source(), spec, &names, sources, &mut seen)?;
    let questions = questions(spec, &seen.answers)?;
    for ((interview, _), answers) in seen.rows.iter_mut().zip(&seen.answers) {
        let coded = answers.iter().zip(&questions);
        let coded =
            coded.map(|(answer, question)| answer.as_deref().and_then(|a| question.modality(a)).map_or(Answer::NoAnswer, Answer::Modality));
        interview.answers = coded.collect();
    }
    let (records, groups) = head::sorted(seen.rows);
    let questionnaire = Questionnaire { questions, ..Questionnaire::default() };
    Ok(Sourced { records: Interviews { records, questionnaire, groups, numbers: Vec::new() }, crs })
}

/// The questions with the modalities seen, in alphabetical order whatever the order of the rows.
fn questions(spec: &SourceSpec, answers: &[Vec<Option<String>>]) -> Result<Vec<Question>> {
    let mut modalities: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); spec.questions.len()];
    for row in answers {
        for (seen, answer) in modalities.iter_mut().zip(row) {
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
            short: plain(id),
            theme: None,
            kind: QuestionKind::One,
            modalities: seen.iter().map(|m| Modality::new(*m, plain(m))).collect(),
            indicators: Vec::new(),
        })
        .collect();
    match questions.iter().find(|q| q.modalities.len() > 500) {
        Some(open) => Err(Error::config(format!("the question \"{}\" has over 500 different answers", open.id))
            .help("only closed questions can be declared")),
        None => Ok(questions),
    }
}
