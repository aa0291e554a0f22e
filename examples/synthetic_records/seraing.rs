//! Seraing 1999–2003: every job seeker of twenty quarters, the population, a register of streets; the interviews and the directory of
//! services are made in files of their own.

use std::path::Path;

use chrono::NaiveDate;
use optima::period::Quarter;

use super::File;
use super::chance::{Chance, apportion};
use super::directory::directory;
use super::flows::{Category, Group, Person, Plan, flow};
use super::place::{Places, columns, meters};
use super::seraing_interviews::tables;
use super::table::Table;
use super::tiling::Outcome;
use super::town::{House, Row, Town, register};

const SEED: u64 = 62_096;

/// The first year; then, year by year, inhabitants and active population.
const FIRST_YEAR: i32 = 1999;
const YEARS: [(u32, u32); 5] = [(61_000, 25_900), (60_850, 25_950), (60_700, 26_000), (60_550, 26_050), (60_400, 26_100)];

/// Job seekers in 100,000 active persons. Over a year 22,000 in 2001 and 500 more every year, which leads to 26 % in 2009;
/// within a year the drift goes on, and the season sums to zero.
fn rate(year: usize, quarter: usize) -> u32 {
    const DRIFT: [i32; 4] = [-188, -62, 63, 187];
    const SEASON: [i32; 4] = [200, -220, 180, -160];
    let over_the_year = 21_000 + 500 * i32::try_from(year).unwrap_or(0);
    (over_the_year + DRIFT[quarter] + SEASON[quarter]).unsigned_abs()
}

/// The sectors around the industrial sites that the study of 2004 names first.
const PRIORITY: [&str; 5] = ["62096A000", "62096A020", "62096A121", "62096C000", "62096C042"];

/// The sector that the same study calls isolated: Biez du Moulin.
const ISOLATED: &str = "62096C020";

/// Sectors where work becomes scarcer or less scarce: from a quarter on, in percent of what it would be.
const CHANGES: [(&str, usize, u64); 2] = [("62096C042", 16, 122), ("62096A210", 12, 80)];

/// Code, inhabitants of 2001, difficulty (100 = as in an average sector): made up, in the shape of the real town.
const SECTORS: [Row; 71] = [
    ("62096A000", 2_102, 172),
    ("62096A020", 1_026, 165),
    ("62096A07-", 25, 110),
    ("62096A100", 1_857, 128),
    ("62096A11-", 1_662, 122),
    ("62096A121", 2_249, 170),
    ("62096A131", 802, 105),
    ("62096A172", 332, 140),
    ("62096A201", 1_124, 118),
    ("62096A210", 1_222, 112),
    ("62096A221", 880, 92),
    ("62096A232", 147, 105),
    ("62096A242", 762, 96),
    ("62096A272", 60, 80),
    ("62096A281", 40, 85),
    ("62096A301", 1_466, 108),
    ("62096A311", 1_417, 94),
    ("62096A372", 9, 100),
    ("62096A392", 127, 75),
    ("62096A410", 684, 90),
    ("62096A420", 606, 88),
    ("62096A431", 929, 95),
    ("62096A442", 1_026, 100),
    ("62096A453", 684, 85),
    ("62096A501", 880, 98),
    ("62096A511", 1_173, 102),
    ("62096A521", 929, 92),
    ("62096A532", 547, 72),
    ("62096A533", 577, 70),
    ("62096A542", 1_271, 90),
    ("62096A552", 978, 104),
    ("62096A591", 14, 90),
    ("62096A61-", 254, 74),
    ("62096A690", 235, 70),
    ("62096A700", 1_320, 76),
    ("62096A703", 303, 82),
    ("62096A710", 1_222, 62),
    ("62096A714", 313, 66),
    ("62096B001", 1_808, 126),
    ("62096B011", 1_173, 132),
    ("62096B022", 1_320, 120),
    ("62096B033", 782, 108),
    ("62096B072", 35, 120),
    ("62096B10-", 411, 118),
    ("62096B201", 1_466, 82),
    ("62096B212", 547, 78),
    ("62096B273", 28, 100),
    ("62096B290", 635, 92),
    ("62096B31-", 684, 110),
    ("62096B40-", 547, 98),
    ("62096B51-", 508, 94),
    ("62096C000", 3_050, 171),
    ("62096C020", 1_330, 138),
    ("62096C031", 1_760, 116),
    ("62096C042", 1_500, 160),
    ("62096C070", 120, 112),
    ("62096C101", 1_857, 104),
    ("62096C110", 1_662, 72),
    ("62096C122", 1_075, 96),
    ("62096C142", 880, 60),
    ("62096C373", 0, 100),
    ("62096C501", 469, 62),
    ("62096C591", 70, 65),
    ("62096D00-", 880, 50),
    ("62096D01-", 411, 48),
    ("62096D021", 782, 52),
    ("62096D03-", 929, 46),
    ("62096D032", 254, 60),
    ("62096D04-", 1_026, 50),
    ("62096D042", 469, 52),
    ("62096D051", 978, 50),
];

