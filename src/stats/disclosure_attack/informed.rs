//! Attackers who know more than what is published: themselves, each other, or their own clients.

use rayon::prelude::*;

use super::component::Place;
use super::contradiction::Contradiction;
use super::feasible::{Feasible, Rule, Verdict};
use super::program::Program;
use super::system::{Target, no_such};
use super::{Attack, Depth};
use crate::stats::refusal::Refusal;

/// What an attacker knows besides the publication.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Knowledge {
    /// Unknowns whose values the attacker has.
    pub fixed: Vec<(usize, f64)>,
    /// Unknowns of which the attacker has a part, such as a partner's own clients: they are at least so great.
    pub at_least: Vec<(usize, f64)>,
}

impl Knowledge {
    /// Values known.
    #[must_use]
    pub fn fixed(values: &[(usize, f64)]) -> Self {
        Self { fixed: values.to_vec(), at_least: Vec::new() }
    }

    /// Parts known; see [`Target::minus`] for what is left to find out.
    #[must_use]
    pub fn at_least(parts: &[(usize, f64)]) -> Self {
        Self { fixed: Vec::new(), at_least: parts.to_vec() }
    }

    fn bounds(&self) -> impl Iterator<Item = (usize, f64, f64)> + '_ {
        let fixed = self.fixed.iter().map(|(unknown, value)| (*unknown, *value, *value));
        fixed.chain(self.at_least.iter().map(|(unknown, part)| (*unknown, *part, f64::INFINITY)))
    }
}

/// What comes of knowing more.
#[derive(Debug, Clone, PartialEq)]
pub enum Informed {
    /// The knowledge contradicts what is published: there is no such attacker.
    Impossible(Contradiction),
    /// The new interval of each target; `None` where the knowledge does not touch it.
    Known(Vec<Option<Feasible>>),
}

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
    /// The intervals of targets for an attacker who knows more; only components that the knowledge touches are solved again.
    ///
    /// Solutions found before that agree with the knowledge are taken over, so that often no program is solved. An interval is never wider
    /// than without the knowledge. Cost: that of [`Attack::intervals`] on the components touched.
    ///
    /// # Errors
    /// An unknown that is not there, a value that is no number.
    ///
    /// ```
    /// use optima::stats::disclosure_attack::{Attack, Depth, Effort, Informed, Knowledge, System, Target};
    /// let mut system = System::new();
    /// let (a, b, c) = (system.count(), system.count(), system.count());
    /// system.state(&[(a, 1.0), (b, 1.0), (c, 1.0)], 9.0, 9.0).unwrap();
    /// let attack = Attack::new(&system, Effort::default()).unwrap();
    /// // The person in cell a is alone there, and knows it.
    /// let Informed::Known(found) = attack.informed(&Knowledge::fixed(&[(a, 1.0)]), &[Target::unknown(b)], Depth::Interval).unwrap() else { panic!() };
    /// assert_eq!(found[0].unwrap().whole, (0.0, 8.0));
    /// ```
    pub fn informed(&self, knowledge: &Knowledge, targets: &[Target], depth: Depth) -> Result<Informed, Refusal> {
        let mut touched: Vec<(usize, Vec<(usize, f64, f64)>)> = Vec::new();
        for (unknown, low, high) in knowledge.bounds() {
            if low.is_nan() {
                return Err(Refusal::new("a value known is no number"));
            }
            match self.places.get(unknown) {
                None => return Err(no_such(unknown)),
                Some(Place::Fixed(value)) if *value < low - 1e-6 || *value > high + 1e-6 => {
                    return Ok(Informed::Impossible(Contradiction { statements: Vec::new(), irreducible: true }));
                }
                Some(Place::Fixed(_)) => {}
                Some(Place::In { component, at }) => match touched.iter_mut().find(|(seen, _)| seen == component) {
                    Some((_, bounds)) => bounds.push((*at, low, high)),
                    None => touched.push((*component, vec![(*at, low, high)])),
                },
            }
        }
        touched.sort_by_key(|(component, _)| *component);
        // One attack on all that is touched, its unknowns numbered one component after the other.
        let mut known = Program::default();
        let mut numbers: Vec<Option<usize>> = vec![None; self.components.len()];
        for (component, bounds) in &touched {
            let (part, start) = (&self.components[*component].program, known.whole.len());
            numbers[*component] = Some(start);
            known.whole.extend(&part.whole);
            known.real.extend(&part.real);
            known.tight.extend(&part.tight);
            known.rows.extend(part.rows.iter().cloned().map(|mut row| {
                row.terms.iter_mut().for_each(|(unknown, _)| *unknown += start);
                row
            }));
            for (at, low, high) in bounds {
                for ends in [&mut known.real[start + at], &mut known.tight[start + at]] {
                    *ends = (ends.0.max(*low), ends.1.min(*high));
                }
            }
        }
        let witnesses = match touched.as_slice() {
            [(component, bounds)] => self.components[*component]
                .witnesses
                .iter()
                .filter(|witness| bounds.iter().all(|(at, low, high)| witness[*at] >= *low && witness[*at] <= *high))
                .collect(),
            _ => Vec::new(),
        };
        let mut attack = match Attack::on(known, &witnesses, self.effort) {
            Ok(attack) => attack,
            Err(contradiction) => return Ok(Informed::Impossible(contradiction)),
        };
        // Targets are put in the new numbers; what the knowledge does not touch of them keeps its interval.
        let mut asked = Vec::new();
        let mut rests = Vec::with_capacity(targets.len());
        for target in targets {
            let mut inside = Target { terms: Vec::new(), constant: target.constant };
            let mut outside = Target { terms: Vec::new(), constant: 0.0 };
            for (unknown, coefficient) in &target.terms {
                match self.places.get(*unknown) {
                    None => return Err(no_such(*unknown)),
                    Some(Place::Fixed(value)) => inside.constant += coefficient * value,
                    Some(Place::In { component, at }) => match numbers[*component] {
                        Some(start) => inside.terms.push((start + at, *coefficient)),
                        None => outside.terms.push((*unknown, *coefficient)),
                    },
                }
            }
            inside.terms.sort_by_key(|(unknown, _)| *unknown);
            let touches = !inside.terms.is_empty();
            rests.push(touches.then_some(outside));
            if touches {
                asked.push(inside);
            }
        }
        let mut found = attack.intervals(&asked, depth)?.into_iter();
        let mut outside = None;
        let mut known = Vec::with_capacity(targets.len());
        for rest in rests {
            known.push(match rest {
                None => None,
                Some(rest) if rest.terms.is_empty() => found.next(),
                Some(rest) => {
                    let outside = outside.get_or_insert_with(|| self.clone());
                    let rest = outside.intervals(&[rest], depth)?;
                    found.next().zip(rest.first()).map(|(inside, rest)| inside.plus(*rest))
                }
            });
        }
        Ok(Informed::Known(known))
    }

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
            of.into_iter().for_each(|component| closed[component].push(at));
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
