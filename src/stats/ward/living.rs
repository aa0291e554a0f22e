//! Where the living clusters lie: a tree of blocks of eight that finds the nearest by Ward's dissimilarity, exactly.
//!
//! `level(a, b) = |c_a − c_b|² / (1/w_a + 1/w_b)` grows with the distance and with either weight, and each operation of it
//! rounds monotonically: computed the same way from the nearest corner of a box and the largest `1/w` in it, it never
//! exceeds the level of a cluster inside, not even by rounding. So the search gives what a search of all would give, to the bit.

use crate::stats::distinct_points::sort_key;

/// Clusters of a block: their coordinates lie side by side, so that one instruction serves several.
const LANES: usize = 8;
/// A place where no cluster lives.
const NOBODY: u32 = u32::MAX;

/// A neighbor and the level of the merge with it; of equal levels the cluster formed first is the nearer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Neighbor {
    pub(super) level: f64,
    pub(super) cluster: u32,
}

impl Neighbor {
    pub(super) const NONE: Self = Self { level: f64::INFINITY, cluster: NOBODY };
}

/// The boxes of eight groups of the floor below.
#[derive(Debug, Default)]
struct Floor {
    /// Lower corners: `axes` rows of eight for each group.
    low: Vec<[f64; LANES]>,
    high: Vec<[f64; LANES]>,
    /// The largest `1/w` below.
    inverse: Vec<[f64; LANES]>,
}

/// A box still to be opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pending {
    bound: f64,
    floor: u32,
    group: u32,
}

/// The living clusters, each in a slot.
#[derive(Debug)]
pub(super) struct Living {
    axes: usize,
    /// Coordinates: `axes` rows of eight for each group; infinite where nobody lives.
    points: Vec<[f64; LANES]>,
    /// `1/w`.
    inverse: Vec<[f64; LANES]>,
    cluster: Vec<[u32; LANES]>,
    /// From the floor above the points to the root.
    floors: Vec<Floor>,
}

impl Living {
    /// Builds the tree: split at the median of the widest axis, until eight are left. `clusters`, `inverse` and `coordinates` go together.
    pub(super) fn build(axes: usize, clusters: &[u32], inverse: &[f64], coordinates: &[f64]) -> Self {
        let mut order: Vec<(u64, u32)> = (0..).zip(clusters).map(|(at, _)| (0, at)).collect();
        split(&mut order, axes, coordinates);
        let groups = order.len().div_ceil(LANES);
        let mut living = Self {
            axes,
            points: vec![[f64::INFINITY; LANES]; groups * axes],
            inverse: vec![[0.0; LANES]; groups],
            cluster: vec![[NOBODY; LANES]; groups],
            floors: Vec::new(),
        };
        for (slot, (_, at)) in order.into_iter().enumerate() {
            let at = at as usize;
            living.put(slot, &coordinates[at * axes..(at + 1) * axes], inverse[at], clusters[at]);
        }
        let mut below = groups;
        while below > 1 {
            let groups = below.div_ceil(LANES);
            living.floors.push(Floor {
                low: vec![[f64::INFINITY; LANES]; groups * axes],
                high: vec![[f64::NEG_INFINITY; LANES]; groups * axes],
                inverse: vec![[0.0; LANES]; groups],
            });
            let floor = living.floors.len() - 1;
            (0..below).for_each(|group| _ = living.fit(floor, group));
            below = groups;
        }
        living
    }

    /// Slots, living or not.
    pub(super) fn slots(&self) -> usize {
        self.cluster.len() * LANES
    }

    /// The cluster that lives in a slot.
    pub(super) fn cluster(&self, slot: usize) -> Option<u32> {
        let cluster = self.cluster[slot / LANES][slot % LANES];
        (cluster != NOBODY).then_some(cluster)
    }

    /// `1/w` of the cluster of a slot.
    pub(super) fn inverse(&self, slot: usize) -> f64 {
        self.inverse[slot / LANES][slot % LANES]
    }

