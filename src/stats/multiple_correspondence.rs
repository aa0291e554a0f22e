//! Multiple correspondence analysis (ACM): the axes along which the answers to closed questions differ.
//!
//! `n` persons with weights `w` (sum `W`) answer `Q` questions; `f` is the weighted share of persons who chose a modality.
//! The matrix `S = √(w/W) (z − f) / √(Q f)`, with `z` 1 for the modality chosen and else 0, has one row a person and one
//! column an active modality; its singular values squared are the eigenvalues λ. Only `S'S` is made, from Burt's table.
//!
//! With all modalities active this is the correspondence analysis of the indicator matrix. Modalities may be passive, as
//! missing answers are unless the caller makes them a modality: they have no column, while every person, `Q` and all `f` stay
//! as they were (specific analysis: Le Roux & Rouanet, Multiple Correspondence Analysis, 2010, §3.3).
//! Names and digits are those of `FactoMineR`, except that shares are 0..=1 and not percentages.

mod individuals;
mod inertia;
mod roles;
mod space;
mod supplementary;

pub use individuals::Individual;
pub use inertia::{AdjustedRate, Axis};
pub use supplementary::SupplementaryQuestion;

use self::individuals::LookUp;
use self::roles::{Roles, enough};
use self::space::{Active, space};
#[cfg(doc)]
use super::answers::MISSING;
use super::answers::Question;
use super::burt::Burt;
use super::eigen::sign;
use super::matrix::Matrix;
use super::refusal::Refusal;

/// A multiple correspondence analysis. Holds nothing of single persons.
///
/// ```
/// use optima::stats::{answers::Question, multiple_correspondence::MultipleCorrespondence};
/// let (lives_alone, goes_out) = ([0, 0, 1, 1, 1, 0], [0, 0, 1, 1, 0, 1]);
/// let questions = [Question::new(&lives_alone, 2), Question::new(&goes_out, 2)];
/// let analysis = MultipleCorrespondence::of(&questions, None, 5).unwrap();
/// // Two questions of two modalities: λ = (1 ± r)/2, where r = 1/3 is their correlation.
/// assert!((analysis.axes[0].eigenvalue - 2.0 / 3.0).abs() < 1e-12);
/// assert!((analysis.total_inertia - 1.0).abs() < 1e-12);
/// assert_eq!(analysis.individuals(&questions).unwrap().rows(), 6);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MultipleCorrespondence {
    /// W: the sum of weights, the number of persons where there are none.
    pub total_weight: f64,
    /// The active questions, Q of them.
    pub questions: Vec<ActiveQuestion>,
    /// All axes above tolerance, in descending order.
    pub axes: Vec<Axis>,
    /// Axes with coordinates: as many as were asked for and are there.
    pub kept: usize,
    /// `Σ (1 − f)/Q` over active modalities; J/Q − 1 where all are active.
    pub total_inertia: f64,
    /// Greenacre's total of the adjusted inertia: Q/(Q−1) times the sum of squares of `S'S` outside the questions' own
    /// blocks, which is Q/(Q−1) (Σλ² − (J−Q)/Q²) where all modalities are active. 0 for one question.
    pub greenacre_total: f64,
    /// The active modalities, in the order of questions and codes; missing answers that are a modality come last.
    pub modalities: Vec<Modality>,
    /// The passive modalities that anybody chose, among them the missing answers of active questions.
    pub passive: Vec<PassiveModality>,
    /// Question and code of the modalities nobody chose: left out.
    pub unchosen: Vec<(usize, u16)>,
    /// Questions with fewer than two modalities in use, or none active: left out, and not counted in Q.
    pub constant: Vec<usize>,
    look_up: LookUp,
}

/// A question that makes the axes.
#[derive(Debug, Clone, PartialEq)]
pub struct ActiveQuestion {
    /// Its place among the questions given.
    pub question: usize,
    /// Its inertia, the sum over its active modalities; (J−1)/Q where all are active.
    pub inertia: f64,
    /// η² by axis kept, `Q λ Σ CTR` of its modalities: the share of the variance between them. Their mean over Q is λ.
    pub eta2: Vec<f64>,
}

/// An active modality.
#[derive(Debug, Clone, PartialEq)]
pub struct Modality {
    /// The place of its question among those given.
    pub question: usize,
    /// Its code; [`MISSING`] for missing answers.
    pub code: u16,
    /// The sum of weights of those who chose it.
    pub count: f64,
    /// Its mass, f/Q.
    pub mass: f64,
    /// Its inertia, (1 − f)/Q.
    pub inertia: f64,
    /// Principal coordinates on the axes kept.
    pub coordinates: Vec<f64>,
    /// Contributions CTR, `mass G² / λ`, 0..=1: over all active modalities they sum to 1 on each axis.
    pub contributions: Vec<f64>,
    /// Squared cosines COR, `G² / (1/f − 1)`, 0..=1.
    pub cos2: Vec<f64>,
    /// Test-values, `G √(n_k (W−1)/(W−n_k))`: beyond ±2, the modality is off the center by more than chance. Weights count
    /// persons here: those of a survey that sum to a population are to be scaled to the respondents first.
    pub test_values: Vec<f64>,
    /// The sum of cos² over the axes kept.
    pub quality: f64,
}

