//! What the words of an answer say of each claim by themselves: linear classifiers over words, pairs of neighbours, and pieces of
//! four letters, which know a word in other forms.
//!
//! Four for each claim ([`Part`]): whether a window makes it, and whether an answer as a whole makes it, reverses it, or makes all of
//! it. The latter three know beside words which patterns were found, of all claims, so that they learn what a pattern is worth in this
//! question. One more for the question ([`Part::Beside`]): how much graders take off for what is false beside the claims.
//!
//! Names the text, and the windows and patterns of Verdict. The weights of a question stand in a file of its own ([`mod@file`]), which
//! `viva fit --words` writes from the rubric's phrases and from graded answers; of a claim without weights nothing is said. To add a
//! kind of feature: its variant in [`Feature`], how it is written there and read in [`mod@file`], and its place in [`of_tokens`] and in
//! [`sums`].

pub mod file;
pub mod manner;
mod sums;
mod why;

use std::fmt;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::text::Text;
use super::verdict::PatternFound;
use super::verdict::window::Window;
use file::ANSWER_STEP;
pub use file::WordingError;
use sums::Sums;
pub use why::{Subject, Why};

/// No window says less.
pub const LEAST: f32 = -0.5;

/// What is said of a claim that has no weights.
pub const NOTHING: f32 = -1.0;

/// What a classifier is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Whether a window makes the claim.
    Window,
    /// Whether the answer as a whole makes it.
    Answer,
    /// Whether the answer as a whole asserts its reverse.
    Reverse,
    /// Whether an answer that makes it makes all of it.
    Full,
    /// Of no claim: the share of the marks that graders take off for what stands beside the claims.
    Beside,
}

impl Part {
    /// Those that every claim has.
    pub const ALL: [Self; 4] = [Self::Window, Self::Answer, Self::Reverse, Self::Full];

    /// What stands before the claim's name in a file.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Window => "",
            Self::Answer => "+",
            Self::Reverse => "-",
            Self::Full => "*",
            Self::Beside => "%",
        }
    }
}

/// What is said of a claim: the least of regressions on 0 and 1, about so much that it is made or reversed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    /// By the window that says most, that it makes it; never below [`LEAST`].
    pub window: f32,
    /// By the answer as a whole, that it makes it.
    pub answer: f32,
    /// By the answer as a whole, that it reverses it.
    pub reverse: f32,
    /// By the answer as a whole, that it makes all of it if it makes it.
    pub full: f32,
}

impl Default for Said {
    fn default() -> Self {
        Self { window: NOTHING, answer: NOTHING, reverse: NOTHING, full: NOTHING }
    }
}

/// What is said of an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spoken {
    /// Of each claim.
    pub claims: Vec<Said>,
    /// The share of the marks that graders take off for what stands beside the claims, most often false additions; 0 to
    /// [`MOST_BESIDE`].
    pub beside: f32,
}

/// No more of the marks is taken to be lost by what stands beside the claims.
pub const MOST_BESIDE: f32 = 0.6;

/// Letters of a piece.
const PIECE: usize = 4;

/// What stands for the edge of a word in a piece, in files too.
const EDGE: u8 = b'_';

/// What a text is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature<'t> {
    /// A word.
    Word(&'t str),
    /// A word and one of the four before it.
    Pair(&'t str, &'t str),
    /// Four letters of a word, its edges among them.
    Piece([u8; PIECE]),
    /// Patterns of a claim that were found: those that make it, or those that reverse it. Of whole answers alone.
    Pattern(Part, &'t str),
}

impl Feature<'_> {
    /// What it is looked up by: a hash of what it holds. Of a question's few thousand features hardly two share one, and where
    /// an answer's word has the key of another it does so everywhere.
    fn key(&self) -> u32 {
        match self {
            Self::Word(word) => hash(word.as_bytes()),
            Self::Pair(first, second) => pair(hash(first.as_bytes()), hash(second.as_bytes())),
            Self::Piece(letters) => u32::from_be_bytes(*letters),
            Self::Pattern(part, claim) => pair(hash(part.mark().as_bytes()), hash(claim.as_bytes())),
        }
    }
}

/// The key of a pair, from those of its words.
const fn pair(first: u32, second: u32) -> u32 {
    first.rotate_left(17) ^ second
}

/// As it stands in a file.
impl fmt::Display for Feature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Pair(first, second) => write!(f, "{first} {second}"),
            Self::Piece(letters) => write!(f, "~{}", String::from_utf8_lossy(letters)),
            Self::Pattern(part, claim) => write!(f, "={}{claim}", part.mark()),
        }
    }
}

