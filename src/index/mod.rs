//! Similarity: tantivy over all banks for search, and postings of one question for grading.
//!
//! Names Domain and Bank.
//!
//! [`Search`] finds questions in all banks, by words or by a whole answer; a grade's score never depends on it. What a
//! grade rests on looks at one question alone: [`postings`] compares windows of an answer with its phrases,
//! [`Ideal`] the whole answer with its ideal answers. All three read the same tokens, those of
//! [`domain::text`](crate::domain::text); [`tokens`] hands them to tantivy.
//!
//! To make another part of a question searchable, add its kind to [`engine`]'s table of fields.

mod engine;
mod ideal;
mod postings;
mod search;
mod tokens;

pub use ideal::Ideal;
pub use postings::{Entry, Features, Postings, Scratch};
pub use search::{Nearest, Search, SearchHit};
