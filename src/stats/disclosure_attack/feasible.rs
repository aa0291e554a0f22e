//! What an attacker can say of a target, and how well that is proven.

/// How far an interval is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// Both ends are attained by solutions: the interval is the attacker's.
    Exact,
    /// The search stopped, for solutions as wide apart as was asked for are at hand: the attacker's interval is at least as wide.
    Wide,
    /// A limit on work was reached: the attacker's interval lies within `whole` and covers `attained`, and may be narrower than `whole`.
    Relaxed,
}

/// What the statements leave of a target.
///
/// `attained` lies within `whole`, which lies within `real`. Ends may be infinite, where nothing bounds the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feasible {
    /// Outer interval where counts could be any real numbers: the least and the greatest value of the linear program. After
    /// [`Depth::Width`](super::Depth::Width) it may be narrower, for then whole counts bound it as well.
    pub real: (f64, f64),
    /// Outer interval with whole counts.
    pub whole: (f64, f64),
    /// Inner interval: between solutions that were found and verified. `None` where none was found within the limits.
    pub attained: Option<(f64, f64)>,
    /// Whether sums and differences of exact statements alone give the value (it lies in their row space).
    pub linear: bool,
    /// Which of the intervals is the attacker's.
    pub proof: Proof,
}

impl Feasible {
    /// A value that is known.
    pub(super) fn known(value: f64) -> Self {
        Self { real: (value, value), whole: (value, value), attained: Some((value, value)), linear: false, proof: Proof::Exact }
    }

    /// The interval of a sum of two targets that have nothing to do with each other.
    pub(super) fn plus(self, other: Self) -> Self {
        let sum = |a: (f64, f64), b: (f64, f64)| (a.0 + b.0, a.1 + b.1);
        Self {
            real: sum(self.real, other.real),
            whole: sum(self.whole, other.whole),
            attained: self.attained.zip(other.attained).map(|(a, b)| sum(a, b)),
            linear: false,
            proof: self.proof.max(other.proof),
        }
    }
}

/// When an interval is too narrow to be published.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// Of counts of persons: a width of at least `threshold`, and not all of it in `1 ..= threshold - 1`.
    Count {
        /// The least count that may be shown.
        threshold: f64,
        /// Whether a cell may be known to be 0.
        zero_is_public: bool,
    },
    /// Of amounts: not known to within `percent` on either side.
    Amount {
        /// In percent of the value.
        percent: f64,
        /// The true value, where the caller knows it; the middle of the interval otherwise.
        value: Option<f64>,
    },
}

/// What a rule says of an interval. An exact value is a fact, not yet a fault: a cell that is hidden only for another's sake, and is large
/// itself, may be recovered without harm to anyone; that is for the caller to say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Known exactly.
    Exact(f64),
    /// Not exactly, but known to be one of the counts that are hidden for being few.
    Few,
    /// Narrower than the rule allows.
    Narrow,
    /// Wide enough.
    Safe,
    /// The limit on work was reached before it was proven either way.
    Unproven,
}

impl Verdict {
    /// Whether the rule is broken.
    #[must_use]
    pub fn discloses(self) -> bool {
        matches!(self, Self::Exact(_) | Self::Few | Self::Narrow)
    }
}

impl Rule {
    /// What the rule says of an interval: the first that applies of exact, few, narrow, safe.
    ///
    /// Of a relaxed interval, safety is read off the solutions attained and disclosure off the outer bounds, so neither is ever claimed
    /// without proof. Source: the SDC Handbook of `ESSnet`, on feasibility intervals and protection levels.
    ///
    /// ```
    /// use optima::stats::disclosure_attack::{Attack, Depth, Effort, Rule, System, Target, Verdict};
    /// let mut system = System::new();
    /// let (a, b) = (system.count(), system.count());
    /// system.state(&[(a, 1.0), (b, 1.0)], 3.0, 3.0).unwrap();
    /// let mut attack = Attack::new(&system, Effort::default()).unwrap();
    /// let interval = attack.intervals(&[Target::unknown(a)], Depth::Interval).unwrap()[0];
    /// assert_eq!(interval.whole, (0.0, 3.0));
    /// assert_eq!(Rule::Count { threshold: 5.0, zero_is_public: false }.verdict(&interval), Verdict::Narrow);
    /// assert_eq!(Rule::Count { threshold: 3.0, zero_is_public: false }.verdict(&interval), Verdict::Safe);
    /// ```
    #[must_use]
    pub fn verdict(&self, feasible: &Feasible) -> Verdict {
        let outer = self.of(feasible.whole);
        if outer != Verdict::Safe || feasible.proof == Proof::Exact {
            return outer;
        }
        // What is attained is part of the attacker's interval: where it is wide, so is that.
        match feasible.attained.map(|attained| self.of(attained)) {
            Some(Verdict::Safe) if !self.is_public_zero(feasible.attained) => Verdict::Safe,
            _ => Verdict::Unproven,
        }
    }

    fn is_public_zero(&self, interval: Option<(f64, f64)>) -> bool {
        matches!(*self, Self::Count { zero_is_public: true, .. }) && interval == Some((0.0, 0.0))
    }

    fn of(&self, interval: (f64, f64)) -> Verdict {
        let (low, high) = interval;
        if self.is_public_zero(Some(interval)) {
            return Verdict::Safe;
        }
        // Ends of real numbers agree but for their noise.
        if low.is_finite() && high - low <= 1e-9 * low.abs().max(1.0) {
            return Verdict::Exact(low);
        }
        match *self {
            Self::Count { threshold, .. } if low >= 1.0 && high <= threshold - 1.0 => Verdict::Few,
            Self::Count { threshold, .. } if high - low < threshold => Verdict::Narrow,
            Self::Amount { percent, value } => {
                let value = value.unwrap_or(f64::midpoint(low, high));
                let margin = percent / 100.0 * value.abs();
                let open = high.is_infinite() || low.is_infinite() || (low <= value - margin && high >= value + margin);
                if open { Verdict::Safe } else { Verdict::Narrow }
            }
            Self::Count { .. } => Verdict::Safe,
        }
    }
}
