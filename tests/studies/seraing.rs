//! The shipped example: what was planted is found, what is published is the same counted twice, and nobody is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use optima::catalog::studies::Units;
use optima::locate::{Placement, locate};
use optima::measure::{Studies, study};
use optima::pipeline::Ground;
use optima::read::read;
use optima::stats::partition::{Partition, adjusted_rand_index};
use serde_json::Value;

use crate::released::{self, Row, build, files, indicators, optima, project, run};

fn observatory() -> PathBuf {
    project().join("examples/seraing/observatory.toml")
}

/// The release, made once.
fn release() -> &'static Path {
    static RELEASE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = RELEASE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        build(&observatory(), &folder.path().join("release"));
        folder
    });
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| folder.path().join("release"))
}

fn table(name: &str) -> Vec<Row> {
    csv::Reader::from_path(release().join("tables").join(name)).unwrap().deserialize().map(Result::unwrap).collect()
}

/// The studies of an observatory, and its records in the territory: identifier, quartier.
fn studied(file: &Path) -> (Studies, BTreeMap<String, String>, Vec<String>) {
    let ground = Ground::load(file, None, false).unwrap();
    let observed = locate(read(&ground.observatory).unwrap(), &ground.territory).unwrap();
    let studies = study(&observed, &ground.observatory, &ground.catalog).unwrap();
    let interviews = observed.interviews.as_ref().unwrap();
    let ids: Vec<String> = interviews.records.as_slice().iter().map(|record| record.id.clone()).collect();
    let home = |(id, placement): (&String, &Placement)| match placement {
        Placement::Within(sector) => {
            let (quartier, _) = ground.territory.membership[*sector][0];
            Some((id.clone(), ground.territory.quartiers[quartier].code.0.clone()))
        }
        _ => None,
    };
    let placed = ids.iter().zip(&interviews.placements).filter_map(home).collect();
    (studies, placed, ids)
}

fn shipped() -> &'static (Studies, BTreeMap<String, String>, Vec<String>) {
    static STUDIED: OnceLock<(Studies, BTreeMap<String, String>, Vec<String>)> = OnceLock::new();
    STUDIED.get_or_init(|| studied(&observatory()))
}

/// The group of each person analyzed, by identifier.
fn found(studies: &Studies, ids: &[String]) -> BTreeMap<String, u32> {
    let needs = studies.analysis("needs").unwrap();
    needs.units.iter().zip(&needs.group_of).map(|(unit, group)| (ids[*unit].clone(), u32::try_from(*group).unwrap())).collect()
}

#[test]
fn the_five_planted_groups_are_found_and_all_of_them_are_stable() {
    let (studies, placed, ids) = shipped();
    let needs = studies.analysis("needs").unwrap();
    assert!(!needs.cut_declared && needs.groups.len() == 5, "{} groups", needs.groups.len());
    assert!(needs.groups.iter().all(|group| !group.withheld && group.stability.unwrap() > 0.75));
    let found = found(studies, ids);
    assert_eq!((found.len(), found.keys().collect::<BTreeSet<_>>()), (1926, placed.keys().collect()));
    let mut names: BTreeMap<String, u32> = BTreeMap::new();
    let (mut planted, mut seen) = (Vec::new(), Vec::new());
    let rows = std::fs::read_to_string(project().join("examples/seraing/records/planted_groups.csv")).unwrap();
    for line in rows.trim_start_matches('\u{feff}').lines().skip(1) {
        let (id, group) = line.split_once(';').unwrap();
        let next = u32::try_from(names.len()).unwrap();
        let group = *names.entry(group.to_owned()).or_insert(next);
        if let Some(class) = found.get(id) {
            planted.push(group);
            seen.push(*class);
        }
    }
    assert_eq!((planted.len(), names.len()), (1926, 5));
    let similar = adjusted_rand_index(&Partition::new(planted).unwrap(), &Partition::new(seen).unwrap()).unwrap();
    println!("adjusted Rand index {similar:.4}");
    assert!(similar >= 0.9, "{similar}");
}

fn number(row: &Row, column: &str) -> Option<f64> {
    (!row[column].is_empty()).then(|| row[column].parse().unwrap())
}

