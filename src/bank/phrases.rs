//! The phrases of one question: pieces of answers as people write them, one a line.
//!
//! ```text
//! = name                 opens the block of one hand (a writer)
//! # concept-id           opens a group; `! id` for a misconception, `# *` for what makes no claim at all
//! + text                 makes the claim        ~ half of it
//! x text                 asserts the reverse    - same words, no such claim
//! ```
//!
//! Read in one pass over the text, without allocation for a phrase: a bank has tens of thousands of them.
//! [`parse`] knows the form alone; [`PhrasesFile::resolve`] ties the groups to a rubric.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::fault::{Fault, Report, suggestion};
use super::files::SourceFile;
use crate::domain::rubric::{Label, Phrase, Rubric, Target};

/// The most hands in one file.
const MOST_HANDS: usize = 255;

/// A phrases file as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhrasesFile<'t> {
    /// The hands by number: the first is nobody's by name, and mostly empty.
    pub hands: Vec<Hand<'t>>,
}

/// The phrases of one writer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hand<'t> {
    /// The writer's manner; empty for the phrases before the first name.
    pub name: &'t str,
    /// The groups in the file's order; a heading may occur again.
    pub groups: Vec<Group<'t>>,
}

/// Phrases under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<'t> {
    /// What they are filed under.
    pub heading: Heading<'t>,
    /// The heading's line, from 1.
    pub line: usize,
    /// The phrases in the file's order.
    pub phrases: Vec<Line<'t>>,
}

/// What a group is filed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Heading<'t> {
    /// A concept, by its id.
    Concept(&'t str),
    /// A misconception, by its id.
    Misconception(&'t str),
    /// Nothing: phrases that make none of the question's claims.
    None,
}

/// One phrase of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'t> {
    /// What it does with the claim.
    pub label: Label,
    /// Its words.
    pub text: &'t str,
    /// Its line, from 1.
    pub number: usize,
}

/// Reads the phrases of a rubric; none where the rubric itself cannot be read.
pub(super) fn read(file: &SourceFile, rubric: Option<&Rubric>) -> (Vec<Phrase>, Vec<Fault>) {
    match &file.text {
        Some(Cow::Borrowed(text)) => read_text(&file.path, text, rubric, Cow::Borrowed),
        _ => read_text(&file.path, file.text(), rubric, owned),
    }
}

fn read_text<'t>(
    path: &str,
    text: &'t str,
    rubric: Option<&Rubric>,
    keep: impl Fn(&'t str) -> Cow<'static, str>,
) -> (Vec<Phrase>, Vec<Fault>) {
    let (read, mut faults) = parse(path, text);
    let Some(rubric) = rubric else { return (Vec::new(), faults) };
    let (phrases, found) = read.resolve(path, rubric, keep);
    faults.extend(found);
    (phrases, faults)
}

/// Reads a phrases file.
#[must_use]
pub fn parse<'t>(file: &str, text: &'t str) -> (PhrasesFile<'t>, Vec<Fault>) {
    let mut reader = Reader {
        report: Report::new(file, text),
        hands: vec![Hand::default()],
        hand: 0,
        is_open: false,
        seen: HashMap::new(),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        reader.line(index + 1, line);
    }
    (PhrasesFile { hands: reader.hands }, reader.report.finish())
}

struct Reader<'r, 't> {
    report: Report<'r>,
    hands: Vec<Hand<'t>>,
    /// The hand whose block is open.
    hand: usize,
    /// Whether a group of that block is open.
    is_open: bool,
    /// The line where each phrase of the open group, by sign and text, first stood.
    seen: HashMap<(char, &'t str), usize>,
}

impl<'t> Reader<'_, 't> {
    fn line(&mut self, number: usize, line: &'t str) {
        let line = line.trim_end();
        let Some(sign) = line.chars().next() else { return };
        let rest = &line[sign.len_utf8()..];
        match sign {
            '=' => self.open_hand(number, rest.trim_start()),
            '#' => match rest.trim_start() {
                "*" => self.open_group(number, Heading::None),
                id => self.open_group(number, Heading::Concept(id)),
            },
            '!' => self.open_group(number, Heading::Misconception(rest.trim_start())),
            _ => match Label::SIGNS.iter().find(|(_, known)| *known == sign) {
                Some((label, _)) if rest.is_empty() || rest.starts_with([' ', '\t']) => {
                    self.phrase(number, *label, rest.trim_start());
                }
                _ => self.report.fault_at(
                    number,
                    1,
                    "a line begins with `+`, `~`, `x` or `-` and a space, or with `#`, `!` or `=`: found none of these",
                ),
            },
        }
    }

