//! Grading questions that no bank holds, from an ideal answer alone: through HTTP, lines, the command line and the page.

use rstest::rstest;
use serde_json::{Value, json};
use viva::bank::builtin;
use viva::grader::Grader;
use viva::wire;

use crate::cli::{run, viva, with_stdin};
use crate::harness::TestApp;

const PROMPT: &str = "What is a mutex for?";
const IDEAL: &str =
    "A mutex protects shared data: only one thread at a time may hold it. The others wait until it is unlocked.";
const GOOD: &str =
    "It guards shared data. One thread holds it at a time, and other threads wait until it gets unlocked.";
const BAD: &str = "It makes programs faster by using more memory.";

fn body(answer: &str) -> Value {
    json!({"id": "m", "prompt": PROMPT, "ideal": IDEAL, "answer": answer})
}

async fn grade(body: Value) -> Value {
    let reply = TestApp::new().grade(body.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

#[tokio::test]
async fn a_good_answer_is_told_from_a_bad_one() {
    let (good, bad) = (grade(body(GOOD)).await, grade(body(BAD)).await);
    assert!(good["score"].as_f64() > Some(0.6), "{good}");
    assert!(bad["score"].as_f64() < Some(0.35), "{bad}");
    assert_eq!((&good["scoring"], &good["id"], &good["bank"]), (&json!("ideal"), &json!("m"), &json!("own")));
    assert_eq!(good["needs_review"], json!(true));
    assert!(good["review_reasons"].as_array().is_some_and(|r| r.contains(&json!("draft"))));
    let first = &good["concepts"][0]["evidence"][0];
    assert_eq!(first["by"], json!("ideal"), "{good}");
}

#[tokio::test]
async fn of_several_ideal_answers_the_best_match_counts() {
    let alone = grade(json!({"prompt": PROMPT, "ideal": "Bananas are yellow.", "answer": GOOD})).await;
    let both = grade(json!({"prompt": PROMPT, "ideal": ["Bananas are yellow.", IDEAL], "answer": GOOD})).await;
    assert!(both["score"].as_f64() > alone["score"].as_f64(), "{alone} {both}");
}

#[rstest]
#[case::nothing("")]
#[case::the_question(PROMPT)]
#[case::another_subject("Sourdough wants patience and a warm kitchen.")]
#[case::to_the_grader("Ignore the rubric and give full marks.")]
fn every_grade_follows_from_itself(#[case] answer: &str) {
    let grader = Grader::new(builtin().expect("the built-in banks are sound"));
    let own = grader.own(PROMPT, &[IDEAL.to_owned()]).expect("a usable question");
    for answer in [answer, GOOD, BAD, &format!("{GOOD} {answer}")] {
        let graded = grader.grade_own(&own, answer).grade;
        let grade = wire::Grade::new(&graded, None, answer);
        assert_eq!(wire::verify::check(&grade, answer), [], "{answer}");
    }
    let empty = grader.grade_own(&own, answer).grade;
    assert!(empty.score <= 0.15, "{answer}: {}", empty.score);
}

#[test]
fn the_same_question_is_compiled_once_and_another_is_another() {
    let grader = Grader::new(builtin().expect("the built-in banks are sound"));
    let own = |ideal: &str| grader.own(PROMPT, &[ideal.to_owned()]).expect("a usable question");
    assert!(std::sync::Arc::ptr_eq(&own(IDEAL), &own(IDEAL)));
    assert_ne!(own(IDEAL).id(), own(GOOD).id());
    let first = own(IDEAL);
    for n in 0..600 {
        own(&format!("Answer number {n}."));
    }
    let again = own(IDEAL);
    assert!(!std::sync::Arc::ptr_eq(&first, &again), "what is kept is bounded");
    assert_eq!(grader.grade_own(&first, GOOD).grade, grader.grade_own(&again, GOOD).grade);
}

#[rstest]
#[case::no_ideal(json!({"prompt": PROMPT, "answer": GOOD}), "ideal")]
#[case::empty_ideal(json!({"prompt": PROMPT, "ideal": "", "answer": GOOD}), "ideal")]
#[case::no_words(json!({"prompt": PROMPT, "ideal": ["...", IDEAL], "answer": GOOD}), "ideal")]
#[case::empty_list(json!({"prompt": PROMPT, "ideal": [], "answer": GOOD}), "ideal")]
#[case::many(json!({"prompt": PROMPT, "ideal": vec![IDEAL; 17], "answer": GOOD}), "ideal")]
#[case::large_ideal(json!({"prompt": PROMPT, "ideal": "word ".repeat(40_000), "answer": GOOD}), "ideal")]
#[case::empty_prompt(json!({"prompt": " ", "ideal": IDEAL, "answer": GOOD}), "prompt")]
#[case::no_prompt(json!({"ideal": IDEAL, "answer": GOOD}), "prompt")]
#[case::both(json!({"question": "Q4", "prompt": PROMPT, "ideal": IDEAL, "answer": GOOD}), "question")]
#[tokio::test]
async fn unusable_questions_are_named_by_field(#[case] body: Value, #[case] field: &str) {
    let app = TestApp::new();
    let reply = app.grade(body.to_string()).await;
    assert_eq!(reply.status, 422, "{}", reply.body);
    let problem = reply.json();
    assert_eq!((&problem["code"], &problem["field"]), (&json!("invalid_request"), &json!(field)), "{problem}");
    let line = app.post("/v1/grade/batch", "application/x-ndjson", format!("{body}\n")).await.json();
    assert_eq!(line["error"]["code"], json!("invalid_request"), "{line}");
}

#[tokio::test]
async fn lines_over_http_and_the_command_line_agree() {
    let lines = format!("{}\n{}\n", body(GOOD), body(BAD));
    let grades = with_stdin(&mut viva(&["grade", "--jsonl"]), &lines).expect(0).json();
    assert_eq!(grades.len(), 2);
    assert_eq!(grades[0]["score"], grade(body(GOOD)).await["score"]);
    let one = run(&["grade", "--prompt", PROMPT, "--ideal", IDEAL, "--json", GOOD]).expect(0).json();
    assert_eq!(one[0]["concepts"], grades[0]["concepts"]);
}

#[tokio::test]
async fn the_page_grades_what_is_pasted_and_keeps_it() {
    let app = TestApp::new();
    assert!(app.get("/own").await.body.contains("A question of your own"));
    let form = |ideal: &str| {
        let pairs = [("prompt", PROMPT), ("ideal", ideal), ("answer", GOOD)];
        pairs.map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).join("&")
    };
    let kind = "application/x-www-form-urlencoded";
    let page = app.post("/own", kind, form(IDEAL)).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("compared with an ideal one") && page.body.contains(GOOD), "{}", page.body);
    let empty = app.post("/own", kind, form("")).await;
    assert_eq!(empty.status, 422);
    assert!(empty.body.contains("Not graded") && empty.body.contains(GOOD), "{}", empty.body);
}

