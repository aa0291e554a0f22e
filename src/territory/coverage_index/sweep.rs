//! The sweep over the rows of one grid, from left to right: see [`super::build`] for why it is exact.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "cell numbers are clamped to the grid, and edges are 32 bits"
)]

use geo::Coord;

use super::build::{Crowd, DEPTH, Parts, SLACK, Start, smallest_cell};
use super::grid::{COVERS, FINER, Frame, GROUPS, Grid, Leaf, OUTSIDE, STEP};
use super::twins::NONE;

/// A cell with more edges, those that two polygons share counted once, gets a finer grid.
const CROWDED: usize = 48;

/// The edges of one polygon in a cell.
struct Group {
    part: u32,
    covers: bool,
    edges: std::ops::Range<usize>,
    steps: std::ops::Range<usize>,
}

/// The sweep over one grid.
pub(super) struct Sweep<'a> {
    vertices: &'a [Coord<f64>],
    parts: &'a Parts,
    grid: Grid,
    depth: u32,
    splits: bool,
    crowded: &'a mut Vec<Crowd>,
    /// The polygons that cover the reference height between the last leaf and the next, ascending.
    covering: Vec<u32>,
    // The edges of a row: their numbers, their ends, the polygons on their two sides.
    row_edges: Vec<u32>,
    row_ends: Vec<[Coord<f64>; 2]>,
    row_sides: Vec<[u32; 2]>,
    // What a cell is made of; kept to be filled again.
    edges: Vec<u32>,
    ends: Vec<[Coord<f64>; 2]>,
    steps: Vec<u32>,
    groups: Vec<Group>,
}

/// How an edge passes the reference height, seen from a cell.
const PASSES_LEFT: u64 = 1;
const PASSES_HERE: u64 = 2;

