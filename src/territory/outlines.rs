//! Outlines as plain coordinates, and the one exact answer to "does this zone cover this place?".
//!
//! The R-tree ([`super::index`]), the coverage index ([`super::coverage_index`]) and the tests all rest on the rule
//! written here, so that they can only agree:
//!
//! - a polygon covers what its rings enclose by the even-odd rule, its border included;
//! - a zone covers what any of its polygons covers;
//! - a place belongs to the covering zone of the lowest position, and to none if no zone covers it.

#![allow(clippy::float_cmp, reason = "coordinates are compared as they are: that is the rule")]

use geo::{Coord, LineString, MultiPolygon};
use robust::orient2d;

use crate::error::{Error, Result};

/// Coordinates above this size would overflow the predicates; no planar CRS comes near it.
const LARGEST: f64 = 1e100;

/// The outlines of zones in one flat array: closed rings, grouped by polygon, polygons grouped by zone.
///
/// ```
/// use geo::polygon;
/// use optima::territory::outlines::Outlines;
///
/// let square = polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 0.0), (x: 2.0, y: 2.0), (x: 0.0, y: 2.0)];
/// let outlines = Outlines::new([&square.into()])?;
/// assert!(outlines.zone_covers(0, 1.0, 1.0));
/// assert!(outlines.zone_covers(0, 2.0, 1.0), "the border belongs to the zone");
/// assert!(!outlines.zone_covers(0, 2.1, 1.0));
/// # Ok::<(), optima::error::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Outlines {
    /// All vertices; the last vertex of a ring repeats its first.
    vertices: Vec<Coord<f64>>,
    /// Where each ring ends in `vertices`.
    ring_ends: Vec<u32>,
    /// Where each polygon ends in `ring_ends`.
    part_ends: Vec<u32>,
    /// Where each zone ends in `part_ends`.
    zone_ends: Vec<u32>,
}

