//! A judge behind an OpenAI-compatible server, by way of async-openai.
//!
//! Names config for the address, key and tries. What async-openai 0.43 does by itself is not enough here, so it is given a
//! transport of ours ([`Transport`]) and bodies of JSON alone: it would wait without end, sleep through any `Retry-After`, lose
//! the status of an error whose body it cannot parse, and log bodies. Retries are ours, with jitter that is drawn from the key,
//! and end where the call's time ends.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, UNIX_EPOCH};

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use futures_util::future::BoxFuture;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use super::key::share;
use super::{Call, Failure, Judge, Reply};
use crate::clock::Clock;
use crate::config::JudgeConfig;

/// The most of a reply that is read, in bytes.
const MAX_REPLY: usize = 1024 * 1024;
/// The most of an error's body that is read, in bytes.
const MAX_ERROR: usize = 16 * 1024;
/// The longest pause between tries that nobody asked for.
const MAX_PAUSE: Duration = Duration::from_secs(8);

/// Why the client cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the judge's client cannot be made: {0}")]
pub struct ClientError(#[from] reqwest::Error);

/// A judge behind a server.
pub struct OpenAi {
    client: Client<OpenAIConfig>,
    tries: u32,
    backoff: Duration,
}

impl OpenAi {
    /// A judge at the address of `config`. Nothing is sent yet.
    pub fn new(config: &JudgeConfig, clock: Arc<dyn Clock>) -> Result<Self, ClientError> {
        // rustls panics at its first use where no provider is installed; a second installation changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("viva/", env!("CARGO_PKG_VERSION")))
            // A redirect could carry an answer to somebody whom nobody has configured.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let key = config.api_key.as_ref().map_or("none", |key| key.reveal());
        // Organisation and project would be taken from the environment otherwise.
        let account = OpenAIConfig::new()
            .with_org_id("")
            .with_project_id("")
            .with_api_base(config.base_url.trim_end_matches('/'))
            .with_api_key(key);
        let client = Client::build(http.clone(), account).with_http_service(Transport { http, clock });
        Ok(Self { client, tries: config.tries, backoff: config.backoff })
    }

    async fn within(&self, call: &Call) -> Result<Reply, Failure> {
        for tries in 1.. {
            let chat = self.client.chat();
            let asking = chat.create_byot::<_, Value>(&call.request);
            let fault = match timeout_at(call.until, asking).await {
                Err(_) => return Err(Failure::Deadline),
                Ok(Ok(response)) => return Ok(Reply { response, tries, millis: 0, cached: false }),
                Ok(Err(error)) => Fault::of(&error),
            };
            let pause = self.pause(&call.key, tries, fault.after);
            // A pause that outlasts the call's time is not begun.
            if fault.last || tries >= self.tries || Instant::now() + pause >= call.until {
                return Err(fault.failure);
            }
            sleep(pause).await;
        }
        Err(Failure::Deadline)
    }

    /// The pause before the next try: what the server asks for, or a doubling one; half of it is drawn.
    fn pause(&self, key: &str, tries: u32, after: Option<Duration>) -> Duration {
        let jitter = share(key, &format!("pause {tries}"));
        if let Some(after) = after {
            // Everybody who was sent away comes back at the same moment otherwise.
            return after + self.backoff.mul_f64(jitter / 2.0);
        }
        let doubled = self.backoff.saturating_mul(1 << tries.saturating_sub(1).min(10)).min(MAX_PAUSE);
        doubled.mul_f64(0.5 + jitter / 2.0)
    }
}

impl Judge for OpenAi {
    fn ask<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Failure>> {
        Box::pin(self.within(call))
    }
}

/// What went wrong with one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fault {
    failure: Failure,
    /// Whether another try cannot help.
    last: bool,
    /// How long the server asks to wait.
    after: Option<Duration>,
}

impl Fault {
    /// What an error means. Its texts are not looked at: they may repeat an answer.
    fn of(error: &OpenAIError) -> Self {
        let again = |failure| Self { failure, last: false, after: None };
        match error {
            OpenAIError::Boxed(inner) => {
                inner.downcast_ref::<Refusal>().map_or(again(Failure::ServerError), Refusal::fault)
            }
            // A body that is no JSON: a proxy's page, or a reply that was cut off.
            OpenAIError::JSONDeserialize(..) => again(Failure::Unreadable),
            OpenAIError::InvalidArgument(_) => Self { last: true, ..again(Failure::Rejected) },
            OpenAIError::Reqwest(error) if error.is_builder() => Self { last: true, ..again(Failure::Rejected) },
            _ => again(Failure::Unreachable),
        }
    }
}

/// A reply whose status is no success.
#[derive(Debug, thiserror::Error)]
#[error("the server answered with status {status}")]
struct Refusal {
    status: StatusCode,
    after: Option<Duration>,
    /// Whether its body says that the account is used up.
    quota: bool,
}

