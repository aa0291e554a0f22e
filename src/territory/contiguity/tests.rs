//! Contiguity against its definition by brute force, on tilings with all that outlines have.

use std::collections::{BTreeMap, BTreeSet};

use geo::{Coord, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;

use super::*;

type Point = (u64, u64);
type Links = BTreeSet<(usize, usize)>;

fn bits(c: Coord<f64>) -> Point {
    ((c.x + 0.0).to_bits(), (c.y + 0.0).to_bits())
}

fn coord((x, y): Point) -> Coord<f64> {
    Coord { x: f64::from_bits(x), y: f64::from_bits(y) }
}

/// The edges of each zone, without direction, repetition and empty ones.
fn edges(zones: &[MultiPolygon<f64>]) -> Vec<BTreeSet<(Point, Point)>> {
    let of_ring = |ring: &LineString<f64>| -> Vec<(Point, Point)> {
        let closed = ring.0.windows(2).map(|w| (bits(w[0]), bits(w[1]))).chain(ring.0.last().map(|last| (bits(*last), bits(ring.0[0]))));
        closed.filter(|(a, b)| a != b).map(|(a, b)| (a.min(b), a.max(b))).collect()
    };
    let of_zone = |zone: &MultiPolygon<f64>| {
        zone.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()).flat_map(of_ring).collect::<Vec<_>>()).collect()
    };
    zones.iter().map(of_zone).collect()
}

fn far(c: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let squared = (b.x - a.x).powi(2) + (b.y - a.y).powi(2);
    let t = (((c.x - a.x) * (b.x - a.x) + (c.y - a.y) * (b.y - a.y)) / squared).clamp(0.0, 1.0);
    (c.x - a.x - t * (b.x - a.x)).hypot(c.y - a.y - t * (b.y - a.y))
}

fn apart(a: Coord<f64>, b: Coord<f64>) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn cross(a: (Coord<f64>, Coord<f64>), b: (Coord<f64>, Coord<f64>)) -> bool {
    let turn = |p: Coord<f64>, q: Coord<f64>, r: Coord<f64>| ((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)).signum();
    turn(a.0, a.1, b.0) * turn(a.0, a.1, b.1) < 0.0 && turn(b.0, b.1, a.0) * turn(b.0, b.1, a.1) < 0.0
}

/// Queen and rook by the definitions: every vertex with every edge, every loose edge with every other.
fn by_definition(zones: &[MultiPolygon<f64>], tolerance: Tolerance) -> (Links, Links) {
    let edges = edges(zones);
    let (mut queen, mut rook): (Links, Links) = (Links::new(), Links::new());
    let link = |links: &mut Links, a: usize, b: usize| _ = a != b && links.insert((a.min(b), a.max(b)));
    let mut at: BTreeMap<Point, BTreeSet<usize>> = BTreeMap::new();
    let mut owners: BTreeMap<(Point, Point), BTreeSet<usize>> = BTreeMap::new();
    for (zone, edges) in edges.iter().enumerate() {
        for (a, b) in edges {
            at.entry(*a).or_default().insert(zone);
            at.entry(*b).or_default().insert(zone);
            owners.entry((*a, *b)).or_default().insert(zone);
        }
    }
    for (groups, links) in [(at.values().collect::<Vec<_>>(), &mut queen), (owners.values().collect(), &mut rook)] {
        for group in groups {
            group.iter().for_each(|a| group.iter().for_each(|b| link(links, *a, *b)));
        }
    }
    let loose: Vec<((Point, Point), usize)> =
        owners.iter().filter(|(_, zones)| zones.len() == 1).map(|(edge, zones)| (*edge, *zones.first().unwrap())).collect();
    let mut lengths: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (e, zone_e) in &loose {
        let e_line = (coord(e.0), coord(e.1));
        for (f, zone_f) in loose.iter().filter(|(_, zone)| zone != zone_e) {
            let f_line = (coord(f.0), coord(f.1));
            if cross(e_line, f_line) {
                link(&mut queen, *zone_e, *zone_f);
            }
            for p in [e.0, e.1].into_iter().filter(|p| far(coord(*p), f_line.0, f_line.1) <= tolerance.distance) {
                at[&p].iter().for_each(|a| link(&mut queen, *a, *zone_f));
                for q in [f.0, f.1].into_iter().filter(|q| apart(coord(*q), coord(p)) <= tolerance.distance) {
                    at[&p].iter().for_each(|a| at[&q].iter().for_each(|b| link(&mut queen, *a, *b)));
                }
            }
            // Sampled: how much of the one lies near the other.
            let steps = 2_000;
            let inside = (0..steps).filter(|step| {
                let t = (f64::from(*step) + 0.5) / f64::from(steps);
                let c = Coord { x: e_line.0.x + t * (e_line.1.x - e_line.0.x), y: e_line.0.y + t * (e_line.1.y - e_line.0.y) };
                far(c, f_line.0, f_line.1) <= tolerance.distance
            });
            let length = (e_line.1.x - e_line.0.x).hypot(e_line.1.y - e_line.0.y);
            #[expect(clippy::cast_precision_loss, reason = "steps")]
            let near = inside.count() as f64 / f64::from(steps) * length;
            *lengths.entry((*zone_e.min(zone_f), *zone_e.max(zone_f))).or_default() += near / 2.0;
        }
    }
    rook.extend(lengths.into_iter().filter(|(_, length)| *length > 0.05).map(|(pair, _)| pair));
    (queen, rook)
}

