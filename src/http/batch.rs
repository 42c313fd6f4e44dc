//! `POST /v1/grade/batch`: lines of JSON in, grades out, in the same order, as they come.
//!
//! ```text
//! body ─► reader ─► lines ─► chunks ─► graded on blocking threads, in order ─► body of the reply
//! ```
//!
//! Memory stays flat: the reader runs ahead by [`READ_AHEAD`] bytes at most, and hardly more than twice
//! as many chunks are graded as there are threads while the client does not take the results. A chunk ends when it is full
//! or when no more input has arrived, so a slow client gets each grade at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http_body_util::BodyExt as _;
use tokio::sync::mpsc::{Sender, UnboundedReceiver, UnboundedSender, channel, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinHandle};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{MAX_JSON_BYTES, USUAL_REPLY_BYTES, require_content_type};
use super::lines::{Line, Lines, Text};
use super::openapi::BatchFaults;
use super::problem::{Fault, not_found};
use super::state::{App, Shared, Subject};
use crate::domain::grade as domain;
use crate::grader::Prepared;
use crate::wire::{Asked, Grade, GradeLine, JudgeWish, LineError, ProblemCode, read_line};

/// The content type of lines of JSON.
const NDJSON: &str = "application/x-ndjson";

/// How far reading may run ahead of grading. A client that sends everything before it reads anything gets
/// through as long as its lines fit here and into the sockets; results take several times the room.
const READ_AHEAD: u32 = 4 * 1024 * 1024;

/// A chunk is full at so many lines …
const CHUNK_LINES: usize = 32;

/// … or so many bytes, which keeps a chunk of long answers within a fraction of a second.
const CHUNK_BYTES: usize = 64 * 1024;

/// The routes of this feature.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(batch))
}

/// Grades many answers
///
/// Takes one JSON object a line and streams one line back for each, in input order, as it goes: a grade, or
/// `{"line", "id", "error": {"code", "message"}}` where a line cannot be graded; the rest goes on. There is no
/// limit on the number of lines. Read the reply while you send: Viva stops reading when nobody takes its
/// results. Blank lines are counted and left out; unknown fields are ignored.
#[utoipa::path(
    post,
    path = "/v1/grade/batch",
    operation_id = "grade_batch",
    tag = "grading",
    request_body(content = GradeLine, content_type = "application/x-ndjson", description = "One object a line"),
    responses(
        (status = 200, description = "One grade a line, or a line error in its place", content(
            (Grade = "application/x-ndjson"),
        )),
        BatchFaults
    )
)]
async fn batch(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    require_content_type(request.headers(), is_lines, NDJSON)?;
    let Ok(slot) = Arc::clone(&app.batches).try_acquire_owned() else {
        return Err(Fault::overloaded("too many batches are running; try again in a second"));
    };
    let running = Running::new(app, slot);
    let (sender, mut chunks) = unbounded_channel();
    tokio::spawn(read(request.into_body(), sender, running.app.config.timeouts.idle));
    // Nothing is promised before the first line is there, so that a silent client gets a proper 408.
    let first = chunks.recv().await;
    if first.as_ref().is_some_and(|chunk| chunk.lines.first().is_some_and(|line| line.text == Text::Stalled)) {
        return Err(Fault::new(ProblemCode::Timeout, "no line arrived in time"));
    }
    let body = Body::from_stream(grades(running, first, chunks));
    Ok(([(header::CONTENT_TYPE, NDJSON)], body).into_response())
}

/// Whether a content type stands for lines of JSON. None at all will do: what comes is read strictly.
fn is_lines(essence: &str) -> bool {
    let names =
        ["", NDJSON, "application/ndjson", "application/jsonl", "application/jsonlines", "application/json-lines"];
    names.iter().chain(&["application/x-jsonlines", "application/json"]).any(|name| essence.eq_ignore_ascii_case(name))
}

/// A batch that is going on until this is dropped, with its reply.
struct Running {
    app: App,
    _slot: OwnedSemaphorePermit,
}

impl Running {
    fn new(app: App, slot: OwnedSemaphorePermit) -> Self {
        app.metrics.batch(1);
        Self { app, _slot: slot }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.app.metrics.batch(-1);
    }
}

