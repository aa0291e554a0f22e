//! Tables of frequencies: the margins, the groups within groups and the linked answers that a reader can add up.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Check, Finding};
use super::release::{Frequencies, Release, Rules};
use super::solve::{Tried, fault, opens};
use crate::error::Result;
use crate::stats::disclosure_attack::{Attack, Depth, Effort, Proof, System, Target};

/// Grouping, group, question, state.
type Count = (String, String, String, String);

/// States that say nothing of a situation, and are not protected.
const NON_RESPONSE: [&str; 2] = ["no_answer", "refused"];

#[derive(Default)]
struct Told {
    /// Persons, where they are shown.
    counts: BTreeMap<Count, Option<f64>>,
    /// Who answered: grouping, group, question.
    answered: BTreeMap<(String, String, String), f64>,
}

/// Checks all tables of frequencies of persons.
///
/// # Errors
/// An interrupted run.
pub(super) fn check(release: &Release) -> Result<(Vec<Finding>, Tried)> {
    let (mut findings, mut tried) = (Vec::new(), Tried::default());
    for table in release.frequencies.iter().filter(|table| table.persons) {
        crate::interrupt::check()?;
        let told = gather(release, table, &mut findings);
        shown(&release.rules, &table.name, &told, &mut findings);
        profiles(release, &told, &mut findings);
        let (found, more) = Sums::of(table, &told).attack(&release.rules, &table.name)?;
        findings.extend(found);
        tried.add(more);
    }
    Ok((findings, tried))
}

fn gather(release: &Release, described: &Frequencies, findings: &mut Vec<Finding>) -> Told {
    let mut told = Told::default();
    let mut first: BTreeMap<Count, &str> = BTreeMap::new();
    for table in release.tables.iter().filter(|table| table.name == described.name) {
        let columns = ["by", "group_code", "question", "modality", "persons", "status", "answered"].map(|name| table.column(name));
        let [Some(by), Some(group), Some(question), Some(modality), Some(persons), Some(status), answered] = columns else { continue };
        for row in &table.rows {
            let key = (row[by].text(), row[group].text(), row[question].text(), row[modality].text());
            let hidden = row[status].text() == "S";
            let count = row[persons].number();
            if hidden && count.is_some() {
                findings.push(Finding::new(Check::S2, &table.file, subject(&key), "hidden_row_tells").naming("persons"));
            }
            if let Some(answered) = answered.and_then(|at| row[at].number()) {
                told.answered.insert((key.0.clone(), key.1.clone(), key.2.clone()), answered);
            }
            match told.counts.get(&key) {
                Some(known) if *known != count && !(hidden && count.is_some()) => {
                    let reason = if known.is_none() || count.is_none() { "hidden_elsewhere" } else { "told_differently" };
                    let other = first.get(&key).copied().unwrap_or_default();
                    findings.push(Finding::new(Check::S8, &table.file, subject(&key), reason).naming(other));
                    if let Some(count) = count {
                        told.counts.insert(key, Some(count));
                    }
                }
                Some(_) => {}
                None => {
                    first.insert(key.clone(), &table.file);
                    told.counts.insert(key, count);
                }
            }
        }
    }
    told
}

fn subject((by, group, question, state): &Count) -> String {
    format!("{by} = {group}, {question} = {state}")
}

/// Shown counts of few, or of all but few of those who answered.
fn shown(rules: &Rules, table: &str, told: &Told, findings: &mut Vec<Finding>) {
    let single = single(told);
    for (key, persons) in told.counts.iter().filter(|(key, _)| !NON_RESPONSE.contains(&key.3.as_str())) {
        let Some(persons) = persons else { continue };
        let group = told.answered.get(&(key.0.clone(), key.1.clone(), key.2.clone())).copied();
        let forbidden = match group {
            _ if single.contains(&key.2) => false,
            Some(group) if key.3 != "not_asked" && group > 0.0 => rules.forbids(*persons, Some(group)) && *persons > 0.5,
            _ => rules.few(*persons),
        };
        // What nobody at all said, or what everybody did, is told by the whole as well.
        let nobody = told.counts.get(&("all".to_owned(), "all".to_owned(), key.2.clone(), key.3.clone())).is_some_and(|n| *n == Some(0.0));
        if forbidden && !nobody {
            findings.push(Finding::new(Check::S2, "", format!("{table}, {}", subject(key)), "few_persons"));
        }
    }
}

