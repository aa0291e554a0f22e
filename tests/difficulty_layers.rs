//! The index of difficulty, segregation and inequality of a built example, computed again from its released tables alone.
//!
//! The formulas are written anew here, as plainly as they can be, and no code of the program is called: who has the release can do the same.
//! Quartiers are hidden in it, and take no part.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may: a panic is how they fail, and they say when they skip"
)]

mod released;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use released::{Row, build, indicators, project};

const CAMPAIGN: &str = "1999-01-01/2002-12-31";

/// The rows of a release by measure, period and zone, with its further numbers and its statistics.
struct Tables {
    cells: BTreeMap<[String; 3], Row>,
    details: BTreeMap<[String; 4], f64>,
    statistics: BTreeMap<[String; 4], Row>,
    zones: Vec<String>,
    quarters: Vec<String>,
}

fn rows(release: &Path, table: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(release.join("tables").join(table)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let release = folder.path().join("release");
        build(&project().join("examples/seraing/observatory.toml"), &release);
        let key = |row: &Row| ["measure", "period", "zone_code"].map(|key| row[key].clone());
        let cells: BTreeMap<[String; 3], Row> = indicators(&release).into_iter().map(|row| (key(&row), row)).collect();
        let number = |row: &Row| row["number"].parse::<f64>().unwrap();
        let detail = |row: Row| (["measure", "period", "zone_code", "name"].map(|key| row[key].clone()), number(&row));
        let statistic = |row: Row| (["measure", "period", "statistic", "about"].map(|key| row[key].clone()), row);
        let of = |at: usize| cells.keys().filter(|key| key[0] == "job_seekers").map(|key| key[at].clone()).collect::<Vec<String>>();
        let distinct = |mut all: Vec<String>| {
            all.sort();
            all.dedup();
            all
        };
        let (mut zones, quarters) = (distinct(of(2)), distinct(of(1)));
        zones.retain(|zone| zone.starts_with("62096"));
        assert_eq!((zones.len(), quarters.len()), (71, 20));
        Tables {
            details: rows(&release, "details.csv").into_iter().map(detail).collect(),
            statistics: rows(&release, "statistics.csv").into_iter().map(statistic).collect(),
            cells,
            zones,
            quarters,
        }
    })
}

impl Tables {
    fn status(&self, measure: &str, period: &str, zone: &str) -> &str {
        let key = |period: &str| [measure, period, zone].map(str::to_owned);
        self.cells.get(&key(period)).or_else(|| self.cells.get(&key(CAMPAIGN))).map_or("N", |row| row["status"].as_str())
    }

    /// A number of a shown cell; of a campaign where the quarter has none.
    fn number(&self, measure: &str, period: &str, zone: &str, column: &str) -> Option<f64> {
        let key = |period: &str| [measure, period, zone].map(str::to_owned);
        let row = self.cells.get(&key(period)).or_else(|| self.cells.get(&key(CAMPAIGN)))?;
        row[column].parse().ok()
    }

    fn detail(&self, measure: &str, period: &str, zone: &str, name: &str) -> Option<f64> {
        self.details.get(&[measure, period, zone, name].map(str::to_owned)).copied()
    }

    /// A column of the table of statistics; its numbers have six significant digits.
    fn of_all(&self, measure: &str, period: &str, name: &str, about: &str, column: &str) -> f64 {
        let row = self.statistics.get(&[measure, period, name, about].map(str::to_owned));
        let row = row.unwrap_or_else(|| panic!("there is no {measure} {period} {name} {about}"));
        row[column].parse().unwrap()
    }

    fn statistic(&self, measure: &str, period: &str, name: &str, about: &str) -> f64 {
        self.of_all(measure, period, name, about, "number")
    }

    /// The zones with all of these measures, and their values: a list a measure.
    fn complete(&self, of: &[&str], period: &str) -> (Vec<&str>, Vec<Vec<f64>>) {
        let has = |zone: &&str| of.iter().all(|measure| self.number(measure, period, zone, "value").is_some());
        let zones: Vec<&str> = self.zones.iter().map(String::as_str).filter(has).collect();
        let values = |measure: &&str| zones.iter().map(|zone| self.number(measure, period, zone, "value").unwrap()).collect();
        let values = of.iter().map(values).collect();
        (zones, values)
    }
}

