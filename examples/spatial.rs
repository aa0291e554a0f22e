//! The spatial kernels from a shell, for the bench: `cargo run --release --example spatial -- contiguity ZONES NEIGHBORS`.
//!
//! - `contiguity ZONES NEIGHBORS`: queen contiguity of a file of zones, from shapes in memory to neighbor lists, which are written.
//! - `TEST NEIGHBORS VALUES PERMUTATIONS [ANSWERS]`: the permutation test `moran` or `lisa` (local Moran), weights row-standardized, or
//!   `gistar` (local Gi*), weights of 1; statistic and p of each area are written where a file is named.
//!
//! It prints one line of JSON with the CPU seconds of the kernel. `NEIGHBORS`: a line an area, its neighbors' numbers from 0; `VALUES`: a
//! number a line. Set `RAYON_NUM_THREADS=1` to see one thread.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use optima::stats::getis_ord::gi_star;
use optima::stats::local_moran::{LocalQuestion, local_moran};
use optima::stats::permutation::{Permutations, Tail, global, local};
use optima::stats::spatial_test::{self, Divisor};
use optima::stats::spatial_weights::SpatialWeights;
use optima::territory::contiguity::{Tolerance, queen};
use optima::territory::zone_layer::ZoneLayer;
use serde_json::{Map, Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SEED: u64 = 20_031;

fn main() -> Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let told = match given.as_slice() {
        ["contiguity", zones, neighbors] => contiguity(Path::new(zones), Path::new(neighbors))?,
        [test, neighbors, values, permutations, answers @ ..] => {
            let weights = SpatialWeights::binary(&read_neighbors(neighbors)?)?;
            let values = std::fs::read_to_string(values)?.lines().map(str::parse).collect::<std::result::Result<Vec<f64>, _>>()?;
            tested(test, &weights, &values, permutations.parse()?, answers.first().map(Path::new))?
        }
        _ => return Err("usage: spatial contiguity ZONES NEIGHBORS | moran|lisa|gistar NEIGHBORS VALUES PERMUTATIONS [ANSWERS]".into()),
    };
    println!("{}", Value::Object(told));
    Ok(())
}

fn contiguity(path: &Path, out: &Path) -> Result<Map<String, Value>> {
    let layer = ZoneLayer::read(path, None)?;
    let shapes: Vec<geo::MultiPolygon<f64>> = (0..layer.count()).map(|zone| layer.outlines().shape(zone)).collect();
    let start = cpu_seconds()?;
    let weights = queen(&shapes, Tolerance::default())?;
    let cpu = cpu_seconds()? - start;
    let line = |unit| weights.neighbors(unit).iter().map(u32::to_string).collect::<Vec<_>>().join(" ") + "\n";
    std::fs::write(out, (0..weights.len()).map(line).collect::<String>())?;
    let told = json!({ "cpu": cpu, "links": weights.links(), "islands": weights.islands().len() });
    Ok(told.as_object().cloned().unwrap_or_default())
}

fn tested(test: &str, binary: &SpatialWeights, values: &[f64], count: u32, out: Option<&Path>) -> Result<Map<String, Value>> {
    let permutations = Permutations { count, seed: SEED, tail: Tail::Directed };
    let weights = &binary.row_standardized();
    let start = cpu_seconds()?;
    let (statistics, p) = match test {
        "moran" => {
            let found = global::moran(values, weights, &permutations)?;
            (vec![found.statistic], vec![Some(found.p)])
        }
        "lisa" => {
            let question = LocalQuestion { divisor: Divisor::NMinusOne, ..LocalQuestion::default() };
            let found = local_moran(values, weights, &question)?;
            (found.iter().map(|unit| unit.map_or(0.0, |unit| unit.test.statistic)).collect(), local::moran(values, weights, &permutations)?)
        }
        "gistar" => {
            let found = gi_star(values, binary, spatial_test::Alternative::TwoSided)?;
            (
                found.iter().map(|unit| unit.and_then(|unit| unit.z).unwrap_or(0.0)).collect(),
                local::getis_ord(values, &binary.with_self(), &permutations)?,
            )
        }
        _ => return Err("the test is moran, lisa or gistar".into()),
    };
    let cpu = cpu_seconds()? - start;
    if let Some(out) = out {
        let mut lines = String::new();
        for (statistic, p) in statistics.iter().zip(&p) {
            writeln!(lines, "{statistic} {}", p.map_or_else(|| "-".to_owned(), |p| p.to_string()))?;
        }
        std::fs::write(out, lines)?;
    }
    let told = json!({ "cpu": cpu, "statistic": statistics.iter().sum::<f64>() });
    Ok(told.as_object().cloned().unwrap_or_default())
}

fn read_neighbors(path: &str) -> Result<Vec<Vec<u32>>> {
    let text = std::fs::read_to_string(path)?;
    Ok(text.lines().map(|line| line.split_whitespace().map(str::parse).collect()).collect::<std::result::Result<_, _>>()?)
}

/// CPU seconds of this process so far, all threads that are still there, to the nanosecond (Linux).
fn cpu_seconds() -> Result<f64> {
    let mut nanoseconds = 0_u64;
    for task in std::fs::read_dir("/proc/self/task")? {
        let spent = std::fs::read_to_string(task?.path().join("schedstat"))?;
        nanoseconds += spent.split_whitespace().next().ok_or("no schedstat")?.parse::<u64>()?;
    }
    Ok(nanoseconds as f64 / 1e9)
}
