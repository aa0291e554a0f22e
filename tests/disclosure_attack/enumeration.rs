//! Small systems solved twice: by the attack, and by trying all numbers.

use optima::stats::disclosure_attack::{Attack, Contradiction, Depth, Effort, Informed, Knowledge, Proof, Rule, System, Target};
use proptest::prelude::*;

use crate::all;

/// Terms and bounds.
type Statement = (Vec<(usize, f64)>, f64, f64);

/// Statements on counts up to 14.
#[derive(Debug, Clone)]
struct Small {
    unknowns: usize,
    statements: Vec<Statement>,
}

impl Small {
    fn system(&self) -> System {
        let mut system = System::new();
        for _ in 0..self.unknowns {
            let unknown = system.count();
            system.bound(unknown, 0.0, 14.0).unwrap();
        }
        for (terms, low, high) in &self.statements {
            system.state(terms, *low, *high).unwrap();
        }
        system
    }

    /// All solutions of at most 14 each.
    fn solutions(&self) -> Vec<Vec<f64>> {
        let mut found = Vec::new();
        let mut point = vec![0_u32; self.unknowns];
        loop {
            let values: Vec<f64> = point.iter().map(|x| f64::from(*x)).collect();
            let holds = self.statements.iter().all(|(terms, low, high)| {
                let sum = value(terms, &values);
                sum >= low - 1e-9 && sum <= high + 1e-9
            });
            if holds {
                found.push(values);
            }
            let Some(at) = point.iter().position(|x| *x < 14) else { return found };
            point[..at].fill(0);
            point[at] += 1;
        }
    }
}

fn value(terms: &[(usize, f64)], values: &[f64]) -> f64 {
    terms.iter().map(|(unknown, coefficient)| coefficient * values[*unknown]).sum()
}

/// The least and the greatest value of a combination.
fn ends(solutions: &[Vec<f64>], terms: &[(usize, f64)]) -> (f64, f64) {
    solutions.iter().map(|s| value(terms, s)).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// Up to 5 hidden counts of which sums, differences and rounded shares are published, as they are for one true table.
fn small() -> impl Strategy<Value = Small> {
    let statement = |n: usize| (prop::collection::vec(-2_i32..=3, n), 0_u32..3, 0_u32..3);
    (2_usize..=5).prop_flat_map(move |n| {
        (prop::collection::vec(0_u32..=14, n), prop::collection::vec(statement(n), 0..4)).prop_map(move |(truth, statements)| {
            let statements = statements
                .into_iter()
                .map(|(coefficients, below, above)| {
                    let terms: Vec<(usize, f64)> = coefficients.iter().enumerate().map(|(at, c)| (at, f64::from(*c))).collect();
                    let sum: f64 = terms.iter().map(|(at, c)| c * f64::from(truth[*at])).sum();
                    // Half of the statements are exact, the others rounded, to halves.
                    let width = |side: u32| if below == 0 { 0.0 } else { f64::from(side) / 2.0 };
                    (terms, sum - width(below), sum + width(above))
                })
                .collect();
            Small { unknowns: n, statements }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn intervals_are_those_of_all_solutions(small in small(), mixed in prop::collection::vec(-2_i32..=2, 5)) {
        let system = small.system();
        let solutions = small.solutions();
        let mixed: Vec<(usize, f64)> = (0..small.unknowns).map(|at| (at, f64::from(mixed[at]))).collect();
        let mut targets = all(&system);
        targets.push(Target::combination(&mixed, 0.0).unwrap());
        let found = Attack::new(&system, Effort::default()).unwrap().intervals(&targets, Depth::Interval).unwrap();
        for (at, found) in found.iter().enumerate() {
            let terms = if at < small.unknowns { vec![(at, 1.0)] } else { mixed.clone() };
            prop_assert_eq!(found.whole, ends(&solutions, &terms));
            prop_assert_eq!(found.attained, Some(found.whole));
            prop_assert_eq!(found.proof, Proof::Exact);
            prop_assert!(found.real.0 <= found.whole.0 && found.whole.1 <= found.real.1);
            prop_assert!(!found.linear || found.whole.0 == found.whole.1);
        }
    }

    #[test]
    fn an_audit_to_a_threshold_has_the_verdicts_of_the_intervals(small in small(), threshold in 2_u32..8, zero_is_public: bool) {
        let system = small.system();
        let threshold = f64::from(threshold);
        let rule = Rule::Count { threshold, zero_is_public };
        let full = Attack::new(&system, Effort::default()).unwrap().intervals(&all(&system), Depth::Interval).unwrap();
        let quick = Attack::new(&system, Effort::default()).unwrap().intervals(&all(&system), Depth::Width(threshold)).unwrap();
        for (full, quick) in full.iter().zip(&quick) {
            prop_assert_eq!(rule.verdict(full), rule.verdict(quick));
            let attained = quick.attained.unwrap();
            prop_assert!(full.whole.0 <= attained.0 && attained.1 <= full.whole.1);
            prop_assert!(quick.whole.0 <= full.whole.0 && full.whole.1 <= quick.whole.1);
        }
    }

    #[test]
    fn attackers_who_know_more_have_the_intervals_of_the_solutions_they_know_of(small in small(), who in 0_usize..5, known in 0_u32..4, lone: bool) {
        let system = small.system();
        let who = who % small.unknowns;
        let known = f64::from(known);
        let mut attack = Attack::new(&system, Effort::default()).unwrap();
        let before = attack.intervals(&all(&system), Depth::Interval).unwrap();
        let knowledge = if lone { Knowledge::fixed(&[(who, known)]) } else { Knowledge::at_least(&[(who, known)]) };
        let left: Vec<Vec<f64>> = small.solutions().into_iter().filter(|s| if lone { s[who] == known } else { s[who] >= known }).collect();
        match attack.informed(&knowledge, &all(&system), Depth::Interval).unwrap() {
            Informed::Impossible(_) => prop_assert!(left.is_empty()),
            Informed::Known(found) => {
                prop_assert!(!left.is_empty());
                for (at, (found, before)) in found.iter().zip(&before).enumerate() {
                    let now = found.unwrap_or(*before).whole;
                    prop_assert_eq!(now, ends(&left, &[(at, 1.0)]));
                    prop_assert!(before.whole.0 <= now.0 && now.1 <= before.whole.1);
                }
            }
        }
    }

    #[test]
    fn a_system_is_refused_when_it_has_no_solution_and_the_reduced_statements_have_none_either(
        small in small(), terms in prop::collection::vec(-2_i32..=3, 5), wrong in -5_i32..40,
    ) {
        let mut small = small;
        let terms: Vec<(usize, f64)> = (0..small.unknowns).map(|at| (at, f64::from(terms[at]))).collect();
        small.statements.push((terms, f64::from(wrong), f64::from(wrong)));
        match Attack::new(&small.system(), Effort::default()) {
            Ok(_) => prop_assert!(!small.solutions().is_empty()),
            Err(Contradiction { statements, irreducible }) => {
                prop_assert!(irreducible);
                let of = |kept: &[usize]| Small { unknowns: small.unknowns, statements: kept.iter().map(|at| small.statements[*at].clone()).collect() };
                prop_assert!(of(&statements).solutions().is_empty());
                for at in 0..statements.len() {
                    let others: Vec<usize> = statements.iter().copied().filter(|s| *s != statements[at]).collect();
                    prop_assert!(!of(&others).solutions().is_empty(), "{:?} without {}", statements, statements[at]);
                }
            }
        }
    }
}
