//! Claim by claim: the rules' word as the bounds take it, and what a verdict becomes by a judge's.

use rustc_hash::FxHashMap;

use crate::bank::Item;
use crate::domain::bounds::{self, Ruling};
use crate::domain::grade::{ConceptGrade, Evidence, EvidenceBy, Grade, MisconceptionGrade, Verdict};
use crate::domain::id::ConceptId;
use crate::domain::judged::{Effect, Outcome, Said};
use crate::domain::text::vocabulary::Term;
use crate::domain::verdict::Weighed;
use crate::domain::verdict::features::ANSWER;

/// The confidence from which the rules are sure of a verdict, and their evidence is strong.
const SURE: f64 = 0.8;
/// How often a judge's verified word is right: what the confidence of a verdict is moved by. Assumed until it is measured.
const JUDGE_IS_RIGHT: f64 = 0.85;

/// What a credit by likeness makes of a claim.
pub(super) fn likely(concept: &ConceptGrade) -> Weighed {
    let credited = if concept.credit >= bounds::HALF { concept.confidence } else { 1.0 - concept.confidence } as f32;
    let full = credited.min(concept.credit as f32);
    let wordless = [credited, full];
    Weighed { credited, full, contradicted: 0.0, wordless, best: None, opposite: None, row: [0.0; ANSWER.len()] }
}

/// The rules' word on every claim.
pub(super) fn rulings(
    grade: &Grade,
    weighed: &[Weighed],
    item: &Item,
    terms: Vec<FxHashMap<Term, f32>>,
) -> Vec<Ruling> {
    let spans = |evidence: &[Evidence]| evidence.iter().map(|e| (e.start, e.end)).collect();
    let mut terms = terms.into_iter();
    let mut next = || terms.next().unwrap_or_default();
    let mut rulings: Vec<Ruling> = grade
        .concepts
        .iter()
        .map(|c| Ruling {
            misconception: false,
            verdict: c.verdict,
            credit: c.credit,
            strong: c.credit >= bounds::HALF && c.confidence >= SURE,
            share: f64::from(c.weight) / f64::from(grade.full_weight.max(1)),
            sure: c.confidence >= SURE,
            evidence: spans(&c.evidence),
            terms: next(),
        })
        .collect();
    for (number, of) in item.rubric.misconceptions.iter().enumerate() {
        let found = grade.misconceptions.iter().find(|m| m.id == of.id);
        let made = f64::from(weighed[grade.concepts.len() + number].credited);
        rulings.push(Ruling {
            misconception: true,
            verdict: if found.is_some() { Verdict::Hit } else { Verdict::Missed },
            credit: if found.is_some() { 1.0 } else { 0.0 },
            strong: found.is_some_and(|m| m.confidence >= SURE),
            share: 0.0,
            sure: found.map_or(1.0 - made, |m| m.confidence) >= SURE,
            evidence: found.map(|m| spans(&m.evidence)).unwrap_or_default(),
            terms: next(),
        });
    }
    rulings
}

/// The probability that a claim is made, given that the judge says so or not: by Bayes, with a judge that is right as often as
/// its votes agree.
fn believed(made: f32, says_made: bool, agreement: f64) -> f32 {
    let right = 0.5 + (JUDGE_IS_RIGHT - 0.5) * agreement;
    let right = if says_made { right } else { 1.0 - right };
    let made = f64::from(made);
    (made * right / (made * right + (1.0 - made) * (1.0 - right))) as f32
}

/// Moves a claim's probabilities by a word that counts.
fn weigh(outcome: &Outcome, weighed: &mut Weighed) {
    let (Some(said), Effect::Confirmed | Effect::Raised | Effect::Lowered) = (outcome.said, outcome.effect) else {
        return;
    };
    let fully = if weighed.credited > 0.0 { weighed.full / weighed.credited } else { 0.0 };
    weighed.credited = believed(weighed.credited, matches!(said, Said::Hit | Said::Partial), outcome.agreement);
    let fully = if said == Said::Hit { fully.max(0.5) } else { fully };
    weighed.full = weighed.credited * fully.min(1.0);
}

fn judges_evidence(outcome: &Outcome) -> Option<Evidence> {
    let (start, end) = outcome.quote?;
    let source = if outcome.reason.is_empty() { "judge".to_owned() } else { outcome.reason.clone() };
    Some(Evidence { start, end, by: EvidenceBy::Judge, source })
}

fn three_places(p: f32) -> f64 {
    (f64::from(p) * 1000.0).round() / 1000.0
}

/// Changes a concept's verdict, with its evidence and confidence.
pub(super) fn change(concept: &mut ConceptGrade, outcome: &Outcome, weighed: &mut Weighed) {
    let made = if concept.credit >= bounds::HALF { concept.confidence } else { 1.0 - concept.confidence };
    weighed.credited = made as f32;
    weighed.full = weighed.full.min(weighed.credited);
    weigh(outcome, weighed);
    let made = three_places(weighed.credited);
    concept.confidence = if outcome.credit >= bounds::HALF { made } else { three_places(1.0 - weighed.credited) };
    if !matches!(outcome.effect, Effect::Raised | Effect::Lowered) {
        return;
    }
    match outcome.verdict {
        Verdict::Missed => concept.evidence.clear(),
        Verdict::Contradicted => concept.evidence = judges_evidence(outcome).into_iter().collect(),
        Verdict::Hit | Verdict::Partial => {
            if concept.verdict == Verdict::Contradicted {
                concept.evidence.clear();
            }
            concept.evidence.extend(judges_evidence(outcome));
        }
    }
    concept.verdict = outcome.verdict;
    concept.credit = outcome.credit;
}

pub(super) fn change_misconception(grade: &mut Grade, item: &Item, outcome: &Outcome, weighed: &mut [Weighed]) {
    let number = outcome.claim - grade.concepts.len();
    let Some(of) = item.rubric.misconceptions.get(number) else { return };
    weigh(outcome, &mut weighed[outcome.claim]);
    let confidence = three_places(weighed[outcome.claim].credited);
    let order = |id: &ConceptId| item.rubric.misconceptions.iter().position(|m| m.id == *id);
    let found = grade.misconceptions.iter().position(|m| m.id == of.id);
    match (outcome.verdict, found) {
        (Verdict::Hit, Some(at)) => grade.misconceptions[at].confidence = confidence,
        (Verdict::Hit, None) => {
            let evidence = judges_evidence(outcome).into_iter().collect();
            grade.misconceptions.push(MisconceptionGrade { id: of.id.clone(), confidence, evidence });
            grade.misconceptions.sort_by_key(|m| order(&m.id));
        }
        (_, Some(at)) => {
            grade.misconceptions.remove(at);
        }
        (_, None) => {}
    }
}
