//! Where one answer comes from: the argument, a file, standard input, or an editor.
//!
//! Names Grader for its limit. The answer is taken byte for byte, as offsets and its hash count from there; only a
//! byte order mark is dropped, and in an editor the block that shows the question.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use clap::Args;

use super::CliError;
use crate::grader::own::Own;
use crate::grader::{Grader, MAX_ANSWER_BYTES};

/// The options that name an answer.
#[derive(Debug, Clone, Args)]
pub(super) struct AnswerArgs {
    /// The answer; `-` reads it from standard input.
    ///
    /// Without it the answer is read from standard input, or written in $VISUAL or $EDITOR where standard input is a
    /// terminal.
    #[arg(value_name = "ANSWER", conflicts_with = "file")]
    answer: Option<String>,
    /// Read the answer from a file.
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl AnswerArgs {
    /// Whether the command line names an answer.
    pub(super) fn is_given(&self) -> bool {
        self.answer.is_some() || self.file.is_some()
    }

    /// The answer to a question that no bank holds. With a prompt there is no QUESTION: what stands in its place is the answer.
    pub(super) fn read_own(&self, prompt: &str, place: Option<&String>) -> Result<String, CliError> {
        match (place, self.is_given()) {
            (Some(_), true) => {
                let message = "give either QUESTION, or --prompt and --ideal for a question that no bank holds";
                Err(CliError::Unusable(message.to_owned()))
            }
            (Some(text), false) => Self { answer: Some(text.clone()), file: None }.read(prompt),
            (None, _) => self.read(prompt),
        }
    }

    /// The answer; `prompt` is what an editor shows below it.
    pub(super) fn read(&self, prompt: &str) -> Result<String, CliError> {
        let answer = match (&self.answer, &self.file) {
            (Some(text), _) if text != "-" => text.clone(),
            (None, Some(path)) if path.as_os_str() != "-" => {
                let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
                decode(file, &path.display().to_string())?
            }
            (None, None) if io::stdin().is_terminal() => edit(prompt)?,
            _ => decode(io::stdin().lock(), "standard input")?,
        };
        if answer.len() > MAX_ANSWER_BYTES {
            return Err(CliError::Unusable(crate::wire::too_large(answer.len())));
        }
        Ok(answer)
    }
}

/// The options that name a question that no bank holds. A command that has them takes QUESTION as optional.
#[derive(Debug, Clone, Args)]
pub(super) struct OwnArgs {
    /// What was asked, for a question that no bank holds.
    #[arg(long, value_name = "TEXT", requires = "ideal", conflicts_with = "bank")]
    pub(super) prompt: Option<String>,
    /// Its ideal answer; repeatable, the best match counts.
    #[arg(long, value_name = "TEXT", requires = "prompt")]
    pub(super) ideal: Vec<String>,
}

impl OwnArgs {
    /// The question, compiled.
    pub(super) fn compile(&self, grader: &Grader, prompt: &str) -> Result<Arc<Own>, CliError> {
        grader.own(prompt, &self.ideal).map_err(|error| CliError::Unusable(error.to_string()))
    }
}

/// What is said of a file that cannot be read.
pub(super) fn cannot_read(path: &Path, error: &io::Error) -> CliError {
    CliError::Unusable(format!("cannot read {}: {error}", path.display()))
}

/// Reads a text, one byte further than an answer may be long, so that a longer one is told without holding it all.
fn decode(from: impl Read, name: &str) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    let most = MAX_ANSWER_BYTES as u64 + 1;
    from.take(most + BOM.len() as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| CliError::Unusable(format!("cannot read {name}: {error}")))?;
    let bytes = bytes.strip_prefix(BOM).unwrap_or(&bytes);
    if bytes.len() as u64 >= most {
        let message = format!("{name} holds more than {MAX_ANSWER_BYTES} bytes (64 KiB), the most that is graded");
        return Err(CliError::Unusable(message));
    }
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(fault) => {
            let place = fault.valid_up_to() + 1;
            Err(CliError::Unusable(format!("{name} is not UTF-8: byte {place} is wrong; save it as UTF-8")))
        }
    }
}

/// The byte order mark, which says how a file is encoded and is no part of its text.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Everything from this line on is not part of the answer.
const CUT: &str = "# ------------------------ >8 ------------------------";

