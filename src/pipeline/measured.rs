//! The measuring stage in its three steps: studies of persons, measures, studies of quartiers by their measures.

use super::Ground;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::locate::Observations;
use crate::measure::{Measures, Studies, layers_of, measure, measure_more, study, study_territories};

/// What was measured, with the catalog of what could be made: a layer for each group that was found.
pub(super) struct Measured {
    pub(super) studies: Studies,
    pub(super) measures: Measures,
    pub(super) catalog: Catalog,
    pub(super) left_out: Vec<String>,
}

/// What a person should know of the studies.
pub(super) fn study_warnings(studies: &Studies) -> impl Iterator<Item = String> {
    studies.left_out.iter().map(|(_, reason)| reason.replace('\n', "; ")).chain(studies.analyses.iter().filter_map(|analysis| {
        let withheld = analysis.groups.iter().filter(|group| group.withheld).count();
        (withheld > 0).then(|| {
            format!("the analysis {}: {withheld} of {} groups are withheld because they are not stable", analysis.id, analysis.groups.len())
        })
    }))
}

/// Studies first: the layers of their groups are known only then.
pub(super) fn measured(ground: &Ground, observed: &Observations<'_>) -> Result<Measured> {
    let observatory = &ground.observatory;
    let mut studies = study(observed, observatory, &ground.catalog)?;
    let all = studies.expand(&ground.catalog);
    let (layers, _) = layers_of(observatory, &all, Some(&studies));
    let measures = measure(observed, observatory, &studies, &layers)?;
    study_territories(&mut studies, &measures, &observed.territory.quartiers, observatory, &ground.catalog)?;
    let (layers, left_out) = layers_of(observatory, &all, Some(&studies));
    let measures = measure_more(measures, observed, observatory, &studies, &layers)?;
    let catalog = all.with_layers(&layers);
    // A study and its map may bear one name, and need to be told once.
    let mut left_out: Vec<String> = left_out.into_iter().map(|layer| layer.id.clone()).collect();
    for name in &studies.absent {
        if !left_out.contains(name) {
            left_out.push(name.clone());
        }
    }
    Ok(Measured { studies, measures, catalog, left_out })
}
