//! The model: logistic regressions over clauses, scorecards over answers, and word vectors, in a file that people can read.

use std::fmt::Write as _;

use super::features::{AnswerRow, CLAUSE, ClauseRow, has_related, has_words};
use super::scorecard::Scorecard;
use crate::domain::vectors::Vectors;
use crate::domain::weights::{self, Line, ModelError};

/// The weights of one regression over a clause row.
pub type ClauseWeights = [f32; CLAUSE.len()];

/// What the tables of the three sets of scorecards begin with.
const ANSWER: &str = "answer";
const WORDLESS: &str = "wordless";
const RELATED: &str = "related";
/// The name of the table of word vectors.
const VECTORS: &str = "vectors";

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
    /// Those of the others that have nothing but their statement, where related words are known.
    pub related: Box<Cards>,
    /// By which words are related.
    pub vectors: Vectors,
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
            related: Box::default(),
            vectors: Vectors::default(),
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
        match row {
            row if has_words(row) => &self.answer,
            row if has_related(row) => &self.related,
            _ => &self.wordless,
        }
    }

    fn named_cards(&self) -> impl Iterator<Item = (String, &Scorecard)> {
        let of = [(ANSWER, &*self.answer), (WORDLESS, &*self.wordless), (RELATED, &*self.related)];
        of.into_iter().flat_map(|(set, cards)| cards.named().map(|(name, card)| (format!("{set}.{name}"), card)))
    }

    fn table_mut(&mut self, name: &str) -> Option<Table<'_>> {
        Some(match name {
            "clause.claim" => Table::Clause(&mut self.claim),
            "clause.opposite" => Table::Clause(&mut self.opposite),
            "clause.misconception" => Table::Clause(&mut self.misconception),
            VECTORS => Table::Vectors(&mut self.vectors),
            _ => {
                let (set, name) = name.split_once('.')?;
                let cards = match set {
                    ANSWER => &mut self.answer,
                    WORDLESS => &mut self.wordless,
                    RELATED => &mut self.related,
                    _ => return None,
                };
                Table::Answer(cards.named_mut(name)?)
            }
        })
    }

    /// Reads the text of a model file: tables in brackets, `#` comments, `name = weight` lines for clauses, and for
    /// answers `name = [[from, points], …]` and `name & name = [[from, from, points], …]`; a feature that is not named
    /// weighs nothing. For vectors `word = length letters`.
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
        let _ = writeln!(out, "\n[{VECTORS}]");
        self.vectors.render(&mut out);
        out
    }

    /// Log-odds that a window makes a concept's claim.
    #[must_use]
    pub fn claim(&self, row: &ClauseRow) -> f32 {
        logit(&self.claim, row)
    }

    /// The names of the tables.
    fn names(&self) -> impl Iterator<Item = String> {
        let clauses = self.clauses().map(|t| t.0.to_owned()).into_iter();
        clauses.chain(self.named_cards().map(|t| t.0)).chain([VECTORS.to_owned()])
    }
}

/// A table of a model file.
enum Table<'m> {
    Clause(&'m mut ClauseWeights),
    Answer(&'m mut Scorecard),
    Vectors(&'m mut Vectors),
}

impl Table<'_> {
    fn set(self, name: &str, value: &str) -> Result<(), String> {
        match self {
            Self::Answer(card) => card.set(name, value),
            Self::Vectors(vectors) => vectors.set(name, value),
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
    use super::super::features::{ANSWER as ANSWER_FEATURES, without_related, without_words};
    use super::*;
    use crate::domain::vectors::DIMENSIONS;

    #[test]
    fn a_rendered_model_reads_back() {
        let mut model = Model::default();
        model.claim[3] = 1.5;
        model.answer.asserted.base = 0.5;
        model.wordless.asserted.base = -2.25;
        model.related.full.base = 1.25;
        model.vectors.add("wait", &[0.5; DIMENSIONS], -0.5);
        assert_eq!(Model::parse(&model.render("fitted\non this")), Ok(model));
    }

    #[test]
    fn claims_have_scorecards_by_what_says_something_of_them() {
        let text = "[answer.full]\nbase = 1\n[wordless.full]\nbase = 2\n[related.full]\nbase = 3\n";
        let model = Model::parse(text).unwrap();
        let base = |row: &AnswerRow| model.cards(row).full.base as i32;
        let row = [0.5; ANSWER_FEATURES.len()];
        let plain = without_words(&row);
        assert_eq!([base(&row), base(&plain), base(&without_related(&plain))], [1, 3, 2]);
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
