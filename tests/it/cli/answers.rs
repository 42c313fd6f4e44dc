//! One answer, one question: `viva grade`, `viva explain`, `viva questions`.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{ANSWER, arg, ran, run, viva, with_stdin};

#[test]
fn an_answer_is_graded_alike_wherever_it_comes_from() {
    let dir = TempDir::new().unwrap();
    let (plain, marked) = (dir.path().join("a.md"), dir.path().join("b.md"));
    fs::write(&plain, ANSWER).unwrap();
    fs::write(&marked, format!("\u{feff}{ANSWER}")).unwrap();
    let expected = run(&["grade", "Q4", ANSWER, "--json"]).expect(0).stdout;
    let same = [
        run(&["grade", "Q4", "--file", arg(&plain), "--json"]),
        run(&["grade", "Q4", "-f", arg(&marked), "--json"]),
        run(&["grade", "Q4", ANSWER, "--json", "--bank", "go-runtime"]),
        with_stdin(&mut viva(&["grade", "Q4", "--json"]), ANSWER),
        with_stdin(&mut viva(&["grade", "Q4", "-", "--json"]), ANSWER),
        with_stdin(&mut viva(&["grade", "Q4", "--file", "-", "--json"]), ANSWER),
    ];
    for ran in same {
        assert_eq!(ran.expect(0).stdout, expected);
    }
    let grade: Value = serde_json::from_str(&expected).unwrap();
    assert_eq!((&grade["schema"], &grade["bank"], &grade["question"]), (&json!(1), &json!("go-runtime"), &json!("Q4")));
    assert_eq!(grade["concepts"][0]["id"], "ends-calling-goroutine");
}

#[test]
fn an_answer_that_cannot_be_graded_is_unusable_input() {
    let ran = with_stdin(&mut viva(&["grade", "Q4"]), b"It ends \xff.").expect(2);
    insta::assert_snapshot!(ran.stderr, @"error: standard input is not UTF-8: byte 9 is wrong; save it as UTF-8");
    let ran = with_stdin(&mut viva(&["grade", "Q4"]), "x".repeat(70_000)).expect(2);
    insta::assert_snapshot!(
        ran.stderr,
        @"error: standard input holds more than 65536 bytes (64 KiB), the most that is graded"
    );
    with_stdin(&mut viva(&["grade", "Q4", "--json"]), "x ".repeat(32 * 1024)).expect(0);
}

#[test]
fn an_empty_answer_is_graded_and_flagged() {
    let grade = &run(&["grade", "Q4", "", "--json"]).expect(0).json()[0];
    assert_eq!((&grade["score"], &grade["flags"][0]["id"]), (&json!(0.0), &json!("empty")));
    let ran = run(&["grade", "Q4", ""]).expect(0);
    assert!(ran.stdout.contains("! empty: nothing was written"), "{}", ran.stdout);
}

#[test]
fn a_grade_for_people_has_its_parts_and_colour_only_where_it_is_wanted() {
    let plain = run(&["grade", "Q4", ANSWER]).expect(0).stdout;
    for part in ["Q4 · short · go-runtime\n", "\nScore  ", "\nAnswer\n", "«", "\nConcepts (full marks", "%"] {
        assert!(plain.contains(part), "{part:?} is missing:\n{plain}");
    }
    assert!(!plain.contains('\u{1b}'), "colour in a pipe:\n{plain}");
    let forced = ran(viva(&["grade", "Q4", ANSWER]).env("CLICOLOR_FORCE", "1").output().unwrap()).expect(0).stdout;
    assert!(forced.contains("\u{1b}["), "no colour:\n{forced}");
    let narrow = ran(viva(&["grade", "Q4", ANSWER]).env("COLUMNS", "60").output().unwrap()).expect(0).stdout;
    let widest = narrow.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(60), "{widest:?}:\n{narrow}");
}

#[test]
fn a_terminal_is_not_steered_by_an_answer() {
    let ran = run(&["grade", "Q4", "It ends.\u{1b}[2J\u{1b}]0;owned\u{7} Others go on."]).expect(0);
    assert!(!ran.stdout.contains(|c: char| c.is_control() && c != '\n'), "{:?}", ran.stdout);
}

#[test]
fn an_explanation_is_a_tree_and_can_be_cut() {
    let whole = run(&["explain", "Q4", ANSWER]).expect(0).stdout;
    assert!(whole.contains("├─ ") && whole.contains("└─ ") && whole.contains("runs-defers"), "{whole}");
    let part = run(&["explain", "Q4", ANSWER, "--concept", "runs-defers"]).expect(0).stdout;
    assert!(part.lines().count() < whole.lines().count());
    let first = part.lines().next().unwrap_or_default();
    assert!(first.contains("runs-defers"), "{first}");
    assert!(!part.contains("concept others-untouched"), "{part}");
    let tree = &with_stdin(&mut viva(&["explain", "Q4", "--json"]), ANSWER).expect(0).json()[0];
    assert!(tree["label"].is_string() && tree["children"].as_array().is_some_and(|c| !c.is_empty()));
    check_spans(tree);
}

/// Every span of the tree quotes the answer.
#[track_caller]
fn check_spans(node: &Value) {
    if let Some(span) = node["span"].as_object() {
        let at = |key: &str| span[key].as_u64().map_or(0, |n| n as usize);
        assert_eq!(span["quote"], ANSWER[at("start")..at("end")]);
    }
    for child in node["children"].as_array().into_iter().flatten() {
        check_spans(child);
    }
}

#[test]
fn questions_are_listed_filtered_and_found() {
    let all = run(&["questions", "--json"]).expect(0).json();
    assert_eq!(all.len(), 66);
    let keys: Vec<&str> = all[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["bank", "id", "kind", "prompt", "section"]);
    let staff = run(&["questions", "--json", "--section", "staff", "--kind", "open"]).expect(0).json();
    assert!(!staff.is_empty() && staff.iter().all(|q| q["section"] == "staff" && q["kind"] == "open"));
    let table = run(&["questions", "--section", "junior"]).expect(0).stdout;
    assert!(table.starts_with("id   section  kind   prompt\nQ1   junior   short  "), "{table}");
    assert!(table.ends_with(" questions\n"), "{table}");
    let found = run(&["questions", "--json", "--search", "Goexit deferred calls"]).expect(0).json();
    let first: Vec<&Value> = found.iter().take(2).map(|question| &question["id"]).collect();
    assert!(first.contains(&&json!("Q4")), "{first:?}");
    let named = run(&["questions", "--json", "--search", "q12"]).expect(0).json();
    assert_eq!(named[0]["id"], "Q12");
    let ran = run(&["questions", "--search", "zzzzzz"]).expect(0);
    assert_eq!(ran.stdout, "No question fits: `viva questions` without options lists all.\n");
}

#[test]
fn a_question_shows_its_answer_only_when_asked() {
    let shown = run(&["questions", "show", "Q4"]).expect(0).stdout;
    assert!(shown.starts_with("Q4 · junior · short · go-runtime\n") && shown.contains("runtime.Goexit"), "{shown}");
    for secret in ["Ideal answer", "runs-defers", "Misconceptions"] {
        assert!(!shown.contains(secret), "{secret} is given away:\n{shown}");
        let full = run(&["questions", "show", "Q4", "--answer"]).expect(0).stdout;
        assert!(full.contains(secret), "{secret} is missing:\n{full}");
    }
}
