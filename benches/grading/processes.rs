//! The real binary: batches beside the engine's own speed, how soon it serves, what memory it keeps.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::Bench;
use crate::answers::answer;
use crate::tools::{cores, cpu_time, median, memory, process_cpu, row, time, title};

pub(crate) fn run(bench: &Bench) {
    let cores = cores();
    title("Batches through the real binary, beside the engine, in turns: medians of each turn's ratios");
    let lines = lines(bench, bench.scale(150_000, 2_000));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let input = folder.path().join("answers.jsonl");
    fs::write(&input, lines.iter().map(|line| line.json.as_str()).collect::<String>()).expect("it can be written");
    let service = Service::start();
    while !service.is_ready() {}
    let some = &lines[..lines.len() / 25];
    on_all_cores(bench, some);
    let mut rounds: Vec<Round> = Vec::new();
    for _ in 0..bench.scale(5, 1) {
        // Neighbours of the machine come and go: what is compared is measured on both sides of what it is compared with.
        let engine = || Engine { one: on_one_thread(bench, some), all: on_all_cores(bench, some) };
        let (before, jsonl, between) = (engine(), jsonl(&input, &lines), engine());
        let (batch, after) = (batch(&service, &input, &lines), engine());
        rounds.push(Round { jsonl: (jsonl, before.and(between)), batch: (batch, between.and(after)) });
    }
    let engines = || rounds.iter().flat_map(|r| [r.jsonl.1, r.batch.1]);
    let one = median_of(engines().map(|e| e.one));
    row("the engine on one thread", &format!("{one:.0} a second of CPU time"));
    let (all, share) =
        (median_of(engines().map(|e| e.all)), median_of(engines().map(|e| e.all / e.one / cores as f64)));
    row(&format!("the engine on {cores} threads"), &format!("{all:.0} a second, {share:.2} of {cores} times one"));
    for (name, of) in [
        ("viva grade --jsonl, start included", (|r| &r.jsonl) as fn(&Round) -> &(Rate, Engine)),
        ("POST /v1/grade/batch", |r| &r.batch),
    ] {
        let middle = |of_both: fn(&Rate, Engine) -> f64| {
            median_of(rounds.iter().map(of).map(|(rate, engine)| of_both(rate, *engine)))
        };
        let rate = middle(|rate, _| rate.rate);
        let one = middle(|rate, engine| rate.rate / engine.one) / cores as f64;
        let all = middle(|rate, engine| rate.rate / engine.all);
        let cpu = middle(|rate, engine| rate.cpu * engine.one);
        row(
            name,
            &format!(
                "{rate:.0} a second, {one:.2} of {cores} times one, {all:.2} of {cores} threads, CPU {cpu:.2} a line"
            ),
        );
    }
    served(bench, &input, lines.len());
}

/// What one turn measured: each batch beside the engine around it.
struct Round {
    jsonl: (Rate, Engine),
    batch: (Rate, Engine),
}

/// The engine alone, in grades a second.
#[derive(Clone, Copy)]
struct Engine {
    /// On one thread, a second of CPU time.
    one: f64,
    /// On all cores.
    all: f64,
}

impl Engine {
    /// The speed over both of two stretches.
    fn and(self, other: Self) -> Self {
        let both = |a: f64, b: f64| 2.0 / (1.0 / a + 1.0 / b);
        Self { one: both(self.one, other.one), all: both(self.all, other.all) }
    }
}

/// How fast a batch went.
struct Rate {
    /// Grades a second.
    rate: f64,
    /// Seconds of the process's CPU a grade; not a number where the system does not tell.
    cpu: f64,
}

impl Rate {
    fn new(lines: usize, wall: u64, cpu: Option<u64>) -> Self {
        let cpu = cpu.map_or(f64::NAN, |cpu| cpu as f64 / 1e9 / lines as f64);
        Self { rate: lines as f64 * 1e9 / wall as f64, cpu }
    }
}

