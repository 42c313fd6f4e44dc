//! The command line: one file a command.
//!
//! Names everything. A command is a `clap::Args` struct and a `run` that takes it and the [`Global`] options, and
//! answers with an [`Outcome`] or a [`CliError`]; those two alone decide the exit code. What people read goes through
//! [`output`], answers come in through [`input`], lines through [`pipeline`].
//!
//! To add a command: 1. its file here, with the struct, `run`, and an `EXAMPLES` text; 2. its `mod` line, its variant
//! of [`Command`] and its arm in [`Command::run`]; 3. a row in `tests/it/cli.rs`'s list of commands.

mod banks;
mod batch;
mod check;
mod completions;
mod doctor;
mod eval;
mod explain;
mod export;
mod fit;
mod grade;
mod ideal;
mod import;
mod input;
mod judge;
mod mutate;
mod openapi;
mod output;
mod pipeline;
mod progress;
mod questions;
mod report;
mod serve;
mod verify;

use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::grader::FindError;

/// Stands under every help text.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  some of the work failed, or a check does not hold
  2  wrong usage, or input that cannot be used";

/// Grades free-text answers to technical interview questions, with evidence, offline.
#[derive(Debug, Parser)]
#[command(name = "viva", version, propagate_version = true, disable_help_subcommand = true, after_help = examples(
    "viva questions\n  viva grade Q4 'Only that goroutine ends; its deferred calls still run.'\n  \
     viva grade --jsonl answers.jsonl > grades.jsonl\n  viva serve"
))]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
struct Global {
    /// Add the banks of a folder (DIR/questions/NAME.md, DIR/rubrics/NAME/); repeatable.
    ///
    /// A bank of the same name replaces the built-in one. Without this option the folders in `VIVA_BANKS` count,
    /// separated as in `PATH`.
    #[arg(long = "banks", value_name = "DIR", global = true)]
    banks: Vec<PathBuf>,
}

impl Global {
    /// The folders of banks, from the options or else the environment.
    #[must_use]
    fn bank_dirs(&self) -> Vec<PathBuf> {
        if !self.banks.is_empty() {
            return self.banks.clone();
        }
        let listed = std::env::var_os("VIVA_BANKS").unwrap_or_default();
        std::env::split_paths(&listed).filter(|dir| !dir.as_os_str().is_empty()).collect()
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::ServeArgs),
    Grade(grade::GradeArgs),
    Explain(explain::ExplainArgs),
    Questions(questions::QuestionsArgs),
    Check(check::CheckArgs),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
    Verify(verify::VerifyArgs),
    Eval(eval::EvalArgs),
    Fit(fit::FitArgs),
    Mutate(mutate::MutateArgs),
    Openapi(openapi::OpenapiArgs),
    Doctor(doctor::DoctorArgs),
    Completions(completions::CompletionsArgs),
}

impl Command {
    fn run(&self, global: &Global) -> Result<Outcome, CliError> {
        match self {
            Self::Serve(args) => serve::run(args, global),
            Self::Grade(args) => grade::run(args, global),
            Self::Explain(args) => explain::run(args, global),
            Self::Questions(args) => questions::run(args, global),
            Self::Check(args) => check::run(args, global),
            Self::Import(args) => import::run(args),
            Self::Export(args) => export::run(args, global),
            Self::Verify(args) => verify::run(args, global),
            Self::Eval(args) => eval::run(args, global),
            Self::Fit(args) => fit::run(args, global),
            Self::Mutate(args) => mutate::run(args, global),
            Self::Openapi(args) => openapi::run(args),
            Self::Doctor(args) => doctor::run(args, global),
            Self::Completions(args) => completions::run(args),
        }
    }
}

/// How a command ended that could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All of it is done, and what was checked holds.
    Done,
    /// Some of it failed, or something that was checked does not hold.
    Failed,
}

