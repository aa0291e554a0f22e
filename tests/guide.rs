//! The interview guide and the interviews read with it: forms and exports that the tests write as Kobo and ODK do, taken
//! through the library's `read`.

use std::fs;
use std::path::{Path, PathBuf};

use optima::observatory::{Observatory, WellBeingCoding};
use optima::read::xlsform::{FormKind, Guide};
use optima::read::{Sources, read};
use optima::records::{Answer, Grouping, Interviews, QuestionKind};
use proptest::prelude::*;
use rust_xlsxwriter::{Formula, Workbook};

type Rows = &'static [&'static [&'static str]];

/// A guide with one of each: one answer, several, a number, another kind of answer, and a question that not all are asked.
const SURVEY: Rows = &[
    &["type", "name", "label::Français (fr)", "label::English (en)", "relevant", "constraint", "optima::indicators"],
    &["start", "start", "", "", "", "", ""],
    &["begin_group", "housing", "Logement", "Housing", "", "", ""],
    &["select_one tenure", "tenure", "Statut du logement", "Tenure", "", "", "renters dwellings_before_1946"],
    &["select_multiple defects", "defects", "Défauts", "Defects", "", "", ""],
    &["begin_group", "rent", "Loyer", "Rent", "${tenure} = 'tenant'", "", ""],
    &["integer", "rent_euros", "Loyer mensuel", "Monthly rent", "", ". >= 0 and . <= 5000", ""],
    &["end_group", "", "", "", "", "", ""],
    &["end_group", "", "", "", "", "", ""],
    &["begin_group", "health", "Santé", "Health", "", "", ""],
    &["select_one scale or_other", "doctor", "Médecin", "Doctor", "", "", ""],
    &["select_one yes_no", "waited", "Attente", "Waited", "not(selected(${doctor}, 'never'))", "", ""],
    &["text", "remarks", "Remarques", "Remarks", "", "", ""],
    &["end_group", "", "", "", "", "", ""],
];

const CHOICES: Rows = &[
    &["list_name", "name", "label::Français (fr)", "label::English (en)"],
    &["tenure", "owner", "Propriétaire", "Owner"],
    &["tenure", "tenant", "Locataire", "Tenant"],
    &["tenure", "refus", "Refus", "Refused"],
    &["defects", "damp", "Humidité", "Damp"],
    &["defects", "cold", "Froid en hiver", "Cold in winter"],
    &["defects", "noise", "Bruit", "Noise"],
    &["scale", "often", "Souvent", "Often"],
    &["scale", "never", "Jamais", "Never"],
    &["yes_no", "yes", "Oui", "Yes"],
    &["yes_no", "no", "Non", "No"],
];

const SETTINGS: Rows = &[&["form_title", "form_id", "version", "default_language"], &["Essai", "essai", "3", "Français (fr)"]];

fn form(path: &Path, sheets: &[(&str, Rows)]) {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0..).zip(rows.iter()) {
            for (column, cell) in (0..).zip(cells.iter()).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
    }
    workbook.save(path).unwrap();
}

fn survey(rows: Rows) -> Result<Guide, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("form.xlsx");
    form(&path, &[("survey", rows), ("choices", CHOICES)]);
    Guide::load(&path).map_err(|e| e.to_string())
}

