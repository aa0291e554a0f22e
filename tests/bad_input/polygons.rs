//! Outlines that are drawn wrong, one fault at a time: each is refused with the zone and the place, or mended on request.

use serde_json::{Value, json};

use crate::outlines::{ring, spoil, turn, zone};
use crate::town::{Town, ZONES};

const SHELL: [[i32; 2]; 5] = [[202_000, 101_400], [202_500, 101_300], [202_500, 102_000], [202_000, 102_000], [202_000, 101_400]];

/// The outline of 99001C010 is replaced; `check` and `build` stop with this.
fn refused(town: &Town, geometry: &Value, words: &[&str]) {
    let keep = town.text(ZONES);
    spoil(town, |zones| zone(zones, "99001C010")["geometry"] = geometry.clone());
    town.stops(1, words);
    town.write(ZONES, keep);
}

fn polygon(rings: &[&[[i32; 2]]]) -> Value {
    json!({ "type": "Polygon", "coordinates": rings })
}

#[test]
fn rings_that_enclose_no_ground_are_refused_with_their_place() {
    let town = Town::new();
    let [a, b, c, d, _] = SHELL;
    refused(
        &town,
        &polygon(&[&[a, b, c, [202_500, 102_500], c, d, a]]),
        &["99001C010: the ring runs back over itself, at 202500.000 102250.000", "--repair"],
    );
    refused(&town, &polygon(&[&[a, b, a]]), &["99001C010: a ring has fewer than three different points, at 202000.000 101400.000"]);
    refused(&town, &polygon(&[&[a]]), &["99001C010: a ring has fewer than three different points"]);
    refused(&town, &polygon(&[&[a, b, [202_250, 101_350], a]]), &["99001C010: the ring runs back over itself"]);
    refused(&town, &polygon(&[]), &["99001C010: the zone has no outline", "help: mend the outlines in a program"]);
    refused(&town, &Value::Null, &["99001C010: the zone has no outline"]);
}

#[test]
fn rings_that_are_not_closed_cross_or_lie_in_one_another_are_refused_with_their_place() {
    let town = Town::new();
    let [a, b, c, d, _] = SHELL;
    refused(&town, &polygon(&[&[a, b, c, d]]), &["99001C010: a ring is not closed, at 202000.000 102000.000", "--repair"]);
    refused(&town, &polygon(&[&[a, c, b, d, a]]), &["99001C010: the ring crosses itself, at 202230.769 101676.923"]);
    let hole = [[203_000, 101_000], [203_100, 101_000], [203_100, 101_100], [203_000, 101_000]];
    refused(&town, &polygon(&[&SHELL, &hole]), &["99001C010: a hole lies outside its shell, at 203000.000 101000.000"]);
    let inner = [[202_100, 101_600], [202_200, 101_600], [202_200, 101_700], [202_100, 101_600]];
    let nested = json!({ "type": "MultiPolygon", "coordinates": [[SHELL], [inner]] });
    refused(&town, &nested, &["99001C010: a hole lies in a hole, or a part in another part, at 202100.000 101600.000"]);
}

#[test]
fn coordinates_that_are_no_places_are_refused() {
    let town = Town::new();
    let keep = town.text(ZONES);
    let beyond = format!("1{}, 102000", "0".repeat(400));
    for place in ["1e308, 1e308", "-1e308, 102000", "NaN, 102000", "-Infinity, 3", beyond.as_str()] {
        town.write(ZONES, keep.replacen("202500, 102000", place, 1));
        town.stops(1, &["99001C010: a coordinate is not a finite number, or no place on Earth", "help: mend the outlines"]);
    }
    town.write(ZONES, keep.replacen("[202500, 102000]", "[\"a\", \"b\"]", 1));
    town.stops(1, &["99001C010"]);
}

#[test]
fn other_kinds_of_geometry_are_refused_and_named() {
    let town = Town::new();
    for kind in ["LineString", "MultiPoint"] {
        refused(&town, &json!({ "type": kind, "coordinates": SHELL }), &["feature 1 (99001C010): expected a polygon, found "]);
    }
    let mixed = json!({ "type": "GeometryCollection", "geometries": [polygon(&[&SHELL]), { "type": "Point", "coordinates": [1, 1] }] });
    refused(&town, &mixed, &["feature 1 (99001C010): expected a polygon, found POINT"]);
}

#[test]
fn the_way_round_a_ring_heights_and_points_twice_change_nothing() {
    let town = Town::new();
    let expected = town.tally("job_seekers");
    let keep = town.text(ZONES);
    spoil(&town, |zones| ring(zones, "99001C010").reverse());
    assert_eq!(town.tally("job_seekers"), expected);
    town.write(ZONES, &keep);
    spoil(&town, |zones| ring(zones, "99001C010").iter_mut().for_each(|point| point.as_array_mut().unwrap().push(json!(88.5))));
    town.passes(&["1 outlines have heights or measures (Z, M), which were dropped"]);
    town.write(ZONES, &keep);
    spoil(&town, |zones| {
        let ring = ring(zones, "99001C010");
        ring.insert(1, ring[1].clone());
    });
    town.passes(&["99001C010: a point follows itself, at 202500.000 101300.000"]);
    assert_eq!(town.tally("job_seekers"), expected);
}

#[test]
fn a_gap_of_five_centimeters_is_told_with_its_width() {
    let town = Town::new();
    spoil(&town, |zones| ring(zones, "99001B0LA")[2] = json!([201_500, 100_599.95]));
    let run = town.check(&["--lang", "en"]);
    run.exits(0).says(&["99001A00-", "99001B0LA", "a sliver between the zones belongs to none, 12.5000 m², 0.0245 m wide on average"]);
}

#[test]
fn an_outline_across_the_date_line_is_told_as_far_from_all_others() {
    use optima::territory::crs::{LAMBERT_72, Transformer, WGS84};
    let town = Town::new();
    let to_degrees = Transformer::new(LAMBERT_72, WGS84).unwrap();
    spoil(&town, |zones| {
        zones.as_object_mut().unwrap().remove("crs");
        for zone in zones["features"].as_array_mut().unwrap() {
            turn(&mut zone["geometry"]["coordinates"], &to_degrees);
        }
    });
    town.passes(&["Valmont: 9 sectors"]);
    spoil(&town, |zones| {
        *ring(zones, "99001C010") = vec![json!([179, -16]), json!([-179, -16]), json!([-179, -17]), json!([179, -17]), json!([179, -16])];
    });
    let run = town.check(&["--lang", "en"]);
    run.exits(0).says(&["99001C010: the zone lies far from all others", "5 of 61 points lie outside the expected extent"]);
}

#[test]
fn a_ring_of_a_million_points_is_read() {
    let town = Town::new();
    // Along the outer, northern edge, so that no neighbor is touched.
    spoil(&town, |zones| {
        let north = (1..1_000_000).map(|i| json!([202_500.0 - 500.0 * f64::from(i) / 1e6, 102_000.0 + f64::from(i % 2) * 1e-3]));
        let ring = ring(zones, "99001C010");
        let rest = ring.split_off(3);
        ring.extend(north);
        ring.extend(rest);
    });
    town.passes(&["Valmont: 9 sectors"]);
}
