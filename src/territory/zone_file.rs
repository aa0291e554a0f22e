//! Zones from a file of outlines, as an office publishes it: any format with polygons that GDAL opens.
//!
//! Statbel's file of statistical sectors is read as it comes, all Belgium in one file: the commune is looked up in the
//! commune's column, never in the sector's code, which since 2019 need not begin with it.

use std::collections::BTreeMap;
use std::path::Path;

use gdal::spatial_ref::SpatialRef;
use gdal::vector::{Layer, LayerAccess, OGRFieldType, OGRwkbGeometryType, geometry_type_flatten, geometry_type_to_name};
use geo::Coord;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::Epsg;
use super::complaints::complaints;
use super::crs::{Extent, LAMBERT_72, LAMBERT_2008, Transformation, Transformer, WGS84, check_planar};
use super::diagnosis::{Cause, diagnose, expected_of_commune};
use super::opening::{self, Opened, Purpose, reason};
use super::raw_zone::RawZone;
use super::shapes::Shapes;
use crate::error::{Error, ErrorKind, Result};

/// Their column for each of ours; what is absent is recognized by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneColumns {
    /// The zone's code.
    pub code: Option<String>,
    /// The zone's name.
    pub name: Option<String>,
    /// The commune's NIS code.
    pub commune: Option<String>,
    /// The code of the zone it is part of.
    pub parent: Option<String>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneRead {
    /// The zones in the order of the file, in meters of the target CRS; nothing is believed about their outlines yet.
    pub zones: Vec<RawZone>,
    /// The layer that was read.
    pub layer: String,
    /// What was done to the coordinates.
    pub transformation: Transformation,
    /// What a person should know: recognized columns, dropped heights, curves made straight.
    pub notes: Vec<String>,
}

/// Names of columns, best first. `#` stands for a digit: Statbel puts the date into the name.
const CODES: [&str; 8] = ["cd_sector", "cs########", "c_sector", "sector", "code", "zone", "zone_code", "nis"];
const NAMES: [&str; 11] = [
    "tx_sector_descr_fr",
    "tx_sector_",
    "t_sec_fr",
    "name_fr",
    "nom",
    "name",
    "tx_munty_descr_fr",
    "tx_sector_descr_nl",
    "t_sec_nl",
    "tx_sector_descr_de",
    "libelle",
];
const COMMUNES: [&str; 10] =
    ["cd_munty_refnis", "cd_munty_r", "cd_refnis", "cnis5_####", "cnis5", "c_nis5", "nis5", "refnis", "commune", "nis"];
const PARENTS: [&str; 6] = ["cd_sub_munty", "cd_sub_mun", "cnis6_####", "cnis6", "c_nis6", "parent"];

/// Reads the zones of a commune (`nis`), or all zones of the file (`None`), into the `target` CRS.
///
/// `declared` is the CRS of the file where the file states none or a wrong one; it wins over the file.
///
/// # Errors
/// A file that cannot be opened (see the message), several layers and none named, a column that is missing or holds
/// numbers that may have lost their leading zeros, a CRS that is missing or that the coordinates contradict, a commune
/// that the file does not have, and features that are no polygons.
pub fn read_zones(
    path: &Path,
    layer: Option<&str>,
    columns: &ZoneColumns,
    nis: Option<&str>,
    target: Epsg,
    declared: Option<Epsg>,
) -> Result<ZoneRead> {
    read_inner(path, layer, columns, nis, target, declared).map_err(|e| e.in_file(path))
}

fn read_inner(
    path: &Path,
    layer: Option<&str>,
    columns: &ZoneColumns,
    nis: Option<&str>,
    target: Epsg,
    declared: Option<Epsg>,
) -> Result<ZoneRead> {
    check_planar(target)?;
    let opened = opening::open(path, Purpose::Outlines)?;
    let mut layer = choose_layer(&opened, layer)?;
    let mut notes = Vec::new();
    if layer.try_feature_count() == Some(0) {
        return Err(Error::input("the layer holds no feature"));
    }
    let source = source_crs(&layer, &opened, declared, &mut notes)?;
    let roles = Roles::find(&layer, columns, nis.is_some(), &mut notes)?;
    let mut zones = read_features(&mut layer, &roles, nis, &mut notes)?;
    if let (Some(code), true) = (roles.number, zones.len() > 1) {
        check_number_codes(code, &zones, &mut notes)?;
    }
    let by_default = opened.degrees_by_default && declared.is_none() && source == WGS84;
    let transformation = to_target(&mut zones, nis, source, target, &mut notes).map_err(|e| match e.kind() {
        ErrorKind::Findings if by_default => e.detail("a GeoJSON file that states no known CRS is in degrees"),
        _ => e,
    })?;
    Ok(ZoneRead { zones, layer: layer.name(), transformation, notes })
}