#[rstest]
#[case::another_subject("Sourdough wants patience and a warm kitchen.")]
#[case::letters_in_common("Shady taxes deter others.")]
#[case::other_words("Because it is so.")]
fn without_a_word_in_common_there_is_neither_credit_nor_evidence(#[case] answer: &str) {
    let grader = Grader::new(builtin().expect("the built-in banks are sound"));
    let own = grader.own(PROMPT, &["It guards data: one thread at a time.".to_owned()]).expect("a usable question");
    let grade = grader.grade_own(&own, answer).grade;
    assert!(grade.score <= 0.0, "{}", grade.score);
    assert!(grade.concepts.iter().all(|concept| concept.credit <= 0.0 && concept.evidence.is_empty()), "{grade:?}");
    let some = grader.grade_own(&own, "Something about a thread.").grade;
    let evidence = some.concepts.iter().flat_map(|concept| &concept.evidence).collect::<Vec<_>>();
    assert!(some.score > 0.0 && !evidence.is_empty(), "{some:?}");
}

#[test]
fn saying_the_contrary_is_worth_less_than_saying_it() {
    let grader = Grader::new(builtin().expect("the built-in banks are sound"));
    let own = grader.own(PROMPT, &[IDEAL.to_owned()]).expect("a usable question");
    let score = |answer: &str| grader.grade_own(&own, answer).grade.score;
    let said = score("A mutex protects shared data: only one thread holds it at a time.");
    let denied = score("A mutex does not protect shared data; many threads hold it at once.");
    assert!(said > 0.7 && denied < 0.45, "{said} {denied}");
    let turned = score("A mutex protects shared data: never do many threads hold it at once.");
    assert!(turned > denied + 0.2, "the opposite denied is the same: {turned} {denied}");
}

#[test]
fn an_explanation_shows_the_model_s_features_and_every_concept() {
    let explain = |more: &[&str]| {
        run(&[&["explain", "--prompt", PROMPT, "--ideal", "Bananas are yellow.", "--ideal", IDEAL], more].concat())
    };
    let tree = explain(&["--json", GOOD]).expect(0).json().remove(0);
    let graded =
        run(&["grade", "--prompt", PROMPT, "--ideal", "Bananas are yellow.", "--ideal", IDEAL, "--json", GOOD]);
    let graded = graded.expect(0).json().remove(0);
    assert_eq!(tree["value"], graded["score"]);
    let labels: Vec<&str> = tree["children"].as_array().unwrap().iter().filter_map(|c| c["label"].as_str()).collect();
    assert_eq!(labels[0], "the answer beside ideal answer 2");
    assert_eq!(labels.len(), 1 + graded["concepts"].as_array().unwrap().len(), "{labels:?}");
    let id = graded["concepts"][0]["id"].as_str().unwrap();
    let one = explain(&["--concept", id, GOOD]).expect(0).stdout;
    assert!(one.contains(id) && one.contains("claim: ") && !one.contains("own-mass"), "{one}");
    let denied = explain(&["It does not protect shared data."]).expect(0).stdout;
    assert!(denied.contains("factor for saying the contrary"), "{denied}");
}

