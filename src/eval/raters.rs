//! How far two raters of the same answers agree: no grader can be expected to agree with them more.

use serde::{Deserialize, Serialize};

use super::data::Rating;
use super::metrics::{Counts, mae, pearson, quadratic_kappa, ratio, spearman};
use super::run::Outcome;

/// The agreement of the first two raters over the answers that have two. Named like the figures of a grader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Answers with two raters.
    pub n: usize,
    /// Correlation of their marks.
    pub pearson: f64,
    /// Rank correlation of their marks.
    pub spearman: f64,
    /// Mean absolute difference of their marks, as scores of 0 to 1.
    pub mae: f64,
    /// Cohen's kappa with quadratic weights over marks 0 to 10.
    pub quadratic_kappa: f64,
    /// Share of concepts on whose credit (at least one half) both say the same.
    pub concept_agreement: f64,
    /// One's credited concepts against the other's.
    pub concept_f1: f64,
    /// One's contradicted concepts against the other's.
    pub contradiction_f1: f64,
    /// One's misconceptions against the other's.
    pub misconception_f1: f64,
}

impl Agreement {
    /// The agreement under the name of a grader's figure, where it has one.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<f64> {
        Some(match name {
            "pearson" => self.pearson,
            "spearman" => self.spearman,
            "mae" => self.mae,
            "quadratic_kappa" => self.quadratic_kappa,
            "concept_f1" => self.concept_f1,
            "contradiction_f1" => self.contradiction_f1,
            "misconception_f1" => self.misconception_f1,
            _ => return None,
        })
    }
}

/// The agreement of two raters, if any answer has two.
#[must_use]
pub fn agreement(outcomes: &[&Outcome<'_>]) -> Option<Agreement> {
    let twice: Vec<(&Outcome<'_>, &Rating, &Rating)> = outcomes
        .iter()
        .filter_map(|o| match o.labelled.raters.as_slice() {
            [a, b, ..] => Some((*o, a, b)),
            _ => None,
        })
        .collect();
    if twice.is_empty() {
        return None;
    }
    let (mut credited, mut contradicted, mut wrong) = (Counts::default(), Counts::default(), Counts::default());
    for (outcome, a, b) in &twice {
        for concept in &outcome.grade.concepts {
            let label = |r: &Rating| r.concepts.get(concept.id.as_str()).copied().unwrap_or(0.0);
            credited.add(label(a) >= 0.5, label(b) >= 0.5);
            contradicted.add(label(a) < 0.0, label(b) < 0.0);
        }
        let named = |id: &String| (a.misconceptions.contains(id), b.misconceptions.contains(id));
        for id in &a.misconceptions {
            wrong.add(true, named(id).1);
        }
        b.misconceptions.iter().filter(|id| !named(id).0).for_each(|_| wrong.add(false, true));
    }
    let (first, second): (Vec<f64>, Vec<f64>) = twice.iter().map(|(_, a, b)| (a.score / 10.0, b.score / 10.0)).unzip();
    let Counts { hits, false_alarms, misses, rejections } = credited;
    Some(Agreement {
        n: twice.len(),
        pearson: pearson(&first, &second),
        spearman: spearman(&first, &second),
        mae: mae(&first, &second),
        quadratic_kappa: quadratic_kappa(&first, &second),
        concept_agreement: ratio(hits + rejections, hits + rejections + false_alarms + misses),
        concept_f1: credited.f1(),
        contradiction_f1: contradicted.f1(),
        misconception_f1: wrong.f1(),
    })
}
