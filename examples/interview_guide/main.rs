//! Makes the interview guide that the project ships, an `XLSForm`, from the text files beside this program.
//!
//! `cargo run --release --example interview_guide` writes `layers/guides/catalyse.xlsx` again, to the byte. To change a question,
//! edit `form.toml` or a file of `themes/` and run it: no Rust is needed. What does not hold is said with the question's name.

pub(crate) mod source;
mod workbook;

use std::io::Write;
use std::path::Path;

/// A result whose error is told to the one who runs the program.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Where the guide is, below the project's folder.
pub(crate) const GUIDE: &str = "layers/guides/catalyse.xlsx";

/// The guide as a workbook, made from the sources of the project in this folder.
pub(crate) fn guide(project: &Path) -> Outcome<Vec<u8>> {
    workbook::workbook(&source::Guide::of_folder(&project.join("examples/interview_guide"))?)
}

fn main() -> Outcome<()> {
    let content = guide(Path::new("."))?;
    if let Some(folder) = Path::new(GUIDE).parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(GUIDE, &content)?;
    writeln!(std::io::stdout(), "{GUIDE}: {} kB", content.len().div_ceil(1000))?;
    Ok(())
}
