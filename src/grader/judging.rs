//! What a grade becomes by a judge's word; [`asking`](super::asking) says when there is one.
//!
//! Asking is the only thing here that waits. What the votes make of a grade is a function of the rules' grade and the votes
//! ([`Grader::with_votes`]), so that a stored grade can be derived again without a server.

use super::case::{Case, Read};
use super::{Grader, QuestionRef, feedback, verdicts};
use crate::bank::Item;
use crate::config::JudgeMode;
use crate::domain::bounds::{self, Ruling, Subject};
use crate::domain::flags;
use crate::domain::grade::{Evidence, EvidenceBy, FlagId, Grade, MisconceptionGrade, ReviewReason, Verdict};
use crate::domain::id::ConceptId;
use crate::domain::judged::{Asked, Effect, Judged, Outcome, Said, Usage, Vote, Why};
use crate::domain::scoring;
use crate::domain::verdict::{self, Model, Weighed};
use crate::judge::{Panel, panel};

/// The confidence from which the rules are sure of a verdict, and their evidence is strong.
const SURE: f64 = 0.8;
/// How often a judge's verified word is right: what the confidence of a verdict is moved by. Assumed until it is measured.
const JUDGE_IS_RIGHT: f64 = 0.85;

/// An answer that was graded by rules, with what a judge's word would be merged with.
#[derive(Debug)]
pub struct Prepared {
    /// The rules' grade.
    pub grade: Grade,
    pub(super) question: QuestionRef,
    pub(super) read: Read,
    pub(super) weighed: Vec<Weighed>,
}

impl Grader {
    /// Grades by rules and keeps what a judge's word would be merged with.
    #[must_use]
    pub fn prepare(&self, question: QuestionRef, answer: &str) -> Prepared {
        self.prepare_with(question, answer, &self.library.model)
    }

    /// The same by another model than the library's.
    #[must_use]
    pub fn prepare_with(&self, question: QuestionRef, answer: &str, model: &Model) -> Prepared {
        let case = self.case(question);
        let read = case.read(&self.language, answer);
        let weighed = verdict::weigh(model, &read.reading);
        let grade = self.assemble(question, answer, case, &read, &weighed);
        Prepared { grade, question, read, weighed }
    }

    /// Grades one answer with a judge: `mode` may only lower what the panel's settings allow. Never fails: where the judge
    /// cannot be had the grade is the rules' grade, and says so.
    pub async fn grade_judged(&self, question: QuestionRef, answer: &str, panel: &Panel, mode: JudgeMode) -> Grade {
        self.judge(self.prepare(question, answer), answer, panel, mode).await
    }

    /// Asks the judge about an answer that was graded by rules, where it is to be asked.
    pub async fn judge(&self, prepared: Prepared, answer: &str, panel: &Panel, mode: JudgeMode) -> Grade {
        let mode = mode.min(panel.config().mode);
        if mode == JudgeMode::Never {
            return prepared.grade;
        }
        let Some(why) = self.why(&prepared, mode, panel.config()) else {
            return Grade { judge: Judged::NotNeeded, ..prepared.grade };
        };
        let sheet = self.sheet(&prepared, answer, why);
        let until = panel.until();
        let prompts = panel.prompts(&sheet);
        let mut usage = panel.usage(prompts.first().map_or(0, |prompt| prompt.seed));
        let mut votes = Vec::new();
        let mut stopped = None;
        let mut grade = prepared.grade.clone();
        let mut outcomes = Vec::new();
        while wants_more(&votes, &grade, panel) {
            match panel.vote(&sheet, votes.len() as u32, until, &mut usage).await {
                Ok(vote) => votes.push(vote),
                Err(failure) => {
                    stopped = Some(failure);
                    break;
                }
            }
            (grade, outcomes) = self.with_votes(&prepared, &votes);
        }
        if let Some(failure) = stopped {
            panel.stats().unavailable(failure);
            add_reason(&mut grade, ReviewReason::JudgeUnavailable);
        }
        match stopped {
            Some(failure) if votes.is_empty() => {
                grade.judge = Judged::Unavailable { reason: failure.as_str() };
            }
            _ => {
                let moved = |effect| outcomes.iter().filter(|o| o.effect == effect).count() as u64;
                panel.stats().graded(moved(Effect::Raised), moved(Effect::Lowered));
                grade.judge = Judged::Asked(Box::new(Asked {
                    why,
                    usage,
                    claims: self.claim_ids(prepared.question),
                    prompts: panel::shown(&prompts),
                    rules_score: prepared.grade.score,
                    votes,
                    stopped: stopped.map(crate::judge::Failure::as_str),
                    outcomes,
                }));
            }
        }
        grade
    }

