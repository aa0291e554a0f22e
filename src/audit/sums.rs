//! Every sum that readers of one or more releases can write about their counts, and what solving all of them gives away (S3 to S7, S11).

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{Key, subject};
use super::counts::{Counts, Name, Said};
use super::finding::{Check, Finding};
use super::release::{Release, Rules};
use super::solve::{Rows, SLACK, Sum, Tried, fault, opens, solvable};
use super::zonings::Zonings;
use crate::error::Result;
use crate::stats::disclosure_attack::{Attack, Depth, Feasible, Informed, Knowledge, Proof, Rule, Target, Verdict};

/// A release with its counts.
pub(super) type Told<'a> = (&'a Release, &'a Counts);

/// A count in a version of the figures (a correction begins another) and a zoning; the territory is of every zoning.
pub(super) type Id = (Name, usize, usize);

/// The zoning of the territory itself.
const TERRITORY: usize = usize::MAX;

/// A hidden count that an attacker wants.
struct Wanted {
    unknown: usize,
    /// The hidden group whose others are wanted: group − count.
    others_of: Option<usize>,
    /// The group it is a part of, where that is known.
    group: Option<f64>,
    subject: String,
    /// Whether it is the count of a piece of ground.
    piece: bool,
}

/// The statements of one or more releases.
pub(super) struct Book<'a> {
    releases: Vec<Told<'a>>,
    zonings: &'a Zonings,
    rules: &'a Rules,
    known: BTreeMap<Id, f64>,
    hidden: BTreeMap<Id, (usize, Key)>,
    /// The version of each count (quantity and period) in each release.
    versions: Vec<BTreeMap<(String, String), usize>>,
    fractional: BTreeSet<String>,
    /// Whether a count hidden before and after a correction is taken for the same, as an attacker would.
    share: bool,
}

impl<'a> Book<'a> {
    pub(super) fn of(releases: Vec<Told<'a>>, zonings: &'a Zonings, rules: &'a Rules, share: bool) -> Self {
        let mut book = Self {
            releases,
            zonings,
            rules,
            known: BTreeMap::new(),
            hidden: BTreeMap::new(),
            versions: Vec::new(),
            fractional: BTreeSet::new(),
            share,
        };
        for at in 0..book.releases.len() {
            book.enter(at);
        }
        // What some release of the same version shows is not hidden.
        book.hidden.retain(|id, _| !book.known.contains_key(id));
        book
    }

    fn zoning(&self, release: usize, zone: &str) -> usize {
        if zone.is_empty() { TERRITORY } else { self.zonings.of_codes(&self.releases[release].1.zones) }
    }

    fn enter(&mut self, at: usize) {
        let (_, counts) = self.releases[at];
        let mut versions: BTreeMap<(String, String), usize> = self.versions.last().cloned().unwrap_or_default();
        let mut corrected = BTreeSet::new();
        for (name, said) in &counts.said {
            let Said::Known(persons) = said else { continue };
            if (persons - persons.round()).abs() > SLACK {
                self.fractional.insert(name.0.clone());
            }
            let of = (name.0.clone(), name.1.clone());
            let version = versions.get(&of).copied().unwrap_or(0);
            let before = self.known.get(&(name.clone(), version, self.zoning(at, &name.2)));
            if before.is_some_and(|before| (before - persons).abs() > SLACK) {
                corrected.insert(of);
            }
        }
        for of in corrected {
            *versions.entry(of).or_insert(0) += 1;
        }
        for (name, said) in &counts.said {
            let version = versions.get(&(name.0.clone(), name.1.clone())).copied().unwrap_or(0);
            let id = (name.clone(), version, self.zoning(at, &name.2));
            match said {
                Said::Known(persons) => drop(self.known.insert(id, *persons)),
                Said::Nobody => {}
                Said::Hidden => {
                    if let Some(key) = counts.cells.get(name) {
                        self.hidden.insert(id, (at, key.clone()));
                    }
                }
            }
        }
        self.versions.push(versions);
    }

    /// The count of this name in a release; where it was hidden before a correction too, the count of then.
    fn id(&self, release: usize, name: &Name) -> Id {
        let mut version = self.versions[release].get(&(name.0.clone(), name.1.clone())).copied().unwrap_or(0);
        let zoning = self.zoning(release, &name.2);
        let hidden = |version: usize| self.hidden.contains_key(&(name.clone(), version, zoning));
        while self.share && version > 0 && hidden(version) && hidden(version - 1) {
            version -= 1;
        }
        (name.clone(), version, zoning)
    }

