//! Parquet that is cut off, of another kind, or promises more than it holds.

use crate::formats::{Table, delivered_as_parquet, table, write_parquet};
use crate::town::{SECRET, Town, run};

/// The records as Parquet, and their sound bytes.
fn delivered(town: &Town) -> (String, Vec<u8>) {
    let name = delivered_as_parquet(town);
    let bytes = std::fs::read(town.path(&name)).unwrap();
    (name, bytes)
}

#[test]
fn a_truncated_footer_is_refused_wherever_it_is_cut() {
    let town = Town::new();
    let (name, sound) = delivered(&town);
    let footer = u32::from_le_bytes(sound[sound.len() - 8..sound.len() - 4].try_into().unwrap()) as usize;
    for end in [4, 12, sound.len() - 8 - footer, sound.len() - 8 - footer / 2, sound.len() - 8, sound.len() - 1] {
        town.write(&name, &sound[..end]);
        town.stops(3, &[&name, "cannot be read as Parquet", "help: it may be truncated"]);
    }
}

#[test]
fn a_wrong_mark_at_the_end_and_a_locked_footer_are_refused() {
    let town = Town::new();
    let (name, sound) = delivered(&town);
    // PARE marks an encrypted footer.
    for mark in [b"PAR2", b"PARE", b"\0\0\0\0"] {
        let mut bytes = sound.clone();
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(mark);
        town.write(&name, bytes);
        town.stops(3, &[&name, "cannot be read as Parquet"]);
    }
}

#[test]
fn a_footer_that_says_it_is_four_gigabytes_long_is_refused() {
    let town = Town::new();
    let (name, sound) = delivered(&town);
    for length in [u32::MAX, 0x7FFF_FFFF, 0] {
        let mut bytes = sound.clone();
        let end = bytes.len();
        bytes[end - 8..end - 4].copy_from_slice(&length.to_le_bytes());
        town.write(&name, bytes);
        let limited = format!(
            "ulimit -v 3000000; exec '{}' check '{}' --lang en",
            env!("CARGO_BIN_EXE_optima"),
            town.path("observatory.toml").display()
        );
        run(std::process::Command::new("bash").args(["-c", &limited])).exits(3).says(&[&name, "Parquet"]).names_nobody();
    }
    town.stops(3, &[&name, "cannot be read as Parquet"]);
}

/// A number as Thrift's compact protocol writes it: zigzag, seven bits a byte.
fn compact(number: u64) -> Vec<u8> {
    let mut rest = number << 1;
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(rest & 0x7F).unwrap();
        rest >>= 7;
        if rest == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

#[test]
fn a_footer_that_promises_other_rows_than_its_parts_is_refused_at_once() {
    let town = Town::new();
    let (name, sound) = delivered(&town);
    let footer = u32::from_le_bytes(sound[sound.len() - 8..sound.len() - 4].try_into().unwrap()) as usize;
    let start = sound.len() - 8 - footer;
    // The first field with the number of rows is the file's own: i64, after the schema.
    let rows: Vec<u8> = [&[0x16][..], &compact(1604)].concat();
    let at = start + sound[start..].windows(rows.len()).position(|part| part == rows).unwrap();
    for promised in [1_u64 << 50, 1603, 1605, 0] {
        let spoiled = [&sound[..at], &[0x16], &compact(promised), &sound[at + rows.len()..sound.len() - 8]].concat();
        let length = u32::try_from(spoiled.len() - start).unwrap();
        town.write(&name, [spoiled.as_slice(), &length.to_le_bytes(), b"PAR1"].concat());
        town.stops(3, &[&name, "a column has more or fewer rows than the file promises", "help: it may be truncated"]);
    }
}

#[test]
fn one_long_text_in_a_dictionary_for_every_row_does_not_fill_the_memory() {
    let town = Town::new();
    let Table { names, mut rows } = table(&town);
    let long = SECRET.repeat(12_000);
    rows.truncate(400);
    let street = names.iter().position(|name| name == "street").unwrap();
    for row in &mut rows {
        row[street].clone_from(&long);
    }
    let name = "records/job_seekers.parquet";
    write_parquet(&Table { names, rows }, &town.path(name));
    town.edit("observatory.toml", "records/job_seekers.csv", name);
    assert!(std::fs::metadata(town.path(name)).unwrap().len() < 1 << 20, "the text is stored once");
    let limited =
        format!("ulimit -v 3000000; exec '{}' check '{}' --lang en", env!("CARGO_BIN_EXE_optima"), town.path("observatory.toml").display());
    let run = run(std::process::Command::new("bash").args(["-c", &limited]));
    run.exits(1).says(&["400 rows read = ", "street: the text is longer than any answer"]).names_nobody();
}

#[test]
fn text_and_other_files_under_the_name_of_parquet_are_refused() {
    let town = Town::new();
    let (name, sound) = delivered(&town);
    for bytes in [b"PAR1".to_vec(), b"PAR1PAR1".to_vec(), vec![0; 100], b"person,quarter\n1,2003-Q1\n".to_vec(), sound[4..].to_vec()] {
        town.write(&name, &bytes);
        let run = town.check(&["--lang", "en"]);
        assert_ne!(run.code, Some(0), "{run:?}");
        run.names_nobody();
    }
    town.write(&name, b"PAR1PAR1");
    town.stops(3, &[&name, "cannot be read as Parquet"]);
}
