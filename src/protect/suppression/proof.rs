//! Proofs that a hidden count is protected, and the cheapest movement that would be one.

use super::simplex::{Column, best};
use super::system::System;

/// What is taken for zero, in persons.
const TINY: f64 = 1e-6;

/// Counts that one linear program looks at; all others stand still, which can only make a proof harder to find.
const COLUMNS: usize = 160;

/// Counts that are enough for most proofs, and looked at first.
const FEW_COLUMNS: usize = 32;

/// Counts taken of an equation with many: so many for each of those looked at in all.
const OF_ONE_EQUATION: usize = 8;

/// That a count is protected, and the counts that must stay hidden for it to be.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Proof {
    /// The counts that move, in order.
    pub(super) moving: Vec<usize>,
    /// Of these, those that move just as the target does.
    along: Vec<usize>,
}

/// The counts that a linear program looks at, and its equations.
struct Neighborhood {
    counts: Vec<usize>,
    equations: Vec<usize>,
    /// Whether nothing that is linked to the target was left out.
    whole: bool,
}

/// What readers must be left in doubt of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Guard {
    /// Counts from 1 to one less are small: no hidden one may be told within less.
    pub(crate) width: f64,
    /// Whether that holds for every hidden count, as one who sees only what is published must ask, for all bear one mark; otherwise
    /// for the small ones, and the others are only not to be fixed.
    pub(crate) every: bool,
    /// Whether who knows her own count of one must not see another small one.
    pub(crate) lone: bool,
}

/// How far a target must be able to move.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Goal {
    /// So far, up and down together.
    Apart(f64),
    /// Up by the one, or down by the other.
    Either(f64, f64),
}

impl Guard {
    fn goal(self, target: &super::system::Count, by_lone: bool) -> Goal {
        let small = target.value < self.width;
        match () {
            // That a hidden count is none must not be sure.
            () if target.value <= 0.0 => Goal::Either(1.0, f64::INFINITY),
            () if small && by_lone => {
                Goal::Either(self.width - target.value, if target.floor > 0.0 { f64::INFINITY } else { target.value.max(TINY) })
            }
            () if small || self.every => Goal::Apart(self.width),
            () => Goal::Either(1.0, 1.0),
        }
    }
}

impl System {
    /// A proof that a hidden count is guarded, against readers and against one who knows her own lone count.
    pub(super) fn prove(&self, target: usize, guard: Guard) -> Option<Proof> {
        let mut proof = self.moves(target, guard, None)?;
        for known in self.lone_in(&proof, target, guard) {
            proof.moving.extend(self.moves(target, guard, Some(known))?.moving);
        }
        proof.moving.sort_unstable();
        proof.moving.dedup();
        Some(proof)
    }

    /// Movements of the hidden counts, `still` apart, with which the target goes as far as it must.
    fn moves(&self, target: usize, guard: Guard, still: Option<usize>) -> Option<Proof> {
        let near = self.neighborhood(target, still, FEW_COLUMNS, |_| None);
        let all = near.whole;
        self.moves_near(&near, target, guard, still).or_else(|| {
            let wider = (!all).then(|| self.neighborhood(target, still, COLUMNS, |_| None))?;
            self.moves_near(&wider, target, guard, still)
        })
    }

    fn moves_near(&self, near: &Neighborhood, target: usize, guard: Guard, still: Option<usize>) -> Option<Proof> {
        let goal = guard.goal(&self.counts[target], still.is_some());
        let (down, up) = self.room(target);
        let mut proof = Proof::default();
        let mut gone = 0.0;
        for (room, sign) in [(up, 1.0), (-down, -1.0)] {
            let wanted = match goal {
                Goal::Apart(width) => width - gone,
                Goal::Either(up, down) => {
                    if sign > 0.0 {
                        up
                    } else {
                        down
                    }
                }
            };
            let most = wanted.min(room);
            if most <= TINY / 2.0 || (most < wanted && matches!(goal, Goal::Either(..))) {
                continue;
            }
            let column = |count: &usize| {
                let (low, high) = self.room(*count);
                match *count == target {
                    true if sign > 0.0 => Column { low: 0.0, high: most, gain: 1.0 },
                    true => Column { low: -most, high: 0.0, gain: -1.0 },
                    false => Column { low, high, gain: 0.0 },
                }
            };
            let columns: Vec<Column> = near.counts.iter().map(column).collect();
            let solution = best(&columns, self.rows(near, &near.counts, 1));
            let reached = self.reach(&near.counts, &solution, target);
            let of_target = sign * reached;
            for (count, moved) in near.counts.iter().zip(&solution).filter(|(_, moved)| moved.abs() > TINY) {
                proof.moving.push(*count);
                proof.along.extend(((moved - of_target).abs() < TINY).then_some(*count));
            }
            if matches!(goal, Goal::Either(..)) {
                if reached >= wanted - TINY {
                    return Some(proof);
                }
                proof = Proof::default();
                continue;
            }
            gone += reached;
            if reached >= wanted - TINY {
                return Some(proof);
            }
        }
        None
    }

