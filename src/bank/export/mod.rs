//! A bank as one file for elsewhere: JSON, which holds all of it, CSV and Moodle's XML, which hold less.
//!
//! Names Domain only. To add a format: its file here, a variant of [`Format`] with its name, its arm in [`write()`], and
//! what it cannot carry, which whoever exports is told.

mod csv;
mod moodle;

use super::exchange::{BankShape, GroupShape, QuestionShape, RubricShape, SCHEMA, SectionShape};
use super::files::{BankFiles, SourceFile};
use super::questions::{self, Document};
use super::{Sources, phrases, rubric};
use crate::domain::id::BankName;
use crate::domain::question::Question;
use crate::domain::rubric::Rubric;

/// What a bank is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Everything; `viva import` gives the same bank.
    Json,
    /// A question a row.
    Csv,
    /// Moodle's XML: essay questions with information for graders.
    Moodle,
}

/// A question with its rubric and the text of its phrases, as the files have them.
#[derive(Debug, Clone)]
struct Entry<'f> {
    question: Question,
    rubric: Option<Rubric>,
    phrases: &'f str,
}

/// A bank as it is exported.
struct Whole<'f> {
    name: BankName,
    document: Document,
    entries: Vec<Entry<'f>>,
}

/// The bank of that name as a file, and what that file does not hold. Nothing where there is no such bank.
///
/// The sources must have no fatal fault ([`Sources::load`] tells); parts with one would be left out.
#[must_use]
pub fn export(sources: &Sources, name: &BankName, format: Format) -> Option<(String, Vec<String>)> {
    let files = sources.bank_files(name)?;
    Some(write(&Whole::new(name, &files), format))
}

fn write(whole: &Whole<'_>, format: Format) -> (String, Vec<String>) {
    match format {
        Format::Json => (json(whole), Vec::new()),
        Format::Csv => (csv::write(whole), lost(whole, csv::HELD)),
        Format::Moodle => (moodle::write(whole), lost(whole, moodle::HELD)),
    }
}

impl<'f> Whole<'f> {
    fn new(name: &BankName, files: &'f BankFiles) -> Self {
        let text = |file: Option<&'f SourceFile>| file.map_or("", SourceFile::text);
        let (mut document, _) = questions::parse("", text(files.document.as_ref()));
        let file = |id: &str, extension: &str| {
            files.rubrics.iter().find(|file| file.stem() == id && file.extension() == extension)
        };
        let entry = |(question, _): (Question, usize)| {
            let toml = file(question.id.as_str(), "toml");
            let rubric = toml.and_then(|toml| rubric::parse("", toml.text()).0).map(|read| read.rubric);
            let phrases = text(file(question.id.as_str(), "phrases"));
            Entry { question, rubric, phrases }
        };
        let entries = std::mem::take(&mut document.questions).into_iter().map(entry).collect();
        Self { name: name.clone(), document, entries }
    }

    /// A section's title.
    fn title<'w>(&'w self, section: &'w str) -> &'w str {
        self.document.sections.iter().find(|(id, _)| id == section).map_or(section, |(_, title)| title)
    }
}

fn json(whole: &Whole<'_>) -> String {
    let section = |(id, title): &(String, String)| SectionShape { id: id.clone(), title: title.clone() };
    let question = |Entry { question, rubric, phrases }: &Entry<'_>| QuestionShape {
        id: question.id.to_string(),
        section: question.section.clone(),
        kind: question.kind.as_str().to_owned(),
        prompt: question.prompt.clone(),
        ideals: question.ideals.clone(),
        note: question.note.clone(),
        rubric: rubric.as_ref().map(RubricShape::new),
        phrases: GroupShape::all(&phrases::parse("", phrases).0),
    };
    let shape = BankShape {
        schema: SCHEMA,
        bank: whole.name.to_string(),
        title: whole.document.title.clone(),
        intro: whole.document.intro.clone(),
        sections: whole.document.sections.iter().map(section).collect(),
        questions: whole.entries.iter().map(question).collect(),
    };
    // Strings, numbers and lists always have a JSON.
    let mut text = serde_json::to_string_pretty(&shape).unwrap_or_default();
    text.push('\n');
    text
}

/// Parts of a bank that a format may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Intro,
    MoreIdeals,
    Notes,
    Claims,
    Patterns,
    Misconceptions,
    Phrases,
    Examples,
    Full,
}

/// What the bank has and the format does not hold, a line each.
fn lost(whole: &Whole<'_>, held: &[Part]) -> Vec<String> {
    let rubrics = || whole.entries.iter().filter_map(|entry| entry.rubric.as_ref());
    let questions = || whole.entries.iter().map(|entry| &entry.question);
    let concepts = || rubrics().flat_map(|rubric| &rubric.concepts);
    let misconceptions = || rubrics().flat_map(|rubric| &rubric.misconceptions);
    let phrases = whole.entries.iter().flat_map(|entry| entry.phrases.lines());
    let is_phrase = |line: &&str| line.starts_with(['+', '~', 'x', '-']);
    let patterns =
        concepts().map(|c| c.patterns.len() + c.opposites.len()).chain(misconceptions().map(|m| m.patterns.len()));
    let parts = [
        (Part::Intro, usize::from(!whole.document.intro.is_empty()), "introduction"),
        (Part::MoreIdeals, questions().map(|q| q.ideals.len().saturating_sub(1)).sum(), "further ideal answers"),
        (Part::Notes, questions().filter(|q| q.note.is_some()).count(), "notes for reviewers"),
        (Part::Claims, concepts().count(), "concepts with their weights"),
        (Part::Patterns, patterns.sum(), "patterns"),
        (Part::Misconceptions, misconceptions().count(), "misconceptions"),
        (Part::Phrases, phrases.filter(is_phrase).count(), "phrases"),
        (Part::Examples, rubrics().map(|r| r.examples.len()).sum(), "examples of rubrics"),
        (Part::Full, rubrics().filter(|r| r.full != crate::domain::rubric::Full::All).count(), "“any N” rules"),
    ];
    let lost = parts.into_iter().filter(|(part, count, _)| *count > 0 && !held.contains(part));
    lost.map(|(_, count, what)| format!("{count} {what}")).collect()
}