#[test]
fn every_line_of_the_bilan_adds_up() {
    let mut groups: BTreeMap<[String; 3], Vec<Row>> = BTreeMap::new();
    for row in table("bilan.csv") {
        groups.entry(["by", "group_code", "question"].map(|key| row[key].clone())).or_default().push(row);
    }
    let apart = ["not_asked", "no_answer", "refused"];
    let mut sizes: BTreeMap<[String; 2], BTreeSet<u64>> = BTreeMap::new();
    let (mut shares, mut hidden) = (0, 0);
    for ([by, group, question], rows) in &groups {
        let of_state = |state: &str| rows.iter().find(|row| row["modality"] == state).unwrap();
        let answers: Vec<&Row> = rows.iter().filter(|row| !apart.contains(&row["modality"].as_str())).collect();
        for row in &answers {
            let what = format!("{by} {group} {question} {}", row["modality"]);
            let (persons, answered, share) = (number(row, "persons"), number(row, "answered"), number(row, "share"));
            assert_eq!(row["status"] == "S", persons.is_none(), "{what}");
            hidden += usize::from(persons.is_none());
            assert!(persons.is_some() || ["share", "low", "high", "residual"].iter().all(|column| row[*column].is_empty()), "{what}");
            let (Some(persons), Some(answered)) = (persons, answered) else { continue };
            assert!(persons <= answered && !(1.0..5.0).contains(&persons), "{what}: {persons}");
            if answered > 0.0 {
                assert!((share.unwrap() - 100.0 * persons / answered).abs() <= 0.5e-4 + 1e-9, "{what}");
                let (low, high) = (number(row, "low").unwrap(), number(row, "high").unwrap());
                assert!(0.0 <= low && low <= share.unwrap() && share.unwrap() <= high && high <= 100.0, "{what}");
                shares += 1;
            }
        }
        if rows.iter().all(|row| row["status"] != "S") {
            let count = |row: &Row| number(row, "persons").unwrap();
            let answered: f64 = answers.iter().map(|row| count(row)).sum();
            assert!(answers.iter().all(|row| number(row, "answered") == Some(answered)), "{by} {group} {question}");
            let size = answered + apart.iter().map(|state| count(of_state(state))).sum::<f64>();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            sizes.entry([by.clone(), group.clone()]).or_default().insert(size as u64);
        }
    }
    assert!(sizes.values().all(|sizes| sizes.len() == 1), "{sizes:?}");
    assert_eq!(sizes[&["all".to_owned(), "all".to_owned()]], BTreeSet::from([1926]));
    assert!(shares > 12_000, "{shares}");
    println!("{shares} shares, {hidden} hidden counts");
    // Totals of everyone are the last to fall: none does in this example, where each answer has persons enough.
    let of_all = groups.iter().filter(|([by, ..], _)| by == "all").flat_map(|(_, rows)| rows);
    assert_eq!(of_all.filter(|row| row["status"] == "S").count(), 0);
}

