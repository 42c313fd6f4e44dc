//! The shapes of banks and questions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::question::Question;
use crate::domain::rubric::Rubric;

/// A bank in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BankSummary {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// How many questions it holds.
    pub questions: usize,
    /// Hash of the whole bank.
    pub hash: String,
}

/// A question in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuestionSummary {
    /// Its bank.
    pub bank: String,
    /// Its id.
    pub id: String,
    /// Its section.
    pub section: String,
    /// `short`, `list` or `open`.
    pub kind: String,
    /// What is asked, in Markdown.
    pub prompt: String,
}

impl QuestionSummary {
    /// The summary of a question of `bank`.
    #[must_use]
    pub fn new(bank: &str, question: &Question) -> Self {
        Self {
            bank: bank.to_owned(),
            id: question.id.to_string(),
            section: question.section.clone(),
            kind: question.kind.as_str().to_owned(),
            prompt: question.prompt.clone(),
        }
    }
}

/// What a candidate sees of a question: no ideal answer, no rubric.
pub type QuestionCandidate = QuestionSummary;

/// What a reviewer sees of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuestionReviewer {
    /// What a candidate sees.
    #[serde(flatten)]
    pub question: QuestionSummary,
    /// The ideal answers, in Markdown.
    pub ideals: Vec<String>,
    /// What reviewers should know.
    pub note: Option<String>,
    /// The weight that is full marks.
    pub full_weight: u32,
    /// The claims of a good answer.
    pub concepts: Vec<RubricConcept>,
    /// The wrong claims that cost points.
    pub misconceptions: Vec<RubricMisconception>,
}

/// A claim of a rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RubricConcept {
    /// Its id.
    pub id: String,
    /// The claim.
    pub claim: String,
    /// Its weight.
    pub weight: u32,
    /// Whether it is a bonus.
    pub bonus: bool,
    /// A question that leads to it.
    pub hint: Option<String>,
    /// For reviewers only.
    pub note: Option<String>,
}

/// A wrong claim of a rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RubricMisconception {
    /// Its id.
    pub id: String,
    /// The wrong claim.
    pub claim: String,
    /// For reviewers only.
    pub note: Option<String>,
}

impl QuestionReviewer {
    /// The reviewer's view of a question of `bank`.
    #[must_use]
    pub fn new(bank: &str, question: &Question, rubric: &Rubric) -> Self {
        let concept = |c: &crate::domain::rubric::Concept| RubricConcept {
            id: c.id.to_string(),
            claim: c.claim.clone(),
            weight: c.weight,
            bonus: c.bonus,
            hint: c.hint.clone(),
            note: c.note.clone(),
        };
        let wrong = |m: &crate::domain::rubric::Misconception| RubricMisconception {
            id: m.id.to_string(),
            claim: m.claim.clone(),
            note: m.note.clone(),
        };
        Self {
            question: QuestionSummary::new(bank, question),
            ideals: question.ideals.clone(),
            note: question.note.clone(),
            full_weight: rubric.full_weight(),
            concepts: rubric.concepts.iter().map(concept).collect(),
            misconceptions: rubric.misconceptions.iter().map(wrong).collect(),
        }
    }
}
