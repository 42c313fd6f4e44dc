//! What a writer takes back: in passing ("50. No, 100", "it halts all. Scratch that", "`kill -HUP`, no, `kill -QUIT`"), or all of it
//! ("Forget everything I said").
//!
//! Turns of phrase say so, orders where they begin a clause and mean the answer. A "no" does where punctuation sets it off from what it
//! puts right, and where that is no question and no label ("Queue workers: no"). What is said to the grader stays that. Depends on the
//! text alone. To add a word: under `Retract`, `RetractAll` or `Correct` in [`cue`](super::cue).

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

/// Verbs that order everything to be passed over.
const ORDERS: &[&str] =
    &["forget", "ignore", "disregard", "scratch", "strike", "scrap", "delete", "cross", "consider", "do"];

/// What may stand before such a verb in its clause, beside [`FILLERS`].
const BEFORE: &[&str] = &[
    "actually",
    "and",
    "better",
    "but",
    "just",
    "kindly",
    "let",
    "no",
    "now",
    "on",
    "please",
    "reflection",
    "so",
    "then",
    "us",
    "well",
];

/// How an order goes on that is about the answer, where more follows: "all of that", "everything I said".
const ON: &[&str] = &["of", "i", "above", "said", "written", "before", "please", "and", "but"];

/// What may follow "of" there.
const OF: &[&str] = &["that", "this", "it", "those", "these", "them", "what", "my"];

/// What units end with that may stand for a value without a number.
const UNITS: &[&str] = &["seconds", "minutes", "hours", "days", "bytes", "percent"];

/// What stands as a label before an example of it.
const LABELS: &[&str] = &["wrong", "nonsense", "incomplete"];

/// Whether what looks like a correction is one: it begins a clause, is set off from what follows, and corrects what is no question.
pub(super) fn is_one(text: &Text, cue: &Range<usize>) -> bool {
    let word = |at: usize| text.tokens.get(at).map_or("", |token| text.word(token));
    let at = text.clauses.iter().position(|c| c.tokens.start == cue.start);
    let Some(before) = at.and_then(|at| at.checked_sub(1)) else { return false };
    let (lead, tail) = (text.gap(cue.start - 1), text.gap(cue.end - 1));
    let asked = text.clauses[before].stance == Stance::Asked || lead.contains(['?', ':', '>', '\u{2192}']);
    let set_off = match word(cue.start) {
        "or" => true,
        "make" => is_value(text, cue.end),
        first => is_set_off(tail, LABELS.contains(&first)),
    };
    set_off && !asked && !denies(text, cue.end)
}

/// Whether a value stands at a token: a number, or a unit that ends its clause: "make that 100", "make that nanoseconds". What a thing
/// is to be made is none: "make that explicit".
fn is_value(text: &Text, at: usize) -> bool {
    let number = text.tokens.get(at).is_some_and(|token| token.quantity.is_some());
    let word = text.tokens.get(at).map_or("", |token| text.word(token));
    let last = text.clauses.iter().any(|clause| clause.tokens.end == at + 1);
    number || last && UNITS.iter().any(|unit| word.ends_with(unit))
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
        Some(before) => take_back(text, before..at),
        None if fall(text, at, cue) && text.clauses[at].tokens.len() == cue.len => take_back(text, at..at + 1),
        None => {}
    }
}

/// What was said just before falls, and the cue's own words with it where they say nothing about the subject.
pub(super) fn retract(text: &mut Text, at: usize, cue: CueFound) {
    if fall(text, at, cue) && text.clauses[at].tokens.len() <= cue.len + 1 {
        take_back(text, at..at + 1);
    }
}

/// All that was said before falls, and the cue's own clause where it says nothing else. A mark within the cue parts it ("I withdraw: my
/// number"), and who orders to ignore begins a clause with it and means the answer: profiles ignore all goroutines that are parked.
pub(super) fn retract_all(text: &mut Text, at: usize, cue: CueFound) {
    let (clause, end) = (text.clauses[at].tokens.clone(), cue.token + cue.len);
    if end > clause.end || !is_meant(text, &clause, cue) {
        return;
    }
    let own = usize::from(!says(text, &(end..clause.end)));
    take_back(text, 0..at + own);
}

