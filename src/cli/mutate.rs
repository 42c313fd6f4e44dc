//! `viva mutate`: whether rubrics notice answers that no longer say it, and know those that say it in other clothes.
//!
//! Names Eval and Grader.

use std::io::{self, Write as _};

use clap::Args;
use serde::Serialize;

use super::output::{self, Align, BAD, DIM, HEADING, Page, Table, Text, count, percent};
use super::progress::Progress;
use super::{CliError, Global, Outcome, banks, examples};
use crate::eval::mutate::{Kind, Tally, Trial, mutate};
use crate::grader::{Grader, QuestionRef};

const EXAMPLES: &str = "\
viva mutate
  viva mutate Q4 Q12 --survivors 100
  viva mutate --banks ./banks --bank mine
  viva mutate --json | jq '.survivors[] | select(.kind == \"number\") | .change'";

/// Test rubrics by mutation: change their ideal answers, and see whether the grades follow.
///
/// Half of the mutants no longer make a claim (its sentence is dropped, its verb negated, its number changed …) and must
/// lose the credit; one that keeps at least one half survives. The others make the same claims in other clothes (a
/// synonym, a list, typos, thanks …) and must keep their score; one whose score falls by more than 0.15 survives. The
/// mutants are the same at every run.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(super) struct MutateArgs {
    /// Questions whose answers are changed; all without any.
    #[arg(value_name = "QUESTION")]
    questions: Vec<String>,
    /// Only questions of this bank.
    #[arg(long, value_name = "NAME")]
    bank: Option<String>,
    /// How many survivors are shown.
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "json")]
    survivors: usize,
    /// Print one object with the counts and all survivors.
    #[arg(long)]
    json: bool,
}

/// Everything as `--json` prints it.
#[derive(Debug, Serialize)]
struct Report<'t> {
    /// Losing mutants: how many trials, and how many lost.
    losing: Tally,
    /// Keeping mutants: how many, and how many kept their score.
    keeping: Tally,
    kinds: Vec<KindRow>,
    questions: Vec<QuestionRow<'t>>,
    survivors: Vec<Survivor<'t>>,
}

#[derive(Debug, Serialize)]
struct KindRow {
    kind: &'static str,
    must_lose: bool,
    #[serde(flatten)]
    tally: Tally,
}

#[derive(Debug, Serialize)]
struct QuestionRow<'t> {
    bank: &'t str,
    question: &'t str,
    losing: Tally,
    keeping: Tally,
}

#[derive(Debug, Serialize)]
struct Survivor<'t> {
    bank: &'t str,
    question: &'t str,
    kind: &'static str,
    base: &'t str,
    concept: Option<&'t str>,
    before: f64,
    after: f64,
    change: &'t str,
    text: &'t str,
}

/// Mutates and reports.
pub(super) fn run(args: &MutateArgs, global: &Global) -> Result<Outcome, CliError> {
    let grader = banks::grader(global)?;
    let questions = questions(&grader, args)?;
    let trials = {
        let progress = Progress::new("mutating", questions.len());
        mutate(&grader, &questions, &|| progress.step())
    };
    let report = report(&trials);
    if args.json {
        output::json_line(&mut output::plain(), &report)?;
    } else {
        show(&report, args.survivors)?;
    }
    Ok(Outcome::Done)
}

fn questions(grader: &Grader, args: &MutateArgs) -> Result<Vec<QuestionRef>, CliError> {
    let bank = args.bank.as_deref();
    if !args.questions.is_empty() {
        return args.questions.iter().map(|id| Ok(grader.find(bank, id)?)).collect();
    }
    let known: Vec<&str> = grader.banks().iter().map(|b| b.name.as_str()).collect();
    if let Some(name) = bank.filter(|name| !known.contains(name)) {
        return Err(CliError::Unusable(format!("no bank `{name}`; there is {}", known.join(", "))));
    }
    Ok(grader.questions().filter(|q| bank.is_none_or(|name| grader.item(*q).0.name.as_str() == name)).collect())
}

