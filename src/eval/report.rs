//! The figures of a set of outcomes.

use serde::{Deserialize, Serialize};

use super::metrics::{Counts, calibration_error, mae, mean, pearson, quadratic_kappa, ratio, spearman};
use super::run::Outcome;
use crate::domain::grade::Verdict;
use crate::domain::scoring::round;

/// Raters' mean from which an answer is strong, and the score that recognises it.
const STRONG: (f64, f64) = (0.85, 0.7);
/// Raters' mean up to which an answer is wrong or empty.
const WRONG: f64 = 0.2;
/// Scores that hold a wrong answer down, and empty talk.
const HELD: (f64, f64) = (0.3, 0.25);
/// An error of the score that a person should have caught.
const ERROR: f64 = 0.25;
/// Flags of answers that make no claims.
const EMPTY_FLAGS: [&str; 6] = ["stuffing", "echo", "injection", "dont_know", "off_topic", "retracted"];

/// How well grades agree with raters. Shares and probabilities are 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Answers graded.
    pub n: usize,
    /// Correlation of the score with the raters' mean.
    pub pearson: f64,
    /// Rank correlation of the same.
    pub spearman: f64,
    /// Mean absolute error of the score.
    pub mae: f64,
    /// Cohen's kappa with quadratic weights over marks 0 to 10.
    pub quadratic_kappa: f64,
    /// Of concepts credited (at least one half), the share that raters credit, and so on.
    pub concept_precision: f64,
    /// Of concepts that raters credit, the share credited.
    pub concept_recall: f64,
    /// Harmonic mean of both.
    pub concept_f1: f64,
    /// The same for contradicted concepts.
    pub contradiction_f1: f64,
    /// The same for misconceptions.
    pub misconception_f1: f64,
    /// Share of strong answers graded at least 0.7.
    pub strong_recognised: f64,
    /// Share of answers meant to be wrong, and found so by raters, graded at most 0.3.
    pub wrong_held_down: f64,
    /// Share of answers that only seem to say something graded at most 0.25.
    pub empty_held_down: f64,
    /// Share of raters' means inside the interval.
    pub interval_coverage: f64,
    /// Mean width of the interval.
    pub interval_width: f64,
    /// How far stated confidence lies from the share that is right.
    pub calibration_error: f64,
    /// Share of errors over 0.25 that are marked for review.
    pub review_catches: f64,
    /// Share of answers marked for review.
    pub review_rate: f64,
    /// Share of answers whose score is off by more than 0.25.
    pub error_rate: f64,
    /// Share of answers whose score is off by more than 0.25 and that are not marked for review.
    #[serde(default)]
    pub unmarked_errors: f64,
    /// Share of errors over 0.25 that `auto` asks a judge about, by its settings where nothing is set.
    #[serde(default)]
    pub ask_catches: f64,
    /// Share of answers that it asks about.
    #[serde(default)]
    pub ask_rate: f64,
}

