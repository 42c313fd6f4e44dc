//! Reading TOML by hand, so that every fault is reported with its place and not only the first.
//!
//! [`Tables`] holds the report; its methods take a table and a key and give back the value with its span, or
//! note what was expected. A key that is absent gives nothing; the caller decides whether that is a fault.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Report, suggestion};

/// A string of a file, with its place.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// What it says, escapes resolved.
    pub(super) value: String,
    /// Its bytes in the file, quotes included.
    pub(super) span: Range<usize>,
}

/// The faults of one TOML file, collected while its tables are walked.
pub(super) struct Tables<'t> {
    report: Report<'t>,
    broken_lines: Vec<usize>,
}

impl<'t> Tables<'t> {
    /// Parses as much of a text as can be read, with its syntax errors noted.
    pub(super) fn parse(file: &'t str, text: &'t str) -> (DeTable<'t>, Self) {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut report = Report::new(file, text);
        let mut broken_lines = Vec::new();
        for error in errors {
            if report.is_cut() {
                break;
            }
            let offset = error.span().map_or(0, |span| span.start);
            broken_lines.push(report.place(offset).0);
            report.fault(offset, format!("this is no TOML: {}", error.message().trim().replace('\n', "; ")));
        }
        (root.into_inner(), Self { report, broken_lines })
    }

    /// Line and column of a byte offset.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        self.report.place(offset)
    }

    /// The source of a span.
    pub(super) fn source(&self, span: &Range<usize>) -> &'t str {
        self.report.text().get(span.clone()).unwrap_or_default()
    }

    /// Notes a fault, unless it stands in a line whose syntax is broken already: there it would only
    /// say again, and wrongly, what the first message says.
    pub(super) fn fault(&mut self, offset: usize, message: impl Into<String>) {
        if self.broken_lines.is_empty() || !self.broken_lines.contains(&self.place(offset).0) {
            self.report.fault(offset, message);
        }
    }

    /// Notes that something is missing, unless broken syntax may have hidden it.
    pub(super) fn missing(&mut self, offset: usize, message: impl Into<String>) {
        if self.broken_lines.is_empty() {
            self.report.fault(offset, message);
        }
    }

    /// Notes a warning.
    pub(super) fn warn(&mut self, offset: usize, message: impl Into<String>) {
        self.report.warn(offset, message);
    }

    /// Whether the file cannot be used.
    pub(super) fn is_fatal(&self) -> bool {
        self.report.is_fatal()
    }

    /// The faults in the file's order.
    pub(super) fn finish(self) -> Vec<Fault> {
        self.report.finish()
    }

    /// Notes every key of `table` that is not one of `known`; `owner` names the table for people.
    pub(super) fn keys(&mut self, table: &DeTable<'_>, owner: &str, known: &[&str]) {
        for key in table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let hint = suggestion(key.get_ref(), known);
                self.fault(key.span().start, format!("unknown key `{}` in {owner}{hint}", key.get_ref()));
            }
        }
    }

    /// The string under `key`.
    pub(super) fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<Text> {
        let value = table.get(key)?;
        self.as_text(value, key)
    }

    /// The string under `key`, which must say something.
    pub(super) fn filled_text(&mut self, table: &DeTable<'_>, key: &str) -> Option<Text> {
        let text = self.text(table, key)?;
        if text.value.trim().is_empty() {
            self.fault(text.span.start, format!("`{key}` is empty: expected text"));
            return None;
        }
        Some(text)
    }

    /// The strings under `key`: an array of them.
    pub(super) fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Vec<Text> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            self.expected(value, key, "an array of strings");
            return Vec::new();
        };
        array.iter().filter_map(|item| self.as_text(item, key)).collect()
    }

    /// The integer under `key`, if it lies in `range`.
    pub(super) fn integer(&mut self, table: &DeTable<'_>, key: &str, range: Range<u32>) -> Option<u32> {
        let value = table.get(key)?;
        let wanted = format!("a whole number from {} to {}", range.start, range.end - 1);
        let DeValue::Integer(integer) = value.get_ref() else {
            self.expected(value, key, &wanted);
            return None;
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|n| range.contains(n));
        if number.is_none() {
            self.fault(value.span().start, format!("`{key}` is {integer}: expected {wanted}"));
        }
        number
    }

    /// The truth value under `key`.
    pub(super) fn boolean(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        if value.get_ref().as_bool().is_none() {
            self.expected(value, key, "`true` or `false`");
        }
        value.get_ref().as_bool()
    }

    /// The tables under `key`, as `[[key]]` gives them, each with the offset where it begins.
    pub(super) fn tables<'a, 'v>(&mut self, table: &'a DeTable<'v>, key: &str) -> Vec<(&'a DeTable<'v>, usize)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let wanted = format!("tables, each opened by `[[{key}]]`");
        let DeValue::Array(array) = value.get_ref() else {
            self.expected(value, key, &wanted);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array {
            match item.get_ref() {
                DeValue::Table(table) => tables.push((table, item.span().start)),
                _ => self.expected(item, key, &wanted),
            }
        }
        tables
    }

    /// The table under `key`.
    pub(super) fn table<'a, 'v>(&mut self, table: &'a DeTable<'v>, key: &str) -> Option<&'a DeTable<'v>> {
        let value = table.get(key)?;
        let inner = value.get_ref().as_table();
        if inner.is_none() {
            self.expected(value, key, &format!("a table, opened by `[{key}]`"));
        }
        inner
    }

    /// Checks `schema = 1`.
    pub(super) fn schema(&mut self, root: &DeTable<'_>) {
        match root.get("schema") {
            None => self.missing(0, "`schema` is missing: expected `schema = 1`"),
            Some(value) => {
                let is_one = value.get_ref().as_integer().is_some_and(|i| i.radix() == 10 && i.as_str() == "1");
                if !is_one {
                    self.fault(value.span().start, "this program reads schema 1 alone: expected `schema = 1`");
                }
            }
        }
    }

    /// Notes that the value under `key` is of the wrong kind.
    pub(super) fn expected(&mut self, value: &Spanned<DeValue<'_>>, key: &str, wanted: &str) {
        let found = value.get_ref().type_str();
        self.fault(value.span().start, format!("`{key}` is of type {found}: expected {wanted}"));
    }

    fn as_text(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<Text> {
        let Some(text) = value.get_ref().as_str() else {
            self.expected(value, key, "a string");
            return None;
        };
        Some(Text { value: text.to_owned(), span: value.span() })
    }
}

