//! The shipped interview guide, the interviews of Seraing that answer it and its directory of services hold together, and hold what
//! `examples/README.md` says is planted in them.

#![allow(clippy::cast_precision_loss, reason = "counts are small")]

#[allow(dead_code, reason = "the program's own main is not called here")]
#[path = "../examples/interview_guide/main.rs"]
mod interview_guide;
#[allow(dead_code, reason = "zones are not read here")]
mod shipped;

use std::collections::{BTreeMap, BTreeSet};

use interview_guide::source::{About, Guide, Kind, Question};
use optima::catalog::Catalog;
use optima::texts::Language;
use shipped::{Row, project, table};

fn guide() -> Guide {
    interview_guide::source(project(), "catalyse").unwrap()
}

fn records(name: &str) -> Vec<Row> {
    table(&project().join("examples/seraing/records").join(name), b';')
}

/// The columns that were there before the guide, with the questions they answer.
const NAMED_OTHERWISE: [(&str, &str); 8] = [
    ("sex", "sexe"),
    ("isolation", "q_isolement"),
    ("housing_tenure", "q_statut_logement"),
    ("housing_damp", "q_humidite"),
    ("school_dropout", "q_decrochage"),
    ("autonomy_loss", "q_autonomie"),
    ("health_self", "q_sante"),
    ("income_source", "q_revenu"),
];

fn column(question: &str) -> &str {
    NAMED_OTHERWISE.iter().find(|(id, _)| *id == question).map_or(question, |(_, column)| column)
}

/// Whether a question with a `relevant` was put to this person.
fn asked(question: &Question, row: &Row) -> bool {
    let number = |column: &str| row[column].parse::<u32>().unwrap_or(0);
    match question.relevant.as_str() {
        "" => true,
        "${housing_tenure} = 'private_tenant' or ${housing_tenure} = 'social_tenant'" => row["q_statut_logement"].ends_with("_tenant"),
        "${activity} = 'job_seeker'" => row["activity"] == "job_seeker",
        "${children} > 0" => number("children") > 0,
        "${postponed_care} = 'yes'" => row["postponed_care"] == "yes",
        "${age} >= 50" => number("age") >= 50,
        other => panic!("{}: the test does not know {other}", question.id),
    }
}

#[test]
fn the_guides_are_what_their_program_makes_to_the_byte() {
    for name in interview_guide::GUIDES {
        let made = || interview_guide::workbook::workbook(&interview_guide::source(project(), name).unwrap()).unwrap();
        assert!(std::fs::read(interview_guide::path(project(), name)).unwrap() == made(), "{name}: run `make examples`");
        assert!(made() == made());
    }
    assert_eq!(std::fs::read_dir(project().join("layers/guides")).unwrap().count(), interview_guide::GUIDES.len());
}

#[test]
fn questions_are_read_against_indicators_that_exist_and_maps_show_questions_that_are_asked() {
    let (guide, catalog) = (guide(), Catalog::load(Some(&project().join("layers")), Language::Fr).unwrap());
    for (name, [_, _, source]) in &guide.form.indicators {
        assert!(guide.questions().any(|q| q.indicators.contains(name)), "nothing is read against {name}");
        assert!(source != "optima" || catalog.layers.iter().any(|layer| layer.id == *name), "there is no map {name}");
    }
    let lists = guide.lists();
    let mut shown = 0;
    for layer in catalog.layers.iter().filter(|layer| layer.measure.indicator == "modality_share") {
        let param = |key: &str| layer.measure.params[key].as_str().unwrap();
        let question = guide.questions().find(|q| q.id == param("question")).unwrap_or_else(|| panic!("{}: not in the guide", layer.id));
        assert!(lists[question.list_name()].iter().any(|choice| choice[0] == param("modality")), "{}", layer.id);
        shown += 1;
    }
    assert!(shown >= 10);
}

