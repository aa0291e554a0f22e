//! Pure mathematics on plain numbers: knows no territory, no file, no column.

pub mod answers;
pub mod burt;
pub mod class_profile;
pub mod contingency;
pub mod correspondence;
pub mod determining;
mod distinct_points;
pub mod eigen;
pub mod fisher;
pub mod k_means;
pub mod logistic;
pub mod matrix;
pub mod mean;
pub mod multiple_correspondence;
pub mod multiplicity;
pub mod partition;
pub mod principal_components;
pub mod proportion;
pub mod refusal;
pub mod silhouette;
pub mod spatial_weights;
pub mod stability;
pub mod test_value;
pub mod ward;
pub mod well_being;
