//! By street, number and postcode, through a register with coordinates.

use std::collections::{BTreeMap, BTreeSet};

use super::by_point::ByPoint;
use super::{Placement, Tally};
use crate::records::{Address, AddressRegister, Found};
use crate::territory::crs::Transformer;

pub(super) struct ByAddress {
    register: AddressRegister,
    to_planar: Option<Transformer>,
}

impl ByAddress {
    pub(super) fn new(register: AddressRegister, to_planar: Option<Transformer>) -> Self {
        Self { register, to_planar }
    }

    pub(super) fn none() -> Self {
        Self { register: AddressRegister::default(), to_planar: None }
    }

    /// The sector of an address. A street whose number is unknown counts only where all of it lies in one sector.
    pub(super) fn find(
        &self,
        address: &Address,
        points: &ByPoint<'_>,
        tally: &mut Tally,
        near: &mut BTreeMap<Vec<String>, u64>,
    ) -> Placement {
        let candidates = match self.register.find(address) {
            Found::Exact(point) => vec![point],
            Found::Street(points) => points,
            Found::Near(streets) => {
                tally.unknown_streets += 1;
                if !streets.is_empty() {
                    *near.entry(streets).or_default() += 1;
                }
                return Placement::Missing;
            }
        };
        let planar: Vec<(f64, f64)> = match &self.to_planar {
            Some(transformer) => candidates.iter().filter_map(|point| transformer.point(*point)).collect(),
            None => candidates,
        };
        let sectors: BTreeSet<Option<usize>> =
            planar.into_iter().map(|(x, y)| points.sector(x, y).map(crate::territory::ZoneIdx::position)).collect();
        match sectors.iter().next() {
            Some(Some(position)) if sectors.len() == 1 => points.zone_at(*position),
            Some(None) if sectors.len() == 1 => Placement::Outside,
            _ => {
                tally.ambiguous_streets += 1;
                Placement::Missing
            }
        }
    }
}