#[test]
fn bilans_problems_and_well_being_are_the_same_counted_twice() {
    let folder = tempfile::tempdir().unwrap();
    let placed = folder.path().join("placed.json");
    std::fs::write(&placed, serde_json::to_string(&shipped().1).unwrap()).unwrap();
    let python = Path::new("/usr/bin/python3");
    if !python.exists() {
        released::skip("python3 is not installed");
        return;
    }
    let script = project().join("tests/reference/bilans_study.py");
    let output = run(Command::new(python).arg(script).arg(project()).arg(&placed));
    let lines: Vec<Value> = String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut counted: BTreeMap<[String; 3], &Value> = BTreeMap::new();
    for line in lines.iter().filter(|line| line["by"].is_string()) {
        counted.insert(["by", "group", "question"].map(|key| line[key].as_str().unwrap().to_owned()), &line["counts"]);
    }
    let (mut compared, mut hidden, mut few) = (0, 0, 0);
    for row in table("bilan.csv").iter().filter(|row| row["by"] != "needs") {
        let key = ["by", "group_code", "question"].map(|key| row[key].clone());
        let persons = counted.get(&key).map_or(0, |counts| counts[&row["modality"]].as_u64().unwrap_or(0));
        if row["status"] == "S" {
            hidden += 1;
            few += usize::from((1..5).contains(&persons));
        } else {
            assert_eq!(number(row, "persons"), Some(persons as f64), "{key:?} {}", row["modality"]);
            assert!(!(1..5).contains(&persons) || ["no_answer", "refused"].contains(&row["modality"].as_str()), "{key:?} {persons}");
            compared += 1;
        }
    }
    println!("{compared} counts, {hidden} hidden of which {few} are small");
    assert!(compared > 25_000 && few > 300 && hidden < 1_800, "{compared} {hidden} {few}");

    let table = indicators(release());
    let of = |measure: &str, zone: &Value| {
        let zone = zone.as_str().unwrap();
        table.iter().find(|row| row["measure"] == measure && row["zone_code"] == zone).unwrap_or_else(|| panic!("{measure} {zone}"))
    };
    let near = |row: &Row, column: &str, computed: f64, decimals: i32| {
        let released = number(row, column).unwrap_or_else(|| panic!("{row:?}"));
        assert!((released - computed).abs() <= 0.5 * 10f64.powi(-decimals) + 1e-9, "{row:?}: {computed}");
    };
    let mut zones = 0;
    for line in lines.iter().filter(|line| line["zone"].is_string()) {
        let (inside, known) = (line["cumulated"][0].as_f64().unwrap(), line["cumulated"][1].as_f64().unwrap());
        let row = of("cumulated_problems", &line["zone"]);
        if !["S", "N"].contains(&row["status"].as_str()) {
            near(row, "value", 100.0 * inside / known, 4);
            near(row, "denominator", known, 4);
            zones += 1;
        }
        let Some(n) = line["n"].as_f64() else { continue };
        for (measure, value) in [("well_being_raw", &line["raw"]), ("well_being_score", &line["score"])] {
            let row = of(measure, &line["zone"]);
            if !["S", "N"].contains(&row["status"].as_str()) {
                near(row, "value", value.as_f64().unwrap(), 3);
                near(row, "numerator", n, 4);
                zones += 1;
            }
        }
        let row = of("well_being_reduced", &line["zone"]);
        if !["S", "N"].contains(&row["status"].as_str()) {
            near(row, "value", 100.0 * line["reduced"].as_f64().unwrap() / n, 4);
            near(row, "denominator", n, 4);
            zones += 1;
        }
    }
    println!("{zones} cells of quartiers");
    assert!(zones > 120, "{zones}");
}

#[test]
fn nobody_is_in_the_release_neither_by_name_nor_by_place() {
    let (studies, ..) = shipped();
    let files = files(release());
    let needs = studies.analysis("needs").unwrap();
    for (name, bytes) in &files {
        // E0001 to E1986 are the pseudonyms of the records; the files name none of them, in whatever format.
        let alone = |at: usize| !bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
        let named = (0..bytes.len().saturating_sub(5)).find(|at| {
            let digits = &bytes[at + 1..at + 5];
            bytes[*at] == b'E' && digits.iter().all(u8::is_ascii_digit) && alone(at.wrapping_sub(1)) && alone(at + 5)
        });
        let around = named.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(20)..(at + 20).min(bytes.len())]));
        assert_eq!(around, None, "{name}");
    }
    // No table has a row a person, or a row a place of a person.
    let mut tables = 0;
    for name in files.keys().filter(|name| name.ends_with(".csv")) {
        let rows = csv::Reader::from_path(release().join(name)).unwrap().into_records().count();
        assert!(![1926, 1986].contains(&rows), "{name} has {rows} rows");
        tables += 1;
    }
    let script = "import sqlite3, sys\nbase = sqlite3.connect(sys.argv[1])\n\
                  for (name,) in base.execute(\"select name from sqlite_master where type = 'table'\").fetchall():\n    \
                  print(name, base.execute('select count(*) from \"%s\"' % name).fetchone()[0])";
    let python = Path::new("/usr/bin/python3");
    if python.exists() {
        let output = run(Command::new(python).args(["-c", script]).arg(release().join("seraing.gpkg")));
        let text = String::from_utf8(output.stdout).unwrap();
        for line in text.lines() {
            let rows: usize = line.rsplit(' ').next().unwrap().parse().unwrap();
            assert!(![1926, 1986].contains(&rows), "{line}");
            tables += 1;
        }
    }
    assert!(tables > 20, "{tables}");
    // A person's place on the axes is in no table: rows with coordinates are modalities and centers.
    let coordinates: BTreeSet<String> = (0..needs.units.len()).map(|row| format!("{:.4}", needs.coordinates[(row, 0)])).collect();
    let groups: Vec<Row> = table("groups.csv");
    assert_eq!(groups.iter().filter(|row| row["analysis"] == "needs").count(), 5);
    let plane = table("plane.csv").into_iter().filter(|row| row["analysis"] == "needs").count();
    assert!(plane < 250 && coordinates.len() > 1_000, "{plane}");
}

