//! Which columns of a file hold the answers to which question of the guide.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Coding, Given, text};
use crate::observatory::SourceSpec;
use crate::read::relevance::Value;
use crate::read::table::Field;
use crate::read::xlsform::{FormKind, FormQuestion, Guide, LeftOut};

/// The columns of one question under one of its names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Columns {
    /// The column with the whole answer.
    whole: Option<usize>,
    /// The column of each choice, where several may be ticked and any of them has one.
    boxes: Vec<Option<usize>>,
}

/// The columns of a file, question by question.
#[derive(Debug, Default)]
pub(super) struct Binding {
    /// Under each name that the file has: usually one, several where a question was renamed in mid-campaign.
    questions: Vec<Vec<Columns>>,
    /// The columns of what is not analyzed, by name: a `relevant` may ask for them.
    others: BTreeMap<String, usize>,
    header: Vec<String>,
}

/// What server and device add to each form.
const ADDED: [&str; 20] = [
    "start",
    "end",
    "today",
    "deviceid",
    "username",
    "simserial",
    "subscriberid",
    "phonenumber",
    "KEY",
    "SubmissionDate",
    "SubmitterID",
    "SubmitterName",
    "AttachmentsPresent",
    "AttachmentsExpected",
    "Status",
    "ReviewState",
    "DeviceID",
    "Edits",
    "FormVersion",
    "instanceID",
];

/// Columns of the sheet of a repeat: its rows are not persons.
const OF_A_REPEAT: [&str; 4] = ["_parent_index", "_parent_table_name", "PARENT_KEY", "SET-OF-PARENT"];

/// Whether a file is the sheet of a repeat.
pub(super) fn is_of_a_repeat(header: &[String]) -> bool {
    header.iter().any(|name| OF_A_REPEAT.contains(&name.as_str()))
}

/// The ways a name may be written: alone where nothing else has it, else with its groups.
pub(super) fn spellings(name: &str, path: &[String], alone: bool) -> Vec<String> {
    let mut spellings = Vec::new();
    if alone {
        spellings.push(name.to_owned());
    }
    if !path.is_empty() {
        spellings.extend(["/", "-"].map(|mark| format!("{}{mark}{name}", path.join(mark))));
    }
    spellings
}

impl Binding {
    pub(super) fn new(guide: &Guide, codings: &[Coding<'_>], spec: &SourceSpec, header: &[String]) -> Self {
        let at: BTreeMap<&str, usize> = header.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let questions = guide
            .questions
            .iter()
            .zip(codings)
            .map(|(question, coding)| {
                let own = match spec.questions.get(&question.id) {
                    Some(theirs) => vec![theirs.clone()],
                    None => spellings(&question.name, &question.path, question.id == question.name),
                };
                let older = spec.renamed.get(&question.id).into_iter().flatten().map(|old| spellings(old, &question.path, true));
                let names = std::iter::once(own).chain(older);
                names.filter_map(|spellings| spellings.iter().find_map(|name| columns(question, coding, name, &at))).collect()
            })
            .collect();
        let place = |left: &LeftOut| spellings(&left.name, &left.path, true).iter().find_map(|name| at.get(name.as_str())).copied();
        let others = guide.left_out.iter().filter_map(|left| Some((left.name.clone(), place(left)?))).collect();
        Self { questions, others, header: header.to_vec() }
    }

    /// Whether the file has a column for this question.
    pub(super) fn has(&self, question: usize) -> bool {
        self.questions.get(question).is_some_and(|names| !names.is_empty())
    }

    /// The columns that hold something of the guide.
    fn bound(&self) -> BTreeSet<usize> {
        let columns = self.questions.iter().flatten().flat_map(|names| names.boxes.iter().copied().chain([names.whole]));
        columns.flatten().chain(self.others.values().copied()).collect()
    }

    /// The names of the columns that belong neither to the guide nor to `declared`, nor to what a server adds.
    pub(super) fn not_read(&self, declared: impl Iterator<Item = usize>) -> Vec<&str> {
        let mut bound = self.bound();
        bound.extend(declared);
        let unread = self.header.iter().enumerate().filter(|(at, _)| !bound.contains(at)).map(|(_, name)| name.as_str());
        unread
            .filter(|name| !name.is_empty() && !name.starts_with('_') && !ADDED.contains(name))
            .filter(|name| !name.starts_with("meta/") && !name.starts_with("meta-"))
            .collect()
    }

    /// What a row says to a question; on failure the column and the reason.
    pub(super) fn given(&self, at: usize, coding: &Coding<'_>, row: &[Field<'_>], decimal: char) -> Result<Given, (String, &'static str)> {
        let mut found: Option<(Given, usize)> = None;
        let names = self.questions.get(at).map(Vec::as_slice).unwrap_or_default();
        for columns in names {
            let (given, column) = columns.given(coding, row, decimal).map_err(|(column, reason)| (self.name(column), reason))?;
            match &found {
                Some((known, _)) if *known != Given::Blank && given != Given::Blank && *known != given => {
                    return Err((self.name(column), "another column of the same question says something else"));
                }
                Some((known, _)) if *known != Given::Blank => {}
                _ => found = Some((given, column)),
            }
        }
        Ok(found.map_or(Given::Missing, |(given, _)| given))
    }

