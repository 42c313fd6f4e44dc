//! The service: a JSON API, pages for people, and what keeps it running.
//!
//! Names Domain, Bank, Index (search alone), Grader, Wire, and config, telemetry, clock.
//!
//! # Adding an endpoint
//!
//! 1. A handler of at most 25 lines in its feature's file: extract, one call, respond. It takes its body, query
//!    and path through [`extract`] and fails with a [`problem::Fault`].
//! 2. Its `#[utoipa::path]` with the faults it can answer with (a type in `openapi`).
//! 3. One `.routes(…)` in the feature's `router()`; a new feature is one line in [`routes`].
//!
//! # Invariants
//!
//! - No value of a request reaches a log, a counter or an error text: an answer could stand anywhere.
//! - Every request is answered or cut off in bounded time, and takes bounded memory.
//! - Every error of the API is a problem with a code of `wire::ProblemCode`.

mod batch;
mod extract;
mod grade;
mod health;
mod lines;
mod metrics;
mod observe;
mod openapi;
mod pages;
mod problem;
mod questions;
mod reload;
mod server;
mod stall;
mod state;

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use metrics::Metrics;
pub use problem::Fault;
pub use server::{ServeError, Server, serve, shutdown_signal};
pub use state::{App, Shared};

use crate::wire::ProblemCode;

/// All routes, and the API's description of those that belong to it.
fn routes() -> (Router<App>, OpenApi) {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(grade::router())
        .merge(batch::router())
        .merge(questions::router())
        .merge(health::router())
        .split_for_parts()
}

/// The API's description, as `/openapi.json` serves it.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().1
}

/// The whole service over a state.
pub fn router(app: App) -> Router {
    router_with(app, Router::new())
}

/// The whole service with further routes of the caller's, under the same layer: tests add handlers that panic.
pub fn router_with(app: App, more: Router<App>) -> Router {
    let (api, document) = routes();
    let json: Arc<str> = document.to_json().unwrap_or_default().into();
    api.route("/openapi.json", get(move || std::future::ready(openapi::reply(&json))))
        .merge(pages::router(&document))
        .merge(more)
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(observe::Observe(Arc::clone(&app)))
        .with_state(app)
}

async fn nothing_here() -> Fault {
    Fault::new(ProblemCode::NotFound, "there is nothing under this path; /docs lists what there is")
}

async fn wrong_method(method: Method) -> Fault {
    Fault::new(ProblemCode::MethodNotAllowed, format!("{method} does not work here; see the `allow` header"))
}
