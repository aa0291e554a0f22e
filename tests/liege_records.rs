//! Records on real outlines: placed as GDAL places the same points, every record accounted for; addresses of the real register.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may: a panic is how they fail, and they say when they skip"
)]

mod released;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use gdal::Dataset;
use gdal::vector::{Geometry, LayerAccess, OGRwkbGeometryType};
use optima::locate::{Placement, locate};
use optima::pipeline::Ground;
use optima::read::read;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use released::{build, indicators, shared, stage, write};

/// Official sectors as GDAL holds them, in code order.
struct Sectors(Vec<(String, Geometry)>);

impl Sectors {
    fn open(path: &Path) -> Self {
        let dataset = Dataset::open(path).unwrap();
        let mut layer = dataset.layer(0).unwrap();
        let mut sectors: Vec<(String, Geometry)> = layer
            .features()
            .map(|feature| {
                let at = feature.field_index("cd_sector").unwrap();
                (feature.field_as_string(at).unwrap().unwrap(), feature.geometry().unwrap().clone())
            })
            .collect();
        sectors.sort_by(|a, b| a.0.cmp(&b.0));
        Self(sectors)
    }

    /// The lowest code whose outline, border included, holds the point; GEOS decides.
    fn of(&self, (x, y): (f64, f64)) -> Option<&str> {
        let mut point = Geometry::empty(OGRwkbGeometryType::wkbPoint).unwrap();
        point.set_point_2d(0, (x, y));
        let near = |geometry: &Geometry| {
            let e = geometry.envelope();
            (e.MinX..=e.MaxX).contains(&x) && (e.MinY..=e.MaxY).contains(&y)
        };
        self.0.iter().find(|(_, geometry)| near(geometry) && geometry.intersects(&point)).map(|(code, _)| code.as_str())
    }

    /// Corners of all outlines and the middles of their edges.
    fn borders(&self) -> Vec<(f64, f64)> {
        fn rings(geometry: &Geometry, places: &mut Vec<(f64, f64)>) {
            for i in 0..geometry.geometry_count() {
                rings(&geometry.get_geometry(i), places);
            }
            for i in 0..i32::try_from(geometry.point_count()).unwrap() {
                let (x, y, _) = geometry.get_point(i);
                if i > 0 {
                    let (px, py, _) = geometry.get_point(i - 1);
                    places.push((f64::midpoint(px, x), f64::midpoint(py, y)));
                }
                places.push((x, y));
            }
        }
        let mut places = Vec::new();
        self.0.iter().for_each(|(_, geometry)| rings(geometry, &mut places));
        places
    }
}

fn territory(folder: &Path, nis: &str, zones: &Path, outlines: &str) {
    let text = format!(
        "name = {{ fr = \"Essai\", en = \"Trial\" }}\nnis = \"{nis}\"\ncrs = 31370\nzones = \"{}\"\noutlines = \"{outlines}\"\n\
         source = \"Statbel\"\nunlocated_codes = [\"{nis}ZZZZ\"]\n",
        zones.display()
    );
    write(&folder.join("territory/territory.toml"), &text);
}

const OBSERVATORY: &str = "title = { fr = \"Essai\", en = \"Trial\" }\nterritory = \"territory\"\ndate = \"2004-01-15\"\n\
    source = { fr = \"tiré au sort\", en = \"drawn by lot\" }\nmax_unlocated = 1.0\n\
    [periods]\nfirst = \"2003-Q4\"\nlast = \"2003-Q4\"\n[sources.job_seekers]\nfiles = [\"records.csv\"]\n";

/// Where the library places the records of an observatory, row by row: a code, "" for outside, "?" for missing.
fn placed(folder: &Path, repair: bool) -> Vec<String> {
    let ground = Ground::load(&folder.join("observatory.toml"), None, repair).unwrap();
    let observed = locate(read(&ground.observatory).unwrap(), &ground.territory).unwrap();
    let code = |placement: &Placement| match placement {
        Placement::Within(sector) => ground.territory.sectors[*sector].code.0.clone(),
        Placement::Outside => String::new(),
        Placement::Missing => "?".to_owned(),
    };
    observed.job_seekers.unwrap().placements.iter().map(code).collect()
}

