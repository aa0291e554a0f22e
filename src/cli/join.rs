//! `optima join`: points to polygons, file to file.

use std::path::PathBuf;

use optima::error::{Error, Result};
use optima::join::{JoinRequest, join};

use super::say::Voice;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The points: CSV or Parquet, streamed.
    points: PathBuf,
    /// The polygons: any format GDAL opens, in the CRS of the points.
    #[arg(long, value_name = "FILE")]
    zones: PathBuf,
    /// The GeoPackage to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace a GeoPackage that is there, once the new one is complete.
    #[arg(long)]
    force: bool,
    /// The column of the points that is averaged by polygon.
    #[arg(long, value_name = "COLUMN")]
    value: Option<String>,
    /// The column of the polygons to keep as their key; all are kept where absent.
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// The column with the x coordinate.
    #[arg(long, value_name = "COLUMN", default_value = "x")]
    x: String,
    /// The column with the y coordinate.
    #[arg(long, value_name = "COLUMN", default_value = "y")]
    y: String,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    if args.out.exists() && !args.force {
        return Err(Error::output("the file exists").in_file(&args.out).help("--force replaces it once the new one is complete"));
    }
    let request = JoinRequest {
        points: args.points.clone(),
        zones: args.zones.clone(),
        zone_key: args.key.clone(),
        x: args.x.clone(),
        y: args.y.clone(),
        value: args.value.clone(),
        output: args.out.clone(),
    };
    let report = join(&request)?;
    if voice.is_json() {
        voice.json(&report)?;
    } else {
        let [zones, read, within, outside, set_aside] =
            [report.zones, report.read, report.within, report.outside, report.set_aside].map(|n| n.to_string());
        let path = args.out.display().to_string();
        voice.text(
            "join.done",
            &[("zones", &zones), ("read", &read), ("within", &within), ("outside", &outside), ("set_aside", &set_aside), ("path", &path)],
        );
        if let Some(row) = report.first_set_aside {
            voice.text("join.set_aside", &[("row", &row.to_string())]);
        }
    }
    Ok(0)
}
