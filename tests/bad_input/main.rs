//! Bad input, as partners send it: each test takes the town of Valmont, spoils one thing, runs the program as a user would,
//! and looks at the exit code, at what was said, and at what is left on the disk.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that stops says where, and one that is skipped says why")]

mod cells;
mod files;
mod formats;
mod guide;
mod outlines;
mod output;
mod places;
mod settings;
mod stops;
mod town;
