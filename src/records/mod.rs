//! What was observed: one checked table for each kind of record.
//!
//! Nothing personal leaves this module's types: they do not serialize, and their `Debug` prints a count.

mod interview;
mod job_seeker;
mod job_seeker_counts;
mod place;
mod population;
mod questionnaire;
mod register;

pub use interview::{Answer, Grouping, Interview, Interviews, Mode};
pub use job_seeker::{Category, JobSeeker, JobSeekers};
pub use job_seeker_counts::{CountRow, JobSeekerCounts};
pub use place::{Address, Place};
pub use population::{Population, PopulationRow};
pub use questionnaire::{Modality, Question, QuestionKind, Questionnaire, Theme};
pub use register::{AddressRegister, Found, RegisterEntry, normalize_street};
