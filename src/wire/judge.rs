//! The shape of the judge's part in a grade.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Evidence;
use crate::domain::id::ConceptId;
use crate::domain::judged as domain;

/// What the judge did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Judge {
    /// `off` where there is none or it is not wanted, `not_needed` where there was nothing to ask, `asked`, or `unavailable`:
    /// the grade is the rules' grade then.
    pub status: Cow<'static, str>,
    /// Why it could not be had, with `unavailable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was asked, said and made of it, with `asked`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<JudgeDetails>>,
}

/// What a judge was asked, what it said, and what became of that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JudgeDetails {
    /// Why it was asked: `open` question, `unsure` verdicts, or `always`.
    pub why: String,
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
    /// Money, where prices are configured, in their currency.
    pub cost: Option<f64>,
    /// Time of the exchanges, in seconds.
    pub seconds: f64,
    /// The score by the rules alone.
    pub rules_score: f64,
    /// Why there are no more votes, where one could not be had.
    pub stopped: Option<String>,
    /// What became of its word, claim by claim.
    pub outcomes: Vec<JudgeOutcome>,
    /// What it said, vote by vote.
    pub votes: Vec<JudgeVote>,
    /// The prompts of the first vote, as they were sent; left out where reviewing is not allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<JudgePrompt>,
}

/// What became of the judge's word on one claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JudgeOutcome {
    /// The concept or misconception.
    pub id: String,
    /// Whether it is a misconception: `hit` then means that it is asserted.
    pub misconception: bool,
    /// The rules' verdict.
    pub rules: String,
    /// The rules' credit.
    pub rules_credit: f64,
    /// The verdict after the judge.
    pub verdict: String,
    /// The credit after the judge.
    pub credit: f64,
    /// What most votes say, where they agree and it counts.
    pub said: Option<String>,
    /// The share of votes that say so.
    pub agreement: f64,
    /// `confirmed`, `raised`, `lowered` or `kept`.
    pub effect: String,
    /// What kept its word from counting in full.
    pub bound: Option<String>,
    /// The quote, where it stands in the answer.
    pub quote: Option<Evidence<'static>>,
    /// Why, in the judge's words.
    pub reason: String,
    /// Whether a person should look.
    pub review: bool,
}

/// Everything that a judge said in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JudgeVote {
    /// The keys of its exchanges, as they stand in a record.
    pub keys: Vec<String>,
    /// Whether the answer argues from a concrete case, where that was asked.
    pub concrete_case: Option<bool>,
    /// Its word on claims.
    pub opinions: Vec<JudgeOpinion>,
}

/// A judge's word on one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JudgeOpinion {
    /// The claim's number: the rubric's concepts, then its misconceptions, from 0.
    pub claim: usize,
    /// `hit`, `partial`, `missed` or `contradicted`.
    pub said: String,
    /// The words that are to prove it, as the judge wrote them.
    pub quote: String,
    /// Why, in a sentence.
    pub reason: String,
}

/// The prompt of one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JudgePrompt {
    /// What the judge is told about its task.
    pub system: String,
    /// The question, the claims and the fenced answer.
    pub user: String,
}

impl Judge {
    /// Nothing was asked.
    #[must_use]
    pub fn off() -> Self {
        Self { status: "off".into(), reason: None, details: None }
    }

    /// The wire shape of the judge's part in a grade of `answer`, whose rubric has so many concepts.
    #[must_use]
    pub fn new(judged: &domain::Judged, concepts: usize, answer: &str) -> Self {
        match judged {
            domain::Judged::Off => Self::off(),
            domain::Judged::NotNeeded => Self { status: "not_needed".into(), ..Self::off() },
            domain::Judged::Unavailable { reason } => {
                Self { status: "unavailable".into(), reason: Some((*reason).to_owned()), details: None }
            }
            domain::Judged::Asked(asked) => {
                let details = Some(Box::new(JudgeDetails::new(asked, concepts, answer)));
                Self { status: "asked".into(), reason: None, details }
            }
        }
    }

    /// The same without the prompts, for whoever may not see the rubric.
    #[must_use]
    pub fn without_prompts(mut self) -> Self {
        if let Some(details) = &mut self.details {
            details.prompts.clear();
        }
        self
    }
}

impl JudgeDetails {
    fn new(asked: &domain::Asked, concepts: usize, answer: &str) -> Self {
        let usage = &asked.usage;
        let prompt = |p: &domain::PromptShown| JudgePrompt { system: p.system.clone(), user: p.user.clone() };
        Self {
            why: asked.why.as_str().to_owned(),
            model: usage.model.clone(),
            answered_by: usage.answered_by.clone(),
            temperature: usage.temperature,
            seed: usage.seed,
            fingerprint: usage.fingerprint.clone(),
            prompt_version: usage.prompt_version.clone(),
            exchanges: usage.exchanges,
            cached: usage.cached,
            tries: usage.tries,
            prompt_tokens: usage.prompt_tokens,
            completion_tokens: usage.completion_tokens,
            cost: usage.cost,
            seconds: usage.millis as f64 / 1000.0,
            rules_score: asked.rules_score,
            stopped: asked.stopped.map(str::to_owned),
            outcomes: asked.outcomes.iter().map(|o| outcome(o, &asked.claims, concepts, answer)).collect(),
            votes: asked.votes.iter().map(vote).collect(),
            prompts: asked.prompts.iter().map(prompt).collect(),
        }
    }
}

fn outcome(outcome: &domain::Outcome, claims: &[ConceptId], concepts: usize, answer: &str) -> JudgeOutcome {
    let quote = outcome.quote.map(|(start, end)| Evidence {
        start,
        end,
        quote: answer.get(start..end).unwrap_or_default().to_owned().into(),
        by: "judge".into(),
        source: if outcome.reason.is_empty() { "judge".into() } else { outcome.reason.clone().into() },
    });
    JudgeOutcome {
        id: claims.get(outcome.claim).map(ToString::to_string).unwrap_or_default(),
        misconception: outcome.claim >= concepts,
        rules: outcome.rules.as_str().to_owned(),
        rules_credit: outcome.rules_credit,
        verdict: outcome.verdict.as_str().to_owned(),
        credit: outcome.credit,
        said: outcome.said.map(|said| said.as_str().to_owned()),
        agreement: (outcome.agreement * 1000.0).round() / 1000.0,
        effect: outcome.effect.as_str().to_owned(),
        bound: outcome.bound.map(|bound| bound.as_str().to_owned()),
        quote,
        reason: outcome.reason.clone(),
        review: outcome.review,
    }
}

fn vote(vote: &domain::Vote) -> JudgeVote {
    let opinion = |o: &domain::Opinion| JudgeOpinion {
        claim: o.claim,
        said: o.said.as_str().to_owned(),
        quote: o.quote.clone(),
        reason: o.reason.clone(),
    };
    JudgeVote {
        keys: vote.keys.clone(),
        concrete_case: vote.concrete_case,
        opinions: vote.opinions.iter().map(opinion).collect(),
    }
}

impl JudgeVote {
    /// The vote itself, to merge it again; opinions that no judge can have are left out.
    #[must_use]
    pub fn to_domain(&self) -> domain::Vote {
        let opinion = |o: &JudgeOpinion| {
            let said = domain::Said::from_name(&o.said)?;
            Some(domain::Opinion { claim: o.claim, said, quote: o.quote.clone(), reason: o.reason.clone() })
        };
        domain::Vote {
            opinions: self.opinions.iter().filter_map(opinion).collect(),
            concrete_case: self.concrete_case,
            keys: self.keys.clone(),
        }
    }
}
