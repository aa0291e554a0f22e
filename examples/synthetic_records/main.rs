//! Makes the records of the example observatories: persons, interviews and streets that do not exist.
//!
//! `cargo run --release --example synthetic_records` writes all files of `examples/<town>/records` again, to the byte. What is
//! planted in them is listed in `examples/README.md`; everything else follows from chance with a fixed seed.

mod chance;
mod directory;
mod flows;
mod groups;
mod guide_answers;
mod interviews;
mod needs;
mod person;
mod place;
mod saint_nicolas;
mod seraing;
mod seraing_interviews;
mod table;
#[expect(dead_code, reason = "outlines are drawn by the other example; here hexagons only say where a house may stand")]
#[path = "../schematic_zones/tiling.rs"]
mod tiling;
mod town;
mod valmont;

use std::io::Write;
use std::path::Path;

use tiling::Outcome;

/// A file to write: its path below the project's folder, and its content.
pub(crate) type File = (String, Vec<u8>);

/// All files, made from the territories of the project in this folder.
pub(crate) fn files(project: &Path) -> Outcome<Vec<File>> {
    let territories = project.join("layers/territories");
    let mut files = seraing::files(&territories.join("seraing"))?;
    files.extend(saint_nicolas::files(&territories.join("saint-nicolas"))?);
    files.extend(valmont::files()?);
    Ok(files)
}

fn main() -> Outcome<()> {
    let project = Path::new(".");
    let mut out = std::io::stdout().lock();
    for (name, content) in files(project)? {
        let path = project.join(&name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, &content)?;
        writeln!(out, "{name}: {} kB", content.len().div_ceil(1000))?;
    }
    Ok(())
}