/// Released with six significant digits.
fn same(released: f64, computed: f64, what: &str) {
    assert!((released - computed).abs() <= 6e-6 * computed.abs().max(1e-3), "{what}: {released} released, {computed} computed");
}

fn standardized(values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let deviation = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    values.iter().map(|x| (x - mean) / deviation).collect()
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    standardized(x).iter().zip(standardized(y)).map(|(x, y)| x * y).sum::<f64>() / x.len() as f64
}

/// 1 for the largest; equals share the mean of their ranks.
fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |x: &f64| {
        let (above, equal) = values.iter().fold((0, 0), |(above, equal), y| (above + i32::from(y > x), equal + i32::from(y == x)));
        f64::from(above) + f64::from(equal + 1) / 2.0
    };
    values.iter().map(rank).collect()
}

/// The first axis by power iteration: its eigenvalue, its loadings and the standardized scores.
fn first_axis(turned: &[Vec<f64>]) -> (f64, Vec<f64>, Vec<f64>) {
    let table: Vec<Vec<f64>> = turned.iter().map(|values| standardized(values)).collect();
    let n = table[0].len();
    let scores = |axis: &[f64]| (0..n).map(|row| table.iter().zip(axis).map(|(values, u)| values[row] * u).sum()).collect::<Vec<f64>>();
    let mut axis = vec![1.0; table.len()];
    let mut eigenvalue = 0.0;
    for _ in 0..10_000 {
        let scores = scores(&axis);
        let next: Vec<f64> = table.iter().map(|values| values.iter().zip(&scores).map(|(z, s)| z * s).sum::<f64>() / n as f64).collect();
        eigenvalue = next.iter().map(|x| x * x).sum::<f64>().sqrt();
        axis = next.iter().map(|x| x / eigenvalue).collect();
    }
    let loadings = axis.iter().map(|u| u * eigenvalue.sqrt()).collect();
    (eigenvalue, loadings, standardized(&scores(&axis)))
}

const AXIS: [(&str, f64); 3] = [("job_seekers", 1.0), ("inoccupation_duration", 1.0), ("well_being_score", -1.0)];

fn turned(values: Vec<Vec<f64>>, signs: &[(&str, f64)]) -> Vec<Vec<f64>> {
    values.into_iter().zip(signs).map(|(values, (_, sign))| values.into_iter().map(|x| sign * x).collect()).collect()
}

/// The place of each rank is that of the computed score, or of one that rounding does not tell from it.
fn same_order(zones: &[&str], scores: &[f64], tolerance: f64, rank_of: impl Fn(&str) -> f64) -> usize {
    let mut certain = 0;
    for (zone, score) in zones.iter().zip(scores) {
        let above = scores.iter().filter(|other| **other > score + tolerance).count() as f64;
        let near = scores.iter().filter(|other| (*other - score).abs() <= tolerance).count() as f64;
        let rank = rank_of(zone);
        assert!(rank >= above + 1.0 && rank <= above + near, "{zone}: rank {rank}, {above} are above and {near} as high");
        certain += usize::from(near < 1.5);
    }
    certain
}

