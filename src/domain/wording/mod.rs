//! What the words of a window say of each claim by themselves: a linear classifier for each claim over words, pairs of
//! neighbours, and pieces of four letters, which know a word in other forms.
//!
//! Names the text, and the windows of Verdict. The weights of a question stand in a file of its own, which `viva fit --words`
//! writes from the rubric's phrases and from graded answers; of a claim without weights nothing is said. To add a kind of feature:
//! its variant in [`Feature`], how it is written there, and its place in [`of_tokens`] and in `Sums::new`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::text::Text;
use super::verdict::window::Window;

/// The value of a weight's level.
pub const STEP: f64 = 0.04;

/// The highest level: there are as many letters.
const HIGHEST: i8 = 26;

/// No window says less.
pub const LEAST: f32 = -0.5;

/// What is said of a claim that has no weights.
pub const NOTHING: f32 = -1.0;

/// Letters of a piece.
const PIECE: usize = 4;

/// What stands for the edge of a word in a piece, in files too.
const EDGE: u8 = b'_';

/// What a text is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature<'t> {
    /// A word.
    Word(&'t str),
    /// A word and one of the two before it.
    Pair(&'t str, &'t str),
    /// Four letters of a word, its edges among them.
    Piece([u8; PIECE]),
}

impl Feature<'_> {
    /// What it is looked up by: a hash of what it holds. Of a question's few thousand features hardly two share one, and where
    /// an answer's word has the key of another it does so everywhere.
    fn key(&self) -> u32 {
        match self {
            Self::Word(word) => hash(word.as_bytes()),
            Self::Pair(first, second) => pair(hash(first.as_bytes()), hash(second.as_bytes())),
            Self::Piece(letters) => u32::from_be_bytes(*letters),
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
        }
    }
}

/// FNV-1a over the bytes, its halves put together: the same on every machine.
fn hash(bytes: &[u8]) -> u32 {
    let take = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let sum = bytes.iter().fold(0xcbf2_9ce4_8422_2325, take);
    (sum ^ sum >> 32) as u32
}

/// The words of a text that say something by themselves, each with its token.
fn words(text: &Text) -> impl Iterator<Item = (usize, &str)> {
    let tells = |token: &super::text::Token| !token.stop || token.negator || token.classes.is_quantifier();
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
const APART: usize = 2;

/// Calls `hear` with every feature of some tokens of a text, as often as it occurs.
pub fn of_tokens<'t>(text: &'t Text, tokens: &Range<usize>, mut hear: impl FnMut(Feature<'t>)) {
    let words: Vec<&str> = words(text).filter(|(at, _)| tokens.contains(at)).map(|(_, word)| word).collect();
    for (at, word) in words.iter().enumerate() {
        hear(Feature::Word(word));
        for piece in pieces(word) {
            hear(piece);
        }
        (1..=APART.min(at)).for_each(|apart| hear(Feature::Pair(words[at - apart], word)));
    }
}

/// How a weight is written: a full stop where it is nothing, a capital for one, a small letter against.
#[must_use]
pub fn letter(weight: f64) -> char {
    let level = (weight / STEP).round().clamp(f64::from(-HIGHEST), f64::from(HIGHEST)) as i8;
    match level {
        0 => '.',
        1.. => char::from(b'A' + level.unsigned_abs() - 1),
        _ => char::from(b'a' + level.unsigned_abs() - 1),
    }
}

fn level(letter: u8) -> Option<i8> {
    match letter {
        b'.' => Some(0),
        b'A'..=b'Z' => Some((letter - b'A').cast_signed() + 1),
        b'a'..=b'z' => Some(-(letter - b'a').cast_signed() - 1),
        _ => None,
    }
}

/// Why a text holds no weights.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct WordingError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

/// The weights of a question's claims.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wording {
    /// For each claim the value of a window that has none of the features; nothing for a claim without weights.
    base: Vec<Option<f32>>,
    /// For each feature, its row.
    rows: FxHashMap<u32, u32>,
    /// Rows of levels, a level for each claim; the last eight of a row are filled up with zeros.
    levels: Vec<[i8; LANES]>,
    /// For each word of the file, its row among the sums.
    words: FxHashMap<u32, u32>,
    /// Rows of sums: the levels of a word and of its pieces, since most words of an answer are known.
    sums: Vec<[i16; LANES]>,
}

/// How many claims are summed side by side.
const LANES: usize = 8;

/// Why windows say of a claim what they do.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The window that says most.
    pub window: usize,
    /// What it says.
    pub value: f32,
    /// What a window without any known feature says.
    pub base: f32,
    /// Features as files have them, and what each adds.
    pub adds: Vec<(String, f32)>,
}

/// The first words of the two lines that a file begins with.
pub const CLAIMS: &str = "claims";
/// The other one.
pub const BASE: &str = "base";

