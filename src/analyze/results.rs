//! The tables of a multiple correspondence analysis: axes, modalities, questions, individuals.

use std::io::{Result, Write};

use super::groups::Grouped;
use super::persons::Answers;
use super::tables::Table;
use crate::stats::matrix::Matrix;
use crate::stats::multiple_correspondence::{MultipleCorrespondence, SupplementaryQuestion};

pub(super) fn eigenvalues(out: &mut dyn Write, analysis: &MultipleCorrespondence) -> Result<()> {
    let columns = ["axis", "eigenvalue", "raw_share", "cumulative_raw_share", "benzecri_eigenvalue", "benzecri_share", "greenacre_share"];
    let mut table = Table::new(out, &columns, &[], 0)?;
    let mut sum = 0.0;
    for (number, axis) in (1..).zip(&analysis.axes) {
        sum += axis.raw_share;
        table.cell(&i32::to_string(&number));
        table.numbers(&[axis.eigenvalue, axis.raw_share, sum]);
        let adjusted = axis.adjusted;
        table.optional(adjusted.map(|rate| rate.eigenvalue));
        table.optional(adjusted.map(|rate| rate.benzecri_share));
        table.optional(adjusted.map(|rate| rate.greenacre_share));
        table.end()?;
    }
    Ok(())
}

pub(super) fn modalities(
    out: &mut dyn Write,
    answers: &Answers<'_>,
    analysis: &MultipleCorrespondence,
    placed: &[SupplementaryQuestion],
) -> Result<()> {
    let columns = ["question", "modality", "part", "count", "mass", "inertia", "quality"];
    let mut table = Table::new(out, &columns, &["coordinate", "contribution", "cos2", "test_value"], analysis.kept)?;
    for modality in &analysis.modalities {
        let coding = &answers.questions[modality.question];
        table.cells(&[&coding.name, coding.label(modality.code), "active"]);
        table.numbers(&[modality.count, modality.mass, modality.inertia, modality.quality]);
        for numbers in [&modality.coordinates, &modality.contributions, &modality.cos2, &modality.test_values] {
            table.numbers(numbers);
        }
        table.end()?;
    }
    let passive = analysis.passive.iter().map(|modality| (&answers.questions[modality.question], "passive", modality));
    let supplementary = answers.supplementary.iter().zip(placed);
    let supplementary =
        supplementary.flat_map(|(coding, question)| question.modalities.iter().map(move |modality| (coding, "supplementary", modality)));
    for (coding, part, modality) in passive.chain(supplementary) {
        table.cells(&[&coding.name, coding.label(modality.code), part]);
        table.number(modality.count);
        table.nothing(2);
        table.number(modality.quality);
        table.numbers(&modality.coordinates);
        table.nothing(analysis.kept);
        table.numbers(&modality.cos2);
        table.numbers(&modality.test_values);
        table.end()?;
    }
    Ok(())
}

pub(super) fn questions(
    out: &mut dyn Write,
    answers: &Answers<'_>,
    analysis: &MultipleCorrespondence,
    placed: &[SupplementaryQuestion],
    correlations: &[Option<Vec<f64>>],
) -> Result<()> {
    let axes = analysis.kept;
    let mut table = Table::new(out, &["question", "part", "inertia"], &["eta2", "correlation"], axes)?;
    let mut row = |name: &str, part: &str, inertia: Option<f64>, eta2: Option<&[f64]>, correlations: Option<&[f64]>| {
        table.cell(name);
        table.cell(part);
        table.optional(inertia);
        for numbers in [eta2, correlations] {
            if let Some(numbers) = numbers {
                table.numbers(numbers);
            } else {
                table.nothing(axes);
            }
        }
        table.end()
    };
    for question in &analysis.questions {
        row(&answers.questions[question.question].name, "active", Some(question.inertia), Some(&question.eta2), None)?;
    }
    for question in &analysis.constant {
        row(&answers.questions[*question].name, "constant", None, None, None)?;
    }
    for (coding, question) in answers.supplementary.iter().zip(placed) {
        row(&coding.name, "supplementary", None, Some(&question.eta2), None)?;
    }
    for ((name, _), correlations) in answers.numbers.iter().zip(correlations) {
        row(name, "number", None, None, correlations.as_deref())?;
    }
    Ok(())
}

pub(super) fn individuals(out: &mut dyn Write, answers: &Answers<'_>, individuals: &Matrix, grouped: Option<&Grouped>) -> Result<()> {
    let mut columns = vec!["row"];
    columns.extend(answers.weights.is_some().then_some("weight"));
    columns.extend(grouped.is_some().then_some("group"));
    let mut table = Table::new(out, &columns, &["coordinate"], individuals.columns())?;
    for (i, row) in answers.rows.iter().enumerate() {
        table.cell(&row.to_string());
        if let Some(weights) = &answers.weights {
            table.number(weights[i]);
        }
        if let Some(grouped) = grouped {
            table.cell(&grouped.group_of(i).map_or_else(String::new, |group| group.to_string()));
        }
        table.numbers(individuals.row(i));
        table.end()?;
    }
    Ok(())
}
