//! Filled-in forms: interviews of persons and sheets of services, with answers to closed questions.

use std::fmt;

use chrono::NaiveDate;

use super::{Place, Questionnaire};

/// How a person was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// By an operator of the network the person came to.
    Operator,
    /// At the door, by a surveyor.
    DoorToDoor,
}

/// An answer: a modality by its position, or why there is none. These stay apart: none of them is "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The modality at this position.
    Modality(u16),
    /// A number was given; it is in [`Interviews::numbers`].
    Number,
    /// The question was not put to this person (its `relevant` says so, or the campaign's form did not have it).
    NotAsked,
    /// Asked, and not answered.
    NoAnswer,
    /// Asked, and refused: one of the declared codes of refusal.
    Refused,
}

/// By what interviews are grouped, for the bilan of a structure, a service, a public or a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grouping {
    /// The structure (partner) that held the interview.
    Partner,
    /// The service of that structure.
    Service,
    /// The public that the person belongs to.
    Public,
    /// The campaign.
    Campaign,
}

impl Grouping {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Partner, Self::Service, Self::Public, Self::Campaign];

    /// The name of its column.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Service => "service",
            Self::Public => "public",
            Self::Campaign => "campaign",
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Partner => 0,
            Self::Service => 1,
            Self::Public => 2,
            Self::Campaign => 3,
        }
    }
}

/// One person met once.
#[derive(Clone)]
pub struct Interview {
    /// Its identifier (a pseudonym): for the private bilan of one person, and never published.
    pub id: String,
    /// The day; absent for a sheet of the directory of services that has none.
    pub date: Option<NaiveDate>,
    /// How the person was met.
    pub mode: Option<Mode>,
    /// Its weight; 1 where the file has none.
    pub weight: f64,
    /// One answer a question of the questionnaire.
    pub answers: Vec<Answer>,
    /// Where the person lives.
    pub place: Place,
    pub(crate) groups: [Option<u16>; 4],
}

impl Interview {
    /// The group it belongs to, by position in [`Interviews::groups`].
    #[must_use]
    pub fn group(&self, by: Grouping) -> Option<u16> {
        self.groups[by.index()]
    }
}

/// All interviews of a run, in the order read.
#[derive(Clone, Default)]
pub struct Interviews {
    pub(crate) records: Vec<Interview>,
    pub(crate) questionnaire: Questionnaire,
    pub(crate) groups: [Vec<String>; 4],
    /// For each numeric question, by position in the questionnaire, one value a record.
    pub(crate) numbers: Vec<(usize, Vec<Option<f64>>)>,
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

    /// The names of the groups, in alphabetical order.
    #[must_use]
    pub fn groups(&self, by: Grouping) -> &[String] {
        &self.groups[by.index()]
    }

    /// The answers to a numeric question, one a record; `None` for a question that is none.
    #[must_use]
    pub fn numbers(&self, question: usize) -> Option<&[Option<f64>]> {
        self.numbers.iter().find(|(q, _)| *q == question).map(|(_, values)| values.as_slice())
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
