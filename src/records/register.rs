//! A register of streets or addresses with coordinates, to locate what only has an address.
//!
//! A street is found when its normalized spelling is the register's; a near spelling is proposed to a person, never applied.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Address;

/// One row of the register.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterEntry {
    /// The street, as the register spells it.
    pub street: String,
    /// The house number; absent where one point stands for the street.
    pub number: Option<String>,
    /// The postcode.
    pub postcode: Option<String>,
    /// Coordinates in the register's CRS, x before y.
    pub point: (f64, f64),
}

/// What the register says of an address.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The address itself.
    Exact((f64, f64)),
    /// Only the street: all its points, for the caller to see whether they lie in one zone.
    Street(Vec<(f64, f64)>),
    /// The spelling is not in the register; streets of a like spelling, best first.
    Near(Vec<String>),
}

type Points = Vec<(Option<String>, (f64, f64))>;

/// Streets by normalized spelling, then postcode.
#[derive(Debug, Clone, Default)]
pub struct AddressRegister {
    streets: BTreeMap<String, BTreeMap<String, Points>>,
    spelling: BTreeMap<String, String>,
    entries: usize,
}

impl AddressRegister {
    /// Indexes the entries. Cost: O(n log n).
    #[must_use]
    pub fn new(entries: Vec<RegisterEntry>) -> Self {
        let mut register = Self { entries: entries.len(), ..Self::default() };
        for entry in entries {
            let key = normalize_street(&entry.street);
            let postcode = entry.postcode.unwrap_or_default().trim().to_owned();
            register.spelling.entry(key.clone()).or_insert(entry.street);
            let number = entry.number.map(|n| normalize_number(&n));
            register.streets.entry(key).or_default().entry(postcode).or_default().push((number, entry.point));
        }
        register
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Looks an address up. Without a postcode, all streets of that name count as one.
    #[must_use]
    pub fn find(&self, address: &Address) -> Found {
        let key = normalize_street(&address.street);
        let Some(by_postcode) = self.streets.get(&key) else {
            return Found::Near(self.near(&key));
        };
        let points: Vec<&(Option<String>, (f64, f64))> = match address.postcode.as_deref().map(str::trim).filter(|p| !p.is_empty()) {
            // A register without postcodes serves every postcode.
            Some(postcode) => by_postcode.get(postcode).or_else(|| by_postcode.get("")).into_iter().flatten().collect(),
            None => by_postcode.values().flatten().collect(),
        };
        if points.is_empty() {
            return Found::Near(self.spelling.get(&key).cloned().into_iter().collect());
        }
        let number = address.number.as_deref().map(normalize_number);
        let exact: Vec<(f64, f64)> = points.iter().filter(|(n, _)| n.is_some() && *n == number).map(|(_, point)| *point).collect();
        match exact.as_slice() {
            [point] => Found::Exact(*point),
            [] => Found::Street(points.into_iter().map(|(_, point)| *point).collect()),
            _ => Found::Street(exact),
        }
    }

    fn near(&self, key: &str) -> Vec<String> {
        let mut near: Vec<(usize, &String)> = self
            .spelling
            .iter()
            .filter_map(|(candidate, spelling)| {
                let distance = strsim::osa_distance(key, candidate);
                let longest = key.chars().count().max(candidate.chars().count());
                // One slip in six letters is a slip; more is another street.
                (distance * 6 <= longest).then_some((distance, spelling))
            })
            .collect();
        near.sort();
        near.into_iter().take(3).map(|(_, spelling)| spelling.clone()).collect()
    }
}

/// The spelling of a street as it is compared: lower case, no accents, no hyphens or apostrophes, abbreviations written out.
///
/// ```
/// use optima::records::normalize_street;
/// assert_eq!(normalize_street("Av. de l'Église-St-Roch"), "avenue de l eglise saint roch");
/// assert_eq!(normalize_street("AVENUE DE L’EGLISE SAINT ROCH"), "avenue de l eglise saint roch");
/// ```
#[must_use]
pub fn normalize_street(street: &str) -> String {
    let plain: String = street
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect::<String>()
        .replace('œ', "oe");
    let mut words: Vec<&str> = plain.split_whitespace().collect();
    if let Some(first) = words.first_mut() {
        *first = match *first {
            "r" => "rue",
            "av" | "ave" => "avenue",
            "bd" | "bld" | "boul" | "bvd" => "boulevard",
            "pl" => "place",
            "ch" | "chee" => "chaussee",
            "imp" => "impasse",
            "all" => "allee",
            "sq" => "square",
            other => other,
        };
    }
    for word in words.iter_mut().skip(1) {
        *word = match *word {
            "st" => "saint",
            "ste" => "sainte",
            "dr" => "docteur",
            "prof" => "professeur",
            "gal" => "general",
            other => other,
        };
    }
    words.join(" ")
}

fn normalize_number(number: &str) -> String {
    let compact: String = number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let compact = compact.trim_start_matches('0');
    compact.replace("bis", "b")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(street: &str, number: Option<&str>, postcode: &str, x: f64) -> RegisterEntry {
        RegisterEntry { street: street.to_owned(), number: number.map(str::to_owned), postcode: Some(postcode.to_owned()), point: (x, 0.0) }
    }

    fn address(street: &str, number: Option<&str>, postcode: Option<&str>) -> Address {
        Address { street: street.to_owned(), number: number.map(str::to_owned), postcode: postcode.map(str::to_owned) }
    }

    fn register() -> AddressRegister {
        AddressRegister::new(vec![
            entry("Rue de la Verrerie", Some("12"), "4100", 1.0),
            entry("Rue de la Verrerie", Some("14A"), "4100", 2.0),
            entry("Rue de la Verrerie", Some("12"), "4101", 3.0),
            entry("Place Kuborn", None, "4100", 4.0),
        ])
    }

    #[test]
    fn an_address_is_found_whatever_its_accents_case_and_abbreviations() {
        assert_eq!(register().find(&address("R. DE LA VERRERIE", Some("012"), Some("4100"))), Found::Exact((1.0, 0.0)));
        assert_eq!(register().find(&address("rue de la verrerie", Some("14 a"), Some("4100"))), Found::Exact((2.0, 0.0)));
    }

    #[test]
    fn a_number_that_the_register_lacks_gives_the_points_of_its_street() {
        assert_eq!(register().find(&address("Rue de la Verrerie", Some("99"), Some("4101"))), Found::Street(vec![(3.0, 0.0)]));
        assert_eq!(register().find(&address("pl. kuborn", Some("3"), Some("4100"))), Found::Street(vec![(4.0, 0.0)]));
    }

    #[test]
    fn without_a_postcode_two_streets_of_one_name_stay_two() {
        assert_eq!(register().find(&address("Rue de la Verrerie", Some("12"), None)), Found::Street(vec![(1.0, 0.0), (3.0, 0.0)]));
    }

    #[test]
    fn a_near_spelling_is_proposed_and_not_applied() {
        assert_eq!(
            register().find(&address("Rue de la Verrerrie", Some("12"), Some("4100"))),
            Found::Near(vec!["Rue de la Verrerie".to_owned()])
        );
        assert_eq!(register().find(&address("Rue du Bois", None, None)), Found::Near(vec![]));
    }

    #[test]
    fn a_street_of_another_postcode_is_only_proposed() {
        assert_eq!(register().find(&address("Place Kuborn", None, Some("4000"))), Found::Near(vec!["Place Kuborn".to_owned()]));
    }
}