#[test]
fn records_drawn_on_the_real_sectors_of_liege_lie_where_gdal_says() {
    let Some(zones) = shared("liege/liege_sectors2023_31370.gpkg") else { return };
    let sectors = Sectors::open(&zones);
    assert_eq!(sectors.0.len(), 184);
    let mut rng = ChaCha8Rng::seed_from_u64(20_040_115);
    let mut below = |n: usize| usize::try_from(rng.next_u64() % n as u64).unwrap();
    let meters = |centimeters: usize| f64::from(u32::try_from(centimeters).unwrap()) / 100.0;
    let borders = sectors.borders();
    let mut rows = String::from("person,quarter,zone,x,y,age,months,ris\n");
    let mut expected = Vec::new();
    let mut on_borders = 0;
    for person in 0..24_000 {
        // A grid of centimeters over the town and 1.5 km around it.
        let anywhere = (230_145.0 + meters(below(1_371_200)), 138_090.0 + meters(below(1_714_100)));
        let sector = sectors.0[below(184)].0.clone();
        let (code, point, lies) = match below(100) {
            0..40 => (String::new(), Some(anywhere), sectors.of(anywhere).unwrap_or_default().to_owned()),
            40..70 => {
                let place = borders[below(borders.len())];
                on_borders += 1;
                (String::new(), Some(place), sectors.of(place).unwrap_or_default().to_owned())
            }
            // The code counts before the point.
            70..80 => (sector.clone(), Some(anywhere), sector),
            80..92 => (sector.clone(), None, sector),
            92..94 => ("62063ZZZZ".to_owned(), Some(anywhere), sectors.of(anywhere).unwrap_or_default().to_owned()),
            94..96 => ("62063ZZZZ".to_owned(), None, "?".to_owned()),
            96..98 => ("62063XXXX".to_owned(), Some(anywhere), String::new()),
            _ => (String::new(), None, "?".to_owned()),
        };
        let (x, y) = point.map(|(x, y)| (x.to_string(), y.to_string())).unwrap_or_default();
        let ris = if below(5) == 0 { "yes" } else { "no" };
        writeln!(rows, "{person},2003-Q4,{code},{x},{y},{},{},{ris}", 18 + below(45), below(90)).unwrap();
        expected.push(lies);
    }
    let folder = tempfile::tempdir().unwrap();
    territory(folder.path(), "62063", &zones, "official");
    write(&folder.path().join("records.csv"), &rows);
    let mut population = String::from("zone,year,active\n");
    for (code, _) in &sectors.0 {
        writeln!(population, "{code},2003,1000").unwrap();
    }
    write(&folder.path().join("population.csv"), &population);
    write(&folder.path().join("observatory.toml"), &format!("{OBSERVATORY}[sources.population]\nfiles = [\"population.csv\"]\n"));

    let found = placed(folder.path(), false);
    assert_eq!(found.len(), expected.len());
    for (row, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(found, expected, "record {row}: {}", rows.lines().nth(row + 1).unwrap());
    }
    let inside = sectors.0.iter().filter(|(code, _)| expected.contains(code)).count();
    assert!(inside > 180 && on_borders > 6_000, "{inside} sectors, {on_borders} records on borders");

    let release = folder.path().join("release");
    let manifest = build(&folder.path().join("observatory.toml"), &release);
    let count = |lies: &str| expected.iter().filter(|e| *e == lies).count() as u64;
    let (outside, missing) = (count(""), count("?"));
    assert!(outside > 3_000 && missing > 500, "{outside} {missing}");
    assert_eq!(stage(&manifest, "job_seekers"), [24_000, 0, 24_000 - outside - missing, outside, missing]);
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for lies in &expected {
        *counts.entry(lies).or_default() += 1;
    }
    let (mut shown, mut total) = (0, 0);
    for row in indicators(&release).iter().filter(|row| row["measure"] == "job_seekers") {
        let count = if row["zone_code"] == "territory" {
            total += 1;
            24_000 - outside - missing
        } else {
            counts.get(row["zone_code"].as_str()).copied().unwrap_or_default()
        };
        if row["status"] == "S" {
            assert!(row["numerator"].is_empty());
        } else {
            assert_eq!(row["numerator"], count.to_string(), "{}", row["zone_code"]);
            shown += 1;
        }
    }
    assert!(shown > 170 && total == 1, "{shown} sectors are shown");
}