    /// How far the target moves; what is not whole where all counts are is not a table, and one person less is taken for sure.
    fn reach(&self, counts: &[usize], solution: &[f64], target: usize) -> f64 {
        let whole = |x: f64| (x - x.round()).abs() < TINY;
        let moved = counts.iter().zip(solution).find(|(count, _)| **count == target).map_or(0.0, |(_, moved)| moved.abs());
        let parts = counts.iter().zip(solution).any(|(count, moved)| whole(self.counts[*count].value) && !whole(*moved));
        if parts && whole(self.counts[target].value) { (moved - 1.0).max(0.0).floor() } else { moved }
    }

    /// The counts to hide so that the target could move as far as it must, for the least price (times what `weight` says of each); empty
    /// where nothing helps. With `halfway`, what the target can go down counts on the way it must go up, for a movement often works
    /// backward too.
    pub(super) fn cheapest_movement(&self, target: usize, guard: Guard, weight: &[f64], halfway: bool) -> Vec<usize> {
        let lone = self.in_the_way(target, guard);
        let (down, up) = self.room(target);
        let goals = match guard.goal(&self.counts[target], lone.is_some()) {
            Goal::Apart(width) => [(halfway && width > -down + 1.0).then_some(width + down), Some(width), None].map(|up| (up, Some(width))),
            Goal::Either(up, down) => [(Some(up), Some(down)), (None, None), (None, None)],
        };
        for (wide, narrow) in goals {
            let most = if wide.is_some_and(|wide| up >= wide) { wide } else { narrow.map(|narrow| -narrow.min(-down)) };
            let hide = most.map_or_else(Vec::new, |most| self.cheapest_way(target, most, lone, weight));
            if !hide.is_empty() {
                return hide;
            }
        }
        Vec::new()
    }

    /// The counts to hide so that the target could move by `most`, up or, below 0, down.
    fn cheapest_way(&self, target: usize, most: f64, lone: Option<usize>, weight: &[f64]) -> Vec<usize> {
        let price = |count: usize| Some(self.price(count) * weight[count]).filter(|price| price.is_finite());
        let near = self.neighborhood(target, lone, COLUMNS, price);
        let (mut counts, mut columns) = (Vec::new(), Vec::new());
        for count in &near.counts {
            let (low, high) = self.room(*count);
            counts.push(*count);
            if *count == target {
                // Worth more than all that could be hidden.
                columns.push(Column { low: most.min(0.0), high: most.max(0.0), gain: 1e6f64.copysign(most) });
            } else if self.is_unknown(*count) {
                columns.push(Column { low, high, gain: 0.0 });
            } else {
                let each = price(*count).unwrap_or(f64::INFINITY) / most.abs().min(self.counts[*count].value);
                columns.push(Column { low: 0.0, high, gain: -each });
                counts.push(*count);
                columns.push(Column { low, high: 0.0, gain: each });
            }
        }
        let solution = best(&columns, self.rows(&near, &counts, 2));
        let moved = |(at, x): (usize, &f64)| {
            let shown = counts[at] != target && !self.is_unknown(counts[at]);
            (x.abs() > TINY && shown).then_some(counts[at])
        };
        let mut hide: Vec<usize> = solution.iter().enumerate().filter_map(moved).collect();
        hide.sort_unstable();
        hide.dedup();
        hide
    }

    /// The lone count that stands in the way of a proof, where there is one without it.
    fn in_the_way(&self, target: usize, guard: Guard) -> Option<usize> {
        let proof = self.moves(target, guard, None)?;
        self.lone_in(&proof, target, guard).into_iter().find(|count| self.moves(target, guard, Some(*count)).is_none())
    }

