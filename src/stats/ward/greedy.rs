//! The greedy algorithm itself: of all pairs the one with the lowest level is merged, until one cluster is left.
//!
//! Each cluster waits in a queue with the nearest neighbor it had when it was last asked. The head of the queue is a lower
//! bound for all: where both of the pair live, no pair lies lower, because the younger of any pair was asked when the elder
//! already lived. Where the neighbor has died meanwhile, the cluster is asked again (Müllner's "generic" algorithm, with a
//! tree in place of the matrix of distances).

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::living::{Living, Neighbor, Scratch};
use super::{Merge, Progress};
use crate::stats::distinct_points::DistinctPoints;
use crate::stats::refusal::Refusal;

/// Points asked, or merges made, between two looks at the caller's wish to stop.
const STRIDE: usize = 1 << 14;

/// A pair that waits to be merged, seen from one of the two.
#[derive(Debug, PartialEq)]
struct Waiting {
    level: f64,
    younger: u32,
    elder: u32,
    asked: u32,
}

impl Waiting {
    fn new(asked: u32, neighbor: Neighbor) -> Self {
        let (elder, younger) = (asked.min(neighbor.cluster), asked.max(neighbor.cluster));
        Self { level: neighbor.level, younger, elder, asked }
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    /// The standard heap gives its greatest first: the greatest is the lowest level, then the younger formed first, then the elder.
    fn cmp(&self, other: &Self) -> Ordering {
        other.level.total_cmp(&self.level).then(other.younger.cmp(&self.younger)).then(other.elder.cmp(&self.elder))
    }
}

/// The merges in the order they are made.
pub(super) fn merges(points: &DistinctPoints, progress: Progress<'_>) -> Result<Vec<Merge>, Refusal> {
    let n = points.len();
    let mut report = |done: usize| if progress(done, 2 * n) { Ok(()) } else { Err(Refusal::new("the clustering was stopped")) };
    let mut state = State::new(points);
    let mut asked = Vec::with_capacity(n);
    for start in (0..state.living.slots()).step_by(STRIDE) {
        report(asked.len())?;
        let slots = start..(start + STRIDE).min(state.living.slots());
        let ask = |scratch: &mut Scratch, slot| {
            let cluster = state.living.cluster(slot)?;
            Some(Waiting::new(cluster, state.living.nearest(slot, Neighbor::NONE, scratch)))
        };
        asked.par_extend(slots.into_par_iter().with_min_len(256).map_init(Scratch::default, ask).flatten_iter());
    }
    let mut waiting = BinaryHeap::from(asked);
    while state.merges.len() + 1 < n {
        let Some(pair) = waiting.pop() else { return Err(Refusal::new("the levels of the hierarchy are not numbers")) };
        match (state.place[pair.elder as usize], state.place[pair.younger as usize]) {
            (Place::Slot(elder), Place::Slot(younger)) => {
                if state.merges.len().is_multiple_of(STRIDE) {
                    report(n + state.merges.len())?;
                }
                let slot = state.merge(&pair, elder as usize, younger as usize);
                if state.merges.len() + 1 < n {
                    waiting.push(state.ask(slot, Neighbor::NONE));
                }
            }
            (Place::Slot(slot), Place::In(heir)) if pair.asked == pair.elder => waiting.push(state.ask_again(slot as usize, heir)),
            (Place::In(heir), Place::Slot(slot)) if pair.asked == pair.younger => waiting.push(state.ask_again(slot as usize, heir)),
            _ => {}
        }
    }
    report(2 * n)?;
    Ok(state.merges)
}

/// Where a cluster is: alive in a slot, or part of a later one.
#[derive(Debug, Clone, Copy)]
enum Place {
    Slot(u32),
    In(u32),
}

struct State<'p> {
    points: &'p DistinctPoints,
    living: Living,
    merges: Vec<Merge>,
    place: Vec<Place>,
    /// How many lived when the tree was built.
    built_for: usize,
    scratch: Scratch,
    corners: [Vec<f64>; 2],
}

