//! `viva grade`: one answer for a person or a program, or a batch of lines.

use std::io::Write as _;

use clap::Args;

use super::input::{AnswerArgs, OwnArgs};
use super::judge::{self, JudgeArgs, RecordArgs};
use super::output::{self, Page};
use super::{CliError, Global, Outcome, banks, batch, examples, report};
use crate::bank::Item;
use crate::config::JudgeConfig;
use crate::domain::judged::Why;
use crate::grader::{Grader, Prepared};
use crate::judge::{Panel, prompt};
use crate::wire;

const EXAMPLES: &str = "\
viva grade Q4 'Only that goroutine ends; its deferred calls still run.'
  viva grade Q4 --file answer.md
  pbpaste | viva grade Q4 --json
  viva grade Q4                         # opens $VISUAL or $EDITOR on a terminal
  viva grade --prompt 'What is a mutex for?' --ideal 'It lets one thread at a time into a section.' 'Only one thread gets in.'
  viva grade --jsonl answers.jsonl > grades.jsonl
  viva grade O1 --file answer.md --judge always --record exchanges.jsonl
  viva grade O1 --file answer.md --show-prompt

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
    /// Show what a judge is asked about the answer, and ask nobody.
    #[arg(long, conflicts_with_all = ["jsonl", "record", "replay"])]
    show_prompt: bool,
    #[command(flatten)]
    judge: JudgeArgs,
    #[command(flatten)]
    files: RecordArgs,
}

/// Grades what the arguments name.
pub(super) fn run(args: &GradeArgs, global: &Global) -> Result<Outcome, CliError> {
    if let Some(prompt) = &args.own.prompt {
        return own(args, prompt, global);
    }
    let Some(question) = &args.question else {
        let path = args.jsonl.as_deref().unwrap_or_else(|| "-".as_ref());
        let panel = args.judge.panel(&args.files)?;
        return batch::run(path, args.bank.as_deref(), banks::grader(global)?, panel);
    };
    let panel = if args.show_prompt { None } else { args.judge.panel(&args.files)? };
    let grader = banks::grader(global)?;
    let found = grader.find(args.bank.as_deref(), question)?;
    let (bank, item) = grader.item(found);
    let shown = format!("{} ({}): {}", item.question.id, bank.name, item.question.prompt);
    let answer = args.answer.read(&shown)?;
    let prepared = grader.prepare(found, &answer);
    finish(args, &grader, panel.as_ref(), prepared, &answer, item)
}

/// Grades an answer to a question that no bank holds.
fn own(args: &GradeArgs, prompt: &str, global: &Global) -> Result<Outcome, CliError> {
    let panel = if args.show_prompt { None } else { args.judge.panel(&args.files)? };
    let answer = args.answer.read_own(prompt, args.question.as_ref())?;
    let grader = banks::grader(global)?;
    let own = args.own.compile(&grader, prompt)?;
    let prepared = grader.prepare_own(&own, &answer);
    let ideal = prepared.own().map_or(0, |(_, ideal)| ideal);
    finish(args, &grader, panel.as_ref(), prepared, &answer, own.item(ideal))
}

/// Asks the judge about an answer where there is one, and prints the grade; or prints what it would be asked.
fn finish(
    args: &GradeArgs,
    grader: &Grader,
    panel: Option<&Panel>,
    prepared: Prepared,
    answer: &str,
    item: &Item,
) -> Result<Outcome, CliError> {
    if args.show_prompt {
        return show_prompt(args, grader, &prepared, answer);
    }
    let result = match panel {
        None => prepared.grade,
        Some(panel) => judge::runtime()?.block_on(grader.judge(prepared, answer, panel, panel.config().mode)),
    };
    let grade = wire::Grade::new(&result, None, answer);
    if args.json {
        output::json_line(&mut output::plain(), &grade)?;
    } else {
        let width = output::width();
        let mut out = output::styled();
        report::show(&mut Page::new(&mut out, width), &grade, answer, item)?;
        out.flush()?;
    }
    Ok(Outcome::Done)
}

/// Prints the requests of a first vote: their messages, or with --json their keys and bodies, one a line.
fn show_prompt(args: &GradeArgs, grader: &Grader, prepared: &Prepared, answer: &str) -> Result<Outcome, CliError> {
    // The marker depends on the model, so that without one it is not the one that would be sent.
    let config = args.judge.config(true)?.unwrap_or_else(|| JudgeConfig::new("", "MODEL"));
    let prompts = prompt::prompts(&grader.sheet(prepared, answer, Why::Always), &config, 0, 0);
    let mut out = output::plain();
    for prompt in prompts {
        if args.json {
            let line = serde_json::json!({"key": prompt.key, "request": prompt.request});
            output::json_line(&mut out, &line)?;
        } else {
            let (key, shown) = (prompt.key, prompt.shown);
            writeln!(out, "# key {key}\n\n# system\n\n{}\n\n# user\n\n{}", shown.system, shown.user)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}
