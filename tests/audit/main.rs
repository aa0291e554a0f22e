//! The audit held against planted leaks: each of its checks refuses one, with its reason and exit code 4, and clean releases pass.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests may: a panic is how they fail, and they say when they skip")]

#[path = "../released/mod.rs"]
mod released;

mod clean;
mod files;
mod sums;
mod written;
