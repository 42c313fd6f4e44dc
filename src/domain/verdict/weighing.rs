//! Windows taken in one after the other, summed up to a row for each claim, and what the model makes of the rows.
//!
//! May name what Verdict names. To add to what a row knows: a place in [`Held`] or in what [`Weighing::rows`] gathers, and its feature.

use std::ops::Range;

use super::evidence::{ClaimEvidence, WindowEvidence};
use super::features::{self, AnswerRow, Others, Rivals, Summary, Whole};
use super::model::{Model, logit, probability};
use super::related::Related;
use super::scorecard::Scorecard;
use super::window::{self, Window};
use super::{Near, PatternFound, Reading, Weighed};
use crate::domain::wording::Said;

/// A window less alike than this to every phrase of a claim says nothing about it.
const LEAST_ALIKE: f32 = 0.15;

/// A window as closely related to a claim shows where it may be made, though they share no word.
const CLOSE: f32 = 0.3;

/// Log-odds of what is as good as impossible.
const NEVER: f32 = -6.0;

/// What is kept of a claim while windows pass by.
#[derive(Debug, Clone, Copy)]
struct Held {
    /// The window that speaks for it most, the first of equal ones.
    best: usize,
    /// What phrases say of it there.
    evidence: ClaimEvidence,
    /// How like that window is to phrases that make no claim.
    none: f32,
    /// Whether it denies what it says.
    denied: bool,
    /// The window that speaks for its opposite most.
    opposite: Near,
    /// How many windows lean to it, and to its opposite.
    leaning: [usize; 2],
    /// Whether some window names a number where the claim has another.
    other_value: f32,
}

/// Weighs window after window: what phrases say of one is forgotten once it is weighed, but for what the best windows need.
#[derive(Debug)]
pub struct Weighing<'m> {
    model: &'m Model,
    concepts: usize,
    /// How related the answer is to each claim; nothing where that is not asked.
    related: Vec<Related>,
    /// Log-odds of each claim and of its opposite in each window, all claims of a window together.
    logits: Vec<[f32; 2]>,
    held: Vec<Held>,
    /// Windows that name something else in place of what a claim turns on, each with the claim, in order.
    astray: Vec<(usize, usize)>,
    windows: usize,
    mass: f32,
    familiar: f32,
}

/// What is said of a claim beside its best window.
#[derive(Debug, Clone, Copy)]
struct Around {
    /// Its highest log-odds in windows apart from the best.
    second: f32,
    /// Its mean log-odds in windows that overlap the best.
    overlapping: f32,
    /// The highest log-odds of its opposite there.
    opposite: f32,
}

/// Places in a pair of log-odds.
const MADE: usize = 0;
const REVERSED: usize = 1;

impl<'m> Weighing<'m> {
    /// Nothing so far, for a question of so many concepts and about so many windows.
    #[must_use]
    pub fn new(model: &'m Model, concepts: usize, claims: usize, windows: usize) -> Self {
        let logits = Vec::with_capacity(claims * windows);
        let held = Vec::with_capacity(claims);
        let (related, astray) = (Vec::new(), Vec::new());
        Self { model, concepts, related, logits, held, astray, windows: 0, mass: 0.0, familiar: 0.0 }
    }

    /// With how related the answer is to each claim.
    #[must_use]
    pub fn with_related(self, related: Vec<Related>) -> Self {
        Self { related, ..self }
    }

    /// Takes in the next window.
    pub fn take(&mut self, evidence: &WindowEvidence) {
        let rivals = Rivals::new(evidence, self.concepts);
        for (claim, own) in evidence.claims.iter().enumerate() {
            if own.astray {
                self.astray.push((self.windows, claim));
            }
            let mut logits = self.logits_of(evidence, &rivals, claim);
            if evidence.denied {
                logits = self.denied(claim, logits);
                let turned = ClaimEvidence { paraphrase: own.opposite, opposite: own.paraphrase, ..*own };
                self.hold(claim, &turned, evidence, logits);
            } else {
                self.hold(claim, own, evidence, logits);
            }
            self.logits.push(logits);
        }
        self.windows += 1;
        self.mass += evidence.mass;
        self.familiar += evidence.mass * evidence.familiar;
    }

