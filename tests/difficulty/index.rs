//! The index by either method: R's digits, twins, and what is refused.

use optima::stats::composite_index::*;
use optima::stats::matrix::Matrix;
use optima::stats::principal_components::PrincipalComponents;
use serde_json::Value;

use crate::{DOMAIN_OF, DOMAINS, WEIGHTS, case, close, decathlon, indicator, known, numbers};

#[test]
fn the_first_axis_is_that_of_prcomp_with_and_without_weights() {
    let expected = &case("composite")["decathlon"];
    for (declared, expected) in
        [(decathlon([1.0; 10], None, &[]), &expected["axis"]), (decathlon(WEIGHTS, None, &[]), &expected["axis_weighted"])]
    {
        let found = first_axis_index(&declared, Scale::Standardized).unwrap();
        close("scores", &known(&found.index.scores), &expected["scores"], 1e-9);
        close("ranks", &known(&found.index.ranks), &expected["ranks"], 0.0);
        close("loadings", &found.indicators.iter().map(|j| j.loading).collect::<Vec<_>>(), &expected["loadings"], 1e-9);
        close("contributions", &found.indicators.iter().map(|j| j.contribution).collect::<Vec<_>>(), &expected["contributions"], 1e-9);
        close("eigenvalues", &found.eigenvalues, &expected["eigenvalues"], 1e-9);
        close("share", &[found.share], &expected["share"], 1e-9);
        assert!(found.contradicting.is_empty() && found.index.left_out.is_empty());
        let hundred = first_axis_index(&declared, Scale::ZeroToHundred).unwrap();
        close("0 to 100", &known(&hundred.index.scores), &expected["hundred"], 1e-7);
        assert_eq!(hundred.index.ranks, found.index.ranks);
    }
}

#[test]
fn ranks_within_domains_are_those_of_the_formula_in_r() {
    let expected = &case("composite")["decathlon"];
    let check = |declared: &Declaration, within: Within, expected: &Value| {
        let found = rank_index(declared, within).unwrap();
        close("scores", &known(&found.index.scores), &expected["scores"], 1e-9);
        close("ranks", &known(&found.index.ranks), &expected["ranks"], 0.0);
        let deciles: Vec<f64> = found.index.deciles().unwrap().into_iter().map(|decile| f64::from(decile.unwrap())).collect();
        close("deciles", &deciles, &expected["deciles"], 0.0);
        let domains: Vec<f64> = found.domain_ranks.iter().flat_map(|ranks| known(ranks)).collect();
        close("domain ranks", &domains, &expected["domain_ranks"], 0.0);
    };
    check(&decathlon(WEIGHTS, Some(DOMAIN_OF), &DOMAINS), Within::Ranks, &expected["ranks"]);
    check(&decathlon(WEIGHTS, Some(DOMAIN_OF), &DOMAINS), Within::StandardizedValues, &expected["values"]);
    check(&decathlon(WEIGHTS, None, &[]), Within::Ranks, &expected["own_domains"]);
    check(&decathlon(WEIGHTS, None, &[]), Within::StandardizedValues, &expected["own_domains"]);
}

#[test]
fn the_exponential_transformation_is_that_of_the_formula() {
    let expected = &case("composite")["transformed"];
    let found: Vec<f64> = numbers(&expected["rank"]).into_iter().map(exponential_transformation).collect();
    close("transformed", &found, &expected["value"], 1e-10);
}

#[test]
fn a_weight_of_two_counts_as_the_indicator_given_twice() {
    let declared = decathlon([1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 1.0], None, &[]);
    let found = first_axis_index(&declared, Scale::Standardized).unwrap();
    let columns: Vec<&Indicator> =
        declared.indicators.iter().flat_map(|indicator| (0..if indicator.weight == 2.0 { 2 } else { 1 }).map(move |_| indicator)).collect();
    assert_eq!(columns.len(), 12);
    let cells = (0..41).flat_map(|unit| columns.iter().map(move |column| column.values[unit].unwrap())).collect();
    let twin = PrincipalComponents::of(&Matrix::from_rows(12, cells), None, 1).unwrap();
    assert!((found.share - twin.shares[0]).abs() < 1e-12);
    let scores: Vec<f64> = (0..41).map(|unit| twin.individuals[(unit, 0)] / twin.eigenvalues[0].sqrt()).collect();
    let sign = if scores[0] * found.index.scores[0].unwrap() > 0.0 { 1.0 } else { -1.0 };
    for (found, twin) in found.index.scores.iter().zip(scores) {
        assert!((found.unwrap() - sign * twin).abs() < 1e-10);
    }
}

