//! The pages for people, as they are without scripts.

use rstest::rstest;

use super::harness::{GOOD, Reply, TestApp};

#[track_caller]
fn shows(reply: &Reply, parts: &[&str]) {
    for part in parts {
        assert!(reply.body.contains(part), "`{part}` is missing from\n{}", reply.body);
    }
}

#[track_caller]
fn hides(reply: &Reply, parts: &[&str]) {
    for part in parts {
        assert!(!reply.body.contains(part), "`{part}` stands in\n{}", reply.body);
    }
}

#[rstest]
#[case::choose("/")]
#[case::search("/?q=goexit")]
#[case::question("/q/go/Q4")]
#[case::docs("/docs")]
#[case::nothing("/nowhere")]
#[tokio::test]
async fn every_page_is_whole_and_locked_down(#[case] path: &str) {
    let reply = TestApp::new().visit(path).await;
    shows(
        &reply,
        &["<!doctype html>", "<html lang=\"en\">", "<main id=\"main\"", "</html>", "class=\"skip\"", "<title>"],
    );
    assert_eq!(reply.body.matches("<h1").count(), 1, "one heading of the first order");
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("cache-control"), "no-store");
    let policy = reply.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    hides(&reply, &["style=\"", "<style", "onclick", "javascript:", "http://www.", "https://"]);
    for script in reply.body.split("<script").skip(1) {
        assert!(script.starts_with(" src=\"/assets/app-"), "nothing in line: {script}");
    }
}

#[tokio::test]
async fn assets_stay_for_ever_under_the_names_of_their_content() {
    let app = TestApp::new();
    let page = app.visit("/").await.body;
    let urls: Vec<_> = page.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert_eq!(urls.len(), 3);
    for url in urls {
        let reply = app.get(url).await;
        assert_eq!(reply.status.as_u16(), 200);
        assert!(reply.header("cache-control").contains("immutable"));
        assert!(!reply.body.is_empty());
    }
}

#[tokio::test]
async fn the_first_page_lists_questions_by_section() {
    let reply = TestApp::new().visit("/").await;
    shows(&reply, &["href=\"/q/go/Q4\"", "href=\"/q/more/Q1\"", "Junior", "Senior", "More"]);
    shows(&reply, &["<code>runtime.Goexit()</code> do to the &lt;calling&gt; goroutine"]);
    shows(&reply, &["<label for=\"q\">"]);
}

#[rstest]
#[case::hit("Goexit", Some("/q/go/Q4"))]
#[case::miss("xylophone", None)]
#[case::markup("<script>alert(1)</script>", None)]
#[tokio::test]
async fn searches_without_a_script(#[case] q: &str, #[case] found: Option<&str>) {
    let query: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
    let reply = TestApp::new().visit(&format!("/?q={query}")).await;
    hides(&reply, &["<script>alert"]);
    match found {
        Some(link) => shows(&reply, &[link]),
        None => shows(&reply, &["Nothing like that"]),
    }
}

#[tokio::test]
async fn a_question_is_asked_and_nothing_is_given_away() {
    let reply = TestApp::new().visit("/q/go/Q4").await;
    shows(
        &reply,
        &["<label for=\"answer\">", "<textarea id=\"answer\"", "method=\"post\"", "rel=\"next\"", "rel=\"prev\""],
    );
    hides(&reply, &["Deferred calls run", "What becomes of the rest?", "deferred</strong>"]);
    let blocks = TestApp::new().visit("/q/go/S1").await;
    shows(&blocks, &["<ul><li>Memory grows.</li><li>Nothing crashes.</li></ul>", "<p>What now?</p>"]);
}

#[tokio::test]
async fn an_answer_comes_back_with_its_evidence_marked() {
    let reply = TestApp::new().answer("/q/go/Q4", GOOD).await;
    assert_eq!(reply.status.as_u16(), 200);
    shows(&reply, &["<strong>0.75</strong>", "role=\"img\"", "between <strong>"]);
    shows(
        &reply,
        &[
            "<mark class=\"hit\">",
            "href=\"#concept-defers\"",
            "id=\"concept-defers\"",
            "id=\"mark-1-0\"",
            "href=\"#mark-1-0\"",
        ],
    );
    shows(&reply, &[&format!("\n{GOOD}</textarea>")]);
    shows(&reply, &["Deferred calls run before it ends", "weight 3", "sure"]);
}

