//! Lists and views of questions.

use rstest::rstest;
use serde_json::json;
use std::time::SystemTime;
use viva::clock::FixedClock;
use viva::grader::Grader;
use viva::http::Shared;

use super::harness::{TestApp, config, library};

#[tokio::test]
async fn lists_the_banks() {
    let reply = TestApp::new().get("/v1/banks").await;
    assert_eq!(reply.json()[0]["name"], "go");
    assert_eq!(reply.json()[0]["questions"], 3);
    assert_eq!(
        reply.json()[1],
        json!({"name": "more", "title": "More", "questions": 1, "hash": format!("sha256:{}", "1".repeat(64))})
    );
}

#[rstest]
#[case::all("", &["go/Q1", "go/Q4", "go/S1", "more/Q1"])]
#[case::bank("?bank=more", &["more/Q1"])]
#[case::section("?section=senior", &["go/S1"])]
#[case::both("?bank=more&section=senior", &[])]
#[case::empty_ones("?bank=&section=&q=", &["go/Q1", "go/Q4", "go/S1", "more/Q1"])]
#[case::search("?q=Goexit", &["go/Q4"])]
#[case::search_within("?q=NumGoroutine&bank=more", &["more/Q1"])]
#[case::search_for_nothing("?q=xylophone", &[])]
#[tokio::test]
async fn lists_questions(#[case] query: &str, #[case] expected: &[&str]) {
    let reply = TestApp::new().get(&format!("/v1/questions{query}")).await;
    let found = reply.json();
    let names: Vec<_> =
        found.as_array().unwrap().iter().map(|q| format!("{}/{}", q["bank"], q["id"]).replace('"', "")).collect();
    assert_eq!(names, expected);
}

#[rstest]
#[case::bank("?bank=nope", 404, "unknown_bank", None)]
#[case::parameter("?sort=up", 422, "invalid_request", Some("sort"))]
#[case::twice("?bank=go&bank=more", 422, "invalid_request", Some("bank"))]
#[tokio::test]
async fn refuses_other_lists(
    #[case] query: &str,
    #[case] status: u16,
    #[case] code: &str,
    #[case] field: Option<&str>,
) {
    let problem = TestApp::new().get(&format!("/v1/questions{query}")).await.problem(status, code);
    assert_eq!(problem.get("field").and_then(|f| f.as_str()), field, "{problem}");
}

#[tokio::test]
async fn refuses_to_search_for_too_much() {
    let problem =
        TestApp::new().get(&format!("/v1/questions?q={}", "x".repeat(1001))).await.problem(422, "invalid_request");
    assert_eq!(problem["field"], "q");
}

#[tokio::test]
async fn search_waits_for_its_index_and_the_rest_does_not() {
    let cold = Shared::new(config(), Grader::new(library()), &FixedClock(SystemTime::UNIX_EPOCH));
    let app = TestApp::over(cold);
    app.get("/v1/questions?q=leak").await.problem(503, "overloaded");
    assert_eq!(app.get("/v1/questions").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_candidate_sees_what_is_asked_and_nothing_else() {
    let reply = TestApp::new().get("/v1/banks/go/questions/Q4").await;
    let fields: Vec<_> = reply.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["bank", "id", "kind", "prompt", "section"]);
    assert_eq!(TestApp::new().get("/v1/banks/go/questions/Q4?view=candidate").await.body, reply.body);
}

#[tokio::test]
async fn a_reviewer_sees_the_rubric_where_that_is_allowed() {
    let path = "/v1/banks/go/questions/Q4?view=reviewer";
    let seen = TestApp::new().get(path).await.json();
    assert_eq!(
        (&seen["id"], &seen["full_weight"], &seen["concepts"][0]["id"]),
        (&json!("Q4"), &json!(8), &json!("defers"))
    );
    assert!(seen["ideals"][0].is_string());
    TestApp::with(|config| config.reviewing = Some(false)).get(path).await.problem(404, "not_found");
}

#[rstest]
#[case::bank("/v1/banks/nope/questions/Q4", 404, "unknown_bank")]
#[case::question("/v1/banks/more/questions/Q4", 404, "unknown_question")]
#[case::view("/v1/banks/go/questions/Q4?view=examiner", 422, "invalid_request")]
#[tokio::test]
async fn refuses_other_views(#[case] path: &str, #[case] status: u16, #[case] code: &str) {
    TestApp::new().get(path).await.problem(status, code);
}
