//! Comparing windows with phrases.

use std::ops::Range;

use super::{Features, Known, NONE, Phrase, Postings, UNKNOWN};
use crate::domain::rubric::Label;
use crate::domain::text::vocabulary::Term;
use crate::domain::verdict::evidence::{ClaimEvidence, Likeness, WindowEvidence};

/// What the window's features add up to for one claim.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    odds: f32,
    opposite: f32,
    high: [f32; 4],
    low: [f32; 3],
    reverse: [f32; 4],
    topic: f32,
    present: f32,
}

/// Working memory for the windows of one answer.
#[derive(Debug, Default)]
pub struct Scratch {
    /// For each phrase, the weight that it has and the window too, alike in negation.
    agree: Vec<f32>,
    /// The weight that both have, but one of them negates.
    differ: Vec<f32>,
    /// The weight that agrees and does not stand in the prompt.
    novel: Vec<f32>,
    seen: Vec<u32>,
    epoch: u32,
    sums: Vec<Sums>,
    best: Vec<Best>,
    /// Distinct features so far, and those of them that the prompt is about.
    distinct: usize,
    topics: usize,
    mass: f32,
    known: f32,
    /// The token that the sums begin at, and the feature that they end before.
    start: Option<usize>,
    upto: usize,
}

/// The nearest phrases of one claim so far.
#[derive(Debug, Clone, Copy, Default)]
struct Best {
    paraphrases: [f32; 3],
    paraphrase: (Option<u32>, f32),
    opposite: (Option<u32>, f32),
}

/// A subject carries over at most this many tokens.
const LEAD_UP: usize = 25;

impl Postings {
    /// What the phrases say about tokens `tokens` of the answer. `scratch` belongs to one answer; windows that begin where
    /// the one before began, and end later, cost only what they add.
    pub fn window(&self, features: &Features, tokens: &Range<usize>, scratch: &mut Scratch) -> WindowEvidence {
        let to = features.list.partition_point(|f| usize::from(f.token) < tokens.end);
        if scratch.start != Some(tokens.start) || to < scratch.upto {
            let from = features.list.partition_point(|f| usize::from(f.token) < tokens.start);
            self.restart(scratch, tokens.start, from);
        }
        let begun = scratch.upto;
        scratch.upto = to;
        self.collect(&features.list[begun..to], scratch);
        let mut out = WindowEvidence {
            claims: vec![ClaimEvidence::default(); self.claims.len()],
            mass: scratch.mass,
            familiar: if scratch.mass > 0.0 { scratch.known / scratch.mass } else { 0.0 },
            ..WindowEvidence::default()
        };
        self.compare(scratch, &mut out);
        self.add_odds(scratch, &mut out);
        self.add_topics(features, tokens, scratch, &mut out);
        self.add_details(features, tokens, &mut out);
        out
    }

    fn restart(&self, s: &mut Scratch, start: usize, from: usize) {
        for common in [&mut s.agree, &mut s.differ, &mut s.novel] {
            common.clear();
            common.resize(self.phrases.len(), 0.0);
        }
        s.seen.resize(self.rows.len(), 0);
        s.epoch += 1;
        s.sums.clear();
        s.sums.resize(self.claims.len(), Sums::default());
        (s.distinct, s.topics, s.mass, s.known) = (0, 0, 0.0, 0.0);
        (s.start, s.upto) = (Some(start), from);
    }

    /// Adds features to the phrases that have them and to the sums, each feature once.
    fn collect(&self, list: &[Known], s: &mut Scratch) {
        for feature in list {
            if feature.id == UNKNOWN {
                s.mass += feature.weight;
                continue;
            }
            let id = feature.id as usize;
            if s.seen[id] == s.epoch {
                continue;
            }
            s.seen[id] = s.epoch;
            s.distinct += 1;
            s.topics += usize::from(self.topics[id]);
            s.mass += feature.weight;
            s.known += feature.weight;
            let novel = if self.in_prompt[id] { 0.0 } else { feature.weight };
            for post in self.posts(feature.id) {
                let phrase = post.phrase as usize;
                if post.turned == feature.turned {
                    s.agree[phrase] += feature.weight;
                    s.novel[phrase] += novel;
                } else {
                    s.differ[phrase] += feature.weight;
                }
            }
            for (sums, odds) in s.sums.iter_mut().zip(self.odds(feature.id, feature.turned)) {
                sums.odds += odds.claim;
                sums.opposite += odds.opposite;
                insert(&mut sums.high, odds.claim);
                insert(&mut sums.low, -odds.claim);
                insert(&mut sums.reverse, odds.opposite);
                sums.topic += if self.topics[id] { odds.claim } else { 0.0 };
                sums.present += odds.absent;
            }
        }
    }

