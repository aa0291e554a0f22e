//! Logistic regression: what goes with a situation that persons are in or not, each question given the others.
//!
//! Firth's penalized likelihood is the default, for all data and not just where it has to be: among a few hundred persons, a
//! modality whose persons are all in the situation is common, and maximum likelihood then has no answer; it is also biased away
//! from 1 before that point. One method for all models of a report, and none that jumps when one answer more comes in. With many
//! events both agree. Maximum likelihood, R's `glm`, is there on request and refuses separated data.
//!
//! Source: Firth, Bias reduction of maximum likelihood estimates, Biometrika 80 (1993); Heinze & Schemper, A solution to the
//! problem of separation in logistic regression, Statistics in Medicine 21 (2002).

mod collinear;
mod design;
mod discrimination;
mod likelihood;
mod profile;
mod separation;

pub use design::{Design, Factor};

use crate::stats::contingency::{ChiSquare, chi_square_p_value};
use crate::stats::proportion::normal_quantile;
use crate::stats::refusal::Refusal;

use likelihood::{Likelihood, Peak};

/// How the coefficients are estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Firth's penalized likelihood `ℓ + ½ ln det I`: always finite.
    Firth,
    /// Maximum likelihood, refused where the data are separated.
    MaximumLikelihood,
}

/// One coefficient, on the scale of logarithms of odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error, from the inverse information: for the record, as intervals and tests do not use it.
    pub standard_error: f64,
    /// The interval by profile (penalized) likelihood, at the level asked for.
    pub interval: (f64, f64),
    /// The p-value of the (penalized) likelihood ratio test that the coefficient is 0; never 0.
    pub p: f64,
}

impl Coefficient {
    /// The odds ratio `exp(estimate)` and its interval; finite, also where an estimate is beyond what a computer can raise e to.
    #[must_use]
    pub fn odds_ratio(&self) -> (f64, (f64, f64)) {
        let raised = |x: f64| x.clamp(-700.0, 700.0).exp();
        (raised(self.estimate), (raised(self.interval.0), raised(self.interval.1)))
    }
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// How it was estimated.
    pub method: Method,
    /// The coefficients, the intercept first, then one a column; absent where the column was dropped.
    pub coefficients: Vec<Option<Coefficient>>,
    /// Columns (1 for the first after the intercept) that others before them already say, left out.
    pub dropped: Vec<usize>,
    /// Columns of a direction along which the likelihood without penalty rises without end: together they tell the situation of
    /// some respondents without error, so that maximum likelihood would be infinite (column 0 is the intercept). Empty where the
    /// data are not separated.
    pub separated: Vec<usize>,
    /// The sum of weights.
    pub respondents: f64,
    /// The sum of weights of those in the situation.
    pub events: f64,
    /// The logarithm of the likelihood at the estimates, without penalty.
    pub log_likelihood: f64,
    /// The (penalized) likelihood ratio test that no column matters.
    pub likelihood_ratio: ChiSquare,
    /// `McFadden`'s `R² = 1 − ℓ/ℓ0`, with ℓ without penalty and ℓ0 that of the plain share.
    pub mcfadden_r2: f64,
    /// Tjur's R²: the mean fitted probability of those in the situation minus that of the others.
    pub tjur_r2: f64,
    /// The area under the ROC curve: how often, of a pair in and out of the situation, the model puts the right one first; 0.5 is chance.
    pub auc: f64,
    peak: Peak,
}

