//! What the model looks at: numbers that know no concept and do not grow with the number of phrases.
//!
//! Two steps. A *clause* row describes one window and one claim; the best windows of an answer then make up the *answer*
//! row of that claim. Patterns count in the answer row alone: their authors saw the phrases that the clause rows are fitted
//! on, so a clause row would trust them too much. To add a feature: its name in the list, its value in the function below it, then `viva fit`.

mod clause;

pub use clause::{CLAUSE, ClauseRow, Rivals, clause};

use super::model::probability;
use super::related::Related;
use crate::domain::matcher::MAX_SPAN;
use crate::domain::wording::{NOTHING, Said};

/// Names of the features of an answer row, in order.
pub const ANSWER: [&str; 56] = [
    "best",
    "second",
    "overlapping",
    "opposite-best",
    "opposite-at-best",
    "opposite-near-best",
    "wrong-best",
    "wrong-at-best",
    "sibling-ahead",
    "windows",
    "tokens",
    "length",
    "leaning",
    "leaning-opposite",
    "familiar",
    "pattern",
    "pattern-opposite",
    "pattern-near-best",
    "patterns",
    "pattern-apart",
    "unpatterned",
    "opposite-patterns",
    "half",
    "contrast",
    "none",
    "others-made",
    "others-mean",
    "others-opposite",
    "other-patterns",
    "others-reversed",
    "bonus",
    "absent",
    "topic",
    "carried",
    "same-value",
    "other-value",
    "other-value-elsewhere",
    "same-subject",
    "other-subject",
    "other-number",
    "bare",
    "alone",
    "related",
    "related-ahead",
    "related-answer",
    "related-own",
    "own-words",
    "contrary",
    "contrary-answer",
    "wording",
    "wording-answer",
    "wording-reverse",
    "wording-full",
    "every-answer",
    "every-reverse",
    "every-full",
];

/// An answer row.
pub type AnswerRow = [f32; ANSWER.len()];

/// Where the features of words begin: they are the last.
const WORDS: usize = ANSWER.len() - 7;
/// Where those of related words do.
const RELATED: usize = WORDS - 7;

/// The row as it would be if words said nothing of its claim.
#[must_use]
pub fn without_words(row: &AnswerRow) -> AnswerRow {
    let mut row = *row;
    row[WORDS..].fill(NOTHING);
    row
}

/// Whether words say anything of a row's claim: they do not where it has no weights, or where what it says is denied.
#[must_use]
pub fn has_words(row: &AnswerRow) -> bool {
    row[WORDS..].iter().any(|said| (said - NOTHING).abs() > f32::EPSILON)
}

/// The row as it would be if no words were related.
#[must_use]
pub fn without_related(row: &AnswerRow) -> AnswerRow {
    let mut row = *row;
    row[RELATED..WORDS].fill(0.0);
    row
}

/// Whether related words say anything of a row's claim: they do where it has nothing but a statement whose words are known.
#[must_use]
pub fn has_related(row: &AnswerRow) -> bool {
    row[RELATED..WORDS].iter().any(|related| related.abs() > f32::EPSILON)
}

/// What one claim's windows add up to. Log-odds are those of the clause rows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// Log-odds of the best window.
    pub best: f32,
    /// Log-odds of the best window apart from it.
    pub second: f32,
    /// Mean log-odds of the windows that overlap the best one.
    pub overlapping: f32,
    /// Highest log-odds of the opposite.
    pub opposite: f32,
    /// Log-odds of the opposite in the best window.
    pub opposite_at_best: f32,
    /// Highest log-odds of the opposite in a window that overlaps the best one.
    pub opposite_near: f32,
    /// Highest log-odds of a claim of the other kind in the best window.
    pub wrong_at_best: f32,
    /// How far another claim of the same kind is ahead in the best window, negative where this one leads.
    pub sibling_ahead: f32,
    /// Tokens of the best window.
    pub length: usize,
    /// Share of windows that lean to the claim.
    pub leaning: f32,
    /// Share of windows that lean to the opposite.
    pub leaning_opposite: f32,
    /// What the best window is like.
    pub at_best: AtBest,
    /// How many of its patterns made it.
    pub patterns: usize,
    /// Tokens of the shortest stretch in which one did; 0 where none did.
    pub pattern_apart: usize,
    /// How many patterns of its reverse were found.
    pub opposites: usize,
    /// How many patterns it has: where it has none, that none was found says nothing.
    pub all_patterns: usize,
    /// Whether a pattern denied it.
    pub denied: bool,
    /// Whether a pattern made it within the best window.
    pub pattern_near: bool,
    /// Whether it is a bonus.
    pub bonus: bool,
    /// Whether some window names a number where the claim has another.
    pub other_value: f32,
    /// How related the answer is to it.
    pub related: Related,
    /// What words say of it by themselves.
    pub wording: Said,
}

