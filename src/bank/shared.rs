//! What all banks share: the lexicon, the verdict model, what answers make of their own words, and the model for ideal answers.
//!
//! To add a file: its place in [`Tree`], here, in [`Library`](super::Library), and where that is put together.

use std::borrow::Cow;

use super::fault::Fault;
use super::files::{SourceFile, Tree};
use super::lexicon;
use super::load::sha256;
use crate::domain::ideal;
use crate::domain::lexicon::Lexicon;
use crate::domain::verdict::Model;

/// What all banks share, with the texts it was read from.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) lexicon: Lexicon,
    pub(super) lexicon_hash: String,
    pub(super) model: Model,
    /// SHA-256 of the model's file alone.
    model_file: String,
    pub(super) manner: Cow<'static, str>,
    pub(super) model_hash: String,
    pub(super) ideal: ideal::Model,
    pub(super) ideal_hash: String,
}

impl Shared {
    pub(super) fn read(tree: &Tree, faults: &mut Vec<Fault>) -> Self {
        let lexicon = tree.lexicon.as_ref().map_or("", SourceFile::text);
        let model = tree.model.as_ref().map_or("", SourceFile::text);
        let manner = tree.manner.as_ref().and_then(|file| file.text.clone()).unwrap_or_default();
        let ideal = tree.ideal.as_ref().map_or("", SourceFile::text);
        Self {
            lexicon: read_lexicon(tree, faults).unwrap_or_default(),
            lexicon_hash: sha256(lexicon),
            model: read_model(tree, faults).unwrap_or_default(),
            model_file: sha256(model),
            model_hash: sha256(&format!("{model}{manner}")),
            manner,
            ideal: read_ideal(tree, faults).unwrap_or_default(),
            ideal_hash: sha256(ideal),
        }
    }

    /// Checks the shared files of a directory, which are never used: another lexicon or model would move the
    /// scores of every bank.
    pub(super) fn compare(&self, tree: &Tree, faults: &mut Vec<Fault>) {
        read_lexicon(tree, faults);
        read_model(tree, faults);
        read_ideal(tree, faults);
        let shared = [
            (&tree.lexicon, &self.lexicon_hash),
            (&tree.model, &self.model_file),
            (&tree.manner, &sha256(&self.manner)),
            (&tree.ideal, &self.ideal_hash),
        ];
        for (file, hash) in shared {
            if let Some(file) = file.as_ref().filter(|file| sha256(file.text()) != *hash) {
                let message = "this file is not used: it differs from the one compiled into this program, which holds for all banks";
                faults.push(Fault::of_file(&file.path, message).warning());
            }
        }
    }
}

pub(super) fn read_lexicon(tree: &Tree, faults: &mut Vec<Fault>) -> Option<Lexicon> {
    let file = tree.lexicon.as_ref()?;
    let (lexicon, found) = lexicon::parse(&file.path, file.text.as_deref()?);
    faults.extend(found);
    lexicon
}

fn read_model(tree: &Tree, faults: &mut Vec<Fault>) -> Option<Model> {
    let file = tree.model.as_ref()?;
    match Model::parse(file.text.as_deref()?) {
        Ok(model) => Some(model),
        Err(error) => {
            faults.push(Fault::at(&file.path, (error.line.max(1), 1), error.message));
            None
        }
    }
}

fn read_ideal(tree: &Tree, faults: &mut Vec<Fault>) -> Option<ideal::Model> {
    let file = tree.ideal.as_ref()?;
    let read = ideal::Model::parse(file.text.as_deref()?);
    read.map_err(|error| faults.push(Fault::at(&file.path, (error.line.max(1), 1), error.message))).ok()
}