impl<'p> State<'p> {
    fn new(points: &'p DistinctPoints) -> Self {
        let n = points.len();
        let clusters: Vec<u32> = (0..).zip(&points.weights).map(|(cluster, _)| cluster).collect();
        let inverse: Vec<f64> = points.weights.iter().map(|w| 1.0 / w).collect();
        let mut place = Vec::with_capacity(2 * n);
        place.resize(n, Place::In(0));
        let mut state = Self {
            points,
            living: Living::build(points.axes, &clusters, &inverse, &points.coordinates),
            merges: Vec::with_capacity(n - 1),
            place,
            built_for: n,
            scratch: Scratch::default(),
            corners: [vec![0.0; points.axes], vec![0.0; points.axes]],
        };
        state.note_places();
        state
    }

    fn weight_and_size(&self, cluster: u32) -> (f64, u32) {
        let cluster = cluster as usize;
        match cluster.checked_sub(self.points.len()) {
            None => (self.points.weights[cluster], self.points.sizes[cluster]),
            Some(merge) => (self.merges[merge].weight, self.merges[merge].size),
        }
    }

    /// Merges a pair, in the slot of the heavier; gives the slot.
    fn merge(&mut self, pair: &Waiting, elder: usize, younger: usize) -> usize {
        let ((we, size), (wy, more)) = (self.weight_and_size(pair.elder), self.weight_and_size(pair.younger));
        let weight = we + wy;
        let cluster = id(self.points.len() + self.merges.len());
        let [at, other] = &mut self.corners;
        self.living.copy_point(elder, at);
        self.living.copy_point(younger, other);
        at.iter_mut().zip(other).for_each(|(a, b)| *a = (we * *a + wy * *b) / weight);
        let (stays, goes) = if wy > we { (younger, elder) } else { (elder, younger) };
        self.living.settle(stays, &self.corners[0], 1.0 / weight, cluster);
        self.living.leave(goes);
        for dead in [pair.elder, pair.younger] {
            self.place[dead as usize] = Place::In(cluster);
        }
        self.place.push(Place::Slot(id(stays)));
        // A level may fall below the one before it by rounding alone.
        let level = self.merges.last().map_or(pair.level, |last| last.level.max(pair.level));
        self.merges.push(Merge { elder: pair.elder, younger: pair.younger, level, weight, size: size + more });
        let living = self.points.len() - self.merges.len();
        if living * 2 > self.built_for || living < 8 {
            return stays;
        }
        self.rebuild();
        match self.place[cluster as usize] {
            Place::Slot(slot) => slot as usize,
            Place::In(_) => stays,
        }
    }

    /// The nearest neighbor of the cluster of a slot.
    fn ask(&mut self, slot: usize, known: Neighbor) -> Waiting {
        let asked = self.living.cluster(slot).unwrap_or(u32::MAX);
        Waiting::new(asked, self.living.nearest(slot, known, &mut self.scratch))
    }

    /// The same where the neighbor it had went into another cluster, which is near.
    fn ask_again(&mut self, slot: usize, mut heir: u32) -> Waiting {
        while let Place::In(next) = self.place[heir as usize] {
            if let Place::In(after) = self.place[next as usize] {
                self.place[heir as usize] = Place::In(after);
            }
            heir = next;
        }
        let Place::Slot(other) = self.place[heir as usize] else { return self.ask(slot, Neighbor::NONE) };
        let known = Neighbor { level: self.living.level(slot, other as usize), cluster: heir };
        self.ask(slot, known)
    }

    fn rebuild(&mut self) {
        let axes = self.points.axes;
        let (mut clusters, mut inverse, mut coordinates) = (Vec::new(), Vec::new(), Vec::new());
        for slot in 0..self.living.slots() {
            if let Some(cluster) = self.living.cluster(slot) {
                clusters.push(cluster);
                inverse.push(self.living.inverse(slot));
                coordinates.resize(coordinates.len() + axes, 0.0);
                let from = coordinates.len() - axes;
                self.living.copy_point(slot, &mut coordinates[from..]);
            }
        }
        self.built_for = clusters.len();
        self.living = Living::build(axes, &clusters, &inverse, &coordinates);
        self.note_places();
    }

    fn note_places(&mut self) {
        for slot in 0..self.living.slots() {
            if let Some(cluster) = self.living.cluster(slot) {
                self.place[cluster as usize] = Place::Slot(id(slot));
            }
        }
    }
}

/// Rows are fewer than 2³¹, so that clusters and slots fit.
fn id(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
