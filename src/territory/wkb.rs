//! Polygons in well-known binary (OGC 06-103r4), to and from flat outlines: millions of vertices without a call each.

use geo::Coord;

use super::outlines::Outlines;
use crate::error::{Error, Result};

const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;
const COLLECTION: u32 = 7;

/// Adds the polygons of a geometry to the zone under way; heights and measures are left out.
///
/// # Errors
/// Bytes that end too early, or a geometry that is not made of polygons.
pub fn push_polygons(wkb: &[u8], outlines: &mut Outlines) -> Result<()> {
    let mut bytes = Bytes { rest: wkb, little: true };
    geometry(&mut bytes, outlines, 0)
}

fn geometry(bytes: &mut Bytes<'_>, outlines: &mut Outlines, depth: u32) -> Result<()> {
    bytes.little = match bytes.take::<1>()? {
        [0] => false,
        [1] => true,
        _ => return Err(broken()),
    };
    let code = bytes.number()?;
    // The ISO code of a geometry with heights is 1000 above, with measures 2000; older writers set the two highest bits.
    let (iso, flags) = ((code & 0x0fff_ffff) / 1000, code >> 30);
    let beyond_xy = [0, 1, 1, 2].get(iso.max(flags) as usize).copied().ok_or_else(broken)?;
    match (code & 0x0fff_ffff) % 1000 {
        POLYGON => {
            for _ in 0..bytes.number()? {
                ring(bytes, beyond_xy, outlines)?;
            }
            outlines.end_part();
            Ok(())
        }
        MULTI_POLYGON | COLLECTION if depth < 8 => (0..bytes.number()?).try_for_each(|_| geometry(bytes, outlines, depth + 1)),
        _ => {
            Err(Error::input("the outline is not made of polygons")
                .help("convert curves to straight lines, and leave lines and points out"))
        }
    }
}

fn ring(bytes: &mut Bytes<'_>, beyond_xy: usize, outlines: &mut Outlines) -> Result<()> {
    let count = bytes.number()? as usize;
    let size = 8 * (2 + beyond_xy);
    let length = count.checked_mul(size).filter(|&length| length <= bytes.rest.len()).ok_or_else(broken)?;
    let (vertices, rest) = bytes.rest.split_at(length);
    bytes.rest = rest;
    let little = bytes.little;
    let ordinate = |vertex: &[u8], at: usize| {
        let bytes = vertex[at..].first_chunk::<8>().copied().unwrap_or_default();
        if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) }
    };
    outlines.push_ring(vertices.chunks_exact(size).map(|vertex| Coord { x: ordinate(vertex, 0), y: ordinate(vertex, 8) }))
}

struct Bytes<'a> {
    rest: &'a [u8],
    little: bool,
}

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or_else(broken)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn number(&mut self) -> Result<u32> {
        let bytes = self.take::<4>()?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }
}

fn broken() -> Error {
    Error::input("the outline is not well-known binary").help("the file is damaged: ask for it again")
}

/// Writes the outline of a zone as a multipolygon.
pub fn write_multipolygon(outlines: &Outlines, zone: usize, wkb: &mut Vec<u8>) {
    let head = |wkb: &mut Vec<u8>, code: u32, count: usize| {
        wkb.push(1);
        wkb.extend(code.to_le_bytes());
        wkb.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    };
    let parts = outlines.parts_of(zone);
    head(wkb, MULTI_POLYGON, parts.len());
    for part in parts {
        head(wkb, POLYGON, outlines.rings_of(part).count());
        for ring in outlines.rings_of(part) {
            wkb.extend(u32::try_from(ring.len()).unwrap_or(u32::MAX).to_le_bytes());
            for vertex in &outlines.vertices()[ring] {
                wkb.extend(vertex.x.to_le_bytes());
                wkb.extend(vertex.y.to_le_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(wkb: &[u8]) -> Result<Outlines> {
        let mut outlines = Outlines::default();
        push_polygons(wkb, &mut outlines)?;
        outlines.end_zone()?;
        Ok(outlines)
    }

    /// A triangle, by byte order and by what a vertex has beyond x and y.
    fn triangle(little: bool, code: u32, ordinates: usize) -> Vec<u8> {
        let number = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let mut wkb = vec![u8::from(little)];
        wkb.extend([number(code), number(1), number(4)].concat());
        for (x, y) in [(0.0_f64, 0.0_f64), (4.0, 0.0), (0.0, 3.0), (0.0, 0.0)] {
            for ordinate in [x, y, 77.0, 88.0].into_iter().take(ordinates) {
                wkb.extend(if little { ordinate.to_le_bytes() } else { ordinate.to_be_bytes() });
            }
        }
        wkb
    }

    #[test]
    fn every_byte_order_and_dimension_gives_the_same_outline() {
        let expected = read(&triangle(true, 3, 2)).unwrap();
        assert_eq!(expected.vertices().len(), 4);
        assert!(expected.zone_covers(0, 1.0, 1.0) && !expected.zone_covers(0, 3.0, 2.0));
        for (code, ordinates) in [(3, 2), (1003, 3), (2003, 3), (3003, 4), (0x8000_0003, 3), (0x4000_0003, 3), (0xc000_0003, 4)] {
            for little in [true, false] {
                assert_eq!(read(&triangle(little, code, ordinates)).unwrap().vertices(), expected.vertices(), "{code:x}");
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let hole = geo::Polygon::new(
            geo::LineString::from(vec![(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)]),
            vec![geo::LineString::from(vec![(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)])],
        );
        let islet = geo::Polygon::new(geo::LineString::from(vec![(20.0, 0.0), (21.0, 0.0), (21.0, 1.0)]), vec![]);
        let shape = geo::MultiPolygon::new(vec![hole, islet]);
        let mut wkb = Vec::new();
        write_multipolygon(&Outlines::new([&shape]).unwrap(), 0, &mut wkb);
        assert_eq!(read(&wkb).unwrap().shape(0), shape);
    }

    #[test]
    fn damaged_bytes_are_refused_and_never_reserve_memory() {
        let whole = triangle(true, 3, 2);
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{length} bytes");
        }
        let mut claims = whole.clone();
        claims[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(read(&claims).is_err());
        claims[5..9].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(read(&claims).is_err());
        assert!(read(&triangle(true, 2, 2)).unwrap_err().message().contains("not made of polygons"));
    }
}
