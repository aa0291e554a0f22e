//! Towns that have no answer, or hardly one: what there is is given, what there is not is said, and no number is none.

use std::collections::BTreeMap;
use std::path::Path;

use crate::released::{Row, files, indicators};
use crate::town::{Ran, Town, quarter};

/// All kinds of derived layers.
fn all(town: Town) -> Town {
    let statistics = ["moran", "g", "g_star", "geary"];
    let town = statistics.iter().fold(town, |town, statistic| {
        let params = format!("{{ of = [\"job_seekers\"], statistic = \"{statistic}\", permutations = 99 }}");
        town.layer(&format!("t_{statistic}"), "clusters", &params, "clusters")
    });
    let near = [("nearest", "{ nearest = 3 }"), ("within", "{ within_m = 150.0 }"), ("rook", "\"rook\"")];
    let town = near.iter().fold(town, |town, (id, neighbors)| {
        let params = format!("{{ of = [\"job_seekers\"], statistic = \"moran\", neighbors = {neighbors}, permutations = 99 }}");
        town.layer(&format!("t_{id}"), "clusters", &params, "clusters")
    });
    town.layer(
        "t_pair",
        "clusters",
        "{ of = [\"job_seekers\", \"under_25\"], statistic = \"bivariate_moran\", permutations = 99 }",
        "clusters",
    )
}

/// Builds in both languages and sees that no file holds a number that is none.
fn built(town: &Town) -> (Ran, Vec<Row>) {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = Vec::new();
    let mut english = None;
    for language in ["fr", "en"] {
        let ran = town.build(&folder.path().join(language), language);
        assert!(!ran.err.contains("panicked") && ran.code >= 0 && ran.code < 100, "{ran:?}");
        let release = folder.path().join(language).join("release");
        assert_eq!(ran.code, 0, "{ran:?}");
        numbers(&release);
        rows = indicators(&release);
        english = Some(ran);
    }
    (english.unwrap(), rows)
}

fn numbers(release: &Path) {
    for (name, bytes) in files(release).into_iter().filter(|(name, _)| !name.ends_with(".gpkg") && !name.ends_with(".qgz")) {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
            assert!(!["nan", "inf", "infinity"].contains(&word), "{name} holds {word}");
        }
    }
}

/// The statuses of a measure in a quarter, counted; the territory apart.
fn statuses(rows: &[Row], measure: &str, period: &str) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for row in rows.iter().filter(|row| row["measure"] == measure && row["period"] == period && row["zone_code"] != "town") {
        *counted.entry(row["status"].clone()).or_insert(0) += 1;
    }
    counted
}

fn left_out(ran: &Ran, measure: &str) -> bool {
    ran.err.lines().chain(ran.out.lines()).any(|line| line.contains(&format!("the measure {measure} cannot be made")))
}

#[test]
fn one_zone_has_nothing_to_be_compared_with() {
    let (ran, rows) = built(&all(Town::grid(1, 1, 8)));
    assert!(rows.iter().any(|row| row["measure"] == "job_seekers" && row["status"] == "V"));
    for measure in ["job_seeker_clusters", "t_g", "t_geary", "t_nearest", "t_pair"] {
        assert!(left_out(&ran, measure), "{measure}: {ran:?}");
        assert!(rows.iter().all(|row| row["measure"] != measure), "{measure}");
    }
    // What a quartier has by itself, it has.
    assert_eq!(statuses(&rows, "job_seeker_forecast", "2002-Q4"), BTreeMap::from([("V".to_owned(), 1)]));
}

