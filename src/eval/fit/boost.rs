//! Fitting a scorecard: many small steps, each the one that helps most.
//!
//! Gradient boosting of logistic loss with trees of two levels (Friedman, "Greedy function approximation: a gradient
//! boosting machine", 2001): every round cuts one feature in two, each side once more by the feature that tells most there, and
//! moves what lies between the cuts a little towards its labels. Such trees add up to functions of one feature and of two,
//! which is what a scorecard holds. Deterministic: rows are summed in order, and of equal cuts the first is taken.

use std::collections::BTreeMap;

use super::regression::Row;
use crate::domain::verdict::features::ANSWER;
use crate::domain::verdict::scorecard::{Pair, Scorecard, Step};

const N: usize = ANSWER.len();
/// How many steps are taken.
const ROUNDS: usize = 200;
/// How many of them, the last, are taken by the rows that count to the end alone.
const LATE: usize = 20;
/// How far each goes.
const RATE: f64 = 0.2;
/// The least weight of rows on either side of a cut.
const LEAST_ROWS: f64 = 80.0;
/// How strongly points are held back.
const RIDGE: f64 = 14.0;
/// The most values that a feature is cut at.
const MOST_CUTS: usize = 63;

/// The values that a feature can be cut at, lowest first: a value belongs to bin `b` where it reaches `cuts[b - 1]`.
fn cuts(rows: &[Row<N>], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = rows.iter().map(|r| r.x[feature]).collect();
    values.sort_unstable_by(f32::total_cmp);
    let mut distinct = values.clone();
    distinct.dedup();
    let middle = |pair: &[f32]| f32::midpoint(pair[0], pair[1]);
    let at = |k: usize| values[values.len() * k / (MOST_CUTS + 1)];
    let cuts: Vec<f32> = if distinct.len() <= MOST_CUTS {
        distinct.windows(2).map(middle).collect()
    } else {
        (1..=MOST_CUTS).map(at).collect()
    };
    let mut cuts: Vec<f32> = cuts.into_iter().map(as_written).collect();
    cuts.dedup();
    cuts.retain(|c| *c > distinct[0]);
    cuts
}

/// The number that a model file holds: with four decimals, so that what is fitted is what is read.
fn as_written(cut: f32) -> f32 {
    ((f64::from(cut) * 1e4).round() / 1e4) as f32
}

/// Gradient, curvature and weight of some rows.
type Bin = [f64; 3];

/// A cut, and what it does on both sides.
#[derive(Debug, Clone, Copy)]
struct Cut {
    feature: usize,
    /// The last bin below it.
    bin: usize,
    gain: f64,
    below: f64,
    above: f64,
}

/// Rows by the bins of their features.
struct Table<'r> {
    rows: &'r [Row<N>],
    /// For each feature, the values that it can be cut at.
    cuts: Vec<Vec<f32>>,
    /// For each feature, the bin of every row.
    bins: Vec<Vec<u8>>,
}

impl<'r> Table<'r> {
    fn new(rows: &'r [Row<N>]) -> Self {
        let cuts: Vec<Vec<f32>> = (0..N).map(|f| cuts(rows, f)).collect();
        let bin = |f: usize, row: &Row<N>| cuts[f].partition_point(|c| *c <= row.x[f]) as u8;
        let bins = (0..N).map(|f| rows.iter().map(|r| bin(f, r)).collect()).collect();
        Self { rows, cuts, bins }
    }

    /// The cut that helps the rows most whose numbers are given.
    fn best(&self, numbers: &[u32], slopes: &[Bin]) -> Option<Cut> {
        let mut all = [0.0; 3];
        for row in numbers {
            add(&mut all, &slopes[*row as usize]);
        }
        let cut = |f: usize| {
            let mut sums = vec![[0.0; 3]; self.cuts[f].len() + 1];
            let of = &self.bins[f];
            for row in numbers {
                add(&mut sums[usize::from(of[*row as usize])], &slopes[*row as usize]);
            }
            best_cut(f, &sums, all)
        };
        let better = |a: Cut, b: Cut| if b.gain > a.gain { b } else { a };
        (0..N).filter_map(cut).reduce(better).filter(|c| c.gain > 1e-9)
    }

    /// The rows on both sides of a cut.
    fn sides(&self, cut: &Cut) -> [Vec<u32>; 2] {
        let above = |row: &u32| self.is_above(cut, *row);
        let (above, below) = (0..self.rows.len() as u32).partition(above);
        [below, above]
    }

    fn is_above(&self, cut: &Cut, row: u32) -> bool {
        usize::from(self.bins[cut.feature][row as usize]) > cut.bin
    }
}

fn add(sum: &mut Bin, of: &Bin) {
    sum.iter_mut().zip(of).for_each(|(sum, v)| *sum += v);
}

