//! Whether a grade follows from itself and the answer: everything that can be checked without the engine.
//!
//! Names Domain's formulas and the closed lists of its names. To add a check: a function that pushes onto
//! [`Findings`], called in [`check`], with a row in the tests that breaks a sound grade in that one place.
//! No finding repeats words of the answer: places are told by field and byte.

mod judge;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::{Concept, Evidence, Grade, SCHEMA};
use crate::domain::grade::{EvidenceBy, FlagId, ReviewReason, Scoring, Verdict};
use crate::domain::id::{BankName, ConceptId, QuestionId};
use crate::domain::scoring;
use crate::domain::text::form;

/// How far a number may lie from the one derived here; both are rounded alike.
const TOLERANCE: f64 = 1e-9;

/// A claim of a grade that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The field, as in `concepts[0].evidence[1].quote`.
    pub field: String,
    /// What does not hold, and what would.
    pub message: String,
}

/// Everything found so far.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(Finding { field: field.into(), message: message.into() });
    }

    fn unless(&mut self, holds: bool, field: &str, message: &str) {
        if !holds {
            self.add(field, message);
        }
    }

    fn one_of(&mut self, name: &str, names: &[&str], field: impl Into<String>) {
        if !names.contains(&name) {
            self.add(field, format!("`{name}` is none of {}", names.join(", ")));
        }
    }

    fn share(&mut self, value: f64, field: &str) {
        self.unless((0.0..=1.0).contains(&value), field, &format!("{value} is not within 0 to 1"));
    }

    fn unique<'a>(&mut self, names: impl Iterator<Item = &'a str>, field: &str) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                self.add(field, format!("`{name}` stands twice"));
            }
        }
    }
}

/// Whether two numbers differ by more than rounding.
fn share_off(given: f64, derived: f64) -> bool {
    (given - derived).abs() > TOLERANCE
}

/// Every claim of `grade` that does not follow from it and `answer`; empty where all hold.
#[must_use]
pub fn check(grade: &Grade, answer: &str) -> Vec<Finding> {
    let mut found = Findings::default();
    names(&mut found, grade);
    for (i, concept) in grade.concepts.iter().enumerate() {
        check_concept(&mut found, concept, &format!("concepts[{i}]"), answer);
    }
    for (i, wrong) in grade.misconceptions.iter().enumerate() {
        let field = format!("misconceptions[{i}]");
        found.share(wrong.confidence, &format!("{field}.confidence"));
        quotes(&mut found, &wrong.evidence, &field, answer);
    }
    for (i, flag) in grade.flags.iter().enumerate() {
        quotes(&mut found, &flag.evidence, &format!("flags[{i}]"), answer);
    }
    full_weight(&mut found, grade);
    score(&mut found, grade);
    missed(&mut found, grade);
    interval(&mut found, grade);
    review(&mut found, grade);
    emptiness(&mut found, grade, answer);
    judge::judge(&mut found, grade, answer);
    found.share(grade.similarity.ideal, "similarity.ideal");
    hashes(&mut found, grade, answer);
    found.0
}

/// The closed lists and the spelling of ids.
fn names(found: &mut Findings, grade: &Grade) {
    found.unless(grade.schema == SCHEMA, "schema", &format!("{} is not {SCHEMA}", grade.schema));
    found.unless(BankName::new(&grade.bank).is_ok(), "bank", "not a bank's name");
    found.unless(QuestionId::new(&grade.question).is_ok(), "question", "not a question's id");
    found.one_of(&grade.scoring, &[Scoring::Rubric, Scoring::Draft, Scoring::Ideal].map(Scoring::as_str), "scoring");
    for (i, concept) in grade.concepts.iter().enumerate() {
        found.unless(ConceptId::new(&concept.id).is_ok(), &format!("concepts[{i}].id"), "not a concept's id");
    }
    for (i, wrong) in grade.misconceptions.iter().enumerate() {
        found.unless(ConceptId::new(&wrong.id).is_ok(), &format!("misconceptions[{i}].id"), "not a misconception's id");
    }
    for (i, flag) in grade.flags.iter().enumerate() {
        found.one_of(&flag.id, &FlagId::ALL.map(FlagId::as_str), format!("flags[{i}].id"));
    }
    found.unique(grade.concepts.iter().map(|c| &*c.id), "concepts");
    found.unique(grade.misconceptions.iter().map(|m| &*m.id), "misconceptions");
    found.unique(grade.flags.iter().map(|f| &*f.id), "flags");
}

