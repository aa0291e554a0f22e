//! One bilan for the observatory's own eyes: of one person, or of any subset, unprotected, in the private folder.
//!
//! It stands beside the pipeline and makes no part of a release: what it writes has mode 0600 and says that it is personal.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::locate::{Located, Placement};
use crate::measure::Bilans;
use crate::measure::coding::{Coding, State};
use crate::records::{Grouping, Interviews};
use crate::staging::write_private;
use crate::territory::Territory;
use crate::texts::Texts;

/// Whose bilan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subset {
    /// One person, by the identifier of the interview.
    Person(String),
    /// The persons of a group: of a structure, a service, a public, a campaign; the grouping's name and the group's.
    Group(Grouping, String),
    /// The persons who live in a quartier, by its code.
    Quartier(String),
}

impl Subset {
    /// Reads `partner=cpas`, `campaign=2002` or `quartier=62096C000`.
    ///
    /// # Errors
    /// What is none of these.
    ///
    /// ```
    /// use optima::{bilan::Subset, records::Grouping};
    /// assert_eq!(Subset::parse("partner=cpas").unwrap(), Subset::Group(Grouping::Partner, "cpas".to_owned()));
    /// assert!(Subset::parse("cpas").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        let expected = || Error::config("expected a grouping and a group, such as partner=cpas").help(KINDS);
        let (by, group) = text.split_once('=').ok_or_else(expected)?;
        if by == "quartier" {
            return Ok(Self::Quartier(group.to_owned()));
        }
        let by = Grouping::ALL.into_iter().find(|grouping| grouping.name() == by).ok_or_else(expected)?;
        Ok(Self::Group(by, group.to_owned()))
    }
}

const KINDS: &str = "there are: partner, service, public, campaign, quartier";

/// Writes the bilan of a subset as a table, and gives its path.
///
/// For a person: each question with her answer, and the share of all others who gave the same. For a group: each modality
/// with its count and share, non-response apart.
///
/// # Errors
/// A subset with nobody in it; a folder that cannot be made or written.
pub fn write(located: &Located<Interviews>, territory: &Territory, subset: &Subset, folder: &Path, texts: &Texts) -> Result<PathBuf> {
    let units = units(located, territory, subset)?;
    let rows = match subset {
        Subset::Person(_) => of_person(located, units[0], texts),
        Subset::Group(..) | Subset::Quartier(_) => of_group(&located.records, units, texts),
    };
    let name = match subset {
        Subset::Person(_) => "bilan_person.csv",
        Subset::Group(..) | Subset::Quartier(_) => "bilan_group.csv",
    };
    save(folder, name, &rows)
}

/// The records of a subset, by position; one or more.
fn units(located: &Located<Interviews>, territory: &Territory, subset: &Subset) -> Result<Vec<usize>> {
    let records = located.records.as_slice();
    let all = 0..records.len();
    let (found, known): (Vec<usize>, Vec<String>) = match subset {
        Subset::Person(id) => (all.filter(|i| records[*i].id == *id).take(1).collect(), Vec::new()),
        Subset::Group(by, group) => {
            let names = located.records.groups(*by);
            let position = names.iter().position(|name| name == group).and_then(|i| u16::try_from(i).ok());
            (all.filter(|i| position.is_some() && records[*i].group(*by) == position).collect(), names.to_vec())
        }
        Subset::Quartier(code) => {
            let zone = territory.quartiers.by_code(code);
            let lives = |i: &usize| match located.placements[*i] {
                Placement::Within(sector) => territory.membership[sector].iter().any(|(quartier, _)| Some(*quartier) == zone),
                _ => false,
            };
            (all.filter(|i| zone.is_some() && lives(i)).collect(), Vec::new())
        }
    };
    if found.is_empty() {
        let error = Error::config(match subset {
            Subset::Person(_) => "there is no interview with this identifier",
            Subset::Group(..) => "there is no interview of this group",
            Subset::Quartier(_) => "there is no interview in this quartier",
        });
        return Err(if known.is_empty() { error } else { error.help(format!("there are: {}", known.join(", "))) });
    }
    Ok(found)
}

