//! Points to zones, counted and averaged: the shortest way through the library, for files of any length.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::interrupt;
use crate::read::points::{PointBatch, PointFile};
use crate::staging::Staging;
use crate::territory::coverage_index::CoverageIndex;
use crate::territory::zone_layer::{NewColumn, ZoneLayer};

/// What to join.
#[derive(Debug, Clone)]
pub struct JoinRequest {
    /// The points: Parquet or delimited text, in the CRS of the zones.
    pub points: PathBuf,
    /// The zones: any format GDAL reads, first layer.
    pub zones: PathBuf,
    /// The column that names a zone. With it, zones are in its order and only it is copied; without, in the order of the
    /// file, with all their columns. A point on a shared border goes to the first zone in that order.
    pub zone_key: Option<String>,
    /// The column of the points' x coordinate.
    pub x: String,
    /// The column of the points' y coordinate.
    pub y: String,
    /// The column to average, if any.
    pub value: Option<String>,
    /// The GeoPackage to write; one that is there is replaced once the new one is complete.
    pub output: PathBuf,
}

/// What became of the points. `read = within + outside + set_aside`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct JoinReport {
    /// The number of zones.
    pub zones: u64,
    /// Rows of the file of points.
    pub read: u64,
    /// Points in a zone.
    pub within: u64,
    /// Points in no zone.
    pub outside: u64,
    /// Rows whose coordinates, or value, are not numbers.
    pub set_aside: u64,
    /// The first of these, as a person counts rows.
    pub first_set_aside: Option<u64>,
}

/// Counts the points of each zone and averages their values.
///
/// The output has a zone a row: its columns, `n` (points), and `mean` of the values that are present (null where there is
/// none). Sums are taken in the order of the file, so the result does not depend on the number of threads.
///
/// # Errors
/// An input that cannot be read or lacks a column, or an output that cannot be written. No output is left then.
pub fn join(request: &JoinRequest) -> Result<JoinReport> {
    for input in [&request.points, &request.zones] {
        if same_file(input, &request.output) {
            return Err(Error::config("the output would replace an input").in_file(&request.output).help("choose another name"));
        }
    }
    // Before any work: is this a place where a file can be written?
    drop(Staging::begin(&request.output, check_replaceable)?);
    let mut zones = ZoneLayer::read(&request.zones, request.zone_key.as_deref())?;
    let index = CoverageIndex::of(zones.take_outlines());
    let mut tally = Tally::new(zones.count());
    let points = PointFile { path: request.points.clone(), x: request.x.clone(), y: request.y.clone(), value: request.value.clone() };
    points.for_each_batch(|batch| {
        interrupt::check()?;
        tally.add(&index, batch);
        Ok(())
    })?;
    write(&zones, &index, &tally, request.value.is_some(), &request.output)?;
    Ok(tally.report())
}

/// Counts and sums by zone, taken in the order of the points.
#[derive(Debug, Clone)]
pub struct Tally {
    zones: Vec<ZoneSum>,
    counts: Counts,
    /// Where a batch is located; kept to be filled again.
    places: Vec<u32>,
}

/// The points that are in no zone, and all.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    read: u64,
    outside: u64,
    set_aside: u64,
    first_set_aside: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default)]
struct ZoneSum {
    count: u64,
    valued: u64,
    sum: f64,
}

impl Tally {
    /// Nothing yet, for so many zones.
    #[must_use]
    pub fn new(zones: usize) -> Self {
        Self { zones: vec![ZoneSum::default(); zones], counts: Counts::default(), places: Vec::new() }
    }

    /// Locates a batch and adds it.
    pub fn add(&mut self, index: &CoverageIndex, batch: &PointBatch) {
        self.places.resize(batch.x.len(), CoverageIndex::OUTSIDE);
        index.locate_batch(&batch.x, &batch.y, &mut self.places);
        self.counts.read += batch.x.len() as u64;
        let nowhere = |tally: &mut Counts, i: usize| {
            if batch.x[i].is_finite() && batch.y[i].is_finite() {
                tally.outside += 1;
            } else {
                tally.set_aside += 1;
                tally.first_set_aside.get_or_insert(batch.first_row + i as u64);
            }
        };
        if let Some(values) = &batch.value {
            for (i, (&place, &value)) in self.places.iter().zip(values.iter()).enumerate() {
                let Some(zone) = self.zones.get_mut(place as usize) else {
                    nowhere(&mut self.counts, i);
                    continue;
                };
                let present = !value.is_nan();
                zone.count += 1;
                zone.valued += u64::from(present);
                zone.sum += if present { value } else { 0.0 };
            }
        } else {
            for (i, &place) in self.places.iter().enumerate() {
                match self.zones.get_mut(place as usize) {
                    Some(zone) => zone.count += 1,
                    None => nowhere(&mut self.counts, i),
                }
            }
        }
    }

    /// Points by zone.
    #[must_use]
    pub fn counts(&self) -> Vec<u64> {
        self.zones.iter().map(|zone| zone.count).collect()
    }

    /// The mean of the values present by zone, `None` where there is none.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts of points are far below 2^53")]
    pub fn means(&self) -> Vec<Option<f64>> {
        self.zones.iter().map(|zone| (zone.valued > 0).then(|| zone.sum / zone.valued as f64)).collect()
    }

    /// What became of the points.
    #[must_use]
    pub fn report(&self) -> JoinReport {
        JoinReport {
            zones: self.zones.len() as u64,
            read: self.counts.read,
            within: self.zones.iter().map(|zone| zone.count).sum(),
            outside: self.counts.outside,
            set_aside: self.counts.set_aside,
            first_set_aside: self.counts.first_set_aside,
        }
    }
}

/// Writes zones with what was counted in them: beside the output first, then checked on disk, then renamed.
///
/// # Errors
/// An output that is no plain file or in use; a file that cannot be written, or that does not read back as it was written.
pub fn write(zones: &ZoneLayer, index: &CoverageIndex, tally: &Tally, with_mean: bool, output: &Path) -> Result<()> {
    let stem =
        output.file_stem().and_then(|stem| stem.to_str()).ok_or_else(|| Error::config("the output has no file name").in_file(output))?;
    let staging = Staging::begin(output, check_replaceable)?;
    let (counts, means) = (tally.counts(), tally.means());
    let columns = [NewColumn::Count("n", &counts), NewColumn::Number("mean", &means)];
    let columns = &columns[..=usize::from(with_mean)];
    let told = |error: Error| error.in_file(output);
    zones.write(index.outlines(), columns, stem, staging.made()).map_err(told)?;
    staging.settle()?;
    zones.verify(columns, staging.made()).map_err(told)?;
    staging.commit()
}

/// A device, a folder or a link is never replaced by a file.
fn check_replaceable(output: &Path) -> Result<()> {
    match std::fs::symlink_metadata(output) {
        Ok(there) if !there.is_file() => Err(Error::output("this is no plain file").in_file(output).help("choose another --out")),
        _ => Ok(()),
    }
}

fn same_file(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}
