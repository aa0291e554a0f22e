//! Job seekers, one record a person and quarter.

use std::fmt;

use super::Place;
use crate::period::Quarter;

/// Why a person is registered, as Forem counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Entitled to unemployment benefit (DEDA).
    Benefit,
    /// A young person in the waiting period (stage d'insertion).
    Insertion,
    /// Registered because the law asks it (inscrit obligatoirement).
    Mandatory,
    /// Registered freely (inscrit librement).
    Voluntary,
}

/// A person on the last day of a quarter.
#[derive(Clone)]
pub struct JobSeeker {
    /// A number that stands for the person within this run only.
    pub person: u32,
    /// The quarter.
    pub quarter: Quarter,
    /// Age in full years on the last day of the quarter.
    pub age_years: Option<u8>,
    /// Duration of inoccupation on that day, in months of 30.4375 days.
    pub months: Option<f64>,
    /// Whether the person lives on the RIS (revenu d'intégration sociale).
    pub ris: Option<bool>,
    /// Why the person is registered.
    pub category: Option<Category>,
    /// Where the person lives.
    pub place: Place,
}

/// All job seekers of all quarters, in the order read.
#[derive(Clone, Default)]
pub struct JobSeekers(pub(crate) Vec<JobSeeker>);

impl JobSeekers {
    /// The records, in the order read.
    #[must_use]
    pub fn as_slice(&self) -> &[JobSeeker] {
        &self.0
    }
}

impl fmt::Debug for JobSeeker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JobSeeker(withheld)")
    }
}

impl fmt::Debug for JobSeekers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobSeekers({} records)", self.0.len())
    }
}
