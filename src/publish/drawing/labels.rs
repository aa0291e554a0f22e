//! Where labels go: each beside its point or, with a line to it, nearby; never on another label or point, else nowhere.

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Bounds {
    pub(super) fn around((x, y): (f64, f64), half_width: f64, half_height: f64) -> Self {
        Self { left: x - half_width, top: y - half_height, right: x + half_width, bottom: y + half_height }
    }

    /// Whether two rectangles come nearer than `gap`.
    pub(super) fn meets(&self, other: &Self, gap: f64) -> bool {
        self.left < other.right + gap && other.left < self.right + gap && self.top < other.bottom + gap && other.top < self.bottom + gap
    }

    fn holds(&self, other: &Self) -> bool {
        self.left <= other.left && self.top <= other.top && self.right >= other.right && self.bottom >= other.bottom
    }

    /// The place of the rectangle nearest to a point.
    fn nearest(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x.clamp(self.left, self.right), y.clamp(self.top, self.bottom))
    }

    /// Whether a straight line touches the rectangle: cut to its sides, something is left (Liang and Barsky).
    fn crossed(&self, (a, b): Line) -> bool {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (mut from, mut to) = (0.0f64, 1.0f64);
        for (p, q) in [(-dx, a.0 - self.left), (dx, self.right - a.0), (-dy, a.1 - self.top), (dy, self.bottom - a.1)] {
            if p == 0.0 {
                if q < 0.0 {
                    return false;
                }
            } else if p < 0.0 {
                from = from.max(q / p);
            } else {
                to = to.min(q / p);
            }
        }
        from <= to
    }
}

type Line = ((f64, f64), (f64, f64));

/// A point that would like a label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) point: (f64, f64),
    /// How far the point's mark reaches.
    pub(super) reach: f64,
    /// The label's size.
    pub(super) width: f64,
    pub(super) height: f64,
    /// Whether it may cover marks where there is no other place, as names of groups do.
    pub(super) must: bool,
}

/// A label that has a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placed {
    pub(super) bounds: Bounds,
    /// The line from the mark to the label, where the label is not right beside it.
    pub(super) leader: Option<Line>,
}

/// Ways from a point, the likeliest to be read as its own first: right, left, above, below, and the corners.
const WAYS: [(f64, f64); 8] = [(1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (0.7, -0.7), (0.7, 0.7), (-0.7, -0.7), (-0.7, 0.7)];

/// Distances from the mark.
const DISTANCES: [f64; 6] = [2.5, 8.0, 16.0, 26.0, 38.0, 52.0];

/// A place for each wish in the order given, until there are `most` labels; `None` where there is none.
///
/// Nearest first, by the order of ways; no label meets a label or a line, none leaves the frame, and none covers a mark unless it
/// must. Cost: O(wishes × (wishes + marks)).
pub(super) fn place(wishes: &[Wish], marks: &[Bounds], frame: Bounds, most: usize) -> Vec<Option<Placed>> {
    let mut placed: Vec<Option<Placed>> = Vec::new();
    for wish in wishes {
        if placed.iter().flatten().count() >= most {
            placed.push(None);
            continue;
        }
        let candidates = DISTANCES.iter().flat_map(|distance| WAYS.iter().map(move |way| candidate(wish, *distance, *way)));
        let free: Vec<Placed> =
            candidates.filter(|label| frame.holds(&label.bounds) && !placed.iter().flatten().any(|other| clash(label, other))).collect();
        let clear = free.iter().find(|label| !marks.iter().any(|mark| label.bounds.meets(mark, 1.0)));
        placed.push(clear.or(free.first().filter(|_| wish.must)).copied());
    }
    placed
}

fn candidate(wish: &Wish, distance: f64, (dx, dy): (f64, f64)) -> Placed {
    let (x, y) = wish.point;
    let away = wish.reach + distance;
    let side = |d: f64, half: f64| if d == 0.0 { 0.0 } else { d * away + d.signum() * half };
    let bounds = Bounds::around((x + side(dx, wish.width / 2.0), y + side(dy, wish.height / 2.0)), wish.width / 2.0, wish.height / 2.0);
    let end = bounds.nearest(wish.point);
    let leader = (distance > DISTANCES[0]).then_some(((x + dx * wish.reach, y + dy * wish.reach), end));
    Placed { bounds, leader }
}

fn clash(a: &Placed, b: &Placed) -> bool {
    let under = |label: &Placed, line: Option<Line>| line.is_some_and(|line| label.bounds.crossed(line));
    a.bounds.meets(&b.bounds, 2.0)
        || under(a, b.leader)
        || under(b, a.leader)
        || a.leader.zip(b.leader).is_some_and(|(one, other)| lines_cross(one, other))
}

fn lines_cross((a, b): Line, (c, d): Line) -> bool {
    let turn = |p: (f64, f64), q: (f64, f64), r: (f64, f64)| (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0);
    turn(a, b, c) * turn(a, b, d) < 0.0 && turn(c, d, a) * turn(c, d, b) < 0.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn labels_meet_no_label_no_mark_and_no_border(
            points in proptest::collection::vec((0.0f64..600.0, 0.0f64..400.0, 2.0f64..12.0, 10.0f64..150.0), 1..80),
        ) {
            let frame = Bounds { left: 0.0, top: 0.0, right: 600.0, bottom: 400.0 };
            let marks: Vec<Bounds> = points.iter().map(|p| Bounds::around((p.0, p.1), p.2, p.2)).collect();
            let wishes: Vec<Wish> = points.iter().map(|p| Wish { point: (p.0, p.1), reach: p.2, width: p.3, height: 14.0, must: false }).collect();
            let placed = place(&wishes, &marks, frame, 45);
            prop_assert_eq!(placed.len(), wishes.len());
            let labels: Vec<&Placed> = placed.iter().flatten().collect();
            prop_assert!(labels.len() <= 45);
            for (at, label) in labels.iter().enumerate() {
                prop_assert!(frame.holds(&label.bounds));
                prop_assert!(marks.iter().all(|mark| !label.bounds.meets(mark, 0.0)));
                for other in &labels[at + 1..] {
                    prop_assert!(!label.bounds.meets(&other.bounds, 0.0));
                    prop_assert!(!other.leader.is_some_and(|line| label.bounds.crossed(line)));
                }
            }
            prop_assert_eq!(placed.clone(), place(&wishes, &marks, frame, 45));
        }
    }

    #[test]
    fn a_point_alone_has_its_label_at_its_right_and_one_in_the_corner_inside() {
        let frame = Bounds { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 };
        let wish = |point| Wish { point, reach: 4.0, width: 40.0, height: 10.0, must: false };
        let placed = place(&[wish((20.0, 50.0)), wish((95.0, 50.0))], &[], frame, 9);
        assert!(placed[0].unwrap().bounds.left > 24.0 && placed[0].unwrap().leader.is_none());
        assert!(placed[1].unwrap().bounds.right < 91.0);
        // Marks all around: only a name that must be there covers them.
        let marks = [
            Bounds { left: 30.0, ..frame },
            Bounds { right: 10.0, ..frame },
            Bounds { bottom: 45.0, ..frame },
            Bounds { top: 55.0, ..frame },
        ];
        let covered = |must| place(&[Wish { must, ..wish((20.0, 50.0)) }], &marks, frame, 9)[0].is_some();
        assert_eq!((covered(false), covered(true)), (false, true));
        assert_eq!(place(&[Wish { width: 200.0, ..wish((50.0, 50.0)) }], &[], frame, 9), [None]);
    }
}
