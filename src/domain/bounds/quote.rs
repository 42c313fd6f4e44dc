//! Whether a quote stands in an answer, and may prove something.
//!
//! A quote is compared token by token in the normal form, never by likeness: an 89-byte quote without its `not` is 0.955 like
//! the original by edit distance.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::ops::Range;

use rustc_hash::FxHashSet;

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
    let content: FxHashSet<(Term, (u32, u32))> =
        tokens.iter().filter(|t| t.is_content()).map(|t| (t.term, t.word_key())).collect();
    if content.len() < MIN_CONTENT { Err(Bound::TooShort) } else { Ok(()) }
}

/// How many words with content a stretch of the answer shares with `terms`.
#[must_use]
pub fn shared<S: BuildHasher>(answer: &Text, range: &Range<usize>, terms: &HashSet<Term, S>) -> usize {
    let tokens = answer.tokens.get(range.clone()).unwrap_or_default();
    let found: FxHashSet<Term> =
        tokens.iter().filter(|t| t.is_content() && t.term.is_known()).map(|t| t.term).collect();
    found.iter().filter(|term| terms.contains(term)).count()
}
