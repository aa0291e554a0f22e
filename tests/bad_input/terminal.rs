//! Control characters and ANSI sequences in names, files, headers and arguments: the terminal gets them shown, never raw.

use std::process::Command;

use crate::outlines::{spoil, zone};
use crate::town::{JOB_SEEKERS, Run, Town, run};

/// Clears the screen, colors, sets the title (ended by BEL), eight-bit CSI, turns the direction, ends a line unseen.
const HOSTILE: &str = "x\u{1b}[2J\u{1b}[31m\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{2028}\u{7f}y";

fn obeyed(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// Neither stdout nor stderr holds anything that a terminal obeys, and the name is there, shown.
fn shows(run: &Run) {
    let said = format!("{}{}", run.out, run.err);
    let raw: Vec<char> = said.chars().filter(|c| obeyed(*c)).collect();
    assert!(raw.is_empty(), "raw {raw:?} in {said:?}");
    assert!(said.contains("1b"), "the name is not shown: {said}");
}

fn all_ways(town: &Town, code: i32) {
    for arguments in [&["-v"][..], &["-v", "--format", "json"], &["--lang", "fr"], &["--lang", "en"]] {
        let checked = town.check(arguments);
        checked.exits(code);
        shows(&checked);
    }
}

#[test]
fn names_of_zones_and_of_the_territory_are_shown() {
    let town = Town::new();
    let quoted = HOSTILE.replace('\u{1b}', "\\u001b").replace('\u{7}', "\\u0007").replace('\u{7f}', "\\u007f").replace('\u{9b}', "\\u009b");
    town.edit("valmont/territory.toml", "fr = \"Valmont\", en = \"Valmont\"", &format!("fr = \"{quoted}\", en = \"{quoted}\""));
    spoil(&town, |zones| zone(zones, "99001C010")["properties"]["nom"] = serde_json::json!(HOSTILE));
    let checked = town.check(&["--lang", "en"]);
    checked.exits(0);
    shows(&checked);
    let built = town.build(&["-v", "--lang", "en"]);
    built.exits(0);
    assert!(!format!("{}{}", built.out, built.err).chars().any(obeyed));
    for arguments in [&[][..], &["--format", "json"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_optima"));
        let told = run(command
            .args(["explain", "job_seeker_count", "valmont", "2003-Q1"])
            .args(arguments)
            .arg("--file")
            .arg(town.path("observatory.toml")));
        told.exits(0);
        assert!(!format!("{}{}", told.out, told.err).chars().any(obeyed), "{told:?}");
    }
}

#[test]
fn names_of_columns_and_cells_are_shown() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| lines[0] = lines[0].replace("months", HOSTILE));
    all_ways(&town, 3);
    town.lines(JOB_SEEKERS, |lines| lines[0] = lines[0].replace("ris", HOSTILE));
    all_ways(&town, 3);
}

#[test]
fn names_of_files_and_sheets_are_shown() {
    let town = Town::new();
    let name = format!("records/{}\n.csv", HOSTILE.replace('/', ""));
    std::fs::rename(town.path(JOB_SEEKERS), town.path(&name)).unwrap();
    let quoted = name.chars().map(|c| if c.is_control() { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect::<String>();
    town.edit("observatory.toml", JOB_SEEKERS, &quoted);
    all_ways(&town, 0);
    town.write(&name, "");
    all_ways(&town, 3);
    let built = town.build(&["--format", "json"]);
    built.exits(3);
    shows(&built);
}

#[test]
fn what_was_typed_is_shown() {
    for arguments in [
        &[HOSTILE][..],
        &["check", "--format", HOSTILE],
        &["build", HOSTILE],
        &["check", HOSTILE],
        &["check", "--lang", HOSTILE],
        &["guide", HOSTILE],
    ] {
        let told = run(Command::new(env!("CARGO_BIN_EXE_optima")).args(arguments));
        assert_ne!(told.code, Some(0));
        assert!(!format!("{}{}", told.out, told.err).chars().any(obeyed), "{arguments:?}: {told:?}");
    }
}

#[test]
fn what_a_configuration_file_holds_is_shown() {
    let town = Town::new();
    let keep = town.text("observatory.toml");
    for line in [format!("{HOSTILE} = 1"), format!("\"{}\" = 1", HOSTILE.replace(['\u{1b}', '\u{7}', '\u{7f}'], "\\u001b"))] {
        town.write("observatory.toml", format!("{line}\n{keep}"));
        let told = town.check(&["--lang", "en"]);
        told.exits(2);
        shows(&told);
        let told = town.check(&["--format", "json"]);
        told.exits(2);
        shows(&told);
    }
}