fn links(weights: &SpatialWeights) -> Links {
    assert!(weights.is_symmetric());
    (0..weights.len()).flat_map(|i| weights.neighbors(i).iter().map(move |j| (i.min(*j as usize), i.max(*j as usize)))).collect()
}

/// Cells of a lattice, each given to one of some zones or to none: parts, holes, islands and corners come of themselves.
/// Cells are drawn as their own squares or, `merged`, as the rings around all cells of a zone; borders get vertices in the middle at will.
#[derive(Debug, Clone)]
struct Tiling {
    side: usize,
    zone_of: Vec<Option<usize>>,
    /// For each cell and side, whether the cell's own drawing has a vertex in the middle of it.
    middles: Vec<[bool; 4]>,
    /// For each cell, whether it repeats vertices, and where it begins.
    repeats: Vec<(bool, usize)>,
    zones: usize,
}

fn tiling() -> impl Strategy<Value = Tiling> {
    (2_usize..5, 1_usize..7).prop_flat_map(|(side, zones)| {
        let cells = side * side;
        (
            proptest::collection::vec(proptest::option::weighted(0.8, 0..zones), cells),
            proptest::collection::vec(any::<[bool; 4]>(), cells),
            proptest::collection::vec((any::<bool>(), 0_usize..4), cells),
        )
            .prop_map(move |(zone_of, middles, repeats)| Tiling { side, zone_of, middles, repeats, zones })
    })
}

#[expect(clippy::cast_precision_loss, reason = "a few cells")]
fn shapes_of(tiling: &Tiling, slant: f64) -> Vec<MultiPolygon<f64>> {
    let mut shapes = vec![Vec::new(); tiling.zones];
    // A slanted lattice: middles then are no numbers that floating point can hit exactly.
    let place = |x: f64, y: f64| Coord { x: 200_000.0 + 10.0 * x + slant * y, y: 150_000.0 + 7.0 * y + 0.3 * slant * x };
    for (cell, zone) in tiling.zone_of.iter().enumerate() {
        let Some(zone) = zone else { continue };
        let (x, y) = ((cell % tiling.side) as f64, (cell / tiling.side) as f64);
        let corners = [(x, y), (x + 1.0, y), (x + 1.0, y + 1.0), (x, y + 1.0)];
        let mut ring = Vec::new();
        for side in 0..4 {
            let (a, b) = (corners[side], corners[(side + 1) % 4]);
            ring.push(place(a.0, a.1));
            if tiling.repeats[cell].0 {
                ring.push(place(a.0, a.1));
            }
            if tiling.middles[cell][side] {
                ring.push(place(f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1)));
            }
        }
        ring.rotate_left(tiling.repeats[cell].1);
        ring.push(ring[0]);
        shapes[*zone].push(Polygon::new(LineString::new(ring), Vec::new()));
    }
    shapes.into_iter().map(MultiPolygon::new).collect()
}

