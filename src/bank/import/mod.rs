//! Questions of other formats: plain text, Markdown, CSV, JSON lines, Moodle's XML and GIFT, promptfoo's test lists, and
//! our own document and JSON.
//!
//! Names Domain only. Each format has one reader, which hands what it finds to the [`Collector`]; that one gives ids,
//! finds the faults that no format is free of, and keeps every fault's line. To add a format: its file here, a variant
//! of [`Format`] with its name, its row in [`Format::guess`] and its arm in [`read`].

mod columns;
mod csv;
mod gift;
mod html;
mod json;
mod jsonl;
mod markdown;
mod moodle;
mod node;
mod promptfoo;
mod text;

use super::document::escaped;
use super::draft::list_item;
use super::exchange::Given;
use super::fault::{Fault, Report, place};
use super::questions;
use crate::domain::id::QuestionId;
use crate::domain::question::{Question, QuestionKind};

/// The most bytes of one ideal answer: as many as the largest answer that is graded, for nobody could say more of it.
pub const MAX_IDEAL_BYTES: usize = 64 * 1024;
/// This many list items make a question one that asks for a list.
const LIST_ITEMS: usize = 3;

/// How a file writes its questions down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Our own document, which [`questions`] reads.
    Document,
    /// Headings are questions, and what stands below them are the ideal answers.
    Markdown,
    /// `Q12. What …?` and the answer below.
    Text,
    /// A table with a row of headings.
    Csv,
    /// A JSON object a line.
    Jsonl,
    /// A bank as `viva export` writes it.
    Json,
    /// Moodle's XML.
    Moodle,
    /// Moodle's GIFT.
    Gift,
    /// A list of promptfoo's tests in YAML or JSON.
    Promptfoo,
}

impl Format {
    /// The format's name for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Document => "a document of Viva's own",
            Self::Markdown => "Markdown",
            Self::Text => "plain text",
            Self::Csv => "CSV",
            Self::Jsonl => "JSON lines",
            Self::Json => "JSON of Viva's own",
            Self::Moodle => "Moodle XML",
            Self::Gift => "GIFT",
            Self::Promptfoo => "promptfoo tests",
        }
    }

    /// The format of a file, by its name's ending, else by how it begins.
    #[must_use]
    pub fn guess(name: &str, text: &str) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let has_line = |test: fn(&str) -> bool| text.lines().any(test);
        match ending.as_deref() {
            Some("csv" | "tsv") => Self::Csv,
            Some("jsonl" | "ndjson") => Self::Jsonl,
            Some("json") => json::format(text),
            Some("xml") => Self::Moodle,
            Some("gift") => Self::Gift,
            Some("yaml" | "yml") => Self::Promptfoo,
            _ if has_line(|line| line.trim() == "**Ideal answer**") => Self::Document,
            Some("md" | "markdown") if has_line(markdown::is_heading) => Self::Markdown,
            _ if text.trim_start().starts_with("<?xml") || text.trim_start().starts_with("<quiz") => Self::Moodle,
            // Moodle's own export of GIFT ends in `.txt`.
            _ if gift::is_gift(text) => Self::Gift,
            Some("txt" | "text") => Self::Text,
            _ if text.trim_start().starts_with(['{', '[']) => json::format(text),
            _ if csv::has_header(text) => Self::Csv,
            _ if has_line(markdown::is_heading) && !has_line(|line| text::question_heading(line).is_some()) => {
                Self::Markdown
            }
            _ => Self::Text,
        }
    }
}

/// What a file holds, as far as it was understood.
#[derive(Debug, Clone)]
pub struct Import {
    /// The format it was read as.
    pub format: Format,
    /// Its title, empty where it has none.
    pub title: String,
    /// What stands before the first section, in Markdown.
    pub intro: String,
    /// The ids of its sections with their titles.
    pub sections: Vec<(String, String)>,
    /// Its questions.
    pub questions: Vec<Question>,
    /// For each of them, the rubric that the file gives it, if it does.
    pub given: Vec<Option<Given>>,
    /// What was guessed, a sentence each.
    pub told: Vec<String>,
    /// What cannot be used (faults) and what was left out (warnings).
    pub faults: Vec<Fault>,
}