    /// The lone counts that a proof for a small one rests on: that person could see through it.
    fn lone_in(&self, proof: &Proof, target: usize, guard: Guard) -> Vec<usize> {
        let small = guard.lone && self.counts[target].value < guard.width;
        let lone = |count: &usize| small && *count != target && self.counts[*count].lone && !self.is_the_same(*count, target, proof);
        proof.moving.iter().copied().filter(lone).collect()
    }

    /// Whether two lone counts are of one person, who is alone in a row and so in its sum: what she sees of it is herself.
    fn is_the_same(&self, lone: usize, target: usize, proof: &Proof) -> bool {
        let at_all = Guard { width: 1.0 + 10.0 * TINY, every: false, lone: false };
        self.counts[target].lone && proof.along.contains(&lone) && self.moves(target, at_all, Some(lone)).is_none()
    }

    /// What is linked to a count by equations, nearest first: hidden counts, and shown ones that have a price.
    fn neighborhood(&self, target: usize, still: Option<usize>, most: usize, price: impl Fn(usize) -> Option<f64>) -> Neighborhood {
        let mut counts = vec![target];
        let mut taken = std::collections::BTreeSet::from([target]);
        let mut equations = std::collections::BTreeSet::new();
        let (mut at, mut whole) = (0, true);
        while at < counts.len() {
            for equation in &self.equations_of[counts[at]] {
                if !equations.insert(*equation) {
                    continue;
                }
                if counts.len() >= most {
                    whole = false;
                    continue;
                }
                let others = self.equations[*equation].iter().map(|(count, _)| *count);
                let others: Vec<usize> = others.filter(|count| !taken.contains(count) && still != Some(*count)).collect();
                let mut hidden: Vec<usize> = others.iter().copied().filter(|count| self.is_unknown(*count)).collect();
                let mut shown: Vec<(usize, f64)> =
                    others.iter().filter(|count| !self.is_unknown(**count)).filter_map(|count| Some((*count, price(*count)?))).collect();
                if hidden.len() > most / OF_ONE_EQUATION {
                    whole = false;
                    hidden.sort_by(|a, b| self.counts[*b].value.total_cmp(&self.counts[*a].value).then(a.cmp(b)));
                    hidden.truncate(most / OF_ONE_EQUATION);
                }
                if shown.len() > most / OF_ONE_EQUATION {
                    shown.sort_by(|(a, x), (b, y)| x.total_cmp(y).then(a.cmp(b)));
                    shown.truncate(most / OF_ONE_EQUATION);
                }
                for count in hidden.into_iter().chain(shown.into_iter().map(|(count, _)| count)) {
                    taken.insert(count);
                    counts.push(count);
                }
            }
            at += 1;
        }
        Neighborhood { counts, equations: equations.into_iter().collect(), whole }
    }

    /// The equations as rows of factors; `most` columns a count at most.
    fn rows(&self, near: &Neighborhood, columns: &[usize], most: usize) -> Vec<Vec<f64>> {
        let mut places: Vec<(usize, usize)> = columns.iter().enumerate().map(|(at, count)| (*count, at)).collect();
        places.sort_unstable();
        let row = |equation: &usize| {
            let mut row = vec![0.0; columns.len()];
            for (count, factor) in &self.equations[*equation] {
                let from = places.partition_point(|(other, _)| other < count);
                places[from..].iter().take(most).take_while(|(other, _)| other == count).for_each(|(_, at)| row[*at] += factor);
            }
            row
        };
        near.equations.iter().map(row).collect()
    }

    /// The least and the most that readers can tell a hidden count to be, by all equations at once.
    #[cfg(test)]
    pub(super) fn interval(&self, target: usize) -> (f64, f64) {
        let unknown: Vec<usize> = (0..self.counts.len()).filter(|count| self.is_unknown(*count)).collect();
        let near = Neighborhood { counts: unknown.clone(), equations: (0..self.equations.len()).collect(), whole: true };
        let all: f64 = 2.0 * self.counts.iter().map(|count| count.value).sum::<f64>() + 1.0;
        let end = |sign: f64| {
            let column = |count: &usize| {
                let (low, high) = self.room(*count);
                Column { low, high: high.min(all), gain: if *count == target { sign } else { 0.0 } }
            };
            let solution = best(&unknown.iter().map(column).collect::<Vec<_>>(), self.rows(&near, &unknown, 1));
            let moved = unknown.iter().zip(&solution).find(|(count, _)| **count == target).map_or(0.0, |(_, moved)| *moved);
            self.counts[target].value + moved
        };
        (end(-1.0), end(1.0))
    }
}
