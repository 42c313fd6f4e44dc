//! The canonical form of a bank's files: one way to write each rubric, so that a diff shows what has changed.
//!
//! Keys stand in a fixed order, defaults are left out where that says the same, and comments are kept: each
//! stands above what it stood before or beside. Reading a canonical text gives the same rubric, and writing
//! it again gives the same text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::fault::Fault;
use super::phrases::{self, Heading, Line, PhrasesFile};
use super::rubric::{self, Anchors};
use crate::domain::id::ConceptId;
use crate::domain::matcher::Pattern;
use crate::domain::rubric::{Full, Label, Rubric, Status};

/// A list that would make its line longer than this many characters stands one item a line.
const WIDTH: usize = 100;

/// The canonical form of a rubric's or phrases' text, by the extension of its file's name; the text itself for
/// other files. Text with faults has none.
pub fn canonical(file: &str, text: &str) -> Result<String, Vec<Fault>> {
    let fatal = |faults: Vec<Fault>| faults.into_iter().filter(Fault::is_fatal).collect::<Vec<_>>();
    match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("toml") => {
            let (read, faults) = rubric::parse(file, text);
            read.map(|read| write_rubric(&read.rubric, &Comments::read(text))).ok_or_else(|| fatal(faults))
        }
        Some("phrases") => {
            let (read, faults) = phrases::parse(file, text);
            let faults = fatal(faults);
            if faults.is_empty() { Ok(canonical_phrases(&read)) } else { Err(faults) }
        }
        _ => Ok(text.to_owned()),
    }
}

/// A rubric as the text of its TOML file, without its phrases.
#[must_use]
pub fn canonical_rubric(rubric: &Rubric) -> String {
    write_rubric(rubric, &Comments::default())
}

fn write_rubric(rubric: &Rubric, comments: &Comments) -> String {
    let mut out = Writer { comments, out: String::new(), path: String::new() };
    out.line("schema", "1");
    out.line("status", if rubric.status == Status::Ready { "\"ready\"" } else { "\"draft\"" });
    match rubric.full {
        Full::All => out.line("full", "\"all\""),
        Full::Any(n) => out.line("full", &format!("{{ any = {n} }}")),
    }
    for (i, concept) in rubric.concepts.iter().enumerate() {
        out.table("concept", i);
        out.line("id", &quoted(concept.id.as_str()));
        out.line("claim", &quoted(&concept.claim));
        out.line("weight", &concept.weight.to_string());
        out.line_if(concept.bonus, "bonus", if concept.bonus { "true" } else { "false" });
        out.optional("hint", concept.hint.as_deref());
        out.optional("note", concept.note.as_deref());
        out.list("turns-on", &concept.turns_on.iter().map(|mark| quoted(mark.source())).collect::<Vec<_>>());
        out.patterns("patterns", &concept.patterns);
        out.patterns("opposites", &concept.opposites);
    }
    for (i, misconception) in rubric.misconceptions.iter().enumerate() {
        out.table("misconception", i);
        out.line("id", &quoted(misconception.id.as_str()));
        out.line("claim", &quoted(&misconception.claim));
        out.optional("note", misconception.note.as_deref());
        out.patterns("patterns", &misconception.patterns);
    }
    for (i, example) in rubric.examples.iter().enumerate() {
        out.table("example", i);
        out.line("answer", &quoted(&example.answer));
        out.ids("hit", &example.hit);
        out.ids("missed", &example.missed);
        out.ids("contradicted", &example.contradicted);
        out.ids("misconceptions", &example.misconceptions);
    }
    comments.write(END, "", &mut out.out);
    out.out
}

/// Writes keys and tables, each behind the comments that stand before it.
struct Writer<'c> {
    comments: &'c Comments,
    out: String,
    /// The path of the open table with a full stop behind it, or nothing.
    path: String,
}

impl Writer<'_> {
    fn table(&mut self, name: &str, index: usize) {
        self.out.push('\n');
        self.comments.write(&format!("{name}.{index}"), "", &mut self.out);
        self.path = format!("{name}.{index}.");
        self.push(&format!("[[{name}]]\n"));
    }

    fn line(&mut self, key: &str, value: &str) {
        self.comments.write(&format!("{}{key}", self.path), "", &mut self.out);
        self.push(&format!("{key} = {value}\n"));
    }

    /// A line that says no more than its absence is written only where a comment hangs on it.
    fn line_if(&mut self, is_needed: bool, key: &str, value: &str) {
        if is_needed || self.comments.has(&format!("{}{key}", self.path)) {
            self.line(key, value);
        }
    }

    fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.line(key, &quoted(value));
        }
    }

    fn patterns(&mut self, key: &str, patterns: &[Pattern]) {
        self.list(key, &patterns.iter().map(|pattern| literal(pattern.source())).collect::<Vec<_>>());
    }

    fn ids(&mut self, key: &str, ids: &[ConceptId]) {
        self.list(key, &ids.iter().map(|id| quoted(id.as_str())).collect::<Vec<_>>());
    }

    fn list(&mut self, key: &str, items: &[String]) {
        let line = format!("[{}]", items.join(", "));
        let path = format!("{}{key}", self.path);
        let has_comment = (0..items.len()).any(|i| self.comments.has(&format!("{path}.{i}")));
        if !has_comment && key.len() + 3 + line.chars().count() <= WIDTH {
            self.line_if(!items.is_empty(), key, &line);
            return;
        }
        self.comments.write(&path, "", &mut self.out);
        self.push(&format!("{key} = [\n"));
        for (i, item) in items.iter().enumerate() {
            self.comments.write(&format!("{path}.{i}"), "  ", &mut self.out);
            self.push(&format!("  {item},\n"));
        }
        self.push("]\n");
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }
}

