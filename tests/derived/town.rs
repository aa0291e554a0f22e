//! A town of squares with counts of job seekers by quarter, written by a test, and what the program makes of it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::released::optima;

/// Counts of one square in one quarter: job seekers, of these under 25, of these on the RIS.
pub(crate) type Counts = (u32, u32, u32);

pub(crate) struct Town {
    /// Where each square lies, in squares of 100 m; a square that touches no other is an island.
    pub(crate) squares: Vec<(i32, i32)>,
    /// Quarters, from 1999-Q1 on.
    pub(crate) quarters: usize,
    /// Nothing where the square has no row for the quarter.
    pub(crate) counts: Box<dyn Fn(usize, usize) -> Option<Counts>>,
    /// The active population of a square.
    pub(crate) active: Box<dyn Fn(usize) -> u32>,
    /// Further lines for `observatory.toml`.
    pub(crate) further: String,
    /// Further layers: their names and contents.
    pub(crate) layers: Vec<(String, String)>,
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The name of a quarter, counted from 1999-Q1.
pub(crate) fn quarter(at: usize) -> String {
    format!("{}-Q{}", 1999 + at / 4, at % 4 + 1)
}

/// The code of a square.
pub(crate) fn code(square: usize) -> String {
    format!("Z{square:03}")
}

/// Numbers that look like chance and are the same every time.
pub(crate) fn chance(a: usize, b: usize) -> f64 {
    let mut x = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(a as u64 + 1) ^ 0xbf58_476d_1ce4_e5b9_u64.wrapping_mul(b as u64 + 17);
    for _ in 0..3 {
        x = (x ^ (x >> 30)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 29;
    }
    (x >> 11) as f64 / (1u64 << 53) as f64
}

impl Town {
    /// A grid of squares whose rates fall from west to east, with chance, over this many quarters.
    pub(crate) fn grid(columns: i32, rows: i32, quarters: usize) -> Self {
        let squares: Vec<(i32, i32)> = (0..columns * rows).map(|at| (at % columns, at / columns)).collect();
        let places = squares.clone();
        let counts = move |square: usize, quarter: usize| {
            let (x, _) = places[square];
            let rate = 0.34 - 0.24 * f64::from(x) / f64::from(columns) + 0.05 * (chance(square, quarter) - 0.5) + 0.001 * quarter as f64;
            let count = |share: f64| (400.0 * rate * share).round() as u32;
            Some((count(1.0), count(0.2 + 0.1 * chance(square, 99)), count(0.15 + 0.1 * chance(square, 98))))
        };
        Self { squares, quarters, counts: Box::new(counts), active: Box::new(|_| 400), further: String::new(), layers: Vec::new() }
    }

    /// A layer of its own in the theme `signal`, its measure of the layer's name.
    pub(crate) fn layer(mut self, id: &str, indicator: &str, params: &str, style: &str) -> Self {
        let words = |key: &str| format!("[{key}]\nfr = \"{id} {key}\"\nen = \"{id} {key}\"\n");
        let text = format!(
            "order = 90\nshows = \"value\"\nstyle = \"{style}\"\n[measure]\nid = \"{id}\"\nindicator = \"{indicator}\"\nparams = {params}\n{}{}{}",
            words("title"),
            words("label"),
            words("reading")
        );
        self.layers.push((id.to_owned(), text));
        self
    }

    /// Writes the town; gives the observatory's file.
    pub(crate) fn write(&self, folder: &Path) -> PathBuf {
        let put = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for (name, content) in optima::catalog::shipped_files() {
            if ["texts.toml", "themes/", "styles/", "disclosure/"].iter().any(|part| name.starts_with(part)) {
                put(&format!("layers/{name}"), std::str::from_utf8(&content).unwrap());
            }
        }
        for (id, text) in &self.layers {
            put(&format!("layers/themes/signal/{id}.toml"), text);
        }
        let feature = |(square, (x, y)): (usize, &(i32, i32))| {
            let (w, s) = (230_000 + 100 * x, 145_000 + 100 * y);
            let (e, n) = (w + 100, s + 100);
            format!(
                "{{\"type\":\"Feature\",\"properties\":{{\"code\":\"{0}\",\"nom\":\"Quartier {0}\"}},\"geometry\":{{\"type\":\"Polygon\",\
                 \"coordinates\":[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]}}}}",
                code(square)
            )
        };
        let features: Vec<String> = self.squares.iter().enumerate().map(feature).collect();
        let crs = "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::31370\"}}";
        put("town/zones.geojson", &format!("{{\"type\":\"FeatureCollection\",{crs},\"features\":[{}]}}", features.join(",\n")));
        put(
            "town/territory.toml",
            "name = { fr = \"Essai\", en = \"Trial\" }\ncrs = 31370\nzones = \"zones.geojson\"\noutlines = \"official\"\nsource = \"essai\"\n",
        );
        let mut counts = String::from("zone,quarter,seekers,young,ris,short,long\n");
        let mut population = String::from("zone,year,population,active\n");
        for square in 0..self.squares.len() {
            for at in 0..self.quarters {
                if let Some((seekers, young, ris)) = (self.counts)(square, at) {
                    let long = seekers / 3;
                    writeln!(counts, "{},{},{seekers},{young},{ris},{},{long}", code(square), quarter(at), seekers - long).unwrap();
                }
            }
            let active = (self.active)(square);
            writeln!(population, "{},1999,{},{active}", code(square), 2 * active).unwrap();
        }
        put("counts.csv", &counts);
        put("population.csv", &population);
        let class = |column: &str, from: u32, to: u32| {
            format!("[[sources.job_seeker_counts.duration_classes]]\ncolumn = \"{column}\"\nfrom_months = {from}\nto_months = {to}\n")
        };
        put(
            "observatory.toml",
            &format!(
                "title = {{ fr = \"Essai\", en = \"Trial\" }}\nterritory = \"town\"\nlayers = \"layers\"\ndate = \"2004-01-15\"\nseed = 7\nsource = \
                 {{ fr = \"essai\", en = \"trial\" }}\nmax_unlocated = 1.0\n{}\n[periods]\nfirst = \"1999-Q1\"\nlast = \"{}\"\n\
                 [sources.job_seeker_counts]\nfiles = [\"counts.csv\"]\n[sources.job_seeker_counts.columns]\nzone = \"zone\"\nquarter = \
                 \"quarter\"\njob_seekers = \"seekers\"\nunder_25 = \"young\"\nris = \"ris\"\n{}{}[sources.population]\nfiles = [\"population.csv\"]\n",
                self.further,
                quarter(self.quarters - 1),
                class("short", 0, 24),
                class("long", 24, 96),
            ),
        );
        folder.join("observatory.toml")
    }

    /// Writes and builds the town; the release is in `folder/release` where the run ended well.
    pub(crate) fn build(&self, folder: &Path, language: &str) -> Ran {
        let file = self.write(folder);
        let output = optima().args(["--lang", language, "build"]).arg(file).arg("--out").arg(folder.join("release")).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }
}
