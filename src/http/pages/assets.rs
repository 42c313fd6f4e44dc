//! `/assets/…`: style, script and icon, compiled in. Their URLs hold a hash of what they are, so that browsers
//! may keep them for ever.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use crate::http::extract::Path;
use crate::http::problem::Fault;
use crate::wire::ProblemCode;

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = include_str!("assets/app.js");
const ICON: &str = include_str!("assets/icon.svg");

/// Where the assets are.
#[derive(Debug)]
pub(super) struct Urls {
    pub(super) style: String,
    pub(super) script: String,
    pub(super) icon: String,
}

/// Where the assets are.
pub(super) fn urls() -> &'static Urls {
    static URLS: LazyLock<Urls> = LazyLock::new(|| Urls {
        style: url("style", "css", STYLE),
        script: url("app", "js", SCRIPT),
        icon: url("icon", "svg", ICON),
    });
    &URLS
}

fn url(stem: &str, ending: &str, content: &str) -> String {
    let mut hash = String::new();
    for byte in Sha256::digest(content).iter().take(8) {
        let _ = write!(hash, "{byte:02x}");
    }
    format!("/assets/{stem}-{hash}.{ending}")
}

/// Serves one of them.
pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, Fault> {
    let urls = urls();
    let known = [
        (&urls.style, "text/css; charset=utf-8", STYLE),
        (&urls.script, "text/javascript; charset=utf-8", SCRIPT),
        (&urls.icon, "image/svg+xml", ICON),
    ];
    let found = known.into_iter().find(|(url, ..)| url.strip_prefix("/assets/") == Some(name.as_str()));
    let (_, kind, content) =
        found.ok_or_else(|| Fault::new(ProblemCode::NotFound, "there is no such file, or a newer one by now"))?;
    let mut response = ([(header::CONTENT_TYPE, kind)], content).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
