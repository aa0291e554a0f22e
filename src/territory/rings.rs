//! The rings of one zone: what makes them invalid, and which side of each edge is inside.

use geo::Coord;

use super::edges::{Border, is_inside};
use super::noding::{Edge, Network, RingNodes, undirected};

/// What is wrong with the rings of a zone; all of it is wrong by the OGC's rules (simple features).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RingFault {
    /// A ring crosses itself.
    SelfIntersection,
    /// A ring runs back over itself: a spike, or a line without area.
    Spike,
    /// Two rings cross.
    RingsCross,
    /// Two rings of one part share a stretch of line.
    RingsShareLine,
    /// A hole lies outside its shell.
    HoleOutside,
    /// A hole lies in another hole, or a part in another part.
    Nested,
    /// A ring touches itself at a point: areas and points are counted right all the same.
    SelfTouch,
    /// Two parts share a stretch of border: areas and points are counted right all the same.
    PartsShareBorder,
}

impl RingFault {
    /// Whether it leaves open what is inside.
    pub(crate) fn is_harmful(self) -> bool {
        !matches!(self, Self::SelfTouch | Self::PartsShareBorder)
    }
}

/// The faults of a zone's rings, each with its place, in the order of the places.
pub(crate) fn faults(rings: &[RingNodes], network: &Network) -> Vec<(RingFault, Coord<f64>)> {
    let mut found: Vec<(RingFault, Coord<f64>)> = Vec::new();
    repeated_edges(rings, network, &mut found);
    meetings(rings, network, &mut found);
    nesting(rings, network, &mut found);
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.x.total_cmp(&b.1.x)).then(a.1.y.total_cmp(&b.1.y)));
    found.dedup();
    found
}

/// The zone as an area. Without harmful faults shells and holes say what is inside; with them, the even-odd rule does.
pub(crate) fn border(rings: &[RingNodes], sound: bool, network: &Network) -> Border {
    let edges: Vec<Edge> = if sound {
        let directed = |ring: &RingNodes| {
            let edges: Vec<Edge> = ring.edges().collect();
            let left = super::edges::area(&edges, network) > 0.0;
            if left == ring.hole { edges.iter().rev().map(|(u, v)| (*v, *u)).collect() } else { edges }
        };
        let edges: Vec<Edge> = rings.iter().flat_map(directed).collect();
        if rings.len() > 1 { without_inner_borders(edges) } else { edges }
    } else {
        even_odd(rings, network)
    };
    Border::new(edges, network)
}

/// Parts that share a border are one area: the border between them goes, the order of the rest stays.
fn without_inner_borders(edges: Vec<Edge>) -> Vec<Edge> {
    let mut sorted = edges.clone();
    sorted.sort_unstable();
    edges.into_iter().filter(|(u, v)| sorted.binary_search(&(*v, *u)).is_err()).collect()
}

fn even_odd(rings: &[RingNodes], network: &Network) -> Vec<Edge> {
    let mut all: Vec<Edge> = rings.iter().flat_map(RingNodes::edges).map(undirected).collect();
    all.sort_unstable();
    let odd: Vec<Edge> = all.chunk_by(|a, b| a == b).filter(|same| same.len() % 2 == 1).map(|same| same[0]).collect();
    let mut ends: Vec<u32> = odd.iter().flat_map(|(u, v)| [*u, *v]).collect();
    ends.sort_unstable();
    let degree = |node: u32| ends.partition_point(|n| *n <= node) - ends.partition_point(|n| *n < node);
    let mut taken = vec![false; odd.len()];
    let mut directed = Vec::with_capacity(odd.len());
    for ring in rings {
        // Between two nodes where borders meet, the inside stays on the same side.
        let mut before: Option<(Edge, bool)> = None;
        for edge in ring.edges() {
            let Ok(position) = odd.binary_search(&undirected(edge)) else {
                before = None;
                continue;
            };
            let keep = match before {
                // On a spike the ring turns back over the edge it came by.
                Some((last, keep)) if last == (edge.1, edge.0) => !keep,
                Some((last, keep)) if last.1 == edge.0 && degree(edge.0) == 2 => keep,
                _ => inside_is_left(edge, &odd, network),
            };
            before = Some((edge, keep));
            if !std::mem::replace(&mut taken[position], true) {
                directed.push(if keep { edge } else { (edge.1, edge.0) });
            }
        }
    }
    directed
}

/// Counts the edges that a ray from the middle of an edge passes, along the axis that the edge is not along.
fn inside_is_left(edge: Edge, edges: &[Edge], network: &Network) -> bool {
    let middle = network.middle(edge);
    let (a, b) = (network.at[edge.0 as usize], network.at[edge.1 as usize]);
    let others = edges.iter().copied().filter(|other| *other != undirected(edge));
    if (b.x - a.x).abs() > (b.y - a.y).abs() {
        let above = others.filter(|(u, v)| {
            let (c, d) = (network.at[*u as usize], network.at[*v as usize]);
            (c.x > middle.x) != (d.x > middle.x) && middle.y < c.y + (d.y - c.y) * ((middle.x - c.x) / (d.x - c.x))
        });
        (above.count() % 2 == 1) == (b.x > a.x)
    } else {
        is_inside(middle, others, network) == (b.y < a.y)
    }
}