    /// Copies the coordinates of a slot.
    pub(super) fn copy_point(&self, slot: usize, point: &mut [f64]) {
        let (group, lane) = (slot / LANES, slot % LANES);
        point.iter_mut().zip(&self.points[group * self.axes..]).for_each(|(x, row)| *x = row[lane]);
    }

    /// The level of the merge of the clusters of two slots.
    pub(super) fn level(&self, a: usize, b: usize) -> f64 {
        let rows = |slot: usize| self.points[slot / LANES * self.axes..].iter().take(self.axes).map(move |row| row[slot % LANES]);
        let square = rows(a).zip(rows(b)).fold(0.0, |sum, (x, y)| sum + (y - x) * (y - x));
        square / (self.inverse(a) + self.inverse(b))
    }

    /// A cluster moves into a slot.
    pub(super) fn settle(&mut self, slot: usize, point: &[f64], inverse: f64, cluster: u32) {
        self.put(slot, point, inverse, cluster);
        self.fit_above(slot);
    }

    /// A slot is left empty.
    pub(super) fn leave(&mut self, slot: usize) {
        let (group, lane) = (slot / LANES, slot % LANES);
        self.points[group * self.axes..(group + 1) * self.axes].iter_mut().for_each(|row| row[lane] = f64::INFINITY);
        self.inverse[group][lane] = 0.0;
        self.cluster[group][lane] = NOBODY;
        self.fit_above(slot);
    }

    /// The nearest neighbor of the cluster in `slot`, or `known` where none is nearer. Cost: O(log n) where axes are few.
    pub(super) fn nearest(&self, slot: usize, known: Neighbor, scratch: &mut Scratch) -> Neighbor {
        let Scratch { point, pending } = scratch;
        point.resize(self.axes, 0.0);
        self.copy_point(slot, point);
        let (inverse, own) = (self.inverse(slot), self.cluster[slot / LANES][slot % LANES]);
        let mut best = known;
        let mut group = slot / LANES;
        self.visit(group, point, inverse, own, &mut best);
        pending.clear();
        // From the own block upward: what is near is found first, and most of the rest is never opened.
        for floor in 0..self.floors.len() {
            let came_from = group % LANES;
            group /= LANES;
            self.open(floor, group, Some(came_from), point, inverse, best.level, pending);
            while let Some(next) = pending.pop() {
                if next.bound > best.level {
                } else if next.floor == 0 {
                    self.visit(next.group as usize, point, inverse, own, &mut best);
                } else {
                    self.open(next.floor as usize - 1, next.group as usize, None, point, inverse, best.level, pending);
                }
            }
        }
        best
    }

    /// Looks at the eight clusters of a group.
    fn visit(&self, group: usize, point: &[f64], inverse: f64, own: u32, best: &mut Neighbor) {
        let mut level = [0.0; LANES];
        for (row, x) in self.points[group * self.axes..].iter().zip(point) {
            for (sum, y) in level.iter_mut().zip(row) {
                let apart = y - x;
                *sum += apart * apart;
            }
        }
        for (square, other) in level.iter_mut().zip(&self.inverse[group]) {
            *square /= inverse + other;
        }
        for (level, cluster) in level.into_iter().zip(self.cluster[group]) {
            if level <= best.level && (level < best.level || cluster < best.cluster) && cluster != own {
                *best = Neighbor { level, cluster };
            }
        }
    }

    /// Puts the boxes of a group that may hold a nearer cluster on the pile, the nearest on top.
    #[expect(clippy::too_many_arguments, reason = "the inner loop of the search")]
    fn open(&self, floor: usize, group: usize, but: Option<usize>, point: &[f64], inverse: f64, best: f64, pending: &mut Vec<Pending>) {
        let boxes = &self.floors[floor];
        let mut bound = [0.0; LANES];
        let rows = group * self.axes..(group + 1) * self.axes;
        for ((low, high), x) in boxes.low[rows.clone()].iter().zip(&boxes.high[rows]).zip(point) {
            for ((sum, low), high) in bound.iter_mut().zip(low).zip(high) {
                let (below, above) = (low - x, x - high);
                let apart = if below > above { below } else { above };
                let apart = if apart > 0.0 { apart } else { 0.0 };
                *sum += apart * apart;
            }
        }
        for (square, other) in bound.iter_mut().zip(&boxes.inverse[group]) {
            *square /= inverse + other;
        }
        let first = pending.len();
        for (lane, bound) in bound.into_iter().enumerate() {
            // An empty box lies at infinity.
            if bound <= best && bound < f64::INFINITY && but != Some(lane) {
                #[expect(clippy::cast_possible_truncation, reason = "fewer groups than rows, which are fewer than 2³¹")]
                let next = Pending { bound, floor: floor as u32, group: (group * LANES + lane) as u32 };
                let mut at = pending.len();
                pending.push(next);
                while at > first && pending[at - 1].bound < bound {
                    pending[at] = pending[at - 1];
                    at -= 1;
                }
                pending[at] = next;
            }
        }
    }

