//! What is hidden stays hidden: on generated towns against an attacker who solves every equation that the release gives,
//! and in the files themselves.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may: a panic is how they fail, and they say when they skip"
)]

mod released;
mod towns;

use std::collections::{BTreeMap, BTreeSet};

use gdal::Dataset;
use gdal::vector::{FieldValue, LayerAccess};
use optima::catalog::Catalog;
use optima::derive::is_derived;
use optima::measure::Measure;
use optima::protect::{ProtectedCell, ProtectedMeasure, Reason};
use optima::texts::Language;
use proptest::prelude::*;
use released::{build, indicators, project};
use towns::{Outcome, POLICIES, towns};

// ------------------------------------------------------------------------------------------------ the attacker

/// A count that the attacker wants or knows: what (a measure's numerator, denominator or sum), period, place.
type Unknown = (String, usize, usize);

/// Equations with the known terms taken out: each is the set of its unknowns with their signs.
#[derive(Default)]
struct Attack {
    equations: Vec<BTreeMap<Unknown, f64>>,
    known: BTreeSet<Unknown>,
}

impl Attack {
    /// Σ positive − Σ negative = 0.
    fn learn(&mut self, positive: &[Unknown], negative: &[Unknown]) {
        let mut equation = BTreeMap::new();
        for (unknowns, sign) in [(positive, 1.0), (negative, -1.0)] {
            for unknown in unknowns {
                *equation.entry(unknown.clone()).or_default() += sign;
            }
        }
        self.equations.push(equation);
    }

    /// What Gaussian elimination finds: the unknowns that have one value only.
    fn solved(&self) -> BTreeSet<Unknown> {
        let names: Vec<&Unknown> = self
            .equations
            .iter()
            .flat_map(BTreeMap::keys)
            .filter(|u| !self.known.contains(*u))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let column: BTreeMap<&Unknown, usize> = names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        let mut rows: Vec<Vec<f64>> = Vec::new();
        for equation in &self.equations {
            let mut row = vec![0.0; names.len()];
            for (name, factor) in equation.iter().filter(|(name, _)| column.contains_key(name)) {
                row[column[name]] = *factor;
            }
            rows.push(row);
        }
        let mut pivots = 0;
        for at in 0..names.len() {
            let Some(best) = (pivots..rows.len()).max_by(|a, b| rows[*a][at].abs().total_cmp(&rows[*b][at].abs())) else { break };
            if rows[best][at].abs() < 1e-9 {
                continue;
            }
            rows.swap(pivots, best);
            let factor = rows[pivots][at];
            rows[pivots].iter_mut().for_each(|cell| *cell /= factor);
            let pivot = rows[pivots].clone();
            for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != pivots) {
                let factor = row[at];
                row.iter_mut().zip(&pivot).for_each(|(cell, p)| *cell -= factor * p);
            }
            pivots += 1;
        }
        let alone = |row: &Vec<f64>| {
            let mut named = row.iter().enumerate().filter(|(_, factor)| factor.abs() > 1e-9);
            named.next().filter(|_| named.next().is_none()).map(|(at, _)| names[at].clone())
        };
        rows.iter().filter_map(alone).collect()
    }
}

/// Place `zones.len()` is the territory.
fn cell_of(
    measure: &ProtectedMeasure,
    at: usize,
    place: usize,
    outcome: &Outcome,
    town_zones: &[optima::territory::ZoneIdx],
) -> ProtectedCell {
    if place == outcome.zones.len() { measure.total(at) } else { measure.cell(at, town_zones[place]) }
}

fn raw_of(measure: &Measure, at: usize, place: usize) -> Option<optima::measure::Cell> {
    measure.cells[at].iter().nth(place).copied().unwrap_or(measure.totals[at])
}

/// The group of a measure, by what its denominators are: counted job seekers, or those who answered a question.
fn group_of(measure: &str) -> Option<&'static str> {
    match measure {
        "under_25" | "ris_beneficiaries" | "long_term" => Some("job_seekers"),
        "isolation" | "not_isolated" => Some("answered isolation"),
        "housing_damp" => Some("answered damp"),
        "private_tenants" => Some("answered tenure"),
        _ => None,
    }
}

