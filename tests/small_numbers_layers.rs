//! Who has the release can compute again what is made of it: smoothed shares, funnels and ranks of Valmont, with one quartier hidden,
//! from the counts of `tables/indicators.csv` alone, with formulas written a second time and no statistic of the program.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "tests may: a panic is how they fail, and their counts are small")]

#[allow(clippy::print_stderr, reason = "it says when it skips")]
mod released;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use released::{Row, build, indicators, project, write};

/// A release of Valmont in which few job seekers are left in one quartier, and many in another: its long table, and the further numbers by measure, zone, period and name.
struct Released {
    table: Vec<Row>,
    details: BTreeMap<[String; 4], f64>,
    statistics: Vec<Row>,
}

fn valmont() -> &'static Released {
    static RELEASED: OnceLock<Released> = OnceLock::new();
    RELEASED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let release = folder.path().join("release");
        build(&uneven(folder.path()), &release);
        let rows = |name: &str| -> Vec<Row> {
            csv::Reader::from_path(release.join("tables").join(name)).unwrap().deserialize().map(Result::unwrap).collect()
        };
        let key = |row: &Row| ["measure", "zone_code", "period", "name"].map(|column| row[column].clone());
        let details = rows("details.csv").iter().map(|row| (key(row), row["number"].parse().unwrap())).collect();
        Released { table: indicators(&release), details, statistics: rows("statistics.csv") }
    })
}

/// Valmont's observatory with other records: only three job seekers in Les Hauts in the last quarter (none of whom points or addresses
/// tell the place), and every third of those that Rive gauche had in its first sector.
fn uneven(folder: &Path) -> PathBuf {
    let valmont = project().join("examples/valmont");
    let text = std::fs::read_to_string(valmont.join("observatory.toml")).unwrap();
    let place = project().join("layers/territories/valmont");
    let file = folder.join("observatory.toml");
    write(&file, &text.replace("territory = \"valmont\"", &format!("territory = \"{}\"", place.display())));
    for name in ["population.csv", "interviews.csv", "addresses.csv"] {
        write(&folder.join("records").join(name), &std::fs::read_to_string(valmont.join("records").join(name)).unwrap());
    }
    let records = std::fs::read_to_string(valmont.join("records/job_seekers.csv")).unwrap();
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let kept: Vec<&str> = records
        .lines()
        .filter(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let count = seen.entry((cells[1], cells[2])).or_default();
            *count += 1;
            match (cells[2], cells[1]) {
                ("99001A110" | "", "2003-Q4") => false,
                ("99001A120", "2003-Q4") => *count <= 3,
                ("99001B00-", _) => count.is_multiple_of(3),
                _ => true,
            }
        })
        .collect();
    write(&folder.join("records/job_seekers.csv"), &format!("{}\n", kept.join("\n")));
    file
}

const TERRITORY: &str = "valmont";

fn real(text: &str) -> Option<f64> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

impl Released {
    fn periods(&self, measure: &str) -> Vec<&str> {
        let mut periods: Vec<&str> = self.table.iter().filter(|row| row["measure"] == measure).map(|row| row["period"].as_str()).collect();
        periods.dedup();
        assert!(!periods.is_empty(), "{measure}");
        periods
    }

    fn row(&self, measure: &str, zone: &str, period: &str) -> &Row {
        self.table.iter().find(|row| row["measure"] == measure && row["zone_code"] == zone && row["period"] == period).unwrap()
    }

    fn zones(&self, measure: &str, period: &str) -> Vec<&Row> {
        self.table.iter().filter(|row| row["measure"] == measure && row["period"] == period && row["zone_code"] != TERRITORY).collect()
    }

    /// Zone, x and n where they are shown.
    fn counts(&self, measure: &str, period: &str) -> Vec<(&str, f64, f64)> {
        let shown = |row: &&Row| ["V", "U"].contains(&row["status"].as_str());
        let zones = self.zones(measure, period).into_iter().filter(shown);
        zones.map(|row| (row["zone_code"].as_str(), real(&row["numerator"]).unwrap(), real(&row["denominator"]).unwrap())).collect()
    }

    fn detail(&self, measure: &str, zone: &str, period: &str, name: &str) -> f64 {
        let number = self.details[&[measure, zone, period, name].map(str::to_owned)];
        // Shares and chances are released in percent.
        let percent = name == "raw_share" || name == "top_fifth" || name.starts_with("limit_");
        if percent { number / 100.0 } else { number }
    }
}

