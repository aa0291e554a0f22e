//! Whether persons stand out in a file of records: k-anonymity and l-diversity.

use std::collections::BTreeMap;

use super::refusal::Refusal;

/// How well the records of a file hide among each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Anonymity {
    /// The size of the smallest class of records that are alike in all that an outsider may know.
    pub k: u64,
    /// The fewest different values of the sensitive column in a class.
    pub l_distinct: u64,
    /// The share of records that are alone in their class, 0 to 1.
    pub unique_share: f64,
    /// Classes.
    pub classes: usize,
    /// Classes of two records or more that all have one sensitive value, in the order of their codes: who is known to be in one is known to
    /// have it. Each is told by the codes its records share, in the order of the columns.
    pub homogeneous: Vec<Vec<u32>>,
}

/// The k-anonymity and l-diversity of records: codes in columns of what an outsider may know, and in a sensitive column.
///
/// `quasi[c][r]` is the code of record `r` in column `c`; a missing value is a code of its own. Without any column all records are one
/// class. Distinct l-diversity: the number of different values in a class. Cost: O(records × columns × log classes).
/// Source: Sweeney, k-anonymity, IJUFKS 10 (2002); Machanavajjhala et al., l-diversity, TKDD 1 (2007).
///
/// # Errors
/// A refusal where there is no record, or columns have different lengths.
///
/// ```
/// use optima::stats::anonymity::anonymity;
/// // Age and street of five persons; the two of (1, 0) have the same illness.
/// let found = anonymity(&[&[0, 0, 1, 1, 2], &[0, 0, 0, 0, 1]], &[3, 4, 3, 3, 4]).unwrap();
/// assert_eq!((found.k, found.l_distinct, found.unique_share, found.classes), (1, 1, 0.2, 3));
/// assert_eq!(found.homogeneous, [[1, 0]]);
/// ```
pub fn anonymity(quasi: &[&[u32]], sensitive: &[u32]) -> Result<Anonymity, Refusal> {
    if sensitive.is_empty() {
        return Err(Refusal::new("no record").remedy("a file without records hides and discloses nobody"));
    }
    if quasi.iter().any(|column| column.len() != sensitive.len()) {
        return Err(Refusal::new("columns of different lengths").remedy("each record has a code in each column"));
    }
    let mut classes: BTreeMap<Vec<u32>, BTreeMap<u32, u64>> = BTreeMap::new();
    for (record, value) in sensitive.iter().enumerate() {
        let codes = quasi.iter().map(|column| column[record]).collect();
        *classes.entry(codes).or_default().entry(*value).or_default() += 1;
    }
    let sizes = || classes.values().map(|values| values.values().sum::<u64>());
    let alone = sizes().filter(|size| *size == 1).count();
    Ok(Anonymity {
        k: sizes().min().unwrap_or(0),
        l_distinct: classes.values().map(|values| values.len() as u64).min().unwrap_or(0),
        unique_share: real(alone) / real(sensitive.len()),
        classes: classes.len(),
        homogeneous: classes
            .iter()
            .filter(|(_, values)| values.len() == 1 && values.values().sum::<u64>() > 1)
            .map(|(codes, _)| codes.clone())
            .collect(),
    })
}

/// A count as a number; exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "numbers of records")]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn without_columns_all_records_are_one_class() {
        let found = anonymity(&[], &[1, 1, 2]).unwrap();
        assert_eq!((found.k, found.l_distinct, found.classes, found.unique_share), (3, 2, 1, 0.0));
    }

    #[test]
    fn no_records_and_unequal_columns_are_refused() {
        assert_eq!(anonymity(&[], &[]).unwrap_err().reason, "no record");
        assert_eq!(anonymity(&[&[1]], &[1, 2]).unwrap_err().reason, "columns of different lengths");
    }

    proptest! {
        #[test]
        fn a_further_column_never_hides_anyone_better(records in prop::collection::vec((0_u32..3, 0_u32..3, 0_u32..3), 1..40)) {
            let column = |of: fn(&(u32, u32, u32)) -> u32| records.iter().map(of).collect::<Vec<_>>();
            let (a, b, c) = (column(|r| r.0), column(|r| r.1), column(|r| r.2));
            let (one, two) = (anonymity(&[&a], &c).unwrap(), anonymity(&[&a, &b], &c).unwrap());
            prop_assert!(two.k <= one.k && two.l_distinct <= one.l_distinct && two.unique_share >= one.unique_share && two.classes >= one.classes);
            let alone = (0..records.len()).filter(|r| records.iter().filter(|s| (s.0, s.1) == (records[*r].0, records[*r].1)).count() == 1).count();
            prop_assert!((two.unique_share * real(records.len()) - real(alone)).abs() < 1e-9);
            prop_assert!(one.l_distinct <= one.k);
        }
    }
}
