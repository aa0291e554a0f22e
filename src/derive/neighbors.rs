//! Who is next to whom, as a layer asks for it.

use std::path::PathBuf;

use serde::Deserialize;

use crate::error::Error;
use crate::protect::{NotDerived, Seen};
use crate::stats::refusal::Refusal;
use crate::stats::spatial_weights::SpatialWeights;
use crate::territory::contiguity::{Tolerance, queen_of_zones, rook_of_zones};
use crate::territory::nearness::{Decay, distance_band_of_zones, k_nearest_of_zones};
use crate::territory::weights_file;

/// Which quartiers are neighbors: `"queen"`, `"rook"`, `{ nearest = 5 }`, `{ within_m = 1500.0 }` or `{ file = "bridges.gal" }`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
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
    /// As a GAL or GWT file says, relative to `observatory.toml`: over a bridge, say. Its weights count as 1.
    File(PathBuf),
}

impl Neighbors {
    /// Each neighbor with weight 1.
    pub(super) fn weights(&self, seen: &Seen<'_>) -> Result<SpatialWeights, NotDerived> {
        let zones = &seen.territory().quartiers;
        let wrong = |expected: &str| Err(Error::config(format!("expected {expected}")).in_column("params.neighbors").into());
        match *self {
            Self::Nearest(0) => wrong("1 neighbor or more"),
            Self::WithinM(meters) if !(meters.is_finite() && meters > 0.0) => wrong("a distance above 0, in meters"),
            // A layer that asks for more neighbors than a small territory has is left out there.
            Self::Nearest(k) if k >= zones.count() => {
                let reason = format!("{k} neighbors asked for, among {} quartiers", zones.count());
                Err(Refusal::new(reason).remedy("ask for fewer, or for those that touch").into())
            }
            Self::Queen => Ok(queen_of_zones(zones, Tolerance::default())?),
            Self::Rook => Ok(rook_of_zones(zones, Tolerance::default())?),
            Self::Nearest(k) => Ok(k_nearest_of_zones(zones, k)?),
            Self::WithinM(meters) => Ok(distance_band_of_zones(zones, meters, Decay::Binary)?),
            Self::File(ref file) => {
                let codes: Vec<&str> = zones.iter().map(|(_, zone)| zone.code.0.as_str()).collect();
                let read = weights_file::read(&seen.resolve(file), &codes)?;
                let lists: Vec<Vec<u32>> = (0..read.len()).map(|zone| read.neighbors(zone).to_vec()).collect();
                Ok(SpatialWeights::binary(&lists)?)
            }
        }
    }

    /// What the methods page says.
    pub(super) fn told(&self) -> String {
        match self {
            Self::File(file) => format!("as the file {} says", file.display()),
            Self::Queen => "queen contiguity: a shared point of the border".to_owned(),
            Self::Rook => "rook contiguity: a shared stretch of the border".to_owned(),
            Self::Nearest(k) => format!("the {k} nearest by centroid"),
            Self::WithinM(meters) => format!("centroids within {meters} m"),
        }
    }
}
