//! `optima build`: a release, all or nothing.

use std::path::PathBuf;

use optima::error::Result;
use optima::pipeline::{Built, Ground, build};

use super::say::Voice;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The observatory's file.
    file: PathBuf,
    /// The folder of the release.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace an earlier release; it stays whole until the new one takes its place.
    #[arg(long)]
    force: bool,
    /// Mend invalid and overlapping outlines; each repair is listed.
    #[arg(long)]
    repair: bool,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    let ground = Ground::load(&args.file, voice.asked(), args.repair)?;
    voice.adopt(&ground.catalog);
    let built = build(&ground, &args.out, args.force)?;
    if voice.is_json() {
        voice.json(&built.manifest)?;
    } else {
        tell(args, &ground, &built, voice);
    }
    Ok(0)
}

fn tell(args: &Args, ground: &Ground, built: &Built, voice: &mut Voice) {
    super::check::outlines(ground, voice);
    for stage in &built.manifest.stages {
        let numbers = [stage.read, stage.set_aside, stage.within, stage.outside, stage.missing].map(|n| n.to_string());
        let located = built.located.iter().any(|tally| tally.source == stage.source);
        let key = if located { "build.stage" } else { "build.register" };
        voice.text(
            key,
            &[
                ("source", &stage.source),
                ("read", &numbers[0]),
                ("set_aside", &numbers[1]),
                ("within", &numbers[2]),
                ("outside", &numbers[3]),
                ("missing", &numbers[4]),
            ],
        );
    }
    super::check::warn(&built.warnings, voice);
    let (cells, hidden) = built.manifest.disclosure.hidden.iter().fold((0, 0), |(c, h), m| (c + m.cells, h + m.hidden));
    voice.text(
        "build.hidden",
        &[("hidden", &hidden.to_string()), ("cells", &cells.to_string()), ("policy", &built.manifest.disclosure.policy)],
    );
    if let (Some(audit), Some(report)) = (&built.audit, &built.report) {
        let tried = (audit.counts.hidden + audit.frequencies.hidden).to_string();
        let earlier = audit.releases.len().saturating_sub(1).to_string();
        let path = report.display().to_string();
        voice.text("build.audited", &[("hidden", &tried), ("earlier", &earlier), ("path", &path)]);
    }
    if let Some(path) = &built.set_aside {
        voice.text("build.set_aside", &[("path", &path.display().to_string())]);
    }
    if !built.layers_left_out.is_empty() {
        voice.text("check.left_out", &[("names", &built.layers_left_out.join(", "))]);
    }
    let package = args.out.join(format!("{}.gpkg", ground.territory.id.0));
    voice.text("build.done", &[("layers", &built.manifest.layers.len().to_string()), ("path", &args.out.display().to_string())]);
    voice.text("build.open", &[("path", &package.display().to_string())]);
}
