//! When an index of several indicators is known: quarters, and campaigns that last longer than one.

use crate::period::Period;
use crate::protect::ProtectedMeasure;

/// A period of the index, and the position of the period of each measure that is taken for it.
#[derive(Debug, PartialEq)]
pub(super) struct Moment {
    pub(super) period: Period,
    pub(super) at: Vec<usize>,
}

/// The periods that all measures have, in time order.
///
/// Beside quarterly measures, one that is known by campaigns is taken, as it is, from the latest campaign begun by the end of the quarter:
/// no index rests on what nobody had been asked yet. Quarters before the first campaign have no index.
pub(super) fn common(measures: &[&ProtectedMeasure]) -> Vec<Moment> {
    let lead = measures.iter().find(|measure| is_quarterly(measure)).or_else(|| measures.first());
    let position = |measure: &ProtectedMeasure, period: Period| {
        if matches!(period, Period::Quarter(_)) && !is_quarterly(measure) {
            measure.periods().iter().rposition(|campaign| campaign.start() <= period.end())
        } else {
            measure.periods().iter().position(|own| *own == period)
        }
    };
    let moment = |period: &Period| {
        let at = measures.iter().map(|measure| position(measure, *period)).collect::<Option<Vec<usize>>>()?;
        Some(Moment { period: *period, at })
    };
    lead.into_iter().flat_map(|lead| lead.periods()).filter_map(moment).collect()
}

/// What the methods page says of campaigns beside quarters.
pub(super) fn told(measures: &[&ProtectedMeasure]) -> Option<(String, String)> {
    let campaigns: Vec<&str> = measures.iter().filter(|measure| !is_quarterly(measure)).map(|measure| measure.id().as_str()).collect();
    let mixed = !campaigns.is_empty() && campaigns.len() < measures.len();
    let rule = "the latest campaign begun by the end of the quarter, as it is: only the other indicators change from quarter to quarter";
    mixed.then(|| ("campaign".to_owned(), format!("{}: {rule}", campaigns.join(", "))))
}

fn is_quarterly(measure: &ProtectedMeasure) -> bool {
    measure.periods().iter().any(|period| matches!(period, Period::Quarter(_)))
}
