//! Traces in the bytes of every file, packed ones unpacked: planted words, register numbers, addresses of persons and machines,
//! and what a database keeps of what was deleted (S1, S12).

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::finding::{Check, Finding};
use super::release::Release;
use super::table::Entry;
use crate::error::{Error, ErrorKind, Result};

/// Paths that say where a file was made.
const PATHS: [&str; 6] = ["/home/", "/root/", "/Users/", "\\Users\\", "file://", "/private/var/"];
/// Expanded size above which an archive is not unpacked (bytes).
const LARGEST_EXPANDED: u64 = 4 << 30;

/// What to look for besides what is always looked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Canaries {
    texts: Vec<String>,
    numbers: Vec<f64>,
}

impl Canaries {
    /// Reads a list: a word or a number a line. Numbers are coordinates, looked for as texts rounded to 0, 1 and 2 decimals and as the
    /// eight bytes of a geometry, in both orders.
    ///
    /// # Errors
    /// A file that cannot be read, or a line too short to mean anything.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::reading(path, &e))?;
        let mut canaries = Self::default();
        for (row, line) in text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()) {
            match line.parse::<f64>() {
                Ok(number) if number.is_finite() && line.len() <= 17 && line.contains('.') => canaries.numbers.push(number),
                _ if line.chars().count() >= 4 => canaries.texts.push(line.to_owned()),
                _ => {
                    return Err(Error::config("a word to look for has four letters or more")
                        .in_file(path)
                        .at_row(u64::try_from(row + 1).unwrap_or(u64::MAX)));
                }
            }
        }
        Ok(canaries)
    }

    /// All byte patterns, each with the place of its canary.
    fn patterns(&self) -> Vec<(Vec<u8>, usize)> {
        let mut patterns: Vec<(Vec<u8>, usize)> = PATHS.iter().map(|path| (path.as_bytes().to_vec(), 0)).collect();
        for (at, text) in self.texts.iter().enumerate() {
            let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for form in [text.as_bytes().to_vec(), utf16].into_iter().chain(base64_forms(text.as_bytes())) {
                patterns.push((form, at + 1));
            }
        }
        for (at, number) in self.numbers.iter().enumerate() {
            let at = self.texts.len() + at + 1;
            patterns.push((number.to_le_bytes().to_vec(), at));
            patterns.push((number.to_be_bytes().to_vec(), at));
            for decimals in 0..=2 {
                let text = format!("{number:.decimals$}");
                // A number of few digits would be found by chance.
                if text.chars().filter(char::is_ascii_digit).count() >= 6 {
                    patterns.push((text.into_bytes(), at));
                }
            }
        }
        patterns
    }
}

/// How bytes look within Base64, for each of the three places they can begin at; the characters that depend on neighbors left out.
fn base64_forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut forms = Vec::new();
    for shift in 0..3usize {
        let padded: Vec<u8> = std::iter::repeat_n(0, shift).chain(bytes.iter().copied()).collect();
        let mut text = Vec::new();
        for three in padded.chunks(3) {
            let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
            text.extend((0..=three.len()).map(|at| ALPHABET[(bits >> (18 - 6 * at) & 63) as usize]));
        }
        let first = [0, 2, 3][shift];
        let last = text.len() - usize::from(!padded.len().is_multiple_of(3));
        if last > first + 4 {
            forms.push(text[first..last].to_vec());
        }
    }
    forms
}

/// Searches all files of a release.
///
/// # Errors
/// A file that cannot be read, or an archive that is none.
pub(super) fn check(release: &Release, canaries: &Canaries) -> Result<Vec<Finding>> {
    let patterns = canaries.patterns();
    let search = AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .build(patterns.iter().map(|(bytes, _)| bytes))
        .map_err(|e| Error::new(ErrorKind::Internal, e.to_string()))?;
    let least = release.rules.minimum_count;
    let mut findings = Vec::new();
    for (name, path) in &release.files {
        crate::interrupt::check()?;
        let bytes = std::fs::read(path).map_err(|e| Error::reading(path, &e))?;
        scan(name, &bytes, &search, &patterns, least, &mut findings);
        if bytes.starts_with(b"SQLite format 3\0") {
            for table in release.tables.iter().filter(|table| table.file == *name) {
                let texts: String = table.rows.iter().flatten().filter_map(Entry::as_text).flat_map(|text| [text, "\n"]).collect();
                scan(name, texts.as_bytes(), &search, &patterns, least, &mut findings);
            }
        }
        if bytes.starts_with(b"PK\x03\x04") {
            unpacked(name, &bytes, |name, bytes| scan(name, bytes, &search, &patterns, least, &mut findings))?;
        }
        if bytes.starts_with(b"SQLite format 3\0") {
            findings.extend(deleted(name, &bytes));
        }
    }
    Ok(findings)
}

