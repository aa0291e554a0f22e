//! The factor analyses against FactoMineR's digits (tests/reference/*.json, each listed quantity) and published examples.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::needless_range_loop,
    reason = "tests may: a panic is how they fail, numbers of answers are small, and formulas have indices"
)]

#[path = "correspondence/naive.rs"]
mod naive;
#[path = "correspondence/properties.rs"]
mod properties;
#[path = "correspondence/refusals.rs"]
mod refusals;

use std::path::Path;

use optima::stats::answers::Question;
use optima::stats::correspondence::{Correspondence, Point};
use optima::stats::matrix::Matrix;
use optima::stats::multiple_correspondence::{MultipleCorrespondence, PassiveModality};
use optima::stats::principal_components::PrincipalComponents;
use serde_json::Value;

/// Compares with a case and counts how often: a quantity that is not compared shows in the count.
struct Comparison {
    case: Value,
    compared: usize,
}

impl Comparison {
    fn with(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name).with_extension("json");
        Self { case: serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(), compared: 0 }
    }

    fn number(&mut self, key: &str, found: f64, expected: &Value, tolerance: f64) {
        let expected = expected.as_f64().unwrap_or_else(|| panic!("{key}: no number expected"));
        assert!((found - expected).abs() <= tolerance, "{key}: {found}, expected {expected}");
        self.compared += 1;
    }

    fn numbers(&mut self, key: &str, found: &[f64], tolerance: f64) {
        let expected = self.case["expected"].pointer(&format!("/{key}")).unwrap().clone();
        assert_eq!(found.len(), expected.as_array().unwrap().len(), "{key}");
        for (found, expected) in found.iter().zip(expected.as_array().unwrap()) {
            self.number(key, *found, expected, tolerance);
        }
    }

    /// Compares rows by name; the rows found have as many numbers as the case or more.
    fn rows(&mut self, key: &str, found: &[(String, Vec<f64>)], tolerance: f64) {
        let expected = self.case["expected"][key].clone();
        let names: Vec<&str> = expected["rows"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names, "{key}");
        for ((name, found), expected) in found.iter().zip(expected["values"].as_array().unwrap()) {
            for (axis, expected) in expected.as_array().unwrap().iter().enumerate() {
                self.number(&format!("{key} {name} axis {axis}"), found[axis], expected, tolerance);
            }
        }
    }
}

/// A CSV file: names of columns, and rows of texts.
fn csv(name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/data").join(name);
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (header, reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect())
}

fn percent(shares: &[f64]) -> Vec<f64> {
    shares.iter().map(|share| 100.0 * share).collect()
}

fn table(rows: &[&[f64]]) -> Matrix {
    Matrix::from_rows(rows[0].len(), rows.concat())
}

