//! What texts are told by: words, pairs of words and pieces of words, and the patterns that were found in them.

use std::fmt;
use std::ops::Range;

use rustc_hash::FxHashSet;

use super::Part;
use crate::domain::text::{Clause, Stance, Text, Token};

/// Letters of a piece.
pub(super) const PIECE: usize = 4;

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
    /// A word of the sentence at an end of an answer, or one with the word before it there. Of whole answers alone.
    At(End, Option<&'t str>, &'t str),
    /// Patterns of a claim that were found: those that make it, or those that reverse it. Of whole answers alone.
    Pattern(Part, &'t str),
}

/// An end of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Where it begins.
    First,
    /// Where it ends.
    Last,
}

impl End {
    /// Both.
    pub const ALL: [Self; 2] = [Self::First, Self::Last];

    /// What stands before the feature in a file; no word begins with it.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::First => "^",
            Self::Last => "$",
        }
    }
}

impl Feature<'_> {
    /// What it is looked up by: a hash of what it holds. Of a question's few thousand features hardly two share one, and where
    /// an answer's word has the key of another it does so everywhere.
    pub(super) fn key(&self) -> u32 {
        match self {
            Self::Word(word) => hash(word.as_bytes()),
            Self::Pair(first, second) => pair(hash(first.as_bytes()), hash(second.as_bytes())),
            Self::Piece(letters) => u32::from_be_bytes(*letters),
            Self::At(end, None, word) => pair(hash(end.mark().as_bytes()), Self::Word(word).key()),
            Self::At(end, Some(before), word) => pair(hash(end.mark().as_bytes()), Self::Pair(before, word).key()),
            Self::Pattern(part, claim) => pair(hash(part.mark().as_bytes()), hash(claim.as_bytes())),
        }
    }
}

/// The key of a pair, from those of its words.
pub(super) const fn pair(first: u32, second: u32) -> u32 {
    first.rotate_left(17) ^ second
}

/// As it stands in a file.
impl fmt::Display for Feature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Pair(first, second) => write!(f, "{first} {second}"),
            Self::Piece(letters) => write!(f, "~{}", String::from_utf8_lossy(letters)),
            Self::At(end, None, word) => write!(f, "{}{word}", end.mark()),
            Self::At(end, Some(before), word) => write!(f, "{}{before} {word}", end.mark()),
            Self::Pattern(part, claim) => write!(f, "={}{claim}", part.mark()),
        }
    }
}

/// FNV-1a over the bytes, its halves put together: the same on every machine.
pub(super) fn hash(bytes: &[u8]) -> u32 {
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
    /// All, and the marks between them: what is made of a claim is said by "I", "that" and "would", and by what a sentence begins with.
    Every,
    /// All but those to the grader, by themselves and in pairs with the one before; their pieces do not count.
    Neighbours,
}

impl Which {
    /// How far apart the words of a pair stand at most.
    pub(super) const fn apart(self) -> usize {
        match self {
            Self::Telling | Self::Every => APART,
            Self::Neighbours => 1,
        }
    }

    /// Whether the words of the sentences at both ends of an answer count once more, as such.
    const fn has_ends(self) -> bool {
        matches!(self, Self::Every)
    }

    /// How many pieces of a word count.
    pub(super) const fn count_pieces(self, word: &str) -> usize {
        match self {
            Self::Telling | Self::Every if word.is_ascii() && word.len() > 1 => word.len() + 3 - PIECE,
            _ => 0,
        }
    }
}

/// The words of a text, each with its token; of a mark it is the one behind. What is said to the grader makes no claim, and tells
/// what the answer makes of itself alone.
pub(super) fn words(text: &Text, which: Which) -> impl Iterator<Item = (usize, &str)> {
    let hears = move |clause: &&Clause| which == Which::Every || clause.stance != Stance::Addressed;
    text.clauses.iter().filter(hears).flat_map(move |clause| words_of(text, which, clause.tokens.clone()))
}

/// Those of some tokens.
fn words_of(text: &Text, which: Which, tokens: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
    let tells =
        move |token: &Token| which != Which::Telling || !token.stop || token.negator || token.classes.is_quantifier();
    let mark = move |at| if which == Which::Every { text.mark_before(at) } else { None };
    let first = tokens.start;
    let tokens = text.tokens.get(tokens).unwrap_or_default().iter().enumerate();
    tokens
        .map(move |(at, token)| (first + at, token))
        .filter(move |(_, token)| tells(token))
        .flat_map(move |(at, token)| mark(at).into_iter().chain([text.word(token)]).map(move |word| (at, word)))
}

/// The pieces of a word that count; none of one that is written in other letters than these, or in one alone.
pub(super) fn pieces(word: &str, which: Which) -> impl Iterator<Item = Feature<'static>> + '_ {
    let bytes = word.as_bytes();
    let at = move |place: usize| place.checked_sub(1).and_then(|place| bytes.get(place)).copied().unwrap_or(EDGE);
    (0..which.count_pieces(word)).map(move |first| Feature::Piece(std::array::from_fn(|letter| at(first + letter))))
}

/// How far apart the words of a pair stand at most, however words are read.
pub(super) const APART: usize = 4;

/// Calls `hear` with every feature of some tokens of a text, as often as it occurs.
pub fn of_tokens<'t>(text: &'t Text, which: Which, tokens: &Range<usize>, mut hear: impl FnMut(Feature<'t>)) {
    let words: Vec<&str> = words_of(text, which, tokens.clone()).map(|(_, word)| word).collect();
    for (at, word) in words.iter().enumerate() {
        hear(Feature::Word(word));
        for piece in pieces(word, which) {
            hear(piece);
        }
        (1..=which.apart().min(at)).for_each(|apart| hear(Feature::Pair(words[at - apart], word)));
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
            for piece in pieces(word, which) {
                hear(piece);
            }
        }
        for apart in 1..=which.apart().min(at) {
            let pair = Feature::Pair(words[at - apart], word);
            if seen.insert(pair.key()) {
                hear(pair);
            }
        }
    }
    for feature in of_ends(text, which) {
        if seen.insert(feature.key()) {
            hear(feature);
        }
    }
}

/// What the sentences at both ends of a text are told by.
pub(super) fn of_ends(text: &Text, which: Which) -> impl Iterator<Item = Feature<'_>> {
    let ends = which.has_ends().then_some(End::ALL).into_iter().flatten();
    ends.flat_map(move |end| of_end(text, which, end))
}

/// What the sentence at an end of a text is told by: each word, and each with the one before it.
pub(super) fn of_end(text: &Text, which: Which, end: End) -> impl Iterator<Item = Feature<'_>> {
    let tokens = sentence_at(text, end);
    let mut before = None;
    words_of(text, which, tokens).flat_map(move |(_, word)| {
        let pair = before.replace(word).map(|before| Feature::At(end, Some(before), word));
        pair.into_iter().chain([Feature::At(end, None, word)])
    })
}

/// The tokens of the sentence at an end of a text.
pub(super) fn sentence_at(text: &Text, end: End) -> Range<usize> {
    let mut sentences = text.clauses.chunk_by(|a, b| a.sentence == b.sentence);
    let sentence = match end {
        End::First => sentences.next(),
        End::Last => sentences.next_back(),
    };
    sentence.and_then(|clauses| Some(clauses.first()?.tokens.start..clauses.last()?.tokens.end)).unwrap_or(0..0)
}
