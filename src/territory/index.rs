//! An R-tree over zones, for any layer of polygons: services in catchments, buildings in blocks, zones that overlap.
//!
//! It answers as [`Outlines::locate`] does, on the envelopes' candidates only. For millions of places in zones that
//! tile, [`CoverageIndex`](super::coverage_index::CoverageIndex) gives the same answers faster.

use geo::MultiPolygon;
use rstar::{AABB, RTree, RTreeObject};

use super::outlines::Outlines;
use crate::error::Result;

/// An R-tree over the polygons of zones.
///
/// ```
/// use geo::polygon;
/// use optima::territory::index::ZoneIndex;
///
/// let town = polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 4.0), (x: 0.0, y: 4.0)];
/// let park = polygon![(x: 1.0, y: 1.0), (x: 2.0, y: 1.0), (x: 2.0, y: 2.0), (x: 1.0, y: 2.0)];
/// let index = ZoneIndex::new([&town.into(), &park.into()])?;
/// assert_eq!(index.locate(1.5, 1.5), Some(0), "of zones that overlap the first");
/// assert_eq!(index.all_at(1.5, 1.5), [0, 1]);
/// # Ok::<(), optima::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ZoneIndex {
    outlines: Outlines,
    tree: RTree<Envelope>,
}

#[derive(Debug, Clone)]
struct Envelope {
    zone: u32,
    low: [f64; 2],
    high: [f64; 2],
}

impl RTreeObject for Envelope {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.low, self.high)
    }
}

impl ZoneIndex {
    /// Builds the index from outlines, in code order.
    ///
    /// # Errors
    /// A coordinate that is not finite, or more than two billion vertices.
    pub fn new<'a>(zones: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Result<Self> {
        Ok(Self::of(Outlines::new(zones)?))
    }

    /// Builds the index from outlines, in code order, which it keeps.
    #[must_use]
    pub fn of(outlines: Outlines) -> Self {
        let mut envelopes = Vec::with_capacity(outlines.part_count());
        for zone in 0..outlines.zone_count() {
            for part in outlines.parts_of(zone) {
                let vertices = outlines.rings_of(part).flat_map(|ring| &outlines.vertices()[ring]);
                let (low, high) = vertices.fold(([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]), |(low, high), v| {
                    ([low[0].min(v.x), low[1].min(v.y)], [high[0].max(v.x), high[1].max(v.y)])
                });
                envelopes.push(Envelope { zone: u32::try_from(zone).unwrap_or(u32::MAX), low, high });
            }
        }
        Self { outlines, tree: RTree::bulk_load(envelopes) }
    }

    /// The zone of a place: of those that cover it, the lowest position; `None` outside all zones.
    #[must_use]
    pub fn locate(&self, x: f64, y: f64) -> Option<u32> {
        let mut candidates = self.candidates(x, y);
        candidates.sort_unstable();
        candidates.dedup();
        candidates.into_iter().find(|&zone| self.outlines.zone_covers(zone as usize, x, y))
    }

    /// All zones that cover a place, border included, in code order.
    #[must_use]
    pub fn all_at(&self, x: f64, y: f64) -> Vec<u32> {
        let mut zones = self.candidates(x, y);
        zones.sort_unstable();
        zones.dedup();
        zones.retain(|&zone| self.outlines.zone_covers(zone as usize, x, y));
        zones
    }

    fn candidates(&self, x: f64, y: f64) -> Vec<u32> {
        if !(x.is_finite() && y.is_finite()) {
            return Vec::new();
        }
        self.tree.locate_in_envelope_intersecting(AABB::from_point([x, y])).map(|envelope| envelope.zone).collect()
    }

    /// The outlines that the index was built from.
    #[must_use]
    pub fn outlines(&self) -> &Outlines {
        &self.outlines
    }
}
