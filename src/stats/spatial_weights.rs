//! Who is next to whom, and how much it counts: the spatial weights that every statistic of clustering rests on.
//!
//! Links are directed and sparse: row `i` holds the neighbors of unit `i`. How the neighbors came about (shared edges, distance,
//! a file) is not known here.

use crate::stats::refusal::Refusal;

/// Spatial weights `w_ij > 0` of `n` units, row by row: the neighbors of each unit in ascending order, without the unit itself unless
/// [`with_self`](Self::with_self) was asked for.
///
/// A unit without neighbors is an island. Links need not be symmetric (k nearest neighbors are not). Memory: 12 bytes a link.
#[derive(Debug, Clone, PartialEq)]
pub struct SpatialWeights {
    /// Row `i` is `offsets[i]..offsets[i + 1]`.
    offsets: Vec<usize>,
    neighbors: Vec<u32>,
    weights: Vec<f64>,
}

impl SpatialWeights {
    /// The weights with these rows: for each unit its neighbors, numbered from 0, in any order, each with its weight.
    ///
    /// Cost: O(links log links of a row).
    ///
    /// # Errors
    /// A neighbor that is no unit, is the unit itself or is named twice; a weight that is not a positive number.
    ///
    /// ```
    /// use optima::stats::spatial_weights::SpatialWeights;
    /// let chain = SpatialWeights::new(&[vec![(1, 0.5)], vec![(2, 2.0), (0, 0.5)], vec![]]).unwrap();
    /// assert_eq!((chain.neighbors(1), chain.weights(1), chain.islands()), (&[0, 2][..], &[0.5, 2.0][..], vec![2]));
    /// let refusal = SpatialWeights::new(&[vec![(1, 0.0)], vec![]]).unwrap_err();
    /// assert_eq!(refusal.to_string(), "unit 0 has a weight of 0 for its neighbor 1; a weight is a positive number: leave the link out");
    /// ```
    pub fn new(rows: &[Vec<(u32, f64)>]) -> Result<Self, Refusal> {
        if u32::try_from(rows.len()).is_err() {
            return Err(Refusal::new("more units than can be numbered"));
        }
        let links = rows.iter().map(Vec::len).sum();
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        offsets.push(0);
        let (mut neighbors, mut weights) = (Vec::with_capacity(links), Vec::with_capacity(links));
        for (unit, row) in rows.iter().enumerate() {
            let mut row = row.clone();
            row.sort_unstable_by_key(|(neighbor, _)| *neighbor);
            refuse_bad_row(unit, &row, rows.len())?;
            neighbors.extend(row.iter().map(|(neighbor, _)| *neighbor));
            weights.extend(row.iter().map(|(_, weight)| *weight));
            offsets.push(neighbors.len());
        }
        Ok(Self { offsets, neighbors, weights })
    }

    /// Weights of 1 for these neighbors, numbered from 0, in any order.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// ```
    /// use optima::stats::spatial_weights::SpatialWeights;
    /// let weights = SpatialWeights::binary(&[vec![1, 2], vec![0], vec![0]]).unwrap();
    /// assert_eq!((weights.len(), weights.links(), weights.cardinality(0)), (3, 4, 2));
    /// assert_eq!(SpatialWeights::binary(&[vec![1, 1], vec![]]).unwrap_err().reason, "unit 0 has its neighbor 1 twice");
    /// ```
    pub fn binary(neighbors: &[Vec<u32>]) -> Result<Self, Refusal> {
        Self::new(&neighbors.iter().map(|row| row.iter().map(|neighbor| (*neighbor, 1.0)).collect()).collect::<Vec<_>>())
    }

    /// The number of units, islands among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is no unit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of directed links: a border shared by two units counts twice.
    #[must_use]
    pub fn links(&self) -> usize {
        self.neighbors.len()
    }

    /// The number of neighbors of a unit.
    #[must_use]
    pub fn cardinality(&self, unit: usize) -> usize {
        self.offsets[unit + 1] - self.offsets[unit]
    }

    /// The neighbors of a unit, ascending.
    #[must_use]
    pub fn neighbors(&self, unit: usize) -> &[u32] {
        &self.neighbors[self.offsets[unit]..self.offsets[unit + 1]]
    }

