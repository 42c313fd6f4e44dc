//! JSON of Viva's own, as `viva export` writes it; and which JSON a file is.

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Collector, Format, Raw};
use crate::bank::exchange::{BankShape, Given, GroupShape, QuestionShape, SCHEMA};
use crate::domain::question::QuestionKind;

/// Which format a file of JSON is: one of our banks, promptfoo's tests, or an object a line.
pub(super) fn format(text: &str) -> Format {
    let keys = |value: &Value| ["tests", "assert", "vars"].iter().any(|key| value.get(key).is_some());
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.get("schema").is_some() && value.get("questions").is_some() => Format::Json,
        Ok(Value::Array(all)) if all.iter().any(keys) => Format::Promptfoo,
        Ok(value) if keys(&value) => Format::Promptfoo,
        // Broken JSON over several lines is a bank rather than an object a line.
        Err(_) if text.contains("\"schema\"") && text.contains("\"questions\"") => Format::Json,
        _ => Format::Jsonl,
    }
}

/// Reads a bank.
pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let shape: BankShape<&RawValue> = match serde_json::from_str(text) {
        Ok(shape) => shape,
        Err(error) => {
            let message = format!("this is no bank: {}", without_place(&error));
            collector.report.fault_at(error.line().max(1), error.column().max(1), message);
            return;
        }
    };
    if shape.schema != SCHEMA {
        let message = format!("this is a bank of schema {}: expected {SCHEMA}", shape.schema);
        collector.report.fault_at(1, 1, message);
        return;
    }
    collector.title = shape.title;
    collector.intro = shape.intro;
    collector.sections = shape.sections.into_iter().map(|section| (section.id, section.title)).collect();
    for raw in shape.questions {
        // The raw text is a part of `text`.
        let start = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let (line, column) = collector.report.place(start);
        match serde_json::from_str::<QuestionShape>(raw.get()) {
            Ok(shape) => match question(line, shape) {
                Ok((section, raw)) => {
                    collector.section = section;
                    collector.add(raw);
                }
                Err(message) => collector.report.fault_at(line, column, message),
            },
            Err(error) => {
                let column = if error.line() == 1 { column - 1 + error.column() } else { error.column() };
                let message = format!("this is no question: {}", without_place(&error));
                collector.report.fault_at(line + error.line().saturating_sub(1), column.max(1), message);
            }
        }
    }
}

/// The error without the place behind it, which counts from elsewhere.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.as_str(), |(head, _)| head).to_owned()
}

/// The question, and the id of its section.
fn question(line: usize, shape: QuestionShape) -> Result<(String, Raw), String> {
    let QuestionShape { id, section, kind, prompt, ideals, note, rubric, phrases } = shape;
    let of = |message: String| format!("question `{id}`: {message}");
    let is_word = section.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase() || c == '-');
    if section.is_empty() || !is_word {
        return Err(of(format!("`{section}` is no id of a section: expected a word in lower case")));
    }
    let kind = QuestionKind::from_name(&kind)
        .ok_or_else(|| of(format!("there is no kind `{kind}`: expected `short`, `list` or `open`")))?;
    let given = match rubric {
        Some(rubric) => {
            let rubric = rubric.rubric().map_err(of)?;
            let phrases = GroupShape::text(&phrases, &rubric).map_err(of)?;
            Some(Given { rubric, phrases })
        }
        None if phrases.is_empty() => None,
        None => return Err(of("it has phrases and no rubric".to_owned())),
    };
    Ok((section, Raw { line, id: Some(id), prompt, ideals, note, kind: Some(kind), given }))
}
