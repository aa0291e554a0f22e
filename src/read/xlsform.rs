//! The interview guide as an `XLSForm`, as `KoboToolbox` and ODK deploy it: sheets `survey`, `choices` and `settings`.
//!
//! Groups become themes, closed questions become questions with modalities; what is no closed question is listed with the
//! reason, and what is wrong is refused in one go. Old spellings are tolerated as pyxform tolerates them.
//!
//! Source: `XLSForm` reference (xlsform.org), pyxform 4.5.

mod choices;
mod kind;
mod label;
mod outline;
mod problem;
mod sheet;
mod survey;

use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::relevance::Expression;
use super::table::hex;
use crate::error::{Error, Result};
use crate::records::{Modality, Question, QuestionKind, Questionnaire, Theme};
use crate::texts::Localized;

pub use problem::Remark;

/// The most choices that a closed question may have: modalities are counted in 16 bits.
const MOST_CHOICES: usize = 65_000;

/// The code that `or_other` adds to a list.
pub const OTHER: &str = "other";

/// A form, as read.
#[derive(Debug, Clone)]
pub struct Guide {
    /// What its settings call it.
    pub title: Option<String>,
    /// Its identifier.
    pub form_id: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The languages of its labels.
    pub languages: Vec<String>,
    /// Its outermost groups, or those marked by `optima::theme`.
    pub themes: Vec<Theme>,
    /// Its closed questions and numbers, in its order.
    pub questions: Vec<FormQuestion>,
    /// What it holds besides, with the reason why it is not analyzed.
    pub left_out: Vec<LeftOut>,
    /// What a person should know about it.
    pub remarks: Vec<Remark>,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The number of its bytes.
    pub bytes: u64,
}

/// A closed question of a form, or a number.
#[derive(Debug, Clone)]
pub struct FormQuestion {
    /// Our name of it: its own where no other has it, else its path.
    pub id: String,
    /// Its name in the form.
    pub name: String,
    /// Its groups, the outermost first.
    pub path: Vec<String>,
    /// Its row on the sheet `survey`.
    pub row: u64,
    /// What readers see.
    pub label: Localized,
    /// A few words for it, from the columns `optima::short`; the label where there are none.
    pub short: Localized,
    /// Its theme, by position.
    pub theme: Option<usize>,
    /// How it is answered.
    pub kind: FormKind,
    /// When it is asked: all of these hold. Those of its groups come first.
    pub relevant: Vec<Expression>,
    /// What an answer must meet, for numbers.
    pub constraint: Option<Expression>,
    /// The context indicators it is to be read against.
    pub indicators: Vec<String>,
}

/// How a question of a form is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum FormKind {
    /// One of these.
    One(Vec<Choice>),
    /// Any of these.
    Several(Vec<Choice>),
    /// A number within these bounds, both included.
    Number {
        /// Whether it has no decimals.
        whole: bool,
        /// The least.
        low: Option<f64>,
        /// The most.
        high: Option<f64>,
    },
    /// "OK", or nothing.
    Acknowledge,
}

/// A choice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name, which the records hold.
    pub code: String,
    /// What readers see.
    pub label: Localized,
    /// What stands after the question's short label; the label where the form says nothing.
    pub short: Localized,
    /// Its labels in all languages of the form: some exports hold them in place of the name.
    pub labels: Vec<String>,
}

/// What a form holds and no analysis takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its row on the sheet `survey`.
    pub row: u64,
    /// Its name.
    pub name: String,
    /// Its groups, the outermost first.
    pub path: Vec<String>,
    /// Its type, as the form has it.
    pub kind: String,
    /// Why it is left out.
    pub reason: String,
}

impl Guide {
    /// Reads a form: `.xlsx`, `.xls`, `.ods`, one `.csv` whose first column names the sheet, or a folder with `survey.csv`,
    /// `choices.csv` and `settings.csv`.
    ///
    /// # Errors
    /// A file that cannot be read, and everything that is wrong with the form, with sheet, row and column.
    pub fn load(path: &Path) -> Result<Self> {
        Self::read(path).map_err(|e| e.in_file(path))
    }

    fn read(path: &Path) -> Result<Self> {
        let mut problems = problem::Problems::default();
        let workbook = sheet::read(path, &mut problems)?;
        let (sha256, bytes) = digest(path)?;
        let mut guide = survey::read(&workbook, &mut problems)?;
        if let Some(error) = problems.into_error() {
            return Err(error);
        }
        (guide.sha256, guide.bytes) = (sha256, bytes);
        Ok(guide)
    }

    /// The questions as the records answer them: one box a choice where several may be ticked. Codes of refusal are no
    /// modalities.
    #[must_use]
    pub fn questionnaire(&self, refused: &[String]) -> Questionnaire {
        let version = match (&self.form_id, &self.version) {
            (Some(id), Some(version)) => Some(format!("{id} {version}")),
            (id, version) => id.clone().or_else(|| version.clone()),
        };
        let questions = self.questions.iter().flat_map(|question| question.as_records(refused)).collect();
        Questionnaire { version, themes: self.themes.clone(), questions }
    }

    /// The question of this name.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&FormQuestion> {
        self.questions.iter().find(|question| question.id == id)
    }
}

impl FormQuestion {
    /// Its choices; none for numbers and acknowledgments.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            FormKind::One(choices) | FormKind::Several(choices) => choices,
            FormKind::Number { .. } | FormKind::Acknowledge => &[],
        }
    }

    /// The questions of the records that it becomes: one, or one a choice.
    fn as_records(&self, refused: &[String]) -> Vec<Question> {
        let question = |id: String, label: &Localized, kind: QuestionKind, modalities: Vec<Modality>| Question {
            id,
            label: label.clone(),
            short: self.short.clone(),
            theme: self.theme,
            kind,
            modalities,
            indicators: self.indicators.clone(),
        };
        let boxed = || QuestionKind::Box { of: self.id.clone(), label: self.label.clone() };
        let kept = |choices: &'_ [Choice]| choices.iter().filter(|c| !refused.contains(&c.code)).cloned().collect::<Vec<_>>();
        match &self.kind {
            FormKind::One(choices) => {
                let modalities = kept(choices).into_iter().map(|c| Modality { code: c.code, label: c.label, short: c.short }).collect();
                vec![question(self.id.clone(), &self.label, QuestionKind::One, modalities)]
            }
            FormKind::Several(choices) => kept(choices)
                .into_iter()
                .map(|choice| {
                    let modalities = Modality::of_box_of(&choice.short).into();
                    question(format!("{}/{}", self.id, choice.code), &choice.label, boxed(), modalities)
                })
                .collect(),
            FormKind::Number { .. } => vec![question(self.id.clone(), &self.label, QuestionKind::Number, Vec::new())],
            FormKind::Acknowledge => vec![question(self.id.clone(), &self.label, boxed(), Modality::of_box().into())],
        }
    }
}

fn digest(path: &Path) -> Result<(String, u64)> {
    let files = if path.is_dir() {
        sheet::SHEETS.iter().map(|name| path.join(name).with_extension("csv")).filter(|file| file.is_file()).collect()
    } else {
        vec![path.to_path_buf()]
    };
    let mut hash = Sha256::new();
    let mut length = 0;
    for file in files {
        let bytes = std::fs::read(&file).map_err(|e| Error::reading(&file, &e))?;
        hash.update(&bytes);
        length += bytes.len() as u64;
    }
    Ok((hex(&hash.finalize()), length))
}