    /// What the counts say by themselves and of each other.
    fn rows(&self) -> Rows {
        let mut rows = Rows::default();
        let mut done = BTreeSet::new();
        for (at, (_, counts)) in self.releases.iter().enumerate() {
            let mut by_total: BTreeMap<(&String, &String), Vec<&Name>> = BTreeMap::new();
            for name in counts.said.keys() {
                let terms = by_total.entry((&name.0, &name.1)).or_default();
                if !name.2.is_empty() {
                    terms.push(name);
                }
            }
            for ((quantity, period), zones) in by_total {
                let total = self.id(at, &(quantity.clone(), period.clone(), String::new()));
                let ids: Vec<Id> = zones.iter().map(|name| self.id(at, name)).collect();
                if done.insert((total.clone(), ids.clone())) && counts.said.contains_key(&total.0) {
                    self.sum(&mut rows, &total, &ids);
                }
            }
            for part in &counts.parts {
                self.part(&mut rows, &self.id(at, &part.part), &self.id(at, &part.group));
            }
            for (group, parts) in &counts.wholes {
                let parts: Vec<Id> = parts.iter().map(|part| self.id(at, part)).collect();
                let group = self.id(at, group);
                if done.insert((group.clone(), parts.clone())) {
                    self.sum(&mut rows, &group, &parts);
                }
            }
        }
        self.pieces(&mut rows);
        rows
    }

    fn unknown(&self, rows: &mut Rows, id: &Id) -> Option<usize> {
        if !self.hidden.contains_key(id) {
            return None;
        }
        let next = rows.whole.len();
        let at = *rows.unknowns.entry(id.clone()).or_insert(next);
        if at == next {
            rows.whole.push(!self.fractional.contains(&id.0.0));
        }
        Some(at)
    }

    /// total = Σ terms, the known taken out; a sum that the shown figures contradict is no sum.
    fn sum(&self, rows: &mut Rows, total: &Id, terms: &[Id]) {
        let mut unknown: Vec<(usize, f64)> = Vec::new();
        let mut rest = self.known.get(total).copied().unwrap_or(0.0);
        for term in terms {
            match self.unknown(rows, term) {
                Some(at) => unknown.push((at, 1.0)),
                None => rest -= self.known.get(term).copied().unwrap_or(0.0),
            }
        }
        let hidden_total = self.unknown(rows, total);
        if unknown.is_empty() && hidden_total.is_none() {
            return;
        }
        if hidden_total.is_none() && (!self.known.contains_key(total) || rest < -SLACK) {
            return;
        }
        if let (None, [(alone, _)]) = (hidden_total, unknown.as_slice()) {
            rows.alone.insert(*alone);
        }
        unknown.extend(hidden_total.map(|at| (at, -1.0)));
        Self::state(rows, unknown, rest);
    }

    fn state(rows: &mut Rows, terms: Vec<(usize, f64)>, sum: f64) {
        let slack = if terms.iter().all(|(at, _)| rows.whole[*at]) { 0.0 } else { SLACK };
        let sum = if slack == 0.0 && (sum - sum.round()).abs() < SLACK { sum.round() } else { sum };
        rows.sums.push(Sum { terms, low: sum - slack, high: sum + slack });
    }

    fn part(&self, rows: &mut Rows, part: &Id, group: &Id) {
        match (self.unknown(rows, part), self.unknown(rows, group)) {
            (Some(part), Some(group)) => rows.sums.push(Sum { terms: vec![(part, 1.0), (group, -1.0)], low: f64::NEG_INFINITY, high: 0.0 }),
            (Some(part), None) => {
                if let Some(group) = self.known.get(group) {
                    rows.bounds.push((part, 0.0, *group));
                }
            }
            (None, Some(group)) => {
                let least = self.known.get(part).copied().unwrap_or(0.0);
                rows.bounds.push((group, least, f64::INFINITY));
            }
            (None, None) => {}
        }
    }

