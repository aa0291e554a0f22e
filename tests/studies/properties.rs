//! What holds of studies whatever the answers: shares of groups add up, people counted twice change no share, and a column that
//! an analysis does not use changes nothing of it.

use std::path::Path;

use optima::locate::locate;
use optima::measure::studies::Analysis;
use optima::measure::{Measures, Studies, measure, study};
use optima::pipeline::Ground;
use optima::read::read;
use proptest::prelude::*;

use crate::town::{Town, draws};

fn measured(file: &Path) -> (Studies, Measures) {
    let ground = Ground::load(file, None, false).unwrap();
    let observed = locate(read(&ground.observatory).unwrap(), &ground.territory).unwrap();
    let studies = study(&observed, &ground.observatory, &ground.catalog).unwrap();
    assert!(studies.left_out.is_empty(), "{:?}", studies.left_out);
    let catalog = studies.expand(&ground.catalog);
    let (layers, _) = optima::measure::layers_of(&ground.observatory, &catalog, Some(&studies));
    let measures = measure(&observed, &ground.observatory, &studies, &layers).unwrap();
    (studies, measures)
}

const QUESTIONS: [&str; 4] = ["a", "b", "c", "d"];

/// Kinds of people who answer mostly alike.
fn town(seed: u64, persons: u64, kinds: u64) -> Town {
    let mut draw = draws(seed);
    let mut answer = |person: u64| {
        let code = if draw(4) == 0 { draw(4) } else { person % kinds };
        if draw(20) == 0 { String::new() } else { format!("m{code}") }
    };
    let rows = (0..persons).map(|person| QUESTIONS.map(|_| answer(person)).to_vec()).collect::<Vec<_>>();
    Town::new(&QUESTIONS, rows).analyzed(&QUESTIONS, "number = 3\nresamples = 0")
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

/// The same axes, places, groups: up to what counting persons twice changes, which is their number alone.
fn same_picture(a: &Analysis, b: &Analysis, times: u64) -> Result<(), TestCaseError> {
    prop_assert_eq!((a.axes.len(), a.kept, a.points.len(), a.groups.len()), (b.axes.len(), b.kept, b.points.len(), b.groups.len()));
    for (a, b) in a.axes.iter().zip(&b.axes) {
        prop_assert!(near(a.eigenvalue, b.eigenvalue) && near(a.share, b.share));
    }
    for (a, b) in a.points.iter().zip(&b.points) {
        prop_assert_eq!((&a.question, &a.modality.code, a.units * times), (&b.question, &b.modality.code, b.units));
        prop_assert!(a.coordinates.iter().zip(&b.coordinates).all(|(x, y)| (x - y).abs() < 1e-7), "{:?} {:?}", a, b);
    }
    for (a, b) in a.groups.iter().zip(&b.groups) {
        prop_assert_eq!(a.units * times, b.units);
        prop_assert!(near(a.share, b.share));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shares_of_all_groups_of_an_analysis_add_up_to_one_everywhere(seed in any::<u32>(), persons in 40..200u64, kinds in 2..5u64) {
        let folder = tempfile::tempdir().unwrap();
        let (studies, measures) = measured(&town(u64::from(seed), persons, kinds).write(folder.path()));
        let groups = studies.analysis("needs").unwrap().groups.len();
        let of: Vec<_> = (1..=groups).map(|group| measures.get(&format!("needs_{group}")).unwrap()).collect();
        let mut zones = 0;
        for (zone, _) in of[0].cells[0].enumerate() {
            let shares: Option<Vec<f64>> = of.iter().map(|measure| measure.cell(0, zone).map(|cell| cell.value)).collect();
            let Some(shares) = shares else { continue };
            prop_assert!(near(shares.iter().sum(), 1.0), "{:?}", shares);
            zones += 1;
        }
        let total: f64 = of.iter().map(|measure| measure.totals[0].unwrap().value).sum();
        prop_assert!(zones >= 2 && near(total, 1.0), "{} {}", zones, total);
    }

    #[test]
    fn everybody_counted_twice_changes_no_share_and_no_place(seed in any::<u32>(), persons in 12..40u64, kinds in 2..5u64) {
        // The sectors go round by four: twice a multiple of four is the same people in the same places.
        let once = town(u64::from(seed), persons * 4, kinds);
        let twice = Town { rows: [once.rows.clone(), once.rows.clone()].concat(), ..once.clone() };
        let folder = tempfile::tempdir().unwrap();
        let (a, at_a) = measured(&once.write(&folder.path().join("once")));
        let (b, at_b) = measured(&twice.write(&folder.path().join("twice")));
        same_picture(a.analysis("needs").unwrap(), b.analysis("needs").unwrap(), 2)?;
        for measure in at_a.as_slice().iter().filter(|measure| measure.id.as_str().starts_with("needs_")) {
            let other = at_b.get(measure.id.as_str()).unwrap();
            for (zone, cell) in measure.cells[0].enumerate() {
                match (cell, other.cell(0, zone)) {
                    (Some(a), Some(b)) => prop_assert!(near(a.value, b.value)),
                    (a, b) => prop_assert_eq!(a.is_some(), b.is_some()),
                }
            }
        }
    }

    #[test]
    fn a_column_of_partners_changes_no_analysis(seed in any::<u32>(), persons in 40..120u64, kinds in 2..5u64) {
        let plain = town(u64::from(seed), persons, kinds);
        let mut with = plain.clone();
        with.columns.push("partner".to_owned());
        with.heads = vec!["partner"];
        with.rows.iter_mut().enumerate().for_each(|(at, row)| row.push(format!("p{}", at % 3)));
        let folder = tempfile::tempdir().unwrap();
        let (a, _) = measured(&plain.write(&folder.path().join("plain")));
        let (b, _) = measured(&with.write(&folder.path().join("with")));
        let (a, b) = (a.analysis("needs").unwrap(), b.analysis("needs").unwrap());
        same_picture(a, b, 1)?;
        prop_assert_eq!((&a.group_of, &a.tree, &a.points), (&b.group_of, &b.tree, &b.points));
    }
}