    fn compare(&self, s: &mut Scratch, out: &mut WindowEvidence) {
        s.best.clear();
        s.best.resize(self.claims.len(), Best::default());
        let Scratch { agree, differ, best, .. } = s;
        near(agree, differ, &self.least, |at| self.meet(at, agree[at], differ[at], best, out));
        for (claim, (best, habits)) in s.best.iter().zip(&self.claims).enumerate() {
            let likeness = |(phrase, alike): (Option<u32>, f32)| {
                phrase.map_or(Likeness::default(), |at| {
                    let (number, at) = (at, at as usize);
                    likeness(number, alike, s.agree[at], s.differ[at], &self.phrases[at], s.mass)
                })
            };
            let of = &mut out.claims[claim];
            (of.paraphrase, of.opposite) = (likeness(best.paraphrase), likeness(best.opposite));
            if let Some(at) = of.paraphrase.phrase {
                let (phrase, novel) = (&self.phrases[at as usize], s.novel[at as usize]);
                of.novel = if phrase.novel_mass > 0.0 { novel / phrase.novel_mass } else { of.paraphrase.recall };
            }
            // A claim alone is its own only paraphrase.
            of.bare = f32::from(u8::from(habits.paraphrases <= 1));
            let count = habits.paraphrases.clamp(1, best.paraphrases.len()) as f32;
            of.paraphrases = best.paraphrases.iter().sum::<f32>() / count;
        }
    }

    /// Takes in phrase number `at`.
    fn meet(&self, at: usize, agree: f32, differ: f32, best: &mut [Best], out: &mut WindowEvidence) {
        let phrase = &self.phrases[at];
        let alike = alike(agree, differ, phrase, out.mass);
        if phrase.claim == NONE {
            out.none = out.none.max(alike);
            return;
        }
        let (best, claim) = (&mut best[usize::from(phrase.claim)], &mut out.claims[usize::from(phrase.claim)]);
        let turned = || self::alike(differ, agree, phrase, out.mass);
        match phrase.label {
            Label::Paraphrase => {
                insert(&mut best.paraphrases, alike);
                claim.denied = claim.denied.max(turned());
                if alike > best.paraphrase.1 {
                    best.paraphrase = (Some(at as u32), alike);
                }
                if phrase.statement {
                    claim.claim = alike;
                }
            }
            Label::Half => claim.half = claim.half.max(alike),
            Label::Opposite => {
                claim.opposite_denied = claim.opposite_denied.max(turned());
                if alike > best.opposite.1 {
                    best.opposite = (Some(at as u32), alike);
                }
            }
            Label::Contrast => claim.contrast = claim.contrast.max(alike),
        }
    }

    fn add_odds(&self, s: &Scratch, out: &mut WindowEvidence) {
        let n = s.distinct as f32 + 1.0;
        for ((claim, sums), habits) in out.claims.iter_mut().zip(&s.sums).zip(&self.claims) {
            claim.odds = sums.odds / n;
            claim.odds_opposite = sums.opposite / n;
            claim.odds_opposite_for = sums.reverse.iter().sum();
            claim.odds_for = sums.high.iter().sum();
            claim.odds_against = sums.low.iter().sum();
            claim.absent = (sums.present - habits.absent).max(0.0);
        }
    }

    /// What the prompt is about and the window names, or what leads up to it where it names nothing.
    fn add_topics(&self, features: &Features, tokens: &Range<usize>, s: &Scratch, out: &mut WindowEvidence) {
        if s.topics > 0 {
            out.claims.iter_mut().zip(&s.sums).for_each(|(claim, sums)| claim.topic = sums.topic);
            return;
        }
        let before = features.list.partition_point(|f| usize::from(f.token) < tokens.start);
        let near = features.list[..before].iter().rev().take_while(|f| usize::from(f.token) + LEAD_UP >= tokens.start);
        let topic = |f: &&Known| f.id != UNKNOWN && self.topics[f.id as usize];
        let Some(feature) = near.into_iter().find(topic) else { return };
        let odds = self.odds(feature.id, feature.turned);
        out.claims.iter_mut().zip(odds).for_each(|(claim, odds)| claim.carried = odds.claim);
    }

