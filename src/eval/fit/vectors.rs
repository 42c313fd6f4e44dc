//! Fitting word vectors: what stands beside a word, which of that tells claims apart, and which words speak against a claim.
//!
//! First which words stand near each other more often than by chance (positive pointwise mutual information), in as many numbers for
//! each word as [`DIMENSIONS`] (its strongest eigenvectors: Levy, Goldberg and Dagan, "Improving distributional similarity with lessons
//! learned from word embeddings", 2015). Then one linear map of them all, by which phrases are close to the statement of the claim
//! that they make and far from those of the other claims. And for each word beside its vector how much likelier a phrase that has it,
//! where the claim has not, reverses the claim than makes it. Nothing of an answer's labels is looked at. Deterministic: sums are taken
//! in order, and no chance is used.

mod contrary;
mod linear;
mod map;
mod nearness;

use std::collections::BTreeMap;

use super::{Crossed, parallel};
use crate::domain::rubric::Label;
use crate::domain::vectors::{DIMENSIONS, Vectors, keys};
use crate::grader::case::{claim_of, claims};
use crate::grader::{Grader, QuestionRef};
use linear::{norm, times};

/// A word has a vector that stands in the texts so often.
const LEAST_TIMES: usize = 8;

/// What a phrase says of the claims of its question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// It makes this one.
    Makes(usize),
    /// It asserts the reverse of this one.
    Reverses(usize),
    /// It makes none.
    Nothing,
}

/// A phrase of a rubric, in keys of words or in their numbers.
struct Phrase<W> {
    /// The question's place among those that are kept.
    question: usize,
    words: Vec<W>,
    says: Says,
}

/// For each question and each claim its words.
type Statements<W> = Vec<Vec<Vec<W>>>;

/// The vectors of the words of the questions for which `keep` says yes: of their phrases, claims and ideal answers, and of the answers
/// in `crossed`.
pub(super) fn fit(grader: &Grader, crossed: &Crossed<'_>, keep: impl Fn(usize) -> bool) -> Vectors {
    let kept: Vec<QuestionRef> = (0..).zip(grader.questions()).filter(|(q, _)| keep(*q)).map(|(_, q)| q).collect();
    let numbered: Vec<(usize, QuestionRef)> = kept.iter().copied().enumerate().collect();
    let phrases: Vec<Phrase<String>> =
        parallel(&numbered, |(at, q)| phrases(grader, *at, *q)).into_iter().flatten().collect();
    let statements: Statements<String> = parallel(&kept, |q| statements(grader, *q));
    let answers: Vec<_> = crossed.subjects().filter(|s| keep(s.number)).collect();
    let answers = parallel(&answers, |s| keys(&grader.case(s.question).text(&s.labelled.answer)));
    let ideals = parallel(&kept, |q| {
        let ideals = grader.item(*q).1.question.ideals.iter();
        ideals.map(|ideal| keys(&grader.case(*q).text(ideal))).collect::<Vec<_>>()
    });
    let texts = || {
        let of_rubrics = phrases.iter().map(|phrase| &phrase.words).chain(statements.iter().flatten());
        of_rubrics.chain(&answers).chain(ideals.iter().flatten())
    };
    let words = Words::of(texts());
    if words.names.len() <= DIMENSIONS {
        return Vectors::default();
    }
    let numbers: Vec<Vec<u32>> = texts().map(|text| words.numbers(text)).collect();
    let mut vectors = nearness::eigenvectors(&nearness::nearness(&numbers, words.names.len()));
    for (vector, weight) in vectors.iter_mut().zip(words.weights(&numbers)) {
        let length = norm(vector).max(f64::MIN_POSITIVE);
        for x in vector {
            *x *= weight / length;
        }
    }
    let phrases: Vec<Phrase<u32>> =
        phrases.iter().map(|p| Phrase { question: p.question, words: words.numbers(&p.words), says: p.says }).collect();
    let statements: Statements<u32> =
        statements.iter().map(|of| of.iter().map(|text| words.numbers(text)).collect()).collect();
    let map = map::map(&vectors, &phrases, &statements);
    let contrary = contrary::fit(words.names.len(), &phrases, &statements);
    let mut out = Vectors::default();
    for (name, (vector, contrary)) in words.names.iter().zip(vectors.iter().zip(contrary)) {
        out.add(name, &times(vector, &map), contrary);
    }
    out
}

/// The phrases of a question. Halves and contrasts of a claim are close to it in their own way.
fn phrases(grader: &Grader, at: usize, question: QuestionRef) -> Vec<Phrase<String>> {
    let (case, rubric) = (grader.case(question), &grader.item(question).1.rubric);
    let phrase = |p: &crate::domain::rubric::Phrase| {
        let says = match (claim_of(rubric, p.target), p.label) {
            (None, _) => Says::Nothing,
            (Some(claim), Label::Paraphrase) => Says::Makes(claim),
            (Some(claim), Label::Opposite) => Says::Reverses(claim),
            (Some(_), Label::Half | Label::Contrast) => return None,
        };
        Some(Phrase { question: at, words: keys(&case.text(&p.text)), says })
    };
    rubric.phrases.iter().filter_map(phrase).collect()
}

/// The words of the question's claims.
fn statements(grader: &Grader, question: QuestionRef) -> Vec<Vec<String>> {
    let case = grader.case(question);
    claims(&grader.item(question).1.rubric).map(|of| keys(&case.text(of.claim))).collect()
}

/// The words that stand often enough in the texts.
struct Words {
    names: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

impl Words {
    fn of<'t>(texts: impl Iterator<Item = &'t Vec<String>>) -> Self {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for word in texts.flatten() {
            *times.entry(word).or_default() += 1;
        }
        // What a line of the file could not begin with is no word.
        let plain =
            |word: &str| !word.is_empty() && !word.contains(|c: char| c == '#' || c == '=' || c.is_whitespace());
        let often = times.into_iter().filter(|(word, times)| *times >= LEAST_TIMES && plain(word));
        let names: Vec<String> = often.map(|(word, _)| word.to_owned()).collect();
        let numbers = names.iter().cloned().zip(0..).collect();
        Self { names, numbers }
    }

    fn numbers(&self, text: &[String]) -> Vec<u32> {
        text.iter().filter_map(|word| self.numbers.get(word).copied()).collect()
    }

    /// How much each word says: the less, the more texts have it.
    fn weights(&self, texts: &[Vec<u32>]) -> Vec<f64> {
        let mut having = vec![0_usize; self.names.len()];
        let mut last = vec![usize::MAX; self.names.len()];
        for (text, words) in texts.iter().enumerate() {
            for word in words.iter().map(|word| *word as usize) {
                having[word] += usize::from(std::mem::replace(&mut last[word], text) != text);
            }
        }
        having.into_iter().map(|having| (texts.len() as f64 / having.max(1) as f64).ln()).collect()
    }
}

#[cfg(test)]
mod tests;
