//! Clusters, their map-wide statistics and directions, computed again from the tables of a release by their definitions.

use std::collections::BTreeMap;

use crate::released::{Row, indicators};
use crate::town::{Town, chance, code, quarter};

const COLUMNS: i32 = 7;
const ROWS: i32 = 6;
const LAST: usize = 11;

/// A town in which two quartiers are hidden and one has no data, with its release.
fn town() -> Town {
    let mut town = Town::grid(COLUMNS, ROWS, LAST + 1)
        .layer("t_moran", "clusters", "{ of = [\"job_seekers\"], statistic = \"moran\", permutations = 9999 }", "clusters")
        .layer("t_g_star", "clusters", "{ of = [\"job_seekers\"], statistic = \"g_star\", permutations = 999 }", "hot_spots")
        .layer("t_geary", "clusters", "{ of = [\"job_seekers\"], statistic = \"geary\", permutations = 999 }", "clusters")
        .layer(
            "t_rates",
            "clusters",
            "{ of = [\"job_seekers\"], statistic = \"moran\", values = \"standardized_rates\", permutations = 999 }",
            "clusters",
        );
    let counts = std::mem::replace(&mut town.counts, Box::new(|_, _| None));
    town.counts = Box::new(move |square, at| match square {
        // Three persons: hidden. The square that no row speaks of has nobody, which is no secret; the third is not told of at the end.
        8 | 9 => Some((3, 1, 1)),
        30 if at > 9 => None,
        _ => counts(square, at),
    });
    town
}

/// The shown rates of the last quarter by square, as fractions, with their counts.
fn shown(rows: &[Row]) -> BTreeMap<usize, (f64, f64, f64)> {
    let of = |row: &Row| {
        let square = row["zone_code"].trim_start_matches('Z').parse().ok()?;
        let number = |name: &str| row[name].parse::<f64>().ok();
        Some((square, (number("numerator")? / number("denominator")?, number("numerator")?, number("denominator")?)))
    };
    rows.iter().filter(|row| row["measure"] == "job_seekers" && row["period"] == quarter(LAST)).filter_map(of).collect()
}

/// The shown squares that touch a square.
fn around(square: usize, values: &BTreeMap<usize, f64>) -> Vec<usize> {
    let place = |square: usize| (square as i32 % COLUMNS, square as i32 / COLUMNS);
    let (x, y) = place(square);
    let touches = |other: &usize| {
        let (u, v) = place(*other);
        *other != square && (u - x).abs() <= 1 && (v - y).abs() <= 1
    };
    values.keys().copied().filter(touches).collect()
}

/// The further numbers of a measure in the last quarter.
fn details(release: &std::path::Path, measure: &str) -> BTreeMap<(String, String), f64> {
    let mut reader = csv::Reader::from_path(release.join("tables/details.csv")).unwrap();
    let rows = reader.deserialize().map(Result::<Row, _>::unwrap);
    let of = rows.filter(|row| row["measure"] == measure && row["period"] == quarter(LAST));
    of.map(|row| ((row["zone_code"].clone(), row["name"].clone()), row["number"].parse().unwrap())).collect()
}

fn close(found: f64, expected: f64, what: &str) {
    // Six significant digits are published.
    assert!((found - expected).abs() <= 6e-6 * expected.abs().max(1e-4), "{what}: {found} and not {expected}");
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().sum::<f64>() / values.count() as f64
}

fn statistic(release: &std::path::Path, measure: &str, name: &str) -> Row {
    let mut reader = csv::Reader::from_path(release.join("tables/statistics.csv")).unwrap();
    let mut rows = reader.deserialize().map(Result::<Row, _>::unwrap);
    rows.find(|row| row["measure"] == measure && row["statistic"] == name && row["period"] == quarter(LAST)).unwrap()
}

