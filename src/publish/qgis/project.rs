//! The project: layers in groups, one map theme a map, layers over time, the relation from a quartier to its series.
//!
//! All paths are relative (`./name.gpkg`), so that a release folder opens wherever it was moved to.

use std::fmt::Write as _;
use std::io::Write as _;

use chrono::{Datelike, NaiveDate};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::error::{Error, Result};
use crate::publish::qgis::QGIS_VERSION;
use crate::publish::qgis::qml::{Drawn, Style};
use crate::publish::qgis::xml::escape;
use crate::territory::Epsg;
use crate::texts::Texts;

/// A group of the layer tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// Its title.
    pub(crate) title: String,
    /// Whether its layers exclude each other, as maps of one territory do.
    pub(crate) exclusive: bool,
}

/// A layer of the project.
#[derive(Debug, Clone)]
pub(crate) struct ProjectLayer<'a> {
    /// The table or view it shows.
    pub(crate) table: &'a str,
    /// What tells it from other layers of the same table; the table itself where there is one only.
    pub(crate) key: String,
    /// Its title in the layer tree.
    pub(crate) title: String,
    /// What a reader should know: shown when the pointer rests on the title.
    pub(crate) note: String,
    /// How it is drawn.
    pub(crate) style: Style<'a>,
    /// The position of its group.
    pub(crate) group: usize,
    /// Whether the temporal controller filters it, by `period_end`.
    pub(crate) temporal: bool,
    /// The map theme that shows it.
    pub(crate) theme: Option<String>,
    /// Whether it is shown when the project opens.
    pub(crate) visible: bool,
}

impl ProjectLayer<'_> {
    /// The layer's identifier. QGIS replaces identifiers of 10 characters or fewer by random ones, which would break
    /// tree, themes and relations: the prefix keeps all of them longer.
    pub(crate) fn id(&self) -> String {
        format!("optima_layer_{}", self.key)
    }
}

/// A project.
#[derive(Debug, Clone)]
pub(crate) struct Project<'a> {
    /// Its title.
    pub(crate) title: String,
    /// The file name of the GeoPackage beside it.
    pub(crate) geopackage: String,
    /// The CRS of all layers.
    pub(crate) crs: Epsg,
    /// The CRS in full; with the code alone QGIS 3.22 opens a project without CRS.
    pub(crate) wkt: String,
    /// West, south, east, north, in meters.
    pub(crate) extent: [f64; 4],
    /// The groups, in order.
    pub(crate) groups: Vec<Group>,
    /// The layers, in order.
    pub(crate) layers: Vec<ProjectLayer<'a>>,
    /// First and last day of the series, where there are any.
    pub(crate) time: Option<(NaiveDate, NaiveDate)>,
    /// From the series to the quartiers: the keys of the layers and the title.
    pub(crate) relation: Option<(String, String, String)>,
}

/// The `.qgs` document of a project.
pub(crate) fn document(project: &Project<'_>, texts: &Texts) -> String {
    let mut out = format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis version=\"{QGIS_VERSION}\" projectname=\"{0}\">\n<title>{0}</title>\n",
        escape(&project.title)
    );
    let srs = srs(project);
    let _ = writeln!(out, "<projectCrs>{srs}</projectCrs>");
    out.push_str(&tree(project));
    let _ = writeln!(
        out,
        "<mapcanvas name=\"theMapCanvas\" annotationsVisible=\"1\"><units>meters</units>{}<rotation>0</rotation><destinationsrs>{srs}</destinationsrs></mapcanvas>",
        extent("extent", project.extent)
    );
    let _ = writeln!(out, "<relations>{}</relations>", project.relation.as_ref().map_or(String::new(), relation));
    out.push_str("<projectlayers>\n");
    for layer in &project.layers {
        out.push_str(&maplayer(layer, project, &srs, texts));
    }
    out.push_str("</projectlayers>\n<layerorder>");
    for layer in &project.layers {
        let _ = write!(out, "<layer id=\"{}\"/>", escape(&layer.id()));
    }
    out.push_str("</layerorder>\n");
    out.push_str(&themes(project));
    out.push_str(
        "<properties><SpatialRefSys><ProjectionsEnabled type=\"int\">1</ProjectionsEnabled></SpatialRefSys>\
         <Paths><Absolute type=\"bool\">false</Absolute></Paths></properties>\n",
    );
    let [west, south, east, north] = project.extent;
    let _ = writeln!(
        out,
        "<ProjectViewSettings UseProjectScales=\"0\"><Scales/><DefaultViewExtent xmin=\"{west}\" ymin=\"{south}\" xmax=\"{east}\" ymax=\"{north}\">{srs}</DefaultViewExtent></ProjectViewSettings>"
    );
    if let Some((first, last)) = project.time {
        let after = last.succ_opt().unwrap_or(last);
        let _ = writeln!(
            out,
            "<ProjectTimeSettings frameRate=\"1\" cumulativeTemporalRange=\"0\" timeStep=\"3\" timeStepUnit=\"mon\">\
             <TemporalRange><start>{first}T00:00:00Z</start><end>{after}T00:00:00Z</end></TemporalRange></ProjectTimeSettings>"
        );
    }
    out + "</qgis>\n"
}

fn srs(project: &Project<'_>) -> String {
    format!(
        "<spatialrefsys><wkt>{}</wkt><srid>{}</srid><authid>{}</authid></spatialrefsys>",
        escape(&project.wkt),
        project.crs.0,
        project.crs
    )
}

fn extent(name: &str, [west, south, east, north]: [f64; 4]) -> String {
    format!("<{name}><xmin>{west}</xmin><ymin>{south}</ymin><xmax>{east}</xmax><ymax>{north}</ymax></{name}>")
}

