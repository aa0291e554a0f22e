//! One suppressor for counts that are published together: which further cells must be hidden so that no hidden one opens.
//!
//! A [`System`] has *counts* (a quantity of one place at one time), *equations* that every reader can write about them, and
//! *units*: what is published or hidden as one, and the counts it gives away. A count is unknown to readers where no shown unit
//! gives it. For every hidden count the suppressor keeps a proof at hand: another table that a reader cannot tell from the true
//! one, in which the count is so much larger or smaller that it is neither fixed nor known to be small. A *proof* is a movement of
//! the unknown counts that keeps all equations at zero; it stays one whatever else is hidden, so that cells are hidden one after the
//! other, the cheapest movement first, and shown again in the end where no proof needs them.
//!
//! After Kelly, Golden and Assad (1992) for cells hidden along movements, and Langsrud (2024) for the order of what is to be shown.

mod close;
mod proof;
mod simplex;
mod system;

pub(super) use close::close;
pub(super) use proof::Guard;
pub(super) use system::{Count, System, Unit};

#[cfg(test)]
mod tests;
