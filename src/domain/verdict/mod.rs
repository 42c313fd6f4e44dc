//! From evidence to verdicts: windows, features, and one small explainable model over all concepts.
//!
//! Names the other parts of Domain. The evidence of phrases is gathered by `index`, that of patterns by
//! [`matcher`](super::matcher); here both are weighed. The model knows no concept: its features are the same for all.

pub mod evidence;
pub mod features;
pub mod model;
pub mod scorecard;
pub mod window;

use std::ops::Range;

use evidence::WindowEvidence;
use features::{AnswerRow, ClauseRow, Others, Rivals, Summary, Whole};
pub use model::Model;
use model::{logit, probability};
use scorecard::Scorecard;
use window::Window;

use super::matcher::Found;

/// A pattern that was found, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternFound {
    /// Number of the claim.
    pub claim: usize,
    /// Number of the pattern within its claim.
    pub pattern: usize,
    /// Where.
    pub found: Found,
}

/// Everything that both sources say about one answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The answer's windows.
    pub windows: Vec<Window>,
    /// What the phrases say about each.
    pub evidence: Vec<WindowEvidence>,
    /// The patterns that were found.
    pub patterns: Vec<PatternFound>,
    /// The number of tokens.
    pub tokens: usize,
    /// Number of concepts; further claims are misconceptions.
    pub concepts: usize,
    /// Which claims are bonus concepts.
    pub bonus: Vec<bool>,
}

impl Reading {
    /// The clause rows of every claim in one window.
    #[must_use]
    pub fn clause_rows(&self, window: usize) -> Vec<ClauseRow> {
        let evidence = &self.evidence[window];
        let rivals = Rivals::new(evidence, self.concepts);
        (0..self.bonus.len()).map(|c| features::clause(evidence, &rivals, c, self.concepts)).collect()
    }
}

/// What the model makes of one claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// Probability that the claim is made, by half at least.
    pub credited: f32,
    /// Probability that it is made fully; never above `credited`.
    pub full: f32,
    /// Probability that it is contradicted; 0 for a misconception.
    pub contradicted: f32,
    /// The window that speaks for it most.
    pub best: Option<usize>,
    /// The window that speaks for its opposite most.
    pub opposite: Option<usize>,
    /// The row that the probabilities rest on.
    pub row: AnswerRow,
}

/// A window less alike than this to every phrase of a claim says nothing about it.
const LEAST_ALIKE: f32 = 0.15;

/// Log-odds of what is as good as impossible.
const NEVER: f32 = -6.0;

/// The log-odds of every claim in every window.
struct Logits {
    claim: Vec<Vec<f32>>,
    opposite: Vec<Vec<f32>>,
}

fn logits(model: &Model, reading: &Reading) -> Logits {
    let (claims, windows) = (reading.bonus.len(), reading.windows.len());
    let mut out = Logits { claim: vec![vec![NEVER; windows]; claims], opposite: vec![vec![NEVER; windows]; claims] };
    for (window, evidence) in reading.evidence.iter().enumerate() {
        let rivals = Rivals::new(evidence, reading.concepts);
        for (claim, own) in evidence.claims.iter().enumerate() {
            let concept = claim < reading.concepts;
            let made = own.paraphrase.alike >= LEAST_ALIKE;
            let reversed = concept && own.opposite.alike.max(own.denied) >= LEAST_ALIKE;
            // Most windows say nothing about most claims.
            if !made && !reversed {
                continue;
            }
            let row = features::clause(evidence, &rivals, claim, reading.concepts);
            if made {
                let weights = if concept { &model.claim } else { &model.misconception };
                out.claim[claim][window] = logit(weights, &row).max(NEVER);
            }
            if reversed {
                out.opposite[claim][window] = logit(&model.opposite, &row).max(NEVER);
            }
        }
    }
    out
}

/// The place of the highest value, the first of equal ones.
fn top(values: &[f32]) -> Option<usize> {
    let best = values.iter().copied().reduce(f32::max)?;
    values.iter().position(|v| *v >= best)
}

fn highest(values: impl Iterator<Item = f32>) -> f32 {
    values.fold(NEVER, f32::max)
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, n) = values.fold((0.0, 0), |(s, n), v| (s + v, n + 1));
    if n == 0 { 0.0 } else { sum / n as f32 }
}

/// An answer's claims, summed up.
struct Summing<'a> {
    reading: &'a Reading,
    logits: Logits,
}

