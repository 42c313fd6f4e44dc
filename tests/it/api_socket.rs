//! What the service does over a real socket: deadlines, and stopping whatever clients do.

use std::io::{ErrorKind, Write as _};
use std::time::{Duration, SystemTime};

use viva::clock::FixedClock;
use viva::grader::Grader;
use viva::http::Server;

use super::harness::{Live, config, library, read_to_end, read_until};

const GET: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: viva\r\n\r\n";
const BODY_TO_COME: &[u8] =
    b"POST /v1/grade HTTP/1.1\r\nhost: viva\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";

#[test]
fn answers_and_keeps_the_connection() {
    let live = Live::start(|_| {});
    let mut stream = live.connect();
    for _ in 0..3 {
        stream.write_all(GET).unwrap();
        assert!(read_until(&mut stream, "\"ok\"").starts_with("HTTP/1.1 200"));
    }
}

#[test]
fn a_head_that_never_ends_is_cut_off() {
    let live = Live::start(|config| config.timeouts.header = Duration::from_millis(50));
    let reply = live.exchange(b"GET /healthz HTTP/1.1\r\nhost: vi");
    assert!(!reply.contains("200"), "{reply}");
}

#[test]
fn a_connection_that_says_nothing_is_cut_off() {
    let live = Live::start(|config| config.timeouts.header = Duration::from_millis(50));
    read_to_end(&mut live.connect());
}

#[test]
fn a_connection_that_says_nothing_more_is_cut_off() {
    let live = Live::start(|config| config.timeouts.header = Duration::from_millis(50));
    let mut stream = live.connect();
    stream.write_all(GET).unwrap();
    assert!(read_to_end(&mut stream).contains("200 OK"));
}

#[test]
fn a_body_that_never_ends_gets_a_problem() {
    let live = Live::start(|config| config.timeouts.body = Duration::from_millis(50));
    let reply = live.exchange(BODY_TO_COME);
    assert!(reply.starts_with("HTTP/1.1 408") && reply.contains("\"code\":\"timeout\""), "{reply}");
}

#[test]
fn a_body_that_is_too_large_is_answered_although_it_is_still_being_sent() {
    let live = Live::start(|_| {});
    let size = 5_000_000;
    let head = format!(
        "POST /v1/grade HTTP/1.1\r\nhost: viva\r\ncontent-type: application/json\r\ncontent-length: {size}\r\n\r\n"
    );
    let reply = live.exchange(&[head.as_bytes(), &vec![b'x'; size]].concat());
    assert!(reply.starts_with("HTTP/1.1 413") && reply.contains("body_too_large"), "{reply}");
}

#[test]
fn whoever_asks_before_sending_too_much_is_told_at_once() {
    let live = Live::start(|_| {});
    let reply = live.exchange(
        b"POST /v1/grade HTTP/1.1\r\nhost: viva\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n\
          content-length: 5000000\r\n\r\n",
    );
    assert!(reply.starts_with("HTTP/1.1 413"), "{reply}");
}

#[test]
fn a_client_that_takes_nothing_is_cut_off() {
    let live = Live::start(|config| {
        config.timeouts.stall = Duration::from_millis(100);
    });
    let mut stream = live.connect();
    let lines = "xxxxxxxxxxxxxxxxxxxx\n".repeat(50_000);
    let lines = format!("{:x}\r\n{lines}\r\n", lines.len());
    let head = "POST /v1/grade/batch HTTP/1.1\r\nhost: viva\r\ncontent-type: application/x-ndjson\r\n";
    stream.write_all(format!("{head}transfer-encoding: chunked\r\n\r\n").as_bytes()).unwrap();
    // Errors are longer than these lines: the reply fills every buffer, then nothing more is read, and what
    // is sent fills every buffer too, however large the system makes them.
    let cut_off = (0..1_000).find_map(|_| stream.write_all(lines.as_bytes()).err()).expect("cut off");
    assert!(matches!(cut_off.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{cut_off}");
}

#[test]
fn idle_clients_do_not_hold_up_stopping() {
    let live = Live::start(|_| {});
    let mut idle = live.connect();
    idle.write_all(GET).unwrap();
    read_until(&mut idle, "\"ok\"");
    let silent = live.connect();
    assert!(live.stop() < Duration::from_secs(5));
    drop(silent);
}

#[test]
fn clients_that_never_finish_do_not_hold_up_stopping() {
    let live = Live::start(|config| config.timeouts.grace = Duration::from_millis(200));
    let mut sending = live.connect();
    sending.write_all(BODY_TO_COME).unwrap();
    let mut batch = live.connect();
    let head = b"POST /v1/grade/batch HTTP/1.1\r\nhost: viva\r\ntransfer-encoding: chunked\r\n\r\n";
    batch.write_all(head).unwrap();
    batch.write_all(b"2\r\n{}\r\n1\r\n\n\r\n").unwrap();
    read_until(&mut batch, "invalid_request");
    assert!(live.stop() < Duration::from_secs(3));
}

#[test]
fn a_running_request_is_finished_before_stopping() {
    let live = Live::start(|_| {});
    let mut stream = live.connect();
    let body = r#"{"question":"Q4","answer":""}"#;
    let head = format!(
        "POST /v1/grade HTTP/1.1\r\nhost: viva\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    read_until(&mut stream, "100 Continue");
    let stopping = std::thread::spawn(move || live.stop());
    stream.write_all(body.as_bytes()).unwrap();
    let reply = read_to_end(&mut stream);
    assert!(reply.contains("200 OK") && reply.contains("\"schema\":1"), "{reply}");
    assert!(stopping.join().unwrap() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_port_in_use_is_explained() {
    let clock = FixedClock(SystemTime::UNIX_EPOCH);
    let first = Server::bind(config(), Grader::new(library()), &clock).await.unwrap();
    let mut taken = config();
    taken.bind = first.address();
    let error = Server::bind(taken, Grader::new(library()), &clock).await.err().expect("the port is taken");
    let port = first.address().port();
    assert!(error.to_string().starts_with(&format!("Port {port} is in use.")), "{error}");
}

#[tokio::test]
async fn settings_of_nothing_are_refused_before_the_socket_opens() {
    let mut config = config();
    config.limits.connections = 0;
    let error = Server::bind(config, Grader::new(library()), &FixedClock(SystemTime::UNIX_EPOCH)).await.err();
    assert!(error.expect("refused").to_string().contains("limit of connections"));
}
