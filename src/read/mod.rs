//! Stage 1: files to checked tables and streams.

pub mod points;
