//! The pattern language: parse, compile, match.

mod parse;

pub use parse::{Pattern, PatternError};