/// Reads a file. The import can be used if none of its faults is fatal.
#[must_use]
pub fn read(file: &str, bytes: &[u8]) -> Import {
    let text = match decode(file, bytes) {
        Ok(text) => text,
        Err(fault) => return Collector::new(file, "").finish(Format::Text, vec![fault]),
    };
    let format = Format::guess(file, text);
    let mut collector = Collector::new(file, text);
    match format {
        Format::Document => return document(file, text),
        Format::Markdown => markdown::read(text, &mut collector),
        Format::Text => text::read(text, &mut collector),
        Format::Csv => csv::read(file, text, &mut collector),
        Format::Jsonl => jsonl::read(text, &mut collector),
        Format::Json => json::read(text, &mut collector),
        Format::Moodle => moodle::read(text, &mut collector),
        Format::Gift => gift::read(text, &mut collector),
        Format::Promptfoo => promptfoo::read(text, &mut collector),
    }
    collector.finish(format, Vec::new())
}

/// The bytes as text. A file of two encodings is nobody's text.
fn decode<'b>(file: &str, bytes: &'b [u8]) -> Result<&'b str, Fault> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Fault::of_file(file, "the file is UTF-16: save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|error| {
        let valid = error.valid_up_to();
        let at = place(&String::from_utf8_lossy(&bytes[..valid]), valid);
        Fault::at(file, at, "this is not UTF-8: save the whole file as UTF-8")
    })?;
    match text.find('\0') {
        Some(at) => Err(Fault::at(file, place(text, at), "this is no text: there is a zero byte")),
        None => Ok(text),
    }
}

fn document(file: &str, text: &str) -> Import {
    let (document, faults) = questions::parse(file, text);
    let mut collector = Collector::new(file, text);
    collector.title = document.title;
    collector.intro = document.intro;
    collector.sections = document.sections;
    for (question, line) in document.questions {
        collector.check_size(line, &question.ideals);
        collector.push(question, line, None);
    }
    collector.finish(Format::Document, faults)
}

/// A question as a reader finds it.
#[derive(Debug, Clone, Default)]
struct Raw {
    /// Where it begins, from 1.
    line: usize,
    /// The id that the file gives it; without one it gets the next free `Q`.
    id: Option<String>,
    prompt: String,
    ideals: Vec<String>,
    /// What reviewers should know.
    note: Option<String>,
    /// What the file says of the answer that it wants.
    kind: Option<QuestionKind>,
    /// The rubric that the file gives it.
    given: Option<Given>,
}

/// What has been read of a file so far.
struct Collector<'t> {
    report: Report<'t>,
    title: String,
    intro: String,
    sections: Vec<(String, String)>,
    /// The id of the section that is open.
    section: String,
    questions: Vec<(Question, usize)>,
    given: Vec<Option<Given>>,
    told: Vec<String>,
    /// Questions that the file gives no id, as indices into `questions`.
    unnamed: Vec<usize>,
}

impl<'t> Collector<'t> {
    fn new(file: &'t str, text: &'t str) -> Self {
        Self {
            report: Report::new(file, text),
            title: String::new(),
            intro: String::new(),
            sections: Vec::new(),
            section: "questions".to_owned(),
            questions: Vec::new(),
            given: Vec::new(),
            told: Vec::new(),
            unnamed: Vec::new(),
        }
    }

