//! Pure mathematics on plain numbers: knows no territory, no file, no column.

pub mod matrix;
pub mod mean;
pub mod multiplicity;
pub mod proportion;
pub mod refusal;
