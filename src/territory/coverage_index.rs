//! Which zone a place is in, for millions of places: an index over zones that tile, exact to the last bit.
//!
//! Zones of a territory share their borders and rarely overlap. So a grid is laid over them; most cells lie in one zone as
//! a whole and answer at once, and a cell that borders touch keeps only these few edges and the two zones beside them.
//! No zone is tried for a place. Where more than two polygons meet, where zones overlap or leave a gap, the cell keeps its
//! edges polygon by polygon. Either way the answer is that of [`Outlines::locate`]; rounding is caught by a filter, and
//! what the filter cannot decide goes to exact predicates.
//!
//! The idea of true hits is from Kipf et al., *Adaptive Geospatial Joins for Modern Hardware* (2018); the predicates are
//! Shewchuk's (1997).

#![allow(clippy::float_cmp, reason = "coordinates are compared as they are: that is the rule")]
#![allow(clippy::needless_bitwise_bool, reason = "which way a comparison goes cannot be foreseen: branches would cost more")]

mod batch;
mod build;
mod grid;
mod sweep;
#[cfg(test)]
mod tests;
mod twins;

use std::fmt;

use geo::{Coord, MultiPolygon};

use self::grid::{COVERS, Cell, FINER, GROUPS, Grid, OUTSIDE, STEP};
use super::outlines::{Outlines, Pass, passes};
use crate::error::Result;

/// An index from places to zones.
///
/// ```
/// use geo::polygon;
/// use optima::territory::coverage_index::CoverageIndex;
///
/// let west = polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 0.0), (x: 2.0, y: 2.0), (x: 0.0, y: 2.0)];
/// let east = polygon![(x: 2.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 2.0), (x: 2.0, y: 2.0)];
/// let index = CoverageIndex::new([&west.into(), &east.into()])?;
/// assert_eq!(index.locate(3.0, 1.0), Some(1));
/// assert_eq!(index.locate(2.0, 1.0), Some(0), "on a shared border the first zone");
/// assert_eq!(index.locate(5.0, 1.0), None);
/// # Ok::<(), optima::error::Error>(())
/// ```
#[derive(Clone)]
pub struct CoverageIndex {
    outlines: Outlines,
    /// The box around all vertices.
    low: [f64; 2],
    high: [f64; 2],
    grids: Vec<Grid>,
}

impl fmt::Debug for CoverageIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "CoverageIndex of {} zones, {} vertices, {} bytes",
            self.outlines.zone_count(),
            self.outlines.vertices().len(),
            self.bytes()
        )
    }
}

impl CoverageIndex {
    /// The position that [`CoverageIndex::locate_batch`] gives to a place outside all zones.
    pub const OUTSIDE: u32 = OUTSIDE;

