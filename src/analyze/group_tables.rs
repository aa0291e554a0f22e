//! The tables of groups: the groups, the hierarchy they were cut from, what marks them, and what goes with them.

use std::io::{Result, Write};

use super::columns::Coding;
use super::groups::Grouped;
use super::persons::Answers;
use super::tables::Table;

/// Merges that are told of the hierarchy, the last ones: one of a million points is no table to read.
const MOST_NODES: usize = 1_000;

/// The groups with their centers on the axes.
pub(super) fn groups(out: &mut dyn Write, grouped: &Grouped) -> Result<()> {
    let axes = grouped.places.first().map_or(0, |place| place.center.len());
    let mut table = Table::new(out, &["group", "rows", "share", "stability"], &["center"], axes)?;
    for (group, place) in grouped.report.groups.iter().zip(&grouped.places) {
        table.cells(&[&group.group.to_string(), &group.rows.to_string()]);
        table.number(group.share);
        table.optional(group.stability);
        table.numbers(&place.center);
        table.end()?;
    }
    Ok(())
}

/// The last merges, the root first. Clusters are numbered from 1: the distinct points, then the merges as made; `groups` is
/// how many there are before the merge, and `level` the inertia between that it loses.
pub(super) fn nodes(out: &mut dyn Write, grouped: &Grouped) -> Result<()> {
    let mut table = Table::new(out, &["node", "elder", "younger", "groups", "level", "inertia_share", "weight_share", "rows"], &[], 0)?;
    let hierarchy = &grouped.hierarchy;
    for (at, merge) in hierarchy.merges().iter().enumerate().rev().take(MOST_NODES) {
        let numbers = [hierarchy.points() + at + 1, merge.elder as usize + 1, merge.younger as usize + 1, hierarchy.points() - at];
        for number in numbers {
            table.cell(&number.to_string());
        }
        table.numbers(&[merge.level, hierarchy.share(merge), merge.weight]);
        table.cell(&merge.size.to_string());
        table.end()?;
    }
    Ok(())
}

/// The questions described, in their order, with the part they have.
fn questions<'a>(answers: &'a Answers<'_>) -> Vec<(&'a Coding, &'static str)> {
    let active = answers.questions.iter().map(|coding| (coding, "active"));
    active.chain(answers.supplementary.iter().map(|coding| (coding, "supplementary"))).collect()
}

/// Modalities and means of each group, the highest test-value first.
pub(super) fn profiles(out: &mut dyn Write, answers: &Answers<'_>, grouped: &Grouped) -> Result<()> {
    let columns = ["group", "question", "modality", "part", "count", "cla_mod", "mod_cla", "global"];
    let columns = [&columns[..], &["mean", "overall_mean", "deviation", "overall_deviation", "p", "test_value"]].concat();
    let mut table = Table::new(out, &columns, &[], 0)?;
    let questions = questions(answers);
    for profile in &grouped.description.classes {
        let group = (profile.class + 1).to_string();
        for mark in &profile.modalities {
            let (coding, part) = questions[mark.question];
            table.cells(&[&group, &coding.name, coding.label(mark.code), part]);
            table.numbers(&[mark.count, mark.of_modality, mark.of_class, mark.overall]);
            table.nothing(4);
            table.numbers(&[mark.test.p(), mark.test.value]);
            table.end()?;
        }
        for mark in &profile.means {
            table.cells(&[&group, &answers.numbers[mark.variable].0, "", "number"]);
            table.nothing(4);
            table.numbers(&[mark.mean, mark.overall_mean, mark.deviation, mark.overall_deviation]);
            table.numbers(&[mark.test.p(), mark.test.value]);
            table.end()?;
        }
    }
    Ok(())
}

/// How far each question and number goes with the groups, the lowest p-value first: chi-square for questions, the analysis of
/// variance for numbers.
pub(super) fn links(out: &mut dyn Write, answers: &Answers<'_>, grouped: &Grouped) -> Result<()> {
    let mut table = Table::new(out, &["question", "part", "chi2", "freedom", "eta2", "p"], &[], 0)?;
    let questions = questions(answers);
    for link in &grouped.description.questions {
        let (coding, part) = questions[link.question];
        table.cells(&[&coding.name, part]);
        table.numbers(&[link.statistic, link.freedom]);
        table.nothing(1);
        table.number(link.p());
        table.end()?;
    }
    for link in &grouped.description.variables {
        table.cells(&[&answers.numbers[link.variable].0, "number"]);
        table.nothing(2);
        table.numbers(&[link.eta2, link.p]);
        table.end()?;
    }
    Ok(())
}
