//! What `POST /v1/grade` adds to the engine, beside a bare handler, over real sockets.
//!
//! Each service runs on one thread, whose CPU time alone is counted; this thread is the client, which never sleeps: waking it
//! would be the service's work, more often so the longer a reply takes. Rounds are short and go there and back, so that
//! whatever else the machine does meets all services, and each is there several times. The engine, the same one as the
//! service's, is measured alone and behind a bare handler: there it finds the caches as cold as in the real service.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, post};
use viva::bank::builtin;
use viva::clock::FixedClock;
use viva::config::ServeConfig;
use viva::grader::{Grader, QuestionRef};
use viva::http::{Server, Shared};
use viva::wire;

use crate::Bench;
use crate::answers::answer;
use crate::tools::{median, resting_cpu, row, thread_id, title, us};

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
    let answers: Vec<String> = (0..VARIANTS).map(|seed| answer(bench.grader.item(question).1, words, seed)).collect();
    let reply = |answer: &String| {
        let grade = bench.grader.grade(question, answer);
        serde_json::to_string(&wire::Grade::new(&grade, None, answer)).expect("a grade has string keys")
    };
    let replies: Vec<String> = answers.iter().map(reply).collect();
    let bodies: Vec<String> =
        answers.iter().map(|answer| serde_json::json!({"question": id, "answer": answer}).to_string()).collect();
    let load = Arc::new(Load { question, answers, bodies });
    let copies: Option<Vec<_>> = (0..bench.scale(COPIES, 1)).map(|_| measured(&load, &replies)).collect();
    let Some(mut copies) = copies else {
        return row("left out", "this system does not tell the CPU time of threads");
    };
    for one in copies.iter_mut().flatten() {
        (0..FIRST_TURNS).for_each(|at| one.turn(at));
    }
    let mut costs = [const { Vec::new() }; 5];
    for round in 0..bench.scale(40, 8) {
        for copy in &mut copies {
            // There and back: what one leaves in the caches, the next one finds.
            for at in (0..5).map(|at| if round % 2 == 0 { at } else { 4 - at }) {
                costs[at].push(spent(&mut *copy[at], round * TURNS) / (CONNECTIONS * TURNS) as u64);
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

/// What answers are graded, and the requests that ask for it.
struct Load {
    question: QuestionRef,
    answers: Vec<String>,
    bodies: Vec<String>,
}

impl Load {
    /// Which answer it is a connection's turn to ask about.
    fn number(&self, turn: usize, connection: usize) -> usize {
        (turn * CONNECTIONS + connection) % self.answers.len()
    }
}

/// What does its work on a thread of its own.
trait Measured {
    fn thread(&self) -> u32;

    /// Has it answer one request a connection, the `at`th time.
    fn turn(&mut self, at: usize);
}

/// The CPU time that some turns take, the first of which is the `from`th.
fn spent(one: &mut dyn Measured, from: usize) -> u64 {
    // Whatever another thread left in the caches goes first.
    one.turn(from + TURNS);
    let before = resting_cpu(one.thread()).unwrap_or_default();
    (from..from + TURNS).for_each(|at| one.turn(at));
    resting_cpu(one.thread()).unwrap_or_default() - before
}

/// Different answers, more than a turn asks for: no cache and no branch predictor should know one by heart.
const VARIANTS: usize = 500;

/// How often each service is there: where its data happens to lie in memory moves its time by some microseconds.
const COPIES: usize = 12;

/// How often each connection asks in a round: a round is short, since what is compared in it should meet the same machine.
const TURNS: usize = 8;

/// How often each connection asks before anything is measured: hyper's first buffer may happen to last for some requests.
const FIRST_TURNS: usize = 32;

/// The real service, a bare handler that grades and throws the grade away, two that do not grade, and the engine alone. What
/// bare ones answer with is as long as the real replies on average.
fn measured(load: &Arc<Load>, replies: &[String]) -> Option<[Box<dyn Measured>; 5]> {
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
    // One engine for all: where its data lies in memory moves a grade by more than the route takes.
    let engine = Arc::clone(&app.grader);
    let alone = Alone::new(Arc::clone(&engine), Arc::clone(load))?;
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
    let service = move |runtime: tokio::runtime::Runtime, tell: &dyn Fn(SocketAddr)| {
        let router = viva::http::router(Arc::clone(&app));
        let server = runtime.block_on(Server::bind_router(app, router)).expect("port 0 is free");
        tell(server.address());
        runtime.block_on(server.run(std::future::pending()));
    };
    Some([
        Box::new(Service::new(Arc::clone(load), service)?),
        Box::new(bare(load, post(graded))?),
        Box::new(bare(load, post(json))?),
        Box::new(bare(load, post(bytes))?),
        Box::new(alone),
    ])
}

fn bare(load: &Arc<Load>, handler: MethodRouter) -> Option<Service> {
    Service::new(Arc::clone(load), |runtime, tell| {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("port 0 is free");
            tell(listener.local_addr().expect("it is bound"));
            axum::serve(listener, Router::new().route("/v1/grade", handler)).await.expect("it serves on and on");
        });
    })
}

/// The engine, which a turn asks as often as a service.
struct Alone {
    thread: u32,
    ask: Sender<usize>,
    done: Receiver<()>,
}

impl Alone {
    /// On a thread of its own, to the end of the process.
    fn new(engine: Arc<Grader>, load: Arc<Load>) -> Option<Self> {
        let ((ask, asked), (tell, done)) = (channel(), channel());
        let (name, named) = channel();
        std::thread::spawn(move || {
            name.send(thread_id()).expect("the bench waits for it");
            for turn in asked {
                for number in 0..CONNECTIONS {
                    let answer: &String = &load.answers[load.number(turn, number)];
                    std::hint::black_box(engine.grade(load.question, answer));
                }
                tell.send(()).expect("the bench waits for it");
            }
        });
        Some(Self { thread: named.recv().ok().flatten()?, ask, done })
    }
}

impl Measured for Alone {
    fn thread(&self) -> u32 {
        self.thread
    }

    fn turn(&mut self, at: usize) {
        self.ask.send(at).expect("it waits for work");
        while self.done.try_recv().is_err() {
            std::hint::spin_loop();
        }
    }
}

struct Service {
    thread: u32,
    load: Arc<Load>,
    connections: Vec<TcpStream>,
    buffer: Vec<u8>,
}

impl Service {
    /// On a thread of its own, to the end of the process.
    fn new(
        load: Arc<Load>,
        service: impl FnOnce(tokio::runtime::Runtime, &dyn Fn(SocketAddr)) + Send + 'static,
    ) -> Option<Self> {
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
            stream.set_nonblocking(true).expect("it can be set");
            stream
        };
        Some(Self { thread, load, connections: (0..CONNECTIONS).map(connect).collect(), buffer: vec![0; 256 * 1024] })
    }
}

impl Measured for Service {
    fn thread(&self) -> u32 {
        self.thread
    }

    fn turn(&mut self, at: usize) {
        for (number, stream) in self.connections.iter_mut().enumerate() {
            let body = &self.load.bodies[self.load.number(at, number)];
            let request = format!(
                "POST /v1/grade HTTP/1.1\r\nhost: viva\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n\
                 {body}",
                body.len()
            );
            stream.write_all(request.as_bytes()).expect("the service reads");
        }
        for stream in &mut self.connections {
            read_reply(stream, &mut self.buffer);
        }
    }
}

/// Reads one reply that tells its length.
fn read_reply(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut have = 0;
    loop {
        let n = match stream.read(&mut buffer[have..]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::hint::spin_loop();
                continue;
            }
            read => read.expect("the service answers"),
        };
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
