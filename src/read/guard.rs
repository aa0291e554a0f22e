//! A library that panics on a damaged file must not take the program with it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Error, Result};

static GUARDED: AtomicUsize = AtomicUsize::new(0);

/// Whether a file is being read by a library whose panics are caught: then a panic is no fault of the program to tell of.
#[must_use]
pub fn is_guarded() -> bool {
    GUARDED.load(Ordering::SeqCst) > 0
}

/// Reads with a library that may panic, and takes its panic for a damaged file.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    GUARDED.fetch_add(1, Ordering::SeqCst);
    let outcome = catch_unwind(AssertUnwindSafe(read));
    GUARDED.fetch_sub(1, Ordering::SeqCst);
    outcome.unwrap_or_else(|_| Err(Error::input("the file is damaged").help("ask for it again")))
}
