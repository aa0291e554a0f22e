//! Workbooks that are bombs, locked, hostile or only untidy: counted before they are read, and never followed outside.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::write::SimpleFileOptions;

use crate::formats::delivered_as;
use crate::town::{JOB_SEEKERS, SECRET, Town, run};

const NAME: &str = "records/job_seekers.xlsx";

/// The first records as a workbook that a test finishes.
fn workbook(town: &Town, finish: impl FnOnce(&mut Workbook)) {
    delivered_as(town, "xlsx", |table, path| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (at, name) in (0..).zip(&table.names) {
            sheet.write_string(0, at, name).unwrap();
        }
        for (row, cells) in (1..).zip(table.rows.iter().take(200)) {
            for (at, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                match cell.parse::<f64>() {
                    Ok(number) if at > 0 => sheet.write_number(row, at, number).unwrap(),
                    _ => sheet.write_string(row, at, cell).unwrap(),
                };
            }
        }
        finish(&mut book);
        book.save(path).unwrap();
        Some(())
    })
    .unwrap();
}

/// Writes the archive again with some of its parts changed (`None` leaves one out) and others added.
fn repacked(path: &Path, change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>, added: &[(&str, Vec<u8>)]) {
    let mut archive = zip::ZipArchive::new(Cursor::new(std::fs::read(path).unwrap())).unwrap();
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if let Some(bytes) = change(&name, bytes) {
            packed.start_file(name, options).unwrap();
            packed.write_all(&bytes).unwrap();
        }
    }
    for (name, bytes) in added {
        packed.start_file(*name, options).unwrap();
        packed.write_all(bytes).unwrap();
    }
    std::fs::write(path, packed.finish().unwrap().into_inner()).unwrap();
}

fn replaced<'a>(part: &'a str, from: &'a str, to: &'a str) -> impl Fn(&str, Vec<u8>) -> Option<Vec<u8>> + 'a {
    move |name, bytes| {
        if name != part {
            return Some(bytes);
        }
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(from), "{part} does not hold {from}");
        Some(text.replacen(from, to, 1).into_bytes())
    }
}

/// `check` under a limit of memory.
fn checked_in(town: &Town, kib: u32) -> crate::town::Run {
    let limited =
        format!("ulimit -v {kib}; exec '{}' check '{}' --lang en", env!("CARGO_BIN_EXE_optima"), town.path("observatory.toml").display());
    run(std::process::Command::new("bash").args(["-c", &limited]))
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

#[test]
fn a_bomb_of_64_and_of_512_mebibytes_is_refused_by_its_size_alone() {
    for mebibytes in [64, 512] {
        let town = Town::new();
        workbook(&town, |_| {});
        repacked(&town.path(NAME), |_, bytes| Some(bytes), &[("xl/media/image1.bin", vec![0; mebibytes << 20])]);
        assert!(std::fs::metadata(town.path(NAME)).unwrap().len() < 1 << 20);
        checked_in(&town, 1_500_000).exits(3).says(&[
            NAME,
            "unpacks to more than 200 times its size: a bomb, or damaged",
            "help: ask who sent it",
        ]);
        town.stops(3, &[NAME, "a bomb, or damaged"]);
    }
}

#[test]
fn a_bomb_that_lies_about_its_size_is_counted_while_it_unpacks() {
    let town = Town::new();
    workbook(&town, |_| {});
    repacked(&town.path(NAME), |_, bytes| Some(bytes), &[("xl/media/image1.bin", vec![0; 64 << 20])]);
    let mut bytes = std::fs::read(town.path(NAME)).unwrap();
    // The size in both headers of the part, little-endian, becomes 1 KiB.
    let (size, lie) = ((64_u32 << 20).to_le_bytes(), 1024_u32.to_le_bytes());
    let places: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, part)| *part == size).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&lie);
    }
    town.write(NAME, bytes);
    let run = checked_in(&town, 1_500_000);
    run.exits(3).says(&[NAME]).names_nobody();
    town.stops(3, &[NAME, "damaged"]);
}

#[test]
fn a_lone_cell_in_the_last_corner_costs_nothing() {
    let town = Town::new();
    workbook(&town, |book| {
        book.worksheet_from_index(0).unwrap().write_string(1_048_575, 16_383, "here").unwrap();
    });
    checked_in(&town, 3_000_000).says(&["201 rows read = 200 used + 1 set aside", &format!("{NAME}:1048576: ")]).names_nobody();
}

#[test]
fn document_types_are_refused_be_they_entities_bombs_or_files_to_fetch() {
    let bombs = [
        "<!DOCTYPE x [<!ENTITY secret SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>",
        "<!doctype x SYSTEM \"http://127.0.0.1:9/x.dtd\">",
    ];
    for bomb in bombs {
        let town = Town::new();
        workbook(&town, |_| {});
        repacked(&town.path(NAME), replaced("xl/sharedStrings.xml", "<sst", &format!("{bomb}<sst")), &[]);
        town.stops(3, &[NAME, "declares a document type (DTD), which no office program writes", "help: ask who sent it"]);
    }
}

