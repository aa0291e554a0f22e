//! Bad input, as partners send it: each test takes the town of Valmont, spoils one thing, runs the program as a user would,
//! and looks at the exit code, at what was said, and at what is left on the disk.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that stops says where, and one that is skipped says why")]

mod cells;
mod crs;
mod days_and_numbers;
mod encoding;
mod files;
mod formats;
mod geopackage;
mod guide;
mod json;
mod keys;
mod names;
mod outlines;
mod output;
mod page;
mod parquet;
mod paths;
mod places;
mod polygons;
mod settings;
mod shape;
mod stops;
mod terminal;
mod town;
mod workbook;
