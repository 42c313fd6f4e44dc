//! `viva grade --jsonl`.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{ANSWER, arg, jsonl, run, viva, with_stdin};

#[test]
fn a_batch_keeps_order_and_puts_errors_in_their_place() {
    let line = |id: &str, question: &str, answer: &str| json!({"id": id, "question": question, "answer": answer});
    let mut input = Vec::new();
    input.extend_from_slice("\u{feff}".as_bytes());
    input.extend_from_slice(format!("{}\r\n", line("a1", "Q4", ANSWER)).as_bytes());
    input.extend_from_slice(b"\n   \n");
    input.extend_from_slice(b"{\"id\":\"a4\",\"question\":\"Q4\",\"answer\":\"\xff\"}\n");
    input.extend_from_slice(b"not json\n");
    input.extend_from_slice(format!("{}\n", line("a6", "Q99", "x")).as_bytes());
    input.extend_from_slice(format!("{}\n", line("a7", "Q4", &"x".repeat(64 * 1024 + 1))).as_bytes());
    input.extend_from_slice(b"{\"id\":\"a8\",\"question\":\"Q4\",\"bank\":\"java\",\"answer\":\"x\"}\n");
    input.extend_from_slice(b"{\"id\":\"a9\",\"question\":\"Q4\"}\n");
    input.extend_from_slice(b"{\"question\":\"Q5\",\"answer\":\"\",\"extra\":{\"a\":1}}");
    let ran = with_stdin(&mut viva(&["grade", "--jsonl"]), input).expect(1);
    let told: Vec<String> = ran
        .json()
        .iter()
        .map(|line| match line.get("error") {
            Some(error) => format!("{} {} {} {}", line["line"], line["id"], error["code"], error["message"]),
            None => format!("{} {}", line["id"], line["question"]),
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "a1" "Q4"
    4 null "invalid_json" "the line is not UTF-8: byte 38 is wrong"
    5 null "invalid_json" "the line is not valid JSON: column 2"
    6 "a6" "unknown_question" "no question `Q99`: `viva questions` lists them"
    7 "a7" "answer_too_large" "the answer has 65537 bytes; at most 65536 (64 KiB) are graded"
    8 "a8" "unknown_bank" "no bank `java`; there is go-runtime (`--banks DIR` adds others)"
    9 "a9" "invalid_request" "`answer` is missing: what was answered, as a string"
    null "Q5"
    "#);
    insta::assert_snapshot!(ran.stderr, @"error: 6 of 8 lines could not be graded; its place holds the reason");
}

#[test]
fn a_batch_gives_the_same_grades_as_single_runs() {
    let questions = ["Q4", "Q5", "T1"];
    let lines: Vec<Value> = questions.iter().map(|q| json!({"question": q, "answer": ANSWER})).collect();
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("answers.jsonl");
    fs::write(&file, jsonl(&lines)).unwrap();
    let batch = run(&["grade", "--jsonl", arg(&file)]).expect(0);
    assert_eq!(batch.stderr, "");
    let single: String = questions.iter().map(|q| run(&["grade", q, ANSWER, "--json"]).expect(0).stdout).collect();
    assert_eq!(batch.stdout, single);
}

#[test]
fn a_large_batch_comes_out_in_order() {
    let line = |n: i32| json!({"id": n.to_string(), "question": "Q4", "answer": ""});
    let lines: Vec<Value> = (0..3000).map(line).collect();
    let ran = with_stdin(&mut viva(&["grade", "--jsonl", "-"]), jsonl(&lines)).expect(0);
    let ids: Vec<String> = ran.json().iter().map(|g| g["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, (0..3000).map(|n| n.to_string()).collect::<Vec<_>>());
}

fn spawn(args: &[&str]) -> Child {
    viva(args).stdin(Stdio::piped()).spawn().expect("the binary starts")
}

#[test]
fn a_slow_batch_is_answered_line_by_line() {
    let mut child = spawn(&["grade", "--jsonl"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for n in 0..3 {
        writeln!(stdin, "{}", json!({"id": n.to_string(), "question": "Q4", "answer": "It ends."})).unwrap();
        stdin.flush().unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["id"], n.to_string());
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_closed_pipe_ends_quietly_though_more_could_come() {
    let mut child = spawn(&["grade", "--jsonl"]);
    let mut stdin = child.stdin.take().unwrap();
    let line = format!("{}\n", json!({"question": "Q4", "answer": "It ends."}));
    stdin.write_all(line.as_bytes()).unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    drop(stdout);
    // Standard input stays open: only the closed output can end the run.
    let _ = stdin.write_all(line.repeat(100).as_bytes());
    let status = child.wait().unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
    drop(stdin);
}