    fn open_hand(&mut self, number: usize, name: &'t str) {
        self.is_open = false;
        if name.is_empty() {
            self.report.fault_at(number, 2, "the hand has no name: expected one after `=`");
            return;
        }
        if let Some(known) = self.hands.iter().position(|hand| hand.name == name) {
            self.hand = known;
        } else if self.hands.len() > MOST_HANDS {
            self.report.fault_at(
                number,
                1,
                format!("this is hand number {}: expected {MOST_HANDS} at most", MOST_HANDS + 1),
            );
        } else {
            self.hand = self.hands.len();
            self.hands.push(Hand { name, groups: Vec::new() });
        }
    }

    fn open_group(&mut self, line: usize, heading: Heading<'t>) {
        if matches!(heading, Heading::Concept("") | Heading::Misconception("")) {
            self.report.fault_at(line, 2, "the group has no id: expected that of a concept or misconception, or `*`");
        }
        self.is_open = true;
        self.seen.clear();
        self.hands[self.hand].groups.push(Group { heading, line, phrases: Vec::new() });
    }

    fn phrase(&mut self, number: usize, label: Label, text: &'t str) {
        if text.is_empty() {
            self.report.fault_at(number, 2, "the phrase is empty: expected words after its sign");
            return;
        }
        let group = self.hands[self.hand].groups.last_mut().filter(|_| self.is_open);
        let Some(group) = group else {
            self.report.fault_at(
                number,
                1,
                "the phrase stands in no group: expected `# concept-id` or `! misconception-id` above",
            );
            return;
        };
        if group.heading == Heading::None && label != Label::Contrast {
            self.report.fault_at(number, 1, "a phrase under `# *` makes no claim: expected the sign `-`");
            return;
        }
        match self.seen.entry((label.sign(), text)) {
            Entry::Occupied(first) => {
                let message = format!("the phrase stands in this group already, in line {}", first.get());
                self.report.warn_at(number, 1, message);
            }
            Entry::Vacant(free) => {
                free.insert(number);
                group.phrases.push(Line { label, text, number });
            }
        }
    }
}

impl<'t> PhrasesFile<'t> {
    /// The phrases with what they are filed under in `rubric`. Groups under an id that it does not have
    /// are faults, and their phrases are left out. `keep` gives a text that lasts.
    #[must_use]
    pub fn resolve(
        &self,
        file: &str,
        rubric: &Rubric,
        keep: impl Fn(&'t str) -> Cow<'static, str>,
    ) -> (Vec<Phrase>, Vec<Fault>) {
        let concepts: Vec<&str> = rubric.concepts.iter().map(|c| c.id.as_str()).collect();
        let misconceptions: Vec<&str> = rubric.misconceptions.iter().map(|m| m.id.as_str()).collect();
        let count = self.hands.iter().flat_map(|hand| &hand.groups).map(|group| group.phrases.len()).sum();
        let (mut phrases, mut faults) = (Vec::with_capacity(count), Vec::new());
        for (number, hand) in (0..=u8::MAX).zip(&self.hands) {
            for group in &hand.groups {
                let (target, what, id, known) = match group.heading {
                    Heading::None => (Some(Target::None), "", "", &concepts),
                    Heading::Concept(id) => (index(&concepts, id).map(Target::Concept), "concept", id, &concepts),
                    Heading::Misconception(id) => {
                        (index(&misconceptions, id).map(Target::Misconception), "misconception", id, &misconceptions)
                    }
                };
                let Some(target) = target else {
                    if !id.is_empty() {
                        let message = format!("there is no {what} `{id}` in the rubric{}", suggestion(id, known));
                        faults.push(Fault::at(file, (group.line, 3), message));
                    }
                    continue;
                };
                phrases.extend(group.phrases.iter().map(|line| Phrase {
                    target,
                    label: line.label,
                    text: keep(line.text),
                    hand: number,
                }));
            }
        }
        (phrases, faults)
    }
}

/// A phrase's text, copied: where the file's text does not last.
#[must_use]
pub fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}

fn index(ids: &[&str], id: &str) -> Option<usize> {
    ids.iter().position(|known| *known == id)
}