fn report(trials: &[Trial]) -> Report<'_> {
    let side = |lose: bool| trials.iter().filter(move |t| t.kind.must_lose() == lose);
    let kinds = Kind::ALL.into_iter().map(|kind| KindRow {
        kind: kind.as_str(),
        must_lose: kind.must_lose(),
        tally: Tally::of(trials.iter().filter(|t| t.kind == kind)),
    });
    let mut questions: Vec<QuestionRow<'_>> = Vec::new();
    for trial in trials {
        let (bank, question) = (trial.bank.as_str(), trial.question.as_str());
        if questions.last().is_some_and(|row| (row.bank, row.question) == (bank, question)) {
            continue;
        }
        let of =
            |lose: bool| Tally::of(side(lose).filter(|t| (t.bank.as_str(), t.question.as_str()) == (bank, question)));
        questions.push(QuestionRow { bank, question, losing: of(true), keeping: of(false) });
    }
    let survivor = |t: &'_ Trial| t.survived;
    Report {
        losing: Tally::of(side(true)),
        keeping: Tally::of(side(false)),
        kinds: kinds.collect(),
        questions,
        survivors: trials.iter().filter(|t| survivor(t)).map(Survivor::new).collect(),
    }
}

impl<'t> Survivor<'t> {
    fn new(trial: &'t Trial) -> Self {
        Self {
            bank: &trial.bank,
            question: &trial.question,
            kind: trial.kind.as_str(),
            base: &trial.base,
            concept: trial.concept.as_ref().map(crate::domain::id::ConceptId::as_str),
            before: trial.before,
            after: trial.after,
            change: &trial.change,
            text: &trial.text,
        }
    }
}

fn show(report: &Report<'_>, survivors: usize) -> io::Result<()> {
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    let told = format!(
        "{} that must lose a claim's credit: {} did. {} that must keep their score: {} did.",
        count(report.losing.n as u64, "trial"),
        percent_of(report.losing),
        count(report.keeping.n as u64, "trial"),
        percent_of(report.keeping)
    );
    page.hanging("", &Text::plain(&told))?;
    page.heading("Kinds")?;
    let titles = ["must", "trials", "right", "kind", ""];
    let mut table = Table::new(&[Align::Left, Align::Right, Align::Right, Align::Left]).titled(&titles);
    for (row, kind) in report.kinds.iter().zip(Kind::ALL) {
        let must = if row.must_lose { "lose" } else { "keep" };
        let cells = vec![
            Text::plain(must),
            Text::plain(&row.tally.n.to_string()),
            Text::plain(&percent_of(row.tally)),
            Text::styled(HEADING, row.kind),
        ];
        table.row(cells, vec![Text::styled(DIM, kind.about())]);
    }
    page.table(1, &table)?;
    page.heading("Questions")?;
    page.table(1, &question_table(&report.questions))?;
    show_survivors(&mut page, report, survivors)?;
    out.flush()
}

/// The share that came out right, or nothing where there was no trial.
fn percent_of(tally: Tally) -> String {
    if tally.n == 0 { "–".to_owned() } else { percent(tally.share()) }
}

fn question_table(questions: &[QuestionRow<'_>]) -> Table {
    let mut table = Table::new(&[Align::Left, Align::Right, Align::Right, Align::Right]).titled(&[
        "question",
        "must lose",
        "did",
        "must keep",
        "did",
    ]);
    for row in questions {
        let n = |tally: Tally| Text::plain(&tally.n.to_string());
        let share = |tally: Tally| Text::plain(&percent_of(tally));
        let cells = vec![Text::styled(HEADING, row.question), n(row.losing), share(row.losing), n(row.keeping)];
        table.row(cells, vec![share(row.keeping)]);
    }
    table
}

fn show_survivors(page: &mut Page<'_>, report: &Report<'_>, most: usize) -> io::Result<()> {
    let all = report.survivors.len();
    page.heading(&format!("Survivors: {all}"))?;
    for survivor in report.survivors.iter().take(most) {
        let Survivor { question, kind, base, concept, before, after, change, .. } = survivor;
        let what = concept.map_or_else(|| "the score".to_owned(), |id| format!("`{id}`"));
        let told = format!("  {kind} of the {base}: {what} {before:.2} → {after:.2}");
        page.lines(&[Text::styled(HEADING, &format!(" {question}")).and(BAD, &told)])?;
        page.hanging("    ", &Text::plain(change))?;
    }
    if all > most {
        let more = format!(" and {} more: `--survivors {all}` shows them, `--json` with their texts", all - most);
        page.hanging("", &Text::styled(DIM, &more))?;
    }
    Ok(())
}
