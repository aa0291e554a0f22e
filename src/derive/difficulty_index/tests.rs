//! The index by hand, and what becomes of hidden cells, campaigns, contradictions and declarations that do not hold.

#![allow(clippy::cast_precision_loss, reason = "places of a few zones")]

use super::*;
use crate::derive::tests::{HIDDEN, campaign, derive, made, measure, quarter, told};
use crate::protect::ProtectedCell;
use crate::publish::town;

/// A number for each zone that no other measure orders alike.
fn level(salt: usize, zone: usize) -> f64 {
    let x = ((zone * 7 + 3) * (salt * 13 + 5) % 101) as f64;
    20.0 + zone as f64 + x / 12.0
}

fn plain(id: &str, salt: usize) -> ProtectedMeasure {
    measure(id, Unit::Months, &[quarter(1)], |_, zone| told(level(salt, zone), true))
}

const AXIS: &str = "{ of = [\"a\", \"b\"], method = \"first_axis\" }";

fn values(measure: &ProtectedMeasure, at: usize) -> Vec<Option<f64>> {
    town::territory().quartiers.indexes().map(|zone| measure.cell(at, zone).shown().map(|shown| shown.value)).collect()
}

fn detail(measure: &ProtectedMeasure, name: &str, zone: usize) -> Option<f64> {
    let zone = town::territory().quartiers.at(zone);
    measure.details().iter().find(|detail| detail.name == name).unwrap().number(0, zone)
}

fn statistic(measure: &ProtectedMeasure, name: &str, about: &str) -> Option<f64> {
    measure.statistics().iter().find(|one| one.name == name && one.about == about).map(|one| one.value)
}

#[test]
fn points_have_mean_100_and_deviation_15_over_the_quartiers_that_have_all_and_the_others_are_hidden_or_empty() {
    let hiding = measure("a", Unit::Months, &[quarter(1)], |_, zone| match zone {
        4 => HIDDEN,
        6 => ProtectedCell::Empty,
        _ => told(level(1, zone), true),
    });
    let index = made(vec![hiding, plain("b", 2)], "difficulty_index", AXIS);
    let found: Vec<f64> = values(&index, 0).into_iter().flatten().collect();
    assert_eq!(found.len(), 19);
    let mean = found.iter().sum::<f64>() / 19.0;
    let deviation = (found.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 19.0).sqrt();
    assert!((mean - 100.0).abs() < 1e-9 && (deviation - 15.0).abs() < 1e-9, "{mean} {deviation}");
    let zone = |at| town::territory().quartiers.at(at).unwrap();
    assert!(matches!(index.cell(0, zone(4)), ProtectedCell::Suppressed(_)) && matches!(index.cell(0, zone(6)), ProtectedCell::Empty));
    for name in index.details().iter().map(|detail| detail.name) {
        assert!(detail(&index, name, 4).is_none() && detail(&index, name, 6).is_none() && detail(&index, name, 5).is_some(), "{name}");
    }
    assert!(index.statistics().iter().all(|one| one.zones == Some(19) && one.period == Some(quarter(1))));
    // Of two indicators the axis is their sum: both weigh one half, and the share is (1 + r) / 2.
    let share = statistic(&index, "first_axis_share", "").unwrap();
    for of in ["a", "b"] {
        assert!((statistic(&index, "first_axis_contribution", of).unwrap() - 0.5).abs() < 1e-9);
        assert!((statistic(&index, "first_axis_loading", of).unwrap() - share.sqrt()).abs() < 1e-9);
    }
}

#[test]
fn a_measure_of_which_more_is_better_counts_the_other_way_round() {
    let less = measure("b", Unit::Months, &[quarter(1)], |_, zone| told(100.0 - level(2, zone), true));
    let better = "{ of = [\"a\", \"b\"], method = \"first_axis\", better = [\"b\"] }";
    let (plainly, turned) =
        (made(vec![plain("a", 1), plain("b", 2)], "difficulty_index", AXIS), made(vec![plain("a", 1), less], "difficulty_index", better));
    for (a, b) in values(&plainly, 0).into_iter().zip(values(&turned, 0)) {
        assert!((a.unwrap() - b.unwrap()).abs() < 1e-9);
    }
    // The last zone has most of both.
    assert_eq!(detail(&plainly, "difficulty_rank", 20), Some(1.0));
}

