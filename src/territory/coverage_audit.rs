//! Whether zones cover the ground once: invalid rings, overlaps, gaps, and the slips that go with them.
//!
//! All problems are listed in one go, each with its zones and its place, so that the file can be mended once.

use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use geo::InteriorPoint;

use super::edges::{Border, area, length, outline, polygons, trace};
use super::finding::{CoverageFinding, FindingKind};
use super::noding::{Edge, Network, SNAP, is_place};
use super::raw_zone::RawZone;
use super::rings::{self, RingFault};

/// Overlaps thinner than this (meters, mean width) come from rounded coordinates.
pub const ROUNDING_WIDTH: f64 = 0.01;

/// Gaps thinner than this (meters, mean width) are slivers: two drawings of one border.
pub const SLIVER_WIDTH: f64 = 1.0;

/// What was measured on a set of zones.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// All findings: errors first, then by kind and place.
    pub findings: Vec<CoverageFinding>,
    /// The area of each zone in square meters, in the order of the input; of an invalid one, by the even-odd rule.
    pub areas: Vec<f64>,
    /// The ground covered by one zone at least, in square meters.
    pub union_area: f64,
}

/// Ground between zones that belongs to none.
#[derive(Debug, Clone)]
pub(crate) struct Gap {
    /// The border, with the gap on the right.
    pub(crate) edges: Vec<Edge>,
    pub(crate) area: f64,
    pub(crate) width: f64,
    /// The zones around it, with the length of border that each shares with it; in the order of the input.
    pub(crate) neighbors: Vec<(usize, f64)>,
}

/// Zones as areas on one network.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) network: Network,
    pub(crate) borders: Vec<Border>,
    /// For each zone, what is wrong with its rings.
    pub(crate) faults: Vec<Vec<(RingFault, geo::Coord<f64>)>>,
}

impl Ground {
    pub(crate) fn of(zones: &[RawZone]) -> Self {
        let network = Network::build(zones);
        let faults: Vec<_> = network.rings.par_iter().map(|rings| rings::faults(rings, &network)).collect();
        let borders = network
            .rings
            .par_iter()
            .zip(&faults)
            .map(|(rings, faults)| rings::border(rings, !faults.iter().any(|(fault, _)| fault.is_harmful()), &network))
            .collect();
        Self { network, borders, faults }
    }

    /// The border of the ground covered by any zone.
    pub(crate) fn union(&self) -> Vec<Edge> {
        let alone = outline(self.borders.iter().flat_map(|border| border.edges.iter().copied()).collect());
        let tree = self.tree();
        let covered = |edge: &Edge| {
            let middle = self.network.middle(*edge);
            let near = tree.locate_in_envelope_intersecting(AABB::from_point([middle.x, middle.y]));
            near.map(|entry| &self.borders[entry.data]).any(|border| !border.has(*edge) && border.contains(middle, &self.network))
        };
        alone.into_par_iter().filter(|edge| !covered(edge)).collect()
    }

    /// The gaps that zones enclose, and whether some border could not be followed.
    pub(crate) fn gaps(&self, union: &[Edge]) -> (Vec<Gap>, bool) {
        let traced = trace(union, &self.network);
        let mut owners: Vec<(Edge, usize)> =
            self.borders.iter().enumerate().flat_map(|(z, border)| border.edges.iter().map(move |edge| (*edge, z))).collect();
        owners.sort_unstable();
        let (outer, inner): (Vec<_>, Vec<_>) = traced.walks.into_iter().partition(|walk| area(walk, &self.network) > 0.0);
        let mut gaps: Vec<Gap> = inner
            .into_iter()
            .map(|edges| {
                let neighbors = self.neighbors(&edges, &owners);
                Gap { area: -area(&edges, &self.network), width: 0.0, neighbors, edges }
            })
            .collect();
        // Zones that lie like islands in a gap are not part of it.
        let borders: Vec<Border> = gaps.iter().map(|gap| Border::new(gap.edges.clone(), &self.network)).collect();
        for island in &outer {
            let middle = self.network.middle(island[0]);
            let around = (0..gaps.len()).filter(|g| borders[*g].contains(middle, &self.network));
            if let Some(gap) = around.min_by(|a, b| borders[*b].area(&self.network).total_cmp(&borders[*a].area(&self.network))) {
                gaps[gap].area -= area(island, &self.network);
            }
        }
        for gap in &mut gaps {
            gap.width = 2.0 * gap.area / length(&gap.edges, &self.network);
        }
        gaps.retain(|gap| gap.width > SNAP);
        (gaps, !traced.stuck.is_empty())
    }

