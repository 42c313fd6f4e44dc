//! Similarity: tantivy over all banks for search, and postings of one question for grading.
//!
//! Names Domain and Bank.

mod postings;

pub use postings::{Entry, Features, Postings, Scratch};

use crate::bank::Bank;

/// A question that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchHit {
    /// Index of the bank.
    pub bank: usize,
    /// Index of the question in the bank.
    pub item: usize,
    /// BM25 score of its best document.
    pub score: f32,
}

#[derive(Debug)]
/// Search over the banks: questions, ideal answers, claims and phrases.
pub struct Search {}

impl Search {
    /// Indexes the banks in memory.
    #[must_use]
    pub fn new(_banks: &[Bank]) -> Self {
        Self {}
    }

    /// The questions nearest to `query`, best first, at most `limit`.
    #[must_use]
    pub fn search(&self, _query: &str, _limit: usize) -> Vec<SearchHit> {
        Vec::new()
    }
}
