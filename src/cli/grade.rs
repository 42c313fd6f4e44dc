//! `viva grade`: one answer for a person or a program, or a batch of lines.

use std::io::Write as _;

use clap::Args;

use super::input::AnswerArgs;
use super::output::{self, Page};
use super::{CliError, Global, Outcome, banks, batch, examples, report};
use crate::wire;

const EXAMPLES: &str = "\
viva grade Q4 'Only that goroutine ends; its deferred calls still run.'
  viva grade Q4 --file answer.md
  pbpaste | viva grade Q4 --json
  viva grade Q4                         # opens $VISUAL or $EDITOR on a terminal
  viva grade --jsonl answers.jsonl > grades.jsonl

Lines of a batch, with `bank` where two banks hold the id:
  {\"id\": \"a1\", \"question\": \"Q4\", \"answer\": \"…\"}
  {\"id\": \"a2\", \"prompt\": \"…\", \"ideal\": \"…\", \"answer\": \"…\"}

Each gets one line of JSON in its place and order: a grade, or
  {\"line\": 7, \"id\": \"a7\", \"error\": {\"code\": \"unknown_question\", \"message\": \"…\"}}";

/// Grade one answer, or a batch of them with --jsonl.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(super) struct GradeArgs {
    /// The question that was answered, such as Q4; `viva questions` lists them.
    #[arg(value_name = "QUESTION", required_unless_present = "jsonl")]
    question: Option<String>,
    #[command(flatten)]
    answer: AnswerArgs,
    /// The question's bank, where several hold its id; with --jsonl for lines that name none.
    #[arg(long, value_name = "NAME")]
    bank: Option<String>,
    /// Print the grade as one line of JSON.
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
    /// Grade a file of one JSON object a line, `-` or nothing for standard input.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        default_missing_value = "-",
        conflicts_with_all = ["question", "answer", "file"]
    )]
    jsonl: Option<std::path::PathBuf>,
}

/// Grades what the arguments name.
pub(super) fn run(args: &GradeArgs, global: &Global) -> Result<Outcome, CliError> {
    let Some(question) = &args.question else {
        let path = args.jsonl.as_deref().unwrap_or_else(|| "-".as_ref());
        return batch::run(path, args.bank.as_deref(), banks::grader(global)?);
    };
    let grader = banks::grader(global)?;
    let found = grader.find(args.bank.as_deref(), question)?;
    let (bank, item) = grader.item(found);
    let shown = format!("{} ({}): {}", item.question.id, bank.name, item.question.prompt);
    let answer = args.answer.read(&shown)?;
    let grade = wire::Grade::new(&grader.grade(found, &answer), None, &answer);
    if args.json {
        output::json_line(&mut output::plain(), &grade)?;
    } else {
        let width = output::width();
        let mut out = output::styled();
        report::show(&mut Page::new(&mut out, width), &grade, &answer, item)?;
        out.flush()?;
    }
    Ok(Outcome::Done)
}
