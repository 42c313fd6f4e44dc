//! The shape of a grade. One that is written borrows from the engine's grade and the answer; one that is read owns its texts.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Judge;
use crate::domain::grade as domain;

/// The grade of one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Grade<'a> {
    /// Version of this shape, 1.
    pub schema: u32,
    /// The id that the request gave, if any.
    pub id: Option<Cow<'a, str>>,
    /// The question's bank.
    pub bank: Cow<'a, str>,
    /// The question.
    pub question: Cow<'a, str>,
    /// What the verdicts rest on: `rubric`, `draft` or `ideal`.
    pub scoring: Cow<'a, str>,
    /// 0 to 1.
    pub score: f64,
    /// Where the raters' mean lies with 90 % probability: low and high, 0 to 1.
    pub interval: [f64; 2],
    /// Whether a person should look at the grade.
    pub needs_review: bool,
    /// Why a person should look.
    pub review_reasons: Vec<Cow<'a, str>>,
    /// A verdict for each concept of the rubric, in its order.
    pub concepts: Vec<Concept<'a>>,
    /// The weight that is full marks.
    pub full_weight: u32,
    /// Core concepts that were missed or contradicted.
    pub missed: Vec<Cow<'a, str>>,
    /// Misconceptions that the answer asserts.
    pub misconceptions: Vec<Misconception<'a>>,
    /// Properties of the whole answer.
    pub flags: Vec<Flag<'a>>,
    /// How like the answer is to what the banks hold; never part of the score.
    pub similarity: Similarity<'a>,
    /// The grade in sentences.
    pub feedback: Vec<Cow<'a, str>>,
    /// What the judge did.
    pub judge: Judge,
    /// Hashes of everything the grade depends on.
    pub provenance: Provenance<'a>,
}

/// The verdict on one concept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Concept<'a> {
    /// The concept.
    pub id: Cow<'a, str>,
    /// Its weight, 1 to 10.
    pub weight: u32,
    /// Whether it is a bonus.
    pub bonus: bool,
    /// `hit`, `partial`, `missed` or `contradicted`.
    pub verdict: Cow<'a, str>,
    /// 1 for a hit, between 0 and 1 for a partial one, 0 for missed, negative for contradicted.
    pub credit: f64,
    /// The probability that raters' mean agrees with the verdict.
    pub confidence: f64,
    /// What the score would rise by if this concept were hit.
    pub gain: f64,
    /// The words that prove it.
    pub evidence: Vec<Evidence<'a>>,
}

/// A byte span of the answer and what ties it to a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence<'a> {
    /// First byte of the span in the UTF-8 answer.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Exactly the answer's bytes from `start` to `end`.
    pub quote: Cow<'a, str>,
    /// `pattern`, `phrase`, `ideal` or `judge`.
    pub by: Cow<'a, str>,
    /// The pattern's or phrase's text.
    pub source: Cow<'a, str>,
}

/// The most characters of a pattern that people are shown; the grade has all of it.
const SOURCE_MOST: usize = 72;

impl Evidence<'_> {
    /// The pattern's or phrase's text as people are shown it, cut where it is long.
    #[must_use]
    pub fn short_source(&self) -> String {
        match self.source.char_indices().nth(SOURCE_MOST) {
            Some((end, _)) => format!("{}…", &self.source[..end]),
            None => self.source.clone().into_owned(),
        }
    }
}

/// A misconception that the answer asserts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Misconception<'a> {
    /// The misconception.
    pub id: Cow<'a, str>,
    /// The probability that raters agree that it is asserted.
    pub confidence: f64,
    /// The words that prove it.
    pub evidence: Vec<Evidence<'a>>,
}

/// A property of the whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Flag<'a> {
    /// `off_topic`, `stuffing`, `echo`, `injection`, `dont_know`, `retracted` or `empty`.
    pub id: Cow<'a, str>,
    /// The words that raised it.
    pub evidence: Vec<Evidence<'a>>,
}

/// How like the answer is to what the banks hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Similarity<'a> {
    /// To the nearest ideal answer of the question, 0 to 1.
    pub ideal: f64,
    /// The nearest question, or null where it was not looked for.
    pub nearest: Option<Nearest<'a>>,
}

