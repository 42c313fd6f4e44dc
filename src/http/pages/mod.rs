//! Pages for people: choose a question, write, see what the answer says. And `/docs`.
//!
//! Every page works without scripts and by keyboard alone; the script only spares waiting. Templates
//! stand in `templates/`, style and script in `assets/`, all compiled in. To add a page: a template that extends
//! `base.html`, a handler that ends in [`page`], and a route here.
//!
//! The content security policy allows nothing inline, so a template must not use `style="…"`,
//! `<style>`, `<script>…` or `on…=`; drawings are SVG with attributes.

mod answer;
mod assets;
mod choose;
mod docs;
mod judge;
mod markdown;
mod marks;
mod own;
mod result;

use askama::Template;
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use utoipa::openapi::OpenApi;

use super::problem::Fault;
use super::state::App;

/// Nothing from elsewhere, nothing inline, nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The routes of the pages; `document` is what `/docs` shows.
pub(super) fn router(document: &OpenApi) -> Router<App> {
    Router::new()
        .route("/", get(choose::choose))
        .route("/q/{bank}/{id}", get(answer::ask).post(answer::grade))
        .route("/own", get(own::ask).post(own::grade))
        .route("/docs", get(docs::handler(document)))
        .route("/assets/{name}", get(assets::asset))
}

/// What every page's frame needs.
#[derive(Debug, Clone, Copy)]
struct Frame {
    style: &'static str,
    script: &'static str,
    icon: &'static str,
    /// The entry of the navigation that the page is.
    here: &'static str,
}

impl Frame {
    fn new(here: &'static str) -> Self {
        let urls = assets::urls();
        Self { style: &urls.style, script: &urls.script, icon: &urls.icon, here }
    }
}

/// A page as a reply, with what keeps browsers from doing anything else with it.
fn page(status: StatusCode, template: &impl Template) -> Response {
    let html = match template.render() {
        Ok(html) => html,
        Err(error) => return Fault::internal(format!("a page could not be written: {error}")).into_response(),
    };
    let mut response = (status, Html(html)).into_response();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        // A page may show somebody's answer.
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A fault, for people.
#[derive(Template)]
#[template(path = "fault.html", config = "src/http/pages/askama.toml")]
struct FaultPage<'a> {
    frame: Frame,
    title: &'static str,
    detail: &'a str,
    request_id: &'a str,
}

/// The page of a fault.
pub(super) fn fault(fault: &Fault, request_id: &str) -> Response {
    let frame = Frame::new("");
    page(fault.status(), &FaultPage { frame, title: fault.code.title(), detail: &fault.detail, request_id })
}
