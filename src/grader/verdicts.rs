//! From probabilities to verdicts with evidence, to an interval, and to whether a person should look.

use super::case::{Case, Read};
use crate::domain::flags;
use crate::domain::grade::{
    ConceptGrade, Evidence, EvidenceBy, Flag, FlagId, Grade, MisconceptionGrade, ReviewReason, Verdict,
};
use crate::domain::rubric::Rubric;
use crate::domain::scoring::{self, round};
use crate::domain::verdict::features::has_related;
use crate::domain::verdict::{Near, PatternFound, Reading, Weighed};
use crate::domain::wording::Spoken;
use crate::domain::wording::manner::LIKELY;

/// Expected credit from which a concept counts as made.
const HIT: f32 = 0.75;
/// Expected credit from which it counts as made in part.
const PARTIAL: f32 = 0.25;
/// The same of a claim that has nothing but its statement: its probabilities are the least sure. Of 0.25, 0.3, 0.35 and 0.4 the one by
/// which answers that say nothing are held down best, cross-validated, while marks follow graders hardly less closely.
const PARTIAL_BARE: f32 = 0.35;
/// Probability of half the credit at least, from which it is at least half.
const CREDITED: f32 = 0.5;
/// Probability from which a misconception is asserted. Below one half: they are rarer than what is said of them, and at this
/// bound as many are found wrongly as are missed.
const ASSERTED: f32 = 0.377;
/// Probability from which a concept is contradicted, where it is likelier than that it is made: where 0.55 finds too few, as much is
/// found wrongly as missed.
const CONTRADICTED: f32 = 0.45;
/// The most evidence that is given for one claim.
const MAX_EVIDENCE: usize = 3;

/// Of labelled answers that are flagged as words alone by what holds them together and would earn a quarter of the marks as claims, the
/// share that raters credit: 7 of 25.
const NOTES: f32 = 0.28;

/// What an answer's words are taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// Claims.
    Said,
    /// Words alone, though notes that are terse enough look the same.
    Listed,
    /// Nothing at all.
    Void,
}

impl Taken {
    /// What an answer with these flags is taken for.
    pub(super) fn of(flags: &[Flag]) -> Self {
        match flags::voids(flags) {
            false => Self::Said,
            true if flags.iter().any(|f| matches!(f.id, FlagId::Empty | FlagId::Echo)) => Self::Void,
            true => Self::Listed,
        }
    }

    /// The probability that its words are claims after all.
    const fn is_said(self) -> f32 {
        match self {
            Self::Said => 1.0,
            Self::Listed => NOTES,
            Self::Void => 0.0,
        }
    }
}

/// The credit to expect: half for a claim made in part, the whole for one made fully.
fn expected(w: &Weighed) -> f32 {
    f32::midpoint(w.credited, w.full)
}

/// From this share of the marks on that is likely to be lost by what stands beside the claims, claims that are made count for less by
/// it: a right fact with a false addition is worth two thirds to graders. Of 0.06 to 0.14 the one by which scores follow graders best
/// and, with [`UNSURE`], a person is asked for most of those that are far off, cross-validated.
const FALSE_ADDITION: f32 = 0.10;

/// What is left of a claim that both sets of scorecards have to find.
fn doubly(w: &Weighed) -> Weighed {
    Weighed { credited: w.credited.min(w.wordless[0]), full: w.full.min(w.wordless[1]), ..*w }
}

fn two_places(credit: f32) -> f64 {
    (f64::from(credit) * 100.0).round() / 100.0
}

/// Rounds a probability to three places.
fn share(p: f32) -> f64 {
    (f64::from(p) * 1000.0).round() / 1000.0
}