/// Six significant digits, by which the numbers of `details.csv` are cut.
fn six(ours: f64, released: f64, what: &str) {
    assert!((ours - released).abs() <= 6e-6 * ours.abs() + 1e-12, "{what}: {released} is released, {ours} computed");
}

// ------------------------------------------------------------------------------------------------ laws, written anew

/// ln Γ(x) by Stirling's series after moving x above 20.
fn ln_gamma(x: f64) -> f64 {
    let (mut at, mut shift) = (x, 0.0);
    while at < 20.0 {
        shift += at.ln();
        at += 1.0;
    }
    (at - 0.5) * at.ln() - at + 0.5 * std::f64::consts::TAU.ln() + 1.0 / (12.0 * at) - 1.0 / (360.0 * at.powi(3))
        + 1.0 / (1260.0 * at.powi(5))
        - shift
}

/// P(X < x) of the gamma law of scale 1, by its power series.
fn gamma_below(shape: f64, x: f64) -> f64 {
    let mut term = (shape * x.ln() - x - ln_gamma(shape + 1.0)).exp();
    let (mut sum, mut n) = (term, 0.0);
    while term > sum * 1e-17 {
        n += 1.0;
        term *= x / (shape + n);
        sum += term;
    }
    sum
}

/// P(X ≤ k) of n trials, n whole or not: 1 less the incomplete beta function, by Simpson's rule.
fn binomial_below(k: f64, n: f64, chance: f64) -> f64 {
    if k < 0.0 {
        return 0.0;
    }
    if k >= n {
        return 1.0;
    }
    let (a, b) = (k + 1.0, n - k);
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    // From the chance up to 1 the density may be steep at 1; from 0 to the chance it is not.
    let density =
        |t: f64| if t <= 0.0 { if k > 0.0 { 0.0 } else { front.exp() } } else { (front + k * t.ln() + (b - 1.0) * (1.0 - t).ln()).exp() };
    let steps = 4000;
    let width = chance / f64::from(steps);
    let weight = |i: i32| {
        if i == 0 || i == steps {
            1.0
        } else if i % 2 == 1 {
            4.0
        } else {
            2.0
        }
    };
    let area = (0..=steps).map(|i| weight(i) * density(f64::from(i) * width)).sum::<f64>() * width / 3.0;
    1.0 - area
}

// ------------------------------------------------------------------------------------------------ what is made of shown figures

#[test]
fn a_hidden_quartier_has_no_derived_figure_and_takes_no_part() {
    let release = valmont();
    let mut hidden = 0;
    for (of, made) in [
        ("job_seekers", "job_seeker_rate_smoothed"),
        ("job_seekers", "job_seeker_funnel"),
        ("job_seekers", "job_seeker_rank"),
        ("isolation", "isolation_smoothed"),
    ] {
        for period in release.periods(of) {
            for row in release.zones(of, period) {
                let derived = release.row(made, &row["zone_code"], period);
                assert_eq!(row["status"] == "S", derived["status"] == "S", "{made} {} {period}", row["zone_code"]);
                if row["status"] == "S" {
                    hidden += 1;
                    assert!(["value", "numerator", "denominator", "low", "high"].iter().all(|column| derived[*column].is_empty()));
                    let further = release.details.keys().any(|key| key[0] == made && key[1] == row["zone_code"] && key[2] == period);
                    assert!(!further, "{made} {} {period}", row["zone_code"]);
                }
            }
        }
    }
    assert!(hidden >= 3 + 2, "Les Hauts in one quarter, three times, and two quartiers of the interviews: {hidden}");
}