/// Questions with one answer to choose: all that is to be known is who was asked.
fn single(told: &Told) -> BTreeSet<String> {
    let mut states: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for (.., question, state) in told.counts.keys() {
        if state != "not_asked" && !NON_RESPONSE.contains(&state.as_str()) {
            states.entry(question).or_default().insert(state);
        }
    }
    states.into_iter().filter(|(_, states)| states.len() < 2).map(|(question, _)| question.clone()).collect()
}

/// A profile of a group names only answers whose count in that group is shown.
fn profiles(release: &Release, told: &Told, findings: &mut Vec<Finding>) {
    for table in release.tables.iter().filter(|table| table.name == "profiles") {
        let columns = ["analysis", "group_number", "question", "modality"].map(|name| table.column(name));
        let [Some(analysis), Some(group), Some(question), Some(modality)] = columns else { continue };
        for row in &table.rows {
            let key = (row[analysis].text(), row[group].text(), row[question].text(), row[modality].text());
            if told.counts.get(&key).is_some_and(Option::is_none) {
                findings.push(Finding::new(Check::S2, &table.file, subject(&key), "profile_of_hidden"));
            }
        }
    }
}

/// All sums of one table over its hidden counts.
struct Sums<'a> {
    told: &'a Told,
    unknowns: BTreeMap<&'a Count, usize>,
    sizes: BTreeMap<(&'a str, &'a str), usize>,
    rows: Vec<(Vec<(usize, f64)>, f64)>,
}

impl<'a> Sums<'a> {
    fn of(table: &'a Frequencies, told: &'a Told) -> Self {
        let mut sums = Self { told, unknowns: BTreeMap::new(), sizes: BTreeMap::new(), rows: Vec::new() };
        for (at, key) in told.counts.iter().filter(|(_, n)| n.is_none()).map(|(key, _)| key).enumerate() {
            sums.unknowns.insert(key, at);
        }
        sums.groups();
        sums.margins();
        for nested in &table.nested {
            for (key, _) in told.counts.range((nested.by.clone(), nested.group.clone(), String::new(), String::new())..) {
                if (&key.0, &key.1) != (&nested.by, &nested.group) {
                    break;
                }
                let parts = nested.parts.iter().map(|part| (nested.of.clone(), part.clone(), key.2.clone(), key.3.clone()));
                sums.add(key, parts);
            }
        }
        for linked in &table.linked {
            for key in told.counts.keys().filter(|key| key.2 == linked.question && key.3 == linked.modality) {
                let parts = linked.modalities.iter().map(|state| (key.0.clone(), key.1.clone(), linked.other.clone(), state.clone()));
                sums.add(key, parts);
            }
        }
        sums
    }

    /// whole = Σ parts, where all of them are in the table.
    fn add(&mut self, whole: &Count, parts: impl Iterator<Item = Count>) {
        let parts: Vec<Count> = parts.collect();
        if !parts.iter().all(|part| self.told.counts.contains_key(part)) {
            return;
        }
        let (mut terms, mut sum) = (Vec::new(), 0.0);
        for (count, sign) in parts.iter().map(|part| (part, 1.0)).chain([(whole, -1.0)]) {
            match (self.unknowns.get(count), self.told.counts.get(count)) {
                (Some(at), _) => terms.push((*at, sign)),
                (None, Some(Some(persons))) => sum -= sign * persons,
                _ => return,
            }
        }
        if !terms.is_empty() {
            self.rows.push((terms, sum));
        }
    }

