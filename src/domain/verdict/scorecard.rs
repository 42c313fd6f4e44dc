//! A scorecard: for each feature of an answer row a few steps, and the points that each step is worth.
//!
//! Points are log-odds and add up, so what each feature did to a verdict can be read off. Steps in place of one weight for each
//! feature: half of a likeness says nothing, and beyond some point more of it says no more.

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

/// A scorecard over answer rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// The points of a row that reaches no step.
    pub base: f32,
    /// For each feature its steps, lowest first; below the first it is worth nothing.
    pub steps: [Vec<Step>; ANSWER.len()],
}

impl Default for Scorecard {
    fn default() -> Self {
        Self { base: 0.0, steps: std::array::from_fn(|_| Vec::new()) }
    }
}

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
        self.base + row.iter().enumerate().map(|(feature, value)| self.points(feature, *value)).sum::<f32>()
    }

    /// The lines of a model file: `feature = [[from, points], …]`.
    pub(super) fn render(&self, out: &mut String) {
        let _ = writeln!(out, "base = {:.4}", self.base);
        for (name, steps) in ANSWER.iter().zip(&self.steps).filter(|(_, steps)| !steps.is_empty()) {
            let pairs: Vec<String> = steps.iter().map(|s| format!("[{:.4}, {:.4}]", s.from, s.points)).collect();
            let _ = writeln!(out, "{name} = [{}]", pairs.join(", "));
        }
    }

    /// Takes in one line of a model file.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        if name == "base" {
            self.base = number(value)?;
            return Ok(());
        }
        let Some(feature) = ANSWER.iter().position(|known| *known == name) else {
            return Err(format!("there is no feature `{name}` in this table"));
        };
        let inner = value.strip_prefix('[').and_then(|v| v.strip_suffix(']'));
        let inner = inner.ok_or_else(|| format!("expected steps such as `[[0.5, 1.2]]`, found `{value}`"))?;
        let mut steps: Vec<Step> = Vec::new();
        for pair in inner.split(']').map(|p| p.trim_start_matches([',', ' ', '['])).filter(|p| !p.is_empty()) {
            let (from, points) = pair.split_once(',').ok_or_else(|| format!("expected two numbers, found `{pair}`"))?;
            let step = Step { from: number(from)?, points: number(points)? };
            if steps.last().is_some_and(|last| last.from >= step.from) {
                return Err(format!("expected steps that rise, found {from} after a greater one"));
            }
            steps.push(step);
        }
        self.steps[feature] = steps;
        Ok(())
    }
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
    fn a_rendered_card_reads_back_and_faults_are_told() {
        let (card, mut text, mut read) = (card(), String::new(), Scorecard::default());
        card.render(&mut text);
        for line in text.lines() {
            let (name, value) = line.split_once(" = ").unwrap();
            read.set(name, value).unwrap();
        }
        assert_eq!(read, card);
        for (name, value) in [("best", "1.0"), ("hop", "[]"), ("best", "[[1]]"), ("best", "[[1, 1], [0, 1]]")] {
            assert!(read.set(name, value).is_err(), "{name} = {value}");
        }
    }
}
