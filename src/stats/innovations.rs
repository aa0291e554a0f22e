//! One recursion under exponential smoothing and under the intervals: a level, a slope, seasons and a transient, moved by one error.
//!
//! ```text
//! prediction  p(t) = level + φ slope + season(t) + transient          e(t) = y(t) − p(t)
//! level      += φ slope + α e(t)          slope = φ slope + β e(t)
//! season(t)  += γ e(t)                    transient = ρ transient + λ e(t)
//! ```
//!
//! All is linear in the states before the first value, so that these are found by least squares.
//! Source: Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing (2008), chapters 3, 5 and 6.

use crate::stats::least_squares::Columns;

/// The longest cycle: months of a year.
pub(super) const LONGEST_CYCLE: usize = 12;

/// How much of an error each state takes up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gains {
    pub(super) level: f64,
    pub(super) slope: f64,
    pub(super) damping: f64,
    pub(super) season: f64,
    pub(super) transient: f64,
    pub(super) persistence: f64,
}

/// The states between two values; `season[t % cycle]` is that of value t.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct State {
    pub(super) level: f64,
    pub(super) slope: f64,
    pub(super) transient: f64,
    pub(super) season: [f64; LONGEST_CYCLE],
}

/// The recursion with its gains, its cycle (1: no seasons) and whether there is a slope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Process {
    pub(super) gains: Gains,
    pub(super) slope: bool,
    pub(super) cycle: usize,
}

impl Process {
    /// How many states before the first value are free: level, slope, and all seasons but one, for they sum to zero.
    pub(super) fn free_states(&self) -> usize {
        1 + usize::from(self.slope) + self.cycle - 1
    }

    /// The prediction of value `t`.
    pub(super) fn predict(&self, state: &State, t: usize) -> f64 {
        state.level + self.gains.damping * state.slope + state.season[t % self.cycle] + state.transient
    }

    /// The states after error `e` at `t`.
    pub(super) fn update(&self, state: &mut State, t: usize, e: f64) {
        let Gains { level, slope, damping, season, transient, persistence } = self.gains;
        state.level += damping * state.slope + level * e;
        state.slope = damping * state.slope + slope * e;
        state.season[t % self.cycle] += season * e;
        state.transient = persistence * state.transient + transient * e;
    }

    /// The `at`-th free state at one, all others at zero: level, slope, then the seasons from the latest backwards.
    pub(super) fn unit(&self, at: usize) -> State {
        let mut state = State::default();
        match at {
            0 => state.level = 1.0,
            1 if self.slope => state.slope = 1.0,
            _ => {
                let latest = at - 1 - usize::from(self.slope);
                state.season[self.cycle - 1 - latest] = 1.0;
                state.season[0] = -1.0;
            }
        }
        state
    }

    /// The states that the free ones stand for.
    pub(super) fn assemble(&self, free: &[f64]) -> State {
        let mut state = State { level: free[0], ..State::default() };
        if self.slope {
            state.slope = free[1];
        }
        for (latest, season) in free[1 + usize::from(self.slope)..].iter().enumerate() {
            state.season[self.cycle - 1 - latest] = *season;
            state.season[0] -= season;
        }
        state
    }

    /// Fills `columns` with what each free state and, last, the values alone do to the errors, and gives what each does to the
    /// `horizon` predictions behind the last value.
    pub(super) fn design(&self, y: &[f64], horizon: usize, columns: &mut Columns) -> Vec<Vec<f64>> {
        let free = self.free_states();
        columns.reset(y.len(), free + 1);
        let mut ahead = Vec::with_capacity(free + 1);
        for at in 0..=free {
            let column = columns.column_mut(at);
            let mut state = if at < free { self.unit(at) } else { State::default() };
            for (t, cell) in column.iter_mut().enumerate() {
                let predicted = self.predict(&state, t);
                let e = if at < free { -predicted } else { y[t] - predicted };
                *cell = if at < free { predicted } else { e };
                self.update(&mut state, t, e);
            }
            ahead.push(self.ahead(state, y.len(), horizon));
        }
        ahead
    }

    /// The predictions of `horizon` values behind the `count` known ones.
    pub(super) fn ahead(&self, mut state: State, count: usize, horizon: usize) -> Vec<f64> {
        (count..count + horizon)
            .map(|t| {
                let predicted = self.predict(&state, t);
                self.update(&mut state, t, 0.0);
                predicted
            })
            .collect()
    }

    /// `Σ ψ(j)²` for j = 0..h−1 and h = 1..=horizon: the variance ahead in units of that of one error, of known states and gains.
    ///
    /// `ψ(0) = 1`, `ψ(j) = α + β (φ + φ² + … + φ^j) + λ ρ^(j−1)`, and γ more where j is a whole number of cycles.
    /// The sum over φ begins at φ, not at 1.
    pub(super) fn variance_factors(&self, horizon: usize) -> Vec<f64> {
        let Gains { level, slope, damping, season, transient, persistence } = self.gains;
        let (mut power, mut damped, mut lasting, mut sum) = (1.0, 0.0, transient, 1.0);
        (1..=horizon)
            .map(|ahead| {
                let variance = sum;
                power *= damping;
                damped += power;
                let seasonal = if self.cycle > 1 && ahead % self.cycle == 0 { season } else { 0.0 };
                let response = level + slope * damped + lasting + seasonal;
                lasting *= persistence;
                sum += response * response;
                variance
            })
            .collect()
    }
}
