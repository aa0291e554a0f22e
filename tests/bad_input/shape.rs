//! Tables of an odd shape: very wide, very long cells, names of columns that fill a screen, no row at all.

use std::fmt::Write;

use crate::town::{JOB_SEEKERS, SECRET, Town};

const FILE: &str = "records/job_seekers.csv";

#[test]
fn forty_thousand_columns_are_read_and_a_short_row_among_them_has_its_line() {
    let town = Town::new();
    let (mut names, mut cells) = (String::new(), String::new());
    for i in 0..40_000 {
        write!(names, ",extra{i}").unwrap();
        cells.push_str(",1");
    }
    // The first rows stay as they are: the rest of 40,000 cells each would be 130 MB.
    town.lines(JOB_SEEKERS, |lines| {
        lines.truncate(41);
        lines[0].push_str(&names);
        lines.iter_mut().skip(1).for_each(|line| line.push_str(&cells));
        let short = lines[20].len() - 2;
        lines[20].truncate(short);
    });
    let run = town.check(&["--lang", "en"]);
    run.says(&["40 rows read = 39 used + 1 set aside", &format!("{FILE}:21: row: fewer fields than the header")]).names_nobody();
}

#[test]
fn a_missing_column_among_forty_thousand_does_not_fill_the_screen() {
    let town = Town::new();
    let long = "p".repeat(2_000_000);
    town.lines(JOB_SEEKERS, |lines| {
        let more: Vec<String> = (0..40_000).map(|i| format!("extra{i}")).collect();
        lines[0] = format!("{},{long},{}", lines[0].replace("months", "mois"), more.join(","));
    });
    town.stops(3, &["there is no column \"months\"", "… (40013 in all)"]);
    assert!(town.check(&[]).out.len() < 10_000, "the message is for a person");
}

#[test]
fn a_cell_of_two_megabytes_sets_its_row_aside() {
    let town = Town::new();
    let long = SECRET.repeat(130_000);
    town.lines(JOB_SEEKERS, |lines| {
        lines[10] = format!("7,2003-Q1,,,,\"{long}\",3,,22,deda,34,no");
        lines[20] = format!("{long},2003-Q1,99001A00-,,,,,,22,deda,34,no");
    });
    town.accepts(&[
        "1604 rows read = 1602 used + 2 set aside",
        &format!("{FILE}:11: street: the text is longer than any answer (65536 bytes)"),
        &format!("{FILE}:21: person: the text is longer than any answer"),
    ]);
}

#[test]
fn names_of_columns_with_line_ends_do_not_look_like_messages() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| lines[0] = lines[0].replace("months", "\"mois\nerror: lost\""));
    town.stops(3, &["there is no column \"months\"", "mois error: lost"]);
}

#[test]
fn a_header_alone_that_may_be_empty_gives_valid_layers_of_nobody() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| lines.truncate(1));
    town.stops(1, &[FILE, "no row under the names of the columns", "may_be_empty = true says that there is nobody"]);
    town.declare("job_seekers", "may_be_empty = true");
    town.accepts(&["job_seekers: 0 rows read = 0 used + 0 set aside", "there is no row under the names of the columns"]);
    let map = &town.outputs()[std::path::Path::new("geojson/job_seeker_count.geojson")];
    let map: serde_json::Value = serde_json::from_slice(map).unwrap();
    let zones = map["features"].as_array().unwrap();
    assert_eq!(zones.len(), 5, "every quartier is there");
    assert!(zones.iter().all(|zone| zone["properties"]["value"].as_f64().is_none_or(|value| value == 0.0)), "{zones:?}");
}

#[test]
fn one_line_end_and_many_give_the_same_release() {
    let town = Town::new();
    let before = town.outputs();
    let text = town.text(JOB_SEEKERS);
    let mixed: String = text.lines().zip(["\r\n", "\n", "\r"].iter().cycle()).flat_map(|(line, end)| [line, end]).collect();
    town.write(JOB_SEEKERS, mixed);
    town.build(&[]).exits(0);
    for (name, bytes) in town.outputs() {
        // The manifest and the metadata of the package tell the bytes of the input.
        if name.starts_with("tables") || name.starts_with("geojson") {
            assert!(before[&name] == bytes, "{} differs", name.display());
        }
    }
}
