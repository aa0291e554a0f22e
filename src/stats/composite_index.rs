//! One number for how difficult a quartier is, from indicators that were declared for it, and how far that number can be trusted.
//!
//! Two methods: the first principal axis ([`first_axis_index`]), as the Belgian index of districts in difficulty has it, and ranks
//! within domains, exponentially transformed ([`rank_index`]), as the English indices of deprivation and the Belgian BIMD have it.
//! Both depend on choices; [`leave_one_out`] and [`perturb_weights`] say how much. Units are numbered from 0 in the order given,
//! indicators and domains too; messages count from 1. An index grows with difficulty, and rank 1 is the most difficult.

mod first_axis;
mod perturbation;
mod prepared;
mod ranks;
mod sensitivity;

pub use first_axis::{FirstAxisIndex, IndicatorOnAxis, Scale, first_axis_index};
pub use perturbation::{Perturbation, PerturbedWeights, RankRange, Spread, perturb_weights};
pub use ranks::{RankIndex, Within, exponential_transformation, rank_index};
pub use sensitivity::{LeftOut, leave_one_out};

use super::rank_correlation::average_ranks;
use super::refusal::Refusal;

/// Which way an indicator points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Larger values mean more difficulty: a rate of job seekers.
    MoreIsWorse,
    /// Larger values mean less difficulty: a median income.
    MoreIsBetter,
}

/// An indicator declared for the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Its value for each unit, in any unit of measure; absent where it is not known.
    pub values: Vec<Option<f64>>,
    /// Which way it points.
    pub direction: Direction,
    /// Its weight, 0 or more: on the axis a weight of 2 counts as the indicator given twice; by ranks it weighs within its domain.
    pub weight: f64,
    /// Its domain, from 0, where [`Declaration::domains`] are declared; absent where they are not.
    pub domain: Option<usize>,
}

/// What the index is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// The indicators, all over the same units.
    pub indicators: Vec<Indicator>,
    /// The weights of the domains; empty where each indicator is a domain of its own, with its own weight.
    pub domains: Vec<f64>,
    /// The units with all indicators that are needed at least, 2 or more: fewer are refused.
    pub least_units: usize,
}

/// How an index is made, where only its order matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By [`first_axis_index`]; domains and their weights do not matter.
    FirstAxis,
    /// By [`rank_index`].
    Ranks(Within),
}

/// The index of each unit.
#[derive(Debug, Clone, PartialEq)]
pub struct CompositeIndex {
    /// The score of each unit, larger for more difficulty; absent where an indicator is.
    pub scores: Vec<Option<f64>>,
    /// The rank of each unit, 1 for the most difficult; equal scores (to 1e-11) share the mean of their ranks; absent as the score.
    pub ranks: Vec<Option<f64>>,
    /// Units without an index, from 0: an indicator is absent for them.
    pub left_out: Vec<usize>,
}

impl CompositeIndex {
    /// Deciles by rank, 1 for the most difficult tenth: [`Self::parts`] of 10.
    ///
    /// # Errors
    /// Fewer than ten units with an index: ranks are all there is.
    pub fn deciles(&self) -> Result<Vec<Option<u32>>, Refusal> {
        self.parts(10)
    }

    /// The part of each unit of so many equal `parts` by rank, `⌈parts · rank / n⌉`: 1 for the most difficult.
    ///
    /// Units of equal rank are in one part, which may make parts unequal. Absent where the index is.
    ///
    /// # Errors
    /// No part, or fewer units with an index than parts.
    ///
    /// ```
    /// use optima::stats::composite_index::*;
    /// let index = CompositeIndex {
    ///     scores: vec![Some(1.0), None, Some(9.0), Some(4.0), Some(2.0)],
    ///     ranks: vec![Some(4.0), None, Some(1.0), Some(2.0), Some(3.0)],
    ///     left_out: vec![1],
    /// };
    /// assert_eq!(index.parts(2)?, [Some(2), None, Some(1), Some(1), Some(2)]);
    /// assert!(index.deciles().is_err());
    /// # Ok::<(), optima::stats::refusal::Refusal>(())
    /// ```
    pub fn parts(&self, parts: u32) -> Result<Vec<Option<u32>>, Refusal> {
        let units = self.ranks.iter().flatten().count();
        if parts == 0 || units < parts as usize {
            return Err(Refusal::new(format!("{units} units do not make {parts} parts")).remedy("show ranks, or fewer parts"));
        }
        Ok(self.ranks.iter().map(|rank| rank.map(|rank| part(rank, units, parts))).collect())
    }

    /// The index of all units from the scores of the complete ones.
    fn of(scores: &[f64], complete: &[usize], units: usize) -> Self {
        let ranks = difficulty_ranks(scores);
        let mut index = Self { scores: vec![None; units], ranks: vec![None; units], left_out: Vec::new() };
        for ((unit, score), rank) in complete.iter().zip(scores).zip(&ranks) {
            index.scores[*unit] = Some(*score);
            index.ranks[*unit] = Some(*rank);
        }
        index.left_out = (0..units).filter(|unit| index.ranks[*unit].is_none()).collect();
        index
    }
}

/// Scores are of the order of 1 to 100: equal to this, they differ by rounding alone.
const TIE: f64 = 1e-11;

/// Ranks with 1 for the largest score.
fn difficulty_ranks(scores: &[f64]) -> Vec<f64> {
    let turned: Vec<f64> = scores.iter().map(|score| -score).collect();
    average_ranks(&turned, TIE)
}

/// `⌈parts · rank / units⌉`.
#[expect(clippy::cast_precision_loss, reason = "a number of units")]
fn part(rank: f64, units: usize, parts: u32) -> u32 {
    let last = f64::from(parts) * rank / units as f64;
    (1..parts).find(|part| last <= f64::from(*part)).unwrap_or(parts)
}
