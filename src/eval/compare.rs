//! Two measurements of the same answers side by side: which verdicts flipped, and which scores moved.

use std::collections::BTreeMap;

use serde::Serialize;

use super::measure::{AnswerRow, Measured, VerdictRow};

/// A score that moves less than this has not moved.
const MOVED: f64 = 0.005;

/// A figure on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigureChange {
    /// Its name.
    pub name: &'static str,
    /// Its value on the first side.
    pub a: f64,
    /// Its value on the second side.
    pub b: f64,
}

/// A claim about which the two sides differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flip {
    /// The answer's id.
    pub id: String,
    /// The question.
    pub question: String,
    /// The concept or misconception.
    pub claim: String,
    /// What the first side says.
    pub a: String,
    /// What the second side says.
    pub b: String,
    /// The raters' mean label of a concept; 1 or 0 for a misconception.
    pub raters: f64,
    /// Whether the second side agrees with the raters where the first did not (`true`), or the other way round
    /// (`false`); nothing where both do or neither does.
    pub better: Option<bool>,
}

/// An answer whose score differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Move {
    /// The answer's id.
    pub id: String,
    /// The question.
    pub question: String,
    /// Its score on the first side.
    pub a: f64,
    /// Its score on the second side.
    pub b: f64,
    /// The raters' mean.
    pub raters: f64,
}

impl Move {
    /// By how much the error shrank; negative where it grew.
    #[must_use]
    pub fn gain(&self) -> f64 {
        (self.a - self.raters).abs() - (self.b - self.raters).abs()
    }
}

/// All differences.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The figures, in their usual order.
    pub figures: Vec<FigureChange>,
    /// The claims about which the sides differ, in the answers' order.
    pub flips: Vec<Flip>,
    /// The answers whose score moved, the farthest first.
    pub moves: Vec<Move>,
    /// Ids of answers that only the first side has.
    pub only_a: Vec<String>,
    /// Ids of answers that only the second side has.
    pub only_b: Vec<String>,
    /// How many answers both sides have.
    pub common: usize,
}

type Key<'m> = (&'m str, &'m str, &'m str, usize);

/// The answers by bank, question, id, and their number among those that share all three.
fn keyed(measured: &Measured) -> Vec<(Key<'_>, &AnswerRow)> {
    let mut seen: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut rows = Vec::with_capacity(measured.answers.len());
    for row in &measured.answers {
        let (bank, question, id) = (row.bank.as_str(), row.question.as_str(), row.id.as_str());
        let nth = seen.entry((bank, question, id)).or_default();
        *nth += 1;
        rows.push(((bank, question, id, *nth), row));
    }
    rows
}

/// Compares two measurements.
#[must_use]
pub fn compare(a: &Measured, b: &Measured) -> Comparison {
    let (left, right) = (keyed(a), keyed(b));
    let of_right: BTreeMap<Key<'_>, &AnswerRow> = right.iter().copied().collect();
    let of_left: BTreeMap<Key<'_>, &AnswerRow> = left.iter().copied().collect();
    let (mut flips, mut moves, mut common) = (Vec::new(), Vec::new(), 0);
    for (key, row) in &left {
        let Some(other) = of_right.get(key) else { continue };
        common += 1;
        flips.extend(concept_flips(row, other));
        flips.extend(misconception_flips(row, other));
        if (row.score - other.score).abs() >= MOVED {
            let AnswerRow { id, question, raters, .. } = (*row).clone();
            moves.push(Move { id, question, a: row.score, b: other.score, raters });
        }
    }
    moves.sort_by(|x, y| (y.a - y.b).abs().total_cmp(&(x.a - x.b).abs()));
    let only = |rows: &[(Key<'_>, &AnswerRow)], others: &BTreeMap<Key<'_>, &AnswerRow>| {
        rows.iter().filter(|(key, _)| !others.contains_key(key)).map(|(_, row)| row.id.clone()).collect()
    };
    let figures = a.figures.rows().into_iter().zip(b.figures.rows());
    Comparison {
        figures: figures.map(|((name, a), (_, b))| FigureChange { name, a, b }).collect(),
        flips,
        moves,
        only_a: only(&left, &of_right),
        only_b: only(&right, &of_left),
        common,
    }
}

/// Concepts whose credit or contradiction flipped. A concept that one side does not know counts as missed there.
fn concept_flips(a: &AnswerRow, b: &AnswerRow) -> Vec<Flip> {
    let mut ids: Vec<&String> = a.verdicts.keys().chain(b.verdicts.keys()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut flips = Vec::new();
    for id in ids {
        let (before, after) = (a.verdicts.get(id), b.verdicts.get(id));
        let state = |row: Option<&VerdictRow>| row.map_or((false, false), |v| (v.is_credited(), v.is_contradicted()));
        if state(before) == state(after) {
            continue;
        }
        let said = |row: Option<&VerdictRow>| {
            row.map_or_else(|| "missed".to_owned(), |v| format!("{} {:.2}", v.verdict, v.credit))
        };
        let raters = before.or(after).map_or(0.0, |v| v.raters);
        let is_right = |state: (bool, bool)| state == (raters >= 0.5, raters <= -0.5);
        flips.push(Flip {
            id: a.id.clone(),
            question: a.question.clone(),
            claim: id.clone(),
            a: said(before),
            b: said(after),
            raters,
            better: better(is_right(state(before)), is_right(state(after))),
        });
    }
    flips
}

fn misconception_flips(a: &AnswerRow, b: &AnswerRow) -> Vec<Flip> {
    let mut ids: Vec<&String> = a.misconceptions.iter().chain(&b.misconceptions).collect();
    ids.sort_unstable();
    ids.dedup();
    let found = |row: &AnswerRow, id: &String| row.misconceptions.contains(id);
    let said = |found: bool| if found { "asserted" } else { "not asserted" }.to_owned();
    let flip = |id: &String| {
        let (before, after) = (found(a, id), found(b, id));
        let is = a.rated_misconceptions.contains(id);
        Flip {
            id: a.id.clone(),
            question: a.question.clone(),
            claim: id.clone(),
            a: said(before),
            b: said(after),
            raters: f64::from(u8::from(is)),
            better: better(before == is, after == is),
        }
    };
    ids.into_iter().filter(|id| found(a, id) != found(b, id)).map(flip).collect()
}

fn better(before: bool, after: bool) -> Option<bool> {
    (before != after).then_some(after)
}
