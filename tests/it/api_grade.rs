//! `POST /v1/grade`.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::harness::{GOOD, TestApp};

fn request(answer: &str) -> String {
    json!({"question": "Q4", "answer": answer}).to_string()
}

#[tokio::test]
async fn grades_an_answer_with_the_words_that_prove_it() {
    let reply = TestApp::new().grade(json!({"id": "a1", "question": "Q4", "answer": GOOD}).to_string()).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/json"), "{}", reply.body);
    let grade = reply.json();
    assert_eq!((&grade["schema"], &grade["id"], &grade["bank"]), (&json!(1), &json!("a1"), &json!("go")));
    assert_eq!(grade["question"], "Q4");
    assert_eq!(grade["score"], 0.75, "6 of 8");
    let concepts = grade["concepts"].as_array().unwrap();
    let verdicts: Vec<_> =
        concepts.iter().map(|c| (c["id"].as_str().unwrap(), c["verdict"].as_str().unwrap())).collect();
    assert_eq!(verdicts, [("defers", "hit"), ("ends", "hit"), ("others", "missed"), ("main", "missed")]);
    for evidence in concepts.iter().flat_map(|c| c["evidence"].as_array().unwrap()) {
        let at = |name: &str| usize::try_from(evidence[name].as_u64().unwrap()).unwrap();
        assert_eq!(evidence["quote"], GOOD[at("start")..at("end")]);
    }
    assert_eq!(grade["missed"], json!(["others"]));
}

#[tokio::test]
async fn the_same_answer_gets_the_same_bytes() {
    let app = TestApp::new();
    let first = app.grade(request(GOOD)).await.body;
    assert_eq!(app.grade(request(GOOD)).await.body, first);
    assert_eq!(TestApp::new().grade(request(GOOD)).await.body, first, "of another process' state too");
}

#[tokio::test]
async fn an_answer_may_hold_anything_that_json_can_say() {
    let app = TestApp::new();
    for answer in ["", "\0", "a\0b\u{7}", "👩🏽‍💻 ends", "\u{202e}goroutine ends\r\n", &"x".repeat(64 * 1024)]
    {
        let reply = app.grade(request(answer)).await;
        assert_eq!(reply.status.as_u16(), 200, "{}", reply.body);
        assert_eq!(reply.json()["concepts"].as_array().map(Vec::len), Some(4));
    }
}

#[tokio::test]
async fn the_largest_answer_passes_however_it_is_escaped() {
    let escaped = "\\u0000".repeat(64 * 1024);
    let reply = TestApp::new().grade(format!(r#"{{"question":"Q4","answer":"{escaped}"}}"#)).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", &reply.body[..200]);
}

#[tokio::test]
async fn long_answers_are_graded_like_short_ones() {
    let long = format!("{GOOD}{}", " Nothing else.".repeat(1000));
    let grade = TestApp::new().grade(request(&long)).await.json();
    assert_eq!(grade["concepts"][0]["verdict"], "hit");
}

#[tokio::test]
async fn json_may_come_under_any_of_its_types() {
    let app = TestApp::new();
    for kind in ["application/json; charset=utf-8", "application/vnd.viva+json"] {
        assert_eq!(app.post("/v1/grade", kind, request("")).await.status.as_u16(), 200, "{kind}");
    }
}

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_log_holds_an_answer_at_any_level() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    // For all threads: a subscriber of this thread alone may be passed over where another thread met a log line first.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let app = TestApp::new();
    let secret = "zanzibar quokka";
    assert_eq!(app.grade(request(secret)).await.status.as_u16(), 200);
    app.grade(json!({"question": secret, "answer": secret}).to_string()).await;
    app.grade(json!({"question": "Q4", "answer": [secret]}).to_string()).await;
    app.grade(json!({"question": "Q4", "answer": "", secret: secret}).to_string()).await;
    app.grade(format!("{{\"answer\":\"{secret}")).await;
    app.batch(format!("{}\n{secret}\n", request(secret))).await;
    assert_eq!(app.answer("/q/go/Q4", secret).await.status.as_u16(), 200);
    app.get("/v1/questions?q=zanzibar+quokka").await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("request answered") && log.contains("/v1/grade/batch"), "something is logged: {log}");
    for word in secret.split(' ') {
        assert!(!log.contains(word), "{log}");
    }
}
