//! From files to a [`Library`]: the compiled-in banks, and those of directories beside or in place of them.
//!
//! Everything is read and every fault collected; there is a library exactly if none of them is fatal.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::fault::{Fault, nearest};
use super::files::{BankFiles, RUBRIC_FILES, SourceFile, Tree};
use super::rubric::{Places, RubricFile};
use super::shared::{Shared, read_lexicon};
use super::words::with_words;
use super::{Bank, Item, Library, lint, phrases, questions, rubric};
use crate::domain::id::{BankName, QuestionId};
use crate::domain::lexicon::Lexicon;

/// Where banks are read from: always the compiled-in ones, then directories, where a bank replaces one of the
/// same name that came before it.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    dirs: Vec<PathBuf>,
}

/// What a check of the sources found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The library, if no fault is fatal.
    pub library: Option<Library>,
    /// Faults and warnings, those of [`lint`] among them, by source and place.
    pub faults: Vec<Fault>,
    /// Where each rubric comes from, for messages about it.
    pub rubric_sources: RubricSources,
}

/// Where every rubric comes from.
pub type RubricSources = BTreeMap<(BankName, QuestionId), RubricSource>;

/// Where a rubric comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RubricSource {
    /// The path of its file.
    pub path: String,
    /// Where its parts stand in it.
    pub places: Places,
}

impl Sources {
    /// The compiled-in banks alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more directory, laid out as `DIR/questions/NAME.md` and `DIR/rubrics/NAME/`.
    #[must_use]
    pub fn with_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dirs.push(dir.into());
        self
    }

    /// Reads everything. There is a library exactly if none of the faults is fatal; warnings may stand
    /// beside it.
    #[must_use]
    pub fn load(&self) -> (Option<Library>, Vec<Fault>) {
        self.read().finish()
    }

    /// Reads everything but the models, to fit new ones: the library holds the default models, and a model file that this
    /// program no longer understands is no fault.
    #[must_use]
    pub fn load_without_model(&self) -> (Option<Library>, Vec<Fault>) {
        let without = |mut tree: Tree| {
            tree.model = None;
            tree.ideal = None;
            tree
        };
        self.read_trees(without).finish()
    }

    /// Reads everything and looks at it more closely than grading needs.
    #[must_use]
    pub fn check(&self) -> Checked {
        let mut loaded = self.read();
        let mut rubric_sources = BTreeMap::new();
        for ReadBank { bank, sources } in &loaded.banks {
            for (item, source) in bank.items.iter().zip(sources) {
                loaded.faults.extend(lint::lint(&source.path, &item.rubric, &source.places));
                rubric_sources.insert((bank.name.clone(), item.question.id.clone()), source.clone());
            }
        }
        let (library, faults) = loaded.finish();
        Checked { library, faults, rubric_sources }
    }

    /// The files of the bank of that name.
    pub(super) fn bank_files(&self, name: &BankName) -> Option<BankFiles> {
        let trees = self.dirs.iter().rev().map(|dir| Tree::read(dir)).chain(std::iter::once_with(Tree::built_in));
        trees.flat_map(|tree| tree.banks).find(|bank| bank.name == name.as_str())
    }

    /// The directories, in order.
    pub(super) fn dirs(&self) -> &[PathBuf] {
        &self.dirs
    }

    pub(super) fn read(&self) -> Loaded {
        self.read_trees(|tree| tree)
    }

    /// Reads what `prepare` leaves of every tree.
    fn read_trees(&self, prepare: impl Fn(Tree) -> Tree) -> Loaded {
        let built_in = prepare(Tree::built_in());
        let mut faults = built_in.faults.clone();
        let shared = Shared::read(&built_in, &mut faults);
        let mut sources = built_in.banks;
        for dir in &self.dirs {
            let tree = prepare(Tree::read(dir));
            faults.extend(tree.faults.iter().cloned());
            shared.compare(&tree, &mut faults);
            for bank in tree.banks {
                match sources.iter_mut().find(|known| known.name == bank.name) {
                    Some(known) => *known = bank,
                    None => sources.push(bank),
                }
            }
        }
        let elsewhere = faults.iter().filter(|fault| fault.is_fatal()).count();
        let (mut banks, mut broken, mut unreadable) = (Vec::new(), Vec::new(), 0);
        for files in &sources {
            let before = faults.len();
            banks.extend(read_bank(files, &shared.lexicon, &mut faults));
            let lost = files.document.iter().chain(&files.rubrics).filter(|file| file.text.is_none()).count();
            unreadable += lost;
            if lost > 0 || faults[before..].iter().any(Fault::is_fatal) {
                broken.push(files.name.clone());
            }
        }
        Loaded { shared, banks, faults, broken, is_whole: elsewhere <= unreadable }
    }
}

