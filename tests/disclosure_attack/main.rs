//! The attack on hidden cells: reference cases, exhaustive enumeration, and what must hold for any system.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "tests may: a panic is how they fail, and their counts are small")]

mod enumeration;
mod informed;
mod properties;
mod published;
mod reference;
mod refusals;

use optima::stats::disclosure_attack::{Attack, Effort, System, Target};

/// Unknowns with their coefficients.
type Terms<'a> = &'a [(usize, f64)];

/// A system of counts, with statements by lists of terms and an exact sum.
pub(crate) fn counts(unknowns: usize, statements: &[(Terms<'_>, f64)]) -> System {
    let mut system = System::new();
    for _ in 0..unknowns {
        system.count();
    }
    for (terms, value) in statements {
        system.state(terms, *value, *value).unwrap();
    }
    system
}

pub(crate) fn attack(system: &System) -> Attack {
    Attack::new(system, Effort::default()).unwrap()
}

pub(crate) fn all(system: &System) -> Vec<Target> {
    (0..system.unknowns()).map(Target::unknown).collect()
}
