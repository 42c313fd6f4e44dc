//! What a column of a table or a key of an object holds, by its name.
//!
//! A name that is one of ours decides; else one that has such a word in it. To know another name: a word in a list here.

/// What a question's fields are called, in lower case.
pub(super) const PROMPT: &[&str] = &["prompt", "question", "questions", "question text", "questiontext", "q"];
pub(super) const IDEAL: &[&str] = &[
    "ideal",
    "ideal answer",
    "model answer",
    "reference answer",
    "expected answer",
    "sample answer",
    "answer",
    "answers",
    "reference",
    "expected",
    "solution",
    "a",
];
pub(super) const ID: &[&str] = &["id", "question id", "no", "no.", "nr", "number", "#"];
pub(super) const SECTION: &[&str] = &["section", "category", "topic", "level", "difficulty", "chapter"];
pub(super) const NOTE: &[&str] = &["note", "notes", "note for reviewers", "comment", "comments"];

pub(super) const KIND: &[&str] = &["kind"];

/// Words that make a longer name one of a prompt or an ideal answer.
const PROMPT_WORDS: &[&str] = &["prompt", "question"];
const IDEAL_WORDS: &[&str] = &["ideal", "answer", "solution", "reference", "expected"];

/// The columns of a table, or the keys of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) prompt: usize,
    pub(super) ideal: usize,
    pub(super) id: Option<usize>,
    pub(super) section: Option<usize>,
    pub(super) note: Option<usize>,
    pub(super) kind: Option<usize>,
}

impl Columns {
    /// What the names say, if they name a prompt and an ideal answer.
    pub(super) fn named(names: &[String]) -> Option<Self> {
        let (prompt, ideal) = (exact(names, PROMPT), exact(names, IDEAL));
        let (id, section, note) = (exact(names, ID), exact(names, SECTION), exact(names, NOTE));
        let kind = exact(names, KIND);
        let taken = [prompt, ideal, id, section, note, kind];
        let near = |words: &[&str]| {
            let has_word = |name: &String| name.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
            (0..names.len()).find(|at| has_word(&names[*at]) && !taken.contains(&Some(*at)))
        };
        let prompt = prompt.or_else(|| near(PROMPT_WORDS))?;
        let ideal = ideal.or_else(|| near(IDEAL_WORDS)).filter(|ideal| *ideal != prompt)?;
        Some(Self { prompt, ideal, id, section, note, kind })
    }

    /// What each of them was taken for, by number.
    pub(super) fn parts(self) -> impl Iterator<Item = (usize, &'static str)> {
        let Self { prompt, ideal, id, section, note, kind } = self;
        let more = [(id, "id"), (section, "section"), (note, "note"), (kind, "kind")];
        let more = more.into_iter().filter_map(|(at, part)| Some((at?, part)));
        [(prompt, "prompt"), (ideal, "ideal answer")].into_iter().chain(more)
    }
}

/// A name as the lists have it.
pub(super) fn folded(name: &str) -> String {
    name.trim().trim_matches('"').trim().to_lowercase().replace(['_', '-'], " ")
}

fn exact(names: &[String], known: &[&str]) -> Option<usize> {
    known.iter().find_map(|known| names.iter().position(|name| name == known))
}
