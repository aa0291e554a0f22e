//! Attackers who know more than what is published: themselves, each other, or their own clients.

use super::component::Place;
use super::contradiction::Contradiction;
use super::feasible::{Feasible, Proof};
use super::program::{Program, reach};
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
        let Some(touched) = self.touched(knowledge)? else {
            return Ok(Informed::Impossible(Contradiction { statements: Vec::new(), irreducible: true }));
        };
        let inside = self.renumbered(&touched, targets)?;
        let (mut known, solution) = match depth {
            Depth::Width(width) => self.glimpsed(&touched, &inside, width),
            Depth::Interval => (vec![None; targets.len()], None),
        };
        let open: Vec<usize> = (0..targets.len()).filter(|at| known[*at].is_none() && !inside[*at].0.terms.is_empty()).collect();
        if open.is_empty() && solution.is_some() {
            return Ok(Informed::Known(known));
        }
        let (program, mut witnesses) = self.narrowed(&touched);
        witnesses.extend(solution);
        let mut attack = match Attack::on(program, &witnesses, self.effort) {
            Ok(attack) => attack,
            Err(contradiction) => return Ok(Informed::Impossible(contradiction)),
        };
        let asked: Vec<Target> = open.iter().map(|at| inside[*at].0.clone()).collect();
        let found = attack.intervals(&asked, depth)?;
        // What the knowledge does not touch of a target keeps its interval.
        let rests: Vec<Target> = open.iter().map(|at| inside[*at].1.clone()).collect();
        let rests = if rests.iter().all(|rest| rest.terms.is_empty()) { None } else { Some(self.clone().intervals(&rests, depth)?) };
        for (place, (at, found)) in open.into_iter().zip(found).enumerate() {
            known[at] = Some(rests.as_ref().map_or(found, |rests| found.plus(rests[place])));
        }
        Ok(Informed::Known(known))
    }

    /// The components that the knowledge touches, each with the bounds it adds, by the numbers there; `None` where it contradicts what is known.
    fn touched(&self, knowledge: &Knowledge) -> Result<Option<Vec<Touched>>, Refusal> {
        let mut touched: Vec<Touched> = Vec::new();
        for (unknown, low, high) in knowledge.bounds() {
            if low.is_nan() {
                return Err(Refusal::new("a value known is no number").remedy("leave out what is not known"));
            }
            match self.places.get(unknown) {
                None => return Err(no_such(unknown)),
                Some(Place::Fixed(value)) if *value < low - 1e-6 || *value > high + 1e-6 => return Ok(None),
                Some(Place::Fixed(_)) => {}
                Some(Place::In { component, at }) => match touched.iter_mut().find(|seen| seen.component == *component) {
                    Some(seen) => seen.bounds.push((*at, low, high)),
                    None => touched.push(Touched { component: *component, start: 0, bounds: vec![(*at, low, high)] }),
                },
            }
        }
        touched.sort_by_key(|touched| touched.component);
        let mut start = 0;
        for touched in &mut touched {
            touched.start = start;
            start += self.components[touched.component].unknowns.len();
        }
        Ok(Some(touched))
    }

    /// The part of each target in the components touched, in the numbers of their common program, and the part outside.
    fn renumbered(&self, touched: &[Touched], targets: &[Target]) -> Result<Vec<(Target, Target)>, Refusal> {
        let part = |target: &Target| {
            let mut inside = Target { terms: Vec::new(), constant: target.constant };
            let mut outside = Target { terms: Vec::new(), constant: 0.0 };
            for (unknown, coefficient) in &target.terms {
                match self.places.get(*unknown) {
                    None => return Err(no_such(*unknown)),
                    Some(Place::Fixed(value)) => inside.constant += coefficient * value,
                    Some(Place::In { component, at }) => match touched.iter().find(|touched| touched.component == *component) {
                        Some(home) => inside.terms.push((home.start + at, *coefficient)),
                        None => outside.terms.push((*unknown, *coefficient)),
                    },
                }
            }
            inside.terms.sort_by_key(|(unknown, _)| *unknown);
            Ok((inside, outside))
        };
        targets.iter().map(part).collect()
    }

    /// Targets that moves alone show to be wide for who knows this, with a solution that agrees with the knowledge.
    fn glimpsed(&self, touched: &[Touched], inside: &[(Target, Target)], width: f64) -> (Vec<Option<Feasible>>, Option<Vec<f64>>) {
        let nothing = (vec![None; inside.len()], None);
        let [touched] = touched else { return nothing };
        let component = &self.components[touched.component];
        let Some(moves) = &component.moves else { return nothing };
        let mut bounds = component.program.tight.clone();
        touched.narrow(&mut bounds);
        let terms: Vec<&[(usize, f64)]> = inside.iter().map(|(target, _)| target.terms.as_slice()).collect();
        let Some((solution, spans)) = moves.within(&component.program, &bounds, &terms) else { return nothing };
        let wide = |((target, rest), (low, high)): (&(Target, Target), (f64, f64))| {
            let whole = reach(&target.terms, &bounds);
            let seen = Feasible { real: whole, whole, attained: Some((low, high)), linear: false, proof: Proof::Wide };
            (rest.terms.is_empty() && high - low >= width).then(|| seen.plus(Feasible::known(target.constant)))
        };
        (inside.iter().zip(spans).map(wide).collect(), Some(solution))
    }

    /// The components touched as one program with the bounds added, and the solutions known that agree with them.
    fn narrowed(&self, touched: &[Touched]) -> (Program, Vec<Vec<f64>>) {
        let mut program = Program::default();
        for home in touched {
            let part = &self.components[home.component].program;
            let (mut real, mut tight) = (part.real.clone(), part.tight.clone());
            home.narrow(&mut real);
            home.narrow(&mut tight);
            program.whole.extend(&part.whole);
            program.real.extend(real);
            program.tight.extend(tight);
            program.rows.extend(part.rows.iter().cloned().map(|mut row| {
                row.terms.iter_mut().for_each(|(unknown, _)| *unknown += home.start);
                row
            }));
        }
        let [home] = touched else { return (program, Vec::new()) };
        let agrees = |witness: &&Vec<f64>| home.bounds.iter().all(|(at, low, high)| witness[*at] >= *low && witness[*at] <= *high);
        (program, self.components[home.component].witnesses.iter().filter(agrees).cloned().collect())
    }
}

/// A component that knowledge touches.
struct Touched {
    component: usize,
    /// The number of its first unknown in the program of all that is touched.
    start: usize,
    bounds: Vec<(usize, f64, f64)>,
}

impl Touched {
    fn narrow(&self, bounds: &mut [(f64, f64)]) {
        for (at, low, high) in &self.bounds {
            bounds[*at] = (bounds[*at].0.max(*low), bounds[*at].1.min(*high));
        }
    }
}
