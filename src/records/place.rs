//! What a record says about where it is.

use std::fmt;

/// A postal address as it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// The street.
    pub street: String,
    /// The house number, suffix included.
    pub number: Option<String>,
    /// The postcode.
    pub postcode: Option<String>,
}

/// All that a record says about its place; the first that is there counts: code, point, address, name.
#[derive(Clone, PartialEq, Default)]
pub struct Place {
    /// The code of a zone.
    pub code: Option<String>,
    /// Coordinates in the source's CRS, x before y.
    pub point: Option<(f64, f64)>,
    /// An address.
    pub address: Option<Address>,
    /// The name of a quartier.
    pub quartier: Option<String>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(withheld)")
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place(withheld)")
    }
}
