//! Where a record is, and how many are where.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::territory::ZoneIdx;

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// In this sector.
    Within(ZoneIdx),
    /// In no sector of the territory.
    Outside,
    /// Nobody can tell.
    Missing,
}

/// By what a record was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By its zone code.
    Code,
    /// By its coordinates.
    Point,
    /// By its address.
    Address,
    /// By the name of its quartier.
    Name,
    /// It says nothing of its place.
    Nothing,
}

/// Records with their placements, row for row.
#[derive(Debug)]
pub struct Located<R> {
    /// The records.
    pub records: R,
    /// One placement a record.
    pub placements: Vec<Placement>,
}

/// Points far from the territory, and what most likely is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FarAway {
    /// How many they are.
    pub points: u64,
    /// The likely mistake.
    pub because: String,
    /// What to do about it.
    pub help: String,
}

/// How a source was placed: `records = within + outside + missing`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tally {
    /// The source.
    pub source: String,
    /// Records that came in.
    pub records: u64,
    /// In a sector.
    pub within: u64,
    /// In none.
    pub outside: u64,
    /// Without a place.
    pub missing: u64,
    /// Placed by code, point, address and name.
    pub by_code: u64,
    /// Placed by coordinates.
    pub by_point: u64,
    /// Placed by address.
    pub by_address: u64,
    /// Placed by the name of a quartier.
    pub by_name: u64,
    /// Codes that the territory does not have, with the number of records.
    pub unknown_codes: BTreeMap<String, u64>,
    /// Sectors that no record names by its code, or none of some quarters, with these quarters: the other side of
    /// [`unknown_codes`](Self::unknown_codes), and told only with them. A sector renamed between two quarters is on both.
    pub unnamed_sectors: BTreeMap<String, Vec<String>>,
    /// Records whose code names another sector than their coordinates; the code counts.
    pub code_and_point_disagree: u64,
    /// Points so far from the territory that their coordinates are to be doubted; they count as outside.
    pub far_away: Option<FarAway>,
    /// Names that more than one sector has.
    pub ambiguous_names: u64,
    /// Names that no sector has.
    pub unknown_names: u64,
    /// Addresses whose street the register lacks.
    pub unknown_streets: u64,
    /// Addresses whose number the register lacks, on a street through several sectors.
    pub ambiguous_streets: u64,
    /// Streets of the register that unknown ones are near to, with the number of records: proposed, not applied.
    pub near_streets: Vec<(Vec<String>, u64)>,
}

impl Tally {
    pub(super) fn new(source: &str, records: usize) -> Self {
        Self {
            source: source.to_owned(),
            records: records as u64,
            within: 0,
            outside: 0,
            missing: 0,
            by_code: 0,
            by_point: 0,
            by_address: 0,
            by_name: 0,
            unknown_codes: BTreeMap::new(),
            unnamed_sectors: BTreeMap::new(),
            code_and_point_disagree: 0,
            far_away: None,
            ambiguous_names: 0,
            unknown_names: 0,
            unknown_streets: 0,
            ambiguous_streets: 0,
            near_streets: Vec::new(),
        }
    }

    pub(super) fn count(&mut self, placement: Placement, how: How) {
        match placement {
            Placement::Within(_) => {
                self.within += 1;
                match how {
                    How::Code => self.by_code += 1,
                    How::Point => self.by_point += 1,
                    How::Address => self.by_address += 1,
                    How::Name => self.by_name += 1,
                    How::Nothing => {}
                }
            }
            Placement::Outside => self.outside += 1,
            Placement::Missing => self.missing += 1,
        }
    }

    /// The share of records that have no sector.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of records")]
    pub fn unlocated_share(&self) -> f64 {
        (self.outside + self.missing) as f64 / self.records.max(1) as f64
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} records, {} located ({} by code, {} by coordinates, {} by address, {} by name), {} outside, {} without a place",
            self.source, self.records, self.within, self.by_code, self.by_point, self.by_address, self.by_name, self.outside, self.missing
        )
    }
}
