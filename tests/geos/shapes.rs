//! Rings of all kinds, good and bad, from a seed: coordinates on small grids, so that vertices, edges and rings often meet.

use geo::Coord;

/// A zone's parts; each a list of closed rings, the shell first.
pub(crate) type Parts = Vec<Vec<Ring>>;
pub(crate) type Ring = Vec<Coord<f64>>;

/// Steele's SplitMix64: seeded, and the same everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number in `low..high`.
    pub(crate) fn whole(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::from(high.abs_diff(low));
        low + i32::try_from(self.bits() % span).unwrap()
    }

    /// A number in 0..1.
    pub(crate) fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.bits() >> 32).unwrap()) / f64::from(u32::MAX)
    }

    pub(crate) fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.bits() % list.len() as u64).unwrap()]
    }
}

pub(crate) fn at(x: f64, y: f64) -> Coord<f64> {
    Coord { x, y }
}

fn grid(x: i32, y: i32) -> Coord<f64> {
    at(f64::from(x), f64::from(y))
}

fn closed(mut ring: Ring) -> Ring {
    ring.extend(ring.first().copied());
    ring
}

/// On a grid of 1/64: what meets meets exactly, and what does not is farther apart than the micrometer that our network snaps.
fn rounded(c: Coord<f64>) -> Coord<f64> {
    at((c.x * 64.0).round() / 64.0, (c.y * 64.0).round() / 64.0)
}

/// Around a center in the order of the angles: it may touch itself only where radii are 0.
fn star(dice: &mut Dice, center: Coord<f64>, radius: f64) -> Ring {
    let corners = dice.whole(3, 16);
    let corner = |i: i32| {
        let angle = std::f64::consts::TAU * f64::from(i) / f64::from(corners);
        let reach = radius * (0.2 + 0.8 * dice.share());
        rounded(at(center.x + reach * angle.cos(), center.y + reach * angle.sin()))
    };
    closed((0..corners).map(corner).collect())
}

/// Points anywhere on a small grid: crossings, touches, spikes, lines without area.
fn anyhow(dice: &mut Dice) -> Ring {
    let (corners, side) = (dice.whole(3, 9), *dice.of(&[3, 5, 12]));
    closed((0..corners).map(|_| grid(dice.whole(0, side), dice.whole(0, side))).collect())
}

/// A walk of steps to the four sides, back to where it began.
fn walk(dice: &mut Dice) -> Ring {
    let (mut x, mut y) = (0, 0);
    let steps = dice.whole(3, 20);
    let step = |_| {
        let along = *dice.of(&[-2, -1, 1, 2]);
        if dice.bits() & 1 == 0 {
            x += along
        } else {
            y += along
        }
        grid(x, y)
    };
    closed((0..steps).map(step).collect())
}

/// Teeth side by side on a back; some are so long that they reach the other side.
fn comb(dice: &mut Dice) -> Ring {
    let teeth = dice.whole(2, 9);
    let mut ring = vec![grid(0, 10), grid(0, 8)];
    for tooth in 0..teeth {
        let depth = *dice.of(&[0, 1, 3, 8]);
        ring.extend([grid(2 * tooth, depth), grid(2 * tooth + 1, depth), grid(2 * tooth + 1, 8), grid(2 * tooth + 2, 8)]);
    }
    ring.push(grid(2 * teeth, 10));
    closed(ring)
}

/// A band that winds inward, a few turns.
fn spiral(dice: &mut Dice) -> Ring {
    let turns = dice.whole(1, 4) * 8;
    let width = if dice.bits() & 3 == 0 { 1.2 } else { 0.4 };
    let place = |i: i32, inner: f64| {
        let angle = std::f64::consts::TAU * f64::from(i) / 8.0;
        let reach = 1.0 + f64::from(i) / 8.0 + inner;
        rounded(at(reach * angle.cos(), reach * angle.sin()))
    };
    let out = (0..=turns).map(|i| place(i, 0.0));
    closed(out.chain((0..=turns).rev().map(|i| place(i, width))).collect())
}

