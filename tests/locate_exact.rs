//! The indexes against a twin that looks at every edge of every zone: on generated zones, on the places where a naive
//! index goes wrong, and on the reference cases computed with GEOS.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use optima::territory::coverage_index::CoverageIndex;
use optima::territory::index::ZoneIndex;
use optima::territory::outlines::Outlines;
use proptest::prelude::*;
use robust::orient2d;

// ---------------------------------------------------------------------------------------------- the twin

/// The lowest zone that covers a place. Written apart from the library: its half line goes right, not left, and an edge
/// counts from its lower end, excluded, to its upper end, included.
fn twin(zones: &[MultiPolygon<f64>], x: f64, y: f64) -> Option<u32> {
    let covers = |polygon: &Polygon<f64>| {
        let mut inside = false;
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            for edge in ring.lines() {
                let point = |c: Coord<f64>| robust::Coord { x: c.x, y: c.y };
                let (a, b) = (edge.start, edge.end);
                if a == b {
                    continue;
                }
                let side = orient2d(point(a), point(b), robust::Coord { x, y });
                let within = x >= a.x.min(b.x) && x <= a.x.max(b.x) && y >= a.y.min(b.y) && y <= a.y.max(b.y);
                if side == 0.0 && within {
                    return true;
                }
                let upward = a.y < y && y <= b.y;
                let downward = b.y < y && y <= a.y;
                inside ^= (upward && side > 0.0) || (downward && side < 0.0);
            }
        }
        inside
    };
    let finite = x.is_finite() && y.is_finite();
    zones.iter().position(|zone| finite && zone.iter().any(covers)).map(|position| u32::try_from(position).unwrap())
}

/// Checks both indexes, place by place and in one batch, against the twin; gives the number of places found in a zone.
fn check(zones: &[MultiPolygon<f64>], places: &[[f64; 2]]) -> usize {
    let coverage = CoverageIndex::new(zones).unwrap();
    let tree = ZoneIndex::new(zones).unwrap();
    let plain = Outlines::new(zones).unwrap();
    let (xs, ys): (Vec<f64>, Vec<f64>) = places.iter().map(|&[x, y]| (x, y)).unzip();
    let mut batch = vec![7; places.len()];
    coverage.locate_batch(&xs, &ys, &mut batch);
    let mut located = 0;
    for (&[x, y], in_batch) in places.iter().zip(batch) {
        let expected = twin(zones, x, y);
        assert_eq!(coverage.locate(x, y), expected, "coverage index at {x:?}, {y:?}");
        assert_eq!(in_batch, expected.unwrap_or(CoverageIndex::OUTSIDE), "batch at {x:?}, {y:?}");
        assert_eq!(tree.locate(x, y), expected, "R-tree at {x:?}, {y:?}");
        assert_eq!(plain.locate(x, y), expected, "outlines at {x:?}, {y:?}");
        located += usize::from(expected.is_some());
    }
    located
}

// ------------------------------------------------------------------------------------------ hard places

/// The places where an index goes wrong: vertices, places on edges and on their prolongation, places level with a vertex,
/// each also a hair beside.
fn hard_places(zones: &[MultiPolygon<f64>]) -> Vec<[f64; 2]> {
    let mut places = Vec::new();
    let edges: Vec<_> =
        zones.iter().flatten().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())).flat_map(LineString::lines).collect();
    for (i, edge) in edges.iter().enumerate() {
        let (a, b) = (edge.start, edge.end);
        let other = edges[(i * 7 + 3) % edges.len()].start;
        places.extend([[a.x, a.y], [(a.x + b.x) / 2.0, (a.y + b.y) / 2.0], [a.x + (b.x - a.x) / 3.0, a.y + (b.y - a.y) / 3.0]]);
        places.extend([[2.0 * b.x - a.x, 2.0 * b.y - a.y], [other.x, a.y], [a.x, other.y], [(a.x + other.x) / 2.0, a.y]]);
    }
    let beside = |&[x, y]: &[f64; 2]| [[x.next_up(), y], [x.next_down(), y], [x, y.next_up()], [x, y.next_down()]];
    let hairs: Vec<_> = places.iter().flat_map(beside).collect();
    places.extend(hairs);
    places
}

/// Evenly spread places, some outside the box.
fn spread(seed: u64, count: usize, low: f64, high: f64) -> Vec<[f64; 2]> {
    let mut draw = draws(seed);
    (0..count).map(|_| [low + (high - low) * draw(), low + (high - low) * draw()]).collect()
}

/// A generator of numbers in 0..1 (splitmix64), the same for ever.
fn draws(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

// ------------------------------------------------------------------------------------------ made zones

fn ring(coords: &[(f64, f64)]) -> LineString<f64> {
    LineString::from(coords.to_vec())
}

fn square(x: f64, y: f64, side: f64) -> LineString<f64> {
    ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])
}

