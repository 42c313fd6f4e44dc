//! Fitting the words of claims ([`Wording`](crate::domain::wording)): ridge regression on phrases and on graded answers.
//!
//! Windows: a phrase tells what it makes. Of a graded answer it is known what it makes and not where, so that the window which the
//! phrases' weights think most of is taken for it, and once more by the weights that come of it (learning from bags: Andrews,
//! Tsochantaridis and Hofmann, "Support vector machines for multiple-instance learning", 2003). Whole answers: all words, with the
//! patterns that were found, on what graders credit and find reversed. Deterministic: sums are taken in order, and no chance is
//! used.

mod known;
pub mod manner;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::{Subject, parallel};
use crate::bank::Item;
use crate::domain::rubric::Rubric;
use crate::domain::scoring;
use crate::domain::text::Text;
use crate::domain::wording::file::{ANSWER_STEP, BASE, CLAIMS, STEP};
use crate::domain::wording::{self, Feature, Part, Which};
use crate::grader::case::{Case, Read};
use crate::grader::{Grader, QuestionRef};

/// How strongly the weights of windows are held back.
const RIDGE: f64 = 1.0;
/// How strongly those of whole answers are.
const ANSWER_RIDGE: f64 = 0.25;
/// What a pattern that was found counts beside the words of an answer, whose squares add up to one or somewhat more.
const PATTERN_SHARE: f64 = 0.2;
/// How much a window counts that does not make a claim, beside a phrase.
const REST_WEIGHT: f64 = 0.3;
/// Credit from which a claim is made fully.
const FULL: f64 = 0.75;
/// How often windows are chosen anew.
const ROUNDS: usize = 2;
/// A feature is looked at where so many phrases and windows have it.
const LEAST_TEXTS: usize = 5;
/// Or so many answers.
const LEAST_ANSWERS: usize = 3;
/// A feature is written down that has a weight of so many levels: most features have less, and grades are as good without.
const LEAST_LEVEL: f64 = 4.0;
/// Steps towards the weights, at most.
const STEPS: usize = 60;
/// Where what is left to do is this small beside what there was, the weights are there.
const CLOSE: f64 = 1e-8;

/// The files of words of the questions that `subjects` answer, each with its question.
#[must_use]
pub fn fit_words(grader: &Grader, subjects: &[Subject<'_>], seen: &(dyn Fn() + Sync)) -> Vec<(QuestionRef, String)> {
    let mut by_question: BTreeMap<usize, Vec<Subject<'_>>> = BTreeMap::new();
    // What is said to be taken back, or to be believed, teaches nothing of what is made by the same words.
    let plain = |s: &&Subject<'_>| !manner::has_any(s);
    for subject in subjects.iter().filter(plain) {
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
    windows: Range<usize>,
    made: Vec<f64>,
}

/// Texts as they are gathered.
#[derive(Default)]
struct Texts {
    names: BTreeMap<String, u32>,
    /// For each text the features that it has, and their shares.
    shares: Vec<BTreeMap<u32, f64>>,
}

impl Texts {
    /// Adds some tokens of a text.
    fn add(&mut self, text: &Text, tokens: &Range<usize>) {
        self.add_features(|hear| wording::of_tokens(text, Which::Telling, tokens, hear));
    }

    fn add_features<'t>(&mut self, of: impl FnOnce(&mut dyn FnMut(Feature<'t>))) {
        let (mut shares, mut all) = (BTreeMap::new(), 0);
        of(&mut |feature| {
            *shares.entry(self.number(feature)).or_default() += 1.0;
            all += 1;
        });
        let all = f64::from(all.max(1)).sqrt();
        for share in shares.values_mut() {
            *share /= all;
        }
        self.shares.push(shares);
    }

    /// Adds a whole answer.
    fn add_answer(&mut self, read: &Read, claims: &[String]) {
        self.add_features(|hear| wording::of_answer(&read.text, Which::Telling, hear));
        let counts = wording::count_patterns(&read.reading.patterns, claims.len());
        let mut patterns = Vec::new();
        for (claim, found) in claims.iter().zip(counts) {
            for (part, found) in [Part::Answer, Part::Reverse].into_iter().zip(found).filter(|(_, found)| *found > 0) {
                let number = self.number(Feature::Pattern(part, claim));
                patterns.push((number, PATTERN_SHARE * wording::of_patterns(found)));
            }
        }
        if let Some(last) = self.shares.last_mut() {
            last.extend(patterns);
        }
    }

    fn number(&mut self, feature: Feature<'_>) -> u32 {
        let next = self.names.len() as u32;
        *self.names.entry(feature.to_string()).or_insert(next)
    }

    /// The names of the features that enough texts have, in order, and every text by their numbers.
    fn finish(self, labels: Vec<Vec<(f64, f64)>>, least: usize) -> (Vec<String>, Vec<Sample>) {
        let mut texts = vec![0; self.names.len()];
        self.shares.iter().flat_map(BTreeMap::keys).for_each(|feature| texts[*feature as usize] += 1);
        let mut numbers = vec![None; self.names.len()];
        let mut names = Vec::new();
        for (name, feature) in self.names {
            if texts[feature as usize] >= least {
                numbers[feature as usize] = Some(names.len() as u32);
                names.push(name);
            }
        }
        let sample = |(shares, labels): (BTreeMap<u32, f64>, Vec<(f64, f64)>)| {
            let known = |(feature, share)| Some((numbers[feature as usize]?, share));
            Sample { features: shares.into_iter().filter_map(known).collect(), labels }
        };
        (names, self.shares.into_iter().zip(labels).map(sample).collect())
    }
}

