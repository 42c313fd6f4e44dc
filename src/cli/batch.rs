//! `viva grade --jsonl`: a line of JSON in, a grade or an error out, in order.
//!
//! Names Grader and Wire. Reading a line and naming its faults is `wire`'s, order and memory are [`pipeline`]'s;
//! here a line meets the grader.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use super::input::cannot_read;
use super::output::{self, count};
use super::pipeline::{self, Line, Run, Totals};
use super::{CliError, Outcome, find_message, judge};
use crate::config::JudgeMode;
use crate::domain::grade as domain;
use crate::grader::{FindError, Grader, Prepared};
use crate::judge::Panel;
use crate::wire::{self, Asked, Grade, JudgeWish, LineError, MAX_LINE_BYTES, ProblemCode};

/// How often the progress line changes.
const BEAT: Duration = Duration::from_millis(100);

/// Grades every line of a file, `-` for standard input. `bank` counts for lines that name none.
pub(super) fn run(path: &Path, bank: Option<&str>, grader: Grader, panel: Option<Panel>) -> Result<Outcome, CliError> {
    let input = open(path)?;
    if let Some(name) = bank.filter(|name| grader.banks().iter().all(|known| known.name.as_str() != *name)) {
        let known = grader.banks().iter().map(|bank| bank.name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(FindError::UnknownBank { name: name.to_owned(), known }.into());
    }
    let bank = bank.map(str::to_owned);
    // Threads that wait for a judge need no core each.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = panel.as_ref().map_or(cores, |panel| panel.config().in_flight.max(cores));
    let judge = panel.map(|panel| judge::runtime().map(|runtime| Judge { panel, runtime })).transpose()?;
    let engine = Engine { grader, bank, judge };
    let work = move |line: Line<'_>, out: &mut Vec<u8>| one(&engine, line, out);
    let mut progress = Progress::new();
    let mut out = output::plain();
    let Run { totals, unread } = pipeline::run_on(threads, input, work, &mut out, |totals| progress.show(totals))?;
    progress.end();
    if totals.failed > 0 {
        let all = count(totals.lines, "line");
        super::complain(&format!("{} of {all} could not be graded; its place holds the reason", totals.failed));
    }
    match unread {
        Some(error) => Err(cannot_read(path, &error)),
        None => Ok(Outcome::done_if(totals.failed == 0)),
    }
}

/// A file, or standard input for `-`, as something another thread can read.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read + Send>, CliError> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
    Ok(Box::new(file))
}

/// What lines are graded with.
struct Engine {
    grader: Grader,
    /// The bank of lines that name none.
    bank: Option<String>,
    judge: Option<Judge>,
}

/// A judge, and what to wait for it on.
struct Judge {
    panel: Panel,
    runtime: tokio::runtime::Runtime,
}

impl Judge {
    /// The grade of a prepared answer; a line that wishes nothing of the judge gets what is configured.
    fn ask(&self, grader: &Grader, prepared: Prepared, answer: &str, wish: Option<JudgeWish>) -> domain::Grade {
        let mode = wish.and_then(|wish| JudgeMode::from_name(wish.as_str())).unwrap_or(JudgeMode::Always);
        self.runtime.block_on(grader.judge(prepared, answer, &self.panel, mode))
    }
}

/// Appends a line's grade, or what is wrong with the line; whether it was graded.
fn one(engine: &Engine, line: Line<'_>, out: &mut Vec<u8>) -> bool {
    let result = catch_unwind(AssertUnwindSafe(|| graded(engine, line))).unwrap_or_else(|_| {
        Err(error(line.number, None, ProblemCode::Internal, "a fault of Viva's own; please report it"))
    });
    let good = result.is_ok();
    match result {
        Ok(done) => write_line(out, &Grade::new(&done.grade, done.id.as_deref(), &done.answer)),
        Err(error) => write_line(out, &error),
    }
    good
}

/// A line that was graded.
struct Done {
    id: Option<String>,
    answer: String,
    grade: domain::Grade,
}

fn graded(engine: &Engine, line: Line<'_>) -> Result<Done, LineError> {
    let Engine { grader, bank, judge } = engine;
    let Some(bytes) = line.bytes else {
        let message = format!("the line is longer than {MAX_LINE_BYTES} bytes (4 MiB) and was passed over");
        return Err(error(line.number, None, ProblemCode::BodyTooLarge, &message));
    };
    let wire::Line { id, asked, answer, judge: wish } = wire::read_line(line.number, bytes)?;
    let found = match &asked {
        Asked::Question { bank: own, id } => grader.find(own.as_deref().or(bank.as_deref()), id),
        Asked::Own { prompt, ideals } => {
            let own = grader
                .own(prompt, ideals)
                .map_err(|fault| error(line.number, id.clone(), ProblemCode::InvalidRequest, &fault.to_string()))?;
            let grade = match judge {
                None => grader.grade_own(&own, &answer).grade,
                Some(judge) => judge.ask(grader, grader.prepare_own(&own, &answer), &answer, wish),
            };
            return Ok(Done { id, answer, grade });
        }
    };
    match found {
        Ok(question) => {
            let grade = match judge {
                None => grader.grade(question, &answer),
                Some(judge) => judge.ask(grader, grader.prepare(question, &answer), &answer, wish),
            };
            Ok(Done { id, answer, grade })
        }
        Err(fault) => Err(error(line.number, id, code(&fault), &find_message(&fault))),
    }
}

fn error(line: u64, id: Option<String>, code: ProblemCode, message: &str) -> LineError {
    LineError::new(line, id, code, message)
}

/// The code of a question that was not found.
const fn code(error: &FindError) -> ProblemCode {
    match error {
        FindError::UnknownBank { .. } => ProblemCode::UnknownBank,
        FindError::UnknownQuestion { .. } => ProblemCode::UnknownQuestion,
        FindError::AmbiguousQuestion { .. } => ProblemCode::AmbiguousQuestion,
    }
}

fn write_line(out: &mut Vec<u8>, value: &impl serde::Serialize) {
    serde_json::to_writer(&mut *out, value).expect("the shapes have string keys, and a vector takes all bytes");
    out.push(b'\n');
}

/// A line on standard error that says how far the batch is, where somebody can see it and the output goes elsewhere.
struct Progress {
    shown: bool,
    since: Instant,
    last: Option<Instant>,
}

impl Progress {
    fn new() -> Self {
        let shown = io::stderr().is_terminal() && !io::stdout().is_terminal();
        Self { shown, since: Instant::now(), last: None }
    }

    fn show(&mut self, totals: Totals) {
        if !self.shown || self.last.is_some_and(|last| last.elapsed() < BEAT) {
            return;
        }
        self.last = Some(Instant::now());
        let failed = if totals.failed > 0 { format!(", {} failed", totals.failed) } else { String::new() };
        #[expect(clippy::cast_sign_loss, reason = "lines and seconds are not negative")]
        let rate = (totals.lines as f64 / self.since.elapsed().as_secs_f64().max(0.001)) as u64;
        // Where standard error is closed there is nobody to tell.
        let _ = write!(io::stderr(), "\r\x1b[K{}{failed}, {rate} a second", count(totals.lines, "line"));
    }

    fn end(&self) {
        if self.last.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
