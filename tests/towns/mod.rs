//! Small invented towns with records, for tests of what must hold whatever the data: drawn by proptest, written as a person
//! would write them, and taken through the library.
#![allow(dead_code, reason = "each test uses its part")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use optima::derive::is_derived;
use optima::locate::{Tally, locate};
use optima::measure::{Measures, layers_of, measure, study};
use optima::pipeline::Ground;
use optima::protect::{Earlier, Protected, protect};
use optima::read::read;
use proptest::collection::vec;
use proptest::prelude::*;

/// What a record says of its place; points in steps of half a zone's width from the south-west corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Place {
    Code(usize),
    Point(i32, i32),
    Unlocated,
    UnknownCode,
    Nothing,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Seeker {
    pub(crate) place: Place,
    pub(crate) quarter: u8,
    pub(crate) young: bool,
    pub(crate) ris: bool,
    pub(crate) months: u16,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Interview {
    pub(crate) zone: usize,
    pub(crate) isolated: bool,
    pub(crate) damp: Option<bool>,
    pub(crate) tenant: bool,
}

/// A grid of square sectors, 100 m wide; quartiers where `shares` names some.
#[derive(Debug, Clone)]
pub(crate) struct Town {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// For each sector, its quartiers with their shares in hundredths; empty: sectors are published.
    pub(crate) shares: Vec<Vec<(usize, u8)>>,
    pub(crate) seekers: Vec<Seeker>,
    pub(crate) interviews: Vec<Interview>,
}

/// What a town became in the library.
pub(crate) struct Outcome {
    pub(crate) measures: Measures,
    pub(crate) shown: Protected,
    pub(crate) tallies: Vec<Tally>,
    pub(crate) zones: Vec<String>,
}

/// Policies to try: name, minimum count, minimum denominator, zero groups, full groups.
pub(crate) const POLICIES: [(&str, u32, u32, &str, &str); 5] = [
    ("default", 5, 10, "show", "hide"),
    ("low", 3, 10, "show", "hide"),
    ("high", 8, 10, "show", "hide"),
    ("zero", 5, 10, "hide", "hide"),
    ("full", 4, 4, "show", "show"),
];

/// The shipped catalog with these policies, and one map more: the other answer to a question of two.
fn catalog() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        };
        for (name, content) in optima::catalog::shipped_files().iter().filter(|(name, _)| !name.starts_with("territories/")) {
            write(name, content);
            if name.ends_with("living/isolation.toml") {
                let text = String::from_utf8(content.clone()).unwrap();
                let other = text.replace("id = \"isolation\"", "id = \"not_isolated\"").replace("modality = \"yes\"", "modality = \"no\"");
                write("themes/living/not_isolated.toml", other.as_bytes());
            }
        }
        for (name, count, denominator, zero, full) in POLICIES {
            let text = format!(
                "minimum_count = {count}\nminimum_denominator = {denominator}\nzero_groups = \"{zero}\"\nfull_groups = \"{full}\"\n"
            );
            write(&format!("disclosure/{name}.toml"), text.as_bytes());
        }
        folder
    });
    folder.path()
}

const CORNER: (usize, usize) = (230_000, 145_000);

impl Town {
    pub(crate) fn sectors(&self) -> usize {
        self.columns * self.rows
    }

    /// Codes in another order than the grid's.
    pub(crate) fn code(sector: usize) -> String {
        format!("Z{:02}", (sector * 5 + 3) % 13)
    }

    /// The sector a record belongs to: of those that hold its point, the one with the lowest code.
    pub(crate) fn sector_of(&self, place: Place) -> Option<usize> {
        match place {
            Place::Code(sector) => Some(sector),
            Place::Point(x, y) => {
                let holds = |sector: &usize| {
                    let west = 2 * i32::try_from(sector % self.columns).unwrap();
                    let south = 2 * i32::try_from(sector / self.columns).unwrap();
                    (west..=west + 2).contains(&x) && (south..=south + 2).contains(&y)
                };
                (0..self.sectors()).filter(holds).min_by_key(|sector| Self::code(*sector))
            }
            Place::Unlocated | Place::UnknownCode | Place::Nothing => None,
        }
    }

