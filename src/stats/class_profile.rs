//! What marks each class: the answers and the means it has more of, or less, than everybody.

use super::answers::{Question, respondents};
use super::partition::Partition;
use super::refusal::Refusal;
use super::test_value::{Tails, TestValue};

mod means;
mod modalities;
mod places;

pub use means::{NumericMark, VariableLink};
pub use modalities::{ModalityMark, QuestionLink};
pub use places::{ClassPlace, Paragon, class_places};

/// What counts as a mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Marks with a p-value above it are left out; 0.05 in `FactoMineR`, 1 keeps all.
    pub p: f64,
    /// How p-values of modalities are made.
    pub tails: Tails,
}

impl Default for Threshold {
    fn default() -> Self {
        Self { p: 0.05, tails: Tails::MidP }
    }
}

impl Threshold {
    fn keeps(&self, test: &TestValue) -> bool {
        test.ln_p <= self.p.ln()
    }
}

/// The marks of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassProfile {
    /// The class.
    pub class: usize,
    /// Its rows.
    pub size: u32,
    /// Its share of all weight, 0..=1.
    pub share: f64,
    /// Modalities, the highest test-value first; ties in the order of questions and codes.
    pub modalities: Vec<ModalityMark>,
    /// Numeric variables, the highest test-value first.
    pub means: Vec<NumericMark>,
}

/// What marks all classes, and which questions tell them apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// A profile a class, in the order of the classes.
    pub classes: Vec<ClassProfile>,
    /// Questions that go with the classes, the lowest p-value first.
    pub questions: Vec<QuestionLink>,
    /// Numeric variables that go with the classes, the lowest p-value first.
    pub variables: Vec<VariableLink>,
    /// The effective number of rows that all tests counted with: `(Σw)²/Σw²`, the number of rows without weights.
    pub effective_rows: f64,
}

/// Describes the classes of a partition by closed questions and numeric variables, as `FactoMineR::catdes` does.
///
/// Shares, means and deviations are weighted. Tests count with effective rows: weights are scaled by `Σw/Σw²` (Kish), and for
/// the hypergeometric test-values of modalities rounded to whole persons; without weights that is the plain count. Answers
/// that are missing are left out of a question's counts, unless they are a modality of their own; so are absent numbers.
/// Questions that made the axes and supplementary ones may be mixed: what is `passive` in an analysis is described all the
/// same. A variable or a question that does not vary marks nothing. Cost: O(n) a question, on all threads.
///
/// # Errors
/// Answers, numbers, weights and partition of different rows; codes out of range; weights that are negative or sum to 0.
///
/// Source: Lebart, Morineau & Piron, Statistique exploratoire multidimensionnelle (2000); Husson, Lê & Pagès (2017).
///
/// ```
/// use optima::stats::{answers::Question, class_profile::{Threshold, describe}, partition::Partition};
/// let classes = Partition::new(vec![0, 0, 0, 0, 0, 1, 1, 1, 1, 1]).unwrap();
/// let lives_alone = [1, 1, 1, 1, 1, 0, 0, 0, 0, 1];
/// let found = describe(&classes, &[Question::new(&lives_alone, 2)], &[], None, &Threshold::default()).unwrap();
/// let mark = found.classes[0].modalities[0];
/// assert_eq!((mark.code, mark.of_class, mark.of_modality, mark.overall), (1, 1.0, 5.0 / 6.0, 0.6));
/// assert!((mark.test.p() - 1.0 / 42.0).abs() < 1e-12 && mark.test.value > 2.0);
/// ```
pub fn describe(
    partition: &Partition,
    questions: &[Question<'_>],
    variables: &[&[Option<f64>]],
    weights: Option<&[f64]>,
    threshold: &Threshold,
) -> Result<Description, Refusal> {
    let rows = partition.class_of().len();
    let unequal = |what: &str, given: usize| Refusal::new(format!("{given} {what} for a partition of {rows} rows"));
    if !questions.is_empty() {
        let given = respondents(questions)?;
        if given != rows {
            return Err(unequal("answers", given).remedy("describe the persons that were classed"));
        }
    }
    if let Some(values) = variables.iter().find(|values| values.len() != rows) {
        return Err(unequal("numbers", values.len()).remedy("describe the persons that were classed"));
    }
    if variables.iter().any(|values| values.iter().flatten().any(|x| !x.is_finite())) {
        return Err(Refusal::new("a value is not a finite number").remedy("leave it absent"));
    }
    let scale = effective_scale(weights, rows)?;
    let crossing = modalities::Crossing { partition, weights, scale, threshold };
    let (marks, questions) = crossing.describe(questions);
    let (means, variables) = means::describe(partition, variables, weights, scale, threshold);
    let mut in_class = vec![0.0; partition.classes()];
    for (row, class) in partition.class_of().iter().enumerate() {
        in_class[*class as usize] += weights.map_or(1.0, |w| w[row]);
    }
    let all: f64 = in_class.iter().sum();
    let classes = marks.into_iter().zip(means).enumerate().map(|(class, (modalities, means))| ClassProfile {
        class,
        size: partition.sizes()[class],
        share: in_class[class] / all,
        modalities,
        means,
    });
    Ok(Description { classes: classes.collect(), questions, variables, effective_rows: all * scale })
}

/// What a weight is multiplied with to count effective rows: `Σw/Σw²`.
fn effective_scale(weights: Option<&[f64]>, rows: usize) -> Result<f64, Refusal> {
    let Some(weights) = weights else { return Ok(1.0) };
    if weights.len() != rows {
        return Err(Refusal::new(format!("{} weights for {rows} rows", weights.len())).remedy("give one weight a row"));
    }
    let (sum, squares) = weights.iter().fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
    if weights.iter().any(|w| !(w.is_finite() && *w >= 0.0)) || !(sum > 0.0 && (sum / squares).is_finite()) {
        return Err(Refusal::new("weights that are negative, no numbers or all 0").remedy("weights count persons"));
    }
    Ok(sum / squares)
}