/// A rectangle on the grid, its corners in one order or the other.
fn rectangle(dice: &mut Dice, side: i32) -> Ring {
    let (x, y) = (dice.whole(0, side), dice.whole(0, side));
    let (w, h) = (dice.whole(1, side), dice.whole(1, side));
    let mut ring = closed(vec![grid(x, y), grid(x + w, y), grid(x + w, y + h), grid(x, y + h)]);
    if dice.bits() & 1 == 0 {
        ring.reverse();
    }
    ring
}

/// Points in the middle of edges, points said twice, and the ring begun elsewhere: the same ring.
fn restated(dice: &mut Dice, ring: &Ring) -> Ring {
    let mut open = ring[..ring.len() - 1].to_vec();
    let start = usize::try_from(dice.bits() % open.len() as u64).unwrap();
    open.rotate_left(start);
    let mut restated = Vec::new();
    for (i, c) in open.iter().enumerate() {
        restated.push(*c);
        let next = open[(i + 1) % open.len()];
        match dice.bits() % 5 {
            0 => restated.push(*c),
            // Exactly in the middle only where the coordinates are on a grid.
            1 if [c.x, c.y, next.x, next.y].iter().all(|v| v.fract() == 0.0) => {
                restated.push(at(f64::midpoint(c.x, next.x), f64::midpoint(c.y, next.y)));
            }
            _ => {}
        }
    }
    closed(restated)
}

pub(crate) fn ring(dice: &mut Dice) -> Ring {
    let ring = match dice.bits() % 6 {
        0 => {
            let (center, radius) = (at(dice.share() * 10.0, dice.share() * 10.0), 1.0 + dice.share() * 9.0);
            star(dice, center, radius)
        }
        1 => walk(dice),
        2 => comb(dice),
        3 => spiral(dice),
        4 => rectangle(dice, 8),
        _ => anyhow(dice),
    };
    if dice.bits() & 1 == 0 { restated(dice, &ring) } else { ring }
}

/// One ring; a shell with holes in it, on it, across it and beside it; parts beside, around and in one another.
pub(crate) fn parts(dice: &mut Dice) -> Parts {
    match dice.bits() % 4 {
        0 | 1 => vec![vec![ring(dice)]],
        2 => {
            let frame = closed(vec![grid(0, 0), grid(12, 0), grid(12, 12), grid(0, 12)]);
            let holes = dice.whole(1, 4);
            let hole = |_| match dice.bits() % 3 {
                0 => rectangle(dice, 8),
                1 => anyhow(dice),
                _ => star(dice, at(6.0, 6.0), 6.0),
            };
            vec![std::iter::once(frame).chain((0..holes).map(hole)).collect()]
        }
        _ => {
            let count = dice.whole(2, 4);
            let part = |_| {
                let shell = rectangle(dice, 8);
                if dice.bits() & 1 == 0 { vec![shell] } else { vec![shell, rectangle(dice, 8)] }
            };
            (0..count).map(part).collect()
        }
    }
}

/// Places to ask about: anywhere near, on vertices, on edges as near as doubles come, and a hair beside them.
pub(crate) fn places(dice: &mut Dice, parts: &Parts) -> Vec<Coord<f64>> {
    let vertices: Vec<Coord<f64>> = parts.iter().flatten().flatten().copied().collect();
    let edges: Vec<[Coord<f64>; 2]> = parts.iter().flatten().flat_map(|ring| ring.windows(2).map(|w| [w[0], w[1]])).collect();
    let mut places = Vec::new();
    for _ in 0..12 {
        let (v, [a, b]) = (*dice.of(&vertices), *dice.of(&edges));
        let t = dice.share();
        let on = at(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
        places.extend([v, at(f64::midpoint(a.x, b.x), f64::midpoint(a.y, b.y)), on]);
        places.extend([at(on.x.next_up(), on.y), at(on.x, on.y.next_down()), at(v.x, on.y), at(on.x, v.y)]);
        places.push(at(v.x + dice.share() * 8.0 - 4.0, v.y + dice.share() * 8.0 - 4.0));
    }
    places
}

/// Each coordinate times `scale`, then moved by `by`.
pub(crate) fn moved(parts: &Parts, scale: f64, by: f64) -> Parts {
    let place = |c: &Coord<f64>| at(c.x * scale + by, c.y * scale - by);
    parts.iter().map(|rings| rings.iter().map(|ring| ring.iter().map(place).collect()).collect()).collect()
}
