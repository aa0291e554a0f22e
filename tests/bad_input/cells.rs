//! Cells that do not say what they should: numbers, dates, quarters, categories, persons and interviews twice.

use std::os::unix::fs::PermissionsExt;

use crate::town::{INTERVIEWS, JOB_SEEKERS, SECRET, Town};

const FILE: &str = "records/job_seekers.csv";
const DATES: &str = "records/interviews.csv";

/// Replaces rows from line 11 on by rows of the person who must not be named.
fn with_rows(town: &Town, rows: &[String]) {
    town.lines(JOB_SEEKERS, |lines| lines[10..10 + rows.len()].clone_from_slice(rows));
}

/// One column of the interviews, from line 11 on.
fn with_cells(town: &Town, name: &str, column: usize, cells: &[&str]) {
    town.lines(name, |lines| {
        for (line, cell) in lines[10..].iter_mut().zip(cells) {
            let mut row: Vec<&str> = line.split(',').collect();
            row[column] = cell;
            *line = row.join(",");
        }
    });
}

#[test]
fn a_decimal_comma_is_detected_where_nothing_contradicts_it() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    town.write(JOB_SEEKERS, town.text(JOB_SEEKERS).replace(',', ";").replace('.', ","));
    assert_eq!(town.tally("job_seekers"), expected);
    town.accepts(&["delimiter \";\", decimal mark \",\""]);
}

#[test]
fn an_undeclared_decimal_comma_among_points_is_set_aside_with_what_to_declare() {
    let town = Town::new();
    with_rows(&town, &[format!("{SECRET},2003-Q1,,\"201500,5\",\"100700,5\",,,,22,deda,34,no")]);
    town.accepts(&[
        "1603 used + 1 set aside",
        &format!("{FILE}:11: x: expected a number with the decimal mark \".\""),
        "declare decimal = \",\"",
    ]);
}

#[test]
fn a_wrongly_declared_decimal_mark_stops_the_run_and_the_right_one_mends_it() {
    let town = Town::new();
    town.write(JOB_SEEKERS, town.text(JOB_SEEKERS).replace(',', ";").replace('.', ","));
    town.declare("job_seekers", "decimal = \".\"");
    town.refuses(
        1,
        &[
            "more rows set aside than max_set_aside = 0.02 allows",
            "207 of 1604 rows",
            "207 × x: expected a number",
            "declare decimal = \",\"",
        ],
    );
    town.edit("observatory.toml", "decimal = \".\"", "decimal = \",\"");
    town.accepts(&["1604 used + 0 set aside"]);
    town.edit("observatory.toml", "decimal = \",\"", "decimal = \"'\"");
    town.refuses(2, &["sources.job_seekers.decimal", "expected \".\" or \",\""]);
}

#[test]
fn what_is_no_plain_finite_number_is_set_aside() {
    let town = Town::new();
    let cells =
        ["202 300.5", "202\u{202f}300.5", "\"202,300.5\"", "\"202.300,5\"", "NaN", "inf", "1e400", "2E5", "0x10", "-", "202300.5.1"];
    let rows: Vec<String> = cells.iter().map(|cell| format!("{SECRET},2003-Q1,,{cell},100300.0,,,,22,deda,34,no")).collect();
    with_rows(&town, &rows);
    town.accepts(&[
        "1604 rows read = 1593 used + 11 set aside",
        &format!("{FILE}:11: x: expected a plain number, without marks between thousands"),
        &format!("{FILE}:15: x: expected a finite number"),
        &format!("{FILE}:21: x: "),
    ]);
}

#[test]
fn half_a_coordinate_is_set_aside() {
    let town = Town::new();
    with_rows(&town, &[format!("{SECRET},2003-Q1,,202300.5,,,,,22,deda,34,no")]);
    town.accepts(&[&format!("{FILE}:11: y: one coordinate without the other")]);
}

#[test]
fn bad_dates_are_set_aside_and_an_ambiguous_form_must_be_declared() {
    let town = Town::new();
    town.edit("observatory.toml", "max_set_aside = 0.02", "max_set_aside = 0.05");
    let ambiguous = format!("03/04/2003 {SECRET}");
    with_cells(&town, INTERVIEWS, 1, &["2003-02-31", "03/04/2003", "37653", "", &ambiguous]);
    town.accepts(&[
        "120 rows read = 115 used + 5 set aside",
        &format!("{DATES}:11: date: expected a date of the form %Y-%m-%d; declare date_format for another form"),
        &format!("{DATES}:12: date: "),
        &format!("{DATES}:13: date: "),
        &format!("{DATES}:14: date: nothing here; expected a date"),
        &format!("{DATES}:15: date: "),
    ]);
}

#[test]
fn a_declared_form_of_dates_is_the_only_one() {
    let town = Town::new();
    town.cells(INTERVIEWS, 1, |_, cells| {
        let parts: Vec<String> = cells[1].split('-').map(str::to_owned).collect();
        cells[1] = format!("{}/{}/{}", parts[2], parts[1], parts[0]);
    });
    town.refuses(1, &["120 of 120 rows set aside (100.0 %)", "declare date_format"]);
    town.declare("interviews", "date_format = \"%d/%m/%Y\"");
    town.accepts(&["120 rows read = 120 used + 0 set aside"]);
    with_cells(&town, INTERVIEWS, 1, &["2003-02-03", "31/02/2003"]);
    town.accepts(&["118 used + 2 set aside", &format!("{DATES}:11: date: expected a date of the form %d/%m/%Y")]);
    for form in ["%!", "%d/%m", "le jour"] {
        town.edit("observatory.toml", "date_format = \"%d/%m/%Y\"", &format!("date_format = \"{form}\""));
        town.refuses(2, &["observatory.toml", "sources.interviews.date_format", "no form of a date", "%d/%m/%Y"]);
        town.edit("observatory.toml", &format!("date_format = \"{form}\""), "date_format = \"%d/%m/%Y\"");
    }
}