    /// Where several zonings are told, each zone is the sum of the pieces of ground that it is made of.
    fn pieces(&self, rows: &mut Rows) {
        if self.zonings.count() < 2 {
            return;
        }
        let told: BTreeSet<&Id> = self.known.keys().chain(self.hidden.keys()).filter(|id| id.2 != TERRITORY).collect();
        let mut zonings: BTreeMap<(&String, &String, usize), BTreeSet<usize>> = BTreeMap::new();
        for id in &told {
            zonings.entry((&id.0.0, &id.0.1, id.1)).or_default().insert(id.2);
        }
        for id in told {
            let (quantity, period, zone) = &id.0;
            if zonings[&(quantity, period, id.1)].len() < 2 {
                continue;
            }
            let mut terms = Vec::new();
            for piece in self.zonings.pieces(id.2, zone) {
                let next = rows.whole.len();
                let key = (quantity.clone(), period.clone(), id.1, *piece);
                let at = *rows.atoms.entry(key).or_insert(next);
                if at == next {
                    rows.whole.push(!self.fractional.contains(quantity));
                }
                terms.push((at, 1.0));
            }
            let own = self.unknown(rows, id);
            terms.extend(own.map(|at| (at, -1.0)));
            if !terms.is_empty() {
                let sum = if own.is_some() { 0.0 } else { self.known.get(id).copied().unwrap_or(0.0) };
                Self::state(rows, terms, sum);
            }
        }
    }

    fn wanted(&self, rows: &Rows) -> Vec<Wanted> {
        let mut groups: BTreeMap<Id, Id> = BTreeMap::new();
        for (at, (_, counts)) in self.releases.iter().enumerate() {
            for part in &counts.parts {
                groups.insert(self.id(at, &part.part), self.id(at, &part.group));
            }
        }
        let mut wanted = Vec::new();
        for (id, unknown) in &rows.unknowns {
            let (release, key) = &self.hidden[id];
            let subject = subject(self.releases[*release].0, key);
            let hidden_group = groups.get(id).and_then(|group| rows.unknowns.get(group).copied());
            if hidden_group.is_some() {
                wanted.push(Wanted { unknown: *unknown, others_of: hidden_group, group: None, subject: subject.clone(), piece: false });
            }
            let group = groups.get(id).and_then(|group| self.known.get(group).copied());
            wanted.push(Wanted { unknown: *unknown, others_of: None, group, subject, piece: false });
        }
        for ((quantity, period, _, piece), unknown) in &rows.atoms {
            let subject = format!("{quantity}, {period}, {}", self.zonings.name(*piece));
            wanted.push(Wanted { unknown: *unknown, others_of: None, group: None, subject, piece: true });
        }
        wanted
    }

    /// Solves everything for every hidden count.
    ///
    /// # Errors
    /// An interrupted run.
    pub(super) fn attack(&self, known_clients: &BTreeMap<Name, f64>) -> Result<(Vec<Finding>, Tried)> {
        let rows = self.rows();
        let wanted = self.wanted(&rows);
        let mut tried = Tried { hidden: wanted.len(), statements: rows.sums.len() + rows.bounds.len(), ..Tried::default() };
        let mut findings = self.others(known_clients);
        let Some(mut attack) = solvable(&rows, &mut tried)? else { return Ok((findings, tried)) };
        let target = |wanted: &Wanted| match wanted.others_of {
            Some(group) => Target::combination(&[(group, 1.0), (wanted.unknown, -1.0)], 0.0),
            None => Ok(Target::unknown(wanted.unknown)),
        };
        let targets: Vec<Target> = wanted.iter().map(target).collect::<Result<_, _>>().map_err(fault)?;
        let found = attack.intervals(&targets, Depth::Width(self.rules.minimum_count)).map_err(fault)?;
        crate::interrupt::check()?;
        let mut open = vec![false; wanted.len()];
        for (at, (wanted, feasible)) in wanted.iter().zip(&found).enumerate() {
            let judged = self.judge(wanted, feasible, &rows);
            tried.unsettled += usize::from(judged == Judged::Unsettled);
            if let Judged::Open(check, reason) = judged {
                open[at] = true;
                findings.push(Finding::new(check, "", &wanted.subject, reason));
            }
        }
        tried.lone = self.lone(&mut attack, &wanted, &targets, &open, &mut findings)?;
        if !known_clients.is_empty() {
            self.partner(&attack, &rows, &wanted, known_clients, &mut findings)?;
        }
        Ok((findings, tried))
    }

