//! Association: cross tables, Fisher's test, adjusted p-values, logistic models and WHO-5 against values from R and the manual
//! (tests/reference), against brute force, and by what always holds.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "tests may: a panic is how they fail, and their counts are small")]

use std::path::Path;

use optima::stats::contingency::{Contingency, Test, chi_square_p_value};
use optima::stats::determining::{Candidate, MISSING, Rule, Standing, determining_factors};
use optima::stats::fisher::{self, two_by_two};
use optima::stats::logistic::{Design, Factor, Fit, Method, fit};
use optima::stats::matrix::Matrix;
use optima::stats::multiplicity::{benjamini_hochberg, benjamini_yekutieli, bonferroni, holm};
use optima::stats::well_being::{Coding, Sheet, group};
use proptest::prelude::*;
use serde_json::Value;

fn reference(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

fn case(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(reference(name).with_extension("json")).unwrap()).unwrap()
}

/// The cells of a CSV of numbers, without its header and, where it has one, its column of names.
fn csv(name: &str, names: bool) -> Vec<Vec<f64>> {
    let text = std::fs::read_to_string(reference("data").join(name)).unwrap();
    text.lines().skip(1).map(|line| line.split(',').skip(usize::from(names)).map(|cell| cell.parse().unwrap()).collect()).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

fn matrix(rows: &[Vec<f64>]) -> Matrix {
    Matrix::from_rows(rows[0].len(), rows.concat())
}

/// Counts what it compares, so that a case whose quantities were not found cannot pass.
#[derive(Default)]
struct Comparison(usize);

impl Comparison {
    fn absolute(&mut self, what: &str, found: f64, expected: &Value, tolerance: f64) {
        let expected = expected.as_f64().unwrap_or_else(|| panic!("{what} is not in the reference"));
        assert!((found - expected).abs() <= tolerance, "{what}: {found}, expected {expected}");
        self.0 += 1;
    }

    fn relative(&mut self, what: &str, found: f64, expected: &Value, tolerance: f64) {
        let size = expected.as_f64().unwrap_or_else(|| panic!("{what} is not in the reference")).abs();
        self.absolute(what, found, expected, tolerance * size);
    }

    /// An odds ratio of R's `fisher.test`, whose search ends within its tolerance of 2^-13 on the odds ratio or, above 1, on its
    /// inverse; without limit where R says infinite.
    fn root(&mut self, what: &str, found: Option<f64>, expected: &Value) {
        let inner = |odds: f64| if odds > 1.0 { 2.0 - 1.0 / odds } else { odds };
        let expected = if expected == "Inf" { f64::INFINITY } else { expected.as_f64().unwrap() };
        let found = found.unwrap_or(f64::INFINITY);
        assert!((inner(found) - inner(expected)).abs() < 2f64.powi(-13), "{what}: {found}, expected {expected}");
        self.0 += 1;
    }

    /// Cells given to so many significant digits: half of the last one is the least that can be asked.
    fn cells(&mut self, what: &str, found: &Matrix, expected: &Value) {
        for (row, values) in expected.as_array().unwrap().iter().enumerate() {
            for (column, value) in values.as_array().unwrap().iter().enumerate() {
                self.relative(what, found[(row, column)], value, 1e-8);
            }
        }
    }
}

fn compare_association(name: &str, data: &str) -> usize {
    let case = case(name);
    assert_eq!(case["tolerance"], serde_json::json!({"chi2": "rel 1e-10", "v": "abs 1e-9", "p": "rel 1e-6", "fisher_p": "rel 1e-5"}));
    let table = Contingency::new(&matrix(&csv(data, true))).unwrap();
    let expected = &case["expected"];
    let (chi, association) = (table.chi_square(), table.association());
    let mut compared = Comparison::default();
    compared.absolute("n", table.total(), &expected["n"], 0.0);
    compared.relative("chi2", chi.statistic, &expected["chi2"], 1e-10);
    compared.absolute("df", chi.freedom, &expected["df"], 0.0);
    compared.relative("p", chi.p, &expected["p"], 1e-6);
    compared.relative("G2", table.likelihood_ratio().statistic, &expected["G2"], 1e-10);
    compared.absolute("V", association.cramers_v, &expected["cramers_v"], 1e-9);
    compared.absolute("corrected V", association.cramers_v_corrected, &expected["cramers_v_bias_corrected_bergsma2013"], 1e-9);
    compared.absolute("C", association.contingency_coefficient, &expected["contingency_coeff"], 1e-9);
    compared.absolute("T", association.tschuprow_t, &expected["tschuprow_t"], 1e-9);
    compared.cells("expected", &table.expected(), &expected["expected"]["values"]);
    compared.cells("Pearson residuals", &table.pearson_residuals(), &expected["pearson_residuals"]["values"]);
    compared.cells("adjusted residuals", &table.adjusted_residuals(), &expected["adjusted_std_residuals"]["values"]);
    let seen: Vec<&str> = expected.as_object().unwrap().keys().map(String::as_str).collect();
    if seen.contains(&"fisher_p") {
        let counts = fisher::whole(table.counts()).unwrap();
        let test = two_by_two([[counts[0], counts[1]], [counts[2], counts[3]]], 0.95).unwrap();
        compared.absolute("phi", association.phi.unwrap(), &expected["phi"], 1e-9);
        compared.relative("Yates", table.yates().unwrap().statistic, &expected["chi2_yates"], 1e-10);
        compared.relative("Fisher", test.p, &expected["fisher_p"], 1e-5);
        compared.relative("odds ratio", test.odds_ratio.unwrap(), &expected["fisher_cond_or"], 1e-5);
        compared.root("lower limit", Some(test.low), &expected["fisher_or_ci"][0]);
        compared.root("upper limit", test.high, &expected["fisher_or_ci"][1]);
    }
    compared.0
}

#[test]
fn cross_tables_are_those_of_vcd() {
    assert_eq!(compare_association("assoc_haireye", "table_haireye.csv"), 9 + 3 * 16);
    assert_eq!(compare_association("assoc_tea_tasting", "table_tea_tasting.csv"), 9 + 3 * 4 + 6);
}

#[test]
fn further_tables_small_large_and_with_zeros_are_those_of_r() {
    let case = case("assoc_b");
    let mut compared = Comparison::default();
    for (name, expected) in case["tables"].as_object().unwrap() {
        let (counts, rows) = (numbers(&expected["counts"]), usize::try_from(expected["rows"].as_u64().unwrap()).unwrap());
        let table = Contingency::new(&Matrix::from_rows(counts.len() / rows, counts.clone())).unwrap();
        let chi = table.chi_square();
        compared.relative(name, chi.statistic, &expected["chi2"], 1e-10);
        compared.relative(name, chi.p, &expected["p"], 1e-6);
        compared.relative(name, table.likelihood_ratio().statistic, &expected["G2"], 1e-10);
        compared.absolute(name, table.association().cramers_v, &expected["v"], 1e-9);
        compared.absolute(name, table.association().contingency_coefficient, &expected["contingency"], 1e-9);
        compared.absolute(name, table.expected_counts().least, &expected["least"], 1e-9);
        compared.cells(name, &table.shares_of_maximum_deviation(), &expected["pem"]["cells"]);
        compared.absolute(name, table.share_of_maximum_deviation().unwrap(), &expected["pem"]["table"], 1e-9);
        if let Some(p) = expected.get("fisher") {
            let exact = fisher::exact(table.counts(), 1).unwrap();
            assert_eq!(exact.method, fisher::Method::Exact, "{name}");
            compared.relative(name, exact.p, p, 1e-6);
        }
        if let Some(limits) = expected.get("limits") {
            let whole = fisher::whole(table.counts()).unwrap();
            let test = two_by_two([[whole[0], whole[1]], [whole[2], whole[3]]], 0.95).unwrap();
            compared.relative(name, test.p, &expected["fisher"], 1e-6);
            compared.relative(name, table.yates().unwrap().statistic, &expected["yates"], 1e-10);
            for (found, expected) in [(test.odds_ratio, &expected["odds_ratio"]), (Some(test.low), &limits[0]), (test.high, &limits[1])] {
                compared.root(name, found, expected);
            }
        }
    }
    assert_eq!(compared.0, 8 * 7 + (16 + 12 + 18 + 16 + 4 * 4) + 7 + 4 * 5);
    for tail in case["tail"].as_array().unwrap() {
        let (statistic, freedom) = (tail["statistic"].as_f64().unwrap(), tail["freedom"].as_f64().unwrap());
        compared.relative("tail", chi_square_p_value(statistic, freedom), &tail["p"], 1e-9);
    }
    assert_eq!(case["tail"].as_array().unwrap().len(), 20);
}

#[test]
fn adjusted_p_values_are_those_of_p_adjust() {
    let case = case("padjust_a");
    assert_eq!(case["tolerance"]["p"], "abs 1e-12");
    let p_values = numbers(&case["settings"]["p"]);
    let mut compared = Comparison::default();
    for (key, adjusted) in [
        ("holm", holm(&p_values)),
        ("BH", benjamini_hochberg(&p_values)),
        ("BY", benjamini_yekutieli(&p_values)),
        ("bonferroni", bonferroni(&p_values)),
    ] {
        for (found, expected) in adjusted.iter().zip(case["expected"][key].as_array().unwrap()) {
            compared.absolute(key, *found, expected, 1e-12);
        }
    }
    assert_eq!(compared.0, 4 * 14);
}

#[test]
fn who_5_sheets_are_scored_as_the_manual_says() {
    let case = case("who5_a");
    let sheets = case["settings"]["items"].as_array().unwrap();
    let expected = case["expected"].as_array().unwrap();
    assert_eq!((sheets.len(), expected.len()), (11, 11));
    for (items, expected) in sheets.iter().zip(expected) {
        let items: Vec<Option<f64>> = items.as_array().unwrap().iter().map(Value::as_f64).collect();
        let read = Sheet::read(items.try_into().unwrap(), Coding::ZeroToFive);
        let found = match &read {
            Ok(Some(sheet)) => {
                let official = sheet.official().unwrap();
                serde_json::json!({
                    "valid": true, "raw": sheet.raw(), "pct": official.percentage, "reduced_le_50": official.reduced,
                    "below_13_raw": sheet.raw() < 13, "likely_depression_le_28": official.likely_depression,
                    "any_item_0_or_1": official.low_item,
                })
            }
            Ok(None) => serde_json::json!({"valid": false, "reason": "missing item"}),
            Err(refusal) => {
                assert!(refusal.reason.starts_with("answer ") && refusal.reason.ends_with("from 0 to 5"), "{refusal}");
                serde_json::json!({"valid": false, "reason": "item outside 0..5"})
            }
        };
        assert_eq!(&found, expected);
    }
}

#[test]
fn who_5_of_a_group_is_that_of_the_closed_forms() {
    let case = case("who5_group_a");
    assert_eq!(case["tolerance"]["all"], "abs 1e-9");
    let sheets: Vec<_> = csv("who5_group_a.csv", false)
        .into_iter()
        .map(|row| (Sheet::read([0, 1, 2, 3, 4].map(|at| Some(row[at])), Coding::ZeroToFive).unwrap().unwrap(), 1.0))
        .collect();
    let found = group(&sheets, 0.95).unwrap();
    let (expected, mean) = (&case["expected"], &case["expected"]["mean"]);
    let mut compared = Comparison::default();
    compared.absolute("n", found.n, &mean["n"], 0.0);
    compared.absolute("mean", found.mean, &mean["mean"], 1e-9);
    compared.absolute("se", found.standard_error.unwrap(), &mean["se"], 1e-9);
    compared.absolute("lo", found.interval.unwrap().0, &mean["lo"], 1e-9);
    compared.absolute("hi", found.interval.unwrap().1, &mean["hi"], 1e-9);
    compared.absolute("share", found.share_reduced.unwrap().0, &expected["share_le_50"], 1e-9);
    compared.absolute("alpha", found.cronbach_alpha.unwrap(), &expected["cronbach_alpha"], 1e-9);
    assert_eq!(compared.0, 7);
}

#[test]
fn all_sheets_of_who_5_keep_the_rules_of_the_scale() {
    let (mut reduced, mut depression, mut low) = (0, 0, 0);
    for code in 0..6u32.pow(5) {
        let items = [0, 1, 2, 3, 4].map(|at| f64::from(code / 6u32.pow(at) % 6));
        let sheet = Sheet::read(items.map(Some), Coding::ZeroToFive).unwrap().unwrap();
        let official = sheet.official().unwrap();
        assert_eq!(f64::from(sheet.raw()), items.iter().sum::<f64>());
        assert_eq!(u32::from(official.percentage), 4 * u32::from(sheet.raw()));
        assert_eq!((official.reduced, official.likely_depression), (sheet.raw() < 13, sheet.raw() <= 7));
        // Numbered from 1 and declared so, it is the same sheet.
        let shifted = Sheet::read(items.map(|x| Some(x + 1.0)), Coding::OneToSix).unwrap().unwrap();
        assert_eq!((shifted.raw(), shifted.official()), (sheet.raw(), Some(official)));
        // Declared as five steps from 1, it is refused where it has a 0, and is another instrument where it has none.
        match Sheet::read(items.map(Some), Coding::OneToFive) {
            Ok(Some(other)) => assert_eq!((other.raw(), other.official()), (sheet.raw(), None)),
            Ok(None) => panic!("nothing is missing"),
            Err(_) => assert!(items.contains(&0.0)),
        }
        reduced += u32::from(official.reduced);
        depression += u32::from(official.likely_depression);
        low += u32::from(official.low_item);
    }
    // By the symmetry of the sum around 12.5, half of all sheets are reduced; 4^5 have no 0 and no 1.
    assert_eq!((reduced, low), (3888, 7776 - 1024));
    // Sums up to 7: binomial(12, 5) sums of any size, less five times those where an item has 6 or more (binomial(6, 5)).
    assert_eq!(depression, 792 - 5 * 6);
}

#[test]
fn who_5_codings_are_never_mixed() {
    let sheet = |coding| (Sheet::read([Some(3.0); 5], coding).unwrap().unwrap(), 1.0);
    for (a, b) in [(Coding::ZeroToFive, Coding::OneToFive), (Coding::ZeroToFive, Coding::OneToSix), (Coding::OneToFive, Coding::OneToSix)] {
        assert!(group(&[sheet(a), sheet(b)], 0.95).unwrap_err().reason.contains("codings"));
    }
    let other = group(&[sheet(Coding::OneToFive), sheet(Coding::OneToFive)], 0.95).unwrap();
    assert_eq!(
        (other.mean, other.share_reduced, other.cronbach_alpha),
        (15.0, None, None),
        "raw sums, no threshold; no variance, no alpha"
    );
    assert!(group(&[], 0.95).is_err());
    for broken in [f64::NAN, f64::INFINITY, -0.5, 5.5] {
        assert!(Sheet::read([Some(broken), None, Some(1.0), Some(1.0), Some(1.0)], Coding::ZeroToFive).is_err());
    }
}

fn endometrial() -> Design {
    let rows = csv("endometrial.csv", false);
    let situation: Vec<bool> = rows.iter().map(|row| row[3] == 1.0).collect();
    Design::new(&matrix(&rows.iter().map(|row| row[..3].to_vec()).collect::<Vec<_>>()), &situation, None).unwrap()
}

fn sex2(columns: usize) -> Design {
    let rows = csv("sex2.csv", false);
    let situation: Vec<bool> = rows.iter().map(|row| row[0] == 1.0).collect();
    let weights: Vec<f64> = rows.iter().map(|row| row[7]).collect();
    Design::new(&matrix(&rows.iter().map(|row| row[1..=columns].to_vec()).collect::<Vec<_>>()), &situation, Some(&weights)).unwrap()
}

fn compare_coefficients(compared: &mut Comparison, model: &Fit, expected: &Value, (estimate, limit): (f64, f64)) {
    for (at, coefficient) in model.coefficients.iter().enumerate() {
        let coefficient = coefficient.unwrap();
        compared.relative("estimate", coefficient.estimate, &expected["coefficients"][at], estimate);
        compared.absolute("low", coefficient.interval.0, &expected["low"][at], limit);
        compared.absolute("high", coefficient.interval.1, &expected["high"][at], limit);
    }
}

#[test]
fn firth_models_are_those_of_brglm2_and_of_logistf() {
    let case = case("logistic_a");
    let mut compared = Comparison::default();
    for (name, design, separated) in [("endometrial", endometrial(), 1), ("sex2", sex2(6), 6)] {
        let model = fit(&design, Method::Firth, 0.95).unwrap();
        assert_eq!((model.separated.as_slice(), model.dropped.len()), ([separated].as_slice(), 0), "{name}");
        let expected = &case[name];
        compare_coefficients(&mut compared, &model, expected, (1e-7, 1e-6));
        // As printed: 8 digits, and logistf stops at 1e-5.
        compare_coefficients(&mut compared, &model, &case["published"][name], (1e-5, 1e-5));
        for (at, coefficient) in model.coefficients.iter().enumerate() {
            compared.relative("standard error", coefficient.unwrap().standard_error, &expected["standard_errors"][at], 1e-7);
            compared.absolute("p", coefficient.unwrap().p, &expected["p"][at], 1e-6);
        }
        compared.relative("likelihood ratio", model.likelihood_ratio.statistic, &expected["likelihood_ratio"], 1e-7);
        let refusal = fit(&design, Method::MaximumLikelihood, 0.95).unwrap_err();
        assert!(refusal.reason.contains(&format!("[{separated}]")) && refusal.remedy.contains("Firth"), "{refusal}");
    }
    assert_eq!(compared.0, (4 + 7) * 8 + 2);
}

#[test]
fn maximum_likelihood_is_that_of_glm() {
    let expected = &case("logistic_a")["sex2_ml"];
    let model = fit(&sex2(5), Method::MaximumLikelihood, 0.95).unwrap();
    assert!(model.separated.is_empty());
    let mut compared = Comparison::default();
    // confint interpolates the profile by splines.
    compare_coefficients(&mut compared, &model, expected, (1e-7, 2e-4));
    for (at, coefficient) in model.coefficients.iter().enumerate() {
        compared.relative("standard error", coefficient.unwrap().standard_error, &expected["standard_errors"][at], 1e-7);
        if at > 0 {
            compared.relative("p", coefficient.unwrap().p, &expected["p_slopes"][at - 1], 1e-6);
        }
    }
    compared.relative("log likelihood", model.log_likelihood, &expected["log_likelihood"], 1e-10);
    compared.relative("likelihood ratio", model.likelihood_ratio.statistic, &expected["likelihood_ratio"], 1e-9);
    compared.absolute("McFadden", model.mcfadden_r2, &expected["mcfadden"], 1e-9);
    compared.absolute("Tjur", model.tjur_r2, &expected["tjur"], 1e-9);
    compared.absolute("AUC", model.auc, &expected["auc"], 1e-9);
    assert_eq!(compared.0, 6 * 4 + 5 + 5);
}

#[test]
fn what_cannot_be_compared_is_refused_with_its_reason() {
    let table = |rows, counts: &[f64]| Contingency::new(&Matrix::from_rows(counts.len() / rows, counts.to_vec()));
    for (found, reason) in [
        (table(2, &[0.0; 4]), "the table is empty"),
        (table(2, &[1.0, 2.0, 0.0, 0.0]), "all counts are in one row"),
        (table(2, &[1.0, 0.0, 2.0, 0.0]), "all counts are in one column"),
        (table(2, &[1.0, -1.0, 2.0, 1.0]), "negative or no number"),
        (table(2, &[1.0, f64::NAN, 2.0, 1.0]), "negative or no number"),
        (table(1, &[1.0, 2.0]), "one row"),
        (Contingency::new(&Matrix::zeros(0, 0)), "the table is empty"),
    ] {
        assert!(found.clone().unwrap_err().reason.contains(reason), "{found:?}");
    }
    let halves = Matrix::from_rows(2, vec![0.5, 1.0, 2.0, 1.0]);
    assert!(fisher::exact(&halves, 1).unwrap_err().reason.contains("not whole"));
    assert_eq!(Contingency::new(&halves).unwrap().independence(1).unwrap().test, Test::ChiSquareOfFew);
    assert!(two_by_two([[u64::MAX, 1], [1, 1]], 0.95).is_err());
    let rows = Matrix::from_rows(1, vec![0.0, 1.0, 1.0]);
    for (outcomes, weights, reason) in [
        (vec![true; 3], None, "all are in the situation"),
        (vec![false; 3], None, "nobody is in the situation"),
        (vec![true, false], None, "3 rows for 2 outcomes"),
        (vec![true, false, true], Some(vec![1.0, -1.0, 1.0]), "weights"),
        (vec![true, false, true], Some(vec![1.0, 0.0, 1.0]), "all are in the situation"),
    ] {
        let refusal = Design::new(&rows, &outcomes, weights.as_deref()).unwrap_err();
        assert!(refusal.reason.contains(reason), "{refusal}");
    }
    let codes = [0, 1, 2];
    let factor = Factor { codes: &codes, modalities: 2, reference: 0 };
    assert!(Design::of_factors(&[factor], &[true, false, true], None).unwrap_err().reason.contains("question 0"));
}

#[test]
fn a_column_that_others_already_say_is_dropped_by_its_number() {
    let rows = csv("endometrial.csv", false);
    let situation: Vec<bool> = rows.iter().map(|row| row[3] == 1.0).collect();
    // Constant, NV, NV + 3, PI.
    let wider: Vec<Vec<f64>> = rows.iter().map(|row| vec![7.0, row[0], row[0] + 3.0, row[1]]).collect();
    let model = fit(&Design::new(&matrix(&wider), &situation, None).unwrap(), Method::Firth, 0.95).unwrap();
    assert_eq!(model.dropped, [1, 3]);
    let narrow: Vec<Vec<f64>> = rows.iter().map(|row| vec![row[0], row[1]]).collect();
    let plain = fit(&Design::new(&matrix(&narrow), &situation, None).unwrap(), Method::Firth, 0.95).unwrap();
    assert_eq!(model.coefficients[2], plain.coefficients[1]);
    assert_eq!((model.coefficients[1], model.coefficients[3], model.coefficients[4]), (None, None, plain.coefficients[2]));
}

#[test]
fn random_tables_agree_with_enumeration_within_their_error_and_repeat() {
    let monte_carlo = |table: &Matrix, seed: u64| {
        let exact = fisher::exact(table, seed).unwrap();
        let fisher::Method::MonteCarlo { tables, seed: used, standard_error } = exact.method else { panic!("{exact:?}") };
        assert!(used == seed && fisher::exact(table, seed).unwrap() == exact, "the same seed, the same p");
        (exact.p, tables, standard_error)
    };
    // Too many tables to enumerate: a few members in many cells, which are dealt, and many in few, which are drawn cell by cell.
    let few = Matrix::from_rows(8, (0..80).map(|at| f64::from((at * 7 + at / 8) % 5 + 6 * i32::from(at == 9))).collect());
    let many = Matrix::from_rows(5, (0..20).map(|at| f64::from(900 + (at * 37) % 101)).collect());
    for table in [few, many] {
        let ((p, tables, error), (other, _, _)) = (monte_carlo(&table, 5), monte_carlo(&table, 6));
        assert_eq!(tables, 9_999);
        assert!((p - other).abs() < 5.0 * 2f64.sqrt() * error, "{p} {other}");
        let chi = Contingency::new(&table).unwrap().chi_square().p;
        assert!((p - chi).abs() < 0.1, "{p} {chi}");
    }
}

#[test]
fn five_thousand_modalities_have_an_answer() {
    let mut counts: Vec<f64> = (0..10_000).map(|at| f64::from((at * 7919) % 13 / 6)).collect();
    let table = Contingency::new(&Matrix::from_rows(2, counts.clone())).unwrap();
    let independence = table.independence(3).unwrap();
    assert!(matches!(independence.test, Test::Fisher(fisher::Method::MonteCarlo { tables: 999..=9_999, seed: 3, .. })), "{independence:?}");
    assert!(table.share_of_maximum_deviation().is_some_and(f64::is_finite));
    // Each modality on one side of the situation only.
    for row in 0..5_000 {
        counts[2 * row + row % 2] = 0.0;
    }
    let apart = Contingency::new(&Matrix::from_rows(2, counts)).unwrap();
    assert!(apart.independence(3).unwrap().p < 0.01 && apart.association().cramers_v > 0.999_999);
}

#[test]
fn the_limits_of_an_odds_ratio_leave_a_fortieth_on_each_side() {
    // The distribution of the first cell, by its definition: binomial coefficients times the odds ratio raised.
    let choose = |n: u64, k: u64| (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product::<f64>();
    for [a, b, c, d] in [[3, 1, 1, 3], [12, 0, 0, 15], [2, 31, 15, 136], [0, 6, 7, 9], [40, 2, 3, 50]] {
        let test = two_by_two([[a, b], [c, d]], 0.95).unwrap();
        let at = |odds: f64, part: &dyn Fn(u64) -> f64| {
            let weight = |n: u64| choose(a + c, n) * choose(b + d, a + b - n) * odds.powi(i32::try_from(n).unwrap());
            let support = || (a + b).saturating_sub(b + d)..=(a + b).min(a + c);
            support().map(|n| part(n) * weight(n)).sum::<f64>() / support().map(weight).sum::<f64>()
        };
        if a > 0 {
            let above = at(test.low, &|n| f64::from(u8::from(n >= a)));
            assert!((above - 0.025).abs() < 1e-12, "{above}");
        }
        if let Some(high) = test.high {
            let below = at(high, &|n| f64::from(u8::from(n <= a)));
            assert!((below - 0.025).abs() < 1e-12, "{below}");
        }
        if let Some(odds) = test.odds_ratio {
            assert!((at(odds, &|n| n as f64) - a as f64).abs() < 1e-9, "the mean is the count seen");
        }
    }
}

/// All tables with the margins of this one, and their probabilities, by filling cell after cell.
fn brute_force(rows: &[u64], columns: &[u64]) -> Vec<f64> {
    fn fill(at: usize, rows: &mut Vec<u64>, columns: &mut Vec<u64>, cells: f64, found: &mut Vec<f64>) {
        let (row, column) = (at / columns.len(), at % columns.len());
        if row == rows.len() {
            found.push(1.0 / cells);
            return;
        }
        for n in 0..=rows[row].min(columns[column]) {
            if (column + 1 == columns.len() && n != rows[row]) || (row + 1 == rows.len() && n != columns[column]) {
                continue;
            }
            rows[row] -= n;
            columns[column] -= n;
            let factorial: f64 = (1..=n).map(|k| k as f64).product();
            fill(at + 1, rows, columns, cells * factorial, found);
            rows[row] += n;
            columns[column] += n;
        }
    }
    let mut found = Vec::new();
    fill(0, &mut rows.to_vec(), &mut columns.to_vec(), 1.0, &mut found);
    found
}

fn small_table() -> impl Strategy<Value = (usize, Vec<u64>)> {
    (2usize..=4, 2usize..=3).prop_flat_map(|(columns, rows)| (Just(columns), proptest::collection::vec(0u64..5, columns * rows)))
}

fn as_matrix(columns: usize, counts: &[u64]) -> Matrix {
    Matrix::from_rows(columns, counts.iter().map(|n| *n as f64).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn fisher_is_the_sum_over_all_tables_that_are_no_more_likely((columns, counts) in small_table()) {
        let rows: Vec<u64> = counts.chunks(columns).map(|row| row.iter().sum()).collect();
        let sums: Vec<u64> = (0..columns).map(|at| counts.iter().skip(at).step_by(columns).sum()).collect();
        let all = brute_force(&rows, &sums);
        let cells: f64 = counts.iter().map(|n| (1..=*n).map(|k| k as f64).product::<f64>()).product();
        let likely: f64 = all.iter().filter(|weight| **weight <= (1.0 + 1e-7) / cells).sum();
        let expected = likely / all.iter().sum::<f64>();
        let found = fisher::exact(&as_matrix(columns, &counts), 1).unwrap();
        prop_assert!((found.p - expected).abs() < 1e-9 * expected, "{} {}", found.p, expected);
        if (columns, rows.len()) == (2, 2) {
            let test = two_by_two([[counts[0], counts[1]], [counts[2], counts[3]]], 0.95).unwrap();
            prop_assert!((test.p - expected).abs() < 1e-9 * expected);
            let within = |limit: f64, above: bool| test.odds_ratio.is_none_or(|odds| (odds >= limit) == above || odds == limit);
            prop_assert!(within(test.low, true) && test.high.is_none_or(|high| within(high, false)));
        }
    }

    #[test]
    fn turning_a_table_or_its_rows_changes_no_statistic((columns, counts) in small_table()) {
        let rows = counts.len() / columns;
        let turned: Vec<u64> = (0..columns).rev().flat_map(|c| (0..rows).map(move |r| (r, c))).map(|(r, c)| counts[r * columns + c]).collect();
        match (Contingency::new(&as_matrix(columns, &counts)), Contingency::new(&as_matrix(rows, &turned))) {
            (Ok(a), Ok(b)) => {
                let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
                prop_assert!(near(a.chi_square().statistic, b.chi_square().statistic) && near(a.chi_square().p, b.chi_square().p));
                prop_assert!(near(a.likelihood_ratio().statistic, b.likelihood_ratio().statistic));
                prop_assert!(near(a.association().cramers_v_corrected, b.association().cramers_v_corrected));
                prop_assert!(near(fisher::exact(a.counts(), 1).unwrap().p, fisher::exact(b.counts(), 1).unwrap().p));
                let residuals = a.pearson_residuals();
                prop_assert!(near(residuals.as_slice().iter().map(|r| r * r).sum(), a.chi_square().statistic));
                prop_assert!(a.shares_of_maximum_deviation().as_slice().iter().all(|share| (-1.0..=1.0).contains(share)));
                prop_assert!(a.share_of_maximum_deviation().is_some_and(|share| share.is_finite() && share >= 0.0));
                let all = a.association();
                for v in [all.cramers_v, all.cramers_v_corrected, all.tschuprow_t, all.contingency_coefficient] {
                    prop_assert!((0.0..=1.0).contains(&v), "{all:?}");
                }
                prop_assert_eq!(a.rows().len() + a.empty_rows().len(), rows);
                prop_assert_eq!(a.columns().len() + a.empty_columns().len(), columns);
            }
            (Err(_), Err(_)) => {}
            (a, b) => prop_assert!(false, "one is refused: {a:?} {b:?}"),
        }
    }

    #[test]
    fn adjusted_p_values_keep_the_order_and_are_never_smaller(p_values in proptest::collection::vec(0.0f64..=1.0, 0..40)) {
        let adjusted = [holm(&p_values), benjamini_hochberg(&p_values), benjamini_yekutieli(&p_values), bonferroni(&p_values)];
        for adjusted in &adjusted {
            for (i, a) in adjusted.iter().enumerate() {
                prop_assert!((0.0..=1.0).contains(a) && *a >= p_values[i] * (1.0 - 1e-15));
                for (j, b) in adjusted.iter().enumerate() {
                    prop_assert!(p_values[i] > p_values[j] || a <= b);
                }
            }
        }
        let [holm, hochberg, yekutieli, bonferroni] = adjusted;
        let never_above = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| *a <= b + 1e-15);
        prop_assert!(never_above(&hochberg, &holm) && never_above(&holm, &bonferroni) && never_above(&hochberg, &yekutieli));
    }

    #[test]
    fn firth_is_finite_for_any_answers_also_separated_ones_and_forgets_their_order(
        rows in proptest::collection::vec((0u16..3, 0u16..2, any::<bool>()), 3..40),
        separated in any::<bool>(),
    ) {
        let outcome = |row: &(u16, u16, bool)| if separated { row.0 == 1 } else { row.2 };
        let model = |rows: &[(u16, u16, bool)]| {
            let (a, b): (Vec<u16>, Vec<u16>) = rows.iter().map(|row| (row.0, row.1)).unzip();
            let situation: Vec<bool> = rows.iter().map(outcome).collect();
            let factors = [Factor { codes: &a, modalities: 3, reference: 0 }, Factor { codes: &b, modalities: 2, reference: 0 }];
            Design::of_factors(&factors, &situation, None).map(|design| fit(&design, Method::Firth, 0.95).unwrap())
        };
        let Ok(found) = model(&rows) else {
            prop_assert!(rows.iter().all(outcome) || !rows.iter().any(outcome));
            return Ok(());
        };
        for coefficient in found.coefficients.iter().flatten() {
            let (odds, (low, high)) = coefficient.odds_ratio();
            prop_assert!(low > 0.0 && low <= odds && odds <= high && high < 1e12, "{odds} {low} {high}");
            prop_assert!(coefficient.p > 0.0 && coefficient.p <= 1.0);
            // The test and the interval say the same.
            let outside = coefficient.interval.0 > 0.0 || coefficient.interval.1 < 0.0;
            prop_assert!(outside == (coefficient.p < 0.05) || (coefficient.p - 0.05).abs() < 1e-6);
        }
        prop_assert!((0.0..=1.0).contains(&found.auc) && found.mcfadden_r2.is_finite() && found.tjur_r2.is_finite());
        prop_assert!(!separated || !found.separated.is_empty());
        let mut reversed = rows.clone();
        reversed.reverse();
        prop_assert_eq!(model(&reversed).unwrap(), found.clone());
        let doubled = [rows.clone(), rows.clone()].concat();
        prop_assert_eq!(model(&doubled).unwrap().separated.is_empty(), found.separated.is_empty());
    }
}

#[test]
fn weights_count_persons_as_repeated_rows_do() {
    let rows = csv("sex2.csv", false);
    let repeated: Vec<&Vec<f64>> = rows.iter().flat_map(|row| (0..240).take_while(|k| f64::from(*k) < row[7]).map(move |_| row)).collect();
    assert_eq!(repeated.len(), 239);
    let situation: Vec<bool> = repeated.iter().map(|row| row[0] == 1.0).collect();
    let design = Design::new(&matrix(&repeated.iter().map(|row| row[1..7].to_vec()).collect::<Vec<_>>()), &situation, None).unwrap();
    assert_eq!(design, sex2(6));
}

/// 600 invented persons: the situation depends on `strong` and `weak`; `noise` and `copy` add nothing, `rare` is hardly answered.
fn persons() -> (Vec<u16>, [Vec<u16>; 6]) {
    let mut state = 12_345u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut questions: [Vec<u16>; 6] = Default::default();
    let mut situation = Vec::new();
    for _ in 0..600 {
        let (strong, weak, noise) = (draw(3), draw(2), draw(4));
        let chance = 10 + 25 * strong + 12 * weak;
        let outcome = u16::from(draw(100) < chance);
        situation.push(if draw(40) == 0 { MISSING } else { outcome });
        let answers = [strong, weak, noise, strong, 0, u64::from(outcome)];
        for (question, answer) in questions.iter_mut().zip(answers) {
            question.push(u16::try_from(answer).unwrap());
        }
        let missing = draw(10);
        if missing == 0 {
            *questions[1].last_mut().unwrap() = MISSING;
        }
        if missing > 1 {
            *questions[5].last_mut().unwrap() = MISSING;
        }
    }
    (situation, questions)
}

#[test]
fn the_questions_that_made_the_situation_are_found_and_the_others_told_why_not() {
    let (situation, questions) = persons();
    let modalities = [3, 2, 4, 3, 2, 2];
    let candidates: Vec<Candidate<'_>> =
        questions.iter().zip(modalities).map(|(codes, modalities)| Candidate { codes, modalities }).collect();
    let found = determining_factors(&situation, &candidates, &Rule::default()).unwrap();
    let standing = |question: usize| found.ranked.iter().find(|r| r.question == question).unwrap().standing;
    assert_eq!(
        [0, 1, 2, 3, 4, 5].map(standing),
        [
            Standing::Retained,
            Standing::Retained,
            Standing::NotAssociated,
            Standing::SaidByOthers,
            Standing::NothingToCompare,
            Standing::TooFewAnswers,
        ]
    );
    let strengths: Vec<f64> = found.ranked.iter().take(4).map(|r| r.cramers_v_corrected.unwrap()).collect();
    assert!(strengths.is_sorted_by(|a, b| a >= b), "{strengths:?}");
    let model = found.model.unwrap();
    assert_eq!(model.n + model.left_out, 600);
    assert_eq!((model.parameters, model.method, model.separated), (3, Method::Firth, false));
    assert!(model.events_per_parameter >= 10.0 && model.p < 1e-6 && model.auc > 0.6);
    let strong = &model.questions[0];
    assert_eq!(strong.question, 0);
    assert_eq!(strong.modalities.iter().map(|m| m.n).sum::<usize>(), model.n);
    assert!(
        strong
            .modalities
            .iter()
            .all(|m| (m.odds_ratio.is_none()) == (m.modality == strong.reference) && m.odds_ratio.is_some() == m.p.is_some())
    );
    assert!(strong.modalities.iter().all(|m| m.n <= strong.modalities[strong.reference].n), "the reference is the most frequent");
    // The truth: odds of about 0.19, 0.70 and 2.0 by modality.
    let odds = |modality: usize| strong.modalities[modality].odds_ratio.map_or(1.0, |(odds, _)| odds);
    assert!(odds(0) < odds(1) && odds(1) < odds(2));
}

#[test]
fn a_situation_too_rare_for_a_model_is_said_to_be_so() {
    let codes: Vec<u16> = (0..60).map(|at| u16::from(at < 9)).collect();
    let situation: Vec<u16> = (0..60).map(|at| u16::from(at < 8)).collect();
    let candidates = [Candidate { codes: &codes, modalities: 2 }];
    let found = determining_factors(&situation, &candidates, &Rule::default()).unwrap();
    assert_eq!(found.ranked[0].standing, Standing::TooFewEvents);
    assert!(found.model.unwrap_err().remedy.contains("too few respondents in the situation"));
    // With a rule that asks for less, the model is there, finite although separated.
    let found = determining_factors(&situation, &candidates, &Rule { events_per_parameter: 5.0, ..Rule::default() }).unwrap();
    let model = found.model.unwrap();
    let (odds, (low, high)) = model.questions[0].modalities[1].odds_ratio.unwrap();
    assert!(model.separated && low > 1.0 && odds < high && high < 1e6, "{odds} {low} {high}");
    assert!(determining_factors(&[0, 2], &[], &Rule::default()).is_err());
    assert!(determining_factors(&[0, 1], &candidates, &Rule::default()).is_err());
    assert!(determining_factors(&[MISSING; 60], &candidates, &Rule::default()).unwrap().model.is_err());
}