fn choose_layer<'d>(opened: &'d Opened, wanted: Option<&str>) -> Result<Layer<'d>> {
    let mut layers = opened.layers();
    let listed = |error: Error, layers: &[Layer<'_>]| {
        layers
            .iter()
            .fold(error, |e, layer| e.detail(format!("{} ({})", layer.name(), geometry_type_to_name(layer.defn().geometry_type()))))
    };
    if let Some(wanted) = wanted {
        let Some(position) = layers.iter().position(|layer| layer.name() == wanted) else {
            let error = listed(Error::config(format!("there is no layer \"{wanted}\"; the layers are:")), &layers);
            return Err(error.help("a view is no layer: it is a program inside the file, which is not run"));
        };
        return Ok(layers.swap_remove(position));
    }
    let areas: Vec<usize> = (0..layers.len()).filter(|i| may_hold_areas(layers[*i].defn().geometry_type())).collect();
    match areas.as_slice() {
        [only] => Ok(layers.swap_remove(*only)),
        [] => Err(listed(Error::input("no layer holds areas; the layers are:"), &layers).help("expected polygons")),
        _ => Err(listed(Error::config("several layers may hold the zones:"), &layers).help("name one of them with layer = \"…\"")),
    }
}

fn may_hold_areas(kind: OGRwkbGeometryType::Type) -> bool {
    use OGRwkbGeometryType as G;
    [G::wkbUnknown, G::wkbPolygon, G::wkbMultiPolygon, G::wkbCurvePolygon, G::wkbMultiSurface, G::wkbSurface, G::wkbGeometryCollection]
        .contains(&geometry_type_flatten(kind))
}

fn source_crs(layer: &Layer<'_>, opened: &Opened, declared: Option<Epsg>, notes: &mut Vec<String>) -> Result<Epsg> {
    let stated = layer.spatial_ref();
    let known = stated.as_ref().and_then(epsg_of);
    match (declared, known) {
        (Some(declared), Some(known)) if declared != known && !(opened.degrees_by_default && known == WGS84) => {
            notes.push(format!("the file states {known}, {declared} is declared: the declaration was taken"));
            Ok(declared)
        }
        (Some(declared), _) => Ok(declared),
        (None, Some(known)) => match opened.crs_contradiction(&layer.name())? {
            Some(contradiction) => Err(Error::input(contradiction)
                .help("declare the right one: crs = 31370 (Lambert 72), crs = 3812 (Lambert 2008) or crs = 4326 (degrees)")),
            None => Ok(known),
        },
        (None, None) => {
            let name = stated.and_then(|s| s.name()).filter(|name| !name.to_lowercase().starts_with("undefined"));
            let error = match name {
                Some(name) => Error::input(format!("the file's CRS \"{name}\" has no EPSG code")),
                None => Error::input("the file states no CRS"),
            };
            Err(error.help("declare it: crs = 31370 (Lambert 72), crs = 3812 (Lambert 2008) or crs = 4326 (degrees)"))
        }
    }
}

fn epsg_of(reference: &SpatialRef) -> Option<Epsg> {
    let code = |reference: &SpatialRef| (reference.auth_name()? == "EPSG").then(|| reference.auth_code().ok()).flatten();
    // ESRI's .prj files state names, not codes.
    let by_name = || match reference.name()?.to_lowercase().replace([' ', '/'], "_").as_str() {
        "belge_lambert_1972" | "belge_1972___belgian_lambert_72" | "bd72___belgian_lambert_72" => Some(LAMBERT_72),
        "etrs_1989_lambert_2008" | "etrs89___belgian_lambert_2008" | "belge_lambert_2008" => Some(LAMBERT_2008),
        "wgs_84" | "wgs_84_(crs84)" | "gcs_wgs_1984" => Some(WGS84),
        _ => None,
    };
    let identified = || {
        let mut copy = reference.clone();
        copy.auto_identify_epsg().ok()?;
        code(&copy)
    };
    code(reference).or_else(identified).and_then(|code| u32::try_from(code).ok()).map(Epsg).or_else(by_name)
}

