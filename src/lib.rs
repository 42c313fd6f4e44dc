//! Viva grades free-text answers to technical interview questions.
//!
//! ```text
//! answer ─► domain::text      bytes → normalised tokens, clauses, polarity; offsets to the source kept
//!        ─► domain::matcher   patterns → evidence, per clause, with polarity
//!        ─► index             clauses against phrases; answer against ideal answers
//!        ─► domain::verdict   both sources → one small explainable model → verdict and confidence
//!        ─► domain::scoring   verdicts → score, gains, interval, flags' effect
//!        ─► grade             the same tree for API, pages, command line and tests
//! ```
//!
//! # Invariants
//!
//! - Grading one answer is a pure function: no I/O, no clock, no async, no failure.
//! - A grade depends on the answer, the question's own rubric, the lexicon, the model and the engine alone.
//! - Every credit above 0 has evidence, and every quote is a byte span of the answer.
//! - Answers never appear in logs, spans, metrics or error texts.
//! - A layer names only the layers below it; `tests/it/architecture.rs` reads the imports.

pub mod bank;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod eval;
pub mod grader;
pub mod http;
pub mod index;
pub mod telemetry;
pub mod wire;
