//! `viva export`: a bank as one file for elsewhere.
//!
//! Names Bank. What the file does not hold is told on standard error, so that standard output is the file. To add a
//! format: a variant of [`Format`], and its arm in [`Format::of`].

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{CliError, Global, Outcome, banks, examples, remark};
use crate::bank::export;
use crate::domain::id::BankName;

const EXAMPLES: &str = "\
viva export go-runtime > go-runtime.json
  viva export sql --banks ./banks --format csv --out sql.csv
  viva export sql --banks ./banks --format moodle --out quiz.xml";

/// Write a bank as one file: JSON, CSV or Moodle XML.
///
/// JSON holds all of it, and `viva import` makes the same bank of it. CSV has a question a row; Moodle XML has essay
/// questions with the ideal answers as information for graders. What these two do not hold is told.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(super) struct ExportArgs {
    /// The bank's name.
    #[arg(value_name = "BANK")]
    bank: String,
    /// What to write.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Json)]
    format: Format,
    /// The file to write, in place of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Csv,
    Moodle,
}

impl Format {
    const fn of(self) -> (export::Format, &'static str) {
        match self {
            Self::Json => (export::Format::Json, "JSON"),
            Self::Csv => (export::Format::Csv, "CSV"),
            Self::Moodle => (export::Format::Moodle, "Moodle XML"),
        }
    }
}

/// Writes the file.
pub(super) fn run(args: &ExportArgs, global: &Global) -> Result<Outcome, CliError> {
    // Faults of any bank are told first: a file without what they concern would be a smaller bank.
    let library = banks::library(global)?;
    let name = BankName::new(&args.bank).map_err(|error| CliError::Unusable(error.to_string()))?;
    let (format, called) = args.format.of();
    let Some((text, lost)) = export::export(&banks::sources(global), &name, format) else {
        let known: Vec<&str> = library.banks.iter().map(|bank| bank.name.as_str()).collect();
        let message = format!("no bank `{name}`; there is {} (`--banks DIR` adds others)", known.join(", "));
        return Err(CliError::Unusable(message));
    };
    match &args.out {
        None => io::stdout().lock().write_all(text.as_bytes())?,
        Some(path) => {
            let failed = |error| CliError::Failed(format!("cannot write {}: {error}", path.display()));
            write(path, &text).map_err(failed)?;
        }
    }
    if !lost.is_empty() {
        remark(&format!("{called} does not hold: {}", lost.join(", ")));
    }
    Ok(Outcome::Done)
}

/// Writes a file beside its place first, so that nobody finds half of it.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".part-{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error is what is told.
        let _ = fs::remove_file(&beside);
    }
    written
}