/// Weights of a column, with what it is called in the file and the value of a level.
struct Column {
    name: String,
    step: f64,
    weights: Weights,
}

/// Features by name, and their columns.
struct Fitted {
    names: Vec<String>,
    columns: Vec<Column>,
}

/// The file of one question's words.
fn file(grader: &Grader, answers: &[Subject<'_>]) -> String {
    let claims = grader.item(answers[0].question).1.rubric.claim_names();
    render(
        "the words of an answer say of each claim, written by `viva fit --words`",
        &[of_windows(grader, &claims, answers), of_answers(grader, &claims, answers)],
    )
}

/// What windows say.
fn of_windows(grader: &Grader, claims: &[String], answers: &[Subject<'_>]) -> Fitted {
    let case = grader.case(answers[0].question);
    let (mut texts, mut labels) = (Texts::default(), Vec::new());
    for (text, own) in known::phrases(&grader.item(answers[0].question).1.rubric) {
        let text = case.text(text);
        texts.add(&text, &(0..text.tokens.len()));
        let label = |claim| (own.iter().find(|(of, _)| *of == claim).map_or(0.0, |(_, made)| *made), 1.0);
        labels.push((0..claims.len()).map(label).collect());
    }
    let bags = answers.iter().map(|answer| bag(grader, case, answer, &mut texts)).collect::<Vec<_>>();
    labels.resize(texts.shares.len(), vec![(0.0, 0.0); claims.len()]);
    let (names, mut samples) = texts.finish(labels, LEAST_TEXTS);
    let regress = |samples: &[Sample]| -> Vec<Weights> {
        (0..claims.len()).map(|claim| regress(samples, names.len(), claim, RIDGE)).collect()
    };
    let mut weights = regress(&samples);
    for _ in 0..ROUNDS {
        choose(&bags, &weights, &mut samples);
        weights = regress(&samples);
    }
    let column = |(claim, weights): (&String, Weights)| Column { name: claim.clone(), step: STEP, weights };
    Fitted { columns: claims.iter().zip(weights).map(column).collect(), names }
}

/// What whole answers say.
fn of_answers(grader: &Grader, claims: &[String], answers: &[Subject<'_>]) -> Fitted {
    let (item, case) = (grader.item(answers[0].question).1, grader.case(answers[0].question));
    let mut texts = Texts::default();
    let mut labels = Vec::new();
    for answer in answers {
        texts.add_answer(&case.read(grader.language(), &answer.labelled.answer), claims);
        let concepts = || item.rubric.concepts.iter();
        let reversed = concepts().map(|c| answer.labelled.share(c.id.as_str(), |label| label < 0.0));
        let yes = |is: bool| f64::from(u8::from(is));
        let full = concepts().map(|c| answer.labelled.concept(c.id.as_str()));
        let full = full.map(|made| (yes(made >= FULL), yes(made >= 0.5)));
        let all = made(item, answer).into_iter().chain(reversed).map(|share| (yes(share >= 0.5), 1.0));
        labels.push(all.chain(full).chain([(beside(&item.rubric, answer), 1.0)]).collect());
    }
    for (answer, known) in known::answers(item) {
        texts.add_answer(&case.read(grader.language(), answer), claims);
        labels.push(known);
    }
    let (names, samples) = texts.finish(labels, LEAST_ANSWERS);
    let parts = claims.iter().map(|claim| (Part::Answer, claim));
    let of_concepts = |part| claims.iter().take(item.rubric.concepts.len()).map(move |claim| (part, claim));
    let parts = parts.chain(of_concepts(Part::Reverse)).chain(of_concepts(Part::Full));
    let none = String::new();
    let parts = parts.chain([(Part::Beside, &none)]);
    let column = |(at, (part, claim)): (usize, (Part, &String))| {
        let mut weights = regress(&samples, names.len(), at, ANSWER_RIDGE);
        // A file holds what a pattern adds, not what its share is taken by.
        let patterns = weights.of.iter_mut().zip(&names).filter(|(_, name)| name.starts_with('='));
        patterns.for_each(|(weight, _)| *weight *= PATTERN_SHARE);
        Column { name: format!("{}{claim}", part.mark()), step: ANSWER_STEP, weights }
    };
    Fitted { columns: parts.enumerate().map(column).collect(), names }
}

/// Adds the windows of an answer to the texts.
fn bag(grader: &Grader, case: &Case, answer: &Subject<'_>, texts: &mut Texts) -> Bag {
    let read = case.read(grader.language(), &answer.labelled.answer);
    let begin = texts.shares.len();
    read.reading.windows.iter().for_each(|window| texts.add(&read.text, &window.tokens));
    Bag { windows: begin..texts.shares.len(), made: made(grader.item(answer.question).1, answer) }
}

/// How much an answer makes each claim.
fn made(item: &Item, answer: &Subject<'_>) -> Vec<f64> {
    let rubric = &item.rubric;
    let concepts = rubric.concepts.iter().map(|concept| answer.labelled.concept(concept.id.as_str()));
    let wrong = rubric.misconceptions.iter().map(|wrong| answer.labelled.misconception(wrong.id.as_str()));
    concepts.chain(wrong).collect()
}

/// How much of the marks graders take off beyond what their own verdicts come to: for what stands beside the claims.
fn beside(rubric: &Rubric, answer: &Subject<'_>) -> f64 {
    let credits = rubric.concepts.iter().map(|c| (c.weight, answer.labelled.concept(c.id.as_str())));
    let wrong: f64 = rubric.misconceptions.iter().map(|m| answer.labelled.misconception(m.id.as_str())).sum();
    let by_verdicts = scoring::score(credits, rubric.full_weight(), 0) - scoring::MISCONCEPTION_COST * wrong;
    (by_verdicts.max(0.0) - answer.labelled.score()).clamp(0.0, f64::from(wording::MOST_BESIDE))
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

/// The weights whose squared errors are least, with `ridge` times their own squares; by conjugate gradients (Hestenes and
/// Stiefel, 1952). The base is free.
fn regress(samples: &[Sample], features: usize, claim: usize, ridge: f64) -> Weights {
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
        image[..features].iter_mut().zip(&direction).for_each(|(image, along)| *image += ridge * along);
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

/// The text of a file: of every feature a letter for each column, where one says enough.
fn render(what: &str, parts: &[Fitted]) -> String {
    let columns: Vec<&Column> = parts.iter().flat_map(|part| &part.columns).collect();
    let mut out = format!("# What {what}.\n");
    let _ = writeln!(out, "{CLAIMS} {}", join(&columns, |column| column.name.clone()));
    let _ = writeln!(out, "{BASE} {}", join(&columns, |column| format!("{:.4}", column.weights.base)));
    let mut rows: BTreeMap<&str, (String, bool)> = BTreeMap::new();
    let mut before = 0;
    for part in parts {
        for (feature, name) in part.names.iter().enumerate() {
            let (row, tells) = rows.entry(name).or_insert_with(|| (".".repeat(columns.len()), false));
            let weight = |column: &Column| column.weights.of[feature];
            let letters = part.columns.iter().map(|column| wording::file::letter(weight(column), column.step));
            row.replace_range(before..before + part.columns.len(), &letters.collect::<String>());
            *tells |= part.columns.iter().any(|column| (weight(column) / column.step).abs() >= LEAST_LEVEL);
        }
        before += part.columns.len();
    }
    for (name, (letters, _)) in rows.iter().filter(|(_, (_, tells))| *tells) {
        let _ = writeln!(out, "{name} {letters}");
    }
    out
}

fn join(columns: &[&Column], of: impl Fn(&Column) -> String) -> String {
    columns.iter().map(|column| of(column)).collect::<Vec<_>>().join(" ")
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
        let weights = regress(&samples, 3, 0, 1.0);
        assert!(weights.of(&samples[0].features) > 0.9 && weights.of(&samples[1].features) < 0.1);
        assert!(weights.of[0] > 0.3 && weights.of[1] < -0.3 && weights.of[2].abs() < 0.01, "{:?}", weights.of);
    }

    #[test]
    fn they_are_those_of_the_normal_equations() {
        // One feature that all of three texts have in their own share: solved by hand with a ridge of 1.
        let samples = [(0.0, 0.0), (1.0, 1.0), (2.0, 1.0)]
            .map(|(share, made)| Sample { features: vec![(0, share)], labels: vec![(made, 1.0)] });
        let weights = regress(&samples, 1, 0, 1.0);
        assert!(
            (weights.of[0] - 1.0 / 3.0).abs() < 1e-6 && (weights.base - 1.0 / 3.0).abs() < 1e-6,
            "{weights:?}",
            weights = (weights.base, &weights.of)
        );
        assert_eq!(regress(&[], 2, 0, 1.0).of, [0.0, 0.0]);
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
