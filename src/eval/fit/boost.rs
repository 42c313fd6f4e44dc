//! Fitting a scorecard: many small steps, each the one that helps most.
//!
//! Gradient boosting of logistic loss with stumps (Friedman, "Greedy function approximation: a gradient boosting
//! machine", 2001): every round cuts one feature in two and moves both sides a little towards their labels. Stumps add up to
//! a function of each feature by itself, which is what a scorecard holds. Deterministic: rows are summed in order, and of
//! equal cuts the first is taken.

use super::regression::Row;
use crate::domain::verdict::features::ANSWER;
use crate::domain::verdict::scorecard::{Scorecard, Step};

const N: usize = ANSWER.len();
/// How many steps are taken.
const ROUNDS: usize = 300;
/// How far each goes.
const RATE: f64 = 0.1;
/// The least weight of rows on either side of a cut.
const LEAST_ROWS: f64 = 20.0;
/// How strongly points are held back.
const RIDGE: f64 = 5.0;
/// The most values that a feature is cut at.
const MOST_CUTS: usize = 63;

/// The values that a feature can be cut at, lowest first: a value belongs to bin `b` where it reaches `cuts[b - 1]`.
fn cuts(rows: &[Row<N>], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = rows.iter().map(|r| r.x[feature]).collect();
    values.sort_unstable_by(f32::total_cmp);
    let mut distinct = values.clone();
    distinct.dedup();
    let middle = |pair: &[f32]| f32::midpoint(pair[0], pair[1]);
    if distinct.len() <= MOST_CUTS {
        return distinct.windows(2).map(middle).collect();
    }
    let at = |k: usize| values[values.len() * k / (MOST_CUTS + 1)];
    let mut cuts: Vec<f32> = (1..=MOST_CUTS).map(at).collect();
    cuts.dedup();
    cuts.retain(|c| *c > distinct[0]);
    cuts
}

/// A cut, and what it does on both sides.
#[derive(Debug, Clone, Copy)]
struct Stump {
    feature: usize,
    cut: usize,
    gain: f64,
    below: f64,
    above: f64,
}

/// Gradient, curvature and weight of the rows in a bin.
type Bin = [f64; 3];

fn best_cut(feature: usize, bins: &[Bin], all: Bin) -> Option<Stump> {
    let value = |b: Bin| b[0] / (b[1] + RIDGE);
    let score = |b: Bin| b[0] * b[0] / (b[1] + RIDGE);
    let mut below = [0.0; 3];
    let mut best: Option<Stump> = None;
    for (cut, bin) in bins.iter().enumerate().take(bins.len().saturating_sub(1)) {
        below.iter_mut().zip(bin).for_each(|(sum, b)| *sum += b);
        let above = [all[0] - below[0], all[1] - below[1], all[2] - below[2]];
        if below[2] < LEAST_ROWS || above[2] < LEAST_ROWS {
            continue;
        }
        let gain = score(below) + score(above) - score(all);
        if best.is_none_or(|b| gain > b.gain) {
            best = Some(Stump { feature, cut, gain, below: value(below), above: value(above) });
        }
    }
    best
}

/// The scorecard that makes the labels likeliest.
#[must_use]
pub(super) fn fit(rows: &[Row<N>]) -> Scorecard {
    let weight: f64 = rows.iter().map(|r| r.weight).sum();
    let share = rows.iter().map(|r| r.y * r.weight).sum::<f64>() / weight.max(1e-9);
    let base = (share.clamp(1e-4, 1.0 - 1e-4) / (1.0 - share.clamp(1e-4, 1.0 - 1e-4))).ln();
    let cuts: Vec<Vec<f32>> = (0..N).map(|f| cuts(rows, f)).collect();
    let bin = |f: usize, row: &Row<N>| cuts[f].partition_point(|c| *c <= row.x[f]) as u8;
    let binned: Vec<Vec<u8>> = (0..N).map(|f| rows.iter().map(|r| bin(f, r)).collect()).collect();
    let mut logits = vec![base; rows.len()];
    // For each feature and bin, the points so far.
    let mut points: Vec<Vec<f64>> = cuts.iter().map(|c| vec![0.0; c.len() + 1]).collect();
    for _ in 0..ROUNDS {
        let slopes: Vec<Bin> = rows.iter().zip(&logits).map(|(row, logit)| slope(row, *logit)).collect();
        let mut all = [0.0; 3];
        for slope in &slopes {
            all.iter_mut().zip(slope).for_each(|(sum, v)| *sum += v);
        }
        let cut = |f: usize| {
            let mut bins = vec![[0.0; 3]; cuts[f].len() + 1];
            for (bin, slope) in binned[f].iter().zip(&slopes) {
                bins[usize::from(*bin)].iter_mut().zip(slope).for_each(|(sum, v)| *sum += v);
            }
            best_cut(f, &bins, all)
        };
        let better = |a: Stump, b: Stump| if b.gain > a.gain { b } else { a };
        let Some(stump) = (0..N).filter_map(cut).reduce(better).filter(|s| s.gain > 1e-9) else { break };
        let side = |bin: usize| RATE * if bin <= stump.cut { stump.below } else { stump.above };
        points[stump.feature].iter_mut().enumerate().for_each(|(bin, p)| *p += side(bin));
        let of_rows = binned[stump.feature].iter();
        logits.iter_mut().zip(of_rows).for_each(|(logit, bin)| *logit += side(usize::from(*bin)));
    }
    card(base, &cuts, &points)
}

fn slope(row: &Row<N>, logit: f64) -> Bin {
    let p = 1.0 / (1.0 + (-logit).exp());
    [(row.y - p) * row.weight, p * (1.0 - p) * row.weight, row.weight]
}

/// Bins that are worth the same are one step; what the lowest bin of every feature is worth goes into the base.
fn card(base: f64, cuts: &[Vec<f32>], points: &[Vec<f64>]) -> Scorecard {
    let mut card = Scorecard { base: (base + points.iter().map(|p| p[0]).sum::<f64>()) as f32, ..Scorecard::default() };
    for (feature, (cuts, points)) in cuts.iter().zip(points).enumerate() {
        let mut last = points[0];
        for (from, worth) in cuts.iter().zip(&points[1..]) {
            if (worth - last).abs() > 1e-6 {
                card.steps[feature].push(Step { from: *from, points: (worth - points[0]) as f32 });
                last = *worth;
            }
        }
    }
    card
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
        let card = fit(&rows);
        let at = |x: f32| card.logit(&row(x, 0.0).x);
        assert!(at(0.5) < -1.0 && at(1.5) > 1.0 && at(2.5) < -1.0, "{} {} {}", at(0.5), at(1.5), at(2.5));
        assert!(
            card.steps.iter().enumerate().all(|(f, s)| f == 2 || s.is_empty()),
            "a feature that says nothing has no steps"
        );
    }

    #[test]
    fn labels_that_are_all_the_same_leave_the_base_alone() {
        let card = fit(&(0..50).map(|i| row(i as f32, 1.0)).collect::<Vec<_>>());
        assert!(card.base > 4.0 && card.logit(&row(3.0, 1.0).x) > 4.0);
        assert_eq!(fit(&[]).steps.iter().map(Vec::len).sum::<usize>(), 0);
    }
}
