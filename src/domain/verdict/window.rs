//! Windows: the stretches of an answer that can make a claim.
//!
//! Single clauses, neighbouring clauses of one sentence, whole sentences, and two short sentences in a row
//! ("From main? The others go on."). Clauses that are no claims of the writer's stand in none.

use std::ops::Range;

use crate::domain::text::{Clause, Stance, Text};

/// The most neighbouring clauses that are read together.
const MAX_CLAUSES: usize = 3;
/// The longest sentence that is read as a whole, in tokens.
const MAX_SENTENCE: usize = 40;
/// The longest pair of sentences that is read together, in tokens.
const MAX_PAIR: usize = 18;

/// A stretch of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its clauses.
    pub clauses: Range<usize>,
    /// Its tokens.
    pub tokens: Range<usize>,
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
                out.push(Window { clauses: first..end, tokens });
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
            out.push(Window { clauses: first..longest, tokens: tokens.clone() });
        }
        if let Some(pair) = pair(clauses, first, longest) {
            out.push(pair);
        }
    }
    out
}

fn belongs(clauses: &[Clause], first: usize, at: usize) -> bool {
    clauses[at].sentence == clauses[first].sentence && clauses[at].stance == Stance::Asserted
}

/// The sentence of clauses `first..end` and the one after it, where both are short.
fn pair(clauses: &[Clause], first: usize, end: usize) -> Option<Window> {
    let next = clauses.get(end)?.sentence;
    let last = clauses[end..].iter().take_while(|c| c.sentence == next && c.stance == Stance::Asserted).count() + end;
    let whole = clauses.get(last).is_none_or(|c| c.sentence != next);
    let tokens = clauses[first].tokens.start..clauses[last.checked_sub(1)?].tokens.end;
    (whole && last > end && tokens.len() <= MAX_PAIR).then_some(Window { clauses: first..last, tokens })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::vocabulary::{Base, Vocabulary};
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

    #[test]
    fn their_number_is_linear() {
        let long = "one two, three four, five six. ".repeat(500);
        assert!(spans(&long).len() < 500 * 3 * 5);
    }
}
