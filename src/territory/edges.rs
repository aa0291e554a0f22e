//! An area as the directed edges around it, interior on the left; and the way back from edges to polygons.
//!
//! Edges are pairs of nodes of one [`Network`], so that union, difference and overlap of zones are lookups of integers
//! and one point-in-area question for each stretch of border; nothing is computed twice with different rounding.

use std::collections::HashMap;

use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::noding::{Edge, Network};

/// An area, as directed edges with the interior on the left.
#[derive(Debug, Clone, Default)]
pub(crate) struct Border {
    /// The edges, ring after ring.
    pub(crate) edges: Vec<Edge>,
    sorted: Vec<Edge>,
    touched: Vec<u32>,
    /// Least x, least y, greatest x, greatest y; inverted where there is no edge.
    pub(crate) bounds: [f64; 4],
}

/// Where an edge lies as seen from another area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Strictly inside.
    Inside,
    /// Strictly outside.
    Outside,
    /// On its border, interior on the same side.
    Same,
    /// On its border, interior on the other side: neighbors.
    Opposite,
}

impl Border {
    pub(crate) fn new(edges: Vec<Edge>, network: &Network) -> Self {
        let mut sorted = edges.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let mut touched: Vec<u32> = edges.iter().flat_map(|(u, v)| [*u, *v]).collect();
        touched.sort_unstable();
        touched.dedup();
        let bounds = touched
            .iter()
            .map(|n| network.at[*n as usize])
            .fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, c| {
                [b[0].min(c.x), b[1].min(c.y), b[2].max(c.x), b[3].max(c.y)]
            });
        Self { edges, sorted, touched, bounds }
    }

    pub(crate) fn has(&self, edge: Edge) -> bool {
        self.sorted.binary_search(&edge).is_ok()
    }

    /// Whether a point that is not on the border lies inside (even-odd rule). Cost: O(edges).
    pub(crate) fn contains(&self, c: Coord<f64>, network: &Network) -> bool {
        let [x0, y0, x1, y1] = self.bounds;
        (x0..=x1).contains(&c.x) && (y0..=y1).contains(&c.y) && is_inside(c, self.edges.iter().copied(), network)
    }

    /// The area in square meters; negative for the border of a hole alone.
    pub(crate) fn area(&self, network: &Network) -> f64 {
        area(&self.edges, network)
    }

    /// For each edge, where it lies as seen from another area. One point-in-area question for each stretch between
    /// nodes of the other's border.
    pub(crate) fn seen_from(&self, other: &Self, network: &Network) -> Vec<Side> {
        let mut before: Option<(u32, Side)> = None;
        let one = |(u, v): &Edge| {
            let side = if other.has((*u, *v)) {
                Side::Same
            } else if other.has((*v, *u)) {
                Side::Opposite
            } else {
                match before {
                    Some((node, side @ (Side::Inside | Side::Outside))) if node == *u && other.touched.binary_search(u).is_err() => side,
                    _ if other.contains(network.middle((*u, *v)), network) => Side::Inside,
                    _ => Side::Outside,
                }
            };
            before = Some((*v, side));
            side
        };
        self.edges.iter().map(one).collect()
    }

    /// The border of what both areas cover.
    pub(crate) fn shared_with(&self, other: &Self, network: &Network) -> Vec<Edge> {
        let mine = self.edges.iter().zip(self.seen_from(other, network)).filter(|(_, side)| matches!(side, Side::Inside | Side::Same));
        let theirs = other.edges.iter().zip(other.seen_from(self, network)).filter(|(_, side)| *side == Side::Inside);
        mine.chain(theirs).map(|(edge, _)| *edge).collect()
    }

    /// The border of what is left when the other area is taken away.
    pub(crate) fn without(&self, other: &Self, network: &Network) -> Self {
        let kept = self.edges.iter().zip(self.seen_from(other, network)).filter(|(_, side)| matches!(side, Side::Outside | Side::Opposite));
        let cut = other.edges.iter().zip(other.seen_from(self, network)).filter(|(_, side)| *side == Side::Inside);
        let edges = kept.map(|(edge, _)| *edge).chain(cut.map(|((u, v), _)| (*v, *u))).collect();
        Self::new(edges, network)
    }
}

/// The area inside directed edges, by the shoelace formula around a node of theirs (so that large coordinates cost no digits).
pub(crate) fn area(edges: &[Edge], network: &Network) -> f64 {
    let Some((first, _)) = edges.first() else { return 0.0 };
    let origin = network.at[*first as usize];
    let twice = |(u, v): &Edge| {
        let (a, b) = (network.at[*u as usize], network.at[*v as usize]);
        (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y)
    };
    edges.iter().map(twice).sum::<f64>() / 2.0
}

/// The length of edges in meters.
pub(crate) fn length(edges: &[Edge], network: &Network) -> f64 {
    let one = |(u, v): &Edge| {
        let (a, b) = (network.at[*u as usize], network.at[*v as usize]);
        (a.x - b.x).hypot(a.y - b.y)
    };
    edges.iter().map(one).sum()
}