    /// The weights of a unit's neighbors, in their order.
    #[must_use]
    pub fn weights(&self, unit: usize) -> &[f64] {
        &self.weights[self.offsets[unit]..self.offsets[unit + 1]]
    }

    /// The neighbors of a unit, each with its weight.
    pub fn row(&self, unit: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.neighbors(unit).iter().zip(self.weights(unit)).map(|(neighbor, weight)| (*neighbor as usize, *weight))
    }

    /// `w_ij`: 0 where `j` is no neighbor of `i`. Cost: O(log neighbors).
    #[must_use]
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        let position = u32::try_from(j).ok().and_then(|j| self.neighbors(i).binary_search(&j).ok());
        position.map_or(0.0, |position| self.weights(i)[position])
    }

    /// The units without a neighbor other than themselves, ascending.
    #[must_use]
    pub fn islands(&self) -> Vec<usize> {
        (0..self.len()).filter(|unit| self.is_island(*unit)).collect()
    }

    /// Whether a unit has no neighbor other than itself.
    #[must_use]
    pub fn is_island(&self, unit: usize) -> bool {
        self.neighbors(unit).iter().all(|neighbor| *neighbor as usize == unit)
    }

    /// Whether a unit is its own neighbor.
    #[must_use]
    pub fn has_self(&self) -> bool {
        (0..self.len()).any(|unit| self.weight(unit, unit) != 0.0)
    }

    /// Whether `w_ij = w_ji` for all pairs, to the last bit. Cost: O(links log neighbors).
    #[must_use]
    pub fn is_symmetric(&self) -> bool {
        (0..self.len()).all(|i| self.row(i).all(|(j, weight)| self.weight(j, i) == weight))
    }

    /// Each row divided by its sum; an island stays empty.
    ///
    /// ```
    /// use optima::stats::spatial_weights::SpatialWeights;
    /// let weights = SpatialWeights::binary(&[vec![1, 2], vec![0], vec![]]).unwrap().row_standardized();
    /// assert_eq!((weights.weights(0), weights.weights(2)), (&[0.5, 0.5][..], &[][..]));
    /// ```
    #[must_use]
    pub fn row_standardized(&self) -> Self {
        let mut standardized = self.clone();
        for unit in 0..self.len() {
            let sum: f64 = self.weights(unit).iter().sum();
            for weight in &mut standardized.weights[self.offsets[unit]..self.offsets[unit + 1]] {
                *weight /= sum;
            }
        }
        standardized
    }

    /// The same with each unit its own neighbor at weight 1, islands too (binary star weights, for `Gi*`); a unit that has itself keeps it.
    ///
    /// ```
    /// use optima::stats::spatial_weights::SpatialWeights;
    /// let star = SpatialWeights::binary(&[vec![1], vec![0], vec![]]).unwrap().with_self();
    /// assert_eq!((star.neighbors(1), star.neighbors(2), star.islands()), (&[0, 1][..], &[2][..], vec![2]));
    /// ```
    #[must_use]
    pub fn with_self(&self) -> Self {
        let capacity = self.links() + self.len();
        let mut star = Self { offsets: vec![0], neighbors: Vec::with_capacity(capacity), weights: Vec::with_capacity(capacity) };
        for (unit, number) in (0..self.len()).zip(0..) {
            star.neighbors.extend_from_slice(self.neighbors(unit));
            star.weights.extend_from_slice(self.weights(unit));
            if let Err(position) = self.neighbors(unit).binary_search(&number) {
                star.neighbors.insert(star.offsets[unit] + position, number);
                star.weights.insert(star.offsets[unit] + position, 1.0);
            }
            star.offsets.push(star.neighbors.len());
        }
        star
    }

    /// The spatial lag `Σ_j w_ij x_j` of each unit; 0 for a unit without neighbors (spdep's zero policy), which is no value of its
    /// surroundings: see [`islands`](Self::islands).
    ///
    /// # Panics
    /// Fewer values than units.
    ///
    /// ```
    /// use optima::stats::spatial_weights::SpatialWeights;
    /// let weights = SpatialWeights::binary(&[vec![1, 2], vec![0], vec![]]).unwrap();
    /// assert_eq!(weights.lag(&[1.0, 10.0, 100.0]), [110.0, 1.0, 0.0]);
    /// ```
    #[must_use]
    pub fn lag(&self, values: &[f64]) -> Vec<f64> {
        (0..self.len()).map(|unit| self.row(unit).map(|(neighbor, weight)| weight * values[neighbor]).sum()).collect()
    }

    /// `S0 = Σ_ij w_ij`.
    #[must_use]
    pub fn s0(&self) -> f64 {
        sum(self.weights.iter().copied())
    }

    /// `S1 = ½ Σ_ij (w_ij + w_ji)²` (Cliff & Ord, Spatial Processes, 1981). Cost: O(links log neighbors).
    #[must_use]
    pub fn s1(&self) -> f64 {
        // Σ w_ij² + Σ w_ij w_ji: the same sum over the links that exist.
        let of_row = |i: usize| self.row(i).map(|(j, weight)| weight * (weight + self.weight(j, i))).sum::<f64>();
        sum((0..self.len()).map(of_row))
    }

    /// `S2 = Σ_i (Σ_j w_ij + Σ_j w_ji)²`.
    #[must_use]
    pub fn s2(&self) -> f64 {
        let mut sums: Vec<f64> = (0..self.len()).map(|unit| self.weights(unit).iter().sum()).collect();
        for (neighbor, weight) in self.neighbors.iter().zip(&self.weights) {
            sums[*neighbor as usize] += weight;
        }
        sum(sums.iter().map(|sum| sum * sum))
    }

    /// The units marked `true` alone, numbered anew, and which they were. Links to units left out are lost: row sums are not made whole
    /// again, so restrict first and standardize after. Units beyond the end of `kept` are left out.
    ///
    /// ```
    /// use optima::stats::spatial_weights::SpatialWeights;
    /// let chain = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1, 3], vec![2]]).unwrap();
    /// let (rest, units) = chain.restricted_to(&[true, false, true, true]);
    /// assert_eq!((rest.neighbors(1), rest.islands(), units), (&[2][..], vec![0], vec![0, 2, 3]));
    /// ```
    #[must_use]
    pub fn restricted_to(&self, kept: &[bool]) -> (Self, Vec<usize>) {
        let units: Vec<usize> = (0..self.len()).filter(|unit| kept.get(*unit) == Some(&true)).collect();
        let mut number = vec![None; self.len()];
        (0_u32..).zip(&units).for_each(|(new, old)| number[*old] = Some(new));
        let mut rest = Self { offsets: vec![0], neighbors: Vec::new(), weights: Vec::new() };
        for unit in &units {
            for (neighbor, weight) in self.row(*unit) {
                if let Some(neighbor) = number[neighbor] {
                    rest.neighbors.push(neighbor);
                    rest.weights.push(weight);
                }
            }
            rest.offsets.push(rest.neighbors.len());
        }
        (rest, units)
    }

    /// The connected component of each unit, links taken both ways; numbered from 0 in the order of their first units.
    ///
    /// ```
    /// use optima::stats::spatial_weights::SpatialWeights;
    /// let weights = SpatialWeights::binary(&[vec![2], vec![], vec![], vec![1]]).unwrap();
    /// assert_eq!(weights.components(), [0, 1, 0, 1]);
    /// ```
    #[must_use]
    pub fn components(&self) -> Vec<u32> {
        fn root(parent: &mut [usize], mut unit: usize) -> usize {
            while parent[unit] != unit {
                parent[unit] = parent[parent[unit]];
                unit = parent[unit];
            }
            unit
        }
        let mut parent: Vec<usize> = (0..self.len()).collect();
        for unit in 0..self.len() {
            for neighbor in self.neighbors(unit) {
                let (a, b) = (root(&mut parent, unit), root(&mut parent, *neighbor as usize));
                // The root is the first unit of its component.
                parent[a.max(b)] = a.min(b);
            }
        }
        let mut numbers = 0..;
        let mut component = Vec::with_capacity(self.len());
        for unit in 0..self.len() {
            let root = root(&mut parent, unit);
            component.push(if root == unit { numbers.next().unwrap_or(u32::MAX) } else { component[root] });
        }
        component
    }
}

