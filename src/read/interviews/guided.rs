//! With a guide: each row is checked against it, and what was not asked stays apart from what was not answered.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::super::columns::{Bad, Columns};
use super::super::intake::{Take, intake_files};
use super::super::response::GuideFacts;
use super::super::table::Field;
use super::super::{Sourced, Sources};
use super::Form;
use super::answer::{Coding, Given};
use super::binding::{Binding, is_of_a_repeat};
use super::head::{self, Heads, Unsorted};
use crate::error::{Error, ErrorKind, Result};
use crate::observatory::{Observatory, SourceSpec};
use crate::read::relevance::{self, Expression, Value};
use crate::read::xlsform::{FormKind, FormQuestion, Guide};
use crate::records::{Answer, Interviews, QuestionKind};

/// The most columns that a note lists.
const TOLD: usize = 20;

struct Guided<'g> {
    guide: &'g Guide,
    spec: &'g SourceSpec,
    source: &'static str,
    heads: Heads<'g>,
    codings: Vec<Coding<'g>>,
    /// For each choice of each question its modality; `None` for a code of refusal.
    modalities: Vec<Vec<Option<u16>>>,
    /// The questions by name, where only one has it: what a `relevant` refers to.
    by_name: BTreeMap<&'g str, Option<usize>>,
    binding: Binding,
    notes: Vec<String>,
    found: Vec<bool>,
    rows: Vec<Unsorted>,
    /// For each question that is a number, one value a row.
    numbers: Vec<Vec<Option<f64>>>,
    though_not_asked: BTreeMap<String, u64>,
}

pub(super) fn read(
    observatory: &Observatory,
    spec: &SourceSpec,
    form: Form,
    guide: &Guide,
    name: &str,
    sources: &mut Sources,
) -> Result<Sourced<Interviews>> {
    check_names(observatory, spec, form, guide)?;
    let mut guided = Guided::new(observatory, spec, form, guide)?;
    let names = head::names(form, Some(guide));
    let crs = intake_files(observatory, form.source(), spec, &names, sources, &mut guided)?;
    guided.check_found()?;
    let Guided { found, rows, numbers, though_not_asked, .. } = guided;
    if let Some(report) = sources.reports.last_mut() {
        report.guide = Some(facts(guide, name, &found, though_not_asked));
    }
    let (records, groups) = head::sorted(rows);
    let questionnaire = guide.questionnaire(&spec.refused);
    let numeric = questionnaire.questions.iter().enumerate().filter(|(_, q)| q.kind == QuestionKind::Number).map(|(at, _)| at);
    let numbers = numeric.collect::<Vec<_>>().into_iter().zip(numbers).collect();
    Ok(Sourced { records: Interviews { records, questionnaire, groups, numbers }, crs })
}

fn facts(guide: &Guide, name: &str, found: &[bool], answered_though_not_asked: BTreeMap<String, u64>) -> GuideFacts {
    let ids = |wanted: &dyn Fn(usize, &FormQuestion) -> bool| {
        let questions = guide.questions.iter().enumerate().filter(|(at, question)| wanted(*at, question));
        questions.map(|(_, question)| question.id.clone()).collect::<Vec<_>>()
    };
    GuideFacts {
        file: name.into(),
        version: guide.questionnaire(&[]).version,
        sha256: guide.sha256.clone(),
        bytes: guide.bytes,
        themes: guide.themes.len(),
        questions: guide.questions.len(),
        left_out: guide.left_out.len(),
        absent: ids(&|at, _| !found[at]),
        not_understood: ids(&|_, question| question.relevant.iter().any(|e| !e.not_understood.is_empty())),
        answered_though_not_asked,
    }
}

/// The questions that the observatory's file names have to be the guide's.
fn check_names(observatory: &Observatory, spec: &SourceSpec, form: Form, guide: &Guide) -> Result<()> {
    let items = spec.well_being.iter().flat_map(|index| &index.items);
    let named = [
        ("questions", spec.questions.keys().collect::<Vec<_>>()),
        ("renamed", spec.renamed.keys().collect()),
        ("well_being", items.collect()),
    ];
    for (table, names) in named {
        let unknown: Vec<String> = names.iter().filter(|n| guide.question(n).is_none()).map(|n| format!("\"{n}\"")).collect();
        if !unknown.is_empty() {
            return Err(Error::config(format!("the guide has no question {}", unknown.join(", ")))
                .in_file(&observatory.file)
                .in_column(format!("sources.{}.{table}", form.source()))
                .help("`optima guide` lists the questions of a form"));
        }
    }
    Ok(())
}