#[test]
fn smoothed_shares_are_those_of_the_released_counts() {
    let release = valmont();
    let (mut compared, mut shrunk) = (0, 0);
    for (of, made) in [("job_seekers", "job_seeker_rate_smoothed"), ("isolation", "isolation_smoothed")] {
        for period in release.periods(of) {
            let counts = release.counts(of, period);
            let x: f64 = counts.iter().map(|c| c.1).sum();
            let n: f64 = counts.iter().map(|c| c.2).sum();
            let (k, mean) = (counts.len() as f64, x / n);
            let squares: f64 = counts.iter().map(|(_, x, n)| n * (x / n - mean) * (x / n - mean)).sum();
            let between = (squares / n - mean / (n / k)).max(0.0);
            let of_mean = counts.iter().map(|c| c.2 * c.2 * (between + mean / c.2)).sum::<f64>() / (n * n);
            for (zone, x, n) in counts {
                let what = format!("{made} {zone} {period}");
                let row = release.row(made, zone, period);
                let weight = between / (between + mean / n);
                let value = weight * x / n + (1.0 - weight) * mean;
                assert!((100.0 * value - real(&row["value"]).unwrap()).abs() < 6e-5, "{what}: {value} {}", row["value"]);
                six(x / n, release.detail(made, zone, period, "raw_share"), &what);
                six(weight, release.detail(made, zone, period, "own_weight"), &what);
                // The limits leave 2.5 % of the gamma law out on either side.
                let variance = weight * value / n + (1.0 - weight) * (1.0 - weight) * of_mean;
                for (column, tail) in [("low", 0.025), ("high", 0.975)] {
                    let limit = real(&row[column]).unwrap() / 100.0;
                    if limit < 1.0 {
                        let below = gamma_below(value * value / variance, limit * value / variance);
                        assert!((below - tail).abs() < 2e-5, "{what} {column}: {below}");
                    }
                }
                assert_eq!(row["interval_method"], "smoothed_95");
                compared += 1;
                shrunk += usize::from(weight > 0.0);
            }
        }
    }
    assert!(compared >= 14 && shrunk >= 8, "{compared} {shrunk}");
}

#[test]
fn the_funnel_is_drawn_around_the_territory_by_binomial_chance() {
    let release = valmont();
    let mut categories = [0; 5];
    for period in release.periods("job_seekers") {
        let whole = release.row("job_seekers", TERRITORY, period);
        let counts = release.counts("job_seekers", period);
        let all = counts.iter().fold((0.0, 0.0), |sum, (_, x, n)| (sum.0 + x, sum.1 + n));
        let (x, n) = real(&whole["numerator"]).zip(real(&whole["denominator"])).unwrap_or(all);
        let reference = x / n;
        let told = release.statistics.iter().find(|s| s["measure"] == "job_seeker_funnel" && s["period"] == period).unwrap();
        assert_eq!(told["statistic"], "funnel_reference");
        six(reference, told["number"].parse().unwrap(), period);
        for (zone, x, n) in counts {
            let what = format!("{zone} {period}");
            let below: Vec<f64> = (-1..=400).map(|k| binomial_below(f64::from(k), n, reference)).collect();
            let limit = |p: f64| {
                let at = (1..below.len()).find(|at| below[*at] >= p).unwrap();
                let back = (below[at] - p) / (below[at] - below[at - 1]);
                (at as f64 - 1.0 - back).max(0.0) / n
            };
            let limits = [limit(0.001), limit(0.025), limit(0.975), limit(0.999)];
            for (limit, name) in limits.iter().zip(["limit_998_low", "limit_95_low", "limit_95_high", "limit_998_high"]) {
                six(*limit, release.detail("job_seeker_funnel", zone, period, name), &format!("{what} {name}"));
            }
            let z = (x / n - reference) / (reference * (1.0 - reference) / n).sqrt();
            six(z, release.detail("job_seeker_funnel", zone, period, "z"), &what);
            let category = 1 + limits.iter().filter(|limit| x / n > **limit).count();
            assert_eq!(real(&release.row("job_seeker_funnel", zone, period)["value"]), Some(category as f64), "{what}");
            categories[category - 1] += 1;
        }
    }
    assert!(categories.iter().filter(|count| **count > 0).count() >= 2, "{categories:?}");
}