#[test]
fn clusters_are_what_their_definitions_give_from_the_shown_figures() {
    let folder = tempfile::tempdir().unwrap();
    let ran = town().build(folder.path(), "en");
    assert_eq!(ran.code, 0, "{ran:?}");
    let release = folder.path().join("release");
    let rows = indicators(&release);
    let counts = shown(&rows);
    assert_eq!(counts.len(), (COLUMNS * ROWS) as usize - 3, "two hidden, one without data");
    let values: BTreeMap<usize, f64> = counts.iter().map(|(square, (rate, ..))| (*square, *rate)).collect();
    let n = values.len() as f64;
    let center = mean(values.values().copied());
    let z = |square: &usize| values[square] - center;
    let m2 = values.keys().map(|square| z(square).powi(2)).sum::<f64>() / n;
    let lag = |square: usize| mean(around(square, &values).into_iter().map(|other| z(&other)));

    // Local Moran, divided by the variance over n; its deviate by the moments of conditional permutation.
    let found = details(&release, "t_moran");
    let of = |name: &str, square: usize| found[&(code(square), name.to_owned())];
    let mut total = 0.0;
    for square in values.keys().copied() {
        let local = z(&square) * lag(square) / m2;
        total += local;
        close(of("local_statistic", square), local, "local Moran");
        let neighbors = around(square, &values).len() as f64;
        assert_eq!(of("neighbors", square), neighbors);
        let others: Vec<f64> = values.keys().filter(|other| **other != square).map(z).collect();
        let of_others = mean(others.iter().copied());
        let spread = others.iter().map(|v| (v - of_others).powi(2)).sum::<f64>() / (n - 1.0);
        // The mean of k drawn without replacement from n − 1.
        let variance = spread / neighbors * (1.0 - (neighbors - 1.0) / (n - 2.0));
        let deviate = (lag(square) - of_others) / variance.sqrt() * z(&square).signum();
        close(of("z", square), deviate, "deviate of local Moran");
    }
    let moran = statistic(&release, "t_moran", "moran_i");
    close(moran["number"].parse().unwrap(), total / n, "Moran's I is the mean of the local ones");
    close(moran["expected"].parse().unwrap(), -1.0 / (n - 1.0), "its expectation");
    assert_eq!(moran["zones"], values.len().to_string());

    // p by draws of our own, another generator and another order: within what two simulations may differ.
    for square in [0, 10, 20, 37] {
        let others: Vec<f64> = values.keys().filter(|other| **other != square).map(z).collect();
        let k = around(square, &values).len();
        let observed = lag(square) * z(&square);
        let (mut more, mut less) = (0.0, 0.0);
        let draws = 20_000;
        for draw in 0..draws {
            let mut order: Vec<usize> = (0..others.len()).collect();
            for place in 0..k {
                let pick = place + (chance(draw, 1_000 * square + place) * (order.len() - place) as f64) as usize;
                order.swap(place, pick);
            }
            let drawn = mean(order[..k].iter().map(|at| others[*at])) * z(&square);
            more += f64::from(u8::from(drawn >= observed - 1e-12));
            less += f64::from(u8::from(drawn <= observed + 1e-12));
        }
        let p = (2.0 * (f64::min(more, less) + 1.0) / (f64::from(u32::try_from(draws).unwrap()) + 1.0)).min(1.0);
        let error = 5.0 * (p * (2.0 - p) * (1.0 / 9_999.0 + 1.0 / draws as f64)).sqrt() + 3e-4;
        assert!((of("p_permutation", square) - p).abs() <= error, "{square}: {} and not {p} ± {error}", of("p_permutation", square));
    }

    // Benjamini–Hochberg over the shown quartiers, and the category that follows.
    let mut by_p: Vec<(f64, usize)> = values.keys().map(|square| (of("p_permutation", *square), *square)).collect();
    by_p.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut least = 1.0f64;
    let mut significant = 0;
    for (at, (p, square)) in by_p.iter().enumerate() {
        least = least.min(p * n / (n - at as f64));
        close(of("p_adjusted", *square), least, "adjusted p");
        let quadrant = match (z(square) > 0.0, lag(*square) > 0.0) {
            (true, true) => "1",
            (false, false) => "2",
            (false, true) => "3",
            (true, false) => "4",
        };
        let row =
            rows.iter().find(|r| r["measure"] == "t_moran" && r["zone_code"] == code(*square) && r["period"] == quarter(LAST)).unwrap();
        assert_eq!(row["value"], if least <= 0.05 { quadrant } else { "5" }, "{square}");
        significant += usize::from(least <= 0.05);
    }
    assert!(significant > 5 && significant < values.len(), "{significant}");
    for hidden in [8, 9] {
        let row =
            rows.iter().find(|r| r["measure"] == "t_moran" && r["zone_code"] == code(hidden) && r["period"] == quarter(LAST)).unwrap();
        assert_eq!((row["status"].as_str(), row["value"].as_str()), ("S", ""));
        assert!(found.keys().all(|(zone, _)| *zone != code(hidden)), "no number of a hidden quartier");
    }

    // G* with binary weights, the quartier among its own neighbors.
    let found = details(&release, "t_g_star");
    for square in values.keys().copied() {
        let mut with_self = around(square, &values);
        with_self.push(square);
        let w = with_self.len() as f64;
        let sum: f64 = with_self.iter().map(|other| values[other]).sum();
        let deviate = (sum - w * center) / (m2.sqrt() * ((n * w - w * w) / (n - 1.0)).sqrt());
        close(found[&(code(square), "z".to_owned())], deviate, "G*");
    }

    // Local Geary over the variance with n − 1, and Geary's C from the same differences.
    let found = details(&release, "t_geary");
    let variance = m2 * n / (n - 1.0);
    let mut differences = 0.0;
    for square in values.keys().copied() {
        let local = mean(around(square, &values).into_iter().map(|other| (z(&square) - z(&other)).powi(2)));
        differences += local;
        close(found[&(code(square), "local_statistic".to_owned())], local / variance, "local Geary");
    }
    let geary = statistic(&release, "t_geary", "geary_c");
    close(geary["number"].parse().unwrap(), (n - 1.0) * differences / (2.0 * n * m2 * n), "Geary's C");

    // Rates made comparable: Assunção and Reis.
    let found = details(&release, "t_rates");
    let (events, persons) = counts.values().fold((0.0, 0.0), |(events, persons), (_, x, p)| (events + x, persons + p));
    let b = events / persons;
    let a = counts.values().map(|(rate, _, p)| p * (rate - b).powi(2)).sum::<f64>() / persons - b * n / persons;
    let index: BTreeMap<usize, f64> = counts.iter().map(|(s, (rate, _, p))| (*s, (rate - b) / (a.max(0.0) + b / p).sqrt())).collect();
    let center = mean(index.values().copied());
    let m2 = index.values().map(|v| (v - center).powi(2)).sum::<f64>() / n;
    for square in index.keys().copied() {
        let lag = mean(around(square, &values).into_iter().map(|other| index[&other] - center));
        close(found[&(code(square), "local_statistic".to_owned())], (index[&square] - center) * lag / m2, "local Moran of rates");
    }
}