#[test]
fn deciles_come_from_the_weighted_means_of_transformed_ranks() {
    let params = "{ of = [\"a\", \"b\", \"c\"], method = \"ranks\", shows = \"decile\", \
                  domains = { work = { weight = 2, of = [\"a\"] }, home = { weight = 1, of = [\"c\", \"b\"] } } }";
    let index = made(vec![plain("a", 1), plain("b", 2), plain("c", 3)], "difficulty_index", params);
    assert_eq!(index.unit(), Unit::Group);
    let rank = |values: &[f64], of: f64| {
        0.5 + values
            .iter()
            .map(|x| {
                if *x < of {
                    1.0
                } else if *x == of {
                    0.5
                } else {
                    0.0
                }
            })
            .sum::<f64>()
    };
    let of = |salt: usize| (0..21).map(|zone| level(salt, zone)).collect::<Vec<f64>>();
    let ranks = |values: &[f64]| values.iter().map(|x| rank(values, *x)).collect::<Vec<f64>>();
    let home: Vec<f64> = ranks(&of(2)).iter().zip(ranks(&of(3))).map(|(b, c)| b + c).collect();
    let transformed = |rank: f64| -23.0 * (1.0 - rank / 21.0 * (1.0 - (-100.0f64 / 23.0).exp())).ln();
    let scores: Vec<f64> =
        ranks(&of(1)).iter().zip(ranks(&home)).map(|(work, home)| (2.0 * transformed(*work) + transformed(home)) / 3.0).collect();
    for (zone, value) in values(&index, 0).into_iter().enumerate() {
        assert!((detail(&index, "difficulty_score", zone).unwrap() - scores[zone]).abs() < 1e-9);
        let from_top = 22.0 - rank(&scores, scores[zone]);
        assert_eq!(detail(&index, "difficulty_rank", zone), Some(from_top));
        assert_eq!(value, Some((10.0 * from_top / 21.0).ceil()));
    }
    assert!(index.method().iter().any(|(_, line)| line == "home × 1 (+1 b, +1 c); work × 2 (+1 a)"), "{:?}", index.method());
}

#[test]
fn a_campaign_counts_from_the_quarter_in_which_it_began() {
    let quarters = [quarter(1), quarter(2), quarter(3)];
    let quarterly = |id: &str, salt: usize| measure(id, Unit::Months, &quarters, move |at, zone| told(level(salt + at, zone), true));
    let asked = measure("b", Unit::Months, &[campaign(5)], |_, zone| told(level(7, zone), true));
    let index = made(vec![asked, quarterly("a", 1)], "difficulty_index", AXIS);
    assert_eq!(index.periods(), [quarter(2), quarter(3)]);
    // As if the campaign had been held in each of its quarters.
    let repeated = measure("b", Unit::Months, &quarters, |_, zone| told(level(7, zone), true));
    let same = made(vec![repeated, quarterly("a", 1)], "difficulty_index", AXIS);
    assert_eq!(values(&index, 0), values(&same, 1));
    assert_eq!(values(&index, 1), values(&same, 2));
    assert!(index.method().iter().any(|(name, line)| name == "campaign" && line.starts_with("b: ")));
    assert!(!same.method().iter().any(|(name, _)| name == "campaign"));
}

#[test]
fn an_indicator_that_contradicts_its_direction_is_told_as_such() {
    let against = measure("c", Unit::Months, &[quarter(1)], |_, zone| told(200.0 - level(3, zone), true));
    let params = "{ of = [\"a\", \"b\", \"c\"], method = \"first_axis\" }";
    let index = made(vec![plain("a", 1), plain("b", 2), against], "difficulty_index", params);
    let loading = statistic(&index, "contradicting_loading", "c").unwrap();
    assert!(loading < -0.6 && statistic(&index, "first_axis_loading", "c") == Some(loading));
    assert!(statistic(&index, "contradicting_loading", "a").is_none());
    assert!(index.method().iter().any(|(name, line)| name == "contradiction" && line.ends_with(": c (1/1)")));
    // Left out, it changes places; the order says how much. Without one of the others, the two that are left cancel out: no run.
    assert!(statistic(&index, "spearman_without", "c").unwrap() < 1.0);
    assert!(statistic(&index, "spearman_without", "a").is_none() && statistic(&index, "spearman_without", "b").is_none());
    let most = (0..21).filter_map(|zone| detail(&index, "greatest_rank_change", zone)).fold(0.0, f64::max);
    assert_eq!(Some(most), statistic(&index, "greatest_rank_change_without", "c"));
}

