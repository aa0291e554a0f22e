//! Keys that do not meet: a zone renamed between quarters, a sector given away twice, one address in two places.

use crate::town::{JOB_SEEKERS, Town};

const CROSSWALK: &str = "valmont/crosswalk.csv";
const POPULATION: &str = "records/population.csv";

#[test]
fn a_zone_renamed_between_quarters_is_told_on_both_sides() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| {
        for line in lines.iter_mut().filter(|line| line.contains("2003-Q3") || line.contains("2003-Q4")) {
            *line = line.replace("99001B100", "99001B1XX");
        }
    });
    town.passes(&[
        "codes that the territory does not have: 99001B1XX (105)",
        "sectors that no row names by their code: 99001B0LA, 99001B100 (2003-Q3, 2003-Q4)",
    ]);
    let tally = town.tally("job_seekers");
    assert_eq!(tally["unknown_codes"]["99001B1XX"], 105);
    assert_eq!(tally["unnamed_sectors"]["99001B100"], serde_json::json!(["2003-Q3", "2003-Q4"]));
    assert_eq!(tally["records"], 1604, "no row is multiplied or lost");
}

#[test]
fn a_public_figure_for_an_unknown_zone_is_told_with_the_zones_that_have_none() {
    let town = Town::new();
    town.edit(POPULATION, "99001C010", "99001C011");
    town.stops(1, &["more records without a place", "population: 9 records, 8 located"]);
    town.check(&["--lang", "en"]).says(&["99001C011 (1)", "sectors that no row names by their code: 99001C010"]);
    assert_eq!(town.tally("population")["unnamed_sectors"]["99001C010"], serde_json::json!([]));
}

#[test]
fn where_every_code_is_known_nothing_is_told_of_sectors_without_a_row() {
    let town = Town::new();
    let run = town.check(&["--lang", "en"]);
    assert!(!run.exits(0).out.contains("sectors that no row names"), "{}", run.out);
}

#[test]
fn a_sector_that_belongs_to_two_quartiers_whole_would_count_persons_twice() {
    let town = Town::new();
    let keep = town.text(CROSSWALK);
    town.write(CROSSWALK, format!("{keep}03,Les Hauts,99001A00-,1\n"));
    town.stops(2, &["crosswalk.csv", "the weights of sector 99001A00- sum to 2, more than 1: persons would be counted twice"]);
    town.write(CROSSWALK, format!("{keep}01,Centre-ville,99001A00-,1\n"));
    town.stops(2, &["row 12: sector 99001A00- is given to quartier 01 twice"]);
    town.write(CROSSWALK, keep.replacen("01,Centre-ville,99001A01-", "01,Centre ville,99001A01-", 1));
    town.stops(2, &["quartier 01 is called \"Centre-ville\" and \"Centre ville\""]);
}

#[test]
fn a_zone_twice_in_a_year_counts_once() {
    let town = Town::new();
    town.edit("observatory.toml", "max_set_aside = 0.02", "max_set_aside = 0.5");
    town.lines(POPULATION, |lines| lines.push(lines[1].clone()));
    town.passes(&["10 rows read = 9 used + 1 set aside", "population.csv:11: zone: this zone was already read for this year"]);
}

#[test]
fn an_address_that_the_register_has_in_two_sectors_is_not_guessed() {
    let town = Town::new();
    let before = town.tally("job_seekers");
    // Every address a second time, in the sector at the other end of the town.
    town.lines("records/addresses.csv", |lines| {
        for line in lines.clone().into_iter().skip(1) {
            let mut cells: Vec<&str> = line.split(',').collect();
            (cells[3], cells[4]) = ("202300.0", "101800.0");
            lines.push(cells.join(","));
        }
    });
    let after = town.tally("job_seekers");
    assert_eq!(after["records"], before["records"]);
    assert!(after["by_address"].as_u64() < before["by_address"].as_u64(), "{after}");
    assert!(after["ambiguous_streets"].as_u64() > before["ambiguous_streets"].as_u64(), "{after}");
}

#[test]
fn a_code_keeps_its_zeros_and_is_no_number() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| {
        let row = |person: &str, zone: &str| format!("{person},2003-Q1,{zone},,,,,,22,deda,34,no");
        // Three persons, not one; a code that looks like a number in powers of ten is no sector.
        lines.extend([
            row("00123", "99001A00-"),
            row("123", "99001A00-"),
            row("0123", "99001A00-"),
            row("1e5", "1E5"),
            row("100000", "99001A00-"),
        ]);
    });
    town.passes(&["1609 rows read = 1609 used + 0 set aside", "(no code) (1)"]);
    town.lines(JOB_SEEKERS, |lines| lines.push("00123,2003-Q1,99001A00-,,,,,,22,deda,34,no".to_owned()));
    town.passes(&["1609 used + 1 set aside", "job_seekers.csv:1611: person: this person was already read for this quarter"]);
}
