//! The kernel of the global tests: `Σ_ij w_ij z_i z_j` for values put on the map anew, eight relabelings side by side.
//!
//! Each pair of neighbors is looked at once, with `w_ij + w_ji`, and units are numbered along their links first, so that neighbors lie
//! close in memory. Relabeling `m` is the order that the stream `m` of the seed gives, whichever thread makes it.

use rayon::prelude::*;

use super::generator::Xoshiro256PlusPlus;
use crate::stats::spatial_weights::SpatialWeights;

/// Relabelings side by side: one line of the cache.
const LANES: usize = 8;
type Lanes = [f64; LANES];

/// Weights as pairs, each once, units numbered along the links.
#[derive(Debug)]
pub(super) struct Pairs {
    /// Row `i`: the pairs with a unit before it.
    offsets: Vec<usize>,
    before: Vec<u32>,
    /// `w_ij + w_ji`.
    weights: Vec<f64>,
    /// `w_ii` where a unit is its own neighbor, in the new order.
    own: Vec<f64>,
    /// `Σ_j w_ij + Σ_j w_ji` without `w_ii`, in the new order.
    degrees: Vec<f64>,
}

/// Sums over all pairs for one labeling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sums {
    /// `Σ_ij w_ij z_i z_j`.
    pub(super) products: f64,
    /// `Σ_ij w_ij (z_i − z_j)²`.
    pub(super) squared_differences: f64,
}

impl Pairs {
    pub(super) fn of(weights: &SpatialWeights) -> Self {
        let order = along_links(weights);
        let mut number = vec![0_u32; order.len()];
        (0_u32..).zip(&order).for_each(|(new, old)| number[*old as usize] = new);
        // Links dealt to their later unit by counting, then put in order among its few.
        let later = |old: usize| weights.neighbors(old).iter().map(move |neighbor| (old, *neighbor as usize));
        let mut starts = vec![0_usize; order.len() + 2];
        for (old, neighbor) in (0..order.len()).flat_map(later) {
            starts[number[old].max(number[neighbor]) as usize + 2] += 1;
        }
        for i in 2..starts.len() {
            starts[i] += starts[i - 1];
        }
        let (mut own, mut degrees) = (vec![0.0; order.len()], vec![0.0; order.len()]);
        let mut links: Vec<(u32, f64)> = vec![(0, 0.0); weights.links()];
        for (new, old) in (0_u32..).zip(&order) {
            for (neighbor, weight) in weights.row(*old as usize) {
                let other = number[neighbor];
                if other == new {
                    own[new as usize] = weight;
                }
                let place = &mut starts[new.max(other) as usize + 1];
                links[*place] = (new.min(other), weight);
                *place += 1;
            }
        }
        let mut offsets = vec![0; order.len() + 1];
        let (mut before, mut pair_weights) = (Vec::with_capacity(links.len()), Vec::with_capacity(links.len()));
        for i in 0..order.len() {
            let row = &mut links[starts[i]..starts[i + 1]];
            row.sort_by_key(|(j, _)| *j);
            for pair in row.chunk_by(|a, b| a.0 == b.0).filter(|pair| pair[0].0 as usize != i) {
                let weight = pair.iter().map(|(_, weight)| weight).sum::<f64>();
                before.push(pair[0].0);
                pair_weights.push(weight);
                degrees[i] += weight;
                degrees[pair[0].0 as usize] += weight;
            }
            offsets[i + 1] = before.len();
        }
        Self { offsets, before, weights: pair_weights, own, degrees }
    }

    /// The largest degree with own weight: bounds `|Σ_ij w_ij z_i z_j|` by half of it times `Σ z²`.
    pub(super) fn largest_degree(&self) -> f64 {
        self.degrees.iter().zip(&self.own).map(|(degree, own)| degree + 2.0 * own).fold(0.0, f64::max)
    }

