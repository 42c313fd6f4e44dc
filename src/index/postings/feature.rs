//! What a stretch of text is compared by: stems, lexicon groups, pairs of neighbours, directions, a yes or no at the head;
//! beside them its numbers and identifiers.
//!
//! To add a kind of feature: a bit above the others for its key, a factor, and its place in [`features`].

use crate::domain::lexicon::{GroupSpan, Language};
use crate::domain::text::number::Quantity;
use crate::domain::text::vocabulary::Term;
use crate::domain::text::{Text, Token, reply};

/// A feature of a stretch of text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feature {
    pub(super) key: u64,
    pub(super) factor: f32,
    pub(super) turned: bool,
    pub(super) token: u16,
    /// Whether it stands for a word or a group of words that a text can be about.
    pub(super) subject: bool,
}

impl Feature {
    /// Whether it is a pair of neighbours.
    pub(super) fn is_pair(&self) -> bool {
        self.key & PAIR != 0
    }
}

/// How much a feature counts beside a plain stem. Set by trial on phrases of hands left out; the figures move by a
/// hundredth at most where one of these is halved or doubled.
pub(super) mod factor {
    /// A stem whose word is a form of a lexicon group: the group counts too.
    pub(in super::super) const GROUPED: f32 = 0.5;
    /// A form of a lexicon group.
    pub(in super::super) const GROUP: f32 = 0.7;
    /// Two neighbours.
    pub(in super::super) const PAIR: f32 = 0.25;
    /// A word such as `only` or `all`.
    pub(in super::super) const QUANTIFIER: f32 = 0.6;
    /// A word with a direction, negation taken into account.
    pub(in super::super) const DIRECTION: f32 = 0.8;
    /// A yes or a no.
    pub(in super::super) const REPLY: f32 = 0.8;
    /// A word that no phrase has.
    pub(in super::super) const UNKNOWN: f32 = 0.6;
}

/// Neighbours are at most this many tokens apart.
const NEIGHBOURS: usize = 3;

const GROUP: u64 = 1 << 40;
const PAIR: u64 = 1 << 41;
const DIRECTION: u64 = 1 << 42;
const REPLY: u64 = 1 << 43;

fn pair_key(a: u64, b: u64) -> u64 {
    PAIR | ((a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_mul(0xc2b2_ae3d_27d4_eb4f)) >> 24)
}

/// The tokens that features can stand at.
fn tokens(text: &Text) -> impl Iterator<Item = (usize, &Token)> {
    text.tokens.iter().enumerate().take(usize::from(u16::MAX))
}

/// The features of a text, in the order of their tokens.
pub(super) fn features(text: &Text, groups: &[GroupSpan], language: &Language) -> Vec<Feature> {
    let mut list = Vec::with_capacity(text.tokens.len() * 2);
    let mut spans = groups.iter().peekable();
    let mut previous: Option<(u64, usize)> = None;
    let reply = reply::reply(text);
    for (at, token) in tokens(text) {
        let turned = token.negated();
        let mut push =
            |key, factor, turned, subject| list.push(Feature { key, factor, turned, token: at as u16, subject });
        if let Some(reply) = reply.filter(|r| r.token == at) {
            push(REPLY | u64::from(reply.yes), factor::REPLY, false, false);
        }
        let mut unit = None;
        while let Some(span) = spans.next_if(|s| usize::from(s.start) <= at) {
            let key = GROUP | u64::from(span.group);
            let turned = (usize::from(span.start)..usize::from(span.end)).any(|t| text.tokens[t].negated());
            push(key, factor::GROUP, turned, true);
            unit = unit.or(Some(key));
        }
        let quantifier = token.stop && token.classes.is_quantifier();
        if token.negator || token.stop && !quantifier {
            continue;
        }
        let factor = if quantifier {
            factor::QUANTIFIER
        } else if language.is_grouped(token.term) {
            factor::GROUPED
        } else {
            1.0
        };
        let key = u64::from(token.term.0);
        push(key, factor, turned, !quantifier);
        if let Some((pair, side)) = language.direction(token.term) {
            push(DIRECTION | u64::from(pair) << 1 | u64::from(side != turned), factor::DIRECTION, false, false);
        }
        let unit = unit.unwrap_or(key);
        if let Some((before, _)) = previous.filter(|(_, place)| at - place <= NEIGHBOURS && !quantifier) {
            push(pair_key(before, unit), factor::PAIR, turned, false);
        }
        if !quantifier {
            previous = Some((unit, at));
        }
    }
    list
}

/// The words with a direction, each with its pair and side.
pub(super) fn directions(text: &Text, language: &Language) -> Vec<(u16, (u8, bool))> {
    let direction = |(at, token): (usize, &Token)| {
        let (pair, side) = language.direction(token.term)?;
        Some((at as u16, (pair, side != token.negated())))
    };
    tokens(text).filter_map(direction).collect()
}

/// The numbers.
pub(super) fn numbers(text: &Text) -> Vec<(u16, Quantity)> {
    tokens(text).filter_map(|(at, t)| Some((at as u16, t.quantity?))).collect()
}

/// The shortest identifier that tells one subject from another.
const NAME_MIN: usize = 4;

/// The identifiers of a text. A package before its member (`runtime.` of `runtime.Goexit`) is none.
pub(super) fn names(text: &Text, known: impl Fn(Term) -> bool) -> Vec<(u16, Term)> {
    let qualifies = |at: usize| text.tokens.get(at + 1).is_some_and(|next| next.joined && next.name);
    let named = |(at, token): (usize, &Token)| {
        let long = !token.stop && text.word(token).len() >= NAME_MIN;
        (long && (token.name && !qualifies(at) || known(token.term))).then_some((at as u16, token.term))
    };
    tokens(text).filter_map(named).collect()
}
