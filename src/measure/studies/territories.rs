//! The same analysis on territories: quartiers described by their indicators, each cut into classes of equal numbers.

use super::analysis::Analysis;
use super::made::{grouping, of_units};
use super::{Studies, seed_of};
use crate::catalog::studies::{AnalysisSpec, Selection, Units};
use crate::catalog::{Catalog, LayerSpec};
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::measure::coding::{CodedQuestion, Coding, State};
use crate::measure::{Bilans, Measure, Measures};
use crate::observatory::Observatory;
use crate::period::Period;
use crate::records::Modality;
use crate::territory::Zones;
use crate::texts::Localized;

/// Adds the analyses of quartiers by their indicators, and the bilan of quartiers by class of indicator. They come after
/// the measures they are made of; one whose measures are not there is left out.
///
/// # Errors
/// A run that was interrupted.
pub fn study_territories(
    studies: &mut Studies,
    measures: &Measures,
    zones: &Zones,
    observatory: &Observatory,
    catalog: &Catalog,
) -> Result<()> {
    let mut bilan = Coding::default();
    let mut further = Vec::new();
    for spec in catalog.analyses.iter().filter(|spec| spec.of == Units::Measures) {
        interrupt::check()?;
        let found: Option<Vec<&Measure>> = spec.measures.iter().map(|id| measures.get(id)).collect();
        let Some(found) = found.filter(|found| !found.is_empty()) else {
            studies.absent.push(spec.id.clone());
            continue;
        };
        match analyze(spec, &found, zones, catalog, seed_of(observatory.seed, &spec.id)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => studies.left_out.push((spec.id.clone(), error.to_string())),
            Ok((analysis, coding)) => {
                further.push(grouping(&analysis, &coding));
                for question in coding.questions {
                    if !bilan.questions.iter().any(|known| known.id == question.id) {
                        bilan.questions.push(question);
                    }
                }
                bilan.units = coding.units;
                bilan.weights = coding.weights;
                studies.analyses.push(analysis);
            }
        }
    }
    if !bilan.questions.is_empty() {
        studies.territories = Bilans::count(&bilan, &further, false);
    }
    Ok(())
}

fn analyze(spec: &AnalysisSpec, measures: &[&Measure], zones: &Zones, catalog: &Catalog, seed: u64) -> Result<(Analysis, Coding)> {
    let period = *measures[0].periods.last().ok_or_else(|| Error::config("a measure without a period"))?;
    let mut coding = Coding { units: (0..zones.count()).collect(), weights: vec![1.0; zones.count()], ..Coding::default() };
    for measure in measures {
        let question = classed(measure, period, zones, spec.classes, &catalog.layers).ok_or_else(|| {
            Error::config(format!(
                "the analysis \"{}\" cannot be made: {} has no value for {period}, or fewer different values than classes",
                spec.id, measure.id
            ))
            .help("an analysis takes measures of one period")
        })?;
        coding.questions.push(question);
    }
    let spec = AnalysisSpec {
        active: Selection { questions: spec.measures.clone(), ..Selection::default() },
        supplementary: Selection::default(),
        ..spec.clone()
    };
    let mut analysis = of_units(&spec, &coding, seed)?;
    analysis.period = Some(period);
    Ok((analysis, coding))
}

/// A measure as a question: its classes of equal numbers of quartiers, low to high. What is absent or unreliable has no class.
///
/// A break lies between two values and is told by no number, so that no hidden value can be read from it.
fn classed(measure: &Measure, period: Period, zones: &Zones, classes: usize, layers: &[LayerSpec]) -> Option<CodedQuestion> {
    let at = measure.position(period)?;
    let values: Vec<Option<f64>> =
        zones.indexes().map(|zone| measure.cell(at, zone).filter(|cell| cell.reliable).map(|cell| cell.value)).collect();
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let breaks: Vec<f64> = (1..classes).filter_map(|class| sorted.get(class * sorted.len() / classes)).copied().collect();
    let mut distinct = breaks.clone();
    distinct.dedup();
    if classes < 2 || distinct.len() + 1 < classes || sorted.first() == distinct.first() {
        return None;
    }
    let state = |value: &Option<f64>| {
        let class = value.map(|value| breaks.partition_point(|b| *b <= value));
        class.and_then(|class| u16::try_from(class).ok()).map_or(State::NO_ANSWER, State)
    };
    let id = measure.id.to_string();
    let label = layers.iter().find(|layer| layer.measure.id == id).map_or_else(Localized::default, |layer| layer.title.clone());
    let named = |class: usize| {
        let (fr, en) = match (class, classes) {
            (0, _) => ("niveau bas".to_owned(), "low".to_owned()),
            (class, classes) if class + 1 == classes => ("niveau élevé".to_owned(), "high".to_owned()),
            (1, 3) => ("niveau moyen".to_owned(), "middling".to_owned()),
            (class, classes) => (format!("classe {} sur {classes}", class + 1), format!("class {} of {classes}", class + 1)),
        };
        Modality::new((class + 1).to_string(), Localized { fr, en })
    };
    Some(CodedQuestion {
        id,
        short: label.clone(),
        label,
        theme: None,
        modalities: (0..classes).map(named).collect(),
        states: values.iter().map(state).collect(),
    })
}