fn best_cut(feature: usize, bins: &[Bin], all: Bin) -> Option<Cut> {
    let value = |b: Bin| b[0] / (b[1] + RIDGE);
    let score = |b: Bin| b[0] * b[0] / (b[1] + RIDGE);
    let mut below = [0.0; 3];
    let mut best: Option<Cut> = None;
    for (bin, of) in bins.iter().enumerate().take(bins.len().saturating_sub(1)) {
        add(&mut below, of);
        let above = [all[0] - below[0], all[1] - below[1], all[2] - below[2]];
        if below[2] < LEAST_ROWS || above[2] < LEAST_ROWS {
            continue;
        }
        let gain = score(below) + score(above) - score(all);
        if best.is_none_or(|b| gain > b.gain) {
            best = Some(Cut { feature, bin, gain, below: value(below), above: value(above) });
        }
    }
    best
}

/// The scorecard that makes the labels likeliest. The first `early` rows have no part in the last steps: what is then still wrong is
/// put right by the others alone.
#[must_use]
pub(super) fn fit(rows: &[Row<N>], early: usize) -> Scorecard {
    let weight: f64 = rows.iter().map(|r| r.weight).sum();
    let share = (rows.iter().map(|r| r.y * r.weight).sum::<f64>() / weight.max(1e-9)).clamp(1e-4, 1.0 - 1e-4);
    let mut sum = Sum { base: (share / (1.0 - share)).ln(), ..Sum::default() };
    let table = Table::new(rows);
    let mut logits = vec![sum.base; rows.len()];
    let all: Vec<u32> = (0..rows.len() as u32).collect();
    for round in 0..ROUNDS {
        let done = if round < ROUNDS - LATE { 0 } else { early };
        let slope = |(number, (row, logit)): (usize, (&Row<N>, &f64))| {
            if number < done { [0.0; 3] } else { slope(row, *logit) }
        };
        let slopes: Vec<Bin> = rows.iter().zip(&logits).enumerate().map(slope).collect();
        let Some(root) = table.best(&all, &slopes) else { continue };
        let sides = table.sides(&root);
        let leaves = [root.below, root.above];
        let cuts = [0, 1].map(|side| table.best(&sides[side], &slopes));
        for ((rows, cut), leaf) in sides.iter().zip(&cuts).zip(leaves) {
            for row in rows {
                let value = cut.map_or(leaf, |cut| if table.is_above(&cut, *row) { cut.above } else { cut.below });
                logits[*row as usize] += RATE * value;
            }
        }
        sum.take(&root, leaves, cuts);
    }
    sum.card(&table.cuts)
}

fn slope(row: &Row<N>, logit: f64) -> Bin {
    let p = 1.0 / (1.0 + (-logit).exp());
    [(row.y - p) * row.weight, p * (1.0 - p) * row.weight, row.weight]
}

/// A feature, and the last bin below a cut of it.
type Place = (usize, usize);

/// What trees add up to: points above a cut, and above two.
#[derive(Debug, Default)]
struct Sum {
    base: f64,
    steps: BTreeMap<Place, f64>,
    pairs: BTreeMap<[Place; 2], f64>,
}

impl Sum {
    /// Adds a tree: its root, what both sides are worth where they are not cut again, and their cuts.
    ///
    /// What is below the root's cut counts everywhere, and what is above it counts there in its place: less the one, more
    /// the other.
    fn take(&mut self, root: &Cut, leaves: [f64; 2], cuts: [Option<Cut>; 2]) {
        let lowest = [0, 1].map(|side| cuts[side].map_or(leaves[side], |cut| cut.below));
        let rises = cuts.map(|cut| cut.map(|cut| ((cut.feature, cut.bin), RATE * (cut.above - cut.below))));
        let at = (root.feature, root.bin);
        self.base += RATE * lowest[0];
        *self.steps.entry(at).or_default() += RATE * (lowest[1] - lowest[0]);
        if let Some((below, rise)) = rises[0] {
            *self.steps.entry(below).or_default() += rise;
            self.both(at, below, -rise);
        }
        if let Some((above, rise)) = rises[1] {
            self.both(at, above, rise);
        }
    }

    /// Adds points to what is above two cuts; of two cuts of one feature the higher one says all.
    fn both(&mut self, a: Place, b: Place, points: f64) {
        let (first, second) = (a.min(b), a.max(b));
        if first.0 == second.0 {
            *self.steps.entry(second).or_default() += points;
        } else {
            *self.pairs.entry([first, second]).or_default() += points;
        }
    }

