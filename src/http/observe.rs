//! The one layer around every route: request id, panics, counters, the log, and the body of problems.
//!
//! One layer on purpose: each wraps the reply's future once more, and grading a short answer
//! costs no more than a few of them.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;

use super::pages;
use super::problem::Fault;
use super::state::App;

/// Where the request's id travels, both ways.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The route's name in counters and logs where no route matched: the path itself could be anything.
const UNMATCHED: &str = "unmatched";

/// Answers a request, and finishes whatever came of it.
pub(crate) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&app, request.headers());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let method = request.method().clone();
    let for_a_person = wants_page(request.uri().path(), request.headers());

    let going = app.metrics.request();
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    drop(going);
    // The panic's message may quote what was being read, so it goes nowhere.
    let mut response = answered.unwrap_or_else(|_| {
        use axum::response::IntoResponse as _;
        Fault::internal("a handler panicked").into_response()
    });
    let fault = Fault::take(response.extensions_mut());
    if let Some(fault) = &fault {
        response = finish(fault, &response, text(&id), for_a_person);
    }
    let elapsed = started.elapsed();
    app.metrics.answered(route, response.status().as_u16(), elapsed);
    log(&Line { id: text(&id), method: &method, route, status: response.status(), elapsed }, fault.as_ref());
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The fault's reply with the headers that are already set, such as `allow` or `retry-after`.
fn finish(fault: &Fault, bare: &Response, id: &str, for_a_person: bool) -> Response {
    let mut full = if for_a_person { pages::fault(fault, id) } else { fault.render(id) };
    for (name, value) in bare.headers() {
        if *name != header::CONTENT_LENGTH && *name != header::CONTENT_TYPE {
            full.headers_mut().insert(name, value.clone());
        }
    }
    full
}

/// Whether a browser asks, and not for the API.
fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    !path.starts_with("/v1/")
        && headers.get(header::ACCEPT).is_some_and(|accept| accept.to_str().is_ok_and(|a| a.contains("text/html")))
}

/// The id that the request brought if it is harmless in logs, else one of ours.
fn request_id(app: &App, headers: &HeaderMap) -> HeaderValue {
    let brought = headers.get(&REQUEST_ID).filter(|id| is_harmless(id.as_bytes()));
    brought.cloned().unwrap_or_else(|| {
        HeaderValue::try_from(app.next_request_id()).expect("hexadecimal digits and a dash are a header value")
    })
}

fn is_harmless(id: &[u8]) -> bool {
    (1..=64).contains(&id.len()) && id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn text(id: &HeaderValue) -> &str {
    id.to_str().unwrap_or_default()
}

/// What a log line says of a request: nothing that the client has written but the id it chose.
struct Line<'a> {
    id: &'a str,
    method: &'a Method,
    route: &'a str,
    status: StatusCode,
    elapsed: Duration,
}

fn log(line: &Line<'_>, fault: Option<&Fault>) {
    let &Line { id: request_id, method, route, status, elapsed } = line;
    let (status, elapsed_us) = (status.as_u16(), elapsed.as_micros());
    if let Some(cause) = fault.and_then(|fault| fault.cause.as_deref()) {
        tracing::error!(request_id, %method, route, status, elapsed_us, cause, "request failed");
    } else {
        tracing::debug!(request_id, %method, route, status, elapsed_us, "request answered");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::usual("0c1f-77_a.b", true)]
    #[case::longest(&"x".repeat(64), true)]
    #[case::too_long(&"x".repeat(65), false)]
    #[case::empty("", false)]
    #[case::a_line_of_its_own("a\nb", false)]
    #[case::a_space("a b", false)]
    #[case::not_ascii("ä", false)]
    fn takes_harmless_ids_alone(#[case] id: &str, #[case] expected: bool) {
        assert_eq!(is_harmless(id.as_bytes()), expected);
    }

    #[rstest]
    #[case::browser("/nowhere", "text/html,application/xhtml+xml", true)]
    #[case::program("/nowhere", "*/*", false)]
    #[case::browser_at_the_api("/v1/nowhere", "text/html", false)]
    fn shows_pages_to_browsers_off_the_api(#[case] path: &str, #[case] accept: &str, #[case] expected: bool) {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_str(accept).unwrap())]);
        assert_eq!(wants_page(path, &headers), expected);
    }
}
