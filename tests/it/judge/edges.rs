//! Everything that a server or async-openai does and that must not reach a grade.

use std::io::Read as _;
use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::json;
use viva::domain::grade::ReviewReason;
use viva::domain::judged::Judged;
use viva::judge::scripted::completion;

use super::{ANSWER, Act, Fake, grade, lifts};

/// What the judge came to: `asked`, or the reason why it could not be had.
#[track_caller]
fn check_outcome(judged: &Judged, expected: &str) {
    let got = match judged {
        Judged::Asked(asked) if asked.stopped.is_none() => "asked",
        Judged::Unavailable { reason } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(got, expected);
}

/// Grades with a server that does `first` at its first request and replies well from then on.
#[track_caller]
fn check_first(first: fn() -> Act, requests: usize, expected: &str) {
    check_script(move |n| if n == 0 { first() } else { Act::says(&lifts()) }, requests, expected);
}

#[track_caller]
fn check_script(script: impl Fn(usize) -> Act + Send + Sync + 'static, requests: usize, expected: &str) {
    let fake = Fake::start(move |n, _| script(n));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let panel = fake.panel(|_| {});
    let grade = runtime.block_on(grade(&panel));
    check_outcome(&grade.judge, expected);
    assert_eq!(fake.count(), requests);
    assert_eq!(grade.review.contains(&ReviewReason::JudgeUnavailable), expected != "asked");
    if expected != "asked" {
        assert!((grade.score - 0.75).abs() < 1e-9, "the rules' grade: {}", grade.score);
    }
}

#[test]
fn there_is_a_timeout_although_the_library_has_none() {
    let fake = Fake::start(|_, _| Act::Hang);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let panel = fake.panel(|c| c.deadline = Duration::from_millis(100));
    let begun = Instant::now();
    let grade = runtime.block_on(grade(&panel));
    check_outcome(&grade.judge, "deadline");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn retries_count_against_the_deadline() {
    let fake = Fake::start(|_, _| Act::status(500, "no"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let panel = fake.panel(|c| {
        c.deadline = Duration::from_millis(300);
        c.backoff = Duration::from_mins(1);
    });
    let begun = Instant::now();
    check_outcome(&runtime.block_on(grade(&panel)).judge, "server_error");
    assert!(begun.elapsed() < Duration::from_secs(5), "a pause that outlasts the deadline is not begun");
    assert_eq!(fake.count(), 1);
}

#[rstest]
#[case::retry_after_that_fits(|| Act::Reply(429, vec![("retry-after-ms", "5".to_owned())], "{}".to_owned()), 2, "asked")]
#[case::retry_after_without_a_cap(|| Act::Reply(429, vec![("retry-after", "3600".to_owned())], "{}".to_owned()), 1, "rate_limited")]
#[case::retry_after_of_a_full_service(|| Act::Reply(503, vec![("retry-after", "3600".to_owned())], String::new()), 1, "server_error")]
#[case::used_up_account(|| Act::status(429, r#"{"error": {"code": "insufficient_quota", "message": "m"}}"#), 1, "quota")]
#[case::too_many_requests_in_plain_text(|| Act::status(429, "slow down"), 2, "asked")]
#[case::server_error_in_plain_text(|| Act::status(502, "<html>bad gateway</html>"), 2, "asked")]
#[case::wrong_key(|| Act::status(401, r#"{"error": {"message": "no", "code": 7}}"#), 1, "rejected")]
#[case::error_of_another_shape(|| Act::status(400, r#"{"detail": "no such model"}"#), 1, "rejected")]
#[case::no_such_path(|| Act::status(404, "not found"), 1, "rejected")]
#[case::redirect(|| Act::Reply(307, vec![("location", "http://127.0.0.1:1/".to_owned())], String::new()), 1, "rejected")]
#[case::broken_connection(|| Act::Break, 2, "asked")]
#[case::malformed_success(|| Act::status(200, "{\"choices\": [oops"), 2, "asked")]
#[case::page_instead_of_json(|| Act::status(200, "<html>login</html>"), 2, "asked")]
#[case::empty_success(|| Act::status(200, ""), 2, "asked")]
#[case::body_that_ends_early(|| Act::EndEarly(completion("{}").to_string()[..120].to_owned()), 2, "asked")]
#[case::no_choices(|| Act::status(200, r#"{"choices": []}"#), 2, "asked")]
#[case::schema_ignored_once(|| Act::Reply(200, Vec::new(), completion("Looks good!").to_string()), 2, "asked")]
#[case::schema_ignored_but_understandable(
    || Act::Reply(200, Vec::new(), completion(&format!("Here:\n```json\n{}\n```", lifts())).to_string()), 1, "asked"
)]
#[case::refusal(
    || Act::status(200, r#"{"choices": [{"finish_reason": "stop", "message": {"content": null, "refusal": "I cannot"}}]}"#),
    1,
    "refused"
)]
#[case::cut_off(
    || Act::status(200, &completion(&lifts().to_string()).to_string().replace("\"stop\"", "\"length\"")), 1, "truncated"
)]
#[case::does_not_say_that_it_is_complete(
    || Act::status(200, &completion(&lifts().to_string()).to_string().replace("\"stop\"", "null")), 1, "truncated"
)]
#[case::content_as_parts(
    || Act::status(200, &json!({"choices": [{"finish_reason": "stop", "message":
        {"content": [{"type": "text", "text": lifts().to_string()}]}}]}).to_string()),
    1,
    "asked"
)]
#[case::content_as_a_call(
    || Act::status(200, &json!({"choices": [{"finish_reason": "stop", "message":
        {"content": null, "tool_calls": [{"function": {"name": "verdicts", "arguments": lifts().to_string()}}]}}]}).to_string()),
    1,
    "asked"
)]
fn what_a_server_does_first(#[case] first: fn() -> Act, #[case] requests: usize, #[case] expected: &str) {
    check_first(first, requests, expected);
}