#[test]
fn names_that_lead_outside_the_archive_are_refused() {
    for name in ["../../evil.txt", "/etc/evil", "xl/../../../evil", "C:\\evil.txt", "..\\evil.txt"] {
        let town = Town::new();
        workbook(&town, |_| {});
        repacked(&town.path(NAME), |_, bytes| Some(bytes), &[(name, b"mine".to_vec())]);
        let run = town.check(&["--lang", "en"]);
        run.exits(3).says(&[NAME, "the archive names files outside itself", "it is not unpacked"]);
        assert!(!town.parent().join("evil.txt").exists());
    }
}

#[test]
fn what_is_no_workbook_or_locked_is_refused_with_what_to_do() {
    let town = Town::new();
    workbook(&town, |_| {});
    let sound = std::fs::read(town.path(NAME)).unwrap();
    town.write(NAME, town.text(JOB_SEEKERS));
    town.stops(3, &[NAME, "the workbook cannot be read", "without a password"]);
    town.write(NAME, [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 4096]].concat());
    town.stops(3, &[NAME, "the workbook is locked with a password, or is an old .xls under another name", "save it again as .xlsx"]);
    // The flag of a zip's own encryption, in the local and in the central header of each part.
    let mut locked = sound;
    for (mark, at) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> = locked.windows(4).enumerate().filter(|(_, part)| *part == mark).map(|(at, _)| at).collect();
        for place in places {
            locked[place + at] |= 1;
        }
    }
    town.write(NAME, locked);
    town.stops(3, &[NAME, "the file is locked with a password", "help: save it again without a password"]);
}

#[test]
fn formulas_are_read_by_their_last_result_and_errors_set_their_row_aside() {
    let town = Town::new();
    workbook(&town, |book| {
        let sheet = book.worksheet_from_index(0).unwrap();
        sheet.write_formula(10, 8, Formula::new("=20+2").set_result("22")).unwrap();
        sheet.write_formula(11, 8, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        sheet.write_formula(12, 0, Formula::new(format!("=\"{SECRET}\"&NA()")).set_result("#N/A")).unwrap();
    });
    town.accepts_more_set_aside();
    town.passes(&[
        "200 rows read = 198 used + 2 set aside",
        &format!("{NAME}:12: age: "),
        &format!("{NAME}:13: person: the cell holds an error"),
    ]);
}

#[test]
fn merged_cells_and_hidden_sheets_are_told() {
    let town = Town::new();
    workbook(&town, |book| {
        book.worksheet_from_index(0).unwrap().merge_range(3, 9, 5, 9, "deda", &Format::new()).unwrap();
        book.add_worksheet().set_name("coulisses").unwrap().set_hidden(true);
    });
    town.accepts_more_set_aside();
    let run = town.check(&["--lang", "en"]);
    run.exits(0).says(&[
        "2 sheets; only \"Sheet1\" is read (sheet = … chooses another)",
        "hidden sheets: coulisses",
        "1 ranges of merged cells; only the first cell of each has its value",
    ]);
    town.check(&["--lang", "fr"]).exits(0).is_french();
}

#[test]
fn a_day_is_the_same_counted_from_1900_and_from_1904_and_a_bare_number_is_none() {
    for (since_1904, shift) in [(false, 0.0), (true, -1462.0)] {
        let town = Town::new();
        workbook(&town, |book| {
            let sheet = book.worksheet_from_index(0).unwrap();
            let day = Format::new().set_num_format("dd/mm/yyyy");
            let serial = ExcelDateTime::from_ymd(2003, 4, 3).unwrap().to_excel() + shift;
            for row in 1..=200 {
                sheet.write_number_with_format(row, 1, serial, &day).unwrap();
            }
            sheet.write_number(9, 1, serial).unwrap();
        });
        if since_1904 {
            repacked(&town.path(NAME), replaced("xl/workbook.xml", "<workbookPr ", "<workbookPr date1904=\"1\" "), &[]);
        }
        // Quarters: the third of April is in the second; one person a quarter, so that each counts.
        town.passes(&["200 rows read = 199 used + 1 set aside", &format!("{NAME}:10: quarter: expected a quarter such as 2003-Q4")]);
    }
}

#[test]
fn a_sheet_whose_rows_are_out_of_order_is_refused() {
    let town = Town::new();
    workbook(&town, |_| {});
    repacked(&town.path(NAME), replaced(SHEET, "<c r=\"A100\"", "<c r=\"A4\""), &[]);
    town.stops(3, &[NAME, "the rows of the sheet are not in order"]);
}

#[test]
fn rows_of_an_open_document_that_repeat_a_million_times_do_not_fill_the_memory() {
    let town = Town::new();
    let Some(name) = crate::formats::delivered_by_gdal(&town, "ods", "ODS") else { return };
    repacked(
        &town.path(&name),
        |part, bytes| {
            if part != "content.xml" {
                return Some(bytes);
            }
            let text = String::from_utf8(bytes).unwrap();
            let at = text.rfind("</table:table>").unwrap();
            let bomb = "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell office:value-type=\"string\" \
                        table:number-columns-repeated=\"16384\"><text:p>x</text:p></table:table-cell></table:table-row>";
            Some(format!("{}{bomb}{}", &text[..at], &text[at..]).into_bytes())
        },
        &[],
    );
    checked_in(&town, 4_000_000).exits(3).says(&[&name]).names_nobody();
}
