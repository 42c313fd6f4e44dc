//! Grading from an ideal answer alone: how much of it an answer says, by likeness of words.
//!
//! Names [`text`](super::text), [`verdict::window`](super::verdict::window) and [`scoring`](super::scoring). A
//! [`Question`] is compiled once and reads answers: [`sketch`] takes an answer's words apart, [`matching`] ties them to
//! an ideal answer's, [`features`] makes numbers of that, [`model`] weighs them into one score for the whole answer, and
//! [`credit`] shares that score out among the ideal answer's concepts, so that the score follows from the credits.
//!
//! To add a feature: its name in [`features::FEATURES`], its value in [`features::row`], and `viva fit --ideal`. To add
//! words that mean the same: a line in `alike.txt`; words that mean the opposite, one in `opposite.txt`.

pub mod alike;
pub mod credit;
pub mod features;
pub mod matching;
pub mod model;
pub mod opposite;
pub mod sketch;

use std::sync::Arc;

use features::Prompt;
pub use features::Row;
use matching::{Ideal, Matched, Piece};
pub use model::Model;
pub use sketch::Sketch;

use super::text::vocabulary::{Base, Vocabulary};

/// A question that no bank holds, compiled.
#[derive(Debug)]
pub struct Question {
    vocabulary: Vocabulary,
    prompt: Prompt,
    ideals: Vec<Ideal>,
}

/// One ideal answer, to be compiled.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// The whole text.
    pub text: &'a str,
    /// Its concepts: each one's words, and its weight from 1 to 10.
    pub concepts: Vec<(String, u32)>,
}

/// An answer as one ideal answer sees it.
#[derive(Debug, Clone)]
pub struct View {
    /// What ties the answer to the ideal answer and its concepts.
    pub matched: Matched,
    /// The features of the whole answer.
    pub row: Row,
    /// What is left of its score where it says the contrary, 0 to 1.
    pub gainsaid: f32,
}

impl View {
    /// What is left of the model's score, as a factor of 0 to 1. The model has seen answers to their own question only, and
    /// would think better of others: where no word of the ideal answer ties, nothing shows that any of it was said, and
    /// nothing is left. Saying the contrary takes some of it ([`features::gainsaid`]).
    #[must_use]
    pub fn credible(&self) -> f64 {
        if self.matched.whole.share > 0.0 { f64::from(self.gainsaid) } else { 0.0 }
    }
}

impl Question {
    /// Compiles a question. `base` holds words that are no slips of others.
    #[must_use]
    pub fn new(base: Arc<Base>, prompt: &str, ideals: &[Source<'_>]) -> Self {
        let mut vocabulary = Vocabulary::new(base);
        let sketch = Sketch::grow(&mut vocabulary, prompt);
        let prompt = Prompt::new(sketch);
        let ideals = ideals
            .iter()
            .map(|source| {
                let sketch = Sketch::grow(&mut vocabulary, source.text);
                let pieces = source
                    .concepts
                    .iter()
                    .map(|(text, weight)| Piece { sketch: Sketch::grow(&mut vocabulary, text), weight: *weight });
                Ideal::new(sketch, &pieces.collect::<Vec<_>>(), &prompt)
            })
            .collect();
        Self { vocabulary, prompt, ideals }
    }

    /// Takes an answer apart.
    #[must_use]
    pub fn read(&self, answer: &str) -> Sketch {
        Sketch::read(&self.vocabulary, answer)
    }

    /// The answer as each ideal answer sees it, in their order.
    #[must_use]
    pub fn views(&self, answer: &Sketch) -> Vec<View> {
        let view = |ideal: &Ideal| {
            let matched = ideal.matched(answer);
            let row = features::row(ideal, &self.prompt, answer, &matched);
            View { row, gainsaid: features::gainsaid(ideal, answer, &matched), matched }
        };
        self.ideals.iter().map(view).collect()
    }

    /// Whether an answer does no more than say the question back: most of the question, and no word of the ideal answer
    /// that is not the question's. An answer in the question's words can be right: "Is A or B the heavier one?"
    #[must_use]
    pub fn is_said_back(&self, answer: &Sketch, ideal: usize, view: &View) -> bool {
        const MOST: f32 = 0.6;
        let terms = &self.prompt.terms;
        let said = answer.words.iter().filter(|word| terms.contains(&word.term)).count();
        let adds = self.ideals[ideal].asked.iter().zip(&view.matched.ideal).any(|(asked, tie)| !asked && *tie > 0.0);
        !adds && said as f32 >= MOST * terms.len() as f32
    }

    /// Whether most of an answer's words are the question's or an ideal answer's: a list of other words, such as a sentence of
    /// another language looks like, is no attempt to please by words. Nor is a formula or a table of letters and numbers.
    #[must_use]
    pub fn holds_most(&self, answer: &Sketch) -> bool {
        let is_known = |term| self.prompt.terms.contains(&term) || self.ideals.iter().any(|ideal| ideal.holds(term));
        let is_word = |word: &&sketch::Word| word.stem.len() > 1 && is_known(word.term);
        2 * answer.words.iter().filter(is_word).count() >= answer.words.len()
    }

    /// The question's words.
    #[must_use]
    pub fn prompt(&self) -> &Prompt {
        &self.prompt
    }

    /// The words with which another index may be made for the same question.
    pub fn vocabulary_mut(&mut self) -> &mut Vocabulary {
        &mut self.vocabulary
    }
}

#[cfg(test)]
mod tests;