/// A sum that keeps what the additions lose (Neumaier), so that it hardly depends on their order.
pub(crate) fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for term in terms {
        let next = sum + term;
        lost += if sum.abs() >= term.abs() { (sum - next) + term } else { (term - next) + sum };
        sum = next;
    }
    sum + lost
}

fn refuse_bad_row(unit: usize, row: &[(u32, f64)], units: usize) -> Result<(), Refusal> {
    if let Some((neighbor, _)) = row.last().filter(|(neighbor, _)| *neighbor as usize >= units) {
        return Err(
            Refusal::new(format!("unit {unit} has the neighbor {neighbor}, and there are {units} units")).remedy("number the units from 0")
        );
    }
    if row.iter().any(|(neighbor, _)| *neighbor as usize == unit) {
        return Err(Refusal::new(format!("unit {unit} is its own neighbor")).remedy("leave it out: a statistic that wants it adds it"));
    }
    if let Some(pair) = row.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(Refusal::new(format!("unit {unit} has its neighbor {} twice", pair[0].0)).remedy("name each neighbor once"));
    }
    // Above, a sum of squares could overflow.
    match row.iter().find(|(_, weight)| !(*weight > 0.0 && *weight <= 1e100)) {
        Some((neighbor, weight)) => Err(Refusal::new(format!("unit {unit} has a weight of {weight} for its neighbor {neighbor}"))
            .remedy("a weight is a positive number: leave the link out")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_say_nothing_sensible_are_refused_with_the_unit_named() {
        let reason = |rows: &[Vec<(u32, f64)>]| SpatialWeights::new(rows).unwrap_err().reason;
        assert_eq!(reason(&[vec![(2, 1.0)], vec![]]), "unit 0 has the neighbor 2, and there are 2 units");
        assert_eq!(reason(&[vec![], vec![(1, 1.0)]]), "unit 1 is its own neighbor");
        assert_eq!(reason(&[vec![(1, 1.0), (1, 2.0)], vec![]]), "unit 0 has its neighbor 1 twice");
        assert_eq!(reason(&[vec![(1, f64::NAN)], vec![]]), "unit 0 has a weight of NaN for its neighbor 1");
        assert_eq!(reason(&[vec![(1, f64::INFINITY)], vec![]]), "unit 0 has a weight of inf for its neighbor 1");
        assert_eq!(reason(&[vec![(1, -1.0)], vec![]]), "unit 0 has a weight of -1 for its neighbor 1");
    }

    #[test]
    fn symmetry_is_of_links_and_of_values() {
        let symmetric = SpatialWeights::new(&[vec![(1, 0.3)], vec![(0, 0.3)], vec![]]).unwrap();
        assert!(symmetric.is_symmetric());
        assert!(!SpatialWeights::new(&[vec![(1, 0.3)], vec![(0, 0.4)]]).unwrap().is_symmetric());
        assert!(!SpatialWeights::binary(&[vec![1], vec![]]).unwrap().is_symmetric());
        assert!(!SpatialWeights::binary(&[vec![1, 2], vec![0], vec![0]]).unwrap().row_standardized().is_symmetric());
    }

    #[test]
    fn the_sums_are_those_of_the_full_matrix() {
        let sparse = SpatialWeights::new(&[vec![(1, 0.5), (3, 2.0)], vec![(0, 1.5)], vec![], vec![(1, 0.25)]]).unwrap().with_self();
        let n = sparse.len();
        let w = |i, j| sparse.weight(i, j);
        let pairs = || (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        assert_eq!(sparse.s0(), pairs().map(|(i, j)| w(i, j)).sum::<f64>());
        assert_eq!(sparse.s1(), pairs().map(|(i, j)| (w(i, j) + w(j, i)).powi(2)).sum::<f64>() / 2.0);
        assert_eq!(sparse.s2(), (0..n).map(|i| (0..n).map(|j| w(i, j) + w(j, i)).sum::<f64>().powi(2)).sum::<f64>());
    }

    #[test]
    fn no_unit_at_all_is_an_empty_set() {
        let none = SpatialWeights::binary(&[]).unwrap();
        assert!(none.is_empty() && none.components().is_empty() && none.islands().is_empty() && none.is_symmetric());
        assert_eq!((none.s0(), none.lag(&[]).len(), none.row_standardized(), none.with_self()), (0.0, 0, none.clone(), none.clone()));
    }
}
