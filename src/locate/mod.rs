//! Stage 2: each record gets its sector, or is counted as outside or without a place.
//!
//! A zone code counts first, then coordinates, then an address found in the register, then a quartier's name where it is
//! unique. Nothing is guessed: an unknown code is outside, an ambiguous street or name is missing, and both are counted.

mod by_address;
mod by_code;
mod by_point;
mod placement;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

pub use placement::{FarAway, How, Located, Placement, Tally};

use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::read::{Sourced, Sources};
use crate::records::{AddressRegister, Interviews, JobSeekerCounts, JobSeekers, Place, Population};
use crate::territory::Territory;

use by_address::ByAddress;
use by_code::ByCode;
use by_point::ByPoint;

/// Records with their sectors: what the indicators are computed from.
#[derive(Debug)]
pub struct Observations<'t> {
    /// The territory.
    pub territory: &'t Territory,
    /// Job seekers, one record a person and quarter.
    pub job_seekers: Option<Located<JobSeekers>>,
    /// Job seekers counted by zone and quarter.
    pub job_seeker_counts: Option<Located<JobSeekerCounts>>,
    /// Population by zone and year.
    pub population: Option<Located<Population>>,
    /// Interviews.
    pub interviews: Option<Located<Interviews>>,
    /// The directory of services.
    pub services: Option<Located<Interviews>>,
    /// How each source was placed.
    pub tallies: Vec<Tally>,
}

/// Places all records. The same answer for any order of zones and any number of threads.
///
/// # Errors
/// Coordinates that lie elsewhere as a whole, with the likely cause (swapped axes, degrees, another Lambert).
pub fn locate<'t>(sources: Sources, territory: &'t Territory) -> Result<Observations<'t>> {
    let files = sources.reports.iter().map(|report| (report.source.clone(), report.files.iter().map(|(file, _)| file.clone()).collect()));
    let gazetteer = Gazetteer::new(territory, sources.addresses, files.collect())?;
    let mut tallies = Vec::new();
    let mut failures = Vec::new();
    let job_seekers = gazetteer.place(
        "job_seekers",
        sources.job_seekers,
        |r: &JobSeekers| r.as_slice().iter().map(|r| (&r.place, Some(r.quarter))).collect(),
        &mut tallies,
        &mut failures,
    )?;
    let job_seeker_counts = gazetteer.place(
        "job_seeker_counts",
        sources.job_seeker_counts,
        |r: &JobSeekerCounts| r.as_slice().iter().map(|r| (&r.place, Some(r.quarter))).collect(),
        &mut tallies,
        &mut failures,
    )?;
    let population = gazetteer.place(
        "population",
        sources.population,
        |r: &Population| r.as_slice().iter().map(|r| (&r.place, None::<u8>)).collect(),
        &mut tallies,
        &mut failures,
    )?;
    let interviews = gazetteer.place(
        "interviews",
        sources.interviews,
        |r: &Interviews| r.as_slice().iter().map(|r| (&r.place, None::<u8>)).collect(),
        &mut tallies,
        &mut failures,
    )?;
    let services = gazetteer.place(
        "services",
        sources.services,
        |r: &Interviews| r.as_slice().iter().map(|r| (&r.place, None::<u8>)).collect(),
        &mut tallies,
        &mut failures,
    )?;
    match failures.len() {
        0 => Ok(Observations { territory, job_seekers, job_seeker_counts, population, interviews, services, tallies }),
        1 => Err(failures.remove(0)),
        n => {
            let error = Error::new(ErrorKind::Findings, format!("the coordinates of {n} sources lie elsewhere"));
            Err(failures.into_iter().fold(error, |error: Error, failure: Error| error.detail(failure.to_string())))
        }
    }
}

/// Stops the run where too many records have no place in the territory.
///
/// # Errors
/// Each source above its share.
pub fn check_unlocated(tallies: &[Tally], limit: f64) -> Result<()> {
    let over: Vec<&Tally> = tallies.iter().filter(|t| t.unlocated_share() > limit).collect();
    if over.is_empty() {
        return Ok(());
    }
    let error =
        Error::new(ErrorKind::Findings, format!("more records without a place in the territory than max_unlocated = {limit} allows"));
    let error = over.into_iter().fold(error, |error, tally| error.detail(tally.to_string()));
    Err(error.help("`optima check` lists unknown codes and streets; raise max_unlocated if this is how the file is"))
}

/// What stands for a cell that has not the form of a code.
const NO_CODE: &str = "(no code)";

/// All ways to a sector.
struct Gazetteer<'t> {
    territory: &'t Territory,
    codes: ByCode<'t>,
    points: ByPoint<'t>,
    addresses: ByAddress,
    /// The files of each source, for messages.
    files: BTreeMap<String, Vec<PathBuf>>,
}

impl<'t> Gazetteer<'t> {
    fn new(territory: &'t Territory, register: Option<Sourced<AddressRegister>>, files: BTreeMap<String, Vec<PathBuf>>) -> Result<Self> {
        let points = ByPoint::new(territory)?;
        let addresses = match register {
            Some(register) => {
                let transformer = points.transformer(register.crs).map_err(|e| e.in_column("sources.addresses.crs"))?;
                ByAddress::new(register.records, transformer)
            }
            None => ByAddress::none(),
        };
        Ok(Self { territory, codes: ByCode::new(territory), points, addresses, files })
    }