fn check_concept(found: &mut Findings, concept: &Concept, field: &str, answer: &str) {
    let credit = concept.credit;
    let is = |whole: f64| (credit - whole).abs() < f64::EPSILON;
    let verdict = [
        (Verdict::Hit, is(1.0), "1"),
        (Verdict::Partial, credit > 0.0 && credit < 1.0, "between 0 and 1"),
        (Verdict::Missed, is(0.0), "0"),
        (Verdict::Contradicted, (-1.0..0.0).contains(&credit), "-1 to below 0"),
    ];
    match verdict.iter().find(|(verdict, _, _)| verdict.as_str() == concept.verdict) {
        None => found.one_of(&concept.verdict, &verdict.map(|(v, _, _)| v.as_str()), format!("{field}.verdict")),
        Some((_, true, _)) => {}
        Some((verdict, false, range)) => {
            let message = format!("{credit} does not go with `{}`, whose credit is {range}", verdict.as_str());
            found.add(format!("{field}.credit"), message);
        }
    }
    found.unless((1..=10).contains(&concept.weight), &format!("{field}.weight"), "not within 1 to 10");
    found.share(concept.confidence, &format!("{field}.confidence"));
    let proved = credit <= 0.0 || !concept.evidence.is_empty();
    found.unless(proved, &format!("{field}.evidence"), "the credit is above 0 and nothing proves it");
    quotes(found, &concept.evidence, field, answer);
}

/// Every quote is the answer's bytes from `start` to `end`.
fn quotes(found: &mut Findings, evidence: &[Evidence], field: &str, answer: &str) {
    let sources = [EvidenceBy::Pattern, EvidenceBy::Phrase, EvidenceBy::Ideal, EvidenceBy::Judge];
    for (i, piece) in evidence.iter().enumerate() {
        let field = format!("{field}.evidence[{i}]");
        let (start, end) = (piece.start, piece.end);
        match answer.get(start..end) {
            _ if start >= end => found.add(&field, format!("the span {start}..{end} is empty")),
            None if end > answer.len() => {
                found.add(
                    &field,
                    format!("the span {start}..{end} leaves the answer, which has {} bytes", answer.len()),
                );
            }
            None => found.add(&field, format!("the span {start}..{end} cuts a character")),
            Some(words) if words != piece.quote => {
                found.add(format!("{field}.quote"), format!("not the answer's bytes {start}..{end}"));
            }
            Some(_) => {}
        }
        found.one_of(&piece.by, &sources.map(EvidenceBy::as_str), format!("{field}.by"));
        found.unless(!piece.source.is_empty(), &format!("{field}.source"), "empty");
    }
}

/// Full marks are the weight of all core concepts, or of some number of the heaviest.
fn full_weight(found: &mut Findings, grade: &Grade) {
    let mut core: Vec<u32> = grade.concepts.iter().filter(|c| !c.bonus).map(|c| c.weight).collect();
    core.sort_unstable_by(|a, b| b.cmp(a));
    let sums = core.iter().scan(0_u32, |sum, weight| {
        *sum = sum.saturating_add(*weight);
        Some(*sum)
    });
    let possible =
        if core.is_empty() { grade.full_weight == 0 } else { sums.into_iter().any(|s| s == grade.full_weight) };
    let message = format!("{} is not the sum of the heaviest core weights, for any number of them", grade.full_weight);
    found.unless(possible, "full_weight", &message);
}

