//! What is made of shown figures alone: a list of derivations, a file each.
//!
//! A derivation sees what a release shows and nothing rawer ([`crate::protect::Derivation`]); a map of it is one TOML in
//! `layers/themes/`, as for every indicator.

mod clusters;
mod direction;
mod forecast;
mod fractions;
mod funnel;
mod location_quotient;
mod neighbors;
mod rank;
mod smoothed;

use crate::catalog::{Catalog, LayerSpec};
use crate::observatory::Observatory;
use crate::protect::Derivation;

/// All derivations there are. To add one: its file, a `mod` line above, and its name here.
pub static DERIVATIONS: &[&dyn Derivation] = &[
    &clusters::Clusters,
    &direction::Direction,
    &forecast::QuarterlyForecast,
    &funnel::PlaceInFunnel,
    &location_quotient::LocationQuotient,
    &rank::Rank,
    &smoothed::SmoothedRate,
];

/// Whether an indicator is made of shown figures.
#[must_use]
pub fn is_derived(indicator: &str) -> bool {
    DERIVATIONS.iter().any(|derivation| derivation.definition().id == indicator)
}

/// The derived layers whose ingredients are `made`, then those left out.
#[must_use]
pub fn layers_of<'c>(observatory: &Observatory, catalog: &'c Catalog, made: &[&str]) -> (Vec<&'c LayerSpec>, Vec<&'c LayerSpec>) {
    let asked = |layer: &&LayerSpec| observatory.themes.is_empty() || observatory.themes.contains(&layer.theme);
    let mut open: Vec<&LayerSpec> = catalog.layers.iter().filter(asked).filter(|layer| is_derived(&layer.measure.indicator)).collect();
    let mut there: Vec<&str> = made.to_vec();
    let mut found: Vec<&LayerSpec> = Vec::new();
    loop {
        let (ready, rest): (Vec<&LayerSpec>, Vec<&LayerSpec>) =
            open.into_iter().partition(|layer| layer.measure.built_on().all(|of| there.contains(&of)));
        open = rest;
        if ready.is_empty() {
            return (found, open);
        }
        there.extend(ready.iter().map(|layer| layer.measure.id.as_str()));
        found.extend(ready);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protect::{Frame, Protected, ProtectedCell, ProtectedMeasure, Shown, derive};
    use crate::publish::town;
    use crate::territory::ZoneIdx;
    use crate::texts::{Language, Texts};

    fn derived(
        shown: Protected,
        derivation: &'static dyn Derivation,
        params: &str,
    ) -> Result<(ProtectedMeasure, ProtectedMeasure), String> {
        let territory = town::territory();
        let texts = Texts::empty(Language::Fr);
        let frame = Frame { territory: &territory, breaks: &[], texts: &texts, seed: 2003 };
        let text = format!(
            "order = 1\nshows = \"value\"\nstyle = \"x\"\n[measure]\nid = \"made\"\nindicator = \"{}\"\nparams = {params}\n\
             [title]\nfr = \"t\"\nen = \"t\"\n[label]\nfr = \"t\"\nen = \"t\"\n[reading]\nfr = \"t\"\nen = \"t\"\n",
            derivation.definition().id
        );
        let layer: LayerSpec = toml::from_str(&text).unwrap();
        let of = layer.measure.built_on().next().unwrap().to_owned();
        let (shown, refused) = derive(shown, &[derivation], frame, &[&layer]).map_err(|error| error.to_string())?;
        if let Some((_, reason)) = refused.into_iter().next() {
            return Err(reason);
        }
        let measure = |id: &str| shown.measures().iter().find(|measure| measure.id().as_str() == id).unwrap().clone();
        Ok((measure(&of), measure("made")))
    }

    /// What a derivation makes of the test town with these parameters, after the measure it is made of; or why not.
    pub(super) fn made(derivation: &'static dyn Derivation, params: &str) -> Result<(ProtectedMeasure, ProtectedMeasure), String> {
        derived(town::shown(), derivation, params)
    }

    /// The same where the territory's own value of each measure is hidden.
    pub(super) fn made_without_totals(
        derivation: &'static dyn Derivation,
        params: &str,
    ) -> Result<(ProtectedMeasure, ProtectedMeasure), String> {
        let hidden = |measure: &ProtectedMeasure| {
            let zones = town::territory().quartiers;
            let cells = |at: usize| crate::territory::PerZone::from_fn(&zones, |zone| measure.cell(at, zone));
            let periods = measure.periods().to_vec();
            let totals = vec![ProtectedCell::Suppressed(crate::protect::Reason::Frequency); periods.len()];
            let cells = (0..periods.len()).map(cells).collect();
            ProtectedMeasure::for_tests(measure.id().clone(), measure.unit(), Vec::new(), periods, cells, totals)
        };
        let measures = town::shown().measures().iter().filter(|measure| !measure.is_derived()).map(hidden).collect();
        derived(Protected::for_tests(measures), derivation, params)
    }

    /// The shown cells of a period.
    pub(super) fn shown(measure: &ProtectedMeasure, at: usize) -> Vec<(ZoneIdx, Shown)> {
        town::territory().quartiers.indexes().filter_map(|zone| Some((zone, *measure.cell(at, zone).shown()?))).collect()
    }

    /// The further numbers of a cell.
    pub(super) fn details(measure: &ProtectedMeasure, at: usize, zone: ZoneIdx) -> Vec<Option<f64>> {
        measure.details().iter().map(|detail| detail.number(at, Some(zone))).collect()
    }
}
