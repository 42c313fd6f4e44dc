//! The judge, against a scripted server in this process.

mod edges;
mod evals;
mod grades;
mod injection;
mod limits;
mod own;
mod runs;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use axum::routing::post;
use futures_util::stream;
use serde_json::{Value, json};
use viva::clock::FixedClock;
use viva::config::{JudgeConfig, JudgeMode};
use viva::domain::grade::Grade;
use viva::grader::Grader;
use viva::judge::Panel;
use viva::judge::scripted::completion;

use crate::harness::library;

/// What the server does with a request.
pub(crate) enum Act {
    /// Replies with a status, headers and a body.
    Reply(u16, Vec<(&'static str, String)>, String),
    /// Never replies.
    Hang,
    /// Begins a body and breaks the connection.
    Break,
    /// Ends a body cleanly before it is complete.
    EndEarly(String),
    /// Replies with a body once so many have asked.
    Together(Arc<tokio::sync::Barrier>, String),
}

impl Act {
    /// A completion with this content.
    pub(crate) fn says(content: &Value) -> Self {
        Self::Reply(200, Vec::new(), completion(&content.to_string()).to_string())
    }

    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self::Reply(status, Vec::new(), body.to_owned())
    }
}

type Script = dyn Fn(usize, &Value) -> Act + Send + Sync;

struct Inner {
    script: Box<Script>,
    count: AtomicUsize,
    /// Requests on their way, and the most of them at once.
    on_their_way: AtomicUsize,
    most: AtomicUsize,
    seen: Mutex<Vec<(HeaderMap, Value)>>,
}

/// A server that does what a script says, with requests counted from 0.
pub(crate) struct Fake {
    address: SocketAddr,
    inner: Arc<Inner>,
    /// Ends the server when it is dropped.
    runtime: Option<tokio::runtime::Runtime>,
}

impl Fake {
    pub(crate) fn start(script: impl Fn(usize, &Value) -> Act + Send + Sync + 'static) -> Self {
        let inner = Arc::new(Inner {
            script: Box::new(script),
            count: AtomicUsize::new(0),
            on_their_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            seen: Mutex::new(Vec::new()),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        // Bound here, so that it listens before anybody asks, also where a test runs on a runtime of its own.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/v1/chat/completions", post(answer)).with_state(Arc::clone(&inner));
        runtime.spawn(async move { axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), router).await });
        Self { address, inner, runtime: Some(runtime) }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub(crate) fn count(&self) -> usize {
        self.inner.count.load(Ordering::SeqCst)
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.inner.most.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> Vec<(HeaderMap, Value)> {
        self.inner.seen.lock().unwrap().clone()
    }

    /// Settings that do not make a test wait.
    pub(crate) fn config(&self) -> JudgeConfig {
        JudgeConfig {
            mode: JudgeMode::Always,
            backoff: Duration::from_millis(1),
            deadline: Duration::from_secs(10),
            votes: 1,
            ..JudgeConfig::new(self.base_url(), "test-model")
        }
    }

    pub(crate) fn panel(&self, change: impl FnOnce(&mut JudgeConfig)) -> Panel {
        let mut config = self.config();
        change(&mut config);
        Panel::open(config, clock()).unwrap()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        // Also where a test runs on a runtime of its own, which may not wait for another.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn answer(State(fake): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let number = fake.count.fetch_add(1, Ordering::SeqCst);
    let now = fake.on_their_way.fetch_add(1, Ordering::SeqCst) + 1;
    fake.most.fetch_max(now, Ordering::SeqCst);
    let act = (fake.script)(number, &request);
    fake.seen.lock().unwrap().push((headers, request));
    let reply = reply(act).await;
    fake.on_their_way.fetch_sub(1, Ordering::SeqCst);
    reply
}

async fn reply(act: Act) -> Response<Body> {
    match act {
        Act::Reply(status, headers, body) => {
            let mut reply = Response::builder().status(status);
            for (name, value) in headers {
                reply = reply.header(name, value);
            }
            reply.body(Body::from(body)).unwrap()
        }
        Act::Hang => std::future::pending().await,
        Act::Break => {
            let pieces = [Ok(Bytes::from_static(b"{\"choices\"")), Err(std::io::Error::other("broken"))];
            Response::new(Body::from_stream(stream::iter(pieces)))
        }
        Act::Together(all, body) => {
            all.wait().await;
            Response::new(Body::from(body))
        }
        Act::EndEarly(body) => {
            Response::new(Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from(body))])))
        }
    }
}

pub(crate) fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock(SystemTime::UNIX_EPOCH + Duration::from_hours(1000)))
}

/// An answer to `Q4` of the tests' bank. The rules see `defers` and `ends`; nothing that they know is like its last sentence.
pub(crate) const ANSWER: &str =
    "The goroutine ends, but first its deferred calls run. Its neighbours simply carry on as before.";

/// A word on the claims of `Q4`: concepts have ids 1 to 4, the misconception 5.
pub(crate) fn word(claims: &[(u32, &str, &str)]) -> Value {
    let claim = |&(id, verdict, quote): &(u32, &str, &str)| json!({"id": id, "verdict": verdict, "quote": quote, "reason": "So it says."});
    json!({"claims": claims.iter().map(claim).collect::<Vec<_>>(), "errors": []})
}

/// What lifts `others`, which the rules miss.
pub(crate) fn lifts() -> Value {
    word(&[(3, "hit", "Its neighbours simply carry on as before")])
}

/// Grades `ANSWER` in the tests' bank.
pub(crate) async fn grade(panel: &Panel) -> Grade {
    grade_of(panel, ANSWER, JudgeMode::Always).await
}

pub(crate) async fn grade_of(panel: &Panel, answer: &str, mode: JudgeMode) -> Grade {
    let grader = Grader::new(library());
    let question = grader.find(Some("go"), "Q4").unwrap();
    grader.grade_judged(question, answer, panel, mode).await
}