/// Score and gains follow from weights, credits and misconceptions.
fn score(found: &mut Findings, grade: &Grade) {
    let credits: Vec<(u32, f64)> = grade.concepts.iter().map(|c| (c.weight, c.credit)).collect();
    let wrong = grade.misconceptions.len();
    let score = scoring::score(credits.iter().copied(), grade.full_weight, wrong);
    let off = share_off;
    if off(grade.score, score) {
        found.add("score", format!("{} does not follow from the credits, which give {score}", grade.score));
    }
    found.share(grade.score, "score");
    let gains = scoring::gains(&credits, grade.full_weight, wrong);
    for (i, (concept, gain)) in grade.concepts.iter().zip(gains).enumerate() {
        if off(concept.gain, gain) {
            let message = format!("{} does not follow from the credits, which give {gain}", concept.gain);
            found.add(format!("concepts[{i}].gain"), message);
        }
    }
}

/// The list of what was missed is that of the core concepts without credit.
fn missed(found: &mut Findings, grade: &Grade) {
    let missed: Vec<&str> = grade.concepts.iter().filter(|c| !c.bonus && c.credit <= 0.0).map(|c| &*c.id).collect();
    if grade.missed != missed {
        found.add("missed", format!("the core concepts without credit are [{}]", missed.join(", ")));
    }
}

fn interval(found: &mut Findings, grade: &Grade) {
    let [low, high] = grade.interval;
    found.share(low, "interval[0]");
    found.share(high, "interval[1]");
    found.unless(low <= high, "interval", &format!("{low} lies above {high}"));
}

fn review(found: &mut Findings, grade: &Grade) {
    found.unless(
        grade.needs_review != grade.review_reasons.is_empty(),
        "needs_review",
        "true exactly where there are review reasons",
    );
    for (i, reason) in grade.review_reasons.iter().enumerate() {
        found.one_of(reason, &REASONS.map(ReviewReason::as_str), format!("review_reasons[{i}]"));
    }
    found.unique(grade.review_reasons.iter().map(|reason| &**reason), "review_reasons");
}

/// Every reason for a review; a test does not compile when one is added to the domain and forgotten here.
const REASONS: [ReviewReason; 9] = [
    ReviewReason::Unsure,
    ReviewReason::SelfContradiction,
    ReviewReason::FalseAddition,
    ReviewReason::Stuffing,
    ReviewReason::Injection,
    ReviewReason::OffTopic,
    ReviewReason::Draft,
    ReviewReason::JudgeUnavailable,
    ReviewReason::JudgeDisagrees,
];

/// A blank answer carries the flag for it, and one with words does not.
fn emptiness(found: &mut Findings, grade: &Grade, answer: &str) {
    let flagged = grade.flags.iter().any(|flag| flag.id == FlagId::Empty.as_str());
    let blank = answer.trim().is_empty();
    found.unless(flagged || !blank, "flags", "the answer is blank and `empty` is missing");
    let mut worded = false;
    form::forms(answer, |_| worded = true);
    found.unless(!flagged || !worded, "flags", "`empty` stands there and the answer has words");
}

fn hashes(found: &mut Findings, grade: &Grade, answer: &str) {
    let p = &grade.provenance;
    found.unless(!p.engine.is_empty(), "provenance.engine", "empty");
    let hashes =
        [("rubric", &p.rubric), ("lexicon", &p.lexicon), ("model", &p.model), ("bank", &p.bank), ("answer", &p.answer)];
    for (name, hash) in hashes {
        let field = format!("provenance.{name}");
        found.unless(is_hash(hash), &field, "not `sha256:` and 64 lower-case hex digits");
    }
    found.unless(p.answer == answer_hash(answer), "provenance.answer", "the hash of another answer");
}

fn is_hash(text: &str) -> bool {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    text.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.chars().all(hex))
}

/// The hash of an answer as `provenance.answer` gives it.
#[must_use]
pub fn answer_hash(answer: &str) -> String {
    Sha256::digest(answer.as_bytes()).iter().fold("sha256:".to_owned(), |mut hash, byte| {
        write!(hash, "{byte:02x}").expect("writing to a string cannot fail");
        hash
    })
}

#[cfg(test)]
mod tests;
