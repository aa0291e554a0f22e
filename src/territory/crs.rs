//! From one CRS to another, always x before y (east, north; longitude, latitude), whatever the register says of the axes.
//!
//! The one place that talks to PROJ. Which operation PROJ chose and how exact it claims to be is kept for the
//! manifest: a different PROJ, or a grid added to its folder, gives other coordinates, and a reader must be able to see why.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use proj::{Area, Proj};
use serde::Serialize;

use super::complaints::quiet_gdal;
use super::{Epsg, Zones};
use crate::error::{Error, Result};

/// WGS 84 in degrees, longitude first.
pub const WGS84: Epsg = Epsg(4326);
/// BD72 / Belgian Lambert 72, in meters.
pub const LAMBERT_72: Epsg = Epsg(31370);
/// ETRS89 / Belgian Lambert 2008, in meters.
pub const LAMBERT_2008: Epsg = Epsg(3812);
/// Web Mercator: what web maps are drawn in. No CRS to measure in.
pub const WEB_MERCATOR: Epsg = Epsg(3857);

thread_local! {
    /// PROJ objects belong to one thread. They are never freed: freeing one empties caches that PROJ shares between
    /// threads, and there are only a few for the life of a thread.
    static OPERATIONS: RefCell<BTreeMap<(Epsg, Epsg), &'static Proj>> = const { RefCell::new(BTreeMap::new()) };
}

/// What was done to coordinates, for the manifest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transformation {
    /// The CRS the coordinates came in.
    pub from: Epsg,
    /// The CRS they are in now.
    pub to: Epsg,
    /// The name of the datum operation, for example `BD72 to ETRS89 (2)`; `none` where both CRS share their datum.
    pub operation: String,
    /// Its accuracy in meters, as the EPSG register states it; `None` where it states nothing.
    pub accuracy: Option<f64>,
}

impl fmt::Display for Transformation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {} by {}", self.from, self.to, self.operation)?;
        match self.accuracy {
            Some(accuracy) => write!(f, ", accurate to {accuracy} m"),
            None => write!(f, ", accuracy not stated"),
        }
    }
}

/// A way from one CRS to another and back.
///
/// ```
/// use optima::territory::{Epsg, crs::Transformer};
/// let transformer = Transformer::new(Epsg(31370), Epsg(3812)).unwrap();
/// let there = transformer.forward(&[(231_000.0, 145_000.0)]).unwrap();
/// assert!((there[0].0 - 731_002.008_6).abs() < 1e-3);
/// assert_eq!(transformer.transformation().operation, "BD72 to ETRS89 (2)");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Transformer {
    transformation: Transformation,
}

impl Transformer {
    /// Looks the two CRS up and asks PROJ for the best operation between them that needs no network.
    ///
    /// # Errors
    /// A CRS that PROJ does not know.
    pub fn new(from: Epsg, to: Epsg) -> Result<Self> {
        if from == to {
            known(from)?;
            return Ok(Self { transformation: Transformation { from, to, operation: "none".to_owned(), accuracy: Some(0.0) } });
        }
        let proj = operation(from, to)?;
        // PROJ decides which of several operations it takes when it sees a point; one in the middle decides for all.
        let middle = Extent::of_use(from)?.middle();
        let info = match proj.convert(middle) {
            Ok(_) => proj.proj_info(),
            Err(e) => return Err(Error::config(format!("PROJ has no way from {from} to {to}: {e}"))),
        };
        let description = info.description.unwrap_or_default();
        let datum: Vec<&str> = description.split(" + ").filter(|step| step.contains(" to ")).collect();
        let operation = if datum.is_empty() { "none".to_owned() } else { datum.join(" + ") };
        let accuracy = (info.accuracy >= 0.0).then_some(info.accuracy);
        Ok(Self { transformation: Transformation { from, to, operation, accuracy } })
    }

    /// What is done, for the manifest.
    #[must_use]
    pub fn transformation(&self) -> &Transformation {
        &self.transformation
    }

    /// From the first CRS to the second. Cost: about a microsecond a point.
    ///
    /// # Errors
    /// A point that has no image, with its position in the slice (counted from 1).
    pub fn forward(&self, points: &[(f64, f64)]) -> Result<Vec<(f64, f64)>> {
        convert_all(self.transformation.from, self.transformation.to, points)
    }

    /// From the second CRS to the first.
    ///
    /// # Errors
    /// A point that has no image, with its position in the slice (counted from 1).
    pub fn backward(&self, points: &[(f64, f64)]) -> Result<Vec<(f64, f64)>> {
        convert_all(self.transformation.to, self.transformation.from, points)
    }

    /// One point from the first CRS to the second; `None` where it has no image there.
    #[must_use]
    pub fn point(&self, point: (f64, f64)) -> Option<(f64, f64)> {
        let Transformation { from, to, .. } = self.transformation;
        if from == to {
            return finite(point);
        }
        let proj = operation(from, to).ok()?;
        image(proj, from, point)
    }
}

/// A rectangle in a CRS: where coordinates are expected to lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Extent {
    /// The CRS of the limits.
    pub crs: Epsg,
    /// Western limit.
    pub min_x: f64,
    /// Southern limit.
    pub min_y: f64,
    /// Eastern limit.
    pub max_x: f64,
    /// Northern limit.
    pub max_y: f64,
}

