//! Where a place lies, which outlines are valid and how large they are: our rules beside those of GEOS, which GDAL asks.
//!
//! Where ours are different on purpose, the test says how, and counts those cases only.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests may: a panic is how they fail")]

mod shapes;

use gdal::vector::Geometry;
use optima::territory::complaints::quiet_gdal;
use optima::territory::coverage_audit::Coverage;
use optima::territory::finding::{CoverageFinding, FindingKind};
use optima::territory::outlines::Outlines;
use optima::territory::raw_zone::RawZone;
use optima::territory::wkb::{push_polygons, write_multipolygon};
use shapes::{Dice, Parts, at, moved, parts, places, ring};

fn zone(parts: &Parts) -> RawZone {
    RawZone { code: "A".to_owned(), name: "A".to_owned(), parent: None, feature: 1, parts: parts.clone() }
}

/// The same points as GDAL's geometry, written here: nothing of ours stands between.
fn geometry(parts: &Parts) -> Geometry {
    let number = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    let mut wkb = [&[1_u8][..], &6_u32.to_le_bytes(), &number(parts.len())].concat();
    for rings in parts {
        wkb.extend([&[1_u8][..], &3_u32.to_le_bytes(), &number(rings.len())].concat());
        for ring in rings {
            wkb.extend(number(ring.len()));
            wkb.extend(ring.iter().flat_map(|c| [c.x.to_le_bytes(), c.y.to_le_bytes()]).flatten());
        }
    }
    Geometry::from_wkb(&wkb).unwrap()
}

fn outlines(parts: &Parts) -> Outlines {
    let mut outlines = Outlines::default();
    for rings in parts {
        for ring in rings {
            outlines.push_ring(ring.iter().copied()).unwrap();
        }
        outlines.end_part();
    }
    outlines.end_zone().unwrap();
    outlines
}

/// What the audit says against the rings themselves.
fn faults(findings: &[CoverageFinding]) -> Vec<FindingKind> {
    use FindingKind as F;
    let about_rings = [
        F::TooFewPoints,
        F::NotFinite,
        F::Unclosed,
        F::SelfIntersection,
        F::SelfTouch,
        F::Spike,
        F::RingsCross,
        F::RingsShareLine,
        F::HoleOutside,
        F::NestedRings,
        F::PartsShareBorder,
    ];
    findings.iter().map(|finding| finding.kind).filter(|kind| about_rings.contains(kind)).collect()
}

fn point(c: geo::Coord<f64>) -> Geometry {
    let mut point = Geometry::empty(gdal::vector::OGRwkbGeometryType::wkbPoint).unwrap();
    point.set_point_2d(0, (c.x, c.y));
    point
}

/// Asks both about all places; gives how many were covered.
fn agree_on_places(parts: &Parts, places: &[geo::Coord<f64>], case: u64) -> usize {
    let (ours, theirs) = (outlines(parts), geometry(parts));
    // Ours on purpose: a ring that is a single point has no border, and covers nothing.
    if ours.vertices().is_empty() {
        assert!(parts.iter().flatten().all(|ring| ring.iter().all(|c| *c == ring[0])), "{parts:?}");
        return 0;
    }
    let mut covered = 0;
    for place in places {
        let point = point(*place);
        let (we, they) = (ours.zone_covers(0, place.x, place.y), theirs.intersects(&point));
        assert_eq!(we, they, "case {case}: {place:?} of {parts:?}");
        covered += usize::from(we);
    }
    covered
}

#[test]
fn a_zone_covers_a_place_where_geos_says_so() {
    quiet_gdal();
    let mut dice = Dice::new(5);
    let (mut asked, mut covered) = (0, 0);
    for case in 0..6_000 {
        // A single ring is even-odd for both, whether it is valid or not.
        let parts = vec![vec![ring(&mut dice)]];
        let places = places(&mut dice, &parts);
        covered += agree_on_places(&parts, &places, case);
        asked += places.len();
    }
    assert!(covered > asked / 5 && covered < asked * 4 / 5, "{covered} of {asked}: both answers must be asked for");
}

