//! A territory from its folder: `territory.toml`, the outlines, and the crosswalk to quartiers.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::coverage_audit::Coverage;
use super::crosswalk::Crosswalk;
use super::crs::{Transformation, check_planar};
use super::finding::{CoverageFinding, refusal};
use super::repair::{CLOSED_GAP, Repair, repair};
use super::zone_file::{ZoneColumns, read_zones};
use super::{Epsg, Outlines, PerZone, Territory, TerritoryId, Zones};
use crate::error::{Error, Result};
use crate::plain_file;
use crate::texts::{Language, Localized};

/// Which zones are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zoning {
    /// The quartiers of the crosswalk.
    Quartiers,
    /// The sectors themselves.
    Sectors,
}

/// What a run says in place of the territory's own zones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ZoneOverrides {
    /// A file of official outlines; the outlines of the territory then count as official.
    pub zones: Option<PathBuf>,
    /// The layer of the file.
    pub layer: Option<String>,
    /// Its columns, where they are not recognized.
    pub columns: ZoneColumns,
    /// Its CRS, where it states none or a wrong one.
    pub crs: Option<Epsg>,
    /// Whether outlines are mended; each repair is in the report.
    pub repair: bool,
}

/// What `territory.toml` says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TerritorySpec {
    /// The name readers see.
    pub name: Localized,
    /// The commune's NIS code, looked up in the commune's column; absent: all zones of the file.
    pub nis: Option<String>,
    /// The planar working CRS.
    pub crs: Epsg,
    /// The file of outlines, relative to the folder.
    pub zones: PathBuf,
    /// Its layer, if it has several.
    pub layer: Option<String>,
    /// Its CRS, where it states none or a wrong one.
    pub zones_crs: Option<Epsg>,
    /// Whether the outlines are official.
    pub outlines: Outlines,
    /// Where they come from.
    pub source: String,
    /// The table of quartiers, relative to the folder.
    pub quartiers: Option<PathBuf>,
    /// Codes that mean "in the commune, place unknown".
    #[serde(default)]
    pub unlocated_codes: Vec<String>,
    /// Their column names, where they are not recognized.
    #[serde(default)]
    pub zone_columns: ZoneColumns,
}

impl TerritorySpec {
    /// Reads `territory.toml` in a folder.
    ///
    /// # Errors
    /// No such file, a key that is not known, a value of the wrong type, no planar CRS.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("territory.toml");
        let text = plain_file::read_text(&path)?;
        Error::refuse_lost_letters(&text).map_err(|e| e.in_file(&path))?;
        let spec: Self = toml::from_str(&text).map_err(|e| Error::toml(&e).in_file(&path))?;
        check_planar(spec.crs).map_err(|e| e.in_column("crs").in_file(&path))?;
        Ok(spec)
    }
}

/// What there is to know about how a territory was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TerritoryReport {
    /// The files that were read, in the order they were.
    pub files: Vec<PathBuf>,
    /// The layer the zones were read from.
    pub layer: String,
    /// What was done to the coordinates.
    pub transformation: Transformation,
    /// Findings that do not forbid to go on: gaps, slivers, missing names.
    pub findings: Vec<CoverageFinding>,
    /// What was mended, on request.
    pub repairs: Vec<Repair>,
    /// What a person should know besides: recognized columns, sectors in no quartier.
    pub notes: Vec<String>,
    /// The commune's NIS code.
    pub nis: Option<String>,
    /// Codes that mean "in the commune, place unknown".
    pub unlocated_codes: Vec<String>,
    /// The area of all sectors in square meters.
    pub area: f64,
}

impl Territory {
    /// Reads a territory from its folder.
    ///
    /// With `zoning` absent, quartiers are published where the territory has a crosswalk, sectors elsewhere.
    ///
    /// # Errors
    /// A configuration that does not hold, a file that cannot be read, and outlines that are invalid or overlap (all of
    /// them in one error of kind [`Findings`](crate::error::ErrorKind::Findings)), unless their repair is asked for.
    /// Gaps are no error: they are in the report.
    pub fn load(folder: &Path, overrides: &ZoneOverrides, zoning: Option<Zoning>, language: Language) -> Result<(Self, TerritoryReport)> {
        let spec = TerritorySpec::read(folder)?;
        let config = folder.join("territory.toml");
        let (path, layer, columns) = match &overrides.zones {
            Some(path) => (path.clone(), overrides.layer.as_deref(), &overrides.columns),
            None => (folder.join(&spec.zones), overrides.layer.as_deref().or(spec.layer.as_deref()), &spec.zone_columns),
        };
        let declared = overrides.crs.or(if overrides.zones.is_some() { None } else { spec.zones_crs });
        // Here the CRS of the outlines is declared as `zones_crs`: `crs` is the one to work in.
        let in_our_words = |help: &str| help.replace("crs = ", "zones_crs = ");
        let read = read_zones(&path, layer, columns, spec.nis.as_deref(), spec.crs, declared).map_err(|e| e.map_help(in_our_words))?;
        let (mut zones, mut repairs) = (read.zones, Vec::new());
        let mut coverage = Coverage::measure(&zones);
        if overrides.repair {
            (zones, repairs) = repair(&zones, CLOSED_GAP).map_err(|e| e.in_file(&path))?;
            if !repairs.is_empty() {
                coverage = Coverage::measure(&zones);
            }
        }
        if let Some(error) = refusal(&coverage.findings) {
            return Err(error.in_file(&path));
        }
        let area = coverage.areas.iter().sum();
        let sectors = Zones::new(zones.iter().map(super::raw_zone::RawZone::to_zone).collect()).map_err(|e| e.in_file(&path))?;
        let mut report = TerritoryReport {
            files: vec![config.clone(), path],
            layer: read.layer,
            transformation: read.transformation,
            findings: coverage.findings,
            repairs,
            notes: read.notes,
            nis: spec.nis.clone(),
            unlocated_codes: spec.unlocated_codes.clone(),
            area,
        };
        let (quartiers, membership) = match (zoning, &spec.quartiers) {
            (Some(Zoning::Sectors), _) | (None, None) => {
                let membership = PerZone::from_fn(&sectors, |idx| vec![(idx, 1.0)]);
                (sectors.clone(), membership)
            }
            (Some(Zoning::Quartiers), None) => {
                return Err(Error::config("quartiers are asked for, and the territory has no crosswalk")
                    .in_column("quartiers")
                    .in_file(&config)
                    .help("add quartiers = \"crosswalk.csv\", or set zoning = \"sectors\""));
            }
            (_, Some(table)) => {
                let table = folder.join(table);
                let grouping = Crosswalk::read(&table)?.group(&sectors, spec.nis.as_deref()).map_err(|e| e.in_file(&table))?;
                report.notes.extend(grouping.warnings);
                report.files.push(table);
                (grouping.quartiers, grouping.membership)
            }
        };
        let id = folder.canonicalize().ok().and_then(|f| f.file_name().map(|n| n.to_string_lossy().into_owned())).unwrap_or_default();
        let outlines = if overrides.zones.is_some() { Outlines::Official } else { spec.outlines };
        let source = if overrides.zones.is_some() {
            report.files[1].file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
        } else {
            spec.source
        };
        let name = spec.name.get(language).to_owned();
        let territory = Self {
            id: TerritoryId::of_folder(&id),
            name,
            crs: spec.crs,
            sectors,
            quartiers,
            membership,
            outlines,
            source,
            unlocated_codes: spec.unlocated_codes.clone(),
        };
        Ok((territory, report))
    }
}
