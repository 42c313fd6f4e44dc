//! Fitting the model for questions that have but an ideal answer, on public sets of answers.
//!
//! One logistic regression with soft labels. Sets differ in how hard they are and how they were marked, which no feature
//! can know: while fitting, each set has an offset of its own. A new set gets their mean, drawn towards one at which a
//! middling answer has half the marks, as if there had been [`PRIOR`] more sets like that. Every set counts by
//! the root of its size, so that the largest does not decide alone. Features are held back by a ridge on one scale.

use super::regression::{Row, fit as regress};
use crate::domain::ideal::{Model, features::FEATURES};
use crate::eval::ideal::Seen;

/// The most sets that have an offset of their own; further ones share the last.
const MAX_SETS: usize = 8;
/// A column for each feature and, in place of the bias, one for each set.
const COLUMNS: usize = FEATURES.len() + MAX_SETS;
/// How strongly weights are held back, beside rows that weigh 1 together. Found on sets that were left out in turn.
const RIDGE: f64 = 0.2;
/// How many sets the belief that a middling answer has half the marks is worth.
const PRIOR: f64 = 8.0;
/// How many sets, marked right or wrong only, are added where it is told how far marks scatter.
const ROUGH: f64 = 2.0;
/// Offsets of sets are hardly held back: their columns are this large.
const FREE: f32 = 100.0;

/// The model that these sets give.
#[must_use]
pub fn fit(sets: &[&Seen]) -> Model {
    let scales = Scales::new(sets);
    let total: f64 = sets.iter().map(|set| weight(set) * set.scores.len() as f64).sum();
    let mut rows = Vec::new();
    for (number, set) in sets.iter().enumerate() {
        for (row, score) in set.rows.iter().zip(&set.scores) {
            let mut x = [0.0; COLUMNS];
            for (at, value) in row.iter().enumerate().skip(1) {
                x[at] = scales.scaled(at, *value) as f32;
            }
            x[FEATURES.len() + number.min(MAX_SETS - 1)] = FREE;
            // The first column is never held back; it would take the sets' place, so it stays empty.
            rows.push(Row { x, y: *score, weight: weight(set) / total });
        }
    }
    let held = regress(&rows, RIDGE);
    let fitted = stretched(&rows, &held);
    let offsets = &fitted[FEATURES.len()..][..sets.len().clamp(1, MAX_SETS)];
    let mut model = Model::default();
    model.weights[0] = f64::from(offsets.iter().sum::<f32>() * FREE) / (offsets.len() as f64 + PRIOR);
    for (at, weight) in fitted.iter().enumerate().take(FEATURES.len()).skip(1) {
        let (mean, spread) = scales.0[at];
        model.weights[at] = f64::from(*weight) / spread;
        model.weights[0] -= model.weights[at] * mean;
    }
    let model = rounded(model);
    let noise = noise(sets, &model);
    rounded(Model { noise, ..model })
}

/// The same weights on the scale that fits best: a ridge holds all of them back, also where their direction is sure.
fn stretched(rows: &[Row<COLUMNS>], held: &[f32; COLUMNS]) -> [f32; COLUMNS] {
    const SLOPE: usize = 1;
    let features = 1..FEATURES.len();
    let along = |row: &Row<COLUMNS>| {
        let mut x = row.x;
        let logit: f32 = features.clone().map(|at| held[at] * row.x[at]).sum();
        x[features.clone()].fill(0.0);
        x[SLOPE] = logit;
        Row { x, ..row.clone() }
    };
    let rows: Vec<Row<COLUMNS>> = rows.iter().map(along).collect();
    let mut fitted = regress(&rows, 1e-6);
    let slope = fitted[SLOPE];
    features.for_each(|at| fitted[at] = held[at] * slope);
    fitted
}

fn weight(set: &Seen) -> f64 {
    1.0 / (set.scores.len().max(1) as f64).sqrt()
}

/// As the file tells it: what is written is what was measured.
fn rounded(mut model: Model) -> Model {
    let round = |value: f64| (value * 1e4).round() / 1e4;
    model.weights = model.weights.map(round);
    model.noise = round(model.noise);
    model
}

/// The variance about the model's scores, over what chance would have: the sets' mean, with [`ROUGH`] more sets that were
/// marked right or wrong only, where it is all that chance would have.
fn noise(sets: &[&Seen], model: &Model) -> f64 {
    let of = |set: &&Seen| {
        let (mut error, mut chance) = (0.0, 1e-9);
        for (row, score) in set.rows.iter().zip(&set.scores) {
            let given = model.score(row);
            error += (given - score).powi(2);
            chance += given * (1.0 - given);
        }
        error / chance
    };
    (sets.iter().map(of).sum::<f64>() + ROUGH) / (sets.len() as f64 + ROUGH)
}

/// Every feature's mean and standard deviation, over all rows.
struct Scales(Vec<(f64, f64)>);

impl Scales {
    fn new(sets: &[&Seen]) -> Self {
        let scale = |at: usize| {
            let values = || sets.iter().flat_map(|set| &set.rows).map(move |row| row[at]);
            let n = values().count().max(1) as f64;
            let mean = values().sum::<f64>() / n;
            let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
            (mean, variance.sqrt().max(1e-6))
        };
        Self((0..FEATURES.len()).map(scale).collect())
    }

    fn scaled(&self, at: usize, value: f64) -> f64 {
        let (mean, spread) = self.0[at];
        (value - mean) / spread
    }
}

/// The straight line that is nearest to the sets' scores, each set counting alike: slope and offset.
#[must_use]
pub fn line(sets: &[&Seen], values: impl for<'a> Fn(&'a Seen) -> &'a [f64]) -> (f64, f64) {
    let (mut n, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for set in sets {
        let weight = 1.0 / set.scores.len().max(1) as f64;
        for (value, score) in values(set).iter().zip(&set.scores) {
            n += weight;
            x += weight * value;
            y += weight * score;
            xx += weight * value * value;
            xy += weight * value * score;
        }
    }
    let variance = n * xx - x * x;
    let slope = if variance > 1e-12 { (n * xy - x * y) / variance } else { 0.0 };
    (slope, (y - slope * x) / n.max(1e-12))
}
