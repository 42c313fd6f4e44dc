//! The model of a whole answer: one logistic regression whose weights stand in a file that people can read.
//!
//! Names [`features`](super::features) and [`weights`]. The weights are fitted on public answers by `viva fit --ideal`.

use std::fmt::Write as _;

use super::features::{FEATURES, Row};
use crate::domain::weights::{self, Line, ModelError};

/// The weights of the features, and how far raters lie from what they give.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// For each feature what it adds to the log-odds.
    pub weights: Row,
    /// The variance of raters' scores about a score `s` is this times `s (1 - s)`.
    pub noise: f64,
}

impl Default for Model {
    fn default() -> Self {
        Self { weights: [0.0; FEATURES.len()], noise: 0.0 }
    }
}

impl Model {
    /// The score of an answer with these features, 0 to 1.
    #[must_use]
    pub fn score(&self, row: &Row) -> f64 {
        1.0 / (1.0 + (-self.logit(row)).exp())
    }

    fn logit(&self, row: &Row) -> f64 {
        self.weights.iter().zip(row).map(|(weight, value)| weight * value).sum()
    }

    /// The standard deviation of raters' scores about a score.
    #[must_use]
    pub fn spread(&self, score: f64) -> f64 {
        (self.noise * (score * (1.0 - score)).max(0.0)).sqrt()
    }

    /// What each feature adds to the log-odds of an answer.
    #[must_use]
    pub fn parts(&self, row: &Row) -> Vec<(&'static str, f64, f64)> {
        let parts = FEATURES.iter().zip(row).zip(&self.weights);
        parts.map(|((name, value), weight)| (*name, *value, value * weight)).collect()
    }

    /// Reads the text of a model file: `[score]` and `[interval]`, `name = number` lines, `#` comments. A feature that is
    /// not named weighs nothing.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let mut model = Self::default();
        weights::read(text, |line| model.take(line))?;
        Ok(model)
    }

    fn take(&mut self, line: Line<'_>) -> Result<(), String> {
        match line {
            Line::Table("score" | "interval") => {}
            Line::Table(name) => return Err(format!("expected `[score]` or `[interval]`, found `[{name}]`")),
            Line::Value { table: "interval", name: "noise", value } => self.noise = weights::number(value)?,
            Line::Value { table, name, value } => {
                let place = FEATURES.iter().position(|feature| *feature == name).filter(|_| table == "score");
                self.weights[place.ok_or_else(|| format!("there is no `{name}` here"))?] = weights::number(value)?;
            }
        }
        Ok(())
    }

    /// The text of a model file, with `comment` lines at its head.
    #[must_use]
    pub fn render(&self, comment: &str) -> String {
        let mut out = weights::head(comment);
        out.push_str("\n[score]\n");
        for (name, weight) in FEATURES.iter().zip(&self.weights) {
            let _ = writeln!(out, "{name} = {weight:.4}");
        }
        let _ = writeln!(out, "\n[interval]\nnoise = {:.4}", self.noise);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn a_rendered_model_reads_back() {
        let mut model = Model { noise: 0.5, ..Model::default() };
        model.weights[2] = -1.25;
        assert_eq!(Model::parse(&model.render("fitted\non this")), Ok(model));
    }

    #[rstest]
    #[case::no_number("[score]\nbias = x", 2)]
    #[case::not_finite("[score]\nbias = inf", 2)]
    #[case::no_table("bias = 1", 1)]
    #[case::unknown_table("schema = 1\n[nothing]", 2)]
    #[case::unknown_feature("[score]\n\nhop = 1", 3)]
    #[case::no_value("[score]\nbias", 2)]
    fn faults_name_their_line(#[case] text: &str, #[case] line: usize) {
        assert_eq!(Model::parse(text).unwrap_err().line, line, "{text}");
    }
}
