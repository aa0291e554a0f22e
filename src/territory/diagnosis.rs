//! Why coordinates lie where they should not: the usual mistakes, tried one by one.
//!
//! Used for outlines and for points of records. It never repairs: it names the likely cause and what to declare.

use std::fmt;

use serde::Serialize;

use super::Epsg;
use super::crs::{Extent, LAMBERT_72, LAMBERT_2008, Transformer, WEB_MERCATOR, WGS84};

/// At most this many points are looked at, spread evenly over all.
const LOOKED_AT: usize = 5_000;

/// What most likely went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The coordinates are 0, 0: a missing value written as a number.
    ZeroZero,
    /// y was written before x.
    AxesSwapped,
    /// Degrees, longitude before latitude, declared as something else.
    DegreesLonLat,
    /// Degrees, latitude before longitude, declared as something else.
    DegreesLatLon,
    /// Another CRS than the one declared.
    OtherCrs(Epsg),
    /// None of these.
    Unexplained,
}

/// What is wrong with coordinates that lie outside the expected extent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnosis {
    /// The likely cause.
    pub cause: Cause,
    /// The CRS that was declared.
    pub declared: Epsg,
    /// How many of the points that were looked at lie outside.
    pub outside: usize,
    /// How many were looked at (all, or an even sample of 5000).
    pub looked_at: usize,
    /// The share of the outside points that lie inside if the cause is right; 0 for [`Cause::Unexplained`].
    pub explained: f64,
}

impl Diagnosis {
    /// What a person should do next.
    #[must_use]
    pub fn help(&self) -> String {
        match self.cause {
            Cause::ZeroZero => "leave the coordinates empty where they are not known".to_owned(),
            Cause::AxesSwapped => "exchange the x and the y column (x is east, y is north)".to_owned(),
            Cause::DegreesLonLat => "declare crs = 4326".to_owned(),
            Cause::DegreesLatLon => "declare crs = 4326, with the longitude as x and the latitude as y".to_owned(),
            Cause::OtherCrs(Epsg(code)) => format!("declare crs = {code}"),
            Cause::Unexplained => "check the coordinates and the declared crs".to_owned(),
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} points lie outside the expected extent; ", self.outside, self.looked_at)?;
        match self.cause {
            Cause::ZeroZero => write!(f, "their coordinates are 0, 0")?,
            Cause::AxesSwapped => write!(f, "the axes look swapped")?,
            Cause::DegreesLonLat => {
                write!(f, "the coordinates look like degrees (longitude, latitude), declared as {}", named(self.declared))?;
            }
            Cause::DegreesLatLon => {
                write!(f, "the coordinates look like degrees with the latitude first, declared as {}", named(self.declared))?;
            }
            Cause::OtherCrs(crs) => write!(f, "the coordinates look like {}, declared as {}", named(crs), named(self.declared))?,
            Cause::Unexplained => return write!(f, "no usual mistake explains it (declared as {})", named(self.declared)),
        }
        write!(f, " ({:.0} % of them would then lie inside)", self.explained * 100.0)
    }
}

/// Looks at points in the declared CRS and says why some lie outside the expected extent; `None` where none does.
///
/// The hypotheses are tried in the order of [`Cause`]; the one that brings most points inside wins, the first of equals,
/// if it brings in half of them at least. Points that are not finite count as outside. Cost: under ten transformations a point.
///
/// ```
/// use optima::territory::{Epsg, crs::Extent, diagnosis::{Cause, diagnose}};
/// let belgium = Extent::of_use(Epsg(31370)).unwrap();
/// let found = diagnose(&[(731_002.0, 645_010.3)], Epsg(31370), &belgium).unwrap();
/// assert_eq!(found.cause, Cause::OtherCrs(Epsg(3812)));
/// assert_eq!(found.help(), "declare crs = 3812");
/// ```
#[must_use]
pub fn diagnose(points: &[(f64, f64)], declared: Epsg, expected: &Extent) -> Option<Diagnosis> {
    let step = points.len().div_ceil(LOOKED_AT).max(1);
    let sample: Vec<(f64, f64)> = points.iter().step_by(step).copied().collect();
    let as_declared = Hypothesis { cause: Cause::Unexplained, crs: declared, swapped: false };
    let outside: Vec<(f64, f64)> = match as_declared.inside(expected) {
        Some(inside) => sample.iter().copied().filter(|p| !inside(*p)).collect(),
        None => sample.clone(),
    };
    if outside.is_empty() {
        return None;
    }
    let found = |cause, hits: usize| Diagnosis {
        cause,
        declared,
        outside: outside.len(),
        looked_at: sample.len(),
        explained: share(hits, outside.len()),
    };
    let zeros = outside.iter().filter(|(x, y)| *x == 0.0 && *y == 0.0).count();
    let mut best = (Cause::ZeroZero, zeros);
    for hypothesis in hypotheses(declared) {
        if let Some(inside) = hypothesis.inside(expected) {
            let hits = outside.iter().filter(|p| inside(**p)).count();
            if hits > best.1 {
                best = (hypothesis.cause, hits);
            }
        }
    }
    Some(if best.1 * 2 >= outside.len() { found(best.0, best.1) } else { found(Cause::Unexplained, 0) })
}