/// The files of `examples/seraing/records`.
pub(crate) fn files(territory: &Path) -> Outcome<Vec<File>> {
    let postcode = |code: &str| match code.as_bytes().get(5) {
        Some(b'B') => "4101",
        Some(b'C') => "4102",
        _ => "4100",
    };
    let town = Town::schematic(territory, &SECTORS, postcode)?;
    let register = register(&town, 230, &mut Chance::new(SEED + 1))?;
    let elsewhere = [236_500, 145_500, 239_500, 149_500];
    let places = Places { town: &town, register: &register, unlocated: "62096ZZZZ", elsewhere };
    let file = |name: &str, content| (format!("examples/seraing/records/{name}"), content);
    let (interviews, planted) = tables(&places, &PRIORITY, ISOLATED, SEED + 2)?;
    Ok(vec![
        file("job_seekers.csv", job_seekers(&places)?),
        file("interviews.csv", interviews),
        file("planted_groups.csv", planted),
        file("services.csv", directory(&town, &mut Chance::new(SEED + 4))?),
        file("population.csv", population(&town)?),
        file("addresses.csv", addresses(&register)),
    ])
}

fn job_seekers(places: &Places<'_>) -> Outcome<Vec<u8>> {
    let mut chance = Chance::new(SEED);
    let quarters: Vec<Quarter> = (0..20).filter_map(|i| Some(Quarter::new(FIRST_YEAR, 1)?.minus(-i))).collect();
    let mut plans: Vec<Plan> = (0..SECTORS.len()).map(Group::Sector).map(plan).collect();
    let (mut outside, mut unknown) = (plan(Group::Outside), plan(Group::Unknown));
    for at in 0..quarters.len() {
        let (_, active) = YEARS[at / 4];
        let seekers = (u64::from(active) * u64::from(rate(at / 4, at % 4)) + 50_000) / 100_000;
        let weights: Vec<u64> = SECTORS
            .iter()
            .map(|&(code, people, difficulty)| {
                let trend = CHANGES.iter().find(|c| c.0 == code && at >= c.1).map_or(100, |c| c.2);
                let noise = u64::from(970 + chance.below(61));
                u64::from(people) * u64::from(difficulty) * trend * noise
            })
            .collect();
        let sizes = apportion(u32::try_from(seekers)?, &weights)?;
        plans.iter_mut().zip(sizes).for_each(|(plan, size)| plan.sizes.push(size));
        outside.sizes.push(u32::try_from(seekers / 100)?);
        unknown.sizes.push(u32::try_from(seekers / 200)?);
    }
    plans.extend([outside, unknown]);
    let mut rows = Vec::new();
    for (at, persons) in flow(&plans, places, &quarters, &mut chance)?.iter().enumerate() {
        rows.extend(persons.iter().map(|person| ((at, person.number), cells(person, quarters[at]))));
    }
    rows.sort_by_key(|row| row.0);
    plant_bad_rows(&mut rows)?;
    let mut table =
        Table::new("id_demandeur;trimestre;secteur;x;y;rue;numero;code_postal;date_naissance;sexe;categorie;inoccupe_depuis;ris", ';');
    for (_, cells) in &rows {
        table.row(cells);
    }
    Ok(table.utf8_with_mark())
}