impl Wording {
    /// Reads a file: comments, `claims` with their names, `base` with a number for each, then a line for each feature with
    /// a letter for each claim. `claims` are the question's, in order.
    pub fn parse(text: &str, claims: &[String]) -> Result<Self, WordingError> {
        let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
        let mut head = |name: &str| {
            let (line, text) = lines.next().unwrap_or((1, ""));
            let rest = text.strip_prefix(name).filter(|rest| rest.starts_with(' '));
            let message = || format!("expected a line that begins with `{name}`, found `{text}`");
            rest.map(|rest| (line, rest)).ok_or_else(|| WordingError { line, message: message() })
        };
        let (line, names) = head(CLAIMS)?;
        let unknown = |name: &str| WordingError { line, message: format!("there is no claim `{name}` in the rubric") };
        let place = |name: &str| claims.iter().position(|known| known == name).ok_or_else(|| unknown(name));
        let columns = names.split_whitespace().map(place).collect::<Result<Vec<usize>, _>>()?;
        let (line, values) = head(BASE)?;
        let values: Vec<f32> = values.split_whitespace().filter_map(|value| value.parse().ok()).collect();
        if values.len() != columns.len() || values.iter().any(|value| !value.is_finite()) {
            return Err(WordingError { line, message: format!("expected {} numbers", columns.len()) });
        }
        let mut wording = Self { base: vec![None; claims.len()], ..Self::default() };
        for (column, value) in columns.iter().zip(values) {
            wording.base[*column] = Some(value);
        }
        let mut words = Vec::new();
        for (line, text) in lines {
            words.extend(wording.take(text, &columns).map_err(|message| WordingError { line, message })?);
        }
        wording.sum(&words);
        wording.levels.shrink_to_fit();
        wording.sums.shrink_to_fit();
        Ok(wording)
    }

    /// Sums up each of these words with its pieces.
    fn sum(&mut self, words: &[&str]) {
        for word in words {
            let key = hash(word.as_bytes());
            let begin = self.sums.len();
            self.words.insert(key, begin as u32);
            self.sums.resize(begin + self.lanes(), [0; LANES]);
            for key in std::iter::once(key).chain(pieces(word).map(|piece| piece.key())) {
                let Some(&row) = self.rows.get(&key) else { continue };
                let row = &self.levels[row as usize..];
                for (sum, row) in self.sums[begin..].iter_mut().zip(row) {
                    sum.iter_mut().zip(row).for_each(|(sum, level)| *sum = sum.saturating_add(i16::from(*level)));
                }
            }
        }
    }

    /// Takes in the line of a feature; a word is given back.
    fn take<'t>(&mut self, line: &'t str, columns: &[usize]) -> Result<Option<&'t str>, String> {
        let (feature, letters) = line.rsplit_once(' ').ok_or("expected a feature, a space and letters")?;
        let levels = letters.bytes().filter_map(level);
        if levels.clone().count() != columns.len() || letters.len() != columns.len() {
            return Err(format!("expected {} letters or full stops, found `{letters}`", columns.len()));
        }
        let read = match (feature.strip_prefix('~'), feature.split_once(' ')) {
            (Some(piece), _) => piece.as_bytes().try_into().map(Feature::Piece).ok(),
            (None, Some((first, second))) => Some(Feature::Pair(first, second)),
            (None, None) => Some(Feature::Word(feature)),
        };
        let read = read.ok_or_else(|| format!("expected {PIECE} letters after `~`, found `{feature}`"))?;
        let begin = self.levels.len();
        self.rows.insert(read.key(), begin as u32);
        self.levels.resize(begin + self.lanes(), [0; LANES]);
        let row = self.levels[begin..].as_flattened_mut();
        columns.iter().zip(levels).for_each(|(column, level)| row[*column] = level);
        Ok(if let Feature::Word(word) = read { Some(word) } else { None })
    }

    /// What the windows of a text say of each claim at most.
    #[must_use]
    pub fn of(&self, text: &Text, windows: &[Window]) -> Vec<f32> {
        let mut most: Vec<f32> = self.base.iter().map(|base| base.map_or(NOTHING, |_| LEAST)).collect();
        if self.levels.is_empty() {
            return most;
        }
        let sums = Sums::new(self, text);
        let base: Vec<f32> = self.base.iter().map(|base| base.unwrap_or(f32::MIN)).collect();
        for window in windows {
            let within = sums.within(&window.tokens);
            for (lane, (most, base)) in most.chunks_mut(LANES).zip(base.chunks(LANES)).enumerate() {
                let levels = within.levels(lane);
                for ((most, base), level) in most.iter_mut().zip(base).zip(levels) {
                    *most = most.max(base + within.scale * level as f32);
                }
            }
        }
        most
    }

    /// Why the windows of a text say of one claim what they do: the window that says most, and what each of its features adds,
    /// the largest first.
    #[must_use]
    pub fn why(&self, text: &Text, windows: &[Window], claim: usize) -> Option<Why> {
        let base = (*self.base.get(claim)?)?;
        let sums = Sums::new(self, text);
        let value = |window: &Window| {
            let within = sums.within(&window.tokens);
            (base + within.scale * within.levels(claim / LANES)[claim % LANES] as f32, within.scale)
        };
        let better = |best: (usize, (f32, f32)), at: (usize, (f32, f32))| if at.1.0 > best.1.0 { at } else { best };
        let (window, (value, scale)) = windows.iter().map(value).enumerate().reduce(better)?;
        let mut adds: BTreeMap<String, f32> = BTreeMap::new();
        of_tokens(text, &windows[window].tokens, |feature| {
            let level = self.row(feature.key()).map_or(0, |row| row.as_flattened()[claim]);
            *adds.entry(feature.to_string()).or_default() += scale * f32::from(level);
        });
        let mut adds: Vec<(String, f32)> = adds.into_iter().filter(|(_, add)| *add != 0.0).collect();
        adds.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        Some(Why { window, value, base, adds })
    }

    /// How many eights a row has.
    fn lanes(&self) -> usize {
        self.base.len().div_ceil(LANES)
    }

    fn row(&self, key: u32) -> Option<&[[i8; LANES]]> {
        let begin = *self.rows.get(&key)? as usize;
        self.levels.get(begin..begin + self.lanes())
    }
}

