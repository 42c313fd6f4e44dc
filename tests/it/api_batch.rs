//! `POST /v1/grade/batch`.

use std::convert::Infallible;
use std::io::Write as _;
use std::time::Duration;

use axum::body::Body;
use futures_util::stream;
use rstest::rstest;
use serde_json::{Value, json};

use super::harness::{GOOD, Live, TestApp, read_until};

fn line(id: &str, answer: &str) -> String {
    json!({"id": id, "question": "Q4", "answer": answer}).to_string() + "\n"
}

/// The ids and codes of a reply's lines.
fn outline(lines: &[Value]) -> Vec<(Option<&str>, Option<u64>, Option<&str>)> {
    lines.iter().map(|l| (l["id"].as_str(), l["line"].as_u64(), l["error"]["code"].as_str())).collect()
}

#[tokio::test]
async fn grades_each_line_in_order() {
    let app = TestApp::new();
    let body: String = (0..500).map(|n| line(&n.to_string(), if n % 3 == 0 { GOOD } else { "no idea" })).collect();
    let reply = app.batch(body).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/x-ndjson"));
    let lines = reply.lines();
    let ids: Vec<_> = lines.iter().map(|l| l["id"].as_str().unwrap().parse::<usize>().unwrap()).collect();
    assert_eq!(ids, (0..500).collect::<Vec<_>>());
    let alone = app.grade(json!({"id": "3", "question": "Q4", "answer": GOOD}).to_string()).await.json();
    assert_eq!(lines[3], alone, "the same as on its own");
}

#[tokio::test]
async fn a_line_that_cannot_be_graded_yields_an_error_in_its_place() {
    let too_large = "x".repeat(64 * 1024 + 1);
    let body = [
        line("a", GOOD),
        "not json my secret words\n".to_owned(),
        "\n".to_owned(),
        "{\"id\":\"c\",\"question\":\"Q4\"}\n".to_owned(),
        "{\"id\":\"d\",\"question\":7,\"answer\":\"my secret words\"}\n".to_owned(),
        "{\"id\":\"e\",\"question\":\"Q99\",\"answer\":\"my secret words\"}\n".to_owned(),
        "{\"id\":\"f\",\"question\":\"Q1\",\"answer\":\"my secret words\"}\n".to_owned(),
        "{\"id\":\"g\",\"question\":\"Q4\",\"bank\":\"nope\",\"answer\":\"\"}\n".to_owned(),
        line("h", &too_large),
        "{\"id\":\"own\",\"prompt\":\"Why?\",\"ideal\":\"Because.\",\"answer\":\"my secret words\"}\n".to_owned(),
        "[]\n".to_owned(),
        "{\"id\":\"i\",\"question\":\"Q4\",\"answer\":\"\",\"more\":[1]}\r\n".to_owned(),
        line("j", "").trim_end().to_owned(),
    ];
    let reply = TestApp::new().batch(body.concat()).await;
    let lines = reply.lines();
    assert_eq!(
        outline(&lines),
        [
            (Some("a"), None, None),
            (None, Some(2), Some("invalid_json")),
            (Some("c"), Some(4), Some("invalid_request")),
            (Some("d"), Some(5), Some("invalid_request")),
            (Some("e"), Some(6), Some("unknown_question")),
            (Some("f"), Some(7), Some("ambiguous_question")),
            (Some("g"), Some(8), Some("unknown_bank")),
            (Some("h"), Some(9), Some("answer_too_large")),
            (Some("own"), None, None),
            (None, Some(11), Some("invalid_request")),
            (Some("i"), None, None),
            (Some("j"), None, None),
        ]
    );
    let errors: Vec<&str> = reply.body.lines().filter(|line| line.contains("\"error\"")).collect();
    assert!(errors.iter().all(|line| !line.contains("my secret words")), "{errors:?}");
    assert_eq!(lines[1]["id"], Value::Null, "named, though there is none");
}

#[tokio::test]
async fn bytes_that_are_not_utf8_cost_their_line_alone() {
    let body = [b"{\"question\":\"Q4\",\"answer\":\"\xff\"}\n".as_slice(), line("b", "").as_bytes()].concat();
    let lines = TestApp::new().batch(body).await.lines();
    assert_eq!(outline(&lines), [(None, Some(1), Some("invalid_json")), (Some("b"), None, None)]);
}