    /// The column by which a question is told of in messages.
    pub(super) fn column(&self, question: usize) -> String {
        let columns = self.questions.get(question).and_then(|names| names.first());
        columns.and_then(|c| c.whole.or(c.boxes.iter().flatten().next().copied())).map_or_else(String::new, |at| self.name(at))
    }

    fn name(&self, column: usize) -> String {
        self.header.get(column).cloned().unwrap_or_default()
    }

    /// What a `relevant` sees of what is not analyzed; `None` where the file does not have it.
    pub(super) fn other(&self, name: &str, row: &[Field<'_>]) -> Option<Value> {
        let column = self.others.get(name)?;
        let cell = row.get(*column).copied().unwrap_or(Field::Absent);
        if let Field::Number(number) = cell {
            return Some(Value::Number(number));
        }
        Some(Value::Text(text(cell).ok()?.unwrap_or_default()))
    }
}

impl Columns {
    /// What a row says to the question under this name; on failure the column and the reason.
    fn given(&self, coding: &Coding<'_>, row: &[Field<'_>], decimal: char) -> Result<(Given, usize), (usize, &'static str)> {
        let cell = |column: usize| row.get(column).copied().unwrap_or(Field::Absent);
        let whole = match self.whole {
            Some(column) => Some((coding.cell(cell(column), decimal).map_err(|reason| (column, reason))?, column)),
            None => None,
        };
        let Some(first) = self.boxes.iter().flatten().next().copied() else {
            return Ok(whole.unwrap_or((Given::Blank, 0)));
        };
        let mut ticked: Vec<Option<bool>> = Vec::with_capacity(self.boxes.len());
        for (choice, column) in self.boxes.iter().enumerate() {
            ticked.push(match column {
                Some(column) => coding.ticks(choice, cell(*column)).map_err(|reason| (*column, reason))?,
                None => None,
            });
        }
        if ticked.iter().all(Option::is_none) {
            return Ok(whole.unwrap_or((Given::Blank, first)));
        }
        let none = ticked.iter().all(|tick| *tick != Some(true));
        match whole {
            // Nothing in the list and nothing ticked: the list says whether the question was answered.
            Some((Given::Blank, column)) if none => Ok((Given::Blank, column)),
            Some((given, column)) => {
                let split = coding.boxes(ticked.clone()).map_err(|reason| (first, reason))?;
                let agree = match (&given, &split) {
                    (Given::Boxes(list), Given::Boxes(boxes)) => list.iter().zip(boxes).all(|(list, tick)| tick.is_none() || list == tick),
                    (Given::Refused(_), Given::Boxes(_)) => none,
                    (given, split) => given == split,
                };
                if agree { Ok((given, column)) } else { Err((column, "the list and the boxes of this question contradict each other")) }
            }
            None => {
                if !none && ticked.iter().all(|tick| *tick != Some(false)) {
                    // Only what is ticked was written.
                    for (tick, column) in ticked.iter_mut().zip(&self.boxes) {
                        *tick = tick.or(column.map(|_| false));
                    }
                }
                Ok((coding.boxes(ticked).map_err(|reason| (first, reason))?, first))
            }
        }
    }
}

/// The columns of a question under a name, where the file has any.
fn columns(question: &FormQuestion, coding: &Coding<'_>, name: &str, at: &BTreeMap<&str, usize>) -> Option<Columns> {
    let whole = at.get(name).copied();
    let mut boxes = Vec::new();
    if matches!(question.kind, FormKind::Several(_)) {
        boxes = coding
            .choices()
            .iter()
            .enumerate()
            .map(|(choice, of)| {
                let column = |end: &str| ["/", "."].iter().find_map(|mark| at.get(format!("{name}{mark}{end}").as_str())).copied();
                let label = || of.labels.iter().filter(|label| coding.position(label) == Some(choice)).find_map(|label| column(label));
                column(&of.code).or_else(label)
            })
            .collect();
        if boxes.iter().all(Option::is_none) {
            boxes.clear();
        }
    }
    (whole.is_some() || !boxes.is_empty()).then_some(Columns { whole, boxes })
}
