//! CSV: a row of headings, then a question a row. Fields in double quotes may hold commas, line ends, and doubled
//! quotes. The separator is the comma, semicolon or tab that the headings have most of. What each column holds is
//! guessed from its heading, without headings from the questions in it, and told.

use super::columns::{Columns, folded};
use super::{Collector, Raw};
use crate::domain::question::QuestionKind;

/// Whether the first line looks like a row of headings that this reader knows.
pub(super) fn has_header(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    let heads: Vec<String> = line.split(separator(line)).map(folded).collect();
    heads.len() > 1 && Columns::named(&heads).is_some()
}

fn separator(line: &str) -> char {
    // `max_by_key` takes the last of equals, so the comma, the usual one, stands last.
    ['\t', ';', ','].into_iter().max_by_key(|mark| line.matches(*mark).count()).unwrap_or(',')
}

/// Reads the table.
pub(super) fn read(file: &str, text: &str, collector: &mut Collector<'_>) {
    let is_tabs = file.to_ascii_lowercase().ends_with(".tsv");
    let mark = if is_tabs { '\t' } else { separator(text.lines().next().unwrap_or_default()) };
    let mut records = records(text, mark, collector);
    let Some(header) = records.first() else { return };
    let (line, width) = (header.line, header.fields.len());
    let heads: Vec<String> = header.fields.iter().map(|field| folded(field)).collect();
    let named = Columns::named(&heads);
    let Some(columns) = named.or_else(|| unnamed(&records)) else {
        let message = "the headings name no question or no answer: expected a column `question` and a column `answer`";
        collector.report.fault_at(line, 1, message);
        return;
    };
    let shown: Vec<String> = header.fields.iter().map(|field| field.trim().to_owned()).collect();
    let called = |at: usize| match shown.get(at).filter(|_| named.is_some()) {
        Some(head) => format!("`{head}`"),
        None => format!("number {}", at + 1),
    };
    let parts: Vec<String> = columns.parts().map(|(at, part)| format!("{} is the {part}", called(at))).collect();
    collector.told.push(format!("columns: {}", parts.join(", ")));
    for at in (0..width).filter(|at| columns.parts().all(|(part, _)| part != *at)) {
        collector.report.warn_at(line, 1, format!("the column {} is left out", called(at)));
    }
    let is_headings = named.is_some() || !asks(&records[0], columns.prompt);
    if is_headings {
        records.remove(0);
    }
    for record in records {
        add(record, width, columns, collector);
    }
}

/// Files the question of a row.
fn add(Record { line, fields }: Record, width: usize, columns: Columns, collector: &mut Collector<'_>) {
    if fields.len() > width {
        let message = format!("this row has {} fields and the headings {width}", fields.len());
        collector.report.fault_at(line, 1, message);
        return;
    }
    let field = |at: usize| fields.get(at).map_or("", |field| field.trim()).to_owned();
    let given = |at: Option<usize>| at.map(field).filter(|text| !text.is_empty());
    if let Some(title) = given(columns.section) {
        collector.section(&title);
    }
    let id = given(columns.id).map(|id| if id.chars().all(|c| c.is_ascii_digit()) { format!("Q{id}") } else { id });
    let kind = given(columns.kind).and_then(|kind| QuestionKind::from_name(&kind.to_lowercase()));
    let (prompt, ideals) = (field(columns.prompt), vec![field(columns.ideal)]);
    collector.add(Raw { line, id, prompt, ideals, note: given(columns.note), kind, ..Raw::default() });
}

/// The columns of a table without headings: the prompts are those that ask, the ideal answers the longest others.
fn unnamed(records: &[Record]) -> Option<Columns> {
    let width = records.iter().map(|record| record.fields.len()).max()?;
    let cells = |at: usize| records.iter().filter_map(move |record| record.fields.get(at)).map(|field| field.trim());
    let asking = |at: &usize| records.iter().filter(|record| asks(record, *at)).count();
    let prompt = (0..width).rev().max_by_key(asking).filter(|at| asking(at) * 2 > records.len())?;
    let others = (0..width).rev().filter(|at| *at != prompt);
    let ideal = others.max_by_key(|at| cells(*at).map(str::len).sum::<usize>())?;
    Some(Columns { prompt, ideal, id: None, section: None, note: None, kind: None })
}

fn asks(record: &Record, at: usize) -> bool {
    record.fields.get(at).is_some_and(|field| field.trim().ends_with('?'))
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
