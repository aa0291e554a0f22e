//! Series of known origin: what they come from is known, and so is what comes after.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a series comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum World {
    /// `20 + cumsum(N(0.3, 0.5))`, of the reference.
    WalkWithDrift,
    /// `18 + 0.3 t + AR(1)`, φ 0.7, sd 0.5, of the reference.
    AroundLine,
    Walk,
    /// A level that walks by 0.3, seen with an error of 1.
    LocalLevel,
    /// White noise around a level.
    Noise,
    /// Changes remembered by 0.5.
    PersistentChanges,
    /// Changes remembered by 0.8: a business cycle.
    Cycle,
    /// A slope that wanders by 0.1 while the level walks by 0.5.
    WanderingSlope,
    /// A walk and once, somewhere before the end, a step of six standard deviations.
    LevelShift,
    /// A walk with errors of Student's t with 4 degrees of freedom.
    HeavyTails,
}

pub(crate) const WORLDS: [World; 10] = [
    World::WalkWithDrift,
    World::AroundLine,
    World::Walk,
    World::LocalLevel,
    World::Noise,
    World::PersistentChanges,
    World::Cycle,
    World::WanderingSlope,
    World::LevelShift,
    World::HeavyTails,
];

pub(crate) fn chance(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(stream);
    chance
}

fn uniform(chance: &mut ChaCha8Rng) -> f64 {
    ((chance.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}

/// A standard normal number (Box and Muller).
pub(crate) fn normal(chance: &mut ChaCha8Rng) -> f64 {
    let (a, b) = (uniform(chance), uniform(chance));
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

/// `count` values; with a `cycle` of 4, seasons of (2, −1, 1.5, −2.5), of which `evolving` changes them by 0.2 a year.
pub(crate) fn series(world: World, count: usize, seasons: Seasons, chance: &mut ChaCha8Rng) -> Vec<f64> {
    let (mut level, mut slope, mut change) = (20.0, 0.3, 0.0);
    let mut deviation = normal(chance) * 0.5 / (1.0f64 - 0.49).sqrt();
    let shift = 3 + (uniform(chance) * (count as f64 - 14.0).max(1.0)) as usize;
    let mut season = [2.0, -1.0, 1.5, -2.5];
    (0..count)
        .map(|t| {
            let e = normal(chance);
            let value = match world {
                World::WalkWithDrift | World::Walk | World::LevelShift | World::HeavyTails => {
                    let tail = if world == World::HeavyTails {
                        let square: f64 = (0..4).map(|_| normal(chance).powi(2)).sum();
                        (4.0 / square).sqrt()
                    } else {
                        1.0
                    };
                    level += 0.5 * e * tail + if world == World::WalkWithDrift { 0.3 } else { 0.0 };
                    level + if world == World::LevelShift && t >= shift { 3.0 } else { 0.0 }
                }
                World::AroundLine => {
                    deviation = 0.7 * deviation + 0.5 * e;
                    18.0 + 0.3 * (t + 1) as f64 + deviation
                }
                World::LocalLevel => {
                    level += 0.3 * normal(chance);
                    level + e
                }
                World::Noise => level + e,
                World::PersistentChanges | World::Cycle => {
                    change = if world == World::Cycle { 0.8 } else { 0.5 } * change + 0.5 * e;
                    level += change;
                    level
                }
                World::WanderingSlope => {
                    slope += 0.1 * normal(chance);
                    level += slope + 0.5 * e;
                    level
                }
            };
            let seasonal = match seasons {
                Seasons::None => 0.0,
                Seasons::Fixed => season[t % 4],
                Seasons::Evolving => {
                    season[t % 4] += 0.2 * normal(chance);
                    season[t % 4]
                }
            };
            value + seasonal
        })
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seasons {
    None,
    Fixed,
    Evolving,
}
