//! What tests of derivations start from: measures of an invented town, shown as a test says, and what a layer makes of them.

use chrono::NaiveDate;

use super::DERIVATIONS;
use crate::catalog::LayerSpec;
use crate::error::Result;
use crate::measure::{MeasureId, Unit};
use crate::period::{Period, Quarter};
use crate::protect::{self, Frame, Protected, ProtectedCell, ProtectedMeasure, Reason, Refused, Shown};
use crate::publish::town;
use crate::territory::{PerZone, Territory, ZoneIdx};
use crate::texts::{Language, Texts};

pub(super) fn quarter(number: u8) -> Period {
    Period::Quarter(Quarter::new(2003, number).unwrap())
}

/// A campaign from the first day of a month of 2003 to the end of the year.
pub(super) fn campaign(month: u32) -> Period {
    Period::Span(NaiveDate::from_ymd_opt(2003, month, 1).unwrap(), NaiveDate::from_ymd_opt(2003, 12, 31).unwrap())
}

/// A shown share of x of n.
pub(super) fn share(numerator: f64, denominator: f64) -> ProtectedCell {
    let value = numerator / denominator;
    let (numerator, denominator) = (Some(numerator), Some(denominator));
    ProtectedCell::Published(Shown { value, numerator, denominator, interval: None, reliable: true, since_quarter: None, since_year: None })
}

/// A shown number.
pub(super) fn told(value: f64, reliable: bool) -> ProtectedCell {
    let (numerator, denominator) = (None, None);
    ProtectedCell::Published(Shown { value, numerator, denominator, interval: None, reliable, since_quarter: None, since_year: None })
}

pub(super) const HIDDEN: ProtectedCell = ProtectedCell::Suppressed(Reason::Frequency);

/// A measure whose cells a function of period and zone, both from 0, says; its total is a third.
pub(super) fn measure(id: &str, unit: Unit, periods: &[Period], cell: impl Fn(usize, usize) -> ProtectedCell) -> ProtectedMeasure {
    let territory = town::territory();
    let cells = (0..periods.len()).map(|at| PerZone::from_fn(&territory.quartiers, |zone: ZoneIdx| cell(at, zone.position())));
    let (id, totals) = (MeasureId::new(id.to_owned()).unwrap(), vec![share(1.0, 3.0); periods.len()]);
    ProtectedMeasure::for_tests(id, unit, Vec::new(), periods.to_vec(), cells.collect(), totals)
}

/// What the indicator makes of the measures, under the name "made".
pub(super) fn derive(
    measures: Vec<ProtectedMeasure>,
    territory: &Territory,
    indicator: &str,
    params: &str,
) -> Result<(Protected, Refused)> {
    let text = format!(
        "order = 1\nshows = \"value\"\nstyle = \"x\"\n[measure]\nid = \"made\"\nindicator = \"{indicator}\"\nparams = {params}\n\
         [title]\nfr = \"t\"\nen = \"t\"\n[label]\nfr = \"t\"\nen = \"t\"\n[reading]\nfr = \"t\"\nen = \"t\"\n"
    );
    let layer: LayerSpec = toml::from_str(&text).unwrap();
    let texts = Texts::empty(Language::Fr);
    protect::derive(
        Protected::for_tests(measures),
        DERIVATIONS,
        Frame { territory, breaks: &[], texts: &texts, folder: std::path::Path::new("."), seed: 1 },
        &[&layer],
    )
}

/// The made measure, in the town as it is.
pub(super) fn made(measures: Vec<ProtectedMeasure>, indicator: &str, params: &str) -> ProtectedMeasure {
    let (shown, refused) = derive(measures, &town::territory(), indicator, params).unwrap();
    assert!(refused.is_empty(), "{refused:?}");
    shown.measures().last().unwrap().clone()
}

/// Derivations of the measures of the town that the writers are tested on.
pub(super) mod of_the_town {
    use crate::catalog::LayerSpec;
    use crate::protect::Derivation;
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
        let frame = Frame { territory: &territory, breaks: &[], texts: &texts, folder: std::path::Path::new("."), seed: 2003 };
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
    pub(in crate::derive) fn made(
        derivation: &'static dyn Derivation,
        params: &str,
    ) -> Result<(ProtectedMeasure, ProtectedMeasure), String> {
        derived(town::shown(), derivation, params)
    }

    /// The same where the territory's own value of each measure is hidden.
    pub(in crate::derive) fn made_without_totals(
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
    pub(in crate::derive) fn shown(measure: &ProtectedMeasure, at: usize) -> Vec<(ZoneIdx, Shown)> {
        town::territory().quartiers.indexes().filter_map(|zone| Some((zone, *measure.cell(at, zone).shown()?))).collect()
    }

    /// The further numbers of a cell.
    pub(in crate::derive) fn details(measure: &ProtectedMeasure, at: usize, zone: ZoneIdx) -> Vec<Option<f64>> {
        measure.details().iter().map(|detail| detail.number(at, Some(zone))).collect()
    }
}
