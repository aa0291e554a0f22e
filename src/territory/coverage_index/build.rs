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

use super::grid::{COVERS, FINER, Frame, GROUPS, Grid, Leaf, OUTSIDE, STEP};
use super::twins::{NONE, twins};
use crate::territory::outlines::Outlines;

/// Cells for each edge of the outlines; more cells need fewer edge tests and more memory.
const CELLS_AN_EDGE: f64 = 16.0;
/// A cell with more edges, those that two polygons share counted once, gets a finer grid.
const CROWDED: usize = 48;
/// Finer grids within finer grids, at most: many edges may meet in one vertex, which no grid takes apart.
const DEPTH: u32 = 6;
/// What counts as touching, as a share of a cell.
const SLACK: f64 = 1.0 / 1024.0;

/// The grids of an index: the first covers everything, the others one crowded cell each.
pub(super) fn build(outlines: &Outlines) -> Vec<Grid> {
    let parts = Parts::of(outlines);
    let Some((low, high)) = bounds(outlines.vertices()) else { return Vec::new() };
    let all = (0..parts.edge.len() as u32).filter(|&edge| parts.is_kept(edge));
    let largest = low.iter().chain(&high).fold(0.0_f64, |m, c| m.max(c.abs()));
    let cell = cell_size(outlines.vertices(), all.clone(), low, high).max(smallest_cell(largest));
    let frame = Frame::new(low.map(|side| side - cell / 64.0), high.map(|side| side + cell / 64.0), cell, 1.0);

    let mut crowded = Vec::new();
    let start = Start { covering: Vec::new(), steps: Vec::new() };
    let mut grids = vec![Sweep::new(outlines.vertices(), &parts, frame, 0, largest, &mut crowded).run(all, &start)];
    let mut parents = vec![0; crowded.len()];
    let mut next = 0;
    while next < crowded.len() {
        let Crowd { leaf, low, high, depth, edges, start } = std::mem::take(&mut crowded[next]);
        let cell = cell_size(outlines.vertices(), edges.iter().copied(), low, high);
        let frame = Frame::new(low, high, cell, 3.0);
        let number = grids.len();
        grids.push(Sweep::new(outlines.vertices(), &parts, frame, depth, largest, &mut crowded).run(edges.iter().copied(), &start));
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
fn smallest_cell(largest: f64) -> f64 {
    (largest * f64::EPSILON * 256.0 / SLACK).max(f64::MIN_POSITIVE / f64::EPSILON)
}

/// The size of cell that gives some cells an edge, and does not cut edges into more than a few pieces on average.
fn cell_size(vertices: &[Coord<f64>], edges: impl Iterator<Item = u32>, low: [f64; 2], high: [f64; 2]) -> f64 {
    let [width, height] = [high[0] - low[0], high[1] - low[1]];
    let (count, length) = edges.fold((0.0, 0.0), |(count, length), edge| {
        let [a, b] = [vertices[edge as usize], vertices[edge as usize + 1]];
        (count + 1.0, length + (a.x - b.x).abs().min(width) + (a.y - b.y).abs().min(height))
    });
    let cells = CELLS_AN_EDGE * count;
    (width * height / cells).sqrt().max(width.max(height) / cells).max(length / (4.0 * count))
}

/// Which polygons an edge is of, and which zone a polygon is of. Of an edge that two polygons share, only the one that
/// comes first is kept.
struct Parts {
    /// The polygon of an edge; [`NONE`] for the last vertex of a ring, where no edge starts.
    edge: Vec<u32>,
    /// The same edge in the polygon on its other side, or [`NONE`].
    twin: Vec<u32>,
    zone: Vec<u32>,
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
    fn sides(&self, edge: u32) -> [u32; 2] {
        let twin = self.twin[edge as usize];
        [self.edge[edge as usize], if twin == NONE { NONE } else { self.edge[twin as usize] }]
    }
}

/// The polygons that cover the left side of a grid, without the edges that the grid keeps.
#[derive(Default)]
struct Start {
    /// Those that cover the reference height of its lowest row.
    covering: Vec<u32>,
    /// The heights at which a polygon starts or stops to cover.
    steps: Vec<(f64, u32)>,
}

/// A cell that wants a finer grid.
#[derive(Default)]
struct Crowd {
    leaf: usize,
    low: [f64; 2],
    high: [f64; 2],
    depth: u32,
    edges: Vec<u32>,
    start: Start,
}

/// The edges of one polygon in a cell.
struct Group {
    part: u32,
    covers: bool,
    edges: std::ops::Range<usize>,
    steps: std::ops::Range<usize>,
}

/// The sweep over one grid.
struct Sweep<'a> {
    vertices: &'a [Coord<f64>],
    parts: &'a Parts,
    grid: Grid,
    depth: u32,
    splits: bool,
    crowded: &'a mut Vec<Crowd>,
    /// The polygons that cover the reference height between the last leaf and the next, ascending.
    covering: Vec<u32>,
    // What a cell is made of; kept to be filled again.
    edges: Vec<u32>,
    steps: Vec<u32>,
    groups: Vec<Group>,
}

/// How an edge passes the reference height, seen from a cell.
const PASSES_LEFT: u64 = 1;
const PASSES_HERE: u64 = 2;

impl<'a> Sweep<'a> {
    fn new(vertices: &'a [Coord<f64>], parts: &'a Parts, frame: Frame, depth: u32, largest: f64, crowded: &'a mut Vec<Crowd>) -> Self {
        let splits = depth < DEPTH && frame.width.min(frame.height) > 8.0 * smallest_cell(largest);
        let grid = Grid::new(frame);
        Self {
            vertices,
            parts,
            grid,
            depth,
            splits,
            crowded,
            covering: Vec::new(),
            edges: Vec::new(),
            steps: Vec::new(),
            groups: Vec::new(),
        }
    }

    fn run(mut self, edges: impl Iterator<Item = u32> + Clone, start: &Start) -> Grid {
        let frame = self.grid.frame;
        let (row_starts, row_edges) = self.edges_by_row(edges);
        let mut items = Vec::new();
        for row in 0..frame.rows {
            let reference = frame.y0 + f64::from(row) * frame.height - SLACK * frame.height / 2.0;
            self.covering.clone_from(&start.covering);
            for &(height, part) in &start.steps {
                if height <= reference {
                    toggle(&mut self.covering, part);
                }
            }
            items.clear();
            for &edge in &row_edges[row_starts[row as usize] as usize..row_starts[row as usize + 1] as usize] {
                self.cross_row(edge, row, reference, &mut items);
            }
            items.sort_unstable();
            let leaf = Leaf { start: self.grid.entries.len() as u32, base: OUTSIDE, other: OUTSIDE };
            self.grid.push(row, None, leaf, self.lowest_zone());
            for cell in items.chunk_by(|a, b| a >> 34 == b >> 34) {
                self.leaf(row, (cell[0] >> 34) as u32, reference, cell);
            }
        }
        self.grid.finish();
        self.grid
    }

    /// The edges that touch each row: a counting sort.
    fn edges_by_row(&self, edges: impl Iterator<Item = u32> + Clone) -> (Vec<u32>, Vec<u32>) {
        let frame = self.grid.frame;
        let slack = SLACK * frame.height;
        let last = frame.rows as i32 - 1;
        let rows = |edge: u32| {
            let [a, b] = [self.vertices[edge as usize].y, self.vertices[edge as usize + 1].y];
            let low = frame.row_beside(a.min(b) - slack).clamp(0, last) as usize;
            let high = frame.row_beside(a.max(b) + slack).clamp(0, last) as usize;
            low..=high
        };
        let mut starts = vec![0_u32; frame.rows as usize + 2];
        for edge in edges.clone() {
            for row in rows(edge) {
                starts[row + 2] += 1;
            }
        }
        for row in 2..starts.len() {
            starts[row] += starts[row - 1];
        }
        let mut sorted = vec![0; starts.last().map_or(0, |&all| all as usize)];
        for edge in edges {
            for row in rows(edge) {
                sorted[starts[row + 1] as usize] = edge;
                starts[row + 1] += 1;
            }
        }
        starts.pop();
        (starts, sorted)
    }

    /// The cells of a row that an edge touches, as `column << 34 | edge << 2 | how it passes the reference height`.
    fn cross_row(&mut self, edge: u32, row: u32, reference: f64, items: &mut Vec<u64>) {
        let frame = self.grid.frame;
        let [slack_x, slack_y] = [SLACK * frame.width, SLACK * frame.height];
        let bottom = frame.y0 + f64::from(row) * frame.height - slack_y;
        let top = frame.y0 + (f64::from(row) + 1.0) * frame.height + slack_y;
        let [a, b] = [self.vertices[edge as usize], self.vertices[edge as usize + 1]];
        let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
        if high.y < bottom || low.y > top {
            return; // beside a finer grid
        }
        let at = |y: f64| low.x + (y - low.y) * ((high.x - low.x) / (high.y - low.y));
        let from = if low.y < bottom { at(bottom) } else { low.x };
        let to = if high.y > top { at(top) } else { high.x };
        let first = frame.column_beside(from.min(to) - slack_x);
        let last = frame.column_beside(from.max(to) + slack_x);
        let passes =
            if low.y <= reference && reference < high.y { frame.column_beside(at(reference)).clamp(first, last) } else { i32::MAX };
        if passes < 0 {
            self.pass(edge);
        }
        for column in first.max(0)..=last.min(frame.columns as i32 - 1) {
            let how = if passes < column { PASSES_LEFT } else { u64::from(passes == column) * PASSES_HERE };
            items.push((column as u64) << 34 | u64::from(edge) << 2 | how);
        }
    }

    /// Takes note that the sweep passes an edge at the reference height.
    fn pass(&mut self, edge: u32) {
        for part in self.parts.sides(edge).into_iter().filter(|&part| part != NONE) {
            toggle(&mut self.covering, part);
        }
    }

    /// Makes the leaf of a cell from the edges that touch it.
    fn leaf(&mut self, row: u32, column: u32, reference: f64, cell: &[u64]) {
        let mut leaf = Leaf { start: self.grid.entries.len() as u32, base: GROUPS, other: OUTSIDE };
        let crowded = self.splits && cell.len() > CROWDED;
        if let Some((base, other)) = self.two_sides(cell).filter(|_| !crowded) {
            [leaf.base, leaf.other] = [base, other];
            self.edges.clear();
            self.steps.clear();
            self.edges.extend(cell.iter().map(|&item| edge_of(item)));
            self.find_steps(0, 0, row, column, reference);
            self.grid.entries.extend_from_slice(&self.edges);
            self.grid.entries.extend_from_slice(&self.steps);
        } else {
            let background = self.group(cell, row, column, reference);
            if crowded {
                leaf.base = FINER;
                self.crowd(row, column, cell, &background);
            } else {
                self.push_groups(&background);
            }
        }
        for &item in cell {
            if item & 3 == PASSES_HERE {
                self.pass(edge_of(item));
            }
        }
        let right = self.lowest_zone();
        self.grid.push(row, Some(column), leaf, right);
    }

    /// The zones on the two sides of the borders of a cell, if all its edges lie between the same two polygons, or between
    /// one and nothing, and no place is covered twice. Most cells are like that.
    fn two_sides(&self, cell: &[u64]) -> Option<(u32, u32)> {
        let [one, two] = self.parts.sides(edge_of(cell[0]));
        let mut odd = false;
        for &item in cell {
            if self.parts.sides(edge_of(item)) != [one, two] {
                return None;
            }
            odd ^= item & 3 == PASSES_LEFT;
        }
        if self.covering.iter().any(|&part| part != one && part != two) {
            return None;
        }
        let zone = |part: u32| if part == NONE { OUTSIDE } else { self.parts.zone[part as usize] };
        let [covers_one, covers_two] = [one, two].map(|part| self.covering.binary_search(&part).is_ok() ^ odd);
        if two != NONE && covers_one == covers_two {
            return None;
        }
        Some(if covers_one { (zone(one), zone(two)) } else { (zone(two), zone(one)) })
    }

    /// Sorts the edges of a cell by polygon, an edge that two share for each of them. Gives the polygons without an edge
    /// here that cover the cell.
    fn group(&mut self, cell: &[u64], row: u32, column: u32, reference: f64) -> Vec<u32> {
        self.edges.clear();
        self.steps.clear();
        self.groups.clear();
        let parts = self.parts;
        let mut sides: Vec<(u32, u32, bool)> = Vec::with_capacity(2 * cell.len());
        for &item in cell {
            let edge = edge_of(item);
            for edge in [edge, parts.twin[edge as usize]].into_iter().filter(|&edge| edge != NONE) {
                sides.push((parts.edge[edge as usize], edge, item & 3 == PASSES_LEFT));
            }
        }
        sides.sort_unstable();
        for of_part in sides.chunk_by(|a, b| a.0 == b.0) {
            let part = of_part[0].0;
            let mut covers = self.covering.binary_search(&part).is_ok();
            let [edges, steps] = [self.edges.len(), self.steps.len()];
            for &(_, edge, passes_left) in of_part {
                covers ^= passes_left;
                self.edges.push(edge);
            }
            self.find_steps(edges, steps, row, column, reference);
            self.groups.push(Group { part, covers, edges: edges..self.edges.len(), steps: steps..self.steps.len() });
        }
        self.covering.iter().copied().filter(|part| self.groups.binary_search_by_key(part, |group| group.part).is_err()).collect()
    }

    /// The steps of the polygon whose edges start at `edges`: vertices left of the cell, at the height of its row, in
    /// which exactly one of the two edges touches the cell.
    fn find_steps(&mut self, edges: usize, steps: usize, row: u32, column: u32, reference: f64) {
        let frame = self.grid.frame;
        let of_part = &self.edges[edges..];
        for (i, &edge) in of_part.iter().enumerate() {
            let starts = i == 0 || of_part[i - 1] + 1 != edge;
            let ends = i + 1 == of_part.len() || of_part[i + 1] != edge + 1;
            for vertex in [starts.then_some(edge), ends.then_some(edge + 1)].into_iter().flatten() {
                let Coord { x, y } = self.vertices[vertex as usize];
                if y <= reference || frame.row_beside(y) > row as i32 || frame.column_beside(x) >= column as i32 {
                    continue;
                }
                // Two steps at one height cancel.
                match self.steps[steps..].iter().position(|&step| self.vertices[(step & !STEP) as usize].y == y) {
                    Some(same) => drop(self.steps.swap_remove(steps + same)),
                    None => self.steps.push(vertex | STEP),
                }
            }
        }
    }

    /// Writes a cell polygon by polygon, lowest first, those that cover all of it included.
    fn push_groups(&mut self, background: &[u32]) {
        let mut whole = background.iter().peekable();
        let entries = &mut self.grid.entries;
        for group in &self.groups {
            while let Some(part) = whole.next_if(|&&part| part < group.part) {
                entries.extend([self.parts.zone[*part as usize], COVERS]);
            }
            let count = (group.edges.len() + group.steps.len()) as u32;
            entries.extend([self.parts.zone[group.part as usize], if group.covers { count | COVERS } else { count }]);
            entries.extend_from_slice(&self.edges[group.edges.clone()]);
            entries.extend_from_slice(&self.steps[group.steps.clone()]);
        }
        entries.extend(whole.flat_map(|part| [self.parts.zone[*part as usize], COVERS]));
    }

    /// Remembers a cell that gets a finer grid, with what covers its left side.
    fn crowd(&mut self, row: u32, column: u32, cell: &[u64], background: &[u32]) {
        let frame = self.grid.frame;
        // A quarter of the slack: all places that fall in the cell, and none that the cell's edges do not reach.
        let [slack_x, slack_y] = [SLACK * frame.width / 4.0, SLACK * frame.height / 4.0];
        let [x, y] = [frame.x0 + f64::from(column) * frame.width, frame.y0 + f64::from(row) * frame.height];
        let mut covering: Vec<u32> = self.groups.iter().filter(|g| g.covers).map(|g| g.part).chain(background.iter().copied()).collect();
        covering.sort_unstable();
        let heights = |group: &Group| {
            self.steps[group.steps.clone()].iter().map(|&s| (self.vertices[(s & !STEP) as usize].y, group.part)).collect::<Vec<_>>()
        };
        self.crowded.push(Crowd {
            leaf: self.grid.leaves.len(),
            low: [x - slack_x, y - slack_y],
            high: [x + frame.width + slack_x, y + frame.height + slack_y],
            depth: self.depth + 1,
            edges: cell.iter().map(|&item| edge_of(item)).collect(),
            start: Start { covering, steps: self.groups.iter().flat_map(heights).collect() },
        });
    }

    fn lowest_zone(&self) -> u32 {
        self.covering.first().map_or(OUTSIDE, |&part| self.parts.zone[part as usize])
    }
}

/// The edge of an item of [`Sweep::cross_row`].
fn edge_of(item: u64) -> u32 {
    (item >> 2) as u32
}

/// Adds a polygon to those that cover, or takes it out.
fn toggle(covering: &mut Vec<u32>, part: u32) {
    match covering.binary_search(&part) {
        Ok(at) => drop(covering.remove(at)),
        Err(at) => covering.insert(at, part),
    }
}