/// Where the zones of a Belgian commune can lie, from the province in its NIS code, with a margin of about 10 km.
///
/// `None` for a code that is not of a Belgian arrondissement. A sector cannot be told from the commune's code since
/// 2019, but a commune still lies in its province. Limits in degrees, read from maps of the provinces.
#[must_use]
pub fn expected_of_commune(nis: &str) -> Option<Extent> {
    const ARRONDISSEMENTS: [(&[&str], [f64; 4]); 9] = [
        (&["11", "12", "13"], [4.15, 50.95, 5.30, 51.52]),
        (&["21", "23", "24", "25"], [3.88, 50.51, 5.26, 51.05]),
        (&["31", "32", "33", "34", "35", "36", "37", "38"], [2.54, 50.66, 3.58, 51.38]),
        (&["41", "42", "43", "44", "45", "46"], [3.31, 50.69, 4.45, 51.37]),
        (&["51", "52", "53", "54", "55", "56", "57", "58"], [2.83, 49.92, 4.65, 50.83]),
        (&["61", "62", "63", "64"], [4.97, 50.12, 6.41, 50.82]),
        (&["71", "72", "73"], [4.96, 50.67, 5.93, 51.30]),
        (&["81", "82", "83", "84", "85"], [4.95, 49.49, 6.06, 50.44]),
        (&["91", "92", "93"], [4.31, 49.77, 5.29, 50.71]),
    ];
    if nis.len() != 5 || !nis.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (_, [min_x, min_y, max_x, max_y]) = ARRONDISSEMENTS.iter().find(|(codes, _)| codes.contains(&&nis[..2]))?;
    Some(Extent { crs: WGS84, min_x: *min_x, min_y: *min_y, max_x: *max_x, max_y: *max_y }.grown(0.12))
}

struct Hypothesis {
    cause: Cause,
    crs: Epsg,
    swapped: bool,
}

impl Hypothesis {
    /// The test of one point; `None` where the CRS is not known.
    fn inside<'e>(&self, expected: &'e Extent) -> Option<impl Fn((f64, f64)) -> bool + use<'e>> {
        let transformer = Transformer::new(self.crs, expected.crs).ok()?;
        let swapped = self.swapped;
        Some(move |(x, y): (f64, f64)| transformer.point(if swapped { (y, x) } else { (x, y) }).is_some_and(|p| expected.contains(p)))
    }
}

fn hypotheses(declared: Epsg) -> Vec<Hypothesis> {
    let mut all = vec![Hypothesis { cause: Cause::AxesSwapped, crs: declared, swapped: true }];
    if declared != WGS84 {
        all.push(Hypothesis { cause: Cause::DegreesLonLat, crs: WGS84, swapped: false });
        all.push(Hypothesis { cause: Cause::DegreesLatLon, crs: WGS84, swapped: true });
    }
    let others = [LAMBERT_2008, LAMBERT_72, WEB_MERCATOR].into_iter().filter(|crs| *crs != declared);
    all.extend(others.map(|crs| Hypothesis { cause: Cause::OtherCrs(crs), crs, swapped: false }));
    all
}

fn named(crs: Epsg) -> String {
    match crs {
        WGS84 => format!("{crs} (WGS 84, degrees)"),
        LAMBERT_72 => format!("{crs} (Lambert 72)"),
        LAMBERT_2008 => format!("{crs} (Lambert 2008)"),
        WEB_MERCATOR => format!("{crs} (Web Mercator)"),
        _ => crs.to_string(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a sample of a few thousand")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
