//! Arcs of circles as straight edges, the same points in either direction, so that two zones that share an arc still
//! share it afterwards.

use geo::Coord;

/// One edge for at most this angle (degrees): under a thousandth of the radius off the arc.
pub(super) const STEP: f64 = 4.0;

/// The points of a string of arcs, each given by its start, a point on it, and its end (which starts the next).
/// Three points on a line are a straight edge.
pub(super) fn straightened(points: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let mut straight: Vec<Coord<f64>> = points.first().copied().into_iter().collect();
    let mut start = 0;
    while start + 2 < points.len() {
        let (from, on, to) = (points[start], points[start + 1], points[start + 2]);
        if (from.x, from.y) <= (to.x, to.y) {
            straight.extend(inner(from, on, to));
        } else {
            straight.extend(inner(to, on, from).into_iter().rev());
        }
        straight.push(to);
        start += 2;
    }
    straight
}

/// The points between the ends of an arc.
fn inner(from: Coord<f64>, on: Coord<f64>, to: Coord<f64>) -> Vec<Coord<f64>> {
    use std::f64::consts::TAU;
    let (bx, by, cx, cy) = (on.x - from.x, on.y - from.y, to.x - from.x, to.y - from.y);
    let whole = from == to;
    let twice = 2.0 * (bx * cy - by * cx);
    // The center as seen from the start; of a whole circle, half way to the opposite point.
    let (ux, uy) = if whole {
        (bx / 2.0, by / 2.0)
    } else {
        let (b, c) = (bx * bx + by * by, cx * cx + cy * cy);
        ((cy * b - by * c) / twice, (bx * c - cx * b) / twice)
    };
    let radius = ux.hypot(uy);
    if !radius.is_finite() || radius == 0.0 {
        return vec![on];
    }
    let angle = |x: f64, y: f64| (y - uy).atan2(x - ux);
    let start = angle(0.0, 0.0);
    let turn = |x: f64, y: f64| (angle(x, y) - start).rem_euclid(TAU);
    let sweep = if whole {
        TAU
    } else if turn(bx, by) < turn(cx, cy) {
        turn(cx, cy)
    } else {
        turn(cx, cy) - TAU
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 90 steps to a circle")]
    let steps = (sweep.abs().to_degrees() / STEP).ceil() as u32;
    let at = |i: u32| {
        let a = start + sweep * f64::from(i) / f64::from(steps);
        Coord { x: from.x + ux + radius * a.cos(), y: from.y + uy + radius * a.sin() }
    };
    (1..steps).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn c(x: f64, y: f64) -> Coord<f64> {
        Coord { x, y }
    }

    #[test]
    fn a_half_circle_stays_on_its_circle_and_is_the_same_both_ways() {
        let there = straightened(&[c(1.0, 0.0), c(0.0, 1.0), c(-1.0, 0.0)]);
        assert_eq!(there.len(), 46);
        assert!(there.iter().all(|p| (p.x.hypot(p.y) - 1.0).abs() < 1e-12 && p.y >= 0.0));
        let mut back = straightened(&[c(-1.0, 0.0), c(0.0, 1.0), c(1.0, 0.0)]);
        back.reverse();
        assert_eq!(there, back);
        let below = straightened(&[c(1.0, 0.0), c(0.0, -1.0), c(-1.0, 0.0)]);
        assert!(below.iter().all(|p| p.y <= 0.0), "the point on the arc says which side");
    }

    #[test]
    fn whole_circles_and_straight_arcs_are_drawn() {
        let circle = straightened(&[c(0.0, 0.0), c(2.0, 0.0), c(0.0, 0.0)]);
        assert_eq!((circle.len(), circle[0]), (91, circle[90]));
        assert!(circle.iter().all(|p| ((p.x - 1.0).hypot(p.y) - 1.0).abs() < 1e-12));
        assert_eq!(straightened(&[c(0.0, 0.0), c(1.0, 0.0), c(2.0, 0.0)]), [c(0.0, 0.0), c(1.0, 0.0), c(2.0, 0.0)]);
        assert_eq!(straightened(&[]), []);
    }
}
