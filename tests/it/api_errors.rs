//! Every way in which a request fails, and that none of them says back what was sent.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use axum::routing::get;
use futures_util::stream;
use rstest::rstest;
use std::convert::Infallible;
use std::time::Duration;
use viva::wire::ProblemCode;

use super::harness::TestApp;

/// Stands where an answer could stand, and must not come back.
const SECRET: &str = "my secret words";

#[rstest]
#[case::nothing("", 400, "invalid_json", None)]
#[case::broken(r#"{"question":"Q4","answer":"my secret words"#, 400, "invalid_json", None)]
#[case::trailing(r#"{"question":"Q4","answer":"my secret words"} x"#, 400, "invalid_json", None)]
#[case::deep(&"[".repeat(100_000), 400, "invalid_json", None)]
#[case::no_object(r#""my secret words""#, 422, "invalid_request", None)]
#[case::missing(r#"{"question":"Q4"}"#, 422, "invalid_request", Some("answer"))]
#[case::missing_question(r#"{"answer":"my secret words"}"#, 422, "invalid_request", Some("question"))]
#[case::null_question(r#"{"question":null,"answer":"my secret words"}"#, 422, "invalid_request", Some("question"))]
#[case::unknown(r#"{"question":"Q4","answer":"my secret words","why":1}"#, 422, "invalid_request", Some("why"))]
#[case::unknown_odd(r#"{"question":"Q4","answer":"","my secret words":1}"#, 422, "invalid_request", None)]
#[case::number(r#"{"question":"Q4","answer":7}"#, 422, "invalid_request", Some("answer"))]
#[case::list(r#"{"question":"Q4","answer":["my secret words"]}"#, 422, "invalid_request", Some("answer"))]
#[case::bank(r#"{"question":"Q4","bank":"nope","answer":"my secret words"}"#, 404, "unknown_bank", None)]
#[case::odd_bank(r#"{"question":"Q4","bank":"my secret words","answer":""}"#, 404, "unknown_bank", None)]
#[case::question(r#"{"question":"Q99","answer":"my secret words"}"#, 404, "unknown_question", None)]
#[case::odd_question(r#"{"question":"my secret words","answer":""}"#, 404, "unknown_question", None)]
#[case::other_bank(r#"{"question":"Q4","bank":"more","answer":""}"#, 404, "unknown_question", None)]
#[case::ambiguous(r#"{"question":"Q1","answer":"my secret words"}"#, 422, "ambiguous_question", Some("bank"))]
#[tokio::test]
async fn refuses(#[case] body: &str, #[case] status: u16, #[case] code: &str, #[case] field: Option<&str>) {
    let reply = TestApp::new().grade(body.to_owned()).await;
    let problem = reply.problem(status, code);
    assert_eq!(problem.get("field").and_then(|f| f.as_str()), field, "{problem}");
    assert!(!reply.body.contains(SECRET), "{}", reply.body);
}

#[tokio::test]
async fn bytes_that_are_not_utf8_are_not_json() {
    let body = b"{\"question\":\"Q4\",\"answer\":\"\xff\xfe\"}".to_vec();
    TestApp::new().grade(body).await.problem(400, "invalid_json");
}