    fn add_details(&self, features: &Features, tokens: &Range<usize>, out: &mut WindowEvidence) {
        let within = |at: u16| tokens.contains(&usize::from(at));
        let mut sides = [0_u64; 2];
        for (_, pair, side) in features.directions.iter().filter(|d| within(d.0)) {
            sides[usize::from(*side)] |= 1 << pair;
        }
        let before = |at: u16| usize::from(at) < tokens.start && usize::from(at) + LEAD_UP >= tokens.start;
        let mut named: Vec<Term> = features.names.iter().filter(|n| within(n.0)).map(|n| n.1).collect();
        if named.is_empty() {
            // "pprof.Do adds labels; when it returns, …": the subject carries over.
            named.extend(features.names.iter().rev().find(|n| before(n.0)).map(|n| n.1));
        }
        let values = || features.numbers.iter().filter(|n| within(n.0)).map(|n| n.1);
        let any_value = values().next().is_some();
        for (claim, habits) in out.claims.iter_mut().zip(&self.claims) {
            if any_value && habits.valued > 0.0 {
                let right = values().any(|v| habits.values.iter().any(|own| own.accepts(&v)));
                let other = || values().any(|v| habits.values.iter().any(|own| own.is_comparable(&v)));
                claim.value = if right { habits.valued } else { -f32::from(u8::from(other())) };
            }
            if !named.is_empty() && habits.named > 0.0 {
                let right = named.iter().any(|name| habits.names.contains(name));
                claim.subject = if right { habits.named } else { -habits.named };
            }
            let Some(number) = claim.paraphrase.phrase else { continue };
            let phrase = &self.details[number as usize];
            let theirs = [phrase.directions[0] & !phrase.directions[1], phrase.directions[1] & !phrase.directions[0]];
            let ours = [sides[0] & !sides[1], sides[1] & !sides[0]];
            let against = (theirs[0] & ours[1]).count_ones() + (theirs[1] & ours[0]).count_ones();
            let with = (theirs[0] & ours[0]).count_ones() + (theirs[1] & ours[1]).count_ones();
            claim.against_direction = against as f32 - 0.5 * with as f32;
            if !named.is_empty() && !phrase.names.is_empty() {
                let any = named.iter().any(|name| phrase.names.contains(name));
                claim.name = if any { 1.0 } else { -1.0 };
            }
            if any_value && !phrase.numbers.is_empty() {
                let any = values().any(|v| phrase.numbers.iter().any(|n| n.accepts(&v)));
                claim.number = if any { 1.0 } else { -1.0 };
            }
        }
    }
}

/// Puts `value` into a list that holds the highest values, highest first.
fn insert<const N: usize>(best: &mut [f32; N], value: f32) {
    if value <= best[N - 1] {
        return;
    }
    let mut at = N - 1;
    while at > 0 && value > best[at - 1] {
        best[at] = best[at - 1];
        at -= 1;
    }
    best[at] = value;
}

/// Hands to `each`, in order, the phrases of which a window has enough either way.
fn near(agree: &[f32], differ: &[f32], least: &[f32], mut each: impl FnMut(usize)) {
    const LANES: usize = 8;
    let lanes = agree.chunks(LANES).zip(differ.chunks(LANES)).zip(least.chunks(LANES));
    for (chunk, ((agree, differ), least)) in lanes.enumerate() {
        let mut mask = 0_u32;
        for (at, ((agree, differ), least)) in agree.iter().zip(differ).zip(least).enumerate() {
            mask |= u32::from((agree >= least) | (differ >= least)) << at;
        }
        while mask != 0 {
            each(chunk * LANES + mask.trailing_zeros() as usize);
            mask &= mask - 1;
        }
    }
}

/// How like a window of weight `window` is to a phrase: the F-measure of what they share with a little more for the phrase's
/// part, less what one of them negates.
fn alike(agree: f32, differ: f32, phrase: &Phrase, window: f32) -> f32 {
    if agree <= 0.0 {
        return 0.0;
    }
    let both = 2.0 * agree / (phrase.mass + window.max(agree));
    let recall = agree * phrase.per_mass;
    let turned = if differ > 0.0 { differ / (agree + differ) } else { 0.0 };
    (0.8 * both + 0.2 * recall - 0.3 * turned * recall).max(0.0)
}

fn likeness(number: u32, alike: f32, agree: f32, differ: f32, phrase: &Phrase, window: f32) -> Likeness {
    let (recall, precision) = ((agree * phrase.per_mass).min(1.0), (agree / window.max(agree)).min(1.0));
    Likeness { phrase: Some(number), alike, recall, precision, turned: differ / (agree + differ) }
}
