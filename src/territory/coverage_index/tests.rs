//! The index from inside: places on the borders of its cells, and that every kind of cell is met.

use geo::{LineString, MultiPolygon, Polygon};

use super::CoverageIndex;
use super::grid::{FINER, GROUPS, OUTSIDE};

/// A fan of slices around the origin, a far square, and a square that overlaps the fan.
fn zones() -> Vec<MultiPolygon<f64>> {
    let polygon = |corners: Vec<(f64, f64)>| MultiPolygon::from(Polygon::new(LineString::from(corners), vec![]));
    let slices = (0..60).map(|k| {
        let [from, to] = [k, k + 1].map(|k| f64::from(k) * std::f64::consts::TAU / 60.0);
        polygon(vec![(0.0, 0.0), (7.0 * from.cos(), 7.0 * from.sin()), (7.0 * to.cos(), 7.0 * to.sin())])
    });
    let square = |x: f64, y: f64, side: f64| polygon(vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side)]);
    slices.chain([square(90.0, 90.0, 10.0), square(3.0, 3.0, 5.0), square(100.0, 90.0, 10.0)]).collect()
}

#[test]
fn places_on_the_borders_of_cells_are_found_in_the_right_zone() {
    let index = CoverageIndex::new(&zones()).unwrap();
    assert!(index.grids.len() > 1, "the middle of the fan has a grid of its own");
    let mut located = 0;
    for grid in &index.grids {
        let frame = grid.frame;
        let columns = (0..=frame.columns).step_by(1 + frame.columns as usize / 40);
        let rows: Vec<f64> = (0..=frame.rows).step_by(1 + frame.rows as usize / 40).map(f64::from).collect();
        for x in columns.map(|column| frame.x0 + f64::from(column) * frame.width) {
            for y in rows.iter().map(|row| frame.y0 + row * frame.height) {
                for (x, y) in
                    [(x, y), (x.next_down(), y), (x.next_up(), y), (x, y.next_down()), (x, y.next_up()), (x, y + frame.height / 3.0)]
                {
                    let expected = index.outlines().locate(x, y);
                    assert_eq!(index.locate(x, y), expected, "{x:?}, {y:?}");
                    located += usize::from(expected.is_some());
                }
            }
        }
    }
    assert!(located > 500, "{located}");
}

#[test]
fn every_kind_of_cell_is_met() {
    let index = CoverageIndex::new(&zones()).unwrap();
    let leaves = || index.grids.iter().flat_map(|grid| &grid.leaves);
    assert!(leaves().any(|leaf| leaf.base == FINER));
    assert!(leaves().any(|leaf| leaf.base == GROUPS));
    assert!(leaves().any(|leaf| leaf.base < FINER && leaf.other < FINER), "a border between two zones");
    assert!(leaves().any(|leaf| leaf.base < FINER && leaf.other == OUTSIDE), "a border of a zone");
    assert!(index.grids.iter().flat_map(|grid| &grid.right).any(|&zone| zone != OUTSIDE), "cells within a zone");
}

#[test]
fn memory_stays_in_proportion_to_the_vertices() {
    let index = CoverageIndex::new(&zones()).unwrap();
    assert!(index.bytes() > index.outlines().bytes());
    assert!(index.bytes() < 4096 * index.outlines().vertices().len(), "{} bytes", index.bytes());
}
