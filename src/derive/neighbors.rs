//! Who is next to whom, as a layer asks for it.

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::stats::spatial_weights::SpatialWeights;
use crate::territory::Zones;
use crate::territory::contiguity::{Tolerance, queen_of_zones, rook_of_zones};

/// Which quartiers are neighbors: `"queen"`, `"rook"`, `{ nearest = 5 }` or `{ within_m = 1500.0 }`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Neighbors {
    /// A shared point of the border.
    #[default]
    Queen,
    /// A shared stretch of the border.
    Rook,
    /// The nearest others, by centroid; not always mutual.
    Nearest(usize),
    /// Others whose centroid is no farther than this many meters.
    WithinM(f64),
}

impl Neighbors {
    /// Each neighbor with weight 1.
    pub(super) fn weights(self, zones: &Zones) -> Result<SpatialWeights> {
        match self {
            Self::Queen => queen_of_zones(zones, Tolerance::default()),
            Self::Rook => rook_of_zones(zones, Tolerance::default()),
            Self::Nearest(0) => Err(Error::config("expected 1 neighbor or more").in_column("params.neighbors")),
            Self::Nearest(_) => Err(Error::config("nearest")),
            Self::WithinM(meters) if !(meters.is_finite() && meters > 0.0) => {
                Err(Error::config("expected a distance above 0, in meters").in_column("params.neighbors"))
            }
            Self::WithinM(_) => Err(Error::config("within")),
        }
    }

    /// What the methods page says.
    pub(super) fn told(self) -> String {
        match self {
            Self::Queen => "queen contiguity: a shared point of the border".to_owned(),
            Self::Rook => "rook contiguity: a shared stretch of the border".to_owned(),
            Self::Nearest(k) => format!("the {k} nearest by centroid"),
            Self::WithinM(meters) => format!("centroids within {meters} m"),
        }
    }
}
