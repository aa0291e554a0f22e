//! Pure mathematics on plain numbers: knows no territory, no file, no column.

mod distinct_points;
pub mod matrix;
pub mod mean;
pub mod multiplicity;
pub mod partition;
pub mod proportion;
pub mod refusal;
pub mod ward;
