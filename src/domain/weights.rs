//! The form of model files: a comment, tables in brackets, `name = value` lines. What a table may hold is its model's business.
//!
//! Names nothing outside itself. To keep another model in a file: read it with [`read`], and write it below [`head`].

use std::fmt::Write as _;

/// Why a text is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ModelError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

/// A line of a model file that says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'t> {
    /// `[name]` opens a table.
    Table(&'t str),
    /// `name = value`, in the table that is open; an empty name stands for none.
    Value {
        /// The table.
        table: &'t str,
        /// What is given a value.
        name: &'t str,
        /// The value as it is written.
        value: &'t str,
    },
}

/// Reads the text of a model file; `take` hears of every line and says what is wrong with it. Blank lines, comments and
/// the file's `schema` are passed over.
pub fn read<'t>(text: &'t str, mut take: impl FnMut(Line<'t>) -> Result<(), String>) -> Result<(), ModelError> {
    let mut table = "";
    for (at, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let read = if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            table = name;
            take(Line::Table(name))
        } else {
            match line.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
                None => Err("expected `name = value`".to_owned()),
                Some(("schema", _)) if table.is_empty() => Ok(()),
                Some((name, value)) => take(Line::Value { table, name, value }),
            }
        };
        read.map_err(|message| ModelError { line: at + 1, message })?;
    }
    Ok(())
}

/// The number that a text is.
pub fn number(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let finite = text.parse::<f64>().ok().filter(|number| number.is_finite());
    finite.ok_or_else(|| format!("expected a number, found `{text}`"))
}

/// The head of a model file, with `comment` lines.
#[must_use]
pub fn head(comment: &str) -> String {
    let mut out = String::new();
    for line in comment.lines() {
        let _ = writeln!(out, "{}", format!("# {line}").trim_end());
    }
    out.push_str("schema = 1\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_with_their_table_and_faults_with_their_line() {
        let mut heard = Vec::new();
        let text = format!("{}\n[a]\nx = 1 # one\n", head("of\n\nthis"));
        let told = read(&text, |line| {
            heard.push(line);
            Ok(())
        });
        assert_eq!(told, Ok(()));
        assert_eq!(heard, [Line::Table("a"), Line::Value { table: "a", name: "x", value: "1" }]);
        assert_eq!(read("[a]\n\nx", |_| Ok(())).unwrap_err().line, 3);
        assert_eq!(read("# c\nx = 1", |_| Err("no".to_owned())).unwrap_err().line, 2);
    }

    #[test]
    fn numbers_are_finite() {
        assert_eq!(number(" -1.5 "), Ok(-1.5));
        assert!(number("inf").is_err() && number("x").is_err() && number("").is_err());
    }
}
