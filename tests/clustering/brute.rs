//! Ward's criterion with no tree, no queue and no cache: of all pairs the lowest, n³ comparisons. The same to the bit.

use optima::stats::matrix::Matrix;
use optima::stats::ward::{Merge, ward};
use proptest::prelude::*;

struct Cluster {
    number: u32,
    center: Vec<f64>,
    weight: f64,
    size: u32,
}

fn level(a: &Cluster, b: &Cluster) -> f64 {
    let mut square = 0.0;
    for (x, y) in a.center.iter().zip(&b.center) {
        square += (x - y) * (x - y);
    }
    square / (1.0 / a.weight + 1.0 / b.weight)
}

/// The distinct points in lexicographic order with their weights, then the greedy algorithm word for word.
pub(crate) fn greedy(points: &Matrix, weights: &[f64]) -> Vec<Merge> {
    let mut rows: Vec<(Vec<f64>, f64)> = (0..points.rows()).map(|row| (points.row(row).to_vec(), weights[row])).collect();
    rows.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap().then(a.1.total_cmp(&b.1)));
    let mut living: Vec<Cluster> = Vec::new();
    for (center, weight) in rows {
        match living.last_mut() {
            Some(last) if last.center == center => {
                last.weight += weight;
                last.size += 1;
            }
            _ => living.push(Cluster { number: u32::try_from(living.len()).unwrap(), center, weight, size: 1 }),
        }
    }
    let total: f64 = living.iter().map(|cluster| cluster.weight).sum();
    for cluster in &mut living {
        cluster.weight /= total;
    }
    let mut merges: Vec<Merge> = Vec::new();
    let mut next = u32::try_from(living.len()).unwrap();
    while living.len() > 1 {
        // Clusters stand in the order they were formed: the first of equals has the younger that was formed first, then the elder.
        let mut best = (f64::INFINITY, 0, 0);
        for younger in 1..living.len() {
            for elder in 0..younger {
                let level = level(&living[elder], &living[younger]);
                if level < best.0 {
                    best = (level, elder, younger);
                }
            }
        }
        let (young, old) = (living.remove(best.2), living.remove(best.1));
        let weight = old.weight + young.weight;
        let center = old.center.iter().zip(&young.center).map(|(a, b)| (old.weight * a + young.weight * b) / weight).collect();
        let level = merges.last().map_or(best.0, |last| last.level.max(best.0));
        let size = old.size + young.size;
        merges.push(Merge { elder: old.number, younger: young.number, level, weight, size });
        living.push(Cluster { number: next, center, weight, size });
        next += 1;
    }
    merges
}

/// Points on a grid, so that levels tie and points repeat, or anywhere; on 1 to 12 axes.
pub(crate) fn clouds(rows: std::ops::Range<usize>) -> impl Strategy<Value = (Matrix, Vec<f64>)> {
    (1..=12usize, rows, any::<bool>(), 1..6i32).prop_flat_map(|(axes, rows, grid, steps)| {
        let place = if grid { (0..=steps).prop_map(f64::from).boxed() } else { (-1e3..1e3f64).boxed() };
        let weight = if grid { (1..4i32).prop_map(f64::from).boxed() } else { (0.01..50.0f64).boxed() };
        (prop::collection::vec(place, axes * rows), prop::collection::vec(weight, rows))
            .prop_map(move |(numbers, weights)| (Matrix::from_rows(axes, numbers), weights))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_merges_are_those_of_brute_force_to_the_bit((points, weights) in clouds(2..60)) {
        let found = ward(&points, Some(&weights), &mut |_, _| true).unwrap();
        prop_assert_eq!(found.merges(), greedy(&points, &weights));
    }
}

#[test]
fn ties_are_broken_as_brute_force_breaks_them() {
    // A chessboard, a cube of 4, a simplex: nearly every level is tied.
    let board: Vec<f64> = (0..144).flat_map(|i| [f64::from(i % 12), f64::from(i / 12)]).collect();
    let cube: Vec<f64> = (0..64).flat_map(|i| [f64::from(i % 4), f64::from(i / 4 % 4), f64::from(i / 16)]).collect();
    let simplex: Vec<f64> = (0..81).map(|i| if i % 10 == 0 { 1.0 } else { 0.0 }).collect();
    for (axes, numbers) in [(2, board), (3, cube), (9, simplex)] {
        let points = Matrix::from_rows(axes, numbers);
        let found = ward(&points, None, &mut |_, _| true).unwrap();
        assert_eq!(found.merges(), greedy(&points, &vec![1.0; points.rows()]), "{axes} axes");
    }
}

#[test]
fn the_tree_finds_what_brute_force_finds_among_many_points_of_very_unequal_weight() {
    // Seven hundred points: three floors of the tree, rebuilt several times.
    let mut state = 7u64;
    let mut chance = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    for axes in [1, 2, 5, 12] {
        let points = Matrix::from_rows(axes, (0..700 * axes).map(|_| chance().powi(3)).collect());
        let weights: Vec<f64> = (0..700).map(|_| (8.0 * chance()).exp()).collect();
        let found = ward(&points, Some(&weights), &mut |_, _| true).unwrap();
        assert_eq!(found.merges(), greedy(&points, &weights), "{axes} axes");
    }
}
