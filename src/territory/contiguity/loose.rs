//! Edges that two zones draw alike, and the touches of those that one zone draws alone.

use geo::Coord;

use super::vertices::Vertices;
use super::{Neighbors, Tolerance};
use crate::territory::noding::{Edge, grid};

const NONE: u32 = u32::MAX;

/// An edge between two places, with a zone that has it.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    low: u32,
    high: u32,
    zone: u32,
    /// Another edge from the same lower place.
    next: u32,
}

/// The edges of all outlines, each once, told apart by who has them.
#[derive(Debug)]
pub(super) struct LooseEdges {
    /// Pairs of zones that have the same edge, along the outlines.
    shared: Vec<(u32, u32)>,
    /// Edges that one zone alone has: their places, and the zones.
    loose: Vec<(Edge, u32)>,
}

impl LooseEdges {
    pub(super) fn of(vertices: &Vertices) -> Self {
        let mut first = vec![NONE; vertices.at.len()];
        // Most edges are those of two zones.
        let expected = vertices.at.len() / 16 * 9 + 1;
        let mut drawn: Vec<Drawn> = Vec::with_capacity(expected);
        let mut is_shared: Vec<bool> = Vec::with_capacity(expected);
        // Zones that have an edge after its first zone.
        let mut more: Vec<(u32, u32)> = Vec::new();
        let mut shared: Vec<(u32, u32)> = Vec::new();
        for (from, to) in vertices.edges() {
            let (a, b, zone) = (vertices.place[from], vertices.place[to], vertices.zone[from]);
            let (low, high) = (a.min(b), a.max(b));
            let mut at = first[low as usize];
            while at != NONE && drawn[at as usize].high != high {
                at = drawn[at as usize].next;
            }
            if at == NONE {
                let new = u32::try_from(drawn.len()).unwrap_or(NONE);
                drawn.push(Drawn { low, high, zone, next: first[low as usize] });
                is_shared.push(false);
                first[low as usize] = new;
                continue;
            }
            let owner = drawn[at as usize].zone;
            if owner == zone {
                continue;
            }
            if std::mem::replace(&mut is_shared[at as usize], true) {
                more.push((at, zone));
            }
            if shared.last() != Some(&(owner, zone)) {
                shared.push((owner, zone));
            }
        }
        shared.extend(among_themselves(more, &drawn, vertices));
        let loose = drawn.iter().zip(&is_shared).filter(|(_, is_shared)| !**is_shared);
        let loose = loose.map(|(edge, _)| ((edge.low, edge.high), edge.zone)).collect();
        Self { shared, loose }
    }

    /// Makes zones neighbors that have the same edge.
    pub(super) fn shared_edges(&self, neighbors: &mut Neighbors) {
        for (a, b) in &self.shared {
            neighbors.insert(*a, *b);
        }
    }

    /// Makes zones neighbors whose loose edges touch.
    pub(super) fn touching(&self, vertices: &Vertices, tolerance: Tolerance, neighbors: &mut Neighbors) {
        // Places near an edge of a zone; places near another.
        let mut on_edge: Vec<(u32, u32)> = Vec::new();
        let mut near: Vec<(u32, u32)> = Vec::new();
        self.meetings(vertices, tolerance.distance, |(e, zone_e), (f, zone_f)| {
            let (e0, e1, f0, f1) = ends(e, f, vertices);
            let mut touches = crosses(e0, e1, f0, f1);
            for (place, c, (from, to), other, zone) in [
                (e.0, e0, (f0, f1), f, zone_f),
                (e.1, e1, (f0, f1), f, zone_f),
                (f.0, f0, (e0, e1), e, zone_e),
                (f.1, f1, (e0, e1), e, zone_e),
            ] {
                // A place that both edges have was found by its coordinates.
                if place == other.0 || place == other.1 || distance(c, from, to) > tolerance.distance {
                    continue;
                }
                touches = true;
                on_edge.push((place, zone));
                for (end, d) in [(other.0, from), (other.1, to)] {
                    if (c.x - d.x).hypot(c.y - d.y) <= tolerance.distance {
                        near.push((place.min(end), place.max(end)));
                    }
                }
            }
            if touches {
                neighbors.insert(zone_e, zone_f);
            }
        });
        let mut places: Vec<u32> = on_edge.iter().map(|(place, _)| *place).chain(near.iter().flat_map(|(a, b)| [*a, *b])).collect();
        if places.is_empty() {
            return;
        }
        places.sort_unstable();
        places.dedup();
        let zones_at = vertices.zones_at(|place| places.binary_search(&place).is_ok());
        let at = |place: u32| {
            let start = zones_at.partition_point(|(p, _)| *p < place);
            zones_at[start..].iter().take_while(move |(p, _)| *p == place).map(|(_, zone)| *zone)
        };
        for (place, zone) in on_edge {
            at(place).for_each(|other| neighbors.insert(other, zone));
        }
        near.sort_unstable();
        near.dedup();
        for (one, other) in near {
            for a in at(one) {
                at(other).for_each(|b| neighbors.insert(a, b));
            }
        }
    }

