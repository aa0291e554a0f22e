//! How a guide's questions were answered, by partner and campaign: counts only, for those who hold the interviews.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::records::{Answer, Grouping, Interviews, QuestionKind};

/// A guide, as it was used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GuideFacts {
    /// Its file, as the observatory names it.
    pub file: PathBuf,
    /// Its identifier and version.
    pub version: Option<String>,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The number of its bytes.
    pub bytes: u64,
    /// Its themes.
    pub themes: usize,
    /// Its closed questions and numbers.
    pub questions: usize,
    /// What it holds besides.
    pub left_out: usize,
    /// Its questions that no file has.
    pub absent: Vec<String>,
    /// Its questions whose `relevant` is not understood: where it decides, an empty cell counts as no answer.
    pub not_understood: Vec<String>,
    /// How often a question was answered that, by its `relevant`, was not asked; the answer is kept.
    pub answered_though_not_asked: BTreeMap<String, u64>,
}

/// How the questions of a source were answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ResponseReport {
    /// By partner and campaign, in alphabetical order; those without a name last.
    pub groups: Vec<GroupResponse>,
}

/// How the questions were answered in the interviews of one partner in one campaign. A question where several may be
/// ticked counts once: `interviews × questions = answered + no_answer + refused + not_asked`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GroupResponse {
    /// The structure that held the interviews.
    pub partner: Option<String>,
    /// The campaign.
    pub campaign: Option<String>,
    /// The interviews.
    pub interviews: u64,
    /// Questions answered.
    pub answered: u64,
    /// Questions asked and not answered.
    pub no_answer: u64,
    /// Questions refused.
    pub refused: u64,
    /// Questions not asked.
    pub not_asked: u64,
}

impl GroupResponse {
    /// Non-response: asked and neither answered nor refused, over all asked; `None` where nothing was asked.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of answers")]
    pub fn non_response(&self) -> Option<f64> {
        let asked = self.answered + self.no_answer + self.refused;
        (asked > 0).then(|| self.no_answer as f64 / asked as f64)
    }
}

/// Counts the answers. Of a question with boxes the first box that was asked speaks for all: they are answered together.
pub(super) fn response(interviews: &Interviews) -> ResponseReport {
    let questionnaire = interviews.questionnaire();
    let mut questions: Vec<Vec<usize>> = Vec::new();
    let mut last = None;
    for (at, question) in questionnaire.questions.iter().enumerate() {
        let of = if let QuestionKind::Box { of, .. } = &question.kind { Some(of) } else { None };
        match questions.last_mut() {
            Some(boxes) if of.is_some() && of == last => boxes.push(at),
            _ => questions.push(vec![at]),
        }
        last = of;
    }
    let mut groups: BTreeMap<(Option<u16>, Option<u16>), GroupResponse> = BTreeMap::new();
    for record in interviews.as_slice() {
        let key = (record.group(Grouping::Partner), record.group(Grouping::Campaign));
        let group = groups.entry(key).or_insert_with(|| {
            let name = |by: Grouping, at: Option<u16>| at.and_then(|at| interviews.groups(by).get(usize::from(at)).cloned());
            GroupResponse { partner: name(Grouping::Partner, key.0), campaign: name(Grouping::Campaign, key.1), ..GroupResponse::default() }
        });
        group.interviews += 1;
        for boxes in &questions {
            let mut answers = boxes.iter().filter_map(|at| record.answers.get(*at));
            let asked = answers.clone().find(|answer| **answer != Answer::NotAsked).or(answers.next());
            match asked {
                Some(Answer::Modality(_) | Answer::Number) => group.answered += 1,
                Some(Answer::NoAnswer) => group.no_answer += 1,
                Some(Answer::Refused) => group.refused += 1,
                Some(Answer::NotAsked) | None => group.not_asked += 1,
            }
        }
    }
    let mut groups: Vec<GroupResponse> = groups.into_values().collect();
    // Those with a name are in the order of their positions already, which is alphabetical.
    groups.sort_by_key(|group| group.partner.is_none());
    ResponseReport { groups }
}
