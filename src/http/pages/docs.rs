//! `/docs`: the API's description for people, from the same document that `/openapi.json` serves.

use std::future::{Ready, ready};

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use super::markdown::{Markup, blocks, inline};
use super::{Frame, page};

/// The page.
#[derive(Template, Clone)]
#[template(path = "docs.html", config = "src/http/pages/askama.toml")]
struct DocsPage {
    frame: Frame,
    version: String,
    licence: String,
    about: Markup,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

/// Operations under one tag.
#[derive(Debug, Clone)]
struct Group {
    tag: String,
    about: Markup,
    operations: Vec<Operation>,
}

#[derive(Debug, Clone)]
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: Markup,
    parameters: Vec<Field>,
    body: Vec<Content>,
    replies: Vec<Reply>,
    example: String,
}

#[derive(Debug, Clone)]
struct Reply {
    status: String,
    is_error: bool,
    about: Markup,
    content: Vec<Content>,
}

#[derive(Debug, Clone)]
struct Content {
    kind: String,
    shape: Vec<Word>,
}

#[derive(Debug, Clone)]
struct Schema {
    name: String,
    about: Markup,
    fields: Vec<Field>,
    values: Vec<String>,
    shape: Vec<Word>,
}

#[derive(Debug, Clone)]
struct Field {
    name: String,
    place: String,
    is_required: bool,
    shape: Vec<Word>,
    about: Markup,
}

/// A piece of a type's description; a schema's name is a link to it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    is_link: bool,
}

/// A handler that shows the description.
pub(super) fn handler(document: &OpenApi) -> impl Fn() -> Ready<Response> + Clone + Send + Sync + 'static {
    let document = serde_json::to_value(document).unwrap_or_default();
    let shown = std::sync::Arc::new(DocsPage::new(&document));
    move || ready(page(StatusCode::OK, shown.as_ref()))
}

impl DocsPage {
    fn new(document: &Value) -> Self {
        let info = &document["info"];
        let group = |tag: &Value| Group {
            tag: text(&tag["name"]),
            about: inline(&text(&tag["description"])),
            operations: Vec::new(),
        };
        let mut groups: Vec<Group> = document["tags"].as_array().into_iter().flatten().map(group).collect();
        for (path, methods) in entries(&document["paths"]) {
            for (method, operation) in entries(methods) {
                let of = operation["tags"][0].as_str().unwrap_or_default();
                if let Some(group) = groups.iter_mut().find(|group| group.tag == of) {
                    group.operations.push(Operation::new(path, method, operation));
                }
            }
        }
        Self {
            frame: Frame::new("docs"),
            version: text(&info["version"]),
            licence: text(&info["license"]["name"]),
            about: blocks(&text(&info["description"])),
            groups,
            schemas: entries(&document["components"]["schemas"]).map(|(name, s)| Schema::new(name, s)).collect(),
        }
    }
}

impl Operation {
    fn new(path: &str, method: &str, operation: &Value) -> Self {
        let parameter = |p: &Value| Field {
            name: text(&p["name"]),
            place: text(&p["in"]),
            is_required: p["required"] == true,
            shape: shape(&p["schema"]),
            about: inline(&text(&p["description"])),
        };
        let reply = |(status, r): (&str, &Value)| Reply {
            status: status.to_owned(),
            is_error: !status.starts_with('2'),
            about: inline(&text(&r["description"])),
            content: contents(&r["content"]),
        };
        let id = text(&operation["operationId"]);
        Self {
            example: example(&id, method, path),
            id,
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            about: blocks(&text(&operation["description"])),
            parameters: operation["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
            body: contents(&operation["requestBody"]["content"]),
            replies: entries(&operation["responses"]).map(reply).collect(),
        }
    }
}

impl Schema {
    fn new(name: &str, schema: &Value) -> Self {
        let mut fields = Vec::new();
        for part in schema["allOf"].as_array().into_iter().flatten().chain([schema]) {
            let required: Vec<_> =
                part["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            fields.extend(entries(&part["properties"]).map(|(name, property)| Field {
                name: name.to_owned(),
                place: String::new(),
                is_required: required.contains(&name),
                shape: shape(property),
                about: inline(&text(&property["description"])),
            }));
        }
        let values = schema["enum"].as_array().into_iter().flatten().map(text).collect();
        let is_plain = fields.is_empty() && schema.get("enum").is_none();
        let shape = if is_plain { shape(schema) } else { Vec::new() };
        Self { name: name.to_owned(), about: blocks(&text(&schema["description"])), fields, values, shape }
    }
}

fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn contents(content: &Value) -> Vec<Content> {
    entries(content).map(|(kind, c)| Content { kind: kind.to_owned(), shape: shape(&c["schema"]) }).collect()
}

fn word(text: impl Into<String>) -> Word {
    Word { text: text.into(), is_link: false }
}

/// A type in words.
fn shape(schema: &Value) -> Vec<Word> {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or(target);
        return vec![Word { text: name.to_owned(), is_link: true }];
    }
    if let Some(either) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
        let mut words = Vec::new();
        for option in either {
            if !words.is_empty() {
                words.push(word(" or "));
            }
            words.extend(shape(option));
        }
        return words;
    }
    if let Some(values) = schema["enum"].as_array() {
        return vec![word(values.iter().map(text).collect::<Vec<_>>().join(" or "))];
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => {
            let mut words = vec![word("list of ")];
            words.extend(shape(&schema["items"]));
            words
        }
        Value::String(kind) => vec![word(kind.clone())],
        Value::Array(kinds) => vec![word(kinds.iter().map(text).collect::<Vec<_>>().join(" or "))],
        _ => Vec::new(),
    }
}

/// A command line to try an operation with.
fn example(id: &str, method: &str, path: &str) -> String {
    const ORIGIN: &str = "http://127.0.0.1:8080";
    match id {
        "grade" => format!(
            "curl {ORIGIN}{path} -H 'content-type: application/json' \\\n  \
             -d '{{\"question\": \"Q1\", \"answer\": \"How many goroutines exist right now.\"}}'"
        ),
        "grade_batch" => {
            format!("curl -N {ORIGIN}{path} -H 'content-type: application/x-ndjson' \\\n  --data-binary @answers.jsonl")
        }
        "questions" => format!("curl '{ORIGIN}{path}?section=junior&q=garbage+collector'"),
        _ if method == "get" => {
            format!("curl {ORIGIN}{}", path.replace("{bank}", "go-runtime").replace("{id}", "Q1"))
        }
        _ => format!("curl -X {} {ORIGIN}{path}", method.to_uppercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::plain(json!({"type": "string"}), "string")]
    #[case::nullable(json!({"type": ["string", "null"]}), "string or null")]
    #[case::link(json!({"$ref": "#/components/schemas/Grade"}), "[Grade]")]
    #[case::list(json!({"type": "array", "items": {"$ref": "#/x/Flag"}}), "list of [Flag]")]
    #[case::either(json!({"oneOf": [{"type": "null"}, {"$ref": "#/x/Nearest"}]}), "null or [Nearest]")]
    #[case::nothing(json!({}), "")]
    fn says_types_in_words(#[case] schema: Value, #[case] expected: &str) {
        let said: String =
            shape(&schema).into_iter().map(|w| if w.is_link { format!("[{}]", w.text) } else { w.text }).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn shows_every_operation_and_schema() {
        let document = serde_json::to_value(crate::http::openapi()).unwrap();
        let shown = DocsPage::new(&document);
        let operations: usize = shown.groups.iter().map(|group| group.operations.len()).sum();
        assert_eq!(operations, entries(&document["paths"]).map(|(_, methods)| entries(methods).count()).sum::<usize>());
        for name in ["Grade", "Problem", "ProblemCode", "LineError", "GradeRequest"] {
            assert!(shown.schemas.iter().any(|schema| schema.name == name), "{name} is missing");
        }
    }
}
