//! `viva fit`: the verdict model's weights, from the rubrics' phrases and labelled answers.
//!
//! Names Eval, Bank and Grader. The model compiled in is neither needed nor looked at: where features have changed it
//! cannot be read, and this command is what makes it readable again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::eval::{crossed, read_text, subjects};
use super::output::count;
use super::progress::Progress;
use super::{CliError, Global, Outcome, banks, examples};
use crate::eval::data::{self, Labelled};
use crate::eval::fit::words::{fit_words, manner::fit_manner};
use crate::eval::fit::{Rows, Subject, fit_model};
use crate::grader::{Grader, sha256};

const EXAMPLES: &str = "\
viva fit evals/go-runtime-dev.jsonl --out /tmp/model.toml
  viva fit evals/go-runtime-dev.jsonl --cross-fit evals/go-runtime-dev3.jsonl evals/go-runtime-dev4.jsonl
  viva fit evals/go-runtime-dev.jsonl --out /tmp/model.toml --check
  viva fit --words graded.jsonl --banks my --out my/rubrics
  viva fit --ideal scientsbank.jsonl saf_en.jsonl digiklausur_nn.jsonl";

/// Fit the verdict model on the rubrics' phrases and on labelled answers, and write its weights.
///
/// The same rubrics and answers give the same bytes. The rubrics are those of this program and of --banks: after a change
/// to compiled-in ones, build first. A model that is compiled in holds from the next build on.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command are bools")]
pub(super) struct FitArgs {
    /// Files of labelled answers.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Fit the model for questions that have but an ideal answer: FILEs hold {"prompt", "ideal", "answer", "score"} lines,
    /// scores from 0 to 1. A MANIFEST.json beside them tells their licences.
    #[arg(long)]
    ideal: bool,
    /// Learn instead what the words of an answer say of each claim, from the rubrics' phrases and from FILEs; writes ID.words
    /// beside every rubric that FILEs answer. The model is fitted on the same files by --cross-fit alone: it would trust these words
    /// too much.
    #[arg(long, conflicts_with = "ideal")]
    words: bool,
    /// Learn instead which words of an answer take all of it back, and which speak to the grader, from the flags in FILEs.
    #[arg(long, conflicts_with_all = ["ideal", "words"])]
    manner: bool,
    /// Files that --words are learnt from, too: the model is fitted on each by words that are learnt from the others.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["ideal", "words", "manner"])]
    cross_fit: Vec<PathBuf>,
    /// Where the weights go: `rubrics/model.toml`, or `rubrics/ideal.toml` with --ideal, or `rubrics/manner.words`
    /// with --manner; with --words the folder that
    /// holds the banks' folders, `rubrics`.
    #[arg(long, value_name = "MODEL")]
    out: Option<PathBuf>,
    /// Write nothing; fail where the file differs in a single byte from what would be written.
    #[arg(long)]
    check: bool,
}

/// A file of labelled answers, with what the model's comment says of it.
struct Source {
    about: String,
    answers: Vec<Labelled>,
}

/// Fits, and writes or checks.
pub(super) fn run(args: &FitArgs, global: &Global) -> Result<Outcome, CliError> {
    let grader = Grader::new(banks::library_without_model(global)?);
    if args.ideal {
        return finish(args, "rubrics/ideal.toml", &super::ideal::fit(&grader, &args.files)?);
    }
    let sources = args.files.iter().map(|path| source(path)).collect::<Result<Vec<_>, _>>()?;
    let cross_fit = args.cross_fit.iter().map(|path| source(path)).collect::<Result<Vec<_>, _>>()?;
    let comment = comment(&grader, &abouts(&sources), &abouts(&cross_fit));
    let answers: Vec<Labelled> = sources.into_iter().flat_map(|s| s.answers).collect();
    let subjects = subjects(&grader, &answers)?;
    if args.words {
        return words(args, &grader, &subjects);
    }
    if args.manner {
        return finish(args, "rubrics/manner.words", &fit_manner(&grader, &subjects));
    }
    let cross_fit: Vec<_> = cross_fit.into_iter().map(|s| s.answers).collect();
    let crossed = crossed(&grader, &cross_fit)?;
    let progress = Progress::new("fitting", 2);
    let rows = Rows::new(&grader);
    progress.step();
    let text = fit_model(&grader, &rows, &subjects, &crossed, |_| true).render(&comment);
    drop(progress);
    finish(args, "rubrics/model.toml", &text)
}

