//! The service for tests: over its router for nearly everything, over a socket where the socket matters.
//!
//! It runs on a small library of its own whose model goes by patterns alone, so that what a page shows does not
//! change with the weights.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;
use viva::bank::{Bank, Item, Library};
use viva::clock::FixedClock;
use viva::config::ServeConfig;
use viva::domain::id::{BankName, ConceptId, QuestionId};
use viva::domain::lexicon::Lexicon;
use viva::domain::matcher::Pattern;
use viva::domain::question::{Question, QuestionKind};
use viva::domain::rubric::{Concept, Full, Misconception, Rubric, Status};
use viva::domain::verdict::Model;
use viva::grader::Grader;
use viva::http::{App, Server, Shared};

/// Verdicts by patterns alone.
const MODEL: &str = "
[wordless.credited]
base = -4
pattern = [[0.5, 8]]
[wordless.full]
base = -4
pattern = [[0.5, 8]]
[wordless.contradicted]
base = -4
pattern-opposite = [[0.5, 9]]
opposite-patterns = [[0.1, 9]]
[wordless.asserted]
base = -4
pattern = [[0.5, 8]]
";

fn id(text: &str) -> ConceptId {
    ConceptId::new(text).expect("a valid id")
}

fn concept(name: &str, claim: &str, weight: u32, patterns: &[&str]) -> Concept {
    Concept {
        id: id(name),
        claim: claim.to_owned(),
        weight,
        bonus: false,
        hint: None,
        note: None,
        turns_on: Vec::new(),
        patterns: patterns.iter().map(|p| Pattern::parse(p).expect("a valid pattern")).collect(),
        opposites: Vec::new(),
    }
}

fn item(name: &str, section: &str, prompt: &str, concepts: Vec<Concept>, wrong: &[(&str, &str, &str)]) -> Item {
    let misconception = |&(name, claim, pattern): &(&str, &str, &str)| Misconception {
        id: id(name),
        claim: claim.to_owned(),
        note: None,
        patterns: vec![Pattern::parse(pattern).expect("a valid pattern")],
    };
    Item {
        question: Question {
            id: QuestionId::new(name).expect("a valid id"),
            section: section.to_owned(),
            kind: QuestionKind::Short,
            prompt: prompt.to_owned(),
            ideals: vec!["Its **deferred** calls run first, and the goroutine ends.".to_owned()],
            note: Some("Older texts differ.".to_owned()),
        },
        words: "".into(),
        rubric: Rubric {
            status: Status::Ready,
            full: Full::All,
            concepts,
            misconceptions: wrong.iter().map(misconception).collect(),
            examples: Vec::new(),
            phrases: Vec::new(),
        },
        rubric_hash: "0".repeat(64),
    }
}

fn goexit() -> Item {
    let mut others = concept("others", "Other goroutines are left alone <by it>", 2, &["other* continue|live"]);
    others.hint = Some("What becomes of the rest?".to_owned());
    let mut bonus = concept("main", "In main it ends with a deadlock once the others are done", 1, &["main deadlock"]);
    bonus.bonus = true;
    let concepts = vec![
        concept("defers", "Deferred calls run before it ends", 3, &["defer* run|execute"]),
        concept("ends", "The calling goroutine ends", 3, &["goroutine end|terminate"]),
        others,
        bonus,
    ];
    item(
        "Q4",
        "junior",
        "What does `runtime.Goexit()` do to the <calling> goroutine?",
        concepts,
        &[("process", "The whole program exits", "program|process exit|die")],
    )
}

/// The library of the tests: two banks that share the id `Q1`.
pub(crate) fn library() -> Library {
    let count = || {
        let concepts = vec![concept("live", "How many goroutines exist right now", 2, &["exist|live now"])];
        item("Q1", "junior", "What does `runtime.NumGoroutine()` count?", concepts, &[])
    };
    let leak = || {
        let concepts = vec![concept("profile", "Take a goroutine profile", 2, &["goroutine profile"])];
        item(
            "S1",
            "senior",
            "A service leaks goroutines.\n\n- Memory grows.\n- Nothing crashes.\n\nWhat now?",
            concepts,
            &[],
        )
    };
    let bank = |name: &str, title: &str, items: Vec<Item>| Bank {
        name: BankName::new(name).expect("a valid name"),
        title: title.to_owned(),
        items,
        hash: "1".repeat(64),
    };
    Library {
        banks: vec![bank("go", "Go's runtime", vec![count(), goexit(), leak()]), bank("more", "More", vec![count()])],
        lexicon: Lexicon::default(),
        lexicon_hash: "2".repeat(64),
        model: Model::parse(MODEL).expect("a valid model"),
        model_hash: "3".repeat(64),
        ideal: viva::domain::ideal::Model::parse(include_str!("../../rubrics/ideal.toml")).expect("a valid model"),
        manner: "".into(),
        ideal_hash: "4".repeat(64),
    }
}