fn scan(name: &str, bytes: &[u8], search: &AhoCorasick, patterns: &[(Vec<u8>, usize)], least: f64, findings: &mut Vec<Finding>) {
    // Short patterns turn up in packed and binary content by chance.
    let text = std::str::from_utf8(bytes).is_ok();
    let mut seen = BTreeSet::new();
    for found in search.find_overlapping_iter(bytes) {
        let canary = patterns[found.pattern().as_usize()].1;
        if canary == 0 && !text {
            continue;
        }
        let reason = if canary == 0 { "path" } else { "canary" };
        if seen.insert(canary) {
            let which = if canary == 0 {
                String::from_utf8_lossy(&patterns[found.pattern().as_usize()].0).into_owned()
            } else {
                canary.to_string()
            };
            findings.push(Finding::new(Check::S1, name, "", reason).naming(which));
        }
    }
    if !text {
        return;
    }
    if register_numbers(bytes) {
        findings.push(Finding::new(Check::S1, name, "", "register_number"));
    }
    if mail_address(bytes) {
        findings.push(Finding::new(Check::S1, name, "", "mail_address"));
    }
    if small_caption(bytes, least) {
        findings.push(Finding::new(Check::S2, name, "", "caption_few"));
    }
}

/// Whether a Belgian national register number stands alone somewhere: a date, a serial number, and the check number of both.
fn register_numbers(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let alone = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'.' | b'-' | b'_'));
        let end = (at..bytes.len()).find(|i| !(bytes[*i].is_ascii_digit() || matches!(bytes[*i], b'.' | b'-'))).unwrap_or(bytes.len());
        let token = &bytes[at..end];
        let ended = bytes.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if alone && ended && is_register_number(token) {
            return true;
        }
        at = end.max(at + 1);
    }
    false
}

fn is_register_number(token: &[u8]) -> bool {
    let written = token.len() == 15 && [2, 5, 12].iter().all(|at| token[*at] == b'.') && token[8] == b'-';
    if !(written || token.len() == 11) {
        return false;
    }
    let digits: Vec<u64> = token.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| u64::from(byte - b'0')).collect();
    if digits.len() != 11 {
        return false;
    }
    let number = |digits: &[u64]| digits.iter().fold(0u64, |n, digit| 10 * n + digit);
    let (month, day, serial, check) = (number(&digits[2..4]), number(&digits[4..6]), number(&digits[6..9]), number(&digits[9..]));
    let first = number(&digits[..9]);
    let holds = |base: u64| 97 - base % 97 == check;
    (1..=12).contains(&month) && (1..=31).contains(&day) && (1..=998).contains(&serial) && (holds(first) || holds(2_000_000_000 + first))
}

fn mail_address(bytes: &[u8]) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'@').any(|(at, _)| {
        let before = bytes[..at].iter().rev().take_while(|byte| word(**byte)).count();
        let after: Vec<u8> = bytes[at + 1..].iter().copied().take_while(|byte| word(*byte)).take(80).collect();
        let host = String::from_utf8_lossy(&after).trim_end_matches('.').to_owned();
        let end = host.rsplit_once('.').map_or("", |(name, end)| if name.len() > 1 { end } else { "" });
        before >= 2 && (2..=6).contains(&end.len()) && end.chars().all(|c| c.is_ascii_lowercase())
    })
}