    /// Builds the index from outlines in code order. Cost: about 80 ns a vertex.
    ///
    /// # Errors
    /// A coordinate that is not finite, or more than two billion vertices.
    pub fn new<'a>(zones: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Result<Self> {
        Ok(Self::of(Outlines::new(zones)?))
    }

    /// Builds the index from outlines in code order, which it keeps.
    #[must_use]
    pub fn of(mut outlines: Outlines) -> Self {
        outlines.shrink();
        let (low, high) = build::bounds(outlines.vertices()).unwrap_or(([f64::NAN; 2], [f64::NAN; 2]));
        let grids = build::build(&outlines);
        Self { outlines, low, high, grids }
    }

    /// The zone of a place: its position, or `None` outside all zones and for coordinates that are not finite.
    /// On a border it is the zone of the lowest position.
    #[must_use]
    pub fn locate(&self, x: f64, y: f64) -> Option<u32> {
        if !self.in_box(x, y) {
            return None;
        }
        let zone = match self.grids[0].cell(x, y) {
            Cell::Whole(zone) => zone,
            Cell::Leaf(leaf) => self.locate_in(&self.grids[0], leaf, x, y),
        };
        (zone != OUTSIDE).then_some(zone)
    }

    /// Whether a place is in the box around the zones; false for NaN.
    #[inline]
    fn in_box(&self, x: f64, y: f64) -> bool {
        (x >= self.low[0]) & (x <= self.high[0]) & (y >= self.low[1]) & (y <= self.high[1])
    }

    /// The zone of a place in a leaf of a grid.
    #[inline]
    fn locate_in(&self, grid: &Grid, leaf: usize, x: f64, y: f64) -> u32 {
        let sides = grid.leaves[leaf];
        if sides.base >= FINER && sides.base != OUTSIDE {
            return self.locate_among(grid, leaf, x, y);
        }
        let entries = grid.entries(leaf);
        let odd = match self.parity(entries, x, y) {
            Some(odd) => odd,
            None => match self.exact_parity(entries, x, y) {
                Some(odd) => odd,
                None => return sides.base.min(sides.other),
            },
        };
        if odd { sides.other } else { sides.base }
    }

    /// The zone of a place in a cell where more than two polygons meet.
    #[inline(never)]
    fn locate_among(&self, grid: &Grid, leaf: usize, x: f64, y: f64) -> u32 {
        if grid.leaves[leaf].base == FINER {
            let finer = &self.grids[grid.leaves[leaf].other as usize];
            return match finer.cell(x, y) {
                Cell::Whole(zone) => zone,
                Cell::Leaf(leaf) => self.locate_in(finer, leaf, x, y),
            };
        }
        debug_assert_eq!(grid.leaves[leaf].base, GROUPS);
        let mut entries = grid.entries(leaf);
        while let [zone, count, rest @ ..] = entries {
            let (group, others) = rest.split_at((count & !COVERS) as usize);
            let covers = self.parity(group, x, y).or_else(|| self.exact_parity(group, x, y));
            if covers.is_none_or(|odd| odd != (count & COVERS != 0)) {
                return *zone;
            }
            entries = others;
        }
        OUTSIDE
    }

    /// Whether the number of steps and edges left of a place is odd; `None` if rounding may matter.
    #[inline]
    fn parity(&self, entries: &[u32], x: f64, y: f64) -> Option<bool> {
        /// Shewchuk's bound for the sign of the determinant, rounded up.
        const ROUNDING: f64 = 4.0 * f64::EPSILON;
        let vertices = self.outlines.vertices();
        let (mut odd, mut unsure) = (false, false);
        for &entry in entries {
            if entry & STEP != 0 {
                odd ^= vertices[(entry & !STEP) as usize].y <= y;
                continue;
            }
            let [a, b] = [vertices[entry as usize], vertices[entry as usize + 1]];
            let (a_below, b_below) = (a.y <= y, b.y <= y);
            let left = (a.x - x) * (b.y - y);
            let right = (a.y - y) * (b.x - x);
            let determinant = left - right;
            let spans = a_below != b_below;
            let near = determinant.abs() <= ROUNDING * (left.abs() + right.abs()) + f64::MIN_POSITIVE;
            unsure |= (spans & near) | (a.y == y) | (b.y == y);
            odd ^= spans & ((determinant < 0.0) == a_below);
        }
        (!unsure).then_some(odd)
    }

    /// The same without rounding; `None` if the place is on an edge.
    #[cold]
    #[inline(never)]
    fn exact_parity(&self, entries: &[u32], x: f64, y: f64) -> Option<bool> {
        let vertices = self.outlines.vertices();
        let mut odd = false;
        for &entry in entries {
            if entry & STEP != 0 {
                odd ^= vertices[(entry & !STEP) as usize].y <= y;
                continue;
            }
            match passes(vertices[entry as usize], vertices[entry as usize + 1], Coord { x, y }) {
                Pass::On => return None,
                Pass::LeftOfPlace => odd = !odd,
                Pass::Elsewhere => {}
            }
        }
        Some(odd)
    }

    /// The outlines that the index was built from.
    #[must_use]
    pub fn outlines(&self) -> &Outlines {
        &self.outlines
    }

    /// The memory held, in bytes, outlines included.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.outlines.bytes() + self.grids.iter().map(Grid::bytes).sum::<usize>()
    }
}