    /// Writes the town's folder, its zones and rows in these orders.
    pub(crate) fn write(&self, folder: &Path, policy: &str, zones: &[usize], rows: &[usize]) {
        let put = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        fs::create_dir_all(folder.join("town")).unwrap();
        let features: Vec<String> = zones
            .iter()
            .map(|sector| {
                let (w, s) = (CORNER.0 + 100 * (sector % self.columns), CORNER.1 + 100 * (sector / self.columns));
                let (e, n) = (w + 100, s + 100);
                let code = Self::code(*sector);
                format!(
                    "{{\"type\":\"Feature\",\"properties\":{{\"code\":\"{code}\",\"nom\":\"Quartier {code}\"}},\"geometry\":{{\"type\":\
                     \"Polygon\",\"coordinates\":[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]}}}}"
                )
            })
            .collect();
        let crs = "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::31370\"}}";
        put("town/zones.geojson", &format!("{{\"type\":\"FeatureCollection\",{crs},\"features\":[{}]}}", features.join(",\n")));
        let mut territory = "name = { fr = \"Essai\", en = \"Trial\" }\ncrs = 31370\nzones = \"zones.geojson\"\noutlines = \"official\"\n\
                             source = \"essai\"\nunlocated_codes = [\"ZZZZ\"]\n"
            .to_owned();
        if !self.shares.is_empty() {
            territory.push_str("quartiers = \"crosswalk.csv\"\n");
            let mut text = String::from("quartier,name,sector,weight\n");
            for (sector, shares) in self.shares.iter().enumerate() {
                for (quartier, hundredths) in shares {
                    let weight = f64::from(*hundredths) / 100.0;
                    writeln!(text, "Q{quartier:02},Quartier {quartier},{},{weight}", Self::code(sector)).unwrap();
                }
            }
            put("town/crosswalk.csv", &text);
        }
        put("town/territory.toml", &territory);
        let sources = ["job_seekers", "population", "interviews"].map(|name| format!("[sources.{name}]\nfiles = [\"{name}.csv\"]\n"));
        let questions = "[sources.interviews.questions]\nisolation = \"isolation\"\nhousing_damp = \"damp\"\nhousing_tenure = \"tenure\"\n";
        put(
            "observatory.toml",
            &format!(
                "title = {{ fr = \"Essai\", en = \"Trial\" }}\nterritory = \"town\"\ndate = \"2004-01-15\"\nsource = {{ fr = \"essai\", en = \
                 \"trial\" }}\nlayers = \"{}\"\ndisclosure = \"{policy}\"\nmax_unlocated = 1.0\n[periods]\nfirst = \"2003-Q1\"\nlast = \
                 \"2003-Q2\"\n[campaign]\nfirst = \"2003-01-01\"\nlast = \"2003-12-31\"\n{}{questions}",
                catalog().display(),
                sources.concat()
            ),
        );
        let mut population = String::from("zone,year,active\n");
        for sector in 0..self.sectors() {
            writeln!(population, "{},2003,400", Self::code(sector)).unwrap();
        }
        put("population.csv", &population);
        let lines: Vec<String> = self.seekers.iter().enumerate().map(|(person, seeker)| seeker.line(person)).collect();
        let text: String = rows.iter().map(|row| lines[*row].as_str()).collect();
        put("job_seekers.csv", &format!("person,quarter,zone,x,y,age,months,ris\n{text}"));
        // Both answers are known to exist, from people without a place.
        let mut text =
            String::from("id,date,zone,isolation,damp,tenure\na,2003-01-01,,yes,yes,private_tenant\nb,2003-01-01,,no,no,owner\n");
        for (id, i) in self.interviews.iter().enumerate() {
            let answer = |yes: bool| if yes { "yes" } else { "no" };
            let damp = i.damp.map(answer).unwrap_or_default();
            let tenure = if i.tenant { "private_tenant" } else { "owner" };
            writeln!(text, "{id},2003-06-01,{},{},{damp},{tenure}", Self::code(i.zone), answer(i.isolated)).unwrap();
        }
        put("interviews.csv", &text);
    }

    /// Writes the town in its own order and takes it through the library.
    pub(crate) fn run(&self, policy: &str) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        let all = |n: usize| (0..n).collect::<Vec<_>>();
        self.write(folder.path(), policy, &all(self.sectors()), &all(self.seekers.len()));
        let ground = Ground::load(&folder.path().join("observatory.toml"), None, false).unwrap();
        let observed = locate(read(&ground.observatory).unwrap(), &ground.territory).unwrap();
        let studies = study(&observed, &ground.observatory, &ground.catalog).unwrap();
        let catalog = studies.expand(&ground.catalog);
        let (layers, _) = layers_of(&ground.observatory, &catalog, Some(&studies));
        // What is made of shown figures comes after protection and gives nothing away.
        let layers: Vec<_> = layers.into_iter().filter(|layer| !is_derived(&layer.measure.indicator)).collect();
        let measures = measure(&observed, &ground.observatory, &studies, &layers).unwrap();
        let shown = protect(&measures, &studies, ground.rules().unwrap(), &ground.territory.quartiers, &Earlier::default()).unwrap();
        let zones = ground.territory.quartiers.iter().map(|(_, zone)| zone.code.0.clone()).collect();
        Outcome { measures, shown, tallies: observed.tallies.clone(), zones }
    }

    /// The folder of a town written for the program.
    pub(crate) fn folder(&self, zones: &[usize], rows: &[usize]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        self.write(folder.path(), "default", zones, rows);
        let file = folder.path().join("observatory.toml");
        (folder, file)
    }
}

