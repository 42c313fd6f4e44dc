//! What scorecards learn from beside labelled answers: mutants of what is credited, answers that were given to other questions, and
//! phrases.
//!
//! Each yields answer rows with a label and a weight. To add a source: a function here, its weight, and its call in `fit_model`.

use super::{AnswerLabels, Subject, answer_rows, without_patterns, without_words};
use crate::domain::rubric::Label;
use crate::domain::verdict::Model;
use crate::eval::mutate;
use crate::grader::case::{Case, claim_of};
use crate::grader::{Grader, QuestionRef};

/// How much a row counts of a mutant.
const MUTANT_WEIGHT: f64 = 0.25;
/// How much a row counts of an answer that was given to another question.
const STRAY_WEIGHT: f64 = 0.1;

/// How much a row counts of a claim that is said in its own words.
const CLAIM_WEIGHT: f64 = 0.05;

/// What denies the whole of a phrase.
const DENIAL: &str = "It is not true that ";

/// What a question's mutants teach: rows of the concepts that they make, or no longer make.
pub(super) fn of_mutants(grader: &Grader, model: &Model, question: QuestionRef) -> Vec<AnswerLabels> {
    let mut out = Vec::new();
    for lesson in mutate::lessons(grader, question) {
        let rows = answer_rows(grader.language(), grader.case(question), model, &lesson.text);
        if rows.is_empty() {
            continue;
        }
        for (concept, made) in lesson.made {
            let yes = f64::from(u8::from(made));
            let reversed = f64::from(u8::from(!made && lesson.reversed));
            let labels = [Some(yes), Some(yes), Some(reversed), None];
            out.push(AnswerLabels { row: rows[concept], labels, weight: MUTANT_WEIGHT });
        }
    }
    out
}

/// The answer as one to another question of `cases`, as it is read there: it makes none of that question's claims.
pub(super) fn of_stray(
    grader: &Grader,
    cases: &[(QuestionRef, &Case)],
    model: &Model,
    subject: &Subject<'_>,
) -> Vec<AnswerLabels> {
    let own = cases.iter().position(|(q, _)| *q == subject.question).unwrap_or_default();
    // The answer's length picks the question: any rule does that spreads them, and needs no chance.
    let (other, case) = cases[(own + 1 + subject.labelled.answer.len() % (cases.len() - 1).max(1)) % cases.len()];
    if other == subject.question {
        return Vec::new();
    }
    let rubric = &grader.item(other).1.rubric;
    let concepts = rubric.concepts.len();
    let label = |claim: usize| {
        if claim < concepts { [Some(0.0), Some(0.0), Some(0.0), None] } else { [None, None, None, Some(0.0)] }
    };
    let rows = answer_rows(grader.language(), case, model, &subject.labelled.answer);
    let of = |(claim, row)| AnswerLabels { row, labels: label(claim), weight: STRAY_WEIGHT };
    rows.into_iter().enumerate().map(of).collect()
}

/// What each hand's phrases teach as answers, read by the phrases of the other hands alone: without patterns, whose authors saw
/// them, and without words, which were learnt from them.
pub(super) fn of_phrases(grader: &Grader, model: &Model, question: QuestionRef) -> Vec<AnswerLabels> {
    let (language, item) = (grader.language(), grader.item(question).1);
    let (rubric, plain) = (&item.rubric, without_words(item));
    let mut out = Vec::new();
    let mut teach = |case: &Case, text: &str, concept: usize, lesson: PhraseLesson| {
        let row = answer_rows(language, case, model, text).get(concept).copied();
        out.extend(row.map(|row| AnswerLabels { row, labels: lesson.labels(), weight: lesson.weight }));
    };
    for (concept, of) in rubric.concepts.iter().enumerate() {
        teach(grader.case(question), &of.claim, concept, PhraseLesson { weight: CLAIM_WEIGHT, ..PhraseLesson::MADE });
    }
    for hand in rubric.hands() {
        let others = |at: usize| rubric.phrases[at].hand != hand;
        let case = without_patterns(language, &plain, others);
        let with_patterns = Case::new(language, &plain, others);
        let with_words = Case::new(language, item, others);
        for phrase in rubric.phrases.iter().filter(|p| p.hand == hand) {
            let Some(concept) = claim_of(rubric, phrase.target).filter(|claim| *claim < rubric.concepts.len()) else {
                continue;
            };
            let lesson = PhraseLesson::of(phrase.label);
            teach(&case, &phrase.text, concept, lesson);
            teach(&with_words, &phrase.text, concept, lesson.with_words());
            if let Some(lesson) = PhraseLesson::of_denied(phrase.label).filter(|_| !phrase.text.contains(". ")) {
                teach(&with_patterns, &format!("{DENIAL}{}", phrase.text), concept, lesson);
            }
        }
    }
    out
}

