//! Attackers tried one after the other: persons alone in their cells, and coalitions of two.

use rayon::prelude::*;

use super::component::Place;
use super::feasible::{Feasible, Rule, Verdict};
use super::informed::{Informed, Knowledge};
use super::system::{Target, no_such};
use super::{Attack, Depth};
use crate::stats::refusal::Refusal;

/// A target that is safe from who knows only what is published, and not from these attackers.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The unknowns that the attackers know.
    pub by: Vec<usize>,
    /// The place of the target among those asked for.
    pub target: usize,
    /// What they can say of it.
    pub feasible: Feasible,
    /// What the rule says of that: disclosed, or unproven.
    pub verdict: Verdict,
}

impl Attack {
    /// What lone contributors find out: each suspect whose interval has 1 in it is taken to be one person, who knows it.
    ///
    /// Told are the targets that were not disclosed before and are, or may be, by this; not those that stand on the suspect alone.
    /// Suspects are tried in parallel and told in their order. Cost: that of [`Attack::informed`] for each suspect.
    ///
    /// # Errors
    /// An unknown that is not there.
    ///
    /// ```
    /// use optima::stats::disclosure_attack::{Attack, Effort, Rule, System, Target};
    /// // 6 in two cells: safe at a width of 5 from outside. One person alone in the first knows that 5 are in the second.
    /// let mut system = System::new();
    /// let (a, b) = (system.count(), system.count());
    /// system.state(&[(a, 1.0), (b, 1.0)], 6.0, 6.0).unwrap();
    /// let mut attack = Attack::new(&system, Effort::default()).unwrap();
    /// let rule = Rule::Count { threshold: 5.0, zero_is_public: false };
    /// let opened = attack.lone_contributors(&[a], &[Target::unknown(a), Target::unknown(b)], rule).unwrap();
    /// assert_eq!((opened.len(), opened[0].target, opened[0].feasible.whole), (1, 1, (5.0, 5.0)));
    /// ```
    pub fn lone_contributors(&mut self, suspects: &[usize], targets: &[Target], rule: Rule) -> Result<Vec<Opened>, Refusal> {
        let alone: Vec<Vec<(usize, f64)>> = suspects
            .iter()
            .filter(|suspect| match self.places.get(**suspect) {
                Some(Place::In { component, at }) => {
                    let (low, high) = self.components[*component].program.tight[*at];
                    low <= 1.0 && high >= 1.0
                }
                Some(Place::Fixed(_)) => false,
                // Refused where it is solved.
                None => true,
            })
            .map(|suspect| vec![(*suspect, 1.0)])
            .collect();
        self.opened(&alone, targets, rule)
    }

    /// What coalitions of two find out: each pair of the values given whose unknowns hang together.
    ///
    /// Told as [`Attack::lone_contributors`] tells. Cost: that of [`Attack::informed`] for each pair.
    ///
    /// # Errors
    /// An unknown that is not there, a value that is no number.
    pub fn coalitions(&mut self, known: &[(usize, f64)], targets: &[Target], rule: Rule) -> Result<Vec<Opened>, Refusal> {
        let component = |unknown: usize| match self.places.get(unknown) {
            Some(Place::In { component, .. }) => Some(*component),
            _ => None,
        };
        if let Some((unknown, _)) = known.iter().find(|(unknown, _)| *unknown >= self.places.len()) {
            return Err(no_such(*unknown));
        }
        let mut pairs = Vec::new();
        for (at, first) in known.iter().enumerate() {
            for second in known[at + 1..].iter().filter(|second| second.0 != first.0) {
                if component(first.0).is_some() && component(first.0) == component(second.0) {
                    pairs.push(vec![*first, *second]);
                }
            }
        }
        self.opened(&pairs, targets, rule)
    }

    /// What each set of known values opens among the targets that were not open before.
    fn opened(&mut self, attackers: &[Vec<(usize, f64)>], targets: &[Target], rule: Rule) -> Result<Vec<Opened>, Refusal> {
        let depth = match rule {
            Rule::Count { threshold, .. } => Depth::Width(threshold),
            Rule::Amount { .. } => Depth::Interval,
        };
        let before = self.intervals(targets, depth)?;
        let mut closed: Vec<Vec<usize>> = vec![Vec::new(); self.components.len()];
        for (at, target) in targets.iter().enumerate().filter(|(at, _)| !rule.verdict(&before[*at]).discloses()) {
            let mut of: Vec<usize> = self.components_of(target).collect();
            of.sort_unstable();
            of.dedup();
            for component in of {
                closed[component].push(at);
            }
        }
        let attack = &*self;
        let opened: Result<Vec<Vec<Opened>>, Refusal> = attackers
            .par_iter()
            .map(|known| {
                let knowledge = Knowledge::fixed(known);
                let by: Vec<usize> = known.iter().map(|(unknown, _)| *unknown).collect();
                let mut asked: Vec<usize> =
                    by.iter().filter_map(|unknown| attack.component_of(*unknown)).flat_map(|c| closed[c].iter().copied()).collect();
                asked.sort_unstable();
                asked.dedup();
                // What the attackers know themselves is nothing found out.
                asked.retain(|at| targets[*at].terms.iter().any(|(unknown, _)| !by.contains(unknown)));
                let wanted: Vec<Target> = asked.iter().map(|at| targets[*at].clone()).collect();
                let Informed::Known(found) = attack.informed(&knowledge, &wanted, depth)? else { return Ok(Vec::new()) };
                let told = asked.into_iter().zip(found).filter_map(|(target, feasible)| {
                    let feasible = feasible?;
                    let verdict = rule.verdict(&feasible);
                    (verdict != Verdict::Safe).then(|| Opened { by: by.clone(), target, feasible, verdict })
                });
                Ok(told.collect())
            })
            .collect();
        Ok(opened?.into_iter().flatten().collect())
    }
}
