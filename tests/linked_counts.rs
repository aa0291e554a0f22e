//! Counts that more than a total links: parts of a group, stocks and flows, quarters of a year, releases one after the other, zonings
//! that overlap. Through the public call, on invented measures.

#![allow(clippy::unwrap_used, reason = "tests may: a panic is how they fail")]

use optima::catalog::DisclosureRules;
use optima::error::ErrorKind;
use optima::measure::{Contributors, Fraction, Measure, MeasureId, Measures, Quantities, Quantity, Relation, Studies, share_measure};
use optima::period::{Period, Quarter};
use optima::protect::{Earlier, EarlierCount, Protected, ProtectedCell, Statement, protect};
use optima::territory::{Zone, ZoneCode, Zones};
use proptest::prelude::*;

fn zones(codes: &[&str]) -> Zones {
    let zone = |code: &&str| Zone {
        code: ZoneCode((*code).to_owned()),
        name: (*code).to_owned(),
        parent: None,
        shape: geo::MultiPolygon(Vec::new()),
    };
    Zones::new(codes.iter().map(zone).collect()).unwrap()
}

fn quarter(number: u8) -> Period {
    Period::Quarter(Quarter::new(2003, number).unwrap())
}

fn year() -> Period {
    let day = |month, day| chrono::NaiveDate::from_ymd_opt(2003, month, day).unwrap();
    Period::Span(day(1, 1), day(12, 31))
}

/// Counts of zones, period by period, over a public denominator or over a group; the total is their sum.
fn counts(name: &str, zones: &Zones, periods: &[(Period, &[u64])], group: Option<(&str, &[u64], usize)>) -> Measure {
    let quantities = Quantities {
        numerator: Quantity(name.to_owned()),
        denominator: group.map(|(name, ..)| Quantity(name.to_owned())),
        part_of: group.map(|(.., parts)| parts),
    };
    let all: Vec<Period> = periods.iter().map(|(period, _)| *period).collect();
    share_measure(MeasureId::new(name.to_owned()).unwrap(), zones, all, quantities, Vec::new(), |at, zone| {
        let of = |counts: &[u64]| zone.map_or_else(|| counts.iter().sum(), |zone| counts[zone.position()]);
        let persons: u64 = of(periods[at].1);
        let below = group.map_or(100_000, |(_, group, _)| of(group));
        let float = |n: u64| f64::from(u32::try_from(n).unwrap());
        let contributors = Contributors { persons, group: group.map(|_| below), ..Contributors::default() };
        Some(Fraction { numerator: float(persons), denominator: float(below), contributors })
    })
}

fn shown(measures: Vec<Measure>, zones: &Zones, earlier: &Earlier) -> optima::error::Result<Protected> {
    protect(&Measures::from(measures), &Studies::default(), &DisclosureRules::default(), zones, earlier)
}

/// What a measure hides in a period: the codes of zones, and `total`.
fn hidden(shown: &Protected, zones: &Zones, measure: &str, at: usize) -> Vec<String> {
    let measure = shown.measures().iter().find(|m| m.id().as_str() == measure).unwrap();
    let is_hidden = |cell: ProtectedCell| matches!(cell, ProtectedCell::Suppressed(_));
    let of = zones.iter().filter(|(zone, _)| is_hidden(measure.cell(at, *zone))).map(|(_, zone)| zone.code.0.clone());
    of.chain(is_hidden(measure.total(at)).then(|| "total".to_owned())).collect()
}

fn relation(terms: &[(&str, Period, i32)]) -> Relation {
    Relation { terms: terms.iter().map(|(name, period, factor)| (Quantity((*name).to_owned()), *period, *factor)).collect() }
}

fn count(quantity: &str, period: Period, place: &str, persons: Option<f64>, shown: bool) -> EarlierCount {
    EarlierCount { quantity: Quantity(quantity.to_owned()), period, place: place.to_owned(), persons, shown }
}

