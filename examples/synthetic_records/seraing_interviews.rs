//! The 1,986 interviews of Seraing, with all questions of the shipped guide, and the group that each person was planted in.

use chrono::{Datelike, NaiveDate};

use super::chance::Chance;
use super::groups::group;
use super::guide_answers::answers;
use super::interviews::{Campaign, Interview, interviews};
use super::person::{Person, person};
use super::place::{Places, columns};
use super::seraing::french_date;
use super::table::Table;
use super::tiling::Outcome;

/// The employment pole's balance sheet at 1 August 2004: women, diplomas, incomes at entry, outcomes; each sums to 196.
const POLE: usize = 196;
const POLE_WOMEN: usize = 82;
const POLE_DIPLOMAS: [(&str, usize); 3] = [("ceb", 49), ("cesi", 111), ("superieur_au_cesi", 36)];
const POLE_INCOMES: [(&str, usize); 3] = [("unemployment", 97), ("ris", 36), ("other", 63)];
const POLE_OUTCOMES: [(&str, usize); 4] = [("perdu_de_vue", 32), ("emploi", 30), ("formation", 47), ("chomeur_indemnise", 87)];

/// The columns before the answers to the guide; they were there before it.
const START: &str = "id;date;partenaire;mode;sexe;secteur;x;y;rue;numero;code_postal;q_isolement;q_statut_logement;q_humidite;q_decrochage;q_autonomie;q_sante;q_revenu;q_diplome;q_issue;service;public;campagne";

/// The services of each partner.
const SERVICES: [(&str, &[&str]); 8] = [
    ("cpas", &["accueil_social", "insertion", "mediation_dettes"]),
    ("ale", &["accueil"]),
    ("eft", &["accueil", "atelier"]),
    ("maison_medicale", &["accueil", "consultation", "sante_communautaire"]),
    ("regie_quartier", &["accueil", "chantier"]),
    ("ecole_devoirs", &["accueil_parents"]),
    ("pole_emploi", &["bilan"]),
    ("enqueteurs", &["porte_a_porte"]),
];

/// `interviews.csv` and `planted_groups.csv`. The seven first questions and all that was there before the guide are drawn from `seed`, the
/// answers to the guide from a stream of their own: they change nothing of the former.
pub(crate) fn tables(places: &Places<'_>, priority: &[&str], isolated: &str, seed: u64) -> Outcome<(Vec<u8>, Vec<u8>)> {
    let mut chance = Chance::new(seed);
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).ok_or("not a date");
    let priority = priority.iter().map(|code| places.town.position(code)).collect::<Outcome<Vec<usize>>>()?;
    let isolated = places.town.position(isolated)?;
    let campaign = Campaign {
        count: 1_986,
        first: day(1999, 1, 1)?,
        last: day(2002, 12, 31)?,
        door_to_door_from: day(2002, 9, 1)?,
        partners: &[("cpas", 24), ("ale", 14), ("eft", 14), ("maison_medicale", 22), ("regie_quartier", 14), ("ecole_devoirs", 12)],
        priority: &priority,
        isolated: Some(isolated),
    };
    let mut answered = interviews(&campaign, places, &mut chance)?;
    let bilans = plant_pole(&mut answered, &mut chance);
    let mut chance = Chance::new(seed + 1);
    let mut header = START.to_owned();
    let mut rows = Vec::new();
    let mut planted = Table::new("id;group", ';');
    for (number, interview) in answered.iter().enumerate() {
        let id = format!("E{:04}", number + 1);
        let mode = if interview.door_to_door { "door_to_door" } else { "operator" };
        let sex = if interview.woman { "F" } else { "H" };
        let start = [id.clone(), french_date(interview.date), interview.partner.to_owned(), mode.to_owned(), sex.to_owned()];
        let seven = interview.answers.map(|answer| answer.unwrap_or_default().to_owned());
        let bilan = bilans.iter().find(|bilan| bilan.0 == number);
        let noted = bilan.map_or(["", ""], |bilan| [bilan.1, bilan.2]).map(str::to_owned);
        let difficulty = places.town.sectors[interview.sector].difficulty;
        let group = group(interview, difficulty, interview.sector == isolated, &mut chance);
        let person = person(interview, group, bilan.map(|bilan| bilan.1), &mut chance);
        let by = grouping(interview, &person, &mut chance);
        let answers = answers(interview, &person, &mut chance);
        if number == 0 {
            header.extend(answers.iter().map(|(column, _)| format!(";{column}")));
        }
        let cells = start.into_iter().chain(columns(&interview.place, ',')).chain(seven).chain(noted).chain(by);
        rows.push(cells.chain(answers.into_iter().map(|answer| answer.1)).collect::<Vec<String>>());
        planted.row([id.as_str(), group.name()]);
    }
    let mut table = Table::new(&header, ';');
    for row in &rows {
        table.row(row);
    }
    Ok((table.utf8_with_mark(), planted.utf8()))
}

/// Service, public and campaign of an interview.
fn grouping(interview: &Interview, person: &Person, chance: &mut Chance) -> [String; 3] {
    let services = SERVICES.iter().find(|(partner, _)| *partner == interview.partner).map_or(&[][..], |row| row.1);
    let service = chance.one_of(services).copied().unwrap_or_default();
    let public = match person {
        Person { age: ..26, .. } => "jeunes",
        Person { age: 60.., .. } => "aines",
        Person { children: 1.., .. } => "familles",
        Person { activity: "job_seeker", .. } => "demandeurs_emploi",
        _ => "tous_publics",
    };
    [service.to_owned(), public.to_owned(), interview.date.year().to_string()]
}

/// Turns 196 of the operators' interviews into those of the employment pole, with its exact counts.
fn plant_pole(interviews: &mut [Interview], chance: &mut Chance) -> Vec<(usize, &'static str, &'static str)> {
    let mut chosen: Vec<usize> = (0..interviews.len()).filter(|i| !interviews[*i].door_to_door).collect();
    chance.shuffle(&mut chosen);
    chosen.truncate(POLE);
    let mut drawn = |counts: &[(&'static str, usize)]| {
        let mut all: Vec<&'static str> = counts.iter().flat_map(|(name, count)| std::iter::repeat_n(*name, *count)).collect();
        chance.shuffle(&mut all);
        all
    };
    let (diplomas, incomes, outcomes) = (drawn(&POLE_DIPLOMAS), drawn(&POLE_INCOMES), drawn(&POLE_OUTCOMES));
    let mut bilans = Vec::new();
    for (place, at) in chosen.into_iter().enumerate() {
        let interview = &mut interviews[at];
        interview.partner = "pole_emploi";
        interview.woman = place < POLE_WOMEN;
        interview.answers[6] = Some(incomes[place]);
        bilans.push((at, diplomas[place], outcomes[place]));
    }
    bilans
}
