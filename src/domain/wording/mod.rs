//! What the words of an answer say of each claim by themselves: linear classifiers over words, pairs of neighbours, and pieces of
//! four letters, which know a word in other forms.
//!
//! Four for each claim ([`Part`]): whether a window makes it, and whether an answer as a whole makes it, reverses it, or makes all of
//! it. The latter three know beside words which patterns were found, of all claims, so that they learn what a pattern is worth in this
//! question. One more for the question ([`Part::Beside`]): how much graders take off for what is false beside the claims. And a second
//! opinion of the same three by every word with the one before it, without patterns ([`Which::Neighbours`]): small words tell how
//! what others name is meant. What is said to the grader makes no claim and is left out. What an answer makes of its own words
//! ([`manner`]) is told by marks of punctuation and by the sentences at its ends as well.
//!
//! Names the text, and the windows and patterns of Verdict. The weights of a question stand in a file of its own ([`mod@file`]), which
//! `viva fit --words` writes from the rubric's phrases and from graded answers; of a claim without weights nothing is said. To add a
//! kind of feature: its variant in [`Feature`], how it is written there and read in [`mod@file`], and its place in [`of_tokens`] and in
//! [`sums`].

mod feature;
pub mod file;
pub mod manner;
mod sums;
mod why;

use rustc_hash::FxHashMap;

use super::text::Text;
use super::verdict::PatternFound;
use super::verdict::window::Window;
pub use feature::{Feature, Which, of_answer, of_tokens};
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
    /// By the answer as a whole, by telling words and patterns.
    pub whole: Whole,
    /// The same by every word with the one before it.
    pub every: Whole,
}

impl Default for Said {
    fn default() -> Self {
        Self { window: NOTHING, whole: Whole::default(), every: Whole::default() }
    }
}

/// What an answer as a whole says of a claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whole {
    /// That it makes it.
    pub answer: f32,
    /// That it reverses it.
    pub reverse: f32,
    /// That it makes all of it if it makes it.
    pub full: f32,
}

impl Default for Whole {
    fn default() -> Self {
        Self { answer: NOTHING, reverse: NOTHING, full: NOTHING }
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
    /// The probability that the answer claims nothing, by its manner: it takes all of it back, or drops words.
    pub void: f32,
}

/// No more of the marks is taken to be lost by what stands beside the claims.
pub const MOST_BESIDE: f32 = 0.6;

/// The weights of a question's claims.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wording {
    /// How many claims there are.
    claims: usize,
    /// Which words count.
    which: Which,
    /// How many eights the columns of windows have, which come first.
    window_lanes: usize,
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
    /// The weights of every word and its neighbour, which are of whole answers alone.
    every: Option<Box<Self>>,
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
    fn of_claims(claims: usize, which: Which) -> Self {
        let window_lanes = if which == Which::Neighbours { 0 } else { claims.div_ceil(LANES) };
        let lanes = window_lanes + (WHOLE * claims + 1).div_ceil(LANES);
        let (base, patterns) = (vec![None; lanes * LANES], vec![[None; 2]; claims]);
        Self { claims, which, window_lanes, base, patterns, lanes, ..Self::default() }
    }

    /// The column of a claim, or of the question.
    fn column(&self, part: Part, claim: usize) -> usize {
        match part {
            Part::Window => claim,
            Part::Answer => self.window_lanes * LANES + claim,
            Part::Reverse => self.window_lanes * LANES + self.claims + claim,
            Part::Full => self.window_lanes * LANES + 2 * self.claims + claim,
            Part::Beside => self.window_lanes * LANES + WHOLE * self.claims,
        }
    }

    /// What a text's windows, its words as a whole and the patterns that were found in it say.
    #[must_use]
    pub fn of(&self, text: &Text, windows: &[Window], found: &[PatternFound]) -> Spoken {
        if self.levels.is_empty() {
            return Spoken { claims: vec![Said::default(); self.claims], ..Spoken::default() };
        }
        let sums = Sums::new(self, text);
        let most = self.most_of_windows(&sums, windows);
        let (whole, mut beside) = self.of_whole(&sums, found);
        let mut every = vec![Whole::default(); self.claims];
        if let Some(table) = &self.every {
            let (of_every, beside_every) = table.of_whole(&Sums::new(table, text), &[]);
            // Of answers that nothing was learnt from, the mean of the two correlates best with what graders take off.
            (every, beside) = (of_every, f32::midpoint(beside, beside_every));
        }
        let said = |claim: usize| Said { window: most[claim], whole: whole[claim], every: every[claim] };
        Spoken { claims: (0..self.claims).map(said).collect(), beside, ..Spoken::default() }
    }

    /// For each claim what the window says that says most.
    fn most_of_windows(&self, sums: &Sums, windows: &[Window]) -> Vec<f32> {
        let base = &self.base[..self.window_lanes * LANES];
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

    /// What the text as a whole says of each claim, and of what stands beside them.
    fn of_whole(&self, sums: &Sums, found: &[PatternFound]) -> (Vec<Whole>, f32) {
        let values = self.values(sums, found);
        let value = |part, claim| values[self.column(part, claim) - self.window_lanes * LANES];
        let whole = |claim| Whole {
            answer: value(Part::Answer, claim),
            reverse: value(Part::Reverse, claim),
            full: value(Part::Full, claim),
        };
        ((0..self.claims).map(whole).collect(), value(Part::Beside, 0).clamp(0.0, MOST_BESIDE))
    }

    /// What the text as a whole says in each of the columns that are not of windows.
    fn values(&self, sums: &Sums, found: &[PatternFound]) -> Vec<f32> {
        let (levels, scale) = sums.whole();
        let mut values: Vec<f32> = levels.as_flattened().iter().map(|level| scale * *level as f32).collect();
        for (_, _, row, worth) in self.rows_of_patterns(found) {
            let levels = self.levels[row + self.window_lanes..row + self.lanes].as_flattened();
            values.iter_mut().zip(levels).for_each(|(value, level)| *value += worth * f32::from(*level));
        }
        let base = &self.base[self.window_lanes * LANES..];
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
