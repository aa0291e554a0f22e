//! Answers that allow no analysis, or less of one: a clear refusal or a smaller answer, never a number that is none.

use optima::stats::answers::{MISSING, Question};
use optima::stats::correspondence::Correspondence;
use optima::stats::matrix::Matrix;
use optima::stats::multiple_correspondence::MultipleCorrespondence;
use optima::stats::principal_components::PrincipalComponents;

fn refused(questions: &[Question<'_>]) -> String {
    MultipleCorrespondence::of(questions, None, 5).unwrap_err().to_string()
}

/// That no number of an analysis is none.
fn finite(analysis: &MultipleCorrespondence, questions: &[Question<'_>]) {
    let printed = format!("{analysis:?}{:?}", analysis.individuals(questions).unwrap());
    assert!(!printed.contains("NaN") && !printed.contains("inf"), "{printed}");
}

#[test]
fn one_respondent_and_none_are_refused() {
    assert!(refused(&[Question::new(&[0], 2)]).starts_with("one respondent; an analysis compares persons"));
    assert!(refused(&[Question::new(&[], 2)]).starts_with("no respondent"));
    let weights = [0.0, 3.0];
    let refusal = MultipleCorrespondence::of(&[Question::new(&[0, 1], 2)], Some(&weights), 5).unwrap_err();
    assert_eq!(refusal.reason, "one respondent");
}

#[test]
fn answers_that_are_all_missing_or_all_alike_are_refused() {
    let nobody = [MISSING; 3];
    assert!(refused(&[Question::new(&nobody, 2), Question::new(&nobody, 3)]).starts_with("all answers are missing"));
    assert!(refused(&[Question::new(&nobody, 2).missing_as_modality()]).starts_with("all answers are missing"));
    assert!(refused(&[Question::new(&[1, 1, 1], 2), Question::new(&[0, MISSING, 0], 2)]).starts_with("no question has two modalities"));
    assert!(refused(&[]).starts_with("no question to analyze"));
    assert!(refused(&[Question::new(&[0, 1], 2).passive(&[2])]).contains("passive codes beyond"));
}

#[test]
fn a_constant_question_and_a_modality_nobody_chose_are_left_out_and_told() {
    let (constant, varied, other) = ([2; 6], [0, 1, 3, 0, 1, 3], [0, 0, 0, 1, 1, 1]);
    let questions = [Question::new(&constant, 3), Question::new(&varied, 4), Question::new(&other, 2)];
    let analysis = MultipleCorrespondence::of(&questions, None, 9).unwrap();
    assert_eq!(analysis.constant, [0]);
    assert_eq!(analysis.unchosen, [(0, 0), (0, 1), (1, 2)]);
    let without = MultipleCorrespondence::of(&questions[1..], None, 9).unwrap();
    assert_eq!(analysis.axes, without.axes);
    assert_eq!(analysis.individuals(&questions).unwrap(), without.individuals(&questions[1..]).unwrap());
    finite(&analysis, &questions);
}

#[test]
fn two_identical_questions_share_their_axes() {
    let codes = [0, 1, 2, 0, 1, 2, 2];
    let questions = [Question::new(&codes, 3), Question::new(&codes, 3)];
    let analysis = MultipleCorrespondence::of(&questions, None, 5).unwrap();
    // Each axis of one question alone has λ = 1, and so have both together.
    assert_eq!(analysis.axes.len(), 2);
    assert!(analysis.axes.iter().all(|axis| (axis.eigenvalue - 1.0).abs() < 1e-12));
    finite(&analysis, &questions);
}

#[test]
fn one_question_alone_has_axes_and_no_adjusted_rates() {
    let questions = [Question::new(&[0, 1, 2, 1], 3)];
    let analysis = MultipleCorrespondence::of(&questions, None, 5).unwrap();
    assert!(analysis.axes.iter().all(|axis| (axis.eigenvalue - 1.0).abs() < 1e-12 && axis.adjusted.is_none()));
    finite(&analysis, &questions);
}

#[test]
fn questions_without_any_association_have_axes_and_no_adjusted_rates() {
    let (a, b) = ([0, 0, 1, 1], [0, 1, 0, 1]);
    let questions = [Question::new(&a, 2), Question::new(&b, 2)];
    let analysis = MultipleCorrespondence::of(&questions, None, 5).unwrap();
    assert_eq!(analysis.axes.iter().filter(|axis| axis.adjusted.is_some()).count(), 0);
    finite(&analysis, &questions);
}

#[test]
fn a_thousand_modalities_and_many_rare_ones_are_analyzed() {
    // Two persons a modality, as with postcodes: J is as large as half of n.
    let rare: Vec<u16> = (0..2_000).map(|i| i / 2).collect();
    let other: Vec<u16> = (0..2_000).map(|i| (i * 7 + i / 11) % 5).collect();
    let questions = [Question::new(&rare, 1_000), Question::new(&other, 5)];
    let analysis = MultipleCorrespondence::of(&questions, None, 3).unwrap();
    assert_eq!(analysis.modalities.len(), 1_005);
    assert!((analysis.total_inertia - 1_003.0 / 2.0).abs() < 1e-9);
    let sum: f64 = analysis.axes.iter().map(|axis| axis.eigenvalue).sum();
    assert!((sum - analysis.total_inertia).abs() < 1e-8, "{sum}");
    finite(&analysis, &questions);
}

#[test]
fn too_many_modalities_are_refused_with_what_to_do() {
    let codes: Vec<u16> = (0..13_000).map(|i| i / 2).collect();
    let halves: Vec<u16> = (0..13_000).map(|i| i % 2).collect();
    let refusal = MultipleCorrespondence::of(&[Question::new(&codes, 6_500), Question::new(&halves, 2)], None, 5).unwrap_err();
    assert!(refusal.reason.contains("6502 modalities are too many") && refusal.remedy.contains("merge rare modalities"), "{refusal}");
}

#[test]
fn supplementary_data_that_does_not_fit_is_refused() {
    let questions = [Question::new(&[0, 1, 2, 1], 3)];
    let analysis = MultipleCorrespondence::of(&questions, None, 2).unwrap();
    let individuals = analysis.individuals(&questions).unwrap();
    assert!(analysis.supplementary_question(&Question::new(&[0, 1], 2), &individuals, None).is_err());
    assert!(analysis.supplementary_number(&[1.0, 1.0, 1.0, f64::NAN], &individuals, None).is_err());
    assert!(analysis.supplementary_number(&[f64::NAN; 4], &individuals, None).is_err());
    assert!(analysis.individuals(&[Question::new(&[0, 1], 2)]).is_err());
    assert!(analysis.individual(&questions, 4, 1.0).is_err());
    // All in one modality: at the center, with nothing to tell.
    let placed = analysis.supplementary_question(&Question::new(&[0; 4], 1), &individuals, None).unwrap();
    assert_eq!((placed.modalities[0].quality, placed.eta2.clone()), (0.0, vec![0.0, 0.0]));
    assert_eq!(analysis.supplementary_question(&Question::new(&[MISSING; 4], 1), &individuals, None).unwrap().eta2, [0.0, 0.0]);
}

#[test]
fn tables_that_are_none_are_refused_and_empty_rows_have_no_point() {
    let of = |columns: usize, counts: &[f64]| Correspondence::of(&Matrix::from_rows(columns, counts.to_vec()), 2);
    assert!(of(2, &[1.0, -1.0, 2.0, 2.0]).unwrap_err().reason.contains("negative"));
    assert!(of(2, &[1.0, f64::NAN, 2.0, 2.0]).is_err());
    assert!(of(2, &[1.0, 0.0, 2.0, 0.0]).unwrap_err().reason.contains("fewer than two"));
    assert!(of(2, &[0.0; 4]).is_err() && of(2, &[]).is_err());
    let full = of(2, &[4.0, 1.0, 2.0, 5.0]).unwrap();
    let padded = of(3, &[4.0, 0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 5.0]).unwrap();
    assert_eq!((&padded.rows[1], &padded.columns[1]), (&None, &None));
    assert_eq!((padded.rows[2].clone(), padded.chi2, padded.degrees_of_freedom), (full.rows[1].clone(), full.chi2, 1));
    assert_eq!(padded.supplementary_row(&[0.0, 7.0, 0.0]).unwrap(), None);
    assert!(padded.supplementary_row(&[1.0]).is_err() && padded.supplementary_row(&[1.0, 1.0, -1.0]).is_err());
}

#[test]
fn independence_has_no_axes_and_is_no_error() {
    let analysis = Correspondence::of(&Matrix::from_rows(3, vec![1.0, 2.0, 3.0, 7.0, 14.0, 21.0]), 2).unwrap();
    assert_eq!((analysis.eigenvalues.len(), analysis.kept), (0, 0));
    assert!(analysis.chi2 < 1e-12 && !format!("{analysis:?}").contains("NaN"));
}

#[test]
fn variables_that_do_not_vary_have_no_components() {
    let of = |columns: usize, values: &[f64]| PrincipalComponents::of(&Matrix::from_rows(columns, values.to_vec()), None, 2);
    assert!(of(2, &[1.0, 5.0, 2.0, 5.0]).unwrap_err().reason.contains("variable 2 does not vary"));
    assert!(of(1, &[1.0]).is_err() && of(2, &[1.0, f64::INFINITY, 2.0, 5.0]).is_err());
    // A large value with a small spread.
    let far = of(2, &[1e9, 0.0, 1e9 + 1.0, 1.0, 1e9 + 2.0, 0.0]).unwrap();
    assert!((far.variables[0].deviation - (2.0f64 / 3.0).sqrt()).abs() < 1e-12, "{far:?}");
}