/// Lines that are graded together, and what they take of the read-ahead.
#[derive(Debug)]
struct Chunk {
    lines: Vec<Line>,
    _room: Option<OwnedSemaphorePermit>,
}

/// Reads the body until it ends, breaks off, or falls silent for `idle`.
async fn read(mut body: Body, chunks: UnboundedSender<Chunk>, idle: Duration) {
    let room = Arc::new(Semaphore::new(READ_AHEAD as usize));
    let mut lines = Lines::new(MAX_JSON_BYTES);
    let mut pending = Vec::new();
    loop {
        let arrived = if pending.is_empty() {
            tokio::time::timeout(idle, body.frame()).await
        } else if let Some(frame) = body.frame().now_or_never() {
            Ok(frame)
        } else {
            if !send(&mut pending, &chunks, &room).await {
                return;
            }
            continue;
        };
        match arrived {
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    lines.feed(&data, &mut pending);
                }
            }
            Ok(None) => {
                lines.finish(&mut pending);
                send(&mut pending, &chunks, &room).await;
                return;
            }
            // The client is gone, and so is whoever would read what is left.
            Ok(Some(Err(_))) => return,
            Err(_) => {
                pending.push(Line { number: lines.next_number(), text: Text::Stalled });
                send(&mut pending, &chunks, &room).await;
                return;
            }
        }
        if is_full(&pending) && !send(&mut pending, &chunks, &room).await {
            return;
        }
    }
}

fn is_full(lines: &[Line]) -> bool {
    lines.len() >= CHUNK_LINES || lines.iter().map(Line::cost).sum::<usize>() >= CHUNK_BYTES
}

/// How many of the lines make one chunk: a line that is longer than a chunk gets one to itself.
fn chunk_len(lines: &[Line]) -> usize {
    let mut cost = 0;
    let fits = |line: &&Line| {
        cost += line.cost();
        cost <= CHUNK_BYTES
    };
    lines.iter().take(CHUNK_LINES).take_while(fits).count().max(1)
}

/// Passes the pending lines on in chunks, as soon as there is room; false once nobody takes them.
async fn send(pending: &mut Vec<Line>, chunks: &UnboundedSender<Chunk>, room: &Arc<Semaphore>) -> bool {
    while !pending.is_empty() {
        let lines: Vec<Line> = pending.drain(..chunk_len(pending)).collect();
        let cost = u32::try_from(lines.iter().map(Line::cost).sum::<usize>()).unwrap_or(READ_AHEAD);
        let room = Arc::clone(room).acquire_many_owned(cost.min(READ_AHEAD)).await.ok();
        if chunks.send(Chunk { lines, _room: room }).is_err() {
            return false;
        }
    }
    true
}

/// The reply's pieces, in the order of the chunks.
fn grades(
    running: Running,
    first: Option<Chunk>,
    chunks: UnboundedReceiver<Chunk>,
) -> impl stream::Stream<Item = Result<Bytes, JoinError>> {
    let threads = running.app.config.limits.batch_threads.max(1);
    // With as many more chunks on the way as there are threads, none idles while an earlier chunk is not done.
    let (sender, pieces) = channel(2 * threads);
    tokio::spawn(grade_all(Arc::clone(&running.app), first, chunks, sender));
    stream::unfold((running, pieces), |(running, mut pieces)| async {
        let piece: Piece = pieces.recv().await?;
        Some((piece.await, (running, pieces)))
    })
}

/// Begins to grade each chunk as soon as there is room for its piece of the reply, also while nobody asks for one: a client
/// that reads in bursts keeps no thread waiting.
async fn grade_all(app: App, first: Option<Chunk>, mut chunks: UnboundedReceiver<Chunk>, pieces: Sender<Piece>) {
    let mut next = first;
    while let Some(chunk) = next {
        let Ok(room) = pieces.reserve().await else { return };
        room.send(Piece(tokio::spawn(grade_chunk(Arc::clone(&app), chunk))));
        next = tokio::select! {
            chunk = chunks.recv() => chunk,
            () = pieces.closed() => return,
        };
    }
}

/// A piece of the reply that is being made; nobody makes it on once nobody wants it.
struct Piece(JoinHandle<Result<Bytes, JoinError>>);

