//! Valmont 2003: an invented town, small enough to check a result by hand, with columns that already have our names.

use chrono::{Datelike, NaiveDate};
use optima::period::Quarter;

use super::File;
use super::chance::{Chance, apportion};
use super::flows::{Category, Group, Person, Plan, flow};
use super::interviews::{Campaign, QUESTIONS, interviews};
use super::place::{Places, columns, meters};
use super::table::Table;
use super::tiling::{Outcome, Point};
use super::town::{House, Sector, Town, register};

const SEED: u64 = 99_001;

/// A box inside a sector: west, south, east, north, in hundreds of meters from the corner of the map.
type Box = [i64; 4];

/// Code, inhabitants, difficulty, and boxes that are inside the sector for certain.
const SECTORS: [(&str, u32, u32, &[Box]); 9] = [
    ("99001A00-", 1_200, 120, &[[11, 8, 12, 12], [17, 8, 19, 12]]),
    ("99001A01-", 180, 90, &[[14, 9, 15, 10]]),
    ("99001A110", 950, 60, &[[2, 16, 18, 18], [26, 16, 29, 18]]),
    ("99001A120", 520, 190, &[[22, 8, 28, 12]]),
    ("99001B00-", 640, 110, &[[1, 8, 8, 12]]),
    ("99001B0LA", 0, 100, &[[2, 1, 12, 4]]),
    ("99001B100", 610, 150, &[[18, 1, 28, 4]]),
    ("99001C010", 70, 70, &[[21, 15, 24, 18]]),
    ("99002X00-", 30, 80, &[[35, 9, 36, 10]]),
];

const PEOPLE: u32 = 4_200;
const ACTIVE: u32 = 1_800;

/// Job seekers in sectors, quarter by quarter: 22.0, 21.5, 22.5 and 22.0 % of the active population.
const SEEKERS: [u32; 4] = [396, 387, 405, 396];

/// The files of `examples/valmont/records`.
pub(crate) fn files() -> Outcome<Vec<File>> {
    let spots = |boxes: &[Box]| -> Vec<Point> {
        boxes
            .iter()
            .flat_map(|&[west, south, east, north]| (west..=east).flat_map(move |x| (south..=north).map(move |y| (x, y))))
            .map(|(x, y)| (200_000 + 100 * x, 100_000 + 100 * y))
            .collect()
    };
    let sectors = SECTORS
        .iter()
        .map(|&(code, population, difficulty, boxes)| Sector {
            code: code.to_owned(),
            population,
            difficulty,
            postcode: "4999",
            spots: spots(boxes),
        })
        .collect();
    let town = Town { sectors, steps: vec![(100, 0), (0, 100), (-100, 0), (0, -100)], reach: (40, 40) };
    let houses = register(&town, 200, &mut Chance::new(SEED + 1))?;
    let places = Places { town: &town, register: &houses, unlocated: "99001ZZZZ", elsewhere: [203_050, 100_050, 203_550, 100_550] };
    let file = |name: &str, content| (format!("examples/valmont/records/{name}"), content);
    Ok(vec![
        file("job_seekers.csv", job_seekers(&places)?),
        file("interviews.csv", interview_table(&places)?),
        file("population.csv", population(&town)?),
        file("addresses.csv", addresses(&houses)),
    ])
}

