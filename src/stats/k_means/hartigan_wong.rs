//! Algorithm AS 136 for weighted points: what its two stages compare, and in which order, is kept, so that R's classes come out.

use crate::stats::distinct_points::{DistinctPoints, square};

/// Rounds of the quick stage, as in R.
const QUICK_ROUNDS: usize = 50;

/// The state of the exchange: points in their order, classes by number.
struct Exchange<'p> {
    points: &'p DistinctPoints,
    /// The class of each point, and the class it would go to next.
    class: Vec<usize>,
    next: Vec<usize>,
    /// `W_a |x − g_a|² / (W_a − w)` of each point when it was last needed.
    loss: Vec<f64>,
    centers: Vec<f64>,
    weight: Vec<f64>,
    count: Vec<usize>,
    /// Points looked at since the last move.
    quiet: usize,
    /// Whether a class changed in the last quick stage.
    stirred: Vec<bool>,
    /// Up to which point a class is live in the first stage.
    live_until: Vec<usize>,
    /// Until which step a class counts as changed.
    changed_until: Vec<usize>,
}

/// Moves points between classes until no move lowers the inertia within; gives the classes and whether it came to rest.
pub(super) fn exchange(points: &DistinctPoints, start: &[u32], classes: usize, passes: usize) -> (Vec<u32>, bool) {
    let mut state = Exchange::new(points, start, classes);
    let mut converged = classes < 2;
    for pass in 0..passes {
        if converged {
            break;
        }
        state.best_transfers(pass == 0);
        converged = state.quiet >= points.len();
        if converged {
            break;
        }
        let rested = state.quick_transfers();
        // With two classes the quick stage has looked at everything.
        converged = rested && classes == 2;
        state.changed_until.fill(0);
    }
    (state.class.into_iter().map(|class| u32::try_from(class).unwrap_or(0)).collect(), converged)
}

impl<'p> Exchange<'p> {
    /// Every point in the class with the nearest center of the start's.
    fn new(points: &'p DistinctPoints, start: &[u32], classes: usize) -> Self {
        let n = points.len();
        let mut state = Self {
            points,
            class: start.iter().map(|class| *class as usize).collect(),
            next: vec![0; n],
            loss: vec![0.0; n],
            centers: vec![0.0; classes * points.axes],
            weight: vec![0.0; classes],
            count: vec![0; classes],
            quiet: 0,
            stirred: vec![true; classes],
            live_until: vec![0; classes],
            changed_until: vec![0; classes],
        };
        state.average();
        if classes < 2 {
            return state;
        }
        for point in 0..n {
            let (mut first, mut second) = ((f64::INFINITY, 0), (f64::INFINITY, 0));
            for class in 0..classes {
                let apart = state.square(point, class);
                if apart < first.0 {
                    second = first;
                    first = (apart, class);
                } else if apart < second.0 {
                    second = (apart, class);
                }
            }
            (state.class[point], state.next[point]) = (first.1, second.1);
            state.loss[point] = points.weights[point] * first.0;
        }
        state.fill_empty();
        state.average();
        state
    }

    /// A class that nobody is nearest to takes the point that adds most to the inertia of a class with others.
    fn fill_empty(&mut self) {
        self.count.fill(0);
        for class in &self.class {
            self.count[*class] += 1;
        }
        for empty in 0..self.count.len() {
            if self.count[empty] > 0 {
                continue;
            }
            let mut farthest: Option<usize> = None;
            for point in 0..self.class.len() {
                let adds_more = farthest.is_none_or(|farthest| self.loss[point] > self.loss[farthest]);
                if self.count[self.class[point]] > 1 && adds_more {
                    farthest = Some(point);
                }
            }
            let Some(point) = farthest else { return };
            self.count[self.class[point]] -= 1;
            self.next[point] = std::mem::replace(&mut self.class[point], empty);
            self.count[empty] = 1;
            self.loss[point] = 0.0;
        }
    }

