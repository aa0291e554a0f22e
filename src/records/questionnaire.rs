//! The interview guide: themes, closed questions and their modalities, as readers see them.

use crate::texts::Localized;

/// A part of the guide, such as housing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub id: String,
    /// What readers see.
    pub label: Localized,
}

/// A possible answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modality {
    /// Its name in the records.
    pub code: String,
    /// What readers see.
    pub label: Localized,
    /// What they see after the question's own short label, in names of groups, on factor planes and in legends; for a box, the
    /// choice. The label where the guide says nothing.
    pub short: Localized,
}

impl Modality {
    /// A modality that is called by its label everywhere.
    #[must_use]
    pub fn new(code: impl Into<String>, label: Localized) -> Self {
        Self { code: code.into(), short: label.clone(), label }
    }

    /// What stands in names, on planes and in legends, of the short label of its question and its own.
    ///
    /// ```
    /// use optima::records::Modality;
    /// use optima::texts::Localized;
    /// let text = |fr: &str, en: &str| Localized { fr: fr.to_owned(), en: en.to_owned() };
    /// let no = Modality::new("no", text("non", "no"));
    /// assert_eq!(no.under(&text("Internet", "Internet")), text("Internet : non", "Internet: no"));
    /// assert_eq!(no.under(&text("Fumez-vous ?", "Do you smoke?")), text("Fumez-vous : non", "Do you smoke: no"));
    /// ```
    #[must_use]
    pub fn under(&self, question: &Localized) -> Localized {
        let head = |text: &'_ str| text.trim_end_matches(['?', ' ', ':', '\u{2026}', '\u{202f}', '\u{a0}']).to_owned();
        Localized { fr: format!("{} : {}", head(&question.fr), self.short.fr), en: format!("{}: {}", head(&question.en), self.short.en) }
    }

    /// The two modalities of a box, in their order.
    ///
    /// ```
    /// use optima::records::Modality;
    /// assert_eq!(Modality::of_box().map(|m| m.code), ["ticked", "not_ticked"]);
    /// ```
    #[must_use]
    pub fn of_box() -> [Self; 2] {
        [("ticked", "coch\u{e9}", "ticked"), ("not_ticked", "non coch\u{e9}", "not ticked")]
            .map(|(code, fr, en)| Self::new(code, Localized { fr: fr.to_owned(), en: en.to_owned() }))
    }

    /// The two modalities of a box whose choice has this short label: "Transports : voiture", and "Transports : voiture (non)".
    #[must_use]
    pub fn of_box_of(choice: &Localized) -> [Self; 2] {
        let [ticked, not_ticked] = Self::of_box();
        let no = Localized { fr: format!("{} (non)", choice.fr), en: format!("{} (no)", choice.en) };
        [Self { short: choice.clone(), ..ticked }, Self { short: no, ..not_ticked }]
    }
}

/// How answers to a question are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionKind {
    /// One modality.
    One,
    /// One box of a question where several may be ticked: its modalities are `ticked` and `not_ticked`, in this order.
    Box {
        /// The question that the boxes belong to.
        of: String,
        /// What readers see of that question.
        label: Localized,
    },
    /// A number; it has no modalities, and its answers are in [`Interviews::numbers`](super::Interviews::numbers).
    Number,
}

/// A closed question, or a box of one, or a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Our name of it; for a box, `question/choice`.
    pub id: String,
    /// What readers see; for a box, that of the choice.
    pub label: Localized,
    /// A few words for it, to stand before a modality; for a box, of the question it belongs to. The label where the guide says
    /// nothing.
    pub short: Localized,
    /// Its theme, by position in [`Questionnaire::themes`].
    pub theme: Option<usize>,
    /// How it is answered.
    pub kind: QuestionKind,
    /// Its modalities: in the guide's order, or alphabetical where there is no guide. Empty for a number.
    pub modalities: Vec<Modality>,
    /// The context indicators that it is to be read against, by name.
    pub indicators: Vec<String>,
}

impl Question {
    /// The position of a modality by its code.
    #[must_use]
    pub fn modality(&self, code: &str) -> Option<u16> {
        self.modalities.iter().position(|m| m.code == code).and_then(|i| u16::try_from(i).ok())
    }
}

/// The questions of an observatory, in the order of the guide (of their names where there is no guide).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questionnaire {
    /// The form's identifier and version, where it comes from a guide.
    pub version: Option<String>,
    /// The themes, in the guide's order.
    pub themes: Vec<Theme>,
    /// The questions.
    pub questions: Vec<Question>,
}

impl Questionnaire {
    /// The position of a question.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.questions.iter().position(|q| q.id == id)
    }

    /// The positions of the questions of a theme.
    pub fn of_theme(&self, theme: &str) -> impl Iterator<Item = usize> {
        let wanted = self.themes.iter().position(|t| t.id == theme);
        self.questions.iter().enumerate().filter(move |(_, q)| wanted.is_some() && q.theme == wanted).map(|(i, _)| i)
    }
}
