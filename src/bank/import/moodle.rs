//! Moodle's XML: short-answer questions, and essays with information for graders. Questions of other types are left out,
//! each with its line.
//!
//! `roxmltree` reads it. It refuses a document type, and with it entities of the document's own: neither a bomb nor a
//! file of this machine's can come in through one.

use roxmltree::{Document, Error, Node, ParsingOptions};

use super::{Collector, Raw, html};
use crate::bank::exchange::ALTERNATIVE;
use crate::domain::id::QuestionId;

/// The most elements and texts of a file: beyond any bank, and some 100 MB of memory.
const MAX_NODES: u32 = 2_000_000;

/// Reads the quiz.
pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = match Document::parse_with_options(text, options) {
        Ok(document) => document,
        Err(error) => {
            let place = error.pos();
            let (line, column) = match error {
                // It says nothing of the place.
                Error::DtdDetected => collector.report.place(text.find("<!DOCTYPE").unwrap_or_default()),
                Error::UnexpectedEndOfStream | Error::UnclosedRootNode => collector.report.place(text.trim_end().len()),
                _ => (place.row as usize, place.col as usize),
            };
            collector.report.fault_at(line, column, refused(&error));
            return;
        }
    };
    encoding(text, collector);
    let root = document.root_element();
    if !root.has_tag_name("quiz") {
        let message = format!("this is no quiz of Moodle's: expected `<quiz>`, found `<{}>`", root.tag_name().name());
        collector.report.fault(root.range().start, message);
        return;
    }
    for question in root.children().filter(Node::is_element) {
        let (line, _) = collector.report.place(question.range().start);
        if question.has_tag_name("question") {
            self::question(line, question, collector);
        } else {
            let message = format!("`<{}>` is no question: it is left out", question.tag_name().name());
            collector.report.warn_at(line, 1, message);
        }
    }
}

fn refused(error: &Error) -> String {
    let hint = match error {
        Error::DtdDetected | Error::UnknownEntityReference(..) => {
            "; a document type and entities of its own are refused, for they can read files and fill the memory"
        }
        Error::NodesLimitReached => "; that is more than any bank holds",
        _ => "",
    };
    // The place stands in front of the message already.
    let message = error.to_string();
    let message = message.rsplit_once(" at ").map_or(message.as_str(), |(head, _)| head);
    format!("this XML cannot be read: {message}{hint}")
}

/// Tells where the declaration says something else than the bytes.
fn encoding(text: &str, collector: &mut Collector<'_>) {
    let declaration = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or("", |(head, _)| head);
    let named = declaration.split_once("encoding").map_or("", |(_, rest)| rest.trim_start_matches([' ', '=']));
    let named: String = named.chars().skip(1).take_while(|c| !matches!(c, '"' | '\'')).collect();
    if !named.is_empty() && !["utf-8", "us-ascii"].contains(&named.to_ascii_lowercase().as_str()) {
        let message = format!("the file says that it is {named}, and its bytes are UTF-8: it is read as UTF-8");
        collector.report.warn_at(1, 1, message);
    }
}

fn question(line: usize, question: Node<'_, '_>, collector: &mut Collector<'_>) {
    match question.attribute("type").unwrap_or_default() {
        "category" => {
            // Doubled slashes belong to a name.
            let path = child(question, "category").map(text).unwrap_or_default().replace("//", "\0");
            let title = path.rsplit('/').next().unwrap_or_default().replace('\0', "/");
            if !title.trim().is_empty() && title.trim() != "top" {
                collector.section(title.trim());
            }
        }
        "essay" => essay(line, question, collector),
        "shortanswer" => short_answer(line, question, collector),
        other => {
            let name = name(question);
            let message = format!(
                "the question “{name}” is of type `{other}`, which asks for no text of one's own: it is left out"
            );
            collector.report.warn_at(line, 1, message);
        }
    }
}

fn essay(line: usize, question: Node<'_, '_>, collector: &mut Collector<'_>) {
    let graders = child(question, "graderinfo").map(text).unwrap_or_default();
    let feedback = child(question, "generalfeedback").map(text).unwrap_or_default();
    if graders.is_empty() && feedback.is_empty() {
        let message = format!("the essay “{}” has no information for graders: it is left out", name(question));
        collector.report.warn_at(line, 1, message);
        return;
    }
    if graders.is_empty() {
        collector.report.warn_at(line, 1, "there is no information for graders: the general feedback stands for it");
    }
    let ideal = if graders.is_empty() { feedback } else { graders };
    let ideals = split_alternatives(&ideal);
    collector.add(Raw { ideals, ..raw(line, question) });
}

fn short_answer(line: usize, question: Node<'_, '_>, collector: &mut Collector<'_>) {
    let mut ideals = Vec::new();
    for answer in question.children().filter(|node| node.has_tag_name("answer")) {
        let fraction: f64 = answer.attribute("fraction").and_then(|text| text.trim().parse().ok()).unwrap_or(0.0);
        let (line, _) = collector.report.place(answer.range().start);
        // A `*` stands for anything in Moodle.
        let text = text(answer).trim_matches('*').trim().to_owned();
        if fraction >= 99.9 && !text.is_empty() {
            ideals.push(text);
        } else if !text.is_empty() {
            let message = format!("an answer of {fraction} % is no ideal answer: it is left out");
            collector.report.warn_at(line, 1, message);
        }
    }
    collector.add(Raw { ideals, ..raw(line, question) });
}

/// The question without its answers.
fn raw(line: usize, question: Node<'_, '_>) -> Raw {
    let number = child(question, "idnumber").map(text).filter(|id| QuestionId::new(id).is_ok());
    // Names are for people; one like `Q4` is an id all the same.
    let is_id = |name: &String| QuestionId::new(name).is_ok() && name.ends_with(|c: char| c.is_ascii_digit());
    let id = number.or_else(|| Some(name(question)).filter(is_id));
    let prompt = child(question, "questiontext").map(text).unwrap_or_default();
    Raw { line, id, prompt, ..Raw::default() }
}

fn name(question: Node<'_, '_>) -> String {
    child(question, "name").map(text).unwrap_or_default()
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// The text of an element of Moodle's: in its `<text>`, as HTML where the format does not say otherwise.
fn text(node: Node<'_, '_>) -> String {
    let inner = child(node, "text").unwrap_or(node);
    let raw: String = inner.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
    match node.attribute("format") {
        Some("markdown" | "plain_text") => raw.trim().to_owned(),
        _ => html::text(&raw),
    }
}

/// The ideal answers of one text: `**Or**` on a line of its own stands between them.
fn split_alternatives(text: &str) -> Vec<String> {
    let mut ideals = vec![String::new()];
    for line in text.lines() {
        if line.trim() == ALTERNATIVE {
            ideals.push(String::new());
        } else if let Some(last) = ideals.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    ideals.iter().map(|ideal| ideal.trim().to_owned()).collect()
}
