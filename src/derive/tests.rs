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
    protect::derive(Protected::for_tests(measures), DERIVATIONS, Frame { territory, breaks: &[], texts: &texts, seed: 1 }, &[&layer])
}

/// The made measure, in the town as it is.
pub(super) fn made(measures: Vec<ProtectedMeasure>, indicator: &str, params: &str) -> ProtectedMeasure {
    let (shown, refused) = derive(measures, &town::territory(), indicator, params).unwrap();
    assert!(refused.is_empty(), "{refused:?}");
    shown.measures().last().unwrap().clone()
}