#[test]
fn an_index_is_unreliable_where_an_ingredient_is_or_where_weights_decide_its_rank() {
    let a = measure("a", Unit::Months, &[quarter(1)], |_, zone| told(level(1, zone), zone != 5));
    let index = made(vec![a, plain("b", 2)], "difficulty_index", AXIS);
    for (at, zone) in town::territory().quartiers.indexes().enumerate() {
        let spans = detail(&index, "difficulty_rank_high", at).unwrap() - detail(&index, "difficulty_rank_low", at).unwrap();
        assert_eq!(index.cell(0, zone).shown().unwrap().reliable, at != 5 && 2.0 * spans <= 21.0);
    }
    // First in one, last in the other: any rank is possible, or nearly.
    let order = |turn: usize| move |_: usize, zone: usize| told(((zone * 8 + turn) % 21) as f64, true);
    let one = measure("a", Unit::Months, &[quarter(1)], order(0));
    let other =
        measure("b", Unit::Months, &[quarter(1)], |_, zone| told((if zone == 20 { 30 } else { 20 - (zone * 8) % 21 }) as f64, true));
    let params = "{ of = [\"a\", \"b\"], method = \"ranks\", spread = 0.9 }";
    let index = made(vec![one, other], "difficulty_index", params);
    let unreliable = town::territory().quartiers.indexes().filter(|zone| !index.cell(0, *zone).shown().unwrap().reliable).count();
    assert!((1..21).contains(&unreliable), "{unreliable}");
}

#[test]
fn figures_that_make_no_index_are_refused_and_one_such_quarter_is_left_empty() {
    let refusal = |measures: Vec<ProtectedMeasure>| {
        let (shown, refused) = derive(measures, &town::territory(), "difficulty_index", AXIS).unwrap();
        assert_eq!(shown.measures().len(), 2);
        refused[0].1.clone()
    };
    let few = measure("a", Unit::Months, &[quarter(1)], |_, zone| if zone < 9 { told(level(1, zone), true) } else { HIDDEN });
    assert!(refusal(vec![few, plain("b", 2)]).contains("9 of 21 units have all indicators, 10 are needed"));
    let constant = measure("a", Unit::Months, &[quarter(1)], |_, _| told(3.0, true));
    assert!(refusal(vec![constant, plain("b", 2)]).contains("indicator 1 does not vary"));
    let opposed = measure("a", Unit::Months, &[quarter(1)], |_, zone| told(90.0 - level(2, zone), true));
    assert!(refusal(vec![opposed, plain("b", 2)]).contains("cancel out"));
    let group = measure("a", Unit::Group, &[quarter(1)], |_, zone| told((zone % 3) as f64, true));
    assert!(refusal(vec![group, plain("b", 2)]).contains("a is a group"));
    let later = measure("a", Unit::Months, &[quarter(3)], |_, zone| told(level(1, zone), true));
    assert!(refusal(vec![later, plain("b", 2)]).contains("no period in common"));
    let two = |id: &str, salt: usize, constant: bool| {
        measure(id, Unit::Months, &[quarter(1), quarter(2)], move |at, zone| {
            told(if constant && at == 0 { 1.0 } else { level(salt, zone) }, true)
        })
    };
    let index = made(vec![two("a", 1, true), two("b", 2, false)], "difficulty_index", AXIS);
    assert!(values(&index, 0).iter().all(Option::is_none) && values(&index, 1).iter().all(Option::is_some));
}

#[test]
fn a_declaration_that_does_not_hold_stops_the_run_and_says_where() {
    let wrong =
        |params: &str| derive(vec![plain("a", 1), plain("b", 2)], &town::territory(), "difficulty_index", params).unwrap_err().to_string();
    let of = "of = [\"a\", \"b\"]";
    for (params, said) in [
        ("{ of = [\"a\"], method = \"ranks\" }".to_owned(), "two measures or more"),
        ("{ of = [\"a\", \"a\"], method = \"ranks\" }".to_owned(), "named twice"),
        (format!("{{ {of}, method = \"ranks\", better = [\"c\"] }}"), "\"c\" is not among"),
        (format!("{{ {of}, method = \"ranks\", weights = [1.0] }}"), "1 weights for 2"),
        (format!("{{ {of}, method = \"ranks\", weights = [1.0, 0.0] }}"), "above 0"),
        (format!("{{ {of}, method = \"first_axis\", domains = {{ d = {{ weight = 1, of = [\"a\", \"b\"] }} }} }}"), "no domains"),
        (format!("{{ {of}, method = \"ranks\", domains = {{ d = {{ weight = 1, of = [\"a\"] }} }} }}"), "\"b\" is not in exactly one"),
        (format!("{{ {of}, method = \"ranks\", domains = {{ d = {{ weight = 1, of = [\"a\", \"b\", \"c\"] }} }} }}"), "\"c\" is not among"),
        (format!("{{ {of}, method = \"ranks\", spread = 1.0 }}"), "between 0 and 1"),
        (format!("{{ {of}, method = \"ranks\", draws = 0 }}"), "draws"),
        (format!("{{ {of}, method = \"first_axis\", deviation = 0.0 }}"), "above 0"),
        (format!("{{ {of}, method = \"ranks\", tuning = 1 }}"), "unknown field `tuning`"),
    ] {
        let told = wrong(&params);
        assert!(told.contains(said), "{params}: {told}");
    }
}
