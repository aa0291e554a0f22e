//! optima: a territorial observatory as a library.

pub mod catalog;
pub mod error;
pub mod measure;
pub mod period;
pub mod protect;
pub mod publish;
pub mod territory;
pub mod texts;
