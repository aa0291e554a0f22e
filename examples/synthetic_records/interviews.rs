//! Interviews of inhabitants: five problems that come together in the same persons, and more often in the same quartiers.
//!
//! A hidden trait makes a person cumulate isolation, precarity, school drop-out, loss of autonomy and poor health. It is
//! common in the priority quartiers and rare elsewhere; all the rest follows from it.

use chrono::{Days, NaiveDate};

use super::chance::Chance;
use super::place::{Place, Places};
use super::tiling::Outcome;

/// The questions, in the order of [`Interview::answers`].
pub(crate) const QUESTIONS: [&str; 7] =
    ["isolation", "housing_tenure", "housing_damp", "school_dropout", "autonomy_loss", "health_self", "income_source"];

/// One interview; a question without answer is `None`.
#[derive(Debug, Clone)]
pub(crate) struct Interview {
    pub(crate) date: NaiveDate,
    pub(crate) partner: &'static str,
    pub(crate) door_to_door: bool,
    pub(crate) woman: bool,
    pub(crate) place: Place,
    pub(crate) answers: [Option<&'static str>; 7],
    /// The hidden trait.
    pub(crate) cumulates: bool,
    /// Where the person lives, whatever the record says of it.
    pub(crate) sector: usize,
}

/// Who is asked, and when.
#[derive(Debug)]
pub(crate) struct Campaign<'a> {
    pub(crate) count: usize,
    pub(crate) first: NaiveDate,
    pub(crate) last: NaiveDate,
    /// The day from which some interviews are made from door to door.
    pub(crate) door_to_door_from: NaiveDate,
    /// Partners with their shares.
    pub(crate) partners: &'a [(&'static str, u32)],
    /// The positions of the priority sectors.
    pub(crate) priority: &'a [usize],
    /// The position of a sector that is far from everything, if there is one.
    pub(crate) isolated: Option<usize>,
}

/// All interviews of a campaign, by date.
pub(crate) fn interviews(campaign: &Campaign<'_>, places: &Places<'_>, chance: &mut Chance) -> Outcome<Vec<Interview>> {
    let sectors = &places.town.sectors;
    let everyone: Vec<u32> = sectors.iter().map(|s| s.population).collect();
    let users: Vec<u32> = sectors.iter().map(|s| s.population * s.difficulty * s.difficulty / 10_000).collect();
    let partners: Vec<u32> = campaign.partners.iter().map(|p| p.1).collect();
    let days = (campaign.last - campaign.first).num_days();
    let mut interviews = Vec::new();
    while interviews.len() < campaign.count {
        let date = campaign.first + Days::new(chance.between(0, days).unsigned_abs());
        let door_to_door = date >= campaign.door_to_door_from && chance.permille(450);
        // Operators see those who use their services, surveyors whoever opens the door.
        let sector = chance.weighted(if door_to_door { &everyone } else { &users });
        let place = match chance.weighted(&[976, 8, 16]) {
            1 => places.outside(chance),
            2 => places.unknown(chance),
            _ => places.within(sector, chance)?,
        };
        let cumulates = if campaign.priority.contains(&sector) { 400 } else { sectors[sector].difficulty * 9 / 10 };
        let cumulates = chance.permille(if door_to_door { cumulates * 2 / 3 } else { cumulates });
        let answers = answers(cumulates, campaign.isolated == Some(sector), door_to_door, chance);
        let partner = if door_to_door { "enqueteurs" } else { campaign.partners[chance.weighted(&partners)].0 };
        interviews.push(Interview { date, partner, door_to_door, woman: chance.permille(560), place, answers, cumulates, sector });
    }
    interviews.sort_by_key(|interview| interview.date);
    Ok(interviews)
}

fn answers(cumulates: bool, far: bool, door_to_door: bool, chance: &mut Chance) -> [Option<&'static str>; 7] {
    let mut yes = |with: u32, without: u32| if chance.permille(if cumulates { with } else { without }) { "yes" } else { "no" };
    let isolation = yes(720, if far { 560 } else { 140 });
    let dropout = yes(640, 130);
    let autonomy = yes(620, 100);
    let mut choice = |names: &[&'static str], with: &[u32], without: &[u32]| names[chance.weighted(if cumulates { with } else { without })];
    let health = choice(&["good", "fair", "poor"], &[150, 300, 550], &[560, 330, 110]);
    let income = choice(&["work", "unemployment", "ris", "pension", "other"], &[60, 400, 380, 60, 100], &[300, 340, 110, 190, 60]);
    let tenure = choice(&["owner", "private_tenant", "social_tenant", "other"], &[130, 480, 340, 50], &[480, 260, 230, 30]);
    let damp = match tenure {
        "private_tenant" => 420,
        "owner" => 150,
        _ => 280,
    };
    let damp = if chance.permille(damp + if cumulates { 150 } else { 0 }) { "yes" } else { "no" };
    // Of a thousand, so many do not answer: income is what people say least about.
    [(isolation, 25), (tenure, 15), (damp, 20), (dropout, 30), (autonomy, 25), (health, 30), (income, 45)]
        .map(|(answer, silent)| (!chance.permille(if door_to_door { 2 * silent } else { silent })).then_some(answer))
}
