//! Word vectors: which words stand where others do, so that a claim that has nothing but its own statement is found in other words;
//! and which words speak against a claim that does not have them.
//!
//! A stretch of text has the direction of the sum of its words' vectors, and two stretches are as related as their directions are close
//! (the cosine). `viva fit` learns the vectors ([`eval::fit`](crate::eval::fit)) and writes them into the model's file, in the letters of
//! [`wording::file`](super::wording::file). Names the text and those letters. Words that are missing have no say.

use std::fmt::Write as _;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::text::Text;
use super::text::vocabulary::stem;
use super::weights;
use super::wording::file::{letter, level};

/// How many numbers a vector has.
pub const DIMENSIONS: usize = 64;

/// What a level is worth of how much a word speaks against claims, in log-odds.
const CONTRARY_STEP: f64 = 0.08;

/// What a level of a vector of length one is worth: levels reach far enough for one in twenty of its numbers to be four times the usual.
const STEP: f64 = 0.02;

/// The vectors of words, by their stems.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vectors {
    places: FxHashMap<Box<str>, u32>,
    /// In the order of the file.
    words: Vec<Word>,
}

/// What is known of a word: how long its vector is and where it points, and what it says of a claim that does not have it.
#[derive(Debug, Clone, PartialEq)]
struct Word {
    stem: Box<str>,
    length: f32,
    levels: [i8; DIMENSIONS],
    /// The level of how much it speaks against a claim.
    contrary: i8,
}

/// What a word is looked up by.
#[must_use]
pub fn key(word: &str) -> String {
    stem(word)
}

/// The keys of a text's words.
#[must_use]
pub fn keys(text: &Text) -> Vec<String> {
    text.tokens.iter().map(|token| key(text.word(token))).collect()
}

impl Vectors {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a word has a vector.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.places.contains_key(key)
    }

    /// Adds a word with a vector, and with the log-odds that it gives to the reverse of a claim that does not have it. Both are rounded
    /// to what a line in a file holds.
    pub fn add(&mut self, stem: &str, vector: &[f64; DIMENSIONS], contrary: f64) {
        let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        let letters: String = vector.iter().map(|x| letter(x / length, STEP)).collect();
        // What was rounded is a line, too.
        let _ = self.set(stem, &format!("{length:.2} {letters}{}", letter(contrary, CONTRARY_STEP)));
    }

    /// Takes in a line of a model's file: a word, its length, and a letter for each number of its vector and for what it says against
    /// claims.
    pub fn set(&mut self, stem: &str, value: &str) -> Result<(), String> {
        const LETTERS: usize = DIMENSIONS + 1;
        let (length, letters) = value.split_once(' ').ok_or("expected a length, a space and letters")?;
        let length = weights::number(length)? as f32;
        let levels: Option<Vec<i8>> = letters.bytes().map(level).collect();
        let levels: Option<[i8; LETTERS]> = levels.and_then(|levels| levels.try_into().ok());
        let message = || format!("expected {LETTERS} letters or full stops, found `{letters}`");
        let [levels @ .., contrary] = levels.ok_or_else(message)?;
        self.places.insert(stem.into(), self.words.len() as u32);
        self.words.push(Word { stem: stem.into(), length, levels, contrary });
        Ok(())
    }

    /// Writes a line for each word.
    pub fn render(&self, out: &mut String) {
        for word in &self.words {
            let levels = word.levels.iter().chain([&word.contrary]);
            let letters: String = levels.map(|level| letter(f64::from(*level), 1.0)).collect();
            let _ = writeln!(out, "{} = {:.2} {letters}", word.stem, word.length);
        }
    }

    /// How much a word speaks against a claim that does not have it, in log-odds; 0 for one without a vector.
    #[must_use]
    pub fn contrary(&self, key: &str) -> f32 {
        let level = self.places.get(key).map_or(0, |place| self.words[*place as usize].contrary);
        CONTRARY_STEP as f32 * f32::from(level)
    }

    /// Sums over words, by which any stretch of them has its direction at once.
    #[must_use]
    pub fn sums<'k>(&self, keys: impl Iterator<Item = &'k str>) -> Sums {
        let mut sum = [0.0; DIMENSIONS];
        let (mut sums, mut mass) = (vec![sum], 0.0);
        for key in keys {
            if let Some(word) = self.places.get(key).map(|place| &self.words[*place as usize]) {
                mass += word.length;
                sum.iter_mut().zip(word.levels).for_each(|(sum, level)| *sum += word.length * f32::from(level));
            }
            sums.push(sum);
        }
        Sums { sums, mass }
    }
}

