//! Where banks come from: the files compiled into the program and those of directories, sorted into banks.
//!
//! Both have one layout: `questions/NAME.md`, `rubrics/NAME/ID.toml`, `rubrics/NAME/ID.phrases` and `rubrics/NAME/ID.words`, and
//! beside these the shared `rubrics/lexicon.toml`, `rubrics/model.toml` and `rubrics/ideal.toml`.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use super::fault::{Fault, place};

/// The compiled-in files: path and text, listed by the build script.
static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/bank_files.rs"));

/// The shared files, by their path.
const LEXICON: &str = "rubrics/lexicon.toml";
const MODEL: &str = "rubrics/model.toml";
const IDEAL: &str = "rubrics/ideal.toml";
const MANNER: &str = "rubrics/manner.words";

/// The extensions of what makes a rubric: itself, its phrases, the words of its claims.
pub(super) const RUBRIC_FILES: [&str; 3] = ["toml", "phrases", "words"];

/// A text file of a bank.
#[derive(Debug, Clone)]
pub(super) struct SourceFile {
    /// Its path for messages.
    pub(super) path: String,
    /// Its path within the layout, such as `rubrics/go-runtime/Q4.toml`.
    pub(super) name: String,
    /// What it holds; nothing if it cannot be read, which has been reported.
    pub(super) text: Option<Cow<'static, str>>,
}

impl SourceFile {
    /// The last part of the path, without its extension.
    pub(super) fn stem(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or_default();
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }

    /// What follows the last full stop of the file's name.
    pub(super) fn extension(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or_default();
        file.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The text, empty if it cannot be read.
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }
}

/// The files of one bank.
#[derive(Debug, Clone, Default)]
pub(super) struct BankFiles {
    /// The bank's name as its files spell it.
    pub(super) name: String,
    /// The path of `rubrics/NAME` for messages, where there is such a folder.
    pub(super) folder: Option<String>,
    /// The document of questions.
    pub(super) document: Option<SourceFile>,
    /// The files under `rubrics/NAME`, by name.
    pub(super) rubrics: Vec<SourceFile>,
}

/// All files of one source.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    /// The banks, by name.
    pub(super) banks: Vec<BankFiles>,
    /// The shared words.
    pub(super) lexicon: Option<SourceFile>,
    /// The verdict model.
    pub(super) model: Option<SourceFile>,
    /// The model for questions that have but an ideal answer.
    pub(super) ideal: Option<SourceFile>,
    /// What answers make of their own words.
    pub(super) manner: Option<SourceFile>,
    /// What was wrong with reading them.
    pub(super) faults: Vec<Fault>,
}

impl Tree {
    /// The compiled-in files.
    pub(super) fn built_in() -> Self {
        let mut tree = Self::default();
        for (name, text) in BUILT_IN {
            let text = Some(Cow::Borrowed(*text));
            tree.add(SourceFile { path: (*name).to_owned(), name: (*name).to_owned(), text });
        }
        tree
    }

    /// The files of a directory.
    pub(super) fn read(dir: &Path) -> Self {
        let mut tree = Self::default();
        if let Err(error) = fs::read_dir(dir) {
            tree.faults.push(Fault::of_file(shown(dir), format!("cannot read the folder: {error}")));
            return tree;
        }
        tree.read_folder(&dir.join("questions"), "questions");
        tree.read_folder(&dir.join("rubrics"), "rubrics");
        if tree.banks.is_empty() && tree.faults.is_empty() {
            let message = "there is no bank here: expected `questions/NAME.md` and `rubrics/NAME/`";
            tree.faults.push(Fault::of_file(shown(dir), message));
        }
        tree
    }

    /// Reads a folder of the layout, in the order of names. One that does not exist is empty.
    fn read_folder(&mut self, folder: &Path, name: &str) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => {
                self.faults.push(Fault::of_file(shown(folder), format!("cannot read the folder: {error}")));
                return;
            }
        };
        let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let Some(file) = path.file_name().and_then(OsStr::to_str) else {
                self.faults.push(Fault::of_file(shown(&path), "the file's name is not UTF-8"));
                continue;
            };
            if file.starts_with('.') {
                continue;
            }
            let inner = format!("{name}/{file}");
            if !path.is_dir() {
                let text = self.read_file(&path);
                self.add(SourceFile { path: shown(&path), name: inner, text });
            } else if name == "rubrics" {
                self.bank(file).folder = Some(shown(&path));
                self.read_folder(&path, &inner);
            } else {
                self.stray(&shown(&path), "a folder here is not looked into");
            }
        }
    }

    fn read_file(&mut self, path: &Path) -> Option<Cow<'static, str>> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.faults.push(Fault::of_file(shown(path), format!("cannot read the file: {error}")));
                return None;
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => Some(Cow::Owned(text)),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let at = place(&String::from_utf8_lossy(&error.as_bytes()[..valid]), valid);
                self.faults.push(Fault::at(shown(path), at, "the file is not UTF-8: expected text in UTF-8"));
                None
            }
        }
    }

    /// Sorts a file into the tree.
    fn add(&mut self, file: SourceFile) {
        let parts: Vec<&str> = file.name.split('/').collect();
        match parts[..] {
            ["questions", _] if file.extension() == "md" => {
                let name = file.stem().to_owned();
                self.bank(&name).document = Some(file);
            }
            ["rubrics", name, _] if RUBRIC_FILES.contains(&file.extension()) => {
                let name = name.to_owned();
                self.bank(&name).rubrics.push(file);
            }
            ["rubrics", _] if file.name == LEXICON => self.lexicon = Some(file),
            ["rubrics", _] if file.name == MODEL => self.model = Some(file),
            ["rubrics", _] if file.name == IDEAL => self.ideal = Some(file),
            ["rubrics", _] if file.name == MANNER => self.manner = Some(file),
            ["questions", _] => self.stray(&file.path, "this file is not read: expected `NAME.md`"),
            ["rubrics", _, _] => {
                self.stray(&file.path, "this file is not read: expected `ID.toml`, `ID.phrases` or `ID.words`");
            }
            _ => self.stray(&file.path, "this file is not read: expected a folder with a bank's name"),
        }
    }

    /// The bank of that name, made if there is none yet.
    fn bank(&mut self, name: &str) -> &mut BankFiles {
        let at = self.banks.binary_search_by(|bank| bank.name.as_str().cmp(name)).unwrap_or_else(|free| {
            self.banks.insert(free, BankFiles { name: name.to_owned(), ..BankFiles::default() });
            free
        });
        &mut self.banks[at]
    }

    fn stray(&mut self, path: &str, message: &str) {
        self.faults.push(Fault::of_file(path, message).warning());
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
