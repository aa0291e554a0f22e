//! What is done with classes once they are cut: consolidation, stability, profiles; and what is refused.

use optima::stats::answers::{MISSING, Question};
use optima::stats::class_profile::{Threshold, class_places, describe};
use optima::stats::k_means::{consolidate, inertia};
use optima::stats::matrix::Matrix;
use optima::stats::partition::Partition;
use optima::stats::silhouette::silhouettes;
use optima::stats::stability::{Resampling, class_stability};
use optima::stats::ward::ward;
use proptest::prelude::*;

use super::brute::clouds;

fn line(numbers: &[f64]) -> Matrix {
    Matrix::from_rows(1, numbers.to_vec())
}

fn refused<T: std::fmt::Debug>(given: Result<T, optima::stats::refusal::Refusal>) -> String {
    given.unwrap_err().to_string()
}

#[test]
fn what_cannot_be_clustered_is_refused_with_what_to_do() {
    let go = |points: &Matrix, weights: Option<&[f64]>| refused(ward(points, weights, &mut |_, _| true));
    assert_eq!(go(&Matrix::zeros(0, 3), None), "no point to cluster; clustering compares points: two or more are needed");
    assert_eq!(go(&Matrix::zeros(4, 0), None), "no point to cluster; clustering compares points: two or more are needed");
    assert_eq!(go(&line(&[1.0]), None), "one point to cluster; clustering compares points: two or more are needed");
    assert!(go(&Matrix::from_rows(2, vec![1.0, 2.0, 3.0, f64::NAN]), None).starts_with("coordinate 2 of point 2 is not a number of use"));
    assert!(go(&line(&[1.0, f64::INFINITY]), None).starts_with("coordinate 1 of point 2"));
    assert!(go(&line(&[1.0, 1e200]), None).starts_with("coordinate 1 of point 2"));
    assert_eq!(go(&line(&[1.0, 2.0]), Some(&[1.0])), "1 weights for 2 points; give one weight a point");
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(go(&line(&[1.0, 2.0]), Some(&[1.0, wrong])).starts_with("the weight of point 2 is not a positive number"), "{wrong}");
    }
    assert!(go(&line(&[1.0, 2.0]), Some(&[f64::MAX, f64::MAX])).starts_with("the weights sum to no finite number"));
    assert!(go(&line(&[1.0, 2.0]), Some(&[1e-320, 1.0])).starts_with("a weight is vanishingly small"));
}

#[test]
fn cuts_that_cannot_be_are_refused() {
    let same = ward(&line(&[3.0, 3.0, 3.0]), None, &mut |_, _| true).unwrap();
    assert_eq!((same.merges().len(), same.points(), same.total_inertia()), (0, 1, 0.0));
    assert_eq!(same.cut(1).unwrap().class_of(), [0, 0, 0]);
    assert_eq!(refused(same.cut(2)), "2 classes of 1 distinct points; ask for 1 classes or fewer");
    assert_eq!(refused(same.cut(0)), "no class was asked for; ask for one class or more");
    assert!(refused(same.classes_by_relative_loss(None)).starts_with("no number of classes"));
    let two = ward(&line(&[3.0, 4.0]), None, &mut |_, _| true).unwrap();
    assert!(refused(two.classes_by_relative_loss(None)).ends_with("ask for a number of classes"));
}

#[test]
fn a_caller_who_wishes_to_stop_is_heard_and_others_see_progress() {
    let points = line(&(0..100).map(f64::from).collect::<Vec<_>>());
    assert_eq!(refused(ward(&points, None, &mut |_, _| false)), "the clustering was stopped");
    let mut seen = Vec::new();
    ward(&points, None, &mut |done, of| {
        seen.push((done, of));
        true
    })
    .unwrap();
    assert!(seen.len() > 1 && seen.is_sorted() && seen.last() == Some(&(200, 200)), "{seen:?}");
}

#[test]
fn a_class_that_nobody_is_nearest_to_takes_the_row_that_adds_most() {
    // Class 1 has its center between the others: everyone is nearer to 0 or 2.
    let points = line(&[0.0, 0.0, 0.1, 5.0, 10.0, 10.0, 9.9, 5.2, 0.1, 9.9]);
    let start = Partition::new(vec![0, 0, 0, 0, 2, 2, 2, 2, 1, 1]).unwrap();
    let moved = consolidate(&points, None, &start, 10).unwrap();
    assert_eq!(moved.partition.classes(), 3);
    assert!(moved.after.within < moved.before.within && moved.converged, "{moved:?}");
}

