//! Grading from an ideal answer alone, measured on public sets of answers: each set by a model fitted on the others.
//!
//! Names Grader and [`fit`](super::fit). A set is a file of `{"prompt", "ideal", "answer", "score"}` lines, with scores
//! of 0 to 1. To add a baseline: a value in [`Seen`] and a row in [`cross`].

use serde::{Deserialize, Serialize};

use super::data::DataError;
use super::fit::ideal::{fit, line};
use super::fit::parallel;
use super::metrics::{mean, pearson, quadratic_kappa, rmse};
use crate::domain::ideal::{Model, Row};
use crate::grader::{Grader, sha256};

/// An answer that people have graded beside an ideal one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Pair {
    /// What was asked.
    pub prompt: String,
    /// The ideal answer, or several.
    pub ideal: crate::wire::OneOrMany,
    /// What was answered.
    pub answer: String,
    /// What people gave for it, 0 to 1.
    pub score: f64,
}

/// A public set of answers.
#[derive(Debug, Clone)]
pub struct Set {
    /// Its name: that of its file, without what follows the last full stop.
    pub name: String,
    /// SHA-256 (lower-case hex) of its file.
    pub hash: String,
    /// Its answers.
    pub pairs: Vec<Pair>,
}

impl Set {
    /// Reads a set, one JSON object a line; blank lines are skipped, other fields ignored.
    pub fn read(name: &str, text: &str) -> Result<Self, DataError> {
        let mut pairs = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let error = |message: &str| DataError { line: at + 1, message: message.to_owned() };
            let pair: Pair = serde_json::from_str(line).map_err(|_| {
                error("expected an object with `prompt`, `ideal`, `answer` and `score`, the last a number from 0 to 1")
            })?;
            if !(0.0..=1.0).contains(&pair.score) {
                return Err(error("`score` is not within 0 to 1"));
            }
            pairs.push(pair);
        }
        if pairs.len() < 2 {
            return Err(DataError { line: 1, message: "expected at least two answers".to_owned() });
        }
        Ok(Self { name: name.to_owned(), hash: sha256(text.as_bytes()), pairs })
    }
}

/// What was seen of a set without any model.
#[derive(Debug)]
pub struct Seen {
    /// The features of every answer beside its (first) ideal answer.
    pub rows: Vec<Row>,
    /// What people gave.
    pub scores: Vec<f64>,
    /// Baseline: the share of the ideal answer's words.
    share: Vec<f64>,
    /// Baseline: BM25 over the ideal answer's own score.
    bm25: Vec<f64>,
}

/// Reads every answer of a set. `seen` hears of each.
pub fn see(grader: &Grader, set: &Set, seen: &(impl Fn() + Sync)) -> Result<Seen, String> {
    let one = |pair: &Pair| -> Result<(Row, f64, f64), String> {
        let ideals = pair.ideal.clone().into_vec();
        let own = grader.own(&pair.prompt, &ideals).map_err(|error| error.to_string())?;
        let found = grader.grade_own(&own, &pair.answer);
        let words = |text: &str| super::baselines::counted(text);
        let answer = words(&pair.answer);
        let share = |ideal: &String| {
            let ideal = words(ideal);
            ideal.keys().filter(|word| answer.contains_key(*word)).count() as f64 / ideal.len().max(1) as f64
        };
        seen();
        Ok((found.row, ideals.iter().map(share).fold(0.0, f64::max), found.grade.similarity.ideal))
    };
    let all = parallel(&set.pairs, one).into_iter().collect::<Result<Vec<_>, _>>();
    let all = all.map_err(|error| format!("{}: {error}", set.name))?;
    Ok(Seen {
        rows: all.iter().map(|(row, _, _)| *row).collect(),
        share: all.iter().map(|(_, share, _)| *share).collect(),
        bm25: all.iter().map(|(_, _, bm25)| *bm25).collect(),
        scores: set.pairs.iter().map(|pair| pair.score).collect(),
    })
}

/// How well something grades one set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// What it goes by.
    pub by: &'static str,
    /// Correlation with what people gave.
    pub pearson: f64,
    /// Root of the mean squared error.
    pub rmse: f64,
    /// Cohen's kappa with quadratic weights over marks 0 to 10.
    pub qwk: f64,
}

/// A set that was graded by what was fitted on the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crossed {
    /// The set's name.
    pub set: String,
    /// Its answers.
    pub n: usize,
    /// Baselines, then the model; the last is what Viva gives.
    pub rows: Vec<Figures>,
    /// The share of what people gave that lies inside the interval; 0.9 is meant.
    pub interval_coverage: f64,
}