#[test]
fn a_zone_of_many_rings_covers_a_place_where_geos_says_so() {
    quiet_gdal();
    let mut dice = Dice::new(6);
    let mut valid = 0;
    for case in 0..12_000 {
        let parts = parts(&mut dice);
        // Where a hole lies outside its shell GEOS and the even-odd rule differ: such zones are refused before they are asked.
        if faults(&Coverage::measure(&[zone(&parts)]).findings).is_empty() {
            valid += 1;
            let places = places(&mut dice, &parts);
            agree_on_places(&parts, &places, case);
        }
    }
    assert!(valid > 1_500, "{valid}");
}

#[test]
fn far_from_the_origin_and_at_the_last_digit_geos_still_agrees() {
    quiet_gdal();
    let mut dice = Dice::new(7);
    for case in 0..6_000 {
        let near = vec![vec![ring(&mut dice)]];
        // Ten thousand kilometers away, in steps of a nanometer and of a few of the last digits.
        let scale = *dice.of(&[1.0, 1e-3, 1e-6, 2e-9]);
        let far = moved(&near, scale, *dice.of(&[1e7, 2.35e5]));
        let places = places(&mut dice, &far);
        agree_on_places(&far, &places, case);
    }
    for (width, height) in [(1e-9, 1e3), (1e3, 1e-9), (1e-9, 1e-9), (1e7, 1e-9)] {
        let sliver = vec![vec![vec![at(0.0, 0.0), at(width, 0.0), at(width, height), at(0.0, height), at(0.0, 0.0)]]];
        let places = places(&mut dice, &sliver);
        agree_on_places(&sliver, &places, 0);
    }
}

#[test]
fn valid_is_what_geos_calls_valid() {
    quiet_gdal();
    let mut dice = Dice::new(8);
    let (mut valid, mut invalid, mut cut) = (0, 0, 0);
    for case in 0..20_000 {
        let parts = parts(&mut dice);
        let (ours, theirs) = (faults(&Coverage::measure(&[zone(&parts)]).findings), geometry(&parts).is_valid());
        match (ours.is_empty(), theirs) {
            (true, true) => valid += 1,
            (false, false) => invalid += 1,
            // Ours on purpose: holes that touch at corners may cut a part in two. What is inside is not in doubt, so it is accepted.
            (true, false) if cut_by_holes(&parts) => cut += 1,
            _ => panic!("case {case}: we say {ours:?}, GEOS {theirs}, of {parts:?}"),
        }
    }
    assert!(valid > 3_000 && invalid > 3_000, "{valid} valid, {invalid} invalid");
    assert!(cut > 0 && cut < 1_000, "{cut} cut by holes");
}

/// Whether taking the holes away leaves more pieces than there are shells: GEOS then makes of the one part several.
fn cut_by_holes(parts: &Parts) -> bool {
    parts.iter().any(|rings| {
        let solid = |ring: &shapes::Ring| geometry(&vec![vec![ring.clone()]]);
        let left = rings[1..].iter().try_fold(solid(&rings[0]), |left, hole| left.difference(&solid(hole)));
        left.is_some_and(|left| left.geometry_name() == "MULTIPOLYGON" && left.geometry_count() > 1)
    })
}

#[test]
fn areas_are_those_of_gdal_to_twelve_digits() {
    quiet_gdal();
    let mut dice = Dice::new(9);
    let mut compared = 0;
    for _ in 0..8_000 {
        let parts = parts(&mut dice);
        let measured = Coverage::measure(&[zone(&parts)]);
        if faults(&measured.findings).is_empty() {
            compared += 1;
            let theirs = geometry(&parts).area();
            let ours = measured.areas[0];
            assert!((ours - theirs).abs() <= 1e-12 * theirs, "{ours} is not {theirs}: {parts:?}");
            assert!((measured.union_area - ours).abs() <= 1e-12 * ours, "one zone alone is its own union");
        }
    }
    assert!(compared > 1_500, "{compared}");
}