#[test]
fn the_index_on_the_first_axis_is_that_of_the_released_values() {
    let (tables, measure) = (tables(), "difficulty_first_axis");
    let (mut certain, mut all) = (0, 0);
    for quarter in &tables.quarters {
        let (zones, values) = tables.complete(&AXIS.map(|(of, _)| of), quarter);
        assert_eq!(zones.len(), 50, "{quarter}");
        let values = turned(values, &AXIS);
        let (eigenvalue, loadings, scores) = first_axis(&values);
        assert!(loadings.iter().sum::<f64>() > 0.0);
        for (zone, score) in zones.iter().zip(&scores) {
            let shown = tables.number(measure, quarter, zone, "value").unwrap();
            // Released values are rounded: percentages to 4 digits after the point, months and points to 3.
            assert!((shown - (100.0 + 15.0 * score)).abs() < 5e-3, "{quarter} {zone}: {shown}, {}", 100.0 + 15.0 * score);
        }
        certain += same_order(&zones, &scores, 5e-4, |zone| tables.detail(measure, quarter, zone, "difficulty_rank").unwrap());
        all += zones.len();
        let near = |released: f64, computed: f64, what: &str| {
            assert!((released - computed).abs() < 2e-4, "{quarter} {what}: {released} {computed}");
        };
        near(tables.statistic(measure, quarter, "first_axis_share", ""), eigenvalue / 3.0, "share");
        for (at, (of, _)) in AXIS.iter().enumerate() {
            near(tables.statistic(measure, quarter, "first_axis_loading", of), loadings[at], of);
            near(tables.statistic(measure, quarter, "first_axis_contribution", of), loadings[at].powi(2) / eigenvalue, of);
            let without: Vec<Vec<f64>> =
                values.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, values)| values.clone()).collect();
            let (_, _, others) = first_axis(&without);
            // One place of one quartier in fifty moves rho by less than this.
            let rho = correlation(&ranks(&scores), &ranks(&others));
            assert!((tables.statistic(measure, quarter, "spearman_without", of) - rho).abs() < 2e-3, "{quarter} {of}: {rho}");
        }
    }
    assert!(certain > all * 95 / 100, "only {certain} of {all} ranks are certain");
}

#[test]
fn quartiers_without_all_ingredients_have_no_index_and_hidden_ones_are_hidden() {
    let tables = tables();
    let mut count = [0; 3];
    for (measure, of) in [
        ("difficulty_first_axis", &["job_seekers", "inoccupation_duration", "well_being_score"][..]),
        ("difficulty_decile", &["job_seekers", "inoccupation_duration", "long_term", "well_being_score"]),
    ] {
        for quarter in &tables.quarters {
            for zone in &tables.zones {
                let ingredients: Vec<&str> = of.iter().map(|of| tables.status(of, quarter, zone)).collect();
                let shown = tables.status(measure, quarter, zone);
                let rank = tables.detail(measure, quarter, zone, "difficulty_rank");
                if ingredients.contains(&"S") {
                    assert!(shown == "S" && rank.is_none(), "{measure} {quarter} {zone}: {shown}");
                    count[0] += 1;
                } else if ingredients.contains(&"N") {
                    assert!(shown == "N" && rank.is_none(), "{measure} {quarter} {zone}: {shown}");
                    count[1] += 1;
                } else {
                    let [low, high] =
                        ["difficulty_rank_low", "difficulty_rank_high"].map(|name| tables.detail(measure, quarter, zone, name).unwrap());
                    let n = tables.complete(of, quarter).0.len() as f64;
                    assert!(low <= high && 1.0 <= low && high <= n, "{measure} {quarter} {zone}");
                    let vague = ingredients.contains(&"U") || 2.0 * (high - low) > n;
                    assert_eq!(shown, if vague { "U" } else { "V" }, "{measure} {quarter} {zone}: {low} to {high}");
                    count[2] += 1;
                }
            }
        }
    }
    assert!(count.iter().all(|count| *count > 100), "{count:?}");
}

/// The scores by ranks in three domains: employment twice, long spells and well-being once.
fn scores_by_ranks(values: &[Vec<f64>]) -> Vec<f64> {
    let n = values[0].len() as f64;
    let ascending = |values: &[f64]| ranks(values).into_iter().map(|rank| n + 1.0 - rank).collect::<Vec<f64>>();
    let transformed = |values: &[f64]| {
        let one = |rank: f64| -23.0 * (1.0 - rank / n * (1.0 - (-100.0f64 / 23.0).exp())).ln();
        ascending(values).into_iter().map(one).collect::<Vec<f64>>()
    };
    let worse: Vec<f64> = values[3].iter().map(|x| -x).collect();
    let spells: Vec<f64> = ascending(&values[1]).iter().zip(ascending(&values[2])).map(|(a, b)| (a + b) / 2.0).collect();
    let (work, spells, unwell) = (transformed(&values[0]), transformed(&spells), transformed(&worse));
    (0..values[0].len()).map(|at| (2.0 * work[at] + spells[at] + unwell[at]) / 4.0).collect()
}

