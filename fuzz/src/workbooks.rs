//! Workbooks. A change of a packed file mostly ends at a checksum: so the parts come as they are, and are packed here.

use std::io::{Cursor, Write};
use std::path::PathBuf;

use optima::observatory::SourceSpec;
use optima::read::xlsform::Guide;
use zip::write::SimpleFileOptions;

use super::{files, scratch};

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const PARTS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="r3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="survey" sheetId="1" r:id="r1"/><sheet name="choices" sheetId="2" r:id="r2"/></sheets></workbook>"#;

/// What stands between the parts of an input: sheet 1, sheet 2, shared strings, styles.
const SEAM: &[u8] = b"\n--part--\n";

/// The bytes as a workbook: a whole one where they begin as a zip, else the parts of one.
fn packed(name: &str, bytes: &[u8]) -> Option<PathBuf> {
    if bytes.starts_with(b"PK") {
        return Some(scratch::file(name, bytes));
    }
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut add = |name: &str, bytes: &[u8]| writer.start_file(name, options).ok().and_then(|()| writer.write_all(bytes).ok());
    add("[Content_Types].xml", TYPES.as_bytes())?;
    add("_rels/.rels", RELATIONS.as_bytes())?;
    add("xl/_rels/workbook.xml.rels", PARTS.as_bytes())?;
    add("xl/workbook.xml", WORKBOOK.as_bytes())?;
    let mut rest = bytes;
    for part in ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml", "xl/styles.xml"] {
        let end = rest.windows(SEAM.len()).position(|window| window == SEAM);
        add(part, &rest[..end.unwrap_or(rest.len())])?;
        rest = end.map_or(&[], |end| &rest[end + SEAM.len()..]);
    }
    Some(scratch::file(name, &writer.finish().ok()?.into_inner()))
}

/// A workbook of records.
pub fn workbook(bytes: &[u8]) {
    if let Some(path) = packed("table.xlsx", bytes) {
        files::table(&path, &SourceSpec::default());
    }
}

/// An interview guide (`XLSForm`): a workbook, or one CSV whose first column names the sheet.
pub fn guide(bytes: &[u8]) {
    let path = match bytes.split_first() {
        Some((b'c', rest)) => Some(scratch::file("guide.csv", rest)),
        _ => packed("guide.xlsx", bytes),
    };
    if let Some(guide) = path.and_then(|path| Guide::load(&path).ok()) {
        let questionnaire = guide.questionnaire(&[]);
        assert!(guide.questions.iter().all(|question| question.theme.is_none_or(|theme| theme < guide.themes.len())));
        _ = questionnaire.position("age");
    }
}
