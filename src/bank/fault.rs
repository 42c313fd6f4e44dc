//! What is wrong with a file, and where.
//!
//! Readers collect faults instead of stopping at the first one: a person who mends a file wants the
//! whole list. A fault keeps the file from being used; a warning does not.

use std::cell::OnceCell;
use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Fault,
    /// The file can be used, but something is probably not meant so.
    Warning,
}

/// Something wrong with a file, and its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file's path, or its path within the binary for compiled-in files.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what was expected.
    pub message: String,
}

impl Fault {
    /// A fault about a file as a whole.
    #[must_use]
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self::at(file, (1, 1), message)
    }

    /// A fault at a line and column.
    #[must_use]
    pub fn at(file: impl Into<String>, place: (usize, usize), message: impl Into<String>) -> Self {
        let (line, column) = place;
        Self { file: file.into(), line, column, severity: Severity::Fault, message: message.into() }
    }

    /// The same as a warning.
    #[must_use]
    pub fn warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// Whether it keeps the file from being used.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        self.severity == Severity::Fault
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// The most faults that one file reports: a file of another format would report thousands.
const MOST: usize = 50;

/// The faults of one text, collected while it is read.
#[derive(Debug)]
pub(super) struct Report<'t> {
    file: &'t str,
    text: &'t str,
    /// Where lines end, found once: the place of every pattern is asked for.
    line_ends: OnceCell<Vec<usize>>,
    faults: Vec<Fault>,
}

impl<'t> Report<'t> {
    /// An empty report about `text`, which was read from `file`.
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, line_ends: OnceCell::new(), faults: Vec::new() }
    }

    /// The text that is read.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Line and column, both from 1, of a byte offset.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        let ends = self.line_ends.get_or_init(|| self.text.match_indices('\n').map(|(at, _)| at).collect());
        let offset = self.text.floor_char_boundary(offset);
        let lines = ends.partition_point(|end| *end < offset);
        let start = lines.checked_sub(1).map_or(0, |last| ends[last] + 1);
        (lines + 1, self.text[start..offset].chars().count() + 1)
    }

    /// Notes a fault at a byte offset.
    pub(super) fn fault(&mut self, offset: usize, message: impl Into<String>) {
        if !self.is_cut() {
            self.push(Fault::at(self.file, self.place(offset), message));
        }
    }

    /// Notes a warning at a byte offset.
    pub(super) fn warn(&mut self, offset: usize, message: impl Into<String>) {
        if !self.is_cut() {
            self.push(Fault::at(self.file, self.place(offset), message).warning());
        }
    }

    /// Notes a fault in a line (from 1) at a column (from 1).
    pub(super) fn fault_at(&mut self, line: usize, column: usize, message: impl Into<String>) {
        self.push(Fault::at(self.file, (line, column), message));
    }

    /// Notes a warning in a line (from 1) at a column (from 1).
    pub(super) fn warn_at(&mut self, line: usize, column: usize, message: impl Into<String>) {
        self.push(Fault::at(self.file, (line, column), message).warning());
    }

    /// Whether there are so many faults that no more are taken.
    pub(super) fn is_cut(&self) -> bool {
        self.faults.len() > MOST
    }

    /// Whether something has been noted that keeps the text from being used.
    pub(super) fn is_fatal(&self) -> bool {
        self.faults.iter().any(Fault::is_fatal)
    }

    /// The faults in the text's order.
    pub(super) fn finish(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|fault| (fault.line, fault.column));
        self.faults
    }

    fn push(&mut self, fault: Fault) {
        match self.faults.len() {
            0..MOST => self.faults.push(fault),
            MOST => self.faults.push(Fault {
                severity: Severity::Fault,
                message: format!("there is more to mend than these {MOST} places; the rest is left out"),
                ..fault
            }),
            _ => {}
        }
    }
}

/// Line and column, both from 1, of a byte offset; an offset past the end is the end.
pub(super) fn place(text: &str, offset: usize) -> (usize, usize) {
    Report::new("", text).place(offset)
}

/// The candidate that `word` was probably meant to be, if one is near.
pub(super) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= length.max(candidate.chars().count()).div_ceil(3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// "; did you mean `x`?" where something is near, else what there is.
pub(super) fn suggestion(word: &str, candidates: &[&str]) -> String {
    match (nearest(word, candidates.iter().copied()), candidates) {
        (Some(near), _) => format!("; did you mean `{near}`?"),
        (None, []) => "; there is none".to_owned(),
        (None, _) => format!("; expected {}", one_of(candidates)),
    }
}

/// The candidates for people: "`a`, `b` or `c`".
pub(super) fn one_of(candidates: &[&str]) -> String {
    let quoted: Vec<String> = candidates.iter().map(|candidate| format!("`{candidate}`")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_clamp() {
        let text = "ab\nüx\n";
        assert_eq!(
            [0, 1, 3, 5, 6, 7, 99].map(|o| place(text, o)),
            [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 1), (3, 1)]
        );
        assert_eq!(place(text, 4), (2, 1), "inside a character is at its beginning");
    }

    #[test]
    fn suggests_what_is_near_and_lists_what_is_not() {
        let keys = ["weight", "claim", "id"];
        assert_eq!(suggestion("wieght", &keys), "; did you mean `weight`?");
        assert_eq!(suggestion("ID", &keys), "; did you mean `id`?");
        assert_eq!(suggestion("colour", &keys), "; expected `weight`, `claim` or `id`");
        assert_eq!(suggestion("colour", &[]), "; there is none");
    }

    #[test]
    fn a_flood_of_faults_is_cut() {
        let mut report = Report::new("f", "x");
        for _ in 0..1000 {
            report.fault(0, "wrong");
        }
        let faults = report.finish();
        assert_eq!(faults.len(), MOST + 1);
        assert!(faults.last().is_some_and(|f| f.message.contains("left out")));
    }
}