proptest! {
    #[test]
    fn consolidation_never_raises_the_inertia_within((points, weights) in clouds(4..60), classes in 2..6usize) {
        let hierarchy = ward(&points, Some(&weights), &mut |_, _| true).unwrap();
        let start = hierarchy.cut(classes.min(hierarchy.points())).unwrap();
        let moved = consolidate(&points, Some(&weights), &start, 10).unwrap();
        prop_assert!(moved.after.within <= moved.before.within);
        prop_assert_eq!(moved.partition.classes(), start.classes());
        let total = moved.after.total;
        prop_assert!((moved.after.within + moved.after.between - total).abs() <= 1e-11 * total.max(1e-300));
        let (before, total) = (inertia(&points, Some(&weights), &start).unwrap(), hierarchy.total_inertia());
        prop_assert!((before.within - hierarchy.within(start.classes())).abs() <= 1e-11 * total.max(1e-300));
        // At rest, no single point would lower it by moving: what Hartigan and Wong promise.
        if moved.converged && total > 0.0 {
            for row in 0..points.rows() {
                for class in 0..start.classes() {
                    let mut other = moved.partition.class_of().to_vec();
                    for (_, of) in other.iter_mut().enumerate().filter(|(same, _)| points.row(*same) == points.row(row)) {
                        *of = u32::try_from(class).unwrap();
                    }
                    if let Ok(other) = Partition::new(other) && other.classes() == start.classes() {
                        let within = inertia(&points, Some(&weights), &other).unwrap().within;
                        prop_assert!(within >= moved.after.within - 1e-9 * total, "row {} to {}: {} {}", row, class, within, moved.after.within);
                    }
                }
            }
        }
    }

    #[test]
    fn a_further_pass_of_consolidation_undoes_nothing((points, weights) in clouds(12..120), classes in 3..6usize) {
        let hierarchy = ward(&points, Some(&weights), &mut |_, _| true).unwrap();
        let start = hierarchy.cut(classes.min(hierarchy.points())).unwrap();
        let within = |passes| consolidate(&points, Some(&weights), &start, passes).unwrap().after.within;
        let mut before = f64::INFINITY;
        for passes in 1..12 {
            let after = within(passes);
            prop_assert!(after <= before * (1.0 + 1e-12), "{} passes: {} after {}", passes, after, before);
            before = after;
        }
    }

    #[test]
    fn row_order_does_not_matter_to_consolidation((points, weights) in clouds(4..40), turn in 1..39usize) {
        let rows = points.rows();
        let order: Vec<usize> = (0..rows).map(|row| (row + turn) % rows).rev().collect();
        let turned = Matrix::from_rows(points.columns(), order.iter().flat_map(|row| points.row(*row).to_vec()).collect());
        let turned_weights: Vec<f64> = order.iter().map(|row| weights[*row]).collect();
        let both = [(&points, &weights), (&turned, &turned_weights)].map(|(points, weights)| {
            let hierarchy = ward(points, Some(weights), &mut |_, _| true).unwrap();
            consolidate(points, Some(weights), &hierarchy.cut(3.min(hierarchy.points())).unwrap(), 10).unwrap().partition
        });
        for (row, from) in order.iter().enumerate() {
            prop_assert_eq!(both[1].class_of()[row], both[0].class_of()[*from]);
        }
    }
}

#[test]
fn planted_groups_are_stable_and_the_same_for_any_number_of_threads() {
    let points = Matrix::from_rows(
        2,
        (0..90).flat_map(|i| [f64::from(i % 3) * 9.0 + f64::from(i * i % 7) / 7.0, f64::from(i * 5 % 11) / 11.0]).collect(),
    );
    let cluster = |rows: &[u32]| {
        let drawn = Matrix::from_rows(2, rows.iter().flat_map(|row| points.row(*row as usize).to_vec()).collect());
        let hierarchy = ward(&drawn, None, &mut |_, _| true)?;
        let cut = hierarchy.cut(3.min(hierarchy.points()))?;
        Ok(consolidate(&drawn, None, &cut, 10)?.partition)
    };
    let original = cluster(&(0..90).collect::<Vec<_>>()).unwrap();
    let resampling = Resampling { replicates: 30, at_most: 60, seed: 3 };
    let found = class_stability(&original, &resampling, cluster).unwrap();
    assert_eq!((found.drawn, found.jaccard.len()), (60, 3));
    assert!(found.jaccard.iter().all(|class| *class > 0.99), "{found:?}");
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one_thread.install(|| class_stability(&original, &resampling, cluster).unwrap()), found);
}

#[test]
fn missing_answers_are_out_of_the_counts_unless_they_are_a_modality() {
    let classes = Partition::new((0..20).map(|row| row / 10).collect()).unwrap();
    let codes: Vec<u16> = (0..20)
        .map(|row| {
            if row < 8 {
                0
            } else if row % 2 == 0 {
                1
            } else {
                MISSING
            }
        })
        .collect();
    let all = Threshold { p: 1.0, ..Threshold::default() };
    let passive = describe(&classes, &[Question::new(&codes, 2)], &[], None, &all).unwrap();
    let chose = |found: &optima::stats::class_profile::Description, code| {
        *found.classes[0].modalities.iter().find(|mark| mark.code == code).unwrap()
    };
    // Of class 0, nine answered: eight of them 0. In all, fourteen answered.
    let mark = chose(&passive, 0);
    assert_eq!((mark.of_class, mark.of_modality, mark.overall), (8.0 / 9.0, 1.0, 8.0 / 14.0));
    assert!(passive.classes[0].modalities.iter().all(|mark| mark.code != MISSING));
    let own = describe(&classes, &[Question::new(&codes, 2).missing_as_modality()], &[], None, &all).unwrap();
    assert_eq!((chose(&own, 0).of_class, chose(&own, MISSING).overall, own.questions[0].freedom), (0.8, 0.3, 2.0));
}

