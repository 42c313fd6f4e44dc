//! Tying an answer's words to those of an ideal answer, and its clauses to the ideal answer's concepts.
//!
//! Names [`text`](crate::domain::text) and [`verdict::window`](crate::domain::verdict::window). Words tie by their stem,
//! by a slip of spelling, by a long common beginning, or as words for the same thing. Everything is linear in the
//! answer's length: an ideal answer's words are found by look-up.

use rustc_hash::FxHashMap;

use super::alike;
use super::features::Prompt;
use super::sketch::{Sketch, Word};
use crate::domain::text::vocabulary::Term;
use crate::domain::verdict::window::{Window, windows};

/// What a word counts beside others where the question holds it already.
pub const ASKED: f32 = 0.3;
/// How far words tie that differ by a slip, by their endings, or that are used for the same thing.
const SLIP: f32 = 0.9;
const BEGINNING: f32 = 0.6;
const SAME_THING: f32 = 0.5;
/// What is left of a tie between a word and the same word denied.
const DENIED: f32 = 0.5;
/// No more words are looked at for one beginning or one group, so that no text makes this slow.
const MOST_NEAR: usize = 16;
/// The letters that words share that differ by their endings alone.
const PREFIX: usize = 5;
/// Where one word is the beginning of the other, so many are enough.
const SHORT_PREFIX: usize = 4;

/// A concept of an ideal answer before it is compiled.
#[derive(Debug)]
pub struct Piece {
    /// Its words.
    pub sketch: Sketch,
    /// Its weight, 1 to 10.
    pub weight: u32,
}

/// A concept: which of the ideal answer's words are its own.
#[derive(Debug)]
struct Concept {
    words: Vec<usize>,
    /// Their weights' sum, the question's words demoted.
    whole: f32,
}

/// An ideal answer, compiled.
#[derive(Debug)]
pub struct Ideal {
    /// Its words; where it has no content word, those that it has.
    pub sketch: Sketch,
    /// For each of its words, whether the question holds it.
    pub asked: Vec<bool>,
    by_term: FxHashMap<Term, usize>,
    by_prefix: FxHashMap<[u8; SHORT_PREFIX], Vec<usize>>,
    by_group: FxHashMap<u16, Vec<usize>>,
    concepts: Vec<Concept>,
    /// For each word, the concepts that it belongs to.
    concepts_of: Vec<Vec<usize>>,
}

/// What an answer says of one concept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Said {
    /// The share of the concept's words in the window that holds most of them, 0 to 1.
    pub share: f32,
    /// That window's tokens.
    pub tokens: std::ops::Range<usize>,
}

/// What ties an answer to an ideal answer.
#[derive(Debug, Clone)]
pub struct Matched {
    /// For each word of the ideal answer, how well the answer holds it, 0 to 1.
    pub ideal: Vec<f32>,
    /// The share of what ties, by weight, that one side denies and the other does not.
    pub turned: f32,
    /// For each concept, what the answer says of it.
    pub concepts: Vec<Said>,
    /// The same of the ideal answer as a whole.
    pub whole: Said,
}

impl Ideal {
    /// Compiles an ideal answer.
    #[must_use]
    pub fn new(sketch: Sketch, pieces: &[Piece], prompt: &Prompt) -> Self {
        let words = &sketch.words;
        let by_term: FxHashMap<Term, usize> = words.iter().enumerate().map(|(at, word)| (word.term, at)).collect();
        let asked: Vec<bool> = words.iter().map(|word| prompt.terms.contains(&word.term)).collect();
        let mut by_prefix: FxHashMap<_, Vec<usize>> = FxHashMap::default();
        let mut by_group: FxHashMap<u16, Vec<usize>> = FxHashMap::default();
        for (at, word) in words.iter().enumerate() {
            if let Some(head) = head(&word.stem) {
                by_prefix.entry(head).or_default().push(at);
            }
            for group in alike::groups(&word.stem) {
                by_group.entry(*group).or_default().push(at);
            }
        }
        let demoted = |at: usize| words[at].weight * if asked[at] { ASKED } else { 1.0 };
        let concept = |piece: &Piece| {
            let own: Vec<usize> = piece.sketch.words.iter().filter_map(|w| by_term.get(&w.term).copied()).collect();
            Concept { whole: own.iter().map(|&at| demoted(at)).sum(), words: own }
        };
        let concepts: Vec<Concept> = pieces.iter().map(concept).collect();
        let mut concepts_of = vec![Vec::new(); words.len()];
        for (number, concept) in concepts.iter().enumerate() {
            concept.words.iter().for_each(|&at| concepts_of[at].push(number));
        }
        Self { sketch, asked, by_term, by_prefix, by_group, concepts, concepts_of }
    }

    /// The weight of a word, the question's words demoted to `asked` of theirs.
    #[must_use]
    pub fn weight(&self, word: usize, asked: f32) -> f32 {
        self.sketch.words[word].weight * if self.asked[word] { asked } else { 1.0 }
    }

