//! Attackers who know themselves, each other, or their own clients.

use optima::stats::disclosure_attack::{Depth, Informed, Knowledge, Rule, Target, Verdict};

use crate::{all, attack, counts};

const RULE: Rule = Rule::Count { threshold: 5.0, zero_is_public: false };

#[test]
fn a_person_alone_in_a_cell_recovers_the_other_hidden_cell() {
    let system = counts(3, &[(&[(0, 1.0), (1, 1.0)], 8.0), (&[(2, 1.0)], 9.0)]);
    let mut attack = attack(&system);
    let before = attack.intervals(&all(&system), Depth::Interval).unwrap();
    assert_eq!([0, 1].map(|cell| RULE.verdict(&before[cell])), [Verdict::Safe; 2]);
    let opened = attack.lone_contributors(&[0, 1, 2], &all(&system), RULE).unwrap();
    let told: Vec<_> = opened.iter().map(|o| (o.by.as_slice(), o.target, o.verdict)).collect();
    assert_eq!(told, [(&[0_usize][..], 1, Verdict::Exact(7.0)), (&[1][..], 0, Verdict::Exact(7.0))]);
}

#[test]
fn a_third_hidden_cell_protects_from_one_person_and_not_from_two() {
    let system = counts(3, &[(&[(0, 1.0), (1, 1.0), (2, 1.0)], 12.0)]);
    let mut attack = attack(&system);
    assert_eq!(attack.lone_contributors(&[0, 1], &all(&system), RULE).unwrap(), []);
    let opened = attack.coalitions(&[(0, 1.0), (1, 1.0)], &all(&system), RULE).unwrap();
    assert_eq!(opened.len(), 1);
    assert_eq!((opened[0].by.as_slice(), opened[0].target, opened[0].verdict), (&[0, 1][..], 2, Verdict::Exact(10.0)));
}

#[test]
fn a_partner_knows_what_is_left_beside_its_own_clients() {
    // 9 of two cells of which the partner has 6 of the first and 0 of the second: at most 3 others in both.
    let system = counts(2, &[(&[(0, 1.0), (1, 1.0)], 9.0)]);
    let attack = attack(&system);
    let others = [Target::unknown(0).minus(6.0), Target::unknown(1), Target::combination(&[(0, 1.0), (1, 1.0)], -6.0).unwrap()];
    let Informed::Known(found) = attack.informed(&Knowledge::at_least(&[(0, 6.0)]), &others, Depth::Interval).unwrap() else { panic!() };
    let found: Vec<_> = found.into_iter().map(Option::unwrap).collect();
    assert_eq!(found.iter().map(|f| f.whole).collect::<Vec<_>>(), [(0.0, 3.0), (0.0, 3.0), (3.0, 3.0)]);
    assert_eq!(RULE.verdict(&found[0]), Verdict::Narrow);
    assert!(found[2].whole == (3.0, 3.0) && RULE.verdict(&found[2]) == Verdict::Exact(3.0));
}

#[test]
fn knowledge_that_contradicts_the_publication_is_no_attacker() {
    let system = counts(3, &[(&[(0, 1.0), (1, 1.0)], 4.0), (&[(2, 1.0)], 9.0)]);
    let attack = attack(&system);
    for knowledge in [Knowledge::fixed(&[(0, 5.0)]), Knowledge::fixed(&[(2, 1.0)]), Knowledge::at_least(&[(0, 3.0), (1, 3.0)])] {
        assert!(matches!(attack.informed(&knowledge, &all(&system), Depth::Interval).unwrap(), Informed::Impossible(_)), "{knowledge:?}");
    }
}

#[test]
fn knowledge_touches_only_what_hangs_together_with_it() {
    let system = counts(4, &[(&[(0, 1.0), (1, 1.0)], 9.0), (&[(2, 1.0), (3, 1.0)], 9.0)]);
    let attack = attack(&system);
    let across = Target::combination(&[(1, 1.0), (2, -1.0)], 0.0).unwrap();
    let targets = [Target::unknown(1), Target::unknown(2), across];
    let Informed::Known(found) = attack.informed(&Knowledge::fixed(&[(0, 2.0)]), &targets, Depth::Interval).unwrap() else { panic!() };
    assert_eq!(found[0].unwrap().whole, (7.0, 7.0));
    assert_eq!(found[1], None);
    assert_eq!(found[2].unwrap().whole, (-2.0, 7.0));
    assert_eq!(attack.clone().coalitions(&[(0, 1.0), (2, 1.0)], &targets, RULE).unwrap(), []);
}
