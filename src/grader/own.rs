//! Questions that no bank holds: a prompt and ideal answers, compiled when they are first seen and kept while they are
//! asked for.
//!
//! Names Domain, Bank and Index. What is kept is found by its content, so that nobody's question reaches another's
//! grade, and bounded, so that a stream of new questions costs no more memory than a few hundred.

use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest as _, Sha256};

use super::case::{content_terms, weigh_terms};
use super::{Grader, MAX_ANSWER_BYTES, feedback, hex, verdicts};
use crate::bank::{Item, draft};
use crate::domain::explain::Explanation;
use crate::domain::flags;
use crate::domain::grade::{
    ConceptGrade, Evidence, EvidenceBy, FlagId, Grade, Provenance, ReviewReason, Scoring, Similarity, Verdict,
};
use crate::domain::id::{BankName, QuestionId};
use crate::domain::ideal::matching::Said;
use crate::domain::ideal::{Model, Question, Sketch, Source, View, credit};
use crate::domain::judged::Judged;
use crate::domain::question::{Question as BankQuestion, QuestionKind};
use crate::domain::rubric::{Concept, Rubric};
use crate::domain::scoring;
use crate::domain::text::Text;
use crate::domain::text::vocabulary::Term;
use crate::index::Ideal;

/// What a concept is held to be said by at least, as a part of what is said of the whole.
const WHOLE: f32 = 0.1;
/// The bank that grades of such questions name.
pub const OWN_BANK: &str = "own";
/// The largest prompt and the largest ideal answer, in bytes.
pub const MAX_OWN_BYTES: usize = MAX_ANSWER_BYTES;
/// The most ideal answers of one question.
pub const MAX_IDEALS: usize = 16;
/// Compiled questions that are kept.
const KEPT: usize = 256;
/// Bytes of prompts and ideal answers from which on a question is not kept: a few of them would fill the memory.
const MAX_KEPT_BYTES: usize = 64 * 1024;

/// Why a question of one's own cannot be graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OwnError {
    /// The prompt says nothing.
    #[error("`prompt` has no words: say what was asked")]
    EmptyPrompt,
    /// The prompt is too large.
    #[error("`prompt` has {0} bytes; at most {MAX_OWN_BYTES} (64 KiB) are read")]
    LongPrompt(usize),
    /// There is no ideal answer.
    #[error("`ideal` is empty: give at least one ideal answer")]
    NoIdeal,
    /// An ideal answer says nothing.
    #[error("`ideal` has no words: give at least one ideal answer, each with words in it")]
    EmptyIdeal,
    /// An ideal answer is too large.
    #[error("an ideal answer has {0} bytes; at most {MAX_OWN_BYTES} (64 KiB) are read")]
    LongIdeal(usize),
    /// There are too many ideal answers.
    #[error("`ideal` holds {0} answers; at most {MAX_IDEALS} are read")]
    ManyIdeals(usize),
}

impl OwnError {
    /// The field of the request that is wrong.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::EmptyPrompt | Self::LongPrompt(_) => "prompt",
            Self::NoIdeal | Self::EmptyIdeal | Self::LongIdeal(_) | Self::ManyIdeals(_) => "ideal",
        }
    }
}

/// A question that no bank holds, compiled.
#[derive(Debug)]
pub struct Own {
    question: Question,
    /// The question as an item of a bank, once for each ideal answer, with what that one claims.
    items: Vec<Item>,
    similarity: Ideal,
    bank: BankName,
    id: QuestionId,
    /// SHA-256 (lower-case hex) over prompt and ideal answers.
    hash: String,
}

impl Own {
    fn new(grader: &Grader, prompt: &str, ideals: &[String], hash: String) -> Self {
        let rubrics: Vec<Rubric> = ideals.iter().map(|ideal| draft::draft(std::slice::from_ref(ideal))).collect();
        let claims_of = |rubric: &Rubric| -> Vec<(String, u32)> {
            rubric.concepts.iter().map(|concept| (concept.claim.clone(), concept.weight)).collect()
        };
        let sources: Vec<Source<'_>> =
            ideals.iter().zip(&rubrics).map(|(text, rubric)| Source { text, concepts: claims_of(rubric) }).collect();
        let mut question = Question::new(grader.language().base(), prompt, &sources);
        let texts: Vec<&str> = ideals.iter().map(String::as_str).collect();
        let claims: Vec<&str> = rubrics.iter().flat_map(|r| &r.concepts).map(|c| c.claim.as_str()).collect();
        let similarity = Ideal::new(question.vocabulary_mut(), &texts, &claims);
        let bank = BankName::new(OWN_BANK).expect("the name is letters alone");
        let id = QuestionId::new(&format!("own-{}", &hash[..16])).expect("hex digits make an id");
        let item = |(ideal, rubric): (&String, Rubric)| Item {
            question: BankQuestion {
                id: id.clone(),
                section: OWN_BANK.to_owned(),
                kind: QuestionKind::Short,
                prompt: prompt.to_owned(),
                ideals: vec![ideal.clone()],
                note: None,
            },
            rubric,
            words: "".into(),
            rubric_hash: hash.clone(),
        };
        let items = ideals.iter().zip(rubrics).map(item).collect();
        Self { question, items, similarity, bank, id, hash }
    }