fn of_person(located: &Located<Interviews>, person: usize, texts: &Texts) -> Vec<Vec<String>> {
    let language = texts.language();
    let records = &located.records;
    let everyone = Coding::of_records(records, (0..records.as_slice().len()).collect());
    let mut rows = vec![["theme", "question", "question_title", "answer", "answer_title", "share_of_all"].map(str::to_owned).to_vec()];
    for question in &everyone.questions {
        let theme = question.theme.and_then(|theme| everyone.themes.get(theme)).map_or("", |theme| theme.label.get(language));
        let counts = question.counts();
        let answered: u64 = counts.iter().sum();
        let (code, words, share) = match question.states[person] {
            State::NOT_ASKED => ("not_asked", texts.get("state.not_asked"), None),
            State::NO_ANSWER => ("no_answer", texts.get("state.no_answer"), None),
            State::REFUSED => ("refused", texts.get("state.refused"), None),
            State(code) => {
                let modality = &question.modalities[usize::from(code)];
                (modality.code.as_str(), modality.label.get(language), Some(percent(counts[usize::from(code)], answered)))
            }
        };
        rows.push(vec![
            theme.to_owned(),
            question.id.clone(),
            question.label.get(language).to_owned(),
            code.to_owned(),
            words.to_owned(),
            share.unwrap_or_default(),
        ]);
    }
    for number in &everyone.numbers {
        let theme = number.theme.and_then(|theme| everyone.themes.get(theme)).map_or("", |theme| theme.label.get(language));
        let (code, words) = match (number.values[person], number.absent[person]) {
            (Some(value), _) => (value.to_string(), value.to_string()),
            (None, State::NOT_ASKED) => ("not_asked".to_owned(), texts.get("state.not_asked").to_owned()),
            (None, State::REFUSED) => ("refused".to_owned(), texts.get("state.refused").to_owned()),
            (None, _) => ("no_answer".to_owned(), texts.get("state.no_answer").to_owned()),
        };
        let (id, title) = (number.id.clone(), number.label.get(language).to_owned());
        rows.push(vec![theme.to_owned(), id, title, code, words, String::new()]);
    }
    rows
}

fn of_group(records: &Interviews, units: Vec<usize>, texts: &Texts) -> Vec<Vec<String>> {
    let language = texts.language();
    let mut coding = Coding::of_records(records, units);
    coding.groupings.clear();
    let bilans = Bilans::count(&coding, &[], true);
    let header = ["theme", "question", "question_title", "answer", "answer_title", "persons", "answered", "share"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for question in &bilans.questions {
        let counts = &question.counts[0][0];
        let answered: u64 = counts.modalities.iter().map(|tally| tally.persons).sum();
        let mut row = |code: &str, words: &str, persons: u64, share: String| {
            rows.push(vec![
                question.theme.get(language).to_owned(),
                question.id.clone(),
                question.label.get(language).to_owned(),
                code.to_owned(),
                words.to_owned(),
                persons.to_string(),
                answered.to_string(),
                share,
            ]);
        };
        for (modality, tally) in question.modalities.iter().zip(&counts.modalities) {
            row(&modality.code, modality.label.get(language), tally.persons, percent(tally.persons, answered));
        }
        row("not_asked", texts.get("state.not_asked"), counts.not_asked.persons, String::new());
        row("no_answer", texts.get("state.no_answer"), counts.no_answer.persons, String::new());
        row("refused", texts.get("state.refused"), counts.refused.persons, String::new());
    }
    rows
}

#[expect(clippy::cast_precision_loss, reason = "counts of persons")]
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { String::new() } else { format!("{:.1}", 100.0 * part as f64 / whole as f64) }
}

fn save(folder: &Path, name: &str, rows: &[Vec<String>]) -> Result<PathBuf> {
    let written = write_private(folder, name, Some(&|file, path| write_rows(file, path, rows)))?;
    Ok(written.unwrap_or_else(|| folder.join(name)))
}

fn write_rows(file: &File, path: &Path, rows: &[Vec<String>]) -> Result<()> {
    let mut writer = csv::Writer::from_writer(file);
    for row in rows {
        let guarded = row.iter().map(|cell| if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.clone() });
        writer.write_record(guarded).map_err(|e| match e.into_kind() {
            csv::ErrorKind::Io(source) => Error::writing(path, &source),
            _ => Error::output("the bilan cannot be written").in_file(path),
        })?;
    }
    writer.flush().map_err(|e| Error::writing(path, &e))
}
