//! Days and numbers as people write them: what is declared is read, what could be two things is neither.

use crate::town::{INTERVIEWS, JOB_SEEKERS, SECRET, Town};

const DATES: &str = "records/interviews.csv";
const FILE: &str = "records/job_seekers.csv";

/// The days of the interviews from line 11 on.
fn days(town: &Town, days: &[&str]) {
    town.lines(INTERVIEWS, |lines| {
        for (line, day) in lines[10..].iter_mut().zip(days) {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells[1] = day;
            *line = cells.join(",");
        }
    });
}

fn quarters(town: &Town, quarters: &[&str]) {
    town.lines(JOB_SEEKERS, |lines| {
        for (line, quarter) in lines[10..].iter_mut().zip(quarters) {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells[1] = quarter;
            *line = cells.join(",");
        }
    });
}

#[test]
fn a_day_that_could_be_two_days_is_none_until_its_form_is_declared() {
    let town = Town::new();
    town.accepts_more_set_aside();
    days(&town, &["03/04/2003", "04/03/2003", "13/04/2003", "03.04.03", "3 avril 2003"]);
    let said: Vec<String> = (11..=15)
        .map(|row| format!("{DATES}:{row}: date: expected a date of the form %Y-%m-%d; declare date_format for another form"))
        .collect();
    let mut words: Vec<&str> = said.iter().map(String::as_str).collect();
    words.push("120 rows read = 115 used + 5 set aside");
    town.passes(&words);
}

#[test]
fn the_declared_order_of_day_and_month_decides() {
    let town = Town::new();
    town.edit("observatory.toml", "max_set_aside = 0.02", "max_set_aside = 1.0");
    // The campaign ends in 2003: read the other way round, the third day lies after it.
    days(&town, &["03/04/2003", "31/02/2003", "01/12/2003", "12/31/2003"]);
    for (form, used, reasons) in [("%d/%m/%Y", 2, [12, 14]), ("%m/%d/%Y", 3, [12, 12])] {
        town.declare("interviews", &format!("date_format = \"{form}\""));
        let said = reasons.map(|row| format!("{DATES}:{row}: date: expected a date of the form {form}"));
        town.check(&["--lang", "en"])
            .says(&[&format!("120 rows read = {used} used + {} set aside", 120 - used), &said[0], &said[1]])
            .names_nobody();
        town.edit("observatory.toml", &format!("date_format = \"{form}\"\n"), "");
    }
}

#[test]
fn a_serial_number_of_a_spreadsheet_is_no_day_in_a_text_file() {
    let town = Town::new();
    days(&town, &["37714"; 50]);
    town.stops(
        1,
        &["interviews: 50 of 120 rows set aside (41.7 %)", "50 × date: expected a date of the form %Y-%m-%d; declare date_format"],
    );
}

#[test]
fn days_that_the_calendar_does_not_have_are_set_aside() {
    let town = Town::new();
    town.accepts_more_set_aside();
    days(&town, &["2003-02-29", "2003-02-31", "2003-13-01", "0000-00-00", "1900-02-29", "99999-01-01", "2003-04-31T10:00:00"]);
    town.passes(&["120 rows read = 113 used + 7 set aside", &format!("{DATES}:11: date: "), &format!("{DATES}:17: date: ")]);
}

#[test]
fn a_quarter_is_read_in_both_spellings_and_in_no_third() {
    let town = Town::new();
    quarters(&town, &["2003T1", "2003Q1", "2003-T1", "2003-Q1", "2003-q1", "T1 2003"]);
    town.passes(&["1604 rows read = 1604 used + 0 set aside"]);
    quarters(&town, &["1T2003", "2003-1", "03T1", "1er trimestre 2003", "2003.1", "2003-Q0", "2003-Q5", "31/03/2003"]);
    let said: Vec<String> = (11..=18).map(|row| format!("{FILE}:{row}: quarter: expected a quarter such as 2003-Q4 or 2003T4")).collect();
    let mut words: Vec<&str> = said.iter().map(String::as_str).collect();
    words.push("1596 used + 8 set aside");
    town.passes(&words);
}

#[test]
fn grouped_and_endless_numbers_are_set_aside_and_none_is_quoted() {
    let town = Town::new();
    let cells =
        ["1.900,40", "1 900", "1\u{202f}900", "1\u{a0}900", "1'900", "NaN", "inf", "1e400", "1E5", "٢٢", "２２", "9".repeat(400).as_str()]
            .map(str::to_owned);
    town.lines(JOB_SEEKERS, |lines| {
        for (line, cell) in lines[10..].iter_mut().zip(&cells) {
            *line = format!("{SECRET},2003-Q1,99001A00-,,,,,,22,deda,\"{cell}\",no");
        }
    });
    town.accepts(&[
        "1604 rows read = 1592 used + 12 set aside",
        &format!("{FILE}:11: months: expected a plain number, without marks between thousands"),
        &format!("{FILE}:13: months: expected a plain number, without marks between thousands"),
        &format!("{FILE}:16: months: expected a finite number"),
        &format!("{FILE}:22: months: "),
    ]);
}

#[test]
fn minus_zero_is_zero() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| lines[10] = "7,2003-Q1,99001A00-,,,,,,22,deda,-0,no".to_owned());
    town.passes(&["1604 rows read = 1604 used + 0 set aside"]);
    town.build(&[]).exits(0);
    for (name, bytes) in town.outputs() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let minus = text.split([',', ':', ' ', '\r', '\n', '}', ']']).any(|word| word == "-0" || word == "-0.0");
        assert!(!minus, "{} has a zero with a sign", name.display());
    }
}

#[test]
fn a_decimal_comma_that_is_declared_reads_points_as_groups() {
    let town = Town::new();
    town.write(JOB_SEEKERS, town.text(JOB_SEEKERS).replace(',', ";").replace('.', ","));
    town.declare("job_seekers", "decimal = \",\"");
    town.lines(JOB_SEEKERS, |lines| lines[10] = "7;2003-Q1;;202.300,5;100.300,5;;;;22;deda;34;no".to_owned());
    town.passes(&["1603 used + 1 set aside", &format!("{FILE}:11: x: expected a plain number, without marks between thousands")]);
}