    fn place<R, Q: Copy + Ord + fmt::Display>(
        &self,
        source: &str,
        sourced: Option<Sourced<R>>,
        places: impl Fn(&R) -> Vec<(&Place, Option<Q>)>,
        tallies: &mut Vec<Tally>,
        failures: &mut Vec<Error>,
    ) -> Result<Option<Located<R>>> {
        let Some(Sourced { records, crs }) = sourced else { return Ok(None) };
        let all = places(&records);
        let raw: Vec<Option<(f64, f64)>> = all.iter().map(|(place, _)| place.point).collect();
        let planar = self.points.planar(&raw, crs).map_err(|e| e.in_column(format!("sources.{source}.crs")))?;
        let strays = self.points.strays(&raw, &planar, crs);
        if let Some(strays) = strays.as_ref().filter(|strays| strays.are_most()) {
            let error = Error::new(ErrorKind::Findings, strays.diagnosis.to_string()).help(strays.diagnosis.help());
            let error = error.in_column("x, y");
            failures.push(match self.files.get(source).map(Vec::as_slice) {
                Some([file]) => error.in_file(file),
                Some(files) => files.iter().fold(error, |error, file| error.detail(format!("in {}", file.display()))),
                None => error.in_file(source),
            });
            return Ok(None);
        }
        let sectors = self.points.locate(&planar);
        let mut tally = Tally::new(source, all.len());
        tally.far_away =
            strays.map(|strays| FarAway { points: strays.count, because: strays.diagnosis.to_string(), help: strays.diagnosis.help() });
        let mut near: BTreeMap<Vec<String>, u64> = BTreeMap::new();
        let mut placements = Vec::with_capacity(all.len());
        for (i, (place, _)) in all.iter().enumerate() {
            if i.is_multiple_of(1 << 14) {
                interrupt::check()?;
            }
            let (placement, how) = self.one(place, planar[i].map(|_| sectors[i]), &mut tally, &mut near);
            tally.count(placement, how);
            placements.push(placement);
        }
        if !tally.unknown_codes.is_empty() {
            tally.unnamed_sectors = self.unnamed(&all);
        }
        tally.near_streets = near.into_iter().collect();
        tracing::info!(source, within = tally.within, outside = tally.outside, missing = tally.missing, "located");
        tallies.push(tally);
        Ok(Some(Located { records, placements }))
    }

    /// The sectors that no record names, or none of some quarters, with these quarters.
    fn unnamed<Q: Copy + Ord + fmt::Display>(&self, all: &[(&Place, Option<Q>)]) -> BTreeMap<String, Vec<String>> {
        let quarters: BTreeSet<Option<Q>> = all.iter().map(|(_, quarter)| *quarter).collect();
        let mut named: BTreeMap<&str, BTreeSet<Option<Q>>> = BTreeMap::new();
        for (place, quarter) in all {
            if let Some(by_code::Code::Sector(sector)) = place.code.as_deref().map(|code| self.codes.find(code)) {
                named.entry(self.territory.sectors[sector].code.0.as_str()).or_default().insert(*quarter);
            }
        }
        let missing = |code: &str| match named.get(code) {
            None => Some(Vec::new()),
            Some(found) if found.len() < quarters.len() => Some(quarters.difference(found).flatten().map(ToString::to_string).collect()),
            Some(_) => None,
        };
        self.territory.sectors.iter().filter_map(|(_, zone)| Some((zone.code.0.clone(), missing(&zone.code.0)?))).collect()
    }

    /// Places one record; `point` is the sector its coordinates lie in, where it has any.
    fn one(&self, place: &Place, point: Option<Placement>, tally: &mut Tally, near: &mut BTreeMap<Vec<String>, u64>) -> (Placement, How) {
        if let Some(code) = &place.code {
            match self.codes.find(code) {
                by_code::Code::Sector(sector) => {
                    if point.is_some_and(|point| point != Placement::Within(sector)) {
                        tally.code_and_point_disagree += 1;
                    }
                    return (Placement::Within(sector), How::Code);
                }
                by_code::Code::Unknown => {
                    // A cell that is no code may be anything, a person's number too: it is counted, not told.
                    let told = if self.codes.has_form(code) { code.clone() } else { NO_CODE.to_owned() };
                    *tally.unknown_codes.entry(told).or_default() += 1;
                    return (Placement::Outside, How::Code);
                }
                by_code::Code::Unlocated => {}
            }
        }
        if let Some(point) = point {
            return (point, How::Point);
        }
        if let Some(address) = &place.address {
            return (self.addresses.find(address, &self.points, tally, near), How::Address);
        }
        match place.quartier.as_deref().map(|name| self.codes.by_name(name)) {
            Some(by_code::Name::Sector(sector)) => (Placement::Within(sector), How::Name),
            Some(by_code::Name::Ambiguous) => {
                tally.ambiguous_names += 1;
                (Placement::Missing, How::Name)
            }
            Some(by_code::Name::Unknown) => {
                tally.unknown_names += 1;
                (Placement::Missing, How::Name)
            }
            None => (Placement::Missing, How::Nothing),
        }
    }
}

impl std::fmt::Debug for Gazetteer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gazetteer({})", self.territory.id.0)
    }
}
