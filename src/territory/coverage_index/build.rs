//! Building the coverage index: one sweep over the rows of a grid, from left to right.
//!
//! Why it is exact. A polygon covers a place if the half line from the place to the left passes an odd number of its
//! edges ([`passes`](crate::territory::outlines)). For a cell, the edges fall into those that touch it (kept as entries)
//! and the others. The others pass left of every place of the cell or of none, as long as the place stays at one height;
//! their parity is taken once at the *reference height*, just below the row. It changes at the height of a vertex left of
//! the cell where an edge that touches the cell meets one that does not: there a *step* is kept. (Two edges that both
//! touch the cell meet in a vertex without changing the others; two others cancel.) So
//!
//! ```text
//! polygon covers place = covers at the reference height  xor  steps at or below the place  xor  edges left of the place
//! ```
//!
//! Rounding cannot harm it: which edges touch a cell is decided with a slack of a thousandth of a cell, and more edges
//! than needed are as right as just enough. Where an edge passes the reference height may be off by rounding, but only
//! among cells that keep the edge, and these leave it out of the parity.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "cell numbers are clamped to the grid"
)]
#![allow(clippy::cast_precision_loss, reason = "counts only steer the size of cells")]

use geo::Coord;

use super::grid::{Frame, Grid, OUTSIDE};
use super::sweep::Sweep;
use super::twins::{NONE, twins};
use crate::territory::outlines::Outlines;

/// Cells for each edge that is kept; more cells need fewer edge tests and more memory.
const CELLS_AN_EDGE: f64 = 16.0;
/// The same for a small index, up to `SMALL` cells in all: they are cheap as long as they stay in the cache.
const CELLS_AN_EDGE_SMALL: f64 = 64.0;
const SMALL: f64 = (1 << 20) as f64;
/// Finer grids within finer grids, at most: many edges may meet in one vertex, which no grid takes apart.
pub(super) const DEPTH: u32 = 6;
/// What counts as touching, as a share of a cell.
pub(super) const SLACK: f64 = 1.0 / 1024.0;

/// The grids of an index: the first covers everything, the others one crowded cell each.
pub(super) fn build(outlines: &Outlines) -> Vec<Grid> {
    let parts = Parts::of(outlines);
    let Some((low, high)) = bounds(outlines.vertices()) else { return Vec::new() };
    let all: Vec<u32> = (0..parts.edge.len() as u32).filter(|&edge| parts.is_kept(edge)).collect();
    let largest = low.iter().chain(&high).fold(0.0_f64, |m, c| m.max(c.abs()));
    let cell = cell_size(outlines.vertices(), &all, low, high).max(smallest_cell(largest));
    let frame = Frame::new(low.map(|side| side - cell / 64.0), high.map(|side| side + cell / 64.0), cell, 1.0);

    let mut crowded = Vec::new();
    let start = Start { covering: Vec::new(), steps: Vec::new() };
    let mut grids = vec![Sweep::new(outlines.vertices(), &parts, frame, 0, largest, &mut crowded).run(&all, &start)];
    let mut parents = vec![0; crowded.len()];
    let mut next = 0;
    while next < crowded.len() {
        let Crowd { leaf, low, high, depth, edges, start } = std::mem::take(&mut crowded[next]);
        let cell = cell_size(outlines.vertices(), &edges, low, high);
        let frame = Frame::new(low, high, cell, 3.0);
        let number = grids.len();
        grids.push(Sweep::new(outlines.vertices(), &parts, frame, depth, largest, &mut crowded).run(&edges, &start));
        grids[parents[next]].leaves[leaf].other = number as u32;
        parents.resize(crowded.len(), number);
        next += 1;
    }
    grids
}

/// The box around the vertices.
pub(super) fn bounds(vertices: &[Coord<f64>]) -> Option<([f64; 2], [f64; 2])> {
    let first = vertices.first()?;
    Some(vertices.iter().fold(([first.x, first.y], [first.x, first.y]), |(low, high), v| {
        ([low[0].min(v.x), low[1].min(v.y)], [high[0].max(v.x), high[1].max(v.y)])
    }))
}

/// Below this size of cell the slack would come near the rounding of a coordinate.
pub(super) fn smallest_cell(largest: f64) -> f64 {
    (largest * f64::EPSILON * 256.0 / SLACK).max(f64::MIN_POSITIVE / f64::EPSILON)
}

/// The size of cell that gives some cells an edge, and does not cut edges into more than a few pieces on average.
fn cell_size(vertices: &[Coord<f64>], edges: &[u32], low: [f64; 2], high: [f64; 2]) -> f64 {
    let [width, height] = [high[0] - low[0], high[1] - low[1]];
    let length: f64 = edges
        .iter()
        .map(|&edge| {
            let [a, b] = [vertices[edge as usize], vertices[edge as usize + 1]];
            (a.x - b.x).abs().min(width) + (a.y - b.y).abs().min(height)
        })
        .sum();
    let count = edges.len() as f64;
    let cells = (CELLS_AN_EDGE * count).max(SMALL.min(CELLS_AN_EDGE_SMALL * count));
    (width * height / cells).sqrt().max(width.max(height) / cells).max(length / (4.0 * count))
}

/// Which polygons an edge is of, and which zone a polygon is of. Of an edge that two polygons share, only the one that
/// comes first is kept.
pub(super) struct Parts {
    /// The polygon of an edge; [`NONE`] for the last vertex of a ring, where no edge starts.
    pub(super) edge: Vec<u32>,
    /// The same edge in the polygon on its other side, or [`NONE`].
    pub(super) twin: Vec<u32>,
    pub(super) zone: Vec<u32>,
}

impl Parts {
    fn of(outlines: &Outlines) -> Self {
        let mut edge = vec![NONE; outlines.vertices().len()];
        let mut zones = vec![OUTSIDE; outlines.part_count()];
        for zone in 0..outlines.zone_count() {
            for part in outlines.parts_of(zone) {
                zones[part] = zone as u32;
                for ring in outlines.rings_of(part) {
                    edge[ring.start..ring.end - 1].fill(part as u32);
                }
            }
        }
        Self { twin: twins(outlines.vertices(), &edge), edge, zone: zones }
    }

    fn is_kept(&self, edge: u32) -> bool {
        self.edge[edge as usize] != NONE && self.twin[edge as usize] >= edge
    }

    /// The polygons on the two sides of an edge; the second is [`NONE`] if there is only one.
    pub(super) fn sides(&self, edge: u32) -> [u32; 2] {
        let twin = self.twin[edge as usize];
        [self.edge[edge as usize], if twin == NONE { NONE } else { self.edge[twin as usize] }]
    }
}

/// The polygons that cover the left side of a grid, without the edges that the grid keeps.
#[derive(Default)]
pub(super) struct Start {
    /// Those that cover the reference height of its lowest row.
    pub(super) covering: Vec<u32>,
    /// The heights at which a polygon starts or stops to cover.
    pub(super) steps: Vec<(f64, u32)>,
}

/// A cell that wants a finer grid.
#[derive(Default)]
pub(super) struct Crowd {
    pub(super) leaf: usize,
    pub(super) low: [f64; 2],
    pub(super) high: [f64; 2],
    pub(super) depth: u32,
    pub(super) edges: Vec<u32>,
    pub(super) start: Start,
}