/// Fits the words of claims, and writes or checks a file for each question.
fn words(args: &FitArgs, grader: &Grader, subjects: &[Subject<'_>]) -> Result<Outcome, CliError> {
    let folder = args.out.as_deref().unwrap_or_else(|| "rubrics".as_ref());
    let questions = subjects.iter().map(|s| s.number).collect::<BTreeSet<_>>().len();
    let progress = Progress::new("learning", questions);
    let files = fit_words(grader, subjects, &|| progress.step());
    drop(progress);
    let (mut differ, mut written) = (0_u64, 0_u64);
    for (question, text) in &files {
        let (bank, item) = grader.item(*question);
        let path = folder.join(bank.name.as_str()).join(format!("{}.words", item.question.id));
        let same = fs::read(&path).is_ok_and(|old| old == text.as_bytes());
        if args.check && !same {
            super::complain(&format!("{}: differs from what these answers give", path.display()));
            differ += 1;
        } else if !same {
            put(&path, text)?;
            written += 1;
        }
    }
    let all = count(files.len() as u64, "file");
    if differ > 0 {
        super::complain("run `viva fit --words` without --check, and build");
        return Ok(Outcome::Failed);
    }
    super::remark(&if args.check {
        format!("{all} of words: all are what these answers give")
    } else {
        format!("{all} of words in {}: {written} written, the others unchanged", folder.display())
    });
    Ok(Outcome::Done)
}

/// Writes or checks the model's text.
fn finish(args: &FitArgs, usual: &str, text: &str) -> Result<Outcome, CliError> {
    let out = args.out.as_deref().unwrap_or_else(|| usual.as_ref());
    if args.check { check(out, text) } else { write(out, text) }
}

fn source(path: &Path) -> Result<Source, CliError> {
    let text = read_text(path)?;
    let answers = data::read(&text).map_err(|error| CliError::Unusable(format!("{}: {error}", path.display())))?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let about = format!("{name}: {}, sha256:{}", count(answers.len() as u64, "answer"), sha256(text.as_bytes()));
    Ok(Source { about, answers })
}

fn abouts(sources: &[Source]) -> String {
    sources.iter().flat_map(|s| ["\n  ", &s.about]).collect()
}

/// What the weights were fitted on.
fn comment(grader: &Grader, sources: &str, crossed: &str) -> String {
    let rubrics = || grader.banks().iter().flat_map(|bank| &bank.items).map(|item| &item.rubric);
    let phrases: usize = rubrics().map(|rubric| rubric.phrases.len()).sum();
    format!(
        "Weights of the verdict model, written by `viva fit`: change features, rubrics or answers and fit again.\n\
         Fitted on {} with {}, and on{sources}{}{crossed}",
        count(rubrics().count() as u64, "rubric"),
        count(phrases as u64, "phrase"),
        if crossed.is_empty() { "" } else { "\nEach of these by words of the others:" },
    )
}

fn write(path: &Path, text: &str) -> Result<Outcome, CliError> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        super::remark(&format!("unchanged: {}", path.display()));
        return Ok(Outcome::Done);
    }
    put(path, text)?;
    super::remark(&format!("written: {}", path.display()));
    Ok(Outcome::Done)
}

fn put(path: &Path, text: &str) -> Result<(), CliError> {
    fs::write(path, text).map_err(|error| CliError::Failed(format!("cannot write {}: {error}", path.display())))
}

fn check(path: &Path, text: &str) -> Result<Outcome, CliError> {
    let old = fs::read(path).map_err(|error| super::input::cannot_read(path, &error))?;
    if old == text.as_bytes() {
        super::remark(&format!("{} is what these answers give", path.display()));
        return Ok(Outcome::Done);
    }
    let line = first_difference(&String::from_utf8_lossy(&old), text);
    super::complain(&format!(
        "{}, line {line}: differs from what these answers give; run `viva fit` without --check, and build",
        path.display()
    ));
    Ok(Outcome::Failed)
}

/// The first line in which two texts differ, from 1.
fn first_difference(a: &str, b: &str) -> usize {
    let (a, b) = (a.split('\n'), b.split('\n'));
    1 + a.zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_by_line() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), 2);
        assert_eq!(first_difference("a\nb", "a\nb\n"), 3);
        assert_eq!(first_difference("", "x"), 1);
    }
}
