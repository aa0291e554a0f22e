//! Stage 3: located records become values.
//!
//! An indicator is one file here and one entry of [`INDICATORS`]; a map of it is one TOML in `layers/themes/`.

mod bilan;
mod cell;
mod change;
pub mod coding;
mod combined_index;
mod cumulated_problems;
mod denominators;
mod group_share;
mod inoccupation_duration;
mod job_seekers;
mod linked;
mod long_term;
mod modality_share;
mod recode;
pub mod reliability;
mod residents;
mod ris_beneficiaries;
mod share;
mod standardized_share;
mod stock;
pub mod studies;
mod typology;
mod under_25;
mod well_being;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

pub use bilan::{BilanGrouping, BilanQuestion, Bilans, GroupCounts, Tally};
pub use cell::{Amount, Cell, Change, Contributors, Interval, IntervalMethod, Measure, Quantities, Quantity, Relation, Signal, Unit};
pub(crate) use change::judge;
pub use denominators::{Denominator, Denominators};
pub use linked::Link;
pub use share::{Fraction, share_measure};
pub use stock::{Durations, Group, Stock, missing_counts};
pub(crate) use studies::seed_of;
pub use studies::{Studies, study, study_territories};

use crate::catalog::{Catalog, LayerSpec, MeasureSpec};
use crate::error::{Error, Result};
use crate::interrupt;
use crate::locate::Observations;
pub use crate::measure_id::MeasureId;
use crate::observatory::{Campaign, Observatory, WellBeing, WellBeingCoding};

/// All indicators there are. To add one: its file, a `mod` line above, and its name here.
pub static INDICATORS: &[&dyn Indicator] = &[
    &job_seekers::JobSeekerRate,
    &under_25::Under25,
    &ris_beneficiaries::RisBeneficiaries,
    &inoccupation_duration::InoccupationDuration,
    &long_term::LongTerm,
    &standardized_share::StandardizedShare,
    &combined_index::CombinedIndex,
    &modality_share::ModalityShare,
    &cumulated_problems::CumulatedProblems,
    &group_share::GroupShare,
    &typology::Typology,
    &well_being::WellBeingIndex,
];

/// What an indicator is; the sentences (`indicator.<id>.formula`, `.universe`) are in the catalog of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Its name, as layers call it.
    pub id: &'static str,
    /// The unit of its values.
    pub unit: Unit,
    /// The paper, handbook or office it follows.
    pub reference: &'static str,
}

/// A way to turn evidence into one value a zone and period.
pub trait Indicator: Sync {
    /// What it is.
    fn definition(&self) -> Definition;

    /// Computes it for all quartiers and periods.
    ///
    /// # Errors
    /// Parameters that do not parse, or a source the indicator cannot do without.
    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, params: &toml::Table) -> Result<Measure>;
}

/// All that an indicator may look at.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The located records.
    pub observed: &'a Observations<'a>,
    /// The job seekers of each quarter and quartier, counted once for all indicators.
    pub stock: Option<Stock>,
    /// Public denominators, by quartier and year.
    pub denominators: Denominators,
    /// The studies of groups, made before the indicators.
    pub studies: &'a Studies,
    /// The span of the interviews.
    pub campaign: Option<Campaign>,
    /// The items of WHO-5 and their coding, where they are declared.
    pub well_being: Option<WellBeing>,
    /// What was measured before, for indicators that build on others.
    pub earlier: Measures,
}

impl Evidence<'_> {
    /// The stock of job seekers.
    ///
    /// # Errors
    /// A run without job seekers.
    pub fn stock(&self) -> Result<&Stock> {
        self.stock.as_ref().ok_or_else(|| Error::config("this indicator needs sources.job_seekers or sources.job_seeker_counts"))
    }
}

/// All measures of a run, in the order computed.
#[derive(Debug, Default)]
pub struct Measures(Vec<Measure>);

impl From<Vec<Measure>> for Measures {
    fn from(measures: Vec<Measure>) -> Self {
        Self(measures)
    }
}

impl Measures {
    /// The measures, in the order computed.
    #[must_use]
    pub fn as_slice(&self) -> &[Measure] {
        &self.0
    }

    /// The measure of this name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Measure> {
        self.0.iter().find(|m| m.id.as_str() == id)
    }
}

