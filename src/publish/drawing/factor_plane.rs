//! The factor plane: modalities and groups on two axes of an analysis, as it has been read since Benzécri.

use super::labels::{Bounds, Wish, place};
use super::marks::{REACH, mark, neutral, square};
use super::svg::{Anchor, GUIDE, Number, Picture, tick_text, ticks};
use super::text::{Font, clean};

/// What a point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A group of people: a square with its name in bold.
    Group,
    /// A modality that made the axes: filled.
    Active,
    /// A modality put on them afterwards: open.
    Supplementary,
}

/// A point of the plane.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a> {
    /// Its name, in the reader's language.
    pub label: &'a str,
    /// Its coordinate on the horizontal axis.
    pub x: f64,
    /// Its coordinate on the vertical axis.
    pub y: f64,
    /// Its count or mass: the area of its mark; for groups too.
    pub size: f64,
    /// Its contribution (or quality): who is labeled first.
    pub importance: f64,
    /// What it is.
    pub kind: Kind,
    /// Its theme, a place in [`FactorPlane::themes`]; a group has none.
    pub theme: Option<usize>,
}

/// The words of the picture, in the reader's language.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Active modalities.
    pub active: &'a str,
    /// Supplementary modalities.
    pub supplementary: &'a str,
    /// Groups.
    pub group: &'a str,
    /// What areas show.
    pub size: &'a str,
    /// How many points have no label; `{count}` is the number.
    pub unlabeled: &'a str,
    /// How many points are not drawn; `{count}` is the number.
    pub undrawn: &'a str,
}

/// A factor plane, from coordinates.
#[derive(Debug, Clone)]
pub struct FactorPlane<'a> {
    /// The title, also read aloud.
    pub title: &'a str,
    /// What a screen reader says of the picture.
    pub description: &'a str,
    /// The name of the horizontal axis, with its percentage.
    pub horizontal: &'a str,
    /// The name of the vertical axis, with its percentage.
    pub vertical: &'a str,
    /// The names of themes.
    pub themes: Vec<&'a str>,
    /// The points.
    pub points: Vec<Point<'a>>,
    /// The words of legend and notes.
    pub words: Words<'a>,
    /// Whether numbers have a decimal comma.
    pub decimal_comma: bool,
}

/// Points drawn at most, the most important; more would be a cloud and a large file.
const MOST_POINTS: usize = 250;

/// Labels at most, in the order of importance.
const MOST_LABELS: usize = 45;

/// Themes in the legend at most.
const MOST_THEMES: usize = 22;

const FRAME: Bounds = Bounds { left: 64.0, top: 52.0, right: 724.0, bottom: 632.0 };
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 690.0;
const LABEL: Font = Font::plain(11.0);
const GROUP_LABEL: Font = Font::bold(12.0);
const LABEL_WIDTH: f64 = 176.0;
const LARGEST_RADIUS: f64 = 9.0;

