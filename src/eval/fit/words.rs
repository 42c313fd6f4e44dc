//! Fitting the words of claims ([`Wording`](crate::domain::wording)): ridge regression on phrases and on graded answers.
//!
//! Windows: a phrase tells what it makes. Of a graded answer it is known what it makes and not where, so that the window which the
//! phrases' weights think most of is taken for it, and once more by the weights that come of it (learning from bags: Andrews,
//! Tsochantaridis and Hofmann, "Support vector machines for multiple-instance learning", 2003). Whole answers: all words, with the
//! patterns that were found, on what graders credit and find reversed; and once more every word with the one before it, without
//! patterns, the rarer a feature the less held back. Deterministic: sums are taken in order, and no chance is used.

mod known;
pub mod manner;
mod ridge;
mod texts;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::{Subject, parallel};
use crate::bank::Item;
use crate::domain::rubric::Rubric;
use crate::domain::scoring;
use crate::domain::wording::file::{ANSWER_STEP, BASE, CLAIMS, EVERY, STEP};
use crate::domain::wording::{self, Part, Which};
use crate::grader::case::Case;
use crate::grader::{Grader, QuestionRef};
use ridge::{Weights, regress};
use texts::{PATTERN_SHARE, Sample, Texts};

/// How strongly the weights of windows are held back.
const RIDGE: f64 = 1.0;
/// How strongly those of whole answers are.
const ANSWER_RIDGE: f64 = 0.25;
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
/// The same below [`EVERY`], whose rare features have high weights: of 4, 8 and 12 the last, by which verdicts are as likely and files
/// a fifth shorter.
const LEAST_OF_EVERY: f64 = 12.0;

/// The files of words of the questions that `subjects` answer, each with its question.
#[must_use]
pub fn fit_words(grader: &Grader, subjects: &[Subject<'_>], seen: &(dyn Fn() + Sync)) -> Vec<(QuestionRef, String)> {
    let mut by_question: BTreeMap<usize, Vec<Subject<'_>>> = BTreeMap::new();
    // What is taken back, said to the grader or dropped as words alone teaches nothing of what is made by the same words.
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

/// The windows of an answer among the samples, and how much the answer makes each claim.
struct Bag {
    windows: Range<usize>,
    made: Vec<f64>,
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
    let [telling, every] = of_answers(grader, &claims, answers);
    let telling = table(&[of_windows(grader, &claims, answers), telling], LEAST_LEVEL);
    format!(
        "{}{telling}{EVERY}\n{}",
        head("the words of an answer say of each claim, written by `viva fit --words`"),
        table(&[every], LEAST_OF_EVERY)
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

/// What whole answers say: by telling words and patterns, and by every word and its neighbour.
fn of_answers(grader: &Grader, claims: &[String], answers: &[Subject<'_>]) -> [Fitted; 2] {
    let (item, case) = (grader.item(answers[0].question).1, grader.case(answers[0].question));
    let (mut telling, mut every) = (Texts::default(), Texts::default());
    let labelled =
        answers.iter().map(|answer| (Cow::Borrowed(answer.labelled.answer.as_str()), labels_of(item, answer)));
    let mut labels = Vec::new();
    for (answer, known) in labelled.chain(known::answers(item)) {
        let read = case.read(grader.language(), &answer);
        telling.add_answer(&read, claims);
        every.add_features(|hear| wording::of_answer(&read.text, Which::Neighbours, hear));
        labels.push(known);
    }
    let telling = by_telling(item, claims, telling, labels.clone());
    // Phrases have too few telling words for the first opinion, whose patterns were written to find them.
    for (phrase, known) in known::short_answers(&item.rubric) {
        let text = case.text(phrase);
        every.add_features(|hear| wording::of_answer(&text, Which::Neighbours, hear));
        labels.push(known);
    }
    [telling, by_every(item, claims, every, labels)]
}

/// What telling words and patterns say.
fn by_telling(item: &Item, claims: &[String], texts: Texts, labels: Vec<Vec<(f64, f64)>>) -> Fitted {
    let (names, samples) = texts.finish(labels, LEAST_ANSWERS);
    let mut fitted = fit_columns(item, claims, names, &samples);
    for column in &mut fitted.columns {
        // A file holds what a pattern adds, not what its share is taken by.
        let patterns = column.weights.of.iter_mut().zip(&fitted.names).filter(|(_, name)| name.starts_with('='));
        patterns.for_each(|(weight, _)| *weight *= PATTERN_SHARE);
    }
    fitted
}

/// What every word and its neighbour say.
fn by_every(item: &Item, claims: &[String], texts: Texts, labels: Vec<Vec<(f64, f64)>>) -> Fitted {
    let (names, mut samples) = texts.finish(labels, LEAST_ANSWERS);
    let rarity = texts::weigh_by_rarity(names.len(), &mut samples);
    let mut fitted = fit_columns(item, claims, names, &samples);
    for column in &mut fitted.columns {
        column.weights.of.iter_mut().zip(&rarity).for_each(|(weight, rarity)| *weight *= rarity);
    }
    fitted
}

/// What graders say of an answer, in the order of [`fit_columns`].
fn labels_of(item: &Item, answer: &Subject<'_>) -> Vec<(f64, f64)> {
    let concepts = || item.rubric.concepts.iter();
    let reversed = concepts().map(|c| answer.labelled.share(c.id.as_str(), |label| label < 0.0));
    let yes = |is: bool| f64::from(u8::from(is));
    let full = concepts().map(|c| answer.labelled.concept(c.id.as_str()));
    let full = full.map(|made| (yes(made >= FULL), yes(made >= 0.5)));
    let all = made(item, answer).into_iter().chain(reversed).map(|share| (yes(share >= 0.5), 1.0));
    all.chain(full).chain([(beside(&item.rubric, answer), 1.0)]).collect()
}

/// The columns of whole answers, fitted.
fn fit_columns(item: &Item, claims: &[String], names: Vec<String>, samples: &[Sample]) -> Fitted {
    let parts = claims.iter().map(|claim| (Part::Answer, claim.as_str()));
    let of_concepts = |part| claims.iter().take(item.rubric.concepts.len()).map(move |claim| (part, claim.as_str()));
    let parts = parts.chain(of_concepts(Part::Reverse)).chain(of_concepts(Part::Full)).chain([(Part::Beside, "")]);
    let column = |(at, (part, claim)): (usize, (Part, &str))| Column {
        name: format!("{}{claim}", part.mark()),
        step: ANSWER_STEP,
        weights: regress(samples, names.len(), at, ANSWER_RIDGE),
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

/// The first line of a file.
fn head(what: &str) -> String {
    format!("# What {what}.\n")
}

/// A table of a file: of every feature a letter for each column, where one is of the `least` level or higher.
fn table(parts: &[Fitted], least: f64) -> String {
    let columns: Vec<&Column> = parts.iter().flat_map(|part| &part.columns).collect();
    let mut out = String::new();
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
            *tells |= part.columns.iter().any(|column| (weight(column) / column.step).abs() >= least);
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

    pub(super) fn sample(features: &[u32], made: f64, weight: f64) -> Sample {
        Sample { features: features.iter().map(|f| (*f, 1.0)).collect(), labels: vec![(made, weight)] }
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
