//! Measuring: labelled answers, figures, fitting, mutations.
//!
//! Names Domain, Bank, Grader and Wire. [`run`] grades the answers of [`data`], [`measure`] works out everything that is
//! told of them, [`page`] draws it, [`compare`] and [`thresholds`] judge it, [`judged`] sets rules beside an LLM; [`mutate`] and
//! [`hands`] need no labels, and [`ideal`] no rubric.
//!
//! To add a figure: compute it in [`metrics`], name it in [`report`] (the struct, `rows` and `FIGURES`), and say in
//! `evals/README.md` how to read it. To add a baseline: a row in [`baselines`]. To add a mutation: a function from a
//! base to its mutants in [`mutate`] and its kind there.

pub mod baselines;
pub mod compare;
pub mod data;
pub mod fit;
pub mod hands;
pub mod ideal;
pub mod judged;
pub mod measure;
pub mod metrics;
pub mod mutate;
pub mod page;
pub mod raters;
pub mod report;
pub mod run;
pub mod thresholds;