#[test]
fn types_of_quartiers_give_no_count_of_persons_away() {
    let plane = table("plane.csv");
    let points: Vec<&Row> = plane.iter().filter(|row| row["analysis"] == "quartier_types").collect();
    assert!(points.len() > 80 && points.iter().all(|row| row["persons"].is_empty()));
    let of_thousand = |text: &str| (text.parse::<f64>().unwrap() * 1000.0).fract().abs();
    assert!(points.iter().all(|row| of_thousand(&row["mass"]) < 1e-6 || of_thousand(&row["mass"]) > 1.0 - 1e-6));
    let profiles = table("profiles.csv");
    let marks: Vec<&Row> = profiles.iter().filter(|row| row["analysis"] == "quartier_types" && !row["modality"].is_empty()).collect();
    assert!(!marks.is_empty());
    for row in marks {
        assert_eq!(row["persons"], "");
        for column in ["cla_mod", "mod_cla", "global"] {
            let share: f64 = row[column].parse().unwrap();
            assert!((share / 5.0 - (share / 5.0).round()).abs() < 1e-9, "{row:?}");
        }
    }
    let few = |row: &&Row| row["analysis"] == "needs" && number(row, "persons").is_some_and(|n| (1.0..5.0).contains(&n));
    assert_eq!(profiles.iter().find(few), None);
    assert_eq!(plane.iter().find(few), None);
}

#[test]
fn a_quartier_has_the_number_of_a_type_that_is_not_withheld_or_no_data() {
    let (studies, placed, _) = shipped();
    let types = studies.analysis("quartier_types").unwrap();
    assert_eq!(types.of, Units::Quartiers);
    let shown: BTreeSet<usize> = (0..types.groups.len()).filter(|group| !types.groups[*group].withheld).map(|group| group + 1).collect();
    let mut persons: BTreeMap<&str, usize> = BTreeMap::new();
    placed.values().for_each(|zone| *persons.entry(zone).or_default() += 1);
    let table = indicators(release());
    let (mut typed, mut without) = (0, 0);
    for row in table.iter().filter(|row| row["measure"] == "quartier_types" && row["zone_code"] != "seraing") {
        let met = persons.get(row["zone_code"].as_str()).copied().unwrap_or(0);
        if row["status"] == "N" {
            without += 1;
            assert_eq!(row["value"], "");
            continue;
        }
        assert!(met >= 20, "{row:?}");
        let value: f64 = row["value"].parse().unwrap();
        assert!(value.fract() == 0.0 && shown.iter().any(|number| (*number as f64 - value).abs() < 1e-9), "{row:?}");
        typed += 1;
    }
    assert!(typed >= 20 && without >= 5, "{typed} {without}");
    for (zone, _) in persons.iter().filter(|(_, met)| **met < 20) {
        let row = table.iter().find(|row| row["measure"] == "quartier_types" && row["zone_code"] == *zone).unwrap();
        assert_eq!(row["status"], "N", "{zone}");
    }
}

#[test]
fn odds_are_finite_within_their_limits_and_said_to_be_no_causes() {
    let odds = table("determining_odds.csv");
    assert!(odds.len() >= 5);
    for row in &odds {
        let [ratio, low, high, p] = ["odds_ratio", "low", "high", "p"].map(|column| number(row, column).unwrap());
        assert!([ratio, low, high, p].iter().all(|x| x.is_finite()) && 0.0 < low && low <= ratio && ratio <= high, "{row:?}");
        assert!((0.0..=1.0).contains(&p) && (p < 0.05) == (low > 1.0 || high < 1.0), "{row:?}");
    }
    let texts = std::fs::read_to_string(project().join("layers/texts.toml")).unwrap();
    for name in ["determining_candidates_note", "determining_odds_note"] {
        let note = texts.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(note.contains("association") && note.contains("cause"), "{note}");
    }
}

