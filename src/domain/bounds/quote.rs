//! Whether a quote stands in an answer, and may prove something.
//!
//! A quote is compared token by token in the normal form, never by likeness: an 89-byte quote without its `not` is 0.955 like
//! the original by edit distance.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::ops::Range;

use rustc_hash::FxHashSet;

use super::general;
use crate::domain::judged::Bound;
use crate::domain::text::vocabulary::Term;
use crate::domain::text::{Stance, Text, Token};

/// A quote has at least this many different words with content.
pub const MIN_CONTENT: usize = 3;
/// A quote has at most this many tokens: half an answer proves nothing in particular.
pub const MAX_TOKENS: usize = 60;

/// Where a quote stands, or why it proves nothing.
pub type Stands = Result<Range<usize>, Bound>;

/// Looks for `quote` in `answer`, both read with the same terms. The first place where it may prove something counts; where
/// there is none, the first place says why.
pub fn find(answer: &Text, quote: &Text) -> Stands {
    let len = quote.tokens.len();
    if len == 0 {
        return Err(Bound::NoQuote);
    }
    if len > MAX_TOKENS {
        return Err(Bound::TooLong);
    }
    let mut fault = None;
    for start in 0..=answer.tokens.len().saturating_sub(len) {
        let range = start..start + len;
        let Some(tokens) = answer.tokens.get(range.clone()) else { break };
        if !tokens.iter().zip(&quote.tokens).all(|(a, q)| same(answer, a, quote, q)) {
            continue;
        }
        match may_prove(answer, &range) {
            Ok(()) => return Ok(range),
            Err(bound) => fault = fault.or(Some(bound)),
        }
    }
    Err(fault.unwrap_or(Bound::NotInAnswer))
}

/// Whether two tokens are the same: equal in the normal form, or one a slip of the other inside an ordinary word.
fn same(answer: &Text, a: &Token, quote: &Text, q: &Token) -> bool {
    if a.quantity.is_some() || q.quantity.is_some() {
        return a.quantity == q.quantity;
    }
    if answer.word(a) == quote.word(q) {
        return true;
    }
    let ordinary = |t: &Token| t.is_content() && !t.name;
    ordinary(a) && ordinary(q) && (a.corrected || q.corrected) && a.term.is_known() && a.term == q.term
}

/// Whether these tokens may prove something: claims of the writer's, whole, and enough of them.
fn may_prove(answer: &Text, range: &Range<usize>) -> Result<(), Bound> {
    let overlaps = |tokens: &Range<usize>| tokens.start < range.end && tokens.end > range.start;
    let stances = || answer.clauses.iter().filter(|c| overlaps(&c.tokens)).map(|c| c.stance);
    if stances().any(|s| s == Stance::Addressed) {
        return Err(Bound::AddressesGrader);
    }
    if stances().any(|s| s != Stance::Asserted) {
        return Err(Bound::NotAsserted);
    }
    let tokens = &answer.tokens[range.clone()];
    let outside = |by: u16| by != Token::NOBODY && !range.contains(&usize::from(by));
    if tokens.iter().any(|t| t.denied || t.is_content() && t.negated_by.iter().any(|by| outside(*by))) {
        return Err(Bound::LeavesOutNegation);
    }
    let content: FxHashSet<(Term, &str)> =
        tokens.iter().filter(|t| t.is_content()).map(|t| answer.identity(t)).collect();
    if content.len() < MIN_CONTENT { Err(Bound::TooShort) } else { Ok(()) }
}

/// How much a stretch of the answer has to do with `terms`: the weights of its different terms that stand there. Words that
/// any text may have say nothing.
#[must_use]
pub fn kinship<S: BuildHasher>(answer: &Text, range: &Range<usize>, terms: &HashMap<Term, f32, S>) -> Kinship {
    let tokens = answer.tokens.get(range.clone()).unwrap_or_default();
    let mut seen: FxHashSet<(Term, &str)> = FxHashSet::default();
    let mut kin = Kinship::default();
    for token in tokens.iter().filter(|t| t.is_content() && !general::is_general(answer.word(t))) {
        if seen.insert(answer.identity(token)) {
            kin.words += 1;
            kin.weight += terms.get(&token.term).filter(|_| token.term.is_known()).copied().unwrap_or_default();
        }
    }
    kin
}

/// What a quote and a claim share.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Kinship {
    /// Different words of the quote that not every text has.
    pub words: usize,
    /// The weights of those that the claim, its phrases or an ideal answer have too.
    pub weight: f32,
}

impl Kinship {
    /// The weight that is enough for a quote of few words: that of one word that belongs to the claim alone.
    const ENOUGH: f32 = 1.0;
    /// The share of a quote's words that has to be shared.
    const SHARE: f32 = 0.2;
    /// Words from which a quote needs no more: honest ones may be long.
    const LONG: usize = 8;

    /// Whether the quote has to do with the claim.
    #[must_use]
    pub fn is_related(self) -> bool {
        // Weights are sums of roots: equal ones may differ in their last bit.
        self.weight + 1e-4 >= Self::ENOUGH.max(Self::SHARE * self.words.min(Self::LONG) as f32)
    }
}
