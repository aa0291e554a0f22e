//! Factors of coded questions: the multiple correspondence analysis of an analysis' active questions.

use super::analysis::{Axis, Point};
use crate::catalog::studies::AnalysisSpec;
use crate::error::{Error, Result};
use crate::measure::coding::{CodedQuestion, Coding};
use crate::measure::recode::{least_for, merge_rare};
use crate::records::Modality;
use crate::stats::answers::Question;
use crate::stats::matrix::Matrix;
use crate::stats::multiple_correspondence::{MultipleCorrespondence, PassiveModality};
use crate::stats::refusal::Refusal;

/// The most axes that are looked at where their number is not declared.
pub(super) const MOST_AXES: usize = 10;
/// The share of the inertia (Benzécri's adjusted one, in a multiple analysis) that the kept axes explain.
const EXPLAINED: f64 = 0.8;

/// What the factors of an analysis are.
pub(super) struct Factors {
    pub(super) axes: Vec<Axis>,
    pub(super) kept: usize,
    pub(super) points: Vec<Point>,
    pub(super) eta2: Vec<(String, bool, Vec<f64>)>,
    /// Units × kept axes.
    pub(super) coordinates: Matrix,
    pub(super) active: Vec<String>,
    pub(super) recoded: Vec<(String, usize, usize)>,
}

/// A refusal of the mathematics, told of the analysis it belongs to.
pub(super) fn refused(id: &str, refusal: &Refusal) -> Error {
    Error::config(format!("the analysis \"{id}\" cannot be made: {refusal}"))
}

/// A question as the analysis takes it.
struct Active {
    question: CodedQuestion,
    codes: Vec<u16>,
    modalities: Vec<Modality>,
    passive: Vec<u16>,
}

impl Active {
    fn of(question: &CodedQuestion, spec: &AnalysisSpec, recoded: &mut Vec<(String, usize, usize)>) -> Self {
        let least = least_for(question, spec.rare_below);
        let (question, rare, merged) = merge_rare(question, least);
        if merged.merged + merged.passive > 0 {
            recoded.push((question.id.clone(), merged.merged, merged.passive));
        }
        let (codes, modalities) = question.active(spec.missing, spec.not_asked);
        // "No answer" and "not asked" may be rare too, where they are modalities.
        let mut counts = vec![0u64; modalities.len()];
        for code in &codes {
            if let Some(count) = counts.get_mut(usize::from(*code)) {
                *count += 1;
            }
        }
        let is_rare = |m: usize| rare.get(m).copied().unwrap_or(counts[m] < least);
        let passive = (0..modalities.len()).filter(|m| is_rare(*m)).filter_map(|m| u16::try_from(m).ok()).collect();
        Self { question, codes, modalities, passive }
    }

    fn question(&self) -> Question<'_> {
        Question::new(&self.codes, u16::try_from(self.modalities.len()).unwrap_or(u16::MAX)).passive(&self.passive)
    }

    fn point(&self, code: u16) -> Option<(Modality, u64)> {
        let modality = self.modalities.get(usize::from(code))?.clone();
        let units = self.codes.iter().filter(|given| **given == code).count() as u64;
        Some((modality, units))
    }
}

/// The units that gave any active answer, by position; the others cannot be placed on any axis.
pub(super) fn answering(coding: &Coding, active: &[usize]) -> Vec<usize> {
    let answers = |unit: &usize| active.iter().any(|q| coding.questions[*q].states[*unit].modality().is_some());
    (0..coding.units.len()).filter(answers).collect()
}

