//! Saint-Nicolas 2002–2003: counts by sector and quarter as a partner delivers them, who keeps the persons to itself.

use std::path::Path;

use chrono::NaiveDate;

use super::File;
use super::chance::{Chance, apportion};
use super::interviews::{Campaign, QUESTIONS, interviews};
use super::place::{Places, columns};
use super::table::Table;
use super::tiling::Outcome;
use super::town::{Row, Town};

const SEED: u64 = 62_093;

/// Inhabitants and active population of 2002 and 2003.
const YEARS: [(u32, u32); 2] = [(22_700, 9_650), (22_620, 9_640)];

/// Job seekers in 1,000 active persons, quarter by quarter.
const RATES: [u32; 8] = [206, 203, 209, 207, 212, 208, 215, 213];

/// Code, inhabitants, difficulty (100 = as in an average sector): made up.
const SECTORS: [Row; 22] = [
    ("62093A001", 900, 108),
    ("62093A012", 1_150, 112),
    ("62093A093", 260, 90),
    ("62093A101", 1_900, 104),
    ("62093A11-", 950, 92),
    ("62093A19-", 380, 84),
    ("62093A21-", 820, 96),
    ("62093A30-", 760, 88),
    ("62093B001", 1_350, 152),
    ("62093B011", 1_500, 138),
    ("62093B022", 640, 124),
    ("62093B072", 12, 100),
    ("62093B10-", 1_250, 102),
    ("62093C001", 1_650, 110),
    ("62093C011", 1_450, 98),
    ("62093C02-", 1_020, 90),
    ("62093C032", 830, 94),
    ("62093C042", 520, 86),
    ("62093C10-", 880, 80),
    ("62093C20-", 1_750, 116),
    ("62093C301", 640, 92),
    ("62093C312", 700, 84),
];

/// The files of `examples/saint-nicolas/records`.
pub(crate) fn files(territory: &Path) -> Outcome<Vec<File>> {
    let town = Town::schematic(territory, &SECTORS, |_| "4420")?;
    // No register of streets is shipped for Saint-Nicolas: its records carry codes and points.
    let places = Places { town: &town, register: &[], unlocated: "62093ZZZZ", elsewhere: [235_000, 146_000, 237_000, 149_000] };
    let file = |name: &str, content| (format!("examples/saint-nicolas/records/{name}"), content);
    Ok(vec![
        file("demandeurs.csv", counts(&town)?),
        file("population.csv", population(&town)?),
        file("entretiens.csv", interview_table(&places)?),
    ])
}

fn counts(town: &Town) -> Outcome<Vec<u8>> {
    let mut chance = Chance::new(SEED);
    let mut table = Table::new(
        "Code secteur,Trimestre,Demandeurs d'emploi,Moins de 25 ans,Bénéficiaires du RIS,Moins de 6 mois,De 6 à 12 mois,De 1 à 2 ans,2 ans et plus",
        ',',
    );
    for (at, rate) in RATES.iter().enumerate() {
        let (_, active) = YEARS[at / 4];
        let weights: Vec<u64> =
            town.sectors.iter().map(|s| u64::from(s.population) * u64::from(s.difficulty) * u64::from(960 + chance.below(81))).collect();
        let seekers = apportion(active * rate / 1000, &weights)?;
        let quarter = format!("T{} {}", at % 4 + 1, 2002 + at / 4);
        let unlocated = 6 + chance.below(6);
        let rows = town.sectors.iter().zip(seekers).map(|(s, n)| (s.code.as_str(), n, u64::from(s.difficulty)));
        for (code, seekers, difficulty) in rows.chain([("62093ZZZZ", unlocated, 100)]) {
            let mut about = |permille: u32| (seekers * (permille - 30 + chance.below(61)) / 1000).min(seekers);
            let young = about(270);
            let ris = about(140);
            // Where work is missing, durations are longer.
            let durations = apportion(seekers, &[270 * 100 / difficulty + u64::from(chance.below(30)), 150, 175, 330 * difficulty / 100])?;
            let counts = [seekers, young, ris].into_iter().chain(durations).map(|n| n.to_string());
            table.row([code.to_owned(), quarter.clone()].into_iter().chain(counts));
        }
    }
    Ok(table.windows())
}

fn population(town: &Town) -> Outcome<Vec<u8>> {
    let mut table = Table::new("Code secteur,Année,Population,Population active,Population de 18 à 64 ans", ',');
    for (year, (people, active)) in (2002..).zip(YEARS) {
        let inhabitants = town.inhabitants(people)?;
        let weights: Vec<u64> = inhabitants.iter().map(|n| u64::from(*n)).collect();
        let (active, adults) = (apportion(active, &weights)?, apportion(people * 62 / 100, &weights)?);
        for (sector, of) in town.sectors.iter().enumerate() {
            let counts = [inhabitants[sector], active[sector], adults[sector]].map(|n| n.to_string());
            table.row([of.code.clone(), year.to_string()].into_iter().chain(counts));
        }
    }
    Ok(table.windows())
}

fn interview_table(places: &Places<'_>) -> Outcome<Vec<u8>> {
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).ok_or("not a date");
    let priority = ["62093B001", "62093B011"].iter().map(|code| places.town.position(code)).collect::<Outcome<Vec<usize>>>()?;
    let campaign = Campaign {
        count: 240,
        first: day(2002, 1, 1)?,
        last: day(2003, 12, 31)?,
        door_to_door_from: day(2003, 1, 1)?,
        partners: &[("Maison médicale", 40), ("CPAS", 35), ("École de devoirs", 25)],
        priority: &priority,
        isolated: None,
    };
    let header = "Numéro,Date,Partenaire,Mode,Secteur,X,Y,Isolement,Statut d'occupation,Santé perçue,Revenu principal";
    let asked = ["isolation", "housing_tenure", "health_self", "income_source"];
    let mut table = Table::new(header, ',');
    for (number, interview) in (1..).zip(interviews(&campaign, places, &mut Chance::new(SEED + 2))?) {
        let mode = if interview.door_to_door { "door_to_door" } else { "operator" };
        let [zone, x, y, ..] = columns(&interview.place, '.');
        let start = [format!("SN{number:03}"), interview.date.to_string(), interview.partner.to_owned(), mode.to_owned(), zone, x, y];
        let answers = QUESTIONS.iter().zip(interview.answers).filter(|(question, _)| asked.contains(question));
        table.row(start.into_iter().chain(answers.map(|(_, answer)| answer.unwrap_or_default().to_owned())));
    }
    Ok(table.windows())
}