#[tokio::test]
async fn an_overlong_line_is_passed_over_and_the_run_goes_on() {
    let piece = || Ok::<_, Infallible>("x".repeat(100_000));
    let pieces = (0..50).map(|_| piece()).chain([Ok(format!("\n{}", line("b", GOOD)))]);
    let reply = TestApp::new().batch(Body::from_stream(stream::iter(pieces.collect::<Vec<_>>()))).await;
    assert_eq!(outline(&reply.lines()), [(None, Some(1), Some("body_too_large")), (Some("b"), None, None)]);
}

#[tokio::test]
async fn nothing_in_gives_nothing_out() {
    let app = TestApp::new();
    for body in ["", "\n", " \n\n"] {
        let reply = app.batch(body).await;
        assert_eq!((reply.status.as_u16(), reply.body.as_str()), (200, ""));
    }
}

#[rstest]
#[case::own("application/x-ndjson", true)]
#[case::lines("application/jsonl", true)]
#[case::json("application/json", true)]
#[case::text("text/plain", false)]
#[tokio::test]
async fn takes_lines_of_json_alone(#[case] kind: &str, #[case] is_taken: bool) {
    let reply = TestApp::new().post("/v1/grade/batch", kind, line("a", "")).await;
    if is_taken {
        assert_eq!(reply.status.as_u16(), 200, "{}", reply.body);
    } else {
        reply.problem(415, "unsupported_media_type");
    }
}

fn then_silence(first: &'static str) -> Body {
    Body::from_stream(stream::unfold(Some(first), |next| async move {
        let Some(text) = next else { return std::future::pending().await };
        Some((Ok::<_, Infallible>(text), None))
    }))
}

#[tokio::test]
async fn silence_from_the_start_is_a_timeout() {
    let app = TestApp::with(|config| config.timeouts.idle = Duration::from_millis(20));
    app.batch(then_silence("{\"id\"")).await.problem(408, "timeout");
}

#[tokio::test]
async fn silence_later_ends_the_run_with_an_error_in_its_place() {
    let app = TestApp::with(|config| config.timeouts.idle = Duration::from_millis(20));
    let reply = app.batch(then_silence("{\"id\":\"a\",\"question\":\"Q4\",\"answer\":\"\"}\n{\"id\":\"b\"")).await;
    assert_eq!(outline(&reply.lines()), [(Some("a"), None, None), (None, Some(2), Some("timeout"))]);
}

#[tokio::test]
async fn counts_what_it_does() {
    let app = TestApp::new();
    app.batch(line("a", GOOD) + "nonsense\n" + &line("b", GOOD)).await;
    let metrics = app.get("/metrics").await.body;
    for counter in [
        "viva_grades_total 2",
        "viva_batch_line_errors_total{code=\"invalid_json\"} 1",
        "viva_batches_running 0",
        "viva_http_requests_total{route=\"/v1/grade/batch\",status=\"200\"} 1",
    ] {
        assert!(metrics.lines().any(|l| l == counter), "{counter} is missing from\n{metrics}");
    }
}

fn chunked(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}

const HEAD: &[u8] = b"POST /v1/grade/batch HTTP/1.1\r\nhost: viva\r\ncontent-type: application/x-ndjson\r\n\
                      transfer-encoding: chunked\r\n\r\n";

#[test]
fn a_grade_comes_back_before_the_next_line_is_sent() {
    let live = Live::start(|_| {});
    let mut stream = live.connect();
    stream.write_all(HEAD).unwrap();
    for id in ["first", "second", "third"] {
        stream.write_all(&chunked(&line(id, GOOD))).unwrap();
        let came = read_until(&mut stream, &format!("\"id\":\"{id}\""));
        assert!(!came.contains("\"line\":"), "{came}");
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    read_until(&mut stream, "0\r\n\r\n");
}

#[test]
fn a_client_that_reads_nothing_until_it_has_sent_all_gets_everything() {
    let live = Live::start(|_| {});
    let mut stream = live.connect();
    let body: String = (0..4000).map(|n| line(&n.to_string(), GOOD)).collect();
    stream.write_all(HEAD).unwrap();
    stream.write_all(&chunked(&body)).unwrap();
    stream.write_all(b"0\r\n\r\n").unwrap();
    read_until(&mut stream, "\"id\":\"3999\"");
}