impl Summing<'_> {
    fn kind(&self, claim: usize) -> Range<usize> {
        if claim < self.reading.concepts {
            0..self.reading.concepts
        } else {
            self.reading.concepts..self.reading.bonus.len()
        }
    }

    fn summary(&self, claim: usize, best: Option<usize>) -> Summary {
        let (made, reverse) = (&self.logits.claim[claim], &self.logits.opposite[claim]);
        let found = |denied: bool| self.reading.patterns.iter().any(|p| p.claim == claim && p.found.opposite == denied);
        let all = Summary {
            best: NEVER,
            second: NEVER,
            overlapping: NEVER,
            opposite: highest(reverse.iter().copied()),
            opposite_at_best: NEVER,
            opposite_near: NEVER,
            wrong_at_best: NEVER,
            leaning: mean(made.iter().map(|l| f32::from(u8::from(*l > 0.0)))),
            leaning_opposite: mean(reverse.iter().map(|l| f32::from(u8::from(*l > 0.0)))),
            pattern: found(false),
            denied: found(true),
            bonus: self.reading.bonus[claim],
            other_value: self.reading.evidence.iter().map(|e| (-e.claims[claim].value).max(0.0)).fold(0.0, f32::max),
            ..Summary::default()
        };
        best.map_or(all, |best| self.at_best(claim, best, all))
    }

    /// Adds what the best window and those around it say.
    fn at_best(&self, claim: usize, best: usize, all: Summary) -> Summary {
        let (made, reverse) = (&self.logits.claim[claim], &self.logits.opposite[claim]);
        let windows = &self.reading.windows;
        let tokens = &windows[best].tokens;
        let apart = |w: &usize| disjoint(&windows[*w].tokens, tokens);
        let near = || (0..windows.len()).filter(|w| !apart(w));
        let own_kind = self.kind(claim);
        let others = (0..self.reading.bonus.len()).filter(|o| *o != claim);
        let (same, other): (Vec<usize>, Vec<usize>) = others.partition(|o| own_kind.contains(o));
        let at = |list: &[usize]| highest(list.iter().map(|&o| self.logits.claim[o][best]));
        let evidence = &self.reading.evidence[best];
        let within = |p: &PatternFound| {
            p.claim == claim && !p.found.opposite && p.found.start < tokens.end && p.found.end > tokens.start
        };
        Summary {
            best: made[best],
            second: highest((0..windows.len()).filter(apart).map(|w| made[w])),
            overlapping: mean(near().map(|w| made[w])),
            opposite_at_best: reverse[best],
            opposite_near: highest(near().map(|w| reverse[w])),
            wrong_at_best: at(&other),
            sibling_ahead: at(&same) - made[best],
            length: tokens.len(),
            at_best: features::AtBest {
                half: evidence.claims[claim].half,
                contrast: evidence.claims[claim].contrast,
                none: evidence.none,
                absent: evidence.claims[claim].absent,
                topic: evidence.claims[claim].topic,
                carried: evidence.claims[claim].carried,
                value: evidence.claims[claim].value,
                subject: evidence.claims[claim].subject,
                number: evidence.claims[claim].number,
                bare: evidence.claims[claim].bare,
            },
            pattern_near: self.reading.patterns.iter().any(within),
            ..all
        }
    }
}

/// The answer rows of every claim, with the windows that speak most for and against.
#[must_use]
pub fn answer_rows(model: &Model, reading: &Reading) -> Vec<(AnswerRow, Option<usize>, Option<usize>)> {
    let summing = Summing { reading, logits: logits(model, reading) };
    let mass: f32 = reading.evidence.iter().map(|e| e.mass).sum();
    let familiar: f32 = reading.evidence.iter().map(|e| e.mass * e.familiar).sum();
    let (concepts, claims) = (reading.concepts, reading.bonus.len());
    let whole = Whole {
        windows: reading.windows.len(),
        tokens: reading.tokens,
        familiar: if mass > 0.0 { familiar / mass } else { 0.0 },
        wrong: highest((concepts..claims).flat_map(|c| summing.logits.claim[c].iter().copied())),
        alone: reading.bonus[..concepts].iter().filter(|b| !**b).count() == 1,
    };
    let best: Vec<Option<usize>> = (0..claims).map(|c| top(&summing.logits.claim[c])).collect();
    let summaries: Vec<Summary> = (0..claims).map(|c| summing.summary(c, best[c])).collect();
    let row = |claim: usize| {
        let others = || summaries[..concepts].iter().enumerate().filter(|(c, _)| *c != claim).map(|(_, s)| s);
        let share = |holds: &dyn Fn(&Summary) -> bool| mean(others().map(|s| f32::from(u8::from(holds(s)))));
        let context = Others {
            made: share(&|s| s.best > 0.0),
            mean: mean(others().map(|s| s.best)),
            opposite: share(&|s| s.opposite > 0.0),
            patterns: share(&|s| s.pattern),
        };
        (features::answer(&summaries[claim], &whole, &context), best[claim], top(&summing.logits.opposite[claim]))
    };
    (0..claims).map(row).collect()
}

fn disjoint(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.end <= b.start || b.end <= a.start
}

/// Weighs both sources: what the model makes of every claim, concepts first.
#[must_use]
pub fn weigh(model: &Model, reading: &Reading) -> Vec<Weighed> {
    let silent = reading.windows.is_empty();
    answer_rows(model, reading)
        .into_iter()
        .enumerate()
        .map(|(claim, (row, best, opposite))| {
            let p = |card: &Scorecard| if silent { 0.0 } else { probability(card.logit(&row)) };
            if claim < reading.concepts {
                let credited = p(&model.credited);
                let full = p(&model.full).min(credited);
                Weighed { credited, full, contradicted: p(&model.contradicted), best, opposite, row }
            } else {
                let credited = p(&model.asserted);
                Weighed { credited, full: credited, contradicted: 0.0, best, opposite: None, row }
            }
        })
        .collect()
}