#[rstest]
#[case::server_errors(|_| Act::status(500, "no"), 4, "server_error")]
#[case::broken_connections(|_| Act::Break, 4, "unreachable")]
#[case::rate_limits(|_| Act::status(429, "no"), 4, "rate_limited")]
#[case::malformed(|_| Act::status(200, "oops"), 4, "unreadable")]
#[case::schema_ignored(|_| Act::Reply(200, Vec::new(), completion("Looks good!").to_string()), 2, "unreadable")]
fn what_a_server_does_for_ever(#[case] script: fn(usize) -> Act, #[case] requests: usize, #[case] expected: &str) {
    check_script(script, requests, expected);
}

#[tokio::test]
async fn nobody_listens() {
    let fake = Fake::start(|_, _| Act::Hang);
    let panel = fake.panel(|c| c.base_url = "http://127.0.0.1:1/v1".to_owned());
    check_outcome(&grade(&panel).await.judge, "unreachable");
}

#[tokio::test]
async fn a_reply_of_any_length_takes_bounded_memory() {
    let fake = Fake::start(|_, _| Act::status(200, &" ".repeat(3 * 1024 * 1024)));
    check_outcome(&grade(&fake.panel(|c| c.tries = 1)).await.judge, "unreadable");
}

#[tokio::test]
async fn the_request_is_what_servers_expect_and_carries_no_more_than_it_has_to() {
    let fake = Fake::start(|_, _| Act::says(&lifts()));
    let panel = fake.panel(|c| c.api_key = Some(viva::config::Secret::new("sk-test".to_owned())));
    grade(&panel).await;
    let (headers, request) = fake.requests().remove(0);
    assert_eq!(headers["authorization"], "Bearer sk-test");
    assert!(headers["user-agent"].to_str().unwrap().starts_with("viva/"));
    assert_eq!(headers["content-type"], "application/json");
    // Its shape is that of the library's own types, which follow the published description.
    let typed: async_openai::types::chat::CreateChatCompletionRequest =
        serde_json::from_value(request.clone()).unwrap();
    assert_eq!((typed.model.as_str(), typed.messages.len(), typed.stream), ("test-model", 2, Some(false)));
    assert_eq!(request["response_format"]["json_schema"]["strict"], true);
    assert!(request["seed"].as_u64().unwrap() < 1 << 31);
    for id in ["defers", "\"others\"", "\"process\"", "Q4"] {
        assert!(!request.to_string().contains(id), "ids stay here: {id}");
    }
}

