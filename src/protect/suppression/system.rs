//! What is published together: counts, what readers know about them, and what gives them away.

/// A count of one place at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Count {
    /// Persons.
    pub(crate) value: f64,
    /// The least that a reader knows it to be while it is hidden: 1 where zeros are always shown.
    pub(crate) floor: f64,
    /// The most that a reader knows it to be.
    pub(crate) ceiling: f64,
    /// Whether it is one person, who knows it.
    pub(crate) lone: bool,
    /// Whether it must be protected while it is unknown, as everything is that stands in a table of its own.
    pub(crate) secret: bool,
}

impl Count {
    /// A count that a table shows or hides; one that nobody is in is known to be empty.
    pub(crate) fn of(persons: f64) -> Self {
        Self { value: persons, floor: 0.0, ceiling: f64::INFINITY, lone: (persons - 1.0).abs() < 1e-9, secret: persons > 0.0 }
    }

    /// The rest of a group, which no table shows.
    pub(crate) fn rest(persons: f64, secret: bool) -> Self {
        Self { secret, ..Self::of(persons) }
    }
}

/// What is published or hidden as one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// The counts it gives away; its own first, which is hidden with it wherever it stands.
    pub(crate) gives: Vec<usize>,
    /// What it is worth to readers; infinite where it is shown anyway.
    pub(crate) worth: f64,
    /// Whether it is hidden.
    pub(crate) hidden: bool,
}

/// Counts, equations Σ factor · count = a number that readers know, and the units that give counts away.
#[derive(Debug, Clone, Default)]
pub(crate) struct System {
    pub(super) counts: Vec<Count>,
    pub(super) equations: Vec<Vec<(usize, f64)>>,
    pub(super) units: Vec<Unit>,
    /// Counts that no unit gives and that are known all the same.
    pub(super) known: Vec<bool>,
    pub(super) equations_of: Vec<Vec<usize>>,
    pub(super) units_of: Vec<Vec<usize>>,
    /// How many shown units give each count.
    pub(super) shown_by: Vec<u32>,
}

impl System {
    /// A new count; its position. `known` where readers know it without a unit.
    pub(crate) fn count(&mut self, count: Count, known: bool) -> usize {
        self.counts.push(count);
        self.known.push(known);
        self.equations_of.push(Vec::new());
        self.units_of.push(Vec::new());
        self.shown_by.push(0);
        self.counts.len() - 1
    }

    /// A new unit; its position.
    pub(crate) fn unit(&mut self, unit: Unit) -> usize {
        for count in &unit.gives {
            self.units_of[*count].push(self.units.len());
            self.shown_by[*count] += u32::from(!unit.hidden);
        }
        self.units.push(unit);
        self.units.len() - 1
    }

    /// Σ factor · count is a number that readers know.
    pub(crate) fn equation(&mut self, terms: Vec<(usize, f64)>) {
        for (count, _) in &terms {
            self.equations_of[*count].push(self.equations.len());
        }
        self.equations.push(terms);
    }

    /// Whether a unit is hidden.
    pub(crate) fn is_hidden(&self, unit: usize) -> bool {
        self.units[unit].hidden
    }

    /// Whether readers do not know a count. One without persons is known: that a hidden count is none protects nobody.
    pub(super) fn is_unknown(&self, count: usize) -> bool {
        self.shown_by[count] == 0 && !self.known[count] && (self.counts[count].value > 0.0 || self.units_of[count].is_empty())
    }

    /// Whether a count must be guarded: a secret one that is unknown, or hidden and of nobody.
    pub(super) fn is_target(&self, count: usize) -> bool {
        let hidden = self.shown_by[count] == 0 && !self.known[count] && !self.units_of[count].is_empty();
        self.counts[count].secret && (hidden || self.is_unknown(count))
    }

    /// The units that fall where a count is hidden: all that give it, and all that give a count which is some fallen unit's own.
    pub(super) fn falling(&self, count: usize) -> Vec<usize> {
        let mut falling: Vec<usize> = Vec::new();
        let mut open = vec![count];
        while let Some(count) = open.pop() {
            for unit in &self.units_of[count] {
                if !self.units[*unit].hidden && !falling.contains(unit) {
                    falling.push(*unit);
                    open.extend(self.units[*unit].gives.first().filter(|own| **own != count));
                }
            }
        }
        falling
    }

    /// What it costs to hide a count; infinite where it cannot be hidden, or nobody is in it.
    pub(super) fn price(&self, count: usize) -> f64 {
        if self.known[count] || self.units_of[count].is_empty() || self.counts[count].value <= 0.0 {
            return f64::INFINITY;
        }
        self.falling(count).iter().map(|unit| self.units[*unit].worth).sum()
    }

    /// Hides units; the counts that must now be guarded.
    pub(super) fn hide(&mut self, units: &[usize]) -> Vec<usize> {
        let mut lost = Vec::new();
        for unit in units.iter().filter(|unit| !std::mem::replace(&mut self.units[**unit].hidden, true)).copied().collect::<Vec<_>>() {
            for at in 0..self.units[unit].gives.len() {
                let count = self.units[unit].gives[at];
                self.shown_by[count] -= 1;
                if self.is_target(count) {
                    lost.push(count);
                }
            }
        }
        lost
    }

    /// Shows units again.
    pub(super) fn show(&mut self, units: &[usize]) {
        for unit in units {
            if std::mem::replace(&mut self.units[*unit].hidden, false) {
                for count in &self.units[*unit].gives {
                    self.shown_by[*count] += 1;
                }
            }
        }
    }

    /// How far a hidden count can move down and up by what a reader knows of it alone.
    pub(super) fn room(&self, count: usize) -> (f64, f64) {
        let Count { value, floor, ceiling, .. } = self.counts[count];
        ((floor - value).min(0.0), (ceiling - value).max(0.0))
    }
}
