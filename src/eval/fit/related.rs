//! What the scorecards learn from of claims that have nothing but their statement: graded answers, read as if the rubrics held no phrases
//! and no words.
//!
//! Nothing of such a reading is learnt from answers but word vectors, so that answers from which the words of claims are learnt tell
//! as much here as all others. What the vectors learn from these they learn without their labels.

use super::crossed::CROSSED_WEIGHT;
use super::{AnswerLabels, Crossed, Rows, Subject, answer_labels, lessons, parallel};
use crate::domain::verdict::Model;
use crate::grader::case::Case;
use crate::grader::{Grader, QuestionRef};

/// The rows of the answers in `crossed`, which count for less as everywhere, and those of `subjects`.
pub(super) fn labels(
    grader: &Grader,
    rows: &Rows,
    model: &Model,
    subjects: &[Subject<'_>],
    crossed: &Crossed<'_>,
    keep: impl Fn(usize) -> bool,
) -> [Vec<AnswerLabels>; 2] {
    let [claims_alone, patterns] = [0, 1].map(|reading| move |question: usize| &rows.lesser[question][reading]);
    let kept = (0..).zip(grader.questions()).filter(|(number, _)| keep(*number));
    let cases: Vec<(QuestionRef, &Case)> = kept.map(|(number, question)| (question, claims_alone(number))).collect();
    let own = parallel(subjects, |s| {
        let of = |case| answer_labels(grader, case, model, s, 1.0);
        let mut labels = of(claims_alone(s.number));
        labels.extend(of(patterns(s.number)));
        labels.extend(lessons::of_stray(grader, &cases, model, s));
        labels
    });
    let others: Vec<&Subject<'_>> = crossed.subjects().filter(|s| keep(s.number)).collect();
    let others = parallel(&others, |s| answer_labels(grader, claims_alone(s.number), model, s, CROSSED_WEIGHT));
    [others, own].map(|labels: Vec<Vec<AnswerLabels>>| labels.into_iter().flatten().collect())
}
