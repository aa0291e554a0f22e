//! What marks a group: each modality's share in it against all, with its test-value, and each number's mean.

use super::analysis::{AnalysisGroup, Described, Mark, NumberMark};
use super::factors::weights_of;
use crate::catalog::studies::Missing;
use crate::measure::coding::Coding;
use crate::stats::answers::Question;
use crate::stats::class_profile::{Threshold, describe as describe_classes};
use crate::stats::partition::Partition;
use crate::stats::refusal::Refusal;

/// Describes groups of units by all questions and numbers of a coding, as [`describe_classes`] does. `group_of` gives the
/// group of each unit, if it has one; units without are left out.
pub(super) fn describe(
    coding: &Coding,
    group_of: &[Option<usize>],
    active: &[String],
    groups: &mut [AnalysisGroup],
) -> Result<Vec<Described>, Refusal> {
    let inside: Vec<usize> = (0..group_of.len()).filter(|unit| group_of[*unit].is_some()).collect();
    let coding = coding.only(&inside);
    let classes = inside.iter().filter_map(|unit| group_of[*unit]).filter_map(|group| u32::try_from(group).ok()).collect();
    let partition = Partition::new(classes)?;
    let codes: Vec<Vec<u16>> = coding.questions.iter().map(|q| q.active(Missing::Passive, Missing::Passive).0).collect();
    let questions: Vec<Question<'_>> = codes
        .iter()
        .zip(&coding.questions)
        .map(|(codes, question)| Question::new(codes, u16::try_from(question.modalities.len()).unwrap_or(u16::MAX)))
        .collect();
    let numbers: Vec<&[Option<f64>]> = coding.numbers.iter().map(|number| number.values.as_slice()).collect();
    let found = describe_classes(&partition, &questions, &numbers, weights_of(&coding), &Threshold::default())?;
    for (class, group) in found.classes.iter().zip(groups.iter_mut()) {
        let persons = |question: usize, code: u16| {
            let of = |(given, class_of): (&u16, &u32)| *given == code && *class_of as usize == class.class;
            codes[question].iter().zip(partition.class_of()).filter(|pair| of((pair.0, pair.1))).count() as u64
        };
        group.marks = class
            .modalities
            .iter()
            .map(|mark| Mark {
                question: mark.question,
                modality: usize::from(mark.code),
                units: persons(mark.question, mark.code),
                of_modality: mark.of_modality,
                of_group: mark.of_class,
                of_all: mark.overall,
                p_value: mark.test.p(),
                test_value: mark.test.value,
            })
            .collect();
        group.marks.sort_by(|a, b| {
            b.test_value.abs().total_cmp(&a.test_value.abs()).then(a.question.cmp(&b.question)).then(a.modality.cmp(&b.modality))
        });
        group.numbers = class
            .means
            .iter()
            .map(|mark| NumberMark {
                id: coding.numbers[mark.variable].id.clone(),
                label: coding.numbers[mark.variable].label.clone(),
                units: numbers[mark.variable]
                    .iter()
                    .zip(partition.class_of())
                    .filter(|(x, c)| x.is_some() && **c as usize == class.class)
                    .count() as u64,
                mean: mark.mean,
                mean_of_all: mark.overall_mean,
                deviation: mark.deviation,
                p_value: mark.test.p(),
                test_value: mark.test.value,
            })
            .collect();
        group.numbers.sort_by(|a, b| b.test_value.abs().total_cmp(&a.test_value.abs()).then(a.id.cmp(&b.id)));
    }
    let described = coding.questions.iter().enumerate().map(|(position, question)| Described {
        id: question.id.clone(),
        label: question.label.clone(),
        short: question.short.clone(),
        modalities: question.modalities.clone(),
        active: active.contains(&question.id),
        p_value: found.questions.iter().find(|link| link.question == position).map(crate::stats::class_profile::QuestionLink::p),
    });
    Ok(described.collect())
}
