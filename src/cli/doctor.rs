//! `viva doctor`: whether this installation works, one line a thing.
//!
//! Names all layers that it looks at. To add a check: a function that answers with [`Line`]s, called in [`examine`].

use std::io::{self, IsTerminal as _, Write as _};
use std::net::{SocketAddr, TcpListener};

use clap::Args;

use super::judge::{JudgeArgs, RecordArgs};
use super::output::{self, Align, BAD, GOOD, PLAIN, Page, Table, Text, WARN, count};
use super::{CliError, Global, Outcome, banks, examples};
use crate::bank::{Fault, Library};
use crate::config::{JudgeConfig, parse_bind};
use crate::grader::Grader;
use crate::wire::{self, verify};

/// Digits of a hash that tell it from others.
const HASH_DIGITS: usize = 12;
/// What an ideal answer is graded with at least where the engine works.
const SELF_TEST_LEAST: f64 = 0.5;

/// Check that Viva works here: banks, lexicon, model, a test grade, port, terminal, judge.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples("viva doctor\n  viva doctor --banks ./banks --bind 0.0.0.0:80"))]
pub(super) struct DoctorArgs {
    /// The address that `viva serve` would listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = parse_bind)]
    bind: SocketAddr,
    #[command(flatten)]
    judge: JudgeArgs,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ok,
    Warn,
    Fail,
}

/// One thing and how it is.
#[derive(Debug)]
struct Line {
    state: State,
    thing: &'static str,
    says: String,
}

fn line(state: State, thing: &'static str, says: impl Into<String>) -> Line {
    Line { state, thing, says: says.into() }
}

/// Looks at everything and prints it.
pub(super) fn run(args: &DoctorArgs, global: &Global) -> Result<Outcome, CliError> {
    let lines = examine(args, global);
    let mut table = Table::new(&[Align::Left, Align::Left]);
    for Line { state, thing, says } in &lines {
        let state = match state {
            State::Ok => Text::styled(GOOD, "ok"),
            State::Warn => Text::styled(WARN, "warn"),
            State::Fail => Text::styled(BAD, "FAIL"),
        };
        table.row(vec![state, Text::styled(PLAIN, thing)], vec![Text::plain(says)]);
    }
    let mut out = output::styled();
    Page::new(&mut out, output::width()).table(0, &table)?;
    out.flush()?;
    Ok(Outcome::done_if(lines.iter().all(|line| line.state != State::Fail)))
}

fn examine(args: &DoctorArgs, global: &Global) -> Vec<Line> {
    let mut lines = vec![version()];
    let (library, faults) = banks::sources(global).load();
    lines.extend(files(&faults));
    if let Some(library) = library {
        lines.extend(contents(&library));
        lines.extend(self_test(library));
    }
    lines.extend([port(args.bind), terminal(), judge(&args.judge)]);
    lines
}

fn version() -> Line {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    line(State::Ok, "version", format!("viva {}, {os} on {arch}", env!("CARGO_PKG_VERSION")))
}

fn files(faults: &[Fault]) -> Option<Line> {
    let fatal: Vec<&Fault> = faults.iter().filter(|fault| fault.is_fatal()).collect();
    match (fatal.first(), faults.first()) {
        (Some(first), _) => {
            let n = count(fatal.len() as u64, "fault");
            Some(line(State::Fail, "files", format!("{n}: `viva check` lists them; the first: {first}")))
        }
        (None, Some(first)) => {
            let n = count(faults.len() as u64, "warning");
            Some(line(State::Warn, "files", format!("{n}: `viva check` lists them; the first: {first}")))
        }
        (None, None) => None,
    }
}

fn contents(library: &Library) -> Vec<Line> {
    let short = |hash: &str| format!("sha256:{}", hash.get(..HASH_DIGITS).unwrap_or(hash));
    let mut lines: Vec<Line> = library
        .banks
        .iter()
        .map(|bank| {
            let questions = count(bank.items.len() as u64, "question");
            let state = if bank.items.is_empty() { State::Warn } else { State::Ok };
            line(state, "bank", format!("{}: {questions}, {}", bank.name, short(&bank.hash)))
        })
        .collect();
    if lines.is_empty() {
        lines.push(line(State::Fail, "bank", "there is none: this build is incomplete"));
    }
    let groups = count(library.lexicon.groups.len() as u64, "group");
    lines.push(line(State::Ok, "lexicon", format!("{groups}, {}", short(&library.lexicon_hash))));
    lines.push(line(State::Ok, "model", short(&library.model_hash)));
    lines
}

/// Grades an ideal answer and verifies the grade, as a user's own scripts would.
fn self_test(library: Library) -> Option<Line> {
    let grader = Grader::new(library);
    let (bank, item) = grader.banks().iter().find_map(|bank| Some((bank, bank.items.first()?)))?;
    let (name, id) = (bank.name.as_str(), item.question.id.as_str());
    let answer = item.question.ideals.first()?;
    let Ok(question) = grader.find(Some(name), id) else {
        return Some(line(
            State::Fail,
            "grading",
            format!("question {id} of {name} cannot be found; please report it"),
        ));
    };
    let grade = grader.grade(question, answer);
    let grade = wire::Grade::new(&grade, None, answer);
    let found = verify::check(&grade, answer);
    let told = format!("the ideal answer of {id} gets {:.2}", grade.score);
    Some(match found.first() {
        Some(first) => {
            line(State::Fail, "grading", format!("{told}, and {} does not hold: {}", first.field, first.message))
        }
        None if grade.score < SELF_TEST_LEAST => line(State::Fail, "grading", format!("{told}, which is too little")),
        None => line(State::Ok, "grading", format!("{told}, and every claim of the grade holds")),
    })
}

fn port(address: SocketAddr) -> Line {
    match TcpListener::bind(address) {
        Ok(_) => line(State::Ok, "port", format!("{address} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let says = format!("{address} is taken, perhaps by a running `viva serve`: choose another with --bind");
            line(State::Warn, "port", says)
        }
        Err(error) => line(State::Warn, "port", format!("cannot listen on {address}: {error}")),
    }
}

fn terminal() -> Line {
    let out = io::stdout();
    let colour = if anstream::AutoStream::choice(&out) == anstream::ColorChoice::Never { "off" } else { "on" };
    let is = if out.is_terminal() { "a terminal" } else { "no terminal" };
    line(State::Ok, "output", format!("{is}, {} columns, colour {colour}", output::width()))
}

/// Whether a judge is configured, and can be. Its key is never shown, nor its address, which may hold one; nobody is asked.
fn judge(args: &JudgeArgs) -> Line {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let needed = ["VIVA_JUDGE_BASE_URL", "VIVA_JUDGE_MODEL"];
    let missing: Vec<&str> = needed.into_iter().filter(|name| !set(name)).collect();
    match args.panel(&RecordArgs::default()) {
        Ok(Some(panel)) => {
            let JudgeConfig { model, mode, .. } = panel.config();
            line(State::Ok, "judge", format!("configured: {model}, asked {}", mode.as_str()))
        }
        Ok(None) if missing.len() == needed.len() && set("VIVA_JUDGE_API_KEY") => {
            line(State::Warn, "judge", format!("half configured: set {} too", missing.join(" and ")))
        }
        Ok(None) => line(State::Ok, "judge", "off: grading works without one"),
        Err(_) if missing.len() == 1 => line(State::Warn, "judge", format!("half configured: set {} too", missing[0])),
        Err(error) => line(State::Fail, "judge", error.to_string()),
    }
}
