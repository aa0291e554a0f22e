//! What must hold for any system, larger than can be enumerated.

use optima::stats::disclosure_attack::{Attack, Depth, Effort, Feasible, Proof, Rule, System, Target, Verdict};
use proptest::prelude::*;

use crate::{all, attack, counts};

/// Zones × quantities × quarters with some cells shown and the sums over each direction, as lists of terms; and the true counts.
#[derive(Debug, Clone)]
struct Cube {
    statements: Vec<(Vec<usize>, f64)>,
    truth: Vec<f64>,
}

fn cube() -> impl Strategy<Value = Cube> {
    (2_usize..5, 2_usize..5, 1_usize..4).prop_flat_map(|(a, b, c)| {
        prop::collection::vec((0_u32..12, prop::bool::weighted(0.3)), a * b * c).prop_map(move |cells| {
            let truth: Vec<f64> = cells.iter().map(|(count, _)| f64::from(*count)).collect();
            let at = |i: usize, j: usize, k: usize| (i * b + j) * c + k;
            let mut lines: Vec<Vec<usize>> =
                cells.iter().enumerate().filter(|(_, (_, shown))| *shown).map(|(cell, _)| vec![cell]).collect();
            lines.extend((0..a).flat_map(|i| (0..b).map(move |j| (0..c).map(|k| at(i, j, k)).collect())));
            lines.extend((0..a).flat_map(|i| (0..c).map(move |k| (0..b).map(|j| at(i, j, k)).collect())));
            lines.extend((0..b).flat_map(|j| (0..c).map(move |k| (0..a).map(|i| at(i, j, k)).collect())));
            let statements = lines.into_iter().map(|line| (line.clone(), line.iter().map(|cell| truth[*cell]).sum())).collect();
            Cube { statements, truth }
        })
    })
}

impl Cube {
    /// With unknown `u` numbered `order[u]`, and the statements as they are or backwards.
    fn system(&self, order: &[usize], backwards: bool) -> System {
        let mut system = counts(self.truth.len(), &[]);
        let mut state = |(line, sum): &(Vec<usize>, f64)| {
            system.state(&line.iter().map(|cell| (order[*cell], 1.0)).collect::<Vec<_>>(), *sum, *sum).unwrap();
        };
        if backwards {
            self.statements.iter().rev().for_each(&mut state);
        } else {
            self.statements.iter().for_each(&mut state);
        }
        system
    }
}