    /// Whether it holds the word itself.
    #[must_use]
    pub fn holds(&self, term: Term) -> bool {
        self.by_term.contains_key(&term)
    }

    /// Ties an answer to it.
    #[must_use]
    pub fn matched(&self, answer: &Sketch) -> Matched {
        let ties: Vec<Vec<(usize, f32)>> = answer.words.iter().map(|word| self.ties(word)).collect();
        let mut ideal = vec![0.0_f32; self.sketch.words.len()];
        let mut turned = vec![false; self.sketch.words.len()];
        for (word, ties) in answer.words.iter().zip(&ties) {
            for &(at, tie) in ties {
                if tie > ideal[at] {
                    ideal[at] = tie;
                    turned[at] = denies(word, &self.sketch.words[at]);
                }
            }
        }
        let weights = |at: usize| ideal[at] * self.weight(at, ASKED);
        let all: f32 = (0..ideal.len()).map(weights).sum();
        let against: f32 = (0..ideal.len()).filter(|&at| turned[at]).map(weights).sum();
        let turned = against / all.max(f32::EPSILON);
        let (concepts, whole) = self.said(answer, &ties);
        Matched { ideal, turned, concepts, whole }
    }

    /// The ideal answer's words that a word of an answer ties to, and how well.
    fn ties(&self, word: &Word) -> Vec<(usize, f32)> {
        let mut ties: Vec<(usize, f32)> = Vec::new();
        let add = |ties: &mut Vec<(usize, f32)>, at: usize, tie: f32| {
            let other = &self.sketch.words[at];
            let tie = if denies(word, other) { tie * DENIED } else { tie };
            match ties.iter_mut().find(|(known, _)| *known == at) {
                Some((_, known)) => *known = known.max(tie),
                None => ties.push((at, tie)),
            }
        };
        if let Some(&at) = self.by_term.get(&word.term) {
            add(&mut ties, at, if word.corrected { SLIP } else { 1.0 });
        }
        if let Some(near) = head(&word.stem).and_then(|head| self.by_prefix.get(&head)) {
            for &at in near.iter().take(MOST_NEAR).filter(|&&at| is_beginning(&word.stem, &self.sketch.words[at].stem))
            {
                add(&mut ties, at, BEGINNING);
            }
        }
        for group in alike::groups(&word.stem) {
            for &at in self.by_group.get(group).into_iter().flatten().take(MOST_NEAR) {
                add(&mut ties, at, SAME_THING);
            }
        }
        ties
    }

    /// For each concept, the window of the answer that holds most of its words, and the same for the whole.
    fn said(&self, answer: &Sketch, ties: &[Vec<(usize, f32)>]) -> (Vec<Said>, Said) {
        let full: f32 = (0..self.sketch.words.len()).map(|at| self.weight(at, ASKED)).sum();
        let mut whole = Said::default();
        let mut said = vec![Said::default(); self.concepts.len()];
        let mut best = vec![0.0_f32; self.sketch.words.len()];
        let mut touched: Vec<usize> = Vec::new();
        let mut held = vec![0.0_f32; self.concepts.len()];
        for Window { tokens, .. } in windows(&answer.text) {
            for place in &answer.places[tokens.clone()] {
                for &(at, tie) in ties.get(*place as usize).into_iter().flatten() {
                    if best[at] <= 0.0 {
                        touched.push(at);
                    }
                    best[at] = best[at].max(tie);
                }
            }
            let mut all = 0.0;
            for at in touched.drain(..) {
                let weight = self.weight(at, ASKED) * std::mem::take(&mut best[at]);
                all += weight;
                self.concepts_of[at].iter().for_each(|&concept| held[concept] += weight);
            }
            whole.take(all / full.max(f32::EPSILON), &tokens);
            for ((said, held), concept) in said.iter_mut().zip(&mut held).zip(&self.concepts) {
                said.take(std::mem::take(held) / concept.whole.max(f32::EPSILON), &tokens);
            }
        }
        (said, whole)
    }
}

impl Said {
    /// Takes a window that holds more than the one before.
    fn take(&mut self, share: f32, tokens: &std::ops::Range<usize>) {
        if share > self.share {
            *self = Self { share: share.min(1.0), tokens: tokens.clone() };
        }
    }
}

/// Whether one side always denies the word and the other never does.
fn denies(a: &Word, b: &Word) -> bool {
    a.negated != b.negated && a.negated != [true; 2] && b.negated != [true; 2]
}

fn head(stem: &str) -> Option<[u8; SHORT_PREFIX]> {
    stem.as_bytes().get(..SHORT_PREFIX)?.try_into().ok()
}

/// Whether two stems differ by their endings alone.
fn is_beginning(a: &str, b: &str) -> bool {
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    common >= PREFIX || common >= SHORT_PREFIX && common == a.len().min(b.len())
}