/// The compiled-in library, or what is wrong with it.
pub fn builtin() -> Result<Library, Vec<Fault>> {
    let (library, faults) = Sources::new().load();
    library.ok_or(faults)
}

/// The compiled-in shared words.
#[must_use]
pub fn builtin_lexicon() -> Lexicon {
    read_lexicon(&Tree::built_in(), &mut Vec::new()).unwrap_or_default()
}

/// All that was read, also where it has faults.
pub(super) struct Loaded {
    pub(super) shared: Shared,
    pub(super) banks: Vec<ReadBank>,
    pub(super) faults: Vec<Fault>,
    /// The names of banks with a fatal fault.
    pub(super) broken: Vec<String>,
    /// Whether every fatal fault is one of a bank's.
    pub(super) is_whole: bool,
}

impl Loaded {
    fn finish(self) -> (Option<Library>, Vec<Fault>) {
        let Self { shared, banks, faults, .. } = self;
        let complete = !faults.iter().any(Fault::is_fatal);
        let library = complete.then(|| Library {
            banks: banks.into_iter().map(|read| read.bank).collect(),
            lexicon: shared.lexicon,
            lexicon_hash: shared.lexicon_hash,
            model: shared.model,
            manner: shared.manner,
            model_hash: shared.model_hash,
            ideal: shared.ideal,
            ideal_hash: shared.ideal_hash,
        });
        (library, faults)
    }
}

/// A bank with what messages about its rubrics need.
pub(super) struct ReadBank {
    pub(super) bank: Bank,
    /// One for each of its items.
    sources: Vec<RubricSource>,
}

fn read_bank(files: &BankFiles, lexicon: &Lexicon, faults: &mut Vec<Fault>) -> Option<ReadBank> {
    let folder = format!("rubrics/{}", files.name);
    let path = files.document.as_ref().map(|file| &file.path).or(files.folder.as_ref()).unwrap_or(&folder);
    let name = match BankName::new(&files.name) {
        Ok(name) => name,
        Err(error) => {
            faults.push(Fault::of_file(path, error.to_string()));
            return None;
        }
    };
    let Some(document_file) = &files.document else {
        let message = format!("the bank `{name}` has no questions: expected `questions/{name}.md` beside `{folder}`");
        faults.push(Fault::of_file(path, message));
        return None;
    };
    let (document, found) = questions::parse(&document_file.path, document_file.text());
    if document_file.text.is_some() {
        faults.extend(found);
    }
    let mut rubrics = read_rubrics(files, lexicon, faults);
    if document_file.text.is_some() {
        report_orphans(&rubrics, &document, faults);
    }
    let hash = bank_hash(document_file, &rubrics);
    let (mut items, mut sources) = (Vec::new(), Vec::new());
    for (question, line) in document.questions {
        match rubrics.remove(question.id.as_str()) {
            None => {
                let message = format!(
                    "question `{0}` has no rubric: expected `{folder}/{0}.toml`; it cannot be graded and is left out",
                    question.id
                );
                faults.push(Fault::at(&document_file.path, (line, 1), message).warning());
            }
            Some(ReadRubric { file: Some(file), path, words, hash }) => {
                sources.push(RubricSource { path, places: file.places });
                let item = Item { question, rubric: file.rubric, words: Cow::default(), rubric_hash: hash };
                items.push(with_words(item, words, faults));
            }
            // Its faults are reported.
            Some(_) => {}
        }
    }
    Some(ReadBank { bank: Bank { name, title: document.title, items, hash }, sources })
}

