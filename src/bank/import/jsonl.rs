//! JSON lines, or one list of such objects: `{"id"?, "prompt" | "question", "ideal" | "answer": "…" | ["…"], "section"?,
//! "note"?}`. Other keys are left out, and told.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Collector, Raw, columns};
use crate::domain::question::QuestionKind;

/// Reads one object a line, or all objects of one list; blank lines count for nothing.
pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let mut strangers: Vec<String> = Vec::new();
    if let Some(all) =
        text.trim_start().strip_prefix('[').and_then(|_| serde_json::from_str::<Vec<&RawValue>>(text).ok())
    {
        for raw in all {
            // The raw text is a part of `text`.
            let start = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            let (line, _) = collector.report.place(start);
            object(line, raw.get(), &mut strangers, collector);
        }
        return;
    }
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        object(index + 1, line, &mut strangers, collector);
    }
}

/// Files the question of one object.
fn object(number: usize, text: &str, strangers: &mut Vec<String>, collector: &mut Collector<'_>) {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) => match question(number, &object) {
            Ok(raw) => {
                let section = columns::SECTION.iter().find_map(|name| object.get(*name)?.as_str());
                if let Some(section) = section {
                    collector.section(section);
                }
                tell(number, &object, strangers, collector);
                collector.add(raw);
            }
            Err(message) => collector.report.fault_at(number, 1, message),
        },
        Ok(_) => collector.report.fault_at(number, 1, "this is no object: expected one a line"),
        Err(error) => {
            let message = format!("this is no JSON object on a line of its own: {error}");
            collector.report.fault_at(number, error.column().max(1), message);
        }
    }
}

/// Tells each key that is not read, once.
fn tell(line: usize, object: &Map<String, Value>, strangers: &mut Vec<String>, collector: &mut Collector<'_>) {
    let known = [columns::PROMPT, columns::IDEAL, columns::ID, columns::SECTION, columns::NOTE, columns::KIND];
    for name in object.keys() {
        let folded = columns::folded(name);
        if !known.iter().any(|names| names.contains(&folded.as_str())) && !strangers.contains(name) {
            collector.report.warn_at(line, 1, format!("the key `{name}` is left out, here and below"));
            strangers.push(name.clone());
        }
    }
}

fn question(line: usize, object: &Map<String, Value>) -> Result<Raw, String> {
    let names: Vec<&String> = object.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name).collect();
    let folded: Vec<String> = names.iter().map(|name| columns::folded(name)).collect();
    let first = |known: &[&str]| {
        let at = known.iter().find_map(|known| folded.iter().position(|name| name == known))?;
        Some((names[at].as_str(), &object[names[at]]))
    };
    let prompt = match first(columns::PROMPT) {
        Some((_, Value::String(text))) => text.clone(),
        Some((name, _)) => return Err(format!("`{name}` is no string")),
        None => return Err("`prompt` is missing: expected what is asked".to_owned()),
    };
    let ideals = match first(columns::IDEAL) {
        Some((_, Value::String(text))) => vec![text.clone()],
        Some((name, Value::Array(all))) => {
            let texts: Option<Vec<String>> = all.iter().map(|text| text.as_str().map(str::to_owned)).collect();
            texts.ok_or_else(|| format!("`{name}` holds something that is no string"))?
        }
        Some((name, _)) => return Err(format!("`{name}` is neither a string nor a list of strings")),
        None => return Err("`ideal` is missing: expected a good answer".to_owned()),
    };
    let id = match first(columns::ID) {
        None => None,
        Some((_, Value::String(id))) => Some(id.clone()),
        Some((_, Value::Number(number))) => Some(format!("Q{number}")),
        Some((name, _)) => return Err(format!("`{name}` is no string")),
    };
    let note = first(columns::NOTE).and_then(|(_, note)| note.as_str()).map(str::to_owned);
    let kind = first(columns::KIND).and_then(|(_, kind)| QuestionKind::from_name(kind.as_str()?));
    Ok(Raw { line, id, prompt, ideals, note, kind, ..Raw::default() })
}
