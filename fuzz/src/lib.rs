//! What is fuzzed: one function a target, each from bytes to a judgement.
//!
//! A target holds when it returns: the readers may refuse what they are given, but not panic, hang or ask for gigabytes; where
//! there is something to check (a count, a round trip, an area), it is checked. `tests/fuzz_corpus.rs` runs the same functions
//! over the kept corpus and over seeded changes of it.

pub mod harness;
pub mod scratch;

mod files;
mod geometry;
mod settings;
mod workbooks;

pub use files::{crosswalk, csv, numbers, parquet, records, weights};
pub use geometry::{crs, geopackage, outlines, overlay, wkb};
pub use settings::{catalog, config, names, relevance};
pub use workbooks::{guide, workbook};

/// A target: what it is called, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets; `fuzz_targets/` has a program for each, `corpus/` a folder.
pub const TARGETS: [Target; 17] = [
    ("catalog", catalog),
    ("config", config),
    ("crosswalk", crosswalk),
    ("crs", crs),
    ("csv", csv),
    ("geopackage", geopackage),
    ("guide", guide),
    ("names", names),
    ("numbers", numbers),
    ("outlines", outlines),
    ("overlay", overlay),
    ("parquet", parquet),
    ("records", records),
    ("relevance", relevance),
    ("weights", weights),
    ("wkb", wkb),
    ("workbook", workbook),
];