fn plan(group: Group) -> Plan {
    Plan { group, sizes: Vec::new() }
}

/// The columns of a job seeker, in the order of the header.
type Cells = [String; 13];

fn cells(person: &Person, quarter: Quarter) -> Cells {
    let [zone, x, y, street, number, postcode] = columns(&person.place, ',');
    let category = match person.category {
        Category::Benefit => "DEDA",
        Category::Insertion => "STAGE",
        Category::Mandatory => "OBLIG",
        Category::Voluntary => "LIBRE",
    };
    let sex = if person.woman { "F" } else { "H" };
    let ris = if person.ris { "O" } else { "N" };
    let quarter = format!("{}T{}", quarter.year(), quarter.number());
    let (birth, since) = (french_date(person.birth), french_date(person.since));
    let id = person.number.to_string();
    [id, quarter, zone, x, y, street, number, postcode, birth, sex.to_owned(), category.to_owned(), since, ris.to_owned()]
}

pub(crate) fn french_date(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// Adds twelve rows that a reader must set aside: four told twice, and eight copies under new numbers with one cell spoiled.
/// They are all additional, so that the planted figures are those of the rows that remain.
fn plant_bad_rows(rows: &mut Vec<((usize, u32), Cells)>) -> Outcome<()> {
    const BIRTH: usize = 8;
    const SINCE: usize = 11;
    const SPOILED: [(usize, usize, &str); 8] = [
        (1, BIRTH, "31/02/1979"),
        (6, BIRTH, "00/00/1968"),
        (13, BIRTH, "12/13/1961"),
        (4, 1, "2000T5"),
        (15, 1, "2002T0"),
        (9, SINCE, "14/02/2004"),
        (18, SINCE, "01/07/2030"),
        (11, 12, "?"),
    ];
    let mut planted = Vec::new();
    for (number, (at, column, text)) in (1_u32..).zip(SPOILED) {
        let mut row = first_from(rows, at, 20_000)?.clone();
        row.0.1 = number;
        row.1[0] = format!("{number:05}");
        text.clone_into(&mut row.1[column]);
        planted.push(row);
    }
    for (at, number) in [(2, 31_000), (7, 52_000), (12, 68_000), (19, 90_000)] {
        planted.push(first_from(rows, at, number)?.clone());
    }
    rows.extend(planted);
    rows.sort_by_key(|row| row.0);
    Ok(())
}

fn first_from(rows: &[((usize, u32), Cells)], at: usize, number: u32) -> Outcome<&((usize, u32), Cells)> {
    rows.iter().find(|row| row.0 >= (at, number) && !row.1[2].is_empty()).ok_or_else(|| "there are too few rows to plant bad ones".into())
}

fn population(town: &Town) -> Outcome<Vec<u8>> {
    let mut table = Table::new("secteur;annee;population;actifs;pop_18_64", ';');
    for (year, (people, active)) in (FIRST_YEAR..).zip(YEARS) {
        let inhabitants = town.inhabitants(people)?;
        let weights: Vec<u64> = inhabitants.iter().map(|n| u64::from(*n)).collect();
        let active = apportion(active, &weights)?;
        let adults = apportion(people * 61 / 100, &weights)?;
        for (sector, of) in town.sectors.iter().enumerate() {
            let counts = [inhabitants[sector], active[sector], adults[sector]].map(|n| n.to_string());
            table.row([of.code.clone(), year.to_string()].into_iter().chain(counts));
        }
    }
    Ok(table.utf8_with_mark())
}

fn addresses(register: &[House]) -> Vec<u8> {
    let mut table = Table::new("rue;numero;code_postal;x;y", ';');
    for house in register {
        table.row([&house.street, &house.number, house.postcode, &meters(house.at.0, ','), &meters(house.at.1, ',')]);
    }
    table.utf8_with_mark()
}
