//! Neighbors by distance: the nearest zones, or all within reach, from center to center.
//!
//! Centers are centroids (of all parts, holes taken out), which may lie outside a bent zone. A zone without area has the centroid of its
//! lines or points; one without an outline has none, is nobody's neighbor and has none: an island.

use geo::{Centroid, MultiPolygon};
use rstar::primitives::GeomWithData;
use rstar::{PointDistance, RTree};

use super::Zones;
use super::contiguity::shapes;
use super::noding::is_place;
use crate::error::{Error, Result};
use crate::stats::spatial_weights::SpatialWeights;

type Center = GeomWithData<[f64; 2], u32>;

/// How the weight of a neighbor within reach falls with its distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decay {
    /// Not at all: weights of 1.
    Binary,
    /// `1 / dᵖ`, d in meters; this is p, above 0.
    InversePower(f64),
}

/// The `k` nearest zones of each zone, weights of 1.
///
/// Of zones equally far the one with the lower position is taken. Not symmetric: the nearest of a lonely zone have nearer ones
/// themselves. Distances are from centroid to centroid. Cost: O(n k log n).
///
/// # Errors
/// No `k`, or as many as there are zones or more; a coordinate that is no number.
///
/// Source of the definition: libpysal's `KNN`, spdep's `knearneigh`.
///
/// ```
/// use geo::{MultiPolygon, Rect};
/// use optima::territory::nearness::k_nearest;
/// let square = |x: f64| MultiPolygon(vec![Rect::new((x, 0.0), (x + 1.0, 1.0)).to_polygon()]);
/// let weights = k_nearest(&[square(0.0), square(2.0), square(4.0), square(9.0)], 1)?;
/// assert_eq!([0, 1, 2, 3].map(|zone| weights.neighbors(zone)), [[1], [0], [1], [2]]);
/// # Ok::<(), optima::error::Error>(())
/// ```
pub fn k_nearest(zones: &[MultiPolygon<f64>], k: usize) -> Result<SpatialWeights> {
    let centers = centers(zones)?;
    let known = centers.iter().flatten().count();
    if !zones.is_empty() && (k == 0 || k >= known) {
        let message = format!("{k} nearest neighbors asked for, and {known} zones have a center");
        return Err(Error::config(message).help("ask for 1 at least, and for fewer than there are zones"));
    }
    let tree = tree(&centers);
    let of_zone = |(zone, center): (u32, &Option<[f64; 2]>)| -> Vec<u32> {
        let Some(center) = center else { return Vec::new() };
        let mut nearest: Vec<(f64, u32)> = Vec::with_capacity(k + 1);
        for other in tree.nearest_neighbor_iter(*center).filter(|other| other.data != zone) {
            let distance = other.distance_2(center);
            if nearest.len() >= k && distance > nearest[k - 1].0 {
                break;
            }
            nearest.push((distance, other.data));
            nearest.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        }
        nearest.into_iter().take(k).map(|(_, zone)| zone).collect()
    };
    let neighbors: Vec<Vec<u32>> = (0..).zip(&centers).map(of_zone).collect();
    SpatialWeights::binary(&neighbors).map_err(|refusal| Error::input(refusal.to_string()))
}

