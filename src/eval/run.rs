//! Grading labelled answers: what was said of each, beside what the raters say.

use super::data::Labelled;
use super::fit::{self, Rows, Subject};
use crate::domain::grade::Grade;
use crate::domain::verdict::Model;
use crate::grader::{FindError, Grader};

/// A labelled answer with its grade.
#[derive(Debug, Clone)]
pub struct Outcome<'a> {
    /// The answer and its labels.
    pub labelled: &'a Labelled,
    /// What Viva says.
    pub grade: Grade,
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

/// Grades every answer by the library's model.
#[must_use]
pub fn grade<'a>(grader: &Grader, subjects: &[Subject<'a>]) -> Vec<Outcome<'a>> {
    grade_by(grader, subjects, &grader.library().model)
}

fn grade_by<'a>(grader: &Grader, subjects: &[Subject<'a>], model: &Model) -> Vec<Outcome<'a>> {
    fit::parallel(subjects, |s| Outcome {
        labelled: s.labelled,
        grade: grader.grade_with(s.question, &s.labelled.answer, model),
    })
}

/// Grades every answer by a model that was fitted without its question: question number modulo `folds` tells the fold.
#[must_use]
pub fn cross_validate<'a>(grader: &Grader, subjects: &[Subject<'a>], folds: usize) -> Vec<Outcome<'a>> {
    let rows = Rows::new(grader);
    let mut out = Vec::with_capacity(subjects.len());
    for fold in 0..folds {
        let model = fit::fit_model(grader, &rows, subjects, |q| q % folds != fold);
        let held: Vec<Subject<'a>> = subjects.iter().filter(|s| s.number % folds == fold).copied().collect();
        out.extend(grade_by(grader, &held, &model));
    }
    out
}