/// By the lattice alone: cells that have a side or a corner in common.
fn by_cells(tiling: &Tiling) -> (Links, Links) {
    let (mut queen, mut rook): (Links, Links) = (Links::new(), Links::new());
    let zone = |x: usize, y: usize| (x < tiling.side && y < tiling.side).then(|| tiling.zone_of[y * tiling.side + x]).flatten();
    for x in 0..tiling.side {
        for y in 0..tiling.side {
            for (dx, dy, straight) in [(1, 0, true), (0, 1, true), (1, 1, false)] {
                let pairs = if straight {
                    vec![(zone(x, y), zone(x + dx, y + dy))]
                } else {
                    vec![(zone(x, y), zone(x + 1, y + 1)), (zone(x + 1, y), zone(x, y + 1))]
                };
                for (a, b) in pairs {
                    if let (Some(a), Some(b)) = (a, b)
                        && a != b
                    {
                        queen.insert((a.min(b), a.max(b)));
                        _ = straight && rook.insert((a.min(b), a.max(b)));
                    }
                }
            }
        }
    }
    (queen, rook)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn tilings_have_the_neighbors_of_their_cells_and_of_the_definition(tiling in tiling(), slant in prop_oneof![Just(0.0), -3.0..3.0]) {
        let zones = shapes_of(&tiling, slant);
        let tolerance = Tolerance::default();
        let found = (links(&queen(&zones, tolerance).unwrap()), links(&rook(&zones, tolerance).unwrap()));
        prop_assert_eq!(&found, &by_cells(&tiling));
        prop_assert_eq!(&found, &by_definition(&zones, tolerance));
        prop_assert!(found.1.is_subset(&found.0));
    }

    #[test]
    fn zones_in_another_order_have_the_same_neighbors(tiling in tiling(), turn in 0_usize..7) {
        let zones = shapes_of(&tiling, 1.7);
        let n = zones.len();
        let moved: Vec<_> = (0..n).map(|zone| zones[(zone + turn) % n].clone()).collect();
        for contiguity in [queen, rook] {
            let plain = links(&contiguity(&zones, Tolerance::default()).unwrap());
            let back = |zone: usize| (zone + turn) % n;
            let after: Links = links(&contiguity(&moved, Tolerance::default()).unwrap()).into_iter()
                .map(|(a, b)| (back(a).min(back(b)), back(a).max(back(b)))).collect();
            prop_assert_eq!(plain, after);
        }
    }

    #[test]
    fn zones_that_overlap_are_neighbors_where_borders_meet(corners in proptest::collection::vec((0_i32..12, 0_i32..12, 1_i32..6, 1_i32..6), 1..9)) {
        let zones: Vec<MultiPolygon<f64>> = corners.iter().map(|(x, y, w, h)| {
            MultiPolygon(vec![geo::Rect::new((f64::from(*x), f64::from(*y)), (f64::from(x + w), f64::from(y + h))).to_polygon()])
        }).collect();
        let found = links(&queen(&zones, Tolerance::default()).unwrap());
        prop_assert_eq!(found, by_definition(&zones, Tolerance::default()).0);
        let found = links(&rook(&zones, Tolerance::default()).unwrap());
        prop_assert_eq!(found, by_definition(&zones, Tolerance::default()).1);
    }
}

fn polygon(points: &[(f64, f64)]) -> MultiPolygon<f64> {
    MultiPolygon(vec![Polygon::new(LineString::from(points.to_vec()), Vec::new())])
}

fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
    polygon(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
}

#[test]
fn no_zone_one_zone_and_zones_without_outlines_are_answered() {
    assert!(queen(&[], Tolerance::default()).unwrap().is_empty());
    assert_eq!(rook(&[square(0.0, 0.0, 1.0)], Tolerance::default()).unwrap().islands(), [0]);
    let point = polygon(&[(1.0, 1.0), (1.0, 1.0), (1.0, 1.0)]);
    let zones = [square(0.0, 0.0, 1.0), MultiPolygon::new(Vec::new()), point, square(1.0, 0.0, 1.0)];
    let weights = queen(&zones, Tolerance::default()).unwrap();
    assert_eq!((weights.neighbors(0), weights.islands()), (&[2, 3][..], vec![1]));
}