/// Which field holds what.
struct Roles {
    code: usize,
    name: Option<usize>,
    commune: Option<usize>,
    parent: Option<usize>,
    /// The code column's name, where it holds whole numbers.
    number: Option<String>,
}

impl Roles {
    fn find(layer: &Layer<'_>, columns: &ZoneColumns, by_commune: bool, notes: &mut Vec<String>) -> Result<Self> {
        let fields: Vec<(String, OGRFieldType::Type)> = layer.defn().fields().map(|field| (field.name(), field.field_type())).collect();
        let names = || fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        let find = |role: &str, theirs: Option<&String>, usual: &[&str]| -> Result<Option<usize>> {
            let Some(theirs) = theirs else {
                return Ok(usual.iter().find_map(|pattern| fields.iter().position(|(name, _)| fits(name, pattern))));
            };
            let exact = fields.iter().position(|(name, _)| name == theirs);
            let found = exact.or_else(|| fields.iter().position(|(name, _)| name.eq_ignore_ascii_case(theirs)));
            let missing = || Error::config(format!("there is no column \"{theirs}\"; the columns are: {}", names()));
            found.map(Some).ok_or_else(|| missing().in_column(format!("zone_columns.{role}")))
        };
        let must = |role: &str, found: Option<usize>| {
            let missing = || Error::config(format!("no column is recognized as the zone's {role}; the columns are: {}", names()));
            found.ok_or_else(|| missing().help(format!("name it: [zone_columns] {role} = \"…\"")))
        };
        let code = must("code", find("code", columns.code.as_ref(), &CODES)?)?;
        let name = find("name", columns.name.as_ref(), &NAMES)?;
        let commune = match find("commune", columns.commune.as_ref(), &COMMUNES)? {
            found if by_commune => Some(must("commune", found)?),
            _ => None,
        };
        let parent = find("parent", columns.parent.as_ref(), &PARENTS)?;
        for (role, at) in [("code", Some(code)), ("commune", commune)] {
            if let Some((name, OGRFieldType::OFTReal)) = at.map(|i| &fields[i]) {
                return Err(Error::input(format!("the {role} column holds decimal numbers; codes are text"))
                    .in_column(name.clone())
                    .help("store the codes as text: leading zeros and letters must survive"));
            }
        }
        if name.is_none() {
            notes.push("no column of names: zones are called by their codes".to_owned());
        }
        let number = matches!(fields[code].1, OGRFieldType::OFTInteger | OGRFieldType::OFTInteger64).then(|| fields[code].0.clone());
        Ok(Self { code, name, commune, parent, number })
    }
}

/// Whether a column's name is this one, whatever its case; `#` in the pattern stands for a digit.
fn fits(name: &str, pattern: &str) -> bool {
    name.len() == pattern.len()
        && name.bytes().zip(pattern.bytes()).all(|(n, p)| if p == b'#' { n.is_ascii_digit() } else { n.eq_ignore_ascii_case(&p) })
}

