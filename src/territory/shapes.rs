//! From GDAL's geometries to rings: heights dropped, curves made straight, everything else point for point.

use std::cell::Cell;

use gdal::vector::{Feature, Geometry, OGRwkbGeometryType, geometry_type_flatten};
use geo::Coord;

use super::arcs;

/// Outlines as rings, and what had to be done to get them.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    curves: Cell<u64>,
    heights: Cell<u64>,
}

/// Parts, rings, points.
type Parts = Vec<Vec<Vec<Coord<f64>>>>;

impl Shapes {
    /// The parts of a feature's outline; none for an absent or empty outline, which the audit reports.
    pub(super) fn of_feature(&self, feature: &Feature<'_>) -> Result<Parts, String> {
        let Ok(geometry) = feature.geometry_by_index(0) else { return Ok(Vec::new()) };
        let kind = geometry.geometry_type();
        let flat = geometry_type_flatten(kind);
        if kind != flat {
            self.heights.set(self.heights.get() + 1);
        }
        let mut parts = Vec::new();
        self.add(geometry, &mut parts)?;
        Ok(parts)
    }

    fn add(&self, geometry: &Geometry, parts: &mut Parts) -> Result<(), String> {
        use OGRwkbGeometryType as G;
        match geometry_type_flatten(geometry.geometry_type()) {
            kind @ (G::wkbPolygon | G::wkbCurvePolygon) => {
                if kind == G::wkbCurvePolygon {
                    self.curves.set(self.curves.get() + 1);
                }
                let rings: Vec<Vec<Coord<f64>>> = (0..geometry.geometry_count()).map(|i| curved_ring(&geometry.get_geometry(i))).collect();
                if rings.iter().any(|ring| !ring.is_empty()) {
                    parts.push(rings);
                }
                Ok(())
            }
            G::wkbMultiPolygon | G::wkbMultiSurface | G::wkbGeometryCollection => {
                (0..geometry.geometry_count()).try_for_each(|i| self.add(&geometry.get_geometry(i), parts))
            }
            _ => Err(format!("expected a polygon, found {}", geometry.geometry_name())),
        }
    }

    pub(super) fn tell(&self, notes: &mut Vec<String>) {
        if self.curves.get() > 0 {
            notes.push(format!(
                "{} outlines with curves were made of straight edges, one for every {} degrees of arc",
                self.curves.get(),
                arcs::STEP
            ));
        }
        if self.heights.get() > 0 {
            notes.push(format!("{} outlines have heights or measures (Z, M), which were dropped", self.heights.get()));
        }
    }
}

fn points(ring: &Geometry) -> Vec<Coord<f64>> {
    let mut points = Vec::new();
    ring.get_points(&mut points);
    points.into_iter().map(|(x, y, _)| Coord { x, y }).collect()
}

/// A ring of a curve polygon: lines, arcs, or both in turn.
fn curved_ring(ring: &Geometry) -> Vec<Coord<f64>> {
    match geometry_type_flatten(ring.geometry_type()) {
        OGRwkbGeometryType::wkbCircularString => arcs::straightened(&points(ring)),
        OGRwkbGeometryType::wkbCompoundCurve => {
            let mut all: Vec<Coord<f64>> = Vec::new();
            for i in 0..ring.geometry_count() {
                let next = curved_ring(&ring.get_geometry(i));
                let joined = usize::from(all.last().is_some() && all.last() == next.first());
                all.extend(&next[joined..]);
            }
            all
        }
        _ => points(ring),
    }
}
