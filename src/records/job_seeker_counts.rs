//! Job seekers as partners deliver them: counted by zone and quarter.

use std::fmt;

use super::Place;
use crate::observatory::DurationClass;
use crate::period::Quarter;

/// The counts of one zone in one quarter.
#[derive(Clone)]
pub struct CountRow {
    /// The quarter.
    pub quarter: Quarter,
    /// Job seekers.
    pub job_seekers: u64,
    /// Of these, under 25; absent where the partner does not say.
    pub under_25: Option<u64>,
    /// Of these, living on the RIS.
    pub ris: Option<u64>,
    /// By class of duration, in the order of [`JobSeekerCounts::classes`]; empty where the partner does not say.
    pub durations: Vec<u64>,
    /// The zone.
    pub place: Place,
}

/// All counts, in the order read.
#[derive(Clone, Default)]
pub struct JobSeekerCounts {
    pub(crate) rows: Vec<CountRow>,
    pub(crate) classes: Vec<DurationClass>,
}

impl JobSeekerCounts {
    /// The rows, in the order read.
    #[must_use]
    pub fn as_slice(&self) -> &[CountRow] {
        &self.rows
    }

    /// The duration classes.
    #[must_use]
    pub fn classes(&self) -> &[DurationClass] {
        &self.classes
    }
}

impl fmt::Debug for CountRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CountRow(withheld)")
    }
}

impl fmt::Debug for JobSeekerCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobSeekerCounts({} rows)", self.rows.len())
    }
}