/// "n = 3" in a caption: the number of persons, where it is too few to be told at all.
fn small_caption(text: &[u8], least: f64) -> bool {
    let mut at = 0;
    while let Some(found) = text[at..].iter().position(|byte| *byte == b'=') {
        let equals = at + found;
        at = equals + 1;
        let before: Vec<u8> = text[..equals].iter().rev().copied().skip_while(u8::is_ascii_whitespace).take(2).collect();
        let is_n = matches!(before.first(), Some(b'n' | b'N'))
            && before.get(1).is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-' | b'.'));
        if !is_n || text.get(equals + 1) == Some(&b'"') {
            continue;
        }
        let digits: Vec<u8> =
            text[equals + 1..].iter().copied().skip_while(u8::is_ascii_whitespace).take_while(u8::is_ascii_digit).take(9).collect();
        let persons = digits.iter().fold(0.0, |n, digit| 10.0 * n + f64::from(digit - b'0'));
        if !digits.is_empty() && persons > 0.5 && persons < least - 0.5 {
            return true;
        }
    }
    false
}

/// Pages that a database no longer uses but still holds.
fn deleted(name: &str, bytes: &[u8]) -> Option<Finding> {
    let free = bytes.get(36..40)?;
    (free != [0; 4]).then(|| Finding::new(Check::S1, name, "", "free_pages"))
}

fn unpacked(name: &str, bytes: &[u8], mut scan: impl FnMut(&str, &[u8])) -> Result<()> {
    let broken = |e: &dyn std::fmt::Display| Error::input(format!("the archive cannot be read: {e}")).in_file(name);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|e| broken(&e))?;
    let mut left = LARGEST_EXPANDED;
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).map_err(|e| broken(&e))?;
        let inner = format!("{name}/{}", file.name().map_err(|e| broken(&e))?);
        let mut content = Vec::new();
        let read = (&mut file).take(left + 1).read_to_end(&mut content).map_err(|e| broken(&e))?;
        left = left.checked_sub(u64::try_from(read).unwrap_or(u64::MAX)).ok_or_else(|| broken(&"it expands without end"))?;
        scan(&inner, &content);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(canaries: &Canaries, bytes: &[u8]) -> Vec<&'static str> {
        let patterns = canaries.patterns();
        let search = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(patterns.iter().map(|(bytes, _)| bytes)).unwrap();
        let mut findings = Vec::new();
        scan("f", bytes, &search, &patterns, 5.0, &mut findings);
        findings.into_iter().map(|finding| finding.reason).collect()
    }

    #[test]
    fn a_word_is_found_in_every_form_that_a_file_can_give_it() {
        let canaries = Canaries { texts: vec!["Hippolyte Zwanenburg".to_owned()], numbers: vec![234_567.891] };
        let utf16: Vec<u8> = "x Hippolyte Zwanenburg".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for hit in [
            b"..hippolyte zwanenburg..".as_slice(),
            &utf16,
            b"SGlwcG9seXRlIFp3YW5lbmJ1cmc=",
            b"eEhpcHBvbHl0ZSBad2FuZW5idXJn",
            b"x:234567.9",
            b" 234568,",
        ] {
            assert_eq!(found(&canaries, hit), ["canary"], "{}", String::from_utf8_lossy(hit));
        }
        let mut point = b"...".to_vec();
        point.extend(234_567.891f64.to_be_bytes());
        assert_eq!(found(&canaries, &point), ["canary"]);
        assert!(found(&canaries, b"Hippolyte, 23456.7891, 0.234567").is_empty());
    }

    #[test]
    fn a_register_number_is_told_from_other_long_numbers() {
        for yes in ["85.07.30-033.28", "\"85073003328\"", "id;00012556777;"] {
            let alone = yes.trim_matches(|c: char| !c.is_ascii_digit());
            assert_eq!(register_numbers(yes.as_bytes()), is_register_number(alone.as_bytes()), "{yes}");
        }
        assert!(register_numbers(b"85.07.30-033.28") && register_numbers(b"n: 85073003328 "));
        assert!(!register_numbers(b"0.85073003328") && !register_numbers(b"a85073003328") && !register_numbers(b"85073003327"));
    }

    #[test]
    fn captions_and_addresses_of_persons_are_found() {
        let small = |text: &[u8]| small_caption(text, 5.0);
        assert!(small(b"<text>Isolement (n = 3)</text>") && small(b"n=2<") && small_caption(b"n = 8", 10.0));
        assert!(!small(b"n = 34") && !small(b"len=3") && !small(b"<a n=\"3\">") && !small(b"n = 5"));
        assert!(mail_address(b"to jeanne.dupont@example.be now") && !mail_address(b"name=\"@hatch@0\"") && !mail_address(b"a@b"));
    }
}