    /// The ids of a question's claims: its concepts, then its misconceptions.
    fn claim_ids(&self, question: QuestionRef) -> Vec<ConceptId> {
        let rubric = &self.item(question).1.rubric;
        let wrong = rubric.misconceptions.iter().map(|m| m.id.clone());
        rubric.concepts.iter().map(|c| c.id.clone()).chain(wrong).collect()
    }

    /// A grade with a judge's part, derived again from the votes that it keeps.
    #[must_use]
    pub fn grade_again(&self, question: QuestionRef, answer: &str, why: Why, votes: Vec<Vote>) -> Grade {
        let prepared = self.prepare(question, answer);
        let (grade, outcomes) = self.with_votes(&prepared, &votes);
        let asked = Asked {
            why,
            usage: Usage::default(),
            claims: self.claim_ids(question),
            prompts: Vec::new(),
            rules_score: prepared.grade.score,
            votes,
            stopped: None,
            outcomes,
        };
        Grade { judge: Judged::Asked(Box::new(asked)), ..grade }
    }

    /// What the rules' grade becomes by these votes, and what became of each claim. Pure.
    #[must_use]
    pub fn with_votes(&self, prepared: &Prepared, votes: &[Vote]) -> (Grade, Vec<Outcome>) {
        let item = self.item(prepared.question).1;
        let case = self.case(prepared.question);
        let mut grade = prepared.grade.clone();
        if flags::voids(&grade.flags) {
            return (grade, Vec::new());
        }
        let rulings = rulings(prepared, item, case);
        let subject = Subject { answer: &prepared.read.text, rulings: &rulings };
        let outcomes = bounds::merge(&subject, votes, |quote| case.text(quote));
        let mut weighed = prepared.weighed.clone();
        for outcome in &outcomes {
            match grade.concepts.get_mut(outcome.claim) {
                Some(concept) => change(concept, outcome, &mut weighed[outcome.claim]),
                None => change_misconception(&mut grade, item, outcome, &mut weighed),
            }
        }
        finish(&mut grade, item, &weighed, prepared, &outcomes);
        (grade, outcomes)
    }
}

/// Whether another vote is wanted: always a first, then more near a cut, unless they could change nothing.
fn wants_more(votes: &[Vote], grade: &Grade, panel: &Panel) -> bool {
    let config = panel.config();
    let most = config.votes as usize;
    let near = || config.cuts.iter().any(|cut| (grade.score - cut).abs() < config.near);
    let said = |vote: &Vote| -> Vec<(usize, Said)> { vote.opinions.iter().map(|o| (o.claim, o.said)).collect() };
    match votes {
        [] => true,
        _ if votes.len() >= most => false,
        [_] => near(),
        // More than half of all that there could be agree in everything.
        [first, rest @ ..] => 2 * votes.len() <= most || rest.iter().any(|vote| said(vote) != said(first)),
    }
}

fn add_reason(grade: &mut Grade, reason: ReviewReason) {
    if !grade.review.contains(&reason) {
        grade.review.push(reason);
    }
}

/// The rules' word on every claim.
fn rulings(prepared: &Prepared, item: &Item, case: &Case) -> Vec<Ruling> {
    let spans = |evidence: &[Evidence]| evidence.iter().map(|e| (e.start, e.end)).collect();
    let grade = &prepared.grade;
    let mut terms = case.claim_terms(item).into_iter();
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
        let made = f64::from(prepared.weighed[grade.concepts.len() + number].credited);
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
fn change(concept: &mut crate::domain::grade::ConceptGrade, outcome: &Outcome, weighed: &mut Weighed) {
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

fn change_misconception(grade: &mut Grade, item: &Item, outcome: &Outcome, weighed: &mut [Weighed]) {
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

/// Everything that follows from the verdicts, anew.
fn finish(grade: &mut Grade, item: &Item, weighed: &[Weighed], prepared: &Prepared, outcomes: &[Outcome]) {
    let wrong = grade.misconceptions.len();
    let credits: Vec<(u32, f64)> = grade.concepts.iter().map(|c| (c.weight, c.credit)).collect();
    for (concept, gain) in grade.concepts.iter_mut().zip(scoring::gains(&credits, grade.full_weight, wrong)) {
        concept.gain = gain;
    }
    grade.score = scoring::score(credits.iter().copied(), grade.full_weight, wrong);
    grade.interval = verdicts::interval(&item.rubric, weighed, grade.score, false);
    // An answer that makes a claim of this question is no answer to another.
    if credits.iter().any(|(_, credit)| *credit >= bounds::HALF) {
        grade.flags.retain(|flag| flag.id != FlagId::OffTopic);
    }
    grade.review = verdicts::review(grade, weighed, &prepared.read.reading);
    if outcomes.iter().any(|outcome| outcome.review) {
        add_reason(grade, ReviewReason::JudgeDisagrees);
    }
    grade.feedback = feedback::feedback(grade, &item.rubric);
}
