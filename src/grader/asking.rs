//! When the judge is asked about an answer, and about which of its claims.
//!
//! Names Domain, Bank, config for the settings and Judge for what is asked. What `auto` asks about was chosen on the 864
//! labelled answers of development, each graded by a model that was fitted without its question; `viva eval
//! --cross-validate` prints how it does (`ask_rate`, `ask_catches`, *Doubt*). Of all that a grade says of itself, the error to
//! expect by the verdicts' own probabilities tells large errors best: among the 30 % where it is largest lie 84 % of the errors
//! above 0.25, among 40 % 89 %, among half of all answers 93 %. Regressions and boosted
//! trees over fifty properties of an answer and its verdicts (what was read by nothing, how torn verdicts are, patterns
//! against phrases, length, kind) find no more; a third of the errors left are of verdicts that are sure and wrong. By the
//! defaults a judge is asked about 40 % of the answers and hears of 87 % of those errors, every open question among them.
//!
//! A person is asked to look by the same measure ([`verdicts::review`]).

use super::{Grader, Prepared, verdicts};
use crate::config::{JudgeConfig, JudgeMode};
use crate::domain::flags;
use crate::domain::grade::FlagId;
use crate::domain::judged::Why;
use crate::domain::question::QuestionKind;
use crate::domain::verdict::Weighed;
use crate::domain::wording::Spoken;
use crate::judge::prompt::{Ask, Sheet};

/// A verdict that is surer than this is not asked about where the judge is asked because others are unsure: among the
/// claims below it, three of five, lie 98 % of the concepts and two thirds of the misconceptions that the rules get wrong in
/// such answers.
const OPEN: f32 = 0.93;

/// An answer that takes something back is asked about from this share of the expected error on. Where less is to be expected, such
/// answers are far off no more often than others.
const TAKEN_BACK: f64 = 0.4;

impl Grader {
    /// Why the judge is to be asked, if it is. An answer that makes no claims holds nothing to judge.
    #[must_use]
    pub fn why(&self, prepared: &Prepared, mode: JudgeMode, config: &JudgeConfig) -> Option<Why> {
        if flags::voids(&prepared.grade.flags) {
            return None;
        }
        match mode {
            JudgeMode::Always => Some(Why::Always),
            JudgeMode::Auto if self.is_open(prepared) && prepared.expected_error() >= config.open_swing => {
                Some(Why::Open)
            }
            JudgeMode::Auto => {
                let share = if takes_back(prepared) { TAKEN_BACK } else { 1.0 };
                (prepared.expected_error() >= share * config.swing).then_some(Why::Unsure)
            }
            JudgeMode::Never => None,
        }
    }

    /// Whether `auto` asks a judge about an answer by the settings where nothing is set, be there a judge or not.
    #[must_use]
    pub fn would_ask(&self, prepared: &Prepared) -> bool {
        // Of these settings only those that say whom to ask about count.
        self.why(prepared, JudgeMode::Auto, &JudgeConfig::new("", "")).is_some()
    }

    /// A question that no bank holds counts as open: likeness to an ideal answer is all that the rules have.
    fn is_open(&self, prepared: &Prepared) -> bool {
        prepared.own().is_some() || self.item_of(prepared).question.kind == QuestionKind::Open
    }

    /// What the judge is asked about an answer: every claim, or those of which the rules are unsure.
    #[must_use]
    pub fn sheet<'a>(&'a self, prepared: &'a Prepared, answer: &'a str, why: Why) -> Sheet<'a> {
        let item = self.item_of(prepared);
        let first = item.rubric.concepts.len();
        let unsure = prepared.weighed.iter().any(is_unsure);
        // What an answer takes back the rules may have misread as a whole.
        let all = why != Why::Unsure || takes_back(prepared) || !unsure;
        let claims = super::case::claims(&item.rubric)
            .enumerate()
            .filter(|(claim, _)| all || prepared.weighed.get(*claim).is_none_or(is_unsure))
            .map(|(claim, of)| (Ask { claim, misconception: claim >= first }, of.claim))
            .collect();
        let opinion = item.question.kind == QuestionKind::Open;
        let question = &item.question.prompt;
        Sheet { question, rubric: &item.rubric_hash, claims, opinion, answer, names: &[] }
    }
}

/// Whether the answer takes something back: the rules may have misread what holds in the end.
fn takes_back(prepared: &Prepared) -> bool {
    prepared.grade.flags.iter().any(|flag| flag.id == FlagId::Retracted)
}

fn is_unsure(w: &Weighed) -> bool {
    let unsure = |p: f32| p > 1.0 - OPEN && p < OPEN;
    unsure(w.credited) || unsure(w.contradicted)
}

impl Prepared {
    /// How far the score is off on average if the verdicts' probabilities are right.
    #[must_use]
    pub fn expected_error(&self) -> f64 {
        let nothing = Spoken::default();
        verdicts::expected_error(&self.grade, &self.weighed, self.wording().unwrap_or(&nothing))
    }
}