fn job_seekers(places: &Places<'_>) -> Outcome<Vec<u8>> {
    let quarters: Vec<Quarter> = (1..=4).filter_map(|number| Quarter::new(2003, number)).collect();
    let weights: Vec<u64> = SECTORS.iter().map(|s| u64::from(s.1) * u64::from(s.2)).collect();
    let mut plans: Vec<Plan> = (0..SECTORS.len()).map(|sector| Plan { group: Group::Sector(sector), sizes: Vec::new() }).collect();
    for seekers in SEEKERS {
        plans.iter_mut().zip(apportion(seekers, &weights)?).for_each(|(plan, size)| plan.sizes.push(size));
    }
    plans.push(Plan { group: Group::Outside, sizes: vec![3; 4] });
    plans.push(Plan { group: Group::Unknown, sizes: vec![2; 4] });
    let mut table = Table::new("person,quarter,zone,x,y,street,number,postcode,age,category,months,ris", ',');
    let stocks = flow(&plans, places, &quarters, &mut Chance::new(SEED))?;
    for (mut persons, quarter) in stocks.into_iter().zip(quarters) {
        persons.sort_by_key(|person| person.number);
        for person in &persons {
            table.row(cells(person, quarter));
        }
    }
    Ok(table.utf8())
}

fn cells(person: &Person, quarter: Quarter) -> Vec<String> {
    let end = quarter.end();
    let category = match person.category {
        Category::Benefit => "deda",
        Category::Insertion => "insertion",
        Category::Mandatory => "mandatory",
        Category::Voluntary => "voluntary",
    };
    let months = 12 * (end.year() - person.since.year()) + end.month().cast_signed() - person.since.month().cast_signed();
    let months = months - i32::from(end.day() < person.since.day());
    let age = end.years_since(person.birth).unwrap_or(0);
    let start = [person.number.to_string(), quarter.to_string()];
    let ris = if person.ris { "yes" } else { "no" };
    let rest = [age.to_string(), category.to_owned(), months.to_string(), ris.to_owned()];
    start.into_iter().chain(columns(&person.place, '.')).chain(rest).collect()
}

fn population(town: &Town) -> Outcome<Vec<u8>> {
    let weights: Vec<u64> = SECTORS.iter().map(|s| u64::from(s.1)).collect();
    let (active, adults) = (apportion(ACTIVE, &weights)?, apportion(PEOPLE * 6 / 10, &weights)?);
    let mut table = Table::new("zone,year,population,active,age_18_64", ',');
    for (sector, people) in town.inhabitants(PEOPLE)?.into_iter().enumerate() {
        let counts = [people, active[sector], adults[sector]].map(|n| n.to_string());
        table.row([town.sectors[sector].code.clone(), "2003".to_owned()].into_iter().chain(counts));
    }
    Ok(table.utf8())
}

fn interview_table(places: &Places<'_>) -> Outcome<Vec<u8>> {
    let day = |m, d| NaiveDate::from_ymd_opt(2003, m, d).ok_or("not a date");
    let campaign = Campaign {
        count: 120,
        first: day(1, 6)?,
        last: day(12, 19)?,
        door_to_door_from: day(6, 1)?,
        partners: &[("cpas", 50), ("maison_medicale", 50)],
        priority: &[places.town.position("99001A120")?],
        isolated: Some(places.town.position("99002X00-")?),
    };
    let header = format!("id,date,partner,mode,weight,zone,x,y,street,number,postcode,{}", QUESTIONS.join(","));
    let mut table = Table::new(&header, ',');
    for (number, interview) in (1..).zip(interviews(&campaign, places, &mut Chance::new(SEED + 2))?) {
        // Those met at their door stand for more people than those met at a counter.
        let (mode, weight) = if interview.door_to_door { ("door_to_door", "1.5") } else { ("operator", "0.75") };
        let start = [format!("V{number:03}"), interview.date.to_string(), interview.partner.to_owned(), mode.to_owned(), weight.to_owned()];
        let answers = interview.answers.map(|answer| answer.unwrap_or_default().to_owned());
        table.row(start.into_iter().chain(columns(&interview.place, '.')).chain(answers));
    }
    Ok(table.utf8())
}

fn addresses(register: &[House]) -> Vec<u8> {
    let mut table = Table::new("street,number,postcode,x,y", ',');
    for house in register {
        table.row([&house.street, &house.number, house.postcode, &meters(house.at.0, '.'), &meters(house.at.1, '.')]);
    }
    table.utf8()
}
