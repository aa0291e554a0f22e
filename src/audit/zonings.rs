//! Zonings laid over one another: the pieces of ground that zones of several releases have in common (S6).

use std::collections::{BTreeMap, BTreeSet};

use geo::{Area, BooleanOps, BoundingRect, MultiPolygon};

use super::counts::Counts;
use super::release::Release;
use crate::error::{Error, Result};

/// A piece smaller than this share of the smaller zone is a difference of drawing, not of ground.
const SLIVER: f64 = 1e-4;

/// The zonings of some releases, by the codes of their zones.
#[derive(Debug, Default)]
pub(super) struct Zonings {
    codes: Vec<BTreeSet<String>>,
    /// For each zoning, the pieces of each zone.
    pieces: Vec<BTreeMap<String, Vec<usize>>>,
    /// The zones that a piece is in.
    names: Vec<String>,
}

impl Zonings {
    /// Finds the zonings and, where there are several, their common pieces.
    ///
    /// Cost: O(zones²) boxes, an intersection for each pair that touches.
    ///
    /// # Errors
    /// Zonings that differ, of which one has no outlines in its release: then nobody can tell what they give away together.
    pub(super) fn of(releases: &[(&Release, &Counts)]) -> Result<Self> {
        let mut zonings = Self::default();
        let mut drawn: Vec<&Release> = Vec::new();
        for (release, counts) in releases {
            if !zonings.codes.contains(&counts.zones) {
                zonings.codes.push(counts.zones.clone());
                drawn.push(release);
            }
        }
        if zonings.codes.len() > 1 {
            zonings.overlay(&drawn)?;
        }
        Ok(zonings)
    }

    pub(super) fn count(&self) -> usize {
        self.codes.len()
    }

    /// The place of the zoning with these codes.
    pub(super) fn of_codes(&self, codes: &BTreeSet<String>) -> usize {
        self.codes.iter().position(|known| known == codes).unwrap_or(0)
    }

    pub(super) fn pieces(&self, zoning: usize, zone: &str) -> &[usize] {
        self.pieces.get(zoning).and_then(|zones| zones.get(zone)).map_or(&[], Vec::as_slice)
    }

    /// The zones that a piece is common to.
    pub(super) fn name(&self, piece: usize) -> &str {
        self.names.get(piece).map_or("", String::as_str)
    }

    fn overlay(&mut self, releases: &[&Release]) -> Result<()> {
        // The pieces so far, with the zone of each zoning laid over.
        let mut ground: Vec<(Vec<String>, MultiPolygon)> = Vec::new();
        for (at, release) in releases.iter().enumerate() {
            let zones = outlines(release, &self.codes[at])?;
            if at == 0 {
                ground = zones.into_iter().map(|(code, shape)| (vec![code], shape)).collect();
                continue;
            }
            let mut next = Vec::new();
            for (codes, piece) in &ground {
                for (code, zone) in &zones {
                    if let Some(common) = common(piece, zone) {
                        next.push((codes.iter().cloned().chain([code.clone()]).collect(), common));
                    }
                }
            }
            ground = next;
        }
        self.pieces = vec![BTreeMap::new(); releases.len()];
        for (piece, (codes, _)) in ground.iter().enumerate() {
            for (zones, code) in self.pieces.iter_mut().zip(codes) {
                zones.entry(code.clone()).or_default().push(piece);
            }
            self.names.push(codes.join(" ∩ "));
        }
        Ok(())
    }
}

fn common(a: &MultiPolygon, b: &MultiPolygon) -> Option<MultiPolygon> {
    let (one, other) = (a.bounding_rect()?, b.bounding_rect()?);
    let apart = one.max().x < other.min().x || other.max().x < one.min().x || one.max().y < other.min().y || other.max().y < one.min().y;
    if apart {
        return None;
    }
    let common = a.intersection(b);
    (common.unsigned_area() > SLIVER * a.unsigned_area().min(b.unsigned_area())).then_some(common)
}

fn outlines(release: &Release, codes: &BTreeSet<String>) -> Result<Vec<(String, MultiPolygon)>> {
    let missing = || {
        Error::input("the zones of this release differ from those of another, and it holds no outlines to compare them by")
            .in_file(&release.folder)
            .help("audit whole releases, with their GeoPackage")
    };
    for table in &release.tables {
        let Some(zone) = table.column("zone_code").filter(|_| table.outlines.iter().any(Option::is_some)) else { continue };
        let mut shapes = BTreeMap::new();
        for (row, shape) in table.rows.iter().zip(&table.outlines) {
            if let Some(shape) = shape {
                shapes.entry(row[zone].text()).or_insert_with(|| shape.clone());
            }
        }
        if codes.iter().all(|code| shapes.contains_key(code)) {
            return Ok(shapes.into_iter().filter(|(code, _)| codes.contains(code)).collect());
        }
    }
    Err(missing())
}
