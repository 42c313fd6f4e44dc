//! Fitting the words of claims ([`Wording`](crate::domain::wording)): ridge regression on phrases and on windows of graded answers.
//!
//! A phrase tells what it makes. Of a graded answer it is known what it makes and not where, so that the window which the phrases'
//! weights think most of is taken for it, and once more by the weights that come of it (learning from bags: Andrews,
//! Tsochantaridis and Hofmann, "Support vector machines for multiple-instance learning", 2003). Deterministic: sums are taken in
//! order, and no chance is used.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Subject, parallel};
use crate::domain::rubric::Label;
use crate::domain::wording::{self, BASE, CLAIMS};
use crate::grader::case::{Case, claim_of};
use crate::grader::{Grader, QuestionRef};

/// How strongly weights are held back.
const RIDGE: f64 = 1.0;
/// How much a window counts that does not make a claim, beside a phrase.
const REST_WEIGHT: f64 = 0.3;
/// How often windows are chosen anew.
const ROUNDS: usize = 2;
/// A feature is looked at where so many texts have it.
const LEAST_TEXTS: usize = 5;
/// Steps towards the weights, at most.
const STEPS: usize = 60;
/// Where what is left to do is this small beside what there was, the weights are there.
const CLOSE: f64 = 1e-8;

/// The files of words of the questions that `subjects` answer, each with its question.
#[must_use]
pub fn fit_words(grader: &Grader, subjects: &[Subject<'_>], seen: &(dyn Fn() + Sync)) -> Vec<(QuestionRef, String)> {
    let mut by_question: BTreeMap<usize, Vec<Subject<'_>>> = BTreeMap::new();
    for subject in subjects {
        by_question.entry(subject.number).or_default().push(*subject);
    }
    let by_question: Vec<Vec<Subject<'_>>> = by_question.into_values().collect();
    parallel(&by_question, |answers| {
        let file = file(grader, answers);
        seen();
        (answers[0].question, file)
    })
}

/// A text: its features, each with the share that it has of it, and for each claim how much it makes it and how much that counts.
struct Sample {
    features: Vec<(u32, f64)>,
    labels: Vec<(f64, f64)>,
}

/// The windows of an answer among the samples, and how much the answer makes each claim.
struct Bag {
    windows: std::ops::Range<usize>,
    made: Vec<f64>,
}

/// Texts as they are gathered.
#[derive(Default)]
struct Texts {
    names: BTreeMap<String, u32>,
    /// For each text the features that it has, and how often.
    counts: Vec<BTreeMap<u32, usize>>,
}

impl Texts {
    fn add(&mut self, text: &crate::domain::text::Text, tokens: &std::ops::Range<usize>) {
        let mut counts = BTreeMap::new();
        wording::of_tokens(text, tokens, |feature| {
            let next = self.names.len() as u32;
            *counts.entry(*self.names.entry(feature.to_string()).or_insert(next)).or_default() += 1;
        });
        self.counts.push(counts);
    }

    /// The names of the features that enough texts have, in order, and every text by their numbers.
    fn finish(self, labels: Vec<Vec<(f64, f64)>>) -> (Vec<String>, Vec<Sample>) {
        let mut texts = vec![0; self.names.len()];
        self.counts.iter().flat_map(BTreeMap::keys).for_each(|feature| texts[*feature as usize] += 1);
        let mut numbers = vec![None; self.names.len()];
        let mut names = Vec::new();
        for (name, feature) in self.names {
            if texts[feature as usize] >= LEAST_TEXTS {
                numbers[feature as usize] = Some(names.len() as u32);
                names.push(name);
            }
        }
        let sample = |(counts, labels): (BTreeMap<u32, usize>, Vec<(f64, f64)>)| {
            let all = (counts.values().sum::<usize>().max(1) as f64).sqrt();
            let known = |(feature, count)| Some((numbers[feature as usize]?, count as f64 / all));
            Sample { features: counts.into_iter().filter_map(known).collect(), labels }
        };
        (names, self.counts.into_iter().zip(labels).map(sample).collect())
    }
}

/// The file of one question's words.
fn file(grader: &Grader, answers: &[Subject<'_>]) -> String {
    let (item, case) = (grader.item(answers[0].question).1, grader.case(answers[0].question));
    let claims = item.claim_names();
    let (mut texts, mut labels) = (Texts::default(), Vec::new());
    for (text, own) in labelled_phrases(grader, answers[0].question) {
        let text = case.text(text);
        texts.add(&text, &(0..text.tokens.len()));
        let label = |claim| (own.iter().find(|(of, _)| *of == claim).map_or(0.0, |(_, made)| *made), 1.0);
        labels.push((0..claims.len()).map(label).collect());
    }
    let bags = answers.iter().map(|answer| bag(grader, case, answer, &mut texts)).collect::<Vec<_>>();
    labels.resize(texts.counts.len(), vec![(0.0, 0.0); claims.len()]);
    let (names, mut samples) = texts.finish(labels);
    let mut weights: Vec<Weights> = (0..claims.len()).map(|claim| regress(&samples, names.len(), claim)).collect();
    for _ in 0..ROUNDS {
        choose(&bags, &weights, &mut samples);
        weights = (0..claims.len()).map(|claim| regress(&samples, names.len(), claim)).collect();
    }
    render(&claims, &names, &weights)
}

/// The question's phrases, each once, with the claims that it makes and by how much.
fn labelled_phrases(grader: &Grader, question: QuestionRef) -> BTreeMap<&str, Vec<(usize, f64)>> {
    let rubric = &grader.item(question).1.rubric;
    let mut phrases: BTreeMap<&str, Vec<(usize, f64)>> = BTreeMap::new();
    for phrase in &rubric.phrases {
        let made = match phrase.label {
            Label::Paraphrase => 1.0,
            Label::Half => 0.5,
            Label::Opposite | Label::Contrast => 0.0,
        };
        phrases.entry(&phrase.text).or_default().extend(claim_of(rubric, phrase.target).map(|claim| (claim, made)));
    }
    phrases
}

/// Adds the windows of an answer to the texts.
fn bag(grader: &Grader, case: &Case, answer: &Subject<'_>, texts: &mut Texts) -> Bag {
    let rubric = &grader.item(answer.question).1.rubric;
    let read = case.read(grader.language(), &answer.labelled.answer);
    let begin = texts.counts.len();
    read.reading.windows.iter().for_each(|window| texts.add(&read.text, &window.tokens));
    let concepts = rubric.concepts.iter().map(|concept| answer.labelled.concept(concept.id.as_str()));
    let wrong = rubric.misconceptions.iter().map(|wrong| answer.labelled.misconception(wrong.id.as_str()));
    Bag { windows: begin..texts.counts.len(), made: concepts.chain(wrong).collect() }
}

/// Labels the windows of answers: that which most speaks for a claim which the answer makes is taken to make it, and of
/// the others nothing is said; where the answer does not make it, no window does.
fn choose(bags: &[Bag], weights: &[Weights], samples: &mut [Sample]) {
    for bag in bags {
        for (claim, (weights, made)) in weights.iter().zip(&bag.made).enumerate() {
            let values: Vec<f64> = samples[bag.windows.clone()].iter().map(|s| weights.of(&s.features)).collect();
            let best = (0..values.len()).reduce(|best, at| if values[at] > values[best] { at } else { best });
            for (at, sample) in samples[bag.windows.clone()].iter_mut().enumerate() {
                sample.labels[claim] = match (*made >= 0.5, Some(at) == best) {
                    (true, true) => (*made, 1.0),
                    (true, false) => (0.0, 0.0),
                    (false, _) => (0.0, REST_WEIGHT),
                };
            }
        }
    }
}

/// The weights of a claim: of nothing, and of each feature.
struct Weights {
    base: f64,
    of: Vec<f64>,
}

impl Weights {
    fn of(&self, features: &[(u32, f64)]) -> f64 {
        self.base + features.iter().map(|(feature, share)| self.of[*feature as usize] * share).sum::<f64>()
    }
}

/// The weights whose squared errors are least, with [`RIDGE`] times their own squares; by conjugate gradients (Hestenes and
/// Stiefel, 1952). The base is free.
fn regress(samples: &[Sample], features: usize, claim: usize) -> Weights {
    let counted: Vec<(&Sample, f64, f64)> = samples
        .iter()
        .map(|s| (s, s.labels[claim].0, s.labels[claim].1))
        .filter(|(_, _, weight)| *weight > 0.0)
        .collect();
    // The last place is the base's.
    let spread = |values: &dyn Fn(&Sample) -> f64, towards: &dyn Fn(f64, f64) -> f64| {
        let mut sum = vec![0.0; features + 1];
        for (sample, made, weight) in &counted {
            let value = weight * towards(*made, values(sample));
            sample.features.iter().for_each(|(feature, share)| sum[*feature as usize] += share * value);
            sum[features] += value;
        }
        sum
    };
    let value = |at: &[f64], sample: &Sample| {
        at[features] + sample.features.iter().map(|(feature, share)| at[*feature as usize] * share).sum::<f64>()
    };
    let mut at = vec![0.0; features + 1];
    let mut left = spread(&|_| 0.0, &|made, _| made);
    let mut direction = left.clone();
    let mut size = dot(&left, &left);
    let close = size * CLOSE;
    for _ in 0..STEPS {
        if size <= close {
            break;
        }
        let mut image = spread(&|sample| value(&direction, sample), &|_, value| value);
        image[..features].iter_mut().zip(&direction).for_each(|(image, along)| *image += RIDGE * along);
        let step = size / dot(&direction, &image);
        at.iter_mut().zip(&direction).for_each(|(at, along)| *at += step * along);
        left.iter_mut().zip(&image).for_each(|(left, image)| *left -= step * image);
        let now = dot(&left, &left);
        direction.iter_mut().zip(&left).for_each(|(along, left)| *along = left + now / size * *along);
        size = now;
    }
    let base = at.pop().unwrap_or_default();
    Weights { base, of: at }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn render(claims: &[String], names: &[String], weights: &[Weights]) -> String {
    let mut out = String::from("# What the words of an answer say of each claim, written by `viva fit --words`.\n");
    let _ = writeln!(out, "{CLAIMS} {}", claims.join(" "));
    let bases: Vec<String> = weights.iter().map(|weights| format!("{:.4}", weights.base)).collect();
    let _ = writeln!(out, "{BASE} {}", bases.join(" "));
    for (feature, name) in names.iter().enumerate() {
        let letters: String = weights.iter().map(|weights| wording::letter(weights.of[feature])).collect();
        if letters.bytes().any(|letter| letter != b'.') {
            let _ = writeln!(out, "{name} {letters}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(features: &[u32], made: f64, weight: f64) -> Sample {
        Sample { features: features.iter().map(|f| (*f, 1.0)).collect(), labels: vec![(made, weight)] }
    }

    #[test]
    fn weights_tell_texts_that_make_a_claim_from_those_that_do_not() {
        let samples: Vec<Sample> = (0..40)
            .map(|i| sample(if i % 2 == 0 { &[0, 2] } else { &[1, 2] }, f64::from(u8::from(i % 2 == 0)), 1.0))
            .collect();
        let weights = regress(&samples, 3, 0);
        assert!(weights.of(&samples[0].features) > 0.9 && weights.of(&samples[1].features) < 0.1);
        assert!(weights.of[0] > 0.3 && weights.of[1] < -0.3 && weights.of[2].abs() < 0.01, "{:?}", weights.of);
    }

    #[test]
    fn they_are_those_of_the_normal_equations() {
        // One feature that all of three texts have in their own share: solved by hand with a ridge of 1.
        let samples = [(0.0, 0.0), (1.0, 1.0), (2.0, 1.0)]
            .map(|(share, made)| Sample { features: vec![(0, share)], labels: vec![(made, 1.0)] });
        let weights = regress(&samples, 1, 0);
        assert!(
            (weights.of[0] - 1.0 / 3.0).abs() < 1e-6 && (weights.base - 1.0 / 3.0).abs() < 1e-6,
            "{weights:?}",
            weights = (weights.base, &weights.of)
        );
        assert_eq!(regress(&[], 2, 0).of, [0.0, 0.0]);
    }

    #[test]
    fn the_likeliest_window_is_taken_for_what_an_answer_makes() {
        let mut samples = vec![sample(&[0], 0.0, 0.0), sample(&[1], 0.0, 0.0), sample(&[1], 0.0, 0.0)];
        let bags = [Bag { windows: 0..2, made: vec![1.0] }, Bag { windows: 2..3, made: vec![0.0] }];
        choose(&bags, &[Weights { base: 0.0, of: vec![0.1, 0.4] }], &mut samples);
        let labels: Vec<(f64, f64)> = samples.iter().map(|s| s.labels[0]).collect();
        assert_eq!(labels, [(0.0, 0.0), (1.0, 1.0), (0.0, REST_WEIGHT)]);
    }
}
