//! What is published, as statements on unknown numbers, and what an attacker wants to know of them.

use crate::stats::refusal::Refusal;

/// A number that nobody publishes: a hidden cell, or a piece of which hidden and published cells are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unknown {
    pub whole: bool,
    pub bounds: (f64, f64),
}

/// A sum of unknowns within bounds; both are the same for an exact value.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub terms: Vec<(usize, f64)>,
    pub bounds: (f64, f64),
}

/// All that is published, as a system of linear statements on unknowns that are not negative.
///
/// An exact value is a statement whose bounds are equal, a rounded one an interval. Unknowns and statements are numbered in the order
/// they come in, from 0. Nothing is solved here. Cost: memory O(terms).
///
/// ```
/// use optima::stats::disclosure_attack::System;
/// // A hidden count of persons, with a hidden neighbor: their sum is published as 12.
/// let mut system = System::new();
/// let (a, b) = (system.count(), system.count());
/// system.state(&[(a, 1.0), (b, 1.0)], 12.0, 12.0).unwrap();
/// assert_eq!((system.unknowns(), system.statements()), (2, 1));
/// ```
#[derive(Debug, Clone, Default)]
pub struct System {
    pub(super) unknowns: Vec<Unknown>,
    pub(super) statements: Vec<Statement>,
}

impl System {
    /// A system of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A further unknown that is a count, whole and at least 0: its number.
    pub fn count(&mut self) -> usize {
        self.add(true)
    }

    /// A further unknown that is an amount or a weight, real and at least 0: its number.
    pub fn amount(&mut self) -> usize {
        self.add(false)
    }

    fn add(&mut self, whole: bool) -> usize {
        self.unknowns.push(Unknown { whole, bounds: (0.0, f64::INFINITY) });
        self.unknowns.len() - 1
    }

    /// Adds that an unknown lies in `low..=high`, on top of what is known of it; infinite ends say nothing.
    ///
    /// # Errors
    /// An unknown that is not there, an end that is no number, `low > high`. Bounds that contradict earlier ones are found by the attack.
    ///
    /// ```
    /// use optima::stats::disclosure_attack::System;
    /// let mut system = System::new();
    /// let a = system.count();
    /// assert!(system.bound(a, 1.0, f64::INFINITY).is_ok() && system.bound(a, 3.0, 2.0).is_err());
    /// ```
    pub fn bound(&mut self, unknown: usize, low: f64, high: f64) -> Result<(), Refusal> {
        check_bounds(low, high)?;
        let Some(known) = self.unknowns.get_mut(unknown) else { return Err(no_such(unknown)) };
        known.bounds = (known.bounds.0.max(low), known.bounds.1.min(high));
        Ok(())
    }

    /// Adds a statement `low <= Σ coefficient × unknown <= high`: its number. Terms on one unknown are added up.
    ///
    /// # Errors
    /// An unknown that is not there, a coefficient that is not finite, an end that is no number, `low > high`.
    pub fn state(&mut self, terms: &[(usize, f64)], low: f64, high: f64) -> Result<usize, Refusal> {
        check_bounds(low, high)?;
        let terms = gathered(terms)?;
        if let Some((unknown, _)) = terms.last().filter(|(unknown, _)| *unknown >= self.unknowns.len()) {
            return Err(no_such(*unknown));
        }
        self.statements.push(Statement { terms, bounds: (low, high) });
        Ok(self.statements.len() - 1)
    }

    /// How many unknowns there are.
    #[must_use]
    pub fn unknowns(&self) -> usize {
        self.unknowns.len()
    }

    /// How many statements there are.
    #[must_use]
    pub fn statements(&self) -> usize {
        self.statements.len()
    }
}

/// What the attacker wants to know: a linear combination of unknowns, plus a constant.
///
/// A hidden cell, the difference of two zonings, a group less one of its parts, a cell less one's own clients.
///
/// ```
/// use optima::stats::disclosure_attack::Target;
/// let difference = Target::combination(&[(0, 1.0), (3, -1.0)], 0.0).unwrap();
/// let others = Target::unknown(2).minus(4.0);
/// assert_ne!(difference, others);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub(super) terms: Vec<(usize, f64)>,
    pub(super) constant: f64,
}

impl Target {
    /// One unknown.
    #[must_use]
    pub fn unknown(unknown: usize) -> Self {
        Self { terms: vec![(unknown, 1.0)], constant: 0.0 }
    }

    /// `Σ coefficient × unknown + constant`; no term is a constant.
    ///
    /// # Errors
    /// A coefficient or a constant that is not finite.
    pub fn combination(terms: &[(usize, f64)], constant: f64) -> Result<Self, Refusal> {
        if !constant.is_finite() {
            return Err(Refusal::new("the constant of a target is not finite"));
        }
        Ok(Self { terms: gathered(terms)?, constant })
    }

    /// The same less a known part, such as a partner's own clients; what is not finite changes nothing.
    #[must_use]
    pub fn minus(mut self, own: f64) -> Self {
        if own.is_finite() {
            self.constant -= own;
        }
        self
    }
}

/// In the order of the unknowns, each once, none times zero.
fn gathered(terms: &[(usize, f64)]) -> Result<Vec<(usize, f64)>, Refusal> {
    if terms.iter().any(|(_, coefficient)| !coefficient.is_finite()) {
        return Err(Refusal::new("a coefficient is not finite").remedy("leave the statement out, or give its terms as numbers"));
    }
    let mut sorted = terms.to_vec();
    sorted.sort_by_key(|(unknown, _)| *unknown);
    let mut gathered: Vec<(usize, f64)> = Vec::with_capacity(sorted.len());
    for (unknown, coefficient) in sorted {
        match gathered.last_mut() {
            Some((last, sum)) if *last == unknown => *sum += coefficient,
            _ => gathered.push((unknown, coefficient)),
        }
    }
    gathered.retain(|(_, coefficient)| *coefficient != 0.0);
    Ok(gathered)
}

fn check_bounds(low: f64, high: f64) -> Result<(), Refusal> {
    if low.is_nan() || high.is_nan() || low > high || low == f64::INFINITY || high == f64::NEG_INFINITY {
        return Err(Refusal::new("bounds that no number lies between").remedy("the low one comes first"));
    }
    Ok(())
}

pub(super) fn no_such(unknown: usize) -> Refusal {
    Refusal::new(format!("there is no unknown {unknown}")).remedy("unknowns are numbered from 0 in the order they were added")
}
