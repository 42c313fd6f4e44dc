//! What an answer looks like beside an ideal answer, as numbers that the model weighs.
//!
//! Shares are 0 to 1; counts go in as logarithms, so that the tenth word says less than the first. Where an ideal answer is
//! short, single words say much and length little, and where it is long it is the other way round: features that end in
//! `-short` and `-long` count by how long the ideal answer is. The question's words count less than others in some
//! (`letters`) and not at all in others (`own-…`), since whoever repeats them says nothing yet.

use rustc_hash::FxHashSet;

use super::matching::{ASKED, Ideal, Matched};
use super::sketch::Sketch;
use crate::domain::text::vocabulary::Term;

/// The features' names, in their order.
pub const FEATURES: [&str; 12] = [
    "bias",
    "letters",
    "own-words-short",
    "own-mass",
    "functions",
    "length",
    "new-words-long",
    "word-length-long",
    "numbers",
    "denies-otherwise",
    "ideal-denies",
    "ideal-length",
];

/// The place of `letters`.
pub const LETTERS: usize = 1;

/// The features of one answer beside one ideal answer.
pub type Row = [f64; FEATURES.len()];

/// What makes shares of letters flatter: half of them is worth more than half.
const FLATTER: f32 = 0.7;
/// The tokens at which an ideal answer is as much long as short.
const LONG: f32 = 40.0;
/// The share of the ideal answer's length at which an answer has half of what length can bring.
const HALF_LENGTH: f32 = 0.5;

/// The question, as features need it.
#[derive(Debug)]
pub struct Prompt {
    /// What it says.
    pub sketch: Sketch,
    /// Its content words' terms.
    pub terms: FxHashSet<Term>,
}

/// The features of an answer.
#[must_use]
pub fn row(ideal: &Ideal, prompt: &Prompt, answer: &Sketch, matched: &Matched) -> Row {
    let long = ideal.sketch.tokens as f32 / (ideal.sketch.tokens as f32 + LONG);
    let ratio = (answer.tokens as f32 / ideal.sketch.tokens.max(1) as f32).clamp(0.14, 7.4);
    let is_new = |word: &&super::sketch::Word| !prompt.terms.contains(&word.term);
    let new_words = answer.words.iter().filter(is_new).count() as f32;
    let mass: f32 = matched.ideal.iter().enumerate().map(|(at, tie)| tie * ideal.weight(at, 0.0)).sum();
    let fresh = |number| !prompt.sketch.numbers.iter().any(|asked| asked.accepts(number));
    let values: [f32; FEATURES.len()] = [
        1.0,
        letters(ideal, answer).powf(FLATTER),
        own_words(ideal, matched) * (1.0 - long),
        mass.ln_1p(),
        functions(ideal, answer),
        ratio / (ratio + HALF_LENGTH),
        new_words.ln_1p() * long,
        answer.letters as f32 / answer.tokens.max(1) as f32 * long,
        flag(answer.numbers.iter().any(fresh)),
        flag(ideal.sketch.negates != answer.negates),
        flag(ideal.sketch.negates),
        long,
    ];
    values.map(f64::from)
}

fn flag(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}

/// The share of the ideal answer's letters, in threes, that the answer holds; slips and endings cost little.
fn letters(ideal: &Ideal, answer: &Sketch) -> f32 {
    let (mut asked, mut own) = (0_u32, 0_u32);
    for is_asked in answer.grams.iter().filter_map(|gram| ideal.grams.get(gram)) {
        *(if *is_asked { &mut asked } else { &mut own }) += 1;
    }
    let whole = ideal.own_grams as f32 + ASKED * (ideal.grams.len() as f32 - ideal.own_grams as f32);
    if whole > 0.0 { (own as f32 + ASKED * asked as f32) / whole } else { 0.0 }
}

/// The share of the weight of the ideal answer's words that the answer holds, without the question's words; with them
/// where there are no others.
fn own_words(ideal: &Ideal, matched: &Matched) -> f32 {
    let asked = if ideal.asked.iter().all(|asked| *asked) { 1.0 } else { 0.0 };
    let weights = (0..matched.ideal.len()).map(|at| ideal.weight(at, asked));
    let whole: f32 = weights.clone().sum();
    let held: f32 = weights.zip(&matched.ideal).map(|(weight, tie)| weight * tie).sum();
    if whole > 0.0 { held / whole } else { 0.0 }
}

/// The share of the ideal answer's function words that the answer holds: sentences built alike.
fn functions(ideal: &Ideal, answer: &Sketch) -> f32 {
    let common = answer.functions.iter().filter(|word| ideal.sketch.functions.contains(word)).count();
    common as f32 / ideal.sketch.functions.len().max(1) as f32
}
