//! What a layer declares for its index: indicators, their directions, weights and domains; checked once.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::stats::composite_index::{Declaration, Direction, Indicator, Method, Perturbation, Spread, Within};

/// Quartiers with all indicators that are needed: of fewer, tenths cannot be made and an axis is chance.
const LEAST_QUARTIERS: usize = 10;

/// How the index is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum How {
    /// On the first principal axis.
    FirstAxis,
    /// By ranks within domains, exponentially transformed.
    Ranks,
}

/// What the map shows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shows {
    /// The score.
    #[default]
    Score,
    /// The tenth of the quartiers by rank, 1 for the most difficult.
    Decile,
}

/// How indicators of one domain become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Combined {
    /// The weighted mean of their ranks.
    #[default]
    Ranks,
    /// The weighted mean of their standardized values.
    StandardizedValues,
}

/// A domain: its weight and the measures in it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Domain {
    weight: f64,
    of: Vec<String>,
}

/// The parameters as they stand in the layer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    of: Vec<String>,
    method: How,
    /// The measures of which more is better; of all others more is worse.
    #[serde(default)]
    better: Vec<String>,
    /// One each, in the order of `of`; 1 without them.
    #[serde(default)]
    weights: Vec<f64>,
    /// By name; each measure is in one of them. Without, each measure is a domain of its own.
    #[serde(default)]
    domains: BTreeMap<String, Domain>,
    #[serde(default)]
    within: Combined,
    #[serde(default)]
    shows: Shows,
    /// Points of the score on the axis that are one standard deviation of the quartiers.
    #[serde(default = "fifteen")]
    deviation: f64,
    #[serde(default = "thousand")]
    draws: u32,
    /// Each weight is drawn within this share of itself.
    #[serde(default = "quarter")]
    spread: f64,
}

fn fifteen() -> f64 {
    15.0
}

fn thousand() -> u32 {
    1_000
}

fn quarter() -> f64 {
    0.25
}

/// Parameters that hold together.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    params: Params,
    /// The domain of each measure, in the order of the domains' names; empty without domains.
    domain_of: Vec<usize>,
}

impl Declared {
    /// # Errors
    /// Fewer than two measures or one twice; a direction, weight or domain that does not fit them; domains on an axis; deciles of it with
    /// a deviation that is none.
    pub(super) fn checked(params: Params) -> Result<Self> {
        let wrong = |message: String, key: &str| Err(Error::config(message).in_column(format!("params.{key}")));
        let twice = params.of.iter().enumerate().find(|(at, of)| params.of[..*at].contains(of));
        if params.of.len() < 2 {
            return wrong("an index is of two measures or more".to_owned(), "of");
        }
        if let Some((_, of)) = twice {
            return wrong(format!("\"{of}\" is named twice; a weight of 2 says the same"), "of");
        }
        if let Some(stray) = params.better.iter().find(|better| !params.of.contains(better)) {
            return wrong(format!("\"{stray}\" is not among the measures of the index"), "better");
        }
        if !params.weights.is_empty() && params.weights.len() != params.of.len() {
            return wrong(format!("{} weights for {} measures", params.weights.len(), params.of.len()), "weights");
        }
        let weights = params.weights.iter().chain(params.domains.values().map(|domain| &domain.weight));
        if weights.into_iter().any(|weight| !(1e-9..=1e9).contains(weight)) {
            return wrong("weights are above 0; leave out what has none".to_owned(), "weights");
        }
        if params.method == How::FirstAxis && !params.domains.is_empty() {
            return wrong("the first axis knows no domains: give weights, or take method = \"ranks\"".to_owned(), "domains");
        }
        let mut domain_of = Vec::new();
        if !params.domains.is_empty() {
            let named = params.domains.values().flat_map(|domain| &domain.of);
            if let Some(stray) = named.into_iter().find(|of| !params.of.contains(of)) {
                return wrong(format!("\"{stray}\" is not among the measures of the index"), "domains");
            }
            for of in &params.of {
                let mut homes = params.domains.values().enumerate().filter(|(_, domain)| domain.of.contains(of)).map(|(at, _)| at);
                let (Some(home), None) = (homes.next(), homes.next()) else {
                    return wrong(format!("\"{of}\" is not in exactly one domain"), "domains");
                };
                domain_of.push(home);
            }
            if let Some((empty, _)) = params.domains.iter().find(|(_, domain)| domain.of.is_empty()) {
                return wrong(format!("the domain \"{empty}\" has no measure"), "domains");
            }
        }
        if !(params.deviation.is_finite() && params.deviation > 0.0) {
            return wrong("expected a number of points above 0".to_owned(), "deviation");
        }
        if !(params.spread > 0.0 && params.spread < 1.0) {
            return wrong("expected a share between 0 and 1".to_owned(), "spread");
        }
        if !(1..=100_000).contains(&params.draws) {
            return wrong("expected 1 to 100,000 draws".to_owned(), "draws");
        }
        Ok(Self { params, domain_of })
    }

    /// The measures, in the order declared.
    pub(super) fn of(&self) -> &[String] {
        &self.params.of
    }

    pub(super) fn how(&self) -> How {
        self.params.method
    }

    pub(super) fn shows(&self) -> Shows {
        self.params.shows
    }