/// All that a reader of the release can write down. Every age, duration and RIS is known in these towns, so that the group
/// of a share is the job seekers themselves.
fn attack(outcome: &Outcome, zones: &[optima::territory::ZoneIdx]) -> Attack {
    let mut attack = Attack::default();
    let places = outcome.zones.len();
    for measure in outcome.shown.measures() {
        let id = measure.id().as_str();
        // No counts: what they are made of is protected on its own.
        if id == "combined_index" || id == "long_term_standardized" {
            continue;
        }
        // A mean gives its persons and their months.
        let (above, below) = if id == "inoccupation_duration" { ("months", Some("job_seekers")) } else { (id, group_of(id)) };
        for at in 0..measure.periods().len() {
            let unknown = |what: &str, place: usize| (what.to_owned(), at, place);
            for place in 0..=places {
                match cell_of(measure, at, place, outcome, zones) {
                    ProtectedCell::Suppressed(_) => {}
                    // Nothing to be said: nobody is in the group, which a reader sees.
                    ProtectedCell::Published(_) | ProtectedCell::Empty => {
                        attack.known.insert(unknown(above, place));
                        attack.known.extend(below.map(|below| unknown(below, place)));
                    }
                }
            }
            for what in [Some(above), below].into_iter().flatten() {
                let zones: Vec<Unknown> = (0..places).map(|place| unknown(what, place)).collect();
                attack.learn(&zones, &[unknown(what, places)]);
            }
            if id == "isolation" {
                for place in 0..=places {
                    attack.learn(&[unknown("isolation", place), unknown("not_isolated", place)], &[unknown("answered isolation", place)]);
                }
            }
        }
    }
    attack
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_small_is_shown_and_no_hidden_cell_can_be_solved_for(town in towns(), policy in 0..POLICIES.len()) {
        let (name, minimum, least_group, ..) = POLICIES[policy];
        let outcome = town.run(name);
        let zones: Vec<_> = zone_indexes(&outcome);
        let [minimum, least_group] = [minimum, least_group].map(f64::from);
        let few = |n: f64| n > 1e-9 && n < minimum - 1e-9;
        let solved = attack(&outcome, &zones).solved();
        for (shown, raw) in outcome.shown.measures().iter().zip(outcome.measures.as_slice()) {
            let id = shown.id().as_str();
            for at in 0..shown.periods().len() {
                // The hidden terms of a sum: how many say something, and what they come to, for the counted and for the others.
                let (mut counted, mut others) = ((0, 0.0), (0, 0.0));
                let mut hidden = 0;
                for place in 0..=outcome.zones.len() {
                    let Some(cell) = raw_of(raw, at, place) else { continue };
                    let (x, n) = (cell.numerator.unwrap_or_default(), cell.denominator.unwrap_or_default());
                    match cell_of(shown, at, place, &outcome, &zones) {
                        ProtectedCell::Published(published) => {
                            prop_assert!(!few(x), "{} shows {}", id, x);
                            prop_assert_eq!(published.value, cell.value);
                            if group_of(id).is_some() {
                                prop_assert!(!few(n - x) && n >= least_group - 1e-9, "{} shows {} of {}", id, x, n);
                            }
                        }
                        ProtectedCell::Suppressed(_) if place < outcome.zones.len() => {
                            hidden += 1;
                            counted = if x > 1e-9 { (counted.0 + 1, counted.1 + x) } else { counted };
                            others = if n - x > 1e-9 { (others.0 + 1, others.1 + n - x) } else { others };
                            let what = if id == "inoccupation_duration" { "months" } else { id };
                            prop_assert!(!solved.contains(&(what.to_owned(), at, place)), "{} of {} is solved", id, outcome.zones[place]);
                            if let Some(group) = group_of(id).filter(|_| few(n)) {
                                prop_assert!(!solved.contains(&(group.to_owned(), at, place)), "the group of {} is solved", outcome.zones[place]);
                            }
                        }
                        _ => {}
                    }
                }
                let total = cell_of(shown, at, outcome.zones.len(), &outcome, &zones);
                if hidden > 0 && matches!(total, ProtectedCell::Published(_)) && id != "combined_index" {
                    prop_assert!(counted.0 >= 2 && !few(counted.1), "{}: {:?} hidden in a shown sum", id, counted);
                    if group_of(id).is_some() {
                        prop_assert!(others.0 >= 2 && !few(others.1), "{}: {:?} others hidden in a shown sum", id, others);
                    }
                }
            }
        }
    }

    #[test]
    fn linked_values_fall_together_and_a_higher_minimum_shows_nothing_more(town in towns()) {
        let outcomes = ["low", "default", "high"].map(|policy| town.run(policy));
        let zones = zone_indexes(&outcomes[0]);
        for outcome in &outcomes {
            let of = |id: &str| outcome.shown.measures().iter().find(|m| m.id().as_str() == id).unwrap();
            for at in 0..of("job_seekers").periods().len() {
                for place in 0..=outcome.zones.len() {
                    let is_hidden = |id: &str| matches!(cell_of(of(id), at, place, outcome, &zones), ProtectedCell::Suppressed(_));
                    let is_shown = |id: &str| matches!(cell_of(of(id), at, place, outcome, &zones), ProtectedCell::Published(_));
                    for part in ["under_25", "ris_beneficiaries", "long_term", "inoccupation_duration"] {
                        prop_assert!(!(is_hidden("job_seekers") && is_shown(part)), "{} is shown without its group", part);
                    }
                    for part in ["job_seekers", "under_25", "ris_beneficiaries", "inoccupation_duration"] {
                        prop_assert!(!(is_hidden(part) && is_shown("combined_index")), "the index is shown without {}", part);
                    }
                    prop_assert!(!(is_hidden("long_term") && is_shown("long_term_standardized")), "standardized, and the crude one hidden");
                }
            }
        }
        for pair in outcomes.windows(2) {
            for (low, high) in pair[0].shown.measures().iter().zip(pair[1].shown.measures()) {
                for at in 0..low.periods().len() {
                    for place in 0..=pair[0].zones.len() {
                        let [now, then] = [(low, &pair[0]), (high, &pair[1])].map(|(m, o)| cell_of(m, at, place, o, &zones));
                        if matches!(now, ProtectedCell::Suppressed(Reason::Frequency)) {
                            prop_assert!(matches!(then, ProtectedCell::Suppressed(_)), "{} is shown at a higher minimum", low.id());
                        }
                    }
                }
            }
        }
    }
}