    /// The sums for `count` relabelings of the values, in the order of their streams.
    pub(super) fn relabeled(&self, values: &[f64], seed: u64, count: u32) -> Vec<Sums> {
        let batches = u64::from(count).div_ceil(LANES as u64);
        let sums: Vec<[Sums; LANES]> = if u16::try_from(values.len()).is_ok() {
            (0..batches).into_par_iter().map_init(Vec::new, |lanes, batch| self.batch::<u16>(values, seed, batch, lanes)).collect()
        } else {
            (0..batches).into_par_iter().map_init(Vec::new, |lanes, batch| self.batch::<u32>(values, seed, batch, lanes)).collect()
        };
        sums.into_iter().flatten().take(count as usize).collect()
    }

    /// Eight relabelings; `T` numbers the units, the smaller the faster.
    fn batch<T: Copy + TryFrom<usize> + Into<u32>>(&self, values: &[f64], seed: u64, batch: u64, lanes: &mut Vec<Lanes>) -> [Sums; LANES] {
        let plain: Vec<T> = (0..values.len()).filter_map(|unit| T::try_from(unit).ok()).collect();
        let labels: [Vec<T>; LANES] = std::array::from_fn(|lane| {
            let mut labels = plain.clone();
            Xoshiro256PlusPlus::stream(seed, batch * LANES as u64 + lane as u64).shuffle(&mut labels);
            labels
        });
        // Unit after unit, so that each line of the cache is written once.
        lanes.clear();
        let [a, b, c, d, e, f, g, h] = &labels;
        let value = |label: &T| values[Into::<u32>::into(*label) as usize];
        let left = a.iter().zip(b).zip(c).zip(d);
        let right = e.iter().zip(f).zip(g).zip(h);
        lanes.extend(
            left.zip(right).map(|((((a, b), c), d), (((e, f), g), h))| {
                [value(a), value(b), value(c), value(d), value(e), value(f), value(g), value(h)]
            }),
        );
        self.sums(lanes)
    }

    /// The sums for values side by side, in the order of the pairs; each lane for itself.
    fn sums(&self, z: &[Lanes]) -> [Sums; LANES] {
        let (mut crossed, mut owned, mut degrees) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for (i, z_i) in z.iter().enumerate() {
            let row = self.offsets[i]..self.offsets[i + 1];
            let mut lag = [0.0; LANES];
            for (j, weight) in self.before[row.clone()].iter().zip(&self.weights[row]) {
                let z_j = &z[*j as usize];
                for lane in 0..LANES {
                    lag[lane] += weight * z_j[lane];
                }
            }
            let (own, degree) = (self.own[i], self.degrees[i]);
            for lane in 0..LANES {
                let square = z_i[lane] * z_i[lane];
                crossed[lane] += z_i[lane] * lag[lane];
                owned[lane] += own * square;
                degrees[lane] += degree * square;
            }
        }
        std::array::from_fn(|lane| Sums { products: crossed[lane] + owned[lane], squared_differences: degrees[lane] - 2.0 * crossed[lane] })
    }
}

/// The units in breadth-first order along links taken both ways, each component from its first unit.
fn along_links(weights: &SpatialWeights) -> Vec<u32> {
    let n = weights.len();
    // Who has a unit for its neighbor, dealt by counting.
    let mut starts = vec![0_usize; n + 2];
    for unit in 0..n {
        weights.neighbors(unit).iter().for_each(|neighbor| starts[*neighbor as usize + 2] += 1);
    }
    for i in 2..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut back = vec![0_u32; weights.links()];
    for (unit, number) in (0..n).zip(0_u32..) {
        for neighbor in weights.neighbors(unit) {
            let place = &mut starts[*neighbor as usize + 1];
            back[*place] = number;
            *place += 1;
        }
    }
    let mut seen = vec![false; n];
    let mut order: Vec<u32> = Vec::with_capacity(n);
    for (unit, number) in (0..n).zip(0_u32..) {
        if std::mem::replace(&mut seen[unit], true) {
            continue;
        }
        let mut next = order.len();
        order.push(number);
        while let Some(unit) = order.get(next).map(|unit| *unit as usize) {
            next += 1;
            for neighbor in weights.neighbors(unit).iter().chain(&back[starts[unit]..starts[unit + 1]]) {
                if !std::mem::replace(&mut seen[*neighbor as usize], true) {
                    order.push(*neighbor);
                }
            }
        }
    }
    order
}
