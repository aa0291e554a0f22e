//! The signs of a map as QGIS symbols: class fills, hatches, dots, circles.

use crate::publish::legend::{DOT_COLOR, HATCH_COLOR, HIDDEN_COLOR, LIGHT_HATCH_COLOR, NO_DATA_COLOR, OUTLINE_COLOR, ZERO_COLOR};
use crate::publish::qgis::xml::{data_defined, options, rgba};

/// The diameter of the largest circle, in millimeters on paper.
pub(crate) const LARGEST_CIRCLE: f64 = 13.0;

/// A polygon symbol made of these layers.
pub(crate) fn fill_symbol(name: &str, layers: &str) -> String {
    format!("<symbol type=\"fill\" name=\"{name}\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">{layers}</symbol>")
}

/// A plain fill with the outline of zones.
pub(crate) fn solid(color: &str) -> String {
    simple_fill(&rgba(color), "solid")
}

/// The outline alone.
pub(crate) fn outline() -> String {
    simple_fill("0,0,0,0", "no")
}

/// A point of a picture.
pub(crate) fn point() -> String {
    let marker =
        options(&[("name", "circle"), ("color", "86,180,233,255"), ("outline_color", "77,77,77,255"), ("size", "2"), ("size_unit", "MM")]);
    format!(
        "<symbol type=\"marker\" name=\"0\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\
         <layer class=\"SimpleMarker\" enabled=\"1\" locked=\"0\" pass=\"0\">{marker}</layer></symbol>"
    )
}

/// A line of a picture.
pub(crate) fn line() -> String {
    let stroke = options(&[("line_color", "77,77,77,255"), ("line_width", "0.4"), ("line_width_unit", "MM")]);
    format!(
        "<symbol type=\"line\" name=\"0\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\
         <layer class=\"SimpleLine\" enabled=\"1\" locked=\"0\" pass=\"0\">{stroke}</layer></symbol>"
    )
}

/// The fill under circles: the zone is there, and says nothing itself.
pub(crate) fn backdrop() -> String {
    solid("#f7f5f0")
}

/// White: zero.
pub(crate) fn zero() -> String {
    solid(ZERO_COLOR)
}

/// Grey under dots: no data.
pub(crate) fn no_data() -> String {
    let marker = options(&[("name", "circle"), ("color", &rgba(DOT_COLOR)), ("outline_style", "no"), ("size", "0.5"), ("size_unit", "MM")]);
    let pattern = options(&[
        ("distance_x", "2.4"),
        ("distance_y", "2.4"),
        ("displacement_x", "1.2"),
        ("distance_x_unit", "MM"),
        ("distance_y_unit", "MM"),
        ("displacement_x_unit", "MM"),
    ]);
    format!(
        "{}<layer class=\"PointPatternFill\" enabled=\"1\" locked=\"0\" pass=\"0\">{pattern}\
         <symbol type=\"marker\" name=\"@dots@1\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\
         <layer class=\"SimpleMarker\" enabled=\"1\" locked=\"0\" pass=\"0\">{marker}</layer></symbol></layer>",
        solid(NO_DATA_COLOR)
    )
}

/// White under a dense hatch: hidden to protect persons.
pub(crate) fn hidden() -> String {
    format!("{}{}", solid(HIDDEN_COLOR), hatch("45", "1.6", "0.35", HATCH_COLOR))
}

/// A light hatch that leans the other way, over the class: unreliable.
pub(crate) fn unreliable() -> String {
    // A dark line under a white one: it shows on the palest class and on the darkest.
    format!("{}{}", hatch("135", "2.6", "0.5", LIGHT_HATCH_COLOR), hatch("135", "2.6", "0.26", "#ffffff"))
}

/// A white dot with a ring: zero, on a map of circles.
pub(crate) fn zero_ring(pass: u8) -> String {
    circle(ZERO_COLOR, "1.4", None, pass)
}

/// A circle at a point within the zone, of this fixed diameter or of the diameter this expression gives.
pub(crate) fn circle(color: &str, size: &str, expression: Option<&str>, pass: u8) -> String {
    let marker = options(&[
        ("name", "circle"),
        ("color", &rgba(color).replace(",255", ",215")),
        ("outline_color", if color == ZERO_COLOR { "60,60,60,255" } else { "255,255,255,255" }),
        ("outline_style", "solid"),
        ("outline_width", "0.25"),
        ("outline_width_unit", "MM"),
        ("scale_method", "diameter"),
        ("size", size),
        ("size_unit", "MM"),
    ]);
    let defined = expression.map_or_else(String::new, |expression| data_defined("data_defined_properties", "size", expression));
    let centroid = options(&[("point_on_surface", "1"), ("point_on_all_parts", "0"), ("clip_points", "0")]);
    format!(
        "<layer class=\"CentroidFill\" enabled=\"1\" locked=\"0\" pass=\"{pass}\">{centroid}\
         <symbol type=\"marker\" name=\"@circle@0\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\
         <layer class=\"SimpleMarker\" enabled=\"1\" locked=\"0\" pass=\"0\">{marker}{defined}</layer></symbol></layer>"
    )
}

fn simple_fill(color: &str, style: &str) -> String {
    let fill = options(&[
        ("color", color),
        ("style", style),
        ("outline_color", &rgba(OUTLINE_COLOR)),
        ("outline_style", "solid"),
        ("outline_width", "0.2"),
        ("outline_width_unit", "MM"),
        ("joinstyle", "round"),
    ]);
    format!("<layer class=\"SimpleFill\" enabled=\"1\" locked=\"0\" pass=\"0\">{fill}</layer>")
}

fn hatch(angle: &str, distance: &str, width: &str, color: &str) -> String {
    let pattern = options(&[
        ("angle", angle),
        ("distance", distance),
        ("distance_unit", "MM"),
        ("line_width", width),
        ("line_width_unit", "MM"),
        ("color", &rgba(color)),
    ]);
    let line = options(&[
        ("line_color", &rgba(color)),
        ("line_style", "solid"),
        ("line_width", width),
        ("line_width_unit", "MM"),
        ("capstyle", "flat"),
    ]);
    format!(
        "<layer class=\"LinePatternFill\" enabled=\"1\" locked=\"0\" pass=\"0\">{pattern}\
         <symbol type=\"line\" name=\"@hatch@0\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\
         <layer class=\"SimpleLine\" enabled=\"1\" locked=\"0\" pass=\"0\">{line}</layer></symbol></layer>"
    )
}
