//! The sheet `survey`, row by row: groups opened and closed, questions, and what is no question.

use std::collections::BTreeSet;

use super::choices::{self, Lists};
use super::kind::{Kind, List, NoKind, kind};
use super::label::Languages;
use super::problem::{Problems, Remark};
use super::sheet::{SHEETS, Sheet, SheetRow, Workbook};
use super::{Choice, FormKind, FormQuestion, Guide, LeftOut, OTHER, outline};
use crate::error::{Error, Result};
use crate::read::relevance::Expression;
use crate::records::Theme;
use crate::texts::Localized;

/// A group that is open.
struct Open {
    begin: Kind,
    row: u64,
    name: String,
    label: Localized,
    is_theme: bool,
    relevant: Option<Expression>,
    /// The names within it.
    names: BTreeSet<String>,
}

struct Survey<'w> {
    lists: Lists,
    /// The lists to which a question adds `other`.
    with_other: BTreeSet<String>,
    languages: Languages,
    open: Vec<Open>,
    /// The names outside all groups.
    names: BTreeSet<String>,
    themes: Vec<(String, Theme)>,
    groups: BTreeSet<String>,
    questions: Vec<FormQuestion>,
    left_out: Vec<LeftOut>,
    remarks: Vec<Remark>,
    problems: &'w mut Problems,
}

/// Puts the sheets of a form together.
pub(super) fn read(workbook: &Workbook, problems: &mut Problems) -> Result<Guide> {
    let Some(sheet) = workbook.sheet("survey") else {
        return Err(
            Error::input("there is no sheet \"survey\"").help(format!("is this a form? It has the sheets: {}", workbook.others.join(", ")))
        );
    };
    let empty = Sheet::default();
    let settings = workbook.sheet("settings").unwrap_or(&empty);
    let setting = |name: &str| settings.rows.first().and_then(|(_, cells)| settings.row(cells).cell(name)).map(str::to_owned);
    let listed = workbook.sheet("choices").unwrap_or(&empty);
    let mut languages = Languages { all: sheet.languages(), default: setting("default_language") };
    languages.all.extend(listed.languages());
    let mut seen = BTreeSet::new();
    languages.all.retain(|language| seen.insert(language.clone()));
    let mut remarks: Vec<Remark> = workbook
        .others
        .iter()
        // Who begins a sheet's name with _ says that it is no part of the form.
        .filter(|name| !name.starts_with('_'))
        .map(|name| {
            let absent = SHEETS.iter().filter(|known| workbook.sheet(known).is_none());
            let near = absent.map(|known| (strsim::levenshtein(&name.to_lowercase(), known), known)).min();
            let text = match near {
                Some((distance, known)) if distance <= 2 => format!("this sheet is not read; {known}?"),
                _ => "this sheet is not read".to_owned(),
            };
            Remark { sheet: name.clone(), row: 1, column: "sheet".to_owned(), text }
        })
        .collect();
    let allow_duplicates = setting("allow_choice_duplicates").is_some_and(|said| is_yes(&said));
    let lists = choices::read(listed, &languages, allow_duplicates, problems, &mut remarks);
    for column in ["type", "name"] {
        if !sheet.has(column) {
            problems.add("survey", 1, column, "there is no such column: a question has type, name and label");
            return Err(std::mem::take(problems).into_error().unwrap_or_else(|| Error::input("the form does not hold")));
        }
    }
    let mut survey = Survey {
        with_other: with_other(sheet),
        lists,
        languages,
        open: Vec::new(),
        names: BTreeSet::new(),
        themes: Vec::new(),
        groups: BTreeSet::new(),
        questions: Vec::new(),
        left_out: Vec::new(),
        remarks,
        problems,
    };
    for (number, cells) in &sheet.rows {
        crate::interrupt::check()?;
        survey.row(*number, sheet.row(cells));
    }
    for open in std::mem::take(&mut survey.open) {
        let text = format!("the group \"{}\" is opened here and never closed", open.name);
        survey.problems.add("survey", open.row, "type", text);
    }
    let Survey { themes, groups, mut questions, left_out, mut remarks, languages, problems, .. } = survey;
    outline::name(&mut questions, &left_out, problems);
    outline::check_references(&questions, &left_out, &groups, problems, &mut remarks);
    Ok(Guide {
        title: setting("form_title"),
        form_id: setting("form_id"),
        version: setting("version"),
        languages: languages.all,
        themes: themes.into_iter().map(|(_, theme)| theme).collect(),
        questions,
        left_out,
        remarks,
        sha256: String::new(),
        bytes: 0,
    })
}

/// The lists to which some question adds `other`.
fn with_other(sheet: &Sheet) -> BTreeSet<String> {
    let kinds = sheet.rows.iter().filter_map(|(_, cells)| kind(sheet.row(cells).cell("type")?).ok());
    kinds
        .filter_map(|kind| match kind {
            Kind::SelectOne(List { name, or_other: true }) | Kind::SelectMultiple(List { name, or_other: true }) => Some(name),
            _ => None,
        })
        .collect()
}

