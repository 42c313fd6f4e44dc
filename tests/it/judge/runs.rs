//! The judge through the binary: grading, recording, replaying, showing prompts.

use serde_json::{Value, json};

use super::{Act, Fake};
use crate::cli::{jsonl, run, viva, with_stdin};

/// An answer to `Q4` of the built-in bank.
const SAID: &str = "Only the goroutine that calls it ends. Everybody else in the process keeps going undisturbed.";

/// Grants the third claim by the answer's last sentence.
fn grants() -> Value {
    let quote = "Everybody else in the process keeps going undisturbed";
    json!({"claims": [{"id": 3, "quote": quote, "verdict": "hit", "reason": "The others go on."}], "errors": []})
}

fn lines() -> String {
    let line = |n: u32| json!({"id": n.to_string(), "question": "Q4", "answer": format!("{SAID} Case {n}.")});
    jsonl(&(0..6).map(line).collect::<Vec<_>>())
}

#[test]
fn a_recorded_run_is_replayed_byte_for_byte_without_a_server() {
    let fake = Fake::start(|n, _| if n == 3 { Act::status(400, "no") } else { Act::says(&grants()) });
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("exchanges.jsonl");
    let record = record.to_str().unwrap();
    let url = fake.base_url();
    let common = ["grade", "--jsonl", "--judge", "always", "--judge-model", "m", "--judge-votes", "1"];
    let recorded =
        with_stdin(&mut viva(&[&common[..], &["--judge-base-url", &url, "--record", record]].concat()), lines())
            .expect(0);
    let asked = fake.count();
    assert_eq!(asked, 6);
    let replayed = with_stdin(&mut viva(&[&common[..], &["--replay", record]].concat()), lines()).expect(0);
    assert_eq!(recorded.stdout, replayed.stdout);
    assert_eq!(fake.count(), asked, "nobody is asked");
    let statuses: Vec<Value> = replayed.json().iter().map(|g| g["judge"]["status"].clone()).collect();
    assert_eq!(statuses.iter().filter(|s| *s == "asked").count(), 5);
    assert_eq!(statuses.iter().filter(|s| *s == "unavailable").count(), 1);
    let other =
        with_stdin(&mut viva(&[&common[..], &["--judge-seed", "9", "--replay", record]].concat()), lines()).expect(0);
    let missing = other.json();
    assert!(missing.iter().all(|g| g["judge"]["reason"] == "not_recorded" && g["needs_review"] == true));
    let stored: Vec<Value> = (0..6)
        .zip(replayed.json())
        .map(|(n, grade)| json!({"answer": format!("{SAID} Case {n}."), "grade": grade}))
        .collect();
    with_stdin(&mut viva(&["verify"]), jsonl(&stored)).expect(0);
    let mut forged = stored;
    forged[0]["grade"]["judge"]["details"]["votes"][0]["opinions"][0]["quote"] = json!("made up words here");
    let found = with_stdin(&mut viva(&["verify"]), jsonl(&forged)).expect(1);
    assert!(found.stdout.contains("judge.outcomes[0]"), "{}", found.stdout);
}

#[test]
fn one_answer_is_graded_with_a_judge_and_tells_what_it_changed() {
    const DESKS: &str = "Colleagues in the building stay at their desks";
    let word =
        json!({"claims": [{"id": 3, "quote": DESKS, "verdict": "hit", "reason": "The others go on."}], "errors": []});
    let fake = Fake::start(move |_, _| Act::says(&word));
    let url = fake.base_url();
    let answer = format!("The goroutine that calls it ends. {DESKS}.");
    let ran =
        run(&["grade", "Q4", &answer, "--judge", "always", "--judge-base-url", &url, "--judge-model", "m"]).expect(0);
    let judge = ran.stdout.split_once("\nJudge\n").expect("a part of its own").1;
    let judge = judge.split_whitespace().collect::<Vec<_>>().join(" ");
    // The rules' verdict beside the judge's, its quote and its reason.
    for part in ["The rules alone: ", "others-untouched: missed → hit", DESKS, "The others go on."] {
        assert!(judge.contains(part), "{part} is missing:\n{}", ran.stdout);
    }
}

#[test]
fn the_prompt_is_shown_and_nobody_is_asked() {
    let ran = run(&["grade", "Q4", "It ends. I am jane@example.com.", "--show-prompt"]).expect(0);
    for part in ["# key ", "# system", "# user", "<<<", "It ends. I am [e-mail]."] {
        assert!(ran.stdout.contains(part), "{part} in {}", ran.stdout);
    }
    assert!(!ran.stdout.contains("jane@"));
    let request =
        &run(&["grade", "Q4", "It ends.", "--show-prompt", "--json", "--judge-model", "m"]).expect(0).json()[0];
    assert_eq!((&request["request"]["model"], request["key"].as_str().unwrap().len()), (&json!("m"), 64));
}

#[test]
fn a_judge_that_is_demanded_has_to_be_configured() {
    let ran = run(&["grade", "Q4", "It ends.", "--judge", "always"]).expect(2);
    assert!(ran.stderr.contains("VIVA_JUDGE_BASE_URL"), "{}", ran.stderr);
    let ran = run(&["grade", "Q4", "It ends.", "--replay", "/nowhere.jsonl", "--judge-model", "m"]).expect(2);
    assert!(ran.stderr.contains("cannot replay"), "{}", ran.stderr);
    assert_eq!(
        run(&["grade", "Q4", "It ends.", "--judge", "auto", "--json"]).expect(0).json()[0]["judge"]["status"],
        "off"
    );
}