    fn neighbors(&self, edges: &[Edge], owners: &[(Edge, usize)]) -> Vec<(usize, f64)> {
        let mut shared: Vec<(usize, f64)> = Vec::new();
        for edge in edges {
            let first = owners.partition_point(|(e, _)| e < edge);
            for (_, zone) in owners[first..].iter().take_while(|(e, _)| e == edge) {
                shared.push((*zone, length(&[*edge], &self.network)));
            }
        }
        shared.sort_by_key(|(zone, _)| *zone);
        shared.chunk_by(|a, b| a.0 == b.0).map(|group| (group[0].0, group.iter().map(|(_, l)| l).sum())).collect()
    }

    /// The pairs of zones that cover the same ground, with the border of that ground; in the order of the input.
    pub(crate) fn overlaps(&self) -> Vec<(usize, usize, Vec<Edge>)> {
        let tree = self.tree();
        let of_zone = |a: usize| -> Vec<(usize, usize, Vec<Edge>)> {
            let [x0, y0, x1, y1] = self.borders[a].bounds;
            let near = tree.locate_in_envelope_intersecting(AABB::from_corners([x0, y0], [x1, y1]));
            let mut near: Vec<usize> = near.map(|entry| entry.data).filter(|b| *b > a).collect();
            near.sort_unstable();
            let shared = |b: usize| {
                let edges = self.borders[a].shared_with(&self.borders[b], &self.network);
                let wide = !edges.is_empty() && mean_width(&edges, &self.network) > SNAP;
                wide.then_some((a, b, edges))
            };
            near.into_iter().filter_map(shared).collect()
        };
        (0..self.borders.len()).into_par_iter().filter(|a| !self.borders[*a].edges.is_empty()).flat_map_iter(of_zone).collect()
    }

    fn tree(&self) -> RTree<GeomWithData<Rectangle<[f64; 2]>, usize>> {
        let filled = self.borders.iter().enumerate().filter(|(_, border)| !border.edges.is_empty());
        let entry = |(z, border): (usize, &Border)| {
            let [x0, y0, x1, y1] = border.bounds;
            GeomWithData::new(Rectangle::from_corners([x0, y0], [x1, y1]), z)
        };
        RTree::bulk_load(filled.map(entry).collect())
    }

    /// A point inside the area that these edges go round.
    fn place_in(&self, edges: &[Edge]) -> Option<(f64, f64)> {
        let inside = polygons(edges, &self.network).and_then(|polygons| polygons.interior_point()).map(|p| (p.x(), p.y()));
        inside.or_else(|| edges.first().map(|edge| self.network.middle(*edge)).map(|c| (c.x, c.y)))
    }
}

/// Twice the area over the perimeter: the width of a long strip, half the side of a square.
pub(crate) fn mean_width(edges: &[Edge], network: &Network) -> f64 {
    2.0 * area(edges, network).abs() / length(edges, network)
}

/// All that is wrong, or worth knowing, about zones that should cover the ground once.
///
/// ```
/// use optima::territory::{coverage_audit::audit, finding::FindingKind, raw_zone::RawZone};
/// let square = |code: &str, x: f64| {
///     RawZone::of_shape(code, code, &geo::MultiPolygon(vec![geo::Rect::new((x, 0.0), (x + 4.0, 4.0)).to_polygon()]))
/// };
/// assert!(audit(&[square("A", 0.0), square("B", 4.0)]).is_empty());
/// let findings = audit(&[square("A", 0.0), square("B", 3.0)]);
/// assert_eq!((findings[0].kind, findings[0].area), (FindingKind::Overlap, Some(4.0)));
/// ```
#[must_use]
pub fn audit(zones: &[RawZone]) -> Vec<CoverageFinding> {
    Coverage::measure(zones).findings
}

