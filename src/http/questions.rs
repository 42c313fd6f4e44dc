//! `GET /v1/banks`, `GET /v1/questions`, `GET /v1/banks/{bank}/questions/{id}`: what there is to answer.
//!
//! Candidates see prompts. Ideal answers and rubrics are a reviewer's, and served where reviewing is allowed.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::openapi::{PlainFaults, QuestionFaults, QuestionsFaults};
use super::problem::Fault;
use super::state::{App, Shared};
use crate::bank::{Bank, Item};
use crate::grader::FindError;
use crate::wire::{BankSummary, ProblemCode, QuestionReviewer, QuestionSummary};

/// The longest text to search for, in bytes.
const MAX_SEARCH_BYTES: usize = 1000;

/// The routes of this feature.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(banks)).routes(routes!(questions)).routes(routes!(question))
}

/// Lists the banks
#[utoipa::path(
    get,
    path = "/v1/banks",
    operation_id = "banks",
    tag = "questions",
    responses((status = 200, description = "The banks", body = Vec<BankSummary>), PlainFaults)
)]
async fn banks(State(app): State<App>) -> Json<Vec<BankSummary>> {
    let summary = |bank: &Bank| BankSummary {
        name: bank.name.to_string(),
        title: bank.title.clone(),
        questions: bank.items.len(),
        hash: format!("sha256:{}", bank.hash),
    };
    Json(app.grader.banks().iter().map(summary).collect())
}

/// Which questions are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Of this bank alone.
    #[serde(default)]
    bank: Option<String>,
    /// Of this section alone, such as `junior`.
    #[serde(default)]
    section: Option<String>,
    /// Nearest to this text, best first; at most 1000 bytes.
    #[serde(default)]
    q: Option<String>,
}

/// Lists or searches the questions
///
/// In the banks' order; with `q`, the nearest ones, best first.
#[utoipa::path(
    get,
    path = "/v1/questions",
    operation_id = "questions",
    tag = "questions",
    params(Wanted),
    responses((status = 200, description = "The questions", body = Vec<QuestionSummary>), QuestionsFaults)
)]
async fn questions(State(app): State<App>, Query(wanted): Query<Wanted>) -> Result<Json<Vec<QuestionSummary>>, Fault> {
    let bank = wanted.bank.as_deref().filter(|name| !name.is_empty());
    if let Some(name) = bank {
        find_bank(&app, name)?;
    }
    let section = wanted.section.as_deref().filter(|section| !section.is_empty());
    let all = match wanted.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        Some(q) => search(&app, q)?,
        None => every(&app),
    };
    let right = |(b, item): &(&Bank, &Item)| {
        bank.is_none_or(|name| b.name.as_str() == name) && section.is_none_or(|s| item.question.section == s)
    };
    let summary = |(b, item): (&Bank, &Item)| QuestionSummary::new(b.name.as_str(), &item.question);
    Ok(Json(all.into_iter().filter(right).map(summary).collect()))
}

fn every(app: &Shared) -> Vec<(&Bank, &Item)> {
    app.grader.banks().iter().flat_map(|bank| bank.items.iter().map(move |item| (bank, item))).collect()
}

fn search<'a>(app: &'a Shared, q: &str) -> Result<Vec<(&'a Bank, &'a Item)>, Fault> {
    if q.len() > MAX_SEARCH_BYTES {
        return Err(Fault::invalid(Some("q".to_owned()), format!("search for at most {MAX_SEARCH_BYTES} bytes")));
    }
    let Some(index) = app.search() else {
        return Err(Fault::overloaded("the search index is still being built; try again in a second"));
    };
    let banks = app.grader.banks();
    let total = banks.iter().map(|bank| bank.items.len()).sum();
    let found = index.search(q, total);
    Ok(found.iter().filter_map(|hit| banks.get(hit.bank).and_then(|b| Some((b, b.items.get(hit.item)?)))).collect())
}

/// The bank of that name.
pub(super) fn find_bank<'a>(app: &'a Shared, name: &str) -> Result<&'a Bank, Fault> {
    let banks = app.grader.banks();
    banks.iter().find(|bank| bank.name.as_str() == name).ok_or_else(|| {
        let known = banks.iter().map(|bank| format!("`{}`", bank.name)).collect::<Vec<_>>().join(", ");
        FindError::UnknownBank { name: name.to_owned(), known }.into()
    })
}

/// Who looks at a question.
#[derive(Debug, Default, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum View {
    /// Somebody who answers: no ideal answer, no rubric.
    #[default]
    Candidate,
    /// Somebody who checks: everything.
    Reviewer,
}

/// How a question is wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Viewed {
    /// `candidate` (the default) or, where reviewing is allowed, `reviewer`.
    #[serde(default)]
    #[param(inline)]
    view: View,
}

/// Shows one question
///
/// A candidate's view holds no ideal answer and no rubric. `?view=reviewer` adds them where the service
/// allows reviewing: by default on a loopback address alone.
#[utoipa::path(
    get,
    path = "/v1/banks/{bank}/questions/{id}",
    operation_id = "question",
    tag = "questions",
    params(("bank" = String, Path, description = "The bank's name"), ("id" = String, Path, description = "The question's id"), Viewed),
    responses(
        (status = 200, description = "The question; a reviewer's view has the further fields", body = QuestionView),
        QuestionFaults
    )
)]
async fn question(
    State(app): State<App>,
    Path((bank, id)): Path<(String, String)>,
    Query(Viewed { view }): Query<Viewed>,
) -> Result<Response, Fault> {
    let (bank, item) = app.grader.item(app.grader.find(Some(&bank), &id)?);
    match view {
        View::Candidate => Ok(Json(QuestionSummary::new(bank.name.as_str(), &item.question)).into_response()),
        View::Reviewer if app.config.reviewing() => {
            Ok(Json(QuestionReviewer::new(bank.name.as_str(), &item.question, &item.rubric)).into_response())
        }
        View::Reviewer => Err(Fault::new(ProblemCode::NotFound, "reviewers' views are not served here")),
    }
}

/// Either view of a question, for the API's description.
#[derive(utoipa::ToSchema)]
#[schema(as = Question)]
#[expect(dead_code, reason = "only its schema is used")]
#[serde(untagged)]
enum QuestionView {
    /// What a reviewer sees.
    Reviewer(QuestionReviewer),
    /// What a candidate sees.
    Candidate(QuestionSummary),
}
