//! The typology of quartiers by the same engine: correspondence analysis of a table quartier × modality, then Ward.

use super::analysis::{Analysis, Axis, Point};
use super::factors::{Factors, MOST_AXES, explaining, refused};
use super::groups::group;
use super::made::assemble;
use super::marks::describe;
use crate::catalog::studies::AnalysisSpec;
use crate::error::{Error, Result};
use crate::locate::{Observations, Placement};
use crate::measure::coding::Coding;
use crate::stats::correspondence::Correspondence;
use crate::stats::matrix::Matrix;
use crate::territory::ZoneIdx;

/// Analyzes the quartiers in which enough persons were met, by how many of them gave each answer.
pub(super) fn analyze(spec: &AnalysisSpec, coding: &Coding, observed: &Observations<'_>, seed: u64) -> Result<Analysis> {
    let active = coding.select(&spec.active)?;
    let home = homes(coding, observed)?;
    let zones: Vec<ZoneIdx> = observed.territory.quartiers.indexes().collect();
    let position = |zone: ZoneIdx| zones.binary_search(&zone).unwrap_or(usize::MAX);
    let mut persons = vec![0u64; zones.len()];
    home.iter().flatten().for_each(|zone| persons[position(*zone)] += 1);
    let kept_zones: Vec<usize> = (0..zones.len()).filter(|zone| persons[*zone] >= spec.least_persons.max(1)).collect();
    if kept_zones.len() < 3 {
        return Err(Error::config(format!(
            "the analysis \"{}\" cannot be made: {} quartiers have {} persons interviewed or more",
            spec.id,
            kept_zones.len(),
            spec.least_persons
        )));
    }
    let columns: Vec<(usize, usize)> =
        active.iter().flat_map(|q| (0..coding.questions[*q].modalities.len()).map(move |m| (*q, m))).collect();
    let mut table = Matrix::zeros(kept_zones.len(), columns.len());
    let mut units = vec![0u64; columns.len()];
    for (unit, zone) in home.iter().enumerate() {
        let Some(row) = zone.and_then(|zone| kept_zones.binary_search(&position(zone)).ok()) else { continue };
        for (column, (q, m)) in columns.iter().enumerate() {
            if coding.questions[*q].states[unit].modality() == Some(*m) {
                table[(row, column)] += coding.weights[unit];
                units[column] += 1;
            }
        }
    }
    let most = spec.axes.unwrap_or(MOST_AXES);
    let found = Correspondence::of(&table, most).map_err(|e| refused(&spec.id, &e))?;
    let kept = spec.axes.unwrap_or_else(|| explaining(found.shares.iter().copied(), found.kept)).min(found.kept);
    let (mut coordinates, mut masses, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for (row, point) in found.rows.iter().enumerate() {
        if let Some(point) = point {
            coordinates.extend_from_slice(&point.coordinates[..kept]);
            masses.push(point.mass);
            rows.push(kept_zones[row]);
        }
    }
    let coordinates = Matrix::from_rows(kept, coordinates);
    let mut grouped = group(spec, &coordinates, Some(&masses), seed)?;
    let group_of: Vec<Option<usize>> =
        home.iter().map(|zone| zone.and_then(|zone| rows.binary_search(&position(zone)).ok()).map(|row| grouped.group_of[row])).collect();
    let names: Vec<String> = active.iter().map(|q| coding.questions[*q].id.clone()).collect();
    let described = describe(coding, &group_of, &names, &mut grouped.groups).map_err(|e| refused(&spec.id, &e))?;
    let points = found.columns.iter().zip(&columns).zip(&units).filter_map(|((point, (q, m)), units)| {
        let (point, question) = (point.as_ref()?, &coding.questions[*q]);
        Some(Point {
            question: question.id.clone(),
            label: question.label.clone(),
            short: question.short.clone(),
            theme: question.theme,
            modality: question.modalities[*m].clone(),
            active: true,
            units: *units,
            mass: point.mass,
            coordinates: point.coordinates[..kept].to_vec(),
            contributions: point.contributions[..kept].to_vec(),
            cos2: point.cos2[..kept].to_vec(),
            test_values: Vec::new(),
        })
    });
    let axes = found.eigenvalues.iter().zip(&found.shares).map(|(eigenvalue, share)| Axis {
        eigenvalue: *eigenvalue,
        share: *share,
        benzecri: None,
        greenacre: None,
    });
    let persons_of_unit = rows.iter().map(|zone| persons[*zone]).collect();
    let (axes, points) = (axes.collect(), points.collect());
    let found = Factors { axes, kept, points, eta2: Vec::new(), coordinates, active: names, recoded: Vec::new() };
    Ok(Analysis { persons_of_unit, ..assemble(spec, found, grouped, described, rows) })
}

/// The quartier that each unit lives in; where its sector is split, the one with most of it.
fn homes(coding: &Coding, observed: &Observations<'_>) -> Result<Vec<Option<ZoneIdx>>> {
    let located = observed.interviews.as_ref().ok_or_else(|| Error::config("this analysis needs sources.interviews"))?;
    let home = |unit: &usize| match located.placements[*unit] {
        Placement::Within(sector) => {
            let shares = &observed.territory.membership[sector];
            shares.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(zone, _)| *zone)
        }
        _ => None,
    };
    Ok(coding.units.iter().map(home).collect())
}
