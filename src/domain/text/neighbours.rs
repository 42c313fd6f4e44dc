//! Which words stand beside which in what is known of a question.
//!
//! Whoever puts an answer together from a question's words, with any marks between them, uses words that are all known, hardly
//! any function word, and has next to each other what no phrase has. Terse notes have the first two in common with it at most.

use rustc_hash::FxHashSet;

use super::vocabulary::Term;
use super::{Text, Token};

/// An answer of fewer words with content is too short to tell.
const WORDS_MIN: usize = 12;
/// At most this share of its words are function words or negators; [`order`](super::order) looks at those of other answers.
const FUNCTION_MAX: f32 = 0.12;
/// At least this share of its words with content is known.
const KNOWN_MIN: f32 = 0.99;
/// At least so many neighbours are known, both of them.
const PAIRS_MIN: usize = 6;
/// Below this share of them stands somewhere side by side. By these figures two of 4,500 labelled answers are put together, and
/// 35 of the 58 that consist of an ideal answer's words by threes, in any order, and would get more than a quarter.
const BESIDE_MIN: f32 = 0.4;

/// Terms with content, and pairs of them that stand side by side, but for function words.
#[derive(Debug, Default)]
pub struct Neighbours {
    terms: FxHashSet<Term>,
    pairs: FxHashSet<(Term, Term)>,
}

impl Neighbours {
    /// Those of these texts.
    #[must_use]
    pub fn new(texts: impl Iterator<Item = Text>) -> Self {
        let mut known = Self::default();
        for text in texts {
            known.terms.extend(content(&text).map(|token| token.term));
            known.pairs.extend(pairs(&text));
        }
        known
    }

    /// Whether a text is put together from words of these texts.
    #[must_use]
    pub fn is_put_together(&self, text: &Text) -> bool {
        let known = content(text).filter(|t| t.quantity.is_some() || self.terms.contains(&t.term)).count();
        let (mut all, mut beside) = (0, 0);
        for pair in pairs(text).filter(|(a, b)| self.terms.contains(a) && self.terms.contains(b)) {
            all += 1;
            beside += usize::from(self.pairs.contains(&pair));
        }
        let words = content(text).count();
        known as f32 >= KNOWN_MIN * words as f32 && all >= PAIRS_MIN && (beside as f32) < BESIDE_MIN * all as f32
    }
}

/// Whether a text has hardly a function word: few answers do.
#[must_use]
pub fn may_be_put_together(text: &Text) -> bool {
    let words = content(text).count();
    words >= WORDS_MIN && (text.tokens.len() - words) as f32 <= FUNCTION_MAX * text.tokens.len() as f32
}

fn content(text: &Text) -> impl Iterator<Item = &Token> {
    text.tokens.iter().filter(|token| token.is_content())
}

/// Known terms with content, each with the next one, where they are two.
fn pairs(text: &Text) -> impl Iterator<Item = (Term, Term)> + '_ {
    let terms = || content(text).map(|token| token.term);
    terms().zip(terms().skip(1)).filter(|(a, b)| a != b && a.is_known() && b.is_known())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::vocabulary::{Base, Vocabulary};
    use rstest::rstest;
    use std::sync::Arc;

    const KNOWN: [&str; 3] = [
        "Stacks start at two kilobytes and grow by copying; pointers into them are adjusted.",
        "The garbage collector shrinks stacks that use less than a quarter.",
        "Threads have fixed stacks of megabytes, reserved by the kernel.",
    ];

    #[rstest]
    #[case::shuffled(
        "kernel pointers, quarter: stacks (shrinks megabytes) adjusted → copying; threads - grow use, collector fixed",
        true
    )]
    #[case::notes(
        "stacks: start two kilobytes, grow by copying, pointers adjusted; threads: fixed stacks, megabytes, kernel",
        false
    )]
    #[case::other_words(
        "kernel pointers, quarter: piles (shrinks heaps) moved → copying; cords - grow use, janitor fixed",
        false
    )]
    #[case::a_sentence(
        "Stacks of threads are fixed by the kernel, and pointers are adjusted when the collector shrinks them",
        false
    )]
    #[case::short("kernel pointers, quarter: stacks", false)]
    #[case::nothing("", false)]
    fn tells_notes_from_words_put_together(#[case] answer: &str, #[case] expected: bool) {
        let mut vocabulary = Vocabulary::new(Arc::new(Base::default()));
        let known = KNOWN.map(|text| Text::read(text, &mut vocabulary));
        let neighbours = Neighbours::new(known.into_iter());
        assert_eq!(neighbours.is_put_together(&Text::read(answer, &mut &vocabulary)), expected);
    }
}