#[test]
fn every_answer_is_one_of_its_question_and_blank_where_it_was_not_asked() {
    let guide = guide();
    let (lists, rows) = (guide.lists(), records("interviews.csv"));
    assert_eq!(guide.questions().filter(|q| !q.relevant.is_empty()).count(), 7);
    for question in guide.questions() {
        let column = column(&question.id);
        let (mut put, mut silent) = (0, 0);
        for row in &rows {
            let cell = row.get(column).unwrap_or_else(|| panic!("there is no column {column}"));
            if !asked(question, row) {
                assert_eq!(cell, "", "{} of {}, which was not asked", question.id, row["id"]);
            }
            put += usize::from(asked(question, row));
            silent += usize::from(asked(question, row) && cell.is_empty());
            match question.kind {
                Kind::Integer => {
                    let [low, high] = question.range.unwrap();
                    assert!(cell.is_empty() || (low..=high).contains(&cell.parse().unwrap()), "{}: {cell}", question.id);
                }
                Kind::One => {
                    let ours = match cell.as_str() {
                        "F" => "female",
                        "H" => "male",
                        other => other,
                    };
                    assert!(ours.is_empty() || lists[question.list_name()].iter().any(|c| c[0] == ours), "{}: {cell}", question.id);
                }
                Kind::Several => several(question, &lists[question.list_name()], row),
            }
        }
        assert!(put > 100, "{} was put to {put}", question.id);
        assert!(silent * 100 <= put * 6, "{}: {silent} of {put} did not answer", question.id);
    }
}

/// The list and the columns of a question with several answers say the same, and what stands alone is alone.
fn several(question: &Question, choices: &[&interview_guide::source::Choice], row: &Row) {
    let chosen: Vec<&str> = row[&question.id].split_whitespace().collect();
    for choice in choices {
        let expected = match &chosen[..] {
            [] => "",
            some if some.contains(&choice[0].as_str()) => "1",
            _ => "0",
        };
        assert_eq!(row[&format!("{}/{}", question.id, choice[0])], expected, "{} of {}", question.id, row["id"]);
    }
    assert!(chosen.iter().all(|name| choices.iter().any(|choice| choice[0] == *name)), "{}: {chosen:?}", question.id);
    let alone = |name: &&str| *name == "refused" || question.none.as_deref() == Some(*name);
    assert!(chosen.len() <= 1 || !chosen.iter().any(|name| alone(name)), "{}: {chosen:?}", question.id);
}

#[test]
fn nobody_contradicts_what_the_person_said_before() {
    for row in records("interviews.csv") {
        let number = |column: &str| row[column].parse::<u32>().ok();
        let id = &row["id"];
        if let (Some(size), Some(children)) = (number("household_size"), number("children")) {
            assert!(size > children, "{id}: {children} children in a household of {size}");
        }
        let household = row["household_type"].as_str();
        assert_eq!(
            ["couple_children", "single_parent"].contains(&household),
            number("children") > Some(0) && !["", "refused"].contains(&household),
            "{id}"
        );
        assert!(household != "alone" || number("household_size").is_none_or(|size| size == 1), "{id}");
        if row["q_revenu"] == "pension" {
            assert!(number("age").is_none_or(|age| age >= 58), "{id}: a pension at {}", row["age"]);
            assert!(["retired", "refused", ""].contains(&row["activity"].as_str()), "{id}");
        }
        assert!(row["partenaire"] != "pole_emploi" || ["job_seeker", "refused", ""].contains(&row["activity"].as_str()), "{id}");
        assert_eq!(row["campagne"], row["date"][6..], "{id}");
    }
}

#[test]
fn five_groups_are_planted_that_overlap_in_every_answer_and_differ_in_where_they_live() {
    let (guide, rows) = (guide(), records("interviews.csv"));
    let planted: BTreeMap<String, String> =
        records("planted_groups.csv").into_iter().map(|r| (r["id"].clone(), r["group"].clone())).collect();
    let of = |row: &Row| planted[&row["id"]].clone();
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *sizes.entry(of(row)).or_default() += 1);
    let expected = [("crowded_families", 374), ("cumulating", 413), ("isolated_elderly", 333), ("precarious_young", 275), ("settled", 591)];
    assert_eq!(sizes, expected.map(|(group, n)| (group.to_owned(), n)).into());
    let share = |group: &str, test: &dyn Fn(&Row) -> bool| {
        rows.iter().filter(|row| of(row) == group && test(row)).count() as f64 / sizes[group] as f64
    };
    let five = ["62096A000", "62096A020", "62096A121", "62096C000", "62096C042"];
    let inside = |row: &Row| five.contains(&row["secteur"].as_str());
    assert!(share("cumulating", &inside) > 3.0 * share("settled", &inside));
    assert!(share("crowded_families", &inside) > 1.5 * share("settled", &inside));
    let far = |row: &Row| row["secteur"] == "62096C020";
    assert!(share("isolated_elderly", &far) > 3.0 * share("settled", &far));
    // No answer gives a group away: each was given by someone of each group. No pension is paid at twenty.
    let mut open = 0;
    for question in guide.questions().filter(|q| q.about == About::Need && q.relevant.is_empty()) {
        let column = column(&question.id);
        let answers: BTreeSet<&str> = rows.iter().map(|row| row[column].as_str()).filter(|a| !["", "refused"].contains(a)).collect();
        for answer in answers {
            let groups = expected.iter().filter(|(group, _)| share(group, &|row| row[column] == answer) > 0.0).count();
            assert!(groups == 5 || column == "q_revenu", "{column} = {answer}: {groups} groups");
        }
        open += 1;
    }
    assert_eq!(open, 42);
}

