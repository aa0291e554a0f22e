//! What protection costs at scale: `cargo run --release --example protection -- [ZONES [QUARTERS]]`.
//!
//! Seeded job seekers of invented zones, 12 indicators (all of them, and eleven groups among them) over the quarters; measured as the
//! library measures shares, then protected. It prints one line of JSON with the seconds of both and what was hidden. Set
//! `RAYON_NUM_THREADS=1` for one core. It fails where protecting takes longer than measuring and ten seconds more.

use std::time::Instant;

use optima::catalog::DisclosureRules;
use optima::measure::{Contributors, Fraction, Measure, MeasureId, Measures, Quantities, Quantity, Studies, share_measure};
use optima::period::{Period, Quarter};
use optima::protect::{Earlier, protect};
use optima::territory::{Zone, ZoneCode, ZoneIdx, Zones};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const INDICATORS: u64 = 12;

fn main() -> Result<()> {
    let mut given = std::env::args().skip(1);
    let zones: u32 = given.next().map_or(Ok(20_000), |n| n.parse())?;
    let quarters: i32 = given.next().map_or(Ok(20), |n| n.parse())?;
    let zones = invented(zones)?;
    let first = Quarter::new(2000, 1).ok_or("no quarter")?;
    let periods: Vec<Period> = (0..quarters).map(|n| Period::Quarter(first.minus(-n))).collect();
    let start = Instant::now();
    let mut measures = vec![measure(0, &zones, &periods)?];
    for indicator in 1..INDICATORS {
        measures.push(measure(indicator, &zones, &periods)?);
    }
    let measures = Measures::from(measures);
    let measuring = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let shown = protect(&measures, &Studies::default(), &DisclosureRules::default(), &zones, &Earlier::default())?;
    let protecting = start.elapsed().as_secs_f64();
    let sum = |of: fn(&optima::protect::HiddenCells) -> usize| shown.report().iter().map(of).sum::<usize>();
    println!(
        "{}",
        serde_json::json!({
            "zones": zones.count(), "quarters": quarters, "cells": sum(|m| m.cells), "frequency": sum(|m| m.frequency),
            "complementary": sum(|m| m.complementary), "measuring_seconds": measuring, "protecting_seconds": protecting,
        })
    );
    if protecting > measuring + 10.0 { Err("protecting takes too long".into()) } else { Ok(()) }
}

fn invented(count: u32) -> Result<Zones> {
    let zone =
        |n: u32| Zone { code: ZoneCode(format!("Z{n:06}")), name: format!("Zone {n}"), parent: None, shape: geo::MultiPolygon(Vec::new()) };
    Ok(Zones::new((0..count).map(zone).collect())?)
}

/// All job seekers, or a group among them that is rarer the later the indicator.
fn measure(indicator: u64, zones: &Zones, periods: &[Period]) -> Result<Measure> {
    let name = if indicator == 0 { "job_seekers".to_owned() } else { format!("group_{indicator}") };
    let counts = |at: usize, zone: ZoneIdx| {
        let key = zone.position() as u64;
        // Small zones are many, as statistical sectors are: one in twenty has fewer than five job seekers.
        let size = (5.0 * (4.6 * unit(key)).exp()) * (0.9 + 0.2 * unit(key ^ (at as u64 + 1) << 32)) - 2.5;
        let all = size.max(0.0).round();
        let share = (0.6 - 0.04 * indicator as f64) * (0.5 + unit(key ^ indicator << 40));
        (if indicator == 0 { all } else { (all * share.min(1.0)).round() }, all)
    };
    let totals: Vec<(f64, f64)> = (0..periods.len())
        .map(|at| zones.indexes().map(|zone| counts(at, zone)).fold((0.0, 0.0), |sum, n| (sum.0 + n.0, sum.1 + n.1)))
        .collect();
    let quantities = Quantities {
        numerator: Quantity(name.clone()),
        denominator: (indicator > 0).then(|| Quantity("job_seekers".to_owned())),
        part_of: None,
    };
    Ok(share_measure(MeasureId::new(name)?, zones, periods.to_vec(), quantities, Vec::new(), |at, zone| {
        let (part, all) = zone.map_or(totals[at], |zone| counts(at, zone));
        let denominator = if indicator == 0 { 1e6 } else { all };
        let contributors = Contributors { persons: part as u64, group: (indicator > 0).then_some(all as u64), ..Contributors::default() };
        Some(Fraction { numerator: part, denominator, contributors })
    }))
}

/// A number from 0 to 1 that depends on the key alone (`SplitMix64`).
fn unit(key: u64) -> f64 {
    let mut z = key.wrapping_add(20_031).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}