/// The real addresses and streets: street, number, postcode, coordinates, and the sector they are coded to.
fn addresses() -> Option<Vec<[String; 6]>> {
    let mut all = Vec::new();
    for (file, number) in [("addresses_seraing_stnicolas_best_sample.csv", "house_no"), ("streets_seraing_best.csv", "house_no_mid")] {
        let mut reader = csv::Reader::from_path(shared(&format!("seraing/{file}"))?).unwrap();
        for row in reader.deserialize() {
            let row: released::Row = row.unwrap();
            all.push(["street_fr", number, "postal", "x", "y", "cd_sector"].map(|column| row[column].clone()));
        }
    }
    Some(all)
}

/// An observatory whose records have an address only, and whose register has them all.
fn addressed(folder: &Path, addresses: &[&[String; 6]]) {
    let mut writer = csv::Writer::from_path(folder.join("addresses.csv")).unwrap();
    writer.write_record(["street", "number", "postcode", "x", "y"]).unwrap();
    for address in addresses {
        writer.write_record(&address[..5]).unwrap();
    }
    writer.flush().unwrap();
    let mut writer = csv::Writer::from_path(folder.join("records.csv")).unwrap();
    writer.write_record(["person", "quarter", "street", "number", "postcode"]).unwrap();
    for (person, a) in addresses.iter().enumerate() {
        // As people write: capitals, and no care for blanks.
        writer.write_record([&person.to_string(), "2003-Q4", &a[0].to_uppercase(), &format!(" {}", a[1]), &a[2]]).unwrap();
    }
    writer.flush().unwrap();
    write(&folder.join("observatory.toml"), &format!("{OBSERVATORY}[sources.addresses]\nfiles = [\"addresses.csv\"]\n"));
}

#[test]
fn addresses_lie_in_the_sector_they_are_coded_to_where_the_outline_is_official() {
    let (Some(zones), Some(all)) = (shared("liege/liege_sectors2023_31370.gpkg"), addresses()) else { return };
    let sectors = Sectors::open(&zones);
    let named: Vec<&[String; 6]> = all.iter().filter(|a| !a[0].is_empty() && !a[1].is_empty() && !a[2].is_empty()).collect();
    let folder = tempfile::tempdir().unwrap();
    territory(folder.path(), "62063", &zones, "official");
    addressed(folder.path(), &named);
    let official = |code: &str| sectors.0.iter().any(|(known, _)| known == code);
    let mut coded = 0;
    for (found, address) in placed(folder.path(), false).iter().zip(&named) {
        // What is coded to a sector that is not Liège's lies in none of Liège's official outlines.
        let expected = if official(&address[5]) { address[5].as_str() } else { "" };
        assert_eq!(found, expected, "{address:?}");
        coded += usize::from(!expected.is_empty());
    }
    assert!(named.len() > 600, "{}", named.len());
    eprintln!("{} addresses: {coded} coded to official outlines, the others outside all of them", named.len());
}

#[test]
fn addresses_are_found_by_the_register_on_approximate_outlines() {
    let (Some(zones), Some(all)) = (shared("seraing/APPROX_sectors_seraing_stnicolas_31370.gpkg"), addresses()) else { return };
    let named: Vec<&[String; 6]> =
        all.iter().filter(|a| a[5].starts_with("62096") && !a[0].is_empty() && !a[1].is_empty() && !a[2].is_empty()).collect();
    let folder = tempfile::tempdir().unwrap();
    territory(folder.path(), "62096", &zones, "schematic");
    addressed(folder.path(), &named);
    let found = placed(folder.path(), true);
    assert!(!found.contains(&"?".to_owned()), "every address is in the register it came from");
    let agreed = found.iter().zip(&named).filter(|(found, address)| **found == address[5]).count();
    eprintln!("approximate outlines of Seraing: {agreed} of {} addresses in the sector they are coded to", named.len());
    // The outlines are cells around these very streets.
    assert!(named.len() > 600 && agreed * 100 >= named.len() * 99, "{agreed} of {}", named.len());
}
