//! `viva eval`: how far grades agree with people's.
//!
//! Names Eval, Grader and Bank. Here answers are read and graded; [`show`] prints what comes of it, [`worst`] the
//! largest errors, [`compare`] two runs side by side, [`judged`] asks a
//! judge, [`thresholds`] what must hold, [`hands`] what phrases get that no rubric
//! holds.

mod compare;
mod hands;
mod judged;
mod show;
mod thresholds;
mod worst;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::input::cannot_read;
use super::output::{self, count};
use super::progress::Progress;
use super::{CliError, Global, Outcome, banks, batch, examples, find_message};
use crate::bank::Library;
use crate::domain::verdict::Model;
use crate::eval::data::{self, Labelled};
use crate::eval::fit::{Crossed, Subject};
use crate::eval::measure::{GradedBy, Measured};
use crate::eval::run::{self, Folds};
use crate::eval::{page, report};
use crate::grader::Grader;

const EXAMPLES: &str = "\
viva eval evals/go-runtime-fresh.jsonl
  viva eval evals/*.jsonl --worst 5
  viva eval evals/go-runtime-dev.jsonl --cross-validate
  viva eval evals/go-runtime-fresh.jsonl --json > after.json
  viva eval --compare before.json after.json evals/go-runtime-fresh.jsonl
  viva eval evals/go-runtime-fresh.jsonl --html page.html
  viva eval --thresholds evals/thresholds.toml
  viva eval --hands
  viva eval evals/go-runtime-fresh.jsonl --judge --record exchanges.jsonl
  viva eval evals/go-runtime-fresh.jsonl --judge-model m --requests requests.jsonl
  viva eval --ideal scientsbank.jsonl saf_en.jsonl digiklausur_nn.jsonl --cross-set";

/// Measure how far grades agree with raters' labels on a set of answers.
///
/// A FILE holds one labelled answer a line: {"id", "question", "kind", "answer", "raters": [{"score": 0 to 10, "concepts":
/// {ID: 1, 0.5, 0 or -1}, "misconceptions": […], "flags": […]}]}. evals/README.md tells how to read each figure.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct EvalArgs {
    /// Files of labelled answers; `-` for standard input.
    #[arg(value_name = "FILE", required_unless_present_any = ["compare", "thresholds", "hands"])]
    files: Vec<PathBuf>,
    /// Show the N answers with the largest error, and why they were graded so.
    #[arg(long, value_name = "N", conflicts_with_all = ["json", "compare", "thresholds"])]
    worst: Option<usize>,
    /// Print one object with all figures, tables and answers (without their texts).
    #[arg(long, conflicts_with = "thresholds")]
    json: bool,
    /// Write a page with plots, too.
    #[arg(long, value_name = "PAGE", conflicts_with_all = ["compare", "thresholds"])]
    html: Option<PathBuf>,
    /// Grade every question by a model that was fitted without it, in so many folds (6); write it after the files.
    #[arg(long, value_name = "FOLDS", num_args = 0..=1, default_missing_value = "6", value_parser = folds,
          conflicts_with_all = ["compare", "thresholds"])]
    cross_validate: Option<usize>,
    /// Files that the folds' models are fitted on beside FILEs, each by words that are learnt from the others: `viva fit` says more.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "cross_validate")]
    cross_fit: Vec<PathBuf>,
    /// Grade with the claims alone, without patterns and phrases.
    #[arg(long, conflicts_with_all = ["compare", "thresholds"])]
    claims_alone: bool,
    /// Show what differs between two outputs of --json; texts are shown for the answers in FILEs.
    #[arg(long, num_args = 2, value_names = ["A.json", "B.json"], conflicts_with = "thresholds")]
    compare: Option<Vec<PathBuf>>,
    /// Check that figures keep the bounds of this file.
    #[arg(long, value_name = "TOML", conflicts_with = "files")]
    thresholds: Option<PathBuf>,
    /// Leave the phrases of each hand out in turn and read them by the others': what a new hand will get.
    #[arg(long, conflicts_with_all = ["files", "worst", "html", "cross_validate", "claims_alone", "compare", "thresholds", "ideal"])]
    hands: bool,
    /// Grade from ideal answers alone: FILEs hold {"prompt", "ideal", "answer", "score"} lines, scores from 0 to 1.
    #[arg(long, conflicts_with_all = ["worst", "html", "cross_validate", "claims_alone", "compare", "thresholds"])]
    ideal: bool,
    /// Grade each set by a model that was fitted on the others; else by the model of this program.
    #[arg(long, requires = "ideal")]
    cross_set: bool,
    #[command(flatten)]
    judge: judged::EvalJudgeArgs,
}

fn folds(text: &str) -> Result<usize, String> {
    const MOST: usize = 100;
    let folds = text.parse().ok().filter(|n| (2..=MOST).contains(n));
    folds.ok_or_else(|| format!("expected a number of folds from 2 to {MOST}; files stand before this option"))
}

/// Measures, compares or checks.
pub(super) fn run(args: &EvalArgs, global: &Global) -> Result<Outcome, CliError> {
    if let Some(path) = &args.thresholds {
        return thresholds::run(path, global);
    }
    if let Some([a, b]) = args.compare.as_deref() {
        return compare::run(a, b, &args.files, args.json);
    }
    if args.hands {
        return hands::run(args.json, global);
    }
    if args.ideal {
        return super::ideal::eval(&banks::grader(global)?, &args.files, args.cross_set, args.json);
    }
    let panel = args.judge.panel()?;
    let library = banks::library(global)?;
    let answers = read_all(&args.files)?;
    if answers.is_empty() {
        return Err(CliError::Unusable("there is no labelled answer in the input".to_owned()));
    }
    let cross_fit = args.cross_fit.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let mut graded = Graded::new(library, &answers, args.cross_validate, &cross_fit, args.claims_alone)?;
    if let Some(panel) = &panel
        && !args.judge.ask(&mut graded, panel)?
    {
        return Ok(Outcome::Done);
    }
    if let Some(path) = &args.html {
        let html = page::page(&graded.measured, &show::about(&graded.measured));
        fs::write(path, html).map_err(|error| CliError::Failed(format!("cannot write {}: {error}", path.display())))?;
    }
    if args.json {
        output::json_line(&mut output::plain(), &graded.measured)?;
        return Ok(Outcome::Done);
    }
    show::show(&graded.measured)?;
    if let Some(n) = args.worst {
        worst::show(&graded, n)?;
    }
    if let Some(path) = &args.html {
        super::remark(&format!("written: {}", path.display()));
    }
    Ok(Outcome::Done)
}

/// Reads labelled answers from all files, in order.
fn read_all(files: &[PathBuf]) -> Result<Vec<Labelled>, CliError> {
    let mut all = Vec::new();
    for path in files {
        all.extend(read(path)?);
    }
    Ok(all)
}

/// Reads labelled answers from a file.
pub(super) fn read(path: &Path) -> Result<Vec<Labelled>, CliError> {
    let text = read_text(path)?;
    data::read(&text).map_err(|error| CliError::Unusable(format!("{}: {error}", path.display())))
}

/// Reads a text file; `-` for standard input.
pub(super) fn read_text(path: &Path) -> Result<String, CliError> {
    let mut text = String::new();
    batch::open(path)?.read_to_string(&mut text).map_err(|error| cannot_read(path, &error))?;
    Ok(text)
}

/// The questions of labelled answers.
pub(super) fn subjects<'a>(grader: &Grader, answers: &'a [Labelled]) -> Result<Vec<Subject<'a>>, CliError> {
    run::subjects(grader, answers).map_err(|error| {
        let name = |a: &&Labelled| grader.find(a.bank.as_deref(), &a.question).is_err();
        let id = answers.iter().find(name).map_or("", |a| a.id.as_str());
        CliError::Unusable(format!("answer `{id}`: {}", find_message(&error)))
    })
}

/// The answers of files that words are learnt from, each read by the words of the others.
pub(super) fn crossed<'a>(grader: &Grader, files: &'a [Vec<Labelled>]) -> Result<Crossed<'a>, CliError> {
    if files.len() == 1 {
        let message = "--cross-fit wants two files at least: each is read by words that are learnt from the others";
        return Err(CliError::Unusable(message.to_owned()));
    }
    let files = files.iter().map(|answers| subjects(grader, answers)).collect::<Result<Vec<_>, _>>()?;
    let progress = Progress::new("learning", Crossed::parts(files.len()));
    Ok(Crossed::new(grader, &files, &|| progress.step()))
}

/// Answers that were graded and measured, with what graded them.
struct Graded<'a> {
    grader: Grader,
    subjects: Vec<Subject<'a>>,
    /// The folds' models, where each question was graded by another one.
    folds: Option<Folds>,
    /// The grades by rules alone.
    outcomes: Vec<run::Outcome<'a>>,
    measured: Measured,
}

impl<'a> Graded<'a> {
    fn new(
        library: Library,
        answers: &'a [Labelled],
        folds: Option<usize>,
        cross_fit: &[Vec<Labelled>],
        claims_alone: bool,
    ) -> Result<Self, CliError> {
        let by =
            GradedBy { model: folds.is_none().then(|| format!("sha256:{}", library.model_hash)), folds, claims_alone };
        let full = Grader::new(library);
        let subjects = subjects(&full, answers)?;
        let crossed = crossed(&full, cross_fit)?;
        // Models are fitted on whole rubrics, also where they grade by claims alone.
        let folds = folds.map(|folds| {
            let progress = Progress::new("fitting", folds + 1);
            Folds::fit(&full, &subjects, &crossed, folds, &|| progress.step())
        });
        let grader = if claims_alone { Grader::new(run::claims_alone(full.contents().clone())) } else { full };
        let outcomes = {
            let progress = Progress::new("grading", subjects.len());
            let model = |s: &Subject<'a>| folds.as_ref().map_or(grader.model(), |f| f.model(s));
            run::grade_by(&grader, &subjects, model, &|| progress.step())
        };
        let measured = Measured::new(&grader, &subjects, &outcomes, by);
        Ok(Self { grader, subjects, folds, outcomes, measured })
    }

    /// The model that graded an answer.
    fn model(&self, subject: &Subject<'a>) -> &Model {
        self.folds.as_ref().map_or(self.grader.model(), |folds| folds.model(subject))
    }
}

/// `204 answers to 66 questions`.
fn counted(groups: &[report::Group]) -> String {
    let answers: usize = groups.iter().map(|g| g.figures.n).sum();
    format!("{} to {}", count(answers as u64, "answer"), count(groups.len() as u64, "question"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_a_small_number() {
        assert_eq!(folds("6"), Ok(6));
        for wrong in ["1", "0", "x", "-3", "1000", "a.jsonl"] {
            assert!(folds(wrong).is_err_and(|e| e.contains("from 2 to 100")), "{wrong}");
        }
    }
}
