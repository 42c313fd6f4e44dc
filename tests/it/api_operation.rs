//! `/healthz`, `/readyz`, `/metrics`, `/openapi.json`.

use std::collections::BTreeSet;
use std::time::SystemTime;

use rstest::rstest;
use serde_json::Value;
use viva::clock::FixedClock;
use viva::grader::Grader;
use viva::http::Shared;

use super::harness::{TestApp, config, library};

#[tokio::test]
async fn is_healthy_at_once_and_ready_once_it_can_search() {
    let cold = Shared::new(config(), Grader::new(library()), &FixedClock(SystemTime::UNIX_EPOCH));
    let app = TestApp::over(cold.clone());
    assert_eq!(app.get("/healthz").await.status.as_u16(), 200);
    let problem = app.get("/readyz").await.problem(503, "overloaded");
    assert!(problem["detail"].as_str().unwrap().contains("search index"), "{problem}");
    cold.warm_up();
    let ready = app.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &ready.json()["questions"]), (200, &4.into()));
}

#[tokio::test]
async fn counts_requests_by_route_and_never_by_path() {
    let app = TestApp::new();
    app.get("/v1/banks/go/questions/Q4").await;
    app.get("/my-secret-words").await;
    let reply = app.get("/metrics").await;
    assert!(reply.header("content-type").starts_with("text/plain; version=0.0.4"));
    assert!(
        reply.body.contains("viva_http_requests_total{route=\"/v1/banks/{bank}/questions/{id}\",status=\"200\"} 1")
    );
    assert!(reply.body.contains("viva_http_requests_total{route=\"unmatched\",status=\"404\"} 1"));
    assert!(!reply.body.contains("secret"), "{}", reply.body);
}

#[tokio::test]
async fn every_line_of_the_counters_is_well_formed() {
    let app = TestApp::new();
    app.get("/healthz").await;
    for line in app.get("/metrics").await.body.lines().filter(|line| !line.starts_with("# ")) {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        assert!(name.starts_with("viva_") && value.parse::<f64>().is_ok(), "{line}");
    }
}

async fn document() -> Value {
    TestApp::new().get("/openapi.json").await.json()
}

#[tokio::test]
async fn describes_every_route_of_the_api() {
    let document = document().await;
    let paths: BTreeSet<_> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "/healthz",
        "/metrics",
        "/readyz",
        "/v1/banks",
        "/v1/banks/{bank}/questions/{id}",
        "/v1/grade",
        "/v1/grade/batch",
        "/v1/questions",
    ];
    assert_eq!(paths, BTreeSet::from(expected));
    assert_eq!(document["info"]["license"]["identifier"], "MIT OR Apache-2.0");
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let document = document().await;
    let mut missing = Vec::new();
    visit(&document, &mut |value| {
        if let Some(target) = value["$ref"].as_str()
            && document.pointer(target.trim_start_matches('#')).is_none()
        {
            missing.push(target.to_owned());
        }
    });
    assert!(missing.is_empty(), "{missing:?}");
}

fn visit(value: &Value, seen: &mut impl FnMut(&Value)) {
    seen(value);
    match value {
        Value::Object(fields) => fields.values().for_each(|v| visit(v, seen)),
        Value::Array(items) => items.iter().for_each(|v| visit(v, seen)),
        _ => {}
    }
}

#[rstest]
#[case::broken("post", "/v1/grade", "/v1/grade", "{", "400")]
#[case::unknown("post", "/v1/grade", "/v1/grade", r#"{"question":"Q99","answer":""}"#, "404")]
#[case::misfit("post", "/v1/grade", "/v1/grade", "{}", "422")]
#[case::list("get", "/v1/questions", "/v1/questions?bank=nope", "", "404")]
#[case::view("get", "/v1/banks/{bank}/questions/{id}", "/v1/banks/go/questions/Q9", "", "404")]
#[tokio::test]
async fn an_error_reply_is_described(
    #[case] method: &str,
    #[case] path: &str,
    #[case] uri: &str,
    #[case] body: &str,
    #[case] status: &str,
) {
    let app = TestApp::new();
    let reply = if method == "post" { app.grade(body.to_owned()).await } else { app.get(uri).await };
    assert_eq!(reply.status.as_str(), status);
    let described = &document().await["paths"][path][method]["responses"][status];
    assert!(described["content"]["application/problem+json"].is_object(), "{described}");
    let code = reply.json()["code"].as_str().unwrap().to_owned();
    assert!(described["description"].as_str().unwrap().contains(&code), "{code} is not in {described}");
}
