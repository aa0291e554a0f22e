//! The machine as it can be: killed, full, failing, shared, short of memory. Each test runs the program as a user does, in a
//! small town with a release of before, and looks at what is left on the disk.
//!
//! `cargo test` runs a part of each series; `make faults` (`OPTIMA_FAULTS=all`) runs them whole and prints how many runs there were.
//! docs/reliability.md tells the promises and the figures.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that stops says where, and one that is skipped says why")]

mod calls;
mod commands;
mod disk;
mod environment;
mod inputs;
mod kills;
mod limits;
mod rig;
mod runs;
mod verify;