/// Computes the figures.
#[must_use]
pub fn figures(outcomes: &[&Outcome<'_>]) -> Figures {
    let ours: Vec<f64> = outcomes.iter().map(|o| o.grade.score).collect();
    let theirs: Vec<f64> = outcomes.iter().map(|o| o.labelled.score()).collect();
    let (concepts, contradictions, confidences) = concept_counts(outcomes);
    let held = |of: &dyn Fn(&Outcome<'_>) -> bool, holds: &dyn Fn(f64) -> bool| {
        let all: Vec<_> = outcomes.iter().filter(|o| of(o)).collect();
        ratio(all.iter().filter(|o| holds(o.grade.score)).count(), all.len())
    };
    let inside = |o: &&&Outcome<'_>| {
        let mean = o.labelled.score();
        mean >= o.grade.interval.0 - 1e-9 && mean <= o.grade.interval.1 + 1e-9
    };
    let off = |o: &&&Outcome<'_>| (o.grade.score - o.labelled.score()).abs() > ERROR;
    let reviewed = |o: &&&Outcome<'_>| !o.grade.review.is_empty();
    let errors = outcomes.iter().filter(off).count();
    Figures {
        n: outcomes.len(),
        pearson: pearson(&ours, &theirs),
        spearman: spearman(&ours, &theirs),
        mae: mae(&ours, &theirs),
        quadratic_kappa: quadratic_kappa(&ours, &theirs),
        concept_precision: concepts.precision(),
        concept_recall: concepts.recall(),
        concept_f1: concepts.f1(),
        contradiction_f1: contradictions.f1(),
        misconception_f1: misconception_counts(outcomes).f1(),
        strong_recognised: held(&|o| o.labelled.score() >= STRONG.0, &|s| s >= STRONG.1),
        wrong_held_down: held(&|o| o.labelled.kind.starts_with("wrong") && o.labelled.score() <= WRONG, &|s| {
            s <= HELD.0
        }),
        empty_held_down: held(&|o| o.labelled.flagged(&EMPTY_FLAGS) && o.labelled.score() <= WRONG, &|s| s <= HELD.1),
        interval_coverage: ratio(outcomes.iter().filter(inside).count(), outcomes.len()),
        interval_width: mean(outcomes.iter().map(|o| o.grade.interval.1 - o.grade.interval.0)),
        calibration_error: calibration_error(&confidences),
        review_catches: ratio(outcomes.iter().filter(off).filter(reviewed).count(), errors),
        review_rate: ratio(outcomes.iter().filter(reviewed).count(), outcomes.len()),
        error_rate: ratio(errors, outcomes.len()),
        unmarked_errors: ratio(outcomes.iter().filter(off).filter(|o| !reviewed(o)).count(), outcomes.len()),
        ask_catches: ratio(outcomes.iter().filter(off).filter(|o| o.asked).count(), errors),
        ask_rate: ratio(outcomes.iter().filter(|o| o.asked).count(), outcomes.len()),
    }
}

fn concept_counts(outcomes: &[&Outcome<'_>]) -> (Counts, Counts, Vec<(f64, bool)>) {
    let (mut credited, mut contradicted, mut confidences) = (Counts::default(), Counts::default(), Vec::new());
    for o in outcomes {
        for concept in &o.grade.concepts {
            let mean = o.labelled.concept(concept.id.as_str());
            let (said, is) = (concept.credit >= 0.5, mean >= 0.5);
            credited.add(said, is);
            contradicted.add(concept.verdict == Verdict::Contradicted, mean <= -0.5);
            confidences.push((concept.confidence, said == is));
        }
    }
    (credited, contradicted, confidences)
}

fn misconception_counts(outcomes: &[&Outcome<'_>]) -> Counts {
    let mut counts = Counts::default();
    for o in outcomes {
        let said = |id: &str| o.grade.misconceptions.iter().any(|m| m.id.as_str() == id);
        let mut named: Vec<&str> =
            o.labelled.raters.iter().flat_map(|r| r.misconceptions.iter().map(String::as_str)).collect();
        named.extend(o.grade.misconceptions.iter().map(|m| m.id.as_str()));
        named.sort_unstable();
        named.dedup();
        for id in named {
            counts.add(said(id), o.labelled.misconception(id) >= 0.5);
        }
    }
    counts
}

/// Which way a figure is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither: it should be near a value of its own.
    Near,
}

/// A figure's name, as in JSON and thresholds, with what it says and which way is better; in the order of
/// [`Figures::rows`].
pub const FIGURES: [(&str, &str, Better); 21] = [
    ("pearson", "correlation of the score with the raters' mean", Better::Higher),
    ("spearman", "rank correlation of the same", Better::Higher),
    ("mae", "mean absolute error of the score", Better::Lower),
    ("quadratic_kappa", "Cohen's kappa with quadratic weights over marks 0 to 10", Better::Higher),
    ("concept_f1", "concepts credited, against concepts that raters credit", Better::Higher),
    ("concept_precision", "of concepts credited, the share that raters credit", Better::Higher),
    ("concept_recall", "of concepts that raters credit, the share credited", Better::Higher),
    ("contradiction_f1", "concepts contradicted, against those that raters find contradicted", Better::Higher),
    ("misconception_f1", "misconceptions found, against those that raters find", Better::Higher),
    ("strong_recognised", "of answers that raters mark 8.5 or more, the share graded at least 0.7", Better::Higher),
    ("wrong_held_down", "of wrong answers (kind wrong…, marks up to 2), the share graded at most 0.3", Better::Higher),
    ("empty_held_down", "of answers that only seem to say something, the share graded at most 0.25", Better::Higher),
    ("interval_coverage", "share of raters' means inside the interval; 0.9 is meant", Better::Near),
    ("interval_width", "mean width of the interval", Better::Lower),
    ("calibration_error", "how far stated confidence lies from the share that is right", Better::Lower),
    ("review_catches", "of scores off by more than 0.25, the share marked for review", Better::Higher),
    ("review_rate", "share of answers marked for review", Better::Lower),
    ("error_rate", "share of scores off by more than 0.25", Better::Lower),
    ("unmarked_errors", "share of scores off by more than 0.25 and not marked for review", Better::Lower),
    ("ask_catches", "of scores off by more than 0.25, the share that `auto` asks a judge about", Better::Higher),
    ("ask_rate", "share of answers that `auto` asks a judge about", Better::Lower),
];

/// Figures of the answers that share something, such as a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What they share.
    pub name: String,
    /// Their mean score.
    pub score: f64,
    /// The mean of their raters' means.
    pub raters: f64,
    /// Their figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Figures of outcomes by what `name` says of each; groups in the order in which they first occur.
#[must_use]
pub fn groups(outcomes: &[&Outcome<'_>], name: impl Fn(&Outcome<'_>) -> String) -> Vec<Group> {
    let mut groups: Vec<(String, Vec<&Outcome<'_>>)> = Vec::new();
    for &outcome in outcomes {
        let name = name(outcome);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, of)) => of.push(outcome),
            None => groups.push((name, vec![outcome])),
        }
    }
    let group = |(name, of): (String, Vec<&Outcome<'_>>)| Group {
        name,
        score: mean(of.iter().map(|o| o.grade.score)),
        raters: mean(of.iter().map(|o| o.labelled.score())),
        figures: figures(&of),
    };
    groups.into_iter().map(group).collect()
}

