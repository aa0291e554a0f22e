//! optima: a territorial observatory, from the records of a town's partners to protected layers by quartier.
//!
//! Five stages, in this order; each arrow is a type:
//!
//! ```text
//! read ──Sources──▶ locate ──Observations──▶ measure ──Measures──▶ protect ──Protected──▶ publish ──Manifest──▶ files
//! ```
//!
//! [`read`] turns files into checked records and sets aside what does not hold; [`locate`] gives each record its sector;
//! [`measure`] computes one [`Cell`](measure::Cell) a zone and period; [`protect`] decides what may be shown, and is the
//! only maker of what [`publish`] takes. [`pipeline`] calls them in order.
//!
//! ```no_run
//! use std::path::Path;
//! use optima::pipeline::{Ground, build};
//!
//! let ground = Ground::load(Path::new("examples/seraing/observatory.toml"), None, false)?;
//! let built = build(&ground, Path::new("release/seraing"), false)?;
//! assert_eq!(built.manifest.territory.quartiers, 71);
//! # Ok::<(), optima::error::Error>(())
//! ```

pub mod analyze;
pub mod audit;
pub mod bilan;
pub mod catalog;
pub mod derive;
pub mod error;
pub mod interrupt;
pub mod join;
pub mod ledger;
pub mod locate;
pub mod measure;
pub mod measure_id;
pub mod observatory;
pub mod period;
pub mod pipeline;
mod plain_file;
pub mod protect;
pub mod publish;
pub mod read;
pub mod records;
pub mod staging;
pub mod stats;
pub mod territory;
pub mod texts;