#[test]
fn well_being_is_lowest_where_problems_cumulate_and_its_items_belong_together() {
    let (rows, items) = (records("interviews.csv"), ["cheerful", "calm", "active", "rested", "interested"]);
    let planted: BTreeMap<String, String> =
        records("planted_groups.csv").into_iter().map(|r| (r["id"].clone(), r["group"].clone())).collect();
    let mut scores: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in &rows {
        let answers: Vec<f64> = items.iter().filter_map(|item| row[&format!("who5_{item}")].parse().ok()).collect();
        if answers.len() == items.len() {
            scores.entry(&planted[&row["id"]]).or_default().push(4.0 * answers.iter().sum::<f64>());
        }
    }
    let mean = |group: &str| scores[group].iter().sum::<f64>() / scores[group].len() as f64;
    assert!(scores.values().map(Vec::len).sum::<usize>() > 1_750);
    assert!(mean("cumulating") < 35.0 && mean("settled") > 65.0);
    assert!(mean("isolated_elderly") < mean("crowded_families") && mean("crowded_families") < mean("precarious_young"));
}

#[test]
fn the_directory_has_45_services_with_all_the_answers_of_their_sheet() {
    let (rows, sheet) = (records("services.csv"), interview_guide::source(project(), "directory").unwrap());
    let lists = sheet.lists();
    assert_eq!(rows.len(), 45);
    let ids: BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str()).collect();
    assert_eq!(ids.len(), rows.len());
    for row in &rows {
        assert!(row["organization"].ends_with("(fictif)"), "{}", row["organization"]);
        assert!(row.values().all(|cell| !cell.is_empty()), "{}", row["id"]);
        for question in sheet.questions() {
            let choices = &lists[question.list_name()];
            if question.kind == Kind::Several {
                several(question, choices, row);
            } else {
                assert!(choices.iter().any(|choice| choice[0] == row[&question.id]), "{}: {}", question.id, row[&question.id]);
            }
        }
    }
    for question in ["domain", "audience", "opening", "waiting"] {
        let given: BTreeSet<&str> = rows.iter().map(|row| row[question].as_str()).collect();
        assert_eq!(given.len(), lists[question].len(), "{question}: {given:?}");
    }
}

#[test]
fn the_program_reads_of_the_guides_what_was_written_and_understands_when_a_question_is_asked() {
    as_written("catalyse", &["date", "partner", "zone"]);
    as_written("directory", &["organization", "service", "zone"]);
}

fn as_written(name: &str, left_out: &[&str]) {
    let source = interview_guide::source(project(), name).unwrap();
    let read = optima::read::xlsform::Guide::load(&interview_guide::path(project(), name)).unwrap();
    assert_eq!(read.languages, ["Français (fr)", "English (en)"]);
    // A sheet whose name begins with _ is no part of a form.
    assert!(read.remarks.iter().all(|remark| remark.sheet == "_indicators"), "{:?}", read.remarks);
    assert!(read.left_out.iter().map(|left| left.name.as_str()).eq(left_out.iter().copied()), "{:?}", read.left_out);
    assert!(read.themes.iter().map(|theme| &theme.id).eq(source.themes.iter().map(|theme| &theme.id)));
    let lists = source.lists();
    assert_eq!(read.questions.len(), source.questions().count());
    for (question, written) in read.questions.iter().zip(source.questions()) {
        assert_eq!((&question.id, &question.label.fr, &question.label.en), (&written.id, &written.fr, &written.en));
        assert_eq!([&question.short.fr, &question.short.en], [&written.short[0], &written.short[1]]);
        assert_eq!(question.indicators, written.indicators);
        assert_eq!(question.relevant.len(), usize::from(!written.relevant.is_empty()), "{}", written.id);
        assert!(question.relevant.iter().chain(&question.constraint).all(|e| e.not_understood.is_empty()), "{}", written.id);
        let codes = question.choices().iter().map(|choice| &choice.code);
        assert!(codes.eq(lists.get(written.list_name()).into_iter().flatten().map(|choice| &choice[0])), "{}", written.id);
    }
}