impl Outlines {
    /// The outlines of these zones, in this order.
    ///
    /// # Errors
    /// A coordinate that is not finite, or more than two billion vertices.
    pub fn new<'a>(zones: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Result<Self> {
        let mut outlines = Self::default();
        for zone in zones {
            for polygon in zone {
                for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                    outlines.push_ring(ring.coords().copied())?;
                }
                outlines.end_part();
            }
            outlines.end_zone()?;
        }
        Ok(outlines)
    }

    /// Adds a ring to the polygon under way; closes it if need be and drops repeated vertices.
    ///
    /// # Errors
    /// A coordinate that is not finite, or too many vertices.
    pub fn push_ring(&mut self, ring: impl IntoIterator<Item = Coord<f64>>) -> Result<()> {
        let start = self.vertices.len();
        for vertex in ring {
            if !(vertex.x.abs() <= LARGEST && vertex.y.abs() <= LARGEST) {
                self.vertices.truncate(start);
                let zone = self.zone_ends.len() + 1;
                return Err(
                    Error::input(format!("a coordinate of zone {zone} is not a finite number")).help("repair the outline, then run again")
                );
            }
            if self.vertices.len() == start || self.vertices.last() != Some(&vertex) {
                self.vertices.push(vertex);
            }
        }
        if self.vertices.len() > start && self.vertices.last() != Some(&self.vertices[start]) {
            self.vertices.push(self.vertices[start]);
        }
        if self.vertices.len() < start + 3 {
            self.vertices.truncate(start); // a single point has no border
            return Ok(());
        }
        let end = u32::try_from(self.vertices.len()).ok().filter(|&end| end < 1 << 31);
        self.ring_ends.push(end.ok_or_else(|| Error::input("the outlines have more than two billion vertices"))?);
        Ok(())
    }

    /// Ends the polygon under way.
    pub fn end_part(&mut self) {
        let rings = count(&self.ring_ends);
        if self.part_ends.last().copied().unwrap_or(0) < rings {
            self.part_ends.push(rings);
        }
    }

    /// Ends the zone under way; a zone without polygons covers nothing.
    ///
    /// # Errors
    /// More than four billion zones.
    pub fn end_zone(&mut self) -> Result<()> {
        self.end_part();
        if self.zone_ends.len() >= (u32::MAX - 8) as usize {
            return Err(Error::input("there are more than four billion zones"));
        }
        self.zone_ends.push(count(&self.part_ends));
        Ok(())
    }

    /// The number of zones.
    #[must_use]
    pub fn zone_count(&self) -> usize {
        self.zone_ends.len()
    }

    /// The number of polygons of all zones.
    #[must_use]
    pub fn part_count(&self) -> usize {
        self.part_ends.len()
    }

    /// All vertices; an edge goes from each vertex to the next, except from the last vertex of a ring.
    #[must_use]
    pub fn vertices(&self) -> &[Coord<f64>] {
        &self.vertices
    }

    /// The polygons of a zone, as positions.
    #[must_use]
    pub fn parts_of(&self, zone: usize) -> std::ops::Range<usize> {
        span(&self.zone_ends, zone)
    }

    /// The rings of a polygon: for each, its places in [`Outlines::vertices`].
    pub fn rings_of(&self, part: usize) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        span(&self.part_ends, part).map(|ring| span(&self.ring_ends, ring))
    }

    /// The exact answer: whether a zone covers a place. Cost: all edges of the zone.
    #[must_use]
    pub fn zone_covers(&self, zone: usize, x: f64, y: f64) -> bool {
        let place = Coord { x, y };
        self.parts_of(zone).any(|part| {
            let mut inside = false;
            for ring in self.rings_of(part) {
                for edge in self.vertices[ring].windows(2) {
                    match passes(edge[0], edge[1], place) {
                        Pass::On => return true,
                        Pass::LeftOfPlace => inside = !inside,
                        Pass::Elsewhere => {}
                    }
                }
            }
            inside
        })
    }

    /// The exact answer by looking at every zone: the lowest position that covers the place. The twin of the indexes.
    #[must_use]
    pub fn locate(&self, x: f64, y: f64) -> Option<u32> {
        (0..count(&self.zone_ends)).find(|&zone| self.zone_covers(zone as usize, x, y))
    }

    /// The memory held, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.vertices.capacity() * size_of::<Coord<f64>>()
            + (self.ring_ends.capacity() + self.part_ends.capacity() + self.zone_ends.capacity()) * size_of::<u32>()
    }

    /// The same zones in another order: first the zone at `order[0]`, and so on.
    ///
    /// # Errors
    /// None: the limits were checked when the zones came in.
    pub(crate) fn reordered(&self, order: &[usize]) -> Result<Self> {
        let mut outlines = Self::default();
        outlines.vertices.reserve_exact(self.vertices.len());
        for &zone in order {
            for part in self.parts_of(zone) {
                for ring in self.rings_of(part) {
                    outlines.push_ring(self.vertices[ring].iter().copied())?;
                }
                outlines.end_part();
            }
            outlines.end_zone()?;
        }
        Ok(outlines)
    }

    /// Gives back memory that was reserved for growth.
    pub(crate) fn shrink(&mut self) {
        self.vertices.shrink_to_fit();
        self.ring_ends.shrink_to_fit();
    }

    /// The outline of a zone as a shape, for those who need one.
    #[must_use]
    pub fn shape(&self, zone: usize) -> MultiPolygon<f64> {
        let parts = self.parts_of(zone).map(|part| {
            let mut rings = self.rings_of(part).map(|ring| LineString::new(self.vertices[ring].to_vec()));
            let exterior = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
            geo::Polygon::new(exterior, rings.collect())
        });
        MultiPolygon::new(parts.collect())
    }
}

fn count(ends: &[u32]) -> u32 {
    u32::try_from(ends.len()).unwrap_or(u32::MAX)
}

fn span(ends: &[u32], at: usize) -> std::ops::Range<usize> {
    let start = if at == 0 { 0 } else { ends[at - 1] as usize };
    start..ends[at] as usize
}

/// Where an edge passes a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Through it.
    On,
    /// Across the half line from the place to the left; it changes inside to outside.
    LeftOfPlace,
    /// Neither.
    Elsewhere,
}

/// Where an edge passes a place, exactly.
///
/// An edge counts from its lower end, included, to its upper end, excluded: of two edges that meet at the height of the
/// place both, one or none count, as the parity needs. Horizontal edges never count.
pub(crate) fn passes(a: Coord<f64>, b: Coord<f64>, place: Coord<f64>) -> Pass {
    let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
    // Written so that NaN is elsewhere.
    if !(place.y >= low.y && place.y <= high.y && place.x >= low.x.min(high.x)) {
        return Pass::Elsewhere;
    }
    let below_top = place.y < high.y;
    if place.x > low.x.max(high.x) {
        return if below_top { Pass::LeftOfPlace } else { Pass::Elsewhere };
    }
    if low.y == high.y {
        return Pass::On;
    }
    let side = orient2d(robust(low), robust(high), robust(place));
    if side == 0.0 {
        Pass::On
    } else if side < 0.0 && below_top {
        Pass::LeftOfPlace
    } else {
        Pass::Elsewhere
    }
}

fn robust(c: Coord<f64>) -> robust::Coord<f64> {
    robust::Coord { x: c.x, y: c.y }
}
