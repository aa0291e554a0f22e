//! Labels in the languages of a form, and which of them readers see in French and in English.

use crate::texts::Localized;

/// The languages of a form.
#[derive(Debug, Clone, Default)]
pub(super) struct Languages {
    /// In the order of the columns, each once.
    pub(super) all: Vec<String>,
    /// The one that the settings name.
    pub(super) default: Option<String>,
}

/// Names and codes of a language, in lower case.
const FRENCH: [&str; 5] = ["fr", "fra", "fre", "french", "fran\u{e7}ais"];
const ENGLISH: [&str; 4] = ["en", "eng", "english", "anglais"];

/// Whether a language such as `Français (fr-BE)` is one of these.
fn is(language: &str, names: &[&str]) -> bool {
    let language = language.to_lowercase();
    let parts = language.split(|c: char| !c.is_alphanumeric());
    parts.map(|part| if part == "francais" { FRENCH[4] } else { part }).any(|part| names.contains(&part))
}

impl Languages {
    /// The label in both of our languages: theirs where the form has it, else in the form's default language, else in the
    /// first that it has; the name where there is none.
    pub(super) fn localized(&self, labels: &[(Option<&str>, &str)], name: &str) -> Localized {
        let of = |wanted: &dyn Fn(&str) -> bool| {
            labels.iter().find(|(language, _)| language.or(self.default.as_deref()).is_some_and(wanted)).map(|(_, label)| *label)
        };
        let default = labels
            .iter()
            .find(|(language, _)| language.is_none() || *language == self.default.as_deref())
            .or(labels.first())
            .map_or(name, |(_, label)| *label);
        let label = |names: &[&str]| of(&|language| is(language, names)).unwrap_or(default).to_owned();
        Localized { fr: label(&FRENCH), en: label(&ENGLISH) }
    }

    /// The short label in both languages: where the form has none in a language, the label in that language.
    pub(super) fn short(&self, shorts: &[(Option<&str>, &str)], label: &Localized) -> Localized {
        let of = |names: &[&str], label: &str| {
            let own = |(language, _): &&(Option<&str>, &str)| language.or(self.default.as_deref()).is_none_or(|l| is(l, names));
            shorts.iter().find(own).map_or_else(|| label.to_owned(), |(_, short)| (*short).to_owned())
        };
        Localized { fr: of(&FRENCH, &label.fr), en: of(&ENGLISH, &label.en) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_gets_its_label_and_else_the_default_one() {
        let languages = Languages { all: Vec::new(), default: Some("Nederlands (nl)".to_owned()) };
        let labels = [(Some("Français (fr)"), "Oui"), (Some("Nederlands (nl)"), "Ja")];
        assert_eq!(languages.localized(&labels, "yes"), Localized { fr: "Oui".to_owned(), en: "Ja".to_owned() });
        let labels = [(None, "Ja"), (Some("English"), "Yes")];
        assert_eq!(languages.localized(&labels, "yes"), Localized { fr: "Ja".to_owned(), en: "Yes".to_owned() });
        assert_eq!(languages.localized(&[], "yes"), Localized { fr: "yes".to_owned(), en: "yes".to_owned() });
    }

    #[test]
    fn a_short_label_stands_in_for_the_label_of_its_own_language_only() {
        let languages = Languages { all: Vec::new(), default: Some("Français (fr)".to_owned()) };
        let label = Localized { fr: "Oui, chez moi".to_owned(), en: "Yes, at home".to_owned() };
        assert_eq!(languages.short(&[(Some("fr"), "oui")], &label), Localized { fr: "oui".to_owned(), ..label.clone() });
        assert_eq!(languages.short(&[(None, "oui")], &label), Localized { fr: "oui".to_owned(), ..label.clone() });
        assert_eq!(languages.short(&[], &label), label);
    }

    #[test]
    fn a_language_is_known_by_its_name_or_its_code() {
        for language in ["fr", "FR", "French", "Français (fr-BE)", "Francais", "label (fr)"] {
            assert!(is(language, &FRENCH), "{language}");
        }
        assert!(!is("Frison (fy)", &FRENCH));
        assert!(is("English (en)", &ENGLISH));
    }
}