impl Coverage {
    /// Measures zones and lists all findings. Invalid rings count by the even-odd rule; rings with coordinates that are
    /// no numbers count for nothing. Cost: about a second for a million points.
    #[must_use]
    pub fn measure(zones: &[RawZone]) -> Self {
        let ground = Ground::of(zones);
        let union = ground.union();
        let mut findings = Vec::new();
        codes_and_names(zones, &mut findings);
        for zone in zones {
            points(zone, &mut findings);
        }
        for (zone, faults) in zones.iter().zip(&ground.faults) {
            let finding = |(fault, c): &(RingFault, geo::Coord<f64>)| {
                CoverageFinding::of_zone(kind_of(*fault), &zone.code, zone.feature, Some((c.x, c.y)))
            };
            findings.extend(faults.iter().map(finding));
        }
        far_away(zones, &ground, &mut findings);
        for (a, b, edges) in ground.overlaps() {
            let width = mean_width(&edges, &ground.network);
            let kind = if width < ROUNDING_WIDTH { FindingKind::SliverOverlap } else { FindingKind::Overlap };
            findings.push(about(kind, &[a, b], zones, ground.place_in(&edges), area(&edges, &ground.network).abs(), width));
        }
        let (gaps, tangled) = ground.gaps(&union);
        for gap in &gaps {
            let kind = if gap.width < SLIVER_WIDTH { FindingKind::SliverGap } else { FindingKind::Gap };
            let around: Vec<usize> = gap.neighbors.iter().map(|(zone, _)| *zone).collect();
            let reversed: Vec<Edge> = gap.edges.iter().map(|(u, v)| (*v, *u)).collect();
            findings.push(about(kind, &around, zones, ground.place_in(&reversed), gap.area, gap.width));
        }
        if tangled {
            let kind = FindingKind::Tangled;
            findings.push(CoverageFinding {
                severity: kind.severity(),
                kind,
                zones: vec![],
                features: vec![],
                place: None,
                area: None,
                width: None,
            });
        }
        // The sort is stable: within a kind, findings stay in the order of the zones.
        findings.sort_by_key(|finding| (finding.severity, finding.kind));
        let areas = ground.borders.iter().map(|border| border.area(&ground.network)).collect();
        Self { findings, areas, union_area: area(&union, &ground.network) }
    }
}

fn about(kind: FindingKind, concerned: &[usize], zones: &[RawZone], place: Option<(f64, f64)>, area: f64, width: f64) -> CoverageFinding {
    CoverageFinding {
        severity: kind.severity(),
        kind,
        zones: concerned.iter().map(|z| zones[*z].code.clone()).collect(),
        features: concerned.iter().map(|z| zones[*z].feature).collect(),
        place,
        area: Some(area),
        width: Some(width),
    }
}

fn kind_of(fault: RingFault) -> FindingKind {
    match fault {
        RingFault::SelfIntersection => FindingKind::SelfIntersection,
        RingFault::Spike => FindingKind::Spike,
        RingFault::RingsCross => FindingKind::RingsCross,
        RingFault::RingsShareLine => FindingKind::RingsShareLine,
        RingFault::HoleOutside => FindingKind::HoleOutside,
        RingFault::Nested => FindingKind::NestedRings,
        RingFault::SelfTouch => FindingKind::SelfTouch,
        RingFault::PartsShareBorder => FindingKind::PartsShareBorder,
    }
}

