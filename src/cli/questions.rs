//! `viva questions`: what the banks ask.
//!
//! Names Bank, Index for the search and Wire for the lines.

use std::io::Write as _;

use clap::{Args, Subcommand};

use super::output::{self, Align, DIM, HEADING, PLAIN, Page, Table, Text, count};
use super::{CliError, Global, Outcome, banks, examples};
use crate::bank::{Bank, Item, Library};
use crate::domain::question::QuestionKind;
use crate::grader::Grader;
use crate::index::Search;
use crate::wire::QuestionSummary;

const EXAMPLES: &str = "\
viva questions
  viva questions --section senior --kind open
  viva questions --search 'garbage collector pause'
  viva questions --json | jq -r .id
  viva questions show Q4
  viva questions show Q4 --answer";

/// The most questions that a search finds.
const FOUND: usize = 20;

/// List the questions of the banks, search them, or show one.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES), args_conflicts_with_subcommands = true)]
pub(super) struct QuestionsArgs {
    #[command(subcommand)]
    command: Option<QuestionsCommand>,
    /// Only this bank.
    #[arg(long, value_name = "NAME")]
    bank: Option<String>,
    /// Only this section, such as senior.
    #[arg(long, value_name = "SECTION")]
    section: Option<String>,
    /// Only this kind.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<QuestionKind>,
    /// Only questions that have to do with these words, the nearest first.
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// Print one line of JSON a question.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Subcommand)]
enum QuestionsCommand {
    Show(ShowArgs),
}

/// Show one question: what is asked, and with --answer what a good answer says.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples("viva questions show Q4\n  viva questions show Q4 --answer"))]
struct ShowArgs {
    /// The question, such as Q4.
    #[arg(value_name = "QUESTION")]
    question: String,
    /// The question's bank, where several hold its id.
    #[arg(long, value_name = "NAME")]
    bank: Option<String>,
    /// Show the ideal answer, the note for reviewers, the claims and the misconceptions too.
    #[arg(long)]
    answer: bool,
}

fn kind(name: &str) -> Result<QuestionKind, String> {
    let names = QuestionKind::ALL.map(QuestionKind::as_str).join(", ");
    QuestionKind::from_name(name).ok_or_else(|| format!("expected one of {names}"))
}

/// Lists or shows.
pub(super) fn run(args: &QuestionsArgs, global: &Global) -> Result<Outcome, CliError> {
    let library = banks::library(global)?;
    match &args.command {
        Some(QuestionsCommand::Show(args)) => show(args, library),
        None => list(args, &library),
    }
}

fn list(args: &QuestionsArgs, library: &Library) -> Result<Outcome, CliError> {
    let found = select(args, library)?;
    if args.json {
        let mut out = output::plain();
        for (bank, item) in found {
            output::json_line(&mut out, &QuestionSummary::new(bank.name.as_str(), &item.question))?;
        }
        return Ok(Outcome::Done);
    }
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    if found.is_empty() {
        page.hanging("", &Text::plain("No question fits: `viva questions` without options lists all."))?;
        out.flush()?;
        return Ok(Outcome::Done);
    }
    let is_one_bank = library.banks.len() == 1;
    let mut aligns = vec![Align::Left; 3];
    let mut titles = vec!["id", "section", "kind", "prompt"];
    if !is_one_bank {
        aligns.push(Align::Left);
        titles.insert(0, "bank");
    }
    let mut table = Table::new(&aligns).titled(&titles);
    for (bank, item) in &found {
        let question = &item.question;
        let mut cells = vec![
            Text::styled(HEADING, question.id.as_str()),
            Text::plain(&question.section),
            Text::plain(question.kind.as_str()),
        ];
        if !is_one_bank {
            cells.insert(0, Text::plain(bank.name.as_str()));
        }
        table.row(cells, vec![Text::plain(&question.prompt.split_whitespace().collect::<Vec<_>>().join(" "))]);
    }
    page.table(0, &table)?;
    page.blank()?;
    page.lines(&[Text::styled(DIM, &count(found.len() as u64, "question"))])?;
    out.flush()?;
    Ok(Outcome::Done)
}

/// The questions that the options leave, in the banks' order, or the nearest first where something is searched for.
fn select<'l>(args: &QuestionsArgs, library: &'l Library) -> Result<Vec<(&'l Bank, &'l Item)>, CliError> {
    let all = || library.banks.iter().flat_map(|bank| bank.items.iter().map(move |item| (bank, item)));
    let known = |names: Vec<&str>, what: &str, name: &str| {
        if names.contains(&name) {
            return Ok(());
        }
        Err(CliError::Unusable(format!("no {what} `{name}`; there is {}", distinct(&names).join(", "))))
    };
    if let Some(name) = &args.bank {
        known(library.banks.iter().map(|bank| bank.name.as_str()).collect(), "bank", name)?;
    }
    if let Some(name) = &args.section {
        known(all().map(|(_, item)| item.question.section.as_str()).collect(), "section", name)?;
    }
    let keep = |(bank, item): &(&Bank, &Item)| {
        args.bank.as_ref().is_none_or(|name| bank.name.as_str() == name)
            && args.section.as_ref().is_none_or(|section| item.question.section == *section)
            && args.kind.is_none_or(|kind| item.question.kind == kind)
    };
    let Some(words) = &args.search else { return Ok(all().filter(keep).collect()) };
    let every = all().count();
    let hits = Search::new(&library.banks).search(words, every);
    let found = hits.iter().map(|hit| (&library.banks[hit.bank], &library.banks[hit.bank].items[hit.item]));
    Ok(found.filter(keep).take(FOUND).collect())
}

