//! The WHO-5 well-being index: five questions on the last two weeks, each answered on six steps.
//!
//! Official coding: 0 (at no time) to 5 (all of the time). Files with other codings exist; each is declared, none is guessed.
//! Source: WHO, The World Health Organization-Five Well-Being Index (WHO-5), 2024; Topp, Østergaard, Søndergaard & Bech, The WHO-5
//! Well-Being Index: a systematic review of the literature, Psychotherapy and Psychosomatics 84 (2015).

mod group;

pub use group::{Group, Weighted, group};

use crate::stats::refusal::Refusal;

/// How the answers of a file are coded, as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// The official one: 0 = at no time, 5 = all of the time.
    ZeroToFive,
    /// The official six steps, numbered from 1: each answer less 1 is the official one.
    OneToSix,
    /// Five steps, from 1 to 5: another instrument. It has a raw sum of 5 to 25; no percentage and no threshold of WHO-5 holds for
    /// it, and it is never rescaled.
    OneToFive,
}

impl Coding {
    /// The lowest and the highest answer.
    #[must_use]
    pub fn range(self) -> (u8, u8) {
        match self {
            Self::ZeroToFive => (0, 5),
            Self::OneToSix => (1, 6),
            Self::OneToFive => (1, 5),
        }
    }
}

/// Five answers of one person that hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    coding: Coding,
    items: [u8; 5],
}

/// What the official scale says of one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Official {
    /// Four times the raw sum, 0..=100.
    pub percentage: u8,
    /// Reduced well-being: a percentage of 50 or less, which is a raw sum below 13.
    pub reduced: bool,
    /// A percentage of 28 or less: a depressive episode is likely, and worth a conversation.
    pub likely_depression: bool,
    /// An answer of 0 or 1 to any question, the older signal for a closer look.
    pub low_item: bool,
}

impl Sheet {
    /// The sheet of five answers in the order of the questionnaire; `Ok(None)` where one is missing, as nothing is imputed.
    ///
    /// # Errors
    /// An answer that is not whole or not within the coding, named by its number from 1 (its value is not repeated); this goes
    /// before a missing answer.
    ///
    /// ```
    /// use optima::stats::well_being::{Coding, Sheet};
    /// let answers = |items: [f64; 5]| items.map(Some);
    /// let sheet = Sheet::read(answers([3.0, 2.0, 3.0, 2.0, 2.0]), Coding::ZeroToFive).unwrap().unwrap();
    /// let official = sheet.official().unwrap();
    /// assert_eq!((sheet.raw(), official.percentage, official.reduced, official.likely_depression), (12, 48, true, false));
    /// assert_eq!(Sheet::read([Some(4.0), None, Some(3.0), Some(3.0), Some(2.0)], Coding::ZeroToFive), Ok(None));
    /// assert!(Sheet::read(answers([6.0, 1.0, 1.0, 1.0, 1.0]), Coding::ZeroToFive).is_err());
    /// // The same answers where five steps from 1 were declared: a sum, and nothing of the official scale.
    /// let other = Sheet::read(answers([3.0, 2.0, 3.0, 2.0, 2.0]), Coding::OneToFive).unwrap().unwrap();
    /// assert_eq!((other.raw(), other.official()), (12, None));
    /// ```
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and within 0 and 6")]
    pub fn read(items: [Option<f64>; 5], coding: Coding) -> Result<Option<Self>, Refusal> {
        let (low, high) = coding.range();
        let holds = |x: f64| x.fract() == 0.0 && (f64::from(low)..=f64::from(high)).contains(&x);
        if let Some(at) = items.iter().position(|item| item.is_some_and(|x| !holds(x))) {
            return Err(Refusal::new(format!("answer {} of WHO-5 is not a whole number from {low} to {high}", at + 1))
                .remedy("correct it, or declare the coding that the file has"));
        }
        let shift = u8::from(coding == Coding::OneToSix);
        let mut whole = [0; 5];
        for (slot, item) in whole.iter_mut().zip(items) {
            let Some(x) = item else { return Ok(None) };
            *slot = x as u8 - shift;
        }
        Ok(Some(Self { coding, items: whole }))
    }

    /// The coding that was declared.
    #[must_use]
    pub fn coding(&self) -> Coding {
        self.coding
    }

    /// The sum of the answers: 0..=25 on the official steps (those from 1 to 6 less 1 each), 5..=25 for five steps from 1.
    #[must_use]
    pub fn raw(&self) -> u8 {
        self.items.iter().sum()
    }

    /// What the official scale says; `None` for five steps from 1, which it does not know.
    #[must_use]
    pub fn official(&self) -> Option<Official> {
        if self.coding == Coding::OneToFive {
            return None;
        }
        let percentage = 4 * self.raw();
        Some(Official {
            percentage,
            reduced: percentage <= 50,
            likely_depression: percentage <= 28,
            low_item: self.items.iter().any(|item| *item <= 1),
        })
    }
}
