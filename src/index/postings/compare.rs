//! Comparing windows with phrases.

use std::ops::Range;

use super::sums::{LANES, Lane, Sums};
use super::{Features, Group, Known, NONE, Postings, UNKNOWN};
use crate::domain::rubric::Label;
use crate::domain::text::vocabulary::Term;
use crate::domain::verdict::evidence::{ClaimEvidence, Likeness, WindowEvidence};

/// Working memory for the windows of one answer.
#[derive(Debug, Default)]
pub struct Scratch {
    /// For each phrase, the weight that it has and the window too, alike in negation.
    agree: Vec<f32>,
    /// The weight that both have, but one of them negates.
    differ: Vec<f32>,
    /// The weight that agrees and stands in the prompt.
    prompted: Vec<f32>,
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

/// A phrase of which a window has less than this share says nothing about it.
const LEAST_RECALL: f32 = 0.12;

/// How near a window is to the phrases of one claim and label.
#[derive(Debug, Clone, Copy, Default)]
struct Nearest {
    /// The nearest phrase.
    phrase: Option<u32>,
    /// The highest likenesses, highest first.
    alike: [f32; 3],
    /// The highest likeness with the window's negations turned.
    turned: f32,
    /// Likeness to the claim's own statement.
    statement: f32,
}

impl Nearest {
    fn alike(&self) -> f32 {
        self.alike[0]
    }
}

/// The nearest phrases of one claim.
#[derive(Debug, Clone, Copy, Default)]
struct Best {
    paraphrases: Nearest,
    opposite: Nearest,
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
        for common in [&mut s.agree, &mut s.differ, &mut s.prompted] {
            common.clear();
            common.resize(self.phrases.len(), 0.0);
        }
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
            for (common, turned) in [(&mut s.agree, feature.turned), (&mut s.differ, !feature.turned)] {
                for phrase in self.posts(feature.id, turned) {
                    common[*phrase as usize] += feature.weight;
                }
            }
            if self.in_prompt[id] {
                for phrase in self.posts(feature.id, feature.turned) {
                    s.prompted[*phrase as usize] += feature.weight;
                }
            }
            for (sums, odds) in s.sums.iter_mut().zip(self.odds(feature.id, feature.turned)) {
                sums.take(odds, self.topics[id]);
            }
        }
    }

    fn compare(&self, s: &mut Scratch, out: &mut WindowEvidence) {
        s.best.clear();
        s.best.resize(self.claims.len(), Best::default());
        for group in &self.groups {
            let near = self.nearest(group, &s.agree, &s.differ, out.mass);
            if group.claim == NONE {
                out.none = out.none.max(near.alike());
                continue;
            }
            let (best, claim) = (&mut s.best[usize::from(group.claim)], &mut out.claims[usize::from(group.claim)]);
            match group.label {
                Label::Paraphrase => {
                    (claim.denied, claim.claim) = (near.turned, near.statement);
                    best.paraphrases = near;
                }
                Label::Half => claim.half = near.alike(),
                Label::Opposite => {
                    claim.opposite_denied = near.turned;
                    best.opposite = near;
                }
                Label::Contrast => claim.contrast = near.alike(),
            }
        }
        for (claim, (best, habits)) in s.best.iter().zip(&self.claims).enumerate() {
            let of = &mut out.claims[claim];
            (of.paraphrase, of.opposite) = (self.likeness(&best.paraphrases, s), self.likeness(&best.opposite, s));
            if let Some(at) = of.paraphrase.phrase {
                let (at, novel_mass) = (at as usize, self.phrases[at as usize].novel_mass);
                let novel = (s.agree[at] - s.prompted[at]).max(0.0);
                of.novel = if novel_mass > 0.0 { novel / novel_mass } else { of.paraphrase.recall };
            }
            // A claim alone is its own only paraphrase.
            of.bare = f32::from(u8::from(habits.paraphrases <= 1));
            let nearest = &best.paraphrases.alike;
            of.paraphrases = nearest.iter().sum::<f32>() / habits.paraphrases.clamp(1, nearest.len()) as f32;
        }
    }

    /// Looks for the phrases of `group` that are nearest to a window of weight `window`.
    fn nearest(&self, group: &Group, agree: &[f32], differ: &[f32], window: f32) -> Nearest {
        let mut nearest = Nearest::default();
        let range = group.phrases.clone();
        let (agree, differ) = (&agree[range.clone()], &differ[range.clone()]);
        let per_mass = &self.per_mass[range.clone()];
        // A likeness is at most this much of the recall, which is cheap to have: most phrases need not be looked at.
        const MOST: f32 = 1.8;
        let chunks = agree.chunks(CHUNK).zip(differ.chunks(CHUNK)).zip(per_mass.chunks(CHUNK));
        for (chunk, ((agree, differ), per_mass)) in chunks.enumerate() {
            let least = (nearest.alike[2] / MOST).max(LEAST_RECALL);
            let least_turned = (nearest.turned / MOST).max(LEAST_RECALL);
            if !any_reaches(agree, per_mass, least) & !any_reaches(differ, per_mass, least_turned) {
                continue;
            }
            for (at, ((agree, differ), per_mass)) in agree.iter().zip(differ).zip(per_mass).enumerate() {
                let number = range.start + chunk * CHUNK + at;
                let (recall, turned) = (agree * per_mass, differ * per_mass);
                let mass = self.phrases[number].mass;
                if recall >= least {
                    self.meet(number, alike(*agree, *differ, recall, mass + window.max(*agree)), &mut nearest);
                }
                if turned >= least_turned {
                    let turned = alike(*differ, *agree, turned, mass + window.max(*differ));
                    nearest.turned = nearest.turned.max(turned);
                }
            }
        }
        nearest
    }

    fn meet(&self, number: usize, alike: f32, nearest: &mut Nearest) {
        if alike > nearest.alike[0] {
            nearest.phrase = Some(number as u32);
        }
        if self.phrases[number].statement {
            nearest.statement = alike;
        }
        insert(&mut nearest.alike, alike);
    }

    fn likeness(&self, nearest: &Nearest, s: &Scratch) -> Likeness {
        let Some(phrase) = nearest.phrase else { return Likeness::default() };
        let at = phrase as usize;
        let (agree, differ) = (s.agree[at], s.differ[at]);
        let (recall, precision) = ((agree * self.per_mass[at]).min(1.0), (agree / s.mass.max(agree)).min(1.0));
        let turned = differ / (agree + differ);
        Likeness { phrase: Some(phrase), alike: nearest.alike(), recall, precision, turned }
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

/// How many phrases are looked at side by side.
const CHUNK: usize = 8;

/// Whether a window has at least this share of some phrase.
fn any_reaches(common: &[f32], per_mass: &[f32], least: f32) -> bool {
    common.iter().zip(per_mass).fold(false, |any, (common, per_mass)| any | (common * per_mass >= least))
}

/// How like a window is to a phrase, the two of which weigh `both` together: the F-measure of what they share with a little
/// more for the phrase's part (`recall`), less what one of them negates.
fn alike(agree: f32, differ: f32, recall: f32, both: f32) -> f32 {
    let turned = if differ > 0.0 { differ / (agree + differ) } else { 0.0 };
    (1.6 * agree / both + 0.2 * recall - 0.3 * turned * recall).max(0.0)
}
