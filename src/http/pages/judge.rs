//! What the judge did, as the page of a grade shows it beside the rules' verdicts.

use crate::bank::Item;
use crate::wire::{Grade, JudgeOutcome};

/// The judge's part of a grade, ready to be written out.
#[derive(Debug)]
pub(super) struct JudgeView {
    /// What it came to, in a sentence.
    pub(super) summary: String,
    /// What it changed, or tried to.
    pub(super) changes: Vec<ChangeView>,
}

/// One verdict that the judge changed, or would have.
#[derive(Debug)]
pub(super) struct ChangeView {
    /// The claim, or its id where claims are not shown.
    pub(super) claim: String,
    /// The verdicts before and after.
    pub(super) verdicts: String,
    pub(super) quote: Option<String>,
    pub(super) reason: String,
    /// What kept it from counting in full.
    pub(super) bound: Option<&'static str>,
}

impl JudgeView {
    /// The view, where the judge had a part in the grade. `reviewing` allows claims that the answer does not make, and words of
    /// the judge that were not heeded.
    pub(super) fn new(grade: &Grade, item: &Item, reviewing: bool) -> Option<Self> {
        let details = grade.judge.details.as_ref()?;
        let told = |o: &&JudgeOutcome| match o.effect.as_str() {
            "raised" | "lowered" => reviewing || o.credit > 0.0 || o.misconception,
            "kept" => reviewing && o.bound.is_some(),
            _ => false,
        };
        let changes: Vec<ChangeView> = details.outcomes.iter().filter(told).map(|o| change(o, item)).collect();
        let summary = format!(
            "A second reading by {} was compared with the rules. By the rules alone: {:.2}; with it: {:.2}.",
            details.model, details.rules_score, grade.score
        );
        Some(Self { summary, changes })
    }
}

fn change(outcome: &JudgeOutcome, item: &Item) -> ChangeView {
    let rubric = &item.rubric;
    let claim = if outcome.misconception {
        rubric.misconceptions.iter().find(|m| m.id.as_str() == outcome.id).map(|m| &m.claim)
    } else {
        rubric.concepts.iter().find(|c| c.id.as_str() == outcome.id).map(|c| &c.claim)
    };
    let name = |verdict: &str| match (outcome.misconception, verdict) {
        (true, "hit") => "asserted",
        (true, _) => "not asserted",
        (false, "hit") => "said",
        (false, "partial") => "said in part",
        (false, "contradicted") => "said otherwise",
        (false, _) => "missing",
    };
    let verdicts = if outcome.effect == "kept" {
        let said = outcome.said.as_deref().map_or("nothing that counts", name);
        format!("{} by the rules, which stands; the second reading: {said}", name(&outcome.rules))
    } else {
        format!("{} by the rules, now {}", name(&outcome.rules), name(&outcome.verdict))
    };
    ChangeView {
        claim: claim.unwrap_or(&outcome.id).clone(),
        verdicts,
        quote: outcome.quote.as_ref().map(|q| q.quote.split_whitespace().collect::<Vec<_>>().join(" ")),
        reason: outcome.reason.clone(),
        bound: outcome.bound.as_deref().map(bound_sentence),
    }
}

fn bound_sentence(bound: &str) -> &'static str {
    match bound {
        "no_quote" => "It gave no quote.",
        "not_in_answer" => "Its quote does not stand in the answer.",
        "too_long" => "Its quote is too long to prove anything in particular.",
        "too_short" => "Its quote is too short.",
        "addresses_grader" => "Its quote addresses the grader.",
        "not_asserted" => "Its quote is not the writer's own claim.",
        "leaves_out_negation" => "Its quote leaves out a negation.",
        "backs_another" => "Its quote backs another claim already.",
        "unrelated" => "Its quote shares no word with the claim.",
        "strong_rules" => "The rules had strong evidence.",
        "no_majority" => "Its votes do not agree.",
        _ => "It went beyond its bounds.",
    }
}
