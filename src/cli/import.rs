//! `viva import`: a bank out of a file of questions and ideal answers.
//!
//! Names Bank. Everything is read, drafted and checked before the first byte is written; what is written goes into a
//! folder beside its place and is renamed at the end, so nobody ever finds half a bank.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::output::{self, Align, BAD, DIM, GOOD, HEADING, PLAIN, Page, Table, Text, WARN, count};
use super::{CliError, Outcome, examples};
use crate::bank::canon::canonical_rubric;
use crate::bank::draft::Drafter;
use crate::bank::exchange::Given;
use crate::bank::import::{self, Import};
use crate::bank::{Fault, builtin_lexicon, document, questions};
use crate::domain::id::BankName;
use crate::domain::question::Question;
use crate::domain::rubric::Status;

const EXAMPLES: &str = "\
viva import questions.txt --bank networking
  viva import sheet.csv --bank sql --into ./banks
  viva import quiz.xml --bank sql --into ./banks --force
  viva import promptfooconfig.yaml --bank prompts";

/// The columns of a prompt that the table shows.
const PROMPT_CHARS: usize = 60;
/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Make a bank out of a file of questions and ideal answers, with drafted rubrics.
///
/// Reads plain text (`Q1. What …?` and the answer below), Markdown (a heading a question), CSV and JSON lines (columns are
/// guessed, and told), Moodle XML and GIFT (short answers, and essays with information for graders), promptfoo's tests in
/// YAML or JSON (`llm-rubric` and its like become concepts), and what this program writes itself: `viva export`'s JSON and
/// its documents. What is not understood is told with its line.
///
/// Writes DIR/questions/NAME.md and DIR/rubrics/NAME/ID.toml. Nothing is written where a question cannot be used.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(super) struct ImportArgs {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The name of the new bank.
    #[arg(long, value_name = "NAME")]
    bank: String,
    /// The folder of banks that it is written to.
    #[arg(long, value_name = "DIR", default_value = "banks")]
    into: PathBuf,
    /// Replace the bank of that name in the folder, rubrics and phrases included.
    #[arg(long)]
    force: bool,
}

/// Reads, shows what was understood, and writes it.
pub(super) fn run(args: &ImportArgs) -> Result<Outcome, CliError> {
    let name = BankName::new(&args.bank).map_err(|error| CliError::Unusable(error.to_string()))?;
    let place = Place::new(&args.into, &name);
    place.refuse_existing(args.force)?;
    let import = import::read(&args.file.display().to_string(), &bytes(&args.file)?);
    let drafter = Drafter::new(&builtin_lexicon(), &import.questions);
    let given = import.questions.iter().zip(&import.given);
    let rubrics: Vec<Given> = given.map(|(question, given)| rubric(&drafter, question, given.as_ref())).collect();
    show(&import, &rubrics)?;
    if import.faults.iter().any(Fault::is_fatal) {
        let message = format!("nothing is written: mend {} and import it again", args.file.display());
        return Err(CliError::Unusable(message));
    }
    let title = if import.title.is_empty() { name.as_str() } else { &import.title };
    let text = document::write(title, &import.intro, &import.sections, &import.questions);
    check_written(&text, &import.questions)?;
    let failed = |error: io::Error| CliError::Failed(format!("cannot write to {}: {error}", args.into.display()));
    place.write(&text, &import.questions, &rubrics).map_err(failed)?;
    say_next(args, &place, &import)?;
    Ok(Outcome::Done)
}

/// The rubric that came with the question, or a draft. Drafted claims get patterns in both.
fn rubric(drafter: &Drafter, question: &Question, given: Option<&Given>) -> Given {
    let Some(given) = given else {
        return Given { rubric: drafter.draft(question), phrases: String::new() };
    };
    let mut given = given.clone();
    if given.rubric.status == Status::Draft {
        drafter.add_patterns(&question.prompt, &mut given.rubric);
    }
    given
}

fn bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    let read = || {
        if fs::metadata(path)?.len() > MAX_FILE_BYTES {
            return Err(io::Error::other("it has more than 64 MiB"));
        }
        fs::read(path)
    };
    read().map_err(|error| super::input::cannot_read(path, &error))
}

/// A document that does not read back as what was imported must not be written.
fn check_written(text: &str, expected: &[Question]) -> Result<(), CliError> {
    let (document, faults) = questions::parse("the document", text);
    if let Some(fault) = faults.iter().find(|fault| fault.is_fatal()) {
        return Err(CliError::Failed(format!("the questions cannot be written as a document: {fault}")));
    }
    let differs = expected.iter().enumerate().find(|(at, question)| {
        document.questions.get(*at).is_none_or(|(read, _)| read.id != question.id || read.section != question.section)
    });
    match differs {
        Some((_, question)) => {
            Err(CliError::Failed(format!("question `{}` cannot be written as a document", question.id)))
        }
        None => Ok(()),
    }
}

