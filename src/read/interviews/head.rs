//! What a filled-in form says besides its answers: who, when, where, for whom.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::columns::{Bad, Columns, Names};
use super::super::intake::OTHER_PERIOD;
use super::super::table::Field;
use super::Form;
use super::binding::spellings;
use crate::error::{Error, Result};
use crate::observatory::{Campaign, Observatory, SourceSpec};
use crate::read::xlsform::{FormKind, Guide};
use crate::records::{Grouping, Interview, Mode};

const KNOWN: &[&str] = &[
    "id", "date", "partner", "service", "public", "campaign", "mode", "weight", "zone", "x", "y", "street", "number", "postcode",
    "quartier",
];

/// Identifiers that the servers of `KoboToolbox` and ODK write.
const IDS: &[&str] = &["_uuid", "_id", "meta/instanceID", "instanceID", "meta-instanceID", "KEY"];

/// Days that they write: of filling in or of sending, which need not be that of the interview.
const DAYS: &[&str] = &["today", "start", "end", "_submission_time", "SubmissionDate"];

/// The names of our own that a question of the guide may have: it is not silently a weight, too.
const NUMERIC: [&str; 4] = ["weight", "x", "y", "number"];

/// The names of a filled-in form, with what the guide has of them.
pub(super) fn names(form: Form, guide: Option<&Guide>) -> Names<'_> {
    let asked = guide.map(|guide| guide.questions.as_slice()).unwrap_or_default();
    let numbers = asked.iter().filter(|question| matches!(question.kind, FormKind::Number { .. }));
    let left_out = guide.map(|guide| guide.left_out.as_slice()).unwrap_or_default();
    let items = asked.iter().map(|q| (q.name.as_str(), &q.path)).chain(left_out.iter().map(|l| (l.name.as_str(), &l.path)));
    let items = items.filter(|(name, _)| KNOWN.contains(name));
    Names {
        questions: asked.iter().map(|question| question.id.as_str()).collect(),
        taken: numbers.map(|question| question.id.as_str()).filter(|id| NUMERIC.contains(id)).collect(),
        grouped: items.map(|(name, path)| (name, spellings(name, path, false))).collect(),
        known: KNOWN,
        needed: if form == Form::Interviews { &["id", "date"] } else { &["id"] },
        stand_ins: &[("id", IDS)],
        perhaps: &[("date", DAYS)],
    }
}

/// An interview before its groups are coded, with their names.
pub(super) type Unsorted = (Interview, [Option<String>; 4]);

/// Reads the heads of a source's rows.
pub(super) struct Heads<'s> {
    form: Form,
    spec: &'s SourceSpec,
    campaign: Option<Campaign>,
    seen: BTreeSet<String>,
    /// The campaign of the file at hand.
    of_file: Option<&'s str>,
}

impl<'s> Heads<'s> {
    pub(super) fn new(observatory: &Observatory, spec: &'s SourceSpec, form: Form) -> Result<Self> {
        let campaign = match form {
            Form::Interviews => Some(observatory.campaign.ok_or_else(|| Error::config("[campaign] is missing"))?),
            Form::Services => None,
        };
        Ok(Self { form, spec, campaign, seen: BTreeSet::new(), of_file: None })
    }

    pub(super) fn file(&mut self, file: &Path) {
        self.of_file = self.spec.campaigns.get(file).map(String::as_str);
    }

    /// The head of a row, its answers still to be put in. The row counts as read only after [`Heads::keep`].
    pub(super) fn read(&self, columns: &Columns<'_>, row: &[Field<'_>]) -> std::result::Result<Unsorted, Bad> {
        let date = columns.date(row, "date")?;
        if let Some(campaign) = self.campaign {
            let date = date.ok_or_else(|| columns.bad("date", "nothing here; expected a date"))?;
            if !(campaign.first..=campaign.last).contains(&date) {
                return Err(columns.bad("date", OTHER_PERIOD));
            }
        }
        let id = columns.needed_text(row, "id")?;
        let mode = match columns.text(row, "mode")?.as_deref() {
            None => None,
            Some("operator") => Some(Mode::Operator),
            Some("door_to_door") => Some(Mode::DoorToDoor),
            Some(_) => return Err(columns.bad("mode", "expected operator or door_to_door; map their values under values.mode")),
        };
        let weight = match columns.number(row, "weight")? {
            Some(weight) if weight > 0.0 => weight,
            None if !columns.has("weight") => 1.0,
            _ => return Err(columns.bad("weight", "expected a weight above 0")),
        };
        let mut groups: [Option<String>; 4] = [const { None }; 4];
        for (group, by) in groups.iter_mut().zip(Grouping::ALL) {
            *group = columns.text(row, by.name())?;
            if by == Grouping::Campaign && group.is_none() {
                *group = self.of_file.map(str::to_owned);
            }
        }
        let place = columns.place(row)?;
        Ok((Interview { id, date, mode, weight, answers: Vec::new(), place, groups: [None; 4] }, groups))
    }

    /// Marks a row as read, unless one of its identifier was.
    pub(super) fn keep(&mut self, columns: &Columns<'_>, id: &str) -> std::result::Result<(), Bad> {
        if self.seen.insert(id.to_owned()) {
            return Ok(());
        }
        let reason = if self.form == Form::Interviews { "this interview was already read" } else { "this service was already read" };
        Err(columns.bad("id", reason))
    }
}

/// Codes the groups: positions among their names in alphabetical order, whatever the order of the rows.
pub(super) fn sorted(unsorted: Vec<Unsorted>) -> (Vec<Interview>, [Vec<String>; 4]) {
    let groups: [Vec<String>; 4] = std::array::from_fn(|by| {
        let names: BTreeSet<&str> = unsorted.iter().filter_map(|(_, groups)| groups[by].as_deref()).collect();
        names.into_iter().map(str::to_owned).collect()
    });
    let position = |by: usize, name: &String| groups[by].binary_search(name).ok().and_then(|at| u16::try_from(at).ok());
    let records = unsorted
        .into_iter()
        .map(|(interview, names)| Interview {
            groups: std::array::from_fn(|by| names[by].as_ref().and_then(|name| position(by, name))),
            ..interview
        })
        .collect();
    (records, groups)
}