#[tokio::test]
async fn a_bank_makes_a_question_unambiguous() {
    let reply = TestApp::new().grade(r#"{"question":"Q1","bank":"more","answer":"all that exist now"}"#).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["bank"]), (200, &"more".into()), "{}", reply.body);
}

#[rstest]
#[case::just_over(64 * 1024 + 1, "answer_too_large")]
#[case::far_over(300 * 1024, "answer_too_large")]
#[case::no_request_is_so_large(500 * 1024, "body_too_large")]
#[case::more_than_is_read_on(40 * 1024 * 1024, "body_too_large")]
#[tokio::test]
async fn refuses_what_is_too_large(#[case] bytes: usize, #[case] code: &str) {
    let body = format!(r#"{{"question":"Q4","answer":"{}"}}"#, "é".repeat(bytes / 2) + &"x".repeat(bytes % 2));
    let app = TestApp::new();
    app.grade(body.clone()).await.problem(413, code);
    let pieces = body.into_bytes().chunks(30_000).map(|c| Ok::<_, Infallible>(c.to_vec())).collect::<Vec<_>>();
    app.grade(Body::from_stream(stream::iter(pieces))).await.problem(413, code);
}

#[rstest]
#[case::text("text/plain")]
#[case::form("application/x-www-form-urlencoded")]
#[case::lines("application/x-ndjson")]
#[case::nonsense("json")]
#[tokio::test]
async fn refuses_other_content_types(#[case] kind: &str) {
    TestApp::new()
        .post("/v1/grade", kind, r#"{"question":"Q4","answer":""}"#)
        .await
        .problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn refuses_a_body_without_type_and_a_packed_one() {
    let app = TestApp::new();
    let bare = Request::post("/v1/grade").body(Body::from("{}")).unwrap();
    app.send(bare).await.problem(415, "unsupported_media_type");
    let packed = Request::post("/v1/grade")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_ENCODING, "gzip")
        .body(Body::from("{}"))
        .unwrap();
    app.send(packed).await.problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let app = TestApp::with(|config| config.timeouts.body = Duration::from_millis(20));
    let endless = stream::unfold(true, |first| async move {
        if !first {
            std::future::pending::<()>().await;
        }
        Some((Ok::<_, Infallible>("{\"question\":"), false))
    });
    let reply = app.grade(Body::from_stream(endless)).await;
    reply.problem(408, "timeout");
    assert_eq!(reply.header("connection"), "close");
}

#[rstest]
#[case::api("/v1/nowhere")]
#[case::root_of_the_api("/v1")]
#[case::elsewhere("/nowhere")]
#[case::file("/assets/nothing.js")]
#[case::up("/v1/banks/../../etc/passwd")]
#[case::broken_escape("/v1/banks/%ff/questions/Q4")]
#[tokio::test]
async fn nothing_is_at_other_paths(#[case] path: &str) {
    TestApp::new().get(path).await.problem(404, "not_found");
}

#[rstest]
#[case::get_grade(Method::GET, "/v1/grade", "POST")]
#[case::put_grade(Method::PUT, "/v1/grade", "POST")]
#[case::delete_bank(Method::DELETE, "/v1/banks", "GET,HEAD")]
#[case::post_health(Method::POST, "/healthz", "GET,HEAD")]
#[case::page(Method::PUT, "/q/go/Q4", "GET,HEAD,POST")]
#[tokio::test]
async fn names_the_methods_that_work(#[case] method: Method, #[case] path: &str, #[case] allow: &str) {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let reply = TestApp::new().send(request).await;
    reply.problem(405, "method_not_allowed");
    assert_eq!(reply.header("allow"), allow);
}

#[rstest]
#[case::inline(10)]
#[case::on_a_thread(20_000)]
#[tokio::test]
async fn says_when_there_is_too_much_to_grade(#[case] bytes: usize) {
    let app = TestApp::with(|config| config.limits.gradings = 0);
    let reply = app.grade(format!(r#"{{"question":"Q4","answer":"{}"}}"#, "x".repeat(bytes))).await;
    reply.problem(503, "overloaded");
    assert_eq!(reply.header("retry-after"), "1");
}

#[tokio::test]
async fn says_when_too_many_batches_run() {
    let app = TestApp::with(|config| config.limits.batches = 0);
    let reply = app.batch("").await;
    reply.problem(503, "overloaded");
    assert_eq!(reply.header("retry-after"), "1");
}

async fn panics() -> &'static str {
    panic!("{SECRET}")
}

#[tokio::test]
async fn a_panic_is_answered_and_the_service_goes_on() {
    let app = TestApp::and(Router::new().route("/v1/panics", get(panics)));
    let reply = app.get("/v1/panics").await;
    reply.problem(500, "internal");
    assert!(!reply.body.contains(SECRET), "{}", reply.body);
    assert_eq!(app.get("/healthz").await.status.as_u16(), 200);
    let metrics = app.get("/metrics").await.body;
    assert!(metrics.contains("viva_http_requests_total{route=\"/v1/panics\",status=\"500\"} 1"), "{metrics}");
    assert!(metrics.contains("viva_http_requests_in_flight 1"), "the request for the counters alone:\n{metrics}");
}

#[rstest]
#[case::theirs("Trace-1.a_b", true)]
#[case::none("", false)]
#[case::too_long(&"x".repeat(65), false)]
#[case::odd("a b", false)]
#[tokio::test]
async fn keeps_a_harmless_request_id_and_makes_one_otherwise(#[case] sent: &str, #[case] is_kept: bool) {
    let request = Request::get("/v1/nowhere").header("x-request-id", sent);
    let reply = TestApp::new().send(request.body(Body::empty()).unwrap()).await;
    let id = reply.header("x-request-id").to_owned();
    assert_eq!(id == sent, is_kept, "{id}");
    reply.problem(404, "not_found");
}

#[tokio::test]
async fn request_ids_differ_and_tell_nothing_but_order() {
    let app = TestApp::new();
    let ids = [app.get("/healthz").await, app.get("/healthz").await].map(|r| r.header("x-request-id").to_owned());
    assert_eq!(ids, ["0-0", "0-1"], "the clock of the tests stands at 0");
}

#[test]
fn every_code_is_provoked_somewhere_here() {
    let tests = concat!(include_str!("api_errors.rs"), include_str!("api_batch.rs"));
    for code in ProblemCode::ALL {
        let name = serde_json::to_string(&code).unwrap();
        assert!(tests.contains(&name), "no test provokes {name}");
    }
}
