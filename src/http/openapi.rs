//! `GET /openapi.json`: the API's description, put together from the handlers themselves.
//!
//! To add an endpoint: its `#[utoipa::path]` in its own file, and the faults it can answer with as a
//! type here, so that every error reply is described.

use std::collections::BTreeMap;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::response::{Response as Described, ResponseBuilder};
use utoipa::openapi::schema::Ref;
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{Info, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr};
use utoipa::{IntoResponses, PartialSchema as _, ToSchema as _, openapi::ComponentsBuilder};

use super::problem::PROBLEM_JSON;
use crate::wire::{LineError, Problem, ProblemCode};

type Responses = BTreeMap<String, RefOr<Described>>;

/// Codes that any request can be answered with.
const ALWAYS: [ProblemCode; 1] = [ProblemCode::Internal];

/// One reply for each status, with the codes that it can carry.
fn faults(codes: &[ProblemCode]) -> Responses {
    let mut by_status: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
    for code in codes.iter().chain(&ALWAYS) {
        by_status.entry(code.status()).or_default().push(*code);
    }
    let describe = |codes: Vec<ProblemCode>| {
        let line = |code: &ProblemCode| format!("`{}`: {}", name(*code), code.title());
        let text = codes.iter().map(line).collect::<Vec<_>>().join("; ");
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        RefOr::T(ResponseBuilder::new().description(text).content(PROBLEM_JSON, content).build())
    };
    by_status.into_iter().map(|(status, codes)| (status.to_string(), describe(codes))).collect()
}

/// The code as it stands in replies.
fn name(code: ProblemCode) -> String {
    serde_json::to_value(code).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

macro_rules! faults {
    ($(#[$doc:meta])* $name:ident, $($code:ident),*) => {
        $(#[$doc])*
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> Responses {
                faults(&[$(ProblemCode::$code),*])
            }
        }
    };
}

faults!(
    /// How grading one answer fails.
    GradeFaults, InvalidJson, UnknownBank, UnknownQuestion, Timeout, AnswerTooLarge, BodyTooLarge,
    UnsupportedMediaType, InvalidRequest, AmbiguousQuestion, Overloaded
);
faults!(
    /// How a batch fails as a whole.
    BatchFaults, Timeout, UnsupportedMediaType, Overloaded
);
faults!(
    /// How a list of questions fails.
    QuestionsFaults, InvalidRequest, UnknownBank, Overloaded
);
faults!(
    /// How one question fails.
    QuestionFaults, InvalidRequest, UnknownBank, UnknownQuestion, NotFound
);
faults!(
    /// How something fails that takes nothing.
    PlainFaults,
);
faults!(
    /// How readiness fails.
    ReadyFaults, Overloaded
);

/// The description without any path.
#[must_use]
pub(super) fn base() -> OpenApi {
    let components = ComponentsBuilder::new()
        .schema(Problem::name(), Problem::schema())
        .schema(ProblemCode::name(), ProblemCode::schema())
        .schema(LineError::name(), LineError::schema())
        .schema(crate::wire::ErrorBody::name(), crate::wire::ErrorBody::schema())
        .build();
    OpenApiBuilder::new().info(info()).tags(Some(tags())).components(Some(components)).build()
}

/// The features, in the order in which people want to read of them.
fn tags() -> Vec<Tag> {
    [
        ("grading", "Answers in, grades out."),
        ("questions", "What there is to answer."),
        ("operation", "For whoever keeps the service running."),
    ]
    .map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())
    .into()
}

fn info() -> Info {
    let license = LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).identifier(Some(env!("CARGO_PKG_LICENSE")));
    InfoBuilder::new()
        .title("Viva")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Grades free-text answers to technical interview questions: a score, a verdict on each concept with \
             the words of the answer that prove it, and how sure it is. Errors are RFC 9457 problems with a `code` \
             from a closed list and a `request_id`.",
        ))
        .license(Some(license.build()))
        .build()
}

/// The description as a reply.
pub(super) fn reply(document: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document.to_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathers_the_codes_of_a_status() {
        let all = faults(&[ProblemCode::UnknownBank, ProblemCode::UnknownQuestion]);
        let statuses: Vec<_> = all.keys().map(String::as_str).collect();
        assert_eq!(statuses, ["404", "500"]);
        let RefOr::T(not_found) = &all["404"] else { panic!("described in place") };
        assert!(
            not_found.description.contains("`unknown_bank`") && not_found.description.contains("`unknown_question`")
        );
    }
}
