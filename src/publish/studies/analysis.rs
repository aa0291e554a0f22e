//! Analyses as rows: axes, the factor plane, groups, their profiles, the tree.

use super::words::sentence;
use super::{Sheet, count, in_space, number, on_axes, optional, p_value, text};
use crate::catalog::studies::Units;
use crate::protect::{ProtectedStudies, ShownTree};
use crate::publish::classify::round_to;
use crate::publish::geopackage::{Field, Kind, Picture};
use crate::texts::Texts;

fn whole(n: usize) -> Field {
    Field::Real(f64::from(u32::try_from(n).unwrap_or(u32::MAX)))
}

/// How many have a modality; of persons in some quartiers it is not told.
fn persons(of: Units, units: u64) -> Field {
    if of == Units::Quartiers { Field::Null } else { count(units) }
}

pub(super) fn axes(studies: &ProtectedStudies, texts: &Texts) -> Sheet {
    let mut sheet = Sheet::new(
        "axes",
        ["table.axes", "table.axes_note"],
        &[
            ("analysis", Kind::Text),
            ("axis", Kind::Real),
            ("eigenvalue", Kind::Real),
            ("inertia_share", Kind::Real),
            ("benzecri_share", Kind::Real),
            ("greenacre_share", Kind::Real),
            ("kept", Kind::Text),
        ],
        texts,
    );
    for analysis in studies.analyses() {
        let (axes, kept) = analysis.axes();
        for (at, axis) in axes.iter().enumerate() {
            sheet.rows.push(vec![
                text(analysis.id()),
                whole(at + 1),
                number(axis.eigenvalue, 6),
                number(100.0 * axis.share, 4),
                optional(axis.benzecri.map(|share| 100.0 * share), 4),
                optional(axis.greenacre.map(|share| 100.0 * share), 4),
                text(if at < kept { "yes" } else { "no" }),
            ]);
        }
    }
    sheet
}

pub(super) fn plane(studies: &ProtectedStudies, texts: &Texts) -> Sheet {
    let mut columns = vec![
        ("analysis", Kind::Text),
        ("question", Kind::Text),
        ("question_title", Kind::Text),
        ("modality", Kind::Text),
        ("modality_title", Kind::Text),
        ("role", Kind::Text),
        ("persons", Kind::Real),
        ("mass", Kind::Real),
    ];
    columns.extend(
        ["x1", "x2", "x3", "ctr1", "ctr2", "ctr3", "cos2_1", "cos2_2", "cos2_3", "v1", "v2", "v3", "quality"]
            .map(|name| (name, Kind::Real)),
    );
    let mut sheet = Sheet::new("plane", ["table.plane", "table.plane_note"], &columns, texts);
    let mut places = Vec::new();
    for analysis in studies.analyses() {
        for point in analysis.points() {
            let mut row = vec![
                text(analysis.id()),
                text(&point.question),
                text(point.label.get(texts.language())),
                text(&point.modality.code),
                text(point.modality.label.get(texts.language())),
                text(if point.active { "active" } else { "supplementary" }),
                persons(analysis.of(), point.units),
                number(point.mass, 5),
            ];
            row.extend(on_axes(&point.coordinates, 4));
            row.extend(on_axes(&point.contributions.iter().map(|share| 100.0 * share).collect::<Vec<_>>(), 2));
            row.extend(on_axes(&point.cos2, 4));
            row.extend(on_axes(&point.test_values, 2));
            row.push(number(point.cos2.iter().sum(), 4));
            sheet.rows.push(row);
            places.push(in_space(&point.coordinates));
        }
    }
    sheet.picture = Some((Picture::Points, places));
    sheet
}

pub(super) fn groups(studies: &ProtectedStudies, texts: &Texts) -> Sheet {
    let mut sheet = Sheet::new(
        "groups",
        ["table.groups", "table.groups_note"],
        &[
            ("analysis", Kind::Text),
            ("group_number", Kind::Real),
            ("group_title", Kind::Text),
            ("sentence", Kind::Text),
            ("persons", Kind::Real),
            ("share", Kind::Real),
            ("stability", Kind::Real),
            ("stable", Kind::Text),
            ("x1", Kind::Real),
            ("x2", Kind::Real),
            ("x3", Kind::Real),
        ],
        texts,
    );
    let mut places = Vec::new();
    for analysis in studies.analyses() {
        for group in analysis.groups() {
            let mut row = vec![
                text(analysis.id()),
                whole(group.number),
                text(group.name.get(texts.language())),
                text(sentence(analysis, group, texts)),
                count(group.units),
                number(100.0 * group.share, 4),
                optional(group.stability, 3),
                text(if group.withheld { "no" } else { "yes" }),
            ];
            row.extend(on_axes(&group.center, 4));
            sheet.rows.push(row);
            places.push(in_space(&group.center));
        }
    }
    sheet.picture = Some((Picture::Points, places));
    sheet
}

