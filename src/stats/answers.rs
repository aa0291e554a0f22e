//! Answers to closed questions as codes in columns: what a multiple correspondence analysis reads, without copying.

use super::refusal::Refusal;

/// The code of an answer that is not there.
pub const MISSING: u16 = u16::MAX;

/// What a missing answer is in the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// No modality: the person stays, with no active answer to this question (specific analysis).
    #[default]
    Passive,
    /// A modality of its own, active, where anybody's answer is missing. Its code is [`MISSING`].
    OwnModality,
}

/// The answers of all persons to one question.
///
/// Copying a `Question` copies no answers.
///
/// ```
/// use optima::stats::answers::{MISSING, Question};
/// let dwelling = Question::new(&[0, 1, 1, MISSING, 2], 3).passive(&[2]);
/// assert_eq!(dwelling.modalities, 3);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// A code a person: `0..modalities`, or [`MISSING`].
    pub codes: &'a [u16],
    /// The number of modalities, chosen or not.
    pub modalities: u16,
    /// What a missing answer is.
    pub missing: Missing,
    /// Codes of modalities that take no part in making the axes, such as "other" or a rare one.
    pub passive: &'a [u16],
}

impl<'a> Question<'a> {
    /// A question whose modalities are all active and whose missing answers are passive.
    #[must_use]
    pub fn new(codes: &'a [u16], modalities: u16) -> Self {
        Self { codes, modalities, missing: Missing::Passive, passive: &[] }
    }

    /// Makes the missing answers a modality of their own.
    #[must_use]
    pub fn missing_as_modality(mut self) -> Self {
        self.missing = Missing::OwnModality;
        self
    }

    /// Declares modalities passive; the code [`MISSING`] is passive already.
    #[must_use]
    pub fn passive(mut self, codes: &'a [u16]) -> Self {
        self.passive = codes;
        self
    }

    /// Whether any answer is missing. Cost: one pass.
    #[must_use]
    pub fn has_missing(&self) -> bool {
        self.codes.contains(&MISSING)
    }
}

/// The number of persons, if all questions agree on it and all codes are in their range. Cost: one pass over the answers.
///
/// # Errors
/// No question, columns of unequal length, a code out of range, a question of 65,535 modalities.
pub fn respondents(questions: &[Question<'_>]) -> Result<usize, Refusal> {
    let Some(first) = questions.first() else {
        return Err(Refusal::new("no question to analyze").remedy("name two questions or more"));
    };
    let n = first.codes.len();
    for (index, question) in questions.iter().enumerate() {
        let number = index + 1;
        let Question { codes, modalities, .. } = *question;
        if codes.len() != n {
            return Err(Refusal::new(format!("question {number} has {} answers and the first one {n}", codes.len())));
        }
        if modalities == MISSING {
            return Err(Refusal::new(format!("question {number} has too many modalities")).remedy("merge rare modalities"));
        }
        // No early end: the whole column is compared a vector at a time.
        if codes.iter().fold(false, |wrong, &code| wrong | ((code >= modalities) & (code != MISSING))) {
            return Err(Refusal::new(format!("question {number} has codes beyond its {modalities} modalities")));
        }
    }
    Ok(n)
}

/// The sum of the weights of `n` persons, `n` where there are none. A weight of k counts as k persons.
///
/// # Errors
/// Another number of weights, a weight that is negative or not finite or 1e12 times another, a sum of 1 or less: weights count
/// persons.
pub fn total_weight(weights: Option<&[f64]>, n: usize) -> Result<f64, Refusal> {
    let Some(weights) = weights else {
        #[expect(clippy::cast_precision_loss, reason = "numbers of persons")]
        return Ok(n as f64);
    };
    if weights.len() != n {
        return Err(Refusal::new(format!("{} weights for {n} rows", weights.len())).remedy("give one weight a row"));
    }
    if let Some(row) = weights.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
        return Err(Refusal::new(format!("the weight of row {} is negative or no number", row + 1)));
    }
    let positive = || weights.iter().copied().filter(|w| *w > 0.0);
    if positive().fold(0.0, f64::max) > 1e12 * positive().fold(f64::INFINITY, f64::min) {
        return Err(Refusal::new("some weights are more than a million million times others").remedy("check the column of weights"));
    }
    let total: f64 = weights.iter().sum();
    if total.is_finite() && total > 1.0 {
        Ok(total)
    } else {
        Err(Refusal::new("the weights sum to 1 or less").remedy("weights count persons: let them sum to the number of respondents"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_do_not_fit_together_are_refused() {
        let refused = |questions: &[Question<'_>]| respondents(questions).unwrap_err().to_string();
        assert!(refused(&[]).contains("no question"));
        assert!(refused(&[Question::new(&[0, 1], 2), Question::new(&[0], 2)]).contains("question 2 has 1 answers"));
        assert!(refused(&[Question::new(&[0, 2], 2)]).contains("codes beyond its 2 modalities"));
        assert_eq!(respondents(&[Question::new(&[0, MISSING], 1)]), Ok(2));
    }

    #[test]
    fn weights_that_are_shares_are_refused() {
        assert!(total_weight(Some(&[0.5, 0.5]), 2).unwrap_err().remedy.contains("weights count persons"));
        assert!(total_weight(Some(&[f64::NAN, 2.0]), 2).is_err() && total_weight(Some(&[-1.0, 4.0]), 2).is_err());
        assert!(total_weight(Some(&[1.0]), 2).is_err() && total_weight(Some(&[1e-3, 1e10]), 2).is_err());
        assert_eq!(total_weight(Some(&[1.5, 0.0]), 2), Ok(1.5));
    }
}
