//! What is declared of the questions before they are analyzed: which modalities go together, and how WHO-5 is coded.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::texts::Localized;

/// The five items of the WHO-5 well-being index, and their coding: never mixed, never rescaled in silence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WellBeing {
    /// The five questions, in the order of the index.
    pub items: Vec<String>,
    /// How their answers are coded.
    pub coding: WellBeingCoding,
}

/// How the answers to an item of WHO-5 are coded, from "at no time" to "all of the time".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum WellBeingCoding {
    /// 0 to 5, as the index is published.
    #[serde(rename = "0-5")]
    ZeroToFive,
    /// 1 to 5: five levels, another scale.
    #[serde(rename = "1-5")]
    OneToFive,
    /// 1 to 6: the six levels, counted from one.
    #[serde(rename = "1-6")]
    OneToSix,
}

impl WellBeingCoding {
    /// The lowest and the highest code.
    ///
    /// ```
    /// use optima::observatory::WellBeingCoding;
    /// assert_eq!(WellBeingCoding::ZeroToFive.bounds(), (0, 5));
    /// ```
    #[must_use]
    pub fn bounds(self) -> (u8, u8) {
        match self {
            Self::ZeroToFive => (0, 5),
            Self::OneToFive => (1, 5),
            Self::OneToSix => (1, 6),
        }
    }
}

impl WellBeing {
    pub(super) fn check(&self) -> Result<()> {
        let different: BTreeSet<&String> = self.items.iter().collect();
        if self.items.len() != 5 || different.len() != 5 {
            return Err(Error::config("WHO-5 has five different items")
                .in_column("sources.interviews.well_being.items")
                .help("name the five questions in the order of the index"));
        }
        Ok(())
    }
}

/// How the answers to one question are put together before they are analyzed; the records keep what was answered.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recode {
    /// New code = the codes that become it; each code goes to one at most, and a code that is not named stays.
    #[serde(default)]
    pub merge: BTreeMap<String, Vec<String>>,
    /// What readers see of a new code; the code itself where absent.
    #[serde(default)]
    pub labels: BTreeMap<String, Localized>,
    /// For a number: the lower bounds of its classes, ascending; the last class is open.
    #[serde(default)]
    pub classes: Vec<f64>,
    /// Modalities rarer than this share of the answers are put together into one.
    pub rare_below: Option<f64>,
}

impl Recode {
    pub(super) fn check(&self, question: &str) -> Result<()> {
        let at = |key: &str| format!("recode.{question}.{key}");
        let mut seen = BTreeSet::new();
        for (new, old) in &self.merge {
            if old.is_empty() {
                return Err(Error::config(format!("nothing becomes \"{new}\"")).in_column(at("merge")));
            }
            if let Some(twice) = old.iter().find(|code| !seen.insert(*code)) {
                return Err(Error::config(format!("the modality \"{twice}\" is merged twice")).in_column(at("merge")));
            }
        }
        if !self.merge.is_empty() && !self.classes.is_empty() {
            return Err(Error::config("modalities are merged, numbers are classed; not both").in_column(format!("recode.{question}")));
        }
        if let Some(label) = self.labels.keys().find(|code| self.classes.is_empty() && !self.merge.contains_key(*code)) {
            return Err(Error::config(format!("nothing becomes \"{label}\"")).in_column(at("labels")));
        }
        if !self.classes.iter().all(|bound| bound.is_finite()) || !self.classes.is_sorted_by(|a, b| a < b) {
            return Err(Error::config("expected lower bounds in ascending order").in_column(at("classes")));
        }
        if self.rare_below.is_some_and(|share| !(share > 0.0 && share < 1.0)) {
            return Err(Error::config("expected a share between 0 and 1").in_column(at("rare_below")));
        }
        Ok(())
    }
}