#[test]
fn associations_of_tables_with_hidden_cells_are_rounded() {
    let bilan = table("bilan.csv");
    let hidden: BTreeSet<(&str, &str)> = bilan
        .iter()
        .filter(|row| row["status"] == "S" && !["not_asked", "no_answer", "refused"].contains(&row["modality"].as_str()))
        .map(|row| (row["question"].as_str(), row["by"].as_str()))
        .collect();
    let associations = table("associations.csv");
    let mut rounded = 0;
    for row in &associations {
        if hidden.contains(&(row["question"].as_str(), row["by"].as_str())) {
            rounded += 1;
            assert!(["chi2", "persons", "degrees", "least_expected"].iter().all(|column| row[*column].is_empty()), "{row:?}");
            assert!(["cramers_v", "corrected_v"].iter().all(|column| row[*column].len() <= 4), "{row:?}");
            assert!(row["p"].trim_start_matches(['0', '.']).len() <= 1, "{row:?}");
        } else {
            assert!(!row["chi2"].is_empty(), "{row:?}");
        }
    }
    assert!(rounded > 50 && associations.len() - rounded > 200, "{rounded} of {}", associations.len());
}

/// The example with its interviews changed, in a folder of its own: lines to lines, the heading first.
fn changed(folder: &Path, change: impl FnOnce(Vec<String>) -> Vec<String>) -> PathBuf {
    let from = project().join("examples/seraing");
    std::fs::create_dir_all(folder.join("records")).unwrap();
    for file in ["addresses.csv", "population.csv", "services.csv"] {
        std::fs::copy(from.join("records").join(file), folder.join("records").join(file)).unwrap();
    }
    let text = std::fs::read_to_string(from.join("records/interviews.csv")).unwrap();
    let lines = change(text.lines().map(str::to_owned).collect());
    std::fs::write(folder.join("records/interviews.csv"), lines.join("\n") + "\n").unwrap();
    // Without job seekers: they have a test of their own, and their table is large.
    let settings = std::fs::read_to_string(from.join("observatory.toml")).unwrap();
    let start = settings.find("[sources.job_seekers]").unwrap();
    let end = settings.find("[sources.population]").unwrap();
    let settings = format!("{}{}", &settings[..start], &settings[end..]);
    let settings = settings.replacen("territory =", &format!("layers = \"{}\"\nterritory =", project().join("layers").display()), 1);
    std::fs::write(folder.join("observatory.toml"), settings).unwrap();
    folder.join("observatory.toml")
}

