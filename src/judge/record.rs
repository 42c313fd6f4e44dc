//! Exchanges with a judge, kept and played again.
//!
//! A record is one JSON object a line, `{"key", "request", "response"}`. What was measured stands in the response as
//! `viva: {"ms", "tries"}`, and an exchange that failed has a response of `{"viva": {"failure"}}` alone: so a replay gives
//! the same grades byte for byte. Responses that others wrote need none of that.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, BufRead, Write};
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Call, Failure, Judge, Reply};

/// One line of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// The key of the request.
    pub key: String,
    /// The body of the request; not needed to play it again.
    #[serde(default)]
    pub request: Value,
    /// The body of the reply.
    pub response: Value,
}

/// The field of a response that holds what Viva measured.
const OURS: &str = "viva";

fn written(outcome: &Result<Reply, Failure>) -> Value {
    match outcome {
        Ok(reply) => {
            let mut response = reply.response.clone();
            if let Value::Object(fields) = &mut response {
                fields.insert(OURS.to_owned(), json!({"ms": reply.millis, "tries": reply.tries}));
            }
            response
        }
        Err(failure) => json!({OURS: {"failure": failure.as_str()}}),
    }
}

fn read(response: &Value) -> Result<Reply, Failure> {
    let mut response = response.clone();
    let ours = response.as_object_mut().and_then(|fields| fields.remove(OURS)).unwrap_or_default();
    if let Some(failure) = ours.get("failure") {
        return Err(failure.as_str().and_then(Failure::from_name).unwrap_or(Failure::Unreadable));
    }
    let number = |name: &str| ours.get(name).and_then(Value::as_u64);
    let tries = number("tries").and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
    Ok(Reply { response, tries, millis: number("ms").unwrap_or_default(), cached: false })
}

/// What was written under a key while recording; one who asks again waits for the first.
type Slot = std::sync::Arc<tokio::sync::Mutex<Option<Result<Reply, Failure>>>>;

/// A judge whose exchanges are written down, each key once.
pub struct Recorder {
    inner: Box<dyn Judge>,
    out: Mutex<Box<dyn Write + Send>>,
    slots: Mutex<BTreeMap<String, Slot>>,
}

impl Recorder {
    /// Writes every exchange of `inner` to `out`, as it ends.
    #[must_use]
    pub fn new(inner: Box<dyn Judge>, out: Box<dyn Write + Send>) -> Self {
        Self { inner, out: Mutex::new(out), slots: Mutex::default() }
    }

    fn write(&self, call: &Call, outcome: &Result<Reply, Failure>) -> io::Result<()> {
        let exchange = Exchange { key: call.key.clone(), request: call.request.clone(), response: written(outcome) };
        let mut line = serde_json::to_vec(&exchange)?;
        line.push(b'\n');
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(&line)?;
        out.flush()
    }

    fn slot(&self, key: &str) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        std::sync::Arc::clone(slots.entry(key.to_owned()).or_default())
    }
}

impl Judge for Recorder {
    fn ask<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Failure>> {
        Box::pin(async move {
            let slot = self.slot(&call.key);
            // An async lock of one key: nobody else's exchange waits for this one.
            let mut held = slot.lock().await;
            if let Some(known) = held.as_ref() {
                return known.clone();
            }
            let outcome = self.inner.ask(call).await;
            if let Err(error) = self.write(call, &outcome) {
                // The grade is not to blame; whoever records hears of it.
                tracing::error!(%error, "cannot write the record");
            }
            *held = Some(outcome.clone());
            outcome
        })
    }
}

/// Why a record cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It cannot be read.
    #[error("the record cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A line is no exchange.
    #[error("line {line} of the record is not an object with `key` and `response` (column {column})")]
    Line {
        /// The line, from 1.
        line: usize,
        /// The column.
        column: usize,
    },
}

/// Where requests go that a record lacks, each once.
struct Missing {
    out: Box<dyn Write + Send>,
    keys: BTreeSet<String>,
}

impl fmt::Debug for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Missing").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// A judge that answers from a record.
#[derive(Debug, Default)]
pub struct Replayer {
    responses: BTreeMap<String, Value>,
    missing: Option<Mutex<Missing>>,
}

impl Replayer {
    /// Reads a record. Of several exchanges of one key the first counts.
    pub fn read(from: impl BufRead) -> Result<Self, RecordError> {
        let mut responses = BTreeMap::new();
        for (number, line) in from.lines().enumerate() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let exchange: Exchange = serde_json::from_str(&line)
                .map_err(|error| RecordError::Line { line: number + 1, column: error.column() })?;
            responses.entry(exchange.key).or_insert(exchange.response);
        }
        Ok(Self { responses, missing: None })
    }

    /// The same, writing down what it is asked and does not hold: `{"key", "request"}`, a line each, for somebody to answer.
    #[must_use]
    pub fn telling(self, out: Box<dyn Write + Send>) -> Self {
        Self { missing: Some(Mutex::new(Missing { out, keys: BTreeSet::new() })), ..self }
    }

    fn tell(&self, call: &Call) {
        let Some(missing) = &self.missing else { return };
        let mut missing = missing.lock().unwrap_or_else(PoisonError::into_inner);
        if !missing.keys.insert(call.key.clone()) {
            return;
        }
        let line = json!({"key": call.key, "request": call.request});
        if let Err(error) = writeln!(missing.out, "{line}").and_then(|()| missing.out.flush()) {
            tracing::error!(%error, "cannot write the requests");
        }
    }

    /// How many exchanges it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.responses.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.responses.is_empty()
    }
}

impl Judge for Replayer {
    fn ask<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Failure>> {
        let held = self.responses.get(&call.key);
        if held.is_none() {
            self.tell(call);
        }
        let reply = held.ok_or(Failure::NotRecorded).and_then(read);
        Box::pin(std::future::ready(reply))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::scripted::{Scripted, completion};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn call(key: &str) -> Call {
        Call { key: key.to_owned(), request: json!({"model": "m"}), until: tokio::time::Instant::now() }
    }

    #[tokio::test]
    async fn what_was_recorded_is_played_again_also_failures_and_each_key_is_asked_once() {
        let asked = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&asked);
        let judge = Scripted::new(move |call| {
            counter.fetch_add(1, Ordering::Relaxed);
            if call.key == "b" { Err(Failure::Refused) } else { Ok(completion(&call.key)) }
        });
        let sink = Sink::default();
        let recorder = Recorder::new(Box::new(judge), Box::new(sink.clone()));
        let mut first = Vec::new();
        for key in ["a", "b", "a"] {
            first.push(recorder.ask(&call(key)).await);
        }
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        let written = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert_eq!(written.lines().count(), 2);
        for line in written.lines() {
            let object: Value = serde_json::from_str(line).unwrap();
            let names: Vec<&String> = object.as_object().unwrap().keys().collect();
            assert_eq!(names, ["key", "request", "response"]);
        }
        let replayer = Replayer::read(written.as_bytes()).unwrap();
        for (key, before) in ["a", "b", "a"].iter().zip(first) {
            assert_eq!(replayer.ask(&call(key)).await, before);
        }
        assert_eq!(replayer.ask(&call("c")).await, Err(Failure::NotRecorded));
    }

    #[test]
    fn a_line_that_is_no_exchange_is_told_by_its_number_alone() {
        let error = Replayer::read(&b"\n{\"key\":\"secret\"}\n"[..]).expect_err("no response").to_string();
        assert!(error.contains("line 2") && !error.contains("secret"), "{error}");
    }
}
