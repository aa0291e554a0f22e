//! Tables as partners send them, and the small text files of a territory.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use optima::error::Result;
use optima::observatory::{Observatory, SourceSpec};
use optima::read::points::PointFile;
use optima::read::{Row, RowSink, read, read_table};
use optima::territory::crosswalk::Crosswalk;
use optima::territory::weights_file::{Header, parse_gal, parse_gwt, to_gal, to_gwt};

use super::scratch;

/// Takes rows, counts them, and holds the reader to its promises.
#[derive(Default)]
pub(crate) struct Counted {
    columns: usize,
    rows: u64,
    last: u64,
}

impl RowSink for Counted {
    fn header(&mut self, columns: &[String]) -> Result<()> {
        assert!(self.columns == 0 && !columns.is_empty(), "one header, before the rows");
        self.columns = columns.len();
        Ok(())
    }

    fn row(&mut self, number: u64, row: Row<'_>) -> Result<()> {
        assert!(self.columns > 0, "a row before the header");
        if let Ok(fields) = row {
            assert_eq!(fields.len(), self.columns, "a row has the fields of the header");
        }
        assert!(number >= self.last, "rows come in the order of the file");
        (self.rows, self.last) = (self.rows + 1, number);
        Ok(())
    }
}

/// Reads a table and checks that what it reports is what it gave.
pub(crate) fn table(path: &Path, spec: &SourceSpec) {
    let mut sink = Counted::default();
    if let Ok(facts) = read_table(path, spec, &mut sink) {
        assert_eq!(facts.rows, sink.rows, "rows reported and rows given");
        assert_eq!(facts.bytes, fs::metadata(path).map_or(0, |metadata| metadata.len()));
    }
}

/// A CSV file. The first byte declares what a `[sources]` table may declare; nothing for most of its values.
pub fn csv(bytes: &[u8]) {
    let Some((declared, content)) = bytes.split_first() else { return };
    let spec = SourceSpec {
        encoding: [None, None, Some("utf-8"), Some("windows-1252")][usize::from(declared & 3)].map(str::to_owned),
        delimiter: [None, None, Some(';'), Some('\t'), Some('|'), Some('"'), Some('\n'), Some(' ')][usize::from(declared >> 2 & 7)],
        decimal: [None, None, Some('.'), Some(',')][usize::from(declared >> 5 & 3)],
        ..SourceSpec::default()
    };
    table(&scratch::file("table.csv", content), &spec);
}

/// A Parquet file, read as a table and as points.
pub fn parquet(bytes: &[u8]) {
    let path = scratch::file("table.parquet", bytes);
    table(&path, &SourceSpec::default());
    let points = PointFile { path, x: "x".to_owned(), y: "y".to_owned(), value: None };
    _ = points.for_each_batch(|batch| {
        assert_eq!(batch.x.len(), batch.y.len());
        Ok(())
    });
}

const OBSERVATORY: &str = r#"
title = { fr = "Essai", en = "Trial" }
territory = "valmont"
date = "2004-01-15"
source = { fr = "Essai", en = "Trial" }
[periods]
first = "2003-Q1"
last = "2003-Q4"
[campaign]
first = "2003-01-01"
last = "2003-12-31"
"#;

/// Three runs over one file: job seekers, counts, or interviews with population and addresses; a column of each kind that there is.
const SOURCES: [&str; 3] = [
    r#"[sources.job_seekers]
files = ["a.csv"]
columns = { person = "a", quarter = "b", birth_date = "c", age = "d", category = "e", since = "f", months = "g", ris = "h", zone = "i", x = "j", y = "k", street = "l", number = "m", postcode = "n", quartier = "o" }
values = { category = { z = "benefit" }, ris = { J = "yes" } }
"#,
    r#"[sources.job_seeker_counts]
files = ["a.csv"]
date_format = "%d/%m/%Y"
columns = { quarter = "b", job_seekers = "a", under_25 = "d", ris = "g", zone = "i" }
duration_classes = [{ column = "f", from_months = 0, to_months = 12 }, { column = "h", from_months = 12, to_months = 60 }]
"#,
    r#"[sources.population]
files = ["a.csv"]
columns = { zone = "i", year = "d", population = "a", active = "g", age_18_64 = "h" }
[sources.addresses]
files = ["a.csv"]
columns = { street = "l", number = "m", postcode = "n", x = "j", y = "k" }
[sources.interviews]
files = ["a.csv"]
date_format = "%d/%m/%y"
columns = { id = "a", date = "c", partner = "e", zone = "i", x = "j", y = "k" }
questions = { first = "b", second = "f", third = "h" }
"#,
];

/// Records: numbers, dates, quarters, codes, flags and coordinates of all kinds of sources. The first byte says which.
pub fn records(bytes: &[u8]) {
    static OBSERVATORIES: OnceLock<Vec<String>> = OnceLock::new();
    let texts = OBSERVATORIES.get_or_init(|| SOURCES.iter().map(|sources| format!("{OBSERVATORY}{sources}")).collect());
    let Some((which, content)) = bytes.split_first() else { return };
    let which = usize::from(*which) % texts.len();
    let file = scratch::file(&format!("observatory-{which}.toml"), texts[which].as_bytes());
    let observatory = Observatory::load(&file).expect("the observatory of the trial holds");
    scratch::file("a.csv", content);
    if let Ok(sources) = read(&observatory) {
        for report in &sources.reports {
            assert_eq!(report.read, report.used + report.set_aside, "read = used + set aside, of {}", report.source);
        }
    }
}

/// A number as the reader of points takes it: what a double's own reader takes without marks must be the same double.
pub fn numbers(bytes: &[u8]) {
    let path = scratch::file("points.csv", &[b"x;y\n", bytes, b";0\n"].concat());
    let points = PointFile { path, x: "x".to_owned(), y: "y".to_owned(), value: Some("x".to_owned()) };
    let plain = !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_digit() || b"+-.eE".contains(b));
    let expected = std::str::from_utf8(bytes).ok().filter(|_| plain).and_then(|text| text.parse::<f64>().ok()).filter(|x| x.is_finite());
    _ = points.for_each_batch(|batch| {
        assert!(batch.x.iter().all(|x| x.is_finite() || x.is_nan()), "an infinite coordinate");
        if plain {
            assert_eq!(batch.x.len(), 1);
            assert_eq!(batch.x[0].is_finite().then_some(batch.x[0].to_bits()), expected.map(f64::to_bits));
        }
        Ok(())
    });
}

/// The weights of three zones, as GAL and as GWT; what is read is written, and read back the same.
pub fn weights(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let codes = ["A01", "A 02", "A03"];
    if let Ok(weights) = parse_gal(text, &codes) {
        let again = to_gal(&weights, &codes, None).expect("what was read can be written");
        assert_eq!(parse_gal(&again, &codes).expect("and read back"), weights);
    }
    if let Ok(weights) = parse_gwt(text, &codes) {
        let again = to_gwt(&weights, &codes, Header::default()).expect("what was read can be written");
        assert_eq!(parse_gwt(&again, &codes).expect("and read back"), weights);
    }
}

/// A crosswalk from sectors to quartiers.
pub fn crosswalk(bytes: &[u8]) {
    _ = Crosswalk::parse(bytes);
}
