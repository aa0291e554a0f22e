//! Metadata of a layer in the two forms that are read: QGIS's own, and a minimal ISO 19139 record.

use std::fmt::Write as _;

use crate::publish::Release;
use crate::publish::qgis::{QGIS_VERSION, escape};
use crate::territory::Territory;

/// The URI that QGIS looks for.
pub(crate) const QGIS_URI: &str = "http://mrcc.com/qgis.dtd";
/// The URI of ISO 19139.
pub(crate) const ISO_URI: &str = "http://www.isotc211.org/2005/gmd";

/// QGIS layer metadata: identifier, title, abstract, keywords, CRS.
pub(crate) fn qgis(name: &str, title: &str, lines: &[String], territory: &Territory, wkt: &str, release: &Release) -> String {
    let mut out = format!("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version=\"{QGIS_VERSION}\">");
    let _ = write!(
        out,
        "<identifier>{}</identifier><parentidentifier>{}</parentidentifier><language>{}</language><type>dataset</type>\
         <title>{}</title><abstract>{}</abstract>\
         <keywords vocabulary=\"gmd:topicCategory\"><keyword>society</keyword></keywords>\
         <links/><fees></fees><encoding></encoding>\
         <crs><spatialrefsys><wkt>{}</wkt><srid>{}</srid><authid>{}</authid></spatialrefsys></crs>\
         <history>{}</history></qgis>",
        escape(name),
        escape(&release.title),
        release.texts.language().code().to_uppercase(),
        escape(title),
        escape(&lines.join("\n")),
        escape(wkt),
        territory.crs.0,
        territory.crs,
        escape(&release.source),
    );
    out
}

/// A minimal ISO 19139 record: who, what, when, in which language and CRS, from what.
pub(crate) fn iso(name: &str, title: &str, lines: &[String], territory: &Territory, release: &Release) -> String {
    let text = |value: &str| format!("<gco:CharacterString>{}</gco:CharacterString>", escape(value));
    let language = match release.texts.language() {
        crate::texts::Language::Fr => "fre",
        crate::texts::Language::En => "eng",
    };
    let code = |list: &str, value: &str| {
        format!(
            "<gmd:{list} codeList=\"http://www.isotc211.org/2005/resources/codeList.xml#{list}\" codeListValue=\"{value}\">{value}</gmd:{list}>"
        )
    };
    let date = format!("<gco:Date>{}</gco:Date>", release.date);
    let mut out =
        String::from("<gmd:MD_Metadata xmlns:gmd=\"http://www.isotc211.org/2005/gmd\" xmlns:gco=\"http://www.isotc211.org/2005/gco\">");
    let _ = write!(
        out,
        "<gmd:fileIdentifier>{id}</gmd:fileIdentifier><gmd:language>{language}</gmd:language>\
         <gmd:hierarchyLevel>{level}</gmd:hierarchyLevel>\
         <gmd:contact><gmd:CI_ResponsibleParty><gmd:organisationName>{owner}</gmd:organisationName>\
         <gmd:role>{role}</gmd:role></gmd:CI_ResponsibleParty></gmd:contact>\
         <gmd:dateStamp>{date}</gmd:dateStamp>\
         <gmd:referenceSystemInfo><gmd:MD_ReferenceSystem><gmd:referenceSystemIdentifier><gmd:RS_Identifier><gmd:code>{crs}</gmd:code>\
         </gmd:RS_Identifier></gmd:referenceSystemIdentifier></gmd:MD_ReferenceSystem></gmd:referenceSystemInfo>\
         <gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation><gmd:title>{title}</gmd:title>\
         <gmd:date><gmd:CI_Date><gmd:date>{date}</gmd:date><gmd:dateType>{published}</gmd:dateType></gmd:CI_Date></gmd:date>\
         </gmd:CI_Citation></gmd:citation><gmd:abstract>{about}</gmd:abstract><gmd:language>{language}</gmd:language>\
         <gmd:topicCategory><gmd:MD_TopicCategoryCode>society</gmd:MD_TopicCategoryCode></gmd:topicCategory>\
         </gmd:MD_DataIdentification></gmd:identificationInfo>\
         <gmd:dataQualityInfo><gmd:DQ_DataQuality><gmd:scope><gmd:DQ_Scope><gmd:level>{level}</gmd:level></gmd:DQ_Scope></gmd:scope>\
         <gmd:lineage><gmd:LI_Lineage><gmd:statement>{source}</gmd:statement></gmd:LI_Lineage></gmd:lineage>\
         </gmd:DQ_DataQuality></gmd:dataQualityInfo></gmd:MD_Metadata>",
        id = text(&format!("{}-{name}-{}", territory.id.0, release.date)),
        language = text(language),
        level = code("MD_ScopeCode", "dataset"),
        owner = text(&release.title),
        role = code("CI_RoleCode", "publisher"),
        crs = text(&territory.crs.to_string()),
        title = text(title),
        published = code("CI_DateTypeCode", "publication"),
        about = text(&lines.join("\n")),
        source = text(&format!("{} {}", release.source, release.texts.get("metadata.lineage"))),
    );
    out
}
