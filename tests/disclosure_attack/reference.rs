//! The reference cases, each listed quantity of each.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use optima::stats::anonymity::anonymity;
use optima::stats::disclosure_attack::{Depth, Feasible, Proof, Rule, System, Verdict, numerators};
use optima::stats::dominance::{DominanceRules, sensitivity};
use serde_json::{Value, json};

use crate::{all, attack};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

fn case(name: &str) -> Value {
    serde_json::from_slice(&fs::read(file(name)).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn whole(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

fn rule(settings: &Value) -> Rule {
    Rule::Count { threshold: number(&settings["threshold"]), zero_is_public: false }
}

/// The table with its margins: all cells are unknowns, those shown are stated.
fn table(inner: &[Vec<f64>], suppressed: &[(usize, usize)]) -> (System, Vec<Vec<usize>>, Vec<Vec<f64>>) {
    let mut values = inner.to_vec();
    for row in &mut values {
        row.push(row.iter().sum());
    }
    let columns = values[0].len();
    values.push((0..columns).map(|column| values.iter().map(|row| row[column]).sum()).collect());
    let mut system = System::new();
    let cells: Vec<Vec<usize>> = values.iter().map(|row| row.iter().map(|_| system.count()).collect()).collect();
    for (i, row) in cells.iter().enumerate() {
        for (j, cell) in row.iter().enumerate() {
            if !suppressed.contains(&(i, j)) {
                system.state(&[(*cell, 1.0)], values[i][j], values[i][j]).unwrap();
            }
        }
    }
    let sum_is = |parts: Vec<usize>, total: usize, system: &mut System| {
        let terms: Vec<(usize, f64)> = parts.into_iter().map(|cell| (cell, 1.0)).chain([(total, -1.0)]).collect();
        system.state(&terms, 0.0, 0.0).unwrap();
    };
    let last = columns - 1;
    for row in &cells {
        sum_is(row[..last].to_vec(), row[last], &mut system);
    }
    for column in 0..columns {
        sum_is(cells[..cells.len() - 1].iter().map(|row| row[column]).collect(), cells[cells.len() - 1][column], &mut system);
    }
    (system, cells, values)
}

fn patterns_agree(name: &str) {
    let case = case(name);
    let inner: Vec<Vec<f64>> = case["settings"]["inner"].as_array().unwrap().iter().map(numbers).collect();
    let rule = rule(&case["settings"]);
    let Rule::Count { threshold, .. } = rule else { unreachable!() };
    for (pattern, expected) in case["expected"].as_object().unwrap() {
        let suppressed: Vec<(usize, usize)> =
            expected["suppressed"].as_array().unwrap().iter().map(|cell| (whole(&cell[0]), whole(&cell[1]))).collect();
        let (system, cells, values) = table(&inner, &suppressed);
        let found = attack(&system).intervals(&all(&system), Depth::Interval).unwrap();
        let of = |(i, j): (usize, usize)| &found[cells[i][j]];
        let name_of = |(i, j): (usize, usize)| format!("{i},{j}");
        let ends = |interval: fn(&Feasible) -> (f64, f64)| -> Value {
            suppressed
                .iter()
                .map(|cell| (name_of(*cell), json!([interval(of(*cell)).0, interval(of(*cell)).1])))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        assert_eq!(ends(|f| f.whole), expected["integer_interval"], "{name} {pattern}");
        assert_eq!(ends(|f| f.real), expected["lp_interval"], "{name} {pattern}");
        assert!(suppressed.iter().all(|cell| of(*cell).proof == Proof::Exact && of(*cell).attained == Some(of(*cell).whole)));
        let names =
            |keep: &dyn Fn((usize, usize)) -> bool| suppressed.iter().copied().filter(|cell| keep(*cell)).map(name_of).collect::<Vec<_>>();
        let exact = names(&|cell| matches!(rule.verdict(of(cell)), Verdict::Exact(_)));
        assert_eq!(exact, strings(&expected["exactly_disclosed"]), "{name} {pattern}");
        let primary = |(i, j): (usize, usize)| values[i][j] > 0.0 && values[i][j] < threshold;
        assert_eq!(names(&primary), strings(&expected["primary"]), "{name} {pattern}");
        let failing = names(&|cell| primary(cell) && of(cell).whole.1 - of(cell).whole.0 < threshold);
        assert_eq!(failing, strings(&expected["primary_failing_width"]), "{name} {pattern}");
        let broken = suppressed.iter().any(|cell| primary(*cell) && rule.verdict(of(*cell)).discloses());
        assert_eq!(if broken { "UNSAFE" } else { "SAFE" }, expected["verdict"], "{name} {pattern}");
        // To the threshold only, the verdicts are the same.
        let quick = attack(&system).intervals(&all(&system), Depth::Width(threshold)).unwrap();
        for (quick, full) in quick.iter().zip(&found) {
            assert_eq!(rule.verdict(quick), rule.verdict(full), "{name} {pattern}");
        }
    }
}

#[test]
fn patterns_of_a_table_have_the_reference_intervals_and_verdicts() {
    patterns_agree("sdc_table_4x3.json");
}

#[test]
fn patterns_of_a_table_with_zeros_have_the_reference_intervals_and_verdicts() {
    patterns_agree("sdc_table_zeros.json");
}

fn statements_agree(name: &str) {
    let case = case(name);
    let true_values = case["settings"]["unknown_cells"].as_object().unwrap();
    let mut system = System::new();
    let cells: BTreeMap<&str, usize> = true_values.keys().map(|cell| (cell.as_str(), system.count())).collect();
    for published in case["settings"]["published"].as_array().unwrap() {
        let terms: Vec<(usize, f64)> =
            published["coef"].as_object().unwrap().iter().map(|(cell, coefficient)| (cells[cell.as_str()], number(coefficient))).collect();
        system.state(&terms, number(&published["value"]), number(&published["value"])).unwrap();
    }
    let rule = rule(&case["settings"]);
    let Rule::Count { threshold, .. } = rule else { unreachable!() };
    let found = attack(&system).intervals(&all(&system), Depth::Interval).unwrap();
    let expected = &case["expected"];
    for (cell, interval) in expected["integer_interval"].as_object().unwrap() {
        let found = &found[cells[cell.as_str()]];
        assert_eq!(vec![found.whole.0, found.whole.1], numbers(interval), "{name} {cell}");
        assert!(found.linear, "{name} {cell}");
    }
    let names = |keep: &dyn Fn(&str, f64) -> bool| {
        true_values.iter().filter(|(cell, value)| keep(cell, number(value))).map(|(cell, _)| cell.clone()).collect::<Vec<_>>()
    };
    let exact = |cell: &str| matches!(rule.verdict(&found[cells[cell]]), Verdict::Exact(_));
    assert_eq!(names(&|cell, _| exact(cell)), strings(&expected["exactly_disclosed"]), "{name}");
    // Recovered cells are a fault where they are few; 55 persons are none.
    let few = |value: f64| value > 0.0 && value < threshold;
    assert_eq!(names(&|cell, value| rule.verdict(&found[cells[cell]]).discloses() && few(value)), strings(&expected["unsafe"]), "{name}");
}

#[test]
fn a_hidden_flow_between_two_published_stocks_is_recovered() {
    statements_agree("sdc_quarters.json");
}

#[test]
fn a_block_between_two_published_zonings_is_recovered() {
    statements_agree("sdc_zoning_overlap.json");
}

#[test]
fn a_hidden_numerator_is_recovered() {
    statements_agree("sdc_rate_leak.json");
    // As the statement that was published: 8.7 % of 23 persons, rounded.
    let mut system = System::new();
    let numerator = system.count();
    system.state(&[(numerator, 100.0)], 8.65 * 23.0, 8.75 * 23.0).unwrap();
    let found = attack(&system).intervals(&all(&system), Depth::Interval).unwrap()[0];
    assert_eq!((found.whole, found.linear), ((2.0, 2.0), false));
    assert!((found.real.0 - 1.9895).abs() < 1e-9 && (found.real.1 - 2.0125).abs() < 1e-9);
}

#[test]
fn rounded_percentages_have_the_reference_numerators() {
    let case = case("sdc_rate_rounding.json");
    let pairs = case["settings"]["pairs"].as_array().unwrap();
    let found: Vec<Vec<u64>> = pairs
        .iter()
        .map(|pair| numerators(pair[0].as_u64().unwrap(), number(&pair[1]), u32::try_from(whole(&pair[2])).unwrap()).unwrap())
        .collect();
    assert_eq!(json!(found), case["expected"]);
}

#[test]
fn records_have_the_reference_anonymity() {
    let case = case("sdc_kanon_a.json");
    let mut reader = csv::Reader::from_path(file("data/kanon_a.csv")).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let coded = |column: &str| -> (Vec<String>, Vec<u32>) {
        let at = names.iter().position(|name| name == column).unwrap();
        let mut seen: Vec<String> = Vec::new();
        let codes = records
            .iter()
            .map(|record| {
                let code = seen.iter().position(|value| value == &record[at]).unwrap_or_else(|| {
                    seen.push(record[at].to_owned());
                    seen.len() - 1
                });
                u32::try_from(code).unwrap()
            })
            .collect();
        (seen, codes)
    };
    let quasi: Vec<(Vec<String>, Vec<u32>)> = strings(&case["settings"]["quasi"]).iter().map(|column| coded(column)).collect();
    let sensitive = coded(case["settings"]["sensitive"].as_str().unwrap()).1;
    let columns: Vec<&[u32]> = quasi.iter().map(|(_, codes)| codes.as_slice()).collect();
    let found = anonymity(&columns, &sensitive).unwrap();
    let expected = &case["expected"];
    assert_eq!(
        json!([found.k, found.l_distinct, found.unique_share, found.classes]),
        json!([expected["k"], expected["l_distinct"], expected["unique_share"], expected["classes"]])
    );
    let mut homogeneous: Vec<Vec<String>> = found
        .homogeneous
        .iter()
        .map(|codes| codes.iter().zip(&quasi).map(|(code, (names, _))| names[*code as usize].clone()).collect())
        .collect();
    let mut listed: Vec<Vec<String>> = expected["homogeneous"].as_array().unwrap().iter().map(strings).collect();
    homogeneous.sort();
    listed.sort();
    assert_eq!(homogeneous, listed);
}

#[test]
fn dominated_totals_are_those_of_the_handbook() {
    let case = case("sdc_dominance_a.json");
    let settings = &case["settings"];
    let (pq, nk) = (numbers(&settings["pq"]), &settings["nk"]);
    let rules = DominanceRules { threshold: 3, nk: (whole(&nk[0]), number(&nk[1])), p: number(&settings["p"]), pq: (pq[0], pq[1]) };
    for (cell, expected) in settings["cells"].as_array().unwrap().iter().zip(case["expected"].as_array().unwrap()) {
        let found = sensitivity(&numbers(cell), &rules).unwrap();
        assert_eq!(found.total, number(&expected["total"]));
        assert_eq!(found.upper_protection, number(&expected["p_percent_upper_protection"]), "{cell}");
        let told = json!([found.n, found.few, found.p_percent, found.pq, found.nk]);
        let listed = ["n", "threshold3", "p_percent_sensitive", "pq_sensitive", "nk_sensitive"].map(|key| expected[key].clone());
        assert_eq!(told, json!(listed), "{cell}");
    }
}
