//! The words of a question's claims: a file that `viva fit --words` writes, kept as it is until the question is compiled.

use std::borrow::Cow;

use super::Item;
use super::fault::Fault;
use super::files::SourceFile;
use crate::domain::wording::Wording;

impl Item {
    /// What its claims' words say, nothing where no file tells.
    #[must_use]
    pub fn wording(&self) -> Wording {
        // A file that does not fit the rubric was reported where it was read.
        Wording::parse(&self.words, &self.rubric.claim_names()).unwrap_or_default()
    }
}

/// The item with the words of its claims, where their file fits them.
pub(super) fn with_words(mut item: Item, words: Option<SourceFile>, faults: &mut Vec<Fault>) -> Item {
    let Some(SourceFile { path, text: Some(text), .. }) = words else { return item };
    // Words that are compiled in fit: a test reads them all, and no start should wait for it.
    if let Cow::Owned(text) = &text
        && let Err(error) = Wording::parse(text, &item.rubric.claim_names())
    {
        let message = format!("{}; the file is not used: run `viva fit --words` to renew it", error.message);
        faults.push(Fault::at(path, (error.line, 1), message).warning());
        return item;
    }
    item.words = text;
    item
}
