//! The pipeline as a library: one published rate of the invented town, in twenty lines.
//!
//! `cargo run --release --example one_rate`

use std::path::Path;

use optima::measure::MeasureId;
use optima::pipeline::{Ground, explainable};
use optima::protect::ProtectedCell;

fn main() -> optima::error::Result<()> {
    let ground = Ground::load(Path::new("examples/valmont/observatory.toml"), None, false)?;
    let (shown, _) = explainable(&ground)?;
    let id = MeasureId::new("job_seekers")?;
    let Some(measure) = shown.measure(&id) else { return Ok(()) };
    let latest = measure.periods().len() - 1;
    let mut lines = vec![format!("{} {}", ground.territory.name, measure.periods()[latest])];
    for (zone, quartier) in ground.territory.quartiers.iter() {
        lines.push(match measure.cell(latest, zone) {
            ProtectedCell::Published(cell) => format!("{}: {:.1} %", quartier.name, 100.0 * cell.value),
            ProtectedCell::Suppressed(_) => format!("{}: hidden", quartier.name),
            ProtectedCell::Empty => format!("{}: no data", quartier.name),
        });
    }
    // A release is files; a program that only looks may print.
    std::io::Write::write_all(&mut std::io::stdout(), lines.join("\n").as_bytes()).ok();
    Ok(())
}