fn bare(found: &Feasible) -> ((f64, f64), (f64, f64), bool, Proof) {
    (found.real, found.whole, found.linear, found.proof)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn order_and_threads_change_nothing_and_the_truth_is_within(cube in cube(), shift in 1_usize..7) {
        let n = cube.truth.len();
        let same: Vec<usize> = (0..n).collect();
        let other: Vec<usize> = (0..n).map(|u| (n - 1 - u + shift) % n).collect();
        let system = cube.system(&same, false);
        let found = attack(&system).intervals(&all(&system), Depth::Interval).unwrap();
        for (found, truth) in found.iter().zip(&cube.truth) {
            prop_assert_eq!(found.proof, Proof::Exact);
            prop_assert!(found.whole.0 <= *truth && *truth <= found.whole.1);
            prop_assert!(found.real.0 <= found.whole.0 && found.whole.1 <= found.real.1);
        }
        let turned = cube.system(&other, true);
        let again = attack(&turned).intervals(&all(&turned), Depth::Interval).unwrap();
        for (u, found) in found.iter().enumerate() {
            let (a, b) = (bare(found), bare(&again[other[u]]));
            prop_assert!((a.1, a.2, a.3) == (b.1, b.2, b.3) && (a.0.0 - b.0.0).abs() < 1e-6 && (a.0.1 - b.0.1).abs() < 1e-6, "{:?} {:?}", a, b);
        }
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| [Depth::Interval, Depth::Width(5.0)].map(|depth| attack(&system).intervals(&all(&system), depth).unwrap()))
        };
        prop_assert_eq!(with(1), with(3));
    }

    #[test]
    fn the_interval_of_a_sum_is_within_the_sum_of_the_intervals(cube in cube(), a in 0_usize..80, b in 0_usize..80, negative: bool) {
        let n = cube.truth.len();
        let system = cube.system(&(0..n).collect::<Vec<_>>(), false);
        let (a, b, sign) = (a % n, b % n, if negative { -1.0 } else { 1.0 });
        let both = Target::combination(&[(a, 1.0), (b, sign)], 3.0).unwrap();
        let found = attack(&system).intervals(&[Target::unknown(a), Target::unknown(b), both], Depth::Interval).unwrap();
        let (a, b, both) = (found[0].whole, found[1].whole, found[2].whole);
        let b = if negative { (-b.1, -b.0) } else { b };
        prop_assert!(both.0 >= a.0 + b.0 + 3.0 && both.1 <= a.1 + b.1 + 3.0);
        prop_assert_eq!(found[2].proof, Proof::Exact);
    }

    #[test]
    fn a_limit_on_work_widens_and_says_so(cube in cube()) {
        let system = cube.system(&(0..cube.truth.len()).collect::<Vec<_>>(), false);
        let full = attack(&system).intervals(&all(&system), Depth::Interval).unwrap();
        let rule = Rule::Count { threshold: 4.0, zero_is_public: false };
        for depth in [Depth::Interval, Depth::Width(4.0)] {
            let short = Attack::new(&system, Effort { nodes: 1, rounds: 0, seed: 1 }).unwrap().intervals(&all(&system), depth).unwrap();
            for (short, full) in short.iter().zip(&full) {
                prop_assert!(short.whole.0 <= full.whole.0 && full.whole.1 <= short.whole.1);
                prop_assert!(short.proof != Proof::Exact || short.whole == full.whole);
                let verdict = rule.verdict(short);
                prop_assert!(verdict == rule.verdict(full) || verdict == Verdict::Unproven || verdict.discloses() == rule.verdict(full).discloses());
            }
        }
    }

    #[test]
    fn amounts_have_the_intervals_of_counts_where_these_need_no_wholeness(rows in prop::collection::vec(0_u32..30, 2..5), columns in prop::collection::vec(0_u32..30, 2..5)) {
        // Margins of a table of two ways: its vertices are whole.
        let (rows, mut columns) = (rows, columns);
        let (a, b): (u32, u32) = (rows.iter().sum(), columns.iter().sum());
        let mut rows = rows;
        rows[0] += b.saturating_sub(a);
        columns[0] += a.saturating_sub(b);
        let system = |amounts: bool| {
            let mut system = System::new();
            (0..rows.len() * columns.len()).for_each(|_| _ = if amounts { system.amount() } else { system.count() });
            for (i, sum) in rows.iter().enumerate() {
                let line: Vec<(usize, f64)> = (0..columns.len()).map(|j| (i * columns.len() + j, 1.0)).collect();
                system.state(&line, f64::from(*sum), f64::from(*sum)).unwrap();
            }
            for (j, sum) in columns.iter().enumerate() {
                let line: Vec<(usize, f64)> = (0..rows.len()).map(|i| (i * columns.len() + j, 1.0)).collect();
                system.state(&line, f64::from(*sum), f64::from(*sum)).unwrap();
            }
            system
        };
        let total = f64::from(rows.iter().sum::<u32>());
        let of = |amounts: bool| attack(&system(amounts)).intervals(&all(&system(amounts)), Depth::Interval).unwrap();
        for (at, (amount, count)) in of(true).iter().zip(of(false)).enumerate() {
            let (r, c) = (f64::from(rows[at / columns.len()]), f64::from(columns[at % columns.len()]));
            // Bonferroni and Fréchet: the bounds of a cell with known margins.
            prop_assert_eq!(count.whole, ((r + c - total).max(0.0), r.min(c)));
            prop_assert!((amount.whole.0 - count.whole.0).abs() < 1e-5 && (amount.whole.1 - count.whole.1).abs() < 1e-5);
            prop_assert_eq!(amount.proof, Proof::Exact);
        }
    }
}