/// The verdict on every concept.
pub(super) fn concepts(
    rubric: &Rubric,
    case: &Case,
    read: &Read,
    weighed: &[Weighed],
    flags: &[Flag],
) -> Vec<ConceptGrade> {
    let taken = Taken::of(flags);
    let void = taken != Taken::Said;
    // Who speaks to the grader gets nothing for what is likelier not made, and has to convince the scorecards without words too: such
    // words are there to be taken for more.
    let speaks = flags.iter().any(|f| f.id == FlagId::Injection);
    let part = |w: &Weighed| match w.row {
        _ if speaks => CREDITED,
        ref row if has_related(row) => PARTIAL_BARE,
        _ => PARTIAL,
    };
    let beside = read.reading.wording.beside;
    let verdict = |(number, concept): (usize, &crate::domain::rubric::Concept)| {
        let w = if speaks { &doubly(&weighed[number]) } else { &weighed[number] };
        let proven = !void && is_proven(read, number, w.best);
        let expected = if proven { expected(w) } else { 0.0 };
        let contradicted = !void && w.contradicted >= CONTRADICTED && w.contradicted > w.credited;
        let (verdict, credit) = match expected {
            _ if contradicted => (Verdict::Contradicted, -1.0),
            e if e >= HIT && beside >= FALSE_ADDITION => (Verdict::Partial, two_places(1.0 - beside)),
            e if e >= HIT => (Verdict::Hit, 1.0),
            e if e > 0.0 && w.credited >= CREDITED => (Verdict::Partial, two_places(e.max(0.5))),
            e if e >= part(w) => (Verdict::Partial, two_places(e)),
            _ => (Verdict::Missed, 0.0),
        };
        let evidence = match verdict {
            Verdict::Hit | Verdict::Partial => evidence(rubric, case, read, number, w.best, false),
            Verdict::Missed => Vec::new(),
            Verdict::Contradicted => evidence(rubric, case, read, number, w.opposite, true),
        };
        let made = w.credited * taken.is_said();
        let confidence = if credit >= 0.5 { made } else { 1.0 - made };
        ConceptGrade {
            id: concept.id.clone(),
            weight: concept.weight,
            bonus: concept.bonus,
            verdict,
            credit,
            confidence: share(confidence),
            gain: 0.0,
            evidence,
        }
    };
    rubric.concepts.iter().enumerate().map(verdict).collect()
}

/// Whether a window is a condition and nothing else: it asserts nothing.
fn is_condition(read: &Read, window: usize) -> bool {
    let clauses = &read.reading.windows[window].clauses;
    clauses.len() == 1 && read.text.is_condition(clauses.start)
}

/// The misconceptions that the answer asserts.
pub(super) fn misconceptions(
    rubric: &Rubric,
    case: &Case,
    read: &Read,
    weighed: &[Weighed],
    taken: Taken,
) -> Vec<MisconceptionGrade> {
    let first = rubric.concepts.len();
    let mut found = Vec::new();
    for (number, wrong) in rubric.misconceptions.iter().enumerate() {
        let w = &weighed[first + number];
        let claim = first + number;
        // A pattern looks farther than the window.
        let stated = w.best.filter(|near| !is_condition(read, near.window));
        if w.credited >= ASSERTED && taken == Taken::Said && is_proven(read, claim, stated) {
            let evidence = evidence(rubric, case, read, claim, w.best, false);
            found.push(MisconceptionGrade { id: wrong.id.clone(), confidence: share(w.credited), evidence });
        }
    }
    found
}

/// Whether there are words that tie the answer to a claim.
fn is_proven(read: &Read, claim: usize, near: Option<Near>) -> bool {
    near.is_some_and(|near| near.phrase.is_some())
        || read.reading.patterns.iter().any(|p| p.claim == claim && !p.found.opposite)
}

