//! Spatial weights as the field's programs exchange them: GAL (who is next to whom) and GWT (with weights), as `GeoDa`, spdep and libpysal
//! read and write them.
//!
//! Zones are named by their codes. White space separates words in both formats, so that a code is written with `_` in its place, as
//! libpysal does in GWT, and read back so. A GWT file has no line for an island: the codes say who there is.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::error::{Error, Result};
use crate::plain_file;
use crate::stats::spatial_weights::SpatialWeights;

/// The first line of a file: whose zones these are, and by which column they are named. Words; `GeoDa` and spdep write
/// `0 <zones> <layer> <key>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The file of zones.
    pub layer: &'a str,
    /// The column of codes.
    pub key: &'a str,
}

impl Default for Header<'_> {
    /// What libpysal writes where nothing is known.
    fn default() -> Self {
        Self { layer: "Unknown", key: "Unknown" }
    }
}

/// The weights as the text of a GAL file; the weights themselves are lost, neighbors stay.
///
/// Without a header the first line is the number of zones alone, as libpysal and spdep write it. Then two lines a zone: its code and number
/// of neighbors; their codes.
///
/// # Errors
/// Codes that are not one a zone, empty, or the same.
///
/// ```
/// use optima::stats::spatial_weights::SpatialWeights;
/// use optima::territory::weights_file::{parse_gal, to_gal};
/// let weights = SpatialWeights::binary(&[vec![1], vec![0], vec![]]).unwrap();
/// let codes = ["A01", "A 02", "A03"];
/// let text = to_gal(&weights, &codes, None)?;
/// assert_eq!(text, "3\nA01 1\nA_02\nA_02 1\nA01\nA03 0\n\n");
/// assert_eq!(parse_gal(&text, &codes)?, weights);
/// # Ok::<(), optima::error::Error>(())
/// ```
pub fn to_gal(weights: &SpatialWeights, codes: &[&str], header: Option<Header<'_>>) -> Result<String> {
    let words = words_of(weights, codes)?;
    let mut text = match header {
        Some(Header { layer, key }) => format!("0 {} {} {}\n", words.len(), word(layer), word(key)),
        None => format!("{}\n", words.len()),
    };
    for (zone, code) in words.iter().enumerate() {
        let neighbors: Vec<&str> = weights.neighbors(zone).iter().map(|neighbor| words[*neighbor as usize].as_str()).collect();
        // Writing to a string does not fail.
        _ = writeln!(text, "{code} {}\n{}", neighbors.len(), neighbors.join(" "));
    }
    Ok(text)
}

/// The weights as the text of a GWT file: a line `zone neighbor weight` for each link, weights with all their digits.
///
/// # Errors
/// As [`to_gal`].
///
/// ```
/// use optima::stats::spatial_weights::SpatialWeights;
/// use optima::territory::weights_file::{Header, parse_gwt, to_gwt};
/// let weights = SpatialWeights::new(&[vec![(1, 0.25)], vec![(0, 2.0)], vec![]]).unwrap();
/// let text = to_gwt(&weights, &["A01", "A02", "A03"], Header::default())?;
/// assert_eq!(text, "0 3 Unknown Unknown\nA01 A02 0.25\nA02 A01 2\n");
/// assert_eq!(parse_gwt(&text, &["A01", "A02", "A03"])?, weights);
/// # Ok::<(), optima::error::Error>(())
/// ```
pub fn to_gwt(weights: &SpatialWeights, codes: &[&str], header: Header<'_>) -> Result<String> {
    let words = words_of(weights, codes)?;
    let mut text = format!("0 {} {} {}\n", words.len(), word(header.layer), word(header.key));
    for (zone, code) in words.iter().enumerate() {
        for (neighbor, weight) in weights.row(zone) {
            _ = writeln!(text, "{code} {} {weight}", words[neighbor]);
        }
    }
    Ok(text)
}

/// Reads the text of a GAL file about the zones with these codes; weights of 1.
///
/// Zones may be in any order, and either header is understood.
///
/// # Errors
/// A text that is no GAL, or is about other zones: told with the line and what was expected there.
pub fn parse_gal(text: &str, codes: &[&str]) -> Result<SpatialWeights> {
    let names = Names::of(codes)?;
    let mut lines = numbered(text);
    names.header(lines.next())?;
    let mut rows: Vec<Option<Vec<(u32, f64)>>> = vec![None; codes.len()];
    let mut lines = lines.peekable();
    while let Some((at, line)) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let (&[code, count], ..) = (words.as_slice(),) else {
            return Err(Error::input("a code and a number of neighbors were expected").at_row(at).help("codes have no spaces: write _"));
        };
        let zone = names.zone(code, at)?;
        let count: usize = count.parse().map_err(|_| Error::input("the number of neighbors was expected after the code").at_row(at))?;
        // An island's line of neighbors is empty, or not there.
        let listed = if count == 0 { lines.next_if(|(_, line)| line.trim().is_empty()) } else { lines.next() };
        let (at_neighbors, listed) = listed.unwrap_or((at + 1, ""));
        let neighbors: Vec<u32> = listed.split_whitespace().map(|code| names.zone(code, at_neighbors)).collect::<Result<_>>()?;
        if neighbors.len() != count {
            let message = format!("{count} neighbors were expected, and there are {}", neighbors.len());
            return Err(Error::input(message).at_row(at_neighbors));
        }
        let row = &mut rows[zone as usize];
        if row.is_some() {
            return Err(Error::input(format!("the zone {code} comes twice")).at_row(at).help("each zone is listed once"));
        }
        let row = row.insert(Vec::with_capacity(count));
        for neighbor in neighbors {
            link(row, zone, neighbor, 1.0, at_neighbors)?;
        }
    }
    if let Some(missing) = rows.iter().position(Option::is_none) {
        return Err(Error::input(format!("the zone {} is not listed", codes[missing])).help("a zone without neighbors is listed with 0"));
    }
    SpatialWeights::new(&rows.into_iter().flatten().collect::<Vec<_>>()).map_err(|refusal| Error::input(refusal.to_string()))
}