#[test]
fn deciles_are_those_of_ranks_within_domains() {
    let (tables, measure) = (tables(), "difficulty_decile");
    let of = ["job_seekers", "inoccupation_duration", "long_term", "well_being_score"];
    let mut at_once = 0;
    for quarter in &tables.quarters {
        let (zones, mut values) = tables.complete(&of, quarter);
        let n = zones.len() as f64;
        // Shares from their counts, which are not rounded.
        for at in [0, 2] {
            let share = |zone: &&str| ["numerator", "denominator"].map(|name| tables.number(of[at], quarter, zone, name).unwrap());
            values[at] = zones.iter().map(share).map(|[x, n]| x / n).collect();
        }
        let shown: Vec<f64> = zones.iter().map(|zone| tables.detail(measure, quarter, zone, "difficulty_score").unwrap()).collect();
        let agree = |scores: &Vec<f64>| scores.iter().zip(&shown).all(|(score, shown)| (score - shown).abs() <= 6e-6 * score);
        // Two means may be equal once rounded, and only then: their order is one of two.
        let ways = [(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)];
        let found = ways.into_iter().enumerate().find_map(|(way, (of_duration, of_well_being))| {
            let mut values = values.clone();
            for (measure, sign) in [(1, of_duration), (3, of_well_being)] {
                values[measure].iter_mut().enumerate().for_each(|(at, x)| *x += sign * 1e-9 * at as f64);
            }
            let scores = scores_by_ranks(&values);
            agree(&scores).then_some((way, scores))
        });
        let (way, scores) = found.unwrap_or_else(|| panic!("{quarter}: the released scores are not those of the released values"));
        at_once += usize::from(way == 0);
        for zone in &zones {
            let rank = tables.detail(measure, quarter, zone, "difficulty_rank").unwrap();
            let decile = tables.number(measure, quarter, zone, "value").unwrap();
            assert_eq!(decile, (10.0 * rank / n).ceil(), "{quarter} {zone}");
        }
        same_order(&zones, &scores, 1e-9, |zone| tables.detail(measure, quarter, zone, "difficulty_rank").unwrap());
    }
    assert!(at_once >= 15, "only {at_once} quarters agree without ties of rounded means");
}

/// `Σ Σ tᵢ tⱼ |pᵢ − pⱼ| / (2 T²)`, as it stands.
fn half_mean_difference(p: &[f64], t: &[f64]) -> f64 {
    let all = t.iter().sum::<f64>();
    let pairs = (0..p.len()).flat_map(|i| (0..p.len()).map(move |j| (i, j)));
    pairs.map(|(i, j)| t[i] * t[j] * (p[i] - p[j]).abs()).sum::<f64>() / (2.0 * all * all)
}

