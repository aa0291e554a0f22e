//! What the system says to the program while it works: stop, and why.

use nix::sys::signal::{SigSet, Signal, raise};
use optima::interrupt::{Reason, ask, asked};

/// Begins to listen, before any other thread is there: threads take over which signals are held back from them.
///
/// # Errors
/// A system that does not let signals be waited for.
pub(crate) fn listen() -> std::io::Result<()> {
    // A file that grows beyond `ulimit -f` is an error of its write then, and not the end of the process.
    SigSet::from(Signal::SIGXFSZ).thread_block()?;
    let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP].into_iter().collect();
    signals.thread_block()?;
    let wait = move || {
        while let Ok(signal) = signals.wait() {
            if asked().is_some() {
                // Asked twice: whatever the run waits for, it ends now; the next one clears what it leaves.
                let _ = signals.thread_unblock();
                let _ = raise(signal);
            }
            ask(match signal {
                Signal::SIGTERM => Reason::Terminated,
                Signal::SIGHUP => Reason::HungUp,
                _ => Reason::Interrupted,
            });
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).stack_size(64 << 10).spawn(wait).map(drop)
}
