//! The answers to the questions of the shipped guide that the seven of [`super::interviews`] leave, in the guide's order, written as
//! `KoboToolbox` exports them: a question that was not asked is blank, and so are all columns of one with several answers.

use super::chance::Chance;
use super::groups::Group;
use super::interviews::Interview;
use super::needs::{NEEDS, Need};
use super::person::Person;

/// A column with its cell.
pub(crate) type Cell = (String, String);

/// In a thousand questions put to a person, how many stay without a word; twice as many at the door.
const SILENT: u32 = 7;
/// In a thousand answers, how many are any answer.
const NOISE: u32 = 20;
/// Where the children of a family are at school, out of a hundred.
const LEVELS: [(&str, u32); 5] = [("nursery", 23), ("primary", 36), ("secondary", 20), ("special", 3), ("not_yet", 18)];

/// An interview being written down.
struct Sheet<'a> {
    cells: Vec<Cell>,
    chance: &'a mut Chance,
    /// 2 at the door, where people say less, else 1.
    reserve: u32,
}

impl Sheet<'_> {
    fn put(&mut self, column: &str, cell: &str) {
        self.cells.push((column.to_owned(), cell.to_owned()));
    }

    /// Writes an answer, or that there is none; says what was written.
    fn answer(&mut self, column: &str, refuse: u32, answer: &'static str) -> &'static str {
        let said = match self.chance.below(1000) {
            draw if draw < SILENT * self.reserve => "",
            draw if draw < (SILENT + refuse) * self.reserve => "refused",
            _ => answer,
        };
        self.put(column, said);
        said
    }

    fn choice(&mut self, column: &str, choices: &[&'static str], weights: &[u32]) -> &'static str {
        let drawn = choices[self.chance.weighted(weights)];
        self.answer(column, 4, drawn)
    }

    fn need(&mut self, need: &Need, group: Group) -> &'static str {
        let weights = if self.chance.permille(NOISE) { [1; 3] } else { need.weights[group as usize] };
        let drawn = need.choices[self.chance.weighted(&weights[..need.choices.len()])];
        self.answer(need.question, need.refuse, drawn)
    }

    fn number(&mut self, column: &str, number: i64, silent: u32) -> bool {
        let said = !self.chance.permille(silent * self.reserve);
        self.put(column, &if said { number.to_string() } else { String::new() });
        said
    }

    /// Those of the choices that chance takes, or `otherwise` where it takes none.
    fn drawn(&mut self, choices: &[(&'static str, u32)], otherwise: &'static str) -> Vec<&'static str> {
        let chosen: Vec<&str> = choices.iter().filter(|(_, yes)| self.chance.permille(*yes)).map(|choice| choice.0).collect();
        if chosen.is_empty() { vec![otherwise] } else { chosen }
    }

    /// Writes a question with several answers twice: as a list, and as one column of 0 and 1 a choice.
    fn several(&mut self, column: &str, choices: &[(&'static str, u32)], chosen: Option<Vec<&'static str>>) {
        let draw = self.chance.below(1000);
        let chosen = match chosen {
            Some(_) if draw < 4 * self.reserve => Some(vec!["refused"]),
            Some(_) if draw >= 1000 - SILENT * self.reserve => None,
            chosen => chosen,
        };
        self.put(column, &chosen.as_ref().map(|chosen| chosen.join(" ")).unwrap_or_default());
        for name in choices.iter().map(|choice| choice.0).chain(["refused"]) {
            let ticked = chosen.as_ref().map(|chosen| chosen.contains(&name));
            self.put(&format!("{column}/{name}"), ticked.map_or("", |ticked| if ticked { "1" } else { "0" }));
        }
    }
}

/// All columns of an interview after the seven, in the order of the guide.
pub(crate) fn answers(interview: &Interview, person: &Person, chance: &mut Chance) -> Vec<Cell> {
    let mut sheet = Sheet { cells: Vec::new(), chance, reserve: if interview.door_to_door { 2 } else { 1 } };
    let age_told = sheet.number("age", person.age, 8);
    sheet.answer("household_type", 4, person.household);
    sheet.number("household_size", person.size, 4);
    sheet.number("children", person.children, 0);
    sheet.answer("nationality_group", 6, person.nationality);
    sheet.answer("residence_duration", 2, person.residence);
    let mut needs = NEEDS.iter();
    for need in needs.by_ref().take(5) {
        sheet.need(need, person.group);
    }
    services(&mut sheet, person);
    housing(&mut sheet, interview, person);
    for need in needs.by_ref().take(4) {
        sheet.need(need, person.group);
    }
    school(&mut sheet, person, needs.by_ref().take(2));
    let mobility = needs.next().map_or("", |need| sheet.need(need, person.group));
    transport(&mut sheet, person, mobility);
    for need in needs {
        let said = sheet.need(need, person.group);
        if need.question == "postponed_care" {
            reasons(&mut sheet, person.group, said == "yes");
        }
        if need.question == "stress" {
            well_being(&mut sheet, person.group);
        }
        if need.question == "vaccination" {
            screening(&mut sheet, person, age_told);
        }
    }
    sheet.cells
}

fn services(sheet: &mut Sheet<'_>, person: &Person) {
    let [social, health, law] = match person.group {
        Group::Settled => [820, 560, 400],
        Group::IsolatedElderly => [700, 520, 150],
        Group::PrecariousYoung => [760, 260, 180],
        Group::CrowdedFamilies => [860, 620, 260],
        Group::Cumulating => [840, 340, 140],
    };
    let forem = if person.age < 60 { 880 } else { 420 };
    let known = [
        ("cpas", social),
        ("forem", forem),
        ("health_center", health),
        ("insurance_fund", health),
        ("family_planning", if person.age < 50 { health } else { 120 }),
        ("legal_advice", law),
        ("debt_mediation", law),
        ("none", 0),
    ];
    let chosen = sheet.drawn(&known, "none");
    sheet.several("services_known", &known, Some(chosen));
    let [money, food, paperwork, care] = match person.group {
        Group::Settled => [60, 8, 70, 20],
        Group::IsolatedElderly => [110, 40, 320, 480],
        Group::PrecariousYoung => [360, 130, 240, 5],
        Group::CrowdedFamilies => [340, 220, 220, 20],
        Group::Cumulating => [520, 360, 300, 60],
    };
    let received =
        [("financial", money), ("food", food), ("housing", money / 3), ("paperwork", paperwork), ("home_care", care), ("none", 0)];
    let chosen = sheet.drawn(&received, "none");
    sheet.several("help_received", &received, Some(chosen));
}

fn housing(sheet: &mut Sheet<'_>, interview: &Interview, person: &Person) {
    let kinds = match person.group {
        Group::Settled => [74, 23, 2, 1],
        Group::IsolatedElderly => [64, 33, 2, 1],
        Group::PrecariousYoung => [16, 52, 30, 2],
        Group::CrowdedFamilies => [44, 53, 2, 1],
        Group::Cumulating => [24, 54, 18, 4],
    };
    sheet.choice("dwelling_type", &["house", "apartment", "room", "other"], &kinds);
    let rent = match interview.answers[1] {
        Some("private_tenant") => Some(5 * sheet.chance.between(48, 92) + 20 * person.size),
        Some("social_tenant") => Some(5 * sheet.chance.between(22, 54) + 15 * person.size),
        _ => None,
    };
    match rent {
        Some(rent) => {
            sheet.number("rent", rent, 45);
        }
        None => sheet.put("rent", ""),
    }
}

fn school<'a>(sheet: &mut Sheet<'_>, person: &Person, needs: impl Iterator<Item = &'a Need>) {
    sheet.answer("diploma", 5, person.diploma);
    let activity = sheet.answer("activity", 3, person.activity);
    let waits = match person.group {
        Group::Settled => [42, 26, 20, 12],
        Group::PrecariousYoung => [26, 28, 28, 18],
        Group::CrowdedFamilies => [14, 20, 30, 36],
        Group::IsolatedElderly | Group::Cumulating => [4, 9, 21, 66],
    };
    if activity == "job_seeker" {
        sheet.choice("job_search_duration", &["under_6_months", "6_to_12_months", "1_to_2_years", "over_2_years"], &waits);
    } else {
        sheet.put("job_search_duration", "");
    }
    for need in needs {
        sheet.need(need, person.group);
    }
    let asked = person.children > 0;
    let weights = LEVELS.map(|(name, weight)| if name == "secondary" && person.age < 32 { 0 } else { weight });
    let attended: Vec<usize> = (0..person.children).map(|_| sheet.chance.weighted(&weights)).collect();
    let levels: Vec<&str> = (0..4).filter(|level| attended.contains(level)).map(|level| LEVELS[level].0).collect();
    let chosen = if levels.is_empty() { vec!["not_yet"] } else { levels };
    sheet.several("children_school", &LEVELS, asked.then_some(chosen));
    let hard = matches!(person.group, Group::CrowdedFamilies | Group::Cumulating);
    let often = if person.group == Group::Cumulating { [30, 40, 30] } else { [58, 32, 10] };
    for (question, choices, with, without) in [
        ("school_difficulties", ["none", "some", "marked"], [12, 38, 50], [70, 24, 6]),
        ("truancy", ["never", "sometimes", "often"], often, [90, 9, 1]),
    ] {
        if asked {
            sheet.choice(question, &choices, if hard { &with } else { &without });
        } else {
            sheet.put(question, "");
        }
    }
}

fn transport(sheet: &mut Sheet<'_>, person: &Person, mobility: &str) {
    let [car, bus, lift] = match person.group {
        Group::Settled => [820, 260, 60],
        Group::IsolatedElderly => [190, 420, 430],
        Group::PrecariousYoung => [180, 800, 160],
        Group::CrowdedFamilies => [520, 560, 100],
        Group::Cumulating => [110, 640, 150],
    };
    let walks = if mobility == "with_help" { 200 } else { 700 };
    let bicycle = if person.age < 60 { 70 } else { 10 };
    let used = [("walking", walks), ("bicycle", bicycle), ("bus", bus), ("train", 90), ("car", car), ("lift", lift), ("none", 0)];
    let chosen = sheet.drawn(&used, if mobility == "with_help" { "none" } else { "walking" });
    sheet.several("transport", &used, Some(chosen));
}

fn reasons(sheet: &mut Sheet<'_>, group: Group, asked: bool) {
    let [cost, distance, fear] = match group {
        Group::Settled => [300, 60, 200],
        Group::IsolatedElderly => [300, 480, 260],
        Group::PrecariousYoung => [720, 140, 240],
        Group::CrowdedFamilies => [760, 120, 140],
        Group::Cumulating => [800, 260, 420],
    };
    let reasons = [("cost", cost), ("waiting", 280), ("distance", distance), ("fear", fear), ("time", 240), ("other", 0)];
    let chosen = sheet.drawn(&reasons, "other");
    sheet.several("postponed_care_reasons", &reasons, asked.then_some(chosen));
}

/// The five items of WHO-5: a level that a person has, and what each item adds to it.
fn well_being(sheet: &mut Sheet<'_>, group: Group) {
    let base = match group {
        Group::Settled => 37,
        Group::IsolatedElderly => 21,
        Group::PrecariousYoung => 27,
        Group::CrowdedFamilies => 24,
        Group::Cumulating => 13,
    };
    let level = base + sheet.chance.between(-7, 7) + sheet.chance.between(-7, 7);
    for item in ["cheerful", "calm", "active", "rested", "interested"] {
        let answer = (level + sheet.chance.between(-6, 6) + sheet.chance.between(-6, 6) + 5).div_euclid(10).clamp(0, 5);
        sheet.number(&format!("who5_{item}"), answer, 12);
    }
}

fn screening(sheet: &mut Sheet<'_>, person: &Person, age_told: bool) {
    let weights = match person.group {
        Group::Settled => [58, 38, 4],
        Group::Cumulating => [14, 76, 10],
        _ => [34, 58, 8],
    };
    if age_told && person.age >= 50 {
        sheet.choice("screening", &["yes", "no", "unknown"], &weights);
    } else {
        sheet.put("screening", "");
    }
}
