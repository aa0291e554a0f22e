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
}

impl<'t> ByCode<'t> {
    pub(super) fn new(territory: &'t Territory) -> Self {
        let mut names: BTreeMap<String, Option<ZoneIdx>> = BTreeMap::new();
        for (index, zone) in territory.sectors.iter() {
            names.entry(normalize_street(&zone.name)).and_modify(|found| *found = None).or_insert(Some(index));
        }
        Self { territory, names }
    }

    pub(super) fn find(&self, code: &str) -> Code {
        let code = code.trim();
        match self.territory.sectors.by_code(code) {
            Some(sector) => Code::Sector(sector),
            None if self.territory.unlocated_codes.iter().any(|c| c == code) => Code::Unlocated,
            None => Code::Unknown,
        }
    }

    pub(super) fn by_name(&self, name: &str) -> Name {
        match self.names.get(&normalize_street(name)) {
            Some(Some(sector)) => Name::Sector(*sector),
            Some(None) => Name::Ambiguous,
            None => Name::Unknown,
        }
    }
}
