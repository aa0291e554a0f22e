//! What is made of shown figures alone: a list of derivations, a file each.
//!
//! A derivation sees what a release shows and nothing rawer ([`crate::protect::Derivation`]); a map of it is one TOML in
//! `layers/themes/`, as for every indicator.

mod clusters;
mod difficulty_index;
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
    &difficulty_index::DifficultyIndex,
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
mod tests;
