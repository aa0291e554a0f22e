//! SQL that goes to a GeoPackage: one function that quotes names, one that quotes texts, one that runs a statement.
//!
//! Layer, zone and column names are the user's words; no statement holds one that did not pass through here.

use gdal::Dataset;
use gdal::vector::{FieldValue, LayerAccess, sql::Dialect};

use crate::error::{Error, Result};
use crate::territory::complaints::unwritable;

/// A name as an SQL identifier.
///
/// ```
/// assert_eq!(optima::publish::sql::identifier("a\"b; DROP"), "\"a\"\"b; DROP\"");
/// ```
#[must_use]
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", without_nul(name).replace('"', "\"\""))
}

/// A text as an SQL literal.
///
/// ```
/// assert_eq!(optima::publish::sql::literal("L'Espérance"), "'L''Espérance'");
/// ```
#[must_use]
pub fn literal(text: &str) -> String {
    format!("'{}'", without_nul(text).replace('\'', "''"))
}

/// A NUL would end the statement where it stands.
fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

/// Runs a statement that gives no rows.
///
/// # Errors
/// What `SQLite` says of it.
pub(crate) fn run(dataset: &Dataset, statement: &str) -> Result<()> {
    dataset.execute_sql(statement, None, Dialect::DEFAULT).map(|_| ()).map_err(|e| fault(statement, &e))
}

/// The first column of the rows of a query, as text; NULL is empty.
///
/// # Errors
/// What `SQLite` says of it.
pub(crate) fn texts(dataset: &Dataset, query: &str) -> Result<Vec<String>> {
    let Some(mut rows) = dataset.execute_sql(query, None, Dialect::DEFAULT).map_err(|e| fault(query, &e))? else {
        return Ok(Vec::new());
    };
    rows.features()
        .map(|row| {
            Ok(match row.field(0).map_err(|e| fault(query, &e))? {
                Some(FieldValue::StringValue(text)) => text,
                Some(FieldValue::IntegerValue(number)) => number.to_string(),
                Some(FieldValue::Integer64Value(number)) => number.to_string(),
                Some(FieldValue::RealValue(number)) => number.to_string(),
                _ => String::new(),
            })
        })
        .collect()
}

fn fault(statement: &str, source: &gdal::errors::GdalError) -> Error {
    let start: String = statement.chars().take(60).collect();
    unwritable(&format!("the GeoPackage refused \"{start}\""), source)
}