    pub(super) fn within(&self) -> Within {
        match self.params.within {
            Combined::Ranks => Within::Ranks,
            Combined::StandardizedValues => Within::StandardizedValues,
        }
    }

    pub(super) fn method(&self) -> Method {
        match self.params.method {
            How::FirstAxis => Method::FirstAxis,
            How::Ranks => Method::Ranks(self.within()),
        }
    }

    pub(super) fn perturbation(&self, seed: u64) -> Perturbation {
        Perturbation { spread: Spread::Uniform(self.params.spread), draws: self.params.draws, seed }
    }

    /// A standardized score in points: 100 for the mean of the quartiers.
    pub(super) fn points(&self, standardized: f64) -> f64 {
        100.0 + self.params.deviation * standardized
    }

    /// The names of the further numbers, in the order of the cells'.
    pub(super) fn details(&self) -> Vec<&'static str> {
        let mut details = vec!["difficulty_rank", "difficulty_rank_low", "difficulty_rank_high"];
        match self.shows() {
            Shows::Score => details.extend(["same_fifth", "greatest_rank_change"]),
            Shows::Decile => details.extend(["same_decile", "greatest_rank_change", "difficulty_score"]),
        }
        details
    }

    /// The declaration over these values, a list a measure.
    pub(super) fn declaration(&self, values: Vec<Vec<Option<f64>>>) -> Declaration {
        let indicator = |(at, values): (usize, Vec<Option<f64>>)| Indicator {
            values,
            direction: self.direction(&self.params.of[at]),
            weight: self.weight(at),
            domain: self.domain_of.get(at).copied(),
        };
        Declaration {
            indicators: values.into_iter().enumerate().map(indicator).collect(),
            domains: self.params.domains.values().map(|domain| domain.weight).collect(),
            least_units: LEAST_QUARTIERS,
        }
    }

    fn direction(&self, of: &String) -> Direction {
        if self.params.better.contains(of) { Direction::MoreIsBetter } else { Direction::MoreIsWorse }
    }

    fn weight(&self, at: usize) -> f64 {
        self.params.weights.get(at).copied().unwrap_or(1.0)
    }

    /// What a reader of the methods page must know.
    pub(super) fn told(&self, seed: u64) -> Vec<(String, String)> {
        let Params { deviation, draws, spread, .. } = self.params;
        let how = match (self.params.method, self.params.within) {
            (How::FirstAxis, _) => format!(
                "first principal axis of the standardized indicators; 100 = mean of the quartiers, {deviation} points = one standard deviation \
                 (divisor n); higher = more difficult"
            ),
            (How::Ranks, Combined::Ranks) => {
                "ranks within domains (mean of ranks), exponential transformation, weighted mean of the domains, \
                                              0 to 100; higher = more difficult"
                    .to_owned()
            }
            (How::Ranks, Combined::StandardizedValues) => {
                "ranks within domains (mean of standardized values), exponential transformation, \
                                                           weighted mean of the domains, 0 to 100; higher = more difficult"
                    .to_owned()
            }
        };
        let mut told = vec![("index".to_owned(), how)];
        if self.shows() == Shows::Decile {
            told.push((
                "deciles".to_owned(),
                "tenths of the quartiers with an index, by rank; 1 = most difficult, ties together".to_owned(),
            ));
        }
        told.push(("indicators".to_owned(), format!("{}; - where more is better", self.signed(|_| true))));
        let domains = self.params.domains.iter().enumerate();
        let domains: Vec<String> = domains
            .map(|(at, (name, domain))| format!("{name} × {} ({})", domain.weight, self.signed(|of| self.domain_of[of] == at)))
            .collect();
        if !domains.is_empty() {
            told.push(("domains and weights".to_owned(), domains.join("; ")));
        }
        let drawn = format!(
            "{draws} draws of all weights within {} %, ranks from 5 to 95 % of them, seed {seed}; then each indicator left out in turn; \
             it tells of weights, not of how sure the values are",
            100.0 * spread
        );
        told.push(("sensitivity".to_owned(), drawn));
        let vague = "an ingredient is, or the ranks of the quartier span more than half of the quartiers";
        told.push(("unreliable where".to_owned(), vague.to_owned()));
        told.push(("over time".to_owned(), "each period stands for itself: a score compares quartiers, not years".to_owned()));
        told
    }

    /// Where the axis says the contrary of what was declared, in how many periods for each measure.
    pub(super) fn contradictions(&self, periods_of: &[usize], periods: usize) -> Option<(String, String)> {
        let names = self.params.of.iter().zip(periods_of).filter(|(_, count)| **count > 0);
        let names: Vec<String> = names.map(|(of, count)| format!("{of} ({count}/{periods})")).collect();
        let told = format!("the axis contradicts the declared direction, in so many periods: {}", names.join(", "));
        (!names.is_empty()).then(|| ("contradiction".to_owned(), told))
    }

    /// Weights with the sign of the direction: `+2 job_seekers, -1 well_being_score`.
    fn signed(&self, which: impl Fn(usize) -> bool) -> String {
        let one = |at: usize| {
            let of = &self.params.of[at];
            let sign = if self.direction(of) == Direction::MoreIsWorse { '+' } else { '-' };
            format!("{sign}{} {of}", self.weight(at))
        };
        (0..self.params.of.len()).filter(|at| which(*at)).map(one).collect::<Vec<_>>().join(", ")
    }
}