    fn judge(&self, wanted: &Wanted, feasible: &Feasible, rows: &Rows) -> Judged {
        let (low, high) = feasible.whole;
        if feasible.proof == Proof::Wide {
            return Judged::Safe;
        }
        let relaxed = feasible.proof == Proof::Relaxed;
        let opens = opens(self.rules, (low, high), wanted.group);
        if opens.is_none() {
            let wide = high - low >= self.rules.minimum_count - SLACK || low >= self.rules.minimum_count - SLACK;
            return if relaxed && !wide { Judged::Unsettled } else { Judged::Safe };
        }
        let reason = opens.unwrap_or("opened");
        let check = if wanted.piece {
            Check::S6
        } else if rows.alone.contains(&wanted.unknown) {
            Check::S11
        } else if reason == "opened" && !feasible.linear && feasible.real.1 - feasible.real.0 > 0.5 {
            Check::S4
        } else {
            Check::S3
        };
        Judged::Open(check, if check == Check::S11 { "alone_in_sum" } else { reason })
    }

    /// Whoever is alone in a hidden cell knows it: nobody else's may open then.
    fn lone(
        &self,
        attack: &mut Attack,
        wanted: &[Wanted],
        targets: &[Target],
        open: &[bool],
        findings: &mut Vec<Finding>,
    ) -> Result<usize> {
        let suspects: Vec<usize> = wanted
            .iter()
            .zip(open)
            .filter(|(wanted, open)| !**open && !wanted.piece && wanted.others_of.is_none())
            .map(|(w, _)| w.unknown)
            .collect();
        let rule = Rule::Count { threshold: self.rules.minimum_count, zero_is_public: true };
        let opened = attack.lone_contributors(&suspects, targets, rule).map_err(fault)?;
        let mut told = BTreeSet::new();
        for opened in opened {
            let of = &wanted[opened.target];
            let confined = match opened.verdict {
                Verdict::Exact(persons) => self.rules.few(persons),
                Verdict::Few => true,
                _ => false,
            };
            if confined && !open[opened.target] && told.insert(opened.target) {
                findings.push(Finding::new(Check::S7, "", &of.subject, "lone_contributor"));
            }
        }
        Ok(suspects.len())
    }

    /// A partner knows its own clients: what is left of a shown count without them must not be few.
    fn others(&self, clients: &BTreeMap<Name, f64>) -> Vec<Finding> {
        let few = |id: &Id, persons: f64| clients.get(&id.0).is_some_and(|own| self.rules.few(persons - own));
        let found = self.known.iter().filter(|(id, persons)| few(id, **persons)).map(|((name, ..), _)| {
            let (quantity, period, zone) = name;
            let zone = self.releases.last().map_or(zone.as_str(), |(release, _)| release.place(zone));
            Finding::new(Check::S7, "", format!("{quantity}, {period}, {zone}"), "others_of_partner")
        });
        found.collect()
    }

    /// The same of a hidden count, of which the partner knows that it holds its own clients.
    fn partner(
        &self,
        attack: &Attack,
        rows: &Rows,
        wanted: &[Wanted],
        clients: &BTreeMap<Name, f64>,
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        let own = |id: &Id| clients.get(&id.0).copied();
        let at_least: Vec<(usize, f64)> = rows.unknowns.iter().filter_map(|(id, at)| Some((*at, own(id)?))).collect();
        let of: BTreeMap<usize, f64> = at_least.iter().copied().collect();
        let theirs: Vec<&Wanted> = wanted.iter().filter(|wanted| wanted.others_of.is_none() && of.contains_key(&wanted.unknown)).collect();
        let targets: Vec<Target> = theirs.iter().map(|wanted| Target::unknown(wanted.unknown).minus(of[&wanted.unknown])).collect();
        let knowledge = Knowledge { fixed: Vec::new(), at_least };
        let Informed::Known(found) = attack.informed(&knowledge, &targets, Depth::Interval).map_err(fault)? else { return Ok(()) };
        for (wanted, feasible) in theirs.iter().zip(found) {
            if feasible.is_some_and(|feasible| opens(self.rules, feasible.whole, None).is_some_and(|reason| reason != "narrow")) {
                findings.push(Finding::new(Check::S7, "", &wanted.subject, "others_of_partner"));
            }
        }
        Ok(())
    }
}

#[derive(Debug, PartialEq)]
enum Judged {
    Safe,
    Unsettled,
    Open(Check, &'static str),
}
