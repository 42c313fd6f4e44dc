//! What a grade becomes by a judge's word; [`asking`](super::asking) says when there is one.
//!
//! Asking is the only thing here that waits. What the votes make of a grade is a function of the rules' grade and the votes
//! ([`Grader::with_votes`]), so that a stored grade can be derived again without a server.

mod claims;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::own::{self, Own};
use super::{Grader, QuestionRef, feedback, verdicts};
use crate::bank::Item;
use crate::config::JudgeMode;
use crate::domain::bounds::{self, Subject};
use crate::domain::flags;
use crate::domain::grade::{FlagId, Grade, ReviewReason};
use crate::domain::id::ConceptId;
use crate::domain::judged::{Asked, Effect, Judged, Outcome, Said, Usage, Vote, Why};
use crate::domain::scoring;
use crate::domain::text::Text;
use crate::domain::text::vocabulary::Term;
use crate::domain::verdict::{Model, Reading, Weighed};
use crate::domain::wording::Spoken;
use crate::judge::{Panel, panel};

/// An answer that was graded by rules, with what a judge's word would be merged with.
#[derive(Debug)]
pub struct Prepared {
    /// The rules' grade.
    pub grade: Grade,
    /// The answer, in the question's terms.
    text: Text,
    /// What the rules make of each claim.
    pub(super) weighed: Vec<Weighed>,
    of: Of,
}

/// What a prepared answer is to.
#[derive(Debug)]
enum Of {
    /// A question of a bank, with what patterns and phrases say about the answer.
    Bank { question: QuestionRef, reading: Reading },
    /// A question that no bank holds, with the number of the ideal answer that counts.
    Own { own: Arc<Own>, ideal: usize },
}

impl Prepared {
    /// What the answer's words say by themselves; nothing where no bank holds the question.
    pub(super) const fn wording(&self) -> Option<&Spoken> {
        match &self.of {
            Of::Bank { reading, .. } => Some(&reading.wording),
            Of::Own { .. } => None,
        }
    }

    /// The question and the number of the ideal answer that counts, where no bank holds it.
    #[must_use]
    pub fn own(&self) -> Option<(Arc<Own>, usize)> {
        match &self.of {
            Of::Bank { .. } => None,
            Of::Own { own, ideal } => Some((Arc::clone(own), *ideal)),
        }
    }
}

impl Grader {
    /// Grades by rules and keeps what a judge's word would be merged with.
    #[must_use]
    pub fn prepare(&self, question: QuestionRef, answer: &str) -> Prepared {
        self.prepare_with(question, answer, &self.contents.model)
    }

    /// The same by another model than the library's.
    #[must_use]
    pub fn prepare_with(&self, question: QuestionRef, answer: &str, model: &Model) -> Prepared {
        let case = self.case(question);
        let (read, weighed) = self.weigh(case, answer, model);
        let grade = self.assemble(question, answer, case, &read, &weighed);
        Prepared { grade, text: read.text, weighed, of: Of::Bank { question, reading: read.reading } }
    }

    /// The same for a question that no bank holds.
    #[must_use]
    pub fn prepare_own(&self, own: &Arc<Own>, answer: &str) -> Prepared {
        let (found, text) = self.read_own(own, answer, &self.contents.ideal);
        let weighed = found.grade.concepts.iter().map(claims::likely).collect();
        Prepared { grade: found.grade, text, weighed, of: Of::Own { own: Arc::clone(own), ideal: found.ideal } }
    }

    /// The question that a prepared answer is to, with its rubric.
    pub(super) fn item_of<'a>(&'a self, prepared: &'a Prepared) -> &'a Item {
        match &prepared.of {
            Of::Bank { question, .. } => self.item(*question).1,
            Of::Own { own, ideal } => own.item(*ideal),
        }
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
                    claims: claim_ids(self.item_of(&prepared)),
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

    /// A grade with a judge's part, derived again from the votes that it keeps.
    #[must_use]
    pub fn grade_again(&self, prepared: &Prepared, why: Why, votes: Vec<Vote>) -> Grade {
        let (grade, outcomes) = self.with_votes(prepared, &votes);
        let asked = Asked {
            why,
            usage: Usage::default(),
            claims: claim_ids(self.item_of(prepared)),
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
        let item = self.item_of(prepared);
        let mut grade = prepared.grade.clone();
        if flags::voids(&grade.flags) {
            return (grade, Vec::new());
        }
        let rulings = claims::rulings(&prepared.grade, &prepared.weighed, item, self.claim_terms(prepared));
        let subject = Subject { answer: &prepared.text, rulings: &rulings };
        let outcomes = bounds::merge(&subject, votes, |quote| match &prepared.of {
            Of::Bank { question, .. } => self.case(*question).text(quote),
            Of::Own { own, .. } => own.text(quote),
        });
        let mut weighed = prepared.weighed.clone();
        for outcome in &outcomes {
            match grade.concepts.get_mut(outcome.claim) {
                Some(concept) => claims::change(concept, outcome, &mut weighed[outcome.claim]),
                None => claims::change_misconception(&mut grade, item, outcome, &mut weighed),
            }
        }
        self.finish(&mut grade, &weighed, prepared, &outcomes);
        (grade, outcomes)
    }

    /// For each claim, the terms that a quote may share with it.
    fn claim_terms(&self, prepared: &Prepared) -> Vec<FxHashMap<Term, f32>> {
        match &prepared.of {
            Of::Bank { question, .. } => self.case(*question).claim_terms(self.item(*question).1),
            Of::Own { own, ideal } => own.claim_terms(*ideal),
        }
    }

    /// Everything that follows from the verdicts, anew.
    fn finish(&self, grade: &mut Grade, weighed: &[Weighed], prepared: &Prepared, outcomes: &[Outcome]) {
        let rubric = &self.item_of(prepared).rubric;
        let wrong = grade.misconceptions.len();
        let credits: Vec<(u32, f64)> = grade.concepts.iter().map(|c| (c.weight, c.credit)).collect();
        for (concept, gain) in grade.concepts.iter_mut().zip(scoring::gains(&credits, grade.full_weight, wrong)) {
            concept.gain = gain;
        }
        grade.score = scoring::score(credits.iter().copied(), grade.full_weight, wrong);
        // An answer that makes a claim of this question is no answer to another.
        if credits.iter().any(|(_, credit)| *credit >= bounds::HALF) {
            grade.flags.retain(|flag| flag.id != FlagId::OffTopic);
        }
        match &prepared.of {
            Of::Bank { reading, .. } => {
                grade.interval = verdicts::interval(grade, rubric, weighed, &reading.wording);
                grade.review = verdicts::review(grade, rubric, weighed, reading);
            }
            Of::Own { .. } => {
                grade.interval = verdicts::about(grade.score, self.contents.ideal.spread(grade.score));
                grade.review = own::review(grade);
            }
        }
        if outcomes.iter().any(|outcome| outcome.review) {
            add_reason(grade, ReviewReason::JudgeDisagrees);
        }
        grade.feedback = feedback::feedback(grade, rubric);
    }
}

/// The ids of a question's claims: its concepts, then its misconceptions.
fn claim_ids(item: &Item) -> Vec<ConceptId> {
    let wrong = item.rubric.misconceptions.iter().map(|m| m.id.clone());
    item.rubric.concepts.iter().map(|c| c.id.clone()).chain(wrong).collect()
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