/// The area by the even-odd rule, the slow way: cut into strips between all vertices and crossings, in which no edges cross.
fn even_odd_area(ring: &shapes::Ring) -> f64 {
    let edges: Vec<_> = ring.windows(2).map(|w| if w[0].x <= w[1].x { (w[0], w[1]) } else { (w[1], w[0]) }).collect();
    let mut cuts: Vec<f64> = ring.iter().map(|c| c.x).collect();
    for (i, (a, b)) in edges.iter().enumerate() {
        for (c, d) in &edges[i + 1..] {
            let turn = (b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x);
            let t = ((c.x - a.x) * (d.y - c.y) - (c.y - a.y) * (d.x - c.x)) / turn;
            cuts.extend((0.0..=1.0).contains(&t).then(|| a.x + t * (b.x - a.x)));
        }
    }
    cuts.sort_by(f64::total_cmp);
    let strip = |cut: &[f64]| {
        let x = f64::midpoint(cut[0], cut[1]);
        let crossed = edges.iter().filter(|(a, b)| a.x < x && x < b.x);
        let mut heights: Vec<f64> = crossed.map(|(a, b)| a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x))).collect();
        heights.sort_by(f64::total_cmp);
        (cut[1] - cut[0]) * heights.chunks_exact(2).map(|pair| pair[1] - pair[0]).sum::<f64>()
    };
    cuts.windows(2).map(strip).sum()
}

#[test]
fn an_invalid_ring_has_the_area_of_the_even_odd_rule() {
    quiet_gdal();
    let mut dice = Dice::new(13);
    let (mut invalid, mut mended) = (0, 0);
    for _ in 0..8_000 {
        let parts = vec![vec![ring(&mut dice)]];
        let measured = Coverage::measure(&[zone(&parts)]);
        let (ours, faults) = (measured.areas[0], faults(&measured.findings));
        let slowly = even_odd_area(&parts[0][0]);
        assert!((ours - slowly).abs() <= 1e-9, "{ours} is not {slowly}: {parts:?}");
        invalid += usize::from(!faults.is_empty());
        // GEOS mends by the same rule, but leaves out that an edge drawn twice is none.
        if let Ok(theirs) = geometry(&parts).make_valid(&gdal::cpl::CslStringList::new())
            && !faults.contains(&FindingKind::Spike)
        {
            assert!((ours - theirs.area()).abs() <= 1e-9, "{ours} is not {}: {parts:?}", theirs.area());
            mended += usize::from(!faults.is_empty());
        }
    }
    assert!(invalid > 2_000 && mended > 500, "{invalid}, {mended} of them mended");
}

#[test]
fn what_two_zones_share_and_cover_together_is_as_large_as_geos_says() {
    quiet_gdal();
    let mut dice = Dice::new(10);
    let (mut compared, mut overlapping) = (0, 0);
    while compared < 2_500 {
        let pair = [vec![vec![ring(&mut dice)]], vec![vec![ring(&mut dice)]]];
        let theirs = pair.each_ref().map(geometry);
        if !theirs.iter().all(Geometry::is_valid) {
            continue;
        }
        compared += 1;
        let zones = [zone(&pair[0]), RawZone { code: "B".to_owned(), ..zone(&pair[1]) }];
        let measured = Coverage::measure(&zones);
        let is_overlap = |f: &&CoverageFinding| matches!(f.kind, FindingKind::Overlap | FindingKind::SliverOverlap);
        let shared: f64 = measured.findings.iter().filter(is_overlap).filter_map(|f| f.area).sum();
        let (both, any) = (theirs[0].intersection(&theirs[1]).unwrap().area(), theirs[0].union(&theirs[1]).unwrap().area());
        let whole = theirs[0].area() + theirs[1].area();
        assert!((shared - both).abs() <= 1e-9 * whole, "{shared} shared, {both} says GEOS: {pair:?}");
        assert!((measured.union_area - any).abs() <= 1e-9 * whole, "{} covered, {any} says GEOS: {pair:?}", measured.union_area);
        overlapping += usize::from(both > 0.0);
    }
    assert!(overlapping > 500, "{overlapping}");
}