    fn put(&mut self, slot: usize, point: &[f64], inverse: f64, cluster: u32) {
        let (group, lane) = (slot / LANES, slot % LANES);
        self.points[group * self.axes..].iter_mut().zip(point).for_each(|(row, x)| row[lane] = *x);
        self.inverse[group][lane] = inverse;
        self.cluster[group][lane] = cluster;
    }

    /// Fits the boxes above a slot, up to the first that did not change.
    fn fit_above(&mut self, slot: usize) {
        let mut group = slot / LANES;
        for floor in 0..self.floors.len() {
            if !self.fit(floor, group) {
                break;
            }
            group /= LANES;
        }
    }

    /// Draws the box of one group anew, which is a lane of the floor above it; says whether it changed.
    fn fit(&mut self, floor: usize, group: usize) -> bool {
        let axes = self.axes;
        let (below, above) = self.floors.split_at_mut(floor);
        let (target, lane) = (group / LANES, group % LANES);
        let mut changed = false;
        let mut set = |place: &mut f64, value: f64| {
            changed |= *place != value;
            *place = value;
        };
        for axis in 0..axes {
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            if let Some(boxes) = below.last() {
                low = least(low, &boxes.low[group * axes + axis]);
                high = -least(-high, &boxes.high[group * axes + axis].map(|x| -x));
            } else {
                let row = &self.points[group * axes + axis];
                low = least(low, row);
                // Who does not live lies at infinity, and would pull the upper corner there.
                high = -least(-high, &row.map(|x| if x == f64::INFINITY { x } else { -x }));
            }
            set(&mut above[0].low[target * axes + axis][lane], low);
            set(&mut above[0].high[target * axes + axis][lane], high);
        }
        let inverse = below.last().map_or(&self.inverse, |boxes| &boxes.inverse)[group];
        set(&mut above[0].inverse[target][lane], inverse.into_iter().fold(0.0, |a, b| if b > a { b } else { a }));
        changed
    }
}

/// What a search needs beside the tree, kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    point: Vec<f64>,
    pending: Vec<Pending>,
}

fn least(start: f64, row: &[f64; LANES]) -> f64 {
    row.iter().fold(start, |a, b| if *b < a { *b } else { a })
}

/// Orders points so that every eight that follow, every 64, and so on, lie together: halves at the widest axis, cut at whole groups.
fn split(order: &mut [(u64, u32)], axes: usize, coordinates: &[f64]) {
    if order.len() <= LANES {
        return;
    }
    let mut unit = LANES;
    while unit * LANES < order.len() {
        unit *= LANES;
    }
    let mut widest = (f64::NEG_INFINITY, 0);
    for axis in 0..axes {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (_, at) in order.iter() {
            let x = coordinates[*at as usize * axes + axis];
            low = if x < low { x } else { low };
            high = if x > high { x } else { high };
        }
        if high - low > widest.0 {
            widest = (high - low, axis);
        }
    }
    for (key, at) in order.iter_mut() {
        *key = sort_key(coordinates[*at as usize * axes + widest.1]);
    }
    let middle = order.len().div_ceil(unit) / 2 * unit;
    let _ = order.select_nth_unstable(middle);
    let (left, right) = order.split_at_mut(middle);
    split(left, axes, coordinates);
    split(right, axes, coordinates);
}
