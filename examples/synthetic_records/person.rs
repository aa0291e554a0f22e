//! Who a person is: age, household, schooling, occupation, as the group and the seven answers have it, without contradiction.

use super::chance::Chance;
use super::groups::Group;
use super::interviews::Interview;

/// What describes a person, apart from the needs.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) group: Group,
    pub(crate) age: i64,
    pub(crate) household: &'static str,
    pub(crate) size: i64,
    pub(crate) children: i64,
    pub(crate) nationality: &'static str,
    pub(crate) residence: &'static str,
    pub(crate) diploma: &'static str,
    pub(crate) activity: &'static str,
}

/// Makes up the person behind an interview; `bilan` is the diploma that the employment pole noted, if it did.
pub(crate) fn person(interview: &Interview, group: Group, bilan: Option<&'static str>, chance: &mut Chance) -> Person {
    let income = interview.answers[6];
    let age = age(group, income, chance);
    let household = household(group, age, chance);
    let children = match (household, group) {
        ("couple_children" | "single_parent", Group::CrowdedFamilies) => 1 + position(&[10, 34, 31, 17, 8], chance),
        ("couple_children" | "single_parent", _) => 1 + position(&[45, 40, 12, 3], chance),
        _ => 0,
    };
    let size = match household {
        "alone" => 1,
        "couple" => 2,
        "couple_children" => 2 + children,
        "single_parent" => 1 + children,
        _ => chance.between(2, 5),
    };
    let mut one_of = |names: &[&'static str], weights: &[u32]| names[chance.weighted(weights)];
    let nations: &[u32] = match group {
        Group::IsolatedElderly => &[76, 22, 2],
        Group::CrowdedFamilies => &[58, 18, 24],
        Group::Settled => &[84, 13, 3],
        _ => &[70, 14, 16],
    };
    let nationality = one_of(&["belgian", "european_union", "other"], nations);
    let stays: &[u32] = match (group, age) {
        (_, 60..) => &[3, 9, 25, 63],
        (Group::Settled, _) => &[8, 28, 44, 20],
        (Group::CrowdedFamilies, _) => &[22, 48, 27, 3],
        _ => &[36, 42, 18, 4],
    };
    let residence = one_of(&["under_1_year", "1_to_5_years", "5_to_20_years", "over_20_years"], stays);
    let schooling: &[u32] = match (interview.answers[3], group) {
        (Some("yes"), _) => &[14, 34, 44, 8, 0],
        (_, Group::Settled) => &[1, 9, 24, 40, 26],
        (_, Group::IsolatedElderly) => &[5, 48, 30, 13, 4],
        _ => &[4, 21, 38, 32, 5],
    };
    let diploma = match bilan {
        Some("ceb") => "primary",
        Some("cesi") => "lower_secondary",
        Some(_) => one_of(&["upper_secondary", "higher"], &[75, 25]),
        None => one_of(&["none", "primary", "lower_secondary", "upper_secondary", "higher"], schooling),
    };
    let activity = if bilan.is_some() { "job_seeker" } else { activity(group, income, age, chance) };
    Person { group, age, household, size, children, nationality, residence, diploma, activity }
}

fn position(weights: &[u32], chance: &mut Chance) -> i64 {
    i64::try_from(chance.weighted(weights)).unwrap_or(0)
}

fn age(group: Group, income: Option<&str>, chance: &mut Chance) -> i64 {
    let (low, high) = match (group, income) {
        (Group::IsolatedElderly, Some("pension") | None) => (60, 89),
        (Group::IsolatedElderly, _) => (57, 64),
        (Group::CrowdedFamilies, Some("pension")) => (58, 66),
        (_, Some("pension")) => (60, 78),
        (Group::PrecariousYoung, _) => (18, 29),
        (Group::CrowdedFamilies, _) => (24, 48),
        (Group::Settled, _) => (23, 63),
        (Group::Cumulating, _) => (21, 61),
    };
    // The middle is more common than the ends.
    i64::midpoint(chance.between(low, high), chance.between(low, high))
}

fn household(group: Group, age: i64, chance: &mut Chance) -> &'static str {
    const NAMES: [&str; 6] = ["alone", "couple", "couple_children", "single_parent", "relatives", "others"];
    let weights: [u32; 6] = match (group, age) {
        (Group::CrowdedFamilies, _) => [0, 0, 60, 40, 0, 0],
        (Group::IsolatedElderly, _) => [70, 24, 0, 0, 4, 2],
        (Group::PrecariousYoung, _) => [37, 11, 3, 6, 26, 17],
        (Group::Settled, 56..) => [28, 66, 0, 0, 3, 3],
        (Group::Settled, _) => [18, 28, 40, 6, 6, 2],
        (Group::Cumulating, 52..) => [72, 18, 0, 0, 4, 6],
        (Group::Cumulating, _) => [46, 10, 8, 22, 5, 9],
    };
    NAMES[chance.weighted(&weights)]
}

/// The occupation: what the income says, or, where it was not told, what is usual in the group.
fn activity(group: Group, income: Option<&str>, age: i64, chance: &mut Chance) -> &'static str {
    const NAMES: [&str; 7] = ["full_time", "part_time", "job_seeker", "education", "unable", "home", "retired"];
    let weights: [u32; 7] = match (income, group, age) {
        (Some("pension"), _, _) | (None, _, 65..) => [0, 0, 0, 0, 0, 0, 1],
        (Some("work"), _, _) => [70, 30, 0, 0, 0, 0, 0],
        (Some("unemployment"), _, 50..) => [0, 6, 58, 0, 6, 30, 0],
        (Some("unemployment"), _, _) => [0, 7, 80, 6, 2, 5, 0],
        (Some("ris"), Group::PrecariousYoung, _) => [0, 2, 60, 18, 5, 15, 0],
        (Some("ris"), _, _) => [0, 3, 40, 7, 24, 26, 0],
        (Some(_), Group::PrecariousYoung, _) => [0, 0, 45, 28, 7, 20, 0],
        (Some(_), Group::Settled, _) => [0, 0, 8, 8, 24, 60, 0],
        (Some(_), _, _) => [0, 0, 12, 2, 50, 36, 0],
        (None, Group::Settled, _) => [56, 18, 12, 2, 4, 8, 0],
        (None, Group::IsolatedElderly, _) => [0, 0, 8, 0, 20, 12, 60],
        (None, _, _) => [8, 8, 44, 8, 14, 18, 0],
    };
    NAMES[chance.weighted(&weights)]
}