#[test]
fn coordinates_that_are_no_place_are_told_with_their_zone() {
    for bad in [f64::NAN, f64::INFINITY, 1e300] {
        let error = queen(&[square(0.0, 0.0, 1.0), polygon(&[(0.0, 0.0), (bad, 0.0), (1.0, 1.0)])], Tolerance::default()).unwrap_err();
        assert_eq!(error.message(), "a coordinate of zone 2 is no place");
    }
    let tolerance = Tolerance { distance: -1.0, ..Tolerance::default() };
    assert!(queen(&[], tolerance).unwrap_err().message().contains("0 or more"));
}

#[test]
fn a_hole_has_the_zone_in_it_as_neighbor_and_the_ring_around_it_no_more() {
    let ring = Polygon::new(square(0.0, 0.0, 9.0).0[0].exterior().clone(), vec![square(3.0, 3.0, 3.0).0[0].exterior().clone()]);
    let zones = [MultiPolygon(vec![ring]), square(3.0, 3.0, 3.0), square(9.0, 0.0, 9.0)];
    let weights = rook(&zones, Tolerance::default()).unwrap();
    assert_eq!((weights.neighbors(0), weights.neighbors(1)), (&[1, 2][..], &[0][..]));
}

#[test]
fn minus_zero_is_zero() {
    let zones = [polygon(&[(-0.0, 0.0), (1.0, -0.0), (1.0, 1.0)]), polygon(&[(0.0, -0.0), (-1.0, 0.0), (-1.0, -1.0)])];
    assert_eq!(queen(&zones, Tolerance { distance: 0.0, shared_length: 0.0 }).unwrap().neighbors(0), [1]);
}

#[test]
fn borders_drawn_twice_are_found_with_a_tolerance_and_corners_stay_corners() {
    // Four squares around a cross; each drawn up to 0.3 m off.
    let zones = [
        polygon(&[(0.0, 0.0), (10.0, 0.2), (10.1, 10.0), (0.0, 10.1)]),
        polygon(&[(10.2, 0.0), (20.0, 0.0), (20.0, 10.2), (10.0, 9.9)]),
        polygon(&[(0.1, 10.0), (10.2, 10.1), (10.0, 20.0), (0.0, 20.0)]),
        polygon(&[(10.0, 10.2), (20.1, 10.0), (20.0, 20.0), (10.1, 20.0)]),
    ];
    assert_eq!(queen(&zones, Tolerance { distance: 0.0, shared_length: 0.0 }).unwrap().neighbors(0), [1, 2]);
    let tolerance = Tolerance { distance: 0.5, shared_length: 3.0 };
    assert_eq!(queen(&zones, tolerance).unwrap().neighbors(0), [1, 2, 3]);
    let weights = rook(&zones, tolerance).unwrap();
    assert_eq!((weights.neighbors(0), weights.neighbors(1)), (&[1, 2][..], &[0, 3][..]));
}

#[test]
fn who_meets_at_nearly_one_point_meets() {
    // Six wedges around a point; two of them have it a tenth of a micrometer off.
    let around = |k: u32| {
        let angle = f64::from(k) * std::f64::consts::TAU / 6.0;
        (100.0 * angle.cos(), 100.0 * angle.sin())
    };
    let wedge = |k: u32| polygon(&[if k == 2 || k == 3 { (1e-7, 0.0) } else { (0.0, 0.0) }, around(k), around((k + 1) % 6)]);
    let zones: Vec<_> = (0..6).map(wedge).collect();
    let weights = queen(&zones, Tolerance::default()).unwrap();
    assert!((0..6).all(|zone| weights.cardinality(zone) == 5));
    let weights = rook(&zones, Tolerance::default()).unwrap();
    assert!((0..6).all(|zone| weights.cardinality(zone) == 2));
}
