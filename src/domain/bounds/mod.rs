//! The rules' verdicts and a judge's votes, merged: the judge advises within bounds.
//!
//! Names the other parts of Domain. Pure: the same verdicts and votes always merge alike, so that a stored grade can be
//! derived again. The bounds, each with a property in the tests:
//!
//! - An opinion counts upward only by a quote that stands in the answer, token by token ([`quote`]), in the writer's own
//!   claims, outside text that addresses the grader, with its negations, and with at least three words of content.
//! - A quote backs one concept: of several, the one that it shares most words with, then the first.
//! - A quote that shares too little with a claim, its phrases or an ideal answer ([`quote::Kinship`]) lifts to one half at
//!   most, and asks for a review; all such quotes together lift a score by a quarter at most.
//! - A claim that is granted against the rules without proof stays as it is, and asks for a review.
//! - An answer that speaks of its own grading ([`address`]) is not lifted at all; a grant against the rules asks for a review.
//! - Downward goes only what a quote contradicts, or what the rules had no strong evidence for.
//! - A quote that proves nothing makes its opinion no opinion.
//! - Of several votes, what more than half of them say counts.
//!
//! To add a bound: a variant of [`Bound`], its test in [`quote`] or [`concept`], and a property.

pub mod address;
pub mod general;
pub mod quote;

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::grade::Verdict;
use super::judged::{Bound, Effect, Opinion, Outcome, Said, Vote};
use super::text::Text;
use super::text::vocabulary::Term;

use quote::Kinship;

/// What an unrelated quote lifts to at most, and what a claim that is made in part is worth.
pub const HALF: f64 = 0.5;

/// What all unrelated quotes together lift a score by at most.
pub const UNRELATED: f64 = 0.25;

/// The rules' word on one claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling {
    /// Whether it is a misconception: a hit then costs points.
    pub misconception: bool,
    /// The verdict; for a misconception, a hit where it is asserted.
    pub verdict: Verdict,
    /// The credit; for a misconception, 1 where it is asserted.
    pub credit: f64,
    /// Whether the rules had strong evidence for the credit.
    pub strong: bool,
    /// Whether the rules are sure of the verdict, whichever it is.
    pub sure: bool,
    /// The spans of the evidence, in bytes of the answer.
    pub evidence: Vec<(usize, usize)>,
    /// What the claim is worth of full marks, 0 to 1; 0 for a misconception.
    pub share: f64,
    /// The terms of the claim, its phrases and the ideal answers, each with how much it tells of this claim, 0 to 1.
    pub terms: FxHashMap<Term, f32>,
}

/// An answer with the rules' word on each of its claims.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The answer.
    pub answer: &'a Text,
    /// The rules' word, in the order of the claims.
    pub rulings: &'a [Ruling],
}

/// An opinion with where its quote stands.
#[derive(Debug, Clone)]
struct Heard<'v> {
    opinion: &'v Opinion,
    place: Result<Range<usize>, Bound>,
    kin: Kinship,
    agreement: f64,
}

impl Heard<'_> {
    /// Whether it is an opinion at all: a claim that something is missing needs no quote.
    fn counts(&self) -> bool {
        self.opinion.said == Said::Missed || self.place.is_ok()
    }
}