/// Analyzes the active questions of all units of a coding.
pub(super) fn factors(spec: &AnalysisSpec, coding: &Coding, active: &[usize], supplementary: &[usize]) -> Result<Factors> {
    let mut recoded = Vec::new();
    let actives: Vec<Active> = active.iter().map(|q| Active::of(&coding.questions[*q], spec, &mut recoded)).collect();
    let questions: Vec<Question<'_>> = actives.iter().map(Active::question).collect();
    let weights = weights_of(coding);
    let most = spec.axes.unwrap_or(MOST_AXES);
    let analysis = MultipleCorrespondence::of(&questions, weights, most).map_err(|e| refused(&spec.id, &e))?;
    let kept = spec.axes.unwrap_or_else(|| explaining(adjusted(&analysis), analysis.kept)).min(analysis.kept);
    let all = analysis.individuals(&questions).map_err(|e| refused(&spec.id, &e))?;
    let mut points = Vec::new();
    for modality in &analysis.modalities {
        let of = &actives[modality.question];
        let Some((named, units)) = of.point(modality.code) else { continue };
        points.push(Point {
            question: of.question.id.clone(),
            label: of.question.label.clone(),
            short: of.question.short.clone(),
            theme: of.question.theme,
            modality: named,
            active: true,
            units,
            mass: modality.mass,
            coordinates: modality.coordinates[..kept].to_vec(),
            contributions: modality.contributions[..kept].to_vec(),
            cos2: modality.cos2[..kept].to_vec(),
            test_values: modality.test_values[..kept].to_vec(),
        });
    }
    let mut eta2: Vec<(String, bool, Vec<f64>)> =
        analysis.questions.iter().map(|q| (actives[q.question].question.id.clone(), true, q.eta2[..kept].to_vec())).collect();
    for q in supplementary {
        let question = &coding.questions[*q];
        let (codes, modalities) = question.active(crate::catalog::studies::Missing::Passive, crate::catalog::studies::Missing::Passive);
        let coded = Question::new(&codes, u16::try_from(modalities.len()).unwrap_or(u16::MAX));
        // A question that nobody answered has no place on the plane.
        let Ok(placed) = analysis.supplementary_question(&coded, &all, weights) else { continue };
        points.extend(placed.modalities.iter().filter_map(|m| supplementary_point(question, m, &codes, kept)));
        eta2.push((question.id.clone(), false, placed.eta2[..kept].to_vec()));
    }
    let mut coordinates = Matrix::zeros(all.rows(), kept);
    for row in 0..all.rows() {
        coordinates.row_mut(row).copy_from_slice(&all.row(row)[..kept]);
    }
    let axes = analysis
        .axes
        .iter()
        .map(|axis| Axis {
            eigenvalue: axis.eigenvalue,
            share: axis.raw_share,
            benzecri: axis.adjusted.map(|rate| rate.benzecri_share),
            greenacre: axis.adjusted.map(|rate| rate.greenacre_share),
        })
        .collect();
    let active = analysis.questions.iter().map(|q| actives[q.question].question.id.clone()).collect();
    Ok(Factors { axes, kept, points, eta2, coordinates, active, recoded })
}

/// The weights, where they are not all one.
pub(super) fn weights_of(coding: &Coding) -> Option<&[f64]> {
    coding.weights.iter().any(|weight| *weight != 1.0).then_some(coding.weights.as_slice())
}

/// Benzécri's adjusted shares of the axes that have one.
fn adjusted(analysis: &MultipleCorrespondence) -> impl Iterator<Item = f64> + '_ {
    analysis.axes.iter().map_while(|axis| axis.adjusted).map(|rate| rate.benzecri_share)
}

/// The fewest axes, two or more, whose shares sum to [`EXPLAINED`]; all that were kept where they do not.
pub(super) fn explaining(shares: impl Iterator<Item = f64>, kept: usize) -> usize {
    let mut sum = 0.0;
    let mut reached = shares.map(|share| {
        sum += share;
        sum >= EXPLAINED - 1e-12
    });
    reached.position(|enough| enough).map_or(kept, |at| at + 1).max(2)
}

fn supplementary_point(question: &CodedQuestion, placed: &PassiveModality, codes: &[u16], kept: usize) -> Option<Point> {
    Some(Point {
        question: question.id.clone(),
        label: question.label.clone(),
        short: question.short.clone(),
        theme: question.theme,
        modality: question.modalities.get(usize::from(placed.code))?.clone(),
        active: false,
        units: codes.iter().filter(|code| **code == placed.code).count() as u64,
        mass: 0.0,
        coordinates: placed.coordinates[..kept].to_vec(),
        contributions: Vec::new(),
        cos2: placed.cos2[..kept].to_vec(),
        test_values: placed.test_values[..kept].to_vec(),
    })
}
