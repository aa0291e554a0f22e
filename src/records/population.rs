//! Inhabitants and active population: the public denominators.

use super::Place;

/// One zone in one year.
#[derive(Debug, Clone)]
pub struct PopulationRow {
    /// The year the figures hold for.
    pub year: i32,
    /// Inhabitants.
    pub population: Option<f64>,
    /// Active population, 15 to 64.
    pub active: Option<f64>,
    /// Inhabitants of 18 to 64.
    pub age_18_64: Option<f64>,
    /// The zone.
    pub place: Place,
}

/// All zones and years, in the order read.
#[derive(Debug, Clone, Default)]
pub struct Population(pub(crate) Vec<PopulationRow>);

impl Population {
    /// The rows, in the order read.
    #[must_use]
    pub fn as_slice(&self) -> &[PopulationRow] {
        &self.0
    }
}
