//! The vertices of all outlines, and which of them are the same place.
//!
//! Vertices are dealt into boxes by a hash of their coordinates; each box is small enough for the first cache, and the place of a vertex
//! is the first vertex that has its coordinates. Places then lie in memory as the outlines do, which makes all later steps walks.

use geo::{Coord, MultiPolygon};

use super::Neighbors;
use crate::error::{Error, Result};
use crate::territory::noding::is_place;

/// Vertices a box, about.
const BOX: usize = 2048;
/// Boxes at most: with more, dealing would miss the caches.
const MOST_BOXES: usize = 1 << 10;
const NONE: u32 = u32::MAX;

/// All vertices of all zones, ring after ring; closing vertices and repetitions left out.
#[derive(Debug)]
pub(super) struct Vertices {
    pub(super) at: Vec<Coord<f64>>,
    /// The zone of each vertex.
    pub(super) zone: Vec<u32>,
    /// For each vertex the first one at its place.
    pub(super) place: Vec<u32>,
    /// Where each ring ends.
    ring_ends: Vec<u32>,
}

/// A vertex on its way to a box.
#[derive(Debug, Clone, Copy, Default)]
struct Dealt {
    x: u64,
    y: u64,
    vertex: u32,
}

impl Vertices {
    pub(super) fn of(zones: &[MultiPolygon<f64>]) -> Result<Self> {
        let rings = || zones.iter().flatten().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        let total: usize = rings().map(|ring| ring.0.len()).sum();
        if u32::try_from(total).is_err() || u32::try_from(zones.len()).is_err() {
            return Err(Error::input("the outlines have more than four billion vertices"));
        }
        let (mut at, mut zone_of, mut ring_ends) = (Vec::with_capacity(total), Vec::with_capacity(total), Vec::new());
        for (number, zone) in (0_u32..).zip(zones) {
            for ring in zone.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors())) {
                let start = at.len();
                for c in &ring.0 {
                    if !is_place(*c) {
                        let message = format!("a coordinate of zone {} is no place", number + 1);
                        return Err(Error::input(message).help("repair the outline, then run again"));
                    }
                    // Adding 0 turns -0 into 0, which is the same place with other bits.
                    let c = Coord { x: c.x + 0.0, y: c.y + 0.0 };
                    if at.len() == start || at.last() != Some(&c) {
                        at.push(c);
                    }
                }
                while at.len() > start + 1 && at.last() == at.get(start) {
                    at.pop();
                }
                if at.len() > start {
                    ring_ends.push(count(at.len()));
                }
                zone_of.resize(at.len(), number);
            }
        }
        let place = places(&at);
        Ok(Self { at, zone: zone_of, place, ring_ends })
    }

    /// All edges, as pairs of vertices in the order of the rings.
    pub(super) fn edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let starts = std::iter::once(0).chain(self.ring_ends.iter().map(|end| *end as usize));
        let rings = starts.zip(&self.ring_ends).map(|(start, end)| start..*end as usize).filter(|ring| ring.len() > 1);
        rings.flat_map(|ring| (ring.start..ring.end - 1).map(|v| (v, v + 1)).chain([(ring.end - 1, ring.start)]))
    }

    /// Makes zones neighbors that have a vertex at the same place.
    pub(super) fn shared_vertices(&self, neighbors: &mut Neighbors) {
        let mut vertices_at = vec![0_u8; self.at.len()];
        let mut before = (NONE, NONE);
        for (zone, place) in self.zone.iter().zip(&self.place) {
            let vertices = &mut vertices_at[*place as usize];
            *vertices = vertices.saturating_add(1);
            // Along a border the pair is the same from vertex to vertex.
            let pair = (*zone, self.zone[*place as usize]);
            if pair != before {
                neighbors.insert(pair.0, pair.1);
                before = pair;
            }
        }
        // With the first zone at a place, that is: where more than two meet, all with all.
        self.all_with_all(|place| vertices_at[place as usize] > 2, neighbors);
    }

    /// The zones that have a vertex at the chosen places, each once, by place.
    pub(super) fn zones_at(&self, chosen: impl Fn(u32) -> bool) -> Vec<(u32, u32)> {
        let all = self.place.iter().zip(&self.zone).filter(|(place, _)| chosen(**place));
        let mut zones: Vec<(u32, u32)> = all.map(|(place, zone)| (*place, *zone)).collect();
        zones.sort_unstable();
        zones.dedup();
        zones
    }

    fn all_with_all(&self, chosen: impl Fn(u32) -> bool, neighbors: &mut Neighbors) {
        for zones in self.zones_at(chosen).chunk_by(|a, b| a.0 == b.0) {
            for (at, (_, a)) in zones.iter().enumerate() {
                for (_, b) in &zones[at + 1..] {
                    neighbors.insert(*a, *b);
                }
            }
        }
    }
}

/// For each vertex the first one with its coordinates.
fn places(at: &[Coord<f64>]) -> Vec<u32> {
    let boxes = (at.len() / BOX).next_power_of_two().min(MOST_BOXES);
    let shift = 64 - boxes.trailing_zeros();
    let box_of = |hash: u64| usize::try_from(hash.checked_shr(shift).unwrap_or(0)).unwrap_or(0);
    let mut starts = vec![0_u32; boxes + 1];
    for c in at {
        starts[box_of(hash(c.x.to_bits(), c.y.to_bits())) + 1] += 1;
    }
    for i in 0..boxes {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut dealt = vec![Dealt::default(); at.len()];
    for (vertex, c) in (0_u32..).zip(at) {
        let (x, y) = (c.x.to_bits(), c.y.to_bits());
        let next = &mut next[box_of(hash(x, y))];
        dealt[*next as usize] = Dealt { x, y, vertex };
        *next += 1;
    }
    let mut place = vec![0; at.len()];
    let mut table = Vec::new();
    for ends in starts.windows(2) {
        first_of_each(&dealt[ends[0] as usize..ends[1] as usize], &mut table, &mut place);
    }
    place
}

/// Notes for each vertex of a box, in their order, the first with its coordinates.
fn first_of_each(dealt: &[Dealt], table: &mut Vec<u32>, place: &mut [u32]) {
    let size = (2 * dealt.len()).next_power_of_two();
    table.clear();
    table.resize(size, NONE);
    for (i, one) in (0_u32..).zip(dealt) {
        // Low bits here, high bits for the box.
        let mut slot = usize::try_from(hash(one.x, one.y) & (size as u64 - 1)).unwrap_or(0);
        loop {
            let seen = table[slot];
            if seen == NONE {
                table[slot] = i;
                place[one.vertex as usize] = one.vertex;
                break;
            }
            let first = &dealt[seen as usize];
            if (first.x, first.y) == (one.x, one.y) {
                place[one.vertex as usize] = first.vertex;
                break;
            }
            slot = (slot + 1) & (size - 1);
        }
    }
}

/// Coordinates differ in few bits, often the last ones of the mantissa's used part: two rounds of multiplication spread them over all.
#[inline]
fn hash(x: u64, y: u64) -> u64 {
    let mixed = (x.wrapping_mul(0x9e37_79b9_7f4a_7c15)).rotate_left(32) ^ y.wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 32)
}

fn count(vertices: usize) -> u32 {
    u32::try_from(vertices).unwrap_or(u32::MAX)
}
