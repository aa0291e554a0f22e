//! What libFuzzer is told of a panic: only those that reach the caller count.
//!
//! libfuzzer-sys aborts in the panic hook, and so also for a panic of a library that `optima::read::guard` catches and
//! turns into a refusal. Here the hook only tells; what escapes from the target ends the process.

use optima::read::guard::is_guarded;

/// Replaces the hook of libfuzzer-sys, which ends the process at each panic. `OPTIMA_FUZZ=tell` tells of caught ones too.
pub fn start() {
    let tell = std::env::var("OPTIMA_FUZZ").is_ok_and(|word| word == "tell");
    std::panic::set_hook(Box::new(move |panic| {
        if tell || !is_guarded() {
            eprintln!("{panic}");
        }
    }));
}

/// Runs a target on bytes; a panic that escapes from it is libFuzzer's crash.
pub fn run(target: fn(&[u8]), bytes: &[u8]) {
    target(bytes);
}
