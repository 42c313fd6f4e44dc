//! What the model looks at: numbers that know no concept and do not grow with the number of phrases.
//!
//! Two steps. A *clause* row describes one window and one claim; the best windows of an answer then make up the *answer*
//! row of that claim. Patterns count in the answer row alone: their authors saw the phrases that the clause rows are fitted
//! on, so a clause row would trust them too much. To add a feature: its name in the list, its value in the function below it, then `viva fit`.

use super::evidence::WindowEvidence;
use super::model::probability;

/// Names of the features of a clause row, in order.
pub const CLAUSE: [&str; 46] = [
    "bias",
    "alike",
    "alike-over-35",
    "alike-over-60",
    "paraphrases",
    "recall",
    "precision",
    "turned",
    "turned-alike",
    "half",
    "opposite",
    "contrast",
    "none",
    "statement",
    "sibling",
    "wrong",
    "behind-opposite",
    "behind-contrast",
    "behind-sibling",
    "behind-wrong",
    "behind-none",
    "odds",
    "odds-over-0",
    "odds-for",
    "odds-against",
    "odds-opposite",
    "opposite-turned",
    "against-direction",
    "same-number",
    "other-number",
    "novel",
    "familiar",
    "mass",
    "denied",
    "opposite-denied",
    "odds-opposite-for",
    "same-name",
    "other-name",
    "absent",
    "topic",
    "same-value",
    "other-value",
    "same-subject",
    "other-subject",
    "bare",
    "bare-alike",
];

/// A clause row.
pub type ClauseRow = [f32; CLAUSE.len()];

/// The highest of some values, whose it is, and the highest of the others'.
#[derive(Debug, Clone, Copy, Default)]
struct Top {
    whose: usize,
    first: f32,
    second: f32,
}

impl Top {
    fn take(&mut self, whose: usize, value: f32) {
        if value > self.first {
            *self = Self { whose, first: value, second: self.first };
        } else {
            self.second = self.second.max(value);
        }
    }

    /// The highest value of anybody else.
    fn without(&self, whose: usize) -> f32 {
        if self.whose == whose { self.second } else { self.first }
    }
}

/// How like a window is to the likest claims of each kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rivals {
    concepts: Top,
    misconceptions: Top,
    opposites: Top,
}

impl Rivals {
    /// The likest claims of a window; the first `concepts` claims are concepts.
    #[must_use]
    pub fn new(window: &WindowEvidence, concepts: usize) -> Self {
        let mut rivals = Self::default();
        for (claim, evidence) in window.claims.iter().enumerate() {
            let kind = if claim < concepts { &mut rivals.concepts } else { &mut rivals.misconceptions };
            kind.take(claim, evidence.paraphrase.alike);
            rivals.opposites.take(claim, evidence.opposite.alike);
        }
        rivals
    }

    /// The likest other claim of the same kind, and of the other kind; for a concept, opposites count among the latter.
    fn of(&self, claim: usize, concepts: usize) -> (f32, f32) {
        if claim < concepts {
            let wrong = self.misconceptions.first.max(self.opposites.without(claim));
            (self.concepts.without(claim), wrong)
        } else {
            (self.misconceptions.without(claim), self.concepts.first)
        }
    }
}

/// The clause row of claim number `claim`; the first `concepts` claims are concepts, the others misconceptions.
#[must_use]
pub fn clause(window: &WindowEvidence, rivals: &Rivals, claim: usize, concepts: usize) -> ClauseRow {
    let own = &window.claims[claim];
    let (sibling, wrong) = rivals.of(claim, concepts);
    let best = own.paraphrase;
    let alike = best.alike;
    let behind = |other: f32| (other - alike).max(0.0);
    [
        1.0,
        alike,
        (alike - 0.35).max(0.0),
        (alike - 0.60).max(0.0),
        own.paraphrases,
        best.recall,
        best.precision,
        best.turned,
        best.turned * alike,
        own.half,
        own.opposite.alike,
        own.contrast,
        window.none,
        own.claim,
        sibling,
        wrong,
        behind(own.opposite.alike),
        behind(own.contrast),
        behind(sibling),
        behind(wrong),
        behind(window.none),
        own.odds,
        own.odds.max(0.0),
        own.odds_for / 4.0,
        own.odds_against / 3.0,
        own.odds_opposite,
        own.opposite.turned * own.opposite.alike,
        own.against_direction,
        own.number.max(0.0),
        (-own.number).max(0.0),
        own.novel,
        window.familiar,
        (1.0 + window.mass).ln() / 4.0,
        own.denied,
        own.opposite_denied,
        own.odds_opposite_for / 4.0,
        own.name.max(0.0),
        (-own.name).max(0.0),
        own.absent / 4.0,
        own.topic.clamp(-4.0, 4.0) / 4.0,
        own.value.max(0.0),
        (-own.value).max(0.0),
        own.subject.max(0.0),
        (-own.subject).max(0.0),
        own.bare,
        own.bare * alike,
    ]
}

/// Names of the features of an answer row, in order.
pub const ANSWER: [&str; 37] = [
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
    "half",
    "contrast",
    "none",
    "others-made",
    "others-mean",
    "others-opposite",
    "other-patterns",
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
];

/// An answer row.
pub type AnswerRow = [f32; ANSWER.len()];

/// What one claim's windows add up to. Log-odds are those of the clause rows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a feature of the model by itself")]
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
    /// Whether a pattern made it.
    pub pattern: bool,
    /// Whether a pattern denied it.
    pub denied: bool,
    /// Whether a pattern made it within the best window.
    pub pattern_near: bool,
    /// Whether it is a bonus.
    pub bonus: bool,
    /// Whether some window names a number where the claim has another.
    pub other_value: f32,
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
}

/// Log-odds of a window, turned about, from which the rest of the answer counts by half for its claim.
const CONTEXT_FROM: f32 = 1.5;

/// The answer row of one claim.
#[must_use]
pub fn answer(summary: &Summary, whole: &Whole, others: &Others) -> AnswerRow {
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
        yes(s.pattern),
        yes(s.denied),
        yes(s.pattern_near),
        s.at_best.half,
        s.at_best.contrast,
        s.at_best.none,
        others.made * own,
        squash(others.mean).min(0.0) + squash(others.mean).max(0.0) * own,
        others.opposite,
        others.patterns * own,
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
    ]
}
