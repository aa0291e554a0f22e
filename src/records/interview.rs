//! Interviews: one record a person, with answers to closed questions.

use std::fmt;

use chrono::NaiveDate;

use super::Place;

/// How a person was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// By an operator of the network the person came to.
    Operator,
    /// At the door, by a surveyor.
    DoorToDoor,
}

/// A closed question with the modalities that were seen, in alphabetical order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Our name of it.
    pub id: String,
    /// Its modalities.
    pub modalities: Vec<String>,
}

/// The questions of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questionnaire {
    /// The questions, in order of their names.
    pub questions: Vec<Question>,
}

impl Questionnaire {
    /// The position of a question.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.questions.iter().position(|q| q.id == id)
    }
}

/// An answer: a modality by its position, or none given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The modality at this position.
    Modality(u16),
    /// Asked, and not answered.
    NoAnswer,
}

/// One person met once.
#[derive(Clone)]
pub struct Interview {
    /// The day.
    pub date: NaiveDate,
    /// The partner that held it, by position in [`Interviews::partners`].
    pub partner: Option<u16>,
    /// How the person was met.
    pub mode: Option<Mode>,
    /// One answer a question of the questionnaire.
    pub answers: Vec<Answer>,
    /// Where the person lives.
    pub place: Place,
}

/// All interviews of a campaign, in the order read.
#[derive(Clone, Default)]
pub struct Interviews {
    pub(crate) records: Vec<Interview>,
    pub(crate) questionnaire: Questionnaire,
    pub(crate) partners: Vec<String>,
}

impl Interviews {
    /// The records, in the order read.
    #[must_use]
    pub fn as_slice(&self) -> &[Interview] {
        &self.records
    }

    /// The questions.
    #[must_use]
    pub fn questionnaire(&self) -> &Questionnaire {
        &self.questionnaire
    }

    /// The partners that held interviews, in alphabetical order.
    #[must_use]
    pub fn partners(&self) -> &[String] {
        &self.partners
    }
}

impl fmt::Debug for Interview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interview(withheld)")
    }
}

impl fmt::Debug for Interviews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interviews({} records)", self.records.len())
    }
}
