//! The last look at a release before it takes its place: the audit, the ledger, and the report for the person who signs.

use std::path::{Path, PathBuf};

use super::Ground;
use super::signature;
use crate::audit::{Audit, Knowledge, audit};
use crate::catalog::Catalog;
use crate::error::Result;
use crate::ledger::Ledger;
use crate::protect::Protected;

/// What the inspection of a release needs and leaves.
pub(super) struct Inspection<'a> {
    pub(super) ground: &'a Ground,
    pub(super) shown: &'a Protected,
    pub(super) catalog: &'a Catalog,
    pub(super) ledger: Option<Ledger>,
    pub(super) private: PathBuf,
    /// The entry that was made, to be taken back where the release does not come about.
    pub(super) entered: Option<PathBuf>,
    /// What came of the audit.
    pub(super) audit: Option<Audit>,
    /// The report that was written.
    pub(super) report: Option<PathBuf>,
}

impl Inspection<'_> {
    /// Audits the files as they lie, together with what the ledger holds; writes the report; enters the release.
    ///
    /// # Errors
    /// A release that would disclose; files, a ledger or a report that cannot be read or written.
    pub(super) fn inspect(&mut self, folder: &Path) -> Result<()> {
        let entries = self.ledger.as_ref().map(Ledger::entries).transpose()?.unwrap_or_default();
        let texts = &self.ground.catalog.texts;
        let audit = audit(folder, &entries, &Knowledge::default(), texts)?;
        self.report = Some(signature::write(self.ground, self.catalog, self.shown, &audit, self.ledger.is_some(), &self.private)?);
        if let Some(refusal) = audit.refusal(texts) {
            return Err(refusal);
        }
        self.audit = Some(audit);
        if let Some(ledger) = &self.ledger {
            self.entered = ledger.enter(folder, &self.ground.observatory.date.to_string())?;
        }
        Ok(())
    }

    /// Takes the entry back: the release did not come about.
    pub(super) fn withdraw(&self) {
        if let (Some(ledger), Some(entry)) = (&self.ledger, &self.entered) {
            // An entry too many only makes later releases more careful.
            let _ = ledger.withdraw(entry);
        }
    }
}
