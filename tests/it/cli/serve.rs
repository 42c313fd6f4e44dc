//! `viva serve` as a process, and `viva openapi`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{ANSWER, run, viva};

/// How long the service may take to end.
const END: Duration = Duration::from_secs(5);

/// A service on a free port.
pub(super) struct Service {
    child: Child,
    pub(super) address: String,
}

impl Service {
    pub(super) fn start(args: &[&str]) -> Self {
        let mut child = viva(&[&["serve", "--bind", "127.0.0.1:0"], args].concat()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect(&line).to_owned();
        Self { child, address }
    }

    /// The reply's status line and body.
    pub(super) fn ask(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
    }

    /// Stops it with this signal; its exit code and what it logged.
    pub(super) fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let asked = Instant::now();
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(asked.elapsed() < END, "it took {:?} to end", asked.elapsed());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (status.code(), log)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended already, except where a test failed before it stopped it.
        let _ = self.child.kill();
    }
}

#[test]
fn a_service_grades_like_the_command_line_and_stops_when_told() {
    let service = Service::start(&[]);
    let body = json!({"question": "Q4", "answer": ANSWER}).to_string();
    let request = format!(
        "POST /v1/grade HTTP/1.1\r\nhost: viva\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let (status, grade) = service.ask(&request);
    assert_eq!(status, "HTTP/1.1 200 OK");
    let here = &run(&["grade", "Q4", ANSWER, "--json"]).expect(0).json()[0];
    assert_eq!(&serde_json::from_str::<Value>(&grade).unwrap(), here);
    let (code, log) = service.stop("-TERM");
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("listening on") && !log.contains("deferred calls"), "{log}");
}

#[test]
fn the_log_can_be_json() {
    let (code, log) = Service::start(&["--log-json"]).stop("-INT");
    assert_eq!(code, Some(0), "{log}");
    let events: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.iter().any(|event| event["message"].to_string().contains("listening on")), "{log}");
}

#[test]
fn a_taken_port_is_told_and_ends_the_run() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = run(&["serve", "--bind", &address]).expect(1);
    assert!(ran.stderr.contains(&format!("Port {} is in use.", taken.local_addr().unwrap().port())), "{}", ran.stderr);
    let ran = run(&["serve", "--bind", "127.0.0.1:0", "--batches", "0"]).expect(2);
    assert!(ran.stderr.contains("the limit of batches is 0"), "{}", ran.stderr);
}

#[test]
fn a_log_filter_that_cannot_be_read_is_told() {
    let mut command = viva(&["serve", "--bind", "127.0.0.1:0"]);
    let output = command.env("RUST_LOG", "viva=loudly").stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the log filter cannot be read"));
}

#[test]
fn openapi_is_the_documents_json() {
    let document = &run(&["openapi"]).expect(0).json()[0];
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")), "{}", document["openapi"]);
    assert!(document["paths"]["/v1/grade"]["post"].is_object());
}