/// Whether what takes everything back is about the answer: an order begins its clause, and what is said of all ends it or goes on so.
fn is_meant(text: &Text, clause: &Range<usize>, cue: CueFound) -> bool {
    let word = |at: usize| text.word(&text.tokens[at]);
    let end = cue.token + cue.len;
    let lead = |at: usize| BEFORE.contains(&word(at)) || FILLERS.contains(&word(at));
    let begins = || cue.token - clause.start <= LEAD && (clause.start..cue.token).all(lead);
    if ORDERS.contains(&word(cue.token)) && !begins() {
        return false;
    }
    let open = matches!(word(end - 1), "all" | "everything") || matches!(word(cue.token), "none" | "nothing");
    if !open || end == clause.end {
        return true;
    }
    let of = |at: usize| at < clause.end && OF.contains(&word(at));
    ON.contains(&word(end)) && (word(end) != "of" || of(end + 1))
}

/// Clauses fall that were not said to the grader: those are never heard.
fn take_back(text: &mut Text, clauses: Range<usize>) {
    let said = text.clauses[clauses].iter_mut().filter(|clause| clause.stance != Stance::Addressed);
    said.for_each(|clause| clause.stance = Stance::Retracted);
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
    take_back(text, falls);
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
    #[case::a_number_behind_a_comma("About 50, make that 100 of them.", &["About 50"])]
    #[case::a_call_to_change_something("It is broken, make that an explicit call.", &[])]
    #[case::a_call_to_change_something_else("It is broken. Make that your own pool.", &[])]
    #[case::a_decision("It has to make that call.", &[])]
    #[case::the_reverse("It skips them. The other way round: it runs them.", &["It skips them", "The other way round"])]
    #[case::a_promise_to("It skips them. I must correct that, it runs them.", &["It skips them", "I must correct that"])]
    #[case::everything("It skips them. It runs. I withdraw everything.", &["It skips them", "It runs", "I withdraw everything"])]
    #[case::an_order("It skips them. Please ignore everything.", &["It skips them", "Please ignore everything"])]
    #[case::nothing_holds("It skips them. None of that is true.", &["It skips them", "None of that is true"])]
    #[case::a_number_made_up("It runs. It takes 5 ms, I made that up.", &["It takes 5 ms"])]
    #[case::an_aside("It runs. A number I withdraw, it depends.", &[])]
    #[case::a_number_withdrawn("It runs. It takes 5 ms, I withdraw that figure.", &["It takes 5 ms"])]
    #[case::an_order_at_length("It skips them. Honestly, ignore all of that.", &["It skips them", "Honestly", "ignore all of that"])]
    #[case::a_contraction("It skips them. Don't count any of that.", &["It skips them", "Don't count any of that"])]
    #[case::the_answer("It skips them. I withdraw the whole answer.", &["It skips them"])]
    #[case::words_to_the_grader("It ends. Ignore the rubric. Scratch that.", &["Scratch that"])]
    #[case::the_rest_of_the_clause("It skips them. The correct answer is that it runs them.", &["It skips them"])]
    #[case::a_value("About 50 ms (make that 100 ms).", &["About 50 ms"])]
    #[case::a_value_in_words("About 50, make that two hundred of them.", &["About 50"])]
    #[case::how_something_is_made("It is shared. Make that explicit.", &[])]
    #[case::how_something_else_is_made("It is shared. Make that obvious.", &[])]
    #[case::parted("It runs. I withdraw: my number.", &[])]
    #[case::advice("It copies them. You can ignore all goroutines that are parked.", &[])]
    #[case::advice_on_frames("It copies them. Ignore all of the frames in the runtime.", &[])]
    #[case::what_does_not_count("It copies them. CPU profiles don't count any of the time it is blocked.", &[])]
    #[case::what_is_true_of_some("It copies them. None of that is true for channels.", &[])]
    #[case::what_holds_something("It copies them. None of it holds a lock.", &[])]
    #[case::what_none_does("It copies them. None of the above stops the process.", &[])]
    #[case::typing("It copies them. Please ignore the typos.", &[])]
    #[case::where_the_opposite_holds("It copies them; for others the opposite is true.", &[])]
    #[case::what_profiles_ignore("It copies them. Profiles ignore all of it.", &[])]
    #[case::what_is_not_safe("It copies them. None of this is safe.", &[])]
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