/// A town of `n` by `n` blocks with bent streets: neighbors share their vertices to the bit. `zone_of` says which zone a
/// block is of, `None` for a gap.
fn town(n: usize, bends: usize, seed: u64, zones: usize, zone_of: impl Fn(usize, usize) -> Option<usize>) -> Vec<MultiPolygon<f64>> {
    let mut draw = draws(seed);
    let corner: Vec<Vec<Coord<f64>>> = (0..=n)
        .map(|i| {
            (0..=n)
                .map(|j| Coord { x: 1000.0 * (i as f64 + 0.4 * (draw() - 0.5)), y: 1000.0 * (j as f64 + 0.4 * (draw() - 0.5)) })
                .collect()
        })
        .collect();
    let mut street = |a: Coord<f64>, b: Coord<f64>| -> Vec<Coord<f64>> {
        let mut line = vec![a];
        for k in 1..=bends {
            let t = k as f64 / (bends + 1) as f64;
            let shift = 60.0 * (draw() - 0.5);
            let bent =
                Coord { x: a.x + t * (b.x - a.x) + shift * (b.y - a.y) / 1000.0, y: a.y + t * (b.y - a.y) - shift * (b.x - a.x) / 1000.0 };
            line.push(Coord { x: (bent.x * 1000.0).round() / 1000.0, y: (bent.y * 1000.0).round() / 1000.0 });
        }
        line
    };
    let east: Vec<Vec<_>> = (0..n).map(|i| (0..=n).map(|j| street(corner[i][j], corner[i + 1][j])).collect()).collect();
    let north: Vec<Vec<_>> = (0..=n).map(|i| (0..n).map(|j| street(corner[i][j], corner[i][j + 1])).collect()).collect();
    let reversed =
        |line: &[Coord<f64>], end: Coord<f64>| -> Vec<Coord<f64>> { std::iter::once(end).chain(line[1..].iter().rev().copied()).collect() };
    let mut parts = vec![Vec::new(); zones];
    for i in 0..n {
        for j in 0..n {
            if let Some(zone) = zone_of(i, j) {
                let mut outline = east[i][j].clone();
                outline.extend(&north[i + 1][j]);
                outline.extend(reversed(&east[i][j + 1], corner[i + 1][j + 1]));
                outline.extend(reversed(&north[i][j], corner[i][j + 1]));
                parts[zone].push(Polygon::new(LineString::new(outline), vec![]));
            }
        }
    }
    parts.into_iter().map(MultiPolygon::new).collect()
}

#[test]
fn every_hard_place_of_a_tiling_is_found_in_the_right_zone() {
    for (seed, bends) in [(1, 0), (2, 3), (3, 12), (4, 40)] {
        let zones = town(5, bends, seed, 25, |i, j| Some(i * 5 + j));
        let mut places = hard_places(&zones);
        places.extend(spread(seed, 4000, -500.0, 5500.0));
        let located = check(&zones, &places);
        assert!(located > places.len() / 2 && located < places.len(), "the places are inside and outside: {located} of {}", places.len());
    }
}

#[test]
fn gaps_and_zones_of_several_blocks_are_respected() {
    let zones = town(6, 5, 11, 7, |i, j| [Some((i * 3 + j * 5) % 7), None][usize::from((i + 2 * j) % 5 == 0)]);
    let mut places = hard_places(&zones);
    places.extend(spread(12, 4000, -500.0, 6500.0));
    check(&zones, &places);
}

#[test]
fn a_hole_is_outside_unless_another_zone_fills_it() {
    let around = Polygon::new(square(0.0, 0.0, 100.0), vec![square(10.0, 10.0, 30.0), square(60.0, 60.0, 20.0)]);
    let islet = Polygon::new(square(10.0, 10.0, 30.0), vec![square(20.0, 20.0, 5.0)]);
    let zones = [islet.into(), around.into()];
    let index = CoverageIndex::new(&zones).unwrap();
    assert_eq!(index.locate(15.0, 15.0), Some(0));
    assert_eq!(index.locate(22.0, 22.0), None, "the hole in the islet");
    assert_eq!(index.locate(70.0, 70.0), None, "the hole that nobody fills");
    assert_eq!(index.locate(60.0, 70.0), Some(1), "the border of a hole belongs to the zone around it");
    assert_eq!(index.locate(10.0, 20.0), Some(0), "on a shared border the lowest position");
    check(&zones, &hard_places(&zones));
}

