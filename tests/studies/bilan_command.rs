//! `optima bilan`: for the observatory's own eyes, in its private folder, and nowhere else.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::released::optima;
use crate::town::{Ran, Town, ran};

fn town(folder: &Path) -> std::path::PathBuf {
    let row = |at: usize| vec![if at % 2 == 0 { "x" } else { "y" }.to_owned(), format!("p{}", at % 3)];
    Town { heads: vec!["partner"], ..Town::new(&["a", "partner"], (0..30).map(row)) }.write(folder)
}

fn bilan(file: &Path, arguments: &[&str]) -> Ran {
    ran(optima().args(&arguments[..arguments.len() - 2]).arg("bilan").arg(file).args(&arguments[arguments.len() - 2..]))
}

#[test]
fn the_bilan_of_a_person_and_of_a_group_are_private_files_and_only_their_path_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = town(folder.path());
    for (whose, name, lines) in [(["--person", "R00004"], "bilan_person.csv", 2), (["--group", "partner=p1"], "bilan_group.csv", 5)] {
        let said = bilan(&file, &["--lang", "en", whose[0], whose[1]]);
        assert_eq!(said.code, 0, "{said:?}");
        let path = folder.path().join("private").join(name);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(path.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.lines().count() > lines, "{text}");
        // What is in the file is not on the screen.
        let heard = format!("{}{}", said.out, said.err);
        assert!(heard.contains(name) && !heard.contains("R00004") && !heard.contains("isolation"), "{heard}");
        let french = bilan(&file, &["--lang", "fr", whose[0], whose[1]]);
        assert!(french.code == 0 && french.out.contains("Bilan écrit") && french.out.contains(name), "{french:?}");
    }
    let text = std::fs::read_to_string(folder.path().join("private/bilan_person.csv")).unwrap();
    assert!(text.contains("isolation,") && text.contains(",x,") && !text.contains(",y,"), "{text}");
    let text = std::fs::read_to_string(folder.path().join("private/bilan_group.csv")).unwrap();
    let of = |answer: &str| text.lines().find(|line| line.contains(&format!("a,a,{answer},"))).unwrap().to_owned();
    assert!(of("x").ends_with(",5,10,50.0") && of("y").ends_with(",5,10,50.0"), "{text}");
    let leftovers = std::fs::read_dir(folder.path().join("private")).unwrap().count();
    assert_eq!(leftovers, 2, "no part of a file stays behind");
}

#[test]
fn json_says_the_path_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = town(folder.path());
    let said = bilan(&file, &["--format", "json", "--person", "R00007"]);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert!(said.code == 0 && json.as_object().unwrap().len() == 1, "{said:?}");
    assert!(json["file"].as_str().unwrap().ends_with("private/bilan_person.csv"));
}

#[test]
fn nobody_and_nothing_of_that_name_are_refused_and_write_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = town(folder.path());
    for (whose, word) in [
        (["--person", "R99999"], "identifi"),
        (["--group", "partner=nobody"], "p1"),
        (["--group", "quartier=000"], "quartier"),
        (["--group", "street=main"], "partner"),
        (["--group", "partner"], "partner"),
    ] {
        for language in ["fr", "en"] {
            let said = bilan(&file, &["--lang", language, whose[0], whose[1]]);
            assert!(said.code != 0 && said.err.contains(word), "{language} {whose:?}: {said:?}");
            assert!(!said.err.contains("R99999") && said.out.is_empty(), "{said:?}");
        }
    }
    assert!(!folder.path().join("private/bilan_person.csv").exists() && !folder.path().join("private/bilan_group.csv").exists());
}
