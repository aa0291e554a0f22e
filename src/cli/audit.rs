//! `optima audit`: could somebody find a hidden figure in the published files?

use std::path::PathBuf;

use optima::audit::{Audit, Check, Knowledge, audit};
use optima::error::{Error, Result};

use super::say::Voice;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of a release.
    release: PathBuf,
    /// Releases published before it, or entries of the ledger, the oldest first.
    earlier: Vec<PathBuf>,
    /// Words and coordinates that must be in no file, one a line.
    #[arg(long, value_name = "FILE")]
    canaries: Option<PathBuf>,
    /// What a partner knows of its own clients: CSV with measure, period, `zone_code`, persons.
    #[arg(long, value_name = "FILE")]
    clients: Option<PathBuf>,
    /// What single contributors gave to means and amounts: CSV with measure, period, `zone_code`, amount.
    #[arg(long, value_name = "FILE")]
    contributions: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    let knowledge = Knowledge { canaries: args.canaries.clone(), clients: args.clients.clone(), contributions: args.contributions.clone() };
    let texts = voice.texts().clone();
    let audit = audit(&args.release, &args.earlier, &knowledge, &texts)?;
    if voice.is_json() {
        voice.json(&audit)?;
    } else {
        tell(&audit, voice);
    }
    match audit.refusal(&texts) {
        Some(_) if voice.is_json() => Ok(optima::error::ErrorKind::Disclosure.exit_code()),
        Some(error) => Err(Error::in_file(error, &args.release)),
        None => Ok(0),
    }
}

fn tell(audit: &Audit, voice: &mut Voice) {
    for release in &audit.releases {
        let [files, shown, hidden] = [release.files, release.shown, release.hidden].map(|n| n.to_string());
        let path = release.folder.display().to_string();
        let values = [
            ("path", path.as_str()),
            ("date", &release.date),
            ("policy", &release.policy),
            ("files", &files),
            ("shown", &shown),
            ("hidden", &hidden),
        ];
        voice.text("audit.release", &values);
    }
    for (key, tried) in [("audit.counts", &audit.counts), ("audit.frequencies", &audit.frequencies)] {
        let numbers = [tried.hidden, tried.statements, tried.lone, tried.unsettled, tried.contradicted].map(|n| n.to_string());
        let names = ["hidden", "statements", "lone", "unsettled", "contradicted"];
        let values: Vec<(&str, &str)> = names.into_iter().zip(numbers.iter().map(String::as_str)).collect();
        voice.text(key, &values);
    }
    for check in Check::ALL {
        let found = audit.findings.iter().filter(|finding| finding.check == check).count().to_string();
        let name = voice.texts().get(&format!("check_name.{check}")).to_owned();
        voice.text("audit.check", &[("check", check.code()), ("name", &name), ("found", &found)]);
    }
}
