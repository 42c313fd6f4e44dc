//! What grading by words alone reaches on the same answers: a grader that does no better is not worth its rules.
//!
//! Each baseline gives an answer, or an answer and a concept, a likeness of 0 to 1. A concept counts as credited from the
//! threshold that is best for these very answers on, which no real grader could know: the comparison favours the baseline.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::data::Labelled;
use super::fit::{Subject, parallel};
use super::metrics::{Counts, pearson};
use crate::bank::Item;
use crate::domain::scoring;
use crate::domain::text::form::forms;
use crate::domain::text::vocabulary::stem;
use crate::grader::Grader;

/// How well a baseline does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// What it goes by.
    pub name: String,
    /// Correlation of its score with the raters' mean.
    pub pearson: f64,
    /// Concepts credited against those that raters credit, at the threshold.
    pub concept_f1: f64,
    /// The likeness from which it credits a concept.
    pub threshold: f64,
}

/// An answer as words, beside what it is compared with.
struct Words<'a> {
    labelled: &'a Labelled,
    item: &'a Item,
    /// How often each word occurs in it.
    answer: Counted,
}

pub(super) type Counted = BTreeMap<String, usize>;

/// The content words of a text by their stems.
pub(super) fn counted(text: &str) -> Counted {
    let mut words = Counted::new();
    forms(text, |form| {
        if form.is_content() {
            *words.entry(stem(&form.key())).or_default() += 1;
        }
    });
    words
}

