//! What GDAL complains of: kept for our own errors, never printed by GDAL itself.

use std::cell::RefCell;
use std::sync::Once;

use gdal::errors::GdalError;

use crate::error::Error;

/// More than this is a flood, of which the first lines say enough.
const KEPT: usize = 100;

thread_local! {
    static COMPLAINTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Makes GDAL silent for the life of the process: it would print `ERROR 1: …` to stderr beside our own message. What it
/// says is kept by thread and traced.
pub fn quiet_gdal() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        gdal::config::set_error_handler(|_, _, text| {
            tracing::debug!(target: "gdal", "{text}");
            COMPLAINTS.with_borrow_mut(|complaints| {
                if complaints.len() < KEPT {
                    complaints.push(text.lines().next().unwrap_or_default().to_owned());
                }
            });
        });
    });
}

/// What GDAL complained of on this thread since the last call.
pub(crate) fn complaints() -> Vec<String> {
    COMPLAINTS.with_borrow_mut(std::mem::take)
}

/// Why GDAL could not write, in its last words: its errors often say no more than "failure".
pub(crate) fn unwritable(what: &str, source: &GdalError) -> Error {
    let said = match source {
        GdalError::CplError { msg, .. } if !msg.is_empty() => Some(msg.clone()),
        _ => None,
    };
    let heard = complaints();
    let full = |text: &String| text.contains("disk is full") || text.contains("No space left");
    if heard.iter().chain(&said).any(full) {
        return Error::output("no space left on the device").help("make room, or choose another --out; an earlier release is untouched");
    }
    let why = said.or_else(|| heard.last().cloned()).unwrap_or_else(|| source.to_string());
    Error::output(format!("{what}: {why}")).help("make sure that the disk has room and that the folder can be written")
}
