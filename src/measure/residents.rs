//! Persons interviewed, spread over the quartiers where they live: what all maps of interviews have in common.

use super::{Contributors, Evidence, Fraction};
use crate::error::{Error, Result};
use crate::locate::{Located, Placement};
use crate::period::Period;
use crate::records::Interviews;
use crate::territory::{PerZone, ZoneIdx};

/// The located interviews of a run and the period they stand for.
///
/// # Errors
/// A run without interviews or without a campaign.
pub(super) fn interviews<'a>(evidence: &'a Evidence<'_>) -> Result<(&'a Located<Interviews>, Period)> {
    let located = evidence.observed.interviews.as_ref().ok_or_else(|| Error::config("this indicator needs sources.interviews"))?;
    let campaign = evidence.campaign.ok_or_else(|| Error::config("[campaign] is missing"))?;
    Ok((located, Period::Span(campaign.first, campaign.last)))
}

/// Persons who are in a situation, among those of whom it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counted {
    pub(super) inside: f64,
    pub(super) known: f64,
    pub(super) persons_inside: u64,
    pub(super) persons_known: u64,
}

impl Counted {
    fn add(&mut self, inside: bool, share: f64) {
        self.known += share;
        self.persons_known += 1;
        if inside {
            self.inside += share;
            self.persons_inside += 1;
        }
    }

    /// The share with who stands behind it.
    pub(super) fn fraction(self) -> Fraction {
        let contributors =
            Contributors { persons: self.persons_inside, group: Some(self.persons_known), smallest_class: None, amount: None };
        Fraction { numerator: self.inside, denominator: self.known, contributors }
    }
}

/// Visits every person who lives in the territory: her position among the records, and the quartiers with their shares of her.
pub(super) fn each_resident(evidence: &Evidence<'_>, located: &Located<Interviews>, mut visit: impl FnMut(usize, &[(ZoneIdx, f64)])) {
    let territory = evidence.observed.territory;
    for (record, placement) in located.placements.iter().enumerate() {
        if let Placement::Within(sector) = placement {
            visit(record, &territory.membership[*sector]);
        }
    }
}

/// Counts by quartier and in the territory: `situation` says of the record at a position whether the person is in the
/// situation; `None` where that is not known.
pub(super) fn count(
    evidence: &Evidence<'_>,
    located: &Located<Interviews>,
    situation: impl Fn(usize) -> Option<bool>,
) -> (PerZone<Counted>, Counted) {
    let mut zones = PerZone::from_fn(&evidence.observed.territory.quartiers, |_| Counted::default());
    let mut total = Counted::default();
    each_resident(evidence, located, |record, shares| {
        let Some(inside) = situation(record) else { return };
        for (quartier, share) in shares {
            zones[*quartier].add(inside, *share);
        }
        let kept: f64 = shares.iter().map(|(_, share)| share).sum();
        if kept > 0.0 {
            total.add(inside, kept.min(1.0));
        }
    });
    (zones, total)
}