impl Future for Piece {
    type Output = Result<Bytes, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(Result::flatten)
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One piece of the reply. It fails only where the service is shutting down, and the reply breaks off then.
async fn grade_chunk(app: App, chunk: Chunk) -> Result<Bytes, JoinError> {
    let shared = Arc::clone(&app);
    let thread = app.batch_threads.acquire().await;
    let Some(panel) = &app.judge else {
        // Each grade is written while it is at hand, by the thread that has it.
        let all =
            move || write_lines(&shared, chunk.lines.into_iter().map(|line| Ok(grade_line(&shared, line)?.by_rules())));
        return tokio::task::spawn_blocking(all).await;
    };
    let graded = tokio::task::spawn_blocking(move || {
        chunk.lines.into_iter().map(|line| grade_line(&shared, line)).collect::<Vec<_>>()
    })
    .await?;
    drop(thread);
    let at_once = panel.config().in_flight.max(1);
    let judged: Vec<_> = stream::iter(graded).map(|line| judge_line(&app, line)).buffered(at_once).collect().await;
    Ok(write_lines(&app, judged.into_iter()))
}

/// A line that the rules have graded.
struct Graded {
    id: Option<String>,
    answer: String,
    wish: Option<JudgeWish>,
    prepared: Prepared,
}

/// A line whose grade is final.
struct Done {
    id: Option<String>,
    answer: String,
    grade: domain::Grade,
}

impl Graded {
    fn by_rules(self) -> Done {
        Done { id: self.id, answer: self.answer, grade: self.prepared.grade }
    }
}

async fn judge_line(app: &Shared, line: Result<Graded, LineError>) -> Result<Done, LineError> {
    let Graded { id, answer, wish, prepared } = line?;
    let grade = app.judged(prepared, &answer, wish).await;
    Ok(Done { id, answer, grade })
}

fn write_lines(app: &Shared, lines: impl ExactSizeIterator<Item = Result<Done, LineError>>) -> Bytes {
    let mut out = Vec::with_capacity(USUAL_REPLY_BYTES * lines.len());
    let mut graded = 0;
    for line in lines {
        let written = match line {
            Ok(Done { id, answer, grade }) => {
                graded += 1;
                serde_json::to_writer(&mut out, &app.shown(&grade, id.as_deref(), &answer))
            }
            Err(error) => {
                app.metrics.line_error(error.error.code);
                serde_json::to_writer(&mut out, &error)
            }
        };
        written.expect("grades and errors have string keys, and a vector takes everything");
        out.push(b'\n');
    }
    app.metrics.graded(graded);
    Bytes::from(out)
}

fn grade_line(app: &Shared, line: Line) -> Result<Graded, LineError> {
    let refuse = |id, code, message: String| LineError::new(line.number, id, code, message);
    let bytes = match line.text {
        Text::Whole(bytes) => bytes,
        Text::TooLong => {
            let message = format!("the line has more than {MAX_JSON_BYTES} bytes, which no request needs");
            return Err(refuse(None, ProblemCode::BodyTooLarge, message));
        }
        Text::Stalled => {
            let message = "nothing more arrived in time: this line and all after it were not read";
            return Err(refuse(None, ProblemCode::Timeout, message.to_owned()));
        }
    };
    let crate::wire::Line { id, asked, answer, judge: wish } = read_line(line.number, &bytes)?;
    let subject = match asked {
        Asked::Own { prompt, ideals } => Subject::Own { prompt, ideals },
        Asked::Question { bank, id: question } => match app.grader.find(bank.as_deref(), &question) {
            Ok(question) => Subject::Question(question),
            Err(error) => {
                let (code, message) = not_found(&error);
                return Err(refuse(id, code, message));
            }
        },
    };
    // A fault in the engine costs this line its grade, and no other line.
    match catch_unwind(AssertUnwindSafe(|| subject.prepare(&app.grader, &answer))) {
        Ok(Ok(prepared)) => Ok(Graded { id, answer, wish, prepared }),
        Ok(Err(fault)) => Err(refuse(id, fault.code, fault.detail)),
        Err(_) => Err(refuse(id, ProblemCode::Internal, "Viva failed on this answer".to_owned())),
    }
}

#[cfg(test)]
mod tests;
