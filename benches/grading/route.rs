//! What `POST /v1/grade` adds to the engine, beside a bare handler, over real sockets.
//!
//! Each service runs on one thread, whose CPU time alone is counted; this thread is the client. Rounds are short and go there
//! and back, so that whatever else the machine does meets all services, and each is there several times. The engine, the same
//! one as the service's, is also measured behind a bare handler: there it finds the caches as cold as in the real service.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::post;
use viva::bank::builtin;
use viva::clock::FixedClock;
use viva::config::ServeConfig;
use viva::grader::Grader;
use viva::http::{Server, Shared};
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
    let reply = |answer: &String| {
        let grade = bench.grader.grade(question, answer);
        serde_json::to_string(&wire::Grade::new(&grade, None, answer)).expect("a grade has string keys")
    };
    let replies: Vec<String> = answers.iter().map(reply).collect();
    let bodies: Vec<String> =
        answers.iter().map(|answer| serde_json::json!({"question": id, "answer": answer}).to_string()).collect();
    let copies: Option<Vec<[Service; 4]>> = (0..bench.scale(COPIES, 1)).map(|_| services(&replies)).collect();
    let (Some(engine), Some(mut copies)) = (thread_id(), copies) else {
        return row("left out", "this system does not tell the CPU time of threads");
    };
    for service in copies.iter_mut().flatten() {
        service.serve(&bodies, FIRST_TURNS);
    }
    let mut costs = [const { Vec::new() }; 5];
    for round in 0..bench.scale(40, 8) {
        for services in &mut copies {
            // There and back: what one leaves in the caches, the next one finds.
            for at in (0..5).map(|at| if round % 2 == 0 { at } else { 4 - at }) {
                let spent = services.get_mut(at).map_or_else(
                    || {
                        engine_alone(engine, || {
                            (0..CONNECTIONS * TURNS).for_each(|at| {
                                std::hint::black_box(bench.grader.grade(question, &answers[at % answers.len()]));
                            });
                        })
                    },
                    |service| service.serve(&bodies, TURNS),
                );
                costs[at].push(spent / (CONNECTIONS * TURNS) as u64);
            }
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
const COPIES: usize = 12;

/// How often each connection asks in a round: a round is short, since what is compared in it should meet the same machine.
const TURNS: usize = 8;

/// How often each connection asks before anything is measured: hyper's first buffer may happen to last for some requests.
const FIRST_TURNS: usize = 32;

struct Service {
    thread: u32,
    connections: Vec<TcpStream>,
}

/// The real service, a bare handler that grades and throws the grade away, and two that do not grade. What these answer with
/// is as long as the real replies on average.
fn services(replies: &[String]) -> Option<[Service; 4]> {
    let mean = replies.iter().map(String::len).sum::<usize>() / replies.len();
    let reply = replies.iter().min_by_key(|reply| reply.len().abs_diff(mean)).expect("there are answers");
    let grade = Arc::new(serde_json::from_str::<wire::Grade<'static>>(reply).expect("a grade reads back"));
    let mut config = ServeConfig { bind: SocketAddr::from(([127, 0, 0, 1], 0)), ..ServeConfig::default() };
    // Its connections wait while the others are measured.
    config.timeouts.header = Duration::from_hours(1);
    let contents = builtin().expect("the built-in bank has no faults");
    // As in `viva serve`, the threads that answer are not those that read the banks: these have their heap in pieces.
    let app = Shared::new(config, Grader::new(contents), &FixedClock(SystemTime::UNIX_EPOCH));
    app.warm_up();
    // One engine for both: where its data lies in memory moves a grade by more than the route takes.
    let engine = Arc::clone(&app.grader);
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
        spawn(move |runtime, tell| {
            let router = viva::http::router(Arc::clone(&app));
            let server = runtime.block_on(Server::bind_router(app, router)).expect("port 0 is free");
            tell(server.address());
            runtime.block_on(server.run(std::future::pending()));
        })?,
        bare(Router::new().route("/v1/grade", post(graded)))?,
        bare(Router::new().route("/v1/grade", post(json)))?,
        bare(Router::new().route("/v1/grade", post(bytes)))?,
    ])
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
            sender.send(thread_id().map(|thread| (address, thread))).expect("the bench waits for it");
        });
    });
    let (address, thread) = receiver.recv().ok().flatten()?;
    let connect = |_| {
        let stream = TcpStream::connect(address).expect("the service listens");
        stream.set_nodelay(true).expect("it can be set");
        stream
    };
    Some(Service { thread, connections: (0..CONNECTIONS).map(connect).collect() })
}

impl Service {
    /// Has it answer as many requests on each connection; the CPU time that its thread took.
    fn serve(&mut self, bodies: &[String], turns: usize) -> u64 {
        let mut buffer = vec![0; 256 * 1024];
        let mut turn = |at: usize| {
            for (number, stream) in self.connections.iter_mut().enumerate() {
                let body = &bodies[(at + number) % bodies.len()];
                let request = format!(
                    "POST /v1/grade HTTP/1.1\r\nhost: viva\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n\
                     {body}",
                    body.len()
                );
                stream.write_all(request.as_bytes()).expect("the service reads");
            }
            for stream in &mut self.connections {
                read_reply(stream, &mut buffer);
            }
        };
        // Whatever another thread left in the caches goes first.
        turn(0);
        let before = thread_cpu(self.thread).unwrap_or_default();
        (0..turns).for_each(turn);
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
