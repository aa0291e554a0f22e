//! The search: cells hidden one after the other along cheap movements, then shown again where no proof needs them.

use super::proof::{Guard, Proof};
use super::system::System;

/// Systems up to this many counts are closed several times in different orders, and the cheapest result is kept.
const SMALL: usize = 100;

/// How often.
const TRIES: u64 = 12;

/// And up to this many, so often.
const MEDIUM: (usize, u64) = (300, 2);

/// How a search ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Closed {
    /// Counts that nothing can protect.
    pub(crate) open: Vec<usize>,
}

/// Hides further units until every hidden count is guarded, from readers and from one who knows her own lone count; what is hidden at first stays hidden.
///
/// Each hidden count has its proof by a linear program over at most 160 counts around it, so the cost is about linear in the
/// number of hidden counts. Small systems are tried in twelve orders. The result depends on nothing but the system.
pub(crate) fn close(system: &mut System, guard: Guard) -> Closed {
    let tries = match system.counts.len() {
        0..=SMALL => TRIES,
        counts if counts <= MEDIUM.0 => MEDIUM.1,
        _ => 1,
    };
    let mut best: Option<(usize, f64, Vec<bool>, Closed)> = None;
    let first: Vec<bool> = system.units.iter().map(|unit| unit.hidden).collect();
    for turn in 0..tries {
        let mut search = Search::of(system, guard, turn);
        let open = search.run();
        let cost: f64 = system.units.iter().zip(&first).filter(|(unit, first)| unit.hidden && !**first).map(|(unit, _)| unit.worth).sum();
        let hidden: Vec<bool> = system.units.iter().map(|unit| unit.hidden).collect();
        let is_better = best.as_ref().is_none_or(|(failed, least, ..)| (open.len(), cost) < (*failed, *least - 1e-9));
        let at_once = turn == 0 && hidden == first;
        if is_better {
            best = Some((open.len(), cost, hidden, Closed { open }));
        }
        restore(system, &first);
        if at_once {
            break;
        }
    }
    let Some((_, _, hidden, closed)) = best else { return Closed::default() };
    restore(system, &hidden);
    closed
}

fn restore(system: &mut System, hidden: &[bool]) {
    let at = |wanted: bool| (0..hidden.len()).filter(|unit| hidden[*unit] == wanted).collect::<Vec<_>>();
    system.hide(&at(true));
    system.show(&at(false));
}

struct Search<'a> {
    system: &'a mut System,
    guard: Guard,
    /// What this try holds each count to be worth, times its price.
    weight: Vec<f64>,
    first: Vec<bool>,
    proofs: Vec<Option<Proof>>,
    /// The counts in whose proofs each one moves; some no longer.
    used_by: Vec<Vec<usize>>,
    random: u64,
    /// Every other try counts on movements that work backward.
    halfway: bool,
}

impl<'a> Search<'a> {
    fn of(system: &'a mut System, guard: Guard, turn: u64) -> Self {
        let counts = system.counts.len();
        let first = system.units.iter().map(|unit| unit.hidden).collect();
        let mut random = turn;
        let weight = (0..counts).map(|_| if turn == 0 { 1.0 } else { 0.5 + fraction(&mut random) }).collect();
        Self {
            system,
            guard,
            weight,
            first,
            proofs: vec![None; counts],
            used_by: vec![Vec::new(); counts],
            random,
            halfway: turn.is_multiple_of(2),
        }
    }

    fn run(&mut self) -> Vec<usize> {
        let mut targets: Vec<usize> = (0..self.system.counts.len()).filter(|count| self.system.is_target(*count)).collect();
        targets.sort_by(|a, b| self.system.counts[*a].value.total_cmp(&self.system.counts[*b].value).then(a.cmp(b)));
        if self.random > 1 {
            for at in (1..targets.len()).rev() {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "a place in the list"
                )]
                let other = (fraction(&mut self.random) * (at + 1) as f64) as usize;
                targets.swap(at, other.min(at));
            }
        }
        let mut open = Vec::new();
        let mut at = 0;
        while at < targets.len() {
            let target = targets[at];
            at += 1;
            while self.proofs[target].is_none() {
                if let Some(proof) = self.system.prove(target, self.guard) {
                    self.keep(target, proof);
                    break;
                }
                let hide = self.system.cheapest_movement(target, self.guard, &self.weight, self.halfway);
                // What does not hide anything more cannot help: so each step is one towards the end.
                if hide.iter().all(|count| self.system.falling(*count).is_empty()) {
                    open.push(target);
                    break;
                }
                for count in hide {
                    let lost = self.system.hide(&self.system.falling(count));
                    targets.extend(lost);
                }
            }
        }
        self.show_again();
        open.sort_unstable();
        open.dedup();
        open
    }

    fn keep(&mut self, target: usize, proof: Proof) {
        proof.moving.iter().for_each(|count| self.used_by[*count].push(target));
        self.proofs[target] = Some(proof);
    }

    /// Shows again what no proof needs, the dearest first.
    fn show_again(&mut self) {
        let hidden = |unit: &usize| self.system.units[*unit].hidden && !self.first[*unit];
        let mut units: Vec<usize> = (0..self.system.units.len()).filter(hidden).collect();
        let worth =
            |unit: &usize| self.system.units[*unit].worth * self.system.units[*unit].gives.first().map_or(1.0, |own| self.weight[*own]);
        units.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.cmp(b)));
        for unit in units {
            if self.system.units[unit].hidden {
                self.try_to_show(unit);
            }
        }
    }

    fn try_to_show(&mut self, unit: usize) {
        let Some(own) = self.system.units[unit].gives.first().copied() else { return };
        let group: Vec<usize> =
            self.system.units_of[own].iter().copied().filter(|other| self.system.units[*other].gives[0] == own).collect();
        if group.iter().any(|unit| self.first[*unit]) {
            return;
        }
        // A count that some unit hides as its own must not be given by another one.
        let given = group.iter().flat_map(|unit| &self.system.units[*unit].gives[1..]);
        let hidden_elsewhere = |count: &usize| {
            let of = &self.system.units_of[*count];
            of.iter().any(|other| self.system.units[*other].hidden && self.system.units[*other].gives[0] == *count)
        };
        if given.clone().any(hidden_elsewhere) {
            return;
        }
        let counts: Vec<usize> = given.copied().chain([own]).filter(|count| self.system.is_unknown(*count)).collect();
        self.system.show(&group);
        let mut affected: Vec<usize> = counts.iter().flat_map(|count| self.used_by[*count].iter().copied()).collect();
        affected.sort_unstable();
        affected.dedup();
        let mut anew = Vec::new();
        for target in affected {
            let moves = self.proofs[target].as_ref().is_some_and(|proof| counts.iter().any(|count| proof.moving.contains(count)));
            if !moves || !self.system.is_target(target) {
                continue;
            }
            let Some(proof) = self.system.prove(target, self.guard) else {
                self.system.hide(&group);
                return;
            };
            anew.push((target, proof));
        }
        for (target, proof) in anew {
            self.keep(target, proof);
        }
    }
}

/// A number from 0 to 1 by `SplitMix64`.
fn fraction(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    #[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
    let result = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
    result
}
