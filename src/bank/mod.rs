//! Banks: questions and rubrics under one name, read from files, every fault reported with its place.
//!
//! Names Domain only.
//!
//! [`Sources`] reads the compiled-in banks and those of directories into a [`Library`]. Each kind of file has one
//! reader: [`questions`], [`rubric`], [`phrases`], [`lexicon`]. [`canon`] writes rubrics and phrases in the one form that
//! `viva check --fix` gives them, and [`lint`] warns of what is probably not meant so.
//!
//! [`import`] reads questions of other formats, [`draft`] makes rubrics of their ideal answers, and [`document`] writes
//! them down as a bank. [`export`] writes a bank as one file, and [`exchange`] is its JSON.
//! [`Sources::reload`] reads directories again that are being edited.
//!
//! To add a question: a heading in `questions/NAME.md` and a file `rubrics/NAME/ID.toml`. To add a bank: a document
//! and a folder. Neither needs code: the build script lists what is there.

pub mod canon;
pub mod document;
pub mod draft;
pub mod exchange;
pub mod export;
pub mod fault;
mod files;
pub mod import;
pub mod lexicon;
pub mod lint;
mod load;
pub mod phrases;
pub mod questions;
mod reload;
pub mod rubric;
mod shared;
mod tables;
mod words;

pub use canon::canonical;
pub use fault::{Fault, Severity};
pub use load::{Checked, RubricSource, RubricSources, Sources, builtin, builtin_lexicon};
pub use reload::Stamp;

use std::borrow::Cow;

use crate::domain::id::BankName;
use crate::domain::ideal;
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
    /// The file of its claims' words, empty where it has none.
    pub words: Cow<'static, str>,
    /// SHA-256 (lower-case hex) over the rubric's, the phrases' and the words' bytes.
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
    /// The file of what answers make of their own words, empty where there is none.
    pub manner: Cow<'static, str>,
    /// SHA-256 (lower-case hex) of the model's file and that one.
    pub model_hash: String,
    /// The model for questions that have but an ideal answer.
    pub ideal: ideal::Model,
    /// SHA-256 (lower-case hex) of that model's file.
    pub ideal_hash: String,
}