fn zone_indexes(outcome: &Outcome) -> Vec<optima::territory::ZoneIdx> {
    outcome.measures.as_slice()[0].cells[0].enumerate().map(|(zone, _)| zone).collect()
}

// ------------------------------------------------------------------------------------------------ the files

/// The numbers of a GeoPackage's layer: for each feature, its texts and its numbers by column; what is null is not there.
fn features(package: &Dataset, layer: &str) -> Vec<(BTreeMap<String, String>, BTreeMap<String, f64>)> {
    let mut layer = package.layer_by_name(layer).unwrap();
    let read = |feature: gdal::vector::Feature<'_>| {
        let (mut texts, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for (name, value) in feature.fields() {
            match value {
                Some(FieldValue::StringValue(text)) => drop(texts.insert(name, text)),
                Some(FieldValue::RealValue(number)) => drop(numbers.insert(name, number)),
                _ => {}
            }
        }
        (texts, numbers)
    };
    layer.features().map(read).collect()
}

#[test]
fn a_hidden_cell_has_no_number_in_any_file_of_the_release() {
    let folder = tempfile::tempdir().unwrap();
    let release = folder.path().join("release");
    let manifest = build(&project().join("examples/seraing/observatory.toml"), &release);
    let package = Dataset::open(release.join("seraing.gpkg")).unwrap();
    let table = indicators(&release);
    // What is made of shown figures is hidden with them, and counted nowhere.
    let catalog = Catalog::load(Some(&project().join("layers")), Language::En).unwrap();
    let derived: BTreeSet<&str> =
        catalog.layers.iter().map(|layer| &layer.measure).filter(|m| is_derived(&m.indicator)).map(|m| m.id.as_str()).collect();
    let hidden = table.iter().filter(|row| row["status"] == "S" && !derived.contains(row["measure"].as_str())).count();
    let said: u64 = manifest["disclosure"]["hidden"].as_array().unwrap().iter().map(|m| m["hidden"].as_u64().unwrap()).sum();
    assert_eq!(hidden as u64, said, "the manifest says how many");
    assert!(hidden > 1_500);
    let numbers = |row: &released::Row| {
        let marks = ["unit", "status", "measure", "zone_code", "zone_name", "period", "period_start", "period_end"];
        row.iter().filter(|(column, text)| !marks.contains(&column.as_str()) && !text.is_empty()).count()
    };
    assert!(table.iter().filter(|row| ["S", "N"].contains(&row["status"].as_str())).all(|row| numbers(row) == 0));

    // The series, column by column: the same values as the table, and none more.
    let mut checked = 0;
    for (layer, whole) in [("series", false), ("quartiers_series", false), ("territory_series", true)] {
        for (texts, numbers) in features(&package, layer) {
            let code = texts.get("zone_code").map_or("seraing", String::as_str);
            let rows = table.iter().filter(|row| row["period"] == texts["period"] && row["zone_code"] == code);
            let mut values = 0;
            // Types are made of one quarter, and categories are no quantities: they have no series.
            let has_series = |row: &&released::Row| {
                row["unit"] != "group"
                    && (texts.contains_key(&format!("{}_status", row["measure"])) || !derived.contains(row["measure"].as_str()))
            };
            for row in rows.filter(has_series) {
                let measure = &row["measure"];
                let status = &texts[&format!("{measure}_status")];
                assert_eq!(status, &row["status"], "{layer} {code} {measure}");
                assert_eq!(numbers.get(measure).map(ToString::to_string).unwrap_or_default(), row["value"], "{layer} {code} {measure}");
                let own = ["", "_n", "_d", "_low", "_high", "_change_quarter", "_change_year"].map(|end| format!("{measure}{end}"));
                let there = own.iter().filter(|column| numbers.contains_key(*column)).count();
                assert!(there == 0 || ["V", "U"].contains(&status.as_str()), "{layer} {code} {measure} is hidden and has {there} numbers");
                values += there;
                checked += usize::from(status == "S");
            }
            assert_eq!(values, numbers.len(), "{layer}: a number that belongs to no measure");
            assert_eq!(whole, code == "seraing");
        }
    }
    assert!(checked > 3_000, "{checked} hidden cells in the series");

    // Each map, in the GeoPackage and as GeoJSON: sums over all numbers are those of the table.
    let names: Vec<&str> = manifest["layers"].as_array().unwrap().iter().map(|layer| layer["name"].as_str().unwrap()).collect();
    let mut maps = 0;
    for name in names {
        let path = release.join(format!("geojson/{name}.geojson"));
        if !path.exists() {
            continue;
        }
        maps += 1;
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let mut features = features(&package, name);
        let collection = json["features"].as_array().unwrap();
        assert_eq!(features.len(), collection.len(), "{name}");
        features.sort_by(|a, b| a.0["zone_code"].cmp(&b.0["zone_code"]));
        for ((texts, numbers), feature) in features.iter().zip(collection) {
            let properties = &feature["properties"];
            assert_eq!(
                (texts["zone_code"].as_str(), texts["status"].as_str()),
                (properties["zone_code"].as_str().unwrap(), properties["status"].as_str().unwrap())
            );
            let shown = ["V", "U"].contains(&texts["status"].as_str());
            assert!(shown || numbers.is_empty(), "{name}: {texts:?} has {numbers:?}");
            for column in
                ["value", "numerator", "denominator", "low", "high", "change_quarter", "change_quarter_p", "change_year", "change_year_p"]
            {
                assert_eq!(numbers.get(column).copied(), properties[column].as_f64(), "{name} {column}");
            }
        }
    }
    assert!(maps > 40, "{maps} maps");
}