    /// Makes zones neighbors whose loose edges run along each other.
    pub(super) fn alongside(&self, vertices: &Vertices, tolerance: Tolerance, neighbors: &mut Neighbors) {
        let mut stretches: Vec<(u32, u32, f64)> = Vec::new();
        self.meetings(vertices, tolerance.distance, |(e, zone_e), (f, zone_f)| {
            let (e0, e1, f0, f1) = ends(e, f, vertices);
            let length = stretch(e0, e1, f0, f1, tolerance.distance);
            if length > 0.0 {
                stretches.push((zone_e.min(zone_f), zone_e.max(zone_f), length));
            }
        });
        stretches.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        for of_pair in stretches.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            if of_pair.iter().map(|(_, _, length)| length).sum::<f64>() > tolerance.shared_length {
                neighbors.insert(of_pair[0].0, of_pair[0].1);
            }
        }
    }

    /// Each pair of loose edges of two zones that may be this near to each other, once.
    fn meetings(&self, vertices: &Vertices, reach: f64, mut meet: impl FnMut((Edge, u32), (Edge, u32))) {
        let edges: Vec<Edge> = self.loose.iter().map(|(edge, _)| *edge).collect();
        let boxes: Vec<[f64; 4]> = edges
            .iter()
            .map(|(u, v)| {
                let (a, b) = (vertices.at[*u as usize], vertices.at[*v as usize]);
                [a.x.min(b.x), a.y.min(b.y), a.x.max(b.x), a.y.max(b.y)]
            })
            .collect();
        let entries = grid(&edges, &vertices.at, reach);
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for group in entries.chunk_by(|a, b| a.0 == b.0) {
            for (i, (_, a)) in group.iter().enumerate() {
                let box_a = &boxes[*a as usize];
                for (_, b) in &group[i + 1..] {
                    let box_b = &boxes[*b as usize];
                    let apart = box_a[0] > box_b[2] + reach
                        || box_b[0] > box_a[2] + reach
                        || box_a[1] > box_b[3] + reach
                        || box_b[1] > box_a[3] + reach;
                    if !apart && self.loose[*a as usize].1 != self.loose[*b as usize].1 {
                        pairs.push((*a.min(b), *a.max(b)));
                    }
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        for (a, b) in pairs {
            meet(self.loose[a as usize], self.loose[b as usize]);
        }
    }
}

/// Pairs of zones that have the same edge after its first zone: zones that overlap.
fn among_themselves(mut more: Vec<(u32, u32)>, drawn: &[Drawn], vertices: &Vertices) -> Vec<(u32, u32)> {
    if more.is_empty() {
        return Vec::new();
    }
    more.sort_unstable();
    let crowded: Vec<u32> = more.chunk_by(|a, b| a.0 == b.0).map(|group| group[0].0).collect();
    let mut owners: Vec<((u32, u32), u32)> = Vec::new();
    let mut keys: Vec<(u32, u32)> = crowded.iter().map(|at| (drawn[*at as usize].low, drawn[*at as usize].high)).collect();
    keys.sort_unstable();
    for (from, to) in vertices.edges() {
        let (a, b) = (vertices.place[from], vertices.place[to]);
        let key = (a.min(b), a.max(b));
        if keys.binary_search(&key).is_ok() {
            owners.push((key, vertices.zone[from]));
        }
    }
    owners.sort_unstable();
    owners.dedup();
    let mut pairs = Vec::new();
    for group in owners.chunk_by(|a, b| a.0 == b.0) {
        for (i, (_, a)) in group.iter().enumerate() {
            pairs.extend(group[i + 1..].iter().map(|(_, b)| (*a, *b)));
        }
    }
    pairs
}

fn ends(e: Edge, f: Edge, vertices: &Vertices) -> (Coord<f64>, Coord<f64>, Coord<f64>, Coord<f64>) {
    let at = |place: u32| vertices.at[place as usize];
    (at(e.0), at(e.1), at(f.0), at(f.1))
}

/// The distance of a point from a line from `from` to `to`.
fn distance(c: Coord<f64>, from: Coord<f64>, to: Coord<f64>) -> f64 {
    let (dx, dy, px, py) = (to.x - from.x, to.y - from.y, c.x - from.x, c.y - from.y);
    let along = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (px - along * dx).hypot(py - along * dy)
}

/// Whether two lines cross, each with its ends on either side of the other.
fn crosses(a0: Coord<f64>, a1: Coord<f64>, b0: Coord<f64>, b1: Coord<f64>) -> bool {
    let side = |p: Coord<f64>, q: Coord<f64>, r: Coord<f64>| robust::orient2d(exact(p), exact(q), exact(r));
    let apart = |one: f64, other: f64| (one < 0.0 && other > 0.0) || (one > 0.0 && other < 0.0);
    apart(side(a0, a1, b0), side(a0, a1, b1)) && apart(side(b0, b1, a0), side(b0, b1, a1))
}

fn exact(c: Coord<f64>) -> robust::Coord<f64> {
    robust::Coord { x: c.x, y: c.y }
}

/// How far the line `b` runs beside the line `a`, not farther than `reach` from it, in meters along `a`.
fn stretch(a0: Coord<f64>, a1: Coord<f64>, b0: Coord<f64>, b1: Coord<f64>, reach: f64) -> f64 {
    let (dx, dy) = (a1.x - a0.x, a1.y - a0.y);
    let length = dx.hypot(dy);
    if length == 0.0 {
        return 0.0;
    }
    // Along a and across it.
    let seen = |c: Coord<f64>| {
        let (px, py) = (c.x - a0.x, c.y - a0.y);
        ((px * dx + py * dy) / length, (dx * py - dy * px) / length)
    };
    let ((s0, d0), (s1, d1)) = (seen(b0), seen(b1));
    // The part of b, from 0 to 1, that lies in the strip of a: within `reach` across, and from end to end along.
    let mut part = (0.0_f64, 1.0_f64);
    for (from, to, low, high) in [(d0, d1, -reach, reach), (s0, s1, 0.0, length)] {
        if from == to {
            if from < low || from > high {
                return 0.0;
            }
        } else {
            let (one, other) = ((low - from) / (to - from), (high - from) / (to - from));
            part = (part.0.max(one.min(other)), part.1.min(one.max(other)));
        }
    }
    ((part.1 - part.0) * (s1 - s0).abs()).max(0.0)
}
