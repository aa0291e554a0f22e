//! A second computation, as plain as can be: the indicator matrix written out, and Jacobi's rotations for its eigenvalues.

use optima::stats::answers::{MISSING, Question};
use optima::stats::multiple_correspondence::MultipleCorrespondence;
use proptest::prelude::*;

/// Eigenvalues, descending, and eigenvectors as columns, by rotating away one entry after the other.
fn jacobi(mut a: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = a.len();
    let mut v: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(i == j)).collect()).collect();
    for _ in 0..60 {
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q].abs() < 1e-300 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let (c, s) = (1.0 / (t * t + 1.0).sqrt(), t / (t * t + 1.0).sqrt());
                for row in a.iter_mut().chain(&mut v) {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                for k in 0..n {
                    (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]);
                }
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| a[*j][*j].total_cmp(&a[*i][*i]));
    (order.iter().map(|i| a[*i][*i]).collect(), order.iter().map(|i| v.iter().map(|row| row[*i]).collect()).collect())
}

/// Persons × modalities kept: `√(w/W) (z − f) / √(Q f)`; with the squared weights' roots apart.
fn matrix(questions: &[Question<'_>], weights: &[f64], kept: &[(usize, u16)], q: f64) -> Vec<Vec<f64>> {
    let total: f64 = weights.iter().sum();
    let mut s = vec![vec![0.0; kept.len()]; weights.len()];
    for (k, (question, code)) in kept.iter().enumerate() {
        let z: Vec<f64> = questions[*question].codes.iter().map(|c| f64::from(c == code)).collect();
        let f = z.iter().zip(weights).map(|(z, w)| z * w).sum::<f64>() / total;
        for (i, z) in z.iter().enumerate() {
            s[i][k] = (weights[i] / total).sqrt() * (z - f) / (q * f).sqrt();
        }
    }
    s
}

fn compare(questions: &[Question<'_>], weights: &[f64]) -> Result<(), TestCaseError> {
    let Ok(analysis) = MultipleCorrespondence::of(questions, Some(weights), 4) else { return Ok(()) };
    let kept: Vec<(usize, u16)> = analysis.modalities.iter().map(|modality| (modality.question, modality.code)).collect();
    let s = matrix(questions, weights, &kept, analysis.questions.len() as f64);
    let total: f64 = weights.iter().sum();
    let product = |i: usize, j: usize| s.iter().map(|row| row[i] * row[j]).sum::<f64>();
    let (values, vectors) = jacobi((0..kept.len()).map(|i| (0..kept.len()).map(|j| product(i, j)).collect()).collect());
    let inertia: f64 = s.iter().flatten().map(|x| x * x).sum();
    prop_assert!((inertia - analysis.total_inertia).abs() < 1e-10);
    prop_assert!(values.iter().skip(analysis.axes.len()).all(|value| value.abs() < 1e-11), "{values:?}");
    let individuals = analysis.individuals(questions).unwrap();
    prop_assert_eq!(individuals.rows(), weights.len());
    for axis in 0..analysis.kept {
        prop_assert!((values[axis] - analysis.axes[axis].eigenvalue).abs() < 1e-11);
        // A vector has a direction of its own only away from other eigenvalues.
        let gap = values.iter().enumerate().filter(|(k, _)| *k != axis).map(|(_, v)| (v - values[axis]).abs()).fold(1.0, f64::min);
        if gap < 1e-4 {
            continue;
        }
        let vector = &vectors[axis];
        let along: f64 = analysis.modalities.iter().zip(vector).map(|(m, v)| m.coordinates[axis] * v * m.mass.sqrt()).sum();
        for (modality, v) in analysis.modalities.iter().zip(vector) {
            let g = along.signum() * v * (values[axis] / modality.mass).sqrt();
            prop_assert!((modality.coordinates[axis] - g).abs() < 1e-6 * (1.0 + g.abs()), "{g} {modality:?}");
            prop_assert!((modality.contributions[axis] - v * v).abs() < 1e-6);
            let distance = total / modality.count - 1.0;
            prop_assert!((modality.cos2[axis] - g * g / distance).abs() < 1e-6 * (1.0 + 1.0 / distance));
        }
        for (i, row) in s.iter().enumerate().filter(|(i, _)| weights[*i] > 0.0) {
            let projection = along.signum() * row.iter().zip(vector).map(|(s, v)| s * v).sum::<f64>();
            let f = projection / (weights[i] / total).sqrt();
            prop_assert!((individuals[(i, axis)] - f).abs() < 1e-6 * (1.0 + f.abs()), "person {i} axis {axis}");
            let person = analysis.individual(questions, i, weights[i]).unwrap();
            prop_assert!((person.contributions[axis] - projection * projection / values[axis]).abs() < 1e-6);
            let whole: f64 = row.iter().map(|s| s * s).sum();
            prop_assert!((person.cos2[axis] * whole - projection * projection).abs() < 1e-6 * whole.max(1e-3));
        }
        for passive in &analysis.passive {
            let members = || (0..weights.len()).filter(|i| questions[passive.question].codes[*i] == passive.code);
            let mean = members().map(|i| weights[i] * individuals[(i, axis)]).sum::<f64>() / passive.count;
            prop_assert!((passive.coordinates[axis] - mean / values[axis].sqrt()).abs() < 1e-8);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn burts_way_gives_what_the_indicator_matrix_gives(
        columns in proptest::collection::vec(proptest::collection::vec(0..5u16, 23), 2..5),
        weights in proptest::collection::vec(0..4u8, 23),
        own in any::<bool>(),
        passive in 0..5u16,
    ) {
        // Code 4 is a missing answer; one modality of the first question is passive.
        let columns: Vec<Vec<u16>> =
            columns.into_iter().map(|codes| codes.into_iter().map(|c| if c == 4 { MISSING } else { c }).collect()).collect();
        let passive = [passive];
        let mut questions: Vec<Question<'_>> = columns.iter().map(|codes| Question::new(codes, 4)).collect();
        if own {
            questions = questions.into_iter().map(Question::missing_as_modality).collect();
        }
        if passive[0] < 4 {
            questions[0] = questions[0].passive(&passive);
        }
        let weights: Vec<f64> = weights.into_iter().map(|w| f64::from(w) / 2.0).collect();
        compare(&questions, &weights)?;
        compare(&questions, &[1.0; 23])?;
    }
}

#[test]
fn jacobi_finds_the_eigenvalues_of_a_matrix_that_has_known_ones() {
    let (values, vectors) = jacobi(vec![vec![2.0, 1.0], vec![1.0, 2.0]]);
    assert!((values[0] - 3.0).abs() < 1e-14 && (values[1] - 1.0).abs() < 1e-14);
    assert!((vectors[0][0] - vectors[0][1]).abs() < 1e-14);
}
