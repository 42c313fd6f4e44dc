//! The model: a few logistic regressions whose weights stand in a file that people can read.

use std::fmt::Write as _;

use super::features::{ANSWER, AnswerRow, CLAUSE, ClauseRow};

/// Why a text is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ModelError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

/// The weights of one regression over a clause row.
pub type ClauseWeights = [f32; CLAUSE.len()];
/// The weights of one regression over an answer row.
pub type AnswerWeights = [f32; ANSWER.len()];

/// The model's weights. Each regression gives log-odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// A window makes a concept's claim.
    pub claim: ClauseWeights,
    /// A window asserts the opposite of a concept's claim.
    pub opposite: ClauseWeights,
    /// A window asserts a misconception.
    pub misconception: ClauseWeights,
    /// An answer makes a concept's claim, by half at least.
    pub credited: AnswerWeights,
    /// An answer makes a concept's claim fully.
    pub full: AnswerWeights,
    /// An answer contradicts a concept.
    pub contradicted: AnswerWeights,
    /// An answer asserts a misconception.
    pub asserted: AnswerWeights,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            claim: [0.0; CLAUSE.len()],
            opposite: [0.0; CLAUSE.len()],
            misconception: [0.0; CLAUSE.len()],
            credited: [0.0; ANSWER.len()],
            full: [0.0; ANSWER.len()],
            contradicted: [0.0; ANSWER.len()],
            asserted: [0.0; ANSWER.len()],
        }
    }
}

/// The log-odds that `weights` give to a row.
#[must_use]
pub fn logit<const N: usize>(weights: &[f32; N], row: &[f32; N]) -> f32 {
    weights.iter().zip(row).map(|(w, x)| w * x).sum()
}

/// The probability of log-odds.
#[must_use]
pub fn probability(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

impl Model {
    fn tables(&self) -> [(&'static str, &'static [&'static str], &[f32]); 7] {
        [
            ("clause.claim", &CLAUSE, &self.claim),
            ("clause.opposite", &CLAUSE, &self.opposite),
            ("clause.misconception", &CLAUSE, &self.misconception),
            ("answer.credited", &ANSWER, &self.credited),
            ("answer.full", &ANSWER, &self.full),
            ("answer.contradicted", &ANSWER, &self.contradicted),
            ("answer.asserted", &ANSWER, &self.asserted),
        ]
    }

    fn table_mut(&mut self, name: &str) -> Option<(&'static [&'static str], &mut [f32])> {
        Some(match name {
            "clause.claim" => (&CLAUSE, &mut self.claim),
            "clause.opposite" => (&CLAUSE, &mut self.opposite),
            "clause.misconception" => (&CLAUSE, &mut self.misconception),
            "answer.credited" => (&ANSWER, &mut self.credited),
            "answer.full" => (&ANSWER, &mut self.full),
            "answer.contradicted" => (&ANSWER, &mut self.contradicted),
            "answer.asserted" => (&ANSWER, &mut self.asserted),
            _ => return None,
        })
    }

    /// Reads the text of a model file: tables in brackets, `name = weight` lines, `#` comments. A feature that is not
    /// named weighs nothing.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let mut model = Self::default();
        let mut table: Option<String> = None;
        for (at, line) in text.lines().enumerate() {
            let error = |message: String| ModelError { line: at + 1, message };
            let line = line.split('#').next().unwrap_or("").trim();
            if line.is_empty() {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                if model.table_mut(name).is_none() {
                    let known: Vec<_> = model.tables().iter().map(|t| t.0).collect();
                    return Err(error(format!("expected a table of the model ({}), found `{name}`", known.join(", "))));
                }
                table = Some(name.to_owned());
                continue;
            }
            let Some((name, value)) = line.split_once('=') else {
                return Err(error("expected `name = weight`".to_owned()));
            };
            let (name, value) = (name.trim(), value.trim());
            let Ok(value) = value.parse::<f32>() else {
                return Err(error(format!("expected a number, found `{value}`")));
            };
            let Some((names, weights)) = table.as_deref().and_then(|t| model.table_mut(t)) else {
                if name == "schema" {
                    continue;
                }
                return Err(error("expected a table such as `[clause.claim]` first".to_owned()));
            };
            let Some(place) = names.iter().position(|n| *n == name) else {
                return Err(error(format!("there is no feature `{name}` in this table")));
            };
            weights[place] = value;
        }
        Ok(model)
    }

    /// The text of a model file, with `comment` lines at its head.
    #[must_use]
    pub fn render(&self, comment: &str) -> String {
        let mut out = String::new();
        for line in comment.lines() {
            let _ = writeln!(out, "{}", format!("# {line}").trim_end());
        }
        out.push_str("schema = 1\n");
        for (table, names, weights) in self.tables() {
            let _ = writeln!(out, "\n[{table}]");
            for (name, weight) in names.iter().zip(weights) {
                let _ = writeln!(out, "{name} = {weight:.4}");
            }
        }
        out
    }

    /// Log-odds that a window makes a concept's claim.
    #[must_use]
    pub fn claim(&self, row: &ClauseRow) -> f32 {
        logit(&self.claim, row)
    }

    /// Probability that an answer makes a concept's claim by half at least.
    #[must_use]
    pub fn credited(&self, row: &AnswerRow) -> f32 {
        probability(logit(&self.credited, row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendered_model_reads_back() {
        let mut model = Model::default();
        model.claim[3] = 1.5;
        model.asserted[0] = -2.25;
        assert_eq!(Model::parse(&model.render("fitted\non this")), Ok(model));
    }

    #[test]
    fn faults_name_their_line() {
        for (text, line) in
            [("[clause.claim]\nalike = x", 2), ("alike = 1", 1), ("[nothing]", 1), ("[clause.claim]\nhop = 1", 2)]
        {
            assert_eq!(Model::parse(text).unwrap_err().line, line, "{text}");
        }
    }
}
