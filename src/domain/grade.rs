//! A grade: what one answer says, what that is worth, and the words that prove it.
//!
//! The tree is complete: API, pages, command line and tests read the same one. Its serde shape
//! is in `wire`, so that a rename here cannot break anybody's client.

use super::id::{BankName, ConceptId, QuestionId};
use super::judged::Judged;

/// What the answer does with one concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The claim is made.
    Hit,
    /// Part of the claim is made, or it is made unclearly.
    Partial,
    /// The claim is not made.
    Missed,
    /// The reverse or a swapped version is asserted.
    Contradicted,
}

impl Verdict {
    /// The verdict's name in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Partial => "partial",
            Self::Missed => "missed",
            Self::Contradicted => "contradicted",
        }
    }
}

/// Which source ties the words to the concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceBy {
    /// A pattern of the rubric.
    Pattern,
    /// A phrase of the rubric, or the claim itself.
    Phrase,
    /// The ideal answer.
    Ideal,
    /// A judge's verified quote.
    Judge,
}

impl EvidenceBy {
    /// The source's name in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Phrase => "phrase",
            Self::Ideal => "ideal",
            Self::Judge => "judge",
        }
    }
}

/// A byte span of the answer and what ties it to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// First byte of the span in the UTF-8 answer.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Which source found it.
    pub by: EvidenceBy,
    /// The pattern's or phrase's text, or the judge's reason.
    pub source: String,
}

/// The verdict on one concept.
#[derive(Debug, Clone, PartialEq)]
pub struct ConceptGrade {
    /// The concept.
    pub id: ConceptId,
    /// Its weight, 1 to 10.
    pub weight: u32,
    /// Whether it is a bonus.
    pub bonus: bool,
    /// What the answer does with it.
    pub verdict: Verdict,
    /// 1 for a hit, between 0 and 1 for a partial one, 0 for missed, negative for contradicted.
    pub credit: f64,
    /// The probability that raters' mean agrees with the verdict (credited or not), 0 to 1.
    pub confidence: f64,
    /// What the score would rise by if this concept were hit, 0 to 1.
    pub gain: f64,
    /// The words that prove it; never empty where the credit is above 0.
    pub evidence: Vec<Evidence>,
}

/// A misconception that the answer asserts.
#[derive(Debug, Clone, PartialEq)]
pub struct MisconceptionGrade {
    /// The misconception.
    pub id: ConceptId,
    /// The probability that raters agree that it is asserted, 0 to 1.
    pub confidence: f64,
    /// The words that prove it.
    pub evidence: Vec<Evidence>,
}

/// A property of the whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlagId {
    /// Nothing was written.
    Empty,
    /// It answers another question or none.
    OffTopic,
    /// Words without claims.
    Stuffing,
    /// The question said back.
    Echo,
    /// It addresses the grader.
    Injection,
    /// The candidate says that they do not know.
    DontKnow,
    /// The candidate takes back what they said.
    Retracted,
}

impl FlagId {
    /// All flags.
    pub const ALL: [Self; 7] =
        [Self::Empty, Self::OffTopic, Self::Stuffing, Self::Echo, Self::Injection, Self::DontKnow, Self::Retracted];

    /// The flag's name in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::OffTopic => "off_topic",
            Self::Stuffing => "stuffing",
            Self::Echo => "echo",
            Self::Injection => "injection",
            Self::DontKnow => "dont_know",
            Self::Retracted => "retracted",
        }
    }
}

/// A flag with the words that raised it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Which one.
    pub id: FlagId,
    /// The words, as byte spans of the answer; empty where the whole answer raised it.
    pub evidence: Vec<(usize, usize)>,
}

/// Why a person should look at the grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewReason {
    /// Unsure verdicts put the score off by much on average, or the interval is wide where there is no rubric.
    Unsure,
    /// The answer contradicts itself.
    SelfContradiction,
    /// Something false is likely to stand beside what is right.
    FalseAddition,
    /// Its words are taken for words alone and would earn something as claims: terse notes can look the same.
    Stuffing,
    /// The answer addresses the grader.
    Injection,
    /// It reads like an answer to another question.
    OffTopic,
    /// The rubric is a draft or missing.
    Draft,
    /// The judge should have been asked and could not be.
    JudgeUnavailable,
    /// The judge and the rules disagree.
    JudgeDisagrees,
}

impl ReviewReason {
    /// The reason's name in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsure => "unsure",
            Self::SelfContradiction => "self_contradiction",
            Self::FalseAddition => "false_addition",
            Self::Stuffing => "stuffing",
            Self::Injection => "injection",
            Self::OffTopic => "off_topic",
            Self::Draft => "draft",
            Self::JudgeUnavailable => "judge_unavailable",
            Self::JudgeDisagrees => "judge_disagrees",
        }
    }
}

/// What the verdicts rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scoring {
    /// A rubric that a person stands behind.
    Rubric,
    /// A drafted rubric.
    Draft,
    /// No rubric, an ideal answer alone.
    Ideal,
}

impl Scoring {
    /// The name in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rubric => "rubric",
            Self::Draft => "draft",
            Self::Ideal => "ideal",
        }
    }
}

/// How like the answer is to what the banks hold. Never part of the score.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Similarity {
    /// To the nearest ideal answer of the question, 0 to 1.
    pub ideal: f64,
    /// The nearest question, where it was looked for.
    pub nearest: Option<(BankName, QuestionId)>,
}

/// Hashes of everything a grade depends on, as lower-case hex SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// The engine's version.
    pub engine: String,
    /// The question's rubric with its phrases.
    pub rubric: String,
    /// The lexicon.
    pub lexicon: String,
    /// The verdict model.
    pub model: String,
    /// The bank.
    pub bank: String,
    /// The answer.
    pub answer: String,
}

/// The grade of one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Grade {
    /// The question's bank.
    pub bank: BankName,
    /// The question.
    pub question: QuestionId,
    /// What the verdicts rest on.
    pub scoring: Scoring,
    /// The score, 0 to 1.
    pub score: f64,
    /// Where the raters' mean lies with 90 % probability.
    pub interval: (f64, f64),
    /// Why a person should look; empty where nobody needs to.
    pub review: Vec<ReviewReason>,
    /// A verdict for each concept of the rubric, in its order.
    pub concepts: Vec<ConceptGrade>,
    /// The weight that is full marks.
    pub full_weight: u32,
    /// The misconceptions asserted, in the rubric's order.
    pub misconceptions: Vec<MisconceptionGrade>,
    /// Properties of the whole answer.
    pub flags: Vec<Flag>,
    /// How like it is to what the banks hold.
    pub similarity: Similarity,
    /// The grade in sentences, for the person who wrote the answer.
    pub feedback: Vec<String>,
    /// What the judge did.
    pub judge: Judged,
    /// What it depends on.
    pub provenance: Provenance,
}
