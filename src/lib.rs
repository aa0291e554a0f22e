//! optima: a territorial observatory as a library.

pub mod catalog;
pub mod error;
pub mod interrupt;
pub mod join;
pub mod locate;
pub mod measure;
pub mod observatory;
pub mod period;
pub mod pipeline;
pub mod protect;
pub mod publish;
pub mod read;
pub mod records;
pub mod stats;
pub mod territory;
pub mod texts;
