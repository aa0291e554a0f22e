//! What holds for any answers and any table: sums, centers, copies, mergers, orders and weights.

use optima::stats::answers::{MISSING, Question};
use optima::stats::burt::Burt;
use optima::stats::correspondence::{Correspondence, Point};
use optima::stats::matrix::Matrix;
use optima::stats::multiple_correspondence::MultipleCorrespondence;
use optima::stats::principal_components::PrincipalComponents;
use proptest::prelude::*;

const PERSONS: usize = 40;

/// Answers to three to five questions of two to four modalities.
fn answers() -> impl Strategy<Value = Vec<(Vec<u16>, u16)>> {
    let question = (2..5u16).prop_flat_map(|modalities| (proptest::collection::vec(0..modalities, PERSONS), Just(modalities)));
    proptest::collection::vec(question, 3..6)
}

fn questions(answers: &[(Vec<u16>, u16)]) -> Vec<Question<'_>> {
    answers.iter().map(|(codes, modalities)| Question::new(codes, *modalities)).collect()
}

fn values(analysis: &MultipleCorrespondence) -> Vec<f64> {
    analysis.axes.iter().map(|axis| axis.eigenvalue).collect()
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9 * (1.0 + a.abs()))
}

/// How far the nearest of all eigenvalues is from the first.
fn first_gap(values: &[f64]) -> f64 {
    values.get(1).map_or(1.0, |second| values[0] - second)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn inertia_contributions_and_cosines_sum_as_they_must(answers in answers()) {
        let questions = questions(&answers);
        let Ok(analysis) = MultipleCorrespondence::of(&questions, None, 99) else { return Ok(()) };
        let (q, j) = (analysis.questions.len() as f64, analysis.modalities.len() as f64);
        prop_assert!((values(&analysis).iter().sum::<f64>() - (j / q - 1.0)).abs() < 1e-10);
        prop_assert!((analysis.total_inertia - (j / q - 1.0)).abs() < 1e-10);
        prop_assert!((analysis.axes.iter().map(|axis| axis.raw_share).sum::<f64>() - 1.0).abs() < 1e-10);
        let individuals = analysis.individuals(&questions).unwrap();
        for axis in 0..analysis.kept {
            let value = analysis.axes[axis].eigenvalue;
            let contributions: f64 = analysis.modalities.iter().map(|m| m.contributions[axis]).sum();
            prop_assert!((contributions - 1.0).abs() < 1e-9);
            let center: f64 = analysis.modalities.iter().map(|m| m.mass * m.coordinates[axis]).sum();
            prop_assert!(center.abs() < 1e-9);
            let persons = individuals.column(axis);
            prop_assert!(persons.iter().sum::<f64>().abs() < 1e-8);
            prop_assert!((persons.iter().map(|f| f * f).sum::<f64>() / PERSONS as f64 - value).abs() < 1e-9);
            let eta2: f64 = analysis.questions.iter().map(|question| question.eta2[axis]).sum();
            prop_assert!((eta2 / q - value).abs() < 1e-9);
            // The sign rule, on the axis as it is given.
            let largest = analysis.modalities.iter().map(|m| m.coordinates[axis].abs()).fold(0.0, f64::max);
            let first = analysis.modalities.iter().find(|m| m.coordinates[axis].abs() >= largest * (1.0 - 1e-9)).unwrap();
            prop_assert!(first.coordinates[axis] > 0.0);
        }
        for modality in &analysis.modalities {
            prop_assert!((modality.quality - 1.0).abs() < 1e-9, "{modality:?}");
        }
        for person in 0..PERSONS {
            let person = analysis.individual(&questions, person, 1.0).unwrap();
            prop_assert!((person.cos2.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{person:?}");
        }
    }

    #[test]
    fn raw_shares_never_stand_alone_where_adjusted_rates_exist(answers in answers()) {
        // Trap 7: raw percentages understate; Benzécri's and Greenacre's rates are named and differ.
        let questions = questions(&answers);
        let Ok(analysis) = MultipleCorrespondence::of(&questions, None, 2) else { return Ok(()) };
        let q = analysis.questions.len() as f64;
        let adjusted: Vec<_> = analysis.axes.iter().filter_map(|axis| axis.adjusted).collect();
        prop_assert_eq!(adjusted.len(), analysis.axes.iter().filter(|axis| axis.eigenvalue > 1.0 / q + 1e-12).count());
        if adjusted.is_empty() {
            return Ok(());
        }
        prop_assert!((adjusted.iter().map(|rate| rate.benzecri_share).sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!(adjusted.iter().all(|rate| rate.greenacre_share <= rate.benzecri_share + 1e-9));
        prop_assert!(adjusted[0].benzecri_share > analysis.axes[0].raw_share);
        let squares: f64 = values(&analysis).iter().map(|value| value * value).sum();
        let j = analysis.modalities.len() as f64;
        let closed = q / (q - 1.0) * (squares - (j - q) / (q * q));
        prop_assert!((analysis.greenacre_total - closed).abs() < 1e-10);
    }

    #[test]
    fn copying_all_rows_and_weighting_them_twice_change_nothing(answers in answers()) {
        let single = questions(&answers);
        let Ok(analysis) = MultipleCorrespondence::of(&single, None, 1) else { return Ok(()) };
        let copied: Vec<(Vec<u16>, u16)> = answers.iter().map(|(codes, m)| ([&codes[..], codes].concat(), *m)).collect();
        let double = MultipleCorrespondence::of(&questions(&copied), None, 1).unwrap();
        let weighted = MultipleCorrespondence::of(&single, Some(&[2.0; PERSONS]), 1).unwrap();
        for other in [&double, &weighted] {
            prop_assert!(near(&values(&analysis), &values(other)));
            prop_assert_eq!(other.total_weight, 2.0 * PERSONS as f64);
            if first_gap(&values(&analysis)) > 1e-3 {
                for (a, b) in analysis.modalities.iter().zip(&other.modalities) {
                    prop_assert!((a.coordinates[0].abs() - b.coordinates[0].abs()).abs() < 1e-9);
                    prop_assert!((a.mass - b.mass).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn a_weight_of_k_is_k_copies_of_a_row(answers in answers(), weights in proptest::collection::vec(0..4u8, PERSONS)) {
        let copied: Vec<(Vec<u16>, u16)> = answers
            .iter()
            .map(|(codes, m)| (codes.iter().zip(&weights).flat_map(|(c, w)| vec![*c; usize::from(*w)]).collect(), *m))
            .collect();
        let Ok(copies) = MultipleCorrespondence::of(&questions(&copied), None, 1) else { return Ok(()) };
        let single = questions(&answers);
        let weights: Vec<f64> = weights.into_iter().map(f64::from).collect();
        let weighted = MultipleCorrespondence::of(&single, Some(&weights), 1).unwrap();
        // Whole weights give the same sums, bit for bit, by another way of counting.
        prop_assert_eq!(Burt::of(&single, Some(&weights)).unwrap().counts, Burt::of(&questions(&copied), None).unwrap().counts);
        prop_assert_eq!(&copies.modalities, &weighted.modalities);
        prop_assert_eq!(&copies.axes, &weighted.axes);
        let question = single[0];
        let placed = weighted.supplementary_question(&question, &weighted.individuals(&single).unwrap(), Some(&weights)).unwrap();
        let copied_questions = questions(&copied);
        let individuals = copies.individuals(&copied_questions).unwrap();
        let expected = copies.supplementary_question(&copied_questions[0], &individuals, None).unwrap();
        prop_assert!(near(&placed.eta2, &expected.eta2));
        prop_assert!(placed.modalities.iter().zip(&expected.modalities).all(|(a, b)| near(&a.test_values, &b.test_values)));
    }

    #[test]
    fn the_order_of_rows_changes_nothing_not_one_bit(answers in answers(), turn in 0..PERSONS) {
        let Ok(analysis) = MultipleCorrespondence::of(&questions(&answers), None, 3) else { return Ok(()) };
        let turned: Vec<(Vec<u16>, u16)> =
            answers.iter().map(|(codes, m)| (codes[turn..].iter().chain(&codes[..turn]).rev().copied().collect(), *m)).collect();
        prop_assert_eq!(analysis, MultipleCorrespondence::of(&questions(&turned), None, 3).unwrap());
    }

    #[test]
    fn the_squared_eigenvalues_are_those_of_burts_table(answers in answers()) {
        let questions = questions(&answers);
        let Ok(analysis) = MultipleCorrespondence::of(&questions, None, 1) else { return Ok(()) };
        prop_assume!(analysis.constant.is_empty());
        let burt = Correspondence::of(&Burt::of(&questions, None).unwrap().counts, 1).unwrap();
        let squares: Vec<f64> = values(&analysis).iter().map(|value| value * value).collect();
        for (found, expected) in squares.iter().zip(burt.eigenvalues.iter().chain(std::iter::repeat(&0.0))) {
            prop_assert!((found - expected).abs() < 1e-10);
        }
        prop_assert!((squares.iter().sum::<f64>() - burt.total_inertia).abs() < 1e-10);
    }

    #[test]
    fn missing_answers_as_a_modality_are_an_ordinary_modality(answers in answers(), which in 0..4u16) {
        // The first question's answers of one kind are missing in one coding and a code of their own in the other.
        let mut missing = answers.clone();
        for code in &mut missing[0].0 {
            *code = if *code == which % answers[0].1 { MISSING } else { *code };
        }
        let mut own = questions(&missing);
        own[0] = own[0].missing_as_modality();
        let Ok(plain) = MultipleCorrespondence::of(&questions(&answers), None, 1) else { return Ok(()) };
        let Ok(recoded) = MultipleCorrespondence::of(&own, None, 1) else { return Ok(()) };
        prop_assert!(near(&values(&plain), &values(&recoded)));
        // Passive, they leave everybody's frequencies as they are, and less inertia.
        let Ok(passive) = MultipleCorrespondence::of(&questions(&missing), None, 1) else { return Ok(()) };
        prop_assert_eq!(passive.total_weight, plain.total_weight);
        if passive.constant == plain.constant {
            prop_assert!(passive.total_inertia <= plain.total_inertia + 1e-12);
            let left_out = passive.passive.iter().find(|modality| modality.code == MISSING).map_or(0.0, |modality| modality.count);
            let inertia = if left_out > 0.0 { (1.0 - left_out / PERSONS as f64) / plain.questions.len() as f64 } else { 0.0 };
            prop_assert!((plain.total_inertia - passive.total_inertia - inertia).abs() < 1e-10);
        }
    }

    #[test]
    fn a_table_and_its_transpose_have_the_same_axes(counts in proptest::collection::vec(0..30u8, 24)) {
        let table = Matrix::from_rows(4, counts.into_iter().map(f64::from).collect());
        let Ok(analysis) = Correspondence::of(&table, 9) else { return Ok(()) };
        let turned = Correspondence::of(&table.transposed(), 9).unwrap();
        prop_assert!(near(&analysis.eigenvalues, &turned.eigenvalues));
        let n: f64 = table.as_slice().iter().sum();
        prop_assert!((analysis.total_inertia - chi2(&table) / n).abs() < 1e-10);
        prop_assert!((analysis.eigenvalues.iter().sum::<f64>() - analysis.total_inertia).abs() < 1e-10);
        for (points, others) in [(&analysis.rows, &turned.columns), (&analysis.columns, &turned.rows)] {
            prop_assert_eq!(points.iter().map(Option::is_none).collect::<Vec<_>>(), others.iter().map(Option::is_none).collect::<Vec<_>>());
            let present: Vec<&Point> = points.iter().flatten().collect();
            for axis in (0..analysis.kept).filter(|axis| analysis.eigenvalues[*axis] > 1e-8) {
                prop_assert!((present.iter().map(|p| p.contributions[axis]).sum::<f64>() - 1.0).abs() < 1e-8);
                prop_assert!(present.iter().map(|p| p.mass * p.coordinates[axis]).sum::<f64>().abs() < 1e-8);
            }
            prop_assert!(present.iter().all(|p| p.inertia < 1e-10 || (p.quality - 1.0).abs() < 1e-6));
            prop_assert!((present.iter().map(|p| p.inertia).sum::<f64>() - analysis.total_inertia).abs() < 1e-10);
        }
        // A supplementary copy of a row stands where the row stands.
        for (i, point) in analysis.rows.iter().enumerate() {
            let placed = analysis.supplementary_row(table.row(i)).unwrap();
            prop_assert_eq!(placed.is_some(), point.is_some());
            if let (Some(placed), Some(point)) = (placed, point) {
                for axis in (0..analysis.kept).filter(|axis| analysis.eigenvalues[*axis] > 1e-6) {
                    prop_assert!((placed.coordinates[axis] - point.coordinates[axis]).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn merging_two_rows_with_the_same_profile_changes_nothing(counts in proptest::collection::vec(1..30u8, 16), times in 1..5u8) {
        let counts: Vec<f64> = counts.into_iter().map(f64::from).collect();
        let times = f64::from(times);
        let twin: Vec<f64> = counts[12..].iter().map(|x| x * times).collect();
        let apart = Correspondence::of(&Matrix::from_rows(4, [&counts[..], &twin].concat()), 3).unwrap();
        let merged: Vec<f64> = counts[..12].iter().copied().chain(counts[12..].iter().map(|x| x * (1.0 + times))).collect();
        let merged = Correspondence::of(&Matrix::from_rows(4, merged), 3).unwrap();
        prop_assert!((apart.total_inertia - merged.total_inertia).abs() < 1e-12);
        for (a, b) in apart.eigenvalues.iter().zip(&merged.eigenvalues) {
            prop_assert!((a - b).abs() < 1e-12);
        }
        let first = first_gap(&merged.eigenvalues);
        if first > 1e-3 {
            for (a, b) in apart.columns.iter().flatten().zip(merged.columns.iter().flatten()) {
                prop_assert!((a.coordinates[0].abs() - b.coordinates[0].abs()).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn components_of_weighted_rows_are_those_of_copied_rows(
        values in proptest::collection::vec(-9..9i8, 36),
        weights in proptest::collection::vec(0..3usize, 12),
    ) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        let copied: Vec<f64> = values.chunks(3).zip(&weights).flat_map(|(row, w)| row.repeat(*w)).collect();
        let Ok(copies) = PrincipalComponents::of(&Matrix::from_rows(3, copied), None, 3) else { return Ok(()) };
        let weights: Vec<f64> = weights.iter().map(|w| *w as f64).collect();
        let weighted = PrincipalComponents::of(&Matrix::from_rows(3, values), Some(&weights), 3).unwrap();
        prop_assert!(near(&copies.eigenvalues, &weighted.eigenvalues));
        prop_assert!((weighted.eigenvalues.iter().sum::<f64>() - 3.0).abs() < 1e-9);
        for axis in 0..weighted.kept {
            prop_assert!((weighted.variables.iter().map(|v| v.contributions[axis]).sum::<f64>() - 1.0).abs() < 1e-9);
        }
        if weighted.kept == 3 {
            prop_assert!(weighted.variables.iter().all(|v| (v.cos2.iter().sum::<f64>() - 1.0).abs() < 1e-9));
        }
    }
}

/// Pearson's χ², cell by cell.
fn chi2(table: &Matrix) -> f64 {
    let n: f64 = table.as_slice().iter().sum();
    let mut chi2 = 0.0;
    for i in 0..table.rows() {
        for j in 0..table.columns() {
            let expected = table.row(i).iter().sum::<f64>() * table.column(j).iter().sum::<f64>() / n;
            chi2 += if expected > 0.0 { (table[(i, j)] - expected).powi(2) / expected } else { 0.0 };
        }
    }
    chi2
}
