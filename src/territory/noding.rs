//! All outlines of a territory as one network: nodes, and edges between nodes that meet at nodes only.
//!
//! Points within [`SNAP`] of each other become one node, a node within [`SNAP`] of an edge splits it, and edges that
//! cross are split where they cross. After that, whether a border is shared is a question about integers. Overlay
//! libraries that work on a 32-bit grid would move points of a commune by 10 µm; here only what touches anyway is moved.

use std::collections::HashMap;

use geo::Coord;
use robust::{Coord as Exact, orient2d};

use super::raw_zone::RawZone;

/// Distance in meters under which points are one point: a thousandth of what surveyors can measure, and far above
/// the rounding of coordinates (30 nm for Lambert coordinates).
pub(crate) const SNAP: f64 = 1e-6;

/// Coordinates beyond this (meters) are no place on Earth in any planar CRS.
pub(crate) const FARTHEST: f64 = 1e9;

/// A directed edge from node to node.
pub(crate) type Edge = (u32, u32);

/// A ring as nodes, without repetition of the first; the edges that cross or touch it are nodes of it.
#[derive(Debug, Clone)]
pub(crate) struct RingNodes {
    /// The part of the zone it belongs to.
    pub(crate) part: usize,
    /// Whether it is a hole.
    pub(crate) hole: bool,
    /// The nodes in order.
    pub(crate) nodes: Vec<u32>,
}

impl RingNodes {
    /// The edges in order.
    pub(crate) fn edges(&self) -> impl Iterator<Item = Edge> + '_ {
        let next = self.nodes.iter().cycle().skip(1);
        self.nodes.iter().copied().zip(next.copied())
    }
}

/// The network of all rings of all zones.
#[derive(Debug)]
pub(crate) struct Network {
    /// Where the nodes are.
    pub(crate) at: Vec<Coord<f64>>,
    /// The rings of each zone; rings of fewer than three nodes, or with coordinates that are no place, are left out.
    pub(crate) rings: Vec<Vec<RingNodes>>,
}

impl Network {
    /// Builds the network. Cost: about 1 µs a point where borders are shared, plus the crossings.
    pub(crate) fn build(zones: &[RawZone]) -> Self {
        let mut nodes = Nodes::default();
        let mut rings: Vec<Vec<RingNodes>> = zones.iter().map(|zone| register(zone, &mut nodes)).collect();
        let mut unique: Vec<Edge> = rings.iter().flatten().flat_map(RingNodes::edges).map(undirected).collect();
        unique.sort_unstable();
        unique.dedup();
        let splits = splits(&unique, &mut nodes);
        if !splits.is_empty() {
            for ring in rings.iter_mut().flatten() {
                split(ring, &splits);
            }
            for rings in &mut rings {
                rings.retain(|ring| ring.nodes.len() > 2);
            }
        }
        Self { at: nodes.at, rings }
    }

    /// The point in the middle of an edge.
    pub(crate) fn middle(&self, (u, v): Edge) -> Coord<f64> {
        let (a, b) = (self.at[u as usize], self.at[v as usize]);
        Coord { x: f64::midpoint(a.x, b.x), y: f64::midpoint(a.y, b.y) }
    }
}

/// The edge without its direction.
pub(crate) fn undirected((u, v): Edge) -> Edge {
    (u.min(v), u.max(v))
}

/// Whether a coordinate is a place.
pub(crate) fn is_place(c: Coord<f64>) -> bool {
    c.x.abs() <= FARTHEST && c.y.abs() <= FARTHEST
}

fn register(zone: &RawZone, nodes: &mut Nodes) -> Vec<RingNodes> {
    let mut rings = Vec::new();
    for (part, lines) in zone.parts.iter().enumerate() {
        for (i, line) in lines.iter().enumerate().filter(|(_, line)| line.iter().all(|c| is_place(*c))) {
            let mut ring: Vec<u32> = line.iter().map(|c| nodes.insert(*c)).collect();
            ring.dedup();
            while ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
            if ring.len() > 2 {
                rings.push(RingNodes { part, hole: i > 0, nodes: ring });
            }
        }
    }
    rings
}

