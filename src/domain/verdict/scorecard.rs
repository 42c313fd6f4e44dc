//! A scorecard: for each feature of an answer row a few steps, and the points that each step is worth.
//!
//! Points are log-odds and add up, so what each feature did to a verdict can be read off. Steps in place of one weight for each
//! feature: half of a likeness says nothing, and beyond some point more of it says no more. Beside them stand pairs, for what two
//! features say together and neither says alone.

use std::fmt::Write as _;

use super::features::{ANSWER, AnswerRow};
use crate::domain::weights;

/// From a value on, a feature is worth these points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The least value.
    pub from: f32,
    /// The points, in log-odds.
    pub points: f32,
}

/// From a value of each on, two different features are worth these points together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The features, the lower number first.
    pub features: [usize; 2],
    /// The least value of each.
    pub from: [f32; 2],
    /// The points, in log-odds; those of all pairs that are reached add up.
    pub points: f32,
}

impl Pair {
    fn worth(&self, row: &AnswerRow) -> f32 {
        // A product in place of a branch, which could not be foreseen.
        let reached = |at: usize| f32::from(u8::from(row[self.features[at]] >= self.from[at]));
        reached(0) * reached(1) * self.points
    }
}

/// A scorecard over answer rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// The points of a row that reaches no step.
    pub base: f32,
    /// For each feature its steps, lowest first; below the first it is worth nothing.
    pub steps: [Vec<Step>; ANSWER.len()],
    /// The pairs, those of the same features side by side.
    pub pairs: Vec<Pair>,
}

impl Default for Scorecard {
    fn default() -> Self {
        Self { base: 0.0, steps: std::array::from_fn(|_| Vec::new()), pairs: Vec::new() }
    }
}

/// How many pairs are looked at side by side.
const LANES: usize = 4;

/// What stands between the names of two features.
const AND: &str = " & ";

impl Scorecard {
    /// The points of one feature at a value.
    #[must_use]
    pub fn points(&self, feature: usize, value: f32) -> f32 {
        let steps = &self.steps[feature];
        let reached = steps.partition_point(|s| s.from <= value);
        reached.checked_sub(1).map_or(0.0, |last| steps[last].points)
    }

    /// The log-odds of a row.
    #[must_use]
    pub fn logit(&self, row: &AnswerRow) -> f32 {
        let alone: f32 = row.iter().enumerate().map(|(feature, value)| self.points(feature, *value)).sum();
        // Side by side, so that no sum waits for the one before.
        let mut lanes = [0.0; LANES];
        for pairs in self.pairs.chunks(LANES) {
            lanes.iter_mut().zip(pairs).for_each(|(lane, pair)| *lane += pair.worth(row));
        }
        self.base + alone + lanes.iter().sum::<f32>()
    }

    /// What each feature, and each two of them together, add to the log-odds of a row.
    #[must_use]
    pub fn parts(&self, row: &AnswerRow) -> Vec<(String, f32)> {
        let alone = ANSWER.iter().enumerate().map(|(f, name)| ((*name).to_owned(), self.points(f, row[f])));
        let together = self.by_features().map(|pairs| (name_of(pairs[0]), pairs.iter().map(|p| p.worth(row)).sum()));
        alone.chain(together).collect()
    }

    /// The pairs of each two features.
    fn by_features(&self) -> impl Iterator<Item = &[Pair]> {
        self.pairs.chunk_by(|a, b| a.features == b.features)
    }

    /// The lines of a model file: `feature = [[from, points], …]` and `feature & feature = [[from, from, points], …]`.
    pub(super) fn render(&self, out: &mut String) {
        let _ = writeln!(out, "base = {:.4}", self.base);
        for (name, steps) in ANSWER.iter().zip(&self.steps).filter(|(_, steps)| !steps.is_empty()) {
            let steps: Vec<String> = steps.iter().map(|s| format!("[{:.4}, {:.4}]", s.from, s.points)).collect();
            let _ = writeln!(out, "{name} = [{}]", steps.join(", "));
        }
        for pairs in self.by_features() {
            let one = |p: &Pair| format!("[{:.4}, {:.4}, {:.4}]", p.from[0], p.from[1], p.points);
            let _ = writeln!(out, "{} = [{}]", name_of(pairs[0]), pairs.iter().map(one).collect::<Vec<_>>().join(", "));
        }
    }