const RATE: [f64; 6] = [0.10, 0.25, 0.18, 0.31, 0.22, 0.15];
const INCOME: [f64; 6] = [21.0, 14.0, 17.0, 13.0, 16.0, 18.5];

fn declared(indicators: Vec<Indicator>) -> Declaration {
    Declaration { indicators, domains: Vec::new(), least_units: 2 }
}

/// What both methods say no to.
fn refused(declared: &Declaration) -> [String; 2] {
    [
        first_axis_index(declared, Scale::Standardized).unwrap_err().to_string(),
        rank_index(declared, Within::StandardizedValues).unwrap_err().to_string(),
    ]
}

#[test]
fn an_axis_that_contradicts_a_direction_says_so() {
    use Direction::{MoreIsBetter, MoreIsWorse};
    let mut wrong = declared(vec![
        indicator(&RATE, MoreIsWorse, 1.0, None),
        indicator(&INCOME, MoreIsWorse, 1.0, None),
        indicator(&[0.2, 0.5, 0.3, 0.6, 0.5, 0.2], MoreIsWorse, 1.0, None),
    ]);
    let found = first_axis_index(&wrong, Scale::Standardized).unwrap();
    assert_eq!(found.contradicting, [1]);
    assert!(found.indicators[1].loading < -0.9 && found.indicators[0].loading > 0.9);
    wrong.indicators[1].direction = MoreIsBetter;
    assert!(first_axis_index(&wrong, Scale::Standardized).unwrap().contradicting.is_empty());
    // Of two indicators that oppose each other neither is right.
    wrong.indicators.truncate(2);
    wrong.indicators[1].direction = MoreIsWorse;
    assert!(first_axis_index(&wrong, Scale::Standardized).unwrap_err().reason.contains("cancel out"));
    // Uncorrelated ones have no first axis.
    let square =
        declared(vec![indicator(&[0.0, 0.0, 1.0, 1.0], MoreIsWorse, 1.0, None), indicator(&[0.0, 1.0, 0.0, 1.0], MoreIsWorse, 1.0, None)]);
    assert!(first_axis_index(&square, Scale::Standardized).unwrap_err().reason.contains("first two axes are equal"));
}

#[test]
fn a_unit_without_an_indicator_has_no_index_and_does_not_touch_the_others() {
    let mut with =
        declared(vec![indicator(&RATE, Direction::MoreIsWorse, 1.0, None), indicator(&INCOME, Direction::MoreIsBetter, 1.0, None)]);
    let mut without = with.clone();
    with.indicators[0].values.insert(2, None);
    with.indicators[1].values.insert(2, Some(1e6));
    for declared in [&mut with, &mut without] {
        declared.least_units = 6;
    }
    let check = |mut with: CompositeIndex, without: CompositeIndex| {
        assert_eq!(with.left_out, [2]);
        assert_eq!((with.scores.remove(2), with.ranks.remove(2)), (None, None));
        assert_eq!((with.scores, with.ranks), (without.scores, without.ranks));
    };
    let axis = |declared| first_axis_index(declared, Scale::Standardized).unwrap().index;
    check(axis(&with), axis(&without));
    let ranks = |declared| rank_index(declared, Within::Ranks).unwrap();
    assert_eq!(ranks(&with).domain_ranks[1][2], None);
    check(ranks(&with).index, ranks(&without).index);
    with.least_units = 7;
    assert!(refused(&with).iter().all(|told| told.contains("6 of 7 units have all indicators, 7 are needed")));
}

