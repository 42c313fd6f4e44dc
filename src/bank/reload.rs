//! Reading the directories again while they are edited: what has changed, and what of it can be used.
//!
//! A file that is being edited is broken half of the time. So a bank with a fault stays as it last was, bank by bank,
//! and the faults are handed on to be told.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::fault::Fault;
use super::load::Loaded;
use super::{Library, Sources};

/// Which files there are, when each was last written, and how large it is. Two stamps are equal where nothing changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp(Vec<(PathBuf, Option<SystemTime>, u64)>);

impl Stamp {
    /// Adds the files of a folder, and of the folders in it down to `depth`.
    fn add(&mut self, folder: &Path, depth: usize) {
        let Ok(entries) = fs::read_dir(folder) else {
            self.0.push((folder.to_owned(), None, 0));
            return;
        };
        for entry in entries.filter_map(Result::ok) {
            // What hides is no part of a bank: an editor's swap file, an import that is being written.
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = entry.path();
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() && depth > 0 => self.add(&path, depth - 1),
                Ok(metadata) => self.0.push((path, metadata.modified().ok(), metadata.len())),
                Err(_) => self.0.push((path, None, 0)),
            }
        }
    }
}

impl Sources {
    /// The state of the directories' files, read without reading the files.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        let mut stamp = Stamp::default();
        for dir in self.dirs() {
            stamp.add(&dir.join("questions"), 0);
            stamp.add(&dir.join("rubrics"), 1);
        }
        stamp.0.sort();
        stamp
    }

    /// Reads everything again. A bank with a fatal fault is the one of `last`, if that has it, and all of `last` stays
    /// where a fault is of no bank (a folder that cannot be read, a shared file). The faults are all there are.
    #[must_use]
    pub fn reload(&self, last: &Library) -> (Library, Vec<Fault>) {
        let Loaded { shared, banks, faults, broken, is_whole } = self.read();
        if !is_whole {
            return (last.clone(), faults);
        }
        let mut library = Library {
            banks: banks.into_iter().map(|read| read.bank).collect(),
            lexicon: shared.lexicon,
            lexicon_hash: shared.lexicon_hash,
            model: shared.model,
            manner: shared.manner,
            model_hash: shared.model_hash,
            ideal: shared.ideal,
            ideal_hash: shared.ideal_hash,
        };
        for name in &broken {
            let kept = last.banks.iter().find(|bank| bank.name.as_str() == name).cloned();
            let at = library.banks.iter().position(|bank| bank.name.as_str() == name);
            match (at, kept) {
                (Some(at), Some(kept)) => library.banks[at] = kept,
                (Some(at), None) => drop(library.banks.remove(at)),
                (None, kept) => library.banks.extend(kept),
            }
        }
        (library, faults)
    }
}
