//! `viva check`: whether the banks hold what they promise.
//!
//! Names Bank for the files' faults and the grader for the rest. The checks that need the engine stand in [`engine`]
//! (examples, ideal answers, answers that say nothing) and [`patterns`] (patterns that never match, or match what
//! is wrong); [`fix`] rewrites files. To add a check: a function from an item to its [`Fault`]s, called in
//! [`engine::check`].

mod engine;
mod fix;
mod patterns;

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use clap::Args;
use serde::Serialize;

use super::output::{self, BAD, GOOD, PLAIN, Page, Text, WARN, count};
use super::{CliError, Global, Outcome, banks, examples};
use crate::bank::{Bank, Checked, Fault, Item, Library, RubricSources};
use crate::domain::rubric::Status;

/// How many drafts are named that need a person first.
const LOOK_FIRST: usize = 5;

const EXAMPLES: &str = "\
viva check
  viva check --banks ./banks
  viva check --banks ./banks --fix
  viva check --json | jq -r 'select(.severity == \"fault\") | .message'";

/// Check the banks: their files, their examples, and what their rubrics make of ideal and empty answers.
///
/// Faults are: files that cannot be used, examples that do not come out, ideal answers below 0.9, and an empty
/// answer, a prompt or a bare list of words above 0.05; of a draft rubric the last three are warnings. Warnings alone
/// leave the exit code at 0.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(super) struct CheckArgs {
    /// Rewrite the rubrics and phrases of the --banks folders to their canonical form first; without such folders,
    /// those of the working directory.
    #[arg(long)]
    fix: bool,
    /// Print one line of JSON a fault or warning.
    #[arg(long)]
    json: bool,
}

/// A fault as `--json` prints it.
#[derive(Debug, Serialize)]
struct FaultLine<'a> {
    severity: &'static str,
    file: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
}

/// Checks the banks that the global options name.
pub(super) fn run(args: &CheckArgs, global: &Global) -> Result<Outcome, CliError> {
    if args.fix {
        for path in fix::fix(&global.bank_dirs())? {
            super::remark(&format!("rewritten: {}", path.display()));
        }
    }
    let Checked { library, mut faults, rubric_sources } = banks::sources(global).check();
    let questions = library.as_ref().map(|library| library.banks.iter().map(|bank| bank.items.len()).sum::<usize>());
    let drafts = library.as_ref().map(|library| drafts(library, &rubric_sources)).unwrap_or_default();
    if let Some(library) = library {
        faults.extend(engine::check(library, &rubric_sources));
    }
    faults.sort_by(|a, b| (!a.is_fatal(), a).cmp(&(!b.is_fatal(), b)));
    let fatal = faults.iter().filter(|fault| fault.is_fatal()).count();
    if args.json {
        let mut out = output::plain();
        faults.iter().try_for_each(|fault| output::json_line(&mut out, &line(fault)))?;
    } else {
        print(&faults)?;
    }
    let summary = summary(questions, fatal, faults.len() - fatal);
    if args.json {
        super::remark(&summary);
    } else {
        let style = if fatal > 0 { BAD } else { GOOD };
        let mut out = output::styled();
        let mut page = Page::new(&mut out, output::width());
        if let Some(first) = look_first(&faults, &drafts) {
            page.hanging("", &Text::plain(&first))?;
        }
        page.hanging("", &Text::styled(style, &summary))?;
        out.flush()?;
    }
    Ok(Outcome::done_if(fatal == 0))
}

/// The paths of drafted rubrics.
fn drafts(library: &Library, sources: &RubricSources) -> BTreeSet<String> {
    let items = library.banks.iter().flat_map(|bank| bank.items.iter().map(move |item| (bank, item)));
    let drafted = items.filter(|(_, item)| item.rubric.status == Status::Draft);
    let path =
        |(bank, item): (&Bank, &Item)| Some(sources.get(&(bank.name.clone(), item.question.id.clone()))?.path.clone());
    drafted.filter_map(path).collect()
}

/// The drafts that have most to mend, for whoever sits down to work on them.
fn look_first(faults: &[Fault], drafts: &BTreeSet<String>) -> Option<String> {
    let found = |path: &String| faults.iter().filter(|fault| fault.file == *path).count();
    let mut counted: Vec<(usize, &String)> = drafts.iter().map(|path| (found(path), path)).collect();
    // One is what every draft has until somebody adds phrases.
    counted.retain(|(count, _)| *count > 1);
    // The sort is stable, so equals stay in the order of their names.
    counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let named: Vec<String> = counted.iter().take(LOOK_FIRST).map(|(count, path)| format!("{path} ({count})")).collect();
    let drafts = count(drafts.len() as u64, "draft");
    (!named.is_empty()).then(|| format!("{drafts}; look first at: {}", named.join(", ")))
}

fn severity(fault: &Fault) -> &'static str {
    if fault.is_fatal() { "fault" } else { "warning" }
}

fn line(fault: &Fault) -> FaultLine<'_> {
    let Fault { file, line, column, message, .. } = fault;
    FaultLine { severity: severity(fault), file, line: *line, column: *column, message }
}

/// One line a fault, unwrapped, so that editors find the place.
fn print(faults: &[Fault]) -> io::Result<()> {
    let mut out = output::styled();
    let mut page = Page::new(&mut out, usize::MAX);
    for fault in faults {
        let style = if fault.is_fatal() { BAD } else { WARN };
        let place = format!("{}:{}:{}: ", fault.file, fault.line, fault.column);
        let text = Text::plain(&place).and(style, severity(fault)).and(PLAIN, &format!(": {}", fault.message));
        page.lines(&[text])?;
    }
    out.flush()
}

fn summary(questions: Option<usize>, faults: usize, warnings: usize) -> String {
    let checked = questions.map_or_else(
        || "the banks cannot be used, so nothing was graded".to_owned(),
        |n| format!("{} checked", count(n as u64, "question")),
    );
    format!("{checked}: {}, {}", count(faults as u64, "fault"), count(warnings as u64, "warning"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_says_what_was_checked() {
        assert_eq!(summary(Some(66), 0, 1), "66 questions checked: 0 faults, 1 warning");
        assert_eq!(summary(None, 2, 0), "the banks cannot be used, so nothing was graded: 2 faults, 0 warnings");
    }
}