fn correspondence_case(name: &str, file: &str, active: (usize, usize), expected_numbers: usize) {
    let mut case = Comparison::with(name);
    let (header, data) = csv(file);
    let count = |row: usize, column: usize| data[row][column + 1].parse::<f64>().unwrap();
    let counts = (0..active.0).flat_map(|i| (0..active.1).map(move |j| (i, j))).map(|(i, j)| count(i, j)).collect();
    let analysis = Correspondence::of(&Matrix::from_rows(active.1, counts), 3).unwrap();
    case.numbers("eigenvalues", &analysis.eigenvalues, 1e-10);
    case.numbers("pct", &percent(&analysis.shares), 1e-6);
    let expected = case.case["expected"].clone();
    case.number("chi2", analysis.chi2, &expected["chi2"], 1e-9 * analysis.chi2);
    assert_eq!(analysis.degrees_of_freedom, expected["df"].as_u64().unwrap());
    case.number("total_inertia", analysis.total_inertia, &expected["total_inertia"], 1e-10);
    let names: Vec<String> = data.iter().map(|row| row[0].clone()).collect();
    for (side, points, names) in [("row", &analysis.rows, &names), ("col", &analysis.columns, &header[1..].to_vec())] {
        let of = |take: fn(&Point) -> Vec<f64>| {
            names.iter().cloned().zip(points.iter().map(|point| take(point.as_ref().unwrap()))).collect::<Vec<_>>()
        };
        case.rows(&format!("{side}_coord"), &of(|point| point.coordinates.clone()), 1e-7);
        case.rows(&format!("{side}_contrib"), &of(|point| percent(&point.contributions)), 1e-6);
        case.rows(&format!("{side}_cos2"), &of(|point| point.cos2.clone()), 1e-6);
    }
    if data.len() > active.0 {
        let row = |i: usize| (0..active.1).map(|j| count(i, j)).collect::<Vec<_>>();
        let column = |j: usize| (0..active.0).map(|i| count(i, j)).collect::<Vec<_>>();
        let rows = (active.0..data.len()).map(|i| (names[i].clone(), analysis.supplementary_row(&row(i)).unwrap().unwrap().coordinates));
        case.rows("row_sup_coord", &rows.collect::<Vec<_>>(), 1e-7);
        let columns = (active.1..header.len() - 1)
            .map(|j| (header[j + 1].clone(), analysis.supplementary_column(&column(j)).unwrap().unwrap().coordinates));
        case.rows("col_sup_coord", &columns.collect::<Vec<_>>(), 1e-7);
    }
    assert_eq!(case.compared, expected_numbers, "{name}");
}

#[test]
fn a_table_of_reasons_and_ages_is_analyzed_as_by_factominer() {
    // 4 + 4 + 2, three axes of three aids of 14 rows and 5 columns, and of 7 supplementary points.
    correspondence_case("ca_children", "children.csv", (14, 5), 10 + 3 * 3 * 19 + 3 * 7);
}

#[test]
fn staff_by_smoking_is_analyzed_as_by_factominer() {
    correspondence_case("ca_smoke", "smoke.csv", (5, 4), 3 + 3 + 2 + 3 * 3 * 9);
}

#[test]
fn staff_by_smoking_has_the_published_masses_inertias_and_qualities() {
    let smoke =
        table(&[&[4.0, 2.0, 3.0, 2.0], &[4.0, 3.0, 7.0, 4.0], &[25.0, 10.0, 12.0, 4.0], &[18.0, 24.0, 33.0, 13.0], &[10.0, 6.0, 7.0, 2.0]]);
    let analysis = Correspondence::of(&smoke, 2).unwrap();
    let masses = [0.056_995, 0.093_264, 0.264_249, 0.455_959, 0.129_534];
    let distances = [0.216_559, 0.356_921, 0.380_779, 0.240_025, 0.216_169];
    let inertias = [0.002_673, 0.011_881, 0.038_314, 0.026_269, 0.006_053];
    let qualities = [0.8926, 0.9911, 0.9998, 0.9998, 0.9986];
    for (i, row) in analysis.rows.iter().enumerate() {
        let row = row.as_ref().unwrap();
        assert!((row.mass - masses[i]).abs() < 5.1e-7, "{i}: {row:?}");
        assert!(((row.inertia / row.mass).sqrt() - distances[i]).abs() < 5.1e-7, "{i}: {row:?}");
        assert!((row.inertia - inertias[i]).abs() < 5.1e-7, "{i}: {row:?}");
        assert!((row.quality - qualities[i]).abs() < 5.1e-5, "{i}: {row:?}");
    }
}

