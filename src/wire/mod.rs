//! The serde shapes of Viva's contracts: one place for HTTP, command line, eval and verify.
//!
//! Names Domain types only. Domain types are not `Serialize`: a rename there must not reach a client.
//! To add a field: add it to the shape here, fill it in its `From`, extend the snapshot test.

mod explain;
mod grade;
mod judge;
mod line;
mod question;
mod request;
pub mod verify;

pub use explain::{Explanation, Span};
pub use grade::{Concept, Evidence, Flag, Grade, Misconception, Nearest, Provenance, Similarity};
pub use judge::{Judge, JudgeDetails, JudgeOpinion, JudgeOutcome, JudgePrompt, JudgeVote};
pub use line::{Asked, Line, MAX_ANSWER_BYTES, MAX_LINE_BYTES, is_blank, read_line, too_large};
pub use question::{
    BankSummary, QuestionCandidate, QuestionReviewer, QuestionSummary, RubricConcept, RubricMisconception,
};
pub use request::{
    ErrorBody, GradeLine, GradeRequest, JudgeWish, LineError, OneOrMany, Problem, ProblemCode, VerifyLine,
};

/// The version of the grade's shape.
pub const SCHEMA: u32 = 1;
