//! Extractors that answer with a problem: JSON and form bodies, queries, paths.
//!
//! Axum's own answer in plain text and quote the request; clippy refuses them elsewhere. Nothing
//! here passes a value of the request on: an answer could stand in any of them.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::problem::Fault;
use super::state::App;
use crate::grader::MAX_ANSWER_BYTES;
use crate::wire::ProblemCode;

/// What a request with the largest answer can need: JSON writes one byte as six (`\u0000`) at worst,
/// and the other fields are short.
pub(crate) const MAX_JSON_BYTES: usize = 6 * MAX_ANSWER_BYTES + 16 * 1024;

/// What most grades take, so that writing them seldom moves them.
pub(crate) const USUAL_REPLY_BYTES: usize = 8 * 1024;

/// A body that is too large is read on up to this size before it is refused, since a client that is still
/// writing when the connection closes sees a broken pipe instead of the reply.
const MAX_DRAINED_BYTES: u64 = 32 * 1024 * 1024;

/// A JSON body; also a JSON reply.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        require_content_type(request.headers(), is_json, "application/json")?;
        let body = read_body(request, MAX_JSON_BYTES, app.config.timeouts.body).await?;
        parse_json(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(USUAL_REPLY_BYTES);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => Fault::internal(format!("the reply could not be written: {error}")).into_response(),
        }
    }
}

/// Refuses a body of another type, and a compressed one.
pub(crate) fn require_content_type(
    headers: &HeaderMap,
    is_right: impl Fn(&str) -> bool,
    expected: &str,
) -> Result<(), Fault> {
    let text = |name| headers.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap_or("?"));
    let essence = text(header::CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !is_right(essence) {
        let detail = format!("send the body as `content-type: {expected}`");
        return Err(Fault::new(ProblemCode::UnsupportedMediaType, detail));
    }
    if text(header::CONTENT_ENCODING).is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        let detail = "send the body as it is, without `content-encoding`";
        return Err(Fault::new(ProblemCode::UnsupportedMediaType, detail));
    }
    Ok(())
}

fn is_json(essence: &str) -> bool {
    let is = |text: Option<&str>, wanted: &str| text.is_some_and(|text| text.eq_ignore_ascii_case(wanted));
    essence.eq_ignore_ascii_case("application/json")
        || is(essence.get(..12), "application/")
            && is(essence.len().checked_sub(5).and_then(|at| essence.get(at..)), "+json")
}

/// Reads a body of at most `limit` bytes, all of it before `deadline` has passed.
pub(crate) async fn read_body(request: Request, limit: usize, deadline: Duration) -> Result<Bytes, Fault> {
    // Whoever asks before sending is told at once.
    if request.headers().contains_key(header::EXPECT) && request.body().size_hint().lower() > limit as u64 {
        return Err(too_large(limit));
    }
    let too_slow = |_| {
        let detail = format!("the body did not arrive completely within {} s", deadline.as_secs_f64());
        Fault::new(ProblemCode::Timeout, detail)
    };
    let mut collecting = std::pin::pin!(collect(request.into_body(), limit));
    if let Some(body) = at_once(collecting.as_mut()).await {
        return body;
    }
    tokio::time::timeout(deadline, collecting).await.map_err(too_slow)?
}

/// What a future gives in its first two polls. A body that came with its head is there in the second: hyper hands it over once
/// it is asked for. Nearly every body is such a one, and needs no clock.
async fn at_once<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    let mut is_asked = false;
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if is_asked => Poll::Ready(None),
        Poll::Pending => {
            is_asked = true;
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await
}

async fn collect(mut body: Body, limit: usize) -> Result<Bytes, Fault> {
    if body.size_hint().lower() > limit as u64 {
        return Err(drain(body, 0, limit).await);
    }
    // Nearly every body arrives in one piece, which is then passed on without a copy.
    let mut first = Bytes::new();
    let mut more = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(Fault::new(ProblemCode::InvalidJson, "the body broke off"));
        };
        let Ok(data) = frame.into_data() else { continue };
        if first.is_empty() {
            first = data;
        } else {
            if more.is_empty() {
                more.extend_from_slice(&first);
            }
            more.extend_from_slice(&data);
        }
        let size = more.len().max(first.len());
        if size > limit {
            return Err(drain(body, size as u64, limit).await);
        }
    }
    Ok(if more.is_empty() { first } else { Bytes::from(more) })
}

