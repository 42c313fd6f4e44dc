//! What a judge said of an answer, and what became of it: the part of a grade that tells about the judge.
//!
//! Names the other parts of Domain. [`bounds`](super::bounds) makes it from the rules' verdicts and the votes; `wire` gives
//! it its serde shape. Claims are numbered: the rubric's concepts, then its misconceptions.

use super::grade::Verdict;
use super::id::ConceptId;

/// What a judge says that the answer does with one claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// It makes the claim.
    Hit,
    /// It makes part of it.
    Partial,
    /// It does not make it.
    Missed,
    /// It asserts the reverse.
    Contradicted,
}

impl Said {
    /// All that can be said.
    pub const ALL: [Self; 4] = [Self::Hit, Self::Partial, Self::Missed, Self::Contradicted];

    /// Its name in requests and replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Partial => "partial",
            Self::Missed => "missed",
            Self::Contradicted => "contradicted",
        }
    }

    /// What has that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|said| said.as_str() == name)
    }
}

/// A judge's word on one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// The claim's number.
    pub claim: usize,
    /// What the answer does with it.
    pub said: Said,
    /// The words of the answer that are to prove it; empty where none are given.
    pub quote: String,
    /// Why, in a sentence.
    pub reason: String,
}

/// Everything that a judge said in one go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vote {
    /// Its word on claims, at most one on each.
    pub opinions: Vec<Opinion>,
    /// Whether the answer argues from a concrete case, where that was asked.
    pub concrete_case: Option<bool>,
    /// The keys of the exchanges that it was said in.
    pub keys: Vec<String>,
}

/// What a judge's word did to a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It agrees with the rules.
    Confirmed,
    /// The answer is worth more by it.
    Raised,
    /// The answer is worth less by it.
    Lowered,
    /// It changed nothing: there is no word, or the bounds did not let it.
    Kept,
}

impl Effect {
    /// All effects.
    pub const ALL: [Self; 4] = [Self::Confirmed, Self::Raised, Self::Lowered, Self::Kept];

    /// The effect's name in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Raised => "raised",
            Self::Lowered => "lowered",
            Self::Kept => "kept",
        }
    }
}

/// Which bound kept a judge's word from counting in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// It gave no quote.
    NoQuote,
    /// The quote's words do not stand in the answer, side by side.
    NotInAnswer,
    /// The quote is so long that it proves nothing in particular.
    TooLong,
    /// The quote has too few words with content.
    TooShort,
    /// The quote addresses the grader.
    AddressesGrader,
    /// The quote is a question, what others say, or was taken back.
    NotAsserted,
    /// The quote leaves out the negation that its words stand under.
    LeavesOutNegation,
    /// The quote backs another concept already.
    BacksAnother,
    /// The quote shares no word with the claim, its phrases or an ideal answer.
    Unrelated,
    /// The rules had strong evidence, and no quote speaks against it.
    StrongRules,
    /// The votes do not agree.
    NoMajority,
}

impl Bound {
    /// All bounds.
    pub const ALL: [Self; 11] = [
        Self::NoQuote,
        Self::NotInAnswer,
        Self::TooLong,
        Self::TooShort,
        Self::AddressesGrader,
        Self::NotAsserted,
        Self::LeavesOutNegation,
        Self::BacksAnother,
        Self::Unrelated,
        Self::StrongRules,
        Self::NoMajority,
    ];

    /// The bound's name in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoQuote => "no_quote",
            Self::NotInAnswer => "not_in_answer",
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::AddressesGrader => "addresses_grader",
            Self::NotAsserted => "not_asserted",
            Self::LeavesOutNegation => "leaves_out_negation",
            Self::BacksAnother => "backs_another",
            Self::Unrelated => "unrelated",
            Self::StrongRules => "strong_rules",
            Self::NoMajority => "no_majority",
        }
    }
}

/// What became of the judge's word on one claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The claim's number.
    pub claim: usize,
    /// The rules' verdict; for a misconception, a hit where it was asserted.
    pub rules: Verdict,
    /// The rules' credit; for a misconception, 1 where it was asserted.
    pub rules_credit: f64,
    /// The verdict after the judge.
    pub verdict: Verdict,
    /// The credit after the judge.
    pub credit: f64,
    /// What most votes say, where they agree and it counts.
    pub said: Option<Said>,
    /// The share of votes that say so, 0 to 1.
    pub agreement: f64,
    /// What it did.
    pub effect: Effect,
    /// What kept it from counting in full, if anything did.
    pub bound: Option<Bound>,
    /// The quote's bytes in the answer, where it stands there.
    pub quote: Option<(usize, usize)>,
    /// Why, in the judge's words.
    pub reason: String,
    /// Whether a person should look: a claim was lifted by a quote that shares nothing with it, or sure rules were
    /// overruled.
    pub review: bool,
}

/// Why a judge was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The question is open.
    Open,
    /// Verdicts of which the rules are unsure could move the score by much.
    Unsure,
    /// It is always asked.
    Always,
}

impl Why {
    /// The name in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unsure => "unsure",
            Self::Always => "always",
        }
    }
}

/// The prompt of a grade, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PromptShown {
    /// What the judge is told about its task.
    pub system: String,
    /// The question, the claims and the fenced answer.
    pub user: String,
}

/// What asking cost and how it was asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Usage {
    /// The model that was asked for.
    pub model: String,
    /// The model that says it answered.
    pub answered_by: Option<String>,
    /// The sampling temperature, where one was sent.
    pub temperature: Option<f64>,
    /// The seed of the first request.
    pub seed: u32,
    /// The server's fingerprint of its configuration, where it gives one.
    pub fingerprint: Option<String>,
    /// The version of the prompt.
    pub prompt_version: String,
    /// Exchanges, asked or found in the cache.
    pub exchanges: u32,
    /// Those of them that the cache held.
    pub cached: u32,
    /// Requests sent, tries included.
    pub tries: u32,
    /// Tokens read by the model.
    pub prompt_tokens: u64,
    /// Tokens written by it.
    pub completion_tokens: u64,
    /// Money, where prices are configured: in the currency of the prices.
    pub cost: Option<f64>,
    /// Time from the first request to the last reply, in milliseconds.
    pub millis: u64,
}

/// A judge's part in a grade.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Why it was asked.
    pub why: Why,
    /// How it was asked and what that cost.
    pub usage: Usage,
    /// The ids of all claims, by their numbers.
    pub claims: Vec<ConceptId>,
    /// The prompts of the first vote.
    pub prompts: Vec<PromptShown>,
    /// The score by the rules alone.
    pub rules_score: f64,
    /// What it said, vote by vote.
    pub votes: Vec<Vote>,
    /// Why there are no more votes, where one could not be had.
    pub stopped: Option<&'static str>,
    /// What became of it, claim by claim.
    pub outcomes: Vec<Outcome>,
}

/// What the judge did for a grade.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Judged {
    /// There is none, or it was not wanted.
    #[default]
    Off,
    /// There was nothing to ask it.
    NotNeeded,
    /// It was asked and could not be had; the reason is one of `judge`'s closed list.
    Unavailable {
        /// Why.
        reason: &'static str,
    },
    /// It was asked.
    Asked(Box<Asked>),
}
