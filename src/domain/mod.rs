//! The pure core: answer in, grade out. No I/O, no clock, no async, no failure.
//!
//! Names nothing of ours outside itself. Bad input is a flag or a finding in the grade, never an error.
//!
//! The way through: [`text`] reads an answer into tokens and clauses that know their place in the
//! source, [`matcher`] ties clauses to patterns, [`verdict`] weighs all evidence, [`scoring`] turns verdicts
//! into a score, and [`grade`] is the tree that everybody reads.

pub mod bounds;
pub mod explain;
pub mod flags;
pub mod grade;
pub mod id;
pub mod ideal;
pub mod judged;
pub mod lexicon;
pub mod matcher;
pub mod question;
pub mod rubric;
pub mod scoring;
pub mod text;
pub mod vectors;
pub mod verdict;
pub mod weights;
pub mod wording;
