//! Outlines mended on request, and each change told with the area before and after. Nothing is ever mended unasked.
//!
//! First the rings are made valid (even-odd rule), then overlaps go to the zone with the lowest code, then small gaps
//! and slivers go to the neighbor with the longest shared border.

use std::fmt;

use serde::Serialize;

use super::coverage_audit::{Gap, Ground, SLIVER_WIDTH};
use super::edges::{Border, outline, polygons};
use super::raw_zone::RawZone;
use crate::error::{Error, ErrorKind, Result};

/// Gaps up to this area (square meters) are closed by a repair; slivers under a meter wide always are.
pub const CLOSED_GAP: f64 = 100.0;

/// What was changed about one zone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repair {
    /// The zone.
    pub zone: String,
    /// What was mended.
    pub mended: Mended,
    /// The other zone, for an overlap.
    pub other: Option<String>,
    /// Its area before, in square meters (of an invalid outline: by the shoelace formula on its rings as they were).
    pub area_before: f64,
    /// Its area after, in square meters.
    pub area_after: f64,
}

/// What a repair mends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mended {
    /// Rings that were no outline.
    Rings,
    /// Ground that a zone with a lower code keeps.
    Overlap,
    /// A gap that the zone took in.
    Gap,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.zone)?;
        match (self.mended, &self.other) {
            (Mended::Rings, _) => write!(f, "rings made valid")?,
            (Mended::Overlap, Some(other)) => write!(f, "overlap left to {other}")?,
            (Mended::Overlap, None) => write!(f, "overlap removed")?,
            (Mended::Gap, _) => write!(f, "gap taken in")?,
        }
        write!(f, ", {:.4} m² before, {:.4} m² after", self.area_before, self.area_after)
    }
}

/// Mends the outlines of zones. Zones that need nothing come back as they were, point for point.
///
/// Gaps are closed up to `closed_gap` square meters, and slivers less than [`SLIVER_WIDTH`] wide. What cannot be
/// mended (coordinates that are no numbers, codes that occur twice) stays, for the next audit to refuse.
///
/// # Errors
/// A zone of which nothing would be left, or whose border cannot be followed.
pub fn repair(zones: &[RawZone], closed_gap: f64) -> Result<(Vec<RawZone>, Vec<Repair>)> {
    let mut ground = Ground::of(zones);
    let mut repairs = Vec::new();
    let mut changed = vec![false; zones.len()];
    for (z, zone) in zones.iter().enumerate() {
        let unclosed = zone.parts.iter().flatten().any(|ring| ring.first() != ring.last());
        let faulty = ground.faults[z].iter().any(|(fault, _)| fault.is_harmful());
        if faulty || unclosed || dropped_rings(zone, ground.network.rings[z].len()) {
            changed[z] = true;
            let area_after = ground.borders[z].area(&ground.network);
            repairs.push(Repair {
                zone: zone.code.clone(),
                mended: Mended::Rings,
                other: None,
                area_before: area_as_drawn(zone),
                area_after,
            });
        }
    }
    let mut overlaps = ground.overlaps();
    // A code that occurs twice is for a person to mend: one of the two would take the ground of the other.
    overlaps.retain(|(a, b, _)| zones[*a].code != zones[*b].code);
    let keeps_first = |pair: (usize, usize)| zones[pair.0].code <= zones[pair.1].code;
    for overlap in &mut overlaps {
        if !keeps_first((overlap.0, overlap.1)) {
            std::mem::swap(&mut overlap.0, &mut overlap.1);
        }
    }
    overlaps.sort_by(|a, b| (&zones[a.0].code, &zones[a.1].code).cmp(&(&zones[b.0].code, &zones[b.1].code)));
    for (keeper, loser, _) in overlaps {
        let area_before = ground.borders[loser].area(&ground.network);
        ground.borders[loser] = ground.borders[loser].without(&ground.borders[keeper], &ground.network);
        let area_after = ground.borders[loser].area(&ground.network);
        changed[loser] = true;
        let other = Some(zones[keeper].code.clone());
        repairs.push(Repair { zone: zones[loser].code.clone(), mended: Mended::Overlap, other, area_before, area_after });
    }
    let (gaps, _) = ground.gaps(&ground.union());
    for gap in gaps.iter().filter(|gap| gap.area <= closed_gap || gap.width < SLIVER_WIDTH) {
        let Some(taker) = taker(gap, zones) else { continue };
        let area_before = ground.borders[taker].area(&ground.network);
        let filled = ground.borders[taker].edges.iter().copied().chain(gap.edges.iter().map(|(u, v)| (*v, *u)));
        ground.borders[taker] = Border::new(outline(filled.collect()), &ground.network);
        let area_after = ground.borders[taker].area(&ground.network);
        changed[taker] = true;
        repairs.push(Repair { zone: zones[taker].code.clone(), mended: Mended::Gap, other: None, area_before, area_after });
    }
    let mut mended = zones.to_vec();
    for (z, zone) in mended.iter_mut().enumerate().filter(|(z, _)| changed[*z]) {
        let beyond = |why: &str| Error::new(ErrorKind::Findings, format!("zone {}: {why}", zones[z].code)).help("mend this zone by hand");
        let shape = polygons(&ground.borders[z].edges, &ground.network).ok_or_else(|| beyond("the outline is too tangled to repair"))?;
        if shape.0.is_empty() {
            return Err(beyond("nothing would be left of it after the repair"));
        }
        zone.parts = RawZone::of_shape("", "", &shape).parts;
    }
    Ok((mended, repairs))
}

/// The neighbor with the longest border; the lowest code of equals.
fn taker(gap: &Gap, zones: &[RawZone]) -> Option<usize> {
    let better = |a: &&(usize, f64), b: &&(usize, f64)| a.1.total_cmp(&b.1).then_with(|| zones[b.0].code.cmp(&zones[a.0].code));
    gap.neighbors.iter().max_by(better).map(|(zone, _)| *zone)
}

fn dropped_rings(zone: &RawZone, kept: usize) -> bool {
    let drawable = |ring: &&Vec<geo::Coord<f64>>| ring.iter().all(|c| c.x.is_finite() && c.y.is_finite());
    let rings = zone.parts.iter().flatten();
    rings.clone().all(|ring| drawable(&ring)) && kept > 0 && rings.count() != kept
}

/// The shells less the holes, by the shoelace formula; a ring with a coordinate that is no number has no area.
fn area_as_drawn(zone: &RawZone) -> f64 {
    use geo::Area;
    let ring = |ring: &Vec<geo::Coord<f64>>| {
        let area = geo::Polygon::new(geo::LineString(ring.clone()), Vec::new()).unsigned_area();
        if area.is_finite() { area } else { 0.0 }
    };
    let part = |rings: &Vec<Vec<geo::Coord<f64>>>| {
        let holes: f64 = rings.iter().skip(1).map(ring).sum();
        (rings.first().map_or(0.0, ring) - holes).abs()
    };
    zone.parts.iter().map(part).sum()
}
