//! The shapes of points: one a theme, so that grey paper tells themes apart too.

use super::svg::{GUIDE, INK, Number, PALETTE};

/// The color of a theme; eight, then again.
pub(super) fn color(theme: usize) -> &'static str {
    PALETTE[theme % PALETTE.len()]
}

/// A point of a theme at a place, with the area of a circle of this radius; filled, or open.
///
/// The ninth theme has the first's color and the second's shape, so that 64 differ.
pub(super) fn mark(theme: usize, (x, y): (f64, f64), radius: f64, filled: bool) -> String {
    let color = color(theme);
    let style = if filled {
        format!("fill=\"{color}\" fill-opacity=\"0.85\" stroke=\"#333333\" stroke-width=\"0.6\"")
    } else {
        format!("fill=\"#ffffff\" stroke=\"{color}\" stroke-width=\"1.6\"")
    };
    let polygon = |corners: &[(f64, f64)], size: f64| {
        let path: Vec<String> =
            corners.iter().map(|(dx, dy)| format!("{},{}", Number(x + dx * size * radius), Number(y + dy * size * radius))).collect();
        format!("<polygon points=\"{}\" {style}/>", path.join(" "))
    };
    // Equal areas: each polygon's size makes it that of the circle.
    match (theme + theme / PALETTE.len()) % PALETTE.len() {
        0 => format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {style}/>", Number(x), Number(y), Number(radius)),
        1 => polygon(&[(0.0, -1.15), (1.0, 0.58), (-1.0, 0.58)], 1.35),
        2 => polygon(&[(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)], 1.25),
        3 => polygon(&[(0.0, 1.15), (1.0, -0.58), (-1.0, -0.58)], 1.35),
        4 => {
            let (a, b) = (0.4, 1.2);
            polygon(&[(-a, -b), (a, -b), (a, -a), (b, -a), (b, a), (a, a), (a, b), (-a, b), (-a, a), (-b, a), (-b, -a), (-a, -a)], 1.0)
        }
        5 => polygon(&[(1.15, 0.0), (-0.58, 1.0), (-0.58, -1.0)], 1.35),
        6 => polygon(&[(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)], 1.25),
        _ => polygon(&[(-1.15, 0.0), (0.58, 1.0), (0.58, -1.0)], 1.35),
    }
}

/// A mark of no theme, for the legend of kinds: filled, or open.
pub(super) fn neutral((x, y): (f64, f64), filled: bool) -> String {
    let style = if filled {
        format!("fill=\"{GUIDE}\" stroke=\"#333333\" stroke-width=\"0.6\"")
    } else {
        format!("fill=\"#ffffff\" stroke=\"{GUIDE}\" stroke-width=\"1.6\"")
    };
    format!("<circle cx=\"{}\" cy=\"{}\" r=\"4.5\" {style}/>", Number(x), Number(y))
}

/// A square: a group.
pub(super) fn square((x, y): (f64, f64), half: f64) -> String {
    let side = Number(2.0 * half);
    format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{side}\" height=\"{side}\" fill=\"{INK}\" fill-opacity=\"0.8\" stroke=\"#ffffff\"/>",
        Number(x - half),
        Number(y - half)
    )
}

/// How far a mark reaches from its middle, for a radius.
pub(super) const REACH: f64 = 1.56;