/// The names without repetitions, in their first order.
fn distinct<'n>(names: &[&'n str]) -> Vec<&'n str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(name) {
            seen.push(*name);
        }
    }
    seen
}

fn show(args: &ShowArgs, library: Library) -> Result<Outcome, CliError> {
    let grader = Grader::new(library);
    let (bank, item) = grader.item(grader.find(args.bank.as_deref(), &args.question)?);
    let question = &item.question;
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    let about = format!(" · {} · {} · {}", question.section, question.kind.as_str(), bank.name);
    page.lines(&[Text::styled(HEADING, question.id.as_str()).and(DIM, &about)])?;
    prose(&mut page, "", &question.prompt)?;
    if args.answer {
        for ideal in &question.ideals {
            page.heading("Ideal answer")?;
            prose(&mut page, "  ", ideal)?;
        }
        if let Some(note) = &question.note {
            page.heading("Note for reviewers")?;
            prose(&mut page, "  ", note)?;
        }
        rubric(&mut page, item)?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// Markdown as it is written, each of its lines wrapped.
fn prose(page: &mut Page<'_>, indent: &str, text: &str) -> Result<(), CliError> {
    for line in text.lines() {
        page.hanging(indent, &Text::plain(line))?;
    }
    Ok(())
}

fn rubric(page: &mut Page<'_>, item: &Item) -> Result<(), CliError> {
    let rubric = &item.rubric;
    page.heading(&format!("Claims (full marks: weight {})", rubric.full_weight()))?;
    let mut table = Table::new(&[Align::Right, Align::Left]);
    for concept in &rubric.concepts {
        let weight = if concept.bonus { format!("+{}", concept.weight) } else { concept.weight.to_string() };
        let mut about = vec![Text::plain(&concept.claim)];
        about.extend(concept.note.as_deref().map(|note| Text::styled(DIM, note)));
        table.row(vec![Text::plain(&weight), Text::styled(HEADING, concept.id.as_str())], about);
    }
    page.table(2, &table)?;
    if rubric.misconceptions.is_empty() {
        return Ok(());
    }
    page.heading("Misconceptions")?;
    let mut table = Table::new(&[Align::Left]);
    for wrong in &rubric.misconceptions {
        let mut about = vec![Text::styled(PLAIN, &wrong.claim)];
        about.extend(wrong.note.as_deref().map(|note| Text::styled(DIM, note)));
        table.row(vec![Text::styled(HEADING, wrong.id.as_str())], about);
    }
    page.table(2, &table)?;
    Ok(())
}
