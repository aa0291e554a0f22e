//! What goes together with a situation, as rows: association, not cause.

use super::{Sheet, count, number, p_value, text};
use crate::protect::ProtectedStudies;
use crate::publish::geopackage::{Field, Kind};
use crate::texts::Texts;

pub(super) fn candidates(studies: &ProtectedStudies, texts: &Texts) -> Sheet {
    let mut sheet = Sheet::new(
        "determining_candidates",
        ["table.determining_candidates", "table.determining_candidates_note"],
        &[
            ("study", Kind::Text),
            ("question", Kind::Text),
            ("question_title", Kind::Text),
            ("corrected_v", Kind::Real),
            ("p", Kind::Real),
            ("p_adjusted", Kind::Real),
            ("kept", Kind::Text),
        ],
        texts,
    );
    for study in studies.determining() {
        for candidate in &study.candidates {
            sheet.rows.push(vec![
                text(&study.id),
                text(&candidate.question),
                text(candidate.label.get(texts.language())),
                number(candidate.corrected_v, 2),
                one_digit(candidate.p_value),
                one_digit(candidate.p_adjusted),
                text(if candidate.kept { "yes" } else { "no" }),
            ]);
        }
    }
    sheet
}

/// With the margins, which bilans tell, an exact p-value would be the table itself.
fn one_digit(p: f64) -> Field {
    p_value(format!("{p:.0e}").parse().unwrap_or(p))
}

pub(super) fn odds(studies: &ProtectedStudies, texts: &Texts) -> Sheet {
    let mut sheet = Sheet::new(
        "determining_odds",
        ["table.determining_odds", "table.determining_odds_note"],
        &[
            ("study", Kind::Text),
            ("question", Kind::Text),
            ("question_title", Kind::Text),
            ("modality", Kind::Text),
            ("modality_title", Kind::Text),
            ("reference", Kind::Text),
            ("persons", Kind::Real),
            ("odds_ratio", Kind::Real),
            ("low", Kind::Real),
            ("high", Kind::Real),
            ("p", Kind::Real),
            ("method", Kind::Text),
        ],
        texts,
    );
    let language = texts.language();
    for study in studies.determining() {
        for odds in &study.odds {
            sheet.rows.push(vec![
                text(&study.id),
                text(&odds.question),
                text(odds.label.get(language)),
                text(&odds.modality.code),
                text(odds.modality.label.get(language)),
                text(&odds.reference.code),
                count(study.persons),
                number(odds.ratio, 3),
                number(odds.low, 3),
                number(odds.high, 3),
                p_value(odds.p_value),
                text(texts.translate(&study.method)),
            ]);
        }
    }
    sheet
}