/// Even-odd rule: whether a ray to the east passes an odd number of edges.
pub(crate) fn is_inside(c: Coord<f64>, edges: impl Iterator<Item = Edge>, network: &Network) -> bool {
    let passed = edges.filter(|(u, v)| {
        let (a, b) = (network.at[*u as usize], network.at[*v as usize]);
        (a.y > c.y) != (b.y > c.y) && c.x < a.x + (b.x - a.x) * ((c.y - a.y) / (b.y - a.y))
    });
    passed.count() % 2 == 1
}

/// Removes pairs of an edge and its reverse, and repeated edges: the border of the union of adjacent areas.
pub(crate) fn outline(mut edges: Vec<Edge>) -> Vec<Edge> {
    edges.sort_unstable();
    edges.dedup();
    let alone: Vec<Edge> = edges.iter().copied().filter(|(u, v)| edges.binary_search(&(*v, *u)).is_err()).collect();
    alone
}

/// What edges trace.
#[derive(Debug, Default)]
pub(crate) struct Traced {
    /// Closed walks, each as its edges. A walk keeps to the right, so that it goes round one face of the outside.
    pub(crate) walks: Vec<Vec<Edge>>,
    /// Nodes where a walk could not go on: the edges there do not bound an area.
    pub(crate) stuck: Vec<u32>,
}

/// Joins edges to closed walks. Cost: O(n log n).
pub(crate) fn trace(edges: &[Edge], network: &Network) -> Traced {
    let mut from: Vec<Edge> = edges.to_vec();
    from.sort_unstable();
    from.dedup();
    let mut used = vec![false; from.len()];
    let mut traced = Traced::default();
    for start in 0..from.len() {
        if used[start] {
            continue;
        }
        let mut walk = Vec::new();
        let mut current = start;
        loop {
            used[current] = true;
            let edge = from[current];
            walk.push(edge);
            match rightmost(edge, &from, network) {
                Some(next) if next == start => {
                    traced.walks.push(walk);
                    break;
                }
                Some(next) if !used[next] => current = next,
                _ => {
                    traced.stuck.push(edge.1);
                    break;
                }
            }
        }
    }
    traced
}

/// The edge that leaves where this one arrives and turns most sharply to the right.
fn rightmost((u, v): Edge, from: &[Edge], network: &Network) -> Option<usize> {
    let first = from.partition_point(|(a, _)| *a < v);
    let last = from.partition_point(|(a, _)| *a <= v);
    if last - first < 2 {
        return (first < last).then_some(first);
    }
    let here = network.at[v as usize];
    let direction = |n: u32| {
        let there = network.at[n as usize];
        (there.y - here.y).atan2(there.x - here.x)
    };
    let back = direction(u);
    let turn = |i: usize| {
        let angle = (direction(from[i].1) - back).rem_euclid(std::f64::consts::TAU);
        if angle == 0.0 { std::f64::consts::TAU } else { angle }
    };
    (first..last).min_by(|a, b| turn(*a).total_cmp(&turn(*b)))
}

/// Directed edges as polygons: shells counter-clockwise, holes clockwise, no ring that touches itself.
///
/// `None` if the edges do not close, which edges of a [`Border`] do.
pub(crate) fn polygons(edges: &[Edge], network: &Network) -> Option<MultiPolygon<f64>> {
    let traced = trace(edges, network);
    if !traced.stuck.is_empty() {
        return None;
    }
    let mut shells: Vec<Vec<Edge>> = Vec::new();
    let mut holes: Vec<Vec<Edge>> = Vec::new();
    for ring in traced.walks.iter().flat_map(|walk| simple_loops(walk)) {
        let size = area(&ring, network);
        if size > 0.0 {
            shells.push(ring);
        } else if size < 0.0 {
            holes.push(ring);
        }
    }
    let mut inside: Vec<Vec<usize>> = vec![Vec::new(); shells.len()];
    for (h, hole) in holes.iter().enumerate() {
        let middle = network.middle(hole[0]);
        let around = (0..shells.len()).filter(|s| is_inside(middle, shells[*s].iter().copied(), network));
        let shell = around.min_by(|a, b| area(&shells[*a], network).total_cmp(&area(&shells[*b], network)))?;
        inside[shell].push(h);
    }
    let line = |ring: &Vec<Edge>| {
        let nodes = ring.iter().map(|(u, _)| *u).chain(std::iter::once(ring[0].0));
        LineString(nodes.map(|n| network.at[n as usize]).collect())
    };
    let polygons =
        shells.iter().zip(inside).map(|(shell, inner)| Polygon::new(line(shell), inner.iter().map(|h| line(&holes[*h])).collect()));
    Some(MultiPolygon(polygons.collect()))
}

/// Cuts a closed walk where it comes back to a node: every loop visits each of its nodes once.
fn simple_loops(walk: &[Edge]) -> Vec<Vec<Edge>> {
    let mut loops = Vec::new();
    let mut path: Vec<Edge> = Vec::new();
    let mut position: HashMap<u32, usize> = HashMap::new();
    for edge in walk {
        position.insert(edge.0, path.len());
        path.push(*edge);
        if let Some(start) = position.get(&edge.1).copied() {
            let ring = path.split_off(start);
            for (node, _) in &ring {
                position.remove(node);
            }
            loops.push(ring);
        }
    }
    loops
}
