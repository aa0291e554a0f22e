//! A zone as a file gives it, before anything is believed about its outline.

use geo::{Coord, LineString, MultiPolygon, Orient, Polygon, orient::Direction};

use super::{Zone, ZoneCode};

/// A zone whose outline may be invalid: rings are kept point by point, unclosed ones unclosed.
#[derive(Debug, Clone, PartialEq)]
pub struct RawZone {
    /// Its code as text.
    pub code: String,
    /// Its name; empty where the file has none.
    pub name: String,
    /// The zone it is part of, where the file says so.
    pub parent: Option<String>,
    /// Its place in the file, counted from 1.
    pub feature: u64,
    /// Parts; each is a list of rings (the first is the shell, the others are holes); each ring is its points.
    pub parts: Vec<Vec<Vec<Coord<f64>>>>,
}

impl RawZone {
    /// A zone from an outline that is already made of closed rings.
    #[must_use]
    pub fn of_shape(code: &str, name: &str, shape: &MultiPolygon<f64>) -> Self {
        let rings =
            |polygon: &Polygon<f64>| std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(|ring| ring.0.clone()).collect();
        let parts = shape.iter().map(rings).collect();
        Self { code: code.to_owned(), name: name.to_owned(), parent: None, feature: 0, parts }
    }

    /// The outline with closed rings, shells counter-clockwise and holes clockwise; coordinates as they are.
    #[must_use]
    pub fn shape(&self) -> MultiPolygon<f64> {
        let polygons = self.parts.iter().filter(|rings| rings.first().is_some_and(|shell| !shell.is_empty())).map(|rings| {
            let mut lines = rings.iter().map(|ring| LineString(ring.clone()));
            let shell = lines.next().unwrap_or_else(|| LineString(Vec::new()));
            Polygon::new(shell, lines.filter(|hole| !hole.0.is_empty()).collect())
        });
        MultiPolygon(polygons.collect()).orient(Direction::Default)
    }

    /// The zone as the rest of the program knows it.
    #[must_use]
    pub fn to_zone(&self) -> Zone {
        // A zone without a name is called by its code; the audit says so.
        let name = if self.name.trim().is_empty() { self.code.clone() } else { self.name.clone() };
        Zone { code: ZoneCode(self.code.clone()), name, parent: self.parent.clone().map(ZoneCode), shape: self.shape() }
    }

    /// All points of all rings.
    pub fn points(&self) -> impl Iterator<Item = Coord<f64>> + '_ {
        self.parts.iter().flatten().flatten().copied()
    }
}