/// Fits the probability `1/(1 + exp(−xβ))` of being in the situation.
///
/// Newton's method, to a step below 1e-9 standard errors; each limit by a search along the profile. `level` is that of the intervals.
/// Weights count persons: scale survey weights to the number of respondents first. Rows that say the same are one, so that the
/// order of rows changes nothing. Cost: O(iterations × distinct rows × answers a row²), about 25 iterations for each column.
///
/// # Errors
/// A level outside of 0..1; with [`Method::MaximumLikelihood`], separated data.
///
/// ```
/// use optima::stats::logistic::{Design, Factor, Method, fit};
/// // Nobody of the second modality is out of the situation: maximum likelihood would be infinite.
/// let codes = [0, 0, 0, 0, 0, 0, 1, 1, 1];
/// let situation = [true, false, false, false, false, true, true, true, true];
/// let factor = Factor { codes: &codes, modalities: 2, reference: 0 };
/// let design = Design::of_factors(&[factor], &situation, None).unwrap();
/// let model = fit(&design, Method::Firth, 0.95).unwrap();
/// let (odds_ratio, (low, high)) = model.coefficients[1].unwrap().odds_ratio();
/// // With one factor, Firth adds a half to each cell: (3.5 × 4.5)/(0.5 × 2.5).
/// assert!((odds_ratio - 12.6).abs() < 1e-6 && low > 0.7 && high.is_finite());
/// assert_eq!(model.separated, [1]);
/// assert!(fit(&design, Method::MaximumLikelihood, 0.95).is_err());
/// ```
pub fn fit(design: &Design, method: Method, level: f64) -> Result<Fit, Refusal> {
    if !(level > 0.0 && level < 1.0) {
        return Err(Refusal::new("the confidence level is not between 0 and 1"));
    }
    let likelihood = Likelihood { design, penalized: method == Method::Firth };
    let columns = design.kept().len();
    let plain = Likelihood { design, penalized: false }.maximize(&vec![0.0; columns], &vec![false; columns]);
    let separated = separation::columns(design, &plain);
    let peak = match (method, plain) {
        (Method::MaximumLikelihood, _) if !separated.is_empty() => {
            return Err(Refusal::new(format!(
                "the situation is told without error by columns {separated:?}: maximum likelihood has no finite answer"
            ))
            .remedy("use Firth's penalized likelihood"));
        }
        (Method::MaximumLikelihood, plain) => plain.map_err(|_| unsettled())?,
        (Method::Firth, _) => likelihood.maximize(&vec![0.0; columns], &vec![false; columns]).map_err(|_| unsettled())?,
    };
    let errors = peak.standard_errors().ok_or_else(unsettled)?;
    let z = normal_quantile(level);
    let mut coefficients = vec![None; design.columns()];
    for (at, column) in design.kept().iter().enumerate() {
        let interval = profile::interval(&likelihood, &peak, at, errors[at], z);
        let p = test(&likelihood, &peak, &[at])?.p;
        coefficients[*column] = Some(Coefficient { estimate: peak.at[at], standard_error: errors[at], interval, p });
    }
    let slopes: Vec<usize> = (1..columns).collect();
    let log_likelihood = likelihood.plain(&peak.at);
    let null = design.null_log_likelihood();
    let (tjur_r2, auc) = discrimination::tjur_and_auc(design, &peak.at);
    Ok(Fit {
        method,
        coefficients,
        dropped: design.dropped().to_vec(),
        separated,
        respondents: design.respondents(),
        events: design.events(),
        log_likelihood,
        likelihood_ratio: test(&likelihood, &peak, &slopes)?,
        mcfadden_r2: 1.0 - log_likelihood / null,
        tjur_r2,
        auc,
        peak,
    })
}

impl Fit {
    /// The (penalized) likelihood ratio test that all coefficients of these columns are 0, such as all modalities of a question.
    ///
    /// Dropped columns do not count; with none left, the statistic is 0 with 0 degrees of freedom and p is 1.
    ///
    /// # Errors
    /// A test that does not settle.
    pub fn joint_test(&self, design: &Design, columns: &[usize]) -> Result<ChiSquare, Refusal> {
        let likelihood = Likelihood { design, penalized: self.method == Method::Firth };
        let places: Vec<usize> = (0..design.kept().len()).filter(|at| columns.contains(&design.kept()[*at])).collect();
        test(&likelihood, &self.peak, &places)
    }
}

/// Twice the likelihood that setting these coefficients to 0 costs; the penalty stays that of the whole model.
#[expect(clippy::cast_precision_loss, reason = "numbers of columns")]
fn test(likelihood: &Likelihood<'_>, peak: &Peak, places: &[usize]) -> Result<ChiSquare, Refusal> {
    if places.is_empty() {
        return Ok(ChiSquare { statistic: 0.0, freedom: 0.0, p: 1.0 });
    }
    let mut start = peak.at.clone();
    let mut fixed = vec![false; start.len()];
    for at in places {
        start[*at] = 0.0;
        fixed[*at] = true;
    }
    let limited = likelihood.maximize(&start, &fixed).map_err(|_| unsettled())?;
    let (statistic, freedom) = ((2.0 * (peak.value - limited.value)).max(0.0), places.len() as f64);
    Ok(ChiSquare { statistic, freedom, p: chi_square_p_value(statistic, freedom) })
}

fn unsettled() -> Refusal {
    Refusal::new("the logistic model does not settle").remedy("merge rare modalities, or leave a question out")
}
