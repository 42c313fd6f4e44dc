//! YAML and JSON as a tree whose nodes know their line.
//!
//! `saphyr-parser` gives the events of YAML 1.2, of which JSON is a part; its makers keep it up, and it brings one small
//! crate with it. An alias is a copy, so a text of a few lines could become gigabytes: the tree has a largest size.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

/// The most nodes of a tree.
const MAX_NODES: usize = 200_000;
/// The most lists and mappings within each other.
const MAX_DEPTH: usize = 64;

/// A value and its line, from 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

/// A value. Scalars are texts: who asks for a number reads it there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(known, _)| known == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The text of a scalar that is not empty.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// The members of a list; a single value is a list of itself.
    pub(super) fn list(&self) -> &[Self] {
        match &self.value {
            Value::List(nodes) => nodes,
            _ => std::slice::from_ref(self),
        }
    }

    /// The keys and values of a mapping.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    fn size(&self) -> usize {
        1 + match &self.value {
            Value::Scalar(_) => 0,
            Value::List(nodes) => nodes.iter().map(Self::size).sum(),
            Value::Map(entries) => entries.iter().map(|(_, node)| node.size()).sum(),
        }
    }
}

/// A place (from 1) and what is wrong there.
pub(super) type Wrong = ((usize, usize), String);

/// The first document of a text.
pub(super) fn parse(text: &str) -> Result<Node, Wrong> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let place = (error.marker().line().max(1), error.marker().col() + 1);
            (place, format!("this is no YAML: {}", error.info()))
        })?;
        let place = (span.start.line().max(1), span.start.col() + 1);
        if let Some(root) = builder.take(event, place.0).map_err(|message| (place, message))? {
            return Ok(root);
        }
    }
    Err(((1, 1), "the file holds nothing".to_owned()))
}

/// Lists and mappings that are open.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
}

struct Open {
    node: Node,
    anchor: usize,
    /// A key that waits for its value.
    key: Option<String>,
}

impl Builder {
    /// Takes an event; gives the document once it is whole.
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<Option<Node>, String> {
        match event {
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                let (node, size) = known.ok_or("the alias stands for nothing that is whole")?;
                self.count(size)?;
                self.put(node, 0)
            }
            Event::Scalar(text, style, anchor, _) => {
                self.count(1)?;
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let text = if is_null { String::new() } else { text.into_owned() };
                self.put(Node { line, value: Value::Scalar(text) }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(line, Value::List(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => self.open(line, Value::Map(Vec::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.put(open.node, open.anchor),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn open(&mut self, line: usize, value: Value, anchor: usize) -> Result<Option<Node>, String> {
        self.count(1)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("there are more than {MAX_DEPTH} lists within each other"));
        }
        self.open.push(Open { node: Node { line, value }, anchor, key: None });
        Ok(None)
    }

    fn put(&mut self, node: Node, anchor: usize) -> Result<Option<Node>, String> {
        if anchor > 0 {
            let size = node.size();
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.open.last_mut() else { return Ok(Some(node)) };
        match (&mut open.node.value, open.key.take()) {
            (Value::List(nodes), _) => nodes.push(node),
            (Value::Map(entries), Some(key)) if key == "<<" => {
                // What is merged in comes after what stands there itself.
                for (key, value) in node.entries() {
                    if entries.iter().all(|(known, _)| known != key) {
                        entries.push((key.clone(), value.clone()));
                    }
                }
            }
            (Value::Map(entries), Some(key)) => {
                if let Some(known) = entries.iter_mut().find(|(known, _)| *known == key) {
                    known.1 = node;
                } else {
                    entries.push((key, node));
                }
            }
            (Value::Map(_), None) => match node.value {
                Value::Scalar(key) => open.key = Some(key),
                _ => return Err("a key is no text".to_owned()),
            },
            (Value::Scalar(_), _) => {}
        }
        Ok(None)
    }

    fn count(&mut self, nodes: usize) -> Result<(), String> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(format!("with its aliases the file holds more than {MAX_NODES} values"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_know_their_line_and_aliases_are_copies() {
        let node = parse("a: &x\n  b: 'one'\nc:\n  <<: *x\n  d: [2, ~]\n").unwrap();
        let c = node.get("c").unwrap();
        assert_eq!((c.line, c.get("b").and_then(Node::text)), (4, Some("one")));
        let d = c.get("d").unwrap();
        assert_eq!((d.line, d.list()[0].text(), d.list()[1].text()), (5, Some("2"), None));
        assert_eq!(parse("{\"a\": [\"b\\n\\u00e9\"]}").unwrap().get("a").unwrap().list()[0].text(), Some("b\né"));
    }

    #[test]
    fn bombs_and_broken_texts_have_a_place() {
        let bomb = (1..12).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
            let last = n - 1;
            format!("{text}a{n}: &a{n} [*a{last}, *a{last}, *a{last}, *a{last}, *a{last}]\n")
        });
        let (place, message) = parse(&bomb).unwrap_err();
        assert!(place.0 > 5 && message.contains("more than 200000 values"), "{place:?} {message}");
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        assert!(parse(&nested(MAX_DEPTH + 1)).unwrap_err().1.contains("within each other"));
        assert!(parse(&"[".repeat(100_000)).is_err(), "the reader's own stack is not deep either");
        let (place, message) = parse("a: b\n\tc: [\n").unwrap_err();
        assert!(place.0 <= 2 && message.starts_with("this is no YAML: "), "{place:?} {message}");
        assert_eq!(parse("").unwrap_err(), ((1, 1), "the file holds nothing".to_owned()));
    }
}
