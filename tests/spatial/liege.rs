//! Median income of the real sectors of Liege, where they and R are at hand: Moran, LISA and Gi* equal to spdep run beside.

use std::path::{Path, PathBuf};
use std::process::Command;

use optima::stats::getis_ord::gi_star;
use optima::stats::local_moran::{LocalQuestion, local_moran};
use optima::stats::moran::moran;
use optima::stats::spatial_test::{Alternative, Question};
use serde_json::Value;

use super::compare::{Comparison, Tolerance, column, json, name, neighbors, reference, sharing_a_vertex};

/// The sectors, beside the project or beside the folder it lies in.
fn sectors() -> Option<PathBuf> {
    let name = "shared/data/liege/liege_sectors2023_31370.geojson";
    let found =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.exists());
    if found.is_none() {
        println!("skipped: the sectors of Liege are not at hand");
    }
    found
}

fn spdep(sectors: &Path) -> Option<Value> {
    let here = ["sf", "spdep", "jsonlite"].iter().map(|package| format!("requireNamespace('{package}', quietly = TRUE)"));
    let question = format!("quit(status = if ({}) 0 else 1)", here.collect::<Vec<_>>().join(" && "));
    if !Command::new("Rscript").args(["-e", &question]).output().is_ok_and(|asked| asked.status.success()) {
        println!("skipped: R with sf, spdep and jsonlite is not at hand");
        return None;
    }
    let run = Command::new("Rscript").arg(reference("spatial_liege.R")).arg(sectors).arg("inc_median").output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(serde_json::from_slice(&run.stdout).unwrap())
}

#[test]
fn moran_lisa_and_gi_star_of_median_income_in_liege_are_spdeps() {
    let Some(path) = sectors() else { return };
    let Some(expected) = spdep(&path) else { return };
    let map = json(&path);
    let queen = sharing_a_vertex(&map);
    assert_eq!((queen.len(), queen.links()), (184, 994));
    let spdeps = neighbors(&expected["neighbors"]);
    assert!((0..184).all(|unit| queen.neighbors(unit) == spdeps[unit]), "the neighbors are not spdep's");

    let income = column(&map, "inc_median");
    let (weights, units) = queen.restricted_to(&income.iter().map(Option::is_some).collect::<Vec<_>>());
    let x: Vec<f64> = units.iter().map(|unit| income[*unit].unwrap()).collect();
    assert_eq!((x.len(), serde_json::json!(weights.islands())), (169, expected["islands"].clone()));
    let standardized = weights.row_standardized();
    let mut compared = Comparison::new(Tolerance { stat: 1e-12, variance: 1e-10, z: 1e-9, p: 1e-10, local: 1e-9 });
    compared.test("I", &moran(&x, &standardized, &Question::default()).unwrap(), &expected["moran"]);
    let local = local_moran(&x, &standardized, &LocalQuestion::default()).unwrap();
    let test = || local.iter().map(|unit| unit.map(|unit| unit.test));
    let mut none = compared.units("I_i", test().map(|unit| unit.map(|unit| unit.statistic)), &expected["Ii"]);
    none += compared.units("E", test().map(|unit| unit.map(|unit| unit.expectation)), &expected["expectation"]);
    none += compared.units("V", test().map(|unit| unit.map(|unit| unit.variance)), &expected["variance"]);
    none += compared.units("z", test().map(|unit| unit.and_then(|unit| unit.z)), &expected["z"]);
    none += compared.units("p", test().map(|unit| unit.and_then(|unit| unit.p_value)), &expected["p"]);
    let star = gi_star(&x, &weights, Alternative::TwoSided).unwrap();
    none += compared.units("Gi*", star.iter().map(|unit| unit.and_then(|unit| unit.z)), &expected["gi_star"]);
    assert_eq!(none, 6 * weights.islands().len());
    assert_eq!(compared.compared, 5 + 6 * (169 - weights.islands().len()));
    for (unit, (found, expected)) in local.iter().zip(expected["quadrant"].as_array().unwrap()).enumerate() {
        let name = found.map(|found| name(found.quadrant));
        assert!(name.is_none_or(|name| name == expected), "unit {unit}: {name:?}, spdep {expected}");
    }
}
