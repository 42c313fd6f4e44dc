//! How a request fails: a [`Fault`] in the handler, an RFC 9457 problem on the wire.
//!
//! A handler returns `Result<_, Fault>` and knows nothing of request ids or logs. The fault travels in the
//! response's extensions to `http::observe`, which adds the request's id, logs the cause once and writes
//! the body. To add a way to fail: a code in `wire::ProblemCode` and a constructor here.

use axum::http::header::{self, HeaderValue};
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::domain::id::{BankName, QuestionId};
use crate::grader::FindError;
use crate::wire::{Problem, ProblemCode};

/// The content type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong with a request: what the client is told, and the cause, which only the log sees.
#[derive(Debug, Clone)]
pub struct Fault {
    pub(crate) code: ProblemCode,
    pub(crate) detail: String,
    pub(crate) field: Option<String>,
    pub(crate) cause: Option<String>,
}

impl Fault {
    /// A fault with a sentence for the client. The sentence must not quote values of the request.
    #[must_use]
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None, cause: None }
    }

    /// The JSON is not what is asked for, at `field` if that is known.
    #[must_use]
    pub fn invalid(field: Option<String>, detail: impl Into<String>) -> Self {
        Self { field, ..Self::new(ProblemCode::InvalidRequest, detail) }
    }

    /// A fault of Viva's: the client gets a fixed sentence, the log gets the cause.
    #[must_use]
    pub fn internal(cause: impl Into<String>) -> Self {
        let detail = "Viva failed on this request. Quote the request's id when you report it.";
        Self { cause: Some(cause.into()), ..Self::new(ProblemCode::Internal, detail) }
    }

    /// Too much is going on already.
    #[must_use]
    pub fn overloaded(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::Overloaded, detail)
    }

    /// The answer is over the limit.
    #[must_use]
    pub fn answer_too_large(bytes: usize) -> Self {
        Self::new(ProblemCode::AnswerTooLarge, crate::wire::too_large(bytes))
    }

    /// The problem as the client gets it.
    #[must_use]
    pub(crate) fn problem(&self, request_id: &str) -> Problem {
        Problem {
            kind: "about:blank".to_owned(),
            title: self.code.title().to_owned(),
            status: self.code.status(),
            detail: self.detail.clone(),
            code: self.code,
            field: self.field.clone(),
            request_id: request_id.to_owned(),
        }
    }

    /// The status that goes with the code.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The reply as problem+json, to be sent as it is.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let body = serde_json::to_vec(&self.problem(request_id)).unwrap_or_default();
        (self.status(), [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response()
    }

    /// Takes the fault out of a response that a handler has made of one.
    pub(crate) fn take(extensions: &mut Extensions) -> Option<Self> {
        extensions.remove::<Box<Self>>().map(|fault| *fault)
    }
}

impl IntoResponse for Fault {
    /// A reply without a body: `http::observe` writes it, since it knows the request's id.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let headers = response.headers_mut();
        match self.code {
            ProblemCode::Overloaded => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            // What is left of the body is not worth reading.
            ProblemCode::Timeout | ProblemCode::BodyTooLarge => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response.extensions_mut().insert(Box::new(self));
        response
    }
}

/// The name in backticks if it is spelt like one, else nothing: what stands there could be anything,
/// a piece of an answer too.
fn quoted(name: &str, is_name: bool) -> String {
    if is_name { format!(" `{name}`") } else { String::new() }
}

/// The code and the sentence of a question that was not found.
pub(crate) fn not_found(error: &FindError) -> (ProblemCode, String) {
    match error {
        FindError::UnknownBank { name, known } => {
            let name = quoted(name, BankName::new(name).is_ok());
            (ProblemCode::UnknownBank, format!("there is no bank{name}; there is {known}"))
        }
        FindError::UnknownQuestion { id, hint: _ } if QuestionId::new(id).is_err() => {
            (ProblemCode::UnknownQuestion, "there is no such question: an id looks like `Q4`".to_owned())
        }
        FindError::UnknownQuestion { .. } => (ProblemCode::UnknownQuestion, error.to_string()),
        FindError::AmbiguousQuestion { .. } => (ProblemCode::AmbiguousQuestion, error.to_string()),
    }
}

impl From<FindError> for Fault {
    fn from(error: FindError) -> Self {
        let (code, detail) = not_found(&error);
        let field = match error {
            FindError::AmbiguousQuestion { .. } => Some("bank".to_owned()),
            FindError::UnknownBank { .. } | FindError::UnknownQuestion { .. } => None,
        };
        Self { field, ..Self::new(code, detail) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_anything_else_does_not() {
        let known = "`go-runtime`".to_owned();
        let fault = |name: &str| Fault::from(FindError::UnknownBank { name: name.to_owned(), known: known.clone() });
        assert_eq!(fault("rust").detail, "there is no bank `rust`; there is `go-runtime`");
        assert_eq!(fault("my whole answer").detail, "there is no bank; there is `go-runtime`");
        let id = "Goexit runs defers".to_owned();
        let question = Fault::from(FindError::UnknownQuestion { id, hint: String::new() });
        assert!(!question.detail.contains("Goexit"), "{}", question.detail);
    }

    #[test]
    fn an_internal_cause_stays_inside() {
        let fault = Fault::internal("disk on fire");
        let body = serde_json::to_string(&fault.problem("r1")).unwrap();
        assert!(!body.contains("fire") && body.contains("\"request_id\":\"r1\""), "{body}");
    }

    #[test]
    fn every_code_has_a_valid_status() {
        for code in ProblemCode::ALL {
            assert_eq!(Fault::new(code, "").status().as_u16(), code.status());
        }
    }
}