#[test]
fn islands_are_told_and_the_others_are_tested() {
    let mut town = all(Town::grid(4, 4, 6));
    town.squares[5] = (50, 50);
    town.squares[6] = (80, 80);
    let (_, rows) = built(&town);
    let value = |measure: &str, zone: &str| {
        rows.iter().find(|row| row["measure"] == measure && row["zone_code"] == zone && row["period"] == quarter(5)).unwrap()["value"]
            .clone()
    };
    // Six categories of local Moran, the last of which is "no neighbor"; four of hot spots.
    for zone in ["Z005", "Z006"] {
        assert_eq!((value("t_moran", zone).as_str(), value("t_g_star", zone).as_str(), value("t_geary", zone).as_str()), ("6", "4", "6"));
        // The three nearest of an island are far away, and are neighbors all the same.
        assert_ne!(value("t_nearest", zone), "6");
    }
    assert_ne!(value("t_moran", "Z000"), "6");
}

#[test]
fn where_no_quartier_touches_another_nothing_clusters_and_the_run_says_so() {
    let mut town = all(Town::grid(5, 4, 6));
    town.squares = (0..20).map(|at| (10 * at, 0)).collect();
    let (ran, rows) = built(&town);
    for measure in ["job_seeker_clusters", "t_moran", "t_g", "t_g_star", "t_geary", "t_within", "t_pair"] {
        assert!(left_out(&ran, measure), "{measure}: {ran:?}");
    }
    assert_eq!(statuses(&rows, "t_nearest", &quarter(5)), BTreeMap::from([("V".to_owned(), 20)]));
}