/// Reads the text of a GWT file about the zones with these codes; zones without a line are islands.
///
/// The third word of a line is taken as the weight. `GeoDa` and spdep may write distances there: who wants weights that fall with them
/// computes them ([`distance_band`](super::nearness::distance_band)).
///
/// # Errors
/// A text that is no GWT, or is about other zones: told with the line and what was expected there.
pub fn parse_gwt(text: &str, codes: &[&str]) -> Result<SpatialWeights> {
    let names = Names::of(codes)?;
    let mut lines = numbered(text);
    names.header(lines.next())?;
    let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); codes.len()];
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let &[zone, neighbor, weight] = words.as_slice() else {
            return Err(Error::input("two codes and a weight were expected").at_row(at).help("codes have no spaces: write _"));
        };
        let (zone, neighbor) = (names.zone(zone, at)?, names.zone(neighbor, at)?);
        let weight = weight.parse().ok().filter(|weight: &f64| weight.is_finite() && *weight > 0.0);
        let weight =
            weight.ok_or_else(|| Error::input("a weight above 0 was expected after the codes").at_row(at).help("leave the link out"))?;
        link(&mut rows[zone as usize], zone, neighbor, weight, at)?;
    }
    SpatialWeights::new(&rows).map_err(|refusal| Error::input(refusal.to_string()))
}

/// Reads a `.gal`, `.gwt` or `.kwt` file about the zones with these codes.
///
/// # Errors
/// Another ending; a file that cannot be read, or as [`parse_gal`] and [`parse_gwt`].
pub fn read(path: &Path, codes: &[&str]) -> Result<SpatialWeights> {
    let parse = if is_gal(path)? { parse_gal } else { parse_gwt };
    let text = plain_file::read_text(path)?;
    parse(&text, codes).map_err(|error| error.in_file(path))
}

/// Writes a `.gal`, `.gwt` or `.kwt` file; a GAL file without a header names neither layer nor key.
///
/// # Errors
/// Another ending; a file that cannot be written, or as [`to_gal`].
pub fn write(path: &Path, weights: &SpatialWeights, codes: &[&str], header: Option<Header<'_>>) -> Result<()> {
    let text = if is_gal(path)? { to_gal(weights, codes, header)? } else { to_gwt(weights, codes, header.unwrap_or_default())? };
    std::fs::write(path, text).map_err(|error| Error::writing(path, &error))
}

fn is_gal(path: &Path) -> Result<bool> {
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("gal") => Ok(true),
        Some("gwt" | "kwt") => Ok(false),
        _ => Err(Error::config("weights are kept in .gal or .gwt files").in_file(path).help("give the file one of these endings")),
    }
}

/// Lines, numbered from 1.
fn numbered(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..).zip(text.lines())
}

fn word(code: &str) -> String {
    code.split_whitespace().collect::<Vec<_>>().join("_")
}

fn words_of(weights: &SpatialWeights, codes: &[&str]) -> Result<Vec<String>> {
    if weights.len() != codes.len() {
        return Err(Error::config(format!("{} codes for the weights of {} zones", codes.len(), weights.len())).help("give one code a zone"));
    }
    Names::of(codes)?;
    Ok(codes.iter().map(|code| word(code)).collect())
}

fn link(row: &mut Vec<(u32, f64)>, zone: u32, neighbor: u32, weight: f64, at: u64) -> Result<()> {
    if zone == neighbor {
        return Err(Error::input("the zone is its own neighbor").at_row(at).help("leave the link out: a statistic that wants it adds it"));
    }
    if row.iter().any(|(other, _)| *other == neighbor) {
        return Err(Error::input("the zone has a neighbor twice").at_row(at).help("name each neighbor once"));
    }
    row.push((neighbor, weight));
    Ok(())
}

/// Which zone a word of a file means.
struct Names(BTreeMap<String, u32>);

impl Names {
    fn of(codes: &[&str]) -> Result<Self> {
        let mut names = BTreeMap::new();
        for (zone, code) in (0_u32..).zip(codes) {
            let name = word(code);
            if name.is_empty() {
                return Err(Error::config("a zone without a code").help("weights are kept by the codes of the zones"));
            }
            if names.insert(name, zone).is_some() {
                return Err(Error::config(format!("two zones are {code}")).help("codes must differ in more than white space and _"));
            }
        }
        Ok(Self(names))
    }

    fn zone(&self, name: &str, at: u64) -> Result<u32> {
        let zone = self.0.get(name).copied();
        zone.ok_or_else(|| Error::input(format!("no zone has the code {name}")).at_row(at).help("check that the file is about these zones"))
    }

    /// Looks at the first line: the number of zones, alone or as the second of several words.
    fn header(&self, line: Option<(u64, &str)>) -> Result<()> {
        let words: Vec<&str> = line.map(|(_, line)| line.split_whitespace().collect()).unwrap_or_default();
        let count: Option<usize> = words.get(usize::from(words.len() > 1)).and_then(|word| word.parse().ok());
        match count {
            Some(count) if count == self.0.len() => Ok(()),
            Some(count) => {
                let message = format!("the file is about {count} zones, and there are {}", self.0.len());
                Err(Error::input(message).at_row(1).help("check that the file is about these zones"))
            }
            None => Err(Error::input("the number of zones was expected, alone or after a 0").at_row(1)),
        }
    }
}

#[cfg(test)]
mod tests;
