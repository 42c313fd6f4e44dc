//! From evidence to verdicts: windows, features, and one small explainable model over all concepts.
//!
//! Names the other parts of Domain. The evidence of phrases is gathered by `index`, that of patterns by
//! [`matcher`](super::matcher); here both are weighed. The model knows no concept: its features are the same for all.

pub mod evidence;
pub mod features;
pub mod model;
pub mod window;

use std::ops::Range;

use evidence::WindowEvidence;
use features::{AnswerRow, ClauseRow, PatternEvidence, Summary, Whole};
pub use model::{Model, ModelError};
use model::{logit, probability};
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
    /// What the patterns say about each claim within `tokens`.
    #[must_use]
    pub fn patterns_in(&self, tokens: &Range<usize>) -> Vec<PatternEvidence> {
        let mut all = vec![PatternEvidence::default(); self.bonus.len()];
        for p in self.patterns.iter().filter(|p| p.found.start >= tokens.start && p.found.end <= tokens.end) {
            let of = &mut all[p.claim];
            of.made |= !p.found.opposite;
            of.denied |= p.found.opposite;
        }
        all
    }

    /// The clause rows of every claim in one window.
    #[must_use]
    pub fn clause_rows(&self, window: usize) -> Vec<ClauseRow> {
        let patterns = self.patterns_in(&self.windows[window].tokens);
        (0..self.bonus.len()).map(|c| features::clause(&self.evidence[window], &patterns, c, self.concepts)).collect()
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

/// The log-odds of every claim in every window.
struct Logits {
    claim: Vec<Vec<f32>>,
    opposite: Vec<Vec<f32>>,
}

fn logits(model: &Model, reading: &Reading) -> Logits {
    let claims = reading.bonus.len();
    let mut out = Logits { claim: vec![Vec::new(); claims], opposite: vec![Vec::new(); claims] };
    for window in 0..reading.windows.len() {
        for (claim, row) in reading.clause_rows(window).iter().enumerate() {
            let concept = claim < reading.concepts;
            out.claim[claim].push(if concept { logit(&model.claim, row) } else { logit(&model.misconception, row) });
            out.opposite[claim].push(if concept { logit(&model.opposite, row) } else { f32::NEG_INFINITY });
        }
    }
    out
}

/// The place of the highest value, the first of equal ones.
fn top(values: &[f32]) -> Option<usize> {
    let best = values.iter().copied().reduce(f32::max)?;
    values.iter().position(|v| *v >= best)
}

/// The answer rows of every claim, with the windows that speak most for and against.
#[must_use]
pub fn answer_rows(model: &Model, reading: &Reading) -> Vec<(AnswerRow, Option<usize>, Option<usize>)> {
    const NEVER: f32 = -6.0;
    let logits = logits(model, reading);
    let mass: f32 = reading.evidence.iter().map(|e| e.mass).sum();
    let familiar: f32 = reading.evidence.iter().map(|e| e.mass * e.familiar).sum();
    let concepts = reading.concepts;
    let leaning = (0..concepts).filter(|&c| logits.claim[c].iter().any(|l| *l > 0.0)).count();
    let whole = Whole {
        windows: reading.windows.len(),
        tokens: reading.tokens,
        familiar: if mass > 0.0 { familiar / mass } else { 0.0 },
        coverage: leaning as f32 / concepts.max(1) as f32,
    };
    let row = |claim: usize| {
        let (best, opposite) = (top(&logits.claim[claim]), top(&logits.opposite[claim]));
        let at = |list: &[f32], window: Option<usize>| window.map_or(NEVER, |w| list[w].max(NEVER));
        let apart = |w: usize| best.is_some_and(|b| disjoint(&reading.windows[w].tokens, &reading.windows[b].tokens));
        let second =
            (0..reading.windows.len()).filter(|&w| apart(w)).map(|w| logits.claim[claim][w]).fold(NEVER, f32::max);
        let same = |other: usize| other != claim && (other < concepts) == (claim < concepts);
        let other_kind = (0..reading.bonus.len()).filter(|&o| (o < concepts) != (claim < concepts));
        let wrong = other_kind.flat_map(|o| logits.claim[o].iter().copied()).fold(NEVER, f32::max);
        let ahead = |window: usize| {
            let lead =
                (0..reading.bonus.len()).filter(|&o| same(o)).map(|o| logits.claim[o][window]).fold(NEVER, f32::max);
            (lead - logits.claim[claim][window]).max(0.0)
        };
        let found = |denied: bool| reading.patterns.iter().any(|p| p.claim == claim && p.found.opposite == denied);
        let summary = Summary {
            best: at(&logits.claim[claim], best),
            second,
            opposite: at(&logits.opposite[claim], opposite),
            opposite_at_best: at(&logits.opposite[claim], best),
            wrong,
            shared: best.map_or(0.0, ahead),
            half: best.map_or(0.0, |w| reading.evidence[w].claims[claim].half),
            pattern: found(false),
            denied: found(true),
            bonus: reading.bonus[claim],
        };
        (features::answer(&summary, &whole), best, opposite)
    };
    (0..reading.bonus.len()).map(row).collect()
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
            let p = |weights| if silent { 0.0 } else { probability(logit(weights, &row)) };
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
