//! GeoJSON by RFC 7946: WGS 84, longitude first, exterior rings counter-clockwise, no more digits than the ground bears.

use std::io::{BufWriter, Write};
use std::path::Path;

use geo::orient::Direction;
use geo::{MultiPolygon, Orient};
use serde_json::{Map, Value, json};

use super::Release;
use super::class_risk::{CLASS_RISK, ClassRisk};
use super::figures::{Figures, detail_number};
use super::geopackage::marked;
use crate::catalog::{LayerSpec, StyleSpec};
use crate::error::{Error, Result};
use crate::protect::ProtectedMeasure;
use crate::territory::crs::{Transformer, WGS84};
use crate::territory::{Outlines, Territory, Zone, ZoneIdx};

/// Six digits after the point: 11 cm in latitude.
const DIGITS: i32 = 6;

/// Writes one map at the latest period of its measure.
pub(super) fn write(
    path: &Path,
    (layer, style): (&LayerSpec, &StyleSpec),
    measure: &ProtectedMeasure,
    territory: &Territory,
    release: &Release,
) -> Result<()> {
    let transformer = Transformer::new(territory.crs, WGS84)?;
    let at = measure.periods().len().saturating_sub(1);
    let period = measure.periods().get(at).map(ToString::to_string);
    let mut features = Vec::with_capacity(territory.quartiers.count());
    let zones: Vec<ZoneIdx> = territory.quartiers.indexes().collect();
    let risk = ClassRisk::of(layer, style, measure, at, &zones);
    for (position, (index, zone)) in territory.quartiers.iter().enumerate() {
        let mut properties = Map::new();
        properties.insert("zone_code".to_owned(), json!(zone.code.0));
        properties.insert("zone_name".to_owned(), json!(zone.name));
        properties.insert("period".to_owned(), json!(period));
        fill(&mut properties, &Figures::of(measure, layer.shows, at, Some(index)), measure);
        for detail in measure.details() {
            properties.insert(detail.name.to_owned(), json!(detail_number(detail, at, Some(index))));
        }
        if let Some(risk) = &risk {
            properties.insert(CLASS_RISK.to_owned(), json!(risk.at(position)));
        }
        features.push(json!({ "type": "Feature", "id": zone.code.0, "properties": properties, "geometry": geometry(zone, &transformer)? }));
    }
    let language = release.texts.language();
    let notes: Vec<&str> = [
        (territory.outlines == Outlines::Schematic).then(|| release.texts.get("metadata.schematic")),
        release.synthetic.then(|| release.texts.get("metadata.synthetic")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let title = marked(layer.title.get(language), territory, release);
    let collection = json!({
        "type": "FeatureCollection",
        "title": title,
        "notes": notes,
        "source": release.source,
        "date": release.date.to_string(),
        "features": features,
    });
    let file = std::fs::File::create(path).map_err(|e| Error::writing(path, &e))?;
    let mut writer = BufWriter::new(file);
    serde_json::to_writer(&mut writer, &collection).map_err(|e| Error::writing(path, &e.into()))?;
    writer.write_all(b"\n").and_then(|()| writer.flush()).map_err(|e| Error::writing(path, &e))
}

/// The same numbers as the GeoPackage's table of this map.
fn fill(properties: &mut Map<String, Value>, figures: &Figures, measure: &ProtectedMeasure) {
    let mut set = |name: String, value: Value| properties.insert(name, value);
    let numbers = [figures.value, figures.numerator, figures.denominator, figures.low, figures.high];
    for (name, number) in ["value", "numerator", "denominator", "low", "high"].into_iter().zip(numbers) {
        set(name.to_owned(), json!(number));
    }
    set("status".to_owned(), json!(figures.status));
    if measure.is_derived() {
        return;
    }
    for (since, change) in [("change_quarter", &figures.since_quarter), ("change_year", &figures.since_year)] {
        set(since.to_owned(), json!(change.difference));
        for (name, number) in [("low", change.low), ("high", change.high), ("p", change.p)] {
            set(format!("{since}_{name}"), json!(number));
        }
        set(format!("{since}_signal"), json!(change.signal));
    }
}

fn geometry(zone: &Zone, transformer: &Transformer) -> Result<Value> {
    let oriented: MultiPolygon<f64> = zone.shape.orient(Direction::Default);
    let mut polygons = Vec::new();
    for polygon in &oriented {
        let mut rings = Vec::new();
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            let planar: Vec<(f64, f64)> = ring.0.iter().map(|c| (c.x, c.y)).collect();
            let scale = 10f64.powi(DIGITS);
            let round = |degrees: f64| (degrees * scale).round() / scale;
            let mut positions: Vec<[f64; 2]> =
                transformer.forward(&planar)?.into_iter().map(|(lon, lat)| [round(lon), round(lat)]).collect();
            positions.dedup();
            // A ring smaller than the digits has vanished; what remains of the zone stays.
            if positions.len() >= 4 {
                rings.push(positions);
            } else if rings.is_empty() {
                break;
            }
        }
        if !rings.is_empty() {
            polygons.push(rings);
        }
    }
    Ok(match polygons.len() {
        0 => Value::Null,
        1 => json!({ "type": "Polygon", "coordinates": polygons[0] }),
        _ => json!({ "type": "MultiPolygon", "coordinates": polygons }),
    })
}
