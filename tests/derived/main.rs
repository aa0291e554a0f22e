//! What is made of shown figures, from the files a person writes to the files of a release: computed again, and on inputs without an answer.

#[path = "../released/mod.rs"]
mod released;

mod again;
mod degenerate;

mod town;