/// Every question's request, in both forms, goes through the library's own types and comes back the same: no field that they
/// do not know, none that means something else to them.
#[test]
fn every_request_is_one_that_the_librarys_types_know() {
    use async_openai::types::chat::{CreateChatCompletionRequest, ResponseFormat};
    use viva::config::{JudgeConfig, JudgeForm};
    use viva::domain::judged::Why;
    use viva::judge::prompt::prompts;

    let grader = viva::grader::Grader::new(viva::bank::builtin().unwrap());
    let mut checked = 0;
    for question in grader.questions() {
        let prepared = grader.prepare(question, ANSWER);
        let sheet = grader.sheet(&prepared, ANSWER, Why::Always);
        for (form, temperature) in [(JudgeForm::Answer, Some(0.5)), (JudgeForm::Claim, None)] {
            let config = JudgeConfig { form, temperature, ..JudgeConfig::new("http://127.0.0.1:1/v1", "m") };
            for again in [0, 1] {
                for prompt in prompts(&sheet, &config, 0, again) {
                    let typed: CreateChatCompletionRequest = serde_json::from_value(prompt.request.clone()).unwrap();
                    let back = serde_json::to_value(&typed).unwrap();
                    for (name, value) in prompt.request.as_object().unwrap() {
                        assert_eq!(&back[name], value, "{name}");
                    }
                    let Some(ResponseFormat::JsonSchema { json_schema }) = typed.response_format else {
                        panic!("a schema is asked for")
                    };
                    assert_eq!(json_schema.strict, Some(true));
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 500, "{checked}");
}

/// The library logs whole bodies at error level where it cannot parse them, and those of server errors as warnings.
#[test]
fn no_log_line_holds_a_word_of_the_answer() {
    const SECRET: &str = "Zanzibar";
    let fake = Fake::start(|n, request| {
        let echo = request.to_string();
        match n {
            0 => Act::status(200, &format!("oops {echo}")),
            1 => Act::status(500, &echo),
            2 => Act::status(429, &echo),
            _ => Act::status(400, &echo),
        }
    });
    let mut child = crate::cli::viva(&["serve", "--bind", "127.0.0.1:0", "--judge", "always"])
        .env("RUST_LOG", "trace")
        .env("VIVA_JUDGE_BASE_URL", fake.base_url())
        .env("VIVA_JUDGE_MODEL", "m")
        .env("VIVA_JUDGE_API_KEY", "sk-secret")
        .spawn()
        .unwrap();
    let log = child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let (mut log, mut text) = (log, String::new());
        log.read_to_string(&mut text).unwrap();
        text
    });
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
    let body = json!({"question": "Q4", "answer": format!("{ANSWER} {SECRET}")}).to_string();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = "POST /v1/grade HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    std::io::Write::write_all(&mut stream, format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes())
        .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(reply.starts_with("HTTP/1.1 200") && reply.contains(r#""reason":"rejected""#), "{reply}");
    assert_eq!(fake.count(), 4);
    let log = log.join().unwrap();
    assert!(log.contains("hyper") || log.contains("TRACE"), "the log is at its loudest: {log}");
    for word in [SECRET, "neighbours", "sk-secret"] {
        assert!(!log.contains(word), "`{word}` stands in the log");
    }
}
