//! Factor planes and trees as pictures, made of what is shown.

use super::of_data;
use super::words::counted;
use crate::protect::{ProtectedAnalysis, ProtectedStudies};
use crate::publish::Release;
use crate::publish::drawing::dendrogram::{Dendrogram, Leaf, Node};
use crate::publish::drawing::factor_plane::{FactorPlane, Kind, Point, Words};
use crate::publish::legend::format_number;
use crate::texts::Language;

/// The pictures of all analyses: the name of a file, and its SVG.
pub(crate) fn pictures(studies: &ProtectedStudies, release: &Release) -> Vec<(String, String)> {
    let mut pictures = Vec::new();
    for analysis in studies.analyses() {
        let kept = analysis.axes().1;
        for (x, y) in [(0, 1), (0, 2)].into_iter().filter(|(_, y)| *y < kept) {
            let name = format!("{}_plane_{}_{}.svg", analysis.id(), x + 1, y + 1);
            pictures.push((name, plane(analysis, studies, (x, y), release)));
        }
        if let Some(svg) = tree(analysis, release) {
            pictures.push((format!("{}_dendrogram.svg", analysis.id()), svg));
        }
    }
    pictures
}

#[expect(clippy::cast_precision_loss, reason = "counts of persons")]
fn float(n: u64) -> f64 {
    n as f64
}

fn plane(analysis: &ProtectedAnalysis, studies: &ProtectedStudies, (x, y): (usize, usize), release: &Release) -> String {
    let texts = &release.texts;
    let language = texts.language();
    let (title, word) = analysis.words();
    let numbers = [("title", title.get(language)), ("x", &(x + 1).to_string()), ("y", &(y + 1).to_string())];
    let title = of_data(&texts.fill("picture.plane", &numbers), release);
    let axis = |at: usize| {
        let axis = &analysis.axes().0[at];
        let percent = |share: f64| texts.fill("unit.share", &[("text", &format_number(100.0 * share, 1, language))]);
        let number = (at + 1).to_string();
        let raw = percent(axis.share);
        match axis.benzecri {
            Some(share) => texts.fill("picture.axis_adjusted", &[("number", &number), ("raw", &raw), ("adjusted", &percent(share))]),
            None => texts.fill("picture.axis", &[("number", &number), ("raw", &raw)]),
        }
    };
    let questions = || studies.bilans().questions().iter().chain(studies.services().questions());
    let mut themes: Vec<&str> = Vec::new();
    let mut points = Vec::new();
    let labels: Vec<String> = analysis.points().iter().map(|p| p.named().get(language).to_owned()).collect();
    for (point, label) in analysis.points().iter().zip(&labels) {
        let theme = questions().find(|q| q.question.id == point.question).map(|q| q.question.theme.get(language)).filter(|t| !t.is_empty());
        let theme = theme.map(|theme| {
            themes.iter().position(|known| *known == theme).unwrap_or_else(|| {
                themes.push(theme);
                themes.len() - 1
            })
        });
        let on = |at: usize| point.contributions.get(at).copied().unwrap_or(0.0);
        points.push(Point {
            label,
            x: point.coordinates[x],
            y: point.coordinates[y],
            size: float(point.units),
            importance: if point.active { on(x) + on(y) } else { (point.cos2[x] + point.cos2[y]) / 100.0 },
            kind: if point.active { Kind::Active } else { Kind::Supplementary },
            theme,
        });
    }
    let names: Vec<String> = analysis.groups().iter().map(|group| format!("{} {}", word.get(language), group.number)).collect();
    for (group, name) in analysis.groups().iter().zip(&names).filter(|(group, _)| !group.withheld) {
        points.push(Point {
            label: name,
            x: group.center[x],
            y: group.center[y],
            size: float(group.units),
            importance: 1.0,
            kind: Kind::Group,
            theme: None,
        });
    }
    let units = counted(analysis, analysis.units() as u64, texts);
    FactorPlane {
        title: &title,
        description: &texts.fill("picture.plane_note", &[("units", &units)]),
        horizontal: &axis(x),
        vertical: &axis(y),
        themes,
        points,
        words: Words {
            active: texts.get("picture.active"),
            supplementary: texts.get("picture.supplementary"),
            group: texts.get("picture.groups"),
            size: texts.get("picture.size"),
            unlabeled: texts.get("picture.unlabeled"),
            undrawn: texts.get("picture.undrawn"),
        },
        decimal_comma: language == Language::Fr,
    }
    .svg()
}

fn tree(analysis: &ProtectedAnalysis, release: &Release) -> Option<String> {
    let texts = &release.texts;
    let language = texts.language();
    let (title, word) = analysis.words();
    let tree = analysis.tree();
    let labels: Vec<String> = tree.leaf_units.iter().map(|units| counted(analysis, *units, texts)).collect();
    let leaves = labels
        .iter()
        .zip(&tree.leaf_units)
        .zip(&tree.leaf_group)
        .map(|((label, units), group)| Leaf { label, weight: float(*units), group: *group })
        .collect();
    let nodes = tree.nodes.iter().map(|node| Node { first: node.elder, second: node.younger, level: node.level }).collect();
    let names: Vec<String> = analysis
        .groups()
        .iter()
        .map(|group| {
            let short = format!("{} {}", word.get(language), group.number);
            if group.withheld { texts.fill("picture.unstable", &[("group", &short)]) } else { short }
        })
        .collect();
    let title = of_data(&texts.fill("picture.tree", &[("title", title.get(language))]), release);
    Dendrogram {
        title: &title,
        description: texts.get("picture.tree_note"),
        axis: texts.get("picture.level"),
        cut: &texts.fill("picture.cut", &[("n", &names.len().to_string())]),
        leaves,
        nodes,
        groups: names.iter().map(String::as_str).collect(),
        decimal_comma: language == Language::Fr,
    }
    .svg()
}