/// The points that were seen, each once.
#[derive(Debug, Default)]
struct Nodes {
    at: Vec<Coord<f64>>,
    exact: HashMap<(u64, u64), u32>,
    cells: HashMap<(i64, i64), u32>,
    /// The next node of the same cell.
    next: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Nodes {
    /// The node at this place, or within [`SNAP`] of it; a new one if there is none.
    fn insert(&mut self, c: Coord<f64>) -> u32 {
        // Adding 0 turns -0 into 0, which is the same place with other bits.
        let c = Coord { x: c.x + 0.0, y: c.y + 0.0 };
        let bits = (c.x.to_bits(), c.y.to_bits());
        if let Some(node) = self.exact.get(&bits) {
            return *node;
        }
        let node = self.near(c).unwrap_or_else(|| self.add(c));
        self.exact.insert(bits, node);
        node
    }

    fn near(&self, c: Coord<f64>) -> Option<u32> {
        let mut best: Option<(f64, u32)> = None;
        for cx in cell(c.x - SNAP)..=cell(c.x + SNAP) {
            for cy in cell(c.y - SNAP)..=cell(c.y + SNAP) {
                let mut node = self.cells.get(&(cx, cy)).copied().unwrap_or(NONE);
                while node != NONE {
                    let at = self.at[node as usize];
                    let distance = (at.x - c.x).hypot(at.y - c.y);
                    if distance <= SNAP && best.is_none_or(|b| (distance, node) < b) {
                        best = Some((distance, node));
                    }
                    node = self.next[node as usize];
                }
            }
        }
        best.map(|(_, node)| node)
    }

    fn add(&mut self, c: Coord<f64>) -> u32 {
        let node = u32::try_from(self.at.len()).unwrap_or(NONE);
        self.at.push(c);
        let first = self.cells.insert((cell(c.x), cell(c.y)), node);
        self.next.push(first.unwrap_or(NONE));
        node
    }
}

#[expect(clippy::cast_possible_truncation, reason = "places are under 1e9 m, so cells are under 2.5e14")]
fn cell(x: f64) -> i64 {
    (x / (4.0 * SNAP)).floor() as i64
}

/// The nodes each edge must be split at, in order from its lower node.
fn splits(unique: &[Edge], nodes: &mut Nodes) -> HashMap<Edge, Vec<u32>> {
    let mut found: Vec<(Edge, u32)> = Vec::new();
    let entries = grid(unique, &nodes.at, SNAP);
    for group in entries.chunk_by(|a, b| a.0 == b.0) {
        for (i, (_, a)) in group.iter().enumerate() {
            for (_, b) in &group[i + 1..] {
                meet(unique[*a as usize], unique[*b as usize], nodes, &mut found);
            }
        }
    }
    let mut splits: HashMap<Edge, Vec<u32>> = HashMap::new();
    found.sort_unstable();
    found.dedup();
    for group in found.chunk_by(|a, b| a.0 == b.0) {
        let (edge, from, to) = (group[0].0, nodes.at[group[0].0.0 as usize], nodes.at[group[0].0.1 as usize]);
        let along = |node: &u32| {
            let c = nodes.at[*node as usize];
            (c.x - from.x) * (to.x - from.x) + (c.y - from.y) * (to.y - from.y)
        };
        let mut inner: Vec<u32> = group.iter().map(|(_, node)| *node).collect();
        inner.sort_by(|a, b| along(a).total_cmp(&along(b)).then(a.cmp(b)));
        splits.insert(edge, inner);
    }
    splits
}

fn split(ring: &mut RingNodes, splits: &HashMap<Edge, Vec<u32>>) {
    let mut nodes = Vec::with_capacity(ring.nodes.len());
    for edge in ring.edges() {
        nodes.push(edge.0);
        if let Some(inner) = splits.get(&undirected(edge)) {
            if edge.0 < edge.1 {
                nodes.extend(inner);
            } else {
                nodes.extend(inner.iter().rev());
            }
        }
    }
    nodes.dedup();
    ring.nodes = nodes;
}

/// Each edge once for each cell of a grid that it passes or comes within `reach` of, sorted by cell. The cells are about as wide as edges
/// are long.
pub(crate) fn grid(edges: &[Edge], at: &[Coord<f64>], reach: f64) -> Vec<((i64, i64), u32)> {
    let mut lengths: Vec<f64> =
        edges.iter().map(|(u, v)| (at[*u as usize].x - at[*v as usize].x).hypot(at[*u as usize].y - at[*v as usize].y)).collect();
    if lengths.is_empty() {
        return Vec::new();
    }
    #[expect(clippy::cast_precision_loss, reason = "a number of edges")]
    let mean = lengths.iter().sum::<f64>() / edges.len() as f64;
    let middle = lengths.len() / 2;
    let median = *lengths.select_nth_unstable_by(middle, f64::total_cmp).1;
    // A few huge edges must neither make all cells huge nor pass through millions of cells.
    let size = (2.0 * median).max(mean / 8.0).max(reach).max(SNAP);
    let mut entries = Vec::with_capacity(edges.len() * 3);
    for (i, (u, v)) in edges.iter().enumerate() {
        let edge = u32::try_from(i).unwrap_or(NONE);
        let (a, b) = (at[*u as usize], at[*v as usize]);
        let (a, b) = if a.x <= b.x { (a, b) } else { (b, a) };
        let (first, last) = (column(a.x - reach, size), column(b.x + reach, size));
        for cx in first..=last {
            #[expect(clippy::cast_precision_loss, reason = "a column of the grid")]
            let (left, right) = (cx as f64 * size - reach, (cx + 1) as f64 * size + reach);
            let height = |x: f64| a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x)).clamp(0.0, 1.0);
            // On the line between two columns an upright edge is in both, from end to end.
            let (y0, y1) = if first == last || b.x - a.x <= reach { (a.y, b.y) } else { (height(left), height(right)) };
            for cy in column(y0.min(y1) - reach, size)..=column(y0.max(y1) + reach, size) {
                entries.push(((cx, cy), edge));
            }
        }
    }
    entries.sort_unstable();
    entries
}