/// Vectors summed up to each word of a text.
#[derive(Debug, Clone)]
pub struct Sums {
    sums: Vec<[f32; DIMENSIONS]>,
    mass: f32,
}

impl Sums {
    /// Where some words point.
    #[must_use]
    pub fn of(&self, words: &Range<usize>) -> Direction {
        let last = self.sums.len() - 1;
        let (from, to) = (&self.sums[words.start.min(last)], &self.sums[words.end.min(last)]);
        Direction::of(std::array::from_fn(|at| to[at] - from[at]))
    }

    /// How much all words say: the lengths of their vectors.
    #[must_use]
    pub const fn mass(&self) -> f32 {
        self.mass
    }

    /// Where all of them do.
    #[must_use]
    pub fn all(&self) -> Direction {
        self.of(&(0..self.sums.len()))
    }
}

/// Where a stretch of text points: a vector of length one, or of none where it has no known word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Direction([f32; DIMENSIONS]);

impl Direction {
    fn of(mut sum: [f32; DIMENSIONS]) -> Self {
        let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
        // Sums of what was taken away again are nothing but rounding.
        let scale = if length > 1e-3 { length.recip() } else { 0.0 };
        for x in &mut sum {
            *x *= scale;
        }
        Self(sum)
    }

    /// How closely related another is, -1 to 1; 0 where either has no known word.
    #[must_use]
    pub fn cosine(&self, other: &Self) -> f32 {
        self.0.iter().zip(other.0).map(|(a, b)| a * b).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors(words: &[(&str, usize, f64)]) -> Vectors {
        let mut vectors = Vectors::default();
        for (word, axis, length) in words {
            let mut vector = [0.0; DIMENSIONS];
            vector[*axis] = *length * 0.8;
            vector[*axis + 1] = *length * -0.6;
            vectors.add(word, &vector, *length - 2.0);
        }
        vectors
    }

    #[test]
    fn stretches_are_related_by_their_words() {
        let vectors = vectors(&[("wait", 0, 2.0), ("block", 0, 3.0), ("cheap", 4, 2.0)]);
        let sums = |words: &[&str]| vectors.sums(words.iter().copied());
        let (wait, both) = (sums(&["wait"]), sums(&["cheap", "block", "unheard"]));
        assert!((wait.all().cosine(&both.of(&(1..3))) - 1.0).abs() < 1e-4, "these words point the same way");
        assert!(wait.all().cosine(&both.of(&(0..1))).abs() < 1e-6, "these do not");
        assert!((0.5..0.95).contains(&wait.all().cosine(&both.all())));
        assert_eq!(wait.all().cosine(&both.of(&(2..3))).to_bits(), 0, "nobody knows this word");
    }

    #[test]
    fn what_is_written_reads_back() {
        let (vectors, mut text) = (vectors(&[("wait", 0, 2.0), ("1.19", 7, 0.314)]), String::new());
        vectors.render(&mut text);
        let mut read = Vectors::default();
        for line in text.lines() {
            let (word, value) = line.split_once(" = ").unwrap();
            read.set(word, value).unwrap();
        }
        assert_eq!(read, vectors);
        assert!((read.contrary("1.19") + 1.68).abs() < 1e-3 && read.contrary("wait").to_bits() == 0);
        assert!(!read.is_empty() && Vectors::default().is_empty());
    }

    #[test]
    fn a_faulty_line_says_what_was_expected() {
        for value in ["1.0", "x ab", "1.0 ab", &format!("1.0 {}", "!".repeat(DIMENSIONS + 1))] {
            assert!(Vectors::default().set("wait", value).unwrap_err().contains("expected"), "{value}");
        }
    }
}