/// The byte offset within a TOML string's source of its character number `index` (from 0), so that a column
/// within the string becomes a column of the file. `source` is the string with its quotes.
pub(super) fn offset_in_string(source: &str, index: usize) -> usize {
    let quote = if source.starts_with('\'') { "'" } else { "\"" };
    let long = quote.repeat(3);
    let mut at = quote.len();
    if source.starts_with(&long) {
        at = long.len();
        // A line end directly after the opening quotes is no part of the string.
        at = source.floor_char_boundary(at);
        at += ["\r\n", "\n"].into_iter().find(|end| source[at..].starts_with(end)).map_or(0, str::len);
    }
    for _ in 0..index {
        // Where a file is broken the string may begin with no quote at all, and `at` lie within a character.
        at = source.floor_char_boundary(at);
        match source[at..].chars().next() {
            None => break,
            Some('\\') if quote == "\"" => at += escape_length(&source[at..]),
            Some(c) => at += c.len_utf8(),
        }
    }
    source.floor_char_boundary(at)
}

/// The bytes of the escape that `source` begins with.
fn escape_length(source: &str) -> usize {
    match source.as_bytes().get(1) {
        Some(b'u') => 6,
        Some(b'U') => 10,
        Some(b'x') => 4,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::literal("'ab|c'", 2, "|c'")]
    #[case::basic(r#""ab|c""#, 2, r#"|c""#)]
    #[case::escapes(r#""a\"\u00e9|c""#, 3, r#"|c""#)]
    #[case::wide("'üb|'", 2, "|'")]
    #[case::long_literal("'''\nab|'''", 2, "|'''")]
    #[case::past_the_end("'a'", 40, "")]
    fn columns_of_a_string_are_columns_of_the_file(#[case] source: &str, #[case] index: usize, #[case] rest: &str) {
        assert_eq!(&source[offset_in_string(source, index)..], rest);
    }
}