/// Every baseline over the same answers.
#[must_use]
pub fn baselines(grader: &Grader, subjects: &[Subject<'_>]) -> Vec<Baseline> {
    let read = |s: &Subject<'_>| -> Counted { counted(&s.labelled.answer) };
    let answers = parallel(subjects, read);
    let all: Vec<Words<'_>> = subjects
        .iter()
        .zip(answers)
        .map(|(s, answer)| Words { labelled: s.labelled, item: grader.item(s.question).1, answer })
        .collect();
    let rarity = Rarity::new(grader);
    let whole = |name: &str, likeness: &dyn Fn(&Counted, &Counted) -> f64| {
        let of = |w: &Words<'_>| nearest(w.item, |ideal| likeness(&w.answer, ideal));
        by_answer(name, &all, &all.iter().map(of).collect::<Vec<_>>())
    };
    vec![
        whole("share of the ideal answer's words", &share_of),
        whole("TF-IDF cosine to the ideal answer", &|a, b| rarity.cosine(a, b)),
        whole("token-set ratio to the ideal answer", &token_set),
        by_claim("words of each concept's claim", &all),
    ]
}

/// The highest likeness to one of the ideal answers.
fn nearest(item: &Item, likeness: impl Fn(&Counted) -> f64) -> f64 {
    item.question.ideals.iter().map(|ideal| likeness(&counted(ideal))).fold(0.0, f64::max)
}

/// The share of the words of `of` that `answer` has.
fn share_of(answer: &Counted, of: &Counted) -> f64 {
    let found = of.keys().filter(|word| answer.contains_key(*word)).count();
    found as f64 / of.len().max(1) as f64
}

/// The words in common beside the common words and the rest of the shorter text: 1 where one text's words are all in
/// the other.
fn token_set(a: &Counted, b: &Counted) -> f64 {
    let common = a.keys().filter(|word| b.contains_key(*word)).count();
    let all = common + a.len().min(b.len());
    if all == 0 { 0.0 } else { 2.0 * common as f64 / all as f64 }
}

/// How rare words are among the ideal answers of all questions.
struct Rarity {
    documents: usize,
    found_in: BTreeMap<String, usize>,
}

impl Rarity {
    fn new(grader: &Grader) -> Self {
        let mut rarity = Self { documents: 0, found_in: BTreeMap::new() };
        for ideal in grader.banks().iter().flat_map(|b| &b.items).flat_map(|i| &i.question.ideals) {
            rarity.documents += 1;
            for word in counted(ideal).into_keys() {
                *rarity.found_in.entry(word).or_default() += 1;
            }
        }
        rarity
    }

    fn weight(&self, word: &str, count: usize) -> f64 {
        let found_in = self.found_in.get(word).copied().unwrap_or_default();
        let rare = ((self.documents + 1) as f64 / (found_in + 1) as f64).ln() + 1.0;
        rare * (1.0 + (count as f64).ln())
    }

    fn cosine(&self, a: &Counted, b: &Counted) -> f64 {
        let norm = |v: &Counted| v.iter().map(|(w, n)| self.weight(w, *n).powi(2)).sum::<f64>().sqrt();
        let both = |(word, n): (&String, &usize)| b.get(word).map(|m| self.weight(word, *n) * self.weight(word, *m));
        let dot: f64 = a.iter().filter_map(both).sum();
        let norms = norm(a) * norm(b);
        if norms > 0.0 { dot / norms } else { 0.0 }
    }
}

/// The thresholds that are tried.
fn thresholds() -> impl Iterator<Item = f64> {
    (1..=20).map(|step| f64::from(step) / 20.0)
}

/// The threshold with the highest F1, the lowest of equal ones, over pairs of likeness and truth.
fn best(pairs: &[(f64, bool)]) -> (f64, f64) {
    let f1 = |threshold: f64| {
        let mut counts = Counts::default();
        for (likeness, is) in pairs {
            counts.add(*likeness >= threshold, *is);
        }
        counts.f1()
    };
    thresholds().map(|t| (t, f1(t))).fold((1.0, -1.0), |best, one| if one.1 > best.1 { one } else { best })
}

/// A likeness of whole answers: all concepts of an answer are credited together.
fn by_answer(name: &str, all: &[Words<'_>], likeness: &[f64]) -> Baseline {
    let concepts = |(w, l): (&Words<'_>, &f64)| {
        let credited = w.item.rubric.concepts.iter().map(|c| w.labelled.concept(c.id.as_str()) >= 0.5);
        credited.map(|is| (*l, is)).collect::<Vec<_>>()
    };
    let pairs: Vec<(f64, bool)> = all.iter().zip(likeness).flat_map(concepts).collect();
    let (threshold, concept_f1) = best(&pairs);
    let raters: Vec<f64> = all.iter().map(|w| w.labelled.score()).collect();
    Baseline { name: name.to_owned(), pearson: pearson(likeness, &raters), concept_f1, threshold }
}

/// The share of each claim's words, and the score that the credited concepts make.
fn by_claim(name: &str, all: &[Words<'_>]) -> Baseline {
    let likeness = |w: &Words<'_>| -> Vec<f64> {
        w.item.rubric.concepts.iter().map(|c| share_of(&w.answer, &counted(&c.claim))).collect()
    };
    let likenesses = parallel(all, likeness);
    let mut pairs = Vec::new();
    for (w, likeness) in all.iter().zip(&likenesses) {
        let credited = w.item.rubric.concepts.iter().map(|c| w.labelled.concept(c.id.as_str()) >= 0.5);
        pairs.extend(likeness.iter().copied().zip(credited));
    }
    let (threshold, concept_f1) = best(&pairs);
    let score = |(w, likeness): (&Words<'_>, &Vec<f64>)| {
        let credit = |l: &f64| if *l >= threshold { 1.0 } else { 0.0 };
        let credits = w.item.rubric.concepts.iter().zip(likeness).map(|(c, l)| (c.weight, credit(l)));
        scoring::score(credits, w.item.rubric.full_weight(), 0)
    };
    let scores: Vec<f64> = all.iter().zip(&likenesses).map(score).collect();
    let raters: Vec<f64> = all.iter().map(|w| w.labelled.score()).collect();
    Baseline { name: name.to_owned(), pearson: pearson(&scores, &raters), concept_f1, threshold }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const IDEAL: &str = "The calling goroutine ends after its deferred calls.";

    #[rstest]
    #[case::itself(IDEAL, 1.0, 1.0)]
    #[case::other_inflections("It ENDED the goroutines; calls deferring", 0.9, 1.0)]
    #[case::half_of_it("The goroutine ends.", 0.5, 1.0)]
    #[case::other_words("Sourdough wants patience.", 0.0, 0.0)]
    #[case::nothing("", 0.0, 0.0)]
    fn likeness_by_words(#[case] answer: &str, #[case] share: f64, #[case] set: f64) {
        let (answer, ideal) = (counted(answer), counted(IDEAL));
        assert!((share_of(&answer, &ideal) - share).abs() < 0.11, "{}", share_of(&answer, &ideal));
        assert!((token_set(&answer, &ideal) - set).abs() < 1e-9, "{}", token_set(&answer, &ideal));
    }

    #[test]
    fn rare_words_weigh_more() {
        let found_in = [("goroutine", 9), ("defer", 1)].map(|(word, n)| (stem(word), n)).into_iter().collect();
        let rarity = Rarity { documents: 10, found_in };
        let both = counted("goroutine defer");
        assert!(rarity.cosine(&counted("defer"), &both) > rarity.cosine(&counted("goroutine"), &both));
        assert!((rarity.cosine(&both, &both) - 1.0).abs() < 1e-9);
        assert!(rarity.cosine(&both, &counted("")) <= 0.0);
    }

    #[test]
    fn the_best_threshold_is_the_lowest_of_equal_ones() {
        assert_eq!(best(&[(0.2, false), (0.6, true), (0.9, true)]), (0.25, 1.0));
        let (threshold, f1) = best(&[(0.9, false), (0.2, true)]);
        assert!(threshold <= 0.2 && f1 < 1.0, "{threshold} {f1}");
    }
}
