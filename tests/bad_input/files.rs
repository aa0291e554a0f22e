//! Files that are not what they should be: empty, cut off, of another encoding, with quotes and line ends astray.

use encoding_rs::WINDOWS_1252;

use crate::town::{INTERVIEWS, JOB_SEEKERS, SECRET, Town};

const FILE: &str = "records/job_seekers.csv";

fn cp1252(text: &str) -> Vec<u8> {
    let (bytes, _, lost) = WINDOWS_1252.encode(text);
    assert!(!lost);
    bytes.into_owned()
}

#[test]
fn the_town_as_shipped_is_accepted() {
    let town = Town::new();
    town.accepts(&["1604 rows read = 1604 used + 0 set aside", "All is ready"]);
    assert!(!town.path("private/set_aside.csv").exists(), "nothing was set aside, so there is no list of it");
}

#[test]
fn an_empty_file_is_refused() {
    let town = Town::new();
    town.write(JOB_SEEKERS, "");
    town.refuses(3, &[FILE, "the file is empty", "help: ask for it again"]);
    town.write(JOB_SEEKERS, "\n\n\r\n");
    town.refuses(3, &[FILE, "no header", "first row names the columns"]);
}

#[test]
fn a_header_without_a_row_is_refused() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| lines.truncate(1));
    town.refuses(1, &[FILE, "no row under the names of the columns", "[sources.job_seekers]"]);
}

#[test]
fn one_file_of_several_may_be_a_header_alone_and_is_said() {
    let town = Town::new();
    town.write("records/more.csv", town.text(JOB_SEEKERS).lines().next().unwrap());
    town.edit("observatory.toml", "[\"records/job_seekers.csv\"]", "[\"records/job_seekers.csv\", \"records/more.csv\"]");
    town.accepts(&["records/more.csv", "no row under the names of the columns"]);
}

#[test]
fn a_file_without_a_header_is_refused_and_its_first_row_not_quoted() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| drop(lines.remove(0)));
    town.refuses(3, &[&format!("{FILE}:1:"), "the first row looks like data", "help: put a row of names above it"]);
}

#[test]
fn a_file_cut_off_in_a_quoted_cell_is_refused() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| {
        lines.truncate(800);
        lines.push(format!("7,2003-Q2,,,,\"Rue de {SECRET}"));
    });
    town.refuses(3, &[&format!("{FILE}:801:"), "opened and never closed", "help: double the quote or remove it"]);
}

#[test]
fn a_quote_that_would_swallow_rows_is_refused() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| {
        lines[800].insert(0, '"');
        lines[1200].insert(0, '"');
    });
    town.refuses(3, &[&format!("{FILE}:801:"), "rows could be lost"]);
    town.lines(JOB_SEEKERS, |lines| lines[1200].retain(|c| c != '"'));
    town.refuses(3, &[&format!("{FILE}:801:"), "never closed"]);
}

#[test]
fn a_line_break_in_a_quoted_cell_is_text_and_the_lines_after_it_keep_their_numbers() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| {
        lines[10] = "7,2003-Q1,99001A00-,,,\"Rue\ndu Bois\",3,,22,deda,34,no".to_owned();
        lines[20].push_str(",more");
    });
    town.accepts(&["1604 rows read = 1603 used + 1 set aside", &format!("{FILE}:22: row: more fields than the header")]);
}

#[test]
fn ragged_rows_are_set_aside_with_their_lines() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| {
        lines[10] = format!("{},{SECRET}", lines[10]);
        lines[20] = format!("{SECRET},2003-Q1");
    });
    town.accepts(&[
        "1604 rows read = 1602 used + 2 set aside",
        &format!("{FILE}:11: row: more fields than the header"),
        &format!("{FILE}:21: row: fewer fields than the header"),
    ]);
}

#[test]
fn all_line_ends_are_read_alike_and_counted_alike() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    town.lines(JOB_SEEKERS, |lines| lines[700].push_str(",more"));
    let text = town.text(JOB_SEEKERS);
    for end in ["\r\n", "\r", "\n"] {
        town.write(JOB_SEEKERS, text.replace('\n', end));
        let report = town.report();
        assert_eq!(report["issues"][0]["row"], 701, "{end:?}");
        assert_eq!(report["located"][0]["records"], 1603);
    }
    let mixed: String = text.lines().zip(["\n", "\r\n", "\r"].iter().cycle()).flat_map(|(line, end)| [line, end]).collect();
    town.write(JOB_SEEKERS, mixed.replace(",more", ""));
    assert_eq!(town.tally("job_seekers"), expected);
    town.write(JOB_SEEKERS, mixed);
    assert_eq!(town.report()["issues"][0]["row"], 701);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_column() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| lines[10].push_str(",more"));
    town.write(JOB_SEEKERS, format!("\u{feff}{}", town.text(JOB_SEEKERS)));
    town.accepts(&["1603 used + 1 set aside", &format!("{FILE}:11:")]);
}

