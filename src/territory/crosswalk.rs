//! From sectors to quartiers: which share of a sector belongs to which quartier, no person lost or counted twice.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::coverage_audit::Ground;
use super::edges::{outline, polygons};
use super::raw_zone::RawZone;
use super::{PerZone, Zone, ZoneCode, ZoneIdx, Zones};
use crate::error::{Error, ErrorKind, Result};
use crate::plain_file;

/// Shares of a sector may miss 1 by this much: decimal fractions do not add up exactly.
pub const SHARE_TOLERANCE: f64 = 1e-9;

/// A checked table of quartiers, sectors and shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Crosswalk {
    /// The name of each quartier, by code.
    pub quartiers: BTreeMap<String, String>,
    /// For each sector, its quartiers with their shares, by code; shares sum to at most 1.
    pub shares: BTreeMap<String, BTreeMap<String, f64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    quartier: String,
    name: String,
    sector: String,
    #[serde(default)]
    weight: Option<String>,
}

/// Sectors grouped to quartiers.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    /// The quartiers; each is drawn as the sectors whose largest share it has.
    pub quartiers: Zones,
    /// For each sector, its quartiers with their shares.
    pub membership: PerZone<Vec<(ZoneIdx, f64)>>,
    /// Sectors that are in no quartier, or not wholly.
    pub warnings: Vec<String>,
}

