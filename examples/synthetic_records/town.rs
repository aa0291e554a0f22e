//! The town that records are made for: who lives where, and where a house may stand.

use std::collections::BTreeSet;
use std::path::Path;

use super::chance::{Chance, apportion};
use super::tiling::{Outcome, Point, Tiling};

/// A sector: who lives there, and spots that are inside it for certain.
#[derive(Debug)]
pub(crate) struct Sector {
    pub(crate) code: String,
    pub(crate) population: u32,
    /// How often work is missing there, 100 = as in an average sector.
    pub(crate) difficulty: u32,
    pub(crate) postcode: &'static str,
    pub(crate) spots: Vec<Point>,
}

/// A town: its sectors in code order, and how its spots are laid out.
#[derive(Debug)]
pub(crate) struct Town {
    pub(crate) sectors: Vec<Sector>,
    /// From one spot to the next one.
    pub(crate) steps: Vec<Point>,
    /// How far a house may be from its spot without leaving the sector, east and north.
    pub(crate) reach: Point,
}

/// A row of a town's table: code, inhabitants of 2001, difficulty.
pub(crate) type Row = (&'static str, u32, u32);

impl Town {
    /// A town whose spots are the hexagons of its schematic sectors.
    pub(crate) fn schematic(folder: &Path, table: &[Row], postcode: impl Fn(&str) -> &'static str) -> Outcome<Self> {
        let tiling = Tiling::of_folder(folder)?;
        let codes: Vec<&str> = tiling.centers.iter().map(|c| c.code.as_str()).collect();
        if codes != table.iter().map(|row| row.0).collect::<Vec<_>>() {
            return Err(format!("{}: the sectors are not those of the table", folder.display()).into());
        }
        let spots = |zone| tiling.hexagons(zone).into_iter().map(|h| tiling.center_of(h)).collect();
        let sectors = table
            .iter()
            .enumerate()
            .map(|(zone, &(code, population, difficulty))| Sector {
                code: code.to_owned(),
                population,
                difficulty,
                postcode: postcode(code),
                spots: spots(zone),
            })
            .collect();
        let (w, h) = (tiling.drawing.half_width, tiling.drawing.quarter_height);
        Ok(Self {
            sectors,
            steps: vec![(2 * w, 0), (w, 3 * h), (-w, 3 * h), (-2 * w, 0), (-w, -3 * h), (w, -3 * h)],
            reach: (w - 1, h - 1),
        })
    }

    /// Inhabitants of each sector in a year in which the town has this many.
    pub(crate) fn inhabitants(&self, total: u32) -> Outcome<Vec<u32>> {
        apportion(total, &self.sectors.iter().map(|s| u64::from(s.population)).collect::<Vec<_>>())
    }

    /// The position of the sector with this code.
    pub(crate) fn position(&self, code: &str) -> Outcome<usize> {
        self.sectors.iter().position(|s| s.code == code).ok_or_else(|| format!("there is no sector {code}").into())
    }

    /// A place in a sector, in decimeters.
    pub(crate) fn spot(&self, sector: usize, chance: &mut Chance) -> Outcome<Point> {
        let (x, y) = *chance.one_of(&self.sectors[sector].spots).ok_or("a sector has no spot")?;
        let (east, north) = self.reach;
        Ok((10 * x + chance.between(-10 * east, 10 * east), 10 * y + chance.between(-10 * north, 10 * north)))
    }
}

/// An entry of the street register: a house with its number, in decimeters.
#[derive(Debug, Clone)]
pub(crate) struct House {
    pub(crate) sector: usize,
    pub(crate) street: String,
    pub(crate) number: String,
    pub(crate) postcode: &'static str,
    pub(crate) at: Point,
}

const KINDS: [&str; 6] = ["Rue", "Avenue", "Chemin", "Place", "Impasse", "Allée"];
const NAMES: [&str; 44] = [
    "de la Verrerie",
    "des Fondeurs",
    "du Laminoir",
    "des Houilleurs",
    "du Haut-Fourneau",
    "des Mineurs",
    "de la Cristallerie",
    "du Chevalement",
    "des Lamineurs",
    "de la Coulée",
    "des Puddleurs",
    "du Gazomètre",
    "de l'Écluse",
    "du Halage",
    "des Bateliers",
    "du Vieux Pont",
    "de la Passerelle",
    "des Marronniers",
    "des Églantiers",
    "du Verger",
    "de la Houlette",
    "des Tisserands",
    "du Lavoir",
    "de la Fontaine Noire",
    "du Puits Marie",
    "de l'Étoile",
    "des Coquelicots",
    "des Noisetiers",
    "du Plateau",
    "de la Clairière",
    "des Charbonniers",
    "du Moulin à Vent",
    "de la Bascule",
    "des Aiguilleurs",
    "du Dépôt",
    "de l'Aciérie",
    "des Tôliers",
    "de la Forgerie",
    "du Marteau",
    "de l'Enclume",
    "des Artisans Réunis",
    "de la Solidarité",
    "du Premier-Mai",
    "des Pensées",
];

/// A register of streets with invented names: one street for about `people` inhabitants, numbers some 20 m apart.
pub(crate) fn register(town: &Town, people: u32, chance: &mut Chance) -> Outcome<Vec<House>> {
    let postcodes: BTreeSet<&'static str> = town.sectors.iter().map(|s| s.postcode).collect();
    let mut houses = Vec::new();
    for postcode in postcodes {
        let mut names: Vec<String> = KINDS.iter().flat_map(|kind| NAMES.iter().map(move |name| format!("{kind} {name}"))).collect();
        chance.shuffle(&mut names);
        for (sector, of) in town.sectors.iter().enumerate().filter(|(_, s)| s.postcode == postcode && s.population > 0) {
            for _ in 0..=(of.population / people).min(11) {
                let street = names.pop().ok_or("there are more streets than names")?;
                let mut number = chance.between(1, 2);
                for at in street_line(town, sector, chance)? {
                    houses.push(House { sector, street: street.clone(), number: number.to_string(), postcode, at });
                    number += 2 * chance.between(1, 3);
                }
            }
        }
    }
    houses.sort_by(|a, b| (a.postcode, &a.street).cmp(&(b.postcode, &b.street)));
    Ok(houses)
}

/// The houses of a street: from a spot over some of its neighbors, never outside the sector.
fn street_line(town: &Town, sector: usize, chance: &mut Chance) -> Outcome<Vec<Point>> {
    const HOUSES_A_STEP: i64 = 6;
    let spots: BTreeSet<Point> = town.sectors[sector].spots.iter().copied().collect();
    let mut at = *chance.one_of(&town.sectors[sector].spots).ok_or("a sector has no spot")?;
    let mut houses = vec![(10 * at.0, 10 * at.1)];
    for _ in 0..chance.between(1, 4) {
        let ways: Vec<Point> = town.steps.iter().copied().filter(|s| spots.contains(&(at.0 + s.0, at.1 + s.1))).collect();
        let Some(&(east, north)) = chance.one_of(&ways) else { break };
        houses.extend((1..=HOUSES_A_STEP).map(|i| (10 * at.0 + 10 * east * i / HOUSES_A_STEP, 10 * at.1 + 10 * north * i / HOUSES_A_STEP)));
        at = (at.0 + east, at.1 + north);
    }
    Ok(houses)
}