/// FNV-1a over the bytes, its halves put together: the same on every machine.
fn hash(bytes: &[u8]) -> u32 {
    let take = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let sum = bytes.iter().fold(0xcbf2_9ce4_8422_2325, take);
    (sum ^ sum >> 32) as u32
}

/// Which words count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// Those that say something by themselves.
    #[default]
    Telling,
    /// All: what is made of a claim is said by "I", "that" and "would".
    Every,
}

/// The words of a text, each with its token.
fn words(text: &Text, which: Which) -> impl Iterator<Item = (usize, &str)> {
    let tells = move |token: &super::text::Token| {
        which == Which::Every || !token.stop || token.negator || token.classes.is_quantifier()
    };
    text.tokens.iter().enumerate().filter(move |(_, token)| tells(token)).map(|(at, token)| (at, text.word(token)))
}

/// The pieces of a word; none of one that is written in other letters than these, or in one alone.
fn pieces(word: &str) -> impl Iterator<Item = Feature<'static>> + '_ {
    let bytes = word.as_bytes();
    let at = move |place: usize| place.checked_sub(1).and_then(|place| bytes.get(place)).copied().unwrap_or(EDGE);
    (0..count_pieces(word)).map(move |first| Feature::Piece(std::array::from_fn(|letter| at(first + letter))))
}

/// How many pieces a word has.
const fn count_pieces(word: &str) -> usize {
    if word.is_ascii() && word.len() > 1 { word.len() + 3 - PIECE } else { 0 }
}

/// How far apart the words of a pair stand at most.
const APART: usize = 4;

/// Calls `hear` with every feature of some tokens of a text, as often as it occurs.
pub fn of_tokens<'t>(text: &'t Text, which: Which, tokens: &Range<usize>, mut hear: impl FnMut(Feature<'t>)) {
    let words: Vec<&str> = words(text, which).filter(|(at, _)| tokens.contains(at)).map(|(_, word)| word).collect();
    for (at, word) in words.iter().enumerate() {
        hear(Feature::Word(word));
        for piece in pieces(word) {
            hear(piece);
        }
        (1..=APART.min(at)).for_each(|apart| hear(Feature::Pair(words[at - apart], word)));
    }
}

/// Calls `hear` with what a text as a whole is told by: each of its words once, with its pieces, and each pair once. What is said
/// again says no more.
pub fn of_answer<'t>(text: &'t Text, which: Which, mut hear: impl FnMut(Feature<'t>)) {
    let words: Vec<&str> = words(text, which).map(|(_, word)| word).collect();
    let mut seen = FxHashSet::default();
    for (at, word) in words.iter().enumerate() {
        if seen.insert(Feature::Word(word).key()) {
            hear(Feature::Word(word));
            for piece in pieces(word) {
                hear(piece);
            }
        }
        for apart in 1..=APART.min(at) {
            let pair = Feature::Pair(words[at - apart], word);
            if seen.insert(pair.key()) {
                hear(pair);
            }
        }
    }
}

/// The weights of a question's claims.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wording {
    /// How many claims there are.
    claims: usize,
    /// Which words count.
    which: Which,
    /// For each column the value of a text that has none of the features; nothing for a column without weights.
    base: Vec<Option<f32>>,
    /// For each feature, its row.
    rows: FxHashMap<u32, u32>,
    /// For each claim the rows of its patterns, those that make it and those that reverse it.
    patterns: Vec<[Option<u32>; 2]>,
    /// Rows of levels, a level for each column; the last eights of windows and of answers are filled up with zeros.
    levels: Vec<[i8; LANES]>,
    /// How many eights a row has.
    lanes: usize,
    /// For each word of the file, its row among the sums.
    words: FxHashMap<u32, u32>,
    /// Rows of sums: the levels of a word and of its pieces, since most words of an answer are known.
    sums: Vec<[i16; LANES]>,
}

/// How many columns a claim has that are of whole answers.
const WHOLE: usize = Part::ALL.len() - 1;

/// How many columns are summed side by side.
const LANES: usize = 8;

/// So many patterns that are found say no less than more of them.
const MANY_PATTERNS: usize = 4;

/// How much patterns count of which so many were found.
#[must_use]
pub fn of_patterns(found: usize) -> f64 {
    (found.min(MANY_PATTERNS) as f64).sqrt()
}

/// For each of so many claims how many of its patterns were found, those that make it and those that reverse it.
#[must_use]
pub fn count_patterns(found: &[PatternFound], claims: usize) -> Vec<[usize; 2]> {
    let mut counts = vec![[0; 2]; claims];
    let mut last = None;
    for p in found {
        let this = (p.claim, p.pattern, p.found.opposite);
        if last.replace(this) != Some(this) {
            counts[p.claim][usize::from(p.found.opposite)] += 1;
        }
    }
    counts
}