impl Seeker {
    fn line(&self, person: usize) -> String {
        let (code, x, y) = match self.place {
            Place::Code(sector) => (Town::code(sector), String::new(), String::new()),
            Place::Point(x, y) => (String::new(), (230_000 + 50 * x).to_string(), (145_000 + 50 * y).to_string()),
            Place::Unlocated => ("ZZZZ".to_owned(), String::new(), String::new()),
            Place::UnknownCode => ("Z99".to_owned(), String::new(), String::new()),
            Place::Nothing => Default::default(),
        };
        let (age, ris) = (if self.young { 20 } else { 40 }, if self.ris { "yes" } else { "no" });
        format!("P{person},2003-Q{},{code},{x},{y},{age},{},{ris}\n", self.quarter + 1, self.months)
    }
}

/// Towns of 1 to 12 sectors in which small counts, empty zones, groups where nobody or everybody is counted, and shared
/// sectors are frequent.
pub(crate) fn towns() -> impl Strategy<Value = Town> {
    (1..=4usize, 1..=3usize).prop_flat_map(|(columns, rows)| {
        let n = columns * rows;
        let grid = (-1..=2 * i32::try_from(columns).unwrap() + 1, -1..=2 * i32::try_from(rows).unwrap() + 1);
        let place = prop_oneof![
            12 => (0..n).prop_map(Place::Code),
            4 => grid.prop_map(|(x, y)| Place::Point(x, y)),
            1 => Just(Place::Unlocated),
            1 => Just(Place::UnknownCode),
            1 => Just(Place::Nothing),
        ];
        let seeker = (place, 0..2u8, any::<bool>(), 0..4u8, 0..60u16).prop_map(|(place, quarter, young, ris, months)| Seeker {
            place,
            quarter,
            young,
            ris: ris == 0,
            months,
        });
        let interview = (0..n, any::<bool>(), proptest::option::weighted(0.9, any::<bool>()), any::<bool>())
            .prop_map(|(zone, isolated, damp, tenant)| Interview { zone, isolated, damp, tenant });
        let shares = prop_oneof![
            3 => Just(Vec::new()),
            2 => (1..=n, vec(prop_oneof![Just(100u8), Just(75), Just(60), Just(55)], n), vec(any::<bool>(), n))
                .prop_map(|(quartiers, main, rest)| crosswalk(quartiers, &main, &rest)),
        ];
        let habits = vec(0..6u8, n);
        (vec(seeker, 8..220), vec(interview, 8..140), shares, habits).prop_map(move |(seekers, interviews, shares, habits)| {
            let mut town = Town { columns, rows, shares, seekers, interviews };
            town.seekers[0].place = Place::Code(0);
            town.settle(&habits);
            town
        })
    })
}

/// Each sector's main quartier, and the next one for the rest where it is not lost.
fn crosswalk(quartiers: usize, main: &[u8], rest: &[bool]) -> Vec<Vec<(usize, u8)>> {
    let of = |(sector, (share, kept)): (usize, (&u8, &bool))| {
        let mut shares = vec![(sector % quartiers, *share)];
        if *share < 100 && *kept && quartiers > 1 {
            shares.push(((sector + 1) % quartiers, 100 - share));
        }
        shares
    };
    main.iter().zip(rest).enumerate().map(of).collect()
}

impl Town {
    /// Gives sectors their habits: all alike, nearly all alike, nearly nobody there.
    fn settle(&mut self, habits: &[u8]) {
        let mut met = vec![0usize; habits.len()];
        for seeker in &mut self.seekers {
            let Place::Code(sector) = seeker.place else { continue };
            met[sector] += 1;
            match habits[sector] {
                0 => seeker.young = true,
                1 => seeker.young = !met[sector].is_multiple_of(9),
                2 => (seeker.young, seeker.ris) = (false, false),
                3 if met[sector] > 5 => seeker.place = Place::Nothing,
                _ => {}
            }
        }
        for (at, interview) in self.interviews.iter_mut().enumerate() {
            match habits[interview.zone] {
                0 => interview.isolated = true,
                1 => interview.isolated = at.is_multiple_of(9),
                4 => interview.isolated = false,
                _ => {}
            }
        }
    }
}
