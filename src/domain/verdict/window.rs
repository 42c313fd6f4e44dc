//! Windows: the stretches of an answer that can make a claim.
//!
//! Single clauses, neighbouring clauses of one sentence, whole sentences, and two short sentences in a row
//! ("From main? The others go on."). Clauses that are no claims of the writer's stand in none.

use std::ops::Range;

use crate::domain::text::{Clause, Stance, Text, Token};

/// The most neighbouring clauses that are read together.
const MAX_CLAUSES: usize = 3;
/// The longest sentence that is read as a whole, in tokens.
const MAX_SENTENCE: usize = 40;
/// The longest pair of sentences that is read together, in tokens.
const MAX_PAIR: usize = 18;

/// The most windows that begin between the beginning of one and a token of it: one that is longer than a few clauses has few
/// tokens, and at each clause there begin the windows of one, two and more clauses, of a whole sentence, and of a pair.
const MOST_BEFORE: usize = (MAX_SENTENCE + 1) * (MAX_CLAUSES + 2);

/// A stretch of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its clauses.
    pub clauses: Range<usize>,
    /// Its tokens.
    pub tokens: Range<usize>,
    /// The tokens of the sentences that it stands in, as far as the longest sentence reaches to either side.
    pub sentences: Range<usize>,
    /// Whether all that it says is denied, as in "it is not true that …".
    pub denied: bool,
}

impl Window {
    /// The window of some clauses of a text.
    #[must_use]
    pub fn new(text: &Text, clauses: Range<usize>) -> Self {
        let of = text.clauses.get(clauses.clone()).unwrap_or_default();
        let tokens = of.first().map_or(0, |c| c.tokens.start)..of.last().map_or(0, |c| c.tokens.end);
        let head = of.first().map_or(0, |c| c.tokens.len());
        let denied = is_denied(text.tokens.get(tokens.clone()).unwrap_or_default(), head);
        let (first, last) = (of.first().map_or(0, |c| c.sentence), of.last().map_or(0, |c| c.sentence));
        let from = text.clauses.partition_point(|c| c.sentence < first);
        let to = text.clauses.partition_point(|c| c.sentence <= last);
        let around = text.clauses.get(from..to).unwrap_or_default();
        let begin = around.first().map_or(0, |c| c.tokens.start).max(tokens.start.saturating_sub(MAX_SENTENCE));
        let end = around.last().map_or(0, |c| c.tokens.end).min(tokens.end + MAX_SENTENCE);
        let sentences = begin..end;
        Self { clauses, tokens, sentences, denied }
    }
}

/// The most words before the turn of phrase that denies a window: "well, I think it is not true that …".
const LEAD: usize = 6;

/// Whether all tokens are denied but for some at the beginning of the first clause, which has `head` tokens.
fn is_denied(tokens: &[Token], head: usize) -> bool {
    let Some(first) = tokens.iter().take(head.min(LEAD + 1)).position(|t| t.denied) else { return false };
    tokens[first..].iter().all(|t| t.denied)
}

/// The windows of a text, shorter ones first at each place. Their number grows linearly with the text's length.
#[must_use]
pub fn windows(text: &Text) -> Vec<Window> {
    let clauses = &text.clauses;
    let mut out = Vec::with_capacity(clauses.len() * 4);
    for first in 0..clauses.len() {
        let mut longest = first;
        for end in first + 1..=clauses.len() {
            if !belongs(clauses, first, end - 1) {
                break;
            }
            longest = end;
            let tokens = clauses[first].tokens.start..clauses[end - 1].tokens.end;
            if end - first <= MAX_CLAUSES {
                out.push(Window::new(text, first..end));
            } else if tokens.len() > MAX_SENTENCE {
                break;
            }
        }
        let opens = first == 0 || clauses[first - 1].sentence != clauses[first].sentence;
        if !opens || longest == first {
            continue;
        }
        let tokens = clauses[first].tokens.start..clauses[longest - 1].tokens.end;
        if longest - first > MAX_CLAUSES && tokens.len() <= MAX_SENTENCE {
            out.push(Window::new(text, first..longest));
        }
        if let Some(pair) = pair(text, first, longest) {
            out.push(pair);
        }
    }
    out
}

/// The numbers of the windows that hold a token, in order.
pub fn holding(windows: &[Window], token: usize) -> impl Iterator<Item = usize> + '_ {
    let after = windows.partition_point(|w| w.tokens.start <= token);
    (after.saturating_sub(MOST_BEFORE)..after).filter(move |window| windows[*window].tokens.contains(&token))
}

fn belongs(clauses: &[Clause], first: usize, at: usize) -> bool {
    clauses[at].sentence == clauses[first].sentence && clauses[at].stance == Stance::Asserted
}

/// The sentence of clauses `first..end` and the one after it, where both are short.
fn pair(text: &Text, first: usize, end: usize) -> Option<Window> {
    let clauses = &text.clauses;
    let next = clauses.get(end)?.sentence;
    let last = clauses[end..].iter().take_while(|c| c.sentence == next && c.stance == Stance::Asserted).count() + end;
    let whole = clauses.get(last).is_none_or(|c| c.sentence != next);
    let tokens = clauses[first].tokens.start..clauses[last.checked_sub(1)?].tokens.end;
    (whole && last > end && tokens.len() <= MAX_PAIR).then(|| Window::new(text, first..last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::vocabulary::{Base, Vocabulary};
    use rstest::rstest;
    use std::sync::Arc;

    fn spans(answer: &str) -> Vec<&str> {
        let vocabulary = Vocabulary::new(Arc::new(Base::default()));
        let text = Text::read(answer, &mut &vocabulary);
        windows(&text).iter().map(|w| text.span(&w.tokens)).map(|(s, e)| &answer[s..e]).collect()
    }

    #[test]
    fn neighbouring_clauses_are_read_together() {
        assert_eq!(spans("It ends, it runs defers."), ["It ends", "It ends, it runs defers", "it runs defers"]);
    }

    #[test]
    fn what_is_no_claim_stands_in_no_window() {
        assert_eq!(spans("Does it end?"), Vec::<&str>::new());
        assert_eq!(spans("It stops. Scratch that. It goes on."), ["It goes on"]);
    }

    #[rstest]
    #[case::plain("It ends the process.", &[false])]
    #[case::denied("It is not true that it ends the process.", &[true])]
    #[case::led_up_to("Well I think it is a myth that it ends the process.", &[true])]
    #[case::twice("It is not true that it is a myth that it ends.", &[false])]
    #[case::one_of_two("It ends. It is false that defers run.", &[false, false, true])]
    #[case::what_follows_is_meant("It is a myth that it ends, but defers run.", &[true, false, false])]
    fn knows_what_is_denied_as_a_whole(#[case] answer: &str, #[case] expected: &[bool]) {
        let vocabulary = Vocabulary::new(Arc::new(Base::default()));
        let text = Text::read(answer, &mut &vocabulary);
        assert_eq!(windows(&text).iter().map(|w| w.denied).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn their_number_is_linear() {
        let long = "one two, three four, five six. ".repeat(500);
        assert!(spans(&long).len() < 500 * 3 * 5);
    }
}
