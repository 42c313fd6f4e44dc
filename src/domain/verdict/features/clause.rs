//! The clause row: one window and one claim.
//!
//! Names the evidence of phrases alone.

use crate::domain::verdict::evidence::WindowEvidence;

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
