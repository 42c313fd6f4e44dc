//! Comparing windows with phrases.

use std::ops::Range;

use super::places::{self, Common, Eight, Nearest};
use super::sums::{LANES, Lane, Sums};
use super::{Features, Known, NONE, Postings, UNKNOWN};
use crate::domain::rubric::Label;
use crate::domain::text::number::Quantity;
use crate::domain::text::vocabulary::Term;
use crate::domain::verdict::evidence::{ClaimEvidence, Likeness, WindowEvidence};
use crate::domain::verdict::window::Window;

/// Working memory for the windows of one answer.
#[derive(Debug, Default)]
pub struct Scratch {
    common: Common,
    seen: Vec<u32>,
    epoch: u32,
    sums: Vec<Sums>,
    best: Vec<Best>,
    /// Distinct features so far, and those of them that the prompt is about.
    distinct: usize,
    topics: usize,
    mass: f32,
    known: f32,
    /// The identifiers of the window.
    named: Vec<Term>,
    /// What the phrases say about the window.
    found: WindowEvidence,
    /// The token that the sums begin at, and the feature that they end before.
    start: Option<usize>,
    upto: usize,
}

/// The nearest phrases of one claim.
#[derive(Debug, Clone, Copy, Default)]
struct Best {
    paraphrases: Nearest,
    opposite: Nearest,
}

/// A subject carries over at most this many tokens.
const LEAD_UP: usize = 25;

impl Scratch {
    /// Has the windows to come say that they are denied, or not.
    pub fn deny(&mut self, denied: bool) {
        self.found.denied = denied;
    }
}

