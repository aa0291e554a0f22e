//! A row a person, a column a question: multiple correspondence analysis of a file.

use super::columns::{Coding, Part, number, parts};
use super::folder::Folder;
use super::groups::{self, Grouped};
use super::{AnalyzeReport, AnalyzeRequest, AxisReport, Missing, group_tables, refused, results, spec};
use crate::error::{Error, Result};
use crate::interrupt;
use crate::read::{Field, Row, RowSink, read_table};
use crate::stats::answers::Question;
use crate::stats::multiple_correspondence::{Axis, MultipleCorrespondence};

/// The cells of a file that have a part in the analysis, by column.
#[derive(Debug)]
pub(super) struct Answers<'r> {
    pub(super) request: &'r AnalyzeRequest,
    parts: Vec<Part>,
    pub(super) questions: Vec<Coding>,
    pub(super) supplementary: Vec<Coding>,
    pub(super) numbers: Vec<(String, Vec<f64>)>,
    pub(super) weights: Option<Vec<f64>>,
    /// The row of the file each person is in.
    pub(super) rows: Vec<u64>,
    read: u64,
    first_set_aside: Option<u64>,
    not_numbers: u64,
}

impl RowSink for Answers<'_> {
    fn header(&mut self, columns: &[String]) -> Result<()> {
        self.parts = parts(self.request, columns)?;
        for (name, part) in columns.iter().zip(&self.parts) {
            match part {
                Part::Active => self.questions.push(Coding::new(name)),
                Part::Supplementary => self.supplementary.push(Coding::new(name)),
                Part::Number => self.numbers.push((name.clone(), Vec::new())),
                Part::Weight => self.weights = Some(Vec::new()),
                Part::None => {}
            }
        }
        Ok(())
    }

    fn row(&mut self, number: u64, row: Row<'_>) -> Result<()> {
        interrupt::check()?;
        self.read += 1;
        let Ok(cells) = row else {
            self.first_set_aside.get_or_insert(number);
            return Ok(());
        };
        if let Some(weights) = &mut self.weights {
            let Some(weight) = self.parts.iter().position(|part| *part == Part::Weight).and_then(|at| weight(cells[at])) else {
                self.first_set_aside.get_or_insert(number);
                return Ok(());
            };
            weights.push(weight);
        }
        self.rows.push(number);
        let (mut questions, mut supplementary, mut numbers) =
            (self.questions.iter_mut(), self.supplementary.iter_mut(), self.numbers.iter_mut());
        for (part, cell) in self.parts.iter().zip(cells) {
            match part {
                Part::Active => questions.next().map_or(Ok(()), |coding| coding.push(*cell))?,
                Part::Supplementary => supplementary.next().map_or(Ok(()), |coding| coding.push(*cell))?,
                Part::Number => {
                    let value = self::number(*cell);
                    self.not_numbers += u64::from(value.is_err());
                    if let Some((_, values)) = numbers.next() {
                        values.push(value.ok().flatten().unwrap_or(f64::NAN));
                    }
                }
                Part::Weight | Part::None => {}
            }
        }
        Ok(())
    }
}

fn weight(cell: Field<'_>) -> Option<f64> {
    number(cell).ok().flatten().filter(|weight| *weight >= 0.0)
}