/// The words that tie the answer to a claim: patterns that match, and the window that is likest to a phrase.
fn evidence(
    rubric: &Rubric,
    case: &Case,
    read: &Read,
    claim: usize,
    near: Option<Near>,
    opposite: bool,
) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = Vec::new();
    let of = super::case::claims(rubric).nth(claim);
    let own = |p: &&PatternFound| p.claim == claim && p.found.opposite == opposite;
    let mut patterns: Vec<&PatternFound> = read.reading.patterns.iter().filter(own).collect();
    // What asserts the reverse shows it better than what denies the claim.
    patterns.sort_by_key(|p| !p.reverse);
    for p in patterns {
        let (start, end) = read.text.span(&(p.found.start..p.found.end));
        let pattern = of.and_then(|of| of.all_patterns().nth(p.pattern));
        let source = pattern.map_or("", |pattern| pattern.source()).to_owned();
        let inside = |e: &Evidence| e.start <= start && e.end >= end;
        if !found.iter().any(inside) && found.len() + 1 < MAX_EVIDENCE {
            found.push(Evidence { start, end, by: EvidenceBy::Pattern, source });
        }
    }
    let Some(near) = near else { return found };
    if let Some(phrase) = near.phrase {
        let (start, end) = read.text.span(&read.reading.windows[near.window].tokens);
        let source = case.phrase(rubric, phrase).to_owned();
        found.push(Evidence { start, end, by: EvidenceBy::Phrase, source });
    }
    found
}

/// How many standard deviations make 90 % of a normal distribution.
const Z90: f64 = 1.645;
/// What raters' means scatter by even where every verdict is sure.
const RATER_SPREAD: f64 = 0.05;

/// How many expected errors lie on either side of the score, beside [`RATER_SPREAD`]: of all pairs of the two the ones by which nine
/// of ten raters' means lie inside and intervals are narrowest, cross-validated. Errors have long tails: fewer than of a normal
/// distribution (two) do, as most scores are hardly off at all.
const ERRORS: f64 = 1.4;

/// Where the raters' mean lies with 90 % probability, by how far the score is off on average.
pub(super) fn interval(grade: &Grade, rubric: &Rubric, weighed: &[Weighed], said: &Spoken) -> (f64, f64) {
    let half = match Taken::of(&grade.flags) {
        Taken::Said => ERRORS * expected_error(grade, weighed, said) + RATER_SPREAD,
        Taken::Listed => return (0.0, round((worth(rubric, weighed) + Z90 * RATER_SPREAD).min(1.0))),
        Taken::Void => return (0.0, round(Z90 * RATER_SPREAD)),
    };
    (round((grade.score - half).max(0.0)), round((grade.score + half).min(1.0)))
}

/// The share of the marks that an answer would earn if its words were claims.
fn worth(rubric: &Rubric, weighed: &[Weighed]) -> f64 {
    let earned: f64 =
        rubric.concepts.iter().zip(weighed).map(|(c, w)| f64::from(c.weight) * f64::from(expected(w))).sum();
    (earned / f64::from(rubric.full_weight().max(1))).min(1.0)
}

/// Where the raters' mean lies with 90 % probability about a score that it scatters about by `spread`.
pub(super) fn about(score: f64, spread: f64) -> (f64, f64) {
    let half = Z90 * (spread * spread + RATER_SPREAD * RATER_SPREAD).sqrt();
    (round((score - half).max(0.0)), round((score + half).min(1.0)))
}

/// How sure a credit by likeness alone is: one near a half may as well be the other verdict.
pub(super) fn sure(credit: f64) -> f64 {
    const LEAST: f64 = 0.5;
    const MOST: f64 = 0.85;
    share((LEAST + (MOST - LEAST) * (2.0 * (credit - 0.5).abs())) as f32)
}

/// What the scorecards without words count for in the expected error: with a quarter of it more of the scores that are far off are
/// among the third that is doubted most than with none or a half.
const SECOND: f64 = 0.25;

/// What the marks count for that are likely to be lost by what stands beside the claims: of nothing to one and a third of them, about this much
/// puts most of the scores that are far off among the quarter that is doubted most, cross-validated.
const BESIDE: f64 = 0.5;