fn codes_and_names(zones: &[RawZone], findings: &mut Vec<CoverageFinding>) {
    let mut by_code: Vec<&RawZone> = zones.iter().collect();
    by_code.sort_by(|a, b| a.code.cmp(&b.code));
    for same in by_code.chunk_by(|a, b| a.code == b.code) {
        if same[0].code.is_empty() {
            findings.extend(same.iter().map(|zone| CoverageFinding::of_zone(FindingKind::EmptyCode, "", zone.feature, None)));
        } else if same.len() > 1 {
            findings.push(CoverageFinding::of_zone(FindingKind::DuplicateCode, &same[0].code, same[1].feature, None));
        }
    }
    let mut by_name: Vec<&RawZone> = zones.iter().collect();
    by_name.sort_by(|a, b| (&a.name, &a.code).cmp(&(&b.name, &b.code)));
    for same in by_name.chunk_by(|a, b| a.name == b.name) {
        if same[0].name.trim().is_empty() {
            findings.extend(same.iter().map(|zone| CoverageFinding::of_zone(FindingKind::EmptyName, &zone.code, zone.feature, None)));
        } else if same.len() > 1 {
            let mut finding = CoverageFinding::of_zone(FindingKind::RepeatedName, "", 0, None);
            finding.zones = same.iter().map(|zone| zone.code.clone()).collect();
            finding.features = same.iter().map(|zone| zone.feature).collect();
            findings.push(finding);
        }
    }
}

fn points(zone: &RawZone, findings: &mut Vec<CoverageFinding>) {
    let mut found = |kind, place: Option<geo::Coord<f64>>| {
        findings.push(CoverageFinding::of_zone(kind, &zone.code, zone.feature, place.map(|c| (c.x, c.y))));
    };
    if zone.points().next().is_none() {
        return found(FindingKind::NoOutline, None);
    }
    for ring in zone.parts.iter().flatten() {
        if let Some(position) = ring.iter().position(|c| !is_place(*c)) {
            // The place is that of the last good point before it: the bad one is nowhere.
            found(FindingKind::NotFinite, position.checked_sub(1).map(|i| ring[i]));
            continue;
        }
        let repeated = ring.windows(2).find(|pair| pair[0] == pair[1]);
        let mut distinct = ring.clone();
        distinct.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        distinct.dedup();
        if distinct.len() < 3 {
            found(FindingKind::TooFewPoints, ring.first().copied());
        } else {
            if ring.first() != ring.last() {
                found(FindingKind::Unclosed, ring.last().copied());
            }
            if let Some(pair) = repeated {
                found(FindingKind::RepeatedPoint, Some(pair[0]));
            }
        }
    }
}

/// A zone is far away if it lies ten times farther from the middle of all zones than three quarters of them do.
fn far_away(zones: &[RawZone], ground: &Ground, findings: &mut Vec<CoverageFinding>) {
    let center = |border: &Border| {
        let [x0, y0, x1, y1] = border.bounds;
        (f64::midpoint(x0, x1), f64::midpoint(y0, y1))
    };
    let centers: Vec<(usize, (f64, f64))> =
        ground.borders.iter().enumerate().filter(|(_, b)| !b.edges.is_empty()).map(|(z, b)| (z, center(b))).collect();
    if centers.len() < 4 {
        return;
    }
    let quantile = |mut values: Vec<f64>, position: usize| *values.select_nth_unstable_by(position, f64::total_cmp).1;
    let half = centers.len() / 2;
    let middle = (quantile(centers.iter().map(|(_, c)| c.0).collect(), half), quantile(centers.iter().map(|(_, c)| c.1).collect(), half));
    let distance = |c: &(f64, f64)| (c.0 - middle.0).hypot(c.1 - middle.1);
    let usual = quantile(centers.iter().map(|(_, c)| distance(c)).collect(), centers.len() * 3 / 4);
    for (z, c) in centers.iter().filter(|(_, c)| distance(c) > 10.0 * usual) {
        findings.push(CoverageFinding::of_zone(FindingKind::FarAway, &zones[*z].code, zones[*z].feature, Some(*c)));
    }
}