/// What a phrase teaches of its concept, and how much it counts.
///
/// Two thirds of phrases make a claim, and answers tell of that anyhow: they count the least.
#[derive(Debug, Clone, Copy)]
struct PhraseLesson {
    made: bool,
    fully: bool,
    reversed: bool,
    weight: f64,
}

impl PhraseLesson {
    const MADE: Self = Self { made: true, fully: true, reversed: false, weight: 0.003 };
    const REVERSED: Self = Self { made: false, fully: false, reversed: true, weight: 0.045 };

    fn of(label: Label) -> Self {
        match label {
            Label::Paraphrase => Self::MADE,
            Label::Half => Self { made: true, fully: false, reversed: false, weight: 0.01 },
            Label::Opposite => Self::REVERSED,
            Label::Contrast => Self { made: false, fully: false, reversed: false, weight: 0.045 },
        }
    }

    /// The same of a phrase that is read as an answer, by all that there is: who makes one claim and no other makes it no less.
    fn with_words(self) -> Self {
        Self { weight: if self.made { 0.01 } else { 0.02 }, ..self }
    }

    /// The same of a phrase that is denied, where it is plain what that says.
    fn of_denied(label: Label) -> Option<Self> {
        match label {
            Label::Paraphrase => Some(Self { weight: 0.005, ..Self::REVERSED }),
            Label::Opposite => Some(Self { weight: 0.01, ..Self::MADE }),
            Label::Half | Label::Contrast => None,
        }
    }

    fn labels(self) -> [Option<f64>; 4] {
        let [made, fully, reversed] = [self.made, self.fully, self.reversed].map(|is| Some(f64::from(u8::from(is))));
        [made, fully, reversed, None]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of T1's phrases with the labels of the cards for credit and for contradiction, and their weights.
    fn lessons() -> Vec<([bool; 2], f64)> {
        let grader = Grader::new(crate::bank::builtin().unwrap());
        let question = grader.find(None, "T1").unwrap();
        let rows = of_phrases(&grader, grader.model(), question);
        let is = |label: Option<f64>| label.unwrap() > 0.5;
        rows.into_iter().map(|of| ([is(of.labels[0]), is(of.labels[2])], of.weight)).collect()
    }

    #[test]
    fn phrases_teach_what_they_make_and_what_they_reverse() {
        let lessons = lessons();
        let count = |credited, reversed| lessons.iter().filter(|(of, _)| *of == [credited, reversed]).count();
        assert!(count(true, false) > 50 && count(false, true) > 50 && count(false, false) > 5);
        assert_eq!(count(true, true), 0, "nothing is said and reversed at once");
    }

    #[test]
    fn a_phrase_that_is_denied_teaches_the_reverse() {
        for (label, denied) in [(Label::Paraphrase, Label::Opposite), (Label::Opposite, Label::Paraphrase)] {
            let lesson = PhraseLesson::of_denied(label).unwrap();
            assert_eq!(lesson.labels(), PhraseLesson::of(denied).labels());
        }
        assert!(PhraseLesson::of_denied(Label::Half).is_none() && PhraseLesson::of_denied(Label::Contrast).is_none());
    }

    #[test]
    fn all_phrases_together_count_less_than_answers() {
        // Some forty answers to a question are labelled, each a row of weight one for every claim.
        assert!(lessons().iter().map(|(_, weight)| weight).sum::<f64>() < 40.0);
    }
}
