//! What the project ships as records is what its program makes, and holds what `examples/README.md` says.

#![allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "counts are small, and whole numbers compare exactly")]

mod shipped;
#[allow(dead_code, reason = "the program's own main is not called here")]
#[path = "../examples/synthetic_records/main.rs"]
mod synthetic_records;

use std::collections::{BTreeMap, BTreeSet};

use geo::{Contains, Point};
use shipped::{ReadZone, Row, project, read_zones, table, territory};

#[test]
fn the_records_are_what_their_program_makes_to_the_byte() {
    let files = synthetic_records::files(project()).unwrap();
    assert_eq!(files.len(), 13);
    for (name, content) in &files {
        let shipped = std::fs::read(project().join(name)).unwrap();
        assert!(shipped == *content, "{name} is not what examples/synthetic_records makes");
    }
    let listed: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for town in ["seraing", "saint-nicolas", "valmont"] {
        for entry in std::fs::read_dir(project().join("examples").join(town).join("records")).unwrap() {
            let name = format!("examples/{town}/records/{}", entry.unwrap().file_name().into_string().unwrap());
            assert!(listed.contains(name.as_str()), "{name} is made by no program");
        }
    }
    let size: usize = files.iter().map(|(_, content)| content.len()).sum();
    assert!(size < 9_000_000, "{size} bytes");
}

fn records(town: &str, name: &str, delimiter: u8) -> Vec<Row> {
    table(&project().join("examples").join(town).join("records").join(name), delimiter)
}

/// Where a record is: found by the zones and the register alone, without a word from the program that made it.
struct Finder {
    zones: Vec<ReadZone>,
    code: &'static str,
    register: BTreeMap<[String; 3], Point<f64>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    In(String),
    Outside,
    Code,
    Blank,
    Street,
}

