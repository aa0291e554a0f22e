//! `docs/bad_input.md` says what happens to each bad input; this keeps it true.

use std::collections::BTreeSet;
use std::path::Path;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `file::name` of every test here.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(project().join("tests/bad_input")).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let after = text.split("#[test]\nfn ").skip(1);
        found.extend(after.map(|rest| format!("{module}::{}", rest.split('(').next().unwrap())));
    }
    found
}

/// The rows of the page's tables: class, case, what happens, exit code, tests.
fn rows() -> Vec<[String; 5]> {
    let page = std::fs::read_to_string(project().join("docs/bad_input.md")).unwrap();
    page.lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Class") && !line.starts_with("| ---"))
        .map(|line| {
            let cells: Vec<String> = line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
            cells.try_into().unwrap_or_else(|cells| panic!("not five cells: {cells:?}"))
        })
        .collect()
}

#[test]
fn every_test_that_the_page_names_exists_and_every_row_has_one() {
    let tests = tests();
    for [class, case, _, code, named] in rows() {
        let named: Vec<&str> = named.split(", ").map(|name| name.trim_matches('`')).collect();
        assert!(!named.is_empty(), "{class}: {case}");
        for name in named {
            assert!(tests.contains(name), "{class}, {case}: there is no test {name}");
        }
        assert!(code.split('/').all(|code| ["0", "1", "2", "3", "5"].contains(&code.trim())), "{class}, {case}: exit code {code}");
    }
}

#[test]
fn every_class_of_the_matrix_has_three_tests_or_more() {
    let classes = [
        "encoding",
        "CSV shape",
        "numbers",
        "dates",
        "keys",
        "coordinates",
        "CRS",
        "polygons",
        "JSON",
        "XLSX and zip",
        "GeoPackage",
        "Parquet",
        "formulas",
        "HTML and marks",
        "SQL",
        "paths",
        "configuration",
        "terminal",
    ];
    let rows = rows();
    for class in classes {
        let tests: BTreeSet<&str> = rows.iter().filter(|row| row[0] == class).flat_map(|row| row[4].split(", ")).collect();
        assert!(tests.len() >= 3, "{class}: {tests:?}");
    }
    for row in &rows {
        assert!(classes.contains(&row[0].as_str()), "{} is no class of the matrix", row[0]);
    }
}
