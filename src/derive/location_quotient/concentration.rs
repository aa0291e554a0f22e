//! How apart a group lives from all others, and how unequal its rates are: numbers of the whole territory that can be compared over time.

use crate::protect::{ProtectedMeasure, Seen, Shown, Statistic};
use crate::stats::inequality::{gini, theil};
use crate::stats::refusal::Refusal;
use crate::stats::segregation::{by_chance, segregation};
use crate::territory::{Territory, ZoneIdx};

/// Weighs quartiers where the group is rare as those where it is frequent.
const ATKINSON_B: f64 = 0.5;

/// The statistics of each period, and the sentence that says over which quartiers.
///
/// One base for all periods: quartiers that are shown in each period that shows any. A quartier that is hidden now and then would move
/// the indices without anybody moving. Periods where the group is nowhere or everybody have none.
pub(super) fn over_time(seen: &Seen<'_>, measure: &ProtectedMeasure) -> (Vec<Statistic>, String) {
    let territory = seen.territory();
    let cells: Vec<Vec<Option<&Shown>>> = (0..measure.periods().len()).map(|at| seen.cells(measure, at)).collect();
    let counts: Vec<Vec<Option<(f64, f64)>>> =
        cells.iter().map(|cells| cells.iter().map(|cell| cell.and_then(|cell| cell.numerator.zip(cell.denominator))).collect()).collect();
    let told: Vec<&Vec<Option<(f64, f64)>>> = counts.iter().filter(|counts| counts.iter().any(Option::is_some)).collect();
    let base: Vec<ZoneIdx> =
        territory.quartiers.indexes().filter(|zone| told.iter().all(|counts| counts[zone.position()].is_some())).collect();
    if told.is_empty() || base.len() < 2 {
        return (Vec::new(), "none: fewer than two quartiers are shown with their counts in all periods".to_owned());
    }
    let groups = groups(territory, &base);
    let mut statistics = Vec::new();
    for (period, counts) in measure.periods().iter().zip(&counts) {
        let (group, total): (Vec<f64>, Vec<f64>) = base.iter().filter_map(|zone| counts[zone.position()]).unzip();
        if group.len() < base.len() {
            continue;
        }
        let of_period = [apart(&group, &total), unequal(&group, &total, groups.as_deref())];
        let of_period = of_period.into_iter().filter_map(Result::ok).flatten();
        let dressed = |(name, value, expected)| Statistic {
            period: Some(*period),
            name,
            value,
            expected,
            zones: Some(base.len()),
            ..Statistic::default()
        };
        statistics.extend(of_period.map(dressed));
    }
    let split = if groups.is_some() { "within and between the zones they are part of" } else { "not split: no zones above the quartiers" };
    let told = format!(
        "{} of {} quartiers, those shown in all periods, so that periods compare; counts as shown; expected by chance: the group dealt out by lot; Theil {split}",
        base.len(),
        territory.quartiers.count()
    );
    (statistics, told)
}

/// A number and what it would be by chance, where that is known.
type Told = (&'static str, f64, Option<f64>);

fn apart(group: &[f64], total: &[f64]) -> Result<Vec<Told>, Refusal> {
    let found = segregation(group, total, ATKINSON_B)?;
    let chance = by_chance(group, total).ok();
    Ok(vec![
        ("segregation_dissimilarity", found.dissimilarity, chance.map(|chance| chance.dissimilarity)),
        ("segregation_gini", found.gini, None),
        ("segregation_isolation", found.isolation, chance.map(|chance| chance.isolation)),
        ("segregation_interaction", found.interaction, chance.map(|chance| chance.interaction)),
        ("segregation_entropy", found.entropy, None),
        ("segregation_atkinson", found.atkinson, None),
        ("segregation_correlation_ratio", found.correlation_ratio, chance.map(|chance| chance.correlation_ratio)),
    ])
}

/// Inequality of the rates x/n, each quartier weighing its n persons.
fn unequal(group: &[f64], total: &[f64], groups: Option<&[u32]>) -> Result<Vec<Told>, Refusal> {
    let rates: Vec<f64> = group.iter().zip(total).map(|(x, n)| if *n > 0.0 { x / n } else { 0.0 }).collect();
    let mut found = vec![("rates_gini", gini(&rates, Some(total))?.population, None)];
    let alike = vec![0; rates.len()];
    let split = theil(&rates, groups.unwrap_or(&alike), Some(total))?;
    found.push(("rates_theil", split.total, None));
    if groups.is_some() {
        found.extend([("rates_theil_between", split.between, None), ("rates_theil_within", split.within, None)]);
    }
    Ok(found)
}

/// The zone that each quartier is part of, numbered; `None` where one has none, or all the same.
fn groups(territory: &Territory, base: &[ZoneIdx]) -> Option<Vec<u32>> {
    let parents: Vec<&str> =
        base.iter().map(|zone| territory.quartiers[*zone].parent.as_ref().map(|code| code.0.as_str())).collect::<Option<_>>()?;
    let mut names = parents.clone();
    names.sort_unstable();
    names.dedup();
    let number = |parent: &str| names.binary_search(&parent).ok().and_then(|at| u32::try_from(at).ok());
    if names.len() < 2 { None } else { parents.into_iter().map(number).collect() }
}