#[test]
fn the_border_is_covered_and_only_the_inside_is_contained() {
    quiet_gdal();
    let mut dice = Dice::new(11);
    let mut on_borders = 0;
    for _ in 0..3_000 {
        let parts = vec![vec![ring(&mut dice)]];
        let (ours, theirs) = (outlines(&parts), geometry(&parts));
        if !theirs.is_valid() {
            continue;
        }
        for place in places(&mut dice, &parts) {
            let (inside, on_border) = (theirs.contains(&point(place)), theirs.touches(&point(place)));
            assert!(!(inside && on_border));
            assert_eq!(ours.zone_covers(0, place.x, place.y), inside || on_border, "{place:?} of {parts:?}");
            on_borders += usize::from(on_border);
        }
    }
    assert!(on_borders > 10_000, "{on_borders}");
}

#[test]
fn where_we_differ_from_geos_it_is_on_purpose() {
    quiet_gdal();
    let points = |list: &[(f64, f64)]| list.iter().map(|(x, y)| at(*x, *y)).collect::<shapes::Ring>();
    let judged = |parts: &Parts| (faults(&Coverage::measure(&[zone(parts)]).findings), geometry(parts).is_valid());
    // Points within a micrometer of one another are one point, and a place within it of an edge is on the edge: drawn with the rounding
    // of coordinates in meters, this ring touches itself.
    let near = |gap: f64| vec![vec![points(&[(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (4.0, gap), (0.0, 8.0), (0.0, 0.0)])]];
    assert_eq!(judged(&near(2e-6)), (vec![], true));
    assert_eq!(judged(&near(5e-7)), (vec![FindingKind::SelfTouch], true));
    assert_eq!(judged(&near(0.0)), (vec![FindingKind::SelfTouch], false));
    // A hole from one side of its shell to the other cuts the part in two: what is inside is not in doubt.
    let frame = points(&[(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0), (0.0, 0.0)]);
    let across = vec![vec![frame.clone(), points(&[(0.0, 4.0), (4.0, 3.0), (8.0, 4.0), (4.0, 5.0), (0.0, 4.0)])]];
    assert_eq!(judged(&across), (vec![], false));
    assert!(cut_by_holes(&across));
    // No place on Earth in meters: GEOS knows no unit.
    assert_eq!(judged(&vec![vec![points(&[(0.0, 0.0), (2e9, 0.0), (0.0, 8.0), (0.0, 0.0)])]]), (vec![FindingKind::NotFinite], true));
    // A ring that is a point covers nothing, and is refused by both.
    let dot = vec![vec![points(&[(1.0, 1.0); 4])]];
    assert!(!outlines(&dot).zone_covers(0, 1.0, 1.0) && geometry(&dot).intersects(&point(at(1.0, 1.0))));
    assert_eq!(judged(&dot), (vec![FindingKind::TooFewPoints], false));
    // The same in both: a point said twice is no fault; a closed ring may begin anywhere and run either way.
    let twice = points(&[(8.0, 8.0), (8.0, 8.0), (8.0, 0.0), (0.0, 0.0), (0.0, 8.0), (8.0, 8.0)]);
    assert_eq!(judged(&vec![vec![twice]]), (vec![], true));
}

#[test]
fn bytes_written_are_bytes_that_gdal_reads() {
    quiet_gdal();
    let mut dice = Dice::new(12);
    for _ in 0..2_000 {
        let parts = parts(&mut dice);
        let ours = outlines(&parts);
        let mut wkb = Vec::new();
        write_multipolygon(&ours, 0, &mut wkb);
        let through = Geometry::from_wkb(&wkb).unwrap().wkb().unwrap();
        let mut again = Outlines::default();
        push_polygons(&through, &mut again).unwrap();
        again.end_zone().unwrap();
        assert_eq!(again.vertices(), ours.vertices());
    }
}