pub(super) fn analyze(request: &AnalyzeRequest, missing: Missing, mut folder: Folder) -> Result<AnalyzeReport> {
    let mut answers = Answers {
        request,
        parts: Vec::new(),
        questions: Vec::new(),
        supplementary: Vec::new(),
        numbers: Vec::new(),
        weights: None,
        rows: Vec::new(),
        read: 0,
        first_set_aside: None,
        not_numbers: 0,
    };
    read_table(&request.table, &spec(), &mut answers)?;
    answers.questions = std::mem::take(&mut answers.questions).into_iter().map(Coding::sorted).collect();
    answers.supplementary = std::mem::take(&mut answers.supplementary).into_iter().map(Coding::sorted).collect();
    keys_are_no_questions(&answers)?;
    let question = |coding| question(coding, missing);
    let questions: Vec<Question<'_>> = answers.questions.iter().map(question).collect();
    let weights = answers.weights.as_deref();
    let stopped = |refusal| refused(refusal, &request.table);
    let analysis = MultipleCorrespondence::of(&questions, weights, request.axes).map_err(stopped)?;
    let individuals = analysis.individuals(&questions).map_err(stopped)?;
    interrupt::check()?;
    folder.write("eigenvalues.csv", |out| results::eigenvalues(out, &analysis))?;
    let placed = answers
        .supplementary
        .iter()
        .map(|coding| analysis.supplementary_question(&question(coding), &individuals, weights).map_err(stopped))
        .collect::<Result<Vec<_>>>()?;
    // A number that does not vary has no correlation: its cells stay empty.
    let correlations: Vec<Option<Vec<f64>>> =
        answers.numbers.iter().map(|(_, values)| analysis.supplementary_number(values, &individuals, weights).ok()).collect();
    folder.write("modalities.csv", |out| results::modalities(out, &answers, &analysis, &placed))?;
    folder.write("questions.csv", |out| results::questions(out, &answers, &analysis, &placed, &correlations))?;
    let grouped = request.groups.map(|wanted| groups::group(&wanted, &answers, missing, &individuals)).transpose()?;
    folder.write("individuals.csv", |out| results::individuals(out, &answers, &individuals, grouped.as_ref()))?;
    if let Some(grouped) = &grouped {
        folder.write("groups.csv", |out| group_tables::groups(out, grouped))?;
        folder.write("nodes.csv", |out| group_tables::nodes(out, grouped))?;
        folder.write("profiles.csv", |out| group_tables::profiles(out, &answers, grouped))?;
        folder.write("links.csv", |out| group_tables::links(out, &answers, grouped))?;
    }
    let files = folder.commit()?;
    Ok(report(&answers, &analysis, grouped, files))
}

fn question(coding: &Coding, missing: Missing) -> Question<'_> {
    coded(coding, &coding.codes, missing)
}

/// These answers to a question.
pub(super) fn coded<'c>(coding: &Coding, codes: &'c [u16], missing: Missing) -> Question<'c> {
    let question = Question::new(codes, coding.modalities());
    match missing {
        Missing::Modality => question.missing_as_modality(),
        Missing::Passive => question,
    }
}

/// A column that is active by default and differs in each row is a key or a number, and would make axes of its own.
fn keys_are_no_questions(answers: &Answers<'_>) -> Result<()> {
    let rows = answers.rows.len();
    let key = answers.questions.iter().find(|coding| answers.request.active.is_empty() && rows > 9 && coding.labels.len() == rows);
    key.map_or(Ok(()), |coding| {
        Err(Error::config("each row has a value of its own: a key or a number")
            .in_file(&answers.request.table)
            .in_column(&coding.name)
            .help("leave it out with --exclude, or take it as a number with --numeric"))
    })
}

fn report(answers: &Answers<'_>, analysis: &MultipleCorrespondence, grouped: Option<Grouped>, files: Vec<&'static str>) -> AnalyzeReport {
    let used = answers.rows.len() as u64;
    let axis = |axis: &Axis| AxisReport {
        eigenvalue: axis.eigenvalue,
        raw_share: axis.raw_share,
        benzecri_share: axis.adjusted.map(|rate| rate.benzecri_share),
        greenacre_share: axis.adjusted.map(|rate| rate.greenacre_share),
    };
    AnalyzeReport {
        method: "multiple_correspondence",
        read: answers.read,
        used,
        set_aside: answers.read - used,
        first_set_aside: answers.first_set_aside,
        not_numbers: answers.not_numbers,
        active: analysis.questions.len(),
        points: analysis.modalities.len(),
        constant: analysis.constant.iter().map(|question| answers.questions[*question].name.clone()).collect(),
        total_inertia: analysis.total_inertia,
        axes: analysis.axes.iter().take(analysis.kept).map(axis).collect(),
        groups: grouped.map(|grouped| grouped.report),
        folder: answers.request.output.clone(),
        files,
    }
}