/// A question named in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Nearest<'a> {
    /// Its bank.
    pub bank: Cow<'a, str>,
    /// Its id.
    pub question: Cow<'a, str>,
}

/// Hashes of everything a grade depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Provenance<'a> {
    /// The engine's version.
    pub engine: Cow<'a, str>,
    /// The question's rubric with its phrases.
    pub rubric: Cow<'a, str>,
    /// The lexicon.
    pub lexicon: Cow<'a, str>,
    /// The verdict model.
    pub model: Cow<'a, str>,
    /// The bank.
    pub bank: Cow<'a, str>,
    /// The answer.
    pub answer: Cow<'a, str>,
}

fn evidence<'a>(found: &'a domain::Evidence, answer: &'a str) -> Evidence<'a> {
    Evidence {
        start: found.start,
        end: found.end,
        quote: answer.get(found.start..found.end).unwrap_or_default().into(),
        by: found.by.as_str().into(),
        source: found.source.as_str().into(),
    }
}

impl<'a> Grade<'a> {
    /// The wire shape of a grade of `answer`.
    #[must_use]
    pub fn new(grade: &'a domain::Grade, id: Option<&'a str>, answer: &'a str) -> Self {
        let quotes = |found: &'a [domain::Evidence]| found.iter().map(|e| evidence(e, answer)).collect::<Vec<_>>();
        let concept = |c: &'a domain::ConceptGrade| Concept {
            id: c.id.as_str().into(),
            weight: c.weight,
            bonus: c.bonus,
            verdict: c.verdict.as_str().into(),
            credit: c.credit,
            confidence: c.confidence,
            gain: c.gain,
            evidence: quotes(&c.evidence),
        };
        let misconception = |m: &'a domain::MisconceptionGrade| Misconception {
            id: m.id.as_str().into(),
            confidence: m.confidence,
            evidence: quotes(&m.evidence),
        };
        let missed = grade.concepts.iter().filter(|c| !c.bonus && c.credit <= 0.0);
        Self {
            schema: super::SCHEMA,
            id: id.map(Cow::Borrowed),
            bank: grade.bank.as_str().into(),
            question: grade.question.as_str().into(),
            scoring: grade.scoring.as_str().into(),
            score: grade.score,
            interval: [grade.interval.0, grade.interval.1],
            needs_review: !grade.review.is_empty(),
            review_reasons: grade.review.iter().map(|r| r.as_str().into()).collect(),
            concepts: grade.concepts.iter().map(concept).collect(),
            full_weight: grade.full_weight,
            missed: missed.map(|c| c.id.as_str().into()).collect(),
            misconceptions: grade.misconceptions.iter().map(misconception).collect(),
            flags: grade.flags.iter().map(|f| flag(f, answer)).collect(),
            similarity: similarity(&grade.similarity),
            feedback: grade.feedback.iter().map(|sentence| sentence.as_str().into()).collect(),
            judge: Judge::new(&grade.judge, grade.concepts.len(), answer),
            provenance: provenance(&grade.provenance),
        }
    }
}

fn flag<'a>(flag: &domain::Flag, answer: &'a str) -> Flag<'a> {
    let quote = |&(start, end): &(usize, usize)| Evidence {
        start,
        end,
        quote: answer.get(start..end).unwrap_or_default().into(),
        by: "pattern".into(),
        source: flag.id.as_str().into(),
    };
    Flag { id: flag.id.as_str().into(), evidence: flag.evidence.iter().map(quote).collect() }
}

fn similarity(similarity: &domain::Similarity) -> Similarity<'_> {
    let nearest = similarity.nearest.as_ref();
    let nearest =
        nearest.map(|(bank, question)| Nearest { bank: bank.as_str().into(), question: question.as_str().into() });
    Similarity { ideal: similarity.ideal, nearest }
}

fn provenance(p: &domain::Provenance) -> Provenance<'_> {
    let hash = |hex: &str| ["sha256:", hex].concat().into();
    Provenance {
        engine: p.engine.as_str().into(),
        rubric: hash(&p.rubric),
        lexicon: hash(&p.lexicon),
        model: hash(&p.model),
        bank: hash(&p.bank),
        answer: hash(&p.answer),
    }
}