#[test]
fn hair_by_eyes_has_the_published_axes_and_contributions() {
    let hair = table(&[&[68.0, 119.0, 26.0, 7.0], &[20.0, 84.0, 17.0, 94.0], &[15.0, 54.0, 14.0, 10.0], &[5.0, 29.0, 14.0, 16.0]]);
    let analysis = Correspondence::of(&hair, 3).unwrap();
    let near = |found: &[f64], expected: &[f64], tolerance: f64| {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < tolerance), "{found:?}, expected {expected:?}");
    };
    near(&analysis.eigenvalues, &[0.208_773, 0.022_227, 0.002_598], 5.1e-7);
    near(&[analysis.total_inertia], &[0.233_598], 5.1e-7);
    near(&[analysis.chi2], &[138.2898], 5.1e-5);
    near(&percent(&analysis.shares), &[89.37, 9.51, 1.11], 5.1e-3);
    let first = |points: &[Option<Point>]| points.iter().map(|p| 100.0 * p.as_ref().unwrap().contributions[0]).collect::<Vec<_>>();
    near(&first(&analysis.rows), &[43.116, 52.128, 3.401, 1.355], 5.1e-4);
    near(&first(&analysis.columns), &[22.246, 5.086, 0.964, 71.704], 5.1e-4);
}

/// Columns of texts as codes, in the order of first appearance.
fn coded(header: &[String], data: &[Vec<String>], column: &str) -> (Vec<u16>, Vec<String>) {
    let at = header.iter().position(|name| name == column).unwrap();
    let mut names: Vec<String> = Vec::new();
    let codes = data.iter().map(|row| {
        let code = names.iter().position(|name| *name == row[at]).unwrap_or(names.len());
        if code == names.len() {
            names.push(row[at].clone());
        }
        u16::try_from(code).unwrap()
    });
    (codes.collect(), names)
}

/// Puts modalities into the order of a case.
fn in_order(case: &Comparison, key: &str, found: &[(String, Vec<f64>)]) -> Vec<(String, Vec<f64>)> {
    let names = case.case["expected"][key]["rows"].as_array().unwrap();
    assert_eq!(names.len(), found.len(), "{key}");
    names.iter().map(|name| found.iter().find(|(found, _)| name == found).unwrap().clone()).collect()
}

