//! Inputs that have no answer, or hardly one: the program gives what there is, or says why not, and never a number that is none.

use std::path::Path;

use crate::released::{files, run};
use crate::town::{Ran, Town, draws};

/// No file of a release holds a number that is none.
fn check_numbers(release: &Path) {
    let mut checked = 0;
    for (name, bytes) in files(release) {
        if name.ends_with(".gpkg") {
            let script = "import sqlite3, sys\nbase = sqlite3.connect(sys.argv[1])\n\
                 for (name,) in base.execute(\"select name from sqlite_master where type = 'table'\").fetchall():\n    \
                 for row in base.execute('select * from \"%s\"' % name):\n        \
                 assert all(not isinstance(x, float) or abs(x) < 1e300 for x in row), name";
            let python = Path::new("/usr/bin/python3");
            if python.exists() {
                run(std::process::Command::new(python).args(["-c", script]).arg(release.join(&name)));
                checked += 1;
            }
            continue;
        }
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
            assert!(!["nan", "inf", "infinity"].contains(&word), "{name} holds {word}");
        }
        checked += 1;
    }
    assert!(checked > 5);
}

/// Builds in both languages: both end alike, and what was published holds numbers.
fn built(town: &Town) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let french = town.build(&folder.path().join("fr"), "fr");
    let english = town.build(&folder.path().join("en"), "en");
    assert_eq!(french.code, english.code, "{french:?}\n{english:?}");
    assert!(![101, 134, 139, -1].contains(&english.code) && !english.err.contains("panicked"), "{english:?}");
    for (language, ran) in [("fr", &french), ("en", &english)] {
        let release = folder.path().join(language).join("release");
        assert_eq!(release.exists(), ran.code == 0, "{ran:?}");
        if ran.code == 0 {
            check_numbers(&release);
        } else {
            assert!(ran.err.len() > 30, "{ran:?}");
        }
    }
    english
}

fn people(n: u64, seed: u64, answers: impl Fn(&mut dyn FnMut(u64) -> u64, u64) -> Vec<String>) -> Vec<Vec<String>> {
    let mut draw = draws(seed);
    (0..n).map(|person| answers(&mut draw, person)).collect()
}

/// Three kinds of people who answer four questions in their way, nine times of ten.
fn kinds(n: u64) -> Vec<Vec<String>> {
    people(n, 5, |draw, person| (0..4).map(|_| format!("a{}", if draw(10) == 0 { draw(3) } else { person % 3 })).collect())
}

#[test]
fn a_constant_question_and_the_same_question_twice_leave_an_analysis() {
    let rows = kinds(120).into_iter().map(|mut row| {
        row.push("same".to_owned());
        row.push(row[0].clone());
        row
    });
    let town = Town::new(&["a", "b", "c", "d", "constant", "again"], rows);
    let ran = built(&town.analyzed(&["a", "b", "c", "d", "constant", "again"], "number = 3\nresamples = 5"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.err.contains("cannot be made") && !ran.out.contains("cannot be made"), "{ran:?}");
}

#[test]
fn questions_that_nobody_answered_are_said_to_leave_nothing_to_analyze() {
    let rows = people(60, 1, |_, _| vec![String::new(), String::new()]);
    let ran = built(&Town::new(&["a", "b"], rows).analyzed(&["a", "b"], "number = 3"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("\"needs\" cannot be made") || ran.out.contains("\"needs\" cannot be made"), "{ran:?}");
}

#[test]
fn one_respondent_is_published_as_nobody() {
    let ran = built(&Town::new(&["a", "b"], vec![vec!["x".to_owned(), "y".to_owned()]]).analyzed(&["a", "b"], "number = 3"));
    assert!([0, 2, 3].contains(&ran.code), "{ran:?}");
}

#[test]
fn more_groups_than_there_are_different_people_are_refused_with_the_number_there_is() {
    let rows = people(90, 2, |_, person| vec![format!("a{}", person % 3), format!("b{}", person % 3)]);
    let ran = built(&Town::new(&["a", "b"], rows).analyzed(&["a", "b"], "number = 50"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("cannot be made") || ran.out.contains("cannot be made"), "{ran:?}");
}

#[test]
fn five_thousand_modalities_end_with_an_answer() {
    let names: Vec<String> = (0..11).map(|q| format!("q{q}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = people(2_000, 3, |draw, _| (0..11).map(|q| format!("q{q}m{}", draw(480))).collect());
    let ran = built(&Town::new(&names, rows).analyzed(&names, "number = 3\nresamples = 2"));
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn an_analysis_of_a_question_that_is_not_there_is_left_out_and_told() {
    let ran = built(&Town::new(&["a", "b", "c", "d"], kinds(60)).analyzed(&["a", "missing_question"], "number = 3"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("needs") || ran.out.contains("needs"), "{ran:?}");
}

#[test]
fn a_theme_that_is_not_there_is_refused_with_those_that_are() {
    let town = Town { top: "themes = [\"nothing\"]".to_owned(), ..Town::new(&["a", "b", "c", "d"], kinds(60)) };
    let ran = built(&town);
    assert!(ran.code != 0 && ran.err.contains("nothing") && ran.err.contains("living"), "{ran:?}");
}

#[test]
fn weights_that_are_none_are_set_aside() {
    let mut rows = kinds(120);
    for (at, row) in rows.iter_mut().enumerate() {
        row.push(
            if at % 30 == 0 {
                "0"
            } else if at % 30 == 1 {
                "-2"
            } else {
                "1.5"
            }
            .to_owned(),
        );
    }
    let town = Town {
        heads: vec!["weight"],
        interviews: "columns = { id = \"id\", date = \"date\", zone = \"zone\", weight = \"weight\" }".to_owned(),
        ..Town::new(&["a", "b", "c", "d", "weight"], rows)
    };
    let ran = built(&town.analyzed(&["a", "b", "c", "d"], "number = 3\nresamples = 2"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("112") || ran.out.contains("112"), "eight of 120 rows are set aside: {ran:?}");
}

#[test]
fn a_campaign_of_one_day_is_a_campaign() {
    let town = Town { campaign: Some(["2003-06-01", "2003-06-01"]), ..Town::new(&["a", "b", "c", "d"], kinds(60)) };
    let ran = built(&town.analyzed(&["a", "b", "c", "d"], "number = 3\nresamples = 2"));
    assert_eq!(ran.code, 0, "{ran:?}");
}
