//! By the code of a sector, or by the name of a quartier where only one has it.

use std::collections::BTreeMap;

use crate::records::normalize_street;
use crate::territory::{Territory, ZoneIdx};

/// What a code says.
pub(super) enum Code {
    Sector(ZoneIdx),
    /// The office's code for "in the commune, nobody knows where".
    Unlocated,
    Unknown,
}

/// What a name says.
pub(super) enum Name {
    Sector(ZoneIdx),
    Ambiguous,
    Unknown,
}

pub(super) struct ByCode<'t> {
    territory: &'t Territory,
    names: BTreeMap<String, Option<ZoneIdx>>,
    /// Of the shortest and the longest code.
    lengths: (usize, usize),
}

impl<'t> ByCode<'t> {
    pub(super) fn new(territory: &'t Territory) -> Self {
        let mut names: BTreeMap<String, Option<ZoneIdx>> = BTreeMap::new();
        for (index, zone) in territory.sectors.iter() {
            names.entry(normalize_street(&zone.name)).and_modify(|found| *found = None).or_insert(Some(index));
        }
        let lengths = || territory.sectors.iter().map(|(_, zone)| zone.code.0.len());
        Self { territory, names, lengths: (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0)) }
    }

    pub(super) fn find(&self, code: &str) -> Code {
        let code = code.trim();
        match self.territory.sectors.by_code(code) {
            Some(sector) => Code::Sector(sector),
            None if self.territory.unlocated_codes.iter().any(|c| c == code) => Code::Unlocated,
            None => Code::Unknown,
        }
    }

    /// Whether a text could be the code of a sector: about as long as those of the territory, with a digit, and of their
    /// characters only.
    pub(super) fn has_form(&self, code: &str) -> bool {
        let code = code.trim();
        let fits = (self.lengths.0.saturating_sub(1)..=self.lengths.1 + 1).contains(&code.len());
        fits && code.bytes().any(|b| b.is_ascii_digit()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
    }

    pub(super) fn by_name(&self, name: &str) -> Name {
        match self.names.get(&normalize_street(name)) {
            Some(Some(sector)) => Name::Sector(*sector),
            Some(None) => Name::Ambiguous,
            None => Name::Unknown,
        }
    }
}
