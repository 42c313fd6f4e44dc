//! Viva grades free-text answers to technical interview questions.
//!
//! # One way in, one way through
//!
//! ```text
//! answer ─► domain::text      bytes → normalised tokens, clauses, polarity; offsets to the source kept
//!        ─► domain::matcher   patterns → evidence, per clause, with polarity
//!        ─► index             clauses against phrases; answer against ideal answers
//!        ─► domain::verdict   both sources → one small explainable model → verdict and confidence
//!        ─► domain::scoring   verdicts → score, gains, interval, flags' effect
//!        ─► judge (optional)  open questions and unsure verdicts; domain::bounds merges its word with the rules'
//!        ─► grade             the same tree for API, pages, command line and tests
//! ```
//!
//! # The map
//!
//! | module | what it is | may name |
//! | --- | --- | --- |
//! | [`domain`] | the pure core: text, patterns, verdicts, scores, the grade | |
//! | [`config`], [`telemetry`], [`clock`] | settings, logs, time: one place each | |
//! | [`bank`] | questions and rubrics from files, every fault with its place | domain |
//! | [`index`] | similarity: postings of one question, search over all | domain, bank |
//! | [`judge`] | the LLM pass: prompt, server, limits, records | domain, config, telemetry, clock |
//! | [`wire`] | the serde shapes that others rely on | domain |
//! | [`grader`] | the pipeline from a question and an answer to a grade | domain, bank, index, judge, config, telemetry, clock |
//! | [`eval`] | labelled answers: measuring and fitting | domain, bank, grader, wire |
//! | [`http`] | the service: API and pages | domain, bank, index, judge, grader, wire, config, telemetry, clock |
//! | [`cli`] | one file a command | * |
//!
//! A module names those of its row and itself, never one above; `tests/it/architecture.rs` reads the sources and this
//! table. Each module's own page says how to add to it.
//!
//! # Invariants
//!
//! - Grading one answer is a pure function: no I/O, no clock, no async, no failure. Bad input is a flag or a finding.
//! - A grade depends on the answer, the question's own rubric, the lexicon, the model and the engine alone: another bank
//!   beside it moves no score, and neither threads nor the order of maps change a byte.
//! - Every credit above 0 has evidence, and every quote is a byte span of the answer.
//! - The score follows from weights, credits and misconceptions; flags act by changing credits. So a stored grade can be
//!   checked without the engine ([`wire::verify`]).
//! - The judge advises within bounds ([`domain::bounds`]), and a grade that it cannot be had for is the rules' grade.
//! - Answers never appear in logs, spans, metrics or error texts.
//!
//! # Adding things
//!
//! - A question: a heading in `questions/NAME.md`, a file `rubrics/NAME/ID.toml`; see [`bank`].
//! - A form of the pattern language: [`domain::matcher`]. A flag: [`domain::flags`]. A feature of the verdict model:
//!   [`domain::verdict::features`].
//! - An endpoint: [`http`]. A command: [`cli`]. A setting: [`config`]. A field of a reply: [`wire`].
//! - A bound on what the judge may do: [`domain::bounds`]. What it is told: [`judge::prompt`].

pub mod bank;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod eval;
pub mod grader;
pub mod http;
pub mod index;
pub mod judge;
pub mod telemetry;
pub mod wire;