#[test]
fn zones_that_overlap_give_the_lowest_position() {
    let mut draw = draws(5);
    let zones: Vec<MultiPolygon<f64>> = (0..40)
        .map(|_| {
            let (x, y, size) = (100.0 * draw(), 100.0 * draw(), 5.0 + 30.0 * draw());
            let star = (0..24).map(|k| {
                let (angle, radius) = (f64::from(k) * std::f64::consts::TAU / 24.0, size * (0.5 + 0.5 * draw()));
                Coord { x: x + radius * angle.cos(), y: y + radius * angle.sin() }
            });
            Polygon::new(LineString::new(star.collect()), vec![]).into()
        })
        .collect();
    let mut places = hard_places(&zones);
    places.extend(spread(6, 4000, -40.0, 140.0));
    check(&zones, &places);
}

#[test]
fn a_crowd_of_borders_in_one_corner_of_a_wide_land_is_taken_apart() {
    // A dense town beside one wide zone: the first grid cannot separate the blocks of the town.
    let mut zones = town(4, 30, 21, 16, |i, j| Some(i * 4 + j));
    for zone in &mut zones {
        geo::MapCoordsInPlace::map_coords_in_place(zone, |c| Coord { x: c.x / 500.0, y: c.y / 500.0 });
    }
    zones.push(Polygon::new(square(50.0, 50.0, 1e6), vec![]).into());
    // Many zones that meet in one place, which no grid separates.
    for k in 0..80 {
        let [from, to] = [k, k + 1].map(|k| f64::from(k) * std::f64::consts::TAU / 80.0);
        let slice = [(20.0, 20.0), (20.0 + from.cos(), 20.0 + from.sin()), (20.0 + to.cos(), 20.0 + to.sin())];
        zones.push(Polygon::new(ring(&slice), vec![]).into());
    }
    let mut places = hard_places(&zones);
    places.extend(spread(22, 3000, -1.0, 9.0));
    places.extend(spread(23, 2000, 19.0, 21.0));
    check(&zones, &places);
}

#[test]
fn one_zone_no_zone_and_empty_zones_are_served() {
    let one = [MultiPolygon::from(Polygon::new(square(3.0, 3.0, 2.0), vec![]))];
    check(&one, &hard_places(&one));
    check(&[], &[[0.0, 0.0], [f64::NAN, 1.0]]);
    let nothing = MultiPolygon::new(vec![]);
    let point = Polygon::new(ring(&[(1.0, 1.0), (1.0, 1.0)]), vec![]).into();
    let with_empty = [nothing, point, one[0].clone()];
    assert_eq!(check(&with_empty, &[[4.0, 4.0], [1.0, 1.0]]), 1);
    let line = [MultiPolygon::from(Polygon::new(ring(&[(0.0, 0.0), (8.0, 0.0), (0.0, 0.0)]), vec![]))];
    assert_eq!(check(&line, &[[4.0, 0.0], [4.0, 1.0], [9.0, 0.0]]), 1, "a zone without area covers its border");
}

#[test]
fn places_that_are_nowhere_are_outside() {
    let zones = town(2, 2, 9, 4, |i, j| Some(i * 2 + j));
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -f64::MAX, 1e300];
    let places: Vec<[f64; 2]> = odd.iter().flat_map(|&v| [[v, 500.0], [500.0, v], [v, v], [v, -v]]).collect();
    assert_eq!(check(&zones, &places), 0);
    assert_eq!(check(&zones, &[[-0.0, 500.0], [500.0, f64::MIN_POSITIVE]]), check(&zones, &[[0.0, 500.0], [500.0, 0.0]]));
}

#[test]
fn an_outline_with_a_coordinate_that_is_not_finite_is_refused() {
    let zone = [MultiPolygon::from(Polygon::new(ring(&[(0.0, 0.0), (1.0, f64::NAN), (1.0, 1.0)]), vec![]))];
    let message = CoverageIndex::new(&zone).unwrap_err().to_string();
    assert!(message.contains("zone 1 is not a finite number"), "{message}");
}

#[test]
fn the_order_of_the_zones_changes_nothing_but_ties() {
    let zones = town(5, 6, 31, 25, |i, j| Some(i * 5 + j));
    let mut order: Vec<usize> = (0..zones.len()).collect();
    let mut draw = draws(32);
    for i in (1..order.len()).rev() {
        order.swap(i, (draw() * (i + 1) as f64) as usize);
    }
    let shuffled: Vec<_> = order.iter().map(|&i| zones[i].clone()).collect();
    let [straight, mixed] = [&zones, &shuffled].map(|zones| CoverageIndex::new(zones).unwrap());
    let mut moved = 0;
    for [x, y] in spread(33, 5000, -200.0, 5200.0) {
        let back = mixed.locate(x, y).map(|zone| u32::try_from(order[zone as usize]).unwrap());
        assert_eq!(back, straight.locate(x, y), "{x}, {y}");
        moved += usize::from(back != mixed.locate(x, y));
    }
    assert!(moved > 4000, "the order was mixed");
    check(&shuffled, &hard_places(&shuffled));
}

