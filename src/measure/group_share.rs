//! Where the groups of an analysis live: the share of one group among the persons analyzed, by quartier.

use serde::Deserialize;

use super::residents::{count, interviews};
use super::studies::Analysis;
use super::{Definition, Evidence, Indicator, Measure, MeasureId, Quantities, Quantity, Unit, params, share_measure};
use crate::catalog::studies::Units;
use crate::error::{Error, Result};

/// Persons of the group over all persons of the analysis who live in the quartier, with Wilson's interval.
#[derive(Debug)]
pub(super) struct GroupShare;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    analysis: String,
    /// From 1, the largest group first.
    group: usize,
}

impl Indicator for GroupShare {
    fn definition(&self) -> Definition {
        Definition { id: "group_share", unit: Unit::Share, reference: "Catalyse: profiles of needs (AFC and CAH, Anaconda)" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { analysis: name, group } = params(table)?;
        let (located, period) = interviews(evidence)?;
        let analysis = evidence.studies.analysis(&name).ok_or_else(|| Error::config(format!("there is no analysis \"{name}\"")))?;
        let wanted = group.checked_sub(1).filter(|group| *group < analysis.groups.len()).ok_or_else(|| {
            Error::config(format!("the analysis \"{name}\" has {} groups, and none with the number {group}", analysis.groups.len()))
        })?;
        let (zones, total) = count(evidence, located, |record| analysis.group_of_unit(record).map(|group| group == wanted));
        let quantities = Quantities {
            numerator: Quantity(format!("analysis.{name}={group}")),
            denominator: Some(Quantity(format!("analysis.{name}"))),
            part_of: Some(analysis.groups.len()),
        };
        Ok(share_measure(id, &evidence.observed.territory.quartiers, vec![period], quantities, method(analysis, wanted), |_, zone| {
            Some(zone.map_or(total, |zone| zones[zone]).fraction())
        }))
    }
}

/// How an analysis was made: what `explain` and the metadata of its maps say.
#[expect(clippy::cast_precision_loss, reason = "counts of persons")]
pub(super) fn method(analysis: &Analysis, group: usize) -> Vec<(String, String)> {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let questions = format!("{} active: {}", analysis.active.len(), analysis.active.join(", "));
    let (asked, units) = match analysis.of {
        Units::Interviews => ("questions", "respondents"),
        Units::Services => ("questions", "services"),
        Units::Quartiers => ("questions", "quartiers"),
        Units::Measures => ("measures", "quartiers"),
    };
    let mut lines = vec![(asked.to_owned(), questions), (units.to_owned(), analysis.units.len().to_string())];
    if !analysis.recoded.is_empty() {
        let merged: usize = analysis.recoded.iter().map(|(_, merged, _)| merged).sum();
        let passive: usize = analysis.recoded.iter().map(|(_, _, passive)| passive).sum();
        lines.push(("rare modalities".to_owned(), format!("{merged} merged, {passive} left out of the active set")));
    }
    let kept = &analysis.axes[..analysis.kept.min(analysis.axes.len())];
    let raw: f64 = kept.iter().map(|axis| axis.share).sum();
    let adjusted: Option<f64> = kept.iter().map(|axis| axis.benzecri).collect::<Option<Vec<f64>>>().map(|shares| shares.iter().sum());
    let why = match (analysis.kept_declared, adjusted) {
        (true, _) => "declared",
        (false, Some(_)) => "80 % of the adjusted inertia",
        (false, None) => "80 % of it",
    };
    let (kept, all, of_all) = (analysis.kept, analysis.axes.len(), percent(raw));
    let told = match adjusted.map(percent) {
        Some(adjusted) => format!("{kept} of {all}: {of_all} of the inertia, {adjusted} adjusted (Benzécri); {why}"),
        None => format!("{kept} of {all}: {of_all} of the inertia; {why}"),
    };
    lines.push(("axes kept".to_owned(), told));
    let why = if analysis.cut_declared { "declared" } else { "the largest relative loss of inertia" };
    lines.push(("cut".to_owned(), format!("Ward, {} groups; {why}", analysis.groups.len())));
    let inertia = analysis.inertia;
    let between = percent(inertia.between_cut / inertia.total);
    lines.push((
        "consolidation".to_owned(),
        match analysis.moved {
            None => format!("none; {between} of the inertia between groups"),
            Some(moved) => format!(
                "k-means moved {moved} ({}); {between} of the inertia between groups before, {} after",
                percent(moved as f64 / analysis.units.len() as f64),
                percent(inertia.between / inertia.total)
            ),
        },
    ));
    if let Some(stability) = analysis.groups.get(group).and_then(|group| group.stability) {
        lines.push((
            "stability".to_owned(),
            format!(
                "mean Jaccard similarity {stability:.2} over {} resamples; withheld under {:.2}",
                analysis.resamples, analysis.stable_from
            ),
        ));
    }
    if matches!(analysis.of, Units::Interviews | Units::Quartiers) {
        lines.push(("sample".to_owned(), "persons met, not a sample of all inhabitants".to_owned()));
    }
    lines
}