#[test]
fn tea_drinkers_are_analyzed_as_by_factominer() {
    let mut case = Comparison::with("mca_tea");
    let (header, data) = csv("tea.csv");
    let settings = case.case["settings"].clone();
    let columns = |key: &str| settings[key].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
    let active: Vec<(Vec<u16>, Vec<String>)> = columns("active").map(|name| coded(&header, &data, &name)).collect();
    let questions: Vec<Question<'_>> = active.iter().map(|(codes, names)| Question::new(codes, names.len() as u16)).collect();
    let analysis = MultipleCorrespondence::of(&questions, None, 5).unwrap();
    let expected = case.case["expected"].clone();
    let sizes = [analysis.total_weight, analysis.questions.len() as f64, analysis.modalities.len() as f64, analysis.total_inertia];
    for (key, found) in ["n", "Q", "J", "total_inertia"].into_iter().zip(sizes) {
        case.number(key, found, &expected[key], 1e-12);
    }
    case.numbers("eigenvalues", &analysis.axes.iter().map(|axis| axis.eigenvalue).collect::<Vec<_>>(), 1e-9);
    case.numbers("pct", &analysis.axes.iter().take(5).map(|axis| 100.0 * axis.raw_share).collect::<Vec<_>>(), 1e-6);
    let adjusted: Vec<_> = analysis.axes.iter().filter_map(|axis| axis.adjusted).collect();
    case.number("above 1/Q", adjusted.len() as f64, &expected["adjusted"]["n_axes_above_1_over_Q"], 0.0);
    case.numbers("adjusted/benzecri_eig", &adjusted.iter().map(|rate| rate.eigenvalue).collect::<Vec<_>>(), 1e-9);
    case.numbers("adjusted/benzecri_pct", &adjusted.iter().map(|rate| 100.0 * rate.benzecri_share).collect::<Vec<_>>(), 1e-6);
    case.numbers("adjusted/greenacre_pct", &adjusted.iter().map(|rate| 100.0 * rate.greenacre_share).collect::<Vec<_>>(), 1e-6);
    let total = &expected["adjusted"]["greenacre_total_adjusted_inertia"];
    case.number("greenacre total", analysis.greenacre_total, total, 1e-9);

    let name = |question: usize, code: u16| active[question].1[usize::from(code)].clone();
    let aids = [
        ("var_coord", 1e-6, analysis.modalities.iter().map(|m| m.coordinates.clone()).collect::<Vec<_>>()),
        ("var_contrib", 1e-6, analysis.modalities.iter().map(|m| percent(&m.contributions)).collect()),
        ("var_cos2", 1e-6, analysis.modalities.iter().map(|m| m.cos2.clone()).collect()),
        ("var_vtest", 1e-5, analysis.modalities.iter().map(|m| m.test_values.clone()).collect()),
    ];
    for (key, tolerance, aid) in aids {
        let found: Vec<_> = analysis.modalities.iter().zip(aid).map(|(m, aid)| (name(m.question, m.code), aid)).collect();
        let found = in_order(&case, key, &found);
        case.rows(key, &found, tolerance);
    }
    let eta2: Vec<_> = columns("active").zip(&analysis.questions).map(|(name, question)| (name, question.eta2.clone())).collect();
    case.rows("eta2", &eta2, 1e-6);

    let individuals = analysis.individuals(&questions).unwrap();
    let number = |row: usize| (row + 1).to_string();
    case.rows("ind_coord_first10", &(0..10).map(|row| (number(row), individuals.row(row).to_vec())).collect::<Vec<_>>(), 1e-6);
    let first: Vec<_> = (0..5).map(|row| analysis.individual(&questions, row, 1.0).unwrap()).collect();
    let contributions = first.iter().enumerate().map(|(row, person)| (number(row), percent(&person.contributions)));
    case.rows("ind_contrib_first5", &contributions.collect::<Vec<_>>(), 1e-6);
    case.rows("ind_cos2_first5", &first.iter().enumerate().map(|(i, p)| (number(i), p.cos2.clone())).collect::<Vec<_>>(), 1e-6);
    let squares: Vec<f64> = (0..5).map(|axis| individuals.column(axis).iter().map(|f| f * f).sum()).collect();
    case.numbers("ind_coord_sumsq", &squares, 300.0 * 1e-6);

    let mut placed: Vec<(String, PassiveModality)> = Vec::new();
    let mut eta2 = Vec::new();
    for column in columns("supplementary_quali") {
        let (codes, names) = coded(&header, &data, &column);
        let question = Question::new(&codes, names.len() as u16);
        let supplementary = analysis.supplementary_question(&question, &individuals, None).unwrap();
        placed.extend(supplementary.modalities.into_iter().map(|modality| (names[usize::from(modality.code)].clone(), modality)));
        eta2.push((column, supplementary.eta2));
    }
    let placed_with = |aid: fn(PassiveModality) -> Vec<f64>| {
        placed.iter().map(|(name, modality)| (name.clone(), aid(modality.clone()))).collect::<Vec<_>>()
    };
    let coordinates = in_order(&case, "supp_coord", &placed_with(|modality| modality.coordinates));
    case.rows("supp_coord", &coordinates, 1e-6);
    let test_values = in_order(&case, "supp_vtest", &placed_with(|modality| modality.test_values));
    case.rows("supp_vtest", &test_values, 1e-5);
    case.rows("supp_eta2", &eta2, 1e-6);
    let age = header.iter().position(|name| name == "age").unwrap();
    let ages: Vec<f64> = data.iter().map(|row| row[age].parse().unwrap()).collect();
    let correlations = analysis.supplementary_number(&ages, &individuals, None).unwrap();
    case.rows("quanti_sup_cor", &[("age".to_owned(), correlations)], 1e-6);
    assert_eq!(case.compared, 4 + 27 + 5 + (1 + 11 * 3 + 1) + 4 * 45 * 3 + 18 * 3 + 50 + 15 + 15 + 5 + 2 * 44 * 2 + 17 * 2 + 2);
}