#[tokio::test]
async fn what_is_missing_is_hinted_at_before_it_is_told() {
    let reply = TestApp::new().answer("/q/go/Q4", GOOD).await;
    let missing = reply.body.split("id=\"concept-others\"").nth(1).expect("it is listed");
    let (hint, claim) =
        (missing.find("What becomes of the rest?"), missing.find("Other goroutines are left alone &lt;by it&gt;"));
    let fold = missing.find("<details>");
    assert!(hint < fold && fold < claim && hint.is_some(), "{missing}");
    shows(&reply, &["+0.25"]);
}

#[tokio::test]
async fn where_reviewing_is_not_allowed_nothing_of_the_rubric_is_told() {
    let app = TestApp::with(|config| config.reviewing = Some(false));
    let reply = app.answer("/q/go/Q4", GOOD).await;
    shows(&reply, &["What becomes of the rest?", "Deferred calls run before it ends"]);
    hides(&reply, &["Other goroutines are left alone", "ideal answer", "defer* run"]);
}

#[tokio::test]
async fn contradictions_and_misconceptions_are_told_apart_from_hits_without_colour() {
    let reply = TestApp::new()
        .answer("/q/go/Q4", "The goroutine ends. The whole program exits. Deferred calls do not run.")
        .await;
    shows(
        &reply,
        &[
            "wrong claim",
            "mark class=\"misconception\"",
            "mark class=\"contradicted\"",
            "contradicted",
            "id=\"misconception-process\"",
        ],
    );
}

#[rstest]
#[case::markup("<script>alert('x')</script> the goroutine ends & </textarea><img src=x>")]
#[case::leading_break("\n\nthe goroutine ends")]
#[case::right_to_left("\u{202e}goroutine ends\u{202c}")]
#[case::nul("a\0b")]
#[case::nothing("")]
#[tokio::test]
async fn any_answer_is_shown_as_text(#[case] answer: &str) {
    let reply = TestApp::new().answer("/q/go/Q4", answer).await;
    assert_eq!(reply.status.as_u16(), 200);
    hides(&reply, &["<script>alert", "<img"]);
    assert_eq!(reply.body.matches("</textarea>").count(), 1);
    let escaped = answer.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('\'', "&#39;");
    shows(&reply, &[&format!("autocomplete=\"off\">\n{escaped}</textarea>")]);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_explained_and_kept() {
    let answer = "so many words ".repeat(6000);
    let reply = TestApp::new().answer("/q/go/Q4", &answer).await;
    assert_eq!(reply.status.as_u16(), 413);
    shows(&reply, &["Not graded", "at most 65536 (64 KiB)", &answer]);
}

#[tokio::test]
async fn an_overloaded_service_keeps_the_text() {
    let app = TestApp::with(|config| config.limits.gradings = 0);
    let reply = app.answer("/q/go/Q4", "my words").await;
    assert_eq!(reply.status.as_u16(), 503);
    shows(&reply, &["Not graded", "my words</textarea>"]);
}

#[rstest]
#[case::page("/nowhere", 404)]
#[case::question("/q/go/Q99", 404)]
#[case::bank("/q/nope/Q4", 404)]
#[tokio::test]
async fn people_get_pages_where_programs_get_problems(#[case] path: &str, #[case] status: u16) {
    let app = TestApp::new();
    let page = app.visit(path).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (status, "text/html; charset=utf-8"));
    shows(&page, &["Back to the questions", page.header("x-request-id")]);
    assert_eq!(app.get(path).await.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn the_docs_show_every_operation_with_an_example() {
    let reply = TestApp::new().visit("/docs").await;
    shows(
        &reply,
        &[
            "curl http://127.0.0.1:8080/v1/grade -H",
            "/v1/grade/batch",
            "--data-binary",
            "id=\"schema-Grade\"",
            "href=\"#schema-Problem\"",
        ],
    );
    shows(&reply, &["answer_too_large", "MIT OR Apache-2.0", "/openapi.json"]);
}
