//! Borders that two polygons share, found without a table of all edges: neighbors run along a border in step.
//!
//! An edge in sixteen, chosen by its coordinates and so the same in both polygons, is looked up in a table; from each match
//! the two rings are followed side by side as far as they agree. What is left is matched edge by edge.

use geo::Coord;

/// No edge, no polygon.
pub(super) const NONE: u32 = u32::MAX;

/// For each edge the same edge in another polygon, whatever its direction, or [`NONE`]. An edge is given by its first
/// vertex; `part_of` says its polygon, [`NONE`] where no edge starts. An edge has one twin at most.
pub(super) fn twins(vertices: &[Coord<f64>], part_of: &[u32]) -> Vec<u32> {
    let mut twins = vec![NONE; vertices.len()];
    for choice in [16, 1] {
        match_some(vertices, part_of, &mut twins, choice);
    }
    twins
}

/// Matches the edges without a twin whose hash is a multiple of `choice`, and their neighbors in the rings.
#[allow(clippy::cast_possible_truncation, reason = "hashes are cut to the size of the table, and edges are 32 bits")]
fn match_some(vertices: &[Coord<f64>], part_of: &[u32], twins: &mut [u32], choice: u64) {
    let chosen = |edge: usize, twins: &[u32]| {
        (part_of[edge] != NONE && twins[edge] == NONE)
            .then(|| hash(vertices[edge], vertices[edge + 1]))
            .filter(|hash| hash.is_multiple_of(choice))
    };
    let expected = if choice > 1 {
        vertices.len() / choice as usize
    } else {
        (0..vertices.len()).filter(|&edge| chosen(edge, twins).is_some()).count()
    };
    let slots = (2 * expected).next_power_of_two().max(16);
    let mut table = vec![NONE; slots];
    let mut taken = 0;
    for edge in 0..vertices.len() {
        let Some(hash) = chosen(edge, twins) else { continue };
        let mut slot = (hash >> 20) as usize & (slots - 1);
        loop {
            let other = table[slot] as usize;
            if other == NONE as usize {
                if taken < slots / 2 + slots / 4 {
                    table[slot] = edge as u32;
                    taken += 1;
                }
                break;
            }
            if twins[other] == NONE && part_of[other] != part_of[edge] && same(vertices, other, edge) {
                follow(vertices, part_of, twins, other, edge);
                break;
            }
            slot = (slot + 1) & (slots - 1);
        }
    }
}

/// Whether two edges are the same, in whatever direction.
fn same(vertices: &[Coord<f64>], one: usize, two: usize) -> bool {
    let (a, b, c, d) = (vertices[one], vertices[one + 1], vertices[two], vertices[two + 1]);
    (a, b) == (d, c) || (a, b) == (c, d)
}

/// Matches two edges and those before and after them.
#[allow(clippy::cast_possible_truncation, reason = "edges are 32 bits")]
fn follow(vertices: &[Coord<f64>], part_of: &[u32], twins: &mut [u32], one: usize, two: usize) {
    let against = vertices[one] == vertices[two + 1];
    let step = |edge: usize, back: bool| if back { edge.checked_sub(1) } else { Some(edge + 1) };
    for back in [false, true] {
        let (mut a, mut b) = (Some(one), Some(two));
        while let (Some(x), Some(y)) = (a, b) {
            let begin = x == one;
            let free = |edge: usize, of: usize| part_of.get(edge) == Some(&part_of[of]) && (begin || twins[edge] == NONE);
            if !(free(x, one) && free(y, two) && same(vertices, x, y)) {
                break;
            }
            (twins[x], twins[y]) = (y as u32, x as u32);
            (a, b) = (step(x, back), step(y, back != against));
        }
    }
}

/// A number that depends on the two ends of an edge, not on their order.
fn hash(a: Coord<f64>, b: Coord<f64>) -> u64 {
    // Adding zero makes one of the two zeros of floating point.
    let end = |v: Coord<f64>| {
        ((v.x + 0.0).to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) ^ (v.y + 0.0).to_bits())
            .wrapping_mul(0xbf58_476d_1ce4_e5b9)
    };
    let sum = end(a).wrapping_add(end(b));
    (sum ^ (sum >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rings that share the border (3,0) (3,1) (3,2), the second in either direction, and where it starts.
    #[test]
    fn a_shared_border_is_found_whole_from_any_start_and_in_any_direction() {
        let left: Vec<_> = [(0.0, 0.0), (3.0, 0.0), (3.0, 1.0), (3.0, 2.0), (0.0, 2.0), (0.0, 0.0)].map(Coord::from).to_vec();
        let right = [(3.0, 0.0), (6.0, 0.0), (6.0, 2.0), (3.0, 2.0), (3.0, 1.0)].map(Coord::from);
        for start in 0..5 {
            for backward in [false, true] {
                let mut ring: Vec<_> = (0..=5).map(|i| right[(start + i) % 5]).collect();
                if backward {
                    ring.reverse();
                }
                let vertices = [left.clone(), ring].concat();
                let part_of: Vec<u32> = [[0, 0, 0, 0, 0, NONE], [1, 1, 1, 1, 1, NONE]].concat();
                let found = twins(&vertices, &part_of);
                for edge in (0..12).filter(|&edge| part_of[edge] != NONE) {
                    let expected =
                        (0..12).find(|&other| part_of[other] != NONE && part_of[other] != part_of[edge] && same(&vertices, edge, other));
                    assert_eq!(found[edge], expected.map_or(NONE, |other| other as u32), "edge {edge}, start {start}, backward {backward}");
                }
                assert_eq!(found.iter().filter(|&&twin| twin != NONE).count(), 4);
            }
        }
    }

    #[test]
    fn of_three_equal_edges_two_are_twins_and_a_polygon_is_no_twin_of_itself() {
        let ring = [(0.0, 0.0), (1.0, 0.0), (0.0, 0.0)].map(Coord::from);
        let vertices = [ring, ring].concat();
        assert_eq!(twins(&vertices[..3], &[0, 0, NONE]), [NONE; 3]);
        let found = twins(&vertices, &[0, 0, NONE, 1, 1, NONE]);
        for edge in [0, 1, 3, 4] {
            let twin = found[edge] as usize;
            assert_eq!(found[twin] as usize, edge);
            assert_ne!(edge < 3, twin < 3);
        }
    }
}