/// Reads on without keeping anything, and gives the fault.
async fn drain(mut body: Body, mut read: u64, limit: usize) -> Fault {
    if read + body.size_hint().lower() <= MAX_DRAINED_BYTES {
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, Bytes::len) as u64;
            if read > MAX_DRAINED_BYTES {
                break;
            }
        }
    }
    too_large(limit)
}

fn too_large(limit: usize) -> Fault {
    Fault::new(ProblemCode::BodyTooLarge, format!("the body has more than {limit} bytes, which no request needs"))
}

/// Reads a JSON object; says where it is wrong without quoting it.
pub(crate) fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(Fault::new(ProblemCode::InvalidJson, "not UTF-8"));
    };
    // Serde would take a list for an object whose fields come in order.
    let is_list = text.trim_ascii_start().starts_with('[');
    match serde_json::from_str(text) {
        Ok(value) if !is_list => Ok(value),
        Err(error) if !error.is_data() => Err(Fault::new(ProblemCode::InvalidJson, bad_json(text, &error))),
        _ => match serde_json::from_str::<IgnoredAny>(text) {
            Err(error) => Err(Fault::new(ProblemCode::InvalidJson, bad_json(text, &error))),
            Ok(_) if is_list => Err(Fault::invalid(None, "the JSON is a list where an object is expected")),
            Ok(_) => Err(misfit::<T>(text)),
        },
    }
}

fn bad_json(text: &str, error: &serde_json::Error) -> String {
    if text.trim().is_empty() {
        return "there is no JSON here".to_owned();
    }
    format!("not valid JSON at line {} column {}", error.line(), error.column())
}

/// Where JSON that is valid is not a `T`. Reading it again with the path kept is slow, and only done here.
fn misfit<T: DeserializeOwned>(text: &str) -> Fault {
    let mut json = serde_json::Deserializer::from_str(text);
    let Err(error) = serde_path_to_error::deserialize::<_, T>(&mut json) else {
        return Fault::new(ProblemCode::InvalidJson, "there is more after the end of the JSON value");
    };
    let path = error.path().to_string();
    let (field, detail) = explain(&error.inner().to_string(), (path != ".").then_some(path));
    Fault::invalid(field, detail)
}

/// A field and a sentence from serde's message, which may quote a value and so is not passed on.
fn explain(message: &str, path: Option<String>) -> (Option<String>, String) {
    let named = |prefix: &str| {
        let rest = message.split_once(prefix)?.1;
        rest.split_once('`').map(|(name, _)| name.to_owned()).filter(|name| is_field_name(name))
    };
    if let Some(field) = named("missing field `") {
        let detail = format!("the field `{field}` is missing");
        return (Some(field), detail);
    }
    if message.starts_with("unknown field `") {
        let known = message.split_once("expected ").and_then(|(_, rest)| rest.split(" at line ").next());
        let known = known.map_or_else(String::new, |known| format!("; there is {known}"));
        return match named("unknown field `") {
            Some(field) => (Some(field.clone()), format!("there is no field `{field}`{known}")),
            None => (None, format!("there is a field that is not known{known}")),
        };
    }
    if let Some(field) = named("duplicate field `") {
        let detail = format!("the field `{field}` stands there twice");
        return (Some(field), detail);
    }
    match path.filter(|path| is_field_name(path)) {
        Some(field) => (Some(field.clone()), format!("the field `{field}` is not of the right type")),
        None => (None, "the JSON is not an object of the right shape".to_owned()),
    }
}

/// Whether a text that the client wrote looks like a field's name and not like a piece of an answer.
fn is_field_name(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']'))
}

/// The parameters of the query.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        #[expect(clippy::disallowed_types, reason = "this is the extractor that others use instead")]
        axum::extract::Query::try_from_uri(&parts.uri).map(|query| Self(query.0)).map_err(|rejection| {
            let message = std::error::Error::source(&rejection).map(ToString::to_string).unwrap_or_default();
            let (path, message) = match message.split_once(": ") {
                Some((path, rest)) if is_field_name(path) => (Some(path.to_owned()), rest.to_owned()),
                _ => (None, message),
            };
            let (field, detail) = explain(&message, path);
            Fault::invalid(field, detail.replace("field", "parameter"))
        })
    }
}

