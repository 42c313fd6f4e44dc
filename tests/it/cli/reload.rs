//! Banks that are edited while `viva serve` serves them: real files, a real service. A test waits for what it wants to
//! see, and asks again and again until it sees it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::serve::Service;

/// The longest that a test waits for an edit to count.
const PATIENCE: Duration = Duration::from_secs(30);

const ANSWER: &str = "Kneading builds gluten.";

fn document(prompt: &str) -> String {
    format!("# Bakery\n\n## Basics\n\n### B1\n\n{prompt}\n\n**Ideal answer**\n\nKneading builds gluten.\n")
}

fn rubric(claim: &str) -> String {
    format!("schema = 1\nstatus = \"draft\"\nfull = \"all\"\n\n[[concept]]\nid = \"gluten\"\nclaim = \"{claim}\"\n")
}

/// A folder with a bank, and a service that watches it.
struct Bakery {
    dir: TempDir,
    service: Service,
}

impl Bakery {
    fn open() -> Self {
        let dir = TempDir::new().unwrap();
        fs::create_dir_all(dir.path().join("rubrics/bakery")).unwrap();
        fs::create_dir_all(dir.path().join("questions")).unwrap();
        write(dir.path(), "questions/bakery.md", &document("Why knead?"));
        write(dir.path(), "rubrics/bakery/B1.toml", &rubric("Kneading builds gluten"));
        let service = Service::start(&["--banks", dir.path().to_str().unwrap()]);
        Self { dir, service }
    }

    fn write(&self, file: &str, text: &str) {
        write(self.dir.path(), file, text);
    }

    fn get(&self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nhost: viva\r\naccept: text/html\r\nconnection: close\r\n\r\n");
        self.service.ask(&request).1
    }

    /// Asks until what comes back is as wanted.
    #[track_caller]
    fn until(&self, path: &str, wanted: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let reply = self.get(path);
            if wanted(&reply) {
                return reply;
            }
            assert!(begun.elapsed() < PATIENCE, "{path} still says {reply}");
            std::thread::yield_now();
        }
    }

    fn grade(&self) -> Value {
        let body = json!({"question": "B1", "answer": ANSWER}).to_string();
        let head = "POST /v1/grade HTTP/1.1\r\nhost: viva\r\nconnection: close\r\ncontent-type: application/json\r\n";
        let (status, grade) = self.service.ask(&format!("{head}content-length: {}\r\n\r\n{body}", body.len()));
        assert_eq!(status, "HTTP/1.1 200 OK", "{grade}");
        serde_json::from_str(&grade).unwrap()
    }
}

/// Writes a file in one step, as an editor does.
fn write(dir: &Path, file: &str, text: &str) {
    let hidden = dir.join(".new");
    fs::write(&hidden, text).unwrap();
    fs::rename(hidden, dir.join(file)).unwrap();
}

#[test]
fn an_edit_counts_and_a_broken_one_keeps_the_last_good_bank_and_is_told() {
    let bakery = Bakery::open();
    bakery.write("questions/bakery.md", &document("Why would anybody knead?"));
    bakery.until("/v1/banks/bakery/questions/B1", |reply| reply.contains("Why would anybody knead?"));
    let good = bakery.grade();
    assert_eq!(good["bank"], "bakery");

    bakery.write("rubrics/bakery/B1.toml", "schema = 1\nstatus = \"draft\"\nfull = \"all\"\n\n[[concept]]\nid = 3\n");
    let ready = bakery.until("/readyz", |reply| reply.contains("B1.toml"));
    let ready: Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(ready["status"], "ready");
    let fault = &ready["faults"][1];
    assert!(fault["line"] == 6 && fault["message"] == "`id` is of type integer: expected a string", "{ready}");
    assert!(bakery.get("/").contains("B1.toml:6:"), "the page tells it");
    assert_eq!(bakery.grade(), good, "the last good bank grades");

    bakery.write("questions/other.md", &document("Why sieve?").replace("B1", "C1"));
    fs::create_dir(bakery.dir.path().join("rubrics/other")).unwrap();
    bakery.write("rubrics/other/C1.toml", &rubric("Sieving loosens flour"));
    bakery.until("/v1/banks", |reply| reply.contains("\"other\""));
    assert!(bakery.get("/readyz").contains("B1.toml"), "another bank's edit counts beside the fault");

    bakery.write("rubrics/bakery/B1.toml", &rubric("Kneading builds a net of gluten"));
    bakery.until("/readyz", |reply| reply.contains("\"faults\":[]"));
    assert_ne!(bakery.grade()["provenance"]["rubric"], good["provenance"]["rubric"]);
    assert!(!bakery.get("/").contains("B1.toml:6:"));
    let (code, log) = bakery.service.stop("-TERM");
    assert_eq!(code, Some(0), "{log}");
    for line in ["the banks have changed", "stays as it last was: ", "B1.toml:6:", "no faults any longer"] {
        assert!(log.contains(line), "{line:?} is missing:\n{log}");
    }
    assert!(!log.contains(ANSWER), "{log}");
}

#[test]
fn a_request_ends_on_the_bank_that_it_began_with() {
    let bakery = Bakery::open();
    let mut batch = TcpStream::connect(&bakery.service.address).unwrap();
    batch.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = "POST /v1/grade/batch HTTP/1.1\r\nhost: viva\r\nconnection: close\r\n\
                content-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n";
    batch.write_all(head.as_bytes()).unwrap();
    let mut seen = String::new();
    let mut hash_of_next = |batch: &mut TcpStream| -> String {
        let line = json!({"question": "B1", "answer": ANSWER}).to_string() + "\n";
        batch.write_all(format!("{:x}\r\n{line}\r\n", line.len()).as_bytes()).unwrap();
        let begin = seen.len();
        let mut buffer = [0; 4096];
        loop {
            let read = batch.read(&mut buffer).expect("the grade comes in time");
            assert!(read > 0, "the batch ended: {seen}");
            seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
            if let Some((_, rest)) = seen[begin..].split_once("\"bank\":\"sha256:") {
                return rest[..64].to_owned();
            }
        }
    };
    let first = hash_of_next(&mut batch);
    bakery.write("questions/bakery.md", &document("Why would anybody knead?"));
    bakery.until("/v1/banks", |reply| reply.contains("bakery") && !reply.contains(&first));
    assert_eq!(hash_of_next(&mut batch), first);
    assert_ne!(bakery.grade()["provenance"]["bank"], format!("sha256:{first}"));
}

#[test]
fn without_reloading_an_edit_waits_for_the_next_start() {
    let dir = TempDir::new().unwrap();
    fs::create_dir_all(dir.path().join("rubrics/bakery")).unwrap();
    fs::create_dir_all(dir.path().join("questions")).unwrap();
    write(dir.path(), "questions/bakery.md", &document("Why knead?"));
    write(dir.path(), "rubrics/bakery/B1.toml", &rubric("Kneading builds gluten"));
    let path = dir.path().to_str().unwrap().to_owned();
    let (still, live) = (Service::start(&["--banks", &path, "--no-reload"]), Service::start(&["--banks", &path]));
    let bakery = Bakery { dir, service: live };
    bakery.write("questions/bakery.md", &document("Why would anybody knead?"));
    bakery.until("/v1/banks/bakery/questions/B1", |reply| reply.contains("Why would anybody knead?"));
    let request = "GET /v1/banks/bakery/questions/B1 HTTP/1.1\r\nhost: viva\r\nconnection: close\r\n\r\n";
    assert!(still.ask(request).1.contains("Why knead?"));
}
