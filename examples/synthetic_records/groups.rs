//! The planted groups of needs, as the founding document tells of them, and who belongs to which.
//!
//! Who cumulates the five problems is known from [`super::interviews`]. All others are given the group that their seven answers and
//! their sector make likely: chance decides among the groups in proportion to that.

use super::chance::Chance;
use super::interviews::Interview;

/// A group of persons with the same needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// Inhabitants without marked difficulty.
    Settled,
    /// Elderly owners, alone and in poor health.
    IsolatedElderly,
    /// Young private tenants out of school and out of work.
    PrecariousYoung,
    /// Families in damp rented homes that are too small.
    CrowdedFamilies,
    /// Persons who cumulate isolation, precarity, drop-out, loss of autonomy and ill-being.
    Cumulating,
}

impl Group {
    const ALL: [Self; 5] = [Self::Settled, Self::IsolatedElderly, Self::PrecariousYoung, Self::CrowdedFamilies, Self::Cumulating];

    /// Its name in `planted_groups.csv`.
    pub(crate) fn name(self) -> &'static str {
        ["settled", "isolated_elderly", "precarious_young", "crowded_families", "cumulating"][self as usize]
    }
}

/// For each of the seven questions and its answers: how likely they are in the first four groups, in a thousand.
const LIKELY: [&[(&str, [u64; 4])]; 7] = [
    &[("yes", [60, 420, 110, 90]), ("no", [940, 580, 890, 910])],
    &[
        ("owner", [620, 640, 50, 130]),
        ("private_tenant", [190, 180, 640, 430]),
        ("social_tenant", [150, 150, 220, 410]),
        ("other", [40, 30, 90, 30]),
    ],
    &[("yes", [90, 160, 330, 540]), ("no", [910, 840, 670, 460])],
    &[("yes", [50, 120, 420, 150]), ("no", [950, 880, 580, 850])],
    &[("yes", [30, 260, 70, 80]), ("no", [970, 740, 930, 920])],
    &[("good", [720, 220, 720, 560]), ("fair", [240, 480, 220, 320]), ("poor", [40, 300, 60, 120])],
    &[
        ("work", [500, 20, 110, 330]),
        ("unemployment", [250, 90, 490, 400]),
        ("ris", [20, 30, 280, 170]),
        ("pension", [170, 800, 0, 8]),
        ("other", [60, 60, 120, 92]),
    ],
];

/// The group of a person who lives in a sector of this difficulty; `far` where the sector is far from everything.
pub(crate) fn group(interview: &Interview, difficulty: u32, far: bool, chance: &mut Chance) -> Group {
    if interview.cumulates {
        return Group::Cumulating;
    }
    // How common the groups are: hardship is where work is missing.
    let mut likely: [u128; 4] = match difficulty {
        150.. => [12, 22, 32, 34],
        105..150 => [30, 24, 22, 24],
        _ => [56, 26, 9, 9],
    };
    if far {
        likely[1] *= 3;
    }
    if interview.door_to_door {
        likely[0] *= 2;
    }
    for (answer, table) in interview.answers.iter().zip(LIKELY) {
        if let Some((_, row)) = table.iter().find(|(name, _)| *answer == Some(*name)) {
            likely.iter_mut().zip(row).for_each(|(l, r)| *l *= u128::from(*r));
        }
    }
    let most = likely.iter().max().copied().unwrap_or(1).max(1);
    let weights = likely.map(|l| u32::try_from(l * 1_000_000 / most).unwrap_or(0));
    Group::ALL[chance.weighted(&weights)]
}