#[test]
fn the_release_says_who_is_next_to_whom() {
    let folder = tempfile::tempdir().unwrap();
    let ran = Town::grid(3, 2, 6).build(folder.path(), "fr");
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = std::fs::read_to_string(folder.path().join("release/tables/neighbors.gal")).unwrap();
    assert_eq!(
        text,
        "0 6 quartiers code\nZ000 3\nZ001 Z003 Z004\nZ001 5\nZ000 Z002 Z003 Z004 Z005\nZ002 3\nZ001 Z004 Z005\nZ003 3\nZ000 Z001 Z004\n\
         Z004 5\nZ000 Z001 Z002 Z003 Z005\nZ005 3\nZ001 Z002 Z004\n"
    );
}

#[test]
fn a_direction_is_told_where_the_interval_of_the_forecast_leaves_the_latest_value_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut town = Town::grid(4, 3, 24);
    // The first four rise steadily, the others only waver.
    town.counts = Box::new(|square, at| {
        let wavering = 60.0 + 8.0 * chance(square, at);
        let count = if square < 4 { 80.0 + 2.5 * at as f64 + 2.0 * chance(square, at) } else { wavering };
        Some((count.round() as u32, 12, 9))
    });
    let ran = town.build(folder.path(), "en");
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = indicators(&folder.path().join("release"));
    let row = |measure: &str, square: usize, period: usize| {
        rows.iter().find(|r| r["measure"] == measure && r["zone_code"] == code(square) && r["period"] == quarter(period)).unwrap()
    };
    let number = |row: &Row, name: &str| row[name].parse::<f64>().unwrap();
    for square in 0..12 {
        let latest = number(row("job_seekers", square, 23), "value");
        let ahead = row("job_seeker_forecast", square, 31);
        let (low, high) = (number(ahead, "low"), number(ahead, "high"));
        assert_eq!(ahead["interval_method"], "prediction_95");
        let expected = if low > latest {
            "1"
        } else if high < latest {
            "2"
        } else {
            "3"
        };
        assert_eq!(row("job_seeker_direction", square, 31)["value"], expected, "{square}: {latest} {low} {high}");
        assert_eq!(expected, if square < 4 { "1" } else { "3" }, "{square}: {latest} {low} {high}");
        // Intervals widen with each quarter ahead.
        let widths: Vec<f64> =
            (24..32).map(|at| row("job_seeker_forecast", square, at)).map(|r| number(r, "high") - number(r, "low")).collect();
        assert!(widths[7] > widths[0], "{widths:?}");
    }
}