#[test]
fn a_constant_field_is_refused_in_words() {
    let mut town = all(Town::grid(5, 4, 8));
    town.counts = Box::new(|_, _| Some((80, 20, 16)));
    let (ran, rows) = built(&town);
    for measure in ["t_moran", "t_g_star", "t_geary", "t_pair"] {
        assert!(left_out(&ran, measure), "{measure}: {ran:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(town.build(folder.path(), "en").code, 0);
    let told = std::fs::read_to_string(folder.path().join("release/manifest.json")).unwrap();
    assert!(told.contains("series: all values are the same"), "the methods say so");
    // A constant series goes on, and its interval has no width, which the run does not sell as certainty: nothing rises or falls.
    let forecast = rows.iter().find(|row| row["measure"] == "job_seeker_forecast" && row["zone_code"] == "Z007").unwrap();
    assert_eq!((forecast["value"].as_str(), forecast["low"].as_str(), forecast["high"].as_str()), ("20", "20", "20"));
    assert!(
        rows.iter().filter(|row| row["measure"] == "job_seeker_direction").all(|row| row["value"] == "3"),
        "nothing is heading anywhere"
    );
}

#[test]
fn missing_rows_and_populations_of_nobody_leave_their_quartiers_out_and_no_other() {
    let mut town = all(Town::grid(5, 4, 8));
    let counts = std::mem::replace(&mut town.counts, Box::new(|_, _| None));
    // One square lacks its last quarters, one has nobody who could work.
    town.counts = Box::new(move |square, at| if square == 3 && at > 4 { None } else { counts(square, at) }.filter(|_| square != 9));
    town.active = Box::new(|square| if square == 9 { 0 } else { 400 });
    let (_, rows) = built(&town);
    let last = quarter(7);
    assert_eq!(statuses(&rows, "t_moran", &last), BTreeMap::from([("N".to_owned(), 2), ("V".to_owned(), 18)]));
    assert_eq!(statuses(&rows, "t_moran", &quarter(2)), BTreeMap::from([("N".to_owned(), 1), ("V".to_owned(), 19)]));
}

#[test]
fn a_quartier_that_appears_in_one_quarter_only_has_no_forecast_and_harms_no_other() {
    let mut town = all(Town::grid(5, 4, 12));
    let counts = std::mem::replace(&mut town.counts, Box::new(|_, _| None));
    town.counts = Box::new(move |square, at| counts(square, at).filter(|_| square != 6 || at == 11));
    let (_, rows) = built(&town);
    let ahead = statuses(&rows, "job_seeker_forecast", &quarter(12));
    assert_eq!(ahead, BTreeMap::from([("N".to_owned(), 1), ("V".to_owned(), 19)]));
    // In its one quarter it is one of the twenty.
    assert_eq!(statuses(&rows, "t_moran", &quarter(11)), BTreeMap::from([("V".to_owned(), 20)]));
}

#[test]
fn a_declared_break_is_not_compared_across_and_nothing_before_it_is_prolonged() {
    let mut town = Town::grid(5, 4, 16);
    let counts = std::mem::replace(&mut town.counts, Box::new(|_, _| None));
    // From 2001-Q1 on all free registrations are kept: a third more, which says nothing of any quartier.
    town.counts = Box::new(move |square, at| {
        counts(square, at).map(|(seekers, young, ris)| if at < 8 { (seekers, young, ris) } else { (seekers * 4 / 3, young, ris) })
    });
    let (_, rows) = built(&town);
    let one = |rows: &[Row], measure: &str, period: &str| {
        rows.iter().find(|row| row["measure"] == measure && row["zone_code"] == "Z000" && row["period"] == period).unwrap().clone()
    };
    assert_eq!(one(&rows, "job_seekers", "2001-Q1")["change_quarter_signal"], "up");
    town.further = "[[breaks]]\nquarter = \"2001-Q1\"\nmeasures = [\"job_seekers\"]\nreason = { fr = \"inscriptions libres\", en = \"free registrations\" }"
        .to_owned();
    let (_, declared) = built(&town);
    for (period, quarterly, yearly) in
        [("2001-Q1", "", ""), ("2001-Q4", "noise", ""), ("2002-Q1", "noise", "noise"), ("2000-Q4", "noise", "noise")]
    {
        let row = one(&declared, "job_seekers", period);
        assert_eq!((row["change_quarter_signal"].as_str(), row["change_year_signal"].as_str()), (quarterly, yearly), "{period}");
    }
    let used = |folder: &str, town: &Town| {
        let folder = std::env::temp_dir().join(format!("optima-break-{folder}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        assert_eq!(town.build(&folder, "en").code, 0);
        let mut reader = csv::Reader::from_path(folder.join("release/tables/details.csv")).unwrap();
        let found: Vec<Row> = reader.deserialize().map(Result::unwrap).collect();
        std::fs::remove_dir_all(&folder).unwrap();
        found
            .iter()
            .find(|row| row["name"] == "quarters_used" && row["zone_code"] == "Z000" && row["measure"] == "job_seeker_forecast")
            .unwrap()["number"]
            .clone()
    };
    assert_eq!(used("declared", &town), "8");
    town.further.clear();
    assert_eq!(used("undeclared", &town), "16");
}

#[test]
fn neighbors_may_come_from_a_file_and_a_wrong_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let town = Town::grid(3, 2, 6).layer(
        "t_file",
        "clusters",
        "{ of = [\"job_seekers\"], statistic = \"moran\", neighbors = { file = \"bridges.gal\" }, permutations = 99 }",
        "clusters",
    );
    let ran = town.build(folder.path(), "en");
    assert!(ran.code != 0 && ran.err.contains("bridges.gal"), "{ran:?}");
    // Each square is next to the one behind it, round and round.
    let lines: String = (0..6).map(|at| format!("Z{at:03} 2\nZ{:03} Z{:03}\n", (at + 1) % 6, (at + 5) % 6)).collect();
    std::fs::write(folder.path().join("bridges.gal"), format!("0 6 town code\n{lines}")).unwrap();
    let ran = town.build(folder.path(), "en");
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut reader = csv::Reader::from_path(folder.path().join("release/tables/details.csv")).unwrap();
    let neighbors: Vec<Row> = reader.deserialize().map(Result::unwrap).collect();
    let of_file = |row: &&Row| row["measure"] == "t_file" && row["name"] == "neighbors";
    assert!(neighbors.iter().filter(of_file).all(|row| row["number"] == "2") && neighbors.iter().filter(of_file).count() == 36);
}
