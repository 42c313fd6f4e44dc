//! `viva eval --judge`: the same answers by rules alone, and by rules and a judge.
//!
//! The rules' grades come first and on all cores; then as many answers wait for the judge as may be on their way. `--requests`
//! asks nobody: it is a replay of nothing (or of `--replay`) that tells what it lacks.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;

use clap::Args;
use futures_util::{StreamExt as _, stream};

use super::super::judge::{JudgeArgs, RecordArgs, runtime};
use super::super::output::{self, Align, BAD, DIM, GOOD, HEADING, PLAIN, Page, Table, Text, count};
use super::super::progress::Progress;
use super::super::{CliError, remark};
use super::Graded;
use super::show::number;
use crate::eval::judged::JudgeReport;
use crate::eval::measure::Measured;
use crate::eval::report::{Better, FIGURES};
use crate::eval::run;
use crate::grader::Prepared;
use crate::judge::Panel;
use crate::wire;

/// Disagreements that are shown.
const MOST: usize = 20;
/// Answers that are named.
const NAMED: usize = 5;
/// A figure that changes less than this is the same.
const SAME: f64 = 0.0005;

/// The options of `viva eval` that have to do with a judge.
#[derive(Debug, Clone, Args)]
pub(super) struct EvalJudgeArgs {
    #[command(flatten)]
    judge: JudgeArgs,
    #[command(flatten)]
    files: RecordArgs,
    /// Ask nobody, and write the requests that would be sent to a file, `{"key", "request"}` a line: whoever answers them
    /// writes `{"key", "response"}` for --replay. With --replay, only those that the record lacks.
    #[arg(long, value_name = "FILE", help_heading = "Judge", conflicts_with_all = ["record", "json", "worst", "html"])]
    requests: Option<PathBuf>,
    /// Write the grades, too, one a line.
    #[arg(long, value_name = "FILE", help_heading = "Judge", conflicts_with_all = ["compare", "thresholds"])]
    grades: Option<PathBuf>,
}

impl EvalJudgeArgs {
    /// The judge, where one is wanted.
    pub(super) fn panel(&self) -> Result<Option<Panel>, CliError> {
        let files = self.files.record.is_some() || self.files.replay.is_some() || self.requests.is_some();
        if self.judge.mode.is_none() && !files {
            return Ok(None);
        }
        let panel = self.judge.panel_telling(&self.files, self.requests.as_deref())?;
        let never = self.judge.mode == Some(super::super::judge::Mode::Never);
        if panel.is_none() && !never {
            let message = "no judge is configured: set VIVA_JUDGE_BASE_URL and VIVA_JUDGE_MODEL";
            return Err(CliError::Unusable(message.to_owned()));
        }
        Ok(panel)
    }

    /// Asks the judge, and measures again; says whether there is anything to show.
    pub(super) fn ask(&self, graded: &mut Graded<'_>, panel: &Panel) -> Result<bool, CliError> {
        let judged = judged(graded, panel)?;
        if let Some(path) = &self.requests {
            let lacking = judged.iter().filter(|o| lacks(o)).count();
            remark(&format!("written: {}, for {}", path.display(), count(lacking as u64, "answer")));
            return Ok(false);
        }
        if let Some(path) = &self.grades {
            let failed = |error: io::Error| CliError::Failed(format!("cannot write {}: {error}", path.display()));
            write(&judged, BufWriter::new(File::create(path).map_err(failed)?)).map_err(failed)?;
        }
        let report = JudgeReport::new(&graded.outcomes, &judged);
        tell_missing(&report);
        let measured = Measured::new(&graded.grader, &graded.subjects, &judged, graded.measured.by.clone());
        graded.measured = Measured { judge: Some(report), ..measured };
        Ok(true)
    }
}

/// Whether a record lacks something of an answer's exchanges.
fn lacks(outcome: &run::Outcome<'_>) -> bool {
    use crate::domain::judged::Judged;
    let lacking = Some(crate::judge::Failure::NotRecorded.as_str());
    match &outcome.grade.judge {
        Judged::Unavailable { reason } => Some(*reason) == lacking,
        Judged::Asked(asked) => asked.stopped == lacking,
        Judged::Off | Judged::NotNeeded => false,
    }
}

