//! What must hold for any points.

use optima::stats::matrix::Matrix;
use optima::stats::ward::{Hierarchy, ward};
use proptest::prelude::*;

use super::brute::clouds;

fn cluster(points: &Matrix, weights: &[f64]) -> Hierarchy {
    ward(points, Some(weights), &mut |_, _| true).unwrap()
}

/// The inertia within and between classes, from their definitions.
fn within_and_between(points: &Matrix, weights: &[f64], class_of: &[u32]) -> (f64, f64) {
    let classes = *class_of.iter().max().unwrap() as usize + 1;
    let total: f64 = weights.iter().sum();
    let center = |member: &dyn Fn(usize) -> bool| {
        let weight: f64 = (0..points.rows()).filter(|row| member(*row)).map(|row| weights[row]).sum();
        let mean = |axis| (0..points.rows()).filter(|row| member(*row)).map(|row| weights[row] * points[(row, axis)]).sum::<f64>() / weight;
        (weight, (0..points.columns()).map(mean).collect::<Vec<f64>>())
    };
    let square = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>();
    let (_, middle) = center(&|_| true);
    let (mut within, mut between) = (0.0, 0.0);
    for class in 0..classes {
        let member = |row: usize| class_of[row] as usize == class;
        let (weight, mean) = center(&member);
        between += weight / total * square(&mean, &middle);
        within +=
            (0..points.rows()).filter(|row| member(*row)).map(|row| weights[row] / total * square(points.row(row), &mean)).sum::<f64>();
    }
    (within, between)
}

fn near(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-11 * scale.max(1e-300)
}

proptest! {
    #[test]
    fn levels_never_fall_and_sum_to_the_total_inertia((points, weights) in clouds(2..80)) {
        let hierarchy = cluster(&points, &weights);
        let total = hierarchy.total_inertia();
        prop_assert!(hierarchy.merges().windows(2).all(|pair| pair[0].level <= pair[1].level));
        prop_assert!(near(hierarchy.merges().iter().map(|merge| merge.level).sum(), total, total));
        prop_assert!(near(hierarchy.merges().iter().map(|merge| hierarchy.share(merge)).sum(), f64::from(u8::from(total > 0.0)), 1.0));
        if let Some(last) = hierarchy.merges().last() {
            prop_assert!(near(last.weight, 1.0, 1.0) && last.size as usize == points.rows());
        }
    }

    #[test]
    fn total_inertia_is_between_and_within_at_each_cut((points, weights) in clouds(2..40)) {
        let hierarchy = cluster(&points, &weights);
        let total = hierarchy.total_inertia();
        for classes in 1..=hierarchy.points() {
            let partition = hierarchy.cut(classes).unwrap();
            prop_assert_eq!(partition.classes(), classes);
            let (within, between) = within_and_between(&points, &weights, partition.class_of());
            prop_assert!(near(within + between, total, total) && near(hierarchy.within(classes), within, total), "{} classes", classes);
            let weight = |class| partition.class_of().iter().zip(&weights).filter(|(of, _)| **of == class).map(|(_, w)| w).sum::<f64>();
            let heaviest_first = (1..).take(classes - 1).all(|class| weight(class) <= weight(class - 1) * (1.0 + 1e-12));
            prop_assert!(heaviest_first);
        }
    }

    #[test]
    fn row_order_does_not_matter((points, weights) in clouds(2..60), turn in 1..59usize) {
        let rows = points.rows();
        let order: Vec<usize> = (0..rows).map(|row| (row + turn) % rows).rev().collect();
        let turned = Matrix::from_rows(points.columns(), order.iter().flat_map(|row| points.row(*row).to_vec()).collect());
        let turned_weights: Vec<f64> = order.iter().map(|row| weights[*row]).collect();
        let (one, other) = (cluster(&points, &weights), cluster(&turned, &turned_weights));
        prop_assert_eq!(one.merges(), other.merges());
        let classes = one.points().min(4);
        let (one, other) = (one.cut(classes).unwrap(), other.cut(classes).unwrap());
        for (row, from) in order.iter().enumerate() {
            prop_assert_eq!(other.class_of()[row], one.class_of()[*from]);
        }
    }

    #[test]
    fn a_weight_of_k_is_the_row_k_times((points, _) in clouds(2..30), shift in 0..4usize) {
        let times: Vec<usize> = (0..points.rows()).map(|row| (row + shift) * row % 4 + 1).collect();
        let repeated = Matrix::from_rows(
            points.columns(),
            times.iter().enumerate().flat_map(|(row, times)| points.row(row).repeat(*times)).collect(),
        );
        let weights: Vec<f64> = times.iter().map(|times| *times as f64).collect();
        let (one, other) = (cluster(&points, &weights), ward(&repeated, None, &mut |_, _| true).unwrap());
        prop_assert_eq!(one.merges().len(), other.merges().len());
        for (a, b) in one.merges().iter().zip(other.merges()) {
            prop_assert_eq!((a.elder, a.younger, a.level, a.weight), (b.elder, b.younger, b.level, b.weight));
        }
    }
}
