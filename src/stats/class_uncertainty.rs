//! How far a map of classes can be believed: the chance that a place belongs to another class than the one it is painted in.
//!
//! After the Map Reliability Calculator of New York City's Department of City Planning, with the true laws in place of ± margins.

use super::refusal::Refusal;
use super::sampling_law::SamplingLaw;

/// Of one place.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassChances {
    /// The class it is painted in, that of its estimate: the number of breaks at or below it.
    pub own: usize,
    /// The chance of each class; they add up to 1.
    pub chances: Vec<f64>,
    /// The chance of another class than its own.
    pub wrong: f64,
}

/// Of a whole map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapReliability {
    /// Place by place; `None` where there is no value.
    pub places: Vec<Option<ClassChances>>,
    /// The mean chance to be wrong of the places painted in each class; `None` of an empty class.
    pub classes: Vec<Option<f64>>,
    /// The mean chance to be wrong of all places; `None` where none has a value.
    pub mean: Option<f64>,
}

/// The chance of each place to belong to another class, given breaks in the unit of the laws (shares, not percent).
///
/// Classes are `low ≤ value < high`. Cost: O(places × breaks).
///
/// # Errors
/// A refusal where breaks do not ascend or are not finite.
///
/// ```
/// use optima::stats::{class_uncertainty::map_reliability, sampling_law::SamplingLaw};
/// let on_the_edge = SamplingLaw::normal(20.0, 2.0);
/// let clear = SamplingLaw::normal(40.0, 2.0);
/// let map = map_reliability(&[on_the_edge, clear, None], &[20.0, 30.0]).unwrap();
/// assert!((map.places[0].as_ref().unwrap().wrong - 0.5).abs() < 1e-6);
/// assert!(map.places[1].as_ref().unwrap().wrong < 1e-6);
/// ```
pub fn map_reliability(laws: &[Option<SamplingLaw>], breaks: &[f64]) -> Result<MapReliability, Refusal> {
    if breaks.iter().any(|b| !b.is_finite()) || breaks.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Refusal::new("the breaks of the classes do not ascend").remedy("give each break once, from the lowest to the highest"));
    }
    let places: Vec<Option<ClassChances>> = laws.iter().map(|law| law.map(|law| chances(&law, breaks))).collect();
    let mean = |of: &dyn Fn(&ClassChances) -> bool| {
        let (sum, count) = places.iter().flatten().filter(|p| of(p)).fold((0.0, 0.0), |(sum, count), p| (sum + p.wrong, count + 1.0));
        (count > 0.0).then(|| sum / count)
    };
    let classes = (0..=breaks.len()).map(|class| mean(&|p| p.own == class)).collect();
    let mean = mean(&|_| true);
    Ok(MapReliability { places, classes, mean })
}

fn chances(law: &SamplingLaw, breaks: &[f64]) -> ClassChances {
    let own = breaks.partition_point(|b| *b <= law.estimate());
    let mut below = 0.0;
    let mut chances = Vec::with_capacity(breaks.len() + 1);
    for reached in breaks.iter().map(|b| law.below(*b)).chain([1.0]) {
        chances.push((reached - below).max(0.0));
        below = reached;
    }
    // As a sum of the others, so that the clearest of places keeps the digits of its doubt.
    let wrong = chances.iter().enumerate().filter(|(class, _)| *class != own).map(|(_, chance)| chance).sum::<f64>().min(1.0);
    ClassChances { own, chances, wrong }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_class_is_never_wrong_and_exact_values_neither() {
        let laws = [SamplingLaw::proportion(3.0, 9.0), SamplingLaw::normal(20.0, 0.0)];
        assert_eq!(map_reliability(&laws, &[]).unwrap().mean, Some(0.0));
        assert_eq!(map_reliability(&laws[1..], &[20.0]).unwrap().places[0].as_ref().unwrap().chances, [0.0, 1.0]);
        let nothing = map_reliability(&[None], &[1.0]).unwrap();
        assert_eq!((nothing.classes, nothing.mean), (vec![None, None], None));
    }

    #[test]
    fn breaks_that_do_not_ascend_are_refused() {
        for breaks in [&[2.0, 1.0][..], &[1.0, 1.0], &[f64::NAN]] {
            assert_eq!(map_reliability(&[], breaks).unwrap_err().reason, "the breaks of the classes do not ascend");
        }
    }

    proptest! {
        #[test]
        fn chances_add_up_and_more_persons_make_them_clearer(x in 0_u32..=40, cuts in prop::collection::btree_set(0_u32..40, 0..6)) {
            let breaks: Vec<f64> = cuts.into_iter().map(|c| (f64::from(c) + 0.5) / 40.0).collect();
            let map = |size: f64| map_reliability(&[SamplingLaw::proportion(f64::from(x) * size, 40.0 * size)], &breaks).unwrap();
            let few = map(1.0).places[0].clone().unwrap();
            prop_assert!((few.chances.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!((few.wrong - (1.0 - few.chances[few.own])).abs() < 1e-12);
            // Breaks lie halfway between fortieths: with a million times the persons no doubt is left.
            prop_assert!(map(1e6).mean.unwrap() < 1e-9);
        }
    }
}