/// The rubric files of one id.
struct ReadRubric {
    /// Where to report what concerns the id.
    path: String,
    /// The rubric with its phrases; nothing if it has faults.
    file: Option<RubricFile>,
    words: Option<SourceFile>,
    hash: String,
}

/// Reads all rubrics of a bank, by the id that their names give.
fn read_rubrics<'f>(files: &'f BankFiles, lexicon: &Lexicon, faults: &mut Vec<Fault>) -> BTreeMap<&'f str, ReadRubric> {
    let mut by_id: BTreeMap<&str, [Option<&SourceFile>; 3]> = BTreeMap::new();
    for file in &files.rubrics {
        let place = RUBRIC_FILES.iter().position(|extension| *extension == file.extension());
        by_id.entry(file.stem()).or_default()[place.unwrap_or_default()] = Some(file);
    }
    let mut rubrics = BTreeMap::new();
    for (id, of_id) in by_id {
        let [toml, lines, words] = of_id;
        let file = toml.and_then(|file| read_rubric(file, lines, lexicon, faults));
        let Some(path) = toml.or(lines).or(words).map(|file| file.path.clone()) else { continue };
        if toml.is_none() {
            let what = if lines.is_some() { "phrases" } else { "words" };
            let message = format!("these {what} belong to no rubric: expected `{id}.toml` beside this file");
            faults.push(Fault::of_file(path.clone(), message));
        }
        // A rubric without words keeps its hash.
        let parts = of_id.iter().take(if words.is_some() { 3 } else { 2 });
        let hash = hash_parts(parts.map(|file| file.map_or("", SourceFile::text)));
        rubrics.insert(id, ReadRubric { path, file, words: words.cloned(), hash });
    }
    rubrics
}

/// Reads a rubric with its phrases. Phrases are looked at even where the rubric has faults.
fn read_rubric(
    toml: &SourceFile,
    lines: Option<&SourceFile>,
    lexicon: &Lexicon,
    faults: &mut Vec<Fault>,
) -> Option<RubricFile> {
    let (file, found) = rubric::parse(&toml.path, toml.text.as_deref()?);
    faults.extend(found);
    let mut phrases = Vec::new();
    if let Some(lines) = lines {
        let (read, found) = phrases::read(lines, file.as_ref().map(|file| &file.rubric));
        phrases = read;
        faults.extend(found);
    }
    let mut file = file?;
    faults.extend(lint::unknown_groups(&toml.path, &file.rubric, &file.places, lexicon));
    file.rubric.phrases = phrases;
    Some(file)
}

fn report_orphans(rubrics: &BTreeMap<&str, ReadRubric>, document: &questions::Document, faults: &mut Vec<Fault>) {
    for (id, rubric) in rubrics {
        if !document.ids.iter().any(|known| known.as_str() == *id) {
            let hint = nearest(id, document.ids.iter().map(QuestionId::as_str))
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let message =
                format!("this rubric belongs to no question: expected `### {id}` in the bank's document{hint}");
            faults.push(Fault::of_file(&rubric.path, message));
        }
    }
}

/// Lower-case hex of a text's SHA-256.
pub(super) fn sha256(text: &str) -> String {
    hex(Sha256::digest(text.as_bytes()).as_slice())
}

/// Lower-case hex of the SHA-256 over texts, each behind its length, so that no two lists share one.
fn hash_parts<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hex(hasher.finalize().as_slice())
}

/// The hash over all files of a bank by name: over the document and, instead of the rubrics' texts, their hashes.
fn bank_hash(document: &SourceFile, rubrics: &BTreeMap<&str, ReadRubric>) -> String {
    let rubrics = rubrics.iter().flat_map(|(id, rubric)| [*id, rubric.hash.as_str()]);
    hash_parts([document.name.as_str(), document.text()].into_iter().chain(rubrics))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).map(|nibble| char::from(DIGITS[usize::from(nibble)])).collect()
}
