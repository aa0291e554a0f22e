//! Pure mathematics on plain numbers: knows no territory, no file, no column.

pub mod contingency;
pub mod determining;
pub mod fisher;
pub mod logistic;
pub mod matrix;
pub mod mean;
pub mod multiplicity;
pub mod proportion;
pub mod refusal;
pub mod well_being;
