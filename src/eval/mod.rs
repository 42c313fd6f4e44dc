//! Measuring: labelled answers, figures, fitting, mutations.
//!
//! Names Domain, Bank, Grader and Wire. To add a figure: compute it in [`metrics`], name it in [`report`].

pub mod data;
pub mod fit;
pub mod metrics;
pub mod report;
pub mod run;