impl Wording {
    /// Weights for so many claims, none yet.
    fn of_claims(claims: usize) -> Self {
        let lanes = claims.div_ceil(LANES) + (WHOLE * claims + 1).div_ceil(LANES);
        Self { claims, base: vec![None; lanes * LANES], patterns: vec![[None; 2]; claims], lanes, ..Self::default() }
    }

    /// The column of a claim, or of the question.
    fn column(&self, part: Part, claim: usize) -> usize {
        match part {
            Part::Window => claim,
            Part::Answer => self.window_lanes() * LANES + claim,
            Part::Reverse => self.window_lanes() * LANES + self.claims + claim,
            Part::Full => self.window_lanes() * LANES + 2 * self.claims + claim,
            Part::Beside => self.window_lanes() * LANES + WHOLE * self.claims,
        }
    }

    /// How many eights the columns of windows have.
    fn window_lanes(&self) -> usize {
        self.claims.div_ceil(LANES)
    }

    /// What a text's windows, its words as a whole and the patterns that were found in it say.
    #[must_use]
    pub fn of(&self, text: &Text, windows: &[Window], found: &[PatternFound]) -> Spoken {
        if self.levels.is_empty() {
            return Spoken { claims: vec![Said::default(); self.claims], beside: 0.0 };
        }
        let sums = Sums::new(self, text);
        let most = self.most_of_windows(&sums, windows);
        let whole = self.of_whole(&sums, found);
        let whole = |part, claim| whole[self.column(part, claim) - self.window_lanes() * LANES];
        let said = |claim| Said {
            window: most[claim],
            answer: whole(Part::Answer, claim),
            reverse: whole(Part::Reverse, claim),
            full: whole(Part::Full, claim),
        };
        let beside = whole(Part::Beside, 0).clamp(0.0, MOST_BESIDE);
        Spoken { claims: (0..self.claims).map(said).collect(), beside }
    }

    /// For each claim what the window says that says most.
    fn most_of_windows(&self, sums: &Sums, windows: &[Window]) -> Vec<f32> {
        let base = &self.base[..self.window_lanes() * LANES];
        let mut most: Vec<f32> = base.iter().map(|base| base.map_or(NOTHING, |_| LEAST)).collect();
        let base: Vec<f32> = base.iter().map(|base| base.unwrap_or(f32::MIN)).collect();
        for window in windows {
            let within = sums.within(&window.tokens);
            let scale = within.scale();
            for (lane, (most, base)) in most.chunks_mut(LANES).zip(base.chunks(LANES)).enumerate() {
                let levels = within.levels(lane);
                for ((most, base), level) in most.iter_mut().zip(base).zip(levels) {
                    *most = most.max(base + scale * level as f32);
                }
            }
        }
        most
    }

    /// What the text as a whole says in each of the columns that are not of windows.
    fn of_whole(&self, sums: &Sums, found: &[PatternFound]) -> Vec<f32> {
        let (levels, scale) = sums.whole();
        let mut values: Vec<f32> = levels.as_flattened().iter().map(|level| scale * *level as f32).collect();
        for (_, _, row, worth) in self.rows_of_patterns(found) {
            let levels = self.levels[row + self.window_lanes()..row + self.lanes].as_flattened();
            values.iter_mut().zip(levels).for_each(|(value, level)| *value += worth * f32::from(*level));
        }
        let base = &self.base[self.window_lanes() * LANES..];
        values.iter().zip(base).map(|(value, base)| base.map_or(NOTHING, |base| base + value)).collect()
    }

    /// The rows of the patterns that were found: whose they are, which side they are on, and what a level is worth there.
    fn rows_of_patterns(&self, found: &[PatternFound]) -> impl Iterator<Item = (usize, Part, usize, f32)> {
        let sides = [Part::Answer, Part::Reverse];
        let of = move |(claim, counts): (usize, [usize; 2])| sides.into_iter().zip(counts).map(move |of| (claim, of));
        let rows = count_patterns(found, self.claims).into_iter().enumerate().flat_map(of);
        rows.filter(|(_, (_, found))| *found > 0).filter_map(|(claim, (side, found))| {
            let row = self.patterns[claim][usize::from(side == Part::Reverse)]?;
            Some((claim, side, row as usize, (ANSWER_STEP * of_patterns(found)) as f32))
        })
    }

    fn row(&self, key: u32) -> Option<&[[i8; LANES]]> {
        let begin = *self.rows.get(&key)? as usize;
        self.levels.get(begin..begin + self.lanes)
    }
}

#[cfg(test)]
mod tests;