fn show(import: &Import, rubrics: &[Given]) -> io::Result<()> {
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    if !import.questions.is_empty() {
        let aligns = [Align::Left, Align::Left, Align::Left, Align::Right];
        let mut table = Table::new(&aligns).titled(&["id", "section", "kind", "concepts", "prompt"]);
        for (question, Given { rubric, .. }) in import.questions.iter().zip(rubrics) {
            let cells = vec![
                Text::styled(HEADING, question.id.as_str()),
                Text::plain(&question.section),
                Text::plain(question.kind.as_str()),
                Text::plain(&rubric.concepts.len().to_string()),
            ];
            table.row(cells, vec![Text::plain(&shortened(&question.prompt))]);
        }
        page.table(0, &table)?;
        page.blank()?;
    }
    page.lines(&[Text::styled(DIM, &summary(import, rubrics))])?;
    for told in &import.told {
        page.lines(&[Text::styled(DIM, told)])?;
    }
    for fault in &import.faults {
        let (style, word) = if fault.is_fatal() { (BAD, "fault") } else { (WARN, "warning") };
        let place = format!("{}:{}:{}: ", fault.file, fault.line, fault.column);
        page.lines(&[Text::plain(&place).and(style, word).and(PLAIN, &format!(": {}", fault.message))])?;
    }
    out.flush()
}

/// How much was understood, and as what.
fn summary(import: &Import, rubrics: &[Given]) -> String {
    let concepts = |is_given: bool| -> usize {
        let chosen = rubrics.iter().zip(&import.given).filter(|(_, given)| given.is_some() == is_given);
        chosen.map(|(rubric, _)| rubric.rubric.concepts.len()).sum()
    };
    let questions = count(import.questions.len() as u64, "question");
    let drafted = count(concepts(false) as u64, "drafted concept");
    let own = count(concepts(true) as u64, "concept");
    let format = import.format.as_str();
    match import.given.iter().flatten().count() {
        0 => format!("{questions} with {drafted}, read as {format}"),
        all if all == rubrics.len() => format!("{questions} with {own} of the file's own, read as {format}"),
        _ => format!("{questions} with {own} of the file's own and {drafted}, read as {format}"),
    }
}

/// The prompt's beginning on one line.
fn shortened(prompt: &str) -> String {
    let line = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(PROMPT_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

fn say_next(args: &ImportArgs, place: &Place, import: &Import) -> io::Result<()> {
    let mut out = output::styled();
    let mut page = Page::new(&mut out, output::width());
    let written = format!("written: {} and {}", place.document.display(), place.rubrics.display());
    page.lines(&[Text::styled(GOOD, &written)])?;
    let dir = args.into.display();
    page.lines(&[Text::plain(&format!("next: viva --banks {dir} check"))])?;
    if let Some(first) = import.questions.first() {
        let line = format!("      viva --banks {dir} grade {} --bank {}", first.id, args.bank);
        page.lines(&[Text::plain(&line)])?;
    }
    out.flush()
}

/// Where a bank's files stand.
struct Place {
    dir: PathBuf,
    document: PathBuf,
    rubrics: PathBuf,
}

impl Place {
    fn new(dir: &Path, name: &BankName) -> Self {
        Self {
            dir: dir.to_owned(),
            document: dir.join("questions").join(format!("{name}.md")),
            rubrics: dir.join("rubrics").join(name.as_str()),
        }
    }

    fn refuse_existing(&self, force: bool) -> Result<(), CliError> {
        let existing = [&self.document, &self.rubrics].into_iter().find(|path| path.exists());
        match existing.filter(|_| !force) {
            Some(path) => Err(CliError::Unusable(format!(
                "there is {} already: choose another name, or replace it with --force",
                path.display()
            ))),
            None => Ok(()),
        }
    }

    /// Writes the files into a folder of their own, then puts them in place.
    fn write(&self, text: &str, questions: &[Question], rubrics: &[Given]) -> io::Result<()> {
        let staging = self.dir.join(format!(".import-{}", std::process::id()));
        let written = self.stage(&staging, text, questions, rubrics);
        let cleaned = fs::remove_dir_all(&staging);
        written.and(cleaned)
    }

    fn stage(&self, staging: &Path, text: &str, questions: &[Question], rubrics: &[Given]) -> io::Result<()> {
        let (document, folder) = (staging.join("document.md"), staging.join("rubrics"));
        fs::create_dir_all(&folder)?;
        fs::write(&document, text)?;
        for (question, rubric) in questions.iter().zip(rubrics) {
            fs::write(folder.join(format!("{}.toml", question.id)), canonical_rubric(&rubric.rubric))?;
            if !rubric.phrases.is_empty() {
                fs::write(folder.join(format!("{}.phrases", question.id)), &rubric.phrases)?;
            }
        }
        for path in [&self.document, &self.rubrics] {
            fs::create_dir_all(path.parent().unwrap_or(&self.dir))?;
        }
        let old = staging.join("old");
        if self.rubrics.exists() {
            fs::rename(&self.rubrics, &old)?;
        }
        let placed = fs::rename(&folder, &self.rubrics).and_then(|()| fs::rename(&document, &self.document));
        if placed.is_err() && old.exists() {
            // The old rubrics go back to where they were; the first error is what is told.
            let _ = fs::remove_dir_all(&self.rubrics);
            let _ = fs::rename(&old, &self.rubrics);
        }
        placed
    }
}
