//! The rules of one disclosure policy: a file of `layers/disclosure/`.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What becomes of groups in which nobody, or everybody, is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupRule {
    /// The cell is shown.
    Show,
    /// The cell is hidden: it would say something of each member of the group.
    Hide,
}

/// How exactly a rate is given whose counts are not published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RateRule {
    /// As computed. Our tables give the counts beside each rate, so that its decimals say nothing more.
    #[default]
    Exact,
    /// With the decimals that fit [`DisclosureRules::minimum_count`] numerators or more; for outputs that give a rate alone.
    Bearable,
}

/// The (n, k) rule: an amount is hidden where its `n` largest contributors make up more than `k` % of it.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Dominance {
    /// Contributors, 1 or 2.
    pub n: usize,
    /// Percent of the total.
    pub k: f64,
}

/// The pq rule: who knows each contribution to within `q` % beforehand must not learn one to within `p` %.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PriorPosterior {
    /// Percent afterwards.
    pub p: f64,
    /// Percent beforehand, above `p`.
    pub q: f64,
}

/// The rules of one disclosure policy. What a file leaves out is not asked for.
///
/// Sources: ESSnet/SDC Handbook (p % preferred to (2, k); (1, k) alone does not do), INSEE (11 households for fiscal data), ONS
/// (10 for health), ACRO (10; n = 2, k = 90).
///
/// ```
/// let rules = optima::catalog::DisclosureRules::default();
/// assert_eq!((rules.minimum_count, rules.minimum_denominator), (5, 10));
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureRules {
    /// The name of its file, without extension.
    #[serde(skip)]
    pub id: String,
    /// The smallest count of persons that may be shown, zero apart; also how far apart the least and the most must be that readers
    /// can tell a hidden count to be.
    pub minimum_count: u64,
    /// The smallest group of observed persons that a share may be given of.
    pub minimum_denominator: u64,
    /// A share of exactly zero.
    pub zero_groups: GroupRule,
    /// A share of exactly 100 %.
    pub full_groups: GroupRule,
    /// For amounts (means, sums): the largest contributors must not make up too much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dominance: Option<Dominance>,
    /// For amounts: the second largest contributor must not learn the largest to within so many percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_percent: Option<f64>,
    /// For amounts: the same, with what is known beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior_posterior: Option<PriorPosterior>,
    /// Rates whose counts are not published beside them.
    #[serde(default)]
    pub rates: RateRule,
}

impl Default for DisclosureRules {
    fn default() -> Self {
        Self {
            id: "default".to_owned(),
            minimum_count: 5,
            minimum_denominator: 10,
            zero_groups: GroupRule::Show,
            full_groups: GroupRule::Hide,
            dominance: None,
            p_percent: None,
            prior_posterior: None,
            rates: RateRule::Exact,
        }
    }
}

impl DisclosureRules {
    /// Looks for rules that protect nobody or contradict each other.
    pub(super) fn check(&self) -> Result<()> {
        if self.minimum_count < 2 {
            return Err(Error::config("a minimum count under 2 protects nobody").in_column("minimum_count"));
        }
        let percent = |x: f64| x > 0.0 && x <= 100.0;
        if self.dominance.is_some_and(|rule| !(1..=2).contains(&rule.n) || !percent(rule.k)) {
            return Err(Error::config("expected n = 1 or 2, and k in percent").in_column("dominance"));
        }
        if self.p_percent.is_some_and(|p| !percent(p)) {
            return Err(Error::config("expected percent, above 0").in_column("p_percent"));
        }
        if self.prior_posterior.is_some_and(|rule| !percent(rule.p) || rule.q.partial_cmp(&rule.p) != Some(std::cmp::Ordering::Greater)) {
            return Err(Error::config("expected percent, above 0, and q above p").in_column("prior_posterior"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> std::result::Result<DisclosureRules, String> {
        let base = "minimum_count = 5\nminimum_denominator = 10\nzero_groups = \"show\"\nfull_groups = \"hide\"\n";
        let rules: DisclosureRules = toml::from_str(&format!("{base}{text}")).map_err(|e| e.message().to_owned())?;
        rules.check().map_err(|e| e.to_string())?;
        Ok(rules)
    }

    #[test]
    fn what_a_policy_leaves_out_is_not_asked_for() {
        let rules = parse("").unwrap();
        assert_eq!(rules, DisclosureRules { id: String::new(), ..DisclosureRules::default() });
    }

    #[test]
    fn rules_for_amounts_are_read_and_their_nonsense_is_refused() {
        let rules =
            parse("dominance = { n = 2, k = 85 }\np_percent = 10\nprior_posterior = { p = 10, q = 50 }\nrates = \"bearable\"\n").unwrap();
        assert_eq!((rules.dominance, rules.p_percent), (Some(Dominance { n: 2, k: 85.0 }), Some(10.0)));
        assert_eq!((rules.prior_posterior, rules.rates), (Some(PriorPosterior { p: 10.0, q: 50.0 }), RateRule::Bearable));
        for wrong in [
            "dominance = { n = 3, k = 85 }",
            "dominance = { n = 1, k = 0 }",
            "p_percent = nan",
            "prior_posterior = { p = 10, q = 5 }",
            "p = 3",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