    fn card(&self, cuts: &[Vec<f32>]) -> Scorecard {
        let mut card = Scorecard { base: self.base as f32, ..Scorecard::default() };
        let from = |(feature, bin): Place| cuts[feature][bin];
        let mut so_far = [0.0; N];
        for (at, points) in self.steps.iter().filter(|(_, points)| points.abs() > 1e-6) {
            so_far[at.0] += points;
            card.steps[at.0].push(Step { from: from(*at), points: so_far[at.0] as f32 });
        }
        for ([first, second], points) in self.pairs.iter().filter(|(_, points)| points.abs() > 1e-6) {
            let (features, from) = ([first.0, second.0], [from(*first), from(*second)]);
            card.pairs.push(Pair { features, from, points: *points as f32 });
        }
        // Those of the same features stand side by side.
        card.pairs.sort_by_key(|pair| pair.features);
        card
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(x: f32, y: f64) -> Row<N> {
        let mut row = [0.0; N];
        row[2] = x;
        Row { x: row, y, weight: 1.0 }
    }

    #[test]
    fn learns_a_bump_that_no_single_weight_can_hold() {
        let rows: Vec<Row<N>> =
            (0..300).map(|i| row(i as f32 / 100.0, f64::from(u8::from((100..200).contains(&i))))).collect();
        let card = fit(&rows, 0);
        let at = |x: f32| card.logit(&row(x, 0.0).x);
        assert!(at(0.5) < -1.0 && at(1.5) > 1.0 && at(2.5) < -1.0, "{} {} {}", at(0.5), at(1.5), at(2.5));
        assert!(
            card.steps.iter().enumerate().all(|(f, s)| f == 2 || s.is_empty()),
            "a feature that says nothing has no steps"
        );
    }

    #[test]
    fn early_rows_teach_and_the_others_have_the_last_word() {
        let rows = |y: f64| (0..1000).map(move |i| row((i % 2) as f32, if i % 2 == 0 { 1.0 - y } else { y }));
        let both: Vec<Row<N>> = rows(0.9).chain(rows(0.6)).collect();
        let at = |card: &Scorecard| 1.0 / (1.0 + (-card.logit(&row(1.0, 0.0).x)).exp());
        let (all, last) = (at(&fit(&both, 0)), at(&fit(&both, 1000)));
        assert!((0.73..0.77).contains(&all), "{all}");
        assert!((0.59..0.65).contains(&last), "{last}");
    }

    #[test]
    fn learns_what_two_features_say_together_alone() {
        let corner = |i: usize| (i.is_multiple_of(2), (i / 2).is_multiple_of(2));
        let rows: Vec<Row<N>> = (0..400)
            .map(|i| {
                let (first, second) = corner(i);
                let mut row = row(f32::from(u8::from(first)), f64::from(u8::from(first && second)));
                row.x[5] = f32::from(u8::from(second));
                row
            })
            .collect();
        let card = fit(&rows, 0);
        for row in &rows[..4] {
            let logit = card.logit(&row.x);
            assert!(if row.y > 0.5 { logit > 1.0 } else { logit < -1.0 }, "{:?} {logit}", (row.x[2], row.x[5]));
        }
        assert!(card.pairs.iter().all(|pair| pair.features == [2, 5]) && !card.pairs.is_empty());
    }

    #[test]
    fn a_card_is_worth_what_its_trees_are() {
        let mut sum = Sum { base: 0.5, ..Sum::default() };
        let cut = |feature, bin, below, above| Cut { feature, bin, gain: 1.0, below, above };
        sum.take(&cut(2, 0, 0.0, 0.0), [7.0, -2.0], [Some(cut(5, 1, 1.0, 3.0)), None]);
        sum.take(&cut(2, 1, 0.0, 0.0), [7.0, 7.0], [Some(cut(2, 0, 4.0, 6.0)), Some(cut(1, 0, -1.0, -5.0))]);
        let mut cuts = vec![Vec::new(); N];
        (cuts[1], cuts[2], cuts[5]) = (vec![0.5], vec![1.0, 2.0], vec![0.5, 1.5]);
        let card = sum.card(&cuts);
        for (one, two, five, trees) in [
            (0.0, 0.0, 0.0, 1.0 + 4.0),
            (0.0, 0.0, 2.0, 3.0 + 4.0),
            (1.0, 1.0, 2.0, -2.0 + 6.0),
            (0.0, 2.0, 0.0, -2.0 - 1.0),
            (1.0, 2.0, 2.0, -2.0 - 5.0),
        ] {
            let mut row = [0.0; N];
            (row[1], row[2], row[5]) = (one, two, five);
            let expected = 0.5 + RATE * trees;
            assert!((f64::from(card.logit(&row)) - expected).abs() < 1e-5, "{one} {two} {five}: {expected}");
        }
    }

    #[test]
    fn labels_that_are_all_the_same_leave_the_base_alone() {
        let card = fit(&(0..50).map(|i| row(i as f32, 1.0)).collect::<Vec<_>>(), 0);
        assert!(card.base > 4.0 && card.logit(&row(3.0, 1.0).x) > 4.0);
        assert_eq!(fit(&[], 0).steps.iter().map(Vec::len).sum::<usize>(), 0);
    }
}
