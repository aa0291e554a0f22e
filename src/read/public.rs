//! Public tables: population, and the register of addresses.

use std::collections::BTreeSet;

use super::intake::intake;
use super::{Sourced, Sources};
use crate::error::Result;
use crate::observatory::{Observatory, SourceSpec};
use crate::records::{AddressRegister, Population, PopulationRow, RegisterEntry};

const POPULATION: &[&str] = &["year", "population", "active", "age_18_64", "zone", "quartier"];
const ADDRESSES: &[&str] = &["street", "number", "postcode", "x", "y"];

pub(super) fn population(observatory: &Observatory, spec: &SourceSpec, sources: &mut Sources) -> Result<()> {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    let crs = intake(observatory, "population", spec, (POPULATION, &["year"]), sources, &mut |columns, row| {
        let year = columns.number(row, "year")?.filter(|y| y.fract() == 0.0 && (1800.0..=2200.0).contains(y));
        #[expect(clippy::cast_possible_truncation, reason = "filtered to 1800..=2200")]
        let year = year.ok_or_else(|| columns.bad("year", "expected a year such as 2003"))? as i32;
        let amount = |name: &str| {
            let number = columns.number(row, name)?;
            if number.is_some_and(|n| n < 0.0) { Err(columns.bad(name, "expected 0 or more")) } else { Ok(number) }
        };
        let (population, active, age_18_64) = (amount("population")?, amount("active")?, amount("age_18_64")?);
        let place = columns.place(row)?;
        if !seen.insert((place.code.clone(), place.quartier.clone(), year)) {
            return Err(columns.bad("zone", "this zone was already read for this year"));
        }
        rows.push(PopulationRow { year, population, active, age_18_64, place });
        Ok(())
    })?;
    sources.population = Some(Sourced { records: Population(rows), crs });
    Ok(())
}

pub(super) fn addresses(observatory: &Observatory, spec: &SourceSpec, sources: &mut Sources) -> Result<()> {
    let mut entries = Vec::new();
    let crs = intake(observatory, "addresses", spec, (ADDRESSES, &["street", "x", "y"]), sources, &mut |columns, row| {
        let street = columns.needed_text(row, "street")?;
        let coordinate = |name: &str| columns.number(row, name)?.ok_or_else(|| columns.bad(name, "nothing here; expected a coordinate"));
        let point = (coordinate("x")?, coordinate("y")?);
        entries.push(RegisterEntry { street, number: columns.text(row, "number")?, postcode: columns.text(row, "postcode")?, point });
        Ok(())
    })?;
    sources.addresses = Some(Sourced { records: AddressRegister::new(entries), crs });
    Ok(())
}