#[test]
fn entries_are_not_told_by_the_stocks_around_them_and_the_exits() {
    let zones = zones(&["A", "B", "C"]);
    let (q1, q2) = (quarter(1), quarter(2));
    let mut stock = counts("stock", &zones, &[(q1, &[60, 80, 90]), (q2, &[51, 79, 92])], None);
    let entries = counts("entries", &zones, &[(q2, &[2, 20, 22])], None);
    let exits = counts("exits", &zones, &[(q2, &[11, 21, 20])], None);
    let alone = shown(vec![stock.clone(), entries.clone(), exits.clone()], &zones, &Earlier::default()).unwrap();
    assert_eq!(hidden(&alone, &zones, "exits", 0), Vec::<String>::new(), "nothing is declared, nothing is linked");
    stock.relations = vec![relation(&[("stock", q1, 1), ("entries", q2, 1), ("exits", q2, -1), ("stock", q2, -1)])];
    let linked = shown(vec![stock, entries, exits], &zones, &Earlier::default()).unwrap();
    assert!(hidden(&linked, &zones, "entries", 0).contains(&"A".to_owned()));
    let beside: Vec<String> =
        ["stock", "exits"].iter().flat_map(|m| hidden(&linked, &zones, m, 0)).chain(hidden(&linked, &zones, "stock", 1)).collect();
    assert!(beside.contains(&"A".to_owned()), "{beside:?}");
    assert!(!beside.contains(&"total".to_owned()), "{beside:?}");
}

#[test]
fn a_quarter_is_not_the_year_less_the_other_quarters() {
    let zones = zones(&["A", "B", "C", "D"]);
    let of: [&[u64]; 4] = [&[3, 20, 30, 41], &[12, 20, 33, 40], &[13, 24, 30, 44], &[14, 22, 31, 40]];
    let quarters: Vec<(Period, &[u64])> = (1..=4).map(quarter).zip(of).collect();
    let all: Vec<u64> = (0..4).map(|zone| of.iter().map(|counts| counts[zone]).sum()).collect();
    let periods: Vec<(Period, &[u64])> = quarters.into_iter().chain([(year(), all.as_slice())]).collect();
    let mut entries = counts("entries", &zones, &periods, None);
    let terms: Vec<(&str, Period, i32)> = (1..=4).map(|n| ("entries", quarter(n), 1)).chain([("entries", year(), -1)]).collect();
    entries.relations = vec![relation(&terms)];
    let shown = shown(vec![entries.clone()], &zones, &Earlier::default()).unwrap();
    let of_zone = |zone: &str| (0..5).filter(|at| hidden(&shown, &zones, "entries", *at).contains(&zone.to_owned())).count();
    assert!(of_zone("A") >= 2, "the year and three quarters would tell the fourth");
    let first = hidden(&shown, &zones, "entries", entries.periods.iter().position(|p| *p == quarter(1)).unwrap());
    assert!(first.iter().filter(|place| *place != "total").all(|zone| of_zone(zone) != 1), "{first:?}");
}

#[test]
fn what_was_shown_once_protects_nobody_any_more() {
    let zones = zones(&["A", "B", "C"]);
    let now = counts("entries", &zones, &[(quarter(1), &[3, 12, 30])], None);
    let first = shown(vec![now.clone()], &zones, &Earlier::default()).unwrap();
    assert_eq!(hidden(&first, &zones, "entries", 0), ["A", "B"]);
    let b = count("entries", quarter(1), "B", Some(12.0), true);
    let later = shown(vec![now.clone()], &zones, &Earlier { counts: vec![b.clone()], ..Earlier::default() }).unwrap();
    assert_eq!(hidden(&later, &zones, "entries", 0), ["A", "C"], "B is known");
    let others = [b, count("entries", quarter(1), "C", Some(30.0), true), count("entries", quarter(1), "", Some(45.0), true)];
    let refused = shown(vec![now], &zones, &Earlier { counts: others.to_vec(), ..Earlier::default() }).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Disclosure);
    let said = refused.to_string();
    assert!(said.contains("entries, 2003-Q1: A") && !said.contains('3') | !said.contains(" 3 "), "{said}");
}

#[test]
fn what_was_hidden_once_stays_hidden() {
    let zones = zones(&["A", "B", "C"]);
    let now = counts("entries", &zones, &[(quarter(1), &[6, 12, 30])], None);
    assert!(hidden(&shown(vec![now.clone()], &zones, &Earlier::default()).unwrap(), &zones, "entries", 0).is_empty());
    let a = count("entries", quarter(1), "A", None, false);
    let later = shown(vec![now], &zones, &Earlier { counts: vec![a], ..Earlier::default() }).unwrap();
    assert_eq!(hidden(&later, &zones, "entries", 0), ["A", "B"]);
}

