//! A group in a sentence, made from its marks.

use crate::catalog::studies::Units;
use crate::measure::studies::analysis::Mark;
use crate::protect::{ProtectedAnalysis, ShownAnalysisGroup};
use crate::publish::legend::format_number;
use crate::texts::{Language, Texts};

/// Marks that a sentence names, for what is more frequent and for what is rarer than among all.
const MORE: usize = 5;
const LESS: usize = 2;
/// The code of a box that is not ticked.
const NOT_TICKED: &str = "not_ticked";

/// What an analysis counts: « 412 personnes », « 1 quartier ».
pub(super) fn counted(analysis: &ProtectedAnalysis, n: u64, texts: &Texts) -> String {
    let key = match (analysis.of(), n) {
        (Units::Interviews, 1) => "profile.persons_one",
        (Units::Interviews, _) => "profile.persons_many",
        (Units::Services, 1) => "profile.services_one",
        (Units::Services, _) => "profile.services_many",
        (Units::Quartiers | Units::Measures, 1) => "profile.quartiers_one",
        (Units::Quartiers | Units::Measures, _) => "profile.quartiers_many",
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of persons")]
    let number = format_number(n as f64, 0, texts.language());
    texts.fill(key, &[("n", &number)])
}

/// « Profil 2 : 412 personnes (21 %). Plus souvent que dans l'ensemble : « Internet : non » (94 % contre 48 %) ; … »
pub(crate) fn sentence(analysis: &ProtectedAnalysis, group: &ShownAnalysisGroup, texts: &Texts) -> String {
    let language = texts.language();
    let percent = |share: f64| texts.fill("unit.share", &[("text", &format_number(100.0 * share, 0, language))]);
    let number = group.number.to_string();
    let word = analysis.words().1.get(language);
    let share = percent(group.share);
    // Quartiers weigh what their inhabitants answered.
    let share = if analysis.of() == Units::Quartiers { texts.fill("profile.of_answers", &[("share", &share)]) } else { share };
    let units = counted(analysis, group.units, texts);
    if group.withheld {
        return texts.fill("profile.withheld", &[("word", word), ("number", &number), ("units", &units), ("share", &share)]);
    }
    let mut sentence = texts.fill("profile.size", &[("word", word), ("number", &number), ("units", &units), ("share", &share)]);
    let named = |mark: &Mark| {
        let modality = analysis.described()[mark.question].named(mark.modality);
        texts.fill(
            "profile.mark",
            &[("modality", modality.get(language)), ("of_group", &percent(mark.of_group)), ("of_all", &percent(mark.of_all))],
        )
    };
    let between = if language == Language::Fr { " ; " } else { "; " };
    let mut told: Vec<usize> = Vec::new();
    for (key, most, positive) in [("profile.more", MORE, true), ("profile.less", LESS, false)] {
        let mut marks: Vec<String> = Vec::new();
        for mark in group.marks.iter().filter(|mark| (mark.test_value > 0.0) == positive) {
            // The other answer to a question that was told says nothing new; that a box is not ticked is told by those who tick
            // it; and "less often: no" is harder to read than nothing.
            let modalities = &analysis.described()[mark.question].modalities;
            let code = modalities[mark.modality].code.as_str();
            let is_no = code == "no" || (modalities.len() == 2 && mark.modality == 1);
            let awkward = code == NOT_TICKED || (!positive && is_no);
            if marks.len() < most && !awkward && !told.contains(&mark.question) {
                told.push(mark.question);
                marks.push(named(mark));
            }
        }
        if !marks.is_empty() {
            sentence.push(' ');
            sentence.push_str(&texts.fill(key, &[("marks", &marks.join(between))]));
        }
    }
    sentence
}
