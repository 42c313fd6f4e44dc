//! `viva eval --judge`: both sides' figures, records, replays and requests.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use viva::judge::scripted::completion;

use super::{Act, Fake};
use crate::cli::{Ran, jsonl, run};

const SAID: &str = "Only the goroutine that calls it ends. Everybody else in the process keeps going undisturbed.";

/// Grants the claim with this id by the answer's last sentence.
fn grants(id: u32) -> Value {
    let quote = "Everybody else in the process keeps going undisturbed";
    json!({"claims": [{"id": id, "quote": quote, "verdict": "hit", "reason": "The others go on."}], "errors": []})
}

/// Six labelled answers to `Q4`, which raters give credit that the rules cannot see.
fn answers(dir: &TempDir) -> String {
    let line = |n: u32| {
        let raters = json!([{"score": 6, "concepts": {"ends-calling-goroutine": 1, "others-untouched": 1},
                             "misconceptions": [], "flags": []}]);
        json!({"id": format!("a{n}"), "question": "Q4", "kind": "partial", "answer": format!("{SAID} Case {n}."), "raters": raters})
    };
    let path = dir.path().join("answers.jsonl");
    std::fs::write(&path, jsonl(&(0..6).map(line).collect::<Vec<_>>())).unwrap();
    path.to_str().unwrap().to_owned()
}

fn eval(args: &[&str]) -> Ran {
    let always = ["--judge", "always", "--judge-model", "m", "--judge-votes", "1", "--judge-in-flight", "2"];
    run(&[&["eval"], args, &always].concat())
}

fn at(dir: &TempDir, name: &str) -> String {
    dir.path().join(name).to_str().unwrap().to_owned()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(Path::new(path)).unwrap()
}

#[test]
fn a_run_is_measured_recorded_and_replayed_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let file = answers(&dir);
    let (record, grades, again) = (at(&dir, "record.jsonl"), at(&dir, "grades.jsonl"), at(&dir, "again.jsonl"));
    let fake = Fake::start(|_, _| Act::says(&grants(3)));
    let url = fake.base_url();
    let prices = ["--judge-prices", "1,2"];
    let server = ["--judge-base-url", url.as_str(), "--record", &record, "--grades", &grades, "--json"];
    let first = eval(&[&[file.as_str()][..], &server, &prices].concat()).expect(0);
    assert_eq!(fake.count(), 6);
    let replay = ["--replay", record.as_str(), "--grades", &again, "--json"];
    let second = eval(&[&[file.as_str()][..], &replay, &prices].concat()).expect(0);
    assert_eq!(fake.count(), 6, "nobody is asked");
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(text(&grades), text(&again));
    assert_eq!((text(&record).lines().count(), text(&grades).lines().count()), (6, 6));
    let measured = &first.json()[0];
    let judge = &measured["judge"];
    assert_eq!((&measured["n"], &judge["asked"]["always"], &judge["rules"]["n"]), (&json!(6), &json!(6), &json!(6)));
    assert_eq!((&judge["requests"], &judge["exchanges"], &judge["cached"]), (&json!(6), &json!(6), &json!(0)));
    assert_eq!((&judge["prompt_tokens"], &judge["completion_tokens"]), (&json!(600), &json!(120)));
    assert!((judge["cost"].as_f64().unwrap() - 840e-6).abs() < 1e-9, "{judge}");
    for figure in ["pearson", "mae", "concept_f1", "error_rate", "review_rate"] {
        assert!(measured[figure].is_number() && judge["rules"][figure].is_number(), "{figure}");
    }
    let plain = &run(&["eval", &file, "--json"]).expect(0).json()[0];
    assert_eq!(plain["judge"], Value::Null);
    assert_eq!(plain["mae"], judge["rules"]["mae"]);
}

#[test]
fn the_tables_show_both_sides_and_where_they_differ() {
    let dir = tempfile::tempdir().unwrap();
    let file = answers(&dir);
    // Nobody but the judge finds this claim, and raters do not follow it.
    let fake = Fake::start(|_, _| Act::says(&grants(5)));
    let ran = eval(&[&file, "--judge-base-url", &fake.base_url()]).expect(0);
    for part in
        ["\n figure ", "with judge", "\nJudge\n", "tokens", "600 read, 120 written", "\nWhere the judge differs", "Q4 "]
    {
        assert!(ran.stdout.contains(part), "{part:?} is missing:\n{}", ran.stdout);
    }
}

