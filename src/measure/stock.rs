//! The stock of job seekers on the last day of each quarter, by quartier: counted once, read by every quarterly indicator.

use crate::locate::{Located, Observations, Placement};
use crate::observatory::DurationClass;
use crate::period::Quarter;
use crate::records::{JobSeekerCounts, JobSeekers};
use crate::stats::mean::{Moments, moments};
use crate::territory::{PerZone, Territory, ZoneIdx};

/// Durations of inoccupation of a group, in months.
#[derive(Debug, Clone, PartialEq)]
pub enum Durations {
    /// One a person, with the share of the person that belongs to the zone.
    Persons(Vec<(f64, f64)>),
    /// Persons by class, in the order of the classes.
    Classes(Vec<f64>),
}

/// The job seekers of one quartier (or the territory) in one quarter. Counts are sums of shares: whole unless a sector is
/// split between quartiers.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Whether anything was observed here; a group that was not is absent, not empty.
    pub observed: bool,
    /// Job seekers.
    pub job_seekers: Tallied,
    /// Of these, with a known age.
    pub with_age: Tallied,
    /// Of these, under 25.
    pub under_25: Tallied,
    /// With a known answer on the RIS.
    pub with_ris: Tallied,
    /// Of these, living on the RIS.
    pub ris: Tallied,
    /// Durations of inoccupation.
    pub durations: Durations,
    /// Persons whose duration is known.
    pub with_duration: u64,
}

/// A count of shares, and of the persons behind it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tallied {
    /// Sum of shares.
    pub count: f64,
    /// Persons with any share.
    pub persons: u64,
}

impl Tallied {
    #[expect(clippy::cast_precision_loss, reason = "counts of persons")]
    fn add(&mut self, persons: u64, share: f64) {
        self.count += persons as f64 * share;
        self.persons += persons;
    }
}

/// All quarters, quartier by quartier.
#[derive(Debug, Clone)]
pub struct Stock {
    quarters: Vec<Quarter>,
    groups: Vec<PerZone<Group>>,
    totals: Vec<Group>,
    classes: Vec<DurationClass>,
}

impl Stock {
    /// Counts the records of a run; `None` where it has none. Sums run in row order. Cost: O(records).
    #[must_use]
    pub fn count(observed: &Observations<'_>, quarters: &[Quarter]) -> Option<Self> {
        match (&observed.job_seekers, &observed.job_seeker_counts) {
            (Some(persons), _) => Some(Self::of_persons(persons, observed.territory, quarters)),
            (None, Some(counts)) => Some(Self::of_counts(counts, observed.territory, quarters)),
            (None, None) => None,
        }
    }

    fn empty(territory: &Territory, quarters: &[Quarter], classes: &[DurationClass], by_class: bool) -> Self {
        let durations = if by_class { Durations::Classes(vec![0.0; classes.len()]) } else { Durations::Persons(Vec::new()) };
        let none = Tallied::default();
        let group = Group {
            observed: false,
            job_seekers: none,
            with_age: none,
            under_25: none,
            with_ris: none,
            ris: none,
            durations,
            with_duration: 0,
        };
        Self {
            quarters: quarters.to_vec(),
            groups: quarters.iter().map(|_| PerZone::from_fn(&territory.quartiers, |_| group.clone())).collect(),
            totals: vec![group; quarters.len()],
            classes: classes.to_vec(),
        }
    }