impl FactorPlane<'_> {
    /// The picture as SVG, at most about 60 kB.
    ///
    /// Both axes have one scale. Labels are placed in the order of groups, then importance, where they meet nothing; the others are
    /// counted in a note and, like all points, named in the mark's tooltip. Points whose coordinates are no numbers or beyond
    /// ±[`LARGEST_COORDINATE`], and those after the 250 most important, are counted in another note. Cost: O(points × labels).
    ///
    /// ```
    /// use optima::publish::drawing::factor_plane::{FactorPlane, Kind, Point, Words};
    /// let words = Words {
    ///     active: "Active", supplementary: "Supplementary", group: "Groups", size: "Area: number of answers",
    ///     unlabeled: "{count} without a label", undrawn: "{count} not drawn",
    /// };
    /// let point = Point { label: "Lives <alone>", x: 0.4, y: -0.2, size: 31.0, importance: 12.0, kind: Kind::Active, theme: Some(0) };
    /// let plane = FactorPlane {
    ///     title: "Axes 1 and 2", description: "One point", horizontal: "Axis 1 (12.3 %)", vertical: "Axis 2 (9.8 %)",
    ///     themes: vec!["Family"], points: vec![point], words, decimal_comma: false,
    /// };
    /// let svg = plane.svg();
    /// assert!(svg.starts_with("<svg ") && svg.contains("Lives &lt;alone&gt;") && svg.contains("Axis 1 (12.3 %)"));
    /// ```
    #[must_use]
    pub fn svg(&self) -> String {
        let drawn = self.drawn();
        let scale = Scale::of(&drawn);
        let mut picture = Picture::new(WIDTH, HEIGHT, self.title, self.description);
        let title = Font::bold(16.0);
        picture.text((FRAME.left, 30.0), &title.clip(&clean(self.title), WIDTH - FRAME.left - 20.0), title, Anchor::Start);
        self.axes(&mut picture, &scale);
        let largest = drawn.iter().map(|point| size(point)).fold(0.0, f64::max);
        let radius = |point: &Point<'_>| if largest > 0.0 { (LARGEST_RADIUS * (size(point) / largest).sqrt()).max(2.5) } else { 4.0 };
        let spots: Vec<Spot<'_>> = drawn.iter().map(|point| Spot::new(point, scale.place(point.x, point.y), radius(point))).collect();
        let unlabeled = draw(&mut picture, &spots);
        let undrawn = self.points.len() - drawn.len();
        self.legend(&mut picture, &spots, unlabeled, undrawn);
        picture.finish()
    }

    /// The points with coordinates, groups first, then by importance, then as given.
    fn drawn(&self) -> Vec<Point<'_>> {
        let mut drawn: Vec<Point<'_>> = self.points.iter().copied().filter(|point| fits(point.x) && fits(point.y)).collect();
        let importance = |point: &Point<'_>| if point.importance.is_finite() { point.importance } else { 0.0 };
        drawn.sort_by(|a, b| (a.kind != Kind::Group).cmp(&(b.kind != Kind::Group)).then(importance(b).total_cmp(&importance(a))));
        drawn.truncate(MOST_POINTS);
        drawn
    }

    fn axes(&self, picture: &mut Picture, scale: &Scale) {
        let (x0, y0) = scale.place(0.0, 0.0);
        picture.push(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"{GUIDE}\"/>",
            Number(FRAME.left),
            Number(FRAME.top),
            Number(FRAME.right - FRAME.left),
            Number(FRAME.bottom - FRAME.top)
        ));
        picture.line((FRAME.left, y0), (FRAME.right, y0), GUIDE, 1.0, "4 3");
        picture.line((x0, FRAME.top), (x0, FRAME.bottom), GUIDE, 1.0, "4 3");
        let small = Font::plain(10.0);
        let (low, high) = scale.value(FRAME.left, FRAME.bottom);
        let (right, top) = scale.value(FRAME.right, FRAME.top);
        let across = ticks(low, right, 7.0);
        let step = across.windows(2).next().map_or(1.0, |pair| pair[1] - pair[0]);
        for tick in across {
            let (x, _) = scale.place(tick, 0.0);
            picture.line((x, FRAME.bottom), (x, FRAME.bottom + 4.0), GUIDE, 1.0, "");
            picture.text((x, FRAME.bottom + 16.0), &tick_text(tick, step, self.decimal_comma), small, Anchor::Middle);
        }
        let first = (high / step).ceil();
        for tick in (0..100).map(|at| (first + f64::from(at)) * step).take_while(|tick| *tick <= top) {
            let (_, y) = scale.place(0.0, tick);
            picture.line((FRAME.left - 4.0, y), (FRAME.left, y), GUIDE, 1.0, "");
            picture.text((FRAME.left - 7.0, y + 3.5), &tick_text(tick, step, self.decimal_comma), small, Anchor::End);
        }
        let name = Font::bold(12.0);
        let (middle, center) = (f64::midpoint(FRAME.left, FRAME.right), f64::midpoint(FRAME.top, FRAME.bottom));
        picture.text((middle, FRAME.bottom + 36.0), &name.clip(&clean(self.horizontal), 640.0), name, Anchor::Middle);
        let turned = format!(" transform=\"rotate(-90 18 {})\"", Number(center));
        picture.styled_text((18.0, center), &name.clip(&clean(self.vertical), 560.0), name, Anchor::Middle, &turned);
    }

    fn legend(&self, picture: &mut Picture, spots: &[Spot<'_>], unlabeled: usize, undrawn: usize) {
        let (left, font) = (FRAME.right + 20.0, Font::plain(11.0));
        let width = WIDTH - left - 30.0;
        let mut y = FRAME.top + 8.0;
        let has = |kind: Kind| spots.iter().any(|spot| spot.point.kind == kind);
        let kinds = [(Kind::Active, self.words.active), (Kind::Supplementary, self.words.supplementary), (Kind::Group, self.words.group)];
        for (kind, word) in kinds.into_iter().filter(|(kind, _)| has(*kind)) {
            let shape = if kind == Kind::Group { square((left, y), 5.0) } else { neutral((left, y), kind == Kind::Active) };
            picture.push(format_args!("{shape}"));
            picture.text((left + 14.0, y + 4.0), &font.clip(&clean(word), width), font, Anchor::Start);
            y += 18.0;
        }
        y += 8.0;
        for (theme, name) in self.themes.iter().enumerate().take(MOST_THEMES) {
            picture.push(format_args!("{}", mark(theme, (left, y), 4.5, true)));
            picture.text((left + 14.0, y + 4.0), &font.clip(&clean(name), width), font, Anchor::Start);
            y += 18.0;
        }
        y += 6.0;
        let count =
            |words: &str, count: usize| if count == 0 { String::new() } else { clean(words).replace("{count}", &count.to_string()) };
        for note in [clean(self.words.size), count(self.words.unlabeled, unlabeled), count(self.words.undrawn, undrawn)] {
            for line in Font::plain(10.0).wrap(&note, width + 14.0, 3) {
                y += 13.0;
                picture.text((left - 5.0, y), &line, Font::plain(10.0), Anchor::Start);
            }
            y += 4.0;
        }
    }
}

