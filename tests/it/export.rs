//! `viva export`, through the real binary, and what `viva import` makes of it again.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::run;

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

/// The files of a bank: the document, then each rubric file by its name.
fn files(banks: &Path, name: &str) -> Vec<(String, String)> {
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let mut files = vec![("document".to_owned(), read(&banks.join(format!("questions/{name}.md"))))];
    let folder = fs::read_dir(banks.join(format!("rubrics/{name}"))).unwrap();
    let mut rubrics: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    // Words of claims are learnt anew from what comes back.
    rubrics.retain(|path| path.extension().is_none_or(|extension| extension != "words"));
    rubrics.sort();
    files.extend(rubrics.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), read(path))));
    files
}

#[test]
fn the_built_in_bank_comes_back_byte_for_byte() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("bank.json");
    let ran = run(&["export", "go-runtime", "--out", text(&file)]).expect(0);
    assert!(ran.stdout.is_empty() && ran.stderr.is_empty(), "JSON loses nothing: {ran:#?}");
    let banks = dir.path().join("banks");
    let ran = run(&["import", text(&file), "--bank", "go-runtime", "--into", text(&banks)]).expect(0);
    assert!(ran.stdout.contains("concepts of the file's own, read as JSON of Viva's own"), "{}", ran.stdout);
    let built_in = files(Path::new(env!("CARGO_MANIFEST_DIR")), "go-runtime");
    for (was, is) in built_in.iter().zip(files(&banks, "go-runtime")) {
        assert!(*was == is, "{} differs from {}", is.0, was.0);
    }
    let again = run(&["export", "go-runtime", "--banks", text(&banks)]).expect(0);
    assert_eq!(again.stdout, fs::read_to_string(&file).unwrap());
}

#[test]
fn other_formats_tell_what_they_do_not_hold_and_come_back_as_questions() {
    let dir = TempDir::new().unwrap();
    for (format, file, lost) in [
        ("csv", "bank.csv", "CSV does not hold: 1 introduction, "),
        ("moodle", "bank.xml", "Moodle XML does not hold: 1 introduction, "),
    ] {
        let ran = run(&["export", "go-runtime", "--format", format]).expect(0);
        let is_told = ran.stderr.contains(lost) && ran.stderr.contains(" phrases") && ran.stderr.contains(" patterns");
        assert!(is_told && ran.stderr.lines().count() == 1, "{}", ran.stderr);
        fs::write(dir.path().join(file), &ran.stdout).unwrap();
        let banks = dir.path().join(format);
        run(&["import", text(&dir.path().join(file)), "--bank", "back", "--into", text(&banks)]).expect(0);
        let listed = |args: &[&str]| -> Vec<(Value, Value)> {
            let lines = run(&[&["questions", "--json"], args].concat()).expect(0).json();
            lines.into_iter().map(|line| (line["id"].clone(), line["prompt"].clone())).collect()
        };
        let back = listed(&["--bank", "back", "--banks", text(&banks)]);
        assert_eq!(back, listed(&["--bank", "go-runtime"]), "{format}");
    }
}

#[test]
fn a_bank_that_is_not_there_or_has_faults_is_not_written() {
    let ran = run(&["export", "nowhere"]).expect(2);
    assert!(ran.stderr.contains("no bank `nowhere`; there is go-runtime") && ran.stdout.is_empty(), "{ran:#?}");
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("questions")).unwrap();
    fs::write(dir.path().join("questions/b.md"), "# B\n\n## A\n\n### Q1\n\nWhy?\n").unwrap();
    let out = dir.path().join("b.json");
    let ran = run(&["export", "b", "--banks", text(dir.path()), "--out", text(&out)]).expect(2);
    assert!(ran.stderr.contains("b.md:5:1: question `Q1` has no ideal answer"), "{}", ran.stderr);
    assert!(!out.exists());
    let ran = run(&["export", "go-runtime", "--out", text(&dir.path().join("no/such/folder"))]).expect(1);
    assert!(ran.stderr.contains("cannot write "), "{}", ran.stderr);
}

/// Texts as people write them, with all that means something in Markdown, CSV, JSON or TOML.
fn prose() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[A-Za-z]{1,8}",
        1 => Just("\"quoted\", 'so' — `code()`".to_owned()),
        1 => Just("\n\n- an item\n- another\n\n".to_owned()),
        1 => Just("\n# heading\n**Ideal answer**\n".to_owned()),
        1 => Just("\n```\n### code\n```\n".to_owned()),
        1 => Just("<b>&amp;</b> \\ {x|y} 10 %".to_owned()),
        1 => "\\PC{1,6}",
    ];
    (prop::collection::vec(piece, 1..8)).prop_map(|pieces| format!("So {}", pieces.join(" ")))
}

proptest! {
    // Each case starts three processes.
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_bank_comes_back_the_same(questions in prop::collection::vec((prose(), prose()), 1..4)) {
        let dir = TempDir::new().unwrap();
        let lines: String = questions
            .iter()
            .map(|(prompt, ideal)| serde_json::json!({"prompt": prompt, "ideal": [ideal, "Another."]}).to_string() + "\n")
            .collect();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        let (source, exported) = (dir.path().join("b.jsonl"), dir.path().join("b.json"));
        fs::write(&source, lines).unwrap();
        run(&["import", text(&source), "--bank", "b", "--into", text(&from)]).expect(0);
        run(&["export", "b", "--banks", text(&from), "--out", text(&exported)]).expect(0);
        run(&["import", text(&exported), "--bank", "b", "--into", text(&to)]).expect(0);
        prop_assert_eq!(files(&from, "b"), files(&to, "b"));
    }
}