/// The zones whose centers lie within a distance of each zone's, in meters, that distance included.
///
/// Symmetric. Zones with nobody within reach are islands. Distances are from centroid to centroid. Cost: O(links + n log n).
///
/// # Errors
/// A distance that is not above 0, a power that is not, a coordinate that is no number; with [`Decay::InversePower`] two zones with the
/// same center, between which the weight would be infinite, or a weight too large or too small for a number.
///
/// Source of the definition: libpysal's `DistanceBand`, spdep's `dnearneigh`.
///
/// ```
/// use geo::{MultiPolygon, Rect};
/// use optima::territory::nearness::{Decay, distance_band};
/// let square = |x: f64| MultiPolygon(vec![Rect::new((x, 0.0), (x + 1.0, 1.0)).to_polygon()]);
/// let weights = distance_band(&[square(0.0), square(2.0), square(4.0), square(9.0)], 2.0, Decay::InversePower(1.0))?;
/// assert_eq!((weights.neighbors(1), weights.weights(1), weights.islands()), (&[0, 2][..], &[0.5, 0.5][..], vec![3]));
/// # Ok::<(), optima::error::Error>(())
/// ```
pub fn distance_band(zones: &[MultiPolygon<f64>], meters: f64, decay: Decay) -> Result<SpatialWeights> {
    if !(meters.is_finite() && meters > 0.0) {
        return Err(Error::config("the distance of a band is a length in meters, above 0"));
    }
    if let Decay::InversePower(power) = decay
        && !(power.is_finite() && power > 0.0)
    {
        return Err(Error::config("the power of an inverse distance is above 0").help("1 and 2 are usual"));
    }
    let centers = centers(zones)?;
    let tree = tree(&centers);
    let mut rows: Vec<Vec<(u32, f64)>> = Vec::with_capacity(zones.len());
    for (zone, center) in (0_u32..).zip(&centers) {
        let mut row = Vec::new();
        // The tree compares squares, whose rounding differs from that of distances: look a little farther and compare distances.
        let near = center
            .iter()
            .flat_map(|center| tree.locate_within_distance(*center, meters * meters * (1.0 + 1e-12)).map(move |other| (center, other)));
        for (center, other) in near.filter(|(_, other)| other.data != zone) {
            let distance = (center[0] - other.geom()[0]).hypot(center[1] - other.geom()[1]);
            if distance > meters {
                continue;
            }
            let weight = match decay {
                Decay::Binary => 1.0,
                Decay::InversePower(power) => distance.powf(-power),
            };
            if !(weight.is_finite() && weight > 0.0) {
                let (first, second) = (zone.min(other.data) + 1, zone.max(other.data) + 1);
                let message = format!("the inverse distance between the centers of zones {first} and {second} is no weight");
                return Err(Error::input(message).help("take binary weights, or merge zones that lie on top of each other"));
            }
            row.push((other.data, weight));
        }
        rows.push(row);
    }
    SpatialWeights::new(&rows).map_err(|refusal| Error::input(refusal.to_string()))
}

/// [`k_nearest`] of the zones of a territory, in code order.
///
/// # Errors
/// As [`k_nearest`].
pub fn k_nearest_of_zones(zones: &Zones, k: usize) -> Result<SpatialWeights> {
    k_nearest(&shapes(zones), k)
}

/// [`distance_band`] of the zones of a territory, in code order.
///
/// # Errors
/// As [`distance_band`].
pub fn distance_band_of_zones(zones: &Zones, meters: f64, decay: Decay) -> Result<SpatialWeights> {
    distance_band(&shapes(zones), meters, decay)
}

fn centers(zones: &[MultiPolygon<f64>]) -> Result<Vec<Option<[f64; 2]>>> {
    let of_zone = |(number, zone): (usize, &MultiPolygon<f64>)| {
        let mut places =
            zone.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors())).flat_map(|ring| &ring.0);
        if places.any(|c| !is_place(*c)) {
            let message = format!("a coordinate of zone {} is no place", number + 1);
            return Err(Error::input(message).help("repair the outline, then run again"));
        }
        Ok(zone.centroid().map(|center| [center.x(), center.y()]))
    };
    zones.iter().enumerate().map(of_zone).collect()
}

fn tree(centers: &[Option<[f64; 2]>]) -> RTree<Center> {
    RTree::bulk_load((0_u32..).zip(centers).filter_map(|(zone, center)| center.map(|center| Center::new(center, zone))).collect())
}

#[cfg(test)]
mod tests {
    use geo::Rect;
    use proptest::prelude::*;

    use super::*;