/// A string of TOML that people can read: with double quotes, or single ones where that spares escapes.
fn quoted(text: &str) -> String {
    let is_plain = !text.contains(['"', '\\']) && !text.contains(|c: char| c.is_control() && c != '\n');
    if text.contains('\n') {
        return format!("\"\"\"\n{}\"\"\"", escaped(text, true));
    }
    if is_plain { format!("\"{text}\"") } else { literal(text) }
}

/// A string of TOML in single quotes, in which nothing is escaped, if it can be one.
fn literal(text: &str) -> String {
    let is_possible = !text.contains('\'') && !text.contains(|c: char| c.is_control());
    if is_possible { format!("'{text}'") } else { format!("\"{}\"", escaped(text, false)) }
}

fn escaped(text: &str, keeps_line_ends: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' if keeps_line_ends => out.push('\n'),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                write!(out, "\\u{:04X}", c as u32).expect("writing to a string cannot fail");
            }
            c => out.push(c),
        }
    }
    out
}

/// The path of what stands behind everything else.
const END: &str = "";

/// The comments of a file, by the path of what they stand before.
#[derive(Debug, Default)]
struct Comments(BTreeMap<String, Vec<String>>);

impl Comments {
    /// Finds the comments of a rubric's text, which has no syntax fault.
    fn read(text: &str) -> Self {
        let Anchors { starts, strings } = Anchors::of(text);
        let mut comments = Self::default();
        let mut at = 0;
        while let Some(found) = text[at..].find('#').map(|i| at + i) {
            if let Some(inside) = strings.iter().find(|span| span.contains(&found)) {
                at = inside.end;
                continue;
            }
            let end = text[found..].find('\n').map_or(text.len(), |i| found + i);
            let line_start = text[..found].rfind('\n').map_or(0, |i| i + 1);
            let beside = starts.iter().find(|(start, _)| (line_start..found).contains(start));
            let below = starts.iter().find(|(start, _)| *start > found);
            let path = beside.or(below).map_or(END, |(_, path)| path);
            comments.0.entry(path.to_owned()).or_default().push(text[found..end].trim_end().to_owned());
            at = end;
        }
        comments
    }

    fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn write(&self, path: &str, indent: &str, out: &mut String) {
        for comment in self.0.get(path).into_iter().flatten() {
            out.push_str(indent);
            out.push_str(comment);
            out.push('\n');
        }
    }
}

/// The canonical form of a phrases file: hands in the file's order, groups in the order in which the file first
/// names them (concepts, misconceptions, then what makes no claim), phrases by their sign, without repetitions.
#[must_use]
pub fn canonical_phrases(file: &PhrasesFile<'_>) -> String {
    let mut order: Vec<Heading<'_>> = Vec::new();
    for group in file.hands.iter().flat_map(|hand| &hand.groups) {
        if !order.contains(&group.heading) {
            order.push(group.heading);
        }
    }
    order.sort_by_key(|heading| match heading {
        Heading::Concept(_) => 0,
        Heading::Misconception(_) => 1,
        Heading::None => 2,
    });
    let mut blocks = Vec::new();
    for hand in &file.hands {
        if !hand.name.is_empty() {
            blocks.push(format!("= {}\n", hand.name));
        }
        for heading in &order {
            let groups = hand.groups.iter().filter(|group| group.heading == *heading);
            blocks.extend(group_text(*heading, groups.flat_map(|group| &group.phrases)));
        }
    }
    blocks.join("\n")
}

/// A group's text, if it has a phrase.
fn group_text<'t>(heading: Heading<'_>, lines: impl Iterator<Item = &'t Line<'t>>) -> Option<String> {
    let mut lines: Vec<(Label, &str)> = lines.map(|line| (line.label, line.text)).collect();
    let mut seen = BTreeSet::new();
    lines.retain(|line| seen.insert(*line));
    lines.sort_by_key(|(label, _)| *label);
    let mut out = match heading {
        Heading::Concept(id) => format!("# {id}\n"),
        Heading::Misconception(id) => format!("! {id}\n"),
        Heading::None => "# *\n".to_owned(),
    };
    for (label, text) in &lines {
        writeln!(out, "{} {text}", label.sign()).expect("writing to a string cannot fail");
    }
    Some(out).filter(|_| !lines.is_empty())
}
