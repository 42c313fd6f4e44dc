//! The identifiers of an answer, by what they name: only those of one sort stand in for each other.

use std::ops::Range;

use super::words::pieces;

/// What sort of thing an identifier names: only things of one sort stand in for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// `GOGC`, `GOMAXPROCS`.
    Variable,
    /// `/sched/latencies:seconds`.
    Path,
    /// `runtime.Goexit`, `NumCPU`, `os.Exit()`.
    Name,
    /// `gctrace`, `asynctimerchan=1`, `go.mod`: lower case, in code or with dots.
    Code,
}

/// An identifier of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identifier {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// Its spelling, without the parentheses of a call.
    pub(super) name: String,
    pub(super) sort: Sort,
    /// Whether it is marked as code, so that it is no name of anything else.
    pub(super) code: bool,
}

impl Identifier {
    /// The part that names it, in lower case: `goexit` for `runtime.Goexit`.
    pub(super) fn key(&self) -> String {
        match self.sort {
            Sort::Name => self.name.rsplit('.').next().unwrap_or_default().to_lowercase(),
            _ => self.name.to_lowercase(),
        }
    }
}

/// The identifiers within a range, in order.
pub(super) fn identifiers(source: &str, range: &Range<usize>) -> Vec<Identifier> {
    let mut found = Vec::new();
    for (at, piece) in pieces(source, range) {
        let code = piece.starts_with('`') && piece.matches('`').count() == 2;
        let outside = |c: char| !(c.is_alphanumeric() || c == '/' || c == '_');
        let word = piece.trim_matches(outside);
        let word = word.split(['(', '`', ',', ';', '=']).next().unwrap_or_default();
        let Some(sort) = sort_of(word, code) else { continue };
        let start = at + piece.find(word).unwrap_or_default();
        found.push(Identifier { range: start..start + word.len(), name: word.to_owned(), sort, code });
    }
    found
}

fn sort_of(word: &str, code: bool) -> Option<Sort> {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 3 {
        return None;
    }
    if word.starts_with('/') && word[1..].contains(['/', ':']) {
        return Some(Sort::Path);
    }
    if word.len() >= 4 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_') && word.starts_with("GO") {
        return Some(Sort::Variable);
    }
    if is_identifier(word) {
        let last = word.rsplit('.').next().unwrap_or_default();
        return Some(if last.contains(char::is_uppercase) { Sort::Name } else { Sort::Code });
    }
    (code && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())).then_some(Sort::Code)
}

/// Whether a word is spelt like an identifier: a capital inside (but not all capitals), or a dot between letters.
pub(super) fn is_identifier(word: &str) -> bool {
    let inner_capital = word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase);
    let mut parts = word.split('.');
    let dotted = word.contains('.')
        && parts.all(|part| part.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_'))
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
    inner_capital || dotted || word.contains('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_identifiers_of_each_sort() {
        let source = "Set `GOGC`, call runtime.Goexit() (NumCPU too), read `/sched/latencies:seconds` with `gctrace=1`. A Go program.";
        let found: Vec<(String, Sort)> =
            identifiers(source, &(0..source.len())).into_iter().map(|i| (i.key(), i.sort)).collect();
        let expected = [
            ("gogc", Sort::Variable),
            ("goexit", Sort::Name),
            ("numcpu", Sort::Name),
            ("/sched/latencies:seconds", Sort::Path),
            ("gctrace", Sort::Code),
        ];
        assert_eq!(found, expected.map(|(name, sort)| (name.to_owned(), sort)));
    }
}