#[test]
fn degenerate_declarations_are_refused_by_position() {
    use Direction::MoreIsWorse;
    let rate = || indicator(&RATE, MoreIsWorse, 1.0, None);
    let both = |indicators: Vec<Indicator>, words: &str| {
        for told in refused(&declared(indicators)) {
            assert!(told.contains(words), "{told}");
        }
    };
    both(vec![rate(), indicator(&[7.0; 6], MoreIsWorse, 1.0, None)], "indicator 2 does not vary");
    both(vec![rate(), indicator(&RATE, MoreIsWorse, -1.0, None)], "weight of indicator 2 is negative");
    both(vec![rate(), indicator(&RATE, MoreIsWorse, f64::NAN, None)], "weight of indicator 2");
    both(vec![indicator(&RATE, MoreIsWorse, 0.0, None)], "no indicator has a weight");
    both(Vec::new(), "no indicator has a weight");
    both(vec![rate(), indicator(&RATE[1..], MoreIsWorse, 1.0, None)], "indicator 2 has 5 values, the first 6");
    both(vec![rate(), indicator(&[1.0, 2.0, f64::INFINITY, 3.0, 4.0, 5.0], MoreIsWorse, 1.0, None)], "indicator 2 holds");
    both(vec![indicator(&[3.0], MoreIsWorse, 1.0, None)], "1 of 1 units have all indicators, 2 are needed");
    both(vec![rate(), indicator(&RATE, MoreIsWorse, 1.0, Some(0))], "indicator 2 names a domain");
    let in_domains = |of: [Option<usize>; 2], domains: &[f64]| {
        let indicators = of.map(|domain| indicator(&RATE, MoreIsWorse, 1.0, domain)).to_vec();
        refused(&Declaration { indicators, domains: domains.to_vec(), least_units: 2 })[1].clone()
    };
    assert!(in_domains([Some(0), Some(2)], &[1.0, 1.0]).contains("indicator 2 is in none of the 2 domains"));
    assert!(in_domains([Some(0), None], &[1.0, 1.0]).contains("indicator 2 is in none"));
    assert!(in_domains([Some(0), Some(0)], &[1.0, 1.0]).contains("domain 2 has no indicator"));
    assert!(in_domains([Some(0), Some(1)], &[0.0, 0.0]).contains("no domain has a weight"));
    assert!(in_domains([Some(0), Some(1)], &[1.0, -2.0]).contains("weight of domain 2"));
    let opposed = vec![rate(), indicator(&RATE, Direction::MoreIsBetter, 1.0, None)];
    assert!(first_axis_index(&declared(opposed), Scale::Standardized).unwrap_err().reason.contains("cancel out"));
    let two = [0.0, 1.0];
    let opposed = vec![indicator(&two, MoreIsWorse, 1.0, None), indicator(&two, Direction::MoreIsBetter, 1.0, None)];
    assert!(refused(&declared(opposed))[1].contains("all units score the same"));
}

#[test]
fn one_indicator_is_its_own_index_and_six_units_have_ranks_and_fifths_but_no_deciles() {
    let alone = declared(vec![indicator(&RATE, Direction::MoreIsWorse, 1.0, None)]);
    let axis = first_axis_index(&alone, Scale::Standardized).unwrap();
    assert_eq!((axis.share, axis.eigenvalues.len()), (1.0, 1));
    let ranks = rank_index(&alone, Within::Ranks).unwrap();
    for index in [&axis.index, &ranks.index] {
        assert_eq!(known(&index.ranks), [6.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
        assert!(index.deciles().unwrap_err().reason.contains("6 units do not make 10 parts"));
        assert_eq!(index.parts(5).unwrap(), [Some(5), Some(2), Some(4), Some(1), Some(3), Some(5)]);
        assert!(index.parts(0).is_err());
    }
}

#[test]
fn equal_units_share_score_rank_and_decile() {
    let rate: Vec<f64> = (0..12).map(|unit| f64::from(unit / 2)).collect();
    let income: Vec<f64> = rate.iter().map(|rate| 30.0 - rate * rate).collect();
    let tied = declared(vec![indicator(&rate, Direction::MoreIsWorse, 1.0, None), indicator(&income, Direction::MoreIsBetter, 1.0, None)]);
    for index in [first_axis_index(&tied, Scale::Standardized).unwrap().index, rank_index(&tied, Within::Ranks).unwrap().index] {
        let deciles = index.deciles().unwrap();
        for pair in (0..12).step_by(2) {
            assert_eq!(
                (index.scores[pair], index.ranks[pair], deciles[pair]),
                (index.scores[pair + 1], index.ranks[pair + 1], deciles[pair + 1])
            );
        }
        assert_eq!((index.ranks[11], index.ranks[0]), (Some(1.5), Some(11.5)));
    }
}