/// Merges the rules' word with the votes: an outcome for every claim that any vote speaks of, in the claims' order.
/// `read` reads a quote with the answer's terms.
#[must_use]
pub fn merge(subject: &Subject<'_>, votes: &[Vote], read: impl Fn(&str) -> Text) -> Vec<Outcome> {
    let mut winners: Vec<(usize, Winner<'_>)> = Vec::new();
    for claim in 0..subject.rulings.len() {
        let heard: Vec<Heard<'_>> = votes.iter().filter_map(|vote| hear(subject, vote, claim, &read)).collect();
        if !heard.is_empty() {
            winners.push((claim, majority(&heard, votes.len())));
        }
    }
    one_concept_a_quote(subject, &mut winners);
    let mut outcomes: Vec<Outcome> = winners
        .into_iter()
        .map(|(claim, winner)| {
            let ruling = &subject.rulings[claim];
            match winner {
                Ok(heard) if ruling.misconception => misconception(subject, claim, &heard),
                Ok(heard) => concept(subject, claim, &heard),
                Err((bound, opinion, agreement)) => {
                    let mut kept = outcome(claim, ruling);
                    kept.bound = Some(bound);
                    kept.agreement = agreement;
                    kept.reason = opinion.map(|o| o.reason.clone()).unwrap_or_default();
                    // What a judge grants and cannot prove, against the rules, is for a person to decide.
                    kept.review = !ruling.misconception && ruling.credit < HALF && opinion.is_some_and(grants);
                    kept
                }
            }
        })
        .collect();
    bound_unrelated(subject, &mut outcomes);
    outcomes
}

fn grants(opinion: &Opinion) -> bool {
    matches!(opinion.said, Said::Hit | Said::Partial)
}

/// Holds what unrelated quotes lift together: they are the judge's word alone.
fn bound_unrelated(subject: &Subject<'_>, outcomes: &mut [Outcome]) {
    let mut room = UNRELATED;
    let lifted = |o: &&mut Outcome| o.bound == Some(Bound::Unrelated) && o.effect == Effect::Raised;
    for out in outcomes.iter_mut().filter(lifted) {
        let ruling = &subject.rulings[out.claim];
        let before = ruling.credit.max(0.0);
        // Credits have two places.
        let most = ((before + room / ruling.share.max(f64::EPSILON)) * 100.0 + 1e-6).floor() / 100.0;
        out.credit = out.credit.min(most);
        if out.credit <= before {
            let review = out.review;
            *out = Outcome {
                review,
                ..held(Outcome { credit: ruling.credit, verdict: ruling.verdict, ..out.clone() }, Bound::Unrelated)
            };
        }
        room -= (out.credit.max(0.0) - before) * ruling.share;
    }
}

/// What one vote says of a claim.
fn hear<'v>(subject: &Subject<'_>, vote: &'v Vote, claim: usize, read: &impl Fn(&str) -> Text) -> Option<Heard<'v>> {
    let opinion = vote.opinions.iter().find(|o| o.claim == claim)?;
    let place = quote::find(subject.answer, &read(&opinion.quote));
    let terms = &subject.rulings[claim].terms;
    let kin = place.as_ref().map(|range| quote::kinship(subject.answer, range, terms)).unwrap_or_default();
    Some(Heard { opinion, place, kin, agreement: 1.0 })
}

/// The word that counts, or the bound that none does by, with the opinion it concerns and the share of votes.
type Winner<'v> = Result<Heard<'v>, (Bound, Option<&'v Opinion>, f64)>;

/// What more than half of the votes say, in the words of the first that says it.
fn majority<'v>(heard: &[Heard<'v>], votes: usize) -> Winner<'v> {
    let counting = |said: Said| heard.iter().filter(move |h| h.counts() && h.opinion.said == said);
    for said in Said::ALL {
        let count = counting(said).count();
        if 2 * count > votes
            && let Some(first) = counting(said).reduce(|a, b| if b.kin.weight > a.kin.weight { b } else { a })
        {
            return Ok(Heard { agreement: count as f64 / votes as f64, ..first.clone() });
        }
    }
    let most = Said::ALL.map(|said| counting(said).count()).into_iter().max().unwrap_or_default();
    let faulty = heard.iter().find_map(|h| h.place.as_ref().err().filter(|_| !h.counts()).map(|b| (*b, h.opinion)));
    let none_counts = heard.iter().all(|h| !h.counts());
    let (bound, opinion) = match faulty {
        Some((bound, opinion)) if none_counts => (bound, Some(opinion)),
        _ => (Bound::NoMajority, None),
    };
    Err((bound, opinion, most as f64 / votes.max(1) as f64))
}

/// Of concepts whose quotes overlap, the one that its quote shares most with keeps it; the others have no opinion.
fn one_concept_a_quote(subject: &Subject<'_>, winners: &mut [(usize, Winner<'_>)]) {
    let mut backing: Vec<(usize, f32, Range<usize>)> = Vec::new();
    for (at, (claim, winner)) in winners.iter().enumerate() {
        if let Ok(heard) = winner
            && matches!(heard.opinion.said, Said::Hit | Said::Partial)
            && !subject.rulings[*claim].misconception
            && let Ok(range) = &heard.place
        {
            backing.push((at, heard.kin.weight, range.clone()));
        }
    }
    backing.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut taken: Vec<Range<usize>> = Vec::new();
    for (at, _, range) in backing {
        if taken.iter().any(|t| t.start < range.end && range.start < t.end) {
            if let Ok(heard) = &winners[at].1 {
                winners[at].1 = Err((Bound::BacksAnother, Some(heard.opinion), heard.agreement));
            }
        } else {
            taken.push(range);
        }
    }
}

/// An outcome that changes nothing.
fn outcome(claim: usize, ruling: &Ruling) -> Outcome {
    Outcome {
        claim,
        rules: ruling.verdict,
        rules_credit: ruling.credit,
        verdict: ruling.verdict,
        credit: ruling.credit,
        said: None,
        agreement: 0.0,
        effect: Effect::Kept,
        bound: None,
        quote: None,
        reason: String::new(),
        review: false,
    }
}

