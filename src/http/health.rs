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
    /// What is wrong with the files of the banks since they were last edited. A bank with a fault is served as it last
    /// was; the list is empty while all files are in use as they are.
    faults: Vec<FileFault>,
}

/// A fault in a file of a bank.
#[derive(Debug, Serialize, ToSchema)]
struct FileFault {
    /// The file's path.
    file: String,
    /// The line, from 1.
    line: usize,
    /// The column in characters, from 1.
    column: usize,
    /// What is wrong; left out where the service does not show rubrics, which it may quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Tells whether the service can answer everything
///
/// A fault in a bank's file that came with an edit does not make it unready: the bank is served as it last was, and
/// `faults` names the file and the line.
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
    let reviewing = app.config.reviewing();
    let fault = |fault: &crate::bank::Fault| FileFault {
        file: fault.file.clone(),
        line: fault.line,
        column: fault.column,
        message: reviewing.then(|| fault.message.clone()),
    };
    let faults = app.faults.iter().map(fault).collect();
    Ok(Json(Readiness { status: "ready", banks: banks.len(), questions, search: true, faults }))
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