    fn of_persons(located: &Located<JobSeekers>, territory: &Territory, quarters: &[Quarter]) -> Self {
        let mut stock = Self::empty(territory, quarters, &[], false);
        for (record, placement) in located.records.as_slice().iter().zip(&located.placements) {
            let Some(at) = stock.position(record.quarter) else { continue };
            // Where one person of a quarter was observed, all were: a quartier without records has nobody, not no data.
            if !stock.totals[at].observed {
                stock.totals[at].observed = true;
                for zone in territory.quartiers.indexes() {
                    stock.groups[at][zone].observed = true;
                }
            }
            stock.each_group(at, *placement, territory, |group, share| {
                group.job_seekers.add(1, share);
                if let Some(age) = record.age_years {
                    group.with_age.add(1, share);
                    group.under_25.add(u64::from(age < 25), share);
                }
                if let Some(ris) = record.ris {
                    group.with_ris.add(1, share);
                    group.ris.add(u64::from(ris), share);
                }
                if let (Some(months), Durations::Persons(durations)) = (record.months, &mut group.durations) {
                    durations.push((months, share));
                    group.with_duration += 1;
                }
            });
        }
        stock
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of persons")]
    fn of_counts(located: &Located<JobSeekerCounts>, territory: &Territory, quarters: &[Quarter]) -> Self {
        let mut stock = Self::empty(territory, quarters, located.records.classes(), true);
        for (row, placement) in located.records.as_slice().iter().zip(&located.placements) {
            let Some(at) = stock.position(row.quarter) else { continue };
            stock.each_group(at, *placement, territory, |group, share| {
                group.job_seekers.add(row.job_seekers, share);
                if let Some(under_25) = row.under_25 {
                    group.with_age.add(row.job_seekers, share);
                    group.under_25.add(under_25, share);
                }
                if let Some(ris) = row.ris {
                    group.with_ris.add(row.job_seekers, share);
                    group.ris.add(ris, share);
                }
                if let Durations::Classes(classes) = &mut group.durations {
                    for (class, persons) in classes.iter_mut().zip(&row.durations) {
                        *class += *persons as f64 * share;
                        group.with_duration += persons;
                    }
                }
            });
        }
        let told = told(located, territory, quarters);
        for (at, quarter) in told.quarters.iter().enumerate() {
            stock.totals[at].observed = told.ever.iter().any(|ever| *ever);
            let seen = territory.membership.enumerate().filter(|(sector, _)| quarter[*sector]);
            for (quartier, _) in seen.flat_map(|(_, shares)| shares) {
                stock.groups[at][*quartier].observed = true;
            }
            // A sum without one of its parts is no sum.
            for sector in territory.sectors.indexes().filter(|sector| told.lacks(at, *sector)) {
                stock.totals[at].observed = false;
                for (quartier, _) in &territory.membership[sector] {
                    stock.groups[at][*quartier].observed = false;
                }
            }
        }
        stock
    }

    fn each_group(&mut self, at: usize, placement: Placement, territory: &Territory, mut add: impl FnMut(&mut Group, f64)) {
        if let Placement::Within(sector) = placement {
            for (quartier, share) in &territory.membership[sector] {
                add(&mut self.groups[at][*quartier], *share);
            }
            // The territory counts what its quartiers count, so that they add up to it.
            let kept: f64 = territory.membership[sector].iter().map(|(_, share)| share).sum();
            if kept > 0.0 {
                add(&mut self.totals[at], kept.min(1.0));
            }
        }
    }

    fn position(&self, quarter: Quarter) -> Option<usize> {
        self.quarters.binary_search(&quarter).ok()
    }

    /// The quarters, in time order.
    #[must_use]
    pub fn quarters(&self) -> &[Quarter] {
        &self.quarters
    }

    /// The group of a quartier in the quarter at this position.
    #[must_use]
    pub fn group(&self, at: usize, zone: ZoneIdx) -> &Group {
        &self.groups[at][zone]
    }

    /// The territory in the quarter at this position.
    #[must_use]
    pub fn total(&self, at: usize) -> &Group {
        &self.totals[at]
    }

    /// The classes of duration, where the source gives classes.
    #[must_use]
    pub fn classes(&self) -> &[DurationClass] {
        &self.classes
    }
}

/// Which sectors a table of counts speaks of, quarter by quarter.
struct Told {
    /// Sectors that the table has in any quarter; one that it never has is taken to have no job seekers.
    ever: PerZone<bool>,
    quarters: Vec<PerZone<bool>>,
}

fn told(located: &Located<JobSeekerCounts>, territory: &Territory, quarters: &[Quarter]) -> Told {
    let nowhere = PerZone::from_fn(&territory.sectors, |_| false);
    let mut told = Told { ever: nowhere.clone(), quarters: vec![nowhere; quarters.len()] };
    for (row, placement) in located.records.as_slice().iter().zip(&located.placements) {
        if let (Placement::Within(sector), Ok(at)) = (placement, quarters.binary_search(&row.quarter)) {
            told.ever[*sector] = true;
            told.quarters[at][*sector] = true;
        }
    }
    told
}

impl Told {
    fn lacks(&self, at: usize, sector: ZoneIdx) -> bool {
        self.ever[sector] && !self.quarters[at][sector]
    }
}

/// The rows that a table of counts lacks: sectors it has in other quarters, with the quarter.
#[must_use]
pub fn missing_counts(observed: &Observations<'_>, quarters: &[Quarter]) -> Vec<(ZoneIdx, Quarter)> {
    let Some(located) = &observed.job_seeker_counts else { return Vec::new() };
    let told = told(located, observed.territory, quarters);
    let mut missing = Vec::new();
    for (at, quarter) in quarters.iter().enumerate() {
        missing.extend(observed.territory.sectors.indexes().filter(|sector| told.lacks(at, *sector)).map(|sector| (sector, *quarter)));
    }
    missing
}

impl Group {
    /// The moments of the durations, where they are known by person.
    #[must_use]
    pub fn duration_moments(&self) -> Option<Moments> {
        match &self.durations {
            Durations::Persons(durations) => moments(durations),
            Durations::Classes(_) => None,
        }
    }
}
