//! What an answer looks like beside an ideal answer, as numbers that the model weighs.
//!
//! Shares are 0 to 1; sums go in as logarithms, so that the tenth word says less than the first. Where an ideal answer is
//! short, single words say much, and where it is long they say little: features that end in `-short` count the more the
//! shorter it is, those in `-long` the less. The question's words do not count in `own-…`, since whoever repeats them says
//! nothing yet. What was asked for says how hard it is: people give fewer marks for reasons than for names.

use rustc_hash::FxHashSet;

use super::matching::{ASKED, Ideal, Matched};
use super::opposite::Direction;
use super::sketch::Sketch;
use crate::domain::text::vocabulary::Term;

/// The features' names, in their order.
pub const FEATURES: [&str; 13] = [
    "bias",
    "pairs",
    "words-short",
    "own-words-short",
    "own-mass",
    "other-words",
    "length",
    "numbers",
    "directions-short",
    "denial-differs",
    "ideal-denies-short",
    "asks-why-long",
    "asks-what",
];

/// The features of one answer beside one ideal answer.
pub type Row = [f64; FEATURES.len()];

/// The tokens at which an ideal answer is as much long as short.
const LONG: f32 = 40.0;
/// The share of the ideal answer's length at which an answer has half of what length can bring.
const HALF_LENGTH: f32 = 0.5;

/// Words of a question that asks for reasons, steps or a comparison.
const WHY: [&str; 3] = ["why", "how", "explain"];
/// Words of a question that asks for names, facts or a list.
const WHAT: [&str; 7] = ["what", "which", "who", "when", "name", "list", "give"];

/// The question, as features need it.
#[derive(Debug)]
pub struct Prompt {
    /// What it says.
    pub sketch: Sketch,
    /// Its content words' terms.
    pub terms: FxHashSet<Term>,
    asks_why: bool,
    asks_what: bool,
}

impl Prompt {
    /// Looks at what a question asks for.
    #[must_use]
    pub fn new(sketch: Sketch) -> Self {
        let text = &sketch.text;
        let holds = |words: &[&str]| text.tokens.iter().any(|token| words.contains(&text.word(token)));
        let (asks_why, asks_what) = (holds(&WHY), holds(&WHAT));
        Self { terms: sketch.words.iter().map(|word| word.term).collect(), asks_why, asks_what, sketch }
    }
}

/// How long an ideal answer is, 0 to 1; at [`LONG`] tokens one half.
fn long(ideal: &Ideal) -> f32 {
    ideal.sketch.tokens as f32 / (ideal.sketch.tokens as f32 + LONG)
}

/// The features of an answer.
#[must_use]
pub fn row(ideal: &Ideal, prompt: &Prompt, answer: &Sketch, matched: &Matched) -> Row {
    let long = long(ideal);
    let short = 1.0 - long;
    let ratio = (answer.tokens as f32 / ideal.sketch.tokens.max(1) as f32).clamp(0.14, 7.4);
    let mass: f32 = matched.ideal.iter().enumerate().map(|(at, tie)| tie * ideal.weight(at, 0.0)).sum();
    let fresh = |number| !prompt.sketch.numbers.iter().any(|asked| asked.accepts(number));
    let values: [f32; FEATURES.len()] = [
        1.0,
        pairs(ideal, answer).sqrt(),
        words(ideal, matched, ASKED) * short,
        own_words(ideal, matched) * short,
        mass.ln_1p(),
        other_words(ideal, answer),
        ratio / (ratio + HALF_LENGTH),
        flag(answer.numbers.iter().any(fresh)),
        agreeing(ideal, prompt, answer) * short,
        flag(answer.negates != ideal.sketch.negates),
        flag(ideal.sketch.negates) * short,
        flag(prompt.asks_why) * long,
        flag(prompt.asks_what),
    ];
    values.map(f64::from)
}

/// What is left, as a factor of 0 to 1, of the score of an answer that says the contrary of what the ideal answer says.
///
/// No weight was fitted for it: in public sets few answers deny, and those that do are often right in other words ("not
/// complete" for "broken"). It holds back where an answer denies most of what it has in common with an ideal answer that
/// denies nothing, and where words point in opposite directions beside a short ideal answer; a long one says many things,
/// some of which point either way.
#[must_use]
pub fn gainsaid(ideal: &Ideal, answer: &Sketch, matched: &Matched) -> f32 {
    /// The most that a denial and an opposite take.
    const MOST: [f32; 2] = [0.6, 0.4];
    let rise = |value: f32, from: f32, to: f32| ((value - from) / (to - from)).clamp(0.0, 1.0);
    let denies = flag(answer.negates && !ideal.sketch.negates) * rise(matched.turned, 0.3, 0.6);
    let opposed = opposed(ideal, answer) * rise(1.0 - long(ideal), 0.5, 0.7);
    (1.0 - MOST[0] * denies) * (1.0 - MOST[1] * opposed)
}

fn flag(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}

/// The letters in twos that both hold, over the geometric mean of what each holds: their cosine.
fn pairs(ideal: &Ideal, answer: &Sketch) -> f32 {
    let both = answer.pairs.iter().filter(|pair| ideal.sketch.pairs.contains(pair)).count();
    both as f32 / ((ideal.sketch.pairs.len() * answer.pairs.len()).max(1) as f32).sqrt()
}

/// How many directions of the answer's words are opposite to the ideal answer's, 0 to 1. A text that points both ways
/// tells them apart and counts for neither.
fn opposed(ideal: &Ideal, answer: &Sketch) -> f32 {
    let of = &ideal.sketch.directions;
    let against = |direction: &&Direction| {
        let turned = direction.turned();
        !of.contains(&turned) && answer.directions.contains(&turned) && !answer.directions.contains(direction)
    };
    let against = of.iter().filter(against).count() as f32;
    against / (against + 1.0)
}

/// How many of the ideal answer's directions the answer's words have too, 0 to 1, without those that the question has.
fn agreeing(ideal: &Ideal, prompt: &Prompt, answer: &Sketch) -> f32 {
    let asked = &prompt.sketch.directions;
    let own = ideal.sketch.directions.iter().filter(|direction| !asked.contains(direction));
    let agreeing = own.filter(|direction| answer.directions.contains(direction)).count() as f32;
    agreeing / (agreeing + 1.0)
}

/// The share of the ideal answer's words without content that the answer holds: whoever builds the same sentence uses them.
fn other_words(ideal: &Ideal, answer: &Sketch) -> f32 {
    let others = &ideal.sketch.others;
    others.iter().filter(|term| answer.others.contains(term)).count() as f32 / others.len().max(1) as f32
}

/// The share of the weight of the ideal answer's words that the answer holds, the question's words without weight; with
/// it where there are no others.
fn own_words(ideal: &Ideal, matched: &Matched) -> f32 {
    words(ideal, matched, if ideal.asked.iter().all(|asked| *asked) { 1.0 } else { 0.0 })
}

/// The share of the weight of the ideal answer's words that the answer holds, the question's words demoted to `asked` of
/// theirs.
fn words(ideal: &Ideal, matched: &Matched, asked: f32) -> f32 {
    let weights = (0..matched.ideal.len()).map(|at| ideal.weight(at, asked));
    let whole: f32 = weights.clone().sum();
    let held: f32 = weights.zip(&matched.ideal).map(|(weight, tie)| weight * tie).sum();
    if whole > 0.0 { held / whole } else { 0.0 }
}