    fn average(&mut self) {
        let axes = self.points.axes;
        self.centers.fill(0.0);
        self.weight.fill(0.0);
        self.count.fill(0);
        for (point, class) in self.class.iter().enumerate() {
            let w = self.points.weights[point];
            self.weight[*class] += w;
            self.count[*class] += 1;
            let center = &mut self.centers[class * axes..(class + 1) * axes];
            center.iter_mut().zip(self.points.point(point)).for_each(|(sum, x)| *sum += w * x);
        }
        for (center, weight) in self.centers.chunks_exact_mut(axes).zip(&self.weight) {
            if *weight > 0.0 {
                for sum in center {
                    *sum /= weight;
                }
            }
        }
    }

    /// The first stage: for each point the best of all classes that changed since it was last looked at.
    fn best_transfers(&mut self, first_pass: bool) {
        let (n, classes) = (self.points.len(), self.weight.len());
        // A class is live for a point where it changed in the quick stage, or less than one round ago.
        for (until, _) in self.live_until.iter_mut().zip(&self.stirred).filter(|(_, stirred)| **stirred) {
            *until = n;
        }
        for point in 0..n {
            self.quiet += 1;
            let from = self.class[point];
            if self.count[from] > 1 {
                if first_pass || self.changed_until[from] > 0 {
                    self.loss[point] = self.loss_of(point, from);
                }
                let mut to = self.next[point];
                let kept = to;
                let mut gain = self.gain_of(point, to);
                for class in 0..classes {
                    let live = point < self.live_until[from] || point < self.live_until[class];
                    if live && class != from && class != kept {
                        let other = self.gain_of(point, class);
                        if other < gain {
                            (gain, to) = (other, class);
                        }
                    }
                }
                if gain >= self.loss[point] {
                    self.next[point] = to;
                } else {
                    self.quiet = 0;
                    for class in [from, to] {
                        self.live_until[class] = n + point;
                        self.changed_until[class] = point + 1;
                    }
                    self.transfer(point, to);
                }
            }
            if self.quiet >= n {
                return;
            }
        }
        self.stirred.fill(false);
        for until in &mut self.live_until {
            *until = until.saturating_sub(n);
        }
    }

    /// The second stage: each point between its class and the next best, round after round; says whether it came to rest.
    fn quick_transfers(&mut self) -> bool {
        let n = self.points.len();
        let (mut calm, mut step) = (0, 0);
        loop {
            for point in 0..n {
                calm += 1;
                step += 1;
                if step >= QUICK_ROUNDS * n {
                    return false;
                }
                let (from, to) = (self.class[point], self.next[point]);
                if self.count[from] > 1 {
                    // The step itself counts: a point that moved a round ago has the loss of the class it left.
                    if step <= self.changed_until[from] {
                        self.loss[point] = self.loss_of(point, from);
                    }
                    let changed = step < self.changed_until[from] || step < self.changed_until[to];
                    if changed && self.gain_of(point, to) < self.loss[point] {
                        calm = 0;
                        self.quiet = 0;
                        for class in [from, to] {
                            self.stirred[class] = true;
                            self.changed_until[class] = step + n;
                        }
                        self.transfer(point, to);
                    }
                }
                if calm == n {
                    return true;
                }
            }
        }
    }

    fn transfer(&mut self, point: usize, to: usize) {
        let (from, w, axes) = (self.class[point], self.points.weights[point], self.points.axes);
        let (left, grown) = (self.weight[from] - w, self.weight[to] + w);
        for (axis, x) in self.points.point(point).iter().enumerate() {
            let (a, b) = (from * axes + axis, to * axes + axis);
            self.centers[a] = (self.centers[a] * self.weight[from] - w * x) / left;
            self.centers[b] = (self.centers[b] * self.weight[to] + w * x) / grown;
        }
        (self.weight[from], self.weight[to]) = (left, grown);
        self.count[from] -= 1;
        self.count[to] += 1;
        (self.class[point], self.next[point]) = (to, from);
    }

    fn square(&self, point: usize, class: usize) -> f64 {
        square(self.points.point(point), &self.centers[class * self.points.axes..(class + 1) * self.points.axes])
    }

    fn loss_of(&self, point: usize, from: usize) -> f64 {
        self.square(point, from) * self.weight[from] / (self.weight[from] - self.points.weights[point])
    }

    fn gain_of(&self, point: usize, to: usize) -> f64 {
        self.square(point, to) * self.weight[to] / (self.weight[to] + self.points.weights[point])
    }
}