#[test]
fn windows_1252_is_detected_and_said_and_read_to_the_letter() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    town.write(JOB_SEEKERS, cp1252(&town.text(JOB_SEEKERS)));
    assert_eq!(town.tally("job_seekers"), expected, "streets with accents are found in the register");
    assert!(expected["by_address"].as_u64().unwrap() > 100);
    town.accepts(&["windows-1252"]);
    town.declare("job_seekers", "encoding = \"latin1\"");
    assert_eq!(town.tally("job_seekers"), expected);
}

#[test]
fn answers_in_windows_1252_come_out_with_their_accents() {
    let town = Town::new();
    town.edit("observatory.toml", "housing_tenure = \"housing_tenure\"", "housing_tenure = \"tenure\"");
    town.lines(INTERVIEWS, |lines| {
        lines[0] = lines[0].replace("housing_tenure", "tenure");
        for line in &mut lines[1..] {
            *line = line.replace("private_tenant", "locataire privé à l’étage");
        }
    });
    town.write(INTERVIEWS, cp1252(&town.text(INTERVIEWS)));
    std::fs::create_dir(town.path("layers")).unwrap();
    crate::settings::with_own_layers(&town);
    town.edit("layers/themes/living/private_tenants.toml", "private_tenant\"", "locataire privé à l’étage\"");
    town.accepts(&["windows-1252"]);
    let manifest = std::fs::read_to_string(town.release().join("manifest.json")).unwrap();
    assert!(manifest.contains("locataire privé à l’étage"));
}

#[test]
fn utf_16_without_its_mark_is_refused() {
    let town = Town::new();
    let wide: Vec<u8> = town.text(JOB_SEEKERS).encode_utf16().flat_map(u16::to_le_bytes).collect();
    town.write(JOB_SEEKERS, wide);
    town.refuses(3, &[&format!("{FILE}:1:"), "no text", "CSV UTF-8"]);
}

#[test]
fn two_encodings_in_one_file_are_refused_with_the_line() {
    let town = Town::new();
    let text = town.text(JOB_SEEKERS);
    let (head, tail) = text.split_at(text.lines().take(500).map(|line| line.len() + 1).sum());
    let bytes = [head.as_bytes(), &cp1252(&format!("7,2003-Q2,,,,Rue de {SECRET},1,4999,22,deda,34,no\n")), tail.as_bytes()].concat();
    town.write(JOB_SEEKERS, bytes);
    town.refuses(3, &[&format!("{FILE}:501:"), "two encodings in one file", "CSV UTF-8"]);
}

#[test]
fn a_nul_byte_is_refused_with_its_line() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| lines[500].insert(3, '\0'));
    town.refuses(3, &[&format!("{FILE}:501:"), "no text"]);
}

#[test]
fn a_declared_encoding_that_the_file_contradicts_is_refused() {
    let town = Town::new();
    town.declare("job_seekers", "encoding = \"utf-8\"");
    let text = town.text(JOB_SEEKERS);
    town.write(JOB_SEEKERS, cp1252(&text));
    town.refuses(3, &[FILE, "declared as UTF-8, and it is not", "windows-1252"]);
    town.write(JOB_SEEKERS, text);
    town.edit("observatory.toml", "encoding = \"utf-8\"", "encoding = \"windows-1252\"");
    town.refuses(3, &[FILE, "declared as windows-1252, and it is UTF-8"]);
    town.edit("observatory.toml", "encoding = \"windows-1252\"", "encoding = \"utf-7\"");
    town.refuses(2, &["observatory.toml", "sources.job_seekers.encoding", "expected \"utf-8\" or \"windows-1252\""]);
}

#[test]
fn what_is_no_plain_file_is_refused_and_not_waited_for() {
    let town = Town::new();
    std::fs::remove_file(town.path(JOB_SEEKERS)).unwrap();
    town.refuses(3, &[FILE, "there is no such file", "paths are relative"]);
    std::fs::create_dir(town.path(JOB_SEEKERS)).unwrap();
    town.refuses(3, &[FILE, "not a plain file"]);
    std::fs::remove_dir(town.path(JOB_SEEKERS)).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(town.path(JOB_SEEKERS)).status().unwrap().success());
    town.refuses(3, &[FILE, "not a plain file", "folder, pipe or device"]);
}

#[test]
fn all_bad_files_are_told_in_one_go() {
    let town = Town::new();
    town.write(JOB_SEEKERS, "");
    town.lines(INTERVIEWS, |lines| lines[60].push('\0'));
    town.lines("records/population.csv", |lines| lines[0] = lines[0].replace("active", "population"));
    town.refuses(
        3,
        &["3 sources cannot be used", FILE, "the file is empty", "interviews.csv:61:", "population.csv:1: columns occur twice: population"],
    );
}
