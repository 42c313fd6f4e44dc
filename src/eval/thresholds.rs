//! Bounds that figures must keep: `evals/thresholds.toml`.
//!
//! ```toml
//! [[set]]
//! file = "go-runtime-dev.jsonl"       # beside the thresholds' file
//! note = "the model is fitted on it"  # shown with its results
//! claims_alone = false                # whether patterns and phrases are taken away first
//! least = { pearson = 0.9 }           # figures that must be at least so
//! at_most = { mae = 0.1 }             # figures that must be at most so
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;

use super::report::{FIGURES, Figures};

/// The bounds of all files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// The bounds, one entry a file.
    #[serde(rename = "set", default)]
    pub sets: Vec<Bounds>,
}

/// The bounds of one file of labelled answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The file, relative to the folder that the thresholds stand in.
    pub file: String,
    /// What to know of the file.
    #[serde(default)]
    pub note: Option<String>,
    /// Whether rubrics have their patterns and phrases taken away first.
    #[serde(default)]
    pub claims_alone: bool,
    /// What figures must be at least.
    #[serde(default)]
    pub least: BTreeMap<String, f64>,
    /// What figures must be at most.
    #[serde(default)]
    pub at_most: BTreeMap<String, f64>,
}

/// A figure against its bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The figure.
    pub figure: &'static str,
    /// What it is.
    pub value: f64,
    /// What it must be at least, or at most.
    pub bound: f64,
    /// Whether the bound is the most that it may be.
    pub at_most: bool,
}

impl Judged {
    /// Whether the figure keeps its bound.
    #[must_use]
    pub fn holds(&self) -> bool {
        if self.at_most { self.value <= self.bound } else { self.value >= self.bound }
    }
}

/// Why a text is no thresholds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ThresholdsError(String);

impl Thresholds {
    /// Reads the text of a thresholds file.
    pub fn parse(text: &str) -> Result<Self, ThresholdsError> {
        let thresholds: Self =
            toml::from_str(text).map_err(|e| ThresholdsError(e.to_string().trim_end().to_owned()))?;
        if thresholds.sets.is_empty() {
            return Err(ThresholdsError("expected at least one [[set]] with a file and its bounds".to_owned()));
        }
        for set in &thresholds.sets {
            for name in set.least.keys().chain(set.at_most.keys()) {
                if FIGURES.iter().all(|(known, _, _)| known != name) {
                    let known = FIGURES.map(|(known, _, _)| known).join(", ");
                    let message = format!("there is no figure `{name}` (of {}); there is {known}", set.file);
                    return Err(ThresholdsError(message));
                }
            }
        }
        Ok(thresholds)
    }
}

impl Bounds {
    /// The figures that have a bound, in their usual order.
    #[must_use]
    pub fn judge(&self, figures: &Figures) -> Vec<Judged> {
        let mut judged = Vec::new();
        for (figure, value) in figures.rows() {
            let bounds = [(self.least.get(figure), false), (self.at_most.get(figure), true)];
            let bounded = bounds.into_iter().filter_map(|(bound, at_most)| Some((*bound?, at_most)));
            judged.extend(bounded.map(|(bound, at_most)| Judged { figure, value, bound, at_most }));
        }
        judged
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::figures;
    use super::*;
    use rstest::rstest;

    #[test]
    fn bounds_hold_or_fall() {
        let text = "[[set]]\nfile = \"a.jsonl\"\nleast = { concept_f1 = 1.0, pearson = 0.1 }\nat_most = { mae = 0.0 }";
        let thresholds = Thresholds::parse(text).unwrap();
        let judged = thresholds.sets[0].judge(&figures(&[]));
        let held: Vec<(&str, bool)> = judged.iter().map(|j| (j.figure, j.holds())).collect();
        assert_eq!(held, [("pearson", false), ("mae", true), ("concept_f1", true)]);
    }

    #[rstest]
    #[case::no_file("", "expected at least one [[set]]")]
    #[case::unknown_figure(
        "[[set]]\nfile = \"a\"\nleast = { person = 1 }",
        "no figure `person` (of a); there is pearson, "
    )]
    #[case::unknown_key("[[set]]\nfile = \"a\"\nleats = {}", "unknown field `leats`")]
    #[case::no_number("[[set]]\nfile = \"a\"\nleast = { mae = \"x\" }", "expected f64")]
    fn faults_are_told(#[case] text: &str, #[case] part: &str) {
        let error = Thresholds::parse(text).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}
