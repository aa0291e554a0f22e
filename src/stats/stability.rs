//! How stable classes are: whether they are found again in other samples of the same persons.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use crate::stats::k_means::consolidate;
use crate::stats::matrix::Matrix;
use crate::stats::partition::Partition;
use crate::stats::refusal::Refusal;
use crate::stats::ward::ward;

/// How to draw the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// Samples; 100 is Hennig's.
    pub replicates: u32,
    /// Rows of a sample at most; where there are more rows, that many are drawn.
    pub at_most: usize,
    /// The seed; each sample has a stream of its own.
    pub seed: u64,
}

/// The stability of classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// For each class the mean of its greatest Jaccard similarities, 0..=1; below 0.6 Hennig trusts no class.
    pub jaccard: Vec<f64>,
    /// Rows drawn a sample, with replacement.
    pub drawn: usize,
    /// Samples.
    pub replicates: u32,
}

/// The bootstrap stability of the classes of `original`, clustered as the caller clusters.
///
/// A sample draws as many rows as there are (at most `at_most`), with replacement. `cluster` is given the rows drawn, in
/// ascending order and repeated where drawn again, and gives their partition: by the same method, cut and consolidation
/// included; where the sample has fewer distinct points than classes, cut into fewer. Of each original class, as far as it
/// was drawn, the greatest Jaccard similarity with a class of the sample counts, each person once; 0 where nobody of it was
/// drawn. The mean over the samples is the stability. Samples are made in parallel and do not depend on the number of threads.
///
/// # Errors
/// No sample, an empty one, or what `cluster` refuses.
///
/// Source: Hennig, Cluster-wise assessment of cluster stability, Computational Statistics & Data Analysis 52 (2007); R's `fpc::clusterboot`.
///
/// ```
/// use optima::stats::{matrix::Matrix, partition::Partition, stability::*, ward::ward};
/// let points = [0.0, 0.3, 0.1, 0.4, 0.2, 9.0, 9.1, 9.4, 9.2, 9.3];
/// let cluster = |rows: &[u32]| {
///     let drawn = Matrix::from_rows(1, rows.iter().map(|row| points[*row as usize]).collect());
///     let hierarchy = ward(&drawn, None, &mut |_, _| true)?;
///     hierarchy.cut(2.min(hierarchy.points()))
/// };
/// let original = cluster(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9])?;
/// let found = class_stability(&original, &Resampling { replicates: 50, at_most: 1_000, seed: 1 }, cluster)?;
/// assert!(found.jaccard.iter().all(|class| *class > 0.9), "{found:?}");
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn class_stability<F>(original: &Partition, resampling: &Resampling, cluster: F) -> Result<Stability, Refusal>
where
    F: Fn(&[u32]) -> Result<Partition, Refusal> + Sync,
{
    let Resampling { replicates, at_most, seed } = *resampling;
    let rows = original.class_of().len();
    let drawn = rows.min(at_most);
    if replicates == 0 || drawn == 0 {
        return Err(Refusal::new("stability by no sample").remedy("draw some samples of some persons"));
    }
    let each = |replicate: u32| {
        let sample = sample(rows, drawn, seed, replicate);
        let found = cluster(&sample)?;
        greatest_jaccard(original, &sample, &found)
    };
    // Collected in the order of the samples: sums do not depend on who was ready first.
    let found: Vec<Vec<f64>> = (0..replicates).into_par_iter().map(each).collect::<Result<_, _>>()?;
    let mean = |class: usize| found.iter().map(|jaccard| jaccard[class]).sum::<f64>() / f64::from(replicates);
    Ok(Stability { jaccard: (0..original.classes()).map(mean).collect(), drawn, replicates })
}

