//! CSV: a row of headings, then a question a row. Fields in double quotes may hold commas, line ends, and doubled
//! quotes. The separator is the comma, semicolon or tab that the headings have most of.

use super::{Collector, Raw};

/// Names of the columns, in lower case: the column takes the first heading that is one of them.
const PROMPT: &[&str] = &["prompt", "question", "questions", "question text"];
const IDEAL: &[&str] =
    &["ideal", "ideal answer", "answer", "model answer", "reference answer", "expected answer", "answers"];
const ID: &[&str] = &["id", "question id", "no", "no.", "number", "#"];
const SECTION: &[&str] = &["section", "category", "topic", "level"];

/// Whether the first line looks like a row of headings that this reader knows.
pub(super) fn has_header(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    let heads: Vec<String> = line.split(separator(line)).map(head).collect();
    heads.len() > 1 && column(&heads, PROMPT).is_some() && column(&heads, IDEAL).is_some()
}

fn head(text: &str) -> String {
    text.trim().trim_matches('"').trim().to_lowercase().replace('_', " ")
}

fn column(heads: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| heads.iter().position(|head| head == name))
}

fn separator(line: &str) -> char {
    // `max_by_key` takes the last of equals, so the comma, the usual one, stands last.
    ['\t', ';', ','].into_iter().max_by_key(|mark| line.matches(*mark).count()).unwrap_or(',')
}

/// Reads the table.
pub(super) fn read(file: &str, text: &str, collector: &mut Collector<'_>) {
    let is_tabs = file.to_ascii_lowercase().ends_with(".tsv");
    let mark = if is_tabs { '\t' } else { separator(text.lines().next().unwrap_or_default()) };
    let mut records = records(text, mark, collector).into_iter();
    let Some(header) = records.next() else { return };
    let heads: Vec<String> = header.fields.iter().map(|field| head(field)).collect();
    let (Some(prompt), Some(ideal)) = (column(&heads, PROMPT), column(&heads, IDEAL)) else {
        let message = "the headings name no question or no answer: expected a column `question` and a column `answer`";
        collector.report.fault_at(header.line, 1, message);
        return;
    };
    let (id, section) = (column(&heads, ID), column(&heads, SECTION));
    for (at, head) in heads.iter().enumerate() {
        if ![Some(prompt), Some(ideal), id, section].contains(&Some(at)) {
            collector.report.warn_at(header.line, 1, format!("the column `{head}` is left out"));
        }
    }
    for Record { line, fields } in records {
        if fields.len() > heads.len() {
            let message = format!("this row has {} fields and the headings {}", fields.len(), heads.len());
            collector.report.fault_at(line, 1, message);
            continue;
        }
        let field = |at: usize| fields.get(at).map_or("", |field| field.trim()).to_owned();
        let given = |at: Option<usize>| at.map(field).filter(|text| !text.is_empty());
        if let Some(title) = given(section) {
            collector.section(&title);
        }
        let id = given(id).map(|id| if id.chars().all(|c| c.is_ascii_digit()) { format!("Q{id}") } else { id });
        collector.add(Raw { line, id, prompt: field(prompt), ideals: vec![field(ideal)] });
    }
}

struct Record {
    line: usize,
    fields: Vec<String>,
}

/// What the character before means for the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    /// Behind the quotation mark that may end the field.
    Ended,
}

/// The rows, without blank ones.
fn records(text: &str, mark: char, collector: &mut Collector<'_>) -> Vec<Record> {
    let mut records = Vec::new();
    let mut record = Record { line: 1, fields: vec![String::new()] };
    let (mut state, mut line, mut quote) = (State::Start, 1, 1);
    for c in text.chars().filter(|c| *c != '\r').chain(std::iter::once('\n')) {
        let field = record.fields.last_mut().expect("a record has a field");
        match (state, c) {
            (State::Quoted, '"') => state = State::Ended,
            (State::Quoted, _) => field.push(c),
            (State::Ended, '"') => {
                field.push('"');
                state = State::Quoted;
            }
            (_, '\n') => {
                let next = Record { line: line + 1, fields: vec![String::new()] };
                let full = std::mem::replace(&mut record, next);
                records.extend(Some(full).filter(|r| r.fields.iter().any(|field| !field.trim().is_empty())));
                state = State::Start;
            }
            (_, c) if c == mark => {
                record.fields.push(String::new());
                state = State::Start;
            }
            (State::Start, '"') => (state, quote) = (State::Quoted, line),
            (State::Ended, ' ') => {}
            (State::Ended, _) => {
                let message = "there is text behind a closing quotation mark: expected the next field; a quotation mark within a field is doubled";
                collector.report.fault_at(line, 1, message);
                state = State::Plain;
            }
            (State::Start | State::Plain, _) => {
                field.push(c);
                state = State::Plain;
            }
        }
        line += usize::from(c == '\n');
    }
    if matches!(state, State::Quoted) {
        collector.report.fault_at(quote, 1, "the quotation mark is never closed: expected another `\"`");
    }
    records
}
