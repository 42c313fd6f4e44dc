//! The grade in sentences, for the person who wrote the answer.

use std::fmt::Write as _;

use crate::domain::grade::{FlagId, Grade, ReviewReason, Verdict};
use crate::domain::rubric::Rubric;
use crate::domain::scoring::MISCONCEPTION_COST;

/// What was said, what was missing and what it would bring, what was wrong, and what the flags mean.
pub(super) fn feedback(grade: &Grade, rubric: &Rubric) -> Vec<String> {
    let mut lines = Vec::with_capacity(grade.concepts.len() + grade.misconceptions.len());
    for flag in &grade.flags {
        lines.push(about_flag(flag.id).to_owned());
    }
    if grade.review.contains(&ReviewReason::FalseAddition) {
        lines.push("Something false seems to stand beside what is right, which then counts in part.".to_owned());
    }
    for (concept, of) in grade.concepts.iter().zip(&rubric.concepts) {
        match concept.verdict {
            Verdict::Hit => lines.push(line("You said it: ", &of.claim, 0.0)),
            Verdict::Partial => lines.push(line("In part: ", &of.claim, concept.gain)),
            Verdict::Contradicted => lines.push(line("You said otherwise: ", &of.claim, concept.gain)),
            Verdict::Missed if of.bonus => {}
            Verdict::Missed => lines.push(line("Missing: ", &of.claim, concept.gain)),
        }
    }
    for wrong in &grade.misconceptions {
        if let Some(of) = rubric.misconceptions.iter().find(|m| m.id == wrong.id) {
            lines.push(line("Not so: ", &of.claim, -MISCONCEPTION_COST));
        }
    }
    lines
}

fn about_flag(id: FlagId) -> &'static str {
    match id {
        FlagId::Empty => "Nothing was written.",
        FlagId::OffTopic => "This reads like an answer to another question.",
        FlagId::Stuffing => "Words alone earn nothing: make claims in sentences or notes.",
        FlagId::Echo => "This says the question back; say what the answer is.",
        FlagId::Injection => "Words to the grader earn nothing and are passed over.",
        FlagId::DontKnow => "You said that you do not know; a guess that is marked as one costs nothing.",
        FlagId::Retracted => "What you took back was passed over.",
    }
}

/// A claim as a sentence, with what it brings or costs.
fn line(lead: &str, claim: &str, gain: f64) -> String {
    let claim = claim.trim();
    let mut line = String::with_capacity(lead.len() + claim.len() + 12);
    line.push_str(lead);
    line.push_str(claim);
    if !claim.ends_with(['.', '!', '?']) {
        line.push('.');
    }
    // A string takes all that is written.
    let _ = match gain {
        0.0 => Ok(()),
        gain if gain > 0.0 => write!(line, " (+{gain:.2})"),
        cost => write!(line, " (−{:.2})", -cost),
    };
    line
}