fn write(outcomes: &[run::Outcome<'_>], mut out: impl io::Write) -> io::Result<()> {
    for outcome in outcomes {
        let labelled = outcome.labelled;
        let grade = wire::Grade::new(&outcome.grade, Some(&labelled.id), &labelled.answer);
        output::json_line(&mut out, &grade)?;
    }
    out.flush()
}

/// The answers' grades with a judge, in their order.
fn judged<'a>(graded: &Graded<'a>, panel: &Panel) -> Result<Vec<run::Outcome<'a>>, CliError> {
    let (engine, subjects) = (&graded.grader, &graded.subjects);
    let prepared: Vec<Prepared> = {
        let progress = Progress::new("preparing", subjects.len());
        run::prepare_by(engine, subjects, |s| graded.model(s), &|| progress.step())
    };
    let progress = Progress::new("asking", subjects.len());
    let ask = |((subject, rules), prepared): ((&crate::eval::fit::Subject<'a>, &run::Outcome<'a>), Prepared)| {
        let labelled = subject.labelled;
        let (expected_error, asked) = (rules.expected_error, rules.asked);
        let progress = &progress;
        async move {
            let grade = engine.judge(prepared, &labelled.answer, panel, panel.config().mode).await;
            progress.step();
            run::Outcome { labelled, grade, expected_error, asked }
        }
    };
    let waiting = stream::iter(subjects.iter().zip(&graded.outcomes).zip(prepared))
        .map(ask)
        .buffered(panel.config().in_flight.max(1));
    Ok(runtime()?.block_on(waiting.collect()))
}

fn tell_missing(report: &JudgeReport) {
    let missing = &report.not_recorded;
    if !missing.is_empty() {
        let more = if missing.len() > NAMED { " …" } else { "" };
        let named = missing[..missing.len().min(NAMED)].join(", ");
        let told = count(missing.len() as u64, "answer");
        remark(&format!("graded by rules alone, since the record does not hold the exchange: {told} ({named}{more})"));
    }
    if let Some(n) = report.stopped.get(crate::judge::Failure::NotRecorded.as_str()) {
        let told = count(*n as u64, "answer");
        remark(&format!("the record lacks a further vote on {told}; --requests writes what it lacks"));
    }
}

/// Prints the figures of both sides, what the judge did, and where it differs from the rules.
pub(super) fn show(page: &mut Page<'_>, measured: &Measured, report: &JudgeReport) -> io::Result<()> {
    page.table(1, &figures(measured, report))?;
    page.heading("Judge")?;
    let mut table = Table::new(&[Align::Left]);
    for (name, value) in report.rows() {
        table.row(vec![Text::styled(HEADING, &name)], vec![Text::plain(&value)]);
    }
    page.table(1, &table)?;
    page.heading("Where the judge differs from the rules (the most frequent first)")?;
    let titles = ["answers", "raised", "lowered", "judge right", ""];
    let mut table = Table::new(&[Align::Right; 4]).titled(&titles);
    for d in report.disagreements.iter().take(MOST) {
        let cells = [d.n, d.raised, d.lowered, d.judge_right].map(|n| Text::plain(&n.to_string())).to_vec();
        table.row(cells, vec![Text::styled(PLAIN, &d.question).and(DIM, &format!(" {}", d.claim))]);
    }
    page.table(1, &table)
}

fn figures(measured: &Measured, report: &JudgeReport) -> Table {
    let columns = [Align::Left, Align::Right, Align::Right];
    let mut table = Table::new(&columns).titled(&["figure", "rules", "with judge", "change"]);
    let rules = report.rules.as_ref().map(crate::eval::report::Figures::rows).unwrap_or_default();
    for (((name, with), (_, alone)), (_, _, better)) in measured.figures.rows().into_iter().zip(rules).zip(FIGURES) {
        let by = with - alone;
        let style = match better {
            _ if by.abs() < SAME => DIM,
            Better::Near => PLAIN,
            Better::Higher if by > 0.0 => GOOD,
            Better::Lower if by < 0.0 => GOOD,
            _ => BAD,
        };
        let change = if by.abs() < SAME { Text::new() } else { Text::styled(style, &format!("{by:+.3}")) };
        table.row(vec![Text::styled(HEADING, name), number(alone), number(with)], vec![change]);
    }
    table
}