/// Of places whose true values have the density Beta(x + ½, n − x + ½) on a fine grid: the chance of each rank, by place.
fn rank_chances(counts: &[(&str, f64, f64)]) -> Vec<Vec<f64>> {
    const CELLS: i32 = 20_000;
    let grid: Vec<f64> = (0..CELLS).map(|i| (f64::from(i) + 0.5) / f64::from(CELLS)).collect();
    let masses: Vec<Vec<f64>> = counts
        .iter()
        .map(|(_, x, n)| {
            let density = |t: &f64| ((x - 0.5) * t.ln() + (n - x - 0.5) * (1.0 - t).ln()).exp();
            let scale = ((x - 0.5) / (n - 1.0)).clamp(0.001, 0.999);
            let top = density(&scale);
            let raw: Vec<f64> = grid.iter().map(|t| density(t) / top).collect();
            let sum: f64 = raw.iter().sum();
            raw.into_iter().map(|m| m / sum).collect()
        })
        .collect();
    let above: Vec<Vec<f64>> = masses
        .iter()
        .map(|mass| {
            let mut left = 1.0;
            mass.iter()
                .map(|m| {
                    left -= m;
                    left + m / 2.0
                })
                .collect()
        })
        .collect();
    let one = |place: usize| {
        let mut chances = vec![0.0; counts.len()];
        for (at, mass) in masses[place].iter().enumerate().filter(|(_, mass)| **mass > 1e-14) {
            // How many of the others lie above: a sum of independent chances.
            let mut number = vec![1.0];
            for (_, higher) in above.iter().enumerate().filter(|(other, _)| *other != place) {
                let p = higher[at];
                let mut next = vec![0.0; number.len() + 1];
                for (count, chance) in number.iter().enumerate() {
                    next[count] += chance * (1.0 - p);
                    next[count + 1] += chance * p;
                }
                number = next;
            }
            number.iter().zip(&mut chances).for_each(|(chance, sum)| *sum += mass * chance);
        }
        chances
    };
    (0..counts.len()).map(one).collect()
}

#[test]
fn ranks_have_the_chances_that_integration_gives_without_a_draw() {
    let release = valmont();
    let (mut compared, mut intervals) = (0, 0);
    for period in release.periods("job_seekers") {
        let counts = release.counts("job_seekers", period);
        let top = (0.2 * counts.len() as f64).ceil();
        for ((zone, x, n), chances) in counts.iter().zip(rank_chances(&counts)) {
            let what = format!("{zone} {period}");
            let row = release.row("job_seeker_rank", zone, period);
            let better = counts.iter().filter(|(_, y, m)| y / m > x / n).count();
            assert_eq!(real(&row["value"]), Some(1.0 + better as f64), "{what}: no two rates of Valmont are equal");
            // Standard errors of 10,000 draws.
            let ranked = || chances.iter().enumerate().map(|(before, chance)| (before as f64 + 1.0, chance));
            let expected: f64 = ranked().map(|(rank, chance)| rank * chance).sum();
            let spread: f64 = ranked().map(|(rank, chance)| (rank - expected).powi(2) * chance).sum();
            let mean = release.detail("job_seeker_rank", zone, period, "expected_rank");
            assert!((mean - expected).abs() <= 4.5 * spread.sqrt() / 100.0 + 1e-5, "{what}: {mean} for {expected}");
            let first: f64 = ranked().filter(|(rank, _)| *rank <= top).map(|(_, chance)| chance).sum();
            let in_top = release.detail("job_seeker_rank", zone, period, "top_fifth");
            assert!((in_top - first).abs() <= 4.5 * (first * (1.0 - first)).max(0.0).sqrt() / 100.0 + 1e-4, "{what}: {in_top} for {first}");
            // The interval leaves out 2.5 % on either side; where the chances lie so near to that that draws decide, either end may be.
            let (low, high) = (real(&row["low"]).unwrap(), real(&row["high"]).unwrap());
            let sure = 0.025 - 4.5 * (0.025_f64 * 0.975).sqrt() / 100.0;
            let maybe = 0.025 + 4.5 * (0.025_f64 * 0.975).sqrt() / 100.0;
            let below: f64 = ranked().filter(|(rank, _)| *rank < low).map(|(_, chance)| chance).sum();
            let above: f64 = ranked().filter(|(rank, _)| *rank > high).map(|(_, chance)| chance).sum();
            let with = |rank: f64| ranked().find(|(at, _)| *at == rank).unwrap().1;
            assert!(below <= maybe && below + with(low) >= sure, "{what}: {low} of {chances:?}");
            assert!(above <= maybe && above + with(high) >= sure, "{what}: {high} of {chances:?}");
            intervals += usize::from(low < high);
            let wide = high - low + 1.0 > counts.len() as f64 / 2.0;
            assert_eq!(row["status"] == "U", wide, "{what}");
            compared += 1;
        }
    }
    assert!(compared >= 12 && intervals >= 4, "{compared} {intervals}");
}