impl<'g> Guided<'g> {
    fn new(observatory: &Observatory, spec: &'g SourceSpec, form: Form, guide: &'g Guide) -> Result<Self> {
        let codings = guide.questions.iter().map(|q| Coding::new(q, spec.values.get(&q.id), &spec.refused)).collect();
        let modalities = guide
            .questions
            .iter()
            .map(|question| {
                let mut next = 0..;
                let modality = |code: &String| if spec.refused.contains(code) { None } else { next.next() };
                question.choices().iter().map(|choice| &choice.code).map(modality).collect()
            })
            .collect();
        let mut by_name: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for (at, question) in guide.questions.iter().enumerate() {
            by_name.entry(&question.name).and_modify(|known| *known = None).or_insert(Some(at));
        }
        let numbers = guide.questions.iter().filter(|q| matches!(q.kind, FormKind::Number { .. })).count();
        Ok(Self {
            guide,
            spec,
            source: form.source(),
            heads: Heads::new(observatory, spec, form)?,
            codings,
            modalities,
            by_name,
            binding: Binding::default(),
            notes: Vec::new(),
            found: vec![false; guide.questions.len()],
            rows: Vec::new(),
            numbers: vec![Vec::new(); numbers],
            though_not_asked: BTreeMap::new(),
        })
    }

    /// A declared column that no file has is a mistake, and so is a guide of which no file has a question.
    fn check_found(&self) -> Result<()> {
        let lost = self
            .guide
            .questions
            .iter()
            .zip(&self.found)
            .filter(|(question, found)| !**found && self.spec.questions.contains_key(&question.id));
        let lost: Vec<String> =
            lost.map(|(q, _)| format!("there is no column \"{}\" (for {})", self.spec.questions[&q.id], q.id)).collect();
        let error = if !lost.is_empty() {
            lost.into_iter().fold(Error::input("the columns are not those the observatory's file names"), Error::detail)
        } else if self.found.iter().any(|found| *found) {
            return Ok(());
        } else {
            Error::input("no question of the guide is a column of these files")
                .help("is this the guide of these interviews? Columns with other names are named under questions or renamed")
        };
        Err(self.spec.files.first().map_or_else(|| Error::input("no file is named"), |file| error.in_file(file)))
    }

    /// Whether a question was asked, by the guide; `None` where nobody can tell.
    fn relevant(&self, question: &FormQuestion, given: &[Given], row: &[Field<'_>]) -> Option<bool> {
        let mut holds = Some(true);
        for expression in &question.relevant {
            match self.holds(expression, given, row, None) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => holds = None,
            }
        }
        holds
    }