impl Refusal {
    fn fault(&self) -> Fault {
        let (failure, last) = match self.status.as_u16() {
            402 => (Failure::Quota, true),
            403 | 429 if self.quota => (Failure::Quota, true),
            429 => (Failure::RateLimited, false),
            408 | 409 | 425 | 500.. => (Failure::ServerError, false),
            _ => (Failure::Rejected, true),
        };
        Fault { failure, last, after: self.after }
    }
}

/// Carries requests: without redirects, with a bound on what is read, and with the status kept whatever the body is.
#[derive(Clone)]
struct Transport {
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
}

impl tower::Service<HttpRequestFactory> for Transport {
    type Response = reqwest::Response;
    type Error = OpenAIError;
    type Future = Pin<Box<dyn Future<Output = Result<reqwest::Response, OpenAIError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), OpenAIError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequestFactory) -> Self::Future {
        let Self { http, clock } = self.clone();
        Box::pin(async move {
            let mut response = http.execute(request.build().await?).await?;
            let status = response.status();
            if status.is_success() {
                let body = read(&mut response, MAX_REPLY).await?;
                return Ok(http::Response::new(body).into());
            }
            let after = retry_after(response.headers(), &*clock);
            let body = read(&mut response, MAX_ERROR).await.unwrap_or_default();
            Err(OpenAIError::Boxed(Box::new(Refusal { status, after, quota: says_quota(&body) })))
        })
    }
}

/// At most `most` bytes of a body.
async fn read(response: &mut reqwest::Response, most: usize) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = most - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == most {
            break;
        }
    }
    Ok(body)
}

/// Whether an error's body says that the account is used up, in the words of OpenAI and those who copy it.
fn says_quota(body: &[u8]) -> bool {
    let error: Value = serde_json::from_slice(body).unwrap_or_default();
    ["/error/code", "/error/type", "/code", "/type"].iter().filter_map(|at| error.pointer(at)?.as_str()).any(|code| {
        matches!(
            code,
            "insufficient_quota" | "billing_hard_limit_reached" | "billing_not_active" | "insufficient_balance"
        )
    })
}

/// How long the server asks to wait: milliseconds, seconds, or a date.
fn retry_after(headers: &HeaderMap, clock: &dyn Clock) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0).map(|n| n.min(1e9));
    if let Some(millis) = text("retry-after-ms").and_then(number) {
        return Some(Duration::from_secs_f64(millis / 1000.0));
    }
    let after = text("retry-after")?;
    if let Some(seconds) = number(after) {
        return Some(Duration::from_secs_f64(seconds));
    }
    let then = httpdate::parse_http_date(after).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let now = clock.now().duration_since(UNIX_EPOCH).ok()?;
    Some(then.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FixedClock;
    use rstest::rstest;

    #[rstest]
    #[case::seconds("retry-after", "2", Some(2_000))]
    #[case::fraction("retry-after", "0.5", Some(500))]
    #[case::millis("retry-after-ms", "20", Some(20))]
    #[case::date("retry-after", "Thu, 01 Jan 1970 00:00:07 GMT", Some(7_000))]
    #[case::past("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT", Some(0))]
    #[case::nonsense("retry-after", "soon", None)]
    #[case::negative("retry-after", "-5", None)]
    #[case::other("x-retry", "5", None)]
    fn reads_how_long_to_wait(#[case] name: &'static str, #[case] value: &str, #[case] millis: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        let waits = retry_after(&headers, &FixedClock(UNIX_EPOCH));
        assert_eq!(waits, millis.map(Duration::from_millis));
    }

    #[rstest]
    #[case::openai(br#"{"error": {"code": "insufficient_quota"}}"# as &[u8], true)]
    #[case::by_type(br#"{"error": {"type": "insufficient_quota", "code": 1}}"#, true)]
    #[case::rate(br#"{"error": {"code": "rate_limit_exceeded"}}"#, false)]
    #[case::text(b"insufficient_quota", false)]
    fn knows_an_account_that_is_used_up(#[case] body: &[u8], #[case] expected: bool) {
        assert_eq!(says_quota(body), expected);
    }

    #[test]
    fn pauses_double_with_jitter_and_never_undercut_the_server() {
        let config = JudgeConfig::new("https://127.0.0.1:1/v1", "m");
        let judge = OpenAi::new(&config, Arc::new(FixedClock(UNIX_EPOCH))).expect("also over TLS");
        for tries in 1..20 {
            let pause = judge.pause("k", tries, None);
            let most = config.backoff.saturating_mul(1 << (tries - 1).min(10)).min(MAX_PAUSE);
            assert!(pause >= most / 2 && pause <= most, "{pause:?} of {most:?}");
            assert_eq!(pause, judge.pause("k", tries, None), "drawn from the key");
            assert!(judge.pause("k", tries, Some(Duration::from_secs(3))) >= Duration::from_secs(3));
        }
        assert_ne!(judge.pause("k", 1, None), judge.pause("l", 1, None));
    }
}
