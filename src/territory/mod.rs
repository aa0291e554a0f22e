//! The places of an observatory: sectors as the statistics office draws them, quartiers as the town speaks of them.
//!
//! All coordinates are meters in the territory's planar CRS. Zones are kept in code order, so that no result depends
//! on the order of a file.

pub(crate) mod archive;
mod arcs;
pub mod complaints;
pub mod contiguity;
pub mod coverage_audit;
pub mod coverage_index;
pub mod crosswalk;
pub mod crs;
pub mod diagnosis;
mod edges;
pub mod finding;
pub mod folder;
pub mod index;
mod json_check;
pub mod nearness;
mod noding;
pub(crate) mod opening;
pub mod outlines;
pub mod raw_zone;
pub mod repair;
mod rings;
mod shapes;
mod territory_id;
pub mod weights_file;
pub mod wkb;
pub mod zone_file;
pub mod zone_layer;

use std::fmt;
use std::ops::Index;

use geo::MultiPolygon;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The identifier of a territory: the name of its folder, made safe as the name of files ([`TerritoryId::of_folder`]).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TerritoryId(pub String);

/// An EPSG code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epsg(pub u32);

impl fmt::Display for Epsg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EPSG:{}", self.0)
    }
}

/// The code of a zone. Text, never a number: `62096A00-` and `01` are codes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ZoneCode(pub String);

impl fmt::Display for ZoneCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A place with its outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    /// Its code, unique in the territory.
    pub code: ZoneCode,
    /// Its name as readers see it; not unique.
    pub name: String,
    /// The zone it is part of, if that is known (a sector's former commune, a quartier's commune).
    pub parent: Option<ZoneCode>,
    /// Its outline, in meters of the territory's CRS.
    pub shape: MultiPolygon<f64>,
}

/// Zones in code order.
#[derive(Debug, Clone, PartialEq)]
pub struct Zones(Vec<Zone>);

/// A place in [`Zones`]; only [`Zones`] hands them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneIdx(u32);

impl ZoneIdx {
    /// The place as an index into a slice in code order.
    #[must_use]
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

impl Zones {
    /// Sorts the zones by code.
    ///
    /// # Errors
    /// A code that occurs twice, or no zone at all.
    pub fn new(mut zones: Vec<Zone>) -> Result<Self> {
        if zones.is_empty() {
            return Err(Error::input("there is no zone").help("check the commune's NIS code and its column"));
        }
        zones.sort_by(|a, b| a.code.cmp(&b.code));
        let twice: Vec<String> = zones.windows(2).filter(|w| w[0].code == w[1].code).map(|w| w[0].code.to_string()).collect();
        if !twice.is_empty() {
            return Err(Error::input(format!("zone codes occur twice: {}", twice.join(", ")))
                .help("one row a zone; merge the parts into a multipolygon"));
        }
        u32::try_from(zones.len()).map_err(|_| Error::input("more than 4 billion zones"))?;
        Ok(Self(zones))
    }

    /// The number of zones; never 0.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The zone with this code. Cost: O(log n).
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<ZoneIdx> {
        let position = self.0.binary_search_by(|zone| zone.code.0.as_str().cmp(code)).ok()?;
        Some(ZoneIdx(u32::try_from(position).ok()?))
    }

    /// The index at this position, if there is one.
    #[must_use]
    pub fn at(&self, position: usize) -> Option<ZoneIdx> {
        (position < self.0.len()).then(|| u32::try_from(position).ok().map(ZoneIdx)).flatten()
    }

    /// All zones in code order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ZoneIdx, &Zone)> + '_ {
        self.0.iter().enumerate().map(|(i, zone)| (ZoneIdx(u32::try_from(i).unwrap_or(u32::MAX)), zone))
    }

    /// All indexes in code order.
    pub fn indexes(&self) -> impl ExactSizeIterator<Item = ZoneIdx> + use<> {
        (0..u32::try_from(self.0.len()).unwrap_or(u32::MAX)).map(ZoneIdx)
    }

    /// The zones as a slice in code order.
    #[must_use]
    pub fn as_slice(&self) -> &[Zone] {
        &self.0
    }
}

impl Index<ZoneIdx> for Zones {
    type Output = Zone;

    fn index(&self, index: ZoneIdx) -> &Zone {
        &self.0[index.position()]
    }
}

/// One value a zone, in code order.
#[derive(Debug, Clone, PartialEq)]
pub struct PerZone<T>(Vec<T>);

impl<T> PerZone<T> {
    /// Computes the value of each zone.
    pub fn from_fn(zones: &Zones, value: impl FnMut(ZoneIdx) -> T) -> Self {
        Self(zones.indexes().map(value).collect())
    }

    /// Applies a function to each value, the zones kept.
    pub fn map<U>(&self, f: impl FnMut(&T) -> U) -> PerZone<U> {
        PerZone(self.0.iter().map(f).collect())
    }

    /// The values in code order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// The values in code order, to be changed in place.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.0.iter_mut()
    }

    /// The values in code order with their zones.
    pub fn enumerate(&self) -> impl Iterator<Item = (ZoneIdx, &T)> + '_ {
        self.0.iter().enumerate().map(|(i, value)| (ZoneIdx(u32::try_from(i).unwrap_or(u32::MAX)), value))
    }
}

impl<'a, T> IntoIterator for &'a PerZone<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut PerZone<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T> Index<ZoneIdx> for PerZone<T> {
    type Output = T;

    fn index(&self, index: ZoneIdx) -> &T {
        &self.0[index.position()]
    }
}

impl<T> std::ops::IndexMut<ZoneIdx> for PerZone<T> {
    fn index_mut(&mut self, index: ZoneIdx) -> &mut T {
        &mut self.0[index.position()]
    }
}

/// Whether the outlines are official or only schematic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outlines {
    /// Published by the office that defines the zones, or by the town itself.
    Official,
    /// Made to show where a zone is, not where it ends.
    Schematic,
}

/// A commune, its sectors, and the quartiers that are published.
#[derive(Debug, Clone)]
pub struct Territory {
    /// The name of its folder.
    pub id: TerritoryId,
    /// The name readers see.
    pub name: String,
    /// The planar working CRS of all coordinates.
    pub crs: Epsg,
    /// The zones records are located in.
    pub sectors: Zones,
    /// The zones that are published; the sectors themselves where no crosswalk says otherwise.
    pub quartiers: Zones,
    /// For each sector, its quartiers with their shares; shares of a sector sum to at most 1.
    pub membership: PerZone<Vec<(ZoneIdx, f64)>>,
    /// Codes that say "in this commune, nobody knows where".
    pub unlocated_codes: Vec<String>,
    /// Whether the outlines can be measured on.
    pub outlines: Outlines,
    /// Where the outlines come from, for the metadata.
    pub source: String,
}
