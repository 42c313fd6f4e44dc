//! What `POST /v1/grade` adds to the engine, beside a bare handler, over real sockets.
//!
//! Each service runs on one thread, whose CPU time alone is counted; this thread is the client. The rounds take turns, so
//! that whatever else the machine does meets all of them, and each service is there several times. The engine is also
//! measured behind a bare handler: there it finds the caches as cold as in the real service.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::SystemTime;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::post;
use viva::bank::builtin;
use viva::clock::FixedClock;
use viva::config::ServeConfig;
use viva::grader::Grader;
use viva::http::Server;
use viva::wire;

use crate::Bench;
use crate::answers::answer;
use crate::tools::{median, row, thread_cpu, thread_id, title, us};

/// Requests under way at once: a service that is busy, not one that sleeps between any two.
const CONNECTIONS: usize = 16;

pub(crate) fn run(bench: &Bench) {
    title("CPU of POST /v1/grade beside a bare axum handler that parses the same JSON and answers with as much");
    compare(bench, 115);
    // The engine's time moves by more than the route takes; where there is little to grade the route stands out.
    title("The same for answers of 12 words");
    compare(bench, 10);
}

fn compare(bench: &Bench, words: usize) {
    let question = bench.questions()[0];
    let id = bench.grader.item(question).1.question.id.to_string();
    let answers: Vec<String> = (0..8).map(|seed| answer(bench.grader.item(question).1, words, seed)).collect();
    let grade = bench.grader.grade(question, &answers[0]);
    let reply = serde_json::to_string(&wire::Grade::new(&grade, None, &answers[0])).expect("a grade has string keys");
    let grade: wire::Grade<'static> = serde_json::from_str(&reply).expect("a grade reads back");
    let bodies: Vec<String> =
        answers.iter().map(|answer| serde_json::json!({"question": id, "answer": answer}).to_string()).collect();
    let copies: Option<Vec<[Service; 4]>> =
        (0..bench.scale(COPIES, 1)).map(|_| services(wire::Grade::clone(&grade), &reply)).collect();
    let (Some(engine), Some(copies)) = (thread_id(), copies) else {
        return row("left out", "this system does not tell the CPU time of threads");
    };
    let rounds = bench.scale(60, 8);
    let mut costs = [const { Vec::new() }; 5];
    for (round, services) in (0..=rounds).flat_map(|round| copies.iter().map(move |services| (round, services))) {
        let mut spent = [0; 5];
        // Each goes first in its turn: what came before it has an effect on the caches.
        for at in (0..5).map(|at| (at + round) % 5) {
            spent[at] = services.get(at).map_or_else(
                || {
                    engine_alone(engine, || {
                        (0..CONNECTIONS * TURNS).for_each(|at| {
                            std::hint::black_box(bench.grader.grade(question, &answers[at % answers.len()]));
                        });
                    })
                },
                |service| service.serve(&bodies),
            );
        }
        // The first round warms up.
        for (cost, spent) in costs.iter_mut().zip(spent).filter(|_| round > 0) {
            cost.push(spent / (CONNECTIONS * TURNS) as u64);
        }
    }
    // The machine is faster in one second than in the next: what is compared was measured in one round.
    let in_each_round = |ratio: &dyn Fn([f64; 5]) -> f64| {
        let of_round = |at: usize| ratio([0, 1, 2, 3, 4].map(|of: usize| costs[of][at] as f64));
        let mut ratios: Vec<f64> = (0..costs[0].len()).map(of_round).collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or_default()
    };
    let alone = in_each_round(&|[grade, _, bare, _, engine]| (grade - engine) / bare);
    let behind = in_each_round(&|[grade, graded, bare, ..]| (grade - (graded - bare)) / bare);
    let [grade, graded, bare, bytes, engine] = costs.map(|mut of| median(&mut of));
    row("POST /v1/grade", &us(grade));
    row("bare handler that grades, same answers", &us(graded));
    row("the engine alone, same answers", &us(engine));
    row("bare handler, JSON in and out", &us(bare));
    row("bare handler, bytes in, a fixed reply out", &us(bytes));
    row("(grade − engine alone) / bare JSON", &format!("{alone:.2}"));
    row("(grade − engine behind a handler) / bare JSON", &format!("{behind:.2}"));
}

/// The CPU time that `work` takes on the calling thread, which is `thread`.
fn engine_alone(thread: u32, work: impl FnOnce()) -> u64 {
    let before = thread_cpu(thread).unwrap_or_default();
    work();
    thread_cpu(thread).unwrap_or_default() - before
}

/// How often each service is there: where its data happens to lie in memory moves its time by some microseconds.
const COPIES: usize = 5;