    /// Opens the section of that title.
    fn section(&mut self, title: &str) {
        if let Some((id, _)) = self.sections.iter().find(|(_, known)| known == title) {
            self.section.clone_from(id);
            return;
        }
        let words: Vec<String> = title
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| word.to_lowercase().chars().filter(|c| c.is_alphanumeric() && !c.is_uppercase()).collect())
            .collect();
        let trivia = words.iter().find(|word| *word == "trivia");
        let first = trivia.or(words.first()).map_or("questions", String::as_str).to_owned();
        let all = words.join("-");
        let is_free = |id: &String| !id.is_empty() && self.sections.iter().all(|(known, _)| known != id);
        let numbered = (2..).map(|n| format!("{first}-{n}"));
        let id = [first.clone(), all].into_iter().chain(numbered).find(is_free).unwrap_or(first);
        self.sections.push((id.clone(), title.replace(['{', '}'], "")));
        self.section = id;
    }

    /// Files a question, or says what it lacks.
    fn add(&mut self, raw: Raw) {
        let Raw { line, id, prompt, ideals, note, kind: said, given } = raw;
        let name = id.as_deref().map_or_else(|| "the question".to_owned(), |id| format!("question `{id}`"));
        let prompt = escaped(&prompt);
        let ideals: Vec<String> = ideals.iter().map(|ideal| escaped(ideal)).collect();
        let mut is_whole = self.check_size(line, &ideals);
        if prompt.trim().is_empty() {
            self.report.fault_at(line, 1, format!("{name} asks nothing: expected a prompt"));
            is_whole = false;
        }
        if ideals.is_empty() || ideals.iter().any(|ideal| ideal.trim().is_empty()) {
            self.report.fault_at(line, 1, format!("{name} has no ideal answer: expected text after it"));
            is_whole = false;
        }
        let known = match id.as_deref().map(QuestionId::new) {
            None => None,
            Some(Ok(id)) => Some(id),
            Some(Err(error)) => {
                self.report.fault_at(line, 1, error.to_string());
                return;
            }
        };
        let first = known.as_ref().and_then(|id| self.questions.iter().find(|(other, _)| other.id == *id));
        if let Some((_, first)) = first {
            let message = format!("{name} stands in line {first} already: expected another id");
            self.report.fault_at(line, 1, message);
            return;
        }
        if !is_whole {
            return;
        }
        if known.is_none() {
            self.unnamed.push(self.questions.len());
        }
        // Until all ids are known, a name that no file would give.
        let placeholder = || QuestionId::new(&format!("viva-unnamed-{line}")).expect("letters, hyphens and digits");
        let id = known.unwrap_or_else(placeholder);
        let kind = said.unwrap_or_else(|| kind(&self.section, &ideals));
        let note = note.map(|note| escaped(&note)).filter(|note| !note.trim().is_empty());
        let section = self.section.clone();
        self.push(Question { id, section, kind, prompt, ideals, note }, line, given);
    }

    fn push(&mut self, question: Question, line: usize, given: Option<Given>) {
        self.questions.push((question, line));
        self.given.push(given);
    }

    fn check_size(&mut self, line: usize, ideals: &[String]) -> bool {
        let is_small = ideals.iter().all(|ideal| ideal.len() <= MAX_IDEAL_BYTES);
        if !is_small {
            let message = format!("an ideal answer has more than {} KiB: expected less", MAX_IDEAL_BYTES / 1024);
            self.report.fault_at(line, 1, message);
        }
        is_small
    }

    /// Gives the next free ids to questions without one.
    fn name(&mut self) {
        let mut next = 1;
        for at in std::mem::take(&mut self.unnamed) {
            while self.questions.iter().any(|(question, _)| question.id.as_str() == format!("Q{next}")) {
                next += 1;
            }
            self.questions[at].0.id = QuestionId::new(&format!("Q{next}")).expect("a letter and digits");
        }
    }

    fn finish(mut self, format: Format, mut faults: Vec<Fault>) -> Import {
        self.name();
        if self.questions.is_empty() && !self.report.is_fatal() && !faults.iter().any(Fault::is_fatal) {
            let message = format!("there is no question here (read as {})", format.as_str());
            self.report.fault_at(1, 1, message);
        }
        let Self { report, title, intro, sections, questions, given, told, .. } = self;
        faults.extend(report.finish());
        faults.sort_by_key(|fault| (fault.line, fault.column));
        let questions = questions.into_iter().map(|(question, _)| question).collect();
        Import { format, title, intro: escaped(&intro), sections, questions, given, told, faults }
    }
}

fn kind(section: &str, ideals: &[String]) -> QuestionKind {
    let items = |ideal: &String| ideal.lines().filter(|line| list_item(line).is_some()).count();
    if section.starts_with("open") {
        QuestionKind::Open
    } else if ideals.first().map_or(0, items) >= LIST_ITEMS {
        QuestionKind::List
    } else {
        QuestionKind::Short
    }
}
