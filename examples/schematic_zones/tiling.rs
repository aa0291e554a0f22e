//! Hexagons on a lattice of whole meters, each given to the nearest center.
//!
//! All coordinates are integers, so that two neighbors share the very same corners and no outline depends on rounding.
//! In such a tiling three hexagons meet at each corner: an outline never touches itself.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use serde::Deserialize;

/// Why a drawing failed, in words for the person who ran it.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// A corner or a center, in whole meters.
pub(crate) type Point = (i64, i64);

/// A hexagon: column and row.
pub(crate) type Hexagon = (i64, i64);

/// A row of `centers.csv`: a zone and about where it is.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Center {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) parent: String,
    pub(crate) x: i64,
    pub(crate) y: i64,
}

/// `schematic.toml`: how large the commune and a hexagon are.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Drawing {
    area_km2: f64,
    /// Half the width of a hexagon in meters; corners lie at its multiples.
    pub(crate) half_width: i64,
    /// A quarter of the height of a hexagon in meters; corners lie at its multiples.
    pub(crate) quarter_height: i64,
}

/// The hexagons of each zone, zones in the order of their centers.
#[derive(Debug)]
pub(crate) struct Tiling {
    pub(crate) centers: Vec<Center>,
    pub(crate) drawing: Drawing,
    origin: Point,
    zone_of: BTreeMap<Hexagon, usize>,
}

/// How far beyond the outermost centers hexagons are looked for, in meters.
const MARGIN: i64 = 3_000;

impl Tiling {
    /// Draws the territory of a folder that holds `centers.csv` and `schematic.toml`.
    pub(crate) fn of_folder(folder: &Path) -> Outcome<Self> {
        let path = folder.join("centers.csv");
        let mut centers = csv::Reader::from_path(&path)
            .and_then(|mut reader| reader.deserialize().collect::<csv::Result<Vec<Center>>>())
            .map_err(|e| format!("{}: {e}", path.display()))?;
        let path = folder.join("schematic.toml");
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let drawing: Drawing = toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        centers.sort_by(|a, b| a.code.cmp(&b.code));
        let places: BTreeSet<Point> = centers.iter().map(|c| (c.x, c.y)).collect();
        if places.len() < centers.len() || centers.is_empty() {
            return Err(format!("{}: expected at least one zone, and no two at one place", folder.display()).into());
        }
        Self::new(centers, drawing)
    }

    fn new(centers: Vec<Center>, drawing: Drawing) -> Outcome<Self> {
        let west = centers.iter().map(|c| c.x).min().unwrap_or(0) - MARGIN;
        let south = centers.iter().map(|c| c.y).min().unwrap_or(0) - MARGIN;
        let mut tiling = Self { centers, drawing, origin: (west, south), zone_of: BTreeMap::new() };
        let wanted = tiling.wanted()?;
        let ranked = tiling.nearest_first();
        if ranked.len() < wanted {
            return Err("the area is larger than what lies around the centers".into());
        }
        // Filling holes adds hexagons; as many fewer are taken, so that the area stays the commune's.
        let mut taken = wanted;
        loop {
            tiling.zone_of = ranked[..taken].iter().map(|&(_, zone, hexagon)| (hexagon, zone)).collect();
            tiling.fill_holes(&ranked);
            if tiling.zone_of.len() <= wanted || taken == 0 {
                break;
            }
            taken -= 1;
        }
        tiling.join_fragments();
        match (0..tiling.centers.len()).find(|zone| tiling.hexagons(*zone).is_empty()) {
            Some(zone) => Err(format!("no hexagon is left for {}: make the hexagons smaller", tiling.centers[zone].code).into()),
            None => Ok(tiling),
        }
    }

    /// The number of hexagons that make up the commune's area.
    fn wanted(&self) -> Outcome<usize> {
        let one = u32::try_from(6 * self.drawing.half_width * self.drawing.quarter_height)?;
        let mut count = 0_u32;
        while (f64::from(count) + 0.5) * f64::from(one) < self.drawing.area_km2 * 1e6 {
            count += 1;
        }
        Ok(usize::try_from(count)?)
    }