    /// In each group, the states of a question add up to its size, and the answers to those who answered.
    fn groups(&mut self) {
        let mut states: BTreeMap<(&str, &str, &str), Vec<&'a Count>> = BTreeMap::new();
        for key in self.told.counts.keys() {
            states.entry((key.0.as_str(), key.1.as_str(), key.2.as_str())).or_default().push(key);
        }
        let known: BTreeMap<(&str, &str), f64> = states
            .iter()
            .filter_map(|((by, group, _), keys)| {
                let sum: Option<f64> = keys.iter().map(|key| self.told.counts[*key]).sum();
                Some(((*by, *group), sum?))
            })
            .collect();
        for ((by, group, question), keys) in states {
            let hidden: Vec<&Count> = keys.iter().copied().filter(|key| self.unknowns.contains_key(*key)).collect();
            if hidden.is_empty() {
                continue;
            }
            let shown: f64 = keys.iter().filter_map(|key| self.told.counts[*key]).sum();
            let mut terms: Vec<(usize, f64)> = hidden.iter().map(|key| (self.unknowns[*key], 1.0)).collect();
            if let Some(size) = known.get(&(by, group)) {
                self.rows.push((terms, size - shown));
            } else {
                let next = self.unknowns.len() + self.sizes.len();
                terms.push((*self.sizes.entry((by, group)).or_insert(next), -1.0));
                self.rows.push((terms, -shown));
            }
            if let Some(answered) = self.told.answered.get(&(by.to_owned(), group.to_owned(), question.to_owned())) {
                let of_answer = |key: &&&Count| key.3 != "not_asked" && !NON_RESPONSE.contains(&key.3.as_str());
                let shown: f64 = keys.iter().filter(of_answer).filter_map(|key| self.told.counts[*key]).sum();
                let terms: Vec<(usize, f64)> = hidden.iter().filter(of_answer).map(|key| (self.unknowns[*key], 1.0)).collect();
                if !terms.is_empty() {
                    self.rows.push((terms, answered - shown));
                }
            }
        }
    }

    /// Over the groups of a grouping, each state adds up to that of everyone.
    fn margins(&mut self) {
        let mut groups: BTreeMap<(&str, &str, &str), Vec<&'a Count>> = BTreeMap::new();
        for key in self.told.counts.keys().filter(|key| key.0 != "all") {
            groups.entry((key.0.as_str(), key.2.as_str(), key.3.as_str())).or_default().push(key);
        }
        for ((_, question, state), keys) in groups {
            let whole = ("all".to_owned(), "all".to_owned(), question.to_owned(), state.to_owned());
            if self.told.counts.contains_key(&whole) {
                self.add(&whole, keys.into_iter().cloned());
            }
        }
    }

    fn attack(&self, rules: &Rules, table: &str) -> Result<(Vec<Finding>, Tried)> {
        let mut tried = Tried { statements: self.rows.len(), ..Tried::default() };
        let wanted: Vec<(&Count, usize)> =
            self.unknowns.iter().filter(|(key, _)| !NON_RESPONSE.contains(&key.3.as_str())).map(|(key, at)| (*key, *at)).collect();
        tried.hidden = wanted.len();
        if wanted.is_empty() {
            return Ok((Vec::new(), tried));
        }
        let Some(mut attack) = self.solvable(&mut tried)? else { return Ok((Vec::new(), tried)) };
        let targets: Vec<Target> = wanted.iter().map(|(_, at)| Target::unknown(*at)).collect();
        let found = attack.intervals(&targets, Depth::Width(rules.minimum_count)).map_err(fault)?;
        let single = single(self.told);
        let mut findings = Vec::new();
        for ((key, _), feasible) in wanted.iter().zip(&found).filter(|(_, feasible)| feasible.proof != Proof::Wide) {
            let answered = self.told.answered.get(&(key.0.clone(), key.1.clone(), key.2.clone())).copied();
            let group = answered.filter(|_| key.3 != "not_asked" && !single.contains(&key.2));
            match opens(rules, feasible.whole, group) {
                Some(reason) => findings.push(Finding::new(Check::S3, "", format!("{table}, {}", subject(key)), reason)),
                None => tried.unsettled += usize::from(feasible.proof == Proof::Relaxed),
            }
        }
        Ok((findings, tried))
    }

    fn solvable(&self, tried: &mut Tried) -> Result<Option<Attack>> {
        let mut left: Vec<usize> = (0..self.rows.len()).collect();
        loop {
            crate::interrupt::check()?;
            let mut system = System::new();
            for _ in 0..self.unknowns.len() + self.sizes.len() {
                system.count();
            }
            for at in &left {
                let (terms, sum) = &self.rows[*at];
                system.state(terms, *sum, *sum).map_err(fault)?;
            }
            match Attack::new(&system, Effort::default()) {
                Ok(attack) => return Ok(Some(attack)),
                Err(contradiction) => {
                    let out: BTreeSet<usize> = contradiction.statements.iter().copied().collect();
                    if out.is_empty() {
                        return Ok(None);
                    }
                    tried.contradicted += out.len();
                    left = left.iter().enumerate().filter(|(at, _)| !out.contains(at)).map(|(_, row)| *row).collect();
                }
            }
        }
    }
}