/// The columns of a record's place: zone, x, y, street, number, postcode.
type PlaceColumns = [&'static str; 6];

const FRENCH: PlaceColumns = ["secteur", "x", "y", "rue", "numero", "code_postal"];
const OURS: PlaceColumns = ["zone", "x", "y", "street", "number", "postcode"];

impl Finder {
    fn seraing() -> Self {
        let zones = read_zones(&territory("seraing").join("zones.gpkg"));
        Self { zones, code: "cd_sector", register: register(&records("seraing", "addresses.csv", b';'), FRENCH) }
    }

    fn valmont() -> Self {
        let mut zones = read_zones(&territory("valmont").join("zones.geojson"));
        zones.retain(|zone| zone.column("commune") == "99001");
        Self { zones, code: "code", register: register(&records("valmont", "addresses.csv", b','), OURS) }
    }

    fn find(&self, row: &Row, [zone, x, y, street, number, postcode]: PlaceColumns) -> Found {
        if !row[zone].is_empty() {
            let known = self.zones.iter().any(|z| z.column(self.code) == row[zone]);
            return if known { Found::In(row[zone].clone()) } else { Found::Code };
        }
        if !row[x].is_empty() {
            return self.at(Point::new(decimal(&row[x]), decimal(&row[y])));
        }
        if row[street].is_empty() {
            return Found::Blank;
        }
        self.register.get(&address(&row[street], &row[number], &row[postcode])).map_or(Found::Street, |point| self.at(*point))
    }

    fn at(&self, point: Point<f64>) -> Found {
        let zone = self.zones.iter().find(|z| z.shape.contains(&point));
        zone.map_or(Found::Outside, |z| Found::In(z.column(self.code).to_owned()))
    }
}

fn register(rows: &[Row], [_, x, y, street, number, postcode]: PlaceColumns) -> BTreeMap<[String; 3], Point<f64>> {
    let entries =
        rows.iter().map(|row| (address(&row[street], &row[number], &row[postcode]), Point::new(decimal(&row[x]), decimal(&row[y]))));
    let register: BTreeMap<_, _> = entries.collect();
    assert_eq!(register.len(), rows.len(), "an address is in the register twice");
    register
}

fn address(street: &str, number: &str, postcode: &str) -> [String; 3] {
    let street: Vec<&str> = street.split_whitespace().collect();
    [street.join(" ").to_lowercase(), number.to_owned(), postcode.to_owned()]
}

fn decimal(text: &str) -> f64 {
    text.replace(',', ".").parse().unwrap()
}

/// The lines of `job_seekers.csv` that examples/README.md calls bad, the header being line 1.
const BAD_LINES: [usize; 12] = [5525, 12286, 22083, 33336, 41708, 50540, 62140, 71805, 73905, 85792, 103_861, 115_411];

/// Seraing's job seekers without the bad rows, each with where it was found.
fn job_seekers() -> Vec<(Row, Found)> {
    let finder = Finder::seraing();
    let rows = records("seraing", "job_seekers.csv", b';').into_iter().enumerate().filter(|(at, _)| !BAD_LINES.contains(&(at + 2)));
    rows.map(|(_, row)| (row, FRENCH)).map(|(row, columns)| (finder.find(&row, columns), row)).map(|(found, row)| (row, found)).collect()
}

/// Active population by sector and year.
fn active() -> BTreeMap<(String, String), f64> {
    let rows = records("seraing", "population.csv", b';');
    rows.into_iter().map(|r| ((r["secteur"].clone(), r["annee"].clone()), r["actifs"].parse().unwrap())).collect()
}

fn date(text: &str) -> Option<chrono::NaiveDate> {
    chrono::NaiveDate::parse_from_str(text, "%d/%m/%Y").ok()
}

#[test]
fn the_bad_rows_are_those_the_readme_lists_and_no_others() {
    let rows = records("seraing", "job_seekers.csv", b';');
    assert_eq!(rows.len(), 116_117);
    let mut seen = BTreeSet::new();
    let bad = |row: &Row| {
        let quarter = row["trimestre"].parse::<optima::period::Quarter>();
        let (birth, since) = (date(&row["date_naissance"]), date(&row["inoccupe_depuis"]));
        let (Ok(quarter), Some(_), Some(since)) = (quarter, birth, since) else { return true };
        since > quarter.end() || !["O", "N"].contains(&row["ris"].as_str())
    };
    let told_twice = |row: &Row, seen: &mut BTreeSet<_>| !seen.insert((row["id_demandeur"].clone(), row["trimestre"].clone()));
    let lines: Vec<usize> =
        rows.iter().enumerate().filter(|(_, row)| told_twice(row, &mut seen) | bad(row)).map(|(at, _)| at + 2).collect();
    assert_eq!(lines, BAD_LINES);
    let readme = std::fs::read_to_string(project().join("examples/README.md")).unwrap();
    let listed: BTreeSet<usize> = readme
        .lines()
        .skip_while(|line| !line.starts_with("| lines"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| cell.split(',').filter_map(|n| n.trim().parse().ok()))
        .collect();
    assert!(listed.iter().eq(&BAD_LINES), "{listed:?}");
}

#[test]
fn the_rates_of_seraing_lead_from_22_percent_in_2001_to_26_in_2009() {
    let mut found: BTreeMap<Found, usize> = BTreeMap::new();
    let mut by_year: BTreeMap<String, f64> = BTreeMap::new();
    for (row, place) in job_seekers() {
        if let Found::In(_) = place {
            *by_year.entry(row["trimestre"][..4].to_owned()).or_default() += 0.25;
        }
        let kind = if let Found::In(_) = place { Found::In(String::new()) } else { place };
        *found.entry(kind).or_default() += 1;
    }
    let counts = [Found::In(String::new()), Found::Outside, Found::Code, Found::Blank, Found::Street].map(|kind| found[&kind]);
    assert_eq!(counts, [114_408, 1_135, 258, 185, 119]);
    let active = active();
    let rates: Vec<f64> = by_year
        .iter()
        .map(|(year, seekers)| seekers / active.iter().filter(|((_, y), _)| y == year).map(|(_, n)| n).sum::<f64>())
        .collect();
    for (years, rate) in (0_u32..).zip(&rates) {
        let planted = 0.21 + 0.005 * f64::from(years);
        assert!((rate - planted).abs() < 0.0001, "{}: {rate}", 1999 + years);
    }
    assert_eq!(rates.len(), 5);
    let in_2009 = rates[2] + 8.0 * (rates[4] - rates[0]) / 4.0;
    assert!((in_2009 - 0.26).abs() < 0.0005, "{in_2009}");
}

#[test]
fn the_five_quartiers_of_the_study_have_the_highest_rates_in_every_quarter() {
    let active = active();
    let mut counts: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for (row, place) in job_seekers() {
        if let Found::In(sector) = place {
            *counts.entry(row["trimestre"].clone()).or_default().entry(sector).or_default() += 1.0;
        }
    }
    assert_eq!(counts.len(), 20);
    for (quarter, by_sector) in &counts {
        let year = &quarter[..4];
        let of = |sector: &str| active[&(sector.to_owned(), year.to_owned())];
        let mut rates: Vec<(f64, &str)> = by_sector.iter().filter(|(s, _)| of(s) >= 100.0).map(|(s, n)| (n / of(s), s.as_str())).collect();
        rates.sort_by(|a, b| b.0.total_cmp(&a.0));
        let highest: BTreeSet<&str> = rates.iter().take(5).map(|r| r.1).collect();
        assert_eq!(highest, BTreeSet::from(["62096A000", "62096A020", "62096A121", "62096C000", "62096C042"]), "{quarter}");
        assert!(!by_sector.contains_key("62096C373"), "nobody lives in Ougrée-Bas-Industrie");
        let few = by_sector.values().filter(|n| **n <= 4.0).count();
        assert!(few >= 4, "{quarter}: {few} sectors with 1 to 4 job seekers");
    }
    let change = |sector: &str, from: &str, to: &str| counts[to][sector] / counts[from][sector];
    assert!((1.12..1.35).contains(&change("62096C042", "2002T4", "2003T1")), "Nicolay");
    assert!((0.70..0.90).contains(&change("62096A210", "2001T4", "2002T1")), "Val-Potet");
}

#[test]
fn ages_durations_and_allowances_are_those_of_such_a_town() {
    let rows: Vec<(Row, Found)> = job_seekers().into_iter().filter(|(row, _)| row["trimestre"].starts_with("2001")).collect();
    let share = |test: &dyn Fn(&Row) -> bool| rows.iter().filter(|(row, _)| test(row)).count() as f64 / rows.len() as f64;
    let end = |row: &Row| row["trimestre"].parse::<optima::period::Quarter>().unwrap().end();
    let young = share(&|row| end(row).years_since(date(&row["date_naissance"]).unwrap()).unwrap() < 25);
    let long = share(&|row| end(row).years_since(date(&row["inoccupe_depuis"]).unwrap()).unwrap() >= 2);
    let ris = share(&|row| row["ris"] == "O");
    let women = share(&|row| row["sexe"] == "F");
    assert!((0.26..0.28).contains(&young), "under 25: {young}");
    assert!((0.37..0.43).contains(&long), "two years or more: {long}");
    assert!((0.10..0.16).contains(&ris), "RIS: {ris}");
    assert!((0.48..0.55).contains(&women), "women: {women}");
    for (row, _) in &rows {
        assert!(["DEDA", "STAGE", "OBLIG", "LIBRE"].contains(&row["categorie"].as_str()));
        let age = end(row).years_since(date(&row["date_naissance"]).unwrap()).unwrap();
        assert!((18..=60).contains(&age), "age {age}");
    }
}

#[test]
fn bas_d_ougree_has_6000_inhabitants_in_2001() {
    let people: BTreeMap<String, f64> = records("seraing", "population.csv", b';')
        .into_iter()
        .filter(|r| r["annee"] == "2001")
        .map(|r| (r["secteur"].clone(), r["population"].parse().unwrap()))
        .collect();
    assert_eq!(people.len(), 71);
    assert_eq!(people.values().sum::<f64>(), 60_700.0);
    let quartiers = table(&territory("seraing").join("quartiers.example.csv"), b',');
    let of = quartiers.iter().filter(|r| r["name"] == "Bas d'Ougrée").map(|r| people[&r["sector"]] * r["weight"].parse::<f64>().unwrap());
    assert_eq!(of.sum::<f64>(), 6_000.0);
    let active = active();
    assert_eq!(active.iter().filter(|((_, year), _)| year == "2001").map(|(_, n)| n).sum::<f64>(), 26_000.0);
}

#[test]
fn the_interviews_hold_the_figures_of_the_study() {
    let rows = records("seraing", "interviews.csv", b';');
    assert_eq!(rows.len(), 1_986);
    assert!(rows.iter().all(|r| (1999..=2002).contains(&chrono::Datelike::year(&date(&r["date"]).unwrap()))));
    let pole: Vec<&Row> = rows.iter().filter(|r| r["partenaire"] == "pole_emploi").collect();
    let count = |column: &str, value: &str| pole.iter().filter(|r| r[column] == value).count();
    assert_eq!((pole.len(), count("sexe", "F"), count("sexe", "H")), (196, 82, 114));
    assert_eq!(["unemployment", "ris", "other"].map(|v| count("q_revenu", v)), [97, 36, 63]);
    assert_eq!((count("q_diplome", "ceb"), count("q_diplome", "ceb") + count("q_diplome", "cesi")), (49, 160));
    assert_eq!(["perdu_de_vue", "emploi", "formation", "chomeur_indemnise"].map(|v| count("q_issue", v)), [32, 30, 47, 87]);
    assert!(rows.iter().any(|r| r["mode"] == "door_to_door") && rows.iter().any(|r| r["q_revenu"].is_empty()));
}

#[test]
fn five_problems_come_together_and_concentrate_in_five_quartiers() {
    let finder = Finder::seraing();
    let rows = records("seraing", "interviews.csv", b';');
    let sector: Vec<Found> = rows.iter().map(|row| finder.find(row, FRENCH)).collect();
    let five = ["62096A000", "62096A020", "62096A121", "62096C000", "62096C042"];
    let inside = |at: usize| matches!(&sector[at], Found::In(code) if five.contains(&code.as_str()));
    let outside = |at: usize| matches!(&sector[at], Found::In(code) if !five.contains(&code.as_str()) && code != "62096C020");
    let problems = [("q_isolement", "yes"), ("q_revenu", "ris"), ("q_decrochage", "yes"), ("q_autonomie", "yes"), ("q_sante", "poor")];
    let has = |at: usize, (column, value): (&str, &str)| rows[at][column] == value;
    let share = |who: &dyn Fn(usize) -> bool, what: &dyn Fn(usize) -> bool| {
        let group: Vec<usize> = (0..rows.len()).filter(|at| who(*at)).collect();
        group.iter().filter(|at| what(**at)).count() as f64 / group.len() as f64
    };
    for (i, first) in problems.into_iter().enumerate() {
        for second in problems.into_iter().skip(i + 1) {
            let (with, without) = (share(&|at| has(at, first), &|at| has(at, second)), share(&|at| !has(at, first), &|at| has(at, second)));
            assert!(with > 1.5 * without, "{second:?} with and without {first:?}: {with} and {without}");
        }
        let (here, there) = (share(&inside, &|at| has(at, first)), share(&outside, &|at| has(at, first)));
        assert!(here > 1.3 * there, "{first:?}: {here} in the five, {there} elsewhere");
    }
    let many = |at: usize| problems.into_iter().filter(|problem| has(at, *problem)).count() >= 3;
    let (here, there) = (share(&inside, &many), share(&outside, &many));
    assert!(here > 2.0 * there, "three problems or more: {here} in the five, {there} elsewhere");
    let isolated = |at: usize| has(at, problems[0]);
    assert!(share(&|at| sector[at] == Found::In("62096C020".to_owned()), &isolated) > 0.5, "Biez du Moulin");
    let elsewhere = share(&outside, &isolated);
    assert!((0.15..0.25).contains(&elsewhere), "{elsewhere}");
}

#[test]
fn the_classes_of_saint_nicolas_sum_to_its_counts() {
    let bytes = std::fs::read(project().join("examples/saint-nicolas/records/demandeurs.csv")).unwrap();
    assert!(std::str::from_utf8(&bytes).is_err(), "the file is in code page 1252");
    let rows = records("saint-nicolas", "demandeurs.csv", b',');
    assert_eq!(rows.len(), 8 * (22 + 1));
    let mut quarters = BTreeMap::new();
    for row in &rows {
        let number = |column: &str| row[column].parse::<u32>().unwrap();
        let classes = ["Moins de 6 mois", "De 6 à 12 mois", "De 1 à 2 ans", "2 ans et plus"].map(number);
        assert_eq!(classes.iter().sum::<u32>(), number("Demandeurs d'emploi"), "{row:?}");
        assert!(
            number("Moins de 25 ans") <= number("Demandeurs d'emploi") && number("Bénéficiaires du RIS") <= number("Demandeurs d'emploi")
        );
        *quarters.entry(row["Trimestre"].parse::<optima::period::Quarter>().unwrap()).or_insert(0) += number("Demandeurs d'emploi");
    }
    assert_eq!(quarters.len(), 8);
    assert_eq!(records("saint-nicolas", "entretiens.csv", b',').len(), 240);
    assert_eq!(records("saint-nicolas", "population.csv", b',').len(), 2 * 22);
}

#[test]
fn valmont_has_22_percent_without_work_and_nobody_in_its_empty_quartier() {
    let finder = Finder::valmont();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut strays = [0, 0];
    for row in records("valmont", "job_seekers.csv", b',') {
        match finder.find(&row, OURS) {
            Found::In(zone) => {
                assert_ne!(zone, "99001B0LA");
                *found.entry(row["quarter"].clone()).or_default() += 1;
            }
            Found::Outside => strays[0] += 1,
            Found::Code | Found::Blank | Found::Street => strays[1] += 1,
        }
    }
    assert_eq!(found.into_values().collect::<Vec<_>>(), [396, 387, 405, 396]);
    assert_eq!(strays, [12, 8], "three outside and two that cannot be found in each quarter");
    let active: u32 = records("valmont", "population.csv", b',').iter().map(|r| r["active"].parse::<u32>().unwrap()).sum();
    assert_eq!(active, 1_800);
    assert_eq!(records("valmont", "interviews.csv", b',').len(), 120);
}

#[test]
fn every_observatory_names_columns_that_its_files_have() {
    for (town, delimiter) in [("seraing", b';'), ("saint-nicolas", b','), ("valmont", b',')] {
        let text = std::fs::read_to_string(project().join("examples").join(town).join("observatory.toml")).unwrap();
        let observatory: toml::Table = toml::from_str(&text).unwrap();
        assert_eq!(observatory["synthetic"].as_bool(), Some(true));
        assert!(territory(observatory["territory"].as_str().unwrap()).join("territory.toml").is_file());
        for (kind, source) in observatory["sources"].as_table().unwrap() {
            let file = source["files"][0].as_str().unwrap().trim_start_matches("records/");
            let rows = records(town, file, delimiter);
            let texts = |key: &str| source.get(key).and_then(|t| t.as_table()).into_iter().flatten().map(|(_, v)| v.as_str().unwrap());
            let classes = source.get("duration_classes").and_then(|c| c.as_array()).into_iter().flatten();
            let named: Vec<&str> =
                texts("columns").chain(texts("questions")).chain(classes.map(|c| c["column"].as_str().unwrap())).collect();
            assert!(!named.is_empty());
            for column in named {
                assert!(rows[0].contains_key(column), "{town}, {kind}: there is no column {column}");
            }
            for (column, values) in source.get("values").and_then(|v| v.as_table()).into_iter().flatten() {
                let named = source["columns"].get(column).or_else(|| source.get("questions")?.get(column));
                let theirs = named.and_then(|name| name.as_str()).unwrap();
                let mapped = values.as_table().unwrap();
                // What has no line is ours already.
                let ours = |value: &str| {
                    ["yes", "no", "benefit", "insertion", "mandatory", "voluntary", "operator", "door_to_door"].contains(&value)
                };
                let unmapped = rows.iter().filter(|row| !mapped.contains_key(&row[theirs]) && !ours(&row[theirs])).count();
                // One row of Seraing has a value on purpose that is no answer.
                assert_eq!(unmapped, usize::from(column == "ris"), "{town}, {kind}, {column}");
            }
        }
    }
}
