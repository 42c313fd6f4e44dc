//! Levels summed over the words of a text.

use std::ops::Range;

use rustc_hash::{FxBuildHasher, FxHashSet};

use super::feature::{APART, hash, of_ends, pair, pieces, words};
use super::file::{ANSWER_STEP, STEP};
use super::{LANES, Wording};
use crate::domain::text::Text;

/// Levels summed from the beginning of a text up to each of its words: those of words with their pieces, and of pairs by how
/// far apart their words stand. Of what an answer says as a whole the last sum is enough.
pub(super) struct Sums {
    /// The tokens of the words.
    tokens: Vec<usize>,
    /// How many eights the columns of windows have.
    lanes: usize,
    levels: [Vec<[i32; LANES]>; APART + 1],
    /// The sums of the other columns, over each word and pair once.
    whole: Vec<[i32; LANES]>,
    /// How many features they are of.
    whole_features: usize,
    /// How many features words and pieces make up to each word.
    features: Vec<usize>,
}

/// Sums over some tokens.
pub(super) struct Within<'s> {
    sums: &'s Sums,
    begins: [usize; APART + 1],
    end: usize,
    /// How many features there are.
    features: usize,
}

impl Sums {
    pub(super) fn new(wording: &Wording, text: &Text) -> Self {
        let (tokens, words): (Vec<usize>, Vec<&str>) = words(text, wording.which).unzip();
        let keys: Vec<u32> = words.iter().map(|word| hash(word.as_bytes())).collect();
        let (lanes, which) = (wording.window_lanes, wording.which);
        let mut levels: [Vec<[i32; LANES]>; APART + 1] =
            std::array::from_fn(|_| Vec::with_capacity((words.len() + 1) * lanes));
        for sums in &mut levels {
            sums.resize(lanes, [0; LANES]);
        }
        let mut whole = vec![[0; LANES]; wording.lanes - lanes];
        let (mut features, mut whole_features) = (vec![0], 0);
        let mut seen = FxHashSet::with_capacity_and_hasher(words.len() * (APART + 1), FxBuildHasher);
        for (at, word) in words.iter().enumerate() {
            for sums in &mut levels {
                sums.extend_from_within(at * lanes..);
            }
            let now = (at + 1) * lanes;
            let mut take = |apart: usize, key: u32, first: bool| {
                if let Some(row) = wording.row(key) {
                    add(&mut levels[apart][now..], &row[..lanes]);
                    if first {
                        add(&mut whole, &row[lanes..]);
                    }
                }
            };
            for apart in 1..=which.apart().min(at) {
                let key = pair(keys[at - apart], keys[at]);
                let first = seen.insert(key);
                take(apart, key, first);
                whole_features += usize::from(first);
            }
            let (first, own) = (seen.insert(keys[at]), 1 + which.count_pieces(word));
            if let Some(&begin) = wording.words.get(&keys[at]) {
                let row = &wording.sums[begin as usize..][..wording.lanes];
                add(&mut levels[0][now..], &row[..lanes]);
                if first {
                    add(&mut whole, &row[lanes..]);
                }
            } else {
                pieces(word, which).for_each(|piece| take(0, piece.key(), first));
            }
            whole_features += if first { own } else { 0 };
            features.push(features[at] + own);
        }
        for feature in of_ends(text, which) {
            if seen.insert(feature.key()) {
                whole_features += 1;
                if let Some(row) = wording.row(feature.key()) {
                    add(&mut whole, &row[lanes..]);
                }
            }
        }
        Self { tokens, lanes, levels, whole, whole_features, features }
    }

    /// The sums of some tokens. Pairs count where both words stand there.
    pub(super) fn within(&self, tokens: &Range<usize>) -> Within<'_> {
        let place = |token: usize| self.tokens.partition_point(|at| *at < token);
        let (begin, end) = (place(tokens.start), place(tokens.end));
        let begins: [usize; APART + 1] = std::array::from_fn(|apart| (begin + apart).min(end));
        let pairs: usize = begins[1..].iter().map(|begin| end - begin).sum();
        Within { sums: self, begins, end, features: self.features[end] - self.features[begin] + pairs }
    }

    /// The sums of the columns of whole answers, from the first of them on, and what a level is worth there.
    pub(super) fn whole(&self) -> (&[[i32; LANES]], f32) {
        (&self.whole, scale(ANSWER_STEP, self.whole_features))
    }
}

impl Within<'_> {
    /// What a level is worth here.
    pub(super) fn scale(&self) -> f32 {
        scale(STEP, self.features)
    }

    /// The levels of the claims of an eight.
    pub(super) fn levels(&self, lane: usize) -> [i32; LANES] {
        let lanes = self.sums.lanes;
        let mut levels = [0; LANES];
        for (sums, begin) in self.sums.levels.iter().zip(self.begins) {
            let (to, from) = (&sums[self.end * lanes + lane], &sums[begin * lanes + lane]);
            levels.iter_mut().zip(to.iter().zip(from)).for_each(|(level, (to, from))| *level += to - from);
        }
        levels
    }
}

fn scale(step: f64, features: usize) -> f32 {
    step as f32 / (features.max(1) as f32).sqrt()
}

/// Adds a row to sums.
pub(super) fn add<T: Sum, F: Copy + Into<T>>(sums: &mut [[T; LANES]], row: &[[F; LANES]]) {
    for (sums, row) in sums.iter_mut().zip(row) {
        sums.iter_mut().zip(row).for_each(|(sum, level)| *sum = sum.plus((*level).into()));
    }
}

/// A sum of levels that stops at its highest.
pub(super) trait Sum: Copy {
    fn plus(self, level: Self) -> Self;
}

impl Sum for i16 {
    fn plus(self, level: Self) -> Self {
        self.saturating_add(level)
    }
}

impl Sum for i32 {
    fn plus(self, level: Self) -> Self {
        self + level
    }
}
