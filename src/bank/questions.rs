//! The questions of a bank: a Markdown document that people can read.
//!
//! ```text
//! # Title                      then an introduction, if any
//! ## Section {id}              the id is optional: else the title's first word in lower case
//! ### Q1 · short               the kind is optional
//! the prompt
//! **Ideal answer**             opens an ideal answer; several are alternatives
//! **Note for reviewers**       opens the note
//! ```
//!
//! Within a code fence none of these lines means anything.

use super::document::section_id;
use super::fault::{Fault, Report, nearest, one_of};
use crate::domain::id::QuestionId;
use crate::domain::question::{Question, QuestionKind};

/// The line that opens an ideal answer.
const IDEAL: &str = "**Ideal answer**";
/// The line that opens the note.
const NOTE: &str = "**Note for reviewers**";

/// A document of questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// What stands before the first section, in Markdown.
    pub intro: String,
    /// The ids of its sections with their titles, in order.
    pub sections: Vec<(String, String)>,
    /// Its questions, each with the line of its heading.
    pub questions: Vec<(Question, usize)>,
    /// The ids of all its questions, also of those with a fault.
    pub ids: Vec<QuestionId>,
}

/// Reads a document. Questions with a fault are left out.
#[must_use]
pub fn parse(file: &str, text: &str) -> (Document, Vec<Fault>) {
    let mut reader = Reader {
        report: Report::new(file, text),
        document: Document::default(),
        section: None,
        question: None,
        place: Part::Intro,
        text: Vec::new(),
        fence: None,
        seen: Vec::new(),
    };
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in body.lines().enumerate() {
        reader.line(index + 1, line);
    }
    reader.end();
    (reader.document, reader.report.finish())
}

/// What the lines that are being read belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Intro,
    Section,
    Prompt,
    Ideal,
    Note,
    /// A question whose heading cannot be read: its text belongs to nothing.
    Lost,
}

/// A fence that is open: its character, its length and its line.
struct Fence {
    mark: char,
    length: usize,
    line: usize,
}

struct Reader<'t> {
    report: Report<'t>,
    document: Document,
    section: Option<String>,
    question: Option<Draft>,
    place: Part,
    text: Vec<&'t str>,
    fence: Option<Fence>,
    /// The ids so far, also of faulty questions, with their lines.
    seen: Vec<(QuestionId, usize)>,
}

/// A question that is being read.
struct Draft {
    id: QuestionId,
    kind: QuestionKind,
    section: String,
    line: usize,
    prompt: String,
    ideals: Vec<String>,
    note: Option<String>,
    is_faulty: bool,
}

impl<'t> Reader<'t> {
    fn line(&mut self, number: usize, line: &'t str) {
        if self.fenced(number, line) {
            self.text.push(line);
        } else if let Some(title) = heading(line, "# ") {
            self.title(number, title);
        } else if let Some(title) = heading(line, "## ") {
            self.open_section(number, title);
        } else if let Some(title) = heading(line, "### ") {
            self.open_question(number, title);
        } else if let Some(part) = self.marker(number, line) {
            self.open_part(number, part);
        } else {
            self.text.push(line);
        }
    }

    /// Whether the line belongs to a code fence, which it may open or close.
    fn fenced(&mut self, number: usize, line: &str) -> bool {
        let body = line.trim_start_matches(' ');
        let mark = body.chars().next().filter(|c| matches!(c, '`' | '~') && line.len() - body.len() < 4);
        let length = mark.map_or(0, |mark| body.chars().take_while(|c| *c == mark).count());
        match (&self.fence, mark) {
            (None, Some(mark)) if length >= 3 && !body[length..].contains('`') => {
                self.fence = Some(Fence { mark, length, line: number });
                true
            }
            (None, _) => false,
            (Some(open), Some(mark))
                if mark == open.mark && length >= open.length && body[length..].trim().is_empty() =>
            {
                self.fence = None;
                true
            }
            (Some(_), _) => true,
        }
    }

    fn title(&mut self, number: usize, title: &str) {
        if !self.document.title.is_empty() {
            self.report.fault_at(number, 1, "this is a second title: expected one line that begins with `# `");
        } else if self.place != Part::Intro {
            self.report.fault_at(number, 1, "the title comes late: expected it before the first section");
        }
        self.close();
        title.clone_into(&mut self.document.title);
    }

