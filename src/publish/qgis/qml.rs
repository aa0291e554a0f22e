//! The style of a layer: rules for classes and signs, labels, aliases, widgets, field order, map tips.

use std::fmt::Write as _;

use crate::catalog::Drawing;
use crate::publish::geopackage::{Column, Picture};
use crate::publish::legend::{Legend, SignKind};
use crate::publish::qgis::QGIS_VERSION;
use crate::publish::qgis::symbols::{self, LARGEST_CIRCLE, fill_symbol};
use crate::publish::qgis::xml::{data_defined, escape, expression_column, expression_text, option};
use crate::texts::Texts;

/// What a layer draws.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Drawn<'a> {
    /// The outlines of the zones.
    Outlines,
    /// A map: the number in one column, its status in another, by this legend.
    Map {
        /// Classes, sizes and signs.
        legend: &'a Legend,
        /// The column of the number.
        value: &'a str,
        /// The column of the status.
        status: &'a str,
    },
    /// The points or lines of a picture.
    Picture(Picture),
    /// Nothing: a table without outlines.
    Nothing,
}

/// The style of one layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style<'a> {
    /// What it draws.
    pub(crate) drawn: Drawn<'a>,
    /// The column that names a zone, for labels and map tips.
    pub(crate) name: &'a str,
    /// All columns, in the order of the table.
    pub(crate) columns: &'a [Column],
}

impl Style<'_> {
    /// The style as a file of its own, as `layer_styles` holds it.
    pub(crate) fn qml(&self, texts: &Texts) -> String {
        format!(
            "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\
             <qgis version=\"{QGIS_VERSION}\" styleCategories=\"Symbology|Labeling|Fields|Forms|MapTips|AttributeTable\" \
             labelsEnabled=\"{}\" simplifyDrawingHints=\"0\">{}</qgis>",
            u8::from(self.labels()),
            self.body(texts)
        )
    }

    /// Whether the layer carries labels.
    pub(crate) fn labels(&self) -> bool {
        !matches!(self.drawn, Drawn::Nothing | Drawn::Picture(Picture::Lines))
    }

    /// The elements that a style file and a project's `maplayer` share.
    pub(crate) fn body(&self, texts: &Texts) -> String {
        let mut out = String::new();
        match self.drawn {
            Drawn::Outlines => out.push_str(&single(&fill_symbol("0", &symbols::outline()))),
            Drawn::Map { legend, value, status } => out.push_str(&rules(legend, value, status)),
            Drawn::Picture(Picture::Points) => out.push_str(&single(&symbols::point())),
            Drawn::Picture(Picture::Lines) => out.push_str(&single(&symbols::line())),
            Drawn::Nothing => {}
        }
        if self.labels() {
            let diameter = match self.drawn {
                Drawn::Map { legend, value, .. } if legend.drawing == Drawing::Symbols => Some(diameter(legend, value)),
                _ => None,
            };
            out.push_str(&labeling(self.name, diameter.as_deref()));
        }
        out.push_str(&fields(self.columns, texts));
        if let Drawn::Map { legend, value, status } = self.drawn {
            let _ = write!(out, "<mapTip>{}</mapTip>", escape(&map_tip(legend, self.name, value, status, texts)));
        }
        out
    }
}

fn single(symbol: &str) -> String {
    format!(
        "<renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" forceraster=\"0\" enableorderby=\"0\"><symbols>{symbol}</symbols></renderer-v2>"
    )
}

