//! What the planted groups answer to the questions about needs that the guide puts to everybody.
//!
//! The seven questions of [`super::interviews`] are not here: their answers are there first, and [`super::groups`] says who belongs
//! where by them. Nobody answers as the group does throughout: every answer is open to every group.

/// Answers out of a hundred, in the order of a question's choices.
pub(crate) type Weights = [u32; 3];

/// A question: its name, its choices, and the weights of each group in the order of [`super::groups::Group`].
pub(crate) struct Need {
    pub(crate) question: &'static str,
    pub(crate) choices: &'static [&'static str],
    pub(crate) weights: [Weights; 5],
    /// In a thousand persons, how many do not wish to answer.
    pub(crate) refuse: u32,
}

/// From no difficulty to a marked one, where there are three answers.
const NONE: Weights = [74, 20, 6];
const SOME: Weights = [40, 40, 20];
const MARKED: Weights = [12, 28, 60];

/// The same where there are two.
const RARE: Weights = [88, 12, 0];
const MIXED: Weights = [62, 38, 0];
const FREQUENT: Weights = [26, 74, 0];

const OFTEN: &[&str] = &["never", "sometimes", "often"];
const YES_NO: &[&str] = &["yes", "no"];
const NO_YES: &[&str] = &["no", "yes"];
const YES_NO_UNKNOWN: &[&str] = &["yes", "no", "unknown"];
const TIMES: &[&str] = &["no", "once", "several_times"];

const fn need(question: &'static str, choices: &'static [&'static str], weights: [Weights; 5]) -> Need {
    Need { question, choices, weights, refuse: 5 }
}

const fn private(question: &'static str, choices: &'static [&'static str], weights: [Weights; 5]) -> Need {
    Need { question, choices, weights, refuse: 18 }
}

/// The questions, in the order of the guide. The groups are: settled, isolated elderly, precarious young, crowded families, cumulating.
pub(crate) const NEEDS: [Need; 35] = [
    need("making_ends_meet", &["easily", "with_difficulty", "not_to_the_end"], [NONE, SOME, [26, 34, 40], [16, 54, 30], MARKED]),
    need("going_without", NO_YES, [RARE, RARE, MIXED, MIXED, FREQUENT]),
    private("debts", &["none", "some", "heavy"], [NONE, NONE, [45, 42, 13], [18, 56, 26], MARKED]),
    need("energy_bills", OFTEN, [NONE, NONE, [66, 24, 10], [14, 46, 40], [24, 40, 36]]),
    need("rights_received", YES_NO_UNKNOWN, [[70, 12, 18], [42, 16, 42], [14, 30, 56], [50, 34, 16], [22, 52, 26]]),
    need("overcrowding", &["large_enough", "slightly_small", "too_small"], [NONE, [88, 10, 2], [64, 26, 10], [4, 22, 74], [62, 26, 12]]),
    need("heating", &["yes", "partly", "no"], [NONE, [50, 40, 10], [56, 30, 14], [12, 50, 38], SOME]),
    need("housing_repairs", &["none", "small", "major"], [NONE, [34, 46, 20], [56, 30, 14], [6, 24, 70], SOME]),
    need("moving_wish", &["no", "yes", "yes_cannot"], [[78, 17, 5], [86, 6, 8], [20, 64, 16], [5, 17, 78], [44, 18, 38]]),
    need("training_followed", &["yes", "not_wanted", "not_found"], [[26, 64, 10], [3, 94, 3], [12, 14, 74], [12, 74, 14], [5, 71, 24]]),
    need("reading_writing", OFTEN, [NONE, [60, 28, 12], [52, 34, 14], SOME, MARKED]),
    need("mobility", &["easy", "difficult", "with_help"], [[86, 12, 2], [14, 40, 46], [78, 18, 4], [70, 24, 6], [24, 46, 30]]),
    need("administrative_help", OFTEN, [NONE, MARKED, [34, 46, 20], [46, 38, 16], MARKED]),
    need("information_access", &["yes", "not_always", "no"], [NONE, [50, 34, 16], [14, 38, 48], [56, 32, 12], [22, 38, 40]]),
    need("internet", &["at_home", "elsewhere", "no"], [[64, 18, 18], [3, 4, 93], [12, 80, 8], [30, 18, 52], [6, 16, 78]]),
    need("expression", &["easy", "depends", "hard"], [NONE, NONE, SOME, [44, 40, 16], MARKED]),
    need("social_contacts", &["weekly", "monthly", "rarely"], [NONE, [16, 34, 50], NONE, [66, 24, 10], MARKED]),
    need("neighbors_help", YES_NO_UNKNOWN, [[74, 14, 12], [48, 32, 20], [16, 62, 22], [72, 16, 12], [14, 70, 16]]),
    need("going_out", OFTEN, [[18, 42, 40], [74, 22, 4], [6, 22, 72], [48, 44, 8], [76, 18, 6]]),
    need("doctor", YES_NO, [[93, 7, 0], [98, 2, 0], [22, 78, 0], [95, 5, 0], [78, 22, 0]]),
    need("emergency_use", TIMES, [[84, 14, 2], [56, 32, 12], [30, 46, 24], [54, 34, 12], [26, 34, 40]]),
    need("postponed_care", NO_YES, [RARE, [74, 26, 0], [48, 52, 0], [52, 48, 0], FREQUENT]),
    private("chronic_disease", &["none", "one", "several"], [[76, 20, 4], [8, 30, 62], [84, 13, 3], [66, 26, 8], [34, 38, 28]]),
    need("musculoskeletal", OFTEN, [[60, 32, 8], [8, 26, 66], [70, 24, 6], [44, 40, 16], [28, 40, 32]]),
    private("medication", OFTEN, [[86, 10, 4], [24, 20, 56], [78, 14, 8], [72, 18, 10], [18, 26, 56]]),
    need("sleep", OFTEN, [NONE, [14, 34, 52], SOME, [36, 42, 22], MARKED]),
    need("stress", OFTEN, [NONE, [44, 40, 16], [30, 46, 24], [14, 42, 44], [6, 22, 72]]),
    need("vaccination", YES_NO_UNKNOWN, [[80, 8, 12], [84, 8, 8], [14, 26, 60], [80, 10, 10], [50, 28, 22]]),
    need(
        "dental_visit",
        &["under_1_year", "1_to_3_years", "over_3_years"],
        [[74, 20, 6], [16, 26, 58], [24, 44, 32], [48, 38, 14], [14, 28, 58]],
    ),
    need(
        "physical_activity",
        &["several_a_week", "weekly", "rarely"],
        [[50, 32, 18], [12, 20, 68], [60, 26, 14], [22, 38, 40], [12, 20, 68]],
    ),
    need("diet", &["daily", "some_days", "rarely"], [NONE, [70, 24, 6], [8, 30, 62], [56, 36, 8], [24, 40, 36]]),
    need("tobacco", &["no", "occasionally", "daily"], [[76, 10, 14], [90, 4, 6], [16, 24, 60], [66, 8, 26], [30, 8, 62]]),
    private("alcohol", &["never", "some_days", "most_days"], [[22, 70, 8], [64, 26, 10], [12, 66, 22], [68, 29, 3], [40, 26, 34]]),
    private("violence_witnessed", TIMES, [[88, 10, 2], [88, 10, 2], [50, 34, 16], [42, 38, 20], [20, 28, 52]]),
    need("safety_feeling", &["yes", "depends", "no"], [NONE, SOME, [66, 24, 10], [18, 46, 36], SOME]),
];
