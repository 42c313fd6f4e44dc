//! Whether words stand in an order that makes sentences: function words call for what follows them.
//!
//! "the" wants a noun somewhere behind it; what comes from shuffling an answer's words says "the the" and "and of".
//! Nobody writes like that, however poor their English, so two such places in a text, or one in a run of words without
//! a mark, tell that no sentence was meant. To add a rule: a line in [`wants_other`].

use super::Text;
use super::token::Break;

/// A text with two misplaced words, and one in so many words, is no text.
const ONE_IN: usize = 30;
/// A run of words without marks is at least this long, and has at most one mark in so many words as [`ONE_IN`].
const RUN_MIN: usize = 8;

/// Words that stand before a noun.
const DETERMINERS: [&str; 3] = ["the", "a", "an"];
/// The same that can also end a clause or stand before its end.
const POSSESSIVES: [&str; 7] = ["its", "their", "our", "your", "my", "every", "his"];
/// Words that no noun begins with.
const NO_NOUN: [&str; 55] = [
    "the", "a", "an", "its", "their", "our", "your", "my", "every", "is", "are", "was", "were", "can", "could", "will",
    "would", "may", "might", "must", "should", "has", "have", "had", "and", "or", "it", "they", "he", "she", "we", "i",
    "you", "of", "from", "with", "by", "at", "into", "onto", "in", "to", "that", "which", "this", "these", "those",
    "so", "then", "also", "as", "than", "not", "because", "when",
];
const BE: [&str; 4] = ["is", "are", "was", "were"];
const MODALS: [&str; 8] = ["can", "could", "will", "would", "may", "might", "must", "should"];
/// Pronouns that nothing but a verb of theirs follows.
const SUBJECTS: [&str; 5] = ["i", "they", "we", "he", "she"];
const PREPOSITIONS: [&str; 11] = ["to", "in", "from", "with", "by", "at", "into", "onto", "on", "for", "of"];

/// Whether words in a row that no sentence has, and not a slip or two of a long answer, make up the text.
#[must_use]
pub(crate) fn is_shuffled(text: &Text) -> bool {
    let (mut misplaced, mut marks) = (0, 0);
    for (at, clause) in text.clauses.iter().enumerate() {
        marks += usize::from(at > 0 && clause.before > Break::None);
        let ends = text.clauses.get(at + 1).is_none_or(|next| next.before > Break::None);
        for token in clause.tokens.clone() {
            let last = ends && token + 1 == clause.tokens.end;
            misplaced += usize::from(is_misplaced(text, token, last));
        }
    }
    let tokens = text.tokens.len();
    let many = misplaced * ONE_IN >= tokens;
    let run = tokens >= RUN_MIN && marks * ONE_IN <= tokens;
    misplaced >= 2 && many || misplaced == 1 && many && run
}

/// Whether what follows a function word is not what it wants; `last` where a mark or the end follows.
fn is_misplaced(text: &Text, at: usize, last: bool) -> bool {
    let token = &text.tokens[at];
    let joins = |at: usize| text.tokens.get(at).is_some_and(|t| t.joined || t.name);
    // A `the` in code or in "the in-use bytes" is no function word of a sentence, or has none behind it.
    if !token.classes.is_stop() || joins(at) || joins(at + 1) || joins(at + 2) {
        return false;
    }
    let word = text.word(token);
    if last {
        return DETERMINERS.contains(&word) && word != "a";
    }
    // A bracket or a quotation mark between them may stand for anything.
    let beside = text.gap(at).chars().all(char::is_whitespace);
    beside && text.tokens.get(at + 1).is_some_and(|next| wants_other(word, text.word(next)))
}

/// Whether no sentence has `next` right behind `word`: in two million words of honest answers no such pair stands more than a few
/// times.
fn wants_other(word: &str, next: &str) -> bool {
    let one_of = |list: &[&str]| list.contains(&next);
    match word {
        "the" if next == "on" => true,
        _ if DETERMINERS.contains(&word) || POSSESSIVES.contains(&word) => one_of(&NO_NOUN),
        "and" | "or" => one_of(&["and", "or", "of", "than"]),
        "of" => one_of(&BE) || one_of(&["of", "and", "or", "has", "have", "had", "can", "will", "must", "should"]),
        "than" => one_of(&BE) || one_of(&["of", "than", "and", "or"]),
        "on" | "for" => next == word,
        _ if PREPOSITIONS.contains(&word) => next == word || next == "of" || one_of(&BE),
        _ if SUBJECTS.contains(&word) => one_of(&SUBJECTS) || one_of(&["of", "by"]),
        "it" | "you" => next == "of",
        _ if BE.contains(&word) => one_of(&BE) || one_of(&["has", "have"]),
        _ if MODALS.contains(&word) => one_of(&BE) || one_of(&MODALS) || one_of(&["from", "has", "had"]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::vocabulary::{Base, Vocabulary};
    use rstest::rstest;
    use std::sync::Arc;

    #[rstest]
    #[case::shuffled("the to the and memory allocating refuses rate collector the the middle buffering it", true)]
    #[case::shuffled_and_short("caller of the ends it goroutine the that runs first defers its", true)]
    #[case::prose("It ends the goroutine that calls it, and of course its deferred calls run before that.", false)]
    #[case::one_slip("It ends the the goroutine that calls it. Its deferred calls run first, and others go on.", false)]
    #[case::no_marks(
        "it ends the goroutine that calls it and runs the defers first and the others go on as before",
        false
    )]
    #[case::poor_english(
        "goroutine who call it is ended, before is run all defer, other goroutine is not touch",
        false
    )]
    #[case::hyphens("the in-use bytes and the at-rest cost of an on-demand profile", false)]
    #[case::code("for i := range a { a = append(a, i) }; the `a` of the loop", false)]
    #[case::loops("the for loop and the if in a while loop", false)]
    #[case::ends_in_a_verb("that is how it is, and what the cost of it is", false)]
    #[case::use_of("comparing the dumps is of no use, and what it is is unknown", false)]
    #[case::verbs("threads is has reports nobody many can are code container to to values bound upper somebody", true)]
    #[case::particles("log in in the evening, and others stay away; you may or may not care", false)]
    #[case::nothing("", false)]
    fn tells_sentences_from_shuffled_words(#[case] answer: &str, #[case] expected: bool) {
        let vocabulary = Vocabulary::new(Arc::new(Base::default()));
        assert_eq!(is_shuffled(&Text::read(answer, &mut &vocabulary)), expected);
    }
}
