//! The directory of services of Seraing: invented organizations, each service with the closed questions of its sheet,
//! `layers/guides/directory.xlsx`.

use super::chance::Chance;
use super::table::Table;
use super::tiling::Outcome;
use super::town::Town;

/// A kind of service: how it is called, its domain, its audience, the needs it addresses, and how many there are.
type Kind = (&'static str, &'static str, &'static str, &'static [&'static str], usize);

const KINDS: [Kind; 15] = [
    ("Permanence sociale", "social", "everybody", &["precarity", "paperwork"], 4),
    ("Médiation de dettes", "social", "adults", &["debts", "precarity"], 3),
    ("Épicerie sociale", "social", "families", &["precarity"], 3),
    ("Maison médicale", "health", "everybody", &["health", "prevention"], 4),
    ("Planning familial", "health", "young", &["health", "prevention", "ill_being"], 2),
    ("Centre de santé mentale", "health", "adults", &["ill_being", "isolation"], 2),
    ("Aide à domicile", "home_care", "elderly", &["autonomy", "isolation", "health"], 4),
    ("Repas à domicile", "home_care", "elderly", &["autonomy", "isolation"], 2),
    ("Taxi social", "mobility", "elderly", &["autonomy", "mobility"], 2),
    ("Atelier de formation", "training", "young", &["school_dropout", "employment"], 4),
    ("Cours d'alphabétisation", "training", "adults", &["reading_writing", "paperwork"], 3),
    ("Accompagnement vers l'emploi", "employment", "job_seekers", &["employment", "school_dropout"], 4),
    ("École de devoirs", "childhood", "families", &["school_difficulties", "isolation"], 4),
    ("Agence immobilière sociale", "housing", "families", &["housing"], 2),
    ("Conseil en rénovation", "housing", "owners", &["housing", "energy"], 2),
];

/// Names that no organization of the town has.
const NAMES: [&str; 15] = [
    "Le Fanal",
    "La Passerelle Bleue",
    "Les Sept Tilleuls",
    "L'Étincelle",
    "Le Chaînon",
    "La Grande Ourse",
    "Le Pas-à-Pas",
    "Les Quatre Vents",
    "La Marelle",
    "Le Relais du Haut",
    "L'Escale",
    "Le Cerf-Volant",
    "La Boussole",
    "Les Mains Jointes",
    "Le Sablier",
];

/// All needs that a sheet asks about, in the order of its columns.
const NEEDS: [&str; 17] = [
    "precarity",
    "debts",
    "energy",
    "paperwork",
    "housing",
    "health",
    "prevention",
    "ill_being",
    "isolation",
    "autonomy",
    "mobility",
    "employment",
    "school_dropout",
    "school_difficulties",
    "reading_writing",
    "violence",
    "addiction",
];

const LANGUAGES: [(&str, u32); 6] =
    [("french", 1000), ("italian", 260), ("spanish", 120), ("turkish", 170), ("arabic", 220), ("english", 300)];

/// `services.csv`. Services stand where people live; a few are located by nothing but the code for "somewhere in the commune".
pub(crate) fn directory(town: &Town, chance: &mut Chance) -> Outcome<Vec<u8>> {
    let languages = LANGUAGES.map(|language| language.0);
    let mut header = "id;organization;service;zone;domain;audience;opening;cost;appointment;waiting;home_visits".to_owned();
    for (question, choices) in [("languages", &languages[..]), ("needs", &NEEDS)] {
        header.extend([";", question]);
        header.extend(choices.iter().flat_map(|choice| [";", question, "/", choice]));
    }
    let mut table = Table::new(&header, ';');
    let people: Vec<u32> = town.sectors.iter().map(|sector| sector.population).collect();
    let mut number = 0;
    for (service, domain, audience, needs, count) in KINDS {
        for _ in 0..count {
            number += 1;
            let name = chance.one_of(&NAMES).ok_or("there are no names")?;
            let code = if chance.permille(40) { "62096ZZZZ" } else { town.sectors[chance.weighted(&people)].code.as_str() };
            let sheet = answers(domain, audience, chance);
            let speaks: Vec<&str> = LANGUAGES.iter().filter(|language| chance.permille(language.1)).map(|language| language.0).collect();
            // Each service says of one more need now and then that it meets it too.
            let meets: Vec<&str> = NEEDS.into_iter().filter(|need| needs.contains(need) || chance.permille(35)).collect();
            let start = [format!("S{number:03}"), format!("{name} (fictif)"), service.to_owned(), code.to_owned()];
            let cells = start.into_iter().chain([domain, audience].map(str::to_owned)).chain(sheet.map(str::to_owned));
            table.row(cells.chain(several(&speaks, &languages)).chain(several(&meets, &NEEDS)));
        }
    }
    Ok(table.utf8_with_mark())
}

/// Opening hours, cost, appointment, waiting time and home visits, as is usual in a domain.
fn answers(domain: &str, audience: &str, chance: &mut Chance) -> [&'static str; 5] {
    let mut one_of = |names: &[&'static str], weights: &[u32]| names[chance.weighted(weights)];
    let (hours, cost, visits): (&[u32], &[u32], &[u32]) = match domain {
        "health" => (&[45, 20, 30, 5], &[30, 60, 10], &[40, 60]),
        "home_care" => (&[60, 5, 5, 30], &[5, 80, 15], &[95, 5]),
        "mobility" => (&[70, 5, 5, 20], &[10, 80, 10], &[90, 10]),
        "childhood" => (&[5, 10, 80, 5], &[70, 28, 2], &[5, 95]),
        "training" | "employment" => (&[80, 10, 8, 2], &[95, 5, 0], &[5, 95]),
        _ => (&[55, 35, 8, 2], &[85, 15, 0], &[20, 80]),
    };
    let waits: &[u32] = if domain == "health" || audience == "families" { &[25, 35, 40] } else { &[50, 35, 15] };
    [
        one_of(&["office_hours", "some_half_days", "evenings", "every_day"], hours),
        one_of(&["free", "by_income", "full_price"], cost),
        one_of(&["yes", "no"], &[65, 35]),
        one_of(&["under_1_week", "1_to_4_weeks", "over_4_weeks"], waits),
        one_of(&["yes", "no"], visits),
    ]
}

/// A question with several answers: the list, and one column a choice.
fn several(chosen: &[&str], choices: &[&str]) -> Vec<String> {
    let ticked = choices.iter().map(|choice| if chosen.contains(choice) { "1" } else { "0" }.to_owned());
    [chosen.join(" ")].into_iter().chain(ticked).collect()
}