    /// Takes in one line of a model file.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        if name == "base" {
            self.base = number(value)?;
        } else if let Some((first, second)) = name.split_once(AND) {
            let features = [feature(first)?, feature(second)?];
            for [first, second, points] in rows(value)? {
                self.pairs.push(Pair { features, from: [first, second], points });
            }
        } else {
            let steps: Vec<Step> = rows(value)?.into_iter().map(|[from, points]| Step { from, points }).collect();
            if let Some(pair) = steps.windows(2).find(|pair| pair[0].from >= pair[1].from) {
                return Err(format!("expected steps that rise, found {} after a greater one", pair[1].from));
            }
            self.steps[feature(name)?] = steps;
        }
        Ok(())
    }
}

fn name_of(pair: Pair) -> String {
    pair.features.map(|feature| ANSWER[feature]).join(AND)
}

fn feature(name: &str) -> Result<usize, String> {
    let place = ANSWER.iter().position(|known| *known == name);
    place.ok_or_else(|| format!("there is no feature `{name}` in this table"))
}

/// The rows of `[[1, 2], [3, 4]]`, each of `N` numbers.
fn rows<const N: usize>(value: &str) -> Result<Vec<[f32; N]>, String> {
    let inner = value.strip_prefix('[').and_then(|v| v.strip_suffix(']'));
    let inner = inner.ok_or_else(|| format!("expected rows such as `[[0.5, 1.2]]`, found `{value}`"))?;
    let row = |text: &str| {
        let numbers = text.split(',').map(number).collect::<Result<Vec<f32>, String>>()?;
        <[f32; N]>::try_from(numbers).map_err(|_| format!("expected {N} numbers, found `{text}`"))
    };
    inner.split(']').map(|text| text.trim_start_matches([',', ' ', '['])).filter(|t| !t.is_empty()).map(row).collect()
}

fn number(text: &str) -> Result<f32, String> {
    weights::number(text).map(|number| number as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> Scorecard {
        let mut card = Scorecard { base: -1.0, ..Scorecard::default() };
        card.steps[1] = vec![Step { from: 0.0, points: 0.5 }, Step { from: 1.0, points: 2.0 }];
        let pair = |from, points| Pair { features: [1, 2], from, points };
        card.pairs = vec![pair([0.5, 1.0], 0.25), pair([1.0, 0.5], -4.0)];
        card
    }

    #[test]
    fn a_value_is_worth_the_points_of_the_last_step_that_it_reaches() {
        let card = card();
        for (value, points) in [(-0.1, 0.0), (0.0, 0.5), (0.9, 0.5), (1.0, 2.0), (9.0, 2.0)] {
            assert!((card.points(1, value) - points).abs() < 1e-6, "{value}");
        }
        let mut row = [0.0; ANSWER.len()];
        row[1] = 1.5;
        assert!((card.logit(&row) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn two_features_are_worth_points_together_where_both_reach_them() {
        let card = card();
        let together = |first: f32, second: f32| {
            let mut row = [0.0; ANSWER.len()];
            (row[1], row[2]) = (first, second);
            card.logit(&row) - card.base - card.points(1, first)
        };
        for (first, second, points) in
            [(0.4, 9.0, 0.0), (0.5, 0.9, 0.0), (0.5, 1.0, 0.25), (1.0, 0.5, -4.0), (9.0, 9.0, -3.75)]
        {
            assert!((together(first, second) - points).abs() < 1e-6, "{first} {second}");
        }
    }

    #[test]
    fn the_parts_add_up_to_the_log_odds() {
        let (card, row) = (card(), [1.5; ANSWER.len()]);
        let parts = card.parts(&row);
        let named = |name: &str| parts.iter().find(|(of, _)| of == name).map(|(_, points)| *points);
        assert_eq!((named(ANSWER[1]), named(&format!("{} & {}", ANSWER[1], ANSWER[2]))), (Some(2.0), Some(-3.75)));
        assert!((card.base + parts.iter().map(|(_, points)| points).sum::<f32>() - card.logit(&row)).abs() < 1e-6);
    }

    #[test]
    fn a_rendered_card_reads_back_and_faults_are_told() {
        let (card, mut text, mut read) = (card(), String::new(), Scorecard::default());
        card.render(&mut text);
        for line in text.lines() {
            let (name, value) = line.split_once(" = ").unwrap();
            read.set(name, value).unwrap();
        }
        assert_eq!(read, card);
        let faults = [("best", "1.0"), ("hop", "[]"), ("best", "[[1]]"), ("best", "[[1, 1], [0, 1]]")];
        for (name, value) in faults.into_iter().chain([("best & hop", "[]"), ("best & second", "[[1, 1]]")]) {
            assert!(read.set(name, value).is_err(), "{name} = {value}");
        }
    }
}
