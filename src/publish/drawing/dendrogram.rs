//! The dendrogram: how a classification joins its pieces, and where it was cut into groups.

use super::marks::color;
use super::svg::{Anchor, GUIDE, INK, Number, Picture, tick_text, ticks};
use super::text::{Font, clean};

/// A piece at the right end of the tree: a person, or all persons below an upper node.
#[derive(Debug, Clone, Copy)]
pub struct Leaf<'a> {
    /// Its name, with its number of persons if readers shall see it.
    pub label: &'a str,
    /// Its weight: the area of its dot.
    pub weight: f64,
    /// Its group, a place in [`Dendrogram::groups`].
    pub group: usize,
}

/// Two pieces joined. Leaves have the numbers 0 to leaves − 1; nodes go on from there, in the order given.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// A leaf, or a node before this one.
    pub first: usize,
    /// Another one.
    pub second: usize,
    /// Its level: the inertia that joining them loses, at least 0.
    pub level: f64,
}

/// The upper part of a tree.
#[derive(Debug, Clone)]
pub struct Dendrogram<'a> {
    /// The title, also read aloud.
    pub title: &'a str,
    /// What a screen reader says of the picture.
    pub description: &'a str,
    /// The name of the axis of levels.
    pub axis: &'a str,
    /// What the cut is called, such as "3 groups".
    pub cut: &'a str,
    /// The pieces; about 30 can be read.
    pub leaves: Vec<Leaf<'a>>,
    /// The nodes, each after the pieces it joins; one less than the leaves.
    pub nodes: Vec<Node>,
    /// The names of the groups.
    pub groups: Vec<&'a str>,
    /// Whether numbers have a decimal comma.
    pub decimal_comma: bool,
}

/// Leaves at most: the height of a page.
const MOST_LEAVES: usize = 120;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 520.0;
const TOP: f64 = 64.0;
const ROW: f64 = 22.0;
const LABEL: Font = Font::plain(11.0);
const GROUP: Font = Font::bold(12.0);

