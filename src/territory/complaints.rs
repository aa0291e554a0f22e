//! What GDAL complains of: kept for our own errors, never printed by GDAL itself.

use std::cell::RefCell;
use std::sync::Once;

use gdal::errors::{CplErrType, GdalError};

use crate::error::{Error, Result};

/// More than this is a flood, of which the first lines say enough.
const KEPT: usize = 100;

struct Complaint {
    text: String,
    /// Whether something was not done, and not only done otherwise.
    failure: bool,
}

thread_local! {
    static COMPLAINTS: RefCell<Vec<Complaint>> = const { RefCell::new(Vec::new()) };
}

/// A proxy of no kind that there is: curl gives up before it opens a socket.
const NOWHERE: &str = "none://nowhere";

/// Makes GDAL silent for the life of the process: it would print `ERROR 1: …` to stderr beside our own message. What it
/// says is kept by thread and traced.
///
/// And keeps it from the network: a `GeoJSON` file may name its CRS, and a GML file its schema, by an address that GDAL would ask.
pub fn quiet_gdal() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        for option in ["GDAL_HTTP_PROXY", "GDAL_HTTPS_PROXY"] {
            // A name without NUL cannot fail.
            _ = gdal::config::set_config_option(option, NOWHERE);
        }
        gdal::config::set_error_handler(|kind, _, text| {
            tracing::debug!(target: "gdal", "{text}");
            COMPLAINTS.with_borrow_mut(|complaints| {
                if complaints.len() < KEPT {
                    complaints.push(Complaint { text: text.to_owned(), failure: matches!(kind, CplErrType::Failure | CplErrType::Fatal) });
                }
            });
        });
    });
}

/// What GDAL complained of on this thread since the last call.
pub(crate) fn complaints() -> Vec<String> {
    COMPLAINTS.with_borrow_mut(std::mem::take).into_iter().map(|complaint| complaint.text).collect()
}

/// Whether all that GDAL was asked to write on this thread was written: before 3.7 it does not say whether closing failed, but
/// it complains.
///
/// # Errors
/// A failure that nothing returned.
pub(crate) fn all_written(what: &str) -> Result<()> {
    let failed = COMPLAINTS.with_borrow(|complaints| complaints.iter().any(|complaint| complaint.failure));
    if failed { Err(unwritable(what, &GdalError::BadArgument(String::new()))) } else { Ok(()) }
}

/// Why GDAL could not write, in its last words: its errors often say no more than "failure".
pub(crate) fn unwritable(what: &str, source: &GdalError) -> Error {
    let mut heard = complaints();
    if let GdalError::CplError { msg, .. } = source {
        heard.push(msg.clone());
    }
    if heard.iter().any(|text| text.contains("disk is full") || text.contains("No space left")) {
        return Error::output("no space left on the device").help("make room, or choose another --out; an earlier release is untouched");
    }
    // GDAL repeats the whole statement before it comes to the reason.
    let last = heard.iter().rev().find(|text| !text.is_empty()).map(|text| text.rsplit("failed: ").next().unwrap_or(text).to_owned());
    let why = last.as_deref().and_then(|text| text.lines().next()).map_or_else(|| source.to_string(), str::to_owned);
    Error::output(format!("{what}: {why}")).help("make sure that the disk has room and that the folder can be written")
}
