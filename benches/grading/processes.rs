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
    title("Batches through the real binary, beside the engine on one thread");
    let lines = lines(bench, bench.scale(40_000, 2_000));
    let engine = engine(bench, &lines);
    let a_line = 1e9 / engine;
    row("the engine alone, one thread", &format!("{engine:.0} a second of CPU time"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let input = folder.path().join("answers.jsonl");
    fs::write(&input, lines.iter().map(|line| line.json.as_str()).collect::<String>()).expect("it can be written");
    jsonl(&input, &lines, a_line);
    batch(&input, &lines, a_line);
    served(bench, &input, lines.len());
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

/// Grades a second of CPU time on one thread, every question compiled.
fn engine(bench: &Bench, lines: &[Line]) -> f64 {
    let grade_all = |lines: &[Line]| {
        for line in lines {
            std::hint::black_box(bench.grader.grade(line.question, &line.answer));
        }
    };
    grade_all(&lines[..lines.len().min(200)]);
    lines.len() as f64 * 1e9 / cpu_time(&mut || grade_all(lines)) as f64
}

fn viva(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_viva"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env_remove("VIVA_BANKS").env_remove("RUST_LOG");
    command
}

/// Prints a rate beside what the cores could do at most, and the CPU time a line beside the engine's.
fn show(name: &str, lines: usize, wall: u64, cpu: Option<u64>, a_line: f64) {
    let rate = lines as f64 * 1e9 / wall as f64;
    let share = rate * a_line / 1e9 / cores() as f64;
    let cpu =
        cpu.map_or_else(String::new, |cpu| format!(", CPU {:.2} of it a line", cpu as f64 / lines as f64 / a_line));
    row(name, &format!("{rate:.0} a second, {share:.2} of the engine times {} cores{cpu}", cores()));
}

fn jsonl(input: &Path, lines: &[Line], a_line: f64) {
    let before = process_cpu(None);
    let path = input.to_string_lossy();
    let mut graded = 0;
    let wall = time(|| {
        let mut child = viva(&["grade", "--jsonl", &path]).spawn().expect("the binary starts");
        graded = count_lines(child.stdout.take().expect("it is piped"));
        assert!(child.wait().expect("it ends").success());
    });
    assert_eq!(graded, lines.len(), "a grade a line");
    let cpu = process_cpu(None).zip(before).map(|(after, before)| after - before);
    show("viva grade --jsonl, start included", lines.len(), wall, cpu, a_line);
}

fn count_lines(mut from: impl std::io::Read) -> usize {
    let mut buffer = vec![0; 256 * 1024];
    let mut count = 0;
    loop {
        match from.read(&mut buffer).expect("it can be read") {
            0 => return count,
            n => count += buffer[..n].split(|byte| *byte == b'\n').count() - 1,
        }
    }
}

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
            let mut line = Vec::new();
            let mut grades = 0;
            loop {
                line.clear();
                if reply.read_until(b'\n', &mut line).expect("it answers") == 0 {
                    return grades;
                }
                grades += usize::from(line.starts_with(b"{\"schema\":1"));
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

fn batch(input: &Path, lines: &[Line], a_line: f64) {
    let service = Service::start();
    while !service.is_ready() {}
    let bytes = fs::read(input).expect("it was written");
    service.batch(&bytes[..first_lines(&bytes, 200)]);
    let before = process_cpu(Some(service.child.id()));
    let mut graded = 0;
    let wall = time(|| graded = service.batch(&bytes));
    assert_eq!(graded, lines.len(), "a grade a line");
    let cpu = process_cpu(Some(service.child.id())).zip(before).map(|(after, before)| after - before);
    show("POST /v1/grade/batch", lines.len(), wall, cpu, a_line);
}

fn first_lines(bytes: &[u8], count: usize) -> usize {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    ends.take(count).last().unwrap_or_default()
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
