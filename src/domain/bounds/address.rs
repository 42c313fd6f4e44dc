//! Whether an answer speaks of its own grading.
//!
//! Names `text`. Reading credits by rules needs care here, since an answer may well speak of marks or of ignoring advice
//! ([`Stance::Addressed`] is that care). For a judge the scales are others: it can be talked into anything, and where nothing
//! is lifted an honest answer keeps the rules' grade and is read by a person. So this list is wide on purpose. To add a turn
//! of phrase: a line of words that follow each other; `a|b` are alternatives.

use crate::domain::text::{Stance, Text};

const OF_GRADING: &[&str] = &[
    "grader|graders|grading|graded|grade|grades|rubric|rubrics|verdict|verdicts|examiner|evaluator|misconception|misconceptions",
    "judge|judges|candidate|candidates|reviewer|interviewer|quote|quotes",
    "reference|model|ideal answer",
    "marking guide|scheme",
    "full marks|score|credit|points",
    "a|the|all|every|four|three|two hit|hits",
    "as hit",
    "mark|count|treat|accept them|it|this|these|all|everything|each|every",
    "do what it says",
    "this|my answer",
    "this interview",
    "every|each concept|point",
    "highest|best|maximum score|mark",
    "anweisungen|bewertung|bewertungsliste|punktzahl|instrucciones|calificación|puntuación|consignes|barème",
    "your|previous|these|the|above instructions",
    "system|assistant|developer prompt|message|role",
    "the|this|my|untrusted|trusted answer|submission|input is|has|ends|ended|covers|deserves",
];

/// Whether an answer addresses its grader, or speaks of grading at all.
#[must_use]
pub fn speaks_of_grading(answer: &Text) -> bool {
    let words: Vec<&str> = answer.tokens.iter().map(|t| answer.word(t)).collect();
    let stands = |phrase: &&str| {
        let phrase: Vec<Vec<&str>> = phrase.split(' ').map(|word| word.split('|').collect()).collect();
        words.windows(phrase.len()).any(|at| at.iter().zip(&phrase).all(|(word, any)| any.contains(word)))
    };
    answer.clauses.iter().any(|clause| clause.stance == Stance::Addressed) || OF_GRADING.iter().any(stands)
}