fn repeated_edges(rings: &[RingNodes], network: &Network, found: &mut Vec<(RingFault, Coord<f64>)>) {
    let mut all: Vec<(Edge, usize)> =
        rings.iter().enumerate().flat_map(|(r, ring)| ring.edges().map(move |edge| (undirected(edge), r))).collect();
    all.sort_unstable();
    let mut told: Vec<(RingFault, usize, usize)> = Vec::new();
    for pair in all.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let (r, s) = (pair[0].1, pair[1].1);
        let fault = if r == s {
            RingFault::Spike
        } else if rings[r].part == rings[s].part {
            RingFault::RingsShareLine
        } else {
            RingFault::PartsShareBorder
        };
        // One line of a border has many edges: it is told once for each pair of rings.
        if !told.contains(&(fault, r, s)) {
            told.push((fault, r, s));
            found.push((fault, network.middle(pair[0].0)));
        }
    }
}

/// One passage of a ring through a node.
struct Pass {
    node: u32,
    ring: usize,
    from: u32,
    to: u32,
}

fn meetings(rings: &[RingNodes], network: &Network, found: &mut Vec<(RingFault, Coord<f64>)>) {
    let mut passes: Vec<Pass> = Vec::new();
    for (r, ring) in rings.iter().enumerate() {
        let n = ring.nodes.len();
        passes.extend((0..n).map(|i| Pass {
            node: ring.nodes[i],
            ring: r,
            from: ring.nodes[(i + n - 1) % n],
            to: ring.nodes[(i + 1) % n],
        }));
    }
    passes.sort_by_key(|pass| (pass.node, pass.ring));
    for group in passes.chunk_by(|a, b| a.node == b.node).filter(|group| group.len() > 1) {
        let at = network.at[group[0].node as usize];
        for (i, a) in group.iter().enumerate() {
            for b in &group[i + 1..] {
                if [b.from, b.to].contains(&a.from) || [b.from, b.to].contains(&a.to) || a.from == a.to || b.from == b.to {
                    continue; // They run along one another: told as a repeated edge.
                }
                let crossing = interleave(a, b, network);
                match (a.ring == b.ring, crossing) {
                    (true, true) => found.push((RingFault::SelfIntersection, at)),
                    (true, false) => found.push((RingFault::SelfTouch, at)),
                    (false, true) => found.push((RingFault::RingsCross, at)),
                    (false, false) => {}
                }
            }
        }
    }
}

/// Whether one passage goes from one side of the other to its other side.
fn interleave(a: &Pass, b: &Pass, network: &Network) -> bool {
    let here = network.at[a.node as usize];
    let direction = |n: u32| {
        let there = network.at[n as usize];
        (there.y - here.y).atan2(there.x - here.x)
    };
    let start = direction(a.from);
    let turn = |n: u32| (direction(n) - start).rem_euclid(std::f64::consts::TAU);
    let end = turn(a.to);
    (turn(b.from) < end) != (turn(b.to) < end)
}

fn nesting(rings: &[RingNodes], network: &Network, found: &mut Vec<(RingFault, Coord<f64>)>) {
    if rings.len() < 2 {
        return;
    }
    let sets: Vec<Border> = rings.iter().map(|ring| Border::new(ring.edges().collect(), network)).collect();
    // The middle of an edge of the ring that is on no other ring's line; crossings are told elsewhere.
    let probe = |r: usize, other: usize| {
        let free = |edge: &Edge| !sets[other].has(*edge) && !sets[other].has((edge.1, edge.0));
        rings[r].edges().find(free).map(|edge| network.middle(edge))
    };
    let lies_in = |r: usize, other: usize| probe(r, other).is_some_and(|c| sets[other].contains(c, network));
    for (h, hole) in rings.iter().enumerate().filter(|(_, ring)| ring.hole) {
        let place = network.at[hole.nodes[0] as usize];
        let siblings = || rings.iter().enumerate().filter(|(s, ring)| *s != h && ring.part == hole.part);
        if !siblings().any(|(s, ring)| !ring.hole && lies_in(h, s)) {
            found.push((RingFault::HoleOutside, place));
        } else if siblings().any(|(s, ring)| ring.hole && lies_in(h, s)) {
            found.push((RingFault::Nested, place));
        }
    }
    let shells: Vec<usize> = (0..rings.len()).filter(|r| !rings[*r].hole).collect();
    for a in &shells {
        for b in shells.iter().filter(|b| *b != a) {
            let part = rings[*b].part;
            // A part that fills a hole exactly has no edge of its own to ask about.
            let fits = |h: usize| probe(*a, h).is_none_or(|c| sets[h].contains(c, network));
            let in_hole = || rings.iter().enumerate().any(|(h, ring)| ring.hole && ring.part == part && fits(h));
            let identical = a < b && probe(*a, *b).is_none();
            if identical || (lies_in(*a, *b) && !in_hole()) {
                found.push((RingFault::Nested, network.at[rings[*a].nodes[0] as usize]));
            }
        }
    }
}
