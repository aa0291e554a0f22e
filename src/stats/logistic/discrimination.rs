//! How well fitted probabilities tell those in the situation from the others.

use super::design::Design;
use super::likelihood::{predictor, shares};

/// Tjur's R² and the area under the ROC curve, equal probabilities counted as half.
pub(super) fn tjur_and_auc(design: &Design, beta: &[f64]) -> (f64, f64) {
    let mut rows: Vec<(f64, f64, f64)> = design
        .patterns()
        .iter()
        .map(|pattern| (predictor(&pattern.entries, beta), pattern.events, pattern.total - pattern.events))
        .collect();
    let (events, others) = rows.iter().fold((0.0, 0.0), |(e, o), row| (e + row.1, o + row.2));
    let mean = |part: fn(&(f64, f64, f64)) -> f64, sum: f64| rows.iter().map(|row| part(row) * shares(row.0).0).sum::<f64>() / sum;
    let tjur = mean(|row| row.1, events) - mean(|row| row.2, others);
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut before, mut pairs) = (0.0, 0.0);
    for tied in rows.chunk_by(|a, b| (a.0 - b.0).abs() < 1e-9) {
        let (tied_events, tied_others) = tied.iter().fold((0.0, 0.0), |(e, o), row| (e + row.1, o + row.2));
        pairs += tied_events * (before + tied_others / 2.0);
        before += tied_others;
    }
    (tjur, pairs / (events * others))
}
