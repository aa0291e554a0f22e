//! `optima bilan`: the answers of one person, or of one group, for the observatory's own eyes.

use std::path::PathBuf;

use optima::bilan::{Subset, write};
use optima::error::{Error, Result};
use optima::locate::locate;
use optima::pipeline::Ground;
use optima::read::read;
use serde_json::json;

use super::say::Voice;

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false, id = "subset")]
struct Whose {
    /// One person, by the identifier of the interview.
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    /// A group: partner=…, service=…, public=…, campaign=… or quartier=CODE.
    #[arg(long, value_name = "BY=GROUP")]
    group: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The observatory's file.
    #[arg(default_value = "observatory.toml")]
    file: PathBuf,
    #[command(flatten)]
    whose: Whose,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    let subset = match (&args.whose.person, &args.whose.group) {
        (Some(person), _) => Subset::Person(person.clone()),
        (None, Some(group)) => Subset::parse(group)?,
        (None, None) => return Err(Error::config("whose bilan? --person or --group")),
    };
    let ground = Ground::load(&args.file, voice.asked(), false)?;
    voice.adopt(&ground.catalog);
    let observed = locate(read(&ground.observatory)?, &ground.territory)?;
    let interviews = observed.interviews.as_ref().ok_or_else(|| Error::config("this observatory has no interviews").in_file(&args.file))?;
    let folder = ground.observatory.resolve(&ground.observatory.private);
    let path = write(interviews, &ground.territory, &subset, &folder, &ground.catalog.texts)?;
    if voice.is_json() {
        voice.json(&json!({ "file": path }))?;
    } else {
        voice.text("bilan.written", &[("file", &path.display().to_string())]);
    }
    Ok(0)
}