#[test]
fn a_zoning_without_one_block_does_not_tell_the_block() {
    // The shared case sdc_zoning_overlap: a quartier was published as 57; the new one leaves out a block of 2 and would be 55.
    let zones = zones(&["Q1-without", "Q2", "Q3"]);
    let now = counts("entries", &zones, &[(quarter(1), &[55, 80, 90])], None);
    let (old, block) = (count("entries", quarter(1), "Q1", Some(57.0), true), count("entries", quarter(1), "block", Some(2.0), false));
    let q = |place: &str, factor| (Quantity("entries".to_owned()), quarter(1), place.to_owned(), factor);
    let overlap = Statement { terms: vec![q("Q1", 1), q("Q1-without", -1), q("block", -1)] };
    let earlier = Earlier { counts: vec![old, block], statements: vec![overlap] };
    let later = shown(vec![now.clone()], &zones, &earlier).unwrap();
    let places = hidden(&later, &zones, "entries", 0);
    assert!(places.contains(&"Q1-without".to_owned()) && places.len() >= 2, "{places:?}");
    // Where the new quartier is out already, only a refusal helps.
    let mut told = earlier;
    told.counts.push(count("entries", quarter(1), "Q1-without", Some(55.0), true));
    let refused = shown(vec![now], &zones, &told).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Disclosure);
    assert!(refused.to_string().contains("entries, 2003-Q1: block"), "{refused}");
}

#[test]
fn where_all_of_a_quartier_gave_one_answer_neither_it_nor_that_nobody_gave_the_other_is_told() {
    let zones = zones(&["A", "B", "C", "D"]);
    let (yes, no, all): ([u64; 4], [u64; 4], [u64; 4]) = ([15, 20, 30, 12], [0, 30, 25, 20], [15, 50, 55, 32]);
    let measures = vec![
        counts("yes", &zones, &[(quarter(1), &yes)], Some(("asked", &all, 2))),
        counts("no", &zones, &[(quarter(1), &no)], Some(("asked", &all, 2))),
    ];
    let shown = shown(measures, &zones, &Earlier::default()).unwrap();
    for measure in ["yes", "no"] {
        let gone = hidden(&shown, &zones, measure, 0);
        assert!(gone.contains(&"A".to_owned()) && gone.len() >= 3, "{measure}: {gone:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_all_answers_to_a_question_none_is_told_by_the_others(
        parts in (2..=4usize, 2..=6usize).prop_flat_map(|(parts, zones)| proptest::collection::vec(proptest::collection::vec(0u64..25, zones), parts))
    ) {
        let codes: Vec<String> = (0..parts[0].len()).map(|n| format!("Z{n}")).collect();
        let zones = zones(&codes.iter().map(String::as_str).collect::<Vec<_>>());
        let group: Vec<u64> = (0..codes.len()).map(|zone| parts.iter().map(|part| part[zone]).sum()).collect();
        let measure = |(n, part): (usize, &Vec<u64>)| counts(&format!("part_{n}"), &zones, &[(quarter(1), part)], Some(("asked", &group, parts.len())));
        let shown = shown(parts.iter().enumerate().map(measure).collect(), &zones, &Earlier::default()).unwrap();
        let places: Vec<String> = codes.iter().cloned().chain(["total".to_owned()]).collect();
        let gone: Vec<Vec<String>> = (0..parts.len()).map(|n| hidden(&shown, &zones, &format!("part_{n}"), 0)).collect();
        for (at, place) in places.iter().enumerate() {
            let value = |part: &Vec<u64>| if at < codes.len() { part[at] } else { part.iter().sum() };
            let of: Vec<u64> = parts.iter().zip(&gone).filter(|(_, gone)| gone.contains(place)).map(|(part, _)| value(part)).collect();
            let some_shown = of.len() < parts.len();
            let persons: u64 = of.iter().sum();
            // Where some answer is shown, so is the group.
            prop_assert!(!some_shown || of.is_empty() || persons == 0 || (of.iter().filter(|n| **n > 0).count() >= 2 && persons >= 5), "{parts:?} {place}: {of:?}");
        }
    }
}