    fn holds(&self, expression: &Expression, given: &[Given], row: &[Field<'_>], own: Option<&Value>) -> Option<bool> {
        let answer = |at: usize| {
            let name = expression.references.get(at)?;
            match self.by_name.get(name.as_str()) {
                Some(Some(question)) => self.codings[*question].value(&given[*question]),
                Some(None) => None,
                None => self.binding.other(name, row),
            }
        };
        expression.holds(relevance::Given { answer: &answer, own })
    }

    fn bad(&self, question: usize, reason: &str) -> Bad {
        Bad { column: self.binding.column(question), reason: reason.to_owned() }
    }

    /// The answers to one question in the records: one, or one a choice.
    fn put(&self, question: usize, given: &Given, relevant: Option<bool>, answers: &mut Vec<Answer>) {
        let blank = if relevant == Some(false) { Answer::NotAsked } else { Answer::NoAnswer };
        let of = &self.modalities[question];
        let several = matches!(self.guide.questions[question].kind, FormKind::Several(_));
        let same = match given {
            Given::Missing => Answer::NotAsked,
            Given::Blank => blank,
            Given::Refused(_) => Answer::Refused,
            Given::Number(_) => Answer::Number,
            Given::Acknowledged => Answer::Modality(0),
            Given::Choice(at) => of.get(*at).copied().flatten().map_or(Answer::Refused, Answer::Modality),
            Given::Boxes(ticked) => {
                let offered = ticked.iter().zip(of).filter(|(_, modality)| modality.is_some());
                answers.extend(offered.map(|(tick, _)| tick.map_or(Answer::NotAsked, |tick| Answer::Modality(u16::from(!tick)))));
                return;
            }
        };
        let boxes = if several { of.iter().flatten().count() } else { 1 };
        answers.extend(std::iter::repeat_n(same, boxes));
    }
}

impl Take for Guided<'_> {
    fn file(&mut self, file: &Path, columns: &Columns<'_>) -> Result<()> {
        if is_of_a_repeat(&columns.header) {
            return Err(Error::new(ErrorKind::Input, "this is the sheet of a repeat: its rows are answers, not persons")
                .in_file(file)
                .help("name the sheet or file of the form itself; the questions of a repeat are not analyzed"));
        }
        self.heads.file(file);
        self.binding = Binding::new(self.guide, &self.codings, self.spec, &columns.header);
        let mut absent = Vec::new();
        for (at, question) in self.guide.questions.iter().enumerate() {
            if self.binding.has(at) {
                self.found[at] = true;
            } else {
                absent.push(question.id.as_str());
            }
        }
        let list = |names: &[&str]| {
            let more = if names.len() > TOLD { ", …" } else { "" };
            format!("{}{more}", names[..names.len().min(TOLD)].join(", "))
        };
        if !absent.is_empty() {
            self.notes.push(format!("questions of the guide not in this file, so not asked: {}", list(&absent)));
        }
        let not_read = self.binding.not_read(columns.bound());
        if !not_read.is_empty() {
            self.notes.push(format!("columns not read: {}", list(&not_read)));
        }
        if let Some(point) = columns.header.iter().find_map(|name| name.strip_prefix('_')?.strip_suffix("_longitude"))
            && !["zone", "x", "street", "quartier"].iter().any(|name| columns.has(name))
        {
            self.notes.push(format!(
                "the place \"{point}\" is not read: declare x = \"_{point}_longitude\", y = \"_{point}_latitude\" and crs = 4326"
            ));
        }
        tracing::debug!(source = self.source, file = %file.display(), "bound to the guide");
        Ok(())
    }

    fn row(&mut self, columns: &Columns<'_>, row: &[Field<'_>]) -> std::result::Result<(), Bad> {
        let (mut interview, groups) = self.heads.read(columns, row)?;
        let mut given = Vec::with_capacity(self.codings.len());
        for (at, coding) in self.codings.iter().enumerate() {
            let answer = self.binding.given(at, coding, row, columns.decimal);
            given.push(answer.map_err(|(column, reason)| Bad { column, reason: reason.to_owned() })?);
        }
        let mut numbers = Vec::with_capacity(self.numbers.len());
        let mut though_not_asked = BTreeSet::new();
        for (at, question) in self.guide.questions.iter().enumerate() {
            let relevant = self.relevant(question, &given, row);
            if let (Some(constraint), Given::Number(number)) = (&question.constraint, &given[at])
                && self.holds(constraint, &given, row, Some(&Value::Number(*number))) == Some(false)
            {
                return Err(self.bad(at, "outside the bounds that the guide sets"));
            }
            if relevant == Some(false) && !matches!(given[at], Given::Missing | Given::Blank) {
                though_not_asked.insert(question.id.as_str());
            }
            if matches!(question.kind, FormKind::Number { .. }) {
                numbers.push(if let Given::Number(number) = given[at] { Some(number) } else { None });
            }
            self.put(at, &given[at], relevant, &mut interview.answers);
        }
        self.heads.keep(columns, &interview.id)?;
        for id in though_not_asked {
            *self.though_not_asked.entry(id.to_owned()).or_default() += 1;
        }
        self.numbers.iter_mut().zip(numbers).for_each(|(column, number)| column.push(number));
        self.rows.push((interview, groups));
        Ok(())
    }

    fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }
}
