//! `optima verify`: is a release still what was published?

use std::path::PathBuf;

use optima::error::{ErrorKind, Result};
use optima::publish::verify::{DifferenceKind, verify};

use super::say::Voice;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the release.
    folder: PathBuf,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    let found = verify(&args.folder)?;
    if voice.is_json() {
        voice.json(&found)?;
    } else {
        for difference in &found.differences {
            voice.text(text_of(difference.kind), &[("name", &difference.name)]);
        }
        let numbers = [found.files, found.differences.len()].map(|n| n.to_string());
        let key = if found.is_whole() { "verify.whole" } else { "verify.damaged" };
        let release = [("program", found.program.as_str()), ("date", &found.date), ("files", &numbers[0]), ("n", &numbers[1])];
        voice.text(key, &release);
    }
    Ok(if found.is_whole() { 0 } else { ErrorKind::Findings.exit_code() })
}

fn text_of(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Missing => "verify.missing",
        DifferenceKind::Changed => "verify.changed",
        DifferenceKind::Extra => "verify.extra",
        DifferenceKind::NotOpening => "verify.not_opening",
        DifferenceKind::NoFile => "verify.no_file",
        DifferenceKind::Unreadable => "verify.unreadable",
        DifferenceKind::Refused => "verify.refused",
        DifferenceKind::Twice => "verify.twice",
    }
}