    fn squares(corners: &[(i32, i32)]) -> Vec<MultiPolygon<f64>> {
        let square = |(x, y): &(i32, i32)| {
            let (x, y) = (f64::from(*x), f64::from(*y));
            MultiPolygon(vec![Rect::new((x, y), (x + 2.0, y + 2.0)).to_polygon()])
        };
        corners.iter().map(square).collect()
    }

    fn squared(corners: &[(i32, i32)], a: usize, b: usize) -> i32 {
        (corners[a].0 - corners[b].0).pow(2) + (corners[a].1 - corners[b].1).pow(2)
    }

    proptest! {
        #[test]
        fn the_nearest_are_those_of_a_sorted_list(corners in proptest::collection::vec((0_i32..6, 0_i32..6), 2..25), k in 1_usize..24) {
            let zones = squares(&corners);
            if k >= zones.len() {
                prop_assert!(k_nearest(&zones, k).is_err());
                return Ok(());
            }
            let weights = k_nearest(&zones, k).unwrap();
            for zone in 0..zones.len() {
                let mut others: Vec<(i32, u32)> = (0..zones.len()).filter(|other| *other != zone).map(|other| (squared(&corners, zone, other), u32::try_from(other).unwrap())).collect();
                others.sort_unstable();
                let mut expected: Vec<u32> = others.iter().take(k).map(|(_, other)| *other).collect();
                expected.sort_unstable();
                prop_assert_eq!(weights.neighbors(zone), expected);
            }
        }

        #[test]
        fn a_band_holds_all_within_reach(corners in proptest::collection::vec((0_i32..9, 0_i32..9), 0..25), reach in 1_i32..9) {
            let weights = distance_band(&squares(&corners), f64::from(reach), Decay::Binary).unwrap();
            for zone in 0..corners.len() {
                let expected: Vec<u32> = (0..corners.len()).filter(|other| *other != zone && squared(&corners, zone, *other) <= reach * reach).map(|other| u32::try_from(other).unwrap()).collect();
                prop_assert_eq!(weights.neighbors(zone), expected);
            }
        }
    }

    #[test]
    fn inverse_distances_are_symmetric_and_zones_on_top_of_each_other_are_refused() {
        let weights = distance_band(&squares(&[(0, 0), (3, 4), (40, 40)]), 5.0, Decay::InversePower(2.0)).unwrap();
        assert_eq!((weights.weight(0, 1), weights.weight(1, 0), weights.islands()), (0.04, 0.04, vec![2]));
        let error = distance_band(&squares(&[(0, 0), (5, 5), (0, 0)]), 5.0, Decay::InversePower(1.0)).unwrap_err();
        assert_eq!(error.message(), "the inverse distance between the centers of zones 1 and 3 is no weight");
    }

    #[test]
    fn what_has_no_answer_is_refused_and_zones_without_outlines_are_islands() {
        assert!(k_nearest(&[], 4).unwrap().is_empty() && distance_band(&[], 4.0, Decay::Binary).unwrap().is_empty());
        assert!(k_nearest(&squares(&[(0, 0)]), 1).is_err() && k_nearest(&squares(&[(0, 0), (1, 1)]), 0).is_err());
        assert_eq!(distance_band(&squares(&[(0, 0)]), 1.0, Decay::Binary).unwrap().islands(), [0]);
        for meters in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(distance_band(&squares(&[(0, 0)]), meters, Decay::Binary).is_err());
        }
        assert!(distance_band(&[], 1.0, Decay::InversePower(0.0)).is_err());
        let mut zones = squares(&[(0, 0), (3, 0), (9, 0)]);
        zones.push(MultiPolygon::new(Vec::new()));
        assert_eq!(k_nearest(&zones, 1).unwrap().islands(), [3]);
        zones.extend(squares(&[(0, 0)]).into_iter().map(|mut zone| {
            zone.0[0].exterior_mut(|ring| ring.0[1].x = f64::NAN);
            zone
        }));
        assert_eq!(k_nearest(&zones, 1).unwrap_err().message(), "a coordinate of zone 5 is no place");
    }
}