#[test]
fn weights_scale_shares_and_leave_effective_counts() {
    let classes = Partition::new(vec![0, 0, 0, 1, 1, 1]).unwrap();
    let codes = [0, 0, 1, 1, 1, 1];
    let all = Threshold { p: 1.0, ..Threshold::default() };
    let of = |weights: Option<&[f64]>| {
        describe(&classes, &[Question::new(&codes, 2)], &[&[Some(1.0), Some(2.0), None, Some(5.0), Some(7.0), Some(4.0)]], weights, &all)
            .unwrap()
    };
    // Weights that are all one number change nothing but counts.
    let (plain, sevenfold) = (of(None), of(Some(&[7.0; 6])));
    assert_eq!((plain.effective_rows, sevenfold.effective_rows), (6.0, 6.0));
    for (one, other) in plain.classes.iter().zip(&sevenfold.classes) {
        assert_eq!(
            one.modalities.iter().map(|mark| mark.test).collect::<Vec<_>>(),
            other.modalities.iter().map(|mark| mark.test).collect::<Vec<_>>()
        );
        assert_eq!(one.means.len(), 1);
        assert!((one.means[0].test.value - other.means[0].test.value).abs() < 1e-12);
    }
    let uneven = of(Some(&[3.0, 1.0, 1.0, 1.0, 1.0, 1.0]));
    assert!((uneven.effective_rows - 64.0 / 14.0).abs() < 1e-12);
    assert_eq!(uneven.classes[0].modalities.iter().find(|mark| mark.code == 0).unwrap().of_class, 0.8);
    assert_eq!(uneven.classes[0].share, 5.0 / 8.0);
}

#[test]
fn descriptions_of_nothing_are_answers_without_marks_or_refusals() {
    let classes = Partition::new(vec![0, 0, 1, 1]).unwrap();
    let constant = [0; 4];
    let nobody = [MISSING; 4];
    let same = [Some(2.0); 4];
    let questions = [Question::new(&constant, 3), Question::new(&nobody, 2), Question::new(&nobody, 0).missing_as_modality()];
    let all = Threshold { p: 1.0, ..Threshold::default() };
    let found = describe(&classes, &questions, &[&same, &[None; 4]], None, &all).unwrap();
    assert!(found.questions.is_empty() && found.variables.is_empty());
    assert!(found.classes.iter().all(|class| class.modalities.is_empty() && class.means.is_empty()), "{found:?}");
    let one_class = Partition::new(vec![0; 4]).unwrap();
    let codes = [0, 1, 0, 1];
    let found = describe(&one_class, &[Question::new(&codes, 2)], &[&[Some(1.0), Some(2.0), Some(3.0), Some(4.0)]], None, &all).unwrap();
    assert!(found.questions.is_empty() && found.variables.is_empty());
    assert!(found.classes[0].means.is_empty() && found.classes[0].modalities.is_empty());
    let go = |questions: &[Question<'_>], numbers: &[&[Option<f64>]], weights: Option<&[f64]>| {
        refused(describe(&classes, questions, numbers, weights, &all))
    };
    assert!(go(&[Question::new(&[0, 1], 2)], &[], None).starts_with("2 answers for a partition of 4 rows"));
    assert!(go(&[], &[&[None; 3]], None).starts_with("3 numbers for a partition of 4 rows"));
    assert!(go(&[], &[&[Some(f64::NAN); 4]], None).starts_with("a value is not a finite number"));
    assert!(go(&[], &[], Some(&[1.0])).starts_with("1 weights for 4 rows"));
    assert!(go(&[], &[], Some(&[0.0; 4])).starts_with("weights that are negative"));
}

#[test]
fn partitions_of_other_rows_are_refused() {
    let (points, other) = (line(&[1.0, 2.0, 3.0]), Partition::new(vec![0, 1]).unwrap());
    for said in [
        refused(consolidate(&points, None, &other, 10)),
        refused(inertia(&points, None, &other)),
        refused(silhouettes(&points, &other)),
        refused(class_places(&points, None, &other, 1)),
    ] {
        assert!(said.starts_with("a partition of 2 rows for 3 points"), "{said}");
    }
    assert!(refused(silhouettes(&points, &Partition::new(vec![0; 3]).unwrap())).starts_with("silhouettes of one class"));
    assert!(refused(inertia(&points, Some(&[1.0]), &Partition::new(vec![0; 3]).unwrap())).starts_with("weights"));
    let three = Partition::new(vec![0, 1, 2]).unwrap();
    assert_eq!(
        refused(consolidate(&line(&[1.0, 1.0, 2.0]), None, &three, 10)),
        "3 classes of 2 distinct points; ask for 2 classes or fewer"
    );
}