#[test]
fn neither_the_order_of_persons_nor_threads_change_the_groups_and_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let (studies, _, ids) = shipped();
    let file = changed(folder.path(), |lines| {
        let n = lines.len() - 1;
        let order: BTreeSet<usize> = (0..n).map(|at| (at * 757 + 11) % n).collect();
        assert_eq!(order.len(), n);
        std::iter::once(lines[0].clone()).chain((0..n).map(|at| lines[1 + (at * 757 + 11) % n].clone())).collect()
    });
    let (moved, _, moved_ids) = studied(&file);
    let (here, there) = (found(studies, ids), found(&moved, &moved_ids));
    assert!(here.keys().eq(there.keys()));
    let partition = |groups: &BTreeMap<String, u32>| Partition::new(groups.values().copied().collect()).unwrap();
    assert!((adjusted_rand_index(&partition(&here), &partition(&there)).unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(studies.bilans, moved.bilans);

    let mut first: Option<BTreeMap<String, Vec<u8>>> = None;
    for threads in ["1", "2"] {
        let out = folder.path().join(threads);
        run(optima().env("RAYON_NUM_THREADS", threads).env("POLARS_MAX_THREADS", threads).arg("build").arg(&file).arg("--out").arg(&out));
        let found = files(&out);
        let first = first.get_or_insert_with(|| found.clone());
        found.iter().for_each(|(name, bytes)| assert!(first.get(name) == Some(bytes), "{name} differs with {threads} threads"));
        assert_eq!(first.len(), found.len());
    }
    // What is counted is the same to the byte; coordinates may differ in their last digits.
    let other = first.unwrap();
    for name in ["tables/bilan.csv", "tables/services_bilan.csv", "tables/associations.csv"] {
        assert!(other[name] == std::fs::read(release().join(name)).unwrap(), "{name}");
    }
    let profiles = |bytes: &[u8]| csv::Reader::from_reader(bytes).deserialize().map(Result::unwrap).collect::<Vec<Row>>();
    let key = |row: &Row| ["analysis", "group_number", "question", "modality", "persons"].map(|column| row[column].clone());
    let [a, b] =
        [std::fs::read(release().join("tables/profiles.csv")).unwrap(), other["tables/profiles.csv"].clone()].map(|bytes| profiles(&bytes));
    let of_needs = |rows: Vec<Row>| rows.iter().filter(|row| row["analysis"] == "needs").map(key).collect::<BTreeSet<_>>();
    assert_eq!(of_needs(a), of_needs(b));
}

/// The example with other answers to the items of WHO-5, and another coding declared.
fn coded(folder: &Path, coding: &str, item: fn(u32) -> u32) -> PathBuf {
    let file = changed(folder, |lines| {
        let columns: Vec<String> = lines[0].split(';').map(str::to_owned).collect();
        let answer = |(column, text): (&String, &str)| match text.parse::<u32>() {
            Ok(given) if column.starts_with("who5_") => item(given).to_string(),
            _ => text.to_owned(),
        };
        let row = |line: &String| columns.iter().zip(line.split(';')).map(answer).collect::<Vec<_>>().join(";");
        std::iter::once(lines[0].clone()).chain(lines[1..].iter().map(row)).collect()
    });
    let settings = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, settings.replace("coding = \"0-5\"", &format!("coding = \"{coding}\""))).unwrap();
    file
}

#[test]
fn well_being_coded_from_one_to_five_has_a_raw_sum_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = coded(folder.path(), "1-5", |given| given.max(1));
    let out = folder.path().join("release");
    build(&file, &out);
    let table = indicators(&out);
    let of = |measure: &str| table.iter().filter(|row| row["measure"] == measure).count();
    assert!(of("well_being_raw") > 20 && of("well_being_score") + of("well_being_reduced") == 0);
    for row in table.iter().filter(|row| row["measure"] == "well_being_raw" && !row["value"].is_empty()) {
        assert!((5.0..=25.0).contains(&row["value"].parse::<f64>().unwrap()), "{row:?}");
    }
}

#[test]
fn a_code_outside_the_declared_coding_is_refused_and_nobody_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = coded(folder.path(), "1-5", |given| given);
    for language in ["fr", "en"] {
        let output = optima().args(["--lang", language, "build"]).arg(&file).arg("--out").arg(folder.path().join("out")).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let index = if language == "fr" { "OMS-5" } else { "WHO-5" };
        assert!(!output.status.success() && said.contains(index) && said.contains("well_being.coding") && !said.contains("E0"), "{said}");
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn explain_tells_how_a_profile_was_made_in_both_languages() {
    let file = project().join("examples/seraing/observatory.toml");
    let told = |language: &str| {
        let output =
            optima().args(["--lang", language, "explain", "needs_1", "62096C000", "campaign", "--file"]).arg(&file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let english = told("en");
    for part in [
        "questions: 42 active: income_source,",
        "respondents: 1926",
        "axes kept: 5 of ",
        "adjusted (Benzécri); declared",
        "cut: Ward, 5 groups; the largest relative loss of inertia",
        "consolidation: k-means moved ",
        "stability: mean Jaccard similarity ",
        "over 100 resamples; withheld under 0.60",
        "persons met, not a sample of all inhabitants",
    ] {
        assert!(english.contains(part), "{part}: {english}");
    }
    let french = told("fr");
    for part in [
        "questions: 42 actives",
        "répondants: 1926",
        "axes retenus: 5 sur ",
        "coupure: Ward, 5 groupes ; la plus forte perte relative d’inertie",
    ] {
        assert!(french.contains(part), "{part}: {french}");
    }
}
