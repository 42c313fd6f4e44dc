//! The one layer around every route: request id, panics, counters, the log, and the body of problems.
//!
//! One layer on purpose: each wraps the reply's future once more, and grading a short answer
//! costs no more than a few of them.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use futures_util::future::CatchUnwind;
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::metrics::Going;
use super::pages;
use super::problem::Fault;
use super::state::App;

/// Where the request's id travels, both ways.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The route's name in counters and logs where no route matched: the path itself could be anything.
const UNMATCHED: &str = "unmatched";

/// The layer.
#[derive(Clone)]
pub(crate) struct Observe(pub(crate) App);

impl<S> Layer<S> for Observe {
    type Service = Observed<S>;

    fn layer(&self, inner: S) -> Observed<S> {
        Observed { app: Arc::clone(&self.0), inner }
    }
}

/// A route with the layer around it.
#[derive(Clone)]
pub(crate) struct Observed<S> {
    app: App,
    inner: S,
}

impl<S: Service<Request, Response = Response, Error = Infallible>> Service<Request> for Observed<S> {
    type Response = Response;
    type Error = Infallible;
    type Future = Observing<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let seen = Seen::new(&self.app, &request);
        Observing {
            answered: AssertUnwindSafe(self.inner.call(request)).catch_unwind(),
            app: Arc::clone(&self.app),
            seen,
        }
    }
}

pin_project! {
    /// A request that is being answered, and whatever came of it finished.
    pub(crate) struct Observing<F> {
        #[pin]
        answered: CatchUnwind<AssertUnwindSafe<F>>,
        app: App,
        seen: Seen,
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for Observing<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        // The panic's message may quote what was being read, so it goes nowhere.
        let panicked = || Fault::internal("a handler panicked").into_response();
        let response = match ready!(this.answered.poll(cx)) {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(_) => panicked(),
        };
        Poll::Ready(Ok(this.seen.finish(this.app, response)))
    }
}

/// What is kept of a request until it is answered.
struct Seen {
    started: Instant,
    id: HeaderValue,
    route: Option<MatchedPath>,
    method: Method,
    for_a_person: bool,
    _going: Going,
}

impl Seen {
    fn new(app: &App, request: &Request) -> Self {
        Self {
            started: Instant::now(),
            id: request_id(app, request.headers()),
            route: request.extensions().get::<MatchedPath>().cloned(),
            method: request.method().clone(),
            for_a_person: wants_page(request.uri().path(), request.headers()),
            _going: app.metrics.request(),
        }
    }

    fn finish(&self, app: &App, mut response: Response) -> Response {
        let route = self.route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
        let id = text(&self.id);
        let fault = Fault::take(response.extensions_mut());
        if let Some(fault) = &fault {
            response = finish(fault, &response, id, self.for_a_person);
        }
        let (status, elapsed) = (response.status(), self.started.elapsed());
        app.metrics.answered(route, status.as_u16(), elapsed);
        log(&Line { id, method: &self.method, route, status, elapsed }, fault.as_ref());
        response.headers_mut().insert(REQUEST_ID, self.id.clone());
        response
    }
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