pub(super) fn profiles(studies: &ProtectedStudies, texts: &Texts) -> Sheet {
    let mut sheet = Sheet::new(
        "profiles",
        ["table.profiles", "table.profiles_note"],
        &[
            ("analysis", Kind::Text),
            ("group_number", Kind::Real),
            ("question", Kind::Text),
            ("question_title", Kind::Text),
            ("modality", Kind::Text),
            ("modality_title", Kind::Text),
            ("persons", Kind::Real),
            ("cla_mod", Kind::Real),
            ("mod_cla", Kind::Real),
            ("global", Kind::Real),
            ("mean", Kind::Real),
            ("mean_of_all", Kind::Real),
            ("deviation", Kind::Real),
            ("p", Kind::Real),
            ("v", Kind::Real),
        ],
        texts,
    );
    let language = texts.language();
    for analysis in studies.analyses() {
        for group in analysis.groups() {
            for mark in &group.marks {
                let question = &analysis.described()[mark.question];
                let modality = &question.modalities[mark.modality];
                sheet.rows.push(vec![
                    text(analysis.id()),
                    whole(group.number),
                    text(&question.id),
                    text(question.label.get(language)),
                    text(&modality.code),
                    text(modality.label.get(language)),
                    persons(analysis.of(), mark.units),
                    number(100.0 * mark.of_modality, 4),
                    number(100.0 * mark.of_group, 4),
                    number(100.0 * mark.of_all, 4),
                    Field::Null,
                    Field::Null,
                    Field::Null,
                    p_value(mark.p_value),
                    number(mark.test_value, 3),
                ]);
            }
            for mark in &group.numbers {
                sheet.rows.push(vec![
                    text(analysis.id()),
                    whole(group.number),
                    text(&mark.id),
                    text(mark.label.get(language)),
                    Field::Null,
                    Field::Null,
                    persons(analysis.of(), mark.units),
                    Field::Null,
                    Field::Null,
                    Field::Null,
                    number(mark.mean, 2),
                    number(mark.mean_of_all, 2),
                    number(mark.deviation, 2),
                    p_value(mark.p_value),
                    number(mark.test_value, 3),
                ]);
            }
        }
    }
    sheet
}

pub(super) fn dendrogram(studies: &ProtectedStudies, texts: &Texts) -> Sheet {
    let mut sheet = Sheet::new(
        "dendrogram",
        ["table.dendrogram", "table.dendrogram_note"],
        &[
            ("analysis", Kind::Text),
            ("node", Kind::Real),
            ("elder", Kind::Real),
            ("younger", Kind::Real),
            ("level", Kind::Real),
            ("inertia_share", Kind::Real),
            ("persons", Kind::Real),
            ("share", Kind::Real),
        ],
        texts,
    );
    let mut lines = Vec::new();
    for analysis in studies.analyses() {
        let tree = analysis.tree();
        lines.extend(branches(tree));
        let total = analysis.inertia().total;
        for (at, node) in tree.nodes.iter().enumerate() {
            sheet.rows.push(vec![
                text(analysis.id()),
                whole(tree.leaf_group.len() + at + 1),
                whole(node.elder + 1),
                whole(node.younger + 1),
                number(node.level, 6),
                number(100.0 * node.level / total, 4),
                count(node.units),
                number(100.0 * node.weight, 4),
            ]);
        }
    }
    sheet.picture = Some((Picture::Lines, lines));
    sheet
}

/// The line of each node: from the one it joins up to its level, across, and down to the other. Leaves stand at 1, 2, 3 … in
/// the order of the tree.
fn branches(tree: &ShownTree) -> Vec<Vec<[f64; 3]>> {
    let leaves = tree.leaf_group.len();
    let mut order = Vec::new();
    let mut open: Vec<usize> = (leaves + tree.nodes.len()).checked_sub(1).into_iter().collect();
    while let Some(cluster) = open.pop() {
        match cluster.checked_sub(leaves).and_then(|at| tree.nodes.get(at)) {
            Some(node) => open.extend([node.younger, node.elder]),
            None => order.push(cluster),
        }
    }
    let mut places: Vec<(f64, f64)> = vec![(0.0, 0.0); leaves];
    for (leaf, x) in order.iter().zip(1u32..) {
        places[*leaf] = (f64::from(x), 0.0);
    }
    let mut lines = Vec::new();
    for node in &tree.nodes {
        let ((x, low), (other_x, other_low)) = (places[node.elder], places[node.younger]);
        let level = round_to(node.level, 6);
        lines.push(vec![[x, low, 0.0], [x, level, 0.0], [other_x, level, 0.0], [other_x, other_low, 0.0]]);
        places.push((f64::midpoint(x, other_x), level));
    }
    lines
}
