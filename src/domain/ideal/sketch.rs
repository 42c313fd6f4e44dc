//! A text taken apart for comparison: its words, their letters in twos, where they point, and its numbers.
//!
//! Names [`text`](crate::domain::text). What the writer took back, asks, or says to the grader is left out.

use rustc_hash::{FxHashMap, FxHashSet};

use super::alike;
use super::opposite::{self, Direction};
use crate::domain::text::number::Quantity;
use crate::domain::text::vocabulary::{Found, Term, Terms, Vocabulary, stem};
use crate::domain::text::{Stance, Text};

/// The letters of a word of weight 1; a longer one weighs no more.
const LETTERS: usize = 6;

/// A distinct content word of a text.
#[derive(Debug, Clone)]
pub struct Word {
    /// Its term.
    pub term: Term,
    /// Its stem; a number's is empty.
    pub stem: String,
    /// What it weighs, 0 to 1: a short word says less ([`weight`]). A number weighs 1.
    pub weight: f32,
    /// Whether it is a slip that was mended.
    pub corrected: bool,
    /// Whether it stands under a negation wherever it stands, or nowhere, or both.
    pub negated: [bool; 2],
}

/// A text taken apart.
#[derive(Debug, Clone)]
pub struct Sketch {
    /// The text.
    pub text: Text,
    /// Its distinct content words, in order.
    pub words: Vec<Word>,
    /// For each token the number of its word, or [`Sketch::NONE`].
    pub places: Vec<u32>,
    /// Its other words: those without content of their own, and negators.
    pub others: FxHashSet<Term>,
    /// The letters of its content words in twos, with the words' ends.
    pub pairs: FxHashSet<u64>,
    /// Where its words point, function words too; under a negation the other way.
    pub directions: FxHashSet<Direction>,
    /// Its numbers.
    pub numbers: Vec<Quantity>,
    /// The tokens that count.
    pub tokens: usize,
    /// Whether something is denied.
    pub negates: bool,
}

/// Terms of a fixed vocabulary, and new ones for what it does not hold.
struct Reader<'v> {
    vocabulary: &'v Vocabulary,
    own: FxHashMap<String, Term>,
}

impl Terms for Reader<'_> {
    fn term(&mut self, form: &str, spellable: bool) -> Found {
        let form = alike::base(form);
        let found = self.vocabulary.find(form, spellable);
        if found.term.is_known() {
            return found;
        }
        let next = Term((self.vocabulary.len() + self.own.len()) as u32);
        Found { term: *self.own.entry(stem(form)).or_insert(next), corrected: false }
    }
}

/// Terms of a vocabulary that grows.
struct Grower<'v>(&'v mut Vocabulary);

impl Terms for Grower<'_> {
    fn term(&mut self, form: &str, spellable: bool) -> Found {
        Found { term: self.0.intern(alike::base(form), spellable), corrected: false }
    }
}

impl Sketch {
    /// No word.
    pub const NONE: u32 = u32::MAX;

    /// Takes a text of the question apart; its words are added to the vocabulary.
    #[must_use]
    pub fn grow(vocabulary: &mut Vocabulary, source: &str) -> Self {
        Self::new(Text::read(source, &mut Grower(vocabulary)), |_| true)
    }

    /// Takes an answer apart.
    #[must_use]
    pub fn read(vocabulary: &Vocabulary, source: &str) -> Self {
        let text = Text::read(source, &mut Reader { vocabulary, own: FxHashMap::default() });
        Self::new(text, |stance| matches!(stance, Stance::Asserted | Stance::Reported))
    }

    fn new(text: Text, counts: impl Fn(Stance) -> bool) -> Self {
        let mut sketch = Self {
            words: Vec::new(),
            places: vec![Self::NONE; text.tokens.len()],
            others: FxHashSet::default(),
            pairs: FxHashSet::default(),
            directions: FxHashSet::default(),
            numbers: Vec::new(),
            tokens: 0,
            negates: false,
            text,
        };
        let mut known: FxHashMap<Term, u32> = FxHashMap::default();
        let clauses = sketch.text.clauses.clone();
        for clause in clauses.iter().filter(|clause| counts(clause.stance)) {
            for at in clause.tokens.clone() {
                sketch.take(at, &mut known);
            }
        }
        sketch
    }

    fn take(&mut self, at: usize, known: &mut FxHashMap<Term, u32>) {
        let token = &self.text.tokens[at];
        let form = self.text.word(token);
        self.tokens += 1;
        self.negates |= token.negator;
        // What counts may be anything under a negation, as in "without one": it points nowhere there.
        let counter = !token.is_content() || token.quantity.is_some();
        if counter && !token.negated() {
            self.directions.extend(opposite::directions(form));
        }
        if !token.is_content() {
            self.others.insert(token.term);
            return;
        }
        self.numbers.extend(token.quantity);
        let negated = usize::from(token.negated());
        let next = self.words.len() as u32;
        let place = *known.entry(token.term).or_insert(next);
        self.places[at] = place;
        if place == next {
            let number = token.quantity.is_some();
            let weight = if number { 1.0 } else { weight(form) };
            let stem = if number { String::new() } else { stem(alike::base(form)) };
            let word = Word { term: token.term, stem, weight, corrected: token.corrected, negated: [false; 2] };
            self.words.push(word);
        }
        let word = &mut self.words[place as usize];
        word.negated[negated] = true;
        let turned = |direction: &Direction| if token.negated() { direction.turned() } else { *direction };
        self.directions.extend(opposite::directions(&word.stem).iter().map(turned));
        pairs(form, &mut self.pairs);
    }
}

/// What a word weighs by its letters: the fewer, the more often it stands anywhere. Letters alone, such as the names of
/// points, hardly count.
fn weight(word: &str) -> f32 {
    let share = word.chars().take(LETTERS).count() as f32 / LETTERS as f32;
    share * share.sqrt()
}

/// Adds the letters of a word in twos, with marks for its ends.
fn pairs(word: &str, pairs: &mut FxHashSet<u64>) {
    const BITS: u32 = 21;
    let mut last = '^';
    for letter in word.chars().chain(['$']) {
        pairs.insert(u64::from(u32::from(last)) << BITS | u64::from(u32::from(letter)));
        last = letter;
    }
}
