//! What the model looks at: numbers that know no concept and do not grow with the number of phrases.
//!
//! Two steps. A *clause* row describes one window and one claim; the best windows of an answer then make up the *answer*
//! row of that claim. To add a feature: its name in the list, its value in the function below it, then `viva fit`.

use super::evidence::WindowEvidence;

/// Names of the features of a clause row, in order.
pub const CLAUSE: [&str; 37] = [
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
    "pattern",
    "pattern-opposite",
    "pattern-sibling",
    "pattern-alike",
];

/// A clause row.
pub type ClauseRow = [f32; CLAUSE.len()];

/// What the patterns say about one claim in one window.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PatternEvidence {
    /// A pattern of the claim matches.
    pub made: bool,
    /// A pattern of the claim matches under a negation.
    pub denied: bool,
}

/// The clause row of claim number `claim`; the first `concepts` claims are concepts, the others misconceptions.
#[must_use]
pub fn clause(window: &WindowEvidence, patterns: &[PatternEvidence], claim: usize, concepts: usize) -> ClauseRow {
    let own = &window.claims[claim];
    let mut sibling = 0.0_f32;
    let mut wrong = 0.0_f32;
    let mut pattern_sibling = false;
    for (other, evidence) in window.claims.iter().enumerate().filter(|(other, _)| *other != claim) {
        let same_kind = (other < concepts) == (claim < concepts);
        if same_kind {
            sibling = sibling.max(evidence.paraphrase.alike);
        } else {
            wrong = wrong.max(evidence.paraphrase.alike);
        }
        wrong = if claim < concepts { wrong.max(evidence.opposite.alike) } else { wrong };
        pattern_sibling |= patterns.get(other).is_some_and(|p| p.made);
    }
    let pattern = patterns.get(claim).copied().unwrap_or_default();
    let best = own.paraphrase;
    let alike = best.alike;
    let behind = |other: f32| (other - alike).max(0.0);
    let yes = |b: bool| if b { 1.0 } else { 0.0 };
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
        yes(pattern.made),
        yes(pattern.denied),
        yes(pattern_sibling),
        yes(pattern.made) * alike,
    ]
}

/// Names of the features of an answer row, in order.
pub const ANSWER: [&str; 17] = [
    "bias",
    "best",
    "best-over-0",
    "second",
    "opposite-best",
    "opposite-over-0",
    "opposite-at-best",
    "wrong-best",
    "shared",
    "windows",
    "familiar",
    "pattern",
    "pattern-opposite",
    "tokens",
    "half-at-best",
    "coverage",
    "bonus",
];

/// An answer row.
pub type AnswerRow = [f32; ANSWER.len()];

/// What one claim's windows add up to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// Log-odds of the best window.
    pub best: f32,
    /// Log-odds of the best window apart from it.
    pub second: f32,
    /// Highest log-odds of the opposite.
    pub opposite: f32,
    /// Log-odds of the opposite in the best window.
    pub opposite_at_best: f32,
    /// Highest log-odds of a claim of the other kind (misconceptions for a concept).
    pub wrong: f32,
    /// How far another claim of the same kind is ahead in the best window, 0 where this one leads.
    pub shared: f32,
    /// Likeness of the best window to a half of the claim.
    pub half: f32,
    /// Whether a pattern made it.
    pub pattern: bool,
    /// Whether a pattern denied it.
    pub denied: bool,
    /// Whether it is a bonus.
    pub bonus: bool,
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
    /// Share of the question's concepts whose best window leans to the claim.
    pub coverage: f32,
}

/// The answer row of one claim.
#[must_use]
pub fn answer(summary: &Summary, whole: &Whole) -> AnswerRow {
    let yes = |b: bool| if b { 1.0 } else { 0.0 };
    let squash = |logit: f32| logit.clamp(-6.0, 6.0) / 3.0;
    [
        1.0,
        squash(summary.best),
        squash(summary.best).max(0.0),
        squash(summary.second),
        squash(summary.opposite),
        squash(summary.opposite).max(0.0),
        squash(summary.opposite_at_best),
        squash(summary.wrong),
        summary.shared.clamp(0.0, 6.0) / 3.0,
        (1.0 + whole.windows as f32).ln() / 4.0,
        whole.familiar,
        yes(summary.pattern),
        yes(summary.denied),
        (1.0 + whole.tokens as f32).ln() / 4.0,
        summary.half,
        whole.coverage,
        yes(summary.bonus),
    ]
}