// ------------------------------------------------------------------------------------ small whole numbers

/// Zones with corners on a small lattice: every kind of touching, crossing and overlap, borders that cross themselves.
fn lattice_zones() -> impl Strategy<Value = Vec<MultiPolygon<f64>>> {
    let corner = (0_i32..9, 0_i32..9).prop_map(|(x, y)| (f64::from(x), f64::from(y)));
    let outline = prop::collection::vec(corner, 1..9).prop_map(LineString::from);
    let polygon = (outline.clone(), prop::collection::vec(outline, 0..2)).prop_map(|(outer, inner)| Polygon::new(outer, inner));
    let zone = prop::collection::vec(polygon, 0..3).prop_map(MultiPolygon::new);
    prop::collection::vec(zone, 1..7)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_a_lattice_every_place_agrees_with_the_twin(zones in lattice_zones()) {
        let places: Vec<[f64; 2]> = (-2..=36).flat_map(|i| (-2..=36).map(move |j| [f64::from(i) / 4.0, f64::from(j) / 4.0])).collect();
        check(&zones, &places);
    }

    #[test]
    fn tilings_of_any_shape_agree_with_the_twin(seed in any::<u64>(), n in 1_usize..6, bends in 0_usize..20, gaps in 2_usize..9) {
        let zones = town(n, bends, seed, n * n, |i, j| (!(i * n + j + 1).is_multiple_of(gaps)).then_some((i * n + j) * 7 % (n * n)));
        let mut places = spread(seed, 300, -300.0, 1000.0 * n as f64 + 300.0);
        places.extend(hard_places(&zones).into_iter().step_by(11));
        check(&zones, &places);
    }
}

// -------------------------------------------------------------------------------------- reference cases

fn reference(file: &str) -> serde_json::Value {
    let path = format!("{}/tests/reference/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn zones_of(file: &str) -> Vec<MultiPolygon<f64>> {
    let line = |ring: &serde_json::Value| {
        LineString::new(ring.as_array().unwrap().iter().map(|c| Coord { x: c[0].as_f64().unwrap(), y: c[1].as_f64().unwrap() }).collect())
    };
    let polygon = |rings: &serde_json::Value| {
        let mut rings = rings.as_array().unwrap().iter().map(line);
        Polygon::new(rings.next().unwrap(), rings.collect())
    };
    let features = reference(file);
    let shape = |feature: &serde_json::Value| {
        let geometry = &feature["geometry"];
        match geometry["type"].as_str().unwrap() {
            "Polygon" => polygon(&geometry["coordinates"]).into(),
            _ => MultiPolygon::new(geometry["coordinates"].as_array().unwrap().iter().map(polygon).collect()),
        }
    };
    features["features"].as_array().unwrap().iter().map(shape).collect()
}

#[test]
fn the_tie_rule_on_borders_corners_and_holes_is_the_one_of_the_reference() {
    let zones = zones_of("border_squares.geojson");
    let index = CoverageIndex::new(&zones).unwrap();
    let tree = ZoneIndex::new(&zones).unwrap();
    let cases = reference("pip_borders.json");
    let cases = cases["expected"].as_array().unwrap();
    assert_eq!(cases.len(), 12);
    for case in cases {
        let [x, y] = [0, 1].map(|i| case["pt"][i].as_f64().unwrap());
        let name = |zone: u32| ["A", "B", "C", "D"][zone as usize];
        assert_eq!(index.locate(x, y).map(name), case["assigned"].as_str(), "{x}, {y}");
        let all: Vec<&str> = tree.all_at(x, y).into_iter().map(name).collect();
        assert_eq!(serde_json::json!(all), case["intersects"], "{x}, {y}");
    }
    check(&zones, &hard_places(&zones));
}

#[test]
fn the_counts_by_zone_of_columbus_are_those_of_geos() {
    let zones = zones_of("columbus.geojson");
    let text = std::fs::read_to_string(format!("{}/tests/reference/pip_columbus.csv", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let places: Vec<[f64; 2]> = text
        .lines()
        .skip(1)
        .map(|line| {
            let (x, y) = line.split_once(',').unwrap();
            [x.parse().unwrap(), y.parse().unwrap()]
        })
        .collect();
    let index = CoverageIndex::new(&zones).unwrap();
    let mut counts = vec![0; zones.len()];
    let mut outside = 0;
    for &[x, y] in &places {
        match index.locate(x, y) {
            Some(zone) => counts[zone as usize] += 1,
            None => outside += 1,
        }
    }
    let case = reference("pip_columbus.json");
    assert_eq!(serde_json::json!(counts), case["expected"]["counts"]);
    assert_eq!(serde_json::json!(outside), case["expected"]["outside"]);
    check(&zones, &hard_places(&zones));
    check(&zones, &places);
}
