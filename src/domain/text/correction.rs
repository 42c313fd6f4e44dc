//! What a writer takes back in passing: "50. No, 100", "it halts all. Scratch that", "`kill -HUP`, no, `kill -QUIT`".
//!
//! Whole turns of phrase say so wherever they stand. A "no" does where punctuation sets it off from what it puts right, and where that
//! is no question and no label ("Queue workers: no"). Depends on the text alone. To add a word: under `Correct` in
//! [`cue`](super::cue).

use std::ops::Range;

use super::{CueFound, Stance, Text, Token};

/// A cue after at most this many words of its sentence ("Hmm, thinking about it again …") opens it.
const LEAD: usize = 6;

/// Words before such a cue that say nothing of the subject.
const FILLERS: &[&str] = &[
    "ah", "eh", "er", "erm", "guess", "hm", "hold", "honestly", "mean", "oh", "ok", "okay", "ooh", "right", "say",
    "sorry", "sure", "think", "thinking", "uh", "um", "wait", "yeah", "yes",
];

/// Marks behind a word that is set off.
const MARKS: &[char] = &[',', '.', ';', ':', '!', '?', '-', '\u{2013}', '\u{2014}'];

/// Words that put right what is behind them without a mark between.
const OPEN: &[&str] = &["or", "make"];

/// What stands as a label before an example of it.
const LABELS: &[&str] = &["wrong", "nonsense", "incomplete"];

/// Whether what looks like a correction is one: it begins a clause, is set off from what follows, and corrects what is no question.
pub(super) fn is_one(text: &Text, cue: &Range<usize>) -> bool {
    let word = |at: usize| text.tokens.get(at).map_or("", |token| text.word(token));
    let at = text.clauses.iter().position(|c| c.tokens.start == cue.start);
    let Some(before) = at.and_then(|at| at.checked_sub(1)) else { return false };
    let (lead, tail) = (text.gap(cue.start - 1), text.gap(cue.end - 1));
    let asked = text.clauses[before].stance == Stance::Asked || lead.contains(['?', ':', '>', '\u{2192}']);
    let set_off = OPEN.contains(&word(cue.start)) || is_set_off(tail, LABELS.contains(&word(cue.start)));
    set_off && !asked && !denies(text, cue.end)
}

/// Whether the clause at a token denies something: "No, it does not" answers what was asked.
fn denies(text: &Text, at: usize) -> bool {
    let clause = text.clauses.iter().find(|c| c.tokens.contains(&at)).map_or(at..at, |c| at..c.tokens.end);
    let alternative = text.tokens.get(at).is_some_and(|token| matches!(text.word(token), "or" | "and" | "nor"));
    alternative || text.tokens[clause].iter().any(|token| token.negator)
}

/// Whether there is a mark behind a word; a colon behind a label and the dash of `-1` and `-race` are none.
fn is_set_off(tail: &str, label: bool) -> bool {
    let program = tail.trim_end().starts_with(' ') && !tail.ends_with(' ');
    !program && tail.trim_start().starts_with(|mark| MARKS.contains(&mark) && !(label && mark == ':'))
}

/// The clause before falls, or where the correction opens a sentence the sentence before.
pub(super) fn correct(text: &mut Text, at: usize, cue: CueFound) {
    let before = at.checked_sub(1).filter(|before| text.clauses[*before].sentence == text.clauses[at].sentence);
    match before.filter(|before| says(text, &text.clauses[*before].tokens)) {
        Some(before) => text.clauses[before].stance = Stance::Retracted,
        None if fall(text, at, cue) && text.clauses[at].tokens.len() == cue.len => {
            text.clauses[at].stance = Stance::Retracted;
        }
        None => {}
    }
}

/// What was said just before falls, and the cue's own words with it where they say nothing about the subject.
pub(super) fn retract(text: &mut Text, at: usize, cue: CueFound) {
    if fall(text, at, cue) && text.clauses[at].tokens.len() <= cue.len + 1 {
        text.clauses[at].stance = Stance::Retracted;
    }
}

/// The sentence's earlier clauses fall, or where there are none the sentence before; tells whether it was that.
fn fall(text: &mut Text, at: usize, cue: CueFound) -> bool {
    let sentence = text.clauses[at].sentence;
    let first = text.clauses.iter().position(|c| c.sentence == sentence).unwrap_or(at);
    let lead = text.clauses[first].tokens.start..cue.token;
    let opens = lead.len() <= LEAD && !says(text, &lead);
    let before = text.clauses[..first].last().map(|c| c.sentence);
    let begin = text.clauses.iter().position(|c| Some(c.sentence) == before).unwrap_or(first);
    let falls = if opens { begin..first } else { first..at };
    text.clauses[falls].iter_mut().for_each(|c| c.stance = Stance::Retracted);
    opens
}

/// Whether tokens say anything of the subject.
fn says(text: &Text, tokens: &Range<usize>) -> bool {
    let says = |token: &Token| token.is_content() && !FILLERS.contains(&text.word(token));
    text.tokens[tokens.clone()].iter().any(says)
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::{Base, Vocabulary};
    use super::*;
    use rstest::rstest;
    use std::sync::Arc;

    #[rstest]
    #[case::a_sentence("It skips them. No, it runs them.", &["It skips them", "No"])]
    #[case::with_a_colon("It costs 50. No: 100 of them.", &["It costs 50", "No"])]
    #[case::behind_a_filler("It skips them. Hm, no: it runs them.", &["It skips them", "Hm", "no"])]
    #[case::a_clause("Send HUP, no, QUIT to it.", &["Send HUP"])]
    #[case::the_nearest_one("It prints all, then sends HUP, no, QUIT.", &["then sends HUP"])]
    #[case::other_words("One thousand, or rather ten thousand.", &["One thousand"])]
    #[case::a_number("Microseconds. Make that nanoseconds.", &["Microseconds"])]
    #[case::the_reverse("It skips them. The other way round: it runs them.", &["It skips them", "The other way round"])]
    #[case::a_promise_to("It skips them. I must correct that, it runs them.", &["It skips them", "I must correct that"])]
    #[case::the_prompt_is_answered("No, it runs them.", &[])]
    #[case::a_question_is_answered("Does it skip them? No, it runs them.", &[])]
    #[case::an_answer_that_denies("It reads them. No, it does not stop.", &[])]
    #[case::a_label("Children get them; queue workers: no, they keep their own.", &[])]
    #[case::an_arrow("pool -> no, it keeps its own.", &[])]
    #[case::not_set_off("It runs. No thread is lost.", &[])]
    #[case::one_of_several("It runs. No, or hardly any, threads are lost.", &[])]
    #[case::a_setting("It ran. No -race was set.", &[])]
    #[case::a_label_of_what_is_wrong("It runs. Wrong: it skips them.", &[])]
    #[case::the_reverse_of_it("It runs, not the other way round.", &[])]
    fn what_is_corrected(#[case] answer: &str, #[case] expected: &[&str]) {
        let text = Text::read(answer, &mut &Vocabulary::new(Arc::new(Base::default())));
        let gone = text.clauses.iter().filter(|c| c.stance == Stance::Retracted);
        let words: Vec<&str> = gone.map(|c| text.span(&c.tokens)).map(|(from, to)| &answer[from..to]).collect();
        assert_eq!(words, expected);
    }
}