#[expect(clippy::cast_possible_truncation, reason = "places are under 1e9 m and cells at least 1 µm, so columns are under 1e15")]
fn column(x: f64, size: f64) -> i64 {
    (x / size).floor() as i64
}

fn meet(a: Edge, b: Edge, nodes: &mut Nodes, found: &mut Vec<(Edge, u32)>) {
    let place = |n: u32| nodes.at[n as usize];
    let (a0, a1, b0, b1) = (place(a.0), place(a.1), place(b.0), place(b.1));
    if a0.x.min(a1.x) > b0.x.max(b1.x) + SNAP || b0.x.min(b1.x) > a0.x.max(a1.x) + SNAP {
        return;
    }
    if a0.y.min(a1.y) > b0.y.max(b1.y) + SNAP || b0.y.min(b1.y) > a0.y.max(a1.y) + SNAP {
        return;
    }
    let mut touches = a.0 == b.0 || a.0 == b.1 || a.1 == b.0 || a.1 == b.1;
    for (edge, (from, to), node, c) in [(a, (a0, a1), b.0, b0), (a, (a0, a1), b.1, b1), (b, (b0, b1), a.0, a0), (b, (b0, b1), a.1, a1)] {
        if node != edge.0 && node != edge.1 && lies_on(c, from, to) {
            found.push((edge, node));
            touches = true;
        }
    }
    if touches || !cross(a0, a1, b0, b1) {
        return;
    }
    let (rx, ry, sx, sy) = (a1.x - a0.x, a1.y - a0.y, b1.x - b0.x, b1.y - b0.y);
    let t = ((b0.x - a0.x) * sy - (b0.y - a0.y) * sx) / (rx * sy - ry * sx);
    if t.is_finite() {
        let node = nodes.insert(Coord { x: a0.x + t * rx, y: a0.y + t * ry });
        for edge in [a, b] {
            if node != edge.0 && node != edge.1 {
                found.push((edge, node));
            }
        }
    }
}

fn lies_on(c: Coord<f64>, from: Coord<f64>, to: Coord<f64>) -> bool {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let (px, py) = (c.x - from.x, c.y - from.y);
    let length = dx.hypot(dy);
    let along = px * dx + py * dy;
    along > 0.0 && along < length * length && (dx * py - dy * px).abs() <= SNAP * length
}

fn cross(a0: Coord<f64>, a1: Coord<f64>, b0: Coord<f64>, b1: Coord<f64>) -> bool {
    let side = |p: Coord<f64>, q: Coord<f64>, r: Coord<f64>| orient2d(exact(p), exact(q), exact(r));
    let apart = |one: f64, other: f64| (one < 0.0 && other > 0.0) || (one > 0.0 && other < 0.0);
    apart(side(a0, a1, b0), side(a0, a1, b1)) && apart(side(b0, b1, a0), side(b0, b1, a1))
}

fn exact(c: Coord<f64>) -> Exact<f64> {
    Exact { x: c.x, y: c.y }
}
