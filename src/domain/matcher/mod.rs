//! The pattern language: parse, compile, match.
//!
//! Names [`text`](super::text) and [`lexicon`](super::lexicon). A pattern's words must all occur within one stretch of the
//! answer (a sentence up to a `but`, at most [`MAX_SPAN`] tokens), in any order:
//!
//! | form | meaning |
//! | --- | --- |
//! | `word` | the word in any inflection, with slips |
//! | `a\|b` | either |
//! | `"a b\|c"` | side by side, in this order |
//! | `a >> b` | in this order |
//! | `word*` | any word that begins so |
//! | `=Word` | exactly so: case, no stem, no slip |
//! | `!word` | must not occur there |
//! | `90%`, `10k`, `85..95%`, `1.19` | a number by value and unit |
//! | `{stw}` | a lexicon group |
//! | `\` | takes the next character as it is |
//!
//! A match under a negation that the pattern does not name is evidence of the opposite.
//!
//! To add a form: a variant of `parse::Atom`, its spelling in `parse`, its look-up in `compile`, a row in this table, and
//! tests with a row that must not match.

mod compile;
mod parse;
mod run;

pub use compile::{Compiled, Compiler};
pub use parse::{Atom, Pattern, PatternError, Step, Word};
pub use run::{Found, Matches};

/// The farthest that a pattern's words may lie apart, in tokens.
pub const MAX_SPAN: usize = 16;