fn read_features(layer: &mut Layer<'_>, roles: &Roles, nis: Option<&str>, notes: &mut Vec<String>) -> Result<Vec<RawZone>> {
    let promised = layer.try_feature_count();
    let mut zones = Vec::new();
    let mut communes: BTreeMap<String, u64> = BTreeMap::new();
    let mut problems: Vec<String> = Vec::new();
    let shapes = Shapes::default();
    let mut count = 0;
    drop(complaints());
    for feature in layer.features() {
        count += 1;
        let unreadable = !complaints().is_empty();
        let text = |field: usize, what: &str| -> Result<String, String> {
            let text = feature.field_as_string(field).map_err(|e| reason(&e))?.unwrap_or_default();
            if text.contains('\u{FFFD}') {
                return Err(format!("feature {count}: the {what} is not UTF-8"));
            }
            Ok(text.trim().nfc().collect())
        };
        let taken = || -> Result<Option<RawZone>, String> {
            if let (Some(field), Some(nis)) = (roles.commune, nis) {
                let commune = text(field, "commune's code")?;
                let ours = commune == nis;
                *communes.entry(commune).or_default() += 1;
                if !ours {
                    return Ok(None);
                }
            }
            let code = text(roles.code, "code")?;
            let name = roles.name.map_or_else(|| Ok(code.clone()), |field| text(field, "name"))?;
            let parent = roles.parent.map(|field| text(field, "parent's code")).transpose()?.filter(|parent| !parent.is_empty());
            let parts = shapes.of_feature(&feature).map_err(|why| format!("feature {count} ({code}): {why}"))?;
            if parts.is_empty() && (unreadable || !complaints().is_empty()) {
                return Err(format!("feature {count} ({code}): the outline is damaged and cannot be read"));
            }
            Ok(Some(RawZone { code, name, parent, feature: count, parts }))
        };
        match { taken }() {
            Ok(zone) => zones.extend(zone),
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(promised) = promised.filter(|promised| *promised != count) {
        let told = complaints().pop().and_then(|text| text.lines().next().map(|line| format!(": {line}"))).unwrap_or_default();
        problems.push(format!("the file promises {promised} features and gives {count}{told}"));
    }
    if !problems.is_empty() {
        let error = Error::new(ErrorKind::Findings, format!("{} features cannot be read as zones", problems.len()));
        return Err(problems.into_iter().take(50).fold(error, Error::detail));
    }
    if zones.is_empty() {
        return Err(match nis {
            Some(nis) => commune_not_found(nis, &communes),
            None => Error::input("the layer holds no feature"),
        });
    }
    shapes.tell(notes);
    Ok(zones)
}

fn commune_not_found(nis: &str, communes: &BTreeMap<String, u64>) -> Error {
    const SHOWN: usize = 12;
    if communes.is_empty() {
        return Error::input("the layer holds no feature");
    }
    let mut near: Vec<(&String, &u64)> = communes.iter().collect();
    near.sort_by_key(|(code, _)| (strsim::levenshtein(code, nis), (*code).clone()));
    let shown: Vec<String> = near.iter().take(SHOWN).map(|(code, zones)| format!("{code} ({zones} zones)")).collect();
    let rest = if communes.len() > SHOWN { format!(" and {} more", communes.len() - SHOWN) } else { String::new() };
    let help = "check nis in territory.toml; codes change when communes merge";
    Error::config(format!("the commune {nis} is not in the file; there are {}{rest}", shown.join(", "))).help(help)
}

/// Codes that are stored as numbers are only safe if no leading zero can be missing.
fn check_number_codes(column: String, zones: &[RawZone], notes: &mut Vec<String>) -> Result<()> {
    let longest = zones.iter().map(|zone| zone.code.len()).max().unwrap_or_default();
    if zones.iter().any(|zone| zone.code.len() != longest) {
        return Err(Error::input("the codes are stored as numbers of different lengths: leading zeros may be lost")
            .in_column(column)
            .help("store the codes as text"));
    }
    notes.push(format!("the codes in \"{column}\" are stored as numbers; they are read as text"));
    Ok(())
}

fn to_target(zones: &mut [RawZone], nis: Option<&str>, source: Epsg, target: Epsg, notes: &mut Vec<String>) -> Result<Transformation> {
    let transformer = Transformer::new(source, target)?;
    let expected = match nis.and_then(expected_of_commune) {
        Some(extent) => extent,
        None => Extent::of_use(target)?,
    };
    let places: Vec<(f64, f64)> =
        zones.iter().flat_map(RawZone::points).filter(|c| c.x.is_finite() && c.y.is_finite()).map(|c| (c.x, c.y)).collect();
    if let Some(found) = diagnose(&places, source, &expected) {
        // A cause that explains most of the file is a mistake of the file; anything else is for a person to look at.
        if found.outside * 2 > found.looked_at && found.cause != Cause::Unexplained {
            return Err(Error::new(ErrorKind::Findings, found.to_string()).help(found.help()));
        }
        notes.push(found.to_string());
    }
    if source != target {
        for c in zones.iter_mut().flat_map(|zone| zone.parts.iter_mut().flatten().flatten()) {
            let (x, y) = transformer.point((c.x, c.y)).unwrap_or((f64::NAN, f64::NAN));
            *c = Coord { x, y };
        }
    }
    Ok(transformer.transformation().clone())
}
