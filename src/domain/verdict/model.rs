//! The model: logistic regressions over clauses and scorecards over answers, in a file that people can read.

use std::fmt::Write as _;

use super::features::{AnswerRow, CLAUSE, ClauseRow, has_words};
use super::scorecard::Scorecard;
use crate::domain::weights::{self, Line, ModelError};

/// The weights of one regression over a clause row.
pub type ClauseWeights = [f32; CLAUSE.len()];

/// What the tables of the two sets of scorecards begin with.
const ANSWER: &str = "answer";
const WORDLESS: &str = "wordless";

/// The model's weights and points. Each regression and each scorecard gives log-odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// A window makes a concept's claim.
    pub claim: ClauseWeights,
    /// A window asserts the opposite of a concept's claim.
    pub opposite: ClauseWeights,
    /// A window asserts a misconception.
    pub misconception: ClauseWeights,
    /// The scorecards of claims of which words say something.
    pub answer: Box<Cards>,
    /// Those of the others: there are no weights of words, or what they are about is denied.
    pub wordless: Box<Cards>,
}

/// Scorecards over answer rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cards {
    /// An answer makes a concept's claim, by half at least.
    pub credited: Scorecard,
    /// An answer makes a concept's claim fully.
    pub full: Scorecard,
    /// An answer contradicts a concept.
    pub contradicted: Scorecard,
    /// An answer asserts a misconception.
    pub asserted: Scorecard,
}

impl Cards {
    /// Each with its name in a model file.
    fn named(&self) -> [(&'static str, &Scorecard); 4] {
        [
            ("credited", &self.credited),
            ("full", &self.full),
            ("contradicted", &self.contradicted),
            ("asserted", &self.asserted),
        ]
    }

    fn named_mut(&mut self, name: &str) -> Option<&mut Scorecard> {
        Some(match name {
            "credited" => &mut self.credited,
            "full" => &mut self.full,
            "contradicted" => &mut self.contradicted,
            "asserted" => &mut self.asserted,
            _ => return None,
        })
    }
}

impl Default for Model {
    fn default() -> Self {
        Self {
            claim: [0.0; CLAUSE.len()],
            opposite: [0.0; CLAUSE.len()],
            misconception: [0.0; CLAUSE.len()],
            answer: Box::default(),
            wordless: Box::default(),
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

    /// The scorecards that a row goes by.
    #[must_use]
    pub fn cards(&self, row: &AnswerRow) -> &Cards {
        if has_words(row) { &self.answer } else { &self.wordless }
    }

    fn named_cards(&self) -> impl Iterator<Item = (String, &Scorecard)> {
        let of = [(ANSWER, &*self.answer), (WORDLESS, &*self.wordless)];
        of.into_iter().flat_map(|(set, cards)| cards.named().map(|(name, card)| (format!("{set}.{name}"), card)))
    }

    fn table_mut(&mut self, name: &str) -> Option<Table<'_>> {
        Some(match name {
            "clause.claim" => Table::Clause(&mut self.claim),
            "clause.opposite" => Table::Clause(&mut self.opposite),
            "clause.misconception" => Table::Clause(&mut self.misconception),
            _ => {
                let (set, name) = name.split_once('.')?;
                let cards = match set {
                    ANSWER => &mut self.answer,
                    WORDLESS => &mut self.wordless,
                    _ => return None,
                };
                Table::Answer(cards.named_mut(name)?)
            }
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
        for (table, card) in self.named_cards() {
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
    fn names(&self) -> impl Iterator<Item = String> {
        self.clauses().map(|t| t.0.to_owned()).into_iter().chain(self.named_cards().map(|t| t.0))
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
    use super::super::features::{ANSWER as ANSWER_FEATURES, without_words};
    use super::*;

    #[test]
    fn a_rendered_model_reads_back() {
        let mut model = Model::default();
        model.claim[3] = 1.5;
        model.answer.asserted.base = 0.5;
        model.wordless.asserted.base = -2.25;
        assert_eq!(Model::parse(&model.render("fitted\non this")), Ok(model));
    }

    #[test]
    fn claims_of_which_words_say_something_have_scorecards_of_their_own() {
        let model = Model::parse("[answer.full]\nbase = 1\n[wordless.full]\nbase = 2\n").unwrap();
        let row = [0.5; ANSWER_FEATURES.len()];
        assert_eq!(model.cards(&row), &*model.answer);
        assert_eq!(model.cards(&without_words(&row)), &*model.wordless);
        assert_ne!(model.answer, model.wordless);
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