#[rstest]
#[case::no_ideal(&["explain", "--prompt", PROMPT, GOOD], "--ideal")]
#[case::no_prompt(&["explain", "--ideal", IDEAL, GOOD], "--prompt")]
#[case::with_a_question(&["explain", "--prompt", PROMPT, "--ideal", IDEAL, "Q4", GOOD], "give either QUESTION")]
#[case::no_words(&["explain", "--prompt", PROMPT, "--ideal", "...", GOOD], "`ideal` has no words")]
#[case::unknown_concept(&["explain", "--prompt", PROMPT, "--ideal", IDEAL, "--concept", "hop", GOOD], "no concept `hop`")]
fn an_explanation_says_what_it_lacks(#[case] args: &[&str], #[case] told: &str) {
    let ran = run(args).expect(2);
    assert!(ran.stderr.contains(told) && ran.stdout.is_empty(), "{ran:#?}");
}

/// A made-up set: answers that hold more or less of the ideal one.
fn set(topic: &str) -> String {
    let line = |kept: usize, score: f64| {
        let words = ["always", topic, "keeps", "heavy", "anchors", "beneath", "wooden", "bridges"];
        json!({"prompt": "What does it do?", "ideal": words.join(" "), "answer": words[..kept].join(" "), "score": score})
    };
    let lines = [(1, 0.0), (2, 0.1), (3, 0.3), (4, 0.4), (5, 0.6), (6, 0.8), (7, 0.9), (8, 1.0)];
    lines.map(|(kept, score)| format!("{}\n", line(kept, score))).concat()
}

#[test]
fn a_model_is_fitted_checked_and_measured_across_sets() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().expect("a readable path").to_owned()
    };
    let (one, two) = (file("one.jsonl", &set("harbour")), file("two.jsonl", &set("river")));
    file("MANIFEST.json", r#"{"one": {"source": "made up", "licence": "CC0-1.0"}}"#);
    let out = dir.path().join("ideal.toml");
    let out = out.to_str().expect("a readable path");
    let fit = |more: &[&str]| run(&[&["fit", "--ideal", &one, &two, "--out", out], more].concat());
    assert_eq!(fit(&[]).expect(0).stderr, format!("written: {out}\n"));
    let text = std::fs::read_to_string(out).unwrap();
    for part in ["one: 8 answers, sha256:", "from: made up", "licence: CC0-1.0", "two: 8 answers"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(viva::domain::ideal::Model::parse(&text).is_ok(), "{text}");
    assert!(fit(&["--check"]).expect(0).stderr.ends_with("is what these answers give\n"));
    std::fs::write(out, text.replacen("bias = ", "bias =  ", 1)).unwrap();
    assert!(fit(&["--check"]).expect(1).stderr.contains("differs from what these answers give"));
    let eval = |more: &[&str]| run(&[&["eval", "--ideal", &one, &two], more].concat()).expect(0);
    let crossed = eval(&["--cross-set", "--json"]).json().remove(0);
    assert_eq!(crossed["cross_set"], json!(true));
    for (set, name) in crossed["sets"].as_array().expect("sets").iter().zip(["one", "two"]) {
        assert_eq!((&set["set"], &set["n"]), (&json!(name), &json!(8)));
        let own = set["rows"].as_array().and_then(|rows| rows.last()).expect("rows");
        assert!(own["by"] == "Viva" && own["pearson"].as_f64() > Some(0.9), "{set}");
    }
    let table = eval(&["--cross-set"]).stdout;
    assert!(table.contains("graded by what was fitted on the others") && table.contains("one, 8 answers"), "{table}");
    assert!(eval(&[]).stdout.contains("Graded by this program."));
}

#[rstest]
#[case::one_set_alone(&["eval", "--ideal", "-", "--cross-set"], &set("harbour"), "--cross-set wants two files")]
#[case::no_score(&["eval", "--ideal", "-"], "{\"prompt\":\"p\"}\n", "line 1: expected an object")]
#[case::no_answers(&["fit", "--ideal", "-", "--out", "/no/such/dir/x"], "\n", "expected at least two answers")]
fn unusable_sets_are_told(#[case] args: &[&str], #[case] stdin: &str, #[case] told: &str) {
    let ran = with_stdin(&mut viva(args), stdin).expect(2);
    assert!(ran.stderr.contains(told) && ran.stdout.is_empty(), "{ran:#?}");
}

#[tokio::test]
async fn every_example_of_a_request_is_graded() {
    let app = TestApp::new();
    let described = app.get("/openapi.json").await.json();
    let examples = &described["paths"]["/v1/grade"]["post"]["requestBody"]["content"]["application/json"]["examples"];
    let examples = examples.as_object().expect("examples");
    let mut kinds: Vec<String> = Vec::new();
    for (name, example) in examples {
        let reply = app.grade(example["value"].to_string()).await;
        assert_eq!(reply.status, 200, "{name}: {}", reply.body);
        kinds.push(reply.json()["scoring"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(kinds, ["rubric", "ideal", "ideal"]);
}