/// Levels summed from the beginning of a text up to each of its words: those of words with their pieces, and of pairs by how
/// far apart their words stand.
struct Sums {
    /// The tokens of the words.
    tokens: Vec<usize>,
    lanes: usize,
    levels: [Vec<[i32; LANES]>; APART + 1],
    /// How many features words and pieces make up to each word.
    features: Vec<usize>,
}

/// Sums over some tokens.
struct Within<'s> {
    sums: &'s Sums,
    begins: [usize; APART + 1],
    end: usize,
    /// What a level is worth there.
    scale: f32,
}

impl Sums {
    fn new(wording: &Wording, text: &Text) -> Self {
        let (tokens, words): (Vec<usize>, Vec<&str>) = words(text).unzip();
        let keys: Vec<u32> = words.iter().map(|word| hash(word.as_bytes())).collect();
        let lanes = wording.lanes();
        let mut levels: [Vec<[i32; LANES]>; APART + 1] =
            std::array::from_fn(|_| Vec::with_capacity((words.len() + 1) * lanes));
        for sums in &mut levels {
            sums.resize(lanes, [0; LANES]);
        }
        let mut features = vec![0];
        for (at, word) in words.iter().enumerate() {
            for sums in &mut levels {
                sums.extend_from_within(at * lanes..);
            }
            let mut add = |apart: usize, key: u32| {
                if let Some(row) = wording.row(key) {
                    add(&mut levels[apart][(at + 1) * lanes..], row);
                }
            };
            (1..=APART.min(at)).for_each(|apart| add(apart, pair(keys[at - apart], keys[at])));
            if let Some(&begin) = wording.words.get(&keys[at]) {
                self::add(&mut levels[0][(at + 1) * lanes..], &wording.sums[begin as usize..]);
            } else {
                pieces(word).for_each(|piece| add(0, piece.key()));
            }
            features.push(features[at] + 1 + count_pieces(word));
        }
        Self { tokens, lanes, levels, features }
    }

    /// The sums of some tokens. Pairs count where both words stand there.
    fn within(&self, tokens: &Range<usize>) -> Within<'_> {
        let place = |token: usize| self.tokens.partition_point(|at| *at < token);
        let (begin, end) = (place(tokens.start), place(tokens.end));
        let begins: [usize; APART + 1] = std::array::from_fn(|apart| (begin + apart).min(end));
        let pairs: usize = begins[1..].iter().map(|begin| end - begin).sum();
        let features = self.features[end] - self.features[begin] + pairs;
        Within { sums: self, begins, end, scale: STEP as f32 / (features.max(1) as f32).sqrt() }
    }
}

impl Within<'_> {
    /// The levels of the claims of an eight.
    fn levels(&self, lane: usize) -> [i32; LANES] {
        let lanes = self.sums.lanes;
        let mut levels = [0; LANES];
        for (sums, begin) in self.sums.levels.iter().zip(self.begins) {
            let (to, from) = (&sums[self.end * lanes + lane], &sums[begin * lanes + lane]);
            levels.iter_mut().zip(to.iter().zip(from)).for_each(|(level, (to, from))| *level += to - from);
        }
        levels
    }
}

/// Adds a row to sums.
fn add<T: Copy + Into<i32>>(sums: &mut [[i32; LANES]], row: &[[T; LANES]]) {
    for (sums, row) in sums.iter_mut().zip(row) {
        sums.iter_mut().zip(row).for_each(|(sum, level)| *sum += (*level).into());
    }
}

#[cfg(test)]
mod tests;
