//! Which cells of all measures are hidden: the rules, applied until nothing more has to fall.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::board::Board;
use super::earlier::Earlier;
use super::linked::{close_family, families};
use super::totals::close_total;
use super::{Opened, Reason};
use crate::catalog::DisclosureRules;
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::measure::Measure;
use crate::period::Period;
use crate::territory::{ZoneIdx, Zones};

/// The cells that are hidden, with their reasons: measure by measure, period by period, place by place with the territory last.
#[derive(Debug)]
pub(super) struct Hidden(Vec<Vec<Vec<Option<Reason>>>>);

impl Hidden {
    /// Why a cell is hidden; `None` where it may be shown.
    pub(super) fn reason(&self, measure: usize, at: usize, zone: Option<ZoneIdx>) -> Option<Reason> {
        let places = &self.0[measure][at];
        places.get(zone.map_or(places.len().saturating_sub(1), ZoneIdx::position)).copied().flatten()
    }

    pub(super) fn decide(measures: &[Measure], rules: &DisclosureRules, zones: &Zones, earlier: &Earlier) -> Result<Self> {
        let mut periods: Vec<Period> = measures.iter().flat_map(|measure| measure.periods.iter().copied()).collect();
        periods.sort_unstable();
        periods.dedup();
        interrupt::check()?;
        let mut boards: Vec<Board<'_>> = periods.par_iter().map(|period| board(measures, *period, rules, zones, earlier)).collect();
        let families = families(measures, &boards, earlier);
        let mut opened: Vec<Opened> = Vec::new();
        // What each family hid when it was closed last, and what of it is open.
        let mut closed: Vec<Option<(usize, Vec<Opened>)>> = vec![None; families.len()];
        // Each round hides at least one more cell, so it ends.
        let mut before = None;
        loop {
            interrupt::check()?;
            boards.par_iter_mut().try_for_each(close_totals)?;
            opened.clear();
            for (family, closed) in families.iter().zip(&mut closed) {
                interrupt::check()?;
                let now = family.hidden(&boards);
                if closed.as_ref().is_none_or(|(hidden, _)| *hidden != now) {
                    let opened = close_family(family, &mut boards, earlier, zones);
                    *closed = Some((family.hidden(&boards), opened));
                }
                opened.extend(closed.iter().flat_map(|(_, opened)| opened.iter().cloned()));
            }
            let hidden = boards.iter().map(Board::hidden).sum::<usize>();
            if families.is_empty() || before.replace(hidden) == Some(hidden) {
                break;
            }
        }
        opened.extend(boards.iter().flat_map(|board| board.opened(zones)));
        refuse(opened)?;
        let mut reasons: Vec<Vec<Vec<Option<Reason>>>> = measures.iter().map(|measure| vec![Vec::new(); measure.periods.len()]).collect();
        for column in boards.iter_mut().flat_map(|board| board.columns.drain(..)) {
            reasons[column.measure][column.at] = column.items.iter().map(|item| item.and_then(|item| item.hidden)).collect();
        }
        Ok(Self(reasons))
    }
}

fn board<'a>(measures: &'a [Measure], period: Period, rules: &'a DisclosureRules, zones: &Zones, earlier: &Earlier) -> Board<'a> {
    let mut board = Board::of(measures, period, zones.count(), rules);
    let past: Vec<_> = earlier.counts.iter().filter(|count| count.period == period).collect();
    for count in &past {
        let place = if count.place.is_empty() { Some(zones.count()) } else { zones.by_code(&count.place).map(ZoneIdx::position) };
        let Some((place, at)) = place.zip(board.counts.iter().position(|name| *name == count.quantity.0)) else { continue };
        if count.shown {
            board.know(at, place);
        } else {
            board.hide_count(at, place);
        }
    }
    board
}

fn close_totals(board: &mut Board<'_>) -> Result<()> {
    let mut before = None;
    loop {
        interrupt::check()?;
        for column in 0..board.columns.len() {
            close_total(board, column);
        }
        let hidden = board.hidden();
        if before.replace(hidden) == Some(hidden) {
            tracing::info!(period = %board.period, hidden, "protecting");
            return Ok(());
        }
    }
}

/// What the past and this release give away together cannot be published.
fn refuse(mut opened: Vec<Opened>) -> Result<()> {
    if opened.is_empty() {
        return Ok(());
    }
    opened.sort();
    opened.dedup();
    let error = Error::new(ErrorKind::Disclosure, format!("{} hidden counts would open beside what earlier releases show", opened.len()));
    let mut by_count: BTreeMap<(String, Period), Vec<String>> = BTreeMap::new();
    for Opened { quantity, period, place } in opened {
        let place = if place.is_empty() { "the territory".to_owned() } else { place };
        by_count.entry((quantity, period)).or_default().push(place);
    }
    let line = |((quantity, period), places): ((String, Period), Vec<String>)| format!("{quantity}, {period}: {}", places.join(", "));
    let error = by_count.into_iter().map(line).fold(error, Error::detail);
    Err(error.help("leave out what gives them away: a period, a layer, or the zoning that is new"))
}
