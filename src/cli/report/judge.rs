//! What the judge did, beside the rules' verdicts.

use std::io;

use crate::cli::output::{BAD, DIM, GOOD, HEADING, PLAIN, Page, Text, WARN};
use crate::wire::{Grade, JudgeDetails, JudgeOutcome};

/// Writes the judge's part of a grade, where it had one or should have had.
pub(super) fn judge(page: &mut Page<'_>, grade: &Grade) -> io::Result<()> {
    match (&grade.judge.details, &grade.judge.reason) {
        (Some(details), _) => asked(page, grade, details),
        (None, Some(reason)) => {
            page.heading("Judge")?;
            let told = format!("It could not be had ({reason}): this is the grade by the rules alone.");
            page.hanging("  ", &Text::styled(WARN, &told))
        }
        (None, None) => Ok(()),
    }
}

fn asked(page: &mut Page<'_>, grade: &Grade, details: &JudgeDetails) -> io::Result<()> {
    page.heading("Judge")?;
    let why = match details.why.as_str() {
        "open" => "the question is open",
        "unsure" => "unsure verdicts could move the score",
        _ => "it is always asked",
    };
    let scores = format!("The rules alone: {:.2}. With the judge: {:.2}.", details.rules_score, grade.score);
    page.hanging("  ", &Text::plain(&scores))?;
    let votes = if details.votes.len() == 1 { "1 vote".to_owned() } else { format!("{} votes", details.votes.len()) };
    let tokens = details.prompt_tokens + details.completion_tokens;
    let cost = details.cost.map_or_else(String::new, |cost| format!(", cost {cost:.4}"));
    let cached = if details.cached > 0 { format!(", {} from the cache", details.cached) } else { String::new() };
    let told =
        format!("{}, since {why}: {votes}{cached}, {tokens} tokens, {:.1} s{cost}", details.model, details.seconds);
    page.hanging("  ", &Text::styled(DIM, &told))?;
    if let Some(reason) = &details.stopped {
        page.hanging("  ", &Text::styled(WARN, &format!("Another vote could not be had ({reason}).")))?;
    }
    for outcome in details.outcomes.iter().filter(|o| is_told(o)) {
        page.hanging("  ", &line(outcome))?;
    }
    let confirmed = details.outcomes.iter().filter(|o| o.effect == "confirmed").count();
    let told = format!("{confirmed} of {} verdicts confirmed", details.outcomes.len());
    page.hanging("  ", &Text::styled(DIM, &told))
}

/// What changed a verdict, or would have.
fn is_told(outcome: &JudgeOutcome) -> bool {
    matches!(outcome.effect.as_str(), "raised" | "lowered") || outcome.effect == "kept" && outcome.bound.is_some()
}

fn line(outcome: &JudgeOutcome) -> Text {
    let (sign, style) = match outcome.effect.as_str() {
        "raised" => ("↑", GOOD),
        "lowered" => ("↓", BAD),
        _ => ("=", DIM),
    };
    let name = |verdict: &str| -> String {
        match (outcome.misconception, verdict) {
            (true, "hit") => "asserted".to_owned(),
            (true, _) => "not asserted".to_owned(),
            (false, verdict) => verdict.to_owned(),
        }
    };
    let mut line = Text::styled(style, &format!("{sign} ")).and(HEADING, &outcome.id);
    let verdicts = if outcome.effect == "kept" {
        let said = outcome
            .said
            .as_deref()
            .map_or_else(|| "says nothing that counts".to_owned(), |s| format!("says {}", name(s)));
        format!(": {}; the judge {said}", name(&outcome.rules))
    } else {
        format!(": {} → {}", name(&outcome.rules), name(&outcome.verdict))
    };
    line.push(PLAIN, &verdicts);
    if outcome.agreement < 1.0 && outcome.effect != "kept" {
        line.push(DIM, &format!(" ({:.0} % of the votes)", outcome.agreement * 100.0));
    }
    if let Some(quote) = &outcome.quote {
        let words = quote.quote.split_whitespace().collect::<Vec<_>>().join(" ");
        line.push(style, &format!(" “{words}”"));
    }
    if !outcome.reason.is_empty() {
        line.push(PLAIN, &format!(": {}", outcome.reason));
    }
    if let Some(bound) = &outcome.bound {
        line.push(WARN, &format!(" [{}]", bound_meaning(bound)));
    }
    line
}

/// A bound in words.
fn bound_meaning(bound: &str) -> &'static str {
    match bound {
        "no_quote" => "no quote",
        "not_in_answer" => "the quote does not stand in the answer",
        "too_long" => "the quote is too long",
        "too_short" => "the quote is too short",
        "addresses_grader" => "the quote addresses the grader",
        "not_asserted" => "the quote is not the writer's own claim",
        "leaves_out_negation" => "the quote leaves out a negation",
        "backs_another" => "the quote backs another concept",
        "unrelated" => "the quote shares nothing with the claim",
        "strong_rules" => "the rules had strong evidence",
        "no_majority" => "the votes do not agree",
        _ => "out of bounds",
    }
}
