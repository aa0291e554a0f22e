//! `ward_decathlon`: heights, gains, cuts, silhouettes and the cophenetic correlation of R.

use optima::stats::matrix::Matrix;
use optima::stats::partition::adjusted_rand_index;
use optima::stats::silhouette::{mean_silhouette, silhouettes};
use optima::stats::ward::{Hierarchy, ward};

use super::reference::{case, numbers, partition, table, words};

/// The results of the ten events, each with mean 0 and deviation 1 (divisor n − 1).
fn events() -> Matrix {
    let case = case("ward_decathlon");
    let (header, rows) = table("decathlon.csv");
    let columns = words(&case["settings"]["columns"]);
    let mut points = Matrix::zeros(rows.len(), columns.len());
    for (axis, name) in columns.iter().enumerate() {
        let at = header.iter().position(|column| column == name).unwrap();
        let values: Vec<f64> = rows.iter().map(|row| row[at].parse().unwrap()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let deviation = (values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (values.len() as f64 - 1.0)).sqrt();
        for (row, value) in values.iter().enumerate() {
            points[(row, axis)] = (value - mean) / deviation;
        }
    }
    points
}

fn clustered() -> (Matrix, Hierarchy) {
    let points = events();
    let hierarchy = ward(&points, None, &mut |_, _| true).unwrap();
    (points, hierarchy)
}

#[test]
fn heights_and_gains_are_those_of_ward_d2() {
    let expected = &case("ward_decathlon")["expected"];
    let (_, hierarchy) = clustered();
    let heights: Vec<f64> = hierarchy.merges().iter().map(|merge| hierarchy.height(merge)).collect();
    let wanted = numbers(&expected["heights_ward_D2"]);
    assert_eq!((heights.len(), wanted.len()), (40, 40));
    for (found, wanted) in heights.iter().zip(&wanted) {
        assert!((found - wanted).abs() < 1e-8, "{found}, expected {wanted}");
    }
    let gains = numbers(&expected["last_merge_sum_of_squares_gain"]);
    assert_eq!(gains.len(), 5);
    for (found, wanted) in heights[35..].iter().zip(&gains) {
        assert!((found * found / 2.0 - wanted).abs() < 1e-8, "{found}: half of its square, expected {wanted}");
    }
}

#[test]
fn heights_are_not_those_of_ward_d_on_plain_distances() {
    // The classic mistake: Ward's update on distances that were not squared.
    let wrong = numbers(&case("ward_decathlon")["expected"]["heights_ward_D_on_unsquared_distances_WRONG"]);
    let (_, hierarchy) = clustered();
    let last = &hierarchy.merges()[40 - wrong.len()..];
    assert!(last.iter().zip(&wrong).all(|(merge, wrong)| (hierarchy.height(merge) - wrong).abs() > 1.0));
}

#[test]
fn cuts_and_silhouettes_are_those_of_r() {
    let expected = &case("ward_decathlon")["expected"];
    let (points, hierarchy) = clustered();
    let mut compared = 0;
    for classes in 2..=6 {
        let (found, wanted) = (hierarchy.cut(classes).unwrap(), partition(&expected["cutree"][classes.to_string()]));
        assert_eq!(adjusted_rand_index(&found, &wanted), Ok(1.0), "{classes} classes");
        let mean = mean_silhouette(&silhouettes(&points, &found).unwrap()).unwrap();
        let wanted = expected["mean_silhouette"][classes.to_string()].as_f64().unwrap();
        assert!((mean - wanted).abs() < 1e-8, "{classes} classes: {mean}, expected {wanted}");
        compared += 2;
    }
    assert_eq!(compared, 10);
}

#[test]
fn the_cophenetic_correlation_is_that_of_r() {
    let wanted = case("ward_decathlon")["expected"]["cophenetic_cor"].as_f64().unwrap();
    let (points, hierarchy) = clustered();
    let found = hierarchy.cophenetic_correlation(&points).unwrap();
    assert!((found - wanted).abs() < 1e-8, "{found}, expected {wanted}");
}
