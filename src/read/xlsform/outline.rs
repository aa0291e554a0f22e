//! The form as a whole: names that are unique, references that lead somewhere, and no question that waits for itself.

use std::collections::{BTreeMap, BTreeSet};

use super::problem::{Problems, Remark};
use super::{FormKind, FormQuestion, LeftOut};
use crate::read::relevance::Expression;

/// Gives each question the name by which we know it: its own, or its path where another has the same.
pub(super) fn name(questions: &mut [FormQuestion], left_out: &[LeftOut], problems: &mut Problems) {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for name in questions.iter().map(|q| &q.name).chain(left_out.iter().map(|l| &l.name)) {
        *count.entry(name.clone()).or_default() += 1;
    }
    for question in questions.iter_mut().filter(|q| count.get(&q.name).is_some_and(|n| *n > 1)) {
        question.id = question.path.iter().chain([&question.name]).map(String::as_str).collect::<Vec<_>>().join("/");
    }
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for question in questions.iter() {
        let boxes = matches!(question.kind, FormKind::Several(_));
        let ids = if boxes {
            question.choices().iter().map(|choice| format!("{}/{}", question.id, choice.code)).collect()
        } else {
            vec![question.id.clone()]
        };
        for id in ids {
            if !taken.insert(id.clone()) {
                problems.add("survey", question.row, "name", format!("two answers would be called \"{id}\": rename one of them"));
            }
        }
    }
}

/// Whether what `relevant` and `constraint` refer to is there, and in no circle.
pub(super) fn check_references(
    questions: &[FormQuestion],
    left_out: &[LeftOut],
    groups: &BTreeSet<String>,
    problems: &mut Problems,
    remarks: &mut Vec<Remark>,
) {
    let names: BTreeSet<&str> = questions
        .iter()
        .map(|q| q.name.as_str())
        .chain(left_out.iter().map(|l| l.name.as_str()))
        .chain(groups.iter().map(String::as_str))
        .collect();
    for question in questions {
        let expressions = question.relevant.iter().map(|e| ("relevant", e)).chain(question.constraint.iter().map(|e| ("constraint", e)));
        for (column, expression) in expressions {
            for name in expression.references.iter().filter(|name| !names.contains(name.as_str())) {
                problems.add("survey", question.row, column, format!("${{{name}}} is nothing of this form"));
            }
            if let Some(text) = not_understood(column, expression) {
                remarks.push(Remark { sheet: "survey".to_owned(), row: question.row, column: question.name.clone(), text });
            }
        }
    }
    for at in circular(questions) {
        let question = &questions[at];
        problems.add("survey", question.row, "relevant", format!("whether \"{}\" is asked depends on itself", question.name));
    }
}

fn not_understood(column: &str, expression: &Expression) -> Option<String> {
    let pieces = expression.not_understood.join(", ");
    (!pieces.is_empty()).then(|| match column {
        "constraint" => format!("its constraint is not understood ({pieces}) and not checked"),
        _ => format!("its relevant is not understood ({pieces}): where it decides, an empty cell counts as no answer"),
    })
}

/// The questions in a circle of `relevant`, by position: what is left when everything that leads nowhere is taken away, from
/// either end.
fn circular(questions: &[FormQuestion]) -> Vec<usize> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, question) in questions.iter().enumerate() {
        by_name.entry(&question.name).or_default().push(at);
    }
    let waits_for: Vec<Vec<usize>> = questions
        .iter()
        .map(|question| {
            let names = question.relevant.iter().flat_map(|expression| &expression.references);
            names.filter_map(|name| by_name.get(name.as_str())).flatten().copied().collect()
        })
        .collect();
    let mut awaited_by: Vec<Vec<usize>> = vec![Vec::new(); questions.len()];
    for (at, targets) in waits_for.iter().enumerate() {
        for target in targets {
            awaited_by[*target].push(at);
        }
    }
    let mut left = vec![true; questions.len()];
    for (edges, back) in [(&waits_for, &awaited_by), (&awaited_by, &waits_for)] {
        let mut degree: Vec<usize> = edges.iter().map(|targets| targets.iter().filter(|t| left[**t]).count()).collect();
        let mut free: Vec<usize> = (0..questions.len()).filter(|at| left[*at] && degree[*at] == 0).collect();
        while let Some(at) = free.pop() {
            left[at] = false;
            for source in &back[at] {
                degree[*source] -= 1;
                if degree[*source] == 0 && left[*source] {
                    free.push(*source);
                }
            }
        }
    }
    (0..questions.len()).filter(|at| left[*at]).collect()
}
