//! Bilans and cross tables as rows, and how their questions go together.

use super::{Sheet, count, number, optional, p_value, text};
use crate::measure::studies::Test;
use crate::measure::{Contributors, Fraction};
use crate::protect::{ProtectedBilans, ProtectedStudies, ShownCount, ShownGroup};
use crate::publish::geopackage::{Field, Kind};
use crate::texts::Texts;

/// What readers see of a grouping.
fn title(id: &str, bilans: &ProtectedBilans, texts: &Texts) -> String {
    let grouping = bilans.groupings().iter().find(|grouping| grouping.id == id);
    match grouping.and_then(|grouping| grouping.label.as_ref()) {
        Some(label) => label.get(texts.language()).to_owned(),
        None => texts.get(&format!("grouping.{id}")).to_owned(),
    }
}

pub(super) fn sheet(bilans: &ProtectedBilans, name: &'static str, words: [&'static str; 2], texts: &Texts) -> Sheet {
    let mut sheet = Sheet::new(
        name,
        words,
        &[
            ("by", Kind::Text),
            ("by_title", Kind::Text),
            ("group_code", Kind::Text),
            ("group_title", Kind::Text),
            ("theme_title", Kind::Text),
            ("question", Kind::Text),
            ("question_title", Kind::Text),
            ("modality", Kind::Text),
            ("modality_title", Kind::Text),
            ("persons", Kind::Real),
            ("answered", Kind::Real),
            ("share", Kind::Real),
            ("low", Kind::Real),
            ("high", Kind::Real),
            ("of_modality", Kind::Real),
            ("residual", Kind::Real),
            ("status", Kind::Text),
        ],
        texts,
    );
    let language = texts.language();
    for (g, grouping) in bilans.groupings().iter().enumerate() {
        let by_title = title(&grouping.id, bilans, texts);
        for (at, group) in grouping.groups.iter().enumerate() {
            for question in bilans.questions() {
                if question.question.id == grouping.id {
                    continue;
                }
                let counts = &question.counts[g][at];
                let whole = &question.counts[0][0];
                let mut row = |modality: &str, words: &str, figures: [Field; 8]| {
                    let mut fields = vec![
                        text(&grouping.id),
                        text(&by_title),
                        text(&group.code),
                        text(group.label.get(language)),
                        text(question.question.theme.get(language)),
                        text(&question.question.id),
                        text(question.question.label.get(language)),
                        text(modality),
                        text(words),
                    ];
                    fields.extend(figures);
                    sheet.rows.push(fields);
                };
                for (m, modality) in question.question.modalities.iter().enumerate() {
                    row(&modality.code, modality.label.get(language), figures(counts, m, if g == 0 { None } else { Some(whole) }));
                }
                let plain = |shown: Option<u64>| {
                    let status = if shown.is_some() { "V" } else { "S" };
                    let persons = shown.map_or(Field::Null, count);
                    [persons, Field::Null, Field::Null, Field::Null, Field::Null, Field::Null, Field::Null, text(status)]
                };
                row("not_asked", texts.get("state.not_asked"), plain(counts.not_asked.persons()));
                row("no_answer", texts.get("state.no_answer"), plain(counts.no_answer));
                row("refused", texts.get("state.refused"), plain(counts.refused));
            }
        }
    }
    sheet
}

#[expect(clippy::cast_precision_loss, reason = "counts of persons")]
fn float(n: u64) -> f64 {
    n as f64
}

