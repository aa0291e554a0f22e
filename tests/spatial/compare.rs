//! Reading the recorded cases, and comparing with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use optima::stats::local_moran::Quadrant;
use optima::stats::spatial_test::{PartTest, Test};
use optima::stats::spatial_weights::SpatialWeights;
use serde_json::Value;

pub(crate) fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

pub(crate) fn case(name: &str) -> Value {
    json(&reference(name).with_extension("json"))
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

pub(crate) fn column(geojson: &Value, name: &str) -> Vec<Option<f64>> {
    geojson["features"].as_array().unwrap().iter().map(|feature| feature["properties"][name].as_f64()).collect()
}

pub(crate) fn full_column(geojson: &Value, name: &str) -> Vec<f64> {
    column(geojson, name).into_iter().map(Option::unwrap).collect()
}

pub(crate) fn neighbors(rows: &Value) -> Vec<Vec<u32>> {
    let row = |row: &Value| row.as_array().unwrap().iter().map(|j| u32::try_from(j.as_u64().unwrap()).unwrap()).collect();
    rows.as_array().unwrap().iter().map(row).collect()
}

/// Units that share a vertex, to the last digit of the file.
pub(crate) fn sharing_a_vertex(geojson: &Value) -> SpatialWeights {
    fn visit(coordinates: &Value, unit: u32, at: &mut BTreeMap<(u64, u64), Vec<u32>>) {
        let parts = coordinates.as_array().unwrap();
        if let Some(x) = parts[0].as_f64() {
            let units = at.entry((x.to_bits(), parts[1].as_f64().unwrap().to_bits())).or_default();
            if units.last() != Some(&unit) {
                units.push(unit);
            }
        } else {
            for part in parts {
                visit(part, unit, at);
            }
        }
    }
    let mut at = BTreeMap::new();
    let features = geojson["features"].as_array().unwrap();
    (0..).zip(features).for_each(|(unit, feature)| visit(&feature["geometry"]["coordinates"], unit, &mut at));
    let mut rows = vec![Vec::new(); features.len()];
    for units in at.values() {
        for unit in units {
            rows[*unit as usize].extend(units.iter().filter(|other| *other != unit));
        }
    }
    for row in &mut rows {
        row.sort_unstable();
        row.dedup();
    }
    SpatialWeights::binary(&rows).unwrap()
}

/// As spdep names it.
pub(crate) fn name(quadrant: Quadrant) -> &'static str {
    match quadrant {
        Quadrant::HighHigh => "High-High",
        Quadrant::LowLow => "Low-Low",
        Quadrant::LowHigh => "Low-High",
        Quadrant::HighLow => "High-Low",
    }
}

/// The tolerances of a case.
#[derive(Clone, Copy)]
pub(crate) struct Tolerance {
    pub(crate) stat: f64,
    /// Relative.
    pub(crate) variance: f64,
    pub(crate) z: f64,
    pub(crate) p: f64,
    pub(crate) local: f64,
}

/// Counts what it compares, so that a case whose quantities were not found cannot pass.
pub(crate) struct Comparison {
    pub(crate) tolerance: Tolerance,
    pub(crate) compared: usize,
}

impl Comparison {
    pub(crate) fn new(tolerance: Tolerance) -> Self {
        Self { tolerance, compared: 0 }
    }

    pub(crate) fn close(&mut self, what: &str, found: f64, expected: &Value, tolerance: f64) {
        let expected = expected.as_f64().unwrap_or_else(|| panic!("{what} is not in the reference"));
        assert!((found - expected).abs() <= tolerance, "{what}: {found}, expected {expected}");
        self.compared += 1;
    }

    pub(crate) fn test(&mut self, what: &str, found: &Test, expected: &Value) {
        let Tolerance { stat, variance, z, p, .. } = self.tolerance;
        self.close(&format!("{what} statistic"), found.statistic, &expected["stat"], stat);
        self.close(&format!("{what} expectation"), found.expectation, &expected["expectation"], stat);
        let size = expected["variance"].as_f64().unwrap();
        self.close(&format!("{what} variance"), found.variance, &expected["variance"], variance * size);
        self.close(&format!("{what} z"), found.z, &expected["z"], z);
        self.close(&format!("{what} p"), found.p_value, &expected["p"], p);
    }

    /// Values of units; where there is none here, the reference may say what it likes. Gives the number that there was none of.
    pub(crate) fn units(&mut self, what: &str, found: impl IntoIterator<Item = Option<f64>>, expected: &Value) -> usize {
        let found: Vec<Option<f64>> = found.into_iter().collect();
        let expected = expected.as_array().unwrap_or_else(|| panic!("{what} is not in the reference"));
        assert_eq!(found.len(), expected.len(), "{what}");
        for (unit, (found, expected)) in found.iter().zip(expected).enumerate() {
            if let Some(found) = found {
                self.close(&format!("{what} of unit {unit}"), *found, expected, self.tolerance.local);
            }
        }
        found.iter().filter(|found| found.is_none()).count()
    }

    /// A row of spdep's `joincount.multi`: count, expected, variance, z.
    pub(crate) fn joins(&mut self, what: &str, found: &PartTest, expected: &Value, tolerance: f64) {
        for (number, found) in [found.statistic, found.expectation, found.variance].into_iter().enumerate() {
            self.close(&format!("{what} {number}"), found, &expected[number], tolerance * found.abs().max(1.0));
        }
        match found.z {
            Some(z) => self.close(&format!("{what} z"), z, &expected[3], tolerance * z.abs().max(1.0)),
            None => assert!(found.variance == 0.0 && found.p_value.is_none(), "{what}: {expected}"),
        }
    }
}
