//! Neighbors by common borders: what the zones' own outlines say.
//!
//! Offices that draw a border once give both zones the same vertices, to the bit: most of the work is finding equal vertices and equal
//! edges. An edge that one zone alone has (*loose*: the rim of the territory, a border drawn twice, a vertex of one zone in the middle of
//! the other's edge) is compared with the loose edges of other zones within a tolerance. A border that two zones draw alike is settled:
//! no tolerance reaches through it.
//!
//! Neighbors are symmetric. A zone without any is an island: it has an empty row, and
//! [`SpatialWeights::islands`](crate::stats::spatial_weights::SpatialWeights::islands) names it.

mod loose;
#[cfg(test)]
mod tests;
mod vertices;

use geo::MultiPolygon;

use self::loose::LooseEdges;
use self::vertices::Vertices;
use super::Zones;
use super::noding::SNAP;
use crate::error::{Error, Result};
use crate::stats::spatial_weights::SpatialWeights;

/// When loose edges of two zones count as one place, in the units of the coordinates (meters).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// Borders this near to each other touch.
    pub distance: f64,
    /// Borders that run within `distance` of each other for longer than this, all stretches of two zones together, have a common edge.
    pub shared_length: f64,
}

impl Default for Tolerance {
    /// A micrometer, as for the audit of outlines, and a millimeter: what rounding does to one line, and nothing that a surveyor drew.
    /// Borders drawn twice, some decimeters apart, need more, or [`repair`](super::repair).
    fn default() -> Self {
        Self { distance: SNAP, shared_length: 1000.0 * SNAP }
    }
}

/// Queen contiguity, weights of 1: zones with a common vertex or edge.
///
/// Two zones are neighbors if they have a vertex with the same coordinates, or if loose edges of theirs come within
/// [`Tolerance::distance`]; who has a vertex of the one at that place is a neighbor of who has a vertex of the other there. Repeated
/// vertices, holes and parts change nothing; zones that overlap are neighbors where their borders meet or cross, and only there.
/// Cost: some 70 ns a vertex on one thread, and 60 bytes.
///
/// # Errors
/// A coordinate that is no number, a tolerance that is negative or none, or more than four billion vertices.
///
/// Source of the definition: libpysal's `Graph.build_contiguity` and spdep's `poly2nb`, which compare vertices alone.
///
/// ```
/// use geo::{MultiPolygon, Rect};
/// use optima::territory::contiguity::{Tolerance, queen};
/// let square = |x: f64, y: f64, side: f64| MultiPolygon(vec![Rect::new((x, y), (x + side, y + side)).to_polygon()]);
/// // One below two, the corner of the two in the middle of its edge; one at a corner; one far away.
/// let zones = [square(0.0, -4.0, 4.0), square(0.0, 0.0, 2.0), square(2.0, 0.0, 2.0), square(4.0, 2.0, 2.0), square(9.0, 9.0, 1.0)];
/// let weights = queen(&zones, Tolerance::default())?;
/// assert_eq!((weights.neighbors(0), weights.neighbors(2), weights.neighbors(3)), (&[1, 2][..], &[0, 1, 3][..], &[2][..]));
/// assert_eq!(weights.islands(), [4]);
/// # Ok::<(), optima::error::Error>(())
/// ```
pub fn queen(zones: &[MultiPolygon<f64>], tolerance: Tolerance) -> Result<SpatialWeights> {
    let (vertices, loose) = drawn(zones, tolerance)?;
    let mut neighbors = Neighbors::new(zones.len());
    vertices.shared_vertices(&mut neighbors);
    loose.touching(&vertices, tolerance, &mut neighbors);
    neighbors.weights()
}

/// Rook contiguity, weights of 1: zones with a common edge of positive length.
///
/// Two zones are neighbors if they have an edge with the same two ends, or if loose edges of theirs run within [`Tolerance::distance`] of
/// each other for more than [`Tolerance::shared_length`] in all. Cost and errors as [`queen`]'s.
///
/// # Errors
/// As [`queen`].
///
/// ```
/// use geo::{MultiPolygon, Rect};
/// use optima::territory::contiguity::{Tolerance, rook};
/// let square = |x: f64, y: f64| MultiPolygon(vec![Rect::new((x, y), (x + 2.0, y + 2.0)).to_polygon()]);
/// let weights = rook(&[square(0.0, 0.0), square(2.0, 1.0), square(4.0, 3.0)], Tolerance::default())?;
/// assert_eq!((weights.neighbors(1), weights.islands()), (&[0][..], vec![2]));
/// # Ok::<(), optima::error::Error>(())
/// ```
pub fn rook(zones: &[MultiPolygon<f64>], tolerance: Tolerance) -> Result<SpatialWeights> {
    let (vertices, loose) = drawn(zones, tolerance)?;
    let mut neighbors = Neighbors::new(zones.len());
    loose.shared_edges(&mut neighbors);
    loose.alongside(&vertices, tolerance, &mut neighbors);
    neighbors.weights()
}

/// [`queen`] of the zones of a territory, in code order.
///
/// # Errors
/// As [`queen`].
pub fn queen_of_zones(zones: &Zones, tolerance: Tolerance) -> Result<SpatialWeights> {
    queen(&shapes(zones), tolerance)
}

/// [`rook`] of the zones of a territory, in code order.
///
/// # Errors
/// As [`queen`].
pub fn rook_of_zones(zones: &Zones, tolerance: Tolerance) -> Result<SpatialWeights> {
    rook(&shapes(zones), tolerance)
}

pub(super) fn shapes(zones: &Zones) -> Vec<MultiPolygon<f64>> {
    zones.as_slice().iter().map(|zone| zone.shape.clone()).collect()
}

fn drawn(zones: &[MultiPolygon<f64>], tolerance: Tolerance) -> Result<(Vertices, LooseEdges)> {
    let Tolerance { distance, shared_length } = tolerance;
    if !(distance.is_finite() && shared_length.is_finite() && distance >= 0.0 && shared_length >= 0.0) {
        return Err(Error::config("a tolerance between borders is a length in meters, 0 or more"));
    }
    let vertices = Vertices::of(zones)?;
    let loose = LooseEdges::of(&vertices);
    Ok((vertices, loose))
}

/// Who is next to whom, while it is found out.
#[derive(Debug)]
struct Neighbors(Vec<Vec<u32>>);

impl Neighbors {
    fn new(zones: usize) -> Self {
        Self(vec![Vec::new(); zones])
    }

    fn insert(&mut self, a: u32, b: u32) {
        if a != b && !self.0[a as usize].contains(&b) {
            self.0[a as usize].push(b);
            self.0[b as usize].push(a);
        }
    }

    fn weights(self) -> Result<SpatialWeights> {
        SpatialWeights::binary(&self.0).map_err(|refusal| Error::input(refusal.to_string()))
    }
}