/// The stability of classes cut from Ward's hierarchy of `points`, by [`class_stability`]: each sample is clustered, cut into as
/// many classes and consolidated by so many `passes` of k-means, none where 0.
///
/// `goes_on` is asked now and then; `false` stops. Memory: one hierarchy of a sample a thread.
///
/// # Errors
/// No sample, points or weights that cannot be clustered; stopped by `goes_on`.
///
/// ```
/// use optima::stats::{matrix::Matrix, stability::*, ward::ward};
/// let points = Matrix::from_rows(1, vec![0.0, 0.3, 0.1, 0.4, 0.2, 9.0, 9.1, 9.4, 9.2, 9.3]);
/// let cut = ward(&points, None, &mut |_, _| true)?.cut(2)?;
/// let resampling = Resampling { replicates: 50, at_most: 1_000, seed: 1 };
/// let found = ward_stability(&points, None, &cut, 10, &resampling, &|| true)?;
/// assert!(found.jaccard.iter().all(|class| *class > 0.9), "{found:?}");
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn ward_stability(
    points: &Matrix,
    weights: Option<&[f64]>,
    original: &Partition,
    passes: usize,
    resampling: &Resampling,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Result<Stability, Refusal> {
    let cluster = |rows: &[u32]| {
        let drawn: Vec<f64> = rows.iter().flat_map(|row| points.row(*row as usize)).copied().collect();
        let drawn = Matrix::from_rows(points.columns(), drawn);
        let weights: Option<Vec<f64>> = weights.map(|weights| rows.iter().map(|row| weights[*row as usize]).collect());
        let hierarchy = ward(&drawn, weights.as_deref(), &mut |_, _| goes_on())?;
        let cut = hierarchy.cut(original.classes().min(hierarchy.points()))?;
        if passes == 0 { Ok(cut) } else { Ok(consolidate(&drawn, weights.as_deref(), &cut, passes)?.partition) }
    };
    class_stability(original, resampling, cluster)
}

/// Rows drawn with replacement, in ascending order.
fn sample(rows: usize, drawn: usize, seed: u64, replicate: u32) -> Vec<u32> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(u64::from(replicate));
    // The high half of a product is even over the rows but for 2⁻³² of it, where rows are fewer than 2³².
    let mut draw = || u32::try_from((u128::from(chance.next_u64()) * rows as u128) >> 64).unwrap_or(0);
    let mut sample: Vec<u32> = (0..drawn).map(|_| draw()).collect();
    sample.sort_unstable();
    sample
}

/// The greatest Jaccard similarity of each original class, as far as it was drawn, with a class of the sample; each person once.
fn greatest_jaccard(original: &Partition, sample: &[u32], found: &Partition) -> Result<Vec<f64>, Refusal> {
    if found.class_of().len() != sample.len() {
        return Err(Refusal::new("the partition of a sample is not of its rows"));
    }
    let mut together = vec![0u32; original.classes() * found.classes()];
    let mut last = None;
    for (row, class) in sample.iter().zip(found.class_of()) {
        if last != Some(row) {
            together[original.class_of()[*row as usize] as usize * found.classes() + *class as usize] += 1;
        }
        last = Some(row);
    }
    let mut of_found = vec![0u32; found.classes()];
    for row in together.chunks_exact(found.classes()) {
        of_found.iter_mut().zip(row).for_each(|(sum, both)| *sum += both);
    }
    let greatest = |row: &[u32]| {
        let own: u32 = row.iter().sum();
        let jaccard = |(both, other): (&u32, &u32)| f64::from(*both) / f64::from((own + other - both).max(1));
        row.iter().zip(&of_found).map(jaccard).fold(0.0, f64::max)
    };
    Ok(together.chunks_exact(found.classes()).map(greatest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_counts_once_and_a_class_not_drawn_was_not_found_again() {
        let original = Partition::new(vec![0, 0, 0, 1, 1, 2]).unwrap();
        // Rows 0 and 1 of class 0 and row 3 of class 1 were drawn, row 1 three times; nobody of class 2.
        let found = Partition::new(vec![0, 1, 1, 1, 1]).unwrap();
        assert_eq!(greatest_jaccard(&original, &[0, 1, 1, 1, 3], &found).unwrap(), [0.5, 0.5, 0.0]);
        assert!(greatest_jaccard(&original, &[0], &found).is_err());
    }

    #[test]
    fn samples_depend_on_seed_and_number_alone() {
        assert_eq!(sample(1000, 50, 7, 3), sample(1000, 50, 7, 3));
        assert_ne!(sample(1000, 50, 7, 3), sample(1000, 50, 7, 4));
        assert_ne!(sample(1000, 50, 7, 3), sample(1000, 50, 8, 3));
        assert!(sample(3, 400, 1, 1).iter().all(|row| *row < 3));
    }

    #[test]
    fn classes_cut_out_of_one_cloud_are_not_stable() {
        // Even points on a line: where the cut falls is chance.
        let original = Partition::new((0..60).map(|row| row / 12).collect()).unwrap();
        let cluster = |rows: &[u32]| {
            let shift = rows.iter().sum::<u32>() % 12;
            let classes: Vec<u32> = rows.iter().map(|row| (row + shift) / 12).collect();
            let first = classes[0];
            let mut seen = Vec::new();
            let number = |class: &u32| {
                if !seen.contains(&(class - first)) {
                    seen.push(class - first);
                }
                seen.iter().position(|known| *known == class - first).map_or(0, |at| u32::try_from(at).unwrap_or(0))
            };
            Partition::new(classes.iter().map(number).collect())
        };
        let found = class_stability(&original, &Resampling { replicates: 40, at_most: 40, seed: 1 }, cluster).unwrap();
        assert_eq!((found.drawn, found.replicates), (40, 40));
        assert!(found.jaccard.iter().all(|class| (0.3..0.9).contains(class)), "{found:?}");
        let none = Resampling { replicates: 0, at_most: 40, seed: 1 };
        assert!(class_stability(&original, &none, cluster).is_err());
    }
}
