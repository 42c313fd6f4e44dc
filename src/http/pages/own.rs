//! `/own`: a place to paste a question that no bank holds, its ideal answer, and an answer to it.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{FORM, MAX_FORM_BYTES, apology, field_in};
use super::result::ResultView;
use super::{Frame, page};
use crate::grader::MAX_ANSWER_BYTES;
use crate::http::extract::{read_body, require_content_type};
use crate::http::problem::Fault;
use crate::http::state::{App, Shared, Subject};

/// A line that parts one ideal answer from the next.
const PARTING: &str = "---";

/// The page.
#[derive(Template)]
#[template(path = "own.html", config = "src/http/pages/askama.toml")]
struct OwnPage<'a> {
    frame: Frame,
    prompt: &'a str,
    ideal: &'a str,
    answer: &'a str,
    error: Option<String>,
    result: Option<ResultView>,
}

/// Shows the empty form.
pub(super) async fn ask() -> Response {
    let frame = Frame::new("own");
    page(StatusCode::OK, &OwnPage { frame, prompt: "", ideal: "", answer: "", error: None, result: None })
}

/// Grades what the form holds, and shows it with everything as it was sent.
pub(super) async fn grade(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    require_content_type(request.headers(), |essence| essence.eq_ignore_ascii_case(FORM), FORM)?;
    let form = read_body(request, MAX_FORM_BYTES, app.config.timeouts.body).await?;
    let (prompt, ideal, answer) = (field_in(&form, "prompt"), field_in(&form, "ideal"), field_in(&form, "answer"));
    let (status, result, error) = match result(&app, &prompt, &ideal, &answer).await {
        Ok(result) => (StatusCode::OK, Some(result), None),
        Err(fault) => (fault.status(), None, Some(apology(&fault))),
    };
    let frame = Frame::new("own");
    Ok(page(status, &OwnPage { frame, prompt: &prompt, ideal: &ideal, answer: &answer, error, result }))
}

async fn result(app: &Shared, prompt: &str, ideal: &str, answer: &str) -> Result<ResultView, Fault> {
    if answer.len() > MAX_ANSWER_BYTES {
        return Err(Fault::answer_too_large(answer.len()));
    }
    let subject = Subject::Own { prompt: prompt.to_owned(), ideals: ideals(ideal) };
    let (graded, answer) = app.grade(subject, answer.to_owned(), None).await?;
    let Some((own, at)) = graded.own else {
        return Err(Fault::internal("a question of one's own was graded as one of a bank"));
    };
    // Whoever asks has brought the ideal answer: there is nothing to keep from them.
    Ok(ResultView::new(&app.shown(&graded.grade, None, &answer), own.item(at), &answer, true))
}

/// The ideal answers of the form's one field.
fn ideals(field: &str) -> Vec<String> {
    let lines: Vec<&str> = field.lines().collect();
    let texts = lines.split(|line| line.trim() == PARTING).map(|lines| lines.join("\n"));
    texts.filter(|text| !text.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_part_ideal_answers() {
        assert_eq!(ideals("a\nb\n---\nc"), ["a\nb", "c"]);
        assert_eq!(ideals("---\n- a\n"), ["- a"]);
        assert!(ideals(" \n").is_empty());
    }
}