/// Persons, answered, share with its limits, share of the modality, residual, status. What is not shown is not computed with either.
fn figures(counts: &ShownGroup, modality: usize, whole: Option<&ShownGroup>) -> [Field; 8] {
    let ShownCount::Published { persons, weight } = counts.modalities[modality] else {
        return [
            Field::Null,
            counts.answered.map_or(Field::Null, count),
            Field::Null,
            Field::Null,
            Field::Null,
            Field::Null,
            Field::Null,
            text("S"),
        ];
    };
    let answered = counts.answered.filter(|n| *n > 0);
    let share = answered.and(counts.answered_weight).filter(|sum| *sum > 0.0).map(|sum| 100.0 * weight / sum);
    // Weights differ from one only where persons count unequally; then the limits are those of the unweighted share.
    let unweighted =
        Fraction { numerator: float(persons), denominator: answered.map_or(0.0, float), contributors: Contributors::default() };
    let unweighted = unweighted.cell();
    let limits = unweighted.and_then(|cell| cell.interval);
    let residual = whole.and_then(|whole| residual(persons, counts.answered?, whole.modalities[modality].persons()?, whole.answered?));
    let of_modality = whole.and_then(|whole| whole.modalities[modality].persons()).filter(|all| *all > 0);
    let of_modality = of_modality.map(|all| 100.0 * float(persons) / float(all));
    let status = match (unweighted, counts.answered) {
        (Some(cell), _) if cell.reliable => "V",
        (Some(_), _) => "U",
        (None, Some(_)) => "N",
        (None, None) => "V",
    };
    [
        count(persons),
        counts.answered.map_or(Field::Null, count),
        optional(share, 4),
        optional(limits.map(|limits| 100.0 * limits.low), 4),
        optional(limits.map(|limits| 100.0 * limits.high), 4),
        optional(of_modality, 4),
        optional(residual, 3),
        text(status),
    ]
}

/// The adjusted standardized residual of a cell from its margins: `(n − e) / √(e (1 − row/N) (1 − column/N))`.
fn residual(cell: u64, group: u64, modality: u64, all: u64) -> Option<f64> {
    let (cell, group, modality, all) = (float(cell), float(group), float(modality), float(all));
    let expected = group * modality / all;
    let variance = expected * (1.0 - group / all) * (1.0 - modality / all);
    (variance > 0.0).then(|| (cell - expected) / variance.sqrt())
}

pub(super) fn associations(studies: &ProtectedStudies, texts: &Texts) -> Sheet {
    let mut sheet = Sheet::new(
        "associations",
        ["table.associations", "table.associations_note"],
        &[
            ("question", Kind::Text),
            ("question_title", Kind::Text),
            ("by", Kind::Text),
            ("by_title", Kind::Text),
            ("persons", Kind::Real),
            ("chi2", Kind::Real),
            ("degrees", Kind::Real),
            ("p", Kind::Real),
            ("p_adjusted", Kind::Real),
            ("test", Kind::Text),
            ("cramers_v", Kind::Real),
            ("corrected_v", Kind::Real),
            ("maximum_deviation", Kind::Real),
            ("least_expected", Kind::Real),
        ],
        texts,
    );
    let bilans = studies.bilans();
    for shown in studies.associations() {
        let a = &shown.association;
        let question = &bilans.questions()[a.question].question;
        let by = &bilans.groupings()[a.grouping].id;
        let test = match a.test {
            Test::ChiSquared => "chi_squared",
            Test::Fisher => "fisher",
            Test::FisherMonteCarlo => "fisher_monte_carlo",
        };
        // One digit of p, two of V: no equation about a hidden cell.
        let rounded_p = |p: f64| if p < 0.001 { Field::Real(0.001) } else { Field::Real(format!("{p:.0e}").parse().unwrap_or(p)) };
        let p = |p: f64| if shown.rounded { rounded_p(p) } else { p_value(p) };
        let exact = |field: Field| if shown.rounded { Field::Null } else { field };
        let decimals = if shown.rounded { 2 } else { 4 };
        sheet.rows.push(vec![
            text(&question.id),
            text(question.label.get(texts.language())),
            text(by),
            text(title(by, bilans, texts)),
            exact(number(a.persons, 0)),
            exact(number(a.chi_squared, 4)),
            exact(Field::Real(f64::from(u32::try_from(a.degrees).unwrap_or(u32::MAX)))),
            p(a.p_value),
            p(a.p_adjusted),
            text(test),
            number(a.cramers_v, decimals),
            number(a.corrected_v, decimals),
            exact(optional(a.maximum_deviation.map(|share| 100.0 * share), 2)),
            exact(number(a.least_expected, 2)),
        ]);
    }
    sheet
}