/// An observatory with the guide above and these interviews.
struct Desk {
    folder: tempfile::TempDir,
    files: Vec<&'static str>,
    declared: String,
    recodes: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        form(&folder.path().join("guide.xlsx"), &[("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS)]);
        Self { folder, files: Vec::new(), declared: String::new(), recodes: String::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(mut self, name: &'static str, text: &str) -> Self {
        fs::write(self.path(name), text).unwrap();
        self.files.push(name);
        self
    }

    fn declare(mut self, toml: &str) -> Self {
        self.declared.push_str(toml);
        self
    }

    fn recode(mut self, toml: &str) -> Self {
        self.recodes.push_str(toml);
        self
    }

    fn observatory(&self, source: &str) -> Result<Observatory, String> {
        let files: Vec<String> = self.files.iter().map(|file| format!("\"{file}\"")).collect();
        let text = format!(
            "title = {{ fr = \"Essai\", en = \"Trial\" }}\nterritory = \"none\"\ndate = \"2004-01-15\"\nsource = {{ fr = \"essai\", en = \
             \"trial\" }}\n[campaign]\nfirst = \"2003-01-01\"\nlast = \"2003-12-31\"\n[sources.{source}]\nfiles = [{}]\nguide = \
             \"guide.xlsx\"\n{}\n{}",
            files.join(", "),
            self.declared,
            self.recodes
        );
        fs::write(self.path("observatory.toml"), text).unwrap();
        Observatory::load(&self.path("observatory.toml")).map_err(|e| e.to_string())
    }

    fn read_as(&self, source: &str) -> Result<Sources, String> {
        self.observatory(source).and_then(|observatory| read(&observatory).map_err(|e| e.to_string()))
    }

    fn read(&self) -> Sources {
        self.read_as("interviews").unwrap()
    }

    fn refusal(&self) -> String {
        self.read_as("interviews").unwrap_err()
    }
}

fn interviews(sources: &Sources) -> &Interviews {
    &sources.interviews.as_ref().unwrap().records
}

/// The answers to a question in words, row by row.
fn words(interviews: &Interviews, question: &str) -> Vec<String> {
    let at = interviews.questionnaire().position(question).unwrap_or_else(|| panic!("there is no question {question}"));
    let modalities = &interviews.questionnaire().questions[at].modalities;
    let number = |row: usize| interviews.numbers(at).and_then(|numbers| numbers[row]);
    let word = |(row, answer): (usize, &Answer)| match answer {
        Answer::Modality(m) => modalities[usize::from(*m)].code.clone(),
        Answer::Number => number(row).unwrap().to_string(),
        other => {
            assert_eq!(number(row), None);
            format!("{other:?}")
        }
    };
    interviews.as_slice().iter().map(|record| record.answers[at]).collect::<Vec<_>>().iter().enumerate().map(word).collect()
}

/// Where rows were set aside, and why.
fn reasons(sources: &Sources) -> Vec<String> {
    sources.set_aside.iter().map(|row| format!("{}:{}: {}", row.issue.row, row.issue.column, row.issue.reason)).collect()
}

fn notes(sources: &Sources) -> String {
    sources
        .reports
        .iter()
        .flat_map(|report| &report.files)
        .flat_map(|(_, facts)| &facts.notes)
        .fold(String::new(), |all, note| all + note + "\n")
}

#[test]
fn names_of_groups_take_the_short_labels_of_questions_and_choices_where_a_form_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("form.xlsx");
    let survey: Rows = &[
        &["type", "name", "label::Français (fr)", "label::English (en)", "optima::short::Français (fr)", "optima::short::English (en)"],
        &["select_one yes_no", "internet", "Utilisez-vous internet ?", "Do you use the internet?", "Internet", "Internet"],
        &["select_multiple transport", "transport", "Comment vous déplacez-vous ?", "How do you get about?", "Transports", ""],
    ];
    let choices: Rows = &[
        &["list_name", "name", "label::Français (fr)", "label::English (en)", "optima_short_fr", "optima_short_en"],
        &["yes_no", "yes", "Oui", "Yes", "oui", "yes"],
        &["yes_no", "no", "Non", "No", "non", ""],
        &["transport", "car", "En voiture", "By car", "voiture", "car"],
    ];
    form(&path, &[("survey", survey), ("choices", choices)]);
    let questions = Guide::load(&path).unwrap().questionnaire(&[]).questions;
    let named = |question: usize, modality: usize| {
        let name = questions[question].modalities[modality].under(&questions[question].short);
        [name.fr, name.en]
    };
    assert_eq!(named(0, 1), ["Internet : non", "Internet: No"]);
    assert_eq!(named(1, 0), ["Transports : voiture", "How do you get about: car"]);
    assert_eq!(named(1, 1), ["Transports : voiture (non)", "How do you get about: car (no)"]);
    assert_eq!(questions[0].modalities[1].label.fr, "Non", "tables keep the labels");
}

#[test]
fn a_guide_gives_themes_questions_and_modalities_in_both_languages() {
    let desk = Desk::new();
    let guide = Guide::load(&desk.path("guide.xlsx")).unwrap();
    assert_eq!((guide.form_id.as_deref(), guide.version.as_deref()), (Some("essai"), Some("3")));
    assert_eq!(guide.languages, ["Français (fr)", "English (en)"]);
    let themes: Vec<(&str, &str, &str)> = guide.themes.iter().map(|t| (t.id.as_str(), t.label.fr.as_str(), t.label.en.as_str())).collect();
    assert_eq!(themes, [("housing", "Logement", "Housing"), ("health", "Santé", "Health")]);
    let questionnaire = guide.questionnaire(&["refus".to_owned()]);
    let ids: Vec<&str> = questionnaire.questions.iter().map(|q| q.id.as_str()).collect();
    assert_eq!(ids, ["tenure", "defects/damp", "defects/cold", "defects/noise", "rent_euros", "doctor", "waited"]);
    let tenure = &questionnaire.questions[0];
    assert_eq!(tenure.modalities.iter().map(|m| m.label.en.as_str()).collect::<Vec<_>>(), ["Owner", "Tenant"]);
    assert_eq!(tenure.indicators, ["renters", "dwellings_before_1946"]);
    assert_eq!(questionnaire.questions[2].label.fr, "Froid en hiver");
    assert!(matches!(&questionnaire.questions[2].kind, QuestionKind::Box { of, label } if of == "defects" && label.en == "Defects"));
    assert_eq!(questionnaire.questions[4].kind, QuestionKind::Number);
    assert_eq!(questionnaire.questions[5].modalities.iter().map(|m| m.code.as_str()).collect::<Vec<_>>(), ["often", "never", "other"]);
    assert_eq!(questionnaire.of_theme("health").collect::<Vec<_>>(), [5, 6]);
    let rent = guide.question("rent_euros").unwrap();
    assert_eq!(rent.path, ["housing", "rent"]);
    assert_eq!(rent.relevant.iter().map(|e| e.text.as_str()).collect::<Vec<_>>(), ["${tenure} = 'tenant'"]);
    let left: Vec<&str> = guide.left_out.iter().map(|l| l.name.as_str()).collect();
    assert_eq!(left, ["start", "doctor_other", "remarks"]);
    assert!(guide.remarks.is_empty(), "{:?}", guide.remarks);
}

#[test]
fn not_asked_not_ticked_refused_and_no_answer_are_four_things() {
    let desk = Desk::new().declare("refused = [\"refus\", \"-9\"]\n").file(
        "a.csv",
        "id,date,tenure,defects,rent_euros,doctor,waited\n\
         1,2003-02-01,tenant,damp noise,420,often,yes\n\
         2,2003-02-01,owner,cold,,never,\n\
         3,2003-02-01,refus,,,,\n\
         4,2003-02-01,tenant,-9,-9,other,\n\
         5,2003-02-01,,noise,,often,no\n",
    );
    let sources = desk.read();
    assert!(sources.set_aside.is_empty(), "{:?}", reasons(&sources));
    let read = interviews(&sources);
    assert_eq!(words(read, "tenure"), ["tenant", "owner", "Refused", "tenant", "NoAnswer"]);
    assert_eq!(words(read, "defects/damp"), ["ticked", "not_ticked", "NoAnswer", "Refused", "not_ticked"]);
    assert_eq!(words(read, "defects/noise"), ["ticked", "not_ticked", "NoAnswer", "Refused", "ticked"]);
    // The group's `relevant` holds for its questions; where the tenure is not known, nobody was asked for the rent.
    assert_eq!(words(read, "rent_euros"), ["420", "NotAsked", "NotAsked", "Refused", "NotAsked"]);
    assert_eq!(words(read, "doctor"), ["often", "never", "NoAnswer", "other", "often"]);
    assert_eq!(words(read, "waited"), ["yes", "NotAsked", "NoAnswer", "NoAnswer", "no"]);
    let response = &sources.reports[0].response.as_ref().unwrap().groups[0];
    assert_eq!((response.interviews, response.answered, response.no_answer, response.refused, response.not_asked), (5, 13, 5, 3, 4));
}

#[test]
fn boxes_in_columns_of_their_own_say_the_same_as_the_list() {
    let list = "id,date,defects\n1,2003-02-01,damp noise\n2,2003-02-01,cold\n3,2003-02-01,\n";
    let slashes = "id,date,housing/defects/damp,housing/defects/cold,housing/defects/noise\n\
                   1,2003-02-01,1,0,1\n2,2003-02-01,0,1,0\n3,2003-02-01,,,\n";
    let both = "id,date,defects,defects/damp,defects/cold,defects/noise\n\
                1,2003-02-01,damp noise,True,False,True\n2,2003-02-01,cold,FALSE,TRUE,FALSE\n3,2003-02-01,,,,\n";
    let dots = "id,date,defects.damp,defects.cold,defects.noise\n1,2003-02-01,1,,1\n2,2003-02-01,,1,\n3,2003-02-01,,,\n";
    let odk = "KEY,date,housing-defects,housing-defects/damp,housing-defects/cold,housing-defects/noise\n\
               1,2003-02-01,damp noise,1,0,1\n2,2003-02-01,cold,0,1,0\n3,2003-02-01,,0,0,0\n";
    let labels = "id,date,defects,defects/Humidité,defects/Froid en hiver,defects/Bruit\n\
                  1,2003-02-01,Humidité Bruit,1,0,1\n2,2003-02-01,Froid en hiver,0,1,0\n3,2003-02-01,,,,\n";
    for (name, text) in [("list", list), ("slashes", slashes), ("both", both), ("dots", dots), ("odk", odk), ("labels", labels)] {
        let sources = Desk::new().file("a.csv", text).read();
        assert!(sources.set_aside.is_empty(), "{name}: {:?}", reasons(&sources));
        let read = interviews(&sources);
        assert_eq!(words(read, "defects/damp"), ["ticked", "not_ticked", "NoAnswer"], "{name}");
        assert_eq!(words(read, "defects/cold"), ["not_ticked", "ticked", "NoAnswer"], "{name}");
        assert_eq!(words(read, "defects/noise"), ["ticked", "not_ticked", "NoAnswer"], "{name}");
    }
}

#[test]
fn a_box_that_the_form_did_not_have_was_not_asked() {
    let sources = Desk::new().file("a.csv", "id,date,defects/damp,defects/noise\n1,2003-02-01,1,0\n2,2003-02-01,,\n").read();
    assert_eq!(words(interviews(&sources), "defects/cold"), ["NotAsked", "NoAnswer"]);
    assert_eq!(words(interviews(&sources), "tenure"), ["NotAsked", "NotAsked"]);
    let guide = sources.reports[0].guide.as_ref().unwrap();
    assert_eq!(guide.absent, ["tenure", "rent_euros", "doctor", "waited"]);
}

#[test]
fn a_list_and_boxes_that_contradict_each_other_set_the_row_aside() {
    let text = "id,date,defects,defects/damp,defects/cold,defects/noise\n\
                1,2003-02-01,damp,1,1,0\n2,2003-02-01,,0,1,0\n3,2003-02-01,cold,0,1,0\n4,2003-02-01,cold,0,2,0\n";
    let sources = Desk::new().file("a.csv", text).read();
    let said = "defects: the list and the boxes of this question contradict each other";
    assert_eq!(reasons(&sources), [format!("2:{said}"), format!("3:{said}"), "5:defects/cold: expected 1 or 0, ticked or not".to_owned()]);
    assert_eq!(words(interviews(&sources), "defects/cold"), ["ticked"]);
}

#[test]
fn groups_are_found_with_slashes_and_with_hyphens_and_labels_in_any_language() {
    let kobo =
        "_uuid,date,housing/tenure,housing/rent/rent_euros,health/doctor\na,2003-02-01,Locataire,400,Souvent\nb,2003-02-01,Owner,,Jamais\n";
    let odk = "meta-instanceID,date,housing-tenure,housing-rent-rent_euros,health-doctor\na,2003-02-01,tenant,400,often\nb,2003-02-01,owner,,never\n";
    for text in [kobo, odk] {
        let sources = Desk::new().file("a.csv", text).read();
        assert!(sources.set_aside.is_empty(), "{:?}", reasons(&sources));
        assert_eq!(words(interviews(&sources), "tenure"), ["tenant", "owner"]);
        assert_eq!(words(interviews(&sources), "rent_euros"), ["400", "NotAsked"]);
        assert_eq!(words(interviews(&sources), "doctor"), ["often", "never"]);
        assert!(notes(&sources).contains("is taken as id"), "{}", notes(&sources));
    }
}

#[test]
fn what_is_no_answer_of_the_guide_sets_the_row_aside_without_quoting_it() {
    let text = "id,date,tenure,defects,rent_euros,doctor\n\
                1,2003-02-01,squatter,,,\n2,2003-02-01,tenant,damp mold,,\n3,2003-02-01,tenant,,9000,\n\
                4,2003-02-01,tenant,,12.5,\n5,2003-02-01,tenant,,lots,\n6,2003-02-01,tenant,damp,10,never\n6,2003-02-01,tenant,,10,never\n";
    let sources = Desk::new().file("a.csv", text).read();
    let no = "not a modality of the guide";
    let bounds = "outside the bounds that the guide sets";
    assert_eq!(
        reasons(&sources),
        [
            format!("2:tenure: {no}"),
            format!("3:defects: {no}"),
            format!("4:rent_euros: {bounds}"),
            "5:rent_euros: expected a whole number".to_owned(),
            "6:rent_euros: expected a number with the declared decimal mark".to_owned(),
            "8:id: this interview was already read".to_owned(),
        ]
    );
    assert_eq!(words(interviews(&sources), "rent_euros"), ["10"]);
}

#[test]
fn a_question_renamed_between_campaigns_is_one_question() {
    let desk = Desk::new()
        .declare("[sources.interviews.renamed]\ntenure = [\"statut\", \"logement\"]\n[sources.interviews.campaigns]\n\"a.csv\" = \"1999\"\n")
        .file("a.csv", "id,date,statut,doctor\n1,2003-02-01,tenant,often\n2,2003-02-01,owner,\n")
        .file("b.csv", "id,date,campaign,tenure,statut,doctor\n3,2003-02-01,2003,owner,,never\n4,2003-02-01,2003,,tenant,never\n5,2003-02-01,2003,owner,tenant,never\n6,2003-02-01,2003,owner,owner,never\n");
    let sources = desk.read();
    let read = interviews(&sources);
    assert_eq!(words(read, "tenure"), ["tenant", "owner", "owner", "tenant", "owner"]);
    assert_eq!(reasons(&sources), ["4:statut: another column of the same question says something else"]);
    let campaigns: Vec<Option<u16>> = read.as_slice().iter().map(|r| r.group(Grouping::Campaign)).collect();
    assert_eq!(campaigns, [Some(0), Some(0), Some(1), Some(1), Some(1)]);
    assert_eq!(read.groups(Grouping::Campaign), ["1999", "2003"]);
    let groups = &sources.reports[0].response.as_ref().unwrap().groups;
    assert_eq!(groups.iter().map(|g| (g.campaign.as_deref(), g.interviews)).collect::<Vec<_>>(), [(Some("1999"), 2), (Some("2003"), 3)]);
}

#[test]
fn their_values_and_columns_are_mapped_to_ours() {
    let desk = Desk::new()
        .declare("[sources.interviews.columns]\nid = \"no\"\nweight = \"poids\"\n[sources.interviews.questions]\ntenure = \"Q1\"\ndefects = \"Q2\"\n[sources.interviews.values.tenure]\nP = \"owner\"\nL = \"tenant\"\n[sources.interviews.values.defects]\nH = \"damp\"\n")
        .file("a.csv", "no;date;poids;Q1;Q2;rent_euros;ignored\n1;2003-02-01;1,5;P;H cold;;x\n2;2003-02-01;0,5;L;noise;350,0;y\n3;2003-02-01;0;L;;;z\n4;2003-02-01;;L;;;z\n");
    let sources = desk.read();
    assert_eq!(words(interviews(&sources), "tenure"), ["owner", "tenant"]);
    assert_eq!(words(interviews(&sources), "defects/damp"), ["ticked", "not_ticked"]);
    assert_eq!(words(interviews(&sources), "rent_euros"), ["NotAsked", "350"]);
    assert_eq!(interviews(&sources).as_slice().iter().map(|r| r.weight).collect::<Vec<_>>(), [1.5, 0.5]);
    assert_eq!(reasons(&sources), ["4:poids: expected a weight above 0", "5:poids: expected a weight above 0"]);
    assert!(notes(&sources).contains("columns not read: ignored\n"), "{}", notes(&sources));
}

#[test]
fn an_answer_to_a_question_that_was_not_asked_is_kept_and_counted() {
    let sources = Desk::new().file("a.csv", "id,date,tenure,rent_euros\n1,2003-02-01,owner,300\n2,2003-02-01,owner,\n").read();
    assert_eq!(words(interviews(&sources), "rent_euros"), ["300", "NotAsked"]);
    let counted = &sources.reports[0].guide.as_ref().unwrap().answered_though_not_asked;
    assert_eq!(counted.iter().map(|(q, n)| (q.as_str(), *n)).collect::<Vec<_>>(), [("rent_euros", 1)]);
}

#[test]
fn what_decides_and_is_not_in_the_file_leaves_no_answer() {
    // Nobody can tell whether the rent was asked for: the tenure is not in this file.
    let sources = Desk::new().file("a.csv", "id,date,rent_euros,doctor,waited\n1,2003-02-01,,never,\n").read();
    assert_eq!(words(interviews(&sources), "rent_euros"), ["NoAnswer"]);
    assert_eq!(words(interviews(&sources), "waited"), ["NotAsked"]);
}

#[test]
fn the_same_answers_come_from_a_workbook_with_its_own_kinds_of_cell() {
    let desk = Desk::new();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let header = ["_id", "date", "tenure", "defects/damp", "defects/cold", "defects/noise", "rent_euros", "waited"];
    for (column, name) in (0..).zip(header) {
        sheet.write_string(0, column, name).unwrap();
    }
    sheet.write_number(1, 0, 17).unwrap();
    sheet.write_string(1, 1, "2003-05-06T10:20:30.000+02:00").unwrap();
    sheet.write_string(1, 2, " tenant ").unwrap();
    sheet.write_boolean(1, 3, true).unwrap();
    sheet.write_number(1, 4, 0).unwrap();
    sheet.write_string(1, 5, "0").unwrap();
    sheet.write_formula(1, 6, Formula::new("=100+50").set_result("150")).unwrap();
    sheet.write_boolean(1, 7, false).unwrap();
    workbook.save(desk.path("a.xlsx")).unwrap();
    let mut desk = desk;
    desk.files.push("a.xlsx");
    let sources = desk.read();
    assert!(sources.set_aside.is_empty(), "{:?}", reasons(&sources));
    let read = interviews(&sources);
    assert_eq!(read.as_slice()[0].id, "17");
    assert_eq!(read.as_slice()[0].date.unwrap().to_string(), "2003-05-06");
    let answers: Vec<String> = ["tenure", "defects/damp", "defects/cold", "rent_euros", "waited"].map(|q| words(read, q).concat()).into();
    assert_eq!(answers, ["tenant", "ticked", "not_ticked", "150", "no"]);
}

#[test]
fn the_directory_of_services_is_read_alike_without_a_date() {
    let desk = Desk::new().declare("[sources.services.campaigns]\n\"a.csv\" = \"2003\"\n");
    let desk = desk.file("a.csv", "id,zone,tenure,defects\nalpha,62096A000,tenant,damp\nbeta,62096A001,owner,\nbeta,62096A001,owner,\n");
    let sources = desk.read_as("services").unwrap();
    assert!(sources.interviews.is_none());
    let services = &sources.services.as_ref().unwrap().records;
    assert_eq!(words(services, "tenure"), ["tenant", "owner"]);
    assert_eq!(services.as_slice()[0].date, None);
    assert_eq!(services.as_slice()[1].place.code.as_deref(), Some("62096A001"));
    assert_eq!(reasons(&sources), ["4:id: this service was already read"]);
    assert_eq!((sources.reports[0].read, sources.reports[0].used, sources.reports[0].set_aside), (3, 2, 1));
}

#[test]
fn recodes_and_the_well_being_index_are_read_and_checked_against_the_guide() {
    let desk = || Desk::new().file("a.csv", "id,date,tenure,rent_euros\n1,2003-02-01,tenant,300\n");
    let merge = "[recode.tenure]\nmerge = { known = [\"owner\", \"tenant\"] }\nlabels = { known = { fr = \"Connu\", en = \"Known\" } }\nrare_below = 0.02\n";
    let classes = "[recode.rent_euros]\nclasses = [0, 250, 500]\n";
    let declared = desk().recode(&format!("{merge}{classes}"));
    let observatory = declared.observatory("interviews").unwrap();
    assert_eq!(observatory.recode["tenure"].merge["known"], ["owner", "tenant"]);
    assert_eq!(observatory.recode["rent_euros"].classes, [0.0, 250.0, 500.0]);
    assert!(read(&observatory).is_ok());
    let error = desk()
        .recode("[recode.tenure]\nmerge = { x = [\"squat\"] }\n[recode.age]\nclasses = [1]\n[recode.defects]\nmerge = { y = [\"damp\"] }\n[recode.doctor]\nclasses = [1]\n")
        .refusal();
    for said in [
        "recode.tenure: the question has no modality \"squat\"",
        "recode.age: there is no such question",
        "recode.defects: several may be ticked; only questions with one answer are recoded",
        "recode.doctor: only numbers are classed",
    ] {
        assert!(error.contains(said), "{error}");
    }
    for (toml, said) in [
        ("[recode.rent_euros]\nclasses = [10, 5]\n", "expected lower bounds in ascending order"),
        ("[recode.tenure]\nmerge = { a = [\"owner\"], b = [\"owner\"] }\n", "the modality \"owner\" is merged twice"),
    ] {
        assert!(desk().recode(toml).refusal().contains(said));
    }
    let well_being = |coding: &str| {
        format!("well_being = {{ items = [\"tenure\", \"rent_euros\", \"doctor\", \"waited\", \"defects\"], coding = \"{coding}\" }}\n")
    };
    let observatory = desk().declare(&well_being("1-5")).observatory("interviews").unwrap();
    assert_eq!(observatory.sources.interviews.unwrap().well_being.unwrap().coding, WellBeingCoding::OneToFive);
    assert!(desk().declare(&well_being("0-6")).refusal().contains("0-6"));
    assert!(
        desk()
            .declare("well_being = { items = [\"a\", \"b\", \"c\", \"d\", \"e\"], coding = \"0-5\" }\n")
            .refusal()
            .contains("the guide has no question \"a\"")
    );
}

#[test]
fn files_that_are_no_interviews_of_this_guide_are_refused_with_the_reason() {
    let repeat =
        Desk::new().file("a.csv", "id,date,tenure,_index,_parent_table_name,_parent_index\n1,2003-02-01,tenant,1,essai,1\n").refusal();
    assert!(repeat.contains("this is the sheet of a repeat: its rows are answers, not persons"), "{repeat}");
    let other = Desk::new().file("a.csv", "id,date,question\n1,2003-02-01,x\n").refusal();
    assert!(other.contains("no question of the guide is a column of these files"), "{other}");
    let no_date = Desk::new().file("a.csv", "_uuid,tenure,today,_submission_time\na,tenant,2003-01-01,2003-01-02T00:00:00\n").refusal();
    assert!(no_date.contains("today, _submission_time may be meant by date, or not: only a declared column is taken"), "{no_date}");
    let declared =
        Desk::new().declare("[sources.interviews.questions]\ntenure = \"Q9\"\n").file("a.csv", "id,date,doctor\n1,2003-02-01,often\n");
    assert!(declared.refusal().contains("there is no column \"Q9\" (for tenure)"));
    let unknown =
        Desk::new().declare("[sources.interviews.renamed]\nhouse = [\"Q9\"]\n").file("a.csv", "id,date,doctor\n1,2003-02-01,often\n");
    assert!(unknown.refusal().contains("the guide has no question \"house\""));
}

#[test]
fn a_place_that_a_form_took_is_offered_not_guessed() {
    let text = "id,date,tenure,_home_latitude,_home_longitude,home\n1,2003-02-01,tenant,50.6,5.5,50.6 5.5 100 4\n";
    let sources = Desk::new().file("a.csv", text).read();
    assert!(notes(&sources).contains("declare x = \"_home_longitude\", y = \"_home_latitude\" and crs = 4326"), "{}", notes(&sources));
    let whole = Desk::new().declare("[sources.interviews.columns]\nx = \"home\"\ny = \"home\"\n").file("a.csv", text);
    assert!(reasons(&whole.read())[0].contains("this is a whole geopoint"));
}

#[test]
fn a_form_that_asks_for_the_date_and_the_partner_in_a_group_needs_no_declaration() {
    let rows: Rows = &[
        &["type", "name", "label"],
        &["begin_group", "meeting", "Meeting"],
        &["date", "date", "Date"],
        &["select_one tenure", "partner", "Partner"],
        &["integer", "weight", "Weight in kilograms"],
        &["end_group", "", ""],
    ];
    for mark in ["/", "-"] {
        let header = ["date", "partner", "weight"].map(|name| format!("meeting{mark}{name}")).join(",");
        let desk = Desk::new();
        form(&desk.path("guide.xlsx"), &[("survey", rows), ("choices", CHOICES)]);
        let sources = desk.file("a.csv", &format!("_uuid,{header},weight\na,2003-02-01,owner,80,\n")).read();
        let record = &interviews(&sources).as_slice()[0];
        // The weight of a person is no weight of the interview.
        assert_eq!((record.date.unwrap().to_string().as_str(), record.weight), ("2003-02-01", 1.0));
        assert_eq!(interviews(&sources).groups(Grouping::Partner), ["owner"]);
    }
}

#[test]
fn all_problems_of_a_form_are_told_in_one_go() {
    const SURVEY: Rows = &[
        &["type", "name", "label", "relevant"],
        &["select_one nowhere", "a", "A", ""],
        &["select_one", "b", "B", ""],
        &["interger", "c", "C", ""],
        &["integer", "1 d", "D", ""],
        &["", "e", "E", ""],
        &["integer", "", "F", ""],
        &["integer", "g", "G", "${lost} = 1"],
        &["integer", "g", "G", ""],
        &["select_multiple blanks", "h", "H", ""],
        &["end_group", "", "", ""],
        &["integer", "i", "I", "${j} > 1"],
        &["integer", "j", "J", "${i} > 1"],
        &["select_one yes_no maybe", "k", "K", ""],
        &["begin_group", "l", "L", ""],
        &["end_repeat", "", "", ""],
        &["begin_repeat", "m", "M", ""],
    ];
    const CHOICES: Rows = &[
        &["list_name", "name", "label"],
        &["blanks", "two words", "2"],
        &["yes_no", "yes", "Y"],
        &["yes_no", "yes", "Y"],
        &["yes_no", "", "N"],
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("form.xlsx");
    form(&path, &[("survey", SURVEY), ("choices", CHOICES)]);
    let error = Guide::load(&path).unwrap_err();
    assert_eq!(error.kind(), optima::error::ErrorKind::Input);
    let error = error.to_string();
    let problems = [
        "survey:2: type: the sheet choices has no list \"nowhere\"; it has: blanks, yes_no",
        "survey:3: type: \"select_one\" names no list",
        "survey:4: type: there is no type \"interger\"; integer?",
        "survey:5: name: \"1 d\" is no name",
        "survey:6: type: a question without a type",
        "survey:7: name: a question or group without a name",
        "survey:8: relevant: ${lost} is nothing of this form",
        "survey:9: name: the name \"g\" is already taken in this group",
        "survey:10: type: several may be ticked, and the choice \"two words\" of the list \"blanks\" has a blank in its name",
        "survey:11: type: this closes a group, and none is open",
        "survey:12: relevant: whether \"i\" is asked depends on itself",
        "survey:13: relevant: whether \"j\" is asked depends on itself",
        "survey:14: type: \"select_one yes_no maybe\": a list's name has no blanks",
        "survey:16: type: this closes another kind of group than the one open, \"l\" of row 15",
        "survey:17: type: the group \"m\" is opened here and never closed",
        "choices:4: name: the list \"yes_no\" has the choice \"yes\" twice",
        "choices:5: name: a choice without a name",
    ];
    for problem in problems {
        assert!(error.contains(problem), "{problem}\n{error}");
    }
    assert!(error.contains("form.xlsx: the form does not hold: 18 problems"), "{error}");
}

#[test]
fn the_questions_of_a_repeat_are_left_out_and_the_rest_loads() {
    let guide = survey(&[
        &["type", "name", "label"],
        &["select_one yes_no", "before", "Before"],
        &["begin_repeat", "child", "Child"],
        &["integer", "age", "Age"],
        &["end_repeat", "", ""],
        &["select_one yes_no", "after", "After"],
    ])
    .unwrap();
    assert_eq!(guide.questions.iter().map(|q| q.id.as_str()).collect::<Vec<_>>(), ["before", "after"]);
    assert_eq!(guide.left_out[0].name, "age");
    assert!(guide.left_out[0].reason.starts_with("a repeat asks the same questions several times for one person"));
}

#[test]
fn questions_of_one_name_in_two_groups_are_known_by_their_paths() {
    let guide = survey(&[
        &["type", "name", "label"],
        &["begin group", "father", "Father"],
        &["select_one yes_no", "works", "Works"],
        &["end group", "", ""],
        &["begin group", "mother", "Mother"],
        &["select_one yes_no", "works", "Works"],
        &["end group", "", ""],
    ])
    .unwrap();
    assert_eq!(guide.questions.iter().map(|q| q.id.as_str()).collect::<Vec<_>>(), ["father/works", "mother/works"]);
}

#[test]
fn a_theme_is_the_outermost_group_or_the_one_that_is_marked() {
    let rows: Rows = &[
        &["type", "name", "label", "optima::theme"],
        &["begin_group", "all", "All", ""],
        &["select_one yes_no", "a", "A", ""],
        &["begin_group", "housing", "Housing", "yes"],
        &["begin_group", "rent", "Rent", ""],
        &["select_one yes_no", "b", "B", ""],
        &["end_group", "", "", ""],
        &["end_group", "", "", ""],
        &["end_group", "", "", ""],
    ];
    let guide = survey(rows).unwrap();
    assert_eq!(guide.themes.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["all", "housing"]);
    assert_eq!(guide.questions.iter().map(|q| q.theme).collect::<Vec<_>>(), [Some(0), Some(1)]);
}

#[test]
fn a_form_in_csv_is_the_same_form() {
    let desk = Desk::new();
    let workbook = Guide::load(&desk.path("guide.xlsx")).unwrap();
    let line = |cells: &[&str]| cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
    let mut one = String::new();
    let folder = desk.path("form");
    fs::create_dir(&folder).unwrap();
    for (name, rows) in [("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS)] {
        let lines: Vec<String> = rows.iter().map(|cells| line(cells)).collect();
        fs::write(folder.join(name).with_extension("csv"), lines.join("\n")).unwrap();
        one.push_str(&format!("{name}\n"));
        lines.iter().for_each(|cells| one.push_str(&format!(",{cells}\n")));
    }
    fs::write(desk.path("form.csv"), one).unwrap();
    for path in [folder, desk.path("form.csv")] {
        let guide = Guide::load(&path).unwrap();
        assert_eq!(guide.questionnaire(&[]), workbook.questionnaire(&[]), "{}", path.display());
    }
}

#[test]
fn a_form_of_five_thousand_choices_loads_and_one_of_seventy_thousand_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, choices: u32| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("survey").unwrap();
        for (row, cells) in (0..).zip([["type", "name", "label"], ["select_one many", "q", "Q"], ["select_multiple many", "r", "R"]]) {
            sheet.write_row(row, 0, cells).unwrap();
        }
        let sheet = workbook.add_worksheet().set_name("choices").unwrap();
        sheet.write_row(0, 0, ["list_name", "name", "label"]).unwrap();
        for choice in 1..=choices {
            sheet.write_string(choice, 0, "many").unwrap().write_number(choice, 1, choice).unwrap().write_string(choice, 2, "x").unwrap();
        }
        workbook.save(folder.path().join(name)).unwrap();
        Guide::load(&folder.path().join(name))
    };
    let guide = write("many.xlsx", 5_000).unwrap();
    assert_eq!(guide.questionnaire(&[]).questions.len(), 5_001);
    assert!(matches!(&guide.questions[0].kind, FormKind::One(choices) if choices[4_999].code == "5000"));
    let error = write("too_many.xlsx", 70_000).unwrap_err().to_string();
    assert!(error.contains("the list \"many\" has over 65000 choices"), "{error}");
}

#[test]
fn a_lone_cell_at_the_far_end_of_a_sheet_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("far.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("survey").unwrap();
    sheet.write_row(0, 0, ["type", "name", "label"]).unwrap();
    sheet.write_row(1, 0, ["integer", "age", "Age"]).unwrap();
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    workbook.save(&path).unwrap();
    assert_eq!(Guide::load(&path).unwrap().questions.len(), 1);
}

#[test]
fn every_cut_and_every_flipped_byte_of_a_form_gives_an_error_or_a_form() {
    let desk = Desk::new();
    let sound = fs::read(desk.path("guide.xlsx")).unwrap();
    let read = |bytes: &[u8]| {
        fs::write(desk.path("damaged.xlsx"), bytes).unwrap();
        if let Err(error) = Guide::load(&desk.path("damaged.xlsx")) {
            assert!(error.to_string().contains("damaged.xlsx"), "{error}");
        }
    };
    (0..20).for_each(|part| read(&sound[..sound.len() * part / 20]));
    for position in (0..200).map(|i| sound.len() * i / 200) {
        let mut bytes = sound.clone();
        bytes[position] ^= 0x55;
        read(&bytes);
    }
}

/// The forms that pyxform's own tests use, beside the project or beside the folder it lies in.
fn shared_forms() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).take(2).map(|folder| folder.join("shared/data/xlsform"));
    let found = beside.into_iter().find(|path| path.exists());
    if found.is_none() {
        println!("skipped: the forms are not at hand");
    }
    found
}

#[test]
fn the_forms_that_pyxform_is_tested_with_load() {
    let Some(folder) = shared_forms() else { return };
    // Questions that can be analyzed, and what else there is.
    let expected = [
        ("case_insensitivity.xlsx", 1, 2),
        ("choice_filter_test.xlsx", 3, 0),
        ("extra_sheet_names.xlsx", 0, 1),
        ("group.xlsx", 1, 2),
        ("loop.xlsx", 1, 2),
        ("or_other.xlsx", 2, 1),
        ("specify_other.xlsx", 1, 1),
        ("table-list.xls", 4, 1),
        ("text_and_integer.xlsx", 1, 1),
        ("widgets.xls", 20, 12),
        ("xlsform_spec_test.xlsx", 7, 39),
        ("yes_or_no_question.xlsx", 1, 0),
    ];
    for (name, questions, left_out) in expected {
        let guide = Guide::load(&folder.join(name)).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((guide.questions.len(), guide.left_out.len()), (questions, left_out), "{name}");
        assert!(guide.left_out.iter().all(|left| !left.reason.is_empty()));
    }
    let others: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for path in others.iter().filter(|path| path.extension().is_some_and(|e| e == "xlsx" || e == "xls")) {
        if let Err(error) = Guide::load(path) {
            assert!(error.to_string().contains("the form does not hold"), "{error}");
        }
    }
}

/// The columns of an export, with their cells of three rows.
fn columns() -> Vec<[&'static str; 4]> {
    vec![
        ["id", "1", "2", "3"],
        ["date", "2003-02-01", "2003-02-02", "2003-02-03"],
        ["housing/tenure", "tenant", "owner", ""],
        ["defects", "damp cold", "", "noise"],
        ["defects/damp", "1", "", "0"],
        ["defects/cold", "1", "", "0"],
        ["defects/noise", "0", "", "1"],
        ["rent_euros", "300", "", ""],
        ["doctor", "never", "Souvent", "other"],
        ["waited", "", "no", "yes"],
        ["partner", "cpas", "ale", "cpas"],
        ["unknown", "x", "y", "z"],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn reading_does_not_depend_on_the_order_of_the_columns(order in Just((0..columns().len()).collect::<Vec<_>>()).prop_shuffle()) {
        let write = |order: &[usize]| {
            let all = columns();
            (0..4).map(|row| order.iter().map(|at| all[*at][row]).collect::<Vec<_>>().join(",") + "\n").collect::<String>()
        };
        let told = |text: &str| {
            let sources = Desk::new().file("a.csv", text).read();
            let read = interviews(&sources);
            let answers: Vec<Vec<String>> = read.questionnaire().questions.iter().map(|q| words(read, &q.id)).collect();
            (answers, reasons(&sources), notes(&sources), read.groups(Grouping::Partner).to_vec())
        };
        let plain: Vec<usize> = (0..columns().len()).collect();
        let expected = told(&write(&plain));
        prop_assert!(expected.1.is_empty());
        prop_assert_eq!(told(&write(&order)), expected);
    }
}
