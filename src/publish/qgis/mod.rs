//! What QGIS opens: default styles for the layers of the GeoPackage and the project that arranges them.
//!
//! Written by hand as QGIS 3.22 reads it: short XML with only what differs from QGIS's own defaults.

mod project;
mod qml;
mod symbols;
mod xml;

pub(crate) use project::{Group, Project, ProjectLayer, archive, document};
pub(crate) use qml::{Drawn, Style};
pub(crate) use xml::escape;

/// The version that styles and projects are written for; newer ones read them too.
pub(crate) const QGIS_VERSION: &str = "3.22.16-Białowieża";
