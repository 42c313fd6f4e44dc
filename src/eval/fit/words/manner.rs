//! Fitting what answers make of their own words ([`wording::manner`](crate::domain::wording::manner)): the same regression, over every
//! word of answers to all questions, on what graders flagged.

use super::ridge::regress;
use super::texts::Texts;
use super::{Column, Fitted, LEAST_LEVEL, LEAST_TEXTS, RIDGE, head, table};
use crate::domain::grade::FlagId;
use crate::domain::wording::file::ANSWER_STEP;
use crate::domain::wording::manner::FLAGS;
use crate::domain::wording::{Part, Which, of_answer};
use crate::eval::fit::Subject;
use crate::grader::Grader;

/// How much an answer counts that has a manner, of which there are few.
const MANNER_WEIGHT: f64 = 4.0;
/// The mark up to which an answer that takes something back has taken back everything.
const NOTHING_LEFT: f64 = 0.2;

/// What people say before and after an answer out of courtesy, which is no word to the grader.
const COURTESIES: [(&str, &str); 7] = [
    ("", ""),
    ("Thanks for asking, happy to answer! ", ""),
    ("", " I hope this helps; please let me know if something is unclear."),
    ("Good question. ", " Please ask if anything needs more detail."),
    ("Hello, thank you for the question. ", " Thanks for your time, and best regards."),
    ("Dear reader, I am glad to answer this one. ", ""),
    ("", " Sorry for my English, I hope you understand what I mean."),
];

/// Whether graders find that an answer has any manner and earns nothing.
pub(in crate::eval::fit) fn has_any(answer: &Subject<'_>) -> bool {
    FLAGS.iter().any(|flag| has(answer, *flag))
}

/// Whether graders find that an answer has a manner and earns nothing.
fn has(answer: &Subject<'_>, flag: FlagId) -> bool {
    answer.labelled.flagged(&[flag.as_str()]) && answer.labelled.score() <= NOTHING_LEFT
}

/// The file of what answers make of their own words: those that earn nothing since they take all back, speak to the grader or drop words.
/// The rubrics' own answers, with courtesies about them, and their claims do none of it.
#[must_use]
pub fn fit_manner(grader: &Grader, subjects: &[Subject<'_>]) -> String {
    let mut texts = Texts::default();
    let mut labels = Vec::new();
    for answer in subjects {
        let text = grader.case(answer.question).text(&answer.labelled.answer);
        texts.add_features(|hear| of_answer(&text, Which::Every, hear));
        labels.push(
            FLAGS.iter().map(|flag| if has(answer, *flag) { (1.0, MANNER_WEIGHT) } else { (0.0, 1.0) }).collect(),
        );
    }
    for question in grader.questions() {
        let item = grader.item(question).1;
        let examples = item.rubric.examples.iter().filter(|e| !e.hit.is_empty()).map(|e| e.answer.as_str());
        let mut stands = |text: &str| {
            let text = grader.case(question).text(text);
            texts.add_features(|hear| of_answer(&text, Which::Every, hear));
            labels.push(vec![(0.0, 1.0); FLAGS.len()]);
        };
        for answer in item.question.ideals.iter().map(String::as_str).chain(examples) {
            for (before, after) in COURTESIES {
                stands(&format!("{before}{answer}{after}"));
            }
        }
        // Claims side by side, each from its own on, as many as there are.
        let claims: Vec<&str> = item.rubric.concepts.iter().map(|concept| concept.claim.as_str()).collect();
        for said in 1..=claims.len() {
            for first in 0..claims.len() {
                let side_by_side: Vec<&str> = claims.iter().cycle().skip(first).take(said).copied().collect();
                stands(&format!("{}.", side_by_side.join(". ")));
            }
        }
    }
    let (names, samples) = texts.finish(labels, LEAST_TEXTS);
    let column = |(at, flag): (usize, &FlagId)| Column {
        name: format!("{}{}", Part::Answer.mark(), flag.as_str()),
        step: ANSWER_STEP,
        weights: regress(&samples, names.len(), at, RIDGE),
    };
    let columns = FLAGS.iter().enumerate().map(column).collect();
    head("answers make of their own words, written by `viva fit --manner`")
        + &table(&[Fitted { names, columns }], LEAST_LEVEL)
}