/// An answer to `Q4` that hits `ends`, says the reverse of nothing, and misses `others`.
pub(crate) const GOOD: &str = "The goroutine ends, but first its deferred calls run.";

/// The settings of the tests.
pub(crate) fn config() -> ServeConfig {
    ServeConfig { bind: SocketAddr::from(([127, 0, 0, 1], 0)), ..ServeConfig::default() }
}

/// The state over the tests' library, ready to search.
pub(crate) fn app(config: ServeConfig) -> App {
    let app = Shared::new(config, Grader::new(library()), &FixedClock(SystemTime::UNIX_EPOCH));
    app.warm_up();
    app
}

/// The service over its router.
pub(crate) struct TestApp {
    router: Router,
}

impl TestApp {
    pub(crate) fn new() -> Self {
        Self::over(app(config()))
    }

    /// The service with other settings.
    pub(crate) fn with(change: impl FnOnce(&mut ServeConfig)) -> Self {
        let mut config = config();
        change(&mut config);
        Self::over(app(config))
    }

    /// The service over a state.
    pub(crate) fn over(app: App) -> Self {
        Self { router: viva::http::router(app) }
    }

    /// The service with further routes.
    pub(crate) fn and(more: Router<App>) -> Self {
        Self { router: viva::http::router_with(app(config()), more) }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the reply ends well").to_bytes();
        Reply { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).expect("a valid request")).await
    }

    /// What a browser asks for.
    pub(crate) async fn visit(&self, path: &str) -> Reply {
        let request = Request::get(path).header(header::ACCEPT, "text/html,*/*;q=0.8").body(Body::empty());
        self.send(request.expect("a valid request")).await
    }

    pub(crate) async fn post(&self, path: &str, kind: &str, body: impl Into<Body>) -> Reply {
        let request = Request::post(path).header(header::CONTENT_TYPE, kind).body(body.into());
        self.send(request.expect("a valid request")).await
    }

    pub(crate) async fn grade(&self, body: impl Into<Body>) -> Reply {
        self.post("/v1/grade", "application/json", body).await
    }

    pub(crate) async fn batch(&self, body: impl Into<Body>) -> Reply {
        self.post("/v1/grade/batch", "application/x-ndjson", body).await
    }

    /// What a form sends.
    pub(crate) async fn answer(&self, path: &str, answer: &str) -> Reply {
        let form: String = form_urlencoded::Serializer::new(String::new()).append_pair("answer", answer).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .body(Body::from(form));
        self.send(request.expect("a valid request")).await
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    /// The lines of the reply to a batch.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.body.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
    }

    /// Checks that this is a problem in every respect, and gives it.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        for field in ["title", "detail", "request_id"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "`{field}` is empty in {problem}");
        }
        problem
    }
}

/// The longest that a test waits for a socket.
const PATIENCE: Duration = Duration::from_secs(20);

/// The service over a socket, on threads of its own.
pub(crate) struct Live {
    pub(crate) address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Live {
    pub(crate) fn start(change: impl FnOnce(&mut ServeConfig)) -> Self {
        let mut config = config();
        change(&mut config);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime can be built");
        let clock = FixedClock(SystemTime::UNIX_EPOCH);
        let server = runtime.block_on(Server::bind(config, Grader::new(library()), &clock)).expect("port 0 is free");
        let address = server.address();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(server.run(async {
                let _ = stopped.await;
            }));
            runtime.shutdown_timeout(Duration::from_millis(100));
        });
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the service listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout can be set");
        stream
    }

    /// Sends bytes on a connection of their own, and gives everything that comes back until it closes.
    pub(crate) fn exchange(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(request).expect("the service reads");
        read_to_end(&mut stream)
    }

    /// Tells the service to stop, and gives how long it took.
    pub(crate) fn stop(mut self) -> Duration {
        let begun = Instant::now();
        drop(self.stop.take());
        let thread = self.thread.take().expect("stopped once");
        thread.join().expect("the service ends well");
        begun.elapsed()
    }
}

/// Everything until the connection closes; a reset counts as closed.
pub(crate) fn read_to_end(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => all.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
            Err(error) => panic!("the service neither answered nor closed: {error}"),
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// What comes until `end` has come.
pub(crate) fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut all = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let n = stream.read(&mut buffer).expect("the service answers in time");
        assert!(n > 0, "the connection closed before `{end}`");
        let seen = all.len().saturating_sub(end.len());
        all.extend_from_slice(&buffer[..n]);
        if String::from_utf8_lossy(&all[seen..]).contains(end) {
            return String::from_utf8_lossy(&all).into_owned();
        }
    }
}
