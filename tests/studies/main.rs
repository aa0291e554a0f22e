//! Studies of groups from end to end: the groups planted in Seraing's records are found, bilans are the same counted twice, what
//! is hidden stays hidden against an attacker of its own, and inputs without an answer get a clear word.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    reason = "tests may: a panic is how they fail, they say when they skip, and counts are small"
)]

mod attack;
mod bilan_command;
mod degenerate;
mod people;
mod properties;
#[path = "../released/mod.rs"]
mod released;
mod secrecy;
mod seraing;
mod town;