fn median_of(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

struct Line {
    question: viva::grader::QuestionRef,
    answer: String,
    json: String,
}

/// Answers of 20 to 140 words to every question in turn.
fn lines(bench: &Bench, count: usize) -> Vec<Line> {
    let questions: Vec<_> = bench.grader.questions().collect();
    let line = |at: usize| {
        let question = questions[at % questions.len()];
        let item = bench.grader.item(question).1;
        let answer = answer(item, 20 + at * 7 % 120, at);
        let id = item.question.id.as_str();
        let json = serde_json::json!({"id": at.to_string(), "question": id, "answer": answer}).to_string() + "\n";
        Line { question, answer, json }
    };
    (0..count).map(line).collect()
}

fn grade_all(bench: &Bench, lines: &[Line]) {
    for line in lines {
        std::hint::black_box(bench.grader.grade(line.question, &line.answer));
    }
}

/// Grades a second of CPU time on one thread, every question compiled.
fn on_one_thread(bench: &Bench, lines: &[Line]) -> f64 {
    lines.len() as f64 * 1e9 / cpu_time(&mut || grade_all(bench, lines)) as f64
}

/// Grades a second on as many threads as there are cores, which may share caches and more.
fn on_all_cores(bench: &Bench, lines: &[Line]) -> f64 {
    let wall = time(|| {
        std::thread::scope(|scope| {
            for part in lines.chunks(lines.len().div_ceil(cores())) {
                scope.spawn(|| grade_all(bench, part));
            }
        });
    });
    lines.len() as f64 * 1e9 / wall as f64
}

fn viva(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_viva"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env_remove("VIVA_BANKS").env_remove("RUST_LOG");
    command
}

fn jsonl(input: &Path, lines: &[Line]) -> Rate {
    let before = process_cpu(None);
    let path = input.to_string_lossy();
    let mut graded = 0;
    let wall = time(|| {
        let mut child = viva(&["grade", "--jsonl", &path]).spawn().expect("the binary starts");
        graded = count_lines(child.stdout.take().expect("it is piped"));
        assert!(child.wait().expect("it ends").success());
    });
    assert_eq!(graded, lines.len(), "a grade a line");
    Rate::new(lines.len(), wall, process_cpu(None).zip(before).map(|(after, before)| after - before))
}

#[expect(
    clippy::naive_bytecount,
    reason = "the compiler makes it wide enough, and the bench shares the cores with what it measures"
)]
fn count_lines(mut from: impl std::io::Read) -> usize {
    let mut buffer = vec![0; 256 * 1024];
    let mut count = 0;
    loop {
        match from.read(&mut buffer).expect("it can be read") {
            0 => return count,
            n => count += buffer[..n].iter().filter(|byte| **byte == b'\n').count(),
        }
    }
}

/// How the line of a grade begins.
const GRADE: &[u8] = b"{\"schema\":1";

/// `viva serve` on a free port; ends with its owner.
struct Service {
    child: Child,
    address: String,
}

impl Service {
    fn start() -> Self {
        let mut child = viva(&["serve", "--bind", "127.0.0.1:0"]).spawn().expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it tells where it is");
        let address = line.trim().trim_start_matches("listening on http://").to_owned();
        Self { child, address }
    }

    fn is_ready(&self) -> bool {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: viva\r\nconnection: close\r\n\r\n").expect("it reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("it answers");
        reply.starts_with("HTTP/1.1 200")
    }

    /// Sends a batch while the grades come back; how many did.
    fn batch(&self, bytes: &[u8]) -> usize {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        let mut writer = stream.try_clone().expect("a socket can be shared");
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let head = format!(
                    "POST /v1/grade/batch HTTP/1.1\r\nhost: viva\r\nconnection: close\r\n\
                     content-type: application/x-ndjson\r\ncontent-length: {}\r\n\r\n",
                    bytes.len()
                );
                writer.write_all(head.as_bytes()).and_then(|()| writer.write_all(bytes)).expect("it reads");
            });
            let mut reply = BufReader::with_capacity(256 * 1024, stream);
            // The client shares the cores with the service: it looks at how a line begins, and passes over the rest.
            let mut start = Vec::new();
            let mut grades = 0;
            loop {
                start.clear();
                let most = GRADE.len() as u64;
                if reply.by_ref().take(most).read_until(b'\n', &mut start).expect("it answers") == 0 {
                    return grades;
                }
                grades += usize::from(start == GRADE);
                if !start.ends_with(b"\n") {
                    reply.skip_until(b'\n').expect("it answers");
                }
            }
        })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Nothing is lost by killing it, and nobody is left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn batch(service: &Service, input: &Path, lines: &[Line]) -> Rate {
    let bytes = fs::read(input).expect("it was written");
    let process = Some(service.child.id());
    let before = process_cpu(process);
    let mut graded = 0;
    let wall = time(|| graded = service.batch(&bytes));
    assert_eq!(graded, lines.len(), "a grade a line");
    Rate::new(lines.len(), wall, process_cpu(process).zip(before).map(|(after, before)| after - before))
}

fn served(bench: &Bench, input: &Path, lines: usize) {
    title("viva serve");
    let mut ready = Vec::new();
    for _ in 0..bench.scale(9, 3) {
        let begun = Instant::now();
        let service = Service::start();
        while !service.is_ready() {}
        ready.push(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    row("from start to ready", &format!("median {:.0} ms", median(&mut ready) / 1000.0));
    let service = Service::start();
    while !service.is_ready() {}
    let process = service.child.id();
    let mib = |line: &str| {
        memory(process, line).map_or("unknown".to_owned(), |kib| format!("{:.0} MiB", kib as f64 / 1024.0))
    };
    row("resident memory when ready", &mib("VmRSS"));
    let bytes = fs::read(input).expect("it was written");
    let target = bench.scale(100_000, 2_000);
    let mut graded = 0;
    while graded < target {
        graded += service.batch(&bytes);
        assert!(graded >= lines, "the service grades");
    }
    row(&format!("resident memory after {graded} grades"), &format!("{}, at most {}", mib("VmRSS"), mib("VmHWM")));
}
