//! Questions and numbers that take no part in making the axes and are placed on them.

use super::{MultipleCorrespondence, PassiveModality, share};
use crate::stats::answers::{MISSING, Missing, Question, respondents, total_weight};
use crate::stats::matrix::Matrix;
use crate::stats::refusal::Refusal;

/// A supplementary question on the axes kept.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplementaryQuestion {
    /// Its modalities that anybody chose, by code.
    pub modalities: Vec<PassiveModality>,
    /// The squared correlation ratio η² by axis: the share of the variance, among those who answered, between modalities.
    pub eta2: Vec<f64>,
}

impl MultipleCorrespondence {
    /// Places the modalities of a question: each at the mean of its persons, `G = mean(F)/√λ`, with cos² and test-values.
    ///
    /// `individuals` are the coordinates of the same persons, row for row, and `weights` those of the analysis. Missing
    /// answers are left out, or make a modality, as the question says. Cost: O(n axes).
    ///
    /// # Errors
    /// Another number of answers than of persons, or codes out of range.
    pub fn supplementary_question(
        &self,
        question: &Question<'_>,
        individuals: &Matrix,
        weights: Option<&[f64]>,
    ) -> Result<SupplementaryQuestion, Refusal> {
        self.same_persons(respondents(std::slice::from_ref(question))?, individuals, weights)?;
        let slots = usize::from(question.modalities) + 1;
        let (mut counts, mut sums) = (vec![0.0; slots], Matrix::zeros(slots, self.kept));
        let mut squares = vec![0.0; self.kept];
        let counted = |slot: usize| slot + 1 < slots || question.missing == Missing::OwnModality;
        for (row, code) in question.codes.iter().enumerate() {
            let slot = usize::from((*code).min(question.modalities));
            let weight = weights.map_or(1.0, |weights| weights[row]);
            counts[slot] += weight;
            for ((sum, square), f) in sums.row_mut(slot).iter_mut().zip(&mut squares).zip(individuals.row(row)) {
                *sum += weight * f;
                *square += if counted(slot) { weight * f * f } else { 0.0 };
            }
        }
        let chosen: Vec<usize> = (0..slots).filter(|slot| counts[*slot] > 0.0 && counted(*slot)).collect();
        let answered: f64 = chosen.iter().map(|slot| counts[*slot]).sum();
        let eta2 = (0..self.kept)
            .map(|axis| {
                let center = chosen.iter().map(|slot| sums[(*slot, axis)]).sum::<f64>() / answered;
                let between: f64 = chosen.iter().map(|slot| counts[*slot] * (sums[(*slot, axis)] / counts[*slot] - center).powi(2)).sum();
                share(between, squares[axis] - answered * center * center)
            })
            .collect();
        let modality = |slot: &usize| {
            let code = u16::try_from(*slot).ok().filter(|code| *code < question.modalities).unwrap_or(MISSING);
            let coordinates = (0..self.kept).map(|axis| sums[(*slot, axis)] / counts[*slot] / self.axes[axis].eigenvalue.sqrt());
            PassiveModality::new(0, code, counts[*slot], coordinates.collect(), self.total_weight)
        };
        Ok(SupplementaryQuestion { modalities: chosen.iter().map(modality).collect(), eta2 })
    }

    /// The correlations of a number with the axes kept, among those who have it: a value that is not finite is absent.
    ///
    /// # Errors
    /// Another number of values than of persons, or no two different values.
    pub fn supplementary_number(&self, values: &[f64], individuals: &Matrix, weights: Option<&[f64]>) -> Result<Vec<f64>, Refusal> {
        self.same_persons(values.len(), individuals, weights)?;
        let present = || {
            let weighted = values.iter().enumerate().map(|(row, x)| (row, *x, weights.map_or(1.0, |weights| weights[row])));
            weighted.filter(|(_, x, w)| x.is_finite() && *w > 0.0)
        };
        let constant = || Refusal::new("a number that does not vary has no correlation").remedy("leave it out");
        let first = present().next().ok_or_else(constant)?.1;
        if present().all(|(_, x, _)| x == first) {
            return Err(constant());
        }
        let total: f64 = present().map(|(.., w)| w).sum();
        // Means of differences from one of the values: large values with a small spread keep their digits.
        let mean = present().map(|(_, x, w)| w * (x - first)).sum::<f64>() / total + first;
        let variance: f64 = present().map(|(_, x, w)| w * (x - mean).powi(2)).sum();
        Ok((0..self.kept)
            .map(|axis| {
                let center = present().map(|(row, _, w)| w * individuals[(row, axis)]).sum::<f64>() / total;
                let spread: f64 = present().map(|(row, _, w)| w * (individuals[(row, axis)] - center).powi(2)).sum();
                let product: f64 = present().map(|(row, x, w)| w * (x - mean) * (individuals[(row, axis)] - center)).sum();
                if spread > 0.0 && variance > 0.0 { (product / spread.sqrt() / variance.sqrt()).clamp(-1.0, 1.0) } else { 0.0 }
            })
            .collect())
    }

    fn same_persons(&self, n: usize, individuals: &Matrix, weights: Option<&[f64]>) -> Result<(), Refusal> {
        if individuals.rows() != n || individuals.columns() != self.kept {
            return Err(Refusal::new(format!("{n} answers for the coordinates of {} persons", individuals.rows())));
        }
        total_weight(weights, n).map(|_| ())
    }
}