impl Extent {
    /// Where a CRS is meant to be used, in its own coordinates.
    ///
    /// # Errors
    /// A CRS that PROJ does not know, or that states no area of use.
    pub fn of_use(crs: Epsg) -> Result<Self> {
        let (area, _) = known(crs)?.area_of_use().map_err(|e| Error::config(format!("{crs} states no area of use: {e}")))?;
        let Area { north, south, east, west } = area.ok_or_else(|| Error::config(format!("{crs} states no area of use")))?;
        if crs == WGS84 {
            return Ok(Self { crs, min_x: west, min_y: south, max_x: east, max_y: north });
        }
        let bounds = operation(WGS84, crs)?.transform_bounds(west, south, east, north, 21);
        let [min_x, min_y, max_x, max_y] =
            bounds.map_err(|e| Error::config(format!("the area of use of {crs} cannot be computed: {e}")))?;
        Ok(Self { crs, min_x, min_y, max_x, max_y })
    }

    /// The rectangle around all zones, in their CRS.
    #[must_use]
    pub fn of_zones(zones: &Zones, crs: Epsg) -> Self {
        let coords = zones.iter().flat_map(|(_, zone)| zone.shape.iter().flat_map(|polygon| polygon.exterior().0.iter().copied()));
        let none = Self { crs, min_x: f64::INFINITY, min_y: f64::INFINITY, max_x: f64::NEG_INFINITY, max_y: f64::NEG_INFINITY };
        coords.fold(none, |e, c| Self {
            min_x: e.min_x.min(c.x),
            min_y: e.min_y.min(c.y),
            max_x: e.max_x.max(c.x),
            max_y: e.max_y.max(c.y),
            ..e
        })
    }

    /// The rectangle with each side moved outward by this much, in the units of the CRS.
    #[must_use]
    pub fn grown(self, by: f64) -> Self {
        Self { min_x: self.min_x - by, min_y: self.min_y - by, max_x: self.max_x + by, max_y: self.max_y + by, ..self }
    }

    /// Whether a point of this CRS lies in the rectangle or on its edge.
    #[must_use]
    pub fn contains(&self, (x, y): (f64, f64)) -> bool {
        (self.min_x..=self.max_x).contains(&x) && (self.min_y..=self.max_y).contains(&y)
    }

    fn middle(&self) -> (f64, f64) {
        (f64::midpoint(self.min_x, self.max_x), f64::midpoint(self.min_y, self.max_y))
    }
}

/// Checks that distances and areas can be measured in a CRS: it is projected and its unit is the meter.
///
/// # Errors
/// An unknown CRS, one in degrees, one in feet, and Web Mercator, whose meters are a third too long in Belgium.
pub fn check_planar(crs: Epsg) -> Result<()> {
    let help = "31370 (Belgian Lambert 72) and 3812 (Belgian Lambert 2008) are planar CRS for Belgium";
    known(crs)?;
    let reference = gdal::spatial_ref::SpatialRef::from_epsg(crs.0).map_err(|_| Error::config(format!("{crs} is not known")).help(help))?;
    if !reference.is_projected() || (reference.linear_units() - 1.0).abs() > 1e-9 || crs == WEB_MERCATOR {
        return Err(Error::config(format!("{crs} is no CRS to measure in: expected a projected one in meters")).help(help));
    }
    Ok(())
}

fn known(crs: Epsg) -> Result<&'static Proj> {
    let unknown = |e: &dyn fmt::Display| {
        Error::config(format!("{crs} is not a CRS that PROJ knows ({e})")).help("write the EPSG number alone, for example crs = 31370")
    };
    cached((crs, crs), || {
        // GDAL is asked first, and quietly: PROJ itself would print its complaint.
        quiet_gdal();
        gdal::spatial_ref::SpatialRef::from_epsg(crs.0).map_err(|_| unknown(&"no such code"))?;
        Proj::new(&crs.to_string()).map_err(|e| unknown(&e))
    })
}

fn operation(from: Epsg, to: Epsg) -> Result<&'static Proj> {
    if let Some(proj) = OPERATIONS.with_borrow(|operations| operations.get(&(from, to)).copied()) {
        return Ok(proj);
    }
    known(from)?;
    known(to)?;
    cached((from, to), || {
        Proj::new_known_crs(&from.to_string(), &to.to_string(), None)
            .map_err(|e| Error::config(format!("PROJ has no way from {from} to {to}: {e}")))
    })
}

fn cached(key: (Epsg, Epsg), make: impl FnOnce() -> Result<Proj>) -> Result<&'static Proj> {
    OPERATIONS.with_borrow_mut(|operations| {
        if let Some(proj) = operations.get(&key) {
            return Ok(*proj);
        }
        let proj: &'static Proj = Box::leak(Box::new(make()?));
        operations.insert(key, proj);
        Ok(proj)
    })
}

fn finite((x, y): (f64, f64)) -> Option<(f64, f64)> {
    (x.is_finite() && y.is_finite()).then_some((x, y))
}

fn image(proj: &Proj, from: Epsg, point: (f64, f64)) -> Option<(f64, f64)> {
    let (x, y) = finite(point)?;
    // PROJ wraps longitudes round the globe: degrees that are none must not come out as a place.
    if from == WGS84 && (x.abs() > 180.0 || y.abs() > 90.0) {
        return None;
    }
    finite(proj.convert((x, y)).ok()?)
}

fn convert_all(from: Epsg, to: Epsg, points: &[(f64, f64)]) -> Result<Vec<(f64, f64)>> {
    let nowhere = |i: usize| {
        Error::input(format!("point {} of {} has no place in {to}", i + 1, points.len()))
            .help(format!("check that the coordinates are x, y in {from}"))
    };
    if from == to {
        return points.iter().enumerate().map(|(i, p)| finite(*p).ok_or_else(|| nowhere(i))).collect();
    }
    let proj = operation(from, to)?;
    points.iter().enumerate().map(|(i, p)| image(proj, from, *p).ok_or_else(|| nowhere(i))).collect()
}
