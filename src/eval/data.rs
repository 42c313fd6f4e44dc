//! Labelled answers: what people (or programs in their part) said of an answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An answer with its raters' labels, a line of `evals/*.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Labelled {
    /// Its id.
    pub id: String,
    /// The question.
    pub question: String,
    /// The question's bank, where it is not the only one that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// What its writer was asked for.
    #[serde(default)]
    pub kind: String,
    /// The answer.
    pub answer: String,
    /// The labels, one set a rater; at least one.
    pub raters: Vec<Rating>,
}

/// One rater's labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// Who rated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The mark, 0 to 10.
    pub score: f64,
    /// For each concept 1, 0.5, 0 or -1; a concept that is not named was not made.
    #[serde(default)]
    pub concepts: BTreeMap<String, f64>,
    /// The misconceptions that are asserted.
    #[serde(default)]
    pub misconceptions: Vec<String>,
    /// Properties of the whole answer.
    #[serde(default)]
    pub flags: Vec<String>,
}

/// Why a file of labelled answers cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct DataError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Reads labelled answers, one JSON object a line; blank lines are skipped.
pub fn read(text: &str) -> Result<Vec<Labelled>, DataError> {
    let mut all = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let error = |message: String| DataError { line: at + 1, message };
        let one: Labelled =
            serde_json::from_str(line).map_err(|e| error(format!("expected a labelled answer: {e}")))?;
        if one.raters.is_empty() {
            return Err(error("expected at least one rater".to_owned()));
        }
        if let Some(bad) = one.raters.iter().find(|r| !(0.0..=10.0).contains(&r.score)) {
            return Err(error(format!("expected a score from 0 to 10, found {}", bad.score)));
        }
        all.push(one);
    }
    Ok(all)
}

impl Labelled {
    /// The raters' mean mark, 0 to 1.
    #[must_use]
    pub fn score(&self) -> f64 {
        self.mean(|r| r.score / 10.0)
    }

    /// The raters' mean label of a concept, -1 to 1.
    #[must_use]
    pub fn concept(&self, id: &str) -> f64 {
        self.mean(|r| r.concepts.get(id).copied().unwrap_or(0.0))
    }

    /// The share of raters who label a concept so.
    #[must_use]
    pub fn share(&self, id: &str, holds: impl Fn(f64) -> bool) -> f64 {
        self.mean(|r| if holds(r.concepts.get(id).copied().unwrap_or(0.0)) { 1.0 } else { 0.0 })
    }

    /// The share of raters who find a misconception asserted.
    #[must_use]
    pub fn misconception(&self, id: &str) -> f64 {
        self.mean(|r| if r.misconceptions.iter().any(|m| m == id) { 1.0 } else { 0.0 })
    }

    /// Whether any rater raised one of these flags.
    #[must_use]
    pub fn flagged(&self, flags: &[&str]) -> bool {
        self.raters.iter().any(|r| r.flags.iter().any(|f| flags.contains(&f.as_str())))
    }

    fn mean(&self, of: impl Fn(&Rating) -> f64) -> f64 {
        self.raters.iter().map(of).sum::<f64>() / self.raters.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lines_and_says_which_one_is_wrong() {
        let good = r#"{"id":"a","question":"Q4","kind":"x","answer":"…","raters":[{"score":8,"concepts":{"c":0.5}},{"score":6,"concepts":{"c":1}}]}"#;
        let all = read(&format!("{good}\n\n{good}")).unwrap();
        assert_eq!(all.len(), 2);
        assert!((all[0].score() - 0.7).abs() < 1e-9 && (all[0].concept("c") - 0.75).abs() < 1e-9);
        assert_eq!(read(&format!("{good}\n{{}}")).unwrap_err().line, 2);
        assert_eq!(read(&good.replace("\"score\":8", "\"score\":80")).unwrap_err().line, 1);
    }
}
