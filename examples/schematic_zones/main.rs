//! Draws schematic outlines for a commune whose official outlines may not be shipped.
//!
//! `cargo run --release --example schematic_zones -- layers/territories/<id>` reads `centers.csv` (code, name, parent, x, y),
//! `schematic.toml` and the NIS code in `territory.toml`, and writes `zones.gpkg`. The outlines say where a zone is and which
//! zones it touches, not where it ends: nothing should be measured on them.

mod outline;
mod package;
mod tiling;

use std::io::Write;
use std::path::Path;

use serde::Deserialize;

use tiling::{Outcome, Tiling};

/// The one key of `territory.toml` that is needed here.
#[derive(Deserialize)]
struct TerritoryFile {
    nis: String,
}

/// Draws the territory of a folder into a file and says what it drew.
pub(crate) fn draw(folder: &Path, output: &Path) -> Outcome<String> {
    let path = folder.join("territory.toml");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let TerritoryFile { nis } = toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    let tiling = Tiling::of_folder(folder)?;
    package::write(&tiling, &nis, output)?;
    let outlines: Vec<_> = (0..tiling.centers.len()).map(|zone| outline::outline(&tiling, zone)).collect();
    let area: i64 = outlines.iter().flatten().flatten().map(outline::twice_area).sum::<i64>() / 2;
    let corners = outlines.iter().map(|polygons| polygons.iter().flatten().map(Vec::len).sum::<usize>());
    let (fewest, most) = corners.fold((usize::MAX, 0), |(low, high), n| (low.min(n), high.max(n)));
    let hectares = area / 10_000;
    Ok(format!("{} zones, {hectares} ha, {fewest} to {most} corners a zone: {}", outlines.len(), output.display()))
}

fn main() -> Outcome<()> {
    let folder = std::env::args_os().nth(1).ok_or("usage: schematic_zones layers/territories/<id>")?;
    let folder = Path::new(&folder);
    let report = draw(folder, &folder.join("zones.gpkg"))?;
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}