/// How often each connection asks in a round.
const TURNS: usize = 8;

struct Service {
    address: SocketAddr,
    thread: u32,
}

/// The real service, a bare handler that grades and throws the grade away, and two that do not grade.
fn services(grade: wire::Grade<'static>, reply: &str) -> Option<[Service; 4]> {
    let grade = Arc::new(grade);
    let engine = Arc::new(grader());
    // The real service compiles every question when it begins, and so finds more in its caches that it does not need.
    for question in engine.questions() {
        let _ = engine.case(question);
    }
    let stored = Arc::clone(&grade);
    #[expect(clippy::disallowed_types, reason = "the bare handler uses what the service must not")]
    let graded = move |axum::Json(request): axum::Json<wire::GradeRequest>| {
        let question = engine
            .find(None, request.question.as_deref().expect("the request names one"))
            .expect("the built-in bank holds it");
        std::hint::black_box(engine.grade(question, &request.answer));
        std::future::ready(axum::Json(&*stored).into_response())
    };
    #[expect(clippy::disallowed_types, reason = "the bare handler uses what the service must not")]
    let json = move |axum::Json(request): axum::Json<wire::GradeRequest>| {
        std::hint::black_box(request);
        std::future::ready(axum::Json(&*grade).into_response())
    };
    let fixed = Bytes::copy_from_slice(reply.as_bytes());
    let bytes = move |body: Bytes| {
        std::hint::black_box(body);
        std::future::ready(([(CONTENT_TYPE, "application/json")], fixed.clone()).into_response())
    };
    Some([
        spawn(|runtime, tell| {
            let config = ServeConfig { bind: SocketAddr::from(([127, 0, 0, 1], 0)), ..ServeConfig::default() };
            let clock = FixedClock(SystemTime::UNIX_EPOCH);
            let server = runtime.block_on(Server::bind(config, grader(), &clock)).expect("port 0 is free");
            tell(server.address());
            runtime.block_on(server.run(std::future::pending()));
        })?,
        bare(Router::new().route("/v1/grade", post(graded)))?,
        bare(Router::new().route("/v1/grade", post(json)))?,
        bare(Router::new().route("/v1/grade", post(bytes)))?,
    ])
}

fn grader() -> Grader {
    Grader::new(builtin().expect("the built-in bank has no faults"))
}

fn bare(router: Router) -> Option<Service> {
    spawn(|runtime, tell| {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("port 0 is free");
            tell(listener.local_addr().expect("it is bound"));
            axum::serve(listener, router).await.expect("it serves until the process ends");
        });
    })
}

/// Runs a service on a thread of its own, to the end of the process.
fn spawn(service: impl FnOnce(tokio::runtime::Runtime, &dyn Fn(SocketAddr)) + Send + 'static) -> Option<Service> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
        service(runtime, &|address| {
            let told = thread_id().map(|thread| Service { address, thread });
            sender.send(told).expect("the bench waits for it");
        });
    });
    receiver.recv().ok().flatten()
}

impl Service {
    /// Has it answer `CONNECTIONS × TURNS` requests; the CPU time that its thread took.
    fn serve(&self, bodies: &[String]) -> u64 {
        let connect = |_| {
            let stream = TcpStream::connect(self.address).expect("the service listens");
            stream.set_nodelay(true).expect("it can be set");
            stream
        };
        let mut streams: Vec<TcpStream> = (0..CONNECTIONS).map(connect).collect();
        let mut buffer = vec![0; 256 * 1024];
        let mut turn = |at: usize| {
            for (number, stream) in streams.iter_mut().enumerate() {
                let body = &bodies[(at + number) % bodies.len()];
                let request = format!(
                    "POST /v1/grade HTTP/1.1\r\nhost: viva\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n\
                     {body}",
                    body.len()
                );
                stream.write_all(request.as_bytes()).expect("the service reads");
            }
            for stream in &mut streams {
                read_reply(stream, &mut buffer);
            }
        };
        turn(0);
        let before = thread_cpu(self.thread).unwrap_or_default();
        (0..TURNS).for_each(turn);
        thread_cpu(self.thread).unwrap_or_default() - before
    }
}

/// Reads one reply that tells its length.
fn read_reply(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut have = 0;
    loop {
        let n = stream.read(&mut buffer[have..]).expect("the service answers");
        assert!(n > 0, "the service closed the connection");
        have += n;
        let Some(head) = buffer[..have].windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        assert!(text.starts_with("http/1.1 200"), "{text}");
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if have >= head + 4 + length.expect("the reply tells its length") {
            return;
        }
    }
}
