//! `/healthz`, `/readyz`, `/metrics`: for whoever keeps the service running.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use super::openapi::{PlainFaults, ReadyFaults};
use super::problem::Fault;
use super::state::App;

/// The routes of this feature.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(metrics))
}

/// That the service runs.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// Always `ok`.
    status: &'static str,
    /// The service's version.
    version: &'static str,
}

/// Tells that the service runs
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "operation",
    responses((status = 200, description = "It runs", body = Health), PlainFaults)
)]
async fn healthz() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// That the service can answer everything it is asked.
#[derive(Debug, Serialize, ToSchema)]
struct Readiness {
    /// Always `ready`; until then the reply is a problem.
    status: &'static str,
    /// Banks loaded.
    banks: usize,
    /// Questions in them.
    questions: usize,
    /// Whether the search index is built.
    search: bool,
}

/// Tells whether the service can answer everything
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "operation",
    responses((status = 200, description = "It can", body = Readiness), ReadyFaults)
)]
async fn readyz(State(app): State<App>) -> Result<Json<Readiness>, Fault> {
    let banks = app.grader.banks();
    let questions = banks.iter().map(|bank| bank.items.len()).sum();
    if app.search().is_none() {
        let detail = format!("{} bank(s) with {questions} questions loaded; search index: being built", banks.len());
        return Err(Fault::overloaded(detail));
    }
    Ok(Json(Readiness { status: "ready", banks: banks.len(), questions, search: true }))
}

/// Counters in Prometheus' text format
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "operation",
    responses((status = 200, description = "The counters", body = String, content_type = "text/plain"), PlainFaults)
)]
async fn metrics(State(app): State<App>) -> Response {
    let judge = app.judge.as_ref().map(|panel| panel.stats().counts());
    let text = app.metrics.render_with(judge.as_ref());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
