//! The legend of a map: classes, sizes and the signs for zero, no data, hidden and unreliable; the same in every output.
//!
//! Zero, no data and hidden never share a sign: a reader must not take a secret for a zero.

use crate::catalog::{Drawing, LayerSpec, Shows, StyleSpec};
use crate::measure::Unit;
use crate::protect::{ProtectedCell, ProtectedMeasure, Shown};
use crate::publish::classify::{Classes, reader_value, round_to};
use crate::texts::{Language, Texts};

/// Fill of zones whose value is zero.
pub const ZERO_COLOR: &str = "#ffffff";
/// Fill of zones without data, under dots of [`DOT_COLOR`].
pub const NO_DATA_COLOR: &str = "#d4d4d4";
/// Dots that tell "no data" from a pale class, in grey too.
pub const DOT_COLOR: &str = "#7a7a7a";
/// Fill of hidden zones, under a hatch of [`HATCH_COLOR`].
pub const HIDDEN_COLOR: &str = "#ffffff";
/// The hatch of hidden zones.
pub const HATCH_COLOR: &str = "#4d4d4d";
/// The thinner hatch over the class of unreliable values; it leans the other way.
pub const LIGHT_HATCH_COLOR: &str = "#6b6b6b";
/// Outlines of zones.
pub const OUTLINE_COLOR: &str = "#6e6e6e";

/// A class of values with its color and its words.
#[derive(Debug, Clone, PartialEq)]
pub struct LegendClass {
    /// The least value, in the unit readers see; `None` for the first class, which is open below.
    pub low: Option<f64>,
    /// The value it ends before; `None` for the last class, which is open above.
    pub high: Option<f64>,
    /// Its color, `#rrggbb`.
    pub color: String,
    /// Its words.
    pub label: String,
}

/// A circle that tells how much an area stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct SizeStep {
    /// The count.
    pub count: f64,
    /// Its diameter as a share of the largest circle's.
    pub diameter: f64,
    /// Its words.
    pub label: String,
}

/// What a sign stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignKind {
    /// The value is zero.
    Zero,
    /// Nothing can be said.
    NoData,
    /// Hidden to protect persons.
    Hidden,
    /// Shown, but too imprecise to be read; drawn over its class.
    Unreliable,
}

/// A sign with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// What it stands for.
    pub kind: SignKind,
    /// Its words.
    pub label: String,
}

/// How a cell is drawn; an unreliable one carries the light hatch on top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Paint {
    /// The color of the class at this position.
    Class(usize),
    /// A circle of this diameter, as a share of the largest.
    Circle(f64),
    /// The sign for zero.
    Zero,
    /// The sign for no data.
    NoData,
    /// The sign for hidden.
    Hidden,
}

/// The legend of a map, fixed over all its periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Legend {
    /// Areas or symbols.
    pub drawing: Drawing,
    /// Which number is drawn.
    pub shows: Shows,
    /// The unit of the measure.
    pub unit: Unit,
    /// What is shown, with its unit.
    pub heading: String,
    /// The classes, light to dark; none for symbols or where nothing is shown.
    pub classes: Vec<LegendClass>,
    /// The circles, small to large; none for areas.
    pub sizes: Vec<SizeStep>,
    /// The color of the circles.
    pub symbol_color: String,
    /// The largest count of all periods: the area of all circles is relative to it. 0 where nothing is shown.
    pub largest: f64,
    /// The signs that can occur.
    pub signs: Vec<Sign>,
    cuts: Option<Classes>,
}

impl Legend {
    /// The legend of a layer over the shown values of all periods.
    ///
    /// Zero has its sign where it occurs in some period; unreliability speaks of rates, so maps of counts have no sign for it.
    #[must_use]
    pub fn of(layer: &LayerSpec, style: &StyleSpec, measure: &ProtectedMeasure, texts: &Texts) -> Self {
        let values: Vec<f64> = measure.shown_values().filter_map(|shown| number(layer.shows, measure.unit(), shown)).collect();
        let largest = values.iter().copied().fold(0.0, f64::max);
        let mut legend = Self {
            drawing: style.drawing,
            shows: layer.shows,
            unit: measure.unit(),
            heading: layer.label.get(texts.language()).to_owned(),
            classes: Vec::new(),
            sizes: Vec::new(),
            symbol_color: style.palette.first().cloned().unwrap_or_default(),
            largest,
            signs: Vec::new(),
            cuts: None,
        };
        match style.drawing {
            Drawing::Choropleth => {
                if measure.unit() == Unit::Group {
                    let words = measure.categories().iter().map(|name| name.get(texts.language()));
                    let colored = words.zip(style.palette.iter().cycle()).zip(1..);
                    legend.classes = colored.map(|((label, color), group)| category(group, label, color)).collect();
                    legend.cuts = Some(Classes::categories(measure.categories().len()));
                } else if let Some(cuts) = Classes::over(values.iter().copied(), style) {
                    legend.classes = if measure.unit() == Unit::Rank {
                        rank_classes(&cuts, &values, style, texts)
                    } else {
                        classes(&cuts, style, &legend.unit_key(), texts)
                    };
                    legend.cuts = Some(cuts);
                }
            }
            Drawing::Symbols => legend.sizes = sizes(largest, &legend.unit_key(), texts),
        }
        let mut sign = |kind, key| legend.signs.push(Sign { kind, label: texts.get(key).to_owned() });
        if values.contains(&0.0) {
            sign(SignKind::Zero, "legend.zero");
        }
        sign(SignKind::NoData, "legend.no_data");
        sign(SignKind::Hidden, "legend.hidden");
        // Groups are seldom a matter of precision: their sign stands where it occurs.
        let doubtful = measure.unit() != Unit::Group || measure.shown_values().any(|shown| !shown.reliable);
        if layer.shows == Shows::Value && doubtful {
            sign(SignKind::Unreliable, "legend.unreliable");
        }
        legend
    }

