//! What is asked of Viva, and how it says no.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Grade;

/// One text or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// A single text.
    One(String),
    /// Several texts, the best match counts.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The texts, in order.
    #[must_use]
    pub fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

/// When the judge is asked; a request may only lower what the deployment allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgeWish {
    /// Never.
    Never,
    /// For open questions, and where unsure verdicts could move the score by much.
    Auto,
    /// For every answer.
    Always,
}

impl JudgeWish {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Auto => "auto",
            Self::Always => "always",
        }
    }
}

/// An answer to be graded. Unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeRequest {
    /// Comes back in the grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The question's bank, needed where two banks hold its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// The question's id, such as `Q4`; or else `prompt` and `ideal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// What was asked, for a question that no bank holds, at most 64 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Its ideal answer, or up to 16, of which the best match counts; each at most 64 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ideal: Option<OneOrMany>,
    /// The answer, at most 64 KiB of UTF-8.
    pub answer: String,
    /// When the judge is asked: `never`, `auto` or `always`, and never more than the deployment allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeWish>,
}

/// A line of a batch. Unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GradeLine {
    /// Comes back in the grade.
    #[serde(default)]
    pub id: Option<String>,
    /// The question's bank, needed where two banks hold its id.
    #[serde(default)]
    pub bank: Option<String>,
    /// The question's id, such as `Q4`; or else `prompt` and `ideal`.
    #[serde(default)]
    pub question: Option<String>,
    /// What was asked, for a question that no bank holds, at most 64 KiB.
    #[serde(default)]
    pub prompt: Option<String>,
    /// Its ideal answer, or up to 16, of which the best match counts; each at most 64 KiB.
    #[serde(default)]
    pub ideal: Option<OneOrMany>,
    /// The answer, at most 64 KiB of UTF-8.
    #[serde(default)]
    pub answer: Option<String>,
    /// When the judge is asked: `never`, `auto` or `always`, and never more than the deployment allows.
    #[serde(default)]
    pub judge: Option<JudgeWish>,
}

/// A stored grade with the answer it is of, for `viva verify`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct VerifyLine {
    /// The grade as it was given.
    pub grade: Grade<'static>,
    /// The answer, byte for byte.
    pub answer: String,
    /// What was asked, where no bank holds the question.
    #[serde(default)]
    pub prompt: Option<String>,
    /// Its ideal answers, in the order in which they were given.
    #[serde(default)]
    pub ideal: Option<OneOrMany>,
}

/// A line of a batch that could not be graded, in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineError {
    /// The line's number, from 1.
    pub line: u64,
    /// The line's id, where it could be read.
    pub id: Option<String>,
    /// What is wrong.
    pub error: ErrorBody,
}

/// A code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// One of a closed list.
    pub code: ProblemCode,
    /// What is wrong and what to do.
    pub message: String,
}

impl LineError {
    /// An error in place of line number `line`.
    #[must_use]
    pub fn new(line: u64, id: Option<String>, code: ProblemCode, message: impl Into<String>) -> Self {
        Self { line, id, error: ErrorBody { code, message: message.into() } }
    }
}

/// Every way in which a request can fail; the list is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// 400: the body is not JSON.
    InvalidJson,
    /// 422: the JSON is not what is asked for; `field` says where.
    InvalidRequest,
    /// 422: two banks hold that question id.
    AmbiguousQuestion,
    /// 404: no such bank.
    UnknownBank,
    /// 404: no such question.
    UnknownQuestion,
    /// 404: no such page.
    NotFound,
    /// 405: not with this method.
    MethodNotAllowed,
    /// 408: the request did not arrive in time.
    Timeout,
    /// 413: the answer is over 64 KiB.
    AnswerTooLarge,
    /// 413: the body is larger than any request can be.
    BodyTooLarge,
    /// 415: not JSON by its content type.
    UnsupportedMediaType,
    /// 503: too much at once, try again later.
    Overloaded,
    /// 500: a fault of Viva's.
    Internal,
}

impl ProblemCode {
    /// All codes.
    pub const ALL: [Self; 13] = [
        Self::InvalidJson,
        Self::InvalidRequest,
        Self::AmbiguousQuestion,
        Self::UnknownBank,
        Self::UnknownQuestion,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Timeout,
        Self::AnswerTooLarge,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::Overloaded,
        Self::Internal,
    ];

    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidJson => 400,
            Self::UnknownBank | Self::UnknownQuestion | Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Timeout => 408,
            Self::AnswerTooLarge | Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::InvalidRequest | Self::AmbiguousQuestion => 422,
            Self::Overloaded => 503,
            Self::Internal => 500,
        }
    }

    /// A short title for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidJson => "The body is not valid JSON",
            Self::InvalidRequest => "The request is not what is asked for",
            Self::AmbiguousQuestion => "Several banks hold that question",
            Self::UnknownBank => "No such bank",
            Self::UnknownQuestion => "No such question",
            Self::NotFound => "Nothing here",
            Self::MethodNotAllowed => "Not with this method",
            Self::Timeout => "The request took too long to arrive",
            Self::AnswerTooLarge => "The answer is too large",
            Self::BodyTooLarge => "The body is too large",
            Self::UnsupportedMediaType => "Not this content type",
            Self::Overloaded => "Too much at once",
            Self::Internal => "Something went wrong here",
        }
    }
}

/// An RFC 9457 problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` tells the kinds apart.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short title.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// One of a closed list.
    pub code: ProblemCode,
    /// The field that is wrong, with `invalid_request`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The request's id, also in the `x-request-id` header and in the log.
    pub request_id: String,
}