    fn open_section(&mut self, number: usize, title: &str) {
        self.close();
        self.place = Part::Section;
        let explicit = title.strip_suffix('}').and_then(|head| head.rsplit_once('{')).map(|(_, id)| id.trim());
        let id = match explicit {
            Some(id) => id.to_owned(),
            None => section_id(title),
        };
        let is_word = id.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase() || c == '-');
        if id.is_empty() || !is_word {
            let message = "the section has no usable id: expected a title that begins with a word, or `{id}` in lower case after it";
            self.report.fault_at(number, 4, message);
        }
        let title = explicit.map_or(title, |_| title.rsplit_once('{').map_or(title, |(title, _)| title.trim_end()));
        if self.document.sections.iter().all(|(known, _)| *known != id) {
            self.document.sections.push((id.clone(), title.to_owned()));
        }
        self.section = Some(id);
    }

    fn open_question(&mut self, number: usize, title: &str) {
        self.close();
        self.place = Part::Lost;
        if self.section.is_none() {
            self.report.fault_at(number, 1, "the question stands in no section: expected `## Section` above");
        }
        let words: Vec<&str> = title.split_whitespace().collect();
        let (id, kind) = match words[..] {
            [id] => (id, "short"),
            [id, "·" | "-" | "–" | "—", kind] => (id, kind),
            _ => {
                self.report.fault_at(number, 5, "this is no question's heading: expected `### ID` or `### ID · KIND`");
                return;
            }
        };
        let kinds = QuestionKind::ALL.map(QuestionKind::as_str);
        let kind = QuestionKind::from_name(kind).or_else(|| {
            let hint = nearest(kind, kinds).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let message = format!("there is no kind `{kind}`: expected {}{hint}", one_of(&kinds));
            self.report.fault_at(number, 1, message);
            None
        });
        let id = match QuestionId::new(id) {
            Ok(id) => id,
            Err(error) => {
                self.report.fault_at(number, 5, error.to_string());
                return;
            }
        };
        let first = self.seen.iter().find(|(known, _)| *known == id).map(|(_, line)| *line);
        if let Some(first) = first {
            self.report.fault_at(
                number,
                5,
                format!("the id `{id}` is taken by the question in line {first}: expected another"),
            );
        }
        self.seen.push((id.clone(), number));
        self.document.ids.push(id.clone());
        let is_faulty = kind.is_none() || first.is_some();
        let kind = kind.unwrap_or(QuestionKind::Short);
        let section = self.section.clone().unwrap_or_default();
        self.place = Part::Prompt;
        self.question = Some(Draft {
            id,
            kind,
            section,
            line: number,
            prompt: String::new(),
            ideals: Vec::new(),
            note: None,
            is_faulty,
        });
    }

    /// The part that a line opens. A line that is nearly a marker is warned about.
    fn marker(&mut self, number: usize, line: &str) -> Option<Part> {
        let line = line.trim();
        if !line.starts_with("**") || matches!(self.place, Part::Intro | Part::Section) {
            return None;
        }
        match line {
            IDEAL => return Some(Part::Ideal),
            NOTE => return Some(Part::Note),
            _ => {}
        }
        let is_alone = line.len() < 40 && line.trim_end_matches(':').ends_with("**");
        if let Some(near) = nearest(line, [IDEAL, NOTE]).filter(|_| is_alone) {
            self.report.warn_at(number, 1, format!("this line opens nothing; did you mean `{near}`?"));
        }
        None
    }

    fn open_part(&mut self, number: usize, part: Part) {
        let was = self.place;
        self.close_part();
        if was == Part::Lost {
            return;
        }
        if part == Part::Note && self.question.as_ref().is_some_and(|question| question.note.is_some()) {
            self.report.fault_at(number, 1, "this is the question's second note: expected one");
        }
        self.place = part;
        if let Some(question) = self.question.as_mut() {
            match part {
                Part::Ideal => question.ideals.push(String::new()),
                _ => question.note = Some(String::new()),
            }
        }
    }

    /// Files the lines read so far under the part that is open.
    fn close_part(&mut self) {
        let text = trimmed(&self.text);
        self.text.clear();
        match (self.place, self.question.as_mut()) {
            (Part::Intro, _) => self.document.intro = text,
            (Part::Prompt, Some(question)) => question.prompt = text,
            (Part::Ideal, Some(question)) => {
                if let Some(last) = question.ideals.last_mut() {
                    *last = text;
                }
            }
            (Part::Note, Some(question)) => question.note = Some(text),
            _ => {}
        }
    }

    /// Files the open part and the open question.
    fn close(&mut self) {
        self.close_part();
        let Some(question) = self.question.take() else { return };
        let mut problems = Vec::new();
        if question.prompt.is_empty() {
            problems.push("has no prompt: expected text below its heading");
        }
        if question.ideals.is_empty() {
            problems.push("has no ideal answer: expected a line `**Ideal answer**` and text below it");
        }
        if question.ideals.iter().any(String::is_empty) {
            problems.push("has an empty ideal answer: expected text below `**Ideal answer**`");
        }
        if question.note.as_ref().is_some_and(String::is_empty) {
            problems.push("has an empty note: expected text below `**Note for reviewers**`");
        }
        for problem in &problems {
            self.report.fault_at(question.line, 1, format!("question `{}` {problem}", question.id));
        }
        if problems.is_empty() && !question.is_faulty {
            let Draft { id, kind, section, line, prompt, ideals, note, .. } = question;
            self.document.questions.push((Question { id, section, kind, prompt, ideals, note }, line));
        }
    }

    fn end(&mut self) {
        self.close();
        if let Some(fence) = &self.fence {
            let mark = fence.mark.to_string().repeat(fence.length);
            let message = format!("the code fence is never closed: expected a line {mark}");
            self.report.fault_at(fence.line, 1, message);
        }
        if self.document.title.is_empty() {
            self.report.fault_at(1, 1, "the document has no title: expected a line that begins with `# `");
        }
        if self.seen.is_empty() && !self.report.is_fatal() {
            self.report.fault_at(1, 1, "the document has no question: expected lines that begin with `### `");
        }
    }
}

/// The title of a heading of that level.
fn heading<'l>(line: &'l str, mark: &str) -> Option<&'l str> {
    let title = line.strip_prefix(mark)?.trim();
    Some(title.trim_end_matches('#').trim_end()).filter(|title| !title.is_empty())
}

/// The lines as one text, without the blank lines around it.
fn trimmed(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}