/// All statistics of one quarter: `x` of `t` persons in each quartier, which is part of `part`.
fn recomputed(x: &[f64], t: &[f64], part: &[&str]) -> Vec<(&'static str, f64)> {
    let (x_all, t_all) = (x.iter().sum::<f64>(), t.iter().sum::<f64>());
    let share = x_all / t_all;
    let p: Vec<f64> = x.iter().zip(t).map(|(x, t)| x / t).collect();
    let entropy = |p: f64| [p, 1.0 - p].into_iter().filter(|p| *p > 0.0).map(|p| -p * p.ln()).sum::<f64>();
    let isolation: f64 = x.iter().zip(&p).map(|(x, p)| x / x_all * p).sum();
    let apart: f64 = x.iter().zip(t).map(|(x, t)| (x / x_all - (t - x) / (t_all - x_all)).abs()).sum();
    let information: f64 = t.iter().zip(&p).map(|(t, p)| t * (entropy(share) - entropy(*p))).sum();
    // Atkinson's index for b = 1/2: the square of the sum of geometric means.
    let alike: f64 = t.iter().zip(&p).map(|(t, p)| (p * (1.0 - p)).sqrt() * t).sum::<f64>() / (share * t_all);
    let excess = |sum: f64, persons: f64| if sum > 0.0 { sum / x_all * (sum / persons / share).ln() } else { 0.0 };
    let theil: f64 = x.iter().zip(t).map(|(x, t)| excess(*x, *t)).sum();
    let mut parts: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for ((x, t), part) in x.iter().zip(t).zip(part) {
        let sums = parts.entry(part).or_default();
        *sums = (sums.0 + x, sums.1 + t);
    }
    let between: f64 = parts.values().map(|(x, t)| excess(*x, *t)).sum();
    vec![
        ("segregation_dissimilarity", apart / 2.0),
        ("segregation_gini", half_mean_difference(&p, t) / (share * (1.0 - share))),
        ("segregation_isolation", isolation),
        ("segregation_interaction", 1.0 - isolation),
        ("segregation_entropy", information / (t_all * entropy(share))),
        ("segregation_atkinson", 1.0 - share / (1.0 - share) * alike * alike),
        ("segregation_correlation_ratio", (isolation - share) / (1.0 - share)),
        ("rates_gini", half_mean_difference(&p, t) / share),
        ("rates_theil", theil),
        ("rates_theil_between", between),
        ("rates_theil_within", theil - between),
    ]
}

#[test]
fn segregation_and_inequality_are_those_of_the_quartiers_that_are_shown_in_all_quarters() {
    let tables = tables();
    for (measure, of, least) in [("job_seeker_quotient", "job_seekers", 55), ("ris_quotient", "ris_beneficiaries", 20)] {
        let shown = |quarter: &String, zone: &String| tables.number(of, quarter, zone, "value").is_some();
        let base: Vec<&String> = tables.zones.iter().filter(|zone| tables.quarters.iter().all(|quarter| shown(quarter, zone))).collect();
        assert!((least..70).contains(&base.len()), "{measure}: {}", base.len());
        let sometimes = tables.zones.iter().filter(|zone| tables.quarters.iter().any(|quarter| shown(quarter, zone))).count();
        assert!(sometimes > base.len(), "{measure}: no quartier is hidden now and then, so the base is not tested");
        // In Seraing a quartier is part of a former commune, the first six characters of its code.
        let part: Vec<&str> = base.iter().map(|zone| &zone[..6]).collect();
        for quarter in &tables.quarters {
            let column = |name: &str| base.iter().map(|zone| tables.number(of, quarter, zone, name).unwrap()).collect::<Vec<f64>>();
            for (name, computed) in recomputed(&column("numerator"), &column("denominator"), &part) {
                same(tables.statistic(measure, quarter, name, ""), computed, &format!("{measure} {quarter} {name}"));
                assert_eq!(tables.of_all(measure, quarter, name, "", "zones"), base.len() as f64);
            }
            // What chance alone would make of quartiers of these sizes.
            let (x, t) = (column("numerator"), column("denominator"));
            let (k, all) = (t.len() as f64, t.iter().sum::<f64>());
            let share = x.iter().sum::<f64>() / all;
            let alone = (k - 1.0) / (all - 1.0);
            let deviation = |t: &f64| (share * (1.0 - share) / t * (all - t) / (all - 1.0)).sqrt();
            let apart =
                t.iter().map(|t| t * deviation(t)).sum::<f64>() * (2.0 / std::f64::consts::PI).sqrt() / (2.0 * all * share * (1.0 - share));
            for (name, computed) in [
                ("segregation_correlation_ratio", alone),
                ("segregation_isolation", share + (1.0 - share) * alone),
                ("segregation_interaction", (1.0 - share) * (1.0 - alone)),
                ("segregation_dissimilarity", apart),
            ] {
                same(tables.of_all(measure, quarter, name, "", "expected"), computed, &format!("{measure} {quarter} {name} by chance"));
            }
        }
    }
}