#[test]
fn what_a_record_lacks_is_told_and_graded_by_rules() {
    let dir = tempfile::tempdir().unwrap();
    let file = answers(&dir);
    let record = at(&dir, "record.jsonl");
    let fake = Fake::start(|_, _| Act::says(&grants(3)));
    eval(&[&file, "--judge-base-url", &fake.base_url(), "--record", &record]).expect(0);
    let kept: Vec<String> = text(&record).lines().take(4).map(str::to_owned).collect();
    std::fs::write(&record, kept.join("\n")).unwrap();
    let ran = eval(&[&file, "--replay", &record, "--json"]).expect(0);
    let told = "graded by rules alone, since the record does not hold the exchange: 2 answers (a";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    let measured = &ran.json()[0];
    assert_eq!(measured["judge"]["unavailable"], json!({"not_recorded": 2}));
    assert_eq!(measured["judge"]["not_recorded"].as_array().map(Vec::len), Some(2));
    assert_eq!(measured["judge"]["asked"]["always"], 4);
}

#[test]
fn requests_are_written_for_anybody_to_answer_and_then_replayed() {
    let dir = tempfile::tempdir().unwrap();
    let file = answers(&dir);
    let requests = at(&dir, "requests.jsonl");
    let ran = eval(&[&file, "--requests", &requests]).expect(0);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("for 6 answers"), "{}", ran.stderr);
    let lines: Vec<Value> = text(&requests).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    assert!(lines.iter().all(|l| l["request"]["model"] == "m" && l["key"].as_str().unwrap().len() == 64));
    // Somebody answers five of them by hand: a key and a response are enough.
    let answered: Vec<Value> =
        lines[..5].iter().map(|l| json!({"key": l["key"], "response": completion(&grants(3).to_string())})).collect();
    let record = at(&dir, "answered.jsonl");
    std::fs::write(&record, jsonl(&answered)).unwrap();
    let measured = eval(&[&file, "--replay", &record, "--json"]).expect(0).json().remove(0);
    assert_eq!((&measured["judge"]["asked"]["always"], &measured["judge"]["prompt_tokens"]), (&json!(5), &json!(500)));
    eval(&[&file, "--replay", &record, "--requests", &requests]).expect(0);
    let rest: Vec<Value> = text(&requests).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(rest, lines[5..]);
}

#[test]
fn auto_says_for_how_many_answers_and_errors_it_asks() {
    let dir = tempfile::tempdir().unwrap();
    let file = answers(&dir);
    let requests = at(&dir, "requests.jsonl");
    let fake = Fake::start(|_, _| Act::says(&grants(1)));
    let url = fake.base_url();
    let args = |swing: &'static str| -> Vec<String> {
        [
            "eval",
            &file,
            "--judge",
            "--judge-model",
            "m",
            "--judge-base-url",
            &url,
            "--judge-votes",
            "1",
            "--judge-swing",
            swing,
            "--json",
        ]
        .map(str::to_owned)
        .to_vec()
    };
    let share = |swing| {
        let args = args(swing);
        let ran = run(&args.iter().map(String::as_str).collect::<Vec<_>>()).expect(0);
        ran.json()[0]["judge"]["asked_share"].as_f64().unwrap()
    };
    assert_eq!((share("0"), share("1")), (1.0, 0.0));
    assert!(!Path::new(&requests).exists());
}

#[test]
fn a_judge_that_is_wanted_has_to_be_configured() {
    let dir = tempfile::tempdir().unwrap();
    let file = answers(&dir);
    for args in [&["--judge"][..], &["--requests", "/tmp/x"], &["--replay", "/nowhere.jsonl"]] {
        let ran = run(&[&["eval", &file][..], args].concat()).expect(2);
        assert!(ran.stderr.contains("VIVA_JUDGE_MODEL"), "{}", ran.stderr);
    }
    let never = run(&["eval", &file, "--judge", "never", "--json"]).expect(0);
    assert_eq!(never.json()[0]["judge"], Value::Null);
}
