//! Which test a table gets: χ² where its expected counts suffice, else Fisher's.

use super::Contingency;
use crate::stats::fisher::{self, Method};
use crate::stats::refusal::Refusal;

/// The test that was used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Test {
    /// Pearson's χ², without continuity correction: Cochran's rule holds.
    ChiSquare,
    /// Fisher's exact test, and how it was computed: Cochran's rule does not hold.
    Fisher(Method),
    /// Pearson's χ² although Cochran's rule does not hold, because weighted counts have no exact test: to be read with care.
    ChiSquareOfFew,
}

/// Whether two questions may be independent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Independence {
    /// The test that was used.
    pub test: Test,
    /// Its p-value; never 0.
    pub p: f64,
}

impl Contingency {
    /// The p-value of independence: χ² where [`ExpectedCounts::suffice`](super::ExpectedCounts::suffice), else Fisher's exact test;
    /// χ² again, and named so, where counts are not whole.
    ///
    /// `seed` is that of the random tables where Fisher's test is too long to enumerate.
    ///
    /// # Errors
    /// As [`fisher::exact`], for totals past its limit.
    pub fn independence(&self, seed: u64) -> Result<Independence, Refusal> {
        let chi_square = self.chi_square().p;
        if self.expected_counts().suffice() {
            return Ok(Independence { test: Test::ChiSquare, p: chi_square });
        }
        match fisher::whole(self.counts()) {
            None => Ok(Independence { test: Test::ChiSquareOfFew, p: chi_square }),
            Some(_) => fisher::exact(self.counts(), seed).map(|exact| Independence { test: Test::Fisher(exact.method), p: exact.p }),
        }
    }
}
