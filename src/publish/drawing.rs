//! Pictures of an analysis as SVG: the factor plane and the dendrogram, each a file that stands alone.
//!
//! A picture is drawn from plain structs whose texts are in the reader's language already. It has no script and refers to nothing
//! outside; it can be read in grey and on paper (shapes and names tell what colors tell), and by a screen reader through its title and
//! description. Same struct, same bytes.

pub mod dendrogram;
pub mod factor_plane;
mod labels;
mod marks;
mod svg;
mod text;