fn is_yes(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "yes" | "true" | "true()")
}

/// Whether a name can stand in a form: a letter first, then letters, digits, `_`, `-` and `.`; no blanks.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}

impl Survey<'_> {
    fn problem(&mut self, row: u64, column: &str, text: impl Into<String>) {
        self.problems.add("survey", row, column, text);
    }

    fn remark(&mut self, row: u64, column: &str, text: &str) {
        self.remarks.push(Remark { sheet: "survey".to_owned(), row, column: column.to_owned(), text: text.to_owned() });
    }

    fn row(&mut self, number: u64, row: SheetRow<'_>) {
        for column in row.broken().map(str::to_owned).collect::<Vec<_>>() {
            self.problem(number, &column, "the cell holds an error");
        }
        if row.cell("disabled").is_some_and(is_yes) {
            return;
        }
        let Some(text) = row.cell("type") else {
            if row.cell("name").is_some() || !row.labels().is_empty() {
                self.problem(number, "type", "a question without a type");
            }
            return;
        };
        let kind = match kind(text) {
            Ok(kind) => kind,
            Err(no) => {
                let said = match no {
                    NoKind::NoList => format!("\"{text}\" names no list: write the list's name after it"),
                    NoKind::TooMuch => format!("\"{text}\": a list's name has no blanks, and only or_other may follow it"),
                    NoKind::Unknown(Some(near)) => format!("there is no type \"{text}\"; {near}?"),
                    NoKind::Unknown(None) => format!("there is no type \"{text}\""),
                };
                return self.problem(number, "type", said);
            }
        };
        match kind {
            Kind::Setting => {}
            Kind::EndGroup => self.close(number, &Kind::BeginGroup),
            Kind::EndRepeat => self.close(number, &Kind::BeginRepeat),
            Kind::EndLoop => self.close(number, &Kind::BeginLoop),
            kind => {
                let Some(name) = row.cell("name").map(str::to_owned) else {
                    if text.eq_ignore_ascii_case("note") || matches!(kind, Kind::NotClosed(_)) && text.eq_ignore_ascii_case("audit") {
                        return;
                    }
                    if matches!(kind, Kind::BeginGroup | Kind::BeginRepeat | Kind::BeginLoop) {
                        self.begin(kind, number, String::new(), row);
                    }
                    return self.problem(number, "name", "a question or group without a name");
                };
                if !is_name(&name) {
                    self.problem(number, "name", format!("\"{name}\" is no name: letters, digits, _ and -, a letter first, no blanks"));
                }
                let siblings = self.open.last_mut().map_or(&mut self.names, |open| &mut open.names);
                if !siblings.insert(name.clone()) {
                    self.problem(number, "name", format!("the name \"{name}\" is already taken in this group: rename one of the two"));
                }
                match kind {
                    Kind::BeginGroup | Kind::BeginRepeat | Kind::BeginLoop => self.begin(kind, number, name, row),
                    kind => self.question(kind, text, number, name, row),
                }
            }
        }
    }

    fn begin(&mut self, begin: Kind, row: u64, name: String, cells: SheetRow<'_>) {
        self.groups.insert(name.clone());
        let open = Open {
            begin,
            row,
            label: self.languages.localized(&cells.labels(), &name),
            is_theme: cells.cell("theme").is_some_and(is_yes),
            relevant: cells.cell("relevant").map(Expression::parse),
            name,
            names: BTreeSet::new(),
        };
        self.open.push(open);
    }

    fn close(&mut self, row: u64, begin: &Kind) {
        match self.open.last() {
            Some(open) if open.begin == *begin => {
                self.open.pop();
            }
            Some(open) => {
                let text = format!("this closes another kind of group than the one open, \"{}\" of row {}", open.name, open.row);
                self.problem(row, "type", text);
                self.open.pop();
            }
            None => self.problem(row, "type", "this closes a group, and none is open"),
        }
    }

    fn question(&mut self, kind: Kind, text: &str, row: u64, name: String, cells: SheetRow<'_>) {
        let path: Vec<String> = self.open.iter().map(|open| open.name.clone()).collect();
        let several = self.open.iter().find_map(|open| match open.begin {
            Kind::BeginRepeat => Some(
                "a repeat asks the same questions several times for one person; write them out for the first, the second … or count them",
            ),
            Kind::BeginLoop => Some("a loop asks the same questions once for each choice of a list; write them out"),
            _ => None,
        });
        let asked = match (kind, several) {
            (_, Some(reason)) | (Kind::NotClosed(reason), None) => Err(reason),
            (Kind::SelectOne(list), _) => Ok(FormKind::One(self.choices(&list, row, cells))),
            (Kind::SelectMultiple(list), _) => Ok(FormKind::Several(self.boxes(&list, row, cells))),
            (Kind::Range, _) => Ok(range(cells.cell("parameters").unwrap_or_default())),
            (Kind::Acknowledge, _) => Ok(FormKind::Acknowledge),
            (Kind::Number { whole }, _) => Ok(FormKind::Number { whole, low: None, high: None }),
            _ => return,
        };
        let mut leave = |name: String, kind: &str, reason: &str| {
            let (kind, reason) = (kind.to_owned(), reason.to_owned());
            self.left_out.push(LeftOut { row, name, path: path.clone(), kind, reason });
        };
        let kind = match asked {
            Err(reason) => return leave(name, text, reason),
            Ok(kind) => kind,
        };
        if text.to_ascii_lowercase().replace('_', " ").ends_with(" other") {
            leave(format!("{name}_{OTHER}"), "text", "an open answer has no modalities");
        }
        if cells.labels().is_empty() {
            self.remark(row, &name, "a question without a label: its name is shown");
        }
        let relevant = self.open.iter().filter_map(|open| open.relevant.clone());
        let relevant: Vec<Expression> = relevant.chain(cells.cell("relevant").map(Expression::parse)).collect();
        let numeric = matches!(kind, FormKind::Number { .. });
        let label = self.languages.localized(&cells.labels(), &name);
        let question = FormQuestion {
            id: name.clone(),
            short: self.languages.short(&cells.shorts(), &label),
            label,
            name,
            row,
            theme: self.theme(),
            kind,
            relevant,
            constraint: cells.cell("constraint").filter(|_| numeric).map(Expression::parse),
            indicators: cells.cell("indicators").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            path,
        };
        self.questions.push(question);
    }

    /// The theme of what stands here: the innermost group that is marked as one, else the outermost group.
    fn theme(&mut self) -> Option<usize> {
        let at = self.open.iter().rposition(|open| open.is_theme).unwrap_or(0);
        let group = self.open.get(at)?;
        let path = self.open[..=at].iter().map(|open| open.name.as_str()).collect::<Vec<_>>().join("/");
        if let Some(known) = self.themes.iter().position(|(known, _)| *known == path) {
            return Some(known);
        }
        let id = if self.themes.iter().any(|(_, theme)| theme.id == group.name) { path.clone() } else { group.name.clone() };
        self.themes.push((path, Theme { id, label: group.label.clone() }));
        Some(self.themes.len() - 1)
    }

    fn choices(&mut self, list: &List, row: u64, cells: SheetRow<'_>) -> Vec<Choice> {
        let Some(choices) = self.lists.get(&list.name) else {
            let known: Vec<&str> = self.lists.keys().map(String::as_str).take(12).collect();
            let text = format!("the sheet choices has no list \"{}\"; it has: {}", list.name, known.join(", "));
            self.problem(row, "type", text);
            return Vec::new();
        };
        let mut choices = choices.clone();
        if list.or_other && cells.cell("choice_filter").is_some() {
            self.problem(row, "choice_filter", "or_other and a choice_filter do not go together");
        }
        // As pyxform deploys it, `or_other` adds to the list itself, and a filter hides what it adds.
        let offered = list.or_other || (self.with_other.contains(&list.name) && cells.cell("choice_filter").is_none());
        if offered && choices.iter().all(|choice| choice.code != OTHER) {
            let label = Localized { fr: "Autre".to_owned(), en: "Other".to_owned() };
            let short = Localized { fr: "autre".to_owned(), en: "other".to_owned() };
            choices.push(Choice { code: OTHER.to_owned(), label, short, labels: vec!["Other".to_owned()] });
        }
        choices
    }

    fn boxes(&mut self, list: &List, row: u64, cells: SheetRow<'_>) -> Vec<Choice> {
        let choices = self.choices(list, row, cells);
        if let Some(choice) = choices.iter().find(|choice| choice.code.contains(char::is_whitespace)) {
            let text = format!(
                "several may be ticked, and the choice \"{}\" of the list \"{}\" has a blank in its name: write _ for it",
                choice.code, list.name
            );
            self.problem(row, "type", text);
        }
        choices
    }
}

/// A range's bounds; as pyxform has it, from 1 to 10 by 1 where nothing is said.
fn range(parameters: &str) -> FormKind {
    let said = |name: &str| {
        let mut pairs = parameters.split([' ', ',', ';']).filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).and_then(|(_, value)| value.parse::<f64>().ok()).filter(|n| n.is_finite())
    };
    let (start, end, step) = (said("start").unwrap_or(1.0), said("end").unwrap_or(10.0), said("step").unwrap_or(1.0));
    let whole = [start, end, step].iter().all(|n| n.fract() == 0.0);
    FormKind::Number { whole, low: Some(start.min(end)), high: Some(start.max(end)) }
}