/// The layers of a run: those of the asked themes whose sources are there, and those left out.
///
/// A layer needs its interviews' question, or job seekers and, for a rate of the population, the population table; a share standardized
/// by age needs persons, one row each; a measure that builds on one that is left out is left out too.
///
/// With `studies`, layers of analyses that were not made are left out; without, they count as possible.
#[must_use]
pub fn layers_of<'c>(
    observatory: &Observatory,
    catalog: &'c Catalog,
    studies: Option<&Studies>,
) -> (Vec<&'c LayerSpec>, Vec<&'c LayerSpec>) {
    let asked = |layer: &&LayerSpec| observatory.themes.is_empty() || observatory.themes.contains(&layer.theme);
    let layers: Vec<&LayerSpec> = catalog.layers.iter().filter(asked).collect();
    let (mut made, mut left_out): (Vec<&LayerSpec>, Vec<&LayerSpec>) = layers
        .into_iter()
        .partition(|layer| (layer.each.is_none() || studies.is_none()) && has_sources(observatory, &layer.measure, studies));
    loop {
        // What no layer measures at all is a mistake, for `measure` to tell; what this run does not make is left out.
        let is = |layers: &[&LayerSpec], of: &str| layers.iter().any(|layer| layer.measure.id == of);
        let known = |of: &str| catalog.layers.iter().any(|layer| layer.measure.id == of);
        let there = made.clone();
        let missing = |spec: &MeasureSpec| spec.built_on().any(|of| known(of) && !is(&there, of));
        let (kept, dropped): (Vec<&LayerSpec>, Vec<&LayerSpec>) = made.into_iter().partition(|layer| !missing(&layer.measure));
        made = kept;
        if dropped.is_empty() {
            return (made, left_out);
        }
        left_out.extend(dropped);
    }
}

fn has_sources(observatory: &Observatory, spec: &MeasureSpec, studies: Option<&Studies>) -> bool {
    let sources = &observatory.sources;
    let text = |key: &str| spec.params.get(key).and_then(toml::Value::as_str);
    let asked = asked_of(&spec.params);
    if !asked.is_empty() || FROM_INTERVIEWS.contains(&spec.indicator.as_str()) {
        let Some(interviews) = &sources.interviews else { return false };
        if spec.indicator == "well_being" {
            // Items coded 1 to 5 have a raw sum, and neither a score of 100 nor a threshold.
            let coding = interviews.well_being.as_ref().map(|declared| declared.coding);
            if coding.is_none() || (coding == Some(WellBeingCoding::OneToFive) && text("show") != Some("raw")) {
                return false;
            }
        }
        let declared = |question: &String| interviews.questions.contains_key(question) || interviews.guide.is_some();
        return match studies {
            Some(studies) => {
                let analysis = spec.params.get("analysis").and_then(toml::Value::as_str);
                asked.iter().all(|question| studies.questions.contains(question))
                    && analysis.is_none_or(|name| studies.analysis(name).is_some())
            }
            None => asked.iter().all(declared),
        };
    }
    let quarterly = sources.job_seekers.is_some() || sources.job_seeker_counts.is_some();
    // Ages and durations of the same persons: counts by class do not tell them together.
    if spec.indicator == "standardized_share" && sources.job_seekers.is_none() {
        return false;
    }
    let of_population = text("denominator").is_some_and(|denominator| denominator != "job_seekers");
    quarterly && (!of_population || sources.population.is_some())
}

/// Indicators that need interviews, whatever their parameters.
const FROM_INTERVIEWS: [&str; 5] = ["modality_share", "group_share", "typology", "cumulated_problems", "well_being"];

/// The questions that a layer's parameters name.
fn asked_of(params: &toml::Table) -> Vec<String> {
    let one = params.get("question").and_then(toml::Value::as_str).map(str::to_owned);
    let problems = params.get("problems").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::values);
    let of_problems = problems.filter_map(toml::Value::as_table).flat_map(|questions| questions.keys().cloned());
    one.into_iter().chain(of_problems).collect()
}

