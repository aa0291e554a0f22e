//! Job seekers as flows: persons enter, stay, and leave less and less often the longer they have stayed.
//!
//! The size of each group in each quarter is given; who is in it follows from the flows. So the planted rates hold exactly
//! while durations, ages and allowances come out as such flows make them.

use chrono::{Days, NaiveDate};
use optima::period::Quarter;

use super::chance::Chance;
use super::place::{Place, Places};
use super::tiling::Outcome;

/// The categories of the public employment service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    /// Asks for unemployment benefit.
    Benefit,
    /// Young, in the waiting period after school.
    Insertion,
    /// Registered because another allowance asks for it.
    Mandatory,
    /// Registered freely.
    Voluntary,
}

/// A job seeker as long as he or she is one.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) number: u32,
    pub(crate) place: Place,
    pub(crate) birth: NaiveDate,
    pub(crate) since: NaiveDate,
    pub(crate) category: Category,
    pub(crate) ris: bool,
    pub(crate) woman: bool,
}

/// Where the persons of a group are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Group {
    /// In the sector at this position.
    Sector(usize),
    /// Outside the commune.
    Outside,
    /// At a place that cannot be found.
    Unknown,
}

/// A group with its size in each quarter.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) group: Group,
    pub(crate) sizes: Vec<u32>,
}

/// Of a thousand persons, how many leave in a quarter, by quarters stayed; the last goes for all longer stays.
const LEAVING: [u32; 9] = [280, 220, 160, 160, 95, 90, 90, 90, 95];

/// The longest stay that a person begins the study with, in quarters.
const LONGEST: usize = 56;

/// All persons of all groups, quarter by quarter: for each quarter the persons, groups in the order of the plans.
pub(crate) fn flow(plans: &[Plan], places: &Places<'_>, quarters: &[Quarter], chance: &mut Chance) -> Outcome<Vec<Vec<Person>>> {
    let mut made = 0;
    let mut stocks = vec![Vec::new(); quarters.len()];
    for plan in plans {
        let difficulty = match plan.group {
            Group::Sector(sector) => places.town.sectors[sector].difficulty,
            Group::Outside | Group::Unknown => 100,
        };
        let mut here: Vec<Person> = Vec::new();
        for (at, &quarter) in quarters.iter().enumerate() {
            here.retain(|person| stays(person, difficulty, quarter, chance));
            for person in &mut here {
                age(person, quarter, chance);
            }
            let size = plan.sizes[at] as usize;
            while here.len() > size {
                here.remove(chance.below(u32::try_from(here.len())?) as usize);
            }
            while here.len() < size {
                let stayed = if at == 0 { chance.weighted(&standing()) } else { 0 };
                let place = match plan.group {
                    Group::Sector(sector) => places.within(sector, chance)?,
                    Group::Outside => places.outside(chance),
                    Group::Unknown => places.unknown(chance),
                };
                here.push(entrant(made, place, difficulty, quarter, stayed, chance)?);
                made += 1;
            }
            stocks[at].extend(here.iter().cloned());
        }
    }
    Ok(stocks)
}

/// How many of a standing population have stayed 0, 1, 2 … quarters, where as many enter as leave.
fn standing() -> Vec<u32> {
    let mut left = 1_000_000_u64;
    (0..LONGEST)
        .map(|stayed| {
            let now = u32::try_from(left / 100).unwrap_or(0);
            left = left * u64::from(1000 - LEAVING[stayed.min(LEAVING.len() - 1)]) / 1000;
            now
        })
        .collect()
}

fn entrant(made: u32, place: Place, difficulty: u32, quarter: Quarter, stayed: usize, chance: &mut Chance) -> Outcome<Person> {
    let began = quarter.minus(i32::try_from(stayed)?);
    let length = (began.end() - began.start()).num_days();
    let since = began.start() + Days::new(chance.between(0, length).unsigned_abs());
    let young = chance.permille(325 + difficulty / 2);
    let years = if young { (18, 24) } else { [(25, 34), (35, 44), (45, 52)][chance.weighted(&[40, 34, 26])] };
    let days = chance.between(years.0 * 1461 / 4, (years.1 + 1) * 1461 / 4 - 1);
    let mut birth = since - Days::new(days.unsigned_abs());
    if is_sixty(birth, quarter) {
        birth = quarter.end() - Days::new(chance.between(50 * 1461 / 4, 59 * 1461 / 4).unsigned_abs());
    }
    let ris = chance.permille(75 * difficulty / 100 + if young { 45 } else { 0 });
    let category = match (ris, young) {
        (true, _) => Category::Mandatory,
        (false, true) if stayed < 3 && chance.permille(620) => Category::Insertion,
        _ if chance.permille(55) => Category::Voluntary,
        _ => Category::Benefit,
    };
    let woman = chance.permille(520);
    // Five digits in no visible order: 7 919 and 90 000 have no common factor, so no number is given twice.
    let number = made.checked_mul(7_919).map(|n| 10_000 + n % 90_000).filter(|_| made < 90_000).ok_or("more persons than numbers")?;
    Ok(Person { number, place, birth, since, category, ris, woman })
}

/// Whether a person of the quarter before is still there: fewer leave where work is missing, and all leave at 60.
fn stays(person: &Person, difficulty: u32, quarter: Quarter, chance: &mut Chance) -> bool {
    let stayed = quarters_since(person, quarter).saturating_sub(1);
    let leaving = LEAVING[stayed.min(LEAVING.len() - 1)] * 200 / (100 + difficulty);
    !chance.permille(leaving) && !is_sixty(person.birth, quarter)
}

fn is_sixty(birth: NaiveDate, quarter: Quarter) -> bool {
    (quarter.end() - birth).num_days() >= 60 * 1461 / 4
}

/// What time does to a person who stays: the waiting period ends, benefits run out.
fn age(person: &mut Person, quarter: Quarter, chance: &mut Chance) {
    let stayed = quarters_since(person, quarter);
    if person.category == Category::Insertion && stayed >= 3 {
        person.category = Category::Benefit;
    }
    if !person.ris && stayed >= 4 && chance.permille(6) {
        person.ris = true;
        person.category = Category::Mandatory;
    }
}

fn quarters_since(person: &Person, quarter: Quarter) -> usize {
    let mut stayed = 0;
    while quarter.minus(i32::try_from(stayed).unwrap_or(i32::MAX)) > Quarter::of(person.since) {
        stayed += 1;
    }
    stayed
}
