//! No hidden count of a bilan can be had back, whatever a reader adds up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use optima::catalog::{DisclosureRules, GroupRule};
use optima::measure::{BilanQuestion, Bilans, Measures, Studies, Tally};
use optima::pipeline::Ground;
use optima::protect::{Earlier, ProtectedBilans, ShownCount, protect};
use optima::territory::Zones;
use proptest::prelude::*;

use crate::attack::Reader;
use crate::people::{People, STRUCTURE_OF, people};
use crate::released::project;

fn rules(minimum_count: u64, full: GroupRule) -> DisclosureRules {
    DisclosureRules { minimum_count, full_groups: full, ..DisclosureRules::default() }
}

fn zones() -> &'static Zones {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    &GROUND.get_or_init(|| Ground::load(&project().join("examples/valmont/observatory.toml"), None, false).unwrap()).territory.quartiers
}

fn shown(bilans: &Bilans, rules: &DisclosureRules) -> ProtectedBilans {
    let studies = Studies { bilans: bilans.clone(), ..Studies::default() };
    protect(&Measures::default(), &studies, rules, zones(), &Earlier::default()).unwrap().studies().bilans().clone()
}

/// What a reader may want: a count (question, grouping, group, state), the size of a group, or its silence (question, grouping, group).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    Count(usize, usize, usize, usize),
    Size(usize, usize),
    Silence(usize, usize, usize),
}

use Unknown::{Count, Silence, Size};

fn states(question: &BilanQuestion) -> usize {
    question.modalities.len() + 1
}

fn whole(n: u64) -> i128 {
    i128::from(n)
}

/// All that the published bilan says, and what a reader knows of the guide and of the services.
fn read(people: &People, raw: &Bilans, shown: &ProtectedBilans) -> Reader<Unknown> {
    let mut reader = Reader::new();
    let by = raw.groupings.iter().position(|grouping| grouping.id == "q0").unwrap();
    for (q, question) in shown.questions().iter().enumerate() {
        let modalities = question.question.modalities.len();
        for (g, groups) in question.counts.iter().enumerate() {
            for (k, group) in groups.iter().enumerate() {
                let count = |s: usize| Count(q, g, k, s);
                for (s, cell) in group.modalities.iter().chain([&group.not_asked]).enumerate() {
                    if let ShownCount::Published { persons, .. } = cell {
                        reader.learn([(count(s), 1)], whole(*persons));
                    }
                }
                if let Some(answered) = group.answered {
                    reader.learn((0..modalities).map(|s| (count(s), 1)), whole(answered));
                }
                if let (Some(silent), Some(refused)) = (group.no_answer, group.refused) {
                    reader.learn([(Silence(q, g, k), 1)], whole(silent + refused));
                }
                // Everybody of a group answered, was silent or was not asked.
                let all = (0..=modalities).map(count).chain([Silence(q, g, k)]).map(|term| (term, 1));
                reader.learn(all.chain([(Size(g, k), -1)]), 0);
            }
            if g > 0 && !groups.is_empty() {
                for s in 0..=modalities {
                    reader.learn((0..groups.len()).map(|k| (Count(q, g, k, s), 1)).chain([(Count(q, 0, 0, s), -1)]), 0);
                }
                reader.learn((0..groups.len()).map(|k| (Silence(q, g, k), 1)).chain([(Silence(q, 0, 0), -1)]), 0);
            }
        }
        // The services of a structure are its own.
        for (partner, _) in raw.groupings[1].groups.iter().enumerate() {
            for s in 0..=modalities {
                let services = (0..5).filter(|k| usize::from(STRUCTURE_OF[*k]) == partner);
                reader.learn(services.map(|k| (Count(q, 2, k, s), 1)).chain([(Count(q, 1, partner, s), -1)]), 0);
            }
        }
    }
    // How many were met by whom is told by the partners themselves; a group made of an answer is as large as the answer is frequent.
    for (g, grouping) in raw.groupings.iter().enumerate() {
        for (k, size) in grouping.sizes.iter().enumerate() {
            if g != by {
                reader.learn([(Size(g, k), 1)], whole(*size));
            } else if k < raw.questions[0].modalities.len() {
                reader.learn([(Size(g, k), 1), (Count(0, 0, 0, k), -1)], 0);
            }
        }
    }
    // Where all who answered the first question are alike, the records do not tell what the second one hangs on.
    let answers = raw.questions[0].counts[0][0].modalities.iter().filter(|tally| tally.persons > 0).count();
    let last = people.sizes.len() - 1;
    let both = |q: usize, g: usize| (0..raw.questions[q].counts[g].len()).map(move |k| (g, k)).collect::<Vec<_>>();
    for g in 0..raw.groupings.len() {
        for (g, k) in both(0, g) {
            // Put to those only who gave the first answer.
            if people.conditional && answers > 1 && last > 0 && !raw.questions[last].counts[g].is_empty() {
                let spared = states(&raw.questions[last]) - 1;
                let others = (1..states(&raw.questions[0])).map(|s| (Count(0, g, k, s), 1)).chain([(Silence(0, g, k), 1)]);
                reader.learn(others.chain([(Count(last, g, k, spared), -1)]), 0);
            }
            if people.twice {
                let again = people.sizes.len();
                (0..states(&raw.questions[0])).for_each(|s| reader.learn([(Count(0, g, k, s), 1), (Count(again, g, k, s), -1)], 0));
            }
        }
    }
    reader
}

