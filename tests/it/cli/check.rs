//! Banks from folders, and `viva check`.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use serde_json::json;

use super::{RUBRIC, Ran, arg, bank, ran, run, viva, with_stdin};

#[test]
fn banks_come_from_options_and_the_environment() {
    let (first, second) = (bank("sky", "A1", RUBRIC), bank("air", "A1", RUBRIC));
    let (a, b) = (arg(first.path()), arg(second.path()));
    let ids = |ran: Ran| ran.expect(0).json().iter().map(|q| format!("{} {}", q["bank"], q["id"])).collect::<Vec<_>>();
    let listed = run(&["questions", "--json", "--bank", "sky", "--banks", a]);
    assert_eq!(ids(listed), [r#""sky" "A1""#]);
    let joined = std::env::join_paths([first.path(), second.path(), Path::new("")]).unwrap();
    let listed = |args: &[&str], value: &OsStr| ran(viva(args).env("VIVA_BANKS", value).output().unwrap());
    assert_eq!(ids(listed(&["questions", "--json", "--bank", "air"], &joined)), [r#""air" "A1""#]);
    assert_eq!(ids(listed(&["questions", "--json"], OsStr::new(""))).len(), 66);
    let ran = run(&["grade", "A1", "The sky is blue.", "--banks", a, "--banks", b]).expect(2);
    insta::assert_snapshot!(
        ran.stderr,
        @"error: question `A1` stands in several banks (sky, air): choose with `--bank NAME`"
    );
    let line = r#"{"question":"A1","answer":"The sky is blue."}"#;
    let ran = with_stdin(&mut viva(&["grade", "--jsonl", "--banks", a, "--banks", b]), line).expect(1);
    assert_eq!(ran.json()[0]["error"]["code"], "ambiguous_question");
    let args = ["grade", "--jsonl", "--bank", "air", "--banks", a, "--banks", b];
    assert_eq!(with_stdin(&mut viva(&args), line).expect(0).json()[0]["bank"], "air");
}

#[test]
fn banks_with_faults_stop_grading_and_name_the_place() {
    let dir = bank("sky", "A1", &RUBRIC.replace("weight = 2", "weight = 99"));
    let ran = run(&["grade", "A1", "Blue.", "--banks", arg(dir.path())]).expect(2);
    let place = format!("\n  {}/rubrics/sky/A1.toml:8:10: ", arg(dir.path()));
    assert!(
        ran.stderr.starts_with("error: the banks cannot be used:") && ran.stderr.contains(&place),
        "{}",
        ran.stderr
    );
}

#[test]
fn check_tells_faults_from_warnings() {
    let fine = bank("go-runtime", "A1", RUBRIC);
    let ran = run(&["check", "--banks", arg(fine.path())]).expect(0);
    assert!(ran.stdout.contains(": warning: "), "a concept without paraphrases is worth a warning:\n{}", ran.stdout);
    assert!(ran.stdout.contains("1 question checked: 0 faults, "), "{}", ran.stdout);
    let broken = bank("go-runtime", "A1", &RUBRIC.replace("claim", "clame"));
    let ran = run(&["check", "--banks", arg(broken.path())]).expect(1);
    let place = format!("{}/rubrics/go-runtime/A1.toml:7:1: fault: ", arg(broken.path()));
    assert!(ran.stdout.contains(&place), "{}", ran.stdout);
    let lines = run(&["check", "--json", "--banks", arg(broken.path())]).expect(1).json();
    assert_eq!((&lines[0]["severity"], &lines[0]["column"]), (&json!("fault"), &json!(1)));
    assert!(lines.iter().any(|fault| fault["line"] == 7), "{lines:?}");
}

#[test]
fn check_runs_the_examples_of_a_rubric() {
    let example = |wrong: &str| format!("{RUBRIC}\n[[example]]\nanswer = \"Bananas bend.\"\n{wrong} = [\"blue\"]\n");
    let right = bank("go-runtime", "A1", &example("missed"));
    run(&["check", "--banks", arg(right.path())]).expect(0);
    let wrong = bank("go-runtime", "A1", &example("hit"));
    let ran = run(&["check", "--banks", arg(wrong.path())]).expect(1);
    let told = "A1.toml:11:1: fault: this example does not come out: it should credit `blue`";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
}

#[test]
fn check_warns_of_patterns_that_never_match_or_match_what_is_wrong() {
    let rubric = RUBRIC
        .replace("['sky blue']", "['sky blue', 'sky green', 'xylophone']\nopposites = ['sky bl*', 'sky green|grey']")
        + "\n[[misconception]]\nid = \"green\"\nclaim = \"The sky is green\"\npatterns = ['green']\n";
    let dir = bank("go-runtime", "A1", &rubric);
    let ran = run(&["check", "--banks", arg(dir.path())]).expect(0);
    for told in [
        "A1.toml:9:38: warning: the pattern `xylophone` of `blue`: no example, phrase, claim or ideal answer matches it",
        "A1.toml:9:25: warning: the pattern `sky green` of `blue`: it credits the misconception `green` as “The sky is green”",
        "A1.toml:10:14: warning: the pattern `sky bl*` of `blue`: it takes “The sky is blue” for the reverse of the claim, which it makes",
    ] {
        assert!(ran.stdout.contains(told), "{told} is missing:\n{}", ran.stdout);
    }
    assert!(
        !ran.stdout.contains("the pattern `sky blue`")
            && !ran.stdout.contains("the pattern `sky green|grey`")
            && !ran.stdout.contains("the pattern `green`"),
        "{}",
        ran.stdout
    );
}

#[test]
fn check_fix_rewrites_to_the_canonical_form_once() {
    let dir = bank("go-runtime", "A1", &RUBRIC.replace("weight = 2\n", "# Heavy.\nweight    =   2\n"));
    let file = dir.path().join("rubrics/go-runtime/A1.toml");
    let ran = run(&["check", "--fix", "--banks", arg(dir.path())]).expect(0);
    assert_eq!(ran.stderr, format!("rewritten: {}\n", file.display()));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("\nweight = 2\n") && text.contains("# Heavy."), "{text}");
    let again = run(&["check", "--fix", "--banks", arg(dir.path())]).expect(0);
    assert_eq!((again.stderr.as_str(), fs::read_to_string(&file).unwrap()), ("", text));
    let here = ran_in(dir.path(), &["check", "--fix"]);
    assert_eq!(here.stderr, "");
    let left: Vec<_> = fs::read_dir(file.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["A1.toml"]);
}

fn ran_in(dir: &Path, args: &[&str]) -> Ran {
    ran(viva(args).current_dir(dir).output().expect("the binary starts"))
}