fn heard_outcome(subject: &Subject<'_>, claim: usize, heard: &Heard<'_>) -> Outcome {
    Outcome {
        said: Some(heard.opinion.said),
        agreement: heard.agreement,
        quote: heard.place.as_ref().ok().map(|range| subject.answer.span(range)),
        reason: heard.opinion.reason.clone(),
        ..outcome(claim, &subject.rulings[claim])
    }
}

/// Whether an answer may be lifted by what a judge says of it.
fn may_lift(subject: &Subject<'_>) -> bool {
    !address::speaks_of_grading(subject.answer)
}

/// Changes the verdict; sure rules that are overruled are worth a look.
fn moved(mut out: Outcome, ruling: &Ruling, verdict: Verdict, credit: f64) -> Outcome {
    let worth = |credit: f64| if ruling.misconception { -credit } else { credit };
    out.effect = if worth(credit) > worth(ruling.credit) { Effect::Raised } else { Effect::Lowered };
    out.review |= ruling.sure && (credit.max(0.0) - ruling.credit.max(0.0)).abs() >= HALF;
    out.verdict = verdict;
    out.credit = credit;
    out
}

fn held(mut out: Outcome, bound: Bound) -> Outcome {
    out.bound = Some(bound);
    out.effect = Effect::Kept;
    out
}

fn confirmed(mut out: Outcome) -> Outcome {
    out.effect = Effect::Confirmed;
    out
}

/// What an opinion does to a concept's verdict.
fn concept(subject: &Subject<'_>, claim: usize, heard: &Heard<'_>) -> Outcome {
    let ruling = &subject.rulings[claim];
    let mut out = heard_outcome(subject, claim, heard);
    let related = heard.kin.is_related();
    match heard.opinion.said {
        Said::Hit | Said::Partial => {
            let wanted = if heard.opinion.said == Said::Hit { 1.0 } else { HALF };
            let allowed = if related { wanted } else { wanted.min(HALF) };
            if allowed > ruling.credit {
                if !may_lift(subject) {
                    out.review = true;
                    return held(out, Bound::AddressesGrader);
                }
                if !related {
                    out.bound = Some(Bound::Unrelated);
                    out.review = true;
                }
                let verdict = if allowed < 1.0 { Verdict::Partial } else { Verdict::Hit };
                moved(out, ruling, verdict, allowed)
            } else if wanted < ruling.credit && ruling.verdict == Verdict::Hit {
                if ruling.strong { held(out, Bound::StrongRules) } else { moved(out, ruling, Verdict::Partial, wanted) }
            } else {
                confirmed(out)
            }
        }
        Said::Missed if ruling.credit > 0.0 => {
            if ruling.strong {
                held(out, Bound::StrongRules)
            } else {
                moved(out, ruling, Verdict::Missed, 0.0)
            }
        }
        Said::Missed if ruling.verdict == Verdict::Missed => confirmed(out),
        Said::Missed => out,
        Said::Contradicted if ruling.verdict == Verdict::Contradicted => confirmed(out),
        Said::Contradicted if !related => held(out, Bound::Unrelated),
        Said::Contradicted => moved(out, ruling, Verdict::Contradicted, -1.0),
    }
}

/// What an opinion does to a misconception: asserting it costs points, so clearing it is upward.
fn misconception(subject: &Subject<'_>, claim: usize, heard: &Heard<'_>) -> Outcome {
    let ruling = &subject.rulings[claim];
    let out = heard_outcome(subject, claim, heard);
    let asserted = ruling.verdict == Verdict::Hit;
    match heard.opinion.said {
        Said::Hit if asserted => confirmed(out),
        Said::Hit if !heard.kin.is_related() => held(out, Bound::Unrelated),
        Said::Hit => moved(out, ruling, Verdict::Hit, 1.0),
        Said::Partial => out,
        Said::Missed | Said::Contradicted if !asserted => confirmed(out),
        Said::Missed | Said::Contradicted if ruling.strong => held(out, Bound::StrongRules),
        Said::Missed | Said::Contradicted if !may_lift(subject) => held(out, Bound::AddressesGrader),
        Said::Missed | Said::Contradicted => match (&heard.place, out.quote) {
            // The quote has to show the very words that the rules read otherwise.
            (Ok(_), Some((start, end))) if ruling.evidence.iter().any(|&(s, e)| s < end && start < e) => {
                moved(out, ruling, Verdict::Missed, 0.0)
            }
            (Ok(_), _) => held(out, Bound::Unrelated),
            (Err(bound), _) => held(out, *bound),
        },
    }
}

#[cfg(test)]
mod tests;
