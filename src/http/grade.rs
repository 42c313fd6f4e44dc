//! `POST /v1/grade`: one answer in, one grade out.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use super::openapi::GradeFaults;
use super::problem::Fault;
use super::state::App;
use crate::grader::MAX_ANSWER_BYTES;
use crate::wire::{Grade, GradeRequest};

/// The routes of this feature.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(grade))
}

/// Grades one answer
///
/// Returns the score, the verdict on each concept with the words of the answer that prove it, and how sure
/// Viva is. The same answer always gets the same grade. Unknown fields are refused. Where a judge is configured, `judge` in
/// the reply tells what it did; where it cannot be had, the grade is the rules' grade and asks for a review.
#[utoipa::path(
    post,
    path = "/v1/grade",
    operation_id = "grade",
    tag = "grading",
    request_body = GradeRequest,
    responses((status = 200, description = "The grade", body = Grade), GradeFaults)
)]
async fn grade(State(app): State<App>, Json(request): Json<GradeRequest>) -> Result<Json<Grade>, Fault> {
    let question = app.grader.find(request.bank.as_deref(), &request.question)?;
    if request.answer.len() > MAX_ANSWER_BYTES {
        return Err(Fault::answer_too_large(request.answer.len()));
    }
    let (grade, answer) = app.grade(question, request.answer, request.judge).await?;
    Ok(Json(app.shown(&grade, request.id, &answer)))
}