/// Draws marks, lines and labels; how many points have none.
fn draw(picture: &mut Picture, spots: &[Spot<'_>]) -> usize {
    let marks: Vec<Bounds> = spots.iter().map(Spot::bounds).collect();
    let wishes: Vec<Wish> = spots.iter().map(Spot::wish).collect();
    let inside = Bounds { left: FRAME.left + 4.0, top: FRAME.top + 4.0, right: FRAME.right - 4.0, bottom: FRAME.bottom - 4.0 };
    let placed = place(&wishes, &marks, inside, MOST_LABELS);
    for label in placed.iter().flatten() {
        if let Some((from, to)) = label.leader {
            picture.line(from, to, GUIDE, 0.7, "");
        }
    }
    let mut order: Vec<usize> = (0..spots.len()).collect();
    // Large marks under small ones, groups over all.
    order.sort_by(|a, b| {
        let rank = |at: usize| (spots[at].point.kind == Kind::Group, -spots[at].radius);
        rank(*a).0.cmp(&rank(*b).0).then(rank(*a).1.total_cmp(&rank(*b).1))
    });
    for at in order {
        let spot = &spots[at];
        let shape = spot.shape();
        let whole = spot.lines.join(" ") == clean(spot.point.label) && placed.get(at).is_some_and(Option::is_some);
        if whole {
            picture.push(format_args!("{shape}"));
        } else {
            let name = super::text::escape(&Font::plain(1.0).clip(&clean(spot.point.label), 32.0));
            picture.push(format_args!("<g><title>{name}</title>{shape}</g>"));
        }
    }
    for (spot, label) in spots.iter().zip(&placed) {
        if let Some(label) = label {
            spot.name(picture, label.bounds);
        }
    }
    spots.len() - placed.iter().flatten().count()
}

/// The largest coordinate that is drawn: the frame around it must still be made of numbers.
pub const LARGEST_COORDINATE: f64 = 1e300;

fn fits(coordinate: f64) -> bool {
    coordinate.abs() <= LARGEST_COORDINATE
}

fn size(point: &Point<'_>) -> f64 {
    if point.size.is_finite() { point.size.max(0.0) } else { 0.0 }
}

/// A point in the picture.
struct Spot<'a> {
    point: Point<'a>,
    place: (f64, f64),
    radius: f64,
    lines: Vec<String>,
    font: Font,
}

