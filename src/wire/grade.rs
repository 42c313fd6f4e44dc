//! The shape of a grade.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Judge;
use crate::domain::grade as domain;

/// The grade of one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Grade {
    /// Version of this shape, 1.
    pub schema: u32,
    /// The id that the request gave, if any.
    pub id: Option<String>,
    /// The question's bank.
    pub bank: String,
    /// The question.
    pub question: String,
    /// What the verdicts rest on: `rubric`, `draft` or `ideal`.
    pub scoring: String,
    /// 0 to 1.
    pub score: f64,
    /// Where the raters' mean lies with 90 % probability: low and high, 0 to 1.
    pub interval: [f64; 2],
    /// Whether a person should look at the grade.
    pub needs_review: bool,
    /// Why a person should look.
    pub review_reasons: Vec<String>,
    /// A verdict for each concept of the rubric, in its order.
    pub concepts: Vec<Concept>,
    /// The weight that is full marks.
    pub full_weight: u32,
    /// Core concepts that were missed or contradicted.
    pub missed: Vec<String>,
    /// Misconceptions that the answer asserts.
    pub misconceptions: Vec<Misconception>,
    /// Properties of the whole answer.
    pub flags: Vec<Flag>,
    /// How like the answer is to what the banks hold; never part of the score.
    pub similarity: Similarity,
    /// The grade in sentences.
    pub feedback: Vec<String>,
    /// What the judge did.
    pub judge: Judge,
    /// Hashes of everything the grade depends on.
    pub provenance: Provenance,
}

/// The verdict on one concept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Concept {
    /// The concept.
    pub id: String,
    /// Its weight, 1 to 10.
    pub weight: u32,
    /// Whether it is a bonus.
    pub bonus: bool,
    /// `hit`, `partial`, `missed` or `contradicted`.
    pub verdict: String,
    /// 1 for a hit, between 0 and 1 for a partial one, 0 for missed, negative for contradicted.
    pub credit: f64,
    /// The probability that raters' mean agrees with the verdict.
    pub confidence: f64,
    /// What the score would rise by if this concept were hit.
    pub gain: f64,
    /// The words that prove it.
    pub evidence: Vec<Evidence>,
}

/// A byte span of the answer and what ties it to a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// First byte of the span in the UTF-8 answer.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Exactly the answer's bytes from `start` to `end`.
    pub quote: String,
    /// `pattern`, `phrase`, `ideal` or `judge`.
    pub by: String,
    /// The pattern's or phrase's text.
    pub source: String,
}

/// The most characters of a pattern that people are shown; the grade has all of it.
const SOURCE_MOST: usize = 72;

impl Evidence {
    /// The pattern's or phrase's text as people are shown it, cut where it is long.
    #[must_use]
    pub fn short_source(&self) -> String {
        match self.source.char_indices().nth(SOURCE_MOST) {
            Some((end, _)) => format!("{}…", &self.source[..end]),
            None => self.source.clone(),
        }
    }
}

/// A misconception that the answer asserts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Misconception {
    /// The misconception.
    pub id: String,
    /// The probability that raters agree that it is asserted.
    pub confidence: f64,
    /// The words that prove it.
    pub evidence: Vec<Evidence>,
}

/// A property of the whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Flag {
    /// `off_topic`, `stuffing`, `echo`, `injection`, `dont_know`, `retracted` or `empty`.
    pub id: String,
    /// The words that raised it.
    pub evidence: Vec<Evidence>,
}

/// How like the answer is to what the banks hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Similarity {
    /// To the nearest ideal answer of the question, 0 to 1.
    pub ideal: f64,
    /// The nearest question, or null where it was not looked for.
    pub nearest: Option<Nearest>,
}

/// A question named in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Nearest {
    /// Its bank.
    pub bank: String,
    /// Its id.
    pub question: String,
}

/// Hashes of everything a grade depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Provenance {
    /// The engine's version.
    pub engine: String,
    /// The question's rubric with its phrases.
    pub rubric: String,
    /// The lexicon.
    pub lexicon: String,
    /// The verdict model.
    pub model: String,
    /// The bank.
    pub bank: String,
    /// The answer.
    pub answer: String,
}

fn evidence(found: &domain::Evidence, answer: &str) -> Evidence {
    Evidence {
        start: found.start,
        end: found.end,
        quote: answer.get(found.start..found.end).unwrap_or_default().to_owned(),
        by: found.by.as_str().to_owned(),
        source: found.source.clone(),
    }
}

impl Grade {
    /// The wire shape of a grade of `answer`.
    #[must_use]
    pub fn new(grade: &domain::Grade, id: Option<String>, answer: &str) -> Self {
        let quotes = |found: &[domain::Evidence]| found.iter().map(|e| evidence(e, answer)).collect::<Vec<_>>();
        let concepts: Vec<Concept> = grade
            .concepts
            .iter()
            .map(|c| Concept {
                id: c.id.to_string(),
                weight: c.weight,
                bonus: c.bonus,
                verdict: c.verdict.as_str().to_owned(),
                credit: c.credit,
                confidence: c.confidence,
                gain: c.gain,
                evidence: quotes(&c.evidence),
            })
            .collect();
        let missed = grade.concepts.iter().filter(|c| !c.bonus && c.credit <= 0.0).map(|c| c.id.to_string()).collect();
        let misconceptions = grade
            .misconceptions
            .iter()
            .map(|m| Misconception { id: m.id.to_string(), confidence: m.confidence, evidence: quotes(&m.evidence) })
            .collect();
        Self {
            schema: super::SCHEMA,
            id,
            bank: grade.bank.to_string(),
            question: grade.question.to_string(),
            scoring: grade.scoring.as_str().to_owned(),
            score: grade.score,
            interval: [grade.interval.0, grade.interval.1],
            needs_review: !grade.review.is_empty(),
            review_reasons: grade.review.iter().map(|r| r.as_str().to_owned()).collect(),
            concepts,
            full_weight: grade.full_weight,
            missed,
            misconceptions,
            flags: grade.flags.iter().map(|f| flag(f, answer)).collect(),
            similarity: similarity(&grade.similarity),
            feedback: grade.feedback.clone(),
            judge: Judge::new(&grade.judge, grade.concepts.len(), answer),
            provenance: provenance(&grade.provenance),
        }
    }
}

fn flag(flag: &domain::Flag, answer: &str) -> Flag {
    let quote = |&(start, end): &(usize, usize)| Evidence {
        start,
        end,
        quote: answer.get(start..end).unwrap_or_default().to_owned(),
        by: "pattern".to_owned(),
        source: flag.id.as_str().to_owned(),
    };
    Flag { id: flag.id.as_str().to_owned(), evidence: flag.evidence.iter().map(quote).collect() }
}

fn similarity(similarity: &domain::Similarity) -> Similarity {
    let nearest = similarity
        .nearest
        .as_ref()
        .map(|(bank, question)| Nearest { bank: bank.to_string(), question: question.to_string() });
    Similarity { ideal: similarity.ideal, nearest }
}

fn provenance(p: &domain::Provenance) -> Provenance {
    let hash = |hex: &str| format!("sha256:{hex}");
    Provenance {
        engine: p.engine.clone(),
        rubric: hash(&p.rubric),
        lexicon: hash(&p.lexicon),
        model: hash(&p.model),
        bank: hash(&p.bank),
        answer: hash(&p.answer),
    }
}
