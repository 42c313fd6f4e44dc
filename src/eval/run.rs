//! Grading labelled answers: what was said of each, beside what the raters say.

use std::borrow::Cow;

use super::data::Labelled;
use super::fit::{self, Crossed, Rows, Subject};
use crate::bank::Library;
use crate::domain::grade::Grade;
use crate::domain::verdict::Model;
use crate::grader::{FindError, Grader, Prepared};

/// Hears of every piece of work that is done, from any thread.
pub type Seen<'s> = &'s (dyn Fn() + Sync);

/// A labelled answer with its grade.
#[derive(Debug, Clone)]
pub struct Outcome<'a> {
    /// The answer and its labels.
    pub labelled: &'a Labelled,
    /// What Viva says.
    pub grade: Grade,
    /// How far the rules' score is off on average, going by the verdicts' probabilities.
    pub expected_error: f64,
    /// Whether `auto` would ask a judge, by its settings where nothing is set.
    pub asked: bool,
}

/// Finds the question of every labelled answer.
pub fn subjects<'a>(grader: &Grader, answers: &'a [Labelled]) -> Result<Vec<Subject<'a>>, FindError> {
    let all: Vec<_> = grader.questions().collect();
    answers
        .iter()
        .map(|labelled| {
            let question = grader.find(labelled.bank.as_deref(), &labelled.question)?;
            let number = all.iter().position(|q| *q == question).unwrap_or_default();
            Ok(Subject { question, number, labelled })
        })
        .collect()
}

/// The library with claims alone: its rubrics without patterns and phrases, as somebody's own question begins.
#[must_use]
pub fn claims_alone(mut library: Library) -> Library {
    for item in library.banks.iter_mut().flat_map(|b| &mut b.items) {
        item.rubric.phrases.clear();
        item.rubric.clear_patterns();
        item.words = Cow::default();
    }
    library
}

/// Grades every answer by the library's model.
#[must_use]
pub fn grade<'a>(grader: &Grader, subjects: &[Subject<'a>]) -> Vec<Outcome<'a>> {
    grade_by(grader, subjects, |_| grader.model(), &|| ())
}

/// Grades every answer by the model that `model` gives for it, in the answers' order.
#[must_use]
pub fn grade_by<'a, 'm>(
    grader: &Grader,
    subjects: &[Subject<'a>],
    model: impl Fn(&Subject<'a>) -> &'m Model + Sync,
    seen: Seen<'_>,
) -> Vec<Outcome<'a>> {
    fit::parallel(subjects, |s| {
        let prepared = grader.prepare_with(s.question, &s.labelled.answer, model(s));
        seen();
        Outcome {
            labelled: s.labelled,
            expected_error: prepared.expected_error(),
            asked: grader.would_ask(&prepared),
            grade: prepared.grade,
        }
    })
}

/// The same, keeping what a judge's word would be merged with.
#[must_use]
pub fn prepare_by<'a, 'm>(
    grader: &Grader,
    subjects: &[Subject<'a>],
    model: impl Fn(&Subject<'a>) -> &'m Model + Sync,
    seen: Seen<'_>,
) -> Vec<Prepared> {
    fit::parallel(subjects, |s| {
        let prepared = grader.prepare_with(s.question, &s.labelled.answer, model(s));
        seen();
        prepared
    })
}

/// Models that were each fitted without a part of the questions: question number modulo their count tells the part.
#[derive(Debug, Clone)]
pub struct Folds {
    models: Vec<Model>,
}

impl Folds {
    /// Fits a model for each of `folds` parts; `seen` hears of each, and of the reading of phrases before them.
    #[must_use]
    pub fn fit(grader: &Grader, subjects: &[Subject<'_>], crossed: &Crossed<'_>, folds: usize, seen: Seen<'_>) -> Self {
        let folds = folds.max(1);
        let rows = Rows::new(grader);
        seen();
        let fit = |fold| {
            let model = fit::fit_model(grader, &rows, subjects, crossed, |q| q % folds != fold);
            seen();
            model
        };
        Self { models: (0..folds).map(fit).collect() }
    }

    /// The model that knows nothing of the answer's question.
    #[must_use]
    pub fn model(&self, subject: &Subject<'_>) -> &Model {
        &self.models[subject.number % self.models.len()]
    }
}