/// A rule a class and a sign; each zone meets one of them, and the light hatch on top where its value is unreliable.
fn rules(legend: &Legend, value: &str, status: &str) -> String {
    let diameter = diameter(legend, value);
    let (value, status) = (expression_column(value), expression_column(status));
    let mut list: Vec<(String, String, String)> = Vec::new();
    for class in &legend.classes {
        let mut filter = format!("{status} IN ('V','U') AND {value} <> 0");
        if let Some(low) = class.low {
            let _ = write!(filter, " AND {value} >= {low}");
        }
        if let Some(high) = class.high {
            let _ = write!(filter, " AND {value} < {high}");
        }
        list.push((filter, class.label.clone(), symbols::solid(&class.color)));
    }
    let symbols_drawn = legend.drawing == Drawing::Symbols;
    if symbols_drawn {
        let drawn = symbols::backdrop() + &symbols::circle(&legend.symbol_color, "3", Some(&diameter), 1);
        list.push((format!("{status} IN ('V','U') AND {value} > 0"), legend.heading.clone(), drawn));
        for step in &legend.sizes {
            // A rule that no zone meets: it shows in the legend what a size stands for.
            let size = format!("{:.3}", step.diameter * LARGEST_CIRCLE);
            list.push(("false".to_owned(), step.label.clone(), symbols::circle(&legend.symbol_color, &size, None, 1)));
        }
    }
    for sign in &legend.signs {
        let (filter, layers) = match sign.kind {
            SignKind::Zero if symbols_drawn => {
                (format!("{status} IN ('V','U') AND {value} = 0"), symbols::backdrop() + &symbols::zero_ring(1))
            }
            SignKind::Zero => (format!("{status} IN ('V','U') AND {value} = 0"), symbols::zero()),
            SignKind::NoData => (format!("{status} = 'N' OR ({status} IN ('V','U') AND {value} IS NULL)"), symbols::no_data()),
            SignKind::Hidden => (format!("{status} = 'S'"), symbols::hidden()),
            SignKind::Unreliable => (format!("{status} = 'U' AND {value} IS NOT NULL"), symbols::unreliable()),
        };
        list.push((filter, sign.label.clone(), layers));
    }
    let mut rules = String::new();
    let mut drawn = String::new();
    for (i, (filter, label, layers)) in list.iter().enumerate() {
        let _ = write!(rules, "<rule key=\"{{rule-{i}}}\" symbol=\"{i}\" filter=\"{}\" label=\"{}\"/>", escape(filter), escape(label));
        drawn.push_str(&fill_symbol(&i.to_string(), layers));
    }
    // Levels draw all areas before any circle; the largest circles first, so that small ones stay in sight.
    let (levels, order) = if symbols_drawn {
        ("1", format!("<orderby><orderByClause asc=\"0\" nullsFirst=\"0\">{}</orderByClause></orderby>", escape(&value)))
    } else {
        ("0", String::new())
    };
    format!(
        "<renderer-v2 type=\"RuleRenderer\" symbollevels=\"{levels}\" forceraster=\"0\" enableorderby=\"{levels}\">\
         <rules key=\"{{root}}\">{rules}</rules><symbols>{drawn}</symbols>{order}</renderer-v2>"
    )
}

/// Names of zones, from town scale on, haloed so that they read on every class, in the font of the reader's QGIS.
/// (`scaleMax` is the smallest scale: QGIS names them by their denominators.)
///
/// On a map of circles the name stands below its circle, whose diameter this expression gives.
fn labeling(name: &str, diameter: Option<&str>) -> String {
    let (placement, defined) = diameter.map_or_else(
        || ("placement=\"4\"", String::new()),
        |diameter| {
            let below = format!("'0,' || to_string(0.6 + coalesce({diameter}, 0) / 2)");
            (
                "placement=\"1\" quadOffset=\"7\" offsetUnits=\"MM\" geometryGeneratorEnabled=\"1\" \
                 geometryGeneratorType=\"PointGeometry\" geometryGenerator=\"point_on_surface($geometry)\"",
                data_defined("dd_properties", "OffsetXY", &below),
            )
        },
    );
    format!(
        "<labeling type=\"simple\"><settings calloutType=\"simple\">\
         <text-style fieldName=\"{}\" isExpression=\"0\" fontSize=\"7\" fontSizeUnit=\"Point\" fontWeight=\"50\" \
         textColor=\"25,25,25,255\" textOpacity=\"1\" multilineHeight=\"0.9\">\
         <text-buffer bufferDraw=\"1\" bufferSize=\"0.7\" bufferSizeUnits=\"MM\" bufferColor=\"255,255,255,255\" bufferOpacity=\"0.8\" \
         bufferJoinStyle=\"128\" bufferNoFill=\"1\"/></text-style>\
         <text-format autoWrapLength=\"14\" useMaxLineLengthForAutoWrap=\"1\" multilineAlign=\"1\" wrapChar=\"\" plussign=\"0\"/>\
         <placement {placement} centroidInside=\"1\" centroidWhole=\"0\" polygonPlacementFlags=\"2\"/>\
         <rendering scaleVisibility=\"1\" scaleMin=\"1\" scaleMax=\"75000\" obstacle=\"0\" displayAll=\"0\" fitInPolygonOnly=\"0\" drawLabels=\"1\"/>\
         {defined}</settings></labeling>",
        escape(name)
    )
}