/// The parameters of the path.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        #[expect(clippy::disallowed_types, reason = "this is the extractor that others use instead")]
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| Fault::new(ProblemCode::NotFound, "there is no such path"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::GradeRequest;
    use rstest::rstest;

    #[track_caller]
    fn check(json: &[u8], code: ProblemCode, field: Option<&str>) -> String {
        let fault = parse_json::<GradeRequest>(json).expect_err("refused");
        assert_eq!((fault.code, fault.field.as_deref()), (code, field), "{}", fault.detail);
        fault.detail
    }

    #[rstest]
    #[case::nothing(b"" as &[u8], ProblemCode::InvalidJson, None)]
    #[case::broken(br#"{"question":"#, ProblemCode::InvalidJson, None)]
    #[case::not_utf8(b"{\"question\":\"\xff\"}", ProblemCode::InvalidJson, None)]
    #[case::half_a_surrogate(br#"{"question":"\ud800"}"#, ProblemCode::InvalidJson, None)]
    #[case::two_values(br#"{"question":"Q4","answer":""} {}"#, ProblemCode::InvalidJson, None)]
    #[case::misfit_and_broken(br#"{"question":7,"answer":"#, ProblemCode::InvalidJson, None)]
    #[case::no_object(b"7", ProblemCode::InvalidRequest, None)]
    #[case::a_list_in_order(br#" ["a1","go","Q4","words"]"#, ProblemCode::InvalidRequest, None)]
    #[case::missing(br#"{"question":"Q4"}"#, ProblemCode::InvalidRequest, Some("answer"))]
    #[case::unknown(br#"{"question":"Q4","answer":"a","score":1}"#, ProblemCode::InvalidRequest, Some("score"))]
    #[case::twice(br#"{"question":"Q4","question":"Q4","answer":"a"}"#, ProblemCode::InvalidRequest, Some("question"))]
    #[case::wrong_type(br#"{"question":"Q4","answer":5}"#, ProblemCode::InvalidRequest, Some("answer"))]
    #[case::null(br#"{"question":"Q4","answer":null}"#, ProblemCode::InvalidRequest, Some("answer"))]
    fn says_where_json_is_wrong(#[case] json: &[u8], #[case] code: ProblemCode, #[case] field: Option<&str>) {
        check(json, code, field);
    }

    #[test]
    fn accepts_what_is_right() {
        let request: GradeRequest = parse_json(br#"{"question":"Q4","answer":"a\u0000b"}"#).unwrap();
        assert_eq!(request.answer, "a\0b");
    }

    #[test]
    fn never_quotes_a_value_or_what_could_be_one() {
        for json in [
            r#"{"question":"Q4","answer":["the secret"]}"#,
            r#"{"question":"Q4","answer":"a","the secret":1}"#,
            r#"{"question":"Q4","answer":"a","id":{"the":"secret"}}"#,
            r#"{"question":"Q4","answer":"a","judge":"the secret"}"#,
            r#"{"question":"Q4","answer":"the secret"#,
            r#""the secret""#,
        ] {
            let fault = parse_json::<GradeRequest>(json.as_bytes()).expect_err("refused");
            let said = format!("{} {:?}", fault.detail, fault.field);
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn lists_the_fields_that_there_are() {
        let detail = check(br#"{"question":"Q4","answer":"a","x":1}"#, ProblemCode::InvalidRequest, Some("x"));
        let all = "there is one of `id`, `bank`, `question`, `prompt`, `ideal`, `answer`, `judge`";
        assert!(detail.ends_with(all), "{detail}");
    }

    #[rstest]
    #[case::at_once(0, Some("body"))]
    #[case::once_it_is_asked_for(1, Some("body"))]
    #[case::later(2, None)]
    #[tokio::test]
    async fn waits_for_two_polls_alone(#[case] late: usize, #[case] expected: Option<&str>) {
        let mut polls = 0;
        let body = poll_fn(|_| {
            polls += 1;
            if polls > late { Poll::Ready("body") } else { Poll::Pending }
        });
        assert_eq!(at_once(std::pin::pin!(body)).await, expected);
    }

    #[rstest]
    #[case::json("application/json", true)]
    #[case::vendor("application/vnd.api+json", true)]
    #[case::loud("Application/JSON", true)]
    #[case::text("text/plain", false)]
    #[case::form("application/x-www-form-urlencoded", false)]
    #[case::lines("application/x-ndjson", false)]
    fn knows_json_by_its_type(#[case] essence: &str, #[case] expected: bool) {
        assert_eq!(is_json(essence), expected);
    }
}
