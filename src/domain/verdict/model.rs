//! The model: logistic regressions over clauses and scorecards over answers, in a file that people can read.

use std::fmt::Write as _;

use super::features::{CLAUSE, ClauseRow};
use super::scorecard::Scorecard;
use crate::domain::weights::{self, Line, ModelError};

/// The weights of one regression over a clause row.
pub type ClauseWeights = [f32; CLAUSE.len()];

/// The model's weights and points. Each regression and each scorecard gives log-odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// A window makes a concept's claim.
    pub claim: ClauseWeights,
    /// A window asserts the opposite of a concept's claim.
    pub opposite: ClauseWeights,
    /// A window asserts a misconception.
    pub misconception: ClauseWeights,
    /// An answer makes a concept's claim, by half at least.
    pub credited: Scorecard,
    /// An answer makes a concept's claim fully.
    pub full: Scorecard,
    /// An answer contradicts a concept.
    pub contradicted: Scorecard,
    /// An answer asserts a misconception.
    pub asserted: Scorecard,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            claim: [0.0; CLAUSE.len()],
            opposite: [0.0; CLAUSE.len()],
            misconception: [0.0; CLAUSE.len()],
            credited: Scorecard::default(),
            full: Scorecard::default(),
            contradicted: Scorecard::default(),
            asserted: Scorecard::default(),
        }
    }
}

/// The log-odds that `weights` give to a row.
#[must_use]
pub fn logit<const N: usize>(weights: &[f32; N], row: &[f32; N]) -> f32 {
    // Four sums side by side, in an order of their own: the same on every machine, and a quarter of the waiting.
    let mut sums = [0.0_f32; 4];
    for (weights, row) in weights.chunks(sums.len()).zip(row.chunks(sums.len())) {
        sums.iter_mut().zip(weights.iter().zip(row)).for_each(|(sum, (w, x))| *sum += w * x);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// The probability of log-odds.
#[must_use]
pub fn probability(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

impl Model {
    fn clauses(&self) -> [(&'static str, &ClauseWeights); 3] {
        [
            ("clause.claim", &self.claim),
            ("clause.opposite", &self.opposite),
            ("clause.misconception", &self.misconception),
        ]
    }

    fn cards(&self) -> [(&'static str, &Scorecard); 4] {
        [
            ("answer.credited", &self.credited),
            ("answer.full", &self.full),
            ("answer.contradicted", &self.contradicted),
            ("answer.asserted", &self.asserted),
        ]
    }

    fn table_mut(&mut self, name: &str) -> Option<Table<'_>> {
        Some(match name {
            "clause.claim" => Table::Clause(&mut self.claim),
            "clause.opposite" => Table::Clause(&mut self.opposite),
            "clause.misconception" => Table::Clause(&mut self.misconception),
            "answer.credited" => Table::Answer(&mut self.credited),
            "answer.full" => Table::Answer(&mut self.full),
            "answer.contradicted" => Table::Answer(&mut self.contradicted),
            "answer.asserted" => Table::Answer(&mut self.asserted),
            _ => return None,
        })
    }

    /// Reads the text of a model file: tables in brackets, `#` comments, `name = weight` lines for clauses, and for
    /// answers `name = [[from, points], …]` and `name & name = [[from, from, points], …]`. A feature that is not named
    /// weighs nothing.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let mut model = Self::default();
        weights::read(text, |line| model.take(line))?;
        Ok(model)
    }

    fn take(&mut self, line: Line<'_>) -> Result<(), String> {
        match line {
            Line::Table(name) if self.table_mut(name).is_some() => Ok(()),
            Line::Table(name) => {
                let known: Vec<_> = self.names().collect();
                Err(format!("expected a table of the model ({}), found `{name}`", known.join(", ")))
            }
            Line::Value { table, name, value } => match self.table_mut(table) {
                None => Err("expected a table such as `[clause.claim]` first".to_owned()),
                Some(of) => of.set(name, value),
            },
        }
    }

    /// The text of a model file, with `comment` lines at its head.
    #[must_use]
    pub fn render(&self, comment: &str) -> String {
        let mut out = weights::head(comment);
        for (table, of) in self.clauses() {
            let _ = writeln!(out, "\n[{table}]");
            for (name, weight) in CLAUSE.iter().zip(of) {
                let _ = writeln!(out, "{name} = {weight:.4}");
            }
        }
        for (table, card) in self.cards() {
            let _ = writeln!(out, "\n[{table}]");
            card.render(&mut out);
        }
        out
    }

    /// Log-odds that a window makes a concept's claim.
    #[must_use]
    pub fn claim(&self, row: &ClauseRow) -> f32 {
        logit(&self.claim, row)
    }

    /// The names of the tables.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.clauses().map(|t| t.0).into_iter().chain(self.cards().map(|t| t.0))
    }
}

/// A table of a model file.
enum Table<'m> {
    Clause(&'m mut ClauseWeights),
    Answer(&'m mut Scorecard),
}

impl Table<'_> {
    fn set(self, name: &str, value: &str) -> Result<(), String> {
        match self {
            Self::Answer(card) => card.set(name, value),
            Self::Clause(weights) => {
                let value = weights::number(value)? as f32;
                let place = CLAUSE.iter().position(|n| *n == name);
                weights[place.ok_or_else(|| format!("there is no feature `{name}` in this table"))?] = value;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendered_model_reads_back() {
        let mut model = Model::default();
        model.claim[3] = 1.5;
        model.asserted.base = -2.25;
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