    /// The question as an item of a bank, with what an ideal answer of that number claims.
    #[must_use]
    pub fn item(&self, ideal: usize) -> &Item {
        &self.items[ideal]
    }

    /// Reads a quote with the question's terms.
    pub(super) fn text(&self, quote: &str) -> Text {
        self.question.read(quote).text
    }

    /// For each claim of an ideal answer of that number, the terms that a quote may share with it.
    pub(super) fn claim_terms(&self, ideal: usize) -> Vec<FxHashMap<Term, f32>> {
        let Item { question, rubric, .. } = self.item(ideal);
        let terms = |text: &str| content_terms(&self.text(text));
        let own: Vec<FxHashSet<Term>> = rubric.concepts.iter().map(|concept| terms(&concept.claim)).collect();
        let whole = question.ideals.iter().flat_map(|ideal| terms(ideal)).collect();
        weigh_terms(&own, own.len(), &whole)
    }

    /// The id that grades name it by: it follows from its content.
    #[must_use]
    pub fn id(&self) -> &QuestionId {
        &self.id
    }
}

/// Compiled questions, the latest of them.
#[derive(Debug)]
pub(super) struct Kept(Mutex<LruCache<[u8; 32], Arc<Own>>>);

impl Default for Kept {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(NonZero::new(KEPT).expect("some are kept"))))
    }
}

/// A grade with what it was made of.
#[derive(Debug)]
pub struct OwnGrade {
    /// The grade.
    pub grade: Grade,
    /// Which of the ideal answers it is against, from 0.
    pub ideal: usize,
    /// The score that the model gives the whole answer, 0 to 1, before it is shared out among concepts.
    pub raw: f64,
    /// The features that it rests on.
    pub row: crate::domain::ideal::Row,
    /// What is left of the model's score of them, as a factor of 0 to 1.
    pub credible: f64,
    /// What of that factor is left for saying the contrary.
    pub gainsaid: f64,
}

