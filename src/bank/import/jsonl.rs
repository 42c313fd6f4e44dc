//! JSON lines: `{"id"?, "prompt" | "question", "ideal" | "answer": "…" | ["…"], "section"?}`.

use serde_json::{Map, Value};

use super::{Collector, Raw};

/// Reads one object a line; blank lines count for nothing.
pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = index + 1;
        match serde_json::from_str::<Value>(line) {
            Ok(Value::Object(object)) => match question(number, &object) {
                Ok(raw) => {
                    if let Some(section) = object.get("section").and_then(Value::as_str) {
                        collector.section(section);
                    }
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
}

fn question(line: usize, object: &Map<String, Value>) -> Result<Raw, String> {
    let first = |names: [&str; 2]| names.iter().find_map(|name| object.get(*name)).filter(|value| !value.is_null());
    let prompt = match first(["prompt", "question"]) {
        Some(Value::String(text)) => text.clone(),
        Some(_) => return Err("`prompt` is no string".to_owned()),
        None => return Err("`prompt` is missing: expected what is asked".to_owned()),
    };
    let ideals = match first(["ideal", "answer"]) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => {
            let texts: Option<Vec<String>> = all.iter().map(|text| text.as_str().map(str::to_owned)).collect();
            texts.ok_or("`ideal` holds something that is no string")?
        }
        Some(_) => return Err("`ideal` is neither a string nor a list of strings".to_owned()),
        None => return Err("`ideal` is missing: expected a good answer".to_owned()),
    };
    let id = match object.get("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Number(number)) => Some(format!("Q{number}")),
        Some(_) => return Err("`id` is no string".to_owned()),
    };
    Ok(Raw { line, id, prompt, ideals })
}
