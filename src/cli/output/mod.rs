//! How the command line shows things: streams, styles, wrapped text, tables, bars.
//!
//! Names nothing of ours. Everything that people read goes through [`Text`], which makes control characters
//! visible: an answer is somebody else's text, and must not be able to steer the terminal it is shown on.
//! Colour is dropped by the stream where it is not wanted (no terminal, `NO_COLOR`, `TERM=dumb`), so nothing may be
//! told by colour alone: every styled piece has a mark or a word beside it.

mod bar;
mod table;
mod text;

use std::io::{self, BufWriter, IsTerminal as _, Write};

use anstyle::{AnsiColor, Style};

pub(super) use bar::{bar, percent, ruler};
pub(super) use table::{Align, Table};
pub(super) use text::{Text, width_of};

/// Headings.
pub(super) const HEADING: Style = Style::new().bold();
/// What is right.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// What is half right or needs a look.
pub(super) const WARN: Style = AnsiColor::Yellow.on_default();
/// What is wrong.
pub(super) const BAD: Style = AnsiColor::Red.on_default();
/// What stands in the second row.
pub(super) const DIM: Style = Style::new().dimmed();
/// No style at all.
pub(super) const PLAIN: Style = Style::new();

/// The narrowest page that text is laid out for, in columns.
const NARROWEST: usize = 40;
/// The widest: longer lines are hard to read.
const WIDEST: usize = 110;
/// The width where nothing tells it, as in a pipe.
const USUAL: usize = 80;

/// Standard output for people: buffered, without colour where it is not wanted.
#[must_use]
pub(super) fn styled() -> BufWriter<anstream::AutoStream<io::StdoutLock<'static>>> {
    BufWriter::new(anstream::AutoStream::auto(io::stdout().lock()))
}

/// Standard output for programs: buffered, byte for byte.
#[must_use]
pub(super) fn plain() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::with_capacity(64 * 1024, io::stdout().lock())
}

/// Writes a value as one line of JSON and lets it go.
pub(super) fn json_line(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// The width of the page in columns: the terminal's, else `COLUMNS`, else 80.
#[must_use]
pub(super) fn width() -> usize {
    let stdout = io::stdout();
    let terminal = if stdout.is_terminal() { terminal_size::terminal_size_of(stdout) } else { None };
    let asked = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal.map(|(width, _)| usize::from(width.0)).or_else(asked).unwrap_or(USUAL).clamp(NARROWEST, WIDEST)
}

/// Where a command writes for people, and how wide it may.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    /// The width in columns.
    pub(super) width: usize,
}

impl<'a> Page<'a> {
    /// A page of `width` columns that is written to `out`.
    pub(super) fn new(out: &'a mut dyn Write, width: usize) -> Self {
        Self { out, width }
    }

    /// Writes a heading after an empty line.
    pub(super) fn heading(&mut self, title: &str) -> io::Result<()> {
        self.blank()?;
        self.lines(&[Text::styled(HEADING, title)])
    }

    /// Writes an empty line.
    pub(super) fn blank(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// Writes lines that are laid out already.
    pub(super) fn lines(&mut self, lines: &[Text]) -> io::Result<()> {
        for line in lines {
            line.write_to(self.out)?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes a text, wrapped, the first line after `first` and the others `first`'s width further in.
    pub(super) fn hanging(&mut self, first: &str, text: &Text) -> io::Result<()> {
        let room = self.width.saturating_sub(width_of(first));
        let rest = " ".repeat(width_of(first));
        for (i, line) in text.wrap(room).iter().enumerate() {
            let lead = if i == 0 { first } else { &rest };
            let mut full = Text::plain(if line.is_empty() { lead.trim_end() } else { lead });
            full.append(line);
            self.lines(&[full])?;
        }
        Ok(())
    }

    /// Writes a table, indented by `indent` columns.
    pub(super) fn table(&mut self, indent: usize, table: &Table) -> io::Result<()> {
        let lines = table.layout(self.width.saturating_sub(indent));
        for line in lines {
            let mut full = Text::plain(&" ".repeat(indent));
            full.append(&line);
            self.lines(&[full])?;
        }
        Ok(())
    }
}

/// `1 line`, `2 lines`: a count with its noun.
#[must_use]
pub(super) fn count(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(n), if n == 1 { "" } else { "s" })
}

/// A whole number with its digits in groups of three.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_their_nouns() {
        assert_eq!(count(0, "line"), "0 lines");
        assert_eq!(count(1, "line"), "1 line");
        assert_eq!(count(1_234_567, "line"), "1,234,567 lines");
    }

    #[test]
    fn hanging_text_stays_within_the_page_and_under_itself() {
        let mut out = Vec::new();
        let mut page = Page::new(&mut out, 20);
        page.hanging("  - ", &Text::plain("one two three four five")).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "  - one two three\n    four five\n");
    }
}