/// A modality that did not make the axes and is placed on them.
#[derive(Debug, Clone, PartialEq)]
pub struct PassiveModality {
    /// The place of its question among those given; 0 for a supplementary question.
    pub question: usize,
    /// Its code; [`MISSING`] for missing answers.
    pub code: u16,
    /// The sum of weights of those who chose it.
    pub count: f64,
    /// Coordinates: the mean of its persons over √λ.
    pub coordinates: Vec<f64>,
    /// Squared cosines.
    pub cos2: Vec<f64>,
    /// Test-values, as for active modalities.
    pub test_values: Vec<f64>,
    /// The sum of cos² over the axes kept.
    pub quality: f64,
}

/// A part of a whole; 0 of nothing.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 }
}

impl ActiveQuestion {
    fn of(question: usize, modalities: &[Modality], values: &[f64], q: f64) -> Self {
        let own = || modalities.iter().filter(|modality| modality.question == question);
        let eta2 = |(axis, value): (usize, &f64)| own().map(|modality| modality.contributions[axis]).sum::<f64>() * q * value;
        let kept = own().next().map_or(0, |modality| modality.coordinates.len());
        Self {
            question,
            inertia: own().map(|modality| modality.inertia).sum(),
            eta2: values.iter().take(kept).enumerate().map(eta2).collect(),
        }
    }
}

impl PassiveModality {
    fn new(question: usize, code: u16, count: f64, coordinates: Vec<f64>, total: f64) -> Self {
        let (cos2, test_values) = aids(&coordinates, count, total);
        let quality = cos2.iter().sum();
        Self { question, code, count, coordinates, cos2, test_values, quality }
    }
}

/// Squared cosines and test-values of a modality that `count` of `total` persons chose; 0 where all of them did.
fn aids(coordinates: &[f64], count: f64, total: f64) -> (Vec<f64>, Vec<f64>) {
    let distance = total / count - 1.0;
    let factor = if total > count { (count * (total - 1.0) / (total - count)).sqrt() } else { 0.0 };
    (coordinates.iter().map(|g| share(g * g, distance)).collect(), coordinates.iter().map(|g| g * factor).collect())
}

impl MultipleCorrespondence {
    /// Analyzes answers, with coordinates on `axes` axes at most. A weight of k counts as k persons.
    ///
    /// On each axis the modality with the largest absolute coordinate is positive. The order of rows and the number of threads
    /// change nothing. Cost: that of [`Burt::of`], and O((J−Q)³) for the axes: 5 ms for 228 modalities, half a minute for 5,000.
    ///
    /// # Errors
    /// Columns that do not fit together, fewer than two respondents, answers that are all missing or all alike, and too
    /// many modalities ([`super::eigen::LARGEST`]).
    pub fn of(questions: &[Question<'_>], weights: Option<&[f64]>, axes: usize) -> Result<Self, Refusal> {
        enough(questions, weights)?;
        let burt = Burt::of(questions, weights)?;
        let roles = Roles::of(questions, &burt)?;
        let active = &roles.active;
        let count = roles.questions.len();
        #[expect(clippy::cast_precision_loss, reason = "a number of questions")]
        let q = count as f64;
        let space = space(&burt, active, q, axes)?;
        let values = &space.spectrum.values;
        if values.is_empty() {
            return Err(Refusal::new("the answers have no spread").remedy("take questions that respondents answer differently"));
        }
        let total_inertia = active.iter().map(|level| (1.0 - level.frequency) / q).sum();
        let greenacre_total = if count > 1 { q / (q - 1.0) * space.between_questions } else { 0.0 };
        let kept = space.spectrum.vectors.len();
        let mut coordinates = Matrix::zeros(active.len(), kept);
        for (axis, vector) in space.spectrum.vectors.iter().enumerate() {
            let scaled = active.iter().zip(vector).map(|(level, v)| v * (values[axis] * q / level.frequency).sqrt());
            let sign = sign(scaled.clone());
            scaled.enumerate().for_each(|(i, g)| coordinates[(i, axis)] = sign * g);
        }
        let modality = |(i, level): (usize, &Active)| {
            let (g, f) = (coordinates.row(i).to_vec(), level.frequency);
            let (cos2, test_values) = aids(&g, burt.counts[(level.level, level.level)], burt.total);
            Modality {
                question: level.question,
                code: burt.code(level.question, level.level),
                count: burt.counts[(level.level, level.level)],
                mass: f / q,
                inertia: (1.0 - f) / q,
                contributions: g.iter().zip(values).map(|(g, value)| f / q * g * g / value).collect(),
                quality: cos2.iter().sum(),
                coordinates: g,
                cos2,
                test_values,
            }
        };
        let modalities: Vec<Modality> = active.iter().enumerate().map(modality).collect();
        let passive = roles.passive.iter().map(|&(question, level)| {
            let count = burt.counts[(level, level)];
            let mean = |axis: usize| {
                let sum = |(i, a): (usize, &Active)| (burt.counts[(level, a.level)] / count - a.frequency) * coordinates[(i, axis)];
                active.iter().enumerate().map(sum).sum::<f64>() / (q * values[axis])
            };
            PassiveModality::new(question, burt.code(question, level), count, (0..kept).map(mean).collect(), burt.total)
        });
        Ok(Self {
            total_weight: burt.total,
            questions: roles.questions.iter().map(|question| ActiveQuestion::of(*question, &modalities, values, q)).collect(),
            axes: inertia::axes(values, q, total_inertia, greenacre_total),
            kept,
            total_inertia,
            greenacre_total,
            passive: passive.collect(),
            unchosen: roles.unchosen,
            constant: roles.constant,
            look_up: LookUp::of(questions, &modalities, values, q),
            modalities,
        })
    }
}
