//! Banks of directories, beside and in place of the compiled-in one.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use viva::bank::{Checked, Fault, Library, Sources};
use viva::domain::wording::Wording;

use super::{DOCUMENT, GOOD, LIBRARY, changed, check};

/// A directory with these files.
fn directory(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// What loading a directory reports, without the directory's own path.
fn load(dir: &TempDir) -> (Option<Library>, Vec<Fault>) {
    let (library, mut faults) = Sources::new().with_dir(dir.path()).load();
    for fault in &mut faults {
        fault.file = Path::new(&fault.file).strip_prefix(dir.path()).unwrap().display().to_string();
    }
    (library, faults)
}

const PHRASES: &str = "# one\n+ a single one\n";

#[test]
fn a_directory_adds_its_banks() {
    let dir = directory(&[
        ("questions/cats.md", DOCUMENT),
        ("rubrics/cats/Q1.toml", GOOD),
        ("rubrics/cats/Q1.phrases", PHRASES),
        ("rubrics/cats/.Q1.toml.swp", "never read"),
    ]);
    let (library, faults) = load(&dir);
    check(&faults, &[]);
    let library = library.unwrap();
    let names: Vec<&str> = library.banks.iter().map(|bank| bank.name.as_str()).collect();
    assert_eq!(names, ["go-runtime", "cats"]);
    let bank = &library.banks[1];
    assert_eq!((bank.title.as_str(), bank.items.len()), ("Title", 1));
    assert_eq!(bank.items[0].rubric.phrases[0].text, "a single one");
}

#[test]
fn words_that_do_not_fit_the_rubric_are_told_of_and_not_used() {
    let words = "claims one two !none\nbase 0.1 0 0\nsingle A.a\n";
    let with = |words: &str| {
        let files = [("questions/cats.md", DOCUMENT), ("rubrics/cats/Q1.toml", GOOD), ("rubrics/cats/Q1.words", words)];
        let (library, faults) = load(&directory(&files));
        (library.unwrap().banks.remove(1).items.remove(0), faults)
    };
    let (item, faults) = with(words);
    check(&faults, &[]);
    assert_eq!((&*item.words, item.wording() == Wording::default()), (words, false));
    let (other, faults) = with(&words.replace(" two", " three"));
    let told = "rubrics/cats/Q1.words:1:1: there is no claim `three` in the rubric; the file is not used: run `viva fit --words` to renew it (warning)";
    check(&faults, &[told]);
    assert_eq!((&*other.words, other.wording()), ("", Wording::default()));
    assert_ne!(item.rubric_hash, other.rubric_hash);
    let (library, faults) = load(&directory(&[("rubrics/cats/Q1.words", words), ("questions/cats.md", DOCUMENT)]));
    assert!(library.is_none());
    check(
        &faults[..1],
        &["rubrics/cats/Q1.words:1:1: these words belong to no rubric: expected `Q1.toml` beside this file"],
    );
}

#[test]
fn a_bank_of_the_same_name_replaces_the_compiled_in_one() {
    let dir = directory(&[("questions/go-runtime.md", DOCUMENT), ("rubrics/go-runtime/Q1.toml", GOOD)]);
    let (library, faults) = load(&dir);
    check(&faults, &[]);
    let library = library.unwrap();
    assert_eq!(library.banks.len(), 1);
    assert_eq!(library.banks[0].items.len(), 1);
    assert_ne!(library.banks[0].hash, LIBRARY.banks[0].hash);
    assert_eq!(library.lexicon_hash, LIBRARY.lexicon_hash);
}

#[test]
fn hashes_depend_on_the_text_of_rubric_and_phrases_alone() {
    let hashes = |rubric: &str, phrases: &str, document: &str| {
        let dir = directory(&[
            ("questions/cats.md", document),
            ("rubrics/cats/Q1.toml", rubric),
            ("rubrics/cats/Q1.phrases", phrases),
        ]);
        let bank = load(&dir).0.unwrap().banks.remove(1);
        (bank.hash, bank.items[0].rubric_hash.clone())
    };
    let base = hashes(GOOD, PHRASES, DOCUMENT);
    assert_eq!(base, hashes(GOOD, PHRASES, DOCUMENT));
    assert_ne!(base.1, hashes(GOOD, "# one\n+ other\n", DOCUMENT).1);
    assert_ne!(base.1, hashes(&changed("weight = 3", "weight = 4"), PHRASES, DOCUMENT).1);
    let document = hashes(GOOD, PHRASES, &DOCUMENT.replace("This.", "That."));
    assert_eq!(base.1, document.1);
    assert_ne!(base.0, document.0);
}

#[test]
fn a_question_without_rubric_is_left_out_with_a_warning() {
    let more = format!("{DOCUMENT}\n### Q2\n\nAnd?\n\n**Ideal answer**\n\nThat.\n");
    let dir = directory(&[("questions/cats.md", &more), ("rubrics/cats/Q1.toml", GOOD)]);
    let (library, faults) = load(&dir);
    check(
        &faults,
        &[
            "questions/cats.md:15:1: question `Q2` has no rubric: expected `rubrics/cats/Q2.toml`; it cannot be graded and is left out (warning)",
        ],
    );
    assert_eq!(library.unwrap().banks[1].items.len(), 1);
}

#[test]
fn faults_of_all_files_are_reported_together() {
    let dir = directory(&[
        ("questions/cats.md", DOCUMENT),
        ("questions/notes.txt", "x"),
        ("rubrics/cats/Q1.toml", &changed("weight = 3", "weight = 30")),
        ("rubrics/cats/Q1.phrases", "? what\n"),
        ("rubrics/cats/q1.toml", GOOD),
        ("rubrics/cats/Q3.phrases", PHRASES),
        ("rubrics/cats/Q1.tml", GOOD),
        ("rubrics/dogs/Q1.toml", GOOD),
    ]);
    fs::create_dir_all(dir.path().join("rubrics/birds")).unwrap();
    let (library, mut faults) = load(&dir);
    assert!(library.is_none());
    faults.sort();
    check(
        &faults,
        &[
            "questions/notes.txt:1:1: this file is not read: expected `NAME.md` (warning)",
            "rubrics/birds:1:1: the bank `birds` has no questions: expected `questions/birds.md` beside `rubrics/birds`",
            "rubrics/cats/Q1.phrases:1:1: a line begins with `+`, `~`, `x` or `-` and a space, or with `#`, `!` or `=`: found none of these",
            "rubrics/cats/Q1.tml:1:1: this file is not read: expected `ID.toml`, `ID.phrases` or `ID.words` (warning)",
            "rubrics/cats/Q1.toml:8:10: `weight` is 30: expected a whole number from 1 to 10",
            "rubrics/cats/Q3.phrases:1:1: these phrases belong to no rubric: expected `Q3.toml` beside this file",
            "rubrics/cats/Q3.phrases:1:1: this rubric belongs to no question: expected `### Q3` in the bank's document; did you mean `Q1`?",
            "rubrics/cats/q1.toml:1:1: this rubric belongs to no question: expected `### q1` in the bank's document; did you mean `Q1`?",
            "rubrics/dogs:1:1: the bank `dogs` has no questions: expected `questions/dogs.md` beside `rubrics/dogs`",
        ],
    );
}

#[test]
fn unreadable_sources_are_faults() {
    let dir = directory(&[("questions/cats.md", DOCUMENT), ("rubrics/cats/Q1.toml", GOOD)]);
    fs::write(dir.path().join("rubrics/cats/Q1.phrases"), b"# one\n+ caf\xe9\n").unwrap();
    let (library, faults) = load(&dir);
    assert!(library.is_none());
    check(&faults, &["rubrics/cats/Q1.phrases:2:6: the file is not UTF-8: expected text in UTF-8"]);

    let (library, faults) = Sources::new().with_dir(dir.path().join("nowhere")).load();
    assert!(library.is_none());
    assert!(faults[0].message.starts_with("cannot read the folder: "), "{faults:?}");

    let empty = directory(&[]);
    check(&load(&empty).1, &[":1:1: there is no bank here: expected `questions/NAME.md` and `rubrics/NAME/`"]);
}

#[test]
fn the_lexicon_of_a_directory_is_checked_and_not_used() {
    let dir = directory(&[
        ("questions/cats.md", DOCUMENT),
        ("rubrics/cats/Q1.toml", GOOD),
        ("rubrics/lexicon.toml", "schema = 1\n[groups]\ncat = [\"cat\"]\n"),
    ]);
    let (loaded, faults) = load(&dir);
    check(
        &faults,
        &[
            "rubrics/lexicon.toml:1:1: this file is not used: it differs from the one compiled into this program, which holds for all banks (warning)",
        ],
    );
    assert_eq!(loaded.unwrap().lexicon, LIBRARY.lexicon);
}

#[test]
fn a_pattern_that_names_a_missing_group_is_a_fault() {
    let dir = directory(&[
        ("questions/cats.md", DOCUMENT),
        ("rubrics/cats/Q1.toml", &changed("'single'", r"'{no-such-group} \{brace\}'")),
    ]);
    let (library, faults) = load(&dir);
    assert!(library.is_none());
    check(&faults, &["rubrics/cats/Q1.toml:9:22: the lexicon has no group `{no-such-group}`"]);
}

#[test]
fn a_check_warns_of_concepts_that_are_hard_to_find() {
    let dir = directory(&[
        ("questions/cats.md", DOCUMENT),
        ("rubrics/cats/Q1.toml", &changed("claim = \"It is nothing\"", "claim = \"No\"\npatterns = ['single', 'nil']")),
        ("rubrics/cats/Q1.phrases", "# two\n- three\n# one\n+ a single one\n"),
    ]);
    let Checked { library, faults, rubric_sources } = Sources::new().with_dir(dir.path()).check();
    assert!(library.is_some());
    let path = dir.path().join("rubrics/cats/Q1.toml").display().to_string();
    let faults: Vec<Fault> = faults.into_iter().filter(|fault| fault.file == path).collect();
    check(
        &faults,
        &[
            &format!("{path}:11:1: the concept `two` has no paraphrase (warning)"),
            &format!("{path}:11:1: the concept `two` has no pattern (warning)"),
            &format!("{path}:20:13: the pattern of `none` is that of `one` too, in line 9 (warning)"),
        ],
    );
    assert!(rubric_sources.values().any(|source| source.path == path));
}
