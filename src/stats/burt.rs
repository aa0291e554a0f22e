//! Burt's table: how many persons chose each two modalities, from columns of codes in one pass.

mod bits;
mod scatter;

use rayon::prelude::*;

use super::answers::{MISSING, Question, respondents, total_weight};
use super::eigen::LARGEST;
use super::matrix::Matrix;
use super::refusal::Refusal;

/// Persons whose bits are held at a time: 688 KB for 168 modalities, which stays in a cache of the second level.
const BLOCK: usize = 32_768;

/// Counts of all pairs of levels. A level is a modality of a question, or its missing answers where there are any.
///
/// Levels stand in the order of questions and codes, the missing answers of a question after its modalities.
#[derive(Debug, Clone, PartialEq)]
pub struct Burt {
    /// Level × level: the sum of weights of those who are in both; on the diagonal, of those who are in one.
    pub counts: Matrix,
    /// The sum of all weights, the number of persons where there are none.
    pub total: f64,
    /// The first level of each question, and in the end the number of levels.
    pub offsets: Vec<usize>,
    /// Whether a question has missing answers: then its last level are these.
    pub with_missing: Vec<bool>,
}

impl Burt {
    /// Counts the answers.
    ///
    /// Without weights, sets of bits are intersected: of each question one level is left out, as the margins give it.
    /// Cost: O(n levels² / 64); with weights, or with ten modalities a question and more, O(n questions² / 2).
    /// Threads change nothing: counts are whole numbers, and weights are added in the order of the rows.
    ///
    /// # Errors
    /// Columns that do not fit together, weights that are none ([`respondents`], [`total_weight`]), and more modalities than
    /// [`LARGEST`] and one a question.
    ///
    /// ```
    /// use optima::stats::{answers::Question, burt::Burt};
    /// let burt = Burt::of(&[Question::new(&[0, 0, 1], 2), Question::new(&[1, 0, 1], 2)], None).unwrap();
    /// assert_eq!(burt.counts.row(0), [2.0, 0.0, 1.0, 1.0]);
    /// assert_eq!(burt.counts.row(3), [1.0, 1.0, 0.0, 2.0]);
    /// ```
    pub fn of(questions: &[Question<'_>], weights: Option<&[f64]>) -> Result<Self, Refusal> {
        let n = respondents(questions)?;
        let total = total_weight(weights, n)?;
        let with_missing: Vec<bool> = questions.iter().map(Question::has_missing).collect();
        let mut offsets = vec![0];
        for (question, missing) in questions.iter().zip(&with_missing) {
            offsets.push(offsets[offsets.len() - 1] + usize::from(question.modalities) + usize::from(*missing));
        }
        let mut burt = Self { counts: Matrix::default(), total, offsets, with_missing };
        let bits = burt.levels().saturating_sub(questions.len());
        if bits > LARGEST {
            return Err(Refusal::new(format!("{} modalities are too many, the limit is {LARGEST} and one a question", burt.levels()))
                .remedy("merge rare modalities or take fewer questions"));
        }
        if weights.is_none() && bits <= 10 * questions.len() && u32::try_from(n).is_ok() {
            burt.counts = burt.by_bits(questions, n);
        } else {
            burt.counts = scatter::counts(questions, weights, &burt);
        }
        Ok(burt)
    }

    /// The number of levels.
    #[must_use]
    pub fn levels(&self) -> usize {
        self.offsets[self.offsets.len() - 1]
    }

    /// The code of a level of a question.
    #[must_use]
    pub fn code(&self, question: usize, level: usize) -> u16 {
        let last = level + 1 == self.offsets[question + 1];
        let code = level - self.offsets[question];
        if last && self.with_missing[question] { MISSING } else { u16::try_from(code).unwrap_or(MISSING) }
    }

    /// The levels of a question that have bits: all but the last one.
    fn counted(&self, question: usize) -> std::ops::Range<usize> {
        self.offsets[question]..self.offsets[question + 1].saturating_sub(1).max(self.offsets[question])
    }

    fn by_bits(&self, questions: &[Question<'_>], n: usize) -> Matrix {
        let levels = self.levels();
        let block = |start: usize| {
            let end = (start + BLOCK).min(n);
            let words = (end - start).div_ceil(64).next_multiple_of(bits::ROUND);
            let mut sets = vec![0; words * levels];
            let set = |level: usize| level * words..(level + 1) * words;
            for (q, question) in questions.iter().enumerate() {
                for level in self.counted(q) {
                    bits::choosers(&question.codes[start..end], self.code(q, level), &mut sets[set(level)]);
                }
            }
            let mut counts = vec![0u32; levels * levels];
            for q in 0..questions.len() {
                for a in self.counted(q) {
                    counts[a * levels + a] = bits::in_both(&sets[set(a)], &sets[set(a)]);
                    for b in (q + 1..questions.len()).flat_map(|r| self.counted(r)) {
                        counts[a * levels + b] = bits::in_both(&sets[set(a)], &sets[set(b)]);
                    }
                }
            }
            counts
        };
        let add = |mut sum: Vec<u32>, counts: Vec<u32>| {
            sum.iter_mut().zip(&counts).for_each(|(sum, count)| *sum += count);
            sum
        };
        let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
        let counts = starts.into_par_iter().map(block).reduce(|| vec![0; levels * levels], add);
        let mut counts = Matrix::from_rows(levels, counts.into_iter().map(f64::from).collect());
        self.complete(&mut counts);
        counts
    }

    /// Fills the levels without bits from the margins, then the lower triangle.
    fn complete(&self, counts: &mut Matrix) {
        let questions = self.with_missing.len();
        let last = |q: usize| (self.offsets[q] < self.offsets[q + 1]).then(|| self.offsets[q + 1] - 1);
        for q in 0..questions {
            let Some(left_out) = last(q) else { continue };
            counts[(left_out, left_out)] = self.total - self.counted(q).map(|level| counts[(level, level)]).sum::<f64>();
        }
        for q in 0..questions {
            for r in q + 1..questions {
                if let Some(b) = last(r) {
                    for a in self.counted(q) {
                        counts[(a, b)] = counts[(a, a)] - self.counted(r).map(|level| counts[(a, level)]).sum::<f64>();
                    }
                }
                if let Some(a) = last(q) {
                    for b in self.offsets[r]..self.offsets[r + 1] {
                        counts[(a, b)] = counts[(b, b)] - self.counted(q).map(|level| counts[(level, b)]).sum::<f64>();
                    }
                }
            }
        }
        mirror(counts);
    }
}

/// Copies the upper triangle to the lower one.
fn mirror(counts: &mut Matrix) {
    for a in 0..counts.rows() {
        for b in a + 1..counts.columns() {
            counts[(b, a)] = counts[(a, b)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(n: usize, modalities: u64, missing: bool, seed: u64) -> Vec<u16> {
        let mut state = seed;
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let code = (state >> 33) % (modalities + u64::from(missing));
                if code == modalities { MISSING } else { code as u16 }
            })
            .collect()
    }

    fn one_by_one(questions: &[Question<'_>], burt: &Burt) -> Matrix {
        let mut counts = Matrix::zeros(burt.levels(), burt.levels());
        let level = |q: usize, code: u16| (burt.offsets[q]..burt.offsets[q + 1]).find(|l| burt.code(q, *l) == code).unwrap();
        for i in 0..questions[0].codes.len() {
            for (q, a) in questions.iter().enumerate() {
                for (r, b) in questions.iter().enumerate() {
                    counts[(level(q, a.codes[i]), level(r, b.codes[i]))] += 1.0;
                }
            }
        }
        counts
    }

    #[test]
    fn counts_are_those_of_one_by_one_for_any_shape() {
        for (n, modalities) in [(1, [2, 1, 3]), (300, [2, 5, 3]), (70_001, [4, 2, 19])] {
            let columns: Vec<Vec<u16>> = modalities.iter().enumerate().map(|(i, m)| codes(n, *m, i == 1, 3 + i as u64)).collect();
            let mut questions: Vec<Question<'_>> =
                columns.iter().zip(modalities).map(|(codes, m)| Question::new(codes, m as u16)).collect();
            // A modality nobody chose, and a question with no modality at all, answered by nobody.
            questions[0].modalities += 1;
            let nobody = vec![MISSING; n];
            questions.push(Question::new(&nobody, 0));
            let burt = Burt::of(&questions, None).unwrap();
            assert_eq!(burt.counts, one_by_one(&questions, &burt), "{n}");
            let weighted = Burt::of(&questions, Some(&vec![2.0; n])).unwrap();
            assert_eq!(weighted.total, 2.0 * n as f64);
            assert!(weighted.counts.as_slice().iter().zip(burt.counts.as_slice()).all(|(w, c)| *w == 2.0 * c));
        }
    }

    #[test]
    fn many_modalities_are_counted_person_by_person_with_the_same_result() {
        let columns = [codes(5_000, 300, true, 1), codes(5_000, 250, false, 2)];
        let questions = [Question::new(&columns[0], 300), Question::new(&columns[1], 250)];
        let burt = Burt::of(&questions, None).unwrap();
        assert_eq!(burt.counts, one_by_one(&questions, &burt));
    }
}
