//! Making the studies of a run: groups first, since bilans are counted by group too.

use super::analysis::{Analysis, Described};
use super::factors::{Factors, answering, factors, refused, weights_of};
use super::groups::{Grouped, group};
use super::marks::describe;
use super::{Studies, associations, determining, quartiers, seed_of};
use crate::catalog::Catalog;
use crate::catalog::studies::{AnalysisSpec, Units};
use crate::error::{ErrorKind, Result};
use crate::interrupt;
use crate::locate::Observations;
use crate::measure::Bilans;
use crate::measure::coding::{CodedGrouping, Coding};
use crate::measure::recode::recode;
use crate::observatory::Observatory;
use crate::records::Modality;
use crate::texts::Localized;

/// Makes all studies that the catalog asks for and the records allow; the others are left out, with their reasons.
///
/// The seed of each analysis is that of the run and of the analysis' name. Cost: Ward's tree of the persons, once for each
/// resample, is most of it.
///
/// # Errors
/// A recoding that names what is not there; a run that was interrupted.
pub fn study(observed: &Observations<'_>, observatory: &Observatory, catalog: &Catalog) -> Result<Studies> {
    let mut studies = Studies::default();
    if let Some(services) = &observed.services {
        let units = (0..services.records.as_slice().len()).collect();
        let coding = Coding::of_records(&services.records, units);
        let mut further = Vec::new();
        for spec in catalog.analyses.iter().filter(|spec| spec.of == Units::Services) {
            attempt(&mut studies, &mut further, spec, &coding, &|| of_units(spec, &coding, seed_of(observatory.seed, &spec.id)))?;
        }
        studies.services = Bilans::count(&coding, &further, false);
    }
    let Some(interviews) = &observed.interviews else { return Ok(studies) };
    let mut coding = Coding::of_located(interviews);
    recode(&mut coding, &observatory.recode)?;
    studies.questions = interviews.records.questionnaire().questions.iter().map(|question| question.id.clone()).collect();
    let mut further = Vec::new();
    for spec in &catalog.analyses {
        let seed = seed_of(observatory.seed, &spec.id);
        match spec.of {
            Units::Services | Units::Measures => {}
            Units::Interviews => attempt(&mut studies, &mut further, spec, &coding, &|| of_units(spec, &coding, seed))?,
            Units::Quartiers => {
                attempt(&mut studies, &mut Vec::new(), spec, &coding, &|| quartiers::analyze(spec, &coding, observed, seed))?;
            }
        }
    }
    for spec in &catalog.cross_tables {
        for id in &spec.by {
            match coding.question(id) {
                Some(question) if !further.iter().any(|grouping: &CodedGrouping| grouping.id == *id) => further.push(CodedGrouping {
                    id: id.clone(),
                    label: Some(question.label.clone()),
                    groups: question.modalities.clone(),
                    of: question.states.iter().map(|state| state.modality().and_then(|m| u16::try_from(m).ok())).collect(),
                }),
                Some(_) => {}
                None => studies.absent.push(format!("{}: {id}", spec.id)),
            }
        }
    }
    studies.bilans = Bilans::count(&coding, &further, true);
    studies.associations = associations::associations(&studies.bilans, observatory.seed);
    for spec in &catalog.determining {
        if coding.select(&spec.candidates).is_err() || spec.situation.keys().any(|id| coding.question(id).is_none()) {
            studies.absent.push(spec.id.clone());
            continue;
        }
        match determining::determine(spec, &coding, seed_of(observatory.seed, &spec.id)) {
            Ok(study) => studies.determining.push(study),
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => studies.left_out.push((spec.id.clone(), error.to_string())),
        }
    }
    Ok(studies)
}

/// Makes an analysis; where the records do not allow it, it is left out with the reason.
fn attempt(
    studies: &mut Studies,
    further: &mut Vec<CodedGrouping>,
    spec: &AnalysisSpec,
    coding: &Coding,
    make: &dyn Fn() -> Result<Analysis>,
) -> Result<()> {
    interrupt::check()?;
    if coding.select(&spec.active).is_err() || coding.select(&spec.supplementary).is_err() {
        studies.absent.push(spec.id.clone());
        return Ok(());
    }
    tracing::info!(analysis = spec.id, "analyzing");
    match make() {
        Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
        Err(error) => studies.left_out.push((spec.id.clone(), error.to_string())),
        Ok(analysis) => {
            further.push(grouping(&analysis, coding));
            studies.analyses.push(analysis);
        }
    }
    Ok(())
}

/// The groups of an analysis as a grouping of the units.
pub(super) fn grouping(analysis: &Analysis, coding: &Coding) -> CodedGrouping {
    let of = coding.units.iter().map(|unit| analysis.group_of_unit(*unit).and_then(|group| u16::try_from(group).ok())).collect();
    let named = |group: usize| {
        let number = group + 1;
        let name = if analysis.groups[group].withheld { Localized::default() } else { analysis.name(group) };
        let words = |word: &str, name: &str, colon: &str| {
            if name.is_empty() { format!("{word} {number}") } else { format!("{word} {number}{colon}{name}") }
        };
        let label = Localized { fr: words(&analysis.word.fr, &name.fr, " : "), en: words(&analysis.word.en, &name.en, ": ") };
        Modality::new(number.to_string(), label)
    };
    CodedGrouping {
        id: analysis.id.clone(),
        label: Some(analysis.title.clone()),
        groups: (0..analysis.groups.len()).map(named).collect(),
        of,
    }
}

/// The analysis of persons or services: factors of their answers, groups on the factors.
pub(super) fn of_units(spec: &AnalysisSpec, coding: &Coding, seed: u64) -> Result<Analysis> {
    let active = coding.select(&spec.active)?;
    let supplementary: Vec<usize> = coding.select(&spec.supplementary)?.into_iter().filter(|q| !active.contains(q)).collect();
    let coding = coding.only(&answering(coding, &active));
    let found = factors(spec, &coding, &active, &supplementary)?;
    let mut grouped = group(spec, &found.coordinates, weights_of(&coding), seed)?;
    let group_of: Vec<Option<usize>> = grouped.group_of.iter().map(|group| Some(*group)).collect();
    let described = describe(&coding, &group_of, &found.active, &mut grouped.groups).map_err(|e| refused(&spec.id, &e))?;
    Ok(assemble(spec, found, grouped, described, coding.units))
}

/// Puts an analysis together: what was asked, the factors, the groups on them, and what marks these.
pub(super) fn assemble(spec: &AnalysisSpec, found: Factors, grouped: Grouped, described: Vec<Described>, units: Vec<usize>) -> Analysis {
    Analysis {
        id: spec.id.clone(),
        title: spec.title.clone(),
        word: spec.group.clone(),
        of: spec.of,
        period: None,
        units,
        persons_of_unit: Vec::new(),
        active: found.active,
        recoded: found.recoded,
        axes: found.axes,
        kept: found.kept,
        kept_declared: spec.axes.is_some(),
        points: found.points,
        eta2: found.eta2,
        leaves: grouped.leaf_units.len(),
        tree: grouped.tree,
        leaf_units: grouped.leaf_units,
        leaf_group: grouped.leaf_group,
        levels: grouped.levels,
        cut_declared: spec.groups.number.is_some(),
        moved: grouped.moved,
        inertia: grouped.inertia,
        resamples: spec.groups.resamples,
        stable_from: spec.groups.stable_from,
        groups: grouped.groups,
        described,
        group_of: grouped.group_of,
        coordinates: found.coordinates,
    }
}