impl Dendrogram<'_> {
    /// The picture as SVG: the root at the left, leaves at the right, each group in its color with its name beside it.
    ///
    /// The cut stands midway between the last node that it opens and the first that it leaves, where one line cuts all groups off;
    /// otherwise (groups moved by consolidation) there is no line. `None` where the nodes do not make one tree of the leaves, a level is
    /// negative or no number, a group has no name, or there are more than 120 leaves. Cost: O(leaves).
    ///
    /// ```
    /// use optima::publish::drawing::dendrogram::{Dendrogram, Leaf, Node};
    /// let leaf = |label, group| Leaf { label, weight: 10.0, group };
    /// let tree = Dendrogram {
    ///     title: "Tree", description: "Three pieces in two groups", axis: "Inertia", cut: "2 groups",
    ///     leaves: vec![leaf("a", 0), leaf("b", 1), leaf("c", 1)],
    ///     nodes: vec![Node { first: 1, second: 2, level: 0.1 }, Node { first: 0, second: 3, level: 0.4 }],
    ///     groups: vec!["Alone", "Together"], decimal_comma: false,
    /// };
    /// let svg = tree.svg().unwrap();
    /// assert!(svg.contains("Together") && svg.contains("2 groups"));
    /// assert_eq!(Dendrogram { nodes: vec![], ..tree }.svg(), None);
    /// ```
    #[must_use]
    pub fn svg(&self) -> Option<String> {
        let order = self.order()?;
        let rows = order.len();
        let bottom = TOP + ROW * count(rows);
        let top_level = self.nodes.iter().map(|node| node.level).fold(0.0, f64::max);
        let scale = Scale { top_level: if top_level > 0.0 { top_level * 1.04 } else { 1.0 } };
        let mut picture = Picture::new(WIDTH, bottom + 74.0, self.title, self.description);
        let title = Font::bold(16.0);
        picture.text((LEFT, 30.0), &title.clip(&clean(self.title), WIDTH - LEFT - 20.0), title, Anchor::Start);
        self.axis(&mut picture, &scale, bottom);
        self.branches(&mut picture, &scale, &order);
        self.cut(&mut picture, &scale, bottom);
        self.leaves(&mut picture, &order);
        Some(picture.finish())
    }

    /// The leaves from top to bottom; `None` where this is no tree.
    fn order(&self) -> Option<Vec<usize>> {
        let leaves = self.leaves.len();
        let levels = self.nodes.iter().all(|node| node.level.is_finite() && node.level >= 0.0);
        let named = self.leaves.iter().all(|leaf| leaf.group < self.groups.len());
        if leaves == 0 || leaves > MOST_LEAVES || self.nodes.len() + 1 != leaves || !levels || !named {
            return None;
        }
        let mut below: Vec<Option<Vec<usize>>> = (0..leaves).map(|leaf| Some(vec![leaf])).collect();
        for node in &self.nodes {
            let mut joined = below.get_mut(node.first)?.take()?;
            joined.extend(below.get_mut(node.second)?.take()?);
            below.push(Some(joined));
        }
        below.pop()?
    }

    fn axis(&self, picture: &mut Picture, scale: &Scale, bottom: f64) {
        let found = ticks(0.0, scale.top_level, 6.0);
        let step = found.get(1).copied().unwrap_or(1.0);
        for tick in &found {
            let x = scale.x(*tick);
            picture.line((x, TOP - 4.0), (x, bottom), "#e3e3e3", 1.0, "");
            picture.text((x, bottom + 16.0), &tick_text(*tick, step, self.decimal_comma), Font::plain(10.0), Anchor::Middle);
        }
        picture.line((LEFT, bottom), (RIGHT, bottom), GUIDE, 1.0, "");
        let (name, middle) = (Font::bold(12.0), f64::midpoint(LEFT, RIGHT));
        picture.text((middle, bottom + 36.0), &name.clip(&clean(self.axis), RIGHT - LEFT), name, Anchor::Middle);
    }

    /// The lines of the tree: a group's own nodes in its color, those over groups dark.
    fn branches(&self, picture: &mut Picture, scale: &Scale, order: &[usize]) {
        let mut places = vec![(0.0, 0.0); self.leaves.len()];
        for (row, leaf) in order.iter().enumerate() {
            places[*leaf] = (RIGHT, row_middle(row));
        }
        let mut groups: Vec<Option<usize>> = self.leaves.iter().map(|leaf| Some(leaf.group)).collect();
        for node in &self.nodes {
            let (first, second) = (places[node.first], places[node.second]);
            let x = scale.x(node.level);
            let same = groups[node.first].filter(|group| groups[node.second] == Some(*group));
            let stroke = |group: Option<usize>| group.map_or((INK, 1.4), |group| (color(group), 2.4));
            for (piece, place) in [(node.first, first), (node.second, second)] {
                // Down to a piece in the color of the piece.
                let (color, width) = stroke(groups[piece]);
                picture.line((x, place.1), place, color, width, "");
            }
            let (color, width) = stroke(same);
            picture.push(format_args!(
                "<line x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{}\" stroke=\"{color}\" stroke-width=\"{}\" stroke-linecap=\"round\"/>",
                Number(first.1),
                Number(second.1),
                Number(width),
                x = Number(x)
            ));
            places.push((x, f64::midpoint(first.1, second.1)));
            groups.push(same);
        }
        if let Some((x, y)) = places.last().filter(|_| !self.nodes.is_empty()) {
            picture.line((x - 14.0, *y), (*x, *y), INK, 1.4, "");
        }
    }

    /// The line between the nodes over groups and the nodes within them, where there is one.
    fn cut(&self, picture: &mut Picture, scale: &Scale, bottom: f64) {
        let mut groups: Vec<Option<usize>> = self.leaves.iter().map(|leaf| Some(leaf.group)).collect();
        let (mut within, mut over) = (0.0f64, f64::INFINITY);
        for node in &self.nodes {
            let same = groups[node.first].filter(|group| groups[node.second] == Some(*group));
            groups.push(same);
            if same.is_some() { within = within.max(node.level) } else { over = over.min(node.level) }
        }
        // Each group must be one piece of the tree.
        let pieces = self.leaves.len() - groups[self.leaves.len()..].iter().flatten().count();
        let mut present: Vec<usize> = self.leaves.iter().map(|leaf| leaf.group).collect();
        present.sort_unstable();
        present.dedup();
        if over.is_finite() && over > within && pieces == present.len() {
            let x = scale.x(f64::midpoint(within, over));
            picture.line((x, TOP - 12.0), (x, bottom + 4.0), "#b00020", 1.3, "6 4");
            picture.text((x, TOP - 16.0), &LABEL.clip(&clean(self.cut), 200.0), LABEL, Anchor::Middle);
        }
    }

    /// Dots by weight, labels, and beside each run of a group its bar and its name.
    fn leaves(&self, picture: &mut Picture, order: &[usize]) {
        let weight = |leaf: &Leaf<'_>| if leaf.weight.is_finite() { leaf.weight.max(0.0) } else { 0.0 };
        let largest = self.leaves.iter().map(weight).fold(0.0, f64::max);
        for (row, at) in order.iter().enumerate() {
            let (leaf, y) = (&self.leaves[*at], row_middle(row));
            let radius = if largest > 0.0 { (6.0 * (weight(leaf) / largest).sqrt()).max(1.5) } else { 3.0 };
            picture.push(format_args!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"#333333\" stroke-width=\"0.6\"/>",
                Number(RIGHT),
                Number(y),
                Number(radius),
                color(leaf.group)
            ));
            picture.text((RIGHT + 14.0, y + 4.0), &LABEL.clip(&clean(leaf.label), 200.0), LABEL, Anchor::Start);
        }
        let mut row = 0;
        for run in order.chunk_by(|a, b| self.leaves[*a].group == self.leaves[*b].group) {
            let group = self.leaves[run[0]].group;
            let (first, last) = (row_middle(row), row_middle(row + run.len() - 1));
            let bar = RIGHT + 224.0;
            picture.line((bar, first - 8.0), (bar, last + 8.0), color(group), 4.0, "");
            let lines = GROUP.wrap(&clean(self.groups[group]), WIDTH - bar - 22.0, if run.len() > 1 { 3.min(run.len()) } else { 1 });
            let mut y = f64::midpoint(first, last) + 4.0 - 7.5 * count(lines.len().saturating_sub(1));
            for line in lines {
                picture.text((bar + 10.0, y), &line, GROUP, Anchor::Start);
                y += 15.0;
            }
            row += run.len();
        }
    }
}

struct Scale {
    top_level: f64,
}

impl Scale {
    /// The root's side at the left, level 0 at the leaves.
    fn x(&self, level: f64) -> f64 {
        RIGHT - (RIGHT - LEFT) * (level / self.top_level)
    }
}

fn row_middle(row: usize) -> f64 {
    TOP + ROW * (count(row) + 0.5)
}

#[expect(clippy::cast_precision_loss, reason = "rows of a picture")]
fn count(n: usize) -> f64 {
    n as f64
}