/// Grades every set by a model that was fitted on the others.
pub fn cross(grader: &Grader, sets: &[Set], seen: &[Seen], done: &(impl Fn() + Sync)) -> Result<Vec<Crossed>, String> {
    let one = |(at, set): (usize, &Set)| {
        let others: Vec<&Seen> = seen.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, s)| s).collect();
        let model = fit(&others);
        crossed(grader, set, &seen[at], &others, &model, done)
    };
    sets.iter().enumerate().map(one).collect()
}

/// Grades every set by the grader's own model; baselines are fitted on all sets.
pub fn measure(
    grader: &Grader,
    sets: &[Set],
    seen: &[Seen],
    done: &(impl Fn() + Sync),
) -> Result<Vec<Crossed>, String> {
    let all: Vec<&Seen> = seen.iter().collect();
    let model = &grader.contents().ideal;
    sets.iter().zip(seen).map(|(set, of)| crossed(grader, set, of, &all, model, done)).collect()
}

fn crossed(
    grader: &Grader,
    set: &Set,
    seen: &Seen,
    others: &[&Seen],
    model: &Model,
    done: &(impl Fn() + Sync),
) -> Result<Crossed, String> {
    let (scores, inside) = grades(grader, set, model, done)?;
    let truth = &seen.scores;
    let figures = |by, given: &[f64]| Figures {
        by,
        pearson: pearson(given, truth),
        rmse: rmse(given, truth),
        qwk: quadratic_kappa(given, truth),
    };
    let mut rows = vec![figures("the others' mean score", &vec![mean_score(others); truth.len()])];
    for (raw, on_line, values) in BASELINES {
        rows.push(figures(raw, values(seen)));
        let (slope, offset) = line(others, values);
        let given: Vec<f64> = values(seen).iter().map(|x| (slope * x + offset).clamp(0.0, 1.0)).collect();
        rows.push(figures(on_line, &given));
    }
    let raw: Vec<f64> = seen.rows.iter().map(|row| model.score(row)).collect();
    rows.push(figures("the model's score before it is shared out", &raw));
    rows.push(figures("Viva", &scores));
    let within = inside.iter().zip(truth).map(|((low, high), y)| f64::from(u8::from(low <= y && y <= high)));
    Ok(Crossed { set: set.name.clone(), n: truth.len(), rows, interval_coverage: mean(within) })
}

type Values = for<'a> fn(&'a Seen) -> &'a [f64];

/// The baselines' names, as they are and on a straight line that was fitted on the other sets, and their values.
const BASELINES: [(&str, &str, Values); 2] = [
    ("share of the ideal answer's words", "the same on the others' best line", |seen| &seen.share),
    ("BM25 over the ideal answer's own", "the same on the others' best line", |seen| &seen.bm25),
];

fn mean_score(sets: &[&Seen]) -> f64 {
    mean(sets.iter().map(|seen| mean(seen.scores.iter().copied())))
}

type Graded = (Vec<f64>, Vec<(f64, f64)>);

/// What a model gives for every answer of a set, with the intervals.
fn grades(grader: &Grader, set: &Set, model: &Model, done: &(impl Fn() + Sync)) -> Result<Graded, String> {
    let one = |pair: &Pair| {
        let own = grader.own(&pair.prompt, &pair.ideal.clone().into_vec()).map_err(|error| error.to_string())?;
        let grade = grader.grade_own_with(&own, &pair.answer, model).grade;
        done();
        Ok((grade.score, grade.interval))
    };
    let all = parallel(&set.pairs, one).into_iter().collect::<Result<Vec<_>, String>>()?;
    Ok(all.into_iter().unzip())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const LINE: &str = r#"{"prompt":"p","ideal":"i","answer":"a","score":0.5,"more":1}"#;

    #[test]
    fn reads_lines_and_passes_over_blank_ones() {
        let set = Set::read("x", &format!("{LINE}\n\n{LINE}\n")).expect("a set");
        assert_eq!((set.pairs.len(), set.hash.len()), (2, 64));
    }

    #[rstest]
    #[case::no_json("{", "expected an object")]
    #[case::no_score(r#"{"prompt":"p","ideal":"i","answer":"a"}"#, "expected an object")]
    #[case::marks_of_ten(r#"{"prompt":"p","ideal":"i","answer":"a","score":7}"#, "within 0 to 1")]
    fn says_what_is_wrong(#[case] line: &str, #[case] part: &str) {
        let error = Set::read("x", &format!("{LINE}\n{line}\n")).expect_err("not a set");
        assert!(error.line == 2 && error.message.contains(part), "{error}");
    }

    #[test]
    fn an_empty_file_is_no_set() {
        assert!(Set::read("x", "").is_err());
    }
}