impl Grader {
    /// Compiles a question that no bank holds, or finds it compiled.
    pub fn own(&self, prompt: &str, ideals: &[String]) -> Result<Arc<Own>, OwnError> {
        check(prompt, ideals)?;
        let mut hasher = Sha256::new();
        for part in std::iter::once(prompt).chain(ideals.iter().map(String::as_str)) {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let key: [u8; 32] = hasher.finalize().into();
        let kept = || self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = kept().get(&key) {
            return Ok(Arc::clone(own));
        }
        // Not under the lock: two threads may compile the same question, to the same result.
        let own = Arc::new(Own::new(self, prompt, ideals, hex(&key)));
        if prompt.len() + ideals.iter().map(String::len).sum::<usize>() <= MAX_KEPT_BYTES {
            kept().put(key, Arc::clone(&own));
        }
        Ok(own)
    }

    /// Grades one answer to a question that no bank holds. Total: any text gets a grade.
    #[must_use]
    pub fn grade_own(&self, own: &Own, answer: &str) -> OwnGrade {
        self.grade_own_with(own, answer, &self.contents.ideal)
    }

    /// The same by another model than the library's.
    #[must_use]
    pub fn grade_own_with(&self, own: &Own, answer: &str, model: &Model) -> OwnGrade {
        self.read_own(own, answer, model).0
    }

    /// The same, with the answer in the question's terms.
    pub(super) fn read_own(&self, own: &Own, answer: &str, model: &Model) -> (OwnGrade, Text) {
        let sketch = own.question.read(answer);
        let views = own.question.views(&sketch);
        let raws: Vec<f64> = views.iter().map(|view| view.credible() * model.score(&view.row)).collect();
        // The best match counts; of equals the first.
        let best = (1..raws.len()).fold(0, |best, at| if raws[at] > raws[best] { at } else { best });
        let (view, raw, rubric) = (&views[best], raws[best], &own.items[best].rubric);
        let mut flags = flags::flags(&sketch.text, &own.question.prompt().terms);
        if !own.question.is_said_back(&sketch, best, view) {
            flags.retain(|flag| flag.id != FlagId::Echo);
        }
        if !own.question.holds_most(&sketch) {
            flags.retain(|flag| flag.id != FlagId::Stuffing);
        }
        let void = flags::voids(&flags);
        let mut concepts = concepts(rubric, &sketch, view, if void { 0.0 } else { raw });
        let full_weight = rubric.full_weight();
        let credits: Vec<(u32, f64)> = concepts.iter().map(|c| (c.weight, c.credit)).collect();
        for (concept, gain) in concepts.iter_mut().zip(scoring::gains(&credits, full_weight, 0)) {
            concept.gain = gain;
        }
        let score = scoring::score(credits.into_iter(), full_weight, 0);
        let mut grade = Grade {
            bank: own.bank.clone(),
            question: own.id.clone(),
            scoring: Scoring::Ideal,
            score,
            interval: verdicts::about(score, if void { 0.0 } else { model.spread(score) }),
            review: Vec::new(),
            concepts,
            full_weight,
            misconceptions: Vec::new(),
            flags,
            similarity: Similarity { ideal: own.similarity.similarity(&sketch.text), nearest: None },
            feedback: Vec::new(),
            judge: Judged::Off,
            provenance: Provenance {
                engine: env!("CARGO_PKG_VERSION").to_owned(),
                rubric: own.hash.clone(),
                lexicon: self.contents.lexicon_hash.clone(),
                model: self.contents.ideal_hash.clone(),
                bank: own.hash.clone(),
                answer: super::sha256(answer.as_bytes()),
            },
        };
        grade.review = review(&grade);
        grade.feedback = feedback::feedback(&grade, rubric);
        let credible = view.credible();
        let gainsaid = f64::from(view.gainsaid);
        (OwnGrade { grade, ideal: best, raw, row: view.row, credible, gainsaid }, sketch.text)
    }

    /// Why an answer to a question that no bank holds has the grade that it has.
    #[must_use]
    pub fn explain_own(&self, own: &Own, answer: &str) -> Explanation {
        let found = self.grade_own(own, answer);
        super::explain::explain_own(&found, &own.items[found.ideal].rubric, &self.contents.ideal)
    }
}

fn check(prompt: &str, ideals: &[String]) -> Result<(), OwnError> {
    let is_blank = |text: &str| !text.chars().any(char::is_alphanumeric);
    if is_blank(prompt) {
        return Err(OwnError::EmptyPrompt);
    }
    if prompt.len() > MAX_OWN_BYTES {
        return Err(OwnError::LongPrompt(prompt.len()));
    }
    if ideals.is_empty() {
        return Err(OwnError::NoIdeal);
    }
    if ideals.len() > MAX_IDEALS {
        return Err(OwnError::ManyIdeals(ideals.len()));
    }
    if let Some(long) = ideals.iter().find(|ideal| ideal.len() > MAX_OWN_BYTES) {
        return Err(OwnError::LongIdeal(long.len()));
    }
    if ideals.iter().any(|ideal| is_blank(ideal)) { Err(OwnError::EmptyIdeal) } else { Ok(()) }
}

/// The verdict on every concept: the answer's score, shared out by what the answer says of each.
fn concepts(rubric: &Rubric, sketch: &Sketch, view: &View, score: f64) -> Vec<ConceptGrade> {
    let whole = &view.matched.whole;
    // An answer that says the whole says something of each part, if in words that are not the part's own.
    let least = WHOLE * whole.share;
    let said = |own: &Said| match own.share {
        share if share < least => Said { share: least, tokens: whole.tokens.clone() },
        _ => own.clone(),
    };
    let said: Vec<Said> = view.matched.concepts.iter().map(said).collect();
    let shares: Vec<(u32, f64)> =
        rubric.concepts.iter().zip(&said).map(|(concept, said)| (concept.weight, f64::from(said.share))).collect();
    let credits = credit::credits(&shares, score);
    let grade = |((concept, said), credit): ((&Concept, &Said), f64)| {
        let verdict = match credit {
            c if c >= 1.0 => Verdict::Hit,
            c if c > 0.0 => Verdict::Partial,
            _ => Verdict::Missed,
        };
        let (start, end) = sketch.text.span(&said.tokens);
        let quote = Evidence { start, end, by: EvidenceBy::Ideal, source: concept.claim.clone() };
        ConceptGrade {
            id: concept.id.clone(),
            weight: concept.weight,
            bonus: false,
            verdict,
            credit,
            confidence: verdicts::sure(credit),
            gain: 0.0,
            evidence: if credit > 0.0 { vec![quote] } else { Vec::new() },
        }
    };
    rubric.concepts.iter().zip(&said).zip(credits).map(grade).collect()
}

/// An ideal answer alone is no rubric: somebody should look at every grade.
pub(super) fn review(grade: &Grade) -> Vec<ReviewReason> {
    let mut reasons = verdicts::wide(grade);
    if grade.flags.iter().any(|flag| flag.id == FlagId::Injection) {
        reasons.push(ReviewReason::Injection);
    }
    reasons.push(ReviewReason::Draft);
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::builtin;

    #[test]
    fn no_index_is_built_for_a_question_that_no_bank_holds() {
        let grader = Grader::new(builtin().unwrap());
        let own = grader.own("What is a mutex for?", &["Only one thread at a time may hold it.".to_owned()]).unwrap();
        let answer = "Bread and butter, and more of it than anybody who asks about locks could eat in a day.";
        let _ = (grader.grade_own(&own, answer), grader.explain_own(&own, answer));
        assert!(grader.search.get().is_none(), "the search index over the banks");
        assert!(grader.cases.iter().flatten().all(|case| case.get().is_none()), "a question of a bank");
        // A bank's question that is answered off topic does look for the nearest one.
        let _ = grader.grade(grader.find(None, "Q4").unwrap(), answer);
        assert!(grader.search.get().is_some());
    }
}
