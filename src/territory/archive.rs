//! A zip is looked through before anything is unpacked from it: what it says of itself may be a lie.
//!
//! Its names must stay inside it, its parts must be readable without a password, they are inflated once and counted, and
//! the XML among them may declare no document type: entities are programs that grow.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};

/// Above this many bytes (32 MiB) a growth of more than [`GROWTH`] is no honest file: tables shrink by 10 to 50 times.
const SMALL: u64 = 32 << 20;
const GROWTH: u64 = 200;

/// What a zip is to the person who gets the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Archive {
    Workbook,
    Outlines,
}

/// Looks a zip through. A file that is no zip is left to its reader.
///
/// Cost: one pass of inflating, in 64 KiB of memory.
///
/// # Errors
/// Names outside itself, an encrypted part, more than `limit` bytes unpacked, a growth as of a bomb, a document type.
pub(crate) fn look_through(path: &Path, what: Archive, limit: u64) -> Result<()> {
    let file = File::open(path).map_err(|e| Error::reading(path, &e))?;
    let packed = file.metadata().map_err(|e| Error::reading(path, &e))?.len();
    let Ok(mut archive) = zip::ZipArchive::new(file) else { return Ok(()) };
    let mut declared = 0_u64;
    for i in 0..archive.len() {
        let Ok(entry) = archive.by_index_raw(i) else { return Err(damaged()) };
        let Some(name) = entry.enclosed_name() else { return Err(outside()) };
        let text = name.to_string_lossy();
        if text.contains(['\\', ':', '\0']) {
            return Err(outside());
        }
        if entry.encrypted() {
            return Err(Error::input("the file is locked with a password").help("save it again without a password"));
        }
        declared = declared.saturating_add(entry.size());
    }
    check_size(declared, packed, what, limit)?;
    let mut unpacked = 0_u64;
    for i in 0..archive.len() {
        let Ok(mut entry) = archive.by_index(i) else { return Err(damaged()) };
        let xml = entry
            .enclosed_name()
            .is_some_and(|name| name.extension().is_some_and(|e| ["xml", "rels", "vml"].iter().any(|known| e.eq_ignore_ascii_case(known))));
        let mut block = vec![0; 1 << 16];
        let mut kept = 0;
        loop {
            let Ok(read) = entry.read(&mut block[kept..]) else { return Err(damaged()) };
            if read == 0 {
                break;
            }
            unpacked = unpacked.saturating_add(read as u64);
            check_size(unpacked, packed, what, limit)?;
            let seen = kept + read;
            if xml && declares_type(&block[..seen]) {
                return Err(Error::input("a part of the file declares a document type (DTD), which no office program writes")
                    .help("ask who sent it; open it and save it again as .xlsx"));
            }
            // A word may lie across two blocks.
            kept = seen.min(DOCTYPE.len() - 1);
            block.copy_within(seen - kept..seen, 0);
        }
    }
    Ok(())
}

const DOCTYPE: &[u8] = b"<!DOCTYPE";

fn declares_type(bytes: &[u8]) -> bool {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'<').map(|(i, _)| &bytes[i..]);
    starts.into_iter().any(|rest| rest.get(..DOCTYPE.len()).is_some_and(|word| word.eq_ignore_ascii_case(DOCTYPE)))
}

fn check_size(unpacked: u64, packed: u64, what: Archive, limit: u64) -> Result<()> {
    if unpacked > limit {
        let (unpacked, limit) = (unpacked >> 20, limit >> 20);
        return Err(match what {
            Archive::Workbook => {
                Error::input(format!("the workbook unpacks to {unpacked} MiB, over the limit of {limit}")).help("deliver it as CSV")
            }
            Archive::Outlines => Error::input(format!("the zip unpacks to {unpacked} MiB, over the limit of {limit}"))
                .help("unpack it, and name the file of outlines itself"),
        });
    }
    if unpacked > SMALL && unpacked / GROWTH > packed {
        return Err(Error::input(format!("the file unpacks to more than {GROWTH} times its size: a bomb, or damaged"))
            .help("ask who sent it, and for another format"));
    }
    Ok(())
}

fn damaged() -> Error {
    Error::input("the file is damaged").help("ask for it again")
}

fn outside() -> Error {
    Error::input("the archive names files outside itself").help("ask who sent it; it is not unpacked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_type_is_seen_in_any_case_and_at_the_end_of_a_block() {
        assert!(declares_type(b"<?xml version=\"1.0\"?>\n<!doctype lolz ["));
        assert!(declares_type(b"<!DOCTYPE"));
        assert!(!declares_type(b"<!DOCTYP"));
        assert!(!declares_type(b"<worksheet><c t=\"s\"/></worksheet>"));
    }

    #[test]
    fn a_growth_beyond_the_usual_is_a_bomb_only_where_it_is_large() {
        assert!(check_size(64 << 20, 64 << 10, Archive::Workbook, 1 << 30).is_err());
        assert!(check_size(16 << 20, 16 << 10, Archive::Workbook, 1 << 30).is_ok());
        assert!(check_size(512 << 20, 20 << 20, Archive::Workbook, 1 << 30).is_ok());
        assert!(check_size(2 << 30, 1 << 30, Archive::Workbook, 1 << 30).is_err());
    }
}
