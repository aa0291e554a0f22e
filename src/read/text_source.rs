//! The bytes of a text file as UTF-8 or windows-1252: UTF-16, which spreadsheets save as "Unicode text", is turned into
//! UTF-8 on the way. A byte order mark is the proof of it; without one it is no text to us.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::error::{Error, Result};

/// Opens a text file at its first byte; UTF-16 comes out as UTF-8, without its mark.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read>> {
    let file = File::open(path).map_err(|e| Error::reading(path, &e))?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let start = reader.fill_buf().map_err(|e| Error::reading(path, &e))?;
    let little = match start {
        [0xFF, 0xFE, ..] => true,
        [0xFE, 0xFF, ..] => false,
        _ => return Ok(Box::new(reader)),
    };
    reader.consume(2);
    Ok(Box::new(Wide { reader, little, pending: Vec::new(), given: 0, line: 1 }))
}

/// Checks that a file in UTF-16 is text to its end.
///
/// # Errors
/// Half a character, a surrogate without its other half, a NUL; with the line.
pub(super) fn check(path: &Path) -> Result<()> {
    let mut reader = open(path)?;
    let mut block = vec![0; 1 << 16];
    loop {
        match reader.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(failed(path, &error)),
        }
    }
}

/// Why reading such a file failed.
pub(super) fn failed(path: &Path, error: &std::io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<NoText>()) {
        Some(NoText(line)) => {
            Error::input("half a character or a NUL: this is no UTF-16 text").in_file(path).at_row(*line).help("save it as \"CSV UTF-8\"")
        }
        None => Error::reading(path, error),
    }
}

/// Where UTF-16 ends to be text.
#[derive(Debug, thiserror::Error)]
#[error("no UTF-16 text on line {0}")]
struct NoText(u64);

/// UTF-16 as UTF-8.
struct Wide<R> {
    reader: R,
    little: bool,
    pending: Vec<u8>,
    given: usize,
    line: u64,
}

impl<R: Read> Wide<R> {
    /// The next unit; `None` at the end.
    fn unit(&mut self) -> std::io::Result<Option<u16>> {
        let mut bytes = [0; 2];
        let mut filled = 0;
        while filled < 2 {
            match self.reader.read(&mut bytes[filled..])? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(self.no_text()),
                read => filled += read,
            }
        }
        Ok(Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }))
    }

    fn no_text(&self) -> std::io::Error {
        std::io::Error::other(NoText(self.line))
    }

    fn fill(&mut self) -> std::io::Result<()> {
        self.pending.clear();
        self.given = 0;
        while self.pending.len() < 1 << 16 {
            let Some(first) = self.unit()? else { break };
            let pair = match first {
                0xD800..=0xDBFF => [first, self.unit()?.ok_or_else(|| self.no_text())?],
                _ => [first, 0],
            };
            let units = if pair[1] == 0 { &pair[..1] } else { &pair[..] };
            let decoded = char::decode_utf16(units.iter().copied()).next();
            let Some(Ok(c)) = decoded.filter(|c| *c != Ok('\0')) else { return Err(self.no_text()) };
            self.line += u64::from(c == '\n');
            self.pending.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Ok(())
    }
}

impl<R: Read> Read for Wide<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.given == self.pending.len() {
            self.fill()?;
        }
        let n = out.len().min(self.pending.len() - self.given);
        out[..n].copy_from_slice(&self.pending[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    fn read(bytes: &[u8], little: bool) -> std::io::Result<String> {
        let mut text = String::new();
        Wide { reader: bytes, little, pending: Vec::new(), given: 0, line: 1 }.read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn every_character_comes_out_as_it_went_in() {
        let text = "Ougrée;l’Île;𝔘\r\n\"œ\"\n".repeat(9_000);
        for little in [true, false] {
            assert_eq!(read(&wide(&text, little), little).unwrap(), text);
        }
    }

    #[test]
    fn half_characters_are_no_text() {
        let sound = wide("a\nb", true);
        assert!(read(&sound[..5], true).is_err());
        assert!(read(&[sound.as_slice(), &[0x00, 0xD8]].concat(), true).is_err());
        assert!(read(&[sound.as_slice(), &[0x00, 0xDC]].concat(), true).is_err());
        assert!(read(&[sound.as_slice(), &[0, 0]].concat(), true).is_err());
    }
}
