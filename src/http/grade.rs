//! `POST /v1/grade`: one answer in, one grade out.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use super::openapi::GradeFaults;
use super::problem::Fault;
use super::state::{App, Subject};
use crate::grader::MAX_ANSWER_BYTES;
use crate::wire::{Asked, Grade, GradeRequest};

/// The routes of this feature.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(grade))
}

/// Grades one answer
///
/// Returns the score, the verdict on each concept with the words of the answer that prove it, and how sure
/// Viva is. The same answer always gets the same grade. Name a question of a bank by `question`, or give `prompt` and
/// `ideal` for one that no bank holds: its concepts are then drawn from the ideal answer, `scoring` is `ideal`, and the
/// score rests on likeness alone, so that every such grade asks for a review. Unknown fields are refused. Where a judge is
/// configured, `judge` in the reply tells what it did; where it cannot be had, the grade is the rules' grade and asks for a
/// review.
#[utoipa::path(
    post,
    path = "/v1/grade",
    operation_id = "grade",
    tag = "grading",
    request_body(
        content = GradeRequest,
        examples(
            ("bank" = (
                summary = "A question of a bank",
                value = json!({
                    "question": "Q4",
                    "answer": "Only that goroutine ends, and its deferred calls run first."
                })
            )),
            ("own" = (
                summary = "A question of your own, with its ideal answer",
                value = json!({
                    "id": "candidate-7",
                    "prompt": "What is a mutex for?",
                    "ideal": "It protects shared data: only one thread at a time may hold it.",
                    "answer": "One thread holds it at a time, so shared data is safe."
                })
            )),
            ("several" = (
                summary = "The same with several ideal answers, of which the best match counts",
                value = json!({
                    "prompt": "Name a way to share data between goroutines.",
                    "ideal": ["Send it over a channel.", "Guard it with a mutex."],
                    "answer": "Lock a mutex around every access."
                })
            ))
        )
    ),
    responses((status = 200, description = "The grade", body = Grade), GradeFaults)
)]
async fn grade(State(app): State<App>, Json(request): Json<GradeRequest>) -> Result<Response, Fault> {
    let GradeRequest { id, bank, question, prompt, ideal, answer, judge } = request;
    let asked = Asked::new(bank, question, prompt, ideal)
        .map_err(|(field, why)| Fault::invalid(Some(field.to_owned()), why))?;
    let subject = match asked {
        Asked::Question { bank, id } => Subject::Question(app.grader.find(bank.as_deref(), &id)?),
        Asked::Own { prompt, ideals } => Subject::Own { prompt, ideals },
    };
    if answer.len() > MAX_ANSWER_BYTES {
        return Err(Fault::answer_too_large(answer.len()));
    }
    let (graded, answer) = app.grade(subject, answer, judge).await?;
    Ok(Json(app.shown(&graded.grade, id.as_deref(), &answer)).into_response())
}
