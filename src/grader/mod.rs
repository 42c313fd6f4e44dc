//! The pipeline: from a question and an answer to a grade.
//!
//! Names Domain, Bank, Index and Judge.

use crate::bank::{Bank, Item, Library};
use crate::domain::explain::Explanation;
use crate::domain::grade::Grade;

/// The largest answer that is graded, in bytes.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Why a question could not be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// No bank has that name.
    #[error("there is no bank `{name}`; there is {known}")]
    UnknownBank {
        /// What was asked for.
        name: String,
        /// The names that exist, joined for people.
        known: String,
    },
    /// No bank holds that question.
    #[error("there is no question `{id}`{hint}")]
    UnknownQuestion {
        /// What was asked for.
        id: String,
        /// What to do, beginning with a separator.
        hint: String,
    },
    /// Several banks hold that question.
    #[error("question `{id}` stands in several banks ({banks}): name one as `bank`")]
    AmbiguousQuestion {
        /// What was asked for.
        id: String,
        /// The banks that hold it, joined for people.
        banks: String,
    },
}

/// A question that was found: an index, cheap to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuestionRef {
    bank: usize,
    item: usize,
}

/// Grades answers. Immutable and shared between threads.
#[derive(Debug)]
pub struct Grader {
    library: Library,
}

impl Grader {
    /// A grader over everything in `library`.
    #[must_use]
    pub fn new(library: Library) -> Self {
        Self { library }
    }

    /// The banks.
    #[must_use]
    pub fn banks(&self) -> &[Bank] {
        &self.library.banks
    }

    /// Finds a question by its id, and its bank where several hold that id.
    pub fn find(&self, bank: Option<&str>, question: &str) -> Result<QuestionRef, FindError> {
        todo!("{bank:?} {question}")
    }

    /// The bank and item of a question.
    #[must_use]
    pub fn item(&self, question: QuestionRef) -> (&Bank, &Item) {
        let bank = &self.library.banks[question.bank];
        (bank, &bank.items[question.item])
    }

    /// Grades one answer. Total: any text gets a grade.
    #[must_use]
    pub fn grade(&self, question: QuestionRef, answer: &str) -> Grade {
        todo!("{question:?} {answer}")
    }

    /// Why each pattern and phrase did or did not match.
    #[must_use]
    pub fn explain(&self, question: QuestionRef, answer: &str) -> Explanation {
        todo!("{question:?} {answer}")
    }
}
