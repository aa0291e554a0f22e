//! Configuration that does not hold: unknown keys, missing columns, names that nothing has.

use std::path::Path;

use crate::town::{JOB_SEEKERS, Town, files};

/// Gives a town its own catalog to spoil.
pub(crate) fn with_own_layers(town: &Town) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("layers");
    for (name, bytes) in files(&shipped).into_iter().filter(|(name, _)| !name.starts_with("territories")) {
        let path = town.path("layers").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// Spoils the observatory's file, asks what is said, and puts it back.
fn observatory(town: &Town, from: &str, to: &str, code: i32, words: &[&str]) {
    let keep = town.text("observatory.toml");
    town.edit("observatory.toml", from, to);
    town.refuses(code, words);
    town.write("observatory.toml", keep);
}

#[test]
fn mistakes_of_the_observatory_file_are_named_with_their_line() {
    let town = Town::new();
    let file = "observatory.toml";
    observatory(&town, "title = ", "titel = 1\ntitle = ", 2, &[file, "line 4, column 1", "unknown field `titel`", "README.md"]);
    observatory(&town, "[campaign]", "[campaign", 2, &[file, "line ", "README.md"]);
    observatory(&town, "language = \"fr\"", "language = \"nl\"", 2, &[file, "unknown variant `nl`"]);
    observatory(&town, "2004-01-15", "2004-02-31", 2, &[file, "date = "]);
    observatory(&town, "max_set_aside = 0.02", "max_set_aside = 2.0", 2, &[file, "shares between 0 and 1"]);
    observatory(&town, "last = \"2003-Q4\"", "last = \"2002-Q4\"", 2, &[file, "a period ends before it begins"]);
    observatory(
        &town,
        "territory = \"valmont\"",
        "territory = \"atlantis\"",
        2,
        &[file, "no territory \"atlantis\"", "looked for", "territory.toml"],
    );
    observatory(&town, "disclosure = \"default\"", "disclosure = \"lax\"", 2, &[file, "no policy \"lax\"", "there are: default"]);
    observatory(&town, "seed = 2003", "seed = 2003\nthemes = [\"emploi\"]", 2, &[file, "no theme \"emploi\"", "employment, living"]);
    observatory(
        &town,
        "person = \"person\"",
        "persn = \"person\"",
        2,
        &[file, "sources.job_seekers.columns", "we have no \"persn\"", "person, quarter"],
    );
    observatory(&town, "values.category]", "values.categorie]", 2, &[file, "sources.job_seekers.values", "we have no \"categorie\""]);
    observatory(&town, "files = [\"records/population.csv\"]", "files = []", 2, &[file, "sources.population.files", "no file is named"]);
}

#[test]
fn an_observatory_file_that_is_absent_or_no_utf_8_is_named() {
    let town = Town::new();
    let text = town.text("observatory.toml");
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(&text);
    assert!(text.len() > bytes.len() || !text.is_ascii());
    town.write("observatory.toml", bytes);
    town.refuses(3, &["observatory.toml", "not UTF-8 text", "save it again as UTF-8"]);
    std::fs::remove_file(town.path("observatory.toml")).unwrap();
    town.refuses(3, &["observatory.toml", "there is no such file"]);
}

#[test]
fn all_missing_columns_are_told_in_one_go_with_those_that_are_there() {
    let town = Town::new();
    town.edit("observatory.toml", "person = \"person\"", "person = \"id_demandeur\"");
    town.edit("observatory.toml", "ris = \"ris\"", "ris = \"beneficiaire\"");
    town.edit("observatory.toml", "isolation = \"isolation\"", "isolation = \"isolement\"");
    town.refuses(
        3,
        &[
            "records/job_seekers.csv:1: ",
            "there is no column \"id_demandeur\" (for person)",
            "there is no column \"beneficiaire\" (for ris)",
            "the file has: person, quarter, zone, x, y, street, number, postcode, age, category, months, ris",
            "records/interviews.csv:1: ",
            "there is no column \"isolement\" (for isolation)",
        ],
    );
}

#[test]
fn a_column_that_occurs_twice_is_named() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| lines[0] = lines[0].replace("street", "zone").replace("months", "age"));
    town.refuses(3, &["records/job_seekers.csv:1: columns occur twice: age, zone", "rename one of them"]);
}

#[test]
fn an_open_question_is_refused_and_none_of_its_answers_quoted() {
    let town = Town::new();
    town.edit("observatory.toml", "isolation = \"isolation\"", "isolation = \"street\"");
    town.refuses(2, &["nobody answered \"yes\" to \"isolation\"", "is this the column of a closed question?"]);
    town.edit("observatory.toml", "isolation = \"street\"", "isolation = \"income_source\"");
    town.refuses(2, &["nobody answered \"yes\" to \"isolation\"", "the frequent answers are: ", "ris"]);
}

#[test]
fn mistakes_of_the_catalog_are_named_with_their_file() {
    let town = Town::new();
    with_own_layers(&town);
    town.accepts(&["22 maps"]);
    for (file, from, to, words) in [
        ("themes/living/isolation.toml", "order", "colour = 1\norder", &["line 1, column 1", "unknown field `colour`"][..]),
        ("themes/living/isolation.toml", "style = \"", "style = \"un", &["there is no style \"un"]),
        ("themes/living/isolation.toml", "\"modality_share\"", "\"modality_shares\"", &["there is no indicator \"modality_shares\""]),
        ("themes/living/isolation.toml", "question = ", "questions = ", &["params", "questions"]),
        ("styles/sequential_blue.toml", "palette", "colours = 1\npalette", &["unknown field `colours`"]),
        ("styles/sequential_blue.toml", "\"#", "\"", &["palette", "#rrggbb"]),
        ("styles/sequential_blue.toml", "fisher_jenks", "q6", &["palette", "expected six colors"]),
        ("disclosure/default.toml", "minimum_count", "k = 5\nminimum_count", &["unknown field `k`"]),
        ("disclosure/default.toml", "minimum_count = 5", "minimum_count = 1", &["minimum_count", "protects nobody"]),
    ] {
        let name = format!("layers/{file}");
        let keep = town.text(&name);
        town.edit(&name, from, to);
        town.refuses(2, words);
        let told = town.check(&["--lang", "en"]);
        let measured = words[0].contains("indicator") || words[0] == "params";
        told.says(&[if measured { "isolation" } else { file }]);
        town.write(&name, keep);
    }
}

#[test]
fn wrong_usage_is_told_with_the_usage() {
    let town = Town::new();
    let cases = [
        (&["frobnicate"][..], "Usage: optima"),
        (&["build"], "--out <DIR>"),
        (&["check", "--format", "xml"], "text, json"),
        (&[], "Usage: optima"),
    ];
    for (arguments, words) in cases {
        let run = crate::town::run(std::process::Command::new(env!("CARGO_BIN_EXE_optima")).args(arguments));
        run.exits(2).says(&[words]);
    }
    let run = town.build(&["--out", "elsewhere"]);
    run.exits(2).says(&["cannot be used multiple times"]);
}