    /// The number a map shows of this cell, in the unit readers see.
    #[must_use]
    pub fn number(&self, cell: &ProtectedCell) -> Option<f64> {
        cell.shown().and_then(|shown| number(self.shows, self.unit, shown))
    }

    /// How this cell is drawn.
    #[must_use]
    pub fn paint(&self, cell: &ProtectedCell) -> Paint {
        match (cell, self.number(cell), &self.cuts) {
            (ProtectedCell::Suppressed(_), ..) => Paint::Hidden,
            (_, Some(0.0), _) => Paint::Zero,
            (_, Some(value), Some(cuts)) => Paint::Class(cuts.class_of(value)),
            (_, Some(value), None) if self.largest > 0.0 => Paint::Circle((value / self.largest).max(0.0).sqrt()),
            _ => Paint::NoData,
        }
    }

    /// Whether this cell carries the light hatch.
    #[must_use]
    pub fn marks_unreliable(&self, cell: &ProtectedCell) -> bool {
        self.shows == Shows::Value && cell.shown().is_some_and(|shown| !shown.reliable)
    }

    /// The words of a sign, where the legend has it.
    #[must_use]
    pub fn sign(&self, kind: SignKind) -> Option<&str> {
        self.signs.iter().find(|sign| sign.kind == kind).map(|sign| sign.label.as_str())
    }

    fn unit_key(&self) -> String {
        let name = if self.shows == Shows::Count { "count" } else { self.unit.name() };
        format!("unit.{name}")
    }
}

/// The number of a shown cell that a map of this kind draws, in the unit readers see.
#[must_use]
pub fn number(which: Shows, unit: Unit, shown: &Shown) -> Option<f64> {
    match which {
        Shows::Value => Some(reader_value(unit, shown.value)),
        Shows::Count => shown.numerator.map(|count| round_to(count, 4)),
    }
}

/// A number as readers of this language write it: 12 345,6 or 12,345.6.
///
/// ```
/// use optima::{publish::legend::format_number, texts::Language};
/// assert_eq!(format_number(12345.678, 1, Language::Fr), "12\u{202f}345,7");
/// assert_eq!(format_number(-12345.678, 0, Language::En), "-12,346");
/// ```
#[must_use]
pub fn format_number(value: f64, decimals: u32, language: Language) -> String {
    let (point, group) = match language {
        Language::Fr => (',', '\u{202f}'),
        Language::En => ('.', ','),
    };
    let plain = format!("{:.*}", usize::try_from(decimals).unwrap_or(0), round_to(value, decimals).abs());
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::from(if round_to(value, decimals) < 0.0 { "-" } else { "" });
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            text.push(group);
        }
        text.push(digit);
    }
    if !rest.is_empty() {
        text.push(point);
        text.push_str(rest);
    }
    text
}

fn classes(cuts: &Classes, style: &StyleSpec, unit: &str, texts: &Texts) -> Vec<LegendClass> {
    let number = |value: f64, decimals| format_number(value, decimals, texts.language());
    // The unit follows the last number: "de 9 à moins de 21 %", "37 % ou plus".
    let with_unit = |value: f64, decimals| texts.fill(unit, &[("text", &number(value, decimals))]);
    let decimals = cuts.decimals();
    let words = |class: usize| match cuts.limits(class) {
        (None, Some(high)) => texts.fill("legend.first", &[("high", &with_unit(high, decimals))]),
        (Some(low), Some(high)) => texts.fill("legend.between", &[("low", &number(low, decimals)), ("high", &with_unit(high, decimals))]),
        (Some(low), None) => texts.fill("legend.last", &[("low", &with_unit(low, decimals))]),
        (None, None) => {
            let (low, high) = cuts.range();
            if number(low, 1) == number(high, 1) {
                with_unit(low, 1)
            } else {
                texts.fill("legend.range", &[("low", &number(low, 1)), ("high", &with_unit(high, 1))])
            }
        }
    };
    (0..cuts.count())
        .map(|class| {
            let (low, high) = cuts.limits(class);
            let color = color_of(class, cuts.count(), &style.palette);
            LegendClass { low, high, color, label: words(class) }
        })
        .collect()
}

