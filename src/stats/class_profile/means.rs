//! Classes by numeric variables: means, test-values, and how far a variable goes with the classes.

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use super::Threshold;
use crate::stats::partition::Partition;
use crate::stats::test_value::TestValue;

/// A numeric variable whose mean in a class differs from that of everybody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumericMark {
    /// The place of the variable among those given.
    pub variable: usize,
    /// The mean in the class.
    pub mean: f64,
    /// The standard deviation in the class, divisor n.
    pub deviation: f64,
    /// The mean of all.
    pub overall_mean: f64,
    /// The standard deviation of all, divisor n.
    pub overall_deviation: f64,
    /// `(x̄_q − x̄) / √(s²/n_q (N − n_q)/(N − 1))`: positive where the class has more.
    pub test: TestValue,
}

/// How far a numeric variable goes with the classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VariableLink {
    /// The place of the variable among those given.
    pub variable: usize,
    /// η², the share of its variance that lies between classes, 0..=1.
    pub eta2: f64,
    /// The p-value of the analysis of variance, 0..=1.
    pub p: f64,
}

/// Sums of one class.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    weight: f64,
    mean: f64,
    squares: f64,
}

/// The marks of each class, and the variables that go with the classes.
pub(super) fn describe(
    partition: &Partition,
    variables: &[&[Option<f64>]],
    weights: Option<&[f64]>,
    scale: f64,
    threshold: &Threshold,
) -> (Vec<Vec<NumericMark>>, Vec<VariableLink>) {
    let mut marks: Vec<Vec<NumericMark>> = vec![Vec::new(); partition.classes()];
    let mut links = Vec::new();
    for (variable, values) in variables.iter().enumerate() {
        let (classes, all) = sums(partition, values, weights);
        if all.squares <= 0.0 {
            continue;
        }
        for (class, marks) in classes.iter().zip(&mut marks) {
            marks.extend(mark(variable, class, &all, scale).filter(|mark| threshold.keeps(&mark.test)));
        }
        links.extend(link(variable, &classes, &all, scale).filter(|link| link.p <= threshold.p));
    }
    for marks in &mut marks {
        marks.sort_by(|a, b| b.test.value.total_cmp(&a.test.value));
    }
    links.sort_by(|a, b| a.p.total_cmp(&b.p));
    (marks, links)
}

/// Weight, mean and sum of squares about the mean of each class and of all, in two passes.
fn sums(partition: &Partition, values: &[Option<f64>], weights: Option<&[f64]>) -> (Vec<Sums>, Sums) {
    let mut classes = vec![Sums::default(); partition.classes()];
    let mut all = Sums::default();
    let known = || {
        let rows = partition.class_of().iter().zip(values).enumerate();
        rows.filter_map(|(row, (class, value))| Some((*class as usize, (*value)?, weights.map_or(1.0, |w| w[row]))))
    };
    for (class, value, w) in known() {
        for sums in [&mut classes[class], &mut all] {
            sums.weight += w;
            sums.mean += w * value;
        }
    }
    for sums in classes.iter_mut().chain([&mut all]) {
        sums.mean = if sums.weight > 0.0 { sums.mean / sums.weight } else { 0.0 };
    }
    for (class, value, w) in known() {
        for sums in [&mut classes[class], &mut all] {
            sums.squares += w * (value - sums.mean) * (value - sums.mean);
        }
    }
    (classes, all)
}

fn mark(variable: usize, class: &Sums, all: &Sums, scale: f64) -> Option<NumericMark> {
    let (n, total) = (class.weight * scale, all.weight * scale);
    let variance = all.squares / all.weight;
    let error = (variance / n * (total - n) / (total - 1.0)).sqrt();
    let value = (class.mean - all.mean) / error;
    // A class of nobody, or of everybody, or of one row in all.
    (n > 0.0 && total > 1.0 && error > 0.0 && value.is_finite()).then(|| NumericMark {
        variable,
        mean: class.mean,
        deviation: (class.squares / class.weight).sqrt(),
        overall_mean: all.mean,
        overall_deviation: variance.sqrt(),
        test: TestValue::of_normal(value),
    })
}

fn link(variable: usize, classes: &[Sums], all: &Sums, scale: f64) -> Option<VariableLink> {
    let groups = classes.iter().filter(|class| class.weight > 0.0).map(|_| 1.0).sum::<f64>();
    let within = classes.iter().map(|class| class.squares).sum::<f64>();
    let eta2 = (1.0 - within / all.squares).clamp(0.0, 1.0);
    let (between_freedom, within_freedom) = (groups - 1.0, all.weight * scale - groups);
    if !(between_freedom > 0.0 && within_freedom > 0.0) {
        return None;
    }
    let ratio = eta2 / between_freedom / ((1.0 - eta2) / within_freedom);
    let p = if eta2 < 1.0 { FisherSnedecor::new(between_freedom, within_freedom).ok()?.sf(ratio) } else { 0.0 };
    p.is_finite().then_some(VariableLink { variable, eta2, p })
}