/// What looking at some answers first would find.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// Share of all answers: those whose expected error is largest.
    pub share: f64,
    /// The least expected error among them.
    pub from: f64,
    /// Share of the scores off by more than 0.25 that lies among them.
    pub catches: f64,
}

/// What looking first at the answers with the largest expected error would find, for a tenth of them to one half.
#[must_use]
pub fn doubt(outcomes: &[&Outcome<'_>]) -> Vec<Doubt> {
    let mut order: Vec<(f64, bool)> = outcomes
        .iter()
        .map(|o| (round(o.expected_error), (o.grade.score - o.labelled.score()).abs() > ERROR))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let errors = order.iter().filter(|(_, off)| *off).count();
    let row = |tenths: usize| {
        let seen = &order[..order.len() * tenths / 10];
        let from = seen.last().map_or(0.0, |(expected, _)| *expected);
        let catches = ratio(seen.iter().filter(|(_, off)| *off).count(), errors);
        Doubt { share: tenths as f64 / 10.0, from, catches }
    };
    (1..=5).map(row).collect()
}

/// How sure each verdict on a concept is, and whether it is right about the credit.
#[must_use]
pub fn confidences(outcomes: &[&Outcome<'_>]) -> Vec<(f64, bool)> {
    concept_counts(outcomes).2
}

impl Figures {
    /// The figures with their names, in order.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("pearson", self.pearson),
            ("spearman", self.spearman),
            ("mae", self.mae),
            ("quadratic_kappa", self.quadratic_kappa),
            ("concept_f1", self.concept_f1),
            ("concept_precision", self.concept_precision),
            ("concept_recall", self.concept_recall),
            ("contradiction_f1", self.contradiction_f1),
            ("misconception_f1", self.misconception_f1),
            ("strong_recognised", self.strong_recognised),
            ("wrong_held_down", self.wrong_held_down),
            ("empty_held_down", self.empty_held_down),
            ("interval_coverage", self.interval_coverage),
            ("interval_width", self.interval_width),
            ("calibration_error", self.calibration_error),
            ("review_catches", self.review_catches),
            ("review_rate", self.review_rate),
            ("error_rate", self.error_rate),
            ("unmarked_errors", self.unmarked_errors),
            ("ask_catches", self.ask_catches),
            ("ask_rate", self.ask_rate),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_explained_in_order() {
        let named: Vec<&str> = figures(&[]).rows().iter().map(|(name, _)| *name).collect();
        assert_eq!(named, FIGURES.map(|(name, _, _)| name));
    }

    #[test]
    fn figures_of_nothing_are_numbers() {
        assert!(figures(&[]).rows().iter().all(|(_, value)| value.is_finite()));
    }
}