/// Classes of ranks by the ranks in them, "rank 15 to 28": no one stands at a rank of 14.8. The first ranks are the highest values, so the
/// darkest.
fn rank_classes(cuts: &Classes, ranks: &[f64], style: &StyleSpec, texts: &Texts) -> Vec<LegendClass> {
    let number = |rank: f64| format_number(rank, u32::from(rank.fract() != 0.0), texts.language());
    let words = |class: usize| {
        let of_class = ranks.iter().copied().filter(|rank| cuts.class_of(*rank) == class);
        let (low, high) = of_class.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), rank| (rank.min(low), rank.max(high)));
        if low < high {
            texts.fill("legend.ranks", &[("low", &number(low)), ("high", &number(high))])
        } else {
            texts.fill("unit.rank", &[("text", &if low > high { String::new() } else { number(low) })])
        }
    };
    let of_class = |class: usize| {
        let (low, high) = cuts.limits(class);
        LegendClass { low, high, color: color_of(cuts.count() - 1 - class, cuts.count(), &style.palette), label: words(class) }
    };
    (0..cuts.count()).map(of_class).collect()
}

/// The class of a group by its number; half a number to either side, as [`Classes::categories`] cuts them.
fn category(group: u32, label: &str, color: &str) -> LegendClass {
    let number = f64::from(group);
    LegendClass { low: Some(number - 0.5), high: Some(number + 0.5), color: color.to_owned(), label: label.to_owned() }
}

/// Fewer classes than colors take them from over the whole palette, so that the last class is always the darkest.
fn color_of(class: usize, classes: usize, palette: &[String]) -> String {
    let last = palette.len().saturating_sub(1);
    let at = if classes > 1 { (2 * class * last + classes - 1) / (2 * (classes - 1)) } else { last / 2 };
    palette.get(at.min(last)).cloned().unwrap_or_default()
}

/// Up to three round counts whose circles are small, middling and large.
fn sizes(largest: f64, unit: &str, texts: &Texts) -> Vec<SizeStep> {
    if largest <= 0.0 {
        return Vec::new();
    }
    let mut counts: Vec<f64> = [0.06, 0.3, 1.0].iter().map(|share| round_down(largest * share)).filter(|count| *count >= 1.0).collect();
    counts.dedup();
    counts
        .into_iter()
        .map(|count| SizeStep {
            count,
            diameter: (count / largest).sqrt(),
            label: texts.fill(unit, &[("text", &format_number(count, 0, texts.language()))]),
        })
        .collect()
}