#[test]
fn quarters_are_read_in_french_and_what_is_none_is_set_aside() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    town.write(JOB_SEEKERS, town.text(JOB_SEEKERS).replace("2003-Q", "2003T"));
    assert_eq!(town.tally("job_seekers"), expected);
    with_cells(&town, JOB_SEEKERS, 1, &["2003-Q5", "2003", "T5 2003", "", SECRET]);
    let said: Vec<String> = (11..=15).map(|row| format!("{FILE}:{row}: quarter: expected a quarter such as 2003-Q4 or 2003T4")).collect();
    town.accepts(&said.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(town.counts("job_seekers"), [1604, 1599, 5]);
}

#[test]
fn rows_of_another_period_are_counted_and_all_of_them_stop_the_run() {
    let town = Town::new();
    with_cells(&town, JOB_SEEKERS, 1, &["2002-Q4"]);
    town.accepts(&["1603 used + 1 set aside", &format!("{FILE}:11: quarter: outside the study's period")]);
    town.write(JOB_SEEKERS, town.text(JOB_SEEKERS).replace("2003-Q", "1993-Q"));
    town.refuses(1, &[FILE, "all rows are outside the study's period", "check [periods] and [campaign]"]);
}

#[test]
fn unknown_categories_and_answers_are_set_aside_with_where_to_map_them() {
    let town = Town::new();
    with_rows(
        &town,
        &[
            format!("1,2003-Q1,99001A00-,,,,,,22,{SECRET},34,no"),
            format!("2,2003-Q1,99001A00-,,,,,,22,deda,34,{SECRET}"),
            format!("3,2003-Q1,99001A00-,,,,,,{SECRET},deda,34,no"),
            "4,2003-Q1,99001A00-,,,,,,12,deda,34,no".to_owned(),
            "5,2003-Q1,99001A00-,,,,,,22,deda,-3,no".to_owned(),
        ],
    );
    town.accepts(&[
        &format!("{FILE}:11: category: expected benefit, insertion"),
        &format!("{FILE}:12: ris: expected yes or no; map their values under values.ris"),
        &format!("{FILE}:13: age: expected a finite number"),
        &format!("{FILE}:14: age: expected an age of 14 to 99"),
        &format!("{FILE}:15: months: expected a duration of 0 to 720 months"),
    ]);
}

#[test]
fn an_interview_twice_counts_once() {
    let town = Town::new();
    town.lines(INTERVIEWS, |lines| lines.insert(2, lines[1].clone()));
    town.accepts(&["121 rows read = 120 used + 1 set aside", &format!("{DATES}:3: id: this interview was already read")]);
}

#[test]
fn a_person_twice_in_a_quarter_counts_once_even_from_two_files() {
    let town = Town::new();
    let text = town.text(JOB_SEEKERS);
    town.lines(JOB_SEEKERS, |lines| lines.insert(2, lines[1].clone()));
    town.accepts(&[
        "1605 rows read = 1604 used + 1 set aside",
        &format!("{FILE}:3: person: this person was already read for this quarter"),
    ]);
    // Two partners know the same person: the first file counts.
    let mut other: Vec<&str> = text.lines().take(4).collect();
    other[1] = other[2];
    town.write(JOB_SEEKERS, &text);
    town.write("records/partner.csv", other[..2].join("\n"));
    town.edit("observatory.toml", "[\"records/job_seekers.csv\"]", "[\"records/job_seekers.csv\", \"records/partner.csv\"]");
    town.accepts(&["1605 rows read = 1604 used + 1 set aside", "records/partner.csv:2: person: this person was already read"]);
}

#[test]
fn a_row_without_a_person_is_set_aside() {
    let town = Town::new();
    with_rows(&town, &[",2003-Q1,99001A00-,,,,,,22,deda,34,no".to_owned()]);
    town.accepts(&[&format!("{FILE}:11: person: nothing here; expected a value")]);
}

#[test]
fn rows_set_aside_are_listed_whole_for_their_owner_only() {
    let town = Town::new();
    with_rows(&town, &[format!("{SECRET},2003-Q5,,,,\"Rue =1+1, {SECRET}\",3,,22,deda,34,no")]);
    town.accepts(&["1603 used + 1 set aside"]);
    town.build(&["--lang", "en"]).exits(0).says(&["Rows set aside, personal data: ", "private/set_aside.csv"]).names_nobody();
    let list = town.path("private/set_aside.csv");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&list), mode(&town.path("private"))), (0o600, 0o700));
    let text = std::fs::read_to_string(&list).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains(SECRET) && text.contains(",11,quarter,"), "{text}");
    assert!(!town.release().join("private").exists());
    // A list of an earlier state would name persons for nothing.
    with_rows(&town, &["7,2003-Q1,99001A00-,,,,,,22,deda,34,no".to_owned()]);
    town.accepts(&["1604 used + 0 set aside"]);
    assert!(!list.exists());
}

#[test]
fn the_private_folder_and_the_release_never_lie_in_one_another() {
    let town = Town::new();
    for private in ["../release/private", "../release", ".."] {
        let keep = town.text("observatory.toml");
        town.edit("observatory.toml", "[periods]", &format!("[periods]\n#{private}\n"));
        town.write("observatory.toml", format!("private = \"{private}\"\n{keep}"));
        let run = town.build(&["--lang", "en"]);
        run.exits(2).says(&["observatory.toml: private: ", "may not lie in one another"]);
        town.write("observatory.toml", keep);
    }
}
