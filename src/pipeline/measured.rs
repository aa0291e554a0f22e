//! The measuring stage in its three steps: studies of persons, measures, studies of quartiers by their measures.

use super::Ground;
use super::earlier::earlier;
use crate::catalog::{Catalog, LayerSpec};
use crate::derive;
use crate::error::Result;
use crate::ledger::Ledger;
use crate::locate::Observations;
use crate::measure::{Measures, Studies, layers_of, measure, measure_more, study, study_territories};
use crate::protect::{self, Frame, Protected, protect};

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
    let own = of_records(&all);
    let (layers, _) = layers_of(observatory, &own, Some(&studies));
    let measures = measure(observed, observatory, &studies, &layers)?;
    study_territories(&mut studies, &measures, &observed.territory.quartiers, observatory, &ground.catalog)?;
    let (layers, mut left_out) = layers_of(observatory, &own, Some(&studies));
    let measures = measure_more(measures, observed, observatory, &studies, &layers)?;
    let made: Vec<&str> = layers.iter().map(|layer| layer.measure.id.as_str()).collect();
    let (derived, without) = derive::layers_of(observatory, &all, &made);
    left_out.extend(without);
    let catalog = only(&all, |layer| layers.iter().chain(&derived).any(|made| made.id == layer.id));
    // A study and its map may bear one name, and need to be told once.
    let mut left_out: Vec<String> = left_out.into_iter().map(|layer| layer.id.clone()).collect();
    for name in &studies.absent {
        if !left_out.contains(name) {
            left_out.push(name.clone());
        }
    }
    Ok(Measured { studies, measures, catalog, left_out })
}

/// The catalog without the layers that are made of shown figures.
pub(super) fn of_records(catalog: &Catalog) -> Catalog {
    only(catalog, |layer| !derive::is_derived(&layer.measure.indicator))
}

/// The catalog with these layers, in its own order.
pub(super) fn only(catalog: &Catalog, keep: impl Fn(&LayerSpec) -> bool) -> Catalog {
    let layers: Vec<&LayerSpec> = catalog.layers.iter().filter(|layer| keep(layer)).collect();
    catalog.with_layers(&layers)
}

/// What may be shown, with what is made of it, and the catalog of it all.
pub(super) struct Finished {
    pub(super) shown: Protected,
    pub(super) catalog: Catalog,
    pub(super) left_out: Vec<String>,
    /// Derived measures that the figures do not allow, with the reason.
    pub(super) refused: Vec<String>,
}

/// Protects what was measured, and derives from what is shown.
pub(super) fn finished(ground: &Ground, measured: Measured) -> Result<Finished> {
    let Measured { studies, measures, catalog, mut left_out } = measured;
    let observatory = &ground.observatory;
    let entries = ground.ledger().as_ref().map(Ledger::entries).transpose()?.unwrap_or_default();
    let earlier = earlier(&entries, &measures, &ground.territory.quartiers)?;
    let shown = protect(&measures, &studies, ground.rules()?, &ground.territory.quartiers, &earlier)?;
    let layers: Vec<&LayerSpec> = catalog.layers.iter().collect();
    let frame = Frame {
        territory: &ground.territory,
        breaks: &observatory.breaks,
        texts: &ground.catalog.texts,
        folder: observatory.folder(),
        seed: observatory.seed,
    };
    let (shown, refused) = protect::derive(shown, derive::DERIVATIONS, frame, &layers)?;
    let is_refused = |layer: &LayerSpec| refused.iter().any(|(id, _)| *id == layer.measure.id);
    left_out.extend(catalog.layers.iter().filter(|layer| is_refused(layer)).map(|layer| layer.id.clone()));
    let catalog = only(&catalog, |layer| !is_refused(layer));
    let refused = refused.into_iter().map(|(id, reason)| format!("the measure {id} cannot be made: {reason}")).collect();
    Ok(Finished { shown, catalog, left_out, refused })
}