/// Lets the user write an answer in their editor.
fn edit(prompt: &str) -> Result<String, CliError> {
    let editor = ["VISUAL", "EDITOR"].into_iter().filter_map(std::env::var_os).find(|name| !name.is_empty());
    let Some(editor) = editor else {
        let message = "no answer: give it as an argument, with --file, on standard input, or set $VISUAL or $EDITOR";
        return Err(CliError::Unusable(message.to_owned()));
    };
    let draft = Draft::create(&template(prompt))?;
    let status = editor_command(&editor, &draft.path).status().map_err(|error| {
        CliError::Unusable(format!("cannot start the editor `{}`: {error}", editor.to_string_lossy()))
    })?;
    if !status.success() {
        return Err(CliError::Unusable(format!("the editor ended with {status}: no answer was graded")));
    }
    let file = File::open(&draft.path).map_err(|error| cannot_read(&draft.path, &error))?;
    let text = decode(file, "what you wrote")?;
    let answer = without_block(&text);
    if answer.trim().is_empty() {
        return Err(CliError::Unusable("nothing was written: no answer was graded".to_owned()));
    }
    Ok(answer.to_owned())
}

/// The editor on a file. The variable may hold options and quotes, so a shell reads it, as git does.
fn editor_command(editor: &std::ffi::OsStr, path: &Path) -> Command {
    if cfg!(unix) {
        let mut script = editor.to_owned();
        script.push(" \"$1\"");
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg("viva").arg(path);
        command
    } else {
        let mut command = Command::new(editor);
        command.arg(path);
        command
    }
}

/// What the editor opens with: room for the answer, and the question below the line that cuts it off.
fn template(prompt: &str) -> String {
    let block = prompt.lines().collect::<Vec<_>>().join("\n# ");
    format!("\n\n{CUT}\n# Write above this line; it and all below is ignored.\n#\n# {block}\n")
}

/// The text above the cut.
fn without_block(text: &str) -> &str {
    let end: usize = text.split_inclusive('\n').take_while(|line| line.trim_end() != CUT).map(str::len).sum();
    text[..end].trim_end()
}

/// A file in the temporary folder that others cannot read and that goes away with this value.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn create(text: &str) -> Result<Self, CliError> {
        let dir = std::env::temp_dir();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        for attempt in 0..100 {
            let path = dir.join(format!("viva-answer-{}-{attempt}.md", std::process::id()));
            match options.open(&path) {
                Ok(mut file) => {
                    let draft = Self { path };
                    file.write_all(text.as_bytes()).map_err(|error| Self::failed(&draft.path, &error))?;
                    return Ok(draft);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Self::failed(&path, &error)),
            }
        }
        Err(CliError::Unusable(format!("{} is full of older drafts: remove viva-answer-*.md there", dir.display())))
    }

    fn failed(path: &Path, error: &io::Error) -> CliError {
        CliError::Unusable(format!("cannot write {} for the editor: {error}", path.display()))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // A draft that cannot be removed lies in the temporary folder, readable by its owner alone.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::as_it_is("It ends.\n", "It ends.\n")]
    #[case::crlf_stays("a\r\nb", "a\r\nb")]
    #[case::mark_goes("\u{feff}It ends.", "It ends.")]
    #[case::nothing("", "")]
    fn decodes(#[case] bytes: &str, #[case] expected: &str) {
        assert_eq!(decode(bytes.as_bytes(), "x").unwrap(), expected);
    }

    #[test]
    fn refuses_what_is_not_utf8_or_too_long() {
        let error = decode(&b"ab\xffcd"[..], "a.md").expect_err("no UTF-8").to_string();
        assert_eq!(error, "a.md is not UTF-8: byte 3 is wrong; save it as UTF-8");
        let full = "x".repeat(MAX_ANSWER_BYTES);
        assert!(decode(full.as_bytes(), "x").is_ok());
        assert!(decode(format!("\u{feff}{full}").as_bytes(), "x").is_ok());
        let error = decode(format!("{full}x").as_bytes(), "x").expect_err("too long").to_string();
        assert_eq!(error, "x holds more than 65536 bytes (64 KiB), the most that is graded");
    }

    #[test]
    fn the_block_with_the_question_is_cut_off() {
        let shown = template("Q4: What ends?\nAnd what runs?");
        assert_eq!(without_block(&shown), "");
        assert_eq!(without_block(&format!("It ends.\n# a heading of mine\n{shown}")), "It ends.\n# a heading of mine");
        assert_eq!(without_block(&shown.replace('\n', "\r\n").replacen("\r\n", "It ends.\r\n", 1)), "It ends.");
        assert_eq!(without_block("It ends."), "It ends.", "the block was deleted");
    }
}