impl Postings {
    /// What the phrases say about a window of the answer. `scratch` belongs to one answer; windows that begin where
    /// the one before began, and end later, cost only what they add.
    pub fn window<'s>(&self, features: &Features, window: &Window, scratch: &'s mut Scratch) -> &'s WindowEvidence {
        let tokens = &window.tokens;
        let to = features.list.partition_point(|f| usize::from(f.token) < tokens.end);
        if scratch.start != Some(tokens.start) || to < scratch.upto {
            let from = features.list.partition_point(|f| usize::from(f.token) < tokens.start);
            self.restart(scratch, tokens.start, from);
        }
        let begun = scratch.upto;
        scratch.upto = to;
        self.collect(&features.list[begun..to], scratch);
        let mut out = std::mem::take(&mut scratch.found);
        out.claims.clear();
        out.claims.resize(self.claims.len(), ClaimEvidence::default());
        out.familiar = if scratch.mass > 0.0 { scratch.known / scratch.mass } else { 0.0 };
        (out.none, out.mass) = (0.0, scratch.mass);
        self.compare(scratch, &mut out);
        self.add_odds(scratch, &mut out);
        self.add_topics(features, tokens, scratch, &mut out);
        self.add_details(features, tokens, scratch, &mut out);
        self.add_marks(features, window, &mut out);
        scratch.found = out;
        &scratch.found
    }

    fn restart(&self, s: &mut Scratch, start: usize, from: usize) {
        s.common.clear(self.places.eights());
        s.seen.resize(self.rows.len(), 0);
        s.epoch += 1;
        s.sums.clear();
        s.sums.resize(self.claims.len().div_ceil(LANES), Sums::default());
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
            let (alike, other) = (self.posts(feature.id, feature.turned), self.posts(feature.id, !feature.turned));
            s.common.agree(alike, feature.weight);
            s.common.differ(other, feature.weight);
            if self.in_prompt[id] {
                s.common.prompted(alike, feature.weight);
            }
            for (sums, odds) in s.sums.iter_mut().zip(self.odds(feature.id, feature.turned)) {
                sums.take(odds, self.topics[id]);
            }
            s.sums.iter_mut().zip(self.absence(feature.id)).for_each(|(sums, absent)| sums.spare(absent));
        }
    }

    fn compare(&self, s: &mut Scratch, out: &mut WindowEvidence) {
        s.best.clear();
        s.best.resize(self.claims.len(), Best::default());
        let window = places::Window { places: &self.places, common: &s.common, mass: out.mass };
        for group in &self.places.groups {
            let near = window.nearest(group);
            if group.claim == NONE {
                out.none = out.none.max(near.alike[0]);
                continue;
            }
            let (best, claim) = (&mut s.best[usize::from(group.claim)], &mut out.claims[usize::from(group.claim)]);
            match group.label {
                Label::Paraphrase => {
                    (claim.denied, claim.claim) = (near.turned, near.statement);
                    best.paraphrases = near;
                }
                Label::Half => claim.half = near.alike[0],
                Label::Opposite => {
                    claim.opposite_denied = near.turned;
                    best.opposite = near;
                }
                Label::Contrast => claim.contrast = near.alike[0],
            }
        }
        for (claim, (best, habits)) in s.best.iter().zip(&self.claims).enumerate() {
            let of = &mut out.claims[claim];
            (of.paraphrase, of.opposite) = (self.likeness(&best.paraphrases, s), self.likeness(&best.opposite, s));
            if let Some(place) = best.paraphrases.place {
                let novel_mass = self.phrases[self.places.phrases[place as usize] as usize].novel_mass;
                let share = |of: &[Eight]| of.as_flattened()[place as usize] / novel_mass;
                let novel = (share(&s.common.agree) - share(&s.common.prompted)).max(0.0);
                of.novel = if novel_mass > 0.0 { novel } else { of.paraphrase.recall };
            }
            // A claim alone is its own only paraphrase.
            of.bare = f32::from(u8::from(habits.paraphrases <= 1));
            let nearest = &best.paraphrases.alike;
            of.paraphrases = nearest.iter().sum::<f32>() / habits.paraphrases.clamp(1, nearest.len()) as f32;
        }
    }

    fn likeness(&self, nearest: &Nearest, s: &Scratch) -> Likeness {
        let Some(place) = nearest.place else { return Likeness::default() };
        let place = place as usize;
        let number = self.places.phrases[place];
        let (agree, differ) = (s.common.agree.as_flattened()[place], s.common.differ.as_flattened()[place]);
        let (recall, precision) = (agree / self.phrases[number as usize].mass, agree / s.mass.max(agree));
        let turned = differ / (agree + differ);
        Likeness { phrase: Some(number), alike: nearest.alike[0], recall: recall.min(1.0), precision, turned }
    }

    fn add_odds(&self, s: &Scratch, out: &mut WindowEvidence) {
        let n = s.distinct as f32 + 1.0;
        for (number, (claim, habits)) in out.claims.iter_mut().zip(&self.claims).enumerate() {
            let (sums, lane) = (&s.sums[number / LANES], number % LANES);
            let total = |best: &[Lane]| best.iter().map(|held| held[lane]).sum::<f32>();
            claim.odds = sums.odds[lane] / n;
            claim.odds_opposite = sums.opposite[lane] / n;
            claim.odds_opposite_for = total(&sums.reverse);
            claim.odds_for = total(&sums.high);
            claim.odds_against = total(&sums.low);
            claim.absent = (sums.present[lane] - habits.absent).max(0.0);
        }
    }

    /// What the prompt is about and the window names, or what leads up to it where it names nothing.
    fn add_topics(&self, features: &Features, tokens: &Range<usize>, s: &Scratch, out: &mut WindowEvidence) {
        if s.topics > 0 {
            let topics = s.sums.iter().flat_map(|sums| sums.topic);
            out.claims.iter_mut().zip(topics).for_each(|(claim, topic)| claim.topic = topic);
            return;
        }
        let before = features.list.partition_point(|f| usize::from(f.token) < tokens.start);
        let near = features.list[..before].iter().rev().take_while(|f| usize::from(f.token) + LEAD_UP >= tokens.start);
        let topic = |f: &&Known| f.id != UNKNOWN && self.topics[f.id as usize];
        let Some(feature) = near.into_iter().find(topic) else { return };
        let odds = self.odds(feature.id, feature.turned).iter().flat_map(|odds| odds.claim);
        out.claims.iter_mut().zip(odds).for_each(|(claim, odds)| claim.carried = odds);
    }

    fn add_details(&self, features: &Features, tokens: &Range<usize>, s: &mut Scratch, out: &mut WindowEvidence) {
        let mut sides = [0_u64; 2];
        for (_, (pair, side)) in within(&features.directions, tokens) {
            sides[usize::from(*side)] |= 1 << pair;
        }
        let named = &mut s.named;
        named.clear();
        named.extend(within(&features.names, tokens).iter().map(|n| n.1));
        if named.is_empty() {
            // "pprof.Do adds labels; when it returns, …": the subject carries over.
            let before = tokens.start.saturating_sub(LEAD_UP)..tokens.start;
            named.extend(within(&features.names, &before).last().map(|n| n.1));
        }
        let numbers = within(&features.numbers, tokens);
        let values = || numbers.iter().map(|n| n.1);
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

impl Postings {
    /// Whether another number or identifier stands where a claim turns on one. A number may stand anywhere in the sentence
    /// ("from 1.19 on, …"); other identifiers are the subject of what is said of them alone.
    fn add_marks(&self, features: &Features, window: &Window, out: &mut WindowEvidence) {
        let (numbers, names) = (within(&features.numbers, &window.sentences), within(&features.spelt, &window.tokens));
        if features.unmarked || numbers.is_empty() && names.is_empty() {
            return;
        }
        for (claim, marks) in out.claims.iter_mut().zip(&self.marks) {
            let other = |(_, number): &(u16, Quantity)| marks.numbers.iter().any(|mark| mark.is_comparable(number));
            let right = |(_, number): &(u16, Quantity)| marks.accepted.iter().any(|own| own.accepts(number));
            let misnumbered = numbers.iter().any(other) && !numbers.iter().any(right);
            let right = |(_, name): &(u16, Term)| marks.names.contains(name);
            let misnamed = marks.named && !names.is_empty() && !names.iter().any(right);
            claim.astray = misnumbered || misnamed;
        }
    }
}

/// What stands within `tokens` of a list in the order of tokens.
fn within<'l, T>(list: &'l [(u16, T)], tokens: &Range<usize>) -> &'l [(u16, T)] {
    let place = |token: usize| list.partition_point(|(at, _)| usize::from(*at) < token);
    &list[place(tokens.start)..place(tokens.end)]
}
