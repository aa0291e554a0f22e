//! An indicator of one's own, without touching the library: the share of job seekers whose age is unknown.
//!
//! It goes through the same protection as every other: there is no way from a measure to a file but `protect`.
//! `cargo run --release --example my_own_indicator`

use std::io::Write;
use std::path::Path;

use optima::error::Result;
use optima::locate::locate;
use optima::measure::{
    Contributors, Definition, Evidence, Fraction, INDICATORS, Indicator, Measure, MeasureId, Quantities, Quantity, Studies, Unit,
    measure_with, share_measure,
};
use optima::period::Period;
use optima::pipeline::Ground;
use optima::protect::{Earlier, protect};
use optima::read::read;

#[derive(Debug)]
struct UnknownAge;

impl Indicator for UnknownAge {
    fn definition(&self) -> Definition {
        Definition { id: "unknown_age", unit: Unit::Share, reference: "this example" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, _params: &toml::Table) -> Result<Measure> {
        let stock = evidence.stock()?;
        let quantities = Quantities {
            numerator: Quantity("unknown_age".to_owned()),
            denominator: Some(Quantity("job_seekers".to_owned())),
            part_of: None,
        };
        let periods = stock.quarters().iter().map(|quarter| Period::Quarter(*quarter)).collect();
        Ok(share_measure(id, &evidence.observed.territory.quartiers, periods, quantities, Vec::new(), |at, zone| {
            let group = zone.map_or_else(|| stock.total(at), |zone| stock.group(at, zone));
            group.observed.then(|| Fraction {
                numerator: group.job_seekers.count - group.with_age.count,
                denominator: group.job_seekers.count,
                contributors: Contributors {
                    persons: group.job_seekers.persons - group.with_age.persons,
                    group: Some(group.job_seekers.persons),
                    ..Contributors::default()
                },
            })
        }))
    }
}

fn main() -> Result<()> {
    let ground = Ground::load(Path::new("examples/valmont/observatory.toml"), None, false)?;
    let mut layer = ground.layers().0[0].clone();
    "unknown_age".clone_into(&mut layer.measure.id);
    "unknown_age".clone_into(&mut layer.measure.indicator);
    layer.measure.params.clear();
    let observed = locate(read(&ground.observatory)?, &ground.territory)?;
    let indicators: Vec<&dyn Indicator> = INDICATORS.iter().copied().chain([&UnknownAge as &dyn Indicator]).collect();
    let studies = Studies::default();
    let measures = measure_with(&indicators, &observed, &ground.observatory, &studies, &[&layer])?;
    let shown = protect(&measures, &studies, ground.rules()?, &ground.territory.quartiers, &Earlier::default())?;
    for measure in shown.measures() {
        for (zone, quartier) in ground.territory.quartiers.iter() {
            let cell = measure.cell(0, zone);
            writeln!(std::io::stdout(), "{} {} {} {:?}", measure.id(), quartier.code, cell.status(), cell.shown().map(|shown| shown.value))
                .ok();
        }
    }
    Ok(())
}