fn tallies(raw: &Bilans, q: usize, g: usize, k: usize) -> Vec<Tally> {
    let group = &raw.questions[q].counts[g][k];
    group.modalities.iter().copied().chain([group.not_asked]).collect()
}

fn hidden_cells(shown: &ProtectedBilans) -> BTreeSet<(usize, usize, usize, usize)> {
    let mut hidden = BTreeSet::new();
    for (q, question) in shown.questions().iter().enumerate() {
        for (g, groups) in question.counts.iter().enumerate() {
            for (k, group) in groups.iter().enumerate() {
                let cells = group.modalities.iter().chain([&group.not_asked]).enumerate();
                hidden.extend(cells.filter(|(_, cell)| cell.persons().is_none()).map(|(s, _)| (q, g, k, s)));
            }
        }
    }
    hidden
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_hidden_count_of_a_bilan_can_be_solved_for_and_none_that_is_shown_is_small(people in people(), minimum in prop_oneof![Just(3u64), Just(5), Just(8)]) {
        let raw = people.bilans();
        let shown = shown(&raw, &rules(minimum, GroupRule::Hide));
        let few = |n: u64| n > 0 && n < minimum;
        let hidden = hidden_cells(&shown);
        let solved = read(&people, &raw, &shown).solved();
        for (q, g, k, s) in &hidden {
            // That nobody gave an answer at all, or is in a group at all, goes without saying; so does the only answer there is.
            let own = tallies(&raw, *q, *g, *k);
            if own.len() == 2 && own.iter().any(|tally| tally.persons == 0) {
                continue;
            }
            if tallies(&raw, *q, 0, 0)[*s].persons == 0 || tallies(&raw, *q, *g, *k).iter().all(|tally| tally.persons == 0) {
                continue;
            }
            // Where its group and its answer are hidden everywhere, nothing is left that could be hidden beside it.
            let row = (0..own.len()).all(|s| hidden.contains(&(*q, *g, *k, s)) || tallies(&raw, *q, 0, 0)[s].persons == 0);
            let people_in = |k: usize| tallies(&raw, *q, *g, k).iter().any(|tally| tally.persons > 0);
            let column = (0..raw.questions[*q].counts[*g].len()).all(|k| hidden.contains(&(*q, *g, k, *s)) || !people_in(k));
            if row && column && hidden.contains(&(*q, 0, 0, *s)) {
                continue;
            }
            let found = solved.get(&Count(*q, *g, *k, *s));
            prop_assert!(found.is_none(), "q{} {} group {} state {} is solved: {:?}, all {:?}, group {:?}, shown {:?}", q, raw.groupings[*g].id, k, s, found,
                tallies(&raw, *q, 0, 0), own, shown.questions()[*q].counts[*g]);
        }
        for (q, question) in shown.questions().iter().enumerate() {
            for (g, groups) in question.counts.iter().enumerate() {
                for (k, group) in groups.iter().enumerate() {
                    let own = tallies(&raw, q, g, k);
                    let answered: u64 = own[..own.len() - 1].iter().map(|tally| tally.persons).sum();
                    for (s, cell) in group.modalities.iter().enumerate() {
                        let ShownCount::Published { persons, weight } = *cell else { continue };
                        prop_assert!((persons, weight) == (own[s].persons, own[s].weight));
                        prop_assert!(!few(persons) || (own.len() == 2 && own[1].persons == 0), "{} persons are shown", persons);
                        // What nobody at all answered is shown as nobody, in however small a group.
                        if tallies(&raw, q, 0, 0)[s].persons > 0 && answered > 0 && own.len() > 2 {
                            prop_assert!(!few(answered - persons) && answered >= 10, "{} of {} is shown", persons, answered);
                            prop_assert!(persons < answered, "all of a group are shown to be alike");
                        }
                    }
                    let asked = tallies(&raw, q, 0, 0)[..own.len() - 1].iter().any(|tally| tally.persons > 0);
                    prop_assert!(!asked || group.not_asked.persons().is_none_or(|n| !few(n)));
                    prop_assert_eq!(group.answered.is_some(), group.not_asked.persons().is_some());
                    prop_assert!(group.answered.is_none_or(|n| n == answered));
                    prop_assert!(group.answered.is_none_or(|n| !few(n) || group.not_asked.persons() == Some(0)));
                }
            }
            // Over the groups of a grouping, what is hidden in a shown total is nobody or enough.
            let modalities = question.question.modalities.len();
            for (g, groups) in question.counts.iter().enumerate().skip(1).filter(|(_, groups)| !groups.is_empty()) {
                for s in 0..=modalities {
                    let sum: Vec<u64> =
                        (0..groups.len()).filter(|k| hidden.contains(&(q, g, *k, s))).map(|k| tallies(&raw, q, g, k)[s].persons).collect();
                    let all = tallies(&raw, q, 0, 0)[s].persons;
                    if hidden.contains(&(q, 0, 0, s)) || sum.is_empty() || all == 0 {
                        continue;
                    }
                    let total: u64 = sum.iter().sum();
                    prop_assert!(sum.len() >= 2 && total >= minimum, "q{} state {} by {}: {:?} of {} hidden", q, s, raw.groupings[g].id, sum, all);
                }
            }
        }
    }

    #[test]
    fn what_is_hidden_for_its_own_sake_stays_hidden_under_a_higher_minimum(people in people()) {
        let raw = people.bilans();
        let [low, middle, high] = [3, 5, 8].map(|minimum| hidden_cells(&shown(&raw, &rules(minimum, GroupRule::Hide))));
        for (lower, higher, minimum) in [(&low, &middle, 3), (&middle, &high, 5)] {
            for (q, g, k, s) in lower {
                // With one answer to choose, what is hidden is who was asked, and not for its own sake.
                if states(&raw.questions[*q]) == 2 {
                    continue;
                }
                let persons = tallies(&raw, *q, *g, *k)[*s].persons;
                prop_assert!(persons == 0 || persons >= minimum || higher.contains(&(*q, *g, *k, *s)));
            }
        }
    }

    #[test]
    fn the_order_of_persons_changes_nothing_of_what_is_shown(
        (people, other) in people().prop_flat_map(|people| {
            let order = Just(people.persons.clone()).prop_shuffle();
            (Just(people), order)
        })
    ) {
        let moved = People { persons: other, ..people.clone() };
        let [here, there] = [people, moved].map(|people| hidden_cells(&shown(&people.bilans(), &rules(5, GroupRule::Hide))));
        prop_assert_eq!(here, there);
    }
}

#[test]
fn a_town_without_rare_answers_hides_nothing() {
    let person = |i: usize| crate::people::Person {
        service: u8::try_from(i % 5).unwrap(),
        public: Some(u8::try_from(i / 5 % 3).unwrap()),
        campaign: u8::try_from(i / 15 % 2).unwrap(),
        draws: vec![if i / 30 % 2 == 0 { 10 } else { 255 }, if i / 60 % 2 == 0 { 10 } else { 255 }, 10],
        weight: 2,
    };
    let people =
        People { persons: (0..600).map(person).collect(), sizes: vec![2, 2, 2], skew: vec![1, 1, 1], conditional: false, twice: true };
    let shown = shown(&people.bilans(), &rules(5, GroupRule::Show));
    assert_eq!(shown.hidden().1, 0);
    let constant: BTreeMap<usize, u64> =
        shown.questions()[2].counts[0][0].modalities.iter().map(|cell| cell.persons().unwrap()).enumerate().collect();
    assert_eq!(constant, BTreeMap::from([(0, 600), (1, 0)]));
}
