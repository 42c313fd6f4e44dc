//! `/q/{bank}/{id}`: one question, a place to write, and what the answer says once it is sent.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::markdown::{Markup, lead_and_rest};
use super::result::ResultView;
use super::{Frame, page};
use crate::bank::{Bank, Item};
use crate::grader::MAX_ANSWER_BYTES;
use crate::http::extract::{Path, read_body, require_content_type};
use crate::http::problem::Fault;
use crate::http::state::{App, Shared, Subject};

/// The largest form that is read. Far above what is graded, so that somebody who pastes too much gets their
/// text back with the reason.
pub(super) const MAX_FORM_BYTES: usize = 2 * 1024 * 1024;

pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// A question's page.
#[derive(Template)]
#[template(path = "question.html", config = "src/http/pages/askama.toml")]
struct QuestionPage<'a> {
    frame: Frame,
    bank: &'a str,
    id: &'a str,
    kind: &'static str,
    section: &'a str,
    prompt: Markup,
    more: Markup,
    before: Option<&'a str>,
    after: Option<&'a str>,
    answer: &'a str,
    error: Option<String>,
    result: Option<ResultView>,
}

impl<'a> QuestionPage<'a> {
    fn new(bank: &'a Bank, item: &'a Item) -> Self {
        let question = &item.question;
        let (prompt, more) = lead_and_rest(&question.prompt);
        let at = bank.items.iter().position(|i| i.question.id == question.id).unwrap_or_default();
        let neighbour = |at: Option<usize>| at.and_then(|at| bank.items.get(at)).map(|i| i.question.id.as_str());
        Self {
            frame: Frame::new(""),
            bank: bank.name.as_str(),
            id: question.id.as_str(),
            kind: match question.kind {
                crate::domain::question::QuestionKind::Short => "a few sentences",
                crate::domain::question::QuestionKind::List => "a list or steps",
                crate::domain::question::QuestionKind::Open => "open: good answers differ",
            },
            section: &question.section,
            prompt,
            more,
            before: neighbour(at.checked_sub(1)),
            after: neighbour(at.checked_add(1)),
            answer: "",
            error: None,
            result: None,
        }
    }
}

/// Shows the question.
pub(super) async fn ask(State(app): State<App>, Path((bank, id)): Path<(String, String)>) -> Result<Response, Fault> {
    let (bank, item) = app.grader.item(app.grader.find(Some(&bank), &id)?);
    Ok(page(StatusCode::OK, &QuestionPage::new(bank, item)))
}

/// Grades what the form holds, and shows it with the text as it was sent.
pub(super) async fn grade(
    State(app): State<App>,
    Path((bank, id)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let question = app.grader.find(Some(&bank), &id)?;
    let (bank, item) = app.grader.item(question);
    require_content_type(request.headers(), |essence| essence.eq_ignore_ascii_case(FORM), FORM)?;
    let form = read_body(request, MAX_FORM_BYTES, app.config.timeouts.body).await?;
    let answer = answer_in(&form);
    let mut shown = QuestionPage::new(bank, item);
    shown.answer = &answer;
    let status = match result(&app, question, item, &answer).await {
        Ok(result) => {
            shown.result = Some(result);
            StatusCode::OK
        }
        Err(fault) => {
            let status = fault.status();
            shown.error = Some(apology(&fault));
            status
        }
    };
    Ok(page(status, &shown))
}

async fn result(
    app: &Shared,
    question: crate::grader::QuestionRef,
    item: &Item,
    answer: &str,
) -> Result<ResultView, Fault> {
    if answer.len() > MAX_ANSWER_BYTES {
        return Err(Fault::answer_too_large(answer.len()));
    }
    let (graded, answer) = app.grade(Subject::Question(question), answer.to_owned(), None).await?;
    let grade = app.shown(&graded.grade, None, &answer);
    Ok(ResultView::new(&grade, item, &answer, app.config.reviewing()))
}

/// The answer in a form. Browsers send line breaks as CR LF whatever was typed.
fn answer_in(form: &[u8]) -> String {
    field_in(form, "answer")
}

/// A field of a form, empty where it is missing.
pub(super) fn field_in(form: &[u8], field: &str) -> String {
    let found = form_urlencoded::parse(form).find(|(name, _)| name == field);
    found.map(|(_, text)| text.replace("\r\n", "\n")).unwrap_or_default()
}

pub(super) fn apology(fault: &Fault) -> String {
    let detail = &fault.detail;
    format!("Your answer could not be graded: {detail}. It is still here, below.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::usual(b"answer=a+b%26c&x=1" as &[u8], "a b&c")]
    #[case::lines(b"answer=a%0D%0Ab", "a\nb")]
    #[case::none(b"other=1", "")]
    #[case::not_utf8(b"answer=%ff", "\u{fffd}")]
    fn takes_the_answer_out_of_a_form(#[case] form: &[u8], #[case] expected: &str) {
        assert_eq!(answer_in(form), expected);
    }
}
