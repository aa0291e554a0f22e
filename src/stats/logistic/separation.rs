//! Which columns tell the situation without error.

use super::design::Design;
use super::likelihood::{Endless, Peak};

/// The columns along which plain likelihood has no maximum; none where it has one.
pub(super) fn columns(design: &Design, plain: &Result<Peak, Endless>) -> Vec<usize> {
    let Err(Endless::Separated(direction)) = plain else { return Vec::new() };
    let mut reach = vec![0.0f64; direction.len()];
    for pattern in design.patterns() {
        for (at, x) in &pattern.entries {
            reach[*at] = reach[*at].max((x * direction[*at]).abs());
        }
    }
    let most = reach.iter().copied().fold(0.0, f64::max);
    reach.iter().zip(design.kept()).filter(|(reach, _)| **reach > 0.01 * most).map(|(_, column)| *column).collect()
}
