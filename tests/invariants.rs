//! What must hold whatever the data: no record lost or counted twice, and the same bytes for the same inputs.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may: a panic is how they fail, and they say when they skip"
)]

mod released;
mod towns;

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use released::{files, optima, project, run};
use towns::{Place, Town, towns};

/// Sums of shares, by zone code and quarter; the territory is "".
fn planned(town: &Town) -> BTreeMap<(String, u8), f64> {
    let mut counts = BTreeMap::new();
    for seeker in &town.seekers {
        let Some(sector) = town.sector_of(seeker.place) else { continue };
        let whole = [(0, 100)];
        let shares: &[(usize, u8)] = if town.shares.is_empty() { &whole } else { &town.shares[sector] };
        for (quartier, share) in shares {
            let code = if town.shares.is_empty() { Town::code(sector) } else { format!("Q{quartier:02}") };
            for code in [code, String::new()] {
                *counts.entry((code, seeker.quarter)).or_default() += f64::from(*share) / 100.0;
            }
        }
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_record_is_placed_outside_or_missing_and_counted_where_it_lies(town in towns()) {
        let outcome = town.run("default");
        let tally = outcome.tallies.iter().find(|tally| tally.source == "job_seekers").unwrap();
        let count = |of: &dyn Fn(Place) -> bool| town.seekers.iter().filter(|seeker| of(seeker.place)).count() as u64;
        prop_assert_eq!(tally.records, town.seekers.len() as u64);
        prop_assert_eq!(tally.within + tally.outside + tally.missing, tally.records);
        prop_assert_eq!(tally.within, count(&|place| town.sector_of(place).is_some()));
        prop_assert_eq!(tally.missing, count(&|place| matches!(place, Place::Nothing | Place::Unlocated)));
        prop_assert_eq!(tally.by_point, count(&|place| matches!(place, Place::Point(..)) && town.sector_of(place).is_some()));
        prop_assert_eq!(tally.unknown_codes.values().sum::<u64>(), count(&|place| place == Place::UnknownCode));

        // Zone by zone, and the territory is the sum of its zones: a crosswalk keeps what it does not declare lost.
        let planned = planned(&town);
        let measure = outcome.measures.get("job_seekers").unwrap();
        for (at, period) in measure.periods.iter().enumerate() {
            let quarter = u8::try_from(at).unwrap();
            let seen = town.seekers.iter().any(|seeker| seeker.quarter == quarter);
            prop_assert_eq!(measure.totals[at].is_some(), seen, "{}", period);
            let Some(total) = measure.totals[at] else { continue };
            let mut sum = 0.0;
            for (code, cell) in outcome.zones.iter().zip(&measure.cells[at]) {
                let expected = planned.get(&(code.clone(), quarter)).copied().unwrap_or_default();
                let counted = cell.unwrap().numerator.unwrap();
                prop_assert!((counted - expected).abs() < 1e-9, "{} {}: {} for {}", code, period, counted, expected);
                sum += counted;
            }
            let expected = planned.get(&(String::new(), quarter)).copied().unwrap_or_default();
            prop_assert!((sum - expected).abs() < 1e-9 && (total.numerator.unwrap() - expected).abs() < 1e-9, "{} {}", sum, expected);
        }
    }
}

/// The files of a release but the manifest, which names the inputs' hashes.
fn release_of(observatory: &Path) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("release");
    run(optima().arg("build").arg(observatory).arg("--out").arg(&out));
    let mut found = files(&out);
    assert!(found.remove("manifest.json").is_some() && found.len() > 10);
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_zones_and_rows_changes_no_byte_of_what_is_published(
        (town, zones, rows) in towns().prop_flat_map(|town| {
            let shuffled = |n: usize| Just((0..n).collect::<Vec<_>>()).prop_shuffle();
            // Shares of persons are summed in row order, and their last digit may hang on it: rows are moved where sums are whole.
            let rows = if town.shares.is_empty() { shuffled(town.seekers.len()).boxed() } else { Just((0..town.seekers.len()).collect()).boxed() };
            (Just(town.clone()), shuffled(town.sectors()), rows)
        })
    ) {
        let all = |n: usize| (0..n).collect::<Vec<_>>();
        let (_kept, plain) = town.folder(&all(town.sectors()), &all(town.seekers.len()));
        let (_kept_too, other) = town.folder(&zones, &rows);
        let (plain, other) = (release_of(&plain), release_of(&other));
        for (name, bytes) in &plain {
            prop_assert!(other.get(name) == Some(bytes), "{} differs", name);
        }
        prop_assert_eq!(plain.len(), other.len());
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes_whatever_the_threads_clock_language_and_place() {
    let elsewhere = tempfile::tempdir().unwrap();
    for (example, settings) in [("valmont", &["1", "2", "8"][..]), ("saint-nicolas", &["1", "8"]), ("seraing", &["1", "2", "8"])] {
        let observatory = project().join("examples").join(example).join("observatory.toml");
        let mut first: Option<BTreeMap<String, Vec<u8>>> = None;
        for (at, threads) in settings.iter().enumerate() {
            let out = elsewhere.path().join(format!("{example} {at}"));
            let odd = at % 2 == 1;
            let mut command = optima();
            command.env("RAYON_NUM_THREADS", threads).env("POLARS_MAX_THREADS", threads);
            command.env("TZ", if odd { "Pacific/Kiritimati" } else { "America/Caracas" });
            command.env("LANG", if odd { "C" } else { "fr_BE.UTF-8" }).env("LC_ALL", if odd { "de_DE.UTF-8" } else { "C" });
            command.current_dir(if odd { elsewhere.path() } else { project() });
            run(command.arg("build").arg(&observatory).arg("--out").arg(&out));
            let found = files(&out);
            assert!(found.len() > 10, "{example}");
            let first = first.get_or_insert_with(|| found.clone());
            for (name, bytes) in &found {
                assert!(first.get(name) == Some(bytes), "{example}: {name} differs with {threads} threads");
            }
            assert_eq!(first.len(), found.len());
        }
    }
}
