//! The audit of releases: what could somebody find out who has nothing but the published files?
//!
//! A way of its own, apart from the one that hides: it reads the files as readers have them, writes down every sum they could,
//! and solves for every hidden cell. What the suppressor believes has no part in it.

mod cells;
mod columns;
mod counts;
mod finding;
mod frequencies;
mod known;
mod legends;
mod release;
mod shown;
mod solve;
mod sums;
mod table;
mod traces;
mod zonings;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use finding::{Check, Finding};
pub use solve::Tried;

use crate::error::{Error, ErrorKind, Result};
use crate::texts::Texts;
use cells::Cells;
use counts::{Counts, Said};
use release::Release;
use sums::{Book, Told};
use zonings::Zonings;

/// What an attacker may be given besides the files.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    /// A list of words and coordinates that must be in no file: one a line.
    pub canaries: Option<PathBuf>,
    /// What a partner knows of its own clients: a CSV file with `measure`, `period`, `zone_code` and `persons`.
    pub clients: Option<PathBuf>,
    /// What single contributors gave to amounts and means: a CSV file with `measure`, `period`, `zone_code` and `amount`.
    pub contributions: Option<PathBuf>,
}

/// What came of an audit.
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// Whether nothing was found.
    pub ok: bool,
    /// What was found, in order.
    pub findings: Vec<Finding>,
    /// The releases, the one in question first.
    pub releases: Vec<Audited>,
    /// What was tried on counts by zone and period, over all releases together.
    pub counts: Tried,
    /// What was tried on tables of frequencies.
    pub frequencies: Tried,
}

/// A release as it was audited.
#[derive(Debug, Clone, Serialize)]
pub struct Audited {
    /// Its folder.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Its date.
    pub date: String,
    /// Its policy.
    pub policy: String,
    /// Its files.
    pub files: usize,
    /// Cells that are shown.
    pub shown: usize,
    /// Cells that are hidden.
    pub hidden: usize,
}

impl Audit {
    /// The findings as an error that stops a release; `None` where there is none.
    ///
    /// ```
    /// # let texts = optima::texts::Texts::empty(optima::texts::Language::En);
    /// # let audit = optima::audit::Audit { ok: true, findings: Vec::new(), releases: Vec::new(), counts: Default::default(), frequencies: Default::default() };
    /// assert!(audit.refusal(&texts).is_none());
    /// ```
    #[must_use]
    pub fn refusal(&self, texts: &Texts) -> Option<Error> {
        const NAMED: usize = 20;
        if self.findings.is_empty() {
            return None;
        }
        let mut error = Error::new(ErrorKind::Disclosure, texts.fill("audit.refused", &[("count", &self.findings.len().to_string())]));
        for finding in self.findings.iter().take(NAMED) {
            error = error.detail(finding.line(texts));
        }
        if self.findings.len() > NAMED {
            error = error.detail(texts.fill("audit.more", &[("count", &(self.findings.len() - NAMED).to_string())]));
        }
        Some(error)
    }
}

/// Audits a release by its files alone, together with those published before it.
///
/// `texts` is the catalog of texts: a column that it does not know is one that nobody decided to publish. Cost: that of reading the
/// files, and for each set of sums that hang together, that of the linear programs that widen its hidden counts.
///
/// # Errors
/// A folder that holds no release, or a file that cannot be read: what cannot be read cannot be signed.
pub fn audit(folder: &Path, earlier: &[PathBuf], knowledge: &Knowledge, texts: &Texts) -> Result<Audit> {
    tracing::info!("auditing");
    let newest = Release::open(folder)?;
    let mut findings = columns::check(&newest, texts);
    let canaries = knowledge.canaries.as_deref().map(traces::Canaries::read).transpose()?.unwrap_or_default();
    findings.extend(traces::check(&newest, &canaries)?);
    let (cells, told) = cells::gather(&newest);
    findings.extend(told);
    findings.extend(shown::check(&newest, &cells));
    findings.extend(legends::check(&newest, &cells));
    let (found, frequencies) = frequencies::check(&newest)?;
    findings.extend(found);
    let mut all = Vec::new();
    for folder in earlier {
        let release = Release::open(folder)?;
        let cells = cells::gather(&release).0;
        all.push((release, cells));
    }
    all.push((newest, cells));
    let counted: Vec<Counts> = all.iter().map(|(release, cells)| Counts::of(release, cells)).collect();
    let told: Vec<Told<'_>> = all.iter().zip(&counted).map(|((release, _), counts)| (release, counts)).collect();
    let zonings = Zonings::of(&told)?;
    let clients = known::clients(knowledge.clients.as_deref(), &told)?;
    let rules = &all[all.len() - 1].0.rules;
    let (alone, mut counts) = Book::of(vec![told[told.len() - 1]], &zonings, rules, true).attack(&clients)?;
    let subjects: BTreeSet<String> = alone.iter().map(|finding| finding.subject.clone()).collect();
    findings.extend(alone);
    if told.len() > 1 {
        let mut together = BTreeSet::new();
        // Whoever takes what is hidden before and after a correction for the same, and whoever does not.
        for share in [true, false] {
            let (found, tried) = Book::of(told.clone(), &zonings, rules, share).attack(&clients)?;
            counts = tried;
            together.extend(found.into_iter().filter(|finding| !subjects.contains(&finding.subject)));
        }
        findings.extend(
            together
                .into_iter()
                .map(|finding| Finding { check: if finding.check == Check::S6 { Check::S6 } else { Check::S5 }, ..finding }),
        );
    }
    findings.extend(known::dominated(knowledge.contributions.as_deref(), &all[all.len() - 1])?);
    findings.sort();
    findings.dedup();
    let releases = all.iter().rev().map(|(release, cells)| described(release, cells)).collect();
    Ok(Audit { ok: findings.is_empty(), findings, releases, counts, frequencies })
}

/// A count that a release tells of.
#[derive(Debug, Clone, PartialEq)]
pub struct ToldCount {
    /// What is counted.
    pub quantity: String,
    /// When, as the release writes it.
    pub period: String,
    /// The code of the zone; empty for the territory.
    pub place: String,
    /// The count; `None` where it is hidden.
    pub persons: Option<f64>,
}

/// The counts that a release, or an entry of the ledger, tells of.
///
/// # Errors
/// A folder that holds no release, or a file that cannot be read.
pub fn told(folder: &Path) -> Result<Vec<ToldCount>> {
    let release = Release::open(folder)?;
    let counts = Counts::of(&release, &cells::gather(&release).0);
    let told = counts.said.into_iter().filter_map(|((quantity, period, place), said)| {
        let persons = match said {
            Said::Known(persons) => Some(persons),
            Said::Hidden => None,
            Said::Nobody => return None,
        };
        Some(ToldCount { quantity, period, place, persons })
    });
    Ok(told.collect())
}

fn described(release: &Release, cells: &Cells) -> Audited {
    Audited {
        folder: release.folder.clone(),
        date: release.date.clone(),
        policy: release.rules.policy.clone(),
        files: release.files.len(),
        shown: cells.values().filter(|cell| cell.shown()).count(),
        hidden: cells.values().filter(|cell| cell.hidden()).count(),
    }
}
