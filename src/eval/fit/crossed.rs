//! Answers that the words of claims are learnt from, as rows for the scorecards: each is read by words that are learnt from the
//! others ("stacked generalization": Wolpert, 1992), for a scorecard that meets words in the very answers they come of would
//! trust them too much.

use std::borrow::Cow;

use super::words::{fit_words, manner};
use super::{AnswerLabels, Subject, answer_labels, parallel};
use crate::bank::Item;
use crate::domain::verdict::Model;
use crate::grader::case::Case;
use crate::grader::{Grader, QuestionRef};

/// Into how many parts files of answers are put; whoever writes several answers writes them in one file.
const PARTS: usize = 5;
/// How much a row counts beside one of an answer that no words are learnt from: those were written to be hard in one way or
/// another. Of 0.1, 0.2, 0.3 and 1 the one by which verdicts are likeliest, cross-validated.
pub(super) const CROSSED_WEIGHT: f64 = 0.2;

/// Answers in parts, each with its questions as they are read without the words that its own answers teach.
#[derive(Debug, Default)]
pub struct Crossed<'a> {
    parts: Vec<Part<'a>>,
}

#[derive(Debug)]
struct Part<'a> {
    subjects: Vec<Subject<'a>>,
    cases: Vec<(QuestionRef, Case)>,
}

impl<'a> Crossed<'a> {
    /// How many parts so many files make.
    #[must_use]
    pub fn parts(files: usize) -> usize {
        PARTS.min(files)
    }

    /// Learns the words of each part of `files` from the other parts; `seen` hears of each.
    #[must_use]
    pub fn new(grader: &Grader, files: &[Vec<Subject<'a>>], seen: &(dyn Fn() + Sync)) -> Self {
        let part_of = |file: usize| file % Self::parts(files.len());
        let part = |number: usize| {
            let of = |own: bool| files.iter().enumerate().filter(move |(file, _)| (part_of(*file) == number) == own);
            let others: Vec<Subject<'a>> = of(false).flat_map(|(_, file)| file).copied().collect();
            let words = fit_words(grader, &others, &|| ());
            let cases = parallel(&words, |(question, words)| {
                let item = Item { words: Cow::Owned(words.clone()), ..grader.item(*question).1.clone() };
                (*question, Case::new(grader.language(), &item, |_| true))
            });
            // What is taken back, said to the grader or dropped as words alone teaches nothing of what is made by the same words.
            let plain = |s: &&Subject<'_>| !manner::has_any(s);
            seen();
            Part { subjects: of(true).flat_map(|(_, file)| file).filter(plain).copied().collect(), cases }
        };
        Self { parts: (0..Self::parts(files.len())).map(part).collect() }
    }

    /// The answers.
    pub(super) fn subjects(&self) -> impl Iterator<Item = &Subject<'a>> {
        self.parts.iter().flat_map(|part| &part.subjects)
    }

    /// What the answers teach of the questions for which `keep` says yes.
    pub(super) fn labels(&self, grader: &Grader, model: &Model, keep: impl Fn(usize) -> bool) -> Vec<AnswerLabels> {
        let read = |part: &Part<'a>| {
            let case = |s: &Subject<'a>| part.cases.iter().find(|(question, _)| *question == s.question);
            let kept = part.subjects.iter().filter(|s| keep(s.number));
            let kept: Vec<_> = kept.filter_map(|s| Some((s, &case(s)?.1))).collect();
            parallel(&kept, |(s, case)| answer_labels(grader, case, model, s, CROSSED_WEIGHT))
        };
        self.parts.iter().flat_map(read).flatten().collect()
    }
}
