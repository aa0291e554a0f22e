//! By coordinates: to the planar CRS, then into the sector that holds the point.

use super::Placement;
use crate::error::Result;
use crate::territory::coverage_index::CoverageIndex;
use crate::territory::crs::{Extent, Transformer};
use crate::territory::diagnosis::{Diagnosis, diagnose};
use crate::territory::{Epsg, Territory, ZoneIdx};

/// How far around the territory a point may lie before its CRS is doubted.
const MARGIN_METERS: f64 = 10_000.0;

/// Points far from the territory.
pub(super) struct Strays {
    pub(super) count: u64,
    /// All points of the source.
    of: u64,
    pub(super) diagnosis: Diagnosis,
}

impl Strays {
    /// Whether the file as a whole lies elsewhere.
    pub(super) fn are_most(&self) -> bool {
        self.count * 2 > self.of
    }
}

pub(super) struct ByPoint<'t> {
    territory: &'t Territory,
    index: CoverageIndex,
}

impl<'t> ByPoint<'t> {
    pub(super) fn new(territory: &'t Territory) -> Result<Self> {
        let index = CoverageIndex::new(territory.sectors.as_slice().iter().map(|zone| &zone.shape))?;
        Ok(Self { territory, index })
    }

    /// The way from a source's CRS to the territory's; `None` where they are one.
    pub(super) fn transformer(&self, crs: Option<u32>) -> Result<Option<Transformer>> {
        match crs {
            Some(code) if Epsg(code) != self.territory.crs => Transformer::new(Epsg(code), self.territory.crs).map(Some),
            _ => Ok(None),
        }
    }

    /// Planar coordinates; a point that has no image stays a point, far outside.
    pub(super) fn planar(&self, points: &[Option<(f64, f64)>], crs: Option<u32>) -> Result<Vec<Option<(f64, f64)>>> {
        let Some(transformer) = self.transformer(crs)? else { return Ok(points.to_vec()) };
        Ok(points.iter().map(|point| point.map(|p| transformer.point(p).unwrap_or((f64::INFINITY, f64::INFINITY)))).collect())
    }

    /// The points that lie so far away that their coordinates are to be doubted, with the likely cause; `None` where all
    /// lie in the territory or near it.
    pub(super) fn strays(&self, raw: &[Option<(f64, f64)>], planar: &[Option<(f64, f64)>], crs: Option<u32>) -> Option<Strays> {
        let expected = Extent::of_zones(&self.territory.sectors, self.territory.crs).grown(MARGIN_METERS);
        let all = planar.iter().flatten().count();
        let far: Vec<(f64, f64)> =
            raw.iter().zip(planar).filter(|(_, p)| p.is_some_and(|p| !expected.contains(p))).filter_map(|(raw, _)| *raw).collect();
        let diagnosis = diagnose(&far, crs.map_or(self.territory.crs, Epsg), &expected)?;
        Some(Strays { count: far.len() as u64, of: all as u64, diagnosis })
    }

    /// The sector of each point; what has no point gives [`Placement::Missing`].
    pub(super) fn locate(&self, planar: &[Option<(f64, f64)>]) -> Vec<Placement> {
        planar
            .iter()
            .map(|point| point.map_or(Placement::Missing, |(x, y)| self.sector(x, y).map_or(Placement::Outside, Placement::Within)))
            .collect()
    }

    pub(super) fn sector(&self, x: f64, y: f64) -> Option<ZoneIdx> {
        self.index.locate(x, y).and_then(|position| self.territory.sectors.at(position as usize))
    }

    pub(super) fn zone_at(&self, position: usize) -> Placement {
        self.territory.sectors.at(position).map_or(Placement::Outside, Placement::Within)
    }
}