/// Measures everything that the layers ask for with the indicators of [`INDICATORS`], each measure once.
///
/// # Errors
/// A layer that names no indicator, wrong parameters, or a measure that builds on one that is not asked for.
pub fn measure(observed: &Observations<'_>, observatory: &Observatory, studies: &Studies, layers: &[&LayerSpec]) -> Result<Measures> {
    measure_with(INDICATORS, observed, observatory, studies, layers)
}

/// Goes on where [`measure`] ended: measures what further layers ask for, with what was measured already at hand.
///
/// # Errors
/// As [`measure`].
pub fn measure_more(
    earlier: Measures,
    observed: &Observations<'_>,
    observatory: &Observatory,
    studies: &Studies,
    layers: &[&LayerSpec],
) -> Result<Measures> {
    go_on(INDICATORS, earlier, observed, observatory, studies, layers)
}

/// [`measure`] with indicators of one's own (`examples/my_own_indicator.rs`).
///
/// # Errors
/// As [`measure`].
pub fn measure_with(
    indicators: &[&dyn Indicator],
    observed: &Observations<'_>,
    observatory: &Observatory,
    studies: &Studies,
    layers: &[&LayerSpec],
) -> Result<Measures> {
    go_on(indicators, Measures::default(), observed, observatory, studies, layers)
}

fn go_on(
    indicators: &[&dyn Indicator],
    earlier: Measures,
    observed: &Observations<'_>,
    observatory: &Observatory,
    studies: &Studies,
    layers: &[&LayerSpec],
) -> Result<Measures> {
    let mut evidence = Evidence {
        studies,
        observed,
        stock: Stock::count(observed, &observatory.quarters()),
        denominators: Denominators::count(observed),
        campaign: observatory.campaign,
        well_being: observatory.sources.interviews.as_ref().and_then(|interviews| interviews.well_being.clone()),
        earlier,
    };
    for spec in in_order(layers)? {
        interrupt::check()?;
        if evidence.earlier.get(&spec.id).is_some() {
            continue;
        }
        let indicator = indicators.iter().find(|i| i.definition().id == spec.indicator).ok_or_else(|| {
            let known: Vec<&str> = indicators.iter().map(|i| i.definition().id).collect();
            Error::config(format!("there is no indicator \"{}\"", spec.indicator)).help(format!("there are: {}", known.join(", ")))
        })?;
        tracing::info!(measure = spec.id, "measuring");
        let id = MeasureId::new(spec.id.clone())?;
        let mut measure = indicator.measure(&evidence, id, &spec.params).map_err(|e| e.in_column(format!("measure {}", spec.id)))?;
        change::respect(&mut measure, observatory);
        evidence.earlier.0.push(measure);
    }
    Ok(evidence.earlier)
}

/// The distinct measures, those that others build on (`of = [..]`) first.
fn in_order<'a>(layers: &[&'a LayerSpec]) -> Result<Vec<&'a MeasureSpec>> {
    let specs: BTreeMap<&str, &MeasureSpec> = layers.iter().map(|l| (l.measure.id.as_str(), &l.measure)).collect();
    let mut ordered: Vec<&MeasureSpec> = Vec::new();
    let mut open: Vec<&MeasureSpec> = Vec::new();
    for layer in layers {
        let first = &layer.measure;
        if !open.iter().any(|spec| spec.id == first.id) {
            open.push(first);
        }
    }
    while !open.is_empty() {
        let ready = open.iter().position(|spec| spec.built_on().all(|of| ordered.iter().any(|done| done.id == of)));
        let Some(position) = ready else {
            let waiting = open[0];
            let missing: Vec<&str> = waiting.built_on().filter(|of| !specs.contains_key(of)).collect();
            let reason = if missing.is_empty() {
                "builds on itself".to_owned()
            } else {
                format!("builds on {}, which no layer measures", missing.join(", "))
            };
            return Err(Error::config(format!("the measure \"{}\" {reason}", waiting.id)));
        };
        ordered.push(open.remove(position));
    }
    Ok(ordered)
}

/// Parses an indicator's parameters.
///
/// # Errors
/// A parameter that is missing, unknown or of the wrong type.
pub fn params<T: DeserializeOwned>(table: &toml::Table) -> Result<T> {
    table.clone().try_into().map_err(|e: toml::de::Error| Error::config(format!("params: {}", e.message())))
}