/// The diameter in millimeters of the circle of a zone, as a QGIS expression.
fn diameter(legend: &Legend, value: &str) -> String {
    let largest = if legend.largest > 0.0 { legend.largest } else { 1.0 };
    format!("{LARGEST_CIRCLE} * sqrt({} / {largest})", expression_column(value))
}

/// Aliases, widgets and the order of columns. The key stays out of sight.
fn fields(columns: &[Column], texts: &Texts) -> String {
    let (mut configuration, mut aliases, mut order) = (String::new(), String::new(), String::new());
    // The key of a table and that of a view.
    for key in ["fid", "OGC_FID"] {
        let _ = write!(configuration, "<field name=\"{key}\"><editWidget type=\"Hidden\"><config><Option/></config></editWidget></field>");
        let _ = write!(order, "<column type=\"field\" name=\"{key}\" hidden=\"1\" width=\"-1\"/>");
    }
    for (i, column) in columns.iter().enumerate() {
        let field = escape(&column.name);
        let widget = column.codes.map_or_else(
            || "<editWidget type=\"TextEdit\"><config><Option/></config></editWidget>".to_owned(),
            |codes| {
                let map = codes.words(texts).iter().fold(String::new(), |mut map, (code, words)| {
                    let _ = write!(map, "<Option type=\"Map\">{}</Option>", option(words, code));
                    map
                });
                format!(
                    "<editWidget type=\"ValueMap\"><config><Option type=\"Map\"><Option type=\"List\" name=\"map\">{map}</Option></Option></config></editWidget>"
                )
            },
        );
        let _ = write!(configuration, "<field name=\"{field}\">{widget}</field>");
        let _ = write!(aliases, "<alias index=\"{}\" field=\"{field}\" name=\"{}\"/>", i + 1, escape(&column.title));
        let _ = write!(order, "<column type=\"field\" name=\"{field}\" hidden=\"0\" width=\"-1\"/>");
    }
    format!(
        "<fieldConfiguration>{configuration}</fieldConfiguration><aliases>{aliases}</aliases>\
         <attributetableconfig actionWidgetStyle=\"dropDown\" sortExpression=\"\" sortOrder=\"0\"><columns>{order}</columns></attributetableconfig>"
    )
}

/// What a zone says when the pointer rests on it: its name, its value or the words of its status.
fn map_tip(legend: &Legend, name: &str, value: &str, status: &str, texts: &Texts) -> String {
    let mut words = String::from("CASE");
    for (code, text) in crate::publish::geopackage::Codes::Status.words(texts) {
        let _ = write!(words, " WHEN {} = '{code}' THEN {}", expression_column(status), expression_text(&text));
    }
    words.push_str(" END");
    let value = expression_column(value);
    format!(
        "<b>[% {name} %]</b><br>{heading}<br>[% CASE WHEN {value} IS NULL THEN '' ELSE format_number({value}, 1) || ' – ' END || {words} %]",
        name = expression_column(name),
        heading = escape(&legend.heading),
    )
}
