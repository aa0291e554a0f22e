//! Ctrl-C: a flag that long work looks at, so that it ends at a place where nothing is half done.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, ErrorKind, Result};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Asks the run to stop at the next safe place.
pub fn ask() {
    ASKED.store(true, Ordering::SeqCst);
}

/// Goes on, or stops where the run was asked to.
///
/// # Errors
/// [`ErrorKind::Interrupted`] once [`ask`] was called.
pub fn check() -> Result<()> {
    if ASKED.load(Ordering::Relaxed) { Err(Error::new(ErrorKind::Interrupted, "stopped; nothing was published")) } else { Ok(()) }
}