/// How far the score is off on average, by two opinions: if the verdicts' probabilities are right, and if those of the scorecards are
/// that know nothing of words; by what stands beside the claims; and by whether the answer claims anything.
pub(super) fn expected_error(grade: &Grade, weighed: &[Weighed], said: &Spoken) -> f64 {
    let by = |opinion: fn(&Weighed) -> [f32; 2]| {
        let of = |w: &Weighed| opinion(w).map(f64::from);
        let concept = |(c, [made, full]): (&ConceptGrade, [f64; 2])| (c.weight, made, full);
        let concepts: Vec<_> = grade.concepts.iter().zip(weighed.iter().map(of)).map(concept).collect();
        let wrong: Vec<f64> = weighed.iter().skip(concepts.len()).map(|w| of(w)[0]).collect();
        scoring::expected_error(&concepts, grade.full_weight, &wrong, grade.score)
    };
    let verdicts = (1.0 - SECOND) * by(|w| [w.credited, w.full]) + SECOND * by(|w| w.wordless);
    // An answer that claims nothing is worth nothing. Where that is likelier than not the verdicts say so themselves.
    let void = if said.void < LIKELY { f64::from(said.void) } else { 0.0 };
    verdicts + BESIDE * f64::from(said.beside).min(grade.score) + void * grade.score
}

/// A score that is off by this much on average asks for a person, so that a quarter of the answers is marked. A judge, who costs less, is
/// asked from less on (`JudgeConfig::swing`).
pub(super) const UNSURE: f64 = 0.14;

/// What looks like an answer to another question, or has something false beside what is right, asks for a person where the score is
/// off by this much on average: of labelled ones that are surer, one in fifty was off by more than a quarter of the marks.
const HARDLY_SURE: f64 = 0.07;

/// Words alone ask for a person where they would earn this share of the marks as claims.
const WORTH: f64 = 0.25;

/// An interval wider than this asks for a person, where there is likeness to an ideal answer alone.
const WIDE: f64 = 0.54;

/// Whether the interval alone asks for a person.
pub(super) fn wide(grade: &Grade) -> Vec<ReviewReason> {
    if grade.interval.1 - grade.interval.0 > WIDE { vec![ReviewReason::Unsure] } else { Vec::new() }
}

/// Why a person should look at the grade.
pub(super) fn review(grade: &Grade, rubric: &Rubric, weighed: &[Weighed], reading: &Reading) -> Vec<ReviewReason> {
    let taken = Taken::of(&grade.flags);
    let beside = reading.wording.beside;
    let doubt = if taken == Taken::Said { expected_error(grade, weighed, &reading.wording) } else { 0.0 };
    let mut reasons = if doubt >= UNSURE { vec![ReviewReason::Unsure] } else { Vec::new() };
    if beside >= FALSE_ADDITION && grade.score > 0.0 && doubt >= HARDLY_SURE {
        reasons.push(ReviewReason::FalseAddition);
    }
    // A claim that is both made and contradicted tells why a score is unsure. By itself it asks for nobody: of 14 labelled answers with
    // one that are surer, one was off by more than a quarter of the marks, no more than of all answers.
    let torn = |w: &Weighed| w.credited > 0.4 && w.contradicted > 0.4;
    if doubt >= UNSURE && weighed.iter().take(reading.concepts).any(torn) {
        reasons.push(ReviewReason::SelfContradiction);
    }
    if taken == Taken::Listed && worth(rubric, weighed) >= WORTH {
        reasons.push(ReviewReason::Stuffing);
    }
    for flag in &grade.flags {
        match flag.id {
            FlagId::Injection => reasons.push(ReviewReason::Injection),
            FlagId::OffTopic if doubt >= HARDLY_SURE => reasons.push(ReviewReason::OffTopic),
            _ => {}
        }
    }
    if grade.scoring != crate::domain::grade::Scoring::Rubric {
        reasons.push(ReviewReason::Draft);
    }
    reasons
}
