//! The outline of a zone, dissolved from its hexagons exactly: the sides that two of its own hexagons share fall away,
//! what is left is chained corner by corner. No coordinate is computed, so neighbors keep identical corners.

use std::collections::{BTreeMap, BTreeSet};

use super::tiling::{Point, Tiling};

/// A closed ring: the last corner leads back to the first. Outer rings run counterclockwise, holes clockwise.
pub(crate) type Ring = Vec<Point>;

/// One part of a zone: its outer ring, then its holes.
pub(crate) type Polygon = Vec<Ring>;

/// The polygons of a zone, in the order of their lowest corners.
pub(crate) fn outline(tiling: &Tiling, zone: usize) -> Vec<Polygon> {
    let mut sides: BTreeSet<(Point, Point)> = BTreeSet::new();
    for hexagon in tiling.hexagons(zone) {
        let corners = tiling.corners(hexagon);
        for (i, &from) in corners.iter().enumerate() {
            let to = corners[(i + 1) % 6];
            if !sides.remove(&(to, from)) {
                sides.insert((from, to));
            }
        }
    }
    // Three hexagons meet at a corner, so at most one side of an outline leaves from it.
    let mut next: BTreeMap<Point, Point> = sides.into_iter().collect();
    let mut rings = Vec::new();
    while let Some((first, mut at)) = next.pop_first() {
        let mut ring = vec![first];
        while at != first {
            ring.push(at);
            match next.remove(&at) {
                Some(to) => at = to,
                None => break,
            }
        }
        rings.push(ring);
    }
    let (outer, holes): (Vec<Ring>, Vec<Ring>) = rings.into_iter().partition(|ring| twice_area(ring) > 0);
    let mut polygons: Vec<Polygon> = outer.into_iter().map(|ring| vec![ring]).collect();
    for hole in holes {
        if let Some(polygon) = polygons.iter_mut().find(|polygon| encloses(&polygon[0], hole[0])) {
            polygon.push(hole);
        }
    }
    polygons
}

/// Twice the signed area of a ring in m²: positive where it runs counterclockwise.
pub(crate) fn twice_area(ring: &Ring) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

/// Whether a corner that is not one of the ring's own lies inside it, by crossings of the ray to the east.
fn encloses(ring: &Ring, (x, y): Point) -> bool {
    let next = ring.iter().cycle().skip(1);
    let crossings = ring.iter().zip(next).filter(|(a, b)| {
        let side = (b.0 - a.0) * (y - a.1) - (x - a.0) * (b.1 - a.1);
        (a.1 > y) != (b.1 > y) && ((side > 0) == (b.1 > a.1))
    });
    crossings.count() % 2 == 1
}

/// The polygons as well-known text, a `MULTIPOLYGON`.
pub(crate) fn to_wkt(polygons: &[Polygon]) -> String {
    let ring = |ring: &Ring| {
        let corners: Vec<String> = ring.iter().chain(ring.first()).map(|(x, y)| format!("{x} {y}")).collect();
        format!("({})", corners.join(","))
    };
    let polygon = |rings: &Polygon| format!("({})", rings.iter().map(ring).collect::<Vec<_>>().join(","));
    format!("MULTIPOLYGON ({})", polygons.iter().map(polygon).collect::<Vec<_>>().join(","))
}