    fn logits_of(&self, evidence: &WindowEvidence, rivals: &Rivals, claim: usize) -> [f32; 2] {
        let (own, concept) = (&evidence.claims[claim], claim < self.concepts);
        let made = own.paraphrase.alike >= LEAST_ALIKE && !own.astray;
        let reversed = concept && own.opposite.alike.max(own.denied) >= LEAST_ALIKE;
        // Most windows say nothing about most claims.
        if !made && !reversed {
            return [NEVER; 2];
        }
        let row = features::clause(evidence, rivals, claim, self.concepts);
        let weigh = |holds: bool, weights| if holds { logit(weights, &row).max(NEVER) } else { NEVER };
        let weights = if concept { &self.model.claim } else { &self.model.misconception };
        [weigh(made, weights), weigh(reversed, &self.model.opposite)]
    }

    /// The log-odds of a window that denies what it says: who denies the reverse of a claim makes it, and who denies a
    /// misconception does not have it.
    fn denied(&self, claim: usize, logits: [f32; 2]) -> [f32; 2] {
        if claim < self.concepts { [logits[REVERSED], logits[MADE]] } else { [NEVER; 2] }
    }

    fn hold(&mut self, claim: usize, own: &ClaimEvidence, of: &WindowEvidence, logits: [f32; 2]) {
        let (none, denied) = (of.none, of.denied);
        let (window, reverse) = (self.windows, own.opposite.phrase.filter(|_| own.opposite.alike > 0.0));
        let opposite = Near { window, phrase: reverse.or(own.paraphrase.phrase) };
        let (leaning, other_value) = (logits.map(|logit| usize::from(logit > 0.0)), (-own.value).max(0.0));
        let claims = self.held.len();
        let Some(held) = self.held.get_mut(claim) else {
            self.held.push(Held { best: window, evidence: *own, none, denied, opposite, leaning, other_value });
            return;
        };
        let before = |window: usize| self.logits[window * claims + claim];
        if logits[MADE] > before(held.best)[MADE] {
            (held.best, held.evidence, held.none, held.denied) = (window, *own, none, denied);
        }
        if logits[REVERSED] > before(held.opposite.window)[REVERSED] {
            held.opposite = opposite;
        }
        held.leaning.iter_mut().zip(leaning).for_each(|(sum, leans)| *sum += leans);
        held.other_value = held.other_value.max(other_value);
    }

