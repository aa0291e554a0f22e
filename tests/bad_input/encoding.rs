//! Texts in other encodings and spellings: UTF-16, bytes that are no UTF-8, letters that were lost, é in two ways.

use unicode_normalization::UnicodeNormalization;

use crate::town::{INTERVIEWS, JOB_SEEKERS, Town};

const FILE: &str = "records/job_seekers.csv";

fn wide(text: &str, little: bool) -> Vec<u8> {
    let units = format!("\u{feff}{text}");
    units.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

#[test]
fn utf_16_with_its_mark_is_read_like_the_text_in_either_order() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    let text = town.text(JOB_SEEKERS);
    for little in [true, false] {
        town.write(JOB_SEEKERS, wide(&text.replace(',', "\t"), little));
        assert_eq!(town.tally("job_seekers"), expected, "streets with accents are found in the register");
    }
    town.declare("job_seekers", "encoding = \"utf-16\"");
    town.accepts(&["utf-16, delimiter \"\\t\"", "1604 used + 0 set aside"]);
}

#[test]
fn the_lines_of_a_file_in_utf_16_are_counted_as_an_editor_counts() {
    let town = Town::new();
    town.lines(JOB_SEEKERS, |lines| lines[700].push_str(",more"));
    let text = town.text(JOB_SEEKERS).replace('\n', "\r\n");
    town.write(JOB_SEEKERS, wide(&text, true));
    town.passes(&["1603 used + 1 set aside", &format!("{FILE}:701: row: more fields than the header")]);
}

#[test]
fn half_a_character_of_utf_16_is_refused_with_its_line() {
    let town = Town::new();
    let text = town.text(JOB_SEEKERS);
    let head: String = text.lines().take(40).flat_map(|line| [line, "\n"]).collect();
    let sound = wide(&head, true);
    for broken in [&[0x00_u8, 0xD8, 0x20, 0x00][..], &[0x41], &[0x00, 0x00]] {
        town.write(JOB_SEEKERS, [sound.as_slice(), broken].concat());
        town.stops(3, &[&format!("{FILE}:41: half a character or a NUL"), "help: save it as \"CSV UTF-8\""]);
    }
}

#[test]
fn a_declaration_that_utf_16_contradicts_is_refused() {
    let town = Town::new();
    let text = town.text(JOB_SEEKERS);
    town.declare("job_seekers", "encoding = \"utf-8\"");
    town.write(JOB_SEEKERS, wide(&text, true));
    town.stops(3, &[FILE, "declared as utf-8, and it is UTF-16", "declare \"utf-16\""]);
    town.edit("observatory.toml", "encoding = \"utf-8\"", "encoding = \"UTF-16\"");
    town.write(JOB_SEEKERS, text);
    town.stops(3, &[&format!("{FILE}:1: declared as UTF-16, and it does not begin with its byte order mark"), "CSV UTF-8"]);
}

#[test]
fn overlong_utf_8_and_surrogates_are_refused_with_their_line() {
    let town = Town::new();
    let text = town.text(JOB_SEEKERS);
    for bytes in [&b"\xC0\xAF"[..], b"\xC0\x80", b"\xE0\x80\xAF", b"\xED\xA0\x80", b"\xF8\x88\x80\x80\x80"] {
        let at = text.match_indices('\n').nth(300).unwrap().0 + 1;
        town.write(JOB_SEEKERS, [&text.as_bytes()[..at], bytes, &text.as_bytes()[at..]].concat());
        town.stops(3, &[&format!("{FILE}:302:"), "two encodings in one file", "CSV UTF-8"]);
    }
}

#[test]
fn letters_that_were_lost_before_set_their_row_aside_and_never_come_out() {
    let town = Town::new();
    town.lines(INTERVIEWS, |lines| lines[10] = lines[10].replacen("tenant", "ten\u{fffd}nt", 1).replacen("owner", "own\u{fffd}r", 1));
    town.accepts(&[
        "119 used + 1 set aside",
        "records/interviews.csv:11: housing_tenure: letters were lost before the file was written (U+FFFD)",
    ]);
}

#[test]
fn lost_letters_in_names_of_columns_and_in_the_configuration_are_refused() {
    let town = Town::new();
    let keep = town.text(JOB_SEEKERS);
    town.lines(JOB_SEEKERS, |lines| lines[0] = lines[0].replace("months", "dur\u{fffd}e"));
    town.stops(3, &[&format!("{FILE}:1: letters were lost in the names of columns: dur?e"), "CSV UTF-8"]);
    town.write(JOB_SEEKERS, keep);
    town.edit("observatory.toml", "Observatoire de", "Observatoire d\u{fffd}");
    town.stops(2, &["observatory.toml:4: letters were lost before the file was written", "save the file as UTF-8"]);
}

#[test]
fn both_spellings_of_an_accent_are_one_name_in_records_and_in_the_configuration() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    let decomposed: String = town.text(JOB_SEEKERS).replace("months", "durée").replace("deda", "indemnisé").nfd().collect();
    town.write(JOB_SEEKERS, decomposed);
    town.edit("observatory.toml", "months = \"months\"", "months = \"durée\"");
    town.edit("observatory.toml", "deda = \"benefit\"", "\"indemnisé\" = \"benefit\"");
    assert_eq!(town.tally("job_seekers"), expected);
    assert_eq!(town.counts("job_seekers"), [1604, 1604, 0]);
    let decomposed: String = town.text("observatory.toml").nfd().collect();
    town.write("observatory.toml", decomposed);
    town.write(JOB_SEEKERS, town.text(JOB_SEEKERS).nfc().collect::<String>());
    assert_eq!(town.tally("job_seekers"), expected);
}

#[test]
fn both_spellings_of_an_answer_are_one_modality() {
    let town = Town::new();
    crate::settings::with_own_layers(&town);
    town.edit("layers/themes/living/private_tenants.toml", "private_tenant\"", "privé\"");
    let mut odd = false;
    town.cells(INTERVIEWS, 12, |_, cells| {
        if cells[12] == "private_tenant" {
            odd = !odd;
            cells[12] = if odd { "privé".to_owned() } else { "privé".nfd().collect() };
        }
    });
    town.build(&[]).exits(0);
    let bilan = String::from_utf8(town.outputs()[std::path::Path::new("tables/bilan.csv")].clone()).unwrap();
    assert!(bilan.contains("privé") && bilan.nfc().eq(bilan.chars()), "one spelling, and the composed one");
}