impl<'a> Sweep<'a> {
    pub(super) fn new(
        vertices: &'a [Coord<f64>],
        parts: &'a Parts,
        frame: Frame,
        depth: u32,
        largest: f64,
        crowded: &'a mut Vec<Crowd>,
    ) -> Self {
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
            row_edges: Vec::new(),
            row_ends: Vec::new(),
            row_sides: Vec::new(),
            edges: Vec::new(),
            ends: Vec::new(),
            steps: Vec::new(),
            groups: Vec::new(),
        }
    }

    pub(super) fn run(mut self, edges: &[u32], start: &Start) -> Grid {
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
            self.gather(&row_edges[row_starts[row as usize] as usize..row_starts[row as usize + 1] as usize]);
            items.clear();
            self.cross_row(row, reference, &mut items);
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
    fn edges_by_row(&self, edges: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let frame = self.grid.frame;
        let slack = SLACK * frame.height;
        let rows = |edge: u32| {
            let [a, b] = [self.vertices[edge as usize].y, self.vertices[edge as usize + 1].y];
            frame.row(a.min(b) - slack) as usize..=frame.row(a.max(b) + slack) as usize
        };
        let mut starts = vec![0_u32; frame.rows as usize + 2];
        for &edge in edges {
            for row in rows(edge) {
                starts[row + 2] += 1;
            }
        }
        for row in 2..starts.len() {
            starts[row] += starts[row - 1];
        }
        let mut sorted = vec![0; starts.last().map_or(0, |&all| all as usize)];
        for &edge in edges {
            for row in rows(edge) {
                sorted[starts[row + 1] as usize] = edge;
                starts[row + 1] += 1;
            }
        }
        starts.pop();
        (starts, sorted)
    }

    /// Copies what is known of the edges of a row side by side: they lie far apart, and are needed more than once.
    fn gather(&mut self, edges: &[u32]) {
        self.row_edges.clear();
        self.row_edges.extend_from_slice(edges);
        self.row_ends.clear();
        self.row_ends.extend(edges.iter().map(|&edge| [self.vertices[edge as usize], self.vertices[edge as usize + 1]]));
        self.row_sides.clear();
        self.row_sides.extend(edges.iter().map(|&edge| self.parts.sides(edge)));
    }

    /// The cells of a row that its edges touch, as `column << 34 | edge << 2 | how it passes the reference height`; the
    /// edge as a place in the row.
    fn cross_row(&mut self, row: u32, reference: f64, items: &mut Vec<u64>) {
        let frame = self.grid.frame;
        let [slack_x, slack_y] = [SLACK * frame.width, SLACK * frame.height];
        let bottom = frame.y0 + f64::from(row) * frame.height - slack_y;
        let top = frame.y0 + (f64::from(row) + 1.0) * frame.height + slack_y;
        let end = frame.columns as i32 - 1;
        for (edge, &[a, b]) in self.row_ends.iter().enumerate() {
            let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
            if high.y < bottom || low.y > top {
                continue; // beside a finer grid
            }
            let at = |y: f64| low.x + (y - low.y) * ((high.x - low.x) / (high.y - low.y));
            let from = if low.y < bottom { at(bottom) } else { low.x };
            let to = if high.y > top { at(top) } else { high.x };
            let first = frame.column_beside(from.min(to) - slack_x);
            let last = frame.column_beside(from.max(to) + slack_x);
            let at_reference = low.y <= reference && reference < high.y;
            let passes = if at_reference { frame.column_beside(at(reference)).clamp(first, last) } else { i32::MAX };
            if passes < 0 {
                pass(&mut self.covering, self.row_sides[edge]);
            }
            for column in first.max(0)..=last.min(end) {
                let how = if passes < column { PASSES_LEFT } else { u64::from(passes == column) * PASSES_HERE };
                items.push((column as u64) << 34 | (edge as u64) << 2 | how);
            }
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
            self.edges.extend(cell.iter().map(|&item| self.row_edges[place_of(item)]));
            self.ends.clear();
            self.ends.extend(cell.iter().map(|&item| self.row_ends[place_of(item)]));
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
                pass(&mut self.covering, self.row_sides[place_of(item)]);
            }
        }
        let right = self.lowest_zone();
        self.grid.push(row, Some(column), leaf, right);
    }

    /// The zones on the two sides of the borders of a cell, if all its edges lie between the same two polygons, or between
    /// one and nothing, and no place is covered twice. Most cells are like that.
    fn two_sides(&self, cell: &[u64]) -> Option<(u32, u32)> {
        let [one, two] = self.row_sides[place_of(cell[0])];
        let mut odd = false;
        for &item in cell {
            if self.row_sides[place_of(item)] != [one, two] {
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
        self.ends.clear();
        self.steps.clear();
        self.groups.clear();
        let parts = self.parts;
        let mut sides: Vec<(u32, u32, bool)> = Vec::with_capacity(2 * cell.len());
        for &item in cell {
            let edge = self.row_edges[place_of(item)];
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
                self.ends.push([self.vertices[edge as usize], self.vertices[edge as usize + 1]]);
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
        for (i, (&edge, ends)) in of_part.iter().zip(&self.ends[edges..]).enumerate() {
            let first = i == 0 || of_part[i - 1] + 1 != edge;
            let last = i + 1 == of_part.len() || of_part[i + 1] != edge + 1;
            for (vertex, Coord { x, y }, alone) in [(edge, ends[0], first), (edge + 1, ends[1], last)] {
                if !alone || y <= reference || frame.row_beside(y) > row as i32 || frame.column_beside(x) >= column as i32 {
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
            edges: cell.iter().map(|&item| self.row_edges[place_of(item)]).collect(),
            start: Start { covering, steps: self.groups.iter().flat_map(heights).collect() },
        });
    }

    fn lowest_zone(&self) -> u32 {
        self.covering.first().map_or(OUTSIDE, |&part| self.parts.zone[part as usize])
    }
}

/// The place in its row of the edge of an item.
fn place_of(item: u64) -> usize {
    (item >> 2) as usize & ((1 << 32) - 1)
}

/// Takes note that the sweep passes an edge at the reference height.
fn pass(covering: &mut Vec<u32>, sides: [u32; 2]) {
    for part in sides.into_iter().filter(|&part| part != NONE) {
        toggle(covering, part);
    }
}

/// Adds a polygon to those that cover, or takes it out.
fn toggle(covering: &mut Vec<u32>, part: u32) {
    match covering.binary_search(&part) {
        Ok(at) => drop(covering.remove(at)),
        Err(at) => covering.insert(at, part),
    }
}