#[test]
fn decathletes_have_the_principal_components_of_factominer() {
    let mut case = Comparison::with("pca_decathlon");
    let (header, data) = csv("decathlon.csv");
    let values = data.iter().flat_map(|row| row[1..11].iter().map(|x| x.parse().unwrap())).collect();
    let analysis = PrincipalComponents::of(&Matrix::from_rows(10, values), None, 3).unwrap();
    case.numbers("eigenvalues", &analysis.eigenvalues, 1e-9);
    let variables = || header[1..11].iter().cloned().zip(&analysis.variables);
    case.rows("var_coord", &variables().map(|(name, v)| (name, v.coordinates.clone())).collect::<Vec<_>>(), 1e-7);
    case.rows("var_contrib", &variables().map(|(name, v)| (name, percent(&v.contributions))).collect::<Vec<_>>(), 1e-7);
    let persons = |matrix: &Matrix, n: usize| (0..n).map(|i| (data[i][0].clone(), matrix.row(i).to_vec())).collect::<Vec<_>>();
    case.rows("ind_coord_first8", &persons(&analysis.individuals, 8), 1e-7);
    case.rows("ind_cos2_first5", &persons(&analysis.individuals_cos2, 5), 1e-7);
    assert_eq!(case.compared, 10 + 30 + 30 + 24 + 15);
}

#[test]
fn twenty_farms_have_eleven_axes_as_one_modality_is_another() {
    // MASS::farms (Jongman, ter Braak & van Tongeren): moisture, management, use, manure. "NM" and "C0" are the same farms.
    let farms = "M1SFU2C4 M1BFU2C2 M2SFU2C4 M2SFU2C4 M1HFU1C2 M1HFU2C2 M1HFU3C3 M5HFU3C3 M4HFU1C1 M2BFU1C1 \
                 M1BFU3C1 M4SFU2C2 M5SFU2C3 M5NMU3C0 M5NMU2C0 M5SFU3C3 M2NMU1C0 M1NMU1C0 M5NMU1C0 M5NMU1C0";
    let data: Vec<Vec<String>> = farms.split_whitespace().map(|farm| (0..4).map(|q| farm[2 * q..2 * q + 2].to_owned()).collect()).collect();
    let header = ["moisture", "management", "use", "manure"].map(str::to_owned);
    let columns: Vec<_> = header.iter().map(|name| coded(&header, &data, name)).collect();
    let questions: Vec<Question<'_>> = columns.iter().map(|(codes, names)| Question::new(codes, names.len() as u16)).collect();
    let analysis = MultipleCorrespondence::of(&questions, None, 11).unwrap();
    let singular = [0.8062, 0.7451, 0.7190, 0.6181, 0.5570, 0.4700, 0.3651, 0.2985, 0.2783, 0.2180, 0.1320];
    assert_eq!((analysis.axes.len(), analysis.kept, analysis.modalities.len()), (11, 11, 16));
    assert!((analysis.total_inertia - 3.0).abs() < 1e-12);
    for (axis, singular) in analysis.axes.iter().zip(singular) {
        assert!((axis.eigenvalue.sqrt() - singular).abs() < 5.1e-5, "{axis:?}");
    }
    let values = [0.649_917, 0.555_195, 0.516_943, 0.381_998];
    assert!(analysis.axes.iter().zip(values).all(|(axis, value)| (axis.eigenvalue - value).abs() < 5.1e-7));
    let adjusted: Vec<f64> = analysis.axes.iter().filter_map(|axis| axis.adjusted).map(|rate| rate.eigenvalue).collect();
    let expected = [0.284_327, 0.165_590, 0.126_682, 0.030_975, 0.006_463];
    assert_eq!(adjusted.len(), expected.len());
    assert!(adjusted.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 5.1e-7), "{adjusted:?}");
}
