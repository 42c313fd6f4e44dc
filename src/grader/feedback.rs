//! The grade in sentences, for the person who wrote the answer.

use crate::domain::grade::{FlagId, Grade, Verdict};
use crate::domain::rubric::Rubric;

/// What was said, what was missing and what it would bring, what was wrong, and what the flags mean.
pub(super) fn feedback(grade: &Grade, rubric: &Rubric) -> Vec<String> {
    let mut lines = Vec::new();
    for flag in &grade.flags {
        lines.push(about_flag(flag.id).to_owned());
    }
    for (concept, of) in grade.concepts.iter().zip(&rubric.concepts) {
        let claim = sentence(&of.claim);
        match concept.verdict {
            Verdict::Hit => lines.push(format!("You said it: {claim}")),
            Verdict::Partial => lines.push(format!("In part: {claim}{}", gain(concept.gain))),
            Verdict::Contradicted => lines.push(format!("You said otherwise: {claim}{}", gain(concept.gain))),
            Verdict::Missed if of.bonus => {}
            Verdict::Missed => lines.push(format!("Missing: {claim}{}", gain(concept.gain))),
        }
    }
    for wrong in &grade.misconceptions {
        if let Some(of) = rubric.misconceptions.iter().find(|m| m.id == wrong.id) {
            lines.push(format!("Not so: {} (−0.18)", sentence(&of.claim)));
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

fn sentence(claim: &str) -> String {
    let claim = claim.trim();
    if claim.ends_with(['.', '!', '?']) { claim.to_owned() } else { format!("{claim}.") }
}

fn gain(gain: f64) -> String {
    if gain > 0.0 { format!(" (+{gain:.2})") } else { String::new() }
}