fn source(layer: &ProjectLayer<'_>, project: &Project<'_>) -> String {
    escape(&format!("./{}|layername={}", project.geopackage, layer.table))
}

fn tree(project: &Project<'_>) -> String {
    let mut out = String::from("<layer-tree-group>\n<customproperties/>\n");
    for (i, group) in project.groups.iter().enumerate() {
        let shown = project.layers.iter().filter(|l| l.group == i).position(|l| l.visible);
        let _ = writeln!(
            out,
            "<layer-tree-group name=\"{}\" checked=\"Qt::Checked\" expanded=\"{}\"{}><customproperties/>",
            escape(&group.title),
            u8::from(shown.is_some()),
            if group.exclusive {
                let child = shown.map_or_else(|| "-1".to_owned(), |position| position.to_string());
                format!(" mutually-exclusive=\"1\" mutually-exclusive-child=\"{child}\"")
            } else {
                String::new()
            }
        );
        for layer in project.layers.iter().filter(|l| l.group == i) {
            let _ = writeln!(
                out,
                "<layer-tree-layer id=\"{}\" name=\"{}\" source=\"{}\" providerKey=\"ogr\" checked=\"{}\" expanded=\"{}\"><customproperties/></layer-tree-layer>",
                escape(&layer.id()),
                escape(&layer.title),
                source(layer, project),
                if layer.visible { "Qt::Checked" } else { "Qt::Unchecked" },
                u8::from(layer.visible),
            );
        }
        out.push_str("</layer-tree-group>\n");
    }
    out + "</layer-tree-group>\n"
}

fn maplayer(layer: &ProjectLayer<'_>, project: &Project<'_>, srs: &str, texts: &Texts) -> String {
    let spatial = !matches!(layer.style.drawn, Drawn::Nothing);
    let geometry =
        if spatial { "geometry=\"Polygon\" wkbType=\"MultiPolygon\"" } else { "geometry=\"No geometry\" wkbType=\"NoGeometry\"" };
    // The last day of the quarter as an instant: the stock is counted on it. QGIS 3.22 compares days with moments as texts
    // and takes a month for 30.4 days, so that spans from `period_start` would show two quarters in one frame.
    let temporal = if layer.temporal {
        "<temporal enabled=\"1\" mode=\"1\" startField=\"period_end\" endField=\"\" durationField=\"\" fixedDuration=\"0\" durationUnit=\"d\" limitMode=\"0\" accumulate=\"0\" startExpression=\"\" endExpression=\"\"><fixedRange><start></start><end></end></fixedRange></temporal>"
    } else {
        ""
    };
    format!(
        "<maplayer type=\"vector\" {geometry} labelsEnabled=\"{labels}\" readOnly=\"0\" autoRefreshEnabled=\"0\" \
         hasScaleBasedVisibilityFlag=\"0\" simplifyDrawingHints=\"0\" styleCategories=\"AllStyleCategories\">\n\
         {extent}<id>{id}</id><datasource>{source}</datasource><layername>{title}</layername><abstract>{note}</abstract>\
         <srs>{srs}</srs><provider encoding=\"UTF-8\">ogr</provider>\n{body}{temporal}</maplayer>\n",
        labels = u8::from(layer.style.labels()),
        extent = if spatial { extent("extent", project.extent) } else { String::new() },
        id = escape(&layer.id()),
        source = source(layer, project),
        title = escape(&layer.title),
        note = escape(&layer.note),
        srs = if spatial { srs } else { "" },
        body = layer.style.body(texts),
    )
}

fn themes(project: &Project<'_>) -> String {
    let mut out = String::from("<visibility-presets>\n");
    for (layer, theme) in project.layers.iter().filter_map(|l| l.theme.as_ref().map(|theme| (l, theme))) {
        let _ = writeln!(
            out,
            "<visibility-preset name=\"{}\" has-expanded-info=\"0\"><layer id=\"{}\" style=\"default\" visible=\"1\" expanded=\"1\"/></visibility-preset>",
            escape(theme),
            escape(&layer.id())
        );
    }
    out + "</visibility-presets>\n"
}

fn relation((series, quartiers, title): &(String, String, String)) -> String {
    format!(
        "<relation id=\"optima_relation_series\" name=\"{}\" referencingLayer=\"optima_layer_{}\" referencedLayer=\"optima_layer_{}\" \
         strength=\"Association\"><fieldRef referencingField=\"zone_code\" referencedField=\"code\"/></relation>",
        escape(title),
        escape(series),
        escape(quartiers)
    )
}

/// A `.qgz`: a zip of one document, with the release's date as its only time, so that its bytes are the same every run.
///
/// # Errors
/// A fault of the packing itself.
pub(crate) fn archive(name: &str, document: &str, date: NaiveDate) -> Result<Vec<u8>> {
    let fault = |reason: String| Error::output(format!("the QGIS project cannot be packed: {reason}"));
    // Outside 1980 to 2107 zip has no date: its first day stands for it.
    let year = u16::try_from(date.year()).unwrap_or(0);
    let day = |number: u32| u8::try_from(number).unwrap_or(1);
    let time = zip::DateTime::from_date_and_time(year, day(date.month()), day(date.day()), 0, 0, 0).unwrap_or_default();
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(time).unix_permissions(0o644);
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(format!("{name}.qgs"), options).map_err(|e| fault(e.to_string()))?;
    zip.write_all(document.as_bytes()).map_err(|e| fault(e.to_string()))?;
    Ok(zip.finish().map_err(|e| fault(e.to_string()))?.into_inner())
}