impl<'a> Spot<'a> {
    fn new(point: &Point<'a>, place: (f64, f64), radius: f64) -> Self {
        let font = if point.kind == Kind::Group { GROUP_LABEL } else { LABEL };
        let lines = font.wrap(&clean(point.label), LABEL_WIDTH, 2);
        Self { point: *point, place, radius: if point.kind == Kind::Group { radius.max(6.0) } else { radius }, lines, font }
    }

    fn reach(&self) -> f64 {
        if self.point.kind == Kind::Group { self.radius } else { self.radius * REACH }
    }

    fn bounds(&self) -> Bounds {
        Bounds::around(self.place, self.reach(), self.reach())
    }

    #[expect(clippy::cast_precision_loss, reason = "one line or two")]
    fn wish(&self) -> Wish {
        let width = self.lines.iter().map(|line| self.font.width(line)).fold(0.0, f64::max);
        let height = self.font.line_height() * self.lines.len().max(1) as f64;
        Wish { point: self.place, reach: self.reach(), width, height, must: self.point.kind == Kind::Group }
    }

    /// Writes the label, its lines toward the point; the name of a group on white, as it may cover marks.
    fn name(&self, picture: &mut Picture, bounds: Bounds) {
        if self.point.kind == Kind::Group {
            picture.push(format_args!(
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#ffffff\" fill-opacity=\"0.85\"/>",
                Number(bounds.left),
                Number(bounds.top),
                Number(bounds.right - bounds.left),
                Number(bounds.bottom - bounds.top)
            ));
        }
        let (x, anchor) = if bounds.left >= self.place.0 {
            (bounds.left, Anchor::Start)
        } else if bounds.right <= self.place.0 {
            (bounds.right, Anchor::End)
        } else {
            (f64::midpoint(bounds.left, bounds.right), Anchor::Middle)
        };
        let mut y = bounds.top + 0.95 * self.font.size;
        for line in &self.lines {
            picture.text((x, y), line, self.font, anchor);
            y += self.font.line_height();
        }
    }

    fn shape(&self) -> String {
        match self.point.kind {
            Kind::Group => square(self.place, self.radius),
            kind => mark(self.point.theme.unwrap_or(6), self.place, self.radius, kind == Kind::Active),
        }
    }
}

/// From coordinates to pixels, the same in both directions.
struct Scale {
    center: (f64, f64),
    pixels: f64,
}

impl Scale {
    /// All points and the origin inside the frame, with room at its border.
    fn of(points: &[Point<'_>]) -> Self {
        let range = |of: fn(&Point<'_>) -> f64| points.iter().map(of).fold((0.0f64, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
        let ((left, right), (bottom, top)) = (range(|point| point.x), range(|point| point.y));
        // Halves first: coordinates near the largest number must not overflow.
        let center = (left / 2.0 + right / 2.0, bottom / 2.0 + top / 2.0);
        let fit = |pixels: f64, low: f64, high: f64| if high > low { (pixels / 2.0) / (high / 2.0 - low / 2.0) } else { f64::INFINITY };
        let room = 36.0;
        let pixels = fit(FRAME.right - FRAME.left - 2.0 * room, left, right).min(fit(FRAME.bottom - FRAME.top - 2.0 * room, bottom, top));
        Self { center, pixels: if pixels.is_finite() && pixels > 0.0 { pixels } else { 100.0 } }
    }

    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let (middle, center) = (f64::midpoint(FRAME.left, FRAME.right), f64::midpoint(FRAME.top, FRAME.bottom));
        (middle + (x - self.center.0) * self.pixels, center - (y - self.center.1) * self.pixels)
    }

    fn value(&self, x: f64, y: f64) -> (f64, f64) {
        let (middle, center) = (f64::midpoint(FRAME.left, FRAME.right), f64::midpoint(FRAME.top, FRAME.bottom));
        (self.center.0 + (x - middle) / self.pixels, self.center.1 - (y - center) / self.pixels)
    }
}