/// What the best window is like.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AtBest {
    /// Likeness to a half of the claim.
    pub half: f32,
    /// Likeness to a contrast.
    pub contrast: f32,
    /// Likeness to a phrase that makes no claim.
    pub none: f32,
    /// What the window lacks of what most paraphrases have.
    pub absent: f32,
    /// What the prompt's words in it say.
    pub topic: f32,
    /// What the prompt's last word before it says, where it has none.
    pub carried: f32,
    /// Whether it names the claim's numbers, or others.
    pub value: f32,
    /// Whether it names what the claim is about, or something else.
    pub subject: f32,
    /// Whether it has other numbers than the nearest paraphrase.
    pub number: f32,
    /// Whether the claim has no paraphrase but its own statement.
    pub bare: f32,
}

/// What the answer as a whole adds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Whole {
    /// The number of windows.
    pub windows: usize,
    /// The number of tokens.
    pub tokens: usize,
    /// Share of the answer's weight that the rubric knows.
    pub familiar: f32,
    /// Highest log-odds of a misconception.
    pub wrong: f32,
    /// Whether the question has one core concept alone.
    pub alone: bool,
}

/// What the other concepts of the answer look like.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Others {
    /// Share of them whose best window leans to the claim.
    pub made: f32,
    /// Mean log-odds of their best windows.
    pub mean: f32,
    /// Share of them for whose opposite some window leans.
    pub opposite: f32,
    /// Share of them that a pattern makes.
    pub patterns: f32,
    /// How many of them a pattern reverses.
    pub reversed: usize,
}

/// Log-odds of a window, turned about, from which the rest of the answer counts by half for its claim.
const CONTEXT_FROM: f32 = 1.5;

/// So many patterns that are found say no less than more of them.
const MANY_PATTERNS: usize = 4;

/// The answer row of one claim.
#[must_use]
pub fn answer(summary: &Summary, whole: &Whole, others: &Others) -> AnswerRow {
    let mut row = [0.0; ANSWER.len()];
    row[..WORDS].copy_from_slice(&of_windows(summary, whole, others));
    row[WORDS..].copy_from_slice(&of_words(&summary.wording));
    row
}

/// What words say of the claim.
const fn of_words(said: &Said) -> [f32; ANSWER.len() - WORDS] {
    let (whole, every) = (said.whole, said.every);
    [said.window, whole.answer, whole.reverse, whole.full, every.answer, every.reverse, every.full]
}

/// All that comes before words.
fn of_windows(summary: &Summary, whole: &Whole, others: &Others) -> [f32; WORDS] {
    let yes = |b: bool| if b { 1.0 } else { 0.0 };
    let squash = |logit: f32| logit.clamp(-6.0, 6.0) / 3.0;
    let s = summary;
    // What the rest of an answer is worth helps a claim that it may make, and none that it says nothing of.
    let own = probability(s.best.max(s.opposite) + CONTEXT_FROM);
    [
        squash(s.best),
        squash(s.second),
        squash(s.overlapping),
        squash(s.opposite),
        squash(s.opposite_at_best),
        squash(s.opposite_near),
        squash(whole.wrong),
        squash(s.wrong_at_best),
        squash(s.sibling_ahead),
        (1.0 + whole.windows as f32).ln() / 4.0,
        (1.0 + whole.tokens as f32).ln() / 4.0,
        (1.0 + s.length as f32).ln() / 4.0,
        s.leaning,
        s.leaning_opposite,
        whole.familiar,
        yes(s.patterns > 0),
        yes(s.denied),
        yes(s.pattern_near),
        s.patterns.min(MANY_PATTERNS) as f32 / s.all_patterns.clamp(1, MANY_PATTERNS) as f32,
        s.pattern_apart as f32 / MAX_SPAN as f32,
        yes(s.all_patterns == 0),
        s.opposites.min(MANY_PATTERNS) as f32 / MANY_PATTERNS as f32,
        s.at_best.half,
        s.at_best.contrast,
        s.at_best.none,
        others.made * own,
        squash(others.mean).min(0.0) + squash(others.mean).max(0.0) * own,
        others.opposite,
        others.patterns * own,
        others.reversed.min(MANY_PATTERNS) as f32 / MANY_PATTERNS as f32,
        yes(s.bonus),
        s.at_best.absent / 4.0,
        s.at_best.topic.clamp(-4.0, 4.0) / 4.0,
        s.at_best.carried.clamp(-4.0, 4.0) / 4.0,
        s.at_best.value.max(0.0),
        (-s.at_best.value).max(0.0),
        s.other_value,
        s.at_best.subject.max(0.0),
        (-s.at_best.subject).max(0.0),
        (-s.at_best.number).max(0.0),
        s.at_best.bare,
        yes(whole.alone),
        s.related.best,
        s.related.ahead,
        s.related.answer,
        s.related.own,
        s.related.own_words,
        s.related.contrary,
        s.related.contrary_answer,
    ]
}