/// The largest of 1, 2, 5, 10, 20, 50 … that is not above the value.
fn round_down(value: f64) -> f64 {
    let scale = 10_f64.powf(value.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|step| step * scale).find(|step| *step <= value).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::publish::town;

    fn catalog() -> Catalog {
        Catalog::load(None, Language::Fr).unwrap()
    }

    fn legend_of(layer: &str) -> Legend {
        let (catalog, shown) = (catalog(), town::shown());
        let layer = catalog.layers.iter().find(|l| l.id == layer).unwrap();
        let measure = shown.measures().iter().find(|m| m.id().as_str() == layer.measure.id).unwrap();
        Legend::of(layer, &catalog.styles[&layer.style], measure, &catalog.texts)
    }

    #[test]
    fn every_shown_cell_falls_into_the_class_whose_words_hold_it() {
        let (legend, shown) = (legend_of("job_seeker_rate"), town::shown());
        let measure = &shown.measures()[0];
        let territory = town::territory();
        let mut seen = std::collections::BTreeSet::new();
        for period in 0..measure.periods().len() {
            for zone in territory.quartiers.indexes() {
                let cell = measure.cell(period, zone);
                match legend.paint(&cell) {
                    Paint::Class(class) => {
                        let value = legend.number(&cell).unwrap();
                        let class_ = &legend.classes[class];
                        assert!(class_.low.is_none_or(|low| low <= value) && class_.high.is_none_or(|high| value < high));
                        seen.insert(class);
                    }
                    Paint::Zero => assert_eq!(legend.number(&cell), Some(0.0)),
                    Paint::Hidden => assert_eq!(cell.status(), "S"),
                    Paint::NoData => assert_eq!(cell.status(), "N"),
                    Paint::Circle(_) => panic!("a rate is no circle"),
                }
            }
        }
        assert_eq!(seen.len(), legend.classes.len(), "no class is empty");
    }

    #[test]
    fn areas_have_four_signs_and_counts_three() {
        let kinds = |legend: &Legend| legend.signs.iter().map(|s| s.kind).collect::<Vec<_>>();
        assert_eq!(kinds(&legend_of("job_seeker_rate")), [SignKind::Zero, SignKind::NoData, SignKind::Hidden, SignKind::Unreliable]);
        assert_eq!(kinds(&legend_of("job_seeker_count")), [SignKind::Zero, SignKind::NoData, SignKind::Hidden]);
    }

    #[test]
    fn the_area_of_a_circle_is_proportional_to_its_count() {
        let legend = legend_of("job_seeker_count");
        for step in &legend.sizes {
            assert!((step.diameter * step.diameter * legend.largest - step.count).abs() < 1e-9);
        }
        assert!(legend.sizes.len() >= 2 && legend.sizes.windows(2).all(|w| w[0].count < w[1].count));
        assert!(legend.classes.is_empty());
    }

    #[test]
    fn the_words_of_classes_close_on_the_left() {
        let legend = legend_of("combined_index");
        let words: Vec<&str> = legend.classes.iter().map(|c| c.label.as_str()).collect();
        assert_eq!(words, ["moins de 75", "de 75 à moins de 90", "de 90 à moins de 110", "de 110 à moins de 125", "125 ou plus"]);
    }

    #[test]
    fn ranks_are_told_whole_and_the_first_are_the_darkest() {
        let legend = legend_of("job_seeker_rank");
        let words: Vec<&str> = legend.classes.iter().map(|c| c.label.as_str()).collect();
        assert_eq!(words, ["rang 1 à 3", "rang 4 à 7", "rang 8 à 10", "rang 11 à 14", "rang 15 à 18"]);
        assert!(legend.classes.windows(2).all(|pair| lab(&pair[0].color)[0] < lab(&pair[1].color)[0]));
    }

    #[test]
    fn fewer_classes_than_colors_keep_both_ends_of_the_palette() {
        let palette: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        let colors = |n: usize| (0..n).map(|i| color_of(i, n, &palette)).collect::<String>();
        assert_eq!([1, 2, 3, 4, 5].map(colors), ["c", "ae", "ace", "abde", "abcde"]);
    }

    /// CIE L*a*b* of an sRGB color, D65.
    fn lab(color: &str) -> [f64; 3] {
        let channel = |at: usize| {
            let c = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let (red, green, blue) = (channel(1), channel(3), channel(5));
        let root = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = root((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.950_47);
        let y = root(0.2126 * red + 0.7152 * green + 0.0722 * blue);
        let z = root((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.088_83);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn distance(a: &str, b: &str) -> f64 {
        lab(a).iter().zip(lab(b)).map(|(p, q)| (p - q).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn the_grey_of_no_data_and_the_white_of_zero_differ_from_every_class() {
        for style in catalog().styles.values().filter(|s| s.drawing == Drawing::Choropleth) {
            for color in &style.palette {
                assert!(distance(NO_DATA_COLOR, color) > 11.0, "{}: {color} {}", style.id, distance(NO_DATA_COLOR, color));
                // An index of zero does not occur, nor does a group with that number: their neutral class may be near white.
                if ![Classification::Manual, Classification::Categories].contains(&style.classification) {
                    assert!(distance(ZERO_COLOR, color) > 10.0, "{}: {color} {}", style.id, distance(ZERO_COLOR, color));
                }
            }
        }
    }

    #[test]
    fn sequential_palettes_darken_from_class_to_class() {
        let sequential = |s: &&StyleSpec| ![Classification::Manual, Classification::Categories].contains(&s.classification);
        for style in catalog().styles.values().filter(sequential) {
            for pair in style.palette.windows(2) {
                assert!(lab(&pair[0])[0] - lab(&pair[1])[0] > 7.0, "{}: {pair:?}", style.id);
            }
        }
    }

    #[test]
    fn tenths_lighten_from_the_most_difficult_to_the_least() {
        let deciles = &catalog().styles["deciles"];
        assert_eq!(deciles.palette.len(), 10);
        for pair in deciles.palette.windows(2) {
            assert!(lab(&pair[1])[0] - lab(&pair[0])[0] > 7.0, "{pair:?}");
        }
        let legend = legend_of("difficulty_decile");
        assert!(legend.classes.len() == 10 && legend.classes[0].label.starts_with("1 ") && legend.classes[9].color == deciles.palette[9]);
        // Some quartier's tenth depends on the weights: the sign for it is there, as it is not where no group is in doubt.
        assert!(legend.sign(SignKind::Unreliable).is_some() && legend_of("job_seeker_clusters").sign(SignKind::Unreliable).is_none());
    }

    use crate::catalog::Classification;
}
