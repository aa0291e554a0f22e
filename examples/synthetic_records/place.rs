//! What a record says about where it is: a code, a point, an address, or nothing.

use super::chance::Chance;
use super::tiling::{Outcome, Point};
use super::town::{House, Town};

/// A place as a partner writes it down.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    /// The code of a sector.
    Zone(String),
    /// A point, in decimeters.
    Point(Point),
    /// Street, number and postcode.
    Address(String, String, &'static str),
    /// Left blank.
    Blank,
}

/// In a thousand records of a sector: how many carry its code, a point, an address.
pub(crate) const SHARES: [u32; 3] = [780, 130, 90];

/// Makes up places for the records of a town.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    pub(crate) town: &'a Town,
    pub(crate) register: &'a [House],
    /// The code that stands for "somewhere in the commune".
    pub(crate) unlocated: &'static str,
    /// A box that lies outside the commune: west, south, east, north, in meters.
    pub(crate) elsewhere: [i64; 4],
}

impl Places<'_> {
    /// A place in this sector.
    pub(crate) fn within(&self, sector: usize, chance: &mut Chance) -> Outcome<Place> {
        let houses: Vec<&House> = self.register.iter().filter(|house| house.sector == sector).collect();
        match chance.weighted(&SHARES) {
            1 => Ok(Place::Point(self.town.spot(sector, chance)?)),
            2 => match chance.one_of(&houses) {
                Some(house) => Ok(Place::Address(spelled(&house.street, chance), house.number.clone(), house.postcode)),
                None => Ok(Place::Zone(self.town.sectors[sector].code.clone())),
            },
            _ => Ok(Place::Zone(self.town.sectors[sector].code.clone())),
        }
    }

    /// A place outside the commune.
    pub(crate) fn outside(&self, chance: &mut Chance) -> Place {
        let [west, south, east, north] = self.elsewhere;
        Place::Point((chance.between(10 * west, 10 * east), chance.between(10 * south, 10 * north)))
    }

    /// A place that cannot be found: blank, the code for unlocated, or a street that no register has.
    pub(crate) fn unknown(&self, chance: &mut Chance) -> Place {
        match chance.weighted(&[2, 2, 1]) {
            0 => Place::Blank,
            1 => Place::Zone(self.unlocated.to_owned()),
            _ => Place::Address("Rue Sans-Nom".to_owned(), chance.between(1, 99).to_string(), self.town.sectors[0].postcode),
        }
    }
}

/// The street as typed at a counter: now and then in capitals or with a blank too many.
fn spelled(street: &str, chance: &mut Chance) -> String {
    match chance.weighted(&[880, 80, 40]) {
        1 => street.to_uppercase(),
        2 => street.replacen(' ', "  ", 1),
        _ => street.to_owned(),
    }
}

/// Decimeters as meters with one decimal.
pub(crate) fn meters(decimeters: i64, decimal: char) -> String {
    format!("{}{decimal}{}", decimeters.div_euclid(10), decimeters.rem_euclid(10))
}

/// The place as six columns: zone, x, y, street, number, postcode.
pub(crate) fn columns(place: &Place, decimal: char) -> [String; 6] {
    let mut columns = [const { String::new() }; 6];
    match place {
        Place::Zone(code) => columns[0].clone_from(code),
        Place::Point((x, y)) => {
            columns[1] = meters(*x, decimal);
            columns[2] = meters(*y, decimal);
        }
        Place::Address(street, number, postcode) => {
            columns[3].clone_from(street);
            columns[4].clone_from(number);
            (*postcode).clone_into(&mut columns[5]);
        }
        Place::Blank => {}
    }
    columns
}
