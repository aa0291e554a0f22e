//! Stage 3: located records become values.

mod cell;

pub use cell::{Cell, Change, Contributors, Interval, IntervalMethod, Measure, MeasureId, Quantities, Quantity, Signal, Unit};

/// When a value counts as reliable (filled in by the reliability rules).
pub mod reliability {}
