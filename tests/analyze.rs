//! `optima analyze` from outside: what it writes, for whom, and what it leaves when it refuses.

#![allow(clippy::unwrap_used, reason = "tests may: a panic is how they fail")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use optima::stats::partition::{Partition, adjusted_rand_index};
use serde_json::Value;

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

fn case(name: &str) -> Value {
    serde_json::from_slice(&fs::read(reference(name)).unwrap()).unwrap()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_optima")).arg("analyze").args(arguments).current_dir(folder).output().unwrap()
}

fn fails(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = run(folder, arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{message}");
    message
}

fn succeeds(folder: &Path, arguments: &[&str]) -> (String, String) {
    let output = run(folder, arguments);
    let (report, messages) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{messages}");
    (report, messages)
}

fn left_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A table as a list of rows, each from name of column to cell.
fn rows(path: &Path) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn number(row: &std::collections::BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: {}", row[column]))
}

const SUPPLEMENTARY: &str = "sex,SPC,Sport,age_Q,frequency,escape.exoticism,spirituality,healthy,diuretic,friendliness,\
                             iron.absorption,feminine,sophisticated,slimming,exciting,relaxing,effect.on.health";

#[test]
fn tea_drinkers_are_analyzed_from_file_to_private_folder() {
    let folder = tempfile::tempdir().unwrap();
    let table = reference("data/tea.csv");
    let arguments =
        [table.to_str().unwrap(), "--supplementary", SUPPLEMENTARY, "--numeric", "age", "--out", "private/tea", "--format", "json"];
    let (report, messages) = succeeds(folder.path(), &arguments);
    assert!(messages.contains("données individuelles sans protection, à ne pas publier"), "{messages}");
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!([&report["read"], &report["used"], &report["set_aside"]], [300, 300, 0]);
    assert_eq!([&report["active"], &report["points"]], [18, 45]);

    let out = folder.path().join("private/tea");
    assert_eq!(left_in(&out), ["eigenvalues.csv", "individuals.csv", "modalities.csv", "questions.csv"]);
    assert_eq!(left_in(&folder.path().join("private")), ["tea"], "nothing stays beside it");
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o700);
    for file in left_in(&out) {
        assert_eq!(fs::metadata(out.join(&file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }

    let expected = &case("mca_tea.json")["expected"];
    let axes = rows(&out.join("eigenvalues.csv"));
    assert_eq!(axes.len(), 27);
    for (axis, expected) in axes.iter().zip(expected["eigenvalues"].as_array().unwrap()) {
        assert!((number(axis, "eigenvalue") - expected.as_f64().unwrap()).abs() < 1e-9);
    }
    assert!((number(&axes[0], "benzecri_share") - 0.553_806_274_842).abs() < 1e-8);
    assert!((number(&axes[0], "greenacre_share") - 0.407_645_110_226).abs() < 1e-8);
    assert_eq!(axes[11]["benzecri_share"], "", "below 1/Q there is no adjusted rate");
    assert!((number(&axes[26], "cumulative_raw_share") - 1.0).abs() < 1e-9);

    let modalities = rows(&out.join("modalities.csv"));
    assert_eq!(modalities.len(), 45 + 44);
    for (name, values) in names(&expected["var_coord"]) {
        let modality = modalities.iter().find(|row| row["modality"] == name && row["part"] == "active").unwrap();
        for (axis, expected) in (1..).zip(values) {
            assert!((number(modality, &format!("coordinate_{axis}")) - expected).abs() < 1e-6, "{name}");
        }
    }
    for (name, values) in names(&expected["supp_vtest"]) {
        let modality = modalities.iter().find(|row| row["modality"] == name && row["part"] == "supplementary").unwrap();
        assert!((number(modality, "test_value_2") - values[1]).abs() < 1e-5, "{name}");
        assert_eq!(modality["contribution_1"], "", "what is supplementary contributes nothing");
    }
    let questions = rows(&out.join("questions.csv"));
    assert_eq!(questions.len(), 18 + 17 + 1);
    for (name, values) in names(&expected["eta2"]) {
        let question = questions.iter().find(|row| row["question"] == name).unwrap();
        assert!((number(question, "eta2_3") - values[2]).abs() < 1e-6, "{name}");
    }
    let age = questions.iter().find(|row| row["question"] == "age").unwrap();
    assert!((number(age, "correlation_2") - 0.203_510_785).abs() < 1e-6);
    let individuals = rows(&out.join("individuals.csv"));
    assert_eq!(individuals.len(), 300);
    assert_eq!(individuals[0]["row"], "2", "the first person stands below the header");
    for (person, (_, values)) in individuals.iter().zip(names(&expected["ind_coord_first10"])) {
        for (axis, expected) in (1..).zip(values) {
            assert!((number(person, &format!("coordinate_{axis}")) - expected).abs() < 1e-6);
        }
    }
}

/// The rows of a reference by name.
fn names(table: &Value) -> Vec<(String, Vec<f64>)> {
    let rows = table["rows"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
    let values = table["values"].as_array().unwrap().iter();
    rows.zip(values.map(|row| row.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect())).collect()
}

/// A partition as a file or a case has it: the first group met is 0, and so on.
fn partition<'a>(groups: impl Iterator<Item = &'a str>) -> Partition {
    let mut met: Vec<&str> = Vec::new();
    let number = |group: &'a str| {
        let known = met.iter().position(|known| *known == group);
        let at = known.unwrap_or_else(|| {
            met.push(group);
            met.len() - 1
        });
        u32::try_from(at).unwrap()
    };
    Partition::new(groups.map(number).collect()).unwrap()
}

#[test]
fn groups_of_tea_drinkers_their_tree_and_their_marks_are_those_of_factominer() {
    let folder = tempfile::tempdir().unwrap();
    let table = reference("data/tea.csv");
    let expected = &case("hcpc_tea.json")["expected"];
    let of_case = |key: &str| {
        let digits = expected[key].as_str().unwrap();
        partition((0..digits.len()).map(|at| &digits[at..=at]))
    };
    for (out, consolidate, theirs) in [("cut", None, "partition_noconsol"), ("moved", Some("--consolidate"), "partition_consol")] {
        let mut arguments = vec![table.to_str().unwrap(), "--supplementary", SUPPLEMENTARY, "--numeric", "age", "--groups", "auto"];
        arguments.extend(["--resamples", "20", "--seed", "7", "--out", out, "--format", "json"]);
        arguments.extend(consolidate);
        let report: Value = serde_json::from_str(&succeeds(folder.path(), &arguments).0).unwrap();
        let found = &report["groups"];
        assert_eq!((&found["number_given"], &found["ungrouped"]), (&Value::Bool(false), &Value::from(0)));
        let near = |found: &Value, wanted: f64| assert!((found.as_f64().unwrap() - wanted).abs() < 1e-8, "{found}, expected {wanted}");
        let inertia = |key: &str, part: &str| expected[key][part].as_f64().unwrap();
        let between = |key: &str| inertia(key, "between") / inertia(key, "total");
        near(&found["inertia"], inertia("inertia_noconsol", "total"));
        near(&found["between_cut"], between("inertia_noconsol"));
        match consolidate {
            None => assert_eq!((&found["between_consolidated"], &found["moved"]), (&Value::Null, &Value::Null)),
            Some(_) => near(&found["between_consolidated"], between("inertia_consol")),
        }
        let files = ["eigenvalues.csv", "groups.csv", "individuals.csv", "links.csv", "modalities.csv", "nodes.csv", "profiles.csv"];
        assert_eq!(left_in(&folder.path().join(out)), [&files[..], &["questions.csv"]].concat());
        let individuals = rows(&folder.path().join(out).join("individuals.csv"));
        let ours = partition(individuals.iter().map(|row| row["group"].as_str()));
        assert_eq!(adjusted_rand_index(&ours, &of_case(theirs)), Ok(1.0), "{out}");
        let groups = rows(&folder.path().join(out).join("groups.csv"));
        for (at, group) in groups.iter().enumerate() {
            let own: Vec<_> = individuals.iter().filter(|row| row["group"] == group["group"]).collect();
            assert_eq!(group["rows"], own.len().to_string());
            assert_eq!(found["groups"][at]["rows"].as_u64().unwrap() as usize, own.len());
            assert!((number(group, "share") - own.len() as f64 / 300.0).abs() < 1e-12);
            let mean = own.iter().map(|row| number(row, "coordinate_2")).sum::<f64>() / own.len() as f64;
            assert!((number(group, "center_2") - mean).abs() < 1e-12);
            assert!((0.3..=1.0).contains(&number(group, "stability")), "{group:?}");
        }
    }

    let nodes = rows(&folder.path().join("cut/nodes.csv"));
    for (node, level) in nodes.iter().zip(expected["inert_gain_first15"].as_array().unwrap()) {
        assert!((number(node, "level") - level.as_f64().unwrap()).abs() < 1e-8, "{node:?}");
    }
    assert_eq!((nodes[0]["groups"].as_str(), nodes[0]["rows"].as_str()), ("2", "300"), "the root comes first");
    assert_eq!(number(&nodes[0], "node"), number(&nodes[1], "node") + 1.0);

    let individuals = rows(&folder.path().join("cut/individuals.csv"));
    let profiles = rows(&folder.path().join("cut/profiles.csv"));
    let theirs = expected["partition_noconsol"].as_str().unwrap();
    for (class, marks) in expected["categories_noconsol_top8_by_abs_vtest"].as_object().unwrap() {
        let group = &individuals[theirs.find(class.as_str()).unwrap()]["group"];
        let mut own: Vec<_> = profiles.iter().filter(|row| row["group"] == *group && row["part"] != "number").collect();
        own.sort_by(|a, b| number(b, "test_value").abs().total_cmp(&number(a, "test_value").abs()));
        let marks = names(marks);
        assert_eq!(marks.len(), 8);
        for (name, values) in marks {
            let mark = own[..10].iter().find(|row| format!("{}={}", row["question"], row["modality"]) == name).unwrap();
            for (column, wanted) in ["cla_mod", "mod_cla", "global"].iter().zip(&values) {
                assert!((100.0 * number(mark, column) - wanted).abs() < 1e-5, "{name}: {mark:?}");
            }
            assert!((number(mark, "p") / values[3] - 1.0).abs() < 1e-6 && (number(mark, "test_value") - values[4]).abs() < 1e-4, "{name}");
        }
    }
    assert_eq!(profiles.iter().filter(|row| row["part"] == "number").count(), 3, "the age of each group");
    let links = rows(&folder.path().join("cut/links.csv"));
    for (link, (name, values)) in links.iter().zip(names(&expected["chi2_vars_noconsol"])) {
        assert_eq!((&link["question"], number(link, "freedom")), (&name, values[1]));
        assert!((number(link, "p") / values[0] - 1.0).abs() < 1e-6, "{name}");
    }
}

#[test]
fn persons_without_an_answer_or_a_weight_are_in_no_group() {
    let folder = tempfile::tempdir().unwrap();
    let table = "a,b,c,w\nx,p,s,1\nx,p,t,2\ny,q,s,1\ny,q,t,2\nx,q,s,1\n,,,1\nz,p,s,0\n";
    fs::write(folder.path().join("t.csv"), table).unwrap();
    let arguments = ["t.csv", "--weight", "w", "--missing", "passive", "--groups", "2", "--resamples", "0", "--out", "out", "--lang", "en"];
    let (report, _) = succeeds(folder.path(), &arguments);
    assert!(report.contains("2 groups, as asked for, of 5 distinct points;"), "{report}");
    assert!(report.contains("2 rows without an active answer or without weight are in no group\n"), "{report}");
    let individuals = rows(&folder.path().join("out/individuals.csv"));
    assert_eq!(individuals.iter().map(|row| row["group"].is_empty()).collect::<Vec<_>>(), [false, false, false, false, false, true, true]);
    let groups = rows(&folder.path().join("out/groups.csv"));
    assert!((groups.iter().map(|group| number(group, "share")).sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(groups.iter().all(|group| group["stability"].is_empty()));
    let count = |mark: &std::collections::BTreeMap<String, String>| number(mark, "count");
    let profiles = rows(&folder.path().join("out/profiles.csv"));
    let of_x: f64 = profiles.iter().filter(|mark| mark["modality"] == "x").map(count).sum();
    assert!((of_x - 4.0).abs() < 1e-12, "weights of the persons in groups are counted, and each once");
    assert!(!profiles.iter().any(|mark| mark["modality"] == "z" && count(mark) > 0.0));
}

#[test]
fn groups_that_cannot_be_are_refused_and_nothing_stays_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.csv"), "a,b\nx,p\ny,q\nx,q\nx,p\n").unwrap();
    for (groups, english, french) in [
        ("4", "4 classes of 3 distinct points; help: ask for 3 classes or fewer", "4 groupes pour 3 points distincts"),
        ("1000", "1000 classes of 3 distinct points", "demandez 3 groupes au plus"),
        ("auto", "no number of classes between 3 and 2 for 3 distinct points", "demandez un nombre de groupes"),
    ] {
        for (language, expected) in [("en", english), ("fr", french)] {
            let message = fails(folder.path(), &["t.csv", "--groups", groups, "--out", "private/deep/out", "--lang", language], 1);
            let message = message.split_whitespace().collect::<Vec<_>>().join(" ").replace(" help:", "; help:");
            assert!(message.contains(expected), "{message}");
            assert_eq!(left_in(folder.path()), ["t.csv"]);
        }
    }
    for arguments in [&["--groups", "0"][..], &["--groups", "some"], &["--consolidate"], &["--groups", "2", "--ca"]] {
        fails(folder.path(), &[&["t.csv", "--out", "out"], arguments].concat(), 2);
    }
    // A folder that was there before is not removed.
    fs::create_dir(folder.path().join("private")).unwrap();
    fails(folder.path(), &["t.csv", "--groups", "4", "--out", "private/deep/out"], 1);
    assert_eq!(left_in(folder.path()), ["private", "t.csv"]);
    let (report, _) = succeeds(folder.path(), &["t.csv", "--groups", "3", "--out", "private/deep/out", "--resamples", "30"]);
    assert!(report.contains("3 groupes, comme demandé, de 3 points distincts ; 100.0 % de l'inertie"), "{report}");
    assert_eq!(left_in(&folder.path().join("private/deep")), ["out"]);
}

#[test]
fn a_table_of_counts_is_analyzed_with_its_supplementary_rows_and_columns() {
    let folder = tempfile::tempdir().unwrap();
    let table = reference("data/children.csv");
    let (report, _) = succeeds(
        folder.path(),
        &[
            table.to_str().unwrap(),
            "--ca",
            "--supplementary",
            "thirty,fifty,more_fifty",
            "--supplementary-rows",
            "comfort,disagreement,world,to_live",
            "--axes",
            "3",
            "--out",
            "children",
            "--lang",
            "en",
        ],
    );
    assert!(report.contains("18 rows = 18 used + 0 set aside\n14 active rows and 5 columns; total inertia 0.0621\n"), "{report}");
    assert!(report.contains("axis 1: eigenvalue 0.0354, raw share 57.0 %\n"), "{report}");
    let expected = &case("ca_children.json")["expected"];
    for (file, part, key) in [
        ("rows.csv", "active", "row_coord"),
        ("columns.csv", "active", "col_coord"),
        ("rows.csv", "supplementary", "row_sup_coord"),
        ("columns.csv", "supplementary", "col_sup_coord"),
    ] {
        let found: Vec<_> = rows(&folder.path().join("children").join(file)).into_iter().filter(|row| row["part"] == part).collect();
        let expected = names(&expected[key]);
        assert_eq!(found.len(), expected.len(), "{key}");
        for (point, (name, values)) in found.iter().zip(expected) {
            assert_eq!(point["name"], name);
            assert!((1..).zip(&values).all(|(axis, x)| (number(point, &format!("coordinate_{axis}")) - x).abs() < 1e-7), "{name}");
        }
    }
}

const ANSWERS: &str =
    "id,alone,out,health,w\n1,yes,no,1,1\n2,yes,no,2,2\n3,no,yes,10,1\n4,no,yes,2,0.5\n5,no,,1,1\n6,yes,no\n7,no,yes,2,\n";

fn answers(folder: &Path) {
    fs::write(folder.join("answers.csv"), ANSWERS).unwrap();
}

#[test]
fn rows_that_do_not_hold_are_set_aside_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    answers(folder.path());
    let arguments = ["answers.csv", "--exclude", "id", "--weight", "w", "--out", "out", "--lang", "en"];
    let (report, messages) = succeeds(folder.path(), &arguments);
    assert!(report.contains("7 rows = 5 used + 2 set aside\nfirst row set aside: 7\n"), "{report}");
    assert!(report.contains("3 active questions, 8 modalities"), "{report}");
    assert_eq!(messages, "warning: individual data without protection, not for publication\n");
    let individuals = rows(&folder.path().join("out/individuals.csv"));
    assert_eq!(individuals.iter().map(|row| row["weight"].as_str()).collect::<Vec<_>>(), ["1", "2", "1", "0.5", "1"]);
    let modalities = rows(&folder.path().join("out/modalities.csv"));
    let of = |question: &str| {
        let own = modalities.iter().filter(|row| row["question"] == question);
        own.map(|row| (row["modality"].clone(), row["part"].clone(), row["count"].clone())).collect::<Vec<_>>()
    };
    let row = |modality: &str, part: &str, count: &str| (modality.to_owned(), part.to_owned(), count.to_owned());
    // Numbers stand in the order of numbers; an empty cell is a modality of its own.
    assert_eq!(of("health"), [row("1", "active", "2"), row("2", "active", "2.5"), row("10", "active", "1")]);
    assert_eq!(of("out"), [row("no", "active", "3"), row("yes", "active", "1.5"), row("", "active", "1")]);

    let passive = [&arguments[..], &["--missing", "passive", "--force"]].concat();
    succeeds(folder.path(), &passive);
    let modalities = rows(&folder.path().join("out/modalities.csv"));
    assert_eq!(modalities.iter().filter(|row| row["part"] == "passive").map(|row| row["question"].clone()).collect::<Vec<_>>(), ["out"]);
}

#[test]
fn what_is_there_is_replaced_on_request_and_only_where_it_is_an_analysis() {
    let folder = tempfile::tempdir().unwrap();
    answers(folder.path());
    let arguments = ["answers.csv", "--active", "alone,out", "--out", "out"];
    succeeds(folder.path(), &arguments);
    let before = fs::read(folder.path().join("out/individuals.csv")).unwrap();
    let message = fails(folder.path(), &arguments, 5);
    assert!(message.contains("le dossier existe") && message.contains("--force le remplace"), "{message}");
    let other = ["answers.csv", "--active", "alone,health", "--out", "out", "--force"];
    succeeds(folder.path(), &other);
    assert_ne!(fs::read(folder.path().join("out/individuals.csv")).unwrap(), before);
    assert_eq!(left_in(folder.path()), ["answers.csv", "out"]);

    fs::create_dir(folder.path().join("thesis")).unwrap();
    fs::write(folder.path().join("thesis/chapter.txt"), "years of work").unwrap();
    let message = fails(folder.path(), &["answers.csv", "--out", "thesis", "--force", "--lang", "en"], 5);
    assert!(message.contains("this is no folder of an analysis"), "{message}");
    assert_eq!(left_in(&folder.path().join("thesis")), ["chapter.txt"]);
    // A run that fails leaves the earlier analysis as it was.
    let before = fs::read(folder.path().join("out/individuals.csv")).unwrap();
    fails(folder.path(), &["answers.csv", "--active", "nobody", "--out", "out", "--force"], 2);
    assert_eq!(fs::read(folder.path().join("out/individuals.csv")).unwrap(), before);
    assert_eq!(left_in(folder.path()), ["answers.csv", "out", "thesis"]);
}

#[test]
fn what_allows_no_analysis_is_refused_in_the_readers_language() {
    let folder = tempfile::tempdir().unwrap();
    answers(folder.path());
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("one.csv", "a,b\nx,y\n");
    write("alike.csv", "a,b\nx,y\nx,y\n");
    write("empty.csv", "a,b\n,\n,\n");
    let keys: String = (0..12).map(|i| format!("K{i},x{},y{}\n", i % 2, i % 3)).collect();
    write("keys.csv", &format!("key,a,b\n{keys}"));
    write("words.csv", "name,a,b\nx,1,two\ny,3,4\n");
    for (arguments, code, english, french) in [
        (&["one.csv"][..], 1, "one respondent", "un seul répondant"),
        (&["alike.csv"], 1, "all answers are alike", "toutes les réponses sont les mêmes"),
        (&["empty.csv"], 1, "all answers are missing", "toutes les réponses manquent"),
        (&["keys.csv"], 2, "key: each row has a value of its own", "key: chaque ligne a sa propre valeur"),
        (&["answers.csv", "--active", "b"], 2, "b: there is no such column", "b: cette colonne n'existe pas"),
        (&["answers.csv", "--active", "w", "--weight", "w"], 2, "w: the column is named twice", "w: la colonne est nommée deux fois"),
        (&["words.csv", "--ca"], 3, "words.csv:2: b: expected a count", "words.csv:2: b: attendu : un effectif"),
        (&["words.csv", "--ca", "--active", "a"], 1, "fewer than two rows or columns", "moins de deux lignes ou colonnes"),
        (&["words.csv", "--ca", "--active", "a", "--supplementary-rows", "z"], 2, "no row has this name", "aucune ligne ne porte ce nom"),
        (&["nothing.csv"], 3, "there is no such file", "ce fichier n'existe pas"),
    ] {
        for (language, expected) in [("en", english), ("fr", french)] {
            let message = fails(folder.path(), &[arguments, &["--out", "out", "--lang", language]].concat(), code);
            assert!(message.contains(expected), "{arguments:?}: {message}");
            assert!(language == "en" || !message.contains("help:"), "{message}");
        }
    }
    assert!(!left_in(folder.path()).iter().any(|name| name.contains("out")), "{:?}", left_in(folder.path()));
}

#[test]
fn a_workbook_and_any_number_of_threads_give_the_same_bytes_as_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let (mut text, mut book) = (String::from("a,b,c\n"), rust_xlsxwriter::Workbook::new());
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["a", "b", "c"]) {
        sheet.write(0, column, name).unwrap();
    }
    for i in 0..3_000u32 {
        let (a, b, c) = (i % 7, if i % 5 < 2 { "no" } else { "yes" }, (i * i + i / 3) % 4);
        text += &format!("{a},{b},{c}\n");
        sheet.write(i + 1, 0, a).unwrap();
        sheet.write(i + 1, 1, b).unwrap();
        sheet.write(i + 1, 2, c).unwrap();
    }
    fs::write(folder.path().join("t.csv"), text).unwrap();
    book.save(folder.path().join("t.xlsx")).unwrap();
    for (table, out, threads) in [("t.csv", "one", "1"), ("t.csv", "many", "5"), ("t.xlsx", "book", "2")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_optima"));
        let output = command
            .args(["analyze", table, "--groups", "4", "--consolidate", "--out", out])
            .env("RAYON_NUM_THREADS", threads)
            .current_dir(folder.path())
            .output();
        assert!(output.unwrap().status.success(), "{table}");
    }
    assert_eq!(left_in(&folder.path().join("one")).len(), 8);
    for file in left_in(&folder.path().join("one")) {
        let file = file.as_str();
        let bytes = |out: &str| fs::read(folder.path().join(out).join(file)).unwrap();
        assert_eq!(bytes("one"), bytes("many"), "{file}");
        assert_eq!(bytes("one"), bytes("book"), "{file}");
    }
}
