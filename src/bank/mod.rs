//! Banks: questions and rubrics under one name, read from files, every fault reported with its place.
//!
//! Names Domain only.

use crate::domain::id::BankName;
use crate::domain::lexicon::Lexicon;
use crate::domain::question::Question;
use crate::domain::rubric::Rubric;
use crate::domain::verdict::Model;

/// A question with its rubric.
#[derive(Debug, Clone)]
pub struct Item {
    /// What is asked.
    pub question: Question,
    /// How answers are graded.
    pub rubric: Rubric,
    /// SHA-256 (lower-case hex) over the rubric's and the phrases' bytes.
    pub rubric_hash: String,
}

/// Questions and rubrics under one name, valid once it exists.
#[derive(Debug, Clone)]
pub struct Bank {
    /// Its name.
    pub name: BankName,
    /// Its title, for people.
    pub title: String,
    /// Its questions, in the document's order.
    pub items: Vec<Item>,
    /// SHA-256 (lower-case hex) over all its files.
    pub hash: String,
}

/// Everything that grading needs, loaded and validated together.
#[derive(Debug, Clone)]
pub struct Library {
    /// The banks; a name occurs once.
    pub banks: Vec<Bank>,
    /// The shared words.
    pub lexicon: Lexicon,
    /// SHA-256 (lower-case hex) of the lexicon's file.
    pub lexicon_hash: String,
    /// The verdict model.
    pub model: Model,
    /// SHA-256 (lower-case hex) of the model's file.
    pub model_hash: String,
}
