//! `viva grade`: one answer for a person or a program, or a batch of lines.

use std::io::Write as _;

use clap::Args;

use super::input::{AnswerArgs, OwnArgs};
use super::output::{self, Page};
use super::{CliError, Global, Outcome, banks, batch, examples, report};
use crate::bank::Item;
use crate::wire;

const EXAMPLES: &str = "\
viva grade Q4 'Only that goroutine ends; its deferred calls still run.'
  viva grade Q4 --file answer.md
  pbpaste | viva grade Q4 --json
  viva grade Q4                         # opens $VISUAL or $EDITOR on a terminal
  viva grade --prompt 'What is a mutex for?' --ideal 'It lets one thread at a time into a section.' 'Only one thread gets in.'
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
    #[arg(value_name = "QUESTION", required_unless_present_any = ["jsonl", "prompt"])]
    question: Option<String>,
    #[command(flatten)]
    answer: AnswerArgs,
    /// The question's bank, where several hold its id; with --jsonl for lines that name none.
    #[arg(long, value_name = "NAME")]
    bank: Option<String>,
    #[command(flatten)]
    own: OwnArgs,
    /// Print the grade as one line of JSON.
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
    /// Grade a file of one JSON object a line, `-` or nothing for standard input.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        default_missing_value = "-",
        conflicts_with_all = ["question", "answer", "file", "prompt"]
    )]
    jsonl: Option<std::path::PathBuf>,
}

/// Grades what the arguments name.
pub(super) fn run(args: &GradeArgs, global: &Global) -> Result<Outcome, CliError> {
    if let Some(prompt) = &args.own.prompt {
        return own(args, prompt, global);
    }
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
    show(args.json, &grade, &answer, item)
}

/// Grades an answer to a question that no bank holds.
fn own(args: &GradeArgs, prompt: &str, global: &Global) -> Result<Outcome, CliError> {
    let answer = args.own.answer(prompt, args.question.as_ref(), &args.answer)?;
    let grader = banks::grader(global)?;
    let own = args.own.compile(&grader, prompt)?;
    let found = grader.grade_own(&own, &answer);
    let grade = wire::Grade::new(&found.grade, None, &answer);
    show(args.json, &grade, &answer, own.item(found.ideal))
}

fn show(json: bool, grade: &wire::Grade, answer: &str, item: &Item) -> Result<Outcome, CliError> {
    if json {
        output::json_line(&mut output::plain(), grade)?;
    } else {
        let width = output::width();
        let mut out = output::styled();
        report::show(&mut Page::new(&mut out, width), grade, answer, item)?;
        out.flush()?;
    }
    Ok(Outcome::Done)
}