impl Outcome {
    /// Done exactly where everything went well.
    #[must_use]
    const fn done_if(well: bool) -> Self {
        if well { Self::Done } else { Self::Failed }
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// The options or the input cannot be used; the sentence says what to do.
    #[error("{0}")]
    Unusable(String),
    /// The work itself failed.
    #[error("{0}")]
    Failed(String),
    /// The output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

impl From<FindError> for CliError {
    fn from(error: FindError) -> Self {
        Self::Unusable(find_message(&error))
    }
}

/// Why a question was not found, with what to do on a command line.
fn find_message(error: &FindError) -> String {
    match error {
        FindError::UnknownBank { name, known } => {
            format!("no bank `{name}`; there is {known} (`--banks DIR` adds others)")
        }
        // The grader's hint either asks `did you mean …?`, or counts what there is, which a list says better.
        FindError::UnknownQuestion { id, hint } if hint.ends_with('?') => format!("no question `{id}`{hint}"),
        FindError::UnknownQuestion { id, .. } => format!("no question `{id}`: `viva questions` lists them"),
        FindError::AmbiguousQuestion { id, banks } => {
            format!("question `{id}` stands in several banks ({banks}): choose with `--bank NAME`")
        }
    }
}

/// A command's examples, followed by the exit codes, for the end of its help.
fn examples(examples: &str) -> String {
    format!("Examples:\n  {examples}\n\n{EXIT_CODES}")
}

/// The command line's definition, for completions.
fn definition() -> clap::Command {
    Cli::command()
}

/// Reads the command line, runs the command, says what went wrong on standard error.
#[must_use]
pub fn main() -> ExitCode {
    keep_answers_out_of_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return wrong_usage(&error),
    };
    let Ok(outcome) = catch_unwind(AssertUnwindSafe(|| cli.command.run(&cli.global))) else {
        return ExitCode::from(1);
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        // Whoever read our output has seen enough.
        Err(CliError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(if matches!(error, CliError::Unusable(_)) { 2 } else { 1 })
        }
    }
}

/// Prints clap's message; help and version are no errors.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    // Where even this cannot be written, the exit code is all that is left to say.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => ExitCode::from(2),
    }
}

/// One `error:` line on standard error.
fn complain(message: &str) {
    let mut line = output::Text::styled(output::BAD.bold(), "error:");
    let mut rest = message.lines();
    line.push(output::PLAIN, &format!(" {}", rest.next().unwrap_or_default()));
    let mut err = anstream::stderr().lock();
    // Where standard error is closed there is nobody to tell.
    let _ = line.write_to(&mut err).and_then(|()| writeln!(err));
    for line in rest {
        let _ = output::Text::plain(line).write_to(&mut err).and_then(|()| writeln!(err));
    }
}

/// One line on standard error that is no error.
fn remark(message: &str) {
    let mut err = anstream::stderr().lock();
    // Where standard error is closed there is nobody to tell.
    let _ = output::Text::plain(message).write_to(&mut err).and_then(|()| writeln!(err));
}

/// Replaces the message of a panic by its place: messages about strings repeat the string, which may be an answer.
fn keep_answers_out_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        complain(&format!("a fault of Viva's own at {place}; please report it with what you did"));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        definition().debug_assert();
    }

    #[test]
    fn lines_and_grader_agree_on_the_largest_answer() {
        assert_eq!(crate::wire::MAX_ANSWER_BYTES, crate::grader::MAX_ANSWER_BYTES);
    }

    #[test]
    fn says_what_to_do_about_an_unknown_question() {
        let said =
            |id: &str, hint: &str| find_message(&FindError::UnknownQuestion { id: id.into(), hint: hint.into() });
        assert_eq!(said("Q99", ": there are 66"), "no question `Q99`: `viva questions` lists them");
        assert_eq!(said("q4", ": did you mean `Q4`?"), "no question `q4`: did you mean `Q4`?");
    }
}