    /// The log-odds of a claim (or its opposite) in every window.
    fn of(&self, claim: usize, what: usize) -> impl Iterator<Item = f32> + Clone + '_ {
        self.logits.iter().skip(claim).step_by(self.held.len().max(1)).map(move |pair| pair[what])
    }

    fn at(&self, window: usize, claim: usize, what: usize) -> f32 {
        self.logits[window * self.held.len() + claim][what]
    }

    fn summary(&self, reading: &Reading, claim: usize) -> Summary {
        let made = |p: &&PatternFound| p.claim == claim && !p.found.opposite && !self.is_astray(reading, p);
        let made = || reading.patterns.iter().filter(made);
        let denied = |p: &PatternFound| p.claim == claim && p.found.opposite && !p.reverse;
        // Something else in place of what the claim turns on is a reverse as good as any.
        let reversed = |p: &&PatternFound| p.claim == claim && p.reverse;
        let all = Summary {
            best: NEVER,
            second: NEVER,
            overlapping: NEVER,
            opposite: NEVER,
            opposite_at_best: NEVER,
            opposite_near: NEVER,
            wrong_at_best: NEVER,
            patterns: distinct(made().map(|p| p.pattern)),
            pattern_apart: made().map(|p| p.found.end - p.found.start).min().unwrap_or_default(),
            all_patterns: reading.all_patterns[claim],
            denied: reading.patterns.iter().any(denied),
            opposites: distinct(reading.patterns.iter().filter(reversed).map(|p| p.pattern)),
            bonus: reading.bonus[claim],
            related: self.related.get(claim).copied().unwrap_or_default(),
            wording: reading.wording.claims.get(claim).copied().unwrap_or_default(),
            ..Summary::default()
        };
        self.held.get(claim).map_or(all, |held| self.at_best(reading, claim, held, all))
    }

    /// Whether a pattern stands in windows alone that name something else in place of what its claim turns on.
    fn is_astray(&self, reading: &Reading, p: &PatternFound) -> bool {
        if self.astray.is_empty() {
            return false;
        }
        let mut holding = window::holding(&reading.windows, p.found.start).peekable();
        holding.peek().is_some() && holding.all(|window| self.astray.binary_search(&(window, p.claim)).is_ok())
    }

    /// Whether something else stands in place of what a claim turns on: in some window while none speaks for it, or in all patterns that
    /// would make it.
    fn turns_on_another(&self, reading: &Reading, claim: usize, made: f32) -> bool {
        let mut patterns = reading.patterns.iter().filter(|p| p.claim == claim && !p.found.opposite).peekable();
        let by_patterns = patterns.peek().is_some() && patterns.all(|p| self.is_astray(reading, p));
        by_patterns || made <= NEVER && self.astray.iter().any(|(_, of)| *of == claim)
    }

    /// Adds what the best window and those around it say.
    fn at_best(&self, reading: &Reading, claim: usize, held: &Held, all: Summary) -> Summary {
        let (best, windows, own) = (held.best, &reading.windows, &held.evidence);
        let tokens = &windows[best].tokens;
        let around = self.around(windows, claim, tokens);
        let concept = claim < self.concepts;
        let others = |same: bool| {
            let of_kind = move |other: &usize| *other != claim && ((*other < self.concepts) == concept) == same;
            highest((0..self.held.len()).filter(of_kind).map(|other| self.at(best, other, MADE)))
        };
        let within = |p: &PatternFound| {
            let within = p.found.start < tokens.end && p.found.end > tokens.start;
            p.claim == claim && !p.found.opposite && within && !self.is_astray(reading, p)
        };
        let made = self.at(best, claim, MADE);
        let share = |what: usize| held.leaning[what] as f32 / windows.len() as f32;
        Summary {
            best: made,
            second: around.second,
            overlapping: around.overlapping,
            opposite: self.at(held.opposite.window, claim, REVERSED),
            opposite_at_best: self.at(best, claim, REVERSED),
            opposite_near: around.opposite,
            wrong_at_best: others(false),
            sibling_ahead: others(true) - made,
            length: tokens.len(),
            leaning: share(MADE),
            leaning_opposite: share(REVERSED),
            at_best: features::AtBest {
                half: own.half,
                contrast: own.contrast,
                none: held.none,
                absent: own.absent,
                topic: own.topic,
                carried: own.carried,
                value: own.value,
                subject: own.subject,
                number: own.number,
                bare: own.bare,
            },
            pattern_near: reading.patterns.iter().any(within),
            other_value: held.other_value,
            // The words of what is denied are those of the reverse, and those around another number or name tell nothing.
            wording: if held.denied || self.turns_on_another(reading, claim, made) {
                Said::default()
            } else {
                all.wording
            },
            ..all
        }
    }

    /// What windows say of a claim that overlap `tokens`, and those that do not.
    fn around(&self, windows: &[Window], claim: usize, tokens: &Range<usize>) -> Around {
        let mut around = Around { second: NEVER, overlapping: 0.0, opposite: NEVER };
        let mut near = 0;
        for (window, logits) in windows.iter().zip(self.logits.chunks_exact(self.held.len())) {
            let [made, reversed] = logits[claim];
            if disjoint(&window.tokens, tokens) {
                around.second = around.second.max(made);
            } else {
                around.overlapping += made;
                around.opposite = around.opposite.max(reversed);
                near += 1;
            }
        }
        around.overlapping /= near.max(1) as f32;
        around
    }

    /// The answer rows of every claim.
    #[must_use]
    pub fn rows(&self, reading: &Reading) -> Vec<AnswerRow> {
        let (concepts, claims) = (reading.concepts, reading.bonus.len());
        let whole = Whole {
            windows: reading.windows.len(),
            tokens: reading.tokens,
            familiar: if self.mass > 0.0 { self.familiar / self.mass } else { 0.0 },
            wrong: highest((concepts..claims).flat_map(|claim| self.of(claim, MADE))),
            alone: reading.bonus[..concepts].iter().filter(|b| !**b).count() == 1,
        };
        let summaries: Vec<Summary> = (0..claims).map(|claim| self.summary(reading, claim)).collect();
        let row = |claim: usize| {
            let others = || summaries[..concepts].iter().enumerate().filter(|(c, _)| *c != claim).map(|(_, s)| s);
            let share = |holds: &dyn Fn(&Summary) -> bool| mean(others().map(|s| f32::from(u8::from(holds(s)))));
            let context = Others {
                made: share(&|s| s.best > 0.0),
                mean: mean(others().map(|s| s.best)),
                opposite: share(&|s| s.opposite > 0.0),
                patterns: share(&|s| s.patterns > 0),
                reversed: others().filter(|s| s.opposites > 0).count(),
            };
            features::answer(&summaries[claim], &whole, &context)
        };
        (0..claims).map(row).collect()
    }

    /// A window that speaks for a claim or its opposite, or, where it shares no word with either, the one that is most related to the
    /// claim's own statement.
    fn or_related(&self, near: Near, claim: usize) -> Near {
        let related = self.related.get(claim).filter(|of| near.phrase.is_none() && of.best >= CLOSE);
        // Statements come first among phrases, in the claims' order.
        related.map_or(near, |of| Near { window: of.window, phrase: Some(claim as u32) })
    }

    /// Weighs patterns and phrases: what the model makes of every claim, concepts first.
    #[must_use]
    pub fn weigh(&self, reading: &Reading) -> Vec<Weighed> {
        let silent = reading.windows.is_empty();
        let weigh = |(claim, row): (usize, AnswerRow)| {
            let cards = self.model.cards(&row);
            // A second opinion knows of neither.
            let (plain, blank) = (&*self.model.wordless, features::without_related(&features::without_words(&row)));
            let of = |card: &Scorecard, row| if silent { 0.0 } else { probability(card.logit(row)) };
            let p = |card: &Scorecard| of(card, &row);
            let wordless = |made: &Scorecard, full: &Scorecard| {
                let made = of(made, &blank);
                [made, of(full, &blank).min(made)]
            };
            let held = self.held.get(claim);
            let best = held.map(|held| Near { window: held.best, phrase: held.evidence.paraphrase.phrase });
            let best = best.map(|near| self.or_related(near, claim));
            if claim < reading.concepts {
                let credited = p(&cards.credited);
                let full = p(&cards.full).min(credited);
                let opposite = held.map(|held| self.or_related(held.opposite, claim));
                let wordless = wordless(&plain.credited, &plain.full);
                Weighed { credited, full, contradicted: p(&cards.contradicted), wordless, best, opposite, row }
            } else {
                let credited = p(&cards.asserted);
                let wordless = wordless(&plain.asserted, &plain.asserted);
                Weighed { credited, full: credited, contradicted: 0.0, wordless, best, opposite: None, row }
            }
        };
        self.rows(reading).into_iter().enumerate().map(weigh).collect()
    }
}

fn highest(values: impl Iterator<Item = f32>) -> f32 {
    values.fold(NEVER, f32::max)
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, n) = values.fold((0.0, 0), |(s, n), v| (s + v, n + 1));
    if n == 0 { 0.0 } else { sum / n as f32 }
}

/// How many numbers differ from the one before them.
fn distinct(numbers: impl Iterator<Item = usize>) -> usize {
    let mut last = None;
    numbers.filter(|number| last.replace(*number) != Some(*number)).count()
}

fn disjoint(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.end <= b.start || b.end <= a.start
}
