//! Whether what a grade says of its judge follows from it and the answer.

use super::{Findings, quotes, share_off};
use crate::domain::bounds::HALF;
use crate::domain::grade::{ReviewReason, Verdict};
use crate::domain::judged::{Bound, Effect, Said, Why};
use crate::domain::scoring;
use crate::wire::{Grade, JudgeDetails, JudgeOutcome};

const STATUSES: [&str; 4] = ["off", "not_needed", "asked", "unavailable"];

/// Checks the judge's part of a grade.
pub(super) fn judge(found: &mut Findings, grade: &Grade, answer: &str) {
    let judge = &grade.judge;
    found.one_of(&judge.status, &STATUSES, "judge.status");
    found.unless(
        judge.details.is_some() == (judge.status == "asked"),
        "judge.details",
        "there exactly where the judge was asked",
    );
    let unavailable = judge.status == "unavailable";
    found.unless(
        judge.reason.as_ref().is_some_and(|reason| !reason.is_empty()) == unavailable,
        "judge.reason",
        "there exactly where the judge is unavailable",
    );
    let has = |reason: ReviewReason| grade.review_reasons.iter().any(|r| r == reason.as_str());
    let stopped = judge.details.as_ref().is_some_and(|d| d.stopped.is_some());
    let message = "`judge_unavailable` stands there exactly where the judge could not be had";
    found.unless(has(ReviewReason::JudgeUnavailable) == (unavailable || stopped), "review_reasons", message);
    let disputed = judge.details.as_ref().is_some_and(|d| d.outcomes.iter().any(|o| o.review));
    let message = "`judge_disagrees` stands there exactly where an outcome asks for a review";
    found.unless(has(ReviewReason::JudgeDisagrees) == disputed, "review_reasons", message);
    let claims = grade.concepts.iter().map(|c| &c.evidence).chain(grade.misconceptions.iter().map(|m| &m.evidence));
    let by_judge = claims.flatten().any(|e| e.by == "judge");
    found.unless(!by_judge || judge.details.is_some(), "judge.status", "evidence of a judge's that was not asked");
    if let Some(details) = &judge.details {
        found.one_of(&details.why, &[Why::Open, Why::Unsure, Why::Always].map(Why::as_str), "judge.details.why");
        for (i, outcome) in details.outcomes.iter().enumerate() {
            check_outcome(found, grade, outcome, &format!("judge.details.outcomes[{i}]"), answer);
        }
        one_concept_a_quote(found, details);
        rules_score(found, grade, details);
    }
}

fn check_outcome(found: &mut Findings, grade: &Grade, outcome: &JudgeOutcome, field: &str, answer: &str) {
    let effects = Effect::ALL.map(Effect::as_str);
    found.one_of(&outcome.effect, &effects, format!("{field}.effect"));
    if let Some(bound) = &outcome.bound {
        found.one_of(bound, &Bound::ALL.map(Bound::as_str), format!("{field}.bound"));
    }
    if let Some(said) = &outcome.said {
        found.one_of(said, &Said::ALL.map(Said::as_str), format!("{field}.said"));
    }
    found.share(outcome.agreement, &format!("{field}.agreement"));
    if let Some(quote) = &outcome.quote {
        quotes(found, std::slice::from_ref(quote), field, answer);
    }
    let now = if outcome.misconception {
        let asserted = grade.misconceptions.iter().any(|m| m.id == outcome.id);
        Some(if asserted { (Verdict::Hit.as_str(), 1.0) } else { (Verdict::Missed.as_str(), 0.0) })
    } else {
        grade.concepts.iter().find(|c| c.id == outcome.id).map(|c| (&*c.verdict, c.credit))
    };
    let same = now.is_some_and(|(verdict, credit)| verdict == outcome.verdict && !share_off(credit, outcome.credit));
    found.unless(same, field, "not the verdict and credit that the grade gives");
    let worth = |credit: f64| if outcome.misconception { -credit } else { credit };
    let (before, after) = (worth(outcome.rules_credit), worth(outcome.credit));
    let fits = match outcome.effect.as_str() {
        "raised" => after > before,
        "lowered" => after < before,
        _ => !share_off(before, after) && outcome.rules == outcome.verdict,
    };
    found.unless(fits, &format!("{field}.effect"), "does not go with the credits before and after");
    let raised = outcome.effect == Effect::Raised.as_str();
    found.unless(!raised || outcome.quote.is_some(), &format!("{field}.quote"), "raised without a quote");
    let unrelated = outcome.bound.as_deref() == Some(Bound::Unrelated.as_str());
    let too_far = raised && unrelated && outcome.credit > HALF;
    found.unless(!too_far, &format!("{field}.credit"), "above one half by a quote that shares nothing with the claim");
}

/// No two concepts are backed by the same words.
fn one_concept_a_quote(found: &mut Findings, details: &JudgeDetails) {
    let backs = |o: &&JudgeOutcome| !o.misconception && matches!(o.said.as_deref(), Some("hit" | "partial"));
    let backing: Vec<(usize, usize)> =
        details.outcomes.iter().filter(backs).filter_map(|o| o.quote.as_ref()).map(|q| (q.start, q.end)).collect();
    let overlap = |(i, a): (usize, &(usize, usize))| backing[i + 1..].iter().any(|b| a.0 < b.1 && b.0 < a.1);
    let twice = backing.iter().enumerate().any(overlap);
    found.unless(!twice, "judge.details.outcomes", "the same words back two concepts");
}

/// The rules' score follows from their credits.
fn rules_score(found: &mut Findings, grade: &Grade, details: &JudgeDetails) {
    let outcome = |id: &str, wrong: bool| details.outcomes.iter().find(|o| o.misconception == wrong && o.id == id);
    let credits = grade.concepts.iter().map(|c| (c.weight, outcome(&c.id, false).map_or(c.credit, |o| o.rules_credit)));
    let untouched = grade.misconceptions.iter().filter(|m| outcome(&m.id, true).is_none()).count();
    let asserted = details.outcomes.iter().filter(|o| o.misconception && o.rules_credit > 0.0).count();
    let score = scoring::score(credits, grade.full_weight, untouched + asserted);
    if share_off(details.rules_score, score) {
        let message = format!("{} does not follow from the rules' credits, which give {score}", details.rules_score);
        found.add("judge.details.rules_score", message);
    }
}
