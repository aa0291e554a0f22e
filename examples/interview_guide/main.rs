//! Makes the forms that the project ships, the interview guide and the sheet of the directory of services, as `XLSForm`s.
//!
//! `cargo run --release --example interview_guide` writes `layers/guides/*.xlsx` again, to the byte. Each is made from the text
//! files of a folder beside this program: to change a question, edit `form.toml` or a file of `themes/` and run it. No Rust is needed, and
//! what does not hold is said with the question's name.

pub(crate) mod source;
pub(crate) mod workbook;

use std::io::Write;
use std::path::{Path, PathBuf};

/// A result whose error is told to the one who runs the program.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The guides: the names of their folders here, and of their files in `layers/guides`.
pub(crate) const GUIDES: [&str; 2] = ["catalyse", "directory"];

/// What is written of a guide of the project in this folder.
pub(crate) fn source(project: &Path, name: &str) -> Outcome<source::Guide> {
    source::Guide::of_folder(&project.join("examples/interview_guide").join(name))
}

/// Where a guide is as a workbook.
pub(crate) fn path(project: &Path, name: &str) -> PathBuf {
    project.join("layers/guides").join(name).with_extension("xlsx")
}

fn main() -> Outcome<()> {
    let project = Path::new(".");
    std::fs::create_dir_all(project.join("layers/guides"))?;
    for name in GUIDES {
        let (content, path) = (workbook::workbook(&source(project, name)?)?, path(project, name));
        std::fs::write(&path, &content)?;
        writeln!(std::io::stdout(), "{}: {} kB", path.display(), content.len().div_ceil(1000))?;
    }
    Ok(())
}
