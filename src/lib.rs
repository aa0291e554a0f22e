//! optima: a territorial observatory as a library.

pub mod catalog;
pub mod error;
pub mod join;
pub mod measure;
pub mod period;
pub mod protect;
pub mod publish;
pub mod read;
pub mod territory;
pub mod texts;
