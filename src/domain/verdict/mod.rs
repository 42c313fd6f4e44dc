//! From evidence to verdicts: windows, features, and one small explainable model over all concepts.
//!
//! Names the other parts of Domain. The evidence of phrases is gathered by `index`, that of patterns by
//! [`matcher`](super::matcher); here both are weighed. The model knows no concept: its features are the same for all.

pub mod evidence;
pub mod features;
pub mod model;
pub mod related;
pub mod scorecard;
mod weighing;
pub mod window;

use std::sync::Arc;

use evidence::WindowEvidence;
use features::{AnswerRow, ClauseRow, Rivals};
pub use model::Model;
pub use weighing::Weighing;
use window::Window;

use super::matcher::Found;
use super::wording::Spoken;

/// A pattern that was found, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternFound {
    /// Number of the claim.
    pub claim: usize,
    /// Number of the pattern within its claim.
    pub pattern: usize,
    /// Whether it is a pattern of the claim's reverse.
    pub reverse: bool,
    /// Where.
    pub found: Found,
}

/// What an answer is made of: its windows, and the patterns that were found in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The answer's windows.
    pub windows: Vec<Window>,
    /// The patterns that were found.
    pub patterns: Vec<PatternFound>,
    /// What its words say by themselves.
    pub wording: Spoken,
    /// The number of tokens.
    pub tokens: usize,
    /// Number of concepts; further claims are misconceptions.
    pub concepts: usize,
    /// Which claims are bonus concepts.
    pub bonus: Arc<[bool]>,
    /// How many patterns each claim has.
    pub all_patterns: Arc<[usize]>,
}

/// The clause rows of every claim in one window; the first `concepts` claims are concepts.
#[must_use]
pub fn clause_rows(evidence: &WindowEvidence, concepts: usize) -> Vec<ClauseRow> {
    let rivals = Rivals::new(evidence, concepts);
    (0..evidence.claims.len()).map(|claim| features::clause(evidence, &rivals, claim, concepts)).collect()
}

/// A window that speaks for something, and the phrase that it is likest to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    /// The window.
    pub window: usize,
    /// Number of the phrase, if any shares a word.
    pub phrase: Option<u32>,
}

/// What the model makes of one claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// Probability that the claim is made, by half at least.
    pub credited: f32,
    /// Probability that it is made fully; never above `credited`.
    pub full: f32,
    /// Probability that it is contradicted; 0 for a misconception.
    pub contradicted: f32,
    /// The first two by the scorecards that know nothing of words, nor of related ones: a second opinion.
    pub wordless: [f32; 2],
    /// The window that speaks for it most.
    pub best: Option<Near>,
    /// The window that speaks for its opposite most; none for a misconception.
    pub opposite: Option<Near>,
    /// The row that the probabilities rest on.
    pub row: AnswerRow,
}

impl Weighed {
    /// Makes the claim as much less likely to be made.
    pub fn scale(&mut self, by: f32) {
        for p in [&mut self.credited, &mut self.full].into_iter().chain(&mut self.wordless) {
            *p *= by;
        }
    }
}