    /// All hexagons around the centers with their nearest center (the lowest code where two are as near), nearest first.
    fn nearest_first(&self) -> Vec<(i64, usize, Hexagon)> {
        let east = self.centers.iter().map(|c| c.x).max().unwrap_or(0) + MARGIN;
        let north = self.centers.iter().map(|c| c.y).max().unwrap_or(0) + MARGIN;
        let columns = (east - self.origin.0) / (2 * self.drawing.half_width);
        let rows = (north - self.origin.1) / (3 * self.drawing.quarter_height);
        let mut ranked: Vec<(i64, usize, Hexagon)> = (0..rows)
            .flat_map(|row| (0..columns).map(move |column| (column, row)))
            .filter_map(|hexagon| {
                let (x, y) = self.center_of(hexagon);
                let distance = |c: &Center| (c.x - x).pow(2) + (c.y - y).pow(2);
                self.centers.iter().enumerate().map(|(zone, c)| (distance(c), zone)).min().map(|(d, zone)| (d, zone, hexagon))
            })
            .collect();
        ranked.sort_unstable();
        ranked
    }

    /// Gives what is enclosed by zones on all sides to its nearest center.
    fn fill_holes(&mut self, ranked: &[(i64, usize, Hexagon)]) {
        let free: BTreeMap<Hexagon, usize> =
            ranked.iter().filter(|(.., h)| !self.zone_of.contains_key(h)).map(|&(_, zone, h)| (h, zone)).collect();
        // Hexagon (0, 0) is a corner of the margin: whatever is free and joined to it lies outside.
        let mut outside = BTreeSet::from([(0, 0)]);
        let mut front = vec![(0, 0)];
        while let Some(hexagon) = front.pop() {
            front.extend(neighbors(hexagon).into_iter().filter(|n| free.contains_key(n) && outside.insert(*n)));
        }
        self.zone_of.extend(free.into_iter().filter(|(hexagon, _)| !outside.contains(hexagon)));
    }

    /// Keeps the largest part of each zone and gives its other parts to the neighbor they share most sides with.
    fn join_fragments(&mut self) {
        for zone in 0..self.centers.len() {
            let mut parts = self.parts(zone);
            parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
            for part in parts.iter().skip(1) {
                let mut sides: BTreeMap<usize, usize> = BTreeMap::new();
                for other in part.iter().flat_map(|h| neighbors(*h)).filter_map(|n| self.zone_of.get(&n)).filter(|z| **z != zone) {
                    *sides.entry(*other).or_default() += 1;
                }
                if let Some((&heir, _)) = sides.iter().max_by_key(|(heir, count)| (**count, std::cmp::Reverse(**heir))) {
                    self.zone_of.extend(part.iter().map(|hexagon| (*hexagon, heir)));
                }
            }
        }
    }

    /// The connected parts of a zone.
    fn parts(&self, zone: usize) -> Vec<Vec<Hexagon>> {
        let mut left: BTreeSet<Hexagon> = self.hexagons(zone).into_iter().collect();
        let mut parts = Vec::new();
        while let Some(first) = left.pop_first() {
            let (mut part, mut front) = (vec![first], vec![first]);
            while let Some(hexagon) = front.pop() {
                let next: Vec<Hexagon> = neighbors(hexagon).into_iter().filter(|n| left.remove(n)).collect();
                part.extend(&next);
                front.extend(next);
            }
            parts.push(part);
        }
        parts
    }

    /// The hexagons of the zone at this position, in the order of columns and rows.
    pub(crate) fn hexagons(&self, zone: usize) -> Vec<Hexagon> {
        self.zone_of.iter().filter(|(_, z)| **z == zone).map(|(hexagon, _)| *hexagon).collect()
    }

    /// The center of a hexagon; every second row is shifted by half a hexagon.
    pub(crate) fn center_of(&self, (column, row): Hexagon) -> Point {
        let Drawing { half_width, quarter_height, .. } = self.drawing;
        (self.origin.0 + half_width * (2 * column + row.rem_euclid(2)), self.origin.1 + 3 * quarter_height * row)
    }

    /// The six corners of a hexagon, counterclockwise from the lower right.
    pub(crate) fn corners(&self, hexagon: Hexagon) -> [Point; 6] {
        let (x, y) = self.center_of(hexagon);
        let Drawing { half_width: w, quarter_height: h, .. } = self.drawing;
        [(x + w, y - h), (x + w, y + h), (x, y + 2 * h), (x - w, y + h), (x - w, y - h), (x, y - 2 * h)]
    }
}

/// The six hexagons around one.
fn neighbors((column, row): Hexagon) -> [Hexagon; 6] {
    let shift = row.rem_euclid(2);
    [
        (column - 1, row),
        (column + 1, row),
        (column - 1 + shift, row - 1),
        (column + shift, row - 1),
        (column - 1 + shift, row + 1),
        (column + shift, row + 1),
    ]
}
