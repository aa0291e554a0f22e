//! Ctrl-C and the like: a flag that long work looks at, so that it ends at a place where nothing is half done.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// Why a run is asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// By its user: Ctrl-C (SIGINT, exit code 130).
    Interrupted,
    /// By the system or another program (SIGTERM, exit code 143).
    Terminated,
    /// Because its terminal is gone (SIGHUP, exit code 129).
    HungUp,
    /// Because the memory that it may use is almost used up (exit code 3).
    Memory,
}

impl Reason {
    const ALL: [Self; 4] = [Self::Interrupted, Self::Terminated, Self::HungUp, Self::Memory];

    /// The exit code of a run that stopped for this reason: 128 and the signal's number, as a shell counts.
    ///
    /// ```
    /// assert_eq!(optima::interrupt::Reason::Terminated.exit_code(), 143);
    /// ```
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::HungUp => 129,
            Self::Memory => ErrorKind::Input.exit_code(),
        }
    }
}

/// 0, or a place in [`Reason::ALL`] counted from 1.
static ASKED: AtomicU8 = AtomicU8::new(0);

/// Asks the run to stop at the next safe place; the first reason stands.
pub fn ask(reason: Reason) {
    let place = (1..).zip(Reason::ALL).find_map(|(place, one)| (one == reason).then_some(place)).unwrap_or(1);
    let _ = ASKED.compare_exchange(0, place, Ordering::SeqCst, Ordering::SeqCst);
}

/// Why the run was asked to stop, if it was.
#[must_use]
pub fn asked() -> Option<Reason> {
    let place = usize::from(ASKED.load(Ordering::Relaxed));
    place.checked_sub(1).and_then(|place| Reason::ALL.get(place).copied())
}

/// Goes on, or stops where the run was asked to.
///
/// # Errors
/// [`ErrorKind::Interrupted`] once [`ask`] was called.
pub fn check() -> Result<()> {
    let stop = |message| Err(Error::new(ErrorKind::Interrupted, message));
    match asked() {
        None => Ok(()),
        Some(Reason::Memory) => stop("the inputs need more memory than this run may use; nothing was published")
            .map_err(|e| e.help("raise the limit, take a larger machine or fewer records")),
        Some(_) => stop("stopped; nothing was published"),
    }
}
