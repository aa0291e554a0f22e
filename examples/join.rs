//! Points to zones from a shell: `cargo run --release --example join -- POINTS ZONES OUT [VALUE] [KEY]`.
//!
//! With `--stages` it does the same step by step and says the CPU seconds of each, for the bench.

use std::error::Error;
use std::path::PathBuf;

use optima::join::{JoinRequest, Tally, join, write};
use optima::read::points::{PointBatch, PointFile};
use optima::territory::coverage_index::CoverageIndex;
use optima::territory::zone_layer::ZoneLayer;

fn main() -> Result<(), Box<dyn Error>> {
    let mut given: Vec<String> = std::env::args().skip(1).collect();
    let stages = take(&mut given, "--stages").is_some();
    let [points, zones, output, rest @ ..] = given.as_slice() else {
        return Err("usage: join POINTS ZONES OUT [VALUE] [KEY] [--stages]".into());
    };
    let request = JoinRequest {
        points: PathBuf::from(points),
        zones: PathBuf::from(zones),
        zone_key: rest.get(1).cloned(),
        x: "x".to_owned(),
        y: "y".to_owned(),
        value: rest.first().cloned(),
        output: PathBuf::from(output),
    };
    let report = if stages { in_stages(&request)? } else { serde_json::Map::new() };
    let counted = if stages { serde_json::Value::Object(report) } else { serde_json::json!(format!("{:?}", join(&request)?)) };
    println!("{counted}");
    Ok(())
}

/// The join step by step on one thread, with all points in memory: what each step costs by itself.
fn in_stages(request: &JoinRequest) -> Result<serde_json::Map<String, serde_json::Value>, Box<dyn Error>> {
    let mut told = serde_json::Map::new();
    let mut last = cpu_seconds()?;
    let mut tell = |name: &str, told: &mut serde_json::Map<_, _>| -> Result<(), Box<dyn Error>> {
        let now = cpu_seconds()?;
        told.insert(name.to_owned(), (((now - last) * 1e6).round() / 1e6).into());
        last = now;
        Ok(())
    };
    let mut zones = ZoneLayer::read(&request.zones, request.zone_key.as_deref())?;
    tell("read_zones", &mut told)?;
    let index = CoverageIndex::of(zones.take_outlines());
    tell("build_index", &mut told)?;
    told.insert("index_bytes".to_owned(), index.bytes().into());
    let file = PointFile { path: request.points.clone(), x: request.x.clone(), y: request.y.clone(), value: request.value.clone() };
    let mut points = Vec::new();
    file.for_each_batch(|batch| {
        let copy = |numbers: &[f64]| numbers.to_vec().into();
        points.push(PointBatch {
            first_row: batch.first_row,
            x: copy(&batch.x),
            y: copy(&batch.y),
            value: batch.value.as_deref().map(copy),
        });
        Ok(())
    })?;
    tell("read_points", &mut told)?;
    let mut tally = Tally::new(zones.count());
    for batch in &points {
        tally.add(&index, batch);
    }
    tell("join", &mut told)?;
    write(&zones, &index, &tally, request.value.is_some(), &request.output)?;
    tell("write", &mut told)?;
    let report = tally.report();
    for (name, count) in [("read", report.read), ("within", report.within), ("outside", report.outside), ("set_aside", report.set_aside)] {
        told.insert(name.to_owned(), count.into());
    }
    Ok(told)
}

/// CPU seconds of this process so far, all threads that are still there, to the nanosecond (Linux).
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let mut nanoseconds = 0_u64;
    for task in std::fs::read_dir("/proc/self/task")? {
        let spent = std::fs::read_to_string(task?.path().join("schedstat"))?;
        nanoseconds += spent.split_whitespace().next().ok_or("no schedstat")?.parse::<u64>()?;
    }
    Ok(nanoseconds as f64 / 1e9)
}

fn take(given: &mut Vec<String>, flag: &str) -> Option<String> {
    let at = given.iter().position(|argument| argument == flag)?;
    Some(given.remove(at))
}
