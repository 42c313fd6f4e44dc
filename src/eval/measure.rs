//! Everything that is told of a set of graded answers, in the shape that `viva eval --json` prints and `--compare` reads.
//!
//! Answers' texts stand nowhere in it: they may be somebody's. A row says of an answer what both sides say of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::baselines::{Baseline, baselines};
use super::fit::Subject;
use super::judged::JudgeReport;
use super::metrics::{Bin, reliability};
use super::raters::{Agreement, agreement};
use super::report::{Doubt, Figures, Group, confidences, doubt, figures, groups};
use super::run::Outcome;
use crate::grader::Grader;

/// An error of the score that a person should have caught.
pub const LARGE_ERROR: f64 = 0.25;

/// What the grades rest on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradedBy {
    /// Hash of the model, where one model graded everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The number of folds, where each question was graded by a model that was fitted without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folds: Option<usize>,
    /// Whether rubrics had their patterns and phrases taken away.
    #[serde(default)]
    pub claims_alone: bool,
}

/// All that is told of graded answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The figures over all answers.
    #[serde(flatten)]
    pub figures: Figures,
    /// What the grades rest on.
    pub by: GradedBy,
    /// What a judge did, where one was asked: the figures above are those of rules and judge then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeReport>,
    /// How far raters agree with each other, where answers have two.
    pub raters: Option<Agreement>,
    /// What words alone reach.
    pub baselines: Vec<Baseline>,
    /// Verdicts by stated confidence, in tenths.
    pub reliability: Vec<Bin>,
    /// What share of the large errors lies among the answers that are expected to be off furthest.
    #[serde(default)]
    pub doubt: Vec<Doubt>,
    /// Figures by what writers were asked for.
    pub kinds: Vec<Group>,
    /// Figures by the questions' sections.
    pub sections: Vec<Group>,
    /// Figures by question.
    pub questions: Vec<Group>,
    /// What was said of each answer.
    pub answers: Vec<AnswerRow>,
}

/// What both sides say of one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerRow {
    /// Its id.
    pub id: String,
    /// The question's bank.
    pub bank: String,
    /// The question.
    pub question: String,
    /// What its writer was asked for.
    pub kind: String,
    /// Its score, 0 to 1.
    pub score: f64,
    /// The raters' mean mark, 0 to 1.
    pub raters: f64,
    /// Where the raters' mean should lie.
    pub interval: [f64; 2],
    /// Whether it is marked for review.
    pub needs_review: bool,
    /// How far the rules' score is off on average, going by the verdicts' probabilities.
    #[serde(default)]
    pub expected_error: f64,
    /// Whether `auto` would ask a judge about it.
    #[serde(default)]
    pub asked: bool,
    /// The verdicts by concept.
    pub verdicts: BTreeMap<String, VerdictRow>,
    /// The misconceptions that were found, in the rubric's order.
    pub misconceptions: Vec<String>,
    /// The misconceptions that at least half of the raters find, sorted.
    pub rated_misconceptions: Vec<String>,
}

/// What both sides say of one concept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictRow {
    /// The verdict.
    pub verdict: String,
    /// The credit.
    pub credit: f64,
    /// How sure it is.
    pub confidence: f64,
    /// The raters' mean label, -1 to 1.
    pub raters: f64,
}

impl VerdictRow {
    /// Whether verdict and raters agree about the credit and about a contradiction.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.is_credited() == (self.raters >= 0.5) && self.is_contradicted() == (self.raters <= -0.5)
    }

    /// Whether the concept is credited, by half at least.
    #[must_use]
    pub fn is_credited(&self) -> bool {
        self.credit >= 0.5
    }

    /// Whether the concept is contradicted.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        self.verdict == "contradicted"
    }
}

impl AnswerRow {
    /// What both sides say of an outcome's answer.
    #[must_use]
    pub fn new(outcome: &Outcome<'_>) -> Self {
        let Outcome { labelled, grade, expected_error, asked } = outcome;
        let verdict = |c: &crate::domain::grade::ConceptGrade| {
            let raters = labelled.concept(c.id.as_str());
            let row = VerdictRow {
                verdict: c.verdict.as_str().to_owned(),
                credit: c.credit,
                confidence: c.confidence,
                raters,
            };
            (c.id.to_string(), row)
        };
        let mut rated: Vec<String> = labelled.raters.iter().flat_map(|r| r.misconceptions.clone()).collect();
        rated.sort_unstable();
        rated.dedup();
        rated.retain(|id| labelled.misconception(id) >= 0.5);
        Self {
            id: labelled.id.clone(),
            bank: grade.bank.to_string(),
            question: grade.question.to_string(),
            kind: labelled.kind.clone(),
            score: grade.score,
            raters: labelled.score(),
            interval: grade.interval.into(),
            needs_review: !grade.review.is_empty(),
            expected_error: crate::domain::scoring::round(*expected_error),
            asked: *asked,
            verdicts: grade.concepts.iter().map(verdict).collect(),
            misconceptions: grade.misconceptions.iter().map(|m| m.id.to_string()).collect(),
            rated_misconceptions: rated,
        }
    }

    /// How far the score lies above the raters' mean.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.score - self.raters
    }

    /// Whether the score is off by more than [`LARGE_ERROR`].
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.error().abs() > LARGE_ERROR
    }
}

impl Measured {
    /// Works everything out; `outcomes` are those of `subjects`, in the same order.
    #[must_use]
    pub fn new(grader: &Grader, subjects: &[Subject<'_>], outcomes: &[Outcome<'_>], by: GradedBy) -> Self {
        let all: Vec<&Outcome<'_>> = outcomes.iter().collect();
        let several = grader.banks().len() > 1;
        let section = |o: &Outcome<'_>| {
            let found = grader.find(Some(o.grade.bank.as_str()), o.grade.question.as_str());
            found.map_or_else(|_| String::new(), |q| grader.item(q).1.question.section.clone())
        };
        let question = |o: &Outcome<'_>| {
            let id = o.grade.question.to_string();
            if several { format!("{} {id}", o.grade.bank) } else { id }
        };
        Self {
            figures: figures(&all),
            by,
            judge: None,
            raters: agreement(&all),
            baselines: baselines(grader, subjects),
            reliability: reliability(&confidences(&all)).to_vec(),
            doubt: doubt(&all),
            kinds: groups(&all, |o| o.labelled.kind.clone()),
            sections: groups(&all, section),
            questions: groups(&all, question),
            answers: outcomes.iter().map(AnswerRow::new).collect(),
        }
    }

    /// The answers' rows, the largest error first; equal ones in their order.
    #[must_use]
    pub fn worst(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.answers.len()).collect();
        let error = |at: &usize| self.answers[*at].error().abs();
        order.sort_by(|a, b| error(b).total_cmp(&error(a)));
        order
    }
}