impl Crosswalk {
    /// Reads a table with the columns `quartier`, `name`, `sector` and, if sectors are split, `weight` (the share of
    /// the sector, 0 to 1; absent means 1). Separator `,` or `;`, UTF-8.
    ///
    /// # Errors
    /// All rows that do not hold, in one error: a missing or unreadable value, a weight outside 0..=1, a pair that
    /// occurs twice, a quartier with two names, a sector whose weights sum to more than 1.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = plain_file::read(path)?;
        Self::parse(&bytes).map_err(|e| e.in_file(path))
    }

    /// The table from the bytes of its file.
    ///
    /// # Errors
    /// As [`Crosswalk::read`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let row = bytes[..e.valid_up_to()].split(|b| *b == b'\n').count() as u64;
            Error::config("the text is not UTF-8").at_row(row).help("save the table as CSV UTF-8")
        })?;
        let header = text.lines().next().unwrap_or_default();
        let delimiter = if header.contains(';') { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
        let mut crosswalk = Self { quartiers: BTreeMap::new(), shares: BTreeMap::new() };
        let mut problems = Vec::new();
        let columns = reader.headers().map_err(|e| Error::config(e.to_string()))?.clone();
        for needed in ["quartier", "name", "sector"] {
            if !columns.iter().any(|column| column == needed) {
                problems.push(format!("row 1: the column \"{needed}\" is missing"));
            }
        }
        if problems.is_empty() {
            for record in reader.records() {
                let taken = record.map_err(|e| uneven(&e, columns.len())).and_then(|record| {
                    let row = record.position().map_or(0, csv::Position::line);
                    let parsed: Row = record.deserialize(Some(&columns)).map_err(|e| e.to_string())?;
                    crosswalk.take(parsed, delimiter == b';').map_err(|why| format!("row {row}: {why}"))
                });
                problems.extend(taken.err());
            }
        }
        for (sector, shares) in &crosswalk.shares {
            let sum: f64 = shares.values().sum();
            if sum > 1.0 + SHARE_TOLERANCE {
                problems.push(format!("the weights of sector {sector} sum to {sum}, more than 1: persons would be counted twice"));
            }
        }
        if problems.is_empty() && crosswalk.quartiers.is_empty() {
            problems.push("there is no row".to_owned());
        }
        if problems.is_empty() {
            return Ok(crosswalk);
        }
        let error = Error::config(format!("{} rows of the crosswalk do not hold", problems.len()));
        Err(problems
            .into_iter()
            .take(50)
            .fold(error, Error::detail)
            .help("expected the columns quartier, name, sector and, for split sectors, weight"))
    }

    fn take(&mut self, row: Row, decimal_comma: bool) -> Result<(), String> {
        let [quartier, name, sector]: [String; 3] = [row.quartier, row.name, row.sector].map(|text| text.nfc().collect());
        if [&quartier, &name, &sector].iter().any(|text| text.contains('\u{fffd}')) {
            return Err("letters were lost before the file was written (U+FFFD)".to_owned());
        }
        if quartier.is_empty() || name.is_empty() || sector.is_empty() {
            return Err("quartier, name and sector must not be empty".to_owned());
        }
        let weight = match row.weight.filter(|weight| !weight.is_empty()) {
            None => 1.0,
            Some(text) => {
                let text = if decimal_comma { text.replace(',', ".") } else { text };
                text.parse::<f64>().map_err(|_| format!("weight: \"{text}\" is not a number"))?
            }
        };
        if !(weight > 0.0 && weight <= 1.0) {
            return Err(format!("weight: expected more than 0 and at most 1, found {weight}"));
        }
        let known = self.quartiers.entry(quartier.clone()).or_insert_with(|| name.clone());
        if *known != name {
            return Err(format!("quartier {quartier} is called \"{known}\" and \"{name}\""));
        }
        if self.shares.entry(sector.clone()).or_default().insert(quartier.clone(), weight).is_some() {
            return Err(format!("sector {sector} is given to quartier {quartier} twice"));
        }
        Ok(())
    }

    /// Groups sectors to quartiers. Outlines are dissolved along shared borders, so no new gap appears between them.
    ///
    /// # Errors
    /// Sectors that the territory does not have, quartiers that have the largest share of no sector, and outlines that
    /// cannot be joined.
    pub fn group(&self, sectors: &Zones, parent: Option<&str>) -> Result<Grouping> {
        let mut problems: Vec<String> = Vec::new();
        for sector in self.shares.keys().filter(|sector| sectors.by_code(sector).is_none()) {
            problems.push(format!("sector {sector} is not among the zones"));
        }
        let main: Vec<Option<&str>> = sectors.iter().map(|(_, zone)| self.main_of(&zone.code.0)).collect();
        for quartier in self.quartiers.keys().filter(|quartier| !main.contains(&Some(quartier.as_str()))) {
            problems.push(format!("quartier {quartier} has the largest share of no sector, so it cannot be drawn"));
        }
        if !problems.is_empty() {
            let error = Error::config("the crosswalk does not fit the zones");
            return Err(problems
                .into_iter()
                .take(50)
                .fold(error, Error::detail)
                .help("sectors are redrawn: use a crosswalk made for the zones' year"));
        }
        let quartiers = self.dissolve(sectors, &main, parent)?;
        let no_shares = BTreeMap::new();
        let shares_of = |idx: ZoneIdx| self.shares.get(&sectors[idx].code.0).unwrap_or(&no_shares);
        let membership = PerZone::from_fn(sectors, |idx| {
            shares_of(idx).iter().filter_map(|(code, share)| Some((quartiers.by_code(code)?, *share))).collect()
        });
        let mut warnings = Vec::new();
        for (idx, zone) in sectors.iter() {
            let sum: f64 = shares_of(idx).values().sum();
            if sum == 0.0 {
                warnings.push(format!("sector {} ({}) is in no quartier", zone.code, zone.name));
            } else if sum < 1.0 - SHARE_TOLERANCE {
                warnings.push(format!("{:.4} of sector {} ({}) is in no quartier", 1.0 - sum, zone.code, zone.name));
            }
        }
        Ok(Grouping { quartiers, membership, warnings })
    }

    /// The quartier with the largest share of a sector; the lowest code of equals.
    fn main_of(&self, sector: &str) -> Option<&str> {
        let shares = self.shares.get(sector)?;
        shares.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0))).map(|(quartier, _)| quartier.as_str())
    }

    fn dissolve(&self, sectors: &Zones, main: &[Option<&str>], parent: Option<&str>) -> Result<Zones> {
        let raw: Vec<RawZone> = sectors.iter().map(|(_, zone)| RawZone::of_shape(&zone.code.0, &zone.name, &zone.shape)).collect();
        let ground = Ground::of(&raw);
        let mut zones = Vec::with_capacity(self.quartiers.len());
        for (code, name) in &self.quartiers {
            let own = main.iter().zip(&ground.borders).filter(|(quartier, _)| **quartier == Some(code.as_str()));
            let edges = outline(own.flat_map(|(_, border)| border.edges.iter().copied()).collect());
            let shape = polygons(&edges, &ground.network).filter(|shape| !shape.0.is_empty());
            let shape = shape.ok_or_else(|| {
                Error::new(ErrorKind::Findings, format!("the sectors of quartier {code} cannot be joined to one outline"))
                    .help("the sectors' outlines overlap: mend them, or ask for their repair")
            })?;
            zones.push(Zone { code: ZoneCode(code.clone()), name: name.clone(), parent: parent.map(|p| ZoneCode(p.to_owned())), shape });
        }
        Zones::new(zones)
    }
}

fn uneven(error: &csv::Error, columns: usize) -> String {
    match error.position() {
        Some(position) => format!("row {}: expected {columns} values, as in the header", position.line()),
        None => error.to_string(),
    }
}

/// Spreads what was counted by sector over quartiers, by share; what is in no quartier comes back as the remainder.
///
/// The sum over quartiers plus the remainder is the sum over sectors (to 1e-9 of it). Summed in code order.
#[must_use]
pub fn spread(values: &PerZone<f64>, membership: &PerZone<Vec<(ZoneIdx, f64)>>, quartiers: &Zones) -> (PerZone<f64>, f64) {
    let mut sums = PerZone::from_fn(quartiers, |_| 0.0);
    let mut remainder = 0.0;
    for (value, shares) in values.iter().zip(membership.iter()) {
        let mut left = 1.0;
        for (quartier, share) in shares {
            sums[*quartier] += value * share;
            left -= share;
        }
        if left > SHARE_TOLERANCE {
            remainder += value * left;
        }
    }
    (sums, remainder)
}
